/* lower_view.c: values that are other values' elements in another shape or place.
 *
 * A reshape shares its operand's memory when the layouts permit (layout decides), and then nothing is
 * left to do but the maps after it. Otherwise, and for slices, pads, joins and repetitions, elements
 * are copied. */
#include "kernel/lower.h"

#include "graph/graph.h"
#include "ops/op.h"

static void view_cost(Lowering *l, const Node *n)
{
    *(n->shape.has_batch ? &l->kernel->flops : &l->kernel->fixed_flops) += 2 * shape_elements(n->shape);
}

/* The kernel, and its loops over the result. */
static Block *begin_view(Lowering *l, NodeId node, Position *at)
{
    const Node *n = graph_node(l->graph, node);
    lower_begin(l, node, "");
    view_cost(l, n);
    return lower_loops(l, n->shape, at);
}

void lower_view(Lowering *l, NodeId node, ViewRule *source)
{
    const Node *n = graph_node(l->graph, node);
    Position at, from;
    Block *block = begin_view(l, node, &at);
    source(l, n, &at, &from);
    lower_after(l, block, &at, lower_value(l, n->inputs[0], &from));
    lower_halos(l);
}

/* The position in `shape` of the element with this row-major index (within a sample). */
static void split_index(Lowering *l, Expr *index, Shape shape, Position *to)
{
    Arena *arena = l->arena;
    to->rank = shape.rank;
    for (int d = shape.rank - 1; d >= 0; d--) {
        bool is_outermost = d == 0;
        Expr *extent = expr_int(arena, shape.dim[d]);
        to->index[d] = is_outermost ? index : expr_binary(arena, "%", index, extent);
        index = is_outermost ? index : expr_binary(arena, "/", index, extent);
    }
}

static void reshape_source(Lowering *l, const Node *n, const Position *at, Position *source)
{
    Arena *arena = l->arena;
    Shape from = graph_node(l->graph, n->inputs[0])->shape;
    Expr *index = expr_int(arena, 0);
    for (int d = 0; d < n->shape.rank; d++)
        index = expr_add(arena, expr_mul(arena, index, expr_int(arena, n->shape.dim[d])), at->index[d]);
    *source = (Position){.batch = at->batch};
    split_index(l, index, from, source);
}

void lower_reshape(Lowering *l, NodeId node)
{
    const Node *n = graph_node(l->graph, node);
    const Program *p = l->program;
    int memory = program_memory(p, p->buffer_of[node]);
    bool is_shared = memory >= 0 && memory == program_memory(p, p->buffer_of[n->inputs[0]]);
    if (!is_shared)
        lower_view(l, node, reshape_source);
    else if (l->group->after.count > 0)
        lower_map(l); /* the root's value is in memory already */
}

void lower_broadcast(Lowering *l, NodeId node)
{
    const Node *n = graph_node(l->graph, node);
    Position at;
    Block *block = begin_view(l, node, &at);
    lower_after(l, block, &at, lower_value(l, n->inputs[0], &at));
    lower_halos(l);
}

/* The inputs side by side along an axis: a loop nest for each. */
void lower_concat(Lowering *l, NodeId node, int axis)
{
    Arena *arena = l->arena;
    const Node *n = graph_node(l->graph, node);
    lower_begin(l, node, "");
    view_cost(l, n);
    int64_t first = 0;
    Kernel *k = l->kernel;
    bool outer_is_unit = n->shape.has_batch || axis > 0;
    Position at = {.rank = n->shape.rank};
    if (outer_is_unit) { /* the loop over units is outside all nests */
        k->division = DIVIDE_UNITS;
        k->unit_name = lower_name(l, n->shape.has_batch ? STR("n")
                                                        : str_from(lower_axis_letter(n->shape.rank, 0)));
        k->units = n->shape.has_batch ? lower_batch(l) : expr_int(arena, n->shape.dim[0]);
    }
    for (int i = 0; i < n->input_count; i++) {
        Shape in = graph_node(l->graph, n->inputs[i])->shape;
        Block *block = &k->body;
        int d = 0;
        at.batch = NULL;
        if (n->shape.has_batch)
            at.batch = expr_name(arena, k->unit_name);
        else if (outer_is_unit)
            at.index[d++] = expr_name(arena, k->unit_name);
        for (; d < n->shape.rank; d++) {
            Str name = lower_name(l, str_from(lower_axis_letter(n->shape.rank, d)));
            block = block_loop(arena, block, name, expr_int(arena, in.dim[d]));
            at.index[d] = expr_name(arena, name);
        }
        Expr *value = lower_value(l, n->inputs[i], &at);
        Position to = at;
        to.index[axis] = expr_add(arena, at.index[axis], expr_int(arena, first));
        l->values.count = 0;
        lower_after(l, block, &to, value);
        l->values.count = 0;
        first += in.dim[axis];
    }
    lower_halos(l);
}

void lower_slice(Lowering *l, NodeId node, int axis, int64_t first)
{
    const Node *n = graph_node(l->graph, node);
    Position at;
    Block *block = begin_view(l, node, &at);
    Position from = at;
    from.index[axis] = expr_add(l->arena, at.index[axis], expr_int(l->arena, first));
    lower_after(l, block, &at, lower_value(l, n->inputs[0], &from));
    lower_halos(l);
}

void lower_pad(Lowering *l, NodeId node, int axis, int64_t first)
{
    Arena *arena = l->arena;
    const Node *n = graph_node(l->graph, node);
    int64_t size = graph_node(l->graph, n->inputs[0])->shape.dim[axis];
    Position at;
    Block *block = begin_view(l, node, &at);
    Position from = at;
    from.index[axis] = expr_add(arena, at.index[axis], expr_int(arena, -first));
    Expr *low = expr_binary(arena, ">=", at.index[axis], expr_int(arena, first));
    Expr *high = expr_binary(arena, "<", at.index[axis], expr_int(arena, first + size));
    bool at_start = first == 0, at_end = first + size == n->shape.dim[axis];
    Expr *value = lower_value(l, n->inputs[0], &from);
    if (!at_start || !at_end)
        value = expr_select(arena, at_start ? high : at_end ? low : expr_binary(arena, "&&", low, high),
                            value, expr_real(arena, 0));
    lower_after(l, block, &at, value);
    lower_halos(l);
}
