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

static void begin(Load *load, Options *options)
{
    *load = (Load){.sources = {.arena = options->arena}};
    diag_init(&load->diag, options->arena, &load->sources, stderr);
}

static int finish(Load *load, Options *options, Syntax *syntax)
{
    load->result = (Compilation){.arena = options->arena, .diag = &load->diag, .syntax = syntax};
    if (load->diag.error_count == 0)
        return EXIT_OK;
    diag_finish(&load->diag);
    return EXIT_MODEL;
}

int load_file(Load *load, Options *options, const char *path)
{
    Str error = {0};
    begin(load, options);
    int file = source_read(&load->sources, str_from(path), &error);
    if (file == 0)
        return report_io(error);
    return finish(load, options, parse_source(options->arena, &load->sources, file, &load->diag));
}

int load_syntax(Load *load, Options *options, const char *path)
{
    Str error = {0};
    begin(load, options);
    Syntax *syntax =
        parse_program(options->arena, &load->sources, str_from(path), &load->diag, &error);
    if (syntax == NULL)
        return report_io(error);
    return finish(load, options, syntax);
}
