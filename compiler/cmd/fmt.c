/* fmt.c: `nndc fmt`: the one canonical layout of a file, printed, written back, or compared. */
#include "cmd/cmd.h"

#include "front/ast.h"

#include <stdio.h>

static int format_file(Options *options, const char *path)
{
    Load load;
    int status = load_file(&load, options, path);
    if (status != EXIT_OK)
        return status;
    const Syntax *syntax = load.result.syntax;
    Str before = source_get(&load.sources, syntax->file)->text;
    Str after = format_syntax(options->arena, &load.sources, syntax);
    bool is_changed = !str_equal(before, after);
    if (options->check) {
        if (is_changed)
            printf("%s: not in the canonical layout\n", path);
        return is_changed ? EXIT_MODEL : EXIT_OK;
    }
    if (!options->write) {
        fwrite(after.ptr, 1, (size_t)after.len, stdout);
        return EXIT_OK;
    }
    Str error = {0};
    if (is_changed && !file_write(options->arena, path, after, &error))
        return report_io(error);
    return EXIT_OK;
}

int cmd_fmt(Options *options)
{
    int worst = EXIT_OK;
    if (options->check && options->write) {
        fprintf(stderr, "nndc fmt: '--check' and '--write' exclude each other\n");
        return EXIT_USAGE;
    }
    for (int i = 0; i < options->files.count; i++) {
        int status = format_file(options, options->files.items[i]);
        worst = status > worst ? status : worst;
    }
    return worst;
}
