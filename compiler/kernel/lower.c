/* lower.c: what the lowering rules share: kernels and their operands, indices, loops. Values are in
 * lower_value.c.
 *
 * A kernel names its operands by pointer parameters, one per buffer, called like the tensor. */
#include "kernel/lower.h"

#include "graph/graph.h"
#include "ops/op.h"

/* ---- kernels and operands -------------------------------------------------------------------- */
static bool kernel_exists(const Program *p, Str name)
{
    for (int i = 0; i < p->kernels.count; i++)
        if (str_equal(p->kernels.items[i].name, name))
            return true;
    return false;
}

static const char *role_word(Role role)
{
    switch (role) {
    case ROLE_FORWARD:
        return "forward";
    case ROLE_BACKWARD:
        return "backward";
    case ROLE_UPDATE:
        return "update";
    case ROLE_METRIC:
        return "metric";
    }
    BUG("role %d", (int)role);
}

/* "h1 = relu(dense_1)" for the comment above the function. */
static Str formula(Lowering *l, NodeId id)
{
    const Node *n = graph_node(l->graph, id);
    StrBuf buf = {.arena = l->arena};
    if (n->op->family == FAMILY_ASSIGN)
        buf_add(&buf, "%.*s := ", STR_ARGS(graph_node(l->graph, n->inputs[0])->name));
    else
        buf_add(&buf, "%.*s = %s(", STR_ARGS(n->name), n->op->name);
    for (int i = n->op->family == FAMILY_ASSIGN ? 1 : 0; i < n->input_count; i++) {
        const Node *in = graph_node(l->graph, n->inputs[i]);
        if (i > 0 && n->op->family != FAMILY_ASSIGN)
            buf_add(&buf, ", ");
        bool is_number = in->leaf && in->leaf->kind == LEAF_CONSTANT && in->shape.rank == 0;
        if (is_number)
            buf_add(&buf, "%.6g", in->leaf->values[0]);
        else
            buf_add_str(&buf, in->name);
    }
    if (n->op->family != FAMILY_ASSIGN)
        buf_add(&buf, ")");
    Str shape = shape_str(l->arena, n->shape);
    buf_add(&buf, "   %.*s", STR_ARGS(shape));
    return buf_str(&buf);
}

static void describe(Lowering *l, Kernel *k)
{
    const Group *group = l->group;
    enum { MOST_LINES = 24 };
    int lines = 0;
    if (group->root != NODE_NONE) {
        vec_push(l->arena, &k->comment, formula(l, group->root));
        lines++;
    }
    for (int i = 0; i < group->siblings.count; i++, lines++)
        vec_push(l->arena, &k->comment, formula(l, group->siblings.items[i]));
    for (int i = 0; i < group->after.count && lines < MOST_LINES; i++, lines++) {
        vec_push(l->arena, &k->comment, formula(l, group->after.items[i]));
        k->tail_lines += group->root != NODE_NONE;
    }
}

Kernel *lower_begin(Lowering *l, NodeId for_value, const char *suffix)
{
    Program *p = l->program;
    const Node *n = graph_node(l->graph, for_value);
    Str stem = lower_identifier(l->arena, n->name);
    Str name = suffix && suffix[0]
                   ? str_format(l->arena, "%.*s_%s_%s", STR_ARGS(stem), role_word(n->role), suffix)
                   : str_format(l->arena, "%.*s_%s", STR_ARGS(stem), role_word(n->role));
    if (p->name.len > 0)
        name = str_format(l->arena, "%.*s_%.*s", STR_ARGS(p->name), STR_ARGS(name));
    Str first = name;
    for (int number = 2; kernel_exists(p, name); number++)
        name = str_format(l->arena, "%.*s_%d", STR_ARGS(first), number);
    Kernel kernel = {.name = name, .shape = n->shape, .span = n->span};
    vec_push(p->arena, &p->kernels, kernel);
    vec_push(p->arena, &p->kernel_group, (int)(l->group - p->groups.items));
    l->kernel = &p->kernels.items[p->kernels.count - 1];
    l->names.count = 0;
    l->values.count = 0;
    describe(l, l->kernel);
    return l->kernel;
}

const Buffer *lower_buffer(Lowering *l, NodeId value)
{
    int index = l->program->buffer_of[value];
    CHECK(index >= 0);
    return &l->program->buffers.items[index];
}

KernelParam *lower_find_param(Lowering *l, int buffer)
{
    buffer = program_memory(l->program, buffer);
    Kernel *k = l->kernel;
    for (int i = 0; i < k->params.count; i++)
        if (k->params.items[i].buffer == buffer)
            return &k->params.items[i];
    return NULL;
}

