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
#include "kernel/lower_scan.h"

/* ---- forward --------------------------------------------------------------------------------- */
enum { HIDDEN, CELL, INPUT = CELL }; /* segments; a GRU keeps the input's share of its candidate */

/* sums = x + bias. The product of a GRU's candidate stays apart from its x. */
static void add_inputs(const Walk *w, Block *block)
{
    Arena *arena = w->l->arena;
    int64_t units = w->f.units;
    bool is_gru = w->f.kind == CELL_GRU,
         has_bias = !scan_is_absent(w->l->graph, w->node->inputs[SCAN_BIAS]);
    block = walk_rows(w, block);
    Block *columns = walk_loop(w, block, w->o, is_gru ? 2 * units : w->columns);
    Position at = walk_row(w, w->o);
    Expr *x = lower_value(w->l, w->node->inputs[SCAN_X], &at);
    if (has_bias)
        x = walk_plus(w, x, lower_value(w->l, w->node->inputs[SCAN_BIAS], &at));
    walk_set(w, columns, walk_sum(w, w->o), x);
    if (!is_gru)
        return;
    Block *lanes = walk_loop(w, block, w->c, units);
    Expr *column = plus(arena, w->c, 2 * units);
    at = walk_row(w, column);
    walk_set(w, lanes, walk_sum(w, column), lower_value(w->l, w->node->inputs[SCAN_BIAS], &at));
    walk_set(w, lanes, walk_state(w, INPUT, w->c), lower_value(w->l, w->node->inputs[SCAN_X], &at));
}

static Expr *gate_sum(const Walk *w, int gate)
{
    return walk_sum(w, plus(w->l->arena, w->c, gate * w->f.units));
}

/* New states of one lane; parts are what the trace keeps. */
static void add_cell(const Walk *w, Block *block, Expr *parts[CELL_MOST_PARTS])
{
    const CellForm *f = &w->f;
    Arena *arena = w->l->arena;
    Expr *h = NULL;
    switch (f->kind) {
    case CELL_RNN:
        parts[0] = h = walk_hold(w, block, "h", walk_applied(w, f->activation, gate_sum(w, 0)));
        break;
    case CELL_GRU:
        parts[0] = walk_hold(w, block, "update", walk_applied(w, f->recurrent, gate_sum(w, 0)));
        parts[1] = walk_hold(w, block, "reset", walk_applied(w, f->recurrent, gate_sum(w, 1)));
        parts[3] = walk_hold(w, block, "product", gate_sum(w, 2));
        parts[2] = walk_plus(w, walk_state(w, INPUT, w->c), walk_times(w, parts[1], parts[3]));
        parts[2] = walk_hold(w, block, "candidate", walk_applied(w, f->activation, parts[2]));
        h = expr_binary(arena, "-", walk_state(w, HIDDEN, w->c), parts[2]);
        parts[4] = h = walk_hold(w, block, "h", walk_plus(w, parts[2], walk_times(w, parts[0], h)));
        break;
    case CELL_LSTM:
        parts[0] = walk_hold(w, block, "input", walk_applied(w, f->recurrent, gate_sum(w, 0)));
        parts[1] = walk_hold(w, block, "forget", walk_applied(w, f->recurrent, gate_sum(w, 1)));
        parts[2] = walk_hold(w, block, "candidate", walk_applied(w, f->activation, gate_sum(w, 2)));
        parts[3] = walk_hold(w, block, "output", walk_applied(w, f->recurrent, gate_sum(w, 3)));
        parts[4] = walk_plus(w, walk_times(w, parts[1], walk_state(w, CELL, w->c)),
                             walk_times(w, parts[0], parts[2]));
        parts[4] = walk_hold(w, block, "cell", parts[4]);
        walk_set(w, block, walk_state(w, CELL, w->c), parts[4]);
        h = walk_times(w, parts[3], walk_applied(w, f->activation, parts[4]));
        break;
    }
    if (w->mask != NEVER) {
        h = h->kind == EXPR_NAME ? h : walk_hold(w, block, "h", h);
        walk_set(w, block, walk_state(w, w->factors, w->c),
                 walk_times(w, h, walk_state(w, w->mask, w->c)));
    }
    walk_set(w, block, walk_state(w, HIDDEN, w->c), h);
}

