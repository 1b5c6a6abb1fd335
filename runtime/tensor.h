/* tensor.h: what is known of a tensor of the network: its name and shape in files, its place in the
 * state, and how it begins. */
#ifndef NN_TENSOR_H
#define NN_TENSOR_H

#include "rt.h"

enum { NN_MAX_RANK = 6 };

/* What a tensor is for. Parameters and statistics make up the weights file. */
enum { NN_PARAMETER, NN_STATISTIC, NN_OPTIMIZER };

/* Makes first values: initialise.h. */
struct nn_tensor;
typedef void nn_init_function(float *values, long long count, const struct nn_tensor *tensor,
                              uint32_t key);

typedef struct nn_tensor {
    const char *name;
    int kind;                /* NN_PARAMETER ... */
    int rank;                /* 0 for a single number */
    int dims[6];             /* as in files, row-major */
    int panel;               /* 0: row-major in memory; else the width of its panels (panel.h) */
    int groups;              /* of the last axis, 1 unless the convolution is grouped */
    long long offset;        /* floats from the start of the state */
    nn_init_function *init;  /* NULL: zeros */
    float init_a, init_b;
    long long fan_in, fan_out;
} nn_tensor;

/* Values of a tensor in a file. */
NN_INLINE long long nn_tensor_elements(const nn_tensor *tensor)
{
    long long count = 1;
    for (int axis = 0; axis < tensor->rank; axis++)
        count *= tensor->dims[axis];
    return count;
}

#endif
