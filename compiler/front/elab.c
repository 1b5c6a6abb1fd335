/* elab.c: from a syntax tree to a model.
 *
 * Collects the items of the file and its imports, refuses what stands twice, then elaborates
 * parameters, the model, its data and its training, each in a file of its own. */
#include "front/elab.h"

/* ---- collecting items ------------------------------------------------------------------------ */

static void report_twice(Elab *e, const Item *item, const Item *first, const char *what)
{
    diag_error(e->diag, item->name.span, "%s '%.*s' is defined twice", what,
               STR_ARGS(item->name.text));
    diag_note(e->diag, first->name.span, "it is defined here first");
}

static void add_global(Elab *e, const Item *item)
{
    const Global *old = global_find(e, item->name.text);
    if (old != NULL) {
        report_twice(e, item, old->item, item->kind == ITEM_PARAM ? "parameter" : "constant");
        return;
    }
    vec_push(e->arena, &e->globals, (Global){.item = item});
}

static void check_block_params(Elab *e, const Item *block)
{
    const BlockParamList *params = &block->block.params;
    for (int i = 0; i < params->count; i++)
        for (int k = 0; k < i; k++)
            if (str_equal(params->items[i].name.text, params->items[k].name.text)) {
                diag_mark(e->diag, params->items[k].name.span);
                diag_error(e->diag, params->items[i].name.span,
                           "block '%.*s' has two parameters called '%.*s'",
                           STR_ARGS(block->name.text), STR_ARGS(params->items[i].name.text));
            }
}

static void add_block(Elab *e, const Item *item)
{
    const Item *old = block_find(e, item->name.text);
    if (old != NULL) {
        report_twice(e, item, old, "block");
        return;
    }
    if (op_find(item->name.text) != NULL || is_initializer(item->name.text) ||
        is_constant_function(item->name.text)) {
        diag_error(e->diag, item->name.span, "'%.*s' is built in and cannot be the name of a block",
                   STR_ARGS(item->name.text));
        return;
    }
    check_block_params(e, item);
    vec_push(e->arena, &e->blocks, item);
}

static void add_section(Elab *e, const Item *item, const Item **place, bool is_imported)
{
    if (is_imported) {
        diag_error(e->diag, item->name.span,
                   "an imported file holds parameters, constants and blocks, but no such section");
        return;
    }
    if (*place != NULL) {
        diag_error(e->diag, item->name.span, "there is more than one section of this kind");
        diag_note(e->diag, (*place)->name.span, "this is the first");
        return;
    }
    *place = item;
}

static void collect(Elab *e, const Syntax *syntax, bool is_imported)
{
    for (int i = 0; i < syntax->items.count; i++) {
        const Item *item = syntax->items.items[i];
        switch (item->kind) {
        case ITEM_IMPORT:
            break;
        case ITEM_PARAM:
        case ITEM_LET:
            add_global(e, item);
            break;
        case ITEM_BLOCK:
            add_block(e, item);
            break;
        case ITEM_MODEL:
            add_section(e, item, &e->model_item, is_imported);
            break;
        case ITEM_DATA:
            add_section(e, item, &e->data_item, is_imported);
            break;
        case ITEM_TRAIN:
            add_section(e, item, &e->train_item, is_imported);
            break;
        }
    }
}

/* ---- the model ------------------------------------------------------------------------------- */

static Str file_name(const Elab *e)
{
    Str path = source_get(e->diag->sources, e->syntax->file)->path;
    int64_t start = path.len;
    while (start > 0 && path.ptr[start - 1] != '/')
        start--;
    return (Str){path.ptr + start, path.len - start};
}

/* Collects all items and chooses the parameters. NULL when there is no model. */
static Elab *begin(Arena *arena, Diag *diag, const Syntax *syntax, const ParamChoice *choices, int choice_count)
{
    Elab *e = arena_new(arena, Elab);
    e->arena = arena;
    e->diag = diag;
    e->errors = diag->raised_count;
    e->syntax = syntax;
    e->choices = choices;
    e->choice_count = choice_count;
    e->model = arena_new(arena, Model);
    e->model->graph = graph_new(arena);
    e->model->file_name = file_name(e);
    e->build = (Build){.graph = e->model->graph,
                       .diag = diag,
                       .role = ROLE_FORWARD,
                       .layer = -1,
                       .origin = NODE_NONE};
    for (int i = 0; i < syntax->imports.count; i++)
        collect(e, syntax->imports.items[i], true);
    collect(e, syntax, false);
    elab_params(e);
    if (e->model_item == NULL) {
        diag_error(diag, (Span){0, 0, (uint16_t)syntax->file}, "there is no 'model' section");
        return NULL;
    }
    e->model->name = e->model_item->name.text;
    return e;
}

Model *elaborate_params(Arena *arena, Diag *diag, const Syntax *syntax, const ParamChoice *choices,
                        int choice_count)
{
    Elab *e = begin(arena, diag, syntax, choices, choice_count);
    return e != NULL && diag->raised_count == e->errors ? e->model : NULL;
}

/* Elaborates with the layers of `frozen` not trained. When it is empty although the model freezes
 * something, it is filled and the result is NULL. */
static Model *elaborate_once(Arena *arena, Diag *diag, const Syntax *syntax, Mode mode,
                             const ParamChoice *choices, int choice_count, Strs *frozen)
{
    Elab *e = begin(arena, diag, syntax, choices, choice_count);
    if (e == NULL)
        return NULL;
    e->build.mode = mode;
    e->build.frozen = frozen->count > 0 ? frozen : NULL;
    elab_model(e, e->model_item);
    if (e->freezes.count > 0 && frozen->count == 0 && diag->raised_count == e->errors) {
        *frozen = elab_frozen_layers(e);
        return NULL;
    }
    bool is_network_right = diag->raised_count == e->errors;
    if (e->data_item != NULL && is_network_right)
        elab_data(e, e->data_item);
    if (e->train_item != NULL && is_network_right)
        elab_train(e, e->train_item);
    if (e->train_item != NULL && is_network_right)
        elab_check_frozen(e);
    return diag->raised_count == e->errors ? e->model : NULL;
}

/* What is frozen is known only when the whole model was read, but layers must know it when they are
 * built: batch_norm does something else then. So a model that freezes anything is built twice; the
 * second time gives the same names. */
Model *elaborate(Arena *arena, Diag *diag, const Syntax *syntax, Mode mode,
                 const ParamChoice *choices, int choice_count)
{
    int errors = diag->raised_count;
    Strs frozen = {0};
    Model *model = elaborate_once(arena, diag, syntax, mode, choices, choice_count, &frozen);
    if (model != NULL || diag->raised_count > errors)
        return model;
    return elaborate_once(arena, diag, syntax, mode, choices, choice_count, &frozen);
}
