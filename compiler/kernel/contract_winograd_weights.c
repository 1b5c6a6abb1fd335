/* contract_winograd_weights.c: the gradient of a 3x3 kernel as products over squares.
 *
 * With the matrices of runtime/winograd.h,
 *
 *     d_g = G' [ sum over squares of (B' d B) .* (A d_y A') ] G
 *
 * so the sum is one matrix product for each place, whose steps are the squares of all samples. A fixed
 * number of parts of the batch are summed apart; within a part, blocks of squares are transformed and
 * added up while they are in the cache. A last kernel adds the parts up in order, transforms the sums to
 * taps, and runs the maps after the contraction (the optimizer's update). */
#include "kernel/contract_winograd.h"

enum { PARTS = 8 };

typedef struct Weights {
    const ContractForm *form;
    Squares s;
    Operand x, y;
    Panels panels;
    int64_t parts;
    int64_t channels, columns; /* of x in whole blocks, of y in whole panels */
    int64_t rows;              /* of sums: channels rounded up to even       */
    int patches, spread, sums;
    int64_t patch_floats, spread_floats, sum_floats; /* of a worker, of a part */
} Weights;

static Expr *at(Lowering *l, Str pointer, Expr *offset)
{
    return expr_add(l->arena, expr_name(l->arena, pointer), offset);
}

/* to[worker][place][square][channel]: squares first .. first + count - 1 of a tensor. */
static void add_squares(Lowering *l, Block *block, const Weights *w, const char *stem, const Operand *from,
                        int64_t channels, int to, int64_t row, Expr *first, Expr *count)
{
    Arena *arena = l->arena;
    SquareLoop loop = winograd_square_loop(l, block, &w->s, first, count);
    Str source = lower_buffer_pointer(l, from->buffer, false), target = lower_buffer_pointer(l, to, true);
    Expr *corner = expr_add(arena, scaled(arena, loop.n, from->batch), scaled(arena, loop.i, from->line));
    corner = plus(arena, expr_add(arena, corner, scaled(arena, loop.j, from->point)), from->offset);
    Expr *place = scaled(arena, expr_name(arena, STR("thread")), w->s.places * w->s.room * row);
    place = expr_add(arena, place, scaled(arena, loop.t, row));
    Expr *args[] = {
        at(l, target, place), expr_int(arena, w->s.room * row), expr_int(arena, WINOGRAD_BLOCK),
        at(l, source, corner), expr_int(arena, from->line), expr_int(arena, from->point), expr_int(arena, channels),
    };
    Str function = winograd_function(l, stem, w->s.points);
    block_add(arena, loop.body, stmt_call(arena, expr_call(arena, function.ptr, COUNT_OF(args), args)));
}

/* sums[part][place][panel][channel] (+)= patches * spread */
static void add_sums(Lowering *l, Block *block, const Weights *w, Expr *part, Expr *count, Expr *resumes)
{
    Arena *arena = l->arena;
    const Panels *p = &w->panels;
    Stmt *places = winograd_loop(l, block, "place", expr_int(arena, w->s.places));
    Stmt *panels = winograd_loop(l, &places->body, "panel", expr_int(arena, p->count));
    Expr *place = expr_name(arena, places->name), *panel = expr_name(arena, panels->name);
    Expr *thread = expr_name(arena, STR("thread"));
    Str patches = lower_buffer_pointer(l, w->patches, false), spread = lower_buffer_pointer(l, w->spread, false);
    Str sums = lower_buffer_pointer(l, w->sums, true);
    lower_buffer_pointer(l, w->sums, false);
    Expr *row = expr_add(arena, scaled(arena, place, p->count), panel);
    Expr *to = expr_add(arena, scaled(arena, part, w->sum_floats), scaled(arena, row, w->rows * p->width));
    Expr *a = expr_add(arena, scaled(arena, thread, w->patch_floats), scaled(arena, place, w->s.room * w->channels));
    Expr *b = expr_add(arena, scaled(arena, thread, w->spread_floats), scaled(arena, place, w->s.room * w->columns));
    b = expr_add(arena, b, scaled(arena, panel, p->width));
    Expr *args[] = {
        at(l, sums, to), at(l, patches, a), at(l, spread, b), count, expr_int(arena, w->channels),
        expr_int(arena, w->columns), expr_int(arena, w->form->c), expr_int(arena, p->width), resumes,
    };
    block_add(arena, &panels->body, stmt_call(arena, expr_call(arena, "nn_winograd_sums", COUNT_OF(args), args)));
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
    add_squares(l, &loop->body, w, "patch", &w->x, w->form->c, w->patches, w->channels, square, count);
    add_squares(l, &loop->body, w, "spread", &w->y, w->form->o, w->spread, w->columns, square, count);
    add_sums(l, &loop->body, w, unit, count, expr_binary(arena, ">", block, from));

    /* A part without blocks, in a small batch. */
    Stmt *is_empty = stmt_if(arena, expr_binary(arena, "==", from, to));
    Stmt *clear = stmt_for(arena, lower_name(l, STR("z")), zero, expr_int(arena, w->sum_floats), 1);
    Expr *place = expr_add(arena, scaled(arena, unit, w->sum_floats), expr_name(arena, clear->name));
    block_add(arena, &clear->body,
              stmt_set(arena, expr_load(arena, lower_buffer_pointer(l, w->sums, true), place), "=", expr_real(arena, 0)));
    block_add(arena, &is_empty->body, clear);
    block_add(arena, &k->body, is_empty);
    k->flops = 2 * 9 * w->form->axis[0].out * w->form->axis[1].out * w->form->c * w->form->o;
}

