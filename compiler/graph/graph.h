/* graph.h: the tensor program between the syntax tree and the loops.
 *
 * A Graph is a list of nodes in SSA form. A node is one operator applied to earlier nodes and has
 * exactly one result, so a node id also names a value. Forward pass, gradient, optimizer update,
 * losses and metrics are all nodes of this one type; what differs is Node.role.
 *
 * Shapes are static. The batch is the only free dimension: it is never in Shape.dim, only flagged.
 * Images are channels last: [height, width, channels]. All arithmetic values are f32; u8 and i32
 * occur as inputs, targets, class numbers and window positions.
 *
 * Nodes refer to inputs by id; ids never change, the array may move. A pass that removes nodes makes
 * a new Graph. A field "set by" belongs to the pass that is named. */
#ifndef NNDC_GRAPH_H
#define NNDC_GRAPH_H

#include "base/base.h"

typedef struct Diag Diag; /* front/diag.h */

enum { MAX_RANK = 6 };

typedef struct OpDef OpDef;        /* ops/op.h */
typedef union AttrValue AttrValue; /* ops/op.h */

typedef int32_t NodeId;
enum { NODE_NONE = -1 }; /* no value; also the result of a call that was reported wrong */

typedef enum Type {
    TYPE_F32,
    TYPE_U8,
    TYPE_I32, /* also class numbers: see Node.classes */
} Type;

typedef struct Shape {
    bool has_batch; /* a leading dimension of the batch's size, not counted in rank */
    int rank;
    int64_t dim[MAX_RANK];
} Shape;

typedef enum Role {
    ROLE_FORWARD,
    ROLE_BACKWARD,
    ROLE_UPDATE,
    ROLE_METRIC,
} Role;

/* What a leaf stands for. A leaf has no inputs; its value comes from outside. */
typedef enum LeafKind {
    LEAF_NONE,
    LEAF_INPUT,     /* a model input: batch, type as declared                           */
    LEAF_TARGET,    /* a model target                                                   */
    LEAF_PARAMETER, /* trained: kernel, bias, gamma                                     */
    LEAF_STATISTIC, /* kept between steps, not trained: moving averages                 */
    LEAF_OPTIMIZER, /* kept between steps, one per parameter: momentum, adam's m and v  */
    LEAF_CONSTANT,  /* numbers known to the compiler, in Leaf.values                    */
    LEAF_SCALAR,    /* one number given at each step: see Leaf.scalar                   */
} LeafKind;

typedef enum ScalarKind {
    SCALAR_RATE,  /* learning rate of this step */
    SCALAR_STEP,  /* number of this step, from 1 */
    SCALAR_BATCH, /* samples in this batch */
} ScalarKind;

typedef enum InitKind {
    INIT_ZEROS,
    INIT_ONES,
    INIT_ONES_BETWEEN, /* 1 from element a to element b - 1 in row-major order, else 0 */
    INIT_CONSTANT,
    INIT_UNIFORM,
    INIT_NORMAL,
    INIT_TRUNCATED_NORMAL, /* drawn again outside two deviations */
    INIT_ORTHOGONAL,
    INIT_VARIANCE_SCALING, /* never in a leaf: see init_resolve */
    INIT_GLOROT_UNIFORM,
    INIT_GLOROT_NORMAL,
    INIT_HE_UNIFORM,
    INIT_HE_NORMAL,
    INIT_LECUN_UNIFORM,
    INIT_LECUN_NORMAL,
    /* Constraints, which are written like initialisers; never in Leaf.init. See build_assign. */
    CONSTRAINT_NONE,
    CONSTRAINT_MAX_NORM,     /* no norm larger than a                                            */
    CONSTRAINT_MIN_MAX_NORM, /* norms from a to b; c: share of the way that a step goes          */
    CONSTRAINT_NON_NEGATIVE, /* no element below 0                                               */
    CONSTRAINT_UNIT_NORM,    /* all norms 1                                                      */
} InitKind;

/* Words of INIT_VARIANCE_SCALING. */
enum { FAN_IN, FAN_OUT, FAN_AVG };
enum { SPREAD_TRUNCATED_NORMAL, SPREAD_UNTRUNCATED_NORMAL, SPREAD_UNIFORM };

typedef struct Init {
    InitKind kind;
    double a, b, c; /* what is written behind the name, in order: see init_table */
} Init;

