/* peak.c: how many multiply-adds this machine can do, which is what the benchmarks are a share of.
 *
 *   clang -O3 -march=native -ffp-contract=fast -fopenmp bench/peak.c -o peak && ./peak 2
 *
 * Runs twelve independent chains of vector multiply-adds per thread: more than latency times ports
 * of today's cores (4 x 2), few enough for 16 registers. Prints one JSON line with the best of
 * several rounds; a multiply-add counts as two operations. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#ifdef _OPENMP
#include <omp.h>
#endif

#if defined(__AVX512F__)
enum { LANES = 16 };
#elif defined(__AVX__)
enum { LANES = 8 };
#else
enum { LANES = 4 };
#endif

/* On recent server processors clang splits 512-bit vectors in two unless a function asks otherwise,
 * which would measure half the peak. A caller inherits the wish when the function is inlined. */
#if defined(__clang__) && defined(__AVX512F__)
#define WIDE __attribute__((min_vector_width(512)))
#else
#define WIDE
#endif
typedef float Vector __attribute__((vector_size(LANES * 4)));
enum { CHAINS = 12, STEPS = 2000000, ROUNDS = 9 };

static double seconds(void)
{
    struct timespec now;
    timespec_get(&now, TIME_UTC);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* x = x * a + b converges to b / (1 - a), so the numbers stay ordinary however long it runs. */
WIDE static float run_chains(float factor, float term)
{
    Vector a = {0}, b = {0}, x[CHAINS];
    a += factor;
    b += term;
    for (int i = 0; i < CHAINS; i++)
        x[i] = b * (float)i;
    for (int step = 0; step < STEPS; step++) {
#pragma GCC unroll 12
        for (int i = 0; i < CHAINS; i++)
            x[i] = x[i] * a + b;
    }
    Vector sum = {0};
    for (int i = 0; i < CHAINS; i++)
        sum += x[i];
    float total = 0;
    for (int lane = 0; lane < LANES; lane++)
        total += sum[lane];
    return total;
}

int main(int argc, char **argv)
{
    int threads = argc > 1 ? atoi(argv[1]) : 1;
    volatile float factor = 0.5f, term = 0.25f;
    volatile float sink = 0;
    double best = 0;
    if (threads < 1)
        return 2;
#ifdef _OPENMP
    omp_set_num_threads(threads);
#else
    threads = 1;
#endif
    for (int round = 0; round < ROUNDS; round++) {
        float total = 0;
        double start = seconds();
#ifdef _OPENMP
#pragma omp parallel reduction(+ : total)
#endif
        total += run_chains(factor, term);
        double spent = seconds() - start;
        double gflops = 2e-9 * (double)threads * CHAINS * LANES * STEPS / spent;
        best = gflops > best ? gflops : best;
        sink = sink + total;
    }
    printf("{\"threads\": %d, \"lanes\": %d, \"gflops\": %.1f}\n", threads, LANES, best);
    return 0;
}
