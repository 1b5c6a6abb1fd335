/* contract_weights.h: the gradient of a kernel, seen by contract_weights.c, which lowers it, and by
 * contract_weights_way.c, which decides how it goes through the batch. */
#ifndef NNDC_CONTRACT_WEIGHTS_H
#define NNDC_CONTRACT_WEIGHTS_H

#include "kernel/contract.h"

/* What a thread copies side by side before it walks over the tiles that use it. */
typedef enum Packed { PACKED_NONE, PACKED_ROWS, PACKED_COLUMNS } Packed;

enum { WEIGHTS_ROWS = 16 }; /* of a tile, at most */

typedef struct WeightProduct {
    const ContractForm *form;
    Way way;
    Operand x, y;
    Panels panels;
    bool is_contiguous; /* taps of a kernel line and their channels lie side by side in x */
    int64_t high, wide; /* the grid of rows: kernel lines x (tap, channel), or taps x channels */
    int64_t samples, lines; /* of a sweep: lines of y, all of them unless samples is 1 */
    int sums;               /* scratch buffer of sums; -1: an array of the helper */
    Packed packed;
    int copy; /* scratch buffer of the copies, `room` floats for each of `workers` threads */
    int64_t room;
    int workers;
} WeightProduct;

typedef struct WeightNames {
    Str panel, i, j, from, to, top, bottom, part, sum, row, columns, lane, first, starts, room;
} WeightNames;

/* The steps that a tile adds up: loops over samples, lines and points, outermost first. */
typedef struct StepLoop {
    Str name;
    Expr *from, *to;
    int64_t x, y, copy; /* from one turn to the next: elements of x and y, steps */
} StepLoop;
typedef struct Steps {
    int count;
    StepLoop loop[3];
} Steps;

/* Does a sweep take only some lines of a sample, from `top` to before `bottom`? */
static inline bool cuts_samples(const WeightProduct *w)
{
    return w->way == WAY_SWEEPS && w->lines < w->form->axis[0].out;
}

/* Fills in way, packed, copy, room, workers, samples and lines; the rest of w is there. */
void weights_choose(Lowering *l, WeightProduct *w);

Steps weights_steps(Lowering *l, const WeightProduct *w, const WeightNames *names);
/* Where the copy of the step that the loops are at begins. Its rows or columns lie side by side. */
Expr *weights_copy_index(Lowering *l, const WeightProduct *w, const Steps *s, const Grid *grid,
                         const WeightNames *names);
/* The statement that fills the copy from what the tile would read, where names.starts is true. */
void weights_add_copy(Lowering *l, const WeightProduct *w, const Steps *s, const Grid *grid,
                      const WeightNames *names, const Tile *t);

#endif
