/* train.c: `nndc train`: builds the trainer, unpacks the data it names, and becomes the trainer. */
#define _POSIX_C_SOURCE 200809L
#include "cmd/cmd.h"

#include "data/data.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef VEC(char *) Words;

/* The data files that the model names and the trainer reads itself. */
static bool prepare_data(Options *options, const Model *model, Str *directory, Str *error)
{
    VEC(Str) names = {0};
    for (int i = 0; i < model->data.count; i++)
        for (int j = 0; !pack_needed(&model->data.items[i]) && j < model->data.items[i].files.count; j++)
            vec_push(options->arena, &names, model->data.items[i].files.items[j]);
    return unpack_data(options->arena, data_directory(options), names.items, names.count, directory, error);
}

/* Does the user give the files of a set? */
static bool is_replaced(const Options *options, Str set)
{
    for (int i = 0; i < options->rest.count; i++) {
        const char *word = options->rest.items[i];
        if (strncmp(word, "--source=", 9) == 0)
            word += 9;
        else if (i == 0 || strcmp(options->rest.items[i - 1], "--source") != 0)
            continue;
        if (strncmp(word, set.ptr, (size_t)set.len) == 0 && word[set.len] == '=')
            return true;
    }
    return false;
}

/* Packs the sets that need it, and tells the trainer where they are. */
static bool add_packed(Options *options, const Model *model, Words *words, Str *error)
{
    for (int i = 0; i < model->data.count; i++) {
        const DataSource *source = &model->data.items[i];
        Str path;
        if (!pack_needed(source) || is_replaced(options, source->name))
            continue;
        if (!pack_cached(options, model, source, &path, error))
            return false;
        Str argument =
            str_format(options->arena, "%.*s=%.*s", STR_ARGS(source->name), STR_ARGS(path));
        vec_push(options->arena, words, (char *)(uintptr_t) "--source");
        vec_push(options->arena, words, (char *)(uintptr_t)argument.ptr);
    }
    return true;
}

int cmd_train(Options *options)
{
    Load load;
    Str program, directory, error = {0};
    int status = need_one_file(options, "train");
    if (status == EXIT_OK)
        status = load_model(&load, options, options->files.items[0]);
    if (status == EXIT_OK)
        status = build_trainer(&load, options, &program);
    if (status != EXIT_OK)
        return status;
    /* A question about options needs no data. */
    bool is_help = false;
    for (int i = 0; i < options->rest.count; i++)
        is_help |= strcmp(options->rest.items[i], "--help") == 0;
    directory = STR(".");
    if (!is_help && !prepare_data(options, load.result.training, &directory, &error))
        return report_io(error);

    Words words = {0};
    vec_push(options->arena, &words, (char *)(uintptr_t)program.ptr);
    vec_push(options->arena, &words, (char *)(uintptr_t) "train");
    vec_push(options->arena, &words, (char *)(uintptr_t) "--data");
    vec_push(options->arena, &words, (char *)(uintptr_t)str_c(options->arena, directory));
    if (!is_help && !add_packed(options, load.result.training, &words, &error))
        return report_io(error);
    for (int i = 0; i < options->rest.count; i++)
        vec_push(options->arena, &words, (char *)(uintptr_t)options->rest.items[i]);
    vec_push(options->arena, &words, NULL);
    fflush(stdout);
    fflush(stderr);
    execv(words.items[0], words.items);
    return report_io(
        str_format(options->arena, "cannot run '%s': %s", words.items[0], strerror(errno)));
}
