/* rows.h: which row of a table a number means. */
#ifndef NN_ROWS_H
#define NN_ROWS_H

#include "rt.h"

/* A number outside the table takes the nearest row, so that nothing outside is read or written. */
NN_INLINE int nn_row(int number, int rows)
{
    return number < 0 ? 0 : number >= rows ? rows - 1 : number;
}

#endif
