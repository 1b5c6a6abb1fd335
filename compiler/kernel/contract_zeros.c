/* contract_zeros.c: products of one sample that leave out its zeros.
 *
 *     y[o] = sum over c of x[c] * w[c, o]
 *
 * A weight is used once, so such a product takes as long as reading w. After a relu about half of x is exactly
 * zero, and so is most of a drawing's background: the rows of w that meet those need not be read. A list of
 * the others is made first:
 *
 *     rows = 0, 3, 4, 8 ...                 c where x[c] != 0, in order
 *     for k in rows
 *         sum += x[k] * w[k]
 *
 * Rows with gaps between them are no stream that a processor would fetch by itself, so each step asks for a later
 * one. The bits stay the same, since nothing but zeros is left out of each sum and the rest keeps its order, as long
 * as weights are finite numbers. */
#include "kernel/contract.h"

/* For shorter rows, a list costs as much as it saves: about a nanosecond for an element of x, in which time 28
 * bytes of w are read. */
enum { LEAST_COLUMNS = 32, LEAST_COLUMNS_OF_BYTES = 128, LINE_FLOATS = 16 /* of a cache line */ };

/* Are elements of the value often exactly zero? Bytes come from pictures, which may have a background or not. */
static bool has_zeros(const Graph *g, NodeId value, int64_t columns, int depth)
{
    enum { MOST_DEPTH = 8 }; /* far enough for what stands between a relu and a dense layer */
    const Node *n = graph_node(g, value);
    if (depth > MOST_DEPTH)
        return false;
    if (n->op->makes_zeros)
        return true;
    if (n->leaf != NULL)
        return n->leaf->kind == LEAF_INPUT && n->type == TYPE_U8 && columns >= LEAST_COLUMNS_OF_BYTES;
    if (n->op == &op_mul)
        return has_zeros(g, n->inputs[0], columns, depth + 1) || has_zeros(g, n->inputs[1], columns, depth + 1);
    bool keeps_zeros = n->op->family == FAMILY_VIEW || n->op == &op_window_max || n->op == &op_cast ||
                       n->op == &op_minimum || n->op == &op_div;
    return keeps_zeros && has_zeros(g, n->inputs[0], columns, depth + 1);
}

bool contract_leaves_out_zeros(const Lowering *l, const ContractForm *form)
{
    return l->program->batch == 1 && form->kind == CONTRACT_FORWARD && form->spatial == 0 && form->groups == 1 &&
           form->o >= LEAST_COLUMNS && 4 * form->c * form->o > FETCH_AHEAD_BYTES &&
           has_zeros(l->graph, form->x, form->o, 0);
}

NeededRows contract_needed_rows(Lowering *l, Block *block, Expr *x, Expr *count, int64_t most)
{
    CHECK(most <= UINT16_MAX + 1);
    Arena *arena = l->arena;
    NeededRows rows = {lower_name(l, STR("needed")), lower_name(l, STR("count"))};
    block_add(arena, block, stmt_comment(arena, STR("rows that meet a zero add nothing: they are not read")));
    Stmt *list = stmt_array(arena, "uint16_t", rows.list, 1);
    list->to = plus(arena, expr_name(arena, STR("NN_ROWS_AHEAD")), most);
    block_add(arena, block, list);
    Expr *args[] = {expr_name(arena, rows.list), x, count};
    lower_declare(l, block, rows.count, expr_call(arena, "nn_needed_rows", 3, args));
    return rows;
}

void contract_add_needed_loop(Lowering *l, Tile *t, const NeededRows *rows)
{
    Arena *arena = l->arena;
    Str k = lower_name(l, STR("k"));
    Expr *row = expr_load(arena, rows->list, expr_name(arena, k)), *start = t->b_index;
    Expr *later = expr_add(arena, expr_name(arena, k), expr_name(arena, STR("NN_ROWS_AHEAD")));
    t->loop[t->loop_count].name = k;
    t->loop[t->loop_count].from = expr_int(arena, 0);
    t->loop[t->loop_count].to = expr_name(arena, rows->count);
    t->loop_count++;
    t->a_index = expr_add(arena, t->a_index, row);
    t->b_index = expr_add(arena, start, scaled(arena, row, t->columns));
    Expr *ahead = expr_add(arena, start, scaled(arena, expr_load(arena, rows->list, later), t->columns));
    for (int line = 0; line < t->columns; line += LINE_FLOATS) {
        t->ahead[t->ahead_count].pointer = t->b;
        t->ahead[t->ahead_count++].index = plus(arena, ahead, line);
    }
}
