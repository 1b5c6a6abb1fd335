/* simplify.c: algebra that makes graphs smaller and stable.
 *
 * Two rules are needed for right results, not only for speed: the logarithm of a softmax, and the
 * binary cross entropy of a sigmoid, become operators that do not overflow. They must be applied
 * before differentiation, so that the gradient is that of the stable form. The other rules clean up
 * after layers, gradients and optimizers, which are written for clarity. */
#include "graph/graph.h"
#include "graph/rewrite.h"
#include "ops/map.h"

/* x in the shape of the site: broadcast when it is smaller. */
static NodeId in_shape(const Site *s, NodeId x)
{
    return build_broadcast(s->build, x, s->shape);
}

/* x if it has the shape of the result, so that it can stand for it. */
static NodeId if_same_shape(const Site *s, NodeId x)
{
    return shape_equal(graph_node(s->graph, x)->shape, s->shape) ? x : NODE_NONE;
}

static NodeId number(const Site *s, double value)
{
    return build_number(s->build, value);
}

static bool is_number(const Site *s, NodeId id, double *value)
{
    return node_number(s->graph, id, value);
}

static const Node *node_of(const Site *s, NodeId id)
{
    return graph_node(s->graph, id);
}

static bool is_constant(const Site *s, NodeId id)
{
    return node_of(s, id)->op == &op_constant;
}

/* ---- stable forms ---------------------------------------------------------------------------- */
static NodeId log_of_softmax(const Site *s)
{
    const Node *x = site_input(s, 0);
    return x->op == &op_softmax ? build_unary(s->build, &op_log_softmax, x->inputs[0]) : NODE_NONE;
}

/* Only when the softmax is there anyway: an exponential is cheaper than a new softmax. */
static NodeId exp_of_log_softmax(const Site *s)
{
    const Node *x = site_input(s, 0);
    if (x->op != &op_log_softmax)
        return NODE_NONE;
    return site_existing(s, &op_softmax, x->inputs[0], NULL, s->shape);
}

static NodeId entropy_of_sigmoid(const Site *s)
{
    const Node *p = site_input(s, 0);
    if (p->op != &op_sigmoid)
        return NODE_NONE;
    return build_binary(s->build, &op_binary_cross_entropy_logits, p->inputs[0], s->in[1]);
}

/* ---- arithmetic with known numbers ----------------------------------------------------------- */
static NodeId add_simple(const Site *s)
{
    double a, c;
    if (node_is_constant(s->graph, s->in[1], 0))
        return if_same_shape(s, s->in[0]);
    if (node_is_constant(s->graph, s->in[0], 0))
        return if_same_shape(s, s->in[1]);
    const Node *x = site_input(s, 0), *y = site_input(s, 1);
    if (y->op == &op_negate)
        return map_sub(s->build, s->in[0], y->inputs[0]);
    if (x->op == &op_negate)
        return map_sub(s->build, s->in[1], x->inputs[0]);
    if (is_number(s, s->in[1], &a) && x->op == &op_add && is_number(s, x->inputs[1], &c))
        return map_add(s->build, x->inputs[0], number(s, a + c));
    return NODE_NONE;
}

static NodeId sub_simple(const Site *s)
{
    if (node_is_constant(s->graph, s->in[1], 0))
        return if_same_shape(s, s->in[0]);
    if (node_is_constant(s->graph, s->in[0], 0) && if_same_shape(s, s->in[1]) != NODE_NONE)
        return build_unary(s->build, &op_negate, s->in[1]);
    const Node *y = site_input(s, 1);
    return y->op == &op_negate ? map_add(s->build, s->in[0], y->inputs[0]) : NODE_NONE;
}

/* x * factor, for an x that is itself a product with a number. */
static NodeId scale_simple(const Site *s, NodeId x_id, double factor)
{
    double inner;
    const Node *x = node_of(s, x_id);
    if (factor == 1)
        return if_same_shape(s, x_id);
    if (x->op == &op_mul && is_number(s, x->inputs[1], &inner))
        return map_scale(s->build, x->inputs[0], inner * factor);
    if (x->op == &op_mul && is_number(s, x->inputs[0], &inner))
        return map_scale(s->build, x->inputs[1], inner * factor);
    if (x->op == &op_div && is_number(s, x->inputs[0], &inner))
        return map_div(s->build, number(s, inner * factor), x->inputs[1]);
    if (x->op == &op_negate)
        return map_scale(s->build, x->inputs[0], -factor);
    if (factor == -1 && if_same_shape(s, x_id) != NODE_NONE)
        return build_unary(s->build, &op_negate, x_id);
    return NODE_NONE;
}

