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

/* A panel as wide as the widest vector is one vector of columns there, and two elsewhere. */
static bool may_be_single(const Tile *t)
{
    return t->columns < 32;
}

/* A statement for the second vector of columns. */
static void second(Out *o, const Tile *t, Str statement)
{
    if (may_be_single(t))
        out_line(o, "if (NN_VECTORS == 2)");
    o->depth += may_be_single(t);
    out_line(o, "%.*s", STR_ARGS(statement));
    o->depth -= may_be_single(t);
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

static void clear(Out *o, const Tile *t)
{
    loop_rows(o, t);
    out_line(o, "acc[r][0] = acc[r][1] = nn_splat(0.0f);");
    end_rows(o);
}

static Str move_vector(Out *o, const Tile *t, int vector, bool is_load)
{
    Str place = sum_place(o, t, vector);
    return is_load ? str_format(o->buf.arena, "acc[r][%d] = nn_load(%.*s);", vector, STR_ARGS(place))
                   : str_format(o->buf.arena, "nn_store(%.*s, acc[r][%d]);", STR_ARGS(place), vector);
}

/* Sums between registers and memory. */
static void move_sums(Out *o, const Tile *t, bool is_load)
{
    Str first = move_vector(o, t, 0, is_load), other = move_vector(o, t, 1, is_load);
    loop_rows(o, t);
    out_open(o, "if (r < rows)");
    out_line(o, "%.*s", STR_ARGS(first));
    second(o, t, other);
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
static void step(Out *o, const Tile *t, Expr *a_moving, Expr *b_moving)
{
    Arena *arena = o->buf.arena;
    Str row = expr_text(arena, t->a_row);
    pointer(o, "a", STR("left"), a_moving);
    pointer(o, "b", STR("right"), b_moving);
    if (t->a_ahead > 0)
        out_line(o, "nn_prefetch(a, %lld);", (long long)t->a_ahead);
    if (t->b_ahead > 0) {
        out_line(o, "nn_prefetch(b, %lld);", (long long)t->b_ahead);
        second(o, t, str_format(arena, "nn_prefetch(b, %lld + NN_LANES);", (long long)t->b_ahead));
    }
    for (int i = 0; i < t->ahead_count; i++) {
        Str index = expr_text(arena, t->ahead[i].index);
        out_line(o, "nn_prefetch(%.*s, %.*s);", STR_ARGS(t->ahead[i].pointer), STR_ARGS(index));
    }
    out_line(o, may_be_single(t) ? "const nn_vec b0 = nn_load(b), b1 = NN_VECTORS == 2 ? nn_load(b + NN_LANES) : b0;"
                                 : "const nn_vec b0 = nn_load(b), b1 = nn_load(b + NN_LANES);");
    loop_rows(o, t);
    out_open(o, "if (r < rows)");
    out_line(o, "const nn_vec scalar = nn_splat(a[%.*s]);", STR_ARGS(row));
    out_line(o, "acc[r][0] += scalar * b0;");
    second(o, t, STR("acc[r][1] += scalar * b1;"));
    out_close(o, "");
    end_rows(o);
}

void tile_text(Out *o, const Tile *t)
{
    Arena *arena = o->buf.arena;
    CHECK(t->columns == 16 || t->columns == 32);
    out_open(o, "for (int column = 0; column < %d; column += %s * NN_LANES)", t->columns,
             may_be_single(t) ? "NN_VECTORS" : "2");
    out_line(o, "nn_vec acc[%.*s][2];", STR_ARGS(t->most));
    if (t->resumes != NULL && expr_is_int(t->resumes, 1)) {
        move_sums(o, t, true);
    } else if (t->resumes != NULL) {
        Str condition = expr_text(arena, t->resumes);
        out_open(o, "if (%.*s)", STR_ARGS(condition));
        move_sums(o, t, true);
        out_close(o, " else {");
        clear(o, t);
        out_close(o, "");
    } else {
        clear(o, t);
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
    step(o, t, a_moving, b_moving);
    for (int i = 0; i < t->loop_count; i++)
        out_close(o, "");
    move_sums(o, t, false);
    out_close(o, "");
}

Str size_text(Arena *arena, const KernelConstant *c)
{
    return str_format(arena, "NN_SIZE(%lld, %lld)", (long long)c->many, (long long)c->few);
}
