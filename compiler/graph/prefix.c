/* prefix.c: the frozen front part of a network, cut off.
 *
 * A value is steady when it is the same for a sample in every epoch: computed from inputs, constants,
 * frozen parameters and statistics that do not move; nothing random, nothing of the batch as a whole (a
 * training batch_norm), no target before it. Of steady values those that come from frozen parameters are
 * worth keeping. graph_find_prefix cuts the graph between the nodes that apply frozen parameters to
 * samples and those that are not steady, with the least floats a sample: behind
 *
 *     image / 255 -> conv2d -> relu -> max_pool2d -> flatten -> dropout -> dense
 *                    `--------- frozen ---------'
 *
 * it keeps what flatten gives. Only results of layers are candidates, because training and inference
 * build the same layers. The prefix is made of the graph of inference, for both; so it is compared node
 * by node with that of training first. Whatever is cut, the rest stays right: what it still needs of the
 * prefix it computes itself. */
#include "graph/graph.h"
#include "graph/min_cut.h"
#include "graph/rewrite.h"
#include "ops/op.h"

#include <string.h>

enum {
    /* A float that is kept costs 4 bytes of traffic where it is written and 4 where it is read. With
     * fewer operations behind it than a core does in that time, it is cheaper to compute it again. */
    WORTH_FLOPS_A_FLOAT = 32,
};

typedef struct Search {
    Arena *arena;
    const Graph *graph;    /* of training */
    bool *is_live;         /* by node: a result depends on it     */
    bool *is_steady;
    bool *is_from_weights; /* depends on frozen parameters        */
    bool *is_keepable;     /* steady, of a sample, from weights   */
} Search;

/* ---- which values are steady ----------------------------------------------------------------- */
static void mark_results(Search *s, const Results *results)
{
    for (int i = 0; i < results->count; i++)
        s->is_live[results->items[i].node] = true;
}

static void mark_ids(Search *s, const NodeIds *ids)
{
    for (int i = 0; i < ids->count; i++)
        s->is_live[ids->items[i]] = true;
}

static void find_live(Search *s)
{
    const Graph *g = s->graph;
    mark_results(s, &g->outputs);
    mark_results(s, &g->losses);
    mark_results(s, &g->metrics);
    mark_ids(s, &g->effects);
    mark_ids(s, &g->penalties);
    for (NodeId id = g->nodes.count - 1; id >= 0; id--)
        for (int i = 0; s->is_live[id] && i < graph_node(g, id)->input_count; i++)
            s->is_live[graph_node(g, id)->inputs[i]] = true;
}

static bool is_moved(const Graph *g, NodeId leaf)
{
    for (int i = 0; i < g->effects.count; i++)
        if (graph_node(g, g->effects.items[i])->inputs[0] == leaf)
            return true;
    return false;
}

static bool is_steady_leaf(const Graph *g, NodeId id)
{
    const Leaf *leaf = graph_node(g, id)->leaf;
    switch (leaf->kind) {
    case LEAF_INPUT:
    case LEAF_CONSTANT:
        return true;
    case LEAF_PARAMETER:
        return leaf->is_frozen && !is_moved(g, id);
    case LEAF_STATISTIC:
        return !is_moved(g, id);
    case LEAF_NONE:
    case LEAF_TARGET:
    case LEAF_OPTIMIZER:
    case LEAF_SCALAR:
        return false;
    }
    BUG("leaf of kind %d", (int)leaf->kind);
}

/* Random numbers have no inputs. What has no batch although an input has one is of the whole batch. */
static bool is_steady_node(const Search *s, const Node *n)
{
    if (n->input_count == 0 || n->op->family == FAMILY_ASSIGN)
        return false;
    for (int i = 0; i < n->input_count; i++)
        if (!s->is_steady[n->inputs[i]] ||
            (graph_node(s->graph, n->inputs[i])->shape.has_batch && !n->shape.has_batch))
            return false;
    return true;
}

static void find_steady(Search *s)
{
    for (NodeId id = 0; id < s->graph->nodes.count; id++) {
        const Node *n = graph_node(s->graph, id);
        s->is_steady[id] = n->leaf != NULL ? is_steady_leaf(s->graph, id) : is_steady_node(s, n);
        s->is_from_weights[id] = n->leaf != NULL && n->leaf->kind == LEAF_PARAMETER;
        for (int i = 0; i < n->input_count; i++)
            s->is_from_weights[id] |= s->is_from_weights[n->inputs[i]];
        s->is_keepable[id] =
            s->is_live[id] && s->is_steady[id] && n->shape.has_batch && s->is_from_weights[id];
    }
}

