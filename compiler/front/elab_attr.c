/* elab_attr.c: attributes are checked against their definitions. */
#include "front/elab.h"

#include <float.h>
#include <math.h>

/* ---- messages -------------------------------------------------------------------------------- */

static bool wrong_kind(Elab *e, Str callee, const AttrDef *attr, const Value *value,
                       const char *needed)
{
    if (value->kind == VALUE_WORD && !value->is_resolved &&
        (attr->kind == ATTR_INT || attr->kind == ATTR_REAL || attr->kind == ATTR_BOOL))
        elab_undefined(e, value->text, value->span);
    else
        diag_error(e->diag, value->span, "'%s' of '%.*s' must be %s, found %.*s", attr->name,
                   STR_ARGS(callee), needed, STR_ARGS(value_describe(e->arena, value)));
    return false;
}

void elab_unknown_attribute(Elab *e, Name callee, Name name, const AttrDef *attrs,
                            const char *const *inputs)
{
    VEC(Str) known = {0};
    for (int i = 0; inputs != NULL && i < 4 && inputs[i] != NULL; i++)
        vec_push(e->arena, &known, str_from(inputs[i]));
    for (const AttrDef *attr = attrs; attr != NULL && attr->kind != ATTR_END; attr++)
        if (!attr->is_private)
            vec_push(e->arena, &known, str_from(attr->name));
    diag_error(e->diag, name.span, "'%.*s' has no attribute '%.*s'", STR_ARGS(callee.text),
               STR_ARGS(name.text));
    if (diag_help_suggest(e->diag, name.text, known.items, known.count) || known.count == 0)
        return;
    StrBuf list = {.arena = e->arena};
    for (int i = 0; i < known.count; i++)
        buf_add(&list, "%s'%.*s'", i > 0 ? ", " : "", STR_ARGS(known.items[i]));
    diag_help(e->diag, "it has %s", buf_str(&list).ptr);
}

static const char *example(const AttrDef *attr)
{
    switch (attr->kind) {
    case ATTR_INT:
    case ATTR_INTS:
        return "3";
    case ATTR_REAL:
    case ATTR_REALS:
        return attr->least < attr->most && attr->most <= 0.5 ? "0.1" : "0.5";
    case ATTR_BOOL:
        return "true";
    case ATTR_CHOICE:
        return attr->choices[0];
    case ATTR_SHAPE:
        return "[28, 28]";
    case ATTR_PADDING:
        return "1";
    case ATTR_INIT:
        return "zeros";
    case ATTR_CONSTRAINT:
        return "non_negative";
    case ATTR_NAME:
        return "\"name\"";
    case ATTR_ACTIVATION:
        return "relu";
    case ATTR_END:
        break;
    }
    return "";
}

void elab_missing_attribute(Elab *e, Name callee, const AttrDef *attrs, int index)
{
    const AttrDef *attr = &attrs[index];
    diag_error(e->diag, callee.span, "'%.*s' needs '%s'", STR_ARGS(callee.text), attr->name);
    if (attr->is_positional && index == 0)
        diag_help(e->diag, "for example %.*s(%s): %s", STR_ARGS(callee.text), example(attr),
                  attr->doc);
    else
        diag_help(e->diag, "for example %s = %s: %s", attr->name, example(attr), attr->doc);
}

/* "from 1 to 9", "at least 1", "greater than 0 and less than 1" */
static Str range_text(Elab *e, const AttrDef *attr, bool is_above)
{
    bool has_most = attr->most < 1e9 || is_above; /* larger ones only keep sizes in range */
    StrBuf text = {.arena = e->arena};
    if (attr->is_open && has_most)
        buf_add(&text, "greater than %.10g and less than %.10g", attr->least, attr->most);
    else if (attr->is_open)
        buf_add(&text, "greater than %.10g", attr->least);
    else if (has_most)
        buf_add(&text, "from %.10g to %.10g", attr->least, attr->most);
    else
        buf_add(&text, "at least %.10g", attr->least);
    return buf_str(&text);
}

static bool check_range(Elab *e, Str callee, const AttrDef *attr, const Value *value)
{
    if (attr->least >= attr->most)
        return true;
    double number = value_as_real(value);
    if (fabs(number) < FLT_MIN) /* generated C would compute with 0 */
        number = 0;
    bool is_inside = attr->is_open ? number > attr->least && number < attr->most
                                   : number >= attr->least && number <= attr->most;
    if (!is_inside)
        diag_error(e->diag, value->span, "'%s' of '%.*s' must be %.*s, found %.*s", attr->name,
                   STR_ARGS(callee), STR_ARGS(range_text(e, attr, number > attr->most)),
                   STR_ARGS(value_describe(e->arena, value)));
    if (!is_inside && number <= attr->least && attr->why != NULL)
        diag_note(e->diag, SPAN_NONE, "%s", attr->why);
    return is_inside;
}

