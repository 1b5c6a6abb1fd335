/* ast.h: the syntax tree, exactly what the user wrote.
 *
 * Built by grammar/nnd.y, read by elab*.c and format.c, never changed. Everything lives in an arena
 * and carries the span of its text. Names are not resolved here: 'same' in 'padding = same' and a
 * tensor are both AST_NAME. Number literals keep their spelling in the source text under their
 * span. */
#ifndef NNDC_FRONT_AST_H
#define NNDC_FRONT_AST_H

#include "base/base.h"
#include "front/diag.h"

enum { AST_MAX_DEPTH = 200 }; /* nesting of expressions, brackets and statements */

typedef struct AstExpr AstExpr;
typedef struct AstStmt AstStmt;
typedef VEC(AstExpr *) AstExprList;
typedef VEC(AstStmt *) AstStmtList;

typedef struct Name {
    Str text; /* empty: there is no name */
    Span span;
} Name;
typedef VEC(Name) NameList;

/* ---- expressions ----------------------------------------------------------------------------- */

/* One argument of a call: 'value' or 'name = value'. */
typedef struct Arg {
    Name name; /* empty when positional */
    AstExpr *value;
    Span span;
} Arg;
typedef VEC(Arg) ArgList;

/* One row of a table: '[0, 1] -> 1'. Inputs and targets are separated by commas. */
typedef struct TableRow {
    AstExprList inputs;
    AstExprList targets;
    Span span;
} TableRow;
typedef VEC(TableRow) TableRowList;

typedef enum AstExprKind {
    AST_INT,
    AST_REAL,
    AST_BOOL,
    AST_STRING,
    AST_NAME,
    AST_LIST,   /* [a, b]                    */
    AST_UNARY,  /* -a, not a                 */
    AST_BINARY, /* a + b, a == b, a and b    */
    AST_RANGE,  /* a..b                      */
    AST_CALL,   /* f(a, b, name = c)         */
    AST_PIPE,   /* a -> f -> g(b)            */
    AST_FIELD,  /* a.name                    */
    AST_INDEX,  /* a[i, j]                   */
    AST_TABLE,  /* table { rows }            */
} AstExprKind;

typedef enum Operator {
    OPERATOR_ADD,
    OPERATOR_SUBTRACT,
    OPERATOR_MULTIPLY,
    OPERATOR_DIVIDE,
    OPERATOR_REMAINDER,
    OPERATOR_POWER,
    OPERATOR_NEGATE,
    OPERATOR_EQUAL,
    OPERATOR_NOT_EQUAL,
    OPERATOR_LESS,
    OPERATOR_LESS_EQUAL,
    OPERATOR_GREATER,
    OPERATOR_GREATER_EQUAL,
    OPERATOR_AND,
    OPERATOR_OR,
    OPERATOR_NOT,
} Operator;

struct AstExpr {
    AstExprKind kind;
    Span span;
    int depth;       /* 1 for a leaf; limited to AST_MAX_DEPTH          */
    bool has_parens; /* written in parentheses; span is what is inside  */
    union {
        int64_t integer;
        double real;
        bool boolean;
        Str string; /* escapes resolved */
        Str name;
        AstExprList list;
        struct {
            Operator op;
            Span op_span;
            AstExpr *left; /* NULL for unary operators */
            AstExpr *right;
        } binary;
        struct {
            AstExpr *first;
            AstExpr *last; /* included */
        } range;
        struct {
            Name callee;
            ArgList args;
            bool has_parens; /* false for a pipe stage such as '-> relu' */
        } call;
        struct {
            AstExpr *first;
            AstExprList stages; /* AST_CALL; the flowing value is their first input */
        } pipe;
        struct {
            AstExpr *object;
            Name name;
        } field;
        struct {
            AstExpr *object;
            AstExprList indexes;
        } index;
        struct {
            TableRowList rows;
        } table;
    };
};

/* ---- statements ------------------------------------------------------------------------------ */

/* What stands left of '=': 'a' or 'a[i]'. */
typedef struct Place {
    Name name;
    AstExprList indexes;
    Span span;
} Place;
typedef VEC(Place) PlaceList;

/* u8[28, 28, 1], class[10], f32 */
typedef struct TypeExpr {
    Name name;
    AstExprList dims;     /* f32[28, 28], class[10] */
    AstExprList classes;  /* of class[10][28, 28]: the first brackets */
    bool has_classes;
    Span span;
} TypeExpr;

/* if / else if / else: one arm each; the condition of 'else' is NULL. */
typedef struct IfArm {
    AstExpr *condition;
    AstStmtList body;
    Span span;     /* the words before the brace   */
    Span end_span; /* the closing brace            */
} IfArm;
typedef VEC(IfArm) IfArmList;

