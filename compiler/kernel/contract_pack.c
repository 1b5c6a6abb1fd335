/* contract_pack.c: operands as products read them: in place where the layout allows, else copied. */
#include "kernel/contract_pack.h"

/* ---- tensors ----------------------------------------------------------------------------------- */
/* Dimension of the tensor that is height (0) or width (1), or -1. */
static int dim_of_axis(const ContractForm *form, int axis)
{
    int d = axis - (2 - form->spatial);
    return d >= 0 ? d : -1;
}

static bool has_room(const ContractForm *form, const Buffer *b, const OperandNeed *need)
{
    if (b->layout.kind != LAYOUT_STRIDED || b->type != TYPE_F32 || !b->shape.has_batch)
        return false;
    if (b->layout.stride[form->spatial] != 1 && b->shape.dim[form->spatial] > 1)
        return false;
    for (int axis = 0; axis < 2; axis++) {
        int d = dim_of_axis(form, axis);
        if (d >= 0 && (b->layout.halo_before[d] < need->before[axis] ||
                       b->layout.halo_after[d] < need->after[axis]))
            return false;
    }
    int64_t room = form->spatial > 0 ? b->layout.stride[form->spatial - 1] : b->layout.batch_stride;
    return need->channels <= room;
}

static Operand in_place(const ContractForm *form, const Buffer *b, int index)
{
    Operand a = {.buffer = index, .offset = b->layout.offset, .batch = b->layout.batch_stride};
    if (form->spatial == 2)
        a.line = b->layout.stride[0];
    if (form->spatial >= 1)
        a.point = b->layout.stride[form->spatial - 1];
    return a;
}

/* 0 <= x < extent as an expression, or NULL when that is certain. */
static Expr *within(Arena *arena, Expr *x, int64_t extent, bool may_miss, Expr *and_also)
{
    if (!may_miss)
        return and_also;
    Expr *test = expr_binary(arena, "&&", expr_binary(arena, ">=", x, expr_int(arena, 0)),
                             expr_binary(arena, "<", x, expr_int(arena, extent)));
    return and_also ? expr_binary(arena, "&&", and_also, test) : test;
}

static Operand copied(Lowering *l, const ContractForm *form, NodeId value, const OperandNeed *need)
{
    Arena *arena = l->arena;
    const Node *node = graph_node(l->graph, value);
    Shape shape = node->shape;
    int64_t own = shape.dim[form->spatial], padded = need->channels > own ? need->channels : own;
    int64_t extent[2], full[2];
    for (int axis = 0; axis < 2; axis++) {
        int d = dim_of_axis(form, axis);
        extent[axis] = d < 0 ? 1 : shape.dim[d];
        full[axis] = need->before[axis] + extent[axis] + need->after[axis];
    }
    Operand to = {.point = padded, .line = full[1] * padded, .batch = full[0] * full[1] * padded};
    to.buffer = lower_scratch(l, "padded", TYPE_F32, 0, to.batch);
    to.offset = need->before[0] * to.line + need->before[1] * to.point;

    Kernel *k = lower_begin(l, value, "pad");
    k->division = DIVIDE_UNITS;
    k->units = lower_batch(l);
    k->unit_name = lower_name(l, STR("n"));
    Position at = {.rank = shape.rank, .batch = expr_name(arena, k->unit_name)};
    Expr *place = scaled(arena, at.batch, to.batch), *inside = NULL;
    Block *block = &k->body;
    static const char *const letters[] = {"i", "j"};
    for (int axis = 0; axis < 2; axis++) {
        if (full[axis] == 1)
            continue;
        Stmt *loop = stmt_for(arena, lower_name(l, str_from(letters[axis])), expr_int(arena, 0),
                              expr_int(arena, full[axis]), 1);
        block_add(arena, block, loop);
        block = &loop->body;
        Expr *x = expr_name(arena, loop->name);
        place = expr_add(arena, place, scaled(arena, x, axis == 0 ? to.line : to.point));
        Expr *source = plus(arena, x, -need->before[axis]);
        inside = within(arena, source, extent[axis], full[axis] > extent[axis], inside);
        at.index[dim_of_axis(form, axis)] = source;
    }
    for (int d = 0; d < form->spatial; d++)
        if (at.index[d] == NULL)
            at.index[d] = expr_int(arena, 0);
    Stmt *loop = stmt_for(arena, lower_name(l, STR("c")), expr_int(arena, 0), expr_int(arena, padded), 1);
    Expr *c = expr_name(arena, loop->name);
    inside = within(arena, c, own, padded > own, inside);
    at.index[form->spatial] = c;
    Expr *e = lower_value(l, value, &at);
    if (inside != NULL)
        e = expr_select(arena, inside, e, expr_real(arena, 0));
    Str target = lower_buffer_pointer(l, to.buffer, true);
    block_add(arena, &loop->body,
              stmt_set(arena, expr_load(arena, target, expr_add(arena, place, c)), "=", e));
    block_add(arena, block, loop);
    return to;
}

