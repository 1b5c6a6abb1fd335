/* contract_winograd.h: what the lowerings by Winograd's transformation share; see contract_winograd.c. */
#ifndef NNDC_CONTRACT_WINOGRAD_H
#define NNDC_CONTRACT_WINOGRAD_H

#include "kernel/contract.h"

/* The squares of m x m points of Y that the products are made of, and the blocks of them that go through
 * all steps together. */
typedef struct Squares {
    int points, side;       /* m, m + 2                                                   */
    int64_t places;         /* of a patch: side * side                                    */
    int64_t across, each;   /* squares in a line and in a sample                          */
    int64_t all;            /* in the largest batch, rounded up to even                   */
    int64_t room;           /* of a block, even                                           */
    int64_t blocks;         /* in the largest batch                                       */
} Squares;

/* For a result of high x wide points, when c channels come in and o go out of every square. */
Squares winograd_squares(int points, int64_t high, int64_t wide, int64_t batch, int64_t c, int64_t o);
/* Places of a line that the last patch reads past the others. */
static inline int64_t winograd_overhang(int64_t extent, int points)
{
    return (points - extent % points) % points;
}

enum {
    WINOGRAD_BLOCK = 16,
    WINOGRAD_WORKERS = 8,
    WINOGRAD_FEW_BLOCKS = 4, /* fewer are not divided: all squares go through each step together */
};
/* Channels as they lie in patches: whole blocks. */
static inline int64_t winograd_channels(int64_t channels)
{
    return (channels + WINOGRAD_BLOCK - 1) / WINOGRAD_BLOCK * WINOGRAD_BLOCK;
}

/* Short forms for the kernels' text. */
Expr *winograd_int(Lowering *l, Block *block, const char *wanted, Expr *value); /* declares a const int */
Stmt *winograd_loop(Lowering *l, Block *block, const char *wanted, Expr *count); /* from 0, added to block */
Str winograd_function(Lowering *l, const char *stem, int points); /* "nn_winograd_patch_4" */
/* `count` squares from `first` on of the whole batch: loop `t`, with n and the point (i, j) of each. */
typedef struct SquareLoop {
    Block *body;
    Expr *t, *n, *i, *j;
} SquareLoop;
SquareLoop winograd_square_loop(Lowering *l, Block *block, const Squares *s, Expr *first, Expr *count);
/* Number of squares of the block that begins at `first`: at most s->room. */
Expr *winograd_block_size(Lowering *l, Block *block, const Squares *s, Expr *first);
/* The batch's squares; blocks of them: as expressions in `batch`. */
Expr *winograd_square_count(Lowering *l, const Squares *s);
Expr *winograd_block_count(Lowering *l, const Squares *s);

#endif
