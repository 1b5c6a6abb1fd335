/* elab_value.c: constants while a model is elaborated.
 *
 * Integers stay integers: + - * % ** are exact and checked for overflow, and a / b is an integer
 * when it comes out even, otherwise a real. Sizes need integers, so '10 / 4' as a size is an error
 * that shows 2.5. */
#include "front/elab.h"

#include <math.h>

Value value_poison(Span span)
{
    return (Value){.kind = VALUE_POISON, .span = span};
}

Value value_int(Span span, int64_t integer)
{
    return (Value){.kind = VALUE_INT, .span = span, .integer = integer};
}

Value value_real(Span span, double real)
{
    return (Value){.kind = VALUE_REAL, .span = span, .real = real};
}

Value value_bool(Span span, bool boolean)
{
    return (Value){.kind = VALUE_BOOL, .span = span, .boolean = boolean};
}

Value value_text(ValueKind kind, Span span, Str text)
{
    return (Value){.kind = kind, .span = span, .text = text};
}

bool value_is_number(const Value *value)
{
    return value->kind == VALUE_INT || value->kind == VALUE_REAL;
}

double value_as_real(const Value *value)
{
    return value->kind == VALUE_INT ? (double)value->integer : value->real;
}

Str value_describe(Arena *arena, const Value *value)
{
    switch (value->kind) {
    case VALUE_POISON:
        return STR("something wrong");
    case VALUE_INT:
        return str_format(arena, "%lld", (long long)value->integer);
    case VALUE_REAL:
        return str_format(arena, "%.10g", value->real);
    case VALUE_BOOL:
        return value->boolean ? STR("true") : STR("false");
    case VALUE_STRING:
        return str_format(arena, "\"%.*s\"", STR_ARGS(value->text));
    case VALUE_WORD:
        return str_format(arena, "'%.*s'", STR_ARGS(value->text));
    case VALUE_LIST:
        return str_format(arena, "a list of %d", value->list.count);
    case VALUE_TENSOR:
        return STR("a tensor");
    case VALUE_INIT:
        return init_is_constraint(init_of(value->init.kind)) ? STR("a constraint")
                                                             : STR("an initializer");
    case VALUE_LAYER:
        return str_format(arena, "the shared layer '%.*s'", STR_ARGS(value->layer->name.text));
    case VALUE_TUPLE:
        return str_format(arena, "%d results", value->list.count);
    }
    return STR("");
}

static bool is_text(const Value *value)
{
    return value->kind == VALUE_STRING || value->kind == VALUE_WORD;
}

bool value_equal(const Value *a, const Value *b)
{
    if (a->kind == VALUE_INT && b->kind == VALUE_INT)
        return a->integer == b->integer;
    if (value_is_number(a) && value_is_number(b))
        return fabs(value_as_real(a) - value_as_real(b)) == 0;
    if (a->kind == VALUE_BOOL && b->kind == VALUE_BOOL)
        return a->boolean == b->boolean;
    return is_text(a) && is_text(b) && str_equal(a->text, b->text);
}

/* ---- arithmetic ------------------------------------------------------------------------------ */

static Value overflow(Elab *e, const AstExpr *expr)
{
    diag_error(e->diag, expr->span, "the result does not fit in a 64-bit integer");
    return value_poison(expr->span);
}

static Value real_result(Elab *e, const AstExpr *expr, double real)
{
    if (isfinite(real))
        return value_real(expr->span, real);
    diag_error(e->diag, expr->span, "the result is not a finite number");
    return value_poison(expr->span);
}

static bool integer_power(int64_t base, int64_t exponent, int64_t *out)
{
    int64_t result = 1;
    if (base == 0 || base == 1)
        exponent = exponent > 0;
    if (base == -1)
        exponent %= 2;
    for (int64_t i = 0; i < exponent; i++)
        if (!size_multiply(result, base, &result))
            return false;
    *out = result;
    return true;
}

