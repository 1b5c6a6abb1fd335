/* weights.c: what dense, convolutions and their relatives share: kernels, bias, activation, and what
 * holds them back: penalties of kernel, bias and result, and constraints. */
#include "front/diag.h"
#include "layers/layers.h"

bool layer_restrain(Build *b, const Call *call, NodeId kernel, uint32_t input_axes)
{
    Leaf *leaf = graph_node(b->graph, kernel)->leaf;
    double max_norm = call_attr(call, "max_norm")->r;
    leaf->l1 = call_attr(call, "l1")->r;
    leaf->l2 = call_attr(call, "l2")->r;
    leaf->constraint = call_attr(call, "kernel_constraint")->init;
    leaf->norm_axes = input_axes;
    if (max_norm > 0 && is_constrained(leaf)) {
        diag_mark(b->diag, call_attr_span(call, "max_norm"));
        diag_error(b->diag, call_attr_span(call, "kernel_constraint"),
                   "'%s' has 'max_norm' and 'kernel_constraint', but a kernel has one constraint",
                   call->op->name);
        return false;
    }
    if (max_norm > 0)
        leaf->constraint = (Init){.kind = CONSTRAINT_MAX_NORM, .a = max_norm};
    return true;
}

NodeId layer_kernel(Build *b, const Call *call, Shape shape, int64_t fan_in, int64_t fan_out)
{
    if (!layer_check_size(b, call, shape, "kernel"))
        return NODE_NONE;
    Init init = call_attr(call, "kernel_init")->init;
    NodeId kernel = build_parameter(b, "kernel", shape, init, fan_in, fan_out);
    if (kernel == NODE_NONE || !layer_restrain(b, call, kernel, (1u << (shape.rank - 1)) - 1))
        return NODE_NONE;
    return kernel;
}

NodeId layer_activate(Build *b, const OpDef *activation, NodeId y)
{
    return activation != NULL ? build_unary(b, activation, y) : y;
}

static NodeId add_bias(Build *b, const Call *call, NodeId y)
{
    Shape shape = graph_node(b->graph, y)->shape;
    int64_t channels = shape.dim[shape.rank - 1];
    Init init = call_attr(call, "bias_init")->init;
    NodeId bias = build_parameter(b, "bias", shape_of(false, 1, &channels), init, channels, channels);
    if (bias == NODE_NONE)
        return NODE_NONE;
    Leaf *leaf = graph_node(b->graph, bias)->leaf;
    leaf->l1 = call_attr(call, "bias_l1")->r;
    leaf->l2 = call_attr(call, "bias_l2")->r;
    leaf->constraint = call_attr(call, "bias_constraint")->init;
    leaf->norm_axes = 1;
    return build_binary(b, &op_add, y, bias);
}

/* factor * mean over the batch of the sum of size(y) joins the loss. */
static void add_activity_penalty(Build *b, NodeId y, const OpDef *size, double factor)
{
    if (!(factor > 0))
        return;
    Shape shape = graph_node(b->graph, y)->shape;
    NodeId sum = build_reduce(b, &op_reduce_sum, build_unary(b, size, y), (1u << shape.rank) - 1,
                              true, false);
    NodeId penalty = build_binary(b, &op_mul, sum, build_number(b, factor));
    if (shape.has_batch)
        penalty = build_binary(b, &op_div, penalty, build_scalar(b, SCALAR_BATCH));
    if (penalty != NODE_NONE)
        vec_push(b->graph->arena, &b->graph->penalties, penalty);
}

NodeId layer_finish(Build *b, const Call *call, NodeId y)
{
    if (y != NODE_NONE && call_attr(call, "bias")->i)
        y = add_bias(b, call, y);
    if (y == NODE_NONE)
        return NODE_NONE;
    y = layer_activate(b, call_attr(call, "activation")->op, y);
    if (y == NODE_NONE)
        return NODE_NONE;
    add_activity_penalty(b, y, &op_abs, call_attr(call, "activity_l1")->r);
    add_activity_penalty(b, y, &op_square, call_attr(call, "activity_l2")->r);
    return y;
}
