/* arithmetic.c: elementwise arithmetic and elementary functions.
 *
 * Gradients use the operator's own result where they can, because that is kept in memory or in a
 * register anyway. They are built in the shape of the result; differentiation sums what
 * broadcasting repeated. */
#include "ops/map.h"

#include <math.h>

static NodeId input_of(const Build *b, NodeId node, int input)
{
    return graph_node(b->graph, node)->inputs[input];
}

// clang-format off
#define UNARY(id, what, formula_text, ...)     \
    const OpDef op_##id = {                    \
        .name = #id,                           \
        .family = FAMILY_MAP,                  \
        .category = "arithmetic",              \
        .summary = what,                       \
        .doc = formula_text,                   \
        .inputs = {"x"},                       \
        .infer = map_infer,                    \
        .eval = id##_eval,                     \
        .grad = id##_grad,                     \
        .element = id##_element,               \
        __VA_ARGS__                            \
    }
#define BINARY(id, what, formula_text, ...)    \
    const OpDef op_##id = {                    \
        .name = #id,                           \
        .family = FAMILY_MAP,                  \
        .category = "arithmetic",              \
        .summary = what,                       \
        .doc = formula_text,                   \
        .inputs = {"x", "y"},                  \
        .infer = map_infer,                    \
        .eval = id##_eval,                     \
        .grad = id##_grad,                     \
        .element = id##_element,               \
        __VA_ARGS__                            \
    }
#define BROADCASTING                                                                              \
    "\nShapes are aligned at the last axis; a missing axis or one of size 1 is repeated, as in "   \
    "NumPy. "
// clang-format on

/* ---- two operands ---------------------------------------------------------------------------- */
MAP_EVAL(add, x[0] + x[1])
MAP_ELEMENT(add, expr_binary(arena, "+", args[0], args[1]))
static void add_grad(Build *b, NodeId node, NodeId d_out, const bool *needed, NodeId *d_inputs)
{
    (void)b, (void)node;
    for (int i = 0; i < 2; i++)
        if (needed[i])
            d_inputs[i] = d_out;
}
static const OpCase add_cases[] = {
    {"input x: f32[5, 3]  y = add(x, x -> tanh, x)  output y", NULL},
    {"input x: f32[5, 3]  input z: f32[5, 1]  y = add(x, z)  output y", NULL},
    {"input x: f32[1, 3]  input z: f32[4, 1]  y = x + z  output y", NULL},
    {"input x: f32[3]  input z: f32[2, 5, 3]  y = x + z + 1.5  output y", NULL},
    {0},
};
BINARY(add, "sum of tensors", "x + y + ...; add(a, b, c) is also written a + b + c." BROADCASTING,
       .is_variadic = true, .cases = add_cases);

MAP_EVAL(sub, x[0] - x[1])
MAP_ELEMENT(sub, expr_binary(arena, "-", args[0], args[1]))
static void sub_grad(Build *b, NodeId node, NodeId d_out, const bool *needed, NodeId *d_inputs)
{
    (void)node;
    if (needed[0])
        d_inputs[0] = d_out;
    if (needed[1])
        d_inputs[1] = build_unary(b, &op_negate, d_out);
}
static const OpCase sub_cases[] = {
    {"input x: f32[7]  input z: f32[7]  y = sub(x, z)  output y", NULL},
    {"input x: f32[2, 3]  y = subtract(x, x -> tanh)  output y", NULL},
    {"input x: f32[4, 1]  input z: f32[3]  y = x - z  output y", NULL},
    {"input x: f32[6]  y = 1 - x  output y", NULL},
    {0},
};
BINARY(sub, "difference of two tensors", "x - y, as sub(x, y) or x - y." BROADCASTING,
       .alias = "subtract", .cases = sub_cases);

MAP_EVAL(mul, x[0] * x[1])
MAP_ELEMENT(mul, expr_binary(arena, "*", args[0], args[1]))
static void mul_grad(Build *b, NodeId node, NodeId d_out, const bool *needed, NodeId *d_inputs)
{
    for (int i = 0; i < 2; i++)
        if (needed[i])
            d_inputs[i] = map_mul(b, d_out, input_of(b, node, 1 - i));
}
static const OpCase mul_cases[] = {
    {"input x: f32[5]  y = mul(x, x)  output y", NULL},
    {"input x: f32[2, 3, 5]  input z: f32[3, 1]  y = x * z  output y", NULL},
    {"input x: f32[4]  input z: f32[2, 4]  y = mul(x, z, x) * 0.5  output y", NULL},
    {0},
};
BINARY(mul, "elementwise product of tensors",
       "x * y * ...; mul(a, b, c) is also written a * b * c." BROADCASTING, .is_variadic = true,
       .alias = "multiply", .cases = mul_cases);

