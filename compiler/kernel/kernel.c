/* kernel.c: builders of expressions and statements, and the check of a finished kernel.
 *
 * The builders of integer expressions fold what is constant and keep sums in the form
 * ((a + b) + constant), so that printed indices are short: n*784 + i*28 + j - 29. */
#include "kernel/kernel.h"

#include <math.h>
#include <string.h>

static Expr *expr_new(Arena *arena, ExprKind kind, int count)
{
    Expr *e = arena_new(arena, Expr);
    e->kind = kind;
    e->count = count;
    e->args = count > 0 ? arena_array(arena, Expr *, count) : NULL;
    return e;
}

Expr *expr_int(Arena *arena, int64_t value)
{
    Expr *e = expr_new(arena, EXPR_INT, 0);
    e->integer = value;
    return e;
}

Expr *expr_real(Arena *arena, double value)
{
    Expr *e = expr_new(arena, EXPR_REAL, 0);
    e->real = value;
    return e;
}

Expr *expr_name(Arena *arena, Str name)
{
    Expr *e = expr_new(arena, EXPR_NAME, 0);
    e->name = name;
    return e;
}

Expr *expr_load(Arena *arena, Str name, Expr *index)
{
    Expr *e = expr_new(arena, EXPR_LOAD, 1);
    e->name = name;
    e->args[0] = index;
    return e;
}

Expr *expr_address(Arena *arena, Str name, Expr *index)
{
    return expr_add(arena, expr_name(arena, name), index);
}

Expr *expr_unary(Arena *arena, const char *op, Expr *x)
{
    if (op[0] == '-' && x->kind == EXPR_INT)
        return expr_int(arena, -x->integer);
    if (op[0] == '-' && x->kind == EXPR_REAL)
        return expr_real(arena, -x->real);
    Expr *e = expr_new(arena, EXPR_UNARY, 1);
    e->op = op;
    e->args[0] = x;
    return e;
}

static bool is_op(const Expr *e, const char *op)
{
    return e->kind == EXPR_BINARY && strcmp(e->op, op) == 0;
}

static Expr *binary_raw(Arena *arena, const char *op, Expr *x, Expr *y)
{
    Expr *e = expr_new(arena, EXPR_BINARY, 2);
    e->op = op;
    e->args[0] = x;
    e->args[1] = y;
    return e;
}

bool expr_is_int(const Expr *e, int64_t value)
{
    return e->kind == EXPR_INT && e->integer == value;
}

Expr *expr_add(Arena *arena, Expr *x, Expr *y)
{
    if (x->kind == EXPR_INT && y->kind == EXPR_INT)
        return expr_int(arena, x->integer + y->integer);
    if (expr_is_int(x, 0))
        return y;
    if (expr_is_int(y, 0))
        return x;
    if (x->kind == EXPR_INT) /* constants last */
        return expr_add(arena, y, x);
    if (y->kind == EXPR_INT && is_op(x, "+") && x->args[1]->kind == EXPR_INT)
        return expr_add(arena, x->args[0], expr_int(arena, x->args[1]->integer + y->integer));
    if (y->kind == EXPR_INT && is_op(x, "-") && x->args[1]->kind == EXPR_INT)
        return expr_add(arena, x->args[0], expr_int(arena, y->integer - x->args[1]->integer));
    if (y->kind == EXPR_INT && y->integer < 0)
        return binary_raw(arena, "-", x, expr_int(arena, -y->integer));
    if (y->kind != EXPR_INT && is_op(x, "+") && x->args[1]->kind == EXPR_INT)
        return expr_add(arena, expr_add(arena, x->args[0], y), x->args[1]);
    if (y->kind != EXPR_INT && is_op(x, "-") && x->args[1]->kind == EXPR_INT)
        return expr_add(arena, expr_add(arena, x->args[0], y),
                        expr_int(arena, -x->args[1]->integer));
    if (is_op(y, "+")) /* x + (a + b) is (x + a) + b */
        return expr_add(arena, expr_add(arena, x, y->args[0]), y->args[1]);
    if (is_op(y, "-") && y->args[1]->kind == EXPR_INT)
        return expr_add(arena, expr_add(arena, x, y->args[0]),
                        expr_int(arena, -y->args[1]->integer));
    return binary_raw(arena, "+", x, y);
}

