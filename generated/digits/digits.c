/* digits.c: the network of digits.nnd. Made by nndc 0.1.0; do not edit it, change the .nnd file and
 * run nndc again. What it does and how it is used: see digits.h.
 *
 * build      cc -O3 -c digits.c      (-march=native for speed, -fopenmp for threads)
 * memory     137,664 bytes of workspace, 480,320 of weights; 1 samples at once
 */
#include "digits.h"
#ifdef _OPENMP
#include <omp.h>
#endif

/* ---- runtime/rt.h ---- */
/* rt.h: the words every other piece and every generated kernel use.
 *
 * Needs nothing but the compiler. With GCC or Clang a vector (nn_vec) is as wide as the instruction
 * set the file is compiled for; with other compilers, or with -DNN_PLAIN, it is one float and the
 * same kernels run as plain C. Loads and stores may be unaligned and may look at memory that other
 * code reads with another type. */

#include <math.h>
#include <stdint.h>
#include <string.h>

/* GCC vectorises a select only when nobody watches floating-point traps. Nobody does, and the file
 * says so itself, so that a plain "cc -O3" is enough. */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("no-trapping-math", "no-math-errno")
#endif

#if defined(__GNUC__) || defined(__clang__)
#define NN_RESTRICT __restrict__
#define NN_ALIGN    __attribute__((aligned(64)))
#if defined(__clang__) && defined(__AVX512F__)
/* For many AVX-512 processors clang splits 64-byte vectors into halves, at half the speed, unless a
 * function asks for the full width. A kernel that inlines one of these inherits the wish. */
#define NN_INLINE static inline __attribute__((always_inline, unused, min_vector_width(512)))
#else
#define NN_INLINE static inline __attribute__((always_inline, unused))
#endif
#define NN_APART    __attribute__((noinline, unused))
#define NN_PRINTF(position, first) __attribute__((format(printf, position, first)))
#else
#define NN_RESTRICT
#define NN_ALIGN
#define NN_INLINE static inline
#define NN_APART
#define NN_PRINTF(position, first)
#endif

/* Above a loop over the rows of a register tile: unroll it whole. */
#if defined(__clang__)
#define NN_UNROLL _Pragma("unroll")
#elif defined(__GNUC__)
#define NN_UNROLL _Pragma("GCC unroll 16")
#else
#define NN_UNROLL
#endif

/* Lanes of a vector and number of vector registers; kernels size their tiles by them. */
#if defined(NN_PLAIN) || !(defined(__GNUC__) || defined(__clang__))
#define NN_LANES     1
#define NN_REGISTERS 16
#elif defined(__AVX512F__)
#define NN_LANES     16
#define NN_REGISTERS 32
#elif defined(__AVX__)
#define NN_LANES     8
#define NN_REGISTERS 16
#elif defined(__aarch64__)
#define NN_LANES     4
#define NN_REGISTERS 32
#else
#define NN_LANES     4
#define NN_REGISTERS 16
#endif

/* Vectors of columns in a pass over a panel of 16; over one of 32 always 2. */
#define NN_VECTORS (NN_LANES == 16 ? 1 : 2)

/* A size of a register tile: for 32 vector registers and more, or for fewer. */
#define NN_SIZE(many, few) (NN_REGISTERS >= 32 ? (many) : (few))

#if NN_LANES == 1
typedef float nn_vec;

NN_INLINE nn_vec nn_load(const float *from)
{
    return *from;
}

NN_INLINE void nn_store(float *to, nn_vec value)
{
    *to = value;
}

NN_INLINE nn_vec nn_splat(float value)
{
    return value;
}
#else
typedef float nn_vec __attribute__((vector_size(NN_LANES * 4)));
typedef float nn_vec_unaligned __attribute__((vector_size(NN_LANES * 4), aligned(4), may_alias));

NN_INLINE nn_vec nn_load(const float *from)
{
    return *(const nn_vec_unaligned *)(const void *)from;
}

NN_INLINE void nn_store(float *to, nn_vec value)
{
    *(nn_vec_unaligned *)(void *)to = value;
}

/* All lanes are written out: adding to a zero vector would turn -0 into 0. */
NN_INLINE nn_vec nn_splat(float v)
{
#if NN_LANES == 16
    nn_vec all = {v, v, v, v, v, v, v, v, v, v, v, v, v, v, v, v};
#elif NN_LANES == 8
    nn_vec all = {v, v, v, v, v, v, v, v};
#else
    nn_vec all = {v, v, v, v};
#endif
    return all;
}
#endif

/* Asks for the cache line of element `index`, which will be read soon. It need not exist. */
NN_INLINE void nn_prefetch(const float *array, int64_t index)
{
#if NN_LANES > 1
    __builtin_prefetch((const void *)((uintptr_t)array + (uintptr_t)index * sizeof *array));
#else
    (void)array;
    (void)index;
#endif
}

/* What was stored at `at` is loaded again where it is used. Without this clang keeps the first value of a
 * row in a register after a tile, and does not vectorise the loop that reads the row. */
NN_INLINE void nn_reload(const float *at)
{
#if defined(__GNUC__) || defined(__clang__)
    __asm__ volatile("" : : "r"(at) : "memory");
#else
    (void)at;
#endif
}

NN_INLINE void nn_zero(float *to, int count)
{
    for (int i = 0; i < count; i++)
        to[i] = 0.0f;
}

/* The first unit of a thread's share when `count` units are split evenly; its last one is before
 * nn_first(thread + 1, threads, count). Depends on nothing else, so shares never move. */
NN_INLINE int nn_first(int thread, int threads, int count)
{
    return (int)((int64_t)count * thread / threads);
}

/* Denormal numbers are a hundred times slower than others, and the moments of dead parameters end
 * there. The mode belongs to a thread: call this in every thread that computes. Returns the mode
 * before, for nn_restore_denormals. Where the processor has no such mode nothing happens. */
NN_INLINE uint64_t nn_flush_denormals(void)
{
#if defined(__SSE__) && (defined(__GNUC__) || defined(__clang__))
    unsigned mode = __builtin_ia32_stmxcsr();
    if ((mode & 0x8040u) != 0x8040u) /* setting it waits for what runs */
        __builtin_ia32_ldmxcsr(mode | 0x8040u); /* flush to zero, denormals are zero */
    return mode;
#elif defined(__aarch64__) && (defined(__GNUC__) || defined(__clang__))
    uint64_t mode;
    __asm__ volatile("mrs %0, fpcr" : "=r"(mode));
    __asm__ volatile("msr fpcr, %0" : : "r"(mode | ((uint64_t)1 << 24)));
    return mode;
#else
    return 0;
#endif
}

NN_INLINE void nn_restore_denormals(uint64_t mode)
{
#if defined(__SSE__) && (defined(__GNUC__) || defined(__clang__))
    if (((unsigned)mode & 0x8040u) != 0x8040u)
        __builtin_ia32_ldmxcsr((unsigned)mode);
#elif defined(__aarch64__) && (defined(__GNUC__) || defined(__clang__))
    __asm__ volatile("msr fpcr, %0" : : "r"(mode));
#else
    (void)mode;
#endif
}

/* ---- runtime/vecmath.h ---- */
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

/* Larger and smaller of two; NaN when either is NaN, so that a broken value is not hidden. */
NN_INLINE float nn_maximum(float a, float b)
{
    float larger = a < b ? b : a;
    return b != b ? b : larger;
}

NN_INLINE float nn_relu(float x)
{
    return x < 0.0f ? 0.0f : x;
}

/* sqrtf may set errno, and compilers leave it scalar for that. Said again to depend on nothing and to do
 * nothing else, it is a vector instruction in a loop, without -fno-math-errno. */
#if (defined(__GNUC__) || defined(__clang__)) && !defined(__cplusplus)
extern float sqrtf(float) __attribute__((const));
#endif

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

/* ---- runtime/winograd.h ---- */
/* winograd.h: convolutions with fewer multiplications, F(2x2, 3x3), F(4x4, 3x3), F(2x2, 5x5)
 * and F(4x4, 5x5).
 *
 * The result is cut into squares of m x m points. For one square, d the patch of n x n points of the
 * image that it depends on, n = m + r - 1, and g the r x r taps,
 *
 *     y   =  A' [ (G g G') .* (B' d B) ] A            PATCH  makes B' d B    KERNEL makes G g G'
 *     d_g =  G' [ (B' d B) .* (A d_y A') ] G          RESULT makes A' . A    SPREAD makes A d_y A'
 *                                                     TAPS   makes G' . G
 * for every channel. The product in the middle is summed over channels (for d_g: over squares), so it
 * is one small matrix product for each of the n x n places of a patch. In a convolution with a dilation,
 * the points of squares and patches are as far apart as its taps.
 *
 * Transformations work on vectors of channels. Results lie place by place; within a place, channels in
 * blocks of 16, so that the rows of a product are a constant distance apart. Buffers have room for an
 * even number of squares and for whole blocks of channels. */

/* Named by m and r. B' follows from n alone. */
enum { NN_PATCH_OF_4, NN_KERNEL_2_3, NN_RESULT_2_3, NN_SPREAD_2_3, NN_TAPS_2_3,
       NN_PATCH_OF_6, NN_KERNEL_4_3, NN_RESULT_4_3, NN_SPREAD_4_3, NN_TAPS_4_3,
       NN_KERNEL_2_5, NN_RESULT_2_5, NN_SPREAD_2_5, NN_TAPS_2_5,
       NN_PATCH_OF_8, NN_KERNEL_4_5, NN_RESULT_4_5, NN_SPREAD_4_5, NN_TAPS_4_5 };

