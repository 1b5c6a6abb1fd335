/* initialise.h: the first values of a tensor.
 *
 * A value depends on the seed, the number of the tensor and the place of the element in row-major
 * order, and on nothing else (an orthogonal one also on those before it): neither on the layout in
 * memory nor on the other tensors. */
#ifndef NN_INITIALISE_H
#define NN_INITIALISE_H

#include "net.h"
#include "panel.h"
#include "rng.h"
#include <math.h>

/* A standard normal number (Box and Muller). */
static float nn_normal(uint32_t key, uint32_t index)
{
    /* 1 - u is never zero, so the logarithm is finite. */
    double radius = sqrt(-2.0 * log(1.0 - (double)nn_uniform(key, 2 * index)));
    double angle = 6.283185307179586 * (double)nn_uniform(key, 2 * index + 1);
    return (float)(radius * cos(angle));
}

/* A standard normal number drawn again while it is outside two deviations. */
static float nn_truncated_normal(uint32_t key, uint32_t index)
{
    float value = nn_normal(key, index);
    for (uint32_t again = 1; value < -2.0f || value > 2.0f; again++)
        value = nn_normal(nn_random_bits(key, again), index);
    return value;
}

/* Spread of a random initialiser: half width when uniform, standard deviation when normal. */
static double nn_initial_spread(const nn_tensor *tensor)
{
    double in = (double)(tensor->fan_in > 0 ? tensor->fan_in : 1);
    double both = (double)(tensor->fan_in + tensor->fan_out);
    both = both > 0 ? both : 1;
    switch (tensor->init) {
    case NN_GLOROT_UNIFORM:
        return sqrt(6.0 / both);
    case NN_GLOROT_NORMAL:
        return sqrt(2.0 / both);
    case NN_HE_UNIFORM:
        return sqrt(6.0 / in);
    case NN_HE_NORMAL:
        return sqrt(2.0 / in);
    case NN_LECUN_UNIFORM:
        return sqrt(3.0 / in);
    case NN_LECUN_NORMAL:
        return sqrt(1.0 / in);
    default:
        return 0.0;
    }
}

/* Value of one element; key is the tensor's. Elements past 2^31 get a key of their own. */
static float nn_initial_value(const nn_tensor *tensor, double spread, uint32_t key,
                              long long element)
{
    uint32_t own = key + (uint32_t)(element >> 31) * UINT32_C(0x9E3779B9);
    uint32_t index = (uint32_t)(element & 0x7FFFFFFF);
    switch (tensor->init) {
    case NN_ONES:
        return 1.0f;
    case NN_ONES_BETWEEN:
        return (float)element >= tensor->init_a && (float)element < tensor->init_b ? 1.0f : 0.0f;
    case NN_CONSTANT:
        return tensor->init_a;
    case NN_UNIFORM:
        return tensor->init_a + (tensor->init_b - tensor->init_a) * nn_uniform(own, index);
    case NN_NORMAL:
        return tensor->init_a + tensor->init_b * nn_normal(own, index);
    case NN_TRUNCATED_NORMAL:
        return tensor->init_a + tensor->init_b * nn_truncated_normal(own, index);
    case NN_ORTHOGONAL: /* what nn_orthogonalise starts with */
        return nn_normal(own, index);
    case NN_GLOROT_UNIFORM:
    case NN_HE_UNIFORM:
    case NN_LECUN_UNIFORM:
        return (float)(spread * (2.0 * (double)nn_uniform(own, index) - 1.0));
    case NN_GLOROT_NORMAL:
    case NN_HE_NORMAL:
    case NN_LECUN_NORMAL:
        return (float)(spread * (double)nn_normal(own, index));
    default: /* NN_ZEROS */
        return 0.0f;
    }
}

/* Takes from v what lies along the vectors q[0..count-1], twice, because rounding leaves a rest of it
 * the first time, and gives v length 1. Vectors have `length` elements, `step` apart, and begin
 * `next` apart. */
static void nn_orthogonalise(float *v, const float *q, long long count, long long length,
                             long long step, long long next)
{
    for (int pass = 0; pass < 2; pass++) {
        for (long long k = 0; k < count; k++) {
            const float *other = q + k * next;
            double along = 0;
            for (long long i = 0; i < length; i++)
                along += (double)v[i * step] * (double)other[i * step];
            for (long long i = 0; i < length; i++)
                v[i * step] -= (float)along * other[i * step];
        }
        double square = 0;
        for (long long i = 0; i < length; i++)
            square += (double)v[i * step] * (double)v[i * step];
        double scale = 1.0 / sqrt(square > 0 ? square : 1.0);
        for (long long i = 0; i < length; i++)
            v[i * step] = (float)((double)v[i * step] * scale);
    }
}

/* Normal numbers become gain * Q of [rows, columns], the last axis against all others: the shorter
 * side's vectors are orthonormal. This is the Q of a QR decomposition whose R has a positive
 * diagonal. The rows of a square matrix are done, for they lie together in memory. */
static void nn_make_orthogonal(float *values, const nn_tensor *tensor)
{
    long long count = nn_tensor_elements(tensor);
    long long columns = tensor->rank > 0 ? tensor->dims[tensor->rank - 1] : 1, rows = count / columns;
    int by_rows = rows <= columns;
    long long vectors = by_rows ? rows : columns, length = by_rows ? columns : rows;
    long long next = by_rows ? columns : 1, step = by_rows ? 1 : columns;
    for (long long j = 0; j < vectors; j++)
        nn_orthogonalise(values + j * next, values, j, length, step, next);
    for (long long i = 0; i < count; i++)
        values[i] *= tensor->init_a;
}

/* Fills the tensor's place in the state. `scratch` holds its elements once, row-major; it may be
 * NULL when the tensor has no panels. */
static void nn_initialise(float *state, const nn_tensor *tensor, int number, uint32_t seed,
                          float *scratch)
{
    enum { stream = 0x1001 }; /* apart from the streams of dropout and shuffling */
    uint32_t key = nn_key(seed, (uint32_t)number, stream);
    double spread = nn_initial_spread(tensor);
    long long count = nn_tensor_elements(tensor);
    float *values = tensor->panel ? scratch : state + tensor->offset;
    for (long long i = 0; i < count; i++)
        values[i] = nn_initial_value(tensor, spread, key, i);
    if (tensor->init == NN_ORTHOGONAL)
        nn_make_orthogonal(values, tensor);
    if (tensor->panel) {
        long long columns = tensor->dims[tensor->rank - 1];
        nn_pack(state + tensor->offset, scratch, count / columns, columns, tensor->groups,
                tensor->panel);
    }
}

#endif
