/* lower_scan.c: recurrent cells over time.
 *
 * A unit of work is a tile of samples, and it walks over all steps by itself; samples do not know
 * of each other, so threads need not wait. A step is a product and arithmetic:
 *
 *     for each step t
 *         sums[r] = x[t]                        row r is a sample of the tile
 *         sums[r] += h[r] * kernel              register tile: the kernel is read once for all rows
 *         gates = f(sums[r]), new states        all gates in one loop over lanes
 *
 * The gradient walks backwards in the same form: sums are the gradient of the hidden state, and the
 * product is that of the step after, with the transposed kernel. States, and the gradients of
 * gates, lie in memory of the kernel's own, in segments of whole vectors, so that the loops over
 * lanes have no rest. Lanes of a segment past the units begin at zero; what they become later is
 * never read. */
#include "kernel/contract.h"
#include "ops/scan.h"

enum { NEVER = -1 };

typedef struct Walk {
    Lowering *l;
    CellForm f;
    const Node *node; /* any operator of the kernel: all have the same inputs */
    int64_t depth;    /* rows of the kernel that a step multiplies with       */
    int64_t columns;  /* results of a step's product                          */
    bool is_packed;   /* the kernel lies in panels                            */
    Panels panels;
    Grid grid;
    Str sums, state;               /* pointers */
    int64_t sums_room, state_room; /* of a sample */
    int64_t factors; /* segment of the state where the left side of the product begins */
    int64_t mask, arriving, carry, before; /* other segments, or NEVER */
    Expr *n, *r, *c, *o, *k, *g, *panel;
    Expr *t; /* the step */
} Walk;

/* ---- places ---------------------------------------------------------------------------------- */
static Expr *sample(const Walk *w)
{
    return expr_add(w->l->arena, w->n, w->r);
}

static Expr *sum_at(const Walk *w, Expr *column)
{
    Arena *arena = w->l->arena;
    return expr_load(arena, w->sums,
                     expr_add(arena, scaled(arena, sample(w), w->sums_room), column));
}

/* Lane `lane` of a segment of the state; the segment may be an expression. */
static Expr *state_in(const Walk *w, Expr *segment, Expr *lane)
{
    Arena *arena = w->l->arena;
    Expr *index = expr_add(arena, scaled(arena, sample(w), w->state_room),
                           scaled(arena, segment, w->f.lanes));
    return expr_load(arena, w->state, expr_add(arena, index, lane));
}

static Expr *state_at(const Walk *w, int64_t segment, Expr *lane)
{
    return state_in(w, expr_int(w->l->arena, segment), lane);
}

static Position row_of(const Walk *w, Expr *column)
{
    return (Position){.batch = sample(w), .rank = 2, .index = {w->t, column}};
}

static Position trace_place(const Walk *w, Expr *step, int part)
{
    return (Position){
        .batch = sample(w), .rank = 3, .index = {step, expr_int(w->l->arena, part), w->c}};
}

