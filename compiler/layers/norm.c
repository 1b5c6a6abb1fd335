/* norm.c: normalization by the batch, by the sample, and by known numbers. */
#include "front/diag.h"
#include "layers/layers.h"

#include <math.h>

/* ---- batch_norm ------------------------------------------------------------------------------ */

static const AttrDef batch_norm_attrs[] = {
    {"momentum", ATTR_REAL, .def = "0.99", .least = 0, .most = 1,
     .doc = "share of the moving averages that a step keeps (PyTorch's momentum is 1 minus this)"},
    {"epsilon", ATTR_REAL, .def = "1e-3", .least = 0, .most = 1, .is_open = true,
     .doc = "added to the variance"},
    {"center", ATTR_BOOL, .def = "true", .doc = "add a trained beta to each channel"},
    {"scale", ATTR_BOOL, .def = "true", .doc = "multiply each channel by a trained gamma"},
    {"gamma_init", ATTR_INIT, .def = "ones", .doc = "start values of gamma"},
    {"beta_init", ATTR_INIT, .def = "zeros", .doc = "start values of beta"},
    {0},
};

typedef struct BatchNorm {
    NodeId x;
    NodeId gamma, beta; /* or NODE_NONE */
    NodeId moving_mean, moving_variance;
    double momentum;
    NodeId epsilon;
} BatchNorm;

/* moving := momentum * moving + (1 - momentum) * batch, one after the other where it is shared */
static void update_moving(Build *b, const BatchNorm *norm, NodeId moving, NodeId batch)
{
    NodeId kept =
        build_binary(b, &op_mul, build_assigned(b, moving), build_number(b, norm->momentum));
    NodeId added = build_binary(b, &op_mul, batch, build_number(b, 1 - norm->momentum));
    build_assign(b, moving, build_binary(b, &op_add, kept, added));
}

static NodeId multiplied(Build *b, NodeId x, NodeId gamma)
{
    return gamma == NODE_NONE ? x : build_binary(b, &op_mul, gamma, x);
}

/* Statistics of this batch; two passes over x, so that a large mean costs no digits. */
static NodeId normalize_batch(Build *b, const BatchNorm *norm)
{
    uint32_t axes = (1U << (graph_node(b->graph, norm->x)->shape.rank - 1)) - 1;
    NodeId mean = build_mean(b, norm->x, axes, true, false);
    NodeId centered = build_binary(b, &op_sub, norm->x, mean);
    NodeId variance = build_mean(b, build_unary(b, &op_square, centered), axes, true, false);
    NodeId inverse = build_unary(b, &op_rsqrt, build_binary(b, &op_add, variance, norm->epsilon));
    NodeId y = build_binary(b, &op_mul, centered, multiplied(b, inverse, norm->gamma));
    if (norm->beta != NODE_NONE)
        y = build_binary(b, &op_add, y, norm->beta);
    Role role = b->role;
    b->role = ROLE_UPDATE;
    update_moving(b, norm, norm->moving_mean, mean);
    update_moving(b, norm, norm->moving_variance, variance);
    b->role = role;
    return y;
}

/* Moving statistics. scale and shift depend on parameters only, so that they can be computed once
 * and scale can move into the kernel of the layer before. */
static NodeId normalize_moving(Build *b, const BatchNorm *norm)
{
    NodeId variance = build_binary(b, &op_add, norm->moving_variance, norm->epsilon);
    NodeId scale = multiplied(b, build_unary(b, &op_rsqrt, variance), norm->gamma);
    NodeId moved = build_binary(b, &op_mul, norm->moving_mean, scale);
    NodeId shift = norm->beta == NODE_NONE ? build_unary(b, &op_negate, moved)
                                           : build_binary(b, &op_sub, norm->beta, moved);
    return build_binary(b, &op_add, build_binary(b, &op_mul, norm->x, scale), shift);
}

/* A parameter [channels], or NODE_NONE when the call does not want it. */
static NodeId per_channel(Build *b, const Call *call, const char *wanted, const char *name,
                          const char *init, Shape shape)
{
    if (!call_attr(call, wanted)->i)
        return NODE_NONE;
    return build_parameter(b, name, shape, call_attr(call, init)->init, shape.dim[0], shape.dim[0]);
}

