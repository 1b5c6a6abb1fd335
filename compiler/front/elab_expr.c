/* elab_expr.c: expressions become values; names are looked up here.
 *
 * A name is looked up among the names of the model or block, then among parameters and constants.
 * A name that is not found becomes a word ('padding = same'); whoever needed a number or a tensor
 * reports it as not defined. Arithmetic on constants is done at once, on tensors it makes nodes. */
#include "front/elab.h"

/* ---- limits ---------------------------------------------------------------------------------- */

bool elab_enter(Elab *e, Span span)
{
    if (e->depth >= ELAB_MAX_DEPTH) {
        diag_error(e->diag, span, "blocks and expressions are nested more than %d deep",
                   ELAB_MAX_DEPTH);
        return false;
    }
    if (e->steps >= ELAB_MAX_STEPS) {
        if (e->steps++ == ELAB_MAX_STEPS)
            diag_error(e->diag, span, "the model is too large: more than %d expressions to expand",
                       ELAB_MAX_STEPS);
        return false;
    }
    e->steps++;
    e->depth++;
    return true;
}

void elab_leave(Elab *e)
{
    e->depth--;
}

/* ---- names ----------------------------------------------------------------------------------- */

Binding *scope_find(Scope *scope, Str name)
{
    for (int i = scope == NULL ? -1 : scope->bindings.count - 1; i >= 0; i--)
        if (str_equal(scope->bindings.items[i].name, name))
            return &scope->bindings.items[i];
    return NULL;
}

/* The first place after 'from' that defines a name, in these statements or the ones inside them. */
static const AstStmt *find_definition(const AstStmtList *body, Str name, Span from, Span *place)
{
    for (int i = 0; i < body->count; i++) {
        const AstStmt *stmt = body->items[i];
        const AstStmt *found = NULL;
        if (stmt->span.pos + stmt->span.len <= from.pos)
            continue;
        if (stmt->kind == AST_ASSIGN)
            for (int k = 0; k < stmt->assign.places.count && found == NULL; k++)
                if (str_equal(stmt->assign.places.items[k].name.text, name)) {
                    *place = stmt->assign.places.items[k].span;
                    found = stmt;
                }
        if ((stmt->kind == AST_INPUT || stmt->kind == AST_TARGET) &&
            str_equal(stmt->declare.name.text, name)) {
            *place = stmt->declare.name.span;
            found = stmt;
        }
        if (stmt->kind == AST_FOR)
            found = find_definition(&stmt->loop.body, name, from, place);
        if (stmt->kind == AST_IF)
            for (int k = 0; k < stmt->arms.count && found == NULL; k++)
                found = find_definition(&stmt->arms.items[k].body, name, from, place);
        if (found != NULL)
            return found;
    }
    return NULL;
}

/* A name that is defined further down, or in the very statement that uses it. */
static bool report_too_early(Elab *e, Str name, Span span)
{
    const Item *owner = e->scope != NULL ? e->scope->owner : NULL;
    Span place;
    if (owner == NULL || span.file != owner->span.file)
        return false;
    const AstStmt *definition = find_definition(&owner->block.body, name, span, &place);
    if (definition == NULL)
        return false;
    if (definition->span.pos <= span.pos) {
        diag_mark(e->diag, place);
        diag_error(e->diag, span, "'%.*s' is used in its own definition", STR_ARGS(name));
    } else {
        diag_error(e->diag, span, "'%.*s' is used before it is defined", STR_ARGS(name));
        diag_note(e->diag, place, "'%.*s' is defined here", STR_ARGS(name));
    }
    diag_help(e->diag,
              "a network may not have a cycle: a tensor can only use what stands above it");
    return true;
}

