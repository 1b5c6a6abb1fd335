/* xnor.c: the network of xnor.nnd. Made by nndc 0.1.0; do not edit it, change the .nnd file and
 * run nndc again. What it does and how it is used: see xnor.h.
 *
 * build      cc -O3 -c xnor.c      (-march=native for speed, -fopenmp for threads)
 * memory     128 bytes of workspace, 448 of weights; 1 samples at once
 */
#include "xnor.h"

/* ---- runtime/rt.h ---- */
/* rt.h: the words every other piece and every generated kernel use.
 *
 * Needs nothing but the compiler. With GCC or Clang a vector (nn_vec) is as wide as the instruction
 * set the file is compiled for; with other compilers, or with -DNN_PLAIN, it is one float and the
 * same kernels run as plain C. Loads and stores may be unaligned and may look at memory that other
 * code reads with another type. */
#ifndef NN_RT_H
#define NN_RT_H

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
#define NN_UNUSED   __attribute__((unused)) /* a piece is printed whole; a model may use part of it */
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
#define NN_UNUSED
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
    __builtin_ia32_ldmxcsr((unsigned)mode);
#elif defined(__aarch64__) && (defined(__GNUC__) || defined(__clang__))
    __asm__ volatile("msr fpcr, %0" : : "r"(mode));
#else
    (void)mode;
#endif
}

#endif
/* ---- end of runtime/rt.h ---- */

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
#ifndef NN_VECMATH_H
#define NN_VECMATH_H

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
/* ---- end of runtime/vecmath.h ---- */

/* ---- runtime/net.h ---- */
/* net.h: what the training loop knows of a network.
 *
 * The compiler prints one network: tables of tensors and ports, a training plan, where the data come
 * from, and four functions. All of it hangs on one constant `nn_net`, and the trainer's main is
 *     int main(int argc, char **argv) { return nn_main(&net, argc, argv); }
 * so that no piece of the loop depends on a generated name.
 *
 * Memory. The state is one block of floats with all tensors (parameters, moving averages, optimizer
 * moments) at fixed offsets. The weights are a second block, made from the state by `prepare` (batch
 * norms folded in), that inference reads. The arenas hold everything that lives during one call.
 * All blocks are aligned to 64 bytes; the loop allocates them and keeps them for the whole run.
 *
 * Samples. A batch of a port is batch * elements values, one sample after the other: NN_U8 as
 * unsigned char, NN_I32 and NN_CLASS as int32_t, NN_F32 as float. */
#ifndef NN_NET_H
#define NN_NET_H


enum { NN_MAX_RANK = 6 };

/* What a tensor is for. Parameters and statistics make up the weights file. */
enum { NN_PARAMETER, NN_STATISTIC, NN_OPTIMIZER };

/* Initial values; a and b are init_a and init_b. */
enum {
    NN_ZEROS,
    NN_ONES,
    NN_ONES_BETWEEN,     /* 1 from element a to b - 1, else 0            */
    NN_CONSTANT,         /* a                                            */
    NN_UNIFORM,          /* between a and b                              */
    NN_NORMAL,           /* mean a, standard deviation b                 */
    NN_TRUNCATED_NORMAL, /* the same, drawn again outside two deviations */
    NN_ORTHOGONAL,       /* a times orthonormal rows or columns          */
    NN_GLOROT_UNIFORM,   /* within sqrt(6 / (fan_in + fan_out))          */
    NN_GLOROT_NORMAL,    /* deviation sqrt(2 / (fan_in + fan_out))       */
    NN_HE_UNIFORM,       /* within sqrt(6 / fan_in)                      */
    NN_HE_NORMAL,        /* deviation sqrt(2 / fan_in)                   */
    NN_LECUN_UNIFORM,    /* within sqrt(3 / fan_in)                      */
    NN_LECUN_NORMAL      /* deviation sqrt(1 / fan_in)                   */
};

typedef struct nn_tensor {
    const char *name;
    int kind;          /* NN_PARAMETER ...                                                       */
    int rank;          /* 0 for a single number                                                  */
    int dims[6];       /* as in files, row-major                                                 */
    int panel;         /* 0: row-major in memory; else the width of its panels (panel.h)         */
    int groups;        /* of the last axis, 1 unless the convolution is grouped                  */
    long long offset;  /* floats from the start of the state                                     */
    int init;          /* NN_ZEROS ...                                                           */
    float init_a, init_b;
    long long fan_in, fan_out;
} nn_tensor;

/* Type of a port's values. A class is the number of one of `classes` classes, in an int32_t. */
enum { NN_U8, NN_I32, NN_F32, NN_CLASS };

