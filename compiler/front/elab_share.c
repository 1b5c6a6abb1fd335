/* elab_share.c: layers that several tensors go through.
 *
 * 'share f = dense(32) -> relu' names a chain without its first tensor. Each use expands it again,
 * so every operator and gradient is an ordinary one; only parameters and statistics are those of
 * the first use (Build.shared). Gradients of a parameter add up because its node is used twice. */
#include "front/elab.h"

static bool is_stage(const AstExpr *expr)
{
    return expr->kind == AST_CALL || expr->kind == AST_NAME;
}

void elab_share(Elab *e, const AstStmt *stmt)
{
    Name name = stmt->measure.name;
    const AstExpr *value = stmt->measure.value;
    const AstExpr *first = value->kind == AST_PIPE ? value->pipe.first : value;
    Value result = value_poison(name.span);
    if (!elab_check_free(e, name.text, name.span))
        return;
    if (op_find(name.text) != NULL || block_find(e, name.text) != NULL) {
        diag_error(e->diag, name.span, "'%.*s' is a %s already", STR_ARGS(name.text),
                   op_find(name.text) != NULL ? "layer" : "block");
    } else if (!is_stage(first)) {
        diag_error(e->diag, first->span, "'share' needs a layer, a block, or a chain of them");
        diag_help(e->diag, "for example share %.*s = dense(32) -> relu", STR_ARGS(name.text));
    } else if (first->kind == AST_NAME && scope_find(e->scope, first->name) != NULL &&
               scope_find(e->scope, first->name)->value.kind == VALUE_TENSOR) {
        diag_error(e->diag, first->span,
                   "'share' needs a chain without its first tensor, '%.*s' is "
                   "a tensor",
                   STR_ARGS(first->name));
        diag_help(e->diag, "leave out '%.*s ->'", STR_ARGS(first->name));
    } else {
        SharedLayer *layer = arena_new(e->arena, SharedLayer);
        layer->name = name;
        Str wanted = str_format(e->arena, "%.*s%.*s", STR_ARGS(e->build.part), STR_ARGS(name.text));
        layer->full_name = graph_unique_part_name(e->build.graph, wanted);
        layer->part = str_format(e->arena, "%.*s.", STR_ARGS(layer->full_name));
        layer->value = value;
        layer->scope = e->scope;
        result = (Value){.kind = VALUE_LAYER, .span = name.span, .layer = layer};
    }
    elab_define(e, name.text, result, name.span, BINDING_NAME);
}

/* The one tensor that goes in. */
static bool take_input(Elab *e, const AstExpr *call, const Value *piped, Value *input)
{
    Name callee = call->call.callee;
    const ArgList *args = &call->call.args;
    if (args->count + (piped != NULL) != 1 ||
        (args->count == 1 && args->items[0].name.text.len > 0)) {
        diag_error(e->diag, callee.span, "the shared layer '%.*s' takes one input and nothing else",
                   STR_ARGS(callee.text));
        return false;
    }
    *input = piped != NULL ? *piped : elab_expr(e, args->items[0].value, (Str){0});
    return true;
}

/* A stage of the chain; the first may be a bare name, which stands for a call. */
static Value run_stage(Elab *e, const AstExpr *stage, const Value *input, Str name)
{
    AstExpr bare = *stage;
    if (stage->kind == AST_NAME) {
        bare = (AstExpr){.kind = AST_CALL, .span = stage->span};
        bare.call.callee = (Name){stage->name, stage->span};
    }
    return elab_call(e, &bare, input, name);
}

Value elab_call_shared(Elab *e, SharedLayer *layer, const AstExpr *call, const Value *piped)
{
    Name callee = call->call.callee;
    const AstExpr *chain = layer->value;
    Value value;
    if (!take_input(e, call, piped, &value))
        return value_poison(call->span);
    if (layer->is_busy) {
        diag_error(e->diag, callee.span, "'%.*s' is used in its own definition",
                   STR_ARGS(callee.text));
        return value_poison(call->span);
    }
    Scope *outer_scope = e->scope;
    Str outer_part = e->build.part;
    layer->shared.next = 0;
    layer->shared.outer = e->build.shared;
    e->build.shared = &layer->shared;
    e->build.part = layer->part;
    e->scope = layer->scope;
    layer->is_busy = true;
    diag_push_context(e->diag, callee.span, "in '%.*s' used here", STR_ARGS(callee.text));
    if (chain->kind == AST_PIPE) {
        const AstExprList *stages = &chain->pipe.stages;
        value = run_stage(e, chain->pipe.first, &value, (Str){0});
        for (int i = 0; i < stages->count; i++)
            value = run_stage(e, stages->items[i], &value,
                              i + 1 == stages->count ? layer->full_name : (Str){0});
    } else {
        value = run_stage(e, chain, &value, layer->full_name);
    }
    diag_pop_context(e->diag);
    layer->is_busy = false;
    e->scope = outer_scope;
    e->build.part = outer_part;
    e->build.shared = layer->shared.outer;
    value.span = call->span;
    return value;
}
