/* contract_weights.c: the gradient of a kernel, and the update of the weights with it.
 *
 * A tile's rows are rows of W, that is (p, q, c), its columns a panel of output channels; every
 * point of every sample adds one step:
 *
 *     acc[r] += x[point + reach(row + r)] * y[point, panel]
 *
 * When the sums are complete, the maps after the contraction (the optimizer's update) run over the
 * tile at once, so a gradient never goes through memory. Three ways through the batch:
 *
 *   whole    all samples in one go: matrix products, and images that fit into the cache together
 *   sweeps   a thread walks its tiles for some samples, then again for the next ones, so that the
 *            samples stay in the cache; the sums rest in memory between two sweeps. Of large images
 *            a sweep takes some lines of one sample
 *   parts    too few tiles to share: a fixed number of parts of the batch are summed apart and then
 *            added up in order, so that the result does not depend on the number of threads
 */
#include "kernel/contract_weights.h"

enum { PARTS = CONTRACT_PARTS };

/* ---- the tile -------------------------------------------------------------------------------- */
/* Elements of x from the point's place to the tap and channel of the tile's first row. */
static Expr *reach(Lowering *l, const WeightProduct *w, const WeightNames *names)
{
    Arena *arena = l->arena;
    const ContractAxis *h = &w->form->axis[0], *v = &w->form->axis[1];
    Expr *i = expr_name(arena, names->i), *j = expr_name(arena, names->j);
    int64_t line = h->dilation * w->x.line, point = v->dilation * w->x.point;
    if (w->high == 1)
        return j;
    if (w->is_contiguous)
        return expr_add(arena, scaled(arena, i, line), j);
    Expr *taps = expr_int(arena, v->kernel);
    Expr *p = scaled(arena, expr_binary(arena, "/", i, taps), line);
    Expr *q = scaled(arena, expr_binary(arena, "%", i, taps), point);
    return expr_add(arena, expr_add(arena, p, q), j);
}

static Expr *first_row(Lowering *l, const WeightProduct *w, const WeightNames *names)
{
    Expr *i = expr_name(l->arena, names->i), *j = expr_name(l->arena, names->j);
    return w->high == 1 ? j : expr_add(l->arena, scaled(l->arena, i, w->wide), j);
}

/* Is the buffer the weights, or the optimizer's state beside them, that the maps after the product
 * read or update? */
static bool is_state(const Lowering *l, const ContractForm *form, int buffer)
{
    const Buffer *b = &l->program->buffers.items[buffer];
    if (b->layout.kind != LAYOUT_PANEL || b->node == NODE_NONE ||
        b->layout.groups != form->groups ||
        !shape_equal(b->shape, graph_node(l->graph, form->w)->shape))
        return false;
    const Group *group = l->group;
    for (int k = 0; k < group->stored.count; k++)
        if (l->program->buffer_of[group->stored.items[k]] == buffer)
            return true;
    for (int k = 0; k < group->after.count; k++) {
        const Node *n = graph_node(l->graph, group->after.items[k]);
        for (int in = 0; in < n->input_count; in++)
            if (l->program->buffer_of[n->inputs[in]] == buffer)
                return true;
    }
    return false;
}

/* The weights and the optimizer's state that the next tile updates: panels like w's own. */
static void fetch_next_state(Lowering *l, Tile *t, const WeightProduct *w, const Grid *grid,
                             const WeightNames *names)
{
    Arena *arena = l->arena;
    const Panels *panels = &w->panels;
    int64_t size = panels->rows * panels->width,
            tile = grid->tiles[TARGET_MANY].large * panels->width;
    int64_t steps = l->program->batch;
    if (w->way != WAY_WHOLE || t->loop_count != 1 || 4 * size * panels->count <= FETCH_AHEAD_BYTES)
        return;
    Expr *panel = expr_name(arena, names->panel), *next = first_row(l, w, names);
    if (w->packed == PACKED_ROWS)
        panel = plus(arena, panel, 1);
    else
        next = expr_add(arena, next, expr_name(arena, STR("rows")));
    next = expr_add(arena, scaled(arena, panel, size), scaled(arena, next, panels->width));
    for (int i = 0; i < l->program->buffers.count && t->ahead_count < COUNT_OF(t->ahead); i++)
        if (is_state(l, w->form, i))
            tile_fetch_ahead(arena, t, lower_buffer_pointer(l, i, false), next,
                             (tile + steps - 1) / steps);
}

/* Images that do not stay in the cache: every step fetches at its point what the next tile reads of
 * x, and the next panel of y. Where that is there already, a fetch costs nothing beside the
 * products. */
