/* help.c: `nndc help`: commands with their options, and the descriptors of layers, losses, metrics
 * and optimizers. Everything said about an operator comes from its descriptor. */
#include "cmd/cmd.h"

#include "ops/op.h"

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
    if (command->options & OPTION_REST)
        printf("\nOther options after the file go to the trainer; 'nndc %s FILE.nnd --help' builds "
               "it\n"
               "and lists them.\n",
               command->name);
    return EXIT_OK;
}

/* Is this the first operator of its category? Categories are printed in the order of ops.def. */
static bool begins_category(int index)
{
    const OpDef *op = op_at(index);
    for (int i = 0; i < index; i++)
        if (op_at(i)->category != NULL && strcmp(op_at(i)->category, op->category) == 0)
            return false;
    return true;
}

static void list_category(const char *category)
{
    printf("%s\n", category);
    for (int i = 0; i < op_count(); i++) {
        const OpDef *op = op_at(i);
        if (op->category != NULL && strcmp(op->category, category) == 0)
            printf("  %-24s %s\n", op->name, op->summary);
    }
    printf("\n");
}

static int list_everything(void)
{
    for (int i = 0; i < op_count(); i++)
        if (op_at(i)->category != NULL && begins_category(i))
            list_category(op_at(i)->category);
    printf("'nndc help conv2d' explains one, 'nndc help train' a command.\n");
    return EXIT_OK;
}

static int unknown_topic(Options *options, const char *topic)
{
    VEC(const char *) names = {0};
    for (int i = 0; i < op_count(); i++)
        if (op_at(i)->category != NULL)
            vec_push(options->arena, &names, op_at(i)->name);
    for (const Command *command = command_table; command->name != NULL; command++)
        vec_push(options->arena, &names, command->name);
    const char *near = suggest(str_from(topic), names.items, names.count);
    fprintf(stderr, "nndc help: there is no command or layer '%s'", topic);
    if (near != NULL)
        fprintf(stderr, "; did you mean '%s'?", near);
    fprintf(stderr, "\n'nndc help' lists the layers, 'nndc --help' the commands\n");
    return EXIT_USAGE;
}

int cmd_help(Options *options)
{
    if (options->manual) {
        Str manual = op_manual(options->arena);
        fwrite(manual.ptr, 1, (size_t)manual.len, stdout);
        return EXIT_OK;
    }
    if (options->files.count == 0)
        return list_everything();
    for (int i = 0; i < options->files.count; i++) {
        const char *topic = options->files.items[i];
        const Command *command = find_command(topic);
        const OpDef *op = command == NULL ? op_find(str_from(topic)) : NULL;
        if (command == NULL && op == NULL)
            return unknown_topic(options, topic);
        if (command != NULL)
            describe_command(command);
        else
            printf("%.*s", STR_ARGS(op_help(options->arena, op)));
    }
    return EXIT_OK;
}
