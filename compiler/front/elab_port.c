/* elab_port.c: where a model meets the world: inputs, targets, outputs, losses and metrics. */
#include "front/elab.h"

/* ---- inputs and targets ---------------------------------------------------------------------- */

enum { MAX_CLASSES = 1 << 24 }; /* class numbers must be exact in a float */

static bool read_shape(Elab *e, const TypeExpr *type, Shape *shape)
{
    *shape = (Shape){.has_batch = true};
    if (type->dims.count > MAX_RANK) {
        diag_error(e->diag, type->span, "a tensor has at most %d dimensions, found %d", MAX_RANK,
                   type->dims.count);
        return false;
    }
    int64_t elements = 1;
    for (int i = 0; i < type->dims.count; i++) {
        const AstExpr *dim = type->dims.items[i];
        int64_t size;
        if (dim->kind == AST_NAME && str_is(dim->name, "None")) { /* as Keras writes the batch */
            diag_error(e->diag, dim->span, "a shape is that of one sample, without the batch");
            diag_help(e->diag, "leave out 'None'");
            return false;
        }
        if (!elab_integer(e, dim, "a size", &size))
            return false;
        if (size < 1) {
            diag_error(e->diag, dim->span, "a size must be at least 1, found %lld",
                       (long long)size);
            return false;
        }
        if (!size_multiply(elements, size, &elements) || elements > MAX_ELEMENTS) {
            diag_error(e->diag, type->span, "a tensor can have at most %lld elements",
                       (long long)MAX_ELEMENTS);
            return false;
        }
        shape->dim[shape->rank++] = size;
    }
    return true;
}

/* class["a", "b"], or class[list]: a word for each class. False when the brackets hold something else. */
static bool read_class_names(Elab *e, const TypeExpr *type, Value *list)
{
    const AstExpr *first = type->dims.items[0];
    bool has_strings = first->kind == AST_STRING || first->kind == AST_LIST;
    if (!has_strings && first->kind == AST_NAME && type->dims.count == 1) {
        Global *global = global_find(e, first->name);
        has_strings = global != NULL && global_value(e, global).kind == VALUE_LIST;
    }
    if (!has_strings)
        return false;
    Value *items = arena_array(e->arena, Value, type->dims.count);
    for (int i = 0; i < type->dims.count; i++)
        items[i] = elab_expr(e, type->dims.items[i], (Str){0});
    *list = (Value){.kind = VALUE_LIST, .span = type->span};
    list->list.items = items;
    list->list.count = type->dims.count;
    if (type->dims.count == 1 && items[0].kind == VALUE_LIST)
        *list = items[0];
    return true;
}

static bool take_class_names(Elab *e, const Value *list, int *classes, const Str **names)
{
    Str *words = arena_array(e->arena, Str, list->list.count);
    for (int i = 0; i < list->list.count; i++) {
        const Value *item = &list->list.items[i];
        if (item->kind == VALUE_POISON)
            return false;
        if (item->kind != VALUE_STRING || item->text.len == 0) {
            diag_error(e->diag, item->span, "a class is named in double quotes, found %.*s",
                       STR_ARGS(value_describe(e->arena, item)));
            return false;
        }
        for (int j = 0; j < i; j++)
            if (str_equal(words[j], item->text)) {
                diag_error(e->diag, item->span, "two classes are called '%.*s'",
                           STR_ARGS(item->text));
                return false;
            }
        words[i] = item->text;
    }
    if (list->list.count < 2) {
        diag_error(e->diag, list->span, "'class' needs at least 2 names, found %d",
                   list->list.count);
        return false;
    }
    *classes = list->list.count;
    *names = words;
    return true;
}

static bool read_classes(Elab *e, const TypeExpr *type, int *classes, const Str **names)
{
    int64_t count;
    Value list;
    if (type->dims.count > 0 && read_class_names(e, type, &list))
        return take_class_names(e, &list, classes, names);
    if (type->dims.count != 1) {
        diag_error(e->diag, type->span, "'class' needs the number of classes");
        diag_help(e->diag, "for example class[10], or class[\"no\", \"yes\"]");
        return false;
    }
    if (!elab_integer(e, type->dims.items[0], "the number of classes", &count))
        return false;
    if (count < 2 || count > MAX_CLASSES) {
        diag_error(e->diag, type->dims.items[0]->span,
                   "the number of classes must be from 2 to %d, found %lld", MAX_CLASSES,
                   (long long)count);
        return false;
    }
    *classes = (int)count;
    return true;
}

/* Only classes have a second pair of brackets. */
static bool check_no_classes(Elab *e, const TypeExpr *type)
{
    if (!type->has_classes)
        return true;
    diag_error(e->diag, type->span, "the sizes of a tensor stand in one pair of brackets");
    diag_help(e->diag, "two are for classes: class[10][28, 28] is a class for each of 28 x 28 places");
    return false;
}

