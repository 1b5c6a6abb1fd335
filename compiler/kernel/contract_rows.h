/* contract_rows.h: a product whose rows are points of an image or samples: what contract_rows.c finds
 * out about a contraction, and the two ways to compute it. */
#ifndef NNDC_CONTRACT_ROWS_H
#define NNDC_CONTRACT_ROWS_H

#include "kernel/contract.h"

typedef struct RowProduct {
    Operand a;              /* offset: of grid point (0, 0), tap (0, 0), channel 0    */
    int64_t line, point;    /* elements of a between points of the grid               */
    int64_t taps[2];
    int64_t tap[2];         /* elements of a between taps                             */
    int64_t channels;       /* summed, of one group                                   */
    int b;                  /* buffer of panels                                       */
    int64_t b_offset;
    Panels panels;
    int64_t high, wide;     /* the grid; wide is the batch when the rows are samples  */
    bool rows_are_samples;
    int spatial;
    int64_t out_first[2], out_step[2]; /* from grid points to points of the result    */
} RowProduct;

/* kernel/contract_winograd.c. Is the form a 3x3 convolution (or the gradient of its image) for which
 * the transformation pays? It then reads one place more after an odd number of points. */
bool contract_fits_winograd(const ContractForm *form);
/* The kernels of the product, begun and complete; `value` is what they compute. */
void contract_add_winograd(Lowering *l, NodeId value, const RowProduct *product);

#endif
