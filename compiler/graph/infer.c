/* infer.c: what can be said of a node without running it. Shapes are known when it is built; here
 * is its cost. */
#include "graph/graph.h"
#include "ops/contract.h"
#include "ops/op.h"
#include "ops/scan.h"

/* An elementwise operation counts as one; a product with its addition as two. Where an operator
 * reads more than it writes (sums, pooling, rows) each element read counts. */
int64_t node_flops(const Graph *g, const Node *n)
{
    if (n->contract != NULL)
        return contract_flops(n->contract);
    if (n->op->family == FAMILY_SCAN)
        return scan_flops(g, n);
    if (n->op->family == FAMILY_LEAF || n->op->family == FAMILY_VIEW ||
        n->op->family == FAMILY_ASSIGN)
        return 0;
    int64_t most = shape_elements(n->shape);
    if (n->op->family == FAMILY_MAP)
        return most;
    for (int i = 0; i < n->input_count; i++) {
        int64_t elements = shape_elements(graph_node(g, n->inputs[i])->shape);
        most = elements > most ? elements : most;
    }
    return most;
}
