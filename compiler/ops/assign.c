/* assign.c: a leaf's value for the next step. */
#include "graph/build.h"
#include "ops/op.h"

#include <string.h>

static bool assign_infer(Build *b, const Call *call, Inferred *inferred)
{
    const Node *leaf = graph_node(b->graph, call->inputs[0]);
    const Node *value = graph_node(b->graph, call->inputs[1]);
    CHECK(leaf->leaf != NULL && shape_equal(leaf->shape, value->shape));
    inferred->shape = leaf->shape;
    return true;
}

static void assign_eval(const EvalCall *call)
{
    memcpy(call->out, call->in[1], (size_t)shape_elements(call->node->shape) * sizeof *call->out);
}

const OpDef op_assign = {
    .name = "assign",
    .family = FAMILY_ASSIGN,
    .summary = "the new value of a leaf",
    .doc = "leaf := value, after everything that reads the leaf's old value",
    .inputs = {"leaf", "value"},
    .infer = assign_infer,
    .eval = assign_eval,
};
