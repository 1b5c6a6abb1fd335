/* parse.h: what the scanner, the grammar and parse.c share. Nothing else includes it. */
#ifndef NNDC_FRONT_PARSE_H
#define NNDC_FRONT_PARSE_H

#include "front/ast.h"

/* State of the scanner (grammar/nnd.l). */
typedef struct Scan {
    Arena *arena;
    Diag *diag;
    Syntax *syntax; /* takes the comments           */
    uint16_t file;
    uint32_t pos;       /* offset of the next byte      */
    bool is_line_empty; /* only blanks since the line began */
    VEC(Span) bad;      /* text that was reported */
} Scan;

typedef struct Token Token; /* parse.c */
union NND_STYPE;            /* nnd_parser.h: the value of a token or rule */

/* State of one parse. Tokens are scanned ahead into an array, so that recovery can look forward. */
typedef struct Parse {
    Arena *arena;
    const Sources *sources;
    Diag *diag;
    Syntax *syntax;
    const Scan *scan;
    Token *tokens; /* ends with the end of the file                     */
    int token_count;
    int next;           /* the token that the parser takes next              */
    bool is_recovering; /* an error was found at token error_token           */
    int error_token;
    int resumed_at;   /* where the last recovery went on, or -1            */
    int resync_count; /* synthetic tokens still to be sent, of resync_kind */
    int resync_kind;
    int depth_base;  /* braces that a recovery closed without a '}'       */
    bool is_stopped; /* nested too deep: nothing more is read or reported */
} Parse;

/* Called by the generated parser (front/parse.c). */
int nnd_lex(union NND_STYPE *value, Span *span, Parse *parse);
void nnd_error(const Span *span, Parse *parse, const char *message);
void parse_report(Parse *parse, const char *const *expected, int count); /* a syntax error */
void parse_too_deep(Parse *parse, Span span);

/* ---- used by grammar/nnd.y (front/ast.c) ----------------------------------------------------- */
AstExpr *ast_expr(Parse *parse, AstExprKind kind, Span span);
AstExpr *ast_integer(Parse *parse, Span span, int64_t value);
AstExpr *ast_real(Parse *parse, Span span, double value);
AstExpr *ast_boolean(Parse *parse, Span span, bool value);
AstExpr *ast_string(Parse *parse, Span span, Str value);
AstExpr *ast_name(Parse *parse, Span span, Str name);
AstExpr *ast_list(Parse *parse, Span span, AstExprList *items);
AstExpr *ast_unary(Parse *parse, Span span, Operator op, Span op_span, AstExpr *right);
AstExpr *ast_binary(Parse *parse, Span span, Operator op, Span op_span, AstExpr *left,
                    AstExpr *right);
AstExpr *ast_range(Parse *parse, Span span, AstExpr *first, AstExpr *last);
AstExpr *ast_call(Parse *parse, Span span, Name callee,
                  ArgList *args); /* args NULL: no parentheses */
AstExpr *ast_pipe(Parse *parse, Span span, AstExpr *left, AstExpr *stage);
AstExpr *ast_field(Parse *parse, Span span, AstExpr *object, Name name);
AstExpr *ast_index(Parse *parse, Span span, AstExpr *object, AstExprList *indexes);
AstExpr *ast_table(Parse *parse, Span span, TableRowList *rows);

AstStmt *ast_stmt(Parse *parse, AstStmtKind kind, Span span);
void ast_stmt_nest(Parse *parse, AstStmt *stmt,
                   const AstStmtList *body); /* takes depth from body */
Item *ast_item(Parse *parse, ItemKind kind, Span span);

#endif