static void fetch_next_channels(const Lowering *l, Tile *t, const WeightProduct *w,
                                const Grid *grid)
{
    if (4 * (w->x.batch + w->y.batch) * l->program->batch <= FETCH_AHEAD_BYTES)
        return;
    if (w->packed != PACKED_ROWS)
        t->a_ahead = 2 * grid->tiles[TARGET_MANY].large - 1; /* the last of its rows */
    if (w->packed != PACKED_COLUMNS)
        t->b_ahead = w->panels.count > 1 ? w->panels.width : 0;
}

static void add_tile(Lowering *l, const WeightProduct *w, const Grid *grid,
                     const WeightNames *names)
{
    Arena *arena = l->arena;
    const ContractAxis *h = &w->form->axis[0], *v = &w->form->axis[1];
    const Panels *panels = &w->panels;
    Expr *panel = expr_name(arena, names->panel), *zero = expr_int(arena, 0);
    Tile t = {.sum = names->sum, .sum_index = zero, .most = grid->most, .columns = panels->width};
    if (w->sums >= 0)
        t.sum_index = expr_name(arena, names->first);
    if (w->way == WAY_SWEEPS)
        t.resumes = expr_binary(arena, ">", expr_name(arena, names->from), zero);
    if (cuts_samples(w))
        t.resumes = expr_binary(arena, "||", t.resumes,
                                expr_binary(arena, ">", expr_name(arena, names->top), zero));
    t.a = lower_buffer_pointer(l, w->x.buffer, false);
    t.b = lower_buffer_pointer(l, w->y.buffer, false);
    t.a_index = expr_add(arena, reach(l, w, names),
                         scaled(arena, contract_panel_group(arena, panels, panel), w->form->c));
    t.b_index = contract_panel_start(arena, panels, panel);
    Steps s = weights_steps(l, w, names);
    for (int i = 0; i < s.count; i++) {
        Expr *at = expr_name(arena, s.loop[i].name);
        t.loop[t.loop_count].name = s.loop[i].name;
        t.loop[t.loop_count].from = s.loop[i].from;
        t.loop[t.loop_count++].to = s.loop[i].to;
        t.a_index = expr_add(arena, t.a_index, scaled(arena, at, s.loop[i].x));
        t.b_index = expr_add(arena, t.b_index, scaled(arena, at, s.loop[i].y));
    }
    t.a_index =
        plus(arena, t.a_index, w->x.offset - h->before * w->x.line - v->before * w->x.point);
    t.b_index = plus(arena, t.b_index, w->y.offset);
    t.a_row = contract_row_offset(l, grid, h->dilation * w->x.line, 1);
    if (w->packed != PACKED_NONE) {
        weights_add_copy(l, w, &s, grid, names, &t);
        Expr *copy = weights_copy_index(l, w, &s, grid, names);
        Str buffer = lower_buffer_pointer(l, w->copy, false);
        if (w->packed == PACKED_ROWS) {
            t.a = buffer;
            t.a_index = copy;
            t.a_row = expr_name(arena, STR("r"));
        } else {
            t.b = buffer;
            t.b_index = copy;
        }
    }
    if (w->form->spatial > 0)
        fetch_next_channels(l, &t, w, grid);
    else
        fetch_next_state(l, &t, w, grid, names);
    block_add(arena, &l->kernel->helper, stmt_tile(arena, t));
}

/* ---- the maps after it ----------------------------------------------------------------------- */
static Position weight_position(Lowering *l, const WeightProduct *w, Expr *panel, Expr *row,
                                Expr *lane)
{
    Arena *arena = l->arena;
    const ContractForm *form = w->form;
    int taps = form->has_kernel_axes ? form->spatial : 0;
    Position at = {.rank = taps + 2, .panel = panel, .row = row, .lane = lane};
    at.index[taps + 1] = expr_add(arena, contract_panel_start(arena, &w->panels, panel), lane);
    if (taps == 0) {
        at.index[0] = row;
        return at;
    }
    Expr *c = expr_int(arena, form->c);
    at.index[taps] = form->c == 1 ? expr_int(arena, 0) : expr_binary(arena, "%", row, c);
    Expr *tap = form->c == 1 ? row : expr_binary(arena, "/", row, c);
    at.index[taps - 1] = tap;
    if (taps == 2) {
        Expr *line = expr_int(arena, form->axis[1].kernel);
        at.index[0] = form->axis[1].kernel == 1 ? tap : expr_binary(arena, "/", tap, line);
        at.index[1] =
            form->axis[1].kernel == 1 ? expr_int(arena, 0) : expr_binary(arena, "%", tap, line);
    }
    return at;
}

