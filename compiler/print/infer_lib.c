/* infer_lib.c: prints the inference library, NAME.h and NAME.c.
 *
 * The header is the manual: it opens with a complete program. The source has the kernels of two
 * programs: load (parameters from the bytes of a file -> NAME_weights) and infer. Nothing in it can
 * fail but load. Public names start with the model's name; everything else is static. */
#include "print/print.h"

#include "print/library.h"

/* ---- names and sizes ------------------------------------------------------------------------- */

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

/* The arguments of NAME_infer after n. */
typedef struct Argument {
    Str name;
    const char *type; /* of what it points to */
    int64_t elements; /* of one sample        */
    Str macro;        /* that holds elements  */
    Str class_macro;  /* that holds how many classes there are */
    Str shape;
    const Node *classes; /* of an output: the target whose classes its scores are for, when they have names */
} Argument;
typedef VEC(Argument) Arguments;

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

typedef struct Interface {
    Str name;  /* prefix of public names */
    Str upper; /* prefix of macros       */
    Arguments inputs, outputs;
} Interface;

static Interface interface_of(const Compilation *c)
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

static const struct {
    const char *word; /* after NAME_ERROR_; the order is that of runtime/safetensors_parse.h */
    const char *piece_word;
    const char *text;
} errors[] = {
    {"SHORT", "NN_FILE_SHORT", "the bytes end before the file is complete"},
    {"HEADER", "NN_FILE_HEADER", "this is not a safetensors file"},
    {"RANGE", "NN_FILE_RANGE", "a tensor's bytes do not fit its shape, or overlap another's"},
    {"DUPLICATE", "NN_FILE_DUPLICATE", "a tensor is in the file twice"},
    {"TYPE", "NN_FILE_TYPE", "a tensor is not of 32-bit floats"},
    {"SHAPE", "NN_FILE_SHAPE", "a tensor has another shape than in this network"},
    {"MISSING", "NN_FILE_MISSING", "a tensor of this network is not in the file"},
    {"UNKNOWN", "NN_FILE_UNKNOWN", "the file has a tensor that this network does not have"},
};

/* Room for a weights file: its data, and a header with an entry a tensor. */
static int64_t file_bytes(const Compilation *c)
{
    enum { FIXED = 4096, PER_TENSOR = 256 };
    const Graph *graph = c->inference->graph;
    NodeIds nodes = file_tensors(c->arena, graph);
    int64_t bytes = FIXED;
    for (int i = 0; i < nodes.count; i++) {
        const Node *node = graph_node(graph, nodes.items[i]);
        bytes += PER_TENSOR + node->name.len + 4 * shape_elements(node->shape);
    }
    return bytes;
}

enum { WORKSPACE_ALIGNMENT = 64 }; /* a cache line, and the widest vector */

/* infer rounds the address up, so a workspace may start anywhere. */
static int64_t workspace_bytes(const Compilation *c)
{
    return c->infer->arena_bytes + WORKSPACE_ALIGNMENT;
}

/* ---- the header ------------------------------------------------------------------------------ */

static Str infer_head(const Compilation *c, const Interface *face)
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