typedef enum AstStmtKind {
    AST_INPUT,  /* input image: u8[28, 28, 1]         */
    AST_TARGET, /* target label: class[10]            */
    AST_OUTPUT, /* output a, b                        */
    AST_LOSS,   /* loss expr, loss name = expr        */
    AST_METRIC, /* metric expr, metric name = expr    */
    AST_ASSIGN, /* a = expr, a, h[i] = expr           */
    AST_FOR,    /* for i in 1..n { }                  */
    AST_IF,
    AST_RETURN, /* return a, b                        */
    AST_FREEZE, /* freeze(a, b)                       */
    AST_SHARE,  /* share name = layer -> layer        */
} AstStmtKind;

struct AstStmt {
    AstStmtKind kind;
    Span span;
    int depth;
    union {
        struct { /* input, target */
            Name name;
            TypeExpr type;
        } declare;
        NameList output;
        struct {       /* loss, metric, share */
            Name name; /* empty when not given */
            AstExpr *value;
        } measure;
        struct {
            PlaceList places;
            AstExpr *value;
        } assign;
        struct {
            Name variable;
            AstExpr *range;
            AstStmtList body;
            Span end_span;
        } loop;
        IfArmList arms;
        AstExprList results; /* of return; of freeze: what is frozen */
    };
};

/* ---- items: what stands in a file ------------------------------------------------------------ */

/* int in 16..64 step 16, real in 1e-4..1e-1 log, bool, choice(a, b) */
typedef struct Domain {
    Name kind; /* empty: any value    */
    AstExpr *range;
    AstExpr *step;
    Name scale;
    ArgList choices;
    Span span;
} Domain;

/* A parameter of a block. */
typedef struct BlockParam {
    Name name;
    AstExpr *default_value; /* NULL: must be given */
} BlockParam;
typedef VEC(BlockParam) BlockParamList;

/* One line of the train section: 'optimizer adam(rate)'. */
typedef struct Setting {
    Name word;
    ArgList args;
    Span span;
} Setting;
typedef VEC(Setting) SettingList;

typedef enum ItemKind {
    ITEM_IMPORT, /* import "file.nnd"                         */
    ITEM_PARAM,  /* param n: int in 1..9 step 1 = 3           */
    ITEM_LET,    /* let n = 3                                 */
    ITEM_BLOCK,  /* block name(x, n = 3) { ... return y }     */
    ITEM_MODEL,  /* model name { ... }                        */
    ITEM_DATA,   /* data { name = source ... }                */
    ITEM_TRAIN,  /* train { word value ... }                  */
} ItemKind;

typedef struct Item {
    ItemKind kind;
    Span span;
    Span end_span; /* the closing brace of a section */
    Name name;     /* param, let, block, model       */
    union {
        Str path; /* import */
        struct {
            Domain domain;
            AstExpr *value; /* of param and let */
        } param;
        struct {
            BlockParamList params;
            AstStmtList body; /* also of model and data */
        } block;
        SettingList settings; /* train */
    };
} Item;
typedef VEC(Item *) ItemList;

/* A '#' comment, without its line end. */
typedef struct Comment {
    Span span;
    bool has_own_line; /* nothing but blanks before it on its line */
} Comment;

/* One parsed file. */
typedef struct Syntax Syntax;
struct Syntax {
    int file;
    ItemList items;
    VEC(Comment) comments; /* in the order of the text */
    VEC(Syntax *)
    imports;         /* other files, each once for the whole program; empty before
                        parse_program; an imported file's own imports come before it */
    bool has_errors; /* items that could not be read are missing */
};

/* ---- parsing (front/parse.c) ----------------------------------------------------------------- */

/* Reads one source. Reports all syntax errors it can find and returns what could be read. */
Syntax *parse_source(Arena *arena, const Sources *sources, int file, Diag *diag);

/* Reads the file at path and all it imports, relative to the importing file. Imports that cannot be
 * read are reported at the import; when the file itself cannot be read the result is NULL and the
 * reason is in *error. */
Syntax *parse_program(Arena *arena, Sources *sources, Str path, Diag *diag, Str *error);

/* ---- spelling (front/ast.c) ------------------------------------------------------------------ */
const char *operator_text(Operator op);
int operator_precedence(Operator op); /* higher binds tighter */
bool operator_is_unary(Operator op);

/* ---- formatting (front/format.c) ------------------------------------------------------------- */

/* The canonical layout of a file that was read without errors; keeps all comments. */
Str format_syntax(Arena *arena, const Sources *sources, const Syntax *syntax);

#endif
