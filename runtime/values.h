/* values.h: typed values in a file, the samples of one port one after the other.
 *
 * What the readers of NPY, safetensors and IDX share. Each finds out where the values lie, what
 * type and shape they have; here they are compared with the port and read in pieces straight to
 * their place, so a file takes no memory beside its samples. The first axis counts samples. The
 * others must be the shape of the port, where axes of length one do not matter and a port of one
 * axis takes any shape with as many values. */
#ifndef NN_VALUES_H
#define NN_VALUES_H

#include "data.h"
#include "file.h"
#include <math.h>

enum {
    NN_VALUE_BOOL,
    NN_VALUE_U8,
    NN_VALUE_I8,
    NN_VALUE_U16,
    NN_VALUE_I16,
    NN_VALUE_F16,
    NN_VALUE_BF16,
    NN_VALUE_U32,
    NN_VALUE_I32,
    NN_VALUE_F32,
    NN_VALUE_U64,
    NN_VALUE_I64,
    NN_VALUE_F64,
    NN_VALUE_TYPES,
    NN_VALUE_AXES = 8 /* beside the samples */
};

typedef struct nn_values {
    const char *path;
    const char *name; /* of the tensor in the file; NULL when the file holds nothing else */
    long long start;  /* place of the first value */
    int type;         /* NN_VALUE_U8 ... */
    int is_big;       /* most significant byte first */
    int rank;
    long long dims[NN_VALUE_AXES]; /* without the first axis */
    long long count;
} nn_values;

static int nn_value_bytes(int type)
{
    return type <= NN_VALUE_I8 ? 1 : type <= NN_VALUE_BF16 ? 2 : type <= NN_VALUE_F32 ? 4 : 8;
}

/* "28x28" */
static void nn_dims_text(char *text, size_t size, int rank, const long long *dims)
{
    size_t used = 0;
    snprintf(text, size, "1");
    for (int axis = 0; axis < rank && used < size; axis++) {
        int length = snprintf(text + used, size - used, "%s%lld", axis > 0 ? "x" : "", dims[axis]);
        used += (size_t)(length > 0 ? length : 0);
    }
}

/* Values of a sample; products past 2^50 stay there, more than any file has. */
static long long nn_values_width(int rank, const long long *dims)
{
    long long width = 1;
    for (int axis = 0; axis < rank; axis++)
        width = dims[axis] > 0 && width > (1LL << 50) / dims[axis] ? 1LL << 50 : width * dims[axis];
    return width;
}

/* Does a sample of the file have the shape of the port? The message begins with `what`. */
static int nn_values_fit(const char *what, int rank, const long long *shape, const nn_port *port,
                         nn_error *error)
{
    long long dims[NN_MAX_RANK];
    int a = 0, b = 0;
    int fits = nn_values_width(rank, shape) == port->elements;
    while (fits && port->rank > 1 && (a < rank || b < port->rank)) {
        if (a < rank && shape[a] == 1)
            a++;
        else if (b < port->rank && port->dims[b] == 1)
            b++;
        else if (a < rank && b < port->rank && shape[a] == port->dims[b])
            a++, b++;
        else
            fits = 0;
    }
    if (fits)
        return 1;
    char found[200], needed[200];
    for (int axis = 0; axis < port->rank; axis++)
        dims[axis] = port->dims[axis];
    nn_dims_text(found, sizeof found, rank, shape);
    nn_dims_text(needed, sizeof needed, port->rank, dims);
    return nn_fail(error, NN_EXIT_IO, "%s holds samples of %s, '%s' needs %s", what, found,
                   port->name, needed);
}

/* ---- files with headers ---- */

/* A file on the way; size is that of the whole file. */
typedef struct nn_reader {
    FILE *file;
    long long size;
} nn_reader;

static int nn_reader_open(nn_reader *reader, const char *path, nn_error *error)
{
    reader->size = -1;
    reader->file = fopen(path, "rb");
    if (reader->file == NULL)
        return nn_fail(error, NN_EXIT_IO, "cannot read '%s': %s", path, strerror(errno));
    if (fseek(reader->file, 0, SEEK_END) == 0)
        reader->size = ftell(reader->file);
    /* A directory can be opened and has no end. */
    if (reader->size < 0 || reader->size > 1LL << 50 || fseek(reader->file, 0, SEEK_SET) != 0) {
        fclose(reader->file);
        return nn_fail(error, NN_EXIT_IO, "cannot read '%s': it is not a plain file", path);
    }
    return 1;
}

