/* lower_scan_grad.c: the walk back over the steps. See lower_scan.c for its form. */
#include "kernel/lower_scan.h"

/* ---- backward -------------------------------------------------------------------------------- */
enum { GRU_CANDIDATE = 3 }; /* segment: gradient of the candidate before the reset gate */

/* sums = what reaches the hidden state of this step, but for the product; under a mask, which is
 * for the product alone, it waits in a segment of its own. */
static void add_arriving(const Walk *w, Block *block, Expr *d)
{
    block = walk_loop(w, walk_rows(w, block), w->c, w->f.units);
    if (w->f.kind == CELL_GRU)
        d = d ? walk_plus(w, d, walk_state(w, w->carry, w->c)) : walk_state(w, w->carry, w->c);
    if (d == NULL)
        d = expr_real(w->l->arena, 0);
    if (w->mask != NEVER) {
        walk_set(w, block, walk_state(w, w->arriving, w->c), d);
        d = expr_real(w->l->arena, 0);
    }
    walk_set(w, block, walk_sum(w, w->c), d);
}

/* Both together, after the product. */
static Expr *hidden_gradient(const Walk *w)
{
    if (w->mask == NEVER)
        return walk_sum(w, w->c);
    return walk_plus(w, walk_state(w, w->arriving, w->c),
                     walk_times(w, walk_sum(w, w->c), walk_state(w, w->mask, w->c)));
}

/* The state that the step began with: hidden in a GRU, cell in an LSTM. */
static void add_before(const Walk *w, Block *block)
{
    if (w->before == NEVER)
        return;
    Arena *arena = w->l->arena;
    Expr *target = walk_state(w, w->before, w->c);
    Block *first = block;
    if (w->f.steps > 1) {
        Stmt *test = stmt_if(arena, expr_binary(arena, ">", w->t, expr_int(arena, 0)));
        Position at = walk_trace_place(w, plus(arena, w->t, -1), w->f.parts - 1);
        walk_set(w, walk_loop(w, &test->body, w->c, w->f.lanes), target,
                 lower_value(w->l, w->node->inputs[SCAN_GRAD_TRACE], &at));
        block_add(arena, block, test);
        first = &test->other;
    }
    walk_set(w, walk_loop(w, first, w->c, w->f.units), target,
             walk_first_state(w, SCAN_GRAD_STATE, w->f.states - 1));
}

static Expr *traced(const Walk *w, Block *block, const char *name, int part)
{
    Position at = walk_trace_place(w, w->t, part);
    return walk_hold(w, block, name, lower_value(w->l, w->node->inputs[SCAN_GRAD_TRACE], &at));
}

/* Gradients of one lane: of the gates into their segments, of the states into the carry. */
static void add_cell_gradient(const Walk *w, Block *block)
{
    const CellForm *f = &w->f;
    Arena *arena = w->l->arena;
    Expr *d = walk_hold(w, block, "d_h", hidden_gradient(w));
    switch (f->kind) {
    case CELL_RNN: {
        Expr *h = f->activation != CELL_NONE ? traced(w, block, "h", 0)
                                             : NULL; /* else nothing needs it */
        walk_set(w, block, walk_state(w, 0, w->c), walk_through(w, f->activation, h, d));
        break;
    }
    case CELL_GRU: {
        Expr *update = traced(w, block, "update", 0), *reset = traced(w, block, "reset", 1);
        Expr *candidate = traced(w, block, "candidate", 2),
             *product = traced(w, block, "product", 3);
        Expr *change = expr_binary(arena, "-", walk_state(w, w->before, w->c), candidate);
        Expr *d_candidate = walk_through(w, f->activation, candidate,
                                         walk_times(w, d, walk_rest_of_one(w, update)));
        d_candidate = walk_hold(w, block, "d_candidate", d_candidate);
        walk_set(w, block, walk_state(w, 0, w->c),
                 walk_through(w, f->recurrent, update, walk_times(w, d, change)));
        walk_set(w, block, walk_state(w, 1, w->c),
                 walk_through(w, f->recurrent, reset, walk_times(w, d_candidate, product)));
        walk_set(w, block, walk_state(w, 2, w->c), walk_times(w, d_candidate, reset));
        walk_set(w, block, walk_state(w, GRU_CANDIDATE, w->c), d_candidate);
        walk_set(w, block, walk_state(w, w->carry, w->c), walk_times(w, d, update));
        break;
    }
    case CELL_LSTM: {
        Expr *input = traced(w, block, "input", 0), *forget = traced(w, block, "forget", 1);
        Expr *candidate = traced(w, block, "candidate", 2), *output = traced(w, block, "output", 3);
        Expr *shown = traced(w, block, "cell", 4);
        shown = walk_hold(w, block, "shown", walk_applied(w, f->activation, shown));
        Expr *d_cell = walk_through(w, f->activation, shown, walk_times(w, d, output));
        d_cell = walk_hold(w, block, "d_cell", walk_plus(w, walk_state(w, w->carry, w->c), d_cell));
        Expr *before = walk_state(w, w->before, w->c);
        walk_set(w, block, walk_state(w, 0, w->c),
                 walk_through(w, f->recurrent, input, walk_times(w, d_cell, candidate)));
        walk_set(w, block, walk_state(w, 1, w->c),
                 walk_through(w, f->recurrent, forget, walk_times(w, d_cell, before)));
        walk_set(w, block, walk_state(w, 2, w->c),
                 walk_through(w, f->activation, candidate, walk_times(w, d_cell, input)));
        walk_set(w, block, walk_state(w, 3, w->c),
                 walk_through(w, f->recurrent, output, walk_times(w, d, shown)));
        walk_set(w, block, walk_state(w, w->carry, w->c), walk_times(w, d_cell, forget));
        break;
    }
    }
}

