/* contract_long.c: matrix products that sum over very many channels, as a dense layer after a large image.
 *
 *     y[n, o] = sum over c of x[n, c] * w[c, o]
 *
 * A panel of w does not fit into a cache here. So c is cut into chunks: a unit takes a chunk of a panel (of a
 * few, where zeros are left out: contract_zeros.c), and all tiles of samples walk over it while it is in the
 * cache; w is read from memory once. The sums of the chunks are added up in order by a second kernel, so the
 * result depends neither on threads nor on the batch. */
#include "kernel/contract.h"

enum {
    CHUNK = 2048, /* rows of a panel: 256 KiB at most                                            */
    PANELS = 8,   /* that a list of the rows they need is made for                               */
    AHEAD = 2048, /* floats: what the first tile of a chunk reads of w is asked for 8 KiB before */
};

typedef struct LongProduct {
    Operand x;
    int w;           /* buffer of panels                             */
    Panels panels;
    int64_t chunks;
    NeededRows needed; /* of a chunk, when zeros are left out: contract_zeros.c */
    int sums;        /* scratch: [chunk][panel][sample][column]      */
} LongProduct;

bool contract_is_long(const ContractForm *form)
{
    return form->kind == CONTRACT_FORWARD && form->spatial == 0 && form->groups == 1 && form->c >= 4 * CHUNK;
}

/* [chunk][panel] of the sums, sample 0. */
static Expr *chunk_start(Lowering *l, const LongProduct *p, Expr *chunk, Expr *panel)
{
    int64_t size = p->panels.width * l->program->batch;
    return expr_add(l->arena, scaled(l->arena, chunk, p->panels.count * size), scaled(l->arena, panel, size));
}

static void add_tile(Lowering *l, const LongProduct *p, const Grid *grid, Str n, Str panel, Str from, Str to, Str place)
{
    Arena *arena = l->arena;
    Tile t = {.most = grid->most, .columns = p->panels.width, .sum_index = expr_name(arena, place)};
    t.sum = lower_buffer_pointer(l, p->sums, true);
    t.a = lower_buffer_pointer(l, p->x.buffer, false);
    t.b = lower_buffer_pointer(l, p->w, false);
    t.a_index = plus(arena, scaled(arena, expr_name(arena, n), p->x.batch), p->x.offset);
    t.b_index = scaled(arena, expr_name(arena, panel), p->panels.rows * p->panels.width);
    t.a_row = contract_row_offset(l, grid, 0, p->x.batch);
    if (p->needed.list.len > 0) {
        Expr *first = expr_name(arena, from);
        t.a_index = expr_add(arena, t.a_index, first);
        t.b_index = expr_add(arena, t.b_index, scaled(arena, first, p->panels.width));
        contract_add_needed_loop(l, &t, &p->needed);
    } else {
        Expr *step = expr_name(arena, lower_name(l, STR("k")));
        t.loop[0].name = step->name;
        t.loop[0].from = expr_name(arena, from);
        t.loop[0].to = expr_name(arena, to);
        t.loop_count = 1;
        t.a_index = expr_add(arena, t.a_index, step);
        t.b_index = expr_add(arena, t.b_index, scaled(arena, step, p->panels.width));
        t.b_ahead = AHEAD;
    }
    block_add(arena, &l->kernel->helper, stmt_tile(arena, t));
}

/* All samples of a unit. */
static void add_samples(Lowering *l, const Grid *grid, Block *block, Str n, TilePlace place)
{
    Expr *tile = lower_loop(l, &block, "tile", grid->across);
    contract_tile_samples(l, block, grid, tile, n, place);
}

/* The panels of a unit, one after the other, when zeros are left out. */
static Block *panel_loop(Lowering *l, Block *block, const LongProduct *p, Str panel, Expr *group)
{
    Arena *arena = l->arena;
    Expr *first = scaled(arena, group, PANELS), *end = plus(arena, first, PANELS);
    Expr *count = expr_int(arena, p->panels.count);
    if (p->panels.count <= PANELS)
        end = count;
    else if (p->panels.count % PANELS != 0)
        end = expr_select(arena, expr_binary(arena, "<", end, count), end, count);
    Stmt *loop = stmt_for(arena, panel, first, end, 1);
    block_add(arena, block, loop);
    return &loop->body;
}

/* A unit is a chunk of a panel; those of one chunk follow each other, so that x is read from memory once. Where
 * zeros are left out, it is a chunk of several panels, since they share the list. */
