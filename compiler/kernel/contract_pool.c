/* contract_pool.c: a maximum over windows of a convolution's result, taken while the result is in registers.
 *
 * Windows that do not overlap ask for each point of a convolution once at most. A tile then holds all points of
 * some windows, and only their maxima (and which points they were, a byte each) go to memory:
 *
 *     points of a tile, windows of 2 x 2          rows, window by window
 *         |0 1|0 1|0 1|                               0 1 2 3   0 1 2 3   0 1 2 3
 *         |2 3|2 3|2 3|
 *
 * The convolution itself is stored nowhere. Its group has it as the root, the windows as siblings, and the
 * shape of the windows as the domain (fuse.c). */
#include "kernel/contract_winograd.h"

#include "ops/window.h"

static bool is_pool(const Node *n)
{
    return n->op == &op_window_max || n->op == &op_window_argmax;
}

static bool fits_squares(const ContractForm *form, const WindowForm *window)
{
    for (int axis = 0; axis < 2; axis++)
        if (form->axis[axis].dilation != 1 || form->points % window->kernel[axis] != 0)
            return false;
    return true;
}

bool contract_can_pool(const Graph *g, NodeId product, NodeId window)
{
    const Node *n = graph_node(g, product);
    if (n->op->family != FAMILY_CONTRACT || !is_pool(graph_node(g, window)))
        return false;
    ContractForm form = contract_form(g, product);
    const Node *kernel = graph_node(g, n->inputs[1]);
    bool is_parameter = kernel->leaf != NULL && kernel->leaf->kind == LEAF_PARAMETER;
    bool is_packed = is_parameter || kernel->op == &op_winograd_kernel; /* layout.c keeps these in panels */
    if (form.kind != CONTRACT_FORWARD || form.spatial == 0 || !is_packed || contract_is_depthwise(&form))
        return false;
    WindowForm f = window_form(g, graph_node(g, window));
    for (int axis = 0; axis < 2; axis++)
        if (f.stride[axis] != f.kernel[axis] || f.before[axis] > 0 || f.out[axis] * f.stride[axis] > f.in[axis])
            return false;
    int64_t points = f.kernel[0] * f.kernel[1];
    return points > 1 && points <= MOST_POOL_POINTS && (form.points == 0 || fits_squares(&form, &f));
}

Pool contract_pool_of_group(const Lowering *l)
{
    const NodeIds *windows = &l->group->siblings;
    Pool pool = {.size = {1, 1}, .points = 1};
    if (windows->count == 0)
        return pool;
    WindowForm f = window_form(l->graph, graph_node(l->graph, windows->items[0]));
    for (int axis = 0; axis < 2; axis++) {
        pool.size[axis] = f.kernel[axis];
        pool.out[axis] = f.out[axis];
    }
    pool.points = f.kernel[0] * f.kernel[1];
    for (int i = 0; i < windows->count; i++)
        pool.has_where = pool.has_where || graph_node(l->graph, windows->items[i])->op == &op_window_argmax;
    return pool;
}

void contract_pool_after(Lowering *l, Block *block, const Pool *pool, Expr *const *points, const Position *at)
{
    Best b = lower_best_of(l, block, points, pool->points, pool->has_where);
    lower_windows_known(l, b.best, b.where);
    lower_after(l, block, at, NULL);
}
