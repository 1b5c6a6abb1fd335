/* verify.c: is a graph what graph.h says? Run between passes: a pass that breaks an invariant is
 * found where it happens. Shapes are checked by asking the operators' own rules again. */
#include "front/diag.h"
#include "graph/build.h"
#include "graph/graph.h"
#include "ops/op.h"

typedef struct Verify {
    Arena *arena;
    const Graph *graph;
    Graph *names; /* empty; its table of names finds a name that comes twice */
    Str error;    /* the first one */
} Verify;

static void fail(Verify *v, const Node *n, const char *what)
{
    if (v->error.len == 0)
        v->error = str_format(v->arena, "'%.*s' (%s): %s", STR_ARGS(n->name), n->op->name, what);
}

static bool is_node(const Graph *g, NodeId id)
{
    return id >= 0 && id < g->nodes.count;
}

/* ---- one node -------------------------------------------------------------------------------- */
static void verify_leaf(Verify *v, const Node *n)
{
    if (n->op->family != FAMILY_LEAF || n->input_count != 0)
        fail(v, n, "a leaf must have no inputs");
    if (n->leaf->kind == LEAF_NONE)
        fail(v, n, "a leaf must say what it stands for");
    bool has_batch = n->leaf->kind == LEAF_INPUT || n->leaf->kind == LEAF_TARGET;
    if (n->shape.has_batch && !has_batch)
        fail(v, n, "only inputs and targets have a batch");
    if (n->leaf->kind == LEAF_CONSTANT && n->leaf->values == NULL)
        fail(v, n, "a constant must have values");
    if (n->leaf->kind == LEAF_OPTIMIZER && !is_node(v->graph, n->leaf->owner))
        fail(v, n, "optimizer state must belong to a parameter");
}

static void verify_shape(Verify *v, const Node *n)
{
    Diag diag = {.error_count = DIAG_MAX_ERRORS}; /* full: it prints nothing */
    diag.arena = v->arena;
    Build build = {.diag = &diag, .layer = -1, .origin = NODE_NONE};
    build.graph = (Graph *)(uintptr_t)v->graph; /* shape rules only read it */
    Call call = {.op = n->op,
                 .inputs = n->inputs,
                 .input_count = n->input_count,
                 .attrs = n->attrs,
                 .contract = n->contract};
    Inferred inferred = {.type = TYPE_F32};
    if (!n->op->infer(&build, &call, &inferred))
        fail(v, n, "the inputs do not fit");
    else if (!shape_equal(inferred.shape, n->shape))
        fail(v, n, "the shape is not what the operator's rule says");
    else if (inferred.type != n->type || inferred.classes != n->classes)
        fail(v, n, "the type is not what the operator's rule says");
}

static void verify_node(Verify *v, NodeId id)
{
    const Node *n = graph_node(v->graph, id);
    Str name = graph_unique_name(v->names, n->name);
    if (!str_equal(name, n->name))
        fail(v, n, "the name is taken");
    int64_t elements;
    if (!shape_count(n->shape, &elements) || elements < 1)
        fail(v, n, "the tensor has no elements or too many");
    if (n->layer >= v->graph->layers.count)
        fail(v, n, "there is no such layer");
    if (n->leaf != NULL) {
        verify_leaf(v, n);
        return;
    }
    if (n->op->infer == NULL || n->op->eval == NULL) {
        fail(v, n, "is no operator");
        return;
    }
    for (int i = 0; i < n->input_count; i++)
        if (n->inputs[i] < 0 || n->inputs[i] >= id) {
            fail(v, n, "an input does not come before it");
            return;
        }
    verify_shape(v, n);
}

/* ---- results --------------------------------------------------------------------------------- */
static void verify_results(Verify *v, const Results *results, bool is_number)
{
    for (int i = 0; i < results->count && v->error.len == 0; i++) {
        if (!is_node(v->graph, results->items[i].node)) {
            v->error =
                str_format(v->arena, "result '%.*s' is no node", STR_ARGS(results->items[i].name));
            return;
        }
        const Node *n = graph_node(v->graph, results->items[i].node);
        bool has_totals = results->items[i].finish.finish != NULL;
        if (is_number && (n->shape.has_batch || (n->shape.rank > 0 && !has_totals) ||
                          n->type != TYPE_F32))
            fail(v, n, "a loss or metric must be one number");
    }
}

static void verify_leaves(Verify *v, const NodeIds *ids, LeafKind kind)
{
    for (int i = 0; i < ids->count; i++) {
        const Node *n = graph_node(v->graph, ids->items[i]);
        if (n->leaf == NULL || n->leaf->kind != kind)
            fail(v, n, "is listed as an input or target, but is none");
    }
}

Str graph_verify(Arena *arena, const Graph *g)
{
    Arena scratch = {0};
    Verify v = {.arena = arena, .graph = g, .names = graph_new(&scratch)};
    graph_reserve(v.names, g->nodes.count);
    for (NodeId id = 0; id < g->nodes.count && v.error.len == 0; id++)
        verify_node(&v, id);
    verify_leaves(&v, &g->inputs, LEAF_INPUT);
    verify_leaves(&v, &g->targets, LEAF_TARGET);
    verify_results(&v, &g->outputs, false);
    verify_results(&v, &g->losses, true);
    verify_results(&v, &g->metrics, true);
    for (int i = 0; i < g->effects.count; i++)
        if (graph_node(g, g->effects.items[i])->op->family != FAMILY_ASSIGN)
            fail(&v, graph_node(g, g->effects.items[i]), "is listed as an effect, but is none");
    for (int i = 0; i < g->penalties.count; i++) {
        const Node *n = graph_node(g, g->penalties.items[i]);
        if (n->shape.has_batch || n->shape.rank > 0 || n->type != TYPE_F32)
            fail(&v, n, "a penalty must be one number");
    }
    for (int i = 0; i < g->held.count; i++)
        if (graph_node(g, g->held.items[i])->leaf == NULL)
            fail(&v, graph_node(g, g->held.items[i]), "is held, but is no leaf");
    for (int i = 0; i < g->layers.count && v.error.len == 0; i++)
        if (g->layers.items[i].output != NODE_NONE && !is_node(g, g->layers.items[i].output))
            v.error =
                str_format(arena, "layer '%.*s' has no output", STR_ARGS(g->layers.items[i].name));
    arena_free(&scratch);
    return v.error;
}
