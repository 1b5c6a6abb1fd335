/* elab_init.c: initialisers and constraints with their numbers and words: uniform(-1, 1),
 * variance_scaling(2, mode = fan_out), min_max_norm(0.5, 2). */
#include "front/elab.h"

bool is_initializer(Str name)
{
    return init_find(name) != NULL;
}

int elab_initializer_arg(Elab *e, Name callee, Name name)
{
    const InitDef *def = init_find(callee.text);
    VEC(Str) known = {0};
    for (int i = 0; i < def->arg_count; i++) {
        if (str_is(name.text, def->arg[i].name))
            return i;
        vec_push(e->arena, &known, str_from(def->arg[i].name));
    }
    diag_error(e->diag, name.span, "'%s' has no number or word '%.*s'", def->name, STR_ARGS(name.text));
    diag_help_suggest(e->diag, name.text, known.items, known.count);
    return -1;
}

static bool take_word(Elab *e, const InitDef *def, const InitArg *arg, const Value *value, double *out)
{
    bool is_text = value->kind == VALUE_WORD || value->kind == VALUE_STRING;
    VEC(Str) words = {0};
    StrBuf list = {.arena = e->arena};
    for (int i = 0; arg->words[i] != NULL; i++) {
        if (is_text && str_is(value->text, arg->words[i])) {
            *out = i;
            return true;
        }
        vec_push(e->arena, &words, str_from(arg->words[i]));
        buf_add(&list, "%s'%s'", i == 0 ? "" : arg->words[i + 1] != NULL ? ", " : " or ", arg->words[i]);
    }
    diag_error(e->diag, value->span, "'%s' of '%s' must be %s, found %.*s", arg->name, def->name,
               buf_str(&list).ptr, STR_ARGS(value_describe(e->arena, value)));
    if (is_text)
        diag_help_suggest(e->diag, value->text, words.items, words.count);
    return false;
}

static bool take_number(Elab *e, const InitDef *def, const Value *value, double *out)
{
    if (value_is_number(value)) {
        *out = value_as_real(value);
        return true;
    }
    if (value->kind == VALUE_WORD && !value->is_resolved)
        elab_undefined(e, value->text, value->span);
    else if (value->kind != VALUE_POISON)
        diag_error(e->diag, value->span, "'%s' needs numbers, found %.*s", def->name,
                   STR_ARGS(value_describe(e->arena, value)));
    return false;
}

static bool check_norms(Elab *e, Init rule, Span span)
{
    if (rule.kind == CONSTRAINT_MAX_NORM && !(rule.a > 0)) {
        diag_error(e->diag, span, "the norm of 'max_norm' must be above 0, found %g", rule.a);
        return false;
    }
    if (rule.kind == CONSTRAINT_MIN_MAX_NORM && !(rule.a >= 0 && rule.b >= rule.a && rule.b > 0)) {
        diag_error(e->diag, span,
                   "'min_max_norm' needs its least norm first, both from 0 on, found %g and %g", rule.a,
                   rule.b);
        return false;
    }
    if (rule.kind == CONSTRAINT_MIN_MAX_NORM && !(rule.c > 0 && rule.c <= 1)) {
        diag_error(e->diag, span, "the rate of 'min_max_norm' must be above 0 and at most 1, found %g",
                   rule.c);
        return false;
    }
    return true;
}

static bool check_numbers(Elab *e, Init init, Span span)
{
    if (init.kind == INIT_UNIFORM && init.a > init.b) {
        diag_error(e->diag, span, "'uniform' needs its lowest value first, found %g and %g", init.a,
                   init.b);
        return false;
    }
    if ((init.kind == INIT_NORMAL || init.kind == INIT_TRUNCATED_NORMAL) && init.b < 0) {
        diag_error(e->diag, span, "a deviation cannot be negative, found %g", init.b);
        return false;
    }
    if (init.kind == INIT_VARIANCE_SCALING && !(init.a > 0)) {
        diag_error(e->diag, span, "the scale of 'variance_scaling' must be above 0, found %g", init.a);
        return false;
    }
    return check_norms(e, init, span);
}

Value elab_initializer(Elab *e, Name name, const Value *const *args, int count, Span span)
{
    const InitDef *def = init_find(name.text);
    int wanted = def->arg_count;
    Value value = {.kind = VALUE_INIT, .span = span, .init = init_default(def)};
    /* Defaults are of use one by one. */
    bool is_free = def->kind == INIT_VARIANCE_SCALING || def->kind == CONSTRAINT_MIN_MAX_NORM;
    if (count > wanted || (count < wanted && !is_free)) {
        diag_error(e->diag, name.span, "'%s' takes %s%d %s%s, found %d", def->name,
                   is_free ? "at most " : "", wanted, is_free ? "value" : "number",
                   wanted == 1 ? "" : "s", count);
        return value_poison(span);
    }
    for (int i = 0; i < wanted; i++) {
        double *number = init_arg(&value.init, i);
        if (args[i] != NULL && (args[i]->kind == VALUE_POISON ||
                                !(def->arg[i].words ? take_word(e, def, &def->arg[i], args[i], number)
                                                    : take_number(e, def, args[i], number))))
            return value_poison(span);
    }
    return check_numbers(e, value.init, span) ? value : value_poison(span);
}
