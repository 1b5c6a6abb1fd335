/* build.c: adding nodes to a graph; see build.h.
 *
 * Two ways in: build_call for what the user wrote, which keeps the list of layers and makes names
 * ("conv2d_1", parameters "conv2d_1.kernel"), and build_node with its relatives for the compiler,
 * which names a node after what it is part of ("conv2d_1.add"). Both end in add_node, where inputs
 * get the type the operator needs and its shape rule is asked. Leaves are made in build_leaf.c. */
#include "graph/build.h"

#include "front/diag.h"

#include <string.h>

static Arena *arena_of(const Build *b)
{
    return b->graph->arena;
}

static Node *node_of(const Build *b, NodeId id)
{
    return graph_node(b->graph, id);
}

/* ---- nodes ----------------------------------------------------------------------------------- */
static bool takes_any_type(const OpDef *op, int input)
{
    if (op->is_variadic && input >= op_least_inputs(op))
        input = op_least_inputs(op) - 1;
    return op_is_layer(op) || (op->typed_inputs >> input & 1u) != 0;
}

/* Bytes become f32 where numbers are needed; a class number is no number. */
static bool convert_inputs(Build *b, const Call *call, NodeId *inputs)
{
    for (int i = 0; i < call->input_count; i++) {
        inputs[i] = call->inputs[i];
        if (inputs[i] == NODE_NONE)
            return false;
        const Node *n = node_of(b, inputs[i]);
        if (n->type == TYPE_F32 || takes_any_type(call->op, i))
            continue;
        if (n->classes > 0) {
            diag_error(b->diag, call_input_span(call, i),
                       "'%s' needs numbers, but '%.*s' is a class number", call->op->name,
                       STR_ARGS(n->name));
            return false;
        }
        inputs[i] = build_unary(b, &op_cast, inputs[i]);
    }
    return true;
}

bool build_check_size(Build *b, const OpDef *op, Span span, Shape shape)
{
    int64_t elements;
    if (shape_count(shape, &elements))
        return true;
    Str text = shape_str(arena_of(b), shape);
    diag_error(b->diag, span, "the result of '%s' would be %.*s, more than %lld elements", op->name,
               STR_ARGS(text), (long long)MAX_ELEMENTS);
    return false;
}

static const void *copy_array(Arena *arena, const void *items, int count, size_t item_bytes)
{
    if (count == 0)
        return NULL;
    void *copy = arena_alloc_array(arena, count, (int64_t)item_bytes);
    memcpy(copy, items, (size_t)count * item_bytes);
    return copy;
}

/* "conv2d_1.add", "d_h1.mul", or just "add". */
static Str part_name(Build *b, const OpDef *op)
{
    if (b->name.len == 0)
        return str_from(op->name);
    return str_format(arena_of(b), "%.*s.%s", STR_ARGS(b->name), op->name);
}

static NodeId add_node(Build *b, const Call *call)
{
    CHECK(call->op->infer != NULL);
    Arena *arena = arena_of(b);
    NodeId *inputs = arena_array(arena, NodeId, call->input_count + 1);
    if (!convert_inputs(b, call, inputs))
        return NODE_NONE;
    Call checked = *call;
    checked.inputs = inputs;
    if (call->op->resolve != NULL) {
        int count = op_attr_count(call->op);
        AttrValue *attrs = arena_array(arena, AttrValue, count + 1);
        memcpy(attrs, call->attrs, (size_t)count * sizeof *attrs);
        if (!call->op->resolve(b, &checked, attrs))
            return NODE_NONE;
        checked.attrs = attrs;
    }
    Inferred inferred = {.type = TYPE_F32};
    if (!call->op->infer(b, &checked, &inferred) ||
        !build_check_size(b, call->op, call->span, inferred.shape))
        return NODE_NONE;
    int attr_count = op_attr_count(call->op);
    Node node = {
        .op = call->op,
        .inputs = inputs,
        .input_count = call->input_count,
        .attrs = copy_array(arena, checked.attrs, attr_count, sizeof(AttrValue)),
        .contract = copy_array(arena, call->contract, call->contract != NULL, sizeof(ContractSpec)),
        .shape = inferred.shape,
        .type = inferred.type,
        .classes = inferred.classes,
        .name = part_name(b, call->op),
        .span = call->span,
        .role = b->role,
        .layer = b->layer,
        .origin = b->origin,
    };
    return graph_append(b->graph, node);
}