/* Element of the states before the first step. */
static Expr *first_state(const Walk *w, int input, int state)
{
    Position at = {
        .batch = sample(w), .rank = 1, .index = {plus(w->l->arena, w->c, state * w->f.units)}};
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

static Block *loop_over(const Walk *w, Block *block, Expr *variable, int64_t count)
{
    return loop_to(w, block, variable, expr_int(w->l->arena, count));
}

static Block *rows_loop(const Walk *w, Block *block)
{
    return loop_to(w, block, w->r, expr_name(w->l->arena, STR("rows")));
}

static void set(const Walk *w, Block *block, Expr *target, Expr *value)
{
    block_add(w->l->arena, block, stmt_set(w->l->arena, target, "=", value));
}

static Expr *hold(const Walk *w, Block *block, const char *wanted, Expr *value)
{
    Expr *name = expr_name(w->l->arena, lower_name(w->l, str_from(wanted)));
    block_add(w->l->arena, block, stmt_declare(w->l->arena, "const float", name->name, value));
    return name;
}

static void note(const Walk *w, Block *block, const char *text)
{
    block_add(w->l->arena, block, stmt_comment(w->l->arena, str_from(text)));
}

static Expr *times(const Walk *w, Expr *x, Expr *y)
{
    return expr_binary(w->l->arena, "*", x, y);
}

static Expr *sum_of(const Walk *w, Expr *x, Expr *y)
{
    return expr_binary(w->l->arena, "+", x, y);
}

static Expr *rest_of_one(const Walk *w, Expr *x)
{
    return expr_binary(w->l->arena, "-", expr_real(w->l->arena, 1), x);
}

/* ---- functions of cells ---------------------------------------------------------------------- */
static Expr *applied(const Walk *w, CellFunction function, Expr *x)
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
static Expr *through(const Walk *w, CellFunction function, Expr *y, Expr *d)
{
    Arena *arena = w->l->arena;
    switch (function) {
    case CELL_NONE:
        return d;
    case CELL_RELU:
        return expr_select(arena, expr_binary(arena, ">", y, expr_real(arena, 0)), d,
                           expr_real(arena, 0));
    case CELL_SIGMOID:
        return times(w, times(w, d, y), rest_of_one(w, y));
    case CELL_TANH:
        return times(w, d, rest_of_one(w, times(w, y, y)));
    }
    BUG("function %d", (int)function);
}

/* ---- the operators of a kernel --------------------------------------------------------------- */
static NodeId member(const Lowering *l, const OpDef *op)
{
    if (graph_node(l->graph, l->group->root)->op == op)
        return l->group->root;
    for (int i = 0; i < l->group->siblings.count; i++)
        if (graph_node(l->graph, l->group->siblings.items[i])->op == op)
            return l->group->siblings.items[i];
    return NODE_NONE;
}

/* A sibling's element in its own memory; the root and the maps after it go through lower_after. */
static void store(const Walk *w, Block *block, NodeId value, const Position *at, Expr *e)
{
    Lowering *l = w->l;
    if (value == l->group->root) {
        lower_after(l, block, at, e);
        return;
    }
    if (value == NODE_NONE || l->program->buffer_of[value] < 0)
        return;
    Str pointer = lower_pointer(l, value, true);
    set(w, block, expr_load(l->arena, pointer, lower_index(l, lower_buffer(l, value), at)), e);
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
    block_add(arena, loop_over(w, block, w->panel, w->panels.count), stmt_tile(arena, t));
}

static void add_plain_product(const Walk *w, Block *block)
{
    Arena *arena = w->l->arena;
    int64_t segments = w->depth / w->f.units;
    Expr *g = segments == 1 ? expr_int(arena, 0) : w->g;
    block = loop_over(w, rows_loop(w, block), g, segments);
    block = loop_over(w, block, w->k, w->f.units);
    block = loop_over(w, block, w->o, w->columns);
    Position at = {.rank = 2, .index = {expr_add(arena, scaled(arena, g, w->f.units), w->k), w->o}};
    Expr *kernel = lower_value(w->l, w->node->inputs[SCAN_KERNEL], &at);
    block_add(arena, block,
              stmt_set(arena, sum_at(w, w->o),
                       "+=", times(w, state_in(w, plus(arena, g, w->factors), w->k), kernel)));
}

static void add_product(const Walk *w, Block *block)
{
    if (w->is_packed)
        add_tile(w, block);
    else
        add_plain_product(w, block);
}

static void clear(const Walk *w, Block *block)
{
    Arena *arena = w->l->arena;
    block = rows_loop(w, block);
    set(w, loop_over(w, block, w->c, w->sums_room), sum_at(w, w->c), expr_real(arena, 0));
    set(w, loop_over(w, block, w->c, w->state_room), state_at(w, 0, w->c), expr_real(arena, 0));
    if (w->mask == NEVER)
        return;
    Position at = {.batch = sample(w), .rank = 1, .index = {w->c}};
    set(w, loop_over(w, block, w->c, w->f.units), state_at(w, w->mask, w->c),
        lower_value(w->l, w->node->inputs[SCAN_MASK], &at));
}

/* ---- forward --------------------------------------------------------------------------------- */
enum { HIDDEN, CELL, INPUT = CELL }; /* segments; a GRU keeps the input's share of its candidate */

/* sums = x + bias. The product of a GRU's candidate stays apart from its x. */
static void add_inputs(const Walk *w, Block *block)
{
    Arena *arena = w->l->arena;
    int64_t units = w->f.units;
    bool is_gru = w->f.kind == CELL_GRU,
         has_bias = !scan_is_absent(w->l->graph, w->node->inputs[SCAN_BIAS]);
    block = rows_loop(w, block);
    Block *columns = loop_over(w, block, w->o, is_gru ? 2 * units : w->columns);
    Position at = row_of(w, w->o);
    Expr *x = lower_value(w->l, w->node->inputs[SCAN_X], &at);
    if (has_bias)
        x = sum_of(w, x, lower_value(w->l, w->node->inputs[SCAN_BIAS], &at));
    set(w, columns, sum_at(w, w->o), x);
    if (!is_gru)
        return;
    Block *lanes = loop_over(w, block, w->c, units);
    Expr *column = plus(arena, w->c, 2 * units);
    at = row_of(w, column);
    set(w, lanes, sum_at(w, column), lower_value(w->l, w->node->inputs[SCAN_BIAS], &at));
    set(w, lanes, state_at(w, INPUT, w->c), lower_value(w->l, w->node->inputs[SCAN_X], &at));
}

static Expr *gate_sum(const Walk *w, int gate)
{
    return sum_at(w, plus(w->l->arena, w->c, gate * w->f.units));
}

/* New states of one lane; parts are what the trace keeps. */
static void add_cell(const Walk *w, Block *block, Expr *parts[CELL_MOST_PARTS])
{
    const CellForm *f = &w->f;
    Arena *arena = w->l->arena;
    Expr *h = NULL;
    switch (f->kind) {
    case CELL_RNN:
        parts[0] = h = hold(w, block, "h", applied(w, f->activation, gate_sum(w, 0)));
        break;
    case CELL_GRU:
        parts[0] = hold(w, block, "update", applied(w, f->recurrent, gate_sum(w, 0)));
        parts[1] = hold(w, block, "reset", applied(w, f->recurrent, gate_sum(w, 1)));
        parts[3] = hold(w, block, "product", gate_sum(w, 2));
        parts[2] = sum_of(w, state_at(w, INPUT, w->c), times(w, parts[1], parts[3]));
        parts[2] = hold(w, block, "candidate", applied(w, f->activation, parts[2]));
        h = expr_binary(arena, "-", state_at(w, HIDDEN, w->c), parts[2]);
        parts[4] = h = hold(w, block, "h", sum_of(w, parts[2], times(w, parts[0], h)));
        break;
    case CELL_LSTM:
        parts[0] = hold(w, block, "input", applied(w, f->recurrent, gate_sum(w, 0)));
        parts[1] = hold(w, block, "forget", applied(w, f->recurrent, gate_sum(w, 1)));
        parts[2] = hold(w, block, "candidate", applied(w, f->activation, gate_sum(w, 2)));
        parts[3] = hold(w, block, "output", applied(w, f->recurrent, gate_sum(w, 3)));
        parts[4] =
            sum_of(w, times(w, parts[1], state_at(w, CELL, w->c)), times(w, parts[0], parts[2]));
        parts[4] = hold(w, block, "cell", parts[4]);
        set(w, block, state_at(w, CELL, w->c), parts[4]);
        h = times(w, parts[3], applied(w, f->activation, parts[4]));
        break;
    }
    if (w->mask != NEVER) {
        h = h->kind == EXPR_NAME ? h : hold(w, block, "h", h);
        set(w, block, state_at(w, w->factors, w->c), times(w, h, state_at(w, w->mask, w->c)));
    }
    set(w, block, state_at(w, HIDDEN, w->c), h);
}

static void add_forward(Walk *w, Block *block)
{
    Lowering *l = w->l;
    NodeId hidden = member(l, &op_scan), trace = member(l, &op_scan_trace);
    clear(w, block);
    if (!scan_is_absent(l->graph, w->node->inputs[SCAN_STATE])) {
        Block *lanes = loop_over(w, rows_loop(w, block), w->c, w->f.units);
        for (int s = 0; s < w->f.states; s++)
            set(w, lanes, state_at(w, s, w->c), first_state(w, SCAN_STATE, s));
        if (w->mask != NEVER)
            set(w, lanes, state_at(w, w->factors, w->c),
                times(w, state_at(w, HIDDEN, w->c), state_at(w, w->mask, w->c)));
    }
    block = loop_over(w, block, w->t, w->f.steps);
    add_inputs(w, block);
    add_product(w, block);
    Block *rows = rows_loop(w, block);
    Block *cells = loop_over(w, rows, w->c, w->f.lanes);
    Expr *parts[CELL_MOST_PARTS] = {0};
    add_cell(w, cells, parts);
    for (int p = 0; p < w->f.parts; p++) {
        Position at = trace_place(w, w->t, p);
        store(w, cells, trace, &at, parts[p]);
    }
    if (hidden != NODE_NONE) {
        Position at = row_of(w, w->c);
        store(w, loop_over(w, rows, w->c, w->f.units), hidden, &at, state_at(w, HIDDEN, w->c));
    }
}

/* ---- backward -------------------------------------------------------------------------------- */
enum { GRU_CANDIDATE = 3 }; /* segment: gradient of the candidate before the reset gate */

/* sums = what reaches the hidden state of this step, but for the product; under a mask, which is
 * for the product alone, it waits in a segment of its own. */
static void add_arriving(const Walk *w, Block *block, Expr *d)
{
    block = loop_over(w, rows_loop(w, block), w->c, w->f.units);
    if (w->f.kind == CELL_GRU)
        d = d ? sum_of(w, d, state_at(w, w->carry, w->c)) : state_at(w, w->carry, w->c);
    if (d == NULL)
        d = expr_real(w->l->arena, 0);
    if (w->mask != NEVER) {
        set(w, block, state_at(w, w->arriving, w->c), d);
        d = expr_real(w->l->arena, 0);
    }
    set(w, block, sum_at(w, w->c), d);
}

/* Both together, after the product. */
static Expr *hidden_gradient(const Walk *w)
{
    if (w->mask == NEVER)
        return sum_at(w, w->c);
    return sum_of(w, state_at(w, w->arriving, w->c),
                  times(w, sum_at(w, w->c), state_at(w, w->mask, w->c)));
}

/* The state that the step began with: hidden in a GRU, cell in an LSTM. */
static void add_before(const Walk *w, Block *block)
{
    if (w->before == NEVER)
        return;
    Arena *arena = w->l->arena;
    Expr *target = state_at(w, w->before, w->c);
    Block *first = block;
    if (w->f.steps > 1) {
        Stmt *test = stmt_if(arena, expr_binary(arena, ">", w->t, expr_int(arena, 0)));
        Position at = trace_place(w, plus(arena, w->t, -1), w->f.parts - 1);
        set(w, loop_over(w, &test->body, w->c, w->f.lanes), target,
            lower_value(w->l, w->node->inputs[SCAN_GRAD_TRACE], &at));
        block_add(arena, block, test);
        first = &test->other;
    }
    set(w, loop_over(w, first, w->c, w->f.units), target,
        first_state(w, SCAN_GRAD_STATE, w->f.states - 1));
}

static Expr *traced(const Walk *w, Block *block, const char *name, int part)
{
    Position at = trace_place(w, w->t, part);
    return hold(w, block, name, lower_value(w->l, w->node->inputs[SCAN_GRAD_TRACE], &at));
}

/* Gradients of one lane: of the gates into their segments, of the states into the carry. */
static void add_cell_gradient(const Walk *w, Block *block)
{
    const CellForm *f = &w->f;
    Arena *arena = w->l->arena;
    Expr *d = hold(w, block, "d_h", hidden_gradient(w));
    switch (f->kind) {
    case CELL_RNN: {
        Expr *h = f->activation != CELL_NONE ? traced(w, block, "h", 0)
                                             : NULL; /* else nothing needs it */
        set(w, block, state_at(w, 0, w->c), through(w, f->activation, h, d));
        break;
    }
    case CELL_GRU: {
        Expr *update = traced(w, block, "update", 0), *reset = traced(w, block, "reset", 1);
        Expr *candidate = traced(w, block, "candidate", 2),
             *product = traced(w, block, "product", 3);
        Expr *change = expr_binary(arena, "-", state_at(w, w->before, w->c), candidate);
        Expr *d_candidate =
            through(w, f->activation, candidate, times(w, d, rest_of_one(w, update)));
        d_candidate = hold(w, block, "d_candidate", d_candidate);
        set(w, block, state_at(w, 0, w->c), through(w, f->recurrent, update, times(w, d, change)));
        set(w, block, state_at(w, 1, w->c),
            through(w, f->recurrent, reset, times(w, d_candidate, product)));
        set(w, block, state_at(w, 2, w->c), times(w, d_candidate, reset));
        set(w, block, state_at(w, GRU_CANDIDATE, w->c), d_candidate);
        set(w, block, state_at(w, w->carry, w->c), times(w, d, update));
        break;
    }
    case CELL_LSTM: {
        Expr *input = traced(w, block, "input", 0), *forget = traced(w, block, "forget", 1);
        Expr *candidate = traced(w, block, "candidate", 2), *output = traced(w, block, "output", 3);
        Expr *shown = traced(w, block, "cell", 4);
        shown = hold(w, block, "shown", applied(w, f->activation, shown));
        Expr *d_cell = through(w, f->activation, shown, times(w, d, output));
        d_cell = hold(w, block, "d_cell", sum_of(w, state_at(w, w->carry, w->c), d_cell));
        Expr *before = state_at(w, w->before, w->c);
        set(w, block, state_at(w, 0, w->c),
            through(w, f->recurrent, input, times(w, d_cell, candidate)));
        set(w, block, state_at(w, 1, w->c),
            through(w, f->recurrent, forget, times(w, d_cell, before)));
        set(w, block, state_at(w, 2, w->c),
            through(w, f->activation, candidate, times(w, d_cell, input)));
        set(w, block, state_at(w, 3, w->c), through(w, f->recurrent, output, times(w, d, shown)));
        set(w, block, state_at(w, w->carry, w->c), times(w, d_cell, forget));
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
    block = loop_over(w, loop_over(w, block, gate, w->f.gates), w->c, w->f.units);
    Position at = row_of(w, expr_add(arena, scaled(arena, gate, w->f.units), w->c));
    /* Gates 0, 1, 2 of a GRU's input are segments 0, 1, 3. */
    Expr *segment = w->f.kind == CELL_GRU
                        ? expr_add(arena, gate, expr_binary(arena, "/", gate, expr_int(arena, 2)))
                        : gate;
    Expr *d_product = state_in(w, gate, w->c), *d_input = state_in(w, segment, w->c);
    if (product == l->group->root || input == l->group->root) { /* maps after it may read both */
        if (product != l->group->root && product != NODE_NONE)
            lower_known(l, product, d_product);
        if (input != l->group->root && input != NODE_NONE)
            lower_known(l, input, d_input);
        store(w, block, l->group->root, &at, product == l->group->root ? d_product : d_input);
        return;
    }
    store(w, block, product, &at, d_product);
    store(w, block, input, &at, d_input);
}

static void add_state_results(const Walk *w, Block *block, NodeId result)
{
    Arena *arena = w->l->arena;
    if (result == NODE_NONE)
        return;
    note(w, block, "the states before the first step");
    add_arriving(w, block, NULL);
    add_product(w, block);
    Expr *state = w->f.states == 1 ? expr_int(arena, 0) : w->g;
    block = loop_over(w, loop_over(w, rows_loop(w, block), state, w->f.states), w->c, w->f.units);
    Position at = {.batch = sample(w),
                   .rank = 1,
                   .index = {expr_add(arena, scaled(arena, state, w->f.units), w->c)}};
    Expr *value = hidden_gradient(w);
    if (w->f.states > 1)
        value = expr_select(arena, expr_binary(arena, "==", state, expr_int(arena, 0)), value,
                            state_at(w, w->carry, w->c));
    store(w, block, result, &at, value);
}

static void add_backward(Walk *w, Block *block)
{
    Lowering *l = w->l;
    Arena *arena = l->arena;
    NodeId product = member(l, &op_scan_grad), input = member(l, &op_scan_input_grad);
    Block *whole = block;
    clear(w, block);
    Expr *later =
        w->f.steps > 1 ? expr_name(arena, lower_name(l, STR("later"))) : expr_int(arena, 0);
    block = loop_over(w, block, later, w->f.steps);
    if (w->f.steps > 1)
        block_add(arena, block,
                  stmt_declare(arena, "const int", w->t->name,
                               expr_binary(arena, "-", expr_int(arena, w->f.steps - 1), later)));
    Position at = row_of(w, w->c);
    add_arriving(w, block, lower_value(l, w->node->inputs[SCAN_GRAD_OUT], &at));
    if (w->f.steps > 1) {
        Stmt *test = stmt_if(arena, expr_binary(arena, ">", later, expr_int(arena, 0)));
        add_product(w, &test->body);
        block_add(arena, block, test);
    }
    Block *rows = rows_loop(w, block);
    add_before(w, rows);
    add_cell_gradient(w, loop_over(w, rows, w->c, w->f.lanes));
    if (product != NODE_NONE || input != NODE_NONE)
        add_gate_results(w, rows, product, input);
    add_state_results(w, whole, member(l, &op_scan_state_grad));
}

/* ---- the kernel around it -------------------------------------------------------------------- */
static int64_t divide_up(int64_t a, int64_t b)
{
    return (a + b - 1) / b;
}

/* An even number of tiles, so that two threads have equal shares: eight rows fill the registers of
 * AVX-512 well enough (16 sums of 32), six those of AVX. */
static Grid scan_grid(Lowering *l)
{
    static const int64_t best[TARGETS] = {[TARGET_MANY] = 8, [TARGET_FEW] = 6};
    int64_t most[TARGETS], batch = l->program->batch;
    for (int t = 0; t < TARGETS; t++) {
        int64_t tiles = divide_up(batch, best[t]);
        most[t] = batch > 1 ? divide_up(batch, tiles + tiles % 2) : 1;
    }
    return contract_grid_of(l, 1, batch, false, most);
}

/* A unit is a tile of samples. In a batch that ends inside a tile, the rest goes sample by sample.
 */
static void add_tiles(const Walk *w)
{
    Lowering *l = w->l;
    Arena *arena = l->arena;
    Kernel *k = l->kernel;
    const Grid *grid = &w->grid;
    k->division = DIVIDE_UNITS;
    k->units = grid->across;
    Expr *tile = expr_is_int(grid->across, 1) ? expr_int(arena, 0) : expr_name(arena, STR("unit"));
    Str first = lower_name(l, STR("start"));
    contract_tile_start(l, &k->body, grid, expr_int(arena, 0), tile, STR(""), first);
    Expr *size = expr_name(arena, grid->most), *batch = lower_batch(l);
    if (grid->has_small)
        size = expr_select(arena, expr_binary(arena, "<", tile, grid->large_across), size,
                           k->helper_sizes.items[1].rows);
    Stmt *test = stmt_if(
        arena, expr_binary(arena, "<=", expr_add(arena, expr_name(arena, first), size), batch));
    block_add(arena, &test->body,
              stmt_declare(arena, "const int", w->n->name, expr_name(arena, first)));
    contract_tile_call(l, &test->body, grid, expr_int(arena, 0), tile);
    vec_push(arena, &k->helper_sizes, ((HelperSize){STR("single"), expr_int(arena, 1)}));
    Stmt *rest = stmt_for(arena, w->n->name, expr_name(arena, first), batch, 1);
    block_add(arena, &rest->body, stmt_helper(arena, STR("single")));
    block_add(arena, &test->other, rest);
    block_add(arena, &k->body, test);
}

static Expr *variable(Lowering *l, const char *wanted, int64_t count)
{
    return count == 1 ? expr_int(l->arena, 0)
                      : expr_name(l->arena, lower_name(l, str_from(wanted)));
}

static void describe(const Walk *w, bool is_gradient)
{
    static const char *const gates[] = {
        [CELL_RNN] = "", [CELL_GRU] = ", gates z r h", [CELL_LSTM] = ", gates i f c o"};
    Arena *arena = w->l->arena;
    vec_push(arena, &w->l->kernel->comment,
             str_format(arena, "%lld steps%s, %lld columns%s%s", (long long)w->f.steps,
                        is_gradient ? " from the last to the first" : "", (long long)w->f.units,
                        w->f.gates > 1 ? " each" : "", gates[w->f.kind]));
}

/* depth and columns of the kernel; segments of the state. */
static void lower_walk(Lowering *l, NodeId node, bool is_gradient)
{
    Walk w = {
        .l = l, .node = graph_node(l->graph, node), .mask = NEVER, .carry = NEVER, .before = NEVER};
    w.f = cell_form(l->graph, w.node);
    int64_t units = w.f.units, all = w.f.gates * units, segments;
    w.depth = is_gradient ? all : units;
    w.columns = is_gradient ? units : all;
    int kernel = l->program->buffer_of[w.node->inputs[SCAN_KERNEL]];
    w.is_packed = kernel >= 0 && l->program->buffers.items[kernel].layout.kind == LAYOUT_PANEL;
    int64_t reach = is_gradient ? w.f.lanes : (w.f.gates - 1) * units + w.f.lanes;
    if (w.is_packed) {
        w.panels =
            contract_panels(l->program->buffers.items[kernel].layout.panel, w.columns, 1, w.depth);
        reach = reach > w.panels.count * w.panels.width ? reach : w.panels.count * w.panels.width;
    }
    w.sums_room = divide_up(reach, CELL_LANES) * CELL_LANES;
    segments = w.f.states + (w.f.kind == CELL_GRU);
    bool has_mask = !scan_is_absent(l->graph, w.node->inputs[SCAN_MASK]);
    if (has_mask && !is_gradient)
        w.factors = segments++;
    if (is_gradient) {
        segments = w.f.gates + (w.f.kind == CELL_GRU);
        if (w.f.kind != CELL_RNN) {
            w.carry = segments++;
            w.before = segments++;
        }
        if (has_mask)
            w.arriving = segments++;
    }
    if (has_mask)
        w.mask = segments++;
    w.state_room = segments * w.f.lanes;
    int sums = lower_scratch(l, "sums", TYPE_F32, 0, w.sums_room);
    int state = lower_scratch(l, "state", TYPE_F32, 0, w.state_room);

    Kernel *k = lower_begin(l, node, "");
    describe(&w, is_gradient);
    contract_take_names(l);
    w.n = expr_name(l->arena, lower_name(l, STR("n")));
    w.r = expr_name(l->arena, STR("r"));
    w.t = variable(l, "t", w.f.steps);
    w.c = variable(l, "c", 0);
    w.o = variable(l, "o", 0);
    w.k = variable(l, "k", units);
    w.g = variable(l, "g", 0);
    w.panel = variable(l, "panel", w.is_packed ? w.panels.count : 1);
    w.sums = lower_buffer_pointer(l, sums, true);
    w.state = lower_buffer_pointer(l, state, true);
    lower_buffer_pointer(l, sums, false);
    lower_buffer_pointer(l, state, false);
    w.grid = scan_grid(l);
    if (is_gradient)
        add_backward(&w, &k->helper);
    else
        add_forward(&w, &k->helper);
    vec_push(l->arena, &k->helper_params,
             ((KernelParam){.buffer = -1, .name = w.n->name, .type = "int"}));
    add_tiles(&w);
    /* A call is about as much as 25 products. */
    k->flops = w.f.steps * all * (2 * units + (is_gradient ? 15 : 30));
    lower_halos(l);
}

void lower_scan(Lowering *l, NodeId node)
{
    lower_walk(l, node, false);
}

void lower_scan_grad(Lowering *l, NodeId node)
{
    lower_walk(l, node, true);
}