/* What the trainer takes from the training set, for each feature, before the first step. */
typedef enum Fit {
    FIT_NONE,
    FIT_MEAN,
    FIT_DEVIATION,
    FIT_LEAST,
    FIT_RANGE, /* greatest - least */
} Fit;

typedef struct Leaf {
    LeafKind kind;
    ScalarKind scalar;
    Init init;
    int64_t fan_in, fan_out; /* for glorot, he and lecun */
    int groups;              /* of a grouped convolution's kernel (its last axis is split), else 1 */
    NodeId owner;            /* of optimizer state: the parameter it belongs to */
    const double *values;    /* of a constant: row-major */
    Fit fit;                 /* of a statistic */
    Str fitted_to;           /* of a statistic with a fit: name of the input or target */
    bool is_weight;          /* an input or target that only weighs samples of a loss */
    bool is_frozen;          /* a parameter that is not updated, a statistic that is not moved */
    double l1, l2;           /* penalties of a parameter: l1*sum|w| + l2*sum(w*w) join the loss */
    Init constraint;         /* what an update leaves of a parameter; none unless is_constrained */
    uint32_t norm_axes;      /* over which its norms are taken: bit a = dimension a */
} Leaf;

/* ---- contractions ----------------------------------------------------------------------------
 * Every matrix product and convolution, and both gradients of each, is
 *
 *     out[O(axes)] += left[L(axes)] * right[R(axes)]      over all points of the axes
 *
 * where the index of each dimension of each tensor is a sum of at most two scaled axes plus an
 * offset, and a point at which any index falls outside its tensor contributes nothing (that is zero
 * padding). The form is closed under differentiation: the gradient of left contracts d_out with
 * right, with L in the place of O. Batch dimensions are implicit: when any of the three tensors has
 * a batch, axis 0 is the batch and indexes the batch dimension of those that have one; if out has
 * none, the batch is summed over.
 *
 *     dense    axes n c o            out[o]       = left[c] right[c, o]
 *     conv2d   axes n i j o p q c    out[i,j,o]   = left[i*s + p*d - a, j*s + q*d - b, c] right[p,q,c,o]
 *     its dW   the same axes         out[p,q,c,o] = left[i*s + p*d - a, ..., c] right[i,j,o]
 *     grouped  axis g more           channel dimensions are {g, size of a group} + {c or o, 1} */
enum { MAX_AXES = 10 };
typedef struct IndexTerm {
    int axis;
    int64_t scale;
} IndexTerm;
typedef struct IndexMap {
    int count; /* of terms, 0..2 */
    IndexTerm term[2];
    int64_t offset;
} IndexMap;
typedef struct Axis {
    char name;      /* letter for dumps, comments and loops: n o i j p q c g k */
    int64_t extent; /* -1 for the batch */
} Axis;
/* How a contraction is to be computed, where it was measured; zeros: as sizes suggest. See kernel/tuning.h. */
typedef enum Way { WAY_USUAL, WAY_WHOLE, WAY_SWEEPS, WAY_PARTS } Way; /* see kernel/contract_weights.c */
typedef struct Schedule {
    int winograd; /* 1: not at all; else the points of a square, as in ContractSpec.points */
    int rows;     /* of a tile, at most, where there are 32 vector registers               */
    Way way;      /* through the batch, of the gradient of a kernel                        */
} Schedule;

typedef struct ContractSpec {
    int axis_count;
    Axis axis[MAX_AXES];
    IndexMap left[MAX_RANK];
    IndexMap right[MAX_RANK];
    IndexMap out[MAX_RANK];
    Shape out_shape; /* must be given: it cannot always be derived */
    int points; /* set by winograd: m, when computed by F(m x m, r x r); a convolution then has the transformed
                   kernel, of m + r - 1 places a line, on its right. Else 0 */
    Schedule schedule;
} ContractSpec;

/* ---- nodes and graphs ------------------------------------------------------------------------ */
typedef struct Node {
    const OpDef *op;
    const NodeId *inputs;
    int input_count;
    const AttrValue *attrs;       /* parallel to op->attrs, all filled in */
    Leaf *leaf;                   /* of leaves */
    const ContractSpec *contract; /* of contractions */
    Shape shape;
    Type type;
    int classes;   /* > 0: an i32 class number in 0..classes-1 */
    const Str *class_names; /* of a target: a word for each class, or NULL */
    Str name;      /* from the source, or made from it; unique per graph */
    Span span;     /* the call or name that the user wrote */
    Role role;
    int layer;     /* index into Graph.layers, or -1 */
    NodeId origin; /* of a gradient: the forward node it belongs to, else NODE_NONE */
    int group;     /* set by fuse: index of its group, -1 when it has none */
} Node;