MAP_EVAL(div, x[0] / x[1])
MAP_ELEMENT(div, expr_binary(arena, "/", args[0], args[1]))
static void div_grad(Build *b, NodeId node, NodeId d_out, const bool *needed, NodeId *d_inputs)
{
    NodeId below = input_of(b, node, 1);
    NodeId d_x = map_div(b, d_out, below);
    if (needed[0])
        d_inputs[0] = d_x;
    if (needed[1])
        d_inputs[1] = build_unary(b, &op_negate, map_mul(b, d_x, node));
}
static const OpCase div_cases[] = {
    {"input x: f32[5]  input z: f32[5]  y = div(x, z * z + 1)  output y", NULL},
    {"input x: u8[3, 2]  y = x / 255  output y", NULL},
    {"input x: f32[1]  input z: f32[3, 4]  y = x / (z * z + 0.5)  output y", NULL},
    {0},
};
BINARY(div, "elementwise quotient of two tensors", "x / y, as div(x, y) or x / y." BROADCASTING,
       .alias = "divide", .cases = div_cases);

/* Of equal operands the first is the result, and the gradient goes to it. */
static void choice_grad(Build *b, NodeId node, NodeId is_second, NodeId d_out, const bool *needed,
                        NodeId *d_inputs)
{
    (void)node;
    NodeId zero = build_number(b, 0);
    if (needed[0])
        d_inputs[0] = map_select(b, is_second, zero, d_out);
    if (needed[1])
        d_inputs[1] = map_select(b, is_second, d_out, zero);
}

MAP_EVAL(maximum, x[0] < x[1] ? x[1] : x[0])
MAP_ELEMENT(maximum, map_call2(arena, "nn_maximum", args[0], args[1]))
static void maximum_grad(Build *b, NodeId node, NodeId d_out, const bool *needed, NodeId *d_inputs)
{
    NodeId is_second = build_binary(b, &op_greater, input_of(b, node, 1), input_of(b, node, 0));
    choice_grad(b, node, is_second, d_out, needed, d_inputs);
}
static const OpCase maximum_cases[] = {
    {"input x: f32[9]  input z: f32[9]  y = maximum(x, z)  output y", NULL},
    {"input x: f32[3, 5]  y = maximum(x, 0.25)  output y", NULL},
    {"input x: f32[3, 5]  input z: f32[5]  y = maximum(x, z, x * z)  output y", NULL},
    {"input x: f32[1]  input z: f32[2, 4]  y = maximum(x, z)  output y", NULL},
    {0},
};
BINARY(maximum, "the largest of tensors, elementwise",
       "The larger of x and y, and of those that follow. The gradient goes to the first of equal "
       "ones." BROADCASTING,
       .is_variadic = true, .keeps_probability = true, .cases = maximum_cases);

MAP_EVAL(minimum, x[1] < x[0] ? x[1] : x[0])
MAP_ELEMENT(minimum, map_call2(arena, "nn_minimum", args[0], args[1]))
static void minimum_grad(Build *b, NodeId node, NodeId d_out, const bool *needed, NodeId *d_inputs)
{
    NodeId is_second = build_binary(b, &op_greater, input_of(b, node, 0), input_of(b, node, 1));
    choice_grad(b, node, is_second, d_out, needed, d_inputs);
}
static const OpCase minimum_cases[] = {
    {"input x: f32[9]  input z: f32[9]  y = minimum(x, z)  output y", NULL},
    {"input x: f32[5, 1]  input z: f32[3]  y = minimum(x, z)  output y", NULL},
    {"input x: f32[3]  y = minimum(x, 0.5, x -> tanh)  output y", NULL},
    {0},
};
BINARY(minimum, "the smallest of tensors, elementwise",
       "The smaller of x and y, and of those that follow. The gradient goes to the first of equal "
       "ones." BROADCASTING,
       .is_variadic = true, .keeps_probability = true, .cases = minimum_cases);

