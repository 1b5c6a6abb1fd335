/* hoist.c: for inference, what depends on parameters only is computed once, when they are loaded.
 *
 * The graph is cut where values that are fixed meet the rest: graph_hoist. What reads a product may only be
 * needed for losses, so this comes after folding (fold.c), which looks at the graph that still has them; else
 * the library would compute otherwise than the trainer's evaluation. */
#include "graph/graph.h"
#include "graph/rewrite.h"

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
