/* autotune.c: `--autotune`: measures what the machine's table of schedules does not know yet, and
 * gives the table to the compilation.
 *
 * There is one table for each processor, number of processors and C compiler, in the cache:
 * tuning/KEY/schedules.txt. Without --autotune nobody reads it: what nndc writes depends on the
 * model and the options alone. */
#define _POSIX_C_SOURCE 200809L
#include "cmd/cmd.h"

#include "tune/tune.h"

#include <stdio.h>
#include <unistd.h>

static const char *const seconds_a_case = "0.2";

static bool read_table(Tuning *tuning, Str path, Str *error)
{
    Str text;
    if (access(path.ptr, F_OK) != 0)
        return true;
    if (!file_read(tuning->arena, path.ptr, &text, error))
        return false;
    int wrong = tuning_read(tuning, text);
    if (wrong > 0)
        *error = str_format(
            tuning->arena,
            "line %d of '%.*s' is not a schedule: remove the file, then all is measured anew",
            wrong, STR_ARGS(path));
    return wrong == 0;
}

static bool measure(Tuning *tuning, const TuneCases *cases, int64_t batch, Str directory,
                    Str *error)
{
    Arena *arena = tuning->arena;
    Str program, text;
    if (!compile_cached(arena, STR("autotune"), tune_program(arena, cases, batch), &program, error))
        return false;
    char *results = (char *)(uintptr_t)str_format(arena, "%.*s/results.%ld", STR_ARGS(directory),
                                                  (long)getpid())
                        .ptr;
    char *words[] = {(char *)(uintptr_t)program.ptr, results, (char *)(uintptr_t)seconds_a_case,
                     NULL};
    Str label = str_format(arena, "measuring %d sizes", cases->count);
    int status = run_program(arena, words, label.ptr, error);
    bool is_fine = status == 0 && file_read(arena, results, &text, error);
    remove(results);
    if (status > 0)
        *error = str_format(arena, "'%.*s' failed (exit code %d)", STR_ARGS(program), status);
    if (is_fine && !tune_choose(cases, text, tuning)) {
        *error =
            str_format(arena, "'%.*s' gave other results than were asked for", STR_ARGS(program));
        is_fine = false;
    }
    return is_fine;
}

static void report(const TuneCases *cases, const Tuning *tuning)
{
    static const char *const ways[] = {
        [WAY_WHOLE] = "whole batch", [WAY_SWEEPS] = "sweeps", [WAY_PARTS] = "parts of the batch"};
    for (int i = 0; i < cases->count; i++) {
        const TuningLine *line = tuning_find(tuning, cases->items[i].sizes);
        const Schedule *s = &line->schedule;
        fprintf(stderr, "%.*s: ", STR_ARGS(line->sizes));
        if (s->winograd > 1)
            fprintf(stderr, "Winograd, squares of %d x %d", s->winograd, s->winograd);
        else if (s->winograd == 0)
            fprintf(stderr, "as usual");
        else if (s->rows > 0)
            fprintf(stderr, "tiles of %d rows", s->rows);
        else
            fprintf(stderr, "%s", ways[s->way]);
        fprintf(stderr, ", %.3g ms\n", 1e3 * line->seconds);
    }
}

int autotune(Load *load)
{
    Arena *arena = load->result.arena;
    Str directory, error = {0};
    Tuning *tuning = arena_new(arena, Tuning);
    tuning->arena = arena;
    int status = load_compile(load, COMPILE_TRAINER);
    if (status != EXIT_OK)
        return status;
    if (!cache_directory(arena, "tuning", compile_key(arena), &directory, &error))
        return report_io(error);
    Str path = str_format(arena, "%.*s/schedules.txt", STR_ARGS(directory));
    if (!read_table(tuning, path, &error))
        return report_io(error);
    const Compilation *c = &load->result;
    int64_t batch = c->train->batch;
    TuneCases cases = tune_cases(arena, c->step_as_written, batch, compile_is_exact(c), tuning);
    if (cases.count > 0) {
        if (!measure(tuning, &cases, batch, directory, &error) ||
            !file_write(arena, path.ptr, tuning_text(arena, tuning), &error))
            return report_io(error);
        report(&cases, tuning);
    }
    load->compile.tuning = tuning;
    return EXIT_OK;
}
