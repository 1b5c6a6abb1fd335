/* contract_winograd_weights.c: the gradient of a 3x3 or 5x5 kernel as products over squares.
 *
 * With the matrices of runtime/winograd.h,
 *
 *     d_g = G' [ sum over squares of (B' d B) .* (A d_y A') ] G
 *
 * so the sum is one matrix product for each place, whose steps are the squares of all samples. A fixed
 * number of parts of the batch are summed apart; within a part, blocks of squares are transformed and
 * added up while they are in the cache. Where squares are few and channels many, all squares are
 * transformed first, and the products are divided over places and panels. A last kernel adds the parts up
 * in order, transforms the sums to taps, and runs the maps after the contraction (the optimizer's update). */
#include "kernel/contract_winograd.h"

enum { GROUP = 8 }; /* channels whose sums are read together: a part has them side by side */

typedef struct Weights {
    const ContractForm *form;
    Squares s;
    Operand x, y;
    Panels panels;
    int64_t parts;
    int64_t room;              /* squares in the scratch buffers (of a worker) */
    Expr *worker;              /* whose buffers: `thread`, or 0                */
    int64_t channels, columns; /* of x in whole blocks, of y in whole panels */
    int64_t rows;              /* of sums: channels rounded up to even       */
    int patches, spread, sums;
    int64_t patch_place, spread_place, sum_place;    /* from a place to the next */
    int64_t patch_floats, spread_floats, sum_floats; /* of a worker, of a part */
} Weights;

/* patches and spread[worker][place][square][channel]: rows of a product have their blocks side by side. */
static void add_both(Lowering *l, Block *block, const Weights *w, Expr *first, Expr *count, Expr *slot)
{
    Arena *arena = l->arena;
    Expr *side_by_side = expr_int(arena, WINOGRAD_BLOCK);
    SquareTransform to_patches = {
        .function = winograd_patch_function(l, w->s.side), .from = &w->x, .channels = w->form->c,
        .to = w->patches, .start = scaled(arena, w->worker, w->patch_floats),
        .place = expr_int(arena, w->patch_place), .block = side_by_side, .square = w->channels,
    };
    SquareTransform to_spread = {
        .function = winograd_function(l, "spread", w->s.points, w->s.taps), .from = &w->y, .channels = w->form->o,
        .to = w->spread, .start = scaled(arena, w->worker, w->spread_floats),
        .place = expr_int(arena, w->spread_place), .block = side_by_side, .square = w->columns,
    };
    winograd_transform(l, block, &w->s, &to_patches, first, count, slot);
    winograd_transform(l, block, &w->s, &to_spread, first, count, slot);
}

/* sums[part][place][panel][channel] (+)= patches * spread */
static void add_sums(Lowering *l, Block *block, const Weights *w, Expr *part, Expr *place, Expr *panel, Expr *count,
                     Expr *resumes)
{
    Arena *arena = l->arena;
    const Panels *p = &w->panels;
    Str patches = lower_buffer_pointer(l, w->patches, false), spread = lower_buffer_pointer(l, w->spread, false);
    Str sums = lower_buffer_pointer(l, w->sums, true);
    lower_buffer_pointer(l, w->sums, false);
    Expr *to = expr_add(arena, scaled(arena, place, w->sum_place), scaled(arena, panel, w->rows * p->width));
    to = expr_add(arena, scaled(arena, part, w->sum_floats), to);
    Expr *a = expr_add(arena, scaled(arena, w->worker, w->patch_floats), scaled(arena, place, w->patch_place));
    Expr *b = expr_add(arena, scaled(arena, w->worker, w->spread_floats), scaled(arena, place, w->spread_place));
    b = expr_add(arena, b, scaled(arena, panel, p->width));
    Expr *args[] = {
        winograd_at(l, sums, to), winograd_at(l, patches, a), winograd_at(l, spread, b), count, expr_int(arena, w->channels),
        expr_int(arena, w->columns), expr_int(arena, w->form->c), expr_int(arena, p->width), resumes,
    };
    block_add(arena, block, stmt_call(arena, expr_call(arena, "nn_winograd_sums", COUNT_OF(args), args)));
}

