/* share_tail.c: straight-line code that ends several kernels becomes one inlined function.
 *
 * The optimizer's update stands behind every gradient of a weight, each time with other tensors. A run
 * of statements that makes floats from floats is such a tail: numbers are passed by value, an element
 * that is written by its address, so strides stay with the caller. Pointers of the function are not
 * NN_RESTRICT: once it is inlined, those of the kernel are. A tail that only one kernel has stays where
 * it is. */
#include "kernel/share.h"

#include <string.h>

enum { LEAST_STATEMENTS = 5 };

/* One tail of one kernel, as a function. */
typedef struct Tail {
    int program, kernel;
    Block *block; /* of the kernel's copy, where it stands */
    int first, count;
    Kernel function;
    VEC(Expr *) arguments; /* by parameter */
    KernelForm form;
} Tail;
typedef VEC(Tail) Tails;

typedef struct Finder {
    Arena *arena;
    const Program *p;
    const Kernel *kernel;
    Tail *tail;
    bool failed;
} Finder;

/* ---- expressions ----------------------------------------------------------------------------- */
static bool expr_equal(const Expr *a, const Expr *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    if (a->kind != b->kind || a->count != b->count || a->integer != b->integer ||
        memcmp(&a->real, &b->real, sizeof a->real) != 0 || !str_equal(a->name, b->name) ||
        (a->op != b->op && (a->op == NULL || b->op == NULL || strcmp(a->op, b->op) != 0)))
        return false;
    for (int i = 0; i < a->count; i++)
        if (!expr_equal(a->args[i], b->args[i]))
            return false;
    return true;
}

/* A name is declared once in a kernel, or always as the same. */
static bool is_declared_float(const Block *block, Str name)
{
    for (int i = 0; i < block->count; i++) {
        const Stmt *s = block->items[i];
        if (s->kind == STMT_DECLARE && s->to == NULL && str_equal(s->name, name) &&
            (str_is(s->type, "const float") || str_is(s->type, "float")))
            return true;
        if (is_declared_float(&s->body, name) || is_declared_float(&s->other, name))
            return true;
    }
    return false;
}

static bool is_float(const Kernel *k, Str name)
{
    return str_is(name, "step->rate") || str_is(name, "step->number") || is_declared_float(&k->setup, name) ||
           is_declared_float(&k->body, name) || is_declared_float(&k->helper, name);
}

static bool is_declared_array(const Block *block, Str name)
{
    for (int i = 0; i < block->count; i++) {
        const Stmt *s = block->items[i];
        if (s->kind == STMT_DECLARE && s->to != NULL && str_equal(s->name, name))
            return str_ends(s->type, "float");
        if (is_declared_array(&s->body, name) || is_declared_array(&s->other, name))
            return true;
    }
    return false;
}

/* An operand of floats, or an array of the kernel. */
static bool is_float_array(const Program *p, const Kernel *k, Str name)
{
    const KernelParam *param = kernel_param_called(k, name);
    if (param != NULL)
        return param->buffer >= 0 && p->buffers.items[param->buffer].type == TYPE_F32;
    return is_declared_array(&k->setup, name) || is_declared_array(&k->body, name) ||
           is_declared_array(&k->helper, name);
}

/* ---- a tail as a function -------------------------------------------------------------------- */
static bool is_local(const Tail *t, Str name)
{
    for (int i = 0; i < t->count; i++) {
        const Stmt *s = t->block->items[t->first + i];
        if (s->kind == STMT_DECLARE && str_equal(s->name, name))
            return true;
    }
    return false;
}

/* The parameter that stands for this argument. */
static Str parameter(Finder *f, Expr *argument, Str wanted, bool is_written)
{
    Tail *t = f->tail;
    for (int i = 0; i < t->arguments.count; i++)
        if (t->function.params.items[i].is_written == is_written && expr_equal(t->arguments.items[i], argument))
            return t->function.params.items[i].name;
    Str name = wanted;
    for (int number = 2; is_local(t, name) || kernel_param_called(&t->function, name) != NULL; number++)
        name = str_format(f->arena, "%.*s_%d", STR_ARGS(wanted), number);
    KernelParam param = {.buffer = -1, .name = name, .is_written = is_written, .type = is_written ? "float *" : "float"};
    vec_push(f->arena, &t->function.params, param);
    vec_push(f->arena, &t->arguments, argument);
    return name;
}

