/* contract_winograd.c: a 3x3 or 5x5 convolution as products of transformed patches.
 *
 * The transformations and the products are functions of runtime/winograd.h; what is printed here
 * are the loops over squares, places and panels, and the maps after the contraction:
 *
 *     for squares          patches[place][c] = B' d B
 *     for places, panels   products[place][panel][square] = patches[place] * kernel[panel][place]
 *     for squares, panels  y = A' products A, then the maps
 *
 * A thread takes blocks of squares through all three, in a scratch buffer of its own that stays in
 * its cache. With fewer squares (a small batch) and a transformed kernel that stays in the cache, a
 * thread takes its share of them through all three, and no core waits for what another one wrote.
 * With too few squares for that, a thread takes its share of the panels through them: the patches
 * are the same for all panels and so little work that each thread makes its own. With a larger
 * kernel, all squares go through each step together, in three kernels: every transformed kernel is
 * then read once, and places and panels are what is divided among threads. */
#include "kernel/contract_winograd.h"

enum {
    KERNEL_BYTES = 512 * 1024,  /* of a transformed kernel that stays in the second level cache */
    PANELS_BYTES = 1024 * 1024, /* of one whose panels do, each core holding a share of them  */
};

/* ---- blocks of squares ----------------------------------------------------------------------- */
enum {
    BLOCK_BYTES = 1024 * 1024, /* patches and products of a block: half the second level cache */
    PLACE_BYTES = 256 * 1024,  /* of one place, where a block does not fit                     */
    ROWS = 14,                 /* of a product's tile                                          */
    LEAST_ROOM = 2 * ROWS,     /* with fewer, the transformed kernel is read too often         */
    MOST_ROOM = 9 * ROWS,
};

static int64_t even(int64_t count)
{
    return (count + 1) / 2 * 2;
}

/* Along an axis of so many points. */
static int64_t count_squares(int64_t extent, int points, int64_t apart)
{
    int64_t rest = extent % (points * apart);
    return extent / (points * apart) * apart + (rest < apart ? rest : apart);
}

Squares winograd_squares(const ContractForm *form, int points, int64_t batch, int64_t c, int64_t o)
{
    bool is_image = form->kind == CONTRACT_IMAGE;
    const ContractAxis *high = &form->axis[0], *wide = &form->axis[1];
    Squares s = {
        .points = points, .taps = (int)high->kernel, .apart = {high->dilation, wide->dilation}};
    s.side = points + s.taps - 1;
    s.places = s.side * s.side;
    s.across = count_squares(is_image ? wide->in : wide->out, points, s.apart[1]);
    s.each = count_squares(is_image ? high->in : high->out, points, s.apart[0]) * s.across;
    s.all = even(s.each * batch);
    int64_t bytes = 4 * (c + o);
    int64_t most = BLOCK_BYTES / (s.places * bytes);
    if (most < LEAST_ROOM)
        most = PLACE_BYTES / bytes;
    most = most < LEAST_ROOM ? LEAST_ROOM : most > MOST_ROOM ? MOST_ROOM : most / ROWS * ROWS;
    s.blocks = (s.all + most - 1) / most;
    if (s.blocks > WINOGRAD_FEW_BLOCKS)
        s.blocks = even(s.blocks); /* for two threads */
    s.room = even((s.all + s.blocks - 1) / s.blocks);
    return s;
}

/* ---- text ------------------------------------------------------------------------------------ */
Expr *winograd_int(Lowering *l, Block *block, const char *wanted, Expr *value)
{
    return lower_declare(l, block, lower_name(l, str_from(wanted)), value);
}

Stmt *winograd_loop(Lowering *l, Block *block, const char *wanted, Expr *count)
{
    Stmt *loop =
        stmt_for(l->arena, lower_name(l, str_from(wanted)), expr_int(l->arena, 0), count, 1);
    block_add(l->arena, block, loop);
    return loop;
}

Str winograd_function(Lowering *l, const char *stem, int points, int taps)
{
    return str_format(l->arena, "nn_winograd_%s_%d_%d", stem, points, taps);
}

Str winograd_patch_function(Lowering *l, int side)
{
    return str_format(l->arena, "nn_winograd_patch_of_%d", side);
}

