/* xnor_trainer.c: trains the network of xnor.nnd. Made by nndc 0.1.0; do not edit it, change
 * the .nnd file and run nndc again.
 *
 * build       cc -O3 -march=native -fopenmp xnor_trainer.c -lm -o xnor
 *             (-march=native for speed here, -fopenmp for threads: both may be left out)
 * run         ./xnor train --data DIR      ./xnor --help
 * parameters  13
 * memory      448 bytes of state, 320 to train and 128 to evaluate batches of 1
 */

/* ---- runtime/posix.h ---- */
/* posix.h: asks the C library for POSIX; stands before the first #include of a trainer.
 *
 * Strict language modes (-std=c99) hide fsync, mkdir, sigaction and clock_gettime otherwise. */

#if !defined(_POSIX_C_SOURCE) && !defined(_GNU_SOURCE) && !defined(__APPLE__)
#define _POSIX_C_SOURCE 200809L
#endif
#if defined(__unix__) || defined(__APPLE__)
#define NN_POSIX 1
#else
#define NN_POSIX 0
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

/* The same number, which no compiler makes a lane of a vector: where there are two or three of a kind,
 * moving them into vectors and out again takes longer than computing them. */
NN_INLINE float nn_alone(float x)
{
#if defined(__SSE__) && (defined(__GNUC__) || defined(__clang__))
    __asm__("" : "+x"(x));
#endif
    return x;
}

NN_INLINE void nn_zero(float *to, int count)
{
    for (int i = 0; i < count; i++)
        to[i] = 0.0f;
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

NN_INLINE float nn_abs(float x)
{
    return nn_from_bits(nn_bits(x) & UINT32_C(0x7FFFFFFF));
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

/* log(1 + e^x), for any x without overflow. */
NN_INLINE float nn_softplus(float x)
{
    return nn_relu(x) + nn_log1p(nn_exp(-nn_abs(x)));
}

/* ---- runtime/rng.h ---- */
/* rng.h: random numbers that depend on a key and an index only.
 *
 * There is no generator state: number `index` of the stream `key` can be computed by any thread, in
 * any order, in vector lanes, so dropout masks and shuffles are the same for any number of threads.
 * nn_key makes the key of a stream (one per use: a dropout layer, a tensor's initial values, the
 * order of an epoch) at a step. */

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

/* ---- runtime/panel.h ---- */
/* panel.h: between the row-major order of files and the panels that kernels read.
 *
 * A row-major matrix [rows][columns] whose columns belong to `groups` equal groups is kept as
 *     [groups][ceil(columns / groups / width)][rows][width]
 * so that one kernel step reads `width` neighbouring columns. Lanes past a group's last column are
 * zero. A tensor of more axes counts its last axis as columns, all others together as rows. */

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

/* ---- runtime/tensor.h ---- */
/* tensor.h: what is known of a tensor of the network: its name and shape in files, its place in the
 * state, and how it begins. */

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

/* What the tables below point to or hand on; only some trainers have all of it. */
struct nn_data;
struct nn_error;
struct nn_kept;
struct nn_net;
struct nn_override;
struct nn_run;
struct nn_schedule;
struct nn_scores;
struct nn_sets;
struct nn_source;
struct nn_tensors_out;
struct nn_text;
struct nn_trainer;
struct nn_worker;

/* Type of a port's values. A class is the number of one of `classes` classes, in an int32_t. */
enum { NN_U8, NN_I32, NN_F32, NN_CLASS };

/* What the values of an output are to those of its target. */
enum {
    NN_NO_GUESS,
    NN_GUESS,      /* they are meant to be the same                        */
    NN_CHANCES,    /* how likely each is 1: above 0.5 it is                */
    NN_SCORES,     /* the same before a sigmoid: above 0                   */
    NN_CLASSES     /* scores of its classes, or the probability of class 1 */
};

typedef struct nn_port {
    const char *name;
    int type;
    int rank;
    int dims[6];
    long long elements; /* of one sample; 1 for a class */
    int classes;        /* NN_CLASS: how many; an output with target scores: its width; an input that takes
                         * rows of a table: how many rows; else 0 */
    int target;         /* outputs: index of the target the scores are for, or -1 */
    const char *const *class_names; /* NN_CLASS: a word for each class, or NULL */
    int meaning;        /* outputs: NN_GUESS ... */
} nn_port;

typedef struct nn_step {
    int batch;     /* samples in this call, 1 .. nn_net.batch */
    float rate;    /* learning rate */
    float number;  /* steps done so far, this one included */
    uint32_t seed; /* of this step: key of all its random numbers */
} nn_step;

/* A parameter of the model and the value that it has in this network: set by -P, or its default. */
typedef struct nn_param {
    const char *name, *value;
} nn_param;

/* All of them, and what is done with them: params.h. */
typedef struct nn_params {
    int count;
    const nn_param *items;
    void (*save)(struct nn_tensors_out *file, const struct nn_net *net); /* as metadata  */
    void (*json)(struct nn_text *text, const struct nn_net *net);        /* for config.json */
    int (*differ)(struct nn_text *text, const struct nn_net *net, const unsigned char *bytes, size_t size);
} nn_params;

/* fit.h */
typedef int nn_fit_function(float *state, const struct nn_net *net, const struct nn_sets *sets,
                            const struct nn_override *others, struct nn_error *error);

/* The sets a network may have data for. */
enum { NN_TRAIN, NN_VALIDATION, NN_TEST, NN_SETS };

/* schedule.h: only in trainers that have one. */
typedef double nn_factor_function(const struct nn_schedule *schedule, const double *memory,
                                  long long steps, long long steps_of_epoch, int epochs);
typedef void nn_watch_function(const struct nn_schedule *schedule, double *memory, const float *row,
                               int results);

/* Numbers that a run remembers besides its tensors: the schedule's, then those of others. */
enum {
    NN_MEMORY_SCHEDULE = 0,
    NN_MEMORY_DRIVER = 8,
    NN_MEMORY_PASSES = 14,   /* over the training set, of a driver */
    NN_MEMORY_FINISHED = 15, /* 1: a driver has said that the run is over */
    NN_MEMORY_STOPS = 16,    /* two numbers for each rule of nn_stop */
    NN_MEMORY = 32
};

/* What takes the place of a step for each batch: lbfgs.h. */
typedef struct nn_driver {
    int (*steps)(struct nn_trainer *trainer, struct nn_error *error); /* of one epoch */
    void (*size)(const struct nn_net *net, int *rows, int *columns);  /* vectors the run keeps */
    const double *settings;
} nn_driver;

typedef void nn_stop_function(struct nn_trainer *trainer);

/* Norms of gradients as columns of the history: norms.h. */
typedef struct nn_norms {
    int (*count)(const struct nn_net *net);
    void (*clear)(struct nn_run *run);
    void (*take)(const struct nn_run *run, long long steps, float *columns); /* of an epoch */
    void (*names)(struct nn_text *text, const struct nn_net *net);
    void (*json)(struct nn_text *text, const struct nn_net *net, const float *columns);
    void (*print)(const struct nn_net *net, const float *columns);
} nn_norms;

typedef struct nn_plan {
    int epochs;
    uint32_t seed;
    float rate;           /* initial learning rate */
    int monitor_set;      /* NN_TRAIN or NN_VALIDATION: whose result decides which weights are best */
    int monitor;          /* index of that result */
    int maximize;         /* 1: more is better */
    int stop_count;
    const struct nn_stop *stops; /* the run ends when one of them says so */
    nn_stop_function *ask_stops; /* after each epoch, or NULL */
    int shuffle;          /* 0: every epoch in the order of the data */
    const struct nn_schedule *schedule; /* NULL: the rate is constant */
    nn_factor_function *factor;         /* of the rate at a step */
    nn_watch_function *watch;           /* after each epoch, or NULL */
    const nn_driver *driver;            /* NULL: a step for each batch */
    const nn_norms *norms; /* or NULL */
} nn_plan;

/* How samples are read from files, or made: see read_idx.h and others. */
typedef struct nn_data *nn_read_function(const struct nn_net *net, const struct nn_source *source,
                                         const char *const *files, int count, int with_targets,
                                         struct nn_error *error);

enum { NN_NO_FILES, NN_ONE_FILE, NN_FILE_PER_PORT, NN_ANY_FILES };

typedef struct nn_format {
    const char *name; /* for messages */
    int files;        /* NN_NO_FILES ... */
    int takes_rows;   /* 1: the reader looks at first and end of the source */
    int has_columns;  /* 1: with names, or numbers */
    int (*fits)(const unsigned char *start, size_t length); /* to a file's first bytes; or NULL */
    nn_read_function *read;
} nn_format;

/* Takes a part of another set's samples: split.h. */
typedef int nn_split_function(struct nn_sets *sets, const struct nn_net *net,
                              const struct nn_source *source, struct nn_error *error);

/* Where the samples of a set come from; fields that do not matter are zero. Values of a row of a table
 * or CSV file are those of all inputs, then of all targets, in order. */
typedef struct nn_source {
    int set;                        /* NN_TRAIN ... */
    const nn_format *format;        /* NULL: a split */
    int file_count;                 /* of a file per port: inputs first, then targets */
    const char *const *files;       /* relative names start at --data DIR */
    long long first, end;           /* files: rows to take, from 0, without end; end is 0 for all */
    int column_count;               /* csv: 0 for the columns of the file as they stand */
    const struct nn_column *columns;
    int has_header;                 /* csv */
    char separator;                 /* csv */
    const struct nn_reading *reading; /* csv, or NULL */
    const float *values;            /* table */
    long long rows;                 /* table, toy, digits */
    int toy;                        /* NN_TOY_CIRCLE ... */
    double amount;                  /* toy: noise; split: the fraction taken */
    uint32_t seed;                  /* toy, digits, split */
    nn_split_function *split;       /* or NULL */
    int from;                       /* split: the set that gives samples away */
    int order;                      /* split: NN_SPLIT_RANDOM ... */
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
    nn_merge_function *merge;   /* NULL: a mean */
    nn_finish_function *finish; /* NULL: the mean is the value */
    int mode;                   /* for finish: NN_MACRO ... or 0 */
} nn_result;

/* load_parts.h; directory is that of --data. */
typedef int nn_load_function(float *state, const struct nn_net *net, const char *directory,
                             int is_quiet, struct nn_error *error);

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

/* What is reported of classifications: classes.h. */
typedef struct nn_class_report {
    void (*json)(struct nn_text *text, const struct nn_net *net, const struct nn_scores *scores);
    void (*print)(const struct nn_net *net, const struct nn_scores *scores);
    int (*save)(const struct nn_trainer *trainer, const struct nn_scores *scores,
                struct nn_error *error); /* confusion.csv of a run */
} nn_class_report;

/* The values that the frozen front part of a network computes of the inputs of a batch. */
typedef void nn_prefix_function(const float *weights, char *arena, const nn_step *step,
                                const void *const *inputs, void *const *outputs, int threads);

/* kept.h: what the loop does with a frozen front part. */
typedef struct nn_keeper {
    struct nn_kept *(*begin)(const struct nn_net *net);
    void (*end)(struct nn_kept *kept);
    void (*prepare)(struct nn_kept *kept, const float *state); /* takes the frozen weights       */
    void (*compute)(struct nn_worker *worker, int count);      /* from the inputs in its batch   */
    void (*fetch)(struct nn_worker *worker, const struct nn_data *data, const uint32_t *rows, int count);
    int (*fill)(struct nn_trainer *trainer); /* before the first epoch; 0: a stop was asked for  */
} nn_keeper;

/* A frozen front part is a program of its own. train and evaluate take its values as further inputs,
 * after those of the network. */
typedef struct nn_prefix {
    int batch;                  /* most samples of a call                                        */
    int value_count;
    const nn_port *values;      /* names and sizes of what it computes of a sample               */
    const unsigned char *reads; /* by input: 1 when the rest of the network reads it, too        */
    long long weight_floats;
    long long arena_bytes;
    double flops;               /* of one sample                                                 */
    nn_prepare_function *prepare; /* its weights, from the state                                 */
    nn_prefix_function *run;
    const nn_keeper *keeper;
} nn_prefix;

/* What is reported of outputs that guess numbers, or say what is likely: regression.h, labels.h. */
typedef struct nn_value_report {
    double *(*begin)(const struct nn_net *net); /* totals of no samples; free them with nn_free */
    void (*add)(double *totals, const struct nn_net *net, void *const *outputs, void *const *targets,
                int count);
    void (*json)(struct nn_text *text, const struct nn_net *net, const double *totals);
    void (*print)(const struct nn_net *net, const double *totals);
} nn_value_report;

typedef struct nn_net {
    const char *name;
    const char *source; /* the .nnd file, for messages */
    int batch;          /* largest batch of a call */
    long long state_floats;
    long long weight_floats;
    long long train_arena_bytes;
    long long evaluate_arena_bytes;
    double train_flops; /* of one sample in a training step, without those of a prefix */
    int tensor_count, input_count, target_count, output_count, result_count, source_count;
    int result_floats; /* of all results of a batch */
    const nn_tensor *tensors;
    const nn_port *inputs;
    const nn_port *targets;
    const nn_port *outputs;
    const nn_result *results; /* results[0] is the total loss */
    const nn_source *sources;
    const nn_plan *plan;
    nn_train_function *train;
    nn_prepare_function *prepare;
    nn_evaluate_function *evaluate;
    const nn_class_report *classes; /* NULL when no output is of classes */
    const nn_value_report *labels;  /* NULL when none says what is likely */
    const nn_value_report *values; /* NULL when no output guesses numbers */
    int fit_count;
    const struct nn_fit *fits;
    nn_fit_function *fit; /* or NULL */
    int load_count;
    const struct nn_start *loads;
    nn_load_function *load; /* or NULL */
    int format_count;
    const nn_format *const *formats; /* of the files that this trainer reads */
    const nn_prefix *prefix; /* NULL: the front is not frozen */
    const nn_params *params; /* NULL: the model has none */
} nn_net;

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

/* Copies a tensor's bytes to its place in the state, in its layout. */
static void nn_tensor_load(float *state, const nn_tensor *tensor, const unsigned char *bytes)
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

/* ---- runtime/initialise.h ---- */
/* initialise.h: the first values of a tensor.
 *
 * A value depends on the seed, the number of the tensor and the place of the element in row-major
 * order, and on nothing else (an orthogonal one also on those before it): neither on the layout in
 * memory nor on the other tensors. */

#include <math.h>

/* ---- a random number for an element; those past 2^31 get a key of their own ---- */

static uint32_t nn_element_key(uint32_t key, long long element)
{
    return key + (uint32_t)(element >> 31) * UINT32_C(0x9E3779B9);
}

static float nn_uniform_at(uint32_t key, long long element)
{
    return nn_uniform(nn_element_key(key, element), (uint32_t)(element & 0x7FFFFFFF));
}

/* ---- what nn_tensor.init may be; a and b are init_a and init_b ---- */

/* Between a and b. */
static void nn_fill_uniform(float *values, long long count, const nn_tensor *tensor, uint32_t key)
{
    for (long long i = 0; i < count; i++)
        values[i] = tensor->init_a + (tensor->init_b - tensor->init_a) * nn_uniform_at(key, i);
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

/* ---- runtime/report.h ---- */
/* report.h: errors, memory, time and text for the pieces of a trainer.
 *
 * A function that can fail on what a user gave it returns 1 for success, or 0 after nn_fail has
 * written the message. Messages are lower case, name the file, and say what was found and needed. */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#ifdef _OPENMP
#include <omp.h>
#endif

/* Exit codes, the same as those of nndc. */
enum { NN_EXIT_OK, NN_EXIT_FAILED, NN_EXIT_USAGE, NN_EXIT_IO, NN_EXIT_INTERRUPTED = 130 };

typedef struct nn_error {
    int code; /* NN_EXIT_... that the program should end with */
    char text[2000];
} nn_error;

static NN_PRINTF(3, 4) int nn_fail(nn_error *error, int code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->text, sizeof error->text, format, arguments);
    va_end(arguments);
    error->code = code;
    return 0;
}

/* Memory aligned to 64 bytes and zeroed. There is nothing to save when it runs out before training,
 * and nothing is allocated while training, so the program ends here. Free with nn_free. */
static void *nn_allocate(long long count, long long item_bytes)
{
    const unsigned long long limit = (SIZE_MAX >> 1) - 128;
    unsigned long long bytes = (unsigned long long)(count < 1 ? 1 : count);
    char *raw = NULL;
    if (bytes <= limit / (unsigned long long)item_bytes) {
        bytes *= (unsigned long long)item_bytes;
        raw = (char *)calloc((size_t)bytes + 128, 1);
    }
    if (raw == NULL) {
        fprintf(stderr, "error: out of memory: %lld times %lld bytes\n", count, item_bytes);
        exit(NN_EXIT_IO);
    }
    char *aligned = raw + 128 - (size_t)((uintptr_t)raw % 64);
    memcpy(aligned - sizeof raw, &raw, sizeof raw); /* where it really starts */
    return aligned;
}

static void nn_free(void *memory)
{
    if (memory != NULL) {
        char *raw;
        memcpy(&raw, (char *)memory - sizeof raw, sizeof raw);
        free(raw);
    }
}

#define NN_ALLOCATE(T, count) ((T *)nn_allocate((count), (long long)sizeof(T)))

/* Text that grows. */
typedef struct nn_text {
    char *at; /* zero-terminated once something was added; free with nn_free */
    long long length, capacity;
} nn_text;

static void nn_text_reserve(nn_text *text, long long more)
{
    if (text->length + more + 1 > text->capacity) {
        long long capacity = 2 * (text->length + more + 1) + 256;
        char *moved = NN_ALLOCATE(char, capacity);
        if (text->length > 0)
            memcpy(moved, text->at, (size_t)text->length);
        nn_free(text->at);
        text->at = moved;
        text->capacity = capacity;
    }
}

static NN_PRINTF(2, 3) void nn_text_add(nn_text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length >= 0) {
        nn_text_reserve(text, length);
        va_start(arguments, format);
        vsnprintf(text->at + text->length, (size_t)length + 1, format, arguments);
        va_end(arguments);
        text->length += length;
    }
}

/* A string in JSON, with its quotes. Bytes that are not ASCII stay as they are (UTF-8). */
static void nn_text_json(nn_text *text, const char *string)
{
    nn_text_add(text, "\"");
    for (const char *c = string; *c != '\0'; c++) {
        if (*c == '"' || *c == '\\')
            nn_text_add(text, "\\%c", *c);
        else if ((unsigned char)*c < 0x20)
            nn_text_add(text, "\\u%04x", (unsigned)(unsigned char)*c);
        else
            nn_text_add(text, "%c", *c);
    }
    nn_text_add(text, "\"");
}

/* A word of a command as a shell takes it: in quotes where it needs them. */
static void nn_text_word(nn_text *text, const char *word)
{
    int is_plain = word[0] != '\0' && word[strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRST"
                                                        "UVWXYZ0123456789_./,=:+-@%")] == '\0';
    if (is_plain) {
        nn_text_add(text, "%s", word);
        return;
    }
    nn_text_add(text, "'");
    for (; *word != '\0'; word++)
        if (*word == '\'')
            nn_text_add(text, "'\\''");
        else
            nn_text_add(text, "%c", *word);
    nn_text_add(text, "'");
}

/* A number in JSON, which has no word for infinity and NaN. */
static void nn_text_number(nn_text *text, double value)
{
    if (value - value == 0.0)
        nn_text_add(text, "%.7g", value);
    else
        nn_text_add(text, "null");
}

/* A value of the network: nine digits read back as the same float. */
static void nn_text_float(nn_text *text, float value)
{
    if (value - value == 0.0f)
        nn_text_add(text, "%.9g", (double)value);
    else
        nn_text_add(text, "null");
}

/* Edits (insert, delete, replace, swap of neighbours) from one word to another; 99 for long words. */
static int nn_distance(const char *a, const char *b)
{
    enum { longest = 40 };
    int table[longest + 1][longest + 1];
    int rows = (int)strlen(a), columns = (int)strlen(b);
    if (rows > longest || columns > longest)
        return 99;
    for (int i = 0; i <= rows; i++)
        for (int j = 0; j <= columns; j++) {
            if (i == 0 || j == 0) {
                table[i][j] = i + j;
                continue;
            }
            int best = table[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
            best = table[i - 1][j] + 1 < best ? table[i - 1][j] + 1 : best;
            best = table[i][j - 1] + 1 < best ? table[i][j - 1] + 1 : best;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                table[i - 2][j - 2] + 1 < best)
                best = table[i - 2][j - 2] + 1;
            table[i][j] = best;
        }
    return table[rows][columns];
}

/* Keeps the nearer of `best` and `word`; words further than 2 edits or a third of the length are no
 * suggestion. Start with best = NULL. */
static const char *nn_nearer(const char *found, const char *best, const char *word)
{
    int limit = (int)strlen(found) / 3;
    limit = limit > 2 ? 2 : limit < 1 ? 1 : limit;
    int distance = nn_distance(found, word);
    if (distance > limit || distance >= (int)strlen(found) ||
        (best != NULL && nn_distance(found, best) <= distance))
        return best;
    return word;
}

/* Seconds from some fixed moment. */
static double nn_seconds(void)
{
#if NN_POSIX
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
#elif defined(_OPENMP)
    return omp_get_wtime();
#else
    return (double)time(NULL);
#endif
}

/* ---- runtime/file.h ---- */
/* file.h: whole files in, and files out that are either complete or not there.
 *
 * An output is written beside its place as PATH.new, synced and renamed, so that a full disk or a
 * kill leaves the old file as it was. Every write is checked, the last one included. */

#include <errno.h>
#if NN_POSIX
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#endif

/* Reads a file. *bytes is freed with nn_free; one zero byte follows the last, not counted in size. */
static int nn_file_read(const char *path, unsigned char **bytes, size_t *size, nn_error *error)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return nn_fail(error, NN_EXIT_IO, "cannot read '%s': %s", path, strerror(errno));
    size_t capacity = 1 << 16, length = 0;
    unsigned char *buffer = NN_ALLOCATE(unsigned char, (long long)capacity);
    for (;;) {
        length += fread(buffer + length, 1, capacity - length - 1, file);
        if (ferror(file) != 0 || feof(file) != 0)
            break;
        unsigned char *larger = NN_ALLOCATE(unsigned char, (long long)(2 * capacity));
        memcpy(larger, buffer, length);
        nn_free(buffer);
        buffer = larger;
        capacity *= 2;
    }
    int failed = ferror(file), reason = errno;
    fclose(file);
    if (failed != 0) {
        nn_free(buffer);
        return nn_fail(error, NN_EXIT_IO, "cannot read '%s': %s", path, strerror(reason));
    }
    buffer[length] = 0;
    *bytes = buffer;
    *size = length;
    return 1;
}

static int nn_file_exists(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file != NULL)
        fclose(file);
    return file != NULL;
}

/* directory/name, or name alone when it is absolute or there is no directory; nn_free it. */
static char *nn_path(const char *directory, const char *name)
{
    nn_text path = {NULL, 0, 0};
    if (directory == NULL || directory[0] == '\0' || name[0] == '/')
        nn_text_add(&path, "%s", name);
    else if (directory[strlen(directory) - 1] == '/')
        nn_text_add(&path, "%s%s", directory, name);
    else
        nn_text_add(&path, "%s/%s", directory, name);
    return path.at;
}

/* Makes a directory and its parents; one that is there already is fine. */
static int nn_make_directory(const char *path, nn_error *error)
{
#if NN_POSIX
    char *copy = nn_path(NULL, path);
    struct stat status;
    for (char *c = copy + 1; *copy != '\0'; c++) {
        if (*c != '/' && *c != '\0')
            continue;
        char held = *c;
        *c = '\0';
        if (mkdir(copy, 0777) != 0 && errno != EEXIST) {
            int reason = errno;
            nn_fail(error, NN_EXIT_IO, "cannot make the directory '%s': %s", copy,
                    strerror(reason));
            nn_free(copy);
            return 0;
        }
        *c = held;
        if (held == '\0')
            break;
    }
    nn_free(copy);
    if (stat(path, &status) != 0 || !S_ISDIR(status.st_mode))
        return nn_fail(error, NN_EXIT_IO, "cannot make the directory '%s': a file has its name",
                       path);
#else
    (void)path;
    (void)error;
#endif
    return 1;
}

/* Keeps other trainers out of a directory as long as this program runs. What cannot be locked, as on some
 * file systems of networks, is not. The descriptor stays open: the system closes it at the end. */
