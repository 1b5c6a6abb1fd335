/* initialise.h: the first values of a tensor.
 *
 * A value depends on the seed, the number of the tensor and the place of the element in row-major
 * order, and on nothing else (an orthogonal one also on those before it): neither on the layout in
 * memory nor on the other tensors. */
#ifndef NN_INITIALISE_H
#define NN_INITIALISE_H

#include "panel.h"
#include "rng.h"
#include "tensor.h"
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

/* ---- a random number for an element; those past 2^31 get a key of their own ---- */

static uint32_t nn_element_key(uint32_t key, long long element)
{
    return key + (uint32_t)(element >> 31) * UINT32_C(0x9E3779B9);
}

static float nn_uniform_at(uint32_t key, long long element)
{
    return nn_uniform(nn_element_key(key, element), (uint32_t)(element & 0x7FFFFFFF));
}

static float nn_normal_at(uint32_t key, long long element)
{
    return nn_normal(nn_element_key(key, element), (uint32_t)(element & 0x7FFFFFFF));
}

/* ---- what nn_tensor.init may be; a and b are init_a and init_b ---- */

static void nn_fill_constant(float *values, long long count, const nn_tensor *tensor, uint32_t key)
{
    (void)key;
    for (long long i = 0; i < count; i++)
        values[i] = tensor->init_a;
}

/* 1 from element a to b - 1, else 0. */
static void nn_fill_ones_between(float *values, long long count, const nn_tensor *tensor,
                                 uint32_t key)
{
    (void)key;
    for (long long i = 0; i < count; i++)
        values[i] = (float)i >= tensor->init_a && (float)i < tensor->init_b ? 1.0f : 0.0f;
}

/* Between a and b. */
static void nn_fill_uniform(float *values, long long count, const nn_tensor *tensor, uint32_t key)
{
    for (long long i = 0; i < count; i++)
        values[i] = tensor->init_a + (tensor->init_b - tensor->init_a) * nn_uniform_at(key, i);
}

/* Mean a, standard deviation b. */
static void nn_fill_normal(float *values, long long count, const nn_tensor *tensor, uint32_t key)
{
    for (long long i = 0; i < count; i++)
        values[i] = tensor->init_a + tensor->init_b * nn_normal_at(key, i);
}

/* The same, drawn again outside two deviations. */
static void nn_fill_truncated_normal(float *values, long long count, const nn_tensor *tensor,
                                     uint32_t key)
{
    for (long long i = 0; i < count; i++)
        values[i] = tensor->init_a + tensor->init_b * nn_truncated_normal(nn_element_key(key, i),
                                                                          (uint32_t)(i & 0x7FFFFFFF));
}

/* Within sqrt(a / fans): Glorot's sum of fan in and out with b = 1, else He's and LeCun's fan in. */
static double nn_fan_spread(const nn_tensor *tensor)
{
    double fans = (double)tensor->fan_in + (double)tensor->init_b * (double)tensor->fan_out;
    return sqrt((double)tensor->init_a / (fans > 0 ? fans : 1));
}

static void nn_fill_fan_uniform(float *values, long long count, const nn_tensor *tensor,
                                uint32_t key)
{
    double spread = nn_fan_spread(tensor);
    for (long long i = 0; i < count; i++)
        values[i] = (float)(spread * (2.0 * (double)nn_uniform_at(key, i) - 1.0));
}

/* The same as a standard deviation. */
static void nn_fill_fan_normal(float *values, long long count, const nn_tensor *tensor, uint32_t key)
{
    double spread = nn_fan_spread(tensor);
    for (long long i = 0; i < count; i++)
        values[i] = (float)(spread * (double)nn_normal_at(key, i));
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
static void nn_fill_orthogonal(float *values, long long count, const nn_tensor *tensor, uint32_t key)
{
    long long columns = tensor->rank > 0 ? tensor->dims[tensor->rank - 1] : 1, rows = count / columns;
    int by_rows = rows <= columns;
    long long vectors = by_rows ? rows : columns, length = by_rows ? columns : rows;
    long long next = by_rows ? columns : 1, step = by_rows ? 1 : columns;
    for (long long i = 0; i < count; i++)
        values[i] = nn_normal_at(key, i);
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
    long long count = nn_tensor_elements(tensor);
    float *values = tensor->panel ? scratch : state + tensor->offset;
    memset(values, 0, sizeof *values * (size_t)count);
    if (tensor->init != NULL)
        tensor->init(values, count, tensor, key);
    if (tensor->panel) {
        long long columns = tensor->dims[tensor->rank - 1];
        nn_pack(state + tensor->offset, scratch, count / columns, columns, tensor->groups,
                tensor->panel);
    }
}

#endif
