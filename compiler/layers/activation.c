/* activation.c: activation functions that existing operators can say. Each is a few maps, which are
 * fused with their neighbours like one; their gradients follow from those of the maps. */
#include "layers/layers.h"
#include "ops/map.h"

static NodeId number(Build *b, double value)
{
    return build_number(b, value);
}

// clang-format off
#define ACTIVATION(id, what, formula_text, ...)   \
    const OpDef op_##id = {                       \
        .name = #id,                              \
        .family = FAMILY_LAYER,                   \
        .category = "activation",                 \
        .summary = what,                          \
        .doc = formula_text,                      \
        .inputs = {"x"},                          \
        .expand = id##_expand,                    \
        __VA_ARGS__                               \
    }
// clang-format on

/* ---- rectifiers ------------------------------------------------------------------------------ */
static const AttrDef prelu_attrs[] = {
    {"slope_init", ATTR_INIT, .def = "zeros", .doc = "start values of the slopes"},
    {0},
};
static NodeId prelu_expand(Build *b, const Call *call)
{
    NodeId x = layer_numbers(b, call, 0);
    if (x == NODE_NONE)
        return NODE_NONE;
    Shape shape = graph_node(b->graph, x)->shape;
    int64_t channels = shape.rank > 0 ? shape.dim[shape.rank - 1] : 1;
    Init init = call_attr(call, "slope_init")->init;
    NodeId slope = build_parameter(b, "slope", shape_of(false, shape.rank > 0, &channels), init,
                                   channels, channels);
    return map_select(b, map_greater(b, x, 0), x, map_mul(b, x, slope));
}
static const OpCase prelu_cases[] = {
    {"input x: f32[17]  y = x -> prelu  output y", NULL},
    {"input x: f32[4, 3, 5]  y = x -> prelu(slope_init = uniform(-1, 1))  output y", NULL},
    {"input x: f32[2, 1]  h = x -> prelu(slope_init = constant(0.25))  y = h * x + h  output y",
     NULL},
    {0},
};
ACTIVATION(prelu, "rectifier with a trained slope of negative elements",
           "x where x > 0, slope * x elsewhere, with one slope per channel (the last axis). The "
           "gradient at 0 is the slope. Slopes start at 0 as in Keras, which has one for each "
           "element unless axes are shared; PyTorch starts at 0.25 and has one for all.",
           .attrs = prelu_attrs, .cases = prelu_cases);

static NodeId relu6_expand(Build *b, const Call *call)
{
    NodeId x = layer_numbers(b, call, 0);
    return build_binary(b, &op_minimum, number(b, 6), build_unary(b, &op_relu, x));
}
static const OpCase relu6_cases[] = {
    {"input x: f32[17]  y = x * 9 -> relu6  output y", NULL},
    {"input x: f32[1]  y = x -> relu6  output y", NULL},
    {"input x: f32[2, 3]  h = x * 9 -> relu6  y = h * x + h  output y", NULL},
    {0},
};
ACTIVATION(relu6, "rectifier that stops at 6", "min(max(x, 0), 6). The gradient at 0 and 6 is 0.",
           .cases = relu6_cases);

/* The two numbers for which mean 0 and variance 1 are kept from layer to layer. */
#define SELU_ALPHA 1.6732632423543772848
#define SELU_SCALE 1.0507009873554804934
static NodeId selu_expand(Build *b, const Call *call)
{
    NodeId x = layer_numbers(b, call, 0);
    NodeId elu = build_node(b, &op_elu, &x, 1, (AttrValue[]){{.r = SELU_ALPHA}});
    return map_scale(b, elu, SELU_SCALE);
}
static const OpCase selu_cases[] = {
    {"input x: f32[17]  y = x -> selu  output y", NULL},
    {"input x: f32[1]  y = x * 20 -> selu  output y", NULL},
    {"input x: f32[2, 3]  h = x -> selu  y = h * x + h  output y", NULL},
    {0},
};
ACTIVATION(selu, "scaled exponential linear unit",
           "1.05070099 * elu(x, alpha = 1.67326324); with kernels from lecun_normal it keeps mean "
           "and variance from layer to layer.",
           .cases = selu_cases);

