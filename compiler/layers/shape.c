/* shape.c: checks of shapes that several layers make, and the arithmetic of windows.
 *
 * The bounds in layers.h keep every product here far below 2^63: an extent is below 2^40 and a
 * padded size at most 2^42, so plain arithmetic is safe. */
#include "front/diag.h"
#include "layers/layers.h"

/* ---- inputs ---------------------------------------------------------------------------------- */

/* The name the user knows x by: that of the layer whose output it is, else the node's. */
static Str source_name(const Build *b, NodeId x)
{
    const Node *n = graph_node(b->graph, x);
    return n->layer >= 0 ? b->graph->layers.items[n->layer].name : n->name;
}

/* A note that shows what x is and where it was made. */
static void note_source(Build *b, NodeId x)
{
    const Node *n = graph_node(b->graph, x);
    Str shape = shape_str(b->graph->arena, n->shape);
    Str name = source_name(b, x);
    diag_note(b->diag, n->span, "the input is %.*s, from '%.*s'", STR_ARGS(shape), STR_ARGS(name));
}

NodeId layer_numbers(Build *b, const Call *call, int input)
{
    NodeId x = call->inputs[input];
    if (x == NODE_NONE)
        return NODE_NONE;
    const Node *n = graph_node(b->graph, x);
    if (n->classes > 0) {
        diag_error(b->diag, call_input_span(call, input),
                   "'%s' needs numbers, but '%.*s' is a class number", call->op->name,
                   STR_ARGS(n->name));
        return NODE_NONE;
    }
    return n->type == TYPE_F32 ? x : build_unary(b, &op_cast, x);
}

bool layer_check_rank(Build *b, const Call *call, NodeId x, int rank, const char *wanted)
{
    const Node *n = graph_node(b->graph, x);
    if (n->shape.rank == rank)
        return true;
    Str shape = shape_str(b->graph->arena, n->shape);
    diag_error(b->diag, call->span, "the input of '%s' must be %s, found %.*s", call->op->name,
               wanted, STR_ARGS(shape));
    note_source(b, x);
    if (n->shape.rank == rank - 1) {
        Shape with_channel = n->shape;
        with_channel.dim[with_channel.rank++] = 1;
        Str text = shape_str(b->graph->arena, with_channel);
        diag_help(b->diag, "one channel: reshape(%.*s)", STR_ARGS(text));
    }
    return false;
}

NodeId layer_vectors(Build *b, const Call *call, const char *wanted)
{
    NodeId x = layer_numbers(b, call, 0);
    if (x == NODE_NONE || graph_node(b->graph, x)->shape.rank > 0)
        return x;
    layer_check_rank(b, call, x, 1, wanted);
    return NODE_NONE;
}

bool layer_check_size(Build *b, const Call *call, Shape shape, const char *what)
{
    int64_t elements;
    if (shape_count(shape, &elements))
        return true;
    Str text = shape_str(b->graph->arena, shape);
    diag_error(b->diag, call->span, "the %s of '%s' would be %.*s, more than %lld elements", what,
               call->op->name, STR_ARGS(text), (long long)MAX_ELEMENTS);
    return false;
}

/* ---- windows --------------------------------------------------------------------------------- */

static const char *axis_name(int axis_count, int axis)
{
    static const char *const names[2][2] = {{"length", ""}, {"height", "width"}};
    CHECK(axis_count >= 1 && axis_count <= 2);
    return names[axis_count - 1][axis];
}

int64_t layer_item_for(const AttrValue *value, int axis)
{
    return value->list.item[value->list.count == 1 ? 0 : axis];
}

bool layer_check_count(Build *b, const Call *call, const char *attr, int count, int axis_count)
{
    if (count == 1 || count == axis_count)
        return true;
    diag_error(b->diag, call_attr_span(call, attr), "'%s' of '%s' takes %s, found %d", attr,
               call->op->name, axis_count == 1 ? "one number" : "one number or one per axis (2)",
               count);
    return false;
}

static bool has_attr(const OpDef *op, const char *name)
{
    for (const AttrDef *a = op->attrs; a->kind != ATTR_END; a++)
        if (str_is(str_from(a->name), name))
            return true;
    return false;
}

static void resolve_same(Window *w)
{
    w->out = (w->in + w->stride - 1) / w->stride;
    int64_t total = (w->out - 1) * w->stride + w->extent - w->in;
    if (total < 0)
        total = 0;
    w->before = total / 2;
    w->after = total - w->before;
}

static bool check_causal(Build *b, const Call *call, bool is_allowed)
{
    if (!is_allowed)
        diag_error(b->diag, call_attr_span(call, "padding"),
                   "'causal' is padding of convolutions over steps, not of '%s'", call->op->name);
    return is_allowed;
}

