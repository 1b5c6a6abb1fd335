/* loss_number.c: losses of predicted numbers. Each is the mean over batch and elements of a
 * function of prediction and target. */
#include "layers/loss.h"

#include <math.h>

/* Prediction and target as f32; false after an error. */
static bool take_numbers(Build *b, const Call *call, NodeId *y, NodeId *target)
{
    if (!loss_inputs_are_known(call) || !loss_check_numbers(b, call, target))
        return false;
    *y = layer_numbers(b, call, 0);
    return *y != NODE_NONE;
}

static NodeId difference(Build *b, const Call *call)
{
    NodeId y, target;
    if (!take_numbers(b, call, &y, &target))
        return NODE_NONE;
    return build_binary(b, &op_sub, y, target);
}

/* ---- mean_squared_error ---------------------------------------------------------------------- */

static NodeId mean_squared_error_expand(Build *b, const Call *call)
{
    return loss_weighted_mean(b, call, build_unary(b, &op_square, difference(b, call)));
}

static const OpCase mean_squared_error_cases[] = {
    {"input x: f32[2, 3]  target t: f32[2, 3]  target w: f32[2]  y = x -> dense(3)  output y  loss "
     "mean_squared_error(y, t, sample_weight = w)",
     NULL},
    {"input x: f32[3]  target t: f32[3]  w = x -> dense(1) -> sigmoid  y = x -> tanh  output y  "
     "loss mean_squared_error(y, t, sample_weight = w)",
     NULL},
    {"input x: f32[3]  target t: f32[3]  y = x -> tanh  output y  loss mean_squared_error(y, t)",
     NULL},
    {"input x: f32[2, 3]  target t: f32[2, 1]  y = x -> dense(1)  output y  loss "
     "mean_squared_error(y, t)",
     NULL},
    {"input x: f32[5]  target t: f32[5]  y = x -> tanh  output y  loss (y - t) ** 2", NULL},
    {0},
};

const OpDef op_mean_squared_error = {
    .name = "mean_squared_error",
    .family = FAMILY_LOSS,
    .category = "loss",
    .summary = "mean of squared differences",
    .doc = "mean over batch and elements of (y - target)^2, for a target of y's shape." LOSS_WEIGHT_DOC,
    LOSS_INPUTS("y"),
    .expand = mean_squared_error_expand,
    .cases = mean_squared_error_cases,
};

/* ---- mean_absolute_error --------------------------------------------------------------------- */

static NodeId mean_absolute_error_expand(Build *b, const Call *call)
{
    return loss_weighted_mean(b, call, build_unary(b, &op_abs, difference(b, call)));
}

static const OpCase mean_absolute_error_cases[] = {
    {"input x: f32[7]  target t: f32[7]  output x  loss mean_absolute_error(x, t)", NULL},
    {"input x: f32[2, 3]  target t: f32[2, 1]  y = x -> dense(1)  output y  loss "
     "mean_absolute_error(y, t)",
     NULL},
    {0},
};

const OpDef op_mean_absolute_error = {
    .name = "mean_absolute_error",
    .family = FAMILY_LOSS,
    .category = "loss",
    .summary = "mean of absolute differences",
    .doc = "mean over batch and elements of |y - target|, for a target of y's shape. The gradient "
           "where both are equal is 0." LOSS_WEIGHT_DOC,
    LOSS_INPUTS("y"),
    .expand = mean_absolute_error_expand,
    .cases = mean_absolute_error_cases,
};

/* ---- mean_absolute_percentage_error ---------------------------------------------------------- */

#define LEAST_SIZE 1e-7 /* of a target, as Keras */

static NodeId mean_absolute_percentage_error_expand(Build *b, const Call *call)
{
    NodeId y, target;
    if (!take_numbers(b, call, &y, &target))
        return NODE_NONE;
    NodeId error = build_unary(b, &op_abs, build_binary(b, &op_sub, y, target));
    NodeId size = build_binary(b, &op_maximum, build_unary(b, &op_abs, target), build_number(b, LEAST_SIZE));
    NodeId percent = build_binary(b, &op_mul, build_binary(b, &op_div, error, size), build_number(b, 100));
    return loss_weighted_mean(b, call, percent);
}

