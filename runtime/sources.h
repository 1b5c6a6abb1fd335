/* sources.h: from the network's table of sources to its train, validation and test sets.
 *
 * Each set is read or made where the table says; a split then takes its fraction of another set's
 * samples, chosen by its seed. --data DIR is where relative file names start, and
 * --source SET=FILE[,FILE] names other files for a set. A name that ends in .gz stands for the
 * unpacked file beside it when there is one. */
#ifndef NN_SOURCES_H
#define NN_SOURCES_H

#include "digits.h"
#include "read_csv.h"
#include "read_idx.h"
#include "toys.h"

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

static inline NN_UNUSED void nn_sets_free(nn_sets *sets)
{
    for (int i = 0; i < NN_SETS; i++) {
        nn_free(sets->set[i].rows);
        nn_data_free(sets->owned[i]);
    }
    memset(sets, 0, sizeof *sets);
}

/* Where a file really is; nn_free it. */
static inline NN_UNUSED char *nn_data_path(const char *directory, const char *name)
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

/* Rows of numbers printed in the program itself. */
static inline NN_UNUSED nn_data *nn_table_data(const nn_net *net, const nn_source *source,
                                               nn_error *error)
{
    nn_data *data = nn_data_new(net, source->rows, 1);
    const float *from = source->values;
    for (long long row = 0; row < source->rows; row++)
        for (int index = 0; index < data->ports; index++)
            for (long long i = 0; i < nn_data_port(net, index)->elements; i++, from++)
                if (!nn_data_put(data, net, index, row, i, (double)*from)) {
                    char need[80];
                    nn_port_need(nn_data_port(net, index), need, sizeof need);
                    nn_fail(error, NN_EXIT_IO, "row %lld of the %s table holds %g, '%s' needs %s",
                            row, nn_set_names[source->set], (double)*from,
                            nn_data_port(net, index)->name, need);
                    nn_data_free(data);
                    return NULL;
                }
    return data;
}

/* The samples of one source that is not a split. */
static inline NN_UNUSED nn_data *nn_source_data(const nn_net *net, const nn_source *source,
                                                const char *directory, const nn_override *other,
                                                nn_error *error)
{
    int is_idx = source->kind == NN_FROM_IDX;
    if (!is_idx && source->kind != NN_FROM_CSV) {
        if (other->count > 0) {
            nn_fail(error, NN_EXIT_USAGE, "the %s set is not read from files, so --source cannot replace it",
                    nn_set_names[source->set]);
            return NULL;
        }
        return source->kind == NN_FROM_TABLE ? nn_table_data(net, source, error)
               : source->kind == NN_FROM_TOY ? nn_toy_data(net, source, error)
                                             : nn_digits_data(net, source, error);
    }
    int needed = is_idx ? net->input_count + net->target_count : 1;
    int count = other->count > 0 ? other->count : source->file_count;
    if (count != needed) {
        nn_fail(error, NN_EXIT_USAGE, "the %s set is read from %d file%s, %d given",
                nn_set_names[source->set], needed, needed == 1 ? "" : "s", count);
        return NULL;
    }
    char **paths = NN_ALLOCATE(char *, count);
    for (int i = 0; i < count; i++)
        paths[i] = other->count > 0 ? nn_data_path(NULL, other->files[i])
                                    : nn_data_path(directory, source->files[i]);
    nn_data *data = is_idx ? nn_read_idx(net, (const char *const *)paths, 1, error)
                           : nn_read_csv(net, source, paths[0], 1, error);
    for (int i = 0; i < count; i++)
        nn_free(paths[i]);
    nn_free(paths);
    return data;
}

/* Moves a fraction of one set's samples to another. */
static inline NN_UNUSED int nn_split(nn_sets *sets, const nn_source *source, nn_error *error)
{
    nn_set *from = &sets->set[source->from], *to = &sets->set[source->set];
    long long count = from->count, taken = (long long)(source->amount * (double)count + 0.5);
    if (from->data == NULL)
        return nn_fail(error, NN_EXIT_IO, "the %s set is split from the %s set, which has no source",
                       nn_set_names[source->set], nn_set_names[source->from]);
    if (taken < 1 || taken >= count)
        return nn_fail(error, NN_EXIT_IO, "%g of %lld samples leaves an empty set", source->amount,
                       count);
    nn_shuffle(from->rows, (uint32_t)count, nn_key(source->seed, 0, 0x4001));
    to->data = from->data;
    to->count = taken;
    to->rows = NN_ALLOCATE(uint32_t, taken);
    memcpy(to->rows, from->rows, sizeof *to->rows * (size_t)taken);
    from->count = count - taken;
    memmove(from->rows, from->rows + taken, sizeof *from->rows * (size_t)from->count);
    return 1;
}

/* Fills the sets whose bit is in `wanted` (1 << NN_TRAIN ...); a wanted set without a source stays
 * empty. Sets that a split joins are read together. */
static inline NN_UNUSED int nn_sets_load(nn_sets *sets, const nn_net *net, const char *directory,
                                         const nn_override *others, unsigned wanted, nn_error *error)
{
    int ok = 1;
    memset(sets, 0, sizeof *sets);
    for (int i = 0; i < net->source_count; i++) {
        const nn_source *s = &net->sources[i];
        if (s->kind == NN_FROM_SPLIT && (wanted >> s->set & 1 || wanted >> s->from & 1))
            wanted |= 1u << s->set | 1u << s->from;
    }
    for (int i = 0; ok && i < net->source_count; i++) {
        const nn_source *source = &net->sources[i];
        if (source->kind == NN_FROM_SPLIT || !(wanted >> source->set & 1))
            continue;
        nn_data *data = nn_source_data(net, source, directory, &others[source->set], error);
        ok = data != NULL;
        if (ok) {
            sets->owned[source->set] = data;
            sets->set[source->set] = nn_set_all(data);
        }
        if (ok && data->count == 0)
            ok = nn_fail(error, NN_EXIT_IO, "the %s set has no samples", nn_set_names[source->set]);
    }
    for (int i = 0; ok && i < net->source_count; i++)
        if (net->sources[i].kind == NN_FROM_SPLIT && wanted >> net->sources[i].set & 1)
            ok = nn_split(sets, &net->sources[i], error);
    if (!ok)
        nn_sets_free(sets);
    return ok;
}

#endif
