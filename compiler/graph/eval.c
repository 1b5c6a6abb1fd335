/* eval.c: the reference evaluation of a graph, node by node, in double. Slow and obvious: what the
 * generated C is compared with. */
#include "graph/build.h"

static int64_t value_count(const Node *n, int64_t batch)
{
    return shape_elements(n->shape) * (n->shape.has_batch ? batch : 1);
}

static double scalar_value(ScalarKind kind, const EvalContext *context)
{
    switch (kind) {
    case SCALAR_RATE: return context->rate;
    case SCALAR_STEP: return context->step;
    case SCALAR_BATCH: return (double)context->batch;
    }
    BUG("scalar kind %d", (int)kind);
}

/* Constants and scalars come from the graph and the context, all other leaves from the caller. */
static double *leaf_values(const Node *n, const EvalContext *context)
{
    int64_t count = value_count(n, context->batch);
    double *values = arena_array(context->arena, double, count);
    if (n->leaf->kind == LEAF_SCALAR)
        values[0] = scalar_value(n->leaf->scalar, context);
    else if (n->leaf->kind == LEAF_CONSTANT)
        for (int64_t i = 0; i < count; i++)
            values[i] = n->leaf->values[i];
    else
        BUG("no values were given for '%.*s'", STR_ARGS(n->name));
    return values;
}

void graph_eval(const Graph *g, const EvalContext *context, double **values)
{
    for (NodeId id = 0; id < g->nodes.count; id++) {
        const Node *n = graph_node(g, id);
        if (values[id] != NULL)
            continue;
        if (n->leaf != NULL) {
            values[id] = leaf_values(n, context);
            continue;
        }
        const double **in = arena_array(context->arena, const double *, n->input_count);
        for (int i = 0; i < n->input_count; i++)
            in[i] = values[n->inputs[i]];
        values[id] = arena_array(context->arena, double, value_count(n, context->batch));
        EvalCall call = {.graph = g, .node = n, .in = in, .out = values[id], .context = context};
        n->op->eval(&call);
    }
}