static int nn_lock_directory(const char *path, nn_error *error)
{
#if NN_POSIX
    int directory = open(path, O_RDONLY);
    if (directory >= 0 && flock(directory, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
        close(directory);
        return nn_fail(error, NN_EXIT_IO, "another trainer is at work in '%s'; '--out' gives this one a "
                       "directory of its own", path);
    }
#else
    (void)path;
    (void)error;
#endif
    return 1;
}

typedef struct nn_output {
    FILE *file;
    char *path, *fresh; /* fresh is path.new */
    int reason;         /* errno of the first failure, or 0 */
} nn_output;

/* Whether a file is on the disk when it is closed, so that even a fall of the machine loses nothing. The
 * training loop turns it off now and then; files are still replaced whole or not at all. */
static int nn_sync_files = 1;

static int nn_output_open(nn_output *out, const char *path, nn_error *error)
{
    nn_text fresh = {NULL, 0, 0};
    nn_text_add(&fresh, "%s.new", path);
    out->path = nn_path(NULL, path);
    out->fresh = fresh.at;
    out->reason = 0;
    out->file = fopen(out->fresh, "wb");
    if (out->file == NULL) {
        nn_fail(error, NN_EXIT_IO, "cannot write '%s': %s", path, strerror(errno));
        nn_free(out->path);
        nn_free(out->fresh);
        return 0;
    }
    return 1;
}

/* Failures are remembered and reported by nn_output_close. */
static void nn_output_write(nn_output *out, const void *bytes, size_t size)
{
    if (out->reason == 0 && size > 0 && fwrite(bytes, 1, size, out->file) != size)
        out->reason = errno != 0 ? errno : EIO;
}

static int nn_output_close(nn_output *out, nn_error *error)
{
    int ok = 1;
    if (out->reason == 0 && fflush(out->file) != 0)
        out->reason = errno;
#if NN_POSIX
    if (out->reason == 0 && nn_sync_files && fsync(fileno(out->file)) != 0 && errno != EINVAL)
        out->reason = errno;
#endif
    if (fclose(out->file) != 0 && out->reason == 0)
        out->reason = errno;
    if (out->reason == 0 && rename(out->fresh, out->path) != 0)
        out->reason = errno;
    if (out->reason != 0) {
        remove(out->fresh);
        ok = nn_fail(error, NN_EXIT_IO, "cannot write '%s': %s", out->path, strerror(out->reason));
    }
    nn_free(out->path);
    nn_free(out->fresh);
    return ok;
}

/* A whole text file at once. */
static int nn_file_write(const char *path, const nn_text *text, nn_error *error)
{
    nn_output out;
    if (!nn_output_open(&out, path, error))
        return 0;
    nn_output_write(&out, text->at, (size_t)text->length);
    return nn_output_close(&out, error);
}

/* ---- runtime/safetensors_rt.h ---- */
/* safetensors_rt.h: reads and writes the tensors of a state as a safetensors file.
 *
 * The order of tensors in the file is that of the network's table; values are row-major F32. Names
 * may carry a prefix, so that a checkpoint holds both the last and the best values. */

/* "[3, 3, 1, 16]" */
static void nn_shape_text(nn_text *text, int rank, const uint64_t *dims)
{
    nn_text_add(text, "[");
    for (int axis = 0; axis < rank && axis < NN_MAX_RANK; axis++)
        nn_text_add(text, "%s%llu", axis > 0 ? ", " : "", (unsigned long long)dims[axis]);
    nn_text_add(text, rank > NN_MAX_RANK ? ", ...]" : "]");
}

/* For each NN_FILE_...: what stands before and after the name of a tensor. */
static const char *const nn_file_faults[][2] = {
    {"", ""},
    {" is not a complete safetensors file: it ends early", NULL},
    {" is not a safetensors file (header, byte ", NULL},
    {": the data of '", "' do not fit its shape or the size of the file"},
    {" holds '", "' twice"},
    {": '", "' is not of type F32"},
    {": '", "' has the shape "},
    {" has no tensor '", "'; are these weights of another network?"},
    {" has a tensor '", "' that the network does not have; are these weights of another network?"},
};

/* The message for what nn_safetensors_find found. Always returns 0. */
static int nn_safetensors_fail(const char *path, const unsigned char *bytes,
                               const nn_tensor *tensors, const nn_culprit *culprit, nn_error *error)
{
    const nn_tensor *tensor = culprit->tensor < 0 ? NULL : &tensors[culprit->tensor];
    const char *const *fault = nn_file_faults[culprit->status];
    const char *after = fault[1];
    nn_text text = {NULL, 0, 0};
    nn_text_add(&text, "'%s'%s", path, fault[0]);
    if (culprit->status == NN_FILE_HEADER)
        nn_text_add(&text, "%llu)", (unsigned long long)culprit->position);
    if (after != NULL && culprit->name_length > 0)
        nn_text_add(&text, "%.*s", culprit->name_length > 200 ? 200 : (int)culprit->name_length,
                    (const char *)bytes + culprit->name);
    else if (after != NULL && tensor != NULL)
        nn_text_add(&text, "%s", tensor->name);
    if (culprit->status == NN_FILE_RANGE && culprit->name_length == 0)
        after = "' overlap those of another tensor";
    nn_text_add(&text, "%s", after != NULL ? after : "");
    if (culprit->status == NN_FILE_SHAPE && tensor != NULL) {
        uint64_t dims[NN_MAX_RANK];
        for (int axis = 0; axis < tensor->rank; axis++)
            dims[axis] = (uint64_t)tensor->dims[axis];
        nn_shape_text(&text, culprit->rank, culprit->dims);
        nn_text_add(&text, ", the network needs ");
        nn_shape_text(&text, tensor->rank, dims);
    }
    nn_fail(error, NN_EXIT_IO, "%s", text.at);
    nn_free(text.at);
    return 0;
}

/* ---- metadata ---- */

/* The text of a metadata entry, escapes resolved as far as nn_text_json makes them. Returns 0 when there is
 * none, or the header is damaged; free text->at. */
static int nn_metadata(const unsigned char *bytes, size_t size, const char *key, nn_text *text)
{
    nn_scan scan;
    nn_entry entry;
    size_t data, name, length, value;
    int more = nn_safetensors_open(bytes, size, &scan, &data) == NN_FILE_OK;
    for (int is_first = 1; more && nn_scan_next(&scan, &entry, is_first);)
        is_first = 0; /* to the end: scan.metadata is the last that was passed over */
    if (!more || scan.bad || scan.metadata == 0)
        return 0;
    scan.at = scan.metadata;
    nn_scan_take(&scan, '{');
    do {
        nn_scan_string(&scan, &name, &length);
        int is_wanted = nn_scan_same(&scan, name, length, key);
        nn_scan_take(&scan, ':');
        nn_scan_string(&scan, &value, &length);
        for (size_t i = value; is_wanted && i < value + length; i++) {
            i += bytes[i] == '\\' && i + 1 < value + length;
            nn_text_add(text, "%c", bytes[i]);
        }
        if (is_wanted) {
            nn_text_reserve(text, 0);
            return 1;
        }
    } while (nn_scan_more(&scan, '}'));
    return 0;
}

/* Says after a message about tensors that do not fit why that may be so. */
static void nn_explain_params(const nn_net *net, const unsigned char *bytes, size_t size, nn_error *error)
{
    nn_text text = {NULL, 0, 0};
    size_t length = strlen(error->text);
    if (net->params != NULL && net->params->differ(&text, net, bytes, size))
        snprintf(error->text + length, sizeof error->text - length, "; these weights were %s", text.at);
    nn_free(text.at);
}

/* ---- reading ---- */

/* Loads tensors up to last_kind whose names start with prefix from the bytes of `path`. The state is
 * changed only when all is well. */
static int nn_state_from_bytes(float *state, const nn_net *net, const char *path,
                               const unsigned char *bytes, size_t size, const char *prefix,
                               int last_kind, int strict, nn_error *error)
{
    nn_culprit culprit;
    nn_found *found = NN_ALLOCATE(nn_found, net->tensor_count);
    int ok = nn_safetensors_find(bytes, size, prefix, net->tensors, net->tensor_count, last_kind,
                                 strict, found, &culprit) == NN_FILE_OK;
    for (int i = 0; ok && i < net->tensor_count; i++)
        if (net->tensors[i].kind <= last_kind)
            nn_tensor_load(state, &net->tensors[i], bytes + found[i].begin);
    nn_free(found);
    if (ok)
        return 1;
    nn_safetensors_fail(path, bytes, net->tensors, &culprit, error);
    nn_explain_params(net, bytes, size, error);
    return 0;
}

/* A weights file: parameters and statistics. A checkpoint will do as well. With `is_final` a message
 * tells of other parameters, because the results may be other ones, too; who trains on may mean it. */
static int nn_weights_load(float *state, const nn_net *net, const char *path, int is_final, nn_error *error)
{
    nn_text text = {NULL, 0, 0};
    unsigned char *bytes;
    size_t size;
    if (!nn_file_read(path, &bytes, &size, error))
        return 0;
    int ok = nn_state_from_bytes(state, net, path, bytes, size, "", NN_STATISTIC, 0, error);
    if (ok && is_final && net->params != NULL && net->params->differ(&text, net, bytes, size))
        fprintf(stderr, "note: '%s' was %s\n", path, text.at);
    nn_free(text.at);
    nn_free(bytes);
    return ok;
}

/* ---- writing ---- */

/* A file being written: first every entry of the header, then the data in the same order. */
typedef struct nn_tensors_out {
    nn_output out;
    nn_text header;
    unsigned long long data_bytes; /* promised so far */
} nn_tensors_out;

static int nn_tensors_open(nn_tensors_out *file, const char *path, nn_error *error)
{
    memset(file, 0, sizeof *file);
    nn_text_add(&file->header, "{\"__metadata__\":{\"format\":\"pt\"");
    return nn_output_open(&file->out, path, error);
}

/* Metadata come before the tensors. */
static void nn_tensors_metadata(nn_tensors_out *file, const char *key, const char *value)
{
    nn_text_add(&file->header, ",");
    nn_text_json(&file->header, key);
    nn_text_add(&file->header, ":");
    nn_text_json(&file->header, value);
}

/* What every file of a network says of it. */
static void nn_tensors_network(nn_tensors_out *file, const nn_net *net)
{
    nn_tensors_metadata(file, "network", net->name);
    if (net->params != NULL)
        net->params->save(file, net);
}

static void nn_tensors_end_metadata(nn_tensors_out *file)
{
    nn_text_add(&file->header, "}");
}

static void nn_tensors_entry(nn_tensors_out *file, const char *prefix, const char *name, int rank,
                             const int *dims)
{
    nn_text whole = {NULL, 0, 0};
    unsigned long long bytes = 4;
    nn_text_add(&whole, "%s%s", prefix, name);
    nn_text_add(&file->header, ",");
    nn_text_json(&file->header, whole.at);
    nn_text_add(&file->header, ":{\"dtype\":\"F32\",\"shape\":[");
    for (int axis = 0; axis < rank; axis++) {
        nn_text_add(&file->header, "%s%d", axis > 0 ? "," : "", dims[axis]);
        bytes *= (unsigned long long)dims[axis];
    }
    nn_text_add(&file->header, "],\"data_offsets\":[%llu,%llu]}", file->data_bytes,
                file->data_bytes + bytes);
    file->data_bytes += bytes;
    nn_free(whole.at);
}

/* The header, padded with spaces so that the data start at a multiple of 8. */
static void nn_tensors_begin_data(nn_tensors_out *file)
{
    nn_text_add(&file->header, "}");
    while (file->header.length % 8 != 0)
        nn_text_add(&file->header, " ");
    unsigned char length[8];
    for (int i = 0; i < 8; i++)
        length[i] = (unsigned char)((unsigned long long)file->header.length >> (8 * i));
    nn_output_write(&file->out, length, sizeof length);
    nn_output_write(&file->out, file->header.at, (size_t)file->header.length);
    nn_free(file->header.at);
    file->header.at = NULL;
}

static void nn_tensors_data(nn_tensors_out *file, const float *values, long long count)
{
    unsigned char bytes[4096];
    for (long long i = 0; i < count;) {
        int length = 0;
        for (; i < count && length < (int)sizeof bytes; i++, length += 4) {
            uint32_t bits;
            memcpy(&bits, &values[i], sizeof bits);
            bytes[length] = (unsigned char)bits;
            bytes[length + 1] = (unsigned char)(bits >> 8);
            bytes[length + 2] = (unsigned char)(bits >> 16);
            bytes[length + 3] = (unsigned char)(bits >> 24);
        }
        nn_output_write(&file->out, bytes, (size_t)length);
    }
}

static int nn_tensors_close(nn_tensors_out *file, nn_error *error)
{
    nn_free(file->header.at);
    return nn_output_close(&file->out, error);
}

/* Entries, and later data, of all tensors up to last_kind. */
static void nn_state_entries(nn_tensors_out *file, const nn_net *net, const char *prefix,
                             int last_kind)
{
    for (int i = 0; i < net->tensor_count; i++)
        if (net->tensors[i].kind <= last_kind)
            nn_tensors_entry(file, prefix, net->tensors[i].name, net->tensors[i].rank,
                             net->tensors[i].dims);
}

/* The panels of panel.h in row-major order. */
static void nn_panels_data(nn_tensors_out *file, const nn_tensor *tensor, const float *panels)
{
    long long columns = tensor->dims[tensor->rank - 1], rows = nn_tensor_elements(tensor) / columns;
    long long own = columns / tensor->groups, width = tensor->panel;
    for (long long row = 0; row < rows; row++) {
        const float *from = panels + row * width;
        for (int g = 0; g < tensor->groups; g++)
            for (long long first = 0; first < own; first += width, from += rows * width)
                nn_tensors_data(file, from, own - first < width ? own - first : width);
    }
}

static void nn_state_data(nn_tensors_out *file, const nn_net *net, const float *state, int last_kind)
{
    for (int i = 0; i < net->tensor_count; i++) {
        const nn_tensor *tensor = &net->tensors[i];
        if (tensor->kind <= last_kind && tensor->panel)
            nn_panels_data(file, tensor, state + tensor->offset);
        else if (tensor->kind <= last_kind)
            nn_tensors_data(file, state + tensor->offset, nn_tensor_elements(tensor));
    }
}

static int nn_weights_save(const float *state, const nn_net *net, const char *path, nn_error *error)
{
    nn_tensors_out file;
    if (!nn_tensors_open(&file, path, error))
        return 0;
    nn_tensors_network(&file, net);
    nn_tensors_end_metadata(&file);
    nn_state_entries(&file, net, "", NN_STATISTIC);
    nn_tensors_begin_data(&file);
    nn_state_data(&file, net, state, NN_STATISTIC);
    return nn_tensors_close(&file, error);
}

/* ---- runtime/data.h ---- */
/* data.h: samples in memory, sets of them, and batches.
 *
 * nn_data owns the values of all ports, inputs first, then targets, each as rows of values of the
 * port's type (bytes stay bytes). Mostly a row is a sample. In a series a sample is some rows that
 * follow each other, and samples share rows; they are copied together in a batch only. A set (train,
 * validation, test) is a list of samples of such data, so a split copies nothing. */

#include <float.h>

enum { NN_MAX_SAMPLES = 2000000000 };

/* Which rows make up a sample of a port. */
typedef struct nn_part {
    long long first; /* of sample 0; sample s begins s * step rows later */
    long long rows;
    long long width; /* values in a row: rows * width are the port's elements */
} nn_part;

typedef struct nn_data {
    long long count; /* samples */
    long long rows;  /* stored: count, but for a series */
    long long step;  /* rows from one sample to the next */
    int ports;
    nn_part *parts; /* [ports] */
    void **values;  /* [ports] */
} nn_data;

typedef struct nn_set {
    const nn_data *data; /* NULL when there is no such set */
    uint32_t *rows;
    long long count;
} nn_set;

static const char *const nn_set_names[NN_SETS] = {"train", "validation", "test"};

static long long nn_type_bytes(int type)
{
    return type == NN_U8 ? 1 : 4;
}

/* Port number `index` of the data: an input, or a target. */
static const nn_port *nn_data_port(const nn_net *net, int index)
{
    return index < net->input_count ? &net->inputs[index]
                                    : &net->targets[index - net->input_count];
}

/* Room for `rows` rows, of all ports or of the inputs only. A sample of an input is the rows that
 * `input` says, one of a target those of `target`; elements of ports are multiples of their rows. */
static nn_data *nn_data_rows(const nn_net *net, long long rows, int with_targets, nn_part input,
                             nn_part target)
{
    nn_data *data = NN_ALLOCATE(nn_data, 1);
    data->count = data->rows = rows;
    data->step = 1;
    data->ports = net->input_count + (with_targets ? net->target_count : 0);
    data->parts = NN_ALLOCATE(nn_part, data->ports);
    data->values = NN_ALLOCATE(void *, data->ports);
    for (int i = 0; i < data->ports; i++) {
        const nn_port *port = nn_data_port(net, i);
        data->parts[i] = i < net->input_count ? input : target;
        data->parts[i].width = port->elements / data->parts[i].rows;
        data->values[i] = nn_allocate(rows * data->parts[i].width, nn_type_bytes(port->type));
    }
    return data;
}

/* Room for `count` samples of one row each. */
static nn_data *nn_data_new(const nn_net *net, long long count, int with_targets)
{
    const nn_part row = {0, 1, 0};
    return nn_data_rows(net, count, with_targets, row, row);
}

static void nn_data_free(nn_data *data)
{
    if (data != NULL) {
        for (int i = 0; i < data->ports; i++)
            nn_free(data->values[i]);
        nn_free(data->values);
        nn_free(data->parts);
        nn_free(data);
    }
}

/* Where a sample of a port begins, in values. */
static long long nn_data_start(const nn_data *data, int index, long long sample)
{
    const nn_part *part = &data->parts[index];
    return (sample * data->step + part->first) * part->width;
}

/* The largest whole number that a port takes. */
static double nn_port_high(const nn_port *port)
{
    double most = port->type == NN_U8 ? 255.0 : 2147483647.0;
    return port->classes > 0 && port->classes - 1 < most ? port->classes - 1 : most;
}

/* Stores one value of a row; returns 0 when the port's type cannot hold it. */
static int nn_data_put(nn_data *data, const nn_net *net, int index, long long row,
                       long long element, double value)
{
    const nn_port *port = nn_data_port(net, index);
    long long at = row * data->parts[index].width + element;
    if (port->type == NN_F32) {
        if (!(value >= -(double)FLT_MAX && value <= (double)FLT_MAX))
            return 0; /* NaN would be found in the loss only, where nobody knows its row */
        ((float *)data->values[index])[at] = (float)value;
        return 1;
    }
    double low = port->type == NN_I32 && port->classes == 0 ? -2147483648.0 : 0.0;
    double high = nn_port_high(port);
    if (!(value >= low && value <= high) || value != (double)(int32_t)value)
        return 0;
    if (port->type == NN_U8)
        ((unsigned char *)data->values[index])[at] = (unsigned char)(int)value;
    else
        ((int32_t *)data->values[index])[at] = (int32_t)value;
    return 1;
}

/* Element i of values of a port's type. */
static double nn_port_value(const void *values, int type, long long i)
{
    return type == NN_U8    ? (double)((const unsigned char *)values)[i]
           : type == NN_F32 ? (double)((const float *)values)[i]
                            : (double)((const int32_t *)values)[i];
}

/* What a class is called; `number` has room for those without a word. */
static const char *nn_class_name(const nn_port *port, int k, char number[16])
{
    if (port->class_names != NULL)
        return port->class_names[k];
    snprintf(number, 16, "%d", k);
    return number;
}

/* "a class from 0 to 9": what a port can hold, for messages. */
static void nn_port_need(const nn_port *port, char *text, size_t size)
{
    if (port->type == NN_CLASS)
        snprintf(text, size, "a class from 0 to %d", port->classes - 1);
    else if (port->type == NN_U8 || (port->type == NN_I32 && port->classes > 0))
        snprintf(text, size, "a whole number from 0 to %.0f", nn_port_high(port));
    else
        snprintf(text, size, "%s", port->type == NN_I32 ? "a whole number" : "a finite 32-bit number");
}

/* A set of all samples in the order of the data. */
static nn_set nn_set_all(const nn_data *data)
{
    nn_set set;
    set.data = data;
    set.count = data->count;
    set.rows = NN_ALLOCATE(uint32_t, data->count);
    for (long long i = 0; i < data->count; i++)
        set.rows[i] = (uint32_t)i;
    return set;
}

/* Buffers for one batch, a pointer per port; behind the inputs one for each value of a prefix. */
typedef struct nn_batch {
    void **inputs, **targets;
} nn_batch;

static nn_batch nn_batch_new(const nn_net *net, int batch)
{
    nn_batch buffers;
    int values = net->prefix != NULL ? net->prefix->value_count : 0;
    buffers.inputs = NN_ALLOCATE(void *, net->input_count + values);
    buffers.targets = NN_ALLOCATE(void *, net->target_count);
    for (int i = 0; i < net->input_count; i++)
        buffers.inputs[i] =
            nn_allocate(batch * net->inputs[i].elements, nn_type_bytes(net->inputs[i].type));
    for (int i = 0; i < values; i++)
        buffers.inputs[net->input_count + i] =
            NN_ALLOCATE(float, batch * net->prefix->values[i].elements);
    for (int i = 0; i < net->target_count; i++)
        buffers.targets[i] =
            nn_allocate(batch * net->targets[i].elements, nn_type_bytes(net->targets[i].type));
    return buffers;
}

static void nn_batch_free(nn_batch *buffers, const nn_net *net)
{
    for (int i = 0; i < net->input_count; i++)
        nn_free(buffers->inputs[i]);
    for (int i = 0; net->prefix != NULL && i < net->prefix->value_count; i++)
        nn_free(buffers->inputs[net->input_count + i]);
    for (int i = 0; i < net->target_count; i++)
        nn_free(buffers->targets[i]);
    nn_free(buffers->inputs);
    nn_free(buffers->targets);
}

/* Copies samples rows[0 .. batch-1] of port number i. */
static void nn_gather_port(nn_batch *buffers, const nn_net *net, const nn_data *data, int i,
                           const uint32_t *rows, int batch)
{
    const nn_port *port = nn_data_port(net, i);
    size_t value = (size_t)nn_type_bytes(port->type), bytes = (size_t)port->elements * value;
    char *to = (char *)(i < net->input_count ? buffers->inputs[i]
                                             : buffers->targets[i - net->input_count]);
    const char *from = (const char *)data->values[i];
    for (int n = 0; n < batch; n++)
        memcpy(to + (size_t)n * bytes, from + (size_t)nn_data_start(data, i, rows[n]) * value, bytes);
}

/* The same of all ports that the data have. */
static void nn_gather(nn_batch *buffers, const nn_net *net, const nn_data *data, const uint32_t *rows,
                      int batch)
{
    for (int i = 0; i < data->ports; i++)
        nn_gather_port(buffers, net, data, i, rows, batch);
}

/* ---- runtime/columns.h ---- */
/* columns.h: what the fields of a column mean: numbers, words, dates.
 *
 * A field is text without quotes and blanks around it. Each function says whether it could make sense
 * of one; nothing depends on the locale or the time zone. Dates are those of the Gregorian calendar:
 *     2016-07-01 00:00:00   2016-07-01T00:00   2016/07/01   1/31/17 0:00   31.1.2017
 * Year first; else with dots, or where the file says so, day first; else month first. A year of two
 * digits is one of 1969 to 2068. */

#include <stdlib.h>

/* What becomes of the fields of a column. All but NN_ONE_HOT give one value. */
enum {
    NN_NUMBER,
    NN_CATEGORY,     /* position of the field in the column's words */
    NN_ONE_HOT,      /* a value for each word: 1 for the field's, 0 for the others */
    NN_YEAR,
    NN_MONTH,        /* 1 .. 12 */
    NN_DAY,          /* 1 .. 31 */
    NN_HOUR,         /* 0 .. 23 */
    NN_MINUTE,       /* 0 .. 59 */
    NN_WEEKDAY,      /* 0 (Monday) .. 6 (Sunday) */
    NN_DAY_OF_YEAR,  /* 1 .. 366 */
    NN_DAYS,         /* since the beginning of 1970, with the time of day as a fraction */
    NN_SECONDS       /* since the beginning of 1970 */
};

/* A column of a CSV file, by name when there is one, else by number from 0. */
typedef struct nn_column {
    const char *name; /* or NULL */
    int number;
    int kind;         /* NN_NUMBER ... */
    int word_count;   /* category, one hot */
    const char *const *words;
} nn_column;

/* How the rows of a CSV file become samples. A sample of a series is `window` rows for the inputs and
 * `horizon_rows` rows for the targets, the first of them `horizon` rows after the last of the inputs.
 * The next sample begins `step` rows later. */
typedef struct nn_reading {
    const char *missing; /* a field without a value, besides those that are always; or NULL */
    int skip_missing;    /* 1: rows with such a field are left out, 0: they are an error */
    int day_first;       /* 1: 2/1/2011 is the second of January */
    int every;           /* 1: all rows, 6: every sixth */
    int window;          /* 0: a row is a sample */
    int step;
    int horizon, horizon_rows;
} nn_reading;

typedef struct nn_date {
    int year, month, day, hour, minute;
    double second;
} nn_date;

/* A finite number in the usual notation; no hexadecimal, "nan" or "inf". */
static int nn_field_number(const char *text, double *value)
{
    char *end;
    if (text[strspn(text, "0123456789+-.eE")] != '\0')
        return 0;
    *value = strtod(text, &end);
    return end != text && *end == '\0' && *value - *value == 0.0;
}

/* Is there no value? `own` is what the file writes for that, or NULL. */
static int nn_field_missing(const char *text, const char *own)
{
    static const char words[8][8] = {"", "?", "NA", "N/A", "NaN", "nan", "null", "NULL"};
    for (int i = 0; i < 8; i++)
        if (strcmp(text, words[i]) == 0)
            return 1;
    return own != NULL && strcmp(text, own) == 0;
}

/* Position of the field among words, or -1. Words that are numbers are compared as numbers, so that 1
 * is found in "1.0". */
static int nn_field_word(const char *text, const char *const *words, int count)
{
    double number, other;
    for (int i = 0; i < count; i++)
        if (strcmp(text, words[i]) == 0)
            return i;
    if (!nn_field_number(text, &number))
        return -1;
    for (int i = 0; i < count; i++)
        if (nn_field_number(words[i], &other) && number >= other && number <= other)
            return i;
    return -1;
}

/* The number of a class: one of the port's words, or, when none of those is a number, a number. */
static int nn_field_class(const char *text, const nn_port *port, double *value)
{
    double number;
    int found;
    if (port->class_names == NULL)
        return nn_field_number(text, value);
    found = nn_field_word(text, port->class_names, port->classes);
    *value = found;
    if (found >= 0)
        return 1;
    for (int k = 0; k < port->classes; k++)
        if (nn_field_number(port->class_names[k], &number))
            return 0;
    return nn_field_number(text, value);
}

/* ---- dates ---- */

/* Up to `most` digits; leaves *at behind them. */
static int nn_date_digits(const char **at, int most, int *value)
{
    int count = 0;
    for (*value = 0; count < most && **at >= '0' && **at <= '9'; count++, ++*at)
        *value = *value * 10 + (**at - '0');
    return count;
}

static int nn_is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Days of the year before a month. */
static int nn_days_before(int year, int month)
{
    static const int days[13] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};
    return days[month - 1] + (month > 2 && nn_is_leap(year));
}

/* From the beginning of 1970 to the beginning of a day; years from 1. */
static int nn_date_days(const nn_date *date)
{
    int before = date->year - 1; /* 719162 days passed before 1970 */
    return 365 * before + before / 4 - before / 100 + before / 400 +
           nn_days_before(date->year, date->month) + date->day - 1 - 719162;
}

/* "14:05", "14:05:09.5", with a Z or without. */
static int nn_date_time(const char *at, nn_date *date)
{
    int whole = 0;
    double unit = 0.1;
    if (nn_date_digits(&at, 2, &date->hour) == 0 || *at++ != ':' ||
        nn_date_digits(&at, 2, &date->minute) != 2)
        return 0;
    if (*at == ':') {
        at++;
        if (nn_date_digits(&at, 2, &whole) != 2)
            return 0;
        date->second = whole;
        if (*at == '.')
            for (at++; *at >= '0' && *at <= '9'; at++, unit /= 10)
                date->second += (*at - '0') * unit;
    }
    if (*at == 'Z')
        at++;
    return *at == '\0' && date->hour < 24 && date->minute < 60 && whole < 60;
}

