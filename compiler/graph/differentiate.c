/* differentiate.c: reverse mode, as more nodes of the same graph.
 *
 * Walks from the loss to the leaves, in falling order of ids, and asks each operator's `grad` for the
 * gradients of its inputs; what arrives at a value from several readers is summed. Only nodes between
 * the asked-for leaves and the loss are visited. The gradient of x is called d_x. */
#include "graph/build.h"

#include "front/diag.h"

typedef struct Reverse {
    Build build;
    int count;         /* nodes of the forward part          */
    bool *influences;  /* does it depend on an asked-for value? */
    NodeId *gradient;  /* what has arrived so far            */
} Reverse;

static void find_influences(Reverse *r, const NodeId *with, int with_count)
{
    const Graph *g = r->build.graph;
    for (int i = 0; i < with_count; i++)
        r->influences[with[i]] = true;
    for (NodeId id = 0; id < r->count; id++) {
        const Node *n = graph_node(g, id);
        for (int i = 0; i < n->input_count; i++)
            r->influences[id] |= r->influences[n->inputs[i]];
    }
}

/* Errors name the operator and the value that was to be differentiated. */
static bool check_differentiable(const Reverse *r, const Node *n)
{
    if (n->op->grad != NULL)
        return true;
    diag_error(r->build.diag, n->span, "'%s' has no gradient, but the loss depends on it", n->op->name);
    return false;
}

static void arrive(Reverse *r, NodeId at, NodeId gradient)
{
    if (gradient == NODE_NONE)
        return;
    NodeId sum = r->gradient[at];
    r->gradient[at] = sum == NODE_NONE ? gradient : build_binary(&r->build, &op_add, sum, gradient);
}

static bool visit(Reverse *r, NodeId id)
{
    Graph *g = r->build.graph;
    const Node n = *graph_node(g, id); /* a copy: the array moves while nodes are added */
    if (n.input_count == 0)
        return true;
    if (!check_differentiable(r, &n))
        return false;
    bool *needed = arena_array(g->arena, bool, n.input_count);
    NodeId *d_inputs = arena_array(g->arena, NodeId, n.input_count);
    bool is_needed = false;
    for (int i = 0; i < n.input_count; i++) {
        needed[i] = r->influences[n.inputs[i]];
        d_inputs[i] = NODE_NONE;
        is_needed |= needed[i];
    }
    if (!is_needed)
        return true;
    r->build.layer = n.layer;
    r->build.span = n.span;
    r->build.origin = id;
    r->build.name = str_format(g->arena, "d_%.*s", STR_ARGS(n.name));
    n.op->grad(&r->build, id, r->gradient[id], needed, d_inputs);
    for (int i = 0; i < n.input_count; i++)
        if (needed[i])
            arrive(r, n.inputs[i], d_inputs[i]);
    return true;
}

bool graph_gradients(Graph *g, Diag *diag, NodeId of, NodeId seed, const NodeId *with, int with_count,
                     NodeId *gradients)
{
    Reverse r = {.count = g->nodes.count};
    r.build = (Build){.graph = g, .diag = diag, .mode = MODE_TRAINING, .role = ROLE_BACKWARD,
                      .layer = -1, .origin = NODE_NONE};
    r.influences = arena_array(g->arena, bool, r.count);
    r.gradient = arena_array(g->arena, NodeId, r.count);
    for (NodeId id = 0; id < r.count; id++)
        r.gradient[id] = NODE_NONE;
    find_influences(&r, with, with_count);
    CHECK(seed != NODE_NONE || shape_elements(graph_node(g, of)->shape) == 1);
    r.gradient[of] = seed != NODE_NONE ? seed : build_number(&r.build, 1);
    bool ok = true;
    for (NodeId id = of; id >= 0; id--)
        if (r.influences[id] && r.gradient[id] != NODE_NONE)
            ok &= visit(&r, id);
    for (int i = 0; i < with_count; i++)
        gradients[i] = r.gradient[with[i]];
    return ok;
}

/* ---- the training step ----------------------------------------------------------------------- */
static NodeId scaled_sum(Build *b, const OpDef *op, NodeId x, double scale)
{
    uint32_t axes = (1u << graph_node(b->graph, x)->shape.rank) - 1u;
    NodeId sum = build_reduce(b, &op_reduce_sum, build_unary(b, op, x), axes, false, false);
    return build_binary(b, &op_mul, sum, build_number(b, scale));
}

/* l1*sum|w| + l2*sum(w*w) of one parameter, added to the loss so far. */
static NodeId add_penalties(Build *b, NodeId parameter, NodeId loss)
{
    const Leaf leaf = *graph_node(b->graph, parameter)->leaf;
    b->span = graph_node(b->graph, parameter)->span;
    b->name = STR("penalty");
    if (leaf.l1 > 0)
        loss = build_binary(b, &op_add, loss, scaled_sum(b, &op_abs, parameter, leaf.l1));
    if (leaf.l2 > 0)
        loss = build_binary(b, &op_add, loss, scaled_sum(b, &op_square, parameter, leaf.l2));
    return loss;
}

NodeId graph_total_loss(Graph *g, Diag *diag)
{
    if (g->total_loss != NODE_NONE || g->losses.count == 0)
        return g->total_loss;
    Build b = {.graph = g, .diag = diag, .mode = MODE_TRAINING, .role = ROLE_FORWARD, .layer = -1,
               .name = STR("loss"), .origin = NODE_NONE};
    NodeId total = g->losses.items[0].node;
    for (int i = 1; i < g->losses.count; i++)
        total = build_binary(&b, &op_add, total, g->losses.items[i].node);
    int count = g->nodes.count;
    for (NodeId id = 0; id < count; id++) {
        const Node *n = graph_node(g, id);
        if (n->leaf != NULL && n->leaf->kind == LEAF_PARAMETER)
            total = add_penalties(&b, id, total);
    }
    g->total_loss = total;
    return total;
}

bool graph_training_step(Graph *g, Diag *diag, const OpDef *optimizer, const AttrValue *attrs, Span span)
{
    NodeId loss = graph_total_loss(g, diag);
    NodeIds parameters = {0};
    for (NodeId id = 0; id < g->nodes.count; id++) {
        const Node *n = graph_node(g, id);
        if (n->leaf != NULL && n->leaf->kind == LEAF_PARAMETER && !n->leaf->is_frozen)
            vec_push(g->arena, &parameters, id);
    }
    NodeId *gradients = arena_array(g->arena, NodeId, parameters.count);
    if (!graph_gradients(g, diag, loss, NODE_NONE, parameters.items, parameters.count, gradients))
        return false;
    Build b = {.graph = g, .diag = diag, .mode = MODE_TRAINING, .role = ROLE_UPDATE, .layer = -1,
               .span = span, .origin = NODE_NONE};
    NodeId rate = build_scalar(&b, SCALAR_RATE);
    int updated = 0;
    for (int i = 0; i < parameters.count; i++) {
        if (gradients[i] == NODE_NONE)
            continue;
        b.layer = graph_node(g, parameters.items[i])->layer;
        b.name = graph_node(g, parameters.items[i])->name;
        optimizer->update(&b, attrs, parameters.items[i], gradients[i], rate);
        updated++;
    }
    if (updated == 0)
        diag_error(diag, span, "there is nothing to train: the loss depends on no parameter");
    return updated > 0;
}
