/* read_csv.h: reads samples from CSV files.
 *
 * A row has the values of all inputs, then of all targets. It is one sample, or one step of a series. Fields may be quoted ("" is
 * a quote inside), rows end in LF or CRLF, empty lines are skipped, and blanks around a field do not
 * count, nor does a byte order mark. A missing value, a row of another length or a text where a number
 * belongs is an error with file and line. Columns are chosen by name (first row) or number, from 0;
 * without a choice the file must have exactly the columns that the ports need. */
#ifndef NN_READ_CSV_H
#define NN_READ_CSV_H

#include "columns.h"
#include "data.h"
#include "file.h"

typedef struct nn_field {
    size_t begin, length; /* without quotes and blanks */
} nn_field;

typedef struct nn_csv {
    const char *path;
    const unsigned char *bytes;
    size_t size, start, at; /* start: after a byte order mark */
    const nn_source *source;
    char separator;
    long long line;      /* of the next row */
    long long row_line;  /* of the row just read */
    nn_field *fields;    /* of the row just read */
    int field_count, field_room;
} nn_csv;

static int nn_csv_blank(unsigned char c)
{
    return c == ' ' || c == '\t';
}

static void nn_csv_push(nn_csv *csv, size_t begin, size_t end)
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
static int nn_csv_field(nn_csv *csv, nn_error *error)
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
static int nn_csv_row(nn_csv *csv, int *more, nn_error *error)
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

/* The text of a field, cut to the buffer; of two quotes in a quoted one the first is left out. */
static void nn_csv_text(const nn_csv *csv, int field, char *text, size_t size)
{
    const nn_field *f = &csv->fields[field];
    const unsigned char *from = csv->bytes + f->begin;
    int is_quoted = f->begin > 0 && from[-1] == '"';
    size_t used = 0;
    for (size_t i = 0; i < f->length && used < size - 1; i++) {
        i += is_quoted && from[i] == '"';
        text[used++] = (char)from[i];
    }
    text[used] = '\0';
}

/* Field numbers of the wanted columns; the row just read is the header when there is one. */
static int nn_csv_columns(const nn_csv *csv, const nn_column *columns, int count, int has_header,
                          int *fields, nn_error *error)
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
static int nn_csv_is_numbers(const nn_csv *csv)
{
    for (int field = 0; field < csv->field_count; field++) {
        char text[80];
        double value;
        nn_csv_text(csv, field, text, sizeof text);
        if (!nn_field_number(text, &value))
            return 0;
    }
    return 1;
}

/* ---- one row ---- */

/* The columns that are read: where they stand and what they mean. */
typedef struct nn_csv_plan {
    int count;
    int *fields;
    const nn_column *columns; /* NULL: numbers */
    const nn_reading *reading; /* NULL: rows are samples */
    int width;                 /* fields of every row */
} nn_csv_plan;

/* Where the next value of a row goes. */
typedef struct nn_csv_place {
    int index;         /* of the port */
    long long element; /* in a row of it */
} nn_csv_place;

/* "column 'temp'", or "column 3" from 0. */
static void nn_csv_column_text(const nn_csv_plan *plan, int column, char *text, size_t size)
{
    if (plan->columns != NULL && plan->columns[column].name != NULL)
        snprintf(text, size, "column '%s'", plan->columns[column].name);
    else
        snprintf(text, size, "column %d", plan->fields[column]);
}

/* Adds "'a', 'b', 'c' ..." to a text with room for `size` bytes. */
static void nn_csv_add_words(char *text, size_t size, const char *const *words, int count)
{
    enum { most = 12 };
    for (int i = 0; i < count && i < most; i++) {
        size_t used = strlen(text);
        snprintf(text + used, size - used, "%s'%.40s'%s", i > 0 ? ", " : "", words[i],
                 i == most - 1 && count > most ? " ..." : "");
    }
}

