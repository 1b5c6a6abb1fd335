/* axis.h: axes as users count them: from 0 without the batch, or from the end with -1 as the last.
 */
#ifndef NNDC_AXIS_H
#define NNDC_AXIS_H

#include "ops/op.h"

/* The bounds of attributes that name an axis; whether a tensor has it is known when it is called.
 */
#define AXIS_RANGE .least = -MAX_RANK, .most = MAX_RANK - 1

/* The axis from 0. False after an error at the attribute: x, an input of the call, has no such
 * axis. */
bool axis_resolve(Build *b, const Call *call, const char *attr, NodeId x, int64_t axis,
                  int *resolved);

/* A list of axes as bits, one for each; an axis that is named twice is an error. */
bool axis_resolve_list(Build *b, const Call *call, const char *attr, NodeId x, uint32_t *axes);

#endif
