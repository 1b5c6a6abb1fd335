/* optimizer.c: optimizers. Each builds the new value of one parameter from its gradient, with what
 * it remembers in leaves of its own. `rate` is the learning rate of the step, a number without
 * batch. */
#include "layers/layers.h"

#include <math.h>

static NodeId add(Build *b, NodeId x, NodeId y)
{
    return build_binary(b, &op_add, x, y);
}

static NodeId multiply(Build *b, NodeId x, NodeId y)
{
    return build_binary(b, &op_mul, x, y);
}

static NodeId scale(Build *b, NodeId x, double factor)
{
    return multiply(b, x, build_number(b, factor));
}

/* parameter := parameter - change */
static void step_down(Build *b, NodeId parameter, NodeId change)
{
    build_assign(b, parameter, build_binary(b, &op_sub, parameter, change));
}

// clang-format off
#define RATE_ATTR(default_rate)                                                                     \
    {"rate", ATTR_REAL, .def = default_rate, .doc = "learning rate", .least = 0, .most = 1e6,        \
     .is_positional = true}
// clang-format on

/* ---- sgd ------------------------------------------------------------------------------------- */

static const AttrDef sgd_attrs[] = {
    RATE_ATTR("0.01"),
    {"momentum", ATTR_REAL, .def = "0", .doc = "share of the last change that is kept", .least = 0,
     .most = 1},
    {"nesterov", ATTR_BOOL, .def = "false", .doc = "look one step ahead: g + momentum * v"},
    {"weight_decay", ATTR_REAL, .def = "0", .doc = "weight_decay * w joins the gradient",
     .least = 0, .most = 1e6},
    {0},
};
enum { SGD_RATE, SGD_MOMENTUM, SGD_NESTEROV, SGD_WEIGHT_DECAY };

static void sgd_update(Build *b, const AttrValue *attrs, NodeId parameter, NodeId gradient,
                       NodeId rate)
{
    double momentum = attrs[SGD_MOMENTUM].r, decay = attrs[SGD_WEIGHT_DECAY].r;
    if (decay > 0)
        gradient = add(b, gradient, scale(b, parameter, decay));
    if (momentum > 0) {
        NodeId state = build_optimizer_state(b, "velocity", parameter, 0);
        NodeId velocity = add(b, scale(b, state, momentum), gradient);
        build_assign(b, state, velocity);
        gradient =
            attrs[SGD_NESTEROV].i ? add(b, gradient, scale(b, velocity, momentum)) : velocity;
    }
    step_down(b, parameter, multiply(b, gradient, rate));
}

const OpDef op_sgd = {
    .name = "sgd",
    .family = FAMILY_OPTIMIZER,
    .category = "optimizer",
    .summary = "stochastic gradient descent",
    .doc = "g += weight_decay * w; v = momentum * v + g; w -= rate * v, as in PyTorch.\n"
           "With nesterov: w -= rate * (g + momentum * v). Without momentum: w -= rate * g.",
    .attrs = sgd_attrs,
    .update = sgd_update,
};

/* ---- adam ------------------------------------------------------------------------------------ */

static const AttrDef adam_attrs[] = {
    RATE_ATTR("0.001"),
    {"beta1", ATTR_REAL, .def = "0.9", .doc = "share of the mean gradient that is kept", .least = 0,
     .most = 0.999999},
    {"beta2", ATTR_REAL, .def = "0.999", .doc = "share of the mean squared gradient that is kept",
     .least = 0, .most = 0.999999},
    {"epsilon", ATTR_REAL, .def = "1e-7", .doc = "added to the root", .least = 0, .most = 1},
    {0},
};
enum { ADAM_RATE, ADAM_BETA1, ADAM_BETA2, ADAM_EPSILON };

/* 1 - beta^step. The plain formula would lose all but three digits at the first steps of a beta
 * near 1, so: with h = tanh(-step * log(beta) / 2) it is 2h / (1 + h), where nothing cancels. */
static NodeId bias_correction(Build *b, double beta)
{
    if (beta <= 0)
        return build_number(b, 1);
    NodeId half = scale(b, build_scalar(b, SCALAR_STEP), -log(beta) / 2);
    NodeId h = build_unary(b, &op_tanh, half);
    return build_binary(b, &op_div, scale(b, h, 2), add(b, h, build_number(b, 1)));
}

/* moving := beta * moving + (1 - beta) * value */
static NodeId move(Build *b, NodeId state, NodeId value, double beta)
{
    NodeId moved = add(b, scale(b, state, beta), scale(b, value, 1 - beta));
    build_assign(b, state, moved);
    return moved;
}

static void adam_update(Build *b, const AttrValue *attrs, NodeId parameter, NodeId gradient,
                        NodeId rate)
{
    double beta1 = attrs[ADAM_BETA1].r, beta2 = attrs[ADAM_BETA2].r;
    NodeId first = build_optimizer_state(b, "mean", parameter, 0);
    NodeId second = build_optimizer_state(b, "mean_square", parameter, 0);
    NodeId mean = move(b, first, gradient, beta1);
    NodeId square = move(b, second, build_unary(b, &op_square, gradient), beta2);
    /* The corrections are numbers: they are applied to the rate and the root, not to each tensor.
     */
    NodeId step = build_binary(b, &op_div, rate, bias_correction(b, beta1));
    NodeId shrink = build_unary(b, &op_rsqrt, bias_correction(b, beta2));
    NodeId root = multiply(b, build_unary(b, &op_sqrt, square), shrink);
    NodeId below = add(b, root, build_number(b, attrs[ADAM_EPSILON].r));
    step_down(b, parameter, build_binary(b, &op_div, multiply(b, mean, step), below));
}

const OpDef op_adam = {
    .name = "adam",
    .family = FAMILY_OPTIMIZER,
    .category = "optimizer",
    .summary = "gradient descent with moving means of gradient and squared gradient",
    .doc = "m = beta1 * m + (1 - beta1) * g; v = beta2 * v + (1 - beta2) * g^2;\n"
           "w -= rate * m / (1 - beta1^t) / (sqrt(v / (1 - beta2^t)) + epsilon) at step t = 1, 2, "
           "...\n"
           "epsilon is 1e-7 as in Keras; PyTorch has 1e-8.",
    .attrs = adam_attrs,
    .update = adam_update,
};
