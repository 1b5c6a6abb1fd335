/* lower.c: what the lowering rules share: kernels and their operands, values at a position, the maps
 * after a root, loops.
 *
 * A kernel names its operands by pointer parameters, one per buffer, called like the tensor. Values are
 * asked for by position: lower_value answers with a load, a literal, a local variable, or the expression
 * of a map that is computed where it is needed. */
#include "kernel/lower.h"

#include "graph/graph.h"
#include "ops/op.h"

#include <string.h>

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

static KernelParam *find_param(Kernel *k, int buffer)
{
    for (int i = 0; i < k->params.count; i++)
        if (k->params.items[i].buffer == buffer)
            return &k->params.items[i];
    return NULL;
}

static KernelParam *param_for(Lowering *l, int buffer)
{
    buffer = program_memory(l->program, buffer);
    KernelParam *param = find_param(l->kernel, buffer);
    if (param == NULL) {
        Str wanted = lower_identifier(l->arena, l->program->buffers.items[buffer].name);
        KernelParam fresh = {.buffer = buffer, .name = lower_tensor_name(l, wanted),
                             .is_pointwise = true};
        vec_push(l->arena, &l->kernel->params, fresh);
        param = &l->kernel->params.items[l->kernel->params.count - 1];
    }
    return param;
}

static Str use_buffer(Lowering *l, int buffer, bool is_written, bool is_pointwise)
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
    return use_buffer(l, buffer, is_written, false);
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

/* ---- positions seen by maps ------------------------------------------------------------------ */
Expr *map_index(MapContext *c, int dim)
{
    c->needs_indices = true;
    return c->position->index[dim];
}

Expr *map_linear_index(MapContext *c)
{
    Expr *index = expr_int(c->arena, 0);
    if (c->shape->has_batch)
        index = c->position->batch;
    for (int d = 0; d < c->shape->rank; d++)
        index = expr_add(c->arena, expr_mul(c->arena, index, expr_int(c->arena, c->shape->dim[d])),
                         c->position->index[d]);
    return index;
}

static bool is_declared(const Block *block, Str name)
{
    for (int i = 0; i < block->count; i++)
        if (block->items[i]->kind == STMT_DECLARE && str_equal(block->items[i]->name, name))
            return true;
    return false;
}

Expr *map_uniform(MapContext *c, uint32_t stream)
{
    Arena *arena = c->arena;
    Kernel *k = c->lowering->kernel;
    Str key = str_format(arena, "key_%u", stream);
    Expr *args[2] = {expr_name(arena, key),
                     expr_cast(arena, "uint32_t", map_linear_index(c))};
    if (k != NULL && !is_declared(&k->setup, key)) {
        k->needs_step = true;
        /* The number of the stream is an argument, so that equal layers can share a kernel. */
        KernelParam number = {.buffer = -1, .value = stream, .type = "uint32_t",
                              .name = lower_name(c->lowering, str_format(arena, "stream_%u", stream))};
        vec_push(arena, &k->params, number);
        Expr *parts[2] = {expr_name(arena, STR("step->seed")), expr_name(arena, number.name)};
        block_add(arena, &k->setup,
                  stmt_declare(arena, "const uint32_t", key,
                               expr_call(arena, "nn_random_bits", 2, parts)));
    }
    return expr_call(arena, "nn_uniform", 2, args);
}

/* The element of a value with broadcasting: dimensions are aligned at the right, and those of size
 * one are repeated. */
static Position broadcast_position(Lowering *l, const Position *at, Shape from)
{
    Position to = {.rank = from.rank, .flat = at->flat, .side = at->side};
    if (from.rank == at->rank) {
        to.panel = at->panel;
        to.row = at->row;
        to.lane = at->lane;
    }
    to.batch = from.has_batch ? (at->batch ? at->batch : expr_int(l->arena, 0)) : NULL;
    for (int d = 0; d < from.rank; d++) {
        int s = d + at->rank - from.rank;
        to.index[d] = from.dim[d] == 1 || s < 0 ? expr_int(l->arena, 0) : at->index[s];
    }
    return to;
}

/* ---- values ---------------------------------------------------------------------------------- */
static bool is_uniform_constant(const Node *n)
{
    if (n->leaf == NULL || n->leaf->kind != LEAF_CONSTANT)
        return false;
    int64_t count = shape_elements(n->shape);
    for (int64_t i = 1; i < count; i++)
        if (n->leaf->values[i] != n->leaf->values[0])
            return false;
    return true;
}

static Expr *constant_value(Lowering *l, const Node *n)
{
    return n->type == TYPE_F32 ? expr_real(l->arena, n->leaf->values[0])
                               : expr_int(l->arena, (int64_t)n->leaf->values[0]);
}

