/* lower.h: from groups to kernels. An operator's `lower` builds the kernels of the group whose root
 * it is; maps give the expression of one element. The functions here are what those rules share. */
#ifndef NNDC_LOWER_H
#define NNDC_LOWER_H

#include "kernel/kernel.h"
#include "kernel/program.h"
#include "ops/op.h"

/* A value of the group that is known at the position being computed: in a local variable, or as an
 * expression that is used once. */
typedef struct NamedValue {
    NodeId node;
    Expr *value;
} NamedValue;

struct Lowering {
    Arena *arena;
    Program *program;
    const Graph *graph;
    Group *group;
    Kernel *kernel;            /* being built; valid until the next lower_begin */
    VEC(Str) names;            /* taken in this kernel                          */
    VEC(NamedValue) values;
    bool is_pointwise; /* loads of the domain's shape are of the element being made (KernelParam.is_pointwise) */
};

/* The position of one element of a value: the batch index and one index per dimension. Loops over
 * several dimensions at once leave the outer index 0 and let the inner one run over the product; with
 * `flat`, all operands have one layout and this is the place in memory. A domain that is walked panel by panel also says where in the panels the element is, so that lower_index need not
 * divide: `panel` counts through all groups, `row` is the row in the panel, `lane` the column in it. It
 * uses them for values in panels of the same shape, index for all others. */
typedef struct Position {
    Expr *batch; /* NULL when the domain has no batch */
    int rank;
    Expr *index[MAX_RANK];
    Expr *flat;
    Expr *panel, *row, *lane; /* all NULL, or all set */
    Expr *side;  /* NULL, or: the last index is a sum that ends with this, which runs over LANE_RUN places
                    from a multiple of LANE_RUN on, so that no run crosses the edge of a panel */
} Position;
enum { LANE_RUN = 16 };

/* What a map's element rule may ask for. */
struct MapContext {
    Arena *arena;
    Lowering *lowering;
    const Position *position; /* of the element, in the map's own shape */
    const Shape *shape;
    bool needs_indices;       /* set by map_index: dimensions must not be merged into one loop */
};

/* For element rules. The index along one dimension (one_hot); the place in row-major order, batch
 * first (random); the uniform random number of a stream at this element, in [0, 1). */
Expr *map_index(MapContext *c, int dim);
Expr *map_linear_index(MapContext *c);
Expr *map_uniform(MapContext *c, uint32_t stream);

/* Kernels. lower_begin appends one to the program, named "<value>_<suffix>"; params are added by the
 * functions that name buffers. */
Kernel *lower_begin(Lowering *l, NodeId for_value, const char *suffix);
Str lower_pointer(Lowering *l, NodeId value, bool is_written); /* name of the pointer param for a stored value */
Str lower_buffer_pointer(Lowering *l, int buffer, bool is_written);
Str lower_use_buffer(Lowering *l, int buffer, bool is_written, bool is_pointwise); /* see KernelParam */
KernelParam *lower_find_param(Lowering *l, int buffer); /* NULL: not used so far */
Str lower_name(Lowering *l, Str wanted); /* a name that is free in this kernel: for variables */
Str lower_identifier(Arena *arena, Str name); /* a tensor's name as one: "conv.kernel" is conv_kernel */
Str lower_tensor_name(Lowering *l, Str wanted); /* a free name that is no word of C either */
Str lower_safe_name(Arena *arena, Str wanted); /* not a word of C, nor one that printed kernels have */
Expr *lower_batch(Lowering *l);          /* `batch`, as an int */
/* A buffer of this group's own (partial sums, packed copies), alive while the group runs. Elements:
 * fixed + sample * batch. Returns its index, for lower_buffer_pointer. */
int lower_scratch(Lowering *l, const char *suffix, Type type, int64_t fixed, int64_t sample);
const Buffer *lower_buffer(Lowering *l, NodeId value);
Expr *lower_index(Lowering *l, const Buffer *buffer, const Position *at); /* element's index, from the layout */

/* Values and maps after a root: kernel/lower_value.c. The expression of value at a position: a load when it
 * is stored (broadcasting as needed), else the expression of the map that makes it (recursively). */
Expr *lower_value(Lowering *l, NodeId value, const Position *at);

/* From now on lower_value answers with e for this value: for the siblings of a root, before lower_after. */
void lower_known(Lowering *l, NodeId value, Expr *e);

/* Statements that compute group->after at `at` from `root_value` (NULL for groups of maps) and store
 * what is stored. Common subexpressions get a local variable. */
void lower_after(Lowering *l, Block *block, const Position *at, Expr *root_value);

/* Loops over a shape, outermost first; fills `at` with their variables; returns the innermost block.
 * The batch loop (or the outermost) is the loop over units when the kernel is divided. */
Block *lower_loops(Lowering *l, Shape domain, Position *at);

/* A loop from 0, or nothing when its extent is 1; gives its variable and continues in *block. */
Expr *lower_loop(Lowering *l, Block **block, const char *wanted, Expr *extent);

/* The rules of the families that are not maps; operators call them from their `lower`. Each appends
 * one kernel or several, with the group's maps. */