Expr *winograd_square_count(Lowering *l, const Squares *s)
{
    return scaled(l->arena, lower_batch(l), s->each);
}

Expr *winograd_block_count(Lowering *l, const Squares *s)
{
    return expr_binary(l->arena, "/", plus(l->arena, winograd_square_count(l, s), s->room - 1),
                       expr_int(l->arena, s->room));
}

Expr *winograd_block_size(Lowering *l, Block *block, const Squares *s, Expr *first)
{
    Arena *arena = l->arena;
    Expr *left =
        winograd_int(l, block, "left", expr_binary(arena, "-", winograd_square_count(l, s), first));
    Expr *room = expr_int(arena, s->room);
    return winograd_int(l, block, "squares",
                        expr_select(arena, expr_binary(arena, "<", left, room), left, room));
}

/* The first point of a square, along an axis. */
static Expr *start_of(Lowering *l, Expr *square, int points, int64_t apart)
{
    if (apart == 1)
        return scaled(l->arena, square, points);
    Expr *each = expr_int(l->arena, apart);
    Expr *before = scaled(l->arena, expr_binary(l->arena, "/", square, each), points * apart);
    return expr_add(l->arena, before, expr_binary(l->arena, "%", square, each));
}

SquareLoop winograd_square_loop(Lowering *l, Block *block, const Squares *s, Expr *first,
                                Expr *count)
{
    Arena *arena = l->arena;
    Stmt *loop = winograd_loop(l, block, "t", count);
    SquareLoop at = {.body = &loop->body, .t = expr_name(arena, loop->name)};
    Expr *square = winograd_int(l, at.body, "square", expr_add(arena, first, at.t));
    Expr *each = expr_int(arena, s->each), *across = expr_int(arena, s->across);
    at.n = winograd_int(l, at.body, "n", expr_binary(arena, "/", square, each));
    Expr *line = expr_binary(arena, "/", expr_binary(arena, "%", square, each), across);
    Expr *column = expr_binary(arena, "%", square, across);
    at.i = winograd_int(l, at.body, "i", start_of(l, line, s->points, s->apart[0]));
    at.j = winograd_int(l, at.body, "j", start_of(l, column, s->points, s->apart[1]));
    return at;
}

void winograd_transform(Lowering *l, Block *block, const Squares *s, const SquareTransform *t,
                        Expr *first, Expr *count, Expr *slot)
{
    Arena *arena = l->arena;
    const Operand *x = t->from;
    SquareLoop loop = winograd_square_loop(l, block, s, first, count);
    Str from = lower_buffer_pointer(l, x->buffer, false), to = lower_buffer_pointer(l, t->to, true);
    Expr *corner = expr_add(arena, scaled(arena, loop.n, x->batch), scaled(arena, loop.i, x->line));
    corner = plus(arena, expr_add(arena, corner, scaled(arena, loop.j, x->point)), x->offset);
    Expr *place =
        expr_add(arena, t->start, scaled(arena, expr_add(arena, slot, loop.t), t->square));
    Expr *args[] = {
        winograd_at(l, to, place),
        t->place,
        t->block,
        winograd_at(l, from, corner),
        expr_int(arena, x->line * s->apart[0]),
        expr_int(arena, x->point * s->apart[1]),
        expr_int(arena, t->channels),
    };
    block_add(arena, loop.body,
              stmt_call(arena, expr_call(arena, t->function.ptr, COUNT_OF(args), args)));
}

/* ---- the product ----------------------------------------------------------------------------- */
typedef struct Winograd {
    const ContractForm *form;
    Squares s;
    Operand x; /* offset: of the first point of the first patch */
    Panels panels;
    Expr *panel_from, *panel_to; /* that the kernel computes */
    int64_t channels;            /* of a patch, whole blocks */
    int patches, products;
    int workers;                       /* that have scratch buffers                            */
    Expr *room;                        /* squares that the scratch of a thread is laid out for */
    Expr *patch_place, *product_place; /* floats from a place to the next in it                */
    Expr *patch_start, *product_start; /* and before it                                        */
} Winograd;

