/* sources.h: from the network's table of sources to its train, validation and test sets.
 *
 * Each set is read or made where the table says; then splits take their samples from it. --data DIR is
 * where relative file names start, and --source SET=FILE[,FILE] names other files for a set. A name
 * that ends in .gz stands for the unpacked file beside it when there is one.
 *
 * Of the formats this trainer has those of its own sets, listed in nn_net.formats. */
#ifndef NN_SOURCES_H
#define NN_SOURCES_H

#include "data.h"
#include "file.h"

enum { NN_MAX_FILES = 16 };

/* The files of a set given on the command line. */
typedef struct nn_override {
    int count; /* 0: none */
    const char *files[NN_MAX_FILES];
} nn_override;

typedef struct nn_sets {
    nn_set set[NN_SETS];
    nn_data *owned[NN_SETS];
} nn_sets;

static void nn_sets_free(nn_sets *sets)
{
    for (int i = 0; i < NN_SETS; i++) {
        nn_free(sets->set[i].rows);
        nn_data_free(sets->owned[i]);
    }
    memset(sets, 0, sizeof *sets);
}

/* Where a file really is; nn_free it. */
static char *nn_data_path(const char *directory, const char *name)
{
    char *path = nn_path(directory, name);
    size_t length = strlen(path);
    if (length > 3 && strcmp(path + length - 3, ".gz") == 0) {
        path[length - 3] = '\0';
        if (!nn_file_exists(path))
            path[length - 3] = '.';
    }
    return path;
}

/* ---- formats ---- */

/* The word of the data section for a file that begins so, or NULL. */
static const char *nn_source_word(const unsigned char *start, size_t length)
{
    if (length >= 4 && start[0] == 0 && start[1] == 0 && start[2] >= 8 && start[2] <= 14)
        return "idx";
    if (length >= 6 && memcmp(start, "\x93NUMPY", 6) == 0)
        return "npy";
    if (length >= 9 && (start[4] | start[5] | start[6] | start[7]) == 0 && start[8] == '{')
        return "safetensors";
    for (size_t i = 0; i < length; i++)
        if (start[i] < 9)
            return NULL;
    int starts_text = length > 0 && (start[0] < 0x80 || (start[0] >= 0xC2 && start[0] <= 0xF4));
    return starts_text ? "csv" : NULL; /* no character of UTF-8 begins otherwise */
}

/* A file that none of the formats fits: says what fits and what to do. Always returns NULL. */
static const nn_format *nn_no_format(const nn_net *net, const char *path, const char *word,
                                     nn_error *error)
{
    nn_text text = {NULL, 0, 0};
    nn_text_add(&text, "'%s' is not a file that this trainer reads (", path);
    for (int i = 0; i < net->format_count; i++)
        nn_text_add(&text, "%s%s", i > 0 ? ", " : "", net->formats[i]->name);
    nn_text_add(&text, "); for others write a set of that kind in the data section of '%s',",
                net->source);
    if (word != NULL)
        nn_text_add(&text, " such as 'test = %s(\"%s\")',", word, path);
    nn_fail(error, NN_EXIT_USAGE, "%s and run 'nndc build %s'", text.at, net->source);
    nn_free(text.at);
    return NULL;
}

/* The format of a file by its first bytes, among those of the network. One that does not show is that
 * of `own`, or the first of that sort. NULL with a message when there is none. */
static const nn_format *nn_file_format(const nn_net *net, const nn_format *own, const char *path,
                                       nn_error *error)
{
    unsigned char start[9];
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        nn_fail(error, NN_EXIT_IO, "cannot read '%s': %s", path, strerror(errno));
        return NULL;
    }
    size_t length = fread(start, 1, sizeof start, file);
    fclose(file);
    if (length >= 2 && start[0] == 0x1F && start[1] == 0x8B) {
        nn_fail(error, NN_EXIT_IO, "'%s' is compressed with gzip; unpack it first, for example with "
                "'gzip -dk'", path);
        return NULL;
    }
    if (own != NULL && own->fits != NULL && own->fits(start, length))
        return own;
    const nn_format *plain = own != NULL && own->fits == NULL ? own : NULL;
    for (int i = 0; i < net->format_count; i++) {
        const nn_format *format = net->formats[i];
        if (format->fits != NULL && format->fits(start, length))
            return format;
        if (format->fits == NULL && plain == NULL)
            plain = format;
    }
    const char *word = nn_source_word(start, length);
    int shows = word != NULL && strcmp(word, "csv") != 0;
    return plain != NULL && !shows ? plain : nn_no_format(net, path, word, error);
}