/* The words that a column really holds, each once, in order; of the whole file, which ends reading. */
static void nn_csv_add_found(nn_csv *csv, int field, char *text, size_t size)
{
    enum { most = 13 };
    static char found[most][80];
    const char *words[most];
    int count = 0, more = 1;
    nn_error ignored;
    csv->at = csv->start;
    if (csv->source->has_header && !nn_csv_row(csv, &more, &ignored))
        return;
    while (count < most && nn_csv_row(csv, &more, &ignored) && more) {
        if (field >= csv->field_count)
            continue;
        nn_csv_text(csv, field, found[count], sizeof found[count]);
        for (int i = 0; i < count; i++)
            if (strcmp(found[i], found[count]) == 0)
                count--, i = most;
        count++;
        words[count - 1] = found[count - 1];
    }
    nn_csv_add_words(text, size, words, count);
}

/* A field that is none of the words: shows the words and what the column holds. */
static int nn_csv_unknown(nn_csv *csv, const nn_csv_plan *plan, int column, const char *found,
                          const char *needs, const char *const *words, int count, nn_error *error)
{
    char name[120], known[300] = "", holds[300] = "";
    long long line = csv->row_line;
    nn_csv_column_text(plan, column, name, sizeof name);
    nn_csv_add_words(known, sizeof known, words, count);
    nn_csv_add_found(csv, plan->fields[column], holds, sizeof holds);
    return nn_fail(error, NN_EXIT_IO, "%s:%lld: %s is '%s', %s %s; the column holds %s", csv->path, line,
                   name, found, needs, known, holds);
}

static int nn_csv_put(nn_data *data, const nn_net *net, long long row, nn_csv_place *place,
                      double value)
{
    int ok = nn_data_put(data, net, place->index, row, place->element, value);
    if (++place->element == data->parts[place->index].width) {
        place->element = 0;
        place->index++;
    }
    return ok;
}

/* The values of one column in the row just read. */
static int nn_csv_store_field(nn_csv *csv, const nn_csv_plan *plan, int column, nn_data *data,
                              const nn_net *net, long long row, nn_csv_place *place,
                              nn_error *error)
{
    const nn_port *port = nn_data_port(net, place->index);
    const nn_column *rule = plan->columns != NULL ? &plan->columns[column] : NULL;
    int kind = rule != NULL ? rule->kind : NN_NUMBER, ok;
    char text[80], name[120], need[80];
    double value = 0;
    nn_csv_text(csv, plan->fields[column], text, sizeof text);
    nn_csv_column_text(plan, column, name, sizeof name);
    if (nn_field_missing(text, plan->reading != NULL ? plan->reading->missing : NULL))
        return nn_fail(error, NN_EXIT_IO, "%s:%lld: %s has no value ('%s')", csv->path, csv->row_line,
                       name, text);
    if (kind == NN_CATEGORY || kind == NN_ONE_HOT) {
        int found = nn_field_word(text, rule->words, rule->word_count);
        if (found < 0)
            return nn_csv_unknown(csv, plan, column, text, "which is none of", rule->words,
                                  rule->word_count, error);
        if (kind == NN_CATEGORY)
            return nn_csv_put(data, net, row, place, found) ||
                   nn_fail(error, NN_EXIT_IO, "%s:%lld: %s is number %d of its words, too large for '%s'",
                           csv->path, csv->row_line, name, found, port->name);
        for (int i = 0; i < rule->word_count; i++)
            nn_csv_put(data, net, row, place, i == found);
        return 1;
    }
    if (kind >= NN_YEAR) {
        nn_date date;
        if (!nn_field_date(text, plan->reading != NULL && plan->reading->day_first, &date))
            return nn_fail(error, NN_EXIT_IO, "%s:%lld: %s is '%s', a date such as 2016-07-01 00:00:00 or "
                           "%s is needed", csv->path, csv->row_line, name, text,
                           plan->reading != NULL && plan->reading->day_first ? "31/1/2017 0:00"
                                                                             : "1/31/2017 0:00");
        value = nn_date_value(&date, kind);
        ok = 1;
    } else {
        ok = port->type == NN_CLASS ? nn_field_class(text, port, &value) : nn_field_number(text, &value);
        if (!ok && port->type == NN_CLASS && port->class_names != NULL) {
            snprintf(need, sizeof need, "'%s' needs one of", port->name);
            return nn_csv_unknown(csv, plan, column, text, need, port->class_names, port->classes, error);
        }
    }
    if (ok && nn_csv_put(data, net, row, place, value))
        return 1;
    nn_port_need(port, need, sizeof need);
    return nn_fail(error, NN_EXIT_IO, "%s:%lld: %s is '%s', '%s' needs %s%s", csv->path, csv->row_line,
                   name, text, port->name, need,
                   row == 0 && !csv->source->has_header && strchr("+-.0123456789", text[0]) == NULL
                       ? "; names in the first line need 'header = true'"
                       : "");
}