static bool read_type(Elab *e, const TypeExpr *type, Shape *shape, Type *element, int *classes,
                      const Str **class_names)
{
    static const char *const names[] = {"u8", "i32", "f32", "class"};
    static const Type types[] = {TYPE_U8, TYPE_I32, TYPE_F32, TYPE_I32};
    Str known[COUNT_OF(names)];
    *classes = 0;
    *class_names = NULL;
    for (int i = 0; i < COUNT_OF(names); i++) {
        known[i] = str_from(names[i]);
        if (!str_equal(type->name.text, known[i]))
            continue;
        *element = types[i];
        *shape = (Shape){.has_batch = true};
        if (!str_is(known[i], "class"))
            return check_no_classes(e, type) && read_shape(e, type, shape);
        TypeExpr of_classes = *type;
        if (type->has_classes)
            of_classes.dims = type->classes;
        return read_classes(e, &of_classes, classes, class_names) &&
               (!type->has_classes || read_shape(e, type, shape));
    }
    diag_error(e->diag, type->name.span, "there is no type '%.*s'", STR_ARGS(type->name.text));
    if (!diag_help_suggest(e->diag, type->name.text, known, COUNT_OF(names)))
        diag_help(e->diag, "the types are u8, i32, f32 and class");
    return false;
}

void elab_declare(Elab *e, const AstStmt *stmt)
{
    bool is_input = stmt->kind == AST_INPUT;
    Name name = stmt->declare.name;
    Shape shape;
    Type type;
    int classes;
    const Str *class_names;
    const Binding *old = scope_find(e->scope, name.text);
    if (old != NULL) {
        diag_error(e->diag, name.span, "'%.*s' is defined twice", STR_ARGS(name.text));
        diag_note(e->diag, old->span, "'%.*s' is defined here first", STR_ARGS(name.text));
        return;
    }
    if (!elab_check_free(e, name.text, name.span))
        return;
    Value value = value_poison(name.span);
    if (read_type(e, &stmt->declare.type, &shape, &type, &classes, &class_names)) {
        Leaf leaf = {.kind = is_input ? LEAF_INPUT : LEAF_TARGET};
        e->build.span = name.span;
        NodeId node = build_leaf(&e->build, name.text, shape, type, leaf);
        if (node != NODE_NONE) {
            graph_node(e->build.graph, node)->classes = classes;
            graph_node(e->build.graph, node)->class_names = class_names;
            value = (Value){.kind = VALUE_TENSOR, .span = name.span, .tensor = node};
        }
    }
    elab_define(e, name.text, value, name.span, is_input ? BINDING_INPUT : BINDING_TARGET);
}

/* ---- outputs, losses, metrics ---------------------------------------------------------------- */

static bool depends_on_target(const Graph *g, NodeId node, Arena *arena)
{
    const bool *is_read = graph_reach(arena, g, node);
    for (int i = 0; i < g->targets.count; i++)
        if (is_read[g->targets.items[i]])
            return true;
    return false;
}

void elab_output(Elab *e, Name name)
{
    Graph *g = e->build.graph;
    Binding *binding = scope_find(e->scope, name.text);
    if (binding == NULL) {
        if (global_find(e, name.text) != NULL)
            diag_error(e->diag, name.span, "an output must be a tensor, '%.*s' is a constant",
                       STR_ARGS(name.text));
        else
            elab_undefined(e, name.text, name.span);
        return;
    }
    binding->is_used = true;
    Value value = binding->value;
    value.span = name.span;
    NodeId node = elab_tensor(e, &value, false);
    if (node == NODE_NONE)
        return;
    for (int i = 0; i < g->outputs.count; i++)
        if (str_equal(g->outputs.items[i].name, name.text)) {
            diag_error(e->diag, name.span, "'%.*s' is an output already", STR_ARGS(name.text));
            diag_note(e->diag, g->outputs.items[i].span, "'%.*s' is named here",
                      STR_ARGS(name.text));
            return;
        }
    if (depends_on_target(g, node, e->arena)) {
        diag_error(e->diag, name.span, "output '%.*s' depends on a target", STR_ARGS(name.text));
        diag_help(e->diag, "targets are known during training only");
        return;
    }
    if (!graph_node(g, node)->shape.has_batch) {
        diag_error(e->diag, name.span, "output '%.*s' has one value for a whole batch, not one for each sample",
                   STR_ARGS(name.text));
        return;
    }
    vec_push(g->arena, &g->outputs, (Result){.name = name.text, .node = node, .span = name.span});
}

