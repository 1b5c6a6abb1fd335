/* load.c: from a path on the command line to a syntax tree; the first lines of every command. */
#include "cmd/cmd.h"

#include "front/ast.h"

#include <stdio.h>

int need_one_file(const Options *options, const char *command)
{
    if (options->files.count == 1)
        return EXIT_OK;
    fprintf(stderr, "nndc %s: needs one .nnd file, found %d\n", command, options->files.count);
    return EXIT_USAGE;
}

int load_syntax(Load *load, Options *options, const char *path)
{
    Arena *arena = options->arena;
    Str error = {0};
    *load = (Load){.sources = {.arena = arena}};
    diag_init(&load->diag, arena, &load->sources, stderr);
    Syntax *syntax = parse_program(arena, &load->sources, str_from(path), &load->diag, &error);
    if (syntax == NULL)
        return report_io(error);
    load->result = (Compilation){.arena = arena, .diag = &load->diag, .syntax = syntax};
    if (load->diag.error_count == 0)
        return EXIT_OK;
    diag_finish(&load->diag);
    return EXIT_MODEL;
}
