/* elab_call.c: calls of layers, operators, losses, metrics and blocks.
 *
 * Positional arguments are first the inputs, then the attributes that may be positional, in the
 * order of the descriptor; in a pipe the flowing value is the first input. Everything that is wrong
 * with the arguments of one call is reported together. */
#include "front/elab.h"

enum { MAX_ARGS = 64 }; /* inputs and arguments of one call, variadic ones included */

const Item *block_find(const Elab *e, Str name)
{
    for (int i = 0; i < e->blocks.count; i++)
        if (str_equal(e->blocks.items[i]->name.text, name))
            return e->blocks.items[i];
    return NULL;
}

/* ---- what a call is given -------------------------------------------------------------------- */

typedef struct Given {
    Name name; /* empty: positional */
    Value value;
    bool is_taken;
} Given;

typedef struct Givens {
    Given items[MAX_ARGS];
    int count;
    bool is_wrong; /* an argument was reported, or is poison */
} Givens;

/* Evaluates the arguments; the piped value comes first. */
static void collect(Elab *e, Name callee, const ArgList *args, const Value *piped, Givens *givens)
{
    givens->count = 0;
    givens->is_wrong = false;
    if (piped != NULL)
        givens->items[givens->count++] = (Given){.value = *piped};
    for (int i = 0; i < args->count; i++) {
        const Arg *arg = &args->items[i];
        if (givens->count == MAX_ARGS) {
            diag_error(e->diag, arg->span, "'%.*s' has more than %d arguments",
                       STR_ARGS(callee.text), MAX_ARGS);
            givens->is_wrong = true;
            return;
        }
        Given given = {.name = arg->name, .value = elab_expr(e, arg->value, (Str){0})};
        for (int k = 0; k < givens->count && arg->name.text.len > 0; k++)
            if (str_equal(givens->items[k].name.text, arg->name.text)) {
                diag_mark(e->diag, givens->items[k].name.span);
                diag_error(e->diag, arg->name.span, "'%.*s' is given twice",
                           STR_ARGS(arg->name.text));
                givens->is_wrong = true;
                given.is_taken = true;
            }
        givens->items[givens->count++] = given;
    }
    for (int i = 0; i < givens->count; i++)
        givens->is_wrong = givens->is_wrong || givens->items[i].value.kind == VALUE_POISON;
}

static Given *take_named(Givens *givens, const char *name)
{
    for (int i = 0; i < givens->count; i++)
        if (!givens->items[i].is_taken && str_is(givens->items[i].name.text, name)) {
            givens->items[i].is_taken = true;
            return &givens->items[i];
        }
    return NULL;
}

static Given *next_positional(Givens *givens)
{
    for (int i = 0; i < givens->count; i++)
        if (!givens->items[i].is_taken && givens->items[i].name.text.len == 0)
            return &givens->items[i];
    return NULL;
}

/* ---- operators and layers -------------------------------------------------------------------- */

/* A layer with several results; when it has one, that is a tensor like any other. */
static Value build_list(Elab *e, const Call *call)
{
    NodeIds results = {0};
    if (!build_call_list(&e->build, call, &results))
        return value_poison(call->span);
    Value *items = arena_array(e->arena, Value, results.count);
    for (int i = 0; i < results.count; i++)
        items[i] =
            (Value){.kind = VALUE_TENSOR, .span = call->span, .tensor = results.items[i]};
    if (results.count == 1)
        return items[0];
    Value value = {.kind = VALUE_TUPLE, .span = call->span};
    value.list.items = items;
    value.list.count = results.count;
    return value;
}

/* Makes the nodes of a call whose arguments are right. */
static Value build(Elab *e, Call *call, Str name)
{
    if (e->build.graph->nodes.count > ELAB_MAX_NODES) {
        diag_error(e->diag, call->span, "the network has more than %d operations", ELAB_MAX_NODES);
        return value_poison(call->span);
    }
    call->name = name;
    if (call->op->expand_list != NULL)
        return build_list(e, call);
    NodeId node = build_call(&e->build, call);
    if (node == NODE_NONE)
        return value_poison(call->span);
    return (Value){.kind = VALUE_TENSOR, .span = call->span, .tensor = node};
}

Value elab_operator(Elab *e, const OpDef *op, Span span, const NodeId *inputs,
                    const Span *input_spans, int count, const AttrValue *attrs, Str name)
{
    int attr_count = op_attr_count(op);
    AttrValue *values = arena_array(e->arena, AttrValue, attr_count);
    bool *has_default = arena_array(e->arena, bool, attr_count);
    op_default_attrs(e->arena, op, values, has_default);
    for (int i = 0; i < count; i++)
        if (inputs[i] == NODE_NONE)
            return value_poison(span);
    Call call = {.op = op,
                 .inputs = inputs,
                 .input_count = count,
                 .attrs = attrs != NULL ? attrs : values,
                 .span = span,
                 .input_spans = input_spans};
    return build(e, &call, name);
}

