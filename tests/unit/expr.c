/* Printed expressions mean what their trees mean, with no bracket too many, and the builders of
 * statements and indices fold what is constant. */
#include "kernel/kernel.h"
#include "print/out.h"
#include "test.h"

static Arena arena;

static Expr *name(const char *text)
{
    return expr_name(&arena, str_from(text));
}

static Expr *whole(int64_t value)
{
    return expr_int(&arena, value);
}

static Expr *binary(Expr *x, const char *op, Expr *y)
{
    return expr_binary(&arena, op, x, y);
}

static const char *text(const Expr *e)
{
    return expr_text(&arena, e).ptr;
}

static void brackets_follow_precedence(void)
{
    Expr *a = name("a"), *b = name("b"), *c = name("c");
    EXPECT_TEXT(text(binary(binary(a, "+", b), "*", c)), "(a + b) * c");
    EXPECT_TEXT(text(binary(a, "+", binary(b, "*", c))), "a + b * c");
    EXPECT_TEXT(text(binary(binary(a, "<", b), "&&", binary(b, "<", c))), "a < b && b < c");
    EXPECT_TEXT(text(binary(binary(a, "&&", b), "||", c)), "(a && b) || c");
    EXPECT_TEXT(text(binary(binary(a, "||", b), "||", c)), "a || b || c");
    EXPECT_TEXT(text(binary(binary(a, "||", b), "&&", c)), "(a || b) && c");
    EXPECT_TEXT(text(binary(binary(a, "<", b), "==", c)), "(a < b) == c");
    EXPECT_TEXT(text(binary(binary(a, "+", b), "<", c)), "a + b < c");
}

static void order_of_subtraction_and_division_is_kept(void)
{
    Expr *a = name("a"), *b = name("b"), *c = name("c");
    EXPECT_TEXT(text(binary(binary(a, "-", b), "-", c)), "a - b - c");
    EXPECT_TEXT(text(binary(a, "-", binary(b, "-", c))), "a - (b - c)");
    EXPECT_TEXT(text(binary(a, "-", binary(b, "+", c))), "a - (b + c)");
    EXPECT_TEXT(text(binary(a, "/", binary(b, "*", c))), "a / (b * c)");
    EXPECT_TEXT(text(binary(binary(a, "/", b), "*", c)), "a / b * c");
    EXPECT_TEXT(text(binary(a, "*", binary(b, "/", c))), "a * (b / c)");
    EXPECT_TEXT(text(binary(binary(a, "*", b), "%", c)), "a * b % c");
    EXPECT_TEXT(text(binary(a, "*", binary(b, "%", c))), "a * (b % c)");
}

static void signs_never_meet(void)
{
    Expr *a = name("a"), *minus_b = expr_unary(&arena, "-", name("b"));
    EXPECT_TEXT(text(binary(a, "-", minus_b)), "a - (-b)");
    EXPECT_TEXT(text(expr_unary(&arena, "-", minus_b)), "-(-b)");
    EXPECT_TEXT(text(expr_unary(&arena, "-", binary(a, "+", name("b")))), "-(a + b)");
    EXPECT_TEXT(text(binary(a, "-", expr_real(&arena, -1.5))), "a - (-1.5f)");
    EXPECT_TEXT(text(binary(a, "*", expr_real(&arena, -1.5))), "a * -1.5f");
    EXPECT_TEXT(text(expr_cast(&arena, "float", binary(a, "+", name("b")))), "(float)(a + b)");
    EXPECT_TEXT(text(expr_cast(&arena, "float", expr_load(&arena, STR("x"), a))), "(float)x[a]");
}

static void selections_nest_to_the_right(void)
{
    Expr *a = name("a"), *b = name("b"), *c = name("c");
    Expr *inner = expr_select(&arena, b, whole(1), whole(2));
    EXPECT_TEXT(text(expr_select(&arena, a, inner, c)), "a ? (b ? 1 : 2) : c");
    EXPECT_TEXT(text(expr_select(&arena, a, c, inner)), "a ? c : b ? 1 : 2");
    EXPECT_TEXT(text(expr_select(&arena, inner, a, c)), "(b ? 1 : 2) ? a : c");
    EXPECT_TEXT(text(binary(inner, "+", c)), "(b ? 1 : 2) + c");
}

