/* contract_weights.c: the gradient of a kernel, and the update of the weights with it.
 *
 * A tile's rows are rows of W, that is (p, q, c), its columns a panel of output channels; every point of
 * every sample adds one step:
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
 *
 * Channels by the hundred lie so far apart that a tile's rows and columns, step after step, fall on few
 * places of the cache. Where many tiles use them, a thread copies them side by side first: of the larger
 * operand, which the outer loop walks over, so that each is copied once in a sweep.
 */
#include "kernel/contract.h"

enum {
    FEW_TILES = 8,             /* units that keep several threads busy                           */
    PARTS = CONTRACT_PARTS,
    CACHE_BYTES = 512 * 1024,  /* of the samples of a sweep: half the second level cache of a core */
    SWEEP_POINTS = 192,        /* at least, of a sample: beside them, moving the sums costs little */
    PACK_WORKERS = 64,         /* threads that have room for a copy                               */
    PACK_TILES = 8,            /* that use a copy, at least                                       */
    PACK_STEPS = 48,           /* and its steps: fewer stay in the first level cache as they lie  */
    PACK_APART = 256,          /* floats from step to step                                        */
    MOST_ROWS = 16,            /* of a tile, at most                                              */
};

/* What a thread copies side by side before it walks over the tiles that use it. */
typedef enum Packed { PACKED_NONE, PACKED_ROWS, PACKED_COLUMNS } Packed;

typedef struct WeightProduct {
    const ContractForm *form;
    Way way;
    Operand x, y;
    Panels panels;
    bool is_contiguous;      /* taps of a kernel line and their channels lie side by side in x */
    int64_t high, wide;      /* the grid of rows: kernel lines x (tap, channel), or taps x channels */
    int64_t samples, lines;  /* of a sweep: lines of y, all of them unless samples is 1 */
    int sums;                /* scratch buffer of sums; -1: an array of the helper */
    Packed packed;
    int copy;                /* scratch buffer of the copies, `room` floats for each thread */
    int64_t room;
} WeightProduct;

typedef struct WeightNames {
    Str panel, i, j, from, to, top, bottom, part, sum, row, columns, lane, first, starts, room;
} WeightNames;

/* The steps that a tile adds up: loops over samples, lines and points, outermost first. */
typedef struct Steps {
    int count;
    struct {
        Str name;
        Expr *from, *to;
        int64_t x, y, copy; /* from one turn to the next: elements of x and y, steps */
    } loop[3];
} Steps;

/* Does a sweep take only some lines of a sample, from `top` to before `bottom`? */
static bool cuts_samples(const WeightProduct *w)
{
    return w->way == WAY_SWEEPS && w->lines < w->form->axis[0].out;
}

/* ---- the tile ------------------------------------------------------------------------------------ */
/* Loops of one turn are left out; two of which the inner one goes on where the outer one comes to are one. */
static void add_loop(Lowering *l, Steps *s, const char *name, Expr *from, Expr *to, int64_t x, int64_t y, int64_t copy)
{
    if (expr_is_int(to, 1) && expr_is_int(from, 0))
        return;
    if (s->count > 0 && to->kind == EXPR_INT && expr_is_int(from, 0) && s->loop[s->count - 1].x == x * to->integer &&
        s->loop[s->count - 1].y == y * to->integer) {
        Expr **outer_from = &s->loop[s->count - 1].from, **outer_to = &s->loop[s->count - 1].to;
        *outer_from = scaled(l->arena, *outer_from, to->integer);
        *outer_to = scaled(l->arena, *outer_to, to->integer);
        s->loop[s->count - 1].x = x;
        s->loop[s->count - 1].y = y;
        s->loop[s->count - 1].copy = copy;
        return;
    }
    s->loop[s->count].name = lower_name(l, str_from(name));
    s->loop[s->count].from = from;
    s->loop[s->count].to = to;
    s->loop[s->count].x = x;
    s->loop[s->count].y = y;
    s->loop[s->count++].copy = copy;
}

