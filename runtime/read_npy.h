/* read_npy.h: reads NPY files, the format of numpy.save.
 *
 * A file is "\x93NUMPY", two bytes of version, the length of a header (2 bytes, from version 2 on
 * 4), a header such as {'descr': '<f4', 'fortran_order': False, 'shape': (60000, 28, 28), } and the
 * values. One file per port, all with the same number of samples. */
#ifndef NN_READ_NPY_H
#define NN_READ_NPY_H

#include "values.h"

enum { NN_NPY_HEADER = 1 << 16 }; /* longest header: that of version 1 */

/* A type such as '<f4'; -1 when values of it are no numbers that a port takes. */
static int nn_npy_type(const char *descr, size_t length, int *is_big)
{
    static const struct {
        char text[4];
        int type;
    } types[] = {{"b1", NN_VALUE_BOOL}, {"u1", NN_VALUE_U8},  {"i1", NN_VALUE_I8},
                 {"u2", NN_VALUE_U16},  {"i2", NN_VALUE_I16}, {"f2", NN_VALUE_F16},
                 {"u4", NN_VALUE_U32},  {"i4", NN_VALUE_I32}, {"f4", NN_VALUE_F32},
                 {"u8", NN_VALUE_U64},  {"i8", NN_VALUE_I64}, {"f8", NN_VALUE_F64}};
    if (length != 3 || strchr("<>|=", descr[0]) == NULL)
        return -1;
    *is_big = descr[0] == '>';
    for (int i = 0; i < (int)(sizeof types / sizeof types[0]); i++)
        if (memcmp(types[i].text, descr + 1, 2) == 0)
            return types[i].type;
    return -1;
}

/* The text after 'key': in the header, or NULL. */
static const char *nn_npy_value(const char *header, const char *key)
{
    char quoted[40];
    snprintf(quoted, sizeof quoted, "'%s'", key);
    const char *at = strstr(header, quoted);
    if (at == NULL)
        return NULL;
    at += strlen(quoted);
    at += strspn(at, " ");
    return *at == ':' ? at + 1 + strspn(at + 1, " ") : NULL;
}

/* (60000, 28, 28): the first is the number of samples. Returns how many numbers there are, -1 when
 * this is no such list or too long a one. */
static int nn_npy_shape(const char *at, nn_values *values)
{
    int axes = 0;
    if (*at++ != '(')
        return -1;
    for (;;) {
        at += strspn(at, " ");
        if (*at == ')')
            return axes;
        long long dim = 0;
        if (*at < '0' || *at > '9' || axes > NN_VALUE_AXES)
            return -1;
        for (; *at >= '0' && *at <= '9'; at++) {
            dim = dim * 10 + (*at - '0');
            if (dim > 1LL << 50)
                return -1;
        }
        if (axes++ == 0)
            values->count = dim;
        else
            values->dims[axes - 2] = dim;
        at += strspn(at, " L");
        if (*at == ',')
            at++;
        else if (*at != ')')
            return -1;
    }
}

/* The words of the header. */
static int nn_npy_words(nn_values *values, const char *header, nn_error *error)
{
    const char *descr = nn_npy_value(header, "descr");
    const char *order = nn_npy_value(header, "fortran_order");
    const char *shape = nn_npy_value(header, "shape");
    if (descr == NULL || order == NULL || shape == NULL)
        return nn_fail(error, NN_EXIT_IO, "'%s' is not an NPY file: its header lacks '%s'",
                       values->path,
                       descr == NULL   ? "descr"
                       : order == NULL ? "fortran_order"
                                       : "shape");
    size_t length = *descr == '\'' ? strcspn(descr + 1, "'") : 0;
    values->type = length > 0 ? nn_npy_type(descr + 1, length, &values->is_big) : -1;
    if (values->type < 0)
        return nn_fail(error, NN_EXIT_IO,
                       "'%s' holds values of type %.*s; numbers are needed, such as '<f4'",
                       values->path, length > 0 && length < 40 ? (int)length + 2 : 6, descr);
    int axes = nn_npy_shape(shape, values);
    if (axes < 0)
        return nn_fail(error, NN_EXIT_IO, "'%s' has a shape that cannot be read: %.40s",
                       values->path, shape);
    if (axes == 0)
        return nn_fail(error, NN_EXIT_IO,
                       "'%s' holds a single number; its first axis must count samples",
                       values->path);
    values->rank = axes - 1;
    if (strncmp(order, "True", 4) == 0 && values->rank > 0)
        return nn_fail(error, NN_EXIT_IO,
                       "'%s' is in Fortran order; numpy.ascontiguousarray makes an array "
                       "that is not",
                       values->path);
    return 1;
}