NodeId build_node(Build *b, const OpDef *op, const NodeId *inputs, int count,
                  const AttrValue *attrs)
{
    int attr_count = op_attr_count(op);
    if (attrs == NULL && attr_count > 0) {
        AttrValue *values = arena_array(arena_of(b), AttrValue, attr_count);
        bool *has_default = arena_array(arena_of(b), bool, attr_count);
        op_default_attrs(arena_of(b), op, values, has_default);
        for (int i = 0; i < attr_count; i++)
            CHECK(has_default[i]);
        attrs = values;
    }
    Call call = {.op = op, .inputs = inputs, .input_count = count, .attrs = attrs, .span = b->span};
    return op_is_layer(op) ? build_call(b, &call) : add_node(b, &call);
}

NodeId build_unary(Build *b, const OpDef *op, NodeId x)
{
    return build_node(b, op, &x, 1, NULL);
}

NodeId build_binary(Build *b, const OpDef *op, NodeId x, NodeId y)
{
    return build_node(b, op, (NodeId[]){x, y}, 2, NULL);
}

/* ---- calls ----------------------------------------------------------------------------------- */
/* The name of the tensor, or the operator's with a number that counts its calls in this part of the
 * network. The same calls get the same names whatever the mode, since parameters are found again by
 * name. */
static Str stem_of(Build *b, const Call *call)
{
    Graph *g = b->graph;
    if (call->name.len > 0)
        return graph_unique_layer_name(g, call->name);
    int number = 1;
    for (int i = 0; i < g->layers.count; i++) {
        const Layer *layer = &g->layers.items[i];
        number += layer->op == call->op && !layer->is_further && str_equal(layer->part, b->part);
    }
    return graph_unique_layer_name(g, str_format(g->arena, "%.*s%s_%d", STR_ARGS(b->part),
                                                 call->op->name, number));
}

static bool check_input_count(Build *b, const Call *call)
{
    int least = op_least_inputs(call->op), most = op_input_names(call->op);
    if (call->input_count >= least && (call->input_count <= most || call->op->is_variadic))
        return true;
    diag_error(b->diag, call->span, "'%s' takes %s%d %s, found %d", call->op->name,
               call->op->is_variadic ? "at least " : "", least, least == 1 ? "input" : "inputs",
               call->input_count);
    return false;
}

/* add(a, b, c) is add(add(a, b), c). */
static NodeId fold_call(Build *b, const Call *call)
{
    NodeId result = call->inputs[0];
    for (int i = 1; i < call->input_count && result != NODE_NONE; i++) {
        Call pair = *call;
        pair.inputs = (NodeId[]){result, call->inputs[i]};
        pair.input_count = 2;
        pair.input_spans = (Span[]){call_input_span(call, 0), call_input_span(call, i)};
        result = add_node(b, &pair);
    }
    return result;
}

static NodeId expand_call(Build *b, const Call *call)
{
    if (call->op->expand != NULL)
        return call->op->expand(b, call);
    if (call->op->expand_list != NULL) { /* who asks for one result gets the first */
        NodeIds results = {0};
        call->op->expand_list(b, call, &results);
        return results.count > 0 ? results.items[0] : NODE_NONE;
    }
    if (call->op->is_variadic && call->op->family == FAMILY_MAP)
        return fold_call(b, call);
    return add_node(b, call);
}

static void finish_layer(Graph *g, int layer, NodeId output)
{
    Layer *entry = &g->layers.items[layer];
    entry->output = output;
    for (NodeId id = g->nodes.count - 1; id >= 0; id--) {
        const Node *n = graph_node(g, id);
        if (n->layer != layer || n->leaf == NULL)
            continue;
        if (n->leaf->kind != LEAF_PARAMETER && n->leaf->kind != LEAF_STATISTIC)
            continue;
        int64_t elements = shape_elements(n->shape);
        entry->parameter_count += elements;
        if (n->leaf->kind == LEAF_PARAMETER && !n->leaf->is_frozen)
            entry->trainable_count += elements;
    }
}

static bool has_inputs(const Call *call)
{
    for (int i = 0; i < call->input_count; i++)
        if (call->inputs[i] == NODE_NONE)
            return false;
    return true;
}

static void add_layer(Build *b, const Call *call, Str name)
{
    Layer layer = {.op = call->op,
                   .name = name,
                   .part = b->part,
                   .span = call->span,
                   .output = NODE_NONE};
    vec_push(b->graph->arena, &b->graph->layers, layer);
    b->layer = b->graph->layers.count - 1;
}