Expr *expr_mul(Arena *arena, Expr *x, Expr *y)
{
    if (x->kind == EXPR_INT && y->kind == EXPR_INT)
        return expr_int(arena, x->integer * y->integer);
    if (x->kind == EXPR_INT)
        return expr_mul(arena, y, x);
    if (expr_is_int(y, 0))
        return y;
    if (expr_is_int(y, 1))
        return x;
    if (y->kind == EXPR_INT && is_op(x, "*") && x->args[1]->kind == EXPR_INT)
        return expr_mul(arena, x->args[0], expr_int(arena, x->args[1]->integer * y->integer));
    if (y->kind == EXPR_INT && (is_op(x, "+") || is_op(x, "-")) && x->args[1]->kind == EXPR_INT) {
        int64_t sign = is_op(x, "-") ? -1 : 1;
        return expr_add(arena, expr_mul(arena, x->args[0], y),
                        expr_int(arena, sign * x->args[1]->integer * y->integer));
    }
    return binary_raw(arena, "*", x, y);
}

static bool is_integer(const Expr *e)
{
    return e->kind == EXPR_INT;
}

/* Folding of reals is left to the C compiler: what is written is what the model says. */
Expr *expr_binary(Arena *arena, const char *op, Expr *x, Expr *y)
{
    bool whole = is_integer(x) || is_integer(y);
    if (whole && op[0] == '+')
        return expr_add(arena, x, y);
    if (whole && op[0] == '*')
        return expr_mul(arena, x, y);
    if (op[0] == '-' && op[1] == 0 && is_integer(y))
        return expr_add(arena, x, expr_int(arena, -y->integer));
    if (op[0] == '/' && expr_is_int(y, 1))
        return x;
    if (op[0] == '%' && expr_is_int(y, 1))
        return expr_int(arena, 0);
    if (is_integer(x) && is_integer(y) && y->integer > 0 && x->integer >= 0) {
        if (op[0] == '/')
            return expr_int(arena, x->integer / y->integer);
        if (op[0] == '%')
            return expr_int(arena, x->integer % y->integer);
    }
    return binary_raw(arena, op, x, y);
}

Expr *expr_select(Arena *arena, Expr *condition, Expr *yes, Expr *no)
{
    Expr *e = expr_new(arena, EXPR_SELECT, 3);
    e->args[0] = condition;
    e->args[1] = yes;
    e->args[2] = no;
    return e;
}

Expr *expr_call(Arena *arena, const char *function, int count, Expr *const *args)
{
    Expr *e = expr_new(arena, EXPR_CALL, count);
    e->name = str_from(function);
    for (int i = 0; i < count; i++)
        e->args[i] = args[i];
    return e;
}

Expr *expr_cast(Arena *arena, const char *type, Expr *x)
{
    Expr *e = expr_new(arena, EXPR_CAST, 1);
    e->name = str_from(type);
    e->args[0] = x;
    return e;
}

/* ---- statements ------------------------------------------------------------------------------ */
static Stmt *stmt_new(Arena *arena, StmtKind kind)
{
    Stmt *s = arena_new(arena, Stmt);
    s->kind = kind;
    return s;
}

Stmt *stmt_for(Arena *arena, Str name, Expr *from, Expr *to, int64_t step)
{
    Stmt *s = stmt_new(arena, STMT_FOR);
    s->name = name;
    s->from = from;
    s->to = to;
    s->step = step;
    return s;
}

Stmt *stmt_declare(Arena *arena, const char *type, Str name, Expr *value)
{
    Stmt *s = stmt_new(arena, STMT_DECLARE);
    s->type = str_from(type);
    s->name = name;
    s->value = value;
    return s;
}

