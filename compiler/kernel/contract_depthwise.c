/* contract_depthwise.c: convolutions in which every group has one channel in and one out.
 *
 * There is nothing to reuse between channels, so they are the vectors: plain loops over a block of
 * channels, which compilers vectorise by themselves.
 *
 *     y[i, j, c]   = sum over p, q    of x[i*s + p*d - a, j*s + q*d - b, c] * w[p, q, c]
 *     d_w[p, q, c] = sum over n, i, j of x[i*s + p*d - a, j*s + q*d - b, c] * d_y[i, j, c]
 *
 * The gradient of x is the first form over d_y for each phase of its points (ContractPhase). */
#include "kernel/contract.h"

enum { BLOCK = 64 }; /* channels whose sums stay in the first level cache, whatever the target */

/* An axis of a sum over taps: point t reads places t * step + m * tap_step of the operand (from its
 * offset) and tap tap_first + m * tap_sign of the kernel, m = 0..taps-1. */
typedef struct Reach {
    int64_t points, taps;
    int64_t step, tap_step;       /* elements of the operand */
    int64_t tap_first, tap_sign;  /* places of the kernel    */
    int64_t out_first, out_step;
} Reach;

typedef struct Blocks {
    Block *block;        /* innermost, where statements go */
    Expr *first, *count; /* of the channels               */
} Blocks;

static Block *add_for(Lowering *l, Block *block, const char *wanted, int64_t extent, Expr **variable)
{
    if (extent == 1) {
        *variable = expr_int(l->arena, 0);
        return block;
    }
    Str name = lower_name(l, str_from(wanted));
    *variable = expr_name(l->arena, name);
    Stmt *loop = stmt_for(l->arena, name, expr_int(l->arena, 0), expr_int(l->arena, extent), 1);
    block_add(l->arena, block, loop);
    return &loop->body;
}

static Blocks channel_blocks(Lowering *l, Block *block, int64_t channels)
{
    Arena *arena = l->arena;
    if (channels <= BLOCK)
        return (Blocks){block, expr_int(arena, 0), expr_int(arena, channels)};
    Str name = lower_name(l, STR("start"));
    Expr *first = expr_name(arena, name), *left = expr_binary(arena, "-", expr_int(arena, channels), first);
    Stmt *loop = stmt_for(arena, name, expr_int(arena, 0), expr_int(arena, channels), BLOCK);
    block_add(arena, block, loop);
    Str count = lower_name(l, STR("count"));
    Expr *most = expr_int(arena, BLOCK);
    block_add(arena, &loop->body,
              stmt_declare(arena, "const int", count,
                           expr_select(arena, expr_binary(arena, "<", left, most), left, most)));
    return (Blocks){&loop->body, first, expr_name(arena, count)};
}

static Expr *clear_sums(Lowering *l, const Blocks *channels, Str sum)
{
    Arena *arena = l->arena;
    block_add(arena, channels->block, stmt_array(arena, "float", sum, BLOCK));
    Expr *lane = expr_name(arena, lower_name(l, STR("lane")));
    Stmt *loop = stmt_for(arena, lane->name, expr_int(arena, 0), channels->count, 1);
    block_add(arena, &loop->body, stmt_set(arena, expr_load(arena, sum, lane), "=", expr_real(arena, 0)));
    block_add(arena, channels->block, loop);
    return lane;
}

static void accumulate(Lowering *l, Block *block, const Blocks *channels, Expr *lane, Str sum, Expr *a, Expr *b)
{
    Arena *arena = l->arena;
    Stmt *loop = stmt_for(arena, lane->name, expr_int(arena, 0), channels->count, 1);
    block_add(arena, &loop->body,
              stmt_set(arena, expr_load(arena, sum, lane), "+=", expr_binary(arena, "*", a, b)));
    block_add(arena, block, loop);
}

static Expr *kernel_index(Lowering *l, const ContractForm *form, Expr *p, Expr *q, Expr *channel)
{
    const Buffer *b = lower_buffer(l, form->w);
    int taps = form->has_kernel_axes ? form->spatial : 0;
    Position at = {.rank = taps + 2};
    for (int d = 0; d < taps; d++)
        at.index[d] = taps == 1 || d == 1 ? q : p;
    at.index[taps] = expr_int(l->arena, 0);
    at.index[taps + 1] = channel;
    return lower_index(l, b, &at);
}