/* A unit is a part: a share of the blocks. */
static void add_parts(Lowering *l, const Weights *w)
{
    Arena *arena = l->arena;
    Kernel *k = lower_begin(l, w->form->w, "parts");
    k->division = DIVIDE_UNITS;
    k->workers = (int)w->parts;
    k->units = expr_int(arena, w->parts);
    Expr *unit = expr_name(arena, STR("unit")), *zero = expr_int(arena, 0);
    Expr *blocks = winograd_int(l, &k->body, "blocks", winograd_block_count(l, &w->s));
    Expr *first[] = {unit, expr_int(arena, w->parts), blocks};
    Expr *last[] = {plus(arena, unit, 1), first[1], first[2]};
    Expr *from = winograd_int(l, &k->body, "from", expr_call(arena, "nn_first", 3, first));
    Expr *to = winograd_int(l, &k->body, "to", expr_call(arena, "nn_first", 3, last));
    Stmt *loop = stmt_for(arena, lower_name(l, STR("block")), from, to, 1);
    block_add(arena, &k->body, loop);
    Expr *block = expr_name(arena, loop->name);
    Expr *square = winograd_int(l, &loop->body, "first", scaled(arena, block, w->s.room));
    Expr *count = winograd_block_size(l, &loop->body, &w->s, square);
    add_both(l, &loop->body, w, square, count, zero);
    Stmt *places = winograd_loop(l, &loop->body, "place", expr_int(arena, w->s.places));
    Stmt *panels = winograd_loop(l, &places->body, "panel", expr_int(arena, w->panels.count));
    Expr *panel = expr_name(arena, panels->name);
    add_sums(l, &panels->body, w, unit, expr_name(arena, places->name), panel, count, expr_binary(arena, ">", block, from));

    /* A part without blocks, in a small batch. */
    Stmt *is_empty = stmt_if(arena, expr_binary(arena, "==", from, to));
    Stmt *clear = stmt_for(arena, lower_name(l, STR("z")), zero, expr_int(arena, w->sum_floats), 1);
    Expr *sum = expr_add(arena, scaled(arena, unit, w->sum_floats), expr_name(arena, clear->name));
    block_add(arena, &clear->body,
              stmt_set(arena, expr_load(arena, lower_buffer_pointer(l, w->sums, true), sum), "=", expr_real(arena, 0)));
    block_add(arena, &is_empty->body, clear);
    block_add(arena, &k->body, is_empty);
    k->flops = winograd_product_flops(w->form);
}

/* Two kernels. Units of the first are lines of squares, of the second a place and a panel. */
static void add_steps(Lowering *l, const Weights *w)
{
    Arena *arena = l->arena;
    Expr *unit = expr_name(arena, STR("unit")), *zero = expr_int(arena, 0);
    Kernel *k = lower_begin(l, w->form->w, "squares");
    k->division = DIVIDE_UNITS;
    k->units = scaled(arena, lower_batch(l), w->s.each / w->s.across);
    Expr *first = winograd_int(l, &k->body, "first", scaled(arena, unit, w->s.across));
    add_both(l, &k->body, w, first, expr_int(arena, w->s.across), first);
    k->flops = w->s.places * w->s.each * (w->form->c + w->form->o);

    k = lower_begin(l, w->form->w, "sums");
    k->division = DIVIDE_UNITS;
    k->units = expr_int(arena, w->s.places * w->panels.count);
    Expr *panels = expr_int(arena, w->panels.count);
    Expr *place = winograd_int(l, &k->body, "place", expr_binary(arena, "/", unit, panels));
    Expr *panel = winograd_int(l, &k->body, "panel", expr_binary(arena, "%", unit, panels));
    add_sums(l, &k->body, w, zero, place, panel, winograd_square_count(l, &w->s), zero);
    k->flops = winograd_product_flops(w->form);
}

