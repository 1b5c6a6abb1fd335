/* infer.c: times calls of a generated inference library, one sample at a time.
 *
 *   clang -O3 -march=native -fopenmp -DHEADER='"b01.h"' -DMODEL=b01 -DMODEL_UPPER=B01 -DINPUT=IMAGE
 *       -DOUTPUT=SCORES -I DIR bench/infer.c DIR/b01.c -lm -o infer && OMP_NUM_THREADS=1 ./infer 1.0
 *
 * Weights and inputs are random numbers; they have no influence on the time as long as they stay
 * ordinary, which these do. Calls shorter than 20 us are timed several at once. Prints one JSON
 * line with the median over the given number of seconds. */
#include HEADER
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)
#define LOWER(name) JOIN(MODEL, name)
#define UPPER(name) JOIN(MODEL_UPPER, name)
#define INPUT_SIZE UPPER(JOIN(_, JOIN(INPUT, _SIZE)))
#define OUTPUT_SIZE UPPER(JOIN(_, JOIN(OUTPUT, _SIZE)))

enum { MOST = 20000, LEAST = 3 };

static LOWER(_weights) weights;
static _Alignas(64) unsigned char workspace[UPPER(_WORKSPACE_BYTES)];
static float input[INPUT_SIZE]; /* also read as bytes */
static float output[OUTPUT_SIZE];
static double times[MOST];

static double seconds(void)
{
    struct timespec now;
    timespec_get(&now, TIME_UTC);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Uniform from -most to most; a linear congruential generator, of which the high bits are taken. */
static void fill(float *values, size_t count, float most)
{
    static unsigned state = 1;
    for (size_t i = 0; i < count; i++) {
        state = state * 1664525u + 1013904223u;
        values[i] = most * ((float)(state >> 8) * (1.0f / 8388608.0f) - 1.0f);
    }
}

static double time_calls(int count)
{
    double start = seconds();
    for (int i = 0; i < count; i++)
        LOWER(_infer)(&weights, workspace, 1, (const void *)input, output);
    return (seconds() - start) / count;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    double limit = argc > 1 ? atof(argv[1]) : 1.0;
    int count = 0;
    fill((float *)&weights, sizeof weights / sizeof(float), 0.05f);
    fill(input, INPUT_SIZE, 1.0f);
    double spent = time_calls(2);
    int group = spent >= 20e-6 ? 1 : (int)(20e-6 / spent) + 1;
    for (double end = seconds() + 0.1 * limit; seconds() < end;)
        time_calls(group);
    for (double end = seconds() + limit; count < MOST && (count < LEAST || seconds() < end);)
        times[count++] = time_calls(group);
    qsort(times, (size_t)count, sizeof *times, compare);
    for (int i = 0; i < OUTPUT_SIZE; i++) {
        if (!isfinite(output[i])) {
            fprintf(stderr, "infer: output %d is not a finite number\n", i);
            return 1;
        }
    }
    printf("{\"seconds\": %.6g, \"calls\": %d}\n", times[count / 2], count * group);
    return 0;
}