/* Exactly so many bytes of an open file. */
static int nn_reader_take(nn_reader *reader, const char *path, void *bytes, size_t size,
                          nn_error *error)
{
    if (size == 0 || fread(bytes, 1, size, reader->file) == size)
        return 1;
    if (ferror(reader->file) != 0)
        return nn_fail(error, NN_EXIT_IO, "cannot read '%s': %s", path, strerror(errno));
    return nn_fail(error, NN_EXIT_IO, "'%s' is truncated", path);
}

/* Goes to a place of the file, in steps that a 32-bit long can hold. */
static int nn_reader_seek(nn_reader *reader, long long place)
{
    int ok = fseek(reader->file, 0, SEEK_SET) == 0;
    while (ok && place > 0) {
        long step = place > 1L << 30 ? 1L << 30 : (long)place;
        ok = fseek(reader->file, step, SEEK_CUR) == 0;
        place -= step;
    }
    return ok;
}

/* ---- values ---- */

static double nn_half(uint32_t bits)
{
    int exponent = (int)(bits >> 10 & 31);
    double fraction = bits & 1023, value;
    if (exponent == 31)
        value = fraction > 0.0 ? NAN : INFINITY;
    else if (exponent == 0)
        value = fraction / 16777216.0; /* 2^-24 */
    else
        value = exponent >= 25 ? (1024.0 + fraction) * (double)(1 << (exponent - 25))
                               : (1024.0 + fraction) / (double)(1 << (25 - exponent));
    return bits >> 15 ? -value : value;
}

/* The value at `from`; whole numbers beyond 2^53 are rounded. */
static double nn_value_at(const unsigned char *from, int type, int is_big)
{
    int bytes = nn_value_bytes(type);
    uint64_t bits = 0;
    for (int i = 0; i < bytes; i++)
        bits = bits << 8 | from[is_big ? i : bytes - 1 - i];
    uint32_t low = (uint32_t)bits;
    float single;
    double real;
    switch (type) {
    case NN_VALUE_I8:
        return (double)(bits < 128 ? (int)bits : (int)bits - 256);
    case NN_VALUE_I16:
        return (double)(bits < 32768 ? (int)bits : (int)bits - 65536);
    case NN_VALUE_I32:
        return (double)(int32_t)low;
    case NN_VALUE_I64:
        return (double)(int64_t)bits;
    case NN_VALUE_F16:
        return nn_half(low);
    case NN_VALUE_BF16:
        low <<= 16;
        memcpy(&single, &low, sizeof single);
        return (double)single;
    case NN_VALUE_F32:
        memcpy(&single, &low, sizeof single);
        return (double)single;
    case NN_VALUE_F64:
        memcpy(&real, &bits, sizeof real);
        return real;
    default:
        return (double)bits;
    }
}

/* Values that are stored as the port keeps them: bytes. */
static int nn_values_same(const nn_values *values, const nn_port *port)
{
    return values->type == NN_VALUE_U8 && port->type == NN_U8;
}

/* "'data.npy'" or "'data.safetensors': 'image'" */
static void nn_values_what(const nn_values *values, char *text, size_t size)
{
    if (values->name != NULL)
        snprintf(text, size, "'%.500s': '%.200s'", values->path, values->name);
    else
        snprintf(text, size, "'%.500s'", values->path);
}

/* All values into port `index` of the data, which has values->count rows. */
static int nn_values_read(const nn_values *values, nn_reader *reader, nn_data *data,
                          const nn_net *net, int index, nn_error *error)
{
    const nn_port *port = nn_data_port(net, index);
    long long total = values->count * port->elements, bytes = nn_value_bytes(values->type);
    unsigned char block[8192];
    char what[800], need[80];
    if (!nn_reader_seek(reader, values->start))
        return nn_fail(error, NN_EXIT_IO, "cannot read '%s': %s", values->path, strerror(errno));
    if (nn_values_same(values, port))
        return nn_reader_take(reader, values->path, data->values[index], (size_t)total, error);
    for (long long first = 0; first < total;) {
        long long count = (long long)sizeof block / bytes;
        count = count < total - first ? count : total - first;
        if (!nn_reader_take(reader, values->path, block, (size_t)(count * bytes), error))
            return 0;
        for (long long i = 0; i < count; i++) {
            double value = nn_value_at(block + i * bytes, values->type, values->is_big);
            long long row = (first + i) / port->elements, element = (first + i) % port->elements;
            if (!nn_data_put(data, net, index, row, element, value)) {
                nn_values_what(values, what, sizeof what);
                nn_port_need(port, need, sizeof need);
                return nn_fail(error, NN_EXIT_IO, "%s: sample %lld is %.17g, '%s' needs %s", what,
                               row, value, port->name, need);
            }
        }
        first += count;
    }
    return 1;
}

#endif