static int nn_field_date(const char *text, int day_first, nn_date *date)
{
    const char *at = text;
    int part[3], digits[3];
    char mark = '\0';
    memset(date, 0, sizeof *date);
    for (int i = 0; i < 3; i++) {
        digits[i] = nn_date_digits(&at, 4, &part[i]);
        if (i == 0)
            mark = *at;
        if (digits[i] == 0 || (i < 2 && (*at != mark || (mark != '-' && mark != '/' && mark != '.'))))
            return 0;
        at += i < 2;
    }
    int year = digits[0] > 2 ? 0 : 2, day = digits[0] > 2 ? 2 : day_first || mark == '.' ? 0 : 1;
    if (digits[day] > 2 || digits[3 - year - day] > 2 || digits[year] == 1 || digits[year] == 3)
        return 0;
    date->year = part[year] + (digits[year] > 2 ? 0 : part[year] < 69 ? 2000 : 1900);
    date->month = part[3 - year - day];
    date->day = part[day];
    if (date->year < 1 || date->month < 1 || date->month > 12 || date->day < 1 ||
        date->day > nn_days_before(date->year, date->month + 1) - nn_days_before(date->year, date->month))
        return 0;
    if (*at == '\0')
        return 1;
    if (*at != 'T' && *at != ' ')
        return 0;
    at += *at == 'T';
    at += strspn(at, " ");
    return nn_date_time(at, date);
}

/* The value of a date in a column of a kind of NN_YEAR and after. */
static double nn_date_value(const nn_date *date, int kind)
{
    int days = nn_date_days(date);
    double seconds = date->hour * 3600.0 + date->minute * 60.0 + date->second;
    switch (kind) {
    case NN_YEAR: return date->year;
    case NN_MONTH: return date->month;
    case NN_DAY: return date->day;
    case NN_HOUR: return date->hour;
    case NN_MINUTE: return date->minute;
    case NN_WEEKDAY: return ((days + 3) % 7 + 7) % 7; /* 1970 began with a Thursday */
    case NN_DAY_OF_YEAR: return nn_days_before(date->year, date->month) + date->day;
    case NN_DAYS: return days + seconds / 86400.0;
    default: return days * 86400.0 + seconds;
    }
}

/* ---- runtime/read_csv.h ---- */
/* read_csv.h: reads samples from CSV files.
 *
 * A row has the values of all inputs, then of all targets. It is one sample, or one step of a series. Fields may be quoted ("" is
 * a quote inside), rows end in LF or CRLF, empty lines are skipped, and blanks around a field do not
 * count, nor does a byte order mark. A missing value, a row of another length or a text where a number
 * belongs is an error with file and line. Columns are chosen by name (first row) or number, from 0;
 * without a choice the file must have exactly the columns that the ports need. */

typedef struct nn_field {
    size_t begin, length; /* without quotes and blanks */
} nn_field;

typedef struct nn_csv {
    const char *path;
    const unsigned char *bytes;
    size_t size, start, at; /* start: after a byte order mark */
    const nn_source *source;
    char separator;
    long long line;      /* of the next row */
    long long row_line;  /* of the row just read */
    nn_field *fields;    /* of the row just read */
    int field_count, field_room;
} nn_csv;

static int nn_csv_blank(unsigned char c)
{
    return c == ' ' || c == '\t';
}

static void nn_csv_push(nn_csv *csv, size_t begin, size_t end)
{
    if (csv->field_count == csv->field_room) {
        int room = csv->field_room * 2 + 16;
        nn_field *moved = NN_ALLOCATE(nn_field, room);
        if (csv->field_count > 0)
            memcpy(moved, csv->fields, sizeof *moved * (size_t)csv->field_count);
        nn_free(csv->fields);
        csv->fields = moved;
        csv->field_room = room;
    }
    csv->fields[csv->field_count].begin = begin;
    csv->fields[csv->field_count].length = end - begin;
    csv->field_count++;
}

/* One field; leaves `at` on the separator, the line end or the end of the file. */
static int nn_csv_field(nn_csv *csv, nn_error *error)
{
    const unsigned char *b = csv->bytes;
    while (csv->at < csv->size && nn_csv_blank(b[csv->at]) && b[csv->at] != (unsigned char)csv->separator)
        csv->at++;
    size_t begin = csv->at, end;
    if (csv->at < csv->size && b[csv->at] == '"') {
        long long opened = csv->line;
        begin = ++csv->at;
        while (csv->at < csv->size && (b[csv->at] != '"' || (csv->at + 1 < csv->size && b[csv->at + 1] == '"'))) {
            csv->line += b[csv->at] == '\n';
            csv->at += b[csv->at] == '"' ? 2u : 1u;
        }
        if (csv->at >= csv->size)
            return nn_fail(error, NN_EXIT_IO, "%s:%lld: a quote that opens here never closes", csv->path,
                           opened);
        end = csv->at++;
        while (csv->at < csv->size && nn_csv_blank(b[csv->at]) && b[csv->at] != (unsigned char)csv->separator)
            csv->at++;
        if (csv->at < csv->size && b[csv->at] != (unsigned char)csv->separator && b[csv->at] != '\n' &&
            b[csv->at] != '\r')
            return nn_fail(error, NN_EXIT_IO, "%s:%lld: text after a closing quote", csv->path,
                           csv->line);
    } else {
        while (csv->at < csv->size && b[csv->at] != (unsigned char)csv->separator && b[csv->at] != '\n' &&
               b[csv->at] != '\r')
            csv->at++;
        end = csv->at;
        while (end > begin && nn_csv_blank(b[end - 1]))
            end--;
    }
    nn_csv_push(csv, begin, end);
    return 1;
}

/* The next row that is not empty. *more becomes 0 at the end of the file. Returns 0 at an error. */
static int nn_csv_row(nn_csv *csv, int *more, nn_error *error)
{
    *more = 0;
    while (csv->at < csv->size) {
        csv->field_count = 0;
        csv->row_line = csv->line;
        for (;;) {
            if (!nn_csv_field(csv, error))
                return 0;
            if (csv->at >= csv->size || csv->bytes[csv->at] != (unsigned char)csv->separator)
                break;
            csv->at++;
        }
        if (csv->at < csv->size && csv->bytes[csv->at] == '\r')
            csv->at++;
        if (csv->at < csv->size && csv->bytes[csv->at] == '\n')
            csv->at++;
        csv->line++;
        if (csv->field_count > 1 || csv->fields[0].length > 0) {
            *more = 1;
            return 1;
        }
    }
    return 1;
}

/* The text of a field, cut to the buffer; of two quotes in a quoted one the first is left out. */
static void nn_csv_text(const nn_csv *csv, int field, char *text, size_t size)
{
    const nn_field *f = &csv->fields[field];
    const unsigned char *from = csv->bytes + f->begin;
    int is_quoted = f->begin > 0 && from[-1] == '"';
    size_t used = 0;
    for (size_t i = 0; i < f->length && used < size - 1; i++) {
        i += is_quoted && from[i] == '"';
        text[used++] = (char)from[i];
    }
    text[used] = '\0';
}

/* Field numbers of the wanted columns; the row just read is the header when there is one. */
static int nn_csv_columns(const nn_csv *csv, const nn_column *columns, int count, int has_header,
                          int *fields, nn_error *error)
{
    for (int i = 0; i < count; i++) {
        fields[i] = columns[i].number;
        if (columns[i].name == NULL) {
            if (columns[i].number < 0 || columns[i].number >= csv->field_count)
                return nn_fail(error, NN_EXIT_IO, "'%s' has columns 0 to %d, column %d was asked for",
                               csv->path, csv->field_count - 1, columns[i].number);
            continue;
        }
        if (!has_header)
            return nn_fail(error, NN_EXIT_IO, "'%s' has no header, column '%s' cannot be found by name",
                           csv->path, columns[i].name);
        char name[200], near[200] = "";
        fields[i] = -1;
        for (int field = 0; field < csv->field_count; field++) {
            nn_csv_text(csv, field, name, sizeof name);
            if (strcmp(name, columns[i].name) == 0)
                fields[i] = field;
            if (nn_nearer(columns[i].name, near[0] != '\0' ? near : NULL, name) == name)
                memcpy(near, name, sizeof near);
        }
        if (fields[i] < 0)
            return nn_fail(error, NN_EXIT_IO, "'%s' has no column '%s'%s%s%s", csv->path,
                           columns[i].name, near[0] != '\0' ? "; did you mean '" : "", near,
                           near[0] != '\0' ? "'?" : "");
    }
    return 1;
}

/* Is the row just read, the header, a row of numbers? Then a sample may have been taken for names. */
static int nn_csv_is_numbers(const nn_csv *csv)
{
    for (int field = 0; field < csv->field_count; field++) {
        char text[80];
        double value;
        nn_csv_text(csv, field, text, sizeof text);
        if (!nn_field_number(text, &value))
            return 0;
    }
    return 1;
}

/* ---- one row ---- */

/* The columns that are read: where they stand and what they mean. */
typedef struct nn_csv_plan {
    int count;
    int *fields;
    const nn_column *columns; /* NULL: numbers */
    const nn_reading *reading; /* NULL: rows are samples */
    int width;                 /* fields of every row */
} nn_csv_plan;

/* Where the next value of a row goes. */
typedef struct nn_csv_place {
    int index;         /* of the port */
    long long element; /* in a row of it */
} nn_csv_place;

/* "column 'temp'", or "column 3" from 0. */
static void nn_csv_column_text(const nn_csv_plan *plan, int column, char *text, size_t size)
{
    if (plan->columns != NULL && plan->columns[column].name != NULL)
        snprintf(text, size, "column '%s'", plan->columns[column].name);
    else
        snprintf(text, size, "column %d", plan->fields[column]);
}

/* Adds "'a', 'b', 'c' ..." to a text with room for `size` bytes. */
static void nn_csv_add_words(char *text, size_t size, const char *const *words, int count)
{
    enum { most = 12 };
    for (int i = 0; i < count && i < most; i++) {
        size_t used = strlen(text);
        snprintf(text + used, size - used, "%s'%.40s'%s", i > 0 ? ", " : "", words[i],
                 i == most - 1 && count > most ? " ..." : "");
    }
}

/* The words that a column really holds, each once, in order; of the whole file, which ends reading. */
static void nn_csv_add_found(nn_csv *csv, int field, char *text, size_t size)
{
    enum { most = 13 };
    static char found[most][80];
    const char *words[most];
    int count = 0, more = 1;
    nn_error ignored;
    csv->at = csv->start;
    if (csv->source->has_header && !nn_csv_row(csv, &more, &ignored))
        return;
    while (count < most && nn_csv_row(csv, &more, &ignored) && more) {
        if (field >= csv->field_count)
            continue;
        nn_csv_text(csv, field, found[count], sizeof found[count]);
        for (int i = 0; i < count; i++)
            if (strcmp(found[i], found[count]) == 0)
                count--, i = most;
        count++;
        words[count - 1] = found[count - 1];
    }
    nn_csv_add_words(text, size, words, count);
}

/* A field that is none of the words: shows the words and what the column holds. */
static int nn_csv_unknown(nn_csv *csv, const nn_csv_plan *plan, int column, const char *found,
                          const char *needs, const char *const *words, int count, nn_error *error)
{
    char name[120], known[300] = "", holds[300] = "";
    long long line = csv->row_line;
    nn_csv_column_text(plan, column, name, sizeof name);
    nn_csv_add_words(known, sizeof known, words, count);
    nn_csv_add_found(csv, plan->fields[column], holds, sizeof holds);
    return nn_fail(error, NN_EXIT_IO, "%s:%lld: %s is '%s', %s %s; the column holds %s", csv->path, line,
                   name, found, needs, known, holds);
}

static int nn_csv_put(nn_data *data, const nn_net *net, long long row, nn_csv_place *place,
                      double value)
{
    int ok = nn_data_put(data, net, place->index, row, place->element, value);
    if (++place->element == data->parts[place->index].width) {
        place->element = 0;
        place->index++;
    }
    return ok;
}

/* The values of one column in the row just read. */
static int nn_csv_store_field(nn_csv *csv, const nn_csv_plan *plan, int column, nn_data *data,
                              const nn_net *net, long long row, nn_csv_place *place,
                              nn_error *error)
{
    const nn_port *port = nn_data_port(net, place->index);
    const nn_column *rule = plan->columns != NULL ? &plan->columns[column] : NULL;
    int kind = rule != NULL ? rule->kind : NN_NUMBER, ok;
    char text[80], name[120], need[80];
    double value = 0;
    nn_csv_text(csv, plan->fields[column], text, sizeof text);
    nn_csv_column_text(plan, column, name, sizeof name);
    if (nn_field_missing(text, plan->reading != NULL ? plan->reading->missing : NULL))
        return nn_fail(error, NN_EXIT_IO, "%s:%lld: %s has no value ('%s')", csv->path, csv->row_line,
                       name, text);
    if (kind == NN_CATEGORY || kind == NN_ONE_HOT) {
        int found = nn_field_word(text, rule->words, rule->word_count);
        if (found < 0)
            return nn_csv_unknown(csv, plan, column, text, "which is none of", rule->words,
                                  rule->word_count, error);
        if (kind == NN_CATEGORY)
            return nn_csv_put(data, net, row, place, found) ||
                   nn_fail(error, NN_EXIT_IO, "%s:%lld: %s is number %d of its words, too large for '%s'",
                           csv->path, csv->row_line, name, found, port->name);
        for (int i = 0; i < rule->word_count; i++)
            nn_csv_put(data, net, row, place, i == found);
        return 1;
    }
    if (kind >= NN_YEAR) {
        nn_date date;
        if (!nn_field_date(text, plan->reading != NULL && plan->reading->day_first, &date))
            return nn_fail(error, NN_EXIT_IO, "%s:%lld: %s is '%s', a date such as 2016-07-01 00:00:00 or "
                           "%s is needed", csv->path, csv->row_line, name, text,
                           plan->reading != NULL && plan->reading->day_first ? "31/1/2017 0:00"
                                                                             : "1/31/2017 0:00");
        value = nn_date_value(&date, kind);
        ok = 1;
    } else {
        ok = port->type == NN_CLASS ? nn_field_class(text, port, &value) : nn_field_number(text, &value);
        if (!ok && port->type == NN_CLASS && port->class_names != NULL) {
            snprintf(need, sizeof need, "'%s' needs one of", port->name);
            return nn_csv_unknown(csv, plan, column, text, need, port->class_names, port->classes, error);
        }
    }
    if (ok && nn_csv_put(data, net, row, place, value))
        return 1;
    nn_port_need(port, need, sizeof need);
    return nn_fail(error, NN_EXIT_IO, "%s:%lld: %s is '%s', '%s' needs %s%s", csv->path, csv->row_line,
                   name, text, port->name, need,
                   row == 0 && !csv->source->has_header && strchr("+-.0123456789", text[0]) == NULL
                       ? "; names in the first line need 'header = true'"
                       : "");
}

/* Puts the row just read into row `row` of the data. */
static int nn_csv_store(nn_csv *csv, const nn_csv_plan *plan, nn_data *data, const nn_net *net,
                        long long row, nn_error *error)
{
    nn_csv_place place = {0, 0};
    for (int column = 0; column < plan->count; column++)
        if (!nn_csv_store_field(csv, plan, column, data, net, row, &place, error))
            return 0;
    return 1;
}

/* ---- all rows ---- */

/* Does one of the columns that are read have no value? */
static int nn_csv_lacks_value(const nn_csv *csv, const nn_csv_plan *plan)
{
    for (int column = 0; column < plan->count; column++) {
        char text[80];
        nn_csv_text(csv, plan->fields[column], text, sizeof text);
        if (nn_field_missing(text, plan->reading->missing))
            return 1;
    }
    return 0;
}

/* Is row `number` of the file, just read, one that is wanted? Counts those that lack a value. */
static int nn_csv_keeps(const nn_csv *csv, const nn_csv_plan *plan, long long number,
                        long long *lacking)
{
    const nn_source *source = csv->source;
    const nn_reading *reading = plan->reading;
    if (source->end > 0 && (number < source->first || number >= source->end))
        return 0;
    if (reading == NULL)
        return 1;
    long long from = source->end > 0 ? source->first : 0;
    if (reading->every > 1 && (number - from) % reading->every != 0)
        return 0;
    if (!reading->skip_missing || !nn_csv_lacks_value(csv, plan))
        return 1;
    ++*lacking;
    return 0;
}

/* How many rows of the file are wanted, or -1; checks that all rows are as long as the first. */
static long long nn_csv_count(nn_csv *csv, const nn_csv_plan *plan, nn_error *error)
{
    long long count = 0, number = 0, lacking = 0;
    const nn_source *source = csv->source;
    for (int more = 1;; number++) {
        if (!nn_csv_row(csv, &more, error))
            return -1;
        if (!more)
            break;
        if (csv->field_count != plan->width)
            return nn_fail(error, NN_EXIT_IO, "%s:%lld: %d column%s, the rows before have %d", csv->path,
                           csv->row_line, csv->field_count, csv->field_count == 1 ? "" : "s",
                           plan->width) - 1;
        count += nn_csv_keeps(csv, plan, number, &lacking);
    }
    if (source->end > number)
        return nn_fail(error, NN_EXIT_IO, "'%s' has %lld rows, 'rows' asks for %lld to %lld, counted from 0",
                       csv->path, number, source->first, source->end - 1) - 1;
    if (count > NN_MAX_SAMPLES)
        return nn_fail(error, NN_EXIT_IO, "'%s' has more than %d rows", csv->path, NN_MAX_SAMPLES) - 1;
    if (lacking > 0)
        fprintf(stderr, "note: '%s': %lld of %lld rows lack a value and are left out\n", csv->path,
                lacking, lacking + count);
    return count;
}

/* Room for `rows` rows, of which a sample takes as many as a series says. */
static nn_data *nn_csv_room(const nn_net *net, long long rows, int with_targets,
                            const nn_reading *reading)
{
    if (reading == NULL || reading->window == 0)
        return nn_data_new(net, rows, with_targets);
    const nn_part input = {0, reading->window, 0};
    const nn_part target = {reading->window - 1 + reading->horizon, reading->horizon_rows, 0};
    nn_data *data = nn_data_rows(net, rows, with_targets, input, target);
    data->step = reading->step;
    for (int i = 0; i < data->ports; i++) {
        long long left = rows - data->parts[i].first - data->parts[i].rows;
        long long count = left < 0 ? 0 : left / reading->step + 1;
        data->count = count < data->count ? count : data->count;
    }
    return data;
}

/* Counts the rows, then stores them. */
static nn_data *nn_csv_samples(nn_csv *csv, const nn_net *net, const nn_csv_plan *plan,
                               int with_targets, nn_error *error)
{
    size_t start = csv->at;
    long long line = csv->line, lacking = 0, count = nn_csv_count(csv, plan, error);
    const nn_reading *reading = plan->reading;
    int more = 1;
    if (count < 0)
        return NULL;
    nn_data *data = nn_csv_room(net, count, with_targets, reading);
    if (data->count == 0 && count > 0) {
        nn_fail(error, NN_EXIT_IO, "'%s' gives %lld row%s, a window of %d%s needs at least %d", csv->path,
                count, count == 1 ? "" : "s", reading->window, with_targets ? " with its targets" : "",
                reading->window + (with_targets ? reading->horizon + reading->horizon_rows - 1 : 0));
        nn_data_free(data);
        return NULL;
    }
    csv->at = start;
    csv->line = line;
    for (long long number = 0, row = 0; row < count; number++) {
        int ok = nn_csv_row(csv, &more, error);
        if (ok && !nn_csv_keeps(csv, plan, number, &lacking))
            continue;
        if (!ok || !nn_csv_store(csv, plan, data, net, row, error)) {
            nn_data_free(data);
            return NULL;
        }
        row++;
    }
    return data;
}

/* "; 'separator = ";"' divides it", for a row of one field that something else than the separator divides. */
static const char *nn_csv_hint(const nn_csv *csv)
{
    static const struct {
        char separator;
        const char *hint;
    } others[] = {
        {';', "; 'separator = \";\"' divides it"},
        {'\t', "; 'separator = \"\\t\"' divides it"},
        {',', "; 'separator = \",\"' divides it"},
        {' ', "; 'separator = \" \"' divides it"},
    };
    const nn_field *field = &csv->fields[0];
    for (int i = 0; csv->field_count == 1 && i < 4; i++)
        if (others[i].separator != csv->separator &&
            memchr(csv->bytes + field->begin, others[i].separator, field->length) != NULL)
            return others[i].hint;
    return "";
}

/* Chooses the columns of the first row that was read. needed: values of a row. */
static int nn_csv_choose(const nn_csv *csv, const nn_net *net, nn_csv_plan *plan, int with_targets,
                         long long needed, nn_error *error)
{
    const nn_source *source = csv->source;
    long long values = 0, targets = 0;
    if (source->column_count == 0) {
        /* a table with targets will do where only inputs are read */
        int rows = plan->reading != NULL && plan->reading->window > 0 ? plan->reading->horizon_rows : 1;
        for (int i = 0; !with_targets && i < net->target_count; i++)
            targets += net->targets[i].elements / rows;
        if (plan->width != needed && plan->width != needed + targets)
            return nn_fail(error, NN_EXIT_IO, "%s:%lld: %d column%s, the network needs %lld%s", csv->path,
                           csv->row_line, plan->width, plan->width == 1 ? "" : "s", needed, nn_csv_hint(csv));
        plan->count = (int)needed;
        for (int i = 0; i < plan->count; i++)
            plan->fields[i] = i;
        return 1;
    }
    for (plan->count = 0; plan->count < source->column_count && values < needed; plan->count++) {
        const nn_column *column = &source->columns[plan->count];
        values += column->kind == NN_ONE_HOT ? column->word_count : 1;
    }
    if (values != needed)
        return nn_fail(error, NN_EXIT_IO, "'%s': the columns that are named give %lld values, the network "
                       "needs %lld", csv->path, values, needed);
    plan->columns = source->columns;
    return nn_csv_columns(csv, source->columns, plan->count, source->has_header, plan->fields, error);
}

/* Reads the first row, finds the columns and reads the samples. */
static nn_data *nn_csv_table(nn_csv *csv, const nn_net *net, nn_csv_plan *plan, int with_targets,
                             long long needed, nn_error *error)
{
    int more;
    if (!nn_csv_row(csv, &more, error))
        return NULL;
    if (!more) {
        nn_fail(error, NN_EXIT_IO, "'%s' is empty", csv->path);
        return NULL;
    }
    plan->width = csv->field_count;
    if (!nn_csv_choose(csv, net, plan, with_targets, needed, error))
        return NULL;
    if (!csv->source->has_header) {
        csv->at = csv->start;
        csv->line = 1;
    } else if (nn_csv_is_numbers(csv)) {
        fprintf(stderr, "note: %s:%lld: skipped as the names of the columns, though it holds only "
                "numbers ('header = true')\n", csv->path, csv->row_line);
    }
    return nn_csv_samples(csv, net, plan, with_targets, error);
}

/* Reads a CSV file; of the source, what is said of columns, rows and reading counts. NULL at an
 * error. */
static nn_data *nn_read_csv(const nn_net *net, const nn_source *source, const char *const *files,
                            int count, int with_targets, nn_error *error)
{
    const char *path = files[0];
    unsigned char *bytes;
    nn_csv csv;
    nn_csv_plan plan;
    (void)count;
    memset(&csv, 0, sizeof csv);
    memset(&plan, 0, sizeof plan);
    if (!nn_file_read(path, &bytes, &csv.size, error))
        return NULL;
    nn_data *data = NULL;
    long long needed = 0;
    plan.reading = source->reading;
    for (int i = 0; i < net->input_count + (with_targets ? net->target_count : 0); i++) {
        int is_series = plan.reading != NULL && plan.reading->window > 0;
        needed += nn_data_port(net, i)->elements / (!is_series              ? 1
                                                    : i < net->input_count ? plan.reading->window
                                                                           : plan.reading->horizon_rows);
    }
    csv.path = path;
    csv.bytes = bytes;
    csv.source = source;
    csv.separator = source->separator != '\0' ? source->separator : ',';
    csv.line = 1;
    const unsigned char *zero = (const unsigned char *)memchr(bytes, 0, csv.size);
    if (csv.size >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0)
        csv.start = csv.at = 3;
    if (csv.size >= 2 && bytes[0] == 0x1F && bytes[1] == 0x8B) {
        nn_fail(error, NN_EXIT_IO,
                "'%s' is compressed with gzip; unpack it first, for example with 'gzip -dk'", path);
    } else if (zero != NULL) {
        nn_fail(error, NN_EXIT_IO, "'%s' is not a text file: byte %lld is zero, as in UTF-16; CSV files "
                "are read as UTF-8", path, (long long)(zero - bytes));
    } else if (needed > 1000000) {
        nn_fail(error, NN_EXIT_IO, "'%s': a row of %lld columns is more than the limit of 1000000",
                path, needed);
    } else {
        plan.fields = NN_ALLOCATE(int, needed);
        data = nn_csv_table(&csv, net, &plan, with_targets, needed, error);
        nn_free(plan.fields);
    }
    nn_free(csv.fields);
    nn_free(bytes);
    return data;
}

static const nn_format nn_csv_files = {"CSV", NN_ONE_FILE, 1, 1, NULL, nn_read_csv};

/* ---- runtime/table.h ---- */
/* table.h: samples that stand as rows of numbers in the program itself. */

static nn_data *nn_make_table(const nn_net *net, const nn_source *source, const char *const *files,
                              int count, int with_targets, nn_error *error)
{
    (void)files, (void)count, (void)with_targets;
    nn_data *data = nn_data_new(net, source->rows, 1);
    const float *from = source->values;
    for (long long row = 0; row < source->rows; row++)
        for (int index = 0; index < data->ports; index++)
            for (long long i = 0; i < nn_data_port(net, index)->elements; i++, from++)
                if (!nn_data_put(data, net, index, row, i, (double)*from)) {
                    char need[80];
                    nn_port_need(nn_data_port(net, index), need, sizeof need);
                    nn_fail(error, NN_EXIT_IO, "row %lld of the %s table holds %g, '%s' needs %s",
                            row, nn_set_names[source->set], (double)*from,
                            nn_data_port(net, index)->name, need);
                    nn_data_free(data);
                    return NULL;
                }
    return data;
}

