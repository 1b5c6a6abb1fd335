/* elab_model.c: the statements of models and blocks.
 *
 * 'for' and 'if' do not open scopes: what is named inside is known afterwards. A name may be given
 * a new value ('h = h -> dense(8)' in a loop), but not the name of an input, target or parameter.
 */
#include "front/elab.h"

static void run_body(Elab *e, const AstStmtList *body);

/* ---- naming ---------------------------------------------------------------------------------- */

void elab_define(Elab *e, Str key, Value value, Span span, BindingKind kind)
{
    Binding *old = scope_find(e->scope, key);
    if (old == NULL) {
        vec_push(e->arena, &e->scope->bindings, (Binding){key, value, span, kind, false});
        return;
    }
    old->value = value;
    old->span = span;
    old->is_used = false;
}

/* Whether a name can be given a value here. */
bool elab_check_free(Elab *e, Str key, Span span)
{
    const Binding *old = scope_find(e->scope, key);
    const Global *global = global_find(e, key);
    static const char *const kinds[] = {[BINDING_INPUT] = "an input",
                                        [BINDING_TARGET] = "a target",
                                        [BINDING_LOOP] = "a loop variable"};
    if (old != NULL &&
        (old->kind == BINDING_INPUT || old->kind == BINDING_TARGET || old->kind == BINDING_LOOP)) {
        diag_error(e->diag, span, "'%.*s' is %s and cannot get another value", STR_ARGS(key),
                   kinds[old->kind]);
        diag_note(e->diag, old->span, "'%.*s' is declared here", STR_ARGS(key));
        diag_help(e->diag, "choose another name");
        return false;
    }
    if (old == NULL && global != NULL) {
        diag_error(e->diag, span, "'%.*s' is a %s and cannot get another value", STR_ARGS(key),
                   global->item->kind == ITEM_PARAM ? "parameter" : "constant");
        diag_note(e->diag, global->item->name.span, "'%.*s' is declared here", STR_ARGS(key));
        diag_help(e->diag, "choose another name");
        return false;
    }
    return true;
}

/* ---- assignments ----------------------------------------------------------------------------- */

static void assign_one(Elab *e, const Place *place, Value value)
{
    Str key, identifier;
    if (!elab_indexed_name(e, place->name.text, &place->indexes, &key, &identifier))
        return;
    if (!elab_check_free(e, key, place->span))
        return;
    if (value.kind == VALUE_WORD && !value.is_resolved) {
        elab_undefined(e, value.text, value.span);
        value = value_poison(value.span);
    }
    elab_define(e, key, value, place->span, BINDING_NAME);
}

static void assign(Elab *e, const AstStmt *stmt)
{
    const PlaceList *places = &stmt->assign.places;
    Str name = {0}, key = {0};
    if (places->count == 1) {
        const Place *place = &places->items[0];
        if (!elab_indexed_name(e, place->name.text, &place->indexes, &key, &name))
            name = (Str){0};
        else if (e->build.part.len > 0)
            name = str_format(e->arena, "%.*s%.*s", STR_ARGS(e->build.part), STR_ARGS(name));
    }
    Value value = elab_expr(e, stmt->assign.value, name);
    if (places->count == 1) {
        if (value.kind == VALUE_TUPLE) {
            diag_error(e->diag, value.span, "%d results need %d names on the left, found 1",
                       value.list.count, value.list.count);
            value = value_poison(value.span);
        }
        assign_one(e, &places->items[0], value);
        return;
    }
    bool fits = value.kind == VALUE_TUPLE && value.list.count == places->count;
    if (!fits && value.kind == VALUE_TUPLE)
        diag_error(e->diag, stmt->assign.value->span,
                   "%d results need %d names on the left, found %d", value.list.count,
                   value.list.count, places->count);
    else if (!fits && value.kind != VALUE_POISON)
        diag_error(e->diag, stmt->assign.value->span, "%d names need as many results, found one",
                   places->count);
    for (int i = 0; i < places->count; i++)
        assign_one(e, &places->items[i], fits ? value.list.items[i] : value_poison(value.span));
}

/* After a condition or range that was reported wrong nobody knows what is defined: what the
 * statements would name is poison, so that its uses are silent. */
