/* hoist.c: for inference, what depends on parameters only is computed once, when they are loaded.
 *
 * First the scale of a batch normalization moves into the kernel of the contraction before it:
 *
 *     (x . w + b) * scale + shift   =   x . (w * scale) + (b * scale + shift)
 *
 * for a scale along the last axis of the result, which is the last axis of the kernel too, and a
 * product that nobody else reads: graph_fold. Then the graph is cut where values that are fixed meet
 * the rest: graph_hoist. What reads a product may only be needed for losses, so folding looks at the
 * graph that still has them; else the library would compute otherwise than the trainer's evaluation.
 */
#include "graph/graph.h"
#include "graph/rewrite.h"
#include "ops/map.h"

/* ---- folding --------------------------------------------------------------------------------- */
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

static bool same_map(const IndexMap *a, const IndexMap *b)
{
    if (a->count != b->count || a->offset != b->offset)
        return false;
    for (int t = 0; t < a->count; t++)
        if (a->term[t].axis != b->term[t].axis || a->term[t].scale != b->term[t].scale)
            return false;
    return true;
}

/* A contraction with a fixed kernel whose last axis is the last axis of the result. */
static bool has_channel_kernel(const Graph *g, const Node *n)
{
    if (n->op != &op_contract || !is_fixed(g, n->inputs[1]) || is_fixed(g, n->inputs[0]))
        return false;
    Shape kernel = graph_node(g, n->inputs[1])->shape;
    int last = kernel.rank - 1, out_last = n->shape.rank - 1;
    return last >= 0 && out_last >= 0 && kernel.dim[last] == n->shape.dim[out_last] &&
           same_map(&n->contract->right[last], &n->contract->out[out_last]);
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

static const RewriteRule rules[] = {
    {&op_mul, scale_into_kernel},
    {&op_add, join_shifts},
};

/* ---- cutting --------------------------------------------------------------------------------- */
typedef struct Cut {
    Arena *arena;
    const Graph *from;
    bool *is_fixed;
    NodeId *in_prepare; /* by node of `from`: its copy, or NODE_NONE */
    NodeId *in_call;
    SplitGraph split;
} Cut;

static bool is_constant(const Cut *c, NodeId id)
{
    return graph_node(c->from, id)->op == &op_constant;
}

static NodeId copy_into(const Cut *c, Graph *to, NodeId *copies, NodeId id)
{
    Node n = *graph_node(c->from, id);
    NodeId *in = arena_array(c->arena, NodeId, n.input_count + 1);
    for (int i = 0; i < n.input_count; i++)
        in[i] = copies[n.inputs[i]];
    n.inputs = in;
    n.origin = NODE_NONE;
    if (to == c->split.prepare)
        n.layer = -1; /* layers stay with the call */
    copies[id] = graph_append(to, n);
    return copies[id];
}

static NodeId prepare_value(Cut *c, NodeId id)
{
    if (c->in_prepare[id] != NODE_NONE)
        return c->in_prepare[id];
    const Node *n = graph_node(c->from, id);
    for (int i = 0; i < n->input_count; i++)
        prepare_value(c, n->inputs[i]);
    return copy_into(c, c->split.prepare, c->in_prepare, id);
}

/* A scaled kernel has the groups of the kernel. */
static int groups_of(const Cut *c, NodeId id)
{
    const Node *n = graph_node(c->from, id);
    Shape shape = n->shape;
    while (n->leaf == NULL && n->input_count > 0)
        n = graph_node(c->from, n->inputs[0]);
    return n->leaf != NULL && shape_equal(n->shape, shape) ? n->leaf->groups : 1;
}

/* The value as the call sees it: a parameter that prepare gives, when it is fixed. */
static void call_value(Cut *c, NodeId id)
{
    if (c->in_call[id] != NODE_NONE)
        return;
    if (!c->is_fixed[id] || is_constant(c, id)) {
        copy_into(c, c->split.call, c->in_call, id);
        return;
    }
    const Node *n = graph_node(c->from, id);
    Node leaf = *n;
    leaf.op = &op_parameter;
    leaf.inputs = NULL;
    leaf.input_count = 0;
    leaf.attrs = NULL;
    leaf.contract = NULL;
    leaf.origin = NODE_NONE;
    leaf.leaf = arena_new(c->arena, Leaf);
    *leaf.leaf = (Leaf){.kind = LEAF_PARAMETER, .groups = 1};
    leaf.leaf->groups = groups_of(c, id);
    c->in_call[id] = graph_append(c->split.call, leaf);
    Result result = {.name = n->name, .node = prepare_value(c, id), .span = n->span};
    vec_push(c->arena, &c->split.prepare->outputs, result);
}

static void call_results(Cut *c, Results *to, const Results *from)
{
    for (int i = 0; i < from->count; i++) {
        Result result = from->items[i];
        call_value(c, result.node);
        result.node = c->in_call[result.node];
        vec_push(c->arena, to, result);
    }
}

/* Nodes keep their order, so that inputs come first. */
static void cut_graph(Cut *c)
{
    const Graph *from = c->from;
    Graph *call = c->split.call;
    for (NodeId id = 0; id < from->nodes.count; id++) {
        const Node *n = graph_node(from, id);
        if (c->is_fixed[id])
            continue;
        for (int i = 0; i < n->input_count; i++)
            call_value(c, n->inputs[i]);
        call_value(c, id);
    }
    for (int i = 0; i < from->inputs.count; i++)
        vec_push(c->arena, &call->inputs, c->in_call[from->inputs.items[i]]);
    for (int i = 0; i < from->targets.count; i++)
        vec_push(c->arena, &call->targets, c->in_call[from->targets.items[i]]);
    call_results(c, &call->outputs, &from->outputs);
    call_results(c, &call->losses, &from->losses);
    call_results(c, &call->metrics, &from->metrics);
    if (from->total_loss != NODE_NONE) {
        call_value(c, from->total_loss);
        call->total_loss = c->in_call[from->total_loss];
    }
    call->random_streams = from->random_streams;
    for (int i = 0; i < from->layers.count; i++) {
        Layer layer = from->layers.items[i];
        layer.output = layer.output == NODE_NONE ? NODE_NONE : c->in_call[layer.output];
        vec_push(c->arena, &call->layers, layer);
    }
}

Graph *graph_fold(Arena *arena, const Graph *g)
{
    return graph_simplify(arena, rewrite_graph(arena, g, rules, COUNT_OF(rules)));
}

/* Fixed values that are not worth their memory between calls. */
static bool is_bulky(const Node *n)
{
    enum { MOST_KEPT = 4 << 20 }; /* floats: the third level cache of a usual server */
    return n->op == &op_winograd_kernel && shape_elements(n->shape) > MOST_KEPT;
}

static SplitGraph split(Arena *arena, const Graph *g, bool without_bulky)
{
    CHECK(g->effects.count == 0 && g->penalties.count == 0);
    int count = g->nodes.count;
    Cut c = {
        .arena = arena,
        .from = g,
        .is_fixed = graph_fixed_nodes(arena, g),
        .in_prepare = arena_array(arena, NodeId, count + 1),
        .in_call = arena_array(arena, NodeId, count + 1),
        .split = {.prepare = graph_new(arena), .call = graph_new(arena)},
    };
    for (NodeId id = 0; id < count; id++) {
        c.in_prepare[id] = c.in_call[id] = NODE_NONE;
        c.is_fixed[id] = c.is_fixed[id] && !(without_bulky && is_bulky(graph_node(g, id)));
    }
    cut_graph(&c);
    return c.split;
}

SplitGraph graph_hoist(Arena *arena, const Graph *g)
{
    return split(arena, g, false);
}

SplitGraph graph_hoist_small(Arena *arena, const Graph *g)
{
    return split(arena, g, true);
}