typedef struct Inputs {
    NodeId nodes[MAX_ARGS];
    Span spans[MAX_ARGS];
    int count;
} Inputs;

static bool has_positional_attribute(const OpDef *op)
{
    for (const AttrDef *a = op->attrs; a != NULL && a->kind != ATTR_END; a++)
        if (a->is_positional && !a->is_private)
            return true;
    return false;
}

/* The inputs of a call: by name, then positional. Optional ones take all tensors there are, and so does a
 * variadic operator, with numbers too unless they could be an attribute. */
static bool take_inputs(Elab *e, Name callee, const OpDef *op, Givens *givens, Inputs *inputs)
{
    int wanted = op_least_inputs(op), names = op_input_names(op);
    bool is_right = true;
    bool tensors_only = has_positional_attribute(op) || op->optional_inputs > 0;
    inputs->count = 0;
    for (int i = 0; i < names || op->is_variadic; i++) {
        Given *given = i < names ? take_named(givens, op->inputs[i]) : NULL;
        if (given == NULL) {
            given = next_positional(givens);
            if (given == NULL || (i >= wanted && tensors_only && given->value.kind != VALUE_TENSOR))
                break;
            given->is_taken = true;
        }
        if (inputs->count == MAX_ARGS)
            break;
        NodeId node = elab_tensor(e, &given->value, i > 0);
        is_right = is_right && node != NODE_NONE;
        inputs->nodes[inputs->count] = node;
        inputs->spans[inputs->count++] = given->value.span;
    }
    for (int i = inputs->count + 1; i < names && inputs->count >= wanted; i++) {
        Given *given = take_named(givens, op->inputs[i]);
        if (given != NULL) { /* after an optional input that is not there */
            diag_error(e->diag, given->name.span, "'%s' of '%.*s' is given without '%s'",
                       op->inputs[i], STR_ARGS(callee.text), op->inputs[inputs->count]);
            return false;
        }
    }
    if (inputs->count >= wanted)
        return is_right;
    StrBuf list = {.arena = e->arena};
    for (int i = 0; i < wanted; i++)
        buf_add(&list, "%s%s", i > 0 ? ", " : "", op->inputs[i]);
    diag_error(e->diag, callee.span, "'%.*s' needs %d input%s (%s), found %d",
               STR_ARGS(callee.text), wanted, wanted == 1 ? "" : "s", buf_str(&list).ptr,
               inputs->count);
    return false;
}

/* What was not taken as an input must be an attribute. */
static bool take_attributes(Elab *e, Name callee, const AttrDef *attrs, Givens *givens,
                            AttrValue *values, Span *spans, bool *given_attrs)
{
    bool is_right = true;
    for (int i = 0; attrs != NULL && attrs[i].kind != ATTR_END; i++) {
        Given *given = attrs[i].is_private ? NULL : take_named(givens, attrs[i].name);
        if (given == NULL && attrs[i].is_positional && !attrs[i].is_private &&
            (given = next_positional(givens)) != NULL)
            given->is_taken = true;
        if (given == NULL)
            continue;
        given_attrs[i] = true;
        spans[i] = given->value.span;
        is_right = elab_attribute(e, callee.text, &attrs[i], &given->value, &values[i]) && is_right;
    }
    return is_right;
}

/* max(x, 0), as in Python. */
static void help_with_extremes(Elab *e, Name callee)
{
    if (is_constant_function(callee.text))
        diag_help(e->diag, "'%s' compares tensors element by element",
                  str_is(callee.text, "min") ? "minimum" : "maximum");
}

