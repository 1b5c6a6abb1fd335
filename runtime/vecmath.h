/* vecmath.h: elementary functions that compilers turn into vector code.
 *
 * Each function is straight-line scalar C without calls into libm and without branches (a condition
 * is a select), so a plain loop over it is vectorised by GCC and Clang at -O3. Errors in units in the
 * last place, measured over all magnitudes by tests/unit/vecmath.c: exp 1, expm1 3, log 1, log1p 2,
 * sigmoid 3, tanh 2, softplus 3, erf 2, erf_inverse 8. NaN gives NaN; infinities give the limits. A
 * result below the smallest normal number may be zero; where the mode of the thread flushes denormals,
 * the logarithm of a denormal is that of zero.
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

/* e^x - 1: a polynomial near zero, where the difference would cancel. */
NN_INLINE float nn_expm1(float x)
{
    float p = 2.49224364e-5f; /* (e^x - 1 - x) / x^2 for |x| <= 0.5 */
    p = p * x + 1.99621762e-4f;
    p = p * x + 1.38887377e-3f;
    p = p * x + 8.33318207e-3f;
    p = p * x + 4.16666671e-2f;
    p = p * x + 1.66666671e-1f;
    p = p * x + 5.0e-1f;
    float small = x + x * x * p;
    float large = nn_exp(x) - 1.0f;
    return nn_abs(x) < 0.5f ? small : large;
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

/* x if it is positive, else alpha (e^x - 1). */
NN_INLINE float nn_elu(float x, float alpha)
{
    float below = alpha * nn_expm1(x);
    return x > 0.0f ? x : below;
}

/* A polynomial near zero; beyond it 1 - erfc, whose logarithm is a polynomial. */
NN_INLINE float nn_erf(float x)
{
    float a = nn_abs(x);
    float square = a * a;
    float p = 8.5653912e-5f; /* erf(a) / a - 1 in a^2, for a^2 <= 0.8 */
    p = p * square - 8.18761543e-4f;
    p = p * square + 5.20488555e-3f;
    p = p * square - 2.6860913e-2f;
    p = p * square + 1.12837222e-1f;
    p = p * square - 3.76126354e-1f;
    p = p * square + 1.28379167e-1f;
    float c = a > 4.0f ? 4.0f : a; /* erf(4) is 1 in single precision */
    float q = 1.63761585e-6f;      /* log(1 - erf(a)) for 0.85 <= a <= 4 */
    q = q * c - 4.60430161e-5f;
    q = q * c + 5.96443188e-4f;
    q = q * c - 4.75662636e-3f;
    q = q * c + 2.64085568e-2f;
    q = q * c - 1.10049647e-1f;
    q = q * c - 6.31868317e-1f;
    q = q * c - 1.13020224f;
    q = q * c + 3.10714167e-4f;
    float result = a < 0.875f ? a + a * p : 1.0f - nn_exp(q);
    return nn_from_bits(nn_bits(result) | (nn_bits(x) & UINT32_C(0x80000000)));
}

/* The y with erf(y) = x, as x times a polynomial in w = -log(1 - x^2), or in its root for |x| near 1. */
NN_INLINE float nn_erf_inverse(float x)
{
    float w = -nn_log((1.0f - x) * (1.0f + x));
    float t = w - 2.5f;
    float p = 2.26059777e-8f; /* y / x for 0 <= w <= 5 */
    p = p * t + 3.42224709e-7f;
    p = p * t - 3.45477951e-6f;
    p = p * t - 4.38034671e-6f;
    p = p * t + 2.1831298e-4f;
    p = p * t - 1.25375888e-3f;
    p = p * t - 4.17734652e-3f;
    p = p * t + 2.46640766e-1f;
    p = p * t + 1.50140935f;
    float u = sqrtf(w < 5.0f ? 5.0f : w) - 3.0f;
    float q = -9.04661635e-5f; /* y / x for 5 <= w <= 17.6, which is the largest of a float below 1 */
    q = q * u - 4.46884849e-7f;
    q = q * u + 1.21659356e-3f;
    q = q * u - 3.56452576e-3f;
    q = q * u + 5.79305985e-3f;
    q = q * u - 7.65554008e-3f;
    q = q * u + 9.43127389e-3f;
    q = q * u + 1.00167654f;
    q = q * u + 2.83297711f;
    float result = x * (w < 5.0f ? p : q);
    return nn_abs(x) == 1.0f ? x * INFINITY : result;
}

#endif
