/* read_csv.h: reads tables of numbers from CSV files.
 *
 * One row is one sample: the values of all inputs, then of all targets. Fields may be quoted ("" is
 * a quote inside), rows end in LF or CRLF, empty lines are skipped, and blanks around a field do not
 * count, nor does a byte order mark. A missing value, a row of another length or a text where a number
 * belongs is an error with file and line. Columns are chosen by name (first row) or number, from 0;
 * without a choice the file must have exactly the columns that the ports need. */
#ifndef NN_READ_CSV_H
#define NN_READ_CSV_H

#include "data.h"
#include "file.h"

typedef struct nn_field {
    size_t begin, length; /* without quotes and blanks */
} nn_field;

typedef struct nn_csv {
    const char *path;
    const unsigned char *bytes;
    size_t size, start, at; /* start: after a byte order mark */
    char separator;
    int has_header;
    long long line;      /* of the next row                        */
    long long row_line;  /* of the row just read                   */
    nn_field *fields;    /* of the row just read                   */
    int field_count, field_room;
} nn_csv;

static inline NN_UNUSED int nn_csv_blank(unsigned char c)
{
    return c == ' ' || c == '\t';
}

static inline NN_UNUSED void nn_csv_push(nn_csv *csv, size_t begin, size_t end)
{
    if (csv->field_count == csv->field_room) {
        int room = csv->field_room * 2 + 16;
        nn_field *moved = NN_ALLOCATE(nn_field, room);
        if (csv->field_count > 0)
            memcpy(moved, csv->fields, sizeof *moved * (size_t)csv->field_count);
        nn_free(csv->fields);
        csv->fields = moved;
        csv->field_room = room;
    }
    csv->fields[csv->field_count].begin = begin;
    csv->fields[csv->field_count].length = end - begin;
    csv->field_count++;
}

/* One field; leaves `at` on the separator, the line end or the end of the file. */
static inline NN_UNUSED int nn_csv_field(nn_csv *csv, nn_error *error)
{
    const unsigned char *b = csv->bytes;
    while (csv->at < csv->size && nn_csv_blank(b[csv->at]) && b[csv->at] != (unsigned char)csv->separator)
        csv->at++;
    size_t begin = csv->at, end;
    if (csv->at < csv->size && b[csv->at] == '"') {
        long long opened = csv->line;
        begin = ++csv->at;
        while (csv->at < csv->size && (b[csv->at] != '"' || (csv->at + 1 < csv->size && b[csv->at + 1] == '"'))) {
            csv->line += b[csv->at] == '\n';
            csv->at += b[csv->at] == '"' ? 2u : 1u;
        }
        if (csv->at >= csv->size)
            return nn_fail(error, NN_EXIT_IO, "%s:%lld: a quote that opens here never closes", csv->path,
                           opened);
        end = csv->at++;
        while (csv->at < csv->size && nn_csv_blank(b[csv->at]) && b[csv->at] != (unsigned char)csv->separator)
            csv->at++;
        if (csv->at < csv->size && b[csv->at] != (unsigned char)csv->separator && b[csv->at] != '\n' &&
            b[csv->at] != '\r')
            return nn_fail(error, NN_EXIT_IO, "%s:%lld: text after a closing quote", csv->path,
                           csv->line);
    } else {
        while (csv->at < csv->size && b[csv->at] != (unsigned char)csv->separator && b[csv->at] != '\n' &&
               b[csv->at] != '\r')
            csv->at++;
        end = csv->at;
        while (end > begin && nn_csv_blank(b[end - 1]))
            end--;
    }
    nn_csv_push(csv, begin, end);
    return 1;
}

/* The next row that is not empty. *more becomes 0 at the end of the file. Returns 0 at an error. */
static inline NN_UNUSED int nn_csv_row(nn_csv *csv, int *more, nn_error *error)
{
    *more = 0;
    while (csv->at < csv->size) {
        csv->field_count = 0;
        csv->row_line = csv->line;
        for (;;) {
            if (!nn_csv_field(csv, error))
                return 0;
            if (csv->at >= csv->size || csv->bytes[csv->at] != (unsigned char)csv->separator)
                break;
            csv->at++;
        }
        if (csv->at < csv->size && csv->bytes[csv->at] == '\r')
            csv->at++;
        if (csv->at < csv->size && csv->bytes[csv->at] == '\n')
            csv->at++;
        csv->line++;
        if (csv->field_count > 1 || csv->fields[0].length > 0) {
            *more = 1;
            return 1;
        }
    }
    return 1;
}

