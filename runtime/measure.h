/* measure.h: times candidates, which are ways to compute the same: the program of --autotune.
 *
 *     PROGRAM RESULTS SECONDS
 *
 * spends so many seconds on each case, and writes a line "CASE CANDIDATE SECONDS" for every candidate.
 * The candidates of a case take turns, so that a disturbance from outside meets them alike; the least
 * time counts. They share buffers, filled with random numbers. */
#ifndef NN_MEASURE_H
#define NN_MEASURE_H

#include "report.h"
#include "rng.h"

typedef void nn_candidate_function(float *state, char *arena, const void *const *inputs,
                                   void *const *outputs, int batch, int threads);

typedef struct nn_candidate {
    int number, index; /* of the case, of the candidate in it */
    nn_candidate_function *run;
    long long state_floats, arena_bytes, in_floats[2], out_floats;
} nn_candidate;

/* The buffers that all candidates of a case use; `state` and `arena` are those of the largest. */
typedef struct nn_candidate_memory {
    float *state, *in[2], *out;
    char *arena;
} nn_candidate_memory;

/* From -1 to 1. */
static float *nn_random_floats(long long count, uint32_t key)
{
    float *values = NN_ALLOCATE(float, count);
    for (long long i = 0; i < count; i++)
        values[i] = 2.0f * nn_uniform(key, (uint32_t)i) - 1.0f;
    return values;
}

static void nn_candidate_allocate(nn_candidate_memory *memory, const nn_candidate *all, int count)
{
    long long state = 0, arena = 0;
    for (int i = 0; i < count; i++) {
        state = all[i].state_floats > state ? all[i].state_floats : state;
        arena = all[i].arena_bytes > arena ? all[i].arena_bytes : arena;
    }
    memory->state = nn_random_floats(state, 1);
    memory->in[0] = nn_random_floats(all->in_floats[0], 2);
    memory->in[1] = nn_random_floats(all->in_floats[1], 3);
    memory->out = nn_random_floats(all->out_floats, 4);
    memory->arena = NN_ALLOCATE(char, arena);
}

static void nn_candidate_free(const nn_candidate_memory *memory)
{
    nn_free(memory->state);
    nn_free(memory->in[0]);
    nn_free(memory->in[1]);
    nn_free(memory->out);
    nn_free(memory->arena);
}

/* The candidates of one case. */
static void nn_measure(const nn_candidate *all, int count, int batch, int threads, double seconds,
                       FILE *results)
{
    enum { least_rounds = 8 }; /* the first of them warms up */
    nn_candidate_memory memory;
    nn_candidate_allocate(&memory, all, count);
    double *least = NN_ALLOCATE(double, count);
    const void *inputs[2] = {memory.in[0], memory.in[1]};
    void *outputs[1] = {memory.out};
    if (all->in_floats[0] == 0)
        inputs[0] = memory.in[1];
    const double end = nn_seconds() + seconds;
    for (int round = 0; round < least_rounds || nn_seconds() < end; round++)
        for (int i = 0; i < count; i++) {
            const double start = nn_seconds();
            all[i].run(memory.state, memory.arena, inputs, outputs, batch, threads);
            const double spent = nn_seconds() - start;
            if (round <= 1 || spent < least[i])
                least[i] = spent;
        }
    for (int i = 0; i < count; i++)
        fprintf(results, "%d %d %.9f\n", all[i].number, all[i].index, least[i]);
    nn_free(least);
    nn_candidate_free(&memory);
}

static int nn_measure_main(const nn_candidate *all, int count, int batch, int argc, char **argv)
{
    int threads = 1;
#ifdef _OPENMP
    threads = omp_get_max_threads();
#endif
    if (argc != 3) {
        fprintf(stderr, "usage: %s RESULTS SECONDS\n", argv[0]);
        return NN_EXIT_USAGE;
    }
    FILE *results = fopen(argv[1], "w");
    if (results == NULL) {
        fprintf(stderr, "error: cannot write '%s'\n", argv[1]);
        return NN_EXIT_IO;
    }
    for (int i = 0, next; i < count; i = next) {
        for (next = i + 1; next < count && all[next].number == all[i].number; next++)
            ;
        nn_measure(all + i, next - i, batch, threads, atof(argv[2]), results);
    }
    if (fclose(results) != 0) {
        fprintf(stderr, "error: cannot write '%s'\n", argv[1]);
        return NN_EXIT_IO;
    }
    return NN_EXIT_OK;
}

#endif
