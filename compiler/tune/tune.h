/* tune.h: measuring how the contractions of a training step are computed fastest on this machine.
 *
 * A candidate is a contraction of its own, with one schedule, as a small program: inputs of random
 * numbers, and for a kernel's gradient the update of the kernel. All candidates are printed into one C file
 * that takes turns in running them and writes the least time of each. */
#ifndef NNDC_TUNE_H
#define NNDC_TUNE_H

#include "kernel/program.h"
#include "kernel/tuning.h"

typedef struct Candidate {
    Schedule schedule;
    Program *program;
    Str text; /* of the program, in C */
    int64_t in_floats[2], out_floats; /* of inputs and the output at the whole batch; 0: there is none */
} Candidate;

/* One size of contraction that the step has, and ways to compute it. */
typedef struct TuneCase {
    Str sizes;
    int64_t flops; /* of all contractions of this size, for the whole batch */
    VEC(Candidate) candidates;
} TuneCase;
typedef VEC(TuneCase) TuneCases;

/* tune/candidates.c: the sizes in `step` (before graph_tune and graph_winograd) that are not in the table and
 * together do nearly all operations, with at least two different programs each. is_exact: without Winograd. */
TuneCases tune_cases(Arena *arena, const Graph *step, int64_t batch, bool is_exact, const Tuning *known);

/* tune/measure.c: a C file: `./PROGRAM RESULTS SECONDS` spends that long on each case and writes a line
 * "CASE CANDIDATE SECONDS" for every candidate. */
Str tune_program(Arena *arena, const TuneCases *cases, int64_t batch);
/* Adds the fastest of each case to the table. False when the lines are not those of these cases. */
bool tune_choose(const TuneCases *cases, Str results, Tuning *tuning);

#endif
