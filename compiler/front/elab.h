/* elab.h: what the files of elaboration share. Nothing outside elab*.c includes it.
 *
 * Elaboration walks the syntax tree once and runs it: expressions have values (numbers, words,
 * lists, tensors), a tensor value is a node of the graph, blocks are functions that are expanded at
 * each use. A value that was reported wrong is VALUE_POISON; whatever is made of it is poison too,
 * silently. */
#ifndef NNDC_FRONT_ELAB_H
#define NNDC_FRONT_ELAB_H

#include "front/ast.h"
#include "front/model.h"

enum {
    ELAB_MAX_BLOCKS = 100,   /* blocks in blocks                                    */
    ELAB_MAX_DEPTH = 2000,   /* expressions and statements while blocks expand       */
    ELAB_MAX_NODES = 10000,  /* of one graph                                        */
    ELAB_MAX_STEPS = 200000, /* expressions evaluated: stops endless loops           */
};

/* ---- values ---------------------------------------------------------------------------------- */
typedef enum ValueKind {
    VALUE_POISON,
    VALUE_INT,
    VALUE_REAL,
    VALUE_BOOL,
    VALUE_STRING,
    VALUE_WORD, /* a name that means nothing but itself: 'same' */
    VALUE_LIST,
    VALUE_TENSOR,
    VALUE_INIT,  /* uniform(-1, 1)                   */
    VALUE_TUPLE, /* several results of a block       */
    VALUE_LAYER, /* what 'share' names               */
} ValueKind;

typedef struct Value Value;
typedef struct SharedLayer SharedLayer;
struct Value {
    ValueKind kind;
    Span span;         /* the expression it came from                                   */
    bool is_resolved;  /* a word that a parameter holds: certainly not a forgotten name */
    const Item *param; /* the parameter whose value it is, or NULL                      */
    union {
        int64_t integer;
        double real;
        bool boolean;
        Str text; /* of strings and words */
        struct {
            const Value *items;
            int count;
        } list; /* also of tuples */
        NodeId tensor;
        Init init;
        SharedLayer *layer;
    };
};

/* share encoder = dense(32) -> relu: a chain without its first tensor. It is expanded at each use, in
 * the scope where it stands; its parameters are made once. */
struct SharedLayer {
    Name name;
    Str full_name; /* with the part that it stands in    */
    Str part;      /* of its layers: full_name and a point */
    const AstExpr *value;
    struct Scope *scope;
    Shared shared;
    bool is_busy; /* being expanded */
};

typedef enum BindingKind {
    BINDING_NAME, /* y = ...              */
    BINDING_INPUT,
    BINDING_TARGET,
    BINDING_LOOP,  /* the variable of 'for' */
    BINDING_PARAM, /* of a block           */
} BindingKind;

typedef struct Binding {
    Str name; /* "h", or "h[1]" */
    Value value;
    Span span;
    BindingKind kind;
    bool is_used;
} Binding;

/* The names of a model or of one use of a block. */
typedef struct Scope {
    VEC(Binding) bindings;
    const Item *owner; /* the model or block             */
    bool is_model;
    Str result_name; /* name for what the block returns, or empty */
    bool has_returned;
    Value result;
} Scope;

/* A param or let of the program. Evaluated when it is first needed. */
typedef struct Global {
    const Item *item;
    Value value;
    bool is_done;
    bool is_busy; /* being evaluated: meeting it again is a cycle */
} Global;

/* What a 'freeze' names. */
typedef struct Freeze {
    NodeId node;
    Span span;
} Freeze;

typedef struct Elab {
    Arena *arena;
    Diag *diag;
    const Syntax *syntax;
    const ParamChoice *choices;
    int choice_count;
    Model *model;
    Build build;
    VEC(Global) globals;
    VEC(const Item *) blocks;
    const Item *model_item, *data_item, *train_item;
    int errors;      /* raised before this elaboration    */
    Scope *scope;    /* NULL outside of models and blocks */
    int block_depth; /* uses of blocks inside each other  */
    int depth;       /* of the tree walk                  */
    int steps;
    const AstExpr *measured; /* the whole of a metric: the one place for a metric of a set */
    VEC(bool) metric_is_larger_better; /* parallel to graph->metrics */
    VEC(Freeze) freezes;
} Elab;

/* ---- values (front/elab_value.c) ------------------------------------------------------------- */
Value value_poison(Span span);
Value value_int(Span span, int64_t integer);
Value value_real(Span span, double real);
Value value_bool(Span span, bool boolean);
Value value_text(ValueKind kind, Span span, Str text);
bool value_is_number(const Value *value);
double value_as_real(const Value *value);             /* of a number */
Str value_describe(Arena *arena, const Value *value); /* "3", "'same'", "a tensor" */
bool value_equal(const Value *a, const Value *b);     /* numbers by size, words like strings */
/* Constant arithmetic and comparison; reports overflow and the like at span. */
Value value_unary(Elab *e, const AstExpr *expr, const Value *right);
Value value_binary(Elab *e, const AstExpr *expr, const Value *left, const Value *right);
/* min(a, b), max(a, b), floor(a), ceil(a), round(a) of constants. */
bool is_constant_function(Str name);
Value value_function(Elab *e, Name name, const Value *args, int count, Span span);

