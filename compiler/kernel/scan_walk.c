/* scan_walk.c: places in the memory of a walk over the steps, the statements that its two
 * directions are made of, and the product of a step. */
#include "kernel/lower_scan.h"

/* ---- places ---------------------------------------------------------------------------------- */
Expr *walk_sample(const Walk *w)
{
    return expr_add(w->l->arena, w->n, w->r);
}

Expr *walk_sum(const Walk *w, Expr *column)
{
    Arena *arena = w->l->arena;
    return expr_load(arena, w->sums,
                     expr_add(arena, scaled(arena, walk_sample(w), w->sums_room), column));
}

/* Lane `lane` of a segment of the state; the segment may be an expression. */
Expr *walk_state_in(const Walk *w, Expr *segment, Expr *lane)
{
    Arena *arena = w->l->arena;
    Expr *index = expr_add(arena, scaled(arena, walk_sample(w), w->state_room),
                           scaled(arena, segment, w->f.lanes));
    return expr_load(arena, w->state, expr_add(arena, index, lane));
}

Expr *walk_state(const Walk *w, int64_t segment, Expr *lane)
{
    return walk_state_in(w, expr_int(w->l->arena, segment), lane);
}

Position walk_row(const Walk *w, Expr *column)
{
    return (Position){.batch = walk_sample(w), .rank = 2, .index = {w->t, column}};
}

Position walk_trace_place(const Walk *w, Expr *step, int part)
{
    return (Position){
        .batch = walk_sample(w), .rank = 3, .index = {step, expr_int(w->l->arena, part), w->c}};
}

/* Element of the states before the first step. */
Expr *walk_first_state(const Walk *w, int input, int state)
{
    Position at = {
        .batch = walk_sample(w), .rank = 1, .index = {plus(w->l->arena, w->c, state * w->f.units)}};
    return lower_value(w->l, w->node->inputs[input], &at);
}

/* ---- statements ------------------------------------------------------------------------------ */
static Block *loop_to(const Walk *w, Block *block, Expr *variable, Expr *to)
{
    if (variable->kind != EXPR_NAME)
        return block;
    Stmt *loop = stmt_for(w->l->arena, variable->name, expr_int(w->l->arena, 0), to, 1);
    block_add(w->l->arena, block, loop);
    return &loop->body;
}

Block *walk_loop(const Walk *w, Block *block, Expr *variable, int64_t count)
{
    return loop_to(w, block, variable, expr_int(w->l->arena, count));
}

Block *walk_rows(const Walk *w, Block *block)
{
    return loop_to(w, block, w->r, expr_name(w->l->arena, STR("rows")));
}

void walk_set(const Walk *w, Block *block, Expr *target, Expr *value)
{
    block_add(w->l->arena, block, stmt_set(w->l->arena, target, "=", value));
}

Expr *walk_hold(const Walk *w, Block *block, const char *wanted, Expr *value)
{
    Expr *name = expr_name(w->l->arena, lower_name(w->l, str_from(wanted)));
    block_add(w->l->arena, block, stmt_declare(w->l->arena, "const float", name->name, value));
    return name;
}

void walk_note(const Walk *w, Block *block, const char *text)
{
    block_add(w->l->arena, block, stmt_comment(w->l->arena, str_from(text)));
}

Expr *walk_times(const Walk *w, Expr *x, Expr *y)
{
    return expr_binary(w->l->arena, "*", x, y);
}

Expr *walk_plus(const Walk *w, Expr *x, Expr *y)
{
    return expr_binary(w->l->arena, "+", x, y);
}

Expr *walk_rest_of_one(const Walk *w, Expr *x)
{
    return expr_binary(w->l->arena, "-", expr_real(w->l->arena, 1), x);
}

/* ---- functions of cells ---------------------------------------------------------------------- */
Expr *walk_applied(const Walk *w, CellFunction function, Expr *x)
{
    switch (function) {
    case CELL_NONE:
        return x;
    case CELL_RELU:
        return expr_call(w->l->arena, "nn_relu", 1, &x);
    case CELL_SIGMOID:
        return expr_call(w->l->arena, "nn_sigmoid", 1, &x);
    case CELL_TANH:
        return expr_call(w->l->arena, "nn_tanh", 1, &x);
    }
    BUG("function %d", (int)function);
}

/* d times the slope where the function has the value y. */
Expr *walk_through(const Walk *w, CellFunction function, Expr *y, Expr *d)
{
    Arena *arena = w->l->arena;
    switch (function) {
    case CELL_NONE:
        return d;
    case CELL_RELU:
        return expr_select(arena, expr_binary(arena, ">", y, expr_real(arena, 0)), d,
                           expr_real(arena, 0));
    case CELL_SIGMOID:
        return walk_times(w, walk_times(w, d, y), walk_rest_of_one(w, y));
    case CELL_TANH:
        return walk_times(w, d, walk_rest_of_one(w, walk_times(w, y, y)));
    }
    BUG("function %d", (int)function);
}

