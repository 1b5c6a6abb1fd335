/* view.c: the same numbers in another shape or place. The type of the elements stays as it is.
 *
 * reshape and flatten cost nothing, because tensors are row-major as long as nobody sees their
 * layout; the others are copies unless a pass finds something better. */
#include "front/diag.h"
#include "graph/build.h"
#include "kernel/lower.h"
#include "ops/axis.h"

#include <string.h>

static const Node *input_of(const Build *b, const Call *call, int input)
{
    return graph_node(b->graph, call->inputs[input]);
}

static void keep_type(Inferred *inferred, const Node *x)
{
    inferred->type = x->type;
    inferred->classes = x->classes;
}

static int64_t samples_of(const EvalCall *call)
{
    return call->node->shape.has_batch ? call->context->batch : 1;
}

static Shape input_shape(const Build *b, NodeId node, int input)
{
    return graph_node(b->graph, graph_node(b->graph, node)->inputs[input])->shape;
}

/* ---- reshape and flatten --------------------------------------------------------------------- */
static const AttrDef reshape_attrs[] = {
    {"shape", ATTR_SHAPE, .doc = "shape of the result, for one sample", .is_positional = true},
    {0},
};

static bool reshape_infer(Build *b, const Call *call, Inferred *inferred)
{
    const Node *x = input_of(b, call, 0);
    const AttrValue *to = &call->attrs[0];
    inferred->shape = shape_of(x->shape.has_batch, to->list.count, to->list.item);
    keep_type(inferred, x);
    int64_t elements = 0, wanted = shape_elements(x->shape);
    if (shape_count(inferred->shape, &elements) && elements == wanted)
        return true;
    Str from = shape_str(b->graph->arena, x->shape);
    Str text = shape_str(b->graph->arena, inferred->shape);
    diag_error(b->diag, call_attr_span(call, "shape"),
               "'reshape' of %.*s to %.*s: %lld elements cannot become %lld", STR_ARGS(from),
               STR_ARGS(text), (long long)wanted, (long long)elements);
    return false;
}

static bool flatten_infer(Build *b, const Call *call, Inferred *inferred)
{
    const Node *x = input_of(b, call, 0);
    int64_t elements = shape_elements(x->shape);
    inferred->shape = shape_of(x->shape.has_batch, 1, &elements);
    keep_type(inferred, x);
    return true;
}

static void copy_eval(const EvalCall *call)
{
    int64_t count = shape_elements(call->node->shape) * samples_of(call);
    memcpy(call->out, call->in[0], (size_t)count * sizeof *call->out);
}

static void reshape_grad(Build *b, NodeId node, NodeId d_out, const bool *needed, NodeId *d_inputs)
{
    (void)needed;
    Shape from = input_shape(b, node, 0);
    d_inputs[0] = build_reshape(b, d_out, from.rank, from.dim);
}

static const OpCase reshape_cases[] = {
    {"input x: f32[2, 6]  y = x -> reshape([3, 4]) -> tanh  output y", NULL},
    {"input x: f32[5]  y = x -> reshape([1, 5, 1])  output y", NULL},
    {"input x: f32[12]  h = x -> reshape([3, 4])  y = h * h + h  output y", NULL},
    {0},
};

const OpDef op_reshape = {
    .name = "reshape",
    .family = FAMILY_VIEW,
    .category = "shape",
    .summary = "the same elements in another shape",
    .doc = "Elements keep their order, the last axis runs fastest. The batch is not part of the "
           "shape.",
    .inputs = {"x"},
    .typed_inputs = 1,
    .attrs = reshape_attrs,
    .infer = reshape_infer,
    .eval = copy_eval,
    .grad = reshape_grad,
    .cases = reshape_cases,
};

static const OpCase flatten_cases[] = {
    {"input x: f32[3, 5, 2]  y = x -> flatten -> tanh  output y", NULL},
    {"input x: f32[1, 1]  y = x -> flatten  output y", NULL},
    {"input x: f32[4, 2]  y = x -> tanh -> flatten -> dense(3)  output y", NULL},
    {0},
};

