/* options.h: the command line of a trainer.
 *
 *     PROGRAM train | eval | predict | bench  [options]
 *
 * One table row per option, from which parsing, help and suggestions come. "--name value" and
 * "--name=value" are the same. */
#ifndef NN_OPTIONS_H
#define NN_OPTIONS_H

#include "sources.h"
#include <stddef.h>

/* Commands, as bits of the options that belong to them. */
enum { NN_COMMAND_TRAIN = 1, NN_COMMAND_EVAL = 2, NN_COMMAND_PREDICT = 4, NN_COMMAND_BENCH = 8 };

/* One more of those bits: only trainers of networks with a frozen front part have the option. */
enum { NN_IF_FROZEN = 16 };

typedef struct nn_options {
    const char *program; /* argv[0], for messages that say what to type */
    const nn_net *net;
    int command;         /* NN_COMMAND_..., 0 for help */
    int help, json, resume, profile;
    int epochs, batch, threads, steps; /* 0: not given */
    int no_keep, keep_limit, kept;     /* of kept.h    */
    int has_seed, has_rate;
    uint32_t seed;
    float rate;
    const char *data, *out, *weights, *set, *names;
    nn_override others[NN_SETS];
    const char *files[NN_MAX_FILES]; /* of predict */
    int file_count;
} nn_options;

typedef struct nn_command {
    const char *name;
    int bit;
    const char *summary;
} nn_command;

static const nn_command nn_commands[] = {
    {"train", NN_COMMAND_TRAIN, "train the network and keep the best weights"},
    {"eval", NN_COMMAND_EVAL, "loss and scores of trained weights on a set"},
    {"predict", NN_COMMAND_PREDICT, "a line for each sample of a file"},
    {"bench", NN_COMMAND_BENCH, "time training steps on random data"},
};

enum { NN_OPTION_FLAG, NN_OPTION_COUNT, NN_OPTION_SEED, NN_OPTION_RATE, NN_OPTION_TEXT, NN_OPTION_FILES };

typedef struct nn_option {
    const char *name;
    int kind;
    int commands;
    size_t field; /* offset in nn_options */
    const char *argument, *help;
} nn_option;

#define NN_FIELD(name) offsetof(nn_options, name)

static const nn_option nn_option_table[] = {
    {"--data", NN_OPTION_TEXT, 3, NN_FIELD(data), "DIR", "where relative names of data files start"},
    {"--source", NN_OPTION_FILES, 3, NN_FIELD(others), "SET=FILE,...", "read a set from other files"},
    {"--epochs", NN_OPTION_COUNT, 1, NN_FIELD(epochs), "N", "passes over the training set"},
    {"--batch", NN_OPTION_COUNT, 9, NN_FIELD(batch), "N", "samples in a step"},
    {"--rate", NN_OPTION_RATE, 1, NN_FIELD(rate), "X", "learning rate"},
    {"--seed", NN_OPTION_SEED, 9, NN_FIELD(seed), "N", "seed of all random numbers"},
    {"--out", NN_OPTION_TEXT, 1, NN_FIELD(out), "RUN", "directory of the run"},
    {"--resume", NN_OPTION_FLAG, 1, NN_FIELD(resume), "", "continue the run in RUN"},
    {"--weights", NN_OPTION_TEXT, 7, NN_FIELD(weights), "FILE", "weights to use, or to start from"},
    {"--set", NN_OPTION_TEXT, 2, NN_FIELD(set), "SET", "train, validation or test"},
    {"--names", NN_OPTION_TEXT, 4, NN_FIELD(names), "FILE", "show these names of samples, a line each"},
    {"--steps", NN_OPTION_COUNT, 8, NN_FIELD(steps), "N", "steps to time"},
    {"--profile", NN_OPTION_FLAG, 8, NN_FIELD(profile), "", "time each kernel of a step"},
    {"--no-keep", NN_OPTION_FLAG, 17, NN_FIELD(no_keep), "", "compute frozen layers in every epoch"},
    {"--keep-limit", NN_OPTION_COUNT, 17, NN_FIELD(keep_limit), "MB", "keep more than that in a file"},
    {"--kept", NN_OPTION_FLAG, 24, NN_FIELD(kept), "", "time steps without the frozen layers"},
    {"--threads", NN_OPTION_COUNT, 15, NN_FIELD(threads), "N", "threads to use"},
    {"--json", NN_OPTION_FLAG, 15, NN_FIELD(json), "", "one JSON object a line"},
    {"--help", NN_OPTION_FLAG, 15, NN_FIELD(help), "", "this text"},
};

