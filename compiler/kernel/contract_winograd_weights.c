/* contract_winograd_weights.c: the gradient of a 3x3 kernel from patches of 2x2 points.
 *
 * With the matrices of contract_winograd.c,
 *
 *     d_g = G' [ sum over samples and patches of (B' d B) .* (A d_y A') ] G
 *
 * so the sum is 16 matrix products whose steps are patches. A fixed number of parts of the batch are
 * summed apart; a unit is a part, and its transformed sample stays in the second level cache. A last
 * kernel adds the parts up in order, transforms the sums to taps, and runs the maps after the
 * contraction (the optimizer's update). */
#include "kernel/contract_winograd.h"

enum {
    PLACES = WINOGRAD_PLACES,
    PARTS = 8,
    LEAST_CHANNELS = 16,
    LEAST_PATCHES = 32,         /* steps of the products; with fewer, moving the sums takes as long */
    SAMPLE_BYTES = 512 * 1024,  /* most that a transformed sample may take */
    SUM_BYTES = 1024 * 1024,    /* most that the sums of a part may take   */
};

static const WinogradMatrix of_gradient = {4, 2, {{1, 0}, {1, 1}, {1, -1}, {0, -1}}};                /* A  */
static const WinogradMatrix of_sums = {3, 4, {{1, 0.5, 0.5, 0}, {0, 0.5, -0.5, 0}, {0, 0.5, 0.5, 1}}}; /* G' */

typedef struct Weights {
    const ContractForm *form;
    Operand x, y;
    Panels panels;
    int64_t across, patches;    /* of a sample */
    int64_t columns;            /* of all panels together */
    int images, gradients, sums;
    int64_t image_size, gradient_size, sum_size; /* of a part */
} Weights;

static int64_t patch_count(const ContractForm *form)
{
    return (form->axis[0].out + 1) / 2 * ((form->axis[1].out + 1) / 2);
}

bool contract_fits_winograd_weights(const Lowering *l, const ContractForm *form)
{
    if (form->kind != CONTRACT_KERNEL || form->spatial != 2 || form->c < LEAST_CHANNELS ||
        form->o < LEAST_CHANNELS || patch_count(form) < LEAST_PATCHES || l->program->batch < 2 * PARTS)
        return false;
    int64_t sample = 4 * PLACES * patch_count(form) * (form->c + form->o);
    return winograd_pays(form, form->axis[0].out, form->axis[1].out) && sample <= SAMPLE_BYTES &&
           4 * PLACES * form->c * form->o <= SUM_BYTES;
}

static Expr *declare(Lowering *l, Block *block, Str name, Expr *value)
{
    block_add(l->arena, block, stmt_declare(l->arena, "const int", name, value));
    return expr_name(l->arena, name);
}

static Stmt *loop_to(Lowering *l, const char *wanted, Expr *from, Expr *to)
{
    return stmt_for(l->arena, lower_name(l, str_from(wanted)), from, to, 1);
}

