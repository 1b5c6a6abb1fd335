/* optimizer_adam.c: adam and its relatives: moving means of the gradient and of its square, each
 * corrected for its start at zero. */
#include "layers/optimizer.h"

#include <math.h>

// clang-format off
#define BETA_ATTRS                                                                                  \
    {"beta1", ATTR_REAL, .def = "0.9", .doc = "share of the mean gradient that is kept", .least = 0, \
     .most = 0.999999},                                                                             \
    {"beta2", ATTR_REAL, .def = "0.999", .doc = "share of the mean squared gradient that is kept",   \
     .least = 0, .most = 0.999999}
#define AMSGRAD_ATTR                                                                                \
    {"amsgrad", ATTR_BOOL, .def = "false",                                                          \
     .doc = "divide by the largest mean squared gradient so far, not by the current one"}
// clang-format on

/* 1 - beta^step. The plain formula would lose all but three digits at the first steps of a beta
 * near 1, so: with h = tanh(-step * log(beta) / 2) it is 2h / (1 + h), where nothing cancels. */
static NodeId bias_correction(Build *b, double beta)
{
    if (beta <= 0)
        return build_number(b, 1);
    NodeId half = optimizer_scale(b, build_scalar(b, SCALAR_STEP), -log(beta) / 2);
    NodeId h = build_unary(b, &op_tanh, half);
    return build_binary(b, &op_div, optimizer_scale(b, h, 2),
                        optimizer_add(b, h, build_number(b, 1)));
}

/* sqrt(v / (1 - beta2^t)) + epsilon. The correction is a number: it is applied to the root, not to
 * each element below it. */
static NodeId root_of_square(Build *b, NodeId square, double beta2, double epsilon)
{
    NodeId shrink = build_unary(b, &op_rsqrt, bias_correction(b, beta2));
    NodeId root = optimizer_multiply(b, build_unary(b, &op_sqrt, square), shrink);
    return optimizer_add(b, root, build_number(b, epsilon));
}

/* The larger of the state and value, kept in the state. */
static NodeId keep_largest(Build *b, NodeId parameter, NodeId value)
{
    NodeId state = build_optimizer_state(b, "largest_square", parameter, 0);
    NodeId largest = build_binary(b, &op_maximum, state, value);
    build_assign(b, state, largest);
    return largest;
}

typedef struct Adam {
    double beta1, beta2, epsilon;
    bool is_amsgrad;
} Adam;

/* What adam takes away from a parameter. */
static NodeId adam_change(Build *b, const Adam *adam, NodeId parameter, NodeId gradient,
                          NodeId rate)
{
    NodeId first = build_optimizer_state(b, "mean", parameter, 0);
    NodeId second = build_optimizer_state(b, "mean_square", parameter, 0);
    NodeId mean = optimizer_move(b, first, gradient, adam->beta1);
    NodeId square = optimizer_move(b, second, build_unary(b, &op_square, gradient), adam->beta2);
    if (adam->is_amsgrad)
        square = keep_largest(b, parameter, square);
    /* This correction is a number, too: it is applied to the rate. */
    NodeId step = build_binary(b, &op_div, rate, bias_correction(b, adam->beta1));
    NodeId below = root_of_square(b, square, adam->beta2, adam->epsilon);
    return build_binary(b, &op_div, optimizer_multiply(b, mean, step), below);
}

/* ---- adam ------------------------------------------------------------------------------------ */

static const AttrDef adam_attrs[] = {
    RATE_ATTR("0.001"), BETA_ATTRS, EPSILON_ATTR("1e-7", "added to the root"), AMSGRAD_ATTR, {0},
};
enum { ADAM_RATE, ADAM_BETA1, ADAM_BETA2, ADAM_EPSILON, ADAM_AMSGRAD };

static void adam_update(Build *b, const AttrValue *attrs, NodeId parameter, NodeId gradient,
                        NodeId rate)
{
    Adam adam = {attrs[ADAM_BETA1].r, attrs[ADAM_BETA2].r, attrs[ADAM_EPSILON].r,
                 attrs[ADAM_AMSGRAD].i != 0};
    optimizer_step_down(b, parameter, adam_change(b, &adam, parameter, gradient, rate));
}

const OpDef op_adam = {
    .name = "adam",
    .family = FAMILY_OPTIMIZER,
    .category = "optimizer",
    .summary = "gradient descent with moving means of gradient and squared gradient",
    .doc = "m = beta1 * m + (1 - beta1) * g; v = beta2 * v + (1 - beta2) * g^2;\n"
           "w -= rate * m / (1 - beta1^t) / (sqrt(v / (1 - beta2^t)) + epsilon) at step t = 1, 2, "
           "...\n"
           "epsilon is 1e-7 as in Keras; PyTorch has 1e-8. With amsgrad the largest v so far takes "
           "the place of v.",
    .attrs = adam_attrs,
    .update = adam_update,
};

/* ---- adamw ----------------------------------------------------------------------------------- */