static void add_patches(Lowering *l, Block *block, const Winograd *w, Expr *first, Expr *count,
                        Expr *slot)
{
    SquareTransform to_patches = {
        .function = winograd_patch_function(l, w->s.side),
        .from = &w->x,
        .channels = w->form->c,
        .to = w->patches,
        .start = w->patch_start,
        .place = w->patch_place,
        .block = scaled(l->arena, w->room, WINOGRAD_BLOCK),
        .square = WINOGRAD_BLOCK,
    };
    winograd_transform(l, block, &w->s, &to_patches, first, count, slot);
}

/* The transformed kernel from row number `row` of [panel][place] on. */
static Expr *kernel_at(Lowering *l, const Winograd *w, Expr *row)
{
    Expr *offset = scaled(l->arena, row, w->form->c * w->panels.width);
    return winograd_at(l, lower_pointer(l, w->form->w, false),
                       plus(l->arena, offset, lower_buffer(l, w->form->w)->layout.offset));
}

/* Of one place and panel, `count` squares. */
static void add_product(Lowering *l, Block *block, const Winograd *w, Expr *place, Expr *panel,
                        Expr *count)
{
    Arena *arena = l->arena;
    const Panels *p = &w->panels;
    Str patches = lower_buffer_pointer(l, w->patches, false),
        products = lower_buffer_pointer(l, w->products, true);
    Expr *to = expr_add(arena, w->product_start, expr_mul(arena, place, w->product_place));
    to = expr_add(arena, to, expr_mul(arena, panel, scaled(arena, w->room, p->width)));
    Expr *from = expr_add(arena, w->patch_start, expr_mul(arena, place, w->patch_place));
    /* Panels lie further apart than places, but the panels of a place follow each other here. */
    Expr *row = expr_add(arena, scaled(arena, panel, w->s.places), place);
    Expr *is_last = expr_binary(arena, "==", panel, plus(arena, w->panel_to, -1));
    Expr *first = expr_add(arena, scaled(arena, w->panel_from, w->s.places), plus(arena, place, 1));
    Expr *next = p->count == 1
                     ? first
                     : expr_select(arena, is_last, first, plus(arena, row, w->s.places));
    Expr *args[] = {
        winograd_at(l, products, to),
        winograd_at(l, patches, from),
        kernel_at(l, w, row),
        kernel_at(l, w, next),
        count,
        w->room,
        expr_int(arena, w->form->c),
        expr_int(arena, p->width),
    };
    block_add(arena, block,
              stmt_call(arena, expr_call(arena, "nn_winograd_products", COUNT_OF(args), args)));
}

/* The panels that the kernel computes; no loop where it is certain that there is one. */
static Expr *panel_loop(Lowering *l, Block **block, const Winograd *w)
{
    if (expr_is_int(w->panel_from, 0) && expr_is_int(w->panel_to, 1))
        return expr_int(l->arena, 0);
    Stmt *loop = stmt_for(l->arena, lower_name(l, STR("panel")), w->panel_from, w->panel_to, 1);
    block_add(l->arena, *block, loop);
    *block = &loop->body;
    return expr_name(l->arena, loop->name);
}

/* i < high && j < wide for what squares hold `each` of along an axis, as far as they stick out. */
static Expr *inside(Lowering *l, const Winograd *w, Expr *i, Expr *j, const int64_t each[2], const int64_t extent[2])
{
    Arena *arena = l->arena;
    int64_t squares[2] = {w->s.each / w->s.across, w->s.across};
    Expr *test = NULL, *index[2] = {i, j};
    for (int axis = 0; axis < 2; axis++) {
        if (squares[axis] * each[axis] <= extent[axis])
            continue;
        Expr *is_inside = expr_binary(arena, "<", index[axis], expr_int(arena, extent[axis]));
        test = test ? expr_binary(arena, "&&", test, is_inside) : is_inside;
    }
    return test;
}

/* The points of a square are in `results`: the maps after the contraction, or the windows and theirs, which lie
 * within a square. */
