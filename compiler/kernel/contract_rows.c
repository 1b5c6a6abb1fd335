/* contract_rows.c: products whose rows are points of an image, or samples of a batch.
 *
 * A tile's rows are output points, its columns the channels of a panel of the kernel. For each tap and
 * input channel it reads one scalar a row and one line of the panel; where taps of a kernel line and
 * their channels lie side by side in the image, they are one loop:
 *
 *     for p                                 kernel lines
 *         for k                             taps of a line and channels
 *             acc[r] += image[point(r) + p*line + k] * panel[p, k]
 *
 * Where the group pools, the grid's points are windows, and the rows of a tile all points of some windows
 * (contract_pool.c). With a single row, zeros of it may be left out (contract_zeros.c).
 *
 * The gradient of an image is the same product over Y with its halo, with the kernel turned around and
 * its channels exchanged (contract_pack.c). With stride s it falls into s products an axis, one for
 * each remainder of the point's coordinate (ContractPhase). */
#include "kernel/contract.h"
#include "kernel/contract_pack.h"

/* How tiles of points follow each other. */
typedef enum Order {
    ORDER_SAMPLES, /* a unit is a sample: its panels, in each the lines of tiles                 */
    ORDER_LINES,   /* a unit is a line of tiles: panels                                          */
    ORDER_PANELS,  /* a unit is a line of tiles of a panel: lines, then panels, then samples     */
    ORDER_BATCH,   /* the same: lines, then samples, then panels                                 */
} Order;

/* What is known of a contraction. */
typedef struct RowProduct {
    Operand a;              /* offset: of grid point (0, 0), tap (0, 0), channel 0    */
    int64_t line, point;    /* elements of a between points of the grid               */
    int64_t taps[2];
    int64_t tap[2];         /* elements of a between taps                             */
    int64_t channels;       /* summed, of one group                                   */
    int b;                  /* buffer of panels                                       */
    int64_t b_offset;
    Panels panels;
    int64_t high, wide;     /* the grid; wide is the batch when the rows are samples  */
    bool rows_are_samples;
    int spatial;
    int64_t out_first[2], out_step[2]; /* from grid points to points of the result    */
    Order order;            /* when the rows are points */
    Pool pool;              /* the grid's points are windows of it                    */
    int64_t pool_line, pool_point; /* elements of a between the points of a window */
    NeededRows needed;      /* of a product that leaves out zeros: contract_zeros.c */
} RowProduct;

/* Variables of the printed functions. */
typedef struct RowNames {
    Str n, i, j, panel, sum, columns, lane;
} RowNames;

/* ---- the tile -------------------------------------------------------------------------------- */
static void add_loop(Lowering *l, Tile *t, const char *name, int64_t extent, int64_t a_step,
                     int64_t b_step)
{
    if (extent == 1)
        return;
    Str variable = lower_name(l, str_from(name));
    Expr *at = expr_name(l->arena, variable);
    t->loop[t->loop_count].name = variable;
    t->loop[t->loop_count].from = expr_int(l->arena, 0);
    t->loop[t->loop_count].to = expr_int(l->arena, extent);
    t->loop_count++;
    t->a_index = expr_add(l->arena, t->a_index, scaled(l->arena, at, a_step));
    t->b_index = expr_add(l->arena, t->b_index, scaled(l->arena, at, b_step));
}

static void add_loops(Lowering *l, Tile *t, const RowProduct *product)
{
    int64_t width = product->panels.width, channels = product->channels;
    int64_t taps = product->taps[1];
    if (product->needed.list.len > 0) {
        contract_add_needed_loop(l, t, &product->needed);
        return;
    }
    if (taps == 1 || product->tap[1] == channels) {
        int64_t run = taps * channels;
        if (product->taps[0] == 1 || product->tap[0] == run) {
            add_loop(l, t, "k", product->taps[0] * run, 1, width);
        } else {
            add_loop(l, t, "p", product->taps[0], product->tap[0], run * width);
            add_loop(l, t, "k", run, 1, width);
        }
        return;
    }
    add_loop(l, t, "p", product->taps[0], product->tap[0], taps * channels * width);
    add_loop(l, t, "q", taps, product->tap[1], channels * width);
    add_loop(l, t, "c", channels, 1, width);
}

