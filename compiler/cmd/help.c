/* help.c: `nndc help`: what the commands and their options do. */
#include "cmd/cmd.h"

#include <stdio.h>
#include <string.h>

static const Command *find_command(const char *name)
{
    for (const Command *command = command_table; command->name != NULL; command++)
        if (strcmp(command->name, name) == 0)
            return command;
    return NULL;
}

static int describe_command(const Command *command)
{
    printf("nndc %s - %s\n\nusage: nndc %s %s\n", command->name, command->help, command->name,
           command->usage);
    printf("\noptions:\n");
    options_describe(command->options);
    printf("  %-26s %s\n", "-h, --help", "print this text");
    return EXIT_OK;
}

int cmd_help(Options *options)
{
    const char *topic = options->files.count > 0 ? options->files.items[0] : "help";
    const Command *command = find_command(topic);
    if (command != NULL)
        return describe_command(command);
    fprintf(stderr, "nndc help: there is no command '%s'\n", topic);
    return EXIT_USAGE;
}
