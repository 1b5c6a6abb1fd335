/* options.c: reads the command line of a command.
 *
 * One table describes every option; a command accepts those whose bit stands in its row. Values are
 * given as '--name value' or '--name=value', for one-letter options also as '-Pvalue'. */
#include "cmd/cmd.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct OptionSpec {
    unsigned bit;
    const char *name;     /* with dashes */
    const char *letter;   /* with dash, or NULL */
    const char *argument; /* NULL for a switch */
    const char *help;
} OptionSpec;

// clang-format off
static const OptionSpec option_table[] = {
    {OPTION_PARAM,   "--param",   "-P", "NAME=VALUE", "set a parameter of the model"},
    {OPTION_DATA,    "--data",    NULL, "DIR",        "where the data files are (default: beside the .nnd file)"},
    {OPTION_SET,     "--set",     NULL, "SET",        "one set alone: train, validation or test"},
    {OPTION_OUTPUT,  "--output",  "-o", "PATH",       "where the result goes"},
    {OPTION_BATCH,   "--batch",   NULL, "N",          "the largest batch the result can take"},
    {OPTION_NUMERICS, "--numerics", NULL, "WORD",     "fast or exact: may sums be rearranged for speed"},
    {OPTION_WEIGHTS, "--weights", NULL, "FILE",       "also write these weights as constant arrays"},
    {OPTION_DUMP,    "--dump",    NULL, "PASS,...",   "print the state after these passes instead of writing files"},
    {OPTION_MEMORY,  "--memory",  NULL, NULL,         "also show each tensor's place and lifetime"},
    {OPTION_WRITE,   "--write",   "-w", NULL,         "replace the file by the result"},
    {OPTION_CHECK,   "--check",   NULL, NULL,         "only say whether the file would change"},
    {OPTION_AUTOTUNE, "--autotune", NULL, NULL,      "measure which kernels of the training step are the fastest here"},
    {OPTION_MANUAL,  "--manual",  NULL, NULL,         "print the manual of all operators as Markdown"},
    {OPTION_JSON,    "--json",    NULL, NULL,         "print one JSON object a line"},
};
// clang-format on

int report_io(Str message)
{
    fprintf(stderr, "nndc: %.*s\n", STR_ARGS(message));
    return EXIT_IO;
}

const char *suggest(Str word, const char *const *candidates, int count)
{
    const char *best = NULL;
    int best_distance = word.len >= 4 ? 3 : word.len >= 2 ? 2 : 1; /* first distance too far */
    for (int i = 0; i < count; i++) {
        int distance = str_distance(word, str_from(candidates[i]));
        if (distance < best_distance) {
            best = candidates[i];
            best_distance = distance;
        }
    }
    return best;
}

static int usage_error(const Command *command, Str message)
{
    fprintf(stderr, "nndc %s: %.*s\n", command->name, STR_ARGS(message));
    fprintf(stderr, "usage: nndc %s %s\n", command->name, command->usage);
    return EXIT_USAGE;
}

static int unknown_option(Options *options, const Command *command, const char *argument)
{
    const char *names[COUNT_OF(option_table)];
    int count = 0;
    for (int i = 0; i < COUNT_OF(option_table); i++)
        if (command->options & option_table[i].bit)
            names[count++] = option_table[i].name;
    const char *end = strchr(argument, '=');
    Str name = {argument, end != NULL ? end - argument : (int64_t)strlen(argument)};
    const char *near = suggest(name, names, count);
    Str message = str_format(options->arena, "there is no option '%.*s'", STR_ARGS(name));
    if (near != NULL)
        message = str_format(options->arena, "%.*s; did you mean '%s'?", STR_ARGS(message), near);
    return usage_error(command, message);
}

/* Finds the option that argument names. *value is what follows '=' or the letter, or NULL. */
static const OptionSpec *find_option(unsigned accepted, const char *argument, const char **value)
{
    *value = NULL;
    for (int i = 0; i < COUNT_OF(option_table); i++) {
        const OptionSpec *spec = &option_table[i];
        if (!(accepted & spec->bit))
            continue;
        size_t length = strlen(spec->name);
        if (strncmp(argument, spec->name, length) == 0 &&
            (argument[length] == 0 || argument[length] == '=')) {
            if (argument[length] == '=')
                *value = argument + length + 1;
            return spec;
        }
        if (spec->letter != NULL && strncmp(argument, spec->letter, 2) == 0 &&
            (argument[2] == 0 || spec->argument != NULL)) {
            if (argument[2] != 0)
                *value = argument + 2;
            return spec;
        }
    }
    return NULL;
}