/* to[part][place][patch][channel] = m (side x side points of the patch) m', for all patches of sample n. */
static void add_patches(Lowering *l, Block *block, const Weights *w, const WinogradMatrix *m, const Operand *from,
                        int64_t channels, int to, int64_t part_size, int64_t room, Expr *n)
{
    Arena *arena = l->arena;
    int side = m->columns;
    Expr *zero = expr_int(arena, 0), *across = expr_int(arena, w->across);
    Stmt *patches = loop_to(l, "patch", zero, expr_int(arena, w->patches));
    Expr *patch = expr_name(arena, patches->name);
    Expr *high = declare(l, &patches->body, lower_name(l, STR("high")), expr_binary(arena, "/", patch, across));
    Expr *wide = declare(l, &patches->body, lower_name(l, STR("wide")), expr_binary(arena, "%", patch, across));
    Stmt *lanes = loop_to(l, "c", zero, expr_int(arena, channels));
    Expr *c = expr_name(arena, lanes->name);
    Str source = lower_buffer_pointer(l, from->buffer, false), target = lower_buffer_pointer(l, to, true);
    Expr *corner = expr_add(arena, scaled(arena, n, from->batch), scaled(arena, high, 2 * from->line));
    corner = expr_add(arena, expr_add(arena, corner, scaled(arena, wide, 2 * from->point)), c);
    Expr *d[16], *out[PLACES];
    for (int t = 0; t < side * side; t++)
        d[t] = winograd_keep(l, &lanes->body, "d",
                             expr_load(arena, source, plus(arena, corner, from->offset + t / side * from->line +
                                                                              t % side * from->point)));
    winograd_transform(l, &lanes->body, m, d, out);
    Expr *place = expr_add(arena, scaled(arena, expr_name(arena, STR("unit")), part_size),
                           expr_add(arena, scaled(arena, patch, room), c));
    for (int s = 0; s < PLACES; s++)
        block_add(arena, &lanes->body,
                  stmt_set(arena, expr_load(arena, target, plus(arena, place, s * w->patches * room)), "=", out[s]));
    block_add(arena, &patches->body, lanes);
    block_add(arena, block, patches);
}

/* The helper: sums[place][panel][c + r] += over patches of images[c + r] * gradients[panel]. */
static void add_helper(Lowering *l, const Weights *w, const Grid *grid, Str place, Str panel, Str c, Str n, Str from)
{
    Arena *arena = l->arena;
    Expr *unit = expr_name(arena, STR("unit")), *s = expr_name(arena, place);
    Str patch = lower_name(l, STR("t"));
    Expr *t_at = expr_add(arena, scaled(arena, s, w->patches), expr_name(arena, patch));
    Tile t = {.most = grid->most, .columns = w->panels.width, .loop_count = 1};
    t.sum = lower_buffer_pointer(l, w->sums, true);
    lower_buffer_pointer(l, w->sums, false);
    Expr *row = expr_add(arena, scaled(arena, s, w->panels.count), expr_name(arena, panel));
    row = expr_add(arena, scaled(arena, row, w->form->c), expr_name(arena, c));
    t.sum_index = expr_add(arena, scaled(arena, unit, w->sum_size), scaled(arena, row, w->panels.width));
    t.resumes = expr_binary(arena, ">", expr_name(arena, n), expr_name(arena, from));
    t.loop[0].name = patch;
    t.loop[0].from = expr_int(arena, 0);
    t.loop[0].to = expr_int(arena, w->patches);
    t.a = lower_buffer_pointer(l, w->images, false);
    t.a_index = expr_add(arena, scaled(arena, unit, w->image_size), scaled(arena, t_at, w->form->c));
    t.a_index = expr_add(arena, t.a_index, expr_name(arena, c));
    t.a_row = expr_name(arena, STR("r"));
    t.b = lower_buffer_pointer(l, w->gradients, false);
    t.b_index = expr_add(arena, scaled(arena, unit, w->gradient_size), scaled(arena, t_at, w->columns));
    t.b_index = expr_add(arena, t.b_index, scaled(arena, expr_name(arena, panel), w->panels.width));
    block_add(arena, &l->kernel->helper, stmt_tile(arena, t));
}

