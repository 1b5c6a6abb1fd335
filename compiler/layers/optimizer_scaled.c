/* optimizer_scaled.c: optimizers that divide the gradient by the root of a mean or sum of its
 * squares: adagrad, rmsprop and adadelta. */
#include "layers/optimizer.h"

/* sqrt(square + epsilon) */
static NodeId root(Build *b, NodeId square, double epsilon)
{
    return build_unary(b, &op_sqrt, optimizer_add(b, square, build_number(b, epsilon)));
}

/* ---- adagrad --------------------------------------------------------------------------------- */

static const AttrDef adagrad_attrs[] = {
    RATE_ATTR("0.001"),
    {"initial_accumulator", ATTR_REAL, .def = "0.1",
     .doc = "the sum of squares before the first step", .least = 0, .most = 1e6},
    EPSILON_ATTR("1e-7", "added below the root"),
    {0},
};
enum { ADAGRAD_RATE, ADAGRAD_INITIAL, ADAGRAD_EPSILON };

static void adagrad_update(Build *b, const AttrValue *attrs, NodeId parameter, NodeId gradient,
                           NodeId rate)
{
    NodeId state = build_optimizer_state(b, "sum_square", parameter, attrs[ADAGRAD_INITIAL].r);
    NodeId sum = optimizer_add(b, state, build_unary(b, &op_square, gradient));
    build_assign(b, state, sum);
    NodeId change = build_binary(b, &op_div, optimizer_multiply(b, gradient, rate),
                                 root(b, sum, attrs[ADAGRAD_EPSILON].r));
    optimizer_step_down(b, parameter, change);
}

const OpDef op_adagrad = {
    .name = "adagrad",
    .family = FAMILY_OPTIMIZER,
    .category = "optimizer",
    .summary = "gradient descent with a rate for each weight that only falls",
    .doc = "a += g^2; w -= rate * g / sqrt(a + epsilon).\n"
           "The rate is 0.001 and a starts at 0.1 as in Keras; PyTorch has 0.01 and 0.",
    .attrs = adagrad_attrs,
    .update = adagrad_update,
};

/* ---- rmsprop --------------------------------------------------------------------------------- */

static const AttrDef rmsprop_attrs[] = {
    RATE_ATTR("0.001"),
    {"rho", ATTR_REAL, .def = "0.9", .doc = "share of the mean squared gradient that is kept",
     .least = 0, .most = 0.999999},
    {"momentum", ATTR_REAL, .def = "0", .doc = "share of the last change that is kept", .least = 0,
     .most = 1},
    EPSILON_ATTR("1e-7", "added below the root"),
    {"centered", ATTR_BOOL, .def = "false", .doc = "divide by the deviation of the gradient"},
    {0},
};
enum { RMSPROP_RATE, RMSPROP_RHO, RMSPROP_MOMENTUM, RMSPROP_EPSILON, RMSPROP_CENTERED };

static void rmsprop_update(Build *b, const AttrValue *attrs, NodeId parameter, NodeId gradient,
                           NodeId rate)
{
    double rho = attrs[RMSPROP_RHO].r, momentum = attrs[RMSPROP_MOMENTUM].r;
    NodeId state = build_optimizer_state(b, "mean_square", parameter, 0);
    NodeId square = optimizer_move(b, state, build_unary(b, &op_square, gradient), rho);
    if (attrs[RMSPROP_CENTERED].i) {
        NodeId mean =
            optimizer_move(b, build_optimizer_state(b, "mean", parameter, 0), gradient, rho);
        NodeId variance = build_binary(b, &op_sub, square, build_unary(b, &op_square, mean));
        /* Rounding can make a variance of nearly nothing negative. */
        square = build_binary(b, &op_maximum, variance, build_number(b, 0));
    }
    NodeId change = build_binary(b, &op_div, optimizer_multiply(b, gradient, rate),
                                 root(b, square, attrs[RMSPROP_EPSILON].r));
    if (momentum > 0) {
        NodeId velocity = build_optimizer_state(b, "velocity", parameter, 0);
        change = optimizer_add(b, optimizer_scale(b, velocity, momentum), change);
        build_assign(b, velocity, change);
    }
    optimizer_step_down(b, parameter, change);
}

const OpDef op_rmsprop = {
    .name = "rmsprop",
    .family = FAMILY_OPTIMIZER,
    .category = "optimizer",
    .summary = "gradient descent divided by the moving size of the gradient",
    .doc = "a = rho * a + (1 - rho) * g^2; w -= rate * g / sqrt(a + epsilon).\n"
           "With momentum: u = momentum * u + rate * g / sqrt(a + epsilon); w -= u. With centered: "
           "c = rho "
           "* c + (1 - rho) * g, and a - c^2 in the place of a.\n"
           "Rate, rho and epsilon are those of Keras; PyTorch has 0.01, 0.99 and 1e-8 outside the "
           "root.",
    .attrs = rmsprop_attrs,
    .update = rmsprop_update,
};

/* ---- adadelta -------------------------------------------------------------------------------- */

static const AttrDef adadelta_attrs[] = {
    RATE_ATTR("0.001"),
    {"rho", ATTR_REAL, .def = "0.95", .doc = "share of the moving means that is kept", .least = 0,
     .most = 0.999999},
    EPSILON_ATTR("1e-7", "added below the roots"),
    {0},
};
enum { ADADELTA_RATE, ADADELTA_RHO, ADADELTA_EPSILON };

static void adadelta_update(Build *b, const AttrValue *attrs, NodeId parameter, NodeId gradient,
                            NodeId rate)
{
    double rho = attrs[ADADELTA_RHO].r, epsilon = attrs[ADADELTA_EPSILON].r;
    NodeId squares = build_optimizer_state(b, "mean_square", parameter, 0);
    NodeId changes = build_optimizer_state(b, "mean_square_change", parameter, 0);
    NodeId square = optimizer_move(b, squares, build_unary(b, &op_square, gradient), rho);
    NodeId factor = build_binary(b, &op_div, root(b, changes, epsilon), root(b, square, epsilon));
    NodeId change = optimizer_multiply(b, gradient, factor);
    optimizer_move(b, changes, build_unary(b, &op_square, change), rho);
    optimizer_step_down(b, parameter, optimizer_multiply(b, change, rate));
}

const OpDef op_adadelta = {
    .name = "adadelta",
    .family = FAMILY_OPTIMIZER,
    .category = "optimizer",
    .summary = "gradient descent whose step has the size of earlier steps",
    .doc = "a = rho * a + (1 - rho) * g^2; c = g * sqrt(d + epsilon) / sqrt(a + epsilon);\n"
           "d = rho * d + (1 - rho) * c^2; w -= rate * c.\n"
           "The rate is 0.001 as in Keras; the paper and PyTorch have 1. rho is 0.95 as in Keras "
           "and the "
           "paper, 0.9 in PyTorch.",
    .attrs = adadelta_attrs,
    .update = adadelta_update,
};