/* One line of the summary: a call that the user wrote. */
typedef struct Layer {
    const OpDef *op;
    Str name;
    Str part; /* the use of a block that it stands in, "base.", or empty */
    Span span;
    NodeId output;
    bool is_further; /* another result of the call above */
    int64_t parameter_count; /* all elements of parameters and statistics */
    int64_t trainable_count;
} Layer;

/* How the value of a whole set follows from the totals of its batches, for metrics that are no means:
 * names of two functions and a constant of runtime/metrics.h. All NULL for a mean. */
typedef struct Finish {
    const char *merge; /* NULL: totals are means, weighted with the samples */
    const char *finish;
    const char *mode;
} Finish;

/* A named result: an output, loss or metric. */
typedef struct Result {
    Str name;
    NodeId node;
    Span span;
    Finish finish; /* of metrics */
} Result;

typedef VEC(NodeId) NodeIds;
typedef VEC(Result) Results;

typedef struct NameTable NameTable; /* graph/graph.c */

typedef struct Graph {
    Arena *arena;
    NameTable *names;       /* taken in this graph */
    NameTable *layer_names; /* taken by layers     */
    NameTable *part_names;  /* taken by uses of blocks */
    VEC(Node) nodes;
    VEC(Layer) layers;
    NodeIds inputs;  /* LEAF_INPUT, in order of declaration */
    NodeIds targets; /* LEAF_TARGET */
    Results outputs;
    Results losses;  /* scalars without batch: each is a mean over the batch */
    Results metrics; /* scalars without batch, or with 'finish' totals of any shape, without batch */
    NodeIds effects; /* assign nodes: they run though nothing reads them */
    NodeIds penalties; /* scalars without batch that join the total loss; empty once it is built */
    NodeIds held;      /* leaves that keep their place in the state though nothing may read them */
    NodeId total_loss;       /* losses + penalties; NODE_NONE until total_loss_build made it */
    uint32_t random_streams; /* random nodes so far: each has its own stream number */
} Graph;

/* graph/graph.c */
Graph *graph_new(Arena *arena);
void graph_reserve(Graph *g, int nodes); /* an empty graph gets room for so many nodes and their names */
Node *graph_node(const Graph *g, NodeId id); /* BUG when out of range */
NodeId graph_append(Graph *g, Node node);    /* copies; gives a unique name; no checks (see build.h) */
Str graph_unique_name(Graph *g, Str wanted); /* wanted, or wanted_2, ...: it is taken from now on */
Str graph_unique_layer_name(Graph *g, Str wanted); /* among the names of layers */
Str graph_unique_part_name(Graph *g, Str wanted);  /* among the names of parts  */
void graph_rename(Graph *g, NodeId id, Str wanted);
bool node_is_uniform(const Node *n); /* a constant whose elements are all one number */
bool is_constrained(const Leaf *leaf);
bool *graph_reach(Arena *arena, const Graph *g, NodeId id); /* of each node: is id, or computed into it */
int64_t shape_elements(Shape s);              /* per sample: the product of dim */
bool shape_count(Shape s, int64_t *elements); /* false when it exceeds MAX_ELEMENTS */
bool shape_equal(Shape a, Shape b);
Shape shape_of(bool has_batch, int rank, const int64_t *dim);
Str shape_str(Arena *arena, Shape s); /* "[28, 28, 1]" */
const char *type_name(Type t);        /* "f32" */
int64_t type_bytes(Type t);

/* graph/verify.c: checks every invariant above (inputs earlier, shapes as the rules say, names
 * unique, effects are assigns ...). Returns an empty string, or what is wrong. */
Str graph_verify(Arena *arena, const Graph *g);

/* graph/print.c: one line a node, `.nnd`-like; for --dump and tests. */
Str graph_print(Arena *arena, const Graph *g);

/* graph/infer.c */
int64_t node_flops(const Graph *g, const Node *n); /* per sample; multiply and add count as two */