enum { NN_SQUARE_BLOCK = 16, NN_SQUARE_SIDE = 8 }; /* channels of a block; most points of a line */

/* ---- one line --------------------------------------------------------------------------------
 * With n = 4, polynomials are interpolated at 0, 1, -1 and infinity; with n = 6, at 2 and -2 as
 * well; with n = 8, at 1/2 and -1/2 as well. */
NN_INLINE void nn_winograd_line(const int what, nn_vec *y, const nn_vec *x)
{
    switch (what) {
    case NN_PATCH_OF_4:
        y[0] = x[0] - x[2];
        y[1] = x[1] + x[2];
        y[2] = x[2] - x[1];
        y[3] = x[1] - x[3];
        return;
    case NN_KERNEL_2_3:
        y[0] = x[0];
        y[1] = nn_splat(0.5f) * (x[0] + x[1] + x[2]);
        y[2] = nn_splat(0.5f) * (x[0] - x[1] + x[2]);
        y[3] = x[2];
        return;
    case NN_RESULT_2_3:
        y[0] = x[0] + x[1] + x[2];
        y[1] = x[1] - x[2] - x[3];
        return;
    case NN_SPREAD_2_3:
        y[0] = x[0];
        y[1] = x[0] + x[1];
        y[2] = x[0] - x[1];
        y[3] = nn_splat(0.0f) - x[1];
        return;
    case NN_TAPS_2_3:
        y[0] = x[0] + nn_splat(0.5f) * (x[1] + x[2]);
        y[1] = nn_splat(0.5f) * (x[1] - x[2]);
        y[2] = x[3] + nn_splat(0.5f) * (x[1] + x[2]);
        return;
    case NN_PATCH_OF_6: {
        const nn_vec even = x[4] - nn_splat(4.0f) * x[2], odd = x[3] - nn_splat(4.0f) * x[1];
        const nn_vec near = x[4] - x[2], apart = nn_splat(2.0f) * (x[3] - x[1]);
        y[0] = nn_splat(4.0f) * x[0] - nn_splat(5.0f) * x[2] + x[4];
        y[1] = even + odd;
        y[2] = even - odd;
        y[3] = near + apart;
        y[4] = near - apart;
        y[5] = nn_splat(4.0f) * x[1] - nn_splat(5.0f) * x[3] + x[5];
        return;
    }
    case NN_KERNEL_4_3: {
        const nn_vec ends = nn_splat(-1.0f / 6.0f) * (x[0] + x[2]), middle = nn_splat(-1.0f / 6.0f) * x[1];
        const nn_vec wide = nn_splat(1.0f / 24.0f) * x[0] + nn_splat(1.0f / 6.0f) * x[2];
        const nn_vec half = nn_splat(1.0f / 12.0f) * x[1];
        y[0] = nn_splat(0.25f) * x[0];
        y[1] = ends + middle;
        y[2] = ends - middle;
        y[3] = wide + half;
        y[4] = wide - half;
        y[5] = x[2];
        return;
    }
    case NN_RESULT_4_3: {
        const nn_vec sum = x[1] + x[2], difference = x[1] - x[2];
        const nn_vec sum_2 = x[3] + x[4], difference_2 = x[3] - x[4];
        y[0] = x[0] + sum + sum_2;
        y[1] = difference + nn_splat(2.0f) * difference_2;
        y[2] = sum + nn_splat(4.0f) * sum_2;
        y[3] = difference + nn_splat(8.0f) * difference_2 + x[5];
        return;
    }
    case NN_SPREAD_4_3: {
        const nn_vec even = x[0] + x[2], odd = x[1] + x[3];
        const nn_vec even_2 = x[0] + nn_splat(4.0f) * x[2];
        const nn_vec odd_2 = nn_splat(2.0f) * x[1] + nn_splat(8.0f) * x[3];
        y[0] = x[0];
        y[1] = even + odd;
        y[2] = even - odd;
        y[3] = even_2 + odd_2;
        y[4] = even_2 - odd_2;
        y[5] = x[3];
        return;
    }
    case NN_TAPS_4_3: {
        const nn_vec sum = nn_splat(-1.0f / 6.0f) * (x[1] + x[2]), sum_2 = x[3] + x[4];
        y[0] = nn_splat(0.25f) * x[0] + sum + nn_splat(1.0f / 24.0f) * sum_2;
        y[1] = nn_splat(-1.0f / 6.0f) * (x[1] - x[2]) + nn_splat(1.0f / 12.0f) * (x[3] - x[4]);
        y[2] = sum + nn_splat(1.0f / 6.0f) * sum_2 + x[5];
        return;
    }
    case NN_KERNEL_2_5: {
        const nn_vec even = nn_splat(-1.0f / 6.0f) * (x[0] + x[2] + x[4]), odd = nn_splat(-1.0f / 6.0f) * (x[1] + x[3]);
        const nn_vec even_2 = nn_splat(1.0f / 24.0f) * x[0] + nn_splat(1.0f / 6.0f) * x[2] + nn_splat(2.0f / 3.0f) * x[4];
        const nn_vec odd_2 = nn_splat(1.0f / 12.0f) * x[1] + nn_splat(1.0f / 3.0f) * x[3];
        y[0] = nn_splat(0.25f) * x[0];
        y[1] = even + odd;
        y[2] = even - odd;
        y[3] = even_2 + odd_2;
        y[4] = even_2 - odd_2;
        y[5] = x[4];
        return;
    }
    case NN_RESULT_2_5:
        y[0] = x[0] + (x[1] + x[2]) + (x[3] + x[4]);
        y[1] = x[1] - x[2] + nn_splat(2.0f) * (x[3] - x[4]) + x[5];
        return;
    case NN_SPREAD_2_5: {
        const nn_vec twice = nn_splat(2.0f) * x[1];
        y[0] = x[0];
        y[1] = x[0] + x[1];
        y[2] = x[0] - x[1];
        y[3] = x[0] + twice;
        y[4] = x[0] - twice;
        y[5] = x[1];
        return;
    }
    case NN_TAPS_2_5: {
        const nn_vec sum = nn_splat(-1.0f / 6.0f) * (x[1] + x[2]), difference = nn_splat(-1.0f / 6.0f) * (x[1] - x[2]);
        const nn_vec sum_2 = x[3] + x[4], difference_2 = x[3] - x[4];
        y[0] = nn_splat(0.25f) * x[0] + sum + nn_splat(1.0f / 24.0f) * sum_2;
        y[1] = difference + nn_splat(1.0f / 12.0f) * difference_2;
        y[2] = sum + nn_splat(1.0f / 6.0f) * sum_2;
        y[3] = difference + nn_splat(1.0f / 3.0f) * difference_2;
        y[4] = sum + nn_splat(2.0f / 3.0f) * sum_2 + x[5];
        return;
    }
    case NN_PATCH_OF_8: {
        const nn_vec even = x[2] + x[6] - nn_splat(4.25f) * x[4], odd = x[1] + x[5] - nn_splat(4.25f) * x[3];
        const nn_vec even_2 = x[6] + nn_splat(0.25f) * x[2] - nn_splat(1.25f) * x[4];
        const nn_vec odd_2 = nn_splat(0.5f) * x[1] - nn_splat(2.5f) * x[3] + nn_splat(2.0f) * x[5];
        const nn_vec even_half = x[6] + nn_splat(4.0f) * x[2] - nn_splat(5.0f) * x[4];
        const nn_vec odd_half = nn_splat(2.0f) * x[1] - nn_splat(2.5f) * x[3] + nn_splat(0.5f) * x[5];
        y[0] = x[0] - x[6] + nn_splat(5.25f) * (x[4] - x[2]);
        y[1] = even + odd;
        y[2] = even - odd;
        y[3] = even_2 + odd_2;
        y[4] = even_2 - odd_2;
        y[5] = even_half + odd_half;
        y[6] = even_half - odd_half;
        y[7] = x[7] - x[1] + nn_splat(5.25f) * (x[3] - x[5]);
        return;
    }
    case NN_KERNEL_4_5: {
        const nn_vec even = nn_splat(-2.0f / 9.0f) * (x[0] + x[2] + x[4]), odd = nn_splat(-2.0f / 9.0f) * (x[1] + x[3]);
        const nn_vec even_2 = nn_splat(1.0f / 90.0f) * x[0] + nn_splat(2.0f / 45.0f) * x[2] + nn_splat(8.0f / 45.0f) * x[4];
        const nn_vec odd_2 = nn_splat(1.0f / 45.0f) * x[1] + nn_splat(4.0f / 45.0f) * x[3];
        const nn_vec even_half = nn_splat(32.0f / 45.0f) * x[0] + nn_splat(8.0f / 45.0f) * x[2] + nn_splat(2.0f / 45.0f) * x[4];
        const nn_vec odd_half = nn_splat(16.0f / 45.0f) * x[1] + nn_splat(4.0f / 45.0f) * x[3];
        y[0] = x[0];
        y[1] = even + odd;
        y[2] = even - odd;
        y[3] = even_2 + odd_2;
        y[4] = even_2 - odd_2;
        y[5] = even_half + odd_half;
        y[6] = even_half - odd_half;
        y[7] = x[4];
        return;
    }
    case NN_RESULT_4_5: {
        const nn_vec sum = x[1] + x[2], difference = x[1] - x[2];
        const nn_vec sum_2 = x[3] + x[4], difference_2 = x[3] - x[4];
        const nn_vec sum_half = x[5] + x[6], difference_half = x[5] - x[6];
        y[0] = x[0] + sum + sum_2 + sum_half;
        y[1] = difference + nn_splat(2.0f) * difference_2 + nn_splat(0.5f) * difference_half;
        y[2] = sum + nn_splat(4.0f) * sum_2 + nn_splat(0.25f) * sum_half;
        y[3] = difference + nn_splat(8.0f) * difference_2 + nn_splat(0.125f) * difference_half + x[7];
        return;
    }
    case NN_SPREAD_4_5: {
        const nn_vec even = x[0] + x[2], odd = x[1] + x[3];
        const nn_vec even_2 = x[0] + nn_splat(4.0f) * x[2];
        const nn_vec odd_2 = nn_splat(2.0f) * x[1] + nn_splat(8.0f) * x[3];
        const nn_vec even_half = x[0] + nn_splat(0.25f) * x[2];
        const nn_vec odd_half = nn_splat(0.5f) * x[1] + nn_splat(0.125f) * x[3];
        y[0] = x[0];
        y[1] = even + odd;
        y[2] = even - odd;
        y[3] = even_2 + odd_2;
        y[4] = even_2 - odd_2;
        y[5] = even_half + odd_half;
        y[6] = even_half - odd_half;
        y[7] = x[3];
        return;
    }
    case NN_TAPS_4_5: {
        const nn_vec sum = nn_splat(-2.0f / 9.0f) * (x[1] + x[2]), difference = nn_splat(-2.0f / 9.0f) * (x[1] - x[2]);
        const nn_vec sum_2 = x[3] + x[4], difference_2 = x[3] - x[4];
        const nn_vec sum_half = x[5] + x[6], difference_half = x[5] - x[6];
        y[0] = x[0] + sum + nn_splat(1.0f / 90.0f) * sum_2 + nn_splat(32.0f / 45.0f) * sum_half;
        y[1] = difference + nn_splat(1.0f / 45.0f) * difference_2 + nn_splat(16.0f / 45.0f) * difference_half;
        y[2] = sum + nn_splat(2.0f / 45.0f) * sum_2 + nn_splat(8.0f / 45.0f) * sum_half;
        y[3] = difference + nn_splat(4.0f / 45.0f) * difference_2 + nn_splat(4.0f / 45.0f) * difference_half;
        y[4] = sum + nn_splat(8.0f / 45.0f) * sum_2 + nn_splat(2.0f / 45.0f) * sum_half + x[7];
        return;
    }
    default:
        return;
    }
}