Stmt *stmt_array(Arena *arena, const char *type, Str name, int64_t count)
{
    Stmt *s = stmt_declare(arena, type, name, NULL);
    s->to = expr_int(arena, count);
    return s;
}

Stmt *stmt_set(Arena *arena, Expr *target, const char *op, Expr *value)
{
    Stmt *s = stmt_new(arena, STMT_SET);
    s->target = target;
    s->op = op;
    s->value = value;
    return s;
}

Stmt *stmt_if(Arena *arena, Expr *condition)
{
    Stmt *s = stmt_new(arena, STMT_IF);
    s->value = condition;
    return s;
}

Stmt *stmt_call(Arena *arena, Expr *call)
{
    Stmt *s = stmt_new(arena, STMT_CALL);
    s->value = call;
    return s;
}

Stmt *stmt_comment(Arena *arena, Str text)
{
    Stmt *s = stmt_new(arena, STMT_COMMENT);
    s->name = text;
    return s;
}

Stmt *stmt_directive(Arena *arena, const char *text)
{
    Stmt *s = stmt_new(arena, STMT_DIRECTIVE);
    s->name = str_from(text);
    return s;
}

Stmt *stmt_tile(Arena *arena, Tile tile)
{
    Stmt *s = stmt_new(arena, STMT_TILE);
    s->tile = arena_new(arena, Tile);
    *s->tile = tile;
    return s;
}

void tile_fetch_ahead(Arena *arena, Tile *t, Str pointer, Expr *first, int64_t floats)
{
    CHECK(t->loop_count > 0 && t->ahead_count < COUNT_OF(t->ahead));
    Expr *step = expr_name(arena, t->loop[t->loop_count - 1].name);
    t->ahead[t->ahead_count].pointer = pointer;
    t->ahead[t->ahead_count++].index = expr_add(arena, first, expr_mul(arena, step, expr_int(arena, floats)));
}

Stmt *stmt_helper(Arena *arena, Str size)
{
    Stmt *s = stmt_new(arena, STMT_HELPER);
    s->name = size;
    return s;
}

void block_add(Arena *arena, Block *block, Stmt *stmt)
{
    vec_push(arena, block, stmt);
}

Block *block_loop(Arena *arena, Block *block, Str name, Expr *extent)
{
    Stmt *loop = stmt_for(arena, name, expr_int(arena, 0), extent, 1);
    block_add(arena, block, loop);
    return &loop->body;
}

/* ---- looking through kernels ----------------------------------------------------------------- */
/* Calls visit for every expression of a block, from the outside in. */
typedef struct Walk {
    void (*visit)(struct Walk *walk, Expr *e);
    void (*visit_name)(struct Walk *walk, Str *name); /* names outside expressions */
    Str from, to;
    const char *prefix;
    bool found;
} Walk;

static void walk_expr(Walk *walk, Expr *e)
{
    if (e == NULL)
        return;
    walk->visit(walk, e);
    for (int i = 0; i < e->count; i++)
        walk_expr(walk, e->args[i]);
}

static void walk_tile(Walk *walk, Tile *t)
{
    walk->visit_name(walk, &t->sum);
    walk->visit_name(walk, &t->a);
    walk->visit_name(walk, &t->b);
    walk->visit_name(walk, &t->most);
    walk_expr(walk, t->sum_index);
    walk_expr(walk, t->resumes);
    walk_expr(walk, t->a_index);
    walk_expr(walk, t->a_row);
    walk_expr(walk, t->b_index);
    for (int i = 0; i < t->loop_count; i++) {
        walk_expr(walk, t->loop[i].from);
        walk_expr(walk, t->loop[i].to);
    }
    for (int i = 0; i < t->ahead_count; i++) {
        walk->visit_name(walk, &t->ahead[i].pointer);
        walk_expr(walk, t->ahead[i].index);
    }
}