/* ---- parameters (front/elab_param.c) --------------------------------------------------------- */
Global *global_find(Elab *e, Str name);
Value global_value(Elab *e, Global *global); /* evaluates it when it is needed for the first time */
/* Checks all parameters, with the choices of the command line. */
void elab_params(Elab *e);

/* ---- expressions (front/elab_expr.c) --------------------------------------------------------- */
/* name: for the tensor that comes out, or empty. */
Value elab_expr(Elab *e, const AstExpr *expr, Str name);
/* Expression as a constant of a kind; false when something else was reported. what: "a size". */
bool elab_integer(Elab *e, const AstExpr *expr, const char *what, int64_t *out);
bool elab_condition(Elab *e, const AstExpr *expr, bool *out);
/* Reports a word that should have been defined. */
void elab_undefined(Elab *e, Str name, Span span);
/* The node of a value that must be a tensor (numbers become constants when numbers_too). */
NodeId elab_tensor(Elab *e, const Value *value, bool numbers_too);
Binding *scope_find(Scope *scope, Str name);
/* "h[1, 2]" for a place or index expression; false when an index was reported wrong. */
bool elab_indexed_name(Elab *e, Str name, const AstExprList *indexes, Str *key, Str *identifier);
bool elab_enter(Elab *e, Span span); /* one level deeper; false when a limit was reported */
void elab_leave(Elab *e);

/* ---- calls (front/elab_call.c) --------------------------------------------------------------- */
/* piped: the value that flows in, or NULL. */
Value elab_call(Elab *e, const AstExpr *call, const Value *piped, Str name);
const Item *block_find(const Elab *e, Str name);
/* front/elab_share.c */
void elab_share(Elab *e, const AstStmt *stmt);
Value elab_call_shared(Elab *e, SharedLayer *layer, const AstExpr *call, const Value *piped);
/* An operator with evaluated inputs; attrs NULL: all defaults. */
Value elab_operator(Elab *e, const OpDef *op, Span span, const NodeId *inputs,
                    const Span *input_spans, int count, const AttrValue *attrs, Str name);
/* Arguments of optimizers and data sources: attributes only. values and spans are parallel to
 * attrs; what is not given has its default. False when something was reported. */
bool elab_attributes(Elab *e, Name callee, const AttrDef *attrs, const ArgList *args,
                     AttrValue *values, Span *spans, bool *given);

/* ---- attributes (front/elab_attr.c) ---------------------------------------------------------- */
/* Checks a value against the definition; reports and returns false when it does not fit. */
bool elab_attribute(Elab *e, Str callee, const AttrDef *attr, const Value *value, AttrValue *out);
bool is_initializer(Str name);
/* args: one for each number or word of the initialiser, NULL where none is given; count: given. */
Value elab_initializer(Elab *e, Name name, const Value *const *args, int count, Span span);
int elab_initializer_arg(Elab *e, Name callee, Name name); /* place of a named one; -1: reported */
/* Reports an attribute that does not exist, with the names that do. */
void elab_unknown_attribute(Elab *e, Name callee, Name attr, const AttrDef *attrs,
                            const char *const *inputs);
void elab_missing_attribute(Elab *e, Name callee, const AttrDef *attrs, int index);

/* ---- sections -------------------------------------------------------------------------------- */
void elab_model(Elab *e, const Item *item); /* front/elab_model.c */
void elab_define(Elab *e, Str key, Value value, Span span, BindingKind kind); /* in e->scope */
bool elab_check_free(Elab *e, Str key, Span span); /* whether a name can be given a value here */
/* front/elab_port.c: statements that stand only in models */
void elab_declare(Elab *e, const AstStmt *stmt); /* input, target */
void elab_output(Elab *e, Name name);
void elab_measure(Elab *e, const AstStmt *stmt);  /* loss, metric  */
void elab_name_results(Elab *e); /* metrics get names that no loss has */
void elab_block_body(Elab *e, const Item *block); /* statements of a block in e->scope */
/* front/elab_freeze.c */
void elab_freeze(Elab *e, const AstStmt *stmt);
Strs elab_frozen_layers(Elab *e); /* names of all layers that are to be frozen */
void elab_check_frozen(Elab *e);  /* reports when nothing is left to train     */
void elab_data(Elab *e, const Item *item);        /* front/elab_data.c, after the model */
void elab_train(Elab *e, const Item *item);       /* front/elab_train.c, after the data  */
/* validation.loss: a set and a result that are there; reports what is not. */
bool elab_monitor(Elab *e, const AstExpr *expr, Str *monitor, bool *is_larger_better);
/* The one argument of a setting when it is a call (or, with bare, a name); else reported, NULL. */
const AstExpr *elab_setting_call(Elab *e, const Setting *setting, const char *example, AstExpr *bare);
void elab_schedule(Elab *e, const Setting *setting); /* front/elab_schedule.c */

/* ---- parts of sources (front/elab_csv.c) ----------------------------------------------------- */
/* Takes arguments with a syntax of their own away: rows of all sources of files; inputs, targets and
 * horizon of csv. Returns the others. */
ArgList elab_source_arguments(Elab *e, const ArgList *args, DataSource *source, bool *is_right);
/* Whether the columns, and the windows, of a csv source fit the model. */
bool elab_check_csv(Elab *e, Name callee, const DataSource *source);

#endif