static KernelParam *param_for(Lowering *l, int buffer)
{
    KernelParam *param = lower_find_param(l, buffer);
    if (param == NULL) {
        buffer = program_memory(l->program, buffer);
        Str wanted = lower_identifier(l->arena, l->program->buffers.items[buffer].name);
        KernelParam fresh = {.buffer = buffer, .name = lower_tensor_name(l, wanted),
                             .is_pointwise = true};
        vec_push(l->arena, &l->kernel->params, fresh);
        param = &l->kernel->params.items[l->kernel->params.count - 1];
    }
    return param;
}

Str lower_use_buffer(Lowering *l, int buffer, bool is_written, bool is_pointwise)
{
    KernelParam *param = param_for(l, buffer);
    if (is_written)
        param->is_written = true;
    else
        param->is_read = true;
    param->is_pointwise = param->is_pointwise && is_pointwise;
    return param->name;
}

Str lower_buffer_pointer(Lowering *l, int buffer, bool is_written)
{
    return lower_use_buffer(l, buffer, is_written, false);
}

Str lower_pointer(Lowering *l, NodeId value, bool is_written)
{
    int index = l->program->buffer_of[value];
    CHECK(index >= 0);
    return lower_buffer_pointer(l, index, is_written);
}

Expr *lower_batch(Lowering *l)
{
    l->kernel->needs_batch = true;
    return expr_name(l->arena, STR("batch"));
}

int lower_scratch(Lowering *l, const char *suffix, Type type, int64_t fixed, int64_t sample)
{
    Program *p = l->program;
    NodeId owner = l->group->root != NODE_NONE ? l->group->root : l->group->after.items[0];
    CHECK(!l->group->is_copy);
    Buffer buffer = {
        .name = str_format(p->arena, "%.*s_%s", STR_ARGS(graph_node(l->graph, owner)->name), suffix),
        .type = type,
        .layout = {.fixed_elements = fixed, .sample_elements = sample, .batch_stride = sample},
        .space = SPACE_ARENA,
        .node = NODE_NONE,
        .alias = -1,
        .bytes = (fixed + sample * p->batch) * type_bytes(type),
    };
    vec_push(p->arena, &p->buffers, buffer);
    return p->buffers.count - 1;
}

/* ---- indices --------------------------------------------------------------------------------- */
static Expr *panel_index(Lowering *l, const Buffer *b, const Position *at)
{
    Arena *arena = l->arena;
    const Layout *layout = &b->layout;
    int rank = b->shape.rank;
    int64_t rows = 1;
    if (at->panel != NULL) {
        for (int d = 0; d + 1 < rank; d++)
            rows *= b->shape.dim[d];
        Expr *start = expr_mul(arena, at->panel, expr_int(arena, rows * layout->panel));
        Expr *row_start = expr_mul(arena, at->row, expr_int(arena, layout->panel));
        return expr_add(arena, expr_add(arena, start, row_start), at->lane);
    }
    Expr *row = expr_int(arena, 0);
    for (int d = 0; d + 1 < rank; d++) {
        row = expr_add(arena, expr_mul(arena, row, expr_int(arena, b->shape.dim[d])), at->index[d]);
        rows *= b->shape.dim[d];
    }
    int64_t own = b->shape.dim[rank - 1] / layout->groups;
    int64_t panels = (own + layout->panel - 1) / layout->panel;
    Expr *column = at->index[rank - 1], *side = expr_int(arena, 0);
    bool is_run = at->side != NULL && column->kind == EXPR_BINARY && column->args[1] == at->side &&
                  layout->panel % LANE_RUN == 0 && own % LANE_RUN == 0;
    if (is_run) {
        side = at->side;
        column = column->args[0];
    }
    Expr *group = expr_int(arena, 0);
    if (layout->groups > 1) {
        group = expr_binary(arena, "/", column, expr_int(arena, own));
        column = expr_binary(arena, "%", column, expr_int(arena, own));
    }
    Expr *panel = panels == 1 ? expr_int(arena, 0)
                              : expr_binary(arena, "/", column, expr_int(arena, layout->panel));
    Expr *lane = panels == 1 ? column : expr_binary(arena, "%", column, expr_int(arena, layout->panel));
    Expr *index = expr_mul(arena, group, expr_int(arena, panels * rows * layout->panel));
    index = expr_add(arena, index, expr_mul(arena, panel, expr_int(arena, rows * layout->panel)));
    index = expr_add(arena, index, expr_mul(arena, row, expr_int(arena, layout->panel)));
    return expr_add(arena, expr_add(arena, index, lane), side);
}