static Expr *sample_offset(Lowering *l, const Operand *a, Expr *n)
{
    return scaled(l->arena, n, a->batch);
}

/* All tiles of a panel together fetch the next one, each its share: so much by point of the grid, and a
 * step of a tile as much as falls to its points. */
static void fetch_next_panel(Lowering *l, Tile *t, const RowProduct *product, const Grid *grid,
                             const RowNames *names)
{
    Arena *arena = l->arena;
    const Panels *panels = &product->panels;
    int64_t size = panels->rows * panels->width, most = grid->tiles[TARGET_MANY].large;
    int64_t points = product->high * product->wide;
    if (4 * size * panels->count <= FETCH_AHEAD_BYTES || t->loop_count == 0 || points <= most ||
        product->order == ORDER_LINES)
        return;
    int64_t of_point = (size + points - 1) / points;
    int64_t of_step = (panels->width * most + points - 1) / points;
    Expr *point = expr_name(arena, product->rows_are_samples ? names->n : names->j);
    if (grid->high > 1)
        point = expr_add(arena, scaled(arena, expr_name(arena, names->i), product->wide), point);
    Expr *next = plus(arena, scaled(arena, expr_name(arena, names->panel), size), size);
    next = expr_add(arena, next, scaled(arena, point, of_point));
    int64_t steps = 1; /* of the inner loops */
    for (int i = t->loop_count - 1; i > 0; i--) {
        steps *= t->loop[i].to->integer;
        next = expr_add(arena, next, scaled(arena, expr_name(arena, t->loop[i - 1].name), steps * of_step));
    }
    tile_fetch_ahead(arena, t, t->b, next, of_step);
}

/* Offset of row r where the rows are the points of windows, window by window. */
static Expr *window_row_offset(Lowering *l, const RowProduct *product)
{
    Arena *arena = l->arena;
    const Pool *pool = &product->pool;
    Expr *r = expr_name(arena, STR("r")), *points = expr_int(arena, pool->points);
    Expr *offset = scaled(arena, expr_binary(arena, "/", r, points), product->point);
    if (pool->size[0] > 1) {
        Expr *line = expr_binary(arena, "/", expr_binary(arena, "%", r, points), expr_int(arena, pool->size[1]));
        offset = expr_add(arena, offset, scaled(arena, line, product->pool_line));
    }
    if (pool->size[1] > 1)
        offset = expr_add(arena, offset, scaled(arena, expr_binary(arena, "%", r, expr_int(arena, pool->size[1])),
                                                product->pool_point));
    return offset;
}

static void add_tile(Lowering *l, Block *block, const RowProduct *product, const Grid *grid,
                     const RowNames *names)
{
    Arena *arena = l->arena;
    const Panels *panels = &product->panels;
    Expr *panel = expr_name(arena, names->panel);
    Tile t = {.sum = names->sum, .sum_index = expr_int(arena, 0), .most = grid->most,
              .columns = panels->width};
    t.a = lower_buffer_pointer(l, product->a.buffer, false);
    t.b = lower_buffer_pointer(l, product->b, false);
    t.a_index = sample_offset(l, &product->a, expr_name(arena, names->n));
    if (!product->rows_are_samples) {
        if (grid->high > 1)
            t.a_index = expr_add(arena, t.a_index, scaled(arena, expr_name(arena, names->i), product->line));
        t.a_index = expr_add(arena, t.a_index, scaled(arena, expr_name(arena, names->j), product->point));
    }
    t.a_index = expr_add(arena, t.a_index, scaled(arena, contract_panel_group(arena, panels, panel),
                                                  product->channels));
    t.a_index = plus(arena, t.a_index, product->a.offset);
    t.b_index = plus(arena, scaled(arena, panel, panels->rows * panels->width), product->b_offset);
    t.a_row = product->pool.points > 1 ? window_row_offset(l, product)
                                       : contract_row_offset(l, grid, product->line, product->point);
    add_loops(l, &t, product);
    fetch_next_panel(l, &t, product, grid, names);
    block_add(arena, block, stmt_tile(arena, t));
}

