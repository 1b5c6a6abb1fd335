/* rows.h: which row of a table a number means, and which rows of a matrix a vector needs. */
#ifndef NN_ROWS_H
#define NN_ROWS_H

#include "rt.h"

/* A number outside the table takes the nearest row, so that nothing outside is read or written. */
NN_INLINE int nn_row(int number, int rows)
{
    return number < 0 ? 0 : number >= rows ? rows - 1 : number;
}

/* Numbers of the elements from..to-1 of x that are not zero, in order; returns how many. */
NN_INLINE int nn_needed_rows(int *rows, const float *x, int from, int to)
{
    int count = 0;
    for (int k = from; k < to; k++) {
        rows[count] = k;
        count += x[k] != 0.0f;
    }
    return count;
}

#endif
