/* measure.c: the program that runs candidates, and what its results say. */
#include "tune/tune.h"

#include "print/print.h"

#include <stdio.h>
#include <string.h>

/* Turns go around all candidates of a case, so that a disturbance from outside meets them alike; the least time
 * counts. Buffers are shared. Random numbers are from a linear congruential generator. */
static const char *const frame =
    "#include <stdio.h>\n"
    "#include <stdlib.h>\n"
    "#include <time.h>\n"
    "#ifdef _OPENMP\n"
    "#include <omp.h>\n"
    "#endif\n"
    "\n"
    "typedef void run_function(float *state, char *arena, const void *const *inputs, void *const *outputs,\n"
    "                          int batch, int threads);\n"
    "\n"
    "typedef struct candidate {\n"
    "    int number, index; /* of the case, of the candidate in it */\n"
    "    run_function *run;\n"
    "    long state_floats, arena_bytes, in_floats[2], out_floats;\n"
    "} candidate;\n"
    "\n"
    "static double seconds_now(void)\n"
    "{\n"
    "    struct timespec now;\n"
    "    timespec_get(&now, TIME_UTC);\n"
    "    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;\n"
    "}\n"
    "\n"
    "static void *allocate(long bytes)\n"
    "{\n"
    "    void *block = aligned_alloc(64, (size_t)(bytes / 64 + 2) * 64);\n"
    "    if (block == NULL) {\n"
    "        fprintf(stderr, \"there is not enough memory\\n\");\n"
    "        exit(1);\n"
    "    }\n"
    "    memset(block, 0, (size_t)(bytes / 64 + 2) * 64);\n"
    "    return block;\n"
    "}\n"
    "\n"
    "static float *random_floats(long count)\n"
    "{\n"
    "    static uint32_t state = 1;\n"
    "    float *values = (float *)allocate(4 * count);\n"
    "    for (long i = 0; i < count; i++) {\n"
    "        state = state * UINT32_C(1664525) + UINT32_C(1013904223);\n"
    "        values[i] = (float)(state >> 8) * (1.0f / 8388608.0f) - 1.0f;\n"
    "    }\n"
    "    return values;\n"
    "}\n"
    "\n"
    "/* Candidates of one case. The first round warms up. */\n"
    "enum { LEAST_ROUNDS = 8 };\n"
    "\n"
    "static void measure(const candidate *all, int count, int batch, int threads, double limit, FILE *results)\n"
    "{\n"
    "    double least[16];\n"
    "    long state = 0, arena = 0;\n"
    "    for (int i = 0; i < count; i++) {\n"
    "        state = all[i].state_floats > state ? all[i].state_floats : state;\n"
    "        arena = all[i].arena_bytes > arena ? all[i].arena_bytes : arena;\n"
    "        least[i] = 1e30;\n"
    "    }\n"
    "    float *weights = random_floats(state), *output = random_floats(all->out_floats);\n"
    "    float *left = random_floats(all->in_floats[0]), *right = random_floats(all->in_floats[1]);\n"
    "    char *room = (char *)allocate(arena);\n"
    "    const void *inputs[2] = {left, right};\n"
    "    void *outputs[1] = {output};\n"
    "    if (all->in_floats[0] == 0)\n"
    "        inputs[0] = right;\n"
    "    const double end = seconds_now() + limit;\n"
    "    for (int round = 0; round < LEAST_ROUNDS || seconds_now() < end; round++)\n"
    "        for (int i = 0; i < count; i++) {\n"
    "            const double start = seconds_now();\n"
    "            all[i].run(weights, room, inputs, outputs, batch, threads);\n"
    "            const double spent = seconds_now() - start;\n"
    "            if (round > 0 && spent < least[i])\n"
    "                least[i] = spent;\n"
    "        }\n"
    "    for (int i = 0; i < count; i++)\n"
    "        fprintf(results, \"%d %d %.9f\\n\", all[i].number, all[i].index, least[i]);\n"
    "    free(weights);\n"
    "    free(output);\n"
    "    free(left);\n"
    "    free(right);\n"
    "    free(room);\n"
    "}\n"
    "\n";

static const char *const main_function =
    "int main(int argc, char **argv)\n"
    "{\n"
    "    const int count = (int)(sizeof candidates / sizeof *candidates);\n"
    "    int threads = 1;\n"
    "#ifdef _OPENMP\n"
    "    threads = omp_get_max_threads();\n"
    "#endif\n"
    "    FILE *results = argc == 3 ? fopen(argv[1], \"w\") : NULL;\n"
    "    if (results == NULL) {\n"
    "        fprintf(stderr, \"usage: %s RESULTS SECONDS\\n\", argv[0]);\n"
    "        return 2;\n"
    "    }\n"
    "    for (int i = 0, next; i < count; i = next) {\n"
    "        for (next = i + 1; next < count && candidates[next].number == candidates[i].number; next++)\n"
    "            ;\n"
    "        measure(candidates + i, next - i, candidates_batch, threads, atof(argv[2]), results);\n"
    "    }\n"
    "    return fclose(results) != 0;\n"
    "}\n";

static void print_table(Out *o, const TuneCases *cases, int64_t batch)
{
    out_line(o, "enum { candidates_batch = %lld };", (long long)batch);
    out_open(o, "static const candidate candidates[] =");
    for (int i = 0; i < cases->count; i++)
        for (int k = 0; k < cases->items[i].candidates.count; k++) {
            const Candidate *c = &cases->items[i].candidates.items[k];
            out_line(o, "{%d, %d, %.*s_run, %lld, %lld, {%lld, %lld}, %lld},", i, k, STR_ARGS(c->program->name),
                     (long long)c->program->state_floats, (long long)c->program->arena_bytes,
                     (long long)c->in_floats[0], (long long)c->in_floats[1], (long long)c->out_floats);
        }
    out_close(o, ";");
    out_blank(o);
}

Str tune_program(Arena *arena, const TuneCases *cases, int64_t batch)
{
    Out body, o;
    out_init(&body, arena);
    for (int i = 0; i < cases->count; i++) {
        out_comment(&body, 1, &cases->items[i].sizes);
        for (int k = 0; k < cases->items[i].candidates.count; k++)
            program_text(&body, cases->items[i].candidates.items[k].program, NULL,
                         RUN_STATE | RUN_ARENA | RUN_INPUTS | RUN_OUTPUTS | RUN_BATCH | RUN_THREADS, NULL);
    }
    print_table(&body, cases, batch);
    out_init(&o, arena);
    Pieces *pieces = pieces_new(arena);
    pieces_add_used(pieces, str_from(frame));
    pieces_add_used(pieces, out_text(&body));
    pieces_print(&o, pieces);
    out_text_lines(&o, str_from(frame));
    out_text_lines(&o, out_text(&body));
    out_text_lines(&o, str_from(main_function));
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