static NodeId batch_norm_expand(Build *b, const Call *call)
{
    NodeId x = layer_vectors(b, call, "[..., channels]");
    if (x == NODE_NONE)
        return NODE_NONE;
    Shape in = graph_node(b->graph, x)->shape;
    int64_t channels = in.dim[in.rank - 1];
    Shape shape = shape_of(false, 1, &channels);
    BatchNorm norm = {
        .x = x,
        .gamma = per_channel(b, call, "scale", "gamma", "gamma_init", shape),
        .beta = per_channel(b, call, "center", "beta", "beta_init", shape),
        .moving_mean = build_statistic(b, "moving_mean", shape, 0),
        .moving_variance = build_statistic(b, "moving_variance", shape, 1),
        .momentum = call_attr(call, "momentum")->r,
        .epsilon = build_number(b, call_attr(call, "epsilon")->r),
    };
    /* As in Keras, a frozen batch_norm does in training what it does in inference. */
    bool is_frozen = graph_node(b->graph, norm.moving_mean)->leaf->is_frozen;
    return b->mode == MODE_TRAINING && !is_frozen ? normalize_batch(b, &norm)
                                                  : normalize_moving(b, &norm);
}

static const OpCase batch_norm_cases[] = {
    {"input x: f32[4]  y = x -> batch_norm  output y", NULL},
    {"input x: f32[1]  y = x -> batch_norm(momentum = 0.7, epsilon = 1e-4)  output y", NULL},
    {"input x: f32[3, 5, 2]  y = x -> batch_norm  output y", NULL},
    {"input x: f32[5]  y = x -> batch_norm(center = false, gamma_init = uniform(0.5, 2))  output y",
     NULL},
    {"input x: f32[2, 3]  y = x -> batch_norm(scale = false, beta_init = normal)  output y", NULL},
    {"input x: f32[4]  y = x -> dense(3) -> batch_norm(scale = false, center = false)  output y",
     NULL},
    {"input x: f32[6]  h = x -> dense(3, bias = false) -> batch_norm  y = add(h, h -> tanh)  "
     "output y",
     NULL},
    {"input x: f32[3]  input z: f32[3]  share f = dense(4) -> batch_norm(momentum = 0.7)  "
     "y = (x -> f) * (z -> f)  output y",
     NULL},
    {0},
};

const OpDef op_batch_norm = {
    .name = "batch_norm",
    .family = FAMILY_LAYER,
    .category = "normalization",
    .summary = "normalizes each channel over the batch",
    .doc =
        "y = (x - mean) / sqrt(variance + epsilon) * gamma + beta, for each channel (the last "
        "axis).\n"
        "Training takes mean and variance of the batch (over all other axes, biased) and moves the "
        "averages: moving = momentum * moving + (1 - momentum) * batch. Inference takes the moving "
        "averages, and so does training in a frozen part of the network. Without scale there is no "
        "gamma, without center no beta. Defaults are those of Keras. A batch of one sample without "
        "other axes gives beta.",
    .inputs = {"x"},
    .attrs = batch_norm_attrs,
    .expand = batch_norm_expand,
    .cases = batch_norm_cases,
};

/* ---- layer_norm ------------------------------------------------------------------------------ */

static const AttrDef layer_norm_attrs[] = {
    {"epsilon", ATTR_REAL, .def = "1e-3", .least = 0, .most = 1, .is_open = true,
     .doc = "added to the variance"},
    {"center", ATTR_BOOL, .def = "true", .doc = "add the trained beta"},
    {"scale", ATTR_BOOL, .def = "true", .doc = "multiply by the trained gamma"},
    {0},
};

static NodeId layer_norm_expand(Build *b, const Call *call)
{
    NodeId x = layer_vectors(b, call, "[..., channels]");
    if (x == NODE_NONE)
        return NODE_NONE;
    Shape in = graph_node(b->graph, x)->shape;
    int64_t channels = in.dim[in.rank - 1];
    Shape shape = shape_of(false, 1, &channels);
    uint32_t last = 1U << (in.rank - 1);
    NodeId centered = build_binary(b, &op_sub, x, build_mean(b, x, last, false, true));
    NodeId variance = build_mean(b, build_unary(b, &op_square, centered), last, false, true);
    NodeId epsilon = build_number(b, call_attr(call, "epsilon")->r);
    NodeId inverse = build_unary(b, &op_rsqrt, build_binary(b, &op_add, variance, epsilon));
    NodeId y = build_binary(b, &op_mul, centered, inverse);
    if (call_attr(call, "scale")->i) {
        Init ones = {.kind = INIT_ONES};
        y = build_binary(b, &op_mul, y, build_parameter(b, "gamma", shape, ones, channels, channels));
    }
    if (call_attr(call, "center")->i) {
        Init zeros = {.kind = INIT_ZEROS};
        y = build_binary(b, &op_add, y, build_parameter(b, "beta", shape, zeros, channels, channels));
    }
    return y;
}

