/* rt.h: the words every other piece and every generated kernel use.
 *
 * Needs nothing but the compiler. With GCC or Clang a vector (nn_vec) is as wide as the instruction
 * set the file is compiled for; with other compilers, or with -DNN_PLAIN, it is one float and the
 * same kernels run as plain C. Loads and stores may be unaligned and may look at memory that other
 * code reads with another type. */
#ifndef NN_RT_H
#define NN_RT_H

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

#endif
