/* contract_grid.c: how the rows of a product are cut into tiles, and the panels of its columns. */
#include "kernel/contract.h"

/* Rows of a tile that is two vectors wide: accumulators, two vectors of columns and one scalar must fit
 * into the registers. 14 x 2 of 32 and 6 x 2 of 16 measured best, or within 2 % of it, in gcc 12 and
 * clang 14. */
static const int64_t most_rows[TARGETS] = {[TARGET_MANY] = 14, [TARGET_FEW] = 6};

static int64_t divide_up(int64_t a, int64_t b)
{
    return (a + b - 1) / b;
}

static GridTiles cut(int64_t high, int64_t wide, bool may_span, int64_t most)
{
    GridTiles t = {.tile_high = 1, .tile_wide = wide, .across = 1, .large_across = 1};
    if (may_span && high > 1 && 2 * wide <= most) {
        t.down = divide_up(high, most / wide);
        t.tile_high = divide_up(high, t.down);
        t.large_down = high - t.down * (t.tile_high - 1);
        t.large = t.tile_high * wide;
        t.small = t.large_down < t.down ? t.large - wide : 0;
        return t;
    }
    t.across = divide_up(wide, most);
    t.tile_wide = divide_up(wide, t.across);
    t.large_across = wide - t.across * (t.tile_wide - 1);
    t.down = t.large_down = high;
    t.large = t.tile_wide;
    t.small = t.large_across < t.across ? t.tile_wide - 1 : 0;
    return t;
}

/* A literal when both targets agree, else a constant of the kernel. */
static Expr *choice(Lowering *l, const char *suffix, int64_t many, int64_t few)
{
    if (many == few)
        return expr_int(l->arena, many);
    Str name = lower_name(l, str_from(suffix));
    vec_push(l->arena, &l->kernel->constants, ((KernelConstant){name, many, few}));
    return expr_name(l->arena, name);
}

static void add_size(Lowering *l, const char *name, Expr *rows)
{
    vec_push(l->arena, &l->kernel->helper_sizes, ((HelperSize){str_from(name), rows}));
}

/* `each` rows for a point of the grid. */
static Grid make_grid(Lowering *l, int64_t high, int64_t wide, bool may_span, const int64_t most[TARGETS], int64_t each)
{
    Grid grid = {.high = high, .wide = wide, .may_span = may_span};
    for (int t = 0; t < TARGETS; t++)
        grid.tiles[t] = cut(high, wide, may_span, most[t] > each ? most[t] / each : 1);
    const GridTiles *many = &grid.tiles[TARGET_MANY], *few = &grid.tiles[TARGET_FEW];
    grid.most = lower_name(l, STR("ROWS"));
    vec_push(l->arena, &l->kernel->constants, ((KernelConstant){grid.most, many->large * each, few->large * each}));
    grid.tile_high = choice(l, "HIGH", many->tile_high, few->tile_high);
    grid.tile_wide = choice(l, "WIDE", many->tile_wide, few->tile_wide);
    grid.down = choice(l, "DOWN", many->down, few->down);
    grid.across = choice(l, "ACROSS", many->across, few->across);
    grid.large_down = choice(l, "LARGE_DOWN", many->large_down, few->large_down);
    grid.large_across = choice(l, "LARGE_ACROSS", many->large_across, few->large_across);
    grid.has_small = many->small > 0 || few->small > 0;
    add_size(l, "large", expr_name(l->arena, grid.most));
    /* A target without small tiles never calls the function; one point makes it short. */
    if (grid.has_small)
        add_size(l, "small", choice(l, "SMALL", many->small > 0 ? many->small * each : each,
                                    few->small > 0 ? few->small * each : each));
    return grid;
}

Grid contract_grid_of(Lowering *l, int64_t high, int64_t wide, bool may_span, const int64_t most[TARGETS])
{
    return make_grid(l, high, wide, may_span, most, 1);
}

Grid contract_grid(Lowering *l, int64_t high, int64_t wide, bool may_span)
{
    return contract_grid_of(l, high, wide, may_span, most_rows);
}

/* Limits of a schedule that was measured where registers are many; else the usual ones. */
static void scheduled_rows(const Schedule *schedule, int64_t most[TARGETS])
{
    int64_t many = schedule->rows, few = many * most_rows[TARGET_FEW] / most_rows[TARGET_MANY];
    most[TARGET_MANY] = many > 0 ? many : most_rows[TARGET_MANY];
    most[TARGET_FEW] = many == 0 ? most_rows[TARGET_FEW] : few > 0 ? few : 1;
}