static Steps steps_of(Lowering *l, const WeightProduct *w, const WeightNames *names)
{
    Arena *arena = l->arena;
    const ContractAxis *h = &w->form->axis[0], *v = &w->form->axis[1];
    Expr *zero = expr_int(arena, 0), *top = zero, *bottom = expr_int(arena, h->out);
    Steps s = {0};
    if (cuts_samples(w)) {
        top = expr_name(arena, names->top);
        bottom = expr_name(arena, names->bottom);
    }
    add_loop(l, &s, "n", expr_name(arena, names->from), expr_name(arena, names->to), w->x.batch, w->y.batch,
             h->out * v->out);
    add_loop(l, &s, "y", top, bottom, h->stride * w->x.line, w->y.line, v->out);
    add_loop(l, &s, "x", zero, expr_int(arena, v->out), v->stride * w->x.point, w->y.point, 1);
    return s;
}

/* Floats of the copy from step to step. */
static Expr *copy_pitch(Lowering *l, const WeightProduct *w, const Grid *grid)
{
    return w->packed == PACKED_ROWS ? expr_name(l->arena, grid->most) : expr_int(l->arena, w->panels.width);
}

/* Where the copy of the step that the loops are at begins. */
static Expr *copy_index(Lowering *l, const WeightProduct *w, const Steps *s, const Grid *grid, const WeightNames *names)
{
    Arena *arena = l->arena;
    Expr *step = expr_int(arena, 0);
    for (int i = 0; i < s->count; i++) {
        Expr *at = expr_name(arena, s->loop[i].name), *from = s->loop[i].from;
        Expr *turn = expr_is_int(from, 0) ? at : expr_binary(arena, "-", at, from);
        step = expr_add(arena, step, scaled(arena, turn, s->loop[i].copy));
    }
    return expr_add(arena, expr_name(arena, names->room), expr_mul(arena, step, copy_pitch(l, w, grid)));
}