/* The last call of an expression: the loss or metric proper. */
static const AstExpr *main_call(const AstExpr *expr)
{
    for (;;) {
        if (expr->kind == AST_PIPE)
            expr = expr->pipe.stages.items[expr->pipe.stages.count - 1];
        else if (expr->kind == AST_BINARY && expr->binary.right->kind == AST_CALL &&
                 expr->binary.left->kind != AST_CALL)
            expr = expr->binary.right;
        else if (expr->kind == AST_BINARY)
            expr = expr->binary.left;
        else if (expr->kind == AST_UNARY)
            expr = expr->binary.right;
        else
            return expr->kind == AST_CALL ? expr : NULL;
    }
}

/* The call that a metric is, without arithmetic around it; NULL when there is none. */
static const AstExpr *whole_call(const AstExpr *expr)
{
    if (expr->kind == AST_PIPE)
        expr = expr->pipe.stages.items[expr->pipe.stages.count - 1];
    return expr->kind == AST_CALL ? expr : NULL;
}

static Str result_name(Elab *e, const Results *results, Str wanted)
{
    Str name = wanted;
    int number = 2;
    for (int i = 0; i < results->count; i++)
        if (str_equal(results->items[i].name, name)) {
            name = str_format(e->arena, "%.*s_%d", STR_ARGS(wanted), number++);
            i = -1;
        }
    return name;
}

void elab_name_results(Elab *e)
{
    Graph *g = e->build.graph;
    if (g->losses.count < 2) /* a single loss is shown as 'loss' */
        return;
    for (int i = 0; i < g->metrics.count; i++) {
        Result *metric = &g->metrics.items[i];
        Results others = {0};
        for (int k = 0; k < g->losses.count; k++)
            vec_push(e->arena, &others, g->losses.items[k]);
        for (int k = 0; k < g->metrics.count; k++)
            if (k != i)
                vec_push(e->arena, &others, g->metrics.items[k]);
        metric->name = result_name(e, &others, metric->name);
    }
}

/* A value for each sample, or with a shape, is averaged over batch and elements. */
static NodeId mean_of_all(Elab *e, NodeId node, Str name, Span span)
{
    const Node *n = graph_node(e->build.graph, node);
    Shape shape = n->shape;
    if (!shape.has_batch && shape.rank == 0 && n->type == TYPE_F32)
        return node;
    if (n->classes > 0) {
        diag_error(e->diag, span, "a mean needs numbers, but '%.*s' is a class number",
                   STR_ARGS(n->name));
        return NODE_NONE;
    }
    e->build.name = name;
    e->build.span = span;
    if (n->type != TYPE_F32)
        node = build_unary(&e->build, &op_cast, node);
    return build_mean(&e->build, node, (1U << shape.rank) - 1, shape.has_batch, false);
}

void elab_measure(Elab *e, const AstStmt *stmt)
{
    bool is_loss = stmt->kind == AST_LOSS;
    Graph *g = e->build.graph;
    Results *results = is_loss ? &g->losses : &g->metrics;
    const AstExpr *call = main_call(stmt->measure.value);
    Str wanted = stmt->measure.name.text;
    if (wanted.len == 0 && call != NULL)
        wanted = call->call.callee.text;
    else if (wanted.len == 0) /* the sum of all losses is 'loss' */
        wanted = is_loss ? str_format(e->arena, "loss_%d", results->count + 1) : STR("metric");
    for (int i = 0; i < results->count && stmt->measure.name.text.len > 0; i++)
        if (str_equal(results->items[i].name, wanted)) {
            diag_error(e->diag, stmt->measure.name.span, "there are two results called '%.*s'",
                       STR_ARGS(wanted));
            diag_note(e->diag, results->items[i].span, "this is the first");
            return;
        }
    Str name = result_name(e, results, wanted);
    e->build.role = is_loss ? ROLE_FORWARD : ROLE_METRIC;
    e->measured = is_loss ? NULL : whole_call(stmt->measure.value);
    Value value = elab_expr(e, stmt->measure.value, name);
    const OpDef *op = call != NULL ? op_find(call->call.callee.text) : NULL;
    bool is_of_set = e->measured != NULL && op != NULL && op->is_of_set;
    e->measured = NULL;
    e->build.role = ROLE_FORWARD;
    NodeId node = elab_tensor(e, &value, false);
    if (node == NODE_NONE)
        return;
    e->build.role = is_loss ? ROLE_FORWARD : ROLE_METRIC;
    if (!is_of_set)
        node = mean_of_all(e, node, name, stmt->measure.value->span);
    e->build.role = ROLE_FORWARD;
    if (node == NODE_NONE)
        return;
    if (!is_loss)
        vec_push(e->arena, &e->metric_is_larger_better,
                 op == NULL || (op->family != FAMILY_LOSS && !op->is_smaller_better));
    Result result = {.name = name, .node = node, .span = stmt->span};
    if (is_of_set)
        result.finish = e->build.finish;
    vec_push(g->arena, results, result);
}