NodeId build_call(Build *b, const Call *call)
{
    if (!has_inputs(call) || !check_input_count(b, call))
        return NODE_NONE;
    if (b->layer >= 0) /* part of a layer that is open */
        return expand_call(b, call);
    Graph *g = b->graph;
    Build outer = *b;
    NodeId first = g->nodes.count;
    b->name = stem_of(b, call);
    b->span = call->span;
    if (call->op->family != FAMILY_LOSS && call->op->family != FAMILY_METRIC)
        add_layer(b, call, b->name);
    NodeId result = expand_call(b, call);
    if (result >= first)
        graph_rename(g, result, b->name);
    if (b->layer >= 0)
        finish_layer(g, b->layer, result);
    outer.finish = b->finish;
    *b = outer;
    return result;
}

/* Each result is a line of the summary; parameters count for the first. */
bool build_call_list(Build *b, const Call *call, NodeIds *results)
{
    CHECK(call->op->expand_list != NULL);
    if (!has_inputs(call) || !check_input_count(b, call))
        return false;
    if (b->layer >= 0) {
        call->op->expand_list(b, call, results);
        return results->count > 0;
    }
    Graph *g = b->graph;
    Build outer = *b;
    NodeId first = g->nodes.count;
    b->name = stem_of(b, call);
    b->span = call->span;
    add_layer(b, call, b->name);
    call->op->expand_list(b, call, results);
    for (int i = 0; i < results->count; i++) {
        NodeId result = results->items[i];
        if (i > 0) {
            add_layer(b, call, graph_unique_layer_name(g, b->name));
            g->layers.items[b->layer].is_further = true;
        }
        if (result >= first) {
            graph_rename(g, result, g->layers.items[b->layer].name);
            graph_node(g, result)->layer = b->layer;
        }
        finish_layer(g, b->layer, result);
    }
    *b = outer;
    return results->count > 0;
}

/* ---- operators with private attributes ------------------------------------------------------- */
static AttrValue shape_attr(Shape shape)
{
    AttrValue value = {.list = {.count = shape.rank}};
    for (int i = 0; i < shape.rank; i++)
        value.list.item[i] = shape.dim[i];
    return value;
}

NodeId build_reshape(Build *b, NodeId x, int rank, const int64_t *dim)
{
    if (x == NODE_NONE)
        return NODE_NONE;
    Shape from = node_of(b, x)->shape;
    Shape to = shape_of(from.has_batch, rank, dim);
    if (shape_equal(from, to))
        return x;
    AttrValue attrs[1] = {shape_attr(to)};
    return build_node(b, &op_reshape, &x, 1, attrs);
}

/* Reduced dimensions leave the shape; where they shall stay as 1 a reshape, which costs nothing,
 * brings them back. */
NodeId build_reduce(Build *b, const OpDef *op, NodeId x, uint32_t axes, bool over_batch, bool keep)
{
    if (x == NODE_NONE)
        return NODE_NONE;
    Shape shape = node_of(b, x)->shape;
    over_batch = over_batch && shape.has_batch;
    Shape kept = shape;
    for (int i = 0; i < shape.rank; i++)
        if (axes >> i & 1u)
            kept.dim[i] = 1;
    if (axes != 0 || over_batch) {
        AttrValue attrs[2] = {{.i = (int64_t)axes}, {.i = over_batch}};
        x = build_node(b, op, &x, 1, attrs);
    }
    return keep ? build_reshape(b, x, kept.rank, kept.dim) : x;
}

NodeId build_mean(Build *b, NodeId x, uint32_t axes, bool over_batch, bool keep)
{
    if (x == NODE_NONE)
        return NODE_NONE;
    Shape shape = node_of(b, x)->shape;
    double count = 1;
    for (int i = 0; i < shape.rank; i++)
        if (axes >> i & 1u)
            count *= (double)shape.dim[i];
    NodeId mean = build_reduce(b, &op_reduce_sum, x, axes, over_batch, keep);
    if (count > 1)
        mean = build_binary(b, &op_mul, mean, build_number(b, 1 / count));
    if (over_batch && shape.has_batch)
        mean = build_binary(b, &op_div, mean, build_scalar(b, SCALAR_BATCH));
    return mean;
}

NodeId build_contract(Build *b, NodeId left, NodeId right, const ContractSpec *spec)
{
    NodeId inputs[2] = {left, right};
    Call call = {
        .op = &op_contract, .inputs = inputs, .input_count = 2, .contract = spec, .span = b->span};
    return add_node(b, &call);
}

static NodeId norm_over(Build *b, NodeId value, uint32_t axes)
{
    NodeId square = build_unary(b, &op_square, value);
    return build_unary(b, &op_sqrt, build_reduce(b, &op_reduce_sum, square, axes, false, true));
}

