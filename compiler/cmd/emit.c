/* emit.c: `nndc emit`: writes the C files of a model, or prints dumps of the passes. */
#include "cmd/cmd.h"

#include "print/print.h"

#include <stdio.h>

/* One of the files to write. */
typedef struct Text {
    const char *ending; /* after the name of the model */
    Str text;
} Text;
enum { MAX_TEXTS = 4 };

/* Makes the texts of all files, their number in *count; nothing is written yet. */
static int make_texts(Options *options, Load *load, unsigned goals, Text *texts, int *count)
{
    const Compilation *c = &load->result;
    *count = 0;
    if (goals & COMPILE_LIBRARY) {
        texts[(*count)++] = (Text){".h", print_library_header(c)};
        texts[(*count)++] = (Text){".c", print_library_source(c)};
    }
    if (goals & COMPILE_TRAINER)
        texts[(*count)++] = (Text){"_trainer.c", print_trainer(c)};
    if (options->weights != NULL) {
        Str bytes, text, error = {0};
        if (!file_read(options->arena, options->weights, &bytes, &error))
            return report_io(error);
        if (!print_weights(c, bytes, &text, &error))
            return report_io(str_format(options->arena, "%s: %.*s", options->weights, STR_ARGS(error)));
        texts[(*count)++] = (Text){"_weights.h", text};
    }
    return EXIT_OK;
}

/* Writes the files into the output directory, each with a line that says so. */
static int write_texts(Options *options, Str name, const Text *texts, int count)
{
    Arena *arena = options->arena;
    Str error = {0};
    if (options->output != NULL && !file_make_directory(arena, options->output, &error))
        return report_io(error);
    for (int i = 0; i < count; i++) {
        Str file = str_format(arena, "%.*s%s", STR_ARGS(name), texts[i].ending);
        Str path = path_join(arena, str_from(options->output != NULL ? options->output : "."), file);
        if (!file_write(arena, path.ptr, texts[i].text, &error))
            return report_io(error);
        printf("%s\n", path.ptr);
    }
    return EXIT_OK;
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
    Text texts[MAX_TEXTS];
    int count;
    status = make_texts(options, &load, goals, texts, &count);
    return status == EXIT_OK ? write_texts(options, library_name(options->arena, &load.result), texts, count)
                             : status;
}