static void add_forward(Walk *w, Block *block)
{
    Lowering *l = w->l;
    NodeId hidden = walk_member(l, &op_scan), trace = walk_member(l, &op_scan_trace);
    walk_clear(w, block);
    if (!scan_is_absent(l->graph, w->node->inputs[SCAN_STATE])) {
        Block *lanes = walk_loop(w, walk_rows(w, block), w->c, w->f.units);
        for (int s = 0; s < w->f.states; s++)
            walk_set(w, lanes, walk_state(w, s, w->c), walk_first_state(w, SCAN_STATE, s));
        if (w->mask != NEVER)
            walk_set(w, lanes, walk_state(w, w->factors, w->c),
                     walk_times(w, walk_state(w, HIDDEN, w->c), walk_state(w, w->mask, w->c)));
    }
    Block *whole = block;
    block = walk_loop(w, block, w->t, w->f.steps);
    add_inputs(w, block);
    walk_product(w, block);
    Block *rows = walk_rows(w, block);
    Block *cells = walk_loop(w, rows, w->c, w->f.lanes);
    Expr *parts[CELL_MOST_PARTS] = {0};
    add_cell(w, cells, parts);
    for (int p = 0; p < w->f.parts; p++) {
        Position at = walk_trace_place(w, w->t, p);
        walk_store(w, cells, trace, &at, parts[p]);
    }
    if (hidden != NODE_NONE) {
        Position at = walk_row(w, w->c);
        walk_store(w, walk_loop(w, rows, w->c, w->f.units), hidden, &at,
                   walk_state(w, HIDDEN, w->c));
    }
    if (hidden != NODE_NONE && w->f.has_cell) {
        Position at = {.batch = walk_sample(w),
                       .rank = 2,
                       .index = {expr_int(l->arena, w->f.steps), w->c}};
        l->values.count = 0; /* those of the loop over steps are out of reach */
        walk_store(w, walk_loop(w, walk_rows(w, whole), w->c, w->f.units), hidden, &at,
                   walk_state(w, CELL, w->c));
    }
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
    contract_tile_samples(l, &k->body, grid, tile, w->n->name, (TilePlace){0});
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

/* The segments of the state: those of the cell, then what a step computes beside them. */
static void choose_segments(Walk *w, bool is_gradient)
{
    bool is_gru = w->f.kind == CELL_GRU;
    bool has_mask = !scan_is_absent(w->l->graph, w->node->inputs[SCAN_MASK]);
    int64_t segments = (is_gradient ? w->f.gates : w->f.states) + is_gru;
    if (has_mask && !is_gradient)
        w->factors = segments++;
    if (is_gradient && w->f.kind != CELL_RNN) {
        w->carry = segments++;
        w->before = segments++;
    }
    if (has_mask && is_gradient)
        w->arriving = segments++;
    if (has_mask)
        w->mask = segments++;
    w->state_room = segments * w->f.lanes;
}

/* Depth, columns and panels of the kernel, room for the sums and the state. */
static Walk walk_of(Lowering *l, NodeId node, bool is_gradient)
{
    Walk w = {
        .l = l, .node = graph_node(l->graph, node), .mask = NEVER, .carry = NEVER, .before = NEVER};
    w.f = cell_form(l->graph, w.node);
    int64_t units = w.f.units, all = w.f.gates * units;
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
    choose_segments(&w, is_gradient);
    return w;
}

static void lower_walk(Lowering *l, NodeId node, bool is_gradient)
{
    Walk w = walk_of(l, node, is_gradient);
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
    w.k = variable(l, "k", w.f.units);
    w.g = variable(l, "g", 0);
    w.panel = variable(l, "panel", w.is_packed ? w.panels.count : 1);
    w.sums = lower_buffer_pointer(l, sums, true);
    w.state = lower_buffer_pointer(l, state, true);
    lower_buffer_pointer(l, sums, false);
    lower_buffer_pointer(l, state, false);
    w.grid = scan_grid(l);
    if (is_gradient)
        walk_backward(&w, &k->helper);
    else
        add_forward(&w, &k->helper);
    lower_helper_param(l, w.n->name, "int");
    add_tiles(&w);
    /* A call is about as much as 25 products. */
    k->flops = w.f.steps * w.f.gates * w.f.units * (2 * w.f.units + (is_gradient ? 15 : 30));
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