/* ---- squares ---------------------------------------------------------------------------------- */
/* Where the points of a square are: point (i, j) of channel c at i * line + j * point +
 * c / 16 * block + c % 16. */
typedef struct nn_square {
    int64_t line, point, block;
} nn_square;

/* First down the columns, then along the lines. The loops have constant ends and a test, since
 * compilers unroll no others. */
NN_INLINE void nn_winograd_vector(const int what, const int from_side, const int to_side, float *to, nn_square t,
                                  const float *from, nn_square f)
{
    nn_vec half[NN_SQUARE_SIDE][NN_SQUARE_SIDE];
    NN_UNROLL
    for (int j = 0; j < NN_SQUARE_SIDE; j++)
        if (j < from_side) {
            nn_vec x[NN_SQUARE_SIDE];
            NN_UNROLL
            for (int i = 0; i < NN_SQUARE_SIDE; i++)
                if (i < from_side)
                    x[i] = nn_load(from + i * f.line + j * f.point);
            nn_winograd_line(what, half[j], x);
        }
    NN_UNROLL
    for (int i = 0; i < NN_SQUARE_SIDE; i++)
        if (i < to_side) {
            nn_vec x[NN_SQUARE_SIDE], y[NN_SQUARE_SIDE];
            NN_UNROLL
            for (int j = 0; j < NN_SQUARE_SIDE; j++)
                if (j < from_side)
                    x[j] = half[j][i];
            nn_winograd_line(what, y, x);
            NN_UNROLL
            for (int j = 0; j < NN_SQUARE_SIDE; j++)
                if (j < to_side)
                    nn_store(to + i * t.line + j * t.point, y[j]);
        }
}

/* All channels. What is left after whole blocks is filled up with zeros. */
NN_INLINE void nn_winograd_square(const int what, const int from_side, const int to_side, float *to, nn_square t,
                                  const float *from, nn_square f, int channels)
{
    for (; channels >= NN_SQUARE_BLOCK; channels -= NN_SQUARE_BLOCK) {
        for (int lane = 0; lane < NN_SQUARE_BLOCK; lane += NN_LANES)
            nn_winograd_vector(what, from_side, to_side, to + lane, t, from + lane, f);
        to += t.block;
        from += f.block;
    }
    if (channels > 0) {
        NN_ALIGN float filled[NN_SQUARE_SIDE * NN_SQUARE_SIDE * NN_SQUARE_BLOCK];
        const nn_square own = {NN_SQUARE_SIDE * NN_SQUARE_BLOCK, NN_SQUARE_BLOCK, 0};
        memset(filled, 0, sizeof filled);
        for (int i = 0; i < from_side; i++)
            for (int j = 0; j < from_side; j++)
                memcpy(filled + i * own.line + j * own.point, from + i * f.line + j * f.point,
                       (size_t)channels * sizeof(float));
        for (int lane = 0; lane < NN_SQUARE_BLOCK; lane += NN_LANES)
            nn_winograd_vector(what, from_side, to_side, to + lane, t, filled + lane, own);
    }
}

/* From an image, its points `line` and `point` apart, to places `to_point` apart, line by line. */
NN_INLINE void nn_winograd_image(const int what, const int from_side, const int to_side, float *to, int64_t to_point,
                                 int64_t to_block, const float *from, int64_t line, int64_t point, int channels)
{
    const nn_square t = {to_side * to_point, to_point, to_block}, f = {line, point, NN_SQUARE_BLOCK};
    nn_winograd_square(what, from_side, to_side, to, t, from, f, channels);
}

/* From places `place` apart to a dense square, [line][point][width]; width is a multiple of 16. */
NN_INLINE void nn_winograd_dense(const int what, const int from_side, const int to_side, float *to, const float *from,
                                 int64_t place, int width)
{
    const nn_square t = {to_side * width, width, NN_SQUARE_BLOCK}, f = {from_side * place, place, NN_SQUARE_BLOCK};
    nn_winograd_square(what, from_side, to_side, to, t, from, f, width);
}

static NN_APART void nn_winograd_patch_of_6(float *to, int64_t to_point, int64_t to_block, const float *from,
                                            int64_t line, int64_t point, int channels)
{
    nn_winograd_image(NN_PATCH_OF_6, 6, 6, to, to_point, to_block, from, line, point, channels);
}

static NN_APART void nn_winograd_result_4_3(float *to, const float *from, int64_t place, int width)
{
    nn_winograd_dense(NN_RESULT_4_3, 6, 4, to, from, place, width);
}

static NN_APART void nn_winograd_kernel_4_3(float *to, const float *taps, int width)
{
    nn_winograd_dense(NN_KERNEL_4_3, 3, 6, to, taps, width, width);
}

/* ---- products --------------------------------------------------------------------------------- */
enum { NN_SQUARE_ROWS = NN_REGISTERS >= 32 ? 14 : 6 }; /* most rows of a tile that is two vectors wide */

/* Operands of sum[r][column] (+)= a(r, k) * b(k, column): row r of a is r * a_row further, step k is
 * k * a_step + k / 16 * a_block further. */
typedef struct nn_tile {
    float *sum;
    const float *a, *b;
    int64_t a_step, a_block, b_step;
    int steps, width; /* width: columns, 16 or 32, and the distance of rows in sum */
    int resumes;      /* sums go on from what is there */
    const float *ahead; /* needed soon: step k fetches the line of element ahead_first + k * ahead_step */
    int64_t ahead_first, ahead_step;
} nn_tile;

NN_INLINE void nn_tile_rows(const int rows, const int width, const int64_t a_row, const nn_tile *t)
{
    const int vectors = width >= 2 * NN_LANES ? 2 : 1, steps = t->steps, resumes = t->resumes;
    const int64_t a_step = t->a_step, a_block = t->a_block, b_step = t->b_step;
    for (int column = 0; column < width; column += vectors * NN_LANES) {
        nn_vec acc[NN_SQUARE_ROWS][2];
        const float *a = t->a, *b = t->b + column;
        int64_t ahead = t->ahead_first;
        float *sum = t->sum + column;
        NN_UNROLL
        for (int r = 0; r < NN_SQUARE_ROWS; r++)
            if (r < rows) {
                acc[r][0] = resumes ? nn_load(sum + r * width) : nn_splat(0.0f);
                if (vectors == 2)
                    acc[r][1] = resumes ? nn_load(sum + r * width + NN_LANES) : nn_splat(0.0f);
            }
        for (int left = steps; left > 0; left -= NN_SQUARE_BLOCK) {
            const int count = left < NN_SQUARE_BLOCK ? left : NN_SQUARE_BLOCK;
            for (int k = 0; k < count; k++) {
                const nn_vec b0 = nn_load(b), b1 = vectors == 2 ? nn_load(b + NN_LANES) : b0;
                NN_UNROLL
                for (int r = 0; r < NN_SQUARE_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(a[r * a_row]);
                        acc[r][0] += scalar * b0;
                        if (vectors == 2)
                            acc[r][1] += scalar * b1;
                    }
                nn_prefetch(t->ahead, ahead);
                a += a_step;
                b += b_step;
                ahead += t->ahead_step;
            }
            a += a_block;
        }
        NN_UNROLL
        for (int r = 0; r < NN_SQUARE_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * width, acc[r][0]);
                if (vectors == 2)
                    nn_store(sum + r * width + NN_LANES, acc[r][1]);
            }
    }
}

/* (No blank line up to the end of nn_tiles, so that all of it is printed or nothing.)
 * A function for every number of rows, so that each keeps its sums in registers. Rows of a are a block
 * apart (squares of an image, over channels), or side by side (channels, over squares). */
