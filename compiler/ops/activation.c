/* activation.c: elementwise activation functions that are operators; those that existing operators can
 * say are layers, in layers/activation.c. Gradients are functions of the result where they can be. */
#include "ops/map.h"

#include <math.h>

// clang-format off
#define ACTIVATION(id, what, formula_text, ...)   \
    const OpDef op_##id = {                       \
        .name = #id,                              \
        .family = FAMILY_MAP,                     \
        .category = "activation",                 \
        .summary = what,                          \
        .doc = formula_text,                      \
        .inputs = {"x"},                          \
        .infer = map_infer,                       \
        .eval = id##_eval,                        \
        .grad = id##_grad,                        \
        .element = id##_element,                  \
        __VA_ARGS__                               \
    }
// clang-format on

MAP_EVAL(relu, x[0] < 0 ? 0 : x[0])
MAP_ELEMENT(relu, map_call(arena, "nn_relu", args[0]))
static void relu_grad(Build *b, NodeId node, NodeId d_out, const bool *needed, NodeId *d_inputs)
{
    (void)needed;
    d_inputs[0] = map_select(b, map_greater(b, node, 0), d_out, build_number(b, 0));
}
static const OpCase relu_cases[] = {
    {"input x: f32[17]  y = x -> relu  output y", NULL},
    {"input x: f32[1]  y = x -> relu  output y", NULL},
    {"input x: f32[3, 5]  h = x -> relu  y = h * h + h  output y", NULL},
    {0},
};
ACTIVATION(relu, "rectifier", "max(x, 0). The gradient at 0 is 0.", .makes_zeros = true, .cases = relu_cases);

/* For a slope of zero or more the result has the sign of x. */
static const AttrDef leaky_relu_attrs[] = {
    {"slope", ATTR_REAL, .def = "0.01", .doc = "factor of negative elements", .least = 0,
     .most = 1e3, .is_positional = true},
    {0},
};
MAP_EVAL(leaky_relu, x[0] < 0 ? attrs[0].r * x[0] : x[0])
MAP_ELEMENT(leaky_relu,
            map_call2(arena, "nn_leaky_relu", args[0], expr_real(arena, node->attrs[0].r)))
static void leaky_relu_grad(Build *b, NodeId node, NodeId d_out, const bool *needed,
                            NodeId *d_inputs)
{
    (void)needed;
    double slope = graph_node(b->graph, node)->attrs[0].r;
    d_inputs[0] = map_select(b, map_greater(b, node, 0), d_out, map_scale(b, d_out, slope));
}
static const OpCase leaky_relu_cases[] = {
    {"input x: f32[17]  y = x -> leaky_relu(0.1)  output y", NULL},
    {"input x: f32[1]  y = x -> leaky_relu  output y", NULL},
    {"input x: f32[2, 3]  y = x -> leaky_relu(slope = 0)  output y", NULL},
    {0},
};
ACTIVATION(
    leaky_relu, "rectifier that lets a little of negative elements through",
    "x where x >= 0, slope * x elsewhere. The gradient at 0 is the slope. The default is that of "
    "PyTorch; Keras has 0.3.",
    .attrs = leaky_relu_attrs, .cases = leaky_relu_cases);

/* Where the result is negative, its derivative alpha e^x is the result plus alpha. */
static const AttrDef elu_attrs[] = {
    {"alpha", ATTR_REAL, .def = "1", .doc = "the limit of the result for negative x is -alpha",
     .least = 0, .most = 1e3, .is_positional = true},
    {0},
};
MAP_EVAL(elu, x[0] > 0 ? x[0] : attrs[0].r * expm1(x[0]))
MAP_ELEMENT(elu, map_call2(arena, "nn_elu", args[0], expr_real(arena, node->attrs[0].r)))
static void elu_grad(Build *b, NodeId node, NodeId d_out, const bool *needed, NodeId *d_inputs)
{
    (void)needed;
    double alpha = graph_node(b->graph, node)->attrs[0].r;
    NodeId slope = map_add(b, node, build_number(b, alpha));
    d_inputs[0] = map_select(b, map_greater(b, node, 0), d_out, map_mul(b, d_out, slope));
}
static const OpCase elu_cases[] = {
    {"input x: f32[17]  y = x -> elu  output y", NULL},
    {"input x: f32[1]  y = x * 20 -> elu(0.5)  output y", NULL},
    {"input x: f32[2, 3]  h = x -> elu(alpha = 1.5)  y = h * x + h  output y", NULL},
    {0},
};
ACTIVATION(elu, "exponential linear unit",
           "x where x > 0, alpha * (e^x - 1) elsewhere. The gradient at 0 is alpha.",
           .attrs = elu_attrs, .cases = elu_cases);