enum { NN_OPTION_ROWS = (int)(sizeof nn_option_table / sizeof nn_option_table[0]) };

/* Is it an option of these commands in this trainer? */
static int nn_has_option(const nn_net *net, const nn_option *option, int commands)
{
    return (option->commands & commands) != 0 &&
           ((option->commands & NN_IF_FROZEN) == 0 || net->prefix != NULL);
}

static void nn_print_help(const nn_net *net, const nn_options *options)
{
    const char *slash = strrchr(options->program, '/');
    const char *name = slash != NULL ? slash + 1 : options->program; /* nndc keeps it in a long path */
    printf("%s: the network '%s' of %s\n\nusage: %s COMMAND [options]\n", name, net->name, net->source,
           name);
    for (int c = 0; c < 4; c++) {
        if (options->command != 0 && options->command != nn_commands[c].bit)
            continue;
        printf("\n%s%s   %s\n", nn_commands[c].name,
               nn_commands[c].bit == NN_COMMAND_PREDICT ? " FILE..." : "", nn_commands[c].summary);
        for (int i = 0; nn_commands[c].bit == NN_COMMAND_PREDICT && i < net->format_count; i++)
            printf("    %s%s%s", i == 0 ? "reads " : ", ", net->formats[i]->name,
                   i == net->format_count - 1 ? "\n" : "");
        for (int i = 0; i < NN_OPTION_ROWS; i++)
            if (nn_has_option(net, &nn_option_table[i], nn_commands[c].bit))
                printf("    %-12s %-14s %s\n", nn_option_table[i].name, nn_option_table[i].argument,
                       nn_option_table[i].help);
    }
    printf("\nThe plan of the network: %d epochs, batch %d, learning rate %g, seed %lu.\n"
           "Exit codes: 0 done, 1 training failed, 2 wrong usage, 3 cannot read or write, 130 stopped.\n",
           net->plan->epochs, net->batch, (double)net->plan->rate, (unsigned long)net->plan->seed);
}

/* SET=FILE[,FILE...]. The text of argv is cut at its commas. */
static int nn_parse_source(nn_options *options, char *text, nn_error *error)
{
    char *equals = strchr(text, '=');
    for (int set = 0; equals != NULL && set < NN_SETS; set++) {
        size_t length = (size_t)(equals - text);
        if (strlen(nn_set_names[set]) != length || strncmp(text, nn_set_names[set], length) != 0)
            continue;
        nn_override *other = &options->others[set];
        other->count = 0;
        for (char *file = equals + 1; file != NULL && other->count < NN_MAX_FILES;) {
            char *comma = strchr(file, ',');
            if (comma != NULL)
                *comma++ = '\0';
            if (*file == '\0')
                return nn_fail(error, NN_EXIT_USAGE, "'--source' of the %s set has an empty file name",
                               nn_set_names[set]);
            other->files[other->count++] = file;
            file = comma;
        }
        return 1;
    }
    return nn_fail(error, NN_EXIT_USAGE,
                   "'--source' needs SET=FILE[,FILE], with train, validation or test as SET, found '%s'",
                   text);
}

static int nn_parse_value(nn_options *options, const nn_option *option, char *text, nn_error *error)
{
    char *end = text;
    char *field = (char *)options + option->field;
    if (option->kind == NN_OPTION_TEXT) {
        memcpy(field, &text, sizeof text);
        return text[0] != '\0' ||
               nn_fail(error, NN_EXIT_USAGE, "'%s' needs %s", option->name, option->argument);
    }
    if (option->kind == NN_OPTION_FILES)
        return nn_parse_source(options, text, error);
    if (option->kind == NN_OPTION_RATE) {
        double value = strtod(text, &end);
        if (end == text || *end != '\0' || !(value > 0.0 && value <= 1e6))
            return nn_fail(error, NN_EXIT_USAGE, "'%s' needs a positive number up to 1e6, found '%s'",
                           option->name, text);
        options->rate = (float)value;
        options->has_rate = 1;
        return 1;
    }
    int is_seed = option->kind == NN_OPTION_SEED;
    long long low = is_seed ? 0 : 1, high = is_seed ? 4294967295LL : 1000000000;
    long long value = text[0] >= '0' && text[0] <= '9' ? strtoll(text, &end, 10) : -1;
    if (end == text || *end != '\0' || value < low || value > high)
        return nn_fail(error, NN_EXIT_USAGE, "'%s' needs a whole number from %lld to %lld, found '%s'",
                       option->name, low, high, text);
    if (is_seed) {
        options->seed = (uint32_t)value;
        options->has_seed = 1;
    } else {
        int count = (int)value;
        memcpy(field, &count, sizeof count);
    }
    return 1;
}