#define NN_TILE(rows)                                                   \
    static NN_APART void nn_tile_apart_##rows(const nn_tile *t)         \
    {                                                                   \
        if (t->width == 32)                                             \
            nn_tile_rows(rows, 32, NN_SQUARE_BLOCK, t);                 \
        else                                                            \
            nn_tile_rows(rows, 16, NN_SQUARE_BLOCK, t);                 \
    }                                                                   \
    static NN_APART void nn_tile_beside_##rows(const nn_tile *t)        \
    {                                                                   \
        if (t->width == 32)                                             \
            nn_tile_rows(rows, 32, 1, t);                               \
        else                                                            \
            nn_tile_rows(rows, 16, 1, t);                               \
    }
NN_TILE(2)
NN_TILE(4)
NN_TILE(6)
#if NN_REGISTERS >= 32
NN_TILE(8)
NN_TILE(10)
NN_TILE(12)
NN_TILE(14)
#endif
#undef NN_TILE
/* Cuts `rows`, rounded up to even, into tiles that differ by two at most. They share what is fetched ahead
 * (the next kernel); sums, which may be larger than the cache, are fetched tile by tile. */
static NN_APART void nn_tiles(nn_tile t, int rows, const int is_apart)
{
    typedef void nn_tile_function(const nn_tile *);
    static nn_tile_function *const functions[2][7] = {
        {nn_tile_beside_2, nn_tile_beside_4, nn_tile_beside_6,
#if NN_REGISTERS >= 32
         nn_tile_beside_8, nn_tile_beside_10, nn_tile_beside_12, nn_tile_beside_14
#endif
        },
        {nn_tile_apart_2, nn_tile_apart_4, nn_tile_apart_6,
#if NN_REGISTERS >= 32
         nn_tile_apart_8, nn_tile_apart_10, nn_tile_apart_12, nn_tile_apart_14
#endif
        },
    };
    const int pairs = (rows + 1) / 2;
    const int tiles = (2 * pairs + NN_SQUARE_ROWS - 1) / NN_SQUARE_ROWS;
    t.ahead_step = is_apart ? (t.width + tiles - 1) / tiles : NN_SQUARE_BLOCK;
    for (int tile = 0; tile < tiles; tile++) {
        const int own = nn_first(tile + 1, tiles, pairs) - nn_first(tile, tiles, pairs);
        if (!is_apart) {
            t.ahead = t.sum;
            t.ahead_first = 2 * own * t.width;
        }
        functions[is_apart][own - 1](&t);
        t.sum += 2 * own * t.width;
        t.a += 2 * own * (is_apart ? NN_SQUARE_BLOCK : 1);
        if (is_apart)
            t.ahead_first += t.steps * t.ahead_step;
    }
}

/* products[square][width] = sum over channels of patches * kernel[channel][width], for one place;
 * patches: [channel / 16][room][16]. The kernel of the following call is fetched. */
static NN_APART void nn_winograd_products(float *products, const float *patches, const float *kernel,
                                          const float *following, int squares, int room, int channels, int width)
{
    const nn_tile t = {products, patches, kernel, 1, (int64_t)(room - 1) * NN_SQUARE_BLOCK, width, channels, width, 0,
                       following, 0, 0};
    nn_tiles(t, squares, 1);
}

/* ---- runtime/tensor.h ---- */
/* tensor.h: what is known of a tensor of the network: its name and shape in files, its place in the
 * state, and how it begins. */

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

/* ---- runtime/safetensors_parse.h ---- */
/* safetensors_parse.h: finds a network's tensors in the bytes of a safetensors file.
 *
 * No heap, no stdio; the bytes may be hostile. A file is 8 bytes with the length of a JSON header,
 * the header, and the data. The header maps a name to {"dtype", "shape", "data_offsets"}; the name
 * "__metadata__" maps to texts. Sizes are checked against the bytes that are there, products against
 * overflow, and no two tensors that are used may share a byte. */

#include <stddef.h>

enum {
    NN_FILE_OK,
    NN_FILE_SHORT,     /* fewer bytes than the header's length or the header promises */
    NN_FILE_HEADER,    /* the header is not what the format asks for */
    NN_FILE_RANGE,     /* a tensor's bytes do not fit its shape, or overlap another's */
    NN_FILE_DUPLICATE, /* a name stands there twice */
    NN_FILE_TYPE,      /* a tensor is not F32 */
    NN_FILE_SHAPE,     /* a tensor has another shape than the network's */
    NN_FILE_MISSING,   /* a tensor of the network is not there */
    NN_FILE_UNKNOWN    /* a tensor that the network does not have */
};

/* Where a tensor's bytes lie in the file; end is 0 while it was not found. */
typedef struct nn_found {
    uint64_t begin, end;
} nn_found;

/* What is wrong, for the message. Not every field says something for every status. */
typedef struct nn_culprit {
    int status;
    int tensor;               /* index in the network's table, or -1 */
    size_t position;          /* in the file */
    size_t name, name_length; /* of the entry, as written in the file */
    int rank;                 /* shape found, the first 6 axes of it */
    uint64_t dims[6];
} nn_culprit;

/* ---- a reader of the little JSON that headers are made of ---- */
typedef struct nn_scan {
    const unsigned char *bytes;
    size_t at, end;
    int bad;
    size_t metadata; /* where they begin, once they were passed over */
} nn_scan;

static int nn_scan_peek(nn_scan *scan)
{
    while (scan->at < scan->end) {
        unsigned char c = scan->bytes[scan->at];
        if (c != ' ' && c != '\t' && c != '\n' && c != '\r')
            return c;
        scan->at++;
    }
    return -1;
}

static int nn_scan_take(nn_scan *scan, int wanted)
{
    if (scan->bad || nn_scan_peek(scan) != wanted) {
        scan->bad = 1;
        return 0;
    }
    scan->at++;
    return 1;
}

/* After an item of a list: 1 when another follows, 0 when `close` ended the list (or at an error). */
static int nn_scan_more(nn_scan *scan, int close)
{
    if (!scan->bad && nn_scan_peek(scan) == ',') {
        scan->at++;
        return 1;
    }
    nn_scan_take(scan, close);
    return 0;
}

/* A string; begin and length are its text without the quotes, escapes as they are. */
static void nn_scan_string(nn_scan *scan, size_t *begin, size_t *length)
{
    *begin = scan->at;
    *length = 0;
    if (!nn_scan_take(scan, '"'))
        return;
    *begin = scan->at;
    while (scan->at < scan->end && scan->bytes[scan->at] != '"') {
        if (scan->bytes[scan->at] < 0x20)
            break;
        scan->at += scan->bytes[scan->at] == '\\' ? 2u : 1u;
    }
    if (scan->at >= scan->end || scan->bytes[scan->at] != '"') {
        scan->bad = 1;
        return;
    }
    *length = scan->at - *begin;
    scan->at++;
}

/* A whole number up to 2^53. */
static uint64_t nn_scan_number(nn_scan *scan)
{
    uint64_t value = 0;
    int digits = 0;
    nn_scan_peek(scan);
    while (!scan->bad && scan->at < scan->end && scan->bytes[scan->at] >= '0' &&
           scan->bytes[scan->at] <= '9') {
        value = value * 10 + (uint64_t)(scan->bytes[scan->at] - '0');
        if (value > UINT64_C(1) << 53)
            scan->bad = 1;
        scan->at++;
        digits++;
    }
    if (digits == 0)
        scan->bad = 1;
    return value;
}

static int nn_scan_same(const nn_scan *scan, size_t begin, size_t length, const char *word)
{
    return strlen(word) == length && memcmp(scan->bytes + begin, word, length) == 0;
}

/* One entry of the header. */
typedef struct nn_entry {
    size_t name, name_length;
    size_t type, type_length; /* its dtype, as written */
    int is_f32;
    uint64_t bytes; /* that the shape takes */
    int rank;
    uint64_t dims[6];
    uint64_t begin, end; /* from the start of the data */
} nn_entry;

/* Bytes of a value of a type, 0 when there is no such type. */
static uint64_t nn_scan_type(const nn_scan *scan, size_t begin, size_t length)
{
    static const char names[16][8] = {"BOOL", "U8",   "I8",  "F8_E5M2", "F8_E4M3", "I16",
                                      "U16",  "F16",  "BF16", "I32",    "U32",     "F32",
                                      "F64",  "I64",  "U64",  ""};
    static const unsigned char sizes[16] = {1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 8, 8, 8, 0};
    for (int i = 0; i < 15; i++)
        if (nn_scan_same(scan, begin, length, names[i]))
            return sizes[i];
    return 0;
}

/* [a, b, ...]; the product of the dims must stay below 2^53. */
static void nn_scan_shape(nn_scan *scan, nn_entry *entry, uint64_t *product)
{
    *product = 1;
    entry->rank = 0;
    nn_scan_take(scan, '[');
    if (!scan->bad && nn_scan_peek(scan) == ']') {
        scan->at++;
        return;
    }
    do {
        uint64_t dim = nn_scan_number(scan);
        if (dim != 0 && *product > (UINT64_C(1) << 53) / dim)
            scan->bad = 1;
        *product = scan->bad ? 0 : *product * dim;
        if (entry->rank < 6)
            entry->dims[entry->rank] = dim;
        entry->rank++;
        if (entry->rank > 32)
            scan->bad = 1;
    } while (nn_scan_more(scan, ']'));
}