static const nn_format nn_table = {"a table", NN_NO_FILES, 0, 0, NULL, nn_make_table};

/* ---- runtime/sources.h ---- */
/* sources.h: from the network's table of sources to its train, validation and test sets.
 *
 * Each set is read or made where the table says; then splits take their samples from it. --data DIR is
 * where relative file names start, and --source SET=FILE[,FILE] names other files for a set. A name
 * that ends in .gz stands for the unpacked file beside it when there is one.
 *
 * Of the formats this trainer has those of its own sets, listed in nn_net.formats. */

enum { NN_MAX_FILES = 16 };

/* The files of a set given on the command line. */
typedef struct nn_override {
    int count; /* 0: none */
    const char *files[NN_MAX_FILES];
} nn_override;

typedef struct nn_sets {
    nn_set set[NN_SETS];
    nn_data *owned[NN_SETS];
} nn_sets;

static void nn_sets_free(nn_sets *sets)
{
    for (int i = 0; i < NN_SETS; i++) {
        nn_free(sets->set[i].rows);
        nn_data_free(sets->owned[i]);
    }
    memset(sets, 0, sizeof *sets);
}

/* Where a file really is; nn_free it. */
static char *nn_data_path(const char *directory, const char *name)
{
    char *path = nn_path(directory, name);
    size_t length = strlen(path);
    if (length > 3 && strcmp(path + length - 3, ".gz") == 0) {
        path[length - 3] = '\0';
        if (!nn_file_exists(path))
            path[length - 3] = '.';
    }
    return path;
}

/* ---- formats ---- */

/* The word of the data section for a file that begins so, or NULL. */
static const char *nn_source_word(const unsigned char *start, size_t length)
{
    if (length >= 4 && start[0] == 0 && start[1] == 0 && start[2] >= 8 && start[2] <= 14)
        return "idx";
    if (length >= 6 && memcmp(start, "\x93NUMPY", 6) == 0)
        return "npy";
    if (length >= 9 && (start[4] | start[5] | start[6] | start[7]) == 0 && start[8] == '{')
        return "safetensors";
    for (size_t i = 0; i < length; i++)
        if (start[i] < 9)
            return NULL;
    int starts_text = length > 0 && (start[0] < 0x80 || (start[0] >= 0xC2 && start[0] <= 0xF4));
    return starts_text ? "csv" : NULL; /* no character of UTF-8 begins otherwise */
}

/* A file that none of the formats fits: says what fits and what to do. Always returns NULL. */
static const nn_format *nn_no_format(const nn_net *net, const char *path, const char *word,
                                     nn_error *error)
{
    nn_text text = {NULL, 0, 0};
    nn_text_add(&text, "'%s' is not a file that this trainer reads (", path);
    for (int i = 0; i < net->format_count; i++)
        nn_text_add(&text, "%s%s", i > 0 ? ", " : "", net->formats[i]->name);
    nn_text_add(&text, "); for others write a set of that kind in the data section of '%s',",
                net->source);
    if (word != NULL)
        nn_text_add(&text, " such as 'test = %s(\"%s\")',", word, path);
    nn_fail(error, NN_EXIT_USAGE, "%s and run 'nndc build %s'", text.at, net->source);
    nn_free(text.at);
    return NULL;
}

/* The format of a file by its first bytes, among those of the network. One that does not show is that
 * of `own`, or the first of that sort. NULL with a message when there is none. */
static const nn_format *nn_file_format(const nn_net *net, const nn_format *own, const char *path,
                                       nn_error *error)
{
    unsigned char start[9];
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        nn_fail(error, NN_EXIT_IO, "cannot read '%s': %s", path, strerror(errno));
        return NULL;
    }
    size_t length = fread(start, 1, sizeof start, file);
    fclose(file);
    if (length >= 2 && start[0] == 0x1F && start[1] == 0x8B) {
        nn_fail(error, NN_EXIT_IO, "'%s' is compressed with gzip; unpack it first, for example with "
                "'gzip -dk'", path);
        return NULL;
    }
    if (own != NULL && own->fits != NULL && own->fits(start, length))
        return own;
    const nn_format *plain = own != NULL && own->fits == NULL ? own : NULL;
    for (int i = 0; i < net->format_count; i++) {
        const nn_format *format = net->formats[i];
        if (format->fits != NULL && format->fits(start, length))
            return format;
        if (format->fits == NULL && plain == NULL)
            plain = format;
    }
    const char *word = nn_source_word(start, length);
    int shows = word != NULL && strcmp(word, "csv") != 0;
    return plain != NULL && !shows ? plain : nn_no_format(net, path, word, error);
}

/* How many files a format takes, for so many ports; 0: any number. */
static int nn_format_files(const nn_format *format, int ports)
{
    return format->files == NN_FILE_PER_PORT ? ports : format->files == NN_ONE_FILE ? 1 : 0;
}

/* ---- sets ---- */

/* Keeps the samples that a source of files asks for, by their place in the files. */
static int nn_set_range(nn_set *set, const nn_source *source, nn_error *error)
{
    if (source->end > set->count)
        return nn_fail(error, NN_EXIT_IO, "the %s set has %lld samples in its files, 'rows' asks for %lld "
                       "to %lld, counted from 0", nn_set_names[source->set], set->count, source->first,
                       source->end - 1);
    set->count = source->end - source->first;
    memmove(set->rows, set->rows + source->first, sizeof *set->rows * (size_t)set->count);
    return 1;
}

/* Reads or makes the samples of a source that is not a split. */
static int nn_source_load(nn_sets *sets, const nn_net *net, const nn_source *source,
                          const char *directory, const nn_override *other, nn_error *error)
{
    const char *name = nn_set_names[source->set];
    const nn_format *format = source->format;
    if (format->files == NN_NO_FILES && other->count > 0)
        return nn_fail(error, NN_EXIT_USAGE, "the %s set is not read from files, so --source cannot "
                       "replace it", name);
    int count = other->count > 0 ? other->count : source->file_count;
    char **paths = NN_ALLOCATE(char *, count);
    for (int i = 0; i < count; i++)
        paths[i] = other->count > 0 ? nn_data_path(NULL, other->files[i])
                                    : nn_data_path(directory, source->files[i]);
    if (other->count > 0)
        format = nn_file_format(net, format, paths[0], error);
    int needed = format != NULL ? nn_format_files(format, net->input_count + net->target_count) : 0;
    nn_data *data = NULL;
    if (needed > 0 && count != needed)
        nn_fail(error, NN_EXIT_USAGE, "the %s set is read from %d file%s, %d given", name, needed,
                needed == 1 ? "" : "s", count);
    else if (format != NULL)
        data = format->read(net, source, (const char *const *)paths, count, 1, error);
    for (int i = 0; i < count; i++)
        nn_free(paths[i]);
    nn_free(paths);
    if (data == NULL)
        return 0;
    nn_set *set = &sets->set[source->set];
    sets->owned[source->set] = data;
    *set = nn_set_all(data);
    if (source->end > 0 && !format->takes_rows && !nn_set_range(set, source, error))
        return 0;
    return set->count > 0 || nn_fail(error, NN_EXIT_IO, "the %s set has no samples", name);
}

/* Fills the sets whose bit is in `wanted` (1 << NN_TRAIN ...); a wanted set without a source stays
 * empty. Sets that a split joins are read together. */
static int nn_sets_load(nn_sets *sets, const nn_net *net, const char *directory,
                        const nn_override *others, unsigned wanted, nn_error *error)
{
    int ok = 1;
    memset(sets, 0, sizeof *sets);
    for (int i = 0; i < net->source_count; i++) {
        const nn_source *s = &net->sources[i];
        if (s->split != NULL && (wanted >> s->set & 1 || wanted >> s->from & 1))
            wanted |= 1u << s->set | 1u << s->from;
    }
    for (int splits = 0; splits < 2; splits++)
        for (int i = 0; ok && i < net->source_count; i++) {
            const nn_source *s = &net->sources[i];
            if (!(wanted >> s->set & 1) || (s->split != NULL) != splits)
                continue;
            ok = splits ? s->split(sets, net, s, error)
                        : nn_source_load(sets, net, s, directory, &others[s->set], error);
        }
    if (!ok)
        nn_sets_free(sets);
    return ok;
}

/* ---- runtime/metrics.h ---- */
/* metrics.h: metrics of a whole set that are no means of batches: how totals of batches become totals
 * of the set, and what the value is at its end. See nn_result in net.h.
 *
 * Counts [3][classes]: answers of a class that were right, all of them, samples of the class.
 * Spreads [3][elements]: mean target, squared distances from it, squared errors. */

#include <math.h>

/* Means over classes, as in scikit-learn. NN_MACRO leaves out classes that neither occur nor are found,
 * NN_EVERY, for labels, does not. */
enum { NN_BINARY, NN_MACRO, NN_MICRO, NN_WEIGHTED, NN_EVERY };

/* ---- counts of classes ---- */

/* 0 where nothing was there. */
static double nn_share(double part, double whole)
{
    return whole > 0 ? part / whole : 0;
}

/* For what is 0: hits / found, 1: hits / samples, 2: 2 hits / (found + samples). */
static double nn_score(double hits, double found, double samples, int what)
{
    return what == 0   ? nn_share(hits, found)
           : what == 1 ? nn_share(hits, samples)
                       : nn_share(2 * hits, found + samples);
}

static double nn_average(const double *counts, int floats, int mode, int what)
{
    int classes = floats / 3;
    const double *hits = counts, *found = counts + classes, *samples = found + classes;
    double sum = 0, weight = 0, all_hits = 0, all_found = 0, all_samples = 0;
    if (mode == NN_BINARY)
        return nn_score(hits[1], found[1], samples[1], what);
    for (int k = 0; k < classes; k++) {
        double share = mode == NN_WEIGHTED                                   ? samples[k]
                       : mode == NN_EVERY || found[k] + samples[k] > 0 ? 1
                                                                       : 0;
        sum += share * nn_score(hits[k], found[k], samples[k], what);
        weight += share;
        all_hits += hits[k];
        all_found += found[k];
        all_samples += samples[k];
    }
    return mode == NN_MICRO ? nn_score(all_hits, all_found, all_samples, what)
                            : nn_share(sum, weight);
}

/* ---- runtime/labels.h ---- */
/* labels.h: precision, recall and F1 of outputs whose values say, one by one, how likely the same value of
 * the target is 1: labels that do not exclude each other. Reached through nn_net.labels.
 *
 * Totals: for each such output 1 where a target was neither 0 nor 1, so that there is nothing to report, then
 * [3][labels]: how often each label was found rightly, was found, was there. The last is the samples. */

enum { NN_MOST_LABELS = 100 }; /* labels that are printed one by one */

static int nn_has_labels(const nn_port *port)
{
    return port->meaning == NN_CHANCES || port->meaning == NN_SCORES;
}

static long long nn_label_floats(const nn_port *port)
{
    return nn_has_labels(port) ? 1 + 3 * port->elements : 0;
}

static double *nn_labels_begin(const nn_net *net)
{
    long long count = 1;
    for (int i = 0; i < net->output_count; i++)
        count += nn_label_floats(&net->outputs[i]);
    return NN_ALLOCATE(double, count);
}

static void nn_labels_add(double *totals, const nn_net *net, void *const *outputs, void *const *targets,
                          int count)
{
    double *at = totals;
    for (int o = 0; o < net->output_count; o++) {
        const nn_port *port = &net->outputs[o];
        float least = port->meaning == NN_SCORES ? 0.0f : 0.5f;
        long long labels = port->elements;
        for (long long i = 0; nn_has_labels(port) && i < count * labels; i++) {
            double truth = nn_port_value(targets[port->target], net->targets[port->target].type, i);
            int is_found = ((const float *)outputs[o])[i] > least, is_there = truth > 0.5;
            at[1 + i % labels] += is_found && is_there;
            at[1 + labels + i % labels] += is_found;
            at[1 + 2 * labels + i % labels] += is_there;
            if (truth < 0.0 || truth > 1.0 || (truth > 0.0 && truth < 1.0))
                at[0] = 1.0;
        }
        at += nn_label_floats(port);
    }
    at[0] += count;
}

/* Precision, recall and F1 of label k, or means over all when k is -1. */
static void nn_label_scores(const double *counts, int labels, int k, int mode, double *three)
{
    for (int i = 0; i < 3; i++)
        three[i] = k < 0 ? nn_average(counts, 3 * labels, mode, i)
                         : nn_score(counts[k], counts[labels + k], counts[2 * labels + k], i);
}

static const char *nn_label_mean(int i, int *mode)
{
    static const char names[3][10] = {"macro", "micro", "weighted"};
    static const int modes[3] = {NN_EVERY, NN_MICRO, NN_WEIGHTED};
    *mode = modes[i];
    return names[i];
}

static void nn_label_scores_json(nn_text *text, const double *counts, int labels, int k, int mode)
{
    double three[3];
    nn_label_scores(counts, labels, k, mode, three);
    nn_text_add(text, "\"precision\": %.9g, \"recall\": %.9g, \"f1\": %.9g", three[0], three[1], three[2]);
}

/* {"tags": {"macro": {...}, "micro": {...}, "weighted": {...}, "labels": [{"label": 0, ...}, ...]}} */
static void nn_labels_json(nn_text *text, const nn_net *net, const double *totals)
{
    const double *at = totals;
    int is_first = 1;
    nn_text_add(text, "{");
    for (int o = 0; o < net->output_count; at += nn_label_floats(&net->outputs[o++])) {
        int labels = (int)net->outputs[o].elements;
        if (!nn_has_labels(&net->outputs[o]) || at[0] > 0)
            continue;
        nn_text_add(text, is_first ? "" : ", ");
        nn_text_json(text, net->outputs[o].name);
        is_first = 0;
        for (int i = 0; i < 3; i++) {
            int mode;
            nn_text_add(text, "%s\"%s\": {", i == 0 ? ": {" : ", ", nn_label_mean(i, &mode));
            nn_label_scores_json(text, at + 1, labels, -1, mode);
            nn_text_add(text, "}");
        }
        for (int k = 0; k < labels; k++) {
            nn_text_add(text, "%s{\"label\": %d, ", k == 0 ? ", \"labels\": [" : ", ", k);
            nn_label_scores_json(text, at + 1, labels, k, 0);
            nn_text_add(text, ", \"samples\": %.0f}", at[1 + 2 * labels + k]);
        }
        nn_text_add(text, "]}");
    }
    nn_text_add(text, "}");
}

static void nn_labels_print(const nn_net *net, const double *totals)
{
    const double *at = totals, *end = totals;
    for (int o = 0; o < net->output_count; o++)
        end += nn_label_floats(&net->outputs[o]);
    for (int o = 0; o < net->output_count; at += nn_label_floats(&net->outputs[o++])) {
        int labels = (int)net->outputs[o].elements, rows = labels <= NN_MOST_LABELS ? labels : 0;
        double three[3];
        if (!nn_has_labels(&net->outputs[o]) || at[0] > 0)
            continue;
        printf("\n%s\n     label  precision  recall      F1  samples\n", net->outputs[o].name);
        for (int k = 0; k < rows; k++) {
            nn_label_scores(at + 1, labels, k, 0, three);
            printf("  %8d  %9.4f  %6.4f  %6.4f  %7.0f\n", k, three[0], three[1], three[2],
                   at[1 + 2 * labels + k]);
        }
        for (int i = 0; i < 3 && labels > 1; i++) {
            int mode;
            const char *name = nn_label_mean(i, &mode);
            nn_label_scores(at + 1, labels, -1, mode, three);
            printf("%s  %8s  %9.4f  %6.4f  %6.4f  %7.0f\n", i == 0 && rows > 0 ? "\n" : "", name, three[0],
                   three[1], three[2], end[0]);
        }
    }
}

static const nn_value_report nn_labels = {nn_labels_begin, nn_labels_add, nn_labels_json, nn_labels_print};

/* ---- runtime/options.h ---- */
/* options.h: the command line of a trainer.
 *
 *     PROGRAM train | eval | predict | bench  [options]
 *
 * One table row per option, from which parsing, help and suggestions come. "--name value" and
 * "--name=value" are the same. */

#include <stddef.h>

/* Commands, as bits of the options that belong to them. */
enum { NN_COMMAND_TRAIN = 1, NN_COMMAND_EVAL = 2, NN_COMMAND_PREDICT = 4, NN_COMMAND_BENCH = 8 };

/* One more of those bits: only trainers of networks with a frozen front part have the option. */
enum { NN_IF_FROZEN = 16 };

typedef struct nn_options {
    const char *program; /* argv[0], for messages that say what to type */
    const nn_net *net;
    int command;         /* NN_COMMAND_..., 0 for help */
    int help, json, resume, profile;
    int epochs, batch, threads, steps; /* 0: not given */
    int no_keep, keep_limit, kept;     /* of kept.h    */
    int has_seed, has_rate;
    uint32_t seed;
    float rate;
    const char *data, *out, *weights, *set, *names;
    nn_override others[NN_SETS];
    const char *files[NN_MAX_FILES]; /* of predict */
    int file_count;
} nn_options;

typedef struct nn_command {
    const char *name;
    int bit;
    const char *summary;
} nn_command;

static const nn_command nn_commands[] = {
    {"train", NN_COMMAND_TRAIN, "train the network and keep the best weights"},
    {"eval", NN_COMMAND_EVAL, "loss and scores of trained weights on a set"},
    {"predict", NN_COMMAND_PREDICT, "a line for each sample of a file"},
    {"bench", NN_COMMAND_BENCH, "time training steps on random data"},
};

enum { NN_OPTION_FLAG, NN_OPTION_COUNT, NN_OPTION_SEED, NN_OPTION_RATE, NN_OPTION_TEXT, NN_OPTION_FILES };

typedef struct nn_option {
    const char *name;
    int kind;
    int commands;
    size_t field; /* offset in nn_options */
    const char *argument, *help;
} nn_option;

#define NN_FIELD(name) offsetof(nn_options, name)

static const nn_option nn_option_table[] = {
    {"--data", NN_OPTION_TEXT, 3, NN_FIELD(data), "DIR", "where relative names of data files start"},
    {"--source", NN_OPTION_FILES, 3, NN_FIELD(others), "SET=FILE,...", "read a set from other files"},
    {"--epochs", NN_OPTION_COUNT, 1, NN_FIELD(epochs), "N", "passes over the training set"},
    {"--batch", NN_OPTION_COUNT, 9, NN_FIELD(batch), "N", "samples in a step"},
    {"--rate", NN_OPTION_RATE, 1, NN_FIELD(rate), "X", "learning rate"},
    {"--seed", NN_OPTION_SEED, 9, NN_FIELD(seed), "N", "seed of all random numbers"},
    {"--out", NN_OPTION_TEXT, 1, NN_FIELD(out), "RUN", "directory of the run"},
    {"--resume", NN_OPTION_FLAG, 1, NN_FIELD(resume), "", "continue the run in RUN"},
    {"--weights", NN_OPTION_TEXT, 7, NN_FIELD(weights), "FILE", "weights to use, or to start from"},
    {"--set", NN_OPTION_TEXT, 2, NN_FIELD(set), "SET", "train, validation or test"},
    {"--names", NN_OPTION_TEXT, 4, NN_FIELD(names), "FILE", "show these names of samples, a line each"},
    {"--steps", NN_OPTION_COUNT, 8, NN_FIELD(steps), "N", "steps to time"},
    {"--profile", NN_OPTION_FLAG, 8, NN_FIELD(profile), "", "time each kernel of a step"},
    {"--no-keep", NN_OPTION_FLAG, 17, NN_FIELD(no_keep), "", "compute frozen layers in every epoch"},
    {"--keep-limit", NN_OPTION_COUNT, 17, NN_FIELD(keep_limit), "MB", "keep more than that in a file"},
    {"--kept", NN_OPTION_FLAG, 24, NN_FIELD(kept), "", "time steps without the frozen layers"},
    {"--threads", NN_OPTION_COUNT, 15, NN_FIELD(threads), "N", "threads to use"},
    {"--json", NN_OPTION_FLAG, 15, NN_FIELD(json), "", "one JSON object a line"},
    {"--help", NN_OPTION_FLAG, 15, NN_FIELD(help), "", "this text"},
};

enum { NN_OPTION_ROWS = (int)(sizeof nn_option_table / sizeof nn_option_table[0]) };

/* Is it an option of these commands in this trainer? */
static int nn_has_option(const nn_net *net, const nn_option *option, int commands)
{
    return (option->commands & commands) != 0 &&
           ((option->commands & NN_IF_FROZEN) == 0 || net->prefix != NULL);
}

static void nn_print_help(const nn_net *net, const nn_options *options)
{
    const char *slash = strrchr(options->program, '/');
    const char *name = slash != NULL ? slash + 1 : options->program; /* nndc keeps it in a long path */
    printf("%s: the network '%s' of %s\n\nusage: %s COMMAND [options]\n", name, net->name, net->source,
           name);
    for (int c = 0; c < 4; c++) {
        if (options->command != 0 && options->command != nn_commands[c].bit)
            continue;
        printf("\n%s%s   %s\n", nn_commands[c].name,
               nn_commands[c].bit == NN_COMMAND_PREDICT ? " FILE..." : "", nn_commands[c].summary);
        for (int i = 0; nn_commands[c].bit == NN_COMMAND_PREDICT && i < net->format_count; i++)
            printf("    %s%s%s", i == 0 ? "reads " : ", ", net->formats[i]->name,
                   i == net->format_count - 1 ? "\n" : "");
        for (int i = 0; i < NN_OPTION_ROWS; i++)
            if (nn_has_option(net, &nn_option_table[i], nn_commands[c].bit))
                printf("    %-12s %-14s %s\n", nn_option_table[i].name, nn_option_table[i].argument,
                       nn_option_table[i].help);
    }
    printf("\nThe plan of the network: %d epochs, batch %d, learning rate %g, seed %lu.\n"
           "Exit codes: 0 done, 1 training failed, 2 wrong usage, 3 cannot read or write, 130 stopped.\n",
           net->plan->epochs, net->batch, (double)net->plan->rate, (unsigned long)net->plan->seed);
}

/* SET=FILE[,FILE...]. The text of argv is cut at its commas. */
static int nn_parse_source(nn_options *options, char *text, nn_error *error)
{
    char *equals = strchr(text, '=');
    for (int set = 0; equals != NULL && set < NN_SETS; set++) {
        size_t length = (size_t)(equals - text);
        if (strlen(nn_set_names[set]) != length || strncmp(text, nn_set_names[set], length) != 0)
            continue;
        nn_override *other = &options->others[set];
        other->count = 0;
        for (char *file = equals + 1; file != NULL && other->count < NN_MAX_FILES;) {
            char *comma = strchr(file, ',');
            if (comma != NULL)
                *comma++ = '\0';
            if (*file == '\0')
                return nn_fail(error, NN_EXIT_USAGE, "'--source' of the %s set has an empty file name",
                               nn_set_names[set]);
            other->files[other->count++] = file;
            file = comma;
        }
        return 1;
    }
    return nn_fail(error, NN_EXIT_USAGE,
                   "'--source' needs SET=FILE[,FILE], with train, validation or test as SET, found '%s'",
                   text);
}

static int nn_parse_value(nn_options *options, const nn_option *option, char *text, nn_error *error)
{
    char *end = text;
    char *field = (char *)options + option->field;
    if (option->kind == NN_OPTION_TEXT) {
        memcpy(field, &text, sizeof text);
        return text[0] != '\0' ||
               nn_fail(error, NN_EXIT_USAGE, "'%s' needs %s", option->name, option->argument);
    }
    if (option->kind == NN_OPTION_FILES)
        return nn_parse_source(options, text, error);
    if (option->kind == NN_OPTION_RATE) {
        double value = strtod(text, &end);
        if (end == text || *end != '\0' || !(value > 0.0 && value <= 1e6))
            return nn_fail(error, NN_EXIT_USAGE, "'%s' needs a positive number up to 1e6, found '%s'",
                           option->name, text);
        options->rate = (float)value;
        options->has_rate = 1;
        return 1;
    }
    int is_seed = option->kind == NN_OPTION_SEED;
    long long low = is_seed ? 0 : 1, high = is_seed ? 4294967295LL : 1000000000;
    long long value = text[0] >= '0' && text[0] <= '9' ? strtoll(text, &end, 10) : -1;
    if (end == text || *end != '\0' || value < low || value > high)
        return nn_fail(error, NN_EXIT_USAGE, "'%s' needs a whole number from %lld to %lld, found '%s'",
                       option->name, low, high, text);
    if (is_seed) {
        options->seed = (uint32_t)value;
        options->has_seed = 1;
    } else {
        int count = (int)value;
        memcpy(field, &count, sizeof count);
    }
    return 1;
}

/* The table row of "--name" or "--name=value", or NULL with a message. */
static const nn_option *nn_find_option(const nn_options *options, const char *text, nn_error *error)
{
    const char *near = NULL;
    size_t length = strcspn(text, "=");
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)(length < 60 ? length : 60), text);
    for (int i = 0; i < NN_OPTION_ROWS; i++) {
        const nn_option *option = &nn_option_table[i];
        if (strcmp(option->name, name) == 0 && nn_has_option(options->net, option, options->command))
            return option;
        if (strcmp(option->name, name) == 0 && nn_has_option(options->net, option, 15)) {
            nn_fail(error, NN_EXIT_USAGE, "'%s' is not an option of this command; see --help", name);
            return NULL;
        }
        if (nn_has_option(options->net, option, options->command))
            near = nn_nearer(name, near, option->name);
    }
    nn_fail(error, NN_EXIT_USAGE, "unknown option '%s'%s%s%s", name, near ? "; did you mean '" : "",
            near ? near : "", near ? "'?" : "");
    return NULL;
}

static int nn_parse_command(nn_options *options, const char *word, nn_error *error)
{
    const char *near = NULL;
    for (int i = 0; i < 4; i++) {
        if (strcmp(word, nn_commands[i].name) == 0) {
            options->command = nn_commands[i].bit;
            return 1;
        }
        near = nn_nearer(word, near, nn_commands[i].name);
    }
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0) {
        options->help = 1;
        return 1;
    }
    return nn_fail(error, NN_EXIT_USAGE, "unknown command '%s'%s%s%s; commands are train, eval, predict "
                   "and bench", word, near ? "; did you mean '" : "", near ? near : "",
                   near ? "'?" : "");
}