/* The table row of "--name" or "--name=value", or NULL with a message. */
static const nn_option *nn_find_option(const nn_options *options, const char *text, nn_error *error)
{
    const char *near = NULL;
    size_t length = strcspn(text, "=");
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)(length < 60 ? length : 60), text);
    for (int i = 0; i < NN_OPTION_ROWS; i++) {
        const nn_option *option = &nn_option_table[i];
        if (strcmp(option->name, name) == 0 && nn_has_option(options->net, option, options->command))
            return option;
        if (strcmp(option->name, name) == 0 && nn_has_option(options->net, option, 15)) {
            nn_fail(error, NN_EXIT_USAGE, "'%s' is not an option of this command; see --help", name);
            return NULL;
        }
        if (nn_has_option(options->net, option, options->command))
            near = nn_nearer(name, near, option->name);
    }
    nn_fail(error, NN_EXIT_USAGE, "unknown option '%s'%s%s%s", name, near ? "; did you mean '" : "",
            near ? near : "", near ? "'?" : "");
    return NULL;
}

static int nn_parse_command(nn_options *options, const char *word, nn_error *error)
{
    const char *near = NULL;
    for (int i = 0; i < 4; i++) {
        if (strcmp(word, nn_commands[i].name) == 0) {
            options->command = nn_commands[i].bit;
            return 1;
        }
        near = nn_nearer(word, near, nn_commands[i].name);
    }
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0) {
        options->help = 1;
        return 1;
    }
    return nn_fail(error, NN_EXIT_USAGE, "unknown command '%s'%s%s%s; commands are train, eval, predict "
                   "and bench", word, near ? "; did you mean '" : "", near ? near : "",
                   near ? "'?" : "");
}

/* Fills *options from the command line. */
static int nn_parse_options(nn_options *options, const nn_net *net, int argc, char **argv,
                            nn_error *error)
{
    memset(options, 0, sizeof *options);
    options->net = net;
    options->program = argc > 0 && argv[0] != NULL ? argv[0] : "trainer";
    if (argc < 2)
        return nn_fail(error, NN_EXIT_USAGE, "no command; commands are train, eval, predict and bench "
                       "('--help' says more)");
    if (!nn_parse_command(options, argv[1], error))
        return 0;
    for (int i = 2; i < argc && !options->help; i++) {
        if (strcmp(argv[i], "-h") == 0) {
            options->help = 1;
            continue;
        }
        if (strncmp(argv[i], "--", 2) != 0) {
            if (options->command != NN_COMMAND_PREDICT || options->file_count == NN_MAX_FILES)
                return nn_fail(error, NN_EXIT_USAGE, "'%s' is not expected here; see --help", argv[i]);
            options->files[options->file_count++] = argv[i];
            continue;
        }
        const nn_option *option = nn_find_option(options, argv[i], error);
        if (option == NULL)
            return 0;
        char *equals = strchr(argv[i], '=');
        if (option->kind == NN_OPTION_FLAG) {
            const int yes = 1;
            if (equals != NULL)
                return nn_fail(error, NN_EXIT_USAGE, "'%s' takes no value", option->name);
            memcpy((char *)options + option->field, &yes, sizeof yes);
            continue;
        }
        if (equals == NULL && i + 1 == argc)
            return nn_fail(error, NN_EXIT_USAGE, "'%s' needs %s after it", option->name,
                           option->argument);
        if (!nn_parse_value(options, option, equals != NULL ? equals + 1 : argv[++i], error))
            return 0;
    }
    return 1;
}

#endif