/* {"dtype": "F32", "shape": [...], "data_offsets": [begin, end]}, keys in any order, each once. */
static void nn_scan_entry(nn_scan *scan, nn_entry *entry)
{
    uint64_t product = 0, item = 0;
    int seen = 0;
    nn_scan_take(scan, '{');
    do {
        size_t key, length, value = 0, value_length = 0;
        int bit = 0;
        nn_scan_string(scan, &key, &length);
        nn_scan_take(scan, ':');
        if (scan->bad)
            return;
        if (nn_scan_same(scan, key, length, "dtype")) {
            bit = 1;
            nn_scan_string(scan, &value, &value_length);
            item = scan->bad ? 0 : nn_scan_type(scan, value, value_length);
            entry->type = value;
            entry->type_length = value_length;
            entry->is_f32 = !scan->bad && nn_scan_same(scan, value, value_length, "F32");
        } else if (nn_scan_same(scan, key, length, "shape")) {
            bit = 2;
            nn_scan_shape(scan, entry, &product);
        } else if (nn_scan_same(scan, key, length, "data_offsets")) {
            bit = 4;
            nn_scan_take(scan, '[');
            entry->begin = nn_scan_number(scan);
            nn_scan_take(scan, ',');
            entry->end = nn_scan_number(scan);
            nn_scan_take(scan, ']');
        }
        if (bit == 0 || (seen & bit) != 0)
            scan->bad = 1;
        seen |= bit;
    } while (nn_scan_more(scan, '}'));
    if (seen != 7 || item == 0)
        scan->bad = 1;
    entry->bytes = product * item; /* below 2^56 */
}

/* {"key": "text", ...} */
static void nn_scan_texts(nn_scan *scan)
{
    size_t begin, length;
    nn_scan_take(scan, '{');
    if (!scan->bad && nn_scan_peek(scan) == '}') {
        scan->at++;
        return;
    }
    do {
        nn_scan_string(scan, &begin, &length);
        nn_scan_take(scan, ':');
        nn_scan_string(scan, &begin, &length);
    } while (nn_scan_more(scan, '}'));
}

/* Starts a scan of the header and gives the place of the data. */
static int nn_safetensors_open(const unsigned char *bytes, size_t size, nn_scan *scan, size_t *data)
{
    uint64_t length = 0;
    if (size < 8)
        return NN_FILE_SHORT;
    for (int i = 7; i >= 0; i--)
        length = length << 8 | bytes[i];
    if (length > (uint64_t)100 << 20)
        return NN_FILE_HEADER; /* the limit of the format's own library */
    if (length > size - 8)
        return NN_FILE_SHORT;
    scan->bytes = bytes;
    scan->at = 8;
    scan->end = 8 + (size_t)length;
    scan->bad = 0;
    scan->metadata = 0;
    *data = scan->end;
    return NN_FILE_OK;
}

/* ---- tensors of a network ---- */

/* The next tensor of a header, from the first on; metadata are passed over. 0 at the end of the header,
 * and where it is damaged: then scan->bad is set. */
static int nn_scan_next(nn_scan *scan, nn_entry *entry, int is_first)
{
    int more = is_first ? nn_scan_take(scan, '{') : nn_scan_more(scan, '}');
    if (is_first && more && nn_scan_peek(scan) == '}') {
        scan->at++;
        return 0;
    }
    while (more && !scan->bad) {
        memset(entry, 0, sizeof *entry);
        nn_scan_string(scan, &entry->name, &entry->name_length);
        nn_scan_take(scan, ':');
        if (!scan->bad && !nn_scan_same(scan, entry->name, entry->name_length, "__metadata__")) {
            nn_scan_entry(scan, entry);
            return !scan->bad;
        }
        scan->metadata = scan->at;
        if (!scan->bad)
            nn_scan_texts(scan);
        more = nn_scan_more(scan, '}');
    }
    return 0;
}

/* Index of the tensor that an entry is for, or -1. Names in the file start with `prefix`. */
static int nn_entry_tensor(const nn_scan *scan, const nn_entry *entry, const char *prefix,
                           const nn_tensor *tensors, int count, int last_kind)
{
    size_t skip = strlen(prefix);
    if (entry->name_length < skip || memcmp(scan->bytes + entry->name, prefix, skip) != 0)
        return -1;
    for (int i = 0; i < count; i++)
        if (tensors[i].kind <= last_kind &&
            nn_scan_same(scan, entry->name + skip, entry->name_length - skip, tensors[i].name))
            return i;
    return -1;
}

/* Checks one entry against the file and, when it is a tensor of the network, against that. */
static int nn_entry_check(const nn_entry *entry, uint64_t data_bytes, const nn_tensor *tensor,
                          const nn_found *found)
{
    if (entry->begin > entry->end || entry->end > data_bytes ||
        entry->end - entry->begin != entry->bytes)
        return NN_FILE_RANGE;
    if (tensor == NULL)
        return NN_FILE_OK;
    if (found->end != 0)
        return NN_FILE_DUPLICATE;
    if (!entry->is_f32)
        return NN_FILE_TYPE;
    if (entry->rank != tensor->rank)
        return NN_FILE_SHAPE;
    for (int axis = 0; axis < tensor->rank; axis++)
        if (entry->dims[axis] != (uint64_t)tensor->dims[axis])
            return NN_FILE_SHAPE;
    return NN_FILE_OK;
}

/* Every wanted tensor is there and shares no byte with another one. */
static int nn_found_check(const nn_tensor *tensors, int count, int last_kind,
                          const nn_found *found, int *tensor)
{
    for (int i = 0; i < count; i++) {
        *tensor = i;
        if (tensors[i].kind > last_kind)
            continue;
        if (found[i].end == 0)
            return NN_FILE_MISSING;
        for (int j = 0; j < i; j++)
            if (tensors[j].kind <= last_kind && found[i].begin < found[j].end &&
                found[j].begin < found[i].end)
                return NN_FILE_RANGE;
    }
    return NN_FILE_OK;
}

/* Finds tensors[0 .. count-1] of a kind up to last_kind (NN_STATISTIC: all that a weights file
 * holds) and fills found[count]. With `strict` any further tensor is an error. Returns NN_FILE_OK
 * or the status that culprit also has; culprit may not be NULL. */
static int nn_safetensors_find(const unsigned char *bytes, size_t size, const char *prefix,
                               const nn_tensor *tensors, int count, int last_kind, int strict,
                               nn_found *found, nn_culprit *culprit)
{
    nn_scan scan;
    size_t data = 0;
    memset(culprit, 0, sizeof *culprit);
    memset(found, 0, sizeof *found * (size_t)count);
    culprit->tensor = -1;
    culprit->status = nn_safetensors_open(bytes, size, &scan, &data);
    if (culprit->status != NN_FILE_OK)
        return culprit->status;
    nn_entry entry;
    for (int is_first = 1; nn_scan_next(&scan, &entry, is_first); is_first = 0) {
        int i = nn_entry_tensor(&scan, &entry, prefix, tensors, count, last_kind);
        culprit->tensor = i;
        culprit->name = entry.name;
        culprit->name_length = entry.name_length;
        culprit->rank = entry.rank;
        memcpy(culprit->dims, entry.dims, sizeof culprit->dims);
        culprit->status = nn_entry_check(&entry, (uint64_t)(size - data), i < 0 ? NULL : &tensors[i],
                                         i < 0 ? NULL : &found[i]);
        if (culprit->status == NN_FILE_OK && i < 0 && strict)
            culprit->status = NN_FILE_UNKNOWN;
        if (culprit->status != NN_FILE_OK)
            return culprit->status;
        if (i >= 0) {
            found[i].begin = entry.begin + data;
            found[i].end = entry.end + data;
        }
    }
    if (scan.bad || nn_scan_peek(&scan) != -1) {
        culprit->position = scan.at;
        return culprit->status = NN_FILE_HEADER;
    }
    culprit->name_length = 0;
    return culprit->status = nn_found_check(tensors, count, last_kind, found, &culprit->tensor);
}