/* Puts the row just read into row `row` of the data. */
static int nn_csv_store(nn_csv *csv, const nn_csv_plan *plan, nn_data *data, const nn_net *net,
                        long long row, nn_error *error)
{
    nn_csv_place place = {0, 0};
    for (int column = 0; column < plan->count; column++)
        if (!nn_csv_store_field(csv, plan, column, data, net, row, &place, error))
            return 0;
    return 1;
}

/* ---- all rows ---- */

/* Does one of the columns that are read have no value? */
static int nn_csv_lacks_value(const nn_csv *csv, const nn_csv_plan *plan)
{
    for (int column = 0; column < plan->count; column++) {
        char text[80];
        nn_csv_text(csv, plan->fields[column], text, sizeof text);
        if (nn_field_missing(text, plan->reading->missing))
            return 1;
    }
    return 0;
}

/* Is row `number` of the file, just read, one that is wanted? Counts those that lack a value. */
static int nn_csv_keeps(const nn_csv *csv, const nn_csv_plan *plan, long long number,
                        long long *lacking)
{
    const nn_source *source = csv->source;
    const nn_reading *reading = plan->reading;
    if (source->end > 0 && (number < source->first || number >= source->end))
        return 0;
    if (reading == NULL)
        return 1;
    long long from = source->end > 0 ? source->first : 0;
    if (reading->every > 1 && (number - from) % reading->every != 0)
        return 0;
    if (!reading->skip_missing || !nn_csv_lacks_value(csv, plan))
        return 1;
    ++*lacking;
    return 0;
}

/* How many rows of the file are wanted, or -1; checks that all rows are as long as the first. */
static long long nn_csv_count(nn_csv *csv, const nn_csv_plan *plan, nn_error *error)
{
    long long count = 0, number = 0, lacking = 0;
    const nn_source *source = csv->source;
    for (int more = 1;; number++) {
        if (!nn_csv_row(csv, &more, error))
            return -1;
        if (!more)
            break;
        if (csv->field_count != plan->width)
            return nn_fail(error, NN_EXIT_IO, "%s:%lld: %d column%s, the rows before have %d", csv->path,
                           csv->row_line, csv->field_count, csv->field_count == 1 ? "" : "s",
                           plan->width) - 1;
        count += nn_csv_keeps(csv, plan, number, &lacking);
    }
    if (source->end > number)
        return nn_fail(error, NN_EXIT_IO, "'%s' has %lld rows, 'rows' asks for %lld to %lld, counted from 0",
                       csv->path, number, source->first, source->end - 1) - 1;
    if (count > NN_MAX_SAMPLES)
        return nn_fail(error, NN_EXIT_IO, "'%s' has more than %d rows", csv->path, NN_MAX_SAMPLES) - 1;
    if (lacking > 0)
        fprintf(stderr, "note: '%s': %lld of %lld rows lack a value and are left out\n", csv->path,
                lacking, lacking + count);
    return count;
}