/* Stores a value. Returns NULL, or what is wrong with it. */
static const char *store_value(Options *options, unsigned bit, const char *value)
{
    char *end;
    switch (bit) {
    case OPTION_PARAM:
        if (strchr(value, '=') == NULL || value[0] == '=')
            return "needs NAME=VALUE";
        vec_push(options->arena, &options->params, value);
        return NULL;
    case OPTION_OUTPUT:
        options->output = value;
        return NULL;
    case OPTION_DATA:
        options->data = value;
        return NULL;
    case OPTION_SET:
        options->set = value;
        return NULL;
    case OPTION_DUMP:
        options->dump = value;
        return NULL;
    case OPTION_WEIGHTS:
        options->weights = value;
        return NULL;
    case OPTION_NUMERICS:
        options->numerics = value;
        return strcmp(value, "fast") == 0 || strcmp(value, "exact") == 0 ? NULL : "needs fast or exact";
    case OPTION_BATCH:
        errno = 0;
        options->batch = strtoll(value, &end, 10);
        bool is_number = end != value && *end == 0 && errno == 0;
        return is_number && options->batch >= 1 && options->batch <= 1 << 20
                   ? NULL
                   : "needs a whole number from 1 to 1048576";
    default:
        BUG("option bit %u takes no value", bit);
    }
}

static void store_switch(Options *options, unsigned bit)
{
    options->json |= bit == OPTION_JSON;
    options->memory |= bit == OPTION_MEMORY;
    options->write |= bit == OPTION_WRITE;
    options->check |= bit == OPTION_CHECK;
    options->manual |= bit == OPTION_MANUAL;
    options->autotune |= bit == OPTION_AUTOTUNE;
}

/* Reads the option at argv[i], with its value. Returns how many arguments it took, or 0 after an
 * error was printed. */
static int parse_option(Options *options, const Command *command, const OptionSpec *spec,
                        const char *value, char **argv, int i)
{
    int taken = 1;
    const char *problem = NULL;
    if (spec->argument == NULL) {
        if (value != NULL)
            problem = "takes no value";
        else
            store_switch(options, spec->bit);
    } else {
        if (value == NULL && argv[i + 1] != NULL) {
            value = argv[i + 1];
            taken = 2;
        }
        problem = value == NULL || *value == 0
                      ? str_format(options->arena, "needs a value: %s", spec->argument).ptr
                      : store_value(options, spec->bit, value);
    }
    if (problem == NULL)
        return taken;
    Str message = str_format(options->arena, "option '%s' %s", spec->name, problem);
    if (value != NULL)
        message = str_format(options->arena, "%.*s, found '%s'", STR_ARGS(message), value);
    usage_error(command, message);
    return 0;
}

int options_parse(Options *options, const Command *command, int argc, char **argv)
{
    bool only_files = false;
    int i = 0;
    while (i < argc) {
        const char *value;
        bool is_option = argv[i][0] == '-' && argv[i][1] != 0 && !only_files;
        if (is_option && strcmp(argv[i], "--") == 0 && !(command->options & OPTION_REST)) {
            only_files = true;
            i++;
            continue;
        }
        const OptionSpec *spec = is_option ? find_option(command->options, argv[i], &value) : NULL;
        if (spec != NULL) {
            int taken = parse_option(options, command, spec, value, argv, i);
            if (taken == 0)
                return EXIT_USAGE;
            i += taken;
        } else if ((command->options & OPTION_REST) && options->files.count > 0) {
            vec_push(options->arena, &options->rest, argv[i++]);
        } else if (is_option) {
            return unknown_option(options, command, argv[i]);
        } else {
            vec_push(options->arena, &options->files, argv[i++]);
        }
    }
    if (options->files.count == 0 && !(command->options & OPTION_NO_FILE))
        return usage_error(command, STR("needs a .nnd file"));
    return EXIT_OK;
}

void options_describe(unsigned accepted)
{
    for (int i = 0; i < COUNT_OF(option_table); i++) {
        const OptionSpec *spec = &option_table[i];
        if (!(accepted & spec->bit))
            continue;
        char left[64];
        snprintf(left, sizeof left, "%s%s%s%s%s", spec->letter != NULL ? spec->letter : "",
                 spec->letter != NULL ? ", " : "", spec->name, spec->argument != NULL ? " " : "",
                 spec->argument != NULL ? spec->argument : "");
        printf("  %-26s %s\n", left, spec->help);
    }
}