const OpDef op_flatten = {
    .name = "flatten",
    .family = FAMILY_VIEW,
    .category = "shape",
    .summary = "all elements of a sample in one axis",
    .doc = "[a, b, c] becomes [a * b * c]; elements keep their order.",
    .inputs = {"x"},
    .typed_inputs = 1,
    .infer = flatten_infer,
    .eval = copy_eval,
    .grad = reshape_grad,
    .cases = flatten_cases,
};

/* ---- blocks of rows --------------------------------------------------------------------------
 * Seen from one axis a tensor is [outer][axis][inner]; the batch belongs to outer. */
typedef struct AxisView {
    int64_t outer, size, inner;
} AxisView;

static AxisView view_of(Shape shape, int axis, int64_t samples)
{
    AxisView v = {.outer = samples, .size = shape.dim[axis], .inner = 1};
    for (int d = 0; d < axis; d++)
        v.outer *= shape.dim[d];
    for (int d = axis + 1; d < shape.rank; d++)
        v.inner *= shape.dim[d];
    return v;
}

/* Copies `count` places of the axis, from from_at of one tensor to to_at of the other. */
static void copy_places(const double *from, AxisView from_view, int64_t from_at, double *to,
                        AxisView to_view, int64_t to_at, int64_t count)
{
    for (int64_t o = 0; o < to_view.outer; o++)
        memcpy(&to[(o * to_view.size + to_at) * to_view.inner],
               &from[(o * from_view.size + from_at) * from_view.inner],
               (size_t)(count * to_view.inner) * sizeof *to);
}

/* ---- slice ----------------------------------------------------------------------------------- */
static const AttrDef slice_attrs[] = {
    {"axis", ATTR_INT, .def = "-1", AXIS_RANGE,
     .doc = "axis that is cut, from 0 without the batch; -1 is the last"},
    {"from", ATTR_INT, .def = "0", .least = -1e9, .most = 1e9, .is_positional = true,
     .doc = "first place that is kept; negative ones count from the end"},
    {"count", ATTR_INT, .def = "0", .least = 0, .most = 1e9, .is_positional = true,
     .doc = "number of places that are kept; 0: all that follow"},
    {0},
};

static bool slice_resolve(Build *b, const Call *call, AttrValue *attrs)
{
    const Node *x = input_of(b, call, 0);
    int axis;
    if (!axis_resolve(b, call, "axis", call->inputs[0], attrs[0].i, &axis))
        return false;
    int64_t size = x->shape.dim[axis];
    int64_t from = attrs[1].i < 0 ? attrs[1].i + size : attrs[1].i;
    int64_t count = attrs[2].i == 0 ? size - from : attrs[2].i;
    Str shape = shape_str(b->graph->arena, x->shape);
    if (from < 0 || from >= size) {
        diag_error(b->diag, call_attr_span(call, "from"),
                   "'slice' of %.*s: axis %d has %lld places, none at %lld", STR_ARGS(shape), axis,
                   (long long)size, (long long)attrs[1].i);
        return false;
    }
    if (count > size - from) {
        diag_error(b->diag, call_attr_span(call, "count"),
                   "'slice' of %.*s: axis %d has %lld places from %lld on, fewer than %lld",
                   STR_ARGS(shape), axis, (long long)(size - from), (long long)from,
                   (long long)count);
        return false;
    }
    attrs[0].i = axis;
    attrs[1].i = from;
    attrs[2].i = count;
    return true;
}

static NodeId build_slice(Build *b, NodeId x, int axis, int64_t from, int64_t count)
{
    AttrValue attrs[3] = {{.i = axis}, {.i = from}, {.i = count}};
    return build_node(b, &op_slice, &x, 1, attrs);
}

static bool slice_infer(Build *b, const Call *call, Inferred *inferred)
{
    const Node *x = input_of(b, call, 0);
    int64_t axis = call->attrs[0].i, from = call->attrs[1].i, count = call->attrs[2].i;
    CHECK(axis >= 0 && axis < x->shape.rank);
    CHECK(from >= 0 && count > 0 && from + count <= x->shape.dim[axis]);
    inferred->shape = x->shape;
    inferred->shape.dim[axis] = count;
    keep_type(inferred, x);
    return true;
}

