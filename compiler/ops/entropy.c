/* entropy.c: the binary cross entropy of one element, from a probability and from a score.
 *
 * Losses are written on probabilities; simplification replaces the pair sigmoid and
 * binary_cross_entropy by the second form, which neither overflows nor divides by a tiny number.
 * The first form stays for probabilities that come from elsewhere, and its logarithms are kept
 * finite. */
#include "ops/map.h"

#include <math.h>

#define LEAST_ARGUMENT 1e-30 /* of a logarithm: far below any probability, far above denormals */

static NodeId input_of(const Build *b, NodeId node, int input)
{
    return graph_node(b->graph, node)->inputs[input];
}

static double log_above_zero(double x)
{
    return log(x > LEAST_ARGUMENT ? x : LEAST_ARGUMENT);
}

static Expr *log_element(Arena *arena, Expr *x)
{
    return map_call(arena, "nn_log",
                    map_call2(arena, "nn_maximum", x, expr_real(arena, LEAST_ARGUMENT)));
}

/* ---- of a probability ------------------------------------------------------------------------ */
MAP_EVAL(probability, -(x[1] * log_above_zero(x[0]) + (1 - x[1]) * log_above_zero(1 - x[0])))

static Expr *probability_element(MapContext *context, const Node *node, Expr *const *args)
{
    (void)node;
    Arena *arena = context->arena;
    Expr *one = expr_real(arena, 1);
    Expr *yes = expr_binary(arena, "*", args[1], log_element(arena, args[0]));
    Expr *no = expr_binary(arena, "*", expr_binary(arena, "-", one, args[1]),
                           log_element(arena, expr_binary(arena, "-", one, args[0])));
    return expr_unary(arena, "-", expr_binary(arena, "+", yes, no));
}

/* d/dp = (p - t) / (p (1 - p)); d/dt = log(1 - p) - log(p) */
static void probability_grad(Build *b, NodeId node, NodeId d_out, const bool *needed,
                             NodeId *d_inputs)
{
    NodeId p = input_of(b, node, 0), t = input_of(b, node, 1);
    NodeId other = map_sub(b, build_number(b, 1), p);
    NodeId least = build_number(b, LEAST_ARGUMENT);
    if (needed[0]) {
        NodeId below = build_binary(b, &op_maximum, map_mul(b, p, other), least);
        d_inputs[0] = map_mul(b, d_out, map_div(b, map_sub(b, p, t), below));
    }
    if (needed[1]) {
        NodeId yes = build_unary(b, &op_log, build_binary(b, &op_maximum, p, least));
        NodeId no = build_unary(b, &op_log, build_binary(b, &op_maximum, other, least));
        d_inputs[1] = map_mul(b, d_out, map_sub(b, no, yes));
    }
}

const OpDef op_binary_cross_entropy = {
    .name = "entropy_of_probability",
    .family = FAMILY_MAP,
    .summary = "binary cross entropy of a probability and a target, elementwise",
    .doc = "-(t * log(p) + (1 - t) * log(1 - p)), with logarithms that stay finite",
    .inputs = {"p", "target"},
    .reads = READS_CHANCE,
    .infer = map_infer,
    .eval = probability_eval,
    .grad = probability_grad,
    .element = probability_element,
};

/* ---- of a score ------------------------------------------------------------------------------ */
MAP_EVAL(score, (x[0] > 0 ? x[0] : 0) - x[0] * x[1] + log1p(exp(-fabs(x[0]))))

static Expr *score_element(MapContext *context, const Node *node, Expr *const *args)
{
    (void)node;
    Arena *arena = context->arena;
    return expr_binary(arena, "-", map_call(arena, "nn_softplus", args[0]),
                       expr_binary(arena, "*", args[0], args[1]));
}

static void score_grad(Build *b, NodeId node, NodeId d_out, const bool *needed, NodeId *d_inputs)
{
    NodeId z = input_of(b, node, 0), t = input_of(b, node, 1);
    if (needed[0])
        d_inputs[0] = map_mul(b, d_out, map_sub(b, build_unary(b, &op_sigmoid, z), t));
    if (needed[1])
        d_inputs[1] = map_mul(b, d_out, build_unary(b, &op_negate, z));
}

const OpDef op_binary_cross_entropy_logits = {
    .name = "entropy_of_score",
    .family = FAMILY_MAP,
    .summary = "binary cross entropy of a score before its sigmoid, elementwise",
    .doc = "log(1 + e^z) - z * t, computed without overflow",
    .inputs = {"z", "target"},
    .reads = READS_CHANCE_SCORE,
    .infer = map_infer,
    .eval = score_eval,
    .grad = score_grad,
    .element = score_element,
};
