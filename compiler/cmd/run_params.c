/* run_params.c: the parameters that weights were trained with, from the metadata of their file.
 *
 * A run with -P units=64 has another network than the .nnd file alone. Commands that go on with it take
 * the parameters of the run, as frameworks keep the network beside its weights. */
#include "../runtime/posix.h"

#include "cmd/cmd.h"

#include "../runtime/params.h"

/* The header of a safetensors file, without its data. NULL when there is none. */
static unsigned char *read_header(Arena *arena, const char *path, size_t *size)
{
    enum { LIMIT = 100 << 20 }; /* of the format */
    unsigned char start[8], *bytes = NULL;
    uint64_t length = 0;
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return NULL;
    if (fread(start, 1, sizeof start, file) == sizeof start)
        for (int i = 7; i >= 0; i--)
            length = length << 8 | start[i];
    if (length > 0 && length <= LIMIT) {
        *size = sizeof start + (size_t)length;
        bytes = arena_array(arena, unsigned char, (int64_t)*size);
        memcpy(bytes, start, sizeof start);
        if (fread(bytes + sizeof start, 1, (size_t)length, file) != (size_t)length)
            bytes = NULL;
    }
    fclose(file);
    return bytes;
}

static bool is_given(const Options *options, Str name)
{
    for (int i = 0; i < options->params.count; i++)
        if (str_starts(str_from(options->params.items[i]), str_format(options->arena, "%.*s=", STR_ARGS(name)).ptr))
            return true;
    return false;
}

int take_params(Load *load, Options *options, const char *weights, const char *run, const char *file)
{
    Arena *arena = options->arena;
    size_t size = 0;
    nn_text taken = {0};
    Model *model = elaborate_params(arena, &load->diag, load->result.syntax, param_choices(options),
                                    options->params.count);
    if (model == NULL) {
        diag_finish(&load->diag);
        return EXIT_MODEL;
    }
    const char *path = weights != NULL ? weights
                       : run != NULL   ? str_format(arena, "%s/%s", run, file).ptr
                                       : str_format(arena, "runs/%.*s/%s", STR_ARGS(model->name), file).ptr;
    const unsigned char *bytes = read_header(arena, path, &size);
    for (int i = 0; bytes != NULL && i < model->params.count; i++) {
        const ParamChoice *param = &model->params.items[i];
        nn_text value = {0};
        const char *name = str_c(arena, param->name);
        if (!is_given(options, param->name) &&
            nn_metadata(bytes, size, str_format(arena, "param.%s", name).ptr, &value) &&
            !nn_same_value(value.at, str_c(arena, param->value))) {
            vec_push(arena, &options->params, str_format(arena, "%s=%s", name, value.at).ptr);
            nn_text_param(&taken, name, value.at);
        }
        nn_free(value.at);
    }
    if (taken.length > 0)
        fprintf(stderr, "note: '%s' was trained with %s; the same is taken here\n", path, taken.at);
    nn_free(taken.at);
    return EXIT_OK;
}
