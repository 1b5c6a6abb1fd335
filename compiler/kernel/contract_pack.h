/* contract_pack.h: copies that make an operand fit a product; each adds a small kernel. */
#ifndef NNDC_CONTRACT_PACK_H
#define NNDC_CONTRACT_PACK_H

#include "kernel/contract.h"

/* The kernel turned around for the gradient of an image: panels over c, rows (tap line, tap, o), where
 * tap m of a phase is kernel tap tap_last - m * tap_step. Returns a scratch buffer. */
int contract_pack_turned(Lowering *l, const ContractForm *form, const ContractPhase *high,
                         const ContractPhase *wide, const Panels *panels);

/* Y of a matrix product transposed, in parts of `width` samples: [part][o][sample of the part]. Samples
 * that the batch does not have are zero. Returns a scratch buffer. */
int contract_pack_transposed(Lowering *l, const ContractForm *form, int64_t parts, int width);

#endif
