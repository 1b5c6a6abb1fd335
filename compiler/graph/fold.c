/* fold.c: for inference, the scale and shift of a batch normalization move into the layer before or after it.
 *
 *     (x . w + b) * scale + shift   =   x . (w * scale) + (b * scale + shift)
 *
 * for a scale along the last axis of the result, which is the last axis of the kernel too, and a
 * product that nobody else reads; and
 *
 *     (y * scale + shift) . w   =   y . (scale * w) + shift . w
 *
 * where y comes out of a relu and goes into a dense layer. */
#include "graph/graph.h"
#include "graph/rewrite.h"
#include "ops/map.h"

/* Does id depend on parameters, statistics and constants only? */
static bool is_fixed(const Graph *g, NodeId id)
{
    const Node *n = graph_node(g, id);
    if (n->shape.has_batch)
        return false;
    if (n->leaf != NULL)
        return n->leaf->kind == LEAF_PARAMETER || n->leaf->kind == LEAF_STATISTIC ||
               n->leaf->kind == LEAF_CONSTANT;
    for (int i = 0; i < n->input_count; i++)
        if (!is_fixed(g, n->inputs[i]))
            return false;
    return n->input_count > 0;
}

/* A contraction with a fixed kernel whose last axis is the last axis of the result. */
static bool has_channel_kernel(const Graph *g, const Node *n)
{
    if (n->op != &op_contract || !is_fixed(g, n->inputs[1]) || is_fixed(g, n->inputs[0]))
        return false;
    Shape kernel = graph_node(g, n->inputs[1])->shape;
    int last = kernel.rank - 1, out_last = n->shape.rank - 1;
    return last >= 0 && out_last >= 0 && kernel.dim[last] == n->shape.dim[out_last] &&
           index_map_same(&n->contract->right[last], &n->contract->out[out_last]);
}

static bool is_channel_vector(const Graph *g, NodeId id)
{
    return is_fixed(g, id) && graph_node(g, id)->shape.rank <= 1;
}

/* Which input is the fixed vector? -1: none. */
static int vector_input(const Site *s)
{
    for (int i = 1; i >= 0; i--)
        if (is_channel_vector(s->graph, s->in[i]) && !is_fixed(s->graph, s->in[1 - i]))
            return i;
    return -1;
}

/* x op y, named after x: "conv2d_1.bias.mul". */
static NodeId fixed_binary(const Site *s, const OpDef *op, NodeId x, NodeId y)
{
    Build build = *s->build;
    build.name = graph_node(s->graph, x)->name;
    return build_binary(&build, op, x, y);
}

/* The contraction with a scaled kernel keeps its name, as far as that is free. */
static NodeId scaled_contraction(const Site *s, const Node *x, NodeId scale)
{
    Build build = *s->build;
    build.name = x->name;
    NodeId left = x->inputs[0];
    const ContractSpec *spec = x->contract;
    NodeId result =
        build_contract(&build, left, fixed_binary(s, &op_mul, x->inputs[1], scale), spec);
    graph_rename(build.graph, result, build.name);
    return result;
}

static NodeId scale_into_kernel(const Site *s)
{
    int vector = vector_input(s);
    if (vector < 0 || !site_has_one_reader(s, 1 - vector))
        return NODE_NONE;
    NodeId scale = s->in[vector];
    const Node *x = site_input(s, 1 - vector);
    if (!shape_equal(x->shape, s->shape))
        return NODE_NONE;
    if (has_channel_kernel(s->graph, x))
        return scaled_contraction(s, x, scale);
    if (x->op != &op_add)
        return NODE_NONE;
    /* (y + b) * scale: the next round looks at y * scale, if that helps */
    for (int i = 1; i >= 0; i--) {
        NodeId y = x->inputs[1 - i], b = x->inputs[i];
        if (is_channel_vector(s->graph, b) &&
            has_channel_kernel(s->graph, graph_node(s->graph, y)) &&
            shape_equal(graph_node(s->graph, y)->shape, s->shape)) {
            NodeId shift = fixed_binary(s, &op_mul, b, scale);
            return map_add(s->build, map_mul(s->build, y, scale), shift);
        }
    }
    return NODE_NONE;
}

