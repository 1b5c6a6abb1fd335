/* dropout.c: random zeros and random noise in training. */
#include "layers/layers.h"
#include "ops/map.h"

static const AttrDef dropout_attrs[] = {
    {"rate", ATTR_REAL, .doc = "share of the values that become zero", .least = 0, .most = 1,
     .is_positional = true},
    {0},
};

/* One random number decides about all elements along axes where `shape` has size 1. */
static NodeId drop(Build *b, NodeId x, double rate, Shape shape)
{
    if (b->mode == MODE_INFERENCE || rate <= 0)
        return x;
    NodeId random = build_random(b, shape);
    NodeId is_dropped = build_binary(b, &op_greater, build_number(b, rate), random);
    NodeId scaled = build_binary(b, &op_mul, x, build_number(b, rate < 1 ? 1 / (1 - rate) : 0));
    return build_node(b, &op_select, (NodeId[]){is_dropped, build_number(b, 0), scaled}, 3, NULL);
}

static NodeId dropout_expand(Build *b, const Call *call)
{
    NodeId x = layer_numbers(b, call, 0);
    if (x == NODE_NONE)
        return NODE_NONE;
    return drop(b, x, call_attr(call, "rate")->r, graph_node(b->graph, x)->shape);
}

static const OpCase dropout_cases[] = {
    {"input x: f32[50]  y = x -> dropout(0.5)  output y", NULL},
    {"input x: f32[3, 5, 2]  y = x -> dropout(0.25)  output y", NULL},
    {"input x: f32[7]  y = x -> dropout(0)  output y", NULL},
    {"input x: f32[9]  h = x -> dropout(0.3)  y = add(h, h -> tanh)  output y", NULL},
    {0},
};

const OpDef op_dropout = {
    .name = "dropout",
    .family = FAMILY_LAYER,
    .category = "regularization",
    .summary = "sets random values to zero in training",
    .doc = "Training: y = 0 with probability rate, else x / (1 - rate), new at each step. "
           "Inference: y = x.",
    .inputs = {"x"},
    .attrs = dropout_attrs,
    .expand = dropout_expand,
    .cases = dropout_cases,
};

/* ---- spatial_dropout ------------------------------------------------------------------------- */
static NodeId spatial_dropout_expand(Build *b, const Call *call)
{
    NodeId x = layer_numbers(b, call, 0);
    if (x == NODE_NONE)
        return NODE_NONE;
    Shape shape = graph_node(b->graph, x)->shape;
    for (int d = 0; d + 1 < shape.rank; d++)
        shape.dim[d] = 1;
    return drop(b, x, call_attr(call, "rate")->r, shape);
}

static const OpCase spatial_dropout_cases[] = {
    {"input x: f32[4, 5, 3]  y = x -> spatial_dropout(0.5)  output y", NULL},
    {"input x: f32[1, 7]  h = x -> spatial_dropout(0.25)  y = add(h, h -> tanh)  output y", NULL},
    {0},
};

const OpDef op_spatial_dropout = {
    .name = "spatial_dropout",
    .family = FAMILY_LAYER,
    .category = "regularization",
    .summary = "sets random channels to zero in training",
    .doc =
        "Training: a whole channel (a place of the last axis) becomes 0 with probability rate, the "
        "others are divided by 1 - rate. Inference: y = x.",
    .inputs = {"x"},
    .attrs = dropout_attrs,
    .expand = spatial_dropout_expand,
    .cases = spatial_dropout_cases,
};

/* ---- gaussian_noise -------------------------------------------------------------------------- */
static const AttrDef gaussian_noise_attrs[] = {
    {"std", ATTR_REAL, .doc = "standard deviation of the noise", .least = 0, .most = 1e6,
     .is_positional = true},
    {0},
};

/* The inverse of erf makes normal numbers of even ones. Random numbers are u = k / 2^24; the middle
 * of each step is taken, which is never -1 or 1 and exact in single precision. */
static NodeId gaussian_noise_expand(Build *b, const Call *call)
{
    NodeId x = layer_numbers(b, call, 0);
    double std = call_attr(call, "std")->r;
    if (x == NODE_NONE || b->mode == MODE_INFERENCE || std <= 0)
        return x;
    NodeId even = map_scale(b, build_random(b, graph_node(b->graph, x)->shape), 2);
    even = map_add(b, even, build_number(b, 1.0 / 16777216 - 1));
    NodeId normal = build_unary(b, &op_erf_inverse, even);
    return map_add(b, x, map_scale(b, normal, std * 1.41421356237309504880));
}

static const OpCase gaussian_noise_cases[] = {
    {"input x: f32[50]  y = x -> gaussian_noise(0.5)  output y", NULL},
    {"input x: f32[3, 5, 2]  h = x -> gaussian_noise(std = 0.1)  y = h * h + h  output y", NULL},
    {"input x: f32[7]  y = x -> gaussian_noise(0)  output y", NULL},
    {0},
};

const OpDef op_gaussian_noise = {
    .name = "gaussian_noise",
    .family = FAMILY_LAYER,
    .category = "regularization",
    .summary = "adds normally distributed noise in training",
    .doc = "Training: y = x + noise with mean 0 and deviation std, new at each step. Inference: y "
           "= x.",
    .inputs = {"x"},
    .attrs = gaussian_noise_attrs,
    .expand = gaussian_noise_expand,
    .cases = gaussian_noise_cases,
};