/* Y, or one phase of X's gradient: a unit is a line of a sample. */
static void add_points(Lowering *l, const ContractForm *form, const Operand *a, const Reach *high, const Reach *wide)
{
    Arena *arena = l->arena;
    Kernel *k = l->kernel;
    k->division = DIVIDE_UNITS;
    Expr *unit = expr_name(arena, STR("unit")), *lines = expr_int(arena, high->points);
    k->units = expr_mul(arena, lower_batch(l), lines);
    Expr *n = expr_name(arena, lower_name(l, STR("n"))), *i = expr_int(arena, 0), *j, *p, *q;
    if (high->points == 1) {
        block_add(arena, &k->body, stmt_declare(arena, "const int", n->name, unit));
    } else {
        i = expr_name(arena, lower_name(l, STR("i")));
        block_add(arena, &k->body, stmt_declare(arena, "const int", n->name, expr_binary(arena, "/", unit, lines)));
        block_add(arena, &k->body, stmt_declare(arena, "const int", i->name, expr_binary(arena, "%", unit, lines)));
    }
    Block *block = add_for(l, &k->body, "j", wide->points, &j);
    Blocks channels = channel_blocks(l, block, form->groups);
    Str sum = lower_name(l, STR("sum"));
    Expr *lane = clear_sums(l, &channels, sum);
    Expr *channel = expr_add(arena, channels.first, lane);

    Block *taps = add_for(l, add_for(l, channels.block, "p", high->taps, &p), "q", wide->taps, &q);
    Expr *place = expr_add(arena, scaled(arena, n, a->batch),
                           expr_add(arena, scaled(arena, i, high->step), scaled(arena, j, wide->step)));
    place = expr_add(arena, place, expr_add(arena, scaled(arena, p, high->tap_step), scaled(arena, q, wide->tap_step)));
    place = plus(arena, expr_add(arena, place, channel), a->offset);
    Str from = lower_buffer_pointer(l, a->buffer, false), kernel = lower_pointer(l, form->w, false);
    Expr *weight = kernel_index(l, form, plus(arena, scaled(arena, p, high->tap_sign), high->tap_first),
                                plus(arena, scaled(arena, q, wide->tap_sign), wide->tap_first), channel);
    accumulate(l, taps, &channels, lane, sum, expr_load(arena, from, place), expr_load(arena, kernel, weight));

    Position at = {.batch = n, .rank = form->spatial + 1};
    Expr *point[2] = {plus(arena, scaled(arena, i, high->out_step), high->out_first),
                      plus(arena, scaled(arena, j, wide->out_step), wide->out_first)};
    for (int d = 0; d < form->spatial; d++)
        at.index[d] = point[2 - form->spatial + d];
    at.index[form->spatial] = channel;
    Stmt *maps = stmt_for(arena, lane->name, expr_int(arena, 0), channels.count, 1);
    lower_after(l, &maps->body, &at, expr_load(arena, sum, lane));
    block_add(arena, channels.block, maps);
    k->flops = 2 * high->points * wide->points * high->taps * wide->taps * form->groups;
}

static void lower_forward(Lowering *l, const ContractForm *form)
{
    OperandNeed need = {0};
    Reach reach[2];
    for (int d = 0; d < 2; d++) {
        need.before[d] = contract_halo_before(&form->axis[d]);
        need.after[d] = contract_halo_after(&form->axis[d]);
    }
    Operand x = contract_operand(l, form, form->x, need);
    for (int d = 0; d < 2; d++) {
        const ContractAxis *axis = &form->axis[d];
        int64_t stride = d == 0 ? x.line : x.point;
        reach[d] = (Reach){.points = axis->out, .taps = axis->kernel, .step = axis->stride * stride,
                           .tap_step = axis->dilation * stride, .tap_sign = 1, .out_step = 1};
        x.offset -= axis->before * stride;
    }
    lower_begin(l, form->y, "");
    add_points(l, form, &x, &reach[0], &reach[1]);
}