/* graph/differentiate.c: appends gradient nodes.
 * graph_gradients computes d(of) / d(with[i]) into gradients[i] (NODE_NONE when `of` does not depend
 * on it). seed is the gradient that arrives at `of` (same shape); NODE_NONE stands for 1 and then
 * `of` must be a scalar. Errors (an operator without gradient on the way) go to diag. */
bool graph_gradients(Graph *g, Diag *diag, NodeId of, NodeId seed, const NodeId *with, int with_count,
                     NodeId *gradients);
NodeId graph_total_loss(Graph *g, Diag *diag); /* sum of losses and penalties; kept in total_loss */

/* graph/step.c: what happens to gradients between differentiation and update; 0 means no limit. */
typedef struct GradientRule {
    double clip_value;       /* of each element      */
    double clip_norm;        /* of each parameter    */
    double clip_global_norm; /* of all of them       */
    bool is_measured;        /* keep norms for the training loop to show */
} GradientRule;
/* The whole training step: total loss (with penalties), gradients of all parameters that are not
 * frozen, and the optimizer's update of each. rule may be NULL. */
bool graph_training_step(Graph *g, Diag *diag, const OpDef *optimizer, const AttrValue *attrs,
                         const GradientRule *rule, Span span);

/* graph/simplify.c: folding, common subexpressions, algebra (log(softmax), stable cross entropy ...),
 * dead nodes. Returns a new graph; results, effects, inputs and targets are kept. */
Graph *graph_simplify(Arena *arena, const Graph *g);

/* graph/fold.c, graph/hoist.c: for inference. graph_fold moves the scale of a batch-norm into the kernel of
 * the layer before, or after a relu into that of the dense layer behind. graph_hoist splits g into what depends on parameters and statistics only (prepare: its
 * outputs are the tensors that the other half needs) and the rest (call), whose leaves of kind
 * LEAF_PARAMETER stand for those outputs, by equal name; a folded scale lands in prepare. */
Graph *graph_fold(Arena *arena, const Graph *g);
typedef struct SplitGraph {
    Graph *prepare;
    Graph *call;
} SplitGraph;
SplitGraph graph_hoist(Arena *arena, const Graph *g);
/* The same, but Winograd kernels that no cache holds are made by each call: memory before time. */
SplitGraph graph_hoist_small(Arena *arena, const Graph *g);

/* graph/recompute.c: gradients read copies of large normalized values that are made again, where the values
 * they are made from live as long anyway. Gives g itself where that frees less than least_bytes. After all
 * passes that join equal nodes. */
Graph *graph_recompute(Arena *arena, Graph *g, int64_t batch, int64_t least_bytes);

/* kernel/choose_winograd.c: computes 3x3 and 5x5 convolutions and their gradients by Winograd's transformation where
 * that is faster for this batch; each kernel is transformed by a node of its own (ops/winograd.c). Runs
 * after differentiation and folding, before hoist. `remakes`: kernels are new in every call, and transformed
 * in it. `forced`: 2 or 4 for all that have the form. */
Graph *graph_winograd(Arena *arena, const Graph *g, int64_t batch, bool remakes, int forced);

/* graph/prefix.c: the frozen front part of a network, which gives the same values for a sample in every
 * epoch. graph_find_prefix chooses what of it to keep: the smallest set of values behind which nothing
 * frozen is computed from samples any more. False when there is none, or when it is not worth while.
 * Both graphs of a model, as they were elaborated, have these values. graph_prefix is the part that
 * computes them, as its outputs; graph_without_prefix is the rest, in which they are inputs after the
 * model's own. */
typedef struct Prefix {
    NodeIds training, inference; /* the values in either graph, in the same order */
} Prefix;
bool graph_find_prefix(Arena *arena, const Graph *training, const Graph *inference, Prefix *prefix);
Graph *graph_prefix(Arena *arena, const Graph *g, const NodeIds *values);
Graph *graph_without_prefix(Arena *arena, const Graph *g, const NodeIds *values);

/* graph/eval.c: the reference. Evaluates all nodes in double. values[id] points to row-major data,
 * batch first; the caller sets leaves (but constants and scalars, which eval fills in) and eval
 * allocates the rest from context->arena. Assign nodes get the new value of their leaf. */
typedef struct EvalContext {
    Arena *arena;
    int64_t batch;
    double rate, step;
    uint32_t seed; /* of random nodes, new at each step: nn_step.seed of the generated code */
} EvalContext;
void graph_eval(const Graph *g, const EvalContext *context, double **values);

#endif