static void add_maps(Lowering *l, Block *block, const Winograd *w, const SquareLoop *loop, Expr *panel, Str results)
{
    Arena *arena = l->arena;
    const Panels *p = &w->panels;
    Pool pool = contract_pool_of_group(l);
    bool pools = pool.points > 1;
    int64_t each[2] = {w->s.points / pool.size[0], w->s.points / pool.size[1]}; /* of a square */
    int64_t extent[2] = {w->form->axis[0].out, w->form->axis[1].out};
    Expr *columns = contract_panel_columns(arena, p, panel);
    if (columns->kind != EXPR_INT)
        columns = winograd_int(l, block, "columns", columns);

    Stmt *loop_of_points = winograd_loop(l, block, pools ? "window" : "point", expr_int(arena, each[0] * each[1]));
    Expr *point = expr_name(arena, loop_of_points->name), *wide = expr_int(arena, each[1]);
    Expr *down = expr_binary(arena, "/", point, wide), *across = expr_binary(arena, "%", point, wide);
    Block *maps = &loop_of_points->body;
    Expr *start[2];
    for (int axis = 0; axis < 2; axis++) {
        extent[axis] = pools ? pool.out[axis] : extent[axis];
        start[axis] = expr_binary(arena, "/", axis == 0 ? loop->i : loop->j, expr_int(arena, pool.size[axis]));
    }
    Expr *i = winograd_int(l, maps, "line", expr_add(arena, start[0], scaled(arena, down, w->s.apart[0])));
    Expr *j = winograd_int(l, maps, "column", expr_add(arena, start[1], scaled(arena, across, w->s.apart[1])));
    Expr *test = inside(l, w, i, j, each, extent);
    if (test != NULL) {
        Stmt *is_inside = stmt_if(arena, test);
        block_add(arena, maps, is_inside);
        maps = &is_inside->body;
    }
    Stmt *lanes = winograd_loop(l, maps, "lane", columns);
    Expr *lane = expr_name(arena, lanes->name);
    Position at = {.rank = 3, .batch = loop->n,
                   .index = {i, j, expr_add(arena, contract_panel_start(arena, p, panel), lane)}};
    if (!pools) {
        lower_after(l, &lanes->body, &at,
                    expr_load(arena, results, expr_add(arena, scaled(arena, point, p->width), lane)));
        return;
    }
    Expr *points[MOST_POOL_POINTS];
    Expr *first = expr_add(arena, scaled(arena, down, pool.size[0] * w->s.points), scaled(arena, across, pool.size[1]));
    for (int64_t e = 0; e < pool.points; e++) {
        Expr *place = plus(arena, first, e / pool.size[1] * w->s.points + e % pool.size[1]);
        points[e] = expr_load(arena, results, expr_add(arena, scaled(arena, place, p->width), lane));
    }
    contract_pool_after(l, &lanes->body, &pool, points, &at);
}

/* The points of squares, whose products lie from `slot` on, and the maps after the contraction. */
static void add_results(Lowering *l, Block *block, const Winograd *w, Expr *first, Expr *count,
                        Expr *slot)
{
    Arena *arena = l->arena;
    const Panels *p = &w->panels;
    int points = w->s.points;
    SquareLoop loop = winograd_square_loop(l, block, &w->s, first, count);
    Block *inner = loop.body;
    Expr *panel = panel_loop(l, &inner, w);
    Str results = lower_name(l, STR("results")),
        products = lower_buffer_pointer(l, w->products, false);
    block_add(arena, inner,
              stmt_array(arena, "NN_ALIGN float", results, points * points * p->width));
    Expr *from = scaled(arena, expr_add(arena, slot, loop.t), p->width);
    from = expr_add(arena, from, expr_mul(arena, panel, scaled(arena, w->room, p->width)));
    from = expr_add(arena, w->product_start, from);
    Expr *args[] = {expr_name(arena, results), winograd_at(l, products, from), w->product_place,
                    expr_int(arena, p->width)};
    Str function = winograd_function(l, "result", points, w->s.taps);
    block_add(arena, inner, stmt_call(arena, expr_call(arena, function.ptr, COUNT_OF(args), args)));
    add_maps(l, inner, w, &loop, panel, results);
}

static Kernel *begin(Lowering *l, const Winograd *w, const char *suffix, Expr **unit)
{
    Kernel *k = lower_begin(l, w->form->y, suffix);
    k->division = DIVIDE_UNITS;
    *unit = expr_name(l->arena, STR("unit"));
    return k;
}