static void print_example(Out *o, const Interface *face)
{
    const Arguments *in = &face->inputs, *out = &face->outputs;
    out_line(o, " *     #include \"%.*s.h\"", STR_ARGS(face->name));
    out_line(o, " *     #include <stdio.h>");
    out_line(o, " *");
    out_line(o, " *     static %.*s_weights weights;", STR_ARGS(face->name));
    out_line(o, " *     static unsigned char workspace[%.*s_WORKSPACE_BYTES];", STR_ARGS(face->upper));
    out_line(o, " *     static unsigned char file[%.*s_FILE_BYTES];", STR_ARGS(face->upper));
    for (int i = 0; i < in->count; i++)
        out_line(o, " *     static %s %.*s[%.*s];", in->items[i].type, STR_ARGS(in->items[i].name),
                 STR_ARGS(in->items[i].macro));
    for (int i = 0; i < out->count; i++)
        out_line(o, " *     static %s %.*s[%.*s];", out->items[i].type, STR_ARGS(out->items[i].name),
                 STR_ARGS(out->items[i].macro));
    out_line(o, " *");
    out_line(o, " *     int main(void)");
    out_line(o, " *     {");
    out_line(o, " *         FILE *stream = fopen(\"best.safetensors\", \"rb\");");
    out_line(o, " *         size_t size = stream ? fread(file, 1, sizeof file, stream) : 0;");
    out_line(o, " *         int status = %.*s_load(&weights, file, size);", STR_ARGS(face->name));
    out_line(o, " *         if (status != %.*s_OK) {", STR_ARGS(face->upper));
    out_line(o, " *             fprintf(stderr, \"%%s\\n\", %.*s_error_text(status));", STR_ARGS(face->name));
    out_line(o, " *             return 1;");
    out_line(o, " *         }");
    for (int i = 0; i < in->count; i++) {
        const Argument *a = &in->items[i];
        bool is_bytes = str_starts(a->shape, "u8");
        out_line(o, " *         for (int i = 0; i < %.*s; i++)", STR_ARGS(a->macro));
        out_line(o, " *             %.*s[i] = %s; // your data", STR_ARGS(a->name),
                 is_bytes ? "(unsigned char)(i % 256)" : "0");
    }
    StrBuf call = {.arena = o->buf.arena};
    for (int i = 0; i < in->count; i++)
        buf_add(&call, ", %.*s", STR_ARGS(in->items[i].name));
    for (int i = 0; i < out->count; i++)
        buf_add(&call, ", %.*s", STR_ARGS(out->items[i].name));
    out_line(o, " *         %.*s_infer(&weights, workspace, 1%.*s);", STR_ARGS(face->name),
             STR_ARGS(buf_str(&call)));
    for (int i = 0; i < out->count; i++) {
        const Argument *a = &out->items[i];
        out_line(o, " *         for (int i = 0; i < %.*s; i++)", STR_ARGS(a->macro));
        out_line(o, " *             printf(\"%.*s[%%d] = %%g\\n\", i, (double)%.*s[i]);",
                 STR_ARGS(a->name), STR_ARGS(a->name));
        if (a->classes != NULL)
            print_class_name_example(o, face->name, a->class_macro, a->name, a->elements == 1);
    }
    out_line(o, " *         return 0;");
    out_line(o, " *     }");
}

static void print_header_comment(Out *o, const Compilation *c, const Interface *face)
{
    out_line(o, "/* %.*s.h: the network of %.*s as a C library. Made by nndc %s; do not edit it, change",
             STR_ARGS(face->name), STR_ARGS(c->inference->file_name), NNDC_VERSION);
    out_line(o, " * the .nnd file and run nndc again. A complete program:");
    out_line(o, " *");
    print_example(o, face);
    out_line(o, " *");
    out_line(o, " *     cc -O3 program.c %.*s.c -lm", STR_ARGS(face->name));
    out_line(o, " *");
    out_line(o, " * The library has no heap, no files and no variables: all memory is the caller's. Many");
    out_line(o, " * threads may call %.*s_infer at once, each with its own workspace. */", STR_ARGS(face->name));
}

static void print_macros(Out *o, const Compilation *c, const Interface *face)
{
    out_line(o, "/* Memory that %.*s_infer works in. It may start at any address; one that is a multiple of",
             STR_ARGS(face->name));
    out_line(o, " * the alignment is fastest. Nothing is kept in it between calls. */");
    out_line(o, "#define %.*s_WORKSPACE_BYTES %lld", STR_ARGS(face->upper), (long long)workspace_bytes(c));
    out_line(o, "#define %.*s_WORKSPACE_ALIGNMENT %d", STR_ARGS(face->upper), WORKSPACE_ALIGNMENT);
    out_blank(o);
    out_line(o, "/* Room for a weights file as a trainer writes it. */");
    out_line(o, "#define %.*s_FILE_BYTES %lld", STR_ARGS(face->upper), (long long)file_bytes(c));
    out_blank(o);
    out_line(o, "/* Values of one sample; dimensions in row-major order, channels last. */");
    for (int kind = 0; kind < 2; kind++) {
        const Arguments *list = kind == 0 ? &face->inputs : &face->outputs;
        for (int i = 0; i < list->count; i++) {
            const Argument *a = &list->items[i];
            out_line(o, "#define %.*s %lld /* %.*s: %.*s */", STR_ARGS(a->macro), (long long)a->elements,
                     STR_ARGS(a->name), STR_ARGS(a->shape));
        }
    }
}