/* Fills *options from the command line. */
static int nn_parse_options(nn_options *options, const nn_net *net, int argc, char **argv,
                            nn_error *error)
{
    memset(options, 0, sizeof *options);
    options->net = net;
    options->program = argc > 0 && argv[0] != NULL ? argv[0] : "trainer";
    if (argc < 2)
        return nn_fail(error, NN_EXIT_USAGE, "no command; commands are train, eval, predict and bench "
                       "('--help' says more)");
    if (!nn_parse_command(options, argv[1], error))
        return 0;
    for (int i = 2; i < argc && !options->help; i++) {
        if (strcmp(argv[i], "-h") == 0) {
            options->help = 1;
            continue;
        }
        if (strncmp(argv[i], "--", 2) != 0) {
            if (options->command != NN_COMMAND_PREDICT || options->file_count == NN_MAX_FILES)
                return nn_fail(error, NN_EXIT_USAGE, "'%s' is not expected here; see --help", argv[i]);
            options->files[options->file_count++] = argv[i];
            continue;
        }
        const nn_option *option = nn_find_option(options, argv[i], error);
        if (option == NULL)
            return 0;
        char *equals = strchr(argv[i], '=');
        if (option->kind == NN_OPTION_FLAG) {
            const int yes = 1;
            if (equals != NULL)
                return nn_fail(error, NN_EXIT_USAGE, "'%s' takes no value", option->name);
            memcpy((char *)options + option->field, &yes, sizeof yes);
            continue;
        }
        if (equals == NULL && i + 1 == argc)
            return nn_fail(error, NN_EXIT_USAGE, "'%s' needs %s after it", option->name,
                           option->argument);
        if (!nn_parse_value(options, option, equals != NULL ? equals + 1 : argv[++i], error))
            return 0;
    }
    return 1;
}

/* ---- runtime/progress.h ---- */
/* progress.h: what a long run shows while it works.
 *
 * On a terminal a bar with the time left, redrawn at most ten times a second; otherwise nothing until
 * a line is complete. With --json only whole objects are printed. */

#if NN_POSIX
#include <unistd.h>
#endif

typedef struct nn_progress {
    int is_shown;
    double start, drawn;         /* when the bar began, when it was drawn last */
    long long first;             /* steps that were done before it began */
} nn_progress;

static void nn_progress_begin(nn_progress *progress, int json, long long first)
{
    progress->is_shown = 0;
#if NN_POSIX
    progress->is_shown = !json && isatty(1);
#else
    (void)json;
#endif
    progress->start = nn_seconds();
    progress->drawn = 0;
    progress->first = first;
}

/* "1:02:03" or "2:03" */
static void nn_duration(char *text, size_t size, double seconds)
{
    long long s = seconds < 0 ? 0 : seconds > 1e9 ? 1000000000LL : (long long)(seconds + 0.5);
    if (s >= 3600)
        snprintf(text, size, "%lld:%02lld:%02lld", s / 3600, s / 60 % 60, s % 60);
    else
        snprintf(text, size, "%lld:%02lld", s / 60, s % 60);
}

/* Draws `label [===>   ] done/all  note  0:12 left, 4:10 in all`. `after` is how much of the same work
 * follows when the bar is full; when there is none, "in all" is left out. */
static void nn_progress_draw(nn_progress *progress, const char *label, long long done,
                             long long all, long long after, const char *note)
{
    enum { width = 20 };
    const long long cells = width;
    double now = nn_seconds();
    if (!progress->is_shown || (now - progress->drawn < 0.1 && done < all))
        return;
    progress->drawn = now;
    char bar[width + 1], left[40] = "-:--", total[40] = "-:--";
    long long filled = all > 0 ? done * cells / all : cells;
    for (int i = 0; i < width; i++)
        bar[i] = i < filled ? '=' : i == filled ? '>' : ' ';
    bar[width] = '\0';
    if (done > progress->first) {
        double each = (now - progress->start) / (double)(done - progress->first);
        nn_duration(left, sizeof left, each * (double)(all - done));
        nn_duration(total, sizeof total, each * (double)(all - done + after));
    }
    printf("\r%s [%s] %lld/%lld  %s  %s left%s%s%s\033[K", label, bar, done, all, note, left,
           after > 0 ? ", " : "", after > 0 ? total : "", after > 0 ? " in all" : "");
    fflush(stdout);
}

/* Removes the bar, so that a line can take its place. */
static void nn_progress_clear(const nn_progress *progress)
{
    if (progress->is_shown && progress->drawn > 0) {
        printf("\r\033[K");
        fflush(stdout);
    }
}

/* ---- runtime/evaluate.h ---- */
/* evaluate.h: a network at work on a set: means of its results, predictions, what was found.
 *
 * A worker holds what one evaluation needs: weights, arena, batch buffers and outputs. Sums run over
 * the batches in order, in double precision, so they do not depend on the number of threads. */

#include <math.h>
#include <signal.h>

/* Set by the signal handler of a training run; evaluation gives up when it sees it. */
static volatile sig_atomic_t nn_is_stopping = 0;

typedef struct nn_worker {
    const nn_net *net;
    int threads;
    float *weights;
    char *arena; /* large enough for training steps too */
    nn_batch batch;
    void **outputs;
    float *results;
    struct nn_kept *kept; /* of the frozen front part, or NULL */
} nn_worker;

static void nn_worker_begin(nn_worker *worker, const nn_net *net, int threads)
{
    long long bytes = net->train_arena_bytes;
    bytes = net->evaluate_arena_bytes > bytes ? net->evaluate_arena_bytes : bytes;
    if (net->prefix != NULL && net->prefix->arena_bytes > bytes)
        bytes = net->prefix->arena_bytes;
    worker->net = net;
    worker->threads = threads;
    worker->kept = net->prefix != NULL ? net->prefix->keeper->begin(net) : NULL;
    worker->weights = NN_ALLOCATE(float, net->weight_floats);
    worker->arena = NN_ALLOCATE(char, bytes);
    worker->batch = nn_batch_new(net, net->batch);
    worker->outputs = NN_ALLOCATE(void *, net->output_count);
    for (int i = 0; i < net->output_count; i++)
        worker->outputs[i] = NN_ALLOCATE(float, net->batch * net->outputs[i].elements);
    worker->results = NN_ALLOCATE(float, net->result_floats);
}

static void nn_worker_end(nn_worker *worker)
{
    for (int i = 0; i < worker->net->output_count; i++)
        nn_free(worker->outputs[i]);
    if (worker->kept != NULL)
        worker->net->prefix->keeper->end(worker->kept);
    nn_free(worker->outputs);
    nn_free(worker->results);
    nn_free(worker->weights);
    nn_free(worker->arena);
    nn_batch_free(&worker->batch, worker->net);
}

/* Fills the batch with `count` samples. */
static void nn_worker_fetch(nn_worker *worker, const nn_data *data, const uint32_t *rows, int count)
{
    if (worker->kept != NULL)
        worker->net->prefix->keeper->fetch(worker, data, rows, count);
    else
        nn_gather(&worker->batch, worker->net, data, rows, count);
}

/* Outputs, and with targets results, of `count` samples given by their rows. */
static void nn_worker_batch(nn_worker *worker, const nn_data *data, const uint32_t *rows,
                            int count, int with_targets)
{
    nn_step step = {count, 0.0f, 0.0f, 0};
    nn_worker_fetch(worker, data, rows, count);
    worker->net->evaluate(worker->weights, worker->arena, &step,
                          (const void *const *)worker->batch.inputs,
                          with_targets ? (const void *const *)worker->batch.targets : NULL,
                          worker->outputs, worker->results, worker->threads);
}

/* ---- results of a set ---- */

/* Adds the results of a batch of `count` samples to totals[result_floats] of `seen` samples. */
static void nn_add_results(const nn_net *net, double *totals, const float *results, long long seen,
                           int count)
{
    for (int r = 0; r < net->result_count; r++) {
        const nn_result *result = &net->results[r];
        if (result->merge != NULL)
            result->merge(totals + result->first, results + result->first, result->floats, seen, count);
        else
            totals[result->first] += (double)results[result->first] * count;
    }
}

/* The value of result r after `count` samples. */
static double nn_result_value(const nn_net *net, int r, const double *totals, long long count)
{
    const nn_result *result = &net->results[r];
    return result->finish != NULL
               ? result->finish(totals + result->first, result->floats, count, result->mode)
               : totals[result->first] / (double)count;
}

/* ---- classes ---- */

/* Value `at` of an output, whatever its type. */
static float nn_output_value(const nn_worker *worker, int output, long long at)
{
    const void *values = worker->outputs[output];
    switch (worker->net->outputs[output].type) {
    case NN_U8: return (float)((const unsigned char *)values)[at];
    case NN_I32:
    case NN_CLASS: return (float)((const int32_t *)values)[at];
    default: return ((const float *)values)[at];
    }
}

/* The class with the largest score; a single score is the probability of class 1. */
static int nn_best_class(const float *scores, long long count, float *score)
{
    int best = 0;
    if (count == 1) {
        *score = scores[0];
        return scores[0] > 0.5f;
    }
    for (int k = 1; k < (int)count; k++)
        if (scores[k] > scores[best])
            best = k;
    *score = scores[best];
    return best;
}

/* Of an output of classes. */
typedef struct nn_confusion {
    int output, classes;
    long long *counts; /* [classes][classes]: rows are the true classes */
} nn_confusion;

typedef struct nn_scores {
    double *totals;       /* [result_floats] of the samples so far */
    double *means;        /* [result_count]: the values of the results */
    nn_confusion *confusions;
    int confusion_count;
    double *values;       /* of nn_net.values; NULL: not asked for */
    double *labels;       /* the same of nn_net.labels */
    long long count;
} nn_scores;

/* has_values: also reports on outputs that guess numbers or say what is likely. */
static nn_scores nn_scores_new(const nn_net *net, int has_values)
{
    nn_scores scores;
    scores.totals = NN_ALLOCATE(double, net->result_floats);
    scores.means = NN_ALLOCATE(double, net->result_count);
    scores.confusions = NN_ALLOCATE(nn_confusion, net->output_count);
    scores.confusion_count = 0;
    for (int i = 0; i < net->output_count; i++)
        if (net->outputs[i].meaning == NN_CLASSES) {
            nn_confusion *confusion = &scores.confusions[scores.confusion_count++];
            confusion->output = i;
            confusion->classes = net->targets[net->outputs[i].target].classes;
            confusion->counts = NN_ALLOCATE(long long, (long long)confusion->classes * confusion->classes);
        }
    scores.values = has_values && net->values != NULL ? net->values->begin(net) : NULL;
    scores.labels = has_values && net->labels != NULL ? net->labels->begin(net) : NULL;
    scores.count = 0;
    return scores;
}

static void nn_scores_free(nn_scores *scores)
{
    nn_free(scores->totals);
    nn_free(scores->means);
    for (int i = 0; i < scores->confusion_count; i++)
        nn_free(scores->confusions[i].counts);
    nn_free(scores->confusions);
    nn_free(scores->values);
    nn_free(scores->labels);
}

/* Adds what the network found in a batch of `count` samples. */
static void nn_confusion_add(nn_confusion *confusion, const nn_worker *worker, int count)
{
    const nn_port *port = &worker->net->outputs[confusion->output];
    const float *scores = (const float *)worker->outputs[confusion->output];
    const int32_t *truth = (const int32_t *)worker->batch.targets[port->target];
    for (int n = 0; n < count; n++) {
        float score;
        int found = nn_best_class(scores + n * port->elements, port->elements, &score);
        confusion->counts[truth[n] * confusion->classes + found]++;
    }
}

/* Evaluates a whole set with the weights of the worker. Returns 0 when a stop was asked for. */
static int nn_evaluate_set(nn_worker *worker, const nn_set *set, nn_scores *scores)
{
    const nn_net *net = worker->net;
    memset(scores->totals, 0, sizeof(double) * (size_t)net->result_floats);
    for (int i = 0; i < scores->confusion_count; i++) {
        size_t classes = (size_t)scores->confusions[i].classes;
        memset(scores->confusions[i].counts, 0, sizeof(long long) * classes * classes);
    }
    for (long long first = 0; first < set->count; first += net->batch) {
        long long left = set->count - first;
        int count = left < net->batch ? (int)left : net->batch;
        nn_worker_batch(worker, set->data, set->rows + first, count, 1);
        nn_add_results(net, scores->totals, worker->results, first, count);
        for (int i = 0; i < scores->confusion_count; i++)
            nn_confusion_add(&scores->confusions[i], worker, count);
        if (scores->values != NULL)
            net->values->add(scores->values, net, worker->outputs, worker->batch.targets, count);
        if (scores->labels != NULL)
            net->labels->add(scores->labels, net, worker->outputs, worker->batch.targets, count);
        if (nn_is_stopping)
            return 0;
    }
    scores->count = set->count;
    for (int r = 0; r < net->result_count; r++)
        scores->means[r] = nn_result_value(net, r, scores->totals, set->count);
    return 1;
}

/* {"loss": 0.1, "accuracy": 0.9} */
static void nn_means_json(nn_text *text, const nn_net *net, const double *means)
{
    nn_text_add(text, "{");
    for (int r = 0; r < net->result_count; r++) {
        nn_text_add(text, r > 0 ? ", " : "");
        nn_text_json(text, net->results[r].name);
        nn_text_add(text, ": ");
        nn_text_number(text, means[r]);
    }
    nn_text_add(text, "}");
}

/* The whole report of an evaluation as one JSON object. */
static void nn_scores_json(nn_text *text, const nn_net *net, const char *set,
                           const nn_scores *scores)
{
    nn_text_add(text, "{\"set\": \"%s\", \"samples\": %lld, \"results\": ", set, scores->count);
    nn_means_json(text, net, scores->means);
    if (net->classes != NULL) {
        nn_text_add(text, scores->confusion_count > 1 ? ", \"outputs\": {" : ", ");
        net->classes->json(text, net, scores);
        nn_text_add(text, scores->confusion_count > 1 ? "}" : "");
    }
    if (scores->values != NULL) {
        nn_text_add(text, ", \"values\": ");
        net->values->json(text, net, scores->values);
    }
    if (scores->labels != NULL) {
        nn_text_add(text, ", \"labels\": ");
        net->labels->json(text, net, scores->labels);
    }
    nn_text_add(text, "}");
}

/* The same for people. */
static void nn_scores_print(const nn_net *net, const char *set, const nn_scores *scores)
{
    int wide = 12;
    printf("%s: %lld samples\n", set, scores->count);
    for (int r = 0; r < net->result_count; r++)
        wide = (int)strlen(net->results[r].name) > wide ? (int)strlen(net->results[r].name) : wide;
    for (int r = 0; r < net->result_count; r++)
        printf("  %-*s %.6g\n", wide, net->results[r].name, scores->means[r]);
    if (net->classes != NULL)
        net->classes->print(net, scores);
    if (scores->values != NULL)
        net->values->print(net, scores->values);
    if (scores->labels != NULL)
        net->labels->print(net, scores->labels);
}

/* ---- runtime/checkpoint.h ---- */
/* checkpoint.h: everything a training run must remember, and its file.
 *
 * The file is safetensors: all tensors of the state under their names, those of the best weights as
 * "best/NAME", and the history; numbers stand in the metadata. The order of samples is not stored: it
 * follows from the seed and the epoch. */

typedef struct nn_run {
    const nn_net *net;
    /* what was asked for */
    int epochs, batch;
    uint32_t seed;
    float rate;
    long long samples; /* in the training set */
    /* how far it is */
    int epoch;         /* complete epochs */
    long long step;    /* steps done in the epoch that is under way */
    long long steps;   /* steps done in all */
    double *sums;      /* [result_floats]: totals of the samples of this epoch */
    long long seen;    /* samples of this epoch */
    double seconds;    /* spent in this epoch so far */
    float rate_now;    /* of the last step */
    double memory[NN_MEMORY]; /* of the schedule and others: see net.h */
    /* the best so far */
    int best_epoch; /* 0: none yet */
    float best_value;
    /* values */
    float *state, *best;
    /* a row per epoch: train results, validation results, rate, passes when there is a driver, norms
     * of gradients when they are measured, seconds */
    float *history;
    int history_columns, history_room;
    int rate_column, norm_count;
    /* of a driver */
    float *vectors;
    int vector_rows, vector_columns;
} nn_run;

/* First values. Tensors in panels are drawn row-major beside the state. */
static void nn_run_initialise(nn_run *run)
{
    const nn_net *net = run->net;
    long long largest = 1;
    for (int i = 0; i < net->tensor_count; i++)
        if (net->tensors[i].panel && nn_tensor_elements(&net->tensors[i]) > largest)
            largest = nn_tensor_elements(&net->tensors[i]);
    float *scratch = NN_ALLOCATE(float, largest);
    for (int i = 0; i < net->tensor_count; i++)
        nn_initialise(run->state, &net->tensors[i], i, run->seed, scratch);
    nn_free(scratch);
}

/* Floats of a tensor in the state. */
static long long nn_stored_floats(const nn_tensor *tensor)
{
    long long elements = nn_tensor_elements(tensor);
    if (tensor->panel == 0)
        return elements;
    long long columns = tensor->dims[tensor->rank - 1];
    return nn_panel_floats(elements / columns, columns, tensor->groups, tensor->panel);
}

/* Keeps the parameters and statistics of the state as the best. */
static void nn_run_keep_best(nn_run *run)
{
    for (int i = 0; i < run->net->tensor_count; i++) {
        const nn_tensor *tensor = &run->net->tensors[i];
        if (tensor->kind <= NN_STATISTIC)
            memcpy(run->best + tensor->offset, run->state + tensor->offset,
                   sizeof *run->best * (size_t)nn_stored_floats(tensor));
    }
}

/* Memory of a run; the state gets its first values. */
static void nn_run_begin(nn_run *run, const nn_net *net, int has_validation)
{
    run->net = net;
    run->sums = NN_ALLOCATE(double, net->result_floats);
    run->state = NN_ALLOCATE(float, net->state_floats);
    run->best = NN_ALLOCATE(float, net->state_floats);
    run->rate_column = net->result_count * (has_validation ? 2 : 1);
    run->norm_count = net->plan->norms != NULL ? net->plan->norms->count(net) : 0;
    run->history_columns = run->rate_column + (net->plan->driver != NULL) + run->norm_count + 2;
    if (net->plan->driver != NULL) {
        net->plan->driver->size(net, &run->vector_rows, &run->vector_columns);
        run->vectors = NN_ALLOCATE(float, (long long)run->vector_rows * run->vector_columns);
    }
    nn_run_initialise(run);
}

static void nn_run_end(nn_run *run)
{
    nn_free(run->sums);
    nn_free(run->state);
    nn_free(run->best);
    nn_free(run->history);
    nn_free(run->vectors);
}

/* Room for `rows` rows of history. */
static void nn_history_reserve(nn_run *run, int rows)
{
    if (rows > run->history_room) {
        int room = rows * 2;
        float *moved = NN_ALLOCATE(float, (long long)room * run->history_columns);
        if (run->history_room > 0)
            memcpy(moved, run->history,
                   sizeof(float) * (size_t)run->history_room * (size_t)run->history_columns);
        nn_free(run->history);
        run->history = moved;
        run->history_room = room;
    }
}

/* Those of the metadata are in a row these, nn_run.memory and nn_run.sums. */
enum { NN_RUN_NUMBERS = 14, NN_RUN_VERSION = 3 };

/* Seventeen digits give the same bits again. */
static void nn_add_numbers(nn_text *text, const double *numbers, int count)
{
    for (int i = 0; i < count; i++)
        nn_text_add(text, "%.17g ", numbers[i]);
}

static int nn_checkpoint_save(const nn_run *run, const char *path, nn_error *error)
{
    const nn_net *net = run->net;
    const int dims[2] = {run->epoch, run->history_columns};
    const int vectors[2] = {run->vector_rows, run->vector_columns};
    const double numbers[NN_RUN_NUMBERS] = {
        NN_RUN_VERSION,          (double)run->epochs,     (double)run->batch,
        (double)run->seed,       (double)run->rate,       (double)run->samples,
        (double)run->epoch,      (double)run->step,       (double)run->steps,
        (double)run->seen,       (double)run->best_epoch, (double)run->best_value,
        (double)run->rate_now,   run->seconds};
    nn_tensors_out file;
    nn_text text = {NULL, 0, 0};
    if (!nn_tensors_open(&file, path, error))
        return 0;
    nn_add_numbers(&text, numbers, NN_RUN_NUMBERS);
    nn_add_numbers(&text, run->memory, NN_MEMORY);
    nn_add_numbers(&text, run->sums, net->result_floats);
    nn_tensors_network(&file, net);
    nn_tensors_metadata(&file, "run", text.at);
    nn_free(text.at);
    nn_tensors_end_metadata(&file);
    nn_state_entries(&file, net, "", NN_OPTIMIZER);
    if (run->best_epoch > 0)
        nn_state_entries(&file, net, "best/", NN_STATISTIC);
    if (run->vector_rows > 0)
        nn_tensors_entry(&file, "", "driver/vectors", 2, vectors);
    nn_tensors_entry(&file, "", "history/epochs", 2, dims);
    nn_tensors_begin_data(&file);
    nn_state_data(&file, net, run->state, NN_OPTIMIZER);
    if (run->best_epoch > 0)
        nn_state_data(&file, net, run->best, NN_STATISTIC);
    if (run->vector_rows > 0)
        nn_tensors_data(&file, run->vectors, (long long)run->vector_rows * run->vector_columns);
    nn_tensors_data(&file, run->history, (long long)run->epoch * run->history_columns);
    return nn_tensors_close(&file, error);
}

/* A tensor of rows that is not in the state. */
static int nn_checkpoint_rows(const char *name, int rows, int columns, float *to, const char *path,
                              const unsigned char *bytes, size_t size, nn_error *error)
{
    nn_tensor tensor = {name, NN_PARAMETER, 2, {0}, 0, 1, 0, NULL, 0, 0, 0, 0};
    nn_found found;
    nn_culprit culprit;
    tensor.dims[0] = rows;
    tensor.dims[1] = columns;
    if (nn_safetensors_find(bytes, size, "", &tensor, 1, NN_PARAMETER, 0, &found, &culprit) !=
        NN_FILE_OK)
        return nn_safetensors_fail(path, bytes, &tensor, &culprit, error);
    nn_tensor_load(to, &tensor, bytes + found.begin);
    return 1;
}

/* History, whose number of rows the file decides together with the number of epochs, and vectors. */
static int nn_checkpoint_tables(nn_run *run, const char *path, const unsigned char *bytes,
                                size_t size, nn_error *error)
{
    nn_history_reserve(run, run->epoch + 1);
    return nn_checkpoint_rows("history/epochs", run->epoch, run->history_columns, run->history, path,
                              bytes, size, error) &&
           (run->vector_rows == 0 ||
            nn_checkpoint_rows("driver/vectors", run->vector_rows, run->vector_columns, run->vectors,
                               path, bytes, size, error));
}

/* The numbers of the metadata; 0 when they make no sense. Tensors are checked by themselves. */
static int nn_checkpoint_numbers(nn_run *run, const unsigned char *bytes, size_t size)
{
    int sums = run->net->result_floats, count = NN_RUN_NUMBERS + NN_MEMORY + sums;
    double *n = NN_ALLOCATE(double, count);
    nn_text text = {NULL, 0, 0};
    int ok = nn_metadata(bytes, size, "run", &text);
    char *at = text.at, *end;
    for (int i = 0; ok && i < count; i++, at = end) {
        n[i] = strtod(at, &end);
        ok = end != at;
    }
    ok = ok && n[0] == (double)NN_RUN_VERSION && n[1] >= 1 && n[1] <= 1e9 && n[2] >= 1 && n[2] <= 1e9 &&
         n[3] >= 0 && n[3] <= 4294967295.0 && n[5] >= 1 && n[5] <= (double)NN_MAX_SAMPLES && n[6] >= 0 &&
         n[6] <= 1e9 && n[6] <= (double)(size / sizeof(float)) && /* each has a row of history */
         n[7] >= 0 && n[7] <= n[5] && n[8] >= 0 && n[8] <= 1LL << 52 && n[9] >= 0 &&
         n[9] <= n[5] && n[10] >= 0 && n[10] <= n[6];
    if (ok) {
        run->epochs = (int)n[1];
        run->batch = (int)n[2];
        run->seed = (uint32_t)n[3];
        run->rate = (float)n[4];
        run->samples = (long long)n[5];
        run->epoch = (int)n[6];
        run->step = (long long)n[7];
        run->steps = (long long)n[8];
        run->seen = (long long)n[9];
        run->best_epoch = (int)n[10];
        run->best_value = (float)n[11];
        run->rate_now = (float)n[12];
        run->seconds = n[13];
        memcpy(run->memory, n + NN_RUN_NUMBERS, sizeof run->memory);
        memcpy(run->sums, n + NN_RUN_NUMBERS + NN_MEMORY, sizeof *n * (size_t)sums);
    }
    nn_free(text.at);
    nn_free(n);
    return ok;
}

/* A run goes on with the parameters it began with. */
static int nn_checkpoint_params(const nn_net *net, const char *path, const unsigned char *bytes, size_t size,
                                nn_error *error)
{
    nn_text text = {NULL, 0, 0};
    int differ = net->params != NULL && net->params->differ(&text, net, bytes, size);
    if (differ)
        nn_fail(error, NN_EXIT_USAGE, "the run of '%s' was %s", path, text.at);
    nn_free(text.at);
    return !differ;
}

/* Makes the run what it was when the file was written. */
static int nn_checkpoint_load(nn_run *run, const char *path, nn_error *error)
{
    unsigned char *bytes;
    size_t size;
    nn_text network = {NULL, 0, 0};
    if (!nn_file_read(path, &bytes, &size, error))
        return 0;
    if (!nn_checkpoint_params(run->net, path, bytes, size, error)) {
        nn_free(bytes);
        return 0;
    }
    /* First the state: it says what is wrong with a file that is damaged or of another network. */
    int ok = nn_state_from_bytes(run->state, run->net, path, bytes, size, "", NN_OPTIMIZER, 0, error);
    if (ok && (!nn_metadata(bytes, size, "network", &network) ||
               strcmp(network.at, run->net->name) != 0))
        ok = nn_fail(error, NN_EXIT_IO, "'%s' is a checkpoint of the network '%s', not of '%s'", path,
                     network.at != NULL ? network.at : "?", run->net->name);
    if (ok && !nn_checkpoint_numbers(run, bytes, size))
        ok = nn_fail(error, NN_EXIT_IO, "'%s' is not a checkpoint of this kind of trainer", path);
    ok = ok && nn_checkpoint_tables(run, path, bytes, size, error);
    if (ok && run->best_epoch > 0)
        ok = nn_state_from_bytes(run->best, run->net, path, bytes, size, "best/", NN_STATISTIC, 0,
                                 error);
    nn_free(network.at);
    nn_free(bytes);
    return ok;
}