/* ---- the cut --------------------------------------------------------------------------------- */
/* Does the node apply parameters to samples? Behind the cut there shall be no such node. */
static bool applies_weights(const Search *s, NodeId id)
{
    const Node *n = graph_node(s->graph, id);
    for (int i = 0; i < n->input_count; i++)
        if (s->is_keepable[id] && s->is_from_weights[n->inputs[i]] &&
            !graph_node(s->graph, n->inputs[i])->shape.has_batch)
            return true;
    return false;
}

static void mark_read(const Search *s, const Results *results, bool *is_read)
{
    for (int i = 0; i < results->count; i++)
        is_read[results->items[i].node] |= s->is_keepable[results->items[i].node];
}

/* Nodes of the problem are those of the graph; one more reads the results. */
static bool find_cut(const Search *s, bool *is_cut)
{
    const Graph *g = s->graph;
    int count = g->nodes.count + 1, reader = g->nodes.count;
    int64_t *weight = arena_array(s->arena, int64_t, count);
    bool *is_source = arena_array(s->arena, bool, count);
    bool *is_sink = arena_array(s->arena, bool, count);
    bool *is_result = arena_array(s->arena, bool, count);
    VEC(CutEdge) edges = {0};
    mark_read(s, &g->outputs, is_result);
    mark_read(s, &g->losses, is_result);
    mark_read(s, &g->metrics, is_result);
    is_sink[reader] = true;
    for (NodeId id = 0; id < reader; id++) {
        const Node *n = graph_node(g, id);
        weight[id] = -1;
        is_source[id] = applies_weights(s, id);
        for (int i = 0; i < n->input_count; i++)
            if (s->is_live[id] && s->is_keepable[n->inputs[i]])
                vec_push(s->arena, &edges,
                         (CutEdge){n->inputs[i], s->is_keepable[id] ? id : reader});
        if (is_result[id])
            vec_push(s->arena, &edges, (CutEdge){id, reader});
    }
    for (int i = 0; i < g->layers.count; i++) {
        NodeId id = g->layers.items[i].output;
        if (id != NODE_NONE && s->is_keepable[id] && graph_node(g, id)->type == TYPE_F32)
            weight[id] = shape_elements(graph_node(g, id)->shape);
    }
    CutProblem problem = {.count = count, .weight = weight, .is_source = is_source,
                          .is_sink = is_sink, .edges = edges.items, .edge_count = edges.count};
    return min_cut(s->arena, &problem, is_cut);
}

static bool *nodes_before(Arena *arena, const Graph *g, const NodeIds *values)
{
    bool *is_before = arena_array(arena, bool, g->nodes.count + 1);
    for (int i = 0; i < values->count; i++)
        is_before[values->items[i]] = true;
    for (NodeId id = g->nodes.count - 1; id >= 0; id--)
        for (int i = 0; is_before[id] && i < graph_node(g, id)->input_count; i++)
            is_before[graph_node(g, id)->inputs[i]] = true;
    return is_before;
}

static bool is_worth_while(const Search *s, const NodeIds *values)
{
    int64_t floats = 0, flops = 0;
    bool *is_before = nodes_before(s->arena, s->graph, values);
    for (int i = 0; i < values->count; i++)
        floats += shape_elements(graph_node(s->graph, values->items[i])->shape);
    for (NodeId id = 0; id < s->graph->nodes.count; id++)
        if (is_before[id] && s->is_keepable[id])
            flops += node_flops(s->graph, graph_node(s->graph, id));
    return flops / WORTH_FLOPS_A_FLOAT >= floats;
}

/* ---- the same in the graph of inference ------------------------------------------------------ */
typedef struct Compare {
    const Graph *a_graph, *b_graph;
    NodeId *equal_to; /* by node of a: a node of b, or NODE_NONE */
} Compare;

/* Do both nodes have the same value for the same inputs and weights? */
static bool is_same_value(Compare *c, NodeId a, NodeId b)
{
    const Node *x = graph_node(c->a_graph, a), *y = graph_node(c->b_graph, b);
    if (c->equal_to[a] == b)
        return true;
    if (!node_same_operation(x, y))
        return false;
    if (x->leaf != NULL && x->leaf->kind == LEAF_CONSTANT) {
        size_t bytes = (size_t)shape_elements(x->shape) * sizeof *x->leaf->values;
        if (memcmp(x->leaf->values, y->leaf->values, bytes) != 0)
            return false;
    } else if (x->leaf != NULL && !str_equal(x->name, y->name)) {
        return false;
    }
    for (int i = 0; i < x->input_count; i++)
        if (!is_same_value(c, x->inputs[i], y->inputs[i]))
            return false;
    c->equal_to[a] = b;
    return true;
}

/* Finds the layer's value in the other graph. */
static NodeId value_of_layer(const Graph *training, const Graph *inference, NodeId id)
{
    for (int i = 0; i < training->layers.count && i < inference->layers.count; i++)
        if (training->layers.items[i].output == id &&
            str_equal(training->layers.items[i].name, inference->layers.items[i].name))
            return inference->layers.items[i].output;
    return NODE_NONE;
}

