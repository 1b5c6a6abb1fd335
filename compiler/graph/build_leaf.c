/* build_leaf.c: adding leaves to a graph: inputs, parameters, what an optimizer keeps, numbers.
 *
 * Parameters and statistics may be shared by several calls, or belong to layers that are not
 * trained. */
#include "graph/build.h"

#include "front/diag.h"

/* ---- leaves ---------------------------------------------------------------------------------- */
static const OpDef *leaf_op(LeafKind kind)
{
    static const OpDef *const ops[] = {
        [LEAF_INPUT] = &op_input,         [LEAF_TARGET] = &op_target,
        [LEAF_PARAMETER] = &op_parameter, [LEAF_STATISTIC] = &op_statistic,
        [LEAF_OPTIMIZER] = &op_optimizer, [LEAF_CONSTANT] = &op_constant,
        [LEAF_SCALAR] = &op_scalar,
    };
    CHECK(kind != LEAF_NONE);
    return ops[kind];
}

NodeId build_leaf(Build *b, Str name, Shape shape, Type type, Leaf leaf)
{
    Leaf *copy = arena_new(b->graph->arena, Leaf);
    *copy = leaf;
    if (copy->groups == 0)
        copy->groups = 1;
    const OpDef *op = leaf_op(leaf.kind);
    if (!build_check_size(b, op, b->span, shape))
        return NODE_NONE;
    Node node = {
        .op = op,
        .leaf = copy,
        .shape = shape,
        .type = type,
        .name = name,
        .span = b->span,
        .role = b->role,
        .layer = b->layer,
        .origin = NODE_NONE,
    };
    NodeId id = graph_append(b->graph, node);
    if (leaf.kind == LEAF_INPUT)
        vec_push(b->graph->arena, &b->graph->inputs, id);
    if (leaf.kind == LEAF_TARGET)
        vec_push(b->graph->arena, &b->graph->targets, id);
    return id;
}

static Str suffixed(Build *b, Str stem, const char *suffix)
{
    return str_format(b->graph->arena, "%.*s.%s", STR_ARGS(stem), suffix);
}

/* ---- shared parameters ----------------------------------------------------------------------- */
/* The next one that was made before, or NODE_NONE. */
static NodeId take_shared(Build *b, Shared *shared)
{
    if (shared == NULL)
        return NODE_NONE;
    if (shared->next < shared->nodes.count)
        return shared->nodes.items[shared->next++];
    NodeId id = take_shared(b, shared->outer);
    if (id != NODE_NONE) {
        vec_push(b->graph->arena, &shared->nodes, id);
        shared->next++;
    }
    return id;
}

static void keep_shared(Build *b, NodeId id)
{
    for (Shared *shared = b->shared; shared != NULL && id != NODE_NONE; shared = shared->outer) {
        vec_push(b->graph->arena, &shared->nodes, id);
        shared->next++;
    }
}

/* A parameter or statistic: a new one, or one that is shared. */
static NodeId build_weight(Build *b, const char *suffix, Shape shape, Leaf leaf)
{
    NodeId id = take_shared(b, b->shared);
    if (id != NODE_NONE) {
        const Node *n = graph_node(b->graph, id);
        if (shape_equal(n->shape, shape) && n->leaf->kind == leaf.kind)
            return id;
        Str needed = shape_str(b->graph->arena, shape);
        Str found = shape_str(b->graph->arena, n->shape);
        diag_error(b->diag, b->span, "'%.*s' is shared and has the shape %.*s, here %.*s is needed",
                   STR_ARGS(n->name), STR_ARGS(found), STR_ARGS(needed));
        return build_leaf(b, suffixed(b, b->name, suffix), shape, TYPE_F32, leaf);
    }
    id = build_leaf(b, suffixed(b, b->name, suffix), shape, TYPE_F32, leaf);
    keep_shared(b, id);
    return id;
}

/* ---- parameters and optimizer state ---------------------------------------------------------- */
/* Whether the layer that is being built is one of those that are not trained. */
static bool is_frozen(const Build *b)
{
    return b->layer >= 0 && b->frozen != NULL &&
           str_find(b->frozen->items, b->frozen->count, b->graph->layers.items[b->layer].name) >= 0;
}

NodeId build_parameter(Build *b, const char *suffix, Shape shape, Init init, int64_t fan_in,
                       int64_t fan_out)
{
    Leaf leaf = {.kind = LEAF_PARAMETER,
                 .init = init_resolve(init, fan_in, fan_out),
                 .fan_in = fan_in,
                 .fan_out = fan_out,
                 .is_frozen = is_frozen(b)};
    return build_weight(b, suffix, shape, leaf);
}

NodeId build_statistic(Build *b, const char *suffix, Shape shape, double initial)
{
    Leaf leaf = {.kind = LEAF_STATISTIC,
                 .init = {.kind = INIT_CONSTANT, .a = initial},
                 .is_frozen = is_frozen(b)};
    return build_weight(b, suffix, shape, leaf);
}

static NodeId optimizer_leaf(Build *b, const char *suffix, NodeId parameter, Shape shape,
                             double initial)
{
    Leaf leaf = {
        .kind = LEAF_OPTIMIZER, .init = {.kind = INIT_CONSTANT, .a = initial}, .owner = parameter};
    Str name = suffixed(b, graph_node(b->graph, parameter)->name, suffix);
    return build_leaf(b, name, shape, TYPE_F32, leaf);
}

NodeId build_optimizer_state(Build *b, const char *suffix, NodeId parameter, double initial)
{
    return optimizer_leaf(b, suffix, parameter, graph_node(b->graph, parameter)->shape, initial);
}

NodeId build_optimizer_number(Build *b, const char *suffix, NodeId parameter, double initial)
{
    return optimizer_leaf(b, suffix, parameter, shape_of(false, 0, NULL), initial);
}

/* ---- numbers --------------------------------------------------------------------------------- */
NodeId build_number(Build *b, double value)
{
    double *values = arena_array(b->graph->arena, double, 1);
    values[0] = value;
    Leaf leaf = {.kind = LEAF_CONSTANT, .values = values};
    return build_leaf(b, STR("number"), shape_of(false, 0, NULL), TYPE_F32, leaf);
}

NodeId build_scalar(Build *b, ScalarKind kind)
{
    static const char *const names[] = {
        [SCALAR_RATE] = "rate", [SCALAR_STEP] = "step", [SCALAR_BATCH] = "batch"};
    for (NodeId id = 0; id < b->graph->nodes.count; id++) {
        const Node *n = graph_node(b->graph, id);
        if (n->leaf != NULL && n->leaf->kind == LEAF_SCALAR && n->leaf->scalar == kind)
            return id;
    }
    Leaf leaf = {.kind = LEAF_SCALAR, .scalar = kind};
    return build_leaf(b, str_from(names[kind]), shape_of(false, 0, NULL), TYPE_F32, leaf);
}