/* ---- runtime/train.h ---- */
/* train.h: the training loop and its run directory.
 *
 * An epoch is: shuffle by seed and epoch, all batches (the last one may be smaller), then the
 * validation set with the weights as they are, history, best weights, checkpoint. A stop by Ctrl-C
 * finishes the step and writes a checkpoint in the middle of the epoch; since order and random numbers
 * follow from seed, epoch and step, going on from there gives the same bits.
 *
 * Files of a run: config.json, history.csv, last.checkpoint, best.safetensors, metrics.json and, with
 * a test set and classes, confusion.csv (of each output that has them). Each is replaced whole or not at all. */

/* Streams of random numbers, apart from those of the initial values. */
enum { NN_STREAM_ORDER = 0x5001, NN_STREAM_STEP = 0x5002 };

/* How a part of the loop ended. */
enum { NN_GO_ON, NN_STOP, NN_FAILED };

typedef struct nn_trainer {
    nn_run run;
    nn_worker worker;
    nn_sets sets;
    const nn_options *options;
    const char *directory; /* of the run */
    uint32_t *order;       /* rows of the training set in the order of this epoch */
    nn_scores scores;      /* of the validation set */
    double started;        /* when this epoch began, less what it took before a stop */
    double synced;         /* when files were last brought to the disk */
    int is_unsynced;       /* those of the last epoch were not */
    char ending_text[200];
    const char *ending;    /* why the run is over before its last epoch, or NULL */
} nn_trainer;

/* The first Ctrl-C asks for a stop; the handler is gone then, and the second one ends the program. */
static void nn_on_signal(int number)
{
    (void)number;
    nn_is_stopping = 1;
}

static void nn_watch_signals(void)
{
#if NN_POSIX
    struct sigaction action, hangup;
    memset(&action, 0, sizeof action);
    action.sa_handler = nn_on_signal;
    action.sa_flags = (int)SA_RESETHAND;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    /* The terminal is gone: but nohup asks to go on then. It may be said twice, by the system and by a
     * program like `timeout` that passes it on; that is no second Ctrl-C. */
    action.sa_flags = (int)SA_RESTART;
    if (sigaction(SIGHUP, NULL, &hangup) == 0 && hangup.sa_handler != SIG_IGN)
        sigaction(SIGHUP, &action, NULL);
#ifdef SIGXFSZ
    signal(SIGXFSZ, SIG_IGN); /* a file over the limit is a write error like any other */
#endif
#else
    signal(SIGINT, nn_on_signal);
#endif
}

static long long nn_steps_of_epoch(const nn_run *run)
{
    return (run->samples + run->batch - 1) / run->batch;
}

/* A file of the run directory; nn_free it. */
static char *nn_run_path(const nn_trainer *trainer, const char *name)
{
    return nn_path(trainer->directory, name);
}

/* ---- files ---- */

static int nn_save_checkpoint(const nn_trainer *trainer, nn_error *error)
{
    char *path = nn_run_path(trainer, "last.checkpoint");
    int ok = nn_checkpoint_save(&trainer->run, path, error);
    nn_free(path);
    return ok;
}

static int nn_save_best(const nn_trainer *trainer, nn_error *error)
{
    const nn_run *run = &trainer->run;
    char *path = nn_run_path(trainer, "best.safetensors");
    int ok = nn_weights_save(run->best, run->net, path, error);
    nn_free(path);
    return ok;
}

static int nn_save_text(const nn_trainer *trainer, const char *name, nn_text *text, nn_error *error)
{
    char *path = nn_run_path(trainer, name);
    int ok = nn_file_write(path, text, error);
    nn_free(path);
    nn_free(text->at);
    return ok;
}

static int nn_has_validation(const nn_trainer *trainer)
{
    return trainer->sets.set[NN_VALIDATION].data != NULL;
}

static int nn_save_history(const nn_trainer *trainer, nn_error *error)
{
    const nn_run *run = &trainer->run;
    nn_text text = {NULL, 0, 0};
    nn_text_add(&text, "epoch");
    for (int set = 0; set <= nn_has_validation(trainer); set++)
        for (int r = 0; r < run->net->result_count; r++)
            nn_text_add(&text, ",%s%s", set ? "validation." : "", run->net->results[r].name);
    nn_text_add(&text, ",rate%s", run->net->plan->driver != NULL ? ",passes" : "");
    if (run->net->plan->norms != NULL)
        run->net->plan->norms->names(&text, run->net);
    nn_text_add(&text, ",seconds\n");
    for (int e = 0; e < run->epoch; e++) {
        nn_text_add(&text, "%d", e + 1);
        for (int c = 0; c < run->history_columns; c++)
            nn_text_add(&text, ",%.9g", (double)run->history[e * run->history_columns + c]);
        nn_text_add(&text, "\n");
    }
    return nn_save_text(trainer, "history.csv", &text, error);
}

static int nn_save_config(const nn_trainer *trainer, nn_error *error)
{
    const nn_run *run = &trainer->run;
    nn_text text = {NULL, 0, 0};
    nn_text_add(&text, "{\n  \"network\": ");
    nn_text_json(&text, run->net->name);
    nn_text_add(&text, ",\n  \"source\": ");
    nn_text_json(&text, run->net->source);
    nn_text_add(&text, ",\n  \"data\": ");
    nn_text_json(&text, trainer->options->data != NULL ? trainer->options->data : "");
    nn_text_add(&text, ",\n  \"epochs\": %d,\n  \"batch\": %d,\n  \"rate\": %.7g,\n  \"seed\": %lu,\n",
                run->epochs, run->batch, (double)run->rate, (unsigned long)run->seed);
    nn_text_add(&text, "  \"threads\": %d,\n", trainer->worker.threads);
    if (run->net->params != NULL)
        run->net->params->json(&text, run->net);
    for (int set = 0; set < NN_SETS; set++)
        nn_text_add(&text, "  \"%s_samples\": %lld%s\n", nn_set_names[set], trainer->sets.set[set].count,
                    set < NN_SETS - 1 ? "," : "");
    nn_text_add(&text, "}\n");
    return nn_save_text(trainer, "config.json", &text, error);
}

/* Is the rate worth showing? */
static int nn_rate_varies(const nn_run *run)
{
    return run->net->plan->schedule != NULL || run->net->plan->driver != NULL;
}

/* Where the norms are in a row of history. */
static int nn_norm_column(const nn_run *run)
{
    return run->rate_column + 1 + (run->net->plan->driver != NULL);
}

/* {"train": {...}, "validation": {...}, "rate": 0.1} of one epoch, without the braces; the rate only
 * when it is not constant, passes of a driver, and norms when they are measured. */
static void nn_history_json(nn_text *text, const nn_trainer *trainer, int epoch)
{
    const nn_run *run = &trainer->run;
    int results = run->net->result_count;
    double *means = NN_ALLOCATE(double, results);
    for (int set = 0; set <= nn_has_validation(trainer); set++) {
        for (int r = 0; r < results; r++)
            means[r] =
                (double)run->history[(epoch - 1) * run->history_columns + set * results + r];
        nn_text_add(text, "%s\"%s\": ", set ? ", " : "", nn_set_names[set]);
        nn_means_json(text, run->net, means);
    }
    const float *row = run->history + (epoch - 1) * run->history_columns;
    if (nn_rate_varies(run))
        nn_text_add(text, ", \"rate\": %.9g", (double)row[run->rate_column]);
    if (run->net->plan->driver != NULL)
        nn_text_add(text, ", \"passes\": %.0f", (double)row[run->rate_column + 1]);
    if (run->net->plan->norms != NULL)
        run->net->plan->norms->json(text, run->net, row + nn_norm_column(run));
    nn_free(means);
}

/* "validation.loss" */
static void nn_monitor_name(const nn_net *net, char *text, size_t size)
{
    snprintf(text, size, "%s.%s", nn_set_names[net->plan->monitor_set],
             net->results[net->plan->monitor].name);
}

static int nn_save_metrics(const nn_trainer *trainer, const nn_scores *test, nn_error *error)
{
    const nn_run *run = &trainer->run;
    char monitor[200];
    double seconds = 0;
    nn_text text = {NULL, 0, 0};
    nn_monitor_name(run->net, monitor, sizeof monitor);
    for (int e = 0; e < run->epoch; e++)
        seconds += (double)run->history[(e + 1) * run->history_columns - 1];
    nn_text_add(&text, "{\n  \"network\": ");
    nn_text_json(&text, run->net->name);
    nn_text_add(&text, ",\n  \"epochs\": %d,\n  \"best_epoch\": %d,\n  \"monitor\": ", run->epoch,
                run->best_epoch);
    nn_text_json(&text, monitor);
    nn_text_add(&text, ",\n  \"best\": ");
    nn_text_number(&text, (double)run->best_value);
    nn_text_add(&text, ",\n  \"seconds\": %.6g,\n  ", seconds);
    nn_history_json(&text, trainer, run->best_epoch);
    if (test != NULL) {
        nn_text_add(&text, ",\n  \"test\": ");
        nn_means_json(&text, run->net, test->means);
        if (run->net->classes != NULL) {
            nn_text_add(&text, ",\n  \"test_%s\": {", test->confusion_count > 1 ? "outputs" : "classes");
            run->net->classes->json(&text, run->net, test);
            nn_text_add(&text, "}");
        }
        if (test->values != NULL) {
            nn_text_add(&text, ",\n  \"test_values\": ");
            run->net->values->json(&text, run->net, test->values);
        }
        if (test->labels != NULL) {
            nn_text_add(&text, ",\n  \"test_labels\": ");
            run->net->labels->json(&text, run->net, test->labels);
        }
    }
    nn_text_add(&text, "\n}\n");
    return nn_save_text(trainer, "metrics.json", &text, error);
}

/* ---- steps ---- */

/* The order of the epoch that is about to run. */
static void nn_epoch_order(nn_trainer *trainer)
{
    const nn_set *set = &trainer->sets.set[NN_TRAIN];
    memcpy(trainer->order, set->rows, sizeof *set->rows * (size_t)set->count);
    if (trainer->run.net->plan->shuffle)
        nn_shuffle(trainer->order, (uint32_t)set->count,
                   nn_key(trainer->run.seed, (uint32_t)trainer->run.epoch, NN_STREAM_ORDER));
}

/* The learning rate of the next step. */
static float nn_rate_of_step(const nn_run *run)
{
    const nn_plan *plan = run->net->plan;
    if (plan->schedule == NULL)
        return run->rate;
    return (float)((double)run->rate * plan->factor(plan->schedule, run->memory + NN_MEMORY_SCHEDULE,
                                                    run->steps, nn_steps_of_epoch(run), run->epochs));
}

static void nn_train_one(nn_trainer *trainer)
{
    nn_run *run = &trainer->run;
    nn_worker *worker = &trainer->worker;
    long long first = run->step * run->batch, left = run->samples - first;
    nn_step step = {0, 0.0f, 0.0f, 0};
    step.batch = left < run->batch ? (int)left : run->batch;
    run->rate_now = step.rate = nn_rate_of_step(run);
    step.number = (float)(run->steps + 1);
    step.seed = nn_key(run->seed, (uint32_t)run->steps, NN_STREAM_STEP);
    nn_worker_fetch(worker, trainer->sets.set[NN_TRAIN].data, trainer->order + first, step.batch);
    run->net->train(run->state, worker->arena, &step, (const void *const *)worker->batch.inputs,
                    (const void *const *)worker->batch.targets, worker->results, worker->threads);
    nn_add_results(run->net, run->sums, worker->results, run->seen, step.batch);
    run->seen += step.batch;
    run->step++;
    run->steps++;
}

static void nn_show_step(const nn_trainer *trainer, nn_progress *progress)
{
    const nn_run *run = &trainer->run;
    char label[60], note[200];
    size_t used = 0;
    if (!progress->is_shown || nn_seconds() - progress->drawn < 0.1) /* before the text is made */
        return;
    snprintf(label, sizeof label, "epoch %d/%d", run->epoch + 1, run->epochs);
    note[0] = '\0';
    for (int r = 0; r < run->net->result_count && used < sizeof note; r++) {
        int length = snprintf(note + used, sizeof note - used, "%s%s %.4g", r > 0 ? "  " : "",
                              run->net->results[r].name, nn_result_value(run->net, r, run->sums, run->seen));
        used += (size_t)(length > 0 ? length : 0);
    }
    long long steps = nn_steps_of_epoch(run);
    nn_progress_draw(progress, label, run->step, steps, (run->epochs - run->epoch - 1) * steps, note);
}

/* A loss that is no number any more: says where; what was saved before stays. */
static int nn_diverged(const nn_trainer *trainer, const char *what, double value, nn_error *error)
{
    const nn_run *run = &trainer->run;
    char kept[300];
    if (run->best_epoch > 0)
        snprintf(kept, sizeof kept, "the weights of epoch %d are in '%s/best.safetensors'",
                 run->best_epoch, trainer->directory);
    else
        snprintf(kept, sizeof kept, "no epoch was complete, so no weights were saved");
    return nn_fail(error, NN_EXIT_FAILED, "the %s became %s at epoch %d, step %lld of %lld; %s "
                   "(a smaller --rate than %g may help)", what, value != value ? "NaN" : "infinite",
                   run->epoch + 1, run->step, nn_steps_of_epoch(run), kept, (double)run->rate);
}

/* The rest of an epoch's steps. */
static int nn_train_steps(nn_trainer *trainer, nn_error *error)
{
    nn_run *run = &trainer->run;
    nn_progress progress;
    if (run->net->plan->driver != NULL)
        return run->net->plan->driver->steps(trainer, error);
    nn_progress_begin(&progress, trainer->options->json, run->step);
    nn_epoch_order(trainer);
    while (run->step < nn_steps_of_epoch(run)) {
        nn_train_one(trainer);
        double loss = (double)trainer->worker.results[0];
        if (loss - loss != 0.0) {
            nn_progress_clear(&progress);
            nn_diverged(trainer, "loss", loss, error);
            return NN_FAILED;
        }
        nn_show_step(trainer, &progress);
        if (nn_is_stopping)
            break;
    }
    nn_progress_clear(&progress);
    return nn_is_stopping ? NN_STOP : NN_GO_ON;
}

/* ---- epochs ---- */

/* Four places after the point, or four digits of what would show as zeros or as a very long number. */
static void nn_print_value(double value)
{
    double size = value < 0 ? -value : value;
    printf(size == 0 || (size >= 1e-3 && size < 1e6) ? " %.4f" : " %.4g", value);
}

static void nn_print_epoch(const nn_trainer *trainer, int is_best)
{
    const nn_run *run = &trainer->run;
    int results = run->net->result_count;
    const float *row = run->history + (run->epoch - 1) * run->history_columns;
    if (trainer->options->json) {
        nn_text text = {NULL, 0, 0};
        nn_text_add(&text, "{\"event\": \"epoch\", \"epoch\": %d, \"epochs\": %d, ", run->epoch,
                    run->epochs);
        nn_history_json(&text, trainer, run->epoch);
        nn_text_add(&text, ", \"seconds\": %.6g, \"is_best\": %s}",
                    (double)row[run->history_columns - 1], is_best ? "true" : "false");
        puts(text.at);
        nn_free(text.at);
    } else {
        printf("epoch %*d/%d", run->epochs > 99 ? 3 : 2, run->epoch, run->epochs);
        for (int c = 0; c < results * (1 + nn_has_validation(trainer)); c++) {
            printf("  %s%s", c < results ? "" : "validation ", run->net->results[c % results].name);
            nn_print_value((double)row[c]);
        }
        if (nn_rate_varies(run))
            printf("  rate %.4g", (double)row[run->rate_column]);
        if (run->net->plan->driver != NULL)
            printf("  passes %.0f", (double)row[run->rate_column + 1]);
        if (run->net->plan->norms != NULL)
            run->net->plan->norms->print(run->net, row + nn_norm_column(run));
        printf("  %.1f s%s\n", (double)row[run->history_columns - 1], is_best ? "  best" : "");
    }
    fflush(stdout);
}

/* Adds the epoch to the history; the train results are the means of its steps. */
static void nn_push_history(nn_trainer *trainer)
{
    nn_run *run = &trainer->run;
    int results = run->net->result_count;
    nn_history_reserve(run, run->epoch + 1);
    float *row = run->history + run->epoch * run->history_columns;
    for (int r = 0; r < results; r++) {
        row[r] = (float)nn_result_value(run->net, r, run->sums, run->seen);
        if (nn_has_validation(trainer))
            row[results + r] = (float)trainer->scores.means[r];
    }
    memset(run->sums, 0, sizeof(double) * (size_t)run->net->result_floats);
    row[run->rate_column] = run->rate_now;
    if (run->net->plan->driver != NULL)
        row[run->rate_column + 1] = (float)run->memory[NN_MEMORY_PASSES];
    if (run->net->plan->norms != NULL) {
        run->net->plan->norms->take(run, nn_steps_of_epoch(run), row + nn_norm_column(run));
        run->net->plan->norms->clear(run);
    }
    row[run->history_columns - 1] = (float)(nn_seconds() - trainer->started);
    if (run->net->plan->watch != NULL)
        run->net->plan->watch(run->net->plan->schedule, run->memory + NN_MEMORY_SCHEDULE, row, results);
    run->seen = 0;
    run->step = 0;
    run->seconds = 0;
    run->epoch++;
}

/* Keeps the state when it is the best so far. The first epoch is. */
static int nn_judge(nn_trainer *trainer)
{
    nn_run *run = &trainer->run;
    const nn_plan *plan = run->net->plan;
    const float *row = run->history + (run->epoch - 1) * run->history_columns;
    float value =
        row[(plan->monitor_set == NN_VALIDATION ? run->net->result_count : 0) + plan->monitor];
    int is_better = plan->maximize ? value > run->best_value : value < run->best_value;
    if (run->best_value != run->best_value)
        is_better = value == value; /* any number is better than none */
    if (run->best_epoch > 0 && !is_better)
        return 0;
    nn_run_keep_best(run);
    run->best_value = value;
    run->best_epoch = run->epoch;
    return 1;
}

/* The files of an epoch. Waiting for the disk takes longer than an epoch of a small network, so it is
 * done once a second and at the end (nn_settle). */
static int nn_save_epoch(nn_trainer *trainer, int is_best, nn_error *error)
{
    double now = nn_seconds();
    trainer->is_unsynced = now - trainer->synced < 1.0;
    if (!trainer->is_unsynced)
        trainer->synced = now;
    nn_sync_files = !trainer->is_unsynced;
    int ok = (!is_best || nn_save_best(trainer, error)) && nn_save_checkpoint(trainer, error) &&
             nn_save_history(trainer, error);
    nn_sync_files = 1;
    return ok;
}

/* Brings to the disk what nn_save_epoch has left to the system. */
static int nn_settle(nn_trainer *trainer, nn_error *error)
{
    if (!trainer->is_unsynced)
        return 1;
    trainer->is_unsynced = 0;
    return nn_save_best(trainer, error) && nn_save_checkpoint(trainer, error) &&
           nn_save_history(trainer, error);
}

/* One epoch, or the rest of one. Files are written at its end. */
static int nn_train_epoch(nn_trainer *trainer, nn_error *error)
{
    nn_run *run = &trainer->run;
    trainer->started = nn_seconds() - run->seconds;
    int end = nn_train_steps(trainer, error);
    if (end == NN_GO_ON && nn_has_validation(trainer)) {
        run->net->prepare(run->state, trainer->worker.weights);
        if (!nn_evaluate_set(&trainer->worker, &trainer->sets.set[NN_VALIDATION], &trainer->scores))
            end = NN_STOP;
        double loss = trainer->scores.means[0];
        if (end == NN_GO_ON && loss - loss != 0.0) {
            nn_diverged(trainer, "validation loss", loss, error);
            end = NN_FAILED;
        }
    }
    if (end == NN_STOP) {
        run->seconds = nn_seconds() - trainer->started;
        return nn_save_checkpoint(trainer, error) ? NN_STOP : NN_FAILED;
    }
    if (end == NN_FAILED)
        return end;
    nn_push_history(trainer);
    int is_best = nn_judge(trainer);
    if (run->net->plan->ask_stops != NULL)
        run->net->plan->ask_stops(trainer);
    if (!nn_save_epoch(trainer, is_best, error))
        return NN_FAILED;
    nn_print_epoch(trainer, is_best);
    return NN_GO_ON;
}

/* ---- runtime/train_command.h ---- */
/* train_command.h: the command `train`: sets up a run, lets it go on, and ends it. */

/* Epochs, batch, rate and seed: from the command line, the checkpoint, or the plan. */
static int nn_run_plan(nn_run *run, const nn_net *net, const nn_options *options, nn_error *error)
{
    const nn_plan *plan = net->plan;
    if (options->batch > net->batch)
        return nn_fail(error, NN_EXIT_USAGE,
                       "this trainer was made for batches up to %d; for %d write 'batch %d' in %s and "
                       "run 'nndc build %s'", net->batch, options->batch, options->batch, net->source,
                       net->source);
    run->epochs = options->epochs > 0 ? options->epochs : plan->epochs;
    run->batch = options->batch > 0 ? options->batch : net->batch;
    run->rate = options->has_rate ? options->rate : plan->rate;
    run->seed = options->has_seed ? options->seed : plan->seed;
    return 1;
}

/* Options that decide the bits of a run cannot change when it goes on; the number of epochs can. */
static int nn_resume(nn_trainer *trainer, nn_error *error)
{
    nn_run *run = &trainer->run;
    const nn_options *options = trainer->options;
    char *path = nn_run_path(trainer, "last.checkpoint");
    long long samples = run->samples;
    int epochs = options->epochs, ok = nn_checkpoint_load(run, path, error);
    if (ok && run->samples != samples)
        ok = nn_fail(error, NN_EXIT_IO, "the run '%s' was started with %lld training samples, now there "
                     "are %lld", trainer->directory, run->samples, samples);
    if (ok && (run->batch > run->net->batch || (options->batch > 0 && options->batch != run->batch)))
        ok = nn_fail(error, NN_EXIT_USAGE, "the run '%s' was started with batch %d", trainer->directory,
                     run->batch);
    if (ok && options->has_seed && options->seed != run->seed)
        ok = nn_fail(error, NN_EXIT_USAGE, "the run '%s' was started with seed %lu", trainer->directory,
                     (unsigned long)run->seed);
    if (ok && options->has_rate && options->rate != run->rate)
        ok = nn_fail(error, NN_EXIT_USAGE, "the run '%s' was started with rate %g", trainer->directory,
                     (double)run->rate);
    if (ok && run->step > nn_steps_of_epoch(run))
        ok = nn_fail(error, NN_EXIT_IO, "'%s' is not a checkpoint of this kind of trainer", path);
    if (ok && epochs > 0)
        run->epochs = epochs;
    nn_free(path);
    return ok;
}

/* A fresh run must not inherit the files of the one that was in its directory. Weights and checkpoint
 * of that one are kept as NAME.old, in case --resume was meant. */
static void nn_clear_run(const nn_trainer *trainer)
{
    static const char names[6][20] = {"last.checkpoint", "best.safetensors", "history.csv",
                                      "metrics.json", "confusion.csv", "kept.values"};
    for (int i = 0; i < 6; i++) {
        char *path = nn_run_path(trainer, names[i]);
        nn_text old = {NULL, 0, 0};
        nn_text_add(&old, "%s.old", path);
        if (i >= 2 || rename(path, old.at) != 0)
            remove(path);
        nn_free(old.at);
        nn_free(path);
    }
    for (int i = 0; i < trainer->run.net->output_count; i++) {
        nn_text name = {NULL, 0, 0};
        nn_text_add(&name, "confusion_%s.csv", trainer->run.net->outputs[i].name);
        char *path = nn_run_path(trainer, name.at);
        remove(path);
        nn_free(path);
        nn_free(name.at);
    }
}

/* What the state starts with beside the initial values: all of --weights, or scaling taken from the
 * training set and the parts that the train section loads. A checkpoint has its own. */
static int nn_first_values(nn_trainer *trainer, const nn_net *net, nn_error *error)
{
    const nn_options *options = trainer->options;
    if (options->weights != NULL)
        return nn_weights_load(trainer->run.state, net, options->weights, 0, error);
    return options->resume ||
           ((net->fit == NULL ||
             net->fit(trainer->run.state, net, &trainer->sets, options->others, error)) &&
            (net->load == NULL ||
             net->load(trainer->run.state, net, options->data, options->json, error)));
}

static int nn_train_begin(nn_trainer *trainer, const nn_net *net, const nn_options *options,
                          int threads, nn_error *error)
{
    trainer->options = options;
    if (!nn_run_plan(&trainer->run, net, options, error) ||
        !nn_sets_load(&trainer->sets, net, options->data, options->others, 7, error))
        return 0;
    if (trainer->sets.set[NN_TRAIN].data == NULL)
        return nn_fail(error, NN_EXIT_IO, "'%s' has no training set", net->source);
    if (net->plan->monitor_set == NN_VALIDATION && !nn_has_validation(trainer))
        return nn_fail(error, NN_EXIT_IO, "'%s' watches validation results but has no validation set",
                       net->source);
    trainer->run.samples = trainer->sets.set[NN_TRAIN].count;
    nn_worker_begin(&trainer->worker, net, threads);
    trainer->scores = nn_scores_new(net, 0);
    trainer->order = NN_ALLOCATE(uint32_t, trainer->run.samples);
    nn_run_begin(&trainer->run, net, nn_has_validation(trainer));
    if (!nn_first_values(trainer, net, error))
        return 0;
    if ((!options->resume && !nn_make_directory(trainer->directory, error)) ||
        !nn_lock_directory(trainer->directory, error))
        return 0;
    if (options->resume)
        return nn_resume(trainer, error) && nn_save_config(trainer, error);
    /* The first file tells whether the directory can be written, before anything is removed. */
    if (!nn_save_config(trainer, error))
        return 0;
    nn_clear_run(trainer);
    return 1;
}

