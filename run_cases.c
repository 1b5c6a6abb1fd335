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
    NN_ONES_BETWEEN,   /* 1 from element a to b - 1, else 0                */
    NN_CONSTANT,       /* a                                            */
    NN_UNIFORM,        /* between a and b                              */
    NN_NORMAL,         /* mean a, standard deviation b                 */
    NN_GLOROT_UNIFORM, /* within sqrt(6 / (fan_in + fan_out))          */
    NN_GLOROT_NORMAL,  /* deviation sqrt(2 / (fan_in + fan_out))       */
    NN_HE_UNIFORM,     /* within sqrt(6 / fan_in)                      */
    NN_HE_NORMAL,      /* deviation sqrt(2 / fan_in)                   */
    NN_LECUN_UNIFORM,  /* within sqrt(3 / fan_in)                      */
    NN_LECUN_NORMAL    /* deviation sqrt(1 / fan_in)                   */
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
} nn_port;

typedef struct nn_step {
    int batch;     /* samples in this call, 1 .. nn_net.batch                                    */
    float rate;    /* learning rate                                                              */
    float number;  /* steps done so far, this one included                                       */
    uint32_t seed; /* of this step: key of all its random numbers                                */
} nn_step;

/* The sets a network may have data for. */
enum { NN_TRAIN, NN_VALIDATION, NN_TEST, NN_SETS };

typedef struct nn_plan {
    int epochs;
    uint32_t seed;
    float rate;           /* initial learning rate                                               */
    int monitor_set;      /* NN_TRAIN or NN_VALIDATION: whose result decides which weights are best */
    int monitor;          /* index of that result                                                */
    int maximize;         /* 1: more is better                                                   */
    int patience;         /* stop after so many epochs without improvement; 0: never             */
    float minimum_change; /* what counts as an improvement                                       */
    int shuffle;          /* 0: every epoch in the order of the data                             */
} nn_plan;

/* Where the samples of a set come from. */
enum { NN_FROM_IDX, NN_FROM_CSV, NN_FROM_TABLE, NN_FROM_TOY, NN_FROM_DIGITS, NN_FROM_SPLIT };

/* Toy sets: two inputs and a class of two. */
enum { NN_TOY_CIRCLE, NN_TOY_XOR, NN_TOY_GAUSSIAN, NN_TOY_SPIRAL };

/* A column of a CSV file, by name when there is one, else by number from 0. */
typedef struct nn_column {
    const char *name; /* or NULL */
    int number;
} nn_column;

/* A flat table row per set; fields a kind does not use are zero.
 * Values of a row of a table or CSV file are those of all inputs, then of all targets, in order. */
typedef struct nn_source {
    int set;                  /* NN_TRAIN ...                                                    */
    int kind;                 /* NN_FROM_IDX ...                                                 */
    int file_count;           /* idx: one per port, inputs first, then targets; csv: one         */
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
} nn_source;

/* One training step: results are means over the batch. inputs and targets hold a pointer per port. */
typedef void nn_train_function(float *state, char *arena, const nn_step *step,
                               const void *const *inputs, const void *const *targets,
                               float *results, int threads);
/* Weights for inference from the state. */
typedef void nn_prepare_function(const float *state, float *weights);
/* Inference. outputs get batch * elements floats each; results are computed unless targets is NULL. */
typedef void nn_evaluate_function(const float *weights, char *arena, const nn_step *step,
                                  const void *const *inputs, const void *const *targets,
                                  void *const *outputs, float *results, int threads);

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
    const nn_tensor *tensors;
    const nn_port *inputs;
    const nn_port *targets;
    const nn_port *outputs;
    const char *const *results; /* names; results[0] is the total loss                           */
    const nn_source *sources;
    const nn_plan *plan;
    nn_train_function *train;
    nn_prepare_function *prepare;
    nn_evaluate_function *evaluate;
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

/* y.contract = contract(x, y.kernel)   [4, 5]
 * y.add = add(y.contract, y.bias)   [4, 5] */
#if NN_REGISTERS >= 32
enum { CASE0_FAST_Y_CONTRACT_FORWARD_ROWS = 4 };
#else
enum { CASE0_FAST_Y_CONTRACT_FORWARD_ROWS = 4 };
#endif
NN_INLINE void case0_fast_y_contract_forward_tile(const int rows, const float *NN_RESTRICT x,
        const float *NN_RESTRICT y_kernel, const float *NN_RESTRICT y_bias,
        float *NN_RESTRICT y_add, int n, int j, int panel)
{
    float sum[CASE0_FAST_Y_CONTRACT_FORWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE0_FAST_Y_CONTRACT_FORWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE0_FAST_Y_CONTRACT_FORWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int k = 0; k < 3; k++) {
            const float *at = y_kernel + panel * 48 + k * 16 + column;
            const nn_vec b0 = nn_load(at);
            NN_UNROLL
            for (int r = 0; r < CASE0_FAST_Y_CONTRACT_FORWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(x[n * 12 + j * 3 + k + r * 3]);
                    acc[r] += scalar * b0;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE0_FAST_Y_CONTRACT_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE0_FAST_Y_CONTRACT_FORWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE0_FAST_Y_CONTRACT_FORWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int k = 0; k < 3; k++) {
            const float *at = y_kernel + panel * 48 + k * 16 + column;
            const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
            NN_UNROLL
            for (int r = 0; r < CASE0_FAST_Y_CONTRACT_FORWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(x[n * 12 + j * 3 + k + r * 3]);
                    acc[r][0] += scalar * b0;
                    acc[r][1] += scalar * b1;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE0_FAST_Y_CONTRACT_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++)
        for (int lane = 0; lane < 5; lane++)
            y_add[n * 20 + (j + r) * 5 + lane] = sum[r * 16 + lane] + y_bias[lane];
}

static NN_APART void case0_fast_y_contract_forward_large(const float *NN_RESTRICT x,
        const float *NN_RESTRICT y_kernel, const float *NN_RESTRICT y_bias,
        float *NN_RESTRICT y_add, int n, int j, int panel)
{
    case0_fast_y_contract_forward_tile(CASE0_FAST_Y_CONTRACT_FORWARD_ROWS, x, y_kernel, y_bias,
            y_add, n, j, panel);
}

static NN_APART void case0_fast_y_contract_forward(int batch, const float *NN_RESTRICT x,
        const float *NN_RESTRICT y_kernel, const float *NN_RESTRICT y_bias,
        float *NN_RESTRICT y_add)
{
    for (int n = 0; n < batch; n++) {
        const int panel = 0;
        const int j = 0;
        case0_fast_y_contract_forward_large(x, y_kernel, y_bias, y_add, n, j, panel);
    }
}

/* y.scan = scan(y.add, y.recurrent_kernel, 0, 0)   [4, 5]
 * d_y.scan.scan_trace = scan_trace(y.add, y.recurrent_kernel, 0, 0)   [4, 1, 16]
 * 4 steps, 5 columns */
#if NN_REGISTERS >= 32
enum { CASE0_FAST_Y_SCAN_FORWARD_ROWS = 2 };
#else
enum { CASE0_FAST_Y_SCAN_FORWARD_ROWS = 2 };
#endif
NN_INLINE void case0_fast_y_scan_forward_tile(const int rows, float *NN_RESTRICT y_scan_sums,
                                              float *NN_RESTRICT y_scan_state,
                                              const float *NN_RESTRICT y_add,
                                              const float *NN_RESTRICT y_recurrent_kernel,
                                              float *NN_RESTRICT d_y_scan_scan_trace,
                                              float *NN_RESTRICT y_scan, int n)
{
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < 5; c++)
            y_scan_state[(n + r) * 16 + c] = 0.0f;
    for (int t = 0; t < 4; t++) {
        for (int r = 0; r < rows; r++)
            for (int o = 0; o < 5; o++)
                y_scan_sums[(n + r) * 16 + o] = y_add[(n + r) * 20 + t * 5 + o];
#if NN_LANES == 16
        for (int column = 0; column < 16; column += NN_LANES) {
            nn_vec acc[CASE0_FAST_Y_SCAN_FORWARD_ROWS];
            NN_UNROLL
            for (int r = 0; r < CASE0_FAST_Y_SCAN_FORWARD_ROWS; r++)
                if (r < rows) {
                    acc[r] = nn_load(y_scan_sums + n * 16 + r * 16 + column);
                }
            for (int k = 0; k < 5; k++) {
                const float *at = y_recurrent_kernel + k * 16 + column;
                const nn_vec b0 = nn_load(at);
                NN_UNROLL
                for (int r = 0; r < CASE0_FAST_Y_SCAN_FORWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(y_scan_state[n * 16 + k + r * 16]);
                        acc[r] += scalar * b0;
                    }
            }
            NN_UNROLL
            for (int r = 0; r < CASE0_FAST_Y_SCAN_FORWARD_ROWS; r++)
                if (r < rows) {
                    nn_store(y_scan_sums + n * 16 + r * 16 + column, acc[r]);
                }
        }
#else
        for (int column = 0; column < 16; column += 2 * NN_LANES) {
            nn_vec acc[CASE0_FAST_Y_SCAN_FORWARD_ROWS][2];
            NN_UNROLL
            for (int r = 0; r < CASE0_FAST_Y_SCAN_FORWARD_ROWS; r++)
                if (r < rows) {
                    acc[r][0] = nn_load(y_scan_sums + n * 16 + r * 16 + column);
                    acc[r][1] = nn_load(y_scan_sums + n * 16 + r * 16 + column + NN_LANES);
                }
            for (int k = 0; k < 5; k++) {
                const float *at = y_recurrent_kernel + k * 16 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE0_FAST_Y_SCAN_FORWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(y_scan_state[n * 16 + k + r * 16]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
            NN_UNROLL
            for (int r = 0; r < CASE0_FAST_Y_SCAN_FORWARD_ROWS; r++)
                if (r < rows) {
                    nn_store(y_scan_sums + n * 16 + r * 16 + column, acc[r][0]);
                    nn_store(y_scan_sums + n * 16 + r * 16 + column + NN_LANES, acc[r][1]);
                }
        }
#endif
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < 16; c++) {
                const float h = nn_tanh(y_scan_sums[(n + r) * 16 + c]);
                y_scan_state[(n + r) * 16 + c] = h;
                d_y_scan_scan_trace[(n + r) * 64 + t * 16 + c] = h;
            }
            for (int c = 0; c < 5; c++)
                y_scan[(n + r) * 25 + t * 5 + c + 5] = y_scan_state[(n + r) * 16 + c];
        }
    }
}

static NN_APART void case0_fast_y_scan_forward_large(float *NN_RESTRICT y_scan_sums,
        float *NN_RESTRICT y_scan_state, const float *NN_RESTRICT y_add,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT d_y_scan_scan_trace,
        float *NN_RESTRICT y_scan, int n)
{
    case0_fast_y_scan_forward_tile(CASE0_FAST_Y_SCAN_FORWARD_ROWS, y_scan_sums, y_scan_state,
            y_add, y_recurrent_kernel, d_y_scan_scan_trace, y_scan, n);
}

static NN_APART void case0_fast_y_scan_forward_small(float *NN_RESTRICT y_scan_sums,
        float *NN_RESTRICT y_scan_state, const float *NN_RESTRICT y_add,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT d_y_scan_scan_trace,
        float *NN_RESTRICT y_scan, int n)
{
    case0_fast_y_scan_forward_tile(1, y_scan_sums, y_scan_state, y_add, y_recurrent_kernel,
            d_y_scan_scan_trace, y_scan, n);
}

static NN_APART void case0_fast_y_scan_forward_single(float *NN_RESTRICT y_scan_sums,
        float *NN_RESTRICT y_scan_state, const float *NN_RESTRICT y_add,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT d_y_scan_scan_trace,
        float *NN_RESTRICT y_scan, int n)
{
    case0_fast_y_scan_forward_tile(1, y_scan_sums, y_scan_state, y_add, y_recurrent_kernel,
            d_y_scan_scan_trace, y_scan, n);
}

static NN_APART void case0_fast_y_scan_forward(int batch, float *NN_RESTRICT y_scan_sums,
                                               float *NN_RESTRICT y_scan_state,
                                               const float *NN_RESTRICT y_add,
                                               const float *NN_RESTRICT y_recurrent_kernel,
                                               float *NN_RESTRICT d_y_scan_scan_trace,
                                               float *NN_RESTRICT y_scan)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE0_FAST_Y_SCAN_FORWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case0_fast_y_scan_forward_large(y_scan_sums, y_scan_state, y_add,
                        y_recurrent_kernel, d_y_scan_scan_trace, y_scan, n);
            } else {
                case0_fast_y_scan_forward_small(y_scan_sums, y_scan_state, y_add,
                        y_recurrent_kernel, d_y_scan_scan_trace, y_scan, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case0_fast_y_scan_forward_single(y_scan_sums, y_scan_state, y_add,
                        y_recurrent_kernel, d_y_scan_scan_trace, y_scan, n);
        }
    }
}

/* the room around y.scan is zero */
static NN_APART void case0_fast_y_scan_forward_halo(int batch, float *NN_RESTRICT y_scan)
{
    for (int n = 0; n < batch; n++) {
        /* room around the data */
        for (int gap = 0; gap < 5; gap++)
            y_scan[n * 25 + gap] = 0.0f;
    }
}

/* y.slice = slice(y.scan)   [1, 5] */
static NN_APART void case0_fast_y_slice_forward(int batch, const float *NN_RESTRICT y_scan,
                                                float *NN_RESTRICT y_slice)
{
    for (int n = 0; n < batch; n++)
        for (int c = 0; c < 5; c++)
            y_slice[n * 5 + c] = y_scan[n * 25 + c + 20];
}

/* d_y.scan = pad(d_y.slice)   [4, 5] */
static NN_APART void case0_fast_d_y_scan_backward(int batch, const float *NN_RESTRICT seed,
        float *NN_RESTRICT d_y_scan)
{
    for (int n = 0; n < batch; n++)
        for (int i = 0; i < 4; i++)
            for (int c = 0; c < 5; c++)
                d_y_scan[n * 20 + i * 5 + c] = i >= 3 ? seed[n * 5 + c] : 0.0f;
}

/* d_y.scan.transpose = transpose(y.recurrent_kernel)   [5, 5] */
static NN_APART void case0_fast_d_y_scan_transpose_backward(
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT d_y_scan_transpose)
{
    for (int i = 0; i < 5; i++)
        for (int c = 0; c < 5; c++)
            d_y_scan_transpose[i * 16 + c] = y_recurrent_kernel[c * 16 + i];
}

/* the room around d_y.scan.transpose is zero */
static NN_APART void case0_fast_d_y_scan_transpose_backward_halo(
        float *NN_RESTRICT d_y_scan_transpose)
{
    /* room around the data */
    for (int r = 0; r < 5; r++)
        for (int lane = 5; lane < 16; lane++)
            d_y_scan_transpose[r * 16 + lane] = 0.0f;
}

/* d_y.add = scan_grad(d_y.scan.scan_trace, d_y.scan.transpose, 0, d_y.scan)   [4, 5]
 * 4 steps from the last to the first, 5 columns */
#if NN_REGISTERS >= 32
enum { CASE0_FAST_D_Y_ADD_BACKWARD_ROWS = 2 };
#else
enum { CASE0_FAST_D_Y_ADD_BACKWARD_ROWS = 2 };
#endif
NN_INLINE void case0_fast_d_y_add_backward_tile(const int rows, float *NN_RESTRICT d_y_add_sums,
                                                float *NN_RESTRICT d_y_add_state,
                                                const float *NN_RESTRICT d_y_scan,
                                                const float *NN_RESTRICT d_y_scan_transpose,
                                                const float *NN_RESTRICT d_y_scan_scan_trace,
                                                float *NN_RESTRICT d_y_add, int n)
{
    for (int later = 0; later < 4; later++) {
        const int t = 3 - later;
        for (int r = 0; r < rows; r++)
            for (int c = 0; c < 5; c++)
                d_y_add_sums[(n + r) * 16 + c] = d_y_scan[(n + r) * 20 + t * 5 + c];
        if (later > 0) {
#if NN_LANES == 16
            for (int column = 0; column < 16; column += NN_LANES) {
                nn_vec acc[CASE0_FAST_D_Y_ADD_BACKWARD_ROWS];
                NN_UNROLL
                for (int r = 0; r < CASE0_FAST_D_Y_ADD_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        acc[r] = nn_load(d_y_add_sums + n * 16 + r * 16 + column);
                    }
                for (int k = 0; k < 5; k++) {
                    const float *at = d_y_scan_transpose + k * 16 + column;
                    const nn_vec b0 = nn_load(at);
                    NN_UNROLL
                    for (int r = 0; r < CASE0_FAST_D_Y_ADD_BACKWARD_ROWS; r++)
                        if (r < rows) {
                            const nn_vec scalar = nn_splat(d_y_add_state[n * 16 + k + r * 16]);
                            acc[r] += scalar * b0;
                        }
                }
                NN_UNROLL
                for (int r = 0; r < CASE0_FAST_D_Y_ADD_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        nn_store(d_y_add_sums + n * 16 + r * 16 + column, acc[r]);
                    }
            }
#else
            for (int column = 0; column < 16; column += 2 * NN_LANES) {
                nn_vec acc[CASE0_FAST_D_Y_ADD_BACKWARD_ROWS][2];
                NN_UNROLL
                for (int r = 0; r < CASE0_FAST_D_Y_ADD_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        acc[r][0] = nn_load(d_y_add_sums + n * 16 + r * 16 + column);
                        acc[r][1] = nn_load(d_y_add_sums + n * 16 + r * 16 + column + NN_LANES);
                    }
                for (int k = 0; k < 5; k++) {
                    const float *at = d_y_scan_transpose + k * 16 + column;
                    const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                    NN_UNROLL
                    for (int r = 0; r < CASE0_FAST_D_Y_ADD_BACKWARD_ROWS; r++)
                        if (r < rows) {
                            const nn_vec scalar = nn_splat(d_y_add_state[n * 16 + k + r * 16]);
                            acc[r][0] += scalar * b0;
                            acc[r][1] += scalar * b1;
                        }
                }
                NN_UNROLL
                for (int r = 0; r < CASE0_FAST_D_Y_ADD_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        nn_store(d_y_add_sums + n * 16 + r * 16 + column, acc[r][0]);
                        nn_store(d_y_add_sums + n * 16 + r * 16 + column + NN_LANES, acc[r][1]);
                    }
            }
#endif
        }
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < 16; c++) {
                const float d_h = d_y_add_sums[(n + r) * 16 + c];
                const float h = d_y_scan_scan_trace[(n + r) * 64 + t * 16 + c];
                d_y_add_state[(n + r) * 16 + c] = d_h * (1.0f - h * h);
            }
            for (int c = 0; c < 5; c++)
                d_y_add[(n + r) * 64 + t * 16 + c] = d_y_add_state[(n + r) * 16 + c];
        }
    }
}

static NN_APART void case0_fast_d_y_add_backward_large(float *NN_RESTRICT d_y_add_sums,
        float *NN_RESTRICT d_y_add_state, const float *NN_RESTRICT d_y_scan,
        const float *NN_RESTRICT d_y_scan_transpose, const float *NN_RESTRICT d_y_scan_scan_trace,
        float *NN_RESTRICT d_y_add, int n)
{
    case0_fast_d_y_add_backward_tile(CASE0_FAST_D_Y_ADD_BACKWARD_ROWS, d_y_add_sums, d_y_add_state,
            d_y_scan, d_y_scan_transpose, d_y_scan_scan_trace, d_y_add, n);
}

static NN_APART void case0_fast_d_y_add_backward_small(float *NN_RESTRICT d_y_add_sums,
        float *NN_RESTRICT d_y_add_state, const float *NN_RESTRICT d_y_scan,
        const float *NN_RESTRICT d_y_scan_transpose, const float *NN_RESTRICT d_y_scan_scan_trace,
        float *NN_RESTRICT d_y_add, int n)
{
    case0_fast_d_y_add_backward_tile(1, d_y_add_sums, d_y_add_state, d_y_scan, d_y_scan_transpose,
            d_y_scan_scan_trace, d_y_add, n);
}

static NN_APART void case0_fast_d_y_add_backward_single(float *NN_RESTRICT d_y_add_sums,
        float *NN_RESTRICT d_y_add_state, const float *NN_RESTRICT d_y_scan,
        const float *NN_RESTRICT d_y_scan_transpose, const float *NN_RESTRICT d_y_scan_scan_trace,
        float *NN_RESTRICT d_y_add, int n)
{
    case0_fast_d_y_add_backward_tile(1, d_y_add_sums, d_y_add_state, d_y_scan, d_y_scan_transpose,
            d_y_scan_scan_trace, d_y_add, n);
}

static NN_APART void case0_fast_d_y_add_backward(int batch, float *NN_RESTRICT d_y_add_sums,
                                                 float *NN_RESTRICT d_y_add_state,
                                                 const float *NN_RESTRICT d_y_scan,
                                                 const float *NN_RESTRICT d_y_scan_transpose,
                                                 const float *NN_RESTRICT d_y_scan_scan_trace,
                                                 float *NN_RESTRICT d_y_add)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE0_FAST_D_Y_ADD_BACKWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case0_fast_d_y_add_backward_large(d_y_add_sums, d_y_add_state, d_y_scan,
                        d_y_scan_transpose, d_y_scan_scan_trace, d_y_add, n);
            } else {
                case0_fast_d_y_add_backward_small(d_y_add_sums, d_y_add_state, d_y_scan,
                        d_y_scan_transpose, d_y_scan_scan_trace, d_y_add, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case0_fast_d_y_add_backward_single(d_y_add_sums, d_y_add_state, d_y_scan,
                        d_y_scan_transpose, d_y_scan_scan_trace, d_y_add, n);
        }
    }
}

/* the room around d_y.add is zero */
static NN_APART void case0_fast_d_y_add_backward_halo(int batch, float *NN_RESTRICT d_y_add)
{
    for (int n = 0; n < batch; n++) {
        /* room around the data */
        for (int i = 0; i < 4; i++)
            for (int gap = 0; gap < 11; gap++)
                d_y_add[n * 64 + i * 16 + gap + 5] = 0.0f;
    }
}

/* d_y.recurrent_kernel = contract(y.scan, d_y.add)   [5, 5] */
#if NN_REGISTERS >= 32
enum { CASE0_FAST_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS = 5 };
#else
enum { CASE0_FAST_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS = 5 };
#endif
NN_INLINE void case0_fast_d_y_recurrent_kernel_backward_tile(const int rows,
        const float *NN_RESTRICT y_scan, const float *NN_RESTRICT d_y_add,
        float *NN_RESTRICT d_y_recurrent_kernel, int j, int from, int to)
{
    float sum[CASE0_FAST_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE0_FAST_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE0_FAST_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x = 0; x < 4; x++) {
                const float *at = d_y_add + n * 64 + x * 16 + column;
                const nn_vec b0 = nn_load(at);
                NN_UNROLL
                for (int r = 0; r < CASE0_FAST_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(y_scan[j + n * 25 + x * 5 + r]);
                        acc[r] += scalar * b0;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE0_FAST_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE0_FAST_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE0_FAST_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x = 0; x < 4; x++) {
                const float *at = d_y_add + n * 64 + x * 16 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE0_FAST_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(y_scan[j + n * 25 + x * 5 + r]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE0_FAST_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++) {
        const int row = j + r;
        for (int lane = 0; lane < 5; lane++)
            d_y_recurrent_kernel[row * 5 + lane] = sum[r * 16 + lane];
    }
}

static NN_APART void case0_fast_d_y_recurrent_kernel_backward_large(
        const float *NN_RESTRICT y_scan, const float *NN_RESTRICT d_y_add,
        float *NN_RESTRICT d_y_recurrent_kernel, int j, int from, int to)
{
    case0_fast_d_y_recurrent_kernel_backward_tile(CASE0_FAST_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS,
            y_scan, d_y_add, d_y_recurrent_kernel, j, from, to);
}

static NN_APART void case0_fast_d_y_recurrent_kernel_backward(int batch,
        const float *NN_RESTRICT y_scan, const float *NN_RESTRICT d_y_add,
        float *NN_RESTRICT d_y_recurrent_kernel)
{
    for (int unit = 0; unit < 1; unit++) {
        const int j = 0;
        const int from = 0;
        const int to = batch;
        case0_fast_d_y_recurrent_kernel_backward_large(y_scan, d_y_add, d_y_recurrent_kernel, j,
                from, to);
    }
}

/* d_y.bias = reduce_sum(d_y.add)   [5] */
static NN_APART void case0_fast_d_y_bias_backward(int batch, const float *NN_RESTRICT d_y_add,
        float *NN_RESTRICT d_y_bias)
{
    float sum[5];
    for (int c = 0; c < 5; c++)
        sum[c] = 0.0f;
    for (int n = 0; n < batch; n++)
        for (int i = 0; i < 4; i++)
            for (int c = 0; c < 5; c++)
                sum[c] += d_y_add[n * 64 + i * 16 + c];
    for (int c = 0; c < 5; c++)
        d_y_bias[c] = sum[c];
}

/* d_x = contract(d_y.add, y.kernel)   [4, 3] */
static NN_APART void case0_fast_d_x_backward_turn(const float *NN_RESTRICT y_kernel,
        float *NN_RESTRICT d_x_turned)
{
    for (int unit = 0; unit < 1; unit++) {
        const int panel = unit;
        const int p = 0;
        for (int q = 0; q < 1; q++)
            for (int o = 0; o < 5; o++)
                for (int lane = 0; lane < 16; lane++)
                    d_x_turned[panel * 80 + ((p + q) * 5 + o) * 16 + lane] = lane < 3 ?
                            y_kernel[((p * -1 + q * -1) * 3 + panel * 16 + lane) * 16 + o] : 0.0f;
    }
}

/* d_x = contract(d_y.add, y.kernel)   [4, 3] */
#if NN_REGISTERS >= 32
enum { CASE0_FAST_D_X_BACKWARD_ROWS = 4 };
#else
enum { CASE0_FAST_D_X_BACKWARD_ROWS = 4 };
#endif
NN_INLINE void case0_fast_d_x_backward_tile(const int rows, const float *NN_RESTRICT d_y_add,
                                            const float *NN_RESTRICT d_x_turned,
                                            float *NN_RESTRICT d_x, int n, int j, int panel)
{
    float sum[CASE0_FAST_D_X_BACKWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE0_FAST_D_X_BACKWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE0_FAST_D_X_BACKWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int k = 0; k < 5; k++) {
            const float *at = d_x_turned + panel * 80 + k * 16 + column;
            const nn_vec b0 = nn_load(at);
            NN_UNROLL
            for (int r = 0; r < CASE0_FAST_D_X_BACKWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(d_y_add[n * 64 + j * 16 + k + r * 16]);
                    acc[r] += scalar * b0;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE0_FAST_D_X_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE0_FAST_D_X_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE0_FAST_D_X_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int k = 0; k < 5; k++) {
            const float *at = d_x_turned + panel * 80 + k * 16 + column;
            const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
            NN_UNROLL
            for (int r = 0; r < CASE0_FAST_D_X_BACKWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(d_y_add[n * 64 + j * 16 + k + r * 16]);
                    acc[r][0] += scalar * b0;
                    acc[r][1] += scalar * b1;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE0_FAST_D_X_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++)
        for (int lane = 0; lane < 3; lane++)
            d_x[n * 12 + (j + r) * 3 + lane] = sum[r * 16 + lane];
}

static NN_APART void case0_fast_d_x_backward_large(const float *NN_RESTRICT d_y_add,
        const float *NN_RESTRICT d_x_turned, float *NN_RESTRICT d_x, int n, int j, int panel)
{
    case0_fast_d_x_backward_tile(CASE0_FAST_D_X_BACKWARD_ROWS, d_y_add, d_x_turned, d_x, n, j,
            panel);
}

static NN_APART void case0_fast_d_x_backward(int batch, const float *NN_RESTRICT d_y_add,
                                             const float *NN_RESTRICT d_x_turned,
                                             float *NN_RESTRICT d_x)
{
    for (int n = 0; n < batch; n++) {
        const int panel = 0;
        const int j = 0;
        case0_fast_d_x_backward_large(d_y_add, d_x_turned, d_x, n, j, panel);
    }
}

/* d_y.kernel = contract(x, d_y.add)   [3, 5] */
#if NN_REGISTERS >= 32
enum { CASE0_FAST_D_Y_KERNEL_BACKWARD_ROWS = 3 };
#else
enum { CASE0_FAST_D_Y_KERNEL_BACKWARD_ROWS = 3 };
#endif
NN_INLINE void case0_fast_d_y_kernel_backward_tile(const int rows, const float *NN_RESTRICT x,
        const float *NN_RESTRICT d_y_add, float *NN_RESTRICT d_y_kernel, int j, int from, int to)
{
    float sum[CASE0_FAST_D_Y_KERNEL_BACKWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE0_FAST_D_Y_KERNEL_BACKWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE0_FAST_D_Y_KERNEL_BACKWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x_2 = 0; x_2 < 4; x_2++) {
                const float *at = d_y_add + n * 64 + x_2 * 16 + column;
                const nn_vec b0 = nn_load(at);
                NN_UNROLL
                for (int r = 0; r < CASE0_FAST_D_Y_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(x[j + n * 12 + x_2 * 3 + r]);
                        acc[r] += scalar * b0;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE0_FAST_D_Y_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE0_FAST_D_Y_KERNEL_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE0_FAST_D_Y_KERNEL_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x_2 = 0; x_2 < 4; x_2++) {
                const float *at = d_y_add + n * 64 + x_2 * 16 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE0_FAST_D_Y_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(x[j + n * 12 + x_2 * 3 + r]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE0_FAST_D_Y_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++) {
        const int row = j + r;
        for (int lane = 0; lane < 5; lane++)
            d_y_kernel[row * 5 + lane] = sum[r * 16 + lane];
    }
}

static NN_APART void case0_fast_d_y_kernel_backward_large(const float *NN_RESTRICT x,
        const float *NN_RESTRICT d_y_add, float *NN_RESTRICT d_y_kernel, int j, int from, int to)
{
    case0_fast_d_y_kernel_backward_tile(CASE0_FAST_D_Y_KERNEL_BACKWARD_ROWS, x, d_y_add,
            d_y_kernel, j, from, to);
}

static NN_APART void case0_fast_d_y_kernel_backward(int batch, const float *NN_RESTRICT x,
        const float *NN_RESTRICT d_y_add, float *NN_RESTRICT d_y_kernel)
{
    for (int unit = 0; unit < 1; unit++) {
        const int j = 0;
        const int from = 0;
        const int to = batch;
        case0_fast_d_y_kernel_backward_large(x, d_y_add, d_y_kernel, j, from, to);
    }
}

static NN_APART void case0_fast_y_forward_copy(int batch, const float *NN_RESTRICT y_slice,
                                               float *NN_RESTRICT y_out)
{
    const int total = batch * 5;
    for (int block = 0; block < (total + 4095) / 4096; block++) {
        const int end = block * 4096 + 4096 < total ? block * 4096 + 4096 : total;
        for (int k = block * 4096; k < end; k++)
            y_out[k] = y_slice[k];
    }
}

static void case0_fast_run(float *state, char *arena, const nn_step *step,
                           const void *const *inputs, const void *const *targets,
                           void *const *outputs, float *results, int threads)
{
    (void)targets;
    (void)results;
    (void)threads;
    const int batch = step->batch;
    const float *const x = (const float *)inputs[0]; /* [4, 3] */
    const float *const y_kernel = state + 0; /* [3, 5] */
    const float *const y_recurrent_kernel = state + 48; /* [5, 5] */
    const float *const y_bias = state + 128; /* [5] */
    const float *const seed = (const float *)inputs[1]; /* [5] */
    float *const y_add = (float *)(void *)(arena + 768); /* [4, 5] */
    float *const y_scan = (float *)(void *)(arena + 1536); /* [4, 5] */
    float *const y_slice = (float *)(void *)(arena + 2816); /* [1, 5] */
    float *const d_y_scan = (float *)(void *)(arena + 2176); /* [4, 5] */
    float *const d_y_scan_scan_trace = (float *)(void *)(arena + 0); /* [4, 1, 16] */
    float *const d_y_scan_transpose = (float *)(void *)(arena + 1856); /* [5, 5] */
    float *const d_y_add = (float *)(void *)(arena + 768); /* [4, 5] */
    float *const d_y_recurrent_kernel = (float *)outputs[3]; /* [5, 5] */
    float *const d_y_bias = (float *)outputs[4]; /* [5] */
    float *const d_x = (float *)outputs[1]; /* [4, 3] */
    float *const d_y_kernel = (float *)outputs[2]; /* [3, 5] */
    float *const y_out = (float *)outputs[0]; /* [5] */
    float *const y_scan_sums = (float *)(void *)(arena + 1024);
    float *const y_scan_state = (float *)(void *)(arena + 1216);
    float *const d_y_add_sums = (float *)(void *)(arena + 2432);
    float *const d_y_add_state = (float *)(void *)(arena + 2624);
    float *const d_x_turned = (float *)(void *)(arena + 0);
    const uint64_t mode = nn_flush_denormals();
    case0_fast_y_contract_forward(batch, x, y_kernel, y_bias, y_add);
    case0_fast_y_scan_forward(batch, y_scan_sums, y_scan_state, y_add, y_recurrent_kernel,
            d_y_scan_scan_trace, y_scan);
    case0_fast_y_scan_forward_halo(batch, y_scan);
    case0_fast_y_slice_forward(batch, y_scan, y_slice);
    case0_fast_d_y_scan_backward(batch, seed, d_y_scan);
    case0_fast_d_y_scan_transpose_backward(y_recurrent_kernel, d_y_scan_transpose);
    case0_fast_d_y_scan_transpose_backward_halo(d_y_scan_transpose);
    case0_fast_d_y_add_backward(batch, d_y_add_sums, d_y_add_state, d_y_scan, d_y_scan_transpose,
            d_y_scan_scan_trace, d_y_add);
    case0_fast_d_y_add_backward_halo(batch, d_y_add);
    case0_fast_d_y_recurrent_kernel_backward(batch, y_scan, d_y_add, d_y_recurrent_kernel);
    case0_fast_d_y_bias_backward(batch, d_y_add, d_y_bias);
    case0_fast_d_x_backward_turn(y_kernel, d_x_turned);
    case0_fast_d_x_backward(batch, d_y_add, d_x_turned, d_x);
    case0_fast_d_y_kernel_backward(batch, x, d_y_add, d_y_kernel);
    case0_fast_y_forward_copy(batch, y_slice, y_out);
    nn_restore_denormals(mode);
}

/* y.contract = contract(x, y.kernel)   [4, 5]
 * y.add = add(y.contract, y.bias)   [4, 5] */
static NN_APART void case0_plain_y_contract_forward(int batch, const float *NN_RESTRICT x,
        const float *NN_RESTRICT y_kernel, const float *NN_RESTRICT y_bias,
        float *NN_RESTRICT y_add)
{
    for (int n = 0; n < batch; n++)
        for (int i = 0; i < 4; i++)
            for (int c = 0; c < 5; c++) {
                float sum = 0.0f;
                for (int c_2 = 0; c_2 < 3; c_2++)
                    sum += x[n * 12 + i * 3 + c_2] * y_kernel[c_2 * 5 + c];
                y_add[n * 20 + i * 5 + c] = sum + y_bias[c];
            }
}

/* y.scan = scan(y.add, y.recurrent_kernel, 0, 0)   [4, 5]
 * d_y.scan.scan_trace = scan_trace(y.add, y.recurrent_kernel, 0, 0)   [4, 1, 16]
 * 4 steps, 5 columns */
#if NN_REGISTERS >= 32
enum { CASE0_PLAIN_Y_SCAN_FORWARD_ROWS = 2 };
#else
enum { CASE0_PLAIN_Y_SCAN_FORWARD_ROWS = 2 };
#endif
NN_INLINE void case0_plain_y_scan_forward_tile(const int rows, float *NN_RESTRICT y_scan_sums,
                                               float *NN_RESTRICT y_scan_state,
                                               const float *NN_RESTRICT y_add,
                                               const float *NN_RESTRICT y_recurrent_kernel,
                                               float *NN_RESTRICT d_y_scan_scan_trace,
                                               float *NN_RESTRICT y_scan, int n)
{
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < 5; c++)
            y_scan_state[(n + r) * 16 + c] = 0.0f;
    for (int t = 0; t < 4; t++) {
        for (int r = 0; r < rows; r++)
            for (int o = 0; o < 5; o++)
                y_scan_sums[(n + r) * 16 + o] = y_add[(n + r) * 20 + t * 5 + o];
        for (int r = 0; r < rows; r++)
            for (int k = 0; k < 5; k++)
                for (int o = 0; o < 5; o++)
                    y_scan_sums[(n + r) * 16 + o] += y_scan_state[(n + r) * 16 + k] *
                            y_recurrent_kernel[k * 5 + o];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < 16; c++) {
                const float h = nn_tanh(y_scan_sums[(n + r) * 16 + c]);
                y_scan_state[(n + r) * 16 + c] = h;
                d_y_scan_scan_trace[(n + r) * 64 + t * 16 + c] = h;
            }
            for (int c = 0; c < 5; c++)
                y_scan[(n + r) * 20 + t * 5 + c] = y_scan_state[(n + r) * 16 + c];
        }
    }
}

static NN_APART void case0_plain_y_scan_forward_large(float *NN_RESTRICT y_scan_sums,
        float *NN_RESTRICT y_scan_state, const float *NN_RESTRICT y_add,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT d_y_scan_scan_trace,
        float *NN_RESTRICT y_scan, int n)
{
    case0_plain_y_scan_forward_tile(CASE0_PLAIN_Y_SCAN_FORWARD_ROWS, y_scan_sums, y_scan_state,
            y_add, y_recurrent_kernel, d_y_scan_scan_trace, y_scan, n);
}

static NN_APART void case0_plain_y_scan_forward_small(float *NN_RESTRICT y_scan_sums,
        float *NN_RESTRICT y_scan_state, const float *NN_RESTRICT y_add,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT d_y_scan_scan_trace,
        float *NN_RESTRICT y_scan, int n)
{
    case0_plain_y_scan_forward_tile(1, y_scan_sums, y_scan_state, y_add, y_recurrent_kernel,
            d_y_scan_scan_trace, y_scan, n);
}

static NN_APART void case0_plain_y_scan_forward_single(float *NN_RESTRICT y_scan_sums,
        float *NN_RESTRICT y_scan_state, const float *NN_RESTRICT y_add,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT d_y_scan_scan_trace,
        float *NN_RESTRICT y_scan, int n)
{
    case0_plain_y_scan_forward_tile(1, y_scan_sums, y_scan_state, y_add, y_recurrent_kernel,
            d_y_scan_scan_trace, y_scan, n);
}

static NN_APART void case0_plain_y_scan_forward(int batch, float *NN_RESTRICT y_scan_sums,
                                                float *NN_RESTRICT y_scan_state,
                                                const float *NN_RESTRICT y_add,
                                                const float *NN_RESTRICT y_recurrent_kernel,
                                                float *NN_RESTRICT d_y_scan_scan_trace,
                                                float *NN_RESTRICT y_scan)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE0_PLAIN_Y_SCAN_FORWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case0_plain_y_scan_forward_large(y_scan_sums, y_scan_state, y_add,
                        y_recurrent_kernel, d_y_scan_scan_trace, y_scan, n);
            } else {
                case0_plain_y_scan_forward_small(y_scan_sums, y_scan_state, y_add,
                        y_recurrent_kernel, d_y_scan_scan_trace, y_scan, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case0_plain_y_scan_forward_single(y_scan_sums, y_scan_state, y_add,
                        y_recurrent_kernel, d_y_scan_scan_trace, y_scan, n);
        }
    }
}

/* y.slice = slice(y.scan)   [1, 5] */
static NN_APART void case0_plain_y_slice_forward(int batch, const float *NN_RESTRICT y_scan,
                                                 float *NN_RESTRICT y_slice)
{
    for (int n = 0; n < batch; n++)
        for (int c = 0; c < 5; c++)
            y_slice[n * 5 + c] = y_scan[n * 20 + c + 15];
}

/* d_y.scan = pad(d_y.slice)   [4, 5] */
static NN_APART void case0_plain_d_y_scan_backward(int batch, const float *NN_RESTRICT seed,
        float *NN_RESTRICT d_y_scan)
{
    for (int n = 0; n < batch; n++)
        for (int i = 0; i < 4; i++)
            for (int c = 0; c < 5; c++)
                d_y_scan[n * 20 + i * 5 + c] = i >= 3 ? seed[n * 5 + c] : 0.0f;
}

/* d_y.scan.transpose = transpose(y.recurrent_kernel)   [5, 5] */
static NN_APART void case0_plain_d_y_scan_transpose_backward(
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT d_y_scan_transpose)
{
    for (int i = 0; i < 5; i++)
        for (int c = 0; c < 5; c++)
            d_y_scan_transpose[i * 5 + c] = y_recurrent_kernel[c * 5 + i];
}

/* d_y.add = scan_grad(d_y.scan.scan_trace, d_y.scan.transpose, 0, d_y.scan)   [4, 5]
 * 4 steps from the last to the first, 5 columns */
#if NN_REGISTERS >= 32
enum { CASE0_PLAIN_D_Y_ADD_BACKWARD_ROWS = 2 };
#else
enum { CASE0_PLAIN_D_Y_ADD_BACKWARD_ROWS = 2 };
#endif
NN_INLINE void case0_plain_d_y_add_backward_tile(const int rows, float *NN_RESTRICT d_y_add_sums,
                                                 float *NN_RESTRICT d_y_add_state,
                                                 const float *NN_RESTRICT d_y_scan,
                                                 const float *NN_RESTRICT d_y_scan_transpose,
                                                 const float *NN_RESTRICT d_y_scan_scan_trace,
                                                 float *NN_RESTRICT d_y_add, int n)
{
    for (int later = 0; later < 4; later++) {
        const int t = 3 - later;
        for (int r = 0; r < rows; r++)
            for (int c = 0; c < 5; c++)
                d_y_add_sums[(n + r) * 16 + c] = d_y_scan[(n + r) * 20 + t * 5 + c];
        if (later > 0) {
            for (int r = 0; r < rows; r++)
                for (int k = 0; k < 5; k++)
                    for (int o = 0; o < 5; o++)
                        d_y_add_sums[(n + r) * 16 + o] += d_y_add_state[(n + r) * 16 + k] *
                                d_y_scan_transpose[k * 5 + o];
        }
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < 16; c++) {
                const float d_h = d_y_add_sums[(n + r) * 16 + c];
                const float h = d_y_scan_scan_trace[(n + r) * 64 + t * 16 + c];
                d_y_add_state[(n + r) * 16 + c] = d_h * (1.0f - h * h);
            }
            for (int c = 0; c < 5; c++)
                d_y_add[(n + r) * 20 + t * 5 + c] = d_y_add_state[(n + r) * 16 + c];
        }
    }
}

static NN_APART void case0_plain_d_y_add_backward_large(float *NN_RESTRICT d_y_add_sums,
        float *NN_RESTRICT d_y_add_state, const float *NN_RESTRICT d_y_scan,
        const float *NN_RESTRICT d_y_scan_transpose, const float *NN_RESTRICT d_y_scan_scan_trace,
        float *NN_RESTRICT d_y_add, int n)
{
    case0_plain_d_y_add_backward_tile(CASE0_PLAIN_D_Y_ADD_BACKWARD_ROWS, d_y_add_sums,
            d_y_add_state, d_y_scan, d_y_scan_transpose, d_y_scan_scan_trace, d_y_add, n);
}

static NN_APART void case0_plain_d_y_add_backward_small(float *NN_RESTRICT d_y_add_sums,
        float *NN_RESTRICT d_y_add_state, const float *NN_RESTRICT d_y_scan,
        const float *NN_RESTRICT d_y_scan_transpose, const float *NN_RESTRICT d_y_scan_scan_trace,
        float *NN_RESTRICT d_y_add, int n)
{
    case0_plain_d_y_add_backward_tile(1, d_y_add_sums, d_y_add_state, d_y_scan, d_y_scan_transpose,
            d_y_scan_scan_trace, d_y_add, n);
}

static NN_APART void case0_plain_d_y_add_backward_single(float *NN_RESTRICT d_y_add_sums,
        float *NN_RESTRICT d_y_add_state, const float *NN_RESTRICT d_y_scan,
        const float *NN_RESTRICT d_y_scan_transpose, const float *NN_RESTRICT d_y_scan_scan_trace,
        float *NN_RESTRICT d_y_add, int n)
{
    case0_plain_d_y_add_backward_tile(1, d_y_add_sums, d_y_add_state, d_y_scan, d_y_scan_transpose,
            d_y_scan_scan_trace, d_y_add, n);
}

static NN_APART void case0_plain_d_y_add_backward(int batch, float *NN_RESTRICT d_y_add_sums,
        float *NN_RESTRICT d_y_add_state, const float *NN_RESTRICT d_y_scan,
        const float *NN_RESTRICT d_y_scan_transpose, const float *NN_RESTRICT d_y_scan_scan_trace,
        float *NN_RESTRICT d_y_add)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE0_PLAIN_D_Y_ADD_BACKWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case0_plain_d_y_add_backward_large(d_y_add_sums, d_y_add_state, d_y_scan,
                        d_y_scan_transpose, d_y_scan_scan_trace, d_y_add, n);
            } else {
                case0_plain_d_y_add_backward_small(d_y_add_sums, d_y_add_state, d_y_scan,
                        d_y_scan_transpose, d_y_scan_scan_trace, d_y_add, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case0_plain_d_y_add_backward_single(d_y_add_sums, d_y_add_state, d_y_scan,
                        d_y_scan_transpose, d_y_scan_scan_trace, d_y_add, n);
        }
    }
}

/* d_y.recurrent_kernel = contract(y.scan, d_y.add)   [5, 5] */
static NN_APART void case0_plain_y_scan_forward_pad(int batch, const float *NN_RESTRICT y_scan,
        float *NN_RESTRICT d_y_recurrent_kernel_padded)
{
    for (int n = 0; n < batch; n++)
        for (int j = 0; j < 5; j++)
            for (int c = 0; c < 5; c++)
                d_y_recurrent_kernel_padded[n * 25 + j * 5 + c] = j - 1 >= 0 && j - 1 < 4 ?
                        y_scan[n * 20 + j * 5 + c - 5] : 0.0f;
}

/* d_y.recurrent_kernel = contract(y.scan, d_y.add)   [5, 5] */
static NN_APART void case0_plain_d_y_add_backward_pad(int batch, const float *NN_RESTRICT d_y_add,
        float *NN_RESTRICT d_y_recurrent_kernel_padded)
{
    for (int n = 0; n < batch; n++)
        for (int j = 0; j < 4; j++)
            for (int c = 0; c < 16; c++)
                d_y_recurrent_kernel_padded[n * 64 + j * 16 + c] = c >= 0 && c < 5 ? d_y_add[n *
                        20 + j * 5 + c] : 0.0f;
}

/* d_y.recurrent_kernel = contract(y.scan, d_y.add)   [5, 5] */
#if NN_REGISTERS >= 32
enum { CASE0_PLAIN_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS = 5 };
#else
enum { CASE0_PLAIN_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS = 5 };
#endif
NN_INLINE void case0_plain_d_y_recurrent_kernel_backward_tile(const int rows,
        const float *NN_RESTRICT d_y_recurrent_kernel_padded,
        const float *NN_RESTRICT d_y_recurrent_kernel_padded_2,
        float *NN_RESTRICT d_y_recurrent_kernel, int j, int from, int to)
{
    float sum[CASE0_PLAIN_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE0_PLAIN_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE0_PLAIN_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x = 0; x < 4; x++) {
                const float *at = d_y_recurrent_kernel_padded_2 + n * 64 + x * 16 + column;
                const nn_vec b0 = nn_load(at);
                NN_UNROLL
                for (int r = 0; r < CASE0_PLAIN_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(d_y_recurrent_kernel_padded[j + n * 25 + x *
                                5 + r]);
                        acc[r] += scalar * b0;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE0_PLAIN_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE0_PLAIN_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE0_PLAIN_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x = 0; x < 4; x++) {
                const float *at = d_y_recurrent_kernel_padded_2 + n * 64 + x * 16 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE0_PLAIN_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(d_y_recurrent_kernel_padded[j + n * 25 + x *
                                5 + r]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE0_PLAIN_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++) {
        const int row = j + r;
        for (int lane = 0; lane < 5; lane++)
            d_y_recurrent_kernel[row * 5 + lane] = sum[r * 16 + lane];
    }
}

static NN_APART void case0_plain_d_y_recurrent_kernel_backward_large(
        const float *NN_RESTRICT d_y_recurrent_kernel_padded,
        const float *NN_RESTRICT d_y_recurrent_kernel_padded_2,
        float *NN_RESTRICT d_y_recurrent_kernel, int j, int from, int to)
{
    case0_plain_d_y_recurrent_kernel_backward_tile(CASE0_PLAIN_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS,
            d_y_recurrent_kernel_padded, d_y_recurrent_kernel_padded_2, d_y_recurrent_kernel, j,
            from, to);
}

static NN_APART void case0_plain_d_y_recurrent_kernel_backward(int batch,
        const float *NN_RESTRICT d_y_recurrent_kernel_padded,
        const float *NN_RESTRICT d_y_recurrent_kernel_padded_2,
        float *NN_RESTRICT d_y_recurrent_kernel)
{
    for (int unit = 0; unit < 1; unit++) {
        const int j = 0;
        const int from = 0;
        const int to = batch;
        case0_plain_d_y_recurrent_kernel_backward_large(d_y_recurrent_kernel_padded,
                d_y_recurrent_kernel_padded_2, d_y_recurrent_kernel, j, from, to);
    }
}

/* d_y.bias = reduce_sum(d_y.add)   [5] */
static NN_APART void case0_plain_d_y_bias_backward(int batch, const float *NN_RESTRICT d_y_add,
        float *NN_RESTRICT d_y_bias)
{
    float sum[5];
    for (int c = 0; c < 5; c++)
        sum[c] = 0.0f;
    for (int n = 0; n < batch; n++)
        for (int i = 0; i < 4; i++)
            for (int c = 0; c < 5; c++)
                sum[c] += d_y_add[n * 20 + i * 5 + c];
    for (int c = 0; c < 5; c++)
        d_y_bias[c] = sum[c];
}

/* d_x = contract(d_y.add, y.kernel)   [4, 3] */
static NN_APART void case0_plain_d_x_backward(int batch, const float *NN_RESTRICT d_y_add,
                                              const float *NN_RESTRICT y_kernel,
                                              float *NN_RESTRICT d_x)
{
    for (int n = 0; n < batch; n++)
        for (int i = 0; i < 4; i++)
            for (int c = 0; c < 3; c++) {
                float sum = 0.0f;
                for (int o = 0; o < 5; o++)
                    sum += d_y_add[n * 20 + i * 5 + o] * y_kernel[c * 5 + o];
                d_x[n * 12 + i * 3 + c] = sum;
            }
}

/* d_y.kernel = contract(x, d_y.add)   [3, 5] */
static NN_APART void case0_plain_d_y_add_backward_pad_2(int batch,
        const float *NN_RESTRICT d_y_add, float *NN_RESTRICT d_y_kernel_padded)
{
    for (int n = 0; n < batch; n++)
        for (int j = 0; j < 4; j++)
            for (int c = 0; c < 16; c++)
                d_y_kernel_padded[n * 64 + j * 16 + c] = c >= 0 && c < 5 ? d_y_add[n * 20 + j * 5 +
                        c] : 0.0f;
}

/* d_y.kernel = contract(x, d_y.add)   [3, 5] */
#if NN_REGISTERS >= 32
enum { CASE0_PLAIN_D_Y_KERNEL_BACKWARD_ROWS = 3 };
#else
enum { CASE0_PLAIN_D_Y_KERNEL_BACKWARD_ROWS = 3 };
#endif
NN_INLINE void case0_plain_d_y_kernel_backward_tile(const int rows, const float *NN_RESTRICT x,
        const float *NN_RESTRICT d_y_kernel_padded, float *NN_RESTRICT d_y_kernel, int j, int from,
        int to)
{
    float sum[CASE0_PLAIN_D_Y_KERNEL_BACKWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE0_PLAIN_D_Y_KERNEL_BACKWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE0_PLAIN_D_Y_KERNEL_BACKWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x_2 = 0; x_2 < 4; x_2++) {
                const float *at = d_y_kernel_padded + n * 64 + x_2 * 16 + column;
                const nn_vec b0 = nn_load(at);
                NN_UNROLL
                for (int r = 0; r < CASE0_PLAIN_D_Y_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(x[j + n * 12 + x_2 * 3 + r]);
                        acc[r] += scalar * b0;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE0_PLAIN_D_Y_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE0_PLAIN_D_Y_KERNEL_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE0_PLAIN_D_Y_KERNEL_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x_2 = 0; x_2 < 4; x_2++) {
                const float *at = d_y_kernel_padded + n * 64 + x_2 * 16 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE0_PLAIN_D_Y_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(x[j + n * 12 + x_2 * 3 + r]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE0_PLAIN_D_Y_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++) {
        const int row = j + r;
        for (int lane = 0; lane < 5; lane++)
            d_y_kernel[row * 5 + lane] = sum[r * 16 + lane];
    }
}

static NN_APART void case0_plain_d_y_kernel_backward_large(const float *NN_RESTRICT x,
        const float *NN_RESTRICT d_y_kernel_padded, float *NN_RESTRICT d_y_kernel, int j, int from,
        int to)
{
    case0_plain_d_y_kernel_backward_tile(CASE0_PLAIN_D_Y_KERNEL_BACKWARD_ROWS, x,
            d_y_kernel_padded, d_y_kernel, j, from, to);
}

static NN_APART void case0_plain_d_y_kernel_backward(int batch, const float *NN_RESTRICT x,
        const float *NN_RESTRICT d_y_kernel_padded, float *NN_RESTRICT d_y_kernel)
{
    for (int unit = 0; unit < 1; unit++) {
        const int j = 0;
        const int from = 0;
        const int to = batch;
        case0_plain_d_y_kernel_backward_large(x, d_y_kernel_padded, d_y_kernel, j, from, to);
    }
}

static NN_APART void case0_plain_y_forward_copy(int batch, const float *NN_RESTRICT y_slice,
                                                float *NN_RESTRICT y_out)
{
    const int total = batch * 5;
    for (int block = 0; block < (total + 4095) / 4096; block++) {
        const int end = block * 4096 + 4096 < total ? block * 4096 + 4096 : total;
        for (int k = block * 4096; k < end; k++)
            y_out[k] = y_slice[k];
    }
}

static void case0_plain_run(float *state, char *arena, const nn_step *step,
                            const void *const *inputs, const void *const *targets,
                            void *const *outputs, float *results, int threads)
{
    (void)targets;
    (void)results;
    (void)threads;
    const int batch = step->batch;
    const float *const x = (const float *)inputs[0]; /* [4, 3] */
    const float *const y_kernel = state + 0; /* [3, 5] */
    const float *const y_recurrent_kernel = state + 16; /* [5, 5] */
    const float *const y_bias = state + 48; /* [5] */
    const float *const seed = (const float *)inputs[1]; /* [5] */
    float *const y_add = (float *)(void *)(arena + 0); /* [4, 5] */
    float *const y_scan = (float *)(void *)(arena + 320); /* [4, 5] */
    float *const y_slice = (float *)(void *)(arena + 0); /* [1, 5] */
    float *const d_y_scan = (float *)(void *)(arena + 1344); /* [4, 5] */
    float *const d_y_scan_scan_trace = (float *)(void *)(arena + 576); /* [4, 1, 16] */
    float *const d_y_scan_transpose = (float *)(void *)(arena + 1600); /* [5, 5] */
    float *const d_y_add = (float *)(void *)(arena + 64); /* [4, 5] */
    float *const d_y_recurrent_kernel = (float *)outputs[3]; /* [5, 5] */
    float *const d_y_bias = (float *)outputs[4]; /* [5] */
    float *const d_x = (float *)outputs[1]; /* [4, 3] */
    float *const d_y_kernel = (float *)outputs[2]; /* [3, 5] */
    float *const y_out = (float *)outputs[0]; /* [5] */
    float *const y_scan_sums = (float *)(void *)(arena + 1344);
    float *const y_scan_state = (float *)(void *)(arena + 1536);
    float *const d_y_add_sums = (float *)(void *)(arena + 1728);
    float *const d_y_add_state = (float *)(void *)(arena + 1920);
    float *const d_y_recurrent_kernel_padded = (float *)(void *)(arena + 576);
    float *const d_y_recurrent_kernel_padded_2 = (float *)(void *)(arena + 896);
    float *const d_y_kernel_padded = (float *)(void *)(arena + 320);
    const uint64_t mode = nn_flush_denormals();
    case0_plain_y_contract_forward(batch, x, y_kernel, y_bias, y_add);
    case0_plain_y_scan_forward(batch, y_scan_sums, y_scan_state, y_add, y_recurrent_kernel,
            d_y_scan_scan_trace, y_scan);
    case0_plain_y_slice_forward(batch, y_scan, y_slice);
    case0_plain_d_y_scan_backward(batch, seed, d_y_scan);
    case0_plain_d_y_scan_transpose_backward(y_recurrent_kernel, d_y_scan_transpose);
    case0_plain_d_y_add_backward(batch, d_y_add_sums, d_y_add_state, d_y_scan, d_y_scan_transpose,
            d_y_scan_scan_trace, d_y_add);
    case0_plain_y_scan_forward_pad(batch, y_scan, d_y_recurrent_kernel_padded);
    case0_plain_d_y_add_backward_pad(batch, d_y_add, d_y_recurrent_kernel_padded_2);
    case0_plain_d_y_recurrent_kernel_backward(batch, d_y_recurrent_kernel_padded,
            d_y_recurrent_kernel_padded_2, d_y_recurrent_kernel);
    case0_plain_d_y_bias_backward(batch, d_y_add, d_y_bias);
    case0_plain_d_x_backward(batch, d_y_add, y_kernel, d_x);
    case0_plain_d_y_add_backward_pad_2(batch, d_y_add, d_y_kernel_padded);
    case0_plain_d_y_kernel_backward(batch, x, d_y_kernel_padded, d_y_kernel);
    case0_plain_y_forward_copy(batch, y_slice, y_out);
    nn_restore_denormals(mode);
}

/* y.contract = contract(x, y.kernel)   [4, 5]
 * y.add = add(y.contract, y.bias)   [4, 5] */
#if NN_REGISTERS >= 32
enum { CASE0_FILLED_Y_CONTRACT_FORWARD_ROWS = 4 };
#else
enum { CASE0_FILLED_Y_CONTRACT_FORWARD_ROWS = 4 };
#endif
NN_INLINE void case0_filled_y_contract_forward_tile(const int rows, const float *NN_RESTRICT x,
        const float *NN_RESTRICT y_kernel, const float *NN_RESTRICT y_bias,
        float *NN_RESTRICT y_add, int n, int j, int panel)
{
    float sum[CASE0_FILLED_Y_CONTRACT_FORWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE0_FILLED_Y_CONTRACT_FORWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE0_FILLED_Y_CONTRACT_FORWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int k = 0; k < 3; k++) {
            const float *at = y_kernel + panel * 48 + k * 16 + column;
            const nn_vec b0 = nn_load(at);
            NN_UNROLL
            for (int r = 0; r < CASE0_FILLED_Y_CONTRACT_FORWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(x[n * 12 + j * 3 + k + r * 3]);
                    acc[r] += scalar * b0;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE0_FILLED_Y_CONTRACT_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE0_FILLED_Y_CONTRACT_FORWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE0_FILLED_Y_CONTRACT_FORWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int k = 0; k < 3; k++) {
            const float *at = y_kernel + panel * 48 + k * 16 + column;
            const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
            NN_UNROLL
            for (int r = 0; r < CASE0_FILLED_Y_CONTRACT_FORWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(x[n * 12 + j * 3 + k + r * 3]);
                    acc[r][0] += scalar * b0;
                    acc[r][1] += scalar * b1;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE0_FILLED_Y_CONTRACT_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++)
        for (int lane = 0; lane < 5; lane++)
            y_add[n * 20 + (j + r) * 5 + lane] = sum[r * 16 + lane] + y_bias[lane];
}

static NN_APART void case0_filled_y_contract_forward_large(const float *NN_RESTRICT x,
        const float *NN_RESTRICT y_kernel, const float *NN_RESTRICT y_bias,
        float *NN_RESTRICT y_add, int n, int j, int panel)
{
    case0_filled_y_contract_forward_tile(CASE0_FILLED_Y_CONTRACT_FORWARD_ROWS, x, y_kernel, y_bias,
            y_add, n, j, panel);
}

static NN_APART void case0_filled_y_contract_forward(int batch, const float *NN_RESTRICT x,
        const float *NN_RESTRICT y_kernel, const float *NN_RESTRICT y_bias,
        float *NN_RESTRICT y_add)
{
    for (int n = 0; n < batch; n++) {
        const int panel = 0;
        const int j = 0;
        case0_filled_y_contract_forward_large(x, y_kernel, y_bias, y_add, n, j, panel);
    }
}

/* y.scan = scan(y.add, y.recurrent_kernel, 0, 0)   [4, 5]
 * d_y.scan.scan_trace = scan_trace(y.add, y.recurrent_kernel, 0, 0)   [4, 1, 16]
 * 4 steps, 5 columns */
#if NN_REGISTERS >= 32
enum { CASE0_FILLED_Y_SCAN_FORWARD_ROWS = 2 };
#else
enum { CASE0_FILLED_Y_SCAN_FORWARD_ROWS = 2 };
#endif
NN_INLINE void case0_filled_y_scan_forward_tile(const int rows, float *NN_RESTRICT y_scan_sums,
                                                float *NN_RESTRICT y_scan_state,
                                                const float *NN_RESTRICT y_add,
                                                const float *NN_RESTRICT y_recurrent_kernel,
                                                float *NN_RESTRICT d_y_scan_scan_trace,
                                                float *NN_RESTRICT y_scan, int n)
{
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < 5; c++)
            y_scan_state[(n + r) * 16 + c] = 0.0f;
    for (int t = 0; t < 4; t++) {
        for (int r = 0; r < rows; r++)
            for (int o = 0; o < 5; o++)
                y_scan_sums[(n + r) * 16 + o] = y_add[(n + r) * 20 + t * 5 + o];
#if NN_LANES == 16
        for (int column = 0; column < 16; column += NN_LANES) {
            nn_vec acc[CASE0_FILLED_Y_SCAN_FORWARD_ROWS];
            NN_UNROLL
            for (int r = 0; r < CASE0_FILLED_Y_SCAN_FORWARD_ROWS; r++)
                if (r < rows) {
                    acc[r] = nn_load(y_scan_sums + n * 16 + r * 16 + column);
                }
            for (int k = 0; k < 5; k++) {
                const float *at = y_recurrent_kernel + k * 16 + column;
                const nn_vec b0 = nn_load(at);
                NN_UNROLL
                for (int r = 0; r < CASE0_FILLED_Y_SCAN_FORWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(y_scan_state[n * 16 + k + r * 16]);
                        acc[r] += scalar * b0;
                    }
            }
            NN_UNROLL
            for (int r = 0; r < CASE0_FILLED_Y_SCAN_FORWARD_ROWS; r++)
                if (r < rows) {
                    nn_store(y_scan_sums + n * 16 + r * 16 + column, acc[r]);
                }
        }
#else
        for (int column = 0; column < 16; column += 2 * NN_LANES) {
            nn_vec acc[CASE0_FILLED_Y_SCAN_FORWARD_ROWS][2];
            NN_UNROLL
            for (int r = 0; r < CASE0_FILLED_Y_SCAN_FORWARD_ROWS; r++)
                if (r < rows) {
                    acc[r][0] = nn_load(y_scan_sums + n * 16 + r * 16 + column);
                    acc[r][1] = nn_load(y_scan_sums + n * 16 + r * 16 + column + NN_LANES);
                }
            for (int k = 0; k < 5; k++) {
                const float *at = y_recurrent_kernel + k * 16 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE0_FILLED_Y_SCAN_FORWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(y_scan_state[n * 16 + k + r * 16]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
            NN_UNROLL
            for (int r = 0; r < CASE0_FILLED_Y_SCAN_FORWARD_ROWS; r++)
                if (r < rows) {
                    nn_store(y_scan_sums + n * 16 + r * 16 + column, acc[r][0]);
                    nn_store(y_scan_sums + n * 16 + r * 16 + column + NN_LANES, acc[r][1]);
                }
        }
#endif
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < 16; c++) {
                const float h = nn_tanh(y_scan_sums[(n + r) * 16 + c]);
                y_scan_state[(n + r) * 16 + c] = h;
                d_y_scan_scan_trace[(n + r) * 64 + t * 16 + c] = h;
            }
            for (int c = 0; c < 5; c++)
                y_scan[(n + r) * 25 + t * 5 + c + 5] = y_scan_state[(n + r) * 16 + c];
        }
    }
}

static NN_APART void case0_filled_y_scan_forward_large(float *NN_RESTRICT y_scan_sums,
        float *NN_RESTRICT y_scan_state, const float *NN_RESTRICT y_add,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT d_y_scan_scan_trace,
        float *NN_RESTRICT y_scan, int n)
{
    case0_filled_y_scan_forward_tile(CASE0_FILLED_Y_SCAN_FORWARD_ROWS, y_scan_sums, y_scan_state,
            y_add, y_recurrent_kernel, d_y_scan_scan_trace, y_scan, n);
}

static NN_APART void case0_filled_y_scan_forward_small(float *NN_RESTRICT y_scan_sums,
        float *NN_RESTRICT y_scan_state, const float *NN_RESTRICT y_add,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT d_y_scan_scan_trace,
        float *NN_RESTRICT y_scan, int n)
{
    case0_filled_y_scan_forward_tile(1, y_scan_sums, y_scan_state, y_add, y_recurrent_kernel,
            d_y_scan_scan_trace, y_scan, n);
}

static NN_APART void case0_filled_y_scan_forward_single(float *NN_RESTRICT y_scan_sums,
        float *NN_RESTRICT y_scan_state, const float *NN_RESTRICT y_add,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT d_y_scan_scan_trace,
        float *NN_RESTRICT y_scan, int n)
{
    case0_filled_y_scan_forward_tile(1, y_scan_sums, y_scan_state, y_add, y_recurrent_kernel,
            d_y_scan_scan_trace, y_scan, n);
}

static NN_APART void case0_filled_y_scan_forward(int batch, float *NN_RESTRICT y_scan_sums,
                                                 float *NN_RESTRICT y_scan_state,
                                                 const float *NN_RESTRICT y_add,
                                                 const float *NN_RESTRICT y_recurrent_kernel,
                                                 float *NN_RESTRICT d_y_scan_scan_trace,
                                                 float *NN_RESTRICT y_scan)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE0_FILLED_Y_SCAN_FORWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case0_filled_y_scan_forward_large(y_scan_sums, y_scan_state, y_add,
                        y_recurrent_kernel, d_y_scan_scan_trace, y_scan, n);
            } else {
                case0_filled_y_scan_forward_small(y_scan_sums, y_scan_state, y_add,
                        y_recurrent_kernel, d_y_scan_scan_trace, y_scan, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case0_filled_y_scan_forward_single(y_scan_sums, y_scan_state, y_add,
                        y_recurrent_kernel, d_y_scan_scan_trace, y_scan, n);
        }
    }
}

/* the room around y.scan is zero */
static NN_APART void case0_filled_y_scan_forward_halo(int batch, float *NN_RESTRICT y_scan)
{
    for (int n = 0; n < batch; n++) {
        /* room around the data */
        for (int gap = 0; gap < 5; gap++)
            y_scan[n * 25 + gap] = 0.0f;
    }
}

/* y.slice = slice(y.scan)   [1, 5] */
static NN_APART void case0_filled_y_slice_forward(int batch, const float *NN_RESTRICT y_scan,
        float *NN_RESTRICT y_slice)
{
    for (int n = 0; n < batch; n++)
        for (int c = 0; c < 5; c++)
            y_slice[n * 5 + c] = y_scan[n * 25 + c + 20];
}

/* d_y.scan = pad(d_y.slice)   [4, 5] */
static NN_APART void case0_filled_d_y_scan_backward(int batch, const float *NN_RESTRICT seed,
        float *NN_RESTRICT d_y_scan)
{
    for (int n = 0; n < batch; n++)
        for (int i = 0; i < 4; i++)
            for (int c = 0; c < 5; c++)
                d_y_scan[n * 20 + i * 5 + c] = i >= 3 ? seed[n * 5 + c] : 0.0f;
}

/* d_y.scan.transpose = transpose(y.recurrent_kernel)   [5, 5] */
static NN_APART void case0_filled_d_y_scan_transpose_backward(
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT d_y_scan_transpose)
{
    for (int i = 0; i < 5; i++)
        for (int c = 0; c < 5; c++)
            d_y_scan_transpose[i * 16 + c] = y_recurrent_kernel[c * 16 + i];
}

/* the room around d_y.scan.transpose is zero */
static NN_APART void case0_filled_d_y_scan_transpose_backward_halo(
        float *NN_RESTRICT d_y_scan_transpose)
{
    /* room around the data */
    for (int r = 0; r < 5; r++)
        for (int lane = 5; lane < 16; lane++)
            d_y_scan_transpose[r * 16 + lane] = 0.0f;
}

/* d_y.add = scan_grad(d_y.scan.scan_trace, d_y.scan.transpose, 0, d_y.scan)   [4, 5]
 * 4 steps from the last to the first, 5 columns */
#if NN_REGISTERS >= 32
enum { CASE0_FILLED_D_Y_ADD_BACKWARD_ROWS = 2 };
#else
enum { CASE0_FILLED_D_Y_ADD_BACKWARD_ROWS = 2 };
#endif
NN_INLINE void case0_filled_d_y_add_backward_tile(const int rows, float *NN_RESTRICT d_y_add_sums,
        float *NN_RESTRICT d_y_add_state, const float *NN_RESTRICT d_y_scan,
        const float *NN_RESTRICT d_y_scan_transpose, const float *NN_RESTRICT d_y_scan_scan_trace,
        float *NN_RESTRICT d_y_add, int n)
{
    for (int later = 0; later < 4; later++) {
        const int t = 3 - later;
        for (int r = 0; r < rows; r++)
            for (int c = 0; c < 5; c++)
                d_y_add_sums[(n + r) * 16 + c] = d_y_scan[(n + r) * 20 + t * 5 + c];
        if (later > 0) {
#if NN_LANES == 16
            for (int column = 0; column < 16; column += NN_LANES) {
                nn_vec acc[CASE0_FILLED_D_Y_ADD_BACKWARD_ROWS];
                NN_UNROLL
                for (int r = 0; r < CASE0_FILLED_D_Y_ADD_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        acc[r] = nn_load(d_y_add_sums + n * 16 + r * 16 + column);
                    }
                for (int k = 0; k < 5; k++) {
                    const float *at = d_y_scan_transpose + k * 16 + column;
                    const nn_vec b0 = nn_load(at);
                    NN_UNROLL
                    for (int r = 0; r < CASE0_FILLED_D_Y_ADD_BACKWARD_ROWS; r++)
                        if (r < rows) {
                            const nn_vec scalar = nn_splat(d_y_add_state[n * 16 + k + r * 16]);
                            acc[r] += scalar * b0;
                        }
                }
                NN_UNROLL
                for (int r = 0; r < CASE0_FILLED_D_Y_ADD_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        nn_store(d_y_add_sums + n * 16 + r * 16 + column, acc[r]);
                    }
            }
#else
            for (int column = 0; column < 16; column += 2 * NN_LANES) {
                nn_vec acc[CASE0_FILLED_D_Y_ADD_BACKWARD_ROWS][2];
                NN_UNROLL
                for (int r = 0; r < CASE0_FILLED_D_Y_ADD_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        acc[r][0] = nn_load(d_y_add_sums + n * 16 + r * 16 + column);
                        acc[r][1] = nn_load(d_y_add_sums + n * 16 + r * 16 + column + NN_LANES);
                    }
                for (int k = 0; k < 5; k++) {
                    const float *at = d_y_scan_transpose + k * 16 + column;
                    const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                    NN_UNROLL
                    for (int r = 0; r < CASE0_FILLED_D_Y_ADD_BACKWARD_ROWS; r++)
                        if (r < rows) {
                            const nn_vec scalar = nn_splat(d_y_add_state[n * 16 + k + r * 16]);
                            acc[r][0] += scalar * b0;
                            acc[r][1] += scalar * b1;
                        }
                }
                NN_UNROLL
                for (int r = 0; r < CASE0_FILLED_D_Y_ADD_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        nn_store(d_y_add_sums + n * 16 + r * 16 + column, acc[r][0]);
                        nn_store(d_y_add_sums + n * 16 + r * 16 + column + NN_LANES, acc[r][1]);
                    }
            }
#endif
        }
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < 16; c++) {
                const float d_h = d_y_add_sums[(n + r) * 16 + c];
                const float h = d_y_scan_scan_trace[(n + r) * 64 + t * 16 + c];
                d_y_add_state[(n + r) * 16 + c] = d_h * (1.0f - h * h);
            }
            for (int c = 0; c < 5; c++)
                d_y_add[(n + r) * 64 + t * 16 + c] = d_y_add_state[(n + r) * 16 + c];
        }
    }
}

static NN_APART void case0_filled_d_y_add_backward_large(float *NN_RESTRICT d_y_add_sums,
        float *NN_RESTRICT d_y_add_state, const float *NN_RESTRICT d_y_scan,
        const float *NN_RESTRICT d_y_scan_transpose, const float *NN_RESTRICT d_y_scan_scan_trace,
        float *NN_RESTRICT d_y_add, int n)
{
    case0_filled_d_y_add_backward_tile(CASE0_FILLED_D_Y_ADD_BACKWARD_ROWS, d_y_add_sums,
            d_y_add_state, d_y_scan, d_y_scan_transpose, d_y_scan_scan_trace, d_y_add, n);
}

static NN_APART void case0_filled_d_y_add_backward_small(float *NN_RESTRICT d_y_add_sums,
        float *NN_RESTRICT d_y_add_state, const float *NN_RESTRICT d_y_scan,
        const float *NN_RESTRICT d_y_scan_transpose, const float *NN_RESTRICT d_y_scan_scan_trace,
        float *NN_RESTRICT d_y_add, int n)
{
    case0_filled_d_y_add_backward_tile(1, d_y_add_sums, d_y_add_state, d_y_scan,
            d_y_scan_transpose, d_y_scan_scan_trace, d_y_add, n);
}

static NN_APART void case0_filled_d_y_add_backward_single(float *NN_RESTRICT d_y_add_sums,
        float *NN_RESTRICT d_y_add_state, const float *NN_RESTRICT d_y_scan,
        const float *NN_RESTRICT d_y_scan_transpose, const float *NN_RESTRICT d_y_scan_scan_trace,
        float *NN_RESTRICT d_y_add, int n)
{
    case0_filled_d_y_add_backward_tile(1, d_y_add_sums, d_y_add_state, d_y_scan,
            d_y_scan_transpose, d_y_scan_scan_trace, d_y_add, n);
}

static NN_APART void case0_filled_d_y_add_backward(int batch, float *NN_RESTRICT d_y_add_sums,
        float *NN_RESTRICT d_y_add_state, const float *NN_RESTRICT d_y_scan,
        const float *NN_RESTRICT d_y_scan_transpose, const float *NN_RESTRICT d_y_scan_scan_trace,
        float *NN_RESTRICT d_y_add)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE0_FILLED_D_Y_ADD_BACKWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case0_filled_d_y_add_backward_large(d_y_add_sums, d_y_add_state, d_y_scan,
                        d_y_scan_transpose, d_y_scan_scan_trace, d_y_add, n);
            } else {
                case0_filled_d_y_add_backward_small(d_y_add_sums, d_y_add_state, d_y_scan,
                        d_y_scan_transpose, d_y_scan_scan_trace, d_y_add, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case0_filled_d_y_add_backward_single(d_y_add_sums, d_y_add_state, d_y_scan,
                        d_y_scan_transpose, d_y_scan_scan_trace, d_y_add, n);
        }
    }
}

/* the room around d_y.add is zero */
static NN_APART void case0_filled_d_y_add_backward_halo(int batch, float *NN_RESTRICT d_y_add)
{
    for (int n = 0; n < batch; n++) {
        /* room around the data */
        for (int i = 0; i < 4; i++)
            for (int gap = 0; gap < 11; gap++)
                d_y_add[n * 64 + i * 16 + gap + 5] = 0.0f;
    }
}

/* d_y.recurrent_kernel = contract(y.scan, d_y.add)   [5, 5] */
#if NN_REGISTERS >= 32
enum { CASE0_FILLED_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS = 5 };
#else
enum { CASE0_FILLED_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS = 5 };
#endif
NN_INLINE void case0_filled_d_y_recurrent_kernel_backward_tile(const int rows,
        const float *NN_RESTRICT y_scan, const float *NN_RESTRICT d_y_add,
        float *NN_RESTRICT d_y_recurrent_kernel, int j, int from, int to)
{
    float sum[CASE0_FILLED_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE0_FILLED_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE0_FILLED_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x = 0; x < 4; x++) {
                const float *at = d_y_add + n * 64 + x * 16 + column;
                const nn_vec b0 = nn_load(at);
                NN_UNROLL
                for (int r = 0; r < CASE0_FILLED_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(y_scan[j + n * 25 + x * 5 + r]);
                        acc[r] += scalar * b0;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE0_FILLED_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE0_FILLED_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE0_FILLED_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x = 0; x < 4; x++) {
                const float *at = d_y_add + n * 64 + x * 16 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE0_FILLED_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(y_scan[j + n * 25 + x * 5 + r]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE0_FILLED_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++) {
        const int row = j + r;
        for (int lane = 0; lane < 5; lane++)
            d_y_recurrent_kernel[row * 5 + lane] = sum[r * 16 + lane];
    }
}

static NN_APART void case0_filled_d_y_recurrent_kernel_backward_large(
        const float *NN_RESTRICT y_scan, const float *NN_RESTRICT d_y_add,
        float *NN_RESTRICT d_y_recurrent_kernel, int j, int from, int to)
{
    case0_filled_d_y_recurrent_kernel_backward_tile(CASE0_FILLED_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS, y_scan, d_y_add, d_y_recurrent_kernel, j, from, to);
}

static NN_APART void case0_filled_d_y_recurrent_kernel_backward(int batch,
        const float *NN_RESTRICT y_scan, const float *NN_RESTRICT d_y_add,
        float *NN_RESTRICT d_y_recurrent_kernel)
{
    for (int unit = 0; unit < 1; unit++) {
        const int j = 0;
        const int from = 0;
        const int to = batch;
        case0_filled_d_y_recurrent_kernel_backward_large(y_scan, d_y_add, d_y_recurrent_kernel, j,
                from, to);
    }
}

/* d_y.bias = reduce_sum(d_y.add)   [5] */
static NN_APART void case0_filled_d_y_bias_backward(int batch, const float *NN_RESTRICT d_y_add,
        float *NN_RESTRICT d_y_bias)
{
    float sum[5];
    for (int c = 0; c < 5; c++)
        sum[c] = 0.0f;
    for (int n = 0; n < batch; n++)
        for (int i = 0; i < 4; i++)
            for (int c = 0; c < 5; c++)
                sum[c] += d_y_add[n * 64 + i * 16 + c];
    for (int c = 0; c < 5; c++)
        d_y_bias[c] = sum[c];
}

/* d_x = contract(d_y.add, y.kernel)   [4, 3] */
static NN_APART void case0_filled_d_x_backward_turn(const float *NN_RESTRICT y_kernel,
        float *NN_RESTRICT d_x_turned)
{
    for (int unit = 0; unit < 1; unit++) {
        const int panel = unit;
        const int p = 0;
        for (int q = 0; q < 1; q++)
            for (int o = 0; o < 5; o++)
                for (int lane = 0; lane < 16; lane++)
                    d_x_turned[panel * 80 + ((p + q) * 5 + o) * 16 + lane] = lane < 3 ?
                            y_kernel[((p * -1 + q * -1) * 3 + panel * 16 + lane) * 16 + o] : 0.0f;
    }
}

/* d_x = contract(d_y.add, y.kernel)   [4, 3] */
#if NN_REGISTERS >= 32
enum { CASE0_FILLED_D_X_BACKWARD_ROWS = 4 };
#else
enum { CASE0_FILLED_D_X_BACKWARD_ROWS = 4 };
#endif
NN_INLINE void case0_filled_d_x_backward_tile(const int rows, const float *NN_RESTRICT d_y_add,
                                              const float *NN_RESTRICT d_x_turned,
                                              float *NN_RESTRICT d_x, int n, int j, int panel)
{
    float sum[CASE0_FILLED_D_X_BACKWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE0_FILLED_D_X_BACKWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE0_FILLED_D_X_BACKWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int k = 0; k < 5; k++) {
            const float *at = d_x_turned + panel * 80 + k * 16 + column;
            const nn_vec b0 = nn_load(at);
            NN_UNROLL
            for (int r = 0; r < CASE0_FILLED_D_X_BACKWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(d_y_add[n * 64 + j * 16 + k + r * 16]);
                    acc[r] += scalar * b0;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE0_FILLED_D_X_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE0_FILLED_D_X_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE0_FILLED_D_X_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int k = 0; k < 5; k++) {
            const float *at = d_x_turned + panel * 80 + k * 16 + column;
            const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
            NN_UNROLL
            for (int r = 0; r < CASE0_FILLED_D_X_BACKWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(d_y_add[n * 64 + j * 16 + k + r * 16]);
                    acc[r][0] += scalar * b0;
                    acc[r][1] += scalar * b1;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE0_FILLED_D_X_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++)
        for (int lane = 0; lane < 3; lane++)
            d_x[n * 12 + (j + r) * 3 + lane] = sum[r * 16 + lane];
}

static NN_APART void case0_filled_d_x_backward_large(const float *NN_RESTRICT d_y_add,
        const float *NN_RESTRICT d_x_turned, float *NN_RESTRICT d_x, int n, int j, int panel)
{
    case0_filled_d_x_backward_tile(CASE0_FILLED_D_X_BACKWARD_ROWS, d_y_add, d_x_turned, d_x, n, j,
            panel);
}

static NN_APART void case0_filled_d_x_backward(int batch, const float *NN_RESTRICT d_y_add,
                                               const float *NN_RESTRICT d_x_turned,
                                               float *NN_RESTRICT d_x)
{
    for (int n = 0; n < batch; n++) {
        const int panel = 0;
        const int j = 0;
        case0_filled_d_x_backward_large(d_y_add, d_x_turned, d_x, n, j, panel);
    }
}

/* d_y.kernel = contract(x, d_y.add)   [3, 5] */
#if NN_REGISTERS >= 32
enum { CASE0_FILLED_D_Y_KERNEL_BACKWARD_ROWS = 3 };
#else
enum { CASE0_FILLED_D_Y_KERNEL_BACKWARD_ROWS = 3 };
#endif
NN_INLINE void case0_filled_d_y_kernel_backward_tile(const int rows, const float *NN_RESTRICT x,
        const float *NN_RESTRICT d_y_add, float *NN_RESTRICT d_y_kernel, int j, int from, int to)
{
    float sum[CASE0_FILLED_D_Y_KERNEL_BACKWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE0_FILLED_D_Y_KERNEL_BACKWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE0_FILLED_D_Y_KERNEL_BACKWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x_2 = 0; x_2 < 4; x_2++) {
                const float *at = d_y_add + n * 64 + x_2 * 16 + column;
                const nn_vec b0 = nn_load(at);
                NN_UNROLL
                for (int r = 0; r < CASE0_FILLED_D_Y_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(x[j + n * 12 + x_2 * 3 + r]);
                        acc[r] += scalar * b0;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE0_FILLED_D_Y_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE0_FILLED_D_Y_KERNEL_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE0_FILLED_D_Y_KERNEL_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x_2 = 0; x_2 < 4; x_2++) {
                const float *at = d_y_add + n * 64 + x_2 * 16 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE0_FILLED_D_Y_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(x[j + n * 12 + x_2 * 3 + r]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE0_FILLED_D_Y_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++) {
        const int row = j + r;
        for (int lane = 0; lane < 5; lane++)
            d_y_kernel[row * 5 + lane] = sum[r * 16 + lane];
    }
}

static NN_APART void case0_filled_d_y_kernel_backward_large(const float *NN_RESTRICT x,
        const float *NN_RESTRICT d_y_add, float *NN_RESTRICT d_y_kernel, int j, int from, int to)
{
    case0_filled_d_y_kernel_backward_tile(CASE0_FILLED_D_Y_KERNEL_BACKWARD_ROWS, x, d_y_add,
            d_y_kernel, j, from, to);
}

static NN_APART void case0_filled_d_y_kernel_backward(int batch, const float *NN_RESTRICT x,
        const float *NN_RESTRICT d_y_add, float *NN_RESTRICT d_y_kernel)
{
    for (int unit = 0; unit < 1; unit++) {
        const int j = 0;
        const int from = 0;
        const int to = batch;
        case0_filled_d_y_kernel_backward_large(x, d_y_add, d_y_kernel, j, from, to);
    }
}

static NN_APART void case0_filled_y_forward_copy(int batch, const float *NN_RESTRICT y_slice,
                                                 float *NN_RESTRICT y_out)
{
    const int total = batch * 5;
    for (int block = 0; block < (total + 4095) / 4096; block++) {
        const int end = block * 4096 + 4096 < total ? block * 4096 + 4096 : total;
        for (int k = block * 4096; k < end; k++)
            y_out[k] = y_slice[k];
    }
}

static void case0_filled_run(float *state, char *arena, const nn_step *step,
                             const void *const *inputs, const void *const *targets,
                             void *const *outputs, float *results, int threads)
{
    (void)targets;
    (void)results;
    (void)threads;
    const int batch = step->batch;
    const float *const x = (const float *)inputs[0]; /* [4, 3] */
    const float *const y_kernel = state + 0; /* [3, 5] */
    const float *const y_recurrent_kernel = state + 48; /* [5, 5] */
    const float *const y_bias = state + 128; /* [5] */
    const float *const seed = (const float *)inputs[1]; /* [5] */
    float *const y_add = (float *)(void *)(arena + 768); /* [4, 5] */
    float *const y_scan = (float *)(void *)(arena + 1536); /* [4, 5] */
    float *const y_slice = (float *)(void *)(arena + 2816); /* [1, 5] */
    float *const d_y_scan = (float *)(void *)(arena + 2176); /* [4, 5] */
    float *const d_y_scan_scan_trace = (float *)(void *)(arena + 0); /* [4, 1, 16] */
    float *const d_y_scan_transpose = (float *)(void *)(arena + 1856); /* [5, 5] */
    float *const d_y_add = (float *)(void *)(arena + 768); /* [4, 5] */
    float *const d_y_recurrent_kernel = (float *)outputs[3]; /* [5, 5] */
    float *const d_y_bias = (float *)outputs[4]; /* [5] */
    float *const d_x = (float *)outputs[1]; /* [4, 3] */
    float *const d_y_kernel = (float *)outputs[2]; /* [3, 5] */
    float *const y_out = (float *)outputs[0]; /* [5] */
    float *const y_scan_sums = (float *)(void *)(arena + 1024);
    float *const y_scan_state = (float *)(void *)(arena + 1216);
    float *const d_y_add_sums = (float *)(void *)(arena + 2432);
    float *const d_y_add_state = (float *)(void *)(arena + 2624);
    float *const d_x_turned = (float *)(void *)(arena + 0);
    memset(arena, 0xFF, 2880);
    const uint64_t mode = nn_flush_denormals();
    case0_filled_y_contract_forward(batch, x, y_kernel, y_bias, y_add);
    case0_filled_y_scan_forward(batch, y_scan_sums, y_scan_state, y_add, y_recurrent_kernel,
            d_y_scan_scan_trace, y_scan);
    memset(arena + 768, 0xFF, 240); /* y_add */
    memset(arena + 1024, 0xFF, 192); /* y_scan_sums */
    memset(arena + 1216, 0xFF, 192); /* y_scan_state */
    case0_filled_y_scan_forward_halo(batch, y_scan);
    case0_filled_y_slice_forward(batch, y_scan, y_slice);
    case0_filled_d_y_scan_backward(batch, seed, d_y_scan);
    case0_filled_d_y_scan_transpose_backward(y_recurrent_kernel, d_y_scan_transpose);
    case0_filled_d_y_scan_transpose_backward_halo(d_y_scan_transpose);
    case0_filled_d_y_add_backward(batch, d_y_add_sums, d_y_add_state, d_y_scan, d_y_scan_transpose,
            d_y_scan_scan_trace, d_y_add);
    memset(arena + 2176, 0xFF, 240); /* d_y_scan */
    memset(arena + 0, 0xFF, 768); /* d_y_scan_scan_trace */
    memset(arena + 1856, 0xFF, 320); /* d_y_scan_transpose */
    memset(arena + 2432, 0xFF, 192); /* d_y_add_sums */
    memset(arena + 2624, 0xFF, 192); /* d_y_add_state */
    case0_filled_d_y_add_backward_halo(batch, d_y_add);
    case0_filled_d_y_recurrent_kernel_backward(batch, y_scan, d_y_add, d_y_recurrent_kernel);
    memset(arena + 1536, 0xFF, 300); /* y_scan */
    case0_filled_d_y_bias_backward(batch, d_y_add, d_y_bias);
    case0_filled_d_x_backward_turn(y_kernel, d_x_turned);
    case0_filled_d_x_backward(batch, d_y_add, d_x_turned, d_x);
    memset(arena + 0, 0xFF, 320); /* d_x_turned */
    case0_filled_d_y_kernel_backward(batch, x, d_y_add, d_y_kernel);
    memset(arena + 768, 0xFF, 768); /* d_y_add */
    case0_filled_y_forward_copy(batch, y_slice, y_out);
    memset(arena + 2816, 0xFF, 60); /* y_slice */
    nn_restore_denormals(mode);
}

/* y.contract = contract(x, y.kernel)   [4, 5]
 * y.add = add(y.contract, y.bias)   [4, 5] */
#if NN_REGISTERS >= 32
enum { CASE1_FAST_Y_CONTRACT_FORWARD_ROWS = 4 };
#else
enum { CASE1_FAST_Y_CONTRACT_FORWARD_ROWS = 4 };
#endif
NN_INLINE void case1_fast_y_contract_forward_tile(const int rows, const float *NN_RESTRICT x,
        const float *NN_RESTRICT y_kernel, const float *NN_RESTRICT y_bias,
        float *NN_RESTRICT y_add, int n, int j, int panel)
{
    float sum[CASE1_FAST_Y_CONTRACT_FORWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE1_FAST_Y_CONTRACT_FORWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE1_FAST_Y_CONTRACT_FORWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int k = 0; k < 3; k++) {
            const float *at = y_kernel + panel * 48 + k * 16 + column;
            const nn_vec b0 = nn_load(at);
            NN_UNROLL
            for (int r = 0; r < CASE1_FAST_Y_CONTRACT_FORWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(x[n * 12 + j * 3 + k + r * 3]);
                    acc[r] += scalar * b0;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE1_FAST_Y_CONTRACT_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE1_FAST_Y_CONTRACT_FORWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE1_FAST_Y_CONTRACT_FORWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int k = 0; k < 3; k++) {
            const float *at = y_kernel + panel * 48 + k * 16 + column;
            const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
            NN_UNROLL
            for (int r = 0; r < CASE1_FAST_Y_CONTRACT_FORWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(x[n * 12 + j * 3 + k + r * 3]);
                    acc[r][0] += scalar * b0;
                    acc[r][1] += scalar * b1;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE1_FAST_Y_CONTRACT_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++)
        for (int lane = 0; lane < 5; lane++)
            y_add[n * 20 + (j + r) * 5 + lane] = sum[r * 16 + lane] + y_bias[lane];
}

static NN_APART void case1_fast_y_contract_forward_large(const float *NN_RESTRICT x,
        const float *NN_RESTRICT y_kernel, const float *NN_RESTRICT y_bias,
        float *NN_RESTRICT y_add, int n, int j, int panel)
{
    case1_fast_y_contract_forward_tile(CASE1_FAST_Y_CONTRACT_FORWARD_ROWS, x, y_kernel, y_bias,
            y_add, n, j, panel);
}

static NN_APART void case1_fast_y_contract_forward(int batch, const float *NN_RESTRICT x,
        const float *NN_RESTRICT y_kernel, const float *NN_RESTRICT y_bias,
        float *NN_RESTRICT y_add)
{
    for (int n = 0; n < batch; n++) {
        const int panel = 0;
        const int j = 0;
        case1_fast_y_contract_forward_large(x, y_kernel, y_bias, y_add, n, j, panel);
    }
}

/* y.scan = scan(y.add, y.recurrent_kernel, 0, 0)   [4, 5]
 * 4 steps, 5 columns */
#if NN_REGISTERS >= 32
enum { CASE1_FAST_Y_SCAN_FORWARD_ROWS = 2 };
#else
enum { CASE1_FAST_Y_SCAN_FORWARD_ROWS = 2 };
#endif
NN_INLINE void case1_fast_y_scan_forward_tile(const int rows, float *NN_RESTRICT y_scan_sums,
                                              float *NN_RESTRICT y_scan_state,
                                              const float *NN_RESTRICT y_add,
                                              const float *NN_RESTRICT y_recurrent_kernel,
                                              float *NN_RESTRICT y_scan, int n)
{
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < 5; c++)
            y_scan_state[(n + r) * 16 + c] = 0.0f;
    for (int t = 0; t < 4; t++) {
        for (int r = 0; r < rows; r++)
            for (int o = 0; o < 5; o++)
                y_scan_sums[(n + r) * 16 + o] = y_add[(n + r) * 20 + t * 5 + o];
#if NN_LANES == 16
        for (int column = 0; column < 16; column += NN_LANES) {
            nn_vec acc[CASE1_FAST_Y_SCAN_FORWARD_ROWS];
            NN_UNROLL
            for (int r = 0; r < CASE1_FAST_Y_SCAN_FORWARD_ROWS; r++)
                if (r < rows) {
                    acc[r] = nn_load(y_scan_sums + n * 16 + r * 16 + column);
                }
            for (int k = 0; k < 5; k++) {
                const float *at = y_recurrent_kernel + k * 16 + column;
                const nn_vec b0 = nn_load(at);
                NN_UNROLL
                for (int r = 0; r < CASE1_FAST_Y_SCAN_FORWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(y_scan_state[n * 16 + k + r * 16]);
                        acc[r] += scalar * b0;
                    }
            }
            NN_UNROLL
            for (int r = 0; r < CASE1_FAST_Y_SCAN_FORWARD_ROWS; r++)
                if (r < rows) {
                    nn_store(y_scan_sums + n * 16 + r * 16 + column, acc[r]);
                }
        }
#else
        for (int column = 0; column < 16; column += 2 * NN_LANES) {
            nn_vec acc[CASE1_FAST_Y_SCAN_FORWARD_ROWS][2];
            NN_UNROLL
            for (int r = 0; r < CASE1_FAST_Y_SCAN_FORWARD_ROWS; r++)
                if (r < rows) {
                    acc[r][0] = nn_load(y_scan_sums + n * 16 + r * 16 + column);
                    acc[r][1] = nn_load(y_scan_sums + n * 16 + r * 16 + column + NN_LANES);
                }
            for (int k = 0; k < 5; k++) {
                const float *at = y_recurrent_kernel + k * 16 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE1_FAST_Y_SCAN_FORWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(y_scan_state[n * 16 + k + r * 16]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
            NN_UNROLL
            for (int r = 0; r < CASE1_FAST_Y_SCAN_FORWARD_ROWS; r++)
                if (r < rows) {
                    nn_store(y_scan_sums + n * 16 + r * 16 + column, acc[r][0]);
                    nn_store(y_scan_sums + n * 16 + r * 16 + column + NN_LANES, acc[r][1]);
                }
        }
#endif
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < 16; c++) {
                const float h = nn_tanh(y_scan_sums[(n + r) * 16 + c]);
                y_scan_state[(n + r) * 16 + c] = h;
            }
            for (int c = 0; c < 5; c++)
                y_scan[(n + r) * 20 + t * 5 + c] = y_scan_state[(n + r) * 16 + c];
        }
    }
}

static NN_APART void case1_fast_y_scan_forward_large(float *NN_RESTRICT y_scan_sums,
        float *NN_RESTRICT y_scan_state, const float *NN_RESTRICT y_add,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT y_scan, int n)
{
    case1_fast_y_scan_forward_tile(CASE1_FAST_Y_SCAN_FORWARD_ROWS, y_scan_sums, y_scan_state,
            y_add, y_recurrent_kernel, y_scan, n);
}

static NN_APART void case1_fast_y_scan_forward_small(float *NN_RESTRICT y_scan_sums,
        float *NN_RESTRICT y_scan_state, const float *NN_RESTRICT y_add,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT y_scan, int n)
{
    case1_fast_y_scan_forward_tile(1, y_scan_sums, y_scan_state, y_add, y_recurrent_kernel, y_scan,
            n);
}

static NN_APART void case1_fast_y_scan_forward_single(float *NN_RESTRICT y_scan_sums,
        float *NN_RESTRICT y_scan_state, const float *NN_RESTRICT y_add,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT y_scan, int n)
{
    case1_fast_y_scan_forward_tile(1, y_scan_sums, y_scan_state, y_add, y_recurrent_kernel, y_scan,
            n);
}

static NN_APART void case1_fast_y_scan_forward(int batch, float *NN_RESTRICT y_scan_sums,
                                               float *NN_RESTRICT y_scan_state,
                                               const float *NN_RESTRICT y_add,
                                               const float *NN_RESTRICT y_recurrent_kernel,
                                               float *NN_RESTRICT y_scan)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE1_FAST_Y_SCAN_FORWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case1_fast_y_scan_forward_large(y_scan_sums, y_scan_state, y_add,
                        y_recurrent_kernel, y_scan, n);
            } else {
                case1_fast_y_scan_forward_small(y_scan_sums, y_scan_state, y_add,
                        y_recurrent_kernel, y_scan, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case1_fast_y_scan_forward_single(y_scan_sums, y_scan_state, y_add,
                        y_recurrent_kernel, y_scan, n);
        }
    }
}

/* y.slice = slice(y.scan)   [1, 5] */
static NN_APART void case1_fast_y_slice_forward(int batch, const float *NN_RESTRICT y_scan,
                                                float *NN_RESTRICT y_slice)
{
    for (int n = 0; n < batch; n++)
        for (int c = 0; c < 5; c++)
            y_slice[n * 5 + c] = y_scan[n * 20 + c + 15];
}

static NN_APART void case1_fast_y_forward_copy(int batch, const float *NN_RESTRICT y_slice,
                                               float *NN_RESTRICT y_out)
{
    const int total = batch * 5;
    for (int block = 0; block < (total + 4095) / 4096; block++) {
        const int end = block * 4096 + 4096 < total ? block * 4096 + 4096 : total;
        for (int k = block * 4096; k < end; k++)
            y_out[k] = y_slice[k];
    }
}

static void case1_fast_run(float *state, char *arena, const nn_step *step,
                           const void *const *inputs, const void *const *targets,
                           void *const *outputs, float *results, int threads)
{
    (void)targets;
    (void)results;
    (void)threads;
    const int batch = step->batch;
    const float *const x = (const float *)inputs[0]; /* [4, 3] */
    const float *const y_kernel = state + 0; /* [3, 5] */
    const float *const y_recurrent_kernel = state + 48; /* [5, 5] */
    const float *const y_bias = state + 128; /* [5] */
    float *const y_add = (float *)(void *)(arena + 0); /* [4, 5] */
    float *const y_scan = (float *)(void *)(arena + 256); /* [4, 5] */
    float *const y_slice = (float *)(void *)(arena + 0); /* [1, 5] */
    float *const y_out = (float *)outputs[0]; /* [5] */
    float *const y_scan_sums = (float *)(void *)(arena + 512);
    float *const y_scan_state = (float *)(void *)(arena + 704);
    const uint64_t mode = nn_flush_denormals();
    case1_fast_y_contract_forward(batch, x, y_kernel, y_bias, y_add);
    case1_fast_y_scan_forward(batch, y_scan_sums, y_scan_state, y_add, y_recurrent_kernel, y_scan);
    case1_fast_y_slice_forward(batch, y_scan, y_slice);
    case1_fast_y_forward_copy(batch, y_slice, y_out);
    nn_restore_denormals(mode);
}

/* y.contract = contract(x, y.kernel)   [4, 5]
 * y.add = add(y.contract, y.bias)   [4, 5] */
static NN_APART void case1_plain_y_contract_forward(int batch, const float *NN_RESTRICT x,
        const float *NN_RESTRICT y_kernel, const float *NN_RESTRICT y_bias,
        float *NN_RESTRICT y_add)
{
    for (int n = 0; n < batch; n++)
        for (int i = 0; i < 4; i++)
            for (int c = 0; c < 5; c++) {
                float sum = 0.0f;
                for (int c_2 = 0; c_2 < 3; c_2++)
                    sum += x[n * 12 + i * 3 + c_2] * y_kernel[c_2 * 5 + c];
                y_add[n * 20 + i * 5 + c] = sum + y_bias[c];
            }
}

/* y.scan = scan(y.add, y.recurrent_kernel, 0, 0)   [4, 5]
 * 4 steps, 5 columns */
#if NN_REGISTERS >= 32
enum { CASE1_PLAIN_Y_SCAN_FORWARD_ROWS = 2 };
#else
enum { CASE1_PLAIN_Y_SCAN_FORWARD_ROWS = 2 };
#endif
NN_INLINE void case1_plain_y_scan_forward_tile(const int rows, float *NN_RESTRICT y_scan_sums,
                                               float *NN_RESTRICT y_scan_state,
                                               const float *NN_RESTRICT y_add,
                                               const float *NN_RESTRICT y_recurrent_kernel,
                                               float *NN_RESTRICT y_scan, int n)
{
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < 5; c++)
            y_scan_state[(n + r) * 16 + c] = 0.0f;
    for (int t = 0; t < 4; t++) {
        for (int r = 0; r < rows; r++)
            for (int o = 0; o < 5; o++)
                y_scan_sums[(n + r) * 16 + o] = y_add[(n + r) * 20 + t * 5 + o];
        for (int r = 0; r < rows; r++)
            for (int k = 0; k < 5; k++)
                for (int o = 0; o < 5; o++)
                    y_scan_sums[(n + r) * 16 + o] += y_scan_state[(n + r) * 16 + k] *
                            y_recurrent_kernel[k * 5 + o];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < 16; c++) {
                const float h = nn_tanh(y_scan_sums[(n + r) * 16 + c]);
                y_scan_state[(n + r) * 16 + c] = h;
            }
            for (int c = 0; c < 5; c++)
                y_scan[(n + r) * 20 + t * 5 + c] = y_scan_state[(n + r) * 16 + c];
        }
    }
}

static NN_APART void case1_plain_y_scan_forward_large(float *NN_RESTRICT y_scan_sums,
        float *NN_RESTRICT y_scan_state, const float *NN_RESTRICT y_add,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT y_scan, int n)
{
    case1_plain_y_scan_forward_tile(CASE1_PLAIN_Y_SCAN_FORWARD_ROWS, y_scan_sums, y_scan_state,
            y_add, y_recurrent_kernel, y_scan, n);
}

static NN_APART void case1_plain_y_scan_forward_small(float *NN_RESTRICT y_scan_sums,
        float *NN_RESTRICT y_scan_state, const float *NN_RESTRICT y_add,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT y_scan, int n)
{
    case1_plain_y_scan_forward_tile(1, y_scan_sums, y_scan_state, y_add, y_recurrent_kernel,
            y_scan, n);
}

static NN_APART void case1_plain_y_scan_forward_single(float *NN_RESTRICT y_scan_sums,
        float *NN_RESTRICT y_scan_state, const float *NN_RESTRICT y_add,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT y_scan, int n)
{
    case1_plain_y_scan_forward_tile(1, y_scan_sums, y_scan_state, y_add, y_recurrent_kernel,
            y_scan, n);
}

static NN_APART void case1_plain_y_scan_forward(int batch, float *NN_RESTRICT y_scan_sums,
                                                float *NN_RESTRICT y_scan_state,
                                                const float *NN_RESTRICT y_add,
                                                const float *NN_RESTRICT y_recurrent_kernel,
                                                float *NN_RESTRICT y_scan)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE1_PLAIN_Y_SCAN_FORWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case1_plain_y_scan_forward_large(y_scan_sums, y_scan_state, y_add,
                        y_recurrent_kernel, y_scan, n);
            } else {
                case1_plain_y_scan_forward_small(y_scan_sums, y_scan_state, y_add,
                        y_recurrent_kernel, y_scan, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case1_plain_y_scan_forward_single(y_scan_sums, y_scan_state, y_add,
                        y_recurrent_kernel, y_scan, n);
        }
    }
}

/* y.slice = slice(y.scan)   [1, 5] */
static NN_APART void case1_plain_y_slice_forward(int batch, const float *NN_RESTRICT y_scan,
                                                 float *NN_RESTRICT y_slice)
{
    for (int n = 0; n < batch; n++)
        for (int c = 0; c < 5; c++)
            y_slice[n * 5 + c] = y_scan[n * 20 + c + 15];
}

static NN_APART void case1_plain_y_forward_copy(int batch, const float *NN_RESTRICT y_slice,
                                                float *NN_RESTRICT y_out)
{
    const int total = batch * 5;
    for (int block = 0; block < (total + 4095) / 4096; block++) {
        const int end = block * 4096 + 4096 < total ? block * 4096 + 4096 : total;
        for (int k = block * 4096; k < end; k++)
            y_out[k] = y_slice[k];
    }
}

static void case1_plain_run(float *state, char *arena, const nn_step *step,
                            const void *const *inputs, const void *const *targets,
                            void *const *outputs, float *results, int threads)
{
    (void)targets;
    (void)results;
    (void)threads;
    const int batch = step->batch;
    const float *const x = (const float *)inputs[0]; /* [4, 3] */
    const float *const y_kernel = state + 0; /* [3, 5] */
    const float *const y_recurrent_kernel = state + 16; /* [5, 5] */
    const float *const y_bias = state + 48; /* [5] */
    float *const y_add = (float *)(void *)(arena + 0); /* [4, 5] */
    float *const y_scan = (float *)(void *)(arena + 256); /* [4, 5] */
    float *const y_slice = (float *)(void *)(arena + 0); /* [1, 5] */
    float *const y_out = (float *)outputs[0]; /* [5] */
    float *const y_scan_sums = (float *)(void *)(arena + 512);
    float *const y_scan_state = (float *)(void *)(arena + 704);
    const uint64_t mode = nn_flush_denormals();
    case1_plain_y_contract_forward(batch, x, y_kernel, y_bias, y_add);
    case1_plain_y_scan_forward(batch, y_scan_sums, y_scan_state, y_add, y_recurrent_kernel, y_scan);
    case1_plain_y_slice_forward(batch, y_scan, y_slice);
    case1_plain_y_forward_copy(batch, y_slice, y_out);
    nn_restore_denormals(mode);
}

/* y.contract = contract(x, y.kernel)   [4, 5]
 * y.add = add(y.contract, y.bias)   [4, 5] */
#if NN_REGISTERS >= 32
enum { CASE1_FILLED_Y_CONTRACT_FORWARD_ROWS = 4 };
#else
enum { CASE1_FILLED_Y_CONTRACT_FORWARD_ROWS = 4 };
#endif
NN_INLINE void case1_filled_y_contract_forward_tile(const int rows, const float *NN_RESTRICT x,
        const float *NN_RESTRICT y_kernel, const float *NN_RESTRICT y_bias,
        float *NN_RESTRICT y_add, int n, int j, int panel)
{
    float sum[CASE1_FILLED_Y_CONTRACT_FORWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE1_FILLED_Y_CONTRACT_FORWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE1_FILLED_Y_CONTRACT_FORWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int k = 0; k < 3; k++) {
            const float *at = y_kernel + panel * 48 + k * 16 + column;
            const nn_vec b0 = nn_load(at);
            NN_UNROLL
            for (int r = 0; r < CASE1_FILLED_Y_CONTRACT_FORWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(x[n * 12 + j * 3 + k + r * 3]);
                    acc[r] += scalar * b0;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE1_FILLED_Y_CONTRACT_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE1_FILLED_Y_CONTRACT_FORWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE1_FILLED_Y_CONTRACT_FORWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int k = 0; k < 3; k++) {
            const float *at = y_kernel + panel * 48 + k * 16 + column;
            const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
            NN_UNROLL
            for (int r = 0; r < CASE1_FILLED_Y_CONTRACT_FORWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(x[n * 12 + j * 3 + k + r * 3]);
                    acc[r][0] += scalar * b0;
                    acc[r][1] += scalar * b1;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE1_FILLED_Y_CONTRACT_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++)
        for (int lane = 0; lane < 5; lane++)
            y_add[n * 20 + (j + r) * 5 + lane] = sum[r * 16 + lane] + y_bias[lane];
}

static NN_APART void case1_filled_y_contract_forward_large(const float *NN_RESTRICT x,
        const float *NN_RESTRICT y_kernel, const float *NN_RESTRICT y_bias,
        float *NN_RESTRICT y_add, int n, int j, int panel)
{
    case1_filled_y_contract_forward_tile(CASE1_FILLED_Y_CONTRACT_FORWARD_ROWS, x, y_kernel, y_bias,
            y_add, n, j, panel);
}

static NN_APART void case1_filled_y_contract_forward(int batch, const float *NN_RESTRICT x,
        const float *NN_RESTRICT y_kernel, const float *NN_RESTRICT y_bias,
        float *NN_RESTRICT y_add)
{
    for (int n = 0; n < batch; n++) {
        const int panel = 0;
        const int j = 0;
        case1_filled_y_contract_forward_large(x, y_kernel, y_bias, y_add, n, j, panel);
    }
}

/* y.scan = scan(y.add, y.recurrent_kernel, 0, 0)   [4, 5]
 * 4 steps, 5 columns */
#if NN_REGISTERS >= 32
enum { CASE1_FILLED_Y_SCAN_FORWARD_ROWS = 2 };
#else
enum { CASE1_FILLED_Y_SCAN_FORWARD_ROWS = 2 };
#endif
NN_INLINE void case1_filled_y_scan_forward_tile(const int rows, float *NN_RESTRICT y_scan_sums,
                                                float *NN_RESTRICT y_scan_state,
                                                const float *NN_RESTRICT y_add,
                                                const float *NN_RESTRICT y_recurrent_kernel,
                                                float *NN_RESTRICT y_scan, int n)
{
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < 5; c++)
            y_scan_state[(n + r) * 16 + c] = 0.0f;
    for (int t = 0; t < 4; t++) {
        for (int r = 0; r < rows; r++)
            for (int o = 0; o < 5; o++)
                y_scan_sums[(n + r) * 16 + o] = y_add[(n + r) * 20 + t * 5 + o];
#if NN_LANES == 16
        for (int column = 0; column < 16; column += NN_LANES) {
            nn_vec acc[CASE1_FILLED_Y_SCAN_FORWARD_ROWS];
            NN_UNROLL
            for (int r = 0; r < CASE1_FILLED_Y_SCAN_FORWARD_ROWS; r++)
                if (r < rows) {
                    acc[r] = nn_load(y_scan_sums + n * 16 + r * 16 + column);
                }
            for (int k = 0; k < 5; k++) {
                const float *at = y_recurrent_kernel + k * 16 + column;
                const nn_vec b0 = nn_load(at);
                NN_UNROLL
                for (int r = 0; r < CASE1_FILLED_Y_SCAN_FORWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(y_scan_state[n * 16 + k + r * 16]);
                        acc[r] += scalar * b0;
                    }
            }
            NN_UNROLL
            for (int r = 0; r < CASE1_FILLED_Y_SCAN_FORWARD_ROWS; r++)
                if (r < rows) {
                    nn_store(y_scan_sums + n * 16 + r * 16 + column, acc[r]);
                }
        }
#else
        for (int column = 0; column < 16; column += 2 * NN_LANES) {
            nn_vec acc[CASE1_FILLED_Y_SCAN_FORWARD_ROWS][2];
            NN_UNROLL
            for (int r = 0; r < CASE1_FILLED_Y_SCAN_FORWARD_ROWS; r++)
                if (r < rows) {
                    acc[r][0] = nn_load(y_scan_sums + n * 16 + r * 16 + column);
                    acc[r][1] = nn_load(y_scan_sums + n * 16 + r * 16 + column + NN_LANES);
                }
            for (int k = 0; k < 5; k++) {
                const float *at = y_recurrent_kernel + k * 16 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE1_FILLED_Y_SCAN_FORWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(y_scan_state[n * 16 + k + r * 16]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
            NN_UNROLL
            for (int r = 0; r < CASE1_FILLED_Y_SCAN_FORWARD_ROWS; r++)
                if (r < rows) {
                    nn_store(y_scan_sums + n * 16 + r * 16 + column, acc[r][0]);
                    nn_store(y_scan_sums + n * 16 + r * 16 + column + NN_LANES, acc[r][1]);
                }
        }
#endif
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < 16; c++) {
                const float h = nn_tanh(y_scan_sums[(n + r) * 16 + c]);
                y_scan_state[(n + r) * 16 + c] = h;
            }
            for (int c = 0; c < 5; c++)
                y_scan[(n + r) * 20 + t * 5 + c] = y_scan_state[(n + r) * 16 + c];
        }
    }
}

static NN_APART void case1_filled_y_scan_forward_large(float *NN_RESTRICT y_scan_sums,
        float *NN_RESTRICT y_scan_state, const float *NN_RESTRICT y_add,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT y_scan, int n)
{
    case1_filled_y_scan_forward_tile(CASE1_FILLED_Y_SCAN_FORWARD_ROWS, y_scan_sums, y_scan_state,
            y_add, y_recurrent_kernel, y_scan, n);
}

static NN_APART void case1_filled_y_scan_forward_small(float *NN_RESTRICT y_scan_sums,
        float *NN_RESTRICT y_scan_state, const float *NN_RESTRICT y_add,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT y_scan, int n)
{
    case1_filled_y_scan_forward_tile(1, y_scan_sums, y_scan_state, y_add, y_recurrent_kernel,
            y_scan, n);
}

static NN_APART void case1_filled_y_scan_forward_single(float *NN_RESTRICT y_scan_sums,
        float *NN_RESTRICT y_scan_state, const float *NN_RESTRICT y_add,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT y_scan, int n)
{
    case1_filled_y_scan_forward_tile(1, y_scan_sums, y_scan_state, y_add, y_recurrent_kernel,
            y_scan, n);
}

static NN_APART void case1_filled_y_scan_forward(int batch, float *NN_RESTRICT y_scan_sums,
                                                 float *NN_RESTRICT y_scan_state,
                                                 const float *NN_RESTRICT y_add,
                                                 const float *NN_RESTRICT y_recurrent_kernel,
                                                 float *NN_RESTRICT y_scan)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE1_FILLED_Y_SCAN_FORWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case1_filled_y_scan_forward_large(y_scan_sums, y_scan_state, y_add,
                        y_recurrent_kernel, y_scan, n);
            } else {
                case1_filled_y_scan_forward_small(y_scan_sums, y_scan_state, y_add,
                        y_recurrent_kernel, y_scan, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case1_filled_y_scan_forward_single(y_scan_sums, y_scan_state, y_add,
                        y_recurrent_kernel, y_scan, n);
        }
    }
}

/* y.slice = slice(y.scan)   [1, 5] */
static NN_APART void case1_filled_y_slice_forward(int batch, const float *NN_RESTRICT y_scan,
        float *NN_RESTRICT y_slice)
{
    for (int n = 0; n < batch; n++)
        for (int c = 0; c < 5; c++)
            y_slice[n * 5 + c] = y_scan[n * 20 + c + 15];
}

static NN_APART void case1_filled_y_forward_copy(int batch, const float *NN_RESTRICT y_slice,
                                                 float *NN_RESTRICT y_out)
{
    const int total = batch * 5;
    for (int block = 0; block < (total + 4095) / 4096; block++) {
        const int end = block * 4096 + 4096 < total ? block * 4096 + 4096 : total;
        for (int k = block * 4096; k < end; k++)
            y_out[k] = y_slice[k];
    }
}

static void case1_filled_run(float *state, char *arena, const nn_step *step,
                             const void *const *inputs, const void *const *targets,
                             void *const *outputs, float *results, int threads)
{
    (void)targets;
    (void)results;
    (void)threads;
    const int batch = step->batch;
    const float *const x = (const float *)inputs[0]; /* [4, 3] */
    const float *const y_kernel = state + 0; /* [3, 5] */
    const float *const y_recurrent_kernel = state + 48; /* [5, 5] */
    const float *const y_bias = state + 128; /* [5] */
    float *const y_add = (float *)(void *)(arena + 0); /* [4, 5] */
    float *const y_scan = (float *)(void *)(arena + 256); /* [4, 5] */
    float *const y_slice = (float *)(void *)(arena + 0); /* [1, 5] */
    float *const y_out = (float *)outputs[0]; /* [5] */
    float *const y_scan_sums = (float *)(void *)(arena + 512);
    float *const y_scan_state = (float *)(void *)(arena + 704);
    memset(arena, 0xFF, 896);
    const uint64_t mode = nn_flush_denormals();
    case1_filled_y_contract_forward(batch, x, y_kernel, y_bias, y_add);
    case1_filled_y_scan_forward(batch, y_scan_sums, y_scan_state, y_add, y_recurrent_kernel,
            y_scan);
    memset(arena + 0, 0xFF, 240); /* y_add */
    memset(arena + 512, 0xFF, 192); /* y_scan_sums */
    memset(arena + 704, 0xFF, 192); /* y_scan_state */
    case1_filled_y_slice_forward(batch, y_scan, y_slice);
    memset(arena + 256, 0xFF, 240); /* y_scan */
    case1_filled_y_forward_copy(batch, y_slice, y_out);
    memset(arena + 0, 0xFF, 60); /* y_slice */
    nn_restore_denormals(mode);
}

/* y.contract = contract(x, y.kernel)   [1, 1]
 * y.add = add(y.contract, y.bias)   [1, 1] */
#if NN_REGISTERS >= 32
enum { CASE2_FAST_Y_CONTRACT_FORWARD_ROWS = 1 };
#else
enum { CASE2_FAST_Y_CONTRACT_FORWARD_ROWS = 1 };
#endif
NN_INLINE void case2_fast_y_contract_forward_tile(const int rows, const float *NN_RESTRICT x,
        const float *NN_RESTRICT y_kernel, const float *NN_RESTRICT y_bias,
        float *NN_RESTRICT y_add, int n, int j, int panel)
{
    float sum[CASE2_FAST_Y_CONTRACT_FORWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE2_FAST_Y_CONTRACT_FORWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE2_FAST_Y_CONTRACT_FORWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        const float *at = y_kernel + panel * 16 + column;
        const nn_vec b0 = nn_load(at);
        NN_UNROLL
        for (int r = 0; r < CASE2_FAST_Y_CONTRACT_FORWARD_ROWS; r++)
            if (r < rows) {
                const nn_vec scalar = nn_splat(x[n + j + r]);
                acc[r] += scalar * b0;
            }
        NN_UNROLL
        for (int r = 0; r < CASE2_FAST_Y_CONTRACT_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE2_FAST_Y_CONTRACT_FORWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE2_FAST_Y_CONTRACT_FORWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        const float *at = y_kernel + panel * 16 + column;
        const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
        NN_UNROLL
        for (int r = 0; r < CASE2_FAST_Y_CONTRACT_FORWARD_ROWS; r++)
            if (r < rows) {
                const nn_vec scalar = nn_splat(x[n + j + r]);
                acc[r][0] += scalar * b0;
                acc[r][1] += scalar * b1;
            }
        NN_UNROLL
        for (int r = 0; r < CASE2_FAST_Y_CONTRACT_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++)
        for (int lane = 0; lane < 1; lane++)
            y_add[n + j + r + lane] = sum[r * 16 + lane] + y_bias[0];
}

static NN_APART void case2_fast_y_contract_forward_large(const float *NN_RESTRICT x,
        const float *NN_RESTRICT y_kernel, const float *NN_RESTRICT y_bias,
        float *NN_RESTRICT y_add, int n, int j, int panel)
{
    case2_fast_y_contract_forward_tile(CASE2_FAST_Y_CONTRACT_FORWARD_ROWS, x, y_kernel, y_bias,
            y_add, n, j, panel);
}

static NN_APART void case2_fast_y_contract_forward(int batch, const float *NN_RESTRICT x,
        const float *NN_RESTRICT y_kernel, const float *NN_RESTRICT y_bias,
        float *NN_RESTRICT y_add)
{
    for (int n = 0; n < batch; n++) {
        const int panel = 0;
        const int j = 0;
        case2_fast_y_contract_forward_large(x, y_kernel, y_bias, y_add, n, j, panel);
    }
}

/* y = scan(y.add, y.recurrent_kernel, 0, 0)   [1, 1]
 * d_y.scan_trace = scan_trace(y.add, y.recurrent_kernel, 0, 0)   [1, 1, 16]
 * 1 steps, 1 columns */
#if NN_REGISTERS >= 32
enum { CASE2_FAST_Y_FORWARD_ROWS = 2 };
#else
enum { CASE2_FAST_Y_FORWARD_ROWS = 2 };
#endif
NN_INLINE void case2_fast_y_forward_tile(const int rows, float *NN_RESTRICT y_sums,
                                         float *NN_RESTRICT y_state,
                                         const float *NN_RESTRICT y_add,
                                         const float *NN_RESTRICT y_recurrent_kernel,
                                         float *NN_RESTRICT d_y_scan_trace, float *NN_RESTRICT y,
                                         int n)
{
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < 1; c++)
            y_state[(n + r) * 16 + c] = 0.0f;
    for (int r = 0; r < rows; r++)
        for (int o = 0; o < 1; o++)
            y_sums[(n + r) * 16 + o] = y_add[n + r];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE2_FAST_Y_FORWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE2_FAST_Y_FORWARD_ROWS; r++)
            if (r < rows) {
                acc[r] = nn_load(y_sums + n * 16 + r * 16 + column);
            }
        const float *at = y_recurrent_kernel + column;
        const nn_vec b0 = nn_load(at);
        NN_UNROLL
        for (int r = 0; r < CASE2_FAST_Y_FORWARD_ROWS; r++)
            if (r < rows) {
                const nn_vec scalar = nn_splat(y_state[n * 16 + r * 16]);
                acc[r] += scalar * b0;
            }
        NN_UNROLL
        for (int r = 0; r < CASE2_FAST_Y_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(y_sums + n * 16 + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE2_FAST_Y_FORWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE2_FAST_Y_FORWARD_ROWS; r++)
            if (r < rows) {
                acc[r][0] = nn_load(y_sums + n * 16 + r * 16 + column);
                acc[r][1] = nn_load(y_sums + n * 16 + r * 16 + column + NN_LANES);
            }
        const float *at = y_recurrent_kernel + column;
        const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
        NN_UNROLL
        for (int r = 0; r < CASE2_FAST_Y_FORWARD_ROWS; r++)
            if (r < rows) {
                const nn_vec scalar = nn_splat(y_state[n * 16 + r * 16]);
                acc[r][0] += scalar * b0;
                acc[r][1] += scalar * b1;
            }
        NN_UNROLL
        for (int r = 0; r < CASE2_FAST_Y_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(y_sums + n * 16 + r * 16 + column, acc[r][0]);
                nn_store(y_sums + n * 16 + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++) {
        for (int c = 0; c < 16; c++) {
            const float h = nn_tanh(y_sums[(n + r) * 16 + c]);
            y_state[(n + r) * 16 + c] = h;
            d_y_scan_trace[(n + r) * 16 + c] = h;
        }
        for (int c = 0; c < 1; c++)
            y[(n + r) * 2 + c + 1] = y_state[(n + r) * 16 + c];
    }
}

static NN_APART void case2_fast_y_forward_large(float *NN_RESTRICT y_sums,
                                                float *NN_RESTRICT y_state,
                                                const float *NN_RESTRICT y_add,
                                                const float *NN_RESTRICT y_recurrent_kernel,
                                                float *NN_RESTRICT d_y_scan_trace,
                                                float *NN_RESTRICT y, int n)
{
    case2_fast_y_forward_tile(CASE2_FAST_Y_FORWARD_ROWS, y_sums, y_state, y_add,
            y_recurrent_kernel, d_y_scan_trace, y, n);
}

static NN_APART void case2_fast_y_forward_small(float *NN_RESTRICT y_sums,
                                                float *NN_RESTRICT y_state,
                                                const float *NN_RESTRICT y_add,
                                                const float *NN_RESTRICT y_recurrent_kernel,
                                                float *NN_RESTRICT d_y_scan_trace,
                                                float *NN_RESTRICT y, int n)
{
    case2_fast_y_forward_tile(1, y_sums, y_state, y_add, y_recurrent_kernel, d_y_scan_trace, y, n);
}

static NN_APART void case2_fast_y_forward_single(float *NN_RESTRICT y_sums,
                                                 float *NN_RESTRICT y_state,
                                                 const float *NN_RESTRICT y_add,
                                                 const float *NN_RESTRICT y_recurrent_kernel,
                                                 float *NN_RESTRICT d_y_scan_trace,
                                                 float *NN_RESTRICT y, int n)
{
    case2_fast_y_forward_tile(1, y_sums, y_state, y_add, y_recurrent_kernel, d_y_scan_trace, y, n);
}

static NN_APART void case2_fast_y_forward(int batch, float *NN_RESTRICT y_sums,
                                          float *NN_RESTRICT y_state,
                                          const float *NN_RESTRICT y_add,
                                          const float *NN_RESTRICT y_recurrent_kernel,
                                          float *NN_RESTRICT d_y_scan_trace, float *NN_RESTRICT y)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE2_FAST_Y_FORWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case2_fast_y_forward_large(y_sums, y_state, y_add, y_recurrent_kernel,
                        d_y_scan_trace, y, n);
            } else {
                case2_fast_y_forward_small(y_sums, y_state, y_add, y_recurrent_kernel,
                        d_y_scan_trace, y, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case2_fast_y_forward_single(y_sums, y_state, y_add, y_recurrent_kernel,
                        d_y_scan_trace, y, n);
        }
    }
}

/* the room around y is zero */
static NN_APART void case2_fast_y_forward_halo(int batch, float *NN_RESTRICT y)
{
    for (int n = 0; n < batch; n++) {
        /* room around the data */
        y[n * 2] = 0.0f;
    }
}

/* d_y.transpose = transpose(y.recurrent_kernel)   [1, 1] */
static NN_APART void case2_fast_d_y_transpose_backward(const float *NN_RESTRICT y_recurrent_kernel,
        float *NN_RESTRICT d_y_transpose)
{
    d_y_transpose[0] = y_recurrent_kernel[0];
}

/* the room around d_y.transpose is zero */
static NN_APART void case2_fast_d_y_transpose_backward_halo(float *NN_RESTRICT d_y_transpose)
{
    /* room around the data */
    for (int r = 0; r < 1; r++)
        for (int lane = 1; lane < 16; lane++)
            d_y_transpose[r * 16 + lane] = 0.0f;
}

/* d_y.add = scan_grad(d_y.scan_trace, d_y.transpose, 0, seed)   [1, 1]
 * 1 steps from the last to the first, 1 columns */
#if NN_REGISTERS >= 32
enum { CASE2_FAST_D_Y_ADD_BACKWARD_ROWS = 2 };
#else
enum { CASE2_FAST_D_Y_ADD_BACKWARD_ROWS = 2 };
#endif
NN_INLINE void case2_fast_d_y_add_backward_tile(const int rows, float *NN_RESTRICT d_y_add_sums,
                                                float *NN_RESTRICT d_y_add_state,
                                                const float *NN_RESTRICT seed,
                                                const float *NN_RESTRICT d_y_scan_trace,
                                                float *NN_RESTRICT d_y_add, int n)
{
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < 1; c++)
            d_y_add_sums[(n + r) * 16 + c] = seed[n + r];
    for (int r = 0; r < rows; r++) {
        for (int c = 0; c < 16; c++) {
            const float d_h = d_y_add_sums[(n + r) * 16 + c];
            const float h = d_y_scan_trace[(n + r) * 16 + c];
            d_y_add_state[(n + r) * 16 + c] = d_h * (1.0f - h * h);
        }
        for (int c = 0; c < 1; c++)
            d_y_add[(n + r) * 16 + c] = d_y_add_state[(n + r) * 16 + c];
    }
}

static NN_APART void case2_fast_d_y_add_backward_large(float *NN_RESTRICT d_y_add_sums,
        float *NN_RESTRICT d_y_add_state, const float *NN_RESTRICT seed,
        const float *NN_RESTRICT d_y_scan_trace, float *NN_RESTRICT d_y_add, int n)
{
    case2_fast_d_y_add_backward_tile(CASE2_FAST_D_Y_ADD_BACKWARD_ROWS, d_y_add_sums, d_y_add_state,
            seed, d_y_scan_trace, d_y_add, n);
}

static NN_APART void case2_fast_d_y_add_backward_small(float *NN_RESTRICT d_y_add_sums,
        float *NN_RESTRICT d_y_add_state, const float *NN_RESTRICT seed,
        const float *NN_RESTRICT d_y_scan_trace, float *NN_RESTRICT d_y_add, int n)
{
    case2_fast_d_y_add_backward_tile(1, d_y_add_sums, d_y_add_state, seed, d_y_scan_trace, d_y_add,
            n);
}

static NN_APART void case2_fast_d_y_add_backward_single(float *NN_RESTRICT d_y_add_sums,
        float *NN_RESTRICT d_y_add_state, const float *NN_RESTRICT seed,
        const float *NN_RESTRICT d_y_scan_trace, float *NN_RESTRICT d_y_add, int n)
{
    case2_fast_d_y_add_backward_tile(1, d_y_add_sums, d_y_add_state, seed, d_y_scan_trace, d_y_add,
            n);
}

static NN_APART void case2_fast_d_y_add_backward(int batch, float *NN_RESTRICT d_y_add_sums,
                                                 float *NN_RESTRICT d_y_add_state,
                                                 const float *NN_RESTRICT seed,
                                                 const float *NN_RESTRICT d_y_scan_trace,
                                                 float *NN_RESTRICT d_y_add)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE2_FAST_D_Y_ADD_BACKWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case2_fast_d_y_add_backward_large(d_y_add_sums, d_y_add_state, seed,
                        d_y_scan_trace, d_y_add, n);
            } else {
                case2_fast_d_y_add_backward_small(d_y_add_sums, d_y_add_state, seed,
                        d_y_scan_trace, d_y_add, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case2_fast_d_y_add_backward_single(d_y_add_sums, d_y_add_state, seed,
                        d_y_scan_trace, d_y_add, n);
        }
    }
}

/* the room around d_y.add is zero */
static NN_APART void case2_fast_d_y_add_backward_halo(int batch, float *NN_RESTRICT d_y_add)
{
    for (int n = 0; n < batch; n++) {
        /* room around the data */
        for (int i = 0; i < 1; i++)
            for (int gap = 0; gap < 15; gap++)
                d_y_add[n * 16 + i * 16 + gap + 1] = 0.0f;
    }
}

/* d_y.recurrent_kernel = contract(y, d_y.add)   [1, 1] */
#if NN_REGISTERS >= 32
enum { CASE2_FAST_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS = 1 };
#else
enum { CASE2_FAST_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS = 1 };
#endif
NN_INLINE void case2_fast_d_y_recurrent_kernel_backward_tile(const int rows,
        const float *NN_RESTRICT y, const float *NN_RESTRICT d_y_add,
        float *NN_RESTRICT d_y_recurrent_kernel, int j, int from, int to)
{
    float sum[CASE2_FAST_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE2_FAST_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE2_FAST_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            const float *at = d_y_add + n * 16 + column;
            const nn_vec b0 = nn_load(at);
            NN_UNROLL
            for (int r = 0; r < CASE2_FAST_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(y[j + n * 2 + r]);
                    acc[r] += scalar * b0;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE2_FAST_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE2_FAST_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE2_FAST_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            const float *at = d_y_add + n * 16 + column;
            const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
            NN_UNROLL
            for (int r = 0; r < CASE2_FAST_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(y[j + n * 2 + r]);
                    acc[r][0] += scalar * b0;
                    acc[r][1] += scalar * b1;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE2_FAST_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++) {
        const int row = j + r;
        for (int lane = 0; lane < 1; lane++)
            d_y_recurrent_kernel[row + lane] = sum[r * 16 + lane];
    }
}

static NN_APART void case2_fast_d_y_recurrent_kernel_backward_large(const float *NN_RESTRICT y,
        const float *NN_RESTRICT d_y_add, float *NN_RESTRICT d_y_recurrent_kernel, int j, int from,
        int to)
{
    case2_fast_d_y_recurrent_kernel_backward_tile(CASE2_FAST_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS, y,
            d_y_add, d_y_recurrent_kernel, j, from, to);
}

static NN_APART void case2_fast_d_y_recurrent_kernel_backward(int batch,
        const float *NN_RESTRICT y, const float *NN_RESTRICT d_y_add,
        float *NN_RESTRICT d_y_recurrent_kernel)
{
    for (int unit = 0; unit < 1; unit++) {
        const int j = 0;
        const int from = 0;
        const int to = batch;
        case2_fast_d_y_recurrent_kernel_backward_large(y, d_y_add, d_y_recurrent_kernel, j, from,
                to);
    }
}

/* d_y.bias = reduce_sum(d_y.add)   [1] */
static NN_APART void case2_fast_d_y_bias_backward(int batch, const float *NN_RESTRICT d_y_add,
        float *NN_RESTRICT d_y_bias)
{
    float sum[1];
    for (int c = 0; c < 1; c++)
        sum[c] = 0.0f;
    for (int n = 0; n < batch; n++)
        for (int c = 0; c < 1; c++)
            sum[c] += d_y_add[n * 16];
    for (int c = 0; c < 1; c++)
        d_y_bias[c] = sum[c];
}

/* d_x = contract(d_y.add, y.kernel)   [1, 1] */
static NN_APART void case2_fast_d_x_backward_turn(const float *NN_RESTRICT y_kernel,
        float *NN_RESTRICT d_x_turned)
{
    for (int unit = 0; unit < 1; unit++) {
        const int panel = unit;
        const int p = 0;
        for (int q = 0; q < 1; q++)
            for (int o = 0; o < 1; o++)
                for (int lane = 0; lane < 16; lane++)
                    d_x_turned[panel * 16 + (p + q + o) * 16 + lane] = lane < 1 ? y_kernel[(p *
                            -1 + q * -1 + panel * 16 + lane) * 16 + o] : 0.0f;
    }
}

/* d_x = contract(d_y.add, y.kernel)   [1, 1] */
#if NN_REGISTERS >= 32
enum { CASE2_FAST_D_X_BACKWARD_ROWS = 1 };
#else
enum { CASE2_FAST_D_X_BACKWARD_ROWS = 1 };
#endif
NN_INLINE void case2_fast_d_x_backward_tile(const int rows, const float *NN_RESTRICT d_y_add,
                                            const float *NN_RESTRICT d_x_turned,
                                            float *NN_RESTRICT d_x, int n, int j, int panel)
{
    float sum[CASE2_FAST_D_X_BACKWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE2_FAST_D_X_BACKWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE2_FAST_D_X_BACKWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        const float *at = d_x_turned + panel * 16 + column;
        const nn_vec b0 = nn_load(at);
        NN_UNROLL
        for (int r = 0; r < CASE2_FAST_D_X_BACKWARD_ROWS; r++)
            if (r < rows) {
                const nn_vec scalar = nn_splat(d_y_add[n * 16 + j * 16 + r * 16]);
                acc[r] += scalar * b0;
            }
        NN_UNROLL
        for (int r = 0; r < CASE2_FAST_D_X_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE2_FAST_D_X_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE2_FAST_D_X_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        const float *at = d_x_turned + panel * 16 + column;
        const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
        NN_UNROLL
        for (int r = 0; r < CASE2_FAST_D_X_BACKWARD_ROWS; r++)
            if (r < rows) {
                const nn_vec scalar = nn_splat(d_y_add[n * 16 + j * 16 + r * 16]);
                acc[r][0] += scalar * b0;
                acc[r][1] += scalar * b1;
            }
        NN_UNROLL
        for (int r = 0; r < CASE2_FAST_D_X_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++)
        for (int lane = 0; lane < 1; lane++)
            d_x[n + j + r + lane] = sum[r * 16 + lane];
}

static NN_APART void case2_fast_d_x_backward_large(const float *NN_RESTRICT d_y_add,
        const float *NN_RESTRICT d_x_turned, float *NN_RESTRICT d_x, int n, int j, int panel)
{
    case2_fast_d_x_backward_tile(CASE2_FAST_D_X_BACKWARD_ROWS, d_y_add, d_x_turned, d_x, n, j,
            panel);
}

static NN_APART void case2_fast_d_x_backward(int batch, const float *NN_RESTRICT d_y_add,
                                             const float *NN_RESTRICT d_x_turned,
                                             float *NN_RESTRICT d_x)
{
    for (int n = 0; n < batch; n++) {
        const int panel = 0;
        const int j = 0;
        case2_fast_d_x_backward_large(d_y_add, d_x_turned, d_x, n, j, panel);
    }
}

/* d_y.kernel = contract(x, d_y.add)   [1, 1] */
#if NN_REGISTERS >= 32
enum { CASE2_FAST_D_Y_KERNEL_BACKWARD_ROWS = 1 };
#else
enum { CASE2_FAST_D_Y_KERNEL_BACKWARD_ROWS = 1 };
#endif
NN_INLINE void case2_fast_d_y_kernel_backward_tile(const int rows, const float *NN_RESTRICT x,
        const float *NN_RESTRICT d_y_add, float *NN_RESTRICT d_y_kernel, int j, int from, int to)
{
    float sum[CASE2_FAST_D_Y_KERNEL_BACKWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE2_FAST_D_Y_KERNEL_BACKWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE2_FAST_D_Y_KERNEL_BACKWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            const float *at = d_y_add + n * 16 + column;
            const nn_vec b0 = nn_load(at);
            NN_UNROLL
            for (int r = 0; r < CASE2_FAST_D_Y_KERNEL_BACKWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(x[j + n + r]);
                    acc[r] += scalar * b0;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE2_FAST_D_Y_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE2_FAST_D_Y_KERNEL_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE2_FAST_D_Y_KERNEL_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            const float *at = d_y_add + n * 16 + column;
            const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
            NN_UNROLL
            for (int r = 0; r < CASE2_FAST_D_Y_KERNEL_BACKWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(x[j + n + r]);
                    acc[r][0] += scalar * b0;
                    acc[r][1] += scalar * b1;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE2_FAST_D_Y_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++) {
        const int row = j + r;
        for (int lane = 0; lane < 1; lane++)
            d_y_kernel[row + lane] = sum[r * 16 + lane];
    }
}

static NN_APART void case2_fast_d_y_kernel_backward_large(const float *NN_RESTRICT x,
        const float *NN_RESTRICT d_y_add, float *NN_RESTRICT d_y_kernel, int j, int from, int to)
{
    case2_fast_d_y_kernel_backward_tile(CASE2_FAST_D_Y_KERNEL_BACKWARD_ROWS, x, d_y_add,
            d_y_kernel, j, from, to);
}

static NN_APART void case2_fast_d_y_kernel_backward(int batch, const float *NN_RESTRICT x,
        const float *NN_RESTRICT d_y_add, float *NN_RESTRICT d_y_kernel)
{
    for (int unit = 0; unit < 1; unit++) {
        const int j = 0;
        const int from = 0;
        const int to = batch;
        case2_fast_d_y_kernel_backward_large(x, d_y_add, d_y_kernel, j, from, to);
    }
}

static NN_APART void case2_fast_y_forward_copy(int batch, const float *NN_RESTRICT y,
                                               float *NN_RESTRICT y_out)
{
    const int total = batch;
    for (int block = 0; block < (total + 4095) / 4096; block++) {
        const int end = block * 4096 + 4096 < total ? block * 4096 + 4096 : total;
        for (int n = block * 4096; n < end; n++)
            y_out[n] = y[n * 2 + 1];
    }
}

static void case2_fast_run(float *state, char *arena, const nn_step *step,
                           const void *const *inputs, const void *const *targets,
                           void *const *outputs, float *results, int threads)
{
    (void)targets;
    (void)results;
    (void)threads;
    const int batch = step->batch;
    const float *const x = (const float *)inputs[0]; /* [1, 1] */
    const float *const y_kernel = state + 0; /* [1, 1] */
    const float *const y_recurrent_kernel = state + 16; /* [1, 1] */
    const float *const y_bias = state + 32; /* [1] */
    const float *const seed = (const float *)inputs[1]; /* [1, 1] */
    float *const y_add = (float *)(void *)(arena + 576); /* [1, 1] */
    float *const y = (float *)(void *)(arena + 768); /* [1, 1] */
    float *const d_y_scan_trace = (float *)(void *)(arena + 384); /* [1, 1, 16] */
    float *const d_y_transpose = (float *)(void *)(arena + 0); /* [1, 1] */
    float *const d_y_add = (float *)(void *)(arena + 576); /* [1, 1] */
    float *const d_y_recurrent_kernel = (float *)outputs[3]; /* [1, 1] */
    float *const d_y_bias = (float *)outputs[4]; /* [1] */
    float *const d_x = (float *)outputs[1]; /* [1, 1] */
    float *const d_y_kernel = (float *)outputs[2]; /* [1, 1] */
    float *const y_out = (float *)outputs[0]; /* [1, 1] */
    float *const y_sums = (float *)(void *)(arena + 0);
    float *const y_state = (float *)(void *)(arena + 192);
    float *const d_y_add_sums = (float *)(void *)(arena + 0);
    float *const d_y_add_state = (float *)(void *)(arena + 192);
    float *const d_x_turned = (float *)(void *)(arena + 0);
    const uint64_t mode = nn_flush_denormals();
    case2_fast_y_contract_forward(batch, x, y_kernel, y_bias, y_add);
    case2_fast_y_forward(batch, y_sums, y_state, y_add, y_recurrent_kernel, d_y_scan_trace, y);
    case2_fast_y_forward_halo(batch, y);
    case2_fast_d_y_transpose_backward(y_recurrent_kernel, d_y_transpose);
    case2_fast_d_y_transpose_backward_halo(d_y_transpose);
    case2_fast_d_y_add_backward(batch, d_y_add_sums, d_y_add_state, seed, d_y_scan_trace, d_y_add);
    case2_fast_d_y_add_backward_halo(batch, d_y_add);
    case2_fast_d_y_recurrent_kernel_backward(batch, y, d_y_add, d_y_recurrent_kernel);
    case2_fast_d_y_bias_backward(batch, d_y_add, d_y_bias);
    case2_fast_d_x_backward_turn(y_kernel, d_x_turned);
    case2_fast_d_x_backward(batch, d_y_add, d_x_turned, d_x);
    case2_fast_d_y_kernel_backward(batch, x, d_y_add, d_y_kernel);
    case2_fast_y_forward_copy(batch, y, y_out);
    nn_restore_denormals(mode);
}

/* y.contract = contract(x, y.kernel)   [1, 1]
 * y.add = add(y.contract, y.bias)   [1, 1] */
static NN_APART void case2_plain_y_contract_forward(int batch, const float *NN_RESTRICT x,
        const float *NN_RESTRICT y_kernel, const float *NN_RESTRICT y_bias,
        float *NN_RESTRICT y_add)
{
    for (int n = 0; n < batch; n++) {
        float sum = 0.0f;
        sum += x[n] * y_kernel[0];
        y_add[n] = sum + y_bias[0];
    }
}

/* y = scan(y.add, y.recurrent_kernel, 0, 0)   [1, 1]
 * d_y.scan_trace = scan_trace(y.add, y.recurrent_kernel, 0, 0)   [1, 1, 16]
 * 1 steps, 1 columns */
#if NN_REGISTERS >= 32
enum { CASE2_PLAIN_Y_FORWARD_ROWS = 2 };
#else
enum { CASE2_PLAIN_Y_FORWARD_ROWS = 2 };
#endif
NN_INLINE void case2_plain_y_forward_tile(const int rows, float *NN_RESTRICT y_sums,
                                          float *NN_RESTRICT y_state,
                                          const float *NN_RESTRICT y_add,
                                          const float *NN_RESTRICT y_recurrent_kernel,
                                          float *NN_RESTRICT d_y_scan_trace, float *NN_RESTRICT y,
                                          int n)
{
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < 1; c++)
            y_state[(n + r) * 16 + c] = 0.0f;
    for (int r = 0; r < rows; r++)
        for (int o = 0; o < 1; o++)
            y_sums[(n + r) * 16 + o] = y_add[n + r];
    for (int r = 0; r < rows; r++)
        for (int o = 0; o < 1; o++)
            y_sums[(n + r) * 16 + o] += y_state[(n + r) * 16] * y_recurrent_kernel[0];
    for (int r = 0; r < rows; r++) {
        for (int c = 0; c < 16; c++) {
            const float h = nn_tanh(y_sums[(n + r) * 16 + c]);
            y_state[(n + r) * 16 + c] = h;
            d_y_scan_trace[(n + r) * 16 + c] = h;
        }
        for (int c = 0; c < 1; c++)
            y[n + r + c] = y_state[(n + r) * 16 + c];
    }
}

static NN_APART void case2_plain_y_forward_large(float *NN_RESTRICT y_sums,
                                                 float *NN_RESTRICT y_state,
                                                 const float *NN_RESTRICT y_add,
                                                 const float *NN_RESTRICT y_recurrent_kernel,
                                                 float *NN_RESTRICT d_y_scan_trace,
                                                 float *NN_RESTRICT y, int n)
{
    case2_plain_y_forward_tile(CASE2_PLAIN_Y_FORWARD_ROWS, y_sums, y_state, y_add,
            y_recurrent_kernel, d_y_scan_trace, y, n);
}

static NN_APART void case2_plain_y_forward_small(float *NN_RESTRICT y_sums,
                                                 float *NN_RESTRICT y_state,
                                                 const float *NN_RESTRICT y_add,
                                                 const float *NN_RESTRICT y_recurrent_kernel,
                                                 float *NN_RESTRICT d_y_scan_trace,
                                                 float *NN_RESTRICT y, int n)
{
    case2_plain_y_forward_tile(1, y_sums, y_state, y_add, y_recurrent_kernel, d_y_scan_trace, y, n);
}

static NN_APART void case2_plain_y_forward_single(float *NN_RESTRICT y_sums,
        float *NN_RESTRICT y_state, const float *NN_RESTRICT y_add,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT d_y_scan_trace,
        float *NN_RESTRICT y, int n)
{
    case2_plain_y_forward_tile(1, y_sums, y_state, y_add, y_recurrent_kernel, d_y_scan_trace, y, n);
}

static NN_APART void case2_plain_y_forward(int batch, float *NN_RESTRICT y_sums,
                                           float *NN_RESTRICT y_state,
                                           const float *NN_RESTRICT y_add,
                                           const float *NN_RESTRICT y_recurrent_kernel,
                                           float *NN_RESTRICT d_y_scan_trace, float *NN_RESTRICT y)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE2_PLAIN_Y_FORWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case2_plain_y_forward_large(y_sums, y_state, y_add, y_recurrent_kernel,
                        d_y_scan_trace, y, n);
            } else {
                case2_plain_y_forward_small(y_sums, y_state, y_add, y_recurrent_kernel,
                        d_y_scan_trace, y, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case2_plain_y_forward_single(y_sums, y_state, y_add, y_recurrent_kernel,
                        d_y_scan_trace, y, n);
        }
    }
}

/* d_y.transpose = transpose(y.recurrent_kernel)   [1, 1] */
static NN_APART void case2_plain_d_y_transpose_backward(
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT d_y_transpose)
{
    d_y_transpose[0] = y_recurrent_kernel[0];
}

/* d_y.add = scan_grad(d_y.scan_trace, d_y.transpose, 0, seed)   [1, 1]
 * 1 steps from the last to the first, 1 columns */
#if NN_REGISTERS >= 32
enum { CASE2_PLAIN_D_Y_ADD_BACKWARD_ROWS = 2 };
#else
enum { CASE2_PLAIN_D_Y_ADD_BACKWARD_ROWS = 2 };
#endif
NN_INLINE void case2_plain_d_y_add_backward_tile(const int rows, float *NN_RESTRICT d_y_add_sums,
                                                 float *NN_RESTRICT d_y_add_state,
                                                 const float *NN_RESTRICT seed,
                                                 const float *NN_RESTRICT d_y_scan_trace,
                                                 float *NN_RESTRICT d_y_add, int n)
{
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < 1; c++)
            d_y_add_sums[(n + r) * 16 + c] = seed[n + r];
    for (int r = 0; r < rows; r++) {
        for (int c = 0; c < 16; c++) {
            const float d_h = d_y_add_sums[(n + r) * 16 + c];
            const float h = d_y_scan_trace[(n + r) * 16 + c];
            d_y_add_state[(n + r) * 16 + c] = d_h * (1.0f - h * h);
        }
        for (int c = 0; c < 1; c++)
            d_y_add[n + r + c] = d_y_add_state[(n + r) * 16 + c];
    }
}

static NN_APART void case2_plain_d_y_add_backward_large(float *NN_RESTRICT d_y_add_sums,
        float *NN_RESTRICT d_y_add_state, const float *NN_RESTRICT seed,
        const float *NN_RESTRICT d_y_scan_trace, float *NN_RESTRICT d_y_add, int n)
{
    case2_plain_d_y_add_backward_tile(CASE2_PLAIN_D_Y_ADD_BACKWARD_ROWS, d_y_add_sums,
            d_y_add_state, seed, d_y_scan_trace, d_y_add, n);
}

static NN_APART void case2_plain_d_y_add_backward_small(float *NN_RESTRICT d_y_add_sums,
        float *NN_RESTRICT d_y_add_state, const float *NN_RESTRICT seed,
        const float *NN_RESTRICT d_y_scan_trace, float *NN_RESTRICT d_y_add, int n)
{
    case2_plain_d_y_add_backward_tile(1, d_y_add_sums, d_y_add_state, seed, d_y_scan_trace,
            d_y_add, n);
}

static NN_APART void case2_plain_d_y_add_backward_single(float *NN_RESTRICT d_y_add_sums,
        float *NN_RESTRICT d_y_add_state, const float *NN_RESTRICT seed,
        const float *NN_RESTRICT d_y_scan_trace, float *NN_RESTRICT d_y_add, int n)
{
    case2_plain_d_y_add_backward_tile(1, d_y_add_sums, d_y_add_state, seed, d_y_scan_trace,
            d_y_add, n);
}

static NN_APART void case2_plain_d_y_add_backward(int batch, float *NN_RESTRICT d_y_add_sums,
        float *NN_RESTRICT d_y_add_state, const float *NN_RESTRICT seed,
        const float *NN_RESTRICT d_y_scan_trace, float *NN_RESTRICT d_y_add)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE2_PLAIN_D_Y_ADD_BACKWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case2_plain_d_y_add_backward_large(d_y_add_sums, d_y_add_state, seed,
                        d_y_scan_trace, d_y_add, n);
            } else {
                case2_plain_d_y_add_backward_small(d_y_add_sums, d_y_add_state, seed,
                        d_y_scan_trace, d_y_add, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case2_plain_d_y_add_backward_single(d_y_add_sums, d_y_add_state, seed,
                        d_y_scan_trace, d_y_add, n);
        }
    }
}

/* d_y.recurrent_kernel = contract(y, d_y.add)   [1, 1] */
static NN_APART void case2_plain_y_forward_pad(int batch, const float *NN_RESTRICT y,
                                               float *NN_RESTRICT d_y_recurrent_kernel_padded)
{
    for (int n = 0; n < batch; n++)
        for (int j = 0; j < 2; j++)
            for (int c = 0; c < 1; c++)
                d_y_recurrent_kernel_padded[n * 2 + j + c] = j - 1 >= 0 && j - 1 < 1 ? y[n] : 0.0f;
}

/* d_y.recurrent_kernel = contract(y, d_y.add)   [1, 1] */
static NN_APART void case2_plain_d_y_add_backward_pad(int batch, const float *NN_RESTRICT d_y_add,
        float *NN_RESTRICT d_y_recurrent_kernel_padded)
{
    for (int n = 0; n < batch; n++)
        for (int c = 0; c < 16; c++)
            d_y_recurrent_kernel_padded[n * 16 + c] = c >= 0 && c < 1 ? d_y_add[n] : 0.0f;
}

/* d_y.recurrent_kernel = contract(y, d_y.add)   [1, 1] */
#if NN_REGISTERS >= 32
enum { CASE2_PLAIN_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS = 1 };
#else
enum { CASE2_PLAIN_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS = 1 };
#endif
NN_INLINE void case2_plain_d_y_recurrent_kernel_backward_tile(const int rows,
        const float *NN_RESTRICT d_y_recurrent_kernel_padded,
        const float *NN_RESTRICT d_y_recurrent_kernel_padded_2,
        float *NN_RESTRICT d_y_recurrent_kernel, int j, int from, int to)
{
    float sum[CASE2_PLAIN_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE2_PLAIN_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE2_PLAIN_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            const float *at = d_y_recurrent_kernel_padded_2 + n * 16 + column;
            const nn_vec b0 = nn_load(at);
            NN_UNROLL
            for (int r = 0; r < CASE2_PLAIN_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(d_y_recurrent_kernel_padded[j + n * 2 + r]);
                    acc[r] += scalar * b0;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE2_PLAIN_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE2_PLAIN_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE2_PLAIN_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            const float *at = d_y_recurrent_kernel_padded_2 + n * 16 + column;
            const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
            NN_UNROLL
            for (int r = 0; r < CASE2_PLAIN_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(d_y_recurrent_kernel_padded[j + n * 2 + r]);
                    acc[r][0] += scalar * b0;
                    acc[r][1] += scalar * b1;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE2_PLAIN_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++) {
        const int row = j + r;
        for (int lane = 0; lane < 1; lane++)
            d_y_recurrent_kernel[row + lane] = sum[r * 16 + lane];
    }
}

static NN_APART void case2_plain_d_y_recurrent_kernel_backward_large(
        const float *NN_RESTRICT d_y_recurrent_kernel_padded,
        const float *NN_RESTRICT d_y_recurrent_kernel_padded_2,
        float *NN_RESTRICT d_y_recurrent_kernel, int j, int from, int to)
{
    case2_plain_d_y_recurrent_kernel_backward_tile(CASE2_PLAIN_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS,
            d_y_recurrent_kernel_padded, d_y_recurrent_kernel_padded_2, d_y_recurrent_kernel, j,
            from, to);
}

static NN_APART void case2_plain_d_y_recurrent_kernel_backward(int batch,
        const float *NN_RESTRICT d_y_recurrent_kernel_padded,
        const float *NN_RESTRICT d_y_recurrent_kernel_padded_2,
        float *NN_RESTRICT d_y_recurrent_kernel)
{
    for (int unit = 0; unit < 1; unit++) {
        const int j = 0;
        const int from = 0;
        const int to = batch;
        case2_plain_d_y_recurrent_kernel_backward_large(d_y_recurrent_kernel_padded,
                d_y_recurrent_kernel_padded_2, d_y_recurrent_kernel, j, from, to);
    }
}

/* d_y.bias = reduce_sum(d_y.add)   [1] */
static NN_APART void case2_plain_d_y_bias_backward(int batch, const float *NN_RESTRICT d_y_add,
        float *NN_RESTRICT d_y_bias)
{
    float sum[1];
    for (int c = 0; c < 1; c++)
        sum[c] = 0.0f;
    for (int n = 0; n < batch; n++)
        for (int c = 0; c < 1; c++)
            sum[c] += d_y_add[n];
    for (int c = 0; c < 1; c++)
        d_y_bias[c] = sum[c];
}

/* d_x = contract(d_y.add, y.kernel)   [1, 1] */
static NN_APART void case2_plain_d_x_backward(int batch, const float *NN_RESTRICT d_y_add,
                                              const float *NN_RESTRICT y_kernel,
                                              float *NN_RESTRICT d_x)
{
    for (int n = 0; n < batch; n++) {
        float sum = 0.0f;
        sum += d_y_add[n] * y_kernel[0];
        d_x[n] = sum;
    }
}

/* d_y.kernel = contract(x, d_y.add)   [1, 1] */
static NN_APART void case2_plain_d_y_add_backward_pad_2(int batch,
        const float *NN_RESTRICT d_y_add, float *NN_RESTRICT d_y_kernel_padded)
{
    for (int n = 0; n < batch; n++)
        for (int c = 0; c < 16; c++)
            d_y_kernel_padded[n * 16 + c] = c >= 0 && c < 1 ? d_y_add[n] : 0.0f;
}

/* d_y.kernel = contract(x, d_y.add)   [1, 1] */
#if NN_REGISTERS >= 32
enum { CASE2_PLAIN_D_Y_KERNEL_BACKWARD_ROWS = 1 };
#else
enum { CASE2_PLAIN_D_Y_KERNEL_BACKWARD_ROWS = 1 };
#endif
NN_INLINE void case2_plain_d_y_kernel_backward_tile(const int rows, const float *NN_RESTRICT x,
        const float *NN_RESTRICT d_y_kernel_padded, float *NN_RESTRICT d_y_kernel, int j, int from,
        int to)
{
    float sum[CASE2_PLAIN_D_Y_KERNEL_BACKWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE2_PLAIN_D_Y_KERNEL_BACKWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE2_PLAIN_D_Y_KERNEL_BACKWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            const float *at = d_y_kernel_padded + n * 16 + column;
            const nn_vec b0 = nn_load(at);
            NN_UNROLL
            for (int r = 0; r < CASE2_PLAIN_D_Y_KERNEL_BACKWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(x[j + n + r]);
                    acc[r] += scalar * b0;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE2_PLAIN_D_Y_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE2_PLAIN_D_Y_KERNEL_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE2_PLAIN_D_Y_KERNEL_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            const float *at = d_y_kernel_padded + n * 16 + column;
            const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
            NN_UNROLL
            for (int r = 0; r < CASE2_PLAIN_D_Y_KERNEL_BACKWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(x[j + n + r]);
                    acc[r][0] += scalar * b0;
                    acc[r][1] += scalar * b1;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE2_PLAIN_D_Y_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++) {
        const int row = j + r;
        for (int lane = 0; lane < 1; lane++)
            d_y_kernel[row + lane] = sum[r * 16 + lane];
    }
}

static NN_APART void case2_plain_d_y_kernel_backward_large(const float *NN_RESTRICT x,
        const float *NN_RESTRICT d_y_kernel_padded, float *NN_RESTRICT d_y_kernel, int j, int from,
        int to)
{
    case2_plain_d_y_kernel_backward_tile(CASE2_PLAIN_D_Y_KERNEL_BACKWARD_ROWS, x,
            d_y_kernel_padded, d_y_kernel, j, from, to);
}

static NN_APART void case2_plain_d_y_kernel_backward(int batch, const float *NN_RESTRICT x,
        const float *NN_RESTRICT d_y_kernel_padded, float *NN_RESTRICT d_y_kernel)
{
    for (int unit = 0; unit < 1; unit++) {
        const int j = 0;
        const int from = 0;
        const int to = batch;
        case2_plain_d_y_kernel_backward_large(x, d_y_kernel_padded, d_y_kernel, j, from, to);
    }
}

static void case2_plain_run(float *state, char *arena, const nn_step *step,
                            const void *const *inputs, const void *const *targets,
                            void *const *outputs, float *results, int threads)
{
    (void)targets;
    (void)results;
    (void)threads;
    const int batch = step->batch;
    const float *const x = (const float *)inputs[0]; /* [1, 1] */
    const float *const y_kernel = state + 0; /* [1, 1] */
    const float *const y_recurrent_kernel = state + 16; /* [1, 1] */
    const float *const y_bias = state + 32; /* [1] */
    const float *const seed = (const float *)inputs[1]; /* [1, 1] */
    float *const y_add = (float *)(void *)(arena + 576); /* [1, 1] */
    float *const y = (float *)outputs[0]; /* [1, 1] */
    float *const d_y_scan_trace = (float *)(void *)(arena + 384); /* [1, 1, 16] */
    float *const d_y_transpose = (float *)(void *)(arena + 0); /* [1, 1] */
    float *const d_y_add = (float *)(void *)(arena + 576); /* [1, 1] */
    float *const d_y_recurrent_kernel = (float *)outputs[3]; /* [1, 1] */
    float *const d_y_bias = (float *)outputs[4]; /* [1] */
    float *const d_x = (float *)outputs[1]; /* [1, 1] */
    float *const d_y_kernel = (float *)outputs[2]; /* [1, 1] */
    float *const y_sums = (float *)(void *)(arena + 0);
    float *const y_state = (float *)(void *)(arena + 192);
    float *const d_y_add_sums = (float *)(void *)(arena + 0);
    float *const d_y_add_state = (float *)(void *)(arena + 192);
    float *const d_y_recurrent_kernel_padded = (float *)(void *)(arena + 192);
    float *const d_y_recurrent_kernel_padded_2 = (float *)(void *)(arena + 0);
    float *const d_y_kernel_padded = (float *)(void *)(arena + 0);
    const uint64_t mode = nn_flush_denormals();
    case2_plain_y_contract_forward(batch, x, y_kernel, y_bias, y_add);
    case2_plain_y_forward(batch, y_sums, y_state, y_add, y_recurrent_kernel, d_y_scan_trace, y);
    case2_plain_d_y_transpose_backward(y_recurrent_kernel, d_y_transpose);
    case2_plain_d_y_add_backward(batch, d_y_add_sums, d_y_add_state, seed, d_y_scan_trace, d_y_add);
    case2_plain_y_forward_pad(batch, y, d_y_recurrent_kernel_padded);
    case2_plain_d_y_add_backward_pad(batch, d_y_add, d_y_recurrent_kernel_padded_2);
    case2_plain_d_y_recurrent_kernel_backward(batch, d_y_recurrent_kernel_padded,
            d_y_recurrent_kernel_padded_2, d_y_recurrent_kernel);
    case2_plain_d_y_bias_backward(batch, d_y_add, d_y_bias);
    case2_plain_d_x_backward(batch, d_y_add, y_kernel, d_x);
    case2_plain_d_y_add_backward_pad_2(batch, d_y_add, d_y_kernel_padded);
    case2_plain_d_y_kernel_backward(batch, x, d_y_kernel_padded, d_y_kernel);
    nn_restore_denormals(mode);
}

/* y.contract = contract(x, y.kernel)   [1, 1]
 * y.add = add(y.contract, y.bias)   [1, 1] */
#if NN_REGISTERS >= 32
enum { CASE2_FILLED_Y_CONTRACT_FORWARD_ROWS = 1 };
#else
enum { CASE2_FILLED_Y_CONTRACT_FORWARD_ROWS = 1 };
#endif
NN_INLINE void case2_filled_y_contract_forward_tile(const int rows, const float *NN_RESTRICT x,
        const float *NN_RESTRICT y_kernel, const float *NN_RESTRICT y_bias,
        float *NN_RESTRICT y_add, int n, int j, int panel)
{
    float sum[CASE2_FILLED_Y_CONTRACT_FORWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE2_FILLED_Y_CONTRACT_FORWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE2_FILLED_Y_CONTRACT_FORWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        const float *at = y_kernel + panel * 16 + column;
        const nn_vec b0 = nn_load(at);
        NN_UNROLL
        for (int r = 0; r < CASE2_FILLED_Y_CONTRACT_FORWARD_ROWS; r++)
            if (r < rows) {
                const nn_vec scalar = nn_splat(x[n + j + r]);
                acc[r] += scalar * b0;
            }
        NN_UNROLL
        for (int r = 0; r < CASE2_FILLED_Y_CONTRACT_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE2_FILLED_Y_CONTRACT_FORWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE2_FILLED_Y_CONTRACT_FORWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        const float *at = y_kernel + panel * 16 + column;
        const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
        NN_UNROLL
        for (int r = 0; r < CASE2_FILLED_Y_CONTRACT_FORWARD_ROWS; r++)
            if (r < rows) {
                const nn_vec scalar = nn_splat(x[n + j + r]);
                acc[r][0] += scalar * b0;
                acc[r][1] += scalar * b1;
            }
        NN_UNROLL
        for (int r = 0; r < CASE2_FILLED_Y_CONTRACT_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++)
        for (int lane = 0; lane < 1; lane++)
            y_add[n + j + r + lane] = sum[r * 16 + lane] + y_bias[0];
}

static NN_APART void case2_filled_y_contract_forward_large(const float *NN_RESTRICT x,
        const float *NN_RESTRICT y_kernel, const float *NN_RESTRICT y_bias,
        float *NN_RESTRICT y_add, int n, int j, int panel)
{
    case2_filled_y_contract_forward_tile(CASE2_FILLED_Y_CONTRACT_FORWARD_ROWS, x, y_kernel, y_bias,
            y_add, n, j, panel);
}

static NN_APART void case2_filled_y_contract_forward(int batch, const float *NN_RESTRICT x,
        const float *NN_RESTRICT y_kernel, const float *NN_RESTRICT y_bias,
        float *NN_RESTRICT y_add)
{
    for (int n = 0; n < batch; n++) {
        const int panel = 0;
        const int j = 0;
        case2_filled_y_contract_forward_large(x, y_kernel, y_bias, y_add, n, j, panel);
    }
}

/* y = scan(y.add, y.recurrent_kernel, 0, 0)   [1, 1]
 * d_y.scan_trace = scan_trace(y.add, y.recurrent_kernel, 0, 0)   [1, 1, 16]
 * 1 steps, 1 columns */
#if NN_REGISTERS >= 32
enum { CASE2_FILLED_Y_FORWARD_ROWS = 2 };
#else
enum { CASE2_FILLED_Y_FORWARD_ROWS = 2 };
#endif
NN_INLINE void case2_filled_y_forward_tile(const int rows, float *NN_RESTRICT y_sums,
                                           float *NN_RESTRICT y_state,
                                           const float *NN_RESTRICT y_add,
                                           const float *NN_RESTRICT y_recurrent_kernel,
                                           float *NN_RESTRICT d_y_scan_trace, float *NN_RESTRICT y,
                                           int n)
{
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < 1; c++)
            y_state[(n + r) * 16 + c] = 0.0f;
    for (int r = 0; r < rows; r++)
        for (int o = 0; o < 1; o++)
            y_sums[(n + r) * 16 + o] = y_add[n + r];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE2_FILLED_Y_FORWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE2_FILLED_Y_FORWARD_ROWS; r++)
            if (r < rows) {
                acc[r] = nn_load(y_sums + n * 16 + r * 16 + column);
            }
        const float *at = y_recurrent_kernel + column;
        const nn_vec b0 = nn_load(at);
        NN_UNROLL
        for (int r = 0; r < CASE2_FILLED_Y_FORWARD_ROWS; r++)
            if (r < rows) {
                const nn_vec scalar = nn_splat(y_state[n * 16 + r * 16]);
                acc[r] += scalar * b0;
            }
        NN_UNROLL
        for (int r = 0; r < CASE2_FILLED_Y_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(y_sums + n * 16 + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE2_FILLED_Y_FORWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE2_FILLED_Y_FORWARD_ROWS; r++)
            if (r < rows) {
                acc[r][0] = nn_load(y_sums + n * 16 + r * 16 + column);
                acc[r][1] = nn_load(y_sums + n * 16 + r * 16 + column + NN_LANES);
            }
        const float *at = y_recurrent_kernel + column;
        const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
        NN_UNROLL
        for (int r = 0; r < CASE2_FILLED_Y_FORWARD_ROWS; r++)
            if (r < rows) {
                const nn_vec scalar = nn_splat(y_state[n * 16 + r * 16]);
                acc[r][0] += scalar * b0;
                acc[r][1] += scalar * b1;
            }
        NN_UNROLL
        for (int r = 0; r < CASE2_FILLED_Y_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(y_sums + n * 16 + r * 16 + column, acc[r][0]);
                nn_store(y_sums + n * 16 + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++) {
        for (int c = 0; c < 16; c++) {
            const float h = nn_tanh(y_sums[(n + r) * 16 + c]);
            y_state[(n + r) * 16 + c] = h;
            d_y_scan_trace[(n + r) * 16 + c] = h;
        }
        for (int c = 0; c < 1; c++)
            y[(n + r) * 2 + c + 1] = y_state[(n + r) * 16 + c];
    }
}

static NN_APART void case2_filled_y_forward_large(float *NN_RESTRICT y_sums,
        float *NN_RESTRICT y_state, const float *NN_RESTRICT y_add,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT d_y_scan_trace,
        float *NN_RESTRICT y, int n)
{
    case2_filled_y_forward_tile(CASE2_FILLED_Y_FORWARD_ROWS, y_sums, y_state, y_add,
            y_recurrent_kernel, d_y_scan_trace, y, n);
}

static NN_APART void case2_filled_y_forward_small(float *NN_RESTRICT y_sums,
        float *NN_RESTRICT y_state, const float *NN_RESTRICT y_add,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT d_y_scan_trace,
        float *NN_RESTRICT y, int n)
{
    case2_filled_y_forward_tile(1, y_sums, y_state, y_add, y_recurrent_kernel, d_y_scan_trace, y,
            n);
}

static NN_APART void case2_filled_y_forward_single(float *NN_RESTRICT y_sums,
        float *NN_RESTRICT y_state, const float *NN_RESTRICT y_add,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT d_y_scan_trace,
        float *NN_RESTRICT y, int n)
{
    case2_filled_y_forward_tile(1, y_sums, y_state, y_add, y_recurrent_kernel, d_y_scan_trace, y,
            n);
}

static NN_APART void case2_filled_y_forward(int batch, float *NN_RESTRICT y_sums,
                                            float *NN_RESTRICT y_state,
                                            const float *NN_RESTRICT y_add,
                                            const float *NN_RESTRICT y_recurrent_kernel,
                                            float *NN_RESTRICT d_y_scan_trace, float *NN_RESTRICT y)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE2_FILLED_Y_FORWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case2_filled_y_forward_large(y_sums, y_state, y_add, y_recurrent_kernel,
                        d_y_scan_trace, y, n);
            } else {
                case2_filled_y_forward_small(y_sums, y_state, y_add, y_recurrent_kernel,
                        d_y_scan_trace, y, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case2_filled_y_forward_single(y_sums, y_state, y_add, y_recurrent_kernel,
                        d_y_scan_trace, y, n);
        }
    }
}

/* the room around y is zero */
static NN_APART void case2_filled_y_forward_halo(int batch, float *NN_RESTRICT y)
{
    for (int n = 0; n < batch; n++) {
        /* room around the data */
        y[n * 2] = 0.0f;
    }
}

/* d_y.transpose = transpose(y.recurrent_kernel)   [1, 1] */
static NN_APART void case2_filled_d_y_transpose_backward(
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT d_y_transpose)
{
    d_y_transpose[0] = y_recurrent_kernel[0];
}

/* the room around d_y.transpose is zero */
static NN_APART void case2_filled_d_y_transpose_backward_halo(float *NN_RESTRICT d_y_transpose)
{
    /* room around the data */
    for (int r = 0; r < 1; r++)
        for (int lane = 1; lane < 16; lane++)
            d_y_transpose[r * 16 + lane] = 0.0f;
}

/* d_y.add = scan_grad(d_y.scan_trace, d_y.transpose, 0, seed)   [1, 1]
 * 1 steps from the last to the first, 1 columns */
#if NN_REGISTERS >= 32
enum { CASE2_FILLED_D_Y_ADD_BACKWARD_ROWS = 2 };
#else
enum { CASE2_FILLED_D_Y_ADD_BACKWARD_ROWS = 2 };
#endif
NN_INLINE void case2_filled_d_y_add_backward_tile(const int rows, float *NN_RESTRICT d_y_add_sums,
        float *NN_RESTRICT d_y_add_state, const float *NN_RESTRICT seed,
        const float *NN_RESTRICT d_y_scan_trace, float *NN_RESTRICT d_y_add, int n)
{
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < 1; c++)
            d_y_add_sums[(n + r) * 16 + c] = seed[n + r];
    for (int r = 0; r < rows; r++) {
        for (int c = 0; c < 16; c++) {
            const float d_h = d_y_add_sums[(n + r) * 16 + c];
            const float h = d_y_scan_trace[(n + r) * 16 + c];
            d_y_add_state[(n + r) * 16 + c] = d_h * (1.0f - h * h);
        }
        for (int c = 0; c < 1; c++)
            d_y_add[(n + r) * 16 + c] = d_y_add_state[(n + r) * 16 + c];
    }
}

static NN_APART void case2_filled_d_y_add_backward_large(float *NN_RESTRICT d_y_add_sums,
        float *NN_RESTRICT d_y_add_state, const float *NN_RESTRICT seed,
        const float *NN_RESTRICT d_y_scan_trace, float *NN_RESTRICT d_y_add, int n)
{
    case2_filled_d_y_add_backward_tile(CASE2_FILLED_D_Y_ADD_BACKWARD_ROWS, d_y_add_sums,
            d_y_add_state, seed, d_y_scan_trace, d_y_add, n);
}

static NN_APART void case2_filled_d_y_add_backward_small(float *NN_RESTRICT d_y_add_sums,
        float *NN_RESTRICT d_y_add_state, const float *NN_RESTRICT seed,
        const float *NN_RESTRICT d_y_scan_trace, float *NN_RESTRICT d_y_add, int n)
{
    case2_filled_d_y_add_backward_tile(1, d_y_add_sums, d_y_add_state, seed, d_y_scan_trace,
            d_y_add, n);
}

static NN_APART void case2_filled_d_y_add_backward_single(float *NN_RESTRICT d_y_add_sums,
        float *NN_RESTRICT d_y_add_state, const float *NN_RESTRICT seed,
        const float *NN_RESTRICT d_y_scan_trace, float *NN_RESTRICT d_y_add, int n)
{
    case2_filled_d_y_add_backward_tile(1, d_y_add_sums, d_y_add_state, seed, d_y_scan_trace,
            d_y_add, n);
}

static NN_APART void case2_filled_d_y_add_backward(int batch, float *NN_RESTRICT d_y_add_sums,
        float *NN_RESTRICT d_y_add_state, const float *NN_RESTRICT seed,
        const float *NN_RESTRICT d_y_scan_trace, float *NN_RESTRICT d_y_add)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE2_FILLED_D_Y_ADD_BACKWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case2_filled_d_y_add_backward_large(d_y_add_sums, d_y_add_state, seed,
                        d_y_scan_trace, d_y_add, n);
            } else {
                case2_filled_d_y_add_backward_small(d_y_add_sums, d_y_add_state, seed,
                        d_y_scan_trace, d_y_add, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case2_filled_d_y_add_backward_single(d_y_add_sums, d_y_add_state, seed,
                        d_y_scan_trace, d_y_add, n);
        }
    }
}

/* the room around d_y.add is zero */
static NN_APART void case2_filled_d_y_add_backward_halo(int batch, float *NN_RESTRICT d_y_add)
{
    for (int n = 0; n < batch; n++) {
        /* room around the data */
        for (int i = 0; i < 1; i++)
            for (int gap = 0; gap < 15; gap++)
                d_y_add[n * 16 + i * 16 + gap + 1] = 0.0f;
    }
}

/* d_y.recurrent_kernel = contract(y, d_y.add)   [1, 1] */
#if NN_REGISTERS >= 32
enum { CASE2_FILLED_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS = 1 };
#else
enum { CASE2_FILLED_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS = 1 };
#endif
NN_INLINE void case2_filled_d_y_recurrent_kernel_backward_tile(const int rows,
        const float *NN_RESTRICT y, const float *NN_RESTRICT d_y_add,
        float *NN_RESTRICT d_y_recurrent_kernel, int j, int from, int to)
{
    float sum[CASE2_FILLED_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE2_FILLED_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE2_FILLED_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            const float *at = d_y_add + n * 16 + column;
            const nn_vec b0 = nn_load(at);
            NN_UNROLL
            for (int r = 0; r < CASE2_FILLED_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(y[j + n * 2 + r]);
                    acc[r] += scalar * b0;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE2_FILLED_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE2_FILLED_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE2_FILLED_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            const float *at = d_y_add + n * 16 + column;
            const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
            NN_UNROLL
            for (int r = 0; r < CASE2_FILLED_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(y[j + n * 2 + r]);
                    acc[r][0] += scalar * b0;
                    acc[r][1] += scalar * b1;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE2_FILLED_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++) {
        const int row = j + r;
        for (int lane = 0; lane < 1; lane++)
            d_y_recurrent_kernel[row + lane] = sum[r * 16 + lane];
    }
}

static NN_APART void case2_filled_d_y_recurrent_kernel_backward_large(const float *NN_RESTRICT y,
        const float *NN_RESTRICT d_y_add, float *NN_RESTRICT d_y_recurrent_kernel, int j, int from,
        int to)
{
    case2_filled_d_y_recurrent_kernel_backward_tile(CASE2_FILLED_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS, y, d_y_add, d_y_recurrent_kernel, j, from, to);
}

static NN_APART void case2_filled_d_y_recurrent_kernel_backward(int batch,
        const float *NN_RESTRICT y, const float *NN_RESTRICT d_y_add,
        float *NN_RESTRICT d_y_recurrent_kernel)
{
    for (int unit = 0; unit < 1; unit++) {
        const int j = 0;
        const int from = 0;
        const int to = batch;
        case2_filled_d_y_recurrent_kernel_backward_large(y, d_y_add, d_y_recurrent_kernel, j, from,
                to);
    }
}

/* d_y.bias = reduce_sum(d_y.add)   [1] */
static NN_APART void case2_filled_d_y_bias_backward(int batch, const float *NN_RESTRICT d_y_add,
        float *NN_RESTRICT d_y_bias)
{
    float sum[1];
    for (int c = 0; c < 1; c++)
        sum[c] = 0.0f;
    for (int n = 0; n < batch; n++)
        for (int c = 0; c < 1; c++)
            sum[c] += d_y_add[n * 16];
    for (int c = 0; c < 1; c++)
        d_y_bias[c] = sum[c];
}

/* d_x = contract(d_y.add, y.kernel)   [1, 1] */
static NN_APART void case2_filled_d_x_backward_turn(const float *NN_RESTRICT y_kernel,
        float *NN_RESTRICT d_x_turned)
{
    for (int unit = 0; unit < 1; unit++) {
        const int panel = unit;
        const int p = 0;
        for (int q = 0; q < 1; q++)
            for (int o = 0; o < 1; o++)
                for (int lane = 0; lane < 16; lane++)
                    d_x_turned[panel * 16 + (p + q + o) * 16 + lane] = lane < 1 ? y_kernel[(p *
                            -1 + q * -1 + panel * 16 + lane) * 16 + o] : 0.0f;
    }
}

/* d_x = contract(d_y.add, y.kernel)   [1, 1] */
#if NN_REGISTERS >= 32
enum { CASE2_FILLED_D_X_BACKWARD_ROWS = 1 };
#else
enum { CASE2_FILLED_D_X_BACKWARD_ROWS = 1 };
#endif
NN_INLINE void case2_filled_d_x_backward_tile(const int rows, const float *NN_RESTRICT d_y_add,
                                              const float *NN_RESTRICT d_x_turned,
                                              float *NN_RESTRICT d_x, int n, int j, int panel)
{
    float sum[CASE2_FILLED_D_X_BACKWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE2_FILLED_D_X_BACKWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE2_FILLED_D_X_BACKWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        const float *at = d_x_turned + panel * 16 + column;
        const nn_vec b0 = nn_load(at);
        NN_UNROLL
        for (int r = 0; r < CASE2_FILLED_D_X_BACKWARD_ROWS; r++)
            if (r < rows) {
                const nn_vec scalar = nn_splat(d_y_add[n * 16 + j * 16 + r * 16]);
                acc[r] += scalar * b0;
            }
        NN_UNROLL
        for (int r = 0; r < CASE2_FILLED_D_X_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE2_FILLED_D_X_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE2_FILLED_D_X_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        const float *at = d_x_turned + panel * 16 + column;
        const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
        NN_UNROLL
        for (int r = 0; r < CASE2_FILLED_D_X_BACKWARD_ROWS; r++)
            if (r < rows) {
                const nn_vec scalar = nn_splat(d_y_add[n * 16 + j * 16 + r * 16]);
                acc[r][0] += scalar * b0;
                acc[r][1] += scalar * b1;
            }
        NN_UNROLL
        for (int r = 0; r < CASE2_FILLED_D_X_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++)
        for (int lane = 0; lane < 1; lane++)
            d_x[n + j + r + lane] = sum[r * 16 + lane];
}

static NN_APART void case2_filled_d_x_backward_large(const float *NN_RESTRICT d_y_add,
        const float *NN_RESTRICT d_x_turned, float *NN_RESTRICT d_x, int n, int j, int panel)
{
    case2_filled_d_x_backward_tile(CASE2_FILLED_D_X_BACKWARD_ROWS, d_y_add, d_x_turned, d_x, n, j,
            panel);
}

static NN_APART void case2_filled_d_x_backward(int batch, const float *NN_RESTRICT d_y_add,
                                               const float *NN_RESTRICT d_x_turned,
                                               float *NN_RESTRICT d_x)
{
    for (int n = 0; n < batch; n++) {
        const int panel = 0;
        const int j = 0;
        case2_filled_d_x_backward_large(d_y_add, d_x_turned, d_x, n, j, panel);
    }
}

/* d_y.kernel = contract(x, d_y.add)   [1, 1] */
#if NN_REGISTERS >= 32
enum { CASE2_FILLED_D_Y_KERNEL_BACKWARD_ROWS = 1 };
#else
enum { CASE2_FILLED_D_Y_KERNEL_BACKWARD_ROWS = 1 };
#endif
NN_INLINE void case2_filled_d_y_kernel_backward_tile(const int rows, const float *NN_RESTRICT x,
        const float *NN_RESTRICT d_y_add, float *NN_RESTRICT d_y_kernel, int j, int from, int to)
{
    float sum[CASE2_FILLED_D_Y_KERNEL_BACKWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE2_FILLED_D_Y_KERNEL_BACKWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE2_FILLED_D_Y_KERNEL_BACKWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            const float *at = d_y_add + n * 16 + column;
            const nn_vec b0 = nn_load(at);
            NN_UNROLL
            for (int r = 0; r < CASE2_FILLED_D_Y_KERNEL_BACKWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(x[j + n + r]);
                    acc[r] += scalar * b0;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE2_FILLED_D_Y_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE2_FILLED_D_Y_KERNEL_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE2_FILLED_D_Y_KERNEL_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            const float *at = d_y_add + n * 16 + column;
            const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
            NN_UNROLL
            for (int r = 0; r < CASE2_FILLED_D_Y_KERNEL_BACKWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(x[j + n + r]);
                    acc[r][0] += scalar * b0;
                    acc[r][1] += scalar * b1;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE2_FILLED_D_Y_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++) {
        const int row = j + r;
        for (int lane = 0; lane < 1; lane++)
            d_y_kernel[row + lane] = sum[r * 16 + lane];
    }
}

static NN_APART void case2_filled_d_y_kernel_backward_large(const float *NN_RESTRICT x,
        const float *NN_RESTRICT d_y_add, float *NN_RESTRICT d_y_kernel, int j, int from, int to)
{
    case2_filled_d_y_kernel_backward_tile(CASE2_FILLED_D_Y_KERNEL_BACKWARD_ROWS, x, d_y_add,
            d_y_kernel, j, from, to);
}

static NN_APART void case2_filled_d_y_kernel_backward(int batch, const float *NN_RESTRICT x,
        const float *NN_RESTRICT d_y_add, float *NN_RESTRICT d_y_kernel)
{
    for (int unit = 0; unit < 1; unit++) {
        const int j = 0;
        const int from = 0;
        const int to = batch;
        case2_filled_d_y_kernel_backward_large(x, d_y_add, d_y_kernel, j, from, to);
    }
}

static NN_APART void case2_filled_y_forward_copy(int batch, const float *NN_RESTRICT y,
                                                 float *NN_RESTRICT y_out)
{
    const int total = batch;
    for (int block = 0; block < (total + 4095) / 4096; block++) {
        const int end = block * 4096 + 4096 < total ? block * 4096 + 4096 : total;
        for (int n = block * 4096; n < end; n++)
            y_out[n] = y[n * 2 + 1];
    }
}

static void case2_filled_run(float *state, char *arena, const nn_step *step,
                             const void *const *inputs, const void *const *targets,
                             void *const *outputs, float *results, int threads)
{
    (void)targets;
    (void)results;
    (void)threads;
    const int batch = step->batch;
    const float *const x = (const float *)inputs[0]; /* [1, 1] */
    const float *const y_kernel = state + 0; /* [1, 1] */
    const float *const y_recurrent_kernel = state + 16; /* [1, 1] */
    const float *const y_bias = state + 32; /* [1] */
    const float *const seed = (const float *)inputs[1]; /* [1, 1] */
    float *const y_add = (float *)(void *)(arena + 576); /* [1, 1] */
    float *const y = (float *)(void *)(arena + 768); /* [1, 1] */
    float *const d_y_scan_trace = (float *)(void *)(arena + 384); /* [1, 1, 16] */
    float *const d_y_transpose = (float *)(void *)(arena + 0); /* [1, 1] */
    float *const d_y_add = (float *)(void *)(arena + 576); /* [1, 1] */
    float *const d_y_recurrent_kernel = (float *)outputs[3]; /* [1, 1] */
    float *const d_y_bias = (float *)outputs[4]; /* [1] */
    float *const d_x = (float *)outputs[1]; /* [1, 1] */
    float *const d_y_kernel = (float *)outputs[2]; /* [1, 1] */
    float *const y_out = (float *)outputs[0]; /* [1, 1] */
    float *const y_sums = (float *)(void *)(arena + 0);
    float *const y_state = (float *)(void *)(arena + 192);
    float *const d_y_add_sums = (float *)(void *)(arena + 0);
    float *const d_y_add_state = (float *)(void *)(arena + 192);
    float *const d_x_turned = (float *)(void *)(arena + 0);
    memset(arena, 0xFF, 832);
    const uint64_t mode = nn_flush_denormals();
    case2_filled_y_contract_forward(batch, x, y_kernel, y_bias, y_add);
    case2_filled_y_forward(batch, y_sums, y_state, y_add, y_recurrent_kernel, d_y_scan_trace, y);
    memset(arena + 576, 0xFF, 12); /* y_add */
    memset(arena + 0, 0xFF, 192); /* y_sums */
    memset(arena + 192, 0xFF, 192); /* y_state */
    case2_filled_y_forward_halo(batch, y);
    case2_filled_d_y_transpose_backward(y_recurrent_kernel, d_y_transpose);
    case2_filled_d_y_transpose_backward_halo(d_y_transpose);
    memset(arena + 0, 0xFF, 64); /* d_y_transpose */
    case2_filled_d_y_add_backward(batch, d_y_add_sums, d_y_add_state, seed, d_y_scan_trace,
            d_y_add);
    memset(arena + 384, 0xFF, 192); /* d_y_scan_trace */
    memset(arena + 0, 0xFF, 192); /* d_y_add_sums */
    memset(arena + 192, 0xFF, 192); /* d_y_add_state */
    case2_filled_d_y_add_backward_halo(batch, d_y_add);
    case2_filled_d_y_recurrent_kernel_backward(batch, y, d_y_add, d_y_recurrent_kernel);
    case2_filled_d_y_bias_backward(batch, d_y_add, d_y_bias);
    case2_filled_d_x_backward_turn(y_kernel, d_x_turned);
    case2_filled_d_x_backward(batch, d_y_add, d_x_turned, d_x);
    memset(arena + 0, 0xFF, 64); /* d_x_turned */
    case2_filled_d_y_kernel_backward(batch, x, d_y_add, d_y_kernel);
    memset(arena + 576, 0xFF, 192); /* d_y_add */
    case2_filled_y_forward_copy(batch, y, y_out);
    memset(arena + 768, 0xFF, 24); /* y */
    nn_restore_denormals(mode);
}

/* y.contract = contract(x, y.kernel)   [1, 1]
 * y.add = add(y.contract, y.bias)   [1, 1] */
#if NN_REGISTERS >= 32
enum { CASE3_FAST_Y_CONTRACT_FORWARD_ROWS = 1 };
#else
enum { CASE3_FAST_Y_CONTRACT_FORWARD_ROWS = 1 };
#endif
NN_INLINE void case3_fast_y_contract_forward_tile(const int rows, const float *NN_RESTRICT x,
        const float *NN_RESTRICT y_kernel, const float *NN_RESTRICT y_bias,
        float *NN_RESTRICT y_add, int n, int j, int panel)
{
    float sum[CASE3_FAST_Y_CONTRACT_FORWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE3_FAST_Y_CONTRACT_FORWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE3_FAST_Y_CONTRACT_FORWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        const float *at = y_kernel + panel * 16 + column;
        const nn_vec b0 = nn_load(at);
        NN_UNROLL
        for (int r = 0; r < CASE3_FAST_Y_CONTRACT_FORWARD_ROWS; r++)
            if (r < rows) {
                const nn_vec scalar = nn_splat(x[n + j + r]);
                acc[r] += scalar * b0;
            }
        NN_UNROLL
        for (int r = 0; r < CASE3_FAST_Y_CONTRACT_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE3_FAST_Y_CONTRACT_FORWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE3_FAST_Y_CONTRACT_FORWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        const float *at = y_kernel + panel * 16 + column;
        const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
        NN_UNROLL
        for (int r = 0; r < CASE3_FAST_Y_CONTRACT_FORWARD_ROWS; r++)
            if (r < rows) {
                const nn_vec scalar = nn_splat(x[n + j + r]);
                acc[r][0] += scalar * b0;
                acc[r][1] += scalar * b1;
            }
        NN_UNROLL
        for (int r = 0; r < CASE3_FAST_Y_CONTRACT_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++)
        for (int lane = 0; lane < 1; lane++)
            y_add[n + j + r + lane] = sum[r * 16 + lane] + y_bias[0];
}

static NN_APART void case3_fast_y_contract_forward_large(const float *NN_RESTRICT x,
        const float *NN_RESTRICT y_kernel, const float *NN_RESTRICT y_bias,
        float *NN_RESTRICT y_add, int n, int j, int panel)
{
    case3_fast_y_contract_forward_tile(CASE3_FAST_Y_CONTRACT_FORWARD_ROWS, x, y_kernel, y_bias,
            y_add, n, j, panel);
}

static NN_APART void case3_fast_y_contract_forward(int batch, const float *NN_RESTRICT x,
        const float *NN_RESTRICT y_kernel, const float *NN_RESTRICT y_bias,
        float *NN_RESTRICT y_add)
{
    for (int n = 0; n < batch; n++) {
        const int panel = 0;
        const int j = 0;
        case3_fast_y_contract_forward_large(x, y_kernel, y_bias, y_add, n, j, panel);
    }
}

/* y = scan(y.add, y.recurrent_kernel, 0, 0)   [1, 1]
 * 1 steps, 1 columns */
#if NN_REGISTERS >= 32
enum { CASE3_FAST_Y_FORWARD_ROWS = 2 };
#else
enum { CASE3_FAST_Y_FORWARD_ROWS = 2 };
#endif
NN_INLINE void case3_fast_y_forward_tile(const int rows, float *NN_RESTRICT y_sums,
                                         float *NN_RESTRICT y_state,
                                         const float *NN_RESTRICT y_add,
                                         const float *NN_RESTRICT y_recurrent_kernel,
                                         float *NN_RESTRICT y, int n)
{
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < 1; c++)
            y_state[(n + r) * 16 + c] = 0.0f;
    for (int r = 0; r < rows; r++)
        for (int o = 0; o < 1; o++)
            y_sums[(n + r) * 16 + o] = y_add[n + r];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE3_FAST_Y_FORWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE3_FAST_Y_FORWARD_ROWS; r++)
            if (r < rows) {
                acc[r] = nn_load(y_sums + n * 16 + r * 16 + column);
            }
        const float *at = y_recurrent_kernel + column;
        const nn_vec b0 = nn_load(at);
        NN_UNROLL
        for (int r = 0; r < CASE3_FAST_Y_FORWARD_ROWS; r++)
            if (r < rows) {
                const nn_vec scalar = nn_splat(y_state[n * 16 + r * 16]);
                acc[r] += scalar * b0;
            }
        NN_UNROLL
        for (int r = 0; r < CASE3_FAST_Y_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(y_sums + n * 16 + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE3_FAST_Y_FORWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE3_FAST_Y_FORWARD_ROWS; r++)
            if (r < rows) {
                acc[r][0] = nn_load(y_sums + n * 16 + r * 16 + column);
                acc[r][1] = nn_load(y_sums + n * 16 + r * 16 + column + NN_LANES);
            }
        const float *at = y_recurrent_kernel + column;
        const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
        NN_UNROLL
        for (int r = 0; r < CASE3_FAST_Y_FORWARD_ROWS; r++)
            if (r < rows) {
                const nn_vec scalar = nn_splat(y_state[n * 16 + r * 16]);
                acc[r][0] += scalar * b0;
                acc[r][1] += scalar * b1;
            }
        NN_UNROLL
        for (int r = 0; r < CASE3_FAST_Y_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(y_sums + n * 16 + r * 16 + column, acc[r][0]);
                nn_store(y_sums + n * 16 + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++) {
        for (int c = 0; c < 16; c++) {
            const float h = nn_tanh(y_sums[(n + r) * 16 + c]);
            y_state[(n + r) * 16 + c] = h;
        }
        for (int c = 0; c < 1; c++)
            y[n + r + c] = y_state[(n + r) * 16 + c];
    }
}

static NN_APART void case3_fast_y_forward_large(float *NN_RESTRICT y_sums,
                                                float *NN_RESTRICT y_state,
                                                const float *NN_RESTRICT y_add,
                                                const float *NN_RESTRICT y_recurrent_kernel,
                                                float *NN_RESTRICT y, int n)
{
    case3_fast_y_forward_tile(CASE3_FAST_Y_FORWARD_ROWS, y_sums, y_state, y_add,
            y_recurrent_kernel, y, n);
}

static NN_APART void case3_fast_y_forward_small(float *NN_RESTRICT y_sums,
                                                float *NN_RESTRICT y_state,
                                                const float *NN_RESTRICT y_add,
                                                const float *NN_RESTRICT y_recurrent_kernel,
                                                float *NN_RESTRICT y, int n)
{
    case3_fast_y_forward_tile(1, y_sums, y_state, y_add, y_recurrent_kernel, y, n);
}

static NN_APART void case3_fast_y_forward_single(float *NN_RESTRICT y_sums,
                                                 float *NN_RESTRICT y_state,
                                                 const float *NN_RESTRICT y_add,
                                                 const float *NN_RESTRICT y_recurrent_kernel,
                                                 float *NN_RESTRICT y, int n)
{
    case3_fast_y_forward_tile(1, y_sums, y_state, y_add, y_recurrent_kernel, y, n);
}

static NN_APART void case3_fast_y_forward(int batch, float *NN_RESTRICT y_sums,
                                          float *NN_RESTRICT y_state,
                                          const float *NN_RESTRICT y_add,
                                          const float *NN_RESTRICT y_recurrent_kernel,
                                          float *NN_RESTRICT y)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE3_FAST_Y_FORWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case3_fast_y_forward_large(y_sums, y_state, y_add, y_recurrent_kernel, y, n);
            } else {
                case3_fast_y_forward_small(y_sums, y_state, y_add, y_recurrent_kernel, y, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case3_fast_y_forward_single(y_sums, y_state, y_add, y_recurrent_kernel, y, n);
        }
    }
}

static void case3_fast_run(float *state, char *arena, const nn_step *step,
                           const void *const *inputs, const void *const *targets,
                           void *const *outputs, float *results, int threads)
{
    (void)targets;
    (void)results;
    (void)threads;
    const int batch = step->batch;
    const float *const x = (const float *)inputs[0]; /* [1, 1] */
    const float *const y_kernel = state + 0; /* [1, 1] */
    const float *const y_recurrent_kernel = state + 16; /* [1, 1] */
    const float *const y_bias = state + 32; /* [1] */
    float *const y_add = (float *)(void *)(arena + 384); /* [1, 1] */
    float *const y = (float *)outputs[0]; /* [1, 1] */
    float *const y_sums = (float *)(void *)(arena + 0);
    float *const y_state = (float *)(void *)(arena + 192);
    const uint64_t mode = nn_flush_denormals();
    case3_fast_y_contract_forward(batch, x, y_kernel, y_bias, y_add);
    case3_fast_y_forward(batch, y_sums, y_state, y_add, y_recurrent_kernel, y);
    nn_restore_denormals(mode);
}

/* y.contract = contract(x, y.kernel)   [1, 1]
 * y.add = add(y.contract, y.bias)   [1, 1] */
static NN_APART void case3_plain_y_contract_forward(int batch, const float *NN_RESTRICT x,
        const float *NN_RESTRICT y_kernel, const float *NN_RESTRICT y_bias,
        float *NN_RESTRICT y_add)
{
    for (int n = 0; n < batch; n++) {
        float sum = 0.0f;
        sum += x[n] * y_kernel[0];
        y_add[n] = sum + y_bias[0];
    }
}

/* y = scan(y.add, y.recurrent_kernel, 0, 0)   [1, 1]
 * 1 steps, 1 columns */
#if NN_REGISTERS >= 32
enum { CASE3_PLAIN_Y_FORWARD_ROWS = 2 };
#else
enum { CASE3_PLAIN_Y_FORWARD_ROWS = 2 };
#endif
NN_INLINE void case3_plain_y_forward_tile(const int rows, float *NN_RESTRICT y_sums,
                                          float *NN_RESTRICT y_state,
                                          const float *NN_RESTRICT y_add,
                                          const float *NN_RESTRICT y_recurrent_kernel,
                                          float *NN_RESTRICT y, int n)
{
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < 1; c++)
            y_state[(n + r) * 16 + c] = 0.0f;
    for (int r = 0; r < rows; r++)
        for (int o = 0; o < 1; o++)
            y_sums[(n + r) * 16 + o] = y_add[n + r];
    for (int r = 0; r < rows; r++)
        for (int o = 0; o < 1; o++)
            y_sums[(n + r) * 16 + o] += y_state[(n + r) * 16] * y_recurrent_kernel[0];
    for (int r = 0; r < rows; r++) {
        for (int c = 0; c < 16; c++) {
            const float h = nn_tanh(y_sums[(n + r) * 16 + c]);
            y_state[(n + r) * 16 + c] = h;
        }
        for (int c = 0; c < 1; c++)
            y[n + r + c] = y_state[(n + r) * 16 + c];
    }
}

static NN_APART void case3_plain_y_forward_large(float *NN_RESTRICT y_sums,
                                                 float *NN_RESTRICT y_state,
                                                 const float *NN_RESTRICT y_add,
                                                 const float *NN_RESTRICT y_recurrent_kernel,
                                                 float *NN_RESTRICT y, int n)
{
    case3_plain_y_forward_tile(CASE3_PLAIN_Y_FORWARD_ROWS, y_sums, y_state, y_add,
            y_recurrent_kernel, y, n);
}

static NN_APART void case3_plain_y_forward_small(float *NN_RESTRICT y_sums,
                                                 float *NN_RESTRICT y_state,
                                                 const float *NN_RESTRICT y_add,
                                                 const float *NN_RESTRICT y_recurrent_kernel,
                                                 float *NN_RESTRICT y, int n)
{
    case3_plain_y_forward_tile(1, y_sums, y_state, y_add, y_recurrent_kernel, y, n);
}

static NN_APART void case3_plain_y_forward_single(float *NN_RESTRICT y_sums,
        float *NN_RESTRICT y_state, const float *NN_RESTRICT y_add,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT y, int n)
{
    case3_plain_y_forward_tile(1, y_sums, y_state, y_add, y_recurrent_kernel, y, n);
}

static NN_APART void case3_plain_y_forward(int batch, float *NN_RESTRICT y_sums,
                                           float *NN_RESTRICT y_state,
                                           const float *NN_RESTRICT y_add,
                                           const float *NN_RESTRICT y_recurrent_kernel,
                                           float *NN_RESTRICT y)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE3_PLAIN_Y_FORWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case3_plain_y_forward_large(y_sums, y_state, y_add, y_recurrent_kernel, y, n);
            } else {
                case3_plain_y_forward_small(y_sums, y_state, y_add, y_recurrent_kernel, y, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case3_plain_y_forward_single(y_sums, y_state, y_add, y_recurrent_kernel, y, n);
        }
    }
}

static void case3_plain_run(float *state, char *arena, const nn_step *step,
                            const void *const *inputs, const void *const *targets,
                            void *const *outputs, float *results, int threads)
{
    (void)targets;
    (void)results;
    (void)threads;
    const int batch = step->batch;
    const float *const x = (const float *)inputs[0]; /* [1, 1] */
    const float *const y_kernel = state + 0; /* [1, 1] */
    const float *const y_recurrent_kernel = state + 16; /* [1, 1] */
    const float *const y_bias = state + 32; /* [1] */
    float *const y_add = (float *)(void *)(arena + 384); /* [1, 1] */
    float *const y = (float *)outputs[0]; /* [1, 1] */
    float *const y_sums = (float *)(void *)(arena + 0);
    float *const y_state = (float *)(void *)(arena + 192);
    const uint64_t mode = nn_flush_denormals();
    case3_plain_y_contract_forward(batch, x, y_kernel, y_bias, y_add);
    case3_plain_y_forward(batch, y_sums, y_state, y_add, y_recurrent_kernel, y);
    nn_restore_denormals(mode);
}

/* y.contract = contract(x, y.kernel)   [1, 1]
 * y.add = add(y.contract, y.bias)   [1, 1] */
#if NN_REGISTERS >= 32
enum { CASE3_FILLED_Y_CONTRACT_FORWARD_ROWS = 1 };
#else
enum { CASE3_FILLED_Y_CONTRACT_FORWARD_ROWS = 1 };
#endif
NN_INLINE void case3_filled_y_contract_forward_tile(const int rows, const float *NN_RESTRICT x,
        const float *NN_RESTRICT y_kernel, const float *NN_RESTRICT y_bias,
        float *NN_RESTRICT y_add, int n, int j, int panel)
{
    float sum[CASE3_FILLED_Y_CONTRACT_FORWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE3_FILLED_Y_CONTRACT_FORWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE3_FILLED_Y_CONTRACT_FORWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        const float *at = y_kernel + panel * 16 + column;
        const nn_vec b0 = nn_load(at);
        NN_UNROLL
        for (int r = 0; r < CASE3_FILLED_Y_CONTRACT_FORWARD_ROWS; r++)
            if (r < rows) {
                const nn_vec scalar = nn_splat(x[n + j + r]);
                acc[r] += scalar * b0;
            }
        NN_UNROLL
        for (int r = 0; r < CASE3_FILLED_Y_CONTRACT_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE3_FILLED_Y_CONTRACT_FORWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE3_FILLED_Y_CONTRACT_FORWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        const float *at = y_kernel + panel * 16 + column;
        const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
        NN_UNROLL
        for (int r = 0; r < CASE3_FILLED_Y_CONTRACT_FORWARD_ROWS; r++)
            if (r < rows) {
                const nn_vec scalar = nn_splat(x[n + j + r]);
                acc[r][0] += scalar * b0;
                acc[r][1] += scalar * b1;
            }
        NN_UNROLL
        for (int r = 0; r < CASE3_FILLED_Y_CONTRACT_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++)
        for (int lane = 0; lane < 1; lane++)
            y_add[n + j + r + lane] = sum[r * 16 + lane] + y_bias[0];
}

static NN_APART void case3_filled_y_contract_forward_large(const float *NN_RESTRICT x,
        const float *NN_RESTRICT y_kernel, const float *NN_RESTRICT y_bias,
        float *NN_RESTRICT y_add, int n, int j, int panel)
{
    case3_filled_y_contract_forward_tile(CASE3_FILLED_Y_CONTRACT_FORWARD_ROWS, x, y_kernel, y_bias,
            y_add, n, j, panel);
}

static NN_APART void case3_filled_y_contract_forward(int batch, const float *NN_RESTRICT x,
        const float *NN_RESTRICT y_kernel, const float *NN_RESTRICT y_bias,
        float *NN_RESTRICT y_add)
{
    for (int n = 0; n < batch; n++) {
        const int panel = 0;
        const int j = 0;
        case3_filled_y_contract_forward_large(x, y_kernel, y_bias, y_add, n, j, panel);
    }
}

/* y = scan(y.add, y.recurrent_kernel, 0, 0)   [1, 1]
 * 1 steps, 1 columns */
#if NN_REGISTERS >= 32
enum { CASE3_FILLED_Y_FORWARD_ROWS = 2 };
#else
enum { CASE3_FILLED_Y_FORWARD_ROWS = 2 };
#endif
NN_INLINE void case3_filled_y_forward_tile(const int rows, float *NN_RESTRICT y_sums,
                                           float *NN_RESTRICT y_state,
                                           const float *NN_RESTRICT y_add,
                                           const float *NN_RESTRICT y_recurrent_kernel,
                                           float *NN_RESTRICT y, int n)
{
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < 1; c++)
            y_state[(n + r) * 16 + c] = 0.0f;
    for (int r = 0; r < rows; r++)
        for (int o = 0; o < 1; o++)
            y_sums[(n + r) * 16 + o] = y_add[n + r];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE3_FILLED_Y_FORWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE3_FILLED_Y_FORWARD_ROWS; r++)
            if (r < rows) {
                acc[r] = nn_load(y_sums + n * 16 + r * 16 + column);
            }
        const float *at = y_recurrent_kernel + column;
        const nn_vec b0 = nn_load(at);
        NN_UNROLL
        for (int r = 0; r < CASE3_FILLED_Y_FORWARD_ROWS; r++)
            if (r < rows) {
                const nn_vec scalar = nn_splat(y_state[n * 16 + r * 16]);
                acc[r] += scalar * b0;
            }
        NN_UNROLL
        for (int r = 0; r < CASE3_FILLED_Y_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(y_sums + n * 16 + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE3_FILLED_Y_FORWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE3_FILLED_Y_FORWARD_ROWS; r++)
            if (r < rows) {
                acc[r][0] = nn_load(y_sums + n * 16 + r * 16 + column);
                acc[r][1] = nn_load(y_sums + n * 16 + r * 16 + column + NN_LANES);
            }
        const float *at = y_recurrent_kernel + column;
        const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
        NN_UNROLL
        for (int r = 0; r < CASE3_FILLED_Y_FORWARD_ROWS; r++)
            if (r < rows) {
                const nn_vec scalar = nn_splat(y_state[n * 16 + r * 16]);
                acc[r][0] += scalar * b0;
                acc[r][1] += scalar * b1;
            }
        NN_UNROLL
        for (int r = 0; r < CASE3_FILLED_Y_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(y_sums + n * 16 + r * 16 + column, acc[r][0]);
                nn_store(y_sums + n * 16 + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++) {
        for (int c = 0; c < 16; c++) {
            const float h = nn_tanh(y_sums[(n + r) * 16 + c]);
            y_state[(n + r) * 16 + c] = h;
        }
        for (int c = 0; c < 1; c++)
            y[n + r + c] = y_state[(n + r) * 16 + c];
    }
}

static NN_APART void case3_filled_y_forward_large(float *NN_RESTRICT y_sums,
        float *NN_RESTRICT y_state, const float *NN_RESTRICT y_add,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT y, int n)
{
    case3_filled_y_forward_tile(CASE3_FILLED_Y_FORWARD_ROWS, y_sums, y_state, y_add,
            y_recurrent_kernel, y, n);
}

static NN_APART void case3_filled_y_forward_small(float *NN_RESTRICT y_sums,
        float *NN_RESTRICT y_state, const float *NN_RESTRICT y_add,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT y, int n)
{
    case3_filled_y_forward_tile(1, y_sums, y_state, y_add, y_recurrent_kernel, y, n);
}

static NN_APART void case3_filled_y_forward_single(float *NN_RESTRICT y_sums,
        float *NN_RESTRICT y_state, const float *NN_RESTRICT y_add,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT y, int n)
{
    case3_filled_y_forward_tile(1, y_sums, y_state, y_add, y_recurrent_kernel, y, n);
}

static NN_APART void case3_filled_y_forward(int batch, float *NN_RESTRICT y_sums,
                                            float *NN_RESTRICT y_state,
                                            const float *NN_RESTRICT y_add,
                                            const float *NN_RESTRICT y_recurrent_kernel,
                                            float *NN_RESTRICT y)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE3_FILLED_Y_FORWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case3_filled_y_forward_large(y_sums, y_state, y_add, y_recurrent_kernel, y, n);
            } else {
                case3_filled_y_forward_small(y_sums, y_state, y_add, y_recurrent_kernel, y, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case3_filled_y_forward_single(y_sums, y_state, y_add, y_recurrent_kernel, y, n);
        }
    }
}

static void case3_filled_run(float *state, char *arena, const nn_step *step,
                             const void *const *inputs, const void *const *targets,
                             void *const *outputs, float *results, int threads)
{
    (void)targets;
    (void)results;
    (void)threads;
    const int batch = step->batch;
    const float *const x = (const float *)inputs[0]; /* [1, 1] */
    const float *const y_kernel = state + 0; /* [1, 1] */
    const float *const y_recurrent_kernel = state + 16; /* [1, 1] */
    const float *const y_bias = state + 32; /* [1] */
    float *const y_add = (float *)(void *)(arena + 384); /* [1, 1] */
    float *const y = (float *)outputs[0]; /* [1, 1] */
    float *const y_sums = (float *)(void *)(arena + 0);
    float *const y_state = (float *)(void *)(arena + 192);
    memset(arena, 0xFF, 448);
    const uint64_t mode = nn_flush_denormals();
    case3_filled_y_contract_forward(batch, x, y_kernel, y_bias, y_add);
    case3_filled_y_forward(batch, y_sums, y_state, y_add, y_recurrent_kernel, y);
    memset(arena + 384, 0xFF, 12); /* y_add */
    memset(arena + 0, 0xFF, 192); /* y_sums */
    memset(arena + 192, 0xFF, 192); /* y_state */
    nn_restore_denormals(mode);
}

/* simple_rnn_1.contract = contract(x, simple_rnn_1.kernel)   [6, 18]
 * simple_rnn_1.add = add(simple_rnn_1.contract, simple_rnn_1.bias)   [6, 18] */
#if NN_REGISTERS >= 32
enum { CASE4_FAST_SIMPLE_RNN_1_CONTRACT_FORWARD_ROWS = 6 };
#else
enum { CASE4_FAST_SIMPLE_RNN_1_CONTRACT_FORWARD_ROWS = 6 };
#endif
NN_INLINE void case4_fast_simple_rnn_1_contract_forward_tile(const int rows,
        const float *NN_RESTRICT x, const float *NN_RESTRICT simple_rnn_1_kernel,
        const float *NN_RESTRICT simple_rnn_1_bias, float *NN_RESTRICT simple_rnn_1_add, int n,
        int j, int panel)
{
    float sum[CASE4_FAST_SIMPLE_RNN_1_CONTRACT_FORWARD_ROWS * 32];
    for (int column = 0; column < 32; column += 2 * NN_LANES) {
        nn_vec acc[CASE4_FAST_SIMPLE_RNN_1_CONTRACT_FORWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE4_FAST_SIMPLE_RNN_1_CONTRACT_FORWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int k = 0; k < 2; k++) {
            const float *at = simple_rnn_1_kernel + panel * 64 + k * 32 + column;
            const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
            NN_UNROLL
            for (int r = 0; r < CASE4_FAST_SIMPLE_RNN_1_CONTRACT_FORWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(x[n * 12 + j * 2 + k + r * 2]);
                    acc[r][0] += scalar * b0;
                    acc[r][1] += scalar * b1;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE4_FAST_SIMPLE_RNN_1_CONTRACT_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 32 + column, acc[r][0]);
                nn_store(sum + r * 32 + column + NN_LANES, acc[r][1]);
            }
    }
    for (int r = 0; r < rows; r++)
        for (int lane = 0; lane < 18; lane++)
            simple_rnn_1_add[n * 108 + (j + r) * 18 + lane] = sum[r * 32 + lane] +
                    simple_rnn_1_bias[lane];
}

static NN_APART void case4_fast_simple_rnn_1_contract_forward_large(const float *NN_RESTRICT x,
        const float *NN_RESTRICT simple_rnn_1_kernel, const float *NN_RESTRICT simple_rnn_1_bias,
        float *NN_RESTRICT simple_rnn_1_add, int n, int j, int panel)
{
    case4_fast_simple_rnn_1_contract_forward_tile(CASE4_FAST_SIMPLE_RNN_1_CONTRACT_FORWARD_ROWS, x,
            simple_rnn_1_kernel, simple_rnn_1_bias, simple_rnn_1_add, n, j, panel);
}

static NN_APART void case4_fast_simple_rnn_1_contract_forward(int batch,
        const float *NN_RESTRICT x, const float *NN_RESTRICT simple_rnn_1_kernel,
        const float *NN_RESTRICT simple_rnn_1_bias, float *NN_RESTRICT simple_rnn_1_add)
{
    for (int n = 0; n < batch; n++) {
        const int panel = 0;
        const int j = 0;
        case4_fast_simple_rnn_1_contract_forward_large(x, simple_rnn_1_kernel, simple_rnn_1_bias,
                simple_rnn_1_add, n, j, panel);
    }
}

/* simple_rnn_1 = scan(simple_rnn_1.add, simple_rnn_1.recurrent_kernel, 0, 0)   [6, 18]
 * d_simple_rnn_1.scan_trace = scan_trace(simple_rnn_1.add, simple_rnn_1.recurrent_kernel, 0, 0)   [6, 1, 32]
 * 6 steps, 18 columns */
#if NN_REGISTERS >= 32
enum { CASE4_FAST_SIMPLE_RNN_1_FORWARD_ROWS = 2 };
#else
enum { CASE4_FAST_SIMPLE_RNN_1_FORWARD_ROWS = 2 };
#endif
NN_INLINE void case4_fast_simple_rnn_1_forward_tile(const int rows,
        float *NN_RESTRICT simple_rnn_1_sums, float *NN_RESTRICT simple_rnn_1_state,
        const float *NN_RESTRICT simple_rnn_1_add,
        const float *NN_RESTRICT simple_rnn_1_recurrent_kernel,
        float *NN_RESTRICT d_simple_rnn_1_scan_trace, float *NN_RESTRICT simple_rnn_1, int n)
{
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < 18; c++)
            simple_rnn_1_state[(n + r) * 32 + c] = 0.0f;
    for (int t = 0; t < 6; t++) {
        for (int r = 0; r < rows; r++)
            for (int o = 0; o < 18; o++)
                simple_rnn_1_sums[(n + r) * 32 + o] = simple_rnn_1_add[(n + r) * 108 + t * 18 + o];
        for (int column = 0; column < 32; column += 2 * NN_LANES) {
            nn_vec acc[CASE4_FAST_SIMPLE_RNN_1_FORWARD_ROWS][2];
            NN_UNROLL
            for (int r = 0; r < CASE4_FAST_SIMPLE_RNN_1_FORWARD_ROWS; r++)
                if (r < rows) {
                    acc[r][0] = nn_load(simple_rnn_1_sums + n * 32 + r * 32 + column);
                    acc[r][1] = nn_load(simple_rnn_1_sums + n * 32 + r * 32 + column + NN_LANES);
                }
            for (int k = 0; k < 18; k++) {
                const float *at = simple_rnn_1_recurrent_kernel + k * 32 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE4_FAST_SIMPLE_RNN_1_FORWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(simple_rnn_1_state[n * 32 + k + r * 32]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
            NN_UNROLL
            for (int r = 0; r < CASE4_FAST_SIMPLE_RNN_1_FORWARD_ROWS; r++)
                if (r < rows) {
                    nn_store(simple_rnn_1_sums + n * 32 + r * 32 + column, acc[r][0]);
                    nn_store(simple_rnn_1_sums + n * 32 + r * 32 + column + NN_LANES, acc[r][1]);
                }
        }
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < 32; c++) {
                const float h = nn_tanh(simple_rnn_1_sums[(n + r) * 32 + c]);
                simple_rnn_1_state[(n + r) * 32 + c] = h;
                d_simple_rnn_1_scan_trace[(n + r) * 192 + t * 32 + c] = h;
            }
            for (int c = 0; c < 18; c++)
                simple_rnn_1[(n + r) * 126 + t * 18 + c + 18] = simple_rnn_1_state[(n + r) * 32 +
                        c];
        }
    }
}

static NN_APART void case4_fast_simple_rnn_1_forward_large(float *NN_RESTRICT simple_rnn_1_sums,
        float *NN_RESTRICT simple_rnn_1_state, const float *NN_RESTRICT simple_rnn_1_add,
        const float *NN_RESTRICT simple_rnn_1_recurrent_kernel,
        float *NN_RESTRICT d_simple_rnn_1_scan_trace, float *NN_RESTRICT simple_rnn_1, int n)
{
    case4_fast_simple_rnn_1_forward_tile(CASE4_FAST_SIMPLE_RNN_1_FORWARD_ROWS, simple_rnn_1_sums,
            simple_rnn_1_state, simple_rnn_1_add, simple_rnn_1_recurrent_kernel,
            d_simple_rnn_1_scan_trace, simple_rnn_1, n);
}

static NN_APART void case4_fast_simple_rnn_1_forward_small(float *NN_RESTRICT simple_rnn_1_sums,
        float *NN_RESTRICT simple_rnn_1_state, const float *NN_RESTRICT simple_rnn_1_add,
        const float *NN_RESTRICT simple_rnn_1_recurrent_kernel,
        float *NN_RESTRICT d_simple_rnn_1_scan_trace, float *NN_RESTRICT simple_rnn_1, int n)
{
    case4_fast_simple_rnn_1_forward_tile(1, simple_rnn_1_sums, simple_rnn_1_state,
            simple_rnn_1_add, simple_rnn_1_recurrent_kernel, d_simple_rnn_1_scan_trace,
            simple_rnn_1, n);
}

static NN_APART void case4_fast_simple_rnn_1_forward_single(float *NN_RESTRICT simple_rnn_1_sums,
        float *NN_RESTRICT simple_rnn_1_state, const float *NN_RESTRICT simple_rnn_1_add,
        const float *NN_RESTRICT simple_rnn_1_recurrent_kernel,
        float *NN_RESTRICT d_simple_rnn_1_scan_trace, float *NN_RESTRICT simple_rnn_1, int n)
{
    case4_fast_simple_rnn_1_forward_tile(1, simple_rnn_1_sums, simple_rnn_1_state,
            simple_rnn_1_add, simple_rnn_1_recurrent_kernel, d_simple_rnn_1_scan_trace,
            simple_rnn_1, n);
}

static NN_APART void case4_fast_simple_rnn_1_forward(int batch,
        float *NN_RESTRICT simple_rnn_1_sums, float *NN_RESTRICT simple_rnn_1_state,
        const float *NN_RESTRICT simple_rnn_1_add,
        const float *NN_RESTRICT simple_rnn_1_recurrent_kernel,
        float *NN_RESTRICT d_simple_rnn_1_scan_trace, float *NN_RESTRICT simple_rnn_1)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE4_FAST_SIMPLE_RNN_1_FORWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case4_fast_simple_rnn_1_forward_large(simple_rnn_1_sums, simple_rnn_1_state,
                        simple_rnn_1_add, simple_rnn_1_recurrent_kernel, d_simple_rnn_1_scan_trace,
                        simple_rnn_1, n);
            } else {
                case4_fast_simple_rnn_1_forward_small(simple_rnn_1_sums, simple_rnn_1_state,
                        simple_rnn_1_add, simple_rnn_1_recurrent_kernel, d_simple_rnn_1_scan_trace,
                        simple_rnn_1, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case4_fast_simple_rnn_1_forward_single(simple_rnn_1_sums, simple_rnn_1_state,
                        simple_rnn_1_add, simple_rnn_1_recurrent_kernel, d_simple_rnn_1_scan_trace,
                        simple_rnn_1, n);
        }
    }
}

/* the room around simple_rnn_1 is zero */
static NN_APART void case4_fast_simple_rnn_1_forward_halo(int batch,
        float *NN_RESTRICT simple_rnn_1)
{
    for (int n = 0; n < batch; n++) {
        /* room around the data */
        for (int gap = 0; gap < 18; gap++)
            simple_rnn_1[n * 126 + gap] = 0.0f;
    }
}

/* y.contract = contract(simple_rnn_1, y.kernel)   [6, 2]
 * y.add = add(y.contract, y.bias)   [6, 2] */
#if NN_REGISTERS >= 32
enum { CASE4_FAST_Y_CONTRACT_FORWARD_ROWS = 6 };
#else
enum { CASE4_FAST_Y_CONTRACT_FORWARD_ROWS = 6 };
#endif
NN_INLINE void case4_fast_y_contract_forward_tile(const int rows,
        const float *NN_RESTRICT simple_rnn_1, const float *NN_RESTRICT y_kernel,
        const float *NN_RESTRICT y_bias, float *NN_RESTRICT y_add, int n, int j, int panel)
{
    float sum[CASE4_FAST_Y_CONTRACT_FORWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE4_FAST_Y_CONTRACT_FORWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE4_FAST_Y_CONTRACT_FORWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int k = 0; k < 18; k++) {
            const float *at = y_kernel + panel * 288 + k * 16 + column;
            const nn_vec b0 = nn_load(at);
            NN_UNROLL
            for (int r = 0; r < CASE4_FAST_Y_CONTRACT_FORWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(simple_rnn_1[n * 126 + j * 18 + k + r * 18 +
                            18]);
                    acc[r] += scalar * b0;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE4_FAST_Y_CONTRACT_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE4_FAST_Y_CONTRACT_FORWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE4_FAST_Y_CONTRACT_FORWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int k = 0; k < 18; k++) {
            const float *at = y_kernel + panel * 288 + k * 16 + column;
            const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
            NN_UNROLL
            for (int r = 0; r < CASE4_FAST_Y_CONTRACT_FORWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(simple_rnn_1[n * 126 + j * 18 + k + r * 18 +
                            18]);
                    acc[r][0] += scalar * b0;
                    acc[r][1] += scalar * b1;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE4_FAST_Y_CONTRACT_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++)
        for (int lane = 0; lane < 2; lane++)
            y_add[n * 12 + (j + r) * 2 + lane] = sum[r * 16 + lane] + y_bias[lane];
}

static NN_APART void case4_fast_y_contract_forward_large(const float *NN_RESTRICT simple_rnn_1,
        const float *NN_RESTRICT y_kernel, const float *NN_RESTRICT y_bias,
        float *NN_RESTRICT y_add, int n, int j, int panel)
{
    case4_fast_y_contract_forward_tile(CASE4_FAST_Y_CONTRACT_FORWARD_ROWS, simple_rnn_1, y_kernel,
            y_bias, y_add, n, j, panel);
}

static NN_APART void case4_fast_y_contract_forward(int batch,
        const float *NN_RESTRICT simple_rnn_1, const float *NN_RESTRICT y_kernel,
        const float *NN_RESTRICT y_bias, float *NN_RESTRICT y_add)
{
    for (int n = 0; n < batch; n++) {
        const int panel = 0;
        const int j = 0;
        case4_fast_y_contract_forward_large(simple_rnn_1, y_kernel, y_bias, y_add, n, j, panel);
    }
}

/* y.scan = scan(y.add, y.recurrent_kernel, 0, 0)   [6, 2]
 * d_y.scan.scan_trace = scan_trace(y.add, y.recurrent_kernel, 0, 0)   [6, 1, 16]
 * 6 steps, 2 columns */
#if NN_REGISTERS >= 32
enum { CASE4_FAST_Y_SCAN_FORWARD_ROWS = 2 };
#else
enum { CASE4_FAST_Y_SCAN_FORWARD_ROWS = 2 };
#endif
NN_INLINE void case4_fast_y_scan_forward_tile(const int rows, float *NN_RESTRICT y_scan_sums,
                                              float *NN_RESTRICT y_scan_state,
                                              const float *NN_RESTRICT y_add,
                                              const float *NN_RESTRICT y_recurrent_kernel,
                                              float *NN_RESTRICT d_y_scan_scan_trace,
                                              float *NN_RESTRICT y_scan, int n)
{
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < 2; c++)
            y_scan_state[(n + r) * 16 + c] = 0.0f;
    for (int t = 0; t < 6; t++) {
        for (int r = 0; r < rows; r++)
            for (int o = 0; o < 2; o++)
                y_scan_sums[(n + r) * 16 + o] = y_add[(n + r) * 12 + t * 2 + o];
#if NN_LANES == 16
        for (int column = 0; column < 16; column += NN_LANES) {
            nn_vec acc[CASE4_FAST_Y_SCAN_FORWARD_ROWS];
            NN_UNROLL
            for (int r = 0; r < CASE4_FAST_Y_SCAN_FORWARD_ROWS; r++)
                if (r < rows) {
                    acc[r] = nn_load(y_scan_sums + n * 16 + r * 16 + column);
                }
            for (int k = 0; k < 2; k++) {
                const float *at = y_recurrent_kernel + k * 16 + column;
                const nn_vec b0 = nn_load(at);
                NN_UNROLL
                for (int r = 0; r < CASE4_FAST_Y_SCAN_FORWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(y_scan_state[n * 16 + k + r * 16]);
                        acc[r] += scalar * b0;
                    }
            }
            NN_UNROLL
            for (int r = 0; r < CASE4_FAST_Y_SCAN_FORWARD_ROWS; r++)
                if (r < rows) {
                    nn_store(y_scan_sums + n * 16 + r * 16 + column, acc[r]);
                }
        }
#else
        for (int column = 0; column < 16; column += 2 * NN_LANES) {
            nn_vec acc[CASE4_FAST_Y_SCAN_FORWARD_ROWS][2];
            NN_UNROLL
            for (int r = 0; r < CASE4_FAST_Y_SCAN_FORWARD_ROWS; r++)
                if (r < rows) {
                    acc[r][0] = nn_load(y_scan_sums + n * 16 + r * 16 + column);
                    acc[r][1] = nn_load(y_scan_sums + n * 16 + r * 16 + column + NN_LANES);
                }
            for (int k = 0; k < 2; k++) {
                const float *at = y_recurrent_kernel + k * 16 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE4_FAST_Y_SCAN_FORWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(y_scan_state[n * 16 + k + r * 16]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
            NN_UNROLL
            for (int r = 0; r < CASE4_FAST_Y_SCAN_FORWARD_ROWS; r++)
                if (r < rows) {
                    nn_store(y_scan_sums + n * 16 + r * 16 + column, acc[r][0]);
                    nn_store(y_scan_sums + n * 16 + r * 16 + column + NN_LANES, acc[r][1]);
                }
        }
#endif
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < 16; c++) {
                const float h = nn_sigmoid(y_scan_sums[(n + r) * 16 + c]);
                y_scan_state[(n + r) * 16 + c] = h;
                d_y_scan_scan_trace[(n + r) * 96 + t * 16 + c] = h;
            }
            for (int c = 0; c < 2; c++)
                y_scan[(n + r) * 14 + t * 2 + c + 2] = y_scan_state[(n + r) * 16 + c];
        }
    }
}

static NN_APART void case4_fast_y_scan_forward_large(float *NN_RESTRICT y_scan_sums,
        float *NN_RESTRICT y_scan_state, const float *NN_RESTRICT y_add,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT d_y_scan_scan_trace,
        float *NN_RESTRICT y_scan, int n)
{
    case4_fast_y_scan_forward_tile(CASE4_FAST_Y_SCAN_FORWARD_ROWS, y_scan_sums, y_scan_state,
            y_add, y_recurrent_kernel, d_y_scan_scan_trace, y_scan, n);
}

static NN_APART void case4_fast_y_scan_forward_small(float *NN_RESTRICT y_scan_sums,
        float *NN_RESTRICT y_scan_state, const float *NN_RESTRICT y_add,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT d_y_scan_scan_trace,
        float *NN_RESTRICT y_scan, int n)
{
    case4_fast_y_scan_forward_tile(1, y_scan_sums, y_scan_state, y_add, y_recurrent_kernel,
            d_y_scan_scan_trace, y_scan, n);
}

static NN_APART void case4_fast_y_scan_forward_single(float *NN_RESTRICT y_scan_sums,
        float *NN_RESTRICT y_scan_state, const float *NN_RESTRICT y_add,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT d_y_scan_scan_trace,
        float *NN_RESTRICT y_scan, int n)
{
    case4_fast_y_scan_forward_tile(1, y_scan_sums, y_scan_state, y_add, y_recurrent_kernel,
            d_y_scan_scan_trace, y_scan, n);
}

static NN_APART void case4_fast_y_scan_forward(int batch, float *NN_RESTRICT y_scan_sums,
                                               float *NN_RESTRICT y_scan_state,
                                               const float *NN_RESTRICT y_add,
                                               const float *NN_RESTRICT y_recurrent_kernel,
                                               float *NN_RESTRICT d_y_scan_scan_trace,
                                               float *NN_RESTRICT y_scan)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE4_FAST_Y_SCAN_FORWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case4_fast_y_scan_forward_large(y_scan_sums, y_scan_state, y_add,
                        y_recurrent_kernel, d_y_scan_scan_trace, y_scan, n);
            } else {
                case4_fast_y_scan_forward_small(y_scan_sums, y_scan_state, y_add,
                        y_recurrent_kernel, d_y_scan_scan_trace, y_scan, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case4_fast_y_scan_forward_single(y_scan_sums, y_scan_state, y_add,
                        y_recurrent_kernel, d_y_scan_scan_trace, y_scan, n);
        }
    }
}

/* the room around y.scan is zero */
static NN_APART void case4_fast_y_scan_forward_halo(int batch, float *NN_RESTRICT y_scan)
{
    for (int n = 0; n < batch; n++) {
        /* room around the data */
        for (int gap = 0; gap < 2; gap++)
            y_scan[n * 14 + gap] = 0.0f;
    }
}

/* y.slice = slice(y.scan)   [1, 2] */
static NN_APART void case4_fast_y_slice_forward(int batch, const float *NN_RESTRICT y_scan,
                                                float *NN_RESTRICT y_slice)
{
    for (int n = 0; n < batch; n++)
        for (int c = 0; c < 2; c++)
            y_slice[n * 2 + c] = y_scan[n * 14 + c + 12];
}

/* d_y.scan = pad(d_y.slice)   [6, 2] */
static NN_APART void case4_fast_d_y_scan_backward(int batch, const float *NN_RESTRICT seed,
        float *NN_RESTRICT d_y_scan)
{
    for (int n = 0; n < batch; n++)
        for (int i = 0; i < 6; i++)
            for (int c = 0; c < 2; c++)
                d_y_scan[n * 12 + i * 2 + c] = i >= 5 ? seed[n * 2 + c] : 0.0f;
}

/* d_y.scan.transpose = transpose(y.recurrent_kernel)   [2, 2] */
static NN_APART void case4_fast_d_y_scan_transpose_backward(
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT d_y_scan_transpose)
{
    for (int i = 0; i < 2; i++)
        for (int c = 0; c < 2; c++)
            d_y_scan_transpose[i * 16 + c] = y_recurrent_kernel[c * 16 + i];
}

/* the room around d_y.scan.transpose is zero */
static NN_APART void case4_fast_d_y_scan_transpose_backward_halo(
        float *NN_RESTRICT d_y_scan_transpose)
{
    /* room around the data */
    for (int r = 0; r < 2; r++)
        for (int lane = 2; lane < 16; lane++)
            d_y_scan_transpose[r * 16 + lane] = 0.0f;
}

/* d_y.add = scan_grad(d_y.scan.scan_trace, d_y.scan.transpose, 0, d_y.scan)   [6, 2]
 * 6 steps from the last to the first, 2 columns */
#if NN_REGISTERS >= 32
enum { CASE4_FAST_D_Y_ADD_BACKWARD_ROWS = 2 };
#else
enum { CASE4_FAST_D_Y_ADD_BACKWARD_ROWS = 2 };
#endif
NN_INLINE void case4_fast_d_y_add_backward_tile(const int rows, float *NN_RESTRICT d_y_add_sums,
                                                float *NN_RESTRICT d_y_add_state,
                                                const float *NN_RESTRICT d_y_scan,
                                                const float *NN_RESTRICT d_y_scan_transpose,
                                                const float *NN_RESTRICT d_y_scan_scan_trace,
                                                float *NN_RESTRICT d_y_add, int n)
{
    for (int later = 0; later < 6; later++) {
        const int t = 5 - later;
        for (int r = 0; r < rows; r++)
            for (int c = 0; c < 2; c++)
                d_y_add_sums[(n + r) * 16 + c] = d_y_scan[(n + r) * 12 + t * 2 + c];
        if (later > 0) {
#if NN_LANES == 16
            for (int column = 0; column < 16; column += NN_LANES) {
                nn_vec acc[CASE4_FAST_D_Y_ADD_BACKWARD_ROWS];
                NN_UNROLL
                for (int r = 0; r < CASE4_FAST_D_Y_ADD_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        acc[r] = nn_load(d_y_add_sums + n * 16 + r * 16 + column);
                    }
                for (int k = 0; k < 2; k++) {
                    const float *at = d_y_scan_transpose + k * 16 + column;
                    const nn_vec b0 = nn_load(at);
                    NN_UNROLL
                    for (int r = 0; r < CASE4_FAST_D_Y_ADD_BACKWARD_ROWS; r++)
                        if (r < rows) {
                            const nn_vec scalar = nn_splat(d_y_add_state[n * 16 + k + r * 16]);
                            acc[r] += scalar * b0;
                        }
                }
                NN_UNROLL
                for (int r = 0; r < CASE4_FAST_D_Y_ADD_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        nn_store(d_y_add_sums + n * 16 + r * 16 + column, acc[r]);
                    }
            }
#else
            for (int column = 0; column < 16; column += 2 * NN_LANES) {
                nn_vec acc[CASE4_FAST_D_Y_ADD_BACKWARD_ROWS][2];
                NN_UNROLL
                for (int r = 0; r < CASE4_FAST_D_Y_ADD_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        acc[r][0] = nn_load(d_y_add_sums + n * 16 + r * 16 + column);
                        acc[r][1] = nn_load(d_y_add_sums + n * 16 + r * 16 + column + NN_LANES);
                    }
                for (int k = 0; k < 2; k++) {
                    const float *at = d_y_scan_transpose + k * 16 + column;
                    const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                    NN_UNROLL
                    for (int r = 0; r < CASE4_FAST_D_Y_ADD_BACKWARD_ROWS; r++)
                        if (r < rows) {
                            const nn_vec scalar = nn_splat(d_y_add_state[n * 16 + k + r * 16]);
                            acc[r][0] += scalar * b0;
                            acc[r][1] += scalar * b1;
                        }
                }
                NN_UNROLL
                for (int r = 0; r < CASE4_FAST_D_Y_ADD_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        nn_store(d_y_add_sums + n * 16 + r * 16 + column, acc[r][0]);
                        nn_store(d_y_add_sums + n * 16 + r * 16 + column + NN_LANES, acc[r][1]);
                    }
            }
#endif
        }
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < 16; c++) {
                const float d_h = d_y_add_sums[(n + r) * 16 + c];
                const float h = d_y_scan_scan_trace[(n + r) * 96 + t * 16 + c];
                d_y_add_state[(n + r) * 16 + c] = d_h * h * (1.0f - h);
            }
            for (int c = 0; c < 2; c++)
                d_y_add[(n + r) * 96 + t * 16 + c] = d_y_add_state[(n + r) * 16 + c];
        }
    }
}

static NN_APART void case4_fast_d_y_add_backward_large(float *NN_RESTRICT d_y_add_sums,
        float *NN_RESTRICT d_y_add_state, const float *NN_RESTRICT d_y_scan,
        const float *NN_RESTRICT d_y_scan_transpose, const float *NN_RESTRICT d_y_scan_scan_trace,
        float *NN_RESTRICT d_y_add, int n)
{
    case4_fast_d_y_add_backward_tile(CASE4_FAST_D_Y_ADD_BACKWARD_ROWS, d_y_add_sums, d_y_add_state,
            d_y_scan, d_y_scan_transpose, d_y_scan_scan_trace, d_y_add, n);
}

static NN_APART void case4_fast_d_y_add_backward_small(float *NN_RESTRICT d_y_add_sums,
        float *NN_RESTRICT d_y_add_state, const float *NN_RESTRICT d_y_scan,
        const float *NN_RESTRICT d_y_scan_transpose, const float *NN_RESTRICT d_y_scan_scan_trace,
        float *NN_RESTRICT d_y_add, int n)
{
    case4_fast_d_y_add_backward_tile(1, d_y_add_sums, d_y_add_state, d_y_scan, d_y_scan_transpose,
            d_y_scan_scan_trace, d_y_add, n);
}

static NN_APART void case4_fast_d_y_add_backward_single(float *NN_RESTRICT d_y_add_sums,
        float *NN_RESTRICT d_y_add_state, const float *NN_RESTRICT d_y_scan,
        const float *NN_RESTRICT d_y_scan_transpose, const float *NN_RESTRICT d_y_scan_scan_trace,
        float *NN_RESTRICT d_y_add, int n)
{
    case4_fast_d_y_add_backward_tile(1, d_y_add_sums, d_y_add_state, d_y_scan, d_y_scan_transpose,
            d_y_scan_scan_trace, d_y_add, n);
}

static NN_APART void case4_fast_d_y_add_backward(int batch, float *NN_RESTRICT d_y_add_sums,
                                                 float *NN_RESTRICT d_y_add_state,
                                                 const float *NN_RESTRICT d_y_scan,
                                                 const float *NN_RESTRICT d_y_scan_transpose,
                                                 const float *NN_RESTRICT d_y_scan_scan_trace,
                                                 float *NN_RESTRICT d_y_add)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE4_FAST_D_Y_ADD_BACKWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case4_fast_d_y_add_backward_large(d_y_add_sums, d_y_add_state, d_y_scan,
                        d_y_scan_transpose, d_y_scan_scan_trace, d_y_add, n);
            } else {
                case4_fast_d_y_add_backward_small(d_y_add_sums, d_y_add_state, d_y_scan,
                        d_y_scan_transpose, d_y_scan_scan_trace, d_y_add, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case4_fast_d_y_add_backward_single(d_y_add_sums, d_y_add_state, d_y_scan,
                        d_y_scan_transpose, d_y_scan_scan_trace, d_y_add, n);
        }
    }
}

/* the room around d_y.add is zero */
static NN_APART void case4_fast_d_y_add_backward_halo(int batch, float *NN_RESTRICT d_y_add)
{
    for (int n = 0; n < batch; n++) {
        /* room around the data */
        for (int i = 0; i < 6; i++)
            for (int gap = 0; gap < 14; gap++)
                d_y_add[n * 96 + i * 16 + gap + 2] = 0.0f;
    }
}

/* d_y.recurrent_kernel = contract(y.scan, d_y.add)   [2, 2] */
#if NN_REGISTERS >= 32
enum { CASE4_FAST_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS = 2 };
#else
enum { CASE4_FAST_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS = 2 };
#endif
NN_INLINE void case4_fast_d_y_recurrent_kernel_backward_tile(const int rows,
        const float *NN_RESTRICT y_scan, const float *NN_RESTRICT d_y_add,
        float *NN_RESTRICT d_y_recurrent_kernel, int j, int from, int to)
{
    float sum[CASE4_FAST_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE4_FAST_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE4_FAST_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x = 0; x < 6; x++) {
                const float *at = d_y_add + n * 96 + x * 16 + column;
                const nn_vec b0 = nn_load(at);
                NN_UNROLL
                for (int r = 0; r < CASE4_FAST_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(y_scan[j + n * 14 + x * 2 + r]);
                        acc[r] += scalar * b0;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE4_FAST_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE4_FAST_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE4_FAST_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x = 0; x < 6; x++) {
                const float *at = d_y_add + n * 96 + x * 16 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE4_FAST_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(y_scan[j + n * 14 + x * 2 + r]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE4_FAST_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++) {
        const int row = j + r;
        for (int lane = 0; lane < 2; lane++)
            d_y_recurrent_kernel[row * 2 + lane] = sum[r * 16 + lane];
    }
}

static NN_APART void case4_fast_d_y_recurrent_kernel_backward_large(
        const float *NN_RESTRICT y_scan, const float *NN_RESTRICT d_y_add,
        float *NN_RESTRICT d_y_recurrent_kernel, int j, int from, int to)
{
    case4_fast_d_y_recurrent_kernel_backward_tile(CASE4_FAST_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS,
            y_scan, d_y_add, d_y_recurrent_kernel, j, from, to);
}

static NN_APART void case4_fast_d_y_recurrent_kernel_backward(int batch,
        const float *NN_RESTRICT y_scan, const float *NN_RESTRICT d_y_add,
        float *NN_RESTRICT d_y_recurrent_kernel)
{
    for (int unit = 0; unit < 1; unit++) {
        const int j = 0;
        const int from = 0;
        const int to = batch;
        case4_fast_d_y_recurrent_kernel_backward_large(y_scan, d_y_add, d_y_recurrent_kernel, j,
                from, to);
    }
}

/* d_y.bias = reduce_sum(d_y.add)   [2] */
static NN_APART void case4_fast_d_y_bias_backward(int batch, const float *NN_RESTRICT d_y_add,
        float *NN_RESTRICT d_y_bias)
{
    float sum[2];
    for (int c = 0; c < 2; c++)
        sum[c] = 0.0f;
    for (int n = 0; n < batch; n++)
        for (int i = 0; i < 6; i++)
            for (int c = 0; c < 2; c++)
                sum[c] += d_y_add[n * 96 + i * 16 + c];
    for (int c = 0; c < 2; c++)
        d_y_bias[c] = sum[c];
}

/* d_simple_rnn_1 = contract(d_y.add, y.kernel)   [6, 18] */
static NN_APART void case4_fast_d_simple_rnn_1_backward_turn(const float *NN_RESTRICT y_kernel,
        float *NN_RESTRICT d_simple_rnn_1_turned)
{
    for (int unit = 0; unit < 1; unit++) {
        const int panel = unit;
        const int p = 0;
        for (int q = 0; q < 1; q++)
            for (int o = 0; o < 2; o++)
                for (int lane = 0; lane < 32; lane++)
                    d_simple_rnn_1_turned[panel * 64 + ((p + q) * 2 + o) * 32 + lane] = lane < 18 ?
                            y_kernel[((p * -1 + q * -1) * 18 + panel * 32 + lane) * 16 + o] : 0.0f;
    }
}

/* d_simple_rnn_1 = contract(d_y.add, y.kernel)   [6, 18] */
#if NN_REGISTERS >= 32
enum { CASE4_FAST_D_SIMPLE_RNN_1_BACKWARD_ROWS = 6 };
#else
enum { CASE4_FAST_D_SIMPLE_RNN_1_BACKWARD_ROWS = 6 };
#endif
NN_INLINE void case4_fast_d_simple_rnn_1_backward_tile(const int rows,
        const float *NN_RESTRICT d_y_add, const float *NN_RESTRICT d_simple_rnn_1_turned,
        float *NN_RESTRICT d_simple_rnn_1, int n, int j, int panel)
{
    float sum[CASE4_FAST_D_SIMPLE_RNN_1_BACKWARD_ROWS * 32];
    for (int column = 0; column < 32; column += 2 * NN_LANES) {
        nn_vec acc[CASE4_FAST_D_SIMPLE_RNN_1_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE4_FAST_D_SIMPLE_RNN_1_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int k = 0; k < 2; k++) {
            const float *at = d_simple_rnn_1_turned + panel * 64 + k * 32 + column;
            const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
            NN_UNROLL
            for (int r = 0; r < CASE4_FAST_D_SIMPLE_RNN_1_BACKWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(d_y_add[n * 96 + j * 16 + k + r * 16]);
                    acc[r][0] += scalar * b0;
                    acc[r][1] += scalar * b1;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE4_FAST_D_SIMPLE_RNN_1_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 32 + column, acc[r][0]);
                nn_store(sum + r * 32 + column + NN_LANES, acc[r][1]);
            }
    }
    for (int r = 0; r < rows; r++)
        for (int lane = 0; lane < 18; lane++)
            d_simple_rnn_1[n * 108 + (j + r) * 18 + lane] = sum[r * 32 + lane];
}

static NN_APART void case4_fast_d_simple_rnn_1_backward_large(const float *NN_RESTRICT d_y_add,
        const float *NN_RESTRICT d_simple_rnn_1_turned, float *NN_RESTRICT d_simple_rnn_1, int n,
        int j, int panel)
{
    case4_fast_d_simple_rnn_1_backward_tile(CASE4_FAST_D_SIMPLE_RNN_1_BACKWARD_ROWS, d_y_add,
            d_simple_rnn_1_turned, d_simple_rnn_1, n, j, panel);
}

static NN_APART void case4_fast_d_simple_rnn_1_backward(int batch,
        const float *NN_RESTRICT d_y_add, const float *NN_RESTRICT d_simple_rnn_1_turned,
        float *NN_RESTRICT d_simple_rnn_1)
{
    for (int n = 0; n < batch; n++) {
        const int panel = 0;
        const int j = 0;
        case4_fast_d_simple_rnn_1_backward_large(d_y_add, d_simple_rnn_1_turned, d_simple_rnn_1, n,
                j, panel);
    }
}

/* d_y.kernel = contract(simple_rnn_1, d_y.add)   [18, 2] */
#if NN_REGISTERS >= 32
enum { CASE4_FAST_D_Y_KERNEL_BACKWARD_ROWS = 9, CASE4_FAST_D_Y_KERNEL_BACKWARD_WIDE = 9,
        CASE4_FAST_D_Y_KERNEL_BACKWARD_ACROSS = 2, CASE4_FAST_D_Y_KERNEL_BACKWARD_LARGE_ACROSS =
        2 };
#else
enum { CASE4_FAST_D_Y_KERNEL_BACKWARD_ROWS = 6, CASE4_FAST_D_Y_KERNEL_BACKWARD_WIDE = 6,
        CASE4_FAST_D_Y_KERNEL_BACKWARD_ACROSS = 3, CASE4_FAST_D_Y_KERNEL_BACKWARD_LARGE_ACROSS =
        3 };
#endif
NN_INLINE void case4_fast_d_y_kernel_backward_tile(const int rows,
        const float *NN_RESTRICT simple_rnn_1, const float *NN_RESTRICT d_y_add,
        float *NN_RESTRICT d_y_kernel, int j, int from, int to)
{
    float sum[CASE4_FAST_D_Y_KERNEL_BACKWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE4_FAST_D_Y_KERNEL_BACKWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE4_FAST_D_Y_KERNEL_BACKWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x = 0; x < 6; x++) {
                const float *at = d_y_add + n * 96 + x * 16 + column;
                const nn_vec b0 = nn_load(at);
                NN_UNROLL
                for (int r = 0; r < CASE4_FAST_D_Y_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(simple_rnn_1[j + n * 126 + x * 18 + r + 18]);
                        acc[r] += scalar * b0;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE4_FAST_D_Y_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE4_FAST_D_Y_KERNEL_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE4_FAST_D_Y_KERNEL_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x = 0; x < 6; x++) {
                const float *at = d_y_add + n * 96 + x * 16 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE4_FAST_D_Y_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(simple_rnn_1[j + n * 126 + x * 18 + r + 18]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE4_FAST_D_Y_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++) {
        const int row = j + r;
        for (int lane = 0; lane < 2; lane++)
            d_y_kernel[row * 2 + lane] = sum[r * 16 + lane];
    }
}

static NN_APART void case4_fast_d_y_kernel_backward_large(const float *NN_RESTRICT simple_rnn_1,
        const float *NN_RESTRICT d_y_add, float *NN_RESTRICT d_y_kernel, int j, int from, int to)
{
    case4_fast_d_y_kernel_backward_tile(CASE4_FAST_D_Y_KERNEL_BACKWARD_ROWS, simple_rnn_1, d_y_add,
            d_y_kernel, j, from, to);
}

static NN_APART void case4_fast_d_y_kernel_backward(int batch,
        const float *NN_RESTRICT simple_rnn_1, const float *NN_RESTRICT d_y_add,
        float *NN_RESTRICT d_y_kernel)
{
    for (int unit = 0; unit < CASE4_FAST_D_Y_KERNEL_BACKWARD_ACROSS; unit++) {
        const int share = unit % CASE4_FAST_D_Y_KERNEL_BACKWARD_ACROSS;
        const int j = share * CASE4_FAST_D_Y_KERNEL_BACKWARD_WIDE;
        const int from = 0;
        const int to = batch;
        case4_fast_d_y_kernel_backward_large(simple_rnn_1, d_y_add, d_y_kernel, j, from, to);
    }
}

/* d_simple_rnn_1.transpose = transpose(simple_rnn_1.recurrent_kernel)   [18, 18] */
static NN_APART void case4_fast_d_simple_rnn_1_transpose_backward(
        const float *NN_RESTRICT simple_rnn_1_recurrent_kernel,
        float *NN_RESTRICT d_simple_rnn_1_transpose)
{
    for (int i = 0; i < 18; i++)
        for (int c = 0; c < 18; c++)
            d_simple_rnn_1_transpose[i * 32 + c] = simple_rnn_1_recurrent_kernel[c * 32 + i];
}

/* the room around d_simple_rnn_1.transpose is zero */
static NN_APART void case4_fast_d_simple_rnn_1_transpose_backward_halo(
        float *NN_RESTRICT d_simple_rnn_1_transpose)
{
    /* room around the data */
    for (int r = 0; r < 18; r++)
        for (int lane = 18; lane < 32; lane++)
            d_simple_rnn_1_transpose[r * 32 + lane] = 0.0f;
}

/* d_simple_rnn_1.add = scan_grad(d_simple_rnn_1.scan_trace, d_simple_rnn_1.transpose, 0, d_simple_rnn_1)   [6, 18]
 * 6 steps from the last to the first, 18 columns */
#if NN_REGISTERS >= 32
enum { CASE4_FAST_D_SIMPLE_RNN_1_ADD_BACKWARD_ROWS = 2 };
#else
enum { CASE4_FAST_D_SIMPLE_RNN_1_ADD_BACKWARD_ROWS = 2 };
#endif
NN_INLINE void case4_fast_d_simple_rnn_1_add_backward_tile(const int rows,
        float *NN_RESTRICT d_simple_rnn_1_add_sums, float *NN_RESTRICT d_simple_rnn_1_add_state,
        const float *NN_RESTRICT d_simple_rnn_1, const float *NN_RESTRICT d_simple_rnn_1_transpose,
        const float *NN_RESTRICT d_simple_rnn_1_scan_trace, float *NN_RESTRICT d_simple_rnn_1_add,
        int n)
{
    for (int later = 0; later < 6; later++) {
        const int t = 5 - later;
        for (int r = 0; r < rows; r++)
            for (int c = 0; c < 18; c++)
                d_simple_rnn_1_add_sums[(n + r) * 32 + c] = d_simple_rnn_1[(n + r) * 108 + t * 18 +
                        c];
        if (later > 0) {
            for (int column = 0; column < 32; column += 2 * NN_LANES) {
                nn_vec acc[CASE4_FAST_D_SIMPLE_RNN_1_ADD_BACKWARD_ROWS][2];
                NN_UNROLL
                for (int r = 0; r < CASE4_FAST_D_SIMPLE_RNN_1_ADD_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        acc[r][0] = nn_load(d_simple_rnn_1_add_sums + n * 32 + r * 32 + column);
                        acc[r][1] = nn_load(d_simple_rnn_1_add_sums + n * 32 + r * 32 + column +
                                NN_LANES);
                    }
                for (int k = 0; k < 18; k++) {
                    const float *at = d_simple_rnn_1_transpose + k * 32 + column;
                    const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                    NN_UNROLL
                    for (int r = 0; r < CASE4_FAST_D_SIMPLE_RNN_1_ADD_BACKWARD_ROWS; r++)
                        if (r < rows) {
                            const nn_vec scalar = nn_splat(d_simple_rnn_1_add_state[n * 32 + k +
                                    r * 32]);
                            acc[r][0] += scalar * b0;
                            acc[r][1] += scalar * b1;
                        }
                }
                NN_UNROLL
                for (int r = 0; r < CASE4_FAST_D_SIMPLE_RNN_1_ADD_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        nn_store(d_simple_rnn_1_add_sums + n * 32 + r * 32 + column, acc[r][0]);
                        nn_store(d_simple_rnn_1_add_sums + n * 32 + r * 32 + column + NN_LANES,
                                acc[r][1]);
                    }
            }
        }
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < 32; c++) {
                const float d_h = d_simple_rnn_1_add_sums[(n + r) * 32 + c];
                const float h = d_simple_rnn_1_scan_trace[(n + r) * 192 + t * 32 + c];
                d_simple_rnn_1_add_state[(n + r) * 32 + c] = d_h * (1.0f - h * h);
            }
            for (int c = 0; c < 18; c++)
                d_simple_rnn_1_add[(n + r) * 192 + t * 32 + c] = d_simple_rnn_1_add_state[(n + r) *
                        32 + c];
        }
    }
}

static NN_APART void case4_fast_d_simple_rnn_1_add_backward_large(
        float *NN_RESTRICT d_simple_rnn_1_add_sums, float *NN_RESTRICT d_simple_rnn_1_add_state,
        const float *NN_RESTRICT d_simple_rnn_1, const float *NN_RESTRICT d_simple_rnn_1_transpose,
        const float *NN_RESTRICT d_simple_rnn_1_scan_trace, float *NN_RESTRICT d_simple_rnn_1_add,
        int n)
{
    case4_fast_d_simple_rnn_1_add_backward_tile(CASE4_FAST_D_SIMPLE_RNN_1_ADD_BACKWARD_ROWS,
            d_simple_rnn_1_add_sums, d_simple_rnn_1_add_state, d_simple_rnn_1,
            d_simple_rnn_1_transpose, d_simple_rnn_1_scan_trace, d_simple_rnn_1_add, n);
}

static NN_APART void case4_fast_d_simple_rnn_1_add_backward_small(
        float *NN_RESTRICT d_simple_rnn_1_add_sums, float *NN_RESTRICT d_simple_rnn_1_add_state,
        const float *NN_RESTRICT d_simple_rnn_1, const float *NN_RESTRICT d_simple_rnn_1_transpose,
        const float *NN_RESTRICT d_simple_rnn_1_scan_trace, float *NN_RESTRICT d_simple_rnn_1_add,
        int n)
{
    case4_fast_d_simple_rnn_1_add_backward_tile(1, d_simple_rnn_1_add_sums,
            d_simple_rnn_1_add_state, d_simple_rnn_1, d_simple_rnn_1_transpose,
            d_simple_rnn_1_scan_trace, d_simple_rnn_1_add, n);
}

static NN_APART void case4_fast_d_simple_rnn_1_add_backward_single(
        float *NN_RESTRICT d_simple_rnn_1_add_sums, float *NN_RESTRICT d_simple_rnn_1_add_state,
        const float *NN_RESTRICT d_simple_rnn_1, const float *NN_RESTRICT d_simple_rnn_1_transpose,
        const float *NN_RESTRICT d_simple_rnn_1_scan_trace, float *NN_RESTRICT d_simple_rnn_1_add,
        int n)
{
    case4_fast_d_simple_rnn_1_add_backward_tile(1, d_simple_rnn_1_add_sums,
            d_simple_rnn_1_add_state, d_simple_rnn_1, d_simple_rnn_1_transpose,
            d_simple_rnn_1_scan_trace, d_simple_rnn_1_add, n);
}

static NN_APART void case4_fast_d_simple_rnn_1_add_backward(int batch,
        float *NN_RESTRICT d_simple_rnn_1_add_sums, float *NN_RESTRICT d_simple_rnn_1_add_state,
        const float *NN_RESTRICT d_simple_rnn_1, const float *NN_RESTRICT d_simple_rnn_1_transpose,
        const float *NN_RESTRICT d_simple_rnn_1_scan_trace, float *NN_RESTRICT d_simple_rnn_1_add)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE4_FAST_D_SIMPLE_RNN_1_ADD_BACKWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case4_fast_d_simple_rnn_1_add_backward_large(d_simple_rnn_1_add_sums,
                        d_simple_rnn_1_add_state, d_simple_rnn_1, d_simple_rnn_1_transpose,
                        d_simple_rnn_1_scan_trace, d_simple_rnn_1_add, n);
            } else {
                case4_fast_d_simple_rnn_1_add_backward_small(d_simple_rnn_1_add_sums,
                        d_simple_rnn_1_add_state, d_simple_rnn_1, d_simple_rnn_1_transpose,
                        d_simple_rnn_1_scan_trace, d_simple_rnn_1_add, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case4_fast_d_simple_rnn_1_add_backward_single(d_simple_rnn_1_add_sums,
                        d_simple_rnn_1_add_state, d_simple_rnn_1, d_simple_rnn_1_transpose,
                        d_simple_rnn_1_scan_trace, d_simple_rnn_1_add, n);
        }
    }
}

/* the room around d_simple_rnn_1.add is zero */
static NN_APART void case4_fast_d_simple_rnn_1_add_backward_halo(int batch,
        float *NN_RESTRICT d_simple_rnn_1_add)
{
    for (int n = 0; n < batch; n++) {
        /* room around the data */
        for (int i = 0; i < 6; i++)
            for (int gap = 0; gap < 14; gap++)
                d_simple_rnn_1_add[n * 192 + i * 32 + gap + 18] = 0.0f;
    }
}

/* d_simple_rnn_1.recurrent_kernel = contract(simple_rnn_1, d_simple_rnn_1.add)   [18, 18] */
#if NN_REGISTERS >= 32
enum { CASE4_FAST_D_SIMPLE_RNN_1_RECURRENT_KERNEL_BACKWARD_ROWS = 9,
        CASE4_FAST_D_SIMPLE_RNN_1_RECURRENT_KERNEL_BACKWARD_WIDE = 9,
        CASE4_FAST_D_SIMPLE_RNN_1_RECURRENT_KERNEL_BACKWARD_ACROSS = 2,
        CASE4_FAST_D_SIMPLE_RNN_1_RECURRENT_KERNEL_BACKWARD_LARGE_ACROSS = 2 };
#else
enum { CASE4_FAST_D_SIMPLE_RNN_1_RECURRENT_KERNEL_BACKWARD_ROWS = 6,
        CASE4_FAST_D_SIMPLE_RNN_1_RECURRENT_KERNEL_BACKWARD_WIDE = 6,
        CASE4_FAST_D_SIMPLE_RNN_1_RECURRENT_KERNEL_BACKWARD_ACROSS = 3,
        CASE4_FAST_D_SIMPLE_RNN_1_RECURRENT_KERNEL_BACKWARD_LARGE_ACROSS = 3 };
#endif
NN_INLINE void case4_fast_d_simple_rnn_1_recurrent_kernel_backward_tile(const int rows,
        const float *NN_RESTRICT simple_rnn_1, const float *NN_RESTRICT d_simple_rnn_1_add,
        float *NN_RESTRICT d_simple_rnn_1_recurrent_kernel, int j, int from, int to)
{
    float sum[CASE4_FAST_D_SIMPLE_RNN_1_RECURRENT_KERNEL_BACKWARD_ROWS * 32];
    for (int column = 0; column < 32; column += 2 * NN_LANES) {
        nn_vec acc[CASE4_FAST_D_SIMPLE_RNN_1_RECURRENT_KERNEL_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE4_FAST_D_SIMPLE_RNN_1_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x = 0; x < 6; x++) {
                const float *at = d_simple_rnn_1_add + n * 192 + x * 32 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE4_FAST_D_SIMPLE_RNN_1_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(simple_rnn_1[j + n * 126 + x * 18 + r]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE4_FAST_D_SIMPLE_RNN_1_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 32 + column, acc[r][0]);
                nn_store(sum + r * 32 + column + NN_LANES, acc[r][1]);
            }
    }
    for (int r = 0; r < rows; r++) {
        const int row = j + r;
        for (int lane = 0; lane < 18; lane++)
            d_simple_rnn_1_recurrent_kernel[row * 18 + lane] = sum[r * 32 + lane];
    }
}

static NN_APART void case4_fast_d_simple_rnn_1_recurrent_kernel_backward_large(
        const float *NN_RESTRICT simple_rnn_1, const float *NN_RESTRICT d_simple_rnn_1_add,
        float *NN_RESTRICT d_simple_rnn_1_recurrent_kernel, int j, int from, int to)
{
    case4_fast_d_simple_rnn_1_recurrent_kernel_backward_tile(CASE4_FAST_D_SIMPLE_RNN_1_RECURRENT_KERNEL_BACKWARD_ROWS, simple_rnn_1, d_simple_rnn_1_add, d_simple_rnn_1_recurrent_kernel, j, from, to);
}

static NN_APART void case4_fast_d_simple_rnn_1_recurrent_kernel_backward(int batch,
        const float *NN_RESTRICT simple_rnn_1, const float *NN_RESTRICT d_simple_rnn_1_add,
        float *NN_RESTRICT d_simple_rnn_1_recurrent_kernel)
{
    for (int unit = 0; unit < CASE4_FAST_D_SIMPLE_RNN_1_RECURRENT_KERNEL_BACKWARD_ACROSS; unit++) {
        const int share = unit % CASE4_FAST_D_SIMPLE_RNN_1_RECURRENT_KERNEL_BACKWARD_ACROSS;
        const int j = share * CASE4_FAST_D_SIMPLE_RNN_1_RECURRENT_KERNEL_BACKWARD_WIDE;
        const int from = 0;
        const int to = batch;
        case4_fast_d_simple_rnn_1_recurrent_kernel_backward_large(simple_rnn_1, d_simple_rnn_1_add,
                d_simple_rnn_1_recurrent_kernel, j, from, to);
    }
}

/* d_simple_rnn_1.bias = reduce_sum(d_simple_rnn_1.add)   [18] */
static NN_APART void case4_fast_d_simple_rnn_1_bias_backward(int batch,
        const float *NN_RESTRICT d_simple_rnn_1_add, float *NN_RESTRICT d_simple_rnn_1_bias)
{
    float sum[18];
    for (int c = 0; c < 18; c++)
        sum[c] = 0.0f;
    for (int n = 0; n < batch; n++)
        for (int i = 0; i < 6; i++)
            for (int c = 0; c < 18; c++)
                sum[c] += d_simple_rnn_1_add[n * 192 + i * 32 + c];
    for (int c = 0; c < 18; c++)
        d_simple_rnn_1_bias[c] = sum[c];
}

/* d_x = contract(d_simple_rnn_1.add, simple_rnn_1.kernel)   [6, 2] */
static NN_APART void case4_fast_d_x_backward_turn(const float *NN_RESTRICT simple_rnn_1_kernel,
        float *NN_RESTRICT d_x_turned)
{
    for (int unit = 0; unit < 1; unit++) {
        const int panel = unit;
        const int p = 0;
        for (int q = 0; q < 1; q++)
            for (int o = 0; o < 18; o++)
                for (int lane = 0; lane < 16; lane++)
                    d_x_turned[panel * 288 + ((p + q) * 18 + o) * 16 + lane] = lane < 2 ?
                            simple_rnn_1_kernel[((p * -1 + q * -1) * 2 + panel * 16 + lane) * 32 +
                            o] : 0.0f;
    }
}

/* d_x = contract(d_simple_rnn_1.add, simple_rnn_1.kernel)   [6, 2] */
#if NN_REGISTERS >= 32
enum { CASE4_FAST_D_X_BACKWARD_ROWS = 6 };
#else
enum { CASE4_FAST_D_X_BACKWARD_ROWS = 6 };
#endif
NN_INLINE void case4_fast_d_x_backward_tile(const int rows,
                                            const float *NN_RESTRICT d_simple_rnn_1_add,
                                            const float *NN_RESTRICT d_x_turned,
                                            float *NN_RESTRICT d_x, int n, int j, int panel)
{
    float sum[CASE4_FAST_D_X_BACKWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE4_FAST_D_X_BACKWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE4_FAST_D_X_BACKWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int k = 0; k < 18; k++) {
            const float *at = d_x_turned + panel * 288 + k * 16 + column;
            const nn_vec b0 = nn_load(at);
            NN_UNROLL
            for (int r = 0; r < CASE4_FAST_D_X_BACKWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(d_simple_rnn_1_add[n * 192 + j * 32 + k + r *
                            32]);
                    acc[r] += scalar * b0;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE4_FAST_D_X_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE4_FAST_D_X_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE4_FAST_D_X_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int k = 0; k < 18; k++) {
            const float *at = d_x_turned + panel * 288 + k * 16 + column;
            const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
            NN_UNROLL
            for (int r = 0; r < CASE4_FAST_D_X_BACKWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(d_simple_rnn_1_add[n * 192 + j * 32 + k + r *
                            32]);
                    acc[r][0] += scalar * b0;
                    acc[r][1] += scalar * b1;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE4_FAST_D_X_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++)
        for (int lane = 0; lane < 2; lane++)
            d_x[n * 12 + (j + r) * 2 + lane] = sum[r * 16 + lane];
}

static NN_APART void case4_fast_d_x_backward_large(const float *NN_RESTRICT d_simple_rnn_1_add,
        const float *NN_RESTRICT d_x_turned, float *NN_RESTRICT d_x, int n, int j, int panel)
{
    case4_fast_d_x_backward_tile(CASE4_FAST_D_X_BACKWARD_ROWS, d_simple_rnn_1_add, d_x_turned, d_x,
            n, j, panel);
}

static NN_APART void case4_fast_d_x_backward(int batch,
                                             const float *NN_RESTRICT d_simple_rnn_1_add,
                                             const float *NN_RESTRICT d_x_turned,
                                             float *NN_RESTRICT d_x)
{
    for (int n = 0; n < batch; n++) {
        const int panel = 0;
        const int j = 0;
        case4_fast_d_x_backward_large(d_simple_rnn_1_add, d_x_turned, d_x, n, j, panel);
    }
}

/* d_simple_rnn_1.kernel = contract(x, d_simple_rnn_1.add)   [2, 18] */
#if NN_REGISTERS >= 32
enum { CASE4_FAST_D_SIMPLE_RNN_1_KERNEL_BACKWARD_ROWS = 2 };
#else
enum { CASE4_FAST_D_SIMPLE_RNN_1_KERNEL_BACKWARD_ROWS = 2 };
#endif
NN_INLINE void case4_fast_d_simple_rnn_1_kernel_backward_tile(const int rows,
        const float *NN_RESTRICT x, const float *NN_RESTRICT d_simple_rnn_1_add,
        float *NN_RESTRICT d_simple_rnn_1_kernel, int j, int from, int to)
{
    float sum[CASE4_FAST_D_SIMPLE_RNN_1_KERNEL_BACKWARD_ROWS * 32];
    for (int column = 0; column < 32; column += 2 * NN_LANES) {
        nn_vec acc[CASE4_FAST_D_SIMPLE_RNN_1_KERNEL_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE4_FAST_D_SIMPLE_RNN_1_KERNEL_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x_2 = 0; x_2 < 6; x_2++) {
                const float *at = d_simple_rnn_1_add + n * 192 + x_2 * 32 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE4_FAST_D_SIMPLE_RNN_1_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(x[j + n * 12 + x_2 * 2 + r]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE4_FAST_D_SIMPLE_RNN_1_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 32 + column, acc[r][0]);
                nn_store(sum + r * 32 + column + NN_LANES, acc[r][1]);
            }
    }
    for (int r = 0; r < rows; r++) {
        const int row = j + r;
        for (int lane = 0; lane < 18; lane++)
            d_simple_rnn_1_kernel[row * 18 + lane] = sum[r * 32 + lane];
    }
}

static NN_APART void case4_fast_d_simple_rnn_1_kernel_backward_large(const float *NN_RESTRICT x,
        const float *NN_RESTRICT d_simple_rnn_1_add, float *NN_RESTRICT d_simple_rnn_1_kernel,
        int j, int from, int to)
{
    case4_fast_d_simple_rnn_1_kernel_backward_tile(CASE4_FAST_D_SIMPLE_RNN_1_KERNEL_BACKWARD_ROWS,
            x, d_simple_rnn_1_add, d_simple_rnn_1_kernel, j, from, to);
}

static NN_APART void case4_fast_d_simple_rnn_1_kernel_backward(int batch,
        const float *NN_RESTRICT x, const float *NN_RESTRICT d_simple_rnn_1_add,
        float *NN_RESTRICT d_simple_rnn_1_kernel)
{
    for (int unit = 0; unit < 1; unit++) {
        const int j = 0;
        const int from = 0;
        const int to = batch;
        case4_fast_d_simple_rnn_1_kernel_backward_large(x, d_simple_rnn_1_add,
                d_simple_rnn_1_kernel, j, from, to);
    }
}

static NN_APART void case4_fast_y_forward_copy(int batch, const float *NN_RESTRICT y_slice,
                                               float *NN_RESTRICT y_out)
{
    const int total = batch * 2;
    for (int block = 0; block < (total + 4095) / 4096; block++) {
        const int end = block * 4096 + 4096 < total ? block * 4096 + 4096 : total;
        for (int k = block * 4096; k < end; k++)
            y_out[k] = y_slice[k];
    }
}

static void case4_fast_run(float *state, char *arena, const nn_step *step,
                           const void *const *inputs, const void *const *targets,
                           void *const *outputs, float *results, int threads)
{
    (void)targets;
    (void)results;
    (void)threads;
    const int batch = step->batch;
    const float *const x = (const float *)inputs[0]; /* [6, 2] */
    const float *const simple_rnn_1_kernel = state + 0; /* [2, 18] */
    const float *const simple_rnn_1_recurrent_kernel = state + 64; /* [18, 18] */
    const float *const simple_rnn_1_bias = state + 640; /* [18] */
    const float *const y_kernel = state + 672; /* [18, 2] */
    const float *const y_recurrent_kernel = state + 960; /* [2, 2] */
    const float *const y_bias = state + 992; /* [2] */
    const float *const seed = (const float *)inputs[1]; /* [2] */
    float *const simple_rnn_1_add = (float *)(void *)(arena + 2304); /* [6, 18] */
    float *const simple_rnn_1 = (float *)(void *)(arena + 6912); /* [6, 18] */
    float *const y_add = (float *)(void *)(arena + 3456); /* [6, 2] */
    float *const y_scan = (float *)(void *)(arena + 4608); /* [6, 2] */
    float *const y_slice = (float *)(void *)(arena + 10560); /* [1, 2] */
    float *const d_y_scan = (float *)(void *)(arena + 4800); /* [6, 2] */
    float *const d_y_scan_scan_trace = (float *)(void *)(arena + 2304); /* [6, 1, 16] */
    float *const d_y_scan_transpose = (float *)(void *)(arena + 5376); /* [2, 2] */
    float *const d_y_add = (float *)(void *)(arena + 3456); /* [6, 2] */
    float *const d_y_recurrent_kernel = (float *)outputs[6]; /* [2, 2] */
    float *const d_y_bias = (float *)outputs[7]; /* [2] */
    float *const d_simple_rnn_1 = (float *)(void *)(arena + 8448); /* [6, 18] */
    float *const d_y_kernel = (float *)outputs[5]; /* [18, 2] */
    float *const d_simple_rnn_1_scan_trace = (float *)(void *)(arena + 0); /* [6, 1, 32] */
    float *const d_simple_rnn_1_transpose = (float *)(void *)(arena + 2304); /* [18, 18] */
    float *const d_simple_rnn_1_add = (float *)(void *)(arena + 4608); /* [6, 18] */
    float *const d_simple_rnn_1_recurrent_kernel = (float *)outputs[3]; /* [18, 18] */
    float *const d_simple_rnn_1_bias = (float *)outputs[4]; /* [18] */
    float *const d_x = (float *)outputs[1]; /* [6, 2] */
    float *const d_simple_rnn_1_kernel = (float *)outputs[2]; /* [2, 18] */
    float *const y_out = (float *)outputs[0]; /* [2] */
    float *const simple_rnn_1_sums = (float *)(void *)(arena + 3648);
    float *const simple_rnn_1_state = (float *)(void *)(arena + 4032);
    float *const y_scan_sums = (float *)(void *)(arena + 3648);
    float *const y_scan_state = (float *)(void *)(arena + 3840);
    float *const d_y_add_sums = (float *)(void *)(arena + 4992);
    float *const d_y_add_state = (float *)(void *)(arena + 5184);
    float *const d_simple_rnn_1_turned = (float *)(void *)(arena + 2304);
    float *const d_simple_rnn_1_add_sums = (float *)(void *)(arena + 9792);
    float *const d_simple_rnn_1_add_state = (float *)(void *)(arena + 10176);
    float *const d_x_turned = (float *)(void *)(arena + 0);
    const uint64_t mode = nn_flush_denormals();
    case4_fast_simple_rnn_1_contract_forward(batch, x, simple_rnn_1_kernel, simple_rnn_1_bias,
            simple_rnn_1_add);
    case4_fast_simple_rnn_1_forward(batch, simple_rnn_1_sums, simple_rnn_1_state, simple_rnn_1_add,
            simple_rnn_1_recurrent_kernel, d_simple_rnn_1_scan_trace, simple_rnn_1);
    case4_fast_simple_rnn_1_forward_halo(batch, simple_rnn_1);
    case4_fast_y_contract_forward(batch, simple_rnn_1, y_kernel, y_bias, y_add);
    case4_fast_y_scan_forward(batch, y_scan_sums, y_scan_state, y_add, y_recurrent_kernel,
            d_y_scan_scan_trace, y_scan);
    case4_fast_y_scan_forward_halo(batch, y_scan);
    case4_fast_y_slice_forward(batch, y_scan, y_slice);
    case4_fast_d_y_scan_backward(batch, seed, d_y_scan);
    case4_fast_d_y_scan_transpose_backward(y_recurrent_kernel, d_y_scan_transpose);
    case4_fast_d_y_scan_transpose_backward_halo(d_y_scan_transpose);
    case4_fast_d_y_add_backward(batch, d_y_add_sums, d_y_add_state, d_y_scan, d_y_scan_transpose,
            d_y_scan_scan_trace, d_y_add);
    case4_fast_d_y_add_backward_halo(batch, d_y_add);
    case4_fast_d_y_recurrent_kernel_backward(batch, y_scan, d_y_add, d_y_recurrent_kernel);
    case4_fast_d_y_bias_backward(batch, d_y_add, d_y_bias);
    case4_fast_d_simple_rnn_1_backward_turn(y_kernel, d_simple_rnn_1_turned);
    case4_fast_d_simple_rnn_1_backward(batch, d_y_add, d_simple_rnn_1_turned, d_simple_rnn_1);
    case4_fast_d_y_kernel_backward(batch, simple_rnn_1, d_y_add, d_y_kernel);
    case4_fast_d_simple_rnn_1_transpose_backward(simple_rnn_1_recurrent_kernel,
            d_simple_rnn_1_transpose);
    case4_fast_d_simple_rnn_1_transpose_backward_halo(d_simple_rnn_1_transpose);
    case4_fast_d_simple_rnn_1_add_backward(batch, d_simple_rnn_1_add_sums,
            d_simple_rnn_1_add_state, d_simple_rnn_1, d_simple_rnn_1_transpose,
            d_simple_rnn_1_scan_trace, d_simple_rnn_1_add);
    case4_fast_d_simple_rnn_1_add_backward_halo(batch, d_simple_rnn_1_add);
    case4_fast_d_simple_rnn_1_recurrent_kernel_backward(batch, simple_rnn_1, d_simple_rnn_1_add,
            d_simple_rnn_1_recurrent_kernel);
    case4_fast_d_simple_rnn_1_bias_backward(batch, d_simple_rnn_1_add, d_simple_rnn_1_bias);
    case4_fast_d_x_backward_turn(simple_rnn_1_kernel, d_x_turned);
    case4_fast_d_x_backward(batch, d_simple_rnn_1_add, d_x_turned, d_x);
    case4_fast_d_simple_rnn_1_kernel_backward(batch, x, d_simple_rnn_1_add, d_simple_rnn_1_kernel);
    case4_fast_y_forward_copy(batch, y_slice, y_out);
    nn_restore_denormals(mode);
}

/* simple_rnn_1.contract = contract(x, simple_rnn_1.kernel)   [6, 18]
 * simple_rnn_1.add = add(simple_rnn_1.contract, simple_rnn_1.bias)   [6, 18] */
static NN_APART void case4_plain_simple_rnn_1_contract_forward(int batch,
        const float *NN_RESTRICT x, const float *NN_RESTRICT simple_rnn_1_kernel,
        const float *NN_RESTRICT simple_rnn_1_bias, float *NN_RESTRICT simple_rnn_1_add)
{
    for (int n = 0; n < batch; n++)
        for (int i = 0; i < 6; i++)
            for (int c = 0; c < 18; c++) {
                float sum = 0.0f;
                for (int c_2 = 0; c_2 < 2; c_2++)
                    sum += x[n * 12 + i * 2 + c_2] * simple_rnn_1_kernel[c_2 * 18 + c];
                simple_rnn_1_add[n * 108 + i * 18 + c] = sum + simple_rnn_1_bias[c];
            }
}

/* simple_rnn_1 = scan(simple_rnn_1.add, simple_rnn_1.recurrent_kernel, 0, 0)   [6, 18]
 * d_simple_rnn_1.scan_trace = scan_trace(simple_rnn_1.add, simple_rnn_1.recurrent_kernel, 0, 0)   [6, 1, 32]
 * 6 steps, 18 columns */
#if NN_REGISTERS >= 32
enum { CASE4_PLAIN_SIMPLE_RNN_1_FORWARD_ROWS = 2 };
#else
enum { CASE4_PLAIN_SIMPLE_RNN_1_FORWARD_ROWS = 2 };
#endif
NN_INLINE void case4_plain_simple_rnn_1_forward_tile(const int rows,
        float *NN_RESTRICT simple_rnn_1_sums, float *NN_RESTRICT simple_rnn_1_state,
        const float *NN_RESTRICT simple_rnn_1_add,
        const float *NN_RESTRICT simple_rnn_1_recurrent_kernel,
        float *NN_RESTRICT d_simple_rnn_1_scan_trace, float *NN_RESTRICT simple_rnn_1, int n)
{
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < 18; c++)
            simple_rnn_1_state[(n + r) * 32 + c] = 0.0f;
    for (int t = 0; t < 6; t++) {
        for (int r = 0; r < rows; r++)
            for (int o = 0; o < 18; o++)
                simple_rnn_1_sums[(n + r) * 32 + o] = simple_rnn_1_add[(n + r) * 108 + t * 18 + o];
        for (int r = 0; r < rows; r++)
            for (int k = 0; k < 18; k++)
                for (int o = 0; o < 18; o++)
                    simple_rnn_1_sums[(n + r) * 32 + o] += simple_rnn_1_state[(n + r) * 32 + k] *
                            simple_rnn_1_recurrent_kernel[k * 18 + o];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < 32; c++) {
                const float h = nn_tanh(simple_rnn_1_sums[(n + r) * 32 + c]);
                simple_rnn_1_state[(n + r) * 32 + c] = h;
                d_simple_rnn_1_scan_trace[(n + r) * 192 + t * 32 + c] = h;
            }
            for (int c = 0; c < 18; c++)
                simple_rnn_1[(n + r) * 108 + t * 18 + c] = simple_rnn_1_state[(n + r) * 32 + c];
        }
    }
}

static NN_APART void case4_plain_simple_rnn_1_forward_large(float *NN_RESTRICT simple_rnn_1_sums,
        float *NN_RESTRICT simple_rnn_1_state, const float *NN_RESTRICT simple_rnn_1_add,
        const float *NN_RESTRICT simple_rnn_1_recurrent_kernel,
        float *NN_RESTRICT d_simple_rnn_1_scan_trace, float *NN_RESTRICT simple_rnn_1, int n)
{
    case4_plain_simple_rnn_1_forward_tile(CASE4_PLAIN_SIMPLE_RNN_1_FORWARD_ROWS, simple_rnn_1_sums,
            simple_rnn_1_state, simple_rnn_1_add, simple_rnn_1_recurrent_kernel,
            d_simple_rnn_1_scan_trace, simple_rnn_1, n);
}

static NN_APART void case4_plain_simple_rnn_1_forward_small(float *NN_RESTRICT simple_rnn_1_sums,
        float *NN_RESTRICT simple_rnn_1_state, const float *NN_RESTRICT simple_rnn_1_add,
        const float *NN_RESTRICT simple_rnn_1_recurrent_kernel,
        float *NN_RESTRICT d_simple_rnn_1_scan_trace, float *NN_RESTRICT simple_rnn_1, int n)
{
    case4_plain_simple_rnn_1_forward_tile(1, simple_rnn_1_sums, simple_rnn_1_state,
            simple_rnn_1_add, simple_rnn_1_recurrent_kernel, d_simple_rnn_1_scan_trace,
            simple_rnn_1, n);
}

static NN_APART void case4_plain_simple_rnn_1_forward_single(float *NN_RESTRICT simple_rnn_1_sums,
        float *NN_RESTRICT simple_rnn_1_state, const float *NN_RESTRICT simple_rnn_1_add,
        const float *NN_RESTRICT simple_rnn_1_recurrent_kernel,
        float *NN_RESTRICT d_simple_rnn_1_scan_trace, float *NN_RESTRICT simple_rnn_1, int n)
{
    case4_plain_simple_rnn_1_forward_tile(1, simple_rnn_1_sums, simple_rnn_1_state,
            simple_rnn_1_add, simple_rnn_1_recurrent_kernel, d_simple_rnn_1_scan_trace,
            simple_rnn_1, n);
}

static NN_APART void case4_plain_simple_rnn_1_forward(int batch,
        float *NN_RESTRICT simple_rnn_1_sums, float *NN_RESTRICT simple_rnn_1_state,
        const float *NN_RESTRICT simple_rnn_1_add,
        const float *NN_RESTRICT simple_rnn_1_recurrent_kernel,
        float *NN_RESTRICT d_simple_rnn_1_scan_trace, float *NN_RESTRICT simple_rnn_1)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE4_PLAIN_SIMPLE_RNN_1_FORWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case4_plain_simple_rnn_1_forward_large(simple_rnn_1_sums, simple_rnn_1_state,
                        simple_rnn_1_add, simple_rnn_1_recurrent_kernel, d_simple_rnn_1_scan_trace,
                        simple_rnn_1, n);
            } else {
                case4_plain_simple_rnn_1_forward_small(simple_rnn_1_sums, simple_rnn_1_state,
                        simple_rnn_1_add, simple_rnn_1_recurrent_kernel, d_simple_rnn_1_scan_trace,
                        simple_rnn_1, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case4_plain_simple_rnn_1_forward_single(simple_rnn_1_sums, simple_rnn_1_state,
                        simple_rnn_1_add, simple_rnn_1_recurrent_kernel, d_simple_rnn_1_scan_trace,
                        simple_rnn_1, n);
        }
    }
}

/* y.contract = contract(simple_rnn_1, y.kernel)   [6, 2]
 * y.add = add(y.contract, y.bias)   [6, 2] */
static NN_APART void case4_plain_y_contract_forward(int batch,
        const float *NN_RESTRICT simple_rnn_1, const float *NN_RESTRICT y_kernel,
        const float *NN_RESTRICT y_bias, float *NN_RESTRICT y_add)
{
    for (int n = 0; n < batch; n++)
        for (int i = 0; i < 6; i++)
            for (int c = 0; c < 2; c++) {
                float sum = 0.0f;
                for (int c_2 = 0; c_2 < 18; c_2++)
                    sum += simple_rnn_1[n * 108 + i * 18 + c_2] * y_kernel[c_2 * 2 + c];
                y_add[n * 12 + i * 2 + c] = sum + y_bias[c];
            }
}

/* y.scan = scan(y.add, y.recurrent_kernel, 0, 0)   [6, 2]
 * d_y.scan.scan_trace = scan_trace(y.add, y.recurrent_kernel, 0, 0)   [6, 1, 16]
 * 6 steps, 2 columns */
#if NN_REGISTERS >= 32
enum { CASE4_PLAIN_Y_SCAN_FORWARD_ROWS = 2 };
#else
enum { CASE4_PLAIN_Y_SCAN_FORWARD_ROWS = 2 };
#endif
NN_INLINE void case4_plain_y_scan_forward_tile(const int rows, float *NN_RESTRICT y_scan_sums,
                                               float *NN_RESTRICT y_scan_state,
                                               const float *NN_RESTRICT y_add,
                                               const float *NN_RESTRICT y_recurrent_kernel,
                                               float *NN_RESTRICT d_y_scan_scan_trace,
                                               float *NN_RESTRICT y_scan, int n)
{
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < 2; c++)
            y_scan_state[(n + r) * 16 + c] = 0.0f;
    for (int t = 0; t < 6; t++) {
        for (int r = 0; r < rows; r++)
            for (int o = 0; o < 2; o++)
                y_scan_sums[(n + r) * 16 + o] = y_add[(n + r) * 12 + t * 2 + o];
        for (int r = 0; r < rows; r++)
            for (int k = 0; k < 2; k++)
                for (int o = 0; o < 2; o++)
                    y_scan_sums[(n + r) * 16 + o] += y_scan_state[(n + r) * 16 + k] *
                            y_recurrent_kernel[k * 2 + o];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < 16; c++) {
                const float h = nn_sigmoid(y_scan_sums[(n + r) * 16 + c]);
                y_scan_state[(n + r) * 16 + c] = h;
                d_y_scan_scan_trace[(n + r) * 96 + t * 16 + c] = h;
            }
            for (int c = 0; c < 2; c++)
                y_scan[(n + r) * 12 + t * 2 + c] = y_scan_state[(n + r) * 16 + c];
        }
    }
}

static NN_APART void case4_plain_y_scan_forward_large(float *NN_RESTRICT y_scan_sums,
        float *NN_RESTRICT y_scan_state, const float *NN_RESTRICT y_add,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT d_y_scan_scan_trace,
        float *NN_RESTRICT y_scan, int n)
{
    case4_plain_y_scan_forward_tile(CASE4_PLAIN_Y_SCAN_FORWARD_ROWS, y_scan_sums, y_scan_state,
            y_add, y_recurrent_kernel, d_y_scan_scan_trace, y_scan, n);
}

static NN_APART void case4_plain_y_scan_forward_small(float *NN_RESTRICT y_scan_sums,
        float *NN_RESTRICT y_scan_state, const float *NN_RESTRICT y_add,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT d_y_scan_scan_trace,
        float *NN_RESTRICT y_scan, int n)
{
    case4_plain_y_scan_forward_tile(1, y_scan_sums, y_scan_state, y_add, y_recurrent_kernel,
            d_y_scan_scan_trace, y_scan, n);
}

static NN_APART void case4_plain_y_scan_forward_single(float *NN_RESTRICT y_scan_sums,
        float *NN_RESTRICT y_scan_state, const float *NN_RESTRICT y_add,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT d_y_scan_scan_trace,
        float *NN_RESTRICT y_scan, int n)
{
    case4_plain_y_scan_forward_tile(1, y_scan_sums, y_scan_state, y_add, y_recurrent_kernel,
            d_y_scan_scan_trace, y_scan, n);
}

static NN_APART void case4_plain_y_scan_forward(int batch, float *NN_RESTRICT y_scan_sums,
                                                float *NN_RESTRICT y_scan_state,
                                                const float *NN_RESTRICT y_add,
                                                const float *NN_RESTRICT y_recurrent_kernel,
                                                float *NN_RESTRICT d_y_scan_scan_trace,
                                                float *NN_RESTRICT y_scan)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE4_PLAIN_Y_SCAN_FORWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case4_plain_y_scan_forward_large(y_scan_sums, y_scan_state, y_add,
                        y_recurrent_kernel, d_y_scan_scan_trace, y_scan, n);
            } else {
                case4_plain_y_scan_forward_small(y_scan_sums, y_scan_state, y_add,
                        y_recurrent_kernel, d_y_scan_scan_trace, y_scan, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case4_plain_y_scan_forward_single(y_scan_sums, y_scan_state, y_add,
                        y_recurrent_kernel, d_y_scan_scan_trace, y_scan, n);
        }
    }
}

/* y.slice = slice(y.scan)   [1, 2] */
static NN_APART void case4_plain_y_slice_forward(int batch, const float *NN_RESTRICT y_scan,
                                                 float *NN_RESTRICT y_slice)
{
    for (int n = 0; n < batch; n++)
        for (int c = 0; c < 2; c++)
            y_slice[n * 2 + c] = y_scan[n * 12 + c + 10];
}

/* d_y.scan = pad(d_y.slice)   [6, 2] */
static NN_APART void case4_plain_d_y_scan_backward(int batch, const float *NN_RESTRICT seed,
        float *NN_RESTRICT d_y_scan)
{
    for (int n = 0; n < batch; n++)
        for (int i = 0; i < 6; i++)
            for (int c = 0; c < 2; c++)
                d_y_scan[n * 12 + i * 2 + c] = i >= 5 ? seed[n * 2 + c] : 0.0f;
}

/* d_y.scan.transpose = transpose(y.recurrent_kernel)   [2, 2] */
static NN_APART void case4_plain_d_y_scan_transpose_backward(
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT d_y_scan_transpose)
{
    for (int i = 0; i < 2; i++)
        for (int c = 0; c < 2; c++)
            d_y_scan_transpose[i * 2 + c] = y_recurrent_kernel[c * 2 + i];
}

/* d_y.add = scan_grad(d_y.scan.scan_trace, d_y.scan.transpose, 0, d_y.scan)   [6, 2]
 * 6 steps from the last to the first, 2 columns */
#if NN_REGISTERS >= 32
enum { CASE4_PLAIN_D_Y_ADD_BACKWARD_ROWS = 2 };
#else
enum { CASE4_PLAIN_D_Y_ADD_BACKWARD_ROWS = 2 };
#endif
NN_INLINE void case4_plain_d_y_add_backward_tile(const int rows, float *NN_RESTRICT d_y_add_sums,
                                                 float *NN_RESTRICT d_y_add_state,
                                                 const float *NN_RESTRICT d_y_scan,
                                                 const float *NN_RESTRICT d_y_scan_transpose,
                                                 const float *NN_RESTRICT d_y_scan_scan_trace,
                                                 float *NN_RESTRICT d_y_add, int n)
{
    for (int later = 0; later < 6; later++) {
        const int t = 5 - later;
        for (int r = 0; r < rows; r++)
            for (int c = 0; c < 2; c++)
                d_y_add_sums[(n + r) * 16 + c] = d_y_scan[(n + r) * 12 + t * 2 + c];
        if (later > 0) {
            for (int r = 0; r < rows; r++)
                for (int k = 0; k < 2; k++)
                    for (int o = 0; o < 2; o++)
                        d_y_add_sums[(n + r) * 16 + o] += d_y_add_state[(n + r) * 16 + k] *
                                d_y_scan_transpose[k * 2 + o];
        }
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < 16; c++) {
                const float d_h = d_y_add_sums[(n + r) * 16 + c];
                const float h = d_y_scan_scan_trace[(n + r) * 96 + t * 16 + c];
                d_y_add_state[(n + r) * 16 + c] = d_h * h * (1.0f - h);
            }
            for (int c = 0; c < 2; c++)
                d_y_add[(n + r) * 12 + t * 2 + c] = d_y_add_state[(n + r) * 16 + c];
        }
    }
}

static NN_APART void case4_plain_d_y_add_backward_large(float *NN_RESTRICT d_y_add_sums,
        float *NN_RESTRICT d_y_add_state, const float *NN_RESTRICT d_y_scan,
        const float *NN_RESTRICT d_y_scan_transpose, const float *NN_RESTRICT d_y_scan_scan_trace,
        float *NN_RESTRICT d_y_add, int n)
{
    case4_plain_d_y_add_backward_tile(CASE4_PLAIN_D_Y_ADD_BACKWARD_ROWS, d_y_add_sums,
            d_y_add_state, d_y_scan, d_y_scan_transpose, d_y_scan_scan_trace, d_y_add, n);
}

static NN_APART void case4_plain_d_y_add_backward_small(float *NN_RESTRICT d_y_add_sums,
        float *NN_RESTRICT d_y_add_state, const float *NN_RESTRICT d_y_scan,
        const float *NN_RESTRICT d_y_scan_transpose, const float *NN_RESTRICT d_y_scan_scan_trace,
        float *NN_RESTRICT d_y_add, int n)
{
    case4_plain_d_y_add_backward_tile(1, d_y_add_sums, d_y_add_state, d_y_scan, d_y_scan_transpose,
            d_y_scan_scan_trace, d_y_add, n);
}

static NN_APART void case4_plain_d_y_add_backward_single(float *NN_RESTRICT d_y_add_sums,
        float *NN_RESTRICT d_y_add_state, const float *NN_RESTRICT d_y_scan,
        const float *NN_RESTRICT d_y_scan_transpose, const float *NN_RESTRICT d_y_scan_scan_trace,
        float *NN_RESTRICT d_y_add, int n)
{
    case4_plain_d_y_add_backward_tile(1, d_y_add_sums, d_y_add_state, d_y_scan, d_y_scan_transpose,
            d_y_scan_scan_trace, d_y_add, n);
}

static NN_APART void case4_plain_d_y_add_backward(int batch, float *NN_RESTRICT d_y_add_sums,
        float *NN_RESTRICT d_y_add_state, const float *NN_RESTRICT d_y_scan,
        const float *NN_RESTRICT d_y_scan_transpose, const float *NN_RESTRICT d_y_scan_scan_trace,
        float *NN_RESTRICT d_y_add)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE4_PLAIN_D_Y_ADD_BACKWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case4_plain_d_y_add_backward_large(d_y_add_sums, d_y_add_state, d_y_scan,
                        d_y_scan_transpose, d_y_scan_scan_trace, d_y_add, n);
            } else {
                case4_plain_d_y_add_backward_small(d_y_add_sums, d_y_add_state, d_y_scan,
                        d_y_scan_transpose, d_y_scan_scan_trace, d_y_add, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case4_plain_d_y_add_backward_single(d_y_add_sums, d_y_add_state, d_y_scan,
                        d_y_scan_transpose, d_y_scan_scan_trace, d_y_add, n);
        }
    }
}

/* d_y.recurrent_kernel = contract(y.scan, d_y.add)   [2, 2] */
static NN_APART void case4_plain_y_scan_forward_pad(int batch, const float *NN_RESTRICT y_scan,
        float *NN_RESTRICT d_y_recurrent_kernel_padded)
{
    for (int n = 0; n < batch; n++)
        for (int j = 0; j < 7; j++)
            for (int c = 0; c < 2; c++)
                d_y_recurrent_kernel_padded[n * 14 + j * 2 + c] = j - 1 >= 0 && j - 1 < 6 ?
                        y_scan[n * 12 + j * 2 + c - 2] : 0.0f;
}

/* d_y.recurrent_kernel = contract(y.scan, d_y.add)   [2, 2] */
static NN_APART void case4_plain_d_y_add_backward_pad(int batch, const float *NN_RESTRICT d_y_add,
        float *NN_RESTRICT d_y_recurrent_kernel_padded)
{
    for (int n = 0; n < batch; n++)
        for (int j = 0; j < 6; j++)
            for (int c = 0; c < 16; c++)
                d_y_recurrent_kernel_padded[n * 96 + j * 16 + c] = c >= 0 && c < 2 ? d_y_add[n *
                        12 + j * 2 + c] : 0.0f;
}

/* d_y.recurrent_kernel = contract(y.scan, d_y.add)   [2, 2] */
#if NN_REGISTERS >= 32
enum { CASE4_PLAIN_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS = 2 };
#else
enum { CASE4_PLAIN_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS = 2 };
#endif
NN_INLINE void case4_plain_d_y_recurrent_kernel_backward_tile(const int rows,
        const float *NN_RESTRICT d_y_recurrent_kernel_padded,
        const float *NN_RESTRICT d_y_recurrent_kernel_padded_2,
        float *NN_RESTRICT d_y_recurrent_kernel, int j, int from, int to)
{
    float sum[CASE4_PLAIN_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE4_PLAIN_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE4_PLAIN_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x = 0; x < 6; x++) {
                const float *at = d_y_recurrent_kernel_padded_2 + n * 96 + x * 16 + column;
                const nn_vec b0 = nn_load(at);
                NN_UNROLL
                for (int r = 0; r < CASE4_PLAIN_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(d_y_recurrent_kernel_padded[j + n * 14 + x *
                                2 + r]);
                        acc[r] += scalar * b0;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE4_PLAIN_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE4_PLAIN_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE4_PLAIN_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x = 0; x < 6; x++) {
                const float *at = d_y_recurrent_kernel_padded_2 + n * 96 + x * 16 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE4_PLAIN_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(d_y_recurrent_kernel_padded[j + n * 14 + x *
                                2 + r]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE4_PLAIN_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++) {
        const int row = j + r;
        for (int lane = 0; lane < 2; lane++)
            d_y_recurrent_kernel[row * 2 + lane] = sum[r * 16 + lane];
    }
}

static NN_APART void case4_plain_d_y_recurrent_kernel_backward_large(
        const float *NN_RESTRICT d_y_recurrent_kernel_padded,
        const float *NN_RESTRICT d_y_recurrent_kernel_padded_2,
        float *NN_RESTRICT d_y_recurrent_kernel, int j, int from, int to)
{
    case4_plain_d_y_recurrent_kernel_backward_tile(CASE4_PLAIN_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS,
            d_y_recurrent_kernel_padded, d_y_recurrent_kernel_padded_2, d_y_recurrent_kernel, j,
            from, to);
}

static NN_APART void case4_plain_d_y_recurrent_kernel_backward(int batch,
        const float *NN_RESTRICT d_y_recurrent_kernel_padded,
        const float *NN_RESTRICT d_y_recurrent_kernel_padded_2,
        float *NN_RESTRICT d_y_recurrent_kernel)
{
    for (int unit = 0; unit < 1; unit++) {
        const int j = 0;
        const int from = 0;
        const int to = batch;
        case4_plain_d_y_recurrent_kernel_backward_large(d_y_recurrent_kernel_padded,
                d_y_recurrent_kernel_padded_2, d_y_recurrent_kernel, j, from, to);
    }
}

/* d_y.bias = reduce_sum(d_y.add)   [2] */
static NN_APART void case4_plain_d_y_bias_backward(int batch, const float *NN_RESTRICT d_y_add,
        float *NN_RESTRICT d_y_bias)
{
    float sum[2];
    for (int c = 0; c < 2; c++)
        sum[c] = 0.0f;
    for (int n = 0; n < batch; n++)
        for (int i = 0; i < 6; i++)
            for (int c = 0; c < 2; c++)
                sum[c] += d_y_add[n * 12 + i * 2 + c];
    for (int c = 0; c < 2; c++)
        d_y_bias[c] = sum[c];
}

/* d_simple_rnn_1 = contract(d_y.add, y.kernel)   [6, 18] */
static NN_APART void case4_plain_d_simple_rnn_1_backward(int batch,
        const float *NN_RESTRICT d_y_add, const float *NN_RESTRICT y_kernel,
        float *NN_RESTRICT d_simple_rnn_1)
{
    for (int n = 0; n < batch; n++)
        for (int i = 0; i < 6; i++)
            for (int c = 0; c < 18; c++) {
                float sum = 0.0f;
                for (int o = 0; o < 2; o++)
                    sum += d_y_add[n * 12 + i * 2 + o] * y_kernel[c * 2 + o];
                d_simple_rnn_1[n * 108 + i * 18 + c] = sum;
            }
}

/* d_y.kernel = contract(simple_rnn_1, d_y.add)   [18, 2] */
static NN_APART void case4_plain_d_y_add_backward_pad_2(int batch,
        const float *NN_RESTRICT d_y_add, float *NN_RESTRICT d_y_kernel_padded)
{
    for (int n = 0; n < batch; n++)
        for (int j = 0; j < 6; j++)
            for (int c = 0; c < 16; c++)
                d_y_kernel_padded[n * 96 + j * 16 + c] = c >= 0 && c < 2 ? d_y_add[n * 12 + j * 2 +
                        c] : 0.0f;
}

/* d_y.kernel = contract(simple_rnn_1, d_y.add)   [18, 2] */
#if NN_REGISTERS >= 32
enum { CASE4_PLAIN_D_Y_KERNEL_BACKWARD_ROWS = 9, CASE4_PLAIN_D_Y_KERNEL_BACKWARD_WIDE = 9,
        CASE4_PLAIN_D_Y_KERNEL_BACKWARD_ACROSS = 2, CASE4_PLAIN_D_Y_KERNEL_BACKWARD_LARGE_ACROSS =
        2 };
#else
enum { CASE4_PLAIN_D_Y_KERNEL_BACKWARD_ROWS = 6, CASE4_PLAIN_D_Y_KERNEL_BACKWARD_WIDE = 6,
        CASE4_PLAIN_D_Y_KERNEL_BACKWARD_ACROSS = 3, CASE4_PLAIN_D_Y_KERNEL_BACKWARD_LARGE_ACROSS =
        3 };
#endif
NN_INLINE void case4_plain_d_y_kernel_backward_tile(const int rows,
        const float *NN_RESTRICT simple_rnn_1, const float *NN_RESTRICT d_y_kernel_padded,
        float *NN_RESTRICT d_y_kernel, int j, int from, int to)
{
    float sum[CASE4_PLAIN_D_Y_KERNEL_BACKWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE4_PLAIN_D_Y_KERNEL_BACKWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE4_PLAIN_D_Y_KERNEL_BACKWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x = 0; x < 6; x++) {
                const float *at = d_y_kernel_padded + n * 96 + x * 16 + column;
                const nn_vec b0 = nn_load(at);
                NN_UNROLL
                for (int r = 0; r < CASE4_PLAIN_D_Y_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(simple_rnn_1[j + n * 108 + x * 18 + r]);
                        acc[r] += scalar * b0;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE4_PLAIN_D_Y_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE4_PLAIN_D_Y_KERNEL_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE4_PLAIN_D_Y_KERNEL_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x = 0; x < 6; x++) {
                const float *at = d_y_kernel_padded + n * 96 + x * 16 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE4_PLAIN_D_Y_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(simple_rnn_1[j + n * 108 + x * 18 + r]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE4_PLAIN_D_Y_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++) {
        const int row = j + r;
        for (int lane = 0; lane < 2; lane++)
            d_y_kernel[row * 2 + lane] = sum[r * 16 + lane];
    }
}

static NN_APART void case4_plain_d_y_kernel_backward_large(const float *NN_RESTRICT simple_rnn_1,
        const float *NN_RESTRICT d_y_kernel_padded, float *NN_RESTRICT d_y_kernel, int j, int from,
        int to)
{
    case4_plain_d_y_kernel_backward_tile(CASE4_PLAIN_D_Y_KERNEL_BACKWARD_ROWS, simple_rnn_1,
            d_y_kernel_padded, d_y_kernel, j, from, to);
}

static NN_APART void case4_plain_d_y_kernel_backward(int batch,
        const float *NN_RESTRICT simple_rnn_1, const float *NN_RESTRICT d_y_kernel_padded,
        float *NN_RESTRICT d_y_kernel)
{
    for (int unit = 0; unit < CASE4_PLAIN_D_Y_KERNEL_BACKWARD_ACROSS; unit++) {
        const int share = unit % CASE4_PLAIN_D_Y_KERNEL_BACKWARD_ACROSS;
        const int j = share * CASE4_PLAIN_D_Y_KERNEL_BACKWARD_WIDE;
        const int from = 0;
        const int to = batch;
        case4_plain_d_y_kernel_backward_large(simple_rnn_1, d_y_kernel_padded, d_y_kernel, j, from,
                to);
    }
}

/* d_simple_rnn_1.transpose = transpose(simple_rnn_1.recurrent_kernel)   [18, 18] */
static NN_APART void case4_plain_d_simple_rnn_1_transpose_backward(
        const float *NN_RESTRICT simple_rnn_1_recurrent_kernel,
        float *NN_RESTRICT d_simple_rnn_1_transpose)
{
    for (int i = 0; i < 18; i++)
        for (int c = 0; c < 18; c++)
            d_simple_rnn_1_transpose[i * 18 + c] = simple_rnn_1_recurrent_kernel[c * 18 + i];
}

/* d_simple_rnn_1.add = scan_grad(d_simple_rnn_1.scan_trace, d_simple_rnn_1.transpose, 0, d_simple_rnn_1)   [6, 18]
 * 6 steps from the last to the first, 18 columns */
#if NN_REGISTERS >= 32
enum { CASE4_PLAIN_D_SIMPLE_RNN_1_ADD_BACKWARD_ROWS = 2 };
#else
enum { CASE4_PLAIN_D_SIMPLE_RNN_1_ADD_BACKWARD_ROWS = 2 };
#endif
NN_INLINE void case4_plain_d_simple_rnn_1_add_backward_tile(const int rows,
        float *NN_RESTRICT d_simple_rnn_1_add_sums, float *NN_RESTRICT d_simple_rnn_1_add_state,
        const float *NN_RESTRICT d_simple_rnn_1, const float *NN_RESTRICT d_simple_rnn_1_transpose,
        const float *NN_RESTRICT d_simple_rnn_1_scan_trace, float *NN_RESTRICT d_simple_rnn_1_add,
        int n)
{
    for (int later = 0; later < 6; later++) {
        const int t = 5 - later;
        for (int r = 0; r < rows; r++)
            for (int c = 0; c < 18; c++)
                d_simple_rnn_1_add_sums[(n + r) * 32 + c] = d_simple_rnn_1[(n + r) * 108 + t * 18 +
                        c];
        if (later > 0) {
            for (int r = 0; r < rows; r++)
                for (int k = 0; k < 18; k++)
                    for (int o = 0; o < 18; o++)
                        d_simple_rnn_1_add_sums[(n + r) * 32 + o] += d_simple_rnn_1_add_state[(n +
                                r) * 32 + k] * d_simple_rnn_1_transpose[k * 18 + o];
        }
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < 32; c++) {
                const float d_h = d_simple_rnn_1_add_sums[(n + r) * 32 + c];
                const float h = d_simple_rnn_1_scan_trace[(n + r) * 192 + t * 32 + c];
                d_simple_rnn_1_add_state[(n + r) * 32 + c] = d_h * (1.0f - h * h);
            }
            for (int c = 0; c < 18; c++)
                d_simple_rnn_1_add[(n + r) * 108 + t * 18 + c] = d_simple_rnn_1_add_state[(n + r) *
                        32 + c];
        }
    }
}

static NN_APART void case4_plain_d_simple_rnn_1_add_backward_large(
        float *NN_RESTRICT d_simple_rnn_1_add_sums, float *NN_RESTRICT d_simple_rnn_1_add_state,
        const float *NN_RESTRICT d_simple_rnn_1, const float *NN_RESTRICT d_simple_rnn_1_transpose,
        const float *NN_RESTRICT d_simple_rnn_1_scan_trace, float *NN_RESTRICT d_simple_rnn_1_add,
        int n)
{
    case4_plain_d_simple_rnn_1_add_backward_tile(CASE4_PLAIN_D_SIMPLE_RNN_1_ADD_BACKWARD_ROWS,
            d_simple_rnn_1_add_sums, d_simple_rnn_1_add_state, d_simple_rnn_1,
            d_simple_rnn_1_transpose, d_simple_rnn_1_scan_trace, d_simple_rnn_1_add, n);
}

static NN_APART void case4_plain_d_simple_rnn_1_add_backward_small(
        float *NN_RESTRICT d_simple_rnn_1_add_sums, float *NN_RESTRICT d_simple_rnn_1_add_state,
        const float *NN_RESTRICT d_simple_rnn_1, const float *NN_RESTRICT d_simple_rnn_1_transpose,
        const float *NN_RESTRICT d_simple_rnn_1_scan_trace, float *NN_RESTRICT d_simple_rnn_1_add,
        int n)
{
    case4_plain_d_simple_rnn_1_add_backward_tile(1, d_simple_rnn_1_add_sums,
            d_simple_rnn_1_add_state, d_simple_rnn_1, d_simple_rnn_1_transpose,
            d_simple_rnn_1_scan_trace, d_simple_rnn_1_add, n);
}

static NN_APART void case4_plain_d_simple_rnn_1_add_backward_single(
        float *NN_RESTRICT d_simple_rnn_1_add_sums, float *NN_RESTRICT d_simple_rnn_1_add_state,
        const float *NN_RESTRICT d_simple_rnn_1, const float *NN_RESTRICT d_simple_rnn_1_transpose,
        const float *NN_RESTRICT d_simple_rnn_1_scan_trace, float *NN_RESTRICT d_simple_rnn_1_add,
        int n)
{
    case4_plain_d_simple_rnn_1_add_backward_tile(1, d_simple_rnn_1_add_sums,
            d_simple_rnn_1_add_state, d_simple_rnn_1, d_simple_rnn_1_transpose,
            d_simple_rnn_1_scan_trace, d_simple_rnn_1_add, n);
}

static NN_APART void case4_plain_d_simple_rnn_1_add_backward(int batch,
        float *NN_RESTRICT d_simple_rnn_1_add_sums, float *NN_RESTRICT d_simple_rnn_1_add_state,
        const float *NN_RESTRICT d_simple_rnn_1, const float *NN_RESTRICT d_simple_rnn_1_transpose,
        const float *NN_RESTRICT d_simple_rnn_1_scan_trace, float *NN_RESTRICT d_simple_rnn_1_add)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE4_PLAIN_D_SIMPLE_RNN_1_ADD_BACKWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case4_plain_d_simple_rnn_1_add_backward_large(d_simple_rnn_1_add_sums,
                        d_simple_rnn_1_add_state, d_simple_rnn_1, d_simple_rnn_1_transpose,
                        d_simple_rnn_1_scan_trace, d_simple_rnn_1_add, n);
            } else {
                case4_plain_d_simple_rnn_1_add_backward_small(d_simple_rnn_1_add_sums,
                        d_simple_rnn_1_add_state, d_simple_rnn_1, d_simple_rnn_1_transpose,
                        d_simple_rnn_1_scan_trace, d_simple_rnn_1_add, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case4_plain_d_simple_rnn_1_add_backward_single(d_simple_rnn_1_add_sums,
                        d_simple_rnn_1_add_state, d_simple_rnn_1, d_simple_rnn_1_transpose,
                        d_simple_rnn_1_scan_trace, d_simple_rnn_1_add, n);
        }
    }
}

/* d_simple_rnn_1.recurrent_kernel = contract(simple_rnn_1, d_simple_rnn_1.add)   [18, 18] */
static NN_APART void case4_plain_simple_rnn_1_forward_pad(int batch,
        const float *NN_RESTRICT simple_rnn_1,
        float *NN_RESTRICT d_simple_rnn_1_recurrent_kernel_padded)
{
    for (int n = 0; n < batch; n++)
        for (int j = 0; j < 7; j++)
            for (int c = 0; c < 18; c++)
                d_simple_rnn_1_recurrent_kernel_padded[n * 126 + j * 18 + c] = j - 1 >= 0 && j -
                        1 < 6 ? simple_rnn_1[n * 108 + j * 18 + c - 18] : 0.0f;
}

/* d_simple_rnn_1.recurrent_kernel = contract(simple_rnn_1, d_simple_rnn_1.add)   [18, 18] */
static NN_APART void case4_plain_d_simple_rnn_1_add_backward_pad(int batch,
        const float *NN_RESTRICT d_simple_rnn_1_add,
        float *NN_RESTRICT d_simple_rnn_1_recurrent_kernel_padded)
{
    for (int n = 0; n < batch; n++)
        for (int j = 0; j < 6; j++)
            for (int c = 0; c < 32; c++)
                d_simple_rnn_1_recurrent_kernel_padded[n * 192 + j * 32 + c] = c >= 0 && c < 18 ?
                        d_simple_rnn_1_add[n * 108 + j * 18 + c] : 0.0f;
}

/* d_simple_rnn_1.recurrent_kernel = contract(simple_rnn_1, d_simple_rnn_1.add)   [18, 18] */
#if NN_REGISTERS >= 32
enum { CASE4_PLAIN_D_SIMPLE_RNN_1_RECURRENT_KERNEL_BACKWARD_ROWS = 9,
        CASE4_PLAIN_D_SIMPLE_RNN_1_RECURRENT_KERNEL_BACKWARD_WIDE = 9,
        CASE4_PLAIN_D_SIMPLE_RNN_1_RECURRENT_KERNEL_BACKWARD_ACROSS = 2,
        CASE4_PLAIN_D_SIMPLE_RNN_1_RECURRENT_KERNEL_BACKWARD_LARGE_ACROSS = 2 };
#else
enum { CASE4_PLAIN_D_SIMPLE_RNN_1_RECURRENT_KERNEL_BACKWARD_ROWS = 6,
        CASE4_PLAIN_D_SIMPLE_RNN_1_RECURRENT_KERNEL_BACKWARD_WIDE = 6,
        CASE4_PLAIN_D_SIMPLE_RNN_1_RECURRENT_KERNEL_BACKWARD_ACROSS = 3,
        CASE4_PLAIN_D_SIMPLE_RNN_1_RECURRENT_KERNEL_BACKWARD_LARGE_ACROSS = 3 };
#endif
NN_INLINE void case4_plain_d_simple_rnn_1_recurrent_kernel_backward_tile(const int rows,
        const float *NN_RESTRICT d_simple_rnn_1_recurrent_kernel_padded,
        const float *NN_RESTRICT d_simple_rnn_1_recurrent_kernel_padded_2,
        float *NN_RESTRICT d_simple_rnn_1_recurrent_kernel, int j, int from, int to)
{
    float sum[CASE4_PLAIN_D_SIMPLE_RNN_1_RECURRENT_KERNEL_BACKWARD_ROWS * 32];
    for (int column = 0; column < 32; column += 2 * NN_LANES) {
        nn_vec acc[CASE4_PLAIN_D_SIMPLE_RNN_1_RECURRENT_KERNEL_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE4_PLAIN_D_SIMPLE_RNN_1_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x = 0; x < 6; x++) {
                const float *at = d_simple_rnn_1_recurrent_kernel_padded_2 + n * 192 + x * 32 +
                        column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE4_PLAIN_D_SIMPLE_RNN_1_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(d_simple_rnn_1_recurrent_kernel_padded[j +
                                n * 126 + x * 18 + r]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE4_PLAIN_D_SIMPLE_RNN_1_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 32 + column, acc[r][0]);
                nn_store(sum + r * 32 + column + NN_LANES, acc[r][1]);
            }
    }
    for (int r = 0; r < rows; r++) {
        const int row = j + r;
        for (int lane = 0; lane < 18; lane++)
            d_simple_rnn_1_recurrent_kernel[row * 18 + lane] = sum[r * 32 + lane];
    }
}

static NN_APART void case4_plain_d_simple_rnn_1_recurrent_kernel_backward_large(
        const float *NN_RESTRICT d_simple_rnn_1_recurrent_kernel_padded,
        const float *NN_RESTRICT d_simple_rnn_1_recurrent_kernel_padded_2,
        float *NN_RESTRICT d_simple_rnn_1_recurrent_kernel, int j, int from, int to)
{
    case4_plain_d_simple_rnn_1_recurrent_kernel_backward_tile(CASE4_PLAIN_D_SIMPLE_RNN_1_RECURRENT_KERNEL_BACKWARD_ROWS, d_simple_rnn_1_recurrent_kernel_padded, d_simple_rnn_1_recurrent_kernel_padded_2, d_simple_rnn_1_recurrent_kernel, j, from, to);
}

static NN_APART void case4_plain_d_simple_rnn_1_recurrent_kernel_backward(int batch,
        const float *NN_RESTRICT d_simple_rnn_1_recurrent_kernel_padded,
        const float *NN_RESTRICT d_simple_rnn_1_recurrent_kernel_padded_2,
        float *NN_RESTRICT d_simple_rnn_1_recurrent_kernel)
{
    for (int unit = 0; unit < CASE4_PLAIN_D_SIMPLE_RNN_1_RECURRENT_KERNEL_BACKWARD_ACROSS; unit++) {
        const int share = unit % CASE4_PLAIN_D_SIMPLE_RNN_1_RECURRENT_KERNEL_BACKWARD_ACROSS;
        const int j = share * CASE4_PLAIN_D_SIMPLE_RNN_1_RECURRENT_KERNEL_BACKWARD_WIDE;
        const int from = 0;
        const int to = batch;
        case4_plain_d_simple_rnn_1_recurrent_kernel_backward_large(d_simple_rnn_1_recurrent_kernel_padded, d_simple_rnn_1_recurrent_kernel_padded_2, d_simple_rnn_1_recurrent_kernel, j, from, to);
    }
}

/* d_simple_rnn_1.bias = reduce_sum(d_simple_rnn_1.add)   [18] */
static NN_APART void case4_plain_d_simple_rnn_1_bias_backward(int batch,
        const float *NN_RESTRICT d_simple_rnn_1_add, float *NN_RESTRICT d_simple_rnn_1_bias)
{
    float sum[18];
    for (int c = 0; c < 18; c++)
        sum[c] = 0.0f;
    for (int n = 0; n < batch; n++)
        for (int i = 0; i < 6; i++)
            for (int c = 0; c < 18; c++)
                sum[c] += d_simple_rnn_1_add[n * 108 + i * 18 + c];
    for (int c = 0; c < 18; c++)
        d_simple_rnn_1_bias[c] = sum[c];
}

/* d_x = contract(d_simple_rnn_1.add, simple_rnn_1.kernel)   [6, 2] */
static NN_APART void case4_plain_d_x_backward(int batch,
                                              const float *NN_RESTRICT d_simple_rnn_1_add,
                                              const float *NN_RESTRICT simple_rnn_1_kernel,
                                              float *NN_RESTRICT d_x)
{
    for (int n = 0; n < batch; n++)
        for (int i = 0; i < 6; i++)
            for (int c = 0; c < 2; c++) {
                float sum = 0.0f;
                for (int o = 0; o < 18; o++)
                    sum += d_simple_rnn_1_add[n * 108 + i * 18 + o] * simple_rnn_1_kernel[c * 18 +
                            o];
                d_x[n * 12 + i * 2 + c] = sum;
            }
}

/* d_simple_rnn_1.kernel = contract(x, d_simple_rnn_1.add)   [2, 18] */
static NN_APART void case4_plain_d_simple_rnn_1_add_backward_pad_2(int batch,
        const float *NN_RESTRICT d_simple_rnn_1_add,
        float *NN_RESTRICT d_simple_rnn_1_kernel_padded)
{
    for (int n = 0; n < batch; n++)
        for (int j = 0; j < 6; j++)
            for (int c = 0; c < 32; c++)
                d_simple_rnn_1_kernel_padded[n * 192 + j * 32 + c] = c >= 0 && c < 18 ?
                        d_simple_rnn_1_add[n * 108 + j * 18 + c] : 0.0f;
}

/* d_simple_rnn_1.kernel = contract(x, d_simple_rnn_1.add)   [2, 18] */
#if NN_REGISTERS >= 32
enum { CASE4_PLAIN_D_SIMPLE_RNN_1_KERNEL_BACKWARD_ROWS = 2 };
#else
enum { CASE4_PLAIN_D_SIMPLE_RNN_1_KERNEL_BACKWARD_ROWS = 2 };
#endif
NN_INLINE void case4_plain_d_simple_rnn_1_kernel_backward_tile(const int rows,
        const float *NN_RESTRICT x, const float *NN_RESTRICT d_simple_rnn_1_kernel_padded,
        float *NN_RESTRICT d_simple_rnn_1_kernel, int j, int from, int to)
{
    float sum[CASE4_PLAIN_D_SIMPLE_RNN_1_KERNEL_BACKWARD_ROWS * 32];
    for (int column = 0; column < 32; column += 2 * NN_LANES) {
        nn_vec acc[CASE4_PLAIN_D_SIMPLE_RNN_1_KERNEL_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE4_PLAIN_D_SIMPLE_RNN_1_KERNEL_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x_2 = 0; x_2 < 6; x_2++) {
                const float *at = d_simple_rnn_1_kernel_padded + n * 192 + x_2 * 32 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE4_PLAIN_D_SIMPLE_RNN_1_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(x[j + n * 12 + x_2 * 2 + r]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE4_PLAIN_D_SIMPLE_RNN_1_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 32 + column, acc[r][0]);
                nn_store(sum + r * 32 + column + NN_LANES, acc[r][1]);
            }
    }
    for (int r = 0; r < rows; r++) {
        const int row = j + r;
        for (int lane = 0; lane < 18; lane++)
            d_simple_rnn_1_kernel[row * 18 + lane] = sum[r * 32 + lane];
    }
}

static NN_APART void case4_plain_d_simple_rnn_1_kernel_backward_large(const float *NN_RESTRICT x,
        const float *NN_RESTRICT d_simple_rnn_1_kernel_padded,
        float *NN_RESTRICT d_simple_rnn_1_kernel, int j, int from, int to)
{
    case4_plain_d_simple_rnn_1_kernel_backward_tile(CASE4_PLAIN_D_SIMPLE_RNN_1_KERNEL_BACKWARD_ROWS, x, d_simple_rnn_1_kernel_padded, d_simple_rnn_1_kernel, j, from, to);
}

static NN_APART void case4_plain_d_simple_rnn_1_kernel_backward(int batch,
        const float *NN_RESTRICT x, const float *NN_RESTRICT d_simple_rnn_1_kernel_padded,
        float *NN_RESTRICT d_simple_rnn_1_kernel)
{
    for (int unit = 0; unit < 1; unit++) {
        const int j = 0;
        const int from = 0;
        const int to = batch;
        case4_plain_d_simple_rnn_1_kernel_backward_large(x, d_simple_rnn_1_kernel_padded,
                d_simple_rnn_1_kernel, j, from, to);
    }
}

static NN_APART void case4_plain_y_forward_copy(int batch, const float *NN_RESTRICT y_slice,
                                                float *NN_RESTRICT y_out)
{
    const int total = batch * 2;
    for (int block = 0; block < (total + 4095) / 4096; block++) {
        const int end = block * 4096 + 4096 < total ? block * 4096 + 4096 : total;
        for (int k = block * 4096; k < end; k++)
            y_out[k] = y_slice[k];
    }
}

static void case4_plain_run(float *state, char *arena, const nn_step *step,
                            const void *const *inputs, const void *const *targets,
                            void *const *outputs, float *results, int threads)
{
    (void)targets;
    (void)results;
    (void)threads;
    const int batch = step->batch;
    const float *const x = (const float *)inputs[0]; /* [6, 2] */
    const float *const simple_rnn_1_kernel = state + 0; /* [2, 18] */
    const float *const simple_rnn_1_recurrent_kernel = state + 48; /* [18, 18] */
    const float *const simple_rnn_1_bias = state + 384; /* [18] */
    const float *const y_kernel = state + 416; /* [18, 2] */
    const float *const y_recurrent_kernel = state + 464; /* [2, 2] */
    const float *const y_bias = state + 480; /* [2] */
    const float *const seed = (const float *)inputs[1]; /* [2] */
    float *const simple_rnn_1_add = (float *)(void *)(arena + 3648); /* [6, 18] */
    float *const simple_rnn_1 = (float *)(void *)(arena + 2304); /* [6, 18] */
    float *const y_add = (float *)(void *)(arena + 4800); /* [6, 2] */
    float *const y_scan = (float *)(void *)(arena + 4992); /* [6, 2] */
    float *const y_slice = (float *)(void *)(arena + 7680); /* [1, 2] */
    float *const d_y_scan = (float *)(void *)(arena + 5184); /* [6, 2] */
    float *const d_y_scan_scan_trace = (float *)(void *)(arena + 3648); /* [6, 1, 16] */
    float *const d_y_scan_transpose = (float *)(void *)(arena + 5760); /* [2, 2] */
    float *const d_y_add = (float *)(void *)(arena + 4800); /* [6, 2] */
    float *const d_y_recurrent_kernel = (float *)outputs[6]; /* [2, 2] */
    float *const d_y_bias = (float *)outputs[7]; /* [2] */
    float *const d_simple_rnn_1 = (float *)(void *)(arena + 4992); /* [6, 18] */
    float *const d_y_kernel = (float *)outputs[5]; /* [18, 2] */
    float *const d_simple_rnn_1_scan_trace = (float *)(void *)(arena + 0); /* [6, 1, 32] */
    float *const d_simple_rnn_1_transpose = (float *)(void *)(arena + 6336); /* [18, 18] */
    float *const d_simple_rnn_1_add = (float *)(void *)(arena + 3648); /* [6, 18] */
    float *const d_simple_rnn_1_recurrent_kernel = (float *)outputs[3]; /* [18, 18] */
    float *const d_simple_rnn_1_bias = (float *)outputs[4]; /* [18] */
    float *const d_x = (float *)outputs[1]; /* [6, 2] */
    float *const d_simple_rnn_1_kernel = (float *)outputs[2]; /* [2, 18] */
    float *const y_out = (float *)outputs[0]; /* [2] */
    float *const simple_rnn_1_sums = (float *)(void *)(arena + 4992);
    float *const simple_rnn_1_state = (float *)(void *)(arena + 5376);
    float *const y_scan_sums = (float *)(void *)(arena + 5184);
    float *const y_scan_state = (float *)(void *)(arena + 5376);
    float *const d_y_add_sums = (float *)(void *)(arena + 5376);
    float *const d_y_add_state = (float *)(void *)(arena + 5568);
    float *const d_y_recurrent_kernel_padded = (float *)(void *)(arena + 5184);
    float *const d_y_recurrent_kernel_padded_2 = (float *)(void *)(arena + 3648);
    float *const d_y_kernel_padded = (float *)(void *)(arena + 3648);
    float *const d_simple_rnn_1_add_sums = (float *)(void *)(arena + 7744);
    float *const d_simple_rnn_1_add_state = (float *)(void *)(arena + 8128);
    float *const d_simple_rnn_1_recurrent_kernel_padded = (float *)(void *)(arena + 0);
    float *const d_simple_rnn_1_recurrent_kernel_padded_2 = (float *)(void *)(arena + 4992);
    float *const d_simple_rnn_1_kernel_padded = (float *)(void *)(arena + 0);
    const uint64_t mode = nn_flush_denormals();
    case4_plain_simple_rnn_1_contract_forward(batch, x, simple_rnn_1_kernel, simple_rnn_1_bias,
            simple_rnn_1_add);
    case4_plain_simple_rnn_1_forward(batch, simple_rnn_1_sums, simple_rnn_1_state,
            simple_rnn_1_add, simple_rnn_1_recurrent_kernel, d_simple_rnn_1_scan_trace,
            simple_rnn_1);
    case4_plain_y_contract_forward(batch, simple_rnn_1, y_kernel, y_bias, y_add);
    case4_plain_y_scan_forward(batch, y_scan_sums, y_scan_state, y_add, y_recurrent_kernel,
            d_y_scan_scan_trace, y_scan);
    case4_plain_y_slice_forward(batch, y_scan, y_slice);
    case4_plain_d_y_scan_backward(batch, seed, d_y_scan);
    case4_plain_d_y_scan_transpose_backward(y_recurrent_kernel, d_y_scan_transpose);
    case4_plain_d_y_add_backward(batch, d_y_add_sums, d_y_add_state, d_y_scan, d_y_scan_transpose,
            d_y_scan_scan_trace, d_y_add);
    case4_plain_y_scan_forward_pad(batch, y_scan, d_y_recurrent_kernel_padded);
    case4_plain_d_y_add_backward_pad(batch, d_y_add, d_y_recurrent_kernel_padded_2);
    case4_plain_d_y_recurrent_kernel_backward(batch, d_y_recurrent_kernel_padded,
            d_y_recurrent_kernel_padded_2, d_y_recurrent_kernel);
    case4_plain_d_y_bias_backward(batch, d_y_add, d_y_bias);
    case4_plain_d_simple_rnn_1_backward(batch, d_y_add, y_kernel, d_simple_rnn_1);
    case4_plain_d_y_add_backward_pad_2(batch, d_y_add, d_y_kernel_padded);
    case4_plain_d_y_kernel_backward(batch, simple_rnn_1, d_y_kernel_padded, d_y_kernel);
    case4_plain_d_simple_rnn_1_transpose_backward(simple_rnn_1_recurrent_kernel,
            d_simple_rnn_1_transpose);
    case4_plain_d_simple_rnn_1_add_backward(batch, d_simple_rnn_1_add_sums,
            d_simple_rnn_1_add_state, d_simple_rnn_1, d_simple_rnn_1_transpose,
            d_simple_rnn_1_scan_trace, d_simple_rnn_1_add);
    case4_plain_simple_rnn_1_forward_pad(batch, simple_rnn_1,
            d_simple_rnn_1_recurrent_kernel_padded);
    case4_plain_d_simple_rnn_1_add_backward_pad(batch, d_simple_rnn_1_add,
            d_simple_rnn_1_recurrent_kernel_padded_2);
    case4_plain_d_simple_rnn_1_recurrent_kernel_backward(batch,
            d_simple_rnn_1_recurrent_kernel_padded, d_simple_rnn_1_recurrent_kernel_padded_2,
            d_simple_rnn_1_recurrent_kernel);
    case4_plain_d_simple_rnn_1_bias_backward(batch, d_simple_rnn_1_add, d_simple_rnn_1_bias);
    case4_plain_d_x_backward(batch, d_simple_rnn_1_add, simple_rnn_1_kernel, d_x);
    case4_plain_d_simple_rnn_1_add_backward_pad_2(batch, d_simple_rnn_1_add,
            d_simple_rnn_1_kernel_padded);
    case4_plain_d_simple_rnn_1_kernel_backward(batch, x, d_simple_rnn_1_kernel_padded,
            d_simple_rnn_1_kernel);
    case4_plain_y_forward_copy(batch, y_slice, y_out);
    nn_restore_denormals(mode);
}

/* simple_rnn_1.contract = contract(x, simple_rnn_1.kernel)   [6, 18]
 * simple_rnn_1.add = add(simple_rnn_1.contract, simple_rnn_1.bias)   [6, 18] */
#if NN_REGISTERS >= 32
enum { CASE4_FILLED_SIMPLE_RNN_1_CONTRACT_FORWARD_ROWS = 6 };
#else
enum { CASE4_FILLED_SIMPLE_RNN_1_CONTRACT_FORWARD_ROWS = 6 };
#endif
NN_INLINE void case4_filled_simple_rnn_1_contract_forward_tile(const int rows,
        const float *NN_RESTRICT x, const float *NN_RESTRICT simple_rnn_1_kernel,
        const float *NN_RESTRICT simple_rnn_1_bias, float *NN_RESTRICT simple_rnn_1_add, int n,
        int j, int panel)
{
    float sum[CASE4_FILLED_SIMPLE_RNN_1_CONTRACT_FORWARD_ROWS * 32];
    for (int column = 0; column < 32; column += 2 * NN_LANES) {
        nn_vec acc[CASE4_FILLED_SIMPLE_RNN_1_CONTRACT_FORWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE4_FILLED_SIMPLE_RNN_1_CONTRACT_FORWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int k = 0; k < 2; k++) {
            const float *at = simple_rnn_1_kernel + panel * 64 + k * 32 + column;
            const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
            NN_UNROLL
            for (int r = 0; r < CASE4_FILLED_SIMPLE_RNN_1_CONTRACT_FORWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(x[n * 12 + j * 2 + k + r * 2]);
                    acc[r][0] += scalar * b0;
                    acc[r][1] += scalar * b1;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE4_FILLED_SIMPLE_RNN_1_CONTRACT_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 32 + column, acc[r][0]);
                nn_store(sum + r * 32 + column + NN_LANES, acc[r][1]);
            }
    }
    for (int r = 0; r < rows; r++)
        for (int lane = 0; lane < 18; lane++)
            simple_rnn_1_add[n * 108 + (j + r) * 18 + lane] = sum[r * 32 + lane] +
                    simple_rnn_1_bias[lane];
}

static NN_APART void case4_filled_simple_rnn_1_contract_forward_large(const float *NN_RESTRICT x,
        const float *NN_RESTRICT simple_rnn_1_kernel, const float *NN_RESTRICT simple_rnn_1_bias,
        float *NN_RESTRICT simple_rnn_1_add, int n, int j, int panel)
{
    case4_filled_simple_rnn_1_contract_forward_tile(CASE4_FILLED_SIMPLE_RNN_1_CONTRACT_FORWARD_ROWS, x, simple_rnn_1_kernel, simple_rnn_1_bias, simple_rnn_1_add, n, j, panel);
}

static NN_APART void case4_filled_simple_rnn_1_contract_forward(int batch,
        const float *NN_RESTRICT x, const float *NN_RESTRICT simple_rnn_1_kernel,
        const float *NN_RESTRICT simple_rnn_1_bias, float *NN_RESTRICT simple_rnn_1_add)
{
    for (int n = 0; n < batch; n++) {
        const int panel = 0;
        const int j = 0;
        case4_filled_simple_rnn_1_contract_forward_large(x, simple_rnn_1_kernel, simple_rnn_1_bias,
                simple_rnn_1_add, n, j, panel);
    }
}

/* simple_rnn_1 = scan(simple_rnn_1.add, simple_rnn_1.recurrent_kernel, 0, 0)   [6, 18]
 * d_simple_rnn_1.scan_trace = scan_trace(simple_rnn_1.add, simple_rnn_1.recurrent_kernel, 0, 0)   [6, 1, 32]
 * 6 steps, 18 columns */
#if NN_REGISTERS >= 32
enum { CASE4_FILLED_SIMPLE_RNN_1_FORWARD_ROWS = 2 };
#else
enum { CASE4_FILLED_SIMPLE_RNN_1_FORWARD_ROWS = 2 };
#endif
NN_INLINE void case4_filled_simple_rnn_1_forward_tile(const int rows,
        float *NN_RESTRICT simple_rnn_1_sums, float *NN_RESTRICT simple_rnn_1_state,
        const float *NN_RESTRICT simple_rnn_1_add,
        const float *NN_RESTRICT simple_rnn_1_recurrent_kernel,
        float *NN_RESTRICT d_simple_rnn_1_scan_trace, float *NN_RESTRICT simple_rnn_1, int n)
{
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < 18; c++)
            simple_rnn_1_state[(n + r) * 32 + c] = 0.0f;
    for (int t = 0; t < 6; t++) {
        for (int r = 0; r < rows; r++)
            for (int o = 0; o < 18; o++)
                simple_rnn_1_sums[(n + r) * 32 + o] = simple_rnn_1_add[(n + r) * 108 + t * 18 + o];
        for (int column = 0; column < 32; column += 2 * NN_LANES) {
            nn_vec acc[CASE4_FILLED_SIMPLE_RNN_1_FORWARD_ROWS][2];
            NN_UNROLL
            for (int r = 0; r < CASE4_FILLED_SIMPLE_RNN_1_FORWARD_ROWS; r++)
                if (r < rows) {
                    acc[r][0] = nn_load(simple_rnn_1_sums + n * 32 + r * 32 + column);
                    acc[r][1] = nn_load(simple_rnn_1_sums + n * 32 + r * 32 + column + NN_LANES);
                }
            for (int k = 0; k < 18; k++) {
                const float *at = simple_rnn_1_recurrent_kernel + k * 32 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE4_FILLED_SIMPLE_RNN_1_FORWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(simple_rnn_1_state[n * 32 + k + r * 32]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
            NN_UNROLL
            for (int r = 0; r < CASE4_FILLED_SIMPLE_RNN_1_FORWARD_ROWS; r++)
                if (r < rows) {
                    nn_store(simple_rnn_1_sums + n * 32 + r * 32 + column, acc[r][0]);
                    nn_store(simple_rnn_1_sums + n * 32 + r * 32 + column + NN_LANES, acc[r][1]);
                }
        }
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < 32; c++) {
                const float h = nn_tanh(simple_rnn_1_sums[(n + r) * 32 + c]);
                simple_rnn_1_state[(n + r) * 32 + c] = h;
                d_simple_rnn_1_scan_trace[(n + r) * 192 + t * 32 + c] = h;
            }
            for (int c = 0; c < 18; c++)
                simple_rnn_1[(n + r) * 126 + t * 18 + c + 18] = simple_rnn_1_state[(n + r) * 32 +
                        c];
        }
    }
}

static NN_APART void case4_filled_simple_rnn_1_forward_large(float *NN_RESTRICT simple_rnn_1_sums,
        float *NN_RESTRICT simple_rnn_1_state, const float *NN_RESTRICT simple_rnn_1_add,
        const float *NN_RESTRICT simple_rnn_1_recurrent_kernel,
        float *NN_RESTRICT d_simple_rnn_1_scan_trace, float *NN_RESTRICT simple_rnn_1, int n)
{
    case4_filled_simple_rnn_1_forward_tile(CASE4_FILLED_SIMPLE_RNN_1_FORWARD_ROWS,
            simple_rnn_1_sums, simple_rnn_1_state, simple_rnn_1_add, simple_rnn_1_recurrent_kernel,
            d_simple_rnn_1_scan_trace, simple_rnn_1, n);
}

static NN_APART void case4_filled_simple_rnn_1_forward_small(float *NN_RESTRICT simple_rnn_1_sums,
        float *NN_RESTRICT simple_rnn_1_state, const float *NN_RESTRICT simple_rnn_1_add,
        const float *NN_RESTRICT simple_rnn_1_recurrent_kernel,
        float *NN_RESTRICT d_simple_rnn_1_scan_trace, float *NN_RESTRICT simple_rnn_1, int n)
{
    case4_filled_simple_rnn_1_forward_tile(1, simple_rnn_1_sums, simple_rnn_1_state,
            simple_rnn_1_add, simple_rnn_1_recurrent_kernel, d_simple_rnn_1_scan_trace,
            simple_rnn_1, n);
}

static NN_APART void case4_filled_simple_rnn_1_forward_single(float *NN_RESTRICT simple_rnn_1_sums,
        float *NN_RESTRICT simple_rnn_1_state, const float *NN_RESTRICT simple_rnn_1_add,
        const float *NN_RESTRICT simple_rnn_1_recurrent_kernel,
        float *NN_RESTRICT d_simple_rnn_1_scan_trace, float *NN_RESTRICT simple_rnn_1, int n)
{
    case4_filled_simple_rnn_1_forward_tile(1, simple_rnn_1_sums, simple_rnn_1_state,
            simple_rnn_1_add, simple_rnn_1_recurrent_kernel, d_simple_rnn_1_scan_trace,
            simple_rnn_1, n);
}

static NN_APART void case4_filled_simple_rnn_1_forward(int batch,
        float *NN_RESTRICT simple_rnn_1_sums, float *NN_RESTRICT simple_rnn_1_state,
        const float *NN_RESTRICT simple_rnn_1_add,
        const float *NN_RESTRICT simple_rnn_1_recurrent_kernel,
        float *NN_RESTRICT d_simple_rnn_1_scan_trace, float *NN_RESTRICT simple_rnn_1)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE4_FILLED_SIMPLE_RNN_1_FORWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case4_filled_simple_rnn_1_forward_large(simple_rnn_1_sums, simple_rnn_1_state,
                        simple_rnn_1_add, simple_rnn_1_recurrent_kernel, d_simple_rnn_1_scan_trace,
                        simple_rnn_1, n);
            } else {
                case4_filled_simple_rnn_1_forward_small(simple_rnn_1_sums, simple_rnn_1_state,
                        simple_rnn_1_add, simple_rnn_1_recurrent_kernel, d_simple_rnn_1_scan_trace,
                        simple_rnn_1, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case4_filled_simple_rnn_1_forward_single(simple_rnn_1_sums, simple_rnn_1_state,
                        simple_rnn_1_add, simple_rnn_1_recurrent_kernel, d_simple_rnn_1_scan_trace,
                        simple_rnn_1, n);
        }
    }
}

/* the room around simple_rnn_1 is zero */
static NN_APART void case4_filled_simple_rnn_1_forward_halo(int batch,
        float *NN_RESTRICT simple_rnn_1)
{
    for (int n = 0; n < batch; n++) {
        /* room around the data */
        for (int gap = 0; gap < 18; gap++)
            simple_rnn_1[n * 126 + gap] = 0.0f;
    }
}

/* y.contract = contract(simple_rnn_1, y.kernel)   [6, 2]
 * y.add = add(y.contract, y.bias)   [6, 2] */
#if NN_REGISTERS >= 32
enum { CASE4_FILLED_Y_CONTRACT_FORWARD_ROWS = 6 };
#else
enum { CASE4_FILLED_Y_CONTRACT_FORWARD_ROWS = 6 };
#endif
NN_INLINE void case4_filled_y_contract_forward_tile(const int rows,
        const float *NN_RESTRICT simple_rnn_1, const float *NN_RESTRICT y_kernel,
        const float *NN_RESTRICT y_bias, float *NN_RESTRICT y_add, int n, int j, int panel)
{
    float sum[CASE4_FILLED_Y_CONTRACT_FORWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE4_FILLED_Y_CONTRACT_FORWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE4_FILLED_Y_CONTRACT_FORWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int k = 0; k < 18; k++) {
            const float *at = y_kernel + panel * 288 + k * 16 + column;
            const nn_vec b0 = nn_load(at);
            NN_UNROLL
            for (int r = 0; r < CASE4_FILLED_Y_CONTRACT_FORWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(simple_rnn_1[n * 126 + j * 18 + k + r * 18 +
                            18]);
                    acc[r] += scalar * b0;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE4_FILLED_Y_CONTRACT_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE4_FILLED_Y_CONTRACT_FORWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE4_FILLED_Y_CONTRACT_FORWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int k = 0; k < 18; k++) {
            const float *at = y_kernel + panel * 288 + k * 16 + column;
            const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
            NN_UNROLL
            for (int r = 0; r < CASE4_FILLED_Y_CONTRACT_FORWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(simple_rnn_1[n * 126 + j * 18 + k + r * 18 +
                            18]);
                    acc[r][0] += scalar * b0;
                    acc[r][1] += scalar * b1;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE4_FILLED_Y_CONTRACT_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++)
        for (int lane = 0; lane < 2; lane++)
            y_add[n * 12 + (j + r) * 2 + lane] = sum[r * 16 + lane] + y_bias[lane];
}

static NN_APART void case4_filled_y_contract_forward_large(const float *NN_RESTRICT simple_rnn_1,
        const float *NN_RESTRICT y_kernel, const float *NN_RESTRICT y_bias,
        float *NN_RESTRICT y_add, int n, int j, int panel)
{
    case4_filled_y_contract_forward_tile(CASE4_FILLED_Y_CONTRACT_FORWARD_ROWS, simple_rnn_1,
            y_kernel, y_bias, y_add, n, j, panel);
}

static NN_APART void case4_filled_y_contract_forward(int batch,
        const float *NN_RESTRICT simple_rnn_1, const float *NN_RESTRICT y_kernel,
        const float *NN_RESTRICT y_bias, float *NN_RESTRICT y_add)
{
    for (int n = 0; n < batch; n++) {
        const int panel = 0;
        const int j = 0;
        case4_filled_y_contract_forward_large(simple_rnn_1, y_kernel, y_bias, y_add, n, j, panel);
    }
}

/* y.scan = scan(y.add, y.recurrent_kernel, 0, 0)   [6, 2]
 * d_y.scan.scan_trace = scan_trace(y.add, y.recurrent_kernel, 0, 0)   [6, 1, 16]
 * 6 steps, 2 columns */
#if NN_REGISTERS >= 32
enum { CASE4_FILLED_Y_SCAN_FORWARD_ROWS = 2 };
#else
enum { CASE4_FILLED_Y_SCAN_FORWARD_ROWS = 2 };
#endif
NN_INLINE void case4_filled_y_scan_forward_tile(const int rows, float *NN_RESTRICT y_scan_sums,
                                                float *NN_RESTRICT y_scan_state,
                                                const float *NN_RESTRICT y_add,
                                                const float *NN_RESTRICT y_recurrent_kernel,
                                                float *NN_RESTRICT d_y_scan_scan_trace,
                                                float *NN_RESTRICT y_scan, int n)
{
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < 2; c++)
            y_scan_state[(n + r) * 16 + c] = 0.0f;
    for (int t = 0; t < 6; t++) {
        for (int r = 0; r < rows; r++)
            for (int o = 0; o < 2; o++)
                y_scan_sums[(n + r) * 16 + o] = y_add[(n + r) * 12 + t * 2 + o];
#if NN_LANES == 16
        for (int column = 0; column < 16; column += NN_LANES) {
            nn_vec acc[CASE4_FILLED_Y_SCAN_FORWARD_ROWS];
            NN_UNROLL
            for (int r = 0; r < CASE4_FILLED_Y_SCAN_FORWARD_ROWS; r++)
                if (r < rows) {
                    acc[r] = nn_load(y_scan_sums + n * 16 + r * 16 + column);
                }
            for (int k = 0; k < 2; k++) {
                const float *at = y_recurrent_kernel + k * 16 + column;
                const nn_vec b0 = nn_load(at);
                NN_UNROLL
                for (int r = 0; r < CASE4_FILLED_Y_SCAN_FORWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(y_scan_state[n * 16 + k + r * 16]);
                        acc[r] += scalar * b0;
                    }
            }
            NN_UNROLL
            for (int r = 0; r < CASE4_FILLED_Y_SCAN_FORWARD_ROWS; r++)
                if (r < rows) {
                    nn_store(y_scan_sums + n * 16 + r * 16 + column, acc[r]);
                }
        }
#else
        for (int column = 0; column < 16; column += 2 * NN_LANES) {
            nn_vec acc[CASE4_FILLED_Y_SCAN_FORWARD_ROWS][2];
            NN_UNROLL
            for (int r = 0; r < CASE4_FILLED_Y_SCAN_FORWARD_ROWS; r++)
                if (r < rows) {
                    acc[r][0] = nn_load(y_scan_sums + n * 16 + r * 16 + column);
                    acc[r][1] = nn_load(y_scan_sums + n * 16 + r * 16 + column + NN_LANES);
                }
            for (int k = 0; k < 2; k++) {
                const float *at = y_recurrent_kernel + k * 16 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE4_FILLED_Y_SCAN_FORWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(y_scan_state[n * 16 + k + r * 16]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
            NN_UNROLL
            for (int r = 0; r < CASE4_FILLED_Y_SCAN_FORWARD_ROWS; r++)
                if (r < rows) {
                    nn_store(y_scan_sums + n * 16 + r * 16 + column, acc[r][0]);
                    nn_store(y_scan_sums + n * 16 + r * 16 + column + NN_LANES, acc[r][1]);
                }
        }
#endif
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < 16; c++) {
                const float h = nn_sigmoid(y_scan_sums[(n + r) * 16 + c]);
                y_scan_state[(n + r) * 16 + c] = h;
                d_y_scan_scan_trace[(n + r) * 96 + t * 16 + c] = h;
            }
            for (int c = 0; c < 2; c++)
                y_scan[(n + r) * 14 + t * 2 + c + 2] = y_scan_state[(n + r) * 16 + c];
        }
    }
}

static NN_APART void case4_filled_y_scan_forward_large(float *NN_RESTRICT y_scan_sums,
        float *NN_RESTRICT y_scan_state, const float *NN_RESTRICT y_add,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT d_y_scan_scan_trace,
        float *NN_RESTRICT y_scan, int n)
{
    case4_filled_y_scan_forward_tile(CASE4_FILLED_Y_SCAN_FORWARD_ROWS, y_scan_sums, y_scan_state,
            y_add, y_recurrent_kernel, d_y_scan_scan_trace, y_scan, n);
}

static NN_APART void case4_filled_y_scan_forward_small(float *NN_RESTRICT y_scan_sums,
        float *NN_RESTRICT y_scan_state, const float *NN_RESTRICT y_add,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT d_y_scan_scan_trace,
        float *NN_RESTRICT y_scan, int n)
{
    case4_filled_y_scan_forward_tile(1, y_scan_sums, y_scan_state, y_add, y_recurrent_kernel,
            d_y_scan_scan_trace, y_scan, n);
}

static NN_APART void case4_filled_y_scan_forward_single(float *NN_RESTRICT y_scan_sums,
        float *NN_RESTRICT y_scan_state, const float *NN_RESTRICT y_add,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT d_y_scan_scan_trace,
        float *NN_RESTRICT y_scan, int n)
{
    case4_filled_y_scan_forward_tile(1, y_scan_sums, y_scan_state, y_add, y_recurrent_kernel,
            d_y_scan_scan_trace, y_scan, n);
}

static NN_APART void case4_filled_y_scan_forward(int batch, float *NN_RESTRICT y_scan_sums,
                                                 float *NN_RESTRICT y_scan_state,
                                                 const float *NN_RESTRICT y_add,
                                                 const float *NN_RESTRICT y_recurrent_kernel,
                                                 float *NN_RESTRICT d_y_scan_scan_trace,
                                                 float *NN_RESTRICT y_scan)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE4_FILLED_Y_SCAN_FORWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case4_filled_y_scan_forward_large(y_scan_sums, y_scan_state, y_add,
                        y_recurrent_kernel, d_y_scan_scan_trace, y_scan, n);
            } else {
                case4_filled_y_scan_forward_small(y_scan_sums, y_scan_state, y_add,
                        y_recurrent_kernel, d_y_scan_scan_trace, y_scan, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case4_filled_y_scan_forward_single(y_scan_sums, y_scan_state, y_add,
                        y_recurrent_kernel, d_y_scan_scan_trace, y_scan, n);
        }
    }
}

/* the room around y.scan is zero */
static NN_APART void case4_filled_y_scan_forward_halo(int batch, float *NN_RESTRICT y_scan)
{
    for (int n = 0; n < batch; n++) {
        /* room around the data */
        for (int gap = 0; gap < 2; gap++)
            y_scan[n * 14 + gap] = 0.0f;
    }
}

/* y.slice = slice(y.scan)   [1, 2] */
static NN_APART void case4_filled_y_slice_forward(int batch, const float *NN_RESTRICT y_scan,
        float *NN_RESTRICT y_slice)
{
    for (int n = 0; n < batch; n++)
        for (int c = 0; c < 2; c++)
            y_slice[n * 2 + c] = y_scan[n * 14 + c + 12];
}

/* d_y.scan = pad(d_y.slice)   [6, 2] */
static NN_APART void case4_filled_d_y_scan_backward(int batch, const float *NN_RESTRICT seed,
        float *NN_RESTRICT d_y_scan)
{
    for (int n = 0; n < batch; n++)
        for (int i = 0; i < 6; i++)
            for (int c = 0; c < 2; c++)
                d_y_scan[n * 12 + i * 2 + c] = i >= 5 ? seed[n * 2 + c] : 0.0f;
}

/* d_y.scan.transpose = transpose(y.recurrent_kernel)   [2, 2] */
static NN_APART void case4_filled_d_y_scan_transpose_backward(
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT d_y_scan_transpose)
{
    for (int i = 0; i < 2; i++)
        for (int c = 0; c < 2; c++)
            d_y_scan_transpose[i * 16 + c] = y_recurrent_kernel[c * 16 + i];
}

/* the room around d_y.scan.transpose is zero */
static NN_APART void case4_filled_d_y_scan_transpose_backward_halo(
        float *NN_RESTRICT d_y_scan_transpose)
{
    /* room around the data */
    for (int r = 0; r < 2; r++)
        for (int lane = 2; lane < 16; lane++)
            d_y_scan_transpose[r * 16 + lane] = 0.0f;
}

/* d_y.add = scan_grad(d_y.scan.scan_trace, d_y.scan.transpose, 0, d_y.scan)   [6, 2]
 * 6 steps from the last to the first, 2 columns */
#if NN_REGISTERS >= 32
enum { CASE4_FILLED_D_Y_ADD_BACKWARD_ROWS = 2 };
#else
enum { CASE4_FILLED_D_Y_ADD_BACKWARD_ROWS = 2 };
#endif
NN_INLINE void case4_filled_d_y_add_backward_tile(const int rows, float *NN_RESTRICT d_y_add_sums,
        float *NN_RESTRICT d_y_add_state, const float *NN_RESTRICT d_y_scan,
        const float *NN_RESTRICT d_y_scan_transpose, const float *NN_RESTRICT d_y_scan_scan_trace,
        float *NN_RESTRICT d_y_add, int n)
{
    for (int later = 0; later < 6; later++) {
        const int t = 5 - later;
        for (int r = 0; r < rows; r++)
            for (int c = 0; c < 2; c++)
                d_y_add_sums[(n + r) * 16 + c] = d_y_scan[(n + r) * 12 + t * 2 + c];
        if (later > 0) {
#if NN_LANES == 16
            for (int column = 0; column < 16; column += NN_LANES) {
                nn_vec acc[CASE4_FILLED_D_Y_ADD_BACKWARD_ROWS];
                NN_UNROLL
                for (int r = 0; r < CASE4_FILLED_D_Y_ADD_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        acc[r] = nn_load(d_y_add_sums + n * 16 + r * 16 + column);
                    }
                for (int k = 0; k < 2; k++) {
                    const float *at = d_y_scan_transpose + k * 16 + column;
                    const nn_vec b0 = nn_load(at);
                    NN_UNROLL
                    for (int r = 0; r < CASE4_FILLED_D_Y_ADD_BACKWARD_ROWS; r++)
                        if (r < rows) {
                            const nn_vec scalar = nn_splat(d_y_add_state[n * 16 + k + r * 16]);
                            acc[r] += scalar * b0;
                        }
                }
                NN_UNROLL
                for (int r = 0; r < CASE4_FILLED_D_Y_ADD_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        nn_store(d_y_add_sums + n * 16 + r * 16 + column, acc[r]);
                    }
            }
#else
            for (int column = 0; column < 16; column += 2 * NN_LANES) {
                nn_vec acc[CASE4_FILLED_D_Y_ADD_BACKWARD_ROWS][2];
                NN_UNROLL
                for (int r = 0; r < CASE4_FILLED_D_Y_ADD_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        acc[r][0] = nn_load(d_y_add_sums + n * 16 + r * 16 + column);
                        acc[r][1] = nn_load(d_y_add_sums + n * 16 + r * 16 + column + NN_LANES);
                    }
                for (int k = 0; k < 2; k++) {
                    const float *at = d_y_scan_transpose + k * 16 + column;
                    const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                    NN_UNROLL
                    for (int r = 0; r < CASE4_FILLED_D_Y_ADD_BACKWARD_ROWS; r++)
                        if (r < rows) {
                            const nn_vec scalar = nn_splat(d_y_add_state[n * 16 + k + r * 16]);
                            acc[r][0] += scalar * b0;
                            acc[r][1] += scalar * b1;
                        }
                }
                NN_UNROLL
                for (int r = 0; r < CASE4_FILLED_D_Y_ADD_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        nn_store(d_y_add_sums + n * 16 + r * 16 + column, acc[r][0]);
                        nn_store(d_y_add_sums + n * 16 + r * 16 + column + NN_LANES, acc[r][1]);
                    }
            }
#endif
        }
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < 16; c++) {
                const float d_h = d_y_add_sums[(n + r) * 16 + c];
                const float h = d_y_scan_scan_trace[(n + r) * 96 + t * 16 + c];
                d_y_add_state[(n + r) * 16 + c] = d_h * h * (1.0f - h);
            }
            for (int c = 0; c < 2; c++)
                d_y_add[(n + r) * 96 + t * 16 + c] = d_y_add_state[(n + r) * 16 + c];
        }
    }
}

static NN_APART void case4_filled_d_y_add_backward_large(float *NN_RESTRICT d_y_add_sums,
        float *NN_RESTRICT d_y_add_state, const float *NN_RESTRICT d_y_scan,
        const float *NN_RESTRICT d_y_scan_transpose, const float *NN_RESTRICT d_y_scan_scan_trace,
        float *NN_RESTRICT d_y_add, int n)
{
    case4_filled_d_y_add_backward_tile(CASE4_FILLED_D_Y_ADD_BACKWARD_ROWS, d_y_add_sums,
            d_y_add_state, d_y_scan, d_y_scan_transpose, d_y_scan_scan_trace, d_y_add, n);
}

static NN_APART void case4_filled_d_y_add_backward_small(float *NN_RESTRICT d_y_add_sums,
        float *NN_RESTRICT d_y_add_state, const float *NN_RESTRICT d_y_scan,
        const float *NN_RESTRICT d_y_scan_transpose, const float *NN_RESTRICT d_y_scan_scan_trace,
        float *NN_RESTRICT d_y_add, int n)
{
    case4_filled_d_y_add_backward_tile(1, d_y_add_sums, d_y_add_state, d_y_scan,
            d_y_scan_transpose, d_y_scan_scan_trace, d_y_add, n);
}

static NN_APART void case4_filled_d_y_add_backward_single(float *NN_RESTRICT d_y_add_sums,
        float *NN_RESTRICT d_y_add_state, const float *NN_RESTRICT d_y_scan,
        const float *NN_RESTRICT d_y_scan_transpose, const float *NN_RESTRICT d_y_scan_scan_trace,
        float *NN_RESTRICT d_y_add, int n)
{
    case4_filled_d_y_add_backward_tile(1, d_y_add_sums, d_y_add_state, d_y_scan,
            d_y_scan_transpose, d_y_scan_scan_trace, d_y_add, n);
}

static NN_APART void case4_filled_d_y_add_backward(int batch, float *NN_RESTRICT d_y_add_sums,
        float *NN_RESTRICT d_y_add_state, const float *NN_RESTRICT d_y_scan,
        const float *NN_RESTRICT d_y_scan_transpose, const float *NN_RESTRICT d_y_scan_scan_trace,
        float *NN_RESTRICT d_y_add)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE4_FILLED_D_Y_ADD_BACKWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case4_filled_d_y_add_backward_large(d_y_add_sums, d_y_add_state, d_y_scan,
                        d_y_scan_transpose, d_y_scan_scan_trace, d_y_add, n);
            } else {
                case4_filled_d_y_add_backward_small(d_y_add_sums, d_y_add_state, d_y_scan,
                        d_y_scan_transpose, d_y_scan_scan_trace, d_y_add, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case4_filled_d_y_add_backward_single(d_y_add_sums, d_y_add_state, d_y_scan,
                        d_y_scan_transpose, d_y_scan_scan_trace, d_y_add, n);
        }
    }
}

/* the room around d_y.add is zero */
static NN_APART void case4_filled_d_y_add_backward_halo(int batch, float *NN_RESTRICT d_y_add)
{
    for (int n = 0; n < batch; n++) {
        /* room around the data */
        for (int i = 0; i < 6; i++)
            for (int gap = 0; gap < 14; gap++)
                d_y_add[n * 96 + i * 16 + gap + 2] = 0.0f;
    }
}

/* d_y.recurrent_kernel = contract(y.scan, d_y.add)   [2, 2] */
#if NN_REGISTERS >= 32
enum { CASE4_FILLED_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS = 2 };
#else
enum { CASE4_FILLED_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS = 2 };
#endif
NN_INLINE void case4_filled_d_y_recurrent_kernel_backward_tile(const int rows,
        const float *NN_RESTRICT y_scan, const float *NN_RESTRICT d_y_add,
        float *NN_RESTRICT d_y_recurrent_kernel, int j, int from, int to)
{
    float sum[CASE4_FILLED_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE4_FILLED_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE4_FILLED_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x = 0; x < 6; x++) {
                const float *at = d_y_add + n * 96 + x * 16 + column;
                const nn_vec b0 = nn_load(at);
                NN_UNROLL
                for (int r = 0; r < CASE4_FILLED_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(y_scan[j + n * 14 + x * 2 + r]);
                        acc[r] += scalar * b0;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE4_FILLED_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE4_FILLED_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE4_FILLED_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x = 0; x < 6; x++) {
                const float *at = d_y_add + n * 96 + x * 16 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE4_FILLED_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(y_scan[j + n * 14 + x * 2 + r]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE4_FILLED_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++) {
        const int row = j + r;
        for (int lane = 0; lane < 2; lane++)
            d_y_recurrent_kernel[row * 2 + lane] = sum[r * 16 + lane];
    }
}

static NN_APART void case4_filled_d_y_recurrent_kernel_backward_large(
        const float *NN_RESTRICT y_scan, const float *NN_RESTRICT d_y_add,
        float *NN_RESTRICT d_y_recurrent_kernel, int j, int from, int to)
{
    case4_filled_d_y_recurrent_kernel_backward_tile(CASE4_FILLED_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS, y_scan, d_y_add, d_y_recurrent_kernel, j, from, to);
}

static NN_APART void case4_filled_d_y_recurrent_kernel_backward(int batch,
        const float *NN_RESTRICT y_scan, const float *NN_RESTRICT d_y_add,
        float *NN_RESTRICT d_y_recurrent_kernel)
{
    for (int unit = 0; unit < 1; unit++) {
        const int j = 0;
        const int from = 0;
        const int to = batch;
        case4_filled_d_y_recurrent_kernel_backward_large(y_scan, d_y_add, d_y_recurrent_kernel, j,
                from, to);
    }
}

/* d_y.bias = reduce_sum(d_y.add)   [2] */
static NN_APART void case4_filled_d_y_bias_backward(int batch, const float *NN_RESTRICT d_y_add,
        float *NN_RESTRICT d_y_bias)
{
    float sum[2];
    for (int c = 0; c < 2; c++)
        sum[c] = 0.0f;
    for (int n = 0; n < batch; n++)
        for (int i = 0; i < 6; i++)
            for (int c = 0; c < 2; c++)
                sum[c] += d_y_add[n * 96 + i * 16 + c];
    for (int c = 0; c < 2; c++)
        d_y_bias[c] = sum[c];
}

/* d_simple_rnn_1 = contract(d_y.add, y.kernel)   [6, 18] */
static NN_APART void case4_filled_d_simple_rnn_1_backward_turn(const float *NN_RESTRICT y_kernel,
        float *NN_RESTRICT d_simple_rnn_1_turned)
{
    for (int unit = 0; unit < 1; unit++) {
        const int panel = unit;
        const int p = 0;
        for (int q = 0; q < 1; q++)
            for (int o = 0; o < 2; o++)
                for (int lane = 0; lane < 32; lane++)
                    d_simple_rnn_1_turned[panel * 64 + ((p + q) * 2 + o) * 32 + lane] = lane < 18 ?
                            y_kernel[((p * -1 + q * -1) * 18 + panel * 32 + lane) * 16 + o] : 0.0f;
    }
}

/* d_simple_rnn_1 = contract(d_y.add, y.kernel)   [6, 18] */
#if NN_REGISTERS >= 32
enum { CASE4_FILLED_D_SIMPLE_RNN_1_BACKWARD_ROWS = 6 };
#else
enum { CASE4_FILLED_D_SIMPLE_RNN_1_BACKWARD_ROWS = 6 };
#endif
NN_INLINE void case4_filled_d_simple_rnn_1_backward_tile(const int rows,
        const float *NN_RESTRICT d_y_add, const float *NN_RESTRICT d_simple_rnn_1_turned,
        float *NN_RESTRICT d_simple_rnn_1, int n, int j, int panel)
{
    float sum[CASE4_FILLED_D_SIMPLE_RNN_1_BACKWARD_ROWS * 32];
    for (int column = 0; column < 32; column += 2 * NN_LANES) {
        nn_vec acc[CASE4_FILLED_D_SIMPLE_RNN_1_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE4_FILLED_D_SIMPLE_RNN_1_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int k = 0; k < 2; k++) {
            const float *at = d_simple_rnn_1_turned + panel * 64 + k * 32 + column;
            const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
            NN_UNROLL
            for (int r = 0; r < CASE4_FILLED_D_SIMPLE_RNN_1_BACKWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(d_y_add[n * 96 + j * 16 + k + r * 16]);
                    acc[r][0] += scalar * b0;
                    acc[r][1] += scalar * b1;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE4_FILLED_D_SIMPLE_RNN_1_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 32 + column, acc[r][0]);
                nn_store(sum + r * 32 + column + NN_LANES, acc[r][1]);
            }
    }
    for (int r = 0; r < rows; r++)
        for (int lane = 0; lane < 18; lane++)
            d_simple_rnn_1[n * 108 + (j + r) * 18 + lane] = sum[r * 32 + lane];
}

static NN_APART void case4_filled_d_simple_rnn_1_backward_large(const float *NN_RESTRICT d_y_add,
        const float *NN_RESTRICT d_simple_rnn_1_turned, float *NN_RESTRICT d_simple_rnn_1, int n,
        int j, int panel)
{
    case4_filled_d_simple_rnn_1_backward_tile(CASE4_FILLED_D_SIMPLE_RNN_1_BACKWARD_ROWS, d_y_add,
            d_simple_rnn_1_turned, d_simple_rnn_1, n, j, panel);
}

static NN_APART void case4_filled_d_simple_rnn_1_backward(int batch,
        const float *NN_RESTRICT d_y_add, const float *NN_RESTRICT d_simple_rnn_1_turned,
        float *NN_RESTRICT d_simple_rnn_1)
{
    for (int n = 0; n < batch; n++) {
        const int panel = 0;
        const int j = 0;
        case4_filled_d_simple_rnn_1_backward_large(d_y_add, d_simple_rnn_1_turned, d_simple_rnn_1,
                n, j, panel);
    }
}

/* d_y.kernel = contract(simple_rnn_1, d_y.add)   [18, 2] */
#if NN_REGISTERS >= 32
enum { CASE4_FILLED_D_Y_KERNEL_BACKWARD_ROWS = 9, CASE4_FILLED_D_Y_KERNEL_BACKWARD_WIDE = 9,
        CASE4_FILLED_D_Y_KERNEL_BACKWARD_ACROSS = 2,
        CASE4_FILLED_D_Y_KERNEL_BACKWARD_LARGE_ACROSS = 2 };
#else
enum { CASE4_FILLED_D_Y_KERNEL_BACKWARD_ROWS = 6, CASE4_FILLED_D_Y_KERNEL_BACKWARD_WIDE = 6,
        CASE4_FILLED_D_Y_KERNEL_BACKWARD_ACROSS = 3,
        CASE4_FILLED_D_Y_KERNEL_BACKWARD_LARGE_ACROSS = 3 };
#endif
NN_INLINE void case4_filled_d_y_kernel_backward_tile(const int rows,
        const float *NN_RESTRICT simple_rnn_1, const float *NN_RESTRICT d_y_add,
        float *NN_RESTRICT d_y_kernel, int j, int from, int to)
{
    float sum[CASE4_FILLED_D_Y_KERNEL_BACKWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE4_FILLED_D_Y_KERNEL_BACKWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE4_FILLED_D_Y_KERNEL_BACKWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x = 0; x < 6; x++) {
                const float *at = d_y_add + n * 96 + x * 16 + column;
                const nn_vec b0 = nn_load(at);
                NN_UNROLL
                for (int r = 0; r < CASE4_FILLED_D_Y_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(simple_rnn_1[j + n * 126 + x * 18 + r + 18]);
                        acc[r] += scalar * b0;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE4_FILLED_D_Y_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE4_FILLED_D_Y_KERNEL_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE4_FILLED_D_Y_KERNEL_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x = 0; x < 6; x++) {
                const float *at = d_y_add + n * 96 + x * 16 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE4_FILLED_D_Y_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(simple_rnn_1[j + n * 126 + x * 18 + r + 18]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE4_FILLED_D_Y_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++) {
        const int row = j + r;
        for (int lane = 0; lane < 2; lane++)
            d_y_kernel[row * 2 + lane] = sum[r * 16 + lane];
    }
}

static NN_APART void case4_filled_d_y_kernel_backward_large(const float *NN_RESTRICT simple_rnn_1,
        const float *NN_RESTRICT d_y_add, float *NN_RESTRICT d_y_kernel, int j, int from, int to)
{
    case4_filled_d_y_kernel_backward_tile(CASE4_FILLED_D_Y_KERNEL_BACKWARD_ROWS, simple_rnn_1,
            d_y_add, d_y_kernel, j, from, to);
}

static NN_APART void case4_filled_d_y_kernel_backward(int batch,
        const float *NN_RESTRICT simple_rnn_1, const float *NN_RESTRICT d_y_add,
        float *NN_RESTRICT d_y_kernel)
{
    for (int unit = 0; unit < CASE4_FILLED_D_Y_KERNEL_BACKWARD_ACROSS; unit++) {
        const int share = unit % CASE4_FILLED_D_Y_KERNEL_BACKWARD_ACROSS;
        const int j = share * CASE4_FILLED_D_Y_KERNEL_BACKWARD_WIDE;
        const int from = 0;
        const int to = batch;
        case4_filled_d_y_kernel_backward_large(simple_rnn_1, d_y_add, d_y_kernel, j, from, to);
    }
}

/* d_simple_rnn_1.transpose = transpose(simple_rnn_1.recurrent_kernel)   [18, 18] */
static NN_APART void case4_filled_d_simple_rnn_1_transpose_backward(
        const float *NN_RESTRICT simple_rnn_1_recurrent_kernel,
        float *NN_RESTRICT d_simple_rnn_1_transpose)
{
    for (int i = 0; i < 18; i++)
        for (int c = 0; c < 18; c++)
            d_simple_rnn_1_transpose[i * 32 + c] = simple_rnn_1_recurrent_kernel[c * 32 + i];
}

/* the room around d_simple_rnn_1.transpose is zero */
static NN_APART void case4_filled_d_simple_rnn_1_transpose_backward_halo(
        float *NN_RESTRICT d_simple_rnn_1_transpose)
{
    /* room around the data */
    for (int r = 0; r < 18; r++)
        for (int lane = 18; lane < 32; lane++)
            d_simple_rnn_1_transpose[r * 32 + lane] = 0.0f;
}

/* d_simple_rnn_1.add = scan_grad(d_simple_rnn_1.scan_trace, d_simple_rnn_1.transpose, 0, d_simple_rnn_1)   [6, 18]
 * 6 steps from the last to the first, 18 columns */
#if NN_REGISTERS >= 32
enum { CASE4_FILLED_D_SIMPLE_RNN_1_ADD_BACKWARD_ROWS = 2 };
#else
enum { CASE4_FILLED_D_SIMPLE_RNN_1_ADD_BACKWARD_ROWS = 2 };
#endif
NN_INLINE void case4_filled_d_simple_rnn_1_add_backward_tile(const int rows,
        float *NN_RESTRICT d_simple_rnn_1_add_sums, float *NN_RESTRICT d_simple_rnn_1_add_state,
        const float *NN_RESTRICT d_simple_rnn_1, const float *NN_RESTRICT d_simple_rnn_1_transpose,
        const float *NN_RESTRICT d_simple_rnn_1_scan_trace, float *NN_RESTRICT d_simple_rnn_1_add,
        int n)
{
    for (int later = 0; later < 6; later++) {
        const int t = 5 - later;
        for (int r = 0; r < rows; r++)
            for (int c = 0; c < 18; c++)
                d_simple_rnn_1_add_sums[(n + r) * 32 + c] = d_simple_rnn_1[(n + r) * 108 + t * 18 +
                        c];
        if (later > 0) {
            for (int column = 0; column < 32; column += 2 * NN_LANES) {
                nn_vec acc[CASE4_FILLED_D_SIMPLE_RNN_1_ADD_BACKWARD_ROWS][2];
                NN_UNROLL
                for (int r = 0; r < CASE4_FILLED_D_SIMPLE_RNN_1_ADD_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        acc[r][0] = nn_load(d_simple_rnn_1_add_sums + n * 32 + r * 32 + column);
                        acc[r][1] = nn_load(d_simple_rnn_1_add_sums + n * 32 + r * 32 + column +
                                NN_LANES);
                    }
                for (int k = 0; k < 18; k++) {
                    const float *at = d_simple_rnn_1_transpose + k * 32 + column;
                    const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                    NN_UNROLL
                    for (int r = 0; r < CASE4_FILLED_D_SIMPLE_RNN_1_ADD_BACKWARD_ROWS; r++)
                        if (r < rows) {
                            const nn_vec scalar = nn_splat(d_simple_rnn_1_add_state[n * 32 + k +
                                    r * 32]);
                            acc[r][0] += scalar * b0;
                            acc[r][1] += scalar * b1;
                        }
                }
                NN_UNROLL
                for (int r = 0; r < CASE4_FILLED_D_SIMPLE_RNN_1_ADD_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        nn_store(d_simple_rnn_1_add_sums + n * 32 + r * 32 + column, acc[r][0]);
                        nn_store(d_simple_rnn_1_add_sums + n * 32 + r * 32 + column + NN_LANES,
                                acc[r][1]);
                    }
            }
        }
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < 32; c++) {
                const float d_h = d_simple_rnn_1_add_sums[(n + r) * 32 + c];
                const float h = d_simple_rnn_1_scan_trace[(n + r) * 192 + t * 32 + c];
                d_simple_rnn_1_add_state[(n + r) * 32 + c] = d_h * (1.0f - h * h);
            }
            for (int c = 0; c < 18; c++)
                d_simple_rnn_1_add[(n + r) * 192 + t * 32 + c] = d_simple_rnn_1_add_state[(n + r) *
                        32 + c];
        }
    }
}

static NN_APART void case4_filled_d_simple_rnn_1_add_backward_large(
        float *NN_RESTRICT d_simple_rnn_1_add_sums, float *NN_RESTRICT d_simple_rnn_1_add_state,
        const float *NN_RESTRICT d_simple_rnn_1, const float *NN_RESTRICT d_simple_rnn_1_transpose,
        const float *NN_RESTRICT d_simple_rnn_1_scan_trace, float *NN_RESTRICT d_simple_rnn_1_add,
        int n)
{
    case4_filled_d_simple_rnn_1_add_backward_tile(CASE4_FILLED_D_SIMPLE_RNN_1_ADD_BACKWARD_ROWS,
            d_simple_rnn_1_add_sums, d_simple_rnn_1_add_state, d_simple_rnn_1,
            d_simple_rnn_1_transpose, d_simple_rnn_1_scan_trace, d_simple_rnn_1_add, n);
}

static NN_APART void case4_filled_d_simple_rnn_1_add_backward_small(
        float *NN_RESTRICT d_simple_rnn_1_add_sums, float *NN_RESTRICT d_simple_rnn_1_add_state,
        const float *NN_RESTRICT d_simple_rnn_1, const float *NN_RESTRICT d_simple_rnn_1_transpose,
        const float *NN_RESTRICT d_simple_rnn_1_scan_trace, float *NN_RESTRICT d_simple_rnn_1_add,
        int n)
{
    case4_filled_d_simple_rnn_1_add_backward_tile(1, d_simple_rnn_1_add_sums,
            d_simple_rnn_1_add_state, d_simple_rnn_1, d_simple_rnn_1_transpose,
            d_simple_rnn_1_scan_trace, d_simple_rnn_1_add, n);
}

static NN_APART void case4_filled_d_simple_rnn_1_add_backward_single(
        float *NN_RESTRICT d_simple_rnn_1_add_sums, float *NN_RESTRICT d_simple_rnn_1_add_state,
        const float *NN_RESTRICT d_simple_rnn_1, const float *NN_RESTRICT d_simple_rnn_1_transpose,
        const float *NN_RESTRICT d_simple_rnn_1_scan_trace, float *NN_RESTRICT d_simple_rnn_1_add,
        int n)
{
    case4_filled_d_simple_rnn_1_add_backward_tile(1, d_simple_rnn_1_add_sums,
            d_simple_rnn_1_add_state, d_simple_rnn_1, d_simple_rnn_1_transpose,
            d_simple_rnn_1_scan_trace, d_simple_rnn_1_add, n);
}

static NN_APART void case4_filled_d_simple_rnn_1_add_backward(int batch,
        float *NN_RESTRICT d_simple_rnn_1_add_sums, float *NN_RESTRICT d_simple_rnn_1_add_state,
        const float *NN_RESTRICT d_simple_rnn_1, const float *NN_RESTRICT d_simple_rnn_1_transpose,
        const float *NN_RESTRICT d_simple_rnn_1_scan_trace, float *NN_RESTRICT d_simple_rnn_1_add)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE4_FILLED_D_SIMPLE_RNN_1_ADD_BACKWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case4_filled_d_simple_rnn_1_add_backward_large(d_simple_rnn_1_add_sums,
                        d_simple_rnn_1_add_state, d_simple_rnn_1, d_simple_rnn_1_transpose,
                        d_simple_rnn_1_scan_trace, d_simple_rnn_1_add, n);
            } else {
                case4_filled_d_simple_rnn_1_add_backward_small(d_simple_rnn_1_add_sums,
                        d_simple_rnn_1_add_state, d_simple_rnn_1, d_simple_rnn_1_transpose,
                        d_simple_rnn_1_scan_trace, d_simple_rnn_1_add, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case4_filled_d_simple_rnn_1_add_backward_single(d_simple_rnn_1_add_sums,
                        d_simple_rnn_1_add_state, d_simple_rnn_1, d_simple_rnn_1_transpose,
                        d_simple_rnn_1_scan_trace, d_simple_rnn_1_add, n);
        }
    }
}

/* the room around d_simple_rnn_1.add is zero */
static NN_APART void case4_filled_d_simple_rnn_1_add_backward_halo(int batch,
        float *NN_RESTRICT d_simple_rnn_1_add)
{
    for (int n = 0; n < batch; n++) {
        /* room around the data */
        for (int i = 0; i < 6; i++)
            for (int gap = 0; gap < 14; gap++)
                d_simple_rnn_1_add[n * 192 + i * 32 + gap + 18] = 0.0f;
    }
}

/* d_simple_rnn_1.recurrent_kernel = contract(simple_rnn_1, d_simple_rnn_1.add)   [18, 18] */
#if NN_REGISTERS >= 32
enum { CASE4_FILLED_D_SIMPLE_RNN_1_RECURRENT_KERNEL_BACKWARD_ROWS = 9,
        CASE4_FILLED_D_SIMPLE_RNN_1_RECURRENT_KERNEL_BACKWARD_WIDE = 9,
        CASE4_FILLED_D_SIMPLE_RNN_1_RECURRENT_KERNEL_BACKWARD_ACROSS = 2,
        CASE4_FILLED_D_SIMPLE_RNN_1_RECURRENT_KERNEL_BACKWARD_LARGE_ACROSS = 2 };
#else
enum { CASE4_FILLED_D_SIMPLE_RNN_1_RECURRENT_KERNEL_BACKWARD_ROWS = 6,
        CASE4_FILLED_D_SIMPLE_RNN_1_RECURRENT_KERNEL_BACKWARD_WIDE = 6,
        CASE4_FILLED_D_SIMPLE_RNN_1_RECURRENT_KERNEL_BACKWARD_ACROSS = 3,
        CASE4_FILLED_D_SIMPLE_RNN_1_RECURRENT_KERNEL_BACKWARD_LARGE_ACROSS = 3 };
#endif
NN_INLINE void case4_filled_d_simple_rnn_1_recurrent_kernel_backward_tile(const int rows,
        const float *NN_RESTRICT simple_rnn_1, const float *NN_RESTRICT d_simple_rnn_1_add,
        float *NN_RESTRICT d_simple_rnn_1_recurrent_kernel, int j, int from, int to)
{
    float sum[CASE4_FILLED_D_SIMPLE_RNN_1_RECURRENT_KERNEL_BACKWARD_ROWS * 32];
    for (int column = 0; column < 32; column += 2 * NN_LANES) {
        nn_vec acc[CASE4_FILLED_D_SIMPLE_RNN_1_RECURRENT_KERNEL_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE4_FILLED_D_SIMPLE_RNN_1_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x = 0; x < 6; x++) {
                const float *at = d_simple_rnn_1_add + n * 192 + x * 32 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE4_FILLED_D_SIMPLE_RNN_1_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(simple_rnn_1[j + n * 126 + x * 18 + r]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE4_FILLED_D_SIMPLE_RNN_1_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 32 + column, acc[r][0]);
                nn_store(sum + r * 32 + column + NN_LANES, acc[r][1]);
            }
    }
    for (int r = 0; r < rows; r++) {
        const int row = j + r;
        for (int lane = 0; lane < 18; lane++)
            d_simple_rnn_1_recurrent_kernel[row * 18 + lane] = sum[r * 32 + lane];
    }
}

static NN_APART void case4_filled_d_simple_rnn_1_recurrent_kernel_backward_large(
        const float *NN_RESTRICT simple_rnn_1, const float *NN_RESTRICT d_simple_rnn_1_add,
        float *NN_RESTRICT d_simple_rnn_1_recurrent_kernel, int j, int from, int to)
{
    case4_filled_d_simple_rnn_1_recurrent_kernel_backward_tile(CASE4_FILLED_D_SIMPLE_RNN_1_RECURRENT_KERNEL_BACKWARD_ROWS, simple_rnn_1, d_simple_rnn_1_add, d_simple_rnn_1_recurrent_kernel, j, from, to);
}

static NN_APART void case4_filled_d_simple_rnn_1_recurrent_kernel_backward(int batch,
        const float *NN_RESTRICT simple_rnn_1, const float *NN_RESTRICT d_simple_rnn_1_add,
        float *NN_RESTRICT d_simple_rnn_1_recurrent_kernel)
{
    for (int unit = 0; unit < CASE4_FILLED_D_SIMPLE_RNN_1_RECURRENT_KERNEL_BACKWARD_ACROSS; unit++) {
        const int share = unit % CASE4_FILLED_D_SIMPLE_RNN_1_RECURRENT_KERNEL_BACKWARD_ACROSS;
        const int j = share * CASE4_FILLED_D_SIMPLE_RNN_1_RECURRENT_KERNEL_BACKWARD_WIDE;
        const int from = 0;
        const int to = batch;
        case4_filled_d_simple_rnn_1_recurrent_kernel_backward_large(simple_rnn_1,
                d_simple_rnn_1_add, d_simple_rnn_1_recurrent_kernel, j, from, to);
    }
}

/* d_simple_rnn_1.bias = reduce_sum(d_simple_rnn_1.add)   [18] */
static NN_APART void case4_filled_d_simple_rnn_1_bias_backward(int batch,
        const float *NN_RESTRICT d_simple_rnn_1_add, float *NN_RESTRICT d_simple_rnn_1_bias)
{
    float sum[18];
    for (int c = 0; c < 18; c++)
        sum[c] = 0.0f;
    for (int n = 0; n < batch; n++)
        for (int i = 0; i < 6; i++)
            for (int c = 0; c < 18; c++)
                sum[c] += d_simple_rnn_1_add[n * 192 + i * 32 + c];
    for (int c = 0; c < 18; c++)
        d_simple_rnn_1_bias[c] = sum[c];
}

/* d_x = contract(d_simple_rnn_1.add, simple_rnn_1.kernel)   [6, 2] */
static NN_APART void case4_filled_d_x_backward_turn(const float *NN_RESTRICT simple_rnn_1_kernel,
        float *NN_RESTRICT d_x_turned)
{
    for (int unit = 0; unit < 1; unit++) {
        const int panel = unit;
        const int p = 0;
        for (int q = 0; q < 1; q++)
            for (int o = 0; o < 18; o++)
                for (int lane = 0; lane < 16; lane++)
                    d_x_turned[panel * 288 + ((p + q) * 18 + o) * 16 + lane] = lane < 2 ?
                            simple_rnn_1_kernel[((p * -1 + q * -1) * 2 + panel * 16 + lane) * 32 +
                            o] : 0.0f;
    }
}

/* d_x = contract(d_simple_rnn_1.add, simple_rnn_1.kernel)   [6, 2] */
#if NN_REGISTERS >= 32
enum { CASE4_FILLED_D_X_BACKWARD_ROWS = 6 };
#else
enum { CASE4_FILLED_D_X_BACKWARD_ROWS = 6 };
#endif
NN_INLINE void case4_filled_d_x_backward_tile(const int rows,
                                              const float *NN_RESTRICT d_simple_rnn_1_add,
                                              const float *NN_RESTRICT d_x_turned,
                                              float *NN_RESTRICT d_x, int n, int j, int panel)
{
    float sum[CASE4_FILLED_D_X_BACKWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE4_FILLED_D_X_BACKWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE4_FILLED_D_X_BACKWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int k = 0; k < 18; k++) {
            const float *at = d_x_turned + panel * 288 + k * 16 + column;
            const nn_vec b0 = nn_load(at);
            NN_UNROLL
            for (int r = 0; r < CASE4_FILLED_D_X_BACKWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(d_simple_rnn_1_add[n * 192 + j * 32 + k + r *
                            32]);
                    acc[r] += scalar * b0;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE4_FILLED_D_X_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE4_FILLED_D_X_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE4_FILLED_D_X_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int k = 0; k < 18; k++) {
            const float *at = d_x_turned + panel * 288 + k * 16 + column;
            const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
            NN_UNROLL
            for (int r = 0; r < CASE4_FILLED_D_X_BACKWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(d_simple_rnn_1_add[n * 192 + j * 32 + k + r *
                            32]);
                    acc[r][0] += scalar * b0;
                    acc[r][1] += scalar * b1;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE4_FILLED_D_X_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++)
        for (int lane = 0; lane < 2; lane++)
            d_x[n * 12 + (j + r) * 2 + lane] = sum[r * 16 + lane];
}

static NN_APART void case4_filled_d_x_backward_large(const float *NN_RESTRICT d_simple_rnn_1_add,
        const float *NN_RESTRICT d_x_turned, float *NN_RESTRICT d_x, int n, int j, int panel)
{
    case4_filled_d_x_backward_tile(CASE4_FILLED_D_X_BACKWARD_ROWS, d_simple_rnn_1_add, d_x_turned,
            d_x, n, j, panel);
}

static NN_APART void case4_filled_d_x_backward(int batch,
                                               const float *NN_RESTRICT d_simple_rnn_1_add,
                                               const float *NN_RESTRICT d_x_turned,
                                               float *NN_RESTRICT d_x)
{
    for (int n = 0; n < batch; n++) {
        const int panel = 0;
        const int j = 0;
        case4_filled_d_x_backward_large(d_simple_rnn_1_add, d_x_turned, d_x, n, j, panel);
    }
}

/* d_simple_rnn_1.kernel = contract(x, d_simple_rnn_1.add)   [2, 18] */
#if NN_REGISTERS >= 32
enum { CASE4_FILLED_D_SIMPLE_RNN_1_KERNEL_BACKWARD_ROWS = 2 };
#else
enum { CASE4_FILLED_D_SIMPLE_RNN_1_KERNEL_BACKWARD_ROWS = 2 };
#endif
NN_INLINE void case4_filled_d_simple_rnn_1_kernel_backward_tile(const int rows,
        const float *NN_RESTRICT x, const float *NN_RESTRICT d_simple_rnn_1_add,
        float *NN_RESTRICT d_simple_rnn_1_kernel, int j, int from, int to)
{
    float sum[CASE4_FILLED_D_SIMPLE_RNN_1_KERNEL_BACKWARD_ROWS * 32];
    for (int column = 0; column < 32; column += 2 * NN_LANES) {
        nn_vec acc[CASE4_FILLED_D_SIMPLE_RNN_1_KERNEL_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE4_FILLED_D_SIMPLE_RNN_1_KERNEL_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x_2 = 0; x_2 < 6; x_2++) {
                const float *at = d_simple_rnn_1_add + n * 192 + x_2 * 32 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE4_FILLED_D_SIMPLE_RNN_1_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(x[j + n * 12 + x_2 * 2 + r]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE4_FILLED_D_SIMPLE_RNN_1_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 32 + column, acc[r][0]);
                nn_store(sum + r * 32 + column + NN_LANES, acc[r][1]);
            }
    }
    for (int r = 0; r < rows; r++) {
        const int row = j + r;
        for (int lane = 0; lane < 18; lane++)
            d_simple_rnn_1_kernel[row * 18 + lane] = sum[r * 32 + lane];
    }
}

static NN_APART void case4_filled_d_simple_rnn_1_kernel_backward_large(const float *NN_RESTRICT x,
        const float *NN_RESTRICT d_simple_rnn_1_add, float *NN_RESTRICT d_simple_rnn_1_kernel,
        int j, int from, int to)
{
    case4_filled_d_simple_rnn_1_kernel_backward_tile(CASE4_FILLED_D_SIMPLE_RNN_1_KERNEL_BACKWARD_ROWS, x, d_simple_rnn_1_add, d_simple_rnn_1_kernel, j, from, to);
}

static NN_APART void case4_filled_d_simple_rnn_1_kernel_backward(int batch,
        const float *NN_RESTRICT x, const float *NN_RESTRICT d_simple_rnn_1_add,
        float *NN_RESTRICT d_simple_rnn_1_kernel)
{
    for (int unit = 0; unit < 1; unit++) {
        const int j = 0;
        const int from = 0;
        const int to = batch;
        case4_filled_d_simple_rnn_1_kernel_backward_large(x, d_simple_rnn_1_add,
                d_simple_rnn_1_kernel, j, from, to);
    }
}

static NN_APART void case4_filled_y_forward_copy(int batch, const float *NN_RESTRICT y_slice,
                                                 float *NN_RESTRICT y_out)
{
    const int total = batch * 2;
    for (int block = 0; block < (total + 4095) / 4096; block++) {
        const int end = block * 4096 + 4096 < total ? block * 4096 + 4096 : total;
        for (int k = block * 4096; k < end; k++)
            y_out[k] = y_slice[k];
    }
}

static void case4_filled_run(float *state, char *arena, const nn_step *step,
                             const void *const *inputs, const void *const *targets,
                             void *const *outputs, float *results, int threads)
{
    (void)targets;
    (void)results;
    (void)threads;
    const int batch = step->batch;
    const float *const x = (const float *)inputs[0]; /* [6, 2] */
    const float *const simple_rnn_1_kernel = state + 0; /* [2, 18] */
    const float *const simple_rnn_1_recurrent_kernel = state + 64; /* [18, 18] */
    const float *const simple_rnn_1_bias = state + 640; /* [18] */
    const float *const y_kernel = state + 672; /* [18, 2] */
    const float *const y_recurrent_kernel = state + 960; /* [2, 2] */
    const float *const y_bias = state + 992; /* [2] */
    const float *const seed = (const float *)inputs[1]; /* [2] */
    float *const simple_rnn_1_add = (float *)(void *)(arena + 2304); /* [6, 18] */
    float *const simple_rnn_1 = (float *)(void *)(arena + 6912); /* [6, 18] */
    float *const y_add = (float *)(void *)(arena + 3456); /* [6, 2] */
    float *const y_scan = (float *)(void *)(arena + 4608); /* [6, 2] */
    float *const y_slice = (float *)(void *)(arena + 10560); /* [1, 2] */
    float *const d_y_scan = (float *)(void *)(arena + 4800); /* [6, 2] */
    float *const d_y_scan_scan_trace = (float *)(void *)(arena + 2304); /* [6, 1, 16] */
    float *const d_y_scan_transpose = (float *)(void *)(arena + 5376); /* [2, 2] */
    float *const d_y_add = (float *)(void *)(arena + 3456); /* [6, 2] */
    float *const d_y_recurrent_kernel = (float *)outputs[6]; /* [2, 2] */
    float *const d_y_bias = (float *)outputs[7]; /* [2] */
    float *const d_simple_rnn_1 = (float *)(void *)(arena + 8448); /* [6, 18] */
    float *const d_y_kernel = (float *)outputs[5]; /* [18, 2] */
    float *const d_simple_rnn_1_scan_trace = (float *)(void *)(arena + 0); /* [6, 1, 32] */
    float *const d_simple_rnn_1_transpose = (float *)(void *)(arena + 2304); /* [18, 18] */
    float *const d_simple_rnn_1_add = (float *)(void *)(arena + 4608); /* [6, 18] */
    float *const d_simple_rnn_1_recurrent_kernel = (float *)outputs[3]; /* [18, 18] */
    float *const d_simple_rnn_1_bias = (float *)outputs[4]; /* [18] */
    float *const d_x = (float *)outputs[1]; /* [6, 2] */
    float *const d_simple_rnn_1_kernel = (float *)outputs[2]; /* [2, 18] */
    float *const y_out = (float *)outputs[0]; /* [2] */
    float *const simple_rnn_1_sums = (float *)(void *)(arena + 3648);
    float *const simple_rnn_1_state = (float *)(void *)(arena + 4032);
    float *const y_scan_sums = (float *)(void *)(arena + 3648);
    float *const y_scan_state = (float *)(void *)(arena + 3840);
    float *const d_y_add_sums = (float *)(void *)(arena + 4992);
    float *const d_y_add_state = (float *)(void *)(arena + 5184);
    float *const d_simple_rnn_1_turned = (float *)(void *)(arena + 2304);
    float *const d_simple_rnn_1_add_sums = (float *)(void *)(arena + 9792);
    float *const d_simple_rnn_1_add_state = (float *)(void *)(arena + 10176);
    float *const d_x_turned = (float *)(void *)(arena + 0);
    memset(arena, 0xFF, 10624);
    const uint64_t mode = nn_flush_denormals();
    case4_filled_simple_rnn_1_contract_forward(batch, x, simple_rnn_1_kernel, simple_rnn_1_bias,
            simple_rnn_1_add);
    case4_filled_simple_rnn_1_forward(batch, simple_rnn_1_sums, simple_rnn_1_state,
            simple_rnn_1_add, simple_rnn_1_recurrent_kernel, d_simple_rnn_1_scan_trace,
            simple_rnn_1);
    memset(arena + 2304, 0xFF, 1296); /* simple_rnn_1_add */
    memset(arena + 3648, 0xFF, 384); /* simple_rnn_1_sums */
    memset(arena + 4032, 0xFF, 384); /* simple_rnn_1_state */
    case4_filled_simple_rnn_1_forward_halo(batch, simple_rnn_1);
    case4_filled_y_contract_forward(batch, simple_rnn_1, y_kernel, y_bias, y_add);
    case4_filled_y_scan_forward(batch, y_scan_sums, y_scan_state, y_add, y_recurrent_kernel,
            d_y_scan_scan_trace, y_scan);
    memset(arena + 3456, 0xFF, 144); /* y_add */
    memset(arena + 3648, 0xFF, 192); /* y_scan_sums */
    memset(arena + 3840, 0xFF, 192); /* y_scan_state */
    case4_filled_y_scan_forward_halo(batch, y_scan);
    case4_filled_y_slice_forward(batch, y_scan, y_slice);
    case4_filled_d_y_scan_backward(batch, seed, d_y_scan);
    case4_filled_d_y_scan_transpose_backward(y_recurrent_kernel, d_y_scan_transpose);
    case4_filled_d_y_scan_transpose_backward_halo(d_y_scan_transpose);
    case4_filled_d_y_add_backward(batch, d_y_add_sums, d_y_add_state, d_y_scan, d_y_scan_transpose,
            d_y_scan_scan_trace, d_y_add);
    memset(arena + 4800, 0xFF, 144); /* d_y_scan */
    memset(arena + 2304, 0xFF, 1152); /* d_y_scan_scan_trace */
    memset(arena + 5376, 0xFF, 128); /* d_y_scan_transpose */
    memset(arena + 4992, 0xFF, 192); /* d_y_add_sums */
    memset(arena + 5184, 0xFF, 192); /* d_y_add_state */
    case4_filled_d_y_add_backward_halo(batch, d_y_add);
    case4_filled_d_y_recurrent_kernel_backward(batch, y_scan, d_y_add, d_y_recurrent_kernel);
    memset(arena + 4608, 0xFF, 168); /* y_scan */
    case4_filled_d_y_bias_backward(batch, d_y_add, d_y_bias);
    case4_filled_d_simple_rnn_1_backward_turn(y_kernel, d_simple_rnn_1_turned);
    case4_filled_d_simple_rnn_1_backward(batch, d_y_add, d_simple_rnn_1_turned, d_simple_rnn_1);
    memset(arena + 2304, 0xFF, 256); /* d_simple_rnn_1_turned */
    case4_filled_d_y_kernel_backward(batch, simple_rnn_1, d_y_add, d_y_kernel);
    memset(arena + 3456, 0xFF, 1152); /* d_y_add */
    case4_filled_d_simple_rnn_1_transpose_backward(simple_rnn_1_recurrent_kernel,
            d_simple_rnn_1_transpose);
    case4_filled_d_simple_rnn_1_transpose_backward_halo(d_simple_rnn_1_transpose);
    case4_filled_d_simple_rnn_1_add_backward(batch, d_simple_rnn_1_add_sums,
            d_simple_rnn_1_add_state, d_simple_rnn_1, d_simple_rnn_1_transpose,
            d_simple_rnn_1_scan_trace, d_simple_rnn_1_add);
    memset(arena + 8448, 0xFF, 1296); /* d_simple_rnn_1 */
    memset(arena + 0, 0xFF, 2304); /* d_simple_rnn_1_scan_trace */
    memset(arena + 2304, 0xFF, 2304); /* d_simple_rnn_1_transpose */
    memset(arena + 9792, 0xFF, 384); /* d_simple_rnn_1_add_sums */
    memset(arena + 10176, 0xFF, 384); /* d_simple_rnn_1_add_state */
    case4_filled_d_simple_rnn_1_add_backward_halo(batch, d_simple_rnn_1_add);
    case4_filled_d_simple_rnn_1_recurrent_kernel_backward(batch, simple_rnn_1, d_simple_rnn_1_add,
            d_simple_rnn_1_recurrent_kernel);
    memset(arena + 6912, 0xFF, 1512); /* simple_rnn_1 */
    case4_filled_d_simple_rnn_1_bias_backward(batch, d_simple_rnn_1_add, d_simple_rnn_1_bias);
    case4_filled_d_x_backward_turn(simple_rnn_1_kernel, d_x_turned);
    case4_filled_d_x_backward(batch, d_simple_rnn_1_add, d_x_turned, d_x);
    memset(arena + 0, 0xFF, 1152); /* d_x_turned */
    case4_filled_d_simple_rnn_1_kernel_backward(batch, x, d_simple_rnn_1_add,
            d_simple_rnn_1_kernel);
    memset(arena + 4608, 0xFF, 2304); /* d_simple_rnn_1_add */
    case4_filled_y_forward_copy(batch, y_slice, y_out);
    memset(arena + 10560, 0xFF, 24); /* y_slice */
    nn_restore_denormals(mode);
}

/* simple_rnn_1.contract = contract(x, simple_rnn_1.kernel)   [6, 18]
 * simple_rnn_1.add = add(simple_rnn_1.contract, simple_rnn_1.bias)   [6, 18] */
#if NN_REGISTERS >= 32
enum { CASE5_FAST_SIMPLE_RNN_1_CONTRACT_FORWARD_ROWS = 6 };
#else
enum { CASE5_FAST_SIMPLE_RNN_1_CONTRACT_FORWARD_ROWS = 6 };
#endif
NN_INLINE void case5_fast_simple_rnn_1_contract_forward_tile(const int rows,
        const float *NN_RESTRICT x, const float *NN_RESTRICT simple_rnn_1_kernel,
        const float *NN_RESTRICT simple_rnn_1_bias, float *NN_RESTRICT simple_rnn_1_add, int n,
        int j, int panel)
{
    float sum[CASE5_FAST_SIMPLE_RNN_1_CONTRACT_FORWARD_ROWS * 32];
    for (int column = 0; column < 32; column += 2 * NN_LANES) {
        nn_vec acc[CASE5_FAST_SIMPLE_RNN_1_CONTRACT_FORWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE5_FAST_SIMPLE_RNN_1_CONTRACT_FORWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int k = 0; k < 2; k++) {
            const float *at = simple_rnn_1_kernel + panel * 64 + k * 32 + column;
            const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
            NN_UNROLL
            for (int r = 0; r < CASE5_FAST_SIMPLE_RNN_1_CONTRACT_FORWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(x[n * 12 + j * 2 + k + r * 2]);
                    acc[r][0] += scalar * b0;
                    acc[r][1] += scalar * b1;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE5_FAST_SIMPLE_RNN_1_CONTRACT_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 32 + column, acc[r][0]);
                nn_store(sum + r * 32 + column + NN_LANES, acc[r][1]);
            }
    }
    for (int r = 0; r < rows; r++)
        for (int lane = 0; lane < 18; lane++)
            simple_rnn_1_add[n * 108 + (j + r) * 18 + lane] = sum[r * 32 + lane] +
                    simple_rnn_1_bias[lane];
}

static NN_APART void case5_fast_simple_rnn_1_contract_forward_large(const float *NN_RESTRICT x,
        const float *NN_RESTRICT simple_rnn_1_kernel, const float *NN_RESTRICT simple_rnn_1_bias,
        float *NN_RESTRICT simple_rnn_1_add, int n, int j, int panel)
{
    case5_fast_simple_rnn_1_contract_forward_tile(CASE5_FAST_SIMPLE_RNN_1_CONTRACT_FORWARD_ROWS, x,
            simple_rnn_1_kernel, simple_rnn_1_bias, simple_rnn_1_add, n, j, panel);
}

static NN_APART void case5_fast_simple_rnn_1_contract_forward(int batch,
        const float *NN_RESTRICT x, const float *NN_RESTRICT simple_rnn_1_kernel,
        const float *NN_RESTRICT simple_rnn_1_bias, float *NN_RESTRICT simple_rnn_1_add)
{
    for (int n = 0; n < batch; n++) {
        const int panel = 0;
        const int j = 0;
        case5_fast_simple_rnn_1_contract_forward_large(x, simple_rnn_1_kernel, simple_rnn_1_bias,
                simple_rnn_1_add, n, j, panel);
    }
}

/* simple_rnn_1 = scan(simple_rnn_1.add, simple_rnn_1.recurrent_kernel, 0, 0)   [6, 18]
 * 6 steps, 18 columns */
#if NN_REGISTERS >= 32
enum { CASE5_FAST_SIMPLE_RNN_1_FORWARD_ROWS = 2 };
#else
enum { CASE5_FAST_SIMPLE_RNN_1_FORWARD_ROWS = 2 };
#endif
NN_INLINE void case5_fast_simple_rnn_1_forward_tile(const int rows,
        float *NN_RESTRICT simple_rnn_1_sums, float *NN_RESTRICT simple_rnn_1_state,
        const float *NN_RESTRICT simple_rnn_1_add,
        const float *NN_RESTRICT simple_rnn_1_recurrent_kernel, float *NN_RESTRICT simple_rnn_1,
        int n)
{
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < 18; c++)
            simple_rnn_1_state[(n + r) * 32 + c] = 0.0f;
    for (int t = 0; t < 6; t++) {
        for (int r = 0; r < rows; r++)
            for (int o = 0; o < 18; o++)
                simple_rnn_1_sums[(n + r) * 32 + o] = simple_rnn_1_add[(n + r) * 108 + t * 18 + o];
        for (int column = 0; column < 32; column += 2 * NN_LANES) {
            nn_vec acc[CASE5_FAST_SIMPLE_RNN_1_FORWARD_ROWS][2];
            NN_UNROLL
            for (int r = 0; r < CASE5_FAST_SIMPLE_RNN_1_FORWARD_ROWS; r++)
                if (r < rows) {
                    acc[r][0] = nn_load(simple_rnn_1_sums + n * 32 + r * 32 + column);
                    acc[r][1] = nn_load(simple_rnn_1_sums + n * 32 + r * 32 + column + NN_LANES);
                }
            for (int k = 0; k < 18; k++) {
                const float *at = simple_rnn_1_recurrent_kernel + k * 32 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE5_FAST_SIMPLE_RNN_1_FORWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(simple_rnn_1_state[n * 32 + k + r * 32]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
            NN_UNROLL
            for (int r = 0; r < CASE5_FAST_SIMPLE_RNN_1_FORWARD_ROWS; r++)
                if (r < rows) {
                    nn_store(simple_rnn_1_sums + n * 32 + r * 32 + column, acc[r][0]);
                    nn_store(simple_rnn_1_sums + n * 32 + r * 32 + column + NN_LANES, acc[r][1]);
                }
        }
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < 32; c++) {
                const float h = nn_tanh(simple_rnn_1_sums[(n + r) * 32 + c]);
                simple_rnn_1_state[(n + r) * 32 + c] = h;
            }
            for (int c = 0; c < 18; c++)
                simple_rnn_1[(n + r) * 108 + t * 18 + c] = simple_rnn_1_state[(n + r) * 32 + c];
        }
    }
}

static NN_APART void case5_fast_simple_rnn_1_forward_large(float *NN_RESTRICT simple_rnn_1_sums,
        float *NN_RESTRICT simple_rnn_1_state, const float *NN_RESTRICT simple_rnn_1_add,
        const float *NN_RESTRICT simple_rnn_1_recurrent_kernel, float *NN_RESTRICT simple_rnn_1,
        int n)
{
    case5_fast_simple_rnn_1_forward_tile(CASE5_FAST_SIMPLE_RNN_1_FORWARD_ROWS, simple_rnn_1_sums,
            simple_rnn_1_state, simple_rnn_1_add, simple_rnn_1_recurrent_kernel, simple_rnn_1, n);
}

static NN_APART void case5_fast_simple_rnn_1_forward_small(float *NN_RESTRICT simple_rnn_1_sums,
        float *NN_RESTRICT simple_rnn_1_state, const float *NN_RESTRICT simple_rnn_1_add,
        const float *NN_RESTRICT simple_rnn_1_recurrent_kernel, float *NN_RESTRICT simple_rnn_1,
        int n)
{
    case5_fast_simple_rnn_1_forward_tile(1, simple_rnn_1_sums, simple_rnn_1_state,
            simple_rnn_1_add, simple_rnn_1_recurrent_kernel, simple_rnn_1, n);
}

static NN_APART void case5_fast_simple_rnn_1_forward_single(float *NN_RESTRICT simple_rnn_1_sums,
        float *NN_RESTRICT simple_rnn_1_state, const float *NN_RESTRICT simple_rnn_1_add,
        const float *NN_RESTRICT simple_rnn_1_recurrent_kernel, float *NN_RESTRICT simple_rnn_1,
        int n)
{
    case5_fast_simple_rnn_1_forward_tile(1, simple_rnn_1_sums, simple_rnn_1_state,
            simple_rnn_1_add, simple_rnn_1_recurrent_kernel, simple_rnn_1, n);
}

static NN_APART void case5_fast_simple_rnn_1_forward(int batch,
        float *NN_RESTRICT simple_rnn_1_sums, float *NN_RESTRICT simple_rnn_1_state,
        const float *NN_RESTRICT simple_rnn_1_add,
        const float *NN_RESTRICT simple_rnn_1_recurrent_kernel, float *NN_RESTRICT simple_rnn_1)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE5_FAST_SIMPLE_RNN_1_FORWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case5_fast_simple_rnn_1_forward_large(simple_rnn_1_sums, simple_rnn_1_state,
                        simple_rnn_1_add, simple_rnn_1_recurrent_kernel, simple_rnn_1, n);
            } else {
                case5_fast_simple_rnn_1_forward_small(simple_rnn_1_sums, simple_rnn_1_state,
                        simple_rnn_1_add, simple_rnn_1_recurrent_kernel, simple_rnn_1, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case5_fast_simple_rnn_1_forward_single(simple_rnn_1_sums, simple_rnn_1_state,
                        simple_rnn_1_add, simple_rnn_1_recurrent_kernel, simple_rnn_1, n);
        }
    }
}

/* y.contract = contract(simple_rnn_1, y.kernel)   [6, 2]
 * y.add = add(y.contract, y.bias)   [6, 2] */
#if NN_REGISTERS >= 32
enum { CASE5_FAST_Y_CONTRACT_FORWARD_ROWS = 6 };
#else
enum { CASE5_FAST_Y_CONTRACT_FORWARD_ROWS = 6 };
#endif
NN_INLINE void case5_fast_y_contract_forward_tile(const int rows,
        const float *NN_RESTRICT simple_rnn_1, const float *NN_RESTRICT y_kernel,
        const float *NN_RESTRICT y_bias, float *NN_RESTRICT y_add, int n, int j, int panel)
{
    float sum[CASE5_FAST_Y_CONTRACT_FORWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE5_FAST_Y_CONTRACT_FORWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE5_FAST_Y_CONTRACT_FORWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int k = 0; k < 18; k++) {
            const float *at = y_kernel + panel * 288 + k * 16 + column;
            const nn_vec b0 = nn_load(at);
            NN_UNROLL
            for (int r = 0; r < CASE5_FAST_Y_CONTRACT_FORWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(simple_rnn_1[n * 108 + j * 18 + k + r * 18]);
                    acc[r] += scalar * b0;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE5_FAST_Y_CONTRACT_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE5_FAST_Y_CONTRACT_FORWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE5_FAST_Y_CONTRACT_FORWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int k = 0; k < 18; k++) {
            const float *at = y_kernel + panel * 288 + k * 16 + column;
            const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
            NN_UNROLL
            for (int r = 0; r < CASE5_FAST_Y_CONTRACT_FORWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(simple_rnn_1[n * 108 + j * 18 + k + r * 18]);
                    acc[r][0] += scalar * b0;
                    acc[r][1] += scalar * b1;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE5_FAST_Y_CONTRACT_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++)
        for (int lane = 0; lane < 2; lane++)
            y_add[n * 12 + (j + r) * 2 + lane] = sum[r * 16 + lane] + y_bias[lane];
}

static NN_APART void case5_fast_y_contract_forward_large(const float *NN_RESTRICT simple_rnn_1,
        const float *NN_RESTRICT y_kernel, const float *NN_RESTRICT y_bias,
        float *NN_RESTRICT y_add, int n, int j, int panel)
{
    case5_fast_y_contract_forward_tile(CASE5_FAST_Y_CONTRACT_FORWARD_ROWS, simple_rnn_1, y_kernel,
            y_bias, y_add, n, j, panel);
}

static NN_APART void case5_fast_y_contract_forward(int batch,
        const float *NN_RESTRICT simple_rnn_1, const float *NN_RESTRICT y_kernel,
        const float *NN_RESTRICT y_bias, float *NN_RESTRICT y_add)
{
    for (int n = 0; n < batch; n++) {
        const int panel = 0;
        const int j = 0;
        case5_fast_y_contract_forward_large(simple_rnn_1, y_kernel, y_bias, y_add, n, j, panel);
    }
}

/* y.scan = scan(y.add, y.recurrent_kernel, 0, 0)   [6, 2]
 * 6 steps, 2 columns */
#if NN_REGISTERS >= 32
enum { CASE5_FAST_Y_SCAN_FORWARD_ROWS = 2 };
#else
enum { CASE5_FAST_Y_SCAN_FORWARD_ROWS = 2 };
#endif
NN_INLINE void case5_fast_y_scan_forward_tile(const int rows, float *NN_RESTRICT y_scan_sums,
                                              float *NN_RESTRICT y_scan_state,
                                              const float *NN_RESTRICT y_add,
                                              const float *NN_RESTRICT y_recurrent_kernel,
                                              float *NN_RESTRICT y_scan, int n)
{
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < 2; c++)
            y_scan_state[(n + r) * 16 + c] = 0.0f;
    for (int t = 0; t < 6; t++) {
        for (int r = 0; r < rows; r++)
            for (int o = 0; o < 2; o++)
                y_scan_sums[(n + r) * 16 + o] = y_add[(n + r) * 12 + t * 2 + o];
#if NN_LANES == 16
        for (int column = 0; column < 16; column += NN_LANES) {
            nn_vec acc[CASE5_FAST_Y_SCAN_FORWARD_ROWS];
            NN_UNROLL
            for (int r = 0; r < CASE5_FAST_Y_SCAN_FORWARD_ROWS; r++)
                if (r < rows) {
                    acc[r] = nn_load(y_scan_sums + n * 16 + r * 16 + column);
                }
            for (int k = 0; k < 2; k++) {
                const float *at = y_recurrent_kernel + k * 16 + column;
                const nn_vec b0 = nn_load(at);
                NN_UNROLL
                for (int r = 0; r < CASE5_FAST_Y_SCAN_FORWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(y_scan_state[n * 16 + k + r * 16]);
                        acc[r] += scalar * b0;
                    }
            }
            NN_UNROLL
            for (int r = 0; r < CASE5_FAST_Y_SCAN_FORWARD_ROWS; r++)
                if (r < rows) {
                    nn_store(y_scan_sums + n * 16 + r * 16 + column, acc[r]);
                }
        }
#else
        for (int column = 0; column < 16; column += 2 * NN_LANES) {
            nn_vec acc[CASE5_FAST_Y_SCAN_FORWARD_ROWS][2];
            NN_UNROLL
            for (int r = 0; r < CASE5_FAST_Y_SCAN_FORWARD_ROWS; r++)
                if (r < rows) {
                    acc[r][0] = nn_load(y_scan_sums + n * 16 + r * 16 + column);
                    acc[r][1] = nn_load(y_scan_sums + n * 16 + r * 16 + column + NN_LANES);
                }
            for (int k = 0; k < 2; k++) {
                const float *at = y_recurrent_kernel + k * 16 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE5_FAST_Y_SCAN_FORWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(y_scan_state[n * 16 + k + r * 16]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
            NN_UNROLL
            for (int r = 0; r < CASE5_FAST_Y_SCAN_FORWARD_ROWS; r++)
                if (r < rows) {
                    nn_store(y_scan_sums + n * 16 + r * 16 + column, acc[r][0]);
                    nn_store(y_scan_sums + n * 16 + r * 16 + column + NN_LANES, acc[r][1]);
                }
        }
#endif
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < 16; c++) {
                const float h = nn_sigmoid(y_scan_sums[(n + r) * 16 + c]);
                y_scan_state[(n + r) * 16 + c] = h;
            }
            for (int c = 0; c < 2; c++)
                y_scan[(n + r) * 12 + t * 2 + c] = y_scan_state[(n + r) * 16 + c];
        }
    }
}

static NN_APART void case5_fast_y_scan_forward_large(float *NN_RESTRICT y_scan_sums,
        float *NN_RESTRICT y_scan_state, const float *NN_RESTRICT y_add,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT y_scan, int n)
{
    case5_fast_y_scan_forward_tile(CASE5_FAST_Y_SCAN_FORWARD_ROWS, y_scan_sums, y_scan_state,
            y_add, y_recurrent_kernel, y_scan, n);
}

static NN_APART void case5_fast_y_scan_forward_small(float *NN_RESTRICT y_scan_sums,
        float *NN_RESTRICT y_scan_state, const float *NN_RESTRICT y_add,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT y_scan, int n)
{
    case5_fast_y_scan_forward_tile(1, y_scan_sums, y_scan_state, y_add, y_recurrent_kernel, y_scan,
            n);
}

static NN_APART void case5_fast_y_scan_forward_single(float *NN_RESTRICT y_scan_sums,
        float *NN_RESTRICT y_scan_state, const float *NN_RESTRICT y_add,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT y_scan, int n)
{
    case5_fast_y_scan_forward_tile(1, y_scan_sums, y_scan_state, y_add, y_recurrent_kernel, y_scan,
            n);
}

static NN_APART void case5_fast_y_scan_forward(int batch, float *NN_RESTRICT y_scan_sums,
                                               float *NN_RESTRICT y_scan_state,
                                               const float *NN_RESTRICT y_add,
                                               const float *NN_RESTRICT y_recurrent_kernel,
                                               float *NN_RESTRICT y_scan)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE5_FAST_Y_SCAN_FORWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case5_fast_y_scan_forward_large(y_scan_sums, y_scan_state, y_add,
                        y_recurrent_kernel, y_scan, n);
            } else {
                case5_fast_y_scan_forward_small(y_scan_sums, y_scan_state, y_add,
                        y_recurrent_kernel, y_scan, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case5_fast_y_scan_forward_single(y_scan_sums, y_scan_state, y_add,
                        y_recurrent_kernel, y_scan, n);
        }
    }
}

/* y.slice = slice(y.scan)   [1, 2] */
static NN_APART void case5_fast_y_slice_forward(int batch, const float *NN_RESTRICT y_scan,
                                                float *NN_RESTRICT y_slice)
{
    for (int n = 0; n < batch; n++)
        for (int c = 0; c < 2; c++)
            y_slice[n * 2 + c] = y_scan[n * 12 + c + 10];
}

static NN_APART void case5_fast_y_forward_copy(int batch, const float *NN_RESTRICT y_slice,
                                               float *NN_RESTRICT y_out)
{
    const int total = batch * 2;
    for (int block = 0; block < (total + 4095) / 4096; block++) {
        const int end = block * 4096 + 4096 < total ? block * 4096 + 4096 : total;
        for (int k = block * 4096; k < end; k++)
            y_out[k] = y_slice[k];
    }
}

static void case5_fast_run(float *state, char *arena, const nn_step *step,
                           const void *const *inputs, const void *const *targets,
                           void *const *outputs, float *results, int threads)
{
    (void)targets;
    (void)results;
    (void)threads;
    const int batch = step->batch;
    const float *const x = (const float *)inputs[0]; /* [6, 2] */
    const float *const simple_rnn_1_kernel = state + 0; /* [2, 18] */
    const float *const simple_rnn_1_recurrent_kernel = state + 64; /* [18, 18] */
    const float *const simple_rnn_1_bias = state + 640; /* [18] */
    const float *const y_kernel = state + 672; /* [18, 2] */
    const float *const y_recurrent_kernel = state + 960; /* [2, 2] */
    const float *const y_bias = state + 992; /* [2] */
    float *const simple_rnn_1_add = (float *)(void *)(arena + 0); /* [6, 18] */
    float *const simple_rnn_1 = (float *)(void *)(arena + 1344); /* [6, 18] */
    float *const y_add = (float *)(void *)(arena + 0); /* [6, 2] */
    float *const y_scan = (float *)(void *)(arena + 576); /* [6, 2] */
    float *const y_slice = (float *)(void *)(arena + 0); /* [1, 2] */
    float *const y_out = (float *)outputs[0]; /* [2] */
    float *const simple_rnn_1_sums = (float *)(void *)(arena + 2688);
    float *const simple_rnn_1_state = (float *)(void *)(arena + 3072);
    float *const y_scan_sums = (float *)(void *)(arena + 192);
    float *const y_scan_state = (float *)(void *)(arena + 384);
    const uint64_t mode = nn_flush_denormals();
    case5_fast_simple_rnn_1_contract_forward(batch, x, simple_rnn_1_kernel, simple_rnn_1_bias,
            simple_rnn_1_add);
    case5_fast_simple_rnn_1_forward(batch, simple_rnn_1_sums, simple_rnn_1_state, simple_rnn_1_add,
            simple_rnn_1_recurrent_kernel, simple_rnn_1);
    case5_fast_y_contract_forward(batch, simple_rnn_1, y_kernel, y_bias, y_add);
    case5_fast_y_scan_forward(batch, y_scan_sums, y_scan_state, y_add, y_recurrent_kernel, y_scan);
    case5_fast_y_slice_forward(batch, y_scan, y_slice);
    case5_fast_y_forward_copy(batch, y_slice, y_out);
    nn_restore_denormals(mode);
}

/* simple_rnn_1.contract = contract(x, simple_rnn_1.kernel)   [6, 18]
 * simple_rnn_1.add = add(simple_rnn_1.contract, simple_rnn_1.bias)   [6, 18] */
static NN_APART void case5_plain_simple_rnn_1_contract_forward(int batch,
        const float *NN_RESTRICT x, const float *NN_RESTRICT simple_rnn_1_kernel,
        const float *NN_RESTRICT simple_rnn_1_bias, float *NN_RESTRICT simple_rnn_1_add)
{
    for (int n = 0; n < batch; n++)
        for (int i = 0; i < 6; i++)
            for (int c = 0; c < 18; c++) {
                float sum = 0.0f;
                for (int c_2 = 0; c_2 < 2; c_2++)
                    sum += x[n * 12 + i * 2 + c_2] * simple_rnn_1_kernel[c_2 * 18 + c];
                simple_rnn_1_add[n * 108 + i * 18 + c] = sum + simple_rnn_1_bias[c];
            }
}

/* simple_rnn_1 = scan(simple_rnn_1.add, simple_rnn_1.recurrent_kernel, 0, 0)   [6, 18]
 * 6 steps, 18 columns */
#if NN_REGISTERS >= 32
enum { CASE5_PLAIN_SIMPLE_RNN_1_FORWARD_ROWS = 2 };
#else
enum { CASE5_PLAIN_SIMPLE_RNN_1_FORWARD_ROWS = 2 };
#endif
NN_INLINE void case5_plain_simple_rnn_1_forward_tile(const int rows,
        float *NN_RESTRICT simple_rnn_1_sums, float *NN_RESTRICT simple_rnn_1_state,
        const float *NN_RESTRICT simple_rnn_1_add,
        const float *NN_RESTRICT simple_rnn_1_recurrent_kernel, float *NN_RESTRICT simple_rnn_1,
        int n)
{
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < 18; c++)
            simple_rnn_1_state[(n + r) * 32 + c] = 0.0f;
    for (int t = 0; t < 6; t++) {
        for (int r = 0; r < rows; r++)
            for (int o = 0; o < 18; o++)
                simple_rnn_1_sums[(n + r) * 32 + o] = simple_rnn_1_add[(n + r) * 108 + t * 18 + o];
        for (int r = 0; r < rows; r++)
            for (int k = 0; k < 18; k++)
                for (int o = 0; o < 18; o++)
                    simple_rnn_1_sums[(n + r) * 32 + o] += simple_rnn_1_state[(n + r) * 32 + k] *
                            simple_rnn_1_recurrent_kernel[k * 18 + o];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < 32; c++) {
                const float h = nn_tanh(simple_rnn_1_sums[(n + r) * 32 + c]);
                simple_rnn_1_state[(n + r) * 32 + c] = h;
            }
            for (int c = 0; c < 18; c++)
                simple_rnn_1[(n + r) * 108 + t * 18 + c] = simple_rnn_1_state[(n + r) * 32 + c];
        }
    }
}

static NN_APART void case5_plain_simple_rnn_1_forward_large(float *NN_RESTRICT simple_rnn_1_sums,
        float *NN_RESTRICT simple_rnn_1_state, const float *NN_RESTRICT simple_rnn_1_add,
        const float *NN_RESTRICT simple_rnn_1_recurrent_kernel, float *NN_RESTRICT simple_rnn_1,
        int n)
{
    case5_plain_simple_rnn_1_forward_tile(CASE5_PLAIN_SIMPLE_RNN_1_FORWARD_ROWS, simple_rnn_1_sums,
            simple_rnn_1_state, simple_rnn_1_add, simple_rnn_1_recurrent_kernel, simple_rnn_1, n);
}

static NN_APART void case5_plain_simple_rnn_1_forward_small(float *NN_RESTRICT simple_rnn_1_sums,
        float *NN_RESTRICT simple_rnn_1_state, const float *NN_RESTRICT simple_rnn_1_add,
        const float *NN_RESTRICT simple_rnn_1_recurrent_kernel, float *NN_RESTRICT simple_rnn_1,
        int n)
{
    case5_plain_simple_rnn_1_forward_tile(1, simple_rnn_1_sums, simple_rnn_1_state,
            simple_rnn_1_add, simple_rnn_1_recurrent_kernel, simple_rnn_1, n);
}

static NN_APART void case5_plain_simple_rnn_1_forward_single(float *NN_RESTRICT simple_rnn_1_sums,
        float *NN_RESTRICT simple_rnn_1_state, const float *NN_RESTRICT simple_rnn_1_add,
        const float *NN_RESTRICT simple_rnn_1_recurrent_kernel, float *NN_RESTRICT simple_rnn_1,
        int n)
{
    case5_plain_simple_rnn_1_forward_tile(1, simple_rnn_1_sums, simple_rnn_1_state,
            simple_rnn_1_add, simple_rnn_1_recurrent_kernel, simple_rnn_1, n);
}

static NN_APART void case5_plain_simple_rnn_1_forward(int batch,
        float *NN_RESTRICT simple_rnn_1_sums, float *NN_RESTRICT simple_rnn_1_state,
        const float *NN_RESTRICT simple_rnn_1_add,
        const float *NN_RESTRICT simple_rnn_1_recurrent_kernel, float *NN_RESTRICT simple_rnn_1)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE5_PLAIN_SIMPLE_RNN_1_FORWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case5_plain_simple_rnn_1_forward_large(simple_rnn_1_sums, simple_rnn_1_state,
                        simple_rnn_1_add, simple_rnn_1_recurrent_kernel, simple_rnn_1, n);
            } else {
                case5_plain_simple_rnn_1_forward_small(simple_rnn_1_sums, simple_rnn_1_state,
                        simple_rnn_1_add, simple_rnn_1_recurrent_kernel, simple_rnn_1, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case5_plain_simple_rnn_1_forward_single(simple_rnn_1_sums, simple_rnn_1_state,
                        simple_rnn_1_add, simple_rnn_1_recurrent_kernel, simple_rnn_1, n);
        }
    }
}

/* y.contract = contract(simple_rnn_1, y.kernel)   [6, 2]
 * y.add = add(y.contract, y.bias)   [6, 2] */
static NN_APART void case5_plain_y_contract_forward(int batch,
        const float *NN_RESTRICT simple_rnn_1, const float *NN_RESTRICT y_kernel,
        const float *NN_RESTRICT y_bias, float *NN_RESTRICT y_add)
{
    for (int n = 0; n < batch; n++)
        for (int i = 0; i < 6; i++)
            for (int c = 0; c < 2; c++) {
                float sum = 0.0f;
                for (int c_2 = 0; c_2 < 18; c_2++)
                    sum += simple_rnn_1[n * 108 + i * 18 + c_2] * y_kernel[c_2 * 2 + c];
                y_add[n * 12 + i * 2 + c] = sum + y_bias[c];
            }
}

/* y.scan = scan(y.add, y.recurrent_kernel, 0, 0)   [6, 2]
 * 6 steps, 2 columns */
#if NN_REGISTERS >= 32
enum { CASE5_PLAIN_Y_SCAN_FORWARD_ROWS = 2 };
#else
enum { CASE5_PLAIN_Y_SCAN_FORWARD_ROWS = 2 };
#endif
NN_INLINE void case5_plain_y_scan_forward_tile(const int rows, float *NN_RESTRICT y_scan_sums,
                                               float *NN_RESTRICT y_scan_state,
                                               const float *NN_RESTRICT y_add,
                                               const float *NN_RESTRICT y_recurrent_kernel,
                                               float *NN_RESTRICT y_scan, int n)
{
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < 2; c++)
            y_scan_state[(n + r) * 16 + c] = 0.0f;
    for (int t = 0; t < 6; t++) {
        for (int r = 0; r < rows; r++)
            for (int o = 0; o < 2; o++)
                y_scan_sums[(n + r) * 16 + o] = y_add[(n + r) * 12 + t * 2 + o];
        for (int r = 0; r < rows; r++)
            for (int k = 0; k < 2; k++)
                for (int o = 0; o < 2; o++)
                    y_scan_sums[(n + r) * 16 + o] += y_scan_state[(n + r) * 16 + k] *
                            y_recurrent_kernel[k * 2 + o];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < 16; c++) {
                const float h = nn_sigmoid(y_scan_sums[(n + r) * 16 + c]);
                y_scan_state[(n + r) * 16 + c] = h;
            }
            for (int c = 0; c < 2; c++)
                y_scan[(n + r) * 12 + t * 2 + c] = y_scan_state[(n + r) * 16 + c];
        }
    }
}

static NN_APART void case5_plain_y_scan_forward_large(float *NN_RESTRICT y_scan_sums,
        float *NN_RESTRICT y_scan_state, const float *NN_RESTRICT y_add,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT y_scan, int n)
{
    case5_plain_y_scan_forward_tile(CASE5_PLAIN_Y_SCAN_FORWARD_ROWS, y_scan_sums, y_scan_state,
            y_add, y_recurrent_kernel, y_scan, n);
}

static NN_APART void case5_plain_y_scan_forward_small(float *NN_RESTRICT y_scan_sums,
        float *NN_RESTRICT y_scan_state, const float *NN_RESTRICT y_add,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT y_scan, int n)
{
    case5_plain_y_scan_forward_tile(1, y_scan_sums, y_scan_state, y_add, y_recurrent_kernel,
            y_scan, n);
}

static NN_APART void case5_plain_y_scan_forward_single(float *NN_RESTRICT y_scan_sums,
        float *NN_RESTRICT y_scan_state, const float *NN_RESTRICT y_add,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT y_scan, int n)
{
    case5_plain_y_scan_forward_tile(1, y_scan_sums, y_scan_state, y_add, y_recurrent_kernel,
            y_scan, n);
}

static NN_APART void case5_plain_y_scan_forward(int batch, float *NN_RESTRICT y_scan_sums,
                                                float *NN_RESTRICT y_scan_state,
                                                const float *NN_RESTRICT y_add,
                                                const float *NN_RESTRICT y_recurrent_kernel,
                                                float *NN_RESTRICT y_scan)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE5_PLAIN_Y_SCAN_FORWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case5_plain_y_scan_forward_large(y_scan_sums, y_scan_state, y_add,
                        y_recurrent_kernel, y_scan, n);
            } else {
                case5_plain_y_scan_forward_small(y_scan_sums, y_scan_state, y_add,
                        y_recurrent_kernel, y_scan, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case5_plain_y_scan_forward_single(y_scan_sums, y_scan_state, y_add,
                        y_recurrent_kernel, y_scan, n);
        }
    }
}

/* y.slice = slice(y.scan)   [1, 2] */
static NN_APART void case5_plain_y_slice_forward(int batch, const float *NN_RESTRICT y_scan,
                                                 float *NN_RESTRICT y_slice)
{
    for (int n = 0; n < batch; n++)
        for (int c = 0; c < 2; c++)
            y_slice[n * 2 + c] = y_scan[n * 12 + c + 10];
}

static NN_APART void case5_plain_y_forward_copy(int batch, const float *NN_RESTRICT y_slice,
                                                float *NN_RESTRICT y_out)
{
    const int total = batch * 2;
    for (int block = 0; block < (total + 4095) / 4096; block++) {
        const int end = block * 4096 + 4096 < total ? block * 4096 + 4096 : total;
        for (int k = block * 4096; k < end; k++)
            y_out[k] = y_slice[k];
    }
}

static void case5_plain_run(float *state, char *arena, const nn_step *step,
                            const void *const *inputs, const void *const *targets,
                            void *const *outputs, float *results, int threads)
{
    (void)targets;
    (void)results;
    (void)threads;
    const int batch = step->batch;
    const float *const x = (const float *)inputs[0]; /* [6, 2] */
    const float *const simple_rnn_1_kernel = state + 0; /* [2, 18] */
    const float *const simple_rnn_1_recurrent_kernel = state + 48; /* [18, 18] */
    const float *const simple_rnn_1_bias = state + 384; /* [18] */
    const float *const y_kernel = state + 416; /* [18, 2] */
    const float *const y_recurrent_kernel = state + 464; /* [2, 2] */
    const float *const y_bias = state + 480; /* [2] */
    float *const simple_rnn_1_add = (float *)(void *)(arena + 0); /* [6, 18] */
    float *const simple_rnn_1 = (float *)(void *)(arena + 1344); /* [6, 18] */
    float *const y_add = (float *)(void *)(arena + 0); /* [6, 2] */
    float *const y_scan = (float *)(void *)(arena + 576); /* [6, 2] */
    float *const y_slice = (float *)(void *)(arena + 0); /* [1, 2] */
    float *const y_out = (float *)outputs[0]; /* [2] */
    float *const simple_rnn_1_sums = (float *)(void *)(arena + 2688);
    float *const simple_rnn_1_state = (float *)(void *)(arena + 3072);
    float *const y_scan_sums = (float *)(void *)(arena + 192);
    float *const y_scan_state = (float *)(void *)(arena + 384);
    const uint64_t mode = nn_flush_denormals();
    case5_plain_simple_rnn_1_contract_forward(batch, x, simple_rnn_1_kernel, simple_rnn_1_bias,
            simple_rnn_1_add);
    case5_plain_simple_rnn_1_forward(batch, simple_rnn_1_sums, simple_rnn_1_state,
            simple_rnn_1_add, simple_rnn_1_recurrent_kernel, simple_rnn_1);
    case5_plain_y_contract_forward(batch, simple_rnn_1, y_kernel, y_bias, y_add);
    case5_plain_y_scan_forward(batch, y_scan_sums, y_scan_state, y_add, y_recurrent_kernel, y_scan);
    case5_plain_y_slice_forward(batch, y_scan, y_slice);
    case5_plain_y_forward_copy(batch, y_slice, y_out);
    nn_restore_denormals(mode);
}

/* simple_rnn_1.contract = contract(x, simple_rnn_1.kernel)   [6, 18]
 * simple_rnn_1.add = add(simple_rnn_1.contract, simple_rnn_1.bias)   [6, 18] */
#if NN_REGISTERS >= 32
enum { CASE5_FILLED_SIMPLE_RNN_1_CONTRACT_FORWARD_ROWS = 6 };
#else
enum { CASE5_FILLED_SIMPLE_RNN_1_CONTRACT_FORWARD_ROWS = 6 };
#endif
NN_INLINE void case5_filled_simple_rnn_1_contract_forward_tile(const int rows,
        const float *NN_RESTRICT x, const float *NN_RESTRICT simple_rnn_1_kernel,
        const float *NN_RESTRICT simple_rnn_1_bias, float *NN_RESTRICT simple_rnn_1_add, int n,
        int j, int panel)
{
    float sum[CASE5_FILLED_SIMPLE_RNN_1_CONTRACT_FORWARD_ROWS * 32];
    for (int column = 0; column < 32; column += 2 * NN_LANES) {
        nn_vec acc[CASE5_FILLED_SIMPLE_RNN_1_CONTRACT_FORWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE5_FILLED_SIMPLE_RNN_1_CONTRACT_FORWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int k = 0; k < 2; k++) {
            const float *at = simple_rnn_1_kernel + panel * 64 + k * 32 + column;
            const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
            NN_UNROLL
            for (int r = 0; r < CASE5_FILLED_SIMPLE_RNN_1_CONTRACT_FORWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(x[n * 12 + j * 2 + k + r * 2]);
                    acc[r][0] += scalar * b0;
                    acc[r][1] += scalar * b1;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE5_FILLED_SIMPLE_RNN_1_CONTRACT_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 32 + column, acc[r][0]);
                nn_store(sum + r * 32 + column + NN_LANES, acc[r][1]);
            }
    }
    for (int r = 0; r < rows; r++)
        for (int lane = 0; lane < 18; lane++)
            simple_rnn_1_add[n * 108 + (j + r) * 18 + lane] = sum[r * 32 + lane] +
                    simple_rnn_1_bias[lane];
}

static NN_APART void case5_filled_simple_rnn_1_contract_forward_large(const float *NN_RESTRICT x,
        const float *NN_RESTRICT simple_rnn_1_kernel, const float *NN_RESTRICT simple_rnn_1_bias,
        float *NN_RESTRICT simple_rnn_1_add, int n, int j, int panel)
{
    case5_filled_simple_rnn_1_contract_forward_tile(CASE5_FILLED_SIMPLE_RNN_1_CONTRACT_FORWARD_ROWS, x, simple_rnn_1_kernel, simple_rnn_1_bias, simple_rnn_1_add, n, j, panel);
}

static NN_APART void case5_filled_simple_rnn_1_contract_forward(int batch,
        const float *NN_RESTRICT x, const float *NN_RESTRICT simple_rnn_1_kernel,
        const float *NN_RESTRICT simple_rnn_1_bias, float *NN_RESTRICT simple_rnn_1_add)
{
    for (int n = 0; n < batch; n++) {
        const int panel = 0;
        const int j = 0;
        case5_filled_simple_rnn_1_contract_forward_large(x, simple_rnn_1_kernel, simple_rnn_1_bias,
                simple_rnn_1_add, n, j, panel);
    }
}

/* simple_rnn_1 = scan(simple_rnn_1.add, simple_rnn_1.recurrent_kernel, 0, 0)   [6, 18]
 * 6 steps, 18 columns */
#if NN_REGISTERS >= 32
enum { CASE5_FILLED_SIMPLE_RNN_1_FORWARD_ROWS = 2 };
#else
enum { CASE5_FILLED_SIMPLE_RNN_1_FORWARD_ROWS = 2 };
#endif
NN_INLINE void case5_filled_simple_rnn_1_forward_tile(const int rows,
        float *NN_RESTRICT simple_rnn_1_sums, float *NN_RESTRICT simple_rnn_1_state,
        const float *NN_RESTRICT simple_rnn_1_add,
        const float *NN_RESTRICT simple_rnn_1_recurrent_kernel, float *NN_RESTRICT simple_rnn_1,
        int n)
{
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < 18; c++)
            simple_rnn_1_state[(n + r) * 32 + c] = 0.0f;
    for (int t = 0; t < 6; t++) {
        for (int r = 0; r < rows; r++)
            for (int o = 0; o < 18; o++)
                simple_rnn_1_sums[(n + r) * 32 + o] = simple_rnn_1_add[(n + r) * 108 + t * 18 + o];
        for (int column = 0; column < 32; column += 2 * NN_LANES) {
            nn_vec acc[CASE5_FILLED_SIMPLE_RNN_1_FORWARD_ROWS][2];
            NN_UNROLL
            for (int r = 0; r < CASE5_FILLED_SIMPLE_RNN_1_FORWARD_ROWS; r++)
                if (r < rows) {
                    acc[r][0] = nn_load(simple_rnn_1_sums + n * 32 + r * 32 + column);
                    acc[r][1] = nn_load(simple_rnn_1_sums + n * 32 + r * 32 + column + NN_LANES);
                }
            for (int k = 0; k < 18; k++) {
                const float *at = simple_rnn_1_recurrent_kernel + k * 32 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE5_FILLED_SIMPLE_RNN_1_FORWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(simple_rnn_1_state[n * 32 + k + r * 32]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
            NN_UNROLL
            for (int r = 0; r < CASE5_FILLED_SIMPLE_RNN_1_FORWARD_ROWS; r++)
                if (r < rows) {
                    nn_store(simple_rnn_1_sums + n * 32 + r * 32 + column, acc[r][0]);
                    nn_store(simple_rnn_1_sums + n * 32 + r * 32 + column + NN_LANES, acc[r][1]);
                }
        }
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < 32; c++) {
                const float h = nn_tanh(simple_rnn_1_sums[(n + r) * 32 + c]);
                simple_rnn_1_state[(n + r) * 32 + c] = h;
            }
            for (int c = 0; c < 18; c++)
                simple_rnn_1[(n + r) * 108 + t * 18 + c] = simple_rnn_1_state[(n + r) * 32 + c];
        }
    }
}

static NN_APART void case5_filled_simple_rnn_1_forward_large(float *NN_RESTRICT simple_rnn_1_sums,
        float *NN_RESTRICT simple_rnn_1_state, const float *NN_RESTRICT simple_rnn_1_add,
        const float *NN_RESTRICT simple_rnn_1_recurrent_kernel, float *NN_RESTRICT simple_rnn_1,
        int n)
{
    case5_filled_simple_rnn_1_forward_tile(CASE5_FILLED_SIMPLE_RNN_1_FORWARD_ROWS,
            simple_rnn_1_sums, simple_rnn_1_state, simple_rnn_1_add, simple_rnn_1_recurrent_kernel,
            simple_rnn_1, n);
}

static NN_APART void case5_filled_simple_rnn_1_forward_small(float *NN_RESTRICT simple_rnn_1_sums,
        float *NN_RESTRICT simple_rnn_1_state, const float *NN_RESTRICT simple_rnn_1_add,
        const float *NN_RESTRICT simple_rnn_1_recurrent_kernel, float *NN_RESTRICT simple_rnn_1,
        int n)
{
    case5_filled_simple_rnn_1_forward_tile(1, simple_rnn_1_sums, simple_rnn_1_state,
            simple_rnn_1_add, simple_rnn_1_recurrent_kernel, simple_rnn_1, n);
}

static NN_APART void case5_filled_simple_rnn_1_forward_single(float *NN_RESTRICT simple_rnn_1_sums,
        float *NN_RESTRICT simple_rnn_1_state, const float *NN_RESTRICT simple_rnn_1_add,
        const float *NN_RESTRICT simple_rnn_1_recurrent_kernel, float *NN_RESTRICT simple_rnn_1,
        int n)
{
    case5_filled_simple_rnn_1_forward_tile(1, simple_rnn_1_sums, simple_rnn_1_state,
            simple_rnn_1_add, simple_rnn_1_recurrent_kernel, simple_rnn_1, n);
}

static NN_APART void case5_filled_simple_rnn_1_forward(int batch,
        float *NN_RESTRICT simple_rnn_1_sums, float *NN_RESTRICT simple_rnn_1_state,
        const float *NN_RESTRICT simple_rnn_1_add,
        const float *NN_RESTRICT simple_rnn_1_recurrent_kernel, float *NN_RESTRICT simple_rnn_1)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE5_FILLED_SIMPLE_RNN_1_FORWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case5_filled_simple_rnn_1_forward_large(simple_rnn_1_sums, simple_rnn_1_state,
                        simple_rnn_1_add, simple_rnn_1_recurrent_kernel, simple_rnn_1, n);
            } else {
                case5_filled_simple_rnn_1_forward_small(simple_rnn_1_sums, simple_rnn_1_state,
                        simple_rnn_1_add, simple_rnn_1_recurrent_kernel, simple_rnn_1, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case5_filled_simple_rnn_1_forward_single(simple_rnn_1_sums, simple_rnn_1_state,
                        simple_rnn_1_add, simple_rnn_1_recurrent_kernel, simple_rnn_1, n);
        }
    }
}

/* y.contract = contract(simple_rnn_1, y.kernel)   [6, 2]
 * y.add = add(y.contract, y.bias)   [6, 2] */
#if NN_REGISTERS >= 32
enum { CASE5_FILLED_Y_CONTRACT_FORWARD_ROWS = 6 };
#else
enum { CASE5_FILLED_Y_CONTRACT_FORWARD_ROWS = 6 };
#endif
NN_INLINE void case5_filled_y_contract_forward_tile(const int rows,
        const float *NN_RESTRICT simple_rnn_1, const float *NN_RESTRICT y_kernel,
        const float *NN_RESTRICT y_bias, float *NN_RESTRICT y_add, int n, int j, int panel)
{
    float sum[CASE5_FILLED_Y_CONTRACT_FORWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE5_FILLED_Y_CONTRACT_FORWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE5_FILLED_Y_CONTRACT_FORWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int k = 0; k < 18; k++) {
            const float *at = y_kernel + panel * 288 + k * 16 + column;
            const nn_vec b0 = nn_load(at);
            NN_UNROLL
            for (int r = 0; r < CASE5_FILLED_Y_CONTRACT_FORWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(simple_rnn_1[n * 108 + j * 18 + k + r * 18]);
                    acc[r] += scalar * b0;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE5_FILLED_Y_CONTRACT_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE5_FILLED_Y_CONTRACT_FORWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE5_FILLED_Y_CONTRACT_FORWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int k = 0; k < 18; k++) {
            const float *at = y_kernel + panel * 288 + k * 16 + column;
            const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
            NN_UNROLL
            for (int r = 0; r < CASE5_FILLED_Y_CONTRACT_FORWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(simple_rnn_1[n * 108 + j * 18 + k + r * 18]);
                    acc[r][0] += scalar * b0;
                    acc[r][1] += scalar * b1;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE5_FILLED_Y_CONTRACT_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++)
        for (int lane = 0; lane < 2; lane++)
            y_add[n * 12 + (j + r) * 2 + lane] = sum[r * 16 + lane] + y_bias[lane];
}

static NN_APART void case5_filled_y_contract_forward_large(const float *NN_RESTRICT simple_rnn_1,
        const float *NN_RESTRICT y_kernel, const float *NN_RESTRICT y_bias,
        float *NN_RESTRICT y_add, int n, int j, int panel)
{
    case5_filled_y_contract_forward_tile(CASE5_FILLED_Y_CONTRACT_FORWARD_ROWS, simple_rnn_1,
            y_kernel, y_bias, y_add, n, j, panel);
}

static NN_APART void case5_filled_y_contract_forward(int batch,
        const float *NN_RESTRICT simple_rnn_1, const float *NN_RESTRICT y_kernel,
        const float *NN_RESTRICT y_bias, float *NN_RESTRICT y_add)
{
    for (int n = 0; n < batch; n++) {
        const int panel = 0;
        const int j = 0;
        case5_filled_y_contract_forward_large(simple_rnn_1, y_kernel, y_bias, y_add, n, j, panel);
    }
}

/* y.scan = scan(y.add, y.recurrent_kernel, 0, 0)   [6, 2]
 * 6 steps, 2 columns */
#if NN_REGISTERS >= 32
enum { CASE5_FILLED_Y_SCAN_FORWARD_ROWS = 2 };
#else
enum { CASE5_FILLED_Y_SCAN_FORWARD_ROWS = 2 };
#endif
NN_INLINE void case5_filled_y_scan_forward_tile(const int rows, float *NN_RESTRICT y_scan_sums,
                                                float *NN_RESTRICT y_scan_state,
                                                const float *NN_RESTRICT y_add,
                                                const float *NN_RESTRICT y_recurrent_kernel,
                                                float *NN_RESTRICT y_scan, int n)
{
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < 2; c++)
            y_scan_state[(n + r) * 16 + c] = 0.0f;
    for (int t = 0; t < 6; t++) {
        for (int r = 0; r < rows; r++)
            for (int o = 0; o < 2; o++)
                y_scan_sums[(n + r) * 16 + o] = y_add[(n + r) * 12 + t * 2 + o];
#if NN_LANES == 16
        for (int column = 0; column < 16; column += NN_LANES) {
            nn_vec acc[CASE5_FILLED_Y_SCAN_FORWARD_ROWS];
            NN_UNROLL
            for (int r = 0; r < CASE5_FILLED_Y_SCAN_FORWARD_ROWS; r++)
                if (r < rows) {
                    acc[r] = nn_load(y_scan_sums + n * 16 + r * 16 + column);
                }
            for (int k = 0; k < 2; k++) {
                const float *at = y_recurrent_kernel + k * 16 + column;
                const nn_vec b0 = nn_load(at);
                NN_UNROLL
                for (int r = 0; r < CASE5_FILLED_Y_SCAN_FORWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(y_scan_state[n * 16 + k + r * 16]);
                        acc[r] += scalar * b0;
                    }
            }
            NN_UNROLL
            for (int r = 0; r < CASE5_FILLED_Y_SCAN_FORWARD_ROWS; r++)
                if (r < rows) {
                    nn_store(y_scan_sums + n * 16 + r * 16 + column, acc[r]);
                }
        }
#else
        for (int column = 0; column < 16; column += 2 * NN_LANES) {
            nn_vec acc[CASE5_FILLED_Y_SCAN_FORWARD_ROWS][2];
            NN_UNROLL
            for (int r = 0; r < CASE5_FILLED_Y_SCAN_FORWARD_ROWS; r++)
                if (r < rows) {
                    acc[r][0] = nn_load(y_scan_sums + n * 16 + r * 16 + column);
                    acc[r][1] = nn_load(y_scan_sums + n * 16 + r * 16 + column + NN_LANES);
                }
            for (int k = 0; k < 2; k++) {
                const float *at = y_recurrent_kernel + k * 16 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE5_FILLED_Y_SCAN_FORWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(y_scan_state[n * 16 + k + r * 16]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
            NN_UNROLL
            for (int r = 0; r < CASE5_FILLED_Y_SCAN_FORWARD_ROWS; r++)
                if (r < rows) {
                    nn_store(y_scan_sums + n * 16 + r * 16 + column, acc[r][0]);
                    nn_store(y_scan_sums + n * 16 + r * 16 + column + NN_LANES, acc[r][1]);
                }
        }
#endif
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < 16; c++) {
                const float h = nn_sigmoid(y_scan_sums[(n + r) * 16 + c]);
                y_scan_state[(n + r) * 16 + c] = h;
            }
            for (int c = 0; c < 2; c++)
                y_scan[(n + r) * 12 + t * 2 + c] = y_scan_state[(n + r) * 16 + c];
        }
    }
}

static NN_APART void case5_filled_y_scan_forward_large(float *NN_RESTRICT y_scan_sums,
        float *NN_RESTRICT y_scan_state, const float *NN_RESTRICT y_add,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT y_scan, int n)
{
    case5_filled_y_scan_forward_tile(CASE5_FILLED_Y_SCAN_FORWARD_ROWS, y_scan_sums, y_scan_state,
            y_add, y_recurrent_kernel, y_scan, n);
}

static NN_APART void case5_filled_y_scan_forward_small(float *NN_RESTRICT y_scan_sums,
        float *NN_RESTRICT y_scan_state, const float *NN_RESTRICT y_add,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT y_scan, int n)
{
    case5_filled_y_scan_forward_tile(1, y_scan_sums, y_scan_state, y_add, y_recurrent_kernel,
            y_scan, n);
}

static NN_APART void case5_filled_y_scan_forward_single(float *NN_RESTRICT y_scan_sums,
        float *NN_RESTRICT y_scan_state, const float *NN_RESTRICT y_add,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT y_scan, int n)
{
    case5_filled_y_scan_forward_tile(1, y_scan_sums, y_scan_state, y_add, y_recurrent_kernel,
            y_scan, n);
}

static NN_APART void case5_filled_y_scan_forward(int batch, float *NN_RESTRICT y_scan_sums,
                                                 float *NN_RESTRICT y_scan_state,
                                                 const float *NN_RESTRICT y_add,
                                                 const float *NN_RESTRICT y_recurrent_kernel,
                                                 float *NN_RESTRICT y_scan)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE5_FILLED_Y_SCAN_FORWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case5_filled_y_scan_forward_large(y_scan_sums, y_scan_state, y_add,
                        y_recurrent_kernel, y_scan, n);
            } else {
                case5_filled_y_scan_forward_small(y_scan_sums, y_scan_state, y_add,
                        y_recurrent_kernel, y_scan, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case5_filled_y_scan_forward_single(y_scan_sums, y_scan_state, y_add,
                        y_recurrent_kernel, y_scan, n);
        }
    }
}

/* y.slice = slice(y.scan)   [1, 2] */
static NN_APART void case5_filled_y_slice_forward(int batch, const float *NN_RESTRICT y_scan,
        float *NN_RESTRICT y_slice)
{
    for (int n = 0; n < batch; n++)
        for (int c = 0; c < 2; c++)
            y_slice[n * 2 + c] = y_scan[n * 12 + c + 10];
}

static NN_APART void case5_filled_y_forward_copy(int batch, const float *NN_RESTRICT y_slice,
                                                 float *NN_RESTRICT y_out)
{
    const int total = batch * 2;
    for (int block = 0; block < (total + 4095) / 4096; block++) {
        const int end = block * 4096 + 4096 < total ? block * 4096 + 4096 : total;
        for (int k = block * 4096; k < end; k++)
            y_out[k] = y_slice[k];
    }
}

static void case5_filled_run(float *state, char *arena, const nn_step *step,
                             const void *const *inputs, const void *const *targets,
                             void *const *outputs, float *results, int threads)
{
    (void)targets;
    (void)results;
    (void)threads;
    const int batch = step->batch;
    const float *const x = (const float *)inputs[0]; /* [6, 2] */
    const float *const simple_rnn_1_kernel = state + 0; /* [2, 18] */
    const float *const simple_rnn_1_recurrent_kernel = state + 64; /* [18, 18] */
    const float *const simple_rnn_1_bias = state + 640; /* [18] */
    const float *const y_kernel = state + 672; /* [18, 2] */
    const float *const y_recurrent_kernel = state + 960; /* [2, 2] */
    const float *const y_bias = state + 992; /* [2] */
    float *const simple_rnn_1_add = (float *)(void *)(arena + 0); /* [6, 18] */
    float *const simple_rnn_1 = (float *)(void *)(arena + 1344); /* [6, 18] */
    float *const y_add = (float *)(void *)(arena + 0); /* [6, 2] */
    float *const y_scan = (float *)(void *)(arena + 576); /* [6, 2] */
    float *const y_slice = (float *)(void *)(arena + 0); /* [1, 2] */
    float *const y_out = (float *)outputs[0]; /* [2] */
    float *const simple_rnn_1_sums = (float *)(void *)(arena + 2688);
    float *const simple_rnn_1_state = (float *)(void *)(arena + 3072);
    float *const y_scan_sums = (float *)(void *)(arena + 192);
    float *const y_scan_state = (float *)(void *)(arena + 384);
    memset(arena, 0xFF, 3456);
    const uint64_t mode = nn_flush_denormals();
    case5_filled_simple_rnn_1_contract_forward(batch, x, simple_rnn_1_kernel, simple_rnn_1_bias,
            simple_rnn_1_add);
    case5_filled_simple_rnn_1_forward(batch, simple_rnn_1_sums, simple_rnn_1_state,
            simple_rnn_1_add, simple_rnn_1_recurrent_kernel, simple_rnn_1);
    memset(arena + 0, 0xFF, 1296); /* simple_rnn_1_add */
    memset(arena + 2688, 0xFF, 384); /* simple_rnn_1_sums */
    memset(arena + 3072, 0xFF, 384); /* simple_rnn_1_state */
    case5_filled_y_contract_forward(batch, simple_rnn_1, y_kernel, y_bias, y_add);
    memset(arena + 1344, 0xFF, 1296); /* simple_rnn_1 */
    case5_filled_y_scan_forward(batch, y_scan_sums, y_scan_state, y_add, y_recurrent_kernel,
            y_scan);
    memset(arena + 0, 0xFF, 144); /* y_add */
    memset(arena + 192, 0xFF, 192); /* y_scan_sums */
    memset(arena + 384, 0xFF, 192); /* y_scan_state */
    case5_filled_y_slice_forward(batch, y_scan, y_slice);
    memset(arena + 576, 0xFF, 144); /* y_scan */
    case5_filled_y_forward_copy(batch, y_slice, y_out);
    memset(arena + 0, 0xFF, 24); /* y_slice */
    nn_restore_denormals(mode);
}

/* h.reverse = reverse(x)   [3, 3] */
static NN_APART void case6_fast_h_reverse_forward(int batch, const float *NN_RESTRICT x,
        float *NN_RESTRICT h_reverse)
{
    for (int n = 0; n < batch; n++)
        for (int i = 0; i < 3; i++)
            for (int c = 0; c < 3; c++)
                h_reverse[n * 9 + i * 3 + c] = x[n * 9 + (2 - i) * 3 + c];
}

/* h.contract = contract(h.reverse, h.kernel)   [3, 3]
 * h.add = add(h.contract, h.bias)   [3, 3] */
#if NN_REGISTERS >= 32
enum { CASE6_FAST_H_CONTRACT_FORWARD_ROWS = 3 };
#else
enum { CASE6_FAST_H_CONTRACT_FORWARD_ROWS = 3 };
#endif
NN_INLINE void case6_fast_h_contract_forward_tile(const int rows,
        const float *NN_RESTRICT h_reverse, const float *NN_RESTRICT h_kernel,
        const float *NN_RESTRICT h_bias, float *NN_RESTRICT h_add, int n, int j, int panel)
{
    float sum[CASE6_FAST_H_CONTRACT_FORWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE6_FAST_H_CONTRACT_FORWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE6_FAST_H_CONTRACT_FORWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int k = 0; k < 3; k++) {
            const float *at = h_kernel + panel * 48 + k * 16 + column;
            const nn_vec b0 = nn_load(at);
            NN_UNROLL
            for (int r = 0; r < CASE6_FAST_H_CONTRACT_FORWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(h_reverse[n * 9 + j * 3 + k + r * 3]);
                    acc[r] += scalar * b0;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE6_FAST_H_CONTRACT_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE6_FAST_H_CONTRACT_FORWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE6_FAST_H_CONTRACT_FORWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int k = 0; k < 3; k++) {
            const float *at = h_kernel + panel * 48 + k * 16 + column;
            const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
            NN_UNROLL
            for (int r = 0; r < CASE6_FAST_H_CONTRACT_FORWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(h_reverse[n * 9 + j * 3 + k + r * 3]);
                    acc[r][0] += scalar * b0;
                    acc[r][1] += scalar * b1;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE6_FAST_H_CONTRACT_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++)
        for (int lane = 0; lane < 3; lane++)
            h_add[n * 9 + (j + r) * 3 + lane] = sum[r * 16 + lane] + h_bias[lane];
}

static NN_APART void case6_fast_h_contract_forward_large(const float *NN_RESTRICT h_reverse,
        const float *NN_RESTRICT h_kernel, const float *NN_RESTRICT h_bias,
        float *NN_RESTRICT h_add, int n, int j, int panel)
{
    case6_fast_h_contract_forward_tile(CASE6_FAST_H_CONTRACT_FORWARD_ROWS, h_reverse, h_kernel,
            h_bias, h_add, n, j, panel);
}

static NN_APART void case6_fast_h_contract_forward(int batch, const float *NN_RESTRICT h_reverse,
        const float *NN_RESTRICT h_kernel, const float *NN_RESTRICT h_bias,
        float *NN_RESTRICT h_add)
{
    for (int n = 0; n < batch; n++) {
        const int panel = 0;
        const int j = 0;
        case6_fast_h_contract_forward_large(h_reverse, h_kernel, h_bias, h_add, n, j, panel);
    }
}

/* h = scan(h.add, h.recurrent_kernel, 0, 0)   [3, 3]
 * d_h.scan_trace = scan_trace(h.add, h.recurrent_kernel, 0, 0)   [3, 1, 16]
 * mul_1 = mul(h, h)   [3, 3]
 * y.add = add(h, x)   [3, 3]
 * y = add(y.add, mul_1)   [3, 3]
 * d_h = add(d_mul_1.add, d_mul_1.mul_2)   [3, 3]
 * 3 steps, 3 columns */
#if NN_REGISTERS >= 32
enum { CASE6_FAST_H_FORWARD_ROWS = 2 };
#else
enum { CASE6_FAST_H_FORWARD_ROWS = 2 };
#endif
NN_INLINE void case6_fast_h_forward_tile(const int rows, float *NN_RESTRICT h_sums,
                                         float *NN_RESTRICT h_state,
                                         const float *NN_RESTRICT h_add,
                                         const float *NN_RESTRICT h_recurrent_kernel,
                                         float *NN_RESTRICT d_h_scan_trace,
                                         const float *NN_RESTRICT x, const float *NN_RESTRICT seed,
                                         float *NN_RESTRICT t_h, float *NN_RESTRICT y,
                                         float *NN_RESTRICT d_h, int n)
{
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < 3; c++)
            h_state[(n + r) * 16 + c] = 0.0f;
    for (int t = 0; t < 3; t++) {
        for (int r = 0; r < rows; r++)
            for (int o = 0; o < 3; o++)
                h_sums[(n + r) * 16 + o] = h_add[(n + r) * 9 + t * 3 + o];
#if NN_LANES == 16
        for (int column = 0; column < 16; column += NN_LANES) {
            nn_vec acc[CASE6_FAST_H_FORWARD_ROWS];
            NN_UNROLL
            for (int r = 0; r < CASE6_FAST_H_FORWARD_ROWS; r++)
                if (r < rows) {
                    acc[r] = nn_load(h_sums + n * 16 + r * 16 + column);
                }
            for (int k = 0; k < 3; k++) {
                const float *at = h_recurrent_kernel + k * 16 + column;
                const nn_vec b0 = nn_load(at);
                NN_UNROLL
                for (int r = 0; r < CASE6_FAST_H_FORWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(h_state[n * 16 + k + r * 16]);
                        acc[r] += scalar * b0;
                    }
            }
            NN_UNROLL
            for (int r = 0; r < CASE6_FAST_H_FORWARD_ROWS; r++)
                if (r < rows) {
                    nn_store(h_sums + n * 16 + r * 16 + column, acc[r]);
                }
        }
#else
        for (int column = 0; column < 16; column += 2 * NN_LANES) {
            nn_vec acc[CASE6_FAST_H_FORWARD_ROWS][2];
            NN_UNROLL
            for (int r = 0; r < CASE6_FAST_H_FORWARD_ROWS; r++)
                if (r < rows) {
                    acc[r][0] = nn_load(h_sums + n * 16 + r * 16 + column);
                    acc[r][1] = nn_load(h_sums + n * 16 + r * 16 + column + NN_LANES);
                }
            for (int k = 0; k < 3; k++) {
                const float *at = h_recurrent_kernel + k * 16 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE6_FAST_H_FORWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(h_state[n * 16 + k + r * 16]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
            NN_UNROLL
            for (int r = 0; r < CASE6_FAST_H_FORWARD_ROWS; r++)
                if (r < rows) {
                    nn_store(h_sums + n * 16 + r * 16 + column, acc[r][0]);
                    nn_store(h_sums + n * 16 + r * 16 + column + NN_LANES, acc[r][1]);
                }
        }
#endif
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < 16; c++) {
                const float h = nn_tanh(h_sums[(n + r) * 16 + c]);
                h_state[(n + r) * 16 + c] = h;
                d_h_scan_trace[(n + r) * 48 + t * 16 + c] = h;
            }
            for (int c = 0; c < 3; c++) {
                const float h_value = h_state[(n + r) * 16 + c];
                const float mul_1_value = h_value * h_value;
                const float y_add_value = h_value + x[(n + r) * 9 + t * 3 + c];
                const float y_value = y_add_value + mul_1_value;
                const float d_h_value = seed[(n + r) * 9 + t * 3 + c] + seed[(n + r) * 9 + t * 3 +
                        c] * h_value + seed[(n + r) * 9 + t * 3 + c] * h_value;
                t_h[(n + r) * 12 + t * 3 + c + 3] = h_value;
                y[(n + r) * 9 + t * 3 + c] = y_value;
                d_h[(n + r) * 9 + t * 3 + c] = d_h_value;
            }
        }
    }
}

static NN_APART void case6_fast_h_forward_large(float *NN_RESTRICT h_sums,
                                                float *NN_RESTRICT h_state,
                                                const float *NN_RESTRICT h_add,
                                                const float *NN_RESTRICT h_recurrent_kernel,
                                                float *NN_RESTRICT d_h_scan_trace,
                                                const float *NN_RESTRICT x,
                                                const float *NN_RESTRICT seed,
                                                float *NN_RESTRICT t_h, float *NN_RESTRICT y,
                                                float *NN_RESTRICT d_h, int n)
{
    case6_fast_h_forward_tile(CASE6_FAST_H_FORWARD_ROWS, h_sums, h_state, h_add,
            h_recurrent_kernel, d_h_scan_trace, x, seed, t_h, y, d_h, n);
}

static NN_APART void case6_fast_h_forward_small(float *NN_RESTRICT h_sums,
                                                float *NN_RESTRICT h_state,
                                                const float *NN_RESTRICT h_add,
                                                const float *NN_RESTRICT h_recurrent_kernel,
                                                float *NN_RESTRICT d_h_scan_trace,
                                                const float *NN_RESTRICT x,
                                                const float *NN_RESTRICT seed,
                                                float *NN_RESTRICT t_h, float *NN_RESTRICT y,
                                                float *NN_RESTRICT d_h, int n)
{
    case6_fast_h_forward_tile(1, h_sums, h_state, h_add, h_recurrent_kernel, d_h_scan_trace, x,
            seed, t_h, y, d_h, n);
}

static NN_APART void case6_fast_h_forward_single(float *NN_RESTRICT h_sums,
                                                 float *NN_RESTRICT h_state,
                                                 const float *NN_RESTRICT h_add,
                                                 const float *NN_RESTRICT h_recurrent_kernel,
                                                 float *NN_RESTRICT d_h_scan_trace,
                                                 const float *NN_RESTRICT x,
                                                 const float *NN_RESTRICT seed,
                                                 float *NN_RESTRICT t_h, float *NN_RESTRICT y,
                                                 float *NN_RESTRICT d_h, int n)
{
    case6_fast_h_forward_tile(1, h_sums, h_state, h_add, h_recurrent_kernel, d_h_scan_trace, x,
            seed, t_h, y, d_h, n);
}

static NN_APART void case6_fast_h_forward(int batch, float *NN_RESTRICT h_sums,
                                          float *NN_RESTRICT h_state,
                                          const float *NN_RESTRICT h_add,
                                          const float *NN_RESTRICT h_recurrent_kernel,
                                          float *NN_RESTRICT d_h_scan_trace,
                                          const float *NN_RESTRICT x,
                                          const float *NN_RESTRICT seed, float *NN_RESTRICT t_h,
                                          float *NN_RESTRICT y, float *NN_RESTRICT d_h)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE6_FAST_H_FORWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case6_fast_h_forward_large(h_sums, h_state, h_add, h_recurrent_kernel,
                        d_h_scan_trace, x, seed, t_h, y, d_h, n);
            } else {
                case6_fast_h_forward_small(h_sums, h_state, h_add, h_recurrent_kernel,
                        d_h_scan_trace, x, seed, t_h, y, d_h, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case6_fast_h_forward_single(h_sums, h_state, h_add, h_recurrent_kernel,
                        d_h_scan_trace, x, seed, t_h, y, d_h, n);
        }
    }
}

/* the room around h is zero */
static NN_APART void case6_fast_h_forward_halo(int batch, float *NN_RESTRICT t_h)
{
    for (int n = 0; n < batch; n++) {
        /* room around the data */
        for (int gap = 0; gap < 3; gap++)
            t_h[n * 12 + gap] = 0.0f;
    }
}

/* d_h.transpose = transpose(h.recurrent_kernel)   [3, 3] */
static NN_APART void case6_fast_d_h_transpose_backward(const float *NN_RESTRICT h_recurrent_kernel,
        float *NN_RESTRICT d_h_transpose)
{
    for (int i = 0; i < 3; i++)
        for (int c = 0; c < 3; c++)
            d_h_transpose[i * 16 + c] = h_recurrent_kernel[c * 16 + i];
}

/* the room around d_h.transpose is zero */
static NN_APART void case6_fast_d_h_transpose_backward_halo(float *NN_RESTRICT d_h_transpose)
{
    /* room around the data */
    for (int r = 0; r < 3; r++)
        for (int lane = 3; lane < 16; lane++)
            d_h_transpose[r * 16 + lane] = 0.0f;
}

/* d_h.add = scan_grad(d_h.scan_trace, d_h.transpose, 0, d_h)   [3, 3]
 * 3 steps from the last to the first, 3 columns */
#if NN_REGISTERS >= 32
enum { CASE6_FAST_D_H_ADD_BACKWARD_ROWS = 2 };
#else
enum { CASE6_FAST_D_H_ADD_BACKWARD_ROWS = 2 };
#endif
NN_INLINE void case6_fast_d_h_add_backward_tile(const int rows, float *NN_RESTRICT d_h_add_sums,
                                                float *NN_RESTRICT d_h_add_state,
                                                const float *NN_RESTRICT d_h,
                                                const float *NN_RESTRICT d_h_transpose,
                                                const float *NN_RESTRICT d_h_scan_trace,
                                                float *NN_RESTRICT d_h_add, int n)
{
    for (int later = 0; later < 3; later++) {
        const int t = 2 - later;
        for (int r = 0; r < rows; r++)
            for (int c = 0; c < 3; c++)
                d_h_add_sums[(n + r) * 16 + c] = d_h[(n + r) * 9 + t * 3 + c];
        if (later > 0) {
#if NN_LANES == 16
            for (int column = 0; column < 16; column += NN_LANES) {
                nn_vec acc[CASE6_FAST_D_H_ADD_BACKWARD_ROWS];
                NN_UNROLL
                for (int r = 0; r < CASE6_FAST_D_H_ADD_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        acc[r] = nn_load(d_h_add_sums + n * 16 + r * 16 + column);
                    }
                for (int k = 0; k < 3; k++) {
                    const float *at = d_h_transpose + k * 16 + column;
                    const nn_vec b0 = nn_load(at);
                    NN_UNROLL
                    for (int r = 0; r < CASE6_FAST_D_H_ADD_BACKWARD_ROWS; r++)
                        if (r < rows) {
                            const nn_vec scalar = nn_splat(d_h_add_state[n * 16 + k + r * 16]);
                            acc[r] += scalar * b0;
                        }
                }
                NN_UNROLL
                for (int r = 0; r < CASE6_FAST_D_H_ADD_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        nn_store(d_h_add_sums + n * 16 + r * 16 + column, acc[r]);
                    }
            }
#else
            for (int column = 0; column < 16; column += 2 * NN_LANES) {
                nn_vec acc[CASE6_FAST_D_H_ADD_BACKWARD_ROWS][2];
                NN_UNROLL
                for (int r = 0; r < CASE6_FAST_D_H_ADD_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        acc[r][0] = nn_load(d_h_add_sums + n * 16 + r * 16 + column);
                        acc[r][1] = nn_load(d_h_add_sums + n * 16 + r * 16 + column + NN_LANES);
                    }
                for (int k = 0; k < 3; k++) {
                    const float *at = d_h_transpose + k * 16 + column;
                    const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                    NN_UNROLL
                    for (int r = 0; r < CASE6_FAST_D_H_ADD_BACKWARD_ROWS; r++)
                        if (r < rows) {
                            const nn_vec scalar = nn_splat(d_h_add_state[n * 16 + k + r * 16]);
                            acc[r][0] += scalar * b0;
                            acc[r][1] += scalar * b1;
                        }
                }
                NN_UNROLL
                for (int r = 0; r < CASE6_FAST_D_H_ADD_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        nn_store(d_h_add_sums + n * 16 + r * 16 + column, acc[r][0]);
                        nn_store(d_h_add_sums + n * 16 + r * 16 + column + NN_LANES, acc[r][1]);
                    }
            }
#endif
        }
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < 16; c++) {
                const float d_h_2 = d_h_add_sums[(n + r) * 16 + c];
                const float h = d_h_scan_trace[(n + r) * 48 + t * 16 + c];
                d_h_add_state[(n + r) * 16 + c] = d_h_2 * (1.0f - h * h);
            }
            for (int c = 0; c < 3; c++)
                d_h_add[(n + r) * 48 + t * 16 + c] = d_h_add_state[(n + r) * 16 + c];
        }
    }
}

static NN_APART void case6_fast_d_h_add_backward_large(float *NN_RESTRICT d_h_add_sums,
        float *NN_RESTRICT d_h_add_state, const float *NN_RESTRICT d_h,
        const float *NN_RESTRICT d_h_transpose, const float *NN_RESTRICT d_h_scan_trace,
        float *NN_RESTRICT d_h_add, int n)
{
    case6_fast_d_h_add_backward_tile(CASE6_FAST_D_H_ADD_BACKWARD_ROWS, d_h_add_sums, d_h_add_state,
            d_h, d_h_transpose, d_h_scan_trace, d_h_add, n);
}

static NN_APART void case6_fast_d_h_add_backward_small(float *NN_RESTRICT d_h_add_sums,
        float *NN_RESTRICT d_h_add_state, const float *NN_RESTRICT d_h,
        const float *NN_RESTRICT d_h_transpose, const float *NN_RESTRICT d_h_scan_trace,
        float *NN_RESTRICT d_h_add, int n)
{
    case6_fast_d_h_add_backward_tile(1, d_h_add_sums, d_h_add_state, d_h, d_h_transpose,
            d_h_scan_trace, d_h_add, n);
}

static NN_APART void case6_fast_d_h_add_backward_single(float *NN_RESTRICT d_h_add_sums,
        float *NN_RESTRICT d_h_add_state, const float *NN_RESTRICT d_h,
        const float *NN_RESTRICT d_h_transpose, const float *NN_RESTRICT d_h_scan_trace,
        float *NN_RESTRICT d_h_add, int n)
{
    case6_fast_d_h_add_backward_tile(1, d_h_add_sums, d_h_add_state, d_h, d_h_transpose,
            d_h_scan_trace, d_h_add, n);
}

static NN_APART void case6_fast_d_h_add_backward(int batch, float *NN_RESTRICT d_h_add_sums,
                                                 float *NN_RESTRICT d_h_add_state,
                                                 const float *NN_RESTRICT d_h,
                                                 const float *NN_RESTRICT d_h_transpose,
                                                 const float *NN_RESTRICT d_h_scan_trace,
                                                 float *NN_RESTRICT d_h_add)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE6_FAST_D_H_ADD_BACKWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case6_fast_d_h_add_backward_large(d_h_add_sums, d_h_add_state, d_h, d_h_transpose,
                        d_h_scan_trace, d_h_add, n);
            } else {
                case6_fast_d_h_add_backward_small(d_h_add_sums, d_h_add_state, d_h, d_h_transpose,
                        d_h_scan_trace, d_h_add, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case6_fast_d_h_add_backward_single(d_h_add_sums, d_h_add_state, d_h, d_h_transpose,
                        d_h_scan_trace, d_h_add, n);
        }
    }
}

/* the room around d_h.add is zero */
static NN_APART void case6_fast_d_h_add_backward_halo(int batch, float *NN_RESTRICT d_h_add)
{
    for (int n = 0; n < batch; n++) {
        /* room around the data */
        for (int i = 0; i < 3; i++)
            for (int gap = 0; gap < 13; gap++)
                d_h_add[n * 48 + i * 16 + gap + 3] = 0.0f;
    }
}

/* d_h.recurrent_kernel = contract(h, d_h.add)   [3, 3] */
#if NN_REGISTERS >= 32
enum { CASE6_FAST_D_H_RECURRENT_KERNEL_BACKWARD_ROWS = 3 };
#else
enum { CASE6_FAST_D_H_RECURRENT_KERNEL_BACKWARD_ROWS = 3 };
#endif
NN_INLINE void case6_fast_d_h_recurrent_kernel_backward_tile(const int rows,
        const float *NN_RESTRICT t_h, const float *NN_RESTRICT d_h_add,
        float *NN_RESTRICT d_h_recurrent_kernel, int j, int from, int to)
{
    float sum[CASE6_FAST_D_H_RECURRENT_KERNEL_BACKWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE6_FAST_D_H_RECURRENT_KERNEL_BACKWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE6_FAST_D_H_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x = 0; x < 3; x++) {
                const float *at = d_h_add + n * 48 + x * 16 + column;
                const nn_vec b0 = nn_load(at);
                NN_UNROLL
                for (int r = 0; r < CASE6_FAST_D_H_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(t_h[j + n * 12 + x * 3 + r]);
                        acc[r] += scalar * b0;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE6_FAST_D_H_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE6_FAST_D_H_RECURRENT_KERNEL_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE6_FAST_D_H_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x = 0; x < 3; x++) {
                const float *at = d_h_add + n * 48 + x * 16 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE6_FAST_D_H_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(t_h[j + n * 12 + x * 3 + r]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE6_FAST_D_H_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++) {
        const int row = j + r;
        for (int lane = 0; lane < 3; lane++)
            d_h_recurrent_kernel[row * 3 + lane] = sum[r * 16 + lane];
    }
}

static NN_APART void case6_fast_d_h_recurrent_kernel_backward_large(const float *NN_RESTRICT t_h,
        const float *NN_RESTRICT d_h_add, float *NN_RESTRICT d_h_recurrent_kernel, int j, int from,
        int to)
{
    case6_fast_d_h_recurrent_kernel_backward_tile(CASE6_FAST_D_H_RECURRENT_KERNEL_BACKWARD_ROWS,
            t_h, d_h_add, d_h_recurrent_kernel, j, from, to);
}

static NN_APART void case6_fast_d_h_recurrent_kernel_backward(int batch,
        const float *NN_RESTRICT t_h, const float *NN_RESTRICT d_h_add,
        float *NN_RESTRICT d_h_recurrent_kernel)
{
    for (int unit = 0; unit < 1; unit++) {
        const int j = 0;
        const int from = 0;
        const int to = batch;
        case6_fast_d_h_recurrent_kernel_backward_large(t_h, d_h_add, d_h_recurrent_kernel, j, from,
                to);
    }
}

/* d_h.bias = reduce_sum(d_h.add)   [3] */
static NN_APART void case6_fast_d_h_bias_backward(int batch, const float *NN_RESTRICT d_h_add,
        float *NN_RESTRICT d_h_bias)
{
    float sum[3];
    for (int c = 0; c < 3; c++)
        sum[c] = 0.0f;
    for (int n = 0; n < batch; n++)
        for (int i = 0; i < 3; i++)
            for (int c = 0; c < 3; c++)
                sum[c] += d_h_add[n * 48 + i * 16 + c];
    for (int c = 0; c < 3; c++)
        d_h_bias[c] = sum[c];
}

/* d_h.reverse = contract(d_h.add, h.kernel)   [3, 3] */
static NN_APART void case6_fast_d_h_reverse_backward_turn(const float *NN_RESTRICT h_kernel,
        float *NN_RESTRICT d_h_reverse_turned)
{
    for (int unit = 0; unit < 1; unit++) {
        const int panel = unit;
        const int p = 0;
        for (int q = 0; q < 1; q++)
            for (int o = 0; o < 3; o++)
                for (int lane = 0; lane < 16; lane++)
                    d_h_reverse_turned[panel * 48 + ((p + q) * 3 + o) * 16 + lane] = lane < 3 ?
                            h_kernel[((p * -1 + q * -1) * 3 + panel * 16 + lane) * 16 + o] : 0.0f;
    }
}

/* d_h.reverse = contract(d_h.add, h.kernel)   [3, 3] */
#if NN_REGISTERS >= 32
enum { CASE6_FAST_D_H_REVERSE_BACKWARD_ROWS = 3 };
#else
enum { CASE6_FAST_D_H_REVERSE_BACKWARD_ROWS = 3 };
#endif
NN_INLINE void case6_fast_d_h_reverse_backward_tile(const int rows,
        const float *NN_RESTRICT d_h_add, const float *NN_RESTRICT d_h_reverse_turned,
        float *NN_RESTRICT d_h_reverse, int n, int j, int panel)
{
    float sum[CASE6_FAST_D_H_REVERSE_BACKWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE6_FAST_D_H_REVERSE_BACKWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE6_FAST_D_H_REVERSE_BACKWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int k = 0; k < 3; k++) {
            const float *at = d_h_reverse_turned + panel * 48 + k * 16 + column;
            const nn_vec b0 = nn_load(at);
            NN_UNROLL
            for (int r = 0; r < CASE6_FAST_D_H_REVERSE_BACKWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(d_h_add[n * 48 + j * 16 + k + r * 16]);
                    acc[r] += scalar * b0;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE6_FAST_D_H_REVERSE_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE6_FAST_D_H_REVERSE_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE6_FAST_D_H_REVERSE_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int k = 0; k < 3; k++) {
            const float *at = d_h_reverse_turned + panel * 48 + k * 16 + column;
            const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
            NN_UNROLL
            for (int r = 0; r < CASE6_FAST_D_H_REVERSE_BACKWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(d_h_add[n * 48 + j * 16 + k + r * 16]);
                    acc[r][0] += scalar * b0;
                    acc[r][1] += scalar * b1;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE6_FAST_D_H_REVERSE_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++)
        for (int lane = 0; lane < 3; lane++)
            d_h_reverse[n * 9 + (j + r) * 3 + lane] = sum[r * 16 + lane];
}

static NN_APART void case6_fast_d_h_reverse_backward_large(const float *NN_RESTRICT d_h_add,
        const float *NN_RESTRICT d_h_reverse_turned, float *NN_RESTRICT d_h_reverse, int n, int j,
        int panel)
{
    case6_fast_d_h_reverse_backward_tile(CASE6_FAST_D_H_REVERSE_BACKWARD_ROWS, d_h_add,
            d_h_reverse_turned, d_h_reverse, n, j, panel);
}

static NN_APART void case6_fast_d_h_reverse_backward(int batch, const float *NN_RESTRICT d_h_add,
        const float *NN_RESTRICT d_h_reverse_turned, float *NN_RESTRICT d_h_reverse)
{
    for (int n = 0; n < batch; n++) {
        const int panel = 0;
        const int j = 0;
        case6_fast_d_h_reverse_backward_large(d_h_add, d_h_reverse_turned, d_h_reverse, n, j,
                panel);
    }
}

/* d_h.kernel = contract(h.reverse, d_h.add)   [3, 3] */
#if NN_REGISTERS >= 32
enum { CASE6_FAST_D_H_KERNEL_BACKWARD_ROWS = 3 };
#else
enum { CASE6_FAST_D_H_KERNEL_BACKWARD_ROWS = 3 };
#endif
NN_INLINE void case6_fast_d_h_kernel_backward_tile(const int rows,
        const float *NN_RESTRICT h_reverse, const float *NN_RESTRICT d_h_add,
        float *NN_RESTRICT d_h_kernel, int j, int from, int to)
{
    float sum[CASE6_FAST_D_H_KERNEL_BACKWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE6_FAST_D_H_KERNEL_BACKWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE6_FAST_D_H_KERNEL_BACKWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x = 0; x < 3; x++) {
                const float *at = d_h_add + n * 48 + x * 16 + column;
                const nn_vec b0 = nn_load(at);
                NN_UNROLL
                for (int r = 0; r < CASE6_FAST_D_H_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(h_reverse[j + n * 9 + x * 3 + r]);
                        acc[r] += scalar * b0;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE6_FAST_D_H_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE6_FAST_D_H_KERNEL_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE6_FAST_D_H_KERNEL_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x = 0; x < 3; x++) {
                const float *at = d_h_add + n * 48 + x * 16 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE6_FAST_D_H_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(h_reverse[j + n * 9 + x * 3 + r]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE6_FAST_D_H_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++) {
        const int row = j + r;
        for (int lane = 0; lane < 3; lane++)
            d_h_kernel[row * 3 + lane] = sum[r * 16 + lane];
    }
}

static NN_APART void case6_fast_d_h_kernel_backward_large(const float *NN_RESTRICT h_reverse,
        const float *NN_RESTRICT d_h_add, float *NN_RESTRICT d_h_kernel, int j, int from, int to)
{
    case6_fast_d_h_kernel_backward_tile(CASE6_FAST_D_H_KERNEL_BACKWARD_ROWS, h_reverse, d_h_add,
            d_h_kernel, j, from, to);
}

static NN_APART void case6_fast_d_h_kernel_backward(int batch, const float *NN_RESTRICT h_reverse,
        const float *NN_RESTRICT d_h_add, float *NN_RESTRICT d_h_kernel)
{
    for (int unit = 0; unit < 1; unit++) {
        const int j = 0;
        const int from = 0;
        const int to = batch;
        case6_fast_d_h_kernel_backward_large(h_reverse, d_h_add, d_h_kernel, j, from, to);
    }
}

/* d_h.reverse.reverse = reverse(d_h.reverse)   [3, 3]
 * d_x = add(seed, d_h.reverse.reverse)   [3, 3] */
static NN_APART void case6_fast_d_h_reverse_reverse_backward(int batch,
        const float *NN_RESTRICT d_h_reverse, const float *NN_RESTRICT seed, float *NN_RESTRICT d_x)
{
    for (int n = 0; n < batch; n++)
        for (int i = 0; i < 3; i++)
            for (int c = 0; c < 3; c++)
                d_x[n * 9 + i * 3 + c] = seed[n * 9 + i * 3 + c] + d_h_reverse[n * 9 + (2 - i) *
                        3 + c];
}

static void case6_fast_run(float *state, char *arena, const nn_step *step,
                           const void *const *inputs, const void *const *targets,
                           void *const *outputs, float *results, int threads)
{
    (void)targets;
    (void)results;
    (void)threads;
    const int batch = step->batch;
    const float *const x = (const float *)inputs[0]; /* [3, 3] */
    const float *const h_kernel = state + 0; /* [3, 3] */
    const float *const h_recurrent_kernel = state + 48; /* [3, 3] */
    const float *const h_bias = state + 96; /* [3] */
    const float *const seed = (const float *)inputs[1]; /* [3, 3] */
    float *const h_reverse = (float *)(void *)(arena + 1920); /* [3, 3] */
    float *const h_add = (float *)(void *)(arena + 960); /* [3, 3] */
    float *const t_h = (float *)(void *)(arena + 1152); /* [3, 3] */
    float *const y = (float *)outputs[0]; /* [3, 3] */
    float *const d_h = (float *)(void *)(arena + 2048); /* [3, 3] */
    float *const d_h_scan_trace = (float *)(void *)(arena + 0); /* [3, 1, 16] */
    float *const d_h_transpose = (float *)(void *)(arena + 1344); /* [3, 3] */
    float *const d_h_add = (float *)(void *)(arena + 576); /* [3, 3] */
    float *const d_h_recurrent_kernel = (float *)outputs[3]; /* [3, 3] */
    float *const d_h_bias = (float *)outputs[4]; /* [3] */
    float *const d_h_reverse = (float *)(void *)(arena + 192); /* [3, 3] */
    float *const d_h_kernel = (float *)outputs[2]; /* [3, 3] */
    float *const d_x = (float *)outputs[1]; /* [3, 3] */
    float *const h_sums = (float *)(void *)(arena + 576);
    float *const h_state = (float *)(void *)(arena + 768);
    float *const d_h_add_sums = (float *)(void *)(arena + 1536);
    float *const d_h_add_state = (float *)(void *)(arena + 1728);
    float *const d_h_reverse_turned = (float *)(void *)(arena + 0);
    const uint64_t mode = nn_flush_denormals();
    case6_fast_h_reverse_forward(batch, x, h_reverse);
    case6_fast_h_contract_forward(batch, h_reverse, h_kernel, h_bias, h_add);
    case6_fast_h_forward(batch, h_sums, h_state, h_add, h_recurrent_kernel, d_h_scan_trace, x,
            seed, t_h, y, d_h);
    case6_fast_h_forward_halo(batch, t_h);
    case6_fast_d_h_transpose_backward(h_recurrent_kernel, d_h_transpose);
    case6_fast_d_h_transpose_backward_halo(d_h_transpose);
    case6_fast_d_h_add_backward(batch, d_h_add_sums, d_h_add_state, d_h, d_h_transpose,
            d_h_scan_trace, d_h_add);
    case6_fast_d_h_add_backward_halo(batch, d_h_add);
    case6_fast_d_h_recurrent_kernel_backward(batch, t_h, d_h_add, d_h_recurrent_kernel);
    case6_fast_d_h_bias_backward(batch, d_h_add, d_h_bias);
    case6_fast_d_h_reverse_backward_turn(h_kernel, d_h_reverse_turned);
    case6_fast_d_h_reverse_backward(batch, d_h_add, d_h_reverse_turned, d_h_reverse);
    case6_fast_d_h_kernel_backward(batch, h_reverse, d_h_add, d_h_kernel);
    case6_fast_d_h_reverse_reverse_backward(batch, d_h_reverse, seed, d_x);
    nn_restore_denormals(mode);
}

/* h.reverse = reverse(x)   [3, 3] */
static NN_APART void case6_plain_h_reverse_forward(int batch, const float *NN_RESTRICT x,
        float *NN_RESTRICT h_reverse)
{
    for (int n = 0; n < batch; n++)
        for (int i = 0; i < 3; i++)
            for (int c = 0; c < 3; c++)
                h_reverse[n * 9 + i * 3 + c] = x[n * 9 + (2 - i) * 3 + c];
}

/* h.contract = contract(h.reverse, h.kernel)   [3, 3]
 * h.add = add(h.contract, h.bias)   [3, 3] */
static NN_APART void case6_plain_h_contract_forward(int batch, const float *NN_RESTRICT h_reverse,
        const float *NN_RESTRICT h_kernel, const float *NN_RESTRICT h_bias,
        float *NN_RESTRICT h_add)
{
    for (int n = 0; n < batch; n++)
        for (int i = 0; i < 3; i++)
            for (int c = 0; c < 3; c++) {
                float sum = 0.0f;
                for (int c_2 = 0; c_2 < 3; c_2++)
                    sum += h_reverse[n * 9 + i * 3 + c_2] * h_kernel[c_2 * 3 + c];
                h_add[n * 9 + i * 3 + c] = sum + h_bias[c];
            }
}

/* h = scan(h.add, h.recurrent_kernel, 0, 0)   [3, 3]
 * d_h.scan_trace = scan_trace(h.add, h.recurrent_kernel, 0, 0)   [3, 1, 16]
 * mul_1 = mul(h, h)   [3, 3]
 * y.add = add(h, x)   [3, 3]
 * y = add(y.add, mul_1)   [3, 3]
 * d_h = add(d_mul_1.add, d_mul_1.mul_2)   [3, 3]
 * 3 steps, 3 columns */
#if NN_REGISTERS >= 32
enum { CASE6_PLAIN_H_FORWARD_ROWS = 2 };
#else
enum { CASE6_PLAIN_H_FORWARD_ROWS = 2 };
#endif
NN_INLINE void case6_plain_h_forward_tile(const int rows, float *NN_RESTRICT h_sums,
                                          float *NN_RESTRICT h_state,
                                          const float *NN_RESTRICT h_add,
                                          const float *NN_RESTRICT h_recurrent_kernel,
                                          float *NN_RESTRICT d_h_scan_trace,
                                          const float *NN_RESTRICT x,
                                          const float *NN_RESTRICT seed, float *NN_RESTRICT t_h,
                                          float *NN_RESTRICT y, float *NN_RESTRICT d_h, int n)
{
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < 3; c++)
            h_state[(n + r) * 16 + c] = 0.0f;
    for (int t = 0; t < 3; t++) {
        for (int r = 0; r < rows; r++)
            for (int o = 0; o < 3; o++)
                h_sums[(n + r) * 16 + o] = h_add[(n + r) * 9 + t * 3 + o];
        for (int r = 0; r < rows; r++)
            for (int k = 0; k < 3; k++)
                for (int o = 0; o < 3; o++)
                    h_sums[(n + r) * 16 + o] += h_state[(n + r) * 16 + k] * h_recurrent_kernel[k *
                            3 + o];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < 16; c++) {
                const float h = nn_tanh(h_sums[(n + r) * 16 + c]);
                h_state[(n + r) * 16 + c] = h;
                d_h_scan_trace[(n + r) * 48 + t * 16 + c] = h;
            }
            for (int c = 0; c < 3; c++) {
                const float h_value = h_state[(n + r) * 16 + c];
                const float mul_1_value = h_value * h_value;
                const float y_add_value = h_value + x[(n + r) * 9 + t * 3 + c];
                const float y_value = y_add_value + mul_1_value;
                const float d_h_value = seed[(n + r) * 9 + t * 3 + c] + seed[(n + r) * 9 + t * 3 +
                        c] * h_value + seed[(n + r) * 9 + t * 3 + c] * h_value;
                t_h[(n + r) * 9 + t * 3 + c] = h_value;
                y[(n + r) * 9 + t * 3 + c] = y_value;
                d_h[(n + r) * 9 + t * 3 + c] = d_h_value;
            }
        }
    }
}

static NN_APART void case6_plain_h_forward_large(float *NN_RESTRICT h_sums,
                                                 float *NN_RESTRICT h_state,
                                                 const float *NN_RESTRICT h_add,
                                                 const float *NN_RESTRICT h_recurrent_kernel,
                                                 float *NN_RESTRICT d_h_scan_trace,
                                                 const float *NN_RESTRICT x,
                                                 const float *NN_RESTRICT seed,
                                                 float *NN_RESTRICT t_h, float *NN_RESTRICT y,
                                                 float *NN_RESTRICT d_h, int n)
{
    case6_plain_h_forward_tile(CASE6_PLAIN_H_FORWARD_ROWS, h_sums, h_state, h_add,
            h_recurrent_kernel, d_h_scan_trace, x, seed, t_h, y, d_h, n);
}

static NN_APART void case6_plain_h_forward_small(float *NN_RESTRICT h_sums,
                                                 float *NN_RESTRICT h_state,
                                                 const float *NN_RESTRICT h_add,
                                                 const float *NN_RESTRICT h_recurrent_kernel,
                                                 float *NN_RESTRICT d_h_scan_trace,
                                                 const float *NN_RESTRICT x,
                                                 const float *NN_RESTRICT seed,
                                                 float *NN_RESTRICT t_h, float *NN_RESTRICT y,
                                                 float *NN_RESTRICT d_h, int n)
{
    case6_plain_h_forward_tile(1, h_sums, h_state, h_add, h_recurrent_kernel, d_h_scan_trace, x,
            seed, t_h, y, d_h, n);
}

static NN_APART void case6_plain_h_forward_single(float *NN_RESTRICT h_sums,
        float *NN_RESTRICT h_state, const float *NN_RESTRICT h_add,
        const float *NN_RESTRICT h_recurrent_kernel, float *NN_RESTRICT d_h_scan_trace,
        const float *NN_RESTRICT x, const float *NN_RESTRICT seed, float *NN_RESTRICT t_h,
        float *NN_RESTRICT y, float *NN_RESTRICT d_h, int n)
{
    case6_plain_h_forward_tile(1, h_sums, h_state, h_add, h_recurrent_kernel, d_h_scan_trace, x,
            seed, t_h, y, d_h, n);
}

static NN_APART void case6_plain_h_forward(int batch, float *NN_RESTRICT h_sums,
                                           float *NN_RESTRICT h_state,
                                           const float *NN_RESTRICT h_add,
                                           const float *NN_RESTRICT h_recurrent_kernel,
                                           float *NN_RESTRICT d_h_scan_trace,
                                           const float *NN_RESTRICT x,
                                           const float *NN_RESTRICT seed, float *NN_RESTRICT t_h,
                                           float *NN_RESTRICT y, float *NN_RESTRICT d_h)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE6_PLAIN_H_FORWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case6_plain_h_forward_large(h_sums, h_state, h_add, h_recurrent_kernel,
                        d_h_scan_trace, x, seed, t_h, y, d_h, n);
            } else {
                case6_plain_h_forward_small(h_sums, h_state, h_add, h_recurrent_kernel,
                        d_h_scan_trace, x, seed, t_h, y, d_h, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case6_plain_h_forward_single(h_sums, h_state, h_add, h_recurrent_kernel,
                        d_h_scan_trace, x, seed, t_h, y, d_h, n);
        }
    }
}

/* d_h.transpose = transpose(h.recurrent_kernel)   [3, 3] */
static NN_APART void case6_plain_d_h_transpose_backward(
        const float *NN_RESTRICT h_recurrent_kernel, float *NN_RESTRICT d_h_transpose)
{
    for (int i = 0; i < 3; i++)
        for (int c = 0; c < 3; c++)
            d_h_transpose[i * 3 + c] = h_recurrent_kernel[c * 3 + i];
}

/* d_h.add = scan_grad(d_h.scan_trace, d_h.transpose, 0, d_h)   [3, 3]
 * 3 steps from the last to the first, 3 columns */
#if NN_REGISTERS >= 32
enum { CASE6_PLAIN_D_H_ADD_BACKWARD_ROWS = 2 };
#else
enum { CASE6_PLAIN_D_H_ADD_BACKWARD_ROWS = 2 };
#endif
NN_INLINE void case6_plain_d_h_add_backward_tile(const int rows, float *NN_RESTRICT d_h_add_sums,
                                                 float *NN_RESTRICT d_h_add_state,
                                                 const float *NN_RESTRICT d_h,
                                                 const float *NN_RESTRICT d_h_transpose,
                                                 const float *NN_RESTRICT d_h_scan_trace,
                                                 float *NN_RESTRICT d_h_add, int n)
{
    for (int later = 0; later < 3; later++) {
        const int t = 2 - later;
        for (int r = 0; r < rows; r++)
            for (int c = 0; c < 3; c++)
                d_h_add_sums[(n + r) * 16 + c] = d_h[(n + r) * 9 + t * 3 + c];
        if (later > 0) {
            for (int r = 0; r < rows; r++)
                for (int k = 0; k < 3; k++)
                    for (int o = 0; o < 3; o++)
                        d_h_add_sums[(n + r) * 16 + o] += d_h_add_state[(n + r) * 16 + k] *
                                d_h_transpose[k * 3 + o];
        }
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < 16; c++) {
                const float d_h_2 = d_h_add_sums[(n + r) * 16 + c];
                const float h = d_h_scan_trace[(n + r) * 48 + t * 16 + c];
                d_h_add_state[(n + r) * 16 + c] = d_h_2 * (1.0f - h * h);
            }
            for (int c = 0; c < 3; c++)
                d_h_add[(n + r) * 9 + t * 3 + c] = d_h_add_state[(n + r) * 16 + c];
        }
    }
}

static NN_APART void case6_plain_d_h_add_backward_large(float *NN_RESTRICT d_h_add_sums,
        float *NN_RESTRICT d_h_add_state, const float *NN_RESTRICT d_h,
        const float *NN_RESTRICT d_h_transpose, const float *NN_RESTRICT d_h_scan_trace,
        float *NN_RESTRICT d_h_add, int n)
{
    case6_plain_d_h_add_backward_tile(CASE6_PLAIN_D_H_ADD_BACKWARD_ROWS, d_h_add_sums,
            d_h_add_state, d_h, d_h_transpose, d_h_scan_trace, d_h_add, n);
}

static NN_APART void case6_plain_d_h_add_backward_small(float *NN_RESTRICT d_h_add_sums,
        float *NN_RESTRICT d_h_add_state, const float *NN_RESTRICT d_h,
        const float *NN_RESTRICT d_h_transpose, const float *NN_RESTRICT d_h_scan_trace,
        float *NN_RESTRICT d_h_add, int n)
{
    case6_plain_d_h_add_backward_tile(1, d_h_add_sums, d_h_add_state, d_h, d_h_transpose,
            d_h_scan_trace, d_h_add, n);
}

static NN_APART void case6_plain_d_h_add_backward_single(float *NN_RESTRICT d_h_add_sums,
        float *NN_RESTRICT d_h_add_state, const float *NN_RESTRICT d_h,
        const float *NN_RESTRICT d_h_transpose, const float *NN_RESTRICT d_h_scan_trace,
        float *NN_RESTRICT d_h_add, int n)
{
    case6_plain_d_h_add_backward_tile(1, d_h_add_sums, d_h_add_state, d_h, d_h_transpose,
            d_h_scan_trace, d_h_add, n);
}

static NN_APART void case6_plain_d_h_add_backward(int batch, float *NN_RESTRICT d_h_add_sums,
        float *NN_RESTRICT d_h_add_state, const float *NN_RESTRICT d_h,
        const float *NN_RESTRICT d_h_transpose, const float *NN_RESTRICT d_h_scan_trace,
        float *NN_RESTRICT d_h_add)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE6_PLAIN_D_H_ADD_BACKWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case6_plain_d_h_add_backward_large(d_h_add_sums, d_h_add_state, d_h, d_h_transpose,
                        d_h_scan_trace, d_h_add, n);
            } else {
                case6_plain_d_h_add_backward_small(d_h_add_sums, d_h_add_state, d_h, d_h_transpose,
                        d_h_scan_trace, d_h_add, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case6_plain_d_h_add_backward_single(d_h_add_sums, d_h_add_state, d_h,
                        d_h_transpose, d_h_scan_trace, d_h_add, n);
        }
    }
}

/* d_h.recurrent_kernel = contract(h, d_h.add)   [3, 3] */
static NN_APART void case6_plain_h_forward_pad(int batch, const float *NN_RESTRICT t_h,
                                               float *NN_RESTRICT d_h_recurrent_kernel_padded)
{
    for (int n = 0; n < batch; n++)
        for (int j = 0; j < 4; j++)
            for (int c = 0; c < 3; c++)
                d_h_recurrent_kernel_padded[n * 12 + j * 3 + c] = j - 1 >= 0 && j - 1 < 3 ? t_h[n *
                        9 + j * 3 + c - 3] : 0.0f;
}

/* d_h.recurrent_kernel = contract(h, d_h.add)   [3, 3] */
static NN_APART void case6_plain_d_h_add_backward_pad(int batch, const float *NN_RESTRICT d_h_add,
        float *NN_RESTRICT d_h_recurrent_kernel_padded)
{
    for (int n = 0; n < batch; n++)
        for (int j = 0; j < 3; j++)
            for (int c = 0; c < 16; c++)
                d_h_recurrent_kernel_padded[n * 48 + j * 16 + c] = c >= 0 && c < 3 ? d_h_add[n *
                        9 + j * 3 + c] : 0.0f;
}

/* d_h.recurrent_kernel = contract(h, d_h.add)   [3, 3] */
#if NN_REGISTERS >= 32
enum { CASE6_PLAIN_D_H_RECURRENT_KERNEL_BACKWARD_ROWS = 3 };
#else
enum { CASE6_PLAIN_D_H_RECURRENT_KERNEL_BACKWARD_ROWS = 3 };
#endif
NN_INLINE void case6_plain_d_h_recurrent_kernel_backward_tile(const int rows,
        const float *NN_RESTRICT d_h_recurrent_kernel_padded,
        const float *NN_RESTRICT d_h_recurrent_kernel_padded_2,
        float *NN_RESTRICT d_h_recurrent_kernel, int j, int from, int to)
{
    float sum[CASE6_PLAIN_D_H_RECURRENT_KERNEL_BACKWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE6_PLAIN_D_H_RECURRENT_KERNEL_BACKWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE6_PLAIN_D_H_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x = 0; x < 3; x++) {
                const float *at = d_h_recurrent_kernel_padded_2 + n * 48 + x * 16 + column;
                const nn_vec b0 = nn_load(at);
                NN_UNROLL
                for (int r = 0; r < CASE6_PLAIN_D_H_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(d_h_recurrent_kernel_padded[j + n * 12 + x *
                                3 + r]);
                        acc[r] += scalar * b0;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE6_PLAIN_D_H_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE6_PLAIN_D_H_RECURRENT_KERNEL_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE6_PLAIN_D_H_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x = 0; x < 3; x++) {
                const float *at = d_h_recurrent_kernel_padded_2 + n * 48 + x * 16 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE6_PLAIN_D_H_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(d_h_recurrent_kernel_padded[j + n * 12 + x *
                                3 + r]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE6_PLAIN_D_H_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++) {
        const int row = j + r;
        for (int lane = 0; lane < 3; lane++)
            d_h_recurrent_kernel[row * 3 + lane] = sum[r * 16 + lane];
    }
}

static NN_APART void case6_plain_d_h_recurrent_kernel_backward_large(
        const float *NN_RESTRICT d_h_recurrent_kernel_padded,
        const float *NN_RESTRICT d_h_recurrent_kernel_padded_2,
        float *NN_RESTRICT d_h_recurrent_kernel, int j, int from, int to)
{
    case6_plain_d_h_recurrent_kernel_backward_tile(CASE6_PLAIN_D_H_RECURRENT_KERNEL_BACKWARD_ROWS,
            d_h_recurrent_kernel_padded, d_h_recurrent_kernel_padded_2, d_h_recurrent_kernel, j,
            from, to);
}

static NN_APART void case6_plain_d_h_recurrent_kernel_backward(int batch,
        const float *NN_RESTRICT d_h_recurrent_kernel_padded,
        const float *NN_RESTRICT d_h_recurrent_kernel_padded_2,
        float *NN_RESTRICT d_h_recurrent_kernel)
{
    for (int unit = 0; unit < 1; unit++) {
        const int j = 0;
        const int from = 0;
        const int to = batch;
        case6_plain_d_h_recurrent_kernel_backward_large(d_h_recurrent_kernel_padded,
                d_h_recurrent_kernel_padded_2, d_h_recurrent_kernel, j, from, to);
    }
}

/* d_h.bias = reduce_sum(d_h.add)   [3] */
static NN_APART void case6_plain_d_h_bias_backward(int batch, const float *NN_RESTRICT d_h_add,
        float *NN_RESTRICT d_h_bias)
{
    float sum[3];
    for (int c = 0; c < 3; c++)
        sum[c] = 0.0f;
    for (int n = 0; n < batch; n++)
        for (int i = 0; i < 3; i++)
            for (int c = 0; c < 3; c++)
                sum[c] += d_h_add[n * 9 + i * 3 + c];
    for (int c = 0; c < 3; c++)
        d_h_bias[c] = sum[c];
}

/* d_h.reverse = contract(d_h.add, h.kernel)   [3, 3] */
static NN_APART void case6_plain_d_h_reverse_backward(int batch, const float *NN_RESTRICT d_h_add,
        const float *NN_RESTRICT h_kernel, float *NN_RESTRICT d_h_reverse)
{
    for (int n = 0; n < batch; n++)
        for (int i = 0; i < 3; i++)
            for (int c = 0; c < 3; c++) {
                float sum = 0.0f;
                for (int o = 0; o < 3; o++)
                    sum += d_h_add[n * 9 + i * 3 + o] * h_kernel[c * 3 + o];
                d_h_reverse[n * 9 + i * 3 + c] = sum;
            }
}

/* d_h.kernel = contract(h.reverse, d_h.add)   [3, 3] */
static NN_APART void case6_plain_d_h_add_backward_pad_2(int batch,
        const float *NN_RESTRICT d_h_add, float *NN_RESTRICT d_h_kernel_padded)
{
    for (int n = 0; n < batch; n++)
        for (int j = 0; j < 3; j++)
            for (int c = 0; c < 16; c++)
                d_h_kernel_padded[n * 48 + j * 16 + c] = c >= 0 && c < 3 ? d_h_add[n * 9 + j * 3 +
                        c] : 0.0f;
}

/* d_h.kernel = contract(h.reverse, d_h.add)   [3, 3] */
#if NN_REGISTERS >= 32
enum { CASE6_PLAIN_D_H_KERNEL_BACKWARD_ROWS = 3 };
#else
enum { CASE6_PLAIN_D_H_KERNEL_BACKWARD_ROWS = 3 };
#endif
NN_INLINE void case6_plain_d_h_kernel_backward_tile(const int rows,
        const float *NN_RESTRICT h_reverse, const float *NN_RESTRICT d_h_kernel_padded,
        float *NN_RESTRICT d_h_kernel, int j, int from, int to)
{
    float sum[CASE6_PLAIN_D_H_KERNEL_BACKWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE6_PLAIN_D_H_KERNEL_BACKWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE6_PLAIN_D_H_KERNEL_BACKWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x = 0; x < 3; x++) {
                const float *at = d_h_kernel_padded + n * 48 + x * 16 + column;
                const nn_vec b0 = nn_load(at);
                NN_UNROLL
                for (int r = 0; r < CASE6_PLAIN_D_H_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(h_reverse[j + n * 9 + x * 3 + r]);
                        acc[r] += scalar * b0;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE6_PLAIN_D_H_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE6_PLAIN_D_H_KERNEL_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE6_PLAIN_D_H_KERNEL_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x = 0; x < 3; x++) {
                const float *at = d_h_kernel_padded + n * 48 + x * 16 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE6_PLAIN_D_H_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(h_reverse[j + n * 9 + x * 3 + r]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE6_PLAIN_D_H_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++) {
        const int row = j + r;
        for (int lane = 0; lane < 3; lane++)
            d_h_kernel[row * 3 + lane] = sum[r * 16 + lane];
    }
}

static NN_APART void case6_plain_d_h_kernel_backward_large(const float *NN_RESTRICT h_reverse,
        const float *NN_RESTRICT d_h_kernel_padded, float *NN_RESTRICT d_h_kernel, int j, int from,
        int to)
{
    case6_plain_d_h_kernel_backward_tile(CASE6_PLAIN_D_H_KERNEL_BACKWARD_ROWS, h_reverse,
            d_h_kernel_padded, d_h_kernel, j, from, to);
}

static NN_APART void case6_plain_d_h_kernel_backward(int batch, const float *NN_RESTRICT h_reverse,
        const float *NN_RESTRICT d_h_kernel_padded, float *NN_RESTRICT d_h_kernel)
{
    for (int unit = 0; unit < 1; unit++) {
        const int j = 0;
        const int from = 0;
        const int to = batch;
        case6_plain_d_h_kernel_backward_large(h_reverse, d_h_kernel_padded, d_h_kernel, j, from,
                to);
    }
}

/* d_h.reverse.reverse = reverse(d_h.reverse)   [3, 3]
 * d_x = add(seed, d_h.reverse.reverse)   [3, 3] */
static NN_APART void case6_plain_d_h_reverse_reverse_backward(int batch,
        const float *NN_RESTRICT d_h_reverse, const float *NN_RESTRICT seed, float *NN_RESTRICT d_x)
{
    for (int n = 0; n < batch; n++)
        for (int i = 0; i < 3; i++)
            for (int c = 0; c < 3; c++)
                d_x[n * 9 + i * 3 + c] = seed[n * 9 + i * 3 + c] + d_h_reverse[n * 9 + (2 - i) *
                        3 + c];
}

static void case6_plain_run(float *state, char *arena, const nn_step *step,
                            const void *const *inputs, const void *const *targets,
                            void *const *outputs, float *results, int threads)
{
    (void)targets;
    (void)results;
    (void)threads;
    const int batch = step->batch;
    const float *const x = (const float *)inputs[0]; /* [3, 3] */
    const float *const h_kernel = state + 0; /* [3, 3] */
    const float *const h_recurrent_kernel = state + 16; /* [3, 3] */
    const float *const h_bias = state + 32; /* [3] */
    const float *const seed = (const float *)inputs[1]; /* [3, 3] */
    float *const h_reverse = (float *)(void *)(arena + 960); /* [3, 3] */
    float *const h_add = (float *)(void *)(arena + 1088); /* [3, 3] */
    float *const t_h = (float *)(void *)(arena + 1216); /* [3, 3] */
    float *const y = (float *)outputs[0]; /* [3, 3] */
    float *const d_h = (float *)(void *)(arena + 1344); /* [3, 3] */
    float *const d_h_scan_trace = (float *)(void *)(arena + 0); /* [3, 1, 16] */
    float *const d_h_transpose = (float *)(void *)(arena + 1472); /* [3, 3] */
    float *const d_h_add = (float *)(void *)(arena + 1088); /* [3, 3] */
    float *const d_h_recurrent_kernel = (float *)outputs[3]; /* [3, 3] */
    float *const d_h_bias = (float *)outputs[4]; /* [3] */
    float *const d_h_reverse = (float *)(void *)(arena + 576); /* [3, 3] */
    float *const d_h_kernel = (float *)outputs[2]; /* [3, 3] */
    float *const d_x = (float *)outputs[1]; /* [3, 3] */
    float *const h_sums = (float *)(void *)(arena + 576);
    float *const h_state = (float *)(void *)(arena + 768);
    float *const d_h_add_sums = (float *)(void *)(arena + 576);
    float *const d_h_add_state = (float *)(void *)(arena + 768);
    float *const d_h_recurrent_kernel_padded = (float *)(void *)(arena + 576);
    float *const d_h_recurrent_kernel_padded_2 = (float *)(void *)(arena + 0);
    float *const d_h_kernel_padded = (float *)(void *)(arena + 0);
    const uint64_t mode = nn_flush_denormals();
    case6_plain_h_reverse_forward(batch, x, h_reverse);
    case6_plain_h_contract_forward(batch, h_reverse, h_kernel, h_bias, h_add);
    case6_plain_h_forward(batch, h_sums, h_state, h_add, h_recurrent_kernel, d_h_scan_trace, x,
            seed, t_h, y, d_h);
    case6_plain_d_h_transpose_backward(h_recurrent_kernel, d_h_transpose);
    case6_plain_d_h_add_backward(batch, d_h_add_sums, d_h_add_state, d_h, d_h_transpose,
            d_h_scan_trace, d_h_add);
    case6_plain_h_forward_pad(batch, t_h, d_h_recurrent_kernel_padded);
    case6_plain_d_h_add_backward_pad(batch, d_h_add, d_h_recurrent_kernel_padded_2);
    case6_plain_d_h_recurrent_kernel_backward(batch, d_h_recurrent_kernel_padded,
            d_h_recurrent_kernel_padded_2, d_h_recurrent_kernel);
    case6_plain_d_h_bias_backward(batch, d_h_add, d_h_bias);
    case6_plain_d_h_reverse_backward(batch, d_h_add, h_kernel, d_h_reverse);
    case6_plain_d_h_add_backward_pad_2(batch, d_h_add, d_h_kernel_padded);
    case6_plain_d_h_kernel_backward(batch, h_reverse, d_h_kernel_padded, d_h_kernel);
    case6_plain_d_h_reverse_reverse_backward(batch, d_h_reverse, seed, d_x);
    nn_restore_denormals(mode);
}

/* h.reverse = reverse(x)   [3, 3] */
static NN_APART void case6_filled_h_reverse_forward(int batch, const float *NN_RESTRICT x,
        float *NN_RESTRICT h_reverse)
{
    for (int n = 0; n < batch; n++)
        for (int i = 0; i < 3; i++)
            for (int c = 0; c < 3; c++)
                h_reverse[n * 9 + i * 3 + c] = x[n * 9 + (2 - i) * 3 + c];
}

/* h.contract = contract(h.reverse, h.kernel)   [3, 3]
 * h.add = add(h.contract, h.bias)   [3, 3] */
#if NN_REGISTERS >= 32
enum { CASE6_FILLED_H_CONTRACT_FORWARD_ROWS = 3 };
#else
enum { CASE6_FILLED_H_CONTRACT_FORWARD_ROWS = 3 };
#endif
NN_INLINE void case6_filled_h_contract_forward_tile(const int rows,
        const float *NN_RESTRICT h_reverse, const float *NN_RESTRICT h_kernel,
        const float *NN_RESTRICT h_bias, float *NN_RESTRICT h_add, int n, int j, int panel)
{
    float sum[CASE6_FILLED_H_CONTRACT_FORWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE6_FILLED_H_CONTRACT_FORWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE6_FILLED_H_CONTRACT_FORWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int k = 0; k < 3; k++) {
            const float *at = h_kernel + panel * 48 + k * 16 + column;
            const nn_vec b0 = nn_load(at);
            NN_UNROLL
            for (int r = 0; r < CASE6_FILLED_H_CONTRACT_FORWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(h_reverse[n * 9 + j * 3 + k + r * 3]);
                    acc[r] += scalar * b0;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE6_FILLED_H_CONTRACT_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE6_FILLED_H_CONTRACT_FORWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE6_FILLED_H_CONTRACT_FORWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int k = 0; k < 3; k++) {
            const float *at = h_kernel + panel * 48 + k * 16 + column;
            const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
            NN_UNROLL
            for (int r = 0; r < CASE6_FILLED_H_CONTRACT_FORWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(h_reverse[n * 9 + j * 3 + k + r * 3]);
                    acc[r][0] += scalar * b0;
                    acc[r][1] += scalar * b1;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE6_FILLED_H_CONTRACT_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++)
        for (int lane = 0; lane < 3; lane++)
            h_add[n * 9 + (j + r) * 3 + lane] = sum[r * 16 + lane] + h_bias[lane];
}

static NN_APART void case6_filled_h_contract_forward_large(const float *NN_RESTRICT h_reverse,
        const float *NN_RESTRICT h_kernel, const float *NN_RESTRICT h_bias,
        float *NN_RESTRICT h_add, int n, int j, int panel)
{
    case6_filled_h_contract_forward_tile(CASE6_FILLED_H_CONTRACT_FORWARD_ROWS, h_reverse, h_kernel,
            h_bias, h_add, n, j, panel);
}

static NN_APART void case6_filled_h_contract_forward(int batch, const float *NN_RESTRICT h_reverse,
        const float *NN_RESTRICT h_kernel, const float *NN_RESTRICT h_bias,
        float *NN_RESTRICT h_add)
{
    for (int n = 0; n < batch; n++) {
        const int panel = 0;
        const int j = 0;
        case6_filled_h_contract_forward_large(h_reverse, h_kernel, h_bias, h_add, n, j, panel);
    }
}

/* h = scan(h.add, h.recurrent_kernel, 0, 0)   [3, 3]
 * d_h.scan_trace = scan_trace(h.add, h.recurrent_kernel, 0, 0)   [3, 1, 16]
 * mul_1 = mul(h, h)   [3, 3]
 * y.add = add(h, x)   [3, 3]
 * y = add(y.add, mul_1)   [3, 3]
 * d_h = add(d_mul_1.add, d_mul_1.mul_2)   [3, 3]
 * 3 steps, 3 columns */
#if NN_REGISTERS >= 32
enum { CASE6_FILLED_H_FORWARD_ROWS = 2 };
#else
enum { CASE6_FILLED_H_FORWARD_ROWS = 2 };
#endif
NN_INLINE void case6_filled_h_forward_tile(const int rows, float *NN_RESTRICT h_sums,
                                           float *NN_RESTRICT h_state,
                                           const float *NN_RESTRICT h_add,
                                           const float *NN_RESTRICT h_recurrent_kernel,
                                           float *NN_RESTRICT d_h_scan_trace,
                                           const float *NN_RESTRICT x,
                                           const float *NN_RESTRICT seed, float *NN_RESTRICT t_h,
                                           float *NN_RESTRICT y, float *NN_RESTRICT d_h, int n)
{
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < 3; c++)
            h_state[(n + r) * 16 + c] = 0.0f;
    for (int t = 0; t < 3; t++) {
        for (int r = 0; r < rows; r++)
            for (int o = 0; o < 3; o++)
                h_sums[(n + r) * 16 + o] = h_add[(n + r) * 9 + t * 3 + o];
#if NN_LANES == 16
        for (int column = 0; column < 16; column += NN_LANES) {
            nn_vec acc[CASE6_FILLED_H_FORWARD_ROWS];
            NN_UNROLL
            for (int r = 0; r < CASE6_FILLED_H_FORWARD_ROWS; r++)
                if (r < rows) {
                    acc[r] = nn_load(h_sums + n * 16 + r * 16 + column);
                }
            for (int k = 0; k < 3; k++) {
                const float *at = h_recurrent_kernel + k * 16 + column;
                const nn_vec b0 = nn_load(at);
                NN_UNROLL
                for (int r = 0; r < CASE6_FILLED_H_FORWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(h_state[n * 16 + k + r * 16]);
                        acc[r] += scalar * b0;
                    }
            }
            NN_UNROLL
            for (int r = 0; r < CASE6_FILLED_H_FORWARD_ROWS; r++)
                if (r < rows) {
                    nn_store(h_sums + n * 16 + r * 16 + column, acc[r]);
                }
        }
#else
        for (int column = 0; column < 16; column += 2 * NN_LANES) {
            nn_vec acc[CASE6_FILLED_H_FORWARD_ROWS][2];
            NN_UNROLL
            for (int r = 0; r < CASE6_FILLED_H_FORWARD_ROWS; r++)
                if (r < rows) {
                    acc[r][0] = nn_load(h_sums + n * 16 + r * 16 + column);
                    acc[r][1] = nn_load(h_sums + n * 16 + r * 16 + column + NN_LANES);
                }
            for (int k = 0; k < 3; k++) {
                const float *at = h_recurrent_kernel + k * 16 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE6_FILLED_H_FORWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(h_state[n * 16 + k + r * 16]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
            NN_UNROLL
            for (int r = 0; r < CASE6_FILLED_H_FORWARD_ROWS; r++)
                if (r < rows) {
                    nn_store(h_sums + n * 16 + r * 16 + column, acc[r][0]);
                    nn_store(h_sums + n * 16 + r * 16 + column + NN_LANES, acc[r][1]);
                }
        }
#endif
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < 16; c++) {
                const float h = nn_tanh(h_sums[(n + r) * 16 + c]);
                h_state[(n + r) * 16 + c] = h;
                d_h_scan_trace[(n + r) * 48 + t * 16 + c] = h;
            }
            for (int c = 0; c < 3; c++) {
                const float h_value = h_state[(n + r) * 16 + c];
                const float mul_1_value = h_value * h_value;
                const float y_add_value = h_value + x[(n + r) * 9 + t * 3 + c];
                const float y_value = y_add_value + mul_1_value;
                const float d_h_value = seed[(n + r) * 9 + t * 3 + c] + seed[(n + r) * 9 + t * 3 +
                        c] * h_value + seed[(n + r) * 9 + t * 3 + c] * h_value;
                t_h[(n + r) * 12 + t * 3 + c + 3] = h_value;
                y[(n + r) * 9 + t * 3 + c] = y_value;
                d_h[(n + r) * 9 + t * 3 + c] = d_h_value;
            }
        }
    }
}

static NN_APART void case6_filled_h_forward_large(float *NN_RESTRICT h_sums,
        float *NN_RESTRICT h_state, const float *NN_RESTRICT h_add,
        const float *NN_RESTRICT h_recurrent_kernel, float *NN_RESTRICT d_h_scan_trace,
        const float *NN_RESTRICT x, const float *NN_RESTRICT seed, float *NN_RESTRICT t_h,
        float *NN_RESTRICT y, float *NN_RESTRICT d_h, int n)
{
    case6_filled_h_forward_tile(CASE6_FILLED_H_FORWARD_ROWS, h_sums, h_state, h_add,
            h_recurrent_kernel, d_h_scan_trace, x, seed, t_h, y, d_h, n);
}

static NN_APART void case6_filled_h_forward_small(float *NN_RESTRICT h_sums,
        float *NN_RESTRICT h_state, const float *NN_RESTRICT h_add,
        const float *NN_RESTRICT h_recurrent_kernel, float *NN_RESTRICT d_h_scan_trace,
        const float *NN_RESTRICT x, const float *NN_RESTRICT seed, float *NN_RESTRICT t_h,
        float *NN_RESTRICT y, float *NN_RESTRICT d_h, int n)
{
    case6_filled_h_forward_tile(1, h_sums, h_state, h_add, h_recurrent_kernel, d_h_scan_trace, x,
            seed, t_h, y, d_h, n);
}

static NN_APART void case6_filled_h_forward_single(float *NN_RESTRICT h_sums,
        float *NN_RESTRICT h_state, const float *NN_RESTRICT h_add,
        const float *NN_RESTRICT h_recurrent_kernel, float *NN_RESTRICT d_h_scan_trace,
        const float *NN_RESTRICT x, const float *NN_RESTRICT seed, float *NN_RESTRICT t_h,
        float *NN_RESTRICT y, float *NN_RESTRICT d_h, int n)
{
    case6_filled_h_forward_tile(1, h_sums, h_state, h_add, h_recurrent_kernel, d_h_scan_trace, x,
            seed, t_h, y, d_h, n);
}

static NN_APART void case6_filled_h_forward(int batch, float *NN_RESTRICT h_sums,
                                            float *NN_RESTRICT h_state,
                                            const float *NN_RESTRICT h_add,
                                            const float *NN_RESTRICT h_recurrent_kernel,
                                            float *NN_RESTRICT d_h_scan_trace,
                                            const float *NN_RESTRICT x,
                                            const float *NN_RESTRICT seed, float *NN_RESTRICT t_h,
                                            float *NN_RESTRICT y, float *NN_RESTRICT d_h)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE6_FILLED_H_FORWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case6_filled_h_forward_large(h_sums, h_state, h_add, h_recurrent_kernel,
                        d_h_scan_trace, x, seed, t_h, y, d_h, n);
            } else {
                case6_filled_h_forward_small(h_sums, h_state, h_add, h_recurrent_kernel,
                        d_h_scan_trace, x, seed, t_h, y, d_h, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case6_filled_h_forward_single(h_sums, h_state, h_add, h_recurrent_kernel,
                        d_h_scan_trace, x, seed, t_h, y, d_h, n);
        }
    }
}

/* the room around h is zero */
static NN_APART void case6_filled_h_forward_halo(int batch, float *NN_RESTRICT t_h)
{
    for (int n = 0; n < batch; n++) {
        /* room around the data */
        for (int gap = 0; gap < 3; gap++)
            t_h[n * 12 + gap] = 0.0f;
    }
}

/* d_h.transpose = transpose(h.recurrent_kernel)   [3, 3] */
static NN_APART void case6_filled_d_h_transpose_backward(
        const float *NN_RESTRICT h_recurrent_kernel, float *NN_RESTRICT d_h_transpose)
{
    for (int i = 0; i < 3; i++)
        for (int c = 0; c < 3; c++)
            d_h_transpose[i * 16 + c] = h_recurrent_kernel[c * 16 + i];
}

/* the room around d_h.transpose is zero */
static NN_APART void case6_filled_d_h_transpose_backward_halo(float *NN_RESTRICT d_h_transpose)
{
    /* room around the data */
    for (int r = 0; r < 3; r++)
        for (int lane = 3; lane < 16; lane++)
            d_h_transpose[r * 16 + lane] = 0.0f;
}

/* d_h.add = scan_grad(d_h.scan_trace, d_h.transpose, 0, d_h)   [3, 3]
 * 3 steps from the last to the first, 3 columns */
#if NN_REGISTERS >= 32
enum { CASE6_FILLED_D_H_ADD_BACKWARD_ROWS = 2 };
#else
enum { CASE6_FILLED_D_H_ADD_BACKWARD_ROWS = 2 };
#endif
NN_INLINE void case6_filled_d_h_add_backward_tile(const int rows, float *NN_RESTRICT d_h_add_sums,
        float *NN_RESTRICT d_h_add_state, const float *NN_RESTRICT d_h,
        const float *NN_RESTRICT d_h_transpose, const float *NN_RESTRICT d_h_scan_trace,
        float *NN_RESTRICT d_h_add, int n)
{
    for (int later = 0; later < 3; later++) {
        const int t = 2 - later;
        for (int r = 0; r < rows; r++)
            for (int c = 0; c < 3; c++)
                d_h_add_sums[(n + r) * 16 + c] = d_h[(n + r) * 9 + t * 3 + c];
        if (later > 0) {
#if NN_LANES == 16
            for (int column = 0; column < 16; column += NN_LANES) {
                nn_vec acc[CASE6_FILLED_D_H_ADD_BACKWARD_ROWS];
                NN_UNROLL
                for (int r = 0; r < CASE6_FILLED_D_H_ADD_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        acc[r] = nn_load(d_h_add_sums + n * 16 + r * 16 + column);
                    }
                for (int k = 0; k < 3; k++) {
                    const float *at = d_h_transpose + k * 16 + column;
                    const nn_vec b0 = nn_load(at);
                    NN_UNROLL
                    for (int r = 0; r < CASE6_FILLED_D_H_ADD_BACKWARD_ROWS; r++)
                        if (r < rows) {
                            const nn_vec scalar = nn_splat(d_h_add_state[n * 16 + k + r * 16]);
                            acc[r] += scalar * b0;
                        }
                }
                NN_UNROLL
                for (int r = 0; r < CASE6_FILLED_D_H_ADD_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        nn_store(d_h_add_sums + n * 16 + r * 16 + column, acc[r]);
                    }
            }
#else
            for (int column = 0; column < 16; column += 2 * NN_LANES) {
                nn_vec acc[CASE6_FILLED_D_H_ADD_BACKWARD_ROWS][2];
                NN_UNROLL
                for (int r = 0; r < CASE6_FILLED_D_H_ADD_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        acc[r][0] = nn_load(d_h_add_sums + n * 16 + r * 16 + column);
                        acc[r][1] = nn_load(d_h_add_sums + n * 16 + r * 16 + column + NN_LANES);
                    }
                for (int k = 0; k < 3; k++) {
                    const float *at = d_h_transpose + k * 16 + column;
                    const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                    NN_UNROLL
                    for (int r = 0; r < CASE6_FILLED_D_H_ADD_BACKWARD_ROWS; r++)
                        if (r < rows) {
                            const nn_vec scalar = nn_splat(d_h_add_state[n * 16 + k + r * 16]);
                            acc[r][0] += scalar * b0;
                            acc[r][1] += scalar * b1;
                        }
                }
                NN_UNROLL
                for (int r = 0; r < CASE6_FILLED_D_H_ADD_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        nn_store(d_h_add_sums + n * 16 + r * 16 + column, acc[r][0]);
                        nn_store(d_h_add_sums + n * 16 + r * 16 + column + NN_LANES, acc[r][1]);
                    }
            }
#endif
        }
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < 16; c++) {
                const float d_h_2 = d_h_add_sums[(n + r) * 16 + c];
                const float h = d_h_scan_trace[(n + r) * 48 + t * 16 + c];
                d_h_add_state[(n + r) * 16 + c] = d_h_2 * (1.0f - h * h);
            }
            for (int c = 0; c < 3; c++)
                d_h_add[(n + r) * 48 + t * 16 + c] = d_h_add_state[(n + r) * 16 + c];
        }
    }
}

static NN_APART void case6_filled_d_h_add_backward_large(float *NN_RESTRICT d_h_add_sums,
        float *NN_RESTRICT d_h_add_state, const float *NN_RESTRICT d_h,
        const float *NN_RESTRICT d_h_transpose, const float *NN_RESTRICT d_h_scan_trace,
        float *NN_RESTRICT d_h_add, int n)
{
    case6_filled_d_h_add_backward_tile(CASE6_FILLED_D_H_ADD_BACKWARD_ROWS, d_h_add_sums,
            d_h_add_state, d_h, d_h_transpose, d_h_scan_trace, d_h_add, n);
}

static NN_APART void case6_filled_d_h_add_backward_small(float *NN_RESTRICT d_h_add_sums,
        float *NN_RESTRICT d_h_add_state, const float *NN_RESTRICT d_h,
        const float *NN_RESTRICT d_h_transpose, const float *NN_RESTRICT d_h_scan_trace,
        float *NN_RESTRICT d_h_add, int n)
{
    case6_filled_d_h_add_backward_tile(1, d_h_add_sums, d_h_add_state, d_h, d_h_transpose,
            d_h_scan_trace, d_h_add, n);
}

static NN_APART void case6_filled_d_h_add_backward_single(float *NN_RESTRICT d_h_add_sums,
        float *NN_RESTRICT d_h_add_state, const float *NN_RESTRICT d_h,
        const float *NN_RESTRICT d_h_transpose, const float *NN_RESTRICT d_h_scan_trace,
        float *NN_RESTRICT d_h_add, int n)
{
    case6_filled_d_h_add_backward_tile(1, d_h_add_sums, d_h_add_state, d_h, d_h_transpose,
            d_h_scan_trace, d_h_add, n);
}

static NN_APART void case6_filled_d_h_add_backward(int batch, float *NN_RESTRICT d_h_add_sums,
        float *NN_RESTRICT d_h_add_state, const float *NN_RESTRICT d_h,
        const float *NN_RESTRICT d_h_transpose, const float *NN_RESTRICT d_h_scan_trace,
        float *NN_RESTRICT d_h_add)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE6_FILLED_D_H_ADD_BACKWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case6_filled_d_h_add_backward_large(d_h_add_sums, d_h_add_state, d_h,
                        d_h_transpose, d_h_scan_trace, d_h_add, n);
            } else {
                case6_filled_d_h_add_backward_small(d_h_add_sums, d_h_add_state, d_h,
                        d_h_transpose, d_h_scan_trace, d_h_add, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case6_filled_d_h_add_backward_single(d_h_add_sums, d_h_add_state, d_h,
                        d_h_transpose, d_h_scan_trace, d_h_add, n);
        }
    }
}

/* the room around d_h.add is zero */
static NN_APART void case6_filled_d_h_add_backward_halo(int batch, float *NN_RESTRICT d_h_add)
{
    for (int n = 0; n < batch; n++) {
        /* room around the data */
        for (int i = 0; i < 3; i++)
            for (int gap = 0; gap < 13; gap++)
                d_h_add[n * 48 + i * 16 + gap + 3] = 0.0f;
    }
}

/* d_h.recurrent_kernel = contract(h, d_h.add)   [3, 3] */
#if NN_REGISTERS >= 32
enum { CASE6_FILLED_D_H_RECURRENT_KERNEL_BACKWARD_ROWS = 3 };
#else
enum { CASE6_FILLED_D_H_RECURRENT_KERNEL_BACKWARD_ROWS = 3 };
#endif
NN_INLINE void case6_filled_d_h_recurrent_kernel_backward_tile(const int rows,
        const float *NN_RESTRICT t_h, const float *NN_RESTRICT d_h_add,
        float *NN_RESTRICT d_h_recurrent_kernel, int j, int from, int to)
{
    float sum[CASE6_FILLED_D_H_RECURRENT_KERNEL_BACKWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE6_FILLED_D_H_RECURRENT_KERNEL_BACKWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE6_FILLED_D_H_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x = 0; x < 3; x++) {
                const float *at = d_h_add + n * 48 + x * 16 + column;
                const nn_vec b0 = nn_load(at);
                NN_UNROLL
                for (int r = 0; r < CASE6_FILLED_D_H_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(t_h[j + n * 12 + x * 3 + r]);
                        acc[r] += scalar * b0;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE6_FILLED_D_H_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE6_FILLED_D_H_RECURRENT_KERNEL_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE6_FILLED_D_H_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x = 0; x < 3; x++) {
                const float *at = d_h_add + n * 48 + x * 16 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE6_FILLED_D_H_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(t_h[j + n * 12 + x * 3 + r]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE6_FILLED_D_H_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++) {
        const int row = j + r;
        for (int lane = 0; lane < 3; lane++)
            d_h_recurrent_kernel[row * 3 + lane] = sum[r * 16 + lane];
    }
}

static NN_APART void case6_filled_d_h_recurrent_kernel_backward_large(const float *NN_RESTRICT t_h,
        const float *NN_RESTRICT d_h_add, float *NN_RESTRICT d_h_recurrent_kernel, int j, int from,
        int to)
{
    case6_filled_d_h_recurrent_kernel_backward_tile(CASE6_FILLED_D_H_RECURRENT_KERNEL_BACKWARD_ROWS, t_h, d_h_add, d_h_recurrent_kernel, j, from, to);
}

static NN_APART void case6_filled_d_h_recurrent_kernel_backward(int batch,
        const float *NN_RESTRICT t_h, const float *NN_RESTRICT d_h_add,
        float *NN_RESTRICT d_h_recurrent_kernel)
{
    for (int unit = 0; unit < 1; unit++) {
        const int j = 0;
        const int from = 0;
        const int to = batch;
        case6_filled_d_h_recurrent_kernel_backward_large(t_h, d_h_add, d_h_recurrent_kernel, j,
                from, to);
    }
}

/* d_h.bias = reduce_sum(d_h.add)   [3] */
static NN_APART void case6_filled_d_h_bias_backward(int batch, const float *NN_RESTRICT d_h_add,
        float *NN_RESTRICT d_h_bias)
{
    float sum[3];
    for (int c = 0; c < 3; c++)
        sum[c] = 0.0f;
    for (int n = 0; n < batch; n++)
        for (int i = 0; i < 3; i++)
            for (int c = 0; c < 3; c++)
                sum[c] += d_h_add[n * 48 + i * 16 + c];
    for (int c = 0; c < 3; c++)
        d_h_bias[c] = sum[c];
}

/* d_h.reverse = contract(d_h.add, h.kernel)   [3, 3] */
static NN_APART void case6_filled_d_h_reverse_backward_turn(const float *NN_RESTRICT h_kernel,
        float *NN_RESTRICT d_h_reverse_turned)
{
    for (int unit = 0; unit < 1; unit++) {
        const int panel = unit;
        const int p = 0;
        for (int q = 0; q < 1; q++)
            for (int o = 0; o < 3; o++)
                for (int lane = 0; lane < 16; lane++)
                    d_h_reverse_turned[panel * 48 + ((p + q) * 3 + o) * 16 + lane] = lane < 3 ?
                            h_kernel[((p * -1 + q * -1) * 3 + panel * 16 + lane) * 16 + o] : 0.0f;
    }
}

/* d_h.reverse = contract(d_h.add, h.kernel)   [3, 3] */
#if NN_REGISTERS >= 32
enum { CASE6_FILLED_D_H_REVERSE_BACKWARD_ROWS = 3 };
#else
enum { CASE6_FILLED_D_H_REVERSE_BACKWARD_ROWS = 3 };
#endif
NN_INLINE void case6_filled_d_h_reverse_backward_tile(const int rows,
        const float *NN_RESTRICT d_h_add, const float *NN_RESTRICT d_h_reverse_turned,
        float *NN_RESTRICT d_h_reverse, int n, int j, int panel)
{
    float sum[CASE6_FILLED_D_H_REVERSE_BACKWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE6_FILLED_D_H_REVERSE_BACKWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE6_FILLED_D_H_REVERSE_BACKWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int k = 0; k < 3; k++) {
            const float *at = d_h_reverse_turned + panel * 48 + k * 16 + column;
            const nn_vec b0 = nn_load(at);
            NN_UNROLL
            for (int r = 0; r < CASE6_FILLED_D_H_REVERSE_BACKWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(d_h_add[n * 48 + j * 16 + k + r * 16]);
                    acc[r] += scalar * b0;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE6_FILLED_D_H_REVERSE_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE6_FILLED_D_H_REVERSE_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE6_FILLED_D_H_REVERSE_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int k = 0; k < 3; k++) {
            const float *at = d_h_reverse_turned + panel * 48 + k * 16 + column;
            const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
            NN_UNROLL
            for (int r = 0; r < CASE6_FILLED_D_H_REVERSE_BACKWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(d_h_add[n * 48 + j * 16 + k + r * 16]);
                    acc[r][0] += scalar * b0;
                    acc[r][1] += scalar * b1;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE6_FILLED_D_H_REVERSE_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++)
        for (int lane = 0; lane < 3; lane++)
            d_h_reverse[n * 9 + (j + r) * 3 + lane] = sum[r * 16 + lane];
}

static NN_APART void case6_filled_d_h_reverse_backward_large(const float *NN_RESTRICT d_h_add,
        const float *NN_RESTRICT d_h_reverse_turned, float *NN_RESTRICT d_h_reverse, int n, int j,
        int panel)
{
    case6_filled_d_h_reverse_backward_tile(CASE6_FILLED_D_H_REVERSE_BACKWARD_ROWS, d_h_add,
            d_h_reverse_turned, d_h_reverse, n, j, panel);
}

static NN_APART void case6_filled_d_h_reverse_backward(int batch, const float *NN_RESTRICT d_h_add,
        const float *NN_RESTRICT d_h_reverse_turned, float *NN_RESTRICT d_h_reverse)
{
    for (int n = 0; n < batch; n++) {
        const int panel = 0;
        const int j = 0;
        case6_filled_d_h_reverse_backward_large(d_h_add, d_h_reverse_turned, d_h_reverse, n, j,
                panel);
    }
}

/* d_h.kernel = contract(h.reverse, d_h.add)   [3, 3] */
#if NN_REGISTERS >= 32
enum { CASE6_FILLED_D_H_KERNEL_BACKWARD_ROWS = 3 };
#else
enum { CASE6_FILLED_D_H_KERNEL_BACKWARD_ROWS = 3 };
#endif
NN_INLINE void case6_filled_d_h_kernel_backward_tile(const int rows,
        const float *NN_RESTRICT h_reverse, const float *NN_RESTRICT d_h_add,
        float *NN_RESTRICT d_h_kernel, int j, int from, int to)
{
    float sum[CASE6_FILLED_D_H_KERNEL_BACKWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE6_FILLED_D_H_KERNEL_BACKWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE6_FILLED_D_H_KERNEL_BACKWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x = 0; x < 3; x++) {
                const float *at = d_h_add + n * 48 + x * 16 + column;
                const nn_vec b0 = nn_load(at);
                NN_UNROLL
                for (int r = 0; r < CASE6_FILLED_D_H_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(h_reverse[j + n * 9 + x * 3 + r]);
                        acc[r] += scalar * b0;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE6_FILLED_D_H_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE6_FILLED_D_H_KERNEL_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE6_FILLED_D_H_KERNEL_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x = 0; x < 3; x++) {
                const float *at = d_h_add + n * 48 + x * 16 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE6_FILLED_D_H_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(h_reverse[j + n * 9 + x * 3 + r]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE6_FILLED_D_H_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++) {
        const int row = j + r;
        for (int lane = 0; lane < 3; lane++)
            d_h_kernel[row * 3 + lane] = sum[r * 16 + lane];
    }
}

static NN_APART void case6_filled_d_h_kernel_backward_large(const float *NN_RESTRICT h_reverse,
        const float *NN_RESTRICT d_h_add, float *NN_RESTRICT d_h_kernel, int j, int from, int to)
{
    case6_filled_d_h_kernel_backward_tile(CASE6_FILLED_D_H_KERNEL_BACKWARD_ROWS, h_reverse,
            d_h_add, d_h_kernel, j, from, to);
}

static NN_APART void case6_filled_d_h_kernel_backward(int batch,
        const float *NN_RESTRICT h_reverse, const float *NN_RESTRICT d_h_add,
        float *NN_RESTRICT d_h_kernel)
{
    for (int unit = 0; unit < 1; unit++) {
        const int j = 0;
        const int from = 0;
        const int to = batch;
        case6_filled_d_h_kernel_backward_large(h_reverse, d_h_add, d_h_kernel, j, from, to);
    }
}

/* d_h.reverse.reverse = reverse(d_h.reverse)   [3, 3]
 * d_x = add(seed, d_h.reverse.reverse)   [3, 3] */
static NN_APART void case6_filled_d_h_reverse_reverse_backward(int batch,
        const float *NN_RESTRICT d_h_reverse, const float *NN_RESTRICT seed, float *NN_RESTRICT d_x)
{
    for (int n = 0; n < batch; n++)
        for (int i = 0; i < 3; i++)
            for (int c = 0; c < 3; c++)
                d_x[n * 9 + i * 3 + c] = seed[n * 9 + i * 3 + c] + d_h_reverse[n * 9 + (2 - i) *
                        3 + c];
}

static void case6_filled_run(float *state, char *arena, const nn_step *step,
                             const void *const *inputs, const void *const *targets,
                             void *const *outputs, float *results, int threads)
{
    (void)targets;
    (void)results;
    (void)threads;
    const int batch = step->batch;
    const float *const x = (const float *)inputs[0]; /* [3, 3] */
    const float *const h_kernel = state + 0; /* [3, 3] */
    const float *const h_recurrent_kernel = state + 48; /* [3, 3] */
    const float *const h_bias = state + 96; /* [3] */
    const float *const seed = (const float *)inputs[1]; /* [3, 3] */
    float *const h_reverse = (float *)(void *)(arena + 1920); /* [3, 3] */
    float *const h_add = (float *)(void *)(arena + 960); /* [3, 3] */
    float *const t_h = (float *)(void *)(arena + 1152); /* [3, 3] */
    float *const y = (float *)outputs[0]; /* [3, 3] */
    float *const d_h = (float *)(void *)(arena + 2048); /* [3, 3] */
    float *const d_h_scan_trace = (float *)(void *)(arena + 0); /* [3, 1, 16] */
    float *const d_h_transpose = (float *)(void *)(arena + 1344); /* [3, 3] */
    float *const d_h_add = (float *)(void *)(arena + 576); /* [3, 3] */
    float *const d_h_recurrent_kernel = (float *)outputs[3]; /* [3, 3] */
    float *const d_h_bias = (float *)outputs[4]; /* [3] */
    float *const d_h_reverse = (float *)(void *)(arena + 192); /* [3, 3] */
    float *const d_h_kernel = (float *)outputs[2]; /* [3, 3] */
    float *const d_x = (float *)outputs[1]; /* [3, 3] */
    float *const h_sums = (float *)(void *)(arena + 576);
    float *const h_state = (float *)(void *)(arena + 768);
    float *const d_h_add_sums = (float *)(void *)(arena + 1536);
    float *const d_h_add_state = (float *)(void *)(arena + 1728);
    float *const d_h_reverse_turned = (float *)(void *)(arena + 0);
    memset(arena, 0xFF, 2176);
    const uint64_t mode = nn_flush_denormals();
    case6_filled_h_reverse_forward(batch, x, h_reverse);
    case6_filled_h_contract_forward(batch, h_reverse, h_kernel, h_bias, h_add);
    case6_filled_h_forward(batch, h_sums, h_state, h_add, h_recurrent_kernel, d_h_scan_trace, x,
            seed, t_h, y, d_h);
    memset(arena + 960, 0xFF, 108); /* h_add */
    memset(arena + 576, 0xFF, 192); /* h_sums */
    memset(arena + 768, 0xFF, 192); /* h_state */
    case6_filled_h_forward_halo(batch, t_h);
    case6_filled_d_h_transpose_backward(h_recurrent_kernel, d_h_transpose);
    case6_filled_d_h_transpose_backward_halo(d_h_transpose);
    case6_filled_d_h_add_backward(batch, d_h_add_sums, d_h_add_state, d_h, d_h_transpose,
            d_h_scan_trace, d_h_add);
    memset(arena + 2048, 0xFF, 108); /* d_h */
    memset(arena + 0, 0xFF, 576); /* d_h_scan_trace */
    memset(arena + 1344, 0xFF, 192); /* d_h_transpose */
    memset(arena + 1536, 0xFF, 192); /* d_h_add_sums */
    memset(arena + 1728, 0xFF, 192); /* d_h_add_state */
    case6_filled_d_h_add_backward_halo(batch, d_h_add);
    case6_filled_d_h_recurrent_kernel_backward(batch, t_h, d_h_add, d_h_recurrent_kernel);
    memset(arena + 1152, 0xFF, 144); /* t_h */
    case6_filled_d_h_bias_backward(batch, d_h_add, d_h_bias);
    case6_filled_d_h_reverse_backward_turn(h_kernel, d_h_reverse_turned);
    case6_filled_d_h_reverse_backward(batch, d_h_add, d_h_reverse_turned, d_h_reverse);
    memset(arena + 0, 0xFF, 192); /* d_h_reverse_turned */
    case6_filled_d_h_kernel_backward(batch, h_reverse, d_h_add, d_h_kernel);
    memset(arena + 1920, 0xFF, 108); /* h_reverse */
    memset(arena + 576, 0xFF, 576); /* d_h_add */
    case6_filled_d_h_reverse_reverse_backward(batch, d_h_reverse, seed, d_x);
    memset(arena + 192, 0xFF, 108); /* d_h_reverse */
    nn_restore_denormals(mode);
}

/* h.reverse = reverse(x)   [3, 3] */
static NN_APART void case7_fast_h_reverse_forward(int batch, const float *NN_RESTRICT x,
        float *NN_RESTRICT h_reverse)
{
    for (int n = 0; n < batch; n++)
        for (int i = 0; i < 3; i++)
            for (int c = 0; c < 3; c++)
                h_reverse[n * 9 + i * 3 + c] = x[n * 9 + (2 - i) * 3 + c];
}

/* h.contract = contract(h.reverse, h.kernel)   [3, 3]
 * h.add = add(h.contract, h.bias)   [3, 3] */
#if NN_REGISTERS >= 32
enum { CASE7_FAST_H_CONTRACT_FORWARD_ROWS = 3 };
#else
enum { CASE7_FAST_H_CONTRACT_FORWARD_ROWS = 3 };
#endif
NN_INLINE void case7_fast_h_contract_forward_tile(const int rows,
        const float *NN_RESTRICT h_reverse, const float *NN_RESTRICT h_kernel,
        const float *NN_RESTRICT h_bias, float *NN_RESTRICT h_add, int n, int j, int panel)
{
    float sum[CASE7_FAST_H_CONTRACT_FORWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE7_FAST_H_CONTRACT_FORWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE7_FAST_H_CONTRACT_FORWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int k = 0; k < 3; k++) {
            const float *at = h_kernel + panel * 48 + k * 16 + column;
            const nn_vec b0 = nn_load(at);
            NN_UNROLL
            for (int r = 0; r < CASE7_FAST_H_CONTRACT_FORWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(h_reverse[n * 9 + j * 3 + k + r * 3]);
                    acc[r] += scalar * b0;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE7_FAST_H_CONTRACT_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE7_FAST_H_CONTRACT_FORWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE7_FAST_H_CONTRACT_FORWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int k = 0; k < 3; k++) {
            const float *at = h_kernel + panel * 48 + k * 16 + column;
            const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
            NN_UNROLL
            for (int r = 0; r < CASE7_FAST_H_CONTRACT_FORWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(h_reverse[n * 9 + j * 3 + k + r * 3]);
                    acc[r][0] += scalar * b0;
                    acc[r][1] += scalar * b1;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE7_FAST_H_CONTRACT_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++)
        for (int lane = 0; lane < 3; lane++)
            h_add[n * 9 + (j + r) * 3 + lane] = sum[r * 16 + lane] + h_bias[lane];
}

static NN_APART void case7_fast_h_contract_forward_large(const float *NN_RESTRICT h_reverse,
        const float *NN_RESTRICT h_kernel, const float *NN_RESTRICT h_bias,
        float *NN_RESTRICT h_add, int n, int j, int panel)
{
    case7_fast_h_contract_forward_tile(CASE7_FAST_H_CONTRACT_FORWARD_ROWS, h_reverse, h_kernel,
            h_bias, h_add, n, j, panel);
}

static NN_APART void case7_fast_h_contract_forward(int batch, const float *NN_RESTRICT h_reverse,
        const float *NN_RESTRICT h_kernel, const float *NN_RESTRICT h_bias,
        float *NN_RESTRICT h_add)
{
    for (int n = 0; n < batch; n++) {
        const int panel = 0;
        const int j = 0;
        case7_fast_h_contract_forward_large(h_reverse, h_kernel, h_bias, h_add, n, j, panel);
    }
}

/* h = scan(h.add, h.recurrent_kernel, 0, 0)   [3, 3]
 * mul_1 = mul(h, h)   [3, 3]
 * y.add = add(h, x)   [3, 3]
 * y = add(y.add, mul_1)   [3, 3]
 * 3 steps, 3 columns */
#if NN_REGISTERS >= 32
enum { CASE7_FAST_H_FORWARD_ROWS = 2 };
#else
enum { CASE7_FAST_H_FORWARD_ROWS = 2 };
#endif
NN_INLINE void case7_fast_h_forward_tile(const int rows, float *NN_RESTRICT h_sums,
                                         float *NN_RESTRICT h_state,
                                         const float *NN_RESTRICT h_add,
                                         const float *NN_RESTRICT h_recurrent_kernel,
                                         const float *NN_RESTRICT x, float *NN_RESTRICT y, int n)
{
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < 3; c++)
            h_state[(n + r) * 16 + c] = 0.0f;
    for (int t = 0; t < 3; t++) {
        for (int r = 0; r < rows; r++)
            for (int o = 0; o < 3; o++)
                h_sums[(n + r) * 16 + o] = h_add[(n + r) * 9 + t * 3 + o];
#if NN_LANES == 16
        for (int column = 0; column < 16; column += NN_LANES) {
            nn_vec acc[CASE7_FAST_H_FORWARD_ROWS];
            NN_UNROLL
            for (int r = 0; r < CASE7_FAST_H_FORWARD_ROWS; r++)
                if (r < rows) {
                    acc[r] = nn_load(h_sums + n * 16 + r * 16 + column);
                }
            for (int k = 0; k < 3; k++) {
                const float *at = h_recurrent_kernel + k * 16 + column;
                const nn_vec b0 = nn_load(at);
                NN_UNROLL
                for (int r = 0; r < CASE7_FAST_H_FORWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(h_state[n * 16 + k + r * 16]);
                        acc[r] += scalar * b0;
                    }
            }
            NN_UNROLL
            for (int r = 0; r < CASE7_FAST_H_FORWARD_ROWS; r++)
                if (r < rows) {
                    nn_store(h_sums + n * 16 + r * 16 + column, acc[r]);
                }
        }
#else
        for (int column = 0; column < 16; column += 2 * NN_LANES) {
            nn_vec acc[CASE7_FAST_H_FORWARD_ROWS][2];
            NN_UNROLL
            for (int r = 0; r < CASE7_FAST_H_FORWARD_ROWS; r++)
                if (r < rows) {
                    acc[r][0] = nn_load(h_sums + n * 16 + r * 16 + column);
                    acc[r][1] = nn_load(h_sums + n * 16 + r * 16 + column + NN_LANES);
                }
            for (int k = 0; k < 3; k++) {
                const float *at = h_recurrent_kernel + k * 16 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE7_FAST_H_FORWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(h_state[n * 16 + k + r * 16]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
            NN_UNROLL
            for (int r = 0; r < CASE7_FAST_H_FORWARD_ROWS; r++)
                if (r < rows) {
                    nn_store(h_sums + n * 16 + r * 16 + column, acc[r][0]);
                    nn_store(h_sums + n * 16 + r * 16 + column + NN_LANES, acc[r][1]);
                }
        }
#endif
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < 16; c++) {
                const float h = nn_tanh(h_sums[(n + r) * 16 + c]);
                h_state[(n + r) * 16 + c] = h;
            }
            for (int c = 0; c < 3; c++) {
                const float h_value = h_state[(n + r) * 16 + c];
                y[(n + r) * 9 + t * 3 + c] = h_value + x[(n + r) * 9 + t * 3 + c] + h_value *
                        h_value;
            }
        }
    }
}

static NN_APART void case7_fast_h_forward_large(float *NN_RESTRICT h_sums,
                                                float *NN_RESTRICT h_state,
                                                const float *NN_RESTRICT h_add,
                                                const float *NN_RESTRICT h_recurrent_kernel,
                                                const float *NN_RESTRICT x, float *NN_RESTRICT y,
                                                int n)
{
    case7_fast_h_forward_tile(CASE7_FAST_H_FORWARD_ROWS, h_sums, h_state, h_add,
            h_recurrent_kernel, x, y, n);
}

static NN_APART void case7_fast_h_forward_small(float *NN_RESTRICT h_sums,
                                                float *NN_RESTRICT h_state,
                                                const float *NN_RESTRICT h_add,
                                                const float *NN_RESTRICT h_recurrent_kernel,
                                                const float *NN_RESTRICT x, float *NN_RESTRICT y,
                                                int n)
{
    case7_fast_h_forward_tile(1, h_sums, h_state, h_add, h_recurrent_kernel, x, y, n);
}

static NN_APART void case7_fast_h_forward_single(float *NN_RESTRICT h_sums,
                                                 float *NN_RESTRICT h_state,
                                                 const float *NN_RESTRICT h_add,
                                                 const float *NN_RESTRICT h_recurrent_kernel,
                                                 const float *NN_RESTRICT x, float *NN_RESTRICT y,
                                                 int n)
{
    case7_fast_h_forward_tile(1, h_sums, h_state, h_add, h_recurrent_kernel, x, y, n);
}

static NN_APART void case7_fast_h_forward(int batch, float *NN_RESTRICT h_sums,
                                          float *NN_RESTRICT h_state,
                                          const float *NN_RESTRICT h_add,
                                          const float *NN_RESTRICT h_recurrent_kernel,
                                          const float *NN_RESTRICT x, float *NN_RESTRICT y)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE7_FAST_H_FORWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case7_fast_h_forward_large(h_sums, h_state, h_add, h_recurrent_kernel, x, y, n);
            } else {
                case7_fast_h_forward_small(h_sums, h_state, h_add, h_recurrent_kernel, x, y, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case7_fast_h_forward_single(h_sums, h_state, h_add, h_recurrent_kernel, x, y, n);
        }
    }
}

static void case7_fast_run(float *state, char *arena, const nn_step *step,
                           const void *const *inputs, const void *const *targets,
                           void *const *outputs, float *results, int threads)
{
    (void)targets;
    (void)results;
    (void)threads;
    const int batch = step->batch;
    const float *const x = (const float *)inputs[0]; /* [3, 3] */
    const float *const h_kernel = state + 0; /* [3, 3] */
    const float *const h_recurrent_kernel = state + 48; /* [3, 3] */
    const float *const h_bias = state + 96; /* [3] */
    float *const h_reverse = (float *)(void *)(arena + 0); /* [3, 3] */
    float *const h_add = (float *)(void *)(arena + 384); /* [3, 3] */
    float *const y = (float *)outputs[0]; /* [3, 3] */
    float *const h_sums = (float *)(void *)(arena + 0);
    float *const h_state = (float *)(void *)(arena + 192);
    const uint64_t mode = nn_flush_denormals();
    case7_fast_h_reverse_forward(batch, x, h_reverse);
    case7_fast_h_contract_forward(batch, h_reverse, h_kernel, h_bias, h_add);
    case7_fast_h_forward(batch, h_sums, h_state, h_add, h_recurrent_kernel, x, y);
    nn_restore_denormals(mode);
}

/* h.reverse = reverse(x)   [3, 3] */
static NN_APART void case7_plain_h_reverse_forward(int batch, const float *NN_RESTRICT x,
        float *NN_RESTRICT h_reverse)
{
    for (int n = 0; n < batch; n++)
        for (int i = 0; i < 3; i++)
            for (int c = 0; c < 3; c++)
                h_reverse[n * 9 + i * 3 + c] = x[n * 9 + (2 - i) * 3 + c];
}

/* h.contract = contract(h.reverse, h.kernel)   [3, 3]
 * h.add = add(h.contract, h.bias)   [3, 3] */
static NN_APART void case7_plain_h_contract_forward(int batch, const float *NN_RESTRICT h_reverse,
        const float *NN_RESTRICT h_kernel, const float *NN_RESTRICT h_bias,
        float *NN_RESTRICT h_add)
{
    for (int n = 0; n < batch; n++)
        for (int i = 0; i < 3; i++)
            for (int c = 0; c < 3; c++) {
                float sum = 0.0f;
                for (int c_2 = 0; c_2 < 3; c_2++)
                    sum += h_reverse[n * 9 + i * 3 + c_2] * h_kernel[c_2 * 3 + c];
                h_add[n * 9 + i * 3 + c] = sum + h_bias[c];
            }
}

/* h = scan(h.add, h.recurrent_kernel, 0, 0)   [3, 3]
 * mul_1 = mul(h, h)   [3, 3]
 * y.add = add(h, x)   [3, 3]
 * y = add(y.add, mul_1)   [3, 3]
 * 3 steps, 3 columns */
#if NN_REGISTERS >= 32
enum { CASE7_PLAIN_H_FORWARD_ROWS = 2 };
#else
enum { CASE7_PLAIN_H_FORWARD_ROWS = 2 };
#endif
NN_INLINE void case7_plain_h_forward_tile(const int rows, float *NN_RESTRICT h_sums,
                                          float *NN_RESTRICT h_state,
                                          const float *NN_RESTRICT h_add,
                                          const float *NN_RESTRICT h_recurrent_kernel,
                                          const float *NN_RESTRICT x, float *NN_RESTRICT y, int n)
{
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < 3; c++)
            h_state[(n + r) * 16 + c] = 0.0f;
    for (int t = 0; t < 3; t++) {
        for (int r = 0; r < rows; r++)
            for (int o = 0; o < 3; o++)
                h_sums[(n + r) * 16 + o] = h_add[(n + r) * 9 + t * 3 + o];
        for (int r = 0; r < rows; r++)
            for (int k = 0; k < 3; k++)
                for (int o = 0; o < 3; o++)
                    h_sums[(n + r) * 16 + o] += h_state[(n + r) * 16 + k] * h_recurrent_kernel[k *
                            3 + o];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < 16; c++) {
                const float h = nn_tanh(h_sums[(n + r) * 16 + c]);
                h_state[(n + r) * 16 + c] = h;
            }
            for (int c = 0; c < 3; c++) {
                const float h_value = h_state[(n + r) * 16 + c];
                y[(n + r) * 9 + t * 3 + c] = h_value + x[(n + r) * 9 + t * 3 + c] + h_value *
                        h_value;
            }
        }
    }
}

static NN_APART void case7_plain_h_forward_large(float *NN_RESTRICT h_sums,
                                                 float *NN_RESTRICT h_state,
                                                 const float *NN_RESTRICT h_add,
                                                 const float *NN_RESTRICT h_recurrent_kernel,
                                                 const float *NN_RESTRICT x, float *NN_RESTRICT y,
                                                 int n)
{
    case7_plain_h_forward_tile(CASE7_PLAIN_H_FORWARD_ROWS, h_sums, h_state, h_add,
            h_recurrent_kernel, x, y, n);
}

static NN_APART void case7_plain_h_forward_small(float *NN_RESTRICT h_sums,
                                                 float *NN_RESTRICT h_state,
                                                 const float *NN_RESTRICT h_add,
                                                 const float *NN_RESTRICT h_recurrent_kernel,
                                                 const float *NN_RESTRICT x, float *NN_RESTRICT y,
                                                 int n)
{
    case7_plain_h_forward_tile(1, h_sums, h_state, h_add, h_recurrent_kernel, x, y, n);
}

static NN_APART void case7_plain_h_forward_single(float *NN_RESTRICT h_sums,
        float *NN_RESTRICT h_state, const float *NN_RESTRICT h_add,
        const float *NN_RESTRICT h_recurrent_kernel, const float *NN_RESTRICT x,
        float *NN_RESTRICT y, int n)
{
    case7_plain_h_forward_tile(1, h_sums, h_state, h_add, h_recurrent_kernel, x, y, n);
}

static NN_APART void case7_plain_h_forward(int batch, float *NN_RESTRICT h_sums,
                                           float *NN_RESTRICT h_state,
                                           const float *NN_RESTRICT h_add,
                                           const float *NN_RESTRICT h_recurrent_kernel,
                                           const float *NN_RESTRICT x, float *NN_RESTRICT y)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE7_PLAIN_H_FORWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case7_plain_h_forward_large(h_sums, h_state, h_add, h_recurrent_kernel, x, y, n);
            } else {
                case7_plain_h_forward_small(h_sums, h_state, h_add, h_recurrent_kernel, x, y, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case7_plain_h_forward_single(h_sums, h_state, h_add, h_recurrent_kernel, x, y, n);
        }
    }
}

static void case7_plain_run(float *state, char *arena, const nn_step *step,
                            const void *const *inputs, const void *const *targets,
                            void *const *outputs, float *results, int threads)
{
    (void)targets;
    (void)results;
    (void)threads;
    const int batch = step->batch;
    const float *const x = (const float *)inputs[0]; /* [3, 3] */
    const float *const h_kernel = state + 0; /* [3, 3] */
    const float *const h_recurrent_kernel = state + 16; /* [3, 3] */
    const float *const h_bias = state + 32; /* [3] */
    float *const h_reverse = (float *)(void *)(arena + 0); /* [3, 3] */
    float *const h_add = (float *)(void *)(arena + 384); /* [3, 3] */
    float *const y = (float *)outputs[0]; /* [3, 3] */
    float *const h_sums = (float *)(void *)(arena + 0);
    float *const h_state = (float *)(void *)(arena + 192);
    const uint64_t mode = nn_flush_denormals();
    case7_plain_h_reverse_forward(batch, x, h_reverse);
    case7_plain_h_contract_forward(batch, h_reverse, h_kernel, h_bias, h_add);
    case7_plain_h_forward(batch, h_sums, h_state, h_add, h_recurrent_kernel, x, y);
    nn_restore_denormals(mode);
}

/* h.reverse = reverse(x)   [3, 3] */
static NN_APART void case7_filled_h_reverse_forward(int batch, const float *NN_RESTRICT x,
        float *NN_RESTRICT h_reverse)
{
    for (int n = 0; n < batch; n++)
        for (int i = 0; i < 3; i++)
            for (int c = 0; c < 3; c++)
                h_reverse[n * 9 + i * 3 + c] = x[n * 9 + (2 - i) * 3 + c];
}

/* h.contract = contract(h.reverse, h.kernel)   [3, 3]
 * h.add = add(h.contract, h.bias)   [3, 3] */
#if NN_REGISTERS >= 32
enum { CASE7_FILLED_H_CONTRACT_FORWARD_ROWS = 3 };
#else
enum { CASE7_FILLED_H_CONTRACT_FORWARD_ROWS = 3 };
#endif
NN_INLINE void case7_filled_h_contract_forward_tile(const int rows,
        const float *NN_RESTRICT h_reverse, const float *NN_RESTRICT h_kernel,
        const float *NN_RESTRICT h_bias, float *NN_RESTRICT h_add, int n, int j, int panel)
{
    float sum[CASE7_FILLED_H_CONTRACT_FORWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE7_FILLED_H_CONTRACT_FORWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE7_FILLED_H_CONTRACT_FORWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int k = 0; k < 3; k++) {
            const float *at = h_kernel + panel * 48 + k * 16 + column;
            const nn_vec b0 = nn_load(at);
            NN_UNROLL
            for (int r = 0; r < CASE7_FILLED_H_CONTRACT_FORWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(h_reverse[n * 9 + j * 3 + k + r * 3]);
                    acc[r] += scalar * b0;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE7_FILLED_H_CONTRACT_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE7_FILLED_H_CONTRACT_FORWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE7_FILLED_H_CONTRACT_FORWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int k = 0; k < 3; k++) {
            const float *at = h_kernel + panel * 48 + k * 16 + column;
            const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
            NN_UNROLL
            for (int r = 0; r < CASE7_FILLED_H_CONTRACT_FORWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(h_reverse[n * 9 + j * 3 + k + r * 3]);
                    acc[r][0] += scalar * b0;
                    acc[r][1] += scalar * b1;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE7_FILLED_H_CONTRACT_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++)
        for (int lane = 0; lane < 3; lane++)
            h_add[n * 9 + (j + r) * 3 + lane] = sum[r * 16 + lane] + h_bias[lane];
}

static NN_APART void case7_filled_h_contract_forward_large(const float *NN_RESTRICT h_reverse,
        const float *NN_RESTRICT h_kernel, const float *NN_RESTRICT h_bias,
        float *NN_RESTRICT h_add, int n, int j, int panel)
{
    case7_filled_h_contract_forward_tile(CASE7_FILLED_H_CONTRACT_FORWARD_ROWS, h_reverse, h_kernel,
            h_bias, h_add, n, j, panel);
}

static NN_APART void case7_filled_h_contract_forward(int batch, const float *NN_RESTRICT h_reverse,
        const float *NN_RESTRICT h_kernel, const float *NN_RESTRICT h_bias,
        float *NN_RESTRICT h_add)
{
    for (int n = 0; n < batch; n++) {
        const int panel = 0;
        const int j = 0;
        case7_filled_h_contract_forward_large(h_reverse, h_kernel, h_bias, h_add, n, j, panel);
    }
}

/* h = scan(h.add, h.recurrent_kernel, 0, 0)   [3, 3]
 * mul_1 = mul(h, h)   [3, 3]
 * y.add = add(h, x)   [3, 3]
 * y = add(y.add, mul_1)   [3, 3]
 * 3 steps, 3 columns */
#if NN_REGISTERS >= 32
enum { CASE7_FILLED_H_FORWARD_ROWS = 2 };
#else
enum { CASE7_FILLED_H_FORWARD_ROWS = 2 };
#endif
NN_INLINE void case7_filled_h_forward_tile(const int rows, float *NN_RESTRICT h_sums,
                                           float *NN_RESTRICT h_state,
                                           const float *NN_RESTRICT h_add,
                                           const float *NN_RESTRICT h_recurrent_kernel,
                                           const float *NN_RESTRICT x, float *NN_RESTRICT y, int n)
{
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < 3; c++)
            h_state[(n + r) * 16 + c] = 0.0f;
    for (int t = 0; t < 3; t++) {
        for (int r = 0; r < rows; r++)
            for (int o = 0; o < 3; o++)
                h_sums[(n + r) * 16 + o] = h_add[(n + r) * 9 + t * 3 + o];
#if NN_LANES == 16
        for (int column = 0; column < 16; column += NN_LANES) {
            nn_vec acc[CASE7_FILLED_H_FORWARD_ROWS];
            NN_UNROLL
            for (int r = 0; r < CASE7_FILLED_H_FORWARD_ROWS; r++)
                if (r < rows) {
                    acc[r] = nn_load(h_sums + n * 16 + r * 16 + column);
                }
            for (int k = 0; k < 3; k++) {
                const float *at = h_recurrent_kernel + k * 16 + column;
                const nn_vec b0 = nn_load(at);
                NN_UNROLL
                for (int r = 0; r < CASE7_FILLED_H_FORWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(h_state[n * 16 + k + r * 16]);
                        acc[r] += scalar * b0;
                    }
            }
            NN_UNROLL
            for (int r = 0; r < CASE7_FILLED_H_FORWARD_ROWS; r++)
                if (r < rows) {
                    nn_store(h_sums + n * 16 + r * 16 + column, acc[r]);
                }
        }
#else
        for (int column = 0; column < 16; column += 2 * NN_LANES) {
            nn_vec acc[CASE7_FILLED_H_FORWARD_ROWS][2];
            NN_UNROLL
            for (int r = 0; r < CASE7_FILLED_H_FORWARD_ROWS; r++)
                if (r < rows) {
                    acc[r][0] = nn_load(h_sums + n * 16 + r * 16 + column);
                    acc[r][1] = nn_load(h_sums + n * 16 + r * 16 + column + NN_LANES);
                }
            for (int k = 0; k < 3; k++) {
                const float *at = h_recurrent_kernel + k * 16 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE7_FILLED_H_FORWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(h_state[n * 16 + k + r * 16]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
            NN_UNROLL
            for (int r = 0; r < CASE7_FILLED_H_FORWARD_ROWS; r++)
                if (r < rows) {
                    nn_store(h_sums + n * 16 + r * 16 + column, acc[r][0]);
                    nn_store(h_sums + n * 16 + r * 16 + column + NN_LANES, acc[r][1]);
                }
        }
#endif
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < 16; c++) {
                const float h = nn_tanh(h_sums[(n + r) * 16 + c]);
                h_state[(n + r) * 16 + c] = h;
            }
            for (int c = 0; c < 3; c++) {
                const float h_value = h_state[(n + r) * 16 + c];
                y[(n + r) * 9 + t * 3 + c] = h_value + x[(n + r) * 9 + t * 3 + c] + h_value *
                        h_value;
            }
        }
    }
}

static NN_APART void case7_filled_h_forward_large(float *NN_RESTRICT h_sums,
        float *NN_RESTRICT h_state, const float *NN_RESTRICT h_add,
        const float *NN_RESTRICT h_recurrent_kernel, const float *NN_RESTRICT x,
        float *NN_RESTRICT y, int n)
{
    case7_filled_h_forward_tile(CASE7_FILLED_H_FORWARD_ROWS, h_sums, h_state, h_add,
            h_recurrent_kernel, x, y, n);
}

static NN_APART void case7_filled_h_forward_small(float *NN_RESTRICT h_sums,
        float *NN_RESTRICT h_state, const float *NN_RESTRICT h_add,
        const float *NN_RESTRICT h_recurrent_kernel, const float *NN_RESTRICT x,
        float *NN_RESTRICT y, int n)
{
    case7_filled_h_forward_tile(1, h_sums, h_state, h_add, h_recurrent_kernel, x, y, n);
}

static NN_APART void case7_filled_h_forward_single(float *NN_RESTRICT h_sums,
        float *NN_RESTRICT h_state, const float *NN_RESTRICT h_add,
        const float *NN_RESTRICT h_recurrent_kernel, const float *NN_RESTRICT x,
        float *NN_RESTRICT y, int n)
{
    case7_filled_h_forward_tile(1, h_sums, h_state, h_add, h_recurrent_kernel, x, y, n);
}

static NN_APART void case7_filled_h_forward(int batch, float *NN_RESTRICT h_sums,
                                            float *NN_RESTRICT h_state,
                                            const float *NN_RESTRICT h_add,
                                            const float *NN_RESTRICT h_recurrent_kernel,
                                            const float *NN_RESTRICT x, float *NN_RESTRICT y)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE7_FILLED_H_FORWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case7_filled_h_forward_large(h_sums, h_state, h_add, h_recurrent_kernel, x, y, n);
            } else {
                case7_filled_h_forward_small(h_sums, h_state, h_add, h_recurrent_kernel, x, y, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case7_filled_h_forward_single(h_sums, h_state, h_add, h_recurrent_kernel, x, y, n);
        }
    }
}

static void case7_filled_run(float *state, char *arena, const nn_step *step,
                             const void *const *inputs, const void *const *targets,
                             void *const *outputs, float *results, int threads)
{
    (void)targets;
    (void)results;
    (void)threads;
    const int batch = step->batch;
    const float *const x = (const float *)inputs[0]; /* [3, 3] */
    const float *const h_kernel = state + 0; /* [3, 3] */
    const float *const h_recurrent_kernel = state + 48; /* [3, 3] */
    const float *const h_bias = state + 96; /* [3] */
    float *const h_reverse = (float *)(void *)(arena + 0); /* [3, 3] */
    float *const h_add = (float *)(void *)(arena + 384); /* [3, 3] */
    float *const y = (float *)outputs[0]; /* [3, 3] */
    float *const h_sums = (float *)(void *)(arena + 0);
    float *const h_state = (float *)(void *)(arena + 192);
    memset(arena, 0xFF, 512);
    const uint64_t mode = nn_flush_denormals();
    case7_filled_h_reverse_forward(batch, x, h_reverse);
    case7_filled_h_contract_forward(batch, h_reverse, h_kernel, h_bias, h_add);
    memset(arena + 0, 0xFF, 108); /* h_reverse */
    case7_filled_h_forward(batch, h_sums, h_state, h_add, h_recurrent_kernel, x, y);
    memset(arena + 384, 0xFF, 108); /* h_add */
    memset(arena + 0, 0xFF, 192); /* h_sums */
    memset(arena + 192, 0xFF, 192); /* h_state */
    nn_restore_denormals(mode);
}

/* y.reverse = reverse(x)   [4, 2] */
static NN_APART void case8_fast_y_reverse_forward(int batch, const float *NN_RESTRICT x,
        float *NN_RESTRICT y_reverse)
{
    for (int n = 0; n < batch; n++)
        for (int i = 0; i < 4; i++)
            for (int c = 0; c < 2; c++)
                y_reverse[n * 8 + i * 2 + c] = x[n * 8 + (3 - i) * 2 + c];
}

/* y.contract = contract(x, y.kernel)   [4, 3] */
#if NN_REGISTERS >= 32
enum { CASE8_FAST_Y_CONTRACT_FORWARD_ROWS = 4 };
#else
enum { CASE8_FAST_Y_CONTRACT_FORWARD_ROWS = 4 };
#endif
NN_INLINE void case8_fast_y_contract_forward_tile(const int rows, const float *NN_RESTRICT x,
        const float *NN_RESTRICT y_kernel, float *NN_RESTRICT y_contract, int n, int j, int panel)
{
    float sum[CASE8_FAST_Y_CONTRACT_FORWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE8_FAST_Y_CONTRACT_FORWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE8_FAST_Y_CONTRACT_FORWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int k = 0; k < 2; k++) {
            const float *at = y_kernel + panel * 32 + k * 16 + column;
            const nn_vec b0 = nn_load(at);
            NN_UNROLL
            for (int r = 0; r < CASE8_FAST_Y_CONTRACT_FORWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(x[n * 8 + j * 2 + k + r * 2]);
                    acc[r] += scalar * b0;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE8_FAST_Y_CONTRACT_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE8_FAST_Y_CONTRACT_FORWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE8_FAST_Y_CONTRACT_FORWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int k = 0; k < 2; k++) {
            const float *at = y_kernel + panel * 32 + k * 16 + column;
            const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
            NN_UNROLL
            for (int r = 0; r < CASE8_FAST_Y_CONTRACT_FORWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(x[n * 8 + j * 2 + k + r * 2]);
                    acc[r][0] += scalar * b0;
                    acc[r][1] += scalar * b1;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE8_FAST_Y_CONTRACT_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++)
        for (int lane = 0; lane < 3; lane++)
            y_contract[n * 12 + (j + r) * 3 + lane] = sum[r * 16 + lane];
}

static NN_APART void case8_fast_y_contract_forward_large(const float *NN_RESTRICT x,
        const float *NN_RESTRICT y_kernel, float *NN_RESTRICT y_contract, int n, int j, int panel)
{
    case8_fast_y_contract_forward_tile(CASE8_FAST_Y_CONTRACT_FORWARD_ROWS, x, y_kernel, y_contract,
            n, j, panel);
}

static NN_APART void case8_fast_y_contract_forward(int batch, const float *NN_RESTRICT x,
        const float *NN_RESTRICT y_kernel, float *NN_RESTRICT y_contract)
{
    for (int n = 0; n < batch; n++) {
        const int panel = 0;
        const int j = 0;
        case8_fast_y_contract_forward_large(x, y_kernel, y_contract, n, j, panel);
    }
}

/* y.scan = scan(y.contract, y.recurrent_kernel, 0, 0)   [4, 3]
 * d_y.scan.scan_trace = scan_trace(y.contract, y.recurrent_kernel, 0, 0)   [4, 1, 16]
 * 4 steps, 3 columns */
#if NN_REGISTERS >= 32
enum { CASE8_FAST_Y_SCAN_FORWARD_ROWS = 2 };
#else
enum { CASE8_FAST_Y_SCAN_FORWARD_ROWS = 2 };
#endif
NN_INLINE void case8_fast_y_scan_forward_tile(const int rows, float *NN_RESTRICT y_scan_sums,
                                              float *NN_RESTRICT y_scan_state,
                                              const float *NN_RESTRICT y_contract,
                                              const float *NN_RESTRICT y_recurrent_kernel,
                                              float *NN_RESTRICT d_y_scan_scan_trace,
                                              float *NN_RESTRICT y_scan, int n)
{
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < 3; c++)
            y_scan_state[(n + r) * 16 + c] = 0.0f;
    for (int t = 0; t < 4; t++) {
        for (int r = 0; r < rows; r++)
            for (int o = 0; o < 3; o++)
                y_scan_sums[(n + r) * 16 + o] = y_contract[(n + r) * 12 + t * 3 + o];
#if NN_LANES == 16
        for (int column = 0; column < 16; column += NN_LANES) {
            nn_vec acc[CASE8_FAST_Y_SCAN_FORWARD_ROWS];
            NN_UNROLL
            for (int r = 0; r < CASE8_FAST_Y_SCAN_FORWARD_ROWS; r++)
                if (r < rows) {
                    acc[r] = nn_load(y_scan_sums + n * 16 + r * 16 + column);
                }
            for (int k = 0; k < 3; k++) {
                const float *at = y_recurrent_kernel + k * 16 + column;
                const nn_vec b0 = nn_load(at);
                NN_UNROLL
                for (int r = 0; r < CASE8_FAST_Y_SCAN_FORWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(y_scan_state[n * 16 + k + r * 16]);
                        acc[r] += scalar * b0;
                    }
            }
            NN_UNROLL
            for (int r = 0; r < CASE8_FAST_Y_SCAN_FORWARD_ROWS; r++)
                if (r < rows) {
                    nn_store(y_scan_sums + n * 16 + r * 16 + column, acc[r]);
                }
        }
#else
        for (int column = 0; column < 16; column += 2 * NN_LANES) {
            nn_vec acc[CASE8_FAST_Y_SCAN_FORWARD_ROWS][2];
            NN_UNROLL
            for (int r = 0; r < CASE8_FAST_Y_SCAN_FORWARD_ROWS; r++)
                if (r < rows) {
                    acc[r][0] = nn_load(y_scan_sums + n * 16 + r * 16 + column);
                    acc[r][1] = nn_load(y_scan_sums + n * 16 + r * 16 + column + NN_LANES);
                }
            for (int k = 0; k < 3; k++) {
                const float *at = y_recurrent_kernel + k * 16 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE8_FAST_Y_SCAN_FORWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(y_scan_state[n * 16 + k + r * 16]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
            NN_UNROLL
            for (int r = 0; r < CASE8_FAST_Y_SCAN_FORWARD_ROWS; r++)
                if (r < rows) {
                    nn_store(y_scan_sums + n * 16 + r * 16 + column, acc[r][0]);
                    nn_store(y_scan_sums + n * 16 + r * 16 + column + NN_LANES, acc[r][1]);
                }
        }
#endif
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < 16; c++) {
                const float h = y_scan_sums[(n + r) * 16 + c];
                y_scan_state[(n + r) * 16 + c] = h;
                d_y_scan_scan_trace[(n + r) * 64 + t * 16 + c] = h;
            }
            for (int c = 0; c < 3; c++)
                y_scan[(n + r) * 15 + t * 3 + c + 3] = y_scan_state[(n + r) * 16 + c];
        }
    }
}

static NN_APART void case8_fast_y_scan_forward_large(float *NN_RESTRICT y_scan_sums,
        float *NN_RESTRICT y_scan_state, const float *NN_RESTRICT y_contract,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT d_y_scan_scan_trace,
        float *NN_RESTRICT y_scan, int n)
{
    case8_fast_y_scan_forward_tile(CASE8_FAST_Y_SCAN_FORWARD_ROWS, y_scan_sums, y_scan_state,
            y_contract, y_recurrent_kernel, d_y_scan_scan_trace, y_scan, n);
}

static NN_APART void case8_fast_y_scan_forward_small(float *NN_RESTRICT y_scan_sums,
        float *NN_RESTRICT y_scan_state, const float *NN_RESTRICT y_contract,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT d_y_scan_scan_trace,
        float *NN_RESTRICT y_scan, int n)
{
    case8_fast_y_scan_forward_tile(1, y_scan_sums, y_scan_state, y_contract, y_recurrent_kernel,
            d_y_scan_scan_trace, y_scan, n);
}

static NN_APART void case8_fast_y_scan_forward_single(float *NN_RESTRICT y_scan_sums,
        float *NN_RESTRICT y_scan_state, const float *NN_RESTRICT y_contract,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT d_y_scan_scan_trace,
        float *NN_RESTRICT y_scan, int n)
{
    case8_fast_y_scan_forward_tile(1, y_scan_sums, y_scan_state, y_contract, y_recurrent_kernel,
            d_y_scan_scan_trace, y_scan, n);
}

static NN_APART void case8_fast_y_scan_forward(int batch, float *NN_RESTRICT y_scan_sums,
                                               float *NN_RESTRICT y_scan_state,
                                               const float *NN_RESTRICT y_contract,
                                               const float *NN_RESTRICT y_recurrent_kernel,
                                               float *NN_RESTRICT d_y_scan_scan_trace,
                                               float *NN_RESTRICT y_scan)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE8_FAST_Y_SCAN_FORWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case8_fast_y_scan_forward_large(y_scan_sums, y_scan_state, y_contract,
                        y_recurrent_kernel, d_y_scan_scan_trace, y_scan, n);
            } else {
                case8_fast_y_scan_forward_small(y_scan_sums, y_scan_state, y_contract,
                        y_recurrent_kernel, d_y_scan_scan_trace, y_scan, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case8_fast_y_scan_forward_single(y_scan_sums, y_scan_state, y_contract,
                        y_recurrent_kernel, d_y_scan_scan_trace, y_scan, n);
        }
    }
}

/* the room around y.scan is zero */
static NN_APART void case8_fast_y_scan_forward_halo(int batch, float *NN_RESTRICT y_scan)
{
    for (int n = 0; n < batch; n++) {
        /* room around the data */
        for (int gap = 0; gap < 3; gap++)
            y_scan[n * 15 + gap] = 0.0f;
    }
}

/* y.slice = slice(y.scan)   [1, 3] */
static NN_APART void case8_fast_y_slice_forward(int batch, const float *NN_RESTRICT y_scan,
                                                float *NN_RESTRICT y_slice)
{
    for (int n = 0; n < batch; n++)
        for (int c = 0; c < 3; c++)
            y_slice[n * 3 + c] = y_scan[n * 15 + c + 12];
}

/* y.contract_2 = contract(y.reverse, y.backward_kernel)   [4, 3] */
#if NN_REGISTERS >= 32
enum { CASE8_FAST_Y_CONTRACT_2_FORWARD_ROWS = 4 };
#else
enum { CASE8_FAST_Y_CONTRACT_2_FORWARD_ROWS = 4 };
#endif
NN_INLINE void case8_fast_y_contract_2_forward_tile(const int rows,
        const float *NN_RESTRICT y_reverse, const float *NN_RESTRICT y_backward_kernel,
        float *NN_RESTRICT y_contract_2, int n, int j, int panel)
{
    float sum[CASE8_FAST_Y_CONTRACT_2_FORWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE8_FAST_Y_CONTRACT_2_FORWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE8_FAST_Y_CONTRACT_2_FORWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int k = 0; k < 2; k++) {
            const float *at = y_backward_kernel + panel * 32 + k * 16 + column;
            const nn_vec b0 = nn_load(at);
            NN_UNROLL
            for (int r = 0; r < CASE8_FAST_Y_CONTRACT_2_FORWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(y_reverse[n * 8 + j * 2 + k + r * 2]);
                    acc[r] += scalar * b0;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE8_FAST_Y_CONTRACT_2_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE8_FAST_Y_CONTRACT_2_FORWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE8_FAST_Y_CONTRACT_2_FORWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int k = 0; k < 2; k++) {
            const float *at = y_backward_kernel + panel * 32 + k * 16 + column;
            const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
            NN_UNROLL
            for (int r = 0; r < CASE8_FAST_Y_CONTRACT_2_FORWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(y_reverse[n * 8 + j * 2 + k + r * 2]);
                    acc[r][0] += scalar * b0;
                    acc[r][1] += scalar * b1;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE8_FAST_Y_CONTRACT_2_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++)
        for (int lane = 0; lane < 3; lane++)
            y_contract_2[n * 12 + (j + r) * 3 + lane] = sum[r * 16 + lane];
}

static NN_APART void case8_fast_y_contract_2_forward_large(const float *NN_RESTRICT y_reverse,
        const float *NN_RESTRICT y_backward_kernel, float *NN_RESTRICT y_contract_2, int n, int j,
        int panel)
{
    case8_fast_y_contract_2_forward_tile(CASE8_FAST_Y_CONTRACT_2_FORWARD_ROWS, y_reverse,
            y_backward_kernel, y_contract_2, n, j, panel);
}

static NN_APART void case8_fast_y_contract_2_forward(int batch, const float *NN_RESTRICT y_reverse,
        const float *NN_RESTRICT y_backward_kernel, float *NN_RESTRICT y_contract_2)
{
    for (int n = 0; n < batch; n++) {
        const int panel = 0;
        const int j = 0;
        case8_fast_y_contract_2_forward_large(y_reverse, y_backward_kernel, y_contract_2, n, j,
                panel);
    }
}

/* y.scan_2 = scan(y.contract_2, y.backward_recurrent_kernel, 0, 0)   [4, 3]
 * d_y.scan_2.scan_trace = scan_trace(y.contract_2, y.backward_recurrent_kernel, 0, 0)   [4, 1, 16]
 * 4 steps, 3 columns */
#if NN_REGISTERS >= 32
enum { CASE8_FAST_Y_SCAN_2_FORWARD_ROWS = 2 };
#else
enum { CASE8_FAST_Y_SCAN_2_FORWARD_ROWS = 2 };
#endif
NN_INLINE void case8_fast_y_scan_2_forward_tile(const int rows, float *NN_RESTRICT y_scan_2_sums,
                                                float *NN_RESTRICT y_scan_2_state,
                                                const float *NN_RESTRICT y_contract_2,
                                                const float *NN_RESTRICT y_backward_recurrent_kernel, float *NN_RESTRICT d_y_scan_2_scan_trace, float *NN_RESTRICT y_scan_2, int n)
{
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < 3; c++)
            y_scan_2_state[(n + r) * 16 + c] = 0.0f;
    for (int t = 0; t < 4; t++) {
        for (int r = 0; r < rows; r++)
            for (int o = 0; o < 3; o++)
                y_scan_2_sums[(n + r) * 16 + o] = y_contract_2[(n + r) * 12 + t * 3 + o];
#if NN_LANES == 16
        for (int column = 0; column < 16; column += NN_LANES) {
            nn_vec acc[CASE8_FAST_Y_SCAN_2_FORWARD_ROWS];
            NN_UNROLL
            for (int r = 0; r < CASE8_FAST_Y_SCAN_2_FORWARD_ROWS; r++)
                if (r < rows) {
                    acc[r] = nn_load(y_scan_2_sums + n * 16 + r * 16 + column);
                }
            for (int k = 0; k < 3; k++) {
                const float *at = y_backward_recurrent_kernel + k * 16 + column;
                const nn_vec b0 = nn_load(at);
                NN_UNROLL
                for (int r = 0; r < CASE8_FAST_Y_SCAN_2_FORWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(y_scan_2_state[n * 16 + k + r * 16]);
                        acc[r] += scalar * b0;
                    }
            }
            NN_UNROLL
            for (int r = 0; r < CASE8_FAST_Y_SCAN_2_FORWARD_ROWS; r++)
                if (r < rows) {
                    nn_store(y_scan_2_sums + n * 16 + r * 16 + column, acc[r]);
                }
        }
#else
        for (int column = 0; column < 16; column += 2 * NN_LANES) {
            nn_vec acc[CASE8_FAST_Y_SCAN_2_FORWARD_ROWS][2];
            NN_UNROLL
            for (int r = 0; r < CASE8_FAST_Y_SCAN_2_FORWARD_ROWS; r++)
                if (r < rows) {
                    acc[r][0] = nn_load(y_scan_2_sums + n * 16 + r * 16 + column);
                    acc[r][1] = nn_load(y_scan_2_sums + n * 16 + r * 16 + column + NN_LANES);
                }
            for (int k = 0; k < 3; k++) {
                const float *at = y_backward_recurrent_kernel + k * 16 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE8_FAST_Y_SCAN_2_FORWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(y_scan_2_state[n * 16 + k + r * 16]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
            NN_UNROLL
            for (int r = 0; r < CASE8_FAST_Y_SCAN_2_FORWARD_ROWS; r++)
                if (r < rows) {
                    nn_store(y_scan_2_sums + n * 16 + r * 16 + column, acc[r][0]);
                    nn_store(y_scan_2_sums + n * 16 + r * 16 + column + NN_LANES, acc[r][1]);
                }
        }
#endif
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < 16; c++) {
                const float h = y_scan_2_sums[(n + r) * 16 + c];
                y_scan_2_state[(n + r) * 16 + c] = h;
                d_y_scan_2_scan_trace[(n + r) * 64 + t * 16 + c] = h;
            }
            for (int c = 0; c < 3; c++)
                y_scan_2[(n + r) * 15 + t * 3 + c + 3] = y_scan_2_state[(n + r) * 16 + c];
        }
    }
}

static NN_APART void case8_fast_y_scan_2_forward_large(float *NN_RESTRICT y_scan_2_sums,
        float *NN_RESTRICT y_scan_2_state, const float *NN_RESTRICT y_contract_2,
        const float *NN_RESTRICT y_backward_recurrent_kernel,
        float *NN_RESTRICT d_y_scan_2_scan_trace, float *NN_RESTRICT y_scan_2, int n)
{
    case8_fast_y_scan_2_forward_tile(CASE8_FAST_Y_SCAN_2_FORWARD_ROWS, y_scan_2_sums,
            y_scan_2_state, y_contract_2, y_backward_recurrent_kernel, d_y_scan_2_scan_trace,
            y_scan_2, n);
}

static NN_APART void case8_fast_y_scan_2_forward_small(float *NN_RESTRICT y_scan_2_sums,
        float *NN_RESTRICT y_scan_2_state, const float *NN_RESTRICT y_contract_2,
        const float *NN_RESTRICT y_backward_recurrent_kernel,
        float *NN_RESTRICT d_y_scan_2_scan_trace, float *NN_RESTRICT y_scan_2, int n)
{
    case8_fast_y_scan_2_forward_tile(1, y_scan_2_sums, y_scan_2_state, y_contract_2,
            y_backward_recurrent_kernel, d_y_scan_2_scan_trace, y_scan_2, n);
}

static NN_APART void case8_fast_y_scan_2_forward_single(float *NN_RESTRICT y_scan_2_sums,
        float *NN_RESTRICT y_scan_2_state, const float *NN_RESTRICT y_contract_2,
        const float *NN_RESTRICT y_backward_recurrent_kernel,
        float *NN_RESTRICT d_y_scan_2_scan_trace, float *NN_RESTRICT y_scan_2, int n)
{
    case8_fast_y_scan_2_forward_tile(1, y_scan_2_sums, y_scan_2_state, y_contract_2,
            y_backward_recurrent_kernel, d_y_scan_2_scan_trace, y_scan_2, n);
}

static NN_APART void case8_fast_y_scan_2_forward(int batch, float *NN_RESTRICT y_scan_2_sums,
                                                 float *NN_RESTRICT y_scan_2_state,
                                                 const float *NN_RESTRICT y_contract_2,
                                                 const float *NN_RESTRICT y_backward_recurrent_kernel, float *NN_RESTRICT d_y_scan_2_scan_trace, float *NN_RESTRICT y_scan_2)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE8_FAST_Y_SCAN_2_FORWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case8_fast_y_scan_2_forward_large(y_scan_2_sums, y_scan_2_state, y_contract_2,
                        y_backward_recurrent_kernel, d_y_scan_2_scan_trace, y_scan_2, n);
            } else {
                case8_fast_y_scan_2_forward_small(y_scan_2_sums, y_scan_2_state, y_contract_2,
                        y_backward_recurrent_kernel, d_y_scan_2_scan_trace, y_scan_2, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case8_fast_y_scan_2_forward_single(y_scan_2_sums, y_scan_2_state, y_contract_2,
                        y_backward_recurrent_kernel, d_y_scan_2_scan_trace, y_scan_2, n);
        }
    }
}

/* the room around y.scan_2 is zero */
static NN_APART void case8_fast_y_scan_2_forward_halo(int batch, float *NN_RESTRICT y_scan_2)
{
    for (int n = 0; n < batch; n++) {
        /* room around the data */
        for (int gap = 0; gap < 3; gap++)
            y_scan_2[n * 15 + gap] = 0.0f;
    }
}

/* y.slice_2 = slice(y.scan_2)   [1, 3] */
static NN_APART void case8_fast_y_slice_2_forward(int batch, const float *NN_RESTRICT y_scan_2,
        float *NN_RESTRICT y_slice_2)
{
    for (int n = 0; n < batch; n++)
        for (int c = 0; c < 3; c++)
            y_slice_2[n * 3 + c] = y_scan_2[n * 15 + c + 12];
}

/* y.reshape_2 = reshape(y.slice_2)   [3]
 * y = add(y.reshape, y.reshape_2)   [3] */
static NN_APART void case8_fast_y_reshape_2_forward(int batch, const float *NN_RESTRICT y_slice,
        const float *NN_RESTRICT y_slice_2, float *NN_RESTRICT y)
{
    const int total = batch * 3;
    for (int block = 0; block < (total + 4095) / 4096; block++) {
        const int end = block * 4096 + 4096 < total ? block * 4096 + 4096 : total;
        for (int k = block * 4096; k < end; k++)
            y[k] = y_slice[k] + y_slice_2[k];
    }
}

/* d_y.scan_2 = pad(d_y.slice_2)   [4, 3] */
static NN_APART void case8_fast_d_y_scan_2_backward(int batch, const float *NN_RESTRICT seed,
        float *NN_RESTRICT d_y_scan_2)
{
    for (int n = 0; n < batch; n++)
        for (int i = 0; i < 4; i++)
            for (int c = 0; c < 3; c++)
                d_y_scan_2[n * 12 + i * 3 + c] = i >= 3 ? seed[n * 3 + c] : 0.0f;
}

/* d_y.scan_2.transpose = transpose(y.backward_recurrent_kernel)   [3, 3] */
static NN_APART void case8_fast_d_y_scan_2_transpose_backward(
        const float *NN_RESTRICT y_backward_recurrent_kernel,
        float *NN_RESTRICT d_y_scan_2_transpose)
{
    for (int i = 0; i < 3; i++)
        for (int c = 0; c < 3; c++)
            d_y_scan_2_transpose[i * 16 + c] = y_backward_recurrent_kernel[c * 16 + i];
}

/* the room around d_y.scan_2.transpose is zero */
static NN_APART void case8_fast_d_y_scan_2_transpose_backward_halo(
        float *NN_RESTRICT d_y_scan_2_transpose)
{
    /* room around the data */
    for (int r = 0; r < 3; r++)
        for (int lane = 3; lane < 16; lane++)
            d_y_scan_2_transpose[r * 16 + lane] = 0.0f;
}

/* d_y.contract_2 = scan_grad(d_y.scan_2.scan_trace, d_y.scan_2.transpose, 0, d_y.scan_2)   [4, 3]
 * 4 steps from the last to the first, 3 columns */
#if NN_REGISTERS >= 32
enum { CASE8_FAST_D_Y_CONTRACT_2_BACKWARD_ROWS = 2 };
#else
enum { CASE8_FAST_D_Y_CONTRACT_2_BACKWARD_ROWS = 2 };
#endif
NN_INLINE void case8_fast_d_y_contract_2_backward_tile(const int rows,
        float *NN_RESTRICT d_y_contract_2_sums, float *NN_RESTRICT d_y_contract_2_state,
        const float *NN_RESTRICT d_y_scan_2, const float *NN_RESTRICT d_y_scan_2_transpose,
        float *NN_RESTRICT d_y_contract_2, int n)
{
    for (int later = 0; later < 4; later++) {
        const int t = 3 - later;
        for (int r = 0; r < rows; r++)
            for (int c = 0; c < 3; c++)
                d_y_contract_2_sums[(n + r) * 16 + c] = d_y_scan_2[(n + r) * 12 + t * 3 + c];
        if (later > 0) {
#if NN_LANES == 16
            for (int column = 0; column < 16; column += NN_LANES) {
                nn_vec acc[CASE8_FAST_D_Y_CONTRACT_2_BACKWARD_ROWS];
                NN_UNROLL
                for (int r = 0; r < CASE8_FAST_D_Y_CONTRACT_2_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        acc[r] = nn_load(d_y_contract_2_sums + n * 16 + r * 16 + column);
                    }
                for (int k = 0; k < 3; k++) {
                    const float *at = d_y_scan_2_transpose + k * 16 + column;
                    const nn_vec b0 = nn_load(at);
                    NN_UNROLL
                    for (int r = 0; r < CASE8_FAST_D_Y_CONTRACT_2_BACKWARD_ROWS; r++)
                        if (r < rows) {
                            const nn_vec scalar = nn_splat(d_y_contract_2_state[n * 16 + k + r *
                                    16]);
                            acc[r] += scalar * b0;
                        }
                }
                NN_UNROLL
                for (int r = 0; r < CASE8_FAST_D_Y_CONTRACT_2_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        nn_store(d_y_contract_2_sums + n * 16 + r * 16 + column, acc[r]);
                    }
            }
#else
            for (int column = 0; column < 16; column += 2 * NN_LANES) {
                nn_vec acc[CASE8_FAST_D_Y_CONTRACT_2_BACKWARD_ROWS][2];
                NN_UNROLL
                for (int r = 0; r < CASE8_FAST_D_Y_CONTRACT_2_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        acc[r][0] = nn_load(d_y_contract_2_sums + n * 16 + r * 16 + column);
                        acc[r][1] = nn_load(d_y_contract_2_sums + n * 16 + r * 16 + column +
                                NN_LANES);
                    }
                for (int k = 0; k < 3; k++) {
                    const float *at = d_y_scan_2_transpose + k * 16 + column;
                    const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                    NN_UNROLL
                    for (int r = 0; r < CASE8_FAST_D_Y_CONTRACT_2_BACKWARD_ROWS; r++)
                        if (r < rows) {
                            const nn_vec scalar = nn_splat(d_y_contract_2_state[n * 16 + k + r *
                                    16]);
                            acc[r][0] += scalar * b0;
                            acc[r][1] += scalar * b1;
                        }
                }
                NN_UNROLL
                for (int r = 0; r < CASE8_FAST_D_Y_CONTRACT_2_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        nn_store(d_y_contract_2_sums + n * 16 + r * 16 + column, acc[r][0]);
                        nn_store(d_y_contract_2_sums + n * 16 + r * 16 + column + NN_LANES,
                                acc[r][1]);
                    }
            }
#endif
        }
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < 16; c++) {
                const float d_h = d_y_contract_2_sums[(n + r) * 16 + c];
                d_y_contract_2_state[(n + r) * 16 + c] = d_h;
            }
            for (int c = 0; c < 3; c++)
                d_y_contract_2[(n + r) * 64 + t * 16 + c] = d_y_contract_2_state[(n + r) * 16 + c];
        }
    }
}

static NN_APART void case8_fast_d_y_contract_2_backward_large(
        float *NN_RESTRICT d_y_contract_2_sums, float *NN_RESTRICT d_y_contract_2_state,
        const float *NN_RESTRICT d_y_scan_2, const float *NN_RESTRICT d_y_scan_2_transpose,
        float *NN_RESTRICT d_y_contract_2, int n)
{
    case8_fast_d_y_contract_2_backward_tile(CASE8_FAST_D_Y_CONTRACT_2_BACKWARD_ROWS,
            d_y_contract_2_sums, d_y_contract_2_state, d_y_scan_2, d_y_scan_2_transpose,
            d_y_contract_2, n);
}

static NN_APART void case8_fast_d_y_contract_2_backward_small(
        float *NN_RESTRICT d_y_contract_2_sums, float *NN_RESTRICT d_y_contract_2_state,
        const float *NN_RESTRICT d_y_scan_2, const float *NN_RESTRICT d_y_scan_2_transpose,
        float *NN_RESTRICT d_y_contract_2, int n)
{
    case8_fast_d_y_contract_2_backward_tile(1, d_y_contract_2_sums, d_y_contract_2_state,
            d_y_scan_2, d_y_scan_2_transpose, d_y_contract_2, n);
}

static NN_APART void case8_fast_d_y_contract_2_backward_single(
        float *NN_RESTRICT d_y_contract_2_sums, float *NN_RESTRICT d_y_contract_2_state,
        const float *NN_RESTRICT d_y_scan_2, const float *NN_RESTRICT d_y_scan_2_transpose,
        float *NN_RESTRICT d_y_contract_2, int n)
{
    case8_fast_d_y_contract_2_backward_tile(1, d_y_contract_2_sums, d_y_contract_2_state,
            d_y_scan_2, d_y_scan_2_transpose, d_y_contract_2, n);
}

static NN_APART void case8_fast_d_y_contract_2_backward(int batch,
        float *NN_RESTRICT d_y_contract_2_sums, float *NN_RESTRICT d_y_contract_2_state,
        const float *NN_RESTRICT d_y_scan_2, const float *NN_RESTRICT d_y_scan_2_transpose,
        float *NN_RESTRICT d_y_contract_2)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE8_FAST_D_Y_CONTRACT_2_BACKWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case8_fast_d_y_contract_2_backward_large(d_y_contract_2_sums, d_y_contract_2_state,
                        d_y_scan_2, d_y_scan_2_transpose, d_y_contract_2, n);
            } else {
                case8_fast_d_y_contract_2_backward_small(d_y_contract_2_sums, d_y_contract_2_state,
                        d_y_scan_2, d_y_scan_2_transpose, d_y_contract_2, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case8_fast_d_y_contract_2_backward_single(d_y_contract_2_sums,
                        d_y_contract_2_state, d_y_scan_2, d_y_scan_2_transpose, d_y_contract_2, n);
        }
    }
}

/* the room around d_y.contract_2 is zero */
static NN_APART void case8_fast_d_y_contract_2_backward_halo(int batch,
        float *NN_RESTRICT d_y_contract_2)
{
    for (int n = 0; n < batch; n++) {
        /* room around the data */
        for (int i = 0; i < 4; i++)
            for (int gap = 0; gap < 13; gap++)
                d_y_contract_2[n * 64 + i * 16 + gap + 3] = 0.0f;
    }
}

/* d_y.backward_recurrent_kernel = contract(y.scan_2, d_y.contract_2)   [3, 3] */
#if NN_REGISTERS >= 32
enum { CASE8_FAST_D_Y_BACKWARD_RECURRENT_KERNEL_BACKWARD_ROWS = 3 };
#else
enum { CASE8_FAST_D_Y_BACKWARD_RECURRENT_KERNEL_BACKWARD_ROWS = 3 };
#endif
NN_INLINE void case8_fast_d_y_backward_recurrent_kernel_backward_tile(const int rows,
        const float *NN_RESTRICT y_scan_2, const float *NN_RESTRICT d_y_contract_2,
        float *NN_RESTRICT d_y_backward_recurrent_kernel, int j, int from, int to)
{
    float sum[CASE8_FAST_D_Y_BACKWARD_RECURRENT_KERNEL_BACKWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE8_FAST_D_Y_BACKWARD_RECURRENT_KERNEL_BACKWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE8_FAST_D_Y_BACKWARD_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x = 0; x < 4; x++) {
                const float *at = d_y_contract_2 + n * 64 + x * 16 + column;
                const nn_vec b0 = nn_load(at);
                NN_UNROLL
                for (int r = 0; r < CASE8_FAST_D_Y_BACKWARD_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(y_scan_2[j + n * 15 + x * 3 + r]);
                        acc[r] += scalar * b0;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE8_FAST_D_Y_BACKWARD_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE8_FAST_D_Y_BACKWARD_RECURRENT_KERNEL_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE8_FAST_D_Y_BACKWARD_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x = 0; x < 4; x++) {
                const float *at = d_y_contract_2 + n * 64 + x * 16 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE8_FAST_D_Y_BACKWARD_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(y_scan_2[j + n * 15 + x * 3 + r]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE8_FAST_D_Y_BACKWARD_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++) {
        const int row = j + r;
        for (int lane = 0; lane < 3; lane++)
            d_y_backward_recurrent_kernel[row * 3 + lane] = sum[r * 16 + lane];
    }
}

static NN_APART void case8_fast_d_y_backward_recurrent_kernel_backward_large(
        const float *NN_RESTRICT y_scan_2, const float *NN_RESTRICT d_y_contract_2,
        float *NN_RESTRICT d_y_backward_recurrent_kernel, int j, int from, int to)
{
    case8_fast_d_y_backward_recurrent_kernel_backward_tile(CASE8_FAST_D_Y_BACKWARD_RECURRENT_KERNEL_BACKWARD_ROWS, y_scan_2, d_y_contract_2, d_y_backward_recurrent_kernel, j, from, to);
}

static NN_APART void case8_fast_d_y_backward_recurrent_kernel_backward(int batch,
        const float *NN_RESTRICT y_scan_2, const float *NN_RESTRICT d_y_contract_2,
        float *NN_RESTRICT d_y_backward_recurrent_kernel)
{
    for (int unit = 0; unit < 1; unit++) {
        const int j = 0;
        const int from = 0;
        const int to = batch;
        case8_fast_d_y_backward_recurrent_kernel_backward_large(y_scan_2, d_y_contract_2,
                d_y_backward_recurrent_kernel, j, from, to);
    }
}

/* d_y.reverse = contract(d_y.contract_2, y.backward_kernel)   [4, 2] */
static NN_APART void case8_fast_d_y_reverse_backward_turn(
        const float *NN_RESTRICT y_backward_kernel, float *NN_RESTRICT d_y_reverse_turned)
{
    for (int unit = 0; unit < 1; unit++) {
        const int panel = unit;
        const int p = 0;
        for (int q = 0; q < 1; q++)
            for (int o = 0; o < 3; o++)
                for (int lane = 0; lane < 16; lane++)
                    d_y_reverse_turned[panel * 48 + ((p + q) * 3 + o) * 16 + lane] = lane < 2 ?
                            y_backward_kernel[((p * -1 + q * -1) * 2 + panel * 16 + lane) * 16 +
                            o] : 0.0f;
    }
}

/* d_y.reverse = contract(d_y.contract_2, y.backward_kernel)   [4, 2] */
#if NN_REGISTERS >= 32
enum { CASE8_FAST_D_Y_REVERSE_BACKWARD_ROWS = 4 };
#else
enum { CASE8_FAST_D_Y_REVERSE_BACKWARD_ROWS = 4 };
#endif
NN_INLINE void case8_fast_d_y_reverse_backward_tile(const int rows,
        const float *NN_RESTRICT d_y_contract_2, const float *NN_RESTRICT d_y_reverse_turned,
        float *NN_RESTRICT d_y_reverse, int n, int j, int panel)
{
    float sum[CASE8_FAST_D_Y_REVERSE_BACKWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE8_FAST_D_Y_REVERSE_BACKWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE8_FAST_D_Y_REVERSE_BACKWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int k = 0; k < 3; k++) {
            const float *at = d_y_reverse_turned + panel * 48 + k * 16 + column;
            const nn_vec b0 = nn_load(at);
            NN_UNROLL
            for (int r = 0; r < CASE8_FAST_D_Y_REVERSE_BACKWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(d_y_contract_2[n * 64 + j * 16 + k + r * 16]);
                    acc[r] += scalar * b0;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE8_FAST_D_Y_REVERSE_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE8_FAST_D_Y_REVERSE_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE8_FAST_D_Y_REVERSE_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int k = 0; k < 3; k++) {
            const float *at = d_y_reverse_turned + panel * 48 + k * 16 + column;
            const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
            NN_UNROLL
            for (int r = 0; r < CASE8_FAST_D_Y_REVERSE_BACKWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(d_y_contract_2[n * 64 + j * 16 + k + r * 16]);
                    acc[r][0] += scalar * b0;
                    acc[r][1] += scalar * b1;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE8_FAST_D_Y_REVERSE_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++)
        for (int lane = 0; lane < 2; lane++)
            d_y_reverse[n * 8 + (j + r) * 2 + lane] = sum[r * 16 + lane];
}

static NN_APART void case8_fast_d_y_reverse_backward_large(const float *NN_RESTRICT d_y_contract_2,
        const float *NN_RESTRICT d_y_reverse_turned, float *NN_RESTRICT d_y_reverse, int n, int j,
        int panel)
{
    case8_fast_d_y_reverse_backward_tile(CASE8_FAST_D_Y_REVERSE_BACKWARD_ROWS, d_y_contract_2,
            d_y_reverse_turned, d_y_reverse, n, j, panel);
}

static NN_APART void case8_fast_d_y_reverse_backward(int batch,
        const float *NN_RESTRICT d_y_contract_2, const float *NN_RESTRICT d_y_reverse_turned,
        float *NN_RESTRICT d_y_reverse)
{
    for (int n = 0; n < batch; n++) {
        const int panel = 0;
        const int j = 0;
        case8_fast_d_y_reverse_backward_large(d_y_contract_2, d_y_reverse_turned, d_y_reverse, n,
                j, panel);
    }
}

/* d_y.backward_kernel = contract(y.reverse, d_y.contract_2)   [2, 3] */
#if NN_REGISTERS >= 32
enum { CASE8_FAST_D_Y_BACKWARD_KERNEL_BACKWARD_ROWS = 2 };
#else
enum { CASE8_FAST_D_Y_BACKWARD_KERNEL_BACKWARD_ROWS = 2 };
#endif
NN_INLINE void case8_fast_d_y_backward_kernel_backward_tile(const int rows,
        const float *NN_RESTRICT y_reverse, const float *NN_RESTRICT d_y_contract_2,
        float *NN_RESTRICT d_y_backward_kernel, int j, int from, int to)
{
    float sum[CASE8_FAST_D_Y_BACKWARD_KERNEL_BACKWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE8_FAST_D_Y_BACKWARD_KERNEL_BACKWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE8_FAST_D_Y_BACKWARD_KERNEL_BACKWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x = 0; x < 4; x++) {
                const float *at = d_y_contract_2 + n * 64 + x * 16 + column;
                const nn_vec b0 = nn_load(at);
                NN_UNROLL
                for (int r = 0; r < CASE8_FAST_D_Y_BACKWARD_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(y_reverse[j + n * 8 + x * 2 + r]);
                        acc[r] += scalar * b0;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE8_FAST_D_Y_BACKWARD_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE8_FAST_D_Y_BACKWARD_KERNEL_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE8_FAST_D_Y_BACKWARD_KERNEL_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x = 0; x < 4; x++) {
                const float *at = d_y_contract_2 + n * 64 + x * 16 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE8_FAST_D_Y_BACKWARD_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(y_reverse[j + n * 8 + x * 2 + r]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE8_FAST_D_Y_BACKWARD_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++) {
        const int row = j + r;
        for (int lane = 0; lane < 3; lane++)
            d_y_backward_kernel[row * 3 + lane] = sum[r * 16 + lane];
    }
}

static NN_APART void case8_fast_d_y_backward_kernel_backward_large(
        const float *NN_RESTRICT y_reverse, const float *NN_RESTRICT d_y_contract_2,
        float *NN_RESTRICT d_y_backward_kernel, int j, int from, int to)
{
    case8_fast_d_y_backward_kernel_backward_tile(CASE8_FAST_D_Y_BACKWARD_KERNEL_BACKWARD_ROWS,
            y_reverse, d_y_contract_2, d_y_backward_kernel, j, from, to);
}

static NN_APART void case8_fast_d_y_backward_kernel_backward(int batch,
        const float *NN_RESTRICT y_reverse, const float *NN_RESTRICT d_y_contract_2,
        float *NN_RESTRICT d_y_backward_kernel)
{
    for (int unit = 0; unit < 1; unit++) {
        const int j = 0;
        const int from = 0;
        const int to = batch;
        case8_fast_d_y_backward_kernel_backward_large(y_reverse, d_y_contract_2,
                d_y_backward_kernel, j, from, to);
    }
}

/* d_y.scan = pad(d_y.slice)   [4, 3] */
static NN_APART void case8_fast_d_y_scan_backward(int batch, const float *NN_RESTRICT seed,
        float *NN_RESTRICT d_y_scan)
{
    for (int n = 0; n < batch; n++)
        for (int i = 0; i < 4; i++)
            for (int c = 0; c < 3; c++)
                d_y_scan[n * 12 + i * 3 + c] = i >= 3 ? seed[n * 3 + c] : 0.0f;
}

/* d_y.scan.transpose = transpose(y.recurrent_kernel)   [3, 3] */
static NN_APART void case8_fast_d_y_scan_transpose_backward(
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT d_y_scan_transpose)
{
    for (int i = 0; i < 3; i++)
        for (int c = 0; c < 3; c++)
            d_y_scan_transpose[i * 16 + c] = y_recurrent_kernel[c * 16 + i];
}

/* the room around d_y.scan.transpose is zero */
static NN_APART void case8_fast_d_y_scan_transpose_backward_halo(
        float *NN_RESTRICT d_y_scan_transpose)
{
    /* room around the data */
    for (int r = 0; r < 3; r++)
        for (int lane = 3; lane < 16; lane++)
            d_y_scan_transpose[r * 16 + lane] = 0.0f;
}

/* d_y.contract = scan_grad(d_y.scan.scan_trace, d_y.scan.transpose, 0, d_y.scan)   [4, 3]
 * 4 steps from the last to the first, 3 columns */
#if NN_REGISTERS >= 32
enum { CASE8_FAST_D_Y_CONTRACT_BACKWARD_ROWS = 2 };
#else
enum { CASE8_FAST_D_Y_CONTRACT_BACKWARD_ROWS = 2 };
#endif
NN_INLINE void case8_fast_d_y_contract_backward_tile(const int rows,
        float *NN_RESTRICT d_y_contract_sums, float *NN_RESTRICT d_y_contract_state,
        const float *NN_RESTRICT d_y_scan, const float *NN_RESTRICT d_y_scan_transpose,
        float *NN_RESTRICT d_y_contract, int n)
{
    for (int later = 0; later < 4; later++) {
        const int t = 3 - later;
        for (int r = 0; r < rows; r++)
            for (int c = 0; c < 3; c++)
                d_y_contract_sums[(n + r) * 16 + c] = d_y_scan[(n + r) * 12 + t * 3 + c];
        if (later > 0) {
#if NN_LANES == 16
            for (int column = 0; column < 16; column += NN_LANES) {
                nn_vec acc[CASE8_FAST_D_Y_CONTRACT_BACKWARD_ROWS];
                NN_UNROLL
                for (int r = 0; r < CASE8_FAST_D_Y_CONTRACT_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        acc[r] = nn_load(d_y_contract_sums + n * 16 + r * 16 + column);
                    }
                for (int k = 0; k < 3; k++) {
                    const float *at = d_y_scan_transpose + k * 16 + column;
                    const nn_vec b0 = nn_load(at);
                    NN_UNROLL
                    for (int r = 0; r < CASE8_FAST_D_Y_CONTRACT_BACKWARD_ROWS; r++)
                        if (r < rows) {
                            const nn_vec scalar = nn_splat(d_y_contract_state[n * 16 + k + r * 16]);
                            acc[r] += scalar * b0;
                        }
                }
                NN_UNROLL
                for (int r = 0; r < CASE8_FAST_D_Y_CONTRACT_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        nn_store(d_y_contract_sums + n * 16 + r * 16 + column, acc[r]);
                    }
            }
#else
            for (int column = 0; column < 16; column += 2 * NN_LANES) {
                nn_vec acc[CASE8_FAST_D_Y_CONTRACT_BACKWARD_ROWS][2];
                NN_UNROLL
                for (int r = 0; r < CASE8_FAST_D_Y_CONTRACT_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        acc[r][0] = nn_load(d_y_contract_sums + n * 16 + r * 16 + column);
                        acc[r][1] = nn_load(d_y_contract_sums + n * 16 + r * 16 + column +
                                NN_LANES);
                    }
                for (int k = 0; k < 3; k++) {
                    const float *at = d_y_scan_transpose + k * 16 + column;
                    const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                    NN_UNROLL
                    for (int r = 0; r < CASE8_FAST_D_Y_CONTRACT_BACKWARD_ROWS; r++)
                        if (r < rows) {
                            const nn_vec scalar = nn_splat(d_y_contract_state[n * 16 + k + r * 16]);
                            acc[r][0] += scalar * b0;
                            acc[r][1] += scalar * b1;
                        }
                }
                NN_UNROLL
                for (int r = 0; r < CASE8_FAST_D_Y_CONTRACT_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        nn_store(d_y_contract_sums + n * 16 + r * 16 + column, acc[r][0]);
                        nn_store(d_y_contract_sums + n * 16 + r * 16 + column + NN_LANES,
                                acc[r][1]);
                    }
            }
#endif
        }
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < 16; c++) {
                const float d_h = d_y_contract_sums[(n + r) * 16 + c];
                d_y_contract_state[(n + r) * 16 + c] = d_h;
            }
            for (int c = 0; c < 3; c++)
                d_y_contract[(n + r) * 64 + t * 16 + c] = d_y_contract_state[(n + r) * 16 + c];
        }
    }
}

static NN_APART void case8_fast_d_y_contract_backward_large(float *NN_RESTRICT d_y_contract_sums,
        float *NN_RESTRICT d_y_contract_state, const float *NN_RESTRICT d_y_scan,
        const float *NN_RESTRICT d_y_scan_transpose, float *NN_RESTRICT d_y_contract, int n)
{
    case8_fast_d_y_contract_backward_tile(CASE8_FAST_D_Y_CONTRACT_BACKWARD_ROWS, d_y_contract_sums,
            d_y_contract_state, d_y_scan, d_y_scan_transpose, d_y_contract, n);
}

static NN_APART void case8_fast_d_y_contract_backward_small(float *NN_RESTRICT d_y_contract_sums,
        float *NN_RESTRICT d_y_contract_state, const float *NN_RESTRICT d_y_scan,
        const float *NN_RESTRICT d_y_scan_transpose, float *NN_RESTRICT d_y_contract, int n)
{
    case8_fast_d_y_contract_backward_tile(1, d_y_contract_sums, d_y_contract_state, d_y_scan,
            d_y_scan_transpose, d_y_contract, n);
}

static NN_APART void case8_fast_d_y_contract_backward_single(float *NN_RESTRICT d_y_contract_sums,
        float *NN_RESTRICT d_y_contract_state, const float *NN_RESTRICT d_y_scan,
        const float *NN_RESTRICT d_y_scan_transpose, float *NN_RESTRICT d_y_contract, int n)
{
    case8_fast_d_y_contract_backward_tile(1, d_y_contract_sums, d_y_contract_state, d_y_scan,
            d_y_scan_transpose, d_y_contract, n);
}

static NN_APART void case8_fast_d_y_contract_backward(int batch,
        float *NN_RESTRICT d_y_contract_sums, float *NN_RESTRICT d_y_contract_state,
        const float *NN_RESTRICT d_y_scan, const float *NN_RESTRICT d_y_scan_transpose,
        float *NN_RESTRICT d_y_contract)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE8_FAST_D_Y_CONTRACT_BACKWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case8_fast_d_y_contract_backward_large(d_y_contract_sums, d_y_contract_state,
                        d_y_scan, d_y_scan_transpose, d_y_contract, n);
            } else {
                case8_fast_d_y_contract_backward_small(d_y_contract_sums, d_y_contract_state,
                        d_y_scan, d_y_scan_transpose, d_y_contract, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case8_fast_d_y_contract_backward_single(d_y_contract_sums, d_y_contract_state,
                        d_y_scan, d_y_scan_transpose, d_y_contract, n);
        }
    }
}

/* the room around d_y.contract is zero */
static NN_APART void case8_fast_d_y_contract_backward_halo(int batch,
        float *NN_RESTRICT d_y_contract)
{
    for (int n = 0; n < batch; n++) {
        /* room around the data */
        for (int i = 0; i < 4; i++)
            for (int gap = 0; gap < 13; gap++)
                d_y_contract[n * 64 + i * 16 + gap + 3] = 0.0f;
    }
}

/* d_y.recurrent_kernel = contract(y.scan, d_y.contract)   [3, 3] */
#if NN_REGISTERS >= 32
enum { CASE8_FAST_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS = 3 };
#else
enum { CASE8_FAST_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS = 3 };
#endif
NN_INLINE void case8_fast_d_y_recurrent_kernel_backward_tile(const int rows,
        const float *NN_RESTRICT y_scan, const float *NN_RESTRICT d_y_contract,
        float *NN_RESTRICT d_y_recurrent_kernel, int j, int from, int to)
{
    float sum[CASE8_FAST_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE8_FAST_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE8_FAST_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x = 0; x < 4; x++) {
                const float *at = d_y_contract + n * 64 + x * 16 + column;
                const nn_vec b0 = nn_load(at);
                NN_UNROLL
                for (int r = 0; r < CASE8_FAST_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(y_scan[j + n * 15 + x * 3 + r]);
                        acc[r] += scalar * b0;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE8_FAST_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE8_FAST_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE8_FAST_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x = 0; x < 4; x++) {
                const float *at = d_y_contract + n * 64 + x * 16 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE8_FAST_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(y_scan[j + n * 15 + x * 3 + r]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE8_FAST_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++) {
        const int row = j + r;
        for (int lane = 0; lane < 3; lane++)
            d_y_recurrent_kernel[row * 3 + lane] = sum[r * 16 + lane];
    }
}

static NN_APART void case8_fast_d_y_recurrent_kernel_backward_large(
        const float *NN_RESTRICT y_scan, const float *NN_RESTRICT d_y_contract,
        float *NN_RESTRICT d_y_recurrent_kernel, int j, int from, int to)
{
    case8_fast_d_y_recurrent_kernel_backward_tile(CASE8_FAST_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS,
            y_scan, d_y_contract, d_y_recurrent_kernel, j, from, to);
}

static NN_APART void case8_fast_d_y_recurrent_kernel_backward(int batch,
        const float *NN_RESTRICT y_scan, const float *NN_RESTRICT d_y_contract,
        float *NN_RESTRICT d_y_recurrent_kernel)
{
    for (int unit = 0; unit < 1; unit++) {
        const int j = 0;
        const int from = 0;
        const int to = batch;
        case8_fast_d_y_recurrent_kernel_backward_large(y_scan, d_y_contract, d_y_recurrent_kernel,
                j, from, to);
    }
}

/* d_y.contract.contract = contract(d_y.contract, y.kernel)   [4, 2] */
static NN_APART void case8_fast_d_y_contract_contract_backward_turn(
        const float *NN_RESTRICT y_kernel, float *NN_RESTRICT d_y_contract_contract_turned)
{
    for (int unit = 0; unit < 1; unit++) {
        const int panel = unit;
        const int p = 0;
        for (int q = 0; q < 1; q++)
            for (int o = 0; o < 3; o++)
                for (int lane = 0; lane < 16; lane++)
                    d_y_contract_contract_turned[panel * 48 + ((p + q) * 3 + o) * 16 + lane] =
                            lane < 2 ? y_kernel[((p * -1 + q * -1) * 2 + panel * 16 + lane) * 16 +
                            o] : 0.0f;
    }
}

/* d_y.contract.contract = contract(d_y.contract, y.kernel)   [4, 2] */
#if NN_REGISTERS >= 32
enum { CASE8_FAST_D_Y_CONTRACT_CONTRACT_BACKWARD_ROWS = 4 };
#else
enum { CASE8_FAST_D_Y_CONTRACT_CONTRACT_BACKWARD_ROWS = 4 };
#endif
NN_INLINE void case8_fast_d_y_contract_contract_backward_tile(const int rows,
        const float *NN_RESTRICT d_y_contract,
        const float *NN_RESTRICT d_y_contract_contract_turned,
        float *NN_RESTRICT d_y_contract_contract, int n, int j, int panel)
{
    float sum[CASE8_FAST_D_Y_CONTRACT_CONTRACT_BACKWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE8_FAST_D_Y_CONTRACT_CONTRACT_BACKWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE8_FAST_D_Y_CONTRACT_CONTRACT_BACKWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int k = 0; k < 3; k++) {
            const float *at = d_y_contract_contract_turned + panel * 48 + k * 16 + column;
            const nn_vec b0 = nn_load(at);
            NN_UNROLL
            for (int r = 0; r < CASE8_FAST_D_Y_CONTRACT_CONTRACT_BACKWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(d_y_contract[n * 64 + j * 16 + k + r * 16]);
                    acc[r] += scalar * b0;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE8_FAST_D_Y_CONTRACT_CONTRACT_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE8_FAST_D_Y_CONTRACT_CONTRACT_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE8_FAST_D_Y_CONTRACT_CONTRACT_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int k = 0; k < 3; k++) {
            const float *at = d_y_contract_contract_turned + panel * 48 + k * 16 + column;
            const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
            NN_UNROLL
            for (int r = 0; r < CASE8_FAST_D_Y_CONTRACT_CONTRACT_BACKWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(d_y_contract[n * 64 + j * 16 + k + r * 16]);
                    acc[r][0] += scalar * b0;
                    acc[r][1] += scalar * b1;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE8_FAST_D_Y_CONTRACT_CONTRACT_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++)
        for (int lane = 0; lane < 2; lane++)
            d_y_contract_contract[n * 8 + (j + r) * 2 + lane] = sum[r * 16 + lane];
}

static NN_APART void case8_fast_d_y_contract_contract_backward_large(
        const float *NN_RESTRICT d_y_contract,
        const float *NN_RESTRICT d_y_contract_contract_turned,
        float *NN_RESTRICT d_y_contract_contract, int n, int j, int panel)
{
    case8_fast_d_y_contract_contract_backward_tile(CASE8_FAST_D_Y_CONTRACT_CONTRACT_BACKWARD_ROWS,
            d_y_contract, d_y_contract_contract_turned, d_y_contract_contract, n, j, panel);
}

static NN_APART void case8_fast_d_y_contract_contract_backward(int batch,
        const float *NN_RESTRICT d_y_contract,
        const float *NN_RESTRICT d_y_contract_contract_turned,
        float *NN_RESTRICT d_y_contract_contract)
{
    for (int n = 0; n < batch; n++) {
        const int panel = 0;
        const int j = 0;
        case8_fast_d_y_contract_contract_backward_large(d_y_contract, d_y_contract_contract_turned,
                d_y_contract_contract, n, j, panel);
    }
}

/* d_y.kernel = contract(x, d_y.contract)   [2, 3] */
#if NN_REGISTERS >= 32
enum { CASE8_FAST_D_Y_KERNEL_BACKWARD_ROWS = 2 };
#else
enum { CASE8_FAST_D_Y_KERNEL_BACKWARD_ROWS = 2 };
#endif
NN_INLINE void case8_fast_d_y_kernel_backward_tile(const int rows, const float *NN_RESTRICT x,
        const float *NN_RESTRICT d_y_contract, float *NN_RESTRICT d_y_kernel, int j, int from,
        int to)
{
    float sum[CASE8_FAST_D_Y_KERNEL_BACKWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE8_FAST_D_Y_KERNEL_BACKWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE8_FAST_D_Y_KERNEL_BACKWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x_2 = 0; x_2 < 4; x_2++) {
                const float *at = d_y_contract + n * 64 + x_2 * 16 + column;
                const nn_vec b0 = nn_load(at);
                NN_UNROLL
                for (int r = 0; r < CASE8_FAST_D_Y_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(x[j + n * 8 + x_2 * 2 + r]);
                        acc[r] += scalar * b0;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE8_FAST_D_Y_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE8_FAST_D_Y_KERNEL_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE8_FAST_D_Y_KERNEL_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x_2 = 0; x_2 < 4; x_2++) {
                const float *at = d_y_contract + n * 64 + x_2 * 16 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE8_FAST_D_Y_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(x[j + n * 8 + x_2 * 2 + r]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE8_FAST_D_Y_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++) {
        const int row = j + r;
        for (int lane = 0; lane < 3; lane++)
            d_y_kernel[row * 3 + lane] = sum[r * 16 + lane];
    }
}

static NN_APART void case8_fast_d_y_kernel_backward_large(const float *NN_RESTRICT x,
        const float *NN_RESTRICT d_y_contract, float *NN_RESTRICT d_y_kernel, int j, int from,
        int to)
{
    case8_fast_d_y_kernel_backward_tile(CASE8_FAST_D_Y_KERNEL_BACKWARD_ROWS, x, d_y_contract,
            d_y_kernel, j, from, to);
}

static NN_APART void case8_fast_d_y_kernel_backward(int batch, const float *NN_RESTRICT x,
        const float *NN_RESTRICT d_y_contract, float *NN_RESTRICT d_y_kernel)
{
    for (int unit = 0; unit < 1; unit++) {
        const int j = 0;
        const int from = 0;
        const int to = batch;
        case8_fast_d_y_kernel_backward_large(x, d_y_contract, d_y_kernel, j, from, to);
    }
}

/* d_y.reverse.reverse = reverse(d_y.reverse)   [4, 2]
 * d_x = add(d_y.contract.contract, d_y.reverse.reverse)   [4, 2] */
static NN_APART void case8_fast_d_y_reverse_reverse_backward(int batch,
        const float *NN_RESTRICT d_y_reverse, const float *NN_RESTRICT d_y_contract_contract,
        float *NN_RESTRICT d_x)
{
    for (int n = 0; n < batch; n++)
        for (int i = 0; i < 4; i++)
            for (int c = 0; c < 2; c++)
                d_x[n * 8 + i * 2 + c] = d_y_contract_contract[n * 8 + i * 2 + c] + d_y_reverse[n *
                        8 + (3 - i) * 2 + c];
}

static void case8_fast_run(float *state, char *arena, const nn_step *step,
                           const void *const *inputs, const void *const *targets,
                           void *const *outputs, float *results, int threads)
{
    (void)targets;
    (void)results;
    (void)threads;
    const int batch = step->batch;
    const float *const x = (const float *)inputs[0]; /* [4, 2] */
    const float *const y_kernel = state + 0; /* [2, 3] */
    const float *const y_recurrent_kernel = state + 32; /* [3, 3] */
    const float *const y_backward_kernel = state + 80; /* [2, 3] */
    const float *const y_backward_recurrent_kernel = state + 112; /* [3, 3] */
    const float *const seed = (const float *)inputs[1]; /* [3] */
    float *const y_reverse = (float *)(void *)(arena + 1920); /* [4, 2] */
    float *const y_contract = (float *)(void *)(arena + 768); /* [4, 3] */
    float *const y_scan = (float *)(void *)(arena + 1344); /* [4, 3] */
    float *const y_slice = (float *)(void *)(arena + 1728); /* [1, 3] */
    float *const y_contract_2 = (float *)(void *)(arena + 768); /* [4, 3] */
    float *const y_scan_2 = (float *)(void *)(arena + 1536); /* [4, 3] */
    float *const y_slice_2 = (float *)(void *)(arena + 0); /* [1, 3] */
    float *const y = (float *)outputs[0]; /* [3] */
    float *const d_y_scan_2 = (float *)(void *)(arena + 768); /* [4, 3] */
    float *const d_y_scan_2_scan_trace = (float *)(void *)(arena + 0); /* [4, 1, 16] */
    float *const d_y_scan_2_transpose = (float *)(void *)(arena + 960); /* [3, 3] */
    float *const d_y_contract_2 = (float *)(void *)(arena + 0); /* [4, 3] */
    float *const d_y_backward_recurrent_kernel = (float *)outputs[5]; /* [3, 3] */
    float *const d_y_reverse = (float *)(void *)(arena + 1728); /* [4, 2] */
    float *const d_y_backward_kernel = (float *)outputs[4]; /* [2, 3] */
    float *const d_y_scan = (float *)(void *)(arena + 768); /* [4, 3] */
    float *const d_y_scan_scan_trace = (float *)(void *)(arena + 0); /* [4, 1, 16] */
    float *const d_y_scan_transpose = (float *)(void *)(arena + 960); /* [3, 3] */
    float *const d_y_contract = (float *)(void *)(arena + 0); /* [4, 3] */
    float *const d_y_recurrent_kernel = (float *)outputs[3]; /* [3, 3] */
    float *const d_y_contract_contract = (float *)(void *)(arena + 960); /* [4, 2] */
    float *const d_y_kernel = (float *)outputs[2]; /* [2, 3] */
    float *const d_x = (float *)outputs[1]; /* [4, 2] */
    float *const y_scan_sums = (float *)(void *)(arena + 960);
    float *const y_scan_state = (float *)(void *)(arena + 1152);
    float *const y_scan_2_sums = (float *)(void *)(arena + 960);
    float *const y_scan_2_state = (float *)(void *)(arena + 1152);
    float *const d_y_contract_2_sums = (float *)(void *)(arena + 1152);
    float *const d_y_contract_2_state = (float *)(void *)(arena + 1728);
    float *const d_y_reverse_turned = (float *)(void *)(arena + 768);
    float *const d_y_contract_sums = (float *)(void *)(arena + 1152);
    float *const d_y_contract_state = (float *)(void *)(arena + 1536);
    float *const d_y_contract_contract_turned = (float *)(void *)(arena + 768);
    const uint64_t mode = nn_flush_denormals();
    case8_fast_y_reverse_forward(batch, x, y_reverse);
    case8_fast_y_contract_forward(batch, x, y_kernel, y_contract);
    case8_fast_y_scan_forward(batch, y_scan_sums, y_scan_state, y_contract, y_recurrent_kernel,
            d_y_scan_scan_trace, y_scan);
    case8_fast_y_scan_forward_halo(batch, y_scan);
    case8_fast_y_slice_forward(batch, y_scan, y_slice);
    case8_fast_y_contract_2_forward(batch, y_reverse, y_backward_kernel, y_contract_2);
    case8_fast_y_scan_2_forward(batch, y_scan_2_sums, y_scan_2_state, y_contract_2,
            y_backward_recurrent_kernel, d_y_scan_2_scan_trace, y_scan_2);
    case8_fast_y_scan_2_forward_halo(batch, y_scan_2);
    case8_fast_y_slice_2_forward(batch, y_scan_2, y_slice_2);
    case8_fast_y_reshape_2_forward(batch, y_slice, y_slice_2, y);
    case8_fast_d_y_scan_2_backward(batch, seed, d_y_scan_2);
    case8_fast_d_y_scan_2_transpose_backward(y_backward_recurrent_kernel, d_y_scan_2_transpose);
    case8_fast_d_y_scan_2_transpose_backward_halo(d_y_scan_2_transpose);
    case8_fast_d_y_contract_2_backward(batch, d_y_contract_2_sums, d_y_contract_2_state,
            d_y_scan_2, d_y_scan_2_transpose, d_y_contract_2);
    case8_fast_d_y_contract_2_backward_halo(batch, d_y_contract_2);
    case8_fast_d_y_backward_recurrent_kernel_backward(batch, y_scan_2, d_y_contract_2,
            d_y_backward_recurrent_kernel);
    case8_fast_d_y_reverse_backward_turn(y_backward_kernel, d_y_reverse_turned);
    case8_fast_d_y_reverse_backward(batch, d_y_contract_2, d_y_reverse_turned, d_y_reverse);
    case8_fast_d_y_backward_kernel_backward(batch, y_reverse, d_y_contract_2, d_y_backward_kernel);
    case8_fast_d_y_scan_backward(batch, seed, d_y_scan);
    case8_fast_d_y_scan_transpose_backward(y_recurrent_kernel, d_y_scan_transpose);
    case8_fast_d_y_scan_transpose_backward_halo(d_y_scan_transpose);
    case8_fast_d_y_contract_backward(batch, d_y_contract_sums, d_y_contract_state, d_y_scan,
            d_y_scan_transpose, d_y_contract);
    case8_fast_d_y_contract_backward_halo(batch, d_y_contract);
    case8_fast_d_y_recurrent_kernel_backward(batch, y_scan, d_y_contract, d_y_recurrent_kernel);
    case8_fast_d_y_contract_contract_backward_turn(y_kernel, d_y_contract_contract_turned);
    case8_fast_d_y_contract_contract_backward(batch, d_y_contract, d_y_contract_contract_turned,
            d_y_contract_contract);
    case8_fast_d_y_kernel_backward(batch, x, d_y_contract, d_y_kernel);
    case8_fast_d_y_reverse_reverse_backward(batch, d_y_reverse, d_y_contract_contract, d_x);
    nn_restore_denormals(mode);
}

/* y.reverse = reverse(x)   [4, 2] */
static NN_APART void case8_plain_y_reverse_forward(int batch, const float *NN_RESTRICT x,
        float *NN_RESTRICT y_reverse)
{
    for (int n = 0; n < batch; n++)
        for (int i = 0; i < 4; i++)
            for (int c = 0; c < 2; c++)
                y_reverse[n * 8 + i * 2 + c] = x[n * 8 + (3 - i) * 2 + c];
}

/* y.contract = contract(x, y.kernel)   [4, 3] */
static NN_APART void case8_plain_y_contract_forward(int batch, const float *NN_RESTRICT x,
        const float *NN_RESTRICT y_kernel, float *NN_RESTRICT y_contract)
{
    for (int n = 0; n < batch; n++)
        for (int i = 0; i < 4; i++)
            for (int c = 0; c < 3; c++) {
                float sum = 0.0f;
                for (int c_2 = 0; c_2 < 2; c_2++)
                    sum += x[n * 8 + i * 2 + c_2] * y_kernel[c_2 * 3 + c];
                y_contract[n * 12 + i * 3 + c] = sum;
            }
}

/* y.scan = scan(y.contract, y.recurrent_kernel, 0, 0)   [4, 3]
 * d_y.scan.scan_trace = scan_trace(y.contract, y.recurrent_kernel, 0, 0)   [4, 1, 16]
 * 4 steps, 3 columns */
#if NN_REGISTERS >= 32
enum { CASE8_PLAIN_Y_SCAN_FORWARD_ROWS = 2 };
#else
enum { CASE8_PLAIN_Y_SCAN_FORWARD_ROWS = 2 };
#endif
NN_INLINE void case8_plain_y_scan_forward_tile(const int rows, float *NN_RESTRICT y_scan_sums,
                                               float *NN_RESTRICT y_scan_state,
                                               const float *NN_RESTRICT y_contract,
                                               const float *NN_RESTRICT y_recurrent_kernel,
                                               float *NN_RESTRICT d_y_scan_scan_trace,
                                               float *NN_RESTRICT y_scan, int n)
{
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < 3; c++)
            y_scan_state[(n + r) * 16 + c] = 0.0f;
    for (int t = 0; t < 4; t++) {
        for (int r = 0; r < rows; r++)
            for (int o = 0; o < 3; o++)
                y_scan_sums[(n + r) * 16 + o] = y_contract[(n + r) * 12 + t * 3 + o];
        for (int r = 0; r < rows; r++)
            for (int k = 0; k < 3; k++)
                for (int o = 0; o < 3; o++)
                    y_scan_sums[(n + r) * 16 + o] += y_scan_state[(n + r) * 16 + k] *
                            y_recurrent_kernel[k * 3 + o];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < 16; c++) {
                const float h = y_scan_sums[(n + r) * 16 + c];
                y_scan_state[(n + r) * 16 + c] = h;
                d_y_scan_scan_trace[(n + r) * 64 + t * 16 + c] = h;
            }
            for (int c = 0; c < 3; c++)
                y_scan[(n + r) * 12 + t * 3 + c] = y_scan_state[(n + r) * 16 + c];
        }
    }
}

static NN_APART void case8_plain_y_scan_forward_large(float *NN_RESTRICT y_scan_sums,
        float *NN_RESTRICT y_scan_state, const float *NN_RESTRICT y_contract,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT d_y_scan_scan_trace,
        float *NN_RESTRICT y_scan, int n)
{
    case8_plain_y_scan_forward_tile(CASE8_PLAIN_Y_SCAN_FORWARD_ROWS, y_scan_sums, y_scan_state,
            y_contract, y_recurrent_kernel, d_y_scan_scan_trace, y_scan, n);
}

static NN_APART void case8_plain_y_scan_forward_small(float *NN_RESTRICT y_scan_sums,
        float *NN_RESTRICT y_scan_state, const float *NN_RESTRICT y_contract,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT d_y_scan_scan_trace,
        float *NN_RESTRICT y_scan, int n)
{
    case8_plain_y_scan_forward_tile(1, y_scan_sums, y_scan_state, y_contract, y_recurrent_kernel,
            d_y_scan_scan_trace, y_scan, n);
}

static NN_APART void case8_plain_y_scan_forward_single(float *NN_RESTRICT y_scan_sums,
        float *NN_RESTRICT y_scan_state, const float *NN_RESTRICT y_contract,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT d_y_scan_scan_trace,
        float *NN_RESTRICT y_scan, int n)
{
    case8_plain_y_scan_forward_tile(1, y_scan_sums, y_scan_state, y_contract, y_recurrent_kernel,
            d_y_scan_scan_trace, y_scan, n);
}

static NN_APART void case8_plain_y_scan_forward(int batch, float *NN_RESTRICT y_scan_sums,
                                                float *NN_RESTRICT y_scan_state,
                                                const float *NN_RESTRICT y_contract,
                                                const float *NN_RESTRICT y_recurrent_kernel,
                                                float *NN_RESTRICT d_y_scan_scan_trace,
                                                float *NN_RESTRICT y_scan)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE8_PLAIN_Y_SCAN_FORWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case8_plain_y_scan_forward_large(y_scan_sums, y_scan_state, y_contract,
                        y_recurrent_kernel, d_y_scan_scan_trace, y_scan, n);
            } else {
                case8_plain_y_scan_forward_small(y_scan_sums, y_scan_state, y_contract,
                        y_recurrent_kernel, d_y_scan_scan_trace, y_scan, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case8_plain_y_scan_forward_single(y_scan_sums, y_scan_state, y_contract,
                        y_recurrent_kernel, d_y_scan_scan_trace, y_scan, n);
        }
    }
}

/* y.slice = slice(y.scan)   [1, 3] */
static NN_APART void case8_plain_y_slice_forward(int batch, const float *NN_RESTRICT y_scan,
                                                 float *NN_RESTRICT y_slice)
{
    for (int n = 0; n < batch; n++)
        for (int c = 0; c < 3; c++)
            y_slice[n * 3 + c] = y_scan[n * 12 + c + 9];
}

/* y.contract_2 = contract(y.reverse, y.backward_kernel)   [4, 3] */
static NN_APART void case8_plain_y_contract_2_forward(int batch,
        const float *NN_RESTRICT y_reverse, const float *NN_RESTRICT y_backward_kernel,
        float *NN_RESTRICT y_contract_2)
{
    for (int n = 0; n < batch; n++)
        for (int i = 0; i < 4; i++)
            for (int c = 0; c < 3; c++) {
                float sum = 0.0f;
                for (int c_2 = 0; c_2 < 2; c_2++)
                    sum += y_reverse[n * 8 + i * 2 + c_2] * y_backward_kernel[c_2 * 3 + c];
                y_contract_2[n * 12 + i * 3 + c] = sum;
            }
}

/* y.scan_2 = scan(y.contract_2, y.backward_recurrent_kernel, 0, 0)   [4, 3]
 * d_y.scan_2.scan_trace = scan_trace(y.contract_2, y.backward_recurrent_kernel, 0, 0)   [4, 1, 16]
 * 4 steps, 3 columns */
#if NN_REGISTERS >= 32
enum { CASE8_PLAIN_Y_SCAN_2_FORWARD_ROWS = 2 };
#else
enum { CASE8_PLAIN_Y_SCAN_2_FORWARD_ROWS = 2 };
#endif
NN_INLINE void case8_plain_y_scan_2_forward_tile(const int rows, float *NN_RESTRICT y_scan_2_sums,
                                                 float *NN_RESTRICT y_scan_2_state,
                                                 const float *NN_RESTRICT y_contract_2,
                                                 const float *NN_RESTRICT y_backward_recurrent_kernel, float *NN_RESTRICT d_y_scan_2_scan_trace, float *NN_RESTRICT y_scan_2, int n)
{
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < 3; c++)
            y_scan_2_state[(n + r) * 16 + c] = 0.0f;
    for (int t = 0; t < 4; t++) {
        for (int r = 0; r < rows; r++)
            for (int o = 0; o < 3; o++)
                y_scan_2_sums[(n + r) * 16 + o] = y_contract_2[(n + r) * 12 + t * 3 + o];
        for (int r = 0; r < rows; r++)
            for (int k = 0; k < 3; k++)
                for (int o = 0; o < 3; o++)
                    y_scan_2_sums[(n + r) * 16 + o] += y_scan_2_state[(n + r) * 16 + k] *
                            y_backward_recurrent_kernel[k * 3 + o];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < 16; c++) {
                const float h = y_scan_2_sums[(n + r) * 16 + c];
                y_scan_2_state[(n + r) * 16 + c] = h;
                d_y_scan_2_scan_trace[(n + r) * 64 + t * 16 + c] = h;
            }
            for (int c = 0; c < 3; c++)
                y_scan_2[(n + r) * 12 + t * 3 + c] = y_scan_2_state[(n + r) * 16 + c];
        }
    }
}

static NN_APART void case8_plain_y_scan_2_forward_large(float *NN_RESTRICT y_scan_2_sums,
        float *NN_RESTRICT y_scan_2_state, const float *NN_RESTRICT y_contract_2,
        const float *NN_RESTRICT y_backward_recurrent_kernel,
        float *NN_RESTRICT d_y_scan_2_scan_trace, float *NN_RESTRICT y_scan_2, int n)
{
    case8_plain_y_scan_2_forward_tile(CASE8_PLAIN_Y_SCAN_2_FORWARD_ROWS, y_scan_2_sums,
            y_scan_2_state, y_contract_2, y_backward_recurrent_kernel, d_y_scan_2_scan_trace,
            y_scan_2, n);
}

static NN_APART void case8_plain_y_scan_2_forward_small(float *NN_RESTRICT y_scan_2_sums,
        float *NN_RESTRICT y_scan_2_state, const float *NN_RESTRICT y_contract_2,
        const float *NN_RESTRICT y_backward_recurrent_kernel,
        float *NN_RESTRICT d_y_scan_2_scan_trace, float *NN_RESTRICT y_scan_2, int n)
{
    case8_plain_y_scan_2_forward_tile(1, y_scan_2_sums, y_scan_2_state, y_contract_2,
            y_backward_recurrent_kernel, d_y_scan_2_scan_trace, y_scan_2, n);
}

static NN_APART void case8_plain_y_scan_2_forward_single(float *NN_RESTRICT y_scan_2_sums,
        float *NN_RESTRICT y_scan_2_state, const float *NN_RESTRICT y_contract_2,
        const float *NN_RESTRICT y_backward_recurrent_kernel,
        float *NN_RESTRICT d_y_scan_2_scan_trace, float *NN_RESTRICT y_scan_2, int n)
{
    case8_plain_y_scan_2_forward_tile(1, y_scan_2_sums, y_scan_2_state, y_contract_2,
            y_backward_recurrent_kernel, d_y_scan_2_scan_trace, y_scan_2, n);
}

static NN_APART void case8_plain_y_scan_2_forward(int batch, float *NN_RESTRICT y_scan_2_sums,
        float *NN_RESTRICT y_scan_2_state, const float *NN_RESTRICT y_contract_2,
        const float *NN_RESTRICT y_backward_recurrent_kernel,
        float *NN_RESTRICT d_y_scan_2_scan_trace, float *NN_RESTRICT y_scan_2)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE8_PLAIN_Y_SCAN_2_FORWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case8_plain_y_scan_2_forward_large(y_scan_2_sums, y_scan_2_state, y_contract_2,
                        y_backward_recurrent_kernel, d_y_scan_2_scan_trace, y_scan_2, n);
            } else {
                case8_plain_y_scan_2_forward_small(y_scan_2_sums, y_scan_2_state, y_contract_2,
                        y_backward_recurrent_kernel, d_y_scan_2_scan_trace, y_scan_2, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case8_plain_y_scan_2_forward_single(y_scan_2_sums, y_scan_2_state, y_contract_2,
                        y_backward_recurrent_kernel, d_y_scan_2_scan_trace, y_scan_2, n);
        }
    }
}

/* y.slice_2 = slice(y.scan_2)   [1, 3] */
static NN_APART void case8_plain_y_slice_2_forward(int batch, const float *NN_RESTRICT y_scan_2,
        float *NN_RESTRICT y_slice_2)
{
    for (int n = 0; n < batch; n++)
        for (int c = 0; c < 3; c++)
            y_slice_2[n * 3 + c] = y_scan_2[n * 12 + c + 9];
}

/* y.reshape_2 = reshape(y.slice_2)   [3]
 * y = add(y.reshape, y.reshape_2)   [3] */
static NN_APART void case8_plain_y_reshape_2_forward(int batch, const float *NN_RESTRICT y_slice,
        const float *NN_RESTRICT y_slice_2, float *NN_RESTRICT y)
{
    const int total = batch * 3;
    for (int block = 0; block < (total + 4095) / 4096; block++) {
        const int end = block * 4096 + 4096 < total ? block * 4096 + 4096 : total;
        for (int k = block * 4096; k < end; k++)
            y[k] = y_slice[k] + y_slice_2[k];
    }
}

/* d_y.scan_2 = pad(d_y.slice_2)   [4, 3] */
static NN_APART void case8_plain_d_y_scan_2_backward(int batch, const float *NN_RESTRICT seed,
        float *NN_RESTRICT d_y_scan_2)
{
    for (int n = 0; n < batch; n++)
        for (int i = 0; i < 4; i++)
            for (int c = 0; c < 3; c++)
                d_y_scan_2[n * 12 + i * 3 + c] = i >= 3 ? seed[n * 3 + c] : 0.0f;
}

/* d_y.scan_2.transpose = transpose(y.backward_recurrent_kernel)   [3, 3] */
static NN_APART void case8_plain_d_y_scan_2_transpose_backward(
        const float *NN_RESTRICT y_backward_recurrent_kernel,
        float *NN_RESTRICT d_y_scan_2_transpose)
{
    for (int i = 0; i < 3; i++)
        for (int c = 0; c < 3; c++)
            d_y_scan_2_transpose[i * 3 + c] = y_backward_recurrent_kernel[c * 3 + i];
}

/* d_y.contract_2 = scan_grad(d_y.scan_2.scan_trace, d_y.scan_2.transpose, 0, d_y.scan_2)   [4, 3]
 * 4 steps from the last to the first, 3 columns */
#if NN_REGISTERS >= 32
enum { CASE8_PLAIN_D_Y_CONTRACT_2_BACKWARD_ROWS = 2 };
#else
enum { CASE8_PLAIN_D_Y_CONTRACT_2_BACKWARD_ROWS = 2 };
#endif
NN_INLINE void case8_plain_d_y_contract_2_backward_tile(const int rows,
        float *NN_RESTRICT d_y_contract_2_sums, float *NN_RESTRICT d_y_contract_2_state,
        const float *NN_RESTRICT d_y_scan_2, const float *NN_RESTRICT d_y_scan_2_transpose,
        float *NN_RESTRICT d_y_contract_2, int n)
{
    for (int later = 0; later < 4; later++) {
        const int t = 3 - later;
        for (int r = 0; r < rows; r++)
            for (int c = 0; c < 3; c++)
                d_y_contract_2_sums[(n + r) * 16 + c] = d_y_scan_2[(n + r) * 12 + t * 3 + c];
        if (later > 0) {
            for (int r = 0; r < rows; r++)
                for (int k = 0; k < 3; k++)
                    for (int o = 0; o < 3; o++)
                        d_y_contract_2_sums[(n + r) * 16 + o] += d_y_contract_2_state[(n + r) *
                                16 + k] * d_y_scan_2_transpose[k * 3 + o];
        }
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < 16; c++) {
                const float d_h = d_y_contract_2_sums[(n + r) * 16 + c];
                d_y_contract_2_state[(n + r) * 16 + c] = d_h;
            }
            for (int c = 0; c < 3; c++)
                d_y_contract_2[(n + r) * 12 + t * 3 + c] = d_y_contract_2_state[(n + r) * 16 + c];
        }
    }
}

static NN_APART void case8_plain_d_y_contract_2_backward_large(
        float *NN_RESTRICT d_y_contract_2_sums, float *NN_RESTRICT d_y_contract_2_state,
        const float *NN_RESTRICT d_y_scan_2, const float *NN_RESTRICT d_y_scan_2_transpose,
        float *NN_RESTRICT d_y_contract_2, int n)
{
    case8_plain_d_y_contract_2_backward_tile(CASE8_PLAIN_D_Y_CONTRACT_2_BACKWARD_ROWS,
            d_y_contract_2_sums, d_y_contract_2_state, d_y_scan_2, d_y_scan_2_transpose,
            d_y_contract_2, n);
}

static NN_APART void case8_plain_d_y_contract_2_backward_small(
        float *NN_RESTRICT d_y_contract_2_sums, float *NN_RESTRICT d_y_contract_2_state,
        const float *NN_RESTRICT d_y_scan_2, const float *NN_RESTRICT d_y_scan_2_transpose,
        float *NN_RESTRICT d_y_contract_2, int n)
{
    case8_plain_d_y_contract_2_backward_tile(1, d_y_contract_2_sums, d_y_contract_2_state,
            d_y_scan_2, d_y_scan_2_transpose, d_y_contract_2, n);
}

static NN_APART void case8_plain_d_y_contract_2_backward_single(
        float *NN_RESTRICT d_y_contract_2_sums, float *NN_RESTRICT d_y_contract_2_state,
        const float *NN_RESTRICT d_y_scan_2, const float *NN_RESTRICT d_y_scan_2_transpose,
        float *NN_RESTRICT d_y_contract_2, int n)
{
    case8_plain_d_y_contract_2_backward_tile(1, d_y_contract_2_sums, d_y_contract_2_state,
            d_y_scan_2, d_y_scan_2_transpose, d_y_contract_2, n);
}

static NN_APART void case8_plain_d_y_contract_2_backward(int batch,
        float *NN_RESTRICT d_y_contract_2_sums, float *NN_RESTRICT d_y_contract_2_state,
        const float *NN_RESTRICT d_y_scan_2, const float *NN_RESTRICT d_y_scan_2_transpose,
        float *NN_RESTRICT d_y_contract_2)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE8_PLAIN_D_Y_CONTRACT_2_BACKWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case8_plain_d_y_contract_2_backward_large(d_y_contract_2_sums,
                        d_y_contract_2_state, d_y_scan_2, d_y_scan_2_transpose, d_y_contract_2, n);
            } else {
                case8_plain_d_y_contract_2_backward_small(d_y_contract_2_sums,
                        d_y_contract_2_state, d_y_scan_2, d_y_scan_2_transpose, d_y_contract_2, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case8_plain_d_y_contract_2_backward_single(d_y_contract_2_sums,
                        d_y_contract_2_state, d_y_scan_2, d_y_scan_2_transpose, d_y_contract_2, n);
        }
    }
}

/* d_y.backward_recurrent_kernel = contract(y.scan_2, d_y.contract_2)   [3, 3] */
static NN_APART void case8_plain_y_scan_2_forward_pad(int batch, const float *NN_RESTRICT y_scan_2,
        float *NN_RESTRICT d_y_backward_recurrent_kernel_padded)
{
    for (int n = 0; n < batch; n++)
        for (int j = 0; j < 5; j++)
            for (int c = 0; c < 3; c++)
                d_y_backward_recurrent_kernel_padded[n * 15 + j * 3 + c] = j - 1 >= 0 && j - 1 <
                        4 ? y_scan_2[n * 12 + j * 3 + c - 3] : 0.0f;
}

/* d_y.backward_recurrent_kernel = contract(y.scan_2, d_y.contract_2)   [3, 3] */
static NN_APART void case8_plain_d_y_contract_2_backward_pad(int batch,
        const float *NN_RESTRICT d_y_contract_2,
        float *NN_RESTRICT d_y_backward_recurrent_kernel_padded)
{
    for (int n = 0; n < batch; n++)
        for (int j = 0; j < 4; j++)
            for (int c = 0; c < 16; c++)
                d_y_backward_recurrent_kernel_padded[n * 64 + j * 16 + c] = c >= 0 && c < 3 ?
                        d_y_contract_2[n * 12 + j * 3 + c] : 0.0f;
}

/* d_y.backward_recurrent_kernel = contract(y.scan_2, d_y.contract_2)   [3, 3] */
#if NN_REGISTERS >= 32
enum { CASE8_PLAIN_D_Y_BACKWARD_RECURRENT_KERNEL_BACKWARD_ROWS = 3 };
#else
enum { CASE8_PLAIN_D_Y_BACKWARD_RECURRENT_KERNEL_BACKWARD_ROWS = 3 };
#endif
NN_INLINE void case8_plain_d_y_backward_recurrent_kernel_backward_tile(const int rows,
        const float *NN_RESTRICT d_y_backward_recurrent_kernel_padded,
        const float *NN_RESTRICT d_y_backward_recurrent_kernel_padded_2,
        float *NN_RESTRICT d_y_backward_recurrent_kernel, int j, int from, int to)
{
    float sum[CASE8_PLAIN_D_Y_BACKWARD_RECURRENT_KERNEL_BACKWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE8_PLAIN_D_Y_BACKWARD_RECURRENT_KERNEL_BACKWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE8_PLAIN_D_Y_BACKWARD_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x = 0; x < 4; x++) {
                const float *at = d_y_backward_recurrent_kernel_padded_2 + n * 64 + x * 16 + column;
                const nn_vec b0 = nn_load(at);
                NN_UNROLL
                for (int r = 0; r < CASE8_PLAIN_D_Y_BACKWARD_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(d_y_backward_recurrent_kernel_padded[j + n *
                                15 + x * 3 + r]);
                        acc[r] += scalar * b0;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE8_PLAIN_D_Y_BACKWARD_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE8_PLAIN_D_Y_BACKWARD_RECURRENT_KERNEL_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE8_PLAIN_D_Y_BACKWARD_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x = 0; x < 4; x++) {
                const float *at = d_y_backward_recurrent_kernel_padded_2 + n * 64 + x * 16 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE8_PLAIN_D_Y_BACKWARD_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(d_y_backward_recurrent_kernel_padded[j + n *
                                15 + x * 3 + r]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE8_PLAIN_D_Y_BACKWARD_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++) {
        const int row = j + r;
        for (int lane = 0; lane < 3; lane++)
            d_y_backward_recurrent_kernel[row * 3 + lane] = sum[r * 16 + lane];
    }
}

static NN_APART void case8_plain_d_y_backward_recurrent_kernel_backward_large(
        const float *NN_RESTRICT d_y_backward_recurrent_kernel_padded,
        const float *NN_RESTRICT d_y_backward_recurrent_kernel_padded_2,
        float *NN_RESTRICT d_y_backward_recurrent_kernel, int j, int from, int to)
{
    case8_plain_d_y_backward_recurrent_kernel_backward_tile(CASE8_PLAIN_D_Y_BACKWARD_RECURRENT_KERNEL_BACKWARD_ROWS, d_y_backward_recurrent_kernel_padded, d_y_backward_recurrent_kernel_padded_2, d_y_backward_recurrent_kernel, j, from, to);
}

static NN_APART void case8_plain_d_y_backward_recurrent_kernel_backward(int batch,
        const float *NN_RESTRICT d_y_backward_recurrent_kernel_padded,
        const float *NN_RESTRICT d_y_backward_recurrent_kernel_padded_2,
        float *NN_RESTRICT d_y_backward_recurrent_kernel)
{
    for (int unit = 0; unit < 1; unit++) {
        const int j = 0;
        const int from = 0;
        const int to = batch;
        case8_plain_d_y_backward_recurrent_kernel_backward_large(d_y_backward_recurrent_kernel_padded, d_y_backward_recurrent_kernel_padded_2, d_y_backward_recurrent_kernel, j, from, to);
    }
}

/* d_y.reverse = contract(d_y.contract_2, y.backward_kernel)   [4, 2] */
static NN_APART void case8_plain_d_y_reverse_backward(int batch,
        const float *NN_RESTRICT d_y_contract_2, const float *NN_RESTRICT y_backward_kernel,
        float *NN_RESTRICT d_y_reverse)
{
    for (int n = 0; n < batch; n++)
        for (int i = 0; i < 4; i++)
            for (int c = 0; c < 2; c++) {
                float sum = 0.0f;
                for (int o = 0; o < 3; o++)
                    sum += d_y_contract_2[n * 12 + i * 3 + o] * y_backward_kernel[c * 3 + o];
                d_y_reverse[n * 8 + i * 2 + c] = sum;
            }
}

/* d_y.backward_kernel = contract(y.reverse, d_y.contract_2)   [2, 3] */
static NN_APART void case8_plain_d_y_contract_2_backward_pad_2(int batch,
        const float *NN_RESTRICT d_y_contract_2, float *NN_RESTRICT d_y_backward_kernel_padded)
{
    for (int n = 0; n < batch; n++)
        for (int j = 0; j < 4; j++)
            for (int c = 0; c < 16; c++)
                d_y_backward_kernel_padded[n * 64 + j * 16 + c] = c >= 0 && c < 3 ?
                        d_y_contract_2[n * 12 + j * 3 + c] : 0.0f;
}

/* d_y.backward_kernel = contract(y.reverse, d_y.contract_2)   [2, 3] */
#if NN_REGISTERS >= 32
enum { CASE8_PLAIN_D_Y_BACKWARD_KERNEL_BACKWARD_ROWS = 2 };
#else
enum { CASE8_PLAIN_D_Y_BACKWARD_KERNEL_BACKWARD_ROWS = 2 };
#endif
NN_INLINE void case8_plain_d_y_backward_kernel_backward_tile(const int rows,
        const float *NN_RESTRICT y_reverse, const float *NN_RESTRICT d_y_backward_kernel_padded,
        float *NN_RESTRICT d_y_backward_kernel, int j, int from, int to)
{
    float sum[CASE8_PLAIN_D_Y_BACKWARD_KERNEL_BACKWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE8_PLAIN_D_Y_BACKWARD_KERNEL_BACKWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE8_PLAIN_D_Y_BACKWARD_KERNEL_BACKWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x = 0; x < 4; x++) {
                const float *at = d_y_backward_kernel_padded + n * 64 + x * 16 + column;
                const nn_vec b0 = nn_load(at);
                NN_UNROLL
                for (int r = 0; r < CASE8_PLAIN_D_Y_BACKWARD_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(y_reverse[j + n * 8 + x * 2 + r]);
                        acc[r] += scalar * b0;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE8_PLAIN_D_Y_BACKWARD_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE8_PLAIN_D_Y_BACKWARD_KERNEL_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE8_PLAIN_D_Y_BACKWARD_KERNEL_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x = 0; x < 4; x++) {
                const float *at = d_y_backward_kernel_padded + n * 64 + x * 16 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE8_PLAIN_D_Y_BACKWARD_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(y_reverse[j + n * 8 + x * 2 + r]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE8_PLAIN_D_Y_BACKWARD_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++) {
        const int row = j + r;
        for (int lane = 0; lane < 3; lane++)
            d_y_backward_kernel[row * 3 + lane] = sum[r * 16 + lane];
    }
}

static NN_APART void case8_plain_d_y_backward_kernel_backward_large(
        const float *NN_RESTRICT y_reverse, const float *NN_RESTRICT d_y_backward_kernel_padded,
        float *NN_RESTRICT d_y_backward_kernel, int j, int from, int to)
{
    case8_plain_d_y_backward_kernel_backward_tile(CASE8_PLAIN_D_Y_BACKWARD_KERNEL_BACKWARD_ROWS,
            y_reverse, d_y_backward_kernel_padded, d_y_backward_kernel, j, from, to);
}

static NN_APART void case8_plain_d_y_backward_kernel_backward(int batch,
        const float *NN_RESTRICT y_reverse, const float *NN_RESTRICT d_y_backward_kernel_padded,
        float *NN_RESTRICT d_y_backward_kernel)
{
    for (int unit = 0; unit < 1; unit++) {
        const int j = 0;
        const int from = 0;
        const int to = batch;
        case8_plain_d_y_backward_kernel_backward_large(y_reverse, d_y_backward_kernel_padded,
                d_y_backward_kernel, j, from, to);
    }
}

/* d_y.scan = pad(d_y.slice)   [4, 3] */
static NN_APART void case8_plain_d_y_scan_backward(int batch, const float *NN_RESTRICT seed,
        float *NN_RESTRICT d_y_scan)
{
    for (int n = 0; n < batch; n++)
        for (int i = 0; i < 4; i++)
            for (int c = 0; c < 3; c++)
                d_y_scan[n * 12 + i * 3 + c] = i >= 3 ? seed[n * 3 + c] : 0.0f;
}

/* d_y.scan.transpose = transpose(y.recurrent_kernel)   [3, 3] */
static NN_APART void case8_plain_d_y_scan_transpose_backward(
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT d_y_scan_transpose)
{
    for (int i = 0; i < 3; i++)
        for (int c = 0; c < 3; c++)
            d_y_scan_transpose[i * 3 + c] = y_recurrent_kernel[c * 3 + i];
}

/* d_y.contract = scan_grad(d_y.scan.scan_trace, d_y.scan.transpose, 0, d_y.scan)   [4, 3]
 * 4 steps from the last to the first, 3 columns */
#if NN_REGISTERS >= 32
enum { CASE8_PLAIN_D_Y_CONTRACT_BACKWARD_ROWS = 2 };
#else
enum { CASE8_PLAIN_D_Y_CONTRACT_BACKWARD_ROWS = 2 };
#endif
NN_INLINE void case8_plain_d_y_contract_backward_tile(const int rows,
        float *NN_RESTRICT d_y_contract_sums, float *NN_RESTRICT d_y_contract_state,
        const float *NN_RESTRICT d_y_scan, const float *NN_RESTRICT d_y_scan_transpose,
        float *NN_RESTRICT d_y_contract, int n)
{
    for (int later = 0; later < 4; later++) {
        const int t = 3 - later;
        for (int r = 0; r < rows; r++)
            for (int c = 0; c < 3; c++)
                d_y_contract_sums[(n + r) * 16 + c] = d_y_scan[(n + r) * 12 + t * 3 + c];
        if (later > 0) {
            for (int r = 0; r < rows; r++)
                for (int k = 0; k < 3; k++)
                    for (int o = 0; o < 3; o++)
                        d_y_contract_sums[(n + r) * 16 + o] += d_y_contract_state[(n + r) * 16 +
                                k] * d_y_scan_transpose[k * 3 + o];
        }
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < 16; c++) {
                const float d_h = d_y_contract_sums[(n + r) * 16 + c];
                d_y_contract_state[(n + r) * 16 + c] = d_h;
            }
            for (int c = 0; c < 3; c++)
                d_y_contract[(n + r) * 12 + t * 3 + c] = d_y_contract_state[(n + r) * 16 + c];
        }
    }
}

static NN_APART void case8_plain_d_y_contract_backward_large(float *NN_RESTRICT d_y_contract_sums,
        float *NN_RESTRICT d_y_contract_state, const float *NN_RESTRICT d_y_scan,
        const float *NN_RESTRICT d_y_scan_transpose, float *NN_RESTRICT d_y_contract, int n)
{
    case8_plain_d_y_contract_backward_tile(CASE8_PLAIN_D_Y_CONTRACT_BACKWARD_ROWS,
            d_y_contract_sums, d_y_contract_state, d_y_scan, d_y_scan_transpose, d_y_contract, n);
}

static NN_APART void case8_plain_d_y_contract_backward_small(float *NN_RESTRICT d_y_contract_sums,
        float *NN_RESTRICT d_y_contract_state, const float *NN_RESTRICT d_y_scan,
        const float *NN_RESTRICT d_y_scan_transpose, float *NN_RESTRICT d_y_contract, int n)
{
    case8_plain_d_y_contract_backward_tile(1, d_y_contract_sums, d_y_contract_state, d_y_scan,
            d_y_scan_transpose, d_y_contract, n);
}

static NN_APART void case8_plain_d_y_contract_backward_single(float *NN_RESTRICT d_y_contract_sums,
        float *NN_RESTRICT d_y_contract_state, const float *NN_RESTRICT d_y_scan,
        const float *NN_RESTRICT d_y_scan_transpose, float *NN_RESTRICT d_y_contract, int n)
{
    case8_plain_d_y_contract_backward_tile(1, d_y_contract_sums, d_y_contract_state, d_y_scan,
            d_y_scan_transpose, d_y_contract, n);
}

static NN_APART void case8_plain_d_y_contract_backward(int batch,
        float *NN_RESTRICT d_y_contract_sums, float *NN_RESTRICT d_y_contract_state,
        const float *NN_RESTRICT d_y_scan, const float *NN_RESTRICT d_y_scan_transpose,
        float *NN_RESTRICT d_y_contract)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE8_PLAIN_D_Y_CONTRACT_BACKWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case8_plain_d_y_contract_backward_large(d_y_contract_sums, d_y_contract_state,
                        d_y_scan, d_y_scan_transpose, d_y_contract, n);
            } else {
                case8_plain_d_y_contract_backward_small(d_y_contract_sums, d_y_contract_state,
                        d_y_scan, d_y_scan_transpose, d_y_contract, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case8_plain_d_y_contract_backward_single(d_y_contract_sums, d_y_contract_state,
                        d_y_scan, d_y_scan_transpose, d_y_contract, n);
        }
    }
}

/* d_y.recurrent_kernel = contract(y.scan, d_y.contract)   [3, 3] */
static NN_APART void case8_plain_y_scan_forward_pad(int batch, const float *NN_RESTRICT y_scan,
        float *NN_RESTRICT d_y_recurrent_kernel_padded)
{
    for (int n = 0; n < batch; n++)
        for (int j = 0; j < 5; j++)
            for (int c = 0; c < 3; c++)
                d_y_recurrent_kernel_padded[n * 15 + j * 3 + c] = j - 1 >= 0 && j - 1 < 4 ?
                        y_scan[n * 12 + j * 3 + c - 3] : 0.0f;
}

/* d_y.recurrent_kernel = contract(y.scan, d_y.contract)   [3, 3] */
static NN_APART void case8_plain_d_y_contract_backward_pad(int batch,
        const float *NN_RESTRICT d_y_contract, float *NN_RESTRICT d_y_recurrent_kernel_padded)
{
    for (int n = 0; n < batch; n++)
        for (int j = 0; j < 4; j++)
            for (int c = 0; c < 16; c++)
                d_y_recurrent_kernel_padded[n * 64 + j * 16 + c] = c >= 0 && c < 3 ?
                        d_y_contract[n * 12 + j * 3 + c] : 0.0f;
}

/* d_y.recurrent_kernel = contract(y.scan, d_y.contract)   [3, 3] */
#if NN_REGISTERS >= 32
enum { CASE8_PLAIN_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS = 3 };
#else
enum { CASE8_PLAIN_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS = 3 };
#endif
NN_INLINE void case8_plain_d_y_recurrent_kernel_backward_tile(const int rows,
        const float *NN_RESTRICT d_y_recurrent_kernel_padded,
        const float *NN_RESTRICT d_y_recurrent_kernel_padded_2,
        float *NN_RESTRICT d_y_recurrent_kernel, int j, int from, int to)
{
    float sum[CASE8_PLAIN_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE8_PLAIN_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE8_PLAIN_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x = 0; x < 4; x++) {
                const float *at = d_y_recurrent_kernel_padded_2 + n * 64 + x * 16 + column;
                const nn_vec b0 = nn_load(at);
                NN_UNROLL
                for (int r = 0; r < CASE8_PLAIN_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(d_y_recurrent_kernel_padded[j + n * 15 + x *
                                3 + r]);
                        acc[r] += scalar * b0;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE8_PLAIN_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE8_PLAIN_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE8_PLAIN_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x = 0; x < 4; x++) {
                const float *at = d_y_recurrent_kernel_padded_2 + n * 64 + x * 16 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE8_PLAIN_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(d_y_recurrent_kernel_padded[j + n * 15 + x *
                                3 + r]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE8_PLAIN_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++) {
        const int row = j + r;
        for (int lane = 0; lane < 3; lane++)
            d_y_recurrent_kernel[row * 3 + lane] = sum[r * 16 + lane];
    }
}

static NN_APART void case8_plain_d_y_recurrent_kernel_backward_large(
        const float *NN_RESTRICT d_y_recurrent_kernel_padded,
        const float *NN_RESTRICT d_y_recurrent_kernel_padded_2,
        float *NN_RESTRICT d_y_recurrent_kernel, int j, int from, int to)
{
    case8_plain_d_y_recurrent_kernel_backward_tile(CASE8_PLAIN_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS,
            d_y_recurrent_kernel_padded, d_y_recurrent_kernel_padded_2, d_y_recurrent_kernel, j,
            from, to);
}

static NN_APART void case8_plain_d_y_recurrent_kernel_backward(int batch,
        const float *NN_RESTRICT d_y_recurrent_kernel_padded,
        const float *NN_RESTRICT d_y_recurrent_kernel_padded_2,
        float *NN_RESTRICT d_y_recurrent_kernel)
{
    for (int unit = 0; unit < 1; unit++) {
        const int j = 0;
        const int from = 0;
        const int to = batch;
        case8_plain_d_y_recurrent_kernel_backward_large(d_y_recurrent_kernel_padded,
                d_y_recurrent_kernel_padded_2, d_y_recurrent_kernel, j, from, to);
    }
}

/* d_y.contract.contract = contract(d_y.contract, y.kernel)   [4, 2] */
static NN_APART void case8_plain_d_y_contract_contract_backward(int batch,
        const float *NN_RESTRICT d_y_contract, const float *NN_RESTRICT y_kernel,
        float *NN_RESTRICT d_y_contract_contract)
{
    for (int n = 0; n < batch; n++)
        for (int i = 0; i < 4; i++)
            for (int c = 0; c < 2; c++) {
                float sum = 0.0f;
                for (int o = 0; o < 3; o++)
                    sum += d_y_contract[n * 12 + i * 3 + o] * y_kernel[c * 3 + o];
                d_y_contract_contract[n * 8 + i * 2 + c] = sum;
            }
}

/* d_y.kernel = contract(x, d_y.contract)   [2, 3] */
static NN_APART void case8_plain_d_y_contract_backward_pad_2(int batch,
        const float *NN_RESTRICT d_y_contract, float *NN_RESTRICT d_y_kernel_padded)
{
    for (int n = 0; n < batch; n++)
        for (int j = 0; j < 4; j++)
            for (int c = 0; c < 16; c++)
                d_y_kernel_padded[n * 64 + j * 16 + c] = c >= 0 && c < 3 ? d_y_contract[n * 12 +
                        j * 3 + c] : 0.0f;
}

/* d_y.kernel = contract(x, d_y.contract)   [2, 3] */
#if NN_REGISTERS >= 32
enum { CASE8_PLAIN_D_Y_KERNEL_BACKWARD_ROWS = 2 };
#else
enum { CASE8_PLAIN_D_Y_KERNEL_BACKWARD_ROWS = 2 };
#endif
NN_INLINE void case8_plain_d_y_kernel_backward_tile(const int rows, const float *NN_RESTRICT x,
        const float *NN_RESTRICT d_y_kernel_padded, float *NN_RESTRICT d_y_kernel, int j, int from,
        int to)
{
    float sum[CASE8_PLAIN_D_Y_KERNEL_BACKWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE8_PLAIN_D_Y_KERNEL_BACKWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE8_PLAIN_D_Y_KERNEL_BACKWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x_2 = 0; x_2 < 4; x_2++) {
                const float *at = d_y_kernel_padded + n * 64 + x_2 * 16 + column;
                const nn_vec b0 = nn_load(at);
                NN_UNROLL
                for (int r = 0; r < CASE8_PLAIN_D_Y_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(x[j + n * 8 + x_2 * 2 + r]);
                        acc[r] += scalar * b0;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE8_PLAIN_D_Y_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE8_PLAIN_D_Y_KERNEL_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE8_PLAIN_D_Y_KERNEL_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x_2 = 0; x_2 < 4; x_2++) {
                const float *at = d_y_kernel_padded + n * 64 + x_2 * 16 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE8_PLAIN_D_Y_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(x[j + n * 8 + x_2 * 2 + r]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE8_PLAIN_D_Y_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++) {
        const int row = j + r;
        for (int lane = 0; lane < 3; lane++)
            d_y_kernel[row * 3 + lane] = sum[r * 16 + lane];
    }
}

static NN_APART void case8_plain_d_y_kernel_backward_large(const float *NN_RESTRICT x,
        const float *NN_RESTRICT d_y_kernel_padded, float *NN_RESTRICT d_y_kernel, int j, int from,
        int to)
{
    case8_plain_d_y_kernel_backward_tile(CASE8_PLAIN_D_Y_KERNEL_BACKWARD_ROWS, x,
            d_y_kernel_padded, d_y_kernel, j, from, to);
}

static NN_APART void case8_plain_d_y_kernel_backward(int batch, const float *NN_RESTRICT x,
        const float *NN_RESTRICT d_y_kernel_padded, float *NN_RESTRICT d_y_kernel)
{
    for (int unit = 0; unit < 1; unit++) {
        const int j = 0;
        const int from = 0;
        const int to = batch;
        case8_plain_d_y_kernel_backward_large(x, d_y_kernel_padded, d_y_kernel, j, from, to);
    }
}

/* d_y.reverse.reverse = reverse(d_y.reverse)   [4, 2]
 * d_x = add(d_y.contract.contract, d_y.reverse.reverse)   [4, 2] */
static NN_APART void case8_plain_d_y_reverse_reverse_backward(int batch,
        const float *NN_RESTRICT d_y_reverse, const float *NN_RESTRICT d_y_contract_contract,
        float *NN_RESTRICT d_x)
{
    for (int n = 0; n < batch; n++)
        for (int i = 0; i < 4; i++)
            for (int c = 0; c < 2; c++)
                d_x[n * 8 + i * 2 + c] = d_y_contract_contract[n * 8 + i * 2 + c] + d_y_reverse[n *
                        8 + (3 - i) * 2 + c];
}

static void case8_plain_run(float *state, char *arena, const nn_step *step,
                            const void *const *inputs, const void *const *targets,
                            void *const *outputs, float *results, int threads)
{
    (void)targets;
    (void)results;
    (void)threads;
    const int batch = step->batch;
    const float *const x = (const float *)inputs[0]; /* [4, 2] */
    const float *const y_kernel = state + 0; /* [2, 3] */
    const float *const y_recurrent_kernel = state + 16; /* [3, 3] */
    const float *const y_backward_kernel = state + 32; /* [2, 3] */
    const float *const y_backward_recurrent_kernel = state + 48; /* [3, 3] */
    const float *const seed = (const float *)inputs[1]; /* [3] */
    float *const y_reverse = (float *)(void *)(arena + 1728); /* [4, 2] */
    float *const y_contract = (float *)(void *)(arena + 768); /* [4, 3] */
    float *const y_scan = (float *)(void *)(arena + 1344); /* [4, 3] */
    float *const y_slice = (float *)(void *)(arena + 1856); /* [1, 3] */
    float *const y_contract_2 = (float *)(void *)(arena + 768); /* [4, 3] */
    float *const y_scan_2 = (float *)(void *)(arena + 1536); /* [4, 3] */
    float *const y_slice_2 = (float *)(void *)(arena + 0); /* [1, 3] */
    float *const y = (float *)outputs[0]; /* [3] */
    float *const d_y_scan_2 = (float *)(void *)(arena + 0); /* [4, 3] */
    float *const d_y_scan_2_scan_trace = (float *)(void *)(arena + 0); /* [4, 1, 16] */
    float *const d_y_scan_2_transpose = (float *)(void *)(arena + 576); /* [3, 3] */
    float *const d_y_contract_2 = (float *)(void *)(arena + 768); /* [4, 3] */
    float *const d_y_backward_recurrent_kernel = (float *)outputs[5]; /* [3, 3] */
    float *const d_y_reverse = (float *)(void *)(arena + 1152); /* [4, 2] */
    float *const d_y_backward_kernel = (float *)outputs[4]; /* [2, 3] */
    float *const d_y_scan = (float *)(void *)(arena + 0); /* [4, 3] */
    float *const d_y_scan_scan_trace = (float *)(void *)(arena + 0); /* [4, 1, 16] */
    float *const d_y_scan_transpose = (float *)(void *)(arena + 576); /* [3, 3] */
    float *const d_y_contract = (float *)(void *)(arena + 768); /* [4, 3] */
    float *const d_y_recurrent_kernel = (float *)outputs[3]; /* [3, 3] */
    float *const d_y_contract_contract = (float *)(void *)(arena + 960); /* [4, 2] */
    float *const d_y_kernel = (float *)outputs[2]; /* [2, 3] */
    float *const d_x = (float *)outputs[1]; /* [4, 2] */
    float *const y_scan_sums = (float *)(void *)(arena + 960);
    float *const y_scan_state = (float *)(void *)(arena + 1152);
    float *const y_scan_2_sums = (float *)(void *)(arena + 960);
    float *const y_scan_2_state = (float *)(void *)(arena + 1152);
    float *const d_y_contract_2_sums = (float *)(void *)(arena + 192);
    float *const d_y_contract_2_state = (float *)(void *)(arena + 384);
    float *const d_y_backward_recurrent_kernel_padded = (float *)(void *)(arena + 960);
    float *const d_y_backward_recurrent_kernel_padded_2 = (float *)(void *)(arena + 0);
    float *const d_y_backward_kernel_padded = (float *)(void *)(arena + 0);
    float *const d_y_contract_sums = (float *)(void *)(arena + 192);
    float *const d_y_contract_state = (float *)(void *)(arena + 384);
    float *const d_y_recurrent_kernel_padded = (float *)(void *)(arena + 960);
    float *const d_y_recurrent_kernel_padded_2 = (float *)(void *)(arena + 0);
    float *const d_y_kernel_padded = (float *)(void *)(arena + 0);
    const uint64_t mode = nn_flush_denormals();
    case8_plain_y_reverse_forward(batch, x, y_reverse);
    case8_plain_y_contract_forward(batch, x, y_kernel, y_contract);
    case8_plain_y_scan_forward(batch, y_scan_sums, y_scan_state, y_contract, y_recurrent_kernel,
            d_y_scan_scan_trace, y_scan);
    case8_plain_y_slice_forward(batch, y_scan, y_slice);
    case8_plain_y_contract_2_forward(batch, y_reverse, y_backward_kernel, y_contract_2);
    case8_plain_y_scan_2_forward(batch, y_scan_2_sums, y_scan_2_state, y_contract_2,
            y_backward_recurrent_kernel, d_y_scan_2_scan_trace, y_scan_2);
    case8_plain_y_slice_2_forward(batch, y_scan_2, y_slice_2);
    case8_plain_y_reshape_2_forward(batch, y_slice, y_slice_2, y);
    case8_plain_d_y_scan_2_backward(batch, seed, d_y_scan_2);
    case8_plain_d_y_scan_2_transpose_backward(y_backward_recurrent_kernel, d_y_scan_2_transpose);
    case8_plain_d_y_contract_2_backward(batch, d_y_contract_2_sums, d_y_contract_2_state,
            d_y_scan_2, d_y_scan_2_transpose, d_y_contract_2);
    case8_plain_y_scan_2_forward_pad(batch, y_scan_2, d_y_backward_recurrent_kernel_padded);
    case8_plain_d_y_contract_2_backward_pad(batch, d_y_contract_2,
            d_y_backward_recurrent_kernel_padded_2);
    case8_plain_d_y_backward_recurrent_kernel_backward(batch, d_y_backward_recurrent_kernel_padded,
            d_y_backward_recurrent_kernel_padded_2, d_y_backward_recurrent_kernel);
    case8_plain_d_y_reverse_backward(batch, d_y_contract_2, y_backward_kernel, d_y_reverse);
    case8_plain_d_y_contract_2_backward_pad_2(batch, d_y_contract_2, d_y_backward_kernel_padded);
    case8_plain_d_y_backward_kernel_backward(batch, y_reverse, d_y_backward_kernel_padded,
            d_y_backward_kernel);
    case8_plain_d_y_scan_backward(batch, seed, d_y_scan);
    case8_plain_d_y_scan_transpose_backward(y_recurrent_kernel, d_y_scan_transpose);
    case8_plain_d_y_contract_backward(batch, d_y_contract_sums, d_y_contract_state, d_y_scan,
            d_y_scan_transpose, d_y_contract);
    case8_plain_y_scan_forward_pad(batch, y_scan, d_y_recurrent_kernel_padded);
    case8_plain_d_y_contract_backward_pad(batch, d_y_contract, d_y_recurrent_kernel_padded_2);
    case8_plain_d_y_recurrent_kernel_backward(batch, d_y_recurrent_kernel_padded,
            d_y_recurrent_kernel_padded_2, d_y_recurrent_kernel);
    case8_plain_d_y_contract_contract_backward(batch, d_y_contract, y_kernel,
            d_y_contract_contract);
    case8_plain_d_y_contract_backward_pad_2(batch, d_y_contract, d_y_kernel_padded);
    case8_plain_d_y_kernel_backward(batch, x, d_y_kernel_padded, d_y_kernel);
    case8_plain_d_y_reverse_reverse_backward(batch, d_y_reverse, d_y_contract_contract, d_x);
    nn_restore_denormals(mode);
}

/* y.reverse = reverse(x)   [4, 2] */
static NN_APART void case8_filled_y_reverse_forward(int batch, const float *NN_RESTRICT x,
        float *NN_RESTRICT y_reverse)
{
    for (int n = 0; n < batch; n++)
        for (int i = 0; i < 4; i++)
            for (int c = 0; c < 2; c++)
                y_reverse[n * 8 + i * 2 + c] = x[n * 8 + (3 - i) * 2 + c];
}

/* y.contract = contract(x, y.kernel)   [4, 3] */
#if NN_REGISTERS >= 32
enum { CASE8_FILLED_Y_CONTRACT_FORWARD_ROWS = 4 };
#else
enum { CASE8_FILLED_Y_CONTRACT_FORWARD_ROWS = 4 };
#endif
NN_INLINE void case8_filled_y_contract_forward_tile(const int rows, const float *NN_RESTRICT x,
        const float *NN_RESTRICT y_kernel, float *NN_RESTRICT y_contract, int n, int j, int panel)
{
    float sum[CASE8_FILLED_Y_CONTRACT_FORWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE8_FILLED_Y_CONTRACT_FORWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE8_FILLED_Y_CONTRACT_FORWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int k = 0; k < 2; k++) {
            const float *at = y_kernel + panel * 32 + k * 16 + column;
            const nn_vec b0 = nn_load(at);
            NN_UNROLL
            for (int r = 0; r < CASE8_FILLED_Y_CONTRACT_FORWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(x[n * 8 + j * 2 + k + r * 2]);
                    acc[r] += scalar * b0;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE8_FILLED_Y_CONTRACT_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE8_FILLED_Y_CONTRACT_FORWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE8_FILLED_Y_CONTRACT_FORWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int k = 0; k < 2; k++) {
            const float *at = y_kernel + panel * 32 + k * 16 + column;
            const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
            NN_UNROLL
            for (int r = 0; r < CASE8_FILLED_Y_CONTRACT_FORWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(x[n * 8 + j * 2 + k + r * 2]);
                    acc[r][0] += scalar * b0;
                    acc[r][1] += scalar * b1;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE8_FILLED_Y_CONTRACT_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++)
        for (int lane = 0; lane < 3; lane++)
            y_contract[n * 12 + (j + r) * 3 + lane] = sum[r * 16 + lane];
}

static NN_APART void case8_filled_y_contract_forward_large(const float *NN_RESTRICT x,
        const float *NN_RESTRICT y_kernel, float *NN_RESTRICT y_contract, int n, int j, int panel)
{
    case8_filled_y_contract_forward_tile(CASE8_FILLED_Y_CONTRACT_FORWARD_ROWS, x, y_kernel,
            y_contract, n, j, panel);
}

static NN_APART void case8_filled_y_contract_forward(int batch, const float *NN_RESTRICT x,
        const float *NN_RESTRICT y_kernel, float *NN_RESTRICT y_contract)
{
    for (int n = 0; n < batch; n++) {
        const int panel = 0;
        const int j = 0;
        case8_filled_y_contract_forward_large(x, y_kernel, y_contract, n, j, panel);
    }
}

/* y.scan = scan(y.contract, y.recurrent_kernel, 0, 0)   [4, 3]
 * d_y.scan.scan_trace = scan_trace(y.contract, y.recurrent_kernel, 0, 0)   [4, 1, 16]
 * 4 steps, 3 columns */
#if NN_REGISTERS >= 32
enum { CASE8_FILLED_Y_SCAN_FORWARD_ROWS = 2 };
#else
enum { CASE8_FILLED_Y_SCAN_FORWARD_ROWS = 2 };
#endif
NN_INLINE void case8_filled_y_scan_forward_tile(const int rows, float *NN_RESTRICT y_scan_sums,
                                                float *NN_RESTRICT y_scan_state,
                                                const float *NN_RESTRICT y_contract,
                                                const float *NN_RESTRICT y_recurrent_kernel,
                                                float *NN_RESTRICT d_y_scan_scan_trace,
                                                float *NN_RESTRICT y_scan, int n)
{
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < 3; c++)
            y_scan_state[(n + r) * 16 + c] = 0.0f;
    for (int t = 0; t < 4; t++) {
        for (int r = 0; r < rows; r++)
            for (int o = 0; o < 3; o++)
                y_scan_sums[(n + r) * 16 + o] = y_contract[(n + r) * 12 + t * 3 + o];
#if NN_LANES == 16
        for (int column = 0; column < 16; column += NN_LANES) {
            nn_vec acc[CASE8_FILLED_Y_SCAN_FORWARD_ROWS];
            NN_UNROLL
            for (int r = 0; r < CASE8_FILLED_Y_SCAN_FORWARD_ROWS; r++)
                if (r < rows) {
                    acc[r] = nn_load(y_scan_sums + n * 16 + r * 16 + column);
                }
            for (int k = 0; k < 3; k++) {
                const float *at = y_recurrent_kernel + k * 16 + column;
                const nn_vec b0 = nn_load(at);
                NN_UNROLL
                for (int r = 0; r < CASE8_FILLED_Y_SCAN_FORWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(y_scan_state[n * 16 + k + r * 16]);
                        acc[r] += scalar * b0;
                    }
            }
            NN_UNROLL
            for (int r = 0; r < CASE8_FILLED_Y_SCAN_FORWARD_ROWS; r++)
                if (r < rows) {
                    nn_store(y_scan_sums + n * 16 + r * 16 + column, acc[r]);
                }
        }
#else
        for (int column = 0; column < 16; column += 2 * NN_LANES) {
            nn_vec acc[CASE8_FILLED_Y_SCAN_FORWARD_ROWS][2];
            NN_UNROLL
            for (int r = 0; r < CASE8_FILLED_Y_SCAN_FORWARD_ROWS; r++)
                if (r < rows) {
                    acc[r][0] = nn_load(y_scan_sums + n * 16 + r * 16 + column);
                    acc[r][1] = nn_load(y_scan_sums + n * 16 + r * 16 + column + NN_LANES);
                }
            for (int k = 0; k < 3; k++) {
                const float *at = y_recurrent_kernel + k * 16 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE8_FILLED_Y_SCAN_FORWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(y_scan_state[n * 16 + k + r * 16]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
            NN_UNROLL
            for (int r = 0; r < CASE8_FILLED_Y_SCAN_FORWARD_ROWS; r++)
                if (r < rows) {
                    nn_store(y_scan_sums + n * 16 + r * 16 + column, acc[r][0]);
                    nn_store(y_scan_sums + n * 16 + r * 16 + column + NN_LANES, acc[r][1]);
                }
        }
#endif
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < 16; c++) {
                const float h = y_scan_sums[(n + r) * 16 + c];
                y_scan_state[(n + r) * 16 + c] = h;
                d_y_scan_scan_trace[(n + r) * 64 + t * 16 + c] = h;
            }
            for (int c = 0; c < 3; c++)
                y_scan[(n + r) * 15 + t * 3 + c + 3] = y_scan_state[(n + r) * 16 + c];
        }
    }
}

static NN_APART void case8_filled_y_scan_forward_large(float *NN_RESTRICT y_scan_sums,
        float *NN_RESTRICT y_scan_state, const float *NN_RESTRICT y_contract,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT d_y_scan_scan_trace,
        float *NN_RESTRICT y_scan, int n)
{
    case8_filled_y_scan_forward_tile(CASE8_FILLED_Y_SCAN_FORWARD_ROWS, y_scan_sums, y_scan_state,
            y_contract, y_recurrent_kernel, d_y_scan_scan_trace, y_scan, n);
}

static NN_APART void case8_filled_y_scan_forward_small(float *NN_RESTRICT y_scan_sums,
        float *NN_RESTRICT y_scan_state, const float *NN_RESTRICT y_contract,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT d_y_scan_scan_trace,
        float *NN_RESTRICT y_scan, int n)
{
    case8_filled_y_scan_forward_tile(1, y_scan_sums, y_scan_state, y_contract, y_recurrent_kernel,
            d_y_scan_scan_trace, y_scan, n);
}

static NN_APART void case8_filled_y_scan_forward_single(float *NN_RESTRICT y_scan_sums,
        float *NN_RESTRICT y_scan_state, const float *NN_RESTRICT y_contract,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT d_y_scan_scan_trace,
        float *NN_RESTRICT y_scan, int n)
{
    case8_filled_y_scan_forward_tile(1, y_scan_sums, y_scan_state, y_contract, y_recurrent_kernel,
            d_y_scan_scan_trace, y_scan, n);
}

static NN_APART void case8_filled_y_scan_forward(int batch, float *NN_RESTRICT y_scan_sums,
                                                 float *NN_RESTRICT y_scan_state,
                                                 const float *NN_RESTRICT y_contract,
                                                 const float *NN_RESTRICT y_recurrent_kernel,
                                                 float *NN_RESTRICT d_y_scan_scan_trace,
                                                 float *NN_RESTRICT y_scan)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE8_FILLED_Y_SCAN_FORWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case8_filled_y_scan_forward_large(y_scan_sums, y_scan_state, y_contract,
                        y_recurrent_kernel, d_y_scan_scan_trace, y_scan, n);
            } else {
                case8_filled_y_scan_forward_small(y_scan_sums, y_scan_state, y_contract,
                        y_recurrent_kernel, d_y_scan_scan_trace, y_scan, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case8_filled_y_scan_forward_single(y_scan_sums, y_scan_state, y_contract,
                        y_recurrent_kernel, d_y_scan_scan_trace, y_scan, n);
        }
    }
}

/* the room around y.scan is zero */
static NN_APART void case8_filled_y_scan_forward_halo(int batch, float *NN_RESTRICT y_scan)
{
    for (int n = 0; n < batch; n++) {
        /* room around the data */
        for (int gap = 0; gap < 3; gap++)
            y_scan[n * 15 + gap] = 0.0f;
    }
}

/* y.slice = slice(y.scan)   [1, 3] */
static NN_APART void case8_filled_y_slice_forward(int batch, const float *NN_RESTRICT y_scan,
        float *NN_RESTRICT y_slice)
{
    for (int n = 0; n < batch; n++)
        for (int c = 0; c < 3; c++)
            y_slice[n * 3 + c] = y_scan[n * 15 + c + 12];
}

/* y.contract_2 = contract(y.reverse, y.backward_kernel)   [4, 3] */
#if NN_REGISTERS >= 32
enum { CASE8_FILLED_Y_CONTRACT_2_FORWARD_ROWS = 4 };
#else
enum { CASE8_FILLED_Y_CONTRACT_2_FORWARD_ROWS = 4 };
#endif
NN_INLINE void case8_filled_y_contract_2_forward_tile(const int rows,
        const float *NN_RESTRICT y_reverse, const float *NN_RESTRICT y_backward_kernel,
        float *NN_RESTRICT y_contract_2, int n, int j, int panel)
{
    float sum[CASE8_FILLED_Y_CONTRACT_2_FORWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE8_FILLED_Y_CONTRACT_2_FORWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE8_FILLED_Y_CONTRACT_2_FORWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int k = 0; k < 2; k++) {
            const float *at = y_backward_kernel + panel * 32 + k * 16 + column;
            const nn_vec b0 = nn_load(at);
            NN_UNROLL
            for (int r = 0; r < CASE8_FILLED_Y_CONTRACT_2_FORWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(y_reverse[n * 8 + j * 2 + k + r * 2]);
                    acc[r] += scalar * b0;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE8_FILLED_Y_CONTRACT_2_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE8_FILLED_Y_CONTRACT_2_FORWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE8_FILLED_Y_CONTRACT_2_FORWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int k = 0; k < 2; k++) {
            const float *at = y_backward_kernel + panel * 32 + k * 16 + column;
            const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
            NN_UNROLL
            for (int r = 0; r < CASE8_FILLED_Y_CONTRACT_2_FORWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(y_reverse[n * 8 + j * 2 + k + r * 2]);
                    acc[r][0] += scalar * b0;
                    acc[r][1] += scalar * b1;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE8_FILLED_Y_CONTRACT_2_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++)
        for (int lane = 0; lane < 3; lane++)
            y_contract_2[n * 12 + (j + r) * 3 + lane] = sum[r * 16 + lane];
}

static NN_APART void case8_filled_y_contract_2_forward_large(const float *NN_RESTRICT y_reverse,
        const float *NN_RESTRICT y_backward_kernel, float *NN_RESTRICT y_contract_2, int n, int j,
        int panel)
{
    case8_filled_y_contract_2_forward_tile(CASE8_FILLED_Y_CONTRACT_2_FORWARD_ROWS, y_reverse,
            y_backward_kernel, y_contract_2, n, j, panel);
}

static NN_APART void case8_filled_y_contract_2_forward(int batch,
        const float *NN_RESTRICT y_reverse, const float *NN_RESTRICT y_backward_kernel,
        float *NN_RESTRICT y_contract_2)
{
    for (int n = 0; n < batch; n++) {
        const int panel = 0;
        const int j = 0;
        case8_filled_y_contract_2_forward_large(y_reverse, y_backward_kernel, y_contract_2, n, j,
                panel);
    }
}

/* y.scan_2 = scan(y.contract_2, y.backward_recurrent_kernel, 0, 0)   [4, 3]
 * d_y.scan_2.scan_trace = scan_trace(y.contract_2, y.backward_recurrent_kernel, 0, 0)   [4, 1, 16]
 * 4 steps, 3 columns */
#if NN_REGISTERS >= 32
enum { CASE8_FILLED_Y_SCAN_2_FORWARD_ROWS = 2 };
#else
enum { CASE8_FILLED_Y_SCAN_2_FORWARD_ROWS = 2 };
#endif
NN_INLINE void case8_filled_y_scan_2_forward_tile(const int rows, float *NN_RESTRICT y_scan_2_sums,
        float *NN_RESTRICT y_scan_2_state, const float *NN_RESTRICT y_contract_2,
        const float *NN_RESTRICT y_backward_recurrent_kernel,
        float *NN_RESTRICT d_y_scan_2_scan_trace, float *NN_RESTRICT y_scan_2, int n)
{
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < 3; c++)
            y_scan_2_state[(n + r) * 16 + c] = 0.0f;
    for (int t = 0; t < 4; t++) {
        for (int r = 0; r < rows; r++)
            for (int o = 0; o < 3; o++)
                y_scan_2_sums[(n + r) * 16 + o] = y_contract_2[(n + r) * 12 + t * 3 + o];
#if NN_LANES == 16
        for (int column = 0; column < 16; column += NN_LANES) {
            nn_vec acc[CASE8_FILLED_Y_SCAN_2_FORWARD_ROWS];
            NN_UNROLL
            for (int r = 0; r < CASE8_FILLED_Y_SCAN_2_FORWARD_ROWS; r++)
                if (r < rows) {
                    acc[r] = nn_load(y_scan_2_sums + n * 16 + r * 16 + column);
                }
            for (int k = 0; k < 3; k++) {
                const float *at = y_backward_recurrent_kernel + k * 16 + column;
                const nn_vec b0 = nn_load(at);
                NN_UNROLL
                for (int r = 0; r < CASE8_FILLED_Y_SCAN_2_FORWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(y_scan_2_state[n * 16 + k + r * 16]);
                        acc[r] += scalar * b0;
                    }
            }
            NN_UNROLL
            for (int r = 0; r < CASE8_FILLED_Y_SCAN_2_FORWARD_ROWS; r++)
                if (r < rows) {
                    nn_store(y_scan_2_sums + n * 16 + r * 16 + column, acc[r]);
                }
        }
#else
        for (int column = 0; column < 16; column += 2 * NN_LANES) {
            nn_vec acc[CASE8_FILLED_Y_SCAN_2_FORWARD_ROWS][2];
            NN_UNROLL
            for (int r = 0; r < CASE8_FILLED_Y_SCAN_2_FORWARD_ROWS; r++)
                if (r < rows) {
                    acc[r][0] = nn_load(y_scan_2_sums + n * 16 + r * 16 + column);
                    acc[r][1] = nn_load(y_scan_2_sums + n * 16 + r * 16 + column + NN_LANES);
                }
            for (int k = 0; k < 3; k++) {
                const float *at = y_backward_recurrent_kernel + k * 16 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE8_FILLED_Y_SCAN_2_FORWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(y_scan_2_state[n * 16 + k + r * 16]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
            NN_UNROLL
            for (int r = 0; r < CASE8_FILLED_Y_SCAN_2_FORWARD_ROWS; r++)
                if (r < rows) {
                    nn_store(y_scan_2_sums + n * 16 + r * 16 + column, acc[r][0]);
                    nn_store(y_scan_2_sums + n * 16 + r * 16 + column + NN_LANES, acc[r][1]);
                }
        }
#endif
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < 16; c++) {
                const float h = y_scan_2_sums[(n + r) * 16 + c];
                y_scan_2_state[(n + r) * 16 + c] = h;
                d_y_scan_2_scan_trace[(n + r) * 64 + t * 16 + c] = h;
            }
            for (int c = 0; c < 3; c++)
                y_scan_2[(n + r) * 15 + t * 3 + c + 3] = y_scan_2_state[(n + r) * 16 + c];
        }
    }
}

static NN_APART void case8_filled_y_scan_2_forward_large(float *NN_RESTRICT y_scan_2_sums,
        float *NN_RESTRICT y_scan_2_state, const float *NN_RESTRICT y_contract_2,
        const float *NN_RESTRICT y_backward_recurrent_kernel,
        float *NN_RESTRICT d_y_scan_2_scan_trace, float *NN_RESTRICT y_scan_2, int n)
{
    case8_filled_y_scan_2_forward_tile(CASE8_FILLED_Y_SCAN_2_FORWARD_ROWS, y_scan_2_sums,
            y_scan_2_state, y_contract_2, y_backward_recurrent_kernel, d_y_scan_2_scan_trace,
            y_scan_2, n);
}

static NN_APART void case8_filled_y_scan_2_forward_small(float *NN_RESTRICT y_scan_2_sums,
        float *NN_RESTRICT y_scan_2_state, const float *NN_RESTRICT y_contract_2,
        const float *NN_RESTRICT y_backward_recurrent_kernel,
        float *NN_RESTRICT d_y_scan_2_scan_trace, float *NN_RESTRICT y_scan_2, int n)
{
    case8_filled_y_scan_2_forward_tile(1, y_scan_2_sums, y_scan_2_state, y_contract_2,
            y_backward_recurrent_kernel, d_y_scan_2_scan_trace, y_scan_2, n);
}

static NN_APART void case8_filled_y_scan_2_forward_single(float *NN_RESTRICT y_scan_2_sums,
        float *NN_RESTRICT y_scan_2_state, const float *NN_RESTRICT y_contract_2,
        const float *NN_RESTRICT y_backward_recurrent_kernel,
        float *NN_RESTRICT d_y_scan_2_scan_trace, float *NN_RESTRICT y_scan_2, int n)
{
    case8_filled_y_scan_2_forward_tile(1, y_scan_2_sums, y_scan_2_state, y_contract_2,
            y_backward_recurrent_kernel, d_y_scan_2_scan_trace, y_scan_2, n);
}

static NN_APART void case8_filled_y_scan_2_forward(int batch, float *NN_RESTRICT y_scan_2_sums,
        float *NN_RESTRICT y_scan_2_state, const float *NN_RESTRICT y_contract_2,
        const float *NN_RESTRICT y_backward_recurrent_kernel,
        float *NN_RESTRICT d_y_scan_2_scan_trace, float *NN_RESTRICT y_scan_2)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE8_FILLED_Y_SCAN_2_FORWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case8_filled_y_scan_2_forward_large(y_scan_2_sums, y_scan_2_state, y_contract_2,
                        y_backward_recurrent_kernel, d_y_scan_2_scan_trace, y_scan_2, n);
            } else {
                case8_filled_y_scan_2_forward_small(y_scan_2_sums, y_scan_2_state, y_contract_2,
                        y_backward_recurrent_kernel, d_y_scan_2_scan_trace, y_scan_2, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case8_filled_y_scan_2_forward_single(y_scan_2_sums, y_scan_2_state, y_contract_2,
                        y_backward_recurrent_kernel, d_y_scan_2_scan_trace, y_scan_2, n);
        }
    }
}

/* the room around y.scan_2 is zero */
static NN_APART void case8_filled_y_scan_2_forward_halo(int batch, float *NN_RESTRICT y_scan_2)
{
    for (int n = 0; n < batch; n++) {
        /* room around the data */
        for (int gap = 0; gap < 3; gap++)
            y_scan_2[n * 15 + gap] = 0.0f;
    }
}

/* y.slice_2 = slice(y.scan_2)   [1, 3] */
static NN_APART void case8_filled_y_slice_2_forward(int batch, const float *NN_RESTRICT y_scan_2,
        float *NN_RESTRICT y_slice_2)
{
    for (int n = 0; n < batch; n++)
        for (int c = 0; c < 3; c++)
            y_slice_2[n * 3 + c] = y_scan_2[n * 15 + c + 12];
}

/* y.reshape_2 = reshape(y.slice_2)   [3]
 * y = add(y.reshape, y.reshape_2)   [3] */
static NN_APART void case8_filled_y_reshape_2_forward(int batch, const float *NN_RESTRICT y_slice,
        const float *NN_RESTRICT y_slice_2, float *NN_RESTRICT y)
{
    const int total = batch * 3;
    for (int block = 0; block < (total + 4095) / 4096; block++) {
        const int end = block * 4096 + 4096 < total ? block * 4096 + 4096 : total;
        for (int k = block * 4096; k < end; k++)
            y[k] = y_slice[k] + y_slice_2[k];
    }
}

/* d_y.scan_2 = pad(d_y.slice_2)   [4, 3] */
static NN_APART void case8_filled_d_y_scan_2_backward(int batch, const float *NN_RESTRICT seed,
        float *NN_RESTRICT d_y_scan_2)
{
    for (int n = 0; n < batch; n++)
        for (int i = 0; i < 4; i++)
            for (int c = 0; c < 3; c++)
                d_y_scan_2[n * 12 + i * 3 + c] = i >= 3 ? seed[n * 3 + c] : 0.0f;
}

/* d_y.scan_2.transpose = transpose(y.backward_recurrent_kernel)   [3, 3] */
static NN_APART void case8_filled_d_y_scan_2_transpose_backward(
        const float *NN_RESTRICT y_backward_recurrent_kernel,
        float *NN_RESTRICT d_y_scan_2_transpose)
{
    for (int i = 0; i < 3; i++)
        for (int c = 0; c < 3; c++)
            d_y_scan_2_transpose[i * 16 + c] = y_backward_recurrent_kernel[c * 16 + i];
}

/* the room around d_y.scan_2.transpose is zero */
static NN_APART void case8_filled_d_y_scan_2_transpose_backward_halo(
        float *NN_RESTRICT d_y_scan_2_transpose)
{
    /* room around the data */
    for (int r = 0; r < 3; r++)
        for (int lane = 3; lane < 16; lane++)
            d_y_scan_2_transpose[r * 16 + lane] = 0.0f;
}

/* d_y.contract_2 = scan_grad(d_y.scan_2.scan_trace, d_y.scan_2.transpose, 0, d_y.scan_2)   [4, 3]
 * 4 steps from the last to the first, 3 columns */
#if NN_REGISTERS >= 32
enum { CASE8_FILLED_D_Y_CONTRACT_2_BACKWARD_ROWS = 2 };
#else
enum { CASE8_FILLED_D_Y_CONTRACT_2_BACKWARD_ROWS = 2 };
#endif
NN_INLINE void case8_filled_d_y_contract_2_backward_tile(const int rows,
        float *NN_RESTRICT d_y_contract_2_sums, float *NN_RESTRICT d_y_contract_2_state,
        const float *NN_RESTRICT d_y_scan_2, const float *NN_RESTRICT d_y_scan_2_transpose,
        float *NN_RESTRICT d_y_contract_2, int n)
{
    for (int later = 0; later < 4; later++) {
        const int t = 3 - later;
        for (int r = 0; r < rows; r++)
            for (int c = 0; c < 3; c++)
                d_y_contract_2_sums[(n + r) * 16 + c] = d_y_scan_2[(n + r) * 12 + t * 3 + c];
        if (later > 0) {
#if NN_LANES == 16
            for (int column = 0; column < 16; column += NN_LANES) {
                nn_vec acc[CASE8_FILLED_D_Y_CONTRACT_2_BACKWARD_ROWS];
                NN_UNROLL
                for (int r = 0; r < CASE8_FILLED_D_Y_CONTRACT_2_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        acc[r] = nn_load(d_y_contract_2_sums + n * 16 + r * 16 + column);
                    }
                for (int k = 0; k < 3; k++) {
                    const float *at = d_y_scan_2_transpose + k * 16 + column;
                    const nn_vec b0 = nn_load(at);
                    NN_UNROLL
                    for (int r = 0; r < CASE8_FILLED_D_Y_CONTRACT_2_BACKWARD_ROWS; r++)
                        if (r < rows) {
                            const nn_vec scalar = nn_splat(d_y_contract_2_state[n * 16 + k + r *
                                    16]);
                            acc[r] += scalar * b0;
                        }
                }
                NN_UNROLL
                for (int r = 0; r < CASE8_FILLED_D_Y_CONTRACT_2_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        nn_store(d_y_contract_2_sums + n * 16 + r * 16 + column, acc[r]);
                    }
            }
#else
            for (int column = 0; column < 16; column += 2 * NN_LANES) {
                nn_vec acc[CASE8_FILLED_D_Y_CONTRACT_2_BACKWARD_ROWS][2];
                NN_UNROLL
                for (int r = 0; r < CASE8_FILLED_D_Y_CONTRACT_2_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        acc[r][0] = nn_load(d_y_contract_2_sums + n * 16 + r * 16 + column);
                        acc[r][1] = nn_load(d_y_contract_2_sums + n * 16 + r * 16 + column +
                                NN_LANES);
                    }
                for (int k = 0; k < 3; k++) {
                    const float *at = d_y_scan_2_transpose + k * 16 + column;
                    const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                    NN_UNROLL
                    for (int r = 0; r < CASE8_FILLED_D_Y_CONTRACT_2_BACKWARD_ROWS; r++)
                        if (r < rows) {
                            const nn_vec scalar = nn_splat(d_y_contract_2_state[n * 16 + k + r *
                                    16]);
                            acc[r][0] += scalar * b0;
                            acc[r][1] += scalar * b1;
                        }
                }
                NN_UNROLL
                for (int r = 0; r < CASE8_FILLED_D_Y_CONTRACT_2_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        nn_store(d_y_contract_2_sums + n * 16 + r * 16 + column, acc[r][0]);
                        nn_store(d_y_contract_2_sums + n * 16 + r * 16 + column + NN_LANES,
                                acc[r][1]);
                    }
            }
#endif
        }
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < 16; c++) {
                const float d_h = d_y_contract_2_sums[(n + r) * 16 + c];
                d_y_contract_2_state[(n + r) * 16 + c] = d_h;
            }
            for (int c = 0; c < 3; c++)
                d_y_contract_2[(n + r) * 64 + t * 16 + c] = d_y_contract_2_state[(n + r) * 16 + c];
        }
    }
}

static NN_APART void case8_filled_d_y_contract_2_backward_large(
        float *NN_RESTRICT d_y_contract_2_sums, float *NN_RESTRICT d_y_contract_2_state,
        const float *NN_RESTRICT d_y_scan_2, const float *NN_RESTRICT d_y_scan_2_transpose,
        float *NN_RESTRICT d_y_contract_2, int n)
{
    case8_filled_d_y_contract_2_backward_tile(CASE8_FILLED_D_Y_CONTRACT_2_BACKWARD_ROWS,
            d_y_contract_2_sums, d_y_contract_2_state, d_y_scan_2, d_y_scan_2_transpose,
            d_y_contract_2, n);
}

static NN_APART void case8_filled_d_y_contract_2_backward_small(
        float *NN_RESTRICT d_y_contract_2_sums, float *NN_RESTRICT d_y_contract_2_state,
        const float *NN_RESTRICT d_y_scan_2, const float *NN_RESTRICT d_y_scan_2_transpose,
        float *NN_RESTRICT d_y_contract_2, int n)
{
    case8_filled_d_y_contract_2_backward_tile(1, d_y_contract_2_sums, d_y_contract_2_state,
            d_y_scan_2, d_y_scan_2_transpose, d_y_contract_2, n);
}

static NN_APART void case8_filled_d_y_contract_2_backward_single(
        float *NN_RESTRICT d_y_contract_2_sums, float *NN_RESTRICT d_y_contract_2_state,
        const float *NN_RESTRICT d_y_scan_2, const float *NN_RESTRICT d_y_scan_2_transpose,
        float *NN_RESTRICT d_y_contract_2, int n)
{
    case8_filled_d_y_contract_2_backward_tile(1, d_y_contract_2_sums, d_y_contract_2_state,
            d_y_scan_2, d_y_scan_2_transpose, d_y_contract_2, n);
}

static NN_APART void case8_filled_d_y_contract_2_backward(int batch,
        float *NN_RESTRICT d_y_contract_2_sums, float *NN_RESTRICT d_y_contract_2_state,
        const float *NN_RESTRICT d_y_scan_2, const float *NN_RESTRICT d_y_scan_2_transpose,
        float *NN_RESTRICT d_y_contract_2)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE8_FILLED_D_Y_CONTRACT_2_BACKWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case8_filled_d_y_contract_2_backward_large(d_y_contract_2_sums,
                        d_y_contract_2_state, d_y_scan_2, d_y_scan_2_transpose, d_y_contract_2, n);
            } else {
                case8_filled_d_y_contract_2_backward_small(d_y_contract_2_sums,
                        d_y_contract_2_state, d_y_scan_2, d_y_scan_2_transpose, d_y_contract_2, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case8_filled_d_y_contract_2_backward_single(d_y_contract_2_sums,
                        d_y_contract_2_state, d_y_scan_2, d_y_scan_2_transpose, d_y_contract_2, n);
        }
    }
}

/* the room around d_y.contract_2 is zero */
static NN_APART void case8_filled_d_y_contract_2_backward_halo(int batch,
        float *NN_RESTRICT d_y_contract_2)
{
    for (int n = 0; n < batch; n++) {
        /* room around the data */
        for (int i = 0; i < 4; i++)
            for (int gap = 0; gap < 13; gap++)
                d_y_contract_2[n * 64 + i * 16 + gap + 3] = 0.0f;
    }
}

/* d_y.backward_recurrent_kernel = contract(y.scan_2, d_y.contract_2)   [3, 3] */
#if NN_REGISTERS >= 32
enum { CASE8_FILLED_D_Y_BACKWARD_RECURRENT_KERNEL_BACKWARD_ROWS = 3 };
#else
enum { CASE8_FILLED_D_Y_BACKWARD_RECURRENT_KERNEL_BACKWARD_ROWS = 3 };
#endif
NN_INLINE void case8_filled_d_y_backward_recurrent_kernel_backward_tile(const int rows,
        const float *NN_RESTRICT y_scan_2, const float *NN_RESTRICT d_y_contract_2,
        float *NN_RESTRICT d_y_backward_recurrent_kernel, int j, int from, int to)
{
    float sum[CASE8_FILLED_D_Y_BACKWARD_RECURRENT_KERNEL_BACKWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE8_FILLED_D_Y_BACKWARD_RECURRENT_KERNEL_BACKWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE8_FILLED_D_Y_BACKWARD_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x = 0; x < 4; x++) {
                const float *at = d_y_contract_2 + n * 64 + x * 16 + column;
                const nn_vec b0 = nn_load(at);
                NN_UNROLL
                for (int r = 0; r < CASE8_FILLED_D_Y_BACKWARD_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(y_scan_2[j + n * 15 + x * 3 + r]);
                        acc[r] += scalar * b0;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE8_FILLED_D_Y_BACKWARD_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE8_FILLED_D_Y_BACKWARD_RECURRENT_KERNEL_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE8_FILLED_D_Y_BACKWARD_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x = 0; x < 4; x++) {
                const float *at = d_y_contract_2 + n * 64 + x * 16 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE8_FILLED_D_Y_BACKWARD_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(y_scan_2[j + n * 15 + x * 3 + r]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE8_FILLED_D_Y_BACKWARD_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++) {
        const int row = j + r;
        for (int lane = 0; lane < 3; lane++)
            d_y_backward_recurrent_kernel[row * 3 + lane] = sum[r * 16 + lane];
    }
}

static NN_APART void case8_filled_d_y_backward_recurrent_kernel_backward_large(
        const float *NN_RESTRICT y_scan_2, const float *NN_RESTRICT d_y_contract_2,
        float *NN_RESTRICT d_y_backward_recurrent_kernel, int j, int from, int to)
{
    case8_filled_d_y_backward_recurrent_kernel_backward_tile(CASE8_FILLED_D_Y_BACKWARD_RECURRENT_KERNEL_BACKWARD_ROWS, y_scan_2, d_y_contract_2, d_y_backward_recurrent_kernel, j, from, to);
}

static NN_APART void case8_filled_d_y_backward_recurrent_kernel_backward(int batch,
        const float *NN_RESTRICT y_scan_2, const float *NN_RESTRICT d_y_contract_2,
        float *NN_RESTRICT d_y_backward_recurrent_kernel)
{
    for (int unit = 0; unit < 1; unit++) {
        const int j = 0;
        const int from = 0;
        const int to = batch;
        case8_filled_d_y_backward_recurrent_kernel_backward_large(y_scan_2, d_y_contract_2,
                d_y_backward_recurrent_kernel, j, from, to);
    }
}

/* d_y.reverse = contract(d_y.contract_2, y.backward_kernel)   [4, 2] */
static NN_APART void case8_filled_d_y_reverse_backward_turn(
        const float *NN_RESTRICT y_backward_kernel, float *NN_RESTRICT d_y_reverse_turned)
{
    for (int unit = 0; unit < 1; unit++) {
        const int panel = unit;
        const int p = 0;
        for (int q = 0; q < 1; q++)
            for (int o = 0; o < 3; o++)
                for (int lane = 0; lane < 16; lane++)
                    d_y_reverse_turned[panel * 48 + ((p + q) * 3 + o) * 16 + lane] = lane < 2 ?
                            y_backward_kernel[((p * -1 + q * -1) * 2 + panel * 16 + lane) * 16 +
                            o] : 0.0f;
    }
}

/* d_y.reverse = contract(d_y.contract_2, y.backward_kernel)   [4, 2] */
#if NN_REGISTERS >= 32
enum { CASE8_FILLED_D_Y_REVERSE_BACKWARD_ROWS = 4 };
#else
enum { CASE8_FILLED_D_Y_REVERSE_BACKWARD_ROWS = 4 };
#endif
NN_INLINE void case8_filled_d_y_reverse_backward_tile(const int rows,
        const float *NN_RESTRICT d_y_contract_2, const float *NN_RESTRICT d_y_reverse_turned,
        float *NN_RESTRICT d_y_reverse, int n, int j, int panel)
{
    float sum[CASE8_FILLED_D_Y_REVERSE_BACKWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE8_FILLED_D_Y_REVERSE_BACKWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE8_FILLED_D_Y_REVERSE_BACKWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int k = 0; k < 3; k++) {
            const float *at = d_y_reverse_turned + panel * 48 + k * 16 + column;
            const nn_vec b0 = nn_load(at);
            NN_UNROLL
            for (int r = 0; r < CASE8_FILLED_D_Y_REVERSE_BACKWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(d_y_contract_2[n * 64 + j * 16 + k + r * 16]);
                    acc[r] += scalar * b0;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE8_FILLED_D_Y_REVERSE_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE8_FILLED_D_Y_REVERSE_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE8_FILLED_D_Y_REVERSE_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int k = 0; k < 3; k++) {
            const float *at = d_y_reverse_turned + panel * 48 + k * 16 + column;
            const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
            NN_UNROLL
            for (int r = 0; r < CASE8_FILLED_D_Y_REVERSE_BACKWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(d_y_contract_2[n * 64 + j * 16 + k + r * 16]);
                    acc[r][0] += scalar * b0;
                    acc[r][1] += scalar * b1;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE8_FILLED_D_Y_REVERSE_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++)
        for (int lane = 0; lane < 2; lane++)
            d_y_reverse[n * 8 + (j + r) * 2 + lane] = sum[r * 16 + lane];
}

static NN_APART void case8_filled_d_y_reverse_backward_large(
        const float *NN_RESTRICT d_y_contract_2, const float *NN_RESTRICT d_y_reverse_turned,
        float *NN_RESTRICT d_y_reverse, int n, int j, int panel)
{
    case8_filled_d_y_reverse_backward_tile(CASE8_FILLED_D_Y_REVERSE_BACKWARD_ROWS, d_y_contract_2,
            d_y_reverse_turned, d_y_reverse, n, j, panel);
}

static NN_APART void case8_filled_d_y_reverse_backward(int batch,
        const float *NN_RESTRICT d_y_contract_2, const float *NN_RESTRICT d_y_reverse_turned,
        float *NN_RESTRICT d_y_reverse)
{
    for (int n = 0; n < batch; n++) {
        const int panel = 0;
        const int j = 0;
        case8_filled_d_y_reverse_backward_large(d_y_contract_2, d_y_reverse_turned, d_y_reverse, n,
                j, panel);
    }
}

/* d_y.backward_kernel = contract(y.reverse, d_y.contract_2)   [2, 3] */
#if NN_REGISTERS >= 32
enum { CASE8_FILLED_D_Y_BACKWARD_KERNEL_BACKWARD_ROWS = 2 };
#else
enum { CASE8_FILLED_D_Y_BACKWARD_KERNEL_BACKWARD_ROWS = 2 };
#endif
NN_INLINE void case8_filled_d_y_backward_kernel_backward_tile(const int rows,
        const float *NN_RESTRICT y_reverse, const float *NN_RESTRICT d_y_contract_2,
        float *NN_RESTRICT d_y_backward_kernel, int j, int from, int to)
{
    float sum[CASE8_FILLED_D_Y_BACKWARD_KERNEL_BACKWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE8_FILLED_D_Y_BACKWARD_KERNEL_BACKWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE8_FILLED_D_Y_BACKWARD_KERNEL_BACKWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x = 0; x < 4; x++) {
                const float *at = d_y_contract_2 + n * 64 + x * 16 + column;
                const nn_vec b0 = nn_load(at);
                NN_UNROLL
                for (int r = 0; r < CASE8_FILLED_D_Y_BACKWARD_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(y_reverse[j + n * 8 + x * 2 + r]);
                        acc[r] += scalar * b0;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE8_FILLED_D_Y_BACKWARD_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE8_FILLED_D_Y_BACKWARD_KERNEL_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE8_FILLED_D_Y_BACKWARD_KERNEL_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x = 0; x < 4; x++) {
                const float *at = d_y_contract_2 + n * 64 + x * 16 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE8_FILLED_D_Y_BACKWARD_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(y_reverse[j + n * 8 + x * 2 + r]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE8_FILLED_D_Y_BACKWARD_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++) {
        const int row = j + r;
        for (int lane = 0; lane < 3; lane++)
            d_y_backward_kernel[row * 3 + lane] = sum[r * 16 + lane];
    }
}

static NN_APART void case8_filled_d_y_backward_kernel_backward_large(
        const float *NN_RESTRICT y_reverse, const float *NN_RESTRICT d_y_contract_2,
        float *NN_RESTRICT d_y_backward_kernel, int j, int from, int to)
{
    case8_filled_d_y_backward_kernel_backward_tile(CASE8_FILLED_D_Y_BACKWARD_KERNEL_BACKWARD_ROWS,
            y_reverse, d_y_contract_2, d_y_backward_kernel, j, from, to);
}

static NN_APART void case8_filled_d_y_backward_kernel_backward(int batch,
        const float *NN_RESTRICT y_reverse, const float *NN_RESTRICT d_y_contract_2,
        float *NN_RESTRICT d_y_backward_kernel)
{
    for (int unit = 0; unit < 1; unit++) {
        const int j = 0;
        const int from = 0;
        const int to = batch;
        case8_filled_d_y_backward_kernel_backward_large(y_reverse, d_y_contract_2,
                d_y_backward_kernel, j, from, to);
    }
}

/* d_y.scan = pad(d_y.slice)   [4, 3] */
static NN_APART void case8_filled_d_y_scan_backward(int batch, const float *NN_RESTRICT seed,
        float *NN_RESTRICT d_y_scan)
{
    for (int n = 0; n < batch; n++)
        for (int i = 0; i < 4; i++)
            for (int c = 0; c < 3; c++)
                d_y_scan[n * 12 + i * 3 + c] = i >= 3 ? seed[n * 3 + c] : 0.0f;
}

/* d_y.scan.transpose = transpose(y.recurrent_kernel)   [3, 3] */
static NN_APART void case8_filled_d_y_scan_transpose_backward(
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT d_y_scan_transpose)
{
    for (int i = 0; i < 3; i++)
        for (int c = 0; c < 3; c++)
            d_y_scan_transpose[i * 16 + c] = y_recurrent_kernel[c * 16 + i];
}

/* the room around d_y.scan.transpose is zero */
static NN_APART void case8_filled_d_y_scan_transpose_backward_halo(
        float *NN_RESTRICT d_y_scan_transpose)
{
    /* room around the data */
    for (int r = 0; r < 3; r++)
        for (int lane = 3; lane < 16; lane++)
            d_y_scan_transpose[r * 16 + lane] = 0.0f;
}

/* d_y.contract = scan_grad(d_y.scan.scan_trace, d_y.scan.transpose, 0, d_y.scan)   [4, 3]
 * 4 steps from the last to the first, 3 columns */
#if NN_REGISTERS >= 32
enum { CASE8_FILLED_D_Y_CONTRACT_BACKWARD_ROWS = 2 };
#else
enum { CASE8_FILLED_D_Y_CONTRACT_BACKWARD_ROWS = 2 };
#endif
NN_INLINE void case8_filled_d_y_contract_backward_tile(const int rows,
        float *NN_RESTRICT d_y_contract_sums, float *NN_RESTRICT d_y_contract_state,
        const float *NN_RESTRICT d_y_scan, const float *NN_RESTRICT d_y_scan_transpose,
        float *NN_RESTRICT d_y_contract, int n)
{
    for (int later = 0; later < 4; later++) {
        const int t = 3 - later;
        for (int r = 0; r < rows; r++)
            for (int c = 0; c < 3; c++)
                d_y_contract_sums[(n + r) * 16 + c] = d_y_scan[(n + r) * 12 + t * 3 + c];
        if (later > 0) {
#if NN_LANES == 16
            for (int column = 0; column < 16; column += NN_LANES) {
                nn_vec acc[CASE8_FILLED_D_Y_CONTRACT_BACKWARD_ROWS];
                NN_UNROLL
                for (int r = 0; r < CASE8_FILLED_D_Y_CONTRACT_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        acc[r] = nn_load(d_y_contract_sums + n * 16 + r * 16 + column);
                    }
                for (int k = 0; k < 3; k++) {
                    const float *at = d_y_scan_transpose + k * 16 + column;
                    const nn_vec b0 = nn_load(at);
                    NN_UNROLL
                    for (int r = 0; r < CASE8_FILLED_D_Y_CONTRACT_BACKWARD_ROWS; r++)
                        if (r < rows) {
                            const nn_vec scalar = nn_splat(d_y_contract_state[n * 16 + k + r * 16]);
                            acc[r] += scalar * b0;
                        }
                }
                NN_UNROLL
                for (int r = 0; r < CASE8_FILLED_D_Y_CONTRACT_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        nn_store(d_y_contract_sums + n * 16 + r * 16 + column, acc[r]);
                    }
            }
#else
            for (int column = 0; column < 16; column += 2 * NN_LANES) {
                nn_vec acc[CASE8_FILLED_D_Y_CONTRACT_BACKWARD_ROWS][2];
                NN_UNROLL
                for (int r = 0; r < CASE8_FILLED_D_Y_CONTRACT_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        acc[r][0] = nn_load(d_y_contract_sums + n * 16 + r * 16 + column);
                        acc[r][1] = nn_load(d_y_contract_sums + n * 16 + r * 16 + column +
                                NN_LANES);
                    }
                for (int k = 0; k < 3; k++) {
                    const float *at = d_y_scan_transpose + k * 16 + column;
                    const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                    NN_UNROLL
                    for (int r = 0; r < CASE8_FILLED_D_Y_CONTRACT_BACKWARD_ROWS; r++)
                        if (r < rows) {
                            const nn_vec scalar = nn_splat(d_y_contract_state[n * 16 + k + r * 16]);
                            acc[r][0] += scalar * b0;
                            acc[r][1] += scalar * b1;
                        }
                }
                NN_UNROLL
                for (int r = 0; r < CASE8_FILLED_D_Y_CONTRACT_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        nn_store(d_y_contract_sums + n * 16 + r * 16 + column, acc[r][0]);
                        nn_store(d_y_contract_sums + n * 16 + r * 16 + column + NN_LANES,
                                acc[r][1]);
                    }
            }
#endif
        }
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < 16; c++) {
                const float d_h = d_y_contract_sums[(n + r) * 16 + c];
                d_y_contract_state[(n + r) * 16 + c] = d_h;
            }
            for (int c = 0; c < 3; c++)
                d_y_contract[(n + r) * 64 + t * 16 + c] = d_y_contract_state[(n + r) * 16 + c];
        }
    }
}

static NN_APART void case8_filled_d_y_contract_backward_large(float *NN_RESTRICT d_y_contract_sums,
        float *NN_RESTRICT d_y_contract_state, const float *NN_RESTRICT d_y_scan,
        const float *NN_RESTRICT d_y_scan_transpose, float *NN_RESTRICT d_y_contract, int n)
{
    case8_filled_d_y_contract_backward_tile(CASE8_FILLED_D_Y_CONTRACT_BACKWARD_ROWS,
            d_y_contract_sums, d_y_contract_state, d_y_scan, d_y_scan_transpose, d_y_contract, n);
}

static NN_APART void case8_filled_d_y_contract_backward_small(float *NN_RESTRICT d_y_contract_sums,
        float *NN_RESTRICT d_y_contract_state, const float *NN_RESTRICT d_y_scan,
        const float *NN_RESTRICT d_y_scan_transpose, float *NN_RESTRICT d_y_contract, int n)
{
    case8_filled_d_y_contract_backward_tile(1, d_y_contract_sums, d_y_contract_state, d_y_scan,
            d_y_scan_transpose, d_y_contract, n);
}

static NN_APART void case8_filled_d_y_contract_backward_single(
        float *NN_RESTRICT d_y_contract_sums, float *NN_RESTRICT d_y_contract_state,
        const float *NN_RESTRICT d_y_scan, const float *NN_RESTRICT d_y_scan_transpose,
        float *NN_RESTRICT d_y_contract, int n)
{
    case8_filled_d_y_contract_backward_tile(1, d_y_contract_sums, d_y_contract_state, d_y_scan,
            d_y_scan_transpose, d_y_contract, n);
}

static NN_APART void case8_filled_d_y_contract_backward(int batch,
        float *NN_RESTRICT d_y_contract_sums, float *NN_RESTRICT d_y_contract_state,
        const float *NN_RESTRICT d_y_scan, const float *NN_RESTRICT d_y_scan_transpose,
        float *NN_RESTRICT d_y_contract)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE8_FILLED_D_Y_CONTRACT_BACKWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case8_filled_d_y_contract_backward_large(d_y_contract_sums, d_y_contract_state,
                        d_y_scan, d_y_scan_transpose, d_y_contract, n);
            } else {
                case8_filled_d_y_contract_backward_small(d_y_contract_sums, d_y_contract_state,
                        d_y_scan, d_y_scan_transpose, d_y_contract, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case8_filled_d_y_contract_backward_single(d_y_contract_sums, d_y_contract_state,
                        d_y_scan, d_y_scan_transpose, d_y_contract, n);
        }
    }
}

/* the room around d_y.contract is zero */
static NN_APART void case8_filled_d_y_contract_backward_halo(int batch,
        float *NN_RESTRICT d_y_contract)
{
    for (int n = 0; n < batch; n++) {
        /* room around the data */
        for (int i = 0; i < 4; i++)
            for (int gap = 0; gap < 13; gap++)
                d_y_contract[n * 64 + i * 16 + gap + 3] = 0.0f;
    }
}

/* d_y.recurrent_kernel = contract(y.scan, d_y.contract)   [3, 3] */
#if NN_REGISTERS >= 32
enum { CASE8_FILLED_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS = 3 };
#else
enum { CASE8_FILLED_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS = 3 };
#endif
NN_INLINE void case8_filled_d_y_recurrent_kernel_backward_tile(const int rows,
        const float *NN_RESTRICT y_scan, const float *NN_RESTRICT d_y_contract,
        float *NN_RESTRICT d_y_recurrent_kernel, int j, int from, int to)
{
    float sum[CASE8_FILLED_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE8_FILLED_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE8_FILLED_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x = 0; x < 4; x++) {
                const float *at = d_y_contract + n * 64 + x * 16 + column;
                const nn_vec b0 = nn_load(at);
                NN_UNROLL
                for (int r = 0; r < CASE8_FILLED_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(y_scan[j + n * 15 + x * 3 + r]);
                        acc[r] += scalar * b0;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE8_FILLED_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE8_FILLED_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE8_FILLED_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x = 0; x < 4; x++) {
                const float *at = d_y_contract + n * 64 + x * 16 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE8_FILLED_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(y_scan[j + n * 15 + x * 3 + r]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE8_FILLED_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++) {
        const int row = j + r;
        for (int lane = 0; lane < 3; lane++)
            d_y_recurrent_kernel[row * 3 + lane] = sum[r * 16 + lane];
    }
}

static NN_APART void case8_filled_d_y_recurrent_kernel_backward_large(
        const float *NN_RESTRICT y_scan, const float *NN_RESTRICT d_y_contract,
        float *NN_RESTRICT d_y_recurrent_kernel, int j, int from, int to)
{
    case8_filled_d_y_recurrent_kernel_backward_tile(CASE8_FILLED_D_Y_RECURRENT_KERNEL_BACKWARD_ROWS, y_scan, d_y_contract, d_y_recurrent_kernel, j, from, to);
}

static NN_APART void case8_filled_d_y_recurrent_kernel_backward(int batch,
        const float *NN_RESTRICT y_scan, const float *NN_RESTRICT d_y_contract,
        float *NN_RESTRICT d_y_recurrent_kernel)
{
    for (int unit = 0; unit < 1; unit++) {
        const int j = 0;
        const int from = 0;
        const int to = batch;
        case8_filled_d_y_recurrent_kernel_backward_large(y_scan, d_y_contract,
                d_y_recurrent_kernel, j, from, to);
    }
}

/* d_y.contract.contract = contract(d_y.contract, y.kernel)   [4, 2] */
static NN_APART void case8_filled_d_y_contract_contract_backward_turn(
        const float *NN_RESTRICT y_kernel, float *NN_RESTRICT d_y_contract_contract_turned)
{
    for (int unit = 0; unit < 1; unit++) {
        const int panel = unit;
        const int p = 0;
        for (int q = 0; q < 1; q++)
            for (int o = 0; o < 3; o++)
                for (int lane = 0; lane < 16; lane++)
                    d_y_contract_contract_turned[panel * 48 + ((p + q) * 3 + o) * 16 + lane] =
                            lane < 2 ? y_kernel[((p * -1 + q * -1) * 2 + panel * 16 + lane) * 16 +
                            o] : 0.0f;
    }
}

/* d_y.contract.contract = contract(d_y.contract, y.kernel)   [4, 2] */
#if NN_REGISTERS >= 32
enum { CASE8_FILLED_D_Y_CONTRACT_CONTRACT_BACKWARD_ROWS = 4 };
#else
enum { CASE8_FILLED_D_Y_CONTRACT_CONTRACT_BACKWARD_ROWS = 4 };
#endif
NN_INLINE void case8_filled_d_y_contract_contract_backward_tile(const int rows,
        const float *NN_RESTRICT d_y_contract,
        const float *NN_RESTRICT d_y_contract_contract_turned,
        float *NN_RESTRICT d_y_contract_contract, int n, int j, int panel)
{
    float sum[CASE8_FILLED_D_Y_CONTRACT_CONTRACT_BACKWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE8_FILLED_D_Y_CONTRACT_CONTRACT_BACKWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE8_FILLED_D_Y_CONTRACT_CONTRACT_BACKWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int k = 0; k < 3; k++) {
            const float *at = d_y_contract_contract_turned + panel * 48 + k * 16 + column;
            const nn_vec b0 = nn_load(at);
            NN_UNROLL
            for (int r = 0; r < CASE8_FILLED_D_Y_CONTRACT_CONTRACT_BACKWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(d_y_contract[n * 64 + j * 16 + k + r * 16]);
                    acc[r] += scalar * b0;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE8_FILLED_D_Y_CONTRACT_CONTRACT_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE8_FILLED_D_Y_CONTRACT_CONTRACT_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE8_FILLED_D_Y_CONTRACT_CONTRACT_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int k = 0; k < 3; k++) {
            const float *at = d_y_contract_contract_turned + panel * 48 + k * 16 + column;
            const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
            NN_UNROLL
            for (int r = 0; r < CASE8_FILLED_D_Y_CONTRACT_CONTRACT_BACKWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(d_y_contract[n * 64 + j * 16 + k + r * 16]);
                    acc[r][0] += scalar * b0;
                    acc[r][1] += scalar * b1;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE8_FILLED_D_Y_CONTRACT_CONTRACT_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++)
        for (int lane = 0; lane < 2; lane++)
            d_y_contract_contract[n * 8 + (j + r) * 2 + lane] = sum[r * 16 + lane];
}

static NN_APART void case8_filled_d_y_contract_contract_backward_large(
        const float *NN_RESTRICT d_y_contract,
        const float *NN_RESTRICT d_y_contract_contract_turned,
        float *NN_RESTRICT d_y_contract_contract, int n, int j, int panel)
{
    case8_filled_d_y_contract_contract_backward_tile(CASE8_FILLED_D_Y_CONTRACT_CONTRACT_BACKWARD_ROWS, d_y_contract, d_y_contract_contract_turned, d_y_contract_contract, n, j, panel);
}

static NN_APART void case8_filled_d_y_contract_contract_backward(int batch,
        const float *NN_RESTRICT d_y_contract,
        const float *NN_RESTRICT d_y_contract_contract_turned,
        float *NN_RESTRICT d_y_contract_contract)
{
    for (int n = 0; n < batch; n++) {
        const int panel = 0;
        const int j = 0;
        case8_filled_d_y_contract_contract_backward_large(d_y_contract,
                d_y_contract_contract_turned, d_y_contract_contract, n, j, panel);
    }
}

/* d_y.kernel = contract(x, d_y.contract)   [2, 3] */
#if NN_REGISTERS >= 32
enum { CASE8_FILLED_D_Y_KERNEL_BACKWARD_ROWS = 2 };
#else
enum { CASE8_FILLED_D_Y_KERNEL_BACKWARD_ROWS = 2 };
#endif
NN_INLINE void case8_filled_d_y_kernel_backward_tile(const int rows, const float *NN_RESTRICT x,
        const float *NN_RESTRICT d_y_contract, float *NN_RESTRICT d_y_kernel, int j, int from,
        int to)
{
    float sum[CASE8_FILLED_D_Y_KERNEL_BACKWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE8_FILLED_D_Y_KERNEL_BACKWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE8_FILLED_D_Y_KERNEL_BACKWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x_2 = 0; x_2 < 4; x_2++) {
                const float *at = d_y_contract + n * 64 + x_2 * 16 + column;
                const nn_vec b0 = nn_load(at);
                NN_UNROLL
                for (int r = 0; r < CASE8_FILLED_D_Y_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(x[j + n * 8 + x_2 * 2 + r]);
                        acc[r] += scalar * b0;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE8_FILLED_D_Y_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE8_FILLED_D_Y_KERNEL_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE8_FILLED_D_Y_KERNEL_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x_2 = 0; x_2 < 4; x_2++) {
                const float *at = d_y_contract + n * 64 + x_2 * 16 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE8_FILLED_D_Y_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(x[j + n * 8 + x_2 * 2 + r]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE8_FILLED_D_Y_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++) {
        const int row = j + r;
        for (int lane = 0; lane < 3; lane++)
            d_y_kernel[row * 3 + lane] = sum[r * 16 + lane];
    }
}

static NN_APART void case8_filled_d_y_kernel_backward_large(const float *NN_RESTRICT x,
        const float *NN_RESTRICT d_y_contract, float *NN_RESTRICT d_y_kernel, int j, int from,
        int to)
{
    case8_filled_d_y_kernel_backward_tile(CASE8_FILLED_D_Y_KERNEL_BACKWARD_ROWS, x, d_y_contract,
            d_y_kernel, j, from, to);
}

static NN_APART void case8_filled_d_y_kernel_backward(int batch, const float *NN_RESTRICT x,
        const float *NN_RESTRICT d_y_contract, float *NN_RESTRICT d_y_kernel)
{
    for (int unit = 0; unit < 1; unit++) {
        const int j = 0;
        const int from = 0;
        const int to = batch;
        case8_filled_d_y_kernel_backward_large(x, d_y_contract, d_y_kernel, j, from, to);
    }
}

/* d_y.reverse.reverse = reverse(d_y.reverse)   [4, 2]
 * d_x = add(d_y.contract.contract, d_y.reverse.reverse)   [4, 2] */
static NN_APART void case8_filled_d_y_reverse_reverse_backward(int batch,
        const float *NN_RESTRICT d_y_reverse, const float *NN_RESTRICT d_y_contract_contract,
        float *NN_RESTRICT d_x)
{
    for (int n = 0; n < batch; n++)
        for (int i = 0; i < 4; i++)
            for (int c = 0; c < 2; c++)
                d_x[n * 8 + i * 2 + c] = d_y_contract_contract[n * 8 + i * 2 + c] + d_y_reverse[n *
                        8 + (3 - i) * 2 + c];
}

static void case8_filled_run(float *state, char *arena, const nn_step *step,
                             const void *const *inputs, const void *const *targets,
                             void *const *outputs, float *results, int threads)
{
    (void)targets;
    (void)results;
    (void)threads;
    const int batch = step->batch;
    const float *const x = (const float *)inputs[0]; /* [4, 2] */
    const float *const y_kernel = state + 0; /* [2, 3] */
    const float *const y_recurrent_kernel = state + 32; /* [3, 3] */
    const float *const y_backward_kernel = state + 80; /* [2, 3] */
    const float *const y_backward_recurrent_kernel = state + 112; /* [3, 3] */
    const float *const seed = (const float *)inputs[1]; /* [3] */
    float *const y_reverse = (float *)(void *)(arena + 1920); /* [4, 2] */
    float *const y_contract = (float *)(void *)(arena + 768); /* [4, 3] */
    float *const y_scan = (float *)(void *)(arena + 1344); /* [4, 3] */
    float *const y_slice = (float *)(void *)(arena + 1728); /* [1, 3] */
    float *const y_contract_2 = (float *)(void *)(arena + 768); /* [4, 3] */
    float *const y_scan_2 = (float *)(void *)(arena + 1536); /* [4, 3] */
    float *const y_slice_2 = (float *)(void *)(arena + 0); /* [1, 3] */
    float *const y = (float *)outputs[0]; /* [3] */
    float *const d_y_scan_2 = (float *)(void *)(arena + 768); /* [4, 3] */
    float *const d_y_scan_2_scan_trace = (float *)(void *)(arena + 0); /* [4, 1, 16] */
    float *const d_y_scan_2_transpose = (float *)(void *)(arena + 960); /* [3, 3] */
    float *const d_y_contract_2 = (float *)(void *)(arena + 0); /* [4, 3] */
    float *const d_y_backward_recurrent_kernel = (float *)outputs[5]; /* [3, 3] */
    float *const d_y_reverse = (float *)(void *)(arena + 1728); /* [4, 2] */
    float *const d_y_backward_kernel = (float *)outputs[4]; /* [2, 3] */
    float *const d_y_scan = (float *)(void *)(arena + 768); /* [4, 3] */
    float *const d_y_scan_scan_trace = (float *)(void *)(arena + 0); /* [4, 1, 16] */
    float *const d_y_scan_transpose = (float *)(void *)(arena + 960); /* [3, 3] */
    float *const d_y_contract = (float *)(void *)(arena + 0); /* [4, 3] */
    float *const d_y_recurrent_kernel = (float *)outputs[3]; /* [3, 3] */
    float *const d_y_contract_contract = (float *)(void *)(arena + 960); /* [4, 2] */
    float *const d_y_kernel = (float *)outputs[2]; /* [2, 3] */
    float *const d_x = (float *)outputs[1]; /* [4, 2] */
    float *const y_scan_sums = (float *)(void *)(arena + 960);
    float *const y_scan_state = (float *)(void *)(arena + 1152);
    float *const y_scan_2_sums = (float *)(void *)(arena + 960);
    float *const y_scan_2_state = (float *)(void *)(arena + 1152);
    float *const d_y_contract_2_sums = (float *)(void *)(arena + 1152);
    float *const d_y_contract_2_state = (float *)(void *)(arena + 1728);
    float *const d_y_reverse_turned = (float *)(void *)(arena + 768);
    float *const d_y_contract_sums = (float *)(void *)(arena + 1152);
    float *const d_y_contract_state = (float *)(void *)(arena + 1536);
    float *const d_y_contract_contract_turned = (float *)(void *)(arena + 768);
    memset(arena, 0xFF, 2048);
    const uint64_t mode = nn_flush_denormals();
    case8_filled_y_reverse_forward(batch, x, y_reverse);
    case8_filled_y_contract_forward(batch, x, y_kernel, y_contract);
    case8_filled_y_scan_forward(batch, y_scan_sums, y_scan_state, y_contract, y_recurrent_kernel,
            d_y_scan_scan_trace, y_scan);
    memset(arena + 768, 0xFF, 144); /* y_contract */
    memset(arena + 0, 0xFF, 768); /* d_y_scan_scan_trace */
    memset(arena + 960, 0xFF, 192); /* y_scan_sums */
    memset(arena + 1152, 0xFF, 192); /* y_scan_state */
    case8_filled_y_scan_forward_halo(batch, y_scan);
    case8_filled_y_slice_forward(batch, y_scan, y_slice);
    case8_filled_y_contract_2_forward(batch, y_reverse, y_backward_kernel, y_contract_2);
    case8_filled_y_scan_2_forward(batch, y_scan_2_sums, y_scan_2_state, y_contract_2,
            y_backward_recurrent_kernel, d_y_scan_2_scan_trace, y_scan_2);
    memset(arena + 768, 0xFF, 144); /* y_contract_2 */
    memset(arena + 0, 0xFF, 768); /* d_y_scan_2_scan_trace */
    memset(arena + 960, 0xFF, 192); /* y_scan_2_sums */
    memset(arena + 1152, 0xFF, 192); /* y_scan_2_state */
    case8_filled_y_scan_2_forward_halo(batch, y_scan_2);
    case8_filled_y_slice_2_forward(batch, y_scan_2, y_slice_2);
    case8_filled_y_reshape_2_forward(batch, y_slice, y_slice_2, y);
    memset(arena + 1728, 0xFF, 36); /* y_slice */
    memset(arena + 0, 0xFF, 36); /* y_slice_2 */
    case8_filled_d_y_scan_2_backward(batch, seed, d_y_scan_2);
    case8_filled_d_y_scan_2_transpose_backward(y_backward_recurrent_kernel, d_y_scan_2_transpose);
    case8_filled_d_y_scan_2_transpose_backward_halo(d_y_scan_2_transpose);
    case8_filled_d_y_contract_2_backward(batch, d_y_contract_2_sums, d_y_contract_2_state,
            d_y_scan_2, d_y_scan_2_transpose, d_y_contract_2);
    memset(arena + 768, 0xFF, 144); /* d_y_scan_2 */
    memset(arena + 960, 0xFF, 192); /* d_y_scan_2_transpose */
    memset(arena + 1152, 0xFF, 192); /* d_y_contract_2_sums */
    memset(arena + 1728, 0xFF, 192); /* d_y_contract_2_state */
    case8_filled_d_y_contract_2_backward_halo(batch, d_y_contract_2);
    case8_filled_d_y_backward_recurrent_kernel_backward(batch, y_scan_2, d_y_contract_2,
            d_y_backward_recurrent_kernel);
    memset(arena + 1536, 0xFF, 180); /* y_scan_2 */
    case8_filled_d_y_reverse_backward_turn(y_backward_kernel, d_y_reverse_turned);
    case8_filled_d_y_reverse_backward(batch, d_y_contract_2, d_y_reverse_turned, d_y_reverse);
    memset(arena + 768, 0xFF, 192); /* d_y_reverse_turned */
    case8_filled_d_y_backward_kernel_backward(batch, y_reverse, d_y_contract_2,
            d_y_backward_kernel);
    memset(arena + 1920, 0xFF, 96); /* y_reverse */
    memset(arena + 0, 0xFF, 768); /* d_y_contract_2 */
    case8_filled_d_y_scan_backward(batch, seed, d_y_scan);
    case8_filled_d_y_scan_transpose_backward(y_recurrent_kernel, d_y_scan_transpose);
    case8_filled_d_y_scan_transpose_backward_halo(d_y_scan_transpose);
    case8_filled_d_y_contract_backward(batch, d_y_contract_sums, d_y_contract_state, d_y_scan,
            d_y_scan_transpose, d_y_contract);
    memset(arena + 768, 0xFF, 144); /* d_y_scan */
    memset(arena + 960, 0xFF, 192); /* d_y_scan_transpose */
    memset(arena + 1152, 0xFF, 192); /* d_y_contract_sums */
    memset(arena + 1536, 0xFF, 192); /* d_y_contract_state */
    case8_filled_d_y_contract_backward_halo(batch, d_y_contract);
    case8_filled_d_y_recurrent_kernel_backward(batch, y_scan, d_y_contract, d_y_recurrent_kernel);
    memset(arena + 1344, 0xFF, 180); /* y_scan */
    case8_filled_d_y_contract_contract_backward_turn(y_kernel, d_y_contract_contract_turned);
    case8_filled_d_y_contract_contract_backward(batch, d_y_contract, d_y_contract_contract_turned,
            d_y_contract_contract);
    memset(arena + 768, 0xFF, 192); /* d_y_contract_contract_turned */
    case8_filled_d_y_kernel_backward(batch, x, d_y_contract, d_y_kernel);
    memset(arena + 0, 0xFF, 768); /* d_y_contract */
    case8_filled_d_y_reverse_reverse_backward(batch, d_y_reverse, d_y_contract_contract, d_x);
    memset(arena + 1728, 0xFF, 96); /* d_y_reverse */
    memset(arena + 960, 0xFF, 96); /* d_y_contract_contract */
    nn_restore_denormals(mode);
}

/* y.reverse = reverse(x)   [4, 2] */
static NN_APART void case9_fast_y_reverse_forward(int batch, const float *NN_RESTRICT x,
        float *NN_RESTRICT y_reverse)
{
    for (int n = 0; n < batch; n++)
        for (int i = 0; i < 4; i++)
            for (int c = 0; c < 2; c++)
                y_reverse[n * 8 + i * 2 + c] = x[n * 8 + (3 - i) * 2 + c];
}

/* y.contract = contract(x, y.kernel)   [4, 3] */
#if NN_REGISTERS >= 32
enum { CASE9_FAST_Y_CONTRACT_FORWARD_ROWS = 4 };
#else
enum { CASE9_FAST_Y_CONTRACT_FORWARD_ROWS = 4 };
#endif
NN_INLINE void case9_fast_y_contract_forward_tile(const int rows, const float *NN_RESTRICT x,
        const float *NN_RESTRICT y_kernel, float *NN_RESTRICT y_contract, int n, int j, int panel)
{
    float sum[CASE9_FAST_Y_CONTRACT_FORWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE9_FAST_Y_CONTRACT_FORWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE9_FAST_Y_CONTRACT_FORWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int k = 0; k < 2; k++) {
            const float *at = y_kernel + panel * 32 + k * 16 + column;
            const nn_vec b0 = nn_load(at);
            NN_UNROLL
            for (int r = 0; r < CASE9_FAST_Y_CONTRACT_FORWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(x[n * 8 + j * 2 + k + r * 2]);
                    acc[r] += scalar * b0;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE9_FAST_Y_CONTRACT_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE9_FAST_Y_CONTRACT_FORWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE9_FAST_Y_CONTRACT_FORWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int k = 0; k < 2; k++) {
            const float *at = y_kernel + panel * 32 + k * 16 + column;
            const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
            NN_UNROLL
            for (int r = 0; r < CASE9_FAST_Y_CONTRACT_FORWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(x[n * 8 + j * 2 + k + r * 2]);
                    acc[r][0] += scalar * b0;
                    acc[r][1] += scalar * b1;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE9_FAST_Y_CONTRACT_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++)
        for (int lane = 0; lane < 3; lane++)
            y_contract[n * 12 + (j + r) * 3 + lane] = sum[r * 16 + lane];
}

static NN_APART void case9_fast_y_contract_forward_large(const float *NN_RESTRICT x,
        const float *NN_RESTRICT y_kernel, float *NN_RESTRICT y_contract, int n, int j, int panel)
{
    case9_fast_y_contract_forward_tile(CASE9_FAST_Y_CONTRACT_FORWARD_ROWS, x, y_kernel, y_contract,
            n, j, panel);
}

static NN_APART void case9_fast_y_contract_forward(int batch, const float *NN_RESTRICT x,
        const float *NN_RESTRICT y_kernel, float *NN_RESTRICT y_contract)
{
    for (int n = 0; n < batch; n++) {
        const int panel = 0;
        const int j = 0;
        case9_fast_y_contract_forward_large(x, y_kernel, y_contract, n, j, panel);
    }
}

/* y.scan = scan(y.contract, y.recurrent_kernel, 0, 0)   [4, 3]
 * 4 steps, 3 columns */
#if NN_REGISTERS >= 32
enum { CASE9_FAST_Y_SCAN_FORWARD_ROWS = 2 };
#else
enum { CASE9_FAST_Y_SCAN_FORWARD_ROWS = 2 };
#endif
NN_INLINE void case9_fast_y_scan_forward_tile(const int rows, float *NN_RESTRICT y_scan_sums,
                                              float *NN_RESTRICT y_scan_state,
                                              const float *NN_RESTRICT y_contract,
                                              const float *NN_RESTRICT y_recurrent_kernel,
                                              float *NN_RESTRICT y_scan, int n)
{
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < 3; c++)
            y_scan_state[(n + r) * 16 + c] = 0.0f;
    for (int t = 0; t < 4; t++) {
        for (int r = 0; r < rows; r++)
            for (int o = 0; o < 3; o++)
                y_scan_sums[(n + r) * 16 + o] = y_contract[(n + r) * 12 + t * 3 + o];
#if NN_LANES == 16
        for (int column = 0; column < 16; column += NN_LANES) {
            nn_vec acc[CASE9_FAST_Y_SCAN_FORWARD_ROWS];
            NN_UNROLL
            for (int r = 0; r < CASE9_FAST_Y_SCAN_FORWARD_ROWS; r++)
                if (r < rows) {
                    acc[r] = nn_load(y_scan_sums + n * 16 + r * 16 + column);
                }
            for (int k = 0; k < 3; k++) {
                const float *at = y_recurrent_kernel + k * 16 + column;
                const nn_vec b0 = nn_load(at);
                NN_UNROLL
                for (int r = 0; r < CASE9_FAST_Y_SCAN_FORWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(y_scan_state[n * 16 + k + r * 16]);
                        acc[r] += scalar * b0;
                    }
            }
            NN_UNROLL
            for (int r = 0; r < CASE9_FAST_Y_SCAN_FORWARD_ROWS; r++)
                if (r < rows) {
                    nn_store(y_scan_sums + n * 16 + r * 16 + column, acc[r]);
                }
        }
#else
        for (int column = 0; column < 16; column += 2 * NN_LANES) {
            nn_vec acc[CASE9_FAST_Y_SCAN_FORWARD_ROWS][2];
            NN_UNROLL
            for (int r = 0; r < CASE9_FAST_Y_SCAN_FORWARD_ROWS; r++)
                if (r < rows) {
                    acc[r][0] = nn_load(y_scan_sums + n * 16 + r * 16 + column);
                    acc[r][1] = nn_load(y_scan_sums + n * 16 + r * 16 + column + NN_LANES);
                }
            for (int k = 0; k < 3; k++) {
                const float *at = y_recurrent_kernel + k * 16 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE9_FAST_Y_SCAN_FORWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(y_scan_state[n * 16 + k + r * 16]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
            NN_UNROLL
            for (int r = 0; r < CASE9_FAST_Y_SCAN_FORWARD_ROWS; r++)
                if (r < rows) {
                    nn_store(y_scan_sums + n * 16 + r * 16 + column, acc[r][0]);
                    nn_store(y_scan_sums + n * 16 + r * 16 + column + NN_LANES, acc[r][1]);
                }
        }
#endif
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < 16; c++) {
                const float h = y_scan_sums[(n + r) * 16 + c];
                y_scan_state[(n + r) * 16 + c] = h;
            }
            for (int c = 0; c < 3; c++)
                y_scan[(n + r) * 12 + t * 3 + c] = y_scan_state[(n + r) * 16 + c];
        }
    }
}

static NN_APART void case9_fast_y_scan_forward_large(float *NN_RESTRICT y_scan_sums,
        float *NN_RESTRICT y_scan_state, const float *NN_RESTRICT y_contract,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT y_scan, int n)
{
    case9_fast_y_scan_forward_tile(CASE9_FAST_Y_SCAN_FORWARD_ROWS, y_scan_sums, y_scan_state,
            y_contract, y_recurrent_kernel, y_scan, n);
}

static NN_APART void case9_fast_y_scan_forward_small(float *NN_RESTRICT y_scan_sums,
        float *NN_RESTRICT y_scan_state, const float *NN_RESTRICT y_contract,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT y_scan, int n)
{
    case9_fast_y_scan_forward_tile(1, y_scan_sums, y_scan_state, y_contract, y_recurrent_kernel,
            y_scan, n);
}

static NN_APART void case9_fast_y_scan_forward_single(float *NN_RESTRICT y_scan_sums,
        float *NN_RESTRICT y_scan_state, const float *NN_RESTRICT y_contract,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT y_scan, int n)
{
    case9_fast_y_scan_forward_tile(1, y_scan_sums, y_scan_state, y_contract, y_recurrent_kernel,
            y_scan, n);
}

static NN_APART void case9_fast_y_scan_forward(int batch, float *NN_RESTRICT y_scan_sums,
                                               float *NN_RESTRICT y_scan_state,
                                               const float *NN_RESTRICT y_contract,
                                               const float *NN_RESTRICT y_recurrent_kernel,
                                               float *NN_RESTRICT y_scan)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE9_FAST_Y_SCAN_FORWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case9_fast_y_scan_forward_large(y_scan_sums, y_scan_state, y_contract,
                        y_recurrent_kernel, y_scan, n);
            } else {
                case9_fast_y_scan_forward_small(y_scan_sums, y_scan_state, y_contract,
                        y_recurrent_kernel, y_scan, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case9_fast_y_scan_forward_single(y_scan_sums, y_scan_state, y_contract,
                        y_recurrent_kernel, y_scan, n);
        }
    }
}

/* y.slice = slice(y.scan)   [1, 3] */
static NN_APART void case9_fast_y_slice_forward(int batch, const float *NN_RESTRICT y_scan,
                                                float *NN_RESTRICT y_slice)
{
    for (int n = 0; n < batch; n++)
        for (int c = 0; c < 3; c++)
            y_slice[n * 3 + c] = y_scan[n * 12 + c + 9];
}

/* y.contract_2 = contract(y.reverse, y.backward_kernel)   [4, 3] */
#if NN_REGISTERS >= 32
enum { CASE9_FAST_Y_CONTRACT_2_FORWARD_ROWS = 4 };
#else
enum { CASE9_FAST_Y_CONTRACT_2_FORWARD_ROWS = 4 };
#endif
NN_INLINE void case9_fast_y_contract_2_forward_tile(const int rows,
        const float *NN_RESTRICT y_reverse, const float *NN_RESTRICT y_backward_kernel,
        float *NN_RESTRICT y_contract_2, int n, int j, int panel)
{
    float sum[CASE9_FAST_Y_CONTRACT_2_FORWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE9_FAST_Y_CONTRACT_2_FORWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE9_FAST_Y_CONTRACT_2_FORWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int k = 0; k < 2; k++) {
            const float *at = y_backward_kernel + panel * 32 + k * 16 + column;
            const nn_vec b0 = nn_load(at);
            NN_UNROLL
            for (int r = 0; r < CASE9_FAST_Y_CONTRACT_2_FORWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(y_reverse[n * 8 + j * 2 + k + r * 2]);
                    acc[r] += scalar * b0;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE9_FAST_Y_CONTRACT_2_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE9_FAST_Y_CONTRACT_2_FORWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE9_FAST_Y_CONTRACT_2_FORWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int k = 0; k < 2; k++) {
            const float *at = y_backward_kernel + panel * 32 + k * 16 + column;
            const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
            NN_UNROLL
            for (int r = 0; r < CASE9_FAST_Y_CONTRACT_2_FORWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(y_reverse[n * 8 + j * 2 + k + r * 2]);
                    acc[r][0] += scalar * b0;
                    acc[r][1] += scalar * b1;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE9_FAST_Y_CONTRACT_2_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++)
        for (int lane = 0; lane < 3; lane++)
            y_contract_2[n * 12 + (j + r) * 3 + lane] = sum[r * 16 + lane];
}

static NN_APART void case9_fast_y_contract_2_forward_large(const float *NN_RESTRICT y_reverse,
        const float *NN_RESTRICT y_backward_kernel, float *NN_RESTRICT y_contract_2, int n, int j,
        int panel)
{
    case9_fast_y_contract_2_forward_tile(CASE9_FAST_Y_CONTRACT_2_FORWARD_ROWS, y_reverse,
            y_backward_kernel, y_contract_2, n, j, panel);
}

static NN_APART void case9_fast_y_contract_2_forward(int batch, const float *NN_RESTRICT y_reverse,
        const float *NN_RESTRICT y_backward_kernel, float *NN_RESTRICT y_contract_2)
{
    for (int n = 0; n < batch; n++) {
        const int panel = 0;
        const int j = 0;
        case9_fast_y_contract_2_forward_large(y_reverse, y_backward_kernel, y_contract_2, n, j,
                panel);
    }
}

/* y.scan_2 = scan(y.contract_2, y.backward_recurrent_kernel, 0, 0)   [4, 3]
 * 4 steps, 3 columns */
#if NN_REGISTERS >= 32
enum { CASE9_FAST_Y_SCAN_2_FORWARD_ROWS = 2 };
#else
enum { CASE9_FAST_Y_SCAN_2_FORWARD_ROWS = 2 };
#endif
NN_INLINE void case9_fast_y_scan_2_forward_tile(const int rows, float *NN_RESTRICT y_scan_2_sums,
                                                float *NN_RESTRICT y_scan_2_state,
                                                const float *NN_RESTRICT y_contract_2,
                                                const float *NN_RESTRICT y_backward_recurrent_kernel, float *NN_RESTRICT y_scan_2, int n)
{
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < 3; c++)
            y_scan_2_state[(n + r) * 16 + c] = 0.0f;
    for (int t = 0; t < 4; t++) {
        for (int r = 0; r < rows; r++)
            for (int o = 0; o < 3; o++)
                y_scan_2_sums[(n + r) * 16 + o] = y_contract_2[(n + r) * 12 + t * 3 + o];
#if NN_LANES == 16
        for (int column = 0; column < 16; column += NN_LANES) {
            nn_vec acc[CASE9_FAST_Y_SCAN_2_FORWARD_ROWS];
            NN_UNROLL
            for (int r = 0; r < CASE9_FAST_Y_SCAN_2_FORWARD_ROWS; r++)
                if (r < rows) {
                    acc[r] = nn_load(y_scan_2_sums + n * 16 + r * 16 + column);
                }
            for (int k = 0; k < 3; k++) {
                const float *at = y_backward_recurrent_kernel + k * 16 + column;
                const nn_vec b0 = nn_load(at);
                NN_UNROLL
                for (int r = 0; r < CASE9_FAST_Y_SCAN_2_FORWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(y_scan_2_state[n * 16 + k + r * 16]);
                        acc[r] += scalar * b0;
                    }
            }
            NN_UNROLL
            for (int r = 0; r < CASE9_FAST_Y_SCAN_2_FORWARD_ROWS; r++)
                if (r < rows) {
                    nn_store(y_scan_2_sums + n * 16 + r * 16 + column, acc[r]);
                }
        }
#else
        for (int column = 0; column < 16; column += 2 * NN_LANES) {
            nn_vec acc[CASE9_FAST_Y_SCAN_2_FORWARD_ROWS][2];
            NN_UNROLL
            for (int r = 0; r < CASE9_FAST_Y_SCAN_2_FORWARD_ROWS; r++)
                if (r < rows) {
                    acc[r][0] = nn_load(y_scan_2_sums + n * 16 + r * 16 + column);
                    acc[r][1] = nn_load(y_scan_2_sums + n * 16 + r * 16 + column + NN_LANES);
                }
            for (int k = 0; k < 3; k++) {
                const float *at = y_backward_recurrent_kernel + k * 16 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE9_FAST_Y_SCAN_2_FORWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(y_scan_2_state[n * 16 + k + r * 16]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
            NN_UNROLL
            for (int r = 0; r < CASE9_FAST_Y_SCAN_2_FORWARD_ROWS; r++)
                if (r < rows) {
                    nn_store(y_scan_2_sums + n * 16 + r * 16 + column, acc[r][0]);
                    nn_store(y_scan_2_sums + n * 16 + r * 16 + column + NN_LANES, acc[r][1]);
                }
        }
#endif
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < 16; c++) {
                const float h = y_scan_2_sums[(n + r) * 16 + c];
                y_scan_2_state[(n + r) * 16 + c] = h;
            }
            for (int c = 0; c < 3; c++)
                y_scan_2[(n + r) * 12 + t * 3 + c] = y_scan_2_state[(n + r) * 16 + c];
        }
    }
}

static NN_APART void case9_fast_y_scan_2_forward_large(float *NN_RESTRICT y_scan_2_sums,
        float *NN_RESTRICT y_scan_2_state, const float *NN_RESTRICT y_contract_2,
        const float *NN_RESTRICT y_backward_recurrent_kernel, float *NN_RESTRICT y_scan_2, int n)
{
    case9_fast_y_scan_2_forward_tile(CASE9_FAST_Y_SCAN_2_FORWARD_ROWS, y_scan_2_sums,
            y_scan_2_state, y_contract_2, y_backward_recurrent_kernel, y_scan_2, n);
}

static NN_APART void case9_fast_y_scan_2_forward_small(float *NN_RESTRICT y_scan_2_sums,
        float *NN_RESTRICT y_scan_2_state, const float *NN_RESTRICT y_contract_2,
        const float *NN_RESTRICT y_backward_recurrent_kernel, float *NN_RESTRICT y_scan_2, int n)
{
    case9_fast_y_scan_2_forward_tile(1, y_scan_2_sums, y_scan_2_state, y_contract_2,
            y_backward_recurrent_kernel, y_scan_2, n);
}

static NN_APART void case9_fast_y_scan_2_forward_single(float *NN_RESTRICT y_scan_2_sums,
        float *NN_RESTRICT y_scan_2_state, const float *NN_RESTRICT y_contract_2,
        const float *NN_RESTRICT y_backward_recurrent_kernel, float *NN_RESTRICT y_scan_2, int n)
{
    case9_fast_y_scan_2_forward_tile(1, y_scan_2_sums, y_scan_2_state, y_contract_2,
            y_backward_recurrent_kernel, y_scan_2, n);
}

static NN_APART void case9_fast_y_scan_2_forward(int batch, float *NN_RESTRICT y_scan_2_sums,
                                                 float *NN_RESTRICT y_scan_2_state,
                                                 const float *NN_RESTRICT y_contract_2,
                                                 const float *NN_RESTRICT y_backward_recurrent_kernel, float *NN_RESTRICT y_scan_2)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE9_FAST_Y_SCAN_2_FORWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case9_fast_y_scan_2_forward_large(y_scan_2_sums, y_scan_2_state, y_contract_2,
                        y_backward_recurrent_kernel, y_scan_2, n);
            } else {
                case9_fast_y_scan_2_forward_small(y_scan_2_sums, y_scan_2_state, y_contract_2,
                        y_backward_recurrent_kernel, y_scan_2, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case9_fast_y_scan_2_forward_single(y_scan_2_sums, y_scan_2_state, y_contract_2,
                        y_backward_recurrent_kernel, y_scan_2, n);
        }
    }
}

/* y.slice_2 = slice(y.scan_2)   [1, 3] */
static NN_APART void case9_fast_y_slice_2_forward(int batch, const float *NN_RESTRICT y_scan_2,
        float *NN_RESTRICT y_slice_2)
{
    for (int n = 0; n < batch; n++)
        for (int c = 0; c < 3; c++)
            y_slice_2[n * 3 + c] = y_scan_2[n * 12 + c + 9];
}

/* y.reshape_2 = reshape(y.slice_2)   [3]
 * y = add(y.reshape, y.reshape_2)   [3] */
static NN_APART void case9_fast_y_reshape_2_forward(int batch, const float *NN_RESTRICT y_slice,
        const float *NN_RESTRICT y_slice_2, float *NN_RESTRICT y)
{
    const int total = batch * 3;
    for (int block = 0; block < (total + 4095) / 4096; block++) {
        const int end = block * 4096 + 4096 < total ? block * 4096 + 4096 : total;
        for (int k = block * 4096; k < end; k++)
            y[k] = y_slice[k] + y_slice_2[k];
    }
}

static void case9_fast_run(float *state, char *arena, const nn_step *step,
                           const void *const *inputs, const void *const *targets,
                           void *const *outputs, float *results, int threads)
{
    (void)targets;
    (void)results;
    (void)threads;
    const int batch = step->batch;
    const float *const x = (const float *)inputs[0]; /* [4, 2] */
    const float *const y_kernel = state + 0; /* [2, 3] */
    const float *const y_recurrent_kernel = state + 32; /* [3, 3] */
    const float *const y_backward_kernel = state + 80; /* [2, 3] */
    const float *const y_backward_recurrent_kernel = state + 112; /* [3, 3] */
    float *const y_reverse = (float *)(void *)(arena + 576); /* [4, 2] */
    float *const y_contract = (float *)(void *)(arena + 0); /* [4, 3] */
    float *const y_scan = (float *)(void *)(arena + 192); /* [4, 3] */
    float *const y_slice = (float *)(void *)(arena + 768); /* [1, 3] */
    float *const y_contract_2 = (float *)(void *)(arena + 192); /* [4, 3] */
    float *const y_scan_2 = (float *)(void *)(arena + 0); /* [4, 3] */
    float *const y_slice_2 = (float *)(void *)(arena + 192); /* [1, 3] */
    float *const y = (float *)outputs[0]; /* [3] */
    float *const y_scan_sums = (float *)(void *)(arena + 384);
    float *const y_scan_state = (float *)(void *)(arena + 704);
    float *const y_scan_2_sums = (float *)(void *)(arena + 384);
    float *const y_scan_2_state = (float *)(void *)(arena + 576);
    const uint64_t mode = nn_flush_denormals();
    case9_fast_y_reverse_forward(batch, x, y_reverse);
    case9_fast_y_contract_forward(batch, x, y_kernel, y_contract);
    case9_fast_y_scan_forward(batch, y_scan_sums, y_scan_state, y_contract, y_recurrent_kernel,
            y_scan);
    case9_fast_y_slice_forward(batch, y_scan, y_slice);
    case9_fast_y_contract_2_forward(batch, y_reverse, y_backward_kernel, y_contract_2);
    case9_fast_y_scan_2_forward(batch, y_scan_2_sums, y_scan_2_state, y_contract_2,
            y_backward_recurrent_kernel, y_scan_2);
    case9_fast_y_slice_2_forward(batch, y_scan_2, y_slice_2);
    case9_fast_y_reshape_2_forward(batch, y_slice, y_slice_2, y);
    nn_restore_denormals(mode);
}

/* y.reverse = reverse(x)   [4, 2] */
static NN_APART void case9_plain_y_reverse_forward(int batch, const float *NN_RESTRICT x,
        float *NN_RESTRICT y_reverse)
{
    for (int n = 0; n < batch; n++)
        for (int i = 0; i < 4; i++)
            for (int c = 0; c < 2; c++)
                y_reverse[n * 8 + i * 2 + c] = x[n * 8 + (3 - i) * 2 + c];
}

/* y.contract = contract(x, y.kernel)   [4, 3] */
static NN_APART void case9_plain_y_contract_forward(int batch, const float *NN_RESTRICT x,
        const float *NN_RESTRICT y_kernel, float *NN_RESTRICT y_contract)
{
    for (int n = 0; n < batch; n++)
        for (int i = 0; i < 4; i++)
            for (int c = 0; c < 3; c++) {
                float sum = 0.0f;
                for (int c_2 = 0; c_2 < 2; c_2++)
                    sum += x[n * 8 + i * 2 + c_2] * y_kernel[c_2 * 3 + c];
                y_contract[n * 12 + i * 3 + c] = sum;
            }
}

/* y.scan = scan(y.contract, y.recurrent_kernel, 0, 0)   [4, 3]
 * 4 steps, 3 columns */
#if NN_REGISTERS >= 32
enum { CASE9_PLAIN_Y_SCAN_FORWARD_ROWS = 2 };
#else
enum { CASE9_PLAIN_Y_SCAN_FORWARD_ROWS = 2 };
#endif
NN_INLINE void case9_plain_y_scan_forward_tile(const int rows, float *NN_RESTRICT y_scan_sums,
                                               float *NN_RESTRICT y_scan_state,
                                               const float *NN_RESTRICT y_contract,
                                               const float *NN_RESTRICT y_recurrent_kernel,
                                               float *NN_RESTRICT y_scan, int n)
{
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < 3; c++)
            y_scan_state[(n + r) * 16 + c] = 0.0f;
    for (int t = 0; t < 4; t++) {
        for (int r = 0; r < rows; r++)
            for (int o = 0; o < 3; o++)
                y_scan_sums[(n + r) * 16 + o] = y_contract[(n + r) * 12 + t * 3 + o];
        for (int r = 0; r < rows; r++)
            for (int k = 0; k < 3; k++)
                for (int o = 0; o < 3; o++)
                    y_scan_sums[(n + r) * 16 + o] += y_scan_state[(n + r) * 16 + k] *
                            y_recurrent_kernel[k * 3 + o];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < 16; c++) {
                const float h = y_scan_sums[(n + r) * 16 + c];
                y_scan_state[(n + r) * 16 + c] = h;
            }
            for (int c = 0; c < 3; c++)
                y_scan[(n + r) * 12 + t * 3 + c] = y_scan_state[(n + r) * 16 + c];
        }
    }
}

static NN_APART void case9_plain_y_scan_forward_large(float *NN_RESTRICT y_scan_sums,
        float *NN_RESTRICT y_scan_state, const float *NN_RESTRICT y_contract,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT y_scan, int n)
{
    case9_plain_y_scan_forward_tile(CASE9_PLAIN_Y_SCAN_FORWARD_ROWS, y_scan_sums, y_scan_state,
            y_contract, y_recurrent_kernel, y_scan, n);
}

static NN_APART void case9_plain_y_scan_forward_small(float *NN_RESTRICT y_scan_sums,
        float *NN_RESTRICT y_scan_state, const float *NN_RESTRICT y_contract,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT y_scan, int n)
{
    case9_plain_y_scan_forward_tile(1, y_scan_sums, y_scan_state, y_contract, y_recurrent_kernel,
            y_scan, n);
}

static NN_APART void case9_plain_y_scan_forward_single(float *NN_RESTRICT y_scan_sums,
        float *NN_RESTRICT y_scan_state, const float *NN_RESTRICT y_contract,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT y_scan, int n)
{
    case9_plain_y_scan_forward_tile(1, y_scan_sums, y_scan_state, y_contract, y_recurrent_kernel,
            y_scan, n);
}

static NN_APART void case9_plain_y_scan_forward(int batch, float *NN_RESTRICT y_scan_sums,
                                                float *NN_RESTRICT y_scan_state,
                                                const float *NN_RESTRICT y_contract,
                                                const float *NN_RESTRICT y_recurrent_kernel,
                                                float *NN_RESTRICT y_scan)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE9_PLAIN_Y_SCAN_FORWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case9_plain_y_scan_forward_large(y_scan_sums, y_scan_state, y_contract,
                        y_recurrent_kernel, y_scan, n);
            } else {
                case9_plain_y_scan_forward_small(y_scan_sums, y_scan_state, y_contract,
                        y_recurrent_kernel, y_scan, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case9_plain_y_scan_forward_single(y_scan_sums, y_scan_state, y_contract,
                        y_recurrent_kernel, y_scan, n);
        }
    }
}

/* y.slice = slice(y.scan)   [1, 3] */
static NN_APART void case9_plain_y_slice_forward(int batch, const float *NN_RESTRICT y_scan,
                                                 float *NN_RESTRICT y_slice)
{
    for (int n = 0; n < batch; n++)
        for (int c = 0; c < 3; c++)
            y_slice[n * 3 + c] = y_scan[n * 12 + c + 9];
}

/* y.contract_2 = contract(y.reverse, y.backward_kernel)   [4, 3] */
static NN_APART void case9_plain_y_contract_2_forward(int batch,
        const float *NN_RESTRICT y_reverse, const float *NN_RESTRICT y_backward_kernel,
        float *NN_RESTRICT y_contract_2)
{
    for (int n = 0; n < batch; n++)
        for (int i = 0; i < 4; i++)
            for (int c = 0; c < 3; c++) {
                float sum = 0.0f;
                for (int c_2 = 0; c_2 < 2; c_2++)
                    sum += y_reverse[n * 8 + i * 2 + c_2] * y_backward_kernel[c_2 * 3 + c];
                y_contract_2[n * 12 + i * 3 + c] = sum;
            }
}

/* y.scan_2 = scan(y.contract_2, y.backward_recurrent_kernel, 0, 0)   [4, 3]
 * 4 steps, 3 columns */
#if NN_REGISTERS >= 32
enum { CASE9_PLAIN_Y_SCAN_2_FORWARD_ROWS = 2 };
#else
enum { CASE9_PLAIN_Y_SCAN_2_FORWARD_ROWS = 2 };
#endif
NN_INLINE void case9_plain_y_scan_2_forward_tile(const int rows, float *NN_RESTRICT y_scan_2_sums,
                                                 float *NN_RESTRICT y_scan_2_state,
                                                 const float *NN_RESTRICT y_contract_2,
                                                 const float *NN_RESTRICT y_backward_recurrent_kernel, float *NN_RESTRICT y_scan_2, int n)
{
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < 3; c++)
            y_scan_2_state[(n + r) * 16 + c] = 0.0f;
    for (int t = 0; t < 4; t++) {
        for (int r = 0; r < rows; r++)
            for (int o = 0; o < 3; o++)
                y_scan_2_sums[(n + r) * 16 + o] = y_contract_2[(n + r) * 12 + t * 3 + o];
        for (int r = 0; r < rows; r++)
            for (int k = 0; k < 3; k++)
                for (int o = 0; o < 3; o++)
                    y_scan_2_sums[(n + r) * 16 + o] += y_scan_2_state[(n + r) * 16 + k] *
                            y_backward_recurrent_kernel[k * 3 + o];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < 16; c++) {
                const float h = y_scan_2_sums[(n + r) * 16 + c];
                y_scan_2_state[(n + r) * 16 + c] = h;
            }
            for (int c = 0; c < 3; c++)
                y_scan_2[(n + r) * 12 + t * 3 + c] = y_scan_2_state[(n + r) * 16 + c];
        }
    }
}

static NN_APART void case9_plain_y_scan_2_forward_large(float *NN_RESTRICT y_scan_2_sums,
        float *NN_RESTRICT y_scan_2_state, const float *NN_RESTRICT y_contract_2,
        const float *NN_RESTRICT y_backward_recurrent_kernel, float *NN_RESTRICT y_scan_2, int n)
{
    case9_plain_y_scan_2_forward_tile(CASE9_PLAIN_Y_SCAN_2_FORWARD_ROWS, y_scan_2_sums,
            y_scan_2_state, y_contract_2, y_backward_recurrent_kernel, y_scan_2, n);
}

static NN_APART void case9_plain_y_scan_2_forward_small(float *NN_RESTRICT y_scan_2_sums,
        float *NN_RESTRICT y_scan_2_state, const float *NN_RESTRICT y_contract_2,
        const float *NN_RESTRICT y_backward_recurrent_kernel, float *NN_RESTRICT y_scan_2, int n)
{
    case9_plain_y_scan_2_forward_tile(1, y_scan_2_sums, y_scan_2_state, y_contract_2,
            y_backward_recurrent_kernel, y_scan_2, n);
}

static NN_APART void case9_plain_y_scan_2_forward_single(float *NN_RESTRICT y_scan_2_sums,
        float *NN_RESTRICT y_scan_2_state, const float *NN_RESTRICT y_contract_2,
        const float *NN_RESTRICT y_backward_recurrent_kernel, float *NN_RESTRICT y_scan_2, int n)
{
    case9_plain_y_scan_2_forward_tile(1, y_scan_2_sums, y_scan_2_state, y_contract_2,
            y_backward_recurrent_kernel, y_scan_2, n);
}

static NN_APART void case9_plain_y_scan_2_forward(int batch, float *NN_RESTRICT y_scan_2_sums,
        float *NN_RESTRICT y_scan_2_state, const float *NN_RESTRICT y_contract_2,
        const float *NN_RESTRICT y_backward_recurrent_kernel, float *NN_RESTRICT y_scan_2)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE9_PLAIN_Y_SCAN_2_FORWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case9_plain_y_scan_2_forward_large(y_scan_2_sums, y_scan_2_state, y_contract_2,
                        y_backward_recurrent_kernel, y_scan_2, n);
            } else {
                case9_plain_y_scan_2_forward_small(y_scan_2_sums, y_scan_2_state, y_contract_2,
                        y_backward_recurrent_kernel, y_scan_2, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case9_plain_y_scan_2_forward_single(y_scan_2_sums, y_scan_2_state, y_contract_2,
                        y_backward_recurrent_kernel, y_scan_2, n);
        }
    }
}

/* y.slice_2 = slice(y.scan_2)   [1, 3] */
static NN_APART void case9_plain_y_slice_2_forward(int batch, const float *NN_RESTRICT y_scan_2,
        float *NN_RESTRICT y_slice_2)
{
    for (int n = 0; n < batch; n++)
        for (int c = 0; c < 3; c++)
            y_slice_2[n * 3 + c] = y_scan_2[n * 12 + c + 9];
}

/* y.reshape_2 = reshape(y.slice_2)   [3]
 * y = add(y.reshape, y.reshape_2)   [3] */
static NN_APART void case9_plain_y_reshape_2_forward(int batch, const float *NN_RESTRICT y_slice,
        const float *NN_RESTRICT y_slice_2, float *NN_RESTRICT y)
{
    const int total = batch * 3;
    for (int block = 0; block < (total + 4095) / 4096; block++) {
        const int end = block * 4096 + 4096 < total ? block * 4096 + 4096 : total;
        for (int k = block * 4096; k < end; k++)
            y[k] = y_slice[k] + y_slice_2[k];
    }
}

static void case9_plain_run(float *state, char *arena, const nn_step *step,
                            const void *const *inputs, const void *const *targets,
                            void *const *outputs, float *results, int threads)
{
    (void)targets;
    (void)results;
    (void)threads;
    const int batch = step->batch;
    const float *const x = (const float *)inputs[0]; /* [4, 2] */
    const float *const y_kernel = state + 0; /* [2, 3] */
    const float *const y_recurrent_kernel = state + 16; /* [3, 3] */
    const float *const y_backward_kernel = state + 32; /* [2, 3] */
    const float *const y_backward_recurrent_kernel = state + 48; /* [3, 3] */
    float *const y_reverse = (float *)(void *)(arena + 576); /* [4, 2] */
    float *const y_contract = (float *)(void *)(arena + 0); /* [4, 3] */
    float *const y_scan = (float *)(void *)(arena + 192); /* [4, 3] */
    float *const y_slice = (float *)(void *)(arena + 768); /* [1, 3] */
    float *const y_contract_2 = (float *)(void *)(arena + 192); /* [4, 3] */
    float *const y_scan_2 = (float *)(void *)(arena + 0); /* [4, 3] */
    float *const y_slice_2 = (float *)(void *)(arena + 192); /* [1, 3] */
    float *const y = (float *)outputs[0]; /* [3] */
    float *const y_scan_sums = (float *)(void *)(arena + 384);
    float *const y_scan_state = (float *)(void *)(arena + 704);
    float *const y_scan_2_sums = (float *)(void *)(arena + 384);
    float *const y_scan_2_state = (float *)(void *)(arena + 576);
    const uint64_t mode = nn_flush_denormals();
    case9_plain_y_reverse_forward(batch, x, y_reverse);
    case9_plain_y_contract_forward(batch, x, y_kernel, y_contract);
    case9_plain_y_scan_forward(batch, y_scan_sums, y_scan_state, y_contract, y_recurrent_kernel,
            y_scan);
    case9_plain_y_slice_forward(batch, y_scan, y_slice);
    case9_plain_y_contract_2_forward(batch, y_reverse, y_backward_kernel, y_contract_2);
    case9_plain_y_scan_2_forward(batch, y_scan_2_sums, y_scan_2_state, y_contract_2,
            y_backward_recurrent_kernel, y_scan_2);
    case9_plain_y_slice_2_forward(batch, y_scan_2, y_slice_2);
    case9_plain_y_reshape_2_forward(batch, y_slice, y_slice_2, y);
    nn_restore_denormals(mode);
}

/* y.reverse = reverse(x)   [4, 2] */
static NN_APART void case9_filled_y_reverse_forward(int batch, const float *NN_RESTRICT x,
        float *NN_RESTRICT y_reverse)
{
    for (int n = 0; n < batch; n++)
        for (int i = 0; i < 4; i++)
            for (int c = 0; c < 2; c++)
                y_reverse[n * 8 + i * 2 + c] = x[n * 8 + (3 - i) * 2 + c];
}

/* y.contract = contract(x, y.kernel)   [4, 3] */
#if NN_REGISTERS >= 32
enum { CASE9_FILLED_Y_CONTRACT_FORWARD_ROWS = 4 };
#else
enum { CASE9_FILLED_Y_CONTRACT_FORWARD_ROWS = 4 };
#endif
NN_INLINE void case9_filled_y_contract_forward_tile(const int rows, const float *NN_RESTRICT x,
        const float *NN_RESTRICT y_kernel, float *NN_RESTRICT y_contract, int n, int j, int panel)
{
    float sum[CASE9_FILLED_Y_CONTRACT_FORWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE9_FILLED_Y_CONTRACT_FORWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE9_FILLED_Y_CONTRACT_FORWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int k = 0; k < 2; k++) {
            const float *at = y_kernel + panel * 32 + k * 16 + column;
            const nn_vec b0 = nn_load(at);
            NN_UNROLL
            for (int r = 0; r < CASE9_FILLED_Y_CONTRACT_FORWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(x[n * 8 + j * 2 + k + r * 2]);
                    acc[r] += scalar * b0;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE9_FILLED_Y_CONTRACT_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE9_FILLED_Y_CONTRACT_FORWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE9_FILLED_Y_CONTRACT_FORWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int k = 0; k < 2; k++) {
            const float *at = y_kernel + panel * 32 + k * 16 + column;
            const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
            NN_UNROLL
            for (int r = 0; r < CASE9_FILLED_Y_CONTRACT_FORWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(x[n * 8 + j * 2 + k + r * 2]);
                    acc[r][0] += scalar * b0;
                    acc[r][1] += scalar * b1;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE9_FILLED_Y_CONTRACT_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++)
        for (int lane = 0; lane < 3; lane++)
            y_contract[n * 12 + (j + r) * 3 + lane] = sum[r * 16 + lane];
}

static NN_APART void case9_filled_y_contract_forward_large(const float *NN_RESTRICT x,
        const float *NN_RESTRICT y_kernel, float *NN_RESTRICT y_contract, int n, int j, int panel)
{
    case9_filled_y_contract_forward_tile(CASE9_FILLED_Y_CONTRACT_FORWARD_ROWS, x, y_kernel,
            y_contract, n, j, panel);
}

static NN_APART void case9_filled_y_contract_forward(int batch, const float *NN_RESTRICT x,
        const float *NN_RESTRICT y_kernel, float *NN_RESTRICT y_contract)
{
    for (int n = 0; n < batch; n++) {
        const int panel = 0;
        const int j = 0;
        case9_filled_y_contract_forward_large(x, y_kernel, y_contract, n, j, panel);
    }
}

/* y.scan = scan(y.contract, y.recurrent_kernel, 0, 0)   [4, 3]
 * 4 steps, 3 columns */
#if NN_REGISTERS >= 32
enum { CASE9_FILLED_Y_SCAN_FORWARD_ROWS = 2 };
#else
enum { CASE9_FILLED_Y_SCAN_FORWARD_ROWS = 2 };
#endif
NN_INLINE void case9_filled_y_scan_forward_tile(const int rows, float *NN_RESTRICT y_scan_sums,
                                                float *NN_RESTRICT y_scan_state,
                                                const float *NN_RESTRICT y_contract,
                                                const float *NN_RESTRICT y_recurrent_kernel,
                                                float *NN_RESTRICT y_scan, int n)
{
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < 3; c++)
            y_scan_state[(n + r) * 16 + c] = 0.0f;
    for (int t = 0; t < 4; t++) {
        for (int r = 0; r < rows; r++)
            for (int o = 0; o < 3; o++)
                y_scan_sums[(n + r) * 16 + o] = y_contract[(n + r) * 12 + t * 3 + o];
#if NN_LANES == 16
        for (int column = 0; column < 16; column += NN_LANES) {
            nn_vec acc[CASE9_FILLED_Y_SCAN_FORWARD_ROWS];
            NN_UNROLL
            for (int r = 0; r < CASE9_FILLED_Y_SCAN_FORWARD_ROWS; r++)
                if (r < rows) {
                    acc[r] = nn_load(y_scan_sums + n * 16 + r * 16 + column);
                }
            for (int k = 0; k < 3; k++) {
                const float *at = y_recurrent_kernel + k * 16 + column;
                const nn_vec b0 = nn_load(at);
                NN_UNROLL
                for (int r = 0; r < CASE9_FILLED_Y_SCAN_FORWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(y_scan_state[n * 16 + k + r * 16]);
                        acc[r] += scalar * b0;
                    }
            }
            NN_UNROLL
            for (int r = 0; r < CASE9_FILLED_Y_SCAN_FORWARD_ROWS; r++)
                if (r < rows) {
                    nn_store(y_scan_sums + n * 16 + r * 16 + column, acc[r]);
                }
        }
#else
        for (int column = 0; column < 16; column += 2 * NN_LANES) {
            nn_vec acc[CASE9_FILLED_Y_SCAN_FORWARD_ROWS][2];
            NN_UNROLL
            for (int r = 0; r < CASE9_FILLED_Y_SCAN_FORWARD_ROWS; r++)
                if (r < rows) {
                    acc[r][0] = nn_load(y_scan_sums + n * 16 + r * 16 + column);
                    acc[r][1] = nn_load(y_scan_sums + n * 16 + r * 16 + column + NN_LANES);
                }
            for (int k = 0; k < 3; k++) {
                const float *at = y_recurrent_kernel + k * 16 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE9_FILLED_Y_SCAN_FORWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(y_scan_state[n * 16 + k + r * 16]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
            NN_UNROLL
            for (int r = 0; r < CASE9_FILLED_Y_SCAN_FORWARD_ROWS; r++)
                if (r < rows) {
                    nn_store(y_scan_sums + n * 16 + r * 16 + column, acc[r][0]);
                    nn_store(y_scan_sums + n * 16 + r * 16 + column + NN_LANES, acc[r][1]);
                }
        }
#endif
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < 16; c++) {
                const float h = y_scan_sums[(n + r) * 16 + c];
                y_scan_state[(n + r) * 16 + c] = h;
            }
            for (int c = 0; c < 3; c++)
                y_scan[(n + r) * 12 + t * 3 + c] = y_scan_state[(n + r) * 16 + c];
        }
    }
}

static NN_APART void case9_filled_y_scan_forward_large(float *NN_RESTRICT y_scan_sums,
        float *NN_RESTRICT y_scan_state, const float *NN_RESTRICT y_contract,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT y_scan, int n)
{
    case9_filled_y_scan_forward_tile(CASE9_FILLED_Y_SCAN_FORWARD_ROWS, y_scan_sums, y_scan_state,
            y_contract, y_recurrent_kernel, y_scan, n);
}

static NN_APART void case9_filled_y_scan_forward_small(float *NN_RESTRICT y_scan_sums,
        float *NN_RESTRICT y_scan_state, const float *NN_RESTRICT y_contract,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT y_scan, int n)
{
    case9_filled_y_scan_forward_tile(1, y_scan_sums, y_scan_state, y_contract, y_recurrent_kernel,
            y_scan, n);
}

static NN_APART void case9_filled_y_scan_forward_single(float *NN_RESTRICT y_scan_sums,
        float *NN_RESTRICT y_scan_state, const float *NN_RESTRICT y_contract,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT y_scan, int n)
{
    case9_filled_y_scan_forward_tile(1, y_scan_sums, y_scan_state, y_contract, y_recurrent_kernel,
            y_scan, n);
}

static NN_APART void case9_filled_y_scan_forward(int batch, float *NN_RESTRICT y_scan_sums,
                                                 float *NN_RESTRICT y_scan_state,
                                                 const float *NN_RESTRICT y_contract,
                                                 const float *NN_RESTRICT y_recurrent_kernel,
                                                 float *NN_RESTRICT y_scan)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE9_FILLED_Y_SCAN_FORWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case9_filled_y_scan_forward_large(y_scan_sums, y_scan_state, y_contract,
                        y_recurrent_kernel, y_scan, n);
            } else {
                case9_filled_y_scan_forward_small(y_scan_sums, y_scan_state, y_contract,
                        y_recurrent_kernel, y_scan, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case9_filled_y_scan_forward_single(y_scan_sums, y_scan_state, y_contract,
                        y_recurrent_kernel, y_scan, n);
        }
    }
}

/* y.slice = slice(y.scan)   [1, 3] */
static NN_APART void case9_filled_y_slice_forward(int batch, const float *NN_RESTRICT y_scan,
        float *NN_RESTRICT y_slice)
{
    for (int n = 0; n < batch; n++)
        for (int c = 0; c < 3; c++)
            y_slice[n * 3 + c] = y_scan[n * 12 + c + 9];
}

/* y.contract_2 = contract(y.reverse, y.backward_kernel)   [4, 3] */
#if NN_REGISTERS >= 32
enum { CASE9_FILLED_Y_CONTRACT_2_FORWARD_ROWS = 4 };
#else
enum { CASE9_FILLED_Y_CONTRACT_2_FORWARD_ROWS = 4 };
#endif
NN_INLINE void case9_filled_y_contract_2_forward_tile(const int rows,
        const float *NN_RESTRICT y_reverse, const float *NN_RESTRICT y_backward_kernel,
        float *NN_RESTRICT y_contract_2, int n, int j, int panel)
{
    float sum[CASE9_FILLED_Y_CONTRACT_2_FORWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE9_FILLED_Y_CONTRACT_2_FORWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE9_FILLED_Y_CONTRACT_2_FORWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int k = 0; k < 2; k++) {
            const float *at = y_backward_kernel + panel * 32 + k * 16 + column;
            const nn_vec b0 = nn_load(at);
            NN_UNROLL
            for (int r = 0; r < CASE9_FILLED_Y_CONTRACT_2_FORWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(y_reverse[n * 8 + j * 2 + k + r * 2]);
                    acc[r] += scalar * b0;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE9_FILLED_Y_CONTRACT_2_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE9_FILLED_Y_CONTRACT_2_FORWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE9_FILLED_Y_CONTRACT_2_FORWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int k = 0; k < 2; k++) {
            const float *at = y_backward_kernel + panel * 32 + k * 16 + column;
            const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
            NN_UNROLL
            for (int r = 0; r < CASE9_FILLED_Y_CONTRACT_2_FORWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(y_reverse[n * 8 + j * 2 + k + r * 2]);
                    acc[r][0] += scalar * b0;
                    acc[r][1] += scalar * b1;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE9_FILLED_Y_CONTRACT_2_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++)
        for (int lane = 0; lane < 3; lane++)
            y_contract_2[n * 12 + (j + r) * 3 + lane] = sum[r * 16 + lane];
}

static NN_APART void case9_filled_y_contract_2_forward_large(const float *NN_RESTRICT y_reverse,
        const float *NN_RESTRICT y_backward_kernel, float *NN_RESTRICT y_contract_2, int n, int j,
        int panel)
{
    case9_filled_y_contract_2_forward_tile(CASE9_FILLED_Y_CONTRACT_2_FORWARD_ROWS, y_reverse,
            y_backward_kernel, y_contract_2, n, j, panel);
}

static NN_APART void case9_filled_y_contract_2_forward(int batch,
        const float *NN_RESTRICT y_reverse, const float *NN_RESTRICT y_backward_kernel,
        float *NN_RESTRICT y_contract_2)
{
    for (int n = 0; n < batch; n++) {
        const int panel = 0;
        const int j = 0;
        case9_filled_y_contract_2_forward_large(y_reverse, y_backward_kernel, y_contract_2, n, j,
                panel);
    }
}

/* y.scan_2 = scan(y.contract_2, y.backward_recurrent_kernel, 0, 0)   [4, 3]
 * 4 steps, 3 columns */
#if NN_REGISTERS >= 32
enum { CASE9_FILLED_Y_SCAN_2_FORWARD_ROWS = 2 };
#else
enum { CASE9_FILLED_Y_SCAN_2_FORWARD_ROWS = 2 };
#endif
NN_INLINE void case9_filled_y_scan_2_forward_tile(const int rows, float *NN_RESTRICT y_scan_2_sums,
        float *NN_RESTRICT y_scan_2_state, const float *NN_RESTRICT y_contract_2,
        const float *NN_RESTRICT y_backward_recurrent_kernel, float *NN_RESTRICT y_scan_2, int n)
{
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < 3; c++)
            y_scan_2_state[(n + r) * 16 + c] = 0.0f;
    for (int t = 0; t < 4; t++) {
        for (int r = 0; r < rows; r++)
            for (int o = 0; o < 3; o++)
                y_scan_2_sums[(n + r) * 16 + o] = y_contract_2[(n + r) * 12 + t * 3 + o];
#if NN_LANES == 16
        for (int column = 0; column < 16; column += NN_LANES) {
            nn_vec acc[CASE9_FILLED_Y_SCAN_2_FORWARD_ROWS];
            NN_UNROLL
            for (int r = 0; r < CASE9_FILLED_Y_SCAN_2_FORWARD_ROWS; r++)
                if (r < rows) {
                    acc[r] = nn_load(y_scan_2_sums + n * 16 + r * 16 + column);
                }
            for (int k = 0; k < 3; k++) {
                const float *at = y_backward_recurrent_kernel + k * 16 + column;
                const nn_vec b0 = nn_load(at);
                NN_UNROLL
                for (int r = 0; r < CASE9_FILLED_Y_SCAN_2_FORWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(y_scan_2_state[n * 16 + k + r * 16]);
                        acc[r] += scalar * b0;
                    }
            }
            NN_UNROLL
            for (int r = 0; r < CASE9_FILLED_Y_SCAN_2_FORWARD_ROWS; r++)
                if (r < rows) {
                    nn_store(y_scan_2_sums + n * 16 + r * 16 + column, acc[r]);
                }
        }
#else
        for (int column = 0; column < 16; column += 2 * NN_LANES) {
            nn_vec acc[CASE9_FILLED_Y_SCAN_2_FORWARD_ROWS][2];
            NN_UNROLL
            for (int r = 0; r < CASE9_FILLED_Y_SCAN_2_FORWARD_ROWS; r++)
                if (r < rows) {
                    acc[r][0] = nn_load(y_scan_2_sums + n * 16 + r * 16 + column);
                    acc[r][1] = nn_load(y_scan_2_sums + n * 16 + r * 16 + column + NN_LANES);
                }
            for (int k = 0; k < 3; k++) {
                const float *at = y_backward_recurrent_kernel + k * 16 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE9_FILLED_Y_SCAN_2_FORWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(y_scan_2_state[n * 16 + k + r * 16]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
            NN_UNROLL
            for (int r = 0; r < CASE9_FILLED_Y_SCAN_2_FORWARD_ROWS; r++)
                if (r < rows) {
                    nn_store(y_scan_2_sums + n * 16 + r * 16 + column, acc[r][0]);
                    nn_store(y_scan_2_sums + n * 16 + r * 16 + column + NN_LANES, acc[r][1]);
                }
        }
#endif
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < 16; c++) {
                const float h = y_scan_2_sums[(n + r) * 16 + c];
                y_scan_2_state[(n + r) * 16 + c] = h;
            }
            for (int c = 0; c < 3; c++)
                y_scan_2[(n + r) * 12 + t * 3 + c] = y_scan_2_state[(n + r) * 16 + c];
        }
    }
}

static NN_APART void case9_filled_y_scan_2_forward_large(float *NN_RESTRICT y_scan_2_sums,
        float *NN_RESTRICT y_scan_2_state, const float *NN_RESTRICT y_contract_2,
        const float *NN_RESTRICT y_backward_recurrent_kernel, float *NN_RESTRICT y_scan_2, int n)
{
    case9_filled_y_scan_2_forward_tile(CASE9_FILLED_Y_SCAN_2_FORWARD_ROWS, y_scan_2_sums,
            y_scan_2_state, y_contract_2, y_backward_recurrent_kernel, y_scan_2, n);
}

static NN_APART void case9_filled_y_scan_2_forward_small(float *NN_RESTRICT y_scan_2_sums,
        float *NN_RESTRICT y_scan_2_state, const float *NN_RESTRICT y_contract_2,
        const float *NN_RESTRICT y_backward_recurrent_kernel, float *NN_RESTRICT y_scan_2, int n)
{
    case9_filled_y_scan_2_forward_tile(1, y_scan_2_sums, y_scan_2_state, y_contract_2,
            y_backward_recurrent_kernel, y_scan_2, n);
}

static NN_APART void case9_filled_y_scan_2_forward_single(float *NN_RESTRICT y_scan_2_sums,
        float *NN_RESTRICT y_scan_2_state, const float *NN_RESTRICT y_contract_2,
        const float *NN_RESTRICT y_backward_recurrent_kernel, float *NN_RESTRICT y_scan_2, int n)
{
    case9_filled_y_scan_2_forward_tile(1, y_scan_2_sums, y_scan_2_state, y_contract_2,
            y_backward_recurrent_kernel, y_scan_2, n);
}

static NN_APART void case9_filled_y_scan_2_forward(int batch, float *NN_RESTRICT y_scan_2_sums,
        float *NN_RESTRICT y_scan_2_state, const float *NN_RESTRICT y_contract_2,
        const float *NN_RESTRICT y_backward_recurrent_kernel, float *NN_RESTRICT y_scan_2)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE9_FILLED_Y_SCAN_2_FORWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case9_filled_y_scan_2_forward_large(y_scan_2_sums, y_scan_2_state, y_contract_2,
                        y_backward_recurrent_kernel, y_scan_2, n);
            } else {
                case9_filled_y_scan_2_forward_small(y_scan_2_sums, y_scan_2_state, y_contract_2,
                        y_backward_recurrent_kernel, y_scan_2, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case9_filled_y_scan_2_forward_single(y_scan_2_sums, y_scan_2_state, y_contract_2,
                        y_backward_recurrent_kernel, y_scan_2, n);
        }
    }
}

/* y.slice_2 = slice(y.scan_2)   [1, 3] */
static NN_APART void case9_filled_y_slice_2_forward(int batch, const float *NN_RESTRICT y_scan_2,
        float *NN_RESTRICT y_slice_2)
{
    for (int n = 0; n < batch; n++)
        for (int c = 0; c < 3; c++)
            y_slice_2[n * 3 + c] = y_scan_2[n * 12 + c + 9];
}

/* y.reshape_2 = reshape(y.slice_2)   [3]
 * y = add(y.reshape, y.reshape_2)   [3] */
static NN_APART void case9_filled_y_reshape_2_forward(int batch, const float *NN_RESTRICT y_slice,
        const float *NN_RESTRICT y_slice_2, float *NN_RESTRICT y)
{
    const int total = batch * 3;
    for (int block = 0; block < (total + 4095) / 4096; block++) {
        const int end = block * 4096 + 4096 < total ? block * 4096 + 4096 : total;
        for (int k = block * 4096; k < end; k++)
            y[k] = y_slice[k] + y_slice_2[k];
    }
}

static void case9_filled_run(float *state, char *arena, const nn_step *step,
                             const void *const *inputs, const void *const *targets,
                             void *const *outputs, float *results, int threads)
{
    (void)targets;
    (void)results;
    (void)threads;
    const int batch = step->batch;
    const float *const x = (const float *)inputs[0]; /* [4, 2] */
    const float *const y_kernel = state + 0; /* [2, 3] */
    const float *const y_recurrent_kernel = state + 32; /* [3, 3] */
    const float *const y_backward_kernel = state + 80; /* [2, 3] */
    const float *const y_backward_recurrent_kernel = state + 112; /* [3, 3] */
    float *const y_reverse = (float *)(void *)(arena + 576); /* [4, 2] */
    float *const y_contract = (float *)(void *)(arena + 0); /* [4, 3] */
    float *const y_scan = (float *)(void *)(arena + 192); /* [4, 3] */
    float *const y_slice = (float *)(void *)(arena + 768); /* [1, 3] */
    float *const y_contract_2 = (float *)(void *)(arena + 192); /* [4, 3] */
    float *const y_scan_2 = (float *)(void *)(arena + 0); /* [4, 3] */
    float *const y_slice_2 = (float *)(void *)(arena + 192); /* [1, 3] */
    float *const y = (float *)outputs[0]; /* [3] */
    float *const y_scan_sums = (float *)(void *)(arena + 384);
    float *const y_scan_state = (float *)(void *)(arena + 704);
    float *const y_scan_2_sums = (float *)(void *)(arena + 384);
    float *const y_scan_2_state = (float *)(void *)(arena + 576);
    memset(arena, 0xFF, 896);
    const uint64_t mode = nn_flush_denormals();
    case9_filled_y_reverse_forward(batch, x, y_reverse);
    case9_filled_y_contract_forward(batch, x, y_kernel, y_contract);
    case9_filled_y_scan_forward(batch, y_scan_sums, y_scan_state, y_contract, y_recurrent_kernel,
            y_scan);
    memset(arena + 0, 0xFF, 144); /* y_contract */
    memset(arena + 384, 0xFF, 192); /* y_scan_sums */
    memset(arena + 704, 0xFF, 192); /* y_scan_state */
    case9_filled_y_slice_forward(batch, y_scan, y_slice);
    memset(arena + 192, 0xFF, 144); /* y_scan */
    case9_filled_y_contract_2_forward(batch, y_reverse, y_backward_kernel, y_contract_2);
    memset(arena + 576, 0xFF, 96); /* y_reverse */
    case9_filled_y_scan_2_forward(batch, y_scan_2_sums, y_scan_2_state, y_contract_2,
            y_backward_recurrent_kernel, y_scan_2);
    memset(arena + 192, 0xFF, 144); /* y_contract_2 */
    memset(arena + 384, 0xFF, 192); /* y_scan_2_sums */
    memset(arena + 576, 0xFF, 192); /* y_scan_2_state */
    case9_filled_y_slice_2_forward(batch, y_scan_2, y_slice_2);
    memset(arena + 0, 0xFF, 144); /* y_scan_2 */
    case9_filled_y_reshape_2_forward(batch, y_slice, y_slice_2, y);
    memset(arena + 768, 0xFF, 36); /* y_slice */
    memset(arena + 192, 0xFF, 36); /* y_slice_2 */
    nn_restore_denormals(mode);
}

/* y.contract = contract(x, y.kernel)   [3, 4]
 * y.add = add(y.contract, y.bias)   [3, 4] */
#if NN_REGISTERS >= 32
enum { CASE10_FAST_Y_CONTRACT_FORWARD_ROWS = 3 };
#else
enum { CASE10_FAST_Y_CONTRACT_FORWARD_ROWS = 3 };
#endif
NN_INLINE void case10_fast_y_contract_forward_tile(const int rows, const float *NN_RESTRICT x,
        const float *NN_RESTRICT y_kernel, const float *NN_RESTRICT y_bias,
        float *NN_RESTRICT y_add, int n, int j, int panel)
{
    float sum[CASE10_FAST_Y_CONTRACT_FORWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE10_FAST_Y_CONTRACT_FORWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE10_FAST_Y_CONTRACT_FORWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int k = 0; k < 2; k++) {
            const float *at = y_kernel + panel * 32 + k * 16 + column;
            const nn_vec b0 = nn_load(at);
            NN_UNROLL
            for (int r = 0; r < CASE10_FAST_Y_CONTRACT_FORWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(x[n * 6 + j * 2 + k + r * 2]);
                    acc[r] += scalar * b0;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE10_FAST_Y_CONTRACT_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE10_FAST_Y_CONTRACT_FORWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE10_FAST_Y_CONTRACT_FORWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int k = 0; k < 2; k++) {
            const float *at = y_kernel + panel * 32 + k * 16 + column;
            const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
            NN_UNROLL
            for (int r = 0; r < CASE10_FAST_Y_CONTRACT_FORWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(x[n * 6 + j * 2 + k + r * 2]);
                    acc[r][0] += scalar * b0;
                    acc[r][1] += scalar * b1;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE10_FAST_Y_CONTRACT_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++)
        for (int lane = 0; lane < 4; lane++)
            y_add[n * 12 + (j + r) * 4 + lane] = sum[r * 16 + lane] + y_bias[lane];
}

static NN_APART void case10_fast_y_contract_forward_large(const float *NN_RESTRICT x,
        const float *NN_RESTRICT y_kernel, const float *NN_RESTRICT y_bias,
        float *NN_RESTRICT y_add, int n, int j, int panel)
{
    case10_fast_y_contract_forward_tile(CASE10_FAST_Y_CONTRACT_FORWARD_ROWS, x, y_kernel, y_bias,
            y_add, n, j, panel);
}

static NN_APART void case10_fast_y_contract_forward(int batch, const float *NN_RESTRICT x,
        const float *NN_RESTRICT y_kernel, const float *NN_RESTRICT y_bias,
        float *NN_RESTRICT y_add)
{
    for (int n = 0; n < batch; n++) {
        const int panel = 0;
        const int j = 0;
        case10_fast_y_contract_forward_large(x, y_kernel, y_bias, y_add, n, j, panel);
    }
}

/* y = scan(y.add, y.recurrent_kernel, 0, h)   [3, 4]
 * d_y.scan_trace = scan_trace(y.add, y.recurrent_kernel, 0, h)   [3, 1, 16]
 * 3 steps, 4 columns */
#if NN_REGISTERS >= 32
enum { CASE10_FAST_Y_FORWARD_ROWS = 2 };
#else
enum { CASE10_FAST_Y_FORWARD_ROWS = 2 };
#endif
NN_INLINE void case10_fast_y_forward_tile(const int rows, float *NN_RESTRICT y_sums,
                                          float *NN_RESTRICT y_state, const float *NN_RESTRICT t_h,
                                          const float *NN_RESTRICT y_add,
                                          const float *NN_RESTRICT y_recurrent_kernel,
                                          float *NN_RESTRICT d_y_scan_trace, float *NN_RESTRICT y,
                                          int n)
{
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < 4; c++)
            y_state[(n + r) * 16 + c] = t_h[(n + r) * 4 + c];
    for (int t = 0; t < 3; t++) {
        for (int r = 0; r < rows; r++)
            for (int o = 0; o < 4; o++)
                y_sums[(n + r) * 16 + o] = y_add[(n + r) * 12 + t * 4 + o];
#if NN_LANES == 16
        for (int column = 0; column < 16; column += NN_LANES) {
            nn_vec acc[CASE10_FAST_Y_FORWARD_ROWS];
            NN_UNROLL
            for (int r = 0; r < CASE10_FAST_Y_FORWARD_ROWS; r++)
                if (r < rows) {
                    acc[r] = nn_load(y_sums + n * 16 + r * 16 + column);
                }
            for (int k = 0; k < 4; k++) {
                const float *at = y_recurrent_kernel + k * 16 + column;
                const nn_vec b0 = nn_load(at);
                NN_UNROLL
                for (int r = 0; r < CASE10_FAST_Y_FORWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(y_state[n * 16 + k + r * 16]);
                        acc[r] += scalar * b0;
                    }
            }
            NN_UNROLL
            for (int r = 0; r < CASE10_FAST_Y_FORWARD_ROWS; r++)
                if (r < rows) {
                    nn_store(y_sums + n * 16 + r * 16 + column, acc[r]);
                }
        }
#else
        for (int column = 0; column < 16; column += 2 * NN_LANES) {
            nn_vec acc[CASE10_FAST_Y_FORWARD_ROWS][2];
            NN_UNROLL
            for (int r = 0; r < CASE10_FAST_Y_FORWARD_ROWS; r++)
                if (r < rows) {
                    acc[r][0] = nn_load(y_sums + n * 16 + r * 16 + column);
                    acc[r][1] = nn_load(y_sums + n * 16 + r * 16 + column + NN_LANES);
                }
            for (int k = 0; k < 4; k++) {
                const float *at = y_recurrent_kernel + k * 16 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE10_FAST_Y_FORWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(y_state[n * 16 + k + r * 16]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
            NN_UNROLL
            for (int r = 0; r < CASE10_FAST_Y_FORWARD_ROWS; r++)
                if (r < rows) {
                    nn_store(y_sums + n * 16 + r * 16 + column, acc[r][0]);
                    nn_store(y_sums + n * 16 + r * 16 + column + NN_LANES, acc[r][1]);
                }
        }
#endif
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < 16; c++) {
                const float h = nn_tanh(y_sums[(n + r) * 16 + c]);
                y_state[(n + r) * 16 + c] = h;
                d_y_scan_trace[(n + r) * 48 + t * 16 + c] = h;
            }
            for (int c = 0; c < 4; c++)
                y[(n + r) * 16 + t * 4 + c + 4] = y_state[(n + r) * 16 + c];
        }
    }
}

static NN_APART void case10_fast_y_forward_large(float *NN_RESTRICT y_sums,
                                                 float *NN_RESTRICT y_state,
                                                 const float *NN_RESTRICT t_h,
                                                 const float *NN_RESTRICT y_add,
                                                 const float *NN_RESTRICT y_recurrent_kernel,
                                                 float *NN_RESTRICT d_y_scan_trace,
                                                 float *NN_RESTRICT y, int n)
{
    case10_fast_y_forward_tile(CASE10_FAST_Y_FORWARD_ROWS, y_sums, y_state, t_h, y_add,
            y_recurrent_kernel, d_y_scan_trace, y, n);
}

static NN_APART void case10_fast_y_forward_small(float *NN_RESTRICT y_sums,
                                                 float *NN_RESTRICT y_state,
                                                 const float *NN_RESTRICT t_h,
                                                 const float *NN_RESTRICT y_add,
                                                 const float *NN_RESTRICT y_recurrent_kernel,
                                                 float *NN_RESTRICT d_y_scan_trace,
                                                 float *NN_RESTRICT y, int n)
{
    case10_fast_y_forward_tile(1, y_sums, y_state, t_h, y_add, y_recurrent_kernel, d_y_scan_trace,
            y, n);
}

static NN_APART void case10_fast_y_forward_single(float *NN_RESTRICT y_sums,
        float *NN_RESTRICT y_state, const float *NN_RESTRICT t_h, const float *NN_RESTRICT y_add,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT d_y_scan_trace,
        float *NN_RESTRICT y, int n)
{
    case10_fast_y_forward_tile(1, y_sums, y_state, t_h, y_add, y_recurrent_kernel, d_y_scan_trace,
            y, n);
}

static NN_APART void case10_fast_y_forward(int batch, float *NN_RESTRICT y_sums,
                                           float *NN_RESTRICT y_state,
                                           const float *NN_RESTRICT t_h,
                                           const float *NN_RESTRICT y_add,
                                           const float *NN_RESTRICT y_recurrent_kernel,
                                           float *NN_RESTRICT d_y_scan_trace, float *NN_RESTRICT y)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE10_FAST_Y_FORWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case10_fast_y_forward_large(y_sums, y_state, t_h, y_add, y_recurrent_kernel,
                        d_y_scan_trace, y, n);
            } else {
                case10_fast_y_forward_small(y_sums, y_state, t_h, y_add, y_recurrent_kernel,
                        d_y_scan_trace, y, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case10_fast_y_forward_single(y_sums, y_state, t_h, y_add, y_recurrent_kernel,
                        d_y_scan_trace, y, n);
        }
    }
}

/* the room around y is zero */
static NN_APART void case10_fast_y_forward_halo(int batch, float *NN_RESTRICT y)
{
    for (int n = 0; n < batch; n++) {
        /* room around the data */
        for (int gap = 0; gap < 4; gap++)
            y[n * 16 + gap] = 0.0f;
    }
}

/* d_y.transpose = transpose(y.recurrent_kernel)   [4, 4] */
static NN_APART void case10_fast_d_y_transpose_backward(
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT d_y_transpose)
{
    for (int i = 0; i < 4; i++)
        for (int c = 0; c < 4; c++)
            d_y_transpose[i * 16 + c] = y_recurrent_kernel[c * 16 + i];
}

/* the room around d_y.transpose is zero */
static NN_APART void case10_fast_d_y_transpose_backward_halo(float *NN_RESTRICT d_y_transpose)
{
    /* room around the data */
    for (int r = 0; r < 4; r++)
        for (int lane = 4; lane < 16; lane++)
            d_y_transpose[r * 16 + lane] = 0.0f;
}

/* d_y.add_2 = scan_grad(d_y.scan_trace, d_y.transpose, h, seed)   [3, 4]
 * d_h = scan_state_grad(d_y.scan_trace, d_y.transpose, h, seed)   [4]
 * 3 steps from the last to the first, 4 columns */
#if NN_REGISTERS >= 32
enum { CASE10_FAST_D_Y_ADD_2_BACKWARD_ROWS = 2 };
#else
enum { CASE10_FAST_D_Y_ADD_2_BACKWARD_ROWS = 2 };
#endif
NN_INLINE void case10_fast_d_y_add_2_backward_tile(const int rows,
        float *NN_RESTRICT d_y_add_2_sums, float *NN_RESTRICT d_y_add_2_state,
        const float *NN_RESTRICT seed, const float *NN_RESTRICT d_y_transpose,
        const float *NN_RESTRICT d_y_scan_trace, float *NN_RESTRICT d_y_add_2,
        float *NN_RESTRICT d_h_2, int n)
{
    for (int later = 0; later < 3; later++) {
        const int t = 2 - later;
        for (int r = 0; r < rows; r++)
            for (int c = 0; c < 4; c++)
                d_y_add_2_sums[(n + r) * 16 + c] = seed[(n + r) * 12 + t * 4 + c];
        if (later > 0) {
#if NN_LANES == 16
            for (int column = 0; column < 16; column += NN_LANES) {
                nn_vec acc[CASE10_FAST_D_Y_ADD_2_BACKWARD_ROWS];
                NN_UNROLL
                for (int r = 0; r < CASE10_FAST_D_Y_ADD_2_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        acc[r] = nn_load(d_y_add_2_sums + n * 16 + r * 16 + column);
                    }
                for (int k = 0; k < 4; k++) {
                    const float *at = d_y_transpose + k * 16 + column;
                    const nn_vec b0 = nn_load(at);
                    NN_UNROLL
                    for (int r = 0; r < CASE10_FAST_D_Y_ADD_2_BACKWARD_ROWS; r++)
                        if (r < rows) {
                            const nn_vec scalar = nn_splat(d_y_add_2_state[n * 16 + k + r * 16]);
                            acc[r] += scalar * b0;
                        }
                }
                NN_UNROLL
                for (int r = 0; r < CASE10_FAST_D_Y_ADD_2_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        nn_store(d_y_add_2_sums + n * 16 + r * 16 + column, acc[r]);
                    }
            }
#else
            for (int column = 0; column < 16; column += 2 * NN_LANES) {
                nn_vec acc[CASE10_FAST_D_Y_ADD_2_BACKWARD_ROWS][2];
                NN_UNROLL
                for (int r = 0; r < CASE10_FAST_D_Y_ADD_2_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        acc[r][0] = nn_load(d_y_add_2_sums + n * 16 + r * 16 + column);
                        acc[r][1] = nn_load(d_y_add_2_sums + n * 16 + r * 16 + column + NN_LANES);
                    }
                for (int k = 0; k < 4; k++) {
                    const float *at = d_y_transpose + k * 16 + column;
                    const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                    NN_UNROLL
                    for (int r = 0; r < CASE10_FAST_D_Y_ADD_2_BACKWARD_ROWS; r++)
                        if (r < rows) {
                            const nn_vec scalar = nn_splat(d_y_add_2_state[n * 16 + k + r * 16]);
                            acc[r][0] += scalar * b0;
                            acc[r][1] += scalar * b1;
                        }
                }
                NN_UNROLL
                for (int r = 0; r < CASE10_FAST_D_Y_ADD_2_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        nn_store(d_y_add_2_sums + n * 16 + r * 16 + column, acc[r][0]);
                        nn_store(d_y_add_2_sums + n * 16 + r * 16 + column + NN_LANES, acc[r][1]);
                    }
            }
#endif
        }
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < 16; c++) {
                const float d_h = d_y_add_2_sums[(n + r) * 16 + c];
                const float h = d_y_scan_trace[(n + r) * 48 + t * 16 + c];
                d_y_add_2_state[(n + r) * 16 + c] = d_h * (1.0f - h * h);
            }
            for (int c = 0; c < 4; c++)
                d_y_add_2[(n + r) * 48 + t * 16 + c] = d_y_add_2_state[(n + r) * 16 + c];
        }
    }
    /* the states before the first step */
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < 4; c++)
            d_y_add_2_sums[(n + r) * 16 + c] = 0.0f;
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE10_FAST_D_Y_ADD_2_BACKWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE10_FAST_D_Y_ADD_2_BACKWARD_ROWS; r++)
            if (r < rows) {
                acc[r] = nn_load(d_y_add_2_sums + n * 16 + r * 16 + column);
            }
        for (int k = 0; k < 4; k++) {
            const float *at = d_y_transpose + k * 16 + column;
            const nn_vec b0 = nn_load(at);
            NN_UNROLL
            for (int r = 0; r < CASE10_FAST_D_Y_ADD_2_BACKWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(d_y_add_2_state[n * 16 + k + r * 16]);
                    acc[r] += scalar * b0;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE10_FAST_D_Y_ADD_2_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(d_y_add_2_sums + n * 16 + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE10_FAST_D_Y_ADD_2_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE10_FAST_D_Y_ADD_2_BACKWARD_ROWS; r++)
            if (r < rows) {
                acc[r][0] = nn_load(d_y_add_2_sums + n * 16 + r * 16 + column);
                acc[r][1] = nn_load(d_y_add_2_sums + n * 16 + r * 16 + column + NN_LANES);
            }
        for (int k = 0; k < 4; k++) {
            const float *at = d_y_transpose + k * 16 + column;
            const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
            NN_UNROLL
            for (int r = 0; r < CASE10_FAST_D_Y_ADD_2_BACKWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(d_y_add_2_state[n * 16 + k + r * 16]);
                    acc[r][0] += scalar * b0;
                    acc[r][1] += scalar * b1;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE10_FAST_D_Y_ADD_2_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(d_y_add_2_sums + n * 16 + r * 16 + column, acc[r][0]);
                nn_store(d_y_add_2_sums + n * 16 + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < 4; c++)
            d_h_2[(n + r) * 4 + c] = d_y_add_2_sums[(n + r) * 16 + c];
}

static NN_APART void case10_fast_d_y_add_2_backward_large(float *NN_RESTRICT d_y_add_2_sums,
        float *NN_RESTRICT d_y_add_2_state, const float *NN_RESTRICT seed,
        const float *NN_RESTRICT d_y_transpose, const float *NN_RESTRICT d_y_scan_trace,
        float *NN_RESTRICT d_y_add_2, float *NN_RESTRICT d_h_2, int n)
{
    case10_fast_d_y_add_2_backward_tile(CASE10_FAST_D_Y_ADD_2_BACKWARD_ROWS, d_y_add_2_sums,
            d_y_add_2_state, seed, d_y_transpose, d_y_scan_trace, d_y_add_2, d_h_2, n);
}

static NN_APART void case10_fast_d_y_add_2_backward_small(float *NN_RESTRICT d_y_add_2_sums,
        float *NN_RESTRICT d_y_add_2_state, const float *NN_RESTRICT seed,
        const float *NN_RESTRICT d_y_transpose, const float *NN_RESTRICT d_y_scan_trace,
        float *NN_RESTRICT d_y_add_2, float *NN_RESTRICT d_h_2, int n)
{
    case10_fast_d_y_add_2_backward_tile(1, d_y_add_2_sums, d_y_add_2_state, seed, d_y_transpose,
            d_y_scan_trace, d_y_add_2, d_h_2, n);
}

static NN_APART void case10_fast_d_y_add_2_backward_single(float *NN_RESTRICT d_y_add_2_sums,
        float *NN_RESTRICT d_y_add_2_state, const float *NN_RESTRICT seed,
        const float *NN_RESTRICT d_y_transpose, const float *NN_RESTRICT d_y_scan_trace,
        float *NN_RESTRICT d_y_add_2, float *NN_RESTRICT d_h_2, int n)
{
    case10_fast_d_y_add_2_backward_tile(1, d_y_add_2_sums, d_y_add_2_state, seed, d_y_transpose,
            d_y_scan_trace, d_y_add_2, d_h_2, n);
}

static NN_APART void case10_fast_d_y_add_2_backward(int batch, float *NN_RESTRICT d_y_add_2_sums,
        float *NN_RESTRICT d_y_add_2_state, const float *NN_RESTRICT seed,
        const float *NN_RESTRICT d_y_transpose, const float *NN_RESTRICT d_y_scan_trace,
        float *NN_RESTRICT d_y_add_2, float *NN_RESTRICT d_h_2)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE10_FAST_D_Y_ADD_2_BACKWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case10_fast_d_y_add_2_backward_large(d_y_add_2_sums, d_y_add_2_state, seed,
                        d_y_transpose, d_y_scan_trace, d_y_add_2, d_h_2, n);
            } else {
                case10_fast_d_y_add_2_backward_small(d_y_add_2_sums, d_y_add_2_state, seed,
                        d_y_transpose, d_y_scan_trace, d_y_add_2, d_h_2, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case10_fast_d_y_add_2_backward_single(d_y_add_2_sums, d_y_add_2_state, seed,
                        d_y_transpose, d_y_scan_trace, d_y_add_2, d_h_2, n);
        }
    }
}

/* the room around d_y.add_2 is zero */
static NN_APART void case10_fast_d_y_add_2_backward_halo(int batch, float *NN_RESTRICT d_y_add_2)
{
    for (int n = 0; n < batch; n++) {
        /* room around the data */
        for (int i = 0; i < 3; i++)
            for (int gap = 0; gap < 12; gap++)
                d_y_add_2[n * 48 + i * 16 + gap + 4] = 0.0f;
    }
}

/* d_y.contract = contract(y, d_y.add_2)   [4, 4] */
#if NN_REGISTERS >= 32
enum { CASE10_FAST_D_Y_CONTRACT_BACKWARD_ROWS = 4 };
#else
enum { CASE10_FAST_D_Y_CONTRACT_BACKWARD_ROWS = 4 };
#endif
NN_INLINE void case10_fast_d_y_contract_backward_tile(const int rows, const float *NN_RESTRICT y,
        const float *NN_RESTRICT d_y_add_2, float *NN_RESTRICT d_y_contract, int panel, int j,
        int from, int to)
{
    float sum[CASE10_FAST_D_Y_CONTRACT_BACKWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE10_FAST_D_Y_CONTRACT_BACKWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE10_FAST_D_Y_CONTRACT_BACKWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x = 0; x < 3; x++) {
                const float *at = d_y_add_2 + n * 48 + x * 16 + column;
                const nn_vec b0 = nn_load(at);
                NN_UNROLL
                for (int r = 0; r < CASE10_FAST_D_Y_CONTRACT_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(y[j + n * 16 + x * 4 + r]);
                        acc[r] += scalar * b0;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE10_FAST_D_Y_CONTRACT_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE10_FAST_D_Y_CONTRACT_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE10_FAST_D_Y_CONTRACT_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x = 0; x < 3; x++) {
                const float *at = d_y_add_2 + n * 48 + x * 16 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE10_FAST_D_Y_CONTRACT_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(y[j + n * 16 + x * 4 + r]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE10_FAST_D_Y_CONTRACT_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++) {
        const int row = j + r;
        for (int lane = 0; lane < 4; lane++)
            d_y_contract[panel * 64 + row * 16 + lane] = sum[r * 16 + lane];
    }
}

static NN_APART void case10_fast_d_y_contract_backward_large(const float *NN_RESTRICT y,
        const float *NN_RESTRICT d_y_add_2, float *NN_RESTRICT d_y_contract, int panel, int j,
        int from, int to)
{
    case10_fast_d_y_contract_backward_tile(CASE10_FAST_D_Y_CONTRACT_BACKWARD_ROWS, y, d_y_add_2,
            d_y_contract, panel, j, from, to);
}

static NN_APART void case10_fast_d_y_contract_backward(int batch, const float *NN_RESTRICT y,
        const float *NN_RESTRICT d_y_add_2, float *NN_RESTRICT d_y_contract)
{
    for (int unit = 0; unit < 1; unit++) {
        const int panel = unit;
        const int j = 0;
        const int from = 0;
        const int to = batch;
        case10_fast_d_y_contract_backward_large(y, d_y_add_2, d_y_contract, panel, j, from, to);
    }
}

/* the room around d_y.contract is zero */
static NN_APART void case10_fast_d_y_contract_backward_halo(float *NN_RESTRICT d_y_contract)
{
    /* room around the data */
    for (int r = 0; r < 4; r++)
        for (int lane = 4; lane < 16; lane++)
            d_y_contract[r * 16 + lane] = 0.0f;
}

/* d_y.slice = slice(d_y.add_2)   [1, 4] */
static NN_APART void case10_fast_d_y_slice_backward(int batch, const float *NN_RESTRICT d_y_add_2,
        float *NN_RESTRICT d_y_slice)
{
    for (int n = 0; n < batch; n++)
        for (int c = 0; c < 4; c++)
            d_y_slice[n * 4 + c] = d_y_add_2[n * 48 + c];
}

/* d_y.reshape = reshape(d_y.slice)   [4] */
static NN_APART void case10_fast_d_y_reshape_backward(int batch,
        const float *NN_RESTRICT d_y_slice, float *NN_RESTRICT d_y_reshape)
{
    for (int n = 0; n < batch; n++) {
        for (int c = 0; c < 4; c++)
            d_y_reshape[n * 16 + c] = d_y_slice[n * 4 + c % 4];
        /* room around the data */
        for (int gap = 0; gap < 12; gap++)
            d_y_reshape[n * 16 + gap + 4] = 0.0f;
    }
}

/* d_y.slice_2 = slice(h)   [4] */
static NN_APART void case10_fast_d_y_slice_2_backward(int batch, const float *NN_RESTRICT t_h,
        float *NN_RESTRICT d_y_slice_2)
{
    for (int n = 0; n < batch; n++)
        for (int c = 0; c < 4; c++)
            d_y_slice_2[n * 4 + c] = t_h[n * 4 + c];
}

/* d_y.contract_2 = contract(d_y.slice_2, d_y.reshape)   [4, 4]
 * d_y.recurrent_kernel = add(d_y.contract, d_y.contract_2)   [4, 4] */
#if NN_REGISTERS >= 32
enum { CASE10_FAST_D_Y_CONTRACT_2_BACKWARD_ROWS = 4 };
#else
enum { CASE10_FAST_D_Y_CONTRACT_2_BACKWARD_ROWS = 4 };
#endif
NN_INLINE void case10_fast_d_y_contract_2_backward_tile(const int rows,
        const float *NN_RESTRICT d_y_slice_2, const float *NN_RESTRICT d_y_reshape,
        const float *NN_RESTRICT d_y_contract, float *NN_RESTRICT d_y_recurrent_kernel, int panel,
        int j, int from, int to)
{
    float sum[CASE10_FAST_D_Y_CONTRACT_2_BACKWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE10_FAST_D_Y_CONTRACT_2_BACKWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE10_FAST_D_Y_CONTRACT_2_BACKWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            const float *at = d_y_reshape + n * 16 + column;
            const nn_vec b0 = nn_load(at);
            NN_UNROLL
            for (int r = 0; r < CASE10_FAST_D_Y_CONTRACT_2_BACKWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(d_y_slice_2[j + n * 4 + r]);
                    acc[r] += scalar * b0;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE10_FAST_D_Y_CONTRACT_2_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE10_FAST_D_Y_CONTRACT_2_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE10_FAST_D_Y_CONTRACT_2_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            const float *at = d_y_reshape + n * 16 + column;
            const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
            NN_UNROLL
            for (int r = 0; r < CASE10_FAST_D_Y_CONTRACT_2_BACKWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(d_y_slice_2[j + n * 4 + r]);
                    acc[r][0] += scalar * b0;
                    acc[r][1] += scalar * b1;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE10_FAST_D_Y_CONTRACT_2_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++) {
        const int row = j + r;
        for (int lane = 0; lane < 4; lane++)
            d_y_recurrent_kernel[row * 4 + lane] = d_y_contract[panel * 64 + row * 16 + lane] +
                    sum[r * 16 + lane];
    }
}

static NN_APART void case10_fast_d_y_contract_2_backward_large(
        const float *NN_RESTRICT d_y_slice_2, const float *NN_RESTRICT d_y_reshape,
        const float *NN_RESTRICT d_y_contract, float *NN_RESTRICT d_y_recurrent_kernel, int panel,
        int j, int from, int to)
{
    case10_fast_d_y_contract_2_backward_tile(CASE10_FAST_D_Y_CONTRACT_2_BACKWARD_ROWS, d_y_slice_2,
            d_y_reshape, d_y_contract, d_y_recurrent_kernel, panel, j, from, to);
}

static NN_APART void case10_fast_d_y_contract_2_backward(int batch,
        const float *NN_RESTRICT d_y_slice_2, const float *NN_RESTRICT d_y_reshape,
        const float *NN_RESTRICT d_y_contract, float *NN_RESTRICT d_y_recurrent_kernel)
{
    for (int unit = 0; unit < 1; unit++) {
        const int panel = unit;
        const int j = 0;
        const int from = 0;
        const int to = batch;
        case10_fast_d_y_contract_2_backward_large(d_y_slice_2, d_y_reshape, d_y_contract,
                d_y_recurrent_kernel, panel, j, from, to);
    }
}

/* d_y.bias = reduce_sum(d_y.add_2)   [4] */
static NN_APART void case10_fast_d_y_bias_backward(int batch, const float *NN_RESTRICT d_y_add_2,
        float *NN_RESTRICT d_y_bias)
{
    float sum[4];
    for (int c = 0; c < 4; c++)
        sum[c] = 0.0f;
    for (int n = 0; n < batch; n++)
        for (int i = 0; i < 3; i++)
            for (int c = 0; c < 4; c++)
                sum[c] += d_y_add_2[n * 48 + i * 16 + c];
    for (int c = 0; c < 4; c++)
        d_y_bias[c] = sum[c];
}

/* d_x = contract(d_y.add_2, y.kernel)   [3, 2] */
static NN_APART void case10_fast_d_x_backward_turn(const float *NN_RESTRICT y_kernel,
        float *NN_RESTRICT d_x_turned)
{
    for (int unit = 0; unit < 1; unit++) {
        const int panel = unit;
        const int p = 0;
        for (int q = 0; q < 1; q++)
            for (int o = 0; o < 4; o++)
                for (int lane = 0; lane < 16; lane++)
                    d_x_turned[panel * 64 + ((p + q) * 4 + o) * 16 + lane] = lane < 2 ?
                            y_kernel[((p * -1 + q * -1) * 2 + panel * 16 + lane) * 16 + o] : 0.0f;
    }
}

/* d_x = contract(d_y.add_2, y.kernel)   [3, 2] */
#if NN_REGISTERS >= 32
enum { CASE10_FAST_D_X_BACKWARD_ROWS = 3 };
#else
enum { CASE10_FAST_D_X_BACKWARD_ROWS = 3 };
#endif
NN_INLINE void case10_fast_d_x_backward_tile(const int rows, const float *NN_RESTRICT d_y_add_2,
                                             const float *NN_RESTRICT d_x_turned,
                                             float *NN_RESTRICT d_x, int n, int j, int panel)
{
    float sum[CASE10_FAST_D_X_BACKWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE10_FAST_D_X_BACKWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE10_FAST_D_X_BACKWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int k = 0; k < 4; k++) {
            const float *at = d_x_turned + panel * 64 + k * 16 + column;
            const nn_vec b0 = nn_load(at);
            NN_UNROLL
            for (int r = 0; r < CASE10_FAST_D_X_BACKWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(d_y_add_2[n * 48 + j * 16 + k + r * 16]);
                    acc[r] += scalar * b0;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE10_FAST_D_X_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE10_FAST_D_X_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE10_FAST_D_X_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int k = 0; k < 4; k++) {
            const float *at = d_x_turned + panel * 64 + k * 16 + column;
            const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
            NN_UNROLL
            for (int r = 0; r < CASE10_FAST_D_X_BACKWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(d_y_add_2[n * 48 + j * 16 + k + r * 16]);
                    acc[r][0] += scalar * b0;
                    acc[r][1] += scalar * b1;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE10_FAST_D_X_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++)
        for (int lane = 0; lane < 2; lane++)
            d_x[n * 6 + (j + r) * 2 + lane] = sum[r * 16 + lane];
}

static NN_APART void case10_fast_d_x_backward_large(const float *NN_RESTRICT d_y_add_2,
        const float *NN_RESTRICT d_x_turned, float *NN_RESTRICT d_x, int n, int j, int panel)
{
    case10_fast_d_x_backward_tile(CASE10_FAST_D_X_BACKWARD_ROWS, d_y_add_2, d_x_turned, d_x, n, j,
            panel);
}

static NN_APART void case10_fast_d_x_backward(int batch, const float *NN_RESTRICT d_y_add_2,
                                              const float *NN_RESTRICT d_x_turned,
                                              float *NN_RESTRICT d_x)
{
    for (int n = 0; n < batch; n++) {
        const int panel = 0;
        const int j = 0;
        case10_fast_d_x_backward_large(d_y_add_2, d_x_turned, d_x, n, j, panel);
    }
}

/* d_y.kernel = contract(x, d_y.add_2)   [2, 4] */
#if NN_REGISTERS >= 32
enum { CASE10_FAST_D_Y_KERNEL_BACKWARD_ROWS = 2 };
#else
enum { CASE10_FAST_D_Y_KERNEL_BACKWARD_ROWS = 2 };
#endif
NN_INLINE void case10_fast_d_y_kernel_backward_tile(const int rows, const float *NN_RESTRICT x,
        const float *NN_RESTRICT d_y_add_2, float *NN_RESTRICT d_y_kernel, int j, int from, int to)
{
    float sum[CASE10_FAST_D_Y_KERNEL_BACKWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE10_FAST_D_Y_KERNEL_BACKWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE10_FAST_D_Y_KERNEL_BACKWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x_2 = 0; x_2 < 3; x_2++) {
                const float *at = d_y_add_2 + n * 48 + x_2 * 16 + column;
                const nn_vec b0 = nn_load(at);
                NN_UNROLL
                for (int r = 0; r < CASE10_FAST_D_Y_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(x[j + n * 6 + x_2 * 2 + r]);
                        acc[r] += scalar * b0;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE10_FAST_D_Y_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE10_FAST_D_Y_KERNEL_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE10_FAST_D_Y_KERNEL_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x_2 = 0; x_2 < 3; x_2++) {
                const float *at = d_y_add_2 + n * 48 + x_2 * 16 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE10_FAST_D_Y_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(x[j + n * 6 + x_2 * 2 + r]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE10_FAST_D_Y_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++) {
        const int row = j + r;
        for (int lane = 0; lane < 4; lane++)
            d_y_kernel[row * 4 + lane] = sum[r * 16 + lane];
    }
}

static NN_APART void case10_fast_d_y_kernel_backward_large(const float *NN_RESTRICT x,
        const float *NN_RESTRICT d_y_add_2, float *NN_RESTRICT d_y_kernel, int j, int from, int to)
{
    case10_fast_d_y_kernel_backward_tile(CASE10_FAST_D_Y_KERNEL_BACKWARD_ROWS, x, d_y_add_2,
            d_y_kernel, j, from, to);
}

static NN_APART void case10_fast_d_y_kernel_backward(int batch, const float *NN_RESTRICT x,
        const float *NN_RESTRICT d_y_add_2, float *NN_RESTRICT d_y_kernel)
{
    for (int unit = 0; unit < 1; unit++) {
        const int j = 0;
        const int from = 0;
        const int to = batch;
        case10_fast_d_y_kernel_backward_large(x, d_y_add_2, d_y_kernel, j, from, to);
    }
}

static NN_APART void case10_fast_y_forward_copy(int batch, const float *NN_RESTRICT y,
                                                float *NN_RESTRICT y_out)
{
    for (int n = 0; n < batch; n++)
        for (int k = 0; k < 12; k++)
            y_out[n * 12 + k] = y[n * 16 + k + 4];
}

static void case10_fast_run(float *state, char *arena, const nn_step *step,
                            const void *const *inputs, const void *const *targets,
                            void *const *outputs, float *results, int threads)
{
    (void)targets;
    (void)results;
    (void)threads;
    const int batch = step->batch;
    const float *const x = (const float *)inputs[0]; /* [3, 2] */
    const float *const t_h = (const float *)inputs[1]; /* [4] */
    const float *const y_kernel = state + 0; /* [2, 4] */
    const float *const y_recurrent_kernel = state + 32; /* [4, 4] */
    const float *const y_bias = state + 96; /* [4] */
    const float *const seed = (const float *)inputs[2]; /* [3, 4] */
    float *const y_add = (float *)(void *)(arena + 576); /* [3, 4] */
    float *const y = (float *)(void *)(arena + 1408); /* [3, 4] */
    float *const d_y_scan_trace = (float *)(void *)(arena + 0); /* [3, 1, 16] */
    float *const d_y_transpose = (float *)(void *)(arena + 1152); /* [4, 4] */
    float *const d_y_add_2 = (float *)(void *)(arena + 576); /* [3, 4] */
    float *const d_y_contract = (float *)(void *)(arena + 0); /* [4, 4] */
    float *const d_y_slice = (float *)(void *)(arena + 448); /* [1, 4] */
    float *const d_y_reshape = (float *)(void *)(arena + 256); /* [4] */
    float *const d_y_slice_2 = (float *)(void *)(arena + 448); /* [4] */
    float *const d_y_recurrent_kernel = (float *)outputs[4]; /* [4, 4] */
    float *const d_h_2 = (float *)outputs[2]; /* [4] */
    float *const d_y_bias = (float *)outputs[5]; /* [4] */
    float *const d_x = (float *)outputs[1]; /* [3, 2] */
    float *const d_y_kernel = (float *)outputs[3]; /* [2, 4] */
    float *const y_out = (float *)outputs[0]; /* [3, 4] */
    float *const y_sums = (float *)(void *)(arena + 768);
    float *const y_state = (float *)(void *)(arena + 960);
    float *const d_y_add_2_sums = (float *)(void *)(arena + 1600);
    float *const d_y_add_2_state = (float *)(void *)(arena + 1792);
    float *const d_x_turned = (float *)(void *)(arena + 0);
    const uint64_t mode = nn_flush_denormals();
    case10_fast_y_contract_forward(batch, x, y_kernel, y_bias, y_add);
    case10_fast_y_forward(batch, y_sums, y_state, t_h, y_add, y_recurrent_kernel, d_y_scan_trace,
            y);
    case10_fast_y_forward_halo(batch, y);
    case10_fast_d_y_transpose_backward(y_recurrent_kernel, d_y_transpose);
    case10_fast_d_y_transpose_backward_halo(d_y_transpose);
    case10_fast_d_y_add_2_backward(batch, d_y_add_2_sums, d_y_add_2_state, seed, d_y_transpose,
            d_y_scan_trace, d_y_add_2, d_h_2);
    case10_fast_d_y_add_2_backward_halo(batch, d_y_add_2);
    case10_fast_d_y_contract_backward(batch, y, d_y_add_2, d_y_contract);
    case10_fast_d_y_contract_backward_halo(d_y_contract);
    case10_fast_d_y_slice_backward(batch, d_y_add_2, d_y_slice);
    case10_fast_d_y_reshape_backward(batch, d_y_slice, d_y_reshape);
    case10_fast_d_y_slice_2_backward(batch, t_h, d_y_slice_2);
    case10_fast_d_y_contract_2_backward(batch, d_y_slice_2, d_y_reshape, d_y_contract,
            d_y_recurrent_kernel);
    case10_fast_d_y_bias_backward(batch, d_y_add_2, d_y_bias);
    case10_fast_d_x_backward_turn(y_kernel, d_x_turned);
    case10_fast_d_x_backward(batch, d_y_add_2, d_x_turned, d_x);
    case10_fast_d_y_kernel_backward(batch, x, d_y_add_2, d_y_kernel);
    case10_fast_y_forward_copy(batch, y, y_out);
    nn_restore_denormals(mode);
}

/* y.contract = contract(x, y.kernel)   [3, 4]
 * y.add = add(y.contract, y.bias)   [3, 4] */
static NN_APART void case10_plain_y_contract_forward(int batch, const float *NN_RESTRICT x,
        const float *NN_RESTRICT y_kernel, const float *NN_RESTRICT y_bias,
        float *NN_RESTRICT y_add)
{
    for (int n = 0; n < batch; n++)
        for (int i = 0; i < 3; i++)
            for (int c = 0; c < 4; c++) {
                float sum = 0.0f;
                for (int c_2 = 0; c_2 < 2; c_2++)
                    sum += x[n * 6 + i * 2 + c_2] * y_kernel[c_2 * 4 + c];
                y_add[n * 12 + i * 4 + c] = sum + y_bias[c];
            }
}

/* y = scan(y.add, y.recurrent_kernel, 0, h)   [3, 4]
 * d_y.scan_trace = scan_trace(y.add, y.recurrent_kernel, 0, h)   [3, 1, 16]
 * 3 steps, 4 columns */
#if NN_REGISTERS >= 32
enum { CASE10_PLAIN_Y_FORWARD_ROWS = 2 };
#else
enum { CASE10_PLAIN_Y_FORWARD_ROWS = 2 };
#endif
NN_INLINE void case10_plain_y_forward_tile(const int rows, float *NN_RESTRICT y_sums,
                                           float *NN_RESTRICT y_state,
                                           const float *NN_RESTRICT t_h,
                                           const float *NN_RESTRICT y_add,
                                           const float *NN_RESTRICT y_recurrent_kernel,
                                           float *NN_RESTRICT d_y_scan_trace, float *NN_RESTRICT y,
                                           int n)
{
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < 4; c++)
            y_state[(n + r) * 16 + c] = t_h[(n + r) * 4 + c];
    for (int t = 0; t < 3; t++) {
        for (int r = 0; r < rows; r++)
            for (int o = 0; o < 4; o++)
                y_sums[(n + r) * 16 + o] = y_add[(n + r) * 12 + t * 4 + o];
        for (int r = 0; r < rows; r++)
            for (int k = 0; k < 4; k++)
                for (int o = 0; o < 4; o++)
                    y_sums[(n + r) * 16 + o] += y_state[(n + r) * 16 + k] * y_recurrent_kernel[k *
                            4 + o];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < 16; c++) {
                const float h = nn_tanh(y_sums[(n + r) * 16 + c]);
                y_state[(n + r) * 16 + c] = h;
                d_y_scan_trace[(n + r) * 48 + t * 16 + c] = h;
            }
            for (int c = 0; c < 4; c++)
                y[(n + r) * 12 + t * 4 + c] = y_state[(n + r) * 16 + c];
        }
    }
}

static NN_APART void case10_plain_y_forward_large(float *NN_RESTRICT y_sums,
        float *NN_RESTRICT y_state, const float *NN_RESTRICT t_h, const float *NN_RESTRICT y_add,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT d_y_scan_trace,
        float *NN_RESTRICT y, int n)
{
    case10_plain_y_forward_tile(CASE10_PLAIN_Y_FORWARD_ROWS, y_sums, y_state, t_h, y_add,
            y_recurrent_kernel, d_y_scan_trace, y, n);
}

static NN_APART void case10_plain_y_forward_small(float *NN_RESTRICT y_sums,
        float *NN_RESTRICT y_state, const float *NN_RESTRICT t_h, const float *NN_RESTRICT y_add,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT d_y_scan_trace,
        float *NN_RESTRICT y, int n)
{
    case10_plain_y_forward_tile(1, y_sums, y_state, t_h, y_add, y_recurrent_kernel, d_y_scan_trace,
            y, n);
}

static NN_APART void case10_plain_y_forward_single(float *NN_RESTRICT y_sums,
        float *NN_RESTRICT y_state, const float *NN_RESTRICT t_h, const float *NN_RESTRICT y_add,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT d_y_scan_trace,
        float *NN_RESTRICT y, int n)
{
    case10_plain_y_forward_tile(1, y_sums, y_state, t_h, y_add, y_recurrent_kernel, d_y_scan_trace,
            y, n);
}

static NN_APART void case10_plain_y_forward(int batch, float *NN_RESTRICT y_sums,
                                            float *NN_RESTRICT y_state,
                                            const float *NN_RESTRICT t_h,
                                            const float *NN_RESTRICT y_add,
                                            const float *NN_RESTRICT y_recurrent_kernel,
                                            float *NN_RESTRICT d_y_scan_trace, float *NN_RESTRICT y)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE10_PLAIN_Y_FORWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case10_plain_y_forward_large(y_sums, y_state, t_h, y_add, y_recurrent_kernel,
                        d_y_scan_trace, y, n);
            } else {
                case10_plain_y_forward_small(y_sums, y_state, t_h, y_add, y_recurrent_kernel,
                        d_y_scan_trace, y, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case10_plain_y_forward_single(y_sums, y_state, t_h, y_add, y_recurrent_kernel,
                        d_y_scan_trace, y, n);
        }
    }
}

/* d_y.transpose = transpose(y.recurrent_kernel)   [4, 4] */
static NN_APART void case10_plain_d_y_transpose_backward(
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT d_y_transpose)
{
    for (int i = 0; i < 4; i++)
        for (int c = 0; c < 4; c++)
            d_y_transpose[i * 4 + c] = y_recurrent_kernel[c * 4 + i];
}

/* d_y.add_2 = scan_grad(d_y.scan_trace, d_y.transpose, h, seed)   [3, 4]
 * d_h = scan_state_grad(d_y.scan_trace, d_y.transpose, h, seed)   [4]
 * 3 steps from the last to the first, 4 columns */
#if NN_REGISTERS >= 32
enum { CASE10_PLAIN_D_Y_ADD_2_BACKWARD_ROWS = 2 };
#else
enum { CASE10_PLAIN_D_Y_ADD_2_BACKWARD_ROWS = 2 };
#endif
NN_INLINE void case10_plain_d_y_add_2_backward_tile(const int rows,
        float *NN_RESTRICT d_y_add_2_sums, float *NN_RESTRICT d_y_add_2_state,
        const float *NN_RESTRICT seed, const float *NN_RESTRICT d_y_transpose,
        const float *NN_RESTRICT d_y_scan_trace, float *NN_RESTRICT d_y_add_2,
        float *NN_RESTRICT d_h_2, int n)
{
    for (int later = 0; later < 3; later++) {
        const int t = 2 - later;
        for (int r = 0; r < rows; r++)
            for (int c = 0; c < 4; c++)
                d_y_add_2_sums[(n + r) * 16 + c] = seed[(n + r) * 12 + t * 4 + c];
        if (later > 0) {
            for (int r = 0; r < rows; r++)
                for (int k = 0; k < 4; k++)
                    for (int o = 0; o < 4; o++)
                        d_y_add_2_sums[(n + r) * 16 + o] += d_y_add_2_state[(n + r) * 16 + k] *
                                d_y_transpose[k * 4 + o];
        }
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < 16; c++) {
                const float d_h = d_y_add_2_sums[(n + r) * 16 + c];
                const float h = d_y_scan_trace[(n + r) * 48 + t * 16 + c];
                d_y_add_2_state[(n + r) * 16 + c] = d_h * (1.0f - h * h);
            }
            for (int c = 0; c < 4; c++)
                d_y_add_2[(n + r) * 12 + t * 4 + c] = d_y_add_2_state[(n + r) * 16 + c];
        }
    }
    /* the states before the first step */
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < 4; c++)
            d_y_add_2_sums[(n + r) * 16 + c] = 0.0f;
    for (int r = 0; r < rows; r++)
        for (int k = 0; k < 4; k++)
            for (int o = 0; o < 4; o++)
                d_y_add_2_sums[(n + r) * 16 + o] += d_y_add_2_state[(n + r) * 16 + k] *
                        d_y_transpose[k * 4 + o];
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < 4; c++)
            d_h_2[(n + r) * 4 + c] = d_y_add_2_sums[(n + r) * 16 + c];
}

static NN_APART void case10_plain_d_y_add_2_backward_large(float *NN_RESTRICT d_y_add_2_sums,
        float *NN_RESTRICT d_y_add_2_state, const float *NN_RESTRICT seed,
        const float *NN_RESTRICT d_y_transpose, const float *NN_RESTRICT d_y_scan_trace,
        float *NN_RESTRICT d_y_add_2, float *NN_RESTRICT d_h_2, int n)
{
    case10_plain_d_y_add_2_backward_tile(CASE10_PLAIN_D_Y_ADD_2_BACKWARD_ROWS, d_y_add_2_sums,
            d_y_add_2_state, seed, d_y_transpose, d_y_scan_trace, d_y_add_2, d_h_2, n);
}

static NN_APART void case10_plain_d_y_add_2_backward_small(float *NN_RESTRICT d_y_add_2_sums,
        float *NN_RESTRICT d_y_add_2_state, const float *NN_RESTRICT seed,
        const float *NN_RESTRICT d_y_transpose, const float *NN_RESTRICT d_y_scan_trace,
        float *NN_RESTRICT d_y_add_2, float *NN_RESTRICT d_h_2, int n)
{
    case10_plain_d_y_add_2_backward_tile(1, d_y_add_2_sums, d_y_add_2_state, seed, d_y_transpose,
            d_y_scan_trace, d_y_add_2, d_h_2, n);
}

static NN_APART void case10_plain_d_y_add_2_backward_single(float *NN_RESTRICT d_y_add_2_sums,
        float *NN_RESTRICT d_y_add_2_state, const float *NN_RESTRICT seed,
        const float *NN_RESTRICT d_y_transpose, const float *NN_RESTRICT d_y_scan_trace,
        float *NN_RESTRICT d_y_add_2, float *NN_RESTRICT d_h_2, int n)
{
    case10_plain_d_y_add_2_backward_tile(1, d_y_add_2_sums, d_y_add_2_state, seed, d_y_transpose,
            d_y_scan_trace, d_y_add_2, d_h_2, n);
}

static NN_APART void case10_plain_d_y_add_2_backward(int batch, float *NN_RESTRICT d_y_add_2_sums,
        float *NN_RESTRICT d_y_add_2_state, const float *NN_RESTRICT seed,
        const float *NN_RESTRICT d_y_transpose, const float *NN_RESTRICT d_y_scan_trace,
        float *NN_RESTRICT d_y_add_2, float *NN_RESTRICT d_h_2)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE10_PLAIN_D_Y_ADD_2_BACKWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case10_plain_d_y_add_2_backward_large(d_y_add_2_sums, d_y_add_2_state, seed,
                        d_y_transpose, d_y_scan_trace, d_y_add_2, d_h_2, n);
            } else {
                case10_plain_d_y_add_2_backward_small(d_y_add_2_sums, d_y_add_2_state, seed,
                        d_y_transpose, d_y_scan_trace, d_y_add_2, d_h_2, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case10_plain_d_y_add_2_backward_single(d_y_add_2_sums, d_y_add_2_state, seed,
                        d_y_transpose, d_y_scan_trace, d_y_add_2, d_h_2, n);
        }
    }
}

/* d_y.contract = contract(y, d_y.add_2)   [4, 4] */
static NN_APART void case10_plain_y_forward_pad(int batch, const float *NN_RESTRICT y,
                                                float *NN_RESTRICT d_y_contract_padded)
{
    for (int n = 0; n < batch; n++)
        for (int j = 0; j < 4; j++)
            for (int c = 0; c < 4; c++)
                d_y_contract_padded[n * 16 + j * 4 + c] = j - 1 >= 0 && j - 1 < 3 ? y[n * 12 + j *
                        4 + c - 4] : 0.0f;
}

/* d_y.contract = contract(y, d_y.add_2)   [4, 4] */
static NN_APART void case10_plain_d_y_add_2_backward_pad(int batch,
        const float *NN_RESTRICT d_y_add_2, float *NN_RESTRICT d_y_contract_padded)
{
    for (int n = 0; n < batch; n++)
        for (int j = 0; j < 3; j++)
            for (int c = 0; c < 16; c++)
                d_y_contract_padded[n * 48 + j * 16 + c] = c >= 0 && c < 4 ? d_y_add_2[n * 12 + j *
                        4 + c] : 0.0f;
}

/* d_y.contract = contract(y, d_y.add_2)   [4, 4] */
#if NN_REGISTERS >= 32
enum { CASE10_PLAIN_D_Y_CONTRACT_BACKWARD_ROWS = 4 };
#else
enum { CASE10_PLAIN_D_Y_CONTRACT_BACKWARD_ROWS = 4 };
#endif
NN_INLINE void case10_plain_d_y_contract_backward_tile(const int rows,
        const float *NN_RESTRICT d_y_contract_padded,
        const float *NN_RESTRICT d_y_contract_padded_2, float *NN_RESTRICT d_y_contract, int j,
        int from, int to)
{
    float sum[CASE10_PLAIN_D_Y_CONTRACT_BACKWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE10_PLAIN_D_Y_CONTRACT_BACKWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE10_PLAIN_D_Y_CONTRACT_BACKWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x = 0; x < 3; x++) {
                const float *at = d_y_contract_padded_2 + n * 48 + x * 16 + column;
                const nn_vec b0 = nn_load(at);
                NN_UNROLL
                for (int r = 0; r < CASE10_PLAIN_D_Y_CONTRACT_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(d_y_contract_padded[j + n * 16 + x * 4 + r]);
                        acc[r] += scalar * b0;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE10_PLAIN_D_Y_CONTRACT_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE10_PLAIN_D_Y_CONTRACT_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE10_PLAIN_D_Y_CONTRACT_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x = 0; x < 3; x++) {
                const float *at = d_y_contract_padded_2 + n * 48 + x * 16 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE10_PLAIN_D_Y_CONTRACT_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(d_y_contract_padded[j + n * 16 + x * 4 + r]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE10_PLAIN_D_Y_CONTRACT_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++) {
        const int row = j + r;
        for (int lane = 0; lane < 4; lane++)
            d_y_contract[row * 4 + lane] = sum[r * 16 + lane];
    }
}

static NN_APART void case10_plain_d_y_contract_backward_large(
        const float *NN_RESTRICT d_y_contract_padded,
        const float *NN_RESTRICT d_y_contract_padded_2, float *NN_RESTRICT d_y_contract, int j,
        int from, int to)
{
    case10_plain_d_y_contract_backward_tile(CASE10_PLAIN_D_Y_CONTRACT_BACKWARD_ROWS,
            d_y_contract_padded, d_y_contract_padded_2, d_y_contract, j, from, to);
}

static NN_APART void case10_plain_d_y_contract_backward(int batch,
        const float *NN_RESTRICT d_y_contract_padded,
        const float *NN_RESTRICT d_y_contract_padded_2, float *NN_RESTRICT d_y_contract)
{
    for (int unit = 0; unit < 1; unit++) {
        const int j = 0;
        const int from = 0;
        const int to = batch;
        case10_plain_d_y_contract_backward_large(d_y_contract_padded, d_y_contract_padded_2,
                d_y_contract, j, from, to);
    }
}

/* d_y.slice = slice(d_y.add_2)   [1, 4] */
static NN_APART void case10_plain_d_y_slice_backward(int batch, const float *NN_RESTRICT d_y_add_2,
        float *NN_RESTRICT d_y_slice)
{
    for (int n = 0; n < batch; n++)
        for (int c = 0; c < 4; c++)
            d_y_slice[n * 4 + c] = d_y_add_2[n * 12 + c];
}

/* d_y.slice_2 = slice(h)   [4] */
static NN_APART void case10_plain_d_y_slice_2_backward(int batch, const float *NN_RESTRICT t_h,
        float *NN_RESTRICT d_y_slice_2)
{
    for (int n = 0; n < batch; n++)
        for (int c = 0; c < 4; c++)
            d_y_slice_2[n * 4 + c] = t_h[n * 4 + c];
}

/* d_y.contract_2 = contract(d_y.slice_2, d_y.reshape)   [4, 4]
 * d_y.recurrent_kernel = add(d_y.contract, d_y.contract_2)   [4, 4] */
static NN_APART void case10_plain_d_y_reshape_backward_pad(int batch,
        const float *NN_RESTRICT d_y_slice, float *NN_RESTRICT d_y_contract_2_padded)
{
    for (int n = 0; n < batch; n++)
        for (int c = 0; c < 16; c++)
            d_y_contract_2_padded[n * 16 + c] = c >= 0 && c < 4 ? d_y_slice[n * 4 + c] : 0.0f;
}

/* d_y.contract_2 = contract(d_y.slice_2, d_y.reshape)   [4, 4]
 * d_y.recurrent_kernel = add(d_y.contract, d_y.contract_2)   [4, 4] */
#if NN_REGISTERS >= 32
enum { CASE10_PLAIN_D_Y_CONTRACT_2_BACKWARD_ROWS = 4 };
#else
enum { CASE10_PLAIN_D_Y_CONTRACT_2_BACKWARD_ROWS = 4 };
#endif
NN_INLINE void case10_plain_d_y_contract_2_backward_tile(const int rows,
        const float *NN_RESTRICT d_y_slice_2, const float *NN_RESTRICT d_y_contract_2_padded,
        const float *NN_RESTRICT d_y_contract, float *NN_RESTRICT d_y_recurrent_kernel, int j,
        int from, int to)
{
    float sum[CASE10_PLAIN_D_Y_CONTRACT_2_BACKWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE10_PLAIN_D_Y_CONTRACT_2_BACKWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE10_PLAIN_D_Y_CONTRACT_2_BACKWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            const float *at = d_y_contract_2_padded + n * 16 + column;
            const nn_vec b0 = nn_load(at);
            NN_UNROLL
            for (int r = 0; r < CASE10_PLAIN_D_Y_CONTRACT_2_BACKWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(d_y_slice_2[j + n * 4 + r]);
                    acc[r] += scalar * b0;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE10_PLAIN_D_Y_CONTRACT_2_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE10_PLAIN_D_Y_CONTRACT_2_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE10_PLAIN_D_Y_CONTRACT_2_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            const float *at = d_y_contract_2_padded + n * 16 + column;
            const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
            NN_UNROLL
            for (int r = 0; r < CASE10_PLAIN_D_Y_CONTRACT_2_BACKWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(d_y_slice_2[j + n * 4 + r]);
                    acc[r][0] += scalar * b0;
                    acc[r][1] += scalar * b1;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE10_PLAIN_D_Y_CONTRACT_2_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++) {
        const int row = j + r;
        for (int lane = 0; lane < 4; lane++)
            d_y_recurrent_kernel[row * 4 + lane] = d_y_contract[row * 4 + lane] + sum[r * 16 +
                    lane];
    }
}

static NN_APART void case10_plain_d_y_contract_2_backward_large(
        const float *NN_RESTRICT d_y_slice_2, const float *NN_RESTRICT d_y_contract_2_padded,
        const float *NN_RESTRICT d_y_contract, float *NN_RESTRICT d_y_recurrent_kernel, int j,
        int from, int to)
{
    case10_plain_d_y_contract_2_backward_tile(CASE10_PLAIN_D_Y_CONTRACT_2_BACKWARD_ROWS,
            d_y_slice_2, d_y_contract_2_padded, d_y_contract, d_y_recurrent_kernel, j, from, to);
}

static NN_APART void case10_plain_d_y_contract_2_backward(int batch,
        const float *NN_RESTRICT d_y_slice_2, const float *NN_RESTRICT d_y_contract_2_padded,
        const float *NN_RESTRICT d_y_contract, float *NN_RESTRICT d_y_recurrent_kernel)
{
    for (int unit = 0; unit < 1; unit++) {
        const int j = 0;
        const int from = 0;
        const int to = batch;
        case10_plain_d_y_contract_2_backward_large(d_y_slice_2, d_y_contract_2_padded,
                d_y_contract, d_y_recurrent_kernel, j, from, to);
    }
}

/* d_y.bias = reduce_sum(d_y.add_2)   [4] */
static NN_APART void case10_plain_d_y_bias_backward(int batch, const float *NN_RESTRICT d_y_add_2,
        float *NN_RESTRICT d_y_bias)
{
    float sum[4];
    for (int c = 0; c < 4; c++)
        sum[c] = 0.0f;
    for (int n = 0; n < batch; n++)
        for (int i = 0; i < 3; i++)
            for (int c = 0; c < 4; c++)
                sum[c] += d_y_add_2[n * 12 + i * 4 + c];
    for (int c = 0; c < 4; c++)
        d_y_bias[c] = sum[c];
}

/* d_x = contract(d_y.add_2, y.kernel)   [3, 2] */
static NN_APART void case10_plain_d_x_backward(int batch, const float *NN_RESTRICT d_y_add_2,
                                               const float *NN_RESTRICT y_kernel,
                                               float *NN_RESTRICT d_x)
{
    for (int n = 0; n < batch; n++)
        for (int i = 0; i < 3; i++)
            for (int c = 0; c < 2; c++) {
                float sum = 0.0f;
                for (int o = 0; o < 4; o++)
                    sum += d_y_add_2[n * 12 + i * 4 + o] * y_kernel[c * 4 + o];
                d_x[n * 6 + i * 2 + c] = sum;
            }
}

/* d_y.kernel = contract(x, d_y.add_2)   [2, 4] */
static NN_APART void case10_plain_d_y_add_2_backward_pad_2(int batch,
        const float *NN_RESTRICT d_y_add_2, float *NN_RESTRICT d_y_kernel_padded)
{
    for (int n = 0; n < batch; n++)
        for (int j = 0; j < 3; j++)
            for (int c = 0; c < 16; c++)
                d_y_kernel_padded[n * 48 + j * 16 + c] = c >= 0 && c < 4 ? d_y_add_2[n * 12 + j *
                        4 + c] : 0.0f;
}

/* d_y.kernel = contract(x, d_y.add_2)   [2, 4] */
#if NN_REGISTERS >= 32
enum { CASE10_PLAIN_D_Y_KERNEL_BACKWARD_ROWS = 2 };
#else
enum { CASE10_PLAIN_D_Y_KERNEL_BACKWARD_ROWS = 2 };
#endif
NN_INLINE void case10_plain_d_y_kernel_backward_tile(const int rows, const float *NN_RESTRICT x,
        const float *NN_RESTRICT d_y_kernel_padded, float *NN_RESTRICT d_y_kernel, int j, int from,
        int to)
{
    float sum[CASE10_PLAIN_D_Y_KERNEL_BACKWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE10_PLAIN_D_Y_KERNEL_BACKWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE10_PLAIN_D_Y_KERNEL_BACKWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x_2 = 0; x_2 < 3; x_2++) {
                const float *at = d_y_kernel_padded + n * 48 + x_2 * 16 + column;
                const nn_vec b0 = nn_load(at);
                NN_UNROLL
                for (int r = 0; r < CASE10_PLAIN_D_Y_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(x[j + n * 6 + x_2 * 2 + r]);
                        acc[r] += scalar * b0;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE10_PLAIN_D_Y_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE10_PLAIN_D_Y_KERNEL_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE10_PLAIN_D_Y_KERNEL_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x_2 = 0; x_2 < 3; x_2++) {
                const float *at = d_y_kernel_padded + n * 48 + x_2 * 16 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE10_PLAIN_D_Y_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(x[j + n * 6 + x_2 * 2 + r]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE10_PLAIN_D_Y_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++) {
        const int row = j + r;
        for (int lane = 0; lane < 4; lane++)
            d_y_kernel[row * 4 + lane] = sum[r * 16 + lane];
    }
}

static NN_APART void case10_plain_d_y_kernel_backward_large(const float *NN_RESTRICT x,
        const float *NN_RESTRICT d_y_kernel_padded, float *NN_RESTRICT d_y_kernel, int j, int from,
        int to)
{
    case10_plain_d_y_kernel_backward_tile(CASE10_PLAIN_D_Y_KERNEL_BACKWARD_ROWS, x,
            d_y_kernel_padded, d_y_kernel, j, from, to);
}

static NN_APART void case10_plain_d_y_kernel_backward(int batch, const float *NN_RESTRICT x,
        const float *NN_RESTRICT d_y_kernel_padded, float *NN_RESTRICT d_y_kernel)
{
    for (int unit = 0; unit < 1; unit++) {
        const int j = 0;
        const int from = 0;
        const int to = batch;
        case10_plain_d_y_kernel_backward_large(x, d_y_kernel_padded, d_y_kernel, j, from, to);
    }
}

static void case10_plain_run(float *state, char *arena, const nn_step *step,
                             const void *const *inputs, const void *const *targets,
                             void *const *outputs, float *results, int threads)
{
    (void)targets;
    (void)results;
    (void)threads;
    const int batch = step->batch;
    const float *const x = (const float *)inputs[0]; /* [3, 2] */
    const float *const t_h = (const float *)inputs[1]; /* [4] */
    const float *const y_kernel = state + 0; /* [2, 4] */
    const float *const y_recurrent_kernel = state + 16; /* [4, 4] */
    const float *const y_bias = state + 32; /* [4] */
    const float *const seed = (const float *)inputs[2]; /* [3, 4] */
    float *const y_add = (float *)(void *)(arena + 576); /* [3, 4] */
    float *const y = (float *)outputs[0]; /* [3, 4] */
    float *const d_y_scan_trace = (float *)(void *)(arena + 0); /* [3, 1, 16] */
    float *const d_y_transpose = (float *)(void *)(arena + 1152); /* [4, 4] */
    float *const d_y_add_2 = (float *)(void *)(arena + 960); /* [3, 4] */
    float *const d_y_contract = (float *)(void *)(arena + 768); /* [4, 4] */
    float *const d_y_slice = (float *)(void *)(arena + 192); /* [1, 4] */
    float *const d_y_slice_2 = (float *)(void *)(arena + 256); /* [4] */
    float *const d_y_recurrent_kernel = (float *)outputs[4]; /* [4, 4] */
    float *const d_h_2 = (float *)outputs[2]; /* [4] */
    float *const d_y_bias = (float *)outputs[5]; /* [4] */
    float *const d_x = (float *)outputs[1]; /* [3, 2] */
    float *const d_y_kernel = (float *)outputs[3]; /* [2, 4] */
    float *const y_sums = (float *)(void *)(arena + 768);
    float *const y_state = (float *)(void *)(arena + 960);
    float *const d_y_add_2_sums = (float *)(void *)(arena + 576);
    float *const d_y_add_2_state = (float *)(void *)(arena + 768);
    float *const d_y_contract_padded = (float *)(void *)(arena + 576);
    float *const d_y_contract_padded_2 = (float *)(void *)(arena + 0);
    float *const d_y_contract_2_padded = (float *)(void *)(arena + 0);
    float *const d_y_kernel_padded = (float *)(void *)(arena + 0);
    const uint64_t mode = nn_flush_denormals();
    case10_plain_y_contract_forward(batch, x, y_kernel, y_bias, y_add);
    case10_plain_y_forward(batch, y_sums, y_state, t_h, y_add, y_recurrent_kernel, d_y_scan_trace,
            y);
    case10_plain_d_y_transpose_backward(y_recurrent_kernel, d_y_transpose);
    case10_plain_d_y_add_2_backward(batch, d_y_add_2_sums, d_y_add_2_state, seed, d_y_transpose,
            d_y_scan_trace, d_y_add_2, d_h_2);
    case10_plain_y_forward_pad(batch, y, d_y_contract_padded);
    case10_plain_d_y_add_2_backward_pad(batch, d_y_add_2, d_y_contract_padded_2);
    case10_plain_d_y_contract_backward(batch, d_y_contract_padded, d_y_contract_padded_2,
            d_y_contract);
    case10_plain_d_y_slice_backward(batch, d_y_add_2, d_y_slice);
    case10_plain_d_y_slice_2_backward(batch, t_h, d_y_slice_2);
    case10_plain_d_y_reshape_backward_pad(batch, d_y_slice, d_y_contract_2_padded);
    case10_plain_d_y_contract_2_backward(batch, d_y_slice_2, d_y_contract_2_padded, d_y_contract,
            d_y_recurrent_kernel);
    case10_plain_d_y_bias_backward(batch, d_y_add_2, d_y_bias);
    case10_plain_d_x_backward(batch, d_y_add_2, y_kernel, d_x);
    case10_plain_d_y_add_2_backward_pad_2(batch, d_y_add_2, d_y_kernel_padded);
    case10_plain_d_y_kernel_backward(batch, x, d_y_kernel_padded, d_y_kernel);
    nn_restore_denormals(mode);
}

/* y.contract = contract(x, y.kernel)   [3, 4]
 * y.add = add(y.contract, y.bias)   [3, 4] */
#if NN_REGISTERS >= 32
enum { CASE10_FILLED_Y_CONTRACT_FORWARD_ROWS = 3 };
#else
enum { CASE10_FILLED_Y_CONTRACT_FORWARD_ROWS = 3 };
#endif
NN_INLINE void case10_filled_y_contract_forward_tile(const int rows, const float *NN_RESTRICT x,
        const float *NN_RESTRICT y_kernel, const float *NN_RESTRICT y_bias,
        float *NN_RESTRICT y_add, int n, int j, int panel)
{
    float sum[CASE10_FILLED_Y_CONTRACT_FORWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE10_FILLED_Y_CONTRACT_FORWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE10_FILLED_Y_CONTRACT_FORWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int k = 0; k < 2; k++) {
            const float *at = y_kernel + panel * 32 + k * 16 + column;
            const nn_vec b0 = nn_load(at);
            NN_UNROLL
            for (int r = 0; r < CASE10_FILLED_Y_CONTRACT_FORWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(x[n * 6 + j * 2 + k + r * 2]);
                    acc[r] += scalar * b0;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE10_FILLED_Y_CONTRACT_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE10_FILLED_Y_CONTRACT_FORWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE10_FILLED_Y_CONTRACT_FORWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int k = 0; k < 2; k++) {
            const float *at = y_kernel + panel * 32 + k * 16 + column;
            const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
            NN_UNROLL
            for (int r = 0; r < CASE10_FILLED_Y_CONTRACT_FORWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(x[n * 6 + j * 2 + k + r * 2]);
                    acc[r][0] += scalar * b0;
                    acc[r][1] += scalar * b1;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE10_FILLED_Y_CONTRACT_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++)
        for (int lane = 0; lane < 4; lane++)
            y_add[n * 12 + (j + r) * 4 + lane] = sum[r * 16 + lane] + y_bias[lane];
}

static NN_APART void case10_filled_y_contract_forward_large(const float *NN_RESTRICT x,
        const float *NN_RESTRICT y_kernel, const float *NN_RESTRICT y_bias,
        float *NN_RESTRICT y_add, int n, int j, int panel)
{
    case10_filled_y_contract_forward_tile(CASE10_FILLED_Y_CONTRACT_FORWARD_ROWS, x, y_kernel,
            y_bias, y_add, n, j, panel);
}

static NN_APART void case10_filled_y_contract_forward(int batch, const float *NN_RESTRICT x,
        const float *NN_RESTRICT y_kernel, const float *NN_RESTRICT y_bias,
        float *NN_RESTRICT y_add)
{
    for (int n = 0; n < batch; n++) {
        const int panel = 0;
        const int j = 0;
        case10_filled_y_contract_forward_large(x, y_kernel, y_bias, y_add, n, j, panel);
    }
}

/* y = scan(y.add, y.recurrent_kernel, 0, h)   [3, 4]
 * d_y.scan_trace = scan_trace(y.add, y.recurrent_kernel, 0, h)   [3, 1, 16]
 * 3 steps, 4 columns */
#if NN_REGISTERS >= 32
enum { CASE10_FILLED_Y_FORWARD_ROWS = 2 };
#else
enum { CASE10_FILLED_Y_FORWARD_ROWS = 2 };
#endif
NN_INLINE void case10_filled_y_forward_tile(const int rows, float *NN_RESTRICT y_sums,
                                            float *NN_RESTRICT y_state,
                                            const float *NN_RESTRICT t_h,
                                            const float *NN_RESTRICT y_add,
                                            const float *NN_RESTRICT y_recurrent_kernel,
                                            float *NN_RESTRICT d_y_scan_trace,
                                            float *NN_RESTRICT y, int n)
{
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < 4; c++)
            y_state[(n + r) * 16 + c] = t_h[(n + r) * 4 + c];
    for (int t = 0; t < 3; t++) {
        for (int r = 0; r < rows; r++)
            for (int o = 0; o < 4; o++)
                y_sums[(n + r) * 16 + o] = y_add[(n + r) * 12 + t * 4 + o];
#if NN_LANES == 16
        for (int column = 0; column < 16; column += NN_LANES) {
            nn_vec acc[CASE10_FILLED_Y_FORWARD_ROWS];
            NN_UNROLL
            for (int r = 0; r < CASE10_FILLED_Y_FORWARD_ROWS; r++)
                if (r < rows) {
                    acc[r] = nn_load(y_sums + n * 16 + r * 16 + column);
                }
            for (int k = 0; k < 4; k++) {
                const float *at = y_recurrent_kernel + k * 16 + column;
                const nn_vec b0 = nn_load(at);
                NN_UNROLL
                for (int r = 0; r < CASE10_FILLED_Y_FORWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(y_state[n * 16 + k + r * 16]);
                        acc[r] += scalar * b0;
                    }
            }
            NN_UNROLL
            for (int r = 0; r < CASE10_FILLED_Y_FORWARD_ROWS; r++)
                if (r < rows) {
                    nn_store(y_sums + n * 16 + r * 16 + column, acc[r]);
                }
        }
#else
        for (int column = 0; column < 16; column += 2 * NN_LANES) {
            nn_vec acc[CASE10_FILLED_Y_FORWARD_ROWS][2];
            NN_UNROLL
            for (int r = 0; r < CASE10_FILLED_Y_FORWARD_ROWS; r++)
                if (r < rows) {
                    acc[r][0] = nn_load(y_sums + n * 16 + r * 16 + column);
                    acc[r][1] = nn_load(y_sums + n * 16 + r * 16 + column + NN_LANES);
                }
            for (int k = 0; k < 4; k++) {
                const float *at = y_recurrent_kernel + k * 16 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE10_FILLED_Y_FORWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(y_state[n * 16 + k + r * 16]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
            NN_UNROLL
            for (int r = 0; r < CASE10_FILLED_Y_FORWARD_ROWS; r++)
                if (r < rows) {
                    nn_store(y_sums + n * 16 + r * 16 + column, acc[r][0]);
                    nn_store(y_sums + n * 16 + r * 16 + column + NN_LANES, acc[r][1]);
                }
        }
#endif
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < 16; c++) {
                const float h = nn_tanh(y_sums[(n + r) * 16 + c]);
                y_state[(n + r) * 16 + c] = h;
                d_y_scan_trace[(n + r) * 48 + t * 16 + c] = h;
            }
            for (int c = 0; c < 4; c++)
                y[(n + r) * 16 + t * 4 + c + 4] = y_state[(n + r) * 16 + c];
        }
    }
}

static NN_APART void case10_filled_y_forward_large(float *NN_RESTRICT y_sums,
        float *NN_RESTRICT y_state, const float *NN_RESTRICT t_h, const float *NN_RESTRICT y_add,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT d_y_scan_trace,
        float *NN_RESTRICT y, int n)
{
    case10_filled_y_forward_tile(CASE10_FILLED_Y_FORWARD_ROWS, y_sums, y_state, t_h, y_add,
            y_recurrent_kernel, d_y_scan_trace, y, n);
}

static NN_APART void case10_filled_y_forward_small(float *NN_RESTRICT y_sums,
        float *NN_RESTRICT y_state, const float *NN_RESTRICT t_h, const float *NN_RESTRICT y_add,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT d_y_scan_trace,
        float *NN_RESTRICT y, int n)
{
    case10_filled_y_forward_tile(1, y_sums, y_state, t_h, y_add, y_recurrent_kernel,
            d_y_scan_trace, y, n);
}

static NN_APART void case10_filled_y_forward_single(float *NN_RESTRICT y_sums,
        float *NN_RESTRICT y_state, const float *NN_RESTRICT t_h, const float *NN_RESTRICT y_add,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT d_y_scan_trace,
        float *NN_RESTRICT y, int n)
{
    case10_filled_y_forward_tile(1, y_sums, y_state, t_h, y_add, y_recurrent_kernel,
            d_y_scan_trace, y, n);
}

static NN_APART void case10_filled_y_forward(int batch, float *NN_RESTRICT y_sums,
                                             float *NN_RESTRICT y_state,
                                             const float *NN_RESTRICT t_h,
                                             const float *NN_RESTRICT y_add,
                                             const float *NN_RESTRICT y_recurrent_kernel,
                                             float *NN_RESTRICT d_y_scan_trace,
                                             float *NN_RESTRICT y)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE10_FILLED_Y_FORWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case10_filled_y_forward_large(y_sums, y_state, t_h, y_add, y_recurrent_kernel,
                        d_y_scan_trace, y, n);
            } else {
                case10_filled_y_forward_small(y_sums, y_state, t_h, y_add, y_recurrent_kernel,
                        d_y_scan_trace, y, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case10_filled_y_forward_single(y_sums, y_state, t_h, y_add, y_recurrent_kernel,
                        d_y_scan_trace, y, n);
        }
    }
}

/* the room around y is zero */
static NN_APART void case10_filled_y_forward_halo(int batch, float *NN_RESTRICT y)
{
    for (int n = 0; n < batch; n++) {
        /* room around the data */
        for (int gap = 0; gap < 4; gap++)
            y[n * 16 + gap] = 0.0f;
    }
}

/* d_y.transpose = transpose(y.recurrent_kernel)   [4, 4] */
static NN_APART void case10_filled_d_y_transpose_backward(
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT d_y_transpose)
{
    for (int i = 0; i < 4; i++)
        for (int c = 0; c < 4; c++)
            d_y_transpose[i * 16 + c] = y_recurrent_kernel[c * 16 + i];
}

/* the room around d_y.transpose is zero */
static NN_APART void case10_filled_d_y_transpose_backward_halo(float *NN_RESTRICT d_y_transpose)
{
    /* room around the data */
    for (int r = 0; r < 4; r++)
        for (int lane = 4; lane < 16; lane++)
            d_y_transpose[r * 16 + lane] = 0.0f;
}

/* d_y.add_2 = scan_grad(d_y.scan_trace, d_y.transpose, h, seed)   [3, 4]
 * d_h = scan_state_grad(d_y.scan_trace, d_y.transpose, h, seed)   [4]
 * 3 steps from the last to the first, 4 columns */
#if NN_REGISTERS >= 32
enum { CASE10_FILLED_D_Y_ADD_2_BACKWARD_ROWS = 2 };
#else
enum { CASE10_FILLED_D_Y_ADD_2_BACKWARD_ROWS = 2 };
#endif
NN_INLINE void case10_filled_d_y_add_2_backward_tile(const int rows,
        float *NN_RESTRICT d_y_add_2_sums, float *NN_RESTRICT d_y_add_2_state,
        const float *NN_RESTRICT seed, const float *NN_RESTRICT d_y_transpose,
        const float *NN_RESTRICT d_y_scan_trace, float *NN_RESTRICT d_y_add_2,
        float *NN_RESTRICT d_h_2, int n)
{
    for (int later = 0; later < 3; later++) {
        const int t = 2 - later;
        for (int r = 0; r < rows; r++)
            for (int c = 0; c < 4; c++)
                d_y_add_2_sums[(n + r) * 16 + c] = seed[(n + r) * 12 + t * 4 + c];
        if (later > 0) {
#if NN_LANES == 16
            for (int column = 0; column < 16; column += NN_LANES) {
                nn_vec acc[CASE10_FILLED_D_Y_ADD_2_BACKWARD_ROWS];
                NN_UNROLL
                for (int r = 0; r < CASE10_FILLED_D_Y_ADD_2_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        acc[r] = nn_load(d_y_add_2_sums + n * 16 + r * 16 + column);
                    }
                for (int k = 0; k < 4; k++) {
                    const float *at = d_y_transpose + k * 16 + column;
                    const nn_vec b0 = nn_load(at);
                    NN_UNROLL
                    for (int r = 0; r < CASE10_FILLED_D_Y_ADD_2_BACKWARD_ROWS; r++)
                        if (r < rows) {
                            const nn_vec scalar = nn_splat(d_y_add_2_state[n * 16 + k + r * 16]);
                            acc[r] += scalar * b0;
                        }
                }
                NN_UNROLL
                for (int r = 0; r < CASE10_FILLED_D_Y_ADD_2_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        nn_store(d_y_add_2_sums + n * 16 + r * 16 + column, acc[r]);
                    }
            }
#else
            for (int column = 0; column < 16; column += 2 * NN_LANES) {
                nn_vec acc[CASE10_FILLED_D_Y_ADD_2_BACKWARD_ROWS][2];
                NN_UNROLL
                for (int r = 0; r < CASE10_FILLED_D_Y_ADD_2_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        acc[r][0] = nn_load(d_y_add_2_sums + n * 16 + r * 16 + column);
                        acc[r][1] = nn_load(d_y_add_2_sums + n * 16 + r * 16 + column + NN_LANES);
                    }
                for (int k = 0; k < 4; k++) {
                    const float *at = d_y_transpose + k * 16 + column;
                    const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                    NN_UNROLL
                    for (int r = 0; r < CASE10_FILLED_D_Y_ADD_2_BACKWARD_ROWS; r++)
                        if (r < rows) {
                            const nn_vec scalar = nn_splat(d_y_add_2_state[n * 16 + k + r * 16]);
                            acc[r][0] += scalar * b0;
                            acc[r][1] += scalar * b1;
                        }
                }
                NN_UNROLL
                for (int r = 0; r < CASE10_FILLED_D_Y_ADD_2_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        nn_store(d_y_add_2_sums + n * 16 + r * 16 + column, acc[r][0]);
                        nn_store(d_y_add_2_sums + n * 16 + r * 16 + column + NN_LANES, acc[r][1]);
                    }
            }
#endif
        }
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < 16; c++) {
                const float d_h = d_y_add_2_sums[(n + r) * 16 + c];
                const float h = d_y_scan_trace[(n + r) * 48 + t * 16 + c];
                d_y_add_2_state[(n + r) * 16 + c] = d_h * (1.0f - h * h);
            }
            for (int c = 0; c < 4; c++)
                d_y_add_2[(n + r) * 48 + t * 16 + c] = d_y_add_2_state[(n + r) * 16 + c];
        }
    }
    /* the states before the first step */
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < 4; c++)
            d_y_add_2_sums[(n + r) * 16 + c] = 0.0f;
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE10_FILLED_D_Y_ADD_2_BACKWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE10_FILLED_D_Y_ADD_2_BACKWARD_ROWS; r++)
            if (r < rows) {
                acc[r] = nn_load(d_y_add_2_sums + n * 16 + r * 16 + column);
            }
        for (int k = 0; k < 4; k++) {
            const float *at = d_y_transpose + k * 16 + column;
            const nn_vec b0 = nn_load(at);
            NN_UNROLL
            for (int r = 0; r < CASE10_FILLED_D_Y_ADD_2_BACKWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(d_y_add_2_state[n * 16 + k + r * 16]);
                    acc[r] += scalar * b0;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE10_FILLED_D_Y_ADD_2_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(d_y_add_2_sums + n * 16 + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE10_FILLED_D_Y_ADD_2_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE10_FILLED_D_Y_ADD_2_BACKWARD_ROWS; r++)
            if (r < rows) {
                acc[r][0] = nn_load(d_y_add_2_sums + n * 16 + r * 16 + column);
                acc[r][1] = nn_load(d_y_add_2_sums + n * 16 + r * 16 + column + NN_LANES);
            }
        for (int k = 0; k < 4; k++) {
            const float *at = d_y_transpose + k * 16 + column;
            const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
            NN_UNROLL
            for (int r = 0; r < CASE10_FILLED_D_Y_ADD_2_BACKWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(d_y_add_2_state[n * 16 + k + r * 16]);
                    acc[r][0] += scalar * b0;
                    acc[r][1] += scalar * b1;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE10_FILLED_D_Y_ADD_2_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(d_y_add_2_sums + n * 16 + r * 16 + column, acc[r][0]);
                nn_store(d_y_add_2_sums + n * 16 + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < 4; c++)
            d_h_2[(n + r) * 4 + c] = d_y_add_2_sums[(n + r) * 16 + c];
}

static NN_APART void case10_filled_d_y_add_2_backward_large(float *NN_RESTRICT d_y_add_2_sums,
        float *NN_RESTRICT d_y_add_2_state, const float *NN_RESTRICT seed,
        const float *NN_RESTRICT d_y_transpose, const float *NN_RESTRICT d_y_scan_trace,
        float *NN_RESTRICT d_y_add_2, float *NN_RESTRICT d_h_2, int n)
{
    case10_filled_d_y_add_2_backward_tile(CASE10_FILLED_D_Y_ADD_2_BACKWARD_ROWS, d_y_add_2_sums,
            d_y_add_2_state, seed, d_y_transpose, d_y_scan_trace, d_y_add_2, d_h_2, n);
}

static NN_APART void case10_filled_d_y_add_2_backward_small(float *NN_RESTRICT d_y_add_2_sums,
        float *NN_RESTRICT d_y_add_2_state, const float *NN_RESTRICT seed,
        const float *NN_RESTRICT d_y_transpose, const float *NN_RESTRICT d_y_scan_trace,
        float *NN_RESTRICT d_y_add_2, float *NN_RESTRICT d_h_2, int n)
{
    case10_filled_d_y_add_2_backward_tile(1, d_y_add_2_sums, d_y_add_2_state, seed, d_y_transpose,
            d_y_scan_trace, d_y_add_2, d_h_2, n);
}

static NN_APART void case10_filled_d_y_add_2_backward_single(float *NN_RESTRICT d_y_add_2_sums,
        float *NN_RESTRICT d_y_add_2_state, const float *NN_RESTRICT seed,
        const float *NN_RESTRICT d_y_transpose, const float *NN_RESTRICT d_y_scan_trace,
        float *NN_RESTRICT d_y_add_2, float *NN_RESTRICT d_h_2, int n)
{
    case10_filled_d_y_add_2_backward_tile(1, d_y_add_2_sums, d_y_add_2_state, seed, d_y_transpose,
            d_y_scan_trace, d_y_add_2, d_h_2, n);
}

static NN_APART void case10_filled_d_y_add_2_backward(int batch, float *NN_RESTRICT d_y_add_2_sums,
        float *NN_RESTRICT d_y_add_2_state, const float *NN_RESTRICT seed,
        const float *NN_RESTRICT d_y_transpose, const float *NN_RESTRICT d_y_scan_trace,
        float *NN_RESTRICT d_y_add_2, float *NN_RESTRICT d_h_2)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE10_FILLED_D_Y_ADD_2_BACKWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case10_filled_d_y_add_2_backward_large(d_y_add_2_sums, d_y_add_2_state, seed,
                        d_y_transpose, d_y_scan_trace, d_y_add_2, d_h_2, n);
            } else {
                case10_filled_d_y_add_2_backward_small(d_y_add_2_sums, d_y_add_2_state, seed,
                        d_y_transpose, d_y_scan_trace, d_y_add_2, d_h_2, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case10_filled_d_y_add_2_backward_single(d_y_add_2_sums, d_y_add_2_state, seed,
                        d_y_transpose, d_y_scan_trace, d_y_add_2, d_h_2, n);
        }
    }
}

/* the room around d_y.add_2 is zero */
static NN_APART void case10_filled_d_y_add_2_backward_halo(int batch, float *NN_RESTRICT d_y_add_2)
{
    for (int n = 0; n < batch; n++) {
        /* room around the data */
        for (int i = 0; i < 3; i++)
            for (int gap = 0; gap < 12; gap++)
                d_y_add_2[n * 48 + i * 16 + gap + 4] = 0.0f;
    }
}

/* d_y.contract = contract(y, d_y.add_2)   [4, 4] */
#if NN_REGISTERS >= 32
enum { CASE10_FILLED_D_Y_CONTRACT_BACKWARD_ROWS = 4 };
#else
enum { CASE10_FILLED_D_Y_CONTRACT_BACKWARD_ROWS = 4 };
#endif
NN_INLINE void case10_filled_d_y_contract_backward_tile(const int rows, const float *NN_RESTRICT y,
        const float *NN_RESTRICT d_y_add_2, float *NN_RESTRICT d_y_contract, int panel, int j,
        int from, int to)
{
    float sum[CASE10_FILLED_D_Y_CONTRACT_BACKWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE10_FILLED_D_Y_CONTRACT_BACKWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE10_FILLED_D_Y_CONTRACT_BACKWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x = 0; x < 3; x++) {
                const float *at = d_y_add_2 + n * 48 + x * 16 + column;
                const nn_vec b0 = nn_load(at);
                NN_UNROLL
                for (int r = 0; r < CASE10_FILLED_D_Y_CONTRACT_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(y[j + n * 16 + x * 4 + r]);
                        acc[r] += scalar * b0;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE10_FILLED_D_Y_CONTRACT_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE10_FILLED_D_Y_CONTRACT_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE10_FILLED_D_Y_CONTRACT_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x = 0; x < 3; x++) {
                const float *at = d_y_add_2 + n * 48 + x * 16 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE10_FILLED_D_Y_CONTRACT_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(y[j + n * 16 + x * 4 + r]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE10_FILLED_D_Y_CONTRACT_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++) {
        const int row = j + r;
        for (int lane = 0; lane < 4; lane++)
            d_y_contract[panel * 64 + row * 16 + lane] = sum[r * 16 + lane];
    }
}

static NN_APART void case10_filled_d_y_contract_backward_large(const float *NN_RESTRICT y,
        const float *NN_RESTRICT d_y_add_2, float *NN_RESTRICT d_y_contract, int panel, int j,
        int from, int to)
{
    case10_filled_d_y_contract_backward_tile(CASE10_FILLED_D_Y_CONTRACT_BACKWARD_ROWS, y,
            d_y_add_2, d_y_contract, panel, j, from, to);
}

static NN_APART void case10_filled_d_y_contract_backward(int batch, const float *NN_RESTRICT y,
        const float *NN_RESTRICT d_y_add_2, float *NN_RESTRICT d_y_contract)
{
    for (int unit = 0; unit < 1; unit++) {
        const int panel = unit;
        const int j = 0;
        const int from = 0;
        const int to = batch;
        case10_filled_d_y_contract_backward_large(y, d_y_add_2, d_y_contract, panel, j, from, to);
    }
}

/* the room around d_y.contract is zero */
static NN_APART void case10_filled_d_y_contract_backward_halo(float *NN_RESTRICT d_y_contract)
{
    /* room around the data */
    for (int r = 0; r < 4; r++)
        for (int lane = 4; lane < 16; lane++)
            d_y_contract[r * 16 + lane] = 0.0f;
}

/* d_y.slice = slice(d_y.add_2)   [1, 4] */
static NN_APART void case10_filled_d_y_slice_backward(int batch,
        const float *NN_RESTRICT d_y_add_2, float *NN_RESTRICT d_y_slice)
{
    for (int n = 0; n < batch; n++)
        for (int c = 0; c < 4; c++)
            d_y_slice[n * 4 + c] = d_y_add_2[n * 48 + c];
}

/* d_y.reshape = reshape(d_y.slice)   [4] */
static NN_APART void case10_filled_d_y_reshape_backward(int batch,
        const float *NN_RESTRICT d_y_slice, float *NN_RESTRICT d_y_reshape)
{
    for (int n = 0; n < batch; n++) {
        for (int c = 0; c < 4; c++)
            d_y_reshape[n * 16 + c] = d_y_slice[n * 4 + c % 4];
        /* room around the data */
        for (int gap = 0; gap < 12; gap++)
            d_y_reshape[n * 16 + gap + 4] = 0.0f;
    }
}

/* d_y.slice_2 = slice(h)   [4] */
static NN_APART void case10_filled_d_y_slice_2_backward(int batch, const float *NN_RESTRICT t_h,
        float *NN_RESTRICT d_y_slice_2)
{
    for (int n = 0; n < batch; n++)
        for (int c = 0; c < 4; c++)
            d_y_slice_2[n * 4 + c] = t_h[n * 4 + c];
}

/* d_y.contract_2 = contract(d_y.slice_2, d_y.reshape)   [4, 4]
 * d_y.recurrent_kernel = add(d_y.contract, d_y.contract_2)   [4, 4] */
#if NN_REGISTERS >= 32
enum { CASE10_FILLED_D_Y_CONTRACT_2_BACKWARD_ROWS = 4 };
#else
enum { CASE10_FILLED_D_Y_CONTRACT_2_BACKWARD_ROWS = 4 };
#endif
NN_INLINE void case10_filled_d_y_contract_2_backward_tile(const int rows,
        const float *NN_RESTRICT d_y_slice_2, const float *NN_RESTRICT d_y_reshape,
        const float *NN_RESTRICT d_y_contract, float *NN_RESTRICT d_y_recurrent_kernel, int panel,
        int j, int from, int to)
{
    float sum[CASE10_FILLED_D_Y_CONTRACT_2_BACKWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE10_FILLED_D_Y_CONTRACT_2_BACKWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE10_FILLED_D_Y_CONTRACT_2_BACKWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            const float *at = d_y_reshape + n * 16 + column;
            const nn_vec b0 = nn_load(at);
            NN_UNROLL
            for (int r = 0; r < CASE10_FILLED_D_Y_CONTRACT_2_BACKWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(d_y_slice_2[j + n * 4 + r]);
                    acc[r] += scalar * b0;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE10_FILLED_D_Y_CONTRACT_2_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE10_FILLED_D_Y_CONTRACT_2_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE10_FILLED_D_Y_CONTRACT_2_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            const float *at = d_y_reshape + n * 16 + column;
            const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
            NN_UNROLL
            for (int r = 0; r < CASE10_FILLED_D_Y_CONTRACT_2_BACKWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(d_y_slice_2[j + n * 4 + r]);
                    acc[r][0] += scalar * b0;
                    acc[r][1] += scalar * b1;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE10_FILLED_D_Y_CONTRACT_2_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++) {
        const int row = j + r;
        for (int lane = 0; lane < 4; lane++)
            d_y_recurrent_kernel[row * 4 + lane] = d_y_contract[panel * 64 + row * 16 + lane] +
                    sum[r * 16 + lane];
    }
}

static NN_APART void case10_filled_d_y_contract_2_backward_large(
        const float *NN_RESTRICT d_y_slice_2, const float *NN_RESTRICT d_y_reshape,
        const float *NN_RESTRICT d_y_contract, float *NN_RESTRICT d_y_recurrent_kernel, int panel,
        int j, int from, int to)
{
    case10_filled_d_y_contract_2_backward_tile(CASE10_FILLED_D_Y_CONTRACT_2_BACKWARD_ROWS,
            d_y_slice_2, d_y_reshape, d_y_contract, d_y_recurrent_kernel, panel, j, from, to);
}

static NN_APART void case10_filled_d_y_contract_2_backward(int batch,
        const float *NN_RESTRICT d_y_slice_2, const float *NN_RESTRICT d_y_reshape,
        const float *NN_RESTRICT d_y_contract, float *NN_RESTRICT d_y_recurrent_kernel)
{
    for (int unit = 0; unit < 1; unit++) {
        const int panel = unit;
        const int j = 0;
        const int from = 0;
        const int to = batch;
        case10_filled_d_y_contract_2_backward_large(d_y_slice_2, d_y_reshape, d_y_contract,
                d_y_recurrent_kernel, panel, j, from, to);
    }
}

/* d_y.bias = reduce_sum(d_y.add_2)   [4] */
static NN_APART void case10_filled_d_y_bias_backward(int batch, const float *NN_RESTRICT d_y_add_2,
        float *NN_RESTRICT d_y_bias)
{
    float sum[4];
    for (int c = 0; c < 4; c++)
        sum[c] = 0.0f;
    for (int n = 0; n < batch; n++)
        for (int i = 0; i < 3; i++)
            for (int c = 0; c < 4; c++)
                sum[c] += d_y_add_2[n * 48 + i * 16 + c];
    for (int c = 0; c < 4; c++)
        d_y_bias[c] = sum[c];
}

/* d_x = contract(d_y.add_2, y.kernel)   [3, 2] */
static NN_APART void case10_filled_d_x_backward_turn(const float *NN_RESTRICT y_kernel,
        float *NN_RESTRICT d_x_turned)
{
    for (int unit = 0; unit < 1; unit++) {
        const int panel = unit;
        const int p = 0;
        for (int q = 0; q < 1; q++)
            for (int o = 0; o < 4; o++)
                for (int lane = 0; lane < 16; lane++)
                    d_x_turned[panel * 64 + ((p + q) * 4 + o) * 16 + lane] = lane < 2 ?
                            y_kernel[((p * -1 + q * -1) * 2 + panel * 16 + lane) * 16 + o] : 0.0f;
    }
}

/* d_x = contract(d_y.add_2, y.kernel)   [3, 2] */
#if NN_REGISTERS >= 32
enum { CASE10_FILLED_D_X_BACKWARD_ROWS = 3 };
#else
enum { CASE10_FILLED_D_X_BACKWARD_ROWS = 3 };
#endif
NN_INLINE void case10_filled_d_x_backward_tile(const int rows, const float *NN_RESTRICT d_y_add_2,
                                               const float *NN_RESTRICT d_x_turned,
                                               float *NN_RESTRICT d_x, int n, int j, int panel)
{
    float sum[CASE10_FILLED_D_X_BACKWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE10_FILLED_D_X_BACKWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE10_FILLED_D_X_BACKWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int k = 0; k < 4; k++) {
            const float *at = d_x_turned + panel * 64 + k * 16 + column;
            const nn_vec b0 = nn_load(at);
            NN_UNROLL
            for (int r = 0; r < CASE10_FILLED_D_X_BACKWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(d_y_add_2[n * 48 + j * 16 + k + r * 16]);
                    acc[r] += scalar * b0;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE10_FILLED_D_X_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE10_FILLED_D_X_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE10_FILLED_D_X_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int k = 0; k < 4; k++) {
            const float *at = d_x_turned + panel * 64 + k * 16 + column;
            const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
            NN_UNROLL
            for (int r = 0; r < CASE10_FILLED_D_X_BACKWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(d_y_add_2[n * 48 + j * 16 + k + r * 16]);
                    acc[r][0] += scalar * b0;
                    acc[r][1] += scalar * b1;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE10_FILLED_D_X_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++)
        for (int lane = 0; lane < 2; lane++)
            d_x[n * 6 + (j + r) * 2 + lane] = sum[r * 16 + lane];
}

static NN_APART void case10_filled_d_x_backward_large(const float *NN_RESTRICT d_y_add_2,
        const float *NN_RESTRICT d_x_turned, float *NN_RESTRICT d_x, int n, int j, int panel)
{
    case10_filled_d_x_backward_tile(CASE10_FILLED_D_X_BACKWARD_ROWS, d_y_add_2, d_x_turned, d_x, n,
            j, panel);
}

static NN_APART void case10_filled_d_x_backward(int batch, const float *NN_RESTRICT d_y_add_2,
                                                const float *NN_RESTRICT d_x_turned,
                                                float *NN_RESTRICT d_x)
{
    for (int n = 0; n < batch; n++) {
        const int panel = 0;
        const int j = 0;
        case10_filled_d_x_backward_large(d_y_add_2, d_x_turned, d_x, n, j, panel);
    }
}

/* d_y.kernel = contract(x, d_y.add_2)   [2, 4] */
#if NN_REGISTERS >= 32
enum { CASE10_FILLED_D_Y_KERNEL_BACKWARD_ROWS = 2 };
#else
enum { CASE10_FILLED_D_Y_KERNEL_BACKWARD_ROWS = 2 };
#endif
NN_INLINE void case10_filled_d_y_kernel_backward_tile(const int rows, const float *NN_RESTRICT x,
        const float *NN_RESTRICT d_y_add_2, float *NN_RESTRICT d_y_kernel, int j, int from, int to)
{
    float sum[CASE10_FILLED_D_Y_KERNEL_BACKWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE10_FILLED_D_Y_KERNEL_BACKWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE10_FILLED_D_Y_KERNEL_BACKWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x_2 = 0; x_2 < 3; x_2++) {
                const float *at = d_y_add_2 + n * 48 + x_2 * 16 + column;
                const nn_vec b0 = nn_load(at);
                NN_UNROLL
                for (int r = 0; r < CASE10_FILLED_D_Y_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(x[j + n * 6 + x_2 * 2 + r]);
                        acc[r] += scalar * b0;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE10_FILLED_D_Y_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE10_FILLED_D_Y_KERNEL_BACKWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE10_FILLED_D_Y_KERNEL_BACKWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int n = from; n < to; n++) {
            for (int x_2 = 0; x_2 < 3; x_2++) {
                const float *at = d_y_add_2 + n * 48 + x_2 * 16 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE10_FILLED_D_Y_KERNEL_BACKWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(x[j + n * 6 + x_2 * 2 + r]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
        }
        NN_UNROLL
        for (int r = 0; r < CASE10_FILLED_D_Y_KERNEL_BACKWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++) {
        const int row = j + r;
        for (int lane = 0; lane < 4; lane++)
            d_y_kernel[row * 4 + lane] = sum[r * 16 + lane];
    }
}

static NN_APART void case10_filled_d_y_kernel_backward_large(const float *NN_RESTRICT x,
        const float *NN_RESTRICT d_y_add_2, float *NN_RESTRICT d_y_kernel, int j, int from, int to)
{
    case10_filled_d_y_kernel_backward_tile(CASE10_FILLED_D_Y_KERNEL_BACKWARD_ROWS, x, d_y_add_2,
            d_y_kernel, j, from, to);
}

static NN_APART void case10_filled_d_y_kernel_backward(int batch, const float *NN_RESTRICT x,
        const float *NN_RESTRICT d_y_add_2, float *NN_RESTRICT d_y_kernel)
{
    for (int unit = 0; unit < 1; unit++) {
        const int j = 0;
        const int from = 0;
        const int to = batch;
        case10_filled_d_y_kernel_backward_large(x, d_y_add_2, d_y_kernel, j, from, to);
    }
}

static NN_APART void case10_filled_y_forward_copy(int batch, const float *NN_RESTRICT y,
        float *NN_RESTRICT y_out)
{
    for (int n = 0; n < batch; n++)
        for (int k = 0; k < 12; k++)
            y_out[n * 12 + k] = y[n * 16 + k + 4];
}

static void case10_filled_run(float *state, char *arena, const nn_step *step,
                              const void *const *inputs, const void *const *targets,
                              void *const *outputs, float *results, int threads)
{
    (void)targets;
    (void)results;
    (void)threads;
    const int batch = step->batch;
    const float *const x = (const float *)inputs[0]; /* [3, 2] */
    const float *const t_h = (const float *)inputs[1]; /* [4] */
    const float *const y_kernel = state + 0; /* [2, 4] */
    const float *const y_recurrent_kernel = state + 32; /* [4, 4] */
    const float *const y_bias = state + 96; /* [4] */
    const float *const seed = (const float *)inputs[2]; /* [3, 4] */
    float *const y_add = (float *)(void *)(arena + 576); /* [3, 4] */
    float *const y = (float *)(void *)(arena + 1408); /* [3, 4] */
    float *const d_y_scan_trace = (float *)(void *)(arena + 0); /* [3, 1, 16] */
    float *const d_y_transpose = (float *)(void *)(arena + 1152); /* [4, 4] */
    float *const d_y_add_2 = (float *)(void *)(arena + 576); /* [3, 4] */
    float *const d_y_contract = (float *)(void *)(arena + 0); /* [4, 4] */
    float *const d_y_slice = (float *)(void *)(arena + 448); /* [1, 4] */
    float *const d_y_reshape = (float *)(void *)(arena + 256); /* [4] */
    float *const d_y_slice_2 = (float *)(void *)(arena + 448); /* [4] */
    float *const d_y_recurrent_kernel = (float *)outputs[4]; /* [4, 4] */
    float *const d_h_2 = (float *)outputs[2]; /* [4] */
    float *const d_y_bias = (float *)outputs[5]; /* [4] */
    float *const d_x = (float *)outputs[1]; /* [3, 2] */
    float *const d_y_kernel = (float *)outputs[3]; /* [2, 4] */
    float *const y_out = (float *)outputs[0]; /* [3, 4] */
    float *const y_sums = (float *)(void *)(arena + 768);
    float *const y_state = (float *)(void *)(arena + 960);
    float *const d_y_add_2_sums = (float *)(void *)(arena + 1600);
    float *const d_y_add_2_state = (float *)(void *)(arena + 1792);
    float *const d_x_turned = (float *)(void *)(arena + 0);
    memset(arena, 0xFF, 1984);
    const uint64_t mode = nn_flush_denormals();
    case10_filled_y_contract_forward(batch, x, y_kernel, y_bias, y_add);
    case10_filled_y_forward(batch, y_sums, y_state, t_h, y_add, y_recurrent_kernel, d_y_scan_trace,
            y);
    memset(arena + 576, 0xFF, 144); /* y_add */
    memset(arena + 768, 0xFF, 192); /* y_sums */
    memset(arena + 960, 0xFF, 192); /* y_state */
    case10_filled_y_forward_halo(batch, y);
    case10_filled_d_y_transpose_backward(y_recurrent_kernel, d_y_transpose);
    case10_filled_d_y_transpose_backward_halo(d_y_transpose);
    case10_filled_d_y_add_2_backward(batch, d_y_add_2_sums, d_y_add_2_state, seed, d_y_transpose,
            d_y_scan_trace, d_y_add_2, d_h_2);
    memset(arena + 0, 0xFF, 576); /* d_y_scan_trace */
    memset(arena + 1152, 0xFF, 256); /* d_y_transpose */
    memset(arena + 1600, 0xFF, 192); /* d_y_add_2_sums */
    memset(arena + 1792, 0xFF, 192); /* d_y_add_2_state */
    case10_filled_d_y_add_2_backward_halo(batch, d_y_add_2);
    case10_filled_d_y_contract_backward(batch, y, d_y_add_2, d_y_contract);
    case10_filled_d_y_contract_backward_halo(d_y_contract);
    case10_filled_d_y_slice_backward(batch, d_y_add_2, d_y_slice);
    case10_filled_d_y_reshape_backward(batch, d_y_slice, d_y_reshape);
    memset(arena + 448, 0xFF, 48); /* d_y_slice */
    case10_filled_d_y_slice_2_backward(batch, t_h, d_y_slice_2);
    case10_filled_d_y_contract_2_backward(batch, d_y_slice_2, d_y_reshape, d_y_contract,
            d_y_recurrent_kernel);
    memset(arena + 0, 0xFF, 256); /* d_y_contract */
    memset(arena + 256, 0xFF, 192); /* d_y_reshape */
    memset(arena + 448, 0xFF, 48); /* d_y_slice_2 */
    case10_filled_d_y_bias_backward(batch, d_y_add_2, d_y_bias);
    case10_filled_d_x_backward_turn(y_kernel, d_x_turned);
    case10_filled_d_x_backward(batch, d_y_add_2, d_x_turned, d_x);
    memset(arena + 0, 0xFF, 256); /* d_x_turned */
    case10_filled_d_y_kernel_backward(batch, x, d_y_add_2, d_y_kernel);
    memset(arena + 576, 0xFF, 576); /* d_y_add_2 */
    case10_filled_y_forward_copy(batch, y, y_out);
    memset(arena + 1408, 0xFF, 192); /* y */
    nn_restore_denormals(mode);
}

/* y.contract = contract(x, y.kernel)   [3, 4]
 * y.add = add(y.contract, y.bias)   [3, 4] */
#if NN_REGISTERS >= 32
enum { CASE11_FAST_Y_CONTRACT_FORWARD_ROWS = 3 };
#else
enum { CASE11_FAST_Y_CONTRACT_FORWARD_ROWS = 3 };
#endif
NN_INLINE void case11_fast_y_contract_forward_tile(const int rows, const float *NN_RESTRICT x,
        const float *NN_RESTRICT y_kernel, const float *NN_RESTRICT y_bias,
        float *NN_RESTRICT y_add, int n, int j, int panel)
{
    float sum[CASE11_FAST_Y_CONTRACT_FORWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE11_FAST_Y_CONTRACT_FORWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE11_FAST_Y_CONTRACT_FORWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int k = 0; k < 2; k++) {
            const float *at = y_kernel + panel * 32 + k * 16 + column;
            const nn_vec b0 = nn_load(at);
            NN_UNROLL
            for (int r = 0; r < CASE11_FAST_Y_CONTRACT_FORWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(x[n * 6 + j * 2 + k + r * 2]);
                    acc[r] += scalar * b0;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE11_FAST_Y_CONTRACT_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE11_FAST_Y_CONTRACT_FORWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE11_FAST_Y_CONTRACT_FORWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int k = 0; k < 2; k++) {
            const float *at = y_kernel + panel * 32 + k * 16 + column;
            const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
            NN_UNROLL
            for (int r = 0; r < CASE11_FAST_Y_CONTRACT_FORWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(x[n * 6 + j * 2 + k + r * 2]);
                    acc[r][0] += scalar * b0;
                    acc[r][1] += scalar * b1;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE11_FAST_Y_CONTRACT_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++)
        for (int lane = 0; lane < 4; lane++)
            y_add[n * 12 + (j + r) * 4 + lane] = sum[r * 16 + lane] + y_bias[lane];
}

static NN_APART void case11_fast_y_contract_forward_large(const float *NN_RESTRICT x,
        const float *NN_RESTRICT y_kernel, const float *NN_RESTRICT y_bias,
        float *NN_RESTRICT y_add, int n, int j, int panel)
{
    case11_fast_y_contract_forward_tile(CASE11_FAST_Y_CONTRACT_FORWARD_ROWS, x, y_kernel, y_bias,
            y_add, n, j, panel);
}

static NN_APART void case11_fast_y_contract_forward(int batch, const float *NN_RESTRICT x,
        const float *NN_RESTRICT y_kernel, const float *NN_RESTRICT y_bias,
        float *NN_RESTRICT y_add)
{
    for (int n = 0; n < batch; n++) {
        const int panel = 0;
        const int j = 0;
        case11_fast_y_contract_forward_large(x, y_kernel, y_bias, y_add, n, j, panel);
    }
}

/* y = scan(y.add, y.recurrent_kernel, 0, h)   [3, 4]
 * 3 steps, 4 columns */
#if NN_REGISTERS >= 32
enum { CASE11_FAST_Y_FORWARD_ROWS = 2 };
#else
enum { CASE11_FAST_Y_FORWARD_ROWS = 2 };
#endif
NN_INLINE void case11_fast_y_forward_tile(const int rows, float *NN_RESTRICT y_sums,
                                          float *NN_RESTRICT y_state, const float *NN_RESTRICT t_h,
                                          const float *NN_RESTRICT y_add,
                                          const float *NN_RESTRICT y_recurrent_kernel,
                                          float *NN_RESTRICT y, int n)
{
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < 4; c++)
            y_state[(n + r) * 16 + c] = t_h[(n + r) * 4 + c];
    for (int t = 0; t < 3; t++) {
        for (int r = 0; r < rows; r++)
            for (int o = 0; o < 4; o++)
                y_sums[(n + r) * 16 + o] = y_add[(n + r) * 12 + t * 4 + o];
#if NN_LANES == 16
        for (int column = 0; column < 16; column += NN_LANES) {
            nn_vec acc[CASE11_FAST_Y_FORWARD_ROWS];
            NN_UNROLL
            for (int r = 0; r < CASE11_FAST_Y_FORWARD_ROWS; r++)
                if (r < rows) {
                    acc[r] = nn_load(y_sums + n * 16 + r * 16 + column);
                }
            for (int k = 0; k < 4; k++) {
                const float *at = y_recurrent_kernel + k * 16 + column;
                const nn_vec b0 = nn_load(at);
                NN_UNROLL
                for (int r = 0; r < CASE11_FAST_Y_FORWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(y_state[n * 16 + k + r * 16]);
                        acc[r] += scalar * b0;
                    }
            }
            NN_UNROLL
            for (int r = 0; r < CASE11_FAST_Y_FORWARD_ROWS; r++)
                if (r < rows) {
                    nn_store(y_sums + n * 16 + r * 16 + column, acc[r]);
                }
        }
#else
        for (int column = 0; column < 16; column += 2 * NN_LANES) {
            nn_vec acc[CASE11_FAST_Y_FORWARD_ROWS][2];
            NN_UNROLL
            for (int r = 0; r < CASE11_FAST_Y_FORWARD_ROWS; r++)
                if (r < rows) {
                    acc[r][0] = nn_load(y_sums + n * 16 + r * 16 + column);
                    acc[r][1] = nn_load(y_sums + n * 16 + r * 16 + column + NN_LANES);
                }
            for (int k = 0; k < 4; k++) {
                const float *at = y_recurrent_kernel + k * 16 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE11_FAST_Y_FORWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(y_state[n * 16 + k + r * 16]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
            NN_UNROLL
            for (int r = 0; r < CASE11_FAST_Y_FORWARD_ROWS; r++)
                if (r < rows) {
                    nn_store(y_sums + n * 16 + r * 16 + column, acc[r][0]);
                    nn_store(y_sums + n * 16 + r * 16 + column + NN_LANES, acc[r][1]);
                }
        }
#endif
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < 16; c++) {
                const float h = nn_tanh(y_sums[(n + r) * 16 + c]);
                y_state[(n + r) * 16 + c] = h;
            }
            for (int c = 0; c < 4; c++)
                y[(n + r) * 12 + t * 4 + c] = y_state[(n + r) * 16 + c];
        }
    }
}

static NN_APART void case11_fast_y_forward_large(float *NN_RESTRICT y_sums,
                                                 float *NN_RESTRICT y_state,
                                                 const float *NN_RESTRICT t_h,
                                                 const float *NN_RESTRICT y_add,
                                                 const float *NN_RESTRICT y_recurrent_kernel,
                                                 float *NN_RESTRICT y, int n)
{
    case11_fast_y_forward_tile(CASE11_FAST_Y_FORWARD_ROWS, y_sums, y_state, t_h, y_add,
            y_recurrent_kernel, y, n);
}

static NN_APART void case11_fast_y_forward_small(float *NN_RESTRICT y_sums,
                                                 float *NN_RESTRICT y_state,
                                                 const float *NN_RESTRICT t_h,
                                                 const float *NN_RESTRICT y_add,
                                                 const float *NN_RESTRICT y_recurrent_kernel,
                                                 float *NN_RESTRICT y, int n)
{
    case11_fast_y_forward_tile(1, y_sums, y_state, t_h, y_add, y_recurrent_kernel, y, n);
}

static NN_APART void case11_fast_y_forward_single(float *NN_RESTRICT y_sums,
        float *NN_RESTRICT y_state, const float *NN_RESTRICT t_h, const float *NN_RESTRICT y_add,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT y, int n)
{
    case11_fast_y_forward_tile(1, y_sums, y_state, t_h, y_add, y_recurrent_kernel, y, n);
}

static NN_APART void case11_fast_y_forward(int batch, float *NN_RESTRICT y_sums,
                                           float *NN_RESTRICT y_state,
                                           const float *NN_RESTRICT t_h,
                                           const float *NN_RESTRICT y_add,
                                           const float *NN_RESTRICT y_recurrent_kernel,
                                           float *NN_RESTRICT y)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE11_FAST_Y_FORWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case11_fast_y_forward_large(y_sums, y_state, t_h, y_add, y_recurrent_kernel, y, n);
            } else {
                case11_fast_y_forward_small(y_sums, y_state, t_h, y_add, y_recurrent_kernel, y, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case11_fast_y_forward_single(y_sums, y_state, t_h, y_add, y_recurrent_kernel, y, n);
        }
    }
}

static void case11_fast_run(float *state, char *arena, const nn_step *step,
                            const void *const *inputs, const void *const *targets,
                            void *const *outputs, float *results, int threads)
{
    (void)targets;
    (void)results;
    (void)threads;
    const int batch = step->batch;
    const float *const x = (const float *)inputs[0]; /* [3, 2] */
    const float *const t_h = (const float *)inputs[1]; /* [4] */
    const float *const y_kernel = state + 0; /* [2, 4] */
    const float *const y_recurrent_kernel = state + 32; /* [4, 4] */
    const float *const y_bias = state + 96; /* [4] */
    float *const y_add = (float *)(void *)(arena + 0); /* [3, 4] */
    float *const y = (float *)outputs[0]; /* [3, 4] */
    float *const y_sums = (float *)(void *)(arena + 192);
    float *const y_state = (float *)(void *)(arena + 384);
    const uint64_t mode = nn_flush_denormals();
    case11_fast_y_contract_forward(batch, x, y_kernel, y_bias, y_add);
    case11_fast_y_forward(batch, y_sums, y_state, t_h, y_add, y_recurrent_kernel, y);
    nn_restore_denormals(mode);
}

/* y.contract = contract(x, y.kernel)   [3, 4]
 * y.add = add(y.contract, y.bias)   [3, 4] */
static NN_APART void case11_plain_y_contract_forward(int batch, const float *NN_RESTRICT x,
        const float *NN_RESTRICT y_kernel, const float *NN_RESTRICT y_bias,
        float *NN_RESTRICT y_add)
{
    for (int n = 0; n < batch; n++)
        for (int i = 0; i < 3; i++)
            for (int c = 0; c < 4; c++) {
                float sum = 0.0f;
                for (int c_2 = 0; c_2 < 2; c_2++)
                    sum += x[n * 6 + i * 2 + c_2] * y_kernel[c_2 * 4 + c];
                y_add[n * 12 + i * 4 + c] = sum + y_bias[c];
            }
}

/* y = scan(y.add, y.recurrent_kernel, 0, h)   [3, 4]
 * 3 steps, 4 columns */
#if NN_REGISTERS >= 32
enum { CASE11_PLAIN_Y_FORWARD_ROWS = 2 };
#else
enum { CASE11_PLAIN_Y_FORWARD_ROWS = 2 };
#endif
NN_INLINE void case11_plain_y_forward_tile(const int rows, float *NN_RESTRICT y_sums,
                                           float *NN_RESTRICT y_state,
                                           const float *NN_RESTRICT t_h,
                                           const float *NN_RESTRICT y_add,
                                           const float *NN_RESTRICT y_recurrent_kernel,
                                           float *NN_RESTRICT y, int n)
{
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < 4; c++)
            y_state[(n + r) * 16 + c] = t_h[(n + r) * 4 + c];
    for (int t = 0; t < 3; t++) {
        for (int r = 0; r < rows; r++)
            for (int o = 0; o < 4; o++)
                y_sums[(n + r) * 16 + o] = y_add[(n + r) * 12 + t * 4 + o];
        for (int r = 0; r < rows; r++)
            for (int k = 0; k < 4; k++)
                for (int o = 0; o < 4; o++)
                    y_sums[(n + r) * 16 + o] += y_state[(n + r) * 16 + k] * y_recurrent_kernel[k *
                            4 + o];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < 16; c++) {
                const float h = nn_tanh(y_sums[(n + r) * 16 + c]);
                y_state[(n + r) * 16 + c] = h;
            }
            for (int c = 0; c < 4; c++)
                y[(n + r) * 12 + t * 4 + c] = y_state[(n + r) * 16 + c];
        }
    }
}

static NN_APART void case11_plain_y_forward_large(float *NN_RESTRICT y_sums,
        float *NN_RESTRICT y_state, const float *NN_RESTRICT t_h, const float *NN_RESTRICT y_add,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT y, int n)
{
    case11_plain_y_forward_tile(CASE11_PLAIN_Y_FORWARD_ROWS, y_sums, y_state, t_h, y_add,
            y_recurrent_kernel, y, n);
}

static NN_APART void case11_plain_y_forward_small(float *NN_RESTRICT y_sums,
        float *NN_RESTRICT y_state, const float *NN_RESTRICT t_h, const float *NN_RESTRICT y_add,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT y, int n)
{
    case11_plain_y_forward_tile(1, y_sums, y_state, t_h, y_add, y_recurrent_kernel, y, n);
}

static NN_APART void case11_plain_y_forward_single(float *NN_RESTRICT y_sums,
        float *NN_RESTRICT y_state, const float *NN_RESTRICT t_h, const float *NN_RESTRICT y_add,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT y, int n)
{
    case11_plain_y_forward_tile(1, y_sums, y_state, t_h, y_add, y_recurrent_kernel, y, n);
}

static NN_APART void case11_plain_y_forward(int batch, float *NN_RESTRICT y_sums,
                                            float *NN_RESTRICT y_state,
                                            const float *NN_RESTRICT t_h,
                                            const float *NN_RESTRICT y_add,
                                            const float *NN_RESTRICT y_recurrent_kernel,
                                            float *NN_RESTRICT y)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE11_PLAIN_Y_FORWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case11_plain_y_forward_large(y_sums, y_state, t_h, y_add, y_recurrent_kernel, y, n);
            } else {
                case11_plain_y_forward_small(y_sums, y_state, t_h, y_add, y_recurrent_kernel, y, n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case11_plain_y_forward_single(y_sums, y_state, t_h, y_add, y_recurrent_kernel, y,
                        n);
        }
    }
}

static void case11_plain_run(float *state, char *arena, const nn_step *step,
                             const void *const *inputs, const void *const *targets,
                             void *const *outputs, float *results, int threads)
{
    (void)targets;
    (void)results;
    (void)threads;
    const int batch = step->batch;
    const float *const x = (const float *)inputs[0]; /* [3, 2] */
    const float *const t_h = (const float *)inputs[1]; /* [4] */
    const float *const y_kernel = state + 0; /* [2, 4] */
    const float *const y_recurrent_kernel = state + 16; /* [4, 4] */
    const float *const y_bias = state + 32; /* [4] */
    float *const y_add = (float *)(void *)(arena + 0); /* [3, 4] */
    float *const y = (float *)outputs[0]; /* [3, 4] */
    float *const y_sums = (float *)(void *)(arena + 192);
    float *const y_state = (float *)(void *)(arena + 384);
    const uint64_t mode = nn_flush_denormals();
    case11_plain_y_contract_forward(batch, x, y_kernel, y_bias, y_add);
    case11_plain_y_forward(batch, y_sums, y_state, t_h, y_add, y_recurrent_kernel, y);
    nn_restore_denormals(mode);
}

/* y.contract = contract(x, y.kernel)   [3, 4]
 * y.add = add(y.contract, y.bias)   [3, 4] */
#if NN_REGISTERS >= 32
enum { CASE11_FILLED_Y_CONTRACT_FORWARD_ROWS = 3 };
#else
enum { CASE11_FILLED_Y_CONTRACT_FORWARD_ROWS = 3 };
#endif
NN_INLINE void case11_filled_y_contract_forward_tile(const int rows, const float *NN_RESTRICT x,
        const float *NN_RESTRICT y_kernel, const float *NN_RESTRICT y_bias,
        float *NN_RESTRICT y_add, int n, int j, int panel)
{
    float sum[CASE11_FILLED_Y_CONTRACT_FORWARD_ROWS * 16];
#if NN_LANES == 16
    for (int column = 0; column < 16; column += NN_LANES) {
        nn_vec acc[CASE11_FILLED_Y_CONTRACT_FORWARD_ROWS];
        NN_UNROLL
        for (int r = 0; r < CASE11_FILLED_Y_CONTRACT_FORWARD_ROWS; r++)
            acc[r] = nn_splat(0.0f);
        for (int k = 0; k < 2; k++) {
            const float *at = y_kernel + panel * 32 + k * 16 + column;
            const nn_vec b0 = nn_load(at);
            NN_UNROLL
            for (int r = 0; r < CASE11_FILLED_Y_CONTRACT_FORWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(x[n * 6 + j * 2 + k + r * 2]);
                    acc[r] += scalar * b0;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE11_FILLED_Y_CONTRACT_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r]);
            }
    }
#else
    for (int column = 0; column < 16; column += 2 * NN_LANES) {
        nn_vec acc[CASE11_FILLED_Y_CONTRACT_FORWARD_ROWS][2];
        NN_UNROLL
        for (int r = 0; r < CASE11_FILLED_Y_CONTRACT_FORWARD_ROWS; r++)
            acc[r][0] = acc[r][1] = nn_splat(0.0f);
        for (int k = 0; k < 2; k++) {
            const float *at = y_kernel + panel * 32 + k * 16 + column;
            const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
            NN_UNROLL
            for (int r = 0; r < CASE11_FILLED_Y_CONTRACT_FORWARD_ROWS; r++)
                if (r < rows) {
                    const nn_vec scalar = nn_splat(x[n * 6 + j * 2 + k + r * 2]);
                    acc[r][0] += scalar * b0;
                    acc[r][1] += scalar * b1;
                }
        }
        NN_UNROLL
        for (int r = 0; r < CASE11_FILLED_Y_CONTRACT_FORWARD_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * 16 + column, acc[r][0]);
                nn_store(sum + r * 16 + column + NN_LANES, acc[r][1]);
            }
    }
#endif
    for (int r = 0; r < rows; r++)
        for (int lane = 0; lane < 4; lane++)
            y_add[n * 12 + (j + r) * 4 + lane] = sum[r * 16 + lane] + y_bias[lane];
}

static NN_APART void case11_filled_y_contract_forward_large(const float *NN_RESTRICT x,
        const float *NN_RESTRICT y_kernel, const float *NN_RESTRICT y_bias,
        float *NN_RESTRICT y_add, int n, int j, int panel)
{
    case11_filled_y_contract_forward_tile(CASE11_FILLED_Y_CONTRACT_FORWARD_ROWS, x, y_kernel,
            y_bias, y_add, n, j, panel);
}

static NN_APART void case11_filled_y_contract_forward(int batch, const float *NN_RESTRICT x,
        const float *NN_RESTRICT y_kernel, const float *NN_RESTRICT y_bias,
        float *NN_RESTRICT y_add)
{
    for (int n = 0; n < batch; n++) {
        const int panel = 0;
        const int j = 0;
        case11_filled_y_contract_forward_large(x, y_kernel, y_bias, y_add, n, j, panel);
    }
}

/* y = scan(y.add, y.recurrent_kernel, 0, h)   [3, 4]
 * 3 steps, 4 columns */
#if NN_REGISTERS >= 32
enum { CASE11_FILLED_Y_FORWARD_ROWS = 2 };
#else
enum { CASE11_FILLED_Y_FORWARD_ROWS = 2 };
#endif
NN_INLINE void case11_filled_y_forward_tile(const int rows, float *NN_RESTRICT y_sums,
                                            float *NN_RESTRICT y_state,
                                            const float *NN_RESTRICT t_h,
                                            const float *NN_RESTRICT y_add,
                                            const float *NN_RESTRICT y_recurrent_kernel,
                                            float *NN_RESTRICT y, int n)
{
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < 4; c++)
            y_state[(n + r) * 16 + c] = t_h[(n + r) * 4 + c];
    for (int t = 0; t < 3; t++) {
        for (int r = 0; r < rows; r++)
            for (int o = 0; o < 4; o++)
                y_sums[(n + r) * 16 + o] = y_add[(n + r) * 12 + t * 4 + o];
#if NN_LANES == 16
        for (int column = 0; column < 16; column += NN_LANES) {
            nn_vec acc[CASE11_FILLED_Y_FORWARD_ROWS];
            NN_UNROLL
            for (int r = 0; r < CASE11_FILLED_Y_FORWARD_ROWS; r++)
                if (r < rows) {
                    acc[r] = nn_load(y_sums + n * 16 + r * 16 + column);
                }
            for (int k = 0; k < 4; k++) {
                const float *at = y_recurrent_kernel + k * 16 + column;
                const nn_vec b0 = nn_load(at);
                NN_UNROLL
                for (int r = 0; r < CASE11_FILLED_Y_FORWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(y_state[n * 16 + k + r * 16]);
                        acc[r] += scalar * b0;
                    }
            }
            NN_UNROLL
            for (int r = 0; r < CASE11_FILLED_Y_FORWARD_ROWS; r++)
                if (r < rows) {
                    nn_store(y_sums + n * 16 + r * 16 + column, acc[r]);
                }
        }
#else
        for (int column = 0; column < 16; column += 2 * NN_LANES) {
            nn_vec acc[CASE11_FILLED_Y_FORWARD_ROWS][2];
            NN_UNROLL
            for (int r = 0; r < CASE11_FILLED_Y_FORWARD_ROWS; r++)
                if (r < rows) {
                    acc[r][0] = nn_load(y_sums + n * 16 + r * 16 + column);
                    acc[r][1] = nn_load(y_sums + n * 16 + r * 16 + column + NN_LANES);
                }
            for (int k = 0; k < 4; k++) {
                const float *at = y_recurrent_kernel + k * 16 + column;
                const nn_vec b0 = nn_load(at), b1 = nn_load(at + NN_LANES);
                NN_UNROLL
                for (int r = 0; r < CASE11_FILLED_Y_FORWARD_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(y_state[n * 16 + k + r * 16]);
                        acc[r][0] += scalar * b0;
                        acc[r][1] += scalar * b1;
                    }
            }
            NN_UNROLL
            for (int r = 0; r < CASE11_FILLED_Y_FORWARD_ROWS; r++)
                if (r < rows) {
                    nn_store(y_sums + n * 16 + r * 16 + column, acc[r][0]);
                    nn_store(y_sums + n * 16 + r * 16 + column + NN_LANES, acc[r][1]);
                }
        }
#endif
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < 16; c++) {
                const float h = nn_tanh(y_sums[(n + r) * 16 + c]);
                y_state[(n + r) * 16 + c] = h;
            }
            for (int c = 0; c < 4; c++)
                y[(n + r) * 12 + t * 4 + c] = y_state[(n + r) * 16 + c];
        }
    }
}

static NN_APART void case11_filled_y_forward_large(float *NN_RESTRICT y_sums,
        float *NN_RESTRICT y_state, const float *NN_RESTRICT t_h, const float *NN_RESTRICT y_add,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT y, int n)
{
    case11_filled_y_forward_tile(CASE11_FILLED_Y_FORWARD_ROWS, y_sums, y_state, t_h, y_add,
            y_recurrent_kernel, y, n);
}

static NN_APART void case11_filled_y_forward_small(float *NN_RESTRICT y_sums,
        float *NN_RESTRICT y_state, const float *NN_RESTRICT t_h, const float *NN_RESTRICT y_add,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT y, int n)
{
    case11_filled_y_forward_tile(1, y_sums, y_state, t_h, y_add, y_recurrent_kernel, y, n);
}

static NN_APART void case11_filled_y_forward_single(float *NN_RESTRICT y_sums,
        float *NN_RESTRICT y_state, const float *NN_RESTRICT t_h, const float *NN_RESTRICT y_add,
        const float *NN_RESTRICT y_recurrent_kernel, float *NN_RESTRICT y, int n)
{
    case11_filled_y_forward_tile(1, y_sums, y_state, t_h, y_add, y_recurrent_kernel, y, n);
}

static NN_APART void case11_filled_y_forward(int batch, float *NN_RESTRICT y_sums,
                                             float *NN_RESTRICT y_state,
                                             const float *NN_RESTRICT t_h,
                                             const float *NN_RESTRICT y_add,
                                             const float *NN_RESTRICT y_recurrent_kernel,
                                             float *NN_RESTRICT y)
{
    for (int unit = 0; unit < 2; unit++) {
        const int start = unit * 2 - (unit > 1 ? unit - 1 : 0);
        if (start + (unit < 1 ? CASE11_FILLED_Y_FORWARD_ROWS : 1) <= batch) {
            const int n = start;
            if (unit < 1) {
                case11_filled_y_forward_large(y_sums, y_state, t_h, y_add, y_recurrent_kernel, y,
                        n);
            } else {
                case11_filled_y_forward_small(y_sums, y_state, t_h, y_add, y_recurrent_kernel, y,
                        n);
            }
        } else {
            for (int n = start; n < batch; n++)
                case11_filled_y_forward_single(y_sums, y_state, t_h, y_add, y_recurrent_kernel, y,
                        n);
        }
    }
}

static void case11_filled_run(float *state, char *arena, const nn_step *step,
                              const void *const *inputs, const void *const *targets,
                              void *const *outputs, float *results, int threads)
{
    (void)targets;
    (void)results;
    (void)threads;
    const int batch = step->batch;
    const float *const x = (const float *)inputs[0]; /* [3, 2] */
    const float *const t_h = (const float *)inputs[1]; /* [4] */
    const float *const y_kernel = state + 0; /* [2, 4] */
    const float *const y_recurrent_kernel = state + 32; /* [4, 4] */
    const float *const y_bias = state + 96; /* [4] */
    float *const y_add = (float *)(void *)(arena + 0); /* [3, 4] */
    float *const y = (float *)outputs[0]; /* [3, 4] */
    float *const y_sums = (float *)(void *)(arena + 192);
    float *const y_state = (float *)(void *)(arena + 384);
    memset(arena, 0xFF, 576);
    const uint64_t mode = nn_flush_denormals();
    case11_filled_y_contract_forward(batch, x, y_kernel, y_bias, y_add);
    case11_filled_y_forward(batch, y_sums, y_state, t_h, y_add, y_recurrent_kernel, y);
    memset(arena + 0, 0xFF, 144); /* y_add */
    memset(arena + 192, 0xFF, 192); /* y_sums */
    memset(arena + 384, 0xFF, 192); /* y_state */
    nn_restore_denormals(mode);
}

typedef void run_function(float *, char *, const nn_step *, const void *const *,
        const void *const *, void *const *, float *, int);
extern run_function *const runs[];
run_function *const runs[] = {
    case0_fast_run,
    case0_plain_run,
    case0_filled_run,
    case1_fast_run,
    case1_plain_run,
    case1_filled_run,
    case2_fast_run,
    case2_plain_run,
    case2_filled_run,
    case3_fast_run,
    case3_plain_run,
    case3_filled_run,
    case4_fast_run,
    case4_plain_run,
    case4_filled_run,
    case5_fast_run,
    case5_plain_run,
    case5_filled_run,
    case6_fast_run,
    case6_plain_run,
    case6_filled_run,
    case7_fast_run,
    case7_plain_run,
    case7_filled_run,
    case8_fast_run,
    case8_plain_run,
    case8_filled_run,
    case9_fast_run,
    case9_plain_run,
    case9_filled_run,
    case10_fast_run,
    case10_plain_run,
    case10_filled_run,
    case11_fast_run,
    case11_plain_run,
    case11_filled_run,
};