/* Where the tail writes to this array; NULL: nowhere. */
static const Expr *written_index(const Tail *t, Str name)
{
    for (int i = 0; i < t->count; i++) {
        const Stmt *s = t->block->items[t->first + i];
        if (s->kind == STMT_SET && str_equal(s->target->name, name))
            return s->target->args[0];
    }
    return NULL;
}

static Expr *element(Finder *f, Expr *load)
{
    const Expr *index = written_index(f->tail, load->name);
    f->failed = f->failed || !is_float_array(f->p, f->kernel, load->name) ||
                (index != NULL && !expr_equal(index, load->args[0]));
    if (index == NULL)
        return expr_name(f->arena, parameter(f, load, load->name, false));
    Str name = parameter(f, expr_address(f->arena, load->name, load->args[0]), load->name, true);
    return expr_load(f->arena, name, expr_int(f->arena, 0));
}

/* The expression in the names of the function. */
static Expr *inside(Finder *f, Expr *e)
{
    if (e->kind == EXPR_LOAD)
        return element(f, e);
    if (e->kind == EXPR_NAME) {
        if (is_local(f->tail, e->name))
            return e;
        f->failed = f->failed || !is_float(f->kernel, e->name);
        bool is_step = str_starts(e->name, "step->");
        Str wanted = is_step ? (Str){e->name.ptr + 6, e->name.len - 6} : e->name;
        return expr_name(f->arena, parameter(f, e, wanted, false));
    }
    Expr *copy = arena_new(f->arena, Expr);
    *copy = *e;
    copy->args = e->count > 0 ? arena_array(f->arena, Expr *, e->count) : NULL;
    for (int i = 0; i < e->count && !f->failed; i++)
        copy->args[i] = inside(f, e->args[i]);
    return copy;
}

static bool make_function(Arena *arena, const Program *p, const Kernel *k, Tail *t)
{
    Finder f = {.arena = arena, .p = p, .kernel = k, .tail = t};
    t->function = (Kernel){.name = k->name, .shape = k->shape, .span = k->span, .is_inlined = true};
    for (int i = 0; i < t->count && !f.failed; i++) {
        const Stmt *s = t->block->items[t->first + i];
        Stmt *copy = arena_new(arena, Stmt);
        *copy = *s;
        copy->value = inside(&f, s->value);
        if (s->kind == STMT_SET && !f.failed)
            copy->target = inside(&f, s->target);
        block_add(arena, &t->function.body, copy);
    }
    if (!f.failed)
        t->form = kernel_form(arena, p, &t->function);
    return !f.failed;
}

/* ---- finding them ---------------------------------------------------------------------------- */
static bool is_step(const Stmt *s)
{
    if (s->kind == STMT_DECLARE)
        return s->to == NULL && s->value != NULL && str_is(s->type, "const float");
    return s->kind == STMT_SET && s->target->kind == EXPR_LOAD && s->op[0] == '=';
}

/* A copy of a number: left to the caller, whose name then is the parameter's. */
static bool is_copy(const Stmt *s)
{
    return s->kind == STMT_DECLARE && (s->value->kind == EXPR_LOAD || s->value->kind == EXPR_NAME);
}

/* The tail of a block: its last statements, ending in one that writes. */
static bool has_tail(const Block *block, int *first)
{
    *first = block->count;
    while (*first > 0 && is_step(block->items[*first - 1]))
        --*first;
    while (*first < block->count && is_copy(block->items[*first]))
        ++*first;
    return block->count - *first >= LEAST_STATEMENTS && block->items[block->count - 1]->kind == STMT_SET;
}

