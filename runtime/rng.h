/* rng.h: random numbers that depend on a key and an index only.
 *
 * There is no generator state: number `index` of the stream `key` can be computed by any thread, in
 * any order, in vector lanes, so dropout masks and shuffles are the same for any number of threads.
 * nn_key makes the key of a stream (one per use: a dropout layer, a tensor's initial values, the
 * order of an epoch) at a step. */
#ifndef NN_RNG_H
#define NN_RNG_H

#include "rt.h"

/* 32 well mixed bits. The key goes in before and between the rounds; added once only, streams of
 * near keys would be shifted copies of each other. The multipliers are the "lowbias32" pair found
 * by Chris Wellons' search for mixers with low bias (public domain). */
NN_INLINE uint32_t nn_random_bits(uint32_t key, uint32_t index)
{
    uint32_t x = index * UINT32_C(0x9E3779B9) ^ key;
    x ^= x >> 16;
    x *= UINT32_C(0x21F0AAAD);
    x ^= x >> 15;
    x += key * UINT32_C(0x85EBCA6B) + UINT32_C(0x3C6EF372);
    x *= UINT32_C(0x735A2D97);
    x ^= x >> 15;
    x *= UINT32_C(0x21F0AAAD);
    x ^= x >> 16;
    return x;
}

/* Evenly spread over [0, 1), in steps of 2^-24. */
NN_INLINE float nn_uniform(uint32_t key, uint32_t index)
{
    return (float)(int32_t)(nn_random_bits(key, index) >> 8) * (1.0f / 16777216.0f);
}

/* The key of a stream at a step of a run. */
NN_INLINE uint32_t nn_key(uint32_t seed, uint32_t step, uint32_t stream)
{
    uint32_t key = nn_random_bits(seed, stream);
    return nn_random_bits(key ^ UINT32_C(0xA511E9B3), step);
}

/* order becomes a permutation of its own entries. */
static void nn_shuffle(uint32_t *order, uint32_t count, uint32_t key)
{
    for (uint32_t i = count; i > 1; i--) {
        uint32_t pick = (uint32_t)(((uint64_t)nn_random_bits(key, i) * i) >> 32);
        uint32_t held = order[i - 1];
        order[i - 1] = order[pick];
        order[pick] = held;
    }
}

#endif