typedef struct nn_port {
    const char *name;
    int type;
    int rank;
    int dims[6];
    long long elements; /* of one sample; 1 for a class                                          */
    int classes;        /* NN_CLASS: how many; an output with target scores: its width; else 0   */
    int target;         /* outputs: index of the target the scores are for, or -1                */
    const char *const *class_names; /* NN_CLASS: a word for each class, or NULL                  */
    int is_guess;       /* outputs: 1 when its values are meant to be those of the target        */
} nn_port;

typedef struct nn_step {
    int batch;     /* samples in this call, 1 .. nn_net.batch                                    */
    float rate;    /* learning rate                                                              */
    float number;  /* steps done so far, this one included                                       */
    uint32_t seed; /* of this step: key of all its random numbers                                */
} nn_step;

/* A statistic that is taken from a port's values in the training set, before the first step. Its
 * elements are the features: the last axis of the port. */
enum { NN_FIT_MEAN, NN_FIT_DEVIATION, NN_FIT_LEAST, NN_FIT_RANGE };

typedef struct nn_fit {
    int tensor; /* number of the statistic                                                       */
    int port;   /* inputs first, then targets                                                    */
    int what;   /* NN_FIT_MEAN ...                                                               */
} nn_fit;

/* The sets a network may have data for. */
enum { NN_TRAIN, NN_VALIDATION, NN_TEST, NN_SETS };

/* schedule.h: only in trainers that have one. */
struct nn_schedule;
typedef double nn_factor_function(const struct nn_schedule *schedule, const double *memory,
                                  long long steps, long long steps_of_epoch, int epochs);
typedef void nn_watch_function(const struct nn_schedule *schedule, double *memory, const float *row,
                               int results);

/* Numbers that a run remembers besides its tensors: the schedule's, then those of others. */
enum {
    NN_MEMORY_SCHEDULE = 0,
    NN_MEMORY_DRIVER = 8,
    NN_MEMORY_PASSES = 14,   /* over the training set, of a driver       */
    NN_MEMORY_FINISHED = 15, /* 1: a driver has said that the run is over */
    NN_MEMORY_STOPS = 16,    /* two numbers for each rule of nn_stop      */
    NN_MEMORY = 32
};

/* What takes the place of a step for each batch: lbfgs.h. */
struct nn_net;
struct nn_trainer;
struct nn_error;
typedef struct nn_driver {
    int (*steps)(struct nn_trainer *trainer, struct nn_error *error); /* of one epoch            */
    void (*size)(const struct nn_net *net, int *rows, int *columns);  /* vectors the run keeps   */
    const double *settings;
} nn_driver;

/* A rule that ends the run. */
enum { NN_STOP_NO_IMPROVEMENT, NN_STOP_TOLERANCE, NN_STOP_REACHED };
enum { NN_MAX_STOPS = 8 };
typedef struct nn_stop {
    int kind;        /* NN_STOP_NO_IMPROVEMENT ...                                               */
    int set, result; /* what is watched                                                          */
    int maximize;    /* 1: more is better                                                        */
    int patience;    /* epochs without improvement                                               */
    double value;    /* least change, or what must be reached                                    */
} nn_stop;

typedef struct nn_plan {
    int epochs;
    uint32_t seed;
    float rate;           /* initial learning rate                                               */
    int monitor_set;      /* NN_TRAIN or NN_VALIDATION: whose result decides which weights are best */
    int monitor;          /* index of that result                                                */
    int maximize;         /* 1: more is better                                                   */
    int stop_count;
    const nn_stop *stops; /* the run ends when one of them says so                               */
    int shuffle;          /* 0: every epoch in the order of the data                             */
    const struct nn_schedule *schedule; /* NULL: the rate is constant                            */
    nn_factor_function *factor;         /* of the rate at a step                                 */
    nn_watch_function *watch;           /* after each epoch, or NULL                             */
    const nn_driver *driver;            /* NULL: a step for each batch                           */
} nn_plan;

/* Where the samples of a set come from. */
enum {
    NN_FROM_IDX,         /* a file for each port */
    NN_FROM_NPY,         /* the same */
    NN_FROM_CSV,
    NN_FROM_SAFETENSORS, /* one file, a tensor for each port */
    NN_FROM_CIFAR10,     /* any number of files */
    NN_FROM_CIFAR100,
    NN_FROM_PACKED,      /* what nndc has to pack first, as one safetensors file */
    NN_FROM_TABLE,
    NN_FROM_TOY,
    NN_FROM_DIGITS,
    NN_FROM_SPLIT
};

/* Toy sets: two inputs and a class of two. */
enum { NN_TOY_CIRCLE, NN_TOY_XOR, NN_TOY_GAUSSIAN, NN_TOY_SPIRAL };

