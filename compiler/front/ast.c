/* ast.c: makes nodes of the syntax tree and knows how operators are spelled.
 *
 * Each node computes its depth from its children; a tree deeper than AST_MAX_DEPTH is reported
 * here, so that every later pass may walk trees by recursion. */
#include "front/parse.h"

static const struct {
    const char *text;
    int precedence;
} operators[] = {
    [OPERATOR_OR] = {"or", 1},
    [OPERATOR_AND] = {"and", 2},
    [OPERATOR_NOT] = {"not", 3},
    [OPERATOR_EQUAL] = {"==", 4},
    [OPERATOR_NOT_EQUAL] = {"!=", 4},
    [OPERATOR_LESS] = {"<", 4},
    [OPERATOR_LESS_EQUAL] = {"<=", 4},
    [OPERATOR_GREATER] = {">", 4},
    [OPERATOR_GREATER_EQUAL] = {">=", 4},
    [OPERATOR_ADD] = {"+", 5},
    [OPERATOR_SUBTRACT] = {"-", 5},
    [OPERATOR_MULTIPLY] = {"*", 6},
    [OPERATOR_DIVIDE] = {"/", 6},
    [OPERATOR_REMAINDER] = {"%", 6},
    [OPERATOR_NEGATE] = {"-", 7},
    [OPERATOR_POWER] = {"**", 8},
};

const char *operator_text(Operator op)
{
    return operators[op].text;
}

int operator_precedence(Operator op)
{
    return operators[op].precedence;
}

bool operator_is_unary(Operator op)
{
    return op == OPERATOR_NEGATE || op == OPERATOR_NOT;
}

/* ---- expressions ----------------------------------------------------------------------------- */

AstExpr *ast_expr(Parse *parse, AstExprKind kind, Span span)
{
    AstExpr *expr = arena_new(parse->arena, AstExpr);
    expr->kind = kind;
    expr->span = span;
    expr->depth = 1;
    return expr;
}

static void nest(Parse *parse, AstExpr *expr, const AstExpr *child)
{
    if (child == NULL || child->depth < expr->depth)
        return;
    expr->depth = child->depth + 1;
    if (expr->depth > AST_MAX_DEPTH)
        parse_too_deep(parse, expr->span);
}

static void nest_list(Parse *parse, AstExpr *expr, const AstExprList *children)
{
    for (int i = 0; i < children->count; i++)
        nest(parse, expr, children->items[i]);
}

AstExpr *ast_integer(Parse *parse, Span span, int64_t value)
{
    AstExpr *expr = ast_expr(parse, AST_INT, span);
    expr->integer = value;
    return expr;
}

AstExpr *ast_real(Parse *parse, Span span, double value)
{
    AstExpr *expr = ast_expr(parse, AST_REAL, span);
    expr->real = value;
    return expr;
}

AstExpr *ast_boolean(Parse *parse, Span span, bool value)
{
    AstExpr *expr = ast_expr(parse, AST_BOOL, span);
    expr->boolean = value;
    return expr;
}

AstExpr *ast_string(Parse *parse, Span span, Str value)
{
    AstExpr *expr = ast_expr(parse, AST_STRING, span);
    expr->string = value;
    return expr;
}

AstExpr *ast_name(Parse *parse, Span span, Str name)
{
    AstExpr *expr = ast_expr(parse, AST_NAME, span);
    expr->name = name;
    return expr;
}

AstExpr *ast_list(Parse *parse, Span span, AstExprList *items)
{
    AstExpr *expr = ast_expr(parse, AST_LIST, span);
    expr->list = *items;
    nest_list(parse, expr, items);
    return expr;
}

AstExpr *ast_unary(Parse *parse, Span span, Operator op, Span op_span, AstExpr *right)
{
    AstExpr *expr = ast_expr(parse, AST_UNARY, span);
    expr->binary.op = op;
    expr->binary.op_span = op_span;
    expr->binary.right = right;
    nest(parse, expr, right);
    return expr;
}

AstExpr *ast_binary(Parse *parse, Span span, Operator op, Span op_span, AstExpr *left,
                    AstExpr *right)
{
    AstExpr *expr = ast_expr(parse, AST_BINARY, span);
    expr->binary.op = op;
    expr->binary.op_span = op_span;
    expr->binary.left = left;
    expr->binary.right = right;
    nest(parse, expr, left);
    nest(parse, expr, right);
    return expr;
}

AstExpr *ast_range(Parse *parse, Span span, AstExpr *first, AstExpr *last)
{
    AstExpr *expr = ast_expr(parse, AST_RANGE, span);
    expr->range.first = first;
    expr->range.last = last;
    nest(parse, expr, first);
    nest(parse, expr, last);
    return expr;
}

AstExpr *ast_call(Parse *parse, Span span, Name callee, ArgList *args)
{
    AstExpr *expr = ast_expr(parse, AST_CALL, span);
    expr->call.callee = callee;
    expr->call.has_parens = args != NULL;
    if (args != NULL)
        expr->call.args = *args;
    for (int i = 0; i < expr->call.args.count; i++)
        nest(parse, expr, expr->call.args.items[i].value);
    return expr;
}

AstExpr *ast_pipe(Parse *parse, Span span, AstExpr *left, AstExpr *stage)
{
    AstExpr *expr = left;
    if (left->kind != AST_PIPE || left->has_parens) {
        expr = ast_expr(parse, AST_PIPE, span);
        expr->pipe.first = left;
        nest(parse, expr, left);
    }
    vec_push(parse->arena, &expr->pipe.stages, stage);
    expr->span = span;
    nest(parse, expr, stage);
    return expr;
}

AstExpr *ast_field(Parse *parse, Span span, AstExpr *object, Name name)
{
    AstExpr *expr = ast_expr(parse, AST_FIELD, span);
    expr->field.object = object;
    expr->field.name = name;
    nest(parse, expr, object);
    return expr;
}

AstExpr *ast_index(Parse *parse, Span span, AstExpr *object, AstExprList *indexes)
{
    AstExpr *expr = ast_expr(parse, AST_INDEX, span);
    expr->index.object = object;
    expr->index.indexes = *indexes;
    nest(parse, expr, object);
    nest_list(parse, expr, indexes);
    return expr;
}

AstExpr *ast_table(Parse *parse, Span span, TableRowList *rows)
{
    AstExpr *expr = ast_expr(parse, AST_TABLE, span);
    expr->table.rows = *rows;
    for (int i = 0; i < rows->count; i++) {
        nest_list(parse, expr, &rows->items[i].inputs);
        nest_list(parse, expr, &rows->items[i].targets);
    }
    return expr;
}

/* ---- statements and items -------------------------------------------------------------------- */

AstStmt *ast_stmt(Parse *parse, AstStmtKind kind, Span span)
{
    AstStmt *stmt = arena_new(parse->arena, AstStmt);
    stmt->kind = kind;
    stmt->span = span;
    stmt->depth = 1;
    return stmt;
}

void ast_stmt_nest(Parse *parse, AstStmt *stmt, const AstStmtList *body)
{
    for (int i = 0; i < body->count; i++)
        if (body->items[i]->depth >= stmt->depth)
            stmt->depth = body->items[i]->depth + 1;
    if (stmt->depth > AST_MAX_DEPTH)
        parse_too_deep(parse, stmt->span);
}

Item *ast_item(Parse *parse, ItemKind kind, Span span)
{
    Item *item = arena_new(parse->arena, Item);
    item->kind = kind;
    item->span = span;
    return item;
}
