/* from_bytes.c: parameters straight from the bytes of a file.
 *
 * The library's load program reads row-major float parameters that lie somewhere in a file's bytes,
 * little-endian and at any address. Here its loads become calls of nn_float_at and the parameters
 * pointers to bytes. */
#include "print/print.h"

static bool is_parameter(const Program *program, const Kernel *kernel, Str name)
{
    for (int i = 0; i < kernel->params.count; i++) {
        const KernelParam *param = &kernel->params.items[i];
        if (param->buffer >= 0 && str_equal(param->name, name))
            return program->buffers.items[param->buffer].space == SPACE_INPUT;
    }
    return false;
}

typedef struct Change {
    Arena *arena;
    const Program *program;
    const Kernel *kernel;
} Change;

static void change_expr(Change *change, Expr *e)
{
    if (e == NULL)
        return;
    for (int i = 0; i < e->count; i++)
        change_expr(change, e->args[i]);
    if (e->kind != EXPR_LOAD || !is_parameter(change->program, change->kernel, e->name))
        return;
    Expr **args = arena_array(change->arena, Expr *, 2);
    args[0] = expr_name(change->arena, e->name);
    args[1] = e->args[0];
    e->kind = EXPR_CALL;
    e->name = STR("nn_float_at");
    e->args = args;
    e->count = 2;
}

static void change_block(Change *change, Block *block)
{
    for (int i = 0; i < block->count; i++) {
        Stmt *stmt = block->items[i];
        CHECK(stmt->kind != STMT_TILE); /* no operator of the language multiplies two parameters */
        change_expr(change, stmt->from);
        change_expr(change, stmt->to);
        change_expr(change, stmt->target);
        change_expr(change, stmt->value);
        change_block(change, &stmt->body);
        change_block(change, &stmt->other);
    }
}

void program_read_bytes(Program *program)
{
    for (int i = 0; i < program->kernels.count; i++) {
        Kernel *kernel = &program->kernels.items[i];
        Change change = {program->arena, program, kernel};
        CHECK(kernel->helper.count == 0);
        change_expr(&change, kernel->units);
        change_block(&change, &kernel->setup);
        change_block(&change, &kernel->body);
    }
    for (int i = 0; i < program->buffers.count; i++)
        if (program->buffers.items[i].space == SPACE_INPUT)
            program->buffers.items[i].type = TYPE_U8;
}
