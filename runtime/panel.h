/* panel.h: between the row-major order of files and the panels that kernels read.
 *
 * A row-major matrix [rows][columns] whose columns belong to `groups` equal groups is kept as
 *     [groups][ceil(columns / groups / width)][rows][width]
 * so that one kernel step reads `width` neighbouring columns. Lanes past a group's last column are
 * zero. A tensor of more axes counts its last axis as columns, all others together as rows. */
#ifndef NN_PANEL_H
#define NN_PANEL_H

#include "rt.h"

/* Floats that the panels take. */
NN_INLINE int64_t nn_panel_floats(int64_t rows, int64_t columns, int64_t groups, int64_t width)
{
    int64_t own = columns / groups;
    return groups * ((own + width - 1) / width) * rows * width;
}

static void nn_pack(float *NN_RESTRICT panels, const float *NN_RESTRICT matrix, int64_t rows,
                    int64_t columns, int64_t groups, int64_t width)
{
    int64_t own = columns / groups;
    float *to = panels;
    for (int64_t g = 0; g < groups; g++)
        for (int64_t first = 0; first < own; first += width)
            for (int64_t row = 0; row < rows; row++) {
                const float *from = matrix + row * columns + g * own + first;
                for (int64_t lane = 0; lane < width; lane++)
                    *to++ = first + lane < own ? from[lane] : 0.0f;
            }
}

static void nn_unpack(float *NN_RESTRICT matrix, const float *NN_RESTRICT panels, int64_t rows,
                      int64_t columns, int64_t groups, int64_t width)
{
    int64_t own = columns / groups;
    const float *from = panels;
    for (int64_t g = 0; g < groups; g++)
        for (int64_t first = 0; first < own; first += width)
            for (int64_t row = 0; row < rows; row++, from += width) {
                float *to = matrix + row * columns + g * own + first;
                for (int64_t lane = 0; lane < width && first + lane < own; lane++)
                    to[lane] = from[lane];
            }
}

#endif