/* What becomes of the fields of a column. All but NN_ONE_HOT give one value. */
enum {
    NN_NUMBER,
    NN_CATEGORY,     /* position of the field in the column's words                              */
    NN_ONE_HOT,      /* a value for each word: 1 for the field's, 0 for the others               */
    NN_YEAR,
    NN_MONTH,        /* 1 .. 12                                                                  */
    NN_DAY,          /* 1 .. 31                                                                  */
    NN_HOUR,         /* 0 .. 23                                                                  */
    NN_MINUTE,       /* 0 .. 59                                                                  */
    NN_WEEKDAY,      /* 0 (Monday) .. 6 (Sunday)                                                 */
    NN_DAY_OF_YEAR,  /* 1 .. 366                                                                 */
    NN_DAYS,         /* since the beginning of 1970, with the time of day as a fraction          */
    NN_SECONDS       /* since the beginning of 1970                                              */
};

/* A column of a CSV file, by name when there is one, else by number from 0. */
typedef struct nn_column {
    const char *name; /* or NULL */
    int number;
    int kind;         /* NN_NUMBER ...                                                           */
    int word_count;   /* category, one hot                                                       */
    const char *const *words;
} nn_column;

/* How the rows of a CSV file become samples. A sample of a series is `window` rows for the inputs and
 * `horizon_rows` rows for the targets, the first of them `horizon` rows after the last of the inputs.
 * The next sample begins `step` rows later. */
typedef struct nn_reading {
    const char *missing; /* a field without a value, besides those that are always; or NULL      */
    int skip_missing;    /* 1: rows with such a field are left out, 0: they are an error         */
    int day_first;       /* 1: 2/1/2011 is the second of January                                 */
    int every;           /* 1: all rows, 6: every sixth                                          */
    int window;          /* 0: a row is a sample                                                 */
    int step;
    int horizon, horizon_rows;
} nn_reading;

/* Which samples a split takes. */
enum { NN_SPLIT_RANDOM, NN_SPLIT_STRATIFIED, NN_SPLIT_CHRONOLOGICAL };

/* A flat table row per set; fields a kind does not use are zero.
 * Values of a row of a table or CSV file are those of all inputs, then of all targets, in order. */
typedef struct nn_source {
    int set;                  /* NN_TRAIN ...                                                    */
    int kind;                 /* NN_FROM_IDX ...                                                 */
    int file_count;           /* idx, npy: one per port, inputs first, then targets              */
    const char *const *files; /* relative names start at --data DIR                              */
    int column_count;         /* csv: 0 for the columns of the file as they stand                */
    const nn_column *columns;
    int has_header;           /* csv                                                             */
    char separator;           /* csv                                                             */
    const float *values;      /* table                                                           */
    long long rows;           /* table, toy, digits                                              */
    int toy;                  /* NN_TOY_CIRCLE ...                                               */
    int from;                 /* split: the set that gives samples away                          */
    double amount;            /* toy: noise; split: the fraction taken                           */
    uint32_t seed;            /* toy, digits, split                                              */
    long long first, end;     /* files: rows to take, from 0, without end; end is 0 for all      */
    int order;                /* split: NN_SPLIT_RANDOM ...                                      */
    const nn_reading *reading; /* csv, or NULL                                                   */
} nn_source;

/* A loss or metric, in `floats` floats of the results of a batch from `first` on. Most are means: one
 * float, whose mean over a set is that of its batches, weighted with their samples. Others give
 * totals of a batch. `merge` adds totals of `count` samples to those of the `seen` samples before them,
 * and `finish` makes the value of them all. */
typedef void nn_merge_function(double *into, const float *from, int floats, long long seen, int count);
typedef double nn_finish_function(const double *totals, int floats, long long count, int mode);
typedef struct nn_result {
    const char *name;
    int first, floats;
    nn_merge_function *merge;   /* NULL: a mean                      */
    nn_finish_function *finish; /* NULL: the mean is the value       */
    int mode;                   /* for finish: NN_MACRO ... or 0     */
} nn_result;

/* Parameters and statistics that a run starts with. */
typedef struct nn_start {
    const char *file;   /* relative names start at --data DIR                                    */
    const char *part;   /* of the tensors whose names begin so: "base.", or "" for all           */
    const char *prefix; /* what stands in the file in place of `part`                            */
} nn_start;

/* One training step: results are of the batch; see nn_result. inputs and targets hold a pointer per port. */
typedef void nn_train_function(float *state, char *arena, const nn_step *step,
                               const void *const *inputs, const void *const *targets,
                               float *results, int threads);
/* Weights for inference from the state. */
typedef void nn_prepare_function(const float *state, float *weights);
/* Inference. outputs get batch * elements floats each; results are computed unless targets is NULL. */
typedef void nn_evaluate_function(const float *weights, char *arena, const nn_step *step,
                                  const void *const *inputs, const void *const *targets,
                                  void *const *outputs, float *results, int threads);

struct nn_text;

