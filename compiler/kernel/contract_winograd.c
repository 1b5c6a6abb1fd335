/* contract_winograd.c: 3x3 convolutions with 16 products for four points instead of 36.
 *
 * Winograd's F(2x2, 3x3): of a patch d of 4x4 points and a kernel g of 3x3 taps, the 2x2 results are
 *
 *     A' [ (G g G') .* (B' d B) ] A
 *
 *          1  0  0            1  0 -1  0            1  1  1  0
 *     G =  1/2 1/2 1/2   B' = 0  1  1  0       A' = 0  1 -1 -1
 *          1/2 -1/2 1/2       0 -1  1  0
 *          0  0  1            0  1  0 -1
 *
 * The product in the middle is summed over channels, so it is 16 small matrix products with patches as
 * rows, which the register tile does. A unit takes as many patches of one sample as a tile has rows; what
 * lies between the transformations fits into the second level cache. Results differ from the direct sum
 * by about 1e-6 of the largest one. */
#include "kernel/contract_winograd.h"

enum {
    PLACES = WINOGRAD_PLACES,
    LEAST_CHANNELS = 16, /* fewer do not pay for the transformations      */
    MOST_CHANNELS = 128, /* more do not fit on the stack of a thread      */
};

static const WinogradMatrix of_kernel = {4, 3, {{1, 0, 0}, {0.5, 0.5, 0.5}, {0.5, -0.5, 0.5}, {0, 0, 1}}};
const WinogradMatrix winograd_of_patch = {4, 4, {{1, 0, -1, 0}, {0, 1, 1, 0}, {0, -1, 1, 0}, {0, 1, 0, -1}}};
static const WinogradMatrix of_result = {2, 4, {{1, 1, 1, 0}, {0, 1, -1, -1}}};

/* ---- when it fits -------------------------------------------------------------------------------- */
static bool is_plain_three(const ContractAxis *axis)
{
    return axis->kernel == 3 && axis->stride == 1 && axis->dilation == 1;
}

/* Patches that stick out are wasted; the transformations cost about a fifth. */
bool winograd_pays(const ContractForm *form, int64_t high, int64_t wide)
{
    int64_t patches = (high + 1) / 2 * ((wide + 1) / 2);
    return is_plain_three(&form->axis[0]) && is_plain_three(&form->axis[1]) && form->groups == 1 &&
           5 * high * wide * 9 > 6 * patches * PLACES;
}

bool contract_fits_winograd(const ContractForm *form)
{
    if (form->kind != CONTRACT_FORWARD && form->kind != CONTRACT_IMAGE)
        return false;
    bool is_forward = form->kind == CONTRACT_FORWARD;
    int64_t high = is_forward ? form->axis[0].out : form->axis[0].in;
    int64_t wide = is_forward ? form->axis[1].out : form->axis[1].in;
    int64_t summed = is_forward ? form->c : form->o, made = is_forward ? form->o : form->c;
    return winograd_pays(form, high, wide) && summed >= LEAST_CHANNELS && summed <= MOST_CHANNELS &&
           made >= LEAST_CHANNELS;
}

/* ---- transformations ------------------------------------------------------------------------------- */
/* The terms of row[0]*x[0] + row[1]*x[step] + ... whose factor is +size or -size, without it; NULL: none. */
static Expr *terms_of(Arena *arena, const double *row, double size, int count, Expr *const *x, int step)
{
    Expr *sum = NULL;
    for (int pass = 0; pass < 2; pass++) /* what is added first, so that no sum begins with a minus */
        for (int i = 0; i < count; i++) {
            if (row[i] != (pass == 0 ? size : -size))
                continue;
            Expr *term = x[i * step];
            if (sum == NULL)
                sum = pass == 1 ? expr_unary(arena, "-", term) : term;
            else
                sum = expr_binary(arena, pass == 1 ? "-" : "+", sum, term);
        }
    return sum;
}

static Expr *combine(Arena *arena, const double *row, int count, Expr *const *x, int step)
{
    Expr *whole = terms_of(arena, row, 1, count, x, step);
    Expr *halves = terms_of(arena, row, 0.5, count, x, step);
    if (halves == NULL)
        return whole;
    halves = expr_binary(arena, "*", expr_real(arena, 0.5), halves);
    return whole ? expr_binary(arena, "+", whole, halves) : halves;
}

Expr *winograd_keep(Lowering *l, Block *block, const char *name, Expr *value)
{
    Str unique = lower_name(l, str_from(name));
    block_add(l->arena, block, stmt_declare(l->arena, "const float", unique, value));
    return expr_name(l->arena, unique);
}