/* The sums of `count` channels of a panel from `first` on, of all parts, as totals[place][channel][lane]. */
static void add_totals(Lowering *l, Block *block, const Weights *w, Str totals, Expr *panel, Expr *first, Expr *count)
{
    Arena *arena = l->arena;
    int width = w->panels.width;
    Str sums = lower_buffer_pointer(l, w->sums, false);
    Stmt *places = winograd_loop(l, block, "place", expr_int(arena, w->s.places));
    Expr *place = expr_name(arena, places->name), *zero = expr_int(arena, 0);
    Str name = lower_name(l, STR("k"));
    Expr *k = expr_name(arena, name);
    Expr *target = expr_load(arena, totals, expr_add(arena, scaled(arena, place, GROUP * width), k));
    Expr *source = expr_add(arena, scaled(arena, place, w->sum_place), scaled(arena, panel, w->rows * width));
    source = expr_add(arena, expr_add(arena, source, scaled(arena, first, width)), k);
    Stmt *copy = stmt_for(arena, name, zero, scaled(arena, count, width), 1);
    block_add(arena, &copy->body, stmt_set(arena, target, "=", expr_load(arena, sums, source)));
    block_add(arena, &places->body, copy);
    if (w->parts == 1)
        return;
    Stmt *parts = stmt_for(arena, lower_name(l, STR("part")), expr_int(arena, 1), expr_int(arena, w->parts), 1);
    Expr *start = scaled(arena, expr_name(arena, parts->name), w->sum_floats);
    Stmt *add = stmt_for(arena, name, zero, scaled(arena, count, width), 1);
    block_add(arena, &add->body, stmt_set(arena, target, "+=", expr_load(arena, sums, expr_add(arena, start, source))));
    block_add(arena, &parts->body, add);
    block_add(arena, &places->body, parts);
}

/* A unit is a group of input channels of a panel: their sums of all parts, their taps. */
static void add_combination(Lowering *l, const Weights *w)
{
    Arena *arena = l->arena;
    int width = w->panels.width, taps_of_line = w->s.taps, tap_count = taps_of_line * taps_of_line;
    int64_t group_count = (w->form->c + GROUP - 1) / GROUP;
    Kernel *k = lower_begin(l, w->form->w, "");
    k->division = DIVIDE_UNITS;
    k->units = expr_int(arena, w->panels.count * group_count);
    Expr *unit = expr_name(arena, STR("unit")), *groups = expr_int(arena, group_count);
    Expr *panel = winograd_int(l, &k->body, "panel", expr_binary(arena, "/", unit, groups));
    Expr *first = winograd_int(l, &k->body, "first", scaled(arena, expr_binary(arena, "%", unit, groups), GROUP));
    Expr *count = expr_int(arena, GROUP);
    if (w->form->c % GROUP != 0) {
        Expr *left = expr_binary(arena, "-", expr_int(arena, w->form->c), first);
        count = expr_select(arena, expr_binary(arena, "<", left, count), left, count);
        count = winograd_int(l, &k->body, "channels", count);
    }
    Str totals = lower_name(l, STR("totals")), taps = lower_name(l, STR("taps"));
    block_add(arena, &k->body, stmt_array(arena, "NN_ALIGN float", totals, w->s.places * GROUP * width));
    block_add(arena, &k->body, stmt_array(arena, "NN_ALIGN float", taps, tap_count * width));
    add_totals(l, &k->body, w, totals, panel, first, count);

    Expr *columns = contract_panel_columns(arena, &w->panels, panel);
    if (columns->kind != EXPR_INT)
        columns = winograd_int(l, &k->body, "columns", columns);
    Stmt *channels = winograd_loop(l, &k->body, "channel", count);
    Expr *channel = expr_name(arena, channels->name);
    Expr *c = winograd_int(l, &channels->body, "c", expr_add(arena, first, channel));
    Expr *args[] = {expr_name(arena, taps), winograd_at(l, totals, scaled(arena, channel, width)),
                    expr_int(arena, GROUP * width), expr_int(arena, width)};
    Str function = winograd_function(l, "taps", w->s.points, taps_of_line);
    block_add(arena, &channels->body, stmt_call(arena, expr_call(arena, function.ptr, COUNT_OF(args), args)));
    Stmt *each = winograd_loop(l, &channels->body, "tap", expr_int(arena, tap_count));
    Expr *tap = expr_name(arena, each->name), *line = expr_int(arena, taps_of_line);
    Expr *row = winograd_int(l, &each->body, "row", expr_add(arena, scaled(arena, tap, w->form->c), c));
    Str lane_name = lower_name(l, STR("lane"));
    Expr *lane = expr_name(arena, lane_name);
    Stmt *maps = stmt_for(arena, lane_name, expr_int(arena, 0), columns, 1);
    Position position = {.rank = 4, .panel = panel, .row = row, .lane = lane,
                         .index = {expr_binary(arena, "/", tap, line), expr_binary(arena, "%", tap, line), c,
                                   expr_add(arena, contract_panel_start(arena, &w->panels, panel), lane)}};
    lower_after(l, &maps->body, &position,
                expr_load(arena, taps, expr_add(arena, scaled(arena, tap, width), lane)));
    block_add(arena, &each->body, maps);
    k->fixed_flops = w->parts * w->sum_floats;
}