static void add_parts(Lowering *l, const Weights *w)
{
    Arena *arena = l->arena;
    Kernel *k = lower_begin(l, w->form->w, "parts");
    k->division = DIVIDE_UNITS;
    k->units = expr_int(arena, PARTS);
    contract_take_names(l);
    Expr *unit = expr_name(arena, STR("unit")), *zero = expr_int(arena, 0);
    Expr *first[] = {unit, expr_int(arena, PARTS), lower_batch(l)};
    Expr *last[] = {plus(arena, unit, 1), first[1], first[2]};
    Expr *from = declare(l, &k->body, lower_name(l, STR("from")), expr_call(arena, "nn_first", 3, first));
    Expr *to = declare(l, &k->body, lower_name(l, STR("to")), expr_call(arena, "nn_first", 3, last));
    Stmt *samples = loop_to(l, "n", from, to);
    Expr *n = expr_name(arena, samples->name);
    add_patches(l, &samples->body, w, &winograd_of_patch, &w->x, w->form->c, w->images, w->image_size, w->form->c, n);
    add_patches(l, &samples->body, w, &of_gradient, &w->y, w->form->o, w->gradients, w->gradient_size, w->columns, n);

    Grid grid = contract_grid(l, 1, w->form->c, false);
    Stmt *places = loop_to(l, "place", zero, expr_int(arena, PLACES));
    Stmt *panels = loop_to(l, "panel", zero, expr_int(arena, w->panels.count));
    Stmt *tiles = loop_to(l, "tile", zero, grid.across);
    Str c = lower_name(l, STR("first"));
    add_helper(l, w, &grid, places->name, panels->name, c, samples->name, from->name);
    Str ints[] = {STR("unit"), places->name, panels->name, c, samples->name, from->name};
    for (int i = 0; i < COUNT_OF(ints); i++)
        vec_push(arena, &k->helper_params, ((KernelParam){.buffer = -1, .name = ints[i], .type = "int"}));
    Expr *tile = expr_name(arena, tiles->name);
    contract_tile_start(l, &tiles->body, &grid, zero, tile, STR(""), c);
    contract_tile_call(l, &tiles->body, &grid, zero, tile);
    block_add(arena, &panels->body, tiles);
    block_add(arena, &places->body, panels);
    block_add(arena, &samples->body, places);
    block_add(arena, &k->body, samples);

    /* A part without samples, in a small batch. */
    Stmt *is_empty = stmt_if(arena, expr_binary(arena, "==", from, to));
    Stmt *clear = loop_to(l, "z", zero, expr_int(arena, w->sum_size));
    Expr *place = expr_add(arena, scaled(arena, unit, w->sum_size), expr_name(arena, clear->name));
    block_add(arena, &clear->body,
              stmt_set(arena, expr_load(arena, lower_buffer_pointer(l, w->sums, true), place), "=", expr_real(arena, 0)));
    block_add(arena, &is_empty->body, clear);
    block_add(arena, &k->body, is_empty);
    k->flops = 2 * PLACES * w->patches * w->form->c * w->form->o;
}

