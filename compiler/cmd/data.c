/* data.c: `nndc data`: looks at data, and packs what a trainer cannot read. */
#include "cmd/cmd.h"

#include <stdio.h>
#include <string.h>

int cmd_data(Options *options)
{
    const char *what = options->files.count > 0 ? options->files.items[0] : "";
    if (strcmp(what, "pack") == 0)
        return data_pack(options);
    if (strcmp(what, "info") == 0)
        return data_info(options);
    const char *near = suggest(str_from(what), (const char *const[]){"pack", "info"}, 2);
    fprintf(stderr, "nndc data: needs 'pack' or 'info'");
    if (*what != 0)
        fprintf(stderr, ", found '%s'", what);
    if (near != NULL)
        fprintf(stderr, "; did you mean '%s'?", near);
    fprintf(stderr, "\n'nndc help data' says more\n");
    return EXIT_USAGE;
}