static Position row_position(Lowering *l, const RowProduct *product, const Grid *grid,
                             const RowNames *names, Expr *column)
{
    Arena *arena = l->arena;
    Position at = {.rank = product->spatial + 1};
    at.index[product->spatial] = column;
    at.batch = expr_name(arena, names->n);
    if (product->rows_are_samples) {
        at.batch = expr_add(arena, at.batch, expr_name(arena, STR("r")));
        return at;
    }
    Expr *point[2];
    contract_row_point(l, grid, names->i, names->j, &point[0], &point[1]);
    for (int d = 0; d < product->spatial; d++) {
        int axis = 2 - product->spatial + d;
        at.index[d] = plus(arena, scaled(arena, point[axis], product->out_step[axis]),
                           product->out_first[axis]);
    }
    return at;
}

/* The helper: sums of a tile, then the maps after the contraction over its real columns. */
static void add_helper(Lowering *l, const RowProduct *product, const Grid *grid, const RowNames *names)
{
    Arena *arena = l->arena;
    Block *block = &l->kernel->helper;
    const Panels *panels = &product->panels;
    Expr *panel = expr_name(arena, names->panel);
    Stmt *sums = stmt_array(arena, "float", names->sum, 1);
    sums->to = expr_mul(arena, expr_name(arena, grid->most), expr_int(arena, panels->width));
    block_add(arena, block, sums);
    add_tile(l, block, product, grid, names);
    if (product->pool.points > 1) {
        Expr *at = expr_name(arena, names->sum);
        block_add(arena, block, stmt_call(arena, expr_call(arena, "nn_reload", 1, &at)));
    }
    Expr *columns = contract_panel_columns(arena, panels, panel);
    if (columns->kind != EXPR_INT) {
        block_add(arena, block, stmt_declare(arena, "const int", names->columns, columns));
        columns = expr_name(arena, names->columns);
    }
    int64_t points = product->pool.points;
    Expr *count = expr_binary(arena, "/", expr_name(arena, STR("rows")), expr_int(arena, points));
    Stmt *rows = stmt_for(arena, STR("r"), expr_int(arena, 0), points > 1 ? count : expr_name(arena, STR("rows")), 1);
    Stmt *lanes = stmt_for(arena, names->lane, expr_int(arena, 0), columns, 1);
    Expr *lane = expr_name(arena, names->lane);
    Expr *column = expr_add(arena, contract_panel_start(arena, panels, panel), lane);
    Position at = row_position(l, product, grid, names, column);
    Expr *sum[MOST_POOL_POINTS];
    for (int64_t e = 0; e < points; e++) {
        Expr *row = plus(arena, scaled(arena, expr_name(arena, STR("r")), points), e);
        sum[e] = expr_load(arena, names->sum, expr_add(arena, scaled(arena, row, panels->width), lane));
    }
    if (points > 1)
        contract_pool_after(l, &lanes->body, &product->pool, sum, &at);
    else
        lower_after(l, &lanes->body, &at, sum[0]);
    block_add(arena, &rows->body, lanes);
    block_add(arena, block, rows);
}

