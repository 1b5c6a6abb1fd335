/* contract_weights_way.c: how the gradient of a kernel goes through the batch: whole, in sweeps or
 * in parts (see contract_weights.c), and what a thread copies on the way.
 *
 * Channels by the hundred lie so far apart that a tile's rows and columns, step after step, fall on
 * few places of the cache. Where many tiles use them, a thread copies them side by side first: of
 * the larger operand, which the outer loop walks over, so that each is copied once in a sweep. */
#include "kernel/contract_weights.h"

enum {
    FEW_TILES = 8,                  /* units that keep several threads busy                   */
    CACHE_BYTES = 512 * 1024,       /* of a sweep's samples: half a core's second level cache */
    SWEEP_POINTS = 192,             /* at least: beside them, moving the sums costs little    */
    MOST_WORKERS = 64,              /* threads that have room for a copy                      */
    COPIES_BYTES = 8 * 1024 * 1024, /* of all of them                                         */
    PACK_TILES = 8,                 /* that use a copy, at least                              */
    PACK_STEPS = 48,                /* of it, at least: fewer stay in the first level cache   */
    PACK_APART = 256,               /* floats from step to step, at least                     */
};

/* ---- the choice ------------------------------------------------------------------------------ */
/* The larger operand, when the cache would not hold what many tiles use of it. */
static Packed choose_packed(const Lowering *l, const WeightProduct *w, int64_t tiles)
{
    const ContractForm *form = w->form;
    const ContractAxis *h = &form->axis[0], *v = &form->axis[1];
    int64_t steps = h->out * v->out * l->program->batch;
    int64_t x_step = form->spatial > 0 ? v->stride * w->x.point : w->x.batch;
    int64_t y_step = form->spatial > 0 ? w->y.point : w->y.batch;
    bool takes_rows = h->in * v->in * form->c > h->out * v->out * form->o;
    int64_t users = takes_rows ? w->panels.per_group : tiles, apart = takes_rows ? x_step : y_step;
    if (users < PACK_TILES || steps < PACK_STEPS || apart < PACK_APART)
        return PACKED_NONE;
    return takes_rows ? PACKED_ROWS : PACKED_COLUMNS;
}

static Way choose(const Lowering *l, const WeightProduct *w, int64_t sample_bytes, int64_t tiles)
{
    if (w->form->schedule.way > 0)
        return w->form->schedule.way;
    int64_t steps = w->form->axis[0].out * w->form->axis[1].out * l->program->batch;
    if (tiles * w->panels.count < FEW_TILES && steps >= 1024 && l->program->batch >= CONTRACT_PARTS)
        return WAY_PARTS;
    return sample_bytes * l->program->batch > CACHE_BYTES && w->form->spatial > 0 ? WAY_SWEEPS
                                                                                  : WAY_WHOLE;
}

/* Floats of a step in the copy; of rows no tile has more. */
static int64_t copy_floats(const WeightProduct *w)
{
    return w->packed == PACKED_ROWS ? WEIGHTS_ROWS : w->panels.width;
}

/* How much of the batch a sweep takes: what stays in the cache while all tiles walk over it, which
 * is all of x and one panel of y at a time, or all of y and a tile's rows of x. */
