/* transpose.c: axes in another order. A copy, unless a pass finds something better; the type of the
 * elements stays as it is. */
#include "front/diag.h"
#include "graph/build.h"
#include "kernel/lower.h"
#include "ops/axis.h"

static const AttrDef transpose_attrs[] = {
    {"order", ATTR_INTS, .def = "[]", AXIS_RANGE, .is_positional = true,
     .doc = "axis i of the result is axis order[i] of x, from 0 without the batch; reversed unless "
            "given"},
    {0},
};

static bool transpose_resolve(Build *b, const Call *call, AttrValue *attrs)
{
    Shape from = graph_node(b->graph, call->inputs[0])->shape;
    AttrValue *order = &attrs[0];
    uint32_t axes;
    if (order->list.count == 0) {
        order->list.count = from.rank;
        for (int d = 0; d < from.rank; d++)
            order->list.item[d] = from.rank - 1 - d;
        return true;
    }
    if (!axis_resolve_list(b, call, "order", call->inputs[0], &axes))
        return false;
    if (order->list.count != from.rank) {
        diag_error(b->diag, call_attr_span(call, "order"),
                   "'transpose' of %.*s needs the order of %d axes, found %d",
                   STR_ARGS(shape_str(b->graph->arena, from)), from.rank, order->list.count);
        return false;
    }
    for (int d = 0; d < from.rank; d++)
        if (order->list.item[d] < 0)
            order->list.item[d] += from.rank;
    return true;
}

static bool transpose_infer(Build *b, const Call *call, Inferred *inferred)
{
    const Node *x = graph_node(b->graph, call->inputs[0]);
    const AttrValue *order = &call->attrs[0];
    CHECK(order->list.count == x->shape.rank);
    inferred->shape = x->shape;
    for (int d = 0; d < x->shape.rank; d++) {
        CHECK(order->list.item[d] >= 0 && order->list.item[d] < x->shape.rank);
        inferred->shape.dim[d] = x->shape.dim[order->list.item[d]];
    }
    inferred->type = x->type;
    inferred->classes = x->classes;
    return true;
}

static void transpose_eval(const EvalCall *call)
{
    const AttrValue *order = &call->node->attrs[0];
    Shape from = graph_node(call->graph, call->node->inputs[0])->shape, to = call->node->shape;
    int64_t stride[MAX_RANK], step = 1;
    for (int d = from.rank - 1; d >= 0; d--) {
        stride[d] = step;
        step *= from.dim[d];
    }
    int64_t count = shape_elements(to) * (to.has_batch ? call->context->batch : 1);
    for (int64_t e = 0; e < count; e++) {
        int64_t rest = e, at = 0;
        for (int d = to.rank - 1; d >= 0; d--) {
            at += rest % to.dim[d] * stride[order->list.item[d]];
            rest /= to.dim[d];
        }
        call->out[e] = call->in[0][at + rest * step];
    }
}

static void transpose_grad(Build *b, NodeId node, NodeId d_out, const bool *needed,
                           NodeId *d_inputs)
{
    (void)needed;
    const AttrValue *order = &graph_node(b->graph, node)->attrs[0];
    AttrValue back = {.list = {.count = order->list.count}};
    for (int d = 0; d < order->list.count; d++)
        back.list.item[order->list.item[d]] = d;
    d_inputs[0] = build_node(b, &op_transpose, &d_out, 1, &back);
}

static void transpose_source(Lowering *l, const Node *node, const Position *at, Position *source)
{
    (void)l;
    *source = (Position){.batch = at->batch, .rank = at->rank};
    for (int d = 0; d < at->rank; d++)
        source->index[node->attrs[0].list.item[d]] = at->index[d];
}

static void transpose_lower(Lowering *l, NodeId node)
{
    lower_view(l, node, transpose_source);
}

static const OpCase transpose_cases[] = {
    {"input x: f32[3, 5]  y = x -> transpose -> tanh  output y", NULL},
    {"input x: f32[2, 3, 4, 1]  y = x -> transpose([2, 0, 3, 1])  output y", NULL},
    {"input x: f32[4, 4]  y = x * transpose(x, order = [-1, 0]) + x  output y", NULL},
    {"input x: f32[1, 7]  y = x -> transpose([0, 1])  output y", NULL},
    {0},
};

const OpDef op_transpose = {
    .name = "transpose",
    .family = FAMILY_VIEW,
    .category = "shape",
    .summary = "axes in another order",
    .doc = "y[i0, i1, ...] = x with index i_k on axis order[k]. The batch stays first. (Permute of "
           "Keras counts axes from 1.)",
    .inputs = {"x"},
    .typed_inputs = 1,
    .attrs = transpose_attrs,
    .resolve = transpose_resolve,
    .cases = transpose_cases,
    .infer = transpose_infer,
    .eval = transpose_eval,
    .grad = transpose_grad,
    .lower = transpose_lower,
};
