/* simplify_sum.c: sums that follow from other sums.
 *
 * The gradient of a mean asks for the sum of what is already a combination of sums, in batch
 * normalization above all:
 *
 *     sum(s * dy + k * (x - mean(x)))   =   s * sum(dy) + k * 0
 *
 * where s and k are the same along the summed axes. If every part is known (a sum that the graph
 * has already, or the sum of differences from a mean, which is zero), a pass over the tensor and
 * the wait for its end are saved. */
#include "graph/graph.h"
#include "graph/rewrite.h"
#include "ops/map.h"

#include <math.h>

enum { MOST_DEPTH = 8 };

typedef struct Sum {
    const Site *site;
    uint32_t axes;
    bool over_batch;
    Shape from;
} Sum;

static const Node *node_of(const Sum *u, NodeId id)
{
    return graph_node(u->site->graph, id);
}

static bool is_summed(const Sum *u, int dim)
{
    return (u->axes >> dim & 1u) != 0;
}

/* ---- factors --------------------------------------------------------------------------------- */
/* Is x, smaller than the summed shape, the same along all summed axes when it is broadcast? */
static bool is_factor(const Sum *u, NodeId id)
{
    Shape x = node_of(u, id)->shape;
    if ((u->over_batch && x.has_batch) || shape_equal(x, u->from))
        return false;
    for (int d = 0; d < u->from.rank; d++) {
        int k = d - (u->from.rank - x.rank);
        if (is_summed(u, d) && k >= 0 && x.dim[k] != 1)
            return false;
    }
    return true;
}

/* A factor without the summed axes. */
static NodeId reduced_factor(const Sum *u, NodeId id)
{
    Shape x = node_of(u, id)->shape, kept = {0};
    for (int d = u->from.rank - x.rank; d < u->from.rank; d++)
        if (!is_summed(u, d))
            kept.dim[kept.rank++] = x.dim[d - (u->from.rank - x.rank)];
    return build_reshape(u->site->build, id, kept.rank, kept.dim);
}

/* Which operand of a product is a factor, the other one having the full shape? -1: none. */
static int factor_of(const Sum *u, const Node *product)
{
    for (int i = 0; i < 2; i++)
        if (is_factor(u, product->inputs[i]) &&
            shape_equal(node_of(u, product->inputs[1 - i])->shape, u->from))
            return i;
    return -1;
}

/* ---- what is known --------------------------------------------------------------------------- */
static NodeId existing(const Sum *u, NodeId x)
{
    const AttrValue *attrs = u->site->node->attrs;
    return site_existing(u->site, &op_reduce_sum, x, attrs, u->site->shape);
}

static bool is_batch_size(const Node *n)
{
    return n->leaf != NULL && n->leaf->kind == LEAF_SCALAR && n->leaf->scalar == SCALAR_BATCH;
}

/* Summed elements, of one sample. */
static double summed_count(const Sum *u)
{
    double count = 1;
    for (int d = 0; d < u->from.rank; d++)
        count *= is_summed(u, d) ? (double)u->from.dim[d] : 1;
    return count;
}

/* Is m the mean of x over the summed axes: its sum, times 1 / count, divided by the batch? */
static bool is_mean(const Sum *u, NodeId m, NodeId x)
{
    double factor = 1, number;
    bool is_divided = false;
    const Node *n = node_of(u, m);
    while (n->op == &op_mul || n->op == &op_div) {
        if (n->op == &op_mul && node_number(u->site->graph, n->inputs[1], &number))
            factor *= number;
        else if (n->op == &op_div && !is_divided && is_batch_size(node_of(u, n->inputs[1])))
            is_divided = true;
        else
            return false;
        m = n->inputs[0];
        n = node_of(u, m);
    }
    double count = summed_count(u);
    return is_divided == u->over_batch && fabs(factor * count - 1) < 1e-12 && existing(u, x) == m;
}

/* Each gradient of a pooled element goes to one element of the window, so their sums are the same.
 */
static NodeId pooled(const Sum *u, NodeId x)
{
    const Node *n = node_of(u, x);
    if (n->op != &op_window_max_grad || !shape_equal(n->shape, u->from))
        return x;
    bool is_all_places = u->axes == (1u << (u->from.rank - 1)) - 1;
    return is_all_places ? n->inputs[1] : x;
}