static const OpCase layer_norm_cases[] = {
    {"input x: f32[5]  y = x -> layer_norm  output y", NULL},
    {"input x: f32[3, 2, 33]  y = x -> layer_norm(epsilon = 1e-5)  output y", NULL},
    {"input x: f32[4, 3]  h = x -> layer_norm(center = false)  y = h * x + h  output y", NULL},
    {"input x: f32[6]  y = x -> dense(4) -> layer_norm(scale = false, center = false)  output y", NULL},
    {"input x: f32[2, 1]  y = x -> layer_norm  output y", NULL},
    {0},
};

const OpDef op_layer_norm = {
    .name = "layer_norm",
    .family = FAMILY_LAYER,
    .category = "normalization",
    .summary = "normalizes the last axis of each sample",
    .doc =
        "y = (x - mean) / sqrt(variance + epsilon) * gamma + beta, with mean and biased variance "
        "over the last axis, in training and inference alike. gamma and beta are trained, one number "
        "per channel. Defaults are those of Keras; PyTorch's epsilon is 1e-5.",
    .inputs = {"x"},
    .attrs = layer_norm_attrs,
    .expand = layer_norm_expand,
    .cases = layer_norm_cases,
};

/* ---- normalize ------------------------------------------------------------------------------- */

static const AttrDef normalize_attrs[] = {
    {"mean", ATTR_REALS, .doc = "subtracted: one number, or one per channel",
     .is_positional = true},
    {"std", ATTR_REALS, .doc = "divided by: one number, or one per channel", .is_positional = true},
    {0},
};

/* One number, or a constant [channels]. NODE_NONE after an error. */
static NodeId channel_constant(Build *b, const Call *call, const char *attr, const double *values,
                               int count, int64_t channels)
{
    if (count == 1)
        return build_number(b, values[0]);
    if (count != channels) {
        diag_error(b->diag, call_attr_span(call, attr),
                   "'%s' of '%s' needs 1 or %lld numbers, found %d", attr, call->op->name,
                   (long long)channels, count);
        return NODE_NONE;
    }
    Str name = str_format(b->graph->arena, "%.*s.%s", STR_ARGS(b->name), attr);
    Leaf leaf = {.kind = LEAF_CONSTANT, .values = values};
    return build_leaf(b, name, shape_of(false, 1, &channels), TYPE_F32, leaf);
}

static NodeId normalize_expand(Build *b, const Call *call)
{
    NodeId x = layer_numbers(b, call, 0);
    if (x == NODE_NONE)
        return NODE_NONE;
    Shape in = graph_node(b->graph, x)->shape;
    int64_t channels = in.rank > 0 ? in.dim[in.rank - 1] : 1;
    const AttrValue *mean = call_attr(call, "mean"), *std = call_attr(call, "std");
    double *inverse = arena_array(b->graph->arena, double, std->reals.count);
    for (int i = 0; i < std->reals.count; i++) {
        if (!(std->reals.item[i] > 0) || isinf(std->reals.item[i])) {
            diag_error(b->diag, call_attr_span(call, "std"),
                       "'std' of 'normalize' must be above 0, found %g", std->reals.item[i]);
            return NODE_NONE;
        }
        inverse[i] = 1 / std->reals.item[i];
    }
    NodeId subtract =
        channel_constant(b, call, "mean", mean->reals.item, mean->reals.count, channels);
    NodeId multiply = channel_constant(b, call, "std", inverse, std->reals.count, channels);
    return build_binary(b, &op_mul, build_binary(b, &op_sub, x, subtract), multiply);
}

static const OpCase normalize_cases[] = {
    {"input x: f32[4, 3, 1]  y = x -> normalize(0.1307, 0.3081)  output y", NULL},
    {"input x: f32[5, 3]  y = x -> normalize(mean = [0.5, 0.4, 0.3], std = [0.1, 0.2, 2])  output "
     "y",
     NULL},
    {"input x: u8[2, 2, 3]  y = x -> normalize([127, 120, 110], 60)  output y", NULL},
    {0},
};

const OpDef op_normalize = {
    .name = "normalize",
    .family = FAMILY_LAYER,
    .category = "normalization",
    .summary = "subtracts a known mean and divides by a known deviation",
    .doc = "y = (x - mean) / std, with numbers written in the model, so that they ship with it.",
    .inputs = {"x"},
    .attrs = normalize_attrs,
    .expand = normalize_expand,
    .cases = normalize_cases,
};
