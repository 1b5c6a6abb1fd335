/* read_cifar.h: reads the binary files of CIFAR-10 and CIFAR-100.
 *
 * A file is records of 3073 bytes (CIFAR-100: 3074): the label (CIFAR-100: that of the group of
 * classes, then that of the class), then 1024 bytes each of red, green and blue. Pictures become
 * [32, 32, 3]. Several files are read one after the other. Which label of CIFAR-100 is wanted
 * follows from the number of classes of the target: 20 groups or 100 classes. */
#ifndef NN_READ_CIFAR_H
#define NN_READ_CIFAR_H

#include "values.h"

enum { NN_CIFAR_PIXELS = 32 * 32, NN_CIFAR_BYTES = 3 * NN_CIFAR_PIXELS };

/* How many records a file has, or -1. */
static long long nn_cifar_count(const char *path, int labels, nn_error *error)
{
    nn_reader reader;
    unsigned char start[2] = {0, 0};
    long long record = NN_CIFAR_BYTES + labels;
    if (!nn_reader_open(&reader, path, error))
        return -1;
    size_t got = fread(start, 1, 2, reader.file);
    fclose(reader.file);
    if (got == 2 && start[0] == 0x1F && start[1] == 0x8B)
        return nn_fail(error, NN_EXIT_IO,
                       "'%s' is compressed with gzip; unpack it first, for example with "
                       "'gzip -dk'",
                       path) -
               1;
    if (reader.size % record != 0 || reader.size == 0)
        return nn_fail(error, NN_EXIT_IO,
                       "'%s' is not a file of CIFAR records: it has %lld bytes, which is not a "
                       "multiple of %lld",
                       path, reader.size, record) -
               1;
    if (reader.size / record > NN_MAX_SAMPLES)
        return nn_fail(error, NN_EXIT_IO, "'%s' has more than %d samples", path, NN_MAX_SAMPLES) -
               1;
    return reader.size / record;
}

/* The records of one file into the rows from `row` on. */
static int nn_cifar_records(const char *path, int labels, long long count, long long row,
                            nn_data *data, const nn_net *net, nn_error *error)
{
    nn_reader reader;
    unsigned char record[NN_CIFAR_BYTES + 2];
    int ok = nn_reader_open(&reader, path, error), which;
    if (!ok)
        return 0;
    for (long long i = 0; ok && i < count; i++, row++) {
        ok = nn_reader_take(&reader, path, record, (size_t)(NN_CIFAR_BYTES + labels), error);
        which = labels == 2 && data->ports > 1 && nn_data_port(net, 1)->classes == 100;
        const unsigned char *planes = record + labels;
        for (long long at = 0; ok && at < NN_CIFAR_BYTES; at++)
            nn_data_put(data, net, 0, row, at, (double)planes[at % 3 * NN_CIFAR_PIXELS + at / 3]);
        if (ok && data->ports > 1 && !nn_data_put(data, net, 1, row, 0, (double)record[which])) {
            char need[80];
            nn_port_need(nn_data_port(net, 1), need, sizeof need);
            ok = nn_fail(error, NN_EXIT_IO, "'%s': the label of record %lld is %d, '%s' needs %s",
                         path, i, record[which], nn_data_port(net, 1)->name, need);
        }
    }
    fclose(reader.file);
    return ok;
}

/* Reads files[0 .. count-1]; labels is 1 for CIFAR-10 and 2 for CIFAR-100. NULL at an error. The
 * network has one input of 32 x 32 x 3 values and one target. */
static nn_data *nn_read_cifar(const nn_net *net, const char *const *files, int count, int labels,
                              int with_targets, nn_error *error)
{
    long long total = 0, row = 0;
    for (int i = 0; i < count; i++) {
        long long records = nn_cifar_count(files[i], labels, error);
        if (records < 0)
            return NULL;
        total += records;
        if (total > NN_MAX_SAMPLES) {
            nn_fail(error, NN_EXIT_IO, "the files have more than %d samples", NN_MAX_SAMPLES);
            return NULL;
        }
    }
    nn_data *data = nn_data_new(net, total, with_targets);
    for (int i = 0; i < count; i++) {
        long long records = nn_cifar_count(files[i], labels, error);
        if (records < 0 || records > total - row ||
            !nn_cifar_records(files[i], labels, records, row, data, net, error)) {
            nn_data_free(data);
            return NULL;
        }
        row += records;
    }
    return data;
}

static nn_data *nn_read_cifar10(const nn_net *net, const nn_source *source, const char *const *files,
                                int count, int with_targets, nn_error *error)
{
    (void)source;
    return nn_read_cifar(net, files, count, 1, with_targets, error);
}

static nn_data *nn_read_cifar100(const nn_net *net, const nn_source *source,
                                 const char *const *files, int count, int with_targets,
                                 nn_error *error)
{
    (void)source;
    return nn_read_cifar(net, files, count, 2, with_targets, error);
}

static const nn_format nn_cifar10_files = {"CIFAR-10", NN_ANY_FILES, 0, 0, NULL, nn_read_cifar10};

static const nn_format nn_cifar100_files = {"CIFAR-100", NN_ANY_FILES, 0, 0, NULL, nn_read_cifar100};

#endif