static void walk_block(Walk *walk, const Block *block)
{
    for (int i = 0; i < block->count; i++) {
        Stmt *s = block->items[i];
        walk_expr(walk, s->from);
        walk_expr(walk, s->to);
        walk_expr(walk, s->target);
        walk_expr(walk, s->value);
        if (s->kind == STMT_TILE)
            walk_tile(walk, s->tile);
        walk_block(walk, &s->body);
        walk_block(walk, &s->other);
    }
}

static void walk_kernel(Walk *walk, const Kernel *k)
{
    walk_expr(walk, k->units);
    walk_expr(walk, k->sweeps);
    walk_block(walk, &k->helper);
    walk_block(walk, &k->setup);
    walk_block(walk, &k->body);
}

static void rename_name(Walk *walk, Str *name)
{
    if (str_equal(*name, walk->from))
        *name = walk->to;
}

static void rename_expr(Walk *walk, Expr *e)
{
    if (e->kind == EXPR_NAME || e->kind == EXPR_LOAD)
        rename_name(walk, &e->name);
}

void kernel_rename(Kernel *k, Str from, Str to)
{
    Walk walk = {.visit = rename_expr, .visit_name = rename_name, .from = from, .to = to};
    walk_kernel(&walk, k);
}

static void find_name(Walk *walk, Str *name)
{
    walk->found = walk->found || str_equal(*name, walk->from);
}

/* "step->rate" uses step. */
static void find_in_expr(Walk *walk, Expr *e)
{
    if (e->kind != EXPR_NAME && e->kind != EXPR_LOAD)
        return;
    find_name(walk, &e->name);
    int64_t n = walk->from.len;
    walk->found = walk->found || (e->name.len > n + 2 && e->name.ptr[n] == '-' && e->name.ptr[n + 1] == '>' &&
                                  memcmp(e->name.ptr, walk->from.ptr, (size_t)n) == 0);
}

bool block_uses(const Block *block, Str name)
{
    Walk walk = {.visit = find_in_expr, .visit_name = find_name, .from = name};
    walk_block(&walk, block);
    return walk.found;
}

bool expr_uses(Expr *e, Str name)
{
    Walk walk = {.visit = find_in_expr, .visit_name = find_name, .from = name};
    walk_expr(&walk, e);
    return walk.found;
}

const KernelParam *kernel_param_called(const Kernel *k, Str name)
{
    for (int i = 0; i < k->params.count; i++)
        if (str_equal(k->params.items[i].name, name))
            return &k->params.items[i];
    return NULL;
}

static void ignore_name(Walk *walk, Str *name)
{
    (void)walk, (void)name;
}

static void find_call(Walk *walk, Expr *e)
{
    walk->found = walk->found || (e->kind == EXPR_CALL && str_starts(e->name, walk->prefix));
}

bool kernel_calls(const Kernel *k, const char *prefix)
{
    Walk walk = {.visit = find_call, .visit_name = ignore_name, .prefix = prefix};
    walk_kernel(&walk, k);
    return walk.found;
}

/* ---- verifier -------------------------------------------------------------------------------- */
Str kernel_verify(Arena *arena, const Kernel *k)
{
    for (int i = 0; i < k->params.count; i++) {
        const KernelParam *param = &k->params.items[i];
        if (!block_uses(&k->body, param->name) && !block_uses(&k->helper, param->name) &&
            !block_uses(&k->setup, param->name))
            return str_format(arena, "kernel %.*s does not use its operand %.*s", STR_ARGS(k->name),
                              STR_ARGS(param->name));
        for (int j = 0; j < i; j++)
            if (str_equal(k->params.items[j].name, param->name))
                return str_format(arena, "kernel %.*s has two operands called %.*s", STR_ARGS(k->name),
                                  STR_ARGS(param->name));
    }
    if (k->division == DIVIDE_UNITS && k->units == NULL)
        return str_format(arena, "kernel %.*s is divided, but has no units", STR_ARGS(k->name));
    return (Str){0};
}