static NodeId clip(Build *b, NodeId x, double least, double most)
{
    NodeId above = build_binary(b, &op_maximum, x, build_number(b, least));
    return build_binary(b, &op_minimum, above, build_number(b, most));
}

/* value * wanted / norm; a norm of nearly 0 has no direction that could be kept. */
static NodeId with_norm(Build *b, NodeId value, NodeId norm, NodeId wanted)
{
    NodeId least = build_number(b, LEAST_NORM);
    NodeId below = build_binary(b, &op_maximum, norm, least);
    return build_binary(b, &op_mul, value, build_binary(b, &op_div, wanted, below));
}

/* What a constraint leaves of the new value of a parameter. */
static NodeId constrained(Build *b, NodeId value, const Leaf *of)
{
    Init rule = of->constraint;
    if (rule.kind == CONSTRAINT_NON_NEGATIVE)
        return build_binary(b, &op_maximum, value, build_number(b, 0));
    NodeId norm = norm_over(b, value, of->norm_axes);
    if (rule.kind == CONSTRAINT_UNIT_NORM)
        return with_norm(b, value, norm, build_number(b, 1));
    if (rule.kind == CONSTRAINT_MAX_NORM) { /* value * most / max(norm, most): smaller ones stay */
        NodeId most = build_number(b, rule.a);
        return build_binary(b, &op_mul, value,
                            build_binary(b, &op_div, most, build_binary(b, &op_maximum, norm, most)));
    }
    CHECK(rule.kind == CONSTRAINT_MIN_MAX_NORM);
    NodeId wanted = clip(b, norm, rule.a, rule.b);
    if (rule.c < 1) {
        NodeId part = build_binary(b, &op_mul, wanted, build_number(b, rule.c));
        NodeId rest = build_binary(b, &op_mul, norm, build_number(b, 1 - rule.c));
        wanted = build_binary(b, &op_add, part, rest);
    }
    return with_norm(b, value, norm, wanted);
}

/* The place of the assignment to this leaf among the effects, or -1. */
static int effect_of(const Build *b, NodeId leaf)
{
    const NodeIds *effects = &b->graph->effects;
    for (int i = 0; i < effects->count; i++)
        if (node_of(b, effects->items[i])->inputs[0] == leaf)
            return i;
    return -1;
}

NodeId build_assign(Build *b, NodeId leaf, NodeId value)
{
    const Leaf *of = node_of(b, leaf)->leaf;
    if (is_constrained(of) && value != NODE_NONE)
        value = constrained(b, value, of);
    NodeId id = build_binary(b, &op_assign, leaf, value);
    if (id == NODE_NONE)
        return id;
    int effect = effect_of(b, leaf);
    if (effect >= 0)
        b->graph->effects.items[effect] = id;
    else
        vec_push(arena_of(b), &b->graph->effects, id);
    return id;
}

NodeId build_assigned(Build *b, NodeId leaf)
{
    int effect = effect_of(b, leaf);
    return effect >= 0 ? node_of(b, b->graph->effects.items[effect])->inputs[1] : leaf;
}

NodeId build_broadcast(Build *b, NodeId x, Shape to)
{
    if (x == NODE_NONE || shape_equal(node_of(b, x)->shape, to))
        return x;
    AttrValue attrs[2] = {shape_attr(to), {.i = to.has_batch}};
    return build_node(b, &op_broadcast, &x, 1, attrs);
}

NodeId build_unbroadcast(Build *b, NodeId gradient, Shape to)
{
    if (gradient == NODE_NONE)
        return NODE_NONE;
    Shape from = node_of(b, gradient)->shape;
    CHECK(from.rank >= to.rank && (from.has_batch || !to.has_batch));
    uint32_t axes = 0;
    for (int i = 0; i < from.rank; i++) {
        int k = i - (from.rank - to.rank);
        if (k < 0 || (to.dim[k] == 1 && from.dim[i] != 1))
            axes |= 1u << i;
    }
    bool over_batch = from.has_batch && !to.has_batch;
    NodeId sum = build_reduce(b, &op_reduce_sum, gradient, axes, over_batch, false);
    return build_reshape(b, sum, to.rank, to.dim);
}

NodeId build_random(Build *b, Shape shape)
{
    AttrValue attrs[3] = {
        shape_attr(shape), {.i = shape.has_batch}, {.i = b->graph->random_streams++}};
    return build_node(b, &op_random_uniform, NULL, 0, attrs);
}