MAP_EVAL(softplus, x[0] > 0 ? x[0] + log1p(exp(-x[0])) : log1p(exp(x[0])))
MAP_ELEMENT(softplus, map_call(arena, "nn_softplus", args[0]))
static void softplus_grad(Build *b, NodeId node, NodeId d_out, const bool *needed, NodeId *d_inputs)
{
    (void)needed;
    NodeId x = graph_node(b->graph, node)->inputs[0];
    d_inputs[0] = map_mul(b, d_out, build_unary(b, &op_sigmoid, x));
}
static const OpCase softplus_cases[] = {
    {"input x: f32[17]  y = x -> softplus  output y", NULL},
    {"input x: f32[1]  y = x * 100 -> softplus  output y", NULL},
    {"input x: f32[2, 3]  h = x -> softplus  y = h * x + h  output y", NULL},
    {0},
};
ACTIVATION(softplus, "smooth rectifier", "log(1 + e^x), computed so that it cannot overflow.",
           .cases = softplus_cases);

MAP_EVAL(sigmoid, 1 / (1 + exp(-x[0])))
MAP_ELEMENT(sigmoid, map_call(arena, "nn_sigmoid", args[0]))
static void sigmoid_grad(Build *b, NodeId node, NodeId d_out, const bool *needed, NodeId *d_inputs)
{
    (void)needed;
    NodeId slope = map_mul(b, node, map_sub(b, build_number(b, 1), node));
    d_inputs[0] = map_mul(b, d_out, slope);
}
static const OpCase sigmoid_cases[] = {
    {"input x: f32[17]  y = x -> sigmoid  output y", NULL},
    {"input x: f32[1]  y = x * 20 -> sigmoid  output y", NULL},
    {"input x: f32[2, 3]  h = x -> sigmoid  y = h * x + h  output y", NULL},
    {0},
};
ACTIVATION(sigmoid, "logistic function", "1 / (1 + e^-x)", .cases = sigmoid_cases);

MAP_EVAL(tanh, tanh(x[0]))
MAP_ELEMENT(tanh, map_call(arena, "nn_tanh", args[0]))
static void tanh_grad(Build *b, NodeId node, NodeId d_out, const bool *needed, NodeId *d_inputs)
{
    (void)needed;
    NodeId slope = map_sub(b, build_number(b, 1), build_unary(b, &op_square, node));
    d_inputs[0] = map_mul(b, d_out, slope);
}
static const OpCase tanh_cases[] = {
    {"input x: f32[17]  y = x -> tanh  output y", NULL},
    {"input x: f32[1]  y = x -> tanh -> tanh  output y", NULL},
    {"input x: f32[2, 3]  h = x -> tanh  y = h * x + h  output y", NULL},
    {0},
};
ACTIVATION(tanh, "hyperbolic tangent", "tanh(x)", .cases = tanh_cases);

MAP_EVAL(identity, x[0])
MAP_ELEMENT(identity, args[0])
static void identity_grad(Build *b, NodeId node, NodeId d_out, const bool *needed, NodeId *d_inputs)
{
    (void)b, (void)node, (void)needed;
    d_inputs[0] = d_out;
}
static const OpCase identity_cases[] = {
    {"input x: f32[5]  y = x -> identity  output y", NULL},
    {"input x: f32[1, 2]  y = x -> identity -> tanh  output y", NULL},
    {0},
};
ACTIVATION(identity, "the tensor as it is", "x. Useful as one choice of a parameter.",
           .cases = identity_cases);
