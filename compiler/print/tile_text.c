/* tile_text.c: the printed form of a register tile.
 *
 * What the compilers need, measured with gcc 12 and clang 14: accumulators in a small array whose every
 * loop is unrolled whole; loops over rows that run to a constant with the real number of rows as a
 * guard (clang unrolls no loop to a parameter, even when the function is inlined with a literal);
 * steps of the summed loops not unrolled (gcc then keeps everything alive at once and spills). */
#include "print/tile_text.h"

#include <string.h>

static void loop_rows(Out *o, const Tile *t)
{
    out_line(o, "NN_UNROLL");
    out_line(o, "for (int r = 0; r < %.*s; r++)", STR_ARGS(t->most));
    o->depth++;
}

static void end_rows(Out *o)
{
    o->depth--;
}

/* sum[sum_index + r * columns + column (+ NN_LANES)] */
static Str sum_place(Out *o, const Tile *t, int vector)
{
    Arena *arena = o->buf.arena;
    Expr *row = expr_mul(arena, expr_name(arena, STR("r")), expr_int(arena, t->sum_row > 0 ? t->sum_row : t->columns));
    Expr *place = expr_add(arena, expr_add(arena, t->sum_index, row), expr_name(arena, STR("column")));
    Str text = expr_text(arena, place);
    return str_format(arena, "%.*s + %.*s%s", STR_ARGS(t->sum), STR_ARGS(text), vector ? " + NN_LANES" : "");
}

static void clear(Out *o, const Tile *t, int vectors)
{
    loop_rows(o, t);
    out_line(o, vectors == 1 ? "acc[r] = nn_splat(0.0f);" : "acc[r][0] = acc[r][1] = nn_splat(0.0f);");
    end_rows(o);
}

static void move(Out *o, const Tile *t, int vectors, bool is_load)
{
    loop_rows(o, t);
    out_open(o, "if (r < rows)");
    for (int v = 0; v < vectors; v++) {
        Str place = sum_place(o, t, v);
        const char *which = vectors == 1 ? "acc[r]" : v == 0 ? "acc[r][0]" : "acc[r][1]";
        if (is_load)
            out_line(o, "%s = nn_load(%.*s);", which, STR_ARGS(place));
        else
            out_line(o, "nn_store(%.*s, %s);", STR_ARGS(place), which);
    }
    out_close(o, "");
    end_rows(o);
}

static bool names_loop(const Expr *e, const Tile *t)
{
    for (int i = 0; i < t->loop_count; i++)
        if (e->kind == EXPR_NAME && str_equal(e->name, t->loop[i].name))
            return true;
    for (int i = 0; i < e->count; i++)
        if (names_loop(e->args[i], t))
            return true;
    return false;
}

/* Splits a sum into what stays the same in all loops of the tile and what does not. */
static void split_index(Arena *arena, const Tile *t, Expr *index, Expr **fixed, Expr **moving)
{
    if (index->kind == EXPR_BINARY && strcmp(index->op, "+") == 0) {
        split_index(arena, t, index->args[0], fixed, moving);
        split_index(arena, t, index->args[1], fixed, moving);
        return;
    }
    Expr **part = names_loop(index, t) ? moving : fixed;
    *part = expr_add(arena, *part, index);
}

static void pointer(Out *o, const char *name, Str base, const Expr *offset)
{
    Str text = expr_text(o->buf.arena, offset);
    if (expr_is_int(offset, 0))
        out_line(o, "const float *%s = %.*s;", name, STR_ARGS(base));
    else
        out_line(o, "const float *%s = %.*s + %.*s;", name, STR_ARGS(base), STR_ARGS(text));
}

/* Inside the loops each row is read at a constant distance from one pointer: an index that is added up
 * in int would cost as many instructions as the products. */
