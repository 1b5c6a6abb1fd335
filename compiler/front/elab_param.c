/* elab_param.c: the parameters and constants of a program.
 *
 * A parameter has a domain (kept for searches), a default inside it, and may be set from the
 * command line. 'param' and 'let' may use each other in any order; they are evaluated when they are
 * needed. */
#include "front/elab.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

Global *global_find(Elab *e, Str name)
{
    for (int i = 0; i < e->globals.count; i++)
        if (str_equal(e->globals.items[i].item->name.text, name))
            return &e->globals.items[i];
    return NULL;
}

/* ---- domains --------------------------------------------------------------------------------- */

/* "one of 16..64 step 16", as the user wrote it. */
static Str domain_text(Elab *e, const Domain *domain)
{
    return source_text(e->diag->sources, domain->span);
}

static bool range_bounds(Elab *e, const Domain *domain, Value *first, Value *last)
{
    const AstExpr *range = domain->range;
    if (range->kind != AST_RANGE) {
        diag_error(e->diag, range->span, "'in' needs a range such as 1..8");
        return false;
    }
    *first = elab_expr(e, range->range.first, (Str){0});
    *last = elab_expr(e, range->range.last, (Str){0});
    const Value *bounds[] = {first, last};
    bool is_int = str_is(domain->kind.text, "int");
    for (int i = 0; i < 2; i++) {
        const Value *bound = bounds[i];
        if (bound->kind == VALUE_POISON)
            return false;
        if (bound->kind == VALUE_INT || (bound->kind == VALUE_REAL && !is_int))
            continue;
        diag_error(e->diag, bound->span, "the range of '%.*s' needs %s, found %.*s",
                   STR_ARGS(domain->kind.text), is_int ? "integers" : "numbers",
                   STR_ARGS(value_describe(e->arena, bound)));
        return false;
    }
    if (value_as_real(first) > value_as_real(last)) {
        diag_error(e->diag, range->span, "this range is empty");
        return false;
    }
    return true;
}

static bool is_in_range(Elab *e, const Domain *domain, const Value *value, bool *is_known)
{
    Value first, last, step;
    *is_known = false;
    if (!range_bounds(e, domain, &first, &last))
        return false;
    double real = value_as_real(value);
    bool is_inside = real >= value_as_real(&first) && real <= value_as_real(&last);
    if (domain->step != NULL) {
        step = elab_expr(e, domain->step, (Str){0});
        if (step.kind == VALUE_POISON)
            return false;
        if (!value_is_number(&step) || value_as_real(&step) <= 0 ||
            (first.kind == VALUE_INT && str_is(domain->kind.text, "int") &&
             step.kind != VALUE_INT)) {
            diag_error(e->diag, step.span, "a step must be a positive %s, found %.*s",
                       str_is(domain->kind.text, "int") ? "integer" : "number",
                       STR_ARGS(value_describe(e->arena, &step)));
            return false;
        }
        double steps = (real - value_as_real(&first)) / value_as_real(&step);
        is_inside = is_inside && fabs(steps - round(steps)) < 1e-6;
    }
    *is_known = true;
    return is_inside;
}

static bool is_choice(Elab *e, const Domain *domain, const Value *value)
{
    for (int i = 0; i < domain->choices.count; i++) {
        Value choice = elab_expr(e, domain->choices.items[i].value, (Str){0});
        if (value_equal(&choice, value))
            return true;
    }
    return false;
}

/* Whether a value is in the domain. *is_known is false when the domain itself is wrong (reported).
 */
static bool is_in_domain(Elab *e, const Domain *domain, const Value *value, bool *is_known)
{
    Str kind = domain->kind.text;
    *is_known = true;
    if (kind.len == 0)
        return true;
    if (str_is(kind, "bool"))
        return value->kind == VALUE_BOOL;
    if (str_is(kind, "choice"))
        return is_choice(e, domain, value);
    if (str_is(kind, "int") && value->kind != VALUE_INT)
        return false;
    if (str_is(kind, "real") && !value_is_number(value))
        return false;
    return domain->range == NULL || is_in_range(e, domain, value, is_known);
}

/* Whether the domain is put together rightly, whatever the value. */
static bool check_domain(Elab *e, const Domain *domain)
{
    static const char *const kinds[] = {"int", "real", "bool", "choice"};
    Str kind = domain->kind.text;
    bool is_known = kind.len == 0;
    Str names[COUNT_OF(kinds)];
    for (int i = 0; i < COUNT_OF(kinds); i++) {
        names[i] = str_from(kinds[i]);
        is_known = is_known || str_equal(kind, names[i]);
    }
    if (!is_known) {
        diag_error(e->diag, domain->kind.span,
                   "a parameter is 'int', 'real', 'bool' or 'choice', found '%.*s'",
                   STR_ARGS(kind));
        diag_help_suggest(e->diag, kind, names, COUNT_OF(kinds));
        return false;
    }
    bool takes_range = str_is(kind, "int") || str_is(kind, "real");
    bool takes_choices = str_is(kind, "choice");
    if ((domain->range != NULL && !takes_range) || (domain->choices.count > 0 && !takes_choices) ||
        (takes_choices && domain->choices.count == 0)) {
        diag_error(e->diag, domain->span, "'%.*s' has %s", STR_ARGS(kind),
                   takes_choices ? "a list of choices: choice(a, b)"
                   : takes_range ? "a range, not choices"
                                 : "neither a range nor choices");
        return false;
    }
    if (domain->scale.text.len > 0 && !str_is(domain->scale.text, "log")) {
        diag_error(e->diag, domain->scale.span, "a range can be 'log', found '%.*s'",
                   STR_ARGS(domain->scale.text));
        return false;
    }
    for (int i = 0; i < domain->choices.count; i++)
        if (domain->choices.items[i].name.text.len > 0) {
            diag_error(e->diag, domain->choices.items[i].name.span, "a choice has no name");
            return false;
        }
    return true;
}