/* small * (x * factor) is x * (small * factor): one pass over x less. */
static NodeId move_factor(const Site *s, NodeId small, NodeId product)
{
    double factor;
    const Node *x = node_of(s, product);
    Shape shape = node_of(s, small)->shape;
    if (x->op != &op_mul || shape.has_batch || !shape_equal(x->shape, s->shape) ||
        (!s->shape.has_batch && shape_elements(shape) >= shape_elements(s->shape)))
        return NODE_NONE;
    for (int i = 0; i < 2; i++)
        if (is_number(s, x->inputs[i], &factor) && !is_constant(s, x->inputs[1 - i]))
            return map_mul(s->build, x->inputs[1 - i], map_scale(s->build, small, factor));
    return NODE_NONE;
}

static NodeId mul_simple(const Site *s)
{
    double factor;
    if (is_number(s, s->in[1], &factor))
        return scale_simple(s, s->in[0], factor);
    if (is_number(s, s->in[0], &factor))
        return scale_simple(s, s->in[1], factor);
    if (node_is_constant(s->graph, s->in[1], 1))
        return if_same_shape(s, s->in[0]);
    if (node_is_constant(s->graph, s->in[0], 1))
        return if_same_shape(s, s->in[1]);
    NodeId moved = move_factor(s, s->in[0], s->in[1]);
    return moved != NODE_NONE ? moved : move_factor(s, s->in[1], s->in[0]);
}

/* A product is several times faster than a quotient. */
static NodeId div_simple(const Site *s)
{
    if (node_is_constant(s->graph, s->in[1], 1))
        return if_same_shape(s, s->in[0]);
    if (is_constant(s, s->in[1]) && !node_is_constant(s->graph, s->in[1], 0))
        return map_mul(s->build, s->in[0], build_unary(s->build, &op_reciprocal, s->in[1]));
    return NODE_NONE;
}

static NodeId negate_simple(const Site *s)
{
    double value;
    const Node *x = site_input(s, 0);
    if (x->op == &op_negate)
        return x->inputs[0];
    if (x->op == &op_sub)
        return map_sub(s->build, x->inputs[1], x->inputs[0]);
    if (x->op == &op_mul && is_number(s, x->inputs[1], &value))
        return map_scale(s->build, x->inputs[0], -value);
    if (x->op == &op_div && is_number(s, x->inputs[0], &value))
        return map_div(s->build, number(s, -value), x->inputs[1]);
    return NODE_NONE;
}

static NodeId power_simple(const Site *s)
{
    double exponent = s->node->attrs[0].r;
    if (exponent == 1)
        return s->in[0];
    if (exponent == 2)
        return build_unary(s->build, &op_square, s->in[0]);
    if (exponent == 0.5)
        return build_unary(s->build, &op_sqrt, s->in[0]);
    if (exponent == -0.5)
        return build_unary(s->build, &op_rsqrt, s->in[0]);
    if (exponent == -1)
        return build_unary(s->build, &op_reciprocal, s->in[0]);
    return NODE_NONE;
}

static NodeId select_simple(const Site *s)
{
    double condition;
    if (s->in[1] == s->in[2])
        return if_same_shape(s, s->in[1]);
    if (is_number(s, s->in[0], &condition))
        return if_same_shape(s, s->in[condition != 0 ? 1 : 2]);
    return NODE_NONE;
}

/* ---- what changes nothing -------------------------------------------------------------------- */
static NodeId drop_identity(const Site *s)
{
    return s->in[0];
}

static NodeId drop_cast(const Site *s)
{
    return site_input(s, 0)->type == TYPE_F32 ? s->in[0] : NODE_NONE;
}

static NodeId drop_broadcast(const Site *s)
{
    const Node *x = site_input(s, 0);
    if (shape_equal(x->shape, s->shape))
        return s->in[0];
    return x->op == &op_broadcast ? in_shape(s, x->inputs[0]) : NODE_NONE;
}

/* Elementwise operators broadcast by themselves; what is equal everywhere is computed once, and
 * repeated after that if it must be. */
static NodeId read_through_broadcast(const Site *s)
{
    enum { MOST_INPUTS = 4 };
    NodeId in[MOST_INPUTS];
    int count = s->node->input_count;
    const OpDef *op = s->node->op;
    bool has_own_shape = op == &op_broadcast || op == &op_one_hot;
    if (has_own_shape || count < 1 || count > MOST_INPUTS)
        return NODE_NONE;
    bool is_changed = false;
    for (int i = 0; i < count; i++) {
        const Node *x = site_input(s, i);
        in[i] = x->op == &op_broadcast ? x->inputs[0] : s->in[i];
        is_changed = is_changed || in[i] != s->in[i];
    }
    Shape shape;
    if (!is_changed || !map_shape(s->graph, in, count, &shape))
        return NODE_NONE;
    return in_shape(s, build_node(s->build, op, in, count, s->node->attrs));
}