static void poison_names(Elab *e, const AstStmtList *body)
{
    for (int i = 0; i < body->count; i++) {
        const AstStmt *stmt = body->items[i];
        for (int k = 0; stmt->kind == AST_ASSIGN && k < stmt->assign.places.count; k++) {
            const Place *place = &stmt->assign.places.items[k];
            if (scope_find(e->scope, place->name.text) == NULL)
                elab_define(e, place->name.text, value_poison(place->span), place->span,
                            BINDING_NAME);
        }
        if (stmt->kind == AST_FOR)
            poison_names(e, &stmt->loop.body);
        for (int k = 0; stmt->kind == AST_IF && k < stmt->arms.count; k++)
            poison_names(e, &stmt->arms.items[k].body);
    }
}

/* ---- control --------------------------------------------------------------------------------- */

/* Gives the loop variable a value; false when the loop must stop. */
static bool run_round(Elab *e, const AstStmt *stmt, Value value)
{
    if (!elab_enter(e, stmt->span))
        return false;
    value.span = stmt->loop.variable.span;
    elab_define(e, stmt->loop.variable.text, value, stmt->loop.variable.span, BINDING_LOOP);
    scope_find(e->scope, stmt->loop.variable.text)->is_used = true;
    run_body(e, &stmt->loop.body);
    elab_leave(e);
    return !e->scope->has_returned && !diag_is_full(e->diag);
}

static void run_range(Elab *e, const AstStmt *stmt)
{
    const AstExpr *range = stmt->loop.range;
    int64_t first, last;
    bool is_right = elab_integer(e, range->range.first, "the start of a range", &first);
    if (!elab_integer(e, range->range.last, "the end of a range", &last) || !is_right) {
        poison_names(e, &stmt->loop.body);
        return;
    }
    for (int64_t i = first; i <= last; i++)
        if (!run_round(e, stmt, value_int(range->span, i)) || i == INT64_MAX)
            return;
}

static void loop(Elab *e, const AstStmt *stmt)
{
    const AstExpr *range = stmt->loop.range;
    Name variable = stmt->loop.variable;
    const Binding *old = scope_find(e->scope, variable.text);
    if ((old != NULL && old->kind != BINDING_LOOP) || global_find(e, variable.text) != NULL) {
        diag_error(e->diag, variable.span, "'%.*s' is defined already", STR_ARGS(variable.text));
        poison_names(e, &stmt->loop.body);
        return;
    }
    if (range->kind == AST_RANGE) {
        run_range(e, stmt);
        return;
    }
    Value list = elab_expr(e, range, (Str){0});
    if (list.kind != VALUE_LIST)
        poison_names(e, &stmt->loop.body);
    if (list.kind == VALUE_WORD && !list.is_resolved) {
        elab_undefined(e, list.text, list.span);
    } else if (list.kind == VALUE_LIST) {
        for (int i = 0; i < list.list.count; i++)
            if (!run_round(e, stmt, list.list.items[i]))
                return;
    } else if (list.kind != VALUE_POISON) {
        diag_error(e->diag, range->span, "'for' needs a range such as 1..3 or a list, found %.*s",
                   STR_ARGS(value_describe(e->arena, &list)));
    }
}

static void branch(Elab *e, const AstStmt *stmt)
{
    for (int i = 0; i < stmt->arms.count; i++) {
        const IfArm *arm = &stmt->arms.items[i];
        bool is_true = true;
        if (arm->condition != NULL && !elab_condition(e, arm->condition, &is_true)) {
            for (int k = 0; k < stmt->arms.count; k++)
                poison_names(e, &stmt->arms.items[k].body);
            return;
        }
        if (is_true) {
            run_body(e, &arm->body);
            return;
        }
    }
}

static void give_result(Elab *e, const AstStmt *stmt)
{
    const AstExprList *results = &stmt->results;
    Scope *scope = e->scope;
    if (scope->is_model) {
        diag_error(e->diag, stmt->span, "'return' can stand only in a block");
        diag_help(e->diag, "a model names its results with 'output'");
        return;
    }
    Value *values = arena_array(e->arena, Value, results->count);
    for (int i = 0; i < results->count; i++) {
        values[i] =
            elab_expr(e, results->items[i], results->count == 1 ? scope->result_name : (Str){0});
        if (values[i].kind == VALUE_WORD && !values[i].is_resolved) {
            elab_undefined(e, values[i].text, values[i].span);
            values[i] = value_poison(values[i].span);
        }
    }
    scope->has_returned = true;
    scope->result = values[0];
    if (results->count > 1) {
        scope->result = (Value){.kind = VALUE_TUPLE, .span = stmt->span};
        scope->result.list.items = values;
        scope->result.list.count = results->count;
    }
}

static bool check_in_model(Elab *e, const AstStmt *stmt, const char *word)
{
    if (e->scope->is_model)
        return true;
    Span span = {stmt->span.pos, (uint32_t)str_from(word).len, stmt->span.file};
    diag_error(e->diag, span, "'%s' can stand only in a model", word);
    return false;
}