/* ---- gates of x ------------------------------------------------------------------------------ */
static const AttrDef gelu_attrs[] = {
    {"approximate", ATTR_BOOL, .def = "false", .doc = "the form with tanh instead of erf"},
    {0},
};
#define SQRT_HALF 0.70710678118654752440
#define SQRT_2_PI 0.79788456080286535588 /* sqrt(2 / pi) */
static NodeId gelu_expand(Build *b, const Call *call)
{
    NodeId x = layer_numbers(b, call, 0), share;
    if (call_attr(call, "approximate")->i) {
        NodeId cube = map_mul(b, build_unary(b, &op_square, x), x);
        NodeId inner = map_scale(b, map_add(b, x, map_scale(b, cube, 0.044715)), SQRT_2_PI);
        share = build_unary(b, &op_tanh, inner);
    } else {
        share = build_unary(b, &op_erf, map_scale(b, x, SQRT_HALF));
    }
    return map_mul(b, map_scale(b, x, 0.5), map_add(b, share, number(b, 1)));
}
static const OpCase gelu_cases[] = {
    {"input x: f32[17]  y = x * 3 -> gelu  output y", NULL},
    {"input x: f32[1]  y = x * 3 -> gelu(approximate = true)  output y", NULL},
    {"input x: f32[2, 3]  h = x -> gelu  y = h * x + h  output y", NULL},
    {"input x: f32[2, 3]  y = x -> gelu(approximate = true) -> gelu  output y", NULL},
    {0},
};
ACTIVATION(gelu, "x times the share of a normal distribution below x",
           "x / 2 * (1 + erf(x / sqrt(2))), or with approximate = true\n"
           "x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x^3)))\n"
           "The default is that of Keras and PyTorch.",
           .attrs = gelu_attrs, .cases = gelu_cases);

static NodeId silu_expand(Build *b, const Call *call)
{
    NodeId x = layer_numbers(b, call, 0);
    return map_mul(b, x, build_unary(b, &op_sigmoid, x));
}
static const OpCase silu_cases[] = {
    {"input x: f32[17]  y = x -> silu  output y", NULL},
    {"input x: f32[1]  y = x * 20 -> silu  output y", NULL},
    {"input x: f32[2, 3]  h = x -> silu  y = h * x + h  output y", NULL},
    {0},
};
ACTIVATION(silu, "x times its logistic function, also called swish", "x / (1 + e^-x)",
           .cases = silu_cases);

static NodeId mish_expand(Build *b, const Call *call)
{
    NodeId x = layer_numbers(b, call, 0);
    return map_mul(b, x, build_unary(b, &op_tanh, build_unary(b, &op_softplus, x)));
}
static const OpCase mish_cases[] = {
    {"input x: f32[17]  y = x -> mish  output y", NULL},
    {"input x: f32[1]  y = x * 20 -> mish  output y", NULL},
    {"input x: f32[2, 3]  h = x -> mish  y = h * x + h  output y", NULL},
    {0},
};
ACTIVATION(mish, "x times the hyperbolic tangent of softplus",
           "x * tanh(log(1 + e^x)), computed so that it cannot overflow.", .cases = mish_cases);

static NodeId softsign_expand(Build *b, const Call *call)
{
    NodeId x = layer_numbers(b, call, 0);
    return map_div(b, x, map_add(b, build_unary(b, &op_abs, x), number(b, 1)));
}
static const OpCase softsign_cases[] = {
    {"input x: f32[17]  y = x -> softsign  output y", NULL},
    {"input x: f32[1]  y = x * 20 -> softsign  output y", NULL},
    {"input x: f32[2, 3]  h = x -> softsign  y = h * x + h  output y", NULL},
    {0},
};
ACTIVATION(softsign, "a slow relative of tanh", "x / (1 + |x|)", .cases = softsign_cases);

/* ---- straight pieces ------------------------------------------------------------------------- */
/* min(max(x / 6 + 1/2, 0), 1); of equal operands the number counts, so that both bends are flat. */
static NodeId ramp(Build *b, NodeId x)
{
    NodeId line = map_add(b, map_scale(b, x, 1.0 / 6), number(b, 0.5));
    NodeId above = build_binary(b, &op_maximum, number(b, 0), line);
    return build_binary(b, &op_minimum, number(b, 1), above);
}

static NodeId hard_sigmoid_expand(Build *b, const Call *call)
{
    return ramp(b, layer_numbers(b, call, 0));
}
static const OpCase hard_sigmoid_cases[] = {
    {"input x: f32[17]  y = x * 5 -> hard_sigmoid  output y", NULL},
    {"input x: f32[1]  y = x -> hard_sigmoid  output y", NULL},
    {"input x: f32[2, 3]  h = x * 5 -> hard_sigmoid  y = h * x + h  output y", NULL},
    {0},
};
ACTIVATION(hard_sigmoid, "logistic function made of three straight pieces",
           "min(max(x / 6 + 1/2, 0), 1). The gradient at the bends is 0. The slope is that of "
           "PyTorch and Keras 3; Keras 2 has 0.2.",
           .cases = hard_sigmoid_cases);

static NodeId hard_silu_expand(Build *b, const Call *call)
{
    NodeId x = layer_numbers(b, call, 0);
    return map_mul(b, x, ramp(b, x));
}
static const OpCase hard_silu_cases[] = {
    {"input x: f32[17]  y = x * 5 -> hard_silu  output y", NULL},
    {"input x: f32[1]  y = x -> hard_silu  output y", NULL},
    {"input x: f32[2, 3]  h = x * 5 -> hard_silu  y = h * x + h  output y", NULL},
    {0},
};
ACTIVATION(hard_silu, "x times hard_sigmoid, also called hard swish",
           "x * min(max(x / 6 + 1/2, 0), 1)", .cases = hard_silu_cases);