/* The text of a field, cut to the buffer. */
static inline NN_UNUSED void nn_csv_text(const nn_csv *csv, int field, char *text, size_t size)
{
    size_t length = csv->fields[field].length;
    length = length < size - 1 ? length : size - 1;
    memcpy(text, csv->bytes + csv->fields[field].begin, length);
    text[length] = '\0';
}

/* A finite number in the usual notation; no hexadecimal, "nan" or "inf". */
static inline NN_UNUSED int nn_csv_number(const char *text, double *value)
{
    char *end;
    if (text[strspn(text, "0123456789+-.eE")] != '\0')
        return 0;
    *value = strtod(text, &end);
    return end != text && *end == '\0' && *value - *value == 0.0;
}

static inline NN_UNUSED int nn_csv_missing(const char *text)
{
    static const char words[8][8] = {"", "?", "NA", "N/A", "NaN", "nan", "null", "NULL"};
    for (int i = 0; i < 8; i++)
        if (strcmp(text, words[i]) == 0)
            return 1;
    return 0;
}

/* Field numbers of the wanted columns; the row just read is the header when there is one. */
static inline NN_UNUSED int nn_csv_columns(const nn_csv *csv, const nn_column *columns, int count,
                                           int has_header, int *fields, nn_error *error)
{
    for (int i = 0; i < count; i++) {
        fields[i] = columns[i].number;
        if (columns[i].name == NULL) {
            if (columns[i].number < 0 || columns[i].number >= csv->field_count)
                return nn_fail(error, NN_EXIT_IO, "'%s' has columns 0 to %d, column %d was asked for",
                               csv->path, csv->field_count - 1, columns[i].number);
            continue;
        }
        if (!has_header)
            return nn_fail(error, NN_EXIT_IO, "'%s' has no header, column '%s' cannot be found by name",
                           csv->path, columns[i].name);
        char name[200], near[200] = "";
        fields[i] = -1;
        for (int field = 0; field < csv->field_count; field++) {
            nn_csv_text(csv, field, name, sizeof name);
            if (strcmp(name, columns[i].name) == 0)
                fields[i] = field;
            if (nn_nearer(columns[i].name, near[0] != '\0' ? near : NULL, name) == name)
                memcpy(near, name, sizeof near);
        }
        if (fields[i] < 0)
            return nn_fail(error, NN_EXIT_IO, "'%s' has no column '%s'%s%s%s", csv->path,
                           columns[i].name, near[0] != '\0' ? "; did you mean '" : "", near,
                           near[0] != '\0' ? "'?" : "");
    }
    return 1;
}

/* Is the row just read, the header, a row of numbers? Then a sample may have been taken for names. */
static inline NN_UNUSED int nn_csv_is_numbers(const nn_csv *csv)
{
    for (int field = 0; field < csv->field_count; field++) {
        char text[80];
        double value;
        nn_csv_text(csv, field, text, sizeof text);
        if (!nn_csv_number(text, &value))
            return 0;
    }
    return 1;
}

/* Puts the row just read into sample `sample`. */
static inline NN_UNUSED int nn_csv_store(const nn_csv *csv, const int *fields, nn_data *data,
                                         const nn_net *net, long long sample, nn_error *error)
{
    int next = 0;
    for (int index = 0; index < data->ports; index++) {
        const nn_port *port = nn_data_port(net, index);
        for (long long element = 0; element < port->elements; element++, next++) {
            char text[80], need[80];
            double value = 0;
            nn_csv_text(csv, fields[next], text, sizeof text);
            if (nn_csv_missing(text))
                return nn_fail(error, NN_EXIT_IO, "%s:%lld: column %d has no value ('%s')", csv->path,
                               csv->row_line, fields[next], text);
            if (!nn_csv_number(text, &value) ||
                !nn_data_put(data, net, index, sample, element, value)) {
                nn_port_need(port, need, sizeof need);
                return nn_fail(error, NN_EXIT_IO, "%s:%lld: column %d is '%s', '%s' needs %s%s",
                               csv->path, csv->row_line, fields[next], text, port->name, need,
                               sample == 0 && !csv->has_header &&
                                       strchr("+-.0123456789", text[0]) == NULL
                                   ? "; names in the first line need 'header = true'"
                                   : "");
            }
        }
    }
    return 1;
}