/* ---- the loops around it ----------------------------------------------------------------------- */
/* Samples: a unit is a panel and a tile. In a batch that ends inside a tile, the rest goes row by row. */
static void add_sample_loops(Lowering *l, const RowProduct *product, const Grid *grid, const RowNames *names)
{
    Arena *arena = l->arena;
    Kernel *k = l->kernel;
    Block *block = &k->body;
    Expr *unit = expr_name(arena, STR("unit"));
    k->units = expr_mul(arena, expr_int(arena, product->panels.count), grid->across);
    Expr *tile = unit;
    if (!expr_is_int(grid->across, 1)) {
        tile = expr_name(arena, lower_name(l, STR("tile")));
        lower_declare(l, block, names->panel, expr_binary(arena, "/", unit, grid->across));
        lower_declare(l, block, tile->name, expr_binary(arena, "%", unit, grid->across));
    } else {
        tile = expr_int(arena, 0);
        lower_declare(l, block, names->panel, unit);
    }
    contract_tile_samples(l, block, grid, tile, names->n, (TilePlace){0});
}

/* ---- the order of tiles of points ---------------------------------------------------------------- */
/* In the order of samples a panel stays in the second level cache while all points of a sample pass by it. A
 * batch of few samples has too few units for that. Then the image or the panels are read again and again from
 * behind that cache, as far as they do not fit into it, and the order is the one that reads fewest bytes. */
static Order choose_order(const Lowering *l, const RowProduct *product, const Grid *grid)
{
    enum { CACHE_BYTES = 512 * 1024 };
    const Panels *panels = &product->panels;
    int64_t batch = l->program->batch, down = grid->tiles[TARGET_MANY].down;
    if (batch >= FEW_SAMPLES)
        return ORDER_SAMPLES;
    int64_t kernel = 4 * panels->rows * panels->width * panels->count;
    int64_t taps = product->taps[0] * product->taps[1];
    int64_t points = product->high * product->wide * product->pool.points;
    int64_t read = 4 * points * taps * product->channels, whole = 4 * product->a.batch;
    int64_t image = whole < read ? whole : read;
    /* Bytes from behind the cache. */
    int64_t lines = batch * image + kernel * (kernel > CACHE_BYTES ? batch * down : 1);
    int64_t by_panel = batch * (image * (image > CACHE_BYTES ? panels->count : 1) + kernel);
    int64_t at_once = batch * image * (batch * image > CACHE_BYTES ? panels->count : 1) + kernel;
    if (lines <= by_panel && lines <= at_once)
        return down > 1 ? ORDER_LINES : ORDER_SAMPLES;
    return by_panel <= at_once ? ORDER_PANELS : ORDER_BATCH;
}

/* x % count as a constant of the body, x / count in *quotient. */
static Expr *split(Lowering *l, Str name, Expr *x, Expr *count, Expr **quotient)
{
    *quotient = expr_is_int(count, 1) ? x : expr_binary(l->arena, "/", x, count);
    return expr_is_int(count, 1) ? expr_int(l->arena, 0) : lower_declare(l, &l->kernel->body, name, expr_binary(l->arena, "%", x, count));
}

static void add_point_loops(Lowering *l, const RowProduct *product, const Grid *grid, const RowNames *names)
{
    Arena *arena = l->arena;
    Kernel *k = l->kernel;
    Block *block = &k->body;
    Expr *batch = lower_batch(l), *panels = expr_int(arena, product->panels.count);
    Expr *rest = expr_name(arena, STR("unit")), *down = NULL;
    bool has_panel = product->order == ORDER_PANELS || product->order == ORDER_BATCH;
    if (product->order == ORDER_SAMPLES) {
        k->units = batch;
        k->unit_name = names->n;
    } else {
        k->units = expr_mul(arena, batch, grid->down);
        down = split(l, lower_name(l, STR("line")), rest, grid->down, &rest);
    }
    if (has_panel)
        k->units = expr_mul(arena, k->units, panels);
    if (product->order == ORDER_PANELS && product->panels.count > 1)
        split(l, names->panel, rest, panels, &rest);
    else if (product->order == ORDER_PANELS)
        lower_declare(l, &l->kernel->body, names->panel, expr_int(arena, 0));
    if (product->order == ORDER_BATCH)
        split(l, names->n, rest, batch, &rest);
    if (product->order != ORDER_SAMPLES)
        lower_declare(l, &l->kernel->body, product->order == ORDER_BATCH ? names->panel : names->n, rest);
    if (!has_panel && product->panels.count > 1) {
        block = block_loop(arena, block, names->panel, panels);
    } else if (!has_panel) {
        lower_declare(l, block, names->panel, expr_int(arena, 0));
    }
    if (down == NULL)
        down = lower_loop(l, &block, "line", grid->down);
    Expr *across = lower_loop(l, &block, "part", grid->across);
    contract_tile_start(l, block, grid, down, across, names->i, names->j);
    contract_tile_call(l, block, grid, down, across);
}