/* Room for `rows` rows, of which a sample takes as many as a series says. */
static nn_data *nn_csv_room(const nn_net *net, long long rows, int with_targets,
                            const nn_reading *reading)
{
    if (reading == NULL || reading->window == 0)
        return nn_data_new(net, rows, with_targets);
    const nn_part input = {0, reading->window, 0};
    const nn_part target = {reading->window - 1 + reading->horizon, reading->horizon_rows, 0};
    nn_data *data = nn_data_rows(net, rows, with_targets, input, target);
    data->step = reading->step;
    for (int i = 0; i < data->ports; i++) {
        long long left = rows - data->parts[i].first - data->parts[i].rows;
        long long count = left < 0 ? 0 : left / reading->step + 1;
        data->count = count < data->count ? count : data->count;
    }
    return data;
}

/* Counts the rows, then stores them. */
static nn_data *nn_csv_samples(nn_csv *csv, const nn_net *net, const nn_csv_plan *plan,
                               int with_targets, nn_error *error)
{
    size_t start = csv->at;
    long long line = csv->line, lacking = 0, count = nn_csv_count(csv, plan, error);
    const nn_reading *reading = plan->reading;
    int more = 1;
    if (count < 0)
        return NULL;
    nn_data *data = nn_csv_room(net, count, with_targets, reading);
    if (data->count == 0 && count > 0) {
        nn_fail(error, NN_EXIT_IO, "'%s' gives %lld row%s, a window of %d%s needs at least %d", csv->path,
                count, count == 1 ? "" : "s", reading->window, with_targets ? " with its targets" : "",
                reading->window + (with_targets ? reading->horizon + reading->horizon_rows - 1 : 0));
        nn_data_free(data);
        return NULL;
    }
    csv->at = start;
    csv->line = line;
    for (long long number = 0, row = 0; row < count; number++) {
        int ok = nn_csv_row(csv, &more, error);
        if (ok && !nn_csv_keeps(csv, plan, number, &lacking))
            continue;
        if (!ok || !nn_csv_store(csv, plan, data, net, row, error)) {
            nn_data_free(data);
            return NULL;
        }
        row++;
    }
    return data;
}

/* "; 'separator = ";"' divides it", for a row of one field that something else than the separator divides. */
static const char *nn_csv_hint(const nn_csv *csv)
{
    static const struct {
        char separator;
        const char *hint;
    } others[] = {
        {';', "; 'separator = \";\"' divides it"},
        {'\t', "; 'separator = \"\\t\"' divides it"},
        {',', "; 'separator = \",\"' divides it"},
        {' ', "; 'separator = \" \"' divides it"},
    };
    const nn_field *field = &csv->fields[0];
    for (int i = 0; csv->field_count == 1 && i < 4; i++)
        if (others[i].separator != csv->separator &&
            memchr(csv->bytes + field->begin, others[i].separator, field->length) != NULL)
            return others[i].hint;
    return "";
}

/* Chooses the columns of the first row that was read. needed: values of a row. */
static int nn_csv_choose(const nn_csv *csv, const nn_net *net, nn_csv_plan *plan, int with_targets,
                         long long needed, nn_error *error)
{
    const nn_source *source = csv->source;
    long long values = 0, targets = 0;
    if (source->column_count == 0) {
        /* a table with targets will do where only inputs are read */
        int rows = plan->reading != NULL && plan->reading->window > 0 ? plan->reading->horizon_rows : 1;
        for (int i = 0; !with_targets && i < net->target_count; i++)
            targets += net->targets[i].elements / rows;
        if (plan->width != needed && plan->width != needed + targets)
            return nn_fail(error, NN_EXIT_IO, "%s:%lld: %d column%s, the network needs %lld%s", csv->path,
                           csv->row_line, plan->width, plan->width == 1 ? "" : "s", needed, nn_csv_hint(csv));
        plan->count = (int)needed;
        for (int i = 0; i < plan->count; i++)
            plan->fields[i] = i;
        return 1;
    }
    for (plan->count = 0; plan->count < source->column_count && values < needed; plan->count++) {
        const nn_column *column = &source->columns[plan->count];
        values += column->kind == NN_ONE_HOT ? column->word_count : 1;
    }
    if (values != needed)
        return nn_fail(error, NN_EXIT_IO, "'%s': the columns that are named give %lld values, the network "
                       "needs %lld", csv->path, values, needed);
    plan->columns = source->columns;
    return nn_csv_columns(csv, source->columns, plan->count, source->has_header, plan->fields, error);
}