Grid contract_grid_for(Lowering *l, const Schedule *schedule, int64_t high, int64_t wide, bool may_span)
{
    int64_t most[TARGETS];
    scheduled_rows(schedule, most);
    return contract_grid_of(l, high, wide, may_span, most);
}

Grid contract_grid_of_windows(Lowering *l, const Schedule *schedule, int64_t high, int64_t wide, int64_t points)
{
    int64_t most[TARGETS];
    scheduled_rows(schedule, most);
    return make_grid(l, high, wide, false, most, points);
}

void contract_take_names(Lowering *l)
{
    static const char *const names[] = {"rows", "r",    "acc",   "column", "scalar",
                                        "a",    "left", "right", "b",      "b0",    "b1"};
    for (int i = 0; i < COUNT_OF(names); i++)
        lower_name(l, str_from(names[i]));
}

/* ---- tiles ----------------------------------------------------------------------------------- */
/* First point of tile number `tile`: the first `large` ones have `size` points, the others one less. */
static Expr *first_point(Arena *arena, Expr *tile, Expr *size, Expr *large, bool is_even)
{
    Expr *first = expr_mul(arena, tile, size);
    if (is_even)
        return first;
    Expr *fewer = expr_select(arena, expr_binary(arena, ">", tile, large),
                              expr_binary(arena, "-", tile, large), expr_int(arena, 0));
    return expr_binary(arena, "-", first, fewer);
}

static bool is_even(const Grid *grid, bool is_down)
{
    for (int t = 0; t < TARGETS; t++) {
        const GridTiles *tiles = &grid->tiles[t];
        if (is_down ? tiles->large_down < tiles->down : tiles->large_across < tiles->across)
            return false;
    }
    return true;
}

void contract_tile_start(Lowering *l, Block *block, const Grid *grid, Expr *down, Expr *across, Str i, Str j)
{
    Arena *arena = l->arena;
    Expr *line = first_point(arena, down, grid->tile_high, grid->large_down, is_even(grid, true));
    Expr *point = first_point(arena, across, grid->tile_wide, grid->large_across, is_even(grid, false));
    if (grid->high > 1)
        block_add(arena, block, stmt_declare(arena, "const int", i, line));
    block_add(arena, block, stmt_declare(arena, "const int", j, point));
}

void contract_tile_call(Lowering *l, Block *block, const Grid *grid, Expr *down, Expr *across)
{
    Arena *arena = l->arena;
    if (!grid->has_small) {
        block_add(arena, block, stmt_helper(arena, STR("large")));
        return;
    }
    Expr *condition = NULL;
    if (!is_even(grid, true))
        condition = expr_binary(arena, "<", down, grid->large_down);
    if (!is_even(grid, false)) {
        Expr *is_large = expr_binary(arena, "<", across, grid->large_across);
        condition = condition ? expr_binary(arena, "&&", condition, is_large) : is_large;
    }
    Stmt *test = stmt_if(arena, condition);
    block_add(arena, &test->body, stmt_helper(arena, STR("large")));
    block_add(arena, &test->other, stmt_helper(arena, STR("small")));
    block_add(arena, block, test);
}

static void add_place(Lowering *l, Block *block, const TilePlace *place, Str n)
{
    if (place->name.len == 0)
        return;
    Expr *value = expr_add(l->arena, place->start, scaled(l->arena, expr_name(l->arena, n), place->step));
    lower_declare(l, block, place->name, value);
}

void contract_tile_samples(Lowering *l, Block *block, const Grid *grid, Expr *tile, Str n, TilePlace place)
{
    Arena *arena = l->arena;
    Kernel *k = l->kernel;
    Expr *zero = expr_int(arena, 0);
    if (l->program->batch == 1) { /* no batch ends inside a tile */
        lower_declare(l, block, n, zero);
        add_place(l, block, &place, n);
        contract_tile_call(l, block, grid, zero, tile);
        return;
    }
    Expr *batch = lower_batch(l);
    Str first = lower_name(l, STR("start"));
    contract_tile_start(l, block, grid, zero, tile, STR(""), first);
    Expr *size = expr_name(arena, grid->most);
    if (grid->has_small)
        size = expr_select(arena, expr_binary(arena, "<", tile, grid->large_across), size, k->helper_sizes.items[1].rows);
    Expr *end = expr_add(arena, expr_name(arena, first), size);
    Stmt *test = stmt_if(arena, expr_binary(arena, "<=", end, batch));
    lower_declare(l, &test->body, n, expr_name(arena, first));
    add_place(l, &test->body, &place, n);
    contract_tile_call(l, &test->body, grid, zero, tile);
    vec_push(arena, &k->helper_sizes, ((HelperSize){STR("single"), expr_int(arena, 1)}));
    Stmt *rest = stmt_for(arena, n, expr_name(arena, first), batch, 1);
    add_place(l, &rest->body, &place, n);
    block_add(arena, &rest->body, stmt_helper(arena, STR("single")));
    block_add(arena, &test->other, rest);
    block_add(arena, block, test);
}

