/* measure.c: the program that runs candidates, and what its results say. */
#include "tune/tune.h"

#include "print/print.h"

#include <stdio.h>

/* Returns how many candidates there are. */
static int print_table(Out *o, const TuneCases *cases)
{
    int count = 0;
    out_open(o, "static const nn_candidate candidates[] =");
    for (int i = 0; i < cases->count; i++)
        for (int k = 0; k < cases->items[i].candidates.count; k++, count++) {
            const Candidate *c = &cases->items[i].candidates.items[k];
            out_line(o, "{%d, %d, %.*s_run, %lld, %lld, {%lld, %lld}, %lld},", i, k, STR_ARGS(c->program->name),
                     (long long)c->program->state_floats, (long long)c->program->arena_bytes,
                     (long long)c->in_floats[0], (long long)c->in_floats[1], (long long)c->out_floats);
        }
    out_close(o, ";");
    out_blank(o);
    return count;
}

Str tune_program(Arena *arena, const TuneCases *cases, int64_t batch)
{
    Out body, o;
    out_init(&body, arena);
    for (int i = 0; i < cases->count; i++) {
        out_comment(&body, 1, &cases->items[i].sizes);
        for (int k = 0; k < cases->items[i].candidates.count; k++)
            out_text_lines(&body, cases->items[i].candidates.items[k].text);
    }
    int count = print_table(&body, cases);
    out_function(&body, STR("int main(int argc, char **argv)"));
    out_line(&body, "return nn_measure_main(candidates, %d, %lld, argc, argv);", count, (long long)batch);
    out_close(&body, "");
    Pieces *pieces = pieces_new(arena);
    pieces_add_used(pieces, out_text(&body));
    out_init(&o, arena);
    pieces_print(&o, pieces);
    out_text_lines(&o, out_text(&body));
    return out_text(&o);
}

/* What nndc does by itself comes first, and stays where nothing is clearly faster. */
static const double CLEARLY = 0.96;

bool tune_choose(const TuneCases *cases, Str results, Tuning *tuning)
{
    const char *at = results.ptr;
    for (int i = 0; i < cases->count; i++) {
        const TuneCase *c = &cases->items[i];
        TuningLine best = {.sizes = c->sizes};
        double least = 0;
        for (int k = 0; k < c->candidates.count; k++) {
            int number, index, used = 0;
            double seconds;
            if (sscanf(at, "%d %d %lf\n%n", &number, &index, &seconds, &used) != 3 || used == 0 || number != i ||
                index != k)
                return false;
            at += used;
            if (k == 0 || seconds < least * (best.schedule.winograd == 0 ? CLEARLY : 1)) {
                least = best.seconds = seconds;
                best.schedule = c->candidates.items[k].schedule;
            }
        }
        vec_push(tuning->arena, &tuning->lines, best);
    }
    return true;
}
