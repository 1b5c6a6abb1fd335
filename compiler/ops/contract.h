/* contract.h: what other passes may ask about a contraction; the form itself is in graph/graph.h.
 */
#ifndef NNDC_CONTRACT_H
#define NNDC_CONTRACT_H

#include "graph/graph.h"

/* "out[n,i,j,o] += left[n,i+p-1,j+q-1,c] * right[p,q,c,o]", for dumps and comments. */
Str contract_str(Arena *arena, const ContractSpec *spec, Shape left, Shape right);

/* Multiplications and additions over all points, two a point; per sample when there is a batch.
 * Points in the padding count too. INT64_MAX when the number does not fit. */
int64_t contract_flops(const ContractSpec *spec);

/* winograd.c: the taps [r, r, c, o] of which `values`, of this shape, are the transformed kernel. */
const double *winograd_taps(Arena *arena, int points, Shape shape, const double *values);

#endif