static void slice_eval(const EvalCall *call)
{
    const AttrValue *attrs = call->node->attrs;
    int axis = (int)attrs[0].i;
    Shape from = graph_node(call->graph, call->node->inputs[0])->shape;
    copy_places(call->in[0], view_of(from, axis, samples_of(call)), attrs[1].i, call->out,
                view_of(call->node->shape, axis, samples_of(call)), 0, attrs[2].i);
}

static void slice_grad(Build *b, NodeId node, NodeId d_out, const bool *needed, NodeId *d_inputs)
{
    (void)needed;
    Shape from = input_shape(b, node, 0);
    const AttrValue *attrs = graph_node(b->graph, node)->attrs;
    int axis = (int)attrs[0].i;
    AttrValue room[3] = {{.i = axis}, attrs[1], {.i = from.dim[axis] - attrs[1].i - attrs[2].i}};
    d_inputs[0] = build_node(b, &op_pad, &d_out, 1, room);
}

static void slice_lower(Lowering *l, NodeId node)
{
    const AttrValue *attrs = graph_node(l->graph, node)->attrs;
    lower_slice(l, node, (int)attrs[0].i, attrs[1].i);
}

static const OpCase slice_cases[] = {
    {"input x: f32[3, 7]  y = x -> slice(2, 3) -> tanh  output y", NULL},
    {"input x: f32[5, 2, 3]  y = slice(x, from = -2, axis = 0) * slice(x, 1, 2, axis = 0)  output y",
     NULL},
    {"input x: f32[1, 4]  y = x -> slice(-1)  output y", NULL},
    {0},
};

const OpDef op_slice = {
    .name = "slice",
    .family = FAMILY_VIEW,
    .category = "shape",
    .summary = "some places of one axis",
    .doc = "y[..., i, ...] = x[..., from + i, ...] for i below count",
    .inputs = {"x"},
    .typed_inputs = 1,
    .attrs = slice_attrs,
    .resolve = slice_resolve,
    .cases = slice_cases,
    .infer = slice_infer,
    .eval = slice_eval,
    .grad = slice_grad,
    .lower = slice_lower,
};

/* ---- pad ------------------------------------------------------------------------------------- */
static const AttrDef pad_attrs[] = {
    {"axis", ATTR_INT, .def = "-1", AXIS_RANGE,
     .doc = "axis that grows, from 0 without the batch; -1 is the last"},
    {"before", ATTR_INT, .def = "0", .least = 0, .most = 1e9, .is_positional = true,
     .doc = "zeros before"},
    {"after", ATTR_INT, .def = "0", .least = 0, .most = 1e9, .is_positional = true,
     .doc = "zeros after"},
    {0},
};

static bool pad_resolve(Build *b, const Call *call, AttrValue *attrs)
{
    int axis;
    if (!axis_resolve(b, call, "axis", call->inputs[0], attrs[0].i, &axis))
        return false;
    attrs[0].i = axis;
    return true;
}

static bool pad_infer(Build *b, const Call *call, Inferred *inferred)
{
    const Node *x = input_of(b, call, 0);
    int64_t axis = call->attrs[0].i, before = call->attrs[1].i, after = call->attrs[2].i;
    CHECK(axis >= 0 && axis < x->shape.rank && before >= 0 && after >= 0);
    inferred->shape = x->shape;
    inferred->shape.dim[axis] += before + after;
    keep_type(inferred, x);
    return true;
}

static void pad_eval(const EvalCall *call)
{
    const AttrValue *attrs = call->node->attrs;
    int axis = (int)attrs[0].i;
    Shape from = graph_node(call->graph, call->node->inputs[0])->shape, to = call->node->shape;
    int64_t count = shape_elements(to) * samples_of(call);
    memset(call->out, 0, (size_t)count * sizeof *call->out);
    copy_places(call->in[0], view_of(from, axis, samples_of(call)), 0, call->out,
                view_of(to, axis, samples_of(call)), attrs[1].i, from.dim[axis]);
}

