/* lower.h: from groups to kernels. An operator's `lower` builds the kernels of the group whose root
 * it is; maps give the expression of one element. The functions here are what those rules share. */
#ifndef NNDC_LOWER_H
#define NNDC_LOWER_H

#include "kernel/kernel.h"
#include "kernel/program.h"
#include "ops/op.h"

struct Lowering {
    Arena *arena;
    Program *program;
    const Graph *graph;
    Group *group;
    Kernel *kernel; /* being built */
};

/* The position of one element of a value: the batch index and one index per dimension. */
typedef struct Position {
    Expr *batch; /* NULL when the domain has no batch */
    int rank;
    Expr *index[MAX_RANK];
} Position;

/* What a map's element rule may ask for. */
struct MapContext {
    Arena *arena;
    Lowering *lowering;
    const Position *position; /* of the element, in the map's own shape */
    const Shape *shape;
};

/* Kernels. lower_begin appends one to the program, named "<value>_<suffix>"; params are added by the
 * functions that name buffers. */
Kernel *lower_begin(Lowering *l, NodeId for_value, const char *suffix);
Str lower_pointer(Lowering *l, NodeId value, bool is_written); /* name of the pointer param for a stored value */
const Buffer *lower_buffer(Lowering *l, NodeId value);
Expr *lower_index(Lowering *l, const Buffer *buffer, const Position *at); /* element's index, from the layout */

/* The expression of value at a position: a load when it is stored (broadcasting as needed), else the
 * expression of the map that makes it (recursively). */
Expr *lower_value(Lowering *l, NodeId value, const Position *at);

/* Statements that compute group->after at `at` from `root_value` (NULL for groups of maps) and store
 * what is stored. Common subexpressions get a local variable. */
void lower_after(Lowering *l, Block *block, const Position *at, Expr *root_value);

/* Loops over a shape, outermost first; fills `at` with their variables; returns the innermost block.
 * The batch loop (or the outermost) is the loop over units when the kernel is divided. */
Block *lower_loops(Lowering *l, Shape domain, Position *at);

/* Zeroes the halo of a stored value (called by producers after their data is written). */
void lower_halo(Lowering *l, Block *block, NodeId value);

/* Layout wishes: a root tells, before layouts are chosen, what its operands should look like.
 * kernel/contract_*.c implement this for contractions. */
typedef struct LayoutWish {
    int64_t halo_before[MAX_RANK], halo_after[MAX_RANK];
    bool wants_panel;  /* operand streamed as vectors over its last axis */
    bool wants_padded_rows; /* last axis padded to a multiple of the panel, so vectors may be loaded */
} LayoutWish;
void contract_wishes(const Graph *g, const Node *n, LayoutWish *left, LayoutWish *right, LayoutWish *out);

/* Panel width for a number of columns: 32, 16 or 8, whichever wastes little. */
int panel_width(int64_t columns);

#endif