/* The integer result of an operation on integers; is_real: it is not an integer. */
static bool integer_operation(Operator op, int64_t a, int64_t b, int64_t *out, bool *is_real)
{
    *is_real = false;
    switch (op) {
    case OPERATOR_ADD:
        return size_add(a, b, out);
    case OPERATOR_SUBTRACT:
        return b != INT64_MIN && size_add(a, -b, out);
    case OPERATOR_MULTIPLY:
        return size_multiply(a, b, out);
    case OPERATOR_DIVIDE:
        if (a == INT64_MIN && b == -1)
            return false;
        *is_real = a % b != 0;
        *out = a / b;
        return true;
    case OPERATOR_REMAINDER: /* has the sign of b, as in Python */
        *out = b == -1 ? 0 : a % b;
        if (*out != 0 && (*out < 0) != (b < 0))
            *out += b;
        return true;
    case OPERATOR_POWER:
        *is_real = b < 0;
        return b < 0 || integer_power(a, b, out);
    case OPERATOR_NEGATE:
    case OPERATOR_EQUAL:
    case OPERATOR_NOT_EQUAL:
    case OPERATOR_LESS:
    case OPERATOR_LESS_EQUAL:
    case OPERATOR_GREATER:
    case OPERATOR_GREATER_EQUAL:
    case OPERATOR_AND:
    case OPERATOR_OR:
    case OPERATOR_NOT:
        break;
    }
    BUG("not an arithmetic operator");
}

static double real_operation(Operator op, double a, double b)
{
    switch (op) {
    case OPERATOR_ADD:
        return a + b;
    case OPERATOR_SUBTRACT:
        return a - b;
    case OPERATOR_MULTIPLY:
        return a * b;
    case OPERATOR_DIVIDE:
        return a / b;
    case OPERATOR_REMAINDER:
        return a - b * floor(a / b);
    case OPERATOR_POWER:
        return pow(a, b);
    case OPERATOR_NEGATE:
    case OPERATOR_EQUAL:
    case OPERATOR_NOT_EQUAL:
    case OPERATOR_LESS:
    case OPERATOR_LESS_EQUAL:
    case OPERATOR_GREATER:
    case OPERATOR_GREATER_EQUAL:
    case OPERATOR_AND:
    case OPERATOR_OR:
    case OPERATOR_NOT:
        break;
    }
    BUG("not an arithmetic operator");
}

static Value arithmetic(Elab *e, const AstExpr *expr, const Value *a, const Value *b)
{
    Operator op = expr->binary.op;
    bool divides = op == OPERATOR_DIVIDE || op == OPERATOR_REMAINDER;
    if (divides && fabs(value_as_real(b)) == 0) {
        diag_error(e->diag, expr->span, "division by zero");
        return value_poison(expr->span);
    }
    bool is_real = true;
    if (a->kind == VALUE_INT && b->kind == VALUE_INT) {
        int64_t integer = 0;
        if (!integer_operation(op, a->integer, b->integer, &integer, &is_real))
            return overflow(e, expr);
        if (!is_real)
            return value_int(expr->span, integer);
    }
    return real_result(e, expr, real_operation(op, value_as_real(a), value_as_real(b)));
}

/* ---- comparisons ----------------------------------------------------------------------------- */

static bool is_equality(Operator op)
{
    return op == OPERATOR_EQUAL || op == OPERATOR_NOT_EQUAL;
}

static bool is_comparison(Operator op)
{
    return is_equality(op) || op == OPERATOR_LESS || op == OPERATOR_LESS_EQUAL ||
           op == OPERATOR_GREATER || op == OPERATOR_GREATER_EQUAL;
}

/* A parameter compared with a word that it can never hold is a typing mistake. */
static bool can_be(Elab *e, const Value *param, const Value *other)
{
    if (param->param == NULL || other->kind != VALUE_WORD || other->param != NULL)
        return true;
    const ArgList *choices = &param->param->param.domain.choices;
    VEC(Str) words = {0};
    for (int i = 0; i < choices->count; i++) {
        const AstExpr *choice = choices->items[i].value;
        Str text = choice->kind == AST_STRING ? choice->string : choice->name;
        if (choice->kind != AST_NAME && choice->kind != AST_STRING)
            continue;
        if (str_equal(text, other->text))
            return true;
        vec_push(e->arena, &words, text);
    }
    if (words.count == 0)
        return true;
    diag_error(e->diag, other->span, "'%.*s' can never be '%.*s'",
               STR_ARGS(param->param->name.text), STR_ARGS(other->text));
    diag_note(e->diag, param->param->param.domain.span, "these are its choices");
    diag_help_suggest(e->diag, other->text, words.items, words.count);
    return false;
}

static Value compare(Elab *e, const AstExpr *expr, const Value *a, const Value *b)
{
    Operator op = expr->binary.op;
    if (is_equality(op)) {
        bool are_words = a->kind == VALUE_WORD && b->kind == VALUE_WORD;
        if (are_words && !a->is_resolved && !b->is_resolved) {
            elab_undefined(e, a->text, a->span);
            return value_poison(expr->span);
        }
        if (!can_be(e, a, b) || !can_be(e, b, a))
            return value_poison(expr->span);
        return value_bool(expr->span, value_equal(a, b) == (op == OPERATOR_EQUAL));
    }
    double left = value_as_real(a), right = value_as_real(b);
    return value_bool(expr->span, op == OPERATOR_LESS         ? left < right
                                  : op == OPERATOR_LESS_EQUAL ? left <= right
                                  : op == OPERATOR_GREATER    ? left > right
                                                              : left >= right);
}