static Expr *real_columns(Lowering *l, Block *block, const WeightProduct *w, Expr *panel, Str name)
{
    Expr *columns = contract_panel_columns(l->arena, &w->panels, panel);
    if (columns->kind == EXPR_INT)
        return columns;
    block_add(l->arena, block, stmt_declare(l->arena, "const int", name, columns));
    return expr_name(l->arena, name);
}

static void add_epilogue(Lowering *l, Block *block, const WeightProduct *w,
                         const WeightNames *names)
{
    Arena *arena = l->arena;
    Expr *panel = expr_name(arena, names->panel), *r = expr_name(arena, STR("r"));
    Expr *lane = expr_name(arena, names->lane), *row = expr_name(arena, names->row);
    Expr *columns = real_columns(l, block, w, panel, names->columns);
    Stmt *rows = stmt_for(arena, STR("r"), expr_int(arena, 0), expr_name(arena, STR("rows")), 1);
    Stmt *lanes = stmt_for(arena, names->lane, expr_int(arena, 0), columns, 1);
    block_add(
        arena, &rows->body,
        stmt_declare(arena, "const int", names->row, expr_add(arena, first_row(l, w, names), r)));
    Expr *place = expr_add(arena, scaled(arena, r, w->panels.width), lane);
    if (w->sums >= 0)
        place = expr_add(arena, expr_name(arena, names->first), place);
    Position at = weight_position(l, w, panel, row, lane);
    lower_after(l, &lanes->body, &at, expr_load(arena, names->sum, place));
    block_add(arena, &rows->body, lanes);
    block_add(arena, block, rows);
}

static void add_helper(Lowering *l, const WeightProduct *w, const Grid *grid, WeightNames *names)
{
    Arena *arena = l->arena;
    Block *block = &l->kernel->helper;
    Expr *panel = expr_name(arena, names->panel);
    if (w->sums >= 0) {
        Expr *first = expr_add(arena, scaled(arena, panel, w->panels.rows), first_row(l, w, names));
        first = scaled(arena, first, w->panels.width);
        if (w->way == WAY_PARTS)
            first = expr_add(arena, first,
                             scaled(arena, expr_name(arena, names->part),
                                    w->panels.count * w->panels.rows * w->panels.width));
        names->sum = lower_buffer_pointer(l, w->sums, true);
        lower_buffer_pointer(l, w->sums, false);
        block_add(arena, block, stmt_declare(arena, "const int", names->first, first));
    } else {
        Stmt *sums = stmt_array(arena, "float", names->sum, 1);
        sums->to = scaled(arena, expr_name(arena, grid->most), w->panels.width);
        block_add(arena, block, sums);
    }
    add_tile(l, w, grid, names);
    if (w->way == WAY_WHOLE) {
        add_epilogue(l, block, w, names);
    } else if (w->way == WAY_SWEEPS) {
        Expr *is_last = expr_binary(arena, "==", expr_name(arena, names->to), lower_batch(l));
        if (cuts_samples(w))
            is_last = expr_binary(arena, "&&", is_last,
                                  expr_binary(arena, "==", expr_name(arena, names->bottom),
                                              expr_int(arena, w->form->axis[0].out)));
        Stmt *last = stmt_if(arena, is_last);
        add_epilogue(l, &last->body, w, names);
        block_add(arena, block, last);
    }
}

/* ---- the loops around it --------------------------------------------------------------------- */
/* x / y and x % y without the trivial cases. */
static Expr *quotient(Arena *arena, Expr *x, Expr *y)
{
    return expr_is_int(y, 1) ? x : expr_binary(arena, "/", x, y);
}

static Expr *rest(Arena *arena, Expr *x, Expr *y)
{
    return expr_is_int(y, 1) ? expr_int(arena, 0) : expr_binary(arena, "%", x, y);
}