void contract_lower_winograd_weights(Lowering *l, const ContractForm *form)
{
    const ContractAxis *h = &form->axis[0], *v = &form->axis[1];
    int64_t over[] = {winograd_overhang(h, form->points), winograd_overhang(v, form->points)};
    OperandNeed x_need = {.before = {contract_halo_before(h), contract_halo_before(v)},
                          .after = {contract_halo_after(h) + over[0], contract_halo_after(v) + over[1]}};
    OperandNeed y_need = {.after = {over[0], over[1]}};
    int width = contract_weights_width(l, form);
    Weights w = {.form = form, .channels = winograd_channels(form->c), .rows = (form->c + 1) / 2 * 2};
    w.x = contract_operand(l, form, form->x, x_need);
    w.y = contract_operand(l, form, form->y, y_need);
    w.x.offset -= h->before * w.x.line + v->before * w.x.point;
    w.panels = contract_panels(width, form->o, 1, h->kernel * v->kernel * form->c);
    w.columns = w.panels.count * width;
    w.s = winograd_squares(form, form->points, l->program->batch, w.channels, w.columns);
    bool is_at_once = winograd_sums_at_once(&w.s, form->c, form->o);
    w.parts = is_at_once ? 1 : w.s.blocks < WINOGRAD_PARTS ? w.s.blocks : WINOGRAD_PARTS;
    w.room = is_at_once ? w.s.all : w.s.room;
    w.worker = is_at_once ? expr_int(l->arena, 0) : expr_name(l->arena, STR("thread"));
    w.patch_place = winograd_place(w.room * w.channels);
    w.spread_place = winograd_place(w.room * w.columns);
    w.sum_place = winograd_place(w.panels.count * w.rows * width);
    w.patch_floats = w.s.places * w.patch_place;
    w.spread_floats = w.s.places * w.spread_place;
    w.sum_floats = w.s.places * w.sum_place;
    w.patches = lower_scratch(l, "patches", TYPE_F32, w.parts * w.patch_floats, 0);
    w.spread = lower_scratch(l, "spread", TYPE_F32, w.parts * w.spread_floats, 0);
    w.sums = lower_scratch(l, "sums", TYPE_F32, w.parts * w.sum_floats, 0);
    if (is_at_once)
        add_steps(l, &w);
    else
        add_parts(l, &w);
    add_combination(l, &w);
    lower_halos(l);
}