void winograd_transform(Lowering *l, Block *block, const WinogradMatrix *m, Expr *const *x, Expr **out)
{
    Expr *half[16];
    for (int i = 0; i < m->rows; i++)
        for (int j = 0; j < m->columns; j++)
            half[i * m->columns + j] =
                winograd_keep(l, block, "t", combine(l->arena, m->at[i], m->columns, x + j, m->columns));
    for (int i = 0; i < m->rows; i++)
        for (int j = 0; j < m->rows; j++)
            out[i * m->rows + j] = combine(l->arena, m->at[j], m->columns, half + i * m->columns, 1);
}

/* The kernel's 16 matrices: [place][panel][channel][width]. Units are rows of panels. */
static int transform_kernel(Lowering *l, NodeId for_value, const RowProduct *product)
{
    Arena *arena = l->arena;
    const Panels *panels = &product->panels;
    int64_t width = panels->width, channels = product->channels;
    int64_t size = panels->count * channels * width;
    int matrices = lower_scratch(l, "matrices", TYPE_F32, PLACES * size, 0);
    Kernel *k = lower_begin(l, for_value, "matrices");
    k->division = DIVIDE_UNITS;
    k->units = expr_int(arena, panels->count * channels);
    Expr *unit = expr_name(arena, STR("unit")), *count = expr_int(arena, channels);
    Expr *panel = expr_name(arena, lower_name(l, STR("panel"))), *c = expr_name(arena, lower_name(l, STR("c")));
    block_add(arena, &k->body, stmt_declare(arena, "const int", panel->name, expr_binary(arena, "/", unit, count)));
    block_add(arena, &k->body, stmt_declare(arena, "const int", c->name, expr_binary(arena, "%", unit, count)));
    Stmt *lanes = stmt_for(arena, lower_name(l, STR("lane")), expr_int(arena, 0), expr_int(arena, width), 1);
    Expr *lane = expr_name(arena, lanes->name);
    Str from = lower_buffer_pointer(l, product->b, false), to = lower_buffer_pointer(l, matrices, true);
    Expr *first = expr_add(arena, expr_add(arena, scaled(arena, panel, panels->rows * width), scaled(arena, c, width)),
                           lane);
    Expr *tap[9], *out[PLACES];
    for (int t = 0; t < 9; t++)
        tap[t] = winograd_keep(l, &lanes->body, "g",
                      expr_load(arena, from, plus(arena, first, product->b_offset + t * channels * width)));
    winograd_transform(l, &lanes->body, &of_kernel, tap, out);
    Expr *place = expr_add(arena, scaled(arena, unit, width), lane);
    for (int s = 0; s < PLACES; s++)
        block_add(arena, &lanes->body,
                  stmt_set(arena, expr_load(arena, to, plus(arena, place, s * size)), "=", out[s]));
    block_add(arena, &k->body, lanes);
    k->fixed_flops = 60 * size;
    return matrices;
}

/* ---- the product ------------------------------------------------------------------------------------- */
typedef struct WinogradNames {
    Str n, first, patches, products, panel, place, k, c, high, wide, lane, results, point, i, j, columns;
} WinogradNames;

typedef struct Winograd {
    const RowProduct *product;
    WinogradNames names;
    Grid grid;
    Expr *rows_room;    /* rows of the largest tile */
    int64_t across;     /* patches of a line        */
    int matrices;
} Winograd;

static Expr *declare(Lowering *l, Block *block, Str name, Expr *value)
{
    block_add(l->arena, block, stmt_declare(l->arena, "const int", name, value));
    return expr_name(l->arena, name);
}

/* `high` and `wide`: where patch `first + r` stands. */
static Stmt *patch_loop(Lowering *l, const Winograd *w)
{
    Arena *arena = l->arena;
    Stmt *rows = stmt_for(arena, STR("r"), expr_int(arena, 0), expr_name(arena, STR("rows")), 1);
    Expr *patch = expr_add(arena, expr_name(arena, w->names.first), expr_name(arena, STR("r")));
    Expr *across = expr_int(arena, w->across);
    declare(l, &rows->body, w->names.high, expr_binary(arena, "/", patch, across));
    declare(l, &rows->body, w->names.wide, expr_binary(arena, "%", patch, across));
    return rows;
}