static void add_samples(Lowering *l, const WeightProduct *w, const WeightNames *names, Expr *part)
{
    Arena *arena = l->arena;
    Block *body = &l->kernel->body;
    Expr *batch = lower_batch(l);
    if (w->way == WAY_WHOLE) {
        lower_declare(l, body, names->from, expr_int(arena, 0));
        lower_declare(l, body, names->to, batch);
        return;
    }
    if (w->way == WAY_PARTS) {
        Expr *next = plus(arena, part, 1);
        Expr *first[] = {part, expr_int(arena, PARTS), batch},
             *last[] = {next, expr_int(arena, PARTS), batch};
        lower_declare(l, body, names->from, expr_call(arena, "nn_first", 3, first));
        lower_declare(l, body, names->to, expr_call(arena, "nn_first", 3, last));
        return;
    }
    Expr *sweep = expr_name(arena, STR("sweep"));
    if (cuts_samples(w)) {
        int64_t high = w->form->axis[0].out, blocks = (high + w->lines - 1) / w->lines;
        l->kernel->sweeps = scaled(arena, batch, blocks);
        Expr *sample = lower_declare(l, body, names->from,
                                     expr_binary(arena, "/", sweep, expr_int(arena, blocks)));
        lower_declare(l, body, names->to, plus(arena, sample, 1));
        Expr *block = expr_binary(arena, "%", sweep, expr_int(arena, blocks));
        Expr *next = plus(arena, lower_declare(l, body, names->top, scaled(arena, block, w->lines)),
                          w->lines);
        Expr *end = expr_int(arena, high);
        bool is_even = high % w->lines == 0;
        lower_declare(l, body, names->bottom,
                      is_even ? next
                              : expr_select(arena, expr_binary(arena, "<", next, end), next, end));
        return;
    }
    l->kernel->sweeps =
        expr_binary(arena, "/", plus(arena, batch, w->samples - 1), expr_int(arena, w->samples));
    Expr *from = lower_declare(l, body, names->from, scaled(arena, sweep, w->samples));
    Expr *to = plus(arena, from, w->samples);
    lower_declare(l, body, names->to,
                  expr_select(arena, expr_binary(arena, "<", to, batch), to, batch));
}

static void add_loops(Lowering *l, const WeightProduct *w, const Grid *grid,
                      const WeightNames *names)
{
    Arena *arena = l->arena;
    Kernel *k = l->kernel;
    Block *body = &k->body;
    Expr *unit = expr_name(arena, STR("unit"));
    Expr *tiles = expr_mul(arena, grid->down, grid->across),
         *count = expr_int(arena, w->panels.count);
    k->units = expr_mul(arena, count, tiles);
    Expr *part = NULL;
    if (w->way == WAY_PARTS) {
        k->units = expr_mul(arena, k->units, expr_int(arena, PARTS));
        part = lower_declare(l, body, names->part, rest(arena, unit, expr_int(arena, PARTS)));
        unit = lower_declare(l, body, lower_name(l, STR("tile")),
                             quotient(arena, unit, expr_int(arena, PARTS)));
    }
    Expr *inside = rest(arena, unit, tiles); /* of the tiles that use a copy */
    if (w->packed == PACKED_ROWS) {
        inside = lower_declare(l, body, names->panel, rest(arena, unit, count));
        inside = contract_panel_in_group(arena, &w->panels, inside);
        unit = lower_declare(l, body, lower_name(l, STR("tile")), quotient(arena, unit, count));
    } else {
        lower_declare(l, body, names->panel, quotient(arena, unit, tiles));
    }
    Expr *down = rest(arena, quotient(arena, unit, grid->across), grid->down);
    bool is_share = w->packed == PACKED_ROWS && expr_is_int(grid->down, 1); /* already */
    Expr *across = is_share ? unit : rest(arena, unit, grid->across);
    if (down->kind != EXPR_INT)
        down = lower_declare(l, body, lower_name(l, STR("line")), down);
    if (across->kind != EXPR_INT)
        across = lower_declare(l, body, lower_name(l, STR("share")), across);
    contract_tile_start(l, &k->body, grid, down, across, names->i, names->j);
    add_samples(l, w, names, part);
    if (w->packed != PACKED_NONE) {
        Expr *is_first = expr_binary(arena, "==", expr_name(arena, STR("unit")),
                                     expr_name(arena, STR("unit_first")));
        lower_declare(l, body, names->starts,
                      expr_binary(arena, "||", expr_binary(arena, "==", inside, expr_int(arena, 0)),
                                  is_first));
        lower_declare(l, body, names->room,
                      scaled(arena, expr_name(arena, STR("thread")), w->room));
        k->workers = w->workers;
    }
    contract_tile_call(l, &k->body, grid, down, across);
}

