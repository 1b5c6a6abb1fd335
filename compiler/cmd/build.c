/* build.c: `nndc build`: the trainer of a model as a program. */
#define _POSIX_C_SOURCE 200809L
#include "cmd/cmd.h"

#include "print/print.h"

#include <stdio.h>
#include <sys/stat.h>

int build_trainer(Load *load, const Options *options, Str *program)
{
    Arena *arena = load->result.arena;
    Str error = {0};
    int status = options->autotune ? autotune(load) : EXIT_OK;
    if (status == EXIT_OK)
        status = load_compile(load, COMPILE_TRAINER);
    if (status != EXIT_OK)
        return status;
    Str text = print_trainer(&load->result);
    if (!compile_cached(arena, library_name(arena, &load->result), text, program, &error))
        return report_io(error);
    return EXIT_OK;
}

/* A copy rather than a link: the user may strip it, move it or build over it. */
static bool copy_program(Arena *arena, const char *from, const char *to, Str *error)
{
    Str bytes;
    if (!file_read(arena, from, &bytes, error) || !file_write(arena, to, bytes, error))
        return false;
    if (chmod(to, 0755) != 0) {
        *error = str_format(arena, "cannot make '%s' executable", to);
        return false;
    }
    return true;
}

static bool is_same_file(const char *a, const char *b)
{
    struct stat of_a, of_b;
    return stat(a, &of_a) == 0 && stat(b, &of_b) == 0 && of_a.st_dev == of_b.st_dev &&
           of_a.st_ino == of_b.st_ino;
}

int cmd_build(Options *options)
{
    Load load;
    Str program, error = {0};
    int status = need_one_file(options, "build");
    if (status == EXIT_OK && options->output != NULL &&
        is_same_file(options->output, options->files.items[0])) {
        fprintf(stderr, "nndc build: the program would replace its model '%s'\n", options->output);
        return EXIT_USAGE;
    }
    if (status == EXIT_OK)
        status = load_model(&load, options, options->files.items[0]);
    if (status == EXIT_OK)
        status = build_trainer(&load, options, &program);
    if (status != EXIT_OK)
        return status;
    if (options->output != NULL) {
        if (!copy_program(options->arena, program.ptr, options->output, &error))
            return report_io(error);
        program = str_from(options->output);
    }
    printf("%.*s\n", STR_ARGS(program));
    return EXIT_OK;
}