/* Reports arguments that nothing took. */
static bool check_leftovers(Elab *e, Name callee, const AttrDef *attrs, const char *const *inputs,
                            const Givens *givens)
{
    for (int i = 0; i < givens->count; i++) {
        const Given *given = &givens->items[i];
        if (given->is_taken)
            continue;
        if (given->name.text.len > 0) {
            elab_unknown_attribute(e, callee, given->name, attrs, inputs);
        } else if (givens->is_wrong) {
            return false; /* nobody knows in whose place it stands */
        } else if (given->value.kind == VALUE_TENSOR) {
            diag_error(e->diag, given->value.span, "'%.*s' takes no more inputs",
                       STR_ARGS(callee.text));
            help_with_extremes(e, callee);
        } else if (is_constant_function(callee.text)) {
            diag_error(e->diag, given->value.span, "'%.*s' takes no more values without a name",
                       STR_ARGS(callee.text));
            help_with_extremes(e, callee);
        } else {
            diag_error(e->diag, given->value.span, "'%.*s' takes no more values without a name",
                       STR_ARGS(callee.text));
            VEC(Str) names = {0};
            for (const AttrDef *attr = attrs; attr != NULL && attr->kind != ATTR_END; attr++)
                if (!attr->is_private && !attr->is_positional)
                    vec_push(e->arena, &names, str_from(attr->name));
            if (names.count > 0)
                diag_help(e->diag,
                          "attributes are written with their names, for example %.*s = ...",
                          STR_ARGS(names.items[0]));
        }
        return false;
    }
    return true;
}

static bool check_missing(Elab *e, Name callee, const AttrDef *attrs, const bool *given,
                          const bool *has_default)
{
    bool is_right = true;
    for (int i = 0; attrs != NULL && attrs[i].kind != ATTR_END; i++)
        if (!given[i] && !has_default[i] && !attrs[i].is_private) {
            elab_missing_attribute(e, callee, attrs, i);
            is_right = false;
        }
    return is_right;
}

/* floor(n / 2) */
static Value constant_function(Elab *e, Name callee, const Givens *givens, Span span)
{
    if (givens->is_wrong)
        return value_poison(span);
    Value *args = arena_array(e->arena, Value, givens->count);
    for (int i = 0; i < givens->count; i++) {
        args[i] = givens->items[i].value;
        if (givens->items[i].name.text.len > 0) {
            diag_error(e->diag, givens->items[i].name.span, "the numbers of '%.*s' have no names",
                       STR_ARGS(callee.text));
            return value_poison(span);
        }
    }
    return value_function(e, callee, args, givens->count, span);
}

static bool has_tensor(const Givens *givens)
{
    for (int i = 0; i < givens->count; i++)
        if (givens->items[i].value.kind == VALUE_TENSOR)
            return true;
    return false;
}

/* 'max' and 'min' are layers of a tensor and functions of constants. */
static Value call_operator(Elab *e, const OpDef *op, const AstExpr *expr, const Value *piped,
                           Str name)
{
    Name callee = expr->call.callee;
    if (op->family == FAMILY_OPTIMIZER) {
        diag_error(e->diag, callee.span, "'%.*s' is an optimizer and belongs to the train section",
                   STR_ARGS(callee.text));
        return value_poison(expr->span);
    }
    Givens *givens = arena_new(e->arena, Givens);
    Inputs *inputs = arena_new(e->arena, Inputs);
    int attr_count = op_attr_count(op);
    AttrValue *values = arena_array(e->arena, AttrValue, attr_count);
    Span *spans = arena_array(e->arena, Span, attr_count);
    bool *given = arena_array(e->arena, bool, attr_count);
    bool *has_default = arena_array(e->arena, bool, attr_count);
    collect(e, callee, &expr->call.args, piped, givens);
    if (is_constant_function(callee.text) && !has_tensor(givens))
        return constant_function(e, callee, givens, expr->span);
    op_default_attrs(e->arena, op, values, has_default);
    bool is_right = take_inputs(e, callee, op, givens, inputs);
    is_right = take_attributes(e, callee, op->attrs, givens, values, spans, given) && is_right;
    /* An attribute whose name is misspelt is not also reported as missing. */
    is_right = check_leftovers(e, callee, op->attrs, op->inputs, givens) && !givens->is_wrong &&
               check_missing(e, callee, op->attrs, given, has_default) && is_right;
    if (!is_right || givens->is_wrong)
        return value_poison(expr->span);
    Call call = {.op = op,
                 .inputs = inputs->nodes,
                 .input_count = inputs->count,
                 .attrs = values,
                 .span = callee.span,
                 .input_spans = inputs->spans,
                 .attr_spans = spans};
    Value value = build(e, &call, name);
    value.span = expr->span;
    return value;
}

bool elab_attributes(Elab *e, Name callee, const AttrDef *attrs, const ArgList *args,
                     AttrValue *values, Span *spans, bool *given)
{
    Givens *givens = arena_new(e->arena, Givens);
    collect(e, callee, args, NULL, givens);
    bool is_right = take_attributes(e, callee, attrs, givens, values, spans, given);
    is_right = check_leftovers(e, callee, attrs, NULL, givens) && is_right;
    return is_right && !givens->is_wrong;
}

/* ---- blocks ---------------------------------------------------------------------------------- */