static bool is_zero(const Sum *u, const Node *n)
{
    return n->op == &op_sub && shape_equal(node_of(u, n->inputs[0])->shape, u->from) &&
           is_mean(u, n->inputs[1], n->inputs[0]);
}

static bool is_pair(const Sum *u, const Node *n)
{
    return (n->op == &op_add || n->op == &op_sub) &&
           shape_equal(node_of(u, n->inputs[0])->shape, u->from) &&
           shape_equal(node_of(u, n->inputs[1])->shape, u->from);
}

/* The operand of a sum or difference that is a factor, so that it is counted as often as there are
 * summed elements; the other one has the full shape. -1: none. */
static int offset_of(const Sum *u, const Node *n)
{
    return n->op == &op_add || n->op == &op_sub ? factor_of(u, n) : -1;
}

static bool is_known(const Sum *u, NodeId x, int depth)
{
    const Node *n = node_of(u, x);
    if (depth > MOST_DEPTH)
        return false;
    if (existing(u, pooled(u, x)) != NODE_NONE || is_zero(u, n))
        return true;
    if (n->op == &op_negate)
        return is_known(u, n->inputs[0], depth + 1);
    if (is_pair(u, n))
        return is_known(u, n->inputs[0], depth + 1) && is_known(u, n->inputs[1], depth + 1);
    if (offset_of(u, n) >= 0)
        return is_known(u, n->inputs[1 - offset_of(u, n)], depth + 1);
    if (n->op == &op_mul && factor_of(u, n) >= 0)
        return is_known(u, n->inputs[1 - factor_of(u, n)], depth + 1);
    return false;
}

static NodeId sum_of_factor(const Sum *u, NodeId id)
{
    Build *b = u->site->build;
    NodeId sum = map_scale(b, reduced_factor(u, id), summed_count(u));
    return u->over_batch ? map_mul(b, sum, build_scalar(b, SCALAR_BATCH)) : sum;
}

static NodeId build_known(const Sum *u, NodeId x);

/* The sum of one operand of a sum or difference. */
static NodeId build_part(const Sum *u, NodeId id)
{
    return shape_equal(node_of(u, id)->shape, u->from) ? build_known(u, id) : sum_of_factor(u, id);
}

/* The sum of a known x; NODE_NONE stands for zero. */
static NodeId build_known(const Sum *u, NodeId x)
{
    Build *b = u->site->build;
    NodeId sum = existing(u, pooled(u, x));
    const OpDef *op = node_of(u, x)->op;
    const NodeId *in = node_of(u, x)->inputs; /* stays while nodes are added */
    if (sum != NODE_NONE)
        return sum;
    if (is_zero(u, node_of(u, x)))
        return NODE_NONE;
    if (op == &op_mul) {
        int factor = factor_of(u, node_of(u, x));
        NodeId inner = build_known(u, in[1 - factor]);
        return inner == NODE_NONE ? NODE_NONE : map_mul(b, inner, reduced_factor(u, in[factor]));
    }
    NodeId left = build_part(u, in[0]);
    if (op == &op_negate)
        return left == NODE_NONE ? NODE_NONE : build_unary(b, &op_negate, left);
    NodeId right = build_part(u, in[1]);
    if (right == NODE_NONE)
        return left;
    if (left == NODE_NONE)
        return op == &op_add ? right : build_unary(b, &op_negate, right);
    return build_binary(b, op, left, right);
}

NodeId sum_from_others(const Site *s)
{
    Sum u = {.site = s,
             .axes = (uint32_t)s->node->attrs[0].i,
             .over_batch = s->node->attrs[1].i != 0,
             .from = site_input(s, 0)->shape};
    NodeId source = pooled(&u, s->in[0]);
    if (source != s->in[0])
        return build_reduce(s->build, &op_reduce_sum, source, u.axes, u.over_batch, false);
    if (existing(&u, s->in[0]) != NODE_NONE || !is_known(&u, s->in[0], 0))
        return NODE_NONE;
    NodeId sum = build_known(&u, s->in[0]);
    if (sum == NODE_NONE)
        sum = build_number(s->build, 0);
    return build_broadcast(s->build, sum, s->shape);
}
