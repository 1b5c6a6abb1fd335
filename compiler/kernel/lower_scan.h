/* lower_scan.h: what the files of the scan's lowering share: scan_walk.c has the places, statements
 * and the product of a step; lower_scan.c the walk forwards and the kernel around it;
 * lower_scan_grad.c the walk back. Nobody else includes this. A Walk holds one kernel that is being
 * built: its row `r`, lane `c` and step `t` are variables of the printed loops. */
#ifndef NNDC_KERNEL_LOWER_SCAN_H
#define NNDC_KERNEL_LOWER_SCAN_H

#include "kernel/contract.h"
#include "ops/scan.h"

enum { NEVER = -1 };

typedef struct Walk {
    Lowering *l;
    CellForm f;
    const Node *node; /* any operator of the kernel: all have the same inputs */
    int64_t depth;    /* rows of the kernel that a step multiplies with       */
    int64_t columns;  /* results of a step's product                          */
    bool is_packed;   /* the kernel lies in panels                            */
    Panels panels;
    Grid grid;
    Str sums, state;               /* pointers */
    int64_t sums_room, state_room; /* of a sample */
    int64_t factors; /* segment of the state where the left side of the product begins */
    int64_t mask, arriving, carry, before; /* other segments, or NEVER */
    Expr *n, *r, *c, *o, *k, *g, *panel;
    Expr *t; /* the step */
} Walk;

/* ---- places (kernel/scan_walk.c) ------------------------------------------------------------- */
Expr *walk_sample(const Walk *w); /* index of the row's sample */
Expr *walk_sum(const Walk *w, Expr *column);
/* Lane `lane` of a segment of the state; the segment may be an expression. */
Expr *walk_state_in(const Walk *w, Expr *segment, Expr *lane);
Expr *walk_state(const Walk *w, int64_t segment, Expr *lane);
Position walk_row(const Walk *w, Expr *column); /* of [steps, columns], at this step */
Position walk_trace_place(const Walk *w, Expr *step, int part);
/* Element c of a state before the first step. */
Expr *walk_first_state(const Walk *w, int input, int state);

/* ---- statements and expressions -------------------------------------------------------------- */
/* The body of a loop over a variable; the block itself when there is nothing to count. */
Block *walk_loop(const Walk *w, Block *block, Expr *variable, int64_t count);
Block *walk_rows(const Walk *w, Block *block);
void walk_set(const Walk *w, Block *block, Expr *target, Expr *value);
Expr *walk_hold(const Walk *w, Block *block, const char *wanted, Expr *value); /* in a variable */
void walk_note(const Walk *w, Block *block, const char *text);
Expr *walk_times(const Walk *w, Expr *x, Expr *y);
Expr *walk_plus(const Walk *w, Expr *x, Expr *y);
Expr *walk_rest_of_one(const Walk *w, Expr *x); /* 1 - x */
Expr *walk_applied(const Walk *w, CellFunction function, Expr *x);
/* d times the slope where the function has the value y. */
Expr *walk_through(const Walk *w, CellFunction function, Expr *y, Expr *d);

/* ---- operators and steps --------------------------------------------------------------------- */
/* The root or the sibling that is this operator, or NODE_NONE. */
NodeId walk_member(const Lowering *l, const OpDef *op);
/* Stores a member's element; the root and the maps after it go through lower_after. */
void walk_store(const Walk *w, Block *block, NodeId value, const Position *at, Expr *e);
/* sums += left side * kernel; everything to zero, and the mask in its place. */
void walk_product(const Walk *w, Block *block);
void walk_clear(const Walk *w, Block *block);

/* kernel/lower_scan_grad.c */
void walk_backward(Walk *w, Block *block);

#endif