static bool is_bound(const Scope *scope, Str name)
{
    for (int i = 0; i < scope->bindings.count; i++)
        if (str_equal(scope->bindings.items[i].name, name))
            return true;
    return false;
}

static void bind_param(Elab *e, Scope *scope, const BlockParam *param, Value value)
{
    vec_push(e->arena, &scope->bindings,
             (Binding){param->name.text, value, param->name.span, BINDING_PARAM, true});
}

/* Gives the block's parameters their values. */
static bool bind_params(Elab *e, Name callee, const Item *block, Givens *givens, Scope *scope)
{
    const BlockParamList *params = &block->block.params;
    bool is_right = true;
    for (int i = 0; i < params->count; i++) {
        const BlockParam *param = &params->items[i];
        if (is_bound(scope, param->name.text)) { /* two of one name: reported with the block */
            is_right = false;
            continue;
        }
        /* As in Python: positional arguments go to the parameters in order, whatever has a name. */
        Given *given = next_positional(givens);
        if (given != NULL)
            given->is_taken = true;
        else
            given = take_named(givens, str_c(e->arena, param->name.text));
        if (given != NULL) {
            /* A word stays a word inside, so that 'padding = same' may be passed on. */
            bind_param(e, scope, param, given->value);
        } else if (param->default_value != NULL) {
            Scope *outer = e->scope;
            e->scope = scope;
            Value value = elab_expr(e, param->default_value, (Str){0});
            e->scope = outer;
            is_right = is_right && value.kind != VALUE_POISON;
            bind_param(e, scope, param, value);
        } else {
            diag_error(e->diag, callee.span, "block '%.*s' needs '%.*s'", STR_ARGS(callee.text),
                       STR_ARGS(param->name.text));
            diag_note(e->diag, param->name.span, "'%.*s' has no default",
                      STR_ARGS(param->name.text));
            is_right = false;
        }
    }
    for (int i = 0; i < givens->count; i++) {
        const Given *given = &givens->items[i];
        if (given->is_taken)
            continue;
        is_right = false;
        if (given->name.text.len > 0) {
            bool is_twice = is_bound(scope, given->name.text);
            VEC(Str) names = {0};
            for (int k = 0; k < params->count; k++)
                vec_push(e->arena, &names, params->items[k].name.text);
            diag_error(e->diag, given->name.span,
                       is_twice ? "block '%.*s' is given '%.*s' twice"
                                : "block '%.*s' has no parameter '%.*s'",
                       STR_ARGS(callee.text), STR_ARGS(given->name.text));
            if (!is_twice)
                diag_help_suggest(e->diag, given->name.text, names.items, names.count);
        } else {
            diag_error(e->diag, given->value.span, "block '%.*s' has %d parameter%s, found more",
                       STR_ARGS(callee.text), params->count, params->count == 1 ? "" : "s");
        }
        diag_note(e->diag, block->name.span, "block '%.*s' is defined here", STR_ARGS(callee.text));
        break;
    }
    return is_right;
}

/* The layers of a use with a name are called after it: 'base = x -> stage' makes base.conv2d_1. */
static Value call_block(Elab *e, const Item *block, const AstExpr *expr, const Value *piped,
                        Str name)
{
    Name callee = expr->call.callee;
    if (e->block_depth >= ELAB_MAX_BLOCKS) {
        diag_error(e->diag, callee.span, "blocks are used inside each other more than %d deep",
                   ELAB_MAX_BLOCKS);
        return value_poison(expr->span);
    }
    Givens *givens = arena_new(e->arena, Givens);
    Scope *scope = arena_new(e->arena, Scope);
    scope->owner = block;
    scope->result_name = name;
    collect(e, callee, &expr->call.args, piped, givens);
    if (!bind_params(e, callee, block, givens, scope) || givens->is_wrong)
        return value_poison(expr->span);
    Scope *outer = e->scope;
    Str outer_part = e->build.part;
    /* A shared block has its part already. */
    bool is_in_part = name.len > 0 && e->build.part.len == name.len + 1 &&
                      str_starts(e->build.part, str_c(e->arena, name));
    if (name.len > 0 && !is_in_part) {
        Str part = graph_unique_part_name(e->build.graph, name);
        e->build.part = str_format(e->arena, "%.*s.", STR_ARGS(part));
    }
    e->scope = scope;
    e->block_depth++;
    diag_push_context(e->diag, callee.span, "in block '%.*s' used here", STR_ARGS(callee.text));
    elab_block_body(e, block);
    diag_pop_context(e->diag);
    e->block_depth--;
    e->build.part = outer_part;
    e->scope = outer;
    Value result = scope->result;
    result.span = expr->span;
    return result;
}

