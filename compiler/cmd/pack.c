/* pack.c: `nndc data pack`, and the packed sets that `nndc train` keeps in its cache. */
#define _XOPEN_SOURCE 700
#include "cmd/cmd.h"

#include "data/data.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool pack_cached(Options *options, const Model *model, const DataSource *source, Str *path,
                 Str *error)
{
    Arena *arena = options->arena;
    const char *data = data_directory(options);
    Str identity, folder;
    int64_t samples;
    if (!pack_identity(arena, model, source, data, &identity, error))
        return false;
    char *absolute = realpath(data, NULL); /* names in the identity start there */
    identity = str_format(arena, "%s\n%.*s", absolute != NULL ? absolute : "", STR_ARGS(identity));
    free(absolute);
    if (!cache_directory(arena, "packed", cache_key(arena, identity), &folder, error))
        return false;
    *path = str_format(arena, "%.*s/%.*s.safetensors", STR_ARGS(folder), STR_ARGS(source->name));
    return access(path->ptr, R_OK) == 0 ||
           pack_source(arena, model, source, data, path->ptr, &samples, error);
}

bool pack_pictures_cached(Options *options, const Model *model, const DataSource *source,
                          const char *const *files, int count, Str *path, Str *error)
{
    Arena *arena = options->arena;
    Str identity, folder;
    char *absolute = realpath(".", NULL); /* where relative names of the files start */
    bool ok = pack_files_identity(arena, model, source, files, count, &identity, error);
    if (ok)
        identity = str_format(arena, "%s\n%.*s", absolute != NULL ? absolute : "", STR_ARGS(identity));
    free(absolute);
    if (!ok || !cache_directory(arena, "packed", cache_key(arena, identity), &folder, error))
        return false;
    *path = str_format(arena, "%.*s/predict.safetensors", STR_ARGS(folder));
    return access(path->ptr, R_OK) == 0 || pack_files(arena, model, source, files, count, path->ptr, error);
}

const char *data_directory(Options *options)
{
    /* the first file that is a model: 'data pack' has a word before it */
    const char *model = options->files.items[options->files.count - 1];
    return options->data != NULL ? options->data
                                 : str_c(options->arena, path_directory(str_from(model)));
}

static int usage(const char *message, const char *text)
{
    fprintf(stderr, "nndc data pack: %s%s\n", message, text);
    return EXIT_USAGE;
}

int data_pack(Options *options)
{
    Arena *arena = options->arena;
    Load load;
    Str error = {0};
    int packed = 0, wanted = 0;
    if (options->files.count != 2)
        return usage("needs one .nnd file", "");
    int status = load_model(&load, options, options->files.items[1]);
    if (status == EXIT_OK)
        status = load_compile(&load, 0);
    if (status != EXIT_OK)
        return status;
    const Model *model = load.result.training;
    for (int i = 0; i < model->data.count; i++) {
        const DataSource *source = &model->data.items[i];
        wanted +=
            pack_needed(source) && (options->set == NULL || str_is(source->name, options->set));
    }
    if (wanted == 0 && options->set != NULL)
        return usage("there is nothing to pack for the set ", options->set);
    if (wanted > 1 && options->output != NULL)
        return usage("'--output' takes one set; choose it with '--set'", "");
    for (int i = 0; i < model->data.count; i++) {
        const DataSource *source = &model->data.items[i];
        int64_t samples = 0;
        if (!pack_needed(source) || (options->set != NULL && !str_is(source->name, options->set)))
            continue;
        const char *path = options->output;
        if (path == NULL)
            path = str_format(arena, "%.*s.%.*s.safetensors",
                              STR_ARGS(path_stem(str_from(options->files.items[1]))),
                              STR_ARGS(source->name))
                       .ptr;
        if (!pack_source(arena, model, source, data_directory(options), path, &samples, &error))
            return report_io(error);
        printf("%s: %lld samples of the %.*s set\n", path, (long long)samples,
               STR_ARGS(source->name));
        packed++;
    }
    if (packed == 0)
        printf("nothing to pack: the trainer reads all of its data itself\n");
    return EXIT_OK;
}
