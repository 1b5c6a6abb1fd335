/* loss_margin.c: hinge losses, which want scores on the right side by a margin of 1. */
#include "layers/loss.h"

/* max(1 - t * y, 0), where a target of 0 counts as -1. NODE_NONE after an error. */
static NodeId hinge_of(Build *b, const Call *call)
{
    NodeId target = NODE_NONE;
    if (!loss_inputs_are_known(call) || !loss_check_numbers_or_yes(b, call, &target))
        return NODE_NONE;
    NodeId y = layer_numbers(b, call, 0), zero = build_number(b, 0);
    NodeId side = build_node(
        b, &op_select,
        (NodeId[]){build_binary(b, &op_equal, target, zero), build_number(b, -1), target}, 3, NULL);
    NodeId short_by =
        build_binary(b, &op_sub, build_number(b, 1), build_binary(b, &op_mul, side, y));
    return build_binary(b, &op_maximum, short_by, zero);
}

/* ---- hinge ----------------------------------------------------------------------------------- */

static NodeId hinge_expand(Build *b, const Call *call)
{
    return loss_weighted_mean(b, call, hinge_of(b, call));
}

static const OpCase hinge_cases[] = {
    {"input x: f32[3]  target t: class[2]  target w: u8  y = x -> dense(1)  output y  loss hinge(y, "
     "t, w)",
     NULL},
    {"input x: f32[7]  target t: f32[7]  output x  loss hinge(x, t)", NULL},
    {"input x: f32[3]  target t: class[2]  y = x -> dense(1)  output y  loss hinge(y, t)", NULL},
    {0},
};

const OpDef op_hinge = {
    .name = "hinge",
    .family = FAMILY_LOSS,
    .category = "loss",
    .summary = "distance from a margin of 1 on the right side",
    .doc = "mean over batch and elements of max(1 - t * y, 0), for targets t of -1 and 1 of y's "
           "shape. 0 and 1 are taken as -1 and 1, as in Keras, and so is a target class[2] for a "
           "single score." LOSS_WEIGHT_DOC,
    LOSS_INPUTS("y"),
    .expand = hinge_expand,
    .cases = hinge_cases,
};

/* ---- squared_hinge --------------------------------------------------------------------------- */

static NodeId squared_hinge_expand(Build *b, const Call *call)
{
    return loss_weighted_mean(b, call, build_unary(b, &op_square, hinge_of(b, call)));
}

static const OpCase squared_hinge_cases[] = {
    {"input x: f32[5]  target t: f32[5]  output x  loss squared_hinge(x, t)", NULL},
    {"input x: f32[2, 3]  target t: f32[2, 1]  y = x -> dense(1)  output y  loss squared_hinge(y, "
     "t)",
     NULL},
    {0},
};

const OpDef op_squared_hinge = {
    .name = "squared_hinge",
    .family = FAMILY_LOSS,
    .category = "loss",
    .summary = "squared distance from a margin of 1 on the right side",
    .doc = "mean over batch and elements of max(1 - t * y, 0)^2, with targets as for hinge." LOSS_WEIGHT_DOC,
    LOSS_INPUTS("y"),
    .expand = squared_hinge_expand,
    .cases = squared_hinge_cases,
};

/* ---- categorical_hinge ----------------------------------------------------------------------- */

static NodeId categorical_hinge_expand(Build *b, const Call *call)
{
    NodeId target;
    if (!loss_inputs_are_known(call) || !loss_check_distribution(b, call, &target))
        return NODE_NONE;
    NodeId y = layer_numbers(b, call, 0);
    if (y == NODE_NONE)
        return NODE_NONE;
    int last = graph_node(b->graph, y)->shape.rank - 1;
    NodeId hot = target == NODE_NONE ? loss_one_hot(b, call->inputs[1]) : target;
    NodeId others = build_binary(b, &op_sub, build_number(b, 1), hot);
    NodeId right = loss_sum_of_last(b, build_binary(b, &op_mul, hot, y));
    NodeId wrong = build_reduce(b, &op_reduce_max, build_binary(b, &op_mul, others, y), 1U << last,
                                false, false);
    NodeId short_by =
        build_binary(b, &op_add, build_binary(b, &op_sub, wrong, right), build_number(b, 1));
    return loss_weighted_mean(b, call, build_binary(b, &op_maximum, short_by, build_number(b, 0)));
}

static const OpCase categorical_hinge_cases[] = {
    {"input x: f32[6]  target t: class[6]  output x  loss categorical_hinge(x, t)", NULL},
    {"input x: f32[2, 3]  target t: f32[2, 3]  q = t -> softmax  output x  loss "
     "categorical_hinge(x, q)",
     NULL},
    {0},
};

const OpDef op_categorical_hinge = {
    .name = "categorical_hinge",
    .family = FAMILY_LOSS,
    .category = "loss",
    .summary = "distance by which the right class fails to lead by 1",
    .doc =
        "mean of max(wrong - right + 1, 0) with right = sum over k of t[k] * y[k] and wrong = max "
        "over k of (1 - t[k]) * y[k], as Keras, for a class target or one-hot vectors t. The "
        "right class takes part in the maximum as 0." LOSS_WEIGHT_DOC,
    LOSS_INPUTS("y"),
    .expand = categorical_hinge_expand,
    .cases = categorical_hinge_cases,
};
