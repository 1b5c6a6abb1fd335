/* sources.h: from the network's table of sources to its train, validation and test sets.
 *
 * Each set is read or made where the table says; a split then takes its fraction of another set's
 * samples: drawn by its seed, class by class, or the last ones. --data DIR is where relative file names start, and
 * --source SET=FILE[,FILE] names other files for a set. A name that ends in .gz stands for the
 * unpacked file beside it when there is one. */
#ifndef NN_SOURCES_H
#define NN_SOURCES_H

#include "digits.h"
#include "read_cifar.h"
#include "read_csv.h"
#include "read_idx.h"
#include "read_npy.h"
#include "read_safetensors.h"
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

static inline NN_UNUSED int nn_source_has_files(const nn_source *source)
{
    return source->kind <= NN_FROM_PACKED;
}

/* How many files a source needs; 0: any number. */
static inline NN_UNUSED int nn_source_files(const nn_net *net, const nn_source *source)
{
    if (source->kind == NN_FROM_IDX || source->kind == NN_FROM_NPY)
        return net->input_count + net->target_count;
    return source->kind == NN_FROM_CIFAR10 || source->kind == NN_FROM_CIFAR100 ? 0 : 1;
}

static inline NN_UNUSED nn_data *nn_files_data(const nn_net *net, const nn_source *source,
                                               const char *const *paths, int count, nn_error *error)
{
    switch (source->kind) {
    case NN_FROM_IDX: return nn_read_idx(net, paths, 1, error);
    case NN_FROM_NPY: return nn_read_npy(net, paths, 1, error);
    case NN_FROM_CSV: return nn_read_csv(net, source, paths[0], 1, error);
    case NN_FROM_CIFAR10: return nn_read_cifar(net, paths, count, 1, 1, error);
    case NN_FROM_CIFAR100: return nn_read_cifar(net, paths, count, 2, 1, error);
    default: return nn_read_safetensors(net, paths[0], 1, error);
    }
}

/* The samples of one source that is not a split. */
static inline NN_UNUSED nn_data *nn_source_data(const nn_net *net, const nn_source *source,
                                                const char *directory, const nn_override *other,
                                                nn_error *error)
{
    const char *set = nn_set_names[source->set];
    if (!nn_source_has_files(source)) {
        if (other->count > 0) {
            nn_fail(error, NN_EXIT_USAGE, "the %s set is not read from files, so --source cannot replace it", set);
            return NULL;
        }
        return source->kind == NN_FROM_TABLE ? nn_table_data(net, source, error)
               : source->kind == NN_FROM_TOY ? nn_toy_data(net, source, error)
                                             : nn_digits_data(net, source, error);
    }
    if (source->kind == NN_FROM_PACKED && other->count == 0) {
        nn_fail(error, NN_EXIT_USAGE, "the %s set comes from '%s', which must be packed first: 'nndc data pack %s "
                "--set %s -o FILE.safetensors', then '--source %s=FILE.safetensors' here", set,
                source->files[0], net->source, set, set);
        return NULL;
    }
    int needed = nn_source_files(net, source);
    int count = other->count > 0 ? other->count : source->file_count;
    if (needed > 0 && count != needed) {
        nn_fail(error, NN_EXIT_USAGE, "the %s set is read from %d file%s, %d given", set, needed,
                needed == 1 ? "" : "s", count);
        return NULL;
    }
    char **paths = NN_ALLOCATE(char *, count);
    for (int i = 0; i < count; i++)
        paths[i] = other->count > 0 ? nn_data_path(NULL, other->files[i])
                                    : nn_data_path(directory, source->files[i]);
    nn_data *data = nn_files_data(net, source, (const char *const *)paths, count, error);
    for (int i = 0; i < count; i++)
        nn_free(paths[i]);
    nn_free(paths);
    return data;
}

/* Keeps the samples that a source of files asks for, by their place in the files. */
static inline NN_UNUSED int nn_set_range(nn_set *set, const nn_source *source, nn_error *error)
{
    if (source->end > set->count)
        return nn_fail(error, NN_EXIT_IO, "the %s set has %lld samples in its files, 'rows' asks for %lld "
                       "to %lld, counted from 0", nn_set_names[source->set], set->count, source->first,
                       source->end - 1);
    set->count = source->end - source->first;
    memmove(set->rows, set->rows + source->first, sizeof *set->rows * (size_t)set->count);
    return 1;
}

/* ---- splits ---- */

/* The class of a sample: that of the first target that has classes. */
static inline NN_UNUSED int nn_sample_class(const nn_data *data, const nn_net *net, uint32_t sample)
{
    for (int i = net->input_count; i < data->ports; i++)
        if (nn_data_port(net, i)->type == NN_CLASS && nn_data_port(net, i)->elements == 1)
            return ((const int32_t *)data->values[i])[nn_data_start(data, i, sample)];
    return 0;
}

/* How many samples of each class to take: its share of `taken`, rounded down; what is left over goes
 * to the largest remainders, of equal ones to the first. */