static bool spans(const Grid *grid)
{
    return grid->tiles[TARGET_MANY].tile_high > 1 || grid->tiles[TARGET_FEW].tile_high > 1;
}

Expr *contract_row_offset(Lowering *l, const Grid *grid, int64_t line, int64_t point)
{
    Arena *arena = l->arena;
    Expr *r = expr_name(arena, STR("r"));
    if (!spans(grid))
        return scaled(arena, r, point);
    return expr_add(arena, scaled(arena, expr_binary(arena, "/", r, grid->tile_wide), line),
                    scaled(arena, expr_binary(arena, "%", r, grid->tile_wide), point));
}

void contract_row_point(Lowering *l, const Grid *grid, Str i, Str j, Expr **line, Expr **point)
{
    Arena *arena = l->arena;
    Expr *r = expr_name(arena, STR("r"));
    *line = grid->high > 1 ? expr_name(arena, i) : expr_int(arena, 0);
    *point = expr_name(arena, j);
    if (spans(grid)) {
        *line = expr_add(arena, *line, expr_binary(arena, "/", r, grid->tile_wide));
        *point = expr_add(arena, *point, expr_binary(arena, "%", r, grid->tile_wide));
    } else {
        *point = expr_add(arena, *point, r);
    }
}

/* ---- panels ---------------------------------------------------------------------------------- */
Panels contract_panels(int width, int64_t columns, int64_t groups, int64_t rows)
{
    Panels panels = {.width = width, .columns = columns, .rows = rows};
    panels.per_group = divide_up(columns, width);
    panels.count = panels.per_group * groups;
    return panels;
}

Expr *contract_panel_in_group(Arena *arena, const Panels *panels, Expr *panel)
{
    if (panels->per_group == panels->count)
        return panel;
    return expr_binary(arena, "%", panel, expr_int(arena, panels->per_group));
}

Expr *contract_panel_columns(Arena *arena, const Panels *panels, Expr *panel)
{
    int64_t last = panels->columns - (panels->per_group - 1) * panels->width;
    if (panels->per_group == 1 || last == panels->width)
        return expr_int(arena, last);
    Expr *is_last = expr_binary(arena, "==", contract_panel_in_group(arena, panels, panel),
                                expr_int(arena, panels->per_group - 1));
    return expr_select(arena, is_last, expr_int(arena, last), expr_int(arena, panels->width));
}

Expr *contract_panel_group(Arena *arena, const Panels *panels, Expr *panel)
{
    if (panels->per_group == panels->count)
        return expr_int(arena, 0);
    if (panels->per_group == 1)
        return panel;
    return expr_binary(arena, "/", panel, expr_int(arena, panels->per_group));
}

Expr *contract_panel_start(Arena *arena, const Panels *panels, Expr *panel)
{
    Expr *group = contract_panel_group(arena, panels, panel);
    Expr *inside =
        panels->per_group == 1 ? expr_int(arena, 0) : contract_panel_in_group(arena, panels, panel);
    return expr_add(arena, scaled(arena, group, panels->columns), scaled(arena, inside, panels->width));
}

/* ---- sums in parts ----------------------------------------------------------------------------- */
Expr *contract_add_up(Lowering *l, Block *block, Str total, int width, const SumParts *parts, Expr *place)
{
    Arena *arena = l->arena;
    block_add(arena, block, stmt_array(arena, "float", total, width));
    Expr *part = expr_name(arena, lower_name(l, parts->letter)), *lane = expr_name(arena, lower_name(l, STR("lane")));
    Expr *sum = expr_load(arena, total, lane);
    place = expr_add(arena, place, lane);
    Stmt *first = stmt_for(arena, lane->name, expr_int(arena, 0), expr_int(arena, width), 1);
    block_add(arena, &first->body, stmt_set(arena, sum, "=", expr_load(arena, parts->sums, place)));
    block_add(arena, block, first);
    Stmt *others = stmt_for(arena, part->name, expr_int(arena, 1), expr_int(arena, parts->parts), 1);
    Stmt *lanes = stmt_for(arena, lane->name, expr_int(arena, 0), expr_int(arena, width), 1);
    Expr *source = expr_add(arena, scaled(arena, part, parts->size), place);
    block_add(arena, &lanes->body, stmt_set(arena, sum, "+=", expr_load(arena, parts->sums, source)));
    block_add(arena, &others->body, lanes);
    block_add(arena, block, others);
    return lane;
}
