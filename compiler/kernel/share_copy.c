/* share_copy.c: a copy of a kernel whose names are others. The copy shares nothing that has a name in it
 * with the original. */
#include "kernel/share.h"

typedef struct Copy {
    Arena *arena;
    const KernelForm *form;
    const Str *renamed;
} Copy;

static Str new_name(const Copy *c, Str name)
{
    int number = str_find(c->form->names, c->form->name_count, name);
    return number >= 0 ? c->renamed[number] : name;
}

static Expr *copy_expr(const Copy *c, const Expr *e)
{
    if (e == NULL)
        return NULL;
    Expr *copy = arena_new(c->arena, Expr);
    *copy = *e;
    if (e->kind == EXPR_NAME || e->kind == EXPR_LOAD)
        copy->name = new_name(c, e->name);
    copy->args = e->count > 0 ? arena_array(c->arena, Expr *, e->count) : NULL;
    for (int i = 0; i < e->count; i++)
        copy->args[i] = copy_expr(c, e->args[i]);
    return copy;
}

static Tile *copy_tile(const Copy *c, const Tile *t)
{
    Tile *copy = arena_new(c->arena, Tile);
    *copy = *t;
    copy->sum = new_name(c, t->sum);
    copy->sum_index = copy_expr(c, t->sum_index);
    copy->resumes = copy_expr(c, t->resumes);
    copy->most = new_name(c, t->most);
    for (int i = 0; i < t->loop_count; i++) {
        copy->loop[i].name = new_name(c, t->loop[i].name);
        copy->loop[i].from = copy_expr(c, t->loop[i].from);
        copy->loop[i].to = copy_expr(c, t->loop[i].to);
    }
    copy->a = new_name(c, t->a);
    copy->a_index = copy_expr(c, t->a_index);
    copy->a_row = copy_expr(c, t->a_row);
    copy->b = new_name(c, t->b);
    copy->b_index = copy_expr(c, t->b_index);
    for (int i = 0; i < t->ahead_count; i++) {
        copy->ahead[i].pointer = new_name(c, t->ahead[i].pointer);
        copy->ahead[i].index = copy_expr(c, t->ahead[i].index);
    }
    return copy;
}

static Block copy_block(const Copy *c, const Block *block)
{
    Block copies = {0};
    for (int i = 0; i < block->count; i++) {
        const Stmt *s = block->items[i];
        Stmt *copy = arena_new(c->arena, Stmt);
        *copy = *s;
        if (s->kind == STMT_FOR || s->kind == STMT_DECLARE)
            copy->name = new_name(c, s->name);
        copy->from = copy_expr(c, s->from);
        copy->to = copy_expr(c, s->to);
        copy->target = copy_expr(c, s->target);
        copy->value = copy_expr(c, s->value);
        copy->body = copy_block(c, &s->body);
        copy->other = copy_block(c, &s->other);
        copy->tile = s->tile ? copy_tile(c, s->tile) : NULL;
        block_add(c->arena, &copies, copy);
    }
    return copies;
}

Kernel kernel_renamed(Arena *arena, const Kernel *k, const KernelForm *form, const Str *renamed)
{
    const Copy c = {arena, form, renamed};
    Kernel copy = *k;
    copy.params.items = arena_array(arena, KernelParam, k->params.count + 1);
    copy.params.capacity = k->params.count + 1;
    for (int i = 0; i < k->params.count; i++) {
        copy.params.items[i] = k->params.items[i];
        copy.params.items[i].name = new_name(&c, k->params.items[i].name);
    }
    copy.helper_params.items = arena_array(arena, KernelParam, k->helper_params.count + 1);
    copy.helper_params.capacity = k->helper_params.count + 1;
    for (int i = 0; i < k->helper_params.count; i++) {
        copy.helper_params.items[i] = k->helper_params.items[i];
        copy.helper_params.items[i].name = new_name(&c, k->helper_params.items[i].name);
    }
    copy.constants.items = arena_array(arena, KernelConstant, k->constants.count + 1);
    copy.constants.capacity = k->constants.count + 1;
    for (int i = 0; i < k->constants.count; i++) {
        copy.constants.items[i] = k->constants.items[i];
        copy.constants.items[i].name = new_name(&c, k->constants.items[i].name);
    }
    copy.helper_sizes.items = arena_array(arena, HelperSize, k->helper_sizes.count + 1);
    copy.helper_sizes.capacity = k->helper_sizes.count + 1;
    for (int i = 0; i < k->helper_sizes.count; i++) {
        copy.helper_sizes.items[i] = k->helper_sizes.items[i];
        copy.helper_sizes.items[i].rows = copy_expr(&c, k->helper_sizes.items[i].rows);
    }
    copy.unit_name = new_name(&c, k->unit_name);
    copy.units = copy_expr(&c, k->units);
    copy.sweeps = copy_expr(&c, k->sweeps);
    copy.setup = copy_block(&c, &k->setup);
    copy.body = copy_block(&c, &k->body);
    copy.helper = copy_block(&c, &k->helper);
    return copy;
}