/* ---- the operators of a kernel --------------------------------------------------------------- */
NodeId walk_member(const Lowering *l, const OpDef *op)
{
    if (graph_node(l->graph, l->group->root)->op == op)
        return l->group->root;
    for (int i = 0; i < l->group->siblings.count; i++)
        if (graph_node(l->graph, l->group->siblings.items[i])->op == op)
            return l->group->siblings.items[i];
    return NODE_NONE;
}

/* A sibling's element in its own memory; the root and the maps after it go through lower_after. */
void walk_store(const Walk *w, Block *block, NodeId value, const Position *at, Expr *e)
{
    Lowering *l = w->l;
    if (value == l->group->root) {
        lower_after(l, block, at, e);
        return;
    }
    if (value == NODE_NONE || l->program->buffer_of[value] < 0)
        return;
    Str pointer = lower_pointer(l, value, true);
    walk_set(w, block, expr_load(l->arena, pointer, lower_index(l, lower_buffer(l, value), at)), e);
}

/* ---- the product of a step ------------------------------------------------------------------- */
/* The kernel's rows are `depth` = gates * units in the gradient, in segments of the state, and
 * units before it, in the first one. */
static void add_tile(const Walk *w, Block *block)
{
    Arena *arena = w->l->arena;
    int64_t width = w->panels.width;
    Tile t = {.sum = w->sums,
              .sum_row = w->sums_room,
              .resumes = expr_int(arena, 1),
              .most = w->grid.most,
              .columns = w->panels.width,
              .a = w->state};
    t.b = lower_pointer(w->l, w->node->inputs[SCAN_KERNEL], false);
    t.sum_index =
        expr_add(arena, scaled(arena, w->n, w->sums_room), scaled(arena, w->panel, width));
    t.a_index = plus(arena, scaled(arena, w->n, w->state_room), w->factors * w->f.lanes);
    t.a_row = scaled(arena, w->r, w->state_room);
    t.b_index = scaled(arena, w->panel, w->panels.rows * width);
    const struct {
        Expr *variable;
        int64_t count, a_step, b_step;
    } loops[] = {{w->g, w->depth / w->f.units, w->f.lanes, w->f.units * width},
                 {w->k, w->f.units, 1, width}};
    for (int i = 0; i < COUNT_OF(loops); i++) {
        if (loops[i].count == 1)
            continue;
        t.loop[t.loop_count].name = loops[i].variable->name;
        t.loop[t.loop_count].from = expr_int(arena, 0);
        t.loop[t.loop_count++].to = expr_int(arena, loops[i].count);
        t.a_index = expr_add(arena, t.a_index, scaled(arena, loops[i].variable, loops[i].a_step));
        t.b_index = expr_add(arena, t.b_index, scaled(arena, loops[i].variable, loops[i].b_step));
    }
    block_add(arena, walk_loop(w, block, w->panel, w->panels.count), stmt_tile(arena, t));
    Expr *sums = expr_name(arena, w->sums);
    block_add(arena, block, stmt_call(arena, expr_call(arena, "nn_reload", 1, &sums)));
}

static void add_plain_product(const Walk *w, Block *block)
{
    Arena *arena = w->l->arena;
    int64_t segments = w->depth / w->f.units;
    Expr *g = segments == 1 ? expr_int(arena, 0) : w->g;
    block = walk_loop(w, walk_rows(w, block), g, segments);
    block = walk_loop(w, block, w->k, w->f.units);
    block = walk_loop(w, block, w->o, w->columns);
    Position at = {.rank = 2, .index = {expr_add(arena, scaled(arena, g, w->f.units), w->k), w->o}};
    Expr *kernel = lower_value(w->l, w->node->inputs[SCAN_KERNEL], &at);
    block_add(arena, block,
              stmt_set(arena, walk_sum(w, w->o), "+=",
                       walk_times(w, walk_state_in(w, plus(arena, g, w->factors), w->k), kernel)));
}

void walk_product(const Walk *w, Block *block)
{
    if (w->is_packed)
        add_tile(w, block);
    else
        add_plain_product(w, block);
}

void walk_clear(const Walk *w, Block *block)
{
    Arena *arena = w->l->arena;
    block = walk_rows(w, block);
    walk_set(w, walk_loop(w, block, w->c, w->sums_room), walk_sum(w, w->c), expr_real(arena, 0));
    walk_set(w, walk_loop(w, block, w->c, w->state_room), walk_state(w, 0, w->c),
             expr_real(arena, 0));
    if (w->mask == NEVER)
        return;
    Position at = {.batch = walk_sample(w), .rank = 1, .index = {w->c}};
    walk_set(w, walk_loop(w, block, w->c, w->f.units), walk_state(w, w->mask, w->c),
             lower_value(w->l, w->node->inputs[SCAN_MASK], &at));
}
