/* lower_gather.c: rows of a table by number, and sums into such rows.
 *
 * Sums are made in memory of their own, where the same row may be met many times; each unit of the
 * work has some columns and goes through all samples in order, so the sums do not depend on the
 * number of threads. A second kernel takes them on to the maps that follow. */
#include "kernel/lower.h"

#include "graph/graph.h"
#include "ops/op.h"

enum { COLUMN_BLOCK = 16 }; /* columns of a unit: one or two vectors */

/* The number at a position, kept inside the table. */
static Expr *row_at(Lowering *l, NodeId index, const Position *at, int64_t rows)
{
    Expr *number = lower_value(l, index, at);
    if (graph_node(l->graph, index)->type == TYPE_U8)
        number = expr_cast(l->arena, "int", number);
    Expr *args[2] = {number, expr_int(l->arena, rows)};
    return expr_call(l->arena, "nn_row", 2, args);
}

static void gather_source(Lowering *l, const Node *n, const Position *at, Position *source)
{
    Position place = *at;
    place.rank--;
    int64_t rows = graph_node(l->graph, n->inputs[0])->shape.dim[0];
    *source = (Position){.rank = 2};
    source->index[0] = row_at(l, n->inputs[1], &place, rows);
    source->index[1] = at->index[at->rank - 1];
}

void lower_gather(Lowering *l, NodeId node)
{
    lower_view(l, node, gather_source);
}

/* Loops over the places that hold a number; fills `at` for vectors, whose last index is missing. */
static Block *place_loops(Lowering *l, Shape from, Block *block, Position *at)
{
    Arena *arena = l->arena;
    *at = (Position){.rank = from.rank};
    if (from.has_batch) {
        Str n = lower_name(l, STR("n"));
        block = block_loop(arena, block, n, lower_batch(l));
        at->batch = expr_name(arena, n);
    }
    for (int d = 0; d + 1 < from.rank; d++) {
        Str name = lower_name(l, str_from(lower_axis_letter(from.rank, d)));
        block = block_loop(arena, block, name, expr_int(arena, from.dim[d]));
        at->index[d] = expr_name(arena, name);
    }
    return block;
}

static void scatter(Lowering *l, NodeId node, int sums)
{
    Arena *arena = l->arena;
    const Node *n = graph_node(l->graph, node);
    Shape from = graph_node(l->graph, n->inputs[0])->shape;
    int64_t rows = n->shape.dim[0], columns = n->shape.dim[1];
    Kernel *k = lower_begin(l, node, "sums");
    *(from.has_batch ? &k->flops : &k->fixed_flops) += 2 * shape_elements(from);
    k->fixed_flops += rows * columns;
    k->division = DIVIDE_UNITS;
    k->units = expr_int(arena, (columns + COLUMN_BLOCK - 1) / COLUMN_BLOCK);
    k->unit_name = lower_name(l, STR("columns"));
    Str pointer = lower_buffer_pointer(l, sums, true);
    lower_buffer_pointer(l, sums, false);
    Expr *first = expr_name(arena, lower_name(l, STR("first_column")));
    Expr *end = expr_name(arena, lower_name(l, STR("end_column")));
    Expr *width = expr_int(arena, COLUMN_BLOCK), *all = expr_int(arena, columns);
    block_add(arena, &k->body,
              stmt_declare(arena, "const int", first->name,
                           expr_mul(arena, expr_name(arena, k->unit_name), width)));
    Expr *full = expr_add(arena, first, width);
    block_add(
        arena, &k->body,
        stmt_declare(arena, "const int", end->name,
                     columns % COLUMN_BLOCK == 0
                         ? full
                         : expr_select(arena, expr_binary(arena, "<", full, all), full, all)));
    Str row = lower_name(l, STR("row")), c = lower_name(l, STR("c"));
    Expr *start = expr_mul(arena, expr_name(arena, row), all);
    Expr *target = expr_load(arena, pointer, expr_add(arena, start, expr_name(arena, c)));
    Stmt *clear_rows = stmt_for(arena, row, expr_int(arena, 0), expr_int(arena, rows), 1);
    Stmt *clear = stmt_for(arena, c, first, end, 1);
    block_add(arena, &clear->body, stmt_set(arena, target, "=", expr_real(arena, 0)));
    block_add(arena, &clear_rows->body, clear);
    block_add(arena, &k->body, clear_rows);
    Position at;
    Block *block = place_loops(l, from, &k->body, &at);
    Position place = at;
    place.rank--;
    block_add(arena, block,
              stmt_declare(arena, "const int", row, row_at(l, n->inputs[1], &place, rows)));
    Stmt *add = stmt_for(arena, c, first, end, 1);
    at.index[at.rank - 1] = expr_name(arena, c);
    block_add(arena, &add->body, stmt_set(arena, target, "+=", lower_value(l, n->inputs[0], &at)));
    block_add(arena, block, add);
}

void lower_scatter_add(Lowering *l, NodeId node)
{
    Arena *arena = l->arena;
    const Node *n = graph_node(l->graph, node);
    int64_t columns = n->shape.dim[1];
    int sums = lower_scratch(l, "sums", TYPE_F32, n->shape.dim[0] * columns, 0);
    scatter(l, node, sums);
    Kernel *k = lower_begin(l, node, "");
    k->fixed_flops = 2 * shape_elements(n->shape);
    Position at;
    Block *block = lower_loops(l, n->shape, &at);
    Expr *index =
        expr_add(arena, expr_mul(arena, at.index[0], expr_int(arena, columns)), at.index[1]);
    Str pointer = lower_buffer_pointer(l, sums, false);
    lower_after(l, block, &at, expr_load(arena, pointer, index));
    lower_halos(l);
}