/* Reads the header, and compares it with the size of the file. */
static int nn_npy_header(nn_values *values, nn_reader *reader, nn_error *error)
{
    unsigned char start[12];
    char shape[200];
    memset(start, 0, sizeof start);
    size_t got = fread(start, 1, sizeof start, reader->file);
    if (got < 10 || memcmp(start, "\x93NUMPY", 6) != 0)
        return nn_fail(error, NN_EXIT_IO,
                       "'%s' is not an NPY file: it does not begin with \\x93NUMPY", values->path);
    int place = start[6] == 1 ? 10 : 12;
    long long length = start[8] | start[9] << 8;
    if (start[6] > 1)
        length |= (long long)start[10] << 16 | (long long)start[11] << 24;
    if (start[6] < 1 || start[6] > 3 || length > NN_NPY_HEADER)
        return nn_fail(error, NN_EXIT_IO,
                       "'%s' is an NPY file of version %d with a header of %lld bytes; "
                       "versions 1 to 3 and %d bytes can be read",
                       values->path, start[6], length, NN_NPY_HEADER);
    if (reader->size < place + length)
        return nn_fail(error, NN_EXIT_IO,
                       "'%s' is truncated: its header takes %lld bytes, found %lld", values->path,
                       place + length, reader->size);
    char *header = NN_ALLOCATE(char, length + 1);
    int ok = nn_reader_seek(reader, place) &&
             nn_reader_take(reader, values->path, header, (size_t)length, error) &&
             nn_npy_words(values, header, error);
    nn_free(header);
    if (!ok)
        return 0;
    values->start = place + length;
    long long width = nn_values_width(values->rank, values->dims),
              bytes = nn_value_bytes(values->type);
    long long found = reader->size - values->start, rows = width > 0 ? found / bytes / width : 0;
    nn_dims_text(shape, sizeof shape, values->rank, values->dims);
    /* In this order no product overflows. */
    if (width > 0 && (values->count > rows || values->count * width * bytes != found))
        return nn_fail(error, NN_EXIT_IO,
                       "'%s' is %s: %lld samples of %s do not take %lld bytes after the header",
                       values->path, values->count > rows ? "truncated" : "too long", values->count,
                       shape, found);
    if (values->count > NN_MAX_SAMPLES)
        return nn_fail(error, NN_EXIT_IO, "'%s' has more than %d samples", values->path,
                       NN_MAX_SAMPLES);
    return 1;
}

/* Reads files[0 .. ports-1], one per input and, with_targets, one per target. NULL at an error. */
static nn_data *nn_read_npy(const nn_net *net, const nn_source *source, const char *const *files,
                            int count, int with_targets, nn_error *error)
{
    int ports = net->input_count + (with_targets ? net->target_count : 0), open = 0, ok = 1;
    (void)source, (void)count;
    nn_values *values = NN_ALLOCATE(nn_values, ports);
    nn_reader *readers = NN_ALLOCATE(nn_reader, ports);
    nn_data *data = NULL;
    char what[800];
    while (ok && open < ports) {
        nn_values *v = &values[open];
        v->path = files[open];
        ok = nn_reader_open(&readers[open], v->path, error);
        if (!ok)
            break;
        nn_values_what(v, what, sizeof what);
        ok = nn_npy_header(v, &readers[open], error) &&
             nn_values_fit(what, v->rank, v->dims, nn_data_port(net, open), error);
        if (ok && v->count != values[0].count)
            ok = nn_fail(error, NN_EXIT_IO, "'%s' has %lld samples but '%s' has %lld",
                         values[0].path, values[0].count, v->path, v->count);
        open++;
    }
    if (ok) {
        data = nn_data_new(net, values[0].count, with_targets);
        for (int i = 0; ok && i < ports; i++)
            ok = nn_values_read(&values[i], &readers[i], data, net, i, error);
    }
    while (open > 0)
        fclose(readers[--open].file);
    nn_free(readers);
    nn_free(values);
    if (!ok) {
        nn_data_free(data);
        data = NULL;
    }
    return data;
}

static int nn_is_npy(const unsigned char *start, size_t length)
{
    return length >= 6 && memcmp(start, "\x93NUMPY", 6) == 0;
}

static const nn_format nn_npy_files = {"NPY", NN_FILE_PER_PORT, 0, 0, nn_is_npy, nn_read_npy};

#endif