static void lower_image(Lowering *l, const ContractForm *form)
{
    Operand y = contract_phase_operand(l, form);
    for (int64_t i = 0; i < form->axis[0].stride && i < form->axis[0].in; i++)
        for (int64_t j = 0; j < form->axis[1].stride && j < form->axis[1].in; j++) {
            Operand a = y;
            Reach reach[2];
            for (int d = 0; d < 2; d++) {
                ContractPhase phase = contract_phase(&form->axis[d], d == 0 ? i : j);
                int64_t stride = d == 0 ? y.line : y.point;
                reach[d] = (Reach){.points = phase.count, .taps = phase.taps, .step = stride,
                                   .tap_step = phase.y_step * stride, .tap_first = phase.tap_last,
                                   .tap_sign = -phase.tap_step, .out_first = phase.first,
                                   .out_step = form->axis[d].stride};
                a.offset += phase.y_first * stride;
            }
            lower_begin(l, form->x, "");
            add_points(l, form, &a, &reach[0], &reach[1]);
        }
}

/* A unit is a tap; it walks all points of all samples in order. */
static void lower_kernel(Lowering *l, const ContractForm *form)
{
    Arena *arena = l->arena;
    const ContractAxis *h = &form->axis[0], *v = &form->axis[1];
    OperandNeed need = {.before = {contract_halo_before(h), contract_halo_before(v)},
                        .after = {contract_halo_after(h), contract_halo_after(v)}};
    Operand x = contract_operand(l, form, form->x, need), y = contract_operand(l, form, form->y, (OperandNeed){0});
    Kernel *k = lower_begin(l, form->w, "");
    k->division = DIVIDE_UNITS;
    k->units = expr_int(arena, h->kernel * v->kernel);
    Expr *unit = expr_name(arena, STR("unit")), *taps = expr_int(arena, v->kernel), *i, *j;
    Expr *p = expr_name(arena, lower_name(l, STR("p"))), *q = expr_name(arena, lower_name(l, STR("q")));
    block_add(arena, &k->body, stmt_declare(arena, "const int", p->name, expr_binary(arena, "/", unit, taps)));
    block_add(arena, &k->body, stmt_declare(arena, "const int", q->name, expr_binary(arena, "%", unit, taps)));
    Blocks channels = channel_blocks(l, &k->body, form->groups);
    Str sum = lower_name(l, STR("sum"));
    Expr *lane = clear_sums(l, &channels, sum), *channel = expr_add(arena, channels.first, lane);

    Expr *n = expr_name(arena, lower_name(l, STR("n")));
    Stmt *samples = stmt_for(arena, n->name, expr_int(arena, 0), lower_batch(l), 1);
    block_add(arena, channels.block, samples);
    Block *points = add_for(l, add_for(l, &samples->body, "i", h->out, &i), "j", v->out, &j);
    Expr *from_line = plus(arena, expr_add(arena, scaled(arena, i, h->stride), scaled(arena, p, h->dilation)), -h->before);
    Expr *from_point = plus(arena, expr_add(arena, scaled(arena, j, v->stride), scaled(arena, q, v->dilation)), -v->before);
    Expr *from = expr_add(arena, scaled(arena, n, x.batch),
                          expr_add(arena, scaled(arena, from_line, x.line), scaled(arena, from_point, x.point)));
    Expr *to = expr_add(arena, scaled(arena, n, y.batch),
                        expr_add(arena, scaled(arena, i, y.line), scaled(arena, j, y.point)));
    from = plus(arena, expr_add(arena, from, channel), x.offset);
    to = plus(arena, expr_add(arena, to, channel), y.offset);
    Str image = lower_buffer_pointer(l, x.buffer, false), gradient = lower_buffer_pointer(l, y.buffer, false);
    accumulate(l, points, &channels, lane, sum, expr_load(arena, image, from), expr_load(arena, gradient, to));

    int kernel_axes = form->has_kernel_axes ? form->spatial : 0;
    Position at = {.rank = kernel_axes + 2};
    for (int d = 0; d < kernel_axes; d++)
        at.index[d] = kernel_axes == 1 || d == 1 ? q : p;
    at.index[kernel_axes] = expr_int(arena, 0);
    at.index[kernel_axes + 1] = channel;
    Stmt *maps = stmt_for(arena, lane->name, expr_int(arena, 0), channels.count, 1);
    lower_after(l, &maps->body, &at, expr_load(arena, sum, lane));
    block_add(arena, channels.block, maps);
    k->flops = 2 * h->out * v->out * h->kernel * v->kernel * form->groups;
}

void contract_lower_depthwise(Lowering *l, const ContractForm *form)
{
    if (form->kind == CONTRACT_FORWARD)
        lower_forward(l, form);
    else if (form->kind == CONTRACT_IMAGE)
        lower_image(l, form);
    else
        lower_kernel(l, form);
    lower_halos(l);
}