/* The tile's rows or columns, copied when it is the first one that uses them. */
static void add_copy(Lowering *l, const WeightProduct *w, const Steps *s, const Grid *grid, const WeightNames *names,
                     const Tile *t)
{
    Arena *arena = l->arena;
    bool is_rows = w->packed == PACKED_ROWS;
    Stmt *first = stmt_if(arena, expr_name(arena, names->starts));
    Block *block = &first->body;
    for (int i = 0; i < s->count; i++) {
        Stmt *loop = stmt_for(arena, s->loop[i].name, s->loop[i].from, s->loop[i].to, 1);
        block_add(arena, block, loop);
        block = &loop->body;
    }
    Stmt *loop = is_rows ? stmt_for(arena, STR("r"), expr_int(arena, 0), expr_name(arena, STR("rows")), 1)
                         : stmt_for(arena, names->lane, expr_int(arena, 0), expr_int(arena, w->panels.width), 1);
    Expr *at = expr_name(arena, loop->name);
    Expr *from = is_rows ? expr_load(arena, t->a, expr_add(arena, t->a_index, t->a_row))
                         : expr_load(arena, t->b, expr_add(arena, t->b_index, at));
    Expr *to = expr_load(arena, lower_buffer_pointer(l, w->copy, true),
                         expr_add(arena, copy_index(l, w, s, grid, names), at));
    block_add(arena, &loop->body, stmt_set(arena, to, "=", from));
    block_add(arena, block, loop);
    block_add(arena, &l->kernel->helper, first);
}

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
    if (b->layout.kind != LAYOUT_PANEL || b->node == NODE_NONE || b->layout.groups != form->groups ||
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
static void fetch_next_state(Lowering *l, Tile *t, const WeightProduct *w, const Grid *grid, const WeightNames *names)
{
    Arena *arena = l->arena;
    const Panels *panels = &w->panels;
    int64_t size = panels->rows * panels->width, tile = grid->tiles[TARGET_MANY].large * panels->width;
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
            tile_fetch_ahead(arena, t, lower_buffer_pointer(l, i, false), next, (tile + steps - 1) / steps);
}

/* Images that do not stay in the cache: every step fetches at its point what the next tile reads of x, and the
 * next panel of y. Where that is there already, a fetch costs nothing beside the products. */
static void fetch_next_channels(const Lowering *l, Tile *t, const WeightProduct *w, const Grid *grid)
{
    if (4 * (w->x.batch + w->y.batch) * l->program->batch <= FETCH_AHEAD_BYTES)
        return;
    if (w->packed != PACKED_ROWS)
        t->a_ahead = 2 * grid->tiles[TARGET_MANY].large - 1; /* the last of its rows */
    if (w->packed != PACKED_COLUMNS)
        t->b_ahead = w->panels.count > 1 ? w->panels.width : 0;
}

static void add_tile(Lowering *l, const WeightProduct *w, const Grid *grid, const WeightNames *names)
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
    Steps s = steps_of(l, w, names);
    for (int i = 0; i < s.count; i++) {
        Expr *at = expr_name(arena, s.loop[i].name);
        t.loop[t.loop_count].name = s.loop[i].name;
        t.loop[t.loop_count].from = s.loop[i].from;
        t.loop[t.loop_count++].to = s.loop[i].to;
        t.a_index = expr_add(arena, t.a_index, scaled(arena, at, s.loop[i].x));
        t.b_index = expr_add(arena, t.b_index, scaled(arena, at, s.loop[i].y));
    }
    t.a_index = plus(arena, t.a_index,
                     w->x.offset - h->before * w->x.line - v->before * w->x.point);
    t.b_index = plus(arena, t.b_index, w->y.offset);
    t.a_row = contract_row_offset(l, grid, h->dilation * w->x.line, 1);
    if (w->packed != PACKED_NONE) {
        add_copy(l, w, &s, grid, names, &t);
        Expr *copy = copy_index(l, w, &s, grid, names);
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

/* ---- the maps after it ----------------------------------------------------------------------------- */
static Position weight_position(Lowering *l, const WeightProduct *w, Expr *panel, Expr *row, Expr *lane)
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
        at.index[1] = form->axis[1].kernel == 1 ? expr_int(arena, 0) : expr_binary(arena, "%", tap, line);
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

static void add_epilogue(Lowering *l, Block *block, const WeightProduct *w, const WeightNames *names)
{
    Arena *arena = l->arena;
    Expr *panel = expr_name(arena, names->panel), *r = expr_name(arena, STR("r"));
    Expr *lane = expr_name(arena, names->lane), *row = expr_name(arena, names->row);
    Expr *columns = real_columns(l, block, w, panel, names->columns);
    Stmt *rows = stmt_for(arena, STR("r"), expr_int(arena, 0), expr_name(arena, STR("rows")), 1);
    Stmt *lanes = stmt_for(arena, names->lane, expr_int(arena, 0), columns, 1);
    block_add(arena, &rows->body,
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
            first = expr_add(arena, first, scaled(arena, expr_name(arena, names->part),
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

/* ---- the loops around it ------------------------------------------------------------------------------ */
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
        Expr *first[] = {part, expr_int(arena, PARTS), batch}, *last[] = {next, expr_int(arena, PARTS), batch};
        lower_declare(l, body, names->from, expr_call(arena, "nn_first", 3, first));
        lower_declare(l, body, names->to, expr_call(arena, "nn_first", 3, last));
        return;
    }
    Expr *sweep = expr_name(arena, STR("sweep"));
    if (cuts_samples(w)) {
        int64_t high = w->form->axis[0].out, blocks = (high + w->lines - 1) / w->lines;
        l->kernel->sweeps = scaled(arena, batch, blocks);
        Expr *sample = lower_declare(l, body, names->from, expr_binary(arena, "/", sweep, expr_int(arena, blocks)));
        lower_declare(l, body, names->to, plus(arena, sample, 1));
        Expr *block = expr_binary(arena, "%", sweep, expr_int(arena, blocks));
        Expr *next = plus(arena, lower_declare(l, body, names->top, scaled(arena, block, w->lines)), w->lines);
        Expr *end = expr_int(arena, high);
        bool is_even = high % w->lines == 0;
        lower_declare(l, body, names->bottom,
                      is_even ? next : expr_select(arena, expr_binary(arena, "<", next, end), next, end));
        return;
    }
    l->kernel->sweeps = expr_binary(arena, "/", plus(arena, batch, w->samples - 1), expr_int(arena, w->samples));
    Expr *from = lower_declare(l, body, names->from, scaled(arena, sweep, w->samples));
    Expr *to = plus(arena, from, w->samples);
    lower_declare(l, body, names->to, expr_select(arena, expr_binary(arena, "<", to, batch), to, batch));
}

static void add_loops(Lowering *l, const WeightProduct *w, const Grid *grid, const WeightNames *names)
{
    Arena *arena = l->arena;
    Kernel *k = l->kernel;
    Block *body = &k->body;
    Expr *unit = expr_name(arena, STR("unit"));
    Expr *tiles = expr_mul(arena, grid->down, grid->across), *count = expr_int(arena, w->panels.count);
    k->units = expr_mul(arena, count, tiles);
    Expr *part = NULL;
    if (w->way == WAY_PARTS) {
        k->units = expr_mul(arena, k->units, expr_int(arena, PARTS));
        part = lower_declare(l, body, names->part, rest(arena, unit, expr_int(arena, PARTS)));
        unit = lower_declare(l, body, lower_name(l, STR("tile")), quotient(arena, unit, expr_int(arena, PARTS)));
    }
    Expr *inside = rest(arena, unit, tiles); /* of the tiles that use a copy */
    if (w->packed == PACKED_ROWS) {
        inside = lower_declare(l, body, names->panel, rest(arena, unit, count));
        unit = lower_declare(l, body, lower_name(l, STR("tile")), quotient(arena, unit, count));
    } else {
        lower_declare(l, body, names->panel, quotient(arena, unit, tiles));
    }
    Expr *down = rest(arena, quotient(arena, unit, grid->across), grid->down);
    bool is_tile = w->packed == PACKED_ROWS && grid->down->kind == EXPR_INT; /* of a grid of one line */
    Expr *across = is_tile ? unit : rest(arena, unit, grid->across);
    if (down->kind != EXPR_INT)
        down = lower_declare(l, body, lower_name(l, STR("line")), down);
    if (across->kind != EXPR_INT)
        across = lower_declare(l, body, lower_name(l, STR("share")), across);
    contract_tile_start(l, &k->body, grid, down, across, names->i, names->j);
    add_samples(l, w, names, part);
    if (w->packed != PACKED_NONE) {
        Expr *is_first = expr_binary(arena, "==", expr_name(arena, STR("unit")), expr_name(arena, STR("unit_first")));
        lower_declare(l, body, names->starts,
                      expr_binary(arena, "||", expr_binary(arena, "==", inside, expr_int(arena, 0)), is_first));
        lower_declare(l, body, names->room, scaled(arena, expr_name(arena, STR("thread")), w->room));
        k->workers = PACK_WORKERS;
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
    SumParts parts = {.sums = lower_buffer_pointer(l, w->sums, false), .parts = PARTS, .size = size,
                      .letter = STR("part")};
    Str total = lower_name(l, STR("total"));
    Expr *lane = contract_add_up(l, &k->body, total, panels->width, &parts, scaled(arena, unit, panels->width));

    Expr *columns = real_columns(l, &k->body, w, panel, lower_name(l, STR("columns")));
    Stmt *maps = stmt_for(arena, lane->name, expr_int(arena, 0), columns, 1);
    Position at = weight_position(l, w, panel, row, lane);
    lower_after(l, &maps->body, &at, expr_load(arena, total, lane));
    block_add(arena, &k->body, maps);
    k->fixed_flops = (PARTS + 8) * size;
}

/* ---- the choice ------------------------------------------------------------------------------------- */
int contract_weights_width(const Lowering *l, const ContractForm *form)
{
    for (int i = 0; i < l->program->buffers.count; i++)
        if (is_state(l, form, i))
            return l->program->buffers.items[i].layout.panel;
    return panel_width(form->o);
}

/* The larger operand, when the cache would not hold what many tiles use of it. */
static Packed choose_packed(const Lowering *l, const WeightProduct *w, int64_t tiles)
{
    const ContractForm *form = w->form;
    const ContractAxis *h = &form->axis[0], *v = &form->axis[1];
    int64_t steps = h->out * v->out * l->program->batch;
    int64_t x_step = form->spatial > 0 ? v->stride * w->x.point : w->x.batch;
    int64_t y_step = form->spatial > 0 ? w->y.point : w->y.batch;
    bool takes_rows = h->in * v->in * form->c > h->out * v->out * form->o;
    int64_t users = takes_rows ? w->panels.count : tiles, apart = takes_rows ? x_step : y_step;
    if (users < PACK_TILES || steps < PACK_STEPS || apart < PACK_APART)
        return PACKED_NONE;
    return takes_rows ? PACKED_ROWS : PACKED_COLUMNS;
}

static Way choose(const Lowering *l, const WeightProduct *w, int64_t sample_bytes, int64_t tiles)
{
    if (w->form->schedule.way > 0)
        return w->form->schedule.way;
    int64_t steps = w->form->axis[0].out * w->form->axis[1].out * l->program->batch;
    if (tiles * w->panels.count < FEW_TILES && steps >= 1024 && l->program->batch >= PARTS)
        return WAY_PARTS;
    return sample_bytes * l->program->batch > CACHE_BYTES && w->form->spatial > 0 ? WAY_SWEEPS : WAY_WHOLE;
}

/* Floats of a step in the copy; of rows no tile has more. */
static int64_t copy_floats(const WeightProduct *w)
{
    return w->packed == PACKED_ROWS ? MOST_ROWS : w->panels.width;
}

/* How much of the batch a sweep takes: what stays in the cache while all tiles walk over it, which is
 * all of x and one panel of y at a time, or all of y and a tile's rows of x. */
static void choose_sweep(WeightProduct *w, int64_t sample_bytes)
{
    const ContractAxis *h = &w->form->axis[0], *v = &w->form->axis[1];
    w->samples = sample_bytes < CACHE_BYTES ? CACHE_BYTES / sample_bytes : 1;
    w->lines = h->out;
    bool is_y = w->packed == PACKED_ROWS;
    int64_t line = 4 * (is_y ? w->y.line : h->stride * w->x.line), beside = 4 * v->out * copy_floats(w);
    int64_t all = is_y ? line * h->out : 4 * w->x.line * h->in;
    int64_t more = is_y ? 0 : 4 * (h->kernel - 1) * h->dilation * w->x.line; /* the lines above and below */
    if (all + beside * h->out <= CACHE_BYTES)
        return;
    int64_t least = (SWEEP_POINTS + v->out - 1) / v->out;
    int64_t lines = (CACHE_BYTES - more) / (line + beside);
    lines = lines < least ? least : lines;
    int64_t blocks = lines < h->out ? (h->out + lines - 1) / lines : 1;
    w->lines = (h->out + blocks - 1) / blocks;
}

/* Bytes of a sample that a sweep should find in the cache. */
static int64_t cached_bytes(const WeightProduct *w)
{
    int64_t copy = w->form->axis[0].out * w->form->axis[1].out * copy_floats(w);
    switch (w->packed) {
    case PACKED_ROWS:
        return 4 * (w->y.batch + copy);
    case PACKED_COLUMNS:
        return 4 * (w->x.batch + copy);
    default:
        return 4 * (w->x.batch + w->y.batch);
    }
}

/* Room for the steps of a sweep, or of the whole batch. */
static void add_room(Lowering *l, WeightProduct *w)
{
    int64_t lines = w->lines, samples = w->samples < l->program->batch ? w->samples : l->program->batch;
    if (w->way == WAY_WHOLE) {
        lines = w->form->axis[0].out;
        samples = l->program->batch;
    }
    w->room = samples * lines * w->form->axis[1].out * copy_floats(w);
    w->copy = lower_scratch(l, "copy", TYPE_F32, PACK_WORKERS * w->room, 0);
}

void contract_lower_weights(Lowering *l, const ContractForm *form)
{
    const ContractAxis *h = &form->axis[0], *v = &form->axis[1];
    WeightProduct w = {.form = form, .sums = -1};
    int64_t rows = h->kernel * v->kernel * form->c;
    w.panels = contract_panels(contract_weights_width(l, form), form->o, form->groups, rows);
    OperandNeed x_need = {.before = {contract_halo_before(h), contract_halo_before(v)},
                          .after = {contract_halo_after(h), contract_halo_after(v)}};
    OperandNeed y_need = {.channels = (form->groups - 1) * form->o + w.panels.per_group * w.panels.width};
    w.x = contract_operand(l, form, form->x, x_need);
    w.y = contract_operand(l, form, form->y, y_need);
    w.is_contiguous = v->kernel == 1 || v->dilation * w.x.point == form->c;
    w.high = w.is_contiguous ? h->kernel : h->kernel * v->kernel;
    w.wide = w.is_contiguous ? v->kernel * form->c : form->c;
    int64_t tiles = w.high * ((w.wide + 13) / 14); /* about: lines may share tiles */
    w.packed = choose_packed(l, &w, tiles);
    int64_t sample_bytes = cached_bytes(&w);
    w.way = choose(l, &w, sample_bytes, tiles);
    if (w.way == WAY_PARTS)
        w.packed = PACKED_NONE;
    choose_sweep(&w, sample_bytes);
    if (w.packed != PACKED_NONE)
        add_room(l, &w);
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
        .panel = lower_name(l, STR("panel")), .i = lower_name(l, STR("i")), .j = lower_name(l, STR("j")),
        .from = lower_name(l, STR("from")), .to = lower_name(l, STR("to")),
        .top = lower_name(l, STR("top")), .bottom = lower_name(l, STR("bottom")),
        .part = lower_name(l, STR("part")),
        .sum = lower_name(l, STR("sum")), .row = lower_name(l, STR("row")),
        .columns = lower_name(l, STR("columns")), .lane = lower_name(l, STR("lane")),
        .first = lower_name(l, STR("first")), .starts = lower_name(l, STR("starts")),
        .room = lower_name(l, STR("room")),
    };
    Grid grid = contract_grid_for(l, &form->schedule, w.high, w.wide, w.is_contiguous);
    CHECK(grid.tiles[TARGET_MANY].large <= MOST_ROWS && grid.tiles[TARGET_FEW].large <= MOST_ROWS);
    add_helper(l, &w, &grid, &names);
    Str ints[] = {names.panel, names.i, names.j, names.from, names.to, names.part, names.top, names.bottom,
                  names.starts, names.room};
    for (int i = 0; i < COUNT_OF(ints); i++)
        vec_push(l->arena, &k->helper_params, ((KernelParam){.buffer = -1, .name = ints[i], .type = "int"}));
    add_loops(l, &w, &grid, &names);
    k->flops = 2 * h->out * v->out * rows * form->o * form->groups;
    if (w.way == WAY_PARTS)
        add_combination(l, &w);
    lower_halos(l);
}