static void add_chunks(Lowering *l, const ContractForm *form, LongProduct *p)
{
    Arena *arena = l->arena;
    Kernel *k = lower_begin(l, form->y, "chunks");
    contract_take_names(l);
    Str n = lower_name(l, STR("n")), panel = lower_name(l, STR("panel")), from = lower_name(l, STR("from"));
    Str to = lower_name(l, STR("to")), place = lower_name(l, STR("place"));
    Grid grid = contract_grid(l, 1, l->program->batch, false);
    bool leaves_out = contract_leaves_out_zeros(l, form);
    int64_t parts = leaves_out ? (p->panels.count + PANELS - 1) / PANELS : p->panels.count; /* of the panels */

    k->division = DIVIDE_UNITS;
    k->units = expr_int(arena, parts * p->chunks);
    Expr *unit = expr_name(arena, STR("unit")), *count = expr_int(arena, p->chunks), *rows = expr_int(arena, form->c);
    Block *block = &k->body;
    Str chunk_name = lower_name(l, STR("chunk"));
    Expr *chunk = lower_declare(l, block, chunk_name, expr_binary(arena, "/", unit, expr_int(arena, parts)));
    Expr *part = parts == 1 ? expr_int(arena, 0) : expr_binary(arena, "%", unit, expr_int(arena, parts));
    Expr *first[] = {chunk, count, rows}, *next[] = {plus(arena, chunk, 1), count, rows};
    Expr *begin = lower_declare(l, block, from, expr_call(arena, "nn_first", 3, first));
    Expr *end = lower_declare(l, block, to, expr_call(arena, "nn_first", 3, next));
    if (leaves_out) {
        Expr *x = expr_address(arena, lower_buffer_pointer(l, p->x.buffer, false), plus(arena, begin, p->x.offset));
        p->needed = contract_needed_rows(l, block, x, expr_binary(arena, "-", end, begin), CHUNK);
        block = panel_loop(l, block, p, panel, part);
    } else {
        lower_declare(l, block, panel, part);
    }
    add_tile(l, p, &grid, n, panel, from, to, place);
    Str ints[] = {n, panel, from, to, place};
    for (int i = 0; i < COUNT_OF(ints); i++)
        lower_helper_param(l, ints[i], "int");
    if (leaves_out) {
        lower_helper_param(l, p->needed.count, "int");
        lower_helper_param(l, p->needed.list, "const uint16_t *NN_RESTRICT");
    }
    Expr *start = chunk_start(l, p, chunk, expr_name(arena, panel));
    add_samples(l, &grid, block, n, (TilePlace){place, start, p->panels.width});
    k->flops = 2 * form->c * form->o;
}

/* Adds up the chunks in order, then runs the maps. A unit is a sample. */
static void add_combination(Lowering *l, const ContractForm *form, const LongProduct *p)
{
    Arena *arena = l->arena;
    Kernel *k = lower_begin(l, form->y, "");
    k->division = DIVIDE_UNITS;
    k->units = lower_batch(l);
    k->unit_name = lower_name(l, STR("n"));
    Expr *n = expr_name(arena, k->unit_name);
    Block *block = &k->body;
    Expr *panel = lower_loop(l, &block, "panel", expr_int(arena, p->panels.count));
    int64_t size = p->panels.width * l->program->batch;
    SumParts parts = {.sums = lower_buffer_pointer(l, p->sums, false), .parts = p->chunks,
                      .size = p->panels.count * size, .letter = STR("chunk")};
    Str total = lower_name(l, STR("total"));
    Expr *place = expr_add(arena, scaled(arena, panel, size), scaled(arena, n, p->panels.width));
    Expr *lane = contract_add_up(l, block, total, p->panels.width, &parts, place);
    Expr *columns = contract_panel_columns(arena, &p->panels, panel);
    if (columns->kind != EXPR_INT)
        columns = lower_declare(l, block, lower_name(l, STR("columns")), columns);
    Stmt *maps = stmt_for(arena, lane->name, expr_int(arena, 0), columns, 1);
    Position at = {.rank = 1, .batch = n,
                   .index = {expr_add(arena, contract_panel_start(arena, &p->panels, panel), lane)}};
    lower_after(l, &maps->body, &at, expr_load(arena, total, lane));
    block_add(arena, block, maps);
    k->flops = (p->chunks + 8) * form->o;
}

void contract_lower_long(Lowering *l, const ContractForm *form)
{
    const Buffer *kernel = lower_buffer(l, form->w);
    LongProduct p = {
        .x = contract_operand(l, form, form->x, (OperandNeed){0}),
        .w = l->program->buffer_of[form->w],
        .panels = contract_panels(kernel->layout.panel, form->o, 1, form->c),
        .chunks = (form->c + CHUNK - 1) / CHUNK,
    };
    p.sums = lower_scratch(l, "chunks", TYPE_F32, p.chunks * p.panels.count * p.panels.width * l->program->batch, 0);
    add_chunks(l, form, &p);
    add_combination(l, form, &p);
    lower_halos(l);
}