/* Completes the kernel that was begun for this product. */
static void add_product(Lowering *l, const ContractForm *form, RowProduct *product)
{
    Kernel *k = l->kernel;
    k->division = DIVIDE_UNITS;
    RowNames names = {
        .n = lower_name(l, STR("n")),
        .i = lower_name(l, STR("i")),
        .j = lower_name(l, STR("j")),
        .panel = lower_name(l, STR("panel")),
        .sum = lower_name(l, STR("sum")),
        .columns = lower_name(l, STR("columns")),
        .lane = lower_name(l, STR("lane")),
    };
    int64_t each = product->pool.points;
    Grid grid = each > 1 ? contract_grid_of_windows(l, &form->schedule, product->high, product->wide, each)
                         : contract_grid_for(l, &form->schedule, product->high, product->wide, !product->rows_are_samples);
    product->order = product->rows_are_samples ? ORDER_SAMPLES : choose_order(l, product, &grid);
    add_helper(l, product, &grid, &names);
    lower_helper_param(l, names.n, "int");
    if (!product->rows_are_samples) {
        lower_helper_param(l, names.i, "int");
        lower_helper_param(l, names.j, "int");
    }
    lower_helper_param(l, names.panel, "int");
    if (product->rows_are_samples)
        add_sample_loops(l, product, &grid, &names);
    else
        add_point_loops(l, product, &grid, &names);
    int64_t groups = product->panels.count / product->panels.per_group;
    int64_t points = product->rows_are_samples ? 1 : product->high * product->wide;
    k->flops = 2 * points * each * product->taps[0] * product->taps[1] * product->channels *
               product->panels.columns * groups;
}

/* ---- forward ----------------------------------------------------------------------------------- */
/* The grid's points are windows from now on. */
static void take_windows(RowProduct *product)
{
    const Pool *pool = &product->pool;
    product->pool_line = product->line;
    product->pool_point = product->point;
    product->line *= pool->size[0];
    product->point *= pool->size[1];
    product->high = pool->out[0];
    product->wide = pool->out[1];
}

void contract_lower_rows(Lowering *l, const ContractForm *form)
{
    const ContractAxis *h = &form->axis[0], *w = &form->axis[1];
    OperandNeed need = {.before = {contract_halo_before(h), contract_halo_before(w)},
                        .after = {contract_halo_after(h), contract_halo_after(w)}};
    Operand x = contract_operand(l, form, form->x, need);
    const Buffer *kernel = lower_buffer(l, form->w);
    RowProduct product = {
        .a = x,
        .line = h->stride * x.line,
        .point = w->stride * x.point,
        .taps = {h->kernel, w->kernel},
        .tap = {h->dilation * x.line, w->dilation * x.point},
        .channels = form->c,
        .b = l->program->buffer_of[form->w],
        .panels = contract_panels(kernel->layout.panel, form->o, form->groups,
                                  h->kernel * w->kernel * form->c),
        .high = h->out,
        .wide = w->out,
        .spatial = form->spatial,
        .out_step = {1, 1},
        .pool = contract_pool_of_group(l),
    };
    product.a.offset -= h->before * x.line + w->before * x.point;
    if (product.pool.points > 1)
        take_windows(&product);
    if (form->spatial == 0) {
        product.rows_are_samples = true;
        product.wide = l->program->batch;
        product.point = x.batch;
    }
    lower_begin(l, form->y, "");
    contract_take_names(l);
    if (contract_leaves_out_zeros(l, form)) {
        Expr *row = expr_address(l->arena, lower_buffer_pointer(l, x.buffer, false), expr_int(l->arena, x.offset));
        Expr *count = expr_int(l->arena, form->c);
        product.needed = contract_needed_rows(l, &l->kernel->setup, row, count, form->c);
    }
    add_product(l, form, &product);
    lower_halos(l);
}

