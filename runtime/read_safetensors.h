/* read_safetensors.h: samples from a safetensors file: a tensor for each port, of its name, whose
 * first axis counts samples. Other tensors of the file do not matter. Only the header is kept in
 * memory. */
#ifndef NN_READ_SAFETENSORS_H
#define NN_READ_SAFETENSORS_H

#include "safetensors_parse.h"
#include "values.h"

/* Names of the types NN_VALUE_BOOL ... */
static const char *const nn_value_names[NN_VALUE_TYPES] = {
    "BOOL", "U8", "I8", "U16", "I16", "F16", "BF16", "U32", "I32", "F32", "U64", "I64", "F64"};

/* The type of an entry, or -1 when a port cannot take it. */
static int nn_entry_type(const nn_scan *scan, const nn_entry *entry)
{
    for (int type = 0; type < NN_VALUE_TYPES; type++)
        if (nn_scan_same(scan, entry->type, entry->type_length, nn_value_names[type]))
            return type;
    return -1;
}

/* An entry that is the values of a port. */
static int nn_entry_values(const nn_scan *scan, const nn_entry *entry, long long data_bytes,
                           nn_values *values, nn_error *error)
{
    char what[800];
    nn_values_what(values, what, sizeof what);
    if (values->start != 0)
        return nn_fail(error, NN_EXIT_IO, "'%s' holds '%s' twice", values->path, values->name);
    if (entry->begin > entry->end || entry->end > (uint64_t)data_bytes ||
        entry->end - entry->begin != entry->bytes)
        return nn_fail(error, NN_EXIT_IO,
                       "'%s': the data of '%s' do not fit its shape or the size of the file",
                       values->path, values->name);
    values->type = nn_entry_type(scan, entry);
    if (values->type < 0)
        return nn_fail(error, NN_EXIT_IO, "%s has the type %.*s, which cannot be read", what,
                       (int)entry->type_length, (const char *)scan->bytes + entry->type);
    if (entry->rank < 1 || entry->rank > 6)
        return nn_fail(error, NN_EXIT_IO,
                       "%s has %d axes; 1 to 6 are needed, the first of which counts samples", what,
                       entry->rank);
    values->count = (long long)entry->dims[0];
    values->rank = entry->rank - 1;
    for (int axis = 1; axis < entry->rank; axis++)
        values->dims[axis - 1] = (long long)entry->dims[axis];
    values->start = (long long)(scan->end + entry->begin);
    if (values->count > NN_MAX_SAMPLES)
        return nn_fail(error, NN_EXIT_IO, "%s has more than %d samples", what, NN_MAX_SAMPLES);
    return 1;
}

/* Finds values[0 .. ports-1], whose paths and names are set, in a header. */
static int nn_header_values(nn_scan *scan, long long data_bytes, nn_values *values, int ports,
                            nn_error *error)
{
    nn_entry entry;
    for (int is_first = 1; nn_scan_next(scan, &entry, is_first); is_first = 0)
        for (int i = 0; i < ports; i++)
            if (nn_scan_same(scan, entry.name, entry.name_length, values[i].name) &&
                !nn_entry_values(scan, &entry, data_bytes, &values[i], error))
                return 0;
    if (scan->bad || nn_scan_peek(scan) != -1)
        return nn_fail(error, NN_EXIT_IO, "'%s' is not a safetensors file (header, byte %llu)",
                       values[0].path, (unsigned long long)scan->at);
    for (int i = 0; i < ports; i++)
        if (values[i].start == 0)
            return nn_fail(error, NN_EXIT_IO,
                           "'%s' has no tensor '%s'; each input and target needs one of its "
                           "name",
                           values[i].path, values[i].name);
    return 1;
}