/* ---- operators ------------------------------------------------------------------------------- */

static Value wrong_operand(Elab *e, const AstExpr *expr, const Value *value, const char *needed)
{
    if (value->kind == VALUE_WORD && !value->is_resolved)
        elab_undefined(e, value->text, value->span);
    else
        diag_error(e->diag, value->span, "'%s' needs %s, found %.*s",
                   operator_text(expr->binary.op), needed,
                   STR_ARGS(value_describe(e->arena, value)));
    return value_poison(expr->span);
}

Value value_unary(Elab *e, const AstExpr *expr, const Value *right)
{
    if (expr->binary.op == OPERATOR_NOT) {
        if (right->kind != VALUE_BOOL)
            return wrong_operand(e, expr, right, "true or false");
        return value_bool(expr->span, !right->boolean);
    }
    if (!value_is_number(right))
        return wrong_operand(e, expr, right, "a number");
    if (right->kind == VALUE_REAL)
        return value_real(expr->span, -right->real);
    if (right->integer == INT64_MIN)
        return overflow(e, expr);
    return value_int(expr->span, -right->integer);
}

Value value_binary(Elab *e, const AstExpr *expr, const Value *left, const Value *right)
{
    Operator op = expr->binary.op;
    if (op == OPERATOR_AND || op == OPERATOR_OR) {
        if (left->kind != VALUE_BOOL)
            return wrong_operand(e, expr, left, "true or false");
        if (right->kind != VALUE_BOOL)
            return wrong_operand(e, expr, right, "true or false");
        return value_bool(expr->span, op == OPERATOR_AND ? left->boolean && right->boolean
                                                         : left->boolean || right->boolean);
    }
    if (is_equality(op))
        return compare(e, expr, left, right);
    if (!value_is_number(left))
        return wrong_operand(e, expr, left, "numbers");
    if (!value_is_number(right))
        return wrong_operand(e, expr, right, "numbers");
    return is_comparison(op) ? compare(e, expr, left, right) : arithmetic(e, expr, left, right);
}

/* ---- functions ------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    int arg_count;
} functions[] = {{"min", 2}, {"max", 2}, {"floor", 1}, {"ceil", 1}, {"round", 1}};

bool is_constant_function(Str name)
{
    for (int i = 0; i < COUNT_OF(functions); i++)
        if (str_is(name, functions[i].name))
            return true;
    return false;
}

static Value rounded(Elab *e, Span span, double real)
{
    if (fabs(real) < 9e15)
        return value_int(span, (int64_t)real);
    diag_error(e->diag, span, "%g is too large for an integer", real);
    return value_poison(span);
}

Value value_function(Elab *e, Name name, const Value *args, int count, Span span)
{
    int wanted = 0;
    for (int i = 0; i < COUNT_OF(functions); i++)
        if (str_is(name.text, functions[i].name))
            wanted = functions[i].arg_count;
    if (count != wanted) {
        diag_error(e->diag, name.span, "'%.*s' takes %d number%s, found %d", STR_ARGS(name.text),
                   wanted, wanted == 1 ? "" : "s", count);
        return value_poison(span);
    }
    for (int i = 0; i < count; i++)
        if (!value_is_number(&args[i])) {
            if (args[i].kind == VALUE_WORD && !args[i].is_resolved)
                elab_undefined(e, args[i].text, args[i].span);
            else if (args[i].kind != VALUE_POISON)
                diag_error(e->diag, args[i].span, "'%.*s' needs numbers, found %.*s",
                           STR_ARGS(name.text), STR_ARGS(value_describe(e->arena, &args[i])));
            if (args[i].kind == VALUE_TENSOR && wanted == 2)
                diag_help(e->diag, "'%s' works on tensors",
                          str_is(name.text, "min") ? "minimum" : "maximum");
            return value_poison(span);
        }
    double first = value_as_real(&args[0]);
    Value result;
    if (str_is(name.text, "floor"))
        return rounded(e, span, floor(first));
    if (str_is(name.text, "ceil"))
        return rounded(e, span, ceil(first));
    if (str_is(name.text, "round"))
        return rounded(e, span, round(first));
    bool first_is_less = first < value_as_real(&args[1]);
    result = first_is_less == str_is(name.text, "min") ? args[0] : args[1];
    result.span = span;
    result.param = NULL;
    return result;
}