/* (y + b) + shift = y + (b + shift) */
static NodeId join_shifts(const Site *s)
{
    int vector = vector_input(s);
    if (vector < 0 || !site_has_one_reader(s, 1 - vector))
        return NODE_NONE;
    const Node *x = site_input(s, 1 - vector);
    if (x->op != &op_add || !shape_equal(x->shape, s->shape))
        return NODE_NONE;
    for (int i = 1; i >= 0; i--) {
        NodeId y = x->inputs[1 - i], b = x->inputs[i];
        if (is_channel_vector(s->graph, b) && !is_fixed(s->graph, y) &&
            shape_equal(graph_node(s->graph, y)->shape, s->shape))
            return map_add(s->build, y, fixed_binary(s, &op_add, b, s->in[vector]));
    }
    return NODE_NONE;
}

/* ---- into the layer after it ----------------------------------------------------------------- */
/* Is the last axis of the left operand the first of a matrix on the right? A dense layer's, without groups. */
static bool takes_rows(const Graph *g, const Node *n)
{
    const Node *left = graph_node(g, n->inputs[0]), *right = graph_node(g, n->inputs[1]);
    return left->shape.rank == 1 && left->shape.has_batch && right->shape.rank == 2 && is_fixed(g, n->inputs[1]) &&
           index_map_same(&n->contract->left[0], &n->contract->right[0]);
}

static bool is_row_vector(const Graph *g, NodeId id, const Node *x)
{
    Shape shape = graph_node(g, id)->shape;
    return is_fixed(g, id) && shape.rank == 1 && shape.dim[0] == x->shape.dim[0];
}

/* The kernel with each row times an element of the vector. */
static NodeId times_rows(const Site *s, NodeId kernel, NodeId vector)
{
    NodeId column = build_reshape(s->build, vector, 2, (int64_t[]){graph_node(s->graph, vector)->shape.dim[0], 1});
    return fixed_binary(s, &op_mul, kernel, column);
}

/* (y * scale + shift) . w = y . (scale * w) + shift . w, where y is often zero, as after a relu: then a product
 * of one sample leaves zeros out, and nothing has to compute what stands between. Elsewhere nothing would be
 * gained, and a shift that is much larger than what it shifts would cost digits. */
static NodeId take_in_scale(const Site *s)
{
    const Node sum = *site_input(s, 0);
    Node n = *s->node;
    n.inputs = s->in;
    if (!takes_rows(s->graph, &n) || sum.op != &op_add || !site_has_one_reader(s, 0) ||
        !is_row_vector(s->graph, sum.inputs[1], &sum))
        return NODE_NONE;
    NodeId shift = sum.inputs[1];
    const Node product = *graph_node(s->graph, sum.inputs[0]);
    if (product.op != &op_mul || !is_row_vector(s->graph, product.inputs[1], &product) ||
        !graph_node(s->graph, product.inputs[0])->op->makes_zeros)
        return NODE_NONE;
    NodeId kernel = s->in[1], y = product.inputs[0];
    NodeId scaled = times_rows(s, kernel, product.inputs[1]), shifted = times_rows(s, kernel, shift);
    NodeId moved = build_reduce(s->build, &op_reduce_sum, shifted, 1u << 0, false, false);
    graph_rename(s->build->graph, moved, str_format(s->build->graph->arena, "%.*s.shift", STR_ARGS(n.name)));
    return map_add(s->build, build_contract(s->build, y, scaled, n.contract), moved);
}

static const RewriteRule rules[] = {
    {&op_mul, scale_into_kernel},
    {&op_add, join_shifts},
    {&op_contract, take_in_scale},
};

Graph *graph_fold(Arena *arena, const Graph *g)
{
    return graph_simplify(arena, rewrite_graph(arena, g, rules, COUNT_OF(rules)));
}