void elab_undefined(Elab *e, Str name, Span span)
{
    if (report_too_early(e, name, span))
        return;
    if (op_find(name) != NULL || block_find(e, name) != NULL) {
        diag_error(e->diag, span, "'%.*s' is a %s and needs an input", STR_ARGS(name),
                   op_find(name) != NULL ? "layer" : "block");
        diag_help(e->diag, "write 'x -> %.*s'", STR_ARGS(name));
        return;
    }
    VEC(Str) known = {0};
    for (int i = 0; e->scope != NULL && i < e->scope->bindings.count; i++)
        vec_push(e->arena, &known, e->scope->bindings.items[i].name);
    for (int i = 0; i < e->globals.count; i++)
        vec_push(e->arena, &known, e->globals.items[i].item->name.text);
    diag_error(e->diag, span, "'%.*s' is not defined", STR_ARGS(name));
    if (name.ptr[name.len - 1] != ']')
        diag_help_suggest(e->diag, name, known.items, known.count);
}

static Value name_value(Elab *e, Str name, Span span)
{
    Binding *binding = scope_find(e->scope, name);
    Value value;
    if (binding != NULL) {
        binding->is_used = true;
        value = binding->value;
    } else {
        Global *global = global_find(e, name);
        value = global != NULL ? global_value(e, global) : value_text(VALUE_WORD, span, name);
    }
    if (value.kind != VALUE_WORD || value.is_resolved)
        value.span = span; /* a word that turns out to be undefined is shown where it was written */
    return value;
}

/* ---- indexed names --------------------------------------------------------------------------- */

bool elab_indexed_name(Elab *e, Str name, const AstExprList *indexes, Str *key, Str *identifier)
{
    StrBuf keys = {.arena = e->arena}, identifiers = {.arena = e->arena};
    bool is_right = true;
    buf_add_str(&keys, name);
    buf_add_str(&identifiers, name);
    for (int i = 0; i < indexes->count; i++) {
        int64_t index = 0;
        is_right = elab_integer(e, indexes->items[i], "an index", &index) && is_right;
        if (is_right && index < 0) {
            diag_error(e->diag, indexes->items[i]->span, "an index cannot be negative, found %lld",
                       (long long)index);
            is_right = false;
        }
        buf_add(&keys, "%s%lld", i == 0 ? "[" : ", ", (long long)index);
        buf_add(&identifiers, "_%lld", (long long)index);
    }
    buf_add(&keys, "%s", indexes->count > 0 ? "]" : "");
    *key = buf_str(&keys);
    *identifier = buf_str(&identifiers);
    return is_right;
}

static Value list_item(Elab *e, const AstExpr *expr, const Value *list)
{
    int64_t index;
    if (!elab_integer(e, expr->index.indexes.items[0], "an index", &index))
        return value_poison(expr->span);
    if (expr->index.indexes.count > 1 || index < 0 || index >= list->list.count) {
        diag_error(e->diag, expr->span, "this list has %d items, counted from 0", list->list.count);
        return value_poison(expr->span);
    }
    Value item = list->list.items[index];
    item.span = expr->span;
    return item;
}

static Value index_value(Elab *e, const AstExpr *expr)
{
    const AstExpr *object = expr->index.object;
    Str key, identifier;
    if (object->kind != AST_NAME) {
        diag_error(e->diag, object->span, "only a name can have an index");
        return value_poison(expr->span);
    }
    Value base = name_value(e, object->name, object->span);
    if (base.kind == VALUE_LIST)
        return list_item(e, expr, &base);
    if (base.kind == VALUE_POISON ||
        !elab_indexed_name(e, object->name, &expr->index.indexes, &key, &identifier))
        return value_poison(expr->span);
    Binding *binding = scope_find(e->scope, key);
    if (binding != NULL) {
        binding->is_used = true;
        Value value = binding->value;
        value.span = expr->span;
        return value;
    }
    if (base.kind != VALUE_WORD || base.is_resolved) {
        diag_error(e->diag, expr->span, "'%.*s' is %.*s and has no index", STR_ARGS(object->name),
                   STR_ARGS(value_describe(e->arena, &base)));
        if (base.kind == VALUE_TENSOR)
            diag_help(e->diag, "'slice' takes some places of an axis, 'split' parts of all of it");
    } else {
        elab_undefined(e, key, expr->span);
    }
    return value_poison(expr->span);
}

/* ---- operators ------------------------------------------------------------------------------- */

