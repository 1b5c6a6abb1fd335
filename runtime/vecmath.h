/* vecmath.h: elementary functions that compilers turn into vector code.
 *
 * Each function is straight-line scalar C without calls into libm and without branches (a condition
 * is a select), so a plain loop over it is vectorised by GCC and Clang at -O3. Errors in units in the
 * last place, measured over all magnitudes by tests/unit/vecmath.c: exp 1, log 1, log1p 2, sigmoid 3,
 * tanh 2, softplus 3. NaN gives NaN; infinities give the limits. A result below the
 * smallest normal number may be zero; where the mode of the thread flushes denormals, the logarithm
 * of a denormal is that of zero.
 *
 * The rounding in nn_exp adds and subtracts a large constant, which -ffast-math (associative math)
 * would remove: do not compile with it. Polynomials are interpolations at Chebyshev nodes of the
 * interval named beside them. */
#ifndef NN_VECMATH_H
#define NN_VECMATH_H

#include "rt.h"
#include <math.h>

NN_INLINE uint32_t nn_bits(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

NN_INLINE float nn_from_bits(uint32_t bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

NN_INLINE float nn_select(int condition, float yes, float no)
{
    return condition ? yes : no;
}

NN_INLINE float nn_abs(float x)
{
    return nn_from_bits(nn_bits(x) & UINT32_C(0x7FFFFFFF));
}

/* Larger and smaller of two; NaN when either is NaN, so that a broken value is not hidden. */
NN_INLINE float nn_maximum(float a, float b)
{
    float larger = a < b ? b : a;
    return b != b ? b : larger;
}

NN_INLINE float nn_minimum(float a, float b)
{
    float smaller = b < a ? b : a;
    return b != b ? b : smaller;
}

NN_INLINE float nn_relu(float x)
{
    return x < 0.0f ? 0.0f : x;
}

NN_INLINE float nn_leaky_relu(float x, float slope)
{
    return x < 0.0f ? slope * x : x;
}

/* sqrtf may set errno, and compilers leave it scalar for that. Said again to depend on nothing and to do
 * nothing else, it is a vector instruction in a loop, without -fno-math-errno. */
#if (defined(__GNUC__) || defined(__clang__)) && !defined(__cplusplus)
extern float sqrtf(float) __attribute__((const));
#endif

NN_INLINE float nn_sqrt(float x)
{
    return sqrtf(x);
}

NN_INLINE float nn_rsqrt(float x)
{
    return 1.0f / sqrtf(x);
}

NN_INLINE float nn_pow(float x, float exponent)
{
    return powf(x, exponent);
}

/* e^x = 2^n e^r with n = round(x / ln 2). 2^n is multiplied in two halves, so that the result
 * overflows to infinity and sinks to zero by itself. */
NN_INLINE float nn_exp(float x)
{
    const float magic = 12582912.0f; /* 1.5 * 2^23: its last bit counts ones */
    float c = x > 89.0f ? 89.0f : x; /* e^89 is infinite already, e^-104 is zero */
    c = c < -104.0f ? -104.0f : c;
    float t = c * 1.44269504f + magic;
    int32_t n = (int32_t)(nn_bits(t) - nn_bits(magic));
    float whole = t - magic;
    float r = c - whole * 0.693359375f; /* ln 2 in two parts; the first times n is exact */
    r = r + whole * 2.12194440e-4f;
    float p = 1.98910307e-4f; /* (e^r - 1 - r) / r^2 on |r| <= ln 2 / 2 */
    p = p * r + 1.39336859e-3f;
    p = p * r + 8.33331089e-3f;
    p = p * r + 4.16664646e-2f;
    p = p * r + 1.66666667e-1f;
    p = p * r + 5.00000001e-1f;
    p = p * (r * r) + r + 1.0f;
    int32_t half = n >> 1;
    float low = nn_from_bits((uint32_t)(half + 127) << 23);
    float high = nn_from_bits((uint32_t)(n - half + 127) << 23);
    return p * low * high;
}

/* x = 2^e (1 + f) with f in [sqrt(1/2) - 1, sqrt(2) - 1]; log x = e ln 2 + log(1 + f). */
NN_INLINE float nn_log(float x)
{
    const float smallest = 1.17549435e-38f; /* below it are the denormals */
    float scaled = x < smallest ? x * 8388608.0f : x;
    uint32_t shifted = nn_bits(scaled) - UINT32_C(0x3F3504F3); /* bits of sqrt(1/2) */
    int32_t exponent = (int32_t)shifted >> 23;
    float f = nn_from_bits((shifted & UINT32_C(0x007FFFFF)) + UINT32_C(0x3F3504F3)) - 1.0f;
    float e = (float)exponent - (x < smallest ? 23.0f : 0.0f);
    float p = 6.97161147e-2f; /* (log(1 + f) - f + f^2 / 2) / f^3 */
    p = p * f - 1.14797338e-1f;
    p = p * f + 1.16854199e-1f;
    p = p * f - 1.24256873e-1f;
    p = p * f + 1.42490576e-1f;
    p = p * f - 1.66678023e-1f;
    p = p * f + 2.00007157e-1f;
    p = p * f - 2.49999970e-1f;
    p = p * f + 3.33333312e-1f;
    float square = f * f;
    float y = f * square * p - e * 2.12194440e-4f;
    y = y - 0.5f * square;
    float result = f + y + e * 0.693359375f;
    result = x < INFINITY ? result : x; /* infinity, and NaN, for which no comparison holds */
    result = x == 0.0f ? -INFINITY : result;
    return x < 0.0f ? NAN : result;
}

/* log(1 + x): the rounding error of the sum is put back to first order. */
NN_INLINE float nn_log1p(float x)
{
    float sum = 1.0f + x;
    float lost = x - (sum - 1.0f);
    float result = nn_log(sum) + lost / sum;
    result = x < INFINITY ? result : x;
    return x == -1.0f ? -INFINITY : result;
}

NN_INLINE float nn_sigmoid(float x)
{
    return 1.0f / (1.0f + nn_exp(-x));
}

/* A polynomial near zero, where 1 - 2 / (e^2x + 1) would cancel. */
NN_INLINE float nn_tanh(float x)
{
    float a = nn_abs(x);
    float square = a * a;
    float p = 2.29274481e-3f; /* (tanh a - a) / a^3 in a^2, for a <= 0.625 */
    p = p * square - 8.34394551e-3f;
    p = p * square + 2.17689186e-2f;
    p = p * square - 5.39592596e-2f;
    p = p * square + 1.33333036e-1f;
    p = p * square - 3.33333332e-1f;
    float small = a + a * square * p;
    float large = 1.0f - 2.0f / (nn_exp(2.0f * a) + 1.0f);
    float result = a < 0.625f ? small : large;
    return nn_from_bits(nn_bits(result) | (nn_bits(x) & UINT32_C(0x80000000)));
}

/* log(1 + e^x), for any x without overflow. */
NN_INLINE float nn_softplus(float x)
{
    return nn_relu(x) + nn_log1p(nn_exp(-nn_abs(x)));
}

#endif
