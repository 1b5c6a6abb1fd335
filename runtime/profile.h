/* profile.h: where the time of a training step goes, kernel by kernel: bench --profile.
 *
 * The printed step says nn_mark after each kernel. While a clock runs, thread 0 notes the time since the
 * mark before: that of the kernel, with waiting for the other threads. Otherwise a mark is one test. */
#ifndef NN_PROFILE_H
#define NN_PROFILE_H

#include "net.h"
#include "report.h"

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

static NN_APART void nn_clock_mark(nn_clock *clock, const char *name, double flops)
{
    double now = nn_seconds();
    if (clock->times == NULL) {
        clock->count++;
    } else {
        clock->timings[clock->at].name = name;
        clock->timings[clock->at].flops = flops;
        clock->times[clock->at * clock->steps + clock->step] = now - clock->last;
        clock->at++;
    }
    clock->last = now;
}

/* The kernel `name` has ended; it does `flops` operations for a sample. */
NN_INLINE void nn_mark(int thread, const char *name, double flops)
{
    if (nn_running_clock != NULL && thread == 0)
        nn_clock_mark(nn_running_clock, name, flops);
}

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

#endif