/* How many files a format takes, for so many ports; 0: any number. */
static int nn_format_files(const nn_format *format, int ports)
{
    return format->files == NN_FILE_PER_PORT ? ports : format->files == NN_ONE_FILE ? 1 : 0;
}

/* ---- sets ---- */

/* Keeps the samples that a source of files asks for, by their place in the files. */
static int nn_set_range(nn_set *set, const nn_source *source, nn_error *error)
{
    if (source->end > set->count)
        return nn_fail(error, NN_EXIT_IO, "the %s set has %lld samples in its files, 'rows' asks for %lld "
                       "to %lld, counted from 0", nn_set_names[source->set], set->count, source->first,
                       source->end - 1);
    set->count = source->end - source->first;
    memmove(set->rows, set->rows + source->first, sizeof *set->rows * (size_t)set->count);
    return 1;
}

/* Reads or makes the samples of a source that is not a split. */
static int nn_source_load(nn_sets *sets, const nn_net *net, const nn_source *source,
                          const char *directory, const nn_override *other, nn_error *error)
{
    const char *name = nn_set_names[source->set];
    const nn_format *format = source->format;
    if (format->files == NN_NO_FILES && other->count > 0)
        return nn_fail(error, NN_EXIT_USAGE, "the %s set is not read from files, so --source cannot "
                       "replace it", name);
    int count = other->count > 0 ? other->count : source->file_count;
    char **paths = NN_ALLOCATE(char *, count);
    for (int i = 0; i < count; i++)
        paths[i] = other->count > 0 ? nn_data_path(NULL, other->files[i])
                                    : nn_data_path(directory, source->files[i]);
    if (other->count > 0)
        format = nn_file_format(net, format, paths[0], error);
    int needed = format != NULL ? nn_format_files(format, net->input_count + net->target_count) : 0;
    nn_data *data = NULL;
    if (needed > 0 && count != needed)
        nn_fail(error, NN_EXIT_USAGE, "the %s set is read from %d file%s, %d given", name, needed,
                needed == 1 ? "" : "s", count);
    else if (format != NULL)
        data = format->read(net, source, (const char *const *)paths, count, 1, error);
    for (int i = 0; i < count; i++)
        nn_free(paths[i]);
    nn_free(paths);
    if (data == NULL)
        return 0;
    nn_set *set = &sets->set[source->set];
    sets->owned[source->set] = data;
    *set = nn_set_all(data);
    if (source->end > 0 && !format->takes_rows && !nn_set_range(set, source, error))
        return 0;
    return set->count > 0 || nn_fail(error, NN_EXIT_IO, "the %s set has no samples", name);
}

/* Fills the sets whose bit is in `wanted` (1 << NN_TRAIN ...); a wanted set without a source stays
 * empty. Sets that a split joins are read together. */
static int nn_sets_load(nn_sets *sets, const nn_net *net, const char *directory,
                        const nn_override *others, unsigned wanted, nn_error *error)
{
    int ok = 1;
    memset(sets, 0, sizeof *sets);
    for (int i = 0; i < net->source_count; i++) {
        const nn_source *s = &net->sources[i];
        if (s->split != NULL && (wanted >> s->set & 1 || wanted >> s->from & 1))
            wanted |= 1u << s->set | 1u << s->from;
    }
    for (int splits = 0; splits < 2; splits++)
        for (int i = 0; ok && i < net->source_count; i++) {
            const nn_source *s = &net->sources[i];
            if (!(wanted >> s->set & 1) || (s->split != NULL) != splits)
                continue;
            ok = splits ? s->split(sets, net, s, error)
                        : nn_source_load(sets, net, s, directory, &others[s->set], error);
        }
    if (!ok)
        nn_sets_free(sets);
    return ok;
}

#endif
