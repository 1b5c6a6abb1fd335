/* reduce.c: sums and maxima over axes. Bit a of `axes` stands for dimension a; reduced dimensions
 * leave the shape (build_reduce puts ones back where they are wanted), and over_batch reduces the
 * batch. */
#include "graph/build.h"
#include "kernel/lower.h"
#include "ops/op.h"

#include <math.h>

static const AttrDef reduce_attrs[] = {
    {"axes", ATTR_INT, .doc = "bit a: dimension a is reduced", .is_private = true},
    {"over_batch", ATTR_BOOL, .doc = "is the batch reduced too?", .is_private = true},
    {0},
};
enum { AXES, OVER_BATCH };

static bool is_reduced(const AttrValue *attrs, int dim)
{
    return (attrs[AXES].i >> dim & 1) != 0;
}

static bool reduce_infer(Build *b, const Call *call, Inferred *inferred)
{
    Shape from = graph_node(b->graph, call->inputs[0])->shape;
    CHECK(call->attrs[AXES].i >> from.rank == 0 && (from.has_batch || !call->attrs[OVER_BATCH].i));
    inferred->shape = (Shape){.has_batch = from.has_batch && !call->attrs[OVER_BATCH].i};
    for (int d = 0; d < from.rank; d++)
        if (!is_reduced(call->attrs, d))
            inferred->shape.dim[inferred->shape.rank++] = from.dim[d];
    return true;
}

/* ---- evaluation ------------------------------------------------------------------------------ */
/* The place in the result that element e of x belongs to. */
static int64_t place(const Node *n, Shape from, int64_t e)
{
    int64_t at = 0, stride = 1;
    for (int d = from.rank - 1; d >= 0; d--) {
        if (!is_reduced(n->attrs, d)) {
            at += e % from.dim[d] * stride;
            stride *= from.dim[d];
        }
        e /= from.dim[d];
    }
    return n->attrs[OVER_BATCH].i ? at : at + e * stride;
}

static void evaluate(const EvalCall *call, double start, double (*join)(double, double))
{
    const Node *n = call->node;
    Shape from = graph_node(call->graph, n->inputs[0])->shape;
    int64_t batch = call->context->batch;
    int64_t out_count = shape_elements(n->shape) * (n->shape.has_batch ? batch : 1);
    int64_t in_count = shape_elements(from) * (from.has_batch ? batch : 1);
    for (int64_t i = 0; i < out_count; i++)
        call->out[i] = start;
    for (int64_t e = 0; e < in_count; e++) {
        double *out = &call->out[place(n, from, e)];
        *out = join(*out, call->in[0][e]);
    }
}

static double sum_of(double x, double y)
{
    return x + y;
}

static double larger_of(double x, double y)
{
    return x < y ? y : x;
}

static void sum_eval(const EvalCall *call)
{
    evaluate(call, 0, sum_of);
}

static void max_eval(const EvalCall *call)
{
    evaluate(call, -(double)INFINITY, larger_of);
}

/* ---- gradients ------------------------------------------------------------------------------- */
/* x's shape with ones for what was reduced. */
static Shape kept_shape(const Build *b, NodeId node)
{
    const Node *n = graph_node(b->graph, node);
    Shape shape = graph_node(b->graph, n->inputs[0])->shape;
    for (int d = 0; d < shape.rank; d++)
        if (is_reduced(n->attrs, d))
            shape.dim[d] = 1;
    return shape;
}

static void sum_grad(Build *b, NodeId node, NodeId d_out, const bool *needed, NodeId *d_inputs)
{
    (void)needed;
    Shape shape = graph_node(b->graph, graph_node(b->graph, node)->inputs[0])->shape;
    Shape kept = kept_shape(b, node);
    int first = 0; /* leading ones are added by broadcasting itself */
    while (first < kept.rank && kept.dim[first] == 1)
        first++;
    NodeId d = d_out;
    if (graph_node(b->graph, d)->shape.rank > 0)
        d = build_reshape(b, d_out, kept.rank - first, &kept.dim[first]);
    d_inputs[0] = build_broadcast(b, d, shape);
}

/* The first of equal maxima gets the gradient: the reduced axes become one last axis, and the
 * gradient goes to the place that argmax finds there. */
static void max_grad(Build *b, NodeId node, NodeId d_out, const bool *needed, NodeId *d_inputs)
{
    (void)needed;
    const AttrValue *attrs = graph_node(b->graph, node)->attrs;
    NodeId x = graph_node(b->graph, node)->inputs[0];
    Shape from = graph_node(b->graph, x)->shape;
    CHECK(!attrs[OVER_BATCH].i);
    AttrValue there = {.list = {.count = from.rank}}, back = there;
    int64_t rows[MAX_RANK + 1], count = 1;
    int rank = 0, at = 0;
    for (int d = 0; d < from.rank; d++)
        if (!is_reduced(attrs, d)) {
            rows[rank++] = from.dim[d];
            there.list.item[at++] = d;
        }
    for (int d = 0; d < from.rank; d++)
        if (is_reduced(attrs, d)) {
            count *= from.dim[d];
            there.list.item[at++] = d;
        }
    Shape moved = from;
    for (int d = 0; d < from.rank; d++) {
        moved.dim[d] = from.dim[there.list.item[d]];
        back.list.item[there.list.item[d]] = d;
    }
    rows[rank] = count;
    NodeId order = build_node(b, &op_transpose, &x, 1, &there);
    NodeId place = build_unary(b, &op_argmax, build_reshape(b, order, rank + 1, rows));
    rows[rank] = 1;
    AttrValue classes = {.i = count};
    NodeId index = build_reshape(b, place, rank + 1, rows);
    NodeId hot = build_node(b, &op_one_hot, &index, 1, &classes);
    NodeId d = build_binary(b, &op_mul, hot, build_reshape(b, d_out, rank + 1, rows));
    d = build_reshape(b, d, moved.rank, moved.dim);
    d_inputs[0] = build_node(b, &op_transpose, &d, 1, &back);
}

static void sum_lower(Lowering *l, NodeId node)
{
    lower_reduce(l, node, REDUCE_SUM);
}

static void max_lower(Lowering *l, NodeId node)
{
    lower_reduce(l, node, REDUCE_MAX);
}

const OpDef op_reduce_sum = {
    .name = "reduce_sum",
    .family = FAMILY_REDUCE,
    .summary = "sum over axes",
    .doc =
        "sums in a fixed order; a mean is this sum times 1 / count, and over the batch divided by "
        "the number of samples in it",
    .inputs = {"x"},
    .attrs = reduce_attrs,
    .infer = reduce_infer,
    .eval = sum_eval,
    .grad = sum_grad,
    .lower = sum_lower,
};

const OpDef op_reduce_max = {
    .name = "reduce_max",
    .family = FAMILY_REDUCE,
    .summary = "maximum over axes",
    .doc = "the gradient goes to the first of equal maxima",
    .inputs = {"x"},
    .attrs = reduce_attrs,
    .infer = reduce_infer,
    .eval = max_eval,
    .grad = max_grad,
    .lower = max_lower,
};