static inline NN_UNUSED void nn_class_shares(const long long *counts, int classes, long long count,
                                             long long taken, long long *shares)
{
    long long left = taken;
    for (int k = 0; k < classes; k++) {
        shares[k] = taken * counts[k] / count;
        left -= shares[k];
    }
    for (; left > 0; left--) {
        int best = -1;
        long long most = 0;
        for (int k = 0; k < classes; k++) {
            long long remainder = taken * counts[k] - shares[k] * count;
            if (remainder > most)
                most = remainder, best = k;
        }
        shares[best]++;
    }
}

/* Brings the samples to take to the front: of every class as many as its share, the first ones. */
static inline NN_UNUSED void nn_stratify(const nn_set *set, const nn_net *net, long long taken)
{
    int classes = 2;
    for (int i = net->target_count - 1; i >= 0; i--)
        if (net->targets[i].type == NN_CLASS && net->targets[i].elements == 1)
            classes = net->targets[i].classes;
    long long *counts = NN_ALLOCATE(long long, classes), *shares = NN_ALLOCATE(long long, classes);
    uint32_t *moved = NN_ALLOCATE(uint32_t, set->count);
    for (long long i = 0; i < set->count; i++)
        counts[nn_sample_class(set->data, net, set->rows[i])]++;
    nn_class_shares(counts, classes, set->count, taken, shares);
    long long front = 0, back = taken;
    for (long long i = 0; i < set->count; i++) {
        int k = nn_sample_class(set->data, net, set->rows[i]);
        moved[shares[k]-- > 0 ? front++ : back++] = set->rows[i];
    }
    memcpy(set->rows, moved, sizeof *moved * (size_t)set->count);
    nn_free(moved);
    nn_free(shares);
    nn_free(counts);
}

static inline NN_UNUSED int nn_compare_rows(const void *a, const void *b)
{
    uint32_t x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return (x > y) - (x < y);
}

/* Orders the samples as they stand in the file, but for the last `taken`, which come first. Returns how
 * many of the others share no row with those, so that nothing of them is known in training. */
static inline NN_UNUSED long long nn_take_last(const nn_set *set, long long taken)
{
    long long rest = set->count - taken, span = 1;
    qsort(set->rows, (size_t)set->count, sizeof *set->rows, nn_compare_rows);
    long long border = set->rows[rest] * set->data->step;
    for (int i = 0; i < set->data->ports; i++) {
        const nn_part *part = &set->data->parts[i];
        span = part->first + part->rows > span ? part->first + part->rows : span;
    }
    uint32_t *last = NN_ALLOCATE(uint32_t, taken);
    memcpy(last, set->rows + rest, sizeof *last * (size_t)taken);
    memmove(set->rows + taken, set->rows, sizeof *last * (size_t)rest);
    memcpy(set->rows, last, sizeof *last * (size_t)taken);
    nn_free(last);
    while (rest > 0 && set->rows[taken + rest - 1] * set->data->step + span > border)
        rest--;
    return rest;
}

/* Moves a fraction of one set's samples to another. */
static inline NN_UNUSED int nn_split(nn_sets *sets, const nn_net *net, const nn_source *source,
                                     nn_error *error)
{
    nn_set *from = &sets->set[source->from], *to = &sets->set[source->set];
    long long count = from->count, taken = (long long)(source->amount * (double)count + 0.5);
    if (from->data == NULL)
        return nn_fail(error, NN_EXIT_IO, "the %s set is split from the %s set, which has no source",
                       nn_set_names[source->set], nn_set_names[source->from]);
    if (taken < 1 || taken >= count)
        return nn_fail(error, NN_EXIT_IO, "%g of %lld samples leaves an empty set", source->amount,
                       count);
    long long kept = count - taken;
    if (source->order == NN_SPLIT_CHRONOLOGICAL)
        kept = nn_take_last(from, taken);
    else
        nn_shuffle(from->rows, (uint32_t)count, nn_key(source->seed, 0, 0x4001));
    if (source->order == NN_SPLIT_STRATIFIED)
        nn_stratify(from, net, taken);
    if (kept == 0)
        return nn_fail(error, NN_EXIT_IO, "the last %g of %lld samples share rows with all others, so "
                       "the %s set is empty", source->amount, count, nn_set_names[source->from]);
    to->data = from->data;
    to->count = taken;
    to->rows = NN_ALLOCATE(uint32_t, taken);
    memcpy(to->rows, from->rows, sizeof *to->rows * (size_t)taken);
    from->count = kept;
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
            /* a CSV reader has taken its rows already, before it made samples of them; packed data are
             * those rows */
            if (source->end > 0 && source->kind != NN_FROM_CSV && source->kind != NN_FROM_PACKED)
                ok = nn_set_range(&sets->set[source->set], source, error);
        }
        if (ok && sets->set[source->set].count == 0)
            ok = nn_fail(error, NN_EXIT_IO, "the %s set has no samples", nn_set_names[source->set]);
    }
    for (int i = 0; ok && i < net->source_count; i++)
        if (net->sources[i].kind == NN_FROM_SPLIT && wanted >> net->sources[i].set & 1)
            ok = nn_split(sets, net, &net->sources[i], error);
    if (!ok)
        nn_sets_free(sets);
    return ok;
}

#endif