static const AttrDef adamw_attrs[] = {
    RATE_ATTR("0.001"),
    {"weight_decay", ATTR_REAL, .def = "0.004",
     .doc = "share of the weights that is taken away, "
            "times the rate",
     .least = 0, .most = 1e6},
    BETA_ATTRS,
    EPSILON_ATTR("1e-7", "added to the root"),
    AMSGRAD_ATTR,
    {0},
};
enum { ADAMW_RATE, ADAMW_DECAY, ADAMW_BETA1, ADAMW_BETA2, ADAMW_EPSILON, ADAMW_AMSGRAD };

static void adamw_update(Build *b, const AttrValue *attrs, NodeId parameter, NodeId gradient,
                         NodeId rate)
{
    Adam adam = {attrs[ADAMW_BETA1].r, attrs[ADAMW_BETA2].r, attrs[ADAMW_EPSILON].r,
                 attrs[ADAMW_AMSGRAD].i != 0};
    NodeId change = adam_change(b, &adam, parameter, gradient, rate);
    NodeId share = optimizer_scale(b, rate, attrs[ADAMW_DECAY].r);
    NodeId decay = optimizer_multiply(b, parameter, share);
    optimizer_step_down(b, parameter, optimizer_add(b, change, decay));
}

const OpDef op_adamw = {
    .name = "adamw",
    .family = FAMILY_OPTIMIZER,
    .category = "optimizer",
    .summary = "adam with weight decay apart from the gradient",
    .doc = "w -= rate * weight_decay * w + the change of adam, so that the decay is not divided by "
           "the "
           "size of the gradients.\n"
           "weight_decay is 0.004 as in Keras; PyTorch has 0.01.",
    .attrs = adamw_attrs,
    .update = adamw_update,
};

/* ---- nadam ----------------------------------------------------------------------------------- */

static const AttrDef nadam_attrs[] = {
    RATE_ATTR("0.001"),
    BETA_ATTRS,
    EPSILON_ATTR("1e-7", "added to the root"),
    {0},
};
enum { NADAM_RATE, NADAM_BETA1, NADAM_BETA2, NADAM_EPSILON };

/* beta1 * (1 - 0.96^(step + later) / 2): the share of the mean that is kept grows to beta1. */
static NodeId momentum_at(Build *b, double beta1, int later)
{
    NodeId step = build_scalar(b, SCALAR_STEP);
    if (later > 0)
        step = optimizer_add(b, step, build_number(b, later));
    NodeId power = build_unary(b, &op_exp, optimizer_scale(b, step, log(0.96)));
    return optimizer_add(b, optimizer_scale(b, power, -beta1 / 2), build_number(b, beta1));
}

static NodeId one_minus(Build *b, NodeId x)
{
    return build_binary(b, &op_sub, build_number(b, 1), x);
}

static void nadam_update(Build *b, const AttrValue *attrs, NodeId parameter, NodeId gradient,
                         NodeId rate)
{
    double beta1 = attrs[NADAM_BETA1].r, beta2 = attrs[NADAM_BETA2].r;
    NodeId first = build_optimizer_state(b, "mean", parameter, 0);
    NodeId second = build_optimizer_state(b, "mean_square", parameter, 0);
    NodeId product = build_optimizer_number(b, "momentum_product", parameter, 1);
    NodeId mean = optimizer_move(b, first, gradient, beta1);
    NodeId square = optimizer_move(b, second, build_unary(b, &op_square, gradient), beta2);
    NodeId now = momentum_at(b, beta1, 0), next = momentum_at(b, beta1, 1);
    NodeId moved = optimizer_multiply(b, product, now);
    build_assign(b, product, moved);
    NodeId mean_share =
        build_binary(b, &op_div, next, one_minus(b, optimizer_multiply(b, moved, next)));
    NodeId gradient_share = build_binary(b, &op_div, one_minus(b, now), one_minus(b, moved));
    NodeId ahead =
        optimizer_add(b, optimizer_multiply(b, mean, optimizer_multiply(b, rate, mean_share)),
                      optimizer_multiply(b, gradient, optimizer_multiply(b, rate, gradient_share)));
    NodeId below = root_of_square(b, square, beta2, attrs[NADAM_EPSILON].r);
    optimizer_step_down(b, parameter, build_binary(b, &op_div, ahead, below));
}

const OpDef op_nadam = {
    .name = "nadam",
    .family = FAMILY_OPTIMIZER,
    .category = "optimizer",
    .summary = "adam that looks one step ahead, as Nesterov's momentum does",
    .doc =
        "m and v as in adam; u_t = beta1 * (1 - 0.96^t / 2) and P_t = u_1 * ... * u_t;\n"
        "w -= rate * (u_(t+1) * m / (1 - P_t * u_(t+1)) + (1 - u_t) * g / (1 - P_t)) / (sqrt(v / "
        "(1 - beta2^t)) + epsilon), as in Keras; PyTorch has 0.96^(t / 250).",
    .attrs = nadam_attrs,
    .update = nadam_update,
};