/* ---- kinds ----------------------------------------------------------------------------------- */

static bool is_text(const Value *value)
{
    return value->kind == VALUE_WORD || value->kind == VALUE_STRING;
}

static bool take_integer(Elab *e, Str callee, const AttrDef *attr, const Value *value, int64_t *out)
{
    if (value->kind != VALUE_INT)
        return wrong_kind(e, callee, attr, value, "an integer");
    *out = value->integer;
    return check_range(e, callee, attr, value);
}

static bool take_choice(Elab *e, Str callee, const AttrDef *attr, const Value *value, int64_t *out)
{
    VEC(Str) choices = {0};
    StrBuf list = {.arena = e->arena};
    for (int i = 0; attr->choices[i] != NULL; i++) {
        if (is_text(value) && str_is(value->text, attr->choices[i])) {
            *out = i;
            return true;
        }
        vec_push(e->arena, &choices, str_from(attr->choices[i]));
        buf_add(&list, "%s'%s'",
                i == 0                         ? ""
                : attr->choices[i + 1] != NULL ? ", "
                                               : " or ",
                attr->choices[i]);
    }
    wrong_kind(e, callee, attr, value, buf_str(&list).ptr);
    if (is_text(value))
        diag_help_suggest(e->diag, value->text, choices.items, choices.count);
    return false;
}

/* One integer, or a list of them. needed: wording. */
static bool take_integers(Elab *e, Str callee, const AttrDef *attr, const Value *value,
                          const char *needed, AttrValue *out)
{
    const Value *items = value->kind == VALUE_LIST ? value->list.items : value;
    int count = value->kind == VALUE_LIST ? value->list.count : 1;
    if (count > MAX_RANK) {
        diag_error(e->diag, value->span, "'%s' of '%.*s' has at most %d items, found %d", attr->name,
                   STR_ARGS(callee), MAX_RANK, count);
        return false;
    }
    if (count < 1)
        return wrong_kind(e, callee, attr, value, needed);
    out->list.count = count;
    for (int i = 0; i < count; i++) {
        if (items[i].kind != VALUE_INT)
            return wrong_kind(e, callee, attr, &items[i], needed);
        if (attr->kind == ATTR_SHAPE && items[i].integer < 1 && attr->least >= attr->most) {
            diag_error(e->diag, items[i].span, "a size must be at least 1, found %lld",
                       (long long)items[i].integer);
            return false;
        }
        if (!check_range(e, callee, attr, &items[i]))
            return false;
        out->list.item[i] = items[i].integer;
    }
    return true;
}

static bool take_padding(Elab *e, Str callee, const AttrDef *attr, const Value *value,
                         AttrValue *out)
{
    static const char needed[] = "'valid', 'same', or sizes such as 1, [1, 2] or [[0, 1], [0, 1]]";
    if (is_text(value) && padding_find(value->text, &out->padding.kind))
        return true;
    const Value *axes = value->kind == VALUE_LIST ? value->list.items : value;
    int count = value->kind == VALUE_LIST ? value->list.count : 1;
    out->padding.kind = PADDING_EXPLICIT;
    out->padding.count = count;
    if (count < 1 || count > MAX_RANK)
        return wrong_kind(e, callee, attr, value, needed);
    for (int i = 0; i < count; i++) {
        bool is_pair = axes[i].kind == VALUE_LIST && axes[i].list.count == 2;
        const Value *before = is_pair ? &axes[i].list.items[0] : &axes[i];
        const Value *after = is_pair ? &axes[i].list.items[1] : &axes[i];
        if (before->kind != VALUE_INT || after->kind != VALUE_INT) {
            wrong_kind(e, callee, attr, before->kind != VALUE_INT ? before : after, needed);
            static const Str words[] = {{"valid", 5}, {"same", 4}, {"causal", 6}};
            if (is_text(value))
                diag_help_suggest(e->diag, value->text, words, COUNT_OF(words));
            return false;
        }
        if (before->integer < 0 || after->integer < 0) {
            diag_error(e->diag, axes[i].span, "'%s' cannot be negative", attr->name);
            return false;
        }
        if (!check_range(e, callee, attr, before) || !check_range(e, callee, attr, after))
            return false;
        out->padding.before[i] = before->integer;
        out->padding.after[i] = after->integer;
    }
    return true;
}

