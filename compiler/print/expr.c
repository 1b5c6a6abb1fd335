/* expr.c: expression trees as C text with as few parentheses as the meaning needs.
 *
 * Two are added that C does not ask for but its compilers warn about or readers stumble over: around
 * && inside ||, and around a comparison that is compared. A minus never touches another minus. */
#include "print/out.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    LEVEL_SELECT = 1,
    LEVEL_OR,
    LEVEL_AND,
    LEVEL_EQUAL,
    LEVEL_LESS,
    LEVEL_SHIFT,
    LEVEL_SUM,
    LEVEL_PRODUCT,
    LEVEL_UNARY,
    LEVEL_PRIMARY,
};

static const struct {
    const char *op;
    int level;
} levels[] = {
    {"||", LEVEL_OR},   {"&&", LEVEL_AND},  {"==", LEVEL_EQUAL}, {"!=", LEVEL_EQUAL},
    {"<", LEVEL_LESS},  {"<=", LEVEL_LESS}, {">", LEVEL_LESS},   {">=", LEVEL_LESS},
    {"<<", LEVEL_SHIFT}, {">>", LEVEL_SHIFT}, {"+", LEVEL_SUM},  {"-", LEVEL_SUM},
    {"*", LEVEL_PRODUCT}, {"/", LEVEL_PRODUCT}, {"%", LEVEL_PRODUCT},
};

static int binary_level(const char *op)
{
    for (int i = 0; i < COUNT_OF(levels); i++)
        if (strcmp(levels[i].op, op) == 0)
            return levels[i].level;
    BUG("no such operator: %s", op);
}

static int expr_level(const Expr *e)
{
    switch (e->kind) {
    case EXPR_INT:
        return e->integer < 0 ? LEVEL_UNARY : LEVEL_PRIMARY;
    case EXPR_REAL:
        return signbit(e->real) ? LEVEL_UNARY : LEVEL_PRIMARY;
    case EXPR_NAME:
    case EXPR_LOAD:
    case EXPR_CALL:
        return LEVEL_PRIMARY;
    case EXPR_UNARY:
    case EXPR_CAST:
        return LEVEL_UNARY;
    case EXPR_BINARY:
        return binary_level(e->op);
    case EXPR_SELECT:
        return LEVEL_SELECT;
    }
    BUG("expression kind %d", (int)e->kind);
}

/* The shortest decimal that reads back as the same float. */
Str real_text(Arena *arena, double value)
{
    float f = (float)value;
    if (isnan(f))
        return STR("NAN");
    if (isinf(f))
        return f < 0 ? STR("-INFINITY") : STR("INFINITY");
    char text[64];
    for (int digits = 1; digits <= 9; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, (double)f);
        if (strtof(text, NULL) == f)
            break;
    }
    bool has_point = strpbrk(text, ".e") != NULL;
    return str_format(arena, "%s%s", text, has_point ? "f" : ".0f");
}

static void put(StrBuf *buf, const Expr *e, int least_level);

static void put_arguments(StrBuf *buf, const Expr *e)
{
    for (int i = 0; i < e->count; i++) {
        if (i > 0)
            buf_add(buf, ", ");
        put(buf, e->args[i], LEVEL_SELECT);
    }
}

static void put_binary(StrBuf *buf, const Expr *e)
{
    int level = binary_level(e->op);
    int left = level, right = level + 1; /* a - (b - c), but a - b - c */
    if (level == LEVEL_OR)
        left = right = LEVEL_AND + 1;
    if (level == LEVEL_AND)
        left = right = LEVEL_EQUAL;
    if (level == LEVEL_EQUAL || level == LEVEL_LESS)
        left = right = LEVEL_SHIFT;
    if (level == LEVEL_SHIFT)
        left = right = LEVEL_UNARY;
    if (level == LEVEL_OR && e->args[0]->kind == EXPR_BINARY && strcmp(e->args[0]->op, "||") == 0)
        left = LEVEL_OR;
    if (level == LEVEL_AND && e->args[0]->kind == EXPR_BINARY && strcmp(e->args[0]->op, "&&") == 0)
        left = LEVEL_AND;
    put(buf, e->args[0], left);
    buf_add(buf, " %s ", e->op);
    /* (-b) after an operator reads better in brackets only when the operator is a minus */
    bool negative = expr_level(e->args[1]) == LEVEL_UNARY && e->args[1]->kind != EXPR_CAST;
    put(buf, e->args[1], negative && level == LEVEL_SUM ? LEVEL_PRIMARY : right);
}

static void put(StrBuf *buf, const Expr *e, int least_level)
{
    bool in_brackets = expr_level(e) < least_level;
    if (in_brackets)
        buf_add_char(buf, '(');
    switch (e->kind) {
    case EXPR_INT:
        buf_add(buf, "%lld", (long long)e->integer);
        break;
    case EXPR_REAL:
        buf_add_str(buf, real_text(buf->arena, e->real));
        break;
    case EXPR_NAME:
        buf_add_str(buf, e->name);
        break;
    case EXPR_LOAD:
        buf_add_str(buf, e->name);
        buf_add_char(buf, '[');
        put(buf, e->args[0], LEVEL_SELECT);
        buf_add_char(buf, ']');
        break;
    case EXPR_UNARY: {
        buf_add(buf, "%s", e->op);
        bool again = expr_level(e->args[0]) == LEVEL_UNARY && e->args[0]->kind != EXPR_CAST;
        put(buf, e->args[0], again ? LEVEL_PRIMARY : LEVEL_UNARY);
        break;
    }
    case EXPR_BINARY:
        put_binary(buf, e);
        break;
    case EXPR_SELECT:
        put(buf, e->args[0], LEVEL_OR);
        buf_add(buf, " ? ");
        put(buf, e->args[1], LEVEL_OR);
        buf_add(buf, " : ");
        put(buf, e->args[2], LEVEL_SELECT);
        break;
    case EXPR_CALL:
        buf_add_str(buf, e->name);
        buf_add_char(buf, '(');
        put_arguments(buf, e);
        buf_add_char(buf, ')');
        break;
    case EXPR_CAST:
        buf_add(buf, "(%.*s)", STR_ARGS(e->name));
        put(buf, e->args[0], e->args[0]->kind == EXPR_UNARY ? LEVEL_PRIMARY : LEVEL_UNARY);
        break;
    }
    if (in_brackets)
        buf_add_char(buf, ')');
}

Str expr_text(Arena *arena, const Expr *e)
{
    StrBuf buf = {.arena = arena};
    put(&buf, e, LEVEL_SELECT);
    return buf_str(&buf);
}