/* patches[place][r][channel] */
static void add_patches(Lowering *l, Block *block, const Winograd *w)
{
    Arena *arena = l->arena;
    const RowProduct *p = w->product;
    Stmt *rows = patch_loop(l, w);
    Stmt *channels = stmt_for(arena, w->names.c, expr_int(arena, 0), expr_int(arena, p->channels), 1);
    Expr *c = expr_name(arena, w->names.c);
    Str from = lower_buffer_pointer(l, p->a.buffer, false);
    Expr *corner = expr_add(arena, scaled(arena, expr_name(arena, w->names.n), p->a.batch),
                            scaled(arena, expr_name(arena, w->names.high), 2 * p->line));
    corner = expr_add(arena, corner, scaled(arena, expr_name(arena, w->names.wide), 2 * p->point));
    corner = expr_add(arena, corner, c);
    Expr *d[PLACES], *out[PLACES];
    for (int t = 0; t < PLACES; t++)
        d[t] = winograd_keep(l, &channels->body, "d",
                    expr_load(arena, from, plus(arena, corner, p->a.offset + t / 4 * p->line + t % 4 * p->point)));
    winograd_transform(l, &channels->body, &winograd_of_patch, d, out);
    Expr *room = scaled(arena, w->rows_room, p->channels);
    for (int s = 0; s < PLACES; s++) {
        Expr *place = expr_add(arena, expr_mul(arena, room, expr_int(arena, s)),
                               expr_add(arena, scaled(arena, expr_name(arena, STR("r")), p->channels), c));
        block_add(arena, &channels->body, stmt_set(arena, expr_load(arena, w->names.patches, place), "=", out[s]));
    }
    block_add(arena, &rows->body, channels);
    block_add(arena, block, rows);
}

/* products[place][r][lane] of one panel */
static void add_products(Lowering *l, Block *block, const Winograd *w)
{
    Arena *arena = l->arena;
    const RowProduct *p = w->product;
    int64_t width = p->panels.width;
    Stmt *places = stmt_for(arena, w->names.place, expr_int(arena, 0), expr_int(arena, PLACES), 1);
    Expr *s = expr_name(arena, w->names.place), *k = expr_name(arena, w->names.k);
    Tile t = {.sum = w->names.products, .most = w->grid.most, .columns = (int)width, .loop_count = 1};
    t.sum_index = expr_mul(arena, s, scaled(arena, w->rows_room, width));
    t.loop[0].name = w->names.k;
    t.loop[0].from = expr_int(arena, 0);
    t.loop[0].to = expr_int(arena, p->channels);
    t.a = w->names.patches;
    t.a_index = expr_add(arena, expr_mul(arena, s, scaled(arena, w->rows_room, p->channels)), k);
    t.a_row = scaled(arena, expr_name(arena, STR("r")), p->channels);
    t.b = lower_buffer_pointer(l, w->matrices, false);
    Expr *panel = expr_add(arena, scaled(arena, s, p->panels.count), expr_name(arena, w->names.panel));
    t.b_index = scaled(arena, expr_add(arena, scaled(arena, panel, p->channels), k), width);
    block_add(arena, &places->body, stmt_tile(arena, t));
    block_add(arena, block, places);
}