static void step(Out *o, const Tile *t, Expr *a_moving, Expr *b_moving, int vectors)
{
    Arena *arena = o->buf.arena;
    Str row = expr_text(arena, t->a_row);
    pointer(o, "a", STR("left"), a_moving);
    pointer(o, "b", STR("right"), b_moving);
    if (t->a_ahead > 0)
        out_line(o, "nn_prefetch(a, %lld);", (long long)t->a_ahead);
    if (t->b_ahead > 0)
        out_line(o, "nn_prefetch(b, %lld);", (long long)t->b_ahead);
    if (t->b_ahead > 0 && vectors == 2)
        out_line(o, "nn_prefetch(b, %lld + NN_LANES);", (long long)t->b_ahead);
    for (int i = 0; i < t->ahead_count; i++) {
        Str index = expr_text(arena, t->ahead[i].index);
        out_line(o, "nn_prefetch(%.*s, %.*s);", STR_ARGS(t->ahead[i].pointer), STR_ARGS(index));
    }
    out_line(o, vectors == 1 ? "const nn_vec b0 = nn_load(b);"
                             : "const nn_vec b0 = nn_load(b), b1 = nn_load(b + NN_LANES);");
    loop_rows(o, t);
    out_open(o, "if (r < rows)");
    out_line(o, "const nn_vec scalar = nn_splat(a[%.*s]);", STR_ARGS(row));
    out_line(o, vectors == 1 ? "acc[r] += scalar * b0;" : "acc[r][0] += scalar * b0;");
    if (vectors == 2)
        out_line(o, "acc[r][1] += scalar * b1;");
    out_close(o, "");
    end_rows(o);
}

/* All columns of the panel, `vectors` vectors at a time. */
static void pass(Out *o, const Tile *t, int vectors)
{
    Arena *arena = o->buf.arena;
    out_open(o, "for (int column = 0; column < %d; column += %s)", t->columns,
             vectors == 1 ? "NN_LANES" : "2 * NN_LANES");
    out_line(o, vectors == 1 ? "nn_vec acc[%.*s];" : "nn_vec acc[%.*s][2];", STR_ARGS(t->most));
    if (t->resumes != NULL && expr_is_int(t->resumes, 1)) {
        move(o, t, vectors, true);
    } else if (t->resumes != NULL) {
        Str condition = expr_text(arena, t->resumes);
        out_open(o, "if (%.*s)", STR_ARGS(condition));
        move(o, t, vectors, true);
        out_close(o, " else {");
        clear(o, t, vectors);
        out_close(o, "");
    } else {
        clear(o, t, vectors);
    }
    Expr *a_fixed = expr_int(arena, 0), *a_moving = expr_int(arena, 0);
    Expr *b_fixed = expr_int(arena, 0), *b_moving = expr_int(arena, 0);
    split_index(arena, t, t->a_index, &a_fixed, &a_moving);
    split_index(arena, t, t->b_index, &b_fixed, &b_moving);
    pointer(o, "left", t->a, a_fixed);
    pointer(o, "right", t->b, expr_add(arena, b_fixed, expr_name(arena, STR("column"))));
    for (int i = 0; i < t->loop_count; i++) {
        Str name = t->loop[i].name;
        Str from = expr_text(arena, t->loop[i].from), to = expr_text(arena, t->loop[i].to);
        bool is_choice = t->loop[i].to->kind == EXPR_SELECT;
        out_open(o, is_choice ? "for (int %.*s = %.*s; %.*s < (%.*s); %.*s++)"
                              : "for (int %.*s = %.*s; %.*s < %.*s; %.*s++)",
                 STR_ARGS(name), STR_ARGS(from), STR_ARGS(name), STR_ARGS(to), STR_ARGS(name));
    }
    step(o, t, a_moving, b_moving, vectors);
    for (int i = 0; i < t->loop_count; i++)
        out_close(o, "");
    move(o, t, vectors, false);
    out_close(o, "");
}

void tile_text(Out *o, const Tile *t)
{
    if (t->columns >= 32) {
        pass(o, t, 2);
        return;
    }
    out_directive(o, "#if NN_LANES == %d", t->columns);
    pass(o, t, 1);
    out_directive(o, "#else");
    pass(o, t, 2);
    out_directive(o, "#endif");
}

Str size_text(Arena *arena, const KernelConstant *c)
{
    return str_format(arena, "NN_SIZE(%lld, %lld)", (long long)c->many, (long long)c->few);
}