static void run(Elab *e, const AstStmt *stmt)
{
    switch (stmt->kind) {
    case AST_INPUT:
        if (check_in_model(e, stmt, "input"))
            elab_declare(e, stmt);
        return;
    case AST_TARGET:
        if (check_in_model(e, stmt, "target"))
            elab_declare(e, stmt);
        return;
    case AST_OUTPUT:
        for (int i = 0; check_in_model(e, stmt, "output") && i < stmt->output.count; i++)
            elab_output(e, stmt->output.items[i]);
        return;
    case AST_LOSS:
        if (check_in_model(e, stmt, "loss"))
            elab_measure(e, stmt);
        return;
    case AST_METRIC:
        if (check_in_model(e, stmt, "metric"))
            elab_measure(e, stmt);
        return;
    case AST_ASSIGN:
        assign(e, stmt);
        return;
    case AST_FOR:
        loop(e, stmt);
        return;
    case AST_IF:
        branch(e, stmt);
        return;
    case AST_RETURN:
        give_result(e, stmt);
        return;
    case AST_SHARE:
        elab_share(e, stmt);
        return;
    case AST_FREEZE:
        elab_freeze(e, stmt);
        return;
    }
}

static void run_body(Elab *e, const AstStmtList *body)
{
    for (int i = 0; i < body->count; i++) {
        if (e->scope->has_returned || diag_is_full(e->diag))
            return;
        if (!elab_enter(e, body->items[i]->span))
            return;
        run(e, body->items[i]);
        elab_leave(e);
    }
}

/* ---- blocks and models ----------------------------------------------------------------------- */

void elab_block_body(Elab *e, const Item *block)
{
    int errors = e->diag->raised_count;
    run_body(e, &block->block.body);
    if (e->scope->has_returned)
        return;
    e->scope->result = value_poison(block->name.span);
    if (e->diag->raised_count == errors && e->steps < ELAB_MAX_STEPS)
        diag_error(e->diag, block->end_span, "block '%.*s' ends without 'return'",
                   STR_ARGS(block->name.text));
}

/* Names that nothing uses are probably mistakes, unless they begin with '_'; only said when all else is
 * right. */
static void warn_unused(Elab *e, const Scope *scope)
{
    static const char *const kinds[] = {
        [BINDING_NAME] = "tensor", [BINDING_INPUT] = "input", [BINDING_TARGET] = "target"};
    for (int i = 0; i < scope->bindings.count; i++) {
        const Binding *binding = &scope->bindings.items[i];
        bool is_layer = binding->value.kind == VALUE_LAYER;
        if (binding->is_used || str_starts(binding->name, "_") || (binding->kind == BINDING_NAME &&
                                 binding->value.kind != VALUE_TENSOR && !is_layer))
            continue;
        diag_warning(e->diag, binding->span, "%s '%.*s' is not used",
                     is_layer ? "shared layer" : kinds[binding->kind], STR_ARGS(binding->name));
    }
}

/* An input is asked for wherever the network is used, but weights of samples are of use in training only. */
static void warn_of_weights(Elab *e, const Graph *g)
{
    for (int i = 0; i < g->inputs.count; i++) {
        const Node *input = graph_node(g, g->inputs.items[i]);
        bool is_read = !input->leaf->is_weight;
        for (int o = 0; o < g->outputs.count && !is_read; o++)
            is_read = graph_reach(e->arena, g, g->outputs.items[o].node)[g->inputs.items[i]];
        if (is_read)
            continue;
        diag_warning(e->diag, input->span, "input '%.*s' only weighs samples of a loss",
                     STR_ARGS(input->name));
        diag_help(e->diag, "declare it as a target: then neither 'predict' nor the library ask for it");
    }
}

void elab_model(Elab *e, const Item *item)
{
    Scope scope = {.owner = item, .is_model = true};
    const Graph *g = e->build.graph;
    e->scope = &scope;
    run_body(e, &item->block.body);
    e->scope = NULL;
    if (e->diag->raised_count > e->errors)
        return;
    if (g->inputs.count == 0)
        diag_error(e->diag, item->name.span, "model '%.*s' has no input",
                   STR_ARGS(item->name.text));
    if (g->outputs.count == 0)
        diag_error(e->diag, item->name.span, "model '%.*s' has no output",
                   STR_ARGS(item->name.text));
    elab_name_results(e);
    if (e->diag->raised_count > e->errors)
        return;
    warn_unused(e, &scope);
    warn_of_weights(e, g);
}