/* From the segments to the results [gates * units]. */
static void add_gate_results(const Walk *w, Block *block, NodeId product, NodeId input)
{
    Lowering *l = w->l;
    Arena *arena = l->arena;
    Expr *gate = w->f.gates == 1 ? expr_int(arena, 0) : w->g;
    block = walk_loop(w, walk_loop(w, block, gate, w->f.gates), w->c, w->f.units);
    Position at = walk_row(w, expr_add(arena, scaled(arena, gate, w->f.units), w->c));
    /* Gates 0, 1, 2 of a GRU's input are segments 0, 1, 3. */
    Expr *segment = w->f.kind == CELL_GRU
                        ? expr_add(arena, gate, expr_binary(arena, "/", gate, expr_int(arena, 2)))
                        : gate;
    Expr *d_product = walk_state_in(w, gate, w->c), *d_input = walk_state_in(w, segment, w->c);
    if (product == l->group->root || input == l->group->root) { /* maps after it may read both */
        if (product != l->group->root && product != NODE_NONE)
            lower_known(l, product, d_product);
        if (input != l->group->root && input != NODE_NONE)
            lower_known(l, input, d_input);
        walk_store(w, block, l->group->root, &at, product == l->group->root ? d_product : d_input);
        return;
    }
    walk_store(w, block, product, &at, d_product);
    walk_store(w, block, input, &at, d_input);
}

static void add_state_results(const Walk *w, Block *block, NodeId result)
{
    Arena *arena = w->l->arena;
    if (result == NODE_NONE)
        return;
    walk_note(w, block, "the states before the first step");
    add_arriving(w, block, NULL);
    walk_product(w, block);
    Expr *state = w->f.states == 1 ? expr_int(arena, 0) : w->g;
    block = walk_loop(w, walk_loop(w, walk_rows(w, block), state, w->f.states), w->c, w->f.units);
    Position at = {.batch = walk_sample(w),
                   .rank = 1,
                   .index = {expr_add(arena, scaled(arena, state, w->f.units), w->c)}};
    Expr *value = hidden_gradient(w);
    if (w->f.states > 1)
        value = expr_select(arena, expr_binary(arena, "==", state, expr_int(arena, 0)), value,
                            walk_state(w, w->carry, w->c));
    walk_store(w, block, result, &at, value);
}

void walk_backward(Walk *w, Block *block)
{
    Lowering *l = w->l;
    Arena *arena = l->arena;
    NodeId product = walk_member(l, &op_scan_grad), input = walk_member(l, &op_scan_input_grad);
    Block *whole = block;
    walk_clear(w, block);
    if (w->f.has_cell) {
        Position last = {.batch = walk_sample(w),
                         .rank = 2,
                         .index = {expr_int(arena, w->f.steps), w->c}};
        walk_set(w, walk_loop(w, walk_rows(w, block), w->c, w->f.units),
                 walk_state(w, w->carry, w->c),
                 lower_value(l, w->node->inputs[SCAN_GRAD_OUT], &last));
    }
    Expr *later =
        w->f.steps > 1 ? expr_name(arena, lower_name(l, STR("later"))) : expr_int(arena, 0);
    block = walk_loop(w, block, later, w->f.steps);
    if (w->f.steps > 1)
        block_add(arena, block,
                  stmt_declare(arena, "const int", w->t->name,
                               expr_binary(arena, "-", expr_int(arena, w->f.steps - 1), later)));
    Position at = walk_row(w, w->c);
    add_arriving(w, block, lower_value(l, w->node->inputs[SCAN_GRAD_OUT], &at));
    if (w->f.steps > 1) {
        Stmt *test = stmt_if(arena, expr_binary(arena, ">", later, expr_int(arena, 0)));
        walk_product(w, &test->body);
        block_add(arena, block, test);
    }
    Block *rows = walk_rows(w, block);
    add_before(w, rows);
    add_cell_gradient(w, walk_loop(w, rows, w->c, w->f.lanes));
    if (product != NODE_NONE || input != NODE_NONE)
        add_gate_results(w, rows, product, input);
    add_state_results(w, whole, walk_member(l, &op_scan_state_grad));
}