/* Rows of numbers: counts them, then stores them. */
static inline NN_UNUSED nn_data *nn_csv_samples(nn_csv *csv, const nn_net *net, const int *fields,
                                                int width, int with_targets, nn_error *error)
{
    size_t start = csv->at;
    long long line = csv->line, count = 0;
    int more = 1;
    for (;;) {
        if (!nn_csv_row(csv, &more, error))
            return NULL;
        if (!more)
            break;
        if (csv->field_count != width) {
            nn_fail(error, NN_EXIT_IO, "%s:%lld: %d column%s, the rows before have %d", csv->path,
                    csv->row_line, csv->field_count, csv->field_count == 1 ? "" : "s", width);
            return NULL;
        }
        count++;
    }
    if (count > NN_MAX_SAMPLES) {
        nn_fail(error, NN_EXIT_IO, "'%s' has more than %d rows", csv->path, NN_MAX_SAMPLES);
        return NULL;
    }
    nn_data *data = nn_data_new(net, count, with_targets);
    csv->at = start;
    csv->line = line;
    for (long long sample = 0; sample < count; sample++)
        if (!nn_csv_row(csv, &more, error) || !nn_csv_store(csv, fields, data, net, sample, error)) {
            nn_data_free(data);
            return NULL;
        }
    return data;
}

/* Reads the first row, finds the columns and reads the samples. */
static inline NN_UNUSED nn_data *nn_csv_table(nn_csv *csv, const nn_net *net, const nn_source *source,
                                              int with_targets, int *fields, int needed,
                                              nn_error *error)
{
    int more;
    if (!nn_csv_row(csv, &more, error))
        return NULL;
    if (!more) {
        nn_fail(error, NN_EXIT_IO, "'%s' is empty", csv->path);
        return NULL;
    }
    int width = csv->field_count;
    if (source->column_count == 0) {
        long long targets = 0; /* a table with targets will do where only inputs are read */
        for (int i = 0; !with_targets && i < net->target_count; i++)
            targets += net->targets[i].elements;
        if (width != needed && width != needed + targets) {
            nn_fail(error, NN_EXIT_IO, "%s:%lld: %d column%s, the network needs %d", csv->path,
                    csv->row_line, width, width == 1 ? "" : "s", needed);
            return NULL;
        }
        for (int i = 0; i < needed; i++)
            fields[i] = i;
    } else if (source->column_count < needed) {
        nn_fail(error, NN_EXIT_IO, "'%s': %d columns are named, the network needs %d", csv->path,
                source->column_count, needed);
        return NULL;
    } else if (!nn_csv_columns(csv, source->columns, needed, source->has_header, fields, error)) {
        return NULL;
    }
    if (!source->has_header) {
        csv->at = csv->start;
        csv->line = 1;
    } else if (nn_csv_is_numbers(csv)) {
        fprintf(stderr, "note: %s:%lld: skipped as the names of the columns, though it holds only "
                "numbers ('header = true')\n", csv->path, csv->row_line);
    }
    return nn_csv_samples(csv, net, fields, width, with_targets, error);
}

/* Reads a CSV file; of the source, columns, has_header and separator count. NULL at an error. */
static inline NN_UNUSED nn_data *nn_read_csv(const nn_net *net, const nn_source *source,
                                             const char *path, int with_targets, nn_error *error)
{
    unsigned char *bytes;
    nn_csv csv;
    memset(&csv, 0, sizeof csv);
    if (!nn_file_read(path, &bytes, &csv.size, error))
        return NULL;
    nn_data *data = NULL;
    long long needed = 0;
    for (int i = 0; i < net->input_count + (with_targets ? net->target_count : 0); i++)
        needed += nn_data_port(net, i)->elements;
    csv.path = path;
    csv.bytes = bytes;
    csv.separator = source->separator != '\0' ? source->separator : ',';
    csv.line = 1;
    csv.has_header = source->has_header;
    if (csv.size >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0)
        csv.start = csv.at = 3;
    if (csv.size >= 2 && bytes[0] == 0x1F && bytes[1] == 0x8B) {
        nn_fail(error, NN_EXIT_IO,
                "'%s' is compressed with gzip; unpack it first, for example with 'gzip -dk'", path);
    } else if (needed > 1000000) {
        nn_fail(error, NN_EXIT_IO, "'%s': a row of %lld columns is more than the limit of 1000000",
                path, needed);
    } else {
        int *fields = NN_ALLOCATE(int, needed);
        data = nn_csv_table(&csv, net, source, with_targets, fields, (int)needed, error);
        nn_free(fields);
    }
    nn_free(csv.fields);
    nn_free(bytes);
    return data;
}

#endif