Operand contract_operand(Lowering *l, const ContractForm *form, NodeId value, OperandNeed need)
{
    int index = l->program->buffer_of[value];
    const Buffer *b = index >= 0 ? lower_buffer(l, value) : NULL;
    if (b != NULL && has_room(form, b, &need))
        return in_place(form, b, index);
    return copied(l, form, value, &need);
}

Operand contract_phase_operand(Lowering *l, const ContractForm *form)
{
    OperandNeed need = {0};
    for (int d = 0; d < 2; d++)
        contract_phase_halo(&form->axis[d], &need.before[d], &need.after[d]);
    return contract_operand(l, form, form->y, need);
}

bool contract_kernel_is_packed(const Lowering *l, const ContractForm *form)
{
    if (form->kind == CONTRACT_KERNEL)
        return true;
    int index = l->program->buffer_of[form->w];
    if (index < 0)
        return false;
    const Buffer *b = &l->program->buffers.items[index];
    return b->layout.kind == LAYOUT_PANEL && b->type == TYPE_F32 && b->layout.panel >= 16 &&
           b->layout.groups == form->groups;
}

/* ---- kernels turned around --------------------------------------------------------------------- */
int contract_pack_turned(Lowering *l, const ContractForm *form, const ContractPhase *high,
                         const ContractPhase *wide, const Panels *panels)
{
    Arena *arena = l->arena;
    int64_t rows = panels->rows * panels->width;
    int turned = lower_scratch(l, "turned", TYPE_F32, panels->count * rows, 0);
    const Buffer *kernel = lower_buffer(l, form->w);
    int from_width = kernel->layout.panel;
    int64_t from_panels = (form->o + from_width - 1) / from_width;
    int64_t from_rows = form->axis[0].kernel * form->axis[1].kernel * form->c;

    Kernel *k = lower_begin(l, form->x, "turn");
    k->division = DIVIDE_UNITS;
    Str from = lower_buffer_pointer(l, l->program->buffer_of[form->w], false);
    Str to = lower_buffer_pointer(l, turned, true);
    Expr *unit = expr_name(arena, STR("unit")), *taps = expr_int(arena, high->taps);
    k->units = expr_mul(arena, expr_int(arena, panels->count), taps);
    Expr *panel = expr_name(arena, lower_name(l, STR("panel")));
    Expr *p = expr_name(arena, lower_name(l, STR("p")));
    block_add(arena, &k->body, stmt_declare(arena, "const int", panel->name, expr_binary(arena, "/", unit, taps)));
    block_add(arena, &k->body, stmt_declare(arena, "const int", p->name, expr_binary(arena, "%", unit, taps)));
    Expr *columns = contract_panel_columns(arena, panels, panel);

    Stmt *taps_loop = stmt_for(arena, lower_name(l, STR("q")), expr_int(arena, 0), expr_int(arena, wide->taps), 1);
    Stmt *out_loop = stmt_for(arena, lower_name(l, STR("o")), expr_int(arena, 0), expr_int(arena, form->o), 1);
    Stmt *lanes = stmt_for(arena, lower_name(l, STR("lane")), expr_int(arena, 0),
                           expr_int(arena, panels->width), 1);
    Expr *q = expr_name(arena, taps_loop->name), *o = expr_name(arena, out_loop->name);
    Expr *lane = expr_name(arena, lanes->name);

    Expr *tap = expr_add(arena, scaled(arena, plus(arena, scaled(arena, p, -high->tap_step), high->tap_last),
                                       form->axis[1].kernel),
                         plus(arena, scaled(arena, q, -wide->tap_step), wide->tap_last));
    Expr *inside = contract_panel_in_group(arena, panels, panel);
    Expr *c = expr_add(arena, scaled(arena, inside, panels->width), lane);
    Expr *group = contract_panel_group(arena, panels, panel);
    Expr *from_panel = expr_add(arena, scaled(arena, group, from_panels),
                                from_panels == 1 ? expr_int(arena, 0)
                                                 : expr_binary(arena, "/", o, expr_int(arena, from_width)));
    Expr *from_lane = from_panels == 1 ? o : expr_binary(arena, "%", o, expr_int(arena, from_width));
    Expr *row = expr_add(arena, scaled(arena, tap, form->c), c);
    Expr *source = expr_add(arena, scaled(arena, expr_add(arena, scaled(arena, from_panel, from_rows), row), from_width),
                            from_lane);
    Expr *target_row = expr_add(arena, scaled(arena, expr_add(arena, scaled(arena, p, wide->taps), q), form->o), o);
    Expr *target = expr_add(arena, expr_add(arena, scaled(arena, panel, rows), scaled(arena, target_row, panels->width)),
                            lane);
    Expr *value = expr_load(arena, from, source);
    if (!expr_is_int(columns, panels->width))
        value = expr_select(arena, expr_binary(arena, "<", lane, columns), value, expr_real(arena, 0));
    block_add(arena, &lanes->body, stmt_set(arena, expr_load(arena, to, target), "=", value));
    block_add(arena, &out_loop->body, lanes);
    block_add(arena, &taps_loop->body, out_loop);
    block_add(arena, &k->body, taps_loop);
    k->fixed_flops = panels->count * rows;
    return turned;
}