static const OpCase mean_absolute_percentage_error_cases[] = {
    {"input x: f32[7]  target t: f32[7]  output x  loss mean_absolute_percentage_error(x, t)", NULL},
    {"input x: f32[2, 3]  target t: f32[2, 1]  y = x -> dense(1)  output y  loss "
     "mean_absolute_percentage_error(y, t)",
     NULL},
    {0},
};

const OpDef op_mean_absolute_percentage_error = {
    .name = "mean_absolute_percentage_error",
    .family = FAMILY_LOSS,
    .category = "loss",
    .summary = "mean of absolute differences in percent of the target",
    .doc = "mean over batch and elements of 100 * |y - target| / max(|target|, 1e-7), for a target of y's "
           "shape, as Keras: from 0, and 100 for a y of zeros. scikit-learn's has no factor 100." LOSS_WEIGHT_DOC,
    LOSS_INPUTS("y"),
    .expand = mean_absolute_percentage_error_expand,
    .cases = mean_absolute_percentage_error_cases,
};

/* ---- huber ----------------------------------------------------------------------------------- */

static const AttrDef huber_attrs[] = {
    {"delta", ATTR_REAL, .def = "1", .doc = "difference from which on the loss is linear",
     .least = 0, .most = 1e6, .is_open = true, .is_positional = true},
    {0},
};

/* With c = min(|d|, delta) both branches are c (|d| - c / 2). */
static NodeId huber_expand(Build *b, const Call *call)
{
    NodeId size = build_unary(b, &op_abs, difference(b, call));
    NodeId c = build_binary(b, &op_minimum, size, build_number(b, call_attr(call, "delta")->r));
    NodeId half = build_binary(b, &op_mul, c, build_number(b, 0.5));
    return loss_weighted_mean(b, call, build_binary(b, &op_mul, c, build_binary(b, &op_sub, size, half)));
}

static const OpCase huber_cases[] = {
    {"input x: f32[17]  target t: f32[17]  output x  loss huber(x, t)", NULL},
    {"input x: f32[2, 3]  target t: f32[2, 1]  y = x -> dense(1)  output y  loss huber(y, t, 0.3)",
     NULL},
    {0},
};

const OpDef op_huber = {
    .name = "huber",
    .family = FAMILY_LOSS,
    .category = "loss",
    .summary = "squared for small differences, linear for large ones",
    .doc =
        "mean over batch and elements of d^2 / 2 where |d| <= delta, else delta * (|d| - delta / "
        "2), for d = y - target." LOSS_WEIGHT_DOC,
    LOSS_INPUTS("y"),
    .attrs = huber_attrs,
    .expand = huber_expand,
    .cases = huber_cases,
};

/* ---- log_cosh -------------------------------------------------------------------------------- */

/* log((e^d + e^-d) / 2) = |d| + log(1 + e^(-2 |d|)) - log 2, which does not overflow */
static NodeId log_cosh_expand(Build *b, const Call *call)
{
    NodeId size = build_unary(b, &op_abs, difference(b, call));
    NodeId small = build_unary(b, &op_exp, build_binary(b, &op_mul, size, build_number(b, -2)));
    NodeId sum = build_binary(b, &op_add, size, build_unary(b, &op_log1p, small));
    return loss_weighted_mean(b, call, build_binary(b, &op_sub, sum, build_number(b, log(2))));
}

static const OpCase log_cosh_cases[] = {
    {"input x: f32[9]  target t: f32[9]  output x  loss log_cosh(x, t)", NULL},
    {"input x: f32[2, 3]  target t: f32[2, 1]  y = 40 * x -> dense(1)  output y  loss "
     "log_cosh(y, t)",
     NULL},
    {0},
};