static void numbers_read_back_as_the_same_float(void)
{
    static const double values[] = {0, 1, 0.1, 1.0 / 3, 1e-7, 3.4e38, 1e-45, -2.5, 16777216, 0.30000001192092896};
    for (int i = 0; i < COUNT_OF(values); i++) {
        Str printed = real_text(&arena, values[i]);
        EXPECT(printed.ptr[printed.len - 1] == 'f');
        EXPECT(strtof(printed.ptr, NULL) == (float)values[i]);
    }
    EXPECT_TEXT(real_text(&arena, 0.1).ptr, "0.1f");
    EXPECT_TEXT(real_text(&arena, 3).ptr, "3.0f");
    EXPECT_TEXT(real_text(&arena, 1e-7).ptr, "1e-07f");
    EXPECT_TEXT(real_text(&arena, -INFINITY).ptr, "-INFINITY");
}

static void indices_are_folded(void)
{
    Expr *n = name("n"), *i = name("i");
    Expr *index = expr_add(&arena, expr_mul(&arena, n, whole(784)), expr_mul(&arena, i, whole(28)));
    index = expr_add(&arena, expr_add(&arena, index, whole(-29)), name("j"));
    EXPECT_TEXT(text(index), "n * 784 + i * 28 + j - 29");
    EXPECT_TEXT(text(expr_mul(&arena, expr_add(&arena, i, whole(2)), whole(3))), "i * 3 + 6");
    EXPECT_TEXT(text(expr_mul(&arena, whole(0), i)), "0");
    EXPECT_TEXT(text(expr_add(&arena, expr_mul(&arena, i, whole(1)), whole(0))), "i");
    EXPECT_TEXT(text(binary(i, "/", whole(1))), "i");
    EXPECT_TEXT(text(binary(i, "%", whole(1))), "0");
    EXPECT_TEXT(text(expr_add(&arena, expr_add(&arena, i, whole(5)), whole(-5))), "i");
}

static void renaming_reaches_every_use(void)
{
    Kernel k = {.name = STR("k")};
    Stmt *loop = stmt_for(&arena, STR("c"), whole(0), whole(4), 1);
    Expr *target = expr_load(&arena, STR("y"), name("c"));
    block_add(&arena, &loop->body, stmt_set(&arena, target, "=", binary(expr_load(&arena, STR("y"), whole(0)), "+", name("step->rate"))));
    block_add(&arena, &k.body, loop);
    EXPECT(block_uses(&k.body, STR("y")) && !block_uses(&k.body, STR("x")));
    EXPECT(block_uses(&k.body, STR("step")) && !block_uses(&k.body, STR("ste")));
    kernel_rename(&k, STR("y"), STR("x"));
    EXPECT(block_uses(&k.body, STR("x")) && !block_uses(&k.body, STR("y")));
}

static void lines_are_indented_and_broken(void)
{
    Out o;
    out_init(&o, &arena);
    out_open(&o, "for (;;)");
    out_line(&o, "f(aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb, "
                 "cccccccccccccccccccccccccccccc);");
    out_directive(&o, "#endif");
    out_close(&o, "");
    EXPECT_TEXT(out_text(&o).ptr,
                "for (;;) {\n"
                "    f(aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb,\n"
                "            cccccccccccccccccccccccccccccc);\n"
                "#endif\n"
                "}\n");
}

static void comments_cannot_be_closed_by_a_name(void)
{
    Out o;
    out_init(&o, &arena);
    Str lines[] = {STR("a */ b"), STR("c /* d")};
    out_comment(&o, 2, lines);
    EXPECT_TEXT(out_text(&o).ptr, "/* a * / b\n * c / * d */\n");
}

int main(void)
{
    RUN(brackets_follow_precedence);
    RUN(order_of_subtraction_and_division_is_kept);
    RUN(signs_never_meet);
    RUN(selections_nest_to_the_right);
    RUN(numbers_read_back_as_the_same_float);
    RUN(indices_are_folded);
    RUN(renaming_reaches_every_use);
    RUN(lines_are_indented_and_broken);
    RUN(comments_cannot_be_closed_by_a_name);
    arena_free(&arena);
    return test_end();
}
