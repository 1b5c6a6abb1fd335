/* contract_winograd.h: Winograd's F(2x2, 3x3); see contract_winograd.c. */
#ifndef NNDC_CONTRACT_WINOGRAD_H
#define NNDC_CONTRACT_WINOGRAD_H

#include "kernel/contract_rows.h"

enum { WINOGRAD_PLACES = 16 };

typedef struct WinogradMatrix {
    int rows, columns;
    double at[4][4];
} WinogradMatrix;

extern const WinogradMatrix winograd_of_patch; /* B' */

/* out = m x m' of x, a square of m->columns, both row-major; intermediate values become locals of block. */
void winograd_transform(Lowering *l, Block *block, const WinogradMatrix *m, Expr *const *x, Expr **out);
/* A local float that holds the value. */
Expr *winograd_keep(Lowering *l, Block *block, const char *name, Expr *value);
/* Is it worth it for so many points, made of patches of four? */
bool winograd_pays(const ContractForm *form, int64_t high, int64_t wide);

/* Is the gradient of a kernel better summed between the transformations? */
bool contract_fits_winograd_weights(const Lowering *l, const ContractForm *form);
void contract_lower_winograd_weights(Lowering *l, const ContractForm *form, int width);

#endif