const OpDef op_log_cosh = {
    .name = "log_cosh",
    .family = FAMILY_LOSS,
    .category = "loss",
    .summary = "logarithm of the hyperbolic cosine of the difference",
    .doc = "mean over batch and elements of log(cosh(y - target)): about d^2 / 2 for small "
           "differences and |d| - log 2 for large ones." LOSS_WEIGHT_DOC,
    LOSS_INPUTS("y"),
    .expand = log_cosh_expand,
    .cases = log_cosh_cases,
};

/* ---- poisson --------------------------------------------------------------------------------- */

static NodeId poisson_expand(Build *b, const Call *call)
{
    NodeId y, target;
    if (!take_numbers(b, call, &y, &target))
        return NODE_NONE;
    NodeId log_y =
        build_unary(b, &op_log, build_binary(b, &op_add, y, build_number(b, LEAST_PROBABILITY)));
    return loss_weighted_mean(b, call, build_binary(b, &op_sub, y, build_binary(b, &op_mul, target, log_y)));
}

static const OpCase poisson_cases[] = {
    {"input x: f32[5]  target t: f32[5]  y = exp(x)  output y  loss poisson(y, t)", NULL},
    {"input x: f32[1]  target t: u8[1]  y = x -> sigmoid  output y  loss poisson(y, t)", NULL},
    {0},
};

const OpDef op_poisson = {
    .name = "poisson",
    .family = FAMILY_LOSS,
    .category = "loss",
    .summary = "loss of counts that follow Poisson's distribution",
    .doc =
        "mean over batch and elements of y - target * log(y + 1e-7), for expected counts y above "
        "0, as Keras (PyTorch takes the logarithm of y by default)." LOSS_WEIGHT_DOC,
    LOSS_INPUTS("y"),
    .expand = poisson_expand,
    .cases = poisson_cases,
};

/* ---- cosine_similarity ----------------------------------------------------------------------- */

#define LEAST_SQUARE 1e-12 /* of a length, as Keras */

/* 1 / length of each vector along the last axis */
static NodeId inverse_length(Build *b, NodeId x)
{
    NodeId square = loss_sum_of_last(b, build_unary(b, &op_square, x));
    return build_unary(b, &op_rsqrt,
                       build_binary(b, &op_maximum, square, build_number(b, LEAST_SQUARE)));
}

static NodeId cosine_similarity_expand(Build *b, const Call *call)
{
    NodeId y, target;
    if (!take_numbers(b, call, &y, &target))
        return NODE_NONE;
    if (graph_node(b->graph, y)->shape.rank == 0) { /* a number is a vector of one */
        int64_t one = 1;
        y = build_reshape(b, y, 1, &one);
        target = build_reshape(b, target, 1, &one);
    }
    NodeId product = loss_sum_of_last(b, build_binary(b, &op_mul, y, target));
    NodeId lengths = build_binary(b, &op_mul, inverse_length(b, y), inverse_length(b, target));
    return loss_weighted_mean(b, call, build_unary(b, &op_negate, build_binary(b, &op_mul, product, lengths)));
}

static const OpCase cosine_similarity_cases[] = {
    {"input x: f32[5]  target t: f32[5]  output x  loss cosine_similarity(x, t)", NULL},
    {"input x: f32[2, 3]  target t: f32[2, 3]  y = x * x + x  output y  loss cosine_similarity(y, "
     "t)",
     NULL},
    {0},
};

const OpDef op_cosine_similarity = {
    .name = "cosine_similarity",
    .family = FAMILY_LOSS,
    .category = "loss",
    .summary = "minus the cosine of the angle between two vectors",
    .doc =
        "mean of -sum(y * target) / (|y| * |target|) for the vectors along the last axis, from -1 "
        "(same direction) to 1, as Keras' loss. Squared lengths are at least 1e-12." LOSS_WEIGHT_DOC,
    LOSS_INPUTS("y"),
    .expand = cosine_similarity_expand,
    .cases = cosine_similarity_cases,
};
