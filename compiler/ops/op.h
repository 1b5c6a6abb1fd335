/* op.h: what an operator is. One OpDef says everything about one operator or layer: attributes,
 * shape rule, reference evaluation, gradient, lowering, documentation and test cases. ops.def lists
 * them; nothing else in the compiler knows an operator by name, except that rules and layers use the
 * `extern` descriptors below to build nodes.
 *
 * Three kinds of descriptor share the struct:
 *   operators   have infer, eval and mostly grad, and element (maps) or lower (other families);
 *   layers      have expand: they create parameters and build operators (also losses and metrics);
 *   optimizers  have update: they build the new value of one parameter from its gradient. */
#ifndef NNDC_OP_H
#define NNDC_OP_H

#include "base/base.h"
#include "graph/graph.h"

typedef struct Build Build;           /* graph/build.h   */
typedef struct Expr Expr;             /* kernel/kernel.h */
typedef struct Lowering Lowering;     /* kernel/lower.h  */
typedef struct MapContext MapContext; /* kernel/lower.h: the element's index, for random and one_hot */

/* ---- attributes ------------------------------------------------------------------------------ */
typedef enum AttrKind {
    ATTR_END,     /* closes a list */
    ATTR_INT,     /* i */
    ATTR_REAL,    /* r */
    ATTR_BOOL,    /* i: 0 or 1 */
    ATTR_CHOICE,  /* i: index into AttrDef.choices */
    ATTR_INTS,    /* list: one int, or one per spatial axis */
    ATTR_SHAPE,   /* list of positive ints */
    ATTR_PADDING, /* padding: valid, same, or explicit: 1, [1, 2] per axis, [[1, 2], [0, 1]] before and after */
    ATTR_INIT,    /* init: zeros, ones, constant(v), uniform(a, b), he_normal ... */
    ATTR_CONSTRAINT, /* init: none, max_norm(m), min_max_norm(l, m, r), non_negative, unit_norm */
    ATTR_NAME,    /* name: a word or string */
    ATTR_REALS,   /* reals: one number or a list of numbers */
    ATTR_ACTIVATION, /* op: the name of an activation; NULL for none */
} AttrKind;

typedef enum PaddingKind {
    PADDING_VALID,
    PADDING_SAME,
    PADDING_EXPLICIT,
    PADDING_CAUSAL, /* all before, so that no result sees later steps */
} PaddingKind;
const char *padding_word(PaddingKind kind);             /* NULL for PADDING_EXPLICIT */
bool padding_find(Str word, PaddingKind *kind);

union AttrValue {
    int64_t i;
    double r;
    struct {
        int count;
        int64_t item[MAX_RANK];
    } list;
    struct {
        PaddingKind kind;
        int count;
        int64_t before[MAX_RANK], after[MAX_RANK];
    } padding;
    struct {
        int count;
        const double *item;
    } reals;
    Init init;
    Str name;
    const OpDef *op;
};

typedef struct AttrDef {
    const char *name;
    AttrKind kind;
    const char *def;            /* default as it would be written; NULL: must be given */
    const char *doc;            /* one line for the manual and `nndc help` */
    const char *const *choices; /* ATTR_CHOICE: names, NULL-terminated */
    double least, most;         /* allowed range of numbers when least < most, inclusive */
    bool is_open;               /* the range excludes its ends */
    bool is_positional;         /* may be given without its name, after the inputs, in order */
    bool is_private;            /* set by the compiler only; not in the language */
    const char *why;            /* what the lower end of the range is for, as a note; or NULL */
} AttrDef;

/* ---- what a rule is given -------------------------------------------------------------------- */
/* A call while it is checked. The spans let an error point at the argument; they are absent for
 * calls made by the compiler. */
typedef struct Call {
    const OpDef *op;
    const NodeId *inputs;
    int input_count;
    const AttrValue *attrs; /* parallel to op->attrs */
    const ContractSpec *contract;
    Leaf *leaf;
    Span span;               /* the name of the operator as the user wrote it */
    const Span *input_spans; /* or NULL */
    const Span *attr_spans;  /* parallel to op->attrs, SPAN_NONE for defaults; or NULL */
    Str name;                /* name for the result ("h1"), or empty */
} Call;
Span call_attr_span(const Call *call, const char *attr); /* falls back to call->span */
Span call_input_span(const Call *call, int input);

