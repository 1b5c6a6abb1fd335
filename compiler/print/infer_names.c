/* infer_names.c: names and sizes of the inference library, for its header and its source. */
#include "print/library.h"

static int compare_fields(const WeightField *a, const WeightField *b)
{
    return a->offset < b->offset ? -1 : a->offset > b->offset;
}

WeightFields weight_fields(const Compilation *c)
{
    WeightFields fields = {0};
    Names names = {.arena = c->arena};
    for (int i = 0; i < c->infer->buffers.count; i++) {
        const Buffer *buffer = &c->infer->buffers.items[i];
        if (buffer->space != SPACE_WEIGHTS || buffer->alias >= 0)
            continue;
        WeightField field = {buffer->name, buffer->offset, 0, buffer};
        vec_push(c->arena, &fields, field);
        /* Few and nearly in order: sort by insertion. */
        for (int k = fields.count - 1; k > 0 && compare_fields(&fields.items[k], &fields.items[k - 1]) < 0; k--) {
            WeightField swap = fields.items[k];
            fields.items[k] = fields.items[k - 1];
            fields.items[k - 1] = swap;
        }
    }
    for (int i = 0; i < fields.count; i++) {
        WeightField *field = &fields.items[i];
        int64_t next = i + 1 < fields.count ? fields.items[i + 1].offset : c->infer->weight_floats;
        field->name = names_make(&names, field->name);
        field->floats = next - field->offset;
        CHECK(field->floats > 0 && (i > 0 || field->offset == 0));
    }
    return fields;
}

static void add_argument(const Compilation *c, Names *names, Names *macros, Arguments *list, Str name,
                         const Node *node)
{
    Argument argument = {.elements = shape_elements(node->shape)};
    argument.name = names_make(names, name);
    argument.type = node->type == TYPE_U8 ? "unsigned char" : node->type == TYPE_I32 ? "int32_t" : "float";
    Str prefix = c_macro(c->arena, library_name(c->arena, c)), own = names_make(macros, c_macro(c->arena, argument.name));
    argument.macro = str_format(c->arena, "%.*s_%.*s_SIZE", STR_ARGS(prefix), STR_ARGS(own));
    argument.class_macro = str_format(c->arena, "%.*s_%.*s_CLASSES", STR_ARGS(prefix), STR_ARGS(own));
    argument.shape = shape_text(c->arena, node->shape, node->type, node->classes);
    vec_push(c->arena, list, argument);
}

Interface library_interface(const Compilation *c)
{
    Interface face = {.name = library_name(c->arena, c)};
    face.upper = c_macro(c->arena, face.name);
    /* WORKSPACE and FILE would collide with the macros for memory. */
    static const char *const own_names[] = {"weights", "workspace", "n",    "first", "batch",    "inputs",
                                            "outputs", "step",      "file", "base",  "arena", "threads"};
    Names names = {.arena = c->arena};
    for (int i = 0; i < COUNT_OF(own_names); i++)
        vec_push(c->arena, &names.taken, str_from(own_names[i]));
    /* An argument of the name of a public type or constant would hide it. */
    vec_push(c->arena, &names.taken, str_format(c->arena, "%.*s_weights", STR_ARGS(face.name)));
    vec_push(c->arena, &names.taken, str_format(c->arena, "%.*s_OK", STR_ARGS(face.upper)));
    Names macros = {.arena = c->arena}; /* "x" and "X" have the same one */
    const Graph *graph = c->inference->graph;
    for (int i = 0; i < graph->inputs.count; i++) {
        const Node *node = graph_node(graph, graph->inputs.items[i]);
        add_argument(c, &names, &macros, &face.inputs, node->name, node);
    }
    for (int i = 0; i < graph->outputs.count; i++) {
        NodeId output = graph->outputs.items[i].node;
        add_argument(c, &names, &macros, &face.outputs, graph->outputs.items[i].name, graph_node(graph, output));
        int target = output_target(c->arena, graph, output);
        const Node *classes = target >= 0 ? graph_node(graph, graph->targets.items[target]) : NULL;
        if (classes != NULL && classes->class_names != NULL)
            face.outputs.items[i].classes = classes;
    }
    return face;
}

const LibraryError library_errors[LIBRARY_ERRORS] = {
    {"SHORT", "NN_FILE_SHORT", "the bytes end before the file is complete"},
    {"HEADER", "NN_FILE_HEADER", "this is not a safetensors file"},
    {"RANGE", "NN_FILE_RANGE", "a tensor's bytes do not fit its shape, or overlap another's"},
    {"DUPLICATE", "NN_FILE_DUPLICATE", "a tensor is in the file twice"},
    {"TYPE", "NN_FILE_TYPE", "a tensor is not of 32-bit floats"},
    {"SHAPE", "NN_FILE_SHAPE", "a tensor has another shape than in this network"},
    {"MISSING", "NN_FILE_MISSING", "a tensor of this network is not in the file"},
    {"UNKNOWN", "NN_FILE_UNKNOWN", "the file has a tensor that this network does not have"},
};

/* infer rounds the address up, so a workspace may start anywhere. */
int64_t library_workspace_bytes(const Compilation *c)
{
    return c->infer->arena_bytes + WORKSPACE_ALIGNMENT;
}

Str library_infer_head(const Compilation *c, const Interface *face)
{
    StrBuf head = {.arena = c->arena};
    buf_add(&head, "void %.*s_infer(const %.*s_weights *weights, void *workspace, int n",
            STR_ARGS(face->name), STR_ARGS(face->name));
    for (int i = 0; i < face->inputs.count; i++)
        buf_add(&head, ", const %s *%.*s", face->inputs.items[i].type, STR_ARGS(face->inputs.items[i].name));
    for (int i = 0; i < face->outputs.count; i++)
        buf_add(&head, ", %s *%.*s", face->outputs.items[i].type, STR_ARGS(face->outputs.items[i].name));
    buf_add_char(&head, ')');
    return buf_str(&head);
}