/* A unit is an input channel of a panel: its sums of all parts, its nine taps. */
static void add_combination(Lowering *l, const Weights *w)
{
    Arena *arena = l->arena;
    int width = w->panels.width;
    int64_t panel_floats = w->rows * width, place_floats = w->panels.count * panel_floats;
    Kernel *k = lower_begin(l, w->form->w, "");
    k->division = DIVIDE_UNITS;
    k->units = expr_int(arena, w->panels.count * w->form->c);
    Expr *unit = expr_name(arena, STR("unit")), *channels = expr_int(arena, w->form->c);
    Expr *panel = winograd_int(l, &k->body, "panel", expr_binary(arena, "/", unit, channels));
    Expr *c = winograd_int(l, &k->body, "c", expr_binary(arena, "%", unit, channels));
    Str totals = lower_name(l, STR("totals")), taps = lower_name(l, STR("taps"));
    block_add(arena, &k->body, stmt_array(arena, "NN_ALIGN float", totals, w->s.places * width));
    block_add(arena, &k->body, stmt_array(arena, "NN_ALIGN float", taps, 9 * width));
    Str sums = lower_buffer_pointer(l, w->sums, false);

    Stmt *places = winograd_loop(l, &k->body, "place", expr_int(arena, w->s.places));
    Expr *place = expr_name(arena, places->name);
    Str lane_name = lower_name(l, STR("lane"));
    Expr *lane = expr_name(arena, lane_name), *zero = expr_int(arena, 0);
    Expr *target = expr_load(arena, totals, expr_add(arena, scaled(arena, place, width), lane));
    Expr *source = expr_add(arena, scaled(arena, place, place_floats), scaled(arena, panel, panel_floats));
    source = expr_add(arena, expr_add(arena, source, scaled(arena, c, width)), lane);
    Stmt *copy = stmt_for(arena, lane_name, zero, expr_int(arena, width), 1);
    block_add(arena, &copy->body, stmt_set(arena, target, "=", expr_load(arena, sums, source)));
    block_add(arena, &places->body, copy);
    if (w->parts > 1) {
        Stmt *parts = stmt_for(arena, lower_name(l, STR("part")), expr_int(arena, 1), expr_int(arena, w->parts), 1);
        Expr *start = scaled(arena, expr_name(arena, parts->name), w->sum_floats);
        Stmt *add = stmt_for(arena, lane_name, zero, expr_int(arena, width), 1);
        block_add(arena, &add->body,
                  stmt_set(arena, target, "+=", expr_load(arena, sums, expr_add(arena, start, source))));
        block_add(arena, &parts->body, add);
        block_add(arena, &places->body, parts);
    }
    Expr *args[] = {expr_name(arena, taps), expr_name(arena, totals), expr_int(arena, width)};
    Str function = winograd_function(l, "taps", w->s.points);
    block_add(arena, &k->body, stmt_call(arena, expr_call(arena, function.ptr, COUNT_OF(args), args)));

    Expr *columns = contract_panel_columns(arena, &w->panels, panel);
    if (columns->kind != EXPR_INT)
        columns = winograd_int(l, &k->body, "columns", columns);
    Stmt *each = winograd_loop(l, &k->body, "tap", expr_int(arena, 9));
    Expr *tap = expr_name(arena, each->name), *three = expr_int(arena, 3);
    Expr *row = winograd_int(l, &each->body, "row", expr_add(arena, scaled(arena, tap, w->form->c), c));
    Stmt *maps = stmt_for(arena, lane_name, zero, columns, 1);
    Position position = {.rank = 4, .panel = panel, .row = row, .lane = lane,
                         .index = {expr_binary(arena, "/", tap, three), expr_binary(arena, "%", tap, three), c,
                                   expr_add(arena, contract_panel_start(arena, &w->panels, panel), lane)}};
    lower_after(l, &maps->body, &position,
                expr_load(arena, taps, expr_add(arena, scaled(arena, tap, width), lane)));
    block_add(arena, &each->body, maps);
    k->fixed_flops = w->parts * w->s.places * place_floats;
}

void contract_lower_winograd_weights(Lowering *l, const ContractForm *form)
{
    const ContractAxis *h = &form->axis[0], *v = &form->axis[1];
    int64_t over[] = {winograd_overhang(h->out, form->points), winograd_overhang(v->out, form->points)};
    OperandNeed x_need = {.before = {contract_halo_before(h), contract_halo_before(v)},
                          .after = {contract_halo_after(h) + over[0], contract_halo_after(v) + over[1]}};
    OperandNeed y_need = {.after = {over[0], over[1]}};
    int width = contract_weights_width(l, form);
    Weights w = {.form = form, .channels = winograd_channels(form->c), .rows = (form->c + 1) / 2 * 2};
    w.x = contract_operand(l, form, form->x, x_need);
    w.y = contract_operand(l, form, form->y, y_need);
    w.x.offset -= h->before * w.x.line + v->before * w.x.point;
    w.panels = contract_panels(width, form->o, 1, 9 * form->c);
    w.columns = w.panels.count * width;
    w.s = winograd_squares(form->points, h->out, v->out, l->program->batch, w.channels, w.columns);
    w.parts = w.s.blocks < PARTS ? w.s.blocks : PARTS;
    w.patch_floats = w.s.places * w.s.room * w.channels;
    w.spread_floats = w.s.places * w.s.room * w.columns;
    w.sum_floats = w.s.places * w.panels.count * w.rows * width;
    w.patches = lower_scratch(l, "patches", TYPE_F32, w.parts * w.patch_floats, 0);
    w.spread = lower_scratch(l, "spread", TYPE_F32, w.parts * w.spread_floats, 0);
    w.sums = lower_scratch(l, "sums", TYPE_F32, w.parts * w.sum_floats, 0);
    add_parts(l, &w);
    add_combination(l, &w);
    lower_halos(l);
}
