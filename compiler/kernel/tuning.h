/* tuning.h: ways to compute contractions that were measured to be the fastest on this machine.
 *
 * The sizes of a contraction and the batch name a line of the table; it says how to compute all
 * contractions of these sizes. A table is text, one line each, that people can read:
 *
 *     forward 14x14x32 -> 14x14x64 kernel 3x3 batch 64: winograd 4 rows 0 way 0, 0.000312 s
 *
 * Whatever the table says, results are the same up to rounding, and the same to the bit for any number
 * of threads. Measuring is done in compiler/tune/. */
#ifndef NNDC_TUNING_H
#define NNDC_TUNING_H

#include "kernel/contract.h"

typedef struct TuningLine {
    Str sizes;
    Schedule schedule;
    double seconds; /* that it took */
} TuningLine;

typedef struct Tuning {
    Arena *arena;
    VEC(TuningLine) lines;
} Tuning;

/* "forward 14x14x32 -> 14x14x64 kernel 3x3 batch 64", with stride, dilation, padding and groups where they are
 * not the usual ones. */
Str tuning_sizes(Arena *arena, const ContractForm *form, int64_t batch);
/* NULL when these sizes are not in the table. */
const TuningLine *tuning_find(const Tuning *tuning, Str sizes);

Str tuning_text(Arena *arena, const Tuning *tuning);
/* Adds the lines of a text. Returns 0, or the number of the first line that is none. */
int tuning_read(Tuning *tuning, Str text);

/* Gives each contraction what the table says; runs before graph_winograd. */
Graph *graph_tune(Arena *arena, const Graph *g, int64_t batch, const Tuning *tuning);

#endif