static Expr *scalar_value(Lowering *l, const Node *n)
{
    switch (n->leaf->scalar) {
    case SCALAR_RATE:
        l->kernel->needs_step = true;
        return expr_name(l->arena, STR("step->rate"));
    case SCALAR_STEP:
        l->kernel->needs_step = true;
        return expr_name(l->arena, STR("step->number"));
    case SCALAR_BATCH:
        return expr_cast(l->arena, "float", lower_batch(l));
    }
    BUG("scalar kind %d", (int)n->leaf->scalar);
}

/* A number that is the same for the whole kernel is loaded once, before its loops. */
static Expr *hoisted_scalar(Lowering *l, NodeId value)
{
    Arena *arena = l->arena;
    for (int i = 0; i < l->kernel->params.count; i++)
        if (l->kernel->params.items[i].buffer == program_memory(l->program, l->program->buffer_of[value]) &&
            l->kernel->params.items[i].is_written)
            return expr_load(arena, l->kernel->params.items[i].name, expr_int(arena, 0));
    Str pointer = lower_pointer(l, value, false);
    Str name = str_format(arena, "%.*s_value", STR_ARGS(pointer));
    if (!is_declared(&l->kernel->setup, name)) {
        vec_push(arena, &l->names, name);
        const char *type = graph_node(l->graph, value)->type == TYPE_F32 ? "const float" : "const int";
        const Buffer *b = lower_buffer(l, value);
        block_add(arena, &l->kernel->setup,
                  stmt_declare(arena, type, name,
                               expr_load(arena, pointer, expr_int(arena, b->layout.offset))));
    }
    return expr_name(arena, name);
}

static Expr *load_value(Lowering *l, NodeId value, const Position *at)
{
    const Node *n = graph_node(l->graph, value);
    const Buffer *b = lower_buffer(l, value);
    if (n->shape.rank == 0 && !n->shape.has_batch)
        return hoisted_scalar(l, value);
    bool is_pointwise = l->is_pointwise && shape_equal(n->shape, l->group->domain);
    Str pointer = use_buffer(l, l->program->buffer_of[value], false, is_pointwise);
    Expr *load = expr_load(l->arena, pointer, lower_index(l, b, at));
    bool is_bytes = n->type == TYPE_U8 && n->leaf != NULL; /* samples of u8 are numbers */
    return is_bytes ? expr_cast(l->arena, "float", load) : load;
}

/* The expression of a map at a position of its own shape. */
static Expr *map_value(Lowering *l, NodeId value, const Position *own)
{
    const Node *n = graph_node(l->graph, value);
    CHECK(n->op->element != NULL);
    Expr **args = arena_array(l->arena, Expr *, n->input_count + 1);
    for (int i = 0; i < n->input_count; i++)
        args[i] = lower_value(l, n->inputs[i], own);
    MapContext context = {
        .arena = l->arena, .lowering = l, .position = own, .shape = &n->shape};
    return n->op->element(&context, n, args);
}

Expr *lower_value(Lowering *l, NodeId value, const Position *at)
{
    for (int i = 0; i < l->values.count; i++)
        if (l->values.items[i].node == value)
            return l->values.items[i].value;
    const Node *n = graph_node(l->graph, value);
    if (is_uniform_constant(n))
        return constant_value(l, n);
    if (n->leaf != NULL && n->leaf->kind == LEAF_SCALAR)
        return scalar_value(l, n);
    Position own = broadcast_position(l, at, n->shape);
    if (l->program->buffer_of[value] >= 0)
        return load_value(l, value, &own);
    return map_value(l, value, &own);
}

void lower_known(Lowering *l, NodeId value, Expr *e)
{
    vec_push(l->arena, &l->values, (NamedValue){value, e});
}

/* ---- maps after a root ----------------------------------------------------------------------- */
static bool contains(const NodeIds *ids, NodeId id)
{
    for (int i = 0; i < ids->count; i++)
        if (ids->items[i] == id)
            return true;
    return false;
}

static int uses_in_group(const Lowering *l, NodeId value)
{
    int uses = 0;
    for (int i = 0; i < l->group->after.count; i++) {
        const Node *n = graph_node(l->graph, l->group->after.items[i]);
        for (int k = n->op->family == FAMILY_ASSIGN ? 1 : 0; k < n->input_count; k++)
            if (n->inputs[k] == value)
                uses++;
            else if (graph_node(l->graph, n->inputs[k])->group < 0 &&
                     graph_node(l->graph, n->inputs[k])->leaf == NULL)
                uses++; /* a map computed in place may use it */
    }
    return uses;
}