static void choose_sweep(WeightProduct *w, int64_t sample_bytes)
{
    const ContractAxis *h = &w->form->axis[0], *v = &w->form->axis[1];
    w->samples = sample_bytes < CACHE_BYTES ? CACHE_BYTES / sample_bytes : 1;
    w->lines = h->out;
    bool is_y = w->packed == PACKED_ROWS;
    int64_t line = 4 * (is_y ? w->y.line : h->stride * w->x.line),
            beside = 4 * v->out * copy_floats(w);
    int64_t all = is_y ? line * h->out : 4 * w->x.line * h->in;
    int64_t more =
        is_y ? 0 : 4 * (h->kernel - 1) * h->dilation * w->x.line; /* the lines above and below */
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

/* Floats of a copy: the steps of a sweep, or of the whole batch. */
static int64_t copy_room(const Lowering *l, const WeightProduct *w)
{
    int64_t lines = w->lines, batch = l->program->batch;
    int64_t samples = w->samples < batch ? w->samples : batch;
    if (w->way == WAY_WHOLE) {
        lines = w->form->axis[0].out;
        samples = batch;
    }
    return samples * lines * w->form->axis[1].out * copy_floats(w);
}

static void choose_way(const Lowering *l, WeightProduct *w, int64_t tiles)
{
    int64_t sample_bytes = cached_bytes(w);
    w->way = choose(l, w, sample_bytes, tiles);
    choose_sweep(w, sample_bytes);
}

void weights_choose(Lowering *l, WeightProduct *w)
{
    int64_t tiles = w->high * ((w->wide + 13) / 14); /* about: lines may share tiles */
    w->packed = choose_packed(l, w, tiles);
    choose_way(l, w, tiles);
    w->room = copy_room(l, w);
    if (w->packed != PACKED_NONE && (w->way == WAY_PARTS || 4 * w->room > CACHE_BYTES)) {
        w->packed = PACKED_NONE;
        choose_way(l, w, tiles);
    }
    if (w->packed == PACKED_NONE)
        return;
    int64_t most = COPIES_BYTES / (4 * w->room);
    w->workers = most < MOST_WORKERS ? (int)most : MOST_WORKERS;
    w->copy = lower_scratch(l, "copy", TYPE_F32, w->workers * w->room, 0);
}

/* ---- the steps and their copy ---------------------------------------------------------------- */
/* Loops of one turn are left out; two of which the inner one goes on where the outer one comes to
 * are one. */
static void add_loop(Lowering *l, Steps *s, const char *name, StepLoop loop)
{
    StepLoop *outer = s->count > 0 ? &s->loop[s->count - 1] : NULL;
    if (expr_is_int(loop.to, 1) && expr_is_int(loop.from, 0))
        return;
    int64_t turns = loop.to->kind == EXPR_INT && expr_is_int(loop.from, 0) ? loop.to->integer : 0;
    if (outer != NULL && turns > 0 && outer->x == loop.x * turns && outer->y == loop.y * turns) {
        loop.name = outer->name;
        loop.from = scaled(l->arena, outer->from, turns);
        loop.to = scaled(l->arena, outer->to, turns);
        *outer = loop;
        return;
    }
    loop.name = lower_name(l, str_from(name));
    s->loop[s->count++] = loop;
}

Steps weights_steps(Lowering *l, const WeightProduct *w, const WeightNames *names)
{
    Arena *arena = l->arena;
    const ContractAxis *h = &w->form->axis[0], *v = &w->form->axis[1];
    Expr *zero = expr_int(arena, 0), *top = zero, *bottom = expr_int(arena, h->out);
    Steps s = {0};
    if (cuts_samples(w)) {
        top = expr_name(arena, names->top);
        bottom = expr_name(arena, names->bottom);
    }
    add_loop(l, &s, "n",
             (StepLoop){.from = expr_name(arena, names->from), .to = expr_name(arena, names->to),
                        .x = w->x.batch, .y = w->y.batch, .copy = h->out * v->out});
    add_loop(l, &s, "y",
             (StepLoop){.from = top, .to = bottom, .x = h->stride * w->x.line, .y = w->y.line,
                        .copy = v->out});
    add_loop(l, &s, "x",
             (StepLoop){.from = zero, .to = expr_int(arena, v->out), .x = v->stride * w->x.point,
                        .y = w->y.point, .copy = 1});
    return s;
}

/* Floats of the copy from step to step. */
static Expr *copy_pitch(Lowering *l, const WeightProduct *w, const Grid *grid)
{
    return w->packed == PACKED_ROWS ? expr_name(l->arena, grid->most)
                                    : expr_int(l->arena, w->panels.width);
}

Expr *weights_copy_index(Lowering *l, const WeightProduct *w, const Steps *s, const Grid *grid,
                         const WeightNames *names)
{
    Arena *arena = l->arena;
    Expr *step = expr_int(arena, 0);
    for (int i = 0; i < s->count; i++) {
        Expr *at = expr_name(arena, s->loop[i].name), *from = s->loop[i].from;
        Expr *turn = expr_is_int(from, 0) ? at : expr_binary(arena, "-", at, from);
        step = expr_add(arena, step, scaled(arena, turn, s->loop[i].copy));
    }
    return expr_add(arena, expr_name(arena, names->room),
                    expr_mul(arena, step, copy_pitch(l, w, grid)));
}

/* The tile's rows or columns, copied when it is the first one that uses them. */
void weights_add_copy(Lowering *l, const WeightProduct *w, const Steps *s, const Grid *grid,
                      const WeightNames *names, const Tile *t)
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
    Stmt *loop =
        is_rows
            ? stmt_for(arena, STR("r"), expr_int(arena, 0), expr_name(arena, STR("rows")), 1)
            : stmt_for(arena, names->lane, expr_int(arena, 0), expr_int(arena, w->panels.width), 1);
    Expr *at = expr_name(arena, loop->name);
    Expr *from = is_rows ? expr_load(arena, t->a, expr_add(arena, t->a_index, t->a_row))
                         : expr_load(arena, t->b, expr_add(arena, t->b_index, at));
    Expr *to = expr_load(arena, lower_buffer_pointer(l, w->copy, true),
                         expr_add(arena, weights_copy_index(l, w, s, grid, names), at));
    block_add(arena, &loop->body, stmt_set(arena, to, "=", from));
    block_add(arena, block, loop);
    block_add(arena, &l->kernel->helper, first);
}