/* ---- calls ----------------------------------------------------------------------------------- */

/* uniform(-1, 1), variance_scaling(2, mode = fan_out) */
static Value call_initializer(Elab *e, Name callee, const Givens *givens, Span span)
{
    int count = givens->count, places = count > INIT_MOST_ARGS ? count : INIT_MOST_ARGS;
    const Value **args = arena_array(e->arena, const Value *, places);
    for (int i = 0, next = 0; i < count; i++) {
        const Given *given = &givens->items[i];
        bool is_named = given->name.text.len > 0;
        int place = is_named ? elab_initializer_arg(e, callee, given->name) : next++;
        if (place < 0)
            return value_poison(span);
        if (args[place] != NULL) {
            diag_error(e->diag, is_named ? given->name.span : given->value.span,
                       "'%.*s' is given '%s' twice", STR_ARGS(callee.text),
                       init_find(callee.text)->arg[place].name);
            return value_poison(span);
        }
        args[place] = &given->value;
    }
    return elab_initializer(e, callee, args, count, span);
}

static Value call_function(Elab *e, const AstExpr *expr, const Value *piped)
{
    Givens *givens = arena_new(e->arena, Givens);
    collect(e, expr->call.callee, &expr->call.args, piped, givens);
    if (is_initializer(expr->call.callee.text) && !givens->is_wrong)
        return call_initializer(e, expr->call.callee, givens, expr->span);
    return constant_function(e, expr->call.callee, givens, expr->span);
}

static Value unknown_layer(Elab *e, const AstExpr *expr, const Value *piped)
{
    Name callee = expr->call.callee;
    Givens *givens = arena_new(e->arena, Givens);
    collect(e, callee, &expr->call.args, piped, givens); /* their mistakes are reported, too */
    VEC(Str) names = {0};
    for (int i = 0; i < op_count(); i++)
        if (op_at(i)->category != NULL && op_at(i)->family != FAMILY_OPTIMIZER) {
            vec_push(e->arena, &names, str_from(op_at(i)->name));
            if (op_at(i)->alias != NULL)
                vec_push(e->arena, &names, str_from(op_at(i)->alias));
        }
    for (int i = 0; i < e->blocks.count; i++)
        vec_push(e->arena, &names, e->blocks.items[i]->name.text);
    diag_error(e->diag, callee.span, "there is no layer or block '%.*s'", STR_ARGS(callee.text));
    if (!diag_help_suggest(e->diag, callee.text, names.items, names.count))
        diag_help(e->diag, "'nndc help' lists the layers");
    return value_poison(expr->span);
}

/* A parameter may hold the name of a layer: 'param act: choice(relu, tanh) = relu', 'x -> act'.
 * *is_poison: it has a value, about which something was said already. */
static Str layer_of_param(Elab *e, Str name, bool *is_poison)
{
    Binding *binding = scope_find(e->scope, name);
    Global *global = binding == NULL ? global_find(e, name) : NULL;
    Value value = {.kind = VALUE_POISON};
    if (binding != NULL) {
        binding->is_used = true;
        value = binding->value;
    } else if (global != NULL) {
        value = global_value(e, global);
    }
    *is_poison = (binding != NULL || global != NULL) && value.kind == VALUE_POISON;
    return value.kind == VALUE_WORD ? value.text : name;
}

Value elab_call(Elab *e, const AstExpr *expr, const Value *piped, Str name)
{
    AstExpr named = *expr;
    bool is_poison;
    Binding *binding = scope_find(e->scope, expr->call.callee.text);
    if (binding != NULL && binding->value.kind == VALUE_LAYER) {
        binding->is_used = true;
        return elab_call_shared(e, binding->value.layer, expr, piped);
    }
    named.call.callee.text = layer_of_param(e, expr->call.callee.text, &is_poison);
    Str callee = named.call.callee.text;
    const Item *block = block_find(e, callee);
    const OpDef *op = block == NULL ? op_find(callee) : NULL;
    if (block != NULL)
        return call_block(e, block, &named, piped, name);
    if (op != NULL && op->is_of_set && expr != e->measured) {
        diag_error(e->diag, expr->call.callee.span,
                   "'%s' is known of a whole set only, so it must be a metric by itself", op->name);
        diag_help(e->diag, "write 'metric %s(...)'", op->name);
        return value_poison(expr->span);
    }
    if (op != NULL)
        return call_operator(e, op, &named, piped, name);
    if (is_initializer(callee) || is_constant_function(callee))
        return call_function(e, &named, piped);
    if (is_poison)
        return value_poison(expr->span);
    return unknown_layer(e, &named, piped);
}