/* What the shape rule fills in. */
typedef struct Inferred {
    Shape shape;
    Type type;
    int classes;
} Inferred;

/* Reference evaluation of one node: in[i] and out are row-major doubles, batch first. */
typedef struct EvalCall {
    const Graph *graph;
    const Node *node;
    const double *const *in;
    double *out;
    const EvalContext *context;
} EvalCall;

/* A shape and attributes for tests/ops: the body of a model as `.nnd` text, e.g.
 * "input x: f32[7, 6, 3]  y = x -> conv2d(4, kernel = 3, padding = same)  output y".
 * The harness adds random inputs, checks generated C against eval, and the gradient of every f32
 * input and parameter against central differences in double. */
typedef struct OpCase {
    const char *text;
    const char *no_gradient; /* reason why differences are meaningless here, or NULL */
} OpCase;

typedef enum Family {
    FAMILY_LEAF,      /* value comes from outside */
    FAMILY_MAP,       /* out[i] = f(in0[i], in1[i], ...), with broadcasting; freely fused */
    FAMILY_REDUCE,    /* sum or max over axes; maps before it are fused into it */
    FAMILY_CONTRACT,  /* see ContractSpec; maps after it are fused as its epilogue */
    FAMILY_WINDOW,    /* pooling and its gradients */
    FAMILY_ROW,       /* works on whole rows of the last axis: softmax, log_softmax, argmax */
    FAMILY_SCAN,      /* a recurrent cell carried over the steps of a sequence, and its gradients */
    FAMILY_VIEW,      /* the same numbers in another shape or place: reshape, slice, concat ... */
    FAMILY_ASSIGN,    /* gives a leaf its value for the next step */
    FAMILY_LAYER,     /* expands to operators */
    FAMILY_LOSS,      /* a layer that gives a loss */
    FAMILY_METRIC,    /* a layer that gives a metric */
    FAMILY_OPTIMIZER,
} Family;

typedef enum Reads {
    READS_ANYTHING,
    READS_PROBABILITY, /* one of several that exclude each other, or its score */
    READS_CHANCE,      /* the probability of a yes                             */
    READS_CHANCE_SCORE /* the same before a sigmoid                            */
} Reads;

struct OpDef {
    const char *name;
    Family family;
    const char *category; /* heading in the manual: "convolution", "activation" ...; NULL: internal,
                             neither in the language nor in the manual */
    const char *alias;    /* another name in the language, or NULL */
    const char *summary;  /* one line */
    const char *doc;      /* formula, remarks, source */
    const char *inputs[5]; /* names, up to the first NULL */
    int optional_inputs;   /* so many at the end may be left out */
    bool is_variadic;      /* the last input may be repeated: concat; calls of maps (add) are folded */
    uint32_t typed_inputs; /* bit i: input i keeps its type (class numbers, bytes, positions); other
                              inputs of operators are converted to f32 */
    const AttrDef *attrs;  /* ends with {0}; NULL: none */
    bool is_early;         /* computed as soon as its inputs are there, though it is read much later:
                              it is small and keeps large inputs from being kept */

    bool makes_zeros;      /* as a rule many elements of the result are exactly 0 */

    Reads reads;             /* what input 0 is, where a loss ends in this */
    bool keeps_probability;  /* input 0 is one when the result is: a bound */

    /* operators */
    /* Checks the attributes of a call and puts them into the one form that the other rules know:
     * axes counted from the end become axes from 0. False: error reported. NULL: they are as given. */
    bool (*resolve)(Build *b, const Call *call, AttrValue *attrs);
    bool (*infer)(Build *b, const Call *call, Inferred *out); /* false: error reported */
    void (*eval)(const EvalCall *call);
    /* Fills d_inputs[i] for each i with needed[i]; leaves NODE_NONE for "no influence".
     * NULL: the operator is not differentiable. */
    void (*grad)(Build *b, NodeId node, NodeId d_out, const bool *needed, NodeId *d_inputs);
    Expr *(*element)(MapContext *context, const Node *node, Expr *const *args); /* FAMILY_MAP */
    void (*lower)(Lowering *lowering, NodeId node);                             /* other families */

