/* eval.c: the reference evaluation, node by node in double. Slow and plain: it is what generated
 * code and gradients are compared with, and what folds constants. */
#include "graph/graph.h"
#include "ops/op.h"

#include <string.h>

static double scalar_value(const EvalContext *context, ScalarKind kind)
{
    switch (kind) {
    case SCALAR_RATE:
        return context->rate;
    case SCALAR_STEP:
        return context->step;
    case SCALAR_BATCH:
        return (double)context->batch;
    }
    BUG("scalar %d", (int)kind);
}

static int64_t value_count(const Node *n, int64_t batch)
{
    return shape_elements(n->shape) * (n->shape.has_batch ? batch : 1);
}

/* Leaves that are not the caller's business. */
static void set_leaf(const Node *n, const EvalContext *context, double **value)
{
    if (n->leaf->kind == LEAF_CONSTANT) {
        int64_t count = value_count(n, context->batch);
        *value = arena_array(context->arena, double, count);
        memcpy(*value, n->leaf->values, (size_t)count * sizeof **value);
    } else if (n->leaf->kind == LEAF_SCALAR) {
        *value = arena_array(context->arena, double, 1);
        **value = scalar_value(context, n->leaf->scalar);
    } else if (*value == NULL) {
        BUG("the value of '%.*s' is not given", STR_ARGS(n->name));
    }
}

static void eval_node(const Graph *g, const EvalContext *context, double **values, NodeId id)
{
    const Node *n = graph_node(g, id);
    const double **in = arena_array(context->arena, const double *, n->input_count + 1);
    for (int i = 0; i < n->input_count; i++)
        in[i] = values[n->inputs[i]];
    values[id] = arena_array(context->arena, double, value_count(n, context->batch));
    EvalCall call = {.graph = g, .node = n, .in = in, .out = values[id], .context = context};
    n->op->eval(&call);
}

void graph_eval(const Graph *g, const EvalContext *context, double **values)
{
    for (NodeId id = 0; id < g->nodes.count; id++) {
        const Node *n = graph_node(g, id);
        if (n->leaf != NULL)
            set_leaf(n, context, &values[id]);
        else
            eval_node(g, context, values, id);
    }
}