/* ---- one operand ----------------------------------------------------------------------------- */
MAP_EVAL(negate, -x[0])
MAP_ELEMENT(negate, expr_unary(arena, "-", args[0]))
static void negate_grad(Build *b, NodeId node, NodeId d_out, const bool *needed, NodeId *d_inputs)
{
    (void)node, (void)needed;
    d_inputs[0] = build_unary(b, &op_negate, d_out);
}
static const OpCase negate_cases[] = {
    {"input x: f32[5]  y = -x  output y", NULL},
    {"input x: f32[1, 2]  y = x -> negate  output y", NULL},
    {0},
};
UNARY(negate, "the tensor with its sign changed", "-x, as negate(x) or -x.", .cases = negate_cases);

MAP_EVAL(exp, exp(x[0]))
MAP_ELEMENT(exp, map_call(arena, "nn_exp", args[0]))
static void exp_grad(Build *b, NodeId node, NodeId d_out, const bool *needed, NodeId *d_inputs)
{
    (void)needed;
    d_inputs[0] = map_mul(b, d_out, node);
}
static const OpCase exp_cases[] = {
    {"input x: f32[11]  y = x -> exp  output y", NULL},
    {"input x: f32[1]  y = x -> exp -> exp  output y", NULL},
    {0},
};
UNARY(exp, "exponential function", "e^x", .cases = exp_cases);

MAP_EVAL(log, log(x[0]))
MAP_ELEMENT(log, map_call(arena, "nn_log", args[0]))
static void log_grad(Build *b, NodeId node, NodeId d_out, const bool *needed, NodeId *d_inputs)
{
    (void)needed;
    d_inputs[0] = map_div(b, d_out, input_of(b, node, 0));
}
static const OpCase log_cases[] = {
    {"input x: f32[11]  y = x * x + 0.1 -> log  output y", NULL},
    {"input x: f32[4]  y = x -> softmax -> log  output y", NULL},
    {0},
};
UNARY(log, "natural logarithm",
      "log(x). After softmax the compiler makes one stable operation of both.",
      .reads = READS_PROBABILITY, .cases = log_cases);

MAP_EVAL(log1p, log1p(x[0]))
MAP_ELEMENT(log1p, map_call(arena, "nn_log1p", args[0]))
static void log1p_grad(Build *b, NodeId node, NodeId d_out, const bool *needed, NodeId *d_inputs)
{
    (void)needed;
    d_inputs[0] = map_div(b, d_out, map_add(b, input_of(b, node, 0), build_number(b, 1)));
}
static const OpCase log1p_cases[] = {
    {"input x: f32[11]  y = x * x -> log1p  output y", NULL},
    {"input x: f32[1]  y = x -> exp -> log1p  output y", NULL},
    {0},
};
UNARY(log1p, "logarithm of 1 + x", "log(1 + x), exact for small x.", .cases = log1p_cases);

MAP_EVAL(sqrt, sqrt(x[0]))
MAP_ELEMENT(sqrt, map_call(arena, "nn_sqrt", args[0]))
static void sqrt_grad(Build *b, NodeId node, NodeId d_out, const bool *needed, NodeId *d_inputs)
{
    (void)needed;
    d_inputs[0] = map_div(b, map_scale(b, d_out, 0.5), node);
}
static const OpCase sqrt_cases[] = {
    {"input x: f32[7]  y = x * x + 0.5 -> sqrt  output y", NULL},
    {"input x: f32[1, 3]  y = x -> exp -> sqrt  output y", NULL},
    {0},
};
UNARY(sqrt, "square root", "sqrt(x)", .cases = sqrt_cases);

MAP_EVAL(rsqrt, 1 / sqrt(x[0]))
MAP_ELEMENT(rsqrt, map_call(arena, "nn_rsqrt", args[0]))
static void rsqrt_grad(Build *b, NodeId node, NodeId d_out, const bool *needed, NodeId *d_inputs)
{
    (void)needed;
    NodeId cube = map_mul(b, build_unary(b, &op_square, node), node);
    d_inputs[0] = map_mul(b, map_scale(b, d_out, -0.5), cube);
}
static const OpCase rsqrt_cases[] = {
    {"input x: f32[7]  y = x * x + 0.5 -> rsqrt  output y", NULL},
    {"input x: f32[1, 3]  y = x -> exp -> rsqrt  output y", NULL},
    {0},
};
UNARY(rsqrt, "one divided by the square root", "1 / sqrt(x)", .cases = rsqrt_cases);