/* Element i of little-endian bytes. */
NN_INLINE float nn_float_at(const unsigned char *bytes, long long i)
{
    const unsigned char *b = bytes + 4 * i;
    uint32_t bits = (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 |
                    (uint32_t)b[3] << 24;
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* The codes of the header are those of the reader, and weights have no gaps: else this does not
 * compile. */
typedef char digits_codes_agree[(int)DIGITS_ERROR_UNKNOWN == (int)NN_FILE_UNKNOWN ? 1 : -1];
typedef char digits_weights_are_packed[sizeof(digits_weights) == 120080u * sizeof(float) ? 1 : -1];

/* ---- weights from the bytes of a file ---- */
/* conv2d_2.kernel.winograd_kernel = winograd_kernel(conv2d_2.kernel)   [6, 6, 16, 32]    digits.nnd:10 */
static NN_APART void load_conv2d_2_kernel_winograd_kernel_forward(int thread, int threads,
        const unsigned char *NN_RESTRICT conv2d_2_kernel,
        float *NN_RESTRICT conv2d_2_kernel_winograd_kernel)
{
    const int unit_first = nn_first(thread, threads, 16);
    const int unit_last = nn_first(thread + 1, threads, 16);
    for (int unit = unit_first; unit < unit_last; unit++) {
        const int panel = unit / 16;
        const int c = unit % 16;
        NN_ALIGN float taps[288];
        NN_ALIGN float places[1152];
        for (int tap = 0; tap < 9; tap++) {
            const int p = tap / 3;
            const int q = tap % 3;
            for (int lane = 0; lane < 32; lane++)
                taps[tap * 32 + lane] = nn_float_at(conv2d_2_kernel, p * 1536 + q * 512 + c * 32 +
                        lane);
        }
        nn_winograd_kernel_4_3(places, taps, 32);
        for (int place = 0; place < 36; place++)
            for (int lane_2 = 0; lane_2 < 32; lane_2++)
                conv2d_2_kernel_winograd_kernel[panel * 18432 + (place * 16 + c) * 32 + lane_2] =
                        places[place * 32 + lane_2];
    }
}

static NN_APART void load_conv2d_1_kernel_forward_copy(
        const unsigned char *NN_RESTRICT conv2d_1_kernel, float *NN_RESTRICT conv2d_1_kernel_out)
{
    for (int unit = 0; unit < 9; unit++) {
        const int p = unit / 3;
        const int q = unit % 3;
        for (int o = 0; o < 16; o++)
            conv2d_1_kernel_out[(p * 3 + q) * 16 + o] = nn_float_at(conv2d_1_kernel, p * 48 + q *
                    16 + o);
    }
}

static NN_APART void load_conv2d_1_bias_forward_copy(
        const unsigned char *NN_RESTRICT conv2d_1_bias, float *NN_RESTRICT conv2d_1_bias_out)
{
    for (int c = 0; c < 16; c++)
        conv2d_1_bias_out[c] = nn_float_at(conv2d_1_bias, c);
}

static NN_APART void load_conv2d_2_bias_forward_copy(
        const unsigned char *NN_RESTRICT conv2d_2_bias, float *NN_RESTRICT conv2d_2_bias_out)
{
    for (int c = 0; c < 32; c++)
        conv2d_2_bias_out[c] = nn_float_at(conv2d_2_bias, c);
}

static NN_APART void load_dense_1_kernel_forward_copy(int thread, int threads,
        const unsigned char *NN_RESTRICT dense_1_kernel, float *NN_RESTRICT dense_1_kernel_out)
{
    const int unit_first = nn_first(thread, threads, 1568);
    const int unit_last = nn_first(thread + 1, threads, 1568);
    for (int i = unit_first; i < unit_last; i++)
        for (int c = 0; c < 64; c++)
            dense_1_kernel_out[c / 32 * 50176 + i * 32 + c % 32] = nn_float_at(dense_1_kernel, i *
                    64 + c);
}

static NN_APART void load_dense_1_bias_forward_copy(const unsigned char *NN_RESTRICT dense_1_bias,
        float *NN_RESTRICT dense_1_bias_out)
{
    for (int c = 0; c < 64; c++)
        dense_1_bias_out[c] = nn_float_at(dense_1_bias, c);
}

static NN_APART void load_dense_2_kernel_forward_copy(
        const unsigned char *NN_RESTRICT dense_2_kernel, float *NN_RESTRICT dense_2_kernel_out)
{
    for (int i = 0; i < 64; i++)
        for (int c = 0; c < 10; c++)
            dense_2_kernel_out[i * 16 + c] = nn_float_at(dense_2_kernel, i * 10 + c);
}

/* the room around dense_2.kernel_out is zero                                  digits.nnd:13 */
static NN_APART void load_dense_2_kernel_forward_halo(float *NN_RESTRICT dense_2_kernel_out)
{
    /* room around the data */
    for (int r = 0; r < 64; r++)
        nn_zero(dense_2_kernel_out + r * 16 + 10, 6);
}

static NN_APART void load_dense_2_bias_forward_copy(const unsigned char *NN_RESTRICT dense_2_bias,
        float *NN_RESTRICT dense_2_bias_out)
{
    for (int c = 0; c < 10; c++)
        dense_2_bias_out[c] = nn_float_at(dense_2_bias, c);
}

static void load_run(float *weights, const void *const *inputs)
{
    const unsigned char *const conv2d_1_kernel = (const unsigned char *)inputs[0]; /* [3, 3, 1,
            16] */
    const unsigned char *const conv2d_1_bias = (const unsigned char *)inputs[1]; /* [16] */
    const unsigned char *const conv2d_2_kernel = (const unsigned char *)inputs[2]; /* [3, 3, 16,
            32] */
    const unsigned char *const conv2d_2_bias = (const unsigned char *)inputs[3]; /* [32] */
    const unsigned char *const dense_1_kernel = (const unsigned char *)inputs[4]; /* [1568, 64] */
    const unsigned char *const dense_1_bias = (const unsigned char *)inputs[5]; /* [64] */
    const unsigned char *const dense_2_kernel = (const unsigned char *)inputs[6]; /* [64, 10] */
    const unsigned char *const dense_2_bias = (const unsigned char *)inputs[7]; /* [10] */
    float *const conv2d_2_kernel_winograd_kernel = weights + 160; /* [6, 6, 16, 32] */
    float *const conv2d_1_kernel_out = weights + 0; /* [3, 3, 1, 16] */
    float *const conv2d_1_bias_out = weights + 144; /* [16] */
    float *const conv2d_2_bias_out = weights + 18592; /* [32] */
    float *const dense_1_kernel_out = weights + 18624; /* [1568, 64] */
    float *const dense_1_bias_out = weights + 118976; /* [64] */
    float *const dense_2_kernel_out = weights + 119040; /* [64, 10] */
    float *const dense_2_bias_out = weights + 120064; /* [10] */
    const int thread = 0, team = 1;
    const uint64_t mode = nn_flush_denormals();
    load_conv2d_2_kernel_winograd_kernel_forward(thread, team, conv2d_2_kernel,
            conv2d_2_kernel_winograd_kernel);
    load_conv2d_1_kernel_forward_copy(conv2d_1_kernel, conv2d_1_kernel_out);
    load_conv2d_1_bias_forward_copy(conv2d_1_bias, conv2d_1_bias_out);
    load_conv2d_2_bias_forward_copy(conv2d_2_bias, conv2d_2_bias_out);
    load_dense_1_kernel_forward_copy(thread, team, dense_1_kernel, dense_1_kernel_out);
    load_dense_1_bias_forward_copy(dense_1_bias, dense_1_bias_out);
    load_dense_2_kernel_forward_copy(dense_2_kernel, dense_2_kernel_out);
    load_dense_2_kernel_forward_halo(dense_2_kernel_out);
    load_dense_2_bias_forward_copy(dense_2_bias, dense_2_bias_out);
    nn_restore_denormals(mode);
}


/* What a weights file holds; layouts and initial values play no part here. */
static const nn_tensor digits_tensors[] = {
    {"conv2d_1.kernel", NN_PARAMETER, 4, {3, 3, 1, 16}, 0, 1, 0LL, NULL, 0.0f, 0.0f, 9LL, 144LL},
    {"conv2d_1.bias", NN_PARAMETER, 1, {16}, 0, 1, 0LL, NULL, 0.0f, 0.0f, 16LL, 16LL},
    {"conv2d_2.kernel", NN_PARAMETER, 4, {3, 3, 16, 32}, 0, 1, 0LL, NULL, 0.0f, 0.0f, 144LL, 288LL},
    {"conv2d_2.bias", NN_PARAMETER, 1, {32}, 0, 1, 0LL, NULL, 0.0f, 0.0f, 32LL, 32LL},
    {"dense_1.kernel", NN_PARAMETER, 2, {1568, 64}, 0, 1, 0LL, NULL, 0.0f, 0.0f, 1568LL, 64LL},
    {"dense_1.bias", NN_PARAMETER, 1, {64}, 0, 1, 0LL, NULL, 0.0f, 0.0f, 64LL, 64LL},
    {"dense_2.kernel", NN_PARAMETER, 2, {64, 10}, 0, 1, 0LL, NULL, 0.0f, 0.0f, 64LL, 10LL},
    {"dense_2.bias", NN_PARAMETER, 1, {10}, 0, 1, 0LL, NULL, 0.0f, 0.0f, 10LL, 10LL},
};

int digits_load(digits_weights *weights, const void *bytes, size_t size)
{
    const unsigned char *file = (const unsigned char *)bytes;
    nn_found found[8];
    nn_culprit culprit;
    const void *inputs[8];
    if (nn_safetensors_find(file, size, "", digits_tensors, 8, NN_STATISTIC, 1, found, &culprit) !=
            NN_FILE_OK)
        return culprit.status;
    inputs[0] = file + found[0].begin; /* conv2d_1.kernel */
    inputs[1] = file + found[1].begin; /* conv2d_1.bias */
    inputs[2] = file + found[2].begin; /* conv2d_2.kernel */
    inputs[3] = file + found[3].begin; /* conv2d_2.bias */
    inputs[4] = file + found[4].begin; /* dense_1.kernel */
    inputs[5] = file + found[5].begin; /* dense_1.bias */
    inputs[6] = file + found[6].begin; /* dense_2.kernel */
    inputs[7] = file + found[7].begin; /* dense_2.bias */
    memset(weights, 0, sizeof *weights); /* the gaps between tensors too */
    load_run((float *)weights, inputs);
    return DIGITS_OK;
}

const char *digits_error_text(int status)
{
    switch (status) {
        case DIGITS_OK: return "no error";
        case DIGITS_ERROR_SHORT: return "the bytes end before the file is complete";
        case DIGITS_ERROR_HEADER: return "this is not a safetensors file";
        case DIGITS_ERROR_RANGE:
                return "a tensor's bytes do not fit its shape, or overlap another's";
        case DIGITS_ERROR_DUPLICATE: return "a tensor is in the file twice";
        case DIGITS_ERROR_TYPE: return "a tensor is not of 32-bit floats";
        case DIGITS_ERROR_SHAPE: return "a tensor has another shape than in this network";
        case DIGITS_ERROR_MISSING: return "a tensor of this network is not in the file";
        case DIGITS_ERROR_UNKNOWN: return "the file has a tensor that this network does not have";
        default: return "unknown status";
    }
}

/* ---- inference ---- */
/* div_1 = mul(div_1.cast, 0.00392157)   [28, 28, 1]                           digits.nnd:7 */
static NN_APART void infer_div_1_forward(int batch, const unsigned char *NN_RESTRICT image,
                                         float *NN_RESTRICT div_1)
{
    for (int n = 0; n < batch; n++) {
        for (int i = 0; i < 28; i++)
            for (int j = 0; j < 28; j++) {
                const float div_1_value = (float)image[n * 784 + i * 28 + j] * 0.003921569f;
                div_1[n * 900 + i * 30 + j + 31] = div_1_value;
            }
        /* room around the data */
        nn_zero(div_1 + n * 900, 30);
        nn_zero(div_1 + n * 900 + 870, 30);
        for (int i_2 = 0; i_2 < 28; i_2++) {
            div_1[n * 900 + i_2 * 30 + 30] = 0.0f;
            div_1[n * 900 + i_2 * 30 + 59] = 0.0f;
        }
    }
}

/* conv2d_1.contract = contract(div_1, conv2d_1.kernel)   [28, 28, 16]         digits.nnd:8
 * conv2d_1.contract.window_max = window_max(conv2d_1.contract)   [14, 14, 16]
 * conv2d_1.window_max = add(conv2d_1.contract.window_max, conv2d_1.bias)   [14, 14, 16]
 * max_pool2d_1 = relu(conv2d_1.window_max)   [14, 14, 16] */
NN_INLINE void infer_conv2d_1_contract_forward_tile(const int rows, const float *NN_RESTRICT div_1,
        const float *NN_RESTRICT conv2d_1_kernel, const float *NN_RESTRICT conv2d_1_bias,
        float *NN_RESTRICT max_pool2d_1, int n, int i, int j, int panel)
{
    enum { ROWS = NN_SIZE(12, 4) };
    float sum[ROWS * 16];
    for (int column = 0; column < 16; column += NN_VECTORS * NN_LANES) {
        nn_vec acc[ROWS][2];
        NN_UNROLL
        for (int r = 0; r < ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        const float *left = div_1 + n * 900 + i * 60 + j * 2;
        const float *right = conv2d_1_kernel + panel * 144 + column;
        for (int p = 0; p < 3; p++) {
            for (int k = 0; k < 3; k++) {
                const float *a = left + p * 30 + k;
                const float *b = right + p * 48 + k * 16;
                const nn_vec b0 = nn_load(b), b1 = NN_VECTORS == 2 ? nn_load(b + NN_LANES) : b0;
                NN_UNROLL
                for (int r = 0; r < ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(a[r / 4 * 2 + r % 4 / 2 * 30 + r % 2]);
                        acc[r][0] += scalar * b0;
                        if (NN_VECTORS == 2)
                            acc[r][1] += scalar * b1;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                if (NN_VECTORS == 2)
                    nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
    nn_reload(sum);
    for (int r = 0; r < rows / 4; r++)
        for (int lane = 0; lane < 16; lane++) {
            float best = sum[r * 64 + lane];
            float value;
            value = sum[r * 64 + lane + 16];
            best = nn_maximum(best, value);
            value = sum[r * 64 + lane + 32];
            best = nn_maximum(best, value);
            value = sum[r * 64 + lane + 48];
            best = nn_maximum(best, value);
            max_pool2d_1[n * 5184 + i * 288 + (j + r) * 16 + lane + 304] = nn_relu(best +
                    conv2d_1_bias[lane]);
        }
}

static NN_APART void infer_conv2d_1_contract_forward_large(const float *NN_RESTRICT div_1,
        const float *NN_RESTRICT conv2d_1_kernel, const float *NN_RESTRICT conv2d_1_bias,
        float *NN_RESTRICT max_pool2d_1, int n, int i, int j, int panel)
{
    infer_conv2d_1_contract_forward_tile(NN_SIZE(12, 4), div_1, conv2d_1_kernel, conv2d_1_bias,
            max_pool2d_1, n, i, j, panel);
}

static NN_APART void infer_conv2d_1_contract_forward_small(const float *NN_RESTRICT div_1,
        const float *NN_RESTRICT conv2d_1_kernel, const float *NN_RESTRICT conv2d_1_bias,
        float *NN_RESTRICT max_pool2d_1, int n, int i, int j, int panel)
{
    infer_conv2d_1_contract_forward_tile(NN_SIZE(8, 4), div_1, conv2d_1_kernel, conv2d_1_bias,
            max_pool2d_1, n, i, j, panel);
}

static NN_APART void infer_conv2d_1_contract_forward(int batch, const float *NN_RESTRICT div_1,
        const float *NN_RESTRICT conv2d_1_kernel, const float *NN_RESTRICT conv2d_1_bias,
        float *NN_RESTRICT max_pool2d_1)
{
    enum { WIDE = NN_SIZE(3, 1), ACROSS = NN_SIZE(5, 14), LARGE_ACROSS = NN_SIZE(4, 14) };
    for (int unit = 0; unit < batch * 14; unit++) {
        const int line = unit % 14;
        const int n = unit / 14;
        const int panel = 0;
        for (int part = 0; part < ACROSS; part++) {
            const int i = line;
            const int j = part * WIDE - (part > LARGE_ACROSS ? part - LARGE_ACROSS : 0);
            if (part < LARGE_ACROSS) {
                infer_conv2d_1_contract_forward_large(div_1, conv2d_1_kernel, conv2d_1_bias,
                        max_pool2d_1, n, i, j, panel);
            } else {
                infer_conv2d_1_contract_forward_small(div_1, conv2d_1_kernel, conv2d_1_bias,
                        max_pool2d_1, n, i, j, panel);
            }
        }
    }
}

static NN_APART void infer_max_pool2d_1_forward_halo(int batch, float *NN_RESTRICT max_pool2d_1)
{
    for (int n = 0; n < batch; n++) {
        /* room around the data */
        nn_zero(max_pool2d_1 + n * 5184, 288);
        nn_zero(max_pool2d_1 + n * 5184 + 4320, 864);
        for (int i = 0; i < 14; i++) {
            nn_zero(max_pool2d_1 + n * 5184 + i * 288 + 288, 16);
            nn_zero(max_pool2d_1 + n * 5184 + i * 288 + 528, 48);
        }
    }
}

/* conv2d_2.contract = contract(max_pool2d_1, conv2d_2.kernel.winograd_kernel)   [14, 14, 32]    digits.nnd:10
 * conv2d_2.contract.window_max = window_max(conv2d_2.contract)   [7, 7, 32]
 * conv2d_2.window_max = add(conv2d_2.contract.window_max, conv2d_2.bias)   [7, 7, 32]
 * max_pool2d_2 = relu(conv2d_2.window_max)   [7, 7, 32] */
static NN_APART void infer_conv2d_2_contract_forward(int thread, int threads, int batch,
        const float *NN_RESTRICT max_pool2d_1, float *NN_RESTRICT conv2d_2_contract_patches,
        float *NN_RESTRICT conv2d_2_contract_products,
        const float *NN_RESTRICT conv2d_2_kernel_winograd_kernel,
        const float *NN_RESTRICT conv2d_2_bias, float *NN_RESTRICT max_pool2d_2)
{
    const int unit_first = nn_first(thread, threads, (batch * 16 + 1) / 2);
    const int unit_last = nn_first(thread + 1, threads, (batch * 16 + 1) / 2);
    const int first = unit_first * 2;
    const int room = unit_last * 2 - first;
    const int end = unit_last * 2 < batch * 16 ? unit_last * 2 : batch * 16;
    const int squares = end - first;
    for (int t = 0; t < squares; t++) {
        const int square = first + t;
        const int n = square / 16;
        const int i = square % 16 / 4 * 4;
        const int j = square % 4 * 4;
        nn_winograd_patch_of_6(conv2d_2_contract_patches + first * 576 + t * 16, room * 16, room *
                16, max_pool2d_1 + n * 5184 + i * 288 + j * 16, 288, 16, 16);
    }
    for (int place = 0; place < 36; place++)
        nn_winograd_products(conv2d_2_contract_products + first * 1152 + place * (room * 32),
                conv2d_2_contract_patches + first * 576 + place * (room * 16),
                conv2d_2_kernel_winograd_kernel + place * 512, conv2d_2_kernel_winograd_kernel +
                place * 512 + 512, squares, room, 16, 32);
    for (int t_2 = 0; t_2 < squares; t_2++) {
        const int square_2 = first + t_2;
        const int n_2 = square_2 / 16;
        const int i_2 = square_2 % 16 / 4 * 4;
        const int j_2 = square_2 % 4 * 4;
        NN_ALIGN float results[512];
        nn_winograd_result_4_3(results, conv2d_2_contract_products + first * 1152 + t_2 * 32,
                room * 32, 32);
        for (int window = 0; window < 4; window++) {
            const int line = i_2 / 2 + window / 2;
            const int column = j_2 / 2 + window % 2;
            if (line < 7 && column < 7) {
                for (int lane = 0; lane < 32; lane++) {
                    float best = results[(window / 2 * 8 + window % 2 * 2) * 32 + lane];
                    float value;
                    value = results[(window / 2 * 8 + window % 2 * 2) * 32 + lane + 32];
                    best = nn_maximum(best, value);
                    value = results[(window / 2 * 8 + window % 2 * 2) * 32 + lane + 128];
                    best = nn_maximum(best, value);
                    value = results[(window / 2 * 8 + window % 2 * 2) * 32 + lane + 160];
                    best = nn_maximum(best, value);
                    max_pool2d_2[n_2 * 1568 + line * 224 + column * 32 + lane] = nn_relu(best +
                            conv2d_2_bias[lane]);
                }
            }
        }
    }
}

/* dense_1.contract = contract(flatten_1, dense_1.kernel)   [64]               digits.nnd:12
 * dense_1 = add(dense_1.contract, dense_1.bias)   [64]
 * relu_3 = relu(dense_1)   [64] */
NN_INLINE void infer_dense_1_contract_forward_tile(const int rows,
        const float *NN_RESTRICT max_pool2d_2, const float *NN_RESTRICT dense_1_kernel,
        const float *NN_RESTRICT dense_1_bias, float *NN_RESTRICT relu_3, int n, int panel)
{
    enum { ROWS = NN_SIZE(1, 1) };
    float sum[ROWS * 32];
    for (int column = 0; column < 32; column += 2 * NN_LANES) {
        nn_vec acc[ROWS][2];
        NN_UNROLL
        for (int r = 0; r < ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        const float *left = max_pool2d_2 + n * 1568;
        const float *right = dense_1_kernel + panel * 50176 + column;
        for (int k = 0; k < 1568; k++) {
            const float *a = left + k;
            const float *b = right + k * 32;
            const nn_vec b0 = nn_load(b), b1 = nn_load(b + NN_LANES);
            NN_UNROLL
            for (int r = 0; r < ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(a[r * 1568]);
                    acc[r][0] += scalar * b0;
                    acc[r][1] += scalar * b1;
                }
        }
        NN_UNROLL
        for (int r = 0; r < ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 32 + column, acc[r][0]);
                nn_store(sum + r * 32 + column + NN_LANES, acc[r][1]);
            }
    }
    for (int r = 0; r < rows; r++)
        for (int lane = 0; lane < 32; lane++)
            relu_3[(n + r) * 64 + panel * 32 + lane] = nn_relu(sum[r * 32 + lane] +
                    dense_1_bias[panel * 32 + lane]);
}

static NN_APART void infer_dense_1_contract_forward_large(const float *NN_RESTRICT max_pool2d_2,
        const float *NN_RESTRICT dense_1_kernel, const float *NN_RESTRICT dense_1_bias,
        float *NN_RESTRICT relu_3, int n, int panel)
{
    infer_dense_1_contract_forward_tile(NN_SIZE(1, 1), max_pool2d_2, dense_1_kernel, dense_1_bias,
            relu_3, n, panel);
}

static NN_APART void infer_dense_1_contract_forward(const float *NN_RESTRICT max_pool2d_2,
        const float *NN_RESTRICT dense_1_kernel, const float *NN_RESTRICT dense_1_bias,
        float *NN_RESTRICT relu_3)
{
    for (int unit = 0; unit < 2; unit++) {
        const int panel = unit;
        const int n = 0;
        infer_dense_1_contract_forward_large(max_pool2d_2, dense_1_kernel, dense_1_bias, relu_3, n,
                panel);
    }
}

/* dense_2.contract = contract(relu_3, dense_2.kernel)   [10]                  digits.nnd:13
 * dense_2 = add(dense_2.contract, dense_2.bias)   [10] */
NN_INLINE void infer_dense_2_contract_forward_tile(const int rows, const float *NN_RESTRICT relu_3,
        const float *NN_RESTRICT dense_2_kernel, const float *NN_RESTRICT dense_2_bias,
        float *NN_RESTRICT dense_2, int n, int panel)
{
    enum { ROWS = NN_SIZE(1, 1) };
    float sum[ROWS * 16];
    for (int column = 0; column < 16; column += NN_VECTORS * NN_LANES) {
        nn_vec acc[ROWS][2];
        NN_UNROLL
        for (int r = 0; r < ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        const float *left = relu_3 + n * 64;
        const float *right = dense_2_kernel + panel * 1024 + column;
        for (int k = 0; k < 64; k++) {
            const float *a = left + k;
            const float *b = right + k * 16;
            const nn_vec b0 = nn_load(b), b1 = NN_VECTORS == 2 ? nn_load(b + NN_LANES) : b0;
            NN_UNROLL
            for (int r = 0; r < ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(a[r * 64]);
                    acc[r][0] += scalar * b0;
                    if (NN_VECTORS == 2)
                        acc[r][1] += scalar * b1;
                }
        }
        NN_UNROLL
        for (int r = 0; r < ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                if (NN_VECTORS == 2)
                    nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
    for (int r = 0; r < rows; r++)
        for (int lane = 0; lane < 10; lane++)
            dense_2[(n + r) * 10 + lane] = sum[r * 16 + lane] + dense_2_bias[lane];
}

static NN_APART void infer_dense_2_contract_forward_large(const float *NN_RESTRICT relu_3,
        const float *NN_RESTRICT dense_2_kernel, const float *NN_RESTRICT dense_2_bias,
        float *NN_RESTRICT dense_2, int n, int panel)
{
    infer_dense_2_contract_forward_tile(NN_SIZE(1, 1), relu_3, dense_2_kernel, dense_2_bias,
            dense_2, n, panel);
}

static NN_APART void infer_dense_2_contract_forward(const float *NN_RESTRICT relu_3,
        const float *NN_RESTRICT dense_2_kernel, const float *NN_RESTRICT dense_2_bias,
        float *NN_RESTRICT dense_2)
{
    for (int unit = 0; unit < 1; unit++) {
        const int panel = unit;
        const int n = 0;
        infer_dense_2_contract_forward_large(relu_3, dense_2_kernel, dense_2_bias, dense_2, n,
                panel);
    }
}

/* scores = softmax(dense_2)   [10]                                            digits.nnd:13 */
static NN_APART void infer_scores_forward(int batch, const float *NN_RESTRICT dense_2,
                                          float *NN_RESTRICT scores)
{
    for (int n = 0; n < batch; n++) {
        float most = -INFINITY;
        for (int c = 0; c < 10; c++)
            most = nn_maximum(most, dense_2[n * 10 + c]);
        float total = 0.0f;
        float powers[10];
        for (int c = 0; c < 10; c++)
            powers[c] = nn_exp(dense_2[n * 10 + c] - most);
        for (int c = 0; c < 10; c++)
            total += powers[c];
        const float scale = 1.0f / total;
        for (int c = 0; c < 10; c++)
            scores[n * 10 + c] = powers[c] * scale;
    }
}

static void infer_run(const float *weights, char *arena, const void *const *inputs,
                      void *const *outputs, int batch, int threads)
{
    (void)threads;
    const unsigned char *const image = (const unsigned char *)inputs[0]; /* [28, 28, 1] */
    const float *const conv2d_1_kernel = weights + 0; /* [3, 3, 1, 16] */
    const float *const conv2d_1_bias = weights + 144; /* [16] */
    const float *const conv2d_2_kernel_winograd_kernel = weights + 160; /* [6, 6, 16, 32] */
    const float *const conv2d_2_bias = weights + 18592; /* [32] */
    const float *const dense_1_kernel = weights + 18624; /* [1568, 64] */
    const float *const dense_1_bias = weights + 118976; /* [64] */
    const float *const dense_2_kernel = weights + 119040; /* [64, 10] */
    const float *const dense_2_bias = weights + 120064; /* [10] */
    float *const div_1 = (float *)(void *)(arena + 0); /* [28, 28, 1] */
    float *const max_pool2d_1 = (float *)(void *)(arena + 110592); /* [14, 14, 16] */
    float *const max_pool2d_2 = (float *)(void *)(arena + 131328); /* [7, 7, 32] */
    float *const relu_3 = (float *)(void *)(arena + 0); /* [64] */
    float *const dense_2 = (float *)(void *)(arena + 256); /* [10] */
    float *const scores = (float *)outputs[0]; /* [10] */
    float *const conv2d_2_contract_patches = (float *)(void *)(arena + 73728);
    float *const conv2d_2_contract_products = (float *)(void *)(arena + 0);
#ifdef _OPENMP
#pragma omp parallel num_threads(threads)
#endif
    {
#ifdef _OPENMP
        const int thread = omp_get_thread_num(), team = omp_get_num_threads();
#else
        const int thread = 0, team = 1;
#endif
        const uint64_t mode = nn_flush_denormals();
        if (thread == 0) {
            infer_div_1_forward(batch, image, div_1);
            infer_conv2d_1_contract_forward(batch, div_1, conv2d_1_kernel, conv2d_1_bias,
                    max_pool2d_1);
            infer_max_pool2d_1_forward_halo(batch, max_pool2d_1);
        }
#ifdef _OPENMP
#pragma omp barrier
#endif
        infer_conv2d_2_contract_forward(thread, team, batch, max_pool2d_1,
                conv2d_2_contract_patches, conv2d_2_contract_products,
                conv2d_2_kernel_winograd_kernel, conv2d_2_bias, max_pool2d_2);
#ifdef _OPENMP
#pragma omp barrier
#endif
        if (thread == 0) {
            infer_dense_1_contract_forward(max_pool2d_2, dense_1_kernel, dense_1_bias, relu_3);
            infer_dense_2_contract_forward(relu_3, dense_2_kernel, dense_2_bias, dense_2);
            infer_scores_forward(batch, dense_2, scores);
        }
        nn_restore_denormals(mode);
    }
}


void digits_infer(const digits_weights *weights, void *workspace, int n,
                  const unsigned char *image, float *scores)
{
    char *base = (char *)workspace + (64 - (uintptr_t)workspace % 64) % 64;
#ifdef _OPENMP
    int threads = omp_get_max_threads();
#else
    int threads = 1;
#endif
    for (int first = 0; first < n; first++) {
        const void *inputs[1];
        void *outputs[1];
        inputs[0] = image + (size_t)first * DIGITS_IMAGE_SIZE;
        outputs[0] = scores + (size_t)first * DIGITS_SCORES_SIZE;
        infer_run((const float *)weights, base, inputs, outputs, 1, threads);
    }
}