/* What is reported of outputs that guess numbers: see regression.h. */
typedef struct nn_value_report {
    double *(*begin)(const struct nn_net *net); /* totals of no samples; free them with nn_free */
    void (*add)(double *totals, const struct nn_net *net, void *const *outputs, void *const *targets,
                int count);
    void (*json)(struct nn_text *text, const struct nn_net *net, const double *totals);
    void (*print)(const struct nn_net *net, const double *totals);
} nn_value_report;

typedef struct nn_net {
    const char *name;
    const char *source; /* the .nnd file, for messages                                           */
    int batch;          /* largest batch of a call                                               */
    long long state_floats;
    long long weight_floats;
    long long train_arena_bytes;
    long long evaluate_arena_bytes;
    double train_flops; /* of one sample in a training step                                      */
    int tensor_count, input_count, target_count, output_count, result_count, source_count;
    int result_floats; /* of all results of a batch                                              */
    const nn_tensor *tensors;
    const nn_port *inputs;
    const nn_port *targets;
    const nn_port *outputs;
    const nn_result *results; /* results[0] is the total loss                                    */
    const nn_source *sources;
    const nn_plan *plan;
    nn_train_function *train;
    nn_prepare_function *prepare;
    nn_evaluate_function *evaluate;
    const nn_value_report *values; /* NULL when no output guesses numbers                        */
    int fit_count;
    const nn_fit *fits;
    int load_count;
    const nn_start *loads;
} nn_net;

/* Values of a tensor in a file. */
NN_INLINE long long nn_tensor_elements(const nn_tensor *tensor)
{
    long long count = 1;
    for (int axis = 0; axis < tensor->rank; axis++)
        count *= tensor->dims[axis];
    return count;
}

#endif
/* ---- end of runtime/net.h ---- */

/* ---- runtime/safetensors_parse.h ---- */
/* safetensors_parse.h: finds a network's tensors in the bytes of a safetensors file.
 *
 * No heap, no stdio; the bytes may be hostile. A file is 8 bytes with the length of a JSON header,
 * the header, and the data. The header maps a name to {"dtype", "shape", "data_offsets"}; the name
 * "__metadata__" maps to texts. Sizes are checked against the bytes that are there, products against
 * overflow, and no two tensors that are used may share a byte. */
#ifndef NN_SAFETENSORS_PARSE_H
#define NN_SAFETENSORS_PARSE_H

#include <stddef.h>

enum {
    NN_FILE_OK,
    NN_FILE_SHORT,     /* fewer bytes than the header's length or the header promises   */
    NN_FILE_HEADER,    /* the header is not what the format asks for                    */
    NN_FILE_RANGE,     /* a tensor's bytes do not fit its shape, or overlap another's   */
    NN_FILE_DUPLICATE, /* a name stands there twice                                     */
    NN_FILE_TYPE,      /* a tensor is not F32                                           */
    NN_FILE_SHAPE,     /* a tensor has another shape than the network's                 */
    NN_FILE_MISSING,   /* a tensor of the network is not there                          */
    NN_FILE_UNKNOWN    /* a tensor that the network does not have                       */
};

/* Where a tensor's bytes lie in the file; end is 0 while it was not found. */
typedef struct nn_found {
    uint64_t begin, end;
} nn_found;

/* What is wrong, for the message. Not every field says something for every status. */
typedef struct nn_culprit {
    int status;
    int tensor;               /* index in the network's table, or -1                      */
    size_t position;          /* in the file                                              */
    size_t name, name_length; /* of the entry, as written in the file                     */
    int rank;                 /* shape found, the first 6 axes of it                      */
    uint64_t dims[6];
} nn_culprit;

/* ---- a reader of the little JSON that headers are made of ---- */
typedef struct nn_scan {
    const unsigned char *bytes;
    size_t at, end;
    int bad;
} nn_scan;

static inline NN_UNUSED int nn_scan_peek(nn_scan *scan)
{
    while (scan->at < scan->end) {
        unsigned char c = scan->bytes[scan->at];
        if (c != ' ' && c != '\t' && c != '\n' && c != '\r')
            return c;
        scan->at++;
    }
    return -1;
}

static inline NN_UNUSED int nn_scan_take(nn_scan *scan, int wanted)
{
    if (scan->bad || nn_scan_peek(scan) != wanted) {
        scan->bad = 1;
        return 0;
    }
    scan->at++;
    return 1;
}

/* After an item of a list: 1 when another follows, 0 when `close` ended the list (or at an error). */
static inline NN_UNUSED int nn_scan_more(nn_scan *scan, int close)
{
    if (!scan->bad && nn_scan_peek(scan) == ',') {
        scan->at++;
        return 1;
    }
    nn_scan_take(scan, close);
    return 0;
}