/* Adds up the parts in order, then runs the maps. A unit is a row of a panel. */
static void add_combination(Lowering *l, const WeightProduct *w)
{
    Arena *arena = l->arena;
    const Panels *panels = &w->panels;
    int64_t size = panels->count * panels->rows * panels->width;
    Kernel *k = lower_begin(l, w->form->w, "");
    k->division = DIVIDE_UNITS;
    k->units = expr_int(arena, panels->count * panels->rows);
    Block *body = &k->body;
    Expr *unit = expr_name(arena, STR("unit")), *rows = expr_int(arena, panels->rows);
    Expr *panel = lower_declare(l, body, lower_name(l, STR("panel")), quotient(arena, unit, rows));
    Expr *row = lower_declare(l, body, lower_name(l, STR("row")), rest(arena, unit, rows));
    SumParts parts = {.sums = lower_buffer_pointer(l, w->sums, false),
                      .parts = PARTS,
                      .size = size,
                      .letter = STR("part")};
    Str total = lower_name(l, STR("total"));
    Expr *lane = contract_add_up(l, &k->body, total, panels->width, &parts,
                                 scaled(arena, unit, panels->width));

    Expr *columns = real_columns(l, &k->body, w, panel, lower_name(l, STR("columns")));
    Stmt *maps = stmt_for(arena, lane->name, expr_int(arena, 0), columns, 1);
    Position at = weight_position(l, w, panel, row, lane);
    lower_after(l, &maps->body, &at, expr_load(arena, total, lane));
    block_add(arena, &k->body, maps);
    k->fixed_flops = (PARTS + 8) * size;
}

/* ---- the kernel ------------------------------------------------------------------------------ */
int contract_weights_width(const Lowering *l, const ContractForm *form)
{
    for (int i = 0; i < l->program->buffers.count; i++)
        if (is_state(l, form, i))
            return l->program->buffers.items[i].layout.panel;
    return panel_width(form->o);
}

void contract_lower_weights(Lowering *l, const ContractForm *form)
{
    const ContractAxis *h = &form->axis[0], *v = &form->axis[1];
    WeightProduct w = {.form = form, .sums = -1};
    int64_t rows = h->kernel * v->kernel * form->c;
    w.panels = contract_panels(contract_weights_width(l, form), form->o, form->groups, rows);
    OperandNeed x_need = {.before = {contract_halo_before(h), contract_halo_before(v)},
                          .after = {contract_halo_after(h), contract_halo_after(v)}};
    OperandNeed y_need = {.channels =
                              (form->groups - 1) * form->o + w.panels.per_group * w.panels.width};
    w.x = contract_operand(l, form, form->x, x_need);
    w.y = contract_operand(l, form, form->y, y_need);
    w.is_contiguous = v->kernel == 1 || v->dilation * w.x.point == form->c;
    w.high = w.is_contiguous ? h->kernel : h->kernel * v->kernel;
    w.wide = w.is_contiguous ? v->kernel * form->c : form->c;
    weights_choose(l, &w);
    int64_t sums = w.panels.count * rows * w.panels.width;
    if (w.way == WAY_SWEEPS)
        w.sums = lower_scratch(l, "sums", TYPE_F32, sums, 0);
    if (w.way == WAY_PARTS)
        w.sums = lower_scratch(l, "parts", TYPE_F32, PARTS * sums, 0);

    Kernel *k = lower_begin(l, form->w, w.way == WAY_PARTS ? "parts" : "");
    k->division = DIVIDE_UNITS;
    contract_take_names(l);
    lower_name(l, STR("sweep"));
    WeightNames names = {
        .panel = lower_name(l, STR("panel")),
        .i = lower_name(l, STR("i")),
        .j = lower_name(l, STR("j")),
        .from = lower_name(l, STR("from")),
        .to = lower_name(l, STR("to")),
        .top = lower_name(l, STR("top")),
        .bottom = lower_name(l, STR("bottom")),
        .part = lower_name(l, STR("part")),
        .sum = lower_name(l, STR("sum")),
        .row = lower_name(l, STR("row")),
        .columns = lower_name(l, STR("columns")),
        .lane = lower_name(l, STR("lane")),
        .first = lower_name(l, STR("first")),
        .starts = lower_name(l, STR("starts")),
        .room = lower_name(l, STR("room")),
    };
    Grid grid = contract_grid_for(l, &form->schedule, w.high, w.wide, w.is_contiguous);
    CHECK(grid.tiles[TARGET_MANY].large <= WEIGHTS_ROWS &&
          grid.tiles[TARGET_FEW].large <= WEIGHTS_ROWS);
    add_helper(l, &w, &grid, &names);
    Str ints[] = {names.panel, names.i,   names.j,      names.from,   names.to,
                  names.part,  names.top, names.bottom, names.starts, names.room};
    for (int i = 0; i < COUNT_OF(ints); i++)
        lower_helper_param(l, ints[i], "int");
    add_loops(l, &w, &grid, &names);
    k->flops = 2 * h->out * v->out * rows * form->o * form->groups;
    if (w.way == WAY_PARTS)
        add_combination(l, &w);
    lower_halos(l);
}