static void nn_train_end(nn_trainer *trainer)
{
    if (trainer->run.net != NULL) {
        nn_worker_end(&trainer->worker);
        nn_scores_free(&trainer->scores);
        nn_run_end(&trainer->run);
    }
    nn_free(trainer->order);
    nn_sets_free(&trainer->sets);
}

static void nn_print_begin(const nn_trainer *trainer)
{
    const nn_run *run = &trainer->run;
    const nn_set *sets = trainer->sets.set;
    if (trainer->options->json)
        printf("{\"event\": \"start\", \"network\": \"%s\", \"train_samples\": %lld, "
               "\"validation_samples\": %lld, \"test_samples\": %lld, \"batch\": %d, \"epochs\": %d, "
               "\"epoch\": %d, \"threads\": %d}\n", run->net->name, sets[NN_TRAIN].count,
               sets[NN_VALIDATION].count, sets[NN_TEST].count, run->batch, run->epochs, run->epoch,
               trainer->worker.threads);
    else
        printf("%s: %lld training samples, %lld validation, %lld test; batch %d, %d thread%s\n",
               run->net->name, sets[NN_TRAIN].count, sets[NN_VALIDATION].count, sets[NN_TEST].count,
               run->batch, trainer->worker.threads, trainer->worker.threads == 1 ? "" : "s");
    if (run->epoch + run->step > 0 && !trainer->options->json)
        printf("going on after epoch %d, step %lld\n", run->epoch, run->step);
    fflush(stdout);
}

/* The command that goes on: the options that say where things are. The checkpoint knows the others. */
static void nn_add_resume(nn_text *text, const nn_trainer *trainer)
{
    const nn_options *options = trainer->options;
    nn_text_word(text, options->program);
    nn_text_add(text, " train --resume --out ");
    nn_text_word(text, trainer->directory);
    if (options->data != NULL) {
        nn_text_add(text, " --data ");
        nn_text_word(text, options->data);
    }
    for (int set = 0; set < NN_SETS; set++) {
        const nn_override *other = &options->others[set];
        nn_text source = {NULL, 0, 0};
        for (int i = 0; i < other->count; i++)
            nn_text_add(&source, "%s%s%s", i == 0 ? nn_set_names[set] : "", i == 0 ? "=" : ",",
                        other->files[i]);
        if (other->count > 0) {
            nn_text_add(text, " --source ");
            nn_text_word(text, source.at);
        }
        nn_free(source.at);
    }
}

/* What to type to go on. */
static void nn_print_stop(const nn_trainer *trainer)
{
    const nn_run *run = &trainer->run;
    if (trainer->options->json) {
        printf("{\"event\": \"stopped\", \"epoch\": %d, \"step\": %lld, \"steps\": %lld}\n",
               run->epoch + 1, run->step, nn_steps_of_epoch(run));
        return;
    }
    nn_text command = {NULL, 0, 0};
    nn_add_resume(&command, trainer);
    printf("stopped at epoch %d, step %lld of %lld; all is saved. To continue:\n    %s\n",
           run->epoch + 1, run->step, nn_steps_of_epoch(run), command.at);
    nn_free(command.at);
}

/* The test set with the best weights, metrics.json, and the last words. */
static int nn_train_finish(nn_trainer *trainer, nn_error *error)
{
    const nn_run *run = &trainer->run;
    const nn_set *test = &trainer->sets.set[NN_TEST];
    nn_text text = {NULL, 0, 0};
    char monitor[200];
    nn_monitor_name(run->net, monitor, sizeof monitor);
    if (test->data != NULL) {
        run->net->prepare(run->best, trainer->worker.weights);
        nn_scores_free(&trainer->scores);
        trainer->scores = nn_scores_new(run->net, 1);
        if (!nn_evaluate_set(&trainer->worker, test, &trainer->scores))
            return nn_fail(error, NN_EXIT_INTERRUPTED, "stopped during the evaluation of the test set; "
                           "--resume does it again");
        if (run->net->classes != NULL && !run->net->classes->save(trainer, &trainer->scores, error))
            return 0;
    }
    if (!nn_save_metrics(trainer, test->data != NULL ? &trainer->scores : NULL, error))
        return 0;
    if (trainer->options->json) {
        nn_text_add(&text, "{\"event\": \"end\", \"epochs\": %d, \"best_epoch\": %d, \"%s\": ",
                    run->epoch, run->best_epoch, monitor);
        nn_text_float(&text, run->best_value);
        nn_text_add(&text, ", ");
        nn_history_json(&text, trainer, run->best_epoch);
        if (test->data != NULL) {
            nn_text_add(&text, ", \"test\": ");
            nn_means_json(&text, run->net, trainer->scores.means);
        }
        nn_text_add(&text, "}\n");
    } else {
        nn_text_add(&text, "best epoch %d: %s %.6g\n", run->best_epoch, monitor,
                    (double)run->best_value);
        for (int r = 0; test->data != NULL && r < run->net->result_count; r++)
            nn_text_add(&text, "%s%s %.6g%s", r == 0 ? "test: " : "  ", run->net->results[r].name,
                        trainer->scores.means[r], r == run->net->result_count - 1 ? "\n" : "");
        nn_text_add(&text, "weights: %s/best.safetensors\n", trainer->directory);
    }
    fputs(text.at, stdout);
    nn_free(text.at);
    return 1;
}

/* Takes the frozen weights, as they stay from now on, and computes what is kept. 0: a stop was asked
 * for. */
static int nn_prepare_prefix(nn_trainer *trainer)
{
    const nn_prefix *prefix = trainer->run.net->prefix;
    if (prefix == NULL)
        return 1;
    prefix->keeper->prepare(trainer->worker.kept, trainer->run.state);
    return prefix->keeper->fill(trainer);
}

/* The run from wherever it stands to its end. Returns an exit code; messages of failures in error. */
static int nn_train_run(nn_trainer *trainer, nn_error *error)
{
    nn_run *run = &trainer->run;
    nn_watch_signals();
    nn_print_begin(trainer);
    int is_ready = nn_prepare_prefix(trainer);
    while (run->epoch < run->epochs && !(run->memory[NN_MEMORY_FINISHED] > 0)) {
        int end = is_ready                             ? nn_train_epoch(trainer, error)
                  : nn_save_checkpoint(trainer, error) ? NN_STOP
                                                       : NN_FAILED;
        if (end == NN_FAILED)
            return error->code;
        if (end == NN_STOP || (nn_is_stopping && run->epoch < run->epochs)) {
            if (!nn_settle(trainer, error))
                return error->code;
            nn_print_stop(trainer);
            return NN_EXIT_INTERRUPTED;
        }
    }
    if (!nn_settle(trainer, error))
        return error->code;
    if (trainer->ending != NULL && !trainer->options->json)
        printf("%s\n", trainer->ending);
    return nn_train_finish(trainer, error) ? NN_EXIT_OK : error->code;
}

static int nn_train_command(const nn_net *net, const nn_options *options, int threads,
                            nn_error *error)
{
    nn_trainer trainer;
    nn_text directory = {NULL, 0, 0};
    memset(&trainer, 0, sizeof trainer);
    nn_text_add(&directory, options->out != NULL ? "%s" : "runs/%s",
                options->out != NULL ? options->out : net->name);
    trainer.directory = directory.at;
    int code = nn_train_begin(&trainer, net, options, threads, error)
                   ? nn_train_run(&trainer, error)
                   : error->code;
    nn_train_end(&trainer);
    nn_free(directory.at);
    return code;
}

/* ---- runtime/profile.h ---- */
/* profile.h: where the time of a training step goes, kernel by kernel: bench --profile.
 *
 * The printed step says nn_mark after each kernel. While a clock runs, thread 0 notes the time since the
 * mark before: that of the kernel, with waiting for the other threads. Otherwise a mark is one test. */

typedef struct nn_timing {
    const char *name;
    double flops;   /* for a sample                 */
    double seconds; /* median; set by nn_clock_stop */
} nn_timing;

typedef struct nn_clock {
    nn_timing *timings; /* [count]: marks of a step, in order      */
    double *times;      /* [count][steps]; NULL: marks are counted */
    int count, steps, step;
    int at;             /* next mark of this step                  */
    double last;        /* time of the mark before                 */
} nn_clock;

static nn_clock *nn_running_clock = NULL;

static int nn_compare_doubles(const void *a, const void *b)
{
    double x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return (x > y) - (x < y);
}

static int nn_compare_timings(const void *a, const void *b)
{
    return -nn_compare_doubles(&((const nn_timing *)a)->seconds, &((const nn_timing *)b)->seconds);
}

/* Multiply-adds of registers alone, in more chains than an add takes cycles: x = x * a + b stays near
 * b / (1 - a), however long it runs. */
static NN_APART float nn_multiply_add(int steps, float factor, float term)
{
    const nn_vec a = nn_splat(factor), b = nn_splat(term);
    nn_vec x[12];
    float lanes[NN_LANES], sum = 0;
    NN_UNROLL
    for (int i = 0; i < 12; i++)
        x[i] = nn_splat(term * (float)i);
    for (int step = 0; step < steps; step++) {
        NN_UNROLL
        for (int i = 0; i < 12; i++)
            x[i] = x[i] * a + b;
    }
    NN_UNROLL
    for (int i = 1; i < 12; i++)
        x[0] += x[i];
    nn_store(lanes, x[0]);
    for (int i = 0; i < NN_LANES; i++)
        sum += lanes[i];
    return sum;
}

/* GFLOP/s that the threads reach so: the best of some rounds of about a millisecond. */
static double nn_peak_gflops(int threads)
{
    enum { steps = 200000, rounds = 20 };
    volatile float factor = 0.5f, sink = 0; /* so that the loop is not computed beforehand */
    double best = 0;
    for (int round = 0; round < rounds; round++) {
        float sum = 0;
        double start = nn_seconds();
#ifdef _OPENMP
#pragma omp parallel reduction(+ : sum) num_threads(threads)
#endif
        sum += nn_multiply_add(steps, factor, 0.25f);
        double rate = 2e-9 * 12.0 * NN_LANES * (double)steps * threads / (nn_seconds() - start);
        best = rate > best ? rate : best;
        sink = sink + sum;
    }
    return best;
}

/* The medians of the marks, longest first. */
static void nn_clock_stop(nn_clock *clock)
{
    for (int i = 0; i < clock->count; i++) {
        double *times = clock->times + i * clock->steps;
        qsort(times, (size_t)clock->steps, sizeof *times, nn_compare_doubles);
        clock->timings[i].seconds = times[clock->steps / 2];
    }
    qsort(clock->timings, (size_t)clock->count, sizeof *clock->timings, nn_compare_timings);
}

/* A line, or an object, for each kernel. */
static void nn_profile_print(const nn_clock *clock, int batch, int threads, int json)
{
    enum { longest = 40 }; /* lines */
    double sum = 0, rest = 0, peak = nn_peak_gflops(threads);
    for (int i = 0; i < clock->count; i++)
        sum += clock->timings[i].seconds;
    if (json)
        printf(", \"peak_gflops\": %.6g, \"kernels\": [", peak);
    else
        printf("\n%10s %7s %9s %8s  kernel, each called once a step\n", "us", "share", "GFLOP/s", "of peak");
    for (int i = 0; i < clock->count; i++) {
        const nn_timing *t = &clock->timings[i];
        double gflops = t->seconds > 0 ? 1e-9 * t->flops * batch / t->seconds : 0;
        if (json)
            printf("%s{\"name\": \"%s\", \"seconds\": %.6g, \"share\": %.4g, \"gflops\": %.6g}",
                   i > 0 ? ", " : "", t->name, t->seconds, t->seconds / sum, gflops);
        else if (i < longest)
            printf("%10.2f %5.1f %% %9.2f %6.1f %%  %s\n", 1e6 * t->seconds, 100 * t->seconds / sum, gflops,
                   100 * gflops / peak, t->name);
        else
            rest += t->seconds;
    }
    if (json)
        printf("]");
    else if (clock->count > longest)
        printf("%10.2f %5.1f %% %9s %8s  %d others\n", 1e6 * rest, 100 * rest / sum, "", "",
               clock->count - longest);
    if (!json && clock->count > 0)
        printf("%10.2f us in %d kernels", 1e6 * sum, clock->count);
    else if (!json)
        printf("%10s the step is too short to time its kernels", "");
    if (!json)
        printf("; peak of multiply-adds on %d thread%s: %.1f GFLOP/s\n", threads, threads == 1 ? "" : "s", peak);
}

/* ---- runtime/commands.h ---- */
/* commands.h: the commands that use trained weights, eval and predict, and bench. */

/* ---- weights ---- */

/* Weights for inference: --weights FILE, else those of the default run directory. */
static int nn_load_for_use(nn_worker *worker, const nn_options *options, nn_error *error)
{
    const nn_net *net = worker->net;
    nn_text path = {NULL, 0, 0};
    float *state = NN_ALLOCATE(float, net->state_floats);
    if (options->weights != NULL)
        nn_text_add(&path, "%s", options->weights);
    else
        nn_text_add(&path, "runs/%s/best.safetensors", net->name);
    int ok = nn_weights_load(state, net, path.at, 1, error);
    if (ok)
        net->prepare(state, worker->weights);
    if (ok && worker->kept != NULL)
        net->prefix->keeper->prepare(worker->kept, state);
    nn_free(state);
    nn_free(path.at);
    return ok;
}

/* ---- eval ---- */

/* The set that was asked for, else the test set, else the validation set, else the training set. */
static int nn_eval_set(const nn_net *net, const nn_options *options, nn_error *error)
{
    int has[NN_SETS] = {0, 0, 0};
    for (int i = 0; i < net->source_count; i++)
        has[net->sources[i].set] = 1;
    for (int set = 0; options->set != NULL && set < NN_SETS; set++)
        if (strcmp(options->set, nn_set_names[set]) == 0)
            return has[set] ? set
                            : nn_fail(error, NN_EXIT_USAGE, "'%s' has no %s set", net->source,
                                      options->set) - 1;
    if (options->set != NULL)
        return nn_fail(error, NN_EXIT_USAGE, "'--set' needs train, validation or test, found '%s'",
                       options->set) - 1;
    return has[NN_TEST] ? NN_TEST : has[NN_VALIDATION] ? NN_VALIDATION : NN_TRAIN;
}

static int nn_eval_command(const nn_net *net, const nn_options *options, int threads,
                           nn_error *error)
{
    nn_worker worker;
    nn_sets sets;
    int set = nn_eval_set(net, options, error);
    if (set < 0 || !nn_sets_load(&sets, net, options->data, options->others, 1u << set, error))
        return error->code;
    nn_worker_begin(&worker, net, threads);
    int ok = sets.set[set].data != NULL ||
             nn_fail(error, NN_EXIT_IO, "'%s' has no %s set", net->source, nn_set_names[set]);
    ok = ok && nn_load_for_use(&worker, options, error);
    if (ok) {
        nn_scores scores = nn_scores_new(net, 1);
        nn_evaluate_set(&worker, &sets.set[set], &scores);
        if (options->json) {
            nn_text text = {NULL, 0, 0};
            nn_scores_json(&text, net, nn_set_names[set], &scores);
            puts(text.at);
            nn_free(text.at);
        } else {
            nn_scores_print(net, nn_set_names[set], &scores);
        }
        nn_scores_free(&scores);
    }
    nn_worker_end(&worker);
    nn_sets_free(&sets);
    return ok ? NN_EXIT_OK : error->code;
}

/* ---- predict ---- */

/* Inputs to predict: one file, or one for each input where the format has it so. A CSV file has the
 * columns of the network's own CSV source when there is one, else a column for each input value. */
static nn_data *nn_predict_data(const nn_net *net, const nn_options *options, nn_error *error)
{
    nn_source source;
    memset(&source, 0, sizeof source);
    if (options->file_count == 0) {
        nn_fail(error, NN_EXIT_USAGE, "'predict' needs a file to read samples from");
        return NULL;
    }
    const nn_format *format = nn_file_format(net, NULL, options->files[0], error);
    if (format == NULL)
        return NULL;
    for (int i = net->source_count - 1; i >= 0; i--)
        if (net->sources[i].format == format)
            source = net->sources[i];
    source.first = source.end = 0; /* all rows of this file */
    int needed = nn_format_files(format, net->input_count);
    if (needed > 0 && options->file_count != needed) {
        nn_fail(error, NN_EXIT_USAGE, "'predict' needs %d file%s here, %d given", needed,
                needed == 1 ? "" : "s", options->file_count);
        return NULL;
    }
    return format->read(net, &source, options->files, options->file_count, 0, error);
}

/* The class that an output gives sample n, and its score. */
static int nn_found_class(const nn_worker *worker, int output, int n, float *score)
{
    long long width = worker->net->outputs[output].elements;
    return nn_best_class((const float *)worker->outputs[output] + n * width, width, score);
}

/* The lines of a text in place: ends become zeros. *count is how many there are; free the result. */
static const char **nn_text_lines(char *text, long long *count)
{
    *count = 0;
    for (const char *c = text; *c != '\0'; c++)
        *count += *c == '\n' || c[1] == '\0';
    const char **lines = NN_ALLOCATE(const char *, *count);
    for (long long i = 0; i < *count; i++) {
        lines[i] = text;
        text += strcspn(text, "\n");
        *text++ = '\0';
    }
    return lines;
}

/* "INDEX", then for each output "CLASS SCORE" when it is a classification, else all of its values; then the
 * name of the sample, if there is one. */
static void nn_print_sample(const nn_worker *worker, long long index, int n, const char *name)
{
    const nn_net *net = worker->net;
    printf("%lld", index);
    for (int o = 0; o < net->output_count; o++) {
        const nn_port *port = &net->outputs[o];
        if (port->meaning == NN_CLASSES) {
            float score;
            char number[16];
            int found = nn_found_class(worker, o, n, &score);
            printf(" %s %.6g", nn_class_name(&net->targets[port->target], found, number), (double)score);
        }
        for (long long i = 0; i < port->elements && port->meaning != NN_CLASSES; i++)
            printf(" %.9g", (double)nn_output_value(worker, o, n * port->elements + i));
    }
    printf("%s%s\n", name != NULL ? " " : "", name != NULL ? name : "");
}

/* "class": 2, "name": "dog" */
static void nn_found_class_json(nn_text *text, const nn_worker *worker, int output, int n)
{
    float score;
    int found = nn_found_class(worker, output, n, &score);
    const nn_port *target = &worker->net->targets[worker->net->outputs[output].target];
    nn_text_add(text, "\"class\": %d", found);
    if (target->class_names != NULL) {
        nn_text_add(text, ", \"name\": ");
        nn_text_json(text, target->class_names[found]);
    }
}

/* What nn_found_class_json says of the one classification, or "classes": {"kind": {...}, ...}. */
static void nn_found_classes_json(nn_text *text, const nn_worker *worker, int n)
{
    const nn_net *net = worker->net;
    int count = 0, seen = 0;
    for (int o = 0; o < net->output_count; o++)
        count += net->outputs[o].meaning == NN_CLASSES;
    for (int o = 0; o < net->output_count; o++) {
        if (net->outputs[o].meaning != NN_CLASSES)
            continue;
        nn_text_add(text, seen++ == 0 && count > 1 ? ", \"classes\": {" : ", ");
        if (count > 1) {
            nn_text_json(text, net->outputs[o].name);
            nn_text_add(text, ": {");
        }
        nn_found_class_json(text, worker, o, n);
        nn_text_add(text, count > 1 ? "}" : "");
    }
    nn_text_add(text, count > 1 ? "}" : "");
}

static void nn_print_sample_json(const nn_worker *worker, long long index, int n, const char *name)
{
    const nn_net *net = worker->net;
    nn_text text = {NULL, 0, 0};
    nn_text_add(&text, "{\"index\": %lld", index);
    if (name != NULL) {
        nn_text_add(&text, ", \"file\": ");
        nn_text_json(&text, name);
    }
    nn_found_classes_json(&text, worker, n);
    for (int o = 0; o < net->output_count; o++) {
        long long first = n * net->outputs[o].elements;
        nn_text_add(&text, ", ");
        nn_text_json(&text, net->outputs[o].name);
        nn_text_add(&text, ": [");
        for (long long i = 0; i < net->outputs[o].elements; i++) {
            nn_text_add(&text, i > 0 ? ", " : "");
            nn_text_float(&text, nn_output_value(worker, o, first + i));
        }
        nn_text_add(&text, "]");
    }
    nn_text_add(&text, "}");
    puts(text.at);
    nn_free(text.at);
}

static int nn_predict_command(const nn_net *net, const nn_options *options, int threads,
                              nn_error *error)
{
    nn_worker worker;
    unsigned char *bytes = NULL;
    size_t size;
    const char **names = NULL;
    long long name_count = 0;
    nn_data *data = nn_predict_data(net, options, error);
    if (data == NULL)
        return error->code;
    nn_worker_begin(&worker, net, threads);
    nn_set set = nn_set_all(data);
    int ok = nn_load_for_use(&worker, options, error);
    if (ok && options->names != NULL) {
        ok = nn_file_read(options->names, &bytes, &size, error);
        names = ok ? nn_text_lines((char *)bytes, &name_count) : NULL;
        if (ok && name_count != set.count)
            ok = nn_fail(error, NN_EXIT_IO, "'%s' has %lld lines, but there are %lld samples", options->names,
                         name_count, set.count);
    }
    for (long long first = 0; ok && first < set.count; first += net->batch) {
        int count = set.count - first < net->batch ? (int)(set.count - first) : net->batch;
        nn_worker_batch(&worker, data, set.rows + first, count, 0);
        for (int n = 0; n < count; n++) {
            const char *name = names != NULL ? names[first + n] : NULL;
            if (options->json)
                nn_print_sample_json(&worker, first + n, n, name);
            else
                nn_print_sample(&worker, first + n, n, name);
        }
    }
    nn_free(names);
    nn_free(bytes);
    nn_free(set.rows);
    nn_worker_end(&worker);
    nn_data_free(data);
    return ok ? NN_EXIT_OK : error->code;
}

/* ---- bench ---- */

/* Random values in the range of a port's type. */
static void nn_random_port(void *values, const nn_port *port, long long count, uint32_t key)
{
    for (long long i = 0; i < count; i++) {
        uint32_t bits = nn_random_bits(key, (uint32_t)i);
        if (port->type == NN_U8)
            ((unsigned char *)values)[i] = (unsigned char)(bits >> 24);
        else if (port->type == NN_F32)
            ((float *)values)[i] = nn_uniform(key, (uint32_t)i);
        else
            ((int32_t *)values)[i] =
                (int32_t)(bits % (uint32_t)(port->type == NN_CLASS ? port->classes : 2));
    }
}

/* Seconds of `count` steps, the first of them number `first`. A frozen front part is computed in each,
 * unless its values are kept. */
static double nn_bench_steps(nn_run *run, nn_worker *worker, int is_kept, uint32_t first, int count)
{
    double start = nn_seconds();
    for (uint32_t i = first; i != first + (uint32_t)count; i++) {
        nn_step step = {run->batch, run->rate, (float)(i + 1u), nn_key(run->seed, i, 1)};
        if (worker->kept != NULL && !is_kept)
            run->net->prefix->keeper->compute(worker, run->batch);
        run->net->train(run->state, worker->arena, &step, (const void *const *)worker->batch.inputs,
                        (const void *const *)worker->batch.targets, worker->results,
                        worker->threads);
    }
    return nn_seconds() - start;
}

/* times[i] is what a step takes, sorted. Steps shorter than 20 us are timed several at once, because
 * the clock itself takes a part of a microsecond. */
static void nn_bench_times(nn_run *run, nn_worker *worker, int is_kept, int count, double *times)
{
    enum { warm = 3, most = 1000 };
    uint32_t next = 0;
    double spent = 0;
    while (next < warm && spent < 0.5)
        spent += nn_bench_steps(run, worker, is_kept, next++, 1);
    spent /= next;
    int group = spent >= 20e-6 ? 1 : spent > 20e-6 / (double)most ? (int)(20e-6 / spent) + 1 : most;
    for (int i = 0; i < count; i++, next += (uint32_t)group)
        times[i] = nn_bench_steps(run, worker, is_kept, next, group) / group;
    qsort(times, (size_t)count, sizeof *times, nn_compare_doubles);
}

/* Prints what each kernel of some more steps takes. */
static void nn_bench_kernels(nn_run *run, nn_worker *worker, int count, int json)
{
    nn_clock clock;
    memset(&clock, 0, sizeof clock);
    nn_running_clock = &clock;
    nn_bench_steps(run, worker, 1, 0, 1);
    clock.steps = count < 1000 ? count : 1000;
    clock.timings = NN_ALLOCATE(nn_timing, clock.count);
    clock.times = NN_ALLOCATE(double, (long long)clock.count * clock.steps);
    for (clock.step = 0; clock.step < clock.steps; clock.step++) {
        clock.at = 0;
        clock.last = nn_seconds();
        nn_bench_steps(run, worker, 1, (uint32_t)clock.step, 1);
    }
    nn_running_clock = NULL;
    nn_clock_stop(&clock);
    nn_profile_print(&clock, run->batch, worker->threads, json);
    nn_free(clock.timings);
    nn_free(clock.times);
}