static void pad_grad(Build *b, NodeId node, NodeId d_out, const bool *needed, NodeId *d_inputs)
{
    (void)needed;
    const AttrValue *attrs = graph_node(b->graph, node)->attrs;
    int axis = (int)attrs[0].i;
    d_inputs[0] = build_slice(b, d_out, axis, attrs[1].i, input_shape(b, node, 0).dim[axis]);
}

static void pad_lower(Lowering *l, NodeId node)
{
    const AttrValue *attrs = graph_node(l->graph, node)->attrs;
    lower_pad(l, node, (int)attrs[0].i, attrs[1].i);
}

static const OpCase pad_cases[] = {
    {"input x: f32[3, 5]  y = x -> pad(1, 2) -> exp  output y", NULL},
    {"input x: f32[3, 1, 2]  y = x -> pad(after = 2, axis = 0) -> pad(before = 1, axis = -2)  "
     "output y",
     NULL},
    {"input x: f32[4]  y = x * 2 + pad(x -> slice(1), after = 1)  output y", NULL},
    {0},
};

const OpDef op_pad = {
    .name = "pad",
    .family = FAMILY_VIEW,
    .category = "shape",
    .summary = "zeros before and after one axis",
    .doc = "The axis becomes before + size + after long; what is new is 0.",
    .inputs = {"x"},
    .typed_inputs = 1,
    .attrs = pad_attrs,
    .resolve = pad_resolve,
    .cases = pad_cases,
    .infer = pad_infer,
    .eval = pad_eval,
    .grad = pad_grad,
    .lower = pad_lower,
};

/* ---- concat ---------------------------------------------------------------------------------- */
static const AttrDef concat_attrs[] = {
    {"axis", ATTR_INT, .def = "-1", .least = -MAX_RANK, .most = MAX_RANK - 1,
     .doc = "axis along which the tensors are joined, from 0; -1 is the last"},
    {0},
};

static int concat_axis(const AttrValue *attrs, int rank)
{
    int64_t axis = attrs[0].i < 0 ? attrs[0].i + rank : attrs[0].i;
    return axis >= 0 && axis < rank ? (int)axis : -1;
}

static bool report_concat(Build *b, const Call *call, int input)
{
    const Node *x = input_of(b, call, 0), *y = input_of(b, call, input);
    Str x_shape = shape_str(b->graph->arena, x->shape);
    Str y_shape = shape_str(b->graph->arena, y->shape);
    if (call->input_spans != NULL) {
        diag_mark(b->diag, call_input_span(call, 0));
        diag_mark(b->diag, call_input_span(call, input));
    }
    diag_error(b->diag, call->span,
               "'concat' along axis %lld needs tensors that are equal in all other axes: '%.*s' is "
               "%.*s, '%.*s' is %.*s",
               (long long)call->attrs[0].i, STR_ARGS(x->name), STR_ARGS(x_shape), STR_ARGS(y->name),
               STR_ARGS(y_shape));
    return false;
}

static bool concat_infer(Build *b, const Call *call, Inferred *inferred)
{
    const Node *first = input_of(b, call, 0);
    int axis = concat_axis(call->attrs, first->shape.rank);
    if (axis < 0) {
        Str shape = shape_str(b->graph->arena, first->shape);
        diag_error(b->diag, call_attr_span(call, "axis"),
                   "'concat' of %.*s along axis %lld: there is no such axis", STR_ARGS(shape),
                   (long long)call->attrs[0].i);
        return false;
    }
    inferred->shape = first->shape;
    for (int i = 1; i < call->input_count; i++) {
        Shape other = input_of(b, call, i)->shape;
        if (other.rank != first->shape.rank || other.has_batch != first->shape.has_batch)
            return report_concat(b, call, i);
        for (int d = 0; d < other.rank; d++)
            if (d != axis && other.dim[d] != first->shape.dim[d])
                return report_concat(b, call, i);
        inferred->shape.dim[axis] += other.dim[axis];
    }
    return true;
}

