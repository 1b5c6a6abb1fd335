/* contract_transposed.c: the gradient of X in a matrix product,
 *
 *     d_x[n, c] = sum over o of d_y[n, o] * w[c, o]
 *
 * without a transposed copy of w, which is large. Instead d_y, which is small, is transposed, samples
 * are the vectors, and the scalars come from the rows of w's panels as they are:
 *
 *     acc[r] += w[panel, c + r, lane] * d_y_transposed[part, panel*width + lane, samples of the part]
 *
 * The sums of a tile are [c][samples]; the maps after it run over samples and then c, so that the
 * result is written in its own order. */
#include "kernel/contract.h"
#include "kernel/contract_pack.h"

typedef struct TransposedNames {
    Str c, part, sum, samples, lane;
} TransposedNames;

static void add_tile(Lowering *l, const ContractForm *form, const Grid *grid, const TransposedNames *names,
                     int transposed, int width)
{
    Arena *arena = l->arena;
    const Buffer *kernel = lower_buffer(l, form->w);
    int panel = kernel->layout.panel;
    int64_t panels = (form->o + panel - 1) / panel;
    Tile t = {.sum = names->sum, .sum_index = expr_int(arena, 0), .most = grid->most, .columns = width};
    t.a = lower_buffer_pointer(l, l->program->buffer_of[form->w], false);
    t.b = lower_buffer_pointer(l, transposed, false);
    Expr *channel = expr_int(arena, 0);
    t.a_index = scaled(arena, expr_name(arena, names->c), panel);
    Expr *length = expr_int(arena, form->o < panel ? form->o : panel);
    if (panels > 1) {
        Str name = lower_name(l, STR("panel"));
        Expr *at = expr_name(arena, name);
        t.loop[t.loop_count].name = name;
        t.loop[t.loop_count].from = expr_int(arena, 0);
        t.loop[t.loop_count++].to = expr_int(arena, panels);
        t.a_index = expr_add(arena, t.a_index, scaled(arena, at, form->c * panel));
        channel = scaled(arena, at, panel);
        int64_t last = form->o - (panels - 1) * panel;
        if (last < panel)
            length = expr_select(arena, expr_binary(arena, "<", at, expr_int(arena, panels - 1)), length,
                                 expr_int(arena, last));
    }
    Str name = lower_name(l, STR("o"));
    t.loop[t.loop_count].name = name;
    t.loop[t.loop_count].from = expr_int(arena, 0);
    t.loop[t.loop_count++].to = length;
    t.a_index = expr_add(arena, t.a_index, expr_name(arena, name));
    channel = expr_add(arena, channel, expr_name(arena, name));
    t.b_index = expr_add(arena, scaled(arena, expr_name(arena, names->part), form->o * width),
                         scaled(arena, channel, width));
    t.a_row = contract_row_offset(l, grid, 0, panel);
    /* The rows of the next panel: they lie one after the other, far from those of this panel. */
    if (panels > 1 && 4 * form->c * form->o > FETCH_AHEAD_BYTES) {
        Expr *next = plus(arena, scaled(arena, expr_name(arena, t.loop[0].name), form->c * panel), form->c * panel);
        next = expr_add(arena, next, scaled(arena, expr_name(arena, names->c), panel));
        tile_fetch_ahead(arena, &t, t.a, next, grid->tiles[TARGET_MANY].large);
    }
    block_add(arena, &l->kernel->helper, stmt_tile(arena, t));
}

static void add_helper(Lowering *l, const ContractForm *form, const Grid *grid, const TransposedNames *names,
                       int transposed, int width)
{
    Arena *arena = l->arena;
    Block *block = &l->kernel->helper;
    Expr *r = expr_name(arena, STR("r")), *lane = expr_name(arena, names->lane);
    Expr *first = scaled(arena, expr_name(arena, names->part), width);
    Stmt *sums = stmt_array(arena, "float", names->sum, 1);
    sums->to = scaled(arena, expr_name(arena, grid->most), width);
    block_add(arena, block, sums);
    add_tile(l, form, grid, names, transposed, width);
    Expr *left = expr_binary(arena, "-", lower_batch(l), first);
    block_add(arena, block,
              stmt_declare(arena, "const int", names->samples,
                           expr_select(arena, expr_binary(arena, "<", left, expr_int(arena, width)), left,
                                       expr_int(arena, width))));
    Stmt *samples = stmt_for(arena, names->lane, expr_int(arena, 0), expr_name(arena, names->samples), 1);
    Stmt *rows = stmt_for(arena, STR("r"), expr_int(arena, 0), expr_name(arena, STR("rows")), 1);
    Position at = {.rank = 1, .batch = expr_add(arena, first, lane),
                   .index = {expr_add(arena, expr_name(arena, names->c), r)}};
    Expr *place = expr_add(arena, scaled(arena, r, width), lane);
    lower_after(l, &rows->body, &at, expr_load(arena, names->sum, place));
    block_add(arena, &samples->body, rows);
    block_add(arena, block, samples);
}

/* A unit is a tile of channels; inside it all samples, so that its rows of w are read once. */
static void add_loops(Lowering *l, const Grid *grid, const TransposedNames *names, int width)
{
    Arena *arena = l->arena;
    Kernel *k = l->kernel;
    k->units = grid->across;
    Expr *unit = expr_name(arena, STR("unit"));
    contract_tile_start(l, &k->body, grid, expr_int(arena, 0), unit, STR(""), names->c);
    Block *block = &k->body;
    if (l->program->batch > width) {
        Expr *parts = expr_binary(arena, "/", plus(arena, lower_batch(l), width - 1), expr_int(arena, width));
        block = block_loop(arena, block, names->part, parts);
    } else {
        block_add(arena, block, stmt_declare(arena, "const int", names->part, expr_int(arena, 0)));
    }
    contract_tile_call(l, block, grid, expr_int(arena, 0), unit);
}

void contract_lower_transposed(Lowering *l, const ContractForm *form)
{
    int width = panel_width(l->program->batch);
    int64_t parts = (l->program->batch + width - 1) / width;
    int transposed = contract_pack_transposed(l, form, parts, width);
    Kernel *k = lower_begin(l, form->x, "");
    k->division = DIVIDE_UNITS;
    contract_take_names(l);
    TransposedNames names = {
        .c = lower_name(l, STR("c")),
        .part = lower_name(l, STR("part")),
        .sum = lower_name(l, STR("sum")),
        .samples = lower_name(l, STR("samples")),
        .lane = lower_name(l, STR("lane")),
    };
    Grid grid = contract_grid(l, 1, form->c, false);
    add_helper(l, form, &grid, &names, transposed, width);
    Str ints[] = {names.c, names.part};
    for (int i = 0; i < COUNT_OF(ints); i++)
        lower_helper_param(l, ints[i], "int");
    add_loops(l, &grid, &names, width);
    k->flops = 2 * form->c * form->o;
    lower_halos(l);
}
