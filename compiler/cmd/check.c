/* check.c: `nndc check`: runs all passes and writes nothing but messages. */
#include "cmd/cmd.h"

#include <stdio.h>

int cmd_check(Options *options)
{
    int worst = EXIT_OK;
    for (int i = 0; i < options->files.count; i++) {
        Load load;
        int status = load_model(&load, options, options->files.items[i]);
        if (status == EXIT_OK)
            status = load_compile(&load, load_goals(&load));
        if (status == EXIT_OK)
            printf("%s: ok\n", options->files.items[i]);
        worst = status > worst ? status : worst;
    }
    return worst;
}
