/* elab_freeze.c: which layers are not trained.
 *
 * 'freeze(base)' freezes all that 'base' is computed from. Elaboration runs twice then: first to
 * learn what stands before the frozen tensors, by the names of layers, then with those layers
 * frozen (see elaborate). A layer that holds frozen parameters is frozen as a whole, wherever its
 * parameters are used. */
#include "front/elab.h"

static bool *nodes_before(const Elab *e, NodeId node)
{
    const Graph *g = e->build.graph;
    bool *reached = arena_array(e->arena, bool, g->nodes.count);
    reached[node] = true;
    for (NodeId id = node; id >= 0; id--) {
        const Node *n = graph_node(g, id);
        for (int i = 0; reached[id] && i < n->input_count; i++)
            reached[n->inputs[i]] = true;
    }
    return reached;
}

static bool is_parameter(const Node *n)
{
    return n->leaf != NULL && n->leaf->kind == LEAF_PARAMETER;
}

void elab_freeze(Elab *e, const AstStmt *stmt)
{
    const Graph *g = e->build.graph;
    for (int i = 0; i < stmt->results.count; i++) {
        const AstExpr *expr = stmt->results.items[i];
        if (expr->kind != AST_NAME && expr->kind != AST_INDEX) {
            diag_error(e->diag, expr->span, "'freeze' needs the name of a tensor");
            diag_help(e->diag, "give the last tensor of the frozen part a name first");
            continue;
        }
        Value value = elab_expr(e, expr, (Str){0});
        NodeId node = elab_tensor(e, &value, false);
        if (node == NODE_NONE)
            continue;
        bool *reached = nodes_before(e, node);
        bool has_parameter = false;
        for (NodeId id = 0; id <= node; id++)
            has_parameter = has_parameter || (reached[id] && is_parameter(graph_node(g, id)));
        if (has_parameter) {
            vec_push(e->arena, &e->freezes, (Freeze){node, expr->span});
            continue;
        }
        Str text = source_text(e->diag->sources, expr->span);
        diag_error(e->diag, expr->span,
                   "there is nothing to freeze: '%.*s' depends on no parameter", STR_ARGS(text));
    }
}

Strs elab_frozen_layers(Elab *e)
{
    const Graph *g = e->build.graph;
    bool *is_frozen = arena_array(e->arena, bool, g->layers.count);
    Strs names = {0};
    for (int i = 0; i < e->freezes.count; i++) {
        bool *reached = nodes_before(e, e->freezes.items[i].node);
        for (NodeId id = 0; id < g->nodes.count; id++)
            if (reached[id] && graph_node(g, id)->layer >= 0)
                is_frozen[graph_node(g, id)->layer] = true;
    }
    for (int i = 0; i < g->layers.count; i++)
        if (is_frozen[i])
            vec_push(e->arena, &names, g->layers.items[i].name);
    return names;
}

void elab_check_frozen(Elab *e)
{
    const Graph *g = e->build.graph;
    if (e->freezes.count == 0)
        return;
    for (NodeId id = 0; id < g->nodes.count; id++)
        if (is_parameter(graph_node(g, id)) && !graph_node(g, id)->leaf->is_frozen)
            return;
    StrBuf names = {.arena = e->arena};
    int count = 0;
    for (int i = 0; i < g->layers.count; i++)
        if (g->layers.items[i].parameter_count > 0 && ++count <= 5)
            buf_add(&names, "%s'%.*s'", count > 1 ? ", " : "", STR_ARGS(g->layers.items[i].name));
    if (count > 5)
        buf_add(&names, " and %d more", count - 5);
    const Freeze *last = &e->freezes.items[e->freezes.count - 1];
    diag_error(e->diag, last->span,
               "nothing is left to train: every layer with parameters is frozen");
    diag_note(e->diag, SPAN_NONE, "frozen are %.*s", STR_ARGS(buf_str(&names)));
    diag_help(e->diag, "freeze a tensor before the last layers");
}