static Str layout_text(Arena *arena, const Buffer *buffer)
{
    Str shape = shape_text(arena, buffer->shape, buffer->type, 0);
    if (buffer->layout.kind == LAYOUT_PANEL)
        return str_format(arena, "%.*s in panels of %d columns", STR_ARGS(shape), buffer->layout.panel);
    return shape;
}

static void print_weights_type(Out *o, const Compilation *c, const Interface *face)
{
    WeightFields fields = weight_fields(c);
    out_line(o, "/* The weights as infer reads them: filled by %.*s_load, or a constant of %.*s_weights.h. */",
             STR_ARGS(face->name), STR_ARGS(face->name));
    out_open(o, "typedef struct %.*s_weights", STR_ARGS(face->name));
    for (int i = 0; i < fields.count; i++) {
        const WeightField *field = &fields.items[i];
        Str layout = layout_text(c->arena, field->buffer);
        out_line(o, "float %.*s[%lld]; /* %.*s */", STR_ARGS(field->name), (long long)field->floats,
                 STR_ARGS(layout));
    }
    if (fields.count == 0)
        out_line(o, "float unused[1]; /* the network has no weights */");
    out_close(o, str_c(c->arena, str_format(c->arena, " %.*s_weights;", STR_ARGS(face->name))));
}

static void print_errors(Out *o, const Interface *face)
{
    out_line(o, "/* What %.*s_load returns. */", STR_ARGS(face->name));
    out_open(o, "enum");
    out_line(o, "%.*s_OK,", STR_ARGS(face->upper));
    for (int i = 0; i < COUNT_OF(errors); i++)
        out_line(o, "%.*s_ERROR_%s%s /* %s */", STR_ARGS(face->upper), errors[i].word,
                 i + 1 < COUNT_OF(errors) ? "," : "", errors[i].text);
    out_close(o, ";");
}

Str print_library_header(const Compilation *c)
{
    Interface face = interface_of(c);
    Out o;
    out_init(&o, c->arena);
    print_header_comment(&o, c, &face);
    out_line(&o, "#ifndef %.*s_H", STR_ARGS(face.upper));
    out_line(&o, "#define %.*s_H", STR_ARGS(face.upper));
    out_blank(&o);
    out_line(&o, "#include <stddef.h>");
    out_line(&o, "#include <stdint.h>");
    out_blank(&o);
    print_macros(&o, c, &face);
    out_blank(&o);
    out_line(&o, "#ifdef __cplusplus");
    out_line(&o, "extern \"C\" {");
    out_line(&o, "#endif");
    out_blank(&o);
    print_weights_type(&o, c, &face);
    out_blank(&o);
    print_errors(&o, &face);
    out_blank(&o);
    out_line(&o, "/* Reads the bytes of a safetensors file. Every tensor of the network must be there with its");
    out_line(&o, " * name, type and shape, and no other. The bytes may start at any address and are not needed");
    out_line(&o, " * afterwards. Unless the result is %.*s_OK, the weights are not to be used. */",
             STR_ARGS(face.upper));
    out_line(&o, "int %.*s_load(%.*s_weights *weights, const void *bytes, size_t size);", STR_ARGS(face.name),
             STR_ARGS(face.name));
    out_blank(&o);
    out_line(&o, "/* A sentence for what %.*s_load returned. */", STR_ARGS(face.name));
    out_line(&o, "const char *%.*s_error_text(int status);", STR_ARGS(face.name));
    out_blank(&o);
    for (int i = 0; i < face.outputs.count; i++) {
        const Argument *a = &face.outputs.items[i];
        if (a->classes != NULL)
            print_class_name_head(&o, face.name, a->class_macro, a->name, a->classes, a->elements == 1);
    }
    out_line(&o, "/* n samples, one after the other in each array. The result for a sample does not depend on");
    out_line(&o, " * the others, nor on n. Cannot fail. */");
    Str head = infer_head(c, &face);
    out_line(&o, "%.*s;", STR_ARGS(head));
    out_blank(&o);
    out_line(&o, "#ifdef __cplusplus");
    out_line(&o, "}");
    out_line(&o, "#endif");
    out_line(&o, "#endif");
    return out_text(&o);
}