    /* layers, losses, metrics */
    NodeId (*expand)(Build *b, const Call *call);
    /* Instead of expand, when there are several results; none after an error. */
    void (*expand_list)(Build *b, const Call *call, NodeIds *results);

    bool is_of_set;           /* a metric that expands to totals of a batch and sets Build.finish */
    bool is_smaller_better;   /* a metric that shall fall, as losses do */

    /* optimizers: builds state leaves and assigns for one parameter */
    void (*update)(Build *b, const AttrValue *attrs, NodeId parameter, NodeId gradient, NodeId rate);

    /* optimizers that go through the whole training set for each step: what drives them in a trainer,
     * the start of the names of its runtime functions. The optimizer adds up gradients. */
    const char *driver;

    const OpCase *cases; /* ends with {0} */
};

/* ---- the table (ops/op.c) -------------------------------------------------------------------- */
int op_count(void);
const OpDef *op_at(int index);
const OpDef *op_find(Str name); /* of the language; NULL when there is none */
/* Those that attributes of kind ATTR_ACTIVATION can name: category "activation", one input, a default for
 * each attribute. */
bool op_is_activation(const OpDef *op);
const OpDef *op_find_activation(Str name); /* NULL when there is none */
bool op_is_layer(const OpDef *op); /* expands to others */
int op_attr_count(const OpDef *op);
int op_attr_index(const OpDef *op, const char *name); /* BUG when there is none */
/* Defaults of all attributes. has_default[i] is false, and values[i] zero, for those that must be given. */
void op_default_attrs(Arena *arena, const OpDef *op, AttrValue *values, bool *has_default);
int op_input_names(const OpDef *op);  /* inputs that have names, optional ones included */
int op_least_inputs(const OpDef *op); /* a variadic operator takes this many or more */
const AttrValue *node_attr(const Node *n, const char *name);
const AttrValue *call_attr(const Call *call, const char *name);

/* ---- printed from the table (ops/manual.c) ---------------------------------------------------- */
Str op_help(Arena *arena, const OpDef *op); /* text of `nndc help NAME` */
Str op_manual(Arena *arena);                /* docs/operators.md */

/* ---- attribute values as text (ops/attr.c) --------------------------------------------------- */
/* (ops/init.c) */
enum { INIT_MOST_ARGS = 3 };
typedef struct InitArg {
    const char *name;
    const char *const *words; /* the number is an index into them; NULL: it is a number itself */
    double def;
} InitArg;
/* An initialiser, or a constraint: both are a word with numbers. */
typedef struct InitDef {
    const char *name; /* NULL closes the table */
    InitKind kind;
    int arg_count; /* constant(value), uniform(lowest, highest), normal(mean, deviation) */
    InitArg arg[INIT_MOST_ARGS];
} InitDef;
extern const InitDef init_table[];
const InitDef *init_find(Str name); /* NULL when there is none */
const InitDef *init_of(InitKind kind);
bool init_is_constraint(const InitDef *def);
Init init_default(const InitDef *def);    /* when it is written without its numbers */
double *init_arg(Init *init, int index);
/* The same values as an initialiser that the trainer knows. */
Init init_resolve(Init init, int64_t fan_in, int64_t fan_out);

/* Reads a value as it is written in a default: "0.5", "same", "[1, 2]", "uniform(-1, 1)". False when it
 * is not of the attribute's kind. The text is ours: words of the user are checked by elaboration. */
bool attr_parse(Arena *arena, const AttrDef *def, Str text, AttrValue *value);
Str attr_str(Arena *arena, const AttrDef *def, const AttrValue *value);
bool attr_equal(const AttrDef *def, const AttrValue *a, const AttrValue *b);
const char *attr_kind_name(AttrKind kind); /* "int", "number" ... for the manual */

#define OP(name) extern const OpDef op_##name;
#include "ops/ops.def"
#undef OP

#endif