/* A string; begin and length are its text without the quotes, escapes as they are. */
static inline NN_UNUSED void nn_scan_string(nn_scan *scan, size_t *begin, size_t *length)
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
static inline NN_UNUSED uint64_t nn_scan_number(nn_scan *scan)
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

static inline NN_UNUSED int nn_scan_same(const nn_scan *scan, size_t begin, size_t length,
                                         const char *word)
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
static inline NN_UNUSED uint64_t nn_scan_type(const nn_scan *scan, size_t begin, size_t length)
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
static inline NN_UNUSED void nn_scan_shape(nn_scan *scan, nn_entry *entry, uint64_t *product)
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
static inline NN_UNUSED void nn_scan_entry(nn_scan *scan, nn_entry *entry)
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
static inline NN_UNUSED void nn_scan_texts(nn_scan *scan)
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
static inline NN_UNUSED int nn_safetensors_open(const unsigned char *bytes, size_t size,
                                                nn_scan *scan, size_t *data)
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
    *data = scan->end;
    return NN_FILE_OK;
}

/* ---- tensors of a network ---- */

/* The next tensor of a header, from the first on; metadata are passed over. 0 at the end of the header,
 * and where it is damaged: then scan->bad is set. */
static inline NN_UNUSED int nn_scan_next(nn_scan *scan, nn_entry *entry, int is_first)
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
        if (!scan->bad)
            nn_scan_texts(scan);
        more = nn_scan_more(scan, '}');
    }
    return 0;
}

