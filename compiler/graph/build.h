/* build.h: adding nodes to a graph, used alike by elaboration, layers, gradients and optimizers.
 *
 * A Build carries what new nodes inherit: role, layer, span, and whether the graph is for training.
 * Each function checks its inputs with the operator's shape rule at once, so a node in the graph
 * always has its shape. If an input is NODE_NONE, or the rule reports an error, the result is
 * NODE_NONE and nothing is added: errors do not cascade. */
#ifndef NNDC_BUILD_H
#define NNDC_BUILD_H

#include "graph/graph.h"
#include "ops/op.h"

typedef enum Mode {
    MODE_TRAINING,
    MODE_INFERENCE,
} Mode;

typedef VEC(Str) Strs;

/* Parameters and statistics that several calls of layers share, in the order in which they are made.
 * The first use makes them, each later one takes them in turn. */
typedef struct Shared {
    NodeIds nodes;
    int next;             /* of nodes, in this use                          */
    struct Shared *outer; /* a shared chain inside of which this one stands */
} Shared;

struct Build {
    Graph *graph;
    Diag *diag;
    Mode mode;
    Role role;
    int layer;     /* index of the layer being expanded, or -1 */
    Str part;      /* before the names of layers without one: "base.", or empty */
    const Strs *frozen; /* names of layers whose parameters are not trained, or NULL */
    Str name;      /* stem for names of nodes and parameters: "conv2d_1", or the tensor's name */
    Shared *shared; /* where parameters come from, or NULL: each call makes its own */
    Span span;     /* where new nodes come from */
    Finish finish; /* set by the last metric that is_of_set */
    NodeId origin; /* forward node whose gradient is being built, or NODE_NONE */
};

/* A call as the user or a layer makes it. Layers are expanded (their Layer entry is made, or they
 * join the one that is open); operators become a node. attrs parallel to op->attrs, all filled in. */
NodeId build_call(Build *b, const Call *call);

/* The same for layers with several results, which join `results`; false after an error. */
bool build_call_list(Build *b, const Call *call, NodeIds *results);

/* The same for calls made by the compiler: attrs may be NULL (all defaults). */
NodeId build_node(Build *b, const OpDef *op, const NodeId *inputs, int count, const AttrValue *attrs);
NodeId build_unary(Build *b, const OpDef *op, NodeId x);
NodeId build_binary(Build *b, const OpDef *op, NodeId x, NodeId y); /* broadcasts, right-aligned */

/* Is the result small enough? Else there is an error at the span. */
bool build_check_size(Build *b, const OpDef *op, Span span, Shape shape);

/* graph/build_leaf.c: leaves. A parameter is called "<b->name>.<suffix>". */
NodeId build_leaf(Build *b, Str name, Shape shape, Type type, Leaf leaf);
NodeId build_parameter(Build *b, const char *suffix, Shape shape, Init init, int64_t fan_in, int64_t fan_out);
NodeId build_statistic(Build *b, const char *suffix, Shape shape, double initial);
NodeId build_optimizer_state(Build *b, const char *suffix, NodeId parameter, double initial);
NodeId build_optimizer_number(Build *b, const char *suffix, NodeId parameter, double initial); /* rank 0 */
NodeId build_number(Build *b, double value); /* constant of rank 0, without batch */
NodeId build_scalar(Build *b, ScalarKind kind); /* the one leaf of that kind */

/* Operators with private attributes. axes: bit a = dimension a. keep: reduced dimensions stay as 1. */
NodeId build_reduce(Build *b, const OpDef *op, NodeId x, uint32_t axes, bool over_batch, bool keep);
NodeId build_mean(Build *b, NodeId x, uint32_t axes, bool over_batch, bool keep);
NodeId build_contract(Build *b, NodeId left, NodeId right, const ContractSpec *spec);
NodeId build_reshape(Build *b, NodeId x, int rank, const int64_t *dim);
/* leaf := value after its last reader; joins effects, in the place of an earlier one of that leaf. A
 * parameter with a constraint gets what that leaves of the value. */
#define LEAST_NORM 1e-7 /* that of Keras */
NodeId build_assign(Build *b, NodeId leaf, NodeId value);
NodeId build_assigned(Build *b, NodeId leaf); /* the value that an assignment gives it, else the leaf */
NodeId build_unbroadcast(Build *b, NodeId gradient, Shape to); /* sums what broadcasting repeated */
NodeId build_broadcast(Build *b, NodeId x, Shape to);
NodeId build_random(Build *b, Shape shape); /* uniform in [0, 1), a stream of its own; the same values
                                               wherever the node is used, new ones at each step */

#endif
