/* optimizer.c: gradient descent, and the arithmetic that all optimizers share. */
#include "layers/optimizer.h"

NodeId optimizer_add(Build *b, NodeId x, NodeId y)
{
    return build_binary(b, &op_add, x, y);
}

NodeId optimizer_multiply(Build *b, NodeId x, NodeId y)
{
    return build_binary(b, &op_mul, x, y);
}

NodeId optimizer_scale(Build *b, NodeId x, double factor)
{
    return optimizer_multiply(b, x, build_number(b, factor));
}

NodeId optimizer_move(Build *b, NodeId state, NodeId value, double kept)
{
    NodeId moved =
        optimizer_add(b, optimizer_scale(b, state, kept), optimizer_scale(b, value, 1 - kept));
    build_assign(b, state, moved);
    return moved;
}

void optimizer_step_down(Build *b, NodeId parameter, NodeId change)
{
    build_assign(b, parameter, build_binary(b, &op_sub, parameter, change));
}

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
        gradient = optimizer_add(b, gradient, optimizer_scale(b, parameter, decay));
    if (momentum > 0) {
        NodeId state = build_optimizer_state(b, "velocity", parameter, 0);
        NodeId velocity = optimizer_add(b, optimizer_scale(b, state, momentum), gradient);
        build_assign(b, state, velocity);
        gradient =
            attrs[SGD_NESTEROV].i ? optimizer_add(b, gradient, optimizer_scale(b, velocity, momentum)) : velocity;
    }
    optimizer_step_down(b, parameter, optimizer_multiply(b, gradient, rate));
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
