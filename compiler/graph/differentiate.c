/* differentiate.c: reverse-mode gradients, and the total loss they start from.
 *
 * Nodes are visited from the last to the first. When a node is reached, all that depend on it have
 * said what they contribute to its gradient; the contributions are added in that order, and the
 * operator's rule passes the sum on. Only nodes on a way from `with` to `of` take part. The
 * gradient of x is called d_x. */
#include "front/diag.h"
#include "graph/build.h"
#include "graph/graph.h"

/* ---- gradients ------------------------------------------------------------------------------- */
typedef struct Differentiate {
    Build build;
    Graph *graph;
    Arena *arena;
    NodeId first;       /* nodes from here on are gradients                           */
    bool *is_active;    /* by node: depends on one of `with`                          */
    NodeId *gradient;   /* by node: sum of the contributions so far, or NODE_NONE     */
    VEC(bool) is_named; /* by node: already called d_x */
    bool is_failed;
} Differentiate;

static void mark_active(Differentiate *d, const NodeId *with, int with_count)
{
    for (int i = 0; i < with_count; i++)
        d->is_active[with[i]] = true;
    for (NodeId id = 0; id < d->first; id++) {
        const Node *n = graph_node(d->graph, id);
        for (int i = 0; i < n->input_count; i++)
            d->is_active[id] = d->is_active[id] || d->is_active[n->inputs[i]];
    }
}

static void contribute(Differentiate *d, NodeId to, NodeId gradient)
{
    if (gradient == NODE_NONE)
        return;
    gradient = build_unbroadcast(&d->build, gradient, graph_node(d->graph, to)->shape);
    d->gradient[to] = d->gradient[to] == NODE_NONE
                          ? gradient
                          : build_binary(&d->build, &op_add, d->gradient[to], gradient);
}

/* d_x, unless the node is the gradient of another value too and is called after that one. */
static void name_gradient(Differentiate *d, NodeId id)
{
    NodeId gradient = d->gradient[id];
    if (gradient < d->first)
        return;
    while (d->is_named.count <= gradient)
        vec_push(d->arena, &d->is_named, false);
    if (d->is_named.items[gradient])
        return;
    d->is_named.items[gradient] = true;
    Str name = graph_node(d->graph, id)->name;
    graph_rename(d->graph, gradient, str_format(d->arena, "d_%.*s", STR_ARGS(name)));
}

static void visit(Differentiate *d, NodeId id)
{
    const Node *n = graph_node(d->graph, id);
    int count = n->input_count;
    bool *needed = arena_array(d->arena, bool, count);
    NodeId *d_inputs = arena_array(d->arena, NodeId, count);
    bool is_any = false;
    for (int i = 0; i < count; i++) {
        needed[i] = d->is_active[n->inputs[i]];
        is_any = is_any || needed[i];
        d_inputs[i] = NODE_NONE;
    }
    if (!is_any)
        return;
    if (n->op->grad == NULL) {
        diag_error(d->build.diag, n->span, "the loss cannot be differentiated through '%s'",
                   n->op->name);
        d->is_failed = true;
        return;
    }
    d->build.name = str_format(d->arena, "d_%.*s", STR_ARGS(n->name));
    d->build.span = n->span;
    d->build.layer = n->layer;
    d->build.origin = id;
    const NodeId *inputs = n->inputs; /* in the arena: it stays while nodes are added */
    n->op->grad(&d->build, id, d->gradient[id], needed, d_inputs);
    for (int i = 0; i < count; i++)
        if (needed[i])
            contribute(d, inputs[i], d_inputs[i]);
}

bool graph_gradients(Graph *g, Diag *diag, NodeId of, NodeId seed, const NodeId *with,
                     int with_count, NodeId *gradients)
{
    Differentiate d = {
        .build = {.graph = g,
                  .diag = diag,
                  .mode = MODE_TRAINING,
                  .role = ROLE_BACKWARD,
                  .layer = -1,
                  .origin = NODE_NONE},
        .graph = g,
        .arena = g->arena,
    };
    if (seed == NODE_NONE) {
        CHECK(graph_node(g, of)->shape.rank == 0 && !graph_node(g, of)->shape.has_batch);
        seed = build_number(&d.build, 1);
    }
    CHECK(shape_equal(graph_node(g, of)->shape, graph_node(g, seed)->shape));
    d.first = g->nodes.count;
    d.is_active = arena_array(g->arena, bool, d.first);
    d.gradient = arena_array(g->arena, NodeId, d.first);
    for (NodeId id = 0; id < d.first; id++)
        d.gradient[id] = NODE_NONE;
    mark_active(&d, with, with_count);
    d.gradient[of] = seed;
    for (NodeId id = of; id >= 0 && !d.is_failed; id--)
        if (d.is_active[id] && d.gradient[id] != NODE_NONE) {
            name_gradient(&d, id);
            visit(&d, id);
        }
    for (int i = 0; i < with_count; i++)
        gradients[i] = d.gradient[with[i]];
    return !d.is_failed;
}

/* ---- total loss ------------------------------------------------------------------------------ */
static NodeId add_penalty(Build *b, NodeId total, const OpDef *size, NodeId parameter,
                          double factor)
{
    if (!(factor > 0))
        return total;
    int rank = graph_node(b->graph, parameter)->shape.rank;
    NodeId sum = build_reduce(b, &op_reduce_sum, build_unary(b, size, parameter), (1u << rank) - 1,
                              false, false);
    NodeId penalty = build_binary(b, &op_mul, sum, build_number(b, factor));
    return build_binary(b, &op_add, total, penalty);
}

NodeId graph_total_loss(Graph *g, Diag *diag)
{
    if (g->total_loss != NODE_NONE || g->losses.count == 0)
        return g->total_loss;
    Build b = {.graph = g,
               .diag = diag,
               .mode = MODE_TRAINING,
               .layer = -1,
               .name = STR("penalty"),
               .span = g->losses.items[0].span,
               .origin = NODE_NONE};
    NodeId total = g->losses.items[0].node;
    for (int i = 1; i < g->losses.count; i++)
        total = build_binary(&b, &op_add, total, g->losses.items[i].node);
    int count = g->nodes.count;
    for (NodeId id = 0; id < count; id++) {
        const Leaf *leaf = graph_node(g, id)->leaf;
        if (leaf == NULL || leaf->kind != LEAF_PARAMETER || leaf->is_frozen)
            continue;
        total = add_penalty(&b, total, &op_abs, id, leaf->l1);
        total = add_penalty(&b, total, &op_square, id, leaf->l2);
    }
    for (int i = 0; i < g->penalties.count; i++)
        total = build_binary(&b, &op_add, total, g->penalties.items[i]);
    g->penalties.count = 0;
    if (total != g->losses.items[0].node)
        graph_rename(g, total, STR("total_loss"));
    g->total_loss = total;
    return total;
}