/* ---- gradient of an image ------------------------------------------------------------------------ */
/* Points of X that no tap reaches: their gradient is zero. */
static void add_empty_phase(Lowering *l, const ContractForm *form, const ContractPhase *high,
                            const ContractPhase *wide)
{
    Arena *arena = l->arena;
    Kernel *k = lower_begin(l, form->x, "none");
    k->division = DIVIDE_UNITS;
    k->units = lower_batch(l);
    k->unit_name = lower_name(l, STR("n"));
    Position at = {.batch = expr_name(arena, k->unit_name), .rank = form->spatial + 1};
    static const char *const letters[] = {"i", "j", "c"};
    int64_t extents[] = {high->count, wide->count, form->c * form->groups};
    int64_t steps[] = {form->axis[0].stride, form->axis[1].stride, 1};
    int64_t firsts[] = {high->first, wide->first, 0};
    Block *block = &k->body;
    for (int d = 2 - form->spatial; d < 3; d++) {
        Str name = lower_name(l, str_from(letters[d]));
        block = block_loop(arena, block, name, expr_int(arena, extents[d]));
        at.index[d - (2 - form->spatial)] = plus(arena, scaled(arena, expr_name(arena, name), steps[d]), firsts[d]);
    }
    lower_after(l, block, &at, expr_real(arena, 0));
    k->flops = extents[0] * extents[1] * extents[2];
}

static void add_phase(Lowering *l, const ContractForm *form, const Operand *y, int64_t first_line,
                      int64_t first_point)
{
    ContractPhase high = contract_phase(&form->axis[0], first_line);
    ContractPhase wide = contract_phase(&form->axis[1], first_point);
    if (high.taps * wide.taps == 0) {
        add_empty_phase(l, form, &high, &wide);
        return;
    }
    Panels panels = contract_panels(panel_width(form->c), form->c, form->groups,
                                    high.taps * wide.taps * form->o);
    int turned = contract_pack_turned(l, form, &high, &wide, &panels);
    RowProduct product = {
        .a = *y,
        .line = y->line,
        .point = y->point,
        .taps = {high.taps, wide.taps},
        .tap = {high.y_step * y->line, wide.y_step * y->point},
        .channels = form->o,
        .b = turned,
        .panels = panels,
        .high = high.count,
        .wide = wide.count,
        .spatial = form->spatial,
        .out_first = {first_line, first_point},
        .out_step = {form->axis[0].stride, form->axis[1].stride},
        .pool = {.points = 1},
    };
    product.a.offset += high.y_first * y->line + wide.y_first * y->point;
    bool is_whole = form->axis[0].stride == 1 && form->axis[1].stride == 1;
    Str phase = str_format(l->arena, "%lld_%lld", (long long)first_line, (long long)first_point);
    lower_begin(l, form->x, is_whole ? "" : str_c(l->arena, phase));
    contract_take_names(l);
    add_product(l, form, &product);
}

void contract_lower_image(Lowering *l, const ContractForm *form)
{
    Operand y = contract_phase_operand(l, form);
    for (int64_t i = 0; i < form->axis[0].stride && i < form->axis[0].in; i++)
        for (int64_t j = 0; j < form->axis[1].stride && j < form->axis[1].in; j++)
            add_phase(l, form, &y, i, j);
    lower_halos(l);
}