/* ---- the source ------------------------------------------------------------------------------ */

static int tensor_index(const Graph *graph, const NodeIds *nodes, Str name)
{
    for (int i = 0; i < nodes->count; i++)
        if (str_equal(graph_node(graph, nodes->items[i])->name, name))
            return i;
    BUG("weight '%.*s' is not in the weights file", STR_ARGS(name));
}

/* inputs[] of the load program: the bytes of each parameter that it reads. */
static void print_load_inputs(Out *o, const Compilation *c, const NodeIds *nodes)
{
    for (int i = 0; i < c->load->buffers.count; i++) {
        const Buffer *buffer = &c->load->buffers.items[i];
        if (buffer->space != SPACE_INPUT || buffer->alias >= 0)
            continue;
        Str name = graph_node(c->load->graph, buffer->node)->name;
        out_line(o, "inputs[%d] = file + found[%d].begin; /* %.*s */", buffer->index,
                 tensor_index(c->inference->graph, nodes, name), STR_ARGS(name));
    }
}

static int load_input_count(const Compilation *c)
{
    int count = 0;
    for (int i = 0; i < c->load->buffers.count; i++) {
        const Buffer *buffer = &c->load->buffers.items[i];
        if (buffer->space == SPACE_INPUT && buffer->index >= count)
            count = buffer->index + 1;
    }
    return count;
}

static unsigned load_arguments(const Compilation *c)
{
    return RUN_WEIGHTS | (c->load->arena_bytes > 0 ? RUN_ARENA : 0u) |
           (load_input_count(c) > 0 ? RUN_INPUTS : 0u);
}

static void print_load(Out *o, const Compilation *c, const Interface *face)
{
    NodeIds nodes = {0};
    int inputs = load_input_count(c);
    bool has_tensors = file_tensors(c->arena, c->inference->graph).count > 0;
    if (has_tensors) {
        nodes = print_file_tensors(o, c, face->name);
        out_blank(o);
    }
    out_function(o, str_format(c->arena, "int %.*s_load(%.*s_weights *weights, const void *bytes, size_t size)",
                               STR_ARGS(face->name), STR_ARGS(face->name)));
    out_line(o, "const unsigned char *file = (const unsigned char *)bytes;");
    out_line(o, "nn_found found[%d];", nodes.count > 0 ? nodes.count : 1);
    out_line(o, "nn_culprit culprit;");
    if (inputs > 0)
        out_line(o, "const void *inputs[%d];", inputs);
    if (c->load->arena_bytes > 0)
        out_line(o, "float arena[%lld]; /* scales of batch-norms, before they are folded */",
                 (long long)(c->load->arena_bytes + 3) / 4);
    Str tensors = has_tensors ? str_format(c->arena, "%.*s_tensors", STR_ARGS(face->name)) : STR("NULL");
    out_line(o, "if (nn_safetensors_find(file, size, \"\", %.*s, %d, NN_STATISTIC, 1, found, &culprit) != NN_FILE_OK)",
             STR_ARGS(tensors), nodes.count);
    out_line(o, "    return culprit.status;");
    print_load_inputs(o, c, &nodes);
    out_line(o, "memset(weights, 0, sizeof *weights); /* the gaps between tensors too */");
    const char *arena = c->load->arena_bytes > 0 ? ", (char *)arena" : "";
    if (c->load->kernels.count > 0)
        out_line(o, "load_run((float *)weights%s%s);", arena, inputs > 0 ? ", inputs" : "");
    out_line(o, "return %.*s_OK;", STR_ARGS(face->upper));
    out_close(o, "");
}