/* Index of the tensor that an entry is for, or -1. Names in the file start with `prefix`. */
static inline NN_UNUSED int nn_entry_tensor(const nn_scan *scan, const nn_entry *entry,
                                            const char *prefix, const nn_tensor *tensors, int count,
                                            int last_kind)
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
static inline NN_UNUSED int nn_entry_check(const nn_entry *entry, uint64_t data_bytes,
                                           const nn_tensor *tensor, const nn_found *found)
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
static inline NN_UNUSED int nn_found_check(const nn_tensor *tensors, int count, int last_kind,
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
static inline NN_UNUSED int nn_safetensors_find(const unsigned char *bytes, size_t size,
                                                const char *prefix, const nn_tensor *tensors,
                                                int count, int last_kind, int strict,
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

/* Copies a tensor's bytes to its place in the state, in its layout. */
static inline NN_UNUSED void nn_tensor_load(float *state, const nn_tensor *tensor,
                                            const unsigned char *bytes)
{
    long long count = nn_tensor_elements(tensor);
    float *to = state + tensor->offset;
    if (!tensor->panel) {
        for (long long i = 0; i < count; i++)
            to[i] = nn_float_at(bytes, i);
        return;
    }
    long long columns = tensor->dims[tensor->rank - 1], rows = count / columns;
    long long own = columns / tensor->groups;
    for (long long g = 0; g < tensor->groups; g++)
        for (long long first = 0; first < own; first += tensor->panel)
            for (long long row = 0; row < rows; row++)
                for (long long lane = first; lane < first + tensor->panel; lane++)
                    *to++ = lane < own ? nn_float_at(bytes, row * columns + g * own + lane) : 0.0f;
}

#endif
/* ---- end of runtime/safetensors_parse.h ---- */

/* The codes of the header are those of the reader, and weights have no gaps: else this does not
 * compile. */
typedef char xnor_codes_agree[(int)XNOR_ERROR_UNKNOWN == (int)NN_FILE_UNKNOWN ? 1 : -1];
typedef char xnor_weights_are_packed[sizeof(xnor_weights) == 112u * sizeof(float) ? 1 : -1];

/* ---- weights from the bytes of a file ---- */
static NN_APART void load_dense_1_kernel_forward_copy(
        const unsigned char *NN_RESTRICT dense_1_kernel, float *NN_RESTRICT dense_1_kernel_out)
{
    for (int i = 0; i < 2; i++)
        for (int c = 0; c < 3; c++)
            dense_1_kernel_out[i * 16 + c] = nn_float_at(dense_1_kernel, i * 3 + c);
}

/* the room around dense_1.kernel_out is zero                                  xnor.nnd:8 */
static NN_APART void load_dense_1_kernel_forward_halo(float *NN_RESTRICT dense_1_kernel_out)
{
    /* room around the data */
    for (int r = 0; r < 2; r++)
        for (int lane = 3; lane < 16; lane++)
            dense_1_kernel_out[r * 16 + lane] = 0.0f;
}

static NN_APART void load_dense_1_bias_forward_copy(const unsigned char *NN_RESTRICT dense_1_bias,
        float *NN_RESTRICT dense_1_bias_out)
{
    for (int c = 0; c < 3; c++)
        dense_1_bias_out[c] = nn_float_at(dense_1_bias, c);
}

static NN_APART void load_dense_2_kernel_forward_copy(
        const unsigned char *NN_RESTRICT dense_2_kernel, float *NN_RESTRICT dense_2_kernel_out)
{
    for (int i = 0; i < 3; i++)
        dense_2_kernel_out[i * 16] = nn_float_at(dense_2_kernel, i);
}

/* the room around dense_2.kernel_out is zero                                  xnor.nnd:9 */
static NN_APART void load_dense_2_kernel_forward_halo(float *NN_RESTRICT dense_2_kernel_out)
{
    /* room around the data */
    for (int r = 0; r < 3; r++)
        for (int lane = 1; lane < 16; lane++)
            dense_2_kernel_out[r * 16 + lane] = 0.0f;
}

static NN_APART void load_dense_2_bias_forward_copy(const unsigned char *NN_RESTRICT dense_2_bias,
        float *NN_RESTRICT dense_2_bias_out)
{
    dense_2_bias_out[0] = nn_float_at(dense_2_bias, 0);
}

static void load_run(float *weights, const void *const *inputs)
{
    const unsigned char *const dense_1_kernel = (const unsigned char *)inputs[0]; /* [2, 3] */
    const unsigned char *const dense_1_bias = (const unsigned char *)inputs[1]; /* [3] */
    const unsigned char *const dense_2_kernel = (const unsigned char *)inputs[2]; /* [3, 1] */
    const unsigned char *const dense_2_bias = (const unsigned char *)inputs[3]; /* [1] */
    float *const dense_1_kernel_out = weights + 0; /* [2, 3] */
    float *const dense_1_bias_out = weights + 32; /* [3] */
    float *const dense_2_kernel_out = weights + 48; /* [3, 1] */
    float *const dense_2_bias_out = weights + 96; /* [1] */
    const uint64_t mode = nn_flush_denormals();
    load_dense_1_kernel_forward_copy(dense_1_kernel, dense_1_kernel_out);
    load_dense_1_kernel_forward_halo(dense_1_kernel_out);
    load_dense_1_bias_forward_copy(dense_1_bias, dense_1_bias_out);
    load_dense_2_kernel_forward_copy(dense_2_kernel, dense_2_kernel_out);
    load_dense_2_kernel_forward_halo(dense_2_kernel_out);
    load_dense_2_bias_forward_copy(dense_2_bias, dense_2_bias_out);
    nn_restore_denormals(mode);
}


/* What a weights file holds; layouts and initial values play no part here. */
static const nn_tensor xnor_tensors[] = {
    {"dense_1.kernel", NN_PARAMETER, 2, {2, 3}, 0, 1, 0LL, NN_UNIFORM, -1.0f, 1.0f, 2LL, 3LL},
    {"dense_1.bias", NN_PARAMETER, 1, {3}, 0, 1, 0LL, NN_UNIFORM, -1.0f, 1.0f, 3LL, 3LL},
    {"dense_2.kernel", NN_PARAMETER, 2, {3, 1}, 0, 1, 0LL, NN_UNIFORM, -1.0f, 1.0f, 3LL, 1LL},
    {"dense_2.bias", NN_PARAMETER, 1, {1}, 0, 1, 0LL, NN_UNIFORM, -1.0f, 1.0f, 1LL, 1LL},
};

int xnor_load(xnor_weights *weights, const void *bytes, size_t size)
{
    const unsigned char *file = (const unsigned char *)bytes;
    nn_found found[4];
    nn_culprit culprit;
    const void *inputs[4];
    if (nn_safetensors_find(file, size, "", xnor_tensors, 4, NN_STATISTIC, 1, found, &culprit) !=
            NN_FILE_OK)
        return culprit.status;
    inputs[0] = file + found[0].begin; /* dense_1.kernel */
    inputs[1] = file + found[1].begin; /* dense_1.bias */
    inputs[2] = file + found[2].begin; /* dense_2.kernel */
    inputs[3] = file + found[3].begin; /* dense_2.bias */
    memset(weights, 0, sizeof *weights); /* the gaps between tensors too */
    load_run((float *)weights, inputs);
    return XNOR_OK;
}

const char *xnor_error_text(int status)
{
    switch (status) {
        case XNOR_OK: return "no error";
        case XNOR_ERROR_SHORT: return "the bytes end before the file is complete";
        case XNOR_ERROR_HEADER: return "this is not a safetensors file";
        case XNOR_ERROR_RANGE: return "a tensor's bytes do not fit its shape, or overlap another's";
        case XNOR_ERROR_DUPLICATE: return "a tensor is in the file twice";
        case XNOR_ERROR_TYPE: return "a tensor is not of 32-bit floats";
        case XNOR_ERROR_SHAPE: return "a tensor has another shape than in this network";
        case XNOR_ERROR_MISSING: return "a tensor of this network is not in the file";
        case XNOR_ERROR_UNKNOWN: return "the file has a tensor that this network does not have";
        default: return "unknown status";
    }
}

/* ---- inference ---- */
/* dense_1.contract = contract(bits, dense_1.kernel)   [3]                     xnor.nnd:8
 * dense_1 = add(dense_1.contract, dense_1.bias)   [3]
 * relu_1 = relu(dense_1)   [3] */
#if NN_REGISTERS >= 32
enum { INFER_DENSE_1_CONTRACT_FORWARD_ROWS = 1 };
#else
enum { INFER_DENSE_1_CONTRACT_FORWARD_ROWS = 1 };
#endif
NN_INLINE void infer_dense_1_contract_forward_tile(const int rows, const float *NN_RESTRICT bits,
        const float *NN_RESTRICT dense_1_kernel, const float *NN_RESTRICT dense_1_bias,
        float *NN_RESTRICT relu_1, int n, int panel)
{
    float sum[INFER_DENSE_1_CONTRACT_FORWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[INFER_DENSE_1_CONTRACT_FORWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < INFER_DENSE_1_CONTRACT_FORWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int k = 0; k < 2; k++) {
            const float *at = dense_1_kernel + panel * 32 + k * 16 + column;
            const nn_vec b0 = nn_load(at);
            NN_UNROLL
            for (int r = 0; r < INFER_DENSE_1_CONTRACT_FORWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(bits[n * 2 + k + r * 2]);
                    acc[r] += scalar * b0;
                }
        }
        NN_UNROLL
        for (int r = 0; r < INFER_DENSE_1_CONTRACT_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[INFER_DENSE_1_CONTRACT_FORWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < INFER_DENSE_1_CONTRACT_FORWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int k = 0; k < 2; k++) {
            const float *at = dense_1_kernel + panel * 32 + k * 16 + column;
            const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
            NN_UNROLL
            for (int r = 0; r < INFER_DENSE_1_CONTRACT_FORWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(bits[n * 2 + k + r * 2]);
                    acc[r][0] += scalar * b0;
                    acc[r][1] += scalar * b1;
                }
        }
        NN_UNROLL
        for (int r = 0; r < INFER_DENSE_1_CONTRACT_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++)
        for (int lane = 0; lane < 3; lane++)
            relu_1[(n + r) * 3 + lane] = nn_relu(sum[r * 16 + lane] + dense_1_bias[lane]);
}

static NN_APART void infer_dense_1_contract_forward_large(const float *NN_RESTRICT bits,
        const float *NN_RESTRICT dense_1_kernel, const float *NN_RESTRICT dense_1_bias,
        float *NN_RESTRICT relu_1, int n, int panel)
{
    infer_dense_1_contract_forward_tile(INFER_DENSE_1_CONTRACT_FORWARD_ROWS, bits, dense_1_kernel,
            dense_1_bias, relu_1, n, panel);
}

static NN_APART void infer_dense_1_contract_forward_single(const float *NN_RESTRICT bits,
        const float *NN_RESTRICT dense_1_kernel, const float *NN_RESTRICT dense_1_bias,
        float *NN_RESTRICT relu_1, int n, int panel)
{
    infer_dense_1_contract_forward_tile(1, bits, dense_1_kernel, dense_1_bias, relu_1, n, panel);
}

static NN_APART void infer_dense_1_contract_forward(int batch, const float *NN_RESTRICT bits,
        const float *NN_RESTRICT dense_1_kernel, const float *NN_RESTRICT dense_1_bias,
        float *NN_RESTRICT relu_1)
{
    for (int unit = 0; unit < 1; unit++) {
        const int panel = unit;
        const int start = 0;
        if (start + INFER_DENSE_1_CONTRACT_FORWARD_ROWS <= batch) {
            const int n = start;
            infer_dense_1_contract_forward_large(bits, dense_1_kernel, dense_1_bias, relu_1, n,
                    panel);
        } else {
            for (int n = start; n < batch; n++)
                infer_dense_1_contract_forward_single(bits, dense_1_kernel, dense_1_bias, relu_1,
                        n, panel);
        }
    }
}

/* dense_2.contract = contract(relu_1, dense_2.kernel)   [1]                   xnor.nnd:9
 * dense_2 = add(dense_2.contract, dense_2.bias)   [1]
 * answer = sigmoid(dense_2)   [1] */
#if NN_REGISTERS >= 32
enum { INFER_DENSE_2_CONTRACT_FORWARD_ROWS = 1 };
#else
enum { INFER_DENSE_2_CONTRACT_FORWARD_ROWS = 1 };
#endif
NN_INLINE void infer_dense_2_contract_forward_tile(const int rows, const float *NN_RESTRICT relu_1,
        const float *NN_RESTRICT dense_2_kernel, const float *NN_RESTRICT dense_2_bias,
        float *NN_RESTRICT answer, int n, int panel)
{
    float sum[INFER_DENSE_2_CONTRACT_FORWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[INFER_DENSE_2_CONTRACT_FORWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < INFER_DENSE_2_CONTRACT_FORWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int k = 0; k < 3; k++) {
            const float *at = dense_2_kernel + panel * 48 + k * 16 + column;
            const nn_vec b0 = nn_load(at);
            NN_UNROLL
            for (int r = 0; r < INFER_DENSE_2_CONTRACT_FORWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(relu_1[n * 3 + k + r * 3]);
                    acc[r] += scalar * b0;
                }
        }
        NN_UNROLL
        for (int r = 0; r < INFER_DENSE_2_CONTRACT_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[INFER_DENSE_2_CONTRACT_FORWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < INFER_DENSE_2_CONTRACT_FORWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int k = 0; k < 3; k++) {
            const float *at = dense_2_kernel + panel * 48 + k * 16 + column;
            const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
            NN_UNROLL
            for (int r = 0; r < INFER_DENSE_2_CONTRACT_FORWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(relu_1[n * 3 + k + r * 3]);
                    acc[r][0] += scalar * b0;
                    acc[r][1] += scalar * b1;
                }
        }
        NN_UNROLL
        for (int r = 0; r < INFER_DENSE_2_CONTRACT_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++)
        for (int lane = 0; lane < 1; lane++)
            answer[n + r + lane] = nn_sigmoid(sum[r * 16 + lane] + dense_2_bias[0]);
}

static NN_APART void infer_dense_2_contract_forward_large(const float *NN_RESTRICT relu_1,
        const float *NN_RESTRICT dense_2_kernel, const float *NN_RESTRICT dense_2_bias,
        float *NN_RESTRICT answer, int n, int panel)
{
    infer_dense_2_contract_forward_tile(INFER_DENSE_2_CONTRACT_FORWARD_ROWS, relu_1,
            dense_2_kernel, dense_2_bias, answer, n, panel);
}

static NN_APART void infer_dense_2_contract_forward_single(const float *NN_RESTRICT relu_1,
        const float *NN_RESTRICT dense_2_kernel, const float *NN_RESTRICT dense_2_bias,
        float *NN_RESTRICT answer, int n, int panel)
{
    infer_dense_2_contract_forward_tile(1, relu_1, dense_2_kernel, dense_2_bias, answer, n, panel);
}

static NN_APART void infer_dense_2_contract_forward(int batch, const float *NN_RESTRICT relu_1,
        const float *NN_RESTRICT dense_2_kernel, const float *NN_RESTRICT dense_2_bias,
        float *NN_RESTRICT answer)
{
    for (int unit = 0; unit < 1; unit++) {
        const int panel = unit;
        const int start = 0;
        if (start + INFER_DENSE_2_CONTRACT_FORWARD_ROWS <= batch) {
            const int n = start;
            infer_dense_2_contract_forward_large(relu_1, dense_2_kernel, dense_2_bias, answer, n,
                    panel);
        } else {
            for (int n = start; n < batch; n++)
                infer_dense_2_contract_forward_single(relu_1, dense_2_kernel, dense_2_bias, answer,
                        n, panel);
        }
    }
}

static void infer_run(const float *weights, char *arena, const void *const *inputs,
                      void *const *outputs, int batch)
{
    const float *const bits = (const float *)inputs[0]; /* [2] */
    const float *const dense_1_kernel = weights + 0; /* [2, 3] */
    const float *const dense_1_bias = weights + 32; /* [3] */
    const float *const dense_2_kernel = weights + 48; /* [3, 1] */
    const float *const dense_2_bias = weights + 96; /* [1] */
    float *const relu_1 = (float *)(void *)(arena + 0); /* [3] */
    float *const answer = (float *)outputs[0]; /* [1] */
    const uint64_t mode = nn_flush_denormals();
    infer_dense_1_contract_forward(batch, bits, dense_1_kernel, dense_1_bias, relu_1);
    infer_dense_2_contract_forward(batch, relu_1, dense_2_kernel, dense_2_bias, answer);
    nn_restore_denormals(mode);
}


void xnor_infer(const xnor_weights *weights, void *workspace, int n, const float *bits,
                float *answer)
{
    char *base = (char *)workspace + (64 - (uintptr_t)workspace % 64) % 64;
    for (int first = 0; first < n; first++) {
        const void *inputs[1];
        void *outputs[1];
        inputs[0] = bits + (size_t)first * XNOR_BITS_SIZE;
        outputs[0] = answer + (size_t)first * XNOR_ANSWER_SIZE;
        infer_run((const float *)weights, base, inputs, outputs, 1);
    }
}