NodeId elab_tensor(Elab *e, const Value *value, bool numbers_too)
{
    switch (value->kind) {
    case VALUE_TENSOR:
        return value->tensor;
    case VALUE_INT:
    case VALUE_REAL:
        if (numbers_too)
            return build_number(&e->build, value_as_real(value));
        break;
    case VALUE_WORD:
        if (!value->is_resolved) {
            elab_undefined(e, value->text, value->span);
            return NODE_NONE;
        }
        break;
    case VALUE_POISON:
        return NODE_NONE;
    case VALUE_BOOL:
    case VALUE_STRING:
    case VALUE_LIST:
    case VALUE_INIT:
    case VALUE_TUPLE:
        break;
    case VALUE_LAYER:
        diag_error(e->diag, value->span, "'%.*s' is a shared layer and needs an input",
                   STR_ARGS(value->layer->name.text));
        diag_help(e->diag, "write 'x -> %.*s'", STR_ARGS(value->layer->name.text));
        return NODE_NONE;
    }
    diag_error(e->diag, value->span, "a tensor is needed here, found %.*s",
               STR_ARGS(value_describe(e->arena, value)));
    return NODE_NONE;
}

/* The layer that does an operator's work; NULL when there is none for tensors. */
static const OpDef *tensor_operator(Operator op)
{
    static const char *const names[] = {
        [OPERATOR_ADD] = "add",    [OPERATOR_SUBTRACT] = "sub", [OPERATOR_MULTIPLY] = "mul",
        [OPERATOR_DIVIDE] = "div", [OPERATOR_POWER] = "power",  [OPERATOR_NEGATE] = "negate",
        [OPERATOR_NOT] = NULL,
    };
    return names[op] != NULL ? op_find(str_from(names[op])) : NULL;
}

/* operands: one for a unary operator, else two */
static Value tensor_operation(Elab *e, const AstExpr *expr, const Value *operands, int count,
                              Str name)
{
    const OpDef *op = tensor_operator(expr->binary.op);
    if (op == NULL || expr->binary.op == OPERATOR_POWER) {
        diag_error(e->diag, expr->binary.op_span, "'%s' does not work on tensors",
                   operator_text(expr->binary.op));
        return value_poison(expr->span);
    }
    NodeId inputs[2];
    Span spans[2];
    for (int i = 0; i < count; i++) {
        inputs[i] = elab_tensor(e, &operands[i], true);
        spans[i] = operands[i].span;
    }
    Value value = elab_operator(e, op, expr->binary.op_span, inputs, spans, count, NULL, name);
    value.span = expr->span;
    return value;
}

/* x ** 2: the exponent is an attribute, checked like one that is written out. */
static Value tensor_power(Elab *e, const AstExpr *expr, const Value *base, const Value *exponent,
                          Str name)
{
    const OpDef *op = tensor_operator(OPERATOR_POWER);
    int index = op_attr_index(op, "exponent");
    AttrValue *attrs = arena_array(e->arena, AttrValue, op_attr_count(op));
    Span span = base->span;
    NodeId input = elab_tensor(e, base, false);
    if (!elab_attribute(e, STR("**"), &op->attrs[index], exponent, &attrs[index]))
        return value_poison(expr->span);
    Value value = elab_operator(e, op, expr->binary.op_span, &input, &span, 1, attrs, name);
    value.span = expr->span;
    return value;
}

static Value unary_value(Elab *e, const AstExpr *expr, Str name)
{
    Value right = elab_expr(e, expr->binary.right, (Str){0});
    if (right.kind == VALUE_POISON)
        return value_poison(expr->span);
    if (right.kind != VALUE_TENSOR)
        return value_unary(e, expr, &right);
    return tensor_operation(e, expr, &right, 1, name);
}