static Expr *keep_value(Lowering *l, Block *block, NodeId value, Expr *e)
{
    Arena *arena = l->arena;
    const Node *n = graph_node(l->graph, value);
    bool is_simple = e->kind == EXPR_NAME || e->kind == EXPR_REAL || e->kind == EXPR_INT;
    int uses = uses_in_group(l, value) + (contains(&l->group->stored, value) ? 1 : 0);
    if (!is_simple && uses > 1) {
        Str wanted = lower_identifier(arena, n->name);
        Str name = lower_tensor_name(l, str_format(arena, "%.*s_value", STR_ARGS(wanted)));
        block_add(arena, block,
                  stmt_declare(arena, n->type == TYPE_F32 ? "const float" : "const int", name, e));
        e = expr_name(arena, name);
    }
    vec_push(arena, &l->values, (NamedValue){value, e});
    return e;
}

static Expr *as_stored(Lowering *l, const Buffer *b, const Node *n, Expr *e)
{
    if (b->type == TYPE_U8)
        return expr_cast(l->arena, "unsigned char", e);
    if (b->type == TYPE_F32 && n->type != TYPE_F32)
        return expr_cast(l->arena, "float", e);
    return e;
}

static void store_value(Lowering *l, Block *block, NodeId value, const Position *at, Expr *e)
{
    const Buffer *b = lower_buffer(l, value);
    Str pointer = use_buffer(l, l->program->buffer_of[value], true, true);
    Expr *target = expr_load(l->arena, pointer, lower_index(l, b, at));
    block_add(l->arena, block,
              stmt_set(l->arena, target, "=", as_stored(l, b, graph_node(l->graph, value), e)));
}

/* Holds a value in a variable, so that nothing is read any more when results are written. */
static Expr *settle(Lowering *l, Block *block, NodeId value, Expr *e)
{
    if (e->kind == EXPR_NAME || e->kind == EXPR_REAL || e->kind == EXPR_INT)
        return e;
    Arena *arena = l->arena;
    const Node *n = graph_node(l->graph, value);
    Str wanted = lower_identifier(arena, n->name);
    Str name = lower_tensor_name(l, str_format(arena, "%.*s_value", STR_ARGS(wanted)));
    block_add(arena, block, stmt_declare(arena, n->type == TYPE_F32 ? "const float" : "const int", name, e));
    for (int i = 0; i < l->values.count; i++)
        if (l->values.items[i].node == value)
            l->values.items[i].value = expr_name(arena, name);
    return expr_name(arena, name);
}

typedef struct PendingStore {
    NodeId node; /* its value goes ...          */
    NodeId to;   /* ... to this one's memory    */
    Expr *value;
} PendingStore;

void lower_after(Lowering *l, Block *block, const Position *at, Expr *root_value)
{
    Arena *arena = l->arena;
    const Group *group = l->group;
    bool was_pointwise = l->is_pointwise;
    l->is_pointwise = true;
    l->kernel->has_tail = true;
    VEC(PendingStore) stores = {0};
    for (int i = 0; i < l->values.count; i++) /* siblings of the root */
        if (contains(&group->siblings, l->values.items[i].node) &&
            contains(&group->stored, l->values.items[i].node))
            vec_push(arena, &stores, (PendingStore){l->values.items[i].node, l->values.items[i].node,
                                                    l->values.items[i].value});
    if (root_value != NULL) {
        Expr *e = keep_value(l, block, group->root, root_value);
        if (contains(&group->stored, group->root))
            vec_push(arena, &stores, (PendingStore){group->root, group->root, e});
    }
    for (int i = 0; i < group->after.count; i++) {
        NodeId id = group->after.items[i];
        const Node *n = graph_node(l->graph, id);
        if (n->op->family == FAMILY_ASSIGN)
            continue;
        Position own = broadcast_position(l, at, n->shape);
        Expr *e = keep_value(l, block, id, map_value(l, id, &own));
        if (contains(&group->stored, id))
            vec_push(arena, &stores, (PendingStore){id, id, e});
    }
    for (int i = 0; i < group->after.count; i++) {
        const Node *n = graph_node(l->graph, group->after.items[i]);
        if (n->op->family == FAMILY_ASSIGN)
            vec_push(arena, &stores, (PendingStore){n->inputs[1], n->inputs[0], lower_value(l, n->inputs[1], at)});
    }
    /* All values are known before the first result is written: a result may lie where an operand is. */
    for (int i = 0; i < stores.count && stores.count > 1; i++)
        stores.items[i].value = settle(l, block, stores.items[i].node, stores.items[i].value);
    for (int i = 0; i < stores.count; i++)
        store_value(l, block, stores.items[i].to, at, stores.items[i].value);
    l->is_pointwise = was_pointwise;
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
        Stmt *loop = stmt_for(arena, name, expr_int(arena, 0), expr_int(arena, domain.dim[d]), 1);
        block_add(arena, block, loop);
        block = &loop->body;
    }
    return block;
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
