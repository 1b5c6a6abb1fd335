/* lower_value.c: values at a position, and the maps after a root.
 *
 * Values are asked for by position: lower_value answers with a load, a literal, a local variable, or the
 * expression of a map that is computed where it is needed. */
#include "kernel/lower.h"

#include "graph/graph.h"
#include "ops/op.h"

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
    const KernelParam *known = lower_find_param(l, l->program->buffer_of[value]);
    if (known != NULL && known->is_written)
        return expr_load(arena, known->name, expr_int(arena, 0));
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
    Str pointer = lower_use_buffer(l, l->program->buffer_of[value], false, is_pointwise);
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
    if (node_is_uniform(n))
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

/* Needs no variable: to write it again is as good. */
static bool is_simple(const Expr *e)
{
    return e->kind == EXPR_NAME || e->kind == EXPR_REAL || e->kind == EXPR_INT;
}

static Expr *in_variable(Lowering *l, Block *block, NodeId value, Expr *e)
{
    Arena *arena = l->arena;
    const Node *n = graph_node(l->graph, value);
    Str wanted = lower_identifier(arena, n->name);
    Str name = lower_tensor_name(l, str_format(arena, "%.*s_value", STR_ARGS(wanted)));
    block_add(arena, block, stmt_declare(arena, n->type == TYPE_F32 ? "const float" : "const int", name, e));
    return expr_name(arena, name);
}

static Expr *keep_value(Lowering *l, Block *block, NodeId value, Expr *e)
{
    int uses = uses_in_group(l, value) + (contains(&l->group->stored, value) ? 1 : 0);
    if (!is_simple(e) && uses > 1)
        e = in_variable(l, block, value, e);
    lower_known(l, value, e);
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
    Str pointer = lower_use_buffer(l, l->program->buffer_of[value], true, true);
    Expr *target = expr_load(l->arena, pointer, lower_index(l, b, at));
    block_add(l->arena, block,
              stmt_set(l->arena, target, "=", as_stored(l, b, graph_node(l->graph, value), e)));
}

/* Holds a value in a variable, so that nothing is read any more when results are written. */
static Expr *settle(Lowering *l, Block *block, NodeId value, Expr *e)
{
    if (is_simple(e))
        return e;
    e = in_variable(l, block, value, e);
    for (int i = 0; i < l->values.count; i++)
        if (l->values.items[i].node == value)
            l->values.items[i].value = e;
    return e;
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