static void print_error_text(Out *o, const Compilation *c, const Interface *face)
{
    out_function(o, str_format(c->arena, "const char *%.*s_error_text(int status)", STR_ARGS(face->name)));
    out_open(o, "switch (status)");
    out_line(o, "case %.*s_OK: return \"no error\";", STR_ARGS(face->upper));
    for (int i = 0; i < COUNT_OF(errors); i++) {
        Str text = c_string(c->arena, str_from(errors[i].text));
        out_line(o, "case %.*s_ERROR_%s: return %.*s;", STR_ARGS(face->upper), errors[i].word, STR_ARGS(text));
    }
    out_line(o, "default: return \"unknown status\";");
    out_close(o, "");
    out_close(o, "");
}

static bool needs_step(const Program *program)
{
    for (int i = 0; i < program->kernels.count; i++)
        if (program->kernels.items[i].needs_step)
            return true;
    return false;
}

static unsigned infer_arguments(const Compilation *c)
{
    return (c->infer->weight_floats > 0 ? RUN_WEIGHTS : 0u) | (c->infer->arena_bytes > 0 ? RUN_ARENA : 0u) |
           RUN_INPUTS | RUN_OUTPUTS | (needs_step(c->infer) ? RUN_STEP : RUN_BATCH) |
           (c->infer->is_serial ? 0u : RUN_THREADS);
}

static void print_infer_call(Out *o, const Compilation *c)
{
    unsigned arguments = infer_arguments(c);
    StrBuf call = {.arena = c->arena};
    buf_add(&call, "infer_run(");
    if ((arguments & RUN_WEIGHTS) != 0)
        buf_add(&call, "(const float *)weights, ");
    if ((arguments & RUN_ARENA) != 0)
        buf_add(&call, "base, ");
    if ((arguments & RUN_STEP) != 0)
        buf_add(&call, "&step, ");
    buf_add(&call, "inputs, outputs");
    if ((arguments & RUN_BATCH) != 0)
        buf_add(&call, c->infer->batch > 1 ? ", batch" : ", 1");
    if ((arguments & RUN_THREADS) != 0)
        buf_add(&call, ", threads");
    out_line(o, "%.*s);", STR_ARGS(buf_str(&call)));
}

static void print_pointers(Out *o, const Arguments *list, const char *array)
{
    for (int i = 0; i < list->count; i++) {
        const Argument *a = &list->items[i];
        out_line(o, "%s[%d] = %.*s + (size_t)first * %.*s;", array, i, STR_ARGS(a->name), STR_ARGS(a->macro));
    }
}

static void print_infer(Out *o, const Compilation *c, const Interface *face)
{
    unsigned arguments = infer_arguments(c);
    out_function(o, infer_head(c, face));
    if ((arguments & RUN_ARENA) != 0)
        out_line(o, "char *base = (char *)workspace + (%d - (uintptr_t)workspace %% %d) %% %d;",
                 WORKSPACE_ALIGNMENT, WORKSPACE_ALIGNMENT, WORKSPACE_ALIGNMENT);
    if ((arguments & RUN_THREADS) != 0) {
        out_directive(o, "#ifdef _OPENMP");
        out_line(o, "int threads = omp_get_max_threads();");
        out_directive(o, "#else");
        out_line(o, "int threads = 1;");
        out_directive(o, "#endif");
    }
    if ((arguments & RUN_WEIGHTS) == 0)
        out_line(o, "(void)weights; /* the network has none */");
    if ((arguments & RUN_ARENA) == 0)
        out_line(o, "(void)workspace; /* nothing is kept between the kernels */");
    long long batch = (long long)c->infer->batch;
    if (batch == 1)
        out_open(o, "for (int first = 0; first < n; first++)");
    else
        out_open(o, "for (int first = 0; first < n; first += %lld)", batch);
    out_line(o, "const void *inputs[%d];", face->inputs.count);
    out_line(o, "void *outputs[%d];", face->outputs.count);
    if (batch > 1)
        out_line(o, "const int batch = n - first < %lld ? n - first : %lld;", batch, batch);
    if ((arguments & RUN_STEP) != 0)
        out_line(o, "const nn_step step = {%s, 0.0f, 0.0f, 0};", batch > 1 ? "batch" : "1");
    print_pointers(o, &face->inputs, "inputs");
    print_pointers(o, &face->outputs, "outputs");
    print_infer_call(o, c);
    if (batch > 1) {
        out_line(o, "if (n - first <= %lld)", batch);
        out_line(o, "    break; /* first must not pass the largest int */");
    }
    out_close(o, "");
    out_close(o, "");
}

