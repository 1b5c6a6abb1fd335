/* metric.c: metrics of single samples: shares of right answers. Their value for a set is the mean
 * over its samples. */
#include "front/diag.h"
#include "layers/loss.h"

static const char no_slope[] = "an accuracy is a step function";

/* 1 where x is above 0.5, else 0. */
static NodeId is_yes(Build *b, NodeId x)
{
    return build_binary(b, &op_greater, x, build_number(b, 0.5));
}

/* 1 where p and target lie on the same side of 0.5. */
static NodeId same_side(Build *b, const Call *call)
{
    NodeId target = NODE_NONE;
    if (!loss_check_numbers_or_yes(b, call, &target))
        return NODE_NONE;
    NodeId p = layer_numbers(b, call, 0);
    return build_binary(b, &op_equal, is_yes(b, p), is_yes(b, target));
}

/* A class target for scores, or the class of the largest element of a one-hot target. */
static NodeId true_class(Build *b, const Call *call)
{
    NodeId target;
    if (!loss_check_distribution(b, call, &target))
        return NODE_NONE;
    return target == NODE_NONE ? call->inputs[1] : build_unary(b, &op_argmax, target);
}

static bool has_one_score(const Build *b, const Call *call)
{
    Shape p = graph_node(b->graph, call->inputs[0])->shape;
    Shape target = graph_node(b->graph, call->inputs[1])->shape;
    if (loss_has_classes(b, call))
        return loss_is_yes_or_no(b, call);
    return shape_equal(p, target) && (p.rank == 0 || p.dim[p.rank - 1] == 1);
}

/* ---- accuracy -------------------------------------------------------------------------------- */

static NodeId accuracy_expand(Build *b, const Call *call)
{
    if (!loss_inputs_are_known(call))
        return NODE_NONE;
    Role role = b->role;
    b->role = ROLE_METRIC;
    NodeId is_right = NODE_NONE;
    if (has_one_score(b, call)) {
        is_right = same_side(b, call);
    } else {
        NodeId label = true_class(b, call);
        if (label != NODE_NONE)
            is_right = build_binary(b, &op_equal,
                                    build_unary(b, &op_argmax, layer_numbers(b, call, 0)), label);
    }
    NodeId accuracy = loss_mean(b, is_right);
    b->role = role;
    return accuracy;
}

static const OpCase accuracy_cases[] = {
    {"input x: f32[10]  target t: class[10]  p = x -> softmax  output p  metric accuracy(p, t)",
     no_slope},
    {"input x: f32[1]  target t: f32[1]  p = x -> sigmoid  output p  metric accuracy(p, t)",
     no_slope},
    {"input x: f32[3]  target t: class[2]  p = x -> dense(1) -> sigmoid  output p  metric "
     "accuracy(p, t)",
     no_slope},
    {"input x: f32[2, 5]  target t: f32[2, 5]  output x  metric accuracy(x, t)", no_slope},
    {0},
};

const OpDef op_accuracy = {
    .name = "accuracy",
    .family = FAMILY_METRIC,
    .category = "metric",
    .summary = "share of right answers",
    .doc =
        "For a class target: how often the largest score is that of the right class (the first of "
        "equal ones counts). For a target of numbers of the scores' shape, such as one-hot "
        "vectors: how often the largest elements of both are at the same place. For a single "
        "score: how often it and the target, numbers or class[2], lie on the same side of 0.5, "
        "which itself counts as no. All as in Keras; binary_accuracy compares every element.",
    .inputs = {"p", "target"},
    .expand = accuracy_expand,
    .cases = accuracy_cases,
};

/* ---- binary_accuracy ------------------------------------------------------------------------- */

static NodeId binary_accuracy_expand(Build *b, const Call *call)
{
    if (!loss_inputs_are_known(call))
        return NODE_NONE;
    Role role = b->role;
    b->role = ROLE_METRIC;
    NodeId accuracy = loss_mean(b, same_side(b, call));
    b->role = role;
    return accuracy;
}

static const OpCase binary_accuracy_cases[] = {
    {"input x: f32[5]  target t: f32[5]  p = x -> sigmoid  output p  metric binary_accuracy(p, t)",
     no_slope},
    {"input x: f32  target t: class[2]  p = x -> sigmoid  output p  metric binary_accuracy(p, t)",
     no_slope},
    {0},
};

const OpDef op_binary_accuracy = {
    .name = "binary_accuracy",
    .family = FAMILY_METRIC,
    .category = "metric",
    .summary = "share of right answers to yes or no",
    .doc = "How often p and the target lie on the same side of 0.5, over batch and elements; 0.5 "
           "itself counts as no. For a target of p's shape, or class[2] for a single score.",
    .inputs = {"p", "target"},
    .expand = binary_accuracy_expand,
    .cases = binary_accuracy_cases,
};

/* ---- top_k ----------------------------------------------------------------------------------- */

static const AttrDef top_k_attrs[] = {
    {"k", ATTR_INT, .def = "5", .doc = "places that count as right", .least = 1, .most = 1e6,
     .is_positional = true},
    {0},
};

static NodeId top_k_expand(Build *b, const Call *call)
{
    if (!loss_inputs_are_known(call))
        return NODE_NONE;
    Role role = b->role;
    b->role = ROLE_METRIC;
    NodeId label = true_class(b, call), share = NODE_NONE;
    if (label != NODE_NONE) {
        NodeId p = layer_numbers(b, call, 0);
        Shape column = graph_node(b->graph, p)->shape;
        column.dim[column.rank - 1] = 1;
        NodeId own = build_reshape(b, build_binary(b, &op_pick, p, label), column.rank, column.dim);
        NodeId above = loss_sum_of_last(b, build_binary(b, &op_greater, p, own));
        NodeId places = build_number(b, (double)call_attr(call, "k")->i);
        share = loss_mean(b, build_binary(b, &op_greater, places, above));
    }
    b->role = role;
    return share;
}

static const OpCase top_k_cases[] = {
    {"input x: f32[10]  target t: class[10]  p = x -> softmax  output p  metric top_k(p, t, 3)",
     no_slope},
    {"input x: f32[2, 7]  target t: f32[2, 7]  output x  metric top_k(x, t)", no_slope},
    {0},
};

const OpDef op_top_k = {
    .name = "top_k",
    .family = FAMILY_METRIC,
    .category = "metric",
    .summary = "share of samples whose class is among the k best",
    .doc =
        "How often fewer than k scores are above that of the right class, so ties count as right, "
        "as in Keras. For a class target, or one-hot vectors.",
    .inputs = {"p", "target"},
    .attrs = top_k_attrs,
    .expand = top_k_expand,
    .cases = top_k_cases,
};