/* ---- Y transposed -------------------------------------------------------------------------------- */
int contract_pack_transposed(Lowering *l, const ContractForm *form, int64_t parts, int width)
{
    enum { BLOCK = 16 }; /* channels a unit takes: a cache line of every sample */
    Arena *arena = l->arena;
    int transposed = lower_scratch(l, "transposed", TYPE_F32, parts * form->o * width, 0);
    Kernel *k = lower_begin(l, form->y, "transpose");
    k->division = DIVIDE_UNITS;
    k->units = expr_int(arena, (form->o + BLOCK - 1) / BLOCK);
    Expr *batch = lower_batch(l);
    Str unit = STR("unit");
    Expr *first = scaled(arena, expr_name(arena, unit), BLOCK);
    Expr *end = plus(arena, first, BLOCK);
    if (form->o % BLOCK != 0) {
        Expr *all = expr_int(arena, form->o), *last = expr_name(arena, lower_name(l, STR("end")));
        end = expr_select(arena, expr_binary(arena, "<", end, all), end, all);
        block_add(arena, &k->body, stmt_declare(arena, "const int", last->name, end));
        end = last;
    }
    Stmt *channels = stmt_for(arena, lower_name(l, STR("o")), first, end, 1);
    Expr *o = expr_name(arena, channels->name);
    Block *block = &channels->body;
    Expr *part = lower_loop(l, &block, "part", expr_int(arena, parts));
    Stmt *lanes = stmt_for(arena, lower_name(l, STR("lane")), expr_int(arena, 0), expr_int(arena, width), 1);
    Expr *lane = expr_name(arena, lanes->name);
    Expr *n = expr_add(arena, scaled(arena, part, width), lane);
    Position at = {.rank = 1, .batch = n, .index = {o}};
    Expr *value = lower_value(l, form->y, &at);
    value = expr_select(arena, expr_binary(arena, "<", n, batch), value, expr_real(arena, 0));
    Str to = lower_buffer_pointer(l, transposed, true);
    Expr *place = expr_add(arena, expr_add(arena, scaled(arena, part, form->o * width), scaled(arena, o, width)), lane);
    block_add(arena, &lanes->body, stmt_set(arena, expr_load(arena, to, place), "=", value));
    block_add(arena, block, lanes);
    block_add(arena, &k->body, channels);
    k->flops = form->o;
    return transposed;
}
