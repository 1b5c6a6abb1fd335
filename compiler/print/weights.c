/* weights.c: prints NAME_weights.h, the weights of one safetensors file as a constant of type
 * NAME_weights, for programs without files.
 *
 * The file is read by the same code as in the library. What load does to the parameters (nothing, or
 * folding a batch-norm into the layer before it) is evaluated here in double and rounded once. */
#include "print/library.h"

#include "../runtime/safetensors_parse.h"

#include <math.h>

/* ---- reading --------------------------------------------------------------------------------- */

static nn_tensor tensor_of(Arena *arena, const Node *node)
{
    nn_tensor tensor = {.name = str_c(arena, node->name), .rank = node->shape.rank, .groups = 1};
    tensor.kind = node->leaf->kind == LEAF_PARAMETER ? NN_PARAMETER : NN_STATISTIC;
    for (int i = 0; i < node->shape.rank; i++)
        tensor.dims[i] = (int)node->shape.dim[i];
    return tensor;
}

static Str found_shape(Arena *arena, const nn_culprit *culprit)
{
    StrBuf buf = {.arena = arena};
    for (int i = 0; i < culprit->rank && i < MAX_RANK; i++)
        buf_add(&buf, "%s%llu", i > 0 ? ", " : "", (unsigned long long)culprit->dims[i]);
    return str_format(arena, "[%.*s]", STR_ARGS(buf_str(&buf)));
}

/* What is wrong with the file, for people. */
static Str explain(const Compilation *c, Str bytes, const nn_culprit *culprit, const NodeIds *nodes)
{
    Arena *arena = c->arena;
    Str entry = {bytes.ptr + culprit->name, (int64_t)culprit->name_length};
    const Node *node = culprit->tensor >= 0
                           ? graph_node(c->inference->graph, nodes->items[culprit->tensor]) : NULL;
    Str name = node != NULL ? node->name : entry;
    switch (culprit->status) {
    case NN_FILE_SHORT:
        return STR("the file ends before it is complete");
    case NN_FILE_RANGE:
        return str_format(arena, "the bytes of '%.*s' do not fit its shape, or overlap another's", STR_ARGS(name));
    case NN_FILE_DUPLICATE:
        return str_format(arena, "'%.*s' is in the file twice", STR_ARGS(name));
    case NN_FILE_TYPE:
        return str_format(arena, "'%.*s' is not of 32-bit floats", STR_ARGS(name));
    case NN_FILE_SHAPE: {
        Str found = found_shape(arena, culprit);
        Str needed = shape_str(arena, node->shape);
        return str_format(arena, "'%.*s' is %.*s in the file and %.*s in the network", STR_ARGS(name),
                          STR_ARGS(found), STR_ARGS(needed));
    }
    case NN_FILE_MISSING:
        return str_format(arena, "'%.*s' is not in the file", STR_ARGS(name));
    case NN_FILE_UNKNOWN:
        return str_format(arena, "the network has no tensor '%.*s'", STR_ARGS(name));
    default:
        return STR("this is not a safetensors file");
    }
}

/* Values of the parameters and statistics of `graph`, by node, from the file. */
static double *read_values(Arena *arena, const Node *node, const unsigned char *bytes)
{
    int64_t count = shape_elements(node->shape);
    double *values = arena_array(arena, double, count);
    for (int64_t i = 0; i < count; i++)
        values[i] = (double)nn_float_at(bytes, i);
    return values;
}

static bool all_finite(const double *values, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        if (!isfinite(values[i]))
            return false;
    return true;
}

/* ---- from tensors to the layout of infer ------------------------------------------------------ */

static void put_panels(float *to, const Buffer *buffer, const double *values)
{
    const Layout *layout = &buffer->layout;
    int64_t columns = buffer->shape.rank > 0 ? buffer->shape.dim[buffer->shape.rank - 1] : 1;
    int64_t rows = shape_elements(buffer->shape) / columns, own = columns / layout->groups;
    for (int64_t g = 0; g < layout->groups; g++)
        for (int64_t first = 0; first < own; first += layout->panel)
            for (int64_t row = 0; row < rows; row++)
                for (int64_t lane = first; lane < first + layout->panel; lane++, to++)
                    *to = lane < own ? (float)values[row * columns + g * own + lane] : 0.0f;
}

static void put_strided(float *to, const Buffer *buffer, const double *values)
{
    int64_t count = shape_elements(buffer->shape);
    for (int64_t i = 0; i < count; i++) {
        int64_t at = buffer->layout.offset, rest = i;
        for (int k = buffer->shape.rank - 1; k >= 0; k--) {
            at += rest % buffer->shape.dim[k] * buffer->layout.stride[k];
            rest /= buffer->shape.dim[k];
        }
        to[at] = (float)values[i];
    }
}

/* The value of the load graph that infer reads as `name`. */
static NodeId prepared_node(const Graph *prepare, Str name)
{
    for (int i = 0; i < prepare->outputs.count; i++)
        if (str_equal(prepare->outputs.items[i].name, name))
            return prepare->outputs.items[i].node;
    BUG("'%.*s' is not prepared", STR_ARGS(name));
}

