/* rows.h: which row of a table a number means, and which rows of a matrix a vector needs. */
#ifndef NN_ROWS_H
#define NN_ROWS_H

#include "rt.h"

/* A number outside the table takes the nearest row, so that nothing outside is read or written. */
NN_INLINE int nn_row(int number, int rows)
{
    return number < 0 ? 0 : number >= rows ? rows - 1 : number;
}

/* So many rows before it is read, a row is fetched. */
enum { NN_ROWS_AHEAD = 32 };

/* Numbers of the first `count` elements of x, at most 65536, that are not zero, in order; returns how many. The
 * array has room for NN_ROWS_AHEAD more, which are 0, so that rows can be fetched ahead. */
NN_INLINE int nn_needed_rows(uint16_t *rows, const float *x, int count)
{
    int needed = 0;
    for (int k = 0; k < count; k++) {
        rows[needed] = (uint16_t)k;
        needed += x[k] != 0.0f;
    }
    for (int k = 0; k < NN_ROWS_AHEAD; k++)
        rows[needed + k] = 0;
    return needed;
}

#endif