/* Reads the first row, finds the columns and reads the samples. */
static nn_data *nn_csv_table(nn_csv *csv, const nn_net *net, nn_csv_plan *plan, int with_targets,
                             long long needed, nn_error *error)
{
    int more;
    if (!nn_csv_row(csv, &more, error))
        return NULL;
    if (!more) {
        nn_fail(error, NN_EXIT_IO, "'%s' is empty", csv->path);
        return NULL;
    }
    plan->width = csv->field_count;
    if (!nn_csv_choose(csv, net, plan, with_targets, needed, error))
        return NULL;
    if (!csv->source->has_header) {
        csv->at = csv->start;
        csv->line = 1;
    } else if (nn_csv_is_numbers(csv)) {
        fprintf(stderr, "note: %s:%lld: skipped as the names of the columns, though it holds only "
                "numbers ('header = true')\n", csv->path, csv->row_line);
    }
    return nn_csv_samples(csv, net, plan, with_targets, error);
}

/* Reads a CSV file; of the source, what is said of columns, rows and reading counts. NULL at an
 * error. */
static nn_data *nn_read_csv(const nn_net *net, const nn_source *source, const char *const *files,
                            int count, int with_targets, nn_error *error)
{
    const char *path = files[0];
    unsigned char *bytes;
    nn_csv csv;
    nn_csv_plan plan;
    (void)count;
    memset(&csv, 0, sizeof csv);
    memset(&plan, 0, sizeof plan);
    if (!nn_file_read(path, &bytes, &csv.size, error))
        return NULL;
    nn_data *data = NULL;
    long long needed = 0;
    plan.reading = source->reading;
    for (int i = 0; i < net->input_count + (with_targets ? net->target_count : 0); i++) {
        int is_series = plan.reading != NULL && plan.reading->window > 0;
        needed += nn_data_port(net, i)->elements / (!is_series              ? 1
                                                    : i < net->input_count ? plan.reading->window
                                                                           : plan.reading->horizon_rows);
    }
    csv.path = path;
    csv.bytes = bytes;
    csv.source = source;
    csv.separator = source->separator != '\0' ? source->separator : ',';
    csv.line = 1;
    const unsigned char *zero = (const unsigned char *)memchr(bytes, 0, csv.size);
    if (csv.size >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0)
        csv.start = csv.at = 3;
    if (csv.size >= 2 && bytes[0] == 0x1F && bytes[1] == 0x8B) {
        nn_fail(error, NN_EXIT_IO,
                "'%s' is compressed with gzip; unpack it first, for example with 'gzip -dk'", path);
    } else if (zero != NULL) {
        nn_fail(error, NN_EXIT_IO, "'%s' is not a text file: byte %lld is zero, as in UTF-16; CSV files "
                "are read as UTF-8", path, (long long)(zero - bytes));
    } else if (needed > 1000000) {
        nn_fail(error, NN_EXIT_IO, "'%s': a row of %lld columns is more than the limit of 1000000",
                path, needed);
    } else {
        plan.fields = NN_ALLOCATE(int, needed);
        data = nn_csv_table(&csv, net, &plan, with_targets, needed, error);
        nn_free(plan.fields);
    }
    nn_free(csv.fields);
    nn_free(bytes);
    return data;
}

static const nn_format nn_csv_files = {"CSV", NN_ONE_FILE, 1, 1, NULL, nn_read_csv};

#endif