static Value binary_value(Elab *e, const AstExpr *expr, Str name)
{
    Value operands[] = {elab_expr(e, expr->binary.left, (Str){0}),
                        elab_expr(e, expr->binary.right, (Str){0})};
    if (operands[0].kind == VALUE_POISON || operands[1].kind == VALUE_POISON)
        return value_poison(expr->span);
    if (expr->binary.op == OPERATOR_POWER && operands[0].kind == VALUE_TENSOR)
        return tensor_power(e, expr, &operands[0], &operands[1], name);
    if (operands[0].kind == VALUE_TENSOR || operands[1].kind == VALUE_TENSOR)
        return tensor_operation(e, expr, operands, 2, name);
    return value_binary(e, expr, &operands[0], &operands[1]);
}

/* ---- expressions ----------------------------------------------------------------------------- */

static Value list_value(Elab *e, const AstExpr *expr)
{
    Value *items = arena_array(e->arena, Value, expr->list.count);
    Value list = {.kind = VALUE_LIST, .span = expr->span};
    for (int i = 0; i < expr->list.count; i++) {
        items[i] = elab_expr(e, expr->list.items[i], (Str){0});
        if (items[i].kind == VALUE_POISON)
            list.kind = VALUE_POISON;
    }
    list.list.items = items;
    list.list.count = expr->list.count;
    return list;
}

static Value pipe_value(Elab *e, const AstExpr *expr, Str name)
{
    const AstExprList *stages = &expr->pipe.stages;
    Value value = elab_expr(e, expr->pipe.first, (Str){0});
    for (int i = 0; i < stages->count; i++)
        value = elab_call(e, stages->items[i], &value, i + 1 == stages->count ? name : (Str){0});
    value.span = expr->span;
    return value;
}

static Value misplaced(Elab *e, const AstExpr *expr, const char *message)
{
    diag_error(e->diag, expr->span, "%s", message);
    return value_poison(expr->span);
}

static Value dispatch(Elab *e, const AstExpr *expr, Str name)
{
    switch (expr->kind) {
    case AST_INT:
        return value_int(expr->span, expr->integer);
    case AST_REAL:
        return value_real(expr->span, expr->real);
    case AST_BOOL:
        return value_bool(expr->span, expr->boolean);
    case AST_STRING:
        return value_text(VALUE_STRING, expr->span, expr->string);
    case AST_NAME:
        return name_value(e, expr->name, expr->span);
    case AST_LIST:
        return list_value(e, expr);
    case AST_UNARY:
        return unary_value(e, expr, name);
    case AST_BINARY:
        return binary_value(e, expr, name);
    case AST_CALL:
        return elab_call(e, expr, NULL, name);
    case AST_PIPE:
        return pipe_value(e, expr, name);
    case AST_INDEX:
        return index_value(e, expr);
    case AST_RANGE:
        return misplaced(e, expr, "a range can stand only in 'for' and 'param'");
    case AST_FIELD:
        return misplaced(e, expr, "a name with a point can stand only in 'stop_when'");
    case AST_TABLE:
        return misplaced(e, expr, "a table can stand only in 'data'");
    }
    BUG("unknown kind of expression %d", (int)expr->kind);
}

Value elab_expr(Elab *e, const AstExpr *expr, Str name)
{
    if (!elab_enter(e, expr->span))
        return value_poison(expr->span);
    Value value = dispatch(e, expr, name);
    elab_leave(e);
    return value;
}

static bool wrong_constant(Elab *e, const Value *value, const char *what, const char *needed)
{
    if (value->kind == VALUE_WORD && !value->is_resolved)
        elab_undefined(e, value->text, value->span);
    else if (value->kind != VALUE_POISON)
        diag_error(e->diag, value->span, "%s must be %s, found %.*s", what, needed,
                   STR_ARGS(value_describe(e->arena, value)));
    return false;
}

bool elab_integer(Elab *e, const AstExpr *expr, const char *what, int64_t *out)
{
    Value value = elab_expr(e, expr, (Str){0});
    if (value.kind != VALUE_INT)
        return wrong_constant(e, &value, what, "an integer");
    *out = value.integer;
    return true;
}

bool elab_condition(Elab *e, const AstExpr *expr, bool *out)
{
    Value value = elab_expr(e, expr, (Str){0});
    if (value.kind != VALUE_BOOL)
        return wrong_constant(e, &value, "a condition", "true or false");
    *out = value.boolean;
    return true;
}