MAP_EVAL(reciprocal, 1 / x[0])
MAP_ELEMENT(reciprocal, expr_binary(arena, "/", expr_real(arena, 1), args[0]))
static void reciprocal_grad(Build *b, NodeId node, NodeId d_out, const bool *needed,
                            NodeId *d_inputs)
{
    (void)needed;
    NodeId slope = build_unary(b, &op_negate, build_unary(b, &op_square, node));
    d_inputs[0] = map_mul(b, d_out, slope);
}
static const OpCase reciprocal_cases[] = {
    {"input x: f32[7]  y = x * x + 0.5 -> reciprocal  output y", NULL},
    {"input x: f32[1]  y = x -> exp -> reciprocal  output y", NULL},
    {0},
};
UNARY(reciprocal, "one divided by x", "1 / x", .cases = reciprocal_cases);

MAP_EVAL(square, x[0] * x[0])
MAP_ELEMENT(square, expr_binary(arena, "*", args[0], args[0]))
static void square_grad(Build *b, NodeId node, NodeId d_out, const bool *needed, NodeId *d_inputs)
{
    (void)needed;
    d_inputs[0] = map_mul(b, d_out, map_scale(b, input_of(b, node, 0), 2));
}
static const OpCase square_cases[] = {
    {"input x: f32[7]  y = x -> square  output y", NULL},
    {"input x: f32[3, 1]  y = x -> square -> square  output y", NULL},
    {0},
};
UNARY(square, "the square of each element", "x * x", .cases = square_cases);

MAP_EVAL(abs, fabs(x[0]))
MAP_ELEMENT(abs, map_call(arena, "nn_abs", args[0]))
static void abs_grad(Build *b, NodeId node, NodeId d_out, const bool *needed, NodeId *d_inputs)
{
    (void)needed;
    d_inputs[0] = map_mul(b, d_out, build_unary(b, &op_sign, input_of(b, node, 0)));
}
static const OpCase abs_cases[] = {
    {"input x: f32[7]  y = x -> abs  output y", NULL},
    {"input x: f32[2, 3]  y = abs(x) + x  output y", NULL},
    {0},
};
UNARY(abs, "absolute value of each element", "|x|. The gradient at 0 is 0.", .cases = abs_cases);

/* 2 / sqrt(pi) */
#define ERF_SLOPE 1.1283791670955126
MAP_EVAL(erf, erf(x[0]))
MAP_ELEMENT(erf, map_call(arena, "nn_erf", args[0]))
static void erf_grad(Build *b, NodeId node, NodeId d_out, const bool *needed, NodeId *d_inputs)
{
    (void)needed;
    NodeId square = build_unary(b, &op_square, input_of(b, node, 0));
    NodeId bell = build_unary(b, &op_exp, build_unary(b, &op_negate, square));
    d_inputs[0] = map_mul(b, d_out, map_scale(b, bell, ERF_SLOPE));
}
static const OpCase erf_cases[] = {
    {"input x: f32[17]  y = x -> erf  output y", NULL},
    {"input x: f32[1]  y = x * 3 -> erf  output y", NULL},
    {"input x: f32[2, 3]  h = x -> erf  y = h * x + h  output y", NULL},
    {0},
};
UNARY(erf, "error function", "erf(x) = 2 / sqrt(pi) * integral from 0 to x of e^(-t^2) dt",
      .cases = erf_cases);

static const AttrDef power_attrs[] = {
    {"exponent", ATTR_REAL, .doc = "the power x is raised to", .least = -1e6, .most = 1e6,
     .is_positional = true},
    {0},
};
MAP_EVAL(power, pow(x[0], attrs[0].r))
MAP_ELEMENT(power, map_call2(arena, "nn_pow", args[0], expr_real(arena, node->attrs[0].r)))
static void power_grad(Build *b, NodeId node, NodeId d_out, const bool *needed, NodeId *d_inputs)
{
    (void)needed;
    const Node *n = graph_node(b->graph, node);
    double exponent = n->attrs[0].r;
    NodeId x = n->inputs[0];
    NodeId less = build_node(b, &op_power, &x, 1, (AttrValue[]){{.r = exponent - 1}});
    d_inputs[0] = map_mul(b, d_out, map_scale(b, less, exponent));
}
static const OpCase power_cases[] = {
    {"input x: f32[5]  y = x -> power(3)  output y", NULL},
    {"input x: f32[2, 1]  y = x * x + 0.5 -> power(-1.5)  output y", NULL},
    {0},
};
UNARY(power, "each element raised to a constant power",
      "x^exponent, as power(x, 2) or x ** 2. Not a number where x is negative and the exponent is "
      "no integer.",
      .attrs = power_attrs, .cases = power_cases);