static bool is_reshape(const Node *n)
{
    return n->op == &op_reshape || n->op == &op_flatten;
}

static NodeId reshape_simple(const Site *s)
{
    const Node *x = site_input(s, 0);
    if (shape_equal(x->shape, s->shape))
        return s->in[0];
    if (is_reshape(x))
        return build_reshape(s->build, x->inputs[0], s->shape.rank, s->shape.dim);
    bool is_number_repeated = x->op == &op_broadcast && node_of(s, x->inputs[0])->shape.rank == 0 &&
                              node_of(s, x->inputs[0])->type == TYPE_F32 &&
                              !node_of(s, x->inputs[0])->shape.has_batch;
    return is_number_repeated ? in_shape(s, x->inputs[0]) : NODE_NONE;
}

static NodeId transpose_simple(const Site *s)
{
    const AttrValue *order = &s->node->attrs[0];
    for (int d = 0; d < order->list.count; d++)
        if (order->list.item[d] != d)
            return NODE_NONE;
    return s->in[0];
}

static NodeId drop_if_same_shape(const Site *s)
{
    return if_same_shape(s, s->in[0]);
}

/* ---- pooling ---------------------------------------------------------------------------------
 * A maximum may be taken before an operation that keeps the order: rounding keeps it too, so the
 * result is the same to the bit, and the operation, its gradient and the sum for the bias have only
 * the pooled elements to work on. */
static NodeId pool_first(const Site *s)
{
    const Node *x = site_input(s, 0);
    bool keeps_order = x->op == &op_relu || x->op == &op_leaky_relu;
    if (!site_has_one_reader(s, 0) || (!keeps_order && x->op != &op_add))
        return NODE_NONE;
    NodeId in[2] = {x->inputs[0], NODE_NONE};
    int count = x->input_count;
    const OpDef *op = x->op;
    const AttrValue *attrs = x->attrs;
    if (op == &op_add) {
        const Node *bias = node_of(s, x->inputs[1]);
        if (bias->shape.has_batch || bias->shape.rank > 1 ||
            !shape_equal(node_of(s, in[0])->shape, x->shape))
            return NODE_NONE;
        in[1] = x->inputs[1];
    }
    Build build = *s->build;
    build.name = node_of(s, in[0])->name;
    in[0] = build_node(&build, s->node->op, in, 1, s->node->attrs);
    return build_node(s->build, op, in, count, attrs);
}

/* ---- sums ------------------------------------------------------------------------------------ */
/* sum over k of one_hot(t)[k] * r is r, when r is the same for all k. */
static NodeId sum_of_one_hot(const Site *s)
{
    const Node *product = site_input(s, 0);
    int rank = product->shape.rank;
    if (product->op != &op_mul || rank == 0 || s->node->attrs[1].i != 0 ||
        s->node->attrs[0].i != (int64_t)1 << (rank - 1))
        return NODE_NONE;
    for (int i = 0; i < 2; i++) {
        const Node *hot = node_of(s, product->inputs[i]);
        const Node *other = node_of(s, product->inputs[1 - i]);
        Shape from = other->shape;
        bool is_constant_in_row = from.rank == 0 || from.dim[from.rank - 1] == 1;
        if (hot->op != &op_one_hot || !shape_equal(hot->shape, product->shape) ||
            !is_constant_in_row)
            continue;
        NodeId r = product->inputs[1 - i];
        if (from.rank > 0)
            r = build_reshape(s->build, r, from.rank - 1, from.dim);
        return in_shape(s, r);
    }
    return NODE_NONE;
}

/* ---- the table ------------------------------------------------------------------------------- */
static const RewriteRule rules[] = {
    {&op_log, log_of_softmax},
    {&op_exp, exp_of_log_softmax},
    {&op_binary_cross_entropy, entropy_of_sigmoid},
    {&op_identity, drop_identity},
    {&op_cast, drop_cast},
    {&op_broadcast, drop_broadcast},
    {NULL, read_through_broadcast},
    {&op_add, add_simple},
    {&op_sub, sub_simple},
    {&op_mul, mul_simple},
    {&op_div, div_simple},
    {&op_negate, negate_simple},
    {&op_power, power_simple},
    {&op_select, select_simple},
    {&op_reshape, reshape_simple},
    {&op_flatten, reshape_simple},
    {&op_transpose, transpose_simple},
    {&op_slice, drop_if_same_shape},
    {&op_pad, drop_if_same_shape},
    {&op_window_max, pool_first},
    {&op_reduce_sum, sum_of_one_hot},
    {&op_reduce_sum, sum_from_others},
};

Graph *graph_simplify(Arena *arena, const Graph *g)
{
    return rewrite_graph(arena, g, rules, COUNT_OF(rules));
}