/* An initializer or a constraint, with its numbers or without. */
static bool take_init(Elab *e, Str callee, const AttrDef *attr, const Value *value, AttrValue *out)
{
    bool wants_constraint = attr->kind == ATTR_CONSTRAINT;
    const InitDef *def = is_text(value)             ? init_find(value->text)
                         : value->kind == VALUE_INIT ? init_of(value->init.kind)
                                                     : NULL;
    if (def != NULL && init_is_constraint(def) != wants_constraint)
        def = NULL;
    if (def != NULL && (value->kind == VALUE_INIT || def->kind != INIT_CONSTANT)) {
        out->init = value->kind == VALUE_INIT ? value->init : init_default(def);
        return true;
    }
    if (def != NULL) {
        diag_error(e->diag, value->span, "'constant' needs its value");
        diag_help(e->diag, "for example constant(0.1)");
        return false;
    }
    wrong_kind(e, callee, attr, value,
               wants_constraint ? "a constraint such as non_negative, unit_norm or max_norm(2)"
                                : "an initializer such as zeros, uniform(-1, 1) or he_normal");
    VEC(Str) names = {0};
    for (const InitDef *known = init_table; known->name != NULL; known++)
        if (init_is_constraint(known) == wants_constraint)
            vec_push(e->arena, &names, str_from(known->name));
    if (is_text(value))
        diag_help_suggest(e->diag, value->text, names.items, names.count);
    return false;
}

static bool take_reals(Elab *e, Str callee, const AttrDef *attr, const Value *value, AttrValue *out)
{
    const Value *items = value->kind == VALUE_LIST ? value->list.items : value;
    int count = value->kind == VALUE_LIST ? value->list.count : 1;
    double *numbers = arena_array(e->arena, double, count);
    if (count < 1)
        return wrong_kind(e, callee, attr, value, "a number or a list of numbers");
    for (int i = 0; i < count; i++) {
        if (!value_is_number(&items[i]))
            return wrong_kind(e, callee, attr, &items[i], "a number or a list of numbers");
        if (!check_range(e, callee, attr, &items[i]))
            return false;
        numbers[i] = value_as_real(&items[i]);
    }
    out->reals.count = count;
    out->reals.item = numbers;
    return true;
}

static bool take_activation(Elab *e, Str callee, const AttrDef *attr, const Value *value,
                            const OpDef **out)
{
    *out = is_text(value) ? op_find_activation(value->text) : NULL;
    if (*out != NULL || (is_text(value) && str_is(value->text, "none")))
        return true;
    VEC(Str) names = {0};
    vec_push(e->arena, &names, STR("none"));
    for (int i = 0; i < op_count(); i++)
        if (op_is_activation(op_at(i)))
            vec_push(e->arena, &names, str_from(op_at(i)->name));
    wrong_kind(e, callee, attr, value, "the name of an activation");
    if (is_text(value) && diag_help_suggest(e->diag, value->text, names.items, names.count))
        return false;
    StrBuf list = {.arena = e->arena};
    for (int i = 0; i < names.count; i++)
        buf_add(&list, "%s%.*s", i > 0 ? ", " : "", STR_ARGS(names.items[i]));
    diag_help(e->diag, "activations are %s", buf_str(&list).ptr);
    return false;
}

bool elab_attribute(Elab *e, Str callee, const AttrDef *attr, const Value *value, AttrValue *out)
{
    if (value->kind == VALUE_POISON)
        return false;
    switch (attr->kind) {
    case ATTR_INT:
        return take_integer(e, callee, attr, value, &out->i);
    case ATTR_REAL:
        if (!value_is_number(value))
            return wrong_kind(e, callee, attr, value, "a number");
        out->r = value_as_real(value);
        return check_range(e, callee, attr, value);
    case ATTR_BOOL:
        if (value->kind != VALUE_BOOL)
            return wrong_kind(e, callee, attr, value, "true or false");
        out->i = value->boolean;
        return true;
    case ATTR_CHOICE:
        return take_choice(e, callee, attr, value, &out->i);
    case ATTR_INTS:
        return take_integers(e, callee, attr, value, "an integer or a list of integers", out);
    case ATTR_SHAPE:
        return take_integers(e, callee, attr, value, "a list of sizes such as [28, 28]", out);
    case ATTR_PADDING:
        return take_padding(e, callee, attr, value, out);
    case ATTR_INIT:
    case ATTR_CONSTRAINT:
        return take_init(e, callee, attr, value, out);
    case ATTR_NAME:
        if (!is_text(value))
            return wrong_kind(e, callee, attr, value, "a name");
        out->name = value->text;
        return true;
    case ATTR_REALS:
        return take_reals(e, callee, attr, value, out);
    case ATTR_ACTIVATION:
        return take_activation(e, callee, attr, value, &out->op);
    case ATTR_END:
        break;
    }
    BUG("attribute '%s' has no kind", attr->name);
}