/* Operations of the other two steps, for a sample. */
static int64_t patch_flops(const Winograd *w)
{
    return w->s.places * w->s.each * w->form->c;
}

static int64_t result_flops(const Winograd *w)
{
    return w->s.places * w->s.each * w->form->o;
}

/* Scratch for `room` squares each: `before` of them lie before this thread's. */
static void lay_out(Lowering *l, Winograd *w, int64_t room, Expr *before)
{
    Arena *arena = l->arena;
    int64_t patch = winograd_place(room * w->channels);
    int64_t product = winograd_place(room * w->panels.count * w->panels.width);
    w->room = expr_int(arena, room);
    w->patch_place = expr_int(arena, patch);
    w->product_place = expr_int(arena, product);
    w->patch_start = scaled(arena, before, w->s.places * patch);
    w->product_start = scaled(arena, before, w->s.places * product);
    w->patches = lower_scratch(l, "patches", TYPE_F32, w->workers * w->s.places * patch, 0);
    w->products = lower_scratch(l, "products", TYPE_F32, w->workers * w->s.places * product, 0);
}

/* All three, for `count` squares from `first` on. */
static void add_all(Lowering *l, Kernel *k, const Winograd *w, Expr *first, Expr *count)
{
    Arena *arena = l->arena;
    Expr *slot = expr_int(arena, 0);
    add_patches(l, &k->body, w, first, count, slot);
    Stmt *places = winograd_loop(l, &k->body, "place", expr_int(arena, w->s.places));
    Block *inner = &places->body;
    Expr *panel = panel_loop(l, &inner, w);
    add_product(l, inner, w, expr_name(arena, places->name), panel, count);
    add_results(l, &k->body, w, first, count, slot);
    k->flops = patch_flops(w) + winograd_product_flops(w->form) + result_flops(w);
}

/* One kernel, for `most` threads that each have scratch for `room` squares. */
static Kernel *begin_workers(Lowering *l, Winograd *w, int64_t most, int64_t room, Expr **unit)
{
    w->workers = most < WINOGRAD_WORKERS ? (int)most : WINOGRAD_WORKERS;
    lay_out(l, w, room, expr_name(l->arena, STR("thread")));
    Kernel *k = begin(l, w, "", unit);
    k->workers = w->workers;
    return k;
}

/* One kernel; a unit is a block. */
static void add_blocks(Lowering *l, Winograd *w)
{
    Arena *arena = l->arena;
    Expr *unit;
    Kernel *k = begin_workers(l, w, w->s.blocks, w->s.room, &unit);
    k->units = winograd_block_count(l, &w->s);
    Expr *first = winograd_int(l, &k->body, "first", scaled(arena, unit, w->s.room));
    add_all(l, k, w, first, winograd_block_size(l, &k->body, &w->s, first));
}

/* One kernel; a unit is two squares, since buffers have room for an even number of them, and a
 * thread takes all of its units together. */
static void add_shares(Lowering *l, Winograd *w)
{
    Arena *arena = l->arena;
    Expr *unit;
    int64_t columns = w->panels.count * w->panels.width;
    w->patches = lower_scratch(l, "patches", TYPE_F32, w->s.places * w->s.all * w->channels, 0);
    w->products = lower_scratch(l, "products", TYPE_F32, w->s.places * w->s.all * columns, 0);
    Kernel *k = begin(l, w, "", &unit);
    Expr *all = winograd_square_count(l, &w->s);
    k->takes_range = true;
    k->units = expr_binary(arena, "/", plus(arena, all, 1), expr_int(arena, 2));
    Expr *first =
        winograd_int(l, &k->body, "first", scaled(arena, expr_name(arena, STR("unit_first")), 2));
    Expr *next = scaled(arena, expr_name(arena, STR("unit_last")), 2);
    w->room = winograd_int(l, &k->body, "room", expr_binary(arena, "-", next, first));
    w->patch_place = scaled(arena, w->room, w->channels);
    w->product_place = scaled(arena, w->room, columns);
    w->patch_start = scaled(arena, first, w->s.places * w->channels);
    w->product_start = scaled(arena, first, w->s.places * columns);
    Expr *end = winograd_int(l, &k->body, "end",
                             expr_select(arena, expr_binary(arena, "<", next, all), next, all));
    add_all(l, k, w, first,
            winograd_int(l, &k->body, "squares", expr_binary(arena, "-", end, first)));
}