/* The four points of every patch, then the maps after the contraction. */
static void add_results(Lowering *l, Block *block, const Winograd *w)
{
    Arena *arena = l->arena;
    const RowProduct *p = w->product;
    int64_t width = p->panels.width;
    Expr *panel = expr_name(arena, w->names.panel), *lane = expr_name(arena, w->names.lane);
    Expr *columns = contract_panel_columns(arena, &p->panels, panel);
    if (columns->kind != EXPR_INT)
        columns = declare(l, block, w->names.columns, columns);
    Stmt *rows = patch_loop(l, w);
    block_add(arena, &rows->body, stmt_array(arena, "float", w->names.results, 4 * width));
    Stmt *sums = stmt_for(arena, w->names.lane, expr_int(arena, 0), expr_int(arena, width), 1);
    Expr *m[PLACES], *out[4];
    for (int s = 0; s < PLACES; s++) {
        Expr *place = expr_add(arena, expr_mul(arena, scaled(arena, w->rows_room, width), expr_int(arena, s)),
                               expr_add(arena, scaled(arena, expr_name(arena, STR("r")), width), lane));
        m[s] = winograd_keep(l, &sums->body, "m", expr_load(arena, w->names.products, place));
    }
    winograd_transform(l, &sums->body, &of_result, m, out);
    for (int q = 0; q < 4; q++)
        block_add(arena, &sums->body,
                  stmt_set(arena, expr_load(arena, w->names.results, plus(arena, lane, q * width)), "=", out[q]));
    block_add(arena, &rows->body, sums);

    Stmt *points = stmt_for(arena, w->names.point, expr_int(arena, 0), expr_int(arena, 4), 1);
    Expr *point = expr_name(arena, w->names.point), *two = expr_int(arena, 2);
    Expr *i = declare(l, &points->body, w->names.i,
                      expr_add(arena, scaled(arena, expr_name(arena, w->names.high), 2), expr_binary(arena, "/", point, two)));
    Expr *j = declare(l, &points->body, w->names.j,
                      expr_add(arena, scaled(arena, expr_name(arena, w->names.wide), 2), expr_binary(arena, "%", point, two)));
    Stmt *maps = stmt_for(arena, w->names.lane, expr_int(arena, 0), columns, 1);
    Position at = {.rank = 3, .batch = expr_name(arena, w->names.n),
                   .index = {i, j, expr_add(arena, contract_panel_start(arena, &p->panels, panel), lane)}};
    lower_after(l, &maps->body, &at,
                expr_load(arena, w->names.results, expr_add(arena, scaled(arena, point, width), lane)));
    Expr *inside = NULL;
    if (p->high % 2 != 0)
        inside = expr_binary(arena, "<", i, expr_int(arena, p->high));
    if (p->wide % 2 != 0) {
        Expr *test = expr_binary(arena, "<", j, expr_int(arena, p->wide));
        inside = inside ? expr_binary(arena, "&&", inside, test) : test;
    }
    if (inside != NULL) {
        Stmt *test = stmt_if(arena, inside);
        block_add(arena, &test->body, maps);
        maps = test;
    }
    block_add(arena, &points->body, maps);
    block_add(arena, &rows->body, points);
    block_add(arena, block, rows);
}

static void add_helper(Lowering *l, const Winograd *w)
{
    Arena *arena = l->arena;
    const RowProduct *p = w->product;
    Block *block = &l->kernel->helper;
    Stmt *patches = stmt_array(arena, "NN_ALIGN float", w->names.patches, 1);
    patches->to = scaled(arena, w->rows_room, PLACES * p->channels);
    Stmt *products = stmt_array(arena, "NN_ALIGN float", w->names.products, 1);
    products->to = scaled(arena, w->rows_room, PLACES * p->panels.width);
    block_add(arena, block, patches);
    block_add(arena, block, products);
    add_patches(l, block, w);
    Stmt *panels = stmt_for(arena, w->names.panel, expr_int(arena, 0), expr_int(arena, p->panels.count), 1);
    add_products(l, &panels->body, w);
    add_results(l, &panels->body, w);
    block_add(arena, block, panels);
}

void contract_add_winograd(Lowering *l, NodeId value, const RowProduct *product)
{
    Arena *arena = l->arena;
    Winograd w = {.product = product, .across = (product->wide + 1) / 2};
    w.matrices = transform_kernel(l, value, product);
    Kernel *k = lower_begin(l, value, "");
    k->division = DIVIDE_UNITS;
    contract_take_names(l);
    static const char *const wanted[] = {"n", "first", "patches", "products", "panel", "place", "k", "c", "high",
                                         "wide", "lane", "results", "point", "i", "j", "columns"};
    Str *names = &w.names.n;
    for (int i = 0; i < COUNT_OF(wanted); i++)
        names[i] = lower_name(l, str_from(wanted[i]));
    int64_t patches = (product->high + 1) / 2 * w.across;
    w.grid = contract_grid(l, 1, patches, false);
    w.rows_room = expr_name(arena, w.grid.most);
    add_helper(l, &w);
    Str ints[] = {w.names.n, w.names.first};
    for (int i = 0; i < COUNT_OF(ints); i++)
        vec_push(arena, &k->helper_params, ((KernelParam){.buffer = -1, .name = ints[i], .type = "int"}));
    Expr *unit = expr_name(arena, STR("unit")), *tile = expr_int(arena, 0);
    k->units = expr_mul(arena, lower_batch(l), w.grid.across);
    if (expr_is_int(w.grid.across, 1)) {
        declare(l, &k->body, w.names.n, unit);
    } else {
        declare(l, &k->body, w.names.n, expr_binary(arena, "/", unit, w.grid.across));
        tile = declare(l, &k->body, lower_name(l, STR("tile")), expr_binary(arena, "%", unit, w.grid.across));
    }
    contract_tile_start(l, &k->body, &w.grid, expr_int(arena, 0), tile, STR(""), w.names.first);
    contract_tile_call(l, &k->body, &w.grid, expr_int(arena, 0), tile);
    k->flops = 2 * PLACES * patches * product->channels * product->panels.columns;
}
