/* train.c: `nndc train`: builds the trainer, unpacks the data it names, and becomes the trainer. */
#define _POSIX_C_SOURCE 200809L
#include "cmd/cmd.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The data files that the model names. */
static bool prepare_data(Options *options, const Model *model, Str *directory, Str *error)
{
    VEC(Str) names = {0};
    for (int i = 0; i < model->data.count; i++)
        for (int j = 0; j < model->data.items[i].files.count; j++)
            vec_push(options->arena, &names, model->data.items[i].files.items[j]);
    const char *data = options->data;
    if (data == NULL)
        data = str_c(options->arena, path_directory(str_from(options->files.items[0])));
    return unpack_data(options->arena, data, names.items, names.count, directory, error);
}

int cmd_train(Options *options)
{
    Load load;
    Str program, directory, error = {0};
    int status = need_one_file(options, "train");
    if (status == EXIT_OK)
        status = load_model(&load, options, options->files.items[0]);
    if (status == EXIT_OK)
        status = build_trainer(&load, &program);
    if (status != EXIT_OK)
        return status;
    /* A question about options needs no data. */
    bool is_help = false;
    for (int i = 0; i < options->rest.count; i++)
        is_help |= strcmp(options->rest.items[i], "--help") == 0;
    directory = STR(".");
    if (!is_help && !prepare_data(options, load.result.training, &directory, &error))
        return report_io(error);

    VEC(char *) words = {0};
    vec_push(options->arena, &words, (char *)(uintptr_t)program.ptr);
    vec_push(options->arena, &words, (char *)(uintptr_t) "train");
    vec_push(options->arena, &words, (char *)(uintptr_t) "--data");
    vec_push(options->arena, &words, (char *)(uintptr_t)str_c(options->arena, directory));
    for (int i = 0; i < options->rest.count; i++)
        vec_push(options->arena, &words, (char *)(uintptr_t)options->rest.items[i]);
    vec_push(options->arena, &words, NULL);
    fflush(stdout);
    fflush(stderr);
    execv(words.items[0], words.items);
    return report_io(
        str_format(options->arena, "cannot run '%s': %s", words.items[0], strerror(errno)));
}