static void concat_eval(const EvalCall *call)
{
    const Node *n = call->node;
    int axis = concat_axis(n->attrs, n->shape.rank);
    AxisView to = view_of(n->shape, axis, samples_of(call));
    int64_t at = 0;
    for (int i = 0; i < n->input_count; i++) {
        Shape shape = graph_node(call->graph, n->inputs[i])->shape;
        AxisView from = view_of(shape, axis, samples_of(call));
        copy_places(call->in[i], from, 0, call->out, to, at, from.size);
        at += from.size;
    }
}

static void concat_grad(Build *b, NodeId node, NodeId d_out, const bool *needed, NodeId *d_inputs)
{
    int count = graph_node(b->graph, node)->input_count;
    Shape to = graph_node(b->graph, node)->shape;
    int axis = concat_axis(graph_node(b->graph, node)->attrs, to.rank);
    int64_t at = 0;
    for (int i = 0; i < count; i++) {
        int64_t size = input_shape(b, node, i).dim[axis];
        if (needed[i])
            d_inputs[i] = build_slice(b, d_out, axis, at, size);
        at += size;
    }
}

static void concat_lower(Lowering *l, NodeId node)
{
    const Node *n = graph_node(l->graph, node);
    lower_concat(l, node, concat_axis(n->attrs, n->shape.rank));
}

static const OpCase concat_cases[] = {
    {"input x: f32[3, 5]  input z: f32[3, 2]  y = concat(x, z)  output y", NULL},
    {"input x: f32[3, 5]  input z: f32[1, 5]  y = concat(x, z, x, axis = 0)  output y", NULL},
    {"input x: f32[2, 3, 1]  y = concat(x, x -> tanh, axis = -2)  output y", NULL},
    {0},
};

const OpDef op_concat = {
    .name = "concat",
    .family = FAMILY_VIEW,
    .category = "shape",
    .summary = "tensors joined along an axis",
    .doc = "The tensors must be equal in all other axes. The batch is not an axis here.",
    .inputs = {"x", "y"},
    .is_variadic = true,
    .attrs = concat_attrs,
    .infer = concat_infer,
    .eval = concat_eval,
    .grad = concat_grad,
    .lower = concat_lower,
    .cases = concat_cases,
};

/* ---- reverse --------------------------------------------------------------------------------- */
static const AttrDef reverse_attrs[] = {
    {"axis", ATTR_INT, .doc = "axis that runs the other way", .is_private = true},
    {0},
};

static bool reverse_infer(Build *b, const Call *call, Inferred *inferred)
{
    const Node *x = input_of(b, call, 0);
    CHECK(call->attrs[0].i >= 0 && call->attrs[0].i < x->shape.rank);
    inferred->shape = x->shape;
    keep_type(inferred, x);
    return true;
}

static void reverse_eval(const EvalCall *call)
{
    int axis = (int)call->node->attrs[0].i;
    AxisView view = view_of(call->node->shape, axis, samples_of(call));
    for (int64_t i = 0; i < view.size; i++)
        copy_places(call->in[0], view, i, call->out, view, view.size - 1 - i, 1);
}

static void reverse_grad(Build *b, NodeId node, NodeId d_out, const bool *needed, NodeId *d_inputs)
{
    (void)needed;
    d_inputs[0] = build_node(b, &op_reverse, &d_out, 1, graph_node(b->graph, node)->attrs);
}

static void reverse_source(Lowering *l, const Node *node, const Position *at, Position *source)
{
    int axis = (int)node->attrs[0].i;
    *source = *at;
    source->index[axis] = expr_binary(l->arena, "-", expr_int(l->arena, node->shape.dim[axis] - 1), at->index[axis]);
}

static void reverse_lower(Lowering *l, NodeId node)
{
    lower_view(l, node, reverse_source);
}

const OpDef op_reverse = {
    .name = "reverse",
    .family = FAMILY_VIEW,
    .summary = "one axis, the other way round",
    .doc = "y[..., i, ...] = x[..., size - 1 - i, ...]",
    .inputs = {"x"},
    .typed_inputs = 1,
    .attrs = reverse_attrs,
    .infer = reverse_infer,
    .eval = reverse_eval,
    .grad = reverse_grad,
    .lower = reverse_lower,
};