/* One kernel; a unit is a panel, and a thread takes all of its units together. */
static void add_panels(Lowering *l, Winograd *w)
{
    Arena *arena = l->arena;
    Expr *unit;
    Kernel *k = begin_workers(l, w, w->panels.count, w->s.all, &unit);
    k->takes_range = true;
    k->units = expr_int(arena, w->panels.count);
    w->panel_from = expr_name(arena, STR("unit_first"));
    w->panel_to = expr_name(arena, STR("unit_last"));
    add_all(l, k, w, expr_int(arena, 0), winograd_square_count(l, &w->s));
}

/* Three kernels. Units of the first and the last are lines of squares, of the second a place and a
 * panel. */
static void add_steps(Lowering *l, Winograd *w)
{
    Arena *arena = l->arena;
    Expr *unit, *across = expr_int(arena, w->s.across);
    int64_t down = w->s.each / w->s.across;
    w->workers = 1;
    lay_out(l, w, w->s.all, expr_int(arena, 0));
    Kernel *k = begin(l, w, "patches", &unit);
    k->units = scaled(arena, lower_batch(l), down);
    Expr *first = winograd_int(l, &k->body, "first", scaled(arena, unit, w->s.across));
    add_patches(l, &k->body, w, first, across, first);
    k->flops = patch_flops(w);

    k = begin(l, w, "products", &unit);
    k->units = expr_int(arena, w->s.places * w->panels.count);
    Expr *panels = expr_int(arena, w->panels.count);
    Expr *place = winograd_int(l, &k->body, "place", expr_binary(arena, "/", unit, panels));
    Expr *panel = winograd_int(l, &k->body, "panel", expr_binary(arena, "%", unit, panels));
    add_product(l, &k->body, w, place, panel, winograd_square_count(l, &w->s));
    k->flops = winograd_product_flops(w->form);

    k = begin(l, w, "", &unit);
    k->units = scaled(arena, lower_batch(l), down);
    first = winograd_int(l, &k->body, "first", scaled(arena, unit, w->s.across));
    add_results(l, &k->body, w, first, across, first);
    k->flops = result_flops(w);
}

void contract_lower_winograd(Lowering *l, const ContractForm *form)
{
    CHECK(form->kind == CONTRACT_FORWARD && contract_kernel_is_packed(l, form));
    const ContractAxis *h = &form->axis[0], *v = &form->axis[1];
    OperandNeed need = {
        .before = {contract_halo_before(h), contract_halo_before(v)},
        .after = {contract_halo_after(h) + winograd_overhang(h, form->points),
                  contract_halo_after(v) + winograd_overhang(v, form->points)},
    };
    Winograd w = {.form = form, .channels = winograd_channels(form->c)};
    w.x = contract_operand(l, form, form->x, need);
    w.x.offset -= h->before * w.x.line + v->before * w.x.point;
    w.panels = contract_panels(lower_buffer(l, form->w)->layout.panel, form->o, 1,
                               h->kernel * v->kernel * form->c);
    int64_t columns = w.panels.count * w.panels.width;
    w.s = winograd_squares(form, form->points, l->program->batch, w.channels, columns);
    w.panel_from = expr_int(l->arena, 0);
    w.panel_to = expr_int(l->arena, w.panels.count);
    int64_t kernel_bytes = 4 * w.s.places * form->c * columns;
    bool has_blocks = w.s.blocks >= WINOGRAD_FEW_BLOCKS;
    bool has_shares = w.s.all >= ROWS && kernel_bytes <= KERNEL_BYTES;
    bool has_panels = w.s.all < ROWS && w.panels.count > 1 && kernel_bytes <= PANELS_BYTES;
    if (has_blocks)
        add_blocks(l, &w);
    else if (has_shares)
        add_shares(l, &w);
    else if (has_panels)
        add_panels(l, &w);
    else
        add_steps(l, &w);
    lower_halos(l);
}
