/* emit.c: `nndc emit`: writes the C files of a model, or prints dumps of the passes. */
#include "cmd/cmd.h"

#include "print/print.h"

#include <stdio.h>

/* Writes one file into the output directory and says so. */
static int write_text(Options *options, Str name, const char *ending, Str text)
{
    Arena *arena = options->arena;
    Str file = str_format(arena, "%.*s%s", STR_ARGS(name), ending);
    Str path = path_join(arena, str_from(options->output != NULL ? options->output : "."), file);
    Str error = {0};
    if (!file_write(arena, path.ptr, text, &error))
        return report_io(error);
    printf("%s\n", path.ptr);
    return EXIT_OK;
}

static int write_files(Options *options, Load *load, unsigned goals)
{
    Arena *arena = options->arena;
    const Compilation *c = &load->result;
    Str name = library_name(arena, c);
    int status = EXIT_OK;
    if (goals & COMPILE_LIBRARY) {
        status = write_text(options, name, ".h", print_library_header(c));
        if (status == EXIT_OK)
            status = write_text(options, name, ".c", print_library_source(c));
    }
    if (status == EXIT_OK && (goals & COMPILE_TRAINER))
        status = write_text(options, name, "_trainer.c", print_trainer(c));
    if (status == EXIT_OK && options->weights != NULL) {
        Str bytes, text, error = {0};
        if (!file_read(arena, options->weights, &bytes, &error))
            return report_io(error);
        if (!print_weights(c, bytes, &text, &error))
            return report_io(str_format(arena, "%s: %.*s", options->weights, STR_ARGS(error)));
        status = write_text(options, name, "_weights.h", text);
    }
    return status;
}

/* "graph,fused" -> every word must be something that the pipeline can show. */
static int check_dump(Options *options)
{
    Str rest = str_from(options->dump);
    while (rest.len > 0) {
        int64_t length = 0;
        while (length < rest.len && rest.ptr[length] != ',')
            length++;
        Str word = {rest.ptr, length};
        if (!compile_has_dump(word)) {
            fprintf(stderr, "nndc emit: nothing to dump is called '%.*s'\n", STR_ARGS(word));
            return EXIT_USAGE;
        }
        int64_t skip = length < rest.len ? length + 1 : length;
        rest = (Str){rest.ptr + skip, rest.len - skip};
    }
    return EXIT_OK;
}

int cmd_emit(Options *options)
{
    Load load;
    int status = need_one_file(options, "emit");
    if (status == EXIT_OK && options->dump != NULL)
        status = check_dump(options);
    if (status == EXIT_OK)
        status = load_syntax(&load, options, options->files.items[0]);
    if (status == EXIT_OK && options->weights != NULL)
        status = take_params(&load, options, options->weights, NULL, NULL);
    if (status == EXIT_OK)
        status = load_elaborate(&load, options);
    if (status != EXIT_OK)
        return status;
    unsigned goals = load_goals(&load);
    if (goals == 0) {
        fprintf(stderr, "nndc: '%s' has neither an output nor a train section: nothing to write\n",
                options->files.items[0]);
        return EXIT_MODEL;
    }
    load.compile.library_batch = options->batch;
    load.compile.dump = options->dump;
    load.compile.dump_stream = stdout;
    status = load_compile(&load, goals);
    if (status != EXIT_OK || options->dump != NULL)
        return status;
    Str error = {0};
    if (options->output != NULL && !file_make_directory(options->arena, options->output, &error))
        return report_io(error);
    return write_files(options, &load, goals);
}