static bool block_has_tail(const Block *block)
{
    int first;
    if (has_tail(block, &first))
        return true;
    for (int i = 0; i < block->count; i++)
        if (block_has_tail(&block->items[i]->body) || block_has_tail(&block->items[i]->other))
            return true;
    return false;
}

static void find_tails(Arena *arena, Tails *tails, const Program *p, Kernel *k, Block *block, int program, int kernel)
{
    for (int i = 0; i < block->count; i++) {
        find_tails(arena, tails, p, k, &block->items[i]->body, program, kernel);
        find_tails(arena, tails, p, k, &block->items[i]->other, program, kernel);
    }
    Tail tail = {.program = program, .kernel = kernel, .block = block};
    if (!has_tail(block, &tail.first))
        return;
    tail.count = block->count - tail.first;
    if (make_function(arena, p, k, &tail))
        vec_push(arena, tails, tail);
}

/* ---- the pass -------------------------------------------------------------------------------- */
static int find_equal(const Tails *tails, const KernelForm *form, int before)
{
    for (int i = 0; i < before; i++)
        if (kernel_forms_equal(&tails->items[i].form, form))
            return i;
    return -1;
}

static void call_instead(Arena *arena, const Tail *t, const SharedFunction *f)
{
    Expr **args = arena_array(arena, Expr *, t->arguments.count + 1);
    for (int i = 0; i < t->arguments.count; i++)
        args[f->users.items[0].form.params[i]] = t->arguments.items[t->form.params[i]];
    t->block->count = t->first;
    Expr *call = expr_call(arena, str_c(arena, f->kernel.name), t->arguments.count, args);
    block_add(arena, t->block, stmt_call(arena, call));
}

static bool writes_state(const Program *p, const Kernel *k)
{
    for (int i = 0; i < k->params.count; i++)
        if (k->params.items[i].is_written && k->params.items[i].buffer >= 0 &&
            p->buffers.items[k->params.items[i].buffer].space == SPACE_STATE)
            return true;
    return false;
}

void sharing_find_tails(Arena *arena, Sharing *sharing)
{
    Tails tails = {0};
    for (int i = 0; i < sharing->program_count; i++)
        for (int k = 0; k < sharing->programs[i]->kernels.count; k++) {
            Kernel *kernel = &sharing->kernels[i][k];
            if (!block_has_tail(&kernel->body) && !block_has_tail(&kernel->helper))
                continue;
            const KernelForm same_names = {0};
            *kernel = kernel_renamed(arena, kernel, &same_names, NULL);
            find_tails(arena, &tails, sharing->programs[i], kernel, &kernel->body, i, k);
            find_tails(arena, &tails, sharing->programs[i], kernel, &kernel->helper, i, k);
        }
    for (int i = 0; i < tails.count; i++) {
        const Tail *t = &tails.items[i];
        if (find_equal(&tails, &t->form, i) >= 0)
            continue;
        SharedFunction f = {.kernel = t->function, .program = sharing->programs[t->program]};
        VEC(int) users = {0};
        for (int k = i; k < tails.count; k++) {
            const Tail *other = &tails.items[k];
            if (!kernel_forms_equal(&t->form, &other->form))
                continue;
            KernelUser user = {sharing->programs[other->program], other->kernel, other->form};
            vec_push(arena, &f.users, user);
            vec_push(arena, &users, k);
        }
        if (users.count < 2)
            continue;
        bool is_update = writes_state(f.program, &sharing->kernels[t->program][t->kernel]);
        sharing_name_tail(arena, sharing, &f, is_update ? "update" : "finish");
        for (int k = 0; k < users.count; k++) {
            const Tail *other = &tails.items[users.items[k]];
            call_instead(arena, other, &f);
            sharing->kernels[other->program][other->kernel].tail_name = f.kernel.name;
        }
        const Kernel *first = &sharing->kernels[t->program][t->kernel];
        for (int k = first->comment.count - first->tail_lines; k < first->comment.count; k++)
            vec_push(arena, &f.kernel.comment, first->comment.items[k]);
        vec_push(arena, &sharing->tails, f);
    }
}
