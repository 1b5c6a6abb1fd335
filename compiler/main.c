/* main.c: the command line of nndc: the table of commands, --help and --version.
 *
 * A command is one row here and one file in cmd/. Exit codes are those of base.h. */
#include "cmd/cmd.h"

#include <stdio.h>
#include <string.h>

// clang-format off
const Command command_table[] = {
    {"check",   cmd_check,   "FILE.nnd... [options]",
     "look for mistakes",
     OPTION_PARAM},
    {"summary", cmd_summary, "FILE.nnd [options]",
     "layers, shapes, parameters, cost and memory",
     OPTION_PARAM | OPTION_MEMORY | OPTION_BATCH | OPTION_NUMERICS | OPTION_JSON},
    {"emit",    cmd_emit,    "FILE.nnd [options]",
     "write the trainer and the inference library as C",
     OPTION_PARAM | OPTION_OUTPUT | OPTION_BATCH | OPTION_NUMERICS | OPTION_WEIGHTS | OPTION_DUMP},
    {"build",   cmd_build,   "FILE.nnd [options]",
     "compile the trainer and print where it is",
     OPTION_PARAM | OPTION_OUTPUT | OPTION_BATCH | OPTION_NUMERICS | OPTION_AUTOTUNE},
    {"train",   cmd_train,   "FILE.nnd [options] [options of the trainer]",
     "build the trainer and run it",
     OPTION_PARAM | OPTION_DATA | OPTION_NUMERICS | OPTION_AUTOTUNE | OPTION_REST},
    {"eval",    cmd_eval,    "FILE.nnd [options] [options of the trainer]",
     "loss and scores of trained weights",
     OPTION_PARAM | OPTION_DATA | OPTION_NUMERICS | OPTION_REST},
    {"predict", cmd_predict, "FILE.nnd [options] DATA... [options of the trainer]",
     "what trained weights say about files",
     OPTION_PARAM | OPTION_NUMERICS | OPTION_REST},
    {"data",    cmd_data,    "pack FILE.nnd [options]\n       nndc data info FILE|FOLDER... [--json]",
     "pack pictures and MATLAB files for the trainer; say what files hold",
     OPTION_PARAM | OPTION_DATA | OPTION_SET | OPTION_OUTPUT | OPTION_JSON | OPTION_NO_FILE},
    {"fmt",     cmd_fmt,     "FILE.nnd... [options]",
     "print the file in the one canonical layout",
     OPTION_WRITE | OPTION_CHECK},
    {"help",    cmd_help,    "[COMMAND | LAYER] [options]",
     "explain a command, layer, loss, metric or optimizer",
     OPTION_MANUAL | OPTION_NO_FILE},
    {NULL, NULL, NULL, NULL, 0},
};
// clang-format on

static void print_overview(FILE *file)
{
    fprintf(file, "nndc compiles neural networks written as .nnd text to standalone C.\n\n"
                  "usage: nndc COMMAND [arguments]\n\ncommands:\n");
    for (const Command *command = command_table; command->name != NULL; command++)
        fprintf(file, "  %-9s %s\n", command->name, command->help);
    fprintf(file, "\n'nndc help COMMAND' lists the options of a command,\n"
                  "'nndc help' alone all layers, 'nndc help conv2d' explains one.\n");
}

static const Command *find_command(const char *name)
{
    for (const Command *command = command_table; command->name != NULL; command++)
        if (strcmp(command->name, name) == 0)
            return command;
    return NULL;
}

static int unknown_command(const char *name)
{
    const char *names[COUNT_OF(command_table)];
    int count = 0;
    while (command_table[count].name != NULL) {
        names[count] = command_table[count].name;
        count++;
    }
    const char *near = suggest(str_from(name), names, count);
    fprintf(stderr, "nndc: there is no command '%s'", name);
    if (near != NULL)
        fprintf(stderr, "; did you mean '%s'?", near);
    fprintf(stderr, "\n'nndc --help' lists the commands\n");
    return EXIT_USAGE;
}

/* Results that could not be written are an error even when the command itself was content. */
static int check_output(int status)
{
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fprintf(stderr, "nndc: cannot write the result\n");
        return status == EXIT_OK ? EXIT_IO : status;
    }
    return status;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        print_overview(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        print_overview(stdout);
        return check_output(EXIT_OK);
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("nndc %s\n", NNDC_VERSION);
        return check_output(EXIT_OK);
    }
    const Command *command = find_command(argv[1]);
    if (command == NULL)
        return unknown_command(argv[1]);

    Arena arena = {0};
    Options options = {.arena = &arena};
    int status = EXIT_OK;
    if (argc > 2 && (strcmp(argv[2], "--help") == 0 || strcmp(argv[2], "-h") == 0)) {
        vec_push(&arena, &options.files, command->name);
        status = cmd_help(&options);
    } else {
        status = options_parse(&options, command, argc - 2, argv + 2);
        if (status == EXIT_OK)
            status = command->run(&options);
    }
    arena_free(&arena);
    return check_output(status);
}