Expr *lower_index(Lowering *l, const Buffer *buffer, const Position *at)
{
    Arena *arena = l->arena;
    if (at->flat != NULL)
        return buffer->shape.rank == 0 && !buffer->shape.has_batch ? expr_int(arena, 0) : at->flat;
    const Layout *layout = &buffer->layout;
    if (layout->kind == LAYOUT_PANEL)
        return panel_index(l, buffer, at);
    Expr *index = expr_int(arena, 0);
    int64_t room = layout->fixed_elements + layout->sample_elements * l->program->batch;
    bool is_wide = room > INT32_MAX;
    if (buffer->shape.has_batch && at->batch != NULL) {
        Expr *n = is_wide && at->batch->kind != EXPR_INT ? expr_cast(arena, "int64_t", at->batch)
                                                         : at->batch;
        index = expr_mul(arena, n, expr_int(arena, layout->batch_stride));
    }
    for (int d = 0; d < buffer->shape.rank; d++) {
        Expr *k = at->index[d];
        if (is_wide && !buffer->shape.has_batch && k->kind != EXPR_INT)
            k = expr_cast(arena, "int64_t", k);
        index = expr_add(arena, index, expr_mul(arena, k, expr_int(arena, layout->stride[d])));
    }
    return expr_add(arena, index, expr_int(arena, layout->offset));
}

/* ---- loops ----------------------------------------------------------------------------------- */
const char *lower_axis_letter(int rank, int dim)
{
    static const char *const letters[MAX_RANK + 1][MAX_RANK] = {
        {""},
        {"c"},
        {"i", "c"},
        {"i", "j", "c"},
        {"p", "q", "c", "o"},
        {"i", "p", "q", "c", "o"},
        {"i", "j", "p", "q", "c", "o"},
    };
    return letters[rank][dim];
}

Block *lower_loops(Lowering *l, Shape domain, Position *at)
{
    Arena *arena = l->arena;
    Kernel *k = l->kernel;
    *at = (Position){.rank = domain.rank};
    Block *block = &k->body;
    bool has_unit = false;
    if (domain.has_batch) {
        k->division = DIVIDE_UNITS;
        k->units = lower_batch(l);
        k->unit_name = lower_name(l, STR("n"));
        at->batch = expr_name(arena, k->unit_name);
        has_unit = true;
    }
    for (int d = 0; d < domain.rank; d++) {
        if (domain.dim[d] == 1) {
            at->index[d] = expr_int(arena, 0);
            continue;
        }
        Str name = lower_name(l, str_from(lower_axis_letter(domain.rank, d)));
        at->index[d] = expr_name(arena, name);
        if (!has_unit) {
            k->division = DIVIDE_UNITS;
            k->units = expr_int(arena, domain.dim[d]);
            k->unit_name = name;
            has_unit = true;
            continue;
        }
        block = block_loop(arena, block, name, expr_int(arena, domain.dim[d]));
    }
    return block;
}

Expr *lower_loop(Lowering *l, Block **block, const char *wanted, Expr *extent)
{
    if (expr_is_int(extent, 1))
        return expr_int(l->arena, 0);
    Str name = lower_name(l, str_from(wanted));
    *block = block_loop(l->arena, *block, name, extent);
    return expr_name(l->arena, name);
}

void lower_helper_param(Lowering *l, Str name, const char *type)
{
    vec_push(l->arena, &l->kernel->helper_params, ((KernelParam){.buffer = -1, .name = name, .type = type}));
}

Expr *lower_declare(Lowering *l, Block *block, Str name, Expr *value)
{
    block_add(l->arena, block, stmt_declare(l->arena, "const int", name, value));
    return expr_name(l->arena, name);
}

void lower_split_unit(Lowering *l, Str outer, Str inner, Expr *extent)
{
    Arena *arena = l->arena;
    Kernel *k = l->kernel;
    k->units = expr_mul(arena, k->units, extent);
    k->unit_name = lower_name(l, STR("unit"));
    Expr *unit = expr_name(arena, k->unit_name);
    lower_declare(l, &k->body, outer, expr_binary(arena, "/", unit, extent));
    lower_declare(l, &k->body, inner, expr_binary(arena, "%", unit, extent));
}

/* ---- the pass -------------------------------------------------------------------------------- */
void program_lower(Program *p)
{
    for (int i = 0; i < p->groups.count; i++) {
        Lowering l = {
            .arena = p->arena, .program = p, .graph = p->graph, .group = &p->groups.items[i]};
        if (l.group->is_copy)
            lower_copy(&l);
        else if (l.group->root == NODE_NONE)
            lower_map(&l);
        else if (graph_node(p->graph, l.group->root)->op->lower != NULL)
            graph_node(p->graph, l.group->root)->op->lower(&l, l.group->root);
        else
            lower_reshape(&l, l.group->root);
    }
}
