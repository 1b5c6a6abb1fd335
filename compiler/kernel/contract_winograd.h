/* contract_winograd.h: what the lowerings by Winograd's transformation share; see contract_winograd.c. */
#ifndef NNDC_CONTRACT_WINOGRAD_H
#define NNDC_CONTRACT_WINOGRAD_H

#include "kernel/contract.h"

/* The squares of m x m points of Y that the products are made of, and the blocks of them that go through
 * all steps together. With a dilation d their points are d apart, as those of the patch are: along a line
 * lie d squares that begin side by side, then the next d,
 *
 *     d = 3, m = 2     0 1 2 0 1 2  3 4 5 3 4 5  6 7 . 6 7
 */
typedef struct Squares {
    int points, taps, side; /* m; of the kernel, along a line; m + taps - 1               */
    int64_t apart[2];       /* d, down and across                                         */
    int64_t places;         /* of a patch: side * side                                    */
    int64_t across, each;   /* squares in a line and in a sample                          */
    int64_t all;            /* in the largest batch, rounded up to even                   */
    int64_t room;           /* of a block, even                                           */
    int64_t blocks;         /* in the largest batch                                       */
} Squares;

/* For what the form computes (of a kernel's gradient: what it sums over), when c channels come in and o go
 * out of every square. */
Squares winograd_squares(const ContractForm *form, int points, int64_t batch, int64_t c, int64_t o);
/* Points of a line of Y past its end that its squares have. */
static inline int64_t winograd_overhang(const ContractAxis *axis, int points)
{
    int64_t apart = axis->dilation, rest = axis->out % (points * apart);
    return rest == 0 ? 0 : points * apart - (rest > apart ? rest : apart);
}

enum {
    WINOGRAD_BLOCK = 16,
    WINOGRAD_WORKERS = 8,
    WINOGRAD_PARTS = 8,      /* of the batch, whose sums are added up in order */
    WINOGRAD_FEW_BLOCKS = 4, /* fewer are not divided: all squares go through each step together */
};
/* Channels as they lie in patches: whole blocks. */
static inline int64_t winograd_channels(int64_t channels)
{
    return (channels + WINOGRAD_BLOCK - 1) / WINOGRAD_BLOCK * WINOGRAD_BLOCK;
}

/* Floats between two places that have so many each: not a power of two, or the places of a square would fall
 * into the same sets of the cache. */
static inline int64_t winograd_place(int64_t floats)
{
    return floats + WINOGRAD_BLOCK;
}

/* Does the gradient of a kernel transform all squares before it sums? Else the sums of each part go out to
 * memory and back, which costs more when squares are few and channels many. */
static inline bool winograd_sums_at_once(const Squares *s, int64_t c, int64_t o)
{
    return 2 * s->all * (c + o) <= WINOGRAD_PARTS * c * o;
}

/* Operations of the products for a sample: those of the direct sum, so that rates can be compared. */
static inline int64_t winograd_product_flops(const ContractForm *form)
{
    const ContractAxis *h = &form->axis[0], *v = &form->axis[1];
    return 2 * h->kernel * v->kernel * h->out * v->out * form->c * form->o;
}

/* Short forms for the kernels' text. */
static inline Expr *winograd_at(Lowering *l, Str pointer, Expr *offset)
{
    return expr_add(l->arena, expr_name(l->arena, pointer), offset);
}
Expr *winograd_int(Lowering *l, Block *block, const char *wanted, Expr *value); /* declares a const int */
Stmt *winograd_loop(Lowering *l, Block *block, const char *wanted, Expr *count); /* from 0, added to block */
Str winograd_function(Lowering *l, const char *stem, int points, int taps); /* "nn_winograd_result_4_3" */
Str winograd_patch_function(Lowering *l, int side);                        /* "nn_winograd_patch_of_6" */
/* `count` squares from `first` on of the whole batch: loop `t`, with n and the first point (i, j) of each. */
typedef struct SquareLoop {
    Block *body;
    Expr *t, *n, *i, *j;
} SquareLoop;
SquareLoop winograd_square_loop(Lowering *l, Block *block, const Squares *s, Expr *first, Expr *count);
/* How squares of a tensor become [worker][place][block][square][channel of the block], or without blocks. */
typedef struct SquareTransform {
    Str function;
    const Operand *from; /* offset: of the first point of the first square */
    int64_t channels;    /* of it                                          */
    int to;              /* buffer                                         */
    Expr *start;         /* in it: floats before those of the worker       */
    Expr *place, *block; /* floats from one to the next                    */
    int64_t square;      /* the same                                       */
} SquareTransform;
/* Squares first .. first + count - 1 of the batch, to the places `slot` and after. */
void winograd_transform(Lowering *l, Block *block, const Squares *s, const SquareTransform *t, Expr *first,
                        Expr *count, Expr *slot);
/* Number of squares of the block that begins at `first`: at most s->room. */
Expr *winograd_block_size(Lowering *l, Block *block, const Squares *s, Expr *first);
/* The batch's squares; blocks of them: as expressions in `batch`. */
Expr *winograd_square_count(Lowering *l, const Squares *s);
Expr *winograd_block_count(Lowering *l, const Squares *s);

#endif