/* ---- values ---------------------------------------------------------------------------------- */

/* "0.5", "3", "true", "relu" from the command line. */
static Value choice_value(Elab *e, Str text)
{
    const char *start = str_c(e->arena, text);
    char *end;
    if (text.len > 0 && strspn(start, "+-0123456789") == (size_t)text.len) {
        long long integer = strtoll(start, &end, 10);
        if (*end == 0 && integer < INT64_MAX && integer > INT64_MIN)
            return value_int(SPAN_NONE, integer);
    }
    if (text.len > 0 && strspn(start, "+-.eE0123456789") == (size_t)text.len) {
        double real = strtod(start, &end);
        if (*end == 0 && isfinite(real))
            return value_real(SPAN_NONE, real);
    }
    if (str_is(text, "true") || str_is(text, "false"))
        return value_bool(SPAN_NONE, str_is(text, "true"));
    Value word = value_text(VALUE_WORD, SPAN_NONE, text);
    word.is_resolved = true;
    return word;
}

static const ParamChoice *choice_of(const Elab *e, Str name)
{
    const ParamChoice *found = NULL;
    for (int i = 0; i < e->choice_count; i++) /* the last one counts */
        if (str_equal(e->choices[i].name, name))
            found = &e->choices[i];
    return found;
}

static Value param_value(Elab *e, const Item *item)
{
    const Domain *domain = &item->param.domain;
    Value value = elab_expr(e, item->param.value, (Str){0});
    if (!check_domain(e, domain) || value.kind == VALUE_POISON)
        return value_poison(value.span);
    if (value.kind == VALUE_LIST || value.kind == VALUE_TENSOR) {
        diag_error(e->diag, value.span,
                   "a parameter is a number, a word or true or false, found %.*s",
                   STR_ARGS(value_describe(e->arena, &value)));
        return value_poison(value.span);
    }
    bool is_known;
    if (!is_in_domain(e, domain, &value, &is_known)) {
        if (is_known) {
            diag_mark(e->diag, domain->span);
            diag_error(e->diag, value.span, "the default of '%.*s' is %.*s, outside '%.*s'",
                       STR_ARGS(item->name.text), STR_ARGS(value_describe(e->arena, &value)),
                       STR_ARGS(domain_text(e, domain)));
        }
        return value_poison(value.span);
    }
    const ParamChoice *choice = choice_of(e, item->name.text);
    if (choice != NULL) {
        Value chosen = choice_value(e, choice->value);
        chosen.span = value.span;
        if (!is_in_domain(e, domain, &chosen, &is_known)) {
            diag_error(e->diag, domain->span, "'%.*s' is set to %.*s, outside '%.*s'",
                       STR_ARGS(item->name.text), STR_ARGS(value_describe(e->arena, &chosen)),
                       STR_ARGS(domain_text(e, domain)));
            return value_poison(value.span);
        }
        value = chosen;
    }
    value.is_resolved = true;
    value.param = item;
    return value;
}

Value global_value(Elab *e, Global *global)
{
    const Item *item = global->item;
    if (global->is_done)
        return global->value;
    if (global->is_busy) {
        diag_error(e->diag, item->name.span, "'%.*s' is defined by itself",
                   STR_ARGS(item->name.text));
        return value_poison(item->name.span);
    }
    global->is_busy = true;
    Scope *outer = e->scope;
    e->scope = NULL;
    Value value = item->kind == ITEM_PARAM ? param_value(e, item)
                                           : elab_expr(e, item->param.value, item->name.text);
    e->scope = outer;
    if (value.kind == VALUE_TENSOR) {
        diag_error(e->diag, value.span, "'let' names a constant, found a tensor");
        value = value_poison(value.span);
    }
    if (value.kind == VALUE_WORD)
        value.is_resolved = true;
    global->value = value;
    global->is_done = true;
    return value;
}

/* The shortest text that -P reads back as the same value; empty for what it cannot give. */
static Str choice_text(Elab *e, const Value *value)
{
    char text[64] = "";
    switch (value->kind) {
    case VALUE_INT:
        return str_format(e->arena, "%lld", (long long)value->integer);
    case VALUE_REAL:
        for (int digits = 1; digits <= 17; digits++) {
            snprintf(text, sizeof text, "%.*g", digits, value->real);
            if (strtod(text, NULL) == value->real)
                break;
        }
        return str_format(e->arena, "%s", text);
    case VALUE_BOOL:
        return value->boolean ? STR("true") : STR("false");
    case VALUE_STRING:
    case VALUE_WORD:
        return value->text;
    default:
        return (Str){0};
    }
}

void elab_params(Elab *e)
{
    VEC(Str) names = {0};
    for (int i = 0; i < e->globals.count; i++) {
        Value value = global_value(e, &e->globals.items[i]);
        Str name = e->globals.items[i].item->name.text, text = choice_text(e, &value);
        if (e->globals.items[i].item->kind != ITEM_PARAM)
            continue;
        vec_push(e->arena, &names, name);
        if (text.len > 0)
            vec_push(e->arena, &e->model->params, (ParamChoice){name, text});
    }
    for (int i = 0; i < e->choice_count; i++) {
        Str name = e->choices[i].name;
        if (str_find(names.items, names.count, name) >= 0)
            continue;
        diag_error(e->diag, SPAN_NONE, "there is no parameter '%.*s' to set to '%.*s'",
                   STR_ARGS(name), STR_ARGS(e->choices[i].value));
        diag_help_suggest(e->diag, name, names.items, names.count);
    }
}