static int nn_bench_command(const nn_net *net, const nn_options *options, int threads,
                            nn_error *error)
{
    nn_worker worker;
    nn_run run;
    int count = options->steps > 0 ? options->steps : 50;
    memset(&run, 0, sizeof run);
    run.batch = options->batch > 0 ? options->batch : net->batch;
    if (run.batch > net->batch)
        return nn_fail(error, NN_EXIT_USAGE, "this trainer was made for batches up to %d", net->batch),
               error->code;
    run.rate = net->plan->rate;
    run.seed = options->has_seed ? options->seed : net->plan->seed;
    nn_run_begin(&run, net, 0);
    nn_worker_begin(&worker, net, threads);
    for (int i = 0; i < net->input_count; i++)
        nn_random_port(worker.batch.inputs[i], &net->inputs[i], run.batch * net->inputs[i].elements,
                       nn_key(run.seed, (uint32_t)i, 0x6001));
    for (int i = 0; i < net->target_count; i++)
        nn_random_port(worker.batch.targets[i], &net->targets[i],
                       run.batch * net->targets[i].elements, nn_key(run.seed, (uint32_t)i, 0x6002));
    for (int i = 0; net->prefix != NULL && i < net->prefix->value_count; i++)
        nn_random_port(worker.batch.inputs[net->input_count + i], &net->prefix->values[i],
                       run.batch * net->prefix->values[i].elements, nn_key(run.seed, (uint32_t)i, 0x6003));
    if (worker.kept != NULL)
        net->prefix->keeper->prepare(worker.kept, run.state);
    double *times = NN_ALLOCATE(double, count);
    nn_bench_times(&run, &worker, options->kept, count, times);
    double median = times[count / 2] > 1e-12 ? times[count / 2] : 1e-12;
    double flops = net->train_flops + (net->prefix != NULL && !options->kept ? net->prefix->flops : 0);
    double rate = run.batch / median, gflops = flops * rate * 1e-9;
    if (options->json)
        printf("{\"network\": \"%s\", \"steps\": %d, \"batch\": %d, \"threads\": %d, "
               "\"step_seconds\": %.6g, \"fastest_step_seconds\": %.6g, \"samples_per_second\": %.6g, "
               "\"gflops\": %.6g", net->name, count, run.batch, threads, median, times[0], rate, gflops);
    else
        printf("%s: %.4g ms a step (median of %d; fastest %.4g), %.4g samples/s, %.4g GFLOP/s, batch %d, "
               "%d thread%s\n", net->name, median * 1e3, count, times[0] * 1e3, rate, gflops, run.batch,
               threads, threads == 1 ? "" : "s");
    if (options->profile)
        nn_bench_kernels(&run, &worker, count, options->json);
    if (options->json)
        printf("}\n");
    nn_free(times);
    nn_worker_end(&worker);
    nn_run_end(&run);
    return NN_EXIT_OK;
}

/* ---- runtime/trainer_main.h ---- */
/* trainer_main.h: the main of a trainer.
 *
 * Exit codes: 0 done, 1 training failed, 2 wrong usage, 3 cannot read or write, 130 stopped. */

/* Number of threads, and every one of them told to flush denormals. */
static int nn_threads_begin(const nn_options *options)
{
    int threads = options->threads > 0 ? options->threads : 1;
#ifdef _OPENMP
    if (options->threads == 0)
        threads = omp_get_max_threads();
    threads = threads > 256 ? 256 : threads;
    omp_set_dynamic(0);
    omp_set_num_threads(threads);
#pragma omp parallel num_threads(threads)
    nn_flush_denormals();
#else
    if (threads > 1)
        fprintf(stderr, "note: built without OpenMP, so one thread is used\n");
    threads = 1;
    nn_flush_denormals();
#endif
    return threads;
}

static int nn_main(const nn_net *net, int argc, char **argv)
{
    nn_options options;
    nn_error error;
    int code = NN_EXIT_OK;
    memset(&error, 0, sizeof error);
    if (!nn_parse_options(&options, net, argc, argv, &error)) {
        code = error.code;
    } else if (options.help) {
        nn_print_help(net, &options);
    } else {
        int threads = nn_threads_begin(&options);
        code = options.command == NN_COMMAND_TRAIN     ? nn_train_command(net, &options, threads, &error)
               : options.command == NN_COMMAND_EVAL    ? nn_eval_command(net, &options, threads, &error)
               : options.command == NN_COMMAND_PREDICT ? nn_predict_command(net, &options, threads, &error)
                                                       : nn_bench_command(net, &options, threads, &error);
    }
    if (code == NN_EXIT_OK && (fflush(stdout) != 0 || ferror(stdout) != 0)) {
        nn_fail(&error, NN_EXIT_IO, "cannot write the output: %s", strerror(errno));
        code = error.code;
    }
    if (error.text[0] != '\0') {
        fflush(stdout);
        fprintf(stderr, "error: %s\n", error.text);
    }
    return code;
}

/* ---- training step ---- */
/* dense_1.contract = contract(bits, dense_1.kernel)   [3]                     xnor.nnd:8
 * dense_1 = add(dense_1.contract, dense_1.bias)   [3]
 * relu_1 = relu(dense_1)   [3]
 * used by train: dense_1.contract; by evaluate: dense_1.contract */
NN_INLINE void dense_1_contract_forward(int batch, const float *NN_RESTRICT bits,
                                        const float *NN_RESTRICT dense_1_kernel,
                                        const float *NN_RESTRICT dense_1_bias,
                                        float *NN_RESTRICT relu_1)
{
    for (int n = 0; n < batch; n++)
        for (int c = 0; c < 3; c++) {
            float sum = 0.0f;
            for (int c_2 = 0; c_2 < 2; c_2++)
                sum += bits[n * 2 + c_2] * dense_1_kernel[c_2 * 16 + c];
            relu_1[n * 3 + c] = nn_relu(nn_alone(sum) + dense_1_bias[c]);
        }
}

/* dense_2.contract = contract(relu_1, dense_2.kernel)   [1]                   xnor.nnd:9
 * dense_2 = add(dense_2.contract, dense_2.bias)   [1]
 * answer = sigmoid(dense_2)   [1]
 * d_binary_cross_entropy.entropy_of_probability.sub = sub(answer, same)   [1] */
NN_INLINE void train_dense_2_contract_forward(int batch, const float *NN_RESTRICT relu_1,
                                              const float *NN_RESTRICT dense_2_kernel,
                                              const float *NN_RESTRICT dense_2_bias,
                                              const float *NN_RESTRICT same,
                                              float *NN_RESTRICT dense_2,
                                              float *NN_RESTRICT answer,
                                              float *NN_RESTRICT d_binary_cross_entropy_entropy_of_probability_sub)
{
    for (int n = 0; n < batch; n++) {
        float sum = 0.0f;
        for (int c = 0; c < 3; c++)
            sum += relu_1[n * 3 + c] * dense_2_kernel[c * 16];
        const float dense_2_value = nn_alone(sum) + dense_2_bias[0];
        const float answer_value = nn_sigmoid(dense_2_value);
        const float d_binary_cross_entropy_entropy_of_probability_sub_value = answer_value -
                same[n];
        dense_2[n] = dense_2_value;
        answer[n] = answer_value;
        d_binary_cross_entropy_entropy_of_probability_sub[n] =
                d_binary_cross_entropy_entropy_of_probability_sub_value;
    }
}

/* binary_cross_entropy.reduce_sum = reduce_sum(binary_cross_entropy.entropy_of_probability)   []    xnor.nnd:12
 * accuracy.reduce_sum = reduce_sum(accuracy.equal)   []
 * binary_cross_entropy = div(binary_cross_entropy.reduce_sum, batch)   []
 * d_binary_cross_entropy.reduce_sum = div(1, batch)   []
 * accuracy = div(accuracy.reduce_sum, batch)   [] */
NN_INLINE void train_binary_cross_entropy_reduce_sum_forward(int batch,
        const float *NN_RESTRICT dense_2, const float *NN_RESTRICT same,
        const float *NN_RESTRICT answer, float *NN_RESTRICT binary_cross_entropy,
        float *NN_RESTRICT d_binary_cross_entropy_reduce_sum, float *NN_RESTRICT accuracy)
{
    float sum = 0.0f;
    float sum2 = 0.0f;
    for (int n = 0; n < batch; n++) {
        sum += nn_softplus(dense_2[n]) - dense_2[n] * same[n];
        sum2 += (answer[n] > 0.5f ? 1.0f : 0.0f) == (same[n] > 0.5f ? 1.0f : 0.0f) ? 1.0f : 0.0f;
    }
    const float binary_cross_entropy_value = sum / (float)batch;
    const float d_binary_cross_entropy_reduce_sum_value = 1.0f / (float)batch;
    const float accuracy_value = sum2 / (float)batch;
    binary_cross_entropy[0] = binary_cross_entropy_value;
    d_binary_cross_entropy_reduce_sum[0] = d_binary_cross_entropy_reduce_sum_value;
    accuracy[0] = accuracy_value;
}

/* d_dense_2 = mul(d_binary_cross_entropy.reduce_sum, d_binary_cross_entropy.entropy_of_probability.sub)   [1]    xnor.nnd:12 */
NN_INLINE void train_d_dense_2_backward(int batch,
                                        const float *NN_RESTRICT d_binary_cross_entropy_reduce_sum,
                                        float *NN_RESTRICT d_binary_cross_entropy_entropy_of_probability_sub)
{
    const int total = batch;
    const float d_binary_cross_entropy_reduce_sum_value = d_binary_cross_entropy_reduce_sum[0];
    for (int block = 0; block < (total + 4095) / 4096; block++) {
        const int end = block * 4096 + 4096 < total ? block * 4096 + 4096 : total;
        for (int n = block * 4096; n < end; n++)
            d_binary_cross_entropy_entropy_of_probability_sub[n] =
                    d_binary_cross_entropy_reduce_sum_value *
                    d_binary_cross_entropy_entropy_of_probability_sub[n];
    }
}

/* d_dense_2.bias = reduce_sum(d_dense_2)   [1]                                xnor.nnd:9
 * dense_2.bias.mul = mul(d_dense_2.bias, rate)   [1]
 * dense_2.bias.sub = sub(dense_2.bias, dense_2.bias.mul)   [1]
 * dense_2.bias := dense_2.bias.sub   [1] */
NN_INLINE void train_d_dense_2_bias_backward(int batch, const nn_step *step,
                                             const float *NN_RESTRICT d_dense_2,
                                             float *NN_RESTRICT dense_2_bias)
{
    float sum[1];
    for (int c = 0; c < 1; c++)
        sum[c] = 0.0f;
    for (int n = 0; n < batch; n++)
        for (int c = 0; c < 1; c++)
            sum[c] += nn_alone(d_dense_2[n]);
    for (int c = 0; c < 1; c++)
        dense_2_bias[c] = dense_2_bias[0] - sum[c] * step->rate;
}

/* d_relu_1 = contract(d_dense_2, dense_2.kernel)   [3]                        xnor.nnd:9
 * d_dense_1 = select(d_relu_1.greater, d_relu_1, 0)   [3] */
NN_INLINE void train_d_relu_1_backward(int batch, const float *NN_RESTRICT d_dense_2,
                                       const float *NN_RESTRICT dense_2_kernel,
                                       const float *NN_RESTRICT relu_1,
                                       float *NN_RESTRICT d_dense_1)
{
    for (int n = 0; n < batch; n++)
        for (int c = 0; c < 3; c++) {
            float sum = 0.0f;
            sum += d_dense_2[n] * dense_2_kernel[c * 16];
            const float d_relu_1_value = nn_alone(sum);
            const float d_dense_1_value = relu_1[n * 3 + c] > 0.0f ? d_relu_1_value : 0.0f;
            d_dense_1[n * 3 + c] = d_dense_1_value;
        }
}

/* d_dense_2.kernel = contract(relu_1, d_dense_2)   [3, 1]                     xnor.nnd:9
 * dense_2.kernel.mul = mul(d_dense_2.kernel, rate)   [3, 1]
 * dense_2.kernel.sub = sub(dense_2.kernel, dense_2.kernel.mul)   [3, 1]
 * dense_2.kernel := dense_2.kernel.sub   [3, 1] */
NN_INLINE void train_d_dense_2_kernel_backward(int batch, const nn_step *step,
                                               const float *NN_RESTRICT relu_1,
                                               const float *NN_RESTRICT d_dense_2,
                                               float *NN_RESTRICT dense_2_kernel)
{
    for (int i = 0; i < 3; i++) {
        float sum = 0.0f;
        for (int n = 0; n < batch; n++)
            sum += relu_1[n * 3 + i] * d_dense_2[n];
        dense_2_kernel[i * 16] = dense_2_kernel[i * 16] - nn_alone(sum) * step->rate;
    }
}

/* d_dense_1.bias = reduce_sum(d_dense_1)   [3]                                xnor.nnd:8
 * dense_1.bias.mul = mul(d_dense_1.bias, rate)   [3]
 * dense_1.bias.sub = sub(dense_1.bias, dense_1.bias.mul)   [3]
 * dense_1.bias := dense_1.bias.sub   [3] */
NN_INLINE void train_d_dense_1_bias_backward(int batch, const nn_step *step,
                                             const float *NN_RESTRICT d_dense_1,
                                             float *NN_RESTRICT dense_1_bias)
{
    float sum[3];
    for (int c = 0; c < 3; c++)
        sum[c] = 0.0f;
    for (int n = 0; n < batch; n++)
        for (int c = 0; c < 3; c++)
            sum[c] += nn_alone(d_dense_1[n * 3 + c]);
    for (int c = 0; c < 3; c++)
        dense_1_bias[c] = dense_1_bias[c] - sum[c] * step->rate;
}

/* d_dense_1.kernel = contract(bits, d_dense_1)   [2, 3]                       xnor.nnd:8
 * dense_1.kernel.mul = mul(d_dense_1.kernel, rate)   [2, 3]
 * dense_1.kernel.sub = sub(dense_1.kernel, dense_1.kernel.mul)   [2, 3]
 * dense_1.kernel := dense_1.kernel.sub   [2, 3] */
NN_INLINE void train_d_dense_1_kernel_backward(int batch, const nn_step *step,
                                               const float *NN_RESTRICT bits,
                                               const float *NN_RESTRICT d_dense_1,
                                               float *NN_RESTRICT dense_1_kernel)
{
    for (int i = 0; i < 2; i++)
        for (int c = 0; c < 3; c++) {
            float sum = 0.0f;
            for (int n = 0; n < batch; n++)
                sum += bits[n * 2 + i] * d_dense_1[n * 3 + c];
            dense_1_kernel[i * 16 + c] = dense_1_kernel[i * 16 + c] - nn_alone(sum) * step->rate;
        }
}

static void train_run(float *state, char *arena, const nn_step *step, const void *const *inputs,
                      const void *const *targets, float *results, int threads)
{
    (void)threads;
    const int batch = 1;
    const float *const bits = (const float *)inputs[0]; /* [2] */
    const float *const same = (const float *)targets[0]; /* [1] */
    float *const dense_1_kernel = state + 0; /* [2, 3] */
    float *const dense_1_bias = state + 32; /* [3] */
    float *const dense_2_kernel = state + 48; /* [3, 1] */
    float *const dense_2_bias = state + 96; /* [1] */
    float *const relu_1 = (float *)(void *)(arena + 0); /* [3] */
    float *const dense_2 = (float *)(void *)(arena + 64); /* [1] */
    float *const answer = (float *)(void *)(arena + 128); /* [1] */
    float *const binary_cross_entropy = results + 0; /* [] */
    float *const d_binary_cross_entropy_reduce_sum = (float *)(void *)(arena + 256); /* [] */
    float *const accuracy = results + 1; /* [] */
    float *const d_binary_cross_entropy_entropy_of_probability_sub = (float *)(void *)(arena +
            192); /* [1] */
    const float *const d_dense_2 = (float *)(void *)(arena + 192); /* [1] */
    float *const d_dense_1 = (float *)(void *)(arena + 64); /* [3] */
    const uint64_t mode = nn_flush_denormals();
    dense_1_contract_forward(batch, bits, dense_1_kernel, dense_1_bias, relu_1);
    train_dense_2_contract_forward(batch, relu_1, dense_2_kernel, dense_2_bias, same, dense_2,
            answer, d_binary_cross_entropy_entropy_of_probability_sub);
    train_binary_cross_entropy_reduce_sum_forward(batch, dense_2, same, answer,
            binary_cross_entropy, d_binary_cross_entropy_reduce_sum, accuracy);
    train_d_dense_2_backward(batch, d_binary_cross_entropy_reduce_sum,
            d_binary_cross_entropy_entropy_of_probability_sub);
    train_d_dense_2_bias_backward(batch, step, d_dense_2, dense_2_bias);
    train_d_relu_1_backward(batch, d_dense_2, dense_2_kernel, relu_1, d_dense_1);
    train_d_dense_2_kernel_backward(batch, step, relu_1, d_dense_2, dense_2_kernel);
    train_d_dense_1_bias_backward(batch, step, d_dense_1, dense_1_bias);
    train_d_dense_1_kernel_backward(batch, step, bits, d_dense_1, dense_1_kernel);
    nn_restore_denormals(mode);
}

/* ---- weights for inference, from the state ---- */
NN_INLINE void prepare_dense_1_kernel_forward_copy(const float *NN_RESTRICT dense_1_kernel,
        float *NN_RESTRICT dense_1_kernel_out)
{
    for (int k = 0; k < 32; k++)
        dense_1_kernel_out[k] = dense_1_kernel[k];
}

/* the room around dense_1.kernel_out is zero                                  xnor.nnd:8 */
NN_INLINE void prepare_dense_1_kernel_forward_halo(float *NN_RESTRICT dense_1_kernel_out)
{
    /* room around the data */
    for (int r = 0; r < 2; r++)
        nn_zero(dense_1_kernel_out + r * 16 + 3, 13);
}

NN_INLINE void prepare_dense_1_bias_forward_copy(const float *NN_RESTRICT dense_1_bias,
                                                 float *NN_RESTRICT dense_1_bias_out)
{
    for (int c = 0; c < 3; c++)
        dense_1_bias_out[c] = dense_1_bias[c];
}

NN_INLINE void prepare_dense_2_kernel_forward_copy(const float *NN_RESTRICT dense_2_kernel,
        float *NN_RESTRICT dense_2_kernel_out)
{
    for (int k = 0; k < 48; k++)
        dense_2_kernel_out[k] = dense_2_kernel[k];
}

/* the room around dense_2.kernel_out is zero                                  xnor.nnd:9 */
NN_INLINE void prepare_dense_2_kernel_forward_halo(float *NN_RESTRICT dense_2_kernel_out)
{
    /* room around the data */
    for (int r = 0; r < 3; r++)
        nn_zero(dense_2_kernel_out + r * 16 + 1, 15);
}

NN_INLINE void prepare_dense_2_bias_forward_copy(const float *NN_RESTRICT dense_2_bias,
                                                 float *NN_RESTRICT dense_2_bias_out)
{
    dense_2_bias_out[0] = dense_2_bias[0];
}

static void prepare_run(const float *state, float *weights)
{
    const float *const dense_1_kernel = state + 0; /* [2, 3] */
    const float *const dense_1_bias = state + 32; /* [3] */
    const float *const dense_2_kernel = state + 48; /* [3, 1] */
    const float *const dense_2_bias = state + 96; /* [1] */
    float *const dense_1_kernel_out = weights + 0; /* [2, 3] */
    float *const dense_1_bias_out = weights + 32; /* [3] */
    float *const dense_2_kernel_out = weights + 48; /* [3, 1] */
    float *const dense_2_bias_out = weights + 96; /* [1] */
    const uint64_t mode = nn_flush_denormals();
    prepare_dense_1_kernel_forward_copy(dense_1_kernel, dense_1_kernel_out);
    prepare_dense_1_kernel_forward_halo(dense_1_kernel_out);
    prepare_dense_1_bias_forward_copy(dense_1_bias, dense_1_bias_out);
    prepare_dense_2_kernel_forward_copy(dense_2_kernel, dense_2_kernel_out);
    prepare_dense_2_kernel_forward_halo(dense_2_kernel_out);
    prepare_dense_2_bias_forward_copy(dense_2_bias, dense_2_bias_out);
    nn_restore_denormals(mode);
}

/* ---- inference with losses and metrics ---- */
/* dense_2.contract = contract(relu_1, dense_2.kernel)   [1]                   xnor.nnd:9
 * dense_2 = add(dense_2.contract, dense_2.bias)   [1]
 * answer = sigmoid(dense_2)   [1] */
NN_INLINE void evaluate_dense_2_contract_forward(int batch, const float *NN_RESTRICT relu_1,
                                                 const float *NN_RESTRICT dense_2_kernel,
                                                 const float *NN_RESTRICT dense_2_bias,
                                                 float *NN_RESTRICT dense_2,
                                                 float *NN_RESTRICT answer)
{
    for (int n = 0; n < batch; n++) {
        float sum = 0.0f;
        for (int c = 0; c < 3; c++)
            sum += relu_1[n * 3 + c] * dense_2_kernel[c * 16];
        const float dense_2_value = nn_alone(sum) + dense_2_bias[0];
        const float answer_value = nn_sigmoid(dense_2_value);
        dense_2[n] = dense_2_value;
        answer[n] = answer_value;
    }
}

/* binary_cross_entropy.reduce_sum = reduce_sum(binary_cross_entropy.entropy_of_probability)   []    xnor.nnd:12
 * accuracy.reduce_sum = reduce_sum(accuracy.equal)   []
 * binary_cross_entropy = div(binary_cross_entropy.reduce_sum, batch)   []
 * accuracy = div(accuracy.reduce_sum, batch)   [] */
NN_INLINE void evaluate_binary_cross_entropy_reduce_sum_forward(int batch,
        const float *NN_RESTRICT dense_2, const float *NN_RESTRICT same,
        const float *NN_RESTRICT answer, float *NN_RESTRICT binary_cross_entropy,
        float *NN_RESTRICT accuracy)
{
    float sum = 0.0f;
    float sum2 = 0.0f;
    for (int n = 0; n < batch; n++) {
        sum += nn_softplus(dense_2[n]) - dense_2[n] * same[n];
        sum2 += (answer[n] > 0.5f ? 1.0f : 0.0f) == (same[n] > 0.5f ? 1.0f : 0.0f) ? 1.0f : 0.0f;
    }
    const float binary_cross_entropy_value = sum / (float)batch;
    const float accuracy_value = sum2 / (float)batch;
    binary_cross_entropy[0] = binary_cross_entropy_value;
    accuracy[0] = accuracy_value;
}

static void evaluate_run(const float *weights, char *arena, const nn_step *step,
                         const void *const *inputs, const void *const *targets,
                         void *const *outputs, float *results, int threads)
{
    (void)step;
    (void)threads;
    const int batch = 1;
    const float *const bits = (const float *)inputs[0]; /* [2] */
    const float *const same = targets != NULL ? (const float *)targets[0] : NULL; /* [1] */
    const float *const dense_1_kernel = weights + 0; /* [2, 3] */
    const float *const dense_1_bias = weights + 32; /* [3] */
    const float *const dense_2_kernel = weights + 48; /* [3, 1] */
    const float *const dense_2_bias = weights + 96; /* [1] */
    float *const relu_1 = (float *)(void *)(arena + 0); /* [3] */
    float *const dense_2 = (float *)(void *)(arena + 64); /* [1] */
    float *const answer = (float *)outputs[0]; /* [1] */
    float *const binary_cross_entropy = targets != NULL ? results + 0 : NULL; /* [] */
    float *const accuracy = targets != NULL ? results + 1 : NULL; /* [] */
    const uint64_t mode = nn_flush_denormals();
    dense_1_contract_forward(batch, bits, dense_1_kernel, dense_1_bias, relu_1);
    evaluate_dense_2_contract_forward(batch, relu_1, dense_2_kernel, dense_2_bias, dense_2, answer);
    if (targets != NULL) {
        evaluate_binary_cross_entropy_reduce_sum_forward(batch, dense_2, same, answer,
                binary_cross_entropy, accuracy);
    }
    nn_restore_denormals(mode);
}

/* ---- what the loop knows of the network: see nn_net ---- */
/* name, kind, rank, dims, panel, groups, offset, first values, their a and b, fan in, fan out */
static const nn_tensor net_tensors[] = {
    {"dense_1.kernel", NN_PARAMETER, 2, {2, 3}, 16, 1, 0LL, nn_fill_uniform, -1.0f, 1.0f, 2LL, 3LL},
    {"dense_1.bias", NN_PARAMETER, 1, {3}, 0, 1, 32LL, nn_fill_uniform, -1.0f, 1.0f, 3LL, 3LL},
    {"dense_2.kernel", NN_PARAMETER, 2, {3, 1}, 16, 1, 48LL, nn_fill_uniform, -1.0f, 1.0f, 3LL,
            1LL},
    {"dense_2.bias", NN_PARAMETER, 1, {1}, 0, 1, 96LL, nn_fill_uniform, -1.0f, 1.0f, 1LL, 1LL},
};

/* name, type, rank, dims, elements, classes, target, names of classes, meaning */
static const nn_port net_inputs[] = {
    {"bits", NN_F32, 1, {2}, 2LL, 0, -1, NULL, NN_NO_GUESS},
};
static const nn_port net_targets[] = {
    {"same", NN_F32, 1, {1}, 1LL, 0, -1, NULL, NN_NO_GUESS},
};
static const nn_port net_outputs[] = {
    {"answer", NN_F32, 1, {1}, 1LL, 0, 0, NULL, NN_CHANCES},
};
/* name, first float, floats, merge, finish, mode */
static const nn_result net_results[] = {
    {"loss", 0, 1, NULL, NULL, 0},
    {"accuracy", 1, 1, NULL, NULL, 0},
};

static const float net_train_values[] = {
    0.0f, 0.0f, 1.0f,
    0.0f, 1.0f, 0.0f,
    1.0f, 0.0f, 0.0f,
    1.0f, 1.0f, 1.0f,
};
/* set, format, files, first and end row; columns, header, separator, reading, values,
 * rows, toy; noise or fraction, seed, split, from which set, in which order */
static const nn_source net_sources[] = {
    {NN_TRAIN, &nn_table, 0, NULL, 0LL, 0LL,
     0, NULL, 0, 0, NULL, net_train_values, 4LL, 0,
     0, 0u, NULL, NN_TRAIN, 0},
};
/* files that this trainer reads */
static const nn_format *const net_formats[] = {
    &nn_csv_files,
};
/* epochs, seed, rate; monitored set and result, is more better; rules to stop, who asks them;
 * shuffle; schedule, its two functions; driver; norms of gradients */
static const nn_plan net_plan = {500, 3u, 0.1f, NN_TRAIN, 0, 0, 0, NULL, NULL, 1, NULL, NULL, NULL,
        NULL, NULL};

static const nn_net net = {
    "xnor", "xnor.nnd",
    1, /* batch */
    112LL, /* floats of the state */
    112LL, /* floats of the weights */
    320LL, 128LL, /* bytes of the arenas: train, evaluate */
    74.0, /* operations for a sample in a training step */
    4, 1, 1, 1, 2, 1, 2,
    net_tensors, net_inputs, net_targets, net_outputs, net_results, net_sources, &net_plan,
    train_run, prepare_run, evaluate_run, NULL, &nn_labels, NULL,
    0, NULL, NULL, /* scaling */
    0, NULL, NULL, /* weights to start with */
    1, net_formats,
    NULL, /* frozen front part */
    NULL, /* parameters of the model */
};

int main(int argc, char **argv)
{
    return nn_main(&net, argc, argv);
}