/* The codes of the header are those of the piece. */
static void print_code_check(Out *o, const Compilation *c, const Interface *face)
{
    int last = COUNT_OF(errors) - 1;
    long long floats = (long long)(c->infer->weight_floats > 0 ? c->infer->weight_floats : 1);
    out_line(o, "/* The codes of the header are those of the reader, and weights have no gaps: else this does not");
    out_line(o, " * compile. */");
    out_line(o, "typedef char %.*s_codes_agree[(int)%.*s_ERROR_%s == (int)%s ? 1 : -1];", STR_ARGS(face->name),
             STR_ARGS(face->upper), errors[last].word, errors[last].piece_word);
    out_line(o, "typedef char %.*s_weights_are_packed[sizeof(%.*s_weights) == %lldu * sizeof(float) ? 1 : -1];",
             STR_ARGS(face->name), STR_ARGS(face->name), floats);
}

Str print_library_source(const Compilation *c)
{
    Interface face = interface_of(c);
    const Sources *places = c->diag->sources;
    Out network;
    out_init(&network, c->arena);
    print_code_check(&network, c, &face);
    out_blank(&network);
    if (c->load->kernels.count > 0) {
        out_line(&network, "/* ---- weights from the bytes of a file ---- */");
        program_text(&network, c->load, c->library_sharing, load_arguments(c), places);
        out_blank(&network);
    }
    print_load(&network, c, &face);
    out_blank(&network);
    print_error_text(&network, c, &face);
    out_blank(&network);
    for (int i = 0; i < face.outputs.count; i++)
        if (face.outputs.items[i].classes != NULL) {
            print_class_name(&network, face.name, face.outputs.items[i].name, face.outputs.items[i].classes);
            out_blank(&network);
        }
    out_line(&network, "/* ---- inference ---- */");
    program_text(&network, c->infer, c->library_sharing, infer_arguments(c), places);
    out_blank(&network);
    print_infer(&network, c, &face);

    Pieces *pieces = pieces_new(c->arena);
    pieces_add_used(pieces, out_text(&network));
    Out o;
    out_init(&o, c->arena);
    out_line(&o, "/* %.*s.c: the network of %.*s. Made by nndc %s; do not edit it, change the .nnd file and",
             STR_ARGS(face.name), STR_ARGS(c->inference->file_name), NNDC_VERSION);
    out_line(&o, " * run nndc again. What it does and how it is used: see %.*s.h.", STR_ARGS(face.name));
    out_line(&o, " *");
    out_line(&o, " * build      cc -O3 -c %.*s.c      (-march=native for speed, -fopenmp for threads)",
             STR_ARGS(face.name));
    Str workspace = c_count(c->arena, workspace_bytes(c)), weights = c_count(c->arena, 4 * c->infer->weight_floats);
    out_line(&o, " * memory     %.*s bytes of workspace, %.*s of weights; %lld samples at once",
             STR_ARGS(workspace), STR_ARGS(weights), (long long)c->infer->batch);
    out_line(&o, " */");
    out_line(&o, "#include \"%.*s.h\"", STR_ARGS(face.name));
    if ((infer_arguments(c) & RUN_THREADS) != 0) {
        out_line(&o, "#ifdef _OPENMP");
        out_line(&o, "#include <omp.h>");
        out_line(&o, "#endif");
    }
    out_blank(&o);
    pieces_print(&o, pieces);
    out_text_lines(&o, out_text(&network));
    return out_text(&o);
}