/* Reads the header of an open file; nn_free *header afterwards. */
static int nn_safetensors_header(nn_reader *reader, const char *path, nn_scan *scan,
                                 unsigned char **header, nn_error *error)
{
    unsigned char start[8];
    uint64_t length = 0;
    size_t data;
    *header = NULL;
    if (reader->size < 8 || !nn_reader_take(reader, path, start, sizeof start, error))
        return nn_fail(error, NN_EXIT_IO, "'%s' is not a safetensors file: it has only %lld bytes",
                       path, reader->size);
    for (int i = 7; i >= 0; i--)
        length = length << 8 | start[i];
    if (length > (uint64_t)100 << 20) /* the limit of the format's own library */
        return nn_fail(error, NN_EXIT_IO,
                       "'%s' is not a safetensors file: its header would have %llu bytes", path,
                       (unsigned long long)length);
    if (length > (uint64_t)reader->size - 8)
        return nn_fail(error, NN_EXIT_IO,
                       "'%s' is truncated: its header takes %llu bytes, found %lld", path,
                       (unsigned long long)length + 8, reader->size);
    *header = NN_ALLOCATE(unsigned char, (long long)length + 8);
    memcpy(*header, start, sizeof start);
    return nn_reader_take(reader, path, *header + 8, (size_t)length, error) &&
           nn_safetensors_open(*header, (size_t)length + 8, scan, &data) == NN_FILE_OK;
}

/* Reads the inputs and, with_targets, the targets. NULL at an error. */
static nn_data *nn_read_safetensors(const nn_net *net, const nn_source *source,
                                    const char *const *files, int count, int with_targets,
                                    nn_error *error)
{
    const char *path = files[0];
    int ports = net->input_count + (with_targets ? net->target_count : 0);
    (void)source, (void)count;
    nn_values *values = NN_ALLOCATE(nn_values, ports);
    nn_reader reader;
    nn_scan scan = {NULL, 0, 0, 0, 0};
    nn_data *data = NULL;
    unsigned char *header = NULL;
    char what[800];
    int is_open = nn_reader_open(&reader, path, error), ok = is_open;
    for (int i = 0; i < ports; i++) {
        values[i].path = path;
        values[i].name = nn_data_port(net, i)->name;
    }
    ok = ok && nn_safetensors_header(&reader, path, &scan, &header, error) &&
         nn_header_values(&scan, reader.size - (long long)scan.end, values, ports, error);
    for (int i = 0; ok && i < ports; i++) {
        nn_values_what(&values[i], what, sizeof what);
        ok = nn_values_fit(what, values[i].rank, values[i].dims, nn_data_port(net, i), error);
        if (ok && values[i].count != values[0].count)
            ok = nn_fail(error, NN_EXIT_IO, "'%s': '%s' has %lld samples but '%s' has %lld", path,
                         values[0].name, values[0].count, values[i].name, values[i].count);
    }
    if (ok) {
        data = nn_data_new(net, values[0].count, with_targets);
        for (int i = 0; ok && i < ports; i++)
            ok = nn_values_read(&values[i], &reader, data, net, i, error);
    }
    if (is_open)
        fclose(reader.file);
    nn_free(header);
    nn_free(values);
    if (!ok) {
        nn_data_free(data);
        data = NULL;
    }
    return data;
}

static int nn_is_safetensors(const unsigned char *start, size_t length)
{
    /* the length of a header below 4 GB, and its first character */
    return length >= 9 && (start[4] | start[5] | start[6] | start[7]) == 0 && start[8] == '{';
}

static const nn_format nn_safetensors_files = {"safetensors", NN_ONE_FILE, 0, 0, nn_is_safetensors,
                                               nn_read_safetensors};

/* ---- what nndc packs ---- */

/* Pictures and MATLAB files are read by `nndc data pack`, which writes them as one safetensors file. */
static nn_data *nn_read_packed(const nn_net *net, const nn_source *source, const char *const *files,
                               int count, int with_targets, nn_error *error)
{
    const char *set = nn_set_names[source->set];
    if (count == 0)
        nn_fail(error, NN_EXIT_USAGE, "the %s set comes from '%s', which must be packed first: 'nndc "
                "data pack %s --set %s -o FILE.safetensors', then '--source %s=FILE.safetensors' here",
                set, source->files[0], net->source, set, set);
    else if (count > 1)
        nn_fail(error, NN_EXIT_USAGE, "samples are read from 1 file, %d given", count);
    if (count != 1)
        return NULL;
    return nn_read_safetensors(net, source, files, count, with_targets, error);
}

static const nn_format nn_packed_files = {"safetensors", NN_ANY_FILES, 1, 0, nn_is_safetensors,
                                          nn_read_packed};

#endif