/* ---- printing -------------------------------------------------------------------------------- */

static void print_field(Out *o, const WeightField *field, const float *values)
{
    enum { PER_LINE = 8 };
    Arena *arena = o->buf.arena;
    out_line(o, "{ /* %.*s */", STR_ARGS(field->name));
    o->depth++;
    for (int64_t first = 0; first < field->floats; first += PER_LINE) {
        StrBuf line = {.arena = arena};
        for (int64_t i = first; i < first + PER_LINE && i < field->floats; i++) {
            Str text = real_text(arena, (double)values[i]);
            buf_add(&line, "%s%.*s,", i > first ? " " : "", STR_ARGS(text));
        }
        out_line(o, "%.*s", STR_ARGS(buf_str(&line)));
    }
    o->depth--;
    out_line(o, "},");
}

static Str print_text(const Compilation *c, const float *weights)
{
    Str name = library_name(c->arena, c), upper = c_macro(c->arena, name);
    WeightFields fields = weight_fields(c);
    Str bytes = c_count(c->arena, 4 * c->infer->weight_floats);
    Out o;
    out_init(&o, c->arena);
    out_line(&o, "/* %.*s_weights.h: trained weights of the network of %.*s, as a constant. Made by nndc %s.",
             STR_ARGS(name), STR_ARGS(c->inference->file_name), NNDC_VERSION);
    out_line(&o, " *");
    out_line(&o, " *     #include \"%.*s_weights.h\"", STR_ARGS(name));
    out_line(&o, " *     %.*s_infer(&%.*s_trained, workspace, 1, ...);", STR_ARGS(name), STR_ARGS(name));
    out_line(&o, " *");
    out_line(&o, " * %.*s bytes in every file that includes this: include it in one. */", STR_ARGS(bytes));
    out_line(&o, "#ifndef %.*s_WEIGHTS_H", STR_ARGS(upper));
    out_line(&o, "#define %.*s_WEIGHTS_H", STR_ARGS(upper));
    out_blank(&o);
    out_line(&o, "#include \"%.*s.h\"", STR_ARGS(name));
    out_blank(&o);
    out_open(&o, "static const %.*s_weights %.*s_trained =", STR_ARGS(name), STR_ARGS(name));
    for (int i = 0; i < fields.count; i++)
        print_field(&o, &fields.items[i], weights + fields.items[i].offset);
    if (fields.count == 0)
        out_line(&o, "{0.0f},");
    out_close(&o, ";");
    out_blank(&o);
    out_line(&o, "#endif");
    return out_text(&o);
}

bool print_weights(const Compilation *c, Str safetensors, Str *text, Str *error)
{
    Arena *arena = c->arena;
    const Graph *graph = c->inference->graph, *prepare = c->call.prepare;
    NodeIds nodes = file_tensors(arena, graph);
    nn_tensor *tensors = arena_array(arena, nn_tensor, nodes.count + 1);
    nn_found *found = arena_array(arena, nn_found, nodes.count + 1);
    for (int i = 0; i < nodes.count; i++)
        tensors[i] = tensor_of(arena, graph_node(graph, nodes.items[i]));
    const unsigned char *bytes = (const unsigned char *)safetensors.ptr;
    nn_culprit culprit;
    if (nn_safetensors_find(bytes, (size_t)safetensors.len, "", tensors, nodes.count, NN_STATISTIC, 1, found,
                            &culprit) != NN_FILE_OK) {
        *error = explain(c, safetensors, &culprit, &nodes);
        return false;
    }
    double **values = arena_array(arena, double *, prepare->nodes.count + 1);
    for (int id = 0; id < prepare->nodes.count; id++)
        for (int i = 0; i < nodes.count; i++) {
            const Node *node = graph_node(prepare, id);
            if (node->leaf != NULL && str_equal(node->name, graph_node(graph, nodes.items[i])->name))
                values[id] = read_values(arena, node, bytes + found[i].begin);
        }
    EvalContext context = {.arena = arena, .batch = 1};
    graph_eval(prepare, &context, values);

    float *weights = arena_array(arena, float, c->infer->weight_floats + 1);
    WeightFields fields = weight_fields(c);
    for (int i = 0; i < fields.count; i++) {
        const Buffer *buffer = fields.items[i].buffer;
        NodeId node = prepared_node(prepare, graph_node(c->infer->graph, buffer->node)->name);
        if (!all_finite(values[node], shape_elements(buffer->shape))) {
            *error = str_format(arena, "'%.*s' has values that are not finite", STR_ARGS(buffer->name));
            return false;
        }
        if (buffer->layout.kind == LAYOUT_PANEL)
            put_panels(weights + buffer->offset, buffer, values[node]);
        else
            put_strided(weights + buffer->offset, buffer, values[node]);
    }
    *text = print_text(c, weights);
    return true;
}