static bool find_in_inference(Arena *arena, const Graph *training, const Graph *inference,
                              Prefix *prefix)
{
    Compare c = {.a_graph = training, .b_graph = inference};
    c.equal_to = arena_array(arena, NodeId, training->nodes.count + 1);
    for (NodeId id = 0; id < training->nodes.count; id++)
        c.equal_to[id] = NODE_NONE;
    for (int i = 0; i < prefix->training.count; i++) {
        NodeId id = value_of_layer(training, inference, prefix->training.items[i]);
        if (id == NODE_NONE || !is_same_value(&c, prefix->training.items[i], id))
            return false;
        vec_push(arena, &prefix->inference, id);
    }
    return true;
}

bool graph_find_prefix(Arena *arena, const Graph *training, const Graph *inference, Prefix *prefix)
{
    int count = training->nodes.count + 1;
    Search s = {.arena = arena, .graph = training};
    s.is_live = arena_array(arena, bool, count);
    s.is_steady = arena_array(arena, bool, count);
    s.is_from_weights = arena_array(arena, bool, count);
    s.is_keepable = arena_array(arena, bool, count);
    bool *is_cut = arena_array(arena, bool, count);
    Prefix found = {0};
    *prefix = found;
    find_live(&s);
    find_steady(&s);
    if (!find_cut(&s, is_cut))
        return false;
    for (NodeId id = 0; id < training->nodes.count; id++)
        if (is_cut[id])
            vec_push(arena, &found.training, id);
    if (found.training.count == 0 || !is_worth_while(&s, &found.training) ||
        !find_in_inference(arena, training, inference, &found))
        return false;
    *prefix = found;
    return true;
}

/* ---- both parts ------------------------------------------------------------------------------ */
/* All nodes under their numbers. */
static Graph *copy_graph(Arena *arena, const Graph *g)
{
    Graph *copy = graph_new(arena);
    for (NodeId id = 0; id < g->nodes.count; id++)
        CHECK(graph_append(copy, *graph_node(g, id)) == id);
    for (int i = 0; i < g->layers.count; i++)
        vec_push(arena, &copy->layers, g->layers.items[i]);
    for (int i = 0; i < g->inputs.count; i++)
        vec_push(arena, &copy->inputs, g->inputs.items[i]);
    copy->total_loss = NODE_NONE;
    copy->random_streams = g->random_streams;
    return copy;
}

Graph *graph_prefix(Arena *arena, const Graph *g, const NodeIds *values)
{
    Graph *prefix = copy_graph(arena, g);
    for (int i = 0; i < values->count; i++) {
        const Node *n = graph_node(g, values->items[i]);
        Result output = {.name = n->name, .node = values->items[i], .span = n->span};
        vec_push(arena, &prefix->outputs, output);
    }
    return prefix;
}

static void copy_results(Arena *arena, Results *to, const Results *from)
{
    for (int i = 0; i < from->count; i++)
        vec_push(arena, to, from->items[i]);
}

static void copy_ids(Arena *arena, NodeIds *to, const NodeIds *from)
{
    for (int i = 0; i < from->count; i++)
        vec_push(arena, to, from->items[i]);
}

static void become_input(Arena *arena, Graph *g, NodeId id)
{
    Node *n = graph_node(g, id);
    n->op = &op_input;
    n->inputs = NULL;
    n->input_count = 0;
    n->attrs = NULL;
    n->contract = NULL;
    n->leaf = arena_new(arena, Leaf);
    *n->leaf = (Leaf){.kind = LEAF_INPUT, .groups = 1};
    vec_push(arena, &g->inputs, id);
}

Graph *graph_without_prefix(Arena *arena, const Graph *g, const NodeIds *values)
{
    Graph *rest = copy_graph(arena, g);
    bool *is_before = nodes_before(arena, g, values);
    copy_ids(arena, &rest->targets, &g->targets);
    copy_results(arena, &rest->outputs, &g->outputs);
    copy_results(arena, &rest->losses, &g->losses);
    copy_results(arena, &rest->metrics, &g->metrics);
    copy_ids(arena, &rest->effects, &g->effects);
    copy_ids(arena, &rest->penalties, &g->penalties);
    for (NodeId id = 0; id < g->nodes.count; id++) {
        const Leaf *leaf = graph_node(g, id)->leaf;
        if (is_before[id] && leaf != NULL &&
            (leaf->kind == LEAF_PARAMETER || leaf->kind == LEAF_STATISTIC))
            vec_push(arena, &rest->held, id);
    }
    for (int i = 0; i < values->count; i++)
        become_input(arena, rest, values->items[i]);
    return rest;
}