/* A unit is an input channel of a panel: its 16 sums of all parts, its nine taps. */
static void add_combination(Lowering *l, const Weights *w)
{
    Arena *arena = l->arena;
    int width = w->panels.width;
    int64_t place_size = w->panels.count * w->form->c * width;
    Kernel *k = lower_begin(l, w->form->w, "");
    k->division = DIVIDE_UNITS;
    k->units = expr_int(arena, w->panels.count * w->form->c);
    Expr *unit = expr_name(arena, STR("unit")), *channels = expr_int(arena, w->form->c), *zero = expr_int(arena, 0);
    Expr *panel = declare(l, &k->body, lower_name(l, STR("panel")), expr_binary(arena, "/", unit, channels));
    Expr *c = declare(l, &k->body, lower_name(l, STR("c")), expr_binary(arena, "%", unit, channels));
    Str totals = lower_name(l, STR("totals")), taps = lower_name(l, STR("taps"));
    block_add(arena, &k->body, stmt_array(arena, "float", totals, PLACES * width));
    block_add(arena, &k->body, stmt_array(arena, "float", taps, 9 * width));
    Str sums = lower_buffer_pointer(l, w->sums, false);
    Str lane_name = lower_name(l, STR("lane"));
    Expr *lane = expr_name(arena, lane_name);

    Stmt *places = loop_to(l, "place", zero, expr_int(arena, PLACES));
    Expr *s = expr_name(arena, places->name);
    Expr *target = expr_load(arena, totals, expr_add(arena, scaled(arena, s, width), lane));
    Expr *source = expr_add(arena, expr_add(arena, scaled(arena, s, place_size), scaled(arena, unit, width)), lane);
    Stmt *copy = stmt_for(arena, lane_name, zero, expr_int(arena, width), 1);
    block_add(arena, &copy->body, stmt_set(arena, target, "=", expr_load(arena, sums, source)));
    Stmt *parts = loop_to(l, "part", expr_int(arena, 1), expr_int(arena, PARTS));
    Stmt *add = stmt_for(arena, lane_name, zero, expr_int(arena, width), 1);
    Expr *part_start = scaled(arena, expr_name(arena, parts->name), w->sum_size);
    block_add(arena, &add->body,
              stmt_set(arena, target, "+=", expr_load(arena, sums, expr_add(arena, part_start, source))));
    block_add(arena, &parts->body, add);
    block_add(arena, &places->body, copy);
    block_add(arena, &places->body, parts);
    block_add(arena, &k->body, places);

    Stmt *lanes = stmt_for(arena, lane_name, zero, expr_int(arena, width), 1);
    Expr *m[PLACES], *out[9];
    for (int i = 0; i < PLACES; i++)
        m[i] = winograd_keep(l, &lanes->body, "m", expr_load(arena, totals, plus(arena, lane, i * width)));
    winograd_transform(l, &lanes->body, &of_sums, m, out);
    for (int i = 0; i < 9; i++)
        block_add(arena, &lanes->body, stmt_set(arena, expr_load(arena, taps, plus(arena, lane, i * width)), "=", out[i]));
    block_add(arena, &k->body, lanes);

    Expr *columns = contract_panel_columns(arena, &w->panels, panel);
    if (columns->kind != EXPR_INT)
        columns = declare(l, &k->body, lower_name(l, STR("columns")), columns);
    Stmt *each = loop_to(l, "tap", zero, expr_int(arena, 9));
    Expr *tap = expr_name(arena, each->name), *three = expr_int(arena, 3);
    Expr *row = declare(l, &each->body, lower_name(l, STR("row")), expr_add(arena, scaled(arena, tap, w->form->c), c));
    Stmt *maps = stmt_for(arena, lane_name, zero, columns, 1);
    Position at = {.rank = 4, .panel = panel, .row = row, .lane = lane};
    at.index[0] = expr_binary(arena, "/", tap, three);
    at.index[1] = expr_binary(arena, "%", tap, three);
    at.index[2] = c;
    at.index[3] = expr_add(arena, contract_panel_start(arena, &w->panels, panel), lane);
    lower_after(l, &maps->body, &at, expr_load(arena, taps, expr_add(arena, scaled(arena, tap, width), lane)));
    block_add(arena, &each->body, maps);
    block_add(arena, &k->body, each);
    k->fixed_flops = (PARTS + 8) * PLACES * place_size;
}

void contract_lower_winograd_weights(Lowering *l, const ContractForm *form, int width)
{
    const ContractAxis *h = &form->axis[0], *v = &form->axis[1];
    Weights w = {.form = form, .across = (v->out + 1) / 2, .patches = patch_count(form)};
    w.panels = contract_panels(width, form->o, 1, 9 * form->c);
    w.columns = w.panels.count * width;
    OperandNeed x_need = {.before = {contract_halo_before(h), contract_halo_before(v)},
                          .after = {contract_halo_after(h) + h->out % 2, contract_halo_after(v) + v->out % 2}};
    OperandNeed y_need = {.after = {h->out % 2, v->out % 2}};
    w.x = contract_operand(l, form, form->x, x_need);
    w.y = contract_operand(l, form, form->y, y_need);
    w.x.offset -= h->before * w.x.line + v->before * w.x.point;
    w.image_size = PLACES * w.patches * form->c;
    w.gradient_size = PLACES * w.patches * w.columns;
    w.sum_size = PLACES * form->c * w.columns;
    w.images = lower_scratch(l, "images", TYPE_F32, PARTS * w.image_size, 0);
    w.gradients = lower_scratch(l, "gradients", TYPE_F32, PARTS * w.gradient_size, 0);
    w.sums = lower_scratch(l, "sums", TYPE_F32, PARTS * w.sum_size, 0);
    add_parts(l, &w);
    add_combination(l, &w);
    lower_halos(l);
}