typedef enum ReduceKind { REDUCE_SUM, REDUCE_MAX } ReduceKind;
void lower_map(Lowering *l);                                /* a group without root            */
void lower_copy(Lowering *l);                               /* a value to another buffer       */
const char *lower_axis_letter(int rank, int dim);           /* name of a loop over a dimension */
void lower_reduce(Lowering *l, NodeId node, ReduceKind kind); /* reads attributes axes, over_batch */

/* Any contraction as plain nested loops with tests at the edges: the fallback, and the oracle. */
void contract_lower_plain(Lowering *l, NodeId node); /* kernel/contract_plain.c */
void contract_lower(Lowering *l, NodeId node);       /* kernel/contract_tile.c: picks the best way */

void lower_window_max(Lowering *l, NodeId node);
void lower_window_argmax(Lowering *l, NodeId node);
void lower_window_sum(Lowering *l, NodeId node);
/* Can one pass over the windows give both? A maximum and its place can; a sum goes alone. */
bool lower_windows_share(const OpDef *a, const OpDef *b);
/* Statements at the end of the block that find the greatest of some elements, and which it is (a number from 0
 * on; the first of equal ones). */
typedef struct Best {
    Expr *best, *where;
} Best;
Best lower_best_of(Lowering *l, Block *block, Expr *const *elements, int64_t count, bool has_where);
/* From now on lower_value answers with these for the windows among the group's siblings. */
void lower_windows_known(Lowering *l, Expr *best, Expr *where);
void lower_window_max_grad(Lowering *l, NodeId node);
void lower_window_sum_grad(Lowering *l, NodeId node);

/* Recurrent cells over time, kernel/lower_scan.c. Operators of one kernel have the same `lower`. */
void lower_scan(Lowering *l, NodeId node);
void lower_scan_grad(Lowering *l, NodeId node);

/* A kernel transformed by Winograd's matrices, kernel/contract_winograd_kernel.c. */
void lower_winograd_kernel(Lowering *l, NodeId node);

/* Rows of the last axis. */
void lower_softmax(Lowering *l, NodeId node);
void lower_log_softmax(Lowering *l, NodeId node);
/* Are they a softmax and a log_softmax, which one kernel can make? */
bool lower_rows_share(const OpDef *a, const OpDef *b);
void lower_argmax(Lowering *l, NodeId node);

/* Rows of a table. */
void lower_gather(Lowering *l, NodeId node);
void lower_scatter_add(Lowering *l, NodeId node);

/* A value that is another one's elements at other places: `source` gives, for an element of the node,
 * the element of its input that it equals. Views without `lower` are the same row-major order. */
typedef void ViewRule(Lowering *l, const Node *node, const Position *at, Position *source);
void lower_view(Lowering *l, NodeId node, ViewRule *source);
void lower_reshape(Lowering *l, NodeId node);
void lower_concat(Lowering *l, NodeId node, int axis);
/* The part [first, first + size) along an axis; `lower_pad` is its reverse, zero elsewhere. */
void lower_slice(Lowering *l, NodeId node, int axis, int64_t first);
void lower_pad(Lowering *l, NodeId node, int axis, int64_t first);
void lower_broadcast(Lowering *l, NodeId node);

/* One more parameter of the kernel's helper, by its C type. */
void lower_helper_param(Lowering *l, Str name, const char *type);

/* `const int name = value;` at the end of the block; gives the name as an expression. */
Expr *lower_declare(Lowering *l, Block *block, Str name, Expr *value);

/* In a batch of fewer, samples alone would leave threads idle: units are parts of samples. */
enum { FEW_SAMPLES = 16 };
/* The kernel's unit becomes a pair: `outer`, until now the unit, and `inner` of `extent`, which changes
 * faster. Both are declared at the end of the kernel's body. */
void lower_split_unit(Lowering *l, Str outer, Str inner, Expr *extent);

/* Zeroes the halo and padded lanes of stored values. Called by producers when the loops over their data
 * are complete: it adds to the kernel's loop over samples, or begins a kernel of its own. */
void lower_halo(Lowering *l, NodeId value);
void lower_halos(Lowering *l); /* of all values that the group stores */
void lower_buffer_halo(Lowering *l, int buffer);

/* Layout wishes: a root tells, before layouts are chosen, what its operands should look like.
 * kernel/contract_*.c implement this for contractions. */
typedef struct LayoutWish {
    int64_t halo_before[MAX_RANK], halo_after[MAX_RANK];
    bool wants_panel;  /* operand streamed as vectors over its last axis */
    int groups;        /* of the panels: as in Layout; 0 for one         */
    bool wants_padded_rows; /* last axis padded to a multiple of the panel, so vectors may be loaded */
} LayoutWish;
void contract_wishes(const Graph *g, const Node *n, int64_t batch, LayoutWish *left, LayoutWish *right,
                     LayoutWish *out);

/* Contractions with no more products than this are plain loops over scalars. */
enum { CONTRACT_FEW_PRODUCTS = 16 };

/* Panel width for a number of columns: 32, 16 or 8, whichever wastes little. */
int panel_width(int64_t columns);

#endif