static void help_with_fit(Build *b, const Window *w, int64_t padded)
{
    if (w->dilation > 1 && w->kernel <= padded) {
        int64_t dilation = w->kernel > 1 ? (padded - 1) / (w->kernel - 1) : 1;
        diag_help(b->diag, "a dilation of at most %lld fits, or padding = same",
                  (long long)dilation);
    } else if (w->dilation == 1) {
        diag_help(b->diag, "a kernel of at most %lld fits, or padding = same", (long long)padded);
    } else {
        diag_help(b->diag, "padding = same fits any kernel");
    }
}

static void report_extent(Build *b, const Call *call, NodeId x, const Window *w, const char *axis)
{
    int64_t padded = w->in + w->before + w->after;
    Span span = call_attr_span(call, w->dilation > 1 ? "dilation" : "kernel");
    if (padded == w->in)
        diag_error(b->diag, span, "the kernel of '%s' has extent %lld, but its input has %s %lld",
                   call->op->name, (long long)w->extent, axis, (long long)w->in);
    else
        diag_error(b->diag, span,
                   "the kernel of '%s' has extent %lld, but its input has %s %lld with padding "
                   "(%lld + %lld + %lld)",
                   call->op->name, (long long)w->extent, axis, (long long)padded,
                   (long long)w->before, (long long)w->in, (long long)w->after);
    note_source(b, x);
    diag_note(b->diag, SPAN_NONE,
              "extent = dilation * (kernel - 1) + 1 = %lld * (%lld - 1) + 1 = %lld",
              (long long)w->dilation, (long long)w->kernel, (long long)w->extent);
    diag_note(b->diag, SPAN_NONE,
              "size = floor((n + before + after - extent) / stride) + 1 = "
              "floor((%lld + %lld + %lld - %lld) / %lld) + 1 is less than 1",
              (long long)w->in, (long long)w->before, (long long)w->after, (long long)w->extent,
              (long long)w->stride);
    help_with_fit(b, w, padded);
}

static bool resolve_explicit(Build *b, const Call *call, NodeId x, const char *axis, Window *w)
{
    if (w->in + w->before + w->after < w->extent) {
        report_extent(b, call, x, w, axis);
        return false;
    }
    w->out = (w->in + w->before + w->after - w->extent) / w->stride + 1;
    return true;
}

static bool check_padding(Build *b, const Call *call, const Window *w, const char *axis,
                          bool needs_data)
{
    int64_t largest = w->before > w->after ? w->before : w->after;
    int64_t smallest = w->before < w->after ? w->before : w->after;
    Span span = call_attr_span(call, "padding");
    if (smallest < 0 || largest > LAYER_MOST_SIZE) {
        diag_error(b->diag, span, "padding of '%s' must be 0 to %d, found %lld", call->op->name,
                   LAYER_MOST_SIZE, (long long)(smallest < 0 ? smallest : largest));
        return false;
    }
    if (needs_data && largest >= w->extent) {
        diag_error(
            b->diag, span,
            "padding of '%s' must be smaller than its kernel, found %lld for a kernel of %s %lld",
            call->op->name, (long long)largest, axis, (long long)w->kernel);
        return false;
    }
    return true;
}

bool layer_windows(Build *b, const Call *call, NodeId x, int axis_count, bool needs_data,
                   Window *windows)
{
    const AttrValue *kernel = call_attr(call, "kernel");
    const AttrValue *stride = call_attr(call, "stride");
    const AttrValue *padding = call_attr(call, "padding");
    const AttrValue *dilation = has_attr(call->op, "dilation") ? call_attr(call, "dilation") : NULL;
    bool is_explicit = padding->padding.kind == PADDING_EXPLICIT;
    if (!layer_check_count(b, call, "kernel", kernel->list.count, axis_count) ||
        !layer_check_count(b, call, "stride", stride->list.count, axis_count) ||
        (dilation && !layer_check_count(b, call, "dilation", dilation->list.count, axis_count)) ||
        (is_explicit && !layer_check_count(b, call, "padding", padding->padding.count, axis_count)))
        return false;
    Shape shape = graph_node(b->graph, x)->shape;
    for (int a = 0; a < axis_count; a++) {
        Window *w = &windows[a];
        *w = (Window){
            .in = shape.dim[a], .kernel = layer_item_for(kernel, a), .stride = layer_item_for(stride, a)};
        w->dilation = dilation ? layer_item_for(dilation, a) : 1;
        if (w->stride == 0)
            w->stride = w->kernel;
        w->extent = w->dilation * (w->kernel - 1) + 1;
        if (padding->padding.kind == PADDING_SAME) {
            resolve_same(w);
            continue;
        }
        if (padding->padding.kind == PADDING_CAUSAL) {
            if (!check_causal(b, call, axis_count == 1 && !needs_data))
                return false;
            w->before = w->extent - 1;
            w->out = (w->in - 1) / w->stride + 1;
            continue;
        }
        if (is_explicit) {
            int item = padding->padding.count == 1 ? 0 : a;
            w->before = padding->padding.before[item];
            w->after = padding->padding.after[item];
        }
        const char *axis = axis_name(axis_count, a);
        if (!check_padding(b, call, w, axis, needs_data) || !resolve_explicit(b, call, x, axis, w))
            return false;
    }
    return true;
}
