/* read_idx.h: reads IDX files, the format of MNIST and its relatives.
 *
 * A file is two zero bytes, a type (8: bytes, 0x0C: 32-bit integers, 0x0D: floats), the number of
 * axes, the size of each axis and the values, all big-endian. The first axis counts samples. One file
 * per port, all with the same number of samples. */
#ifndef NN_READ_IDX_H
#define NN_READ_IDX_H

#include "values.h"

typedef struct nn_idx {
    const char *path;
    unsigned char *bytes;
    size_t size, start; /* start of the values */
    int type, rank;
    long long count, dims[8]; /* samples; of one of them, its axes */
} nn_idx;

static uint32_t nn_big_endian(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/* The header, checked against the size of the file. */
static int nn_idx_header(nn_idx *idx, nn_error *error)
{
    const unsigned char *b = idx->bytes;
    if (idx->size >= 2 && b[0] == 0x1F && b[1] == 0x8B)
        return nn_fail(error, NN_EXIT_IO,
                       "'%s' is compressed with gzip; unpack it first, for example with 'gzip -dk'",
                       idx->path);
    if (idx->size < 4)
        return nn_fail(error, NN_EXIT_IO, "'%s' is not an IDX file: it has only %llu bytes", idx->path,
                       (unsigned long long)idx->size);
    idx->type = b[2];
    idx->rank = b[3] - 1;
    if (b[0] != 0 || b[1] != 0 || (idx->type != 8 && idx->type != 12 && idx->type != 13) ||
        idx->rank < 0 || idx->rank > 7)
        return nn_fail(error, NN_EXIT_IO,
                       "'%s' is not an IDX file: magic number 0x%08lX, needed 0x000008nn for bytes",
                       idx->path, (unsigned long)nn_big_endian(b));
    idx->start = 4 + 4 * (size_t)b[3];
    if (idx->size < idx->start)
        return nn_fail(error, NN_EXIT_IO, "'%s' is truncated: its header takes %llu bytes, found %llu",
                       idx->path, (unsigned long long)idx->start, (unsigned long long)idx->size);
    long long dims[9] = {0};
    for (int axis = 0; axis <= idx->rank; axis++)
        dims[axis] = nn_big_endian(b + 4 + 4 * axis);
    idx->count = dims[0];
    memcpy(idx->dims, dims + 1, sizeof idx->dims);
    unsigned long long found = idx->size - idx->start;
    unsigned long long needed = (unsigned long long)nn_values_width(idx->rank + 1, dims) *
                                (idx->type == 8 ? 1 : 4);
    char shape[200];
    nn_dims_text(shape, sizeof shape, idx->rank, idx->dims);
    if (needed != found)
        return nn_fail(error, NN_EXIT_IO,
                       "'%s' is %s: %lld samples of %s take %llu bytes after the header, found %llu",
                       idx->path, needed > found ? "truncated" : "too long", idx->count, shape, needed,
                       found);
    if (idx->count > NN_MAX_SAMPLES)
        return nn_fail(error, NN_EXIT_IO, "'%s' has more than %d samples", idx->path, NN_MAX_SAMPLES);
    return 1;
}

/* The values of one file into port `index` of the data. */
static int nn_idx_values(const nn_idx *idx, nn_data *data, const nn_net *net, int index,
                         nn_error *error)
{
    const nn_port *port = nn_data_port(net, index);
    const unsigned char *from = idx->bytes + idx->start;
    if (idx->type == 8 && port->type == NN_U8) {
        memcpy(data->values[index], from, (size_t)(idx->count * port->elements));
        return 1;
    }
    for (long long i = 0; i < idx->count * port->elements; i++) {
        uint32_t bits = idx->type == 8 ? from[i] : nn_big_endian(from + 4 * i);
        float real;
        memcpy(&real, &bits, sizeof real);
        double value = idx->type == 13 ? (double)real : (double)(int32_t)bits;
        long long sample = i / port->elements;
        if (!nn_data_put(data, net, index, sample, i % port->elements, value)) {
            char need[80];
            nn_port_need(port, need, sizeof need);
            return nn_fail(error, NN_EXIT_IO, "'%s': sample %lld is %g, '%s' needs %s", idx->path,
                           sample, value, port->name, need);
        }
    }
    return 1;
}

/* Reads files[0 .. ports-1], one per input and, with_targets, one per target. NULL at an error. */
static nn_data *nn_read_idx(const nn_net *net, const nn_source *source, const char *const *files,
                            int count, int with_targets, nn_error *error)
{
    int ports = net->input_count + (with_targets ? net->target_count : 0), ok = 1;
    (void)source, (void)count;
    nn_idx *idx = NN_ALLOCATE(nn_idx, ports);
    nn_data *data = NULL;
    for (int i = 0; ok && i < ports; i++) {
        char what[800];
        idx[i].path = files[i];
        snprintf(what, sizeof what, "'%.700s'", files[i]);
        ok = nn_file_read(files[i], &idx[i].bytes, &idx[i].size, error) && nn_idx_header(&idx[i], error) &&
             nn_values_fit(what, idx[i].rank, idx[i].dims, nn_data_port(net, i), error);
        if (ok && idx[i].count != idx[0].count)
            ok = nn_fail(error, NN_EXIT_IO, "'%s' has %lld samples but '%s' has %lld", idx[0].path,
                         idx[0].count, idx[i].path, idx[i].count);
    }
    if (ok) {
        data = nn_data_new(net, idx[0].count, with_targets);
        for (int i = 0; ok && i < ports; i++)
            ok = nn_idx_values(&idx[i], data, net, i, error);
    }
    for (int i = 0; i < ports; i++)
        nn_free(idx[i].bytes);
    nn_free(idx);
    if (!ok) {
        nn_data_free(data);
        data = NULL;
    }
    return data;
}

static int nn_is_idx(const unsigned char *start, size_t length)
{
    return length >= 4 && start[0] == 0 && start[1] == 0 && (start[2] == 8 || start[2] >= 12);
}

static const nn_format nn_idx_files = {"IDX", NN_FILE_PER_PORT, 0, 0, nn_is_idx, nn_read_idx};

#endif
