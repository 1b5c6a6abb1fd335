/* data_tables.c: the constants that tell the training loop where the samples of each set come from.
 *
 * Their types are documented in runtime/net.h. Every field is written, as in tables.c. */
#include "print/print.h"

#include <string.h>

void print_words(Out *o, Str array, const Str *words, int count)
{
    out_open(o, "static const char *const %.*s[] =", STR_ARGS(array));
    for (int i = 0; i < count; i++) {
        Str word = c_string(o->buf.arena, words[i]);
        out_line(o, "%.*s,", STR_ARGS(word));
    }
    out_close(o, ";");
}

static const char *const set_names[] = {"train", "validation", "test"};
static const char *const set_words[] = {"NN_TRAIN", "NN_VALIDATION", "NN_TEST"};

static int set_index(Str name)
{
    for (int i = 0; i < COUNT_OF(set_names); i++)
        if (str_is(name, set_names[i]))
            return i;
    return -1;
}

/* The format of the runtime that reads a source, or makes it; NULL for a split. */
static const char *format_word(SourceKind kind)
{
    switch (kind) {
    case SOURCE_IDX: return "nn_idx_files";
    case SOURCE_NPY: return "nn_npy_files";
    case SOURCE_CSV: return "nn_csv_files";
    case SOURCE_SAFETENSORS: return "nn_safetensors_files";
    case SOURCE_CIFAR10: return "nn_cifar10_files";
    case SOURCE_CIFAR100: return "nn_cifar100_files";
    case SOURCE_IMAGES:
    case SOURCE_MAT:
    case SOURCE_CDB: return "nn_packed_files";
    case SOURCE_TABLE: return "nn_table";
    case SOURCE_CIRCLE:
    case SOURCE_XOR:
    case SOURCE_GAUSSIAN:
    case SOURCE_SPIRAL: return "nn_toys";
    case SOURCE_DIGITS: return "nn_digits";
    case SOURCE_SPLIT: return NULL;
    }
    BUG("data source of kind %d", (int)kind);
}

static const char *toy_word(SourceKind kind)
{
    return kind == SOURCE_CIRCLE     ? "NN_TOY_CIRCLE"
           : kind == SOURCE_XOR      ? "NN_TOY_XOR"
           : kind == SOURCE_GAUSSIAN ? "NN_TOY_GAUSSIAN"
           : kind == SOURCE_SPIRAL   ? "NN_TOY_SPIRAL"
                                     : "0";
}

static bool is_number(Str text)
{
    for (int64_t i = 0; i < text.len; i++)
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
    return text.len > 0 && text.len < 9;
}

static const char *const column_words[] = {
    [COLUMN_NUMBER] = "NN_NUMBER",           [COLUMN_CATEGORY] = "NN_CATEGORY",
    [COLUMN_ONE_HOT] = "NN_ONE_HOT",         [COLUMN_YEAR] = "NN_YEAR",
    [COLUMN_MONTH] = "NN_MONTH",             [COLUMN_DAY] = "NN_DAY",
    [COLUMN_HOUR] = "NN_HOUR",               [COLUMN_MINUTE] = "NN_MINUTE",
    [COLUMN_WEEKDAY] = "NN_WEEKDAY",         [COLUMN_DAY_OF_YEAR] = "NN_DAY_OF_YEAR",
    [COLUMN_DAYS] = "NN_DAYS",               [COLUMN_SECONDS] = "NN_SECONDS",
};

static const char *const order_words[] = {
    [SPLIT_RANDOM] = "NN_SPLIT_RANDOM",
    [SPLIT_STRATIFIED] = "NN_SPLIT_STRATIFIED",
    [SPLIT_CHRONOLOGICAL] = "NN_SPLIT_CHRONOLOGICAL",
};

/* words: the array of its words, or empty. */
static void print_column(Out *o, const DataColumn *column, Str words)
{
    Str text = is_number(column->name) ? STR("NULL") : c_string(o->buf.arena, column->name);
    Str number = is_number(column->name) ? column->name : STR("-1");
    out_line(o, "{%.*s, %.*s, %s, %d, %.*s},", STR_ARGS(text), STR_ARGS(number),
             column_words[column->kind], column->words.count, STR_ARGS(words));
}

static int column_count(const DataSource *source)
{
    return source->input_columns.count + source->target_columns.count;
}

/* Inputs first, then targets. */
static const DataColumn *column_at(const DataSource *source, int i)
{
    int inputs = source->input_columns.count;
    return i < inputs ? &source->input_columns.items[i] : &source->target_columns.items[i - inputs];
}

static void print_columns(Out *o, const DataSource *source, const char *set)
{
    Arena *arena = o->buf.arena;
    for (int i = 0; i < column_count(source); i++) {
        const DataColumn *column = column_at(source, i);
        if (column->words.count > 0)
            print_words(o, str_format(arena, "net_%s_%d_words", set, i), column->words.items,
                        column->words.count);
    }
    out_line(o, "/* name or NULL, number, what it gives, its words */");
    out_open(o, "static const nn_column net_%s_columns[] =", set);
    for (int i = 0; i < column_count(source); i++) {
        const DataColumn *column = column_at(source, i);
        Str none = STR("NULL");
        print_column(o, column, column->words.count > 0
                                    ? str_format(arena, "net_%s_%d_words", set, i) : none);
    }
    out_close(o, ";");
}

/* How rows become samples, when that is not the usual way. */
static bool has_reading(const DataSource *source)
{
    return source->kind == SOURCE_CSV && (source->missing.len > 0 || source->skip_missing ||
                                          source->day_first || source->every > 1 || source->window > 0);
}

static void print_reading(Out *o, const DataSource *source, const char *set)
{
    Str none = STR("NULL");
    Str missing = source->missing.len > 0 ? c_string(o->buf.arena, source->missing) : none;
    out_line(o, "/* field without a value, skip those, day first, every, window, step, horizon, its rows */");
    out_line(o, "static const nn_reading net_%s_reading = {%.*s, %d, %d, %lld, %lld, %lld, %lld, %lld};", set,
             STR_ARGS(missing), source->skip_missing, source->day_first, (long long)source->every,
             (long long)source->window, (long long)source->step, (long long)source->horizon,
             (long long)source->horizon_rows);
}

/* The arrays that a source's row points to. */
static void print_source_arrays(Out *o, const DataSource *source, const char *set)
{
    Arena *arena = o->buf.arena;
    if (source->files.count > 0) {
        out_open(o, "static const char *const net_%s_files[] =", set);
        for (int i = 0; i < source->files.count; i++) {
            Str file = c_string(arena, source->files.items[i]);
            out_line(o, "%.*s,", STR_ARGS(file));
        }
        out_close(o, ";");
    }
    if (column_count(source) > 0)
        print_columns(o, source, set);
    if (has_reading(source))
        print_reading(o, source, set);
    if (source->kind == SOURCE_TABLE) {
        out_open(o, "static const float net_%s_values[] =", set);
        for (int64_t row = 0; row < source->row_count; row++) {
            StrBuf line = {.arena = arena};
            for (int64_t i = 0; i < source->value_count; i++) {
                Str value = real_text(arena, source->values[row * source->value_count + i]);
                buf_add(&line, "%s%.*s,", i > 0 ? " " : "", STR_ARGS(value));
            }
            Str text = buf_str(&line);
            out_line(o, "%.*s", STR_ARGS(text));
        }
        out_close(o, ";");
    }
}

static void print_source(Out *o, const DataSource *source, int set)
{
    Arena *arena = o->buf.arena;
    int columns = column_count(source);
    int from = source->kind == SOURCE_SPLIT ? set_index(source->of) : 0;
    CHECK(from >= 0);
    const char *name = set_names[set];
    Str none = STR("NULL");
    Str files = source->files.count > 0 ? str_format(arena, "net_%s_files", name) : none;
    Str column = columns > 0 ? str_format(arena, "net_%s_columns", name) : none;
    bool is_table = source->kind == SOURCE_TABLE;
    Str values = is_table ? str_format(arena, "net_%s_values", name) : none;
    char separator = source->separator;
    Str character = separator == '\t' ? STR("'\\t'")
                    : separator > ' ' && separator != '\'' && separator != '\\'
                        ? str_format(arena, "'%c'", separator)
                        : str_format(arena, "%d", separator);
    bool is_split = source->kind == SOURCE_SPLIT;
    double amount = is_split ? source->fraction : source->noise;
    Str reading = has_reading(source) ? str_format(arena, "&net_%s_reading", name) : none;
    const char *format = format_word(source->kind);
    bool is_packed = source->kind == SOURCE_IMAGES || source->kind == SOURCE_MAT ||
                     source->kind == SOURCE_CDB; /* no file yet */
    out_line(o, "{%s, %s%s, %d, %.*s, %lldLL, %lldLL,", set_words[set], is_split ? "" : "&",
             is_split ? "NULL" : format, is_packed ? 0 : source->files.count, STR_ARGS(files),
             (long long)source->first_row, (long long)source->end_row);
    out_line(o, " %d, %.*s, %d, %.*s, %.*s, %.*s, %lldLL, %s,", columns, STR_ARGS(column), source->has_header,
             STR_ARGS(character), STR_ARGS(reading), STR_ARGS(values),
             (long long)(is_table ? source->row_count : source->count), toy_word(source->kind));
    out_line(o, " %.17g, %uu, %s, %s, %s},", amount, (unsigned)source->seed, is_split ? "nn_split" : "NULL",
             set_words[from], is_split ? order_words[source->order] : "0");
}

int print_sources(Out *o, const Model *model)
{
    int count = 0;
    for (int i = 0; i < model->data.count; i++)
        if (set_index(model->data.items[i].name) >= 0)
            print_source_arrays(o, &model->data.items[i],
                                set_names[set_index(model->data.items[i].name)]);
    for (int i = 0; i < model->data.count; i++) {
        int set = set_index(model->data.items[i].name);
        if (set < 0)
            continue;
        if (count++ == 0) {
            out_line(o, "/* set, format, files, first and end row; columns, header, separator, reading, values,");
            out_line(o, " * rows, toy; noise or fraction, seed, split, from which set, in which order */");
            out_open(o, "static const nn_source net_sources[] =");
        }
        print_source(o, &model->data.items[i], set);
    }
    if (count > 0)
        out_close(o, ";");
    return count;
}

/* The formats of files that the trainer reads: those of its sets. Without any, predict reads CSV. */
int print_formats(Out *o, const Model *model)
{
    VEC(const char *) formats = {0};
    for (int i = 0; i < model->data.count; i++) {
        const DataSource *source = &model->data.items[i];
        if (set_index(source->name) < 0 || source->files.count == 0)
            continue;
        const char *format = format_word(source->kind);
        bool is_new = true;
        for (int k = 0; k < formats.count; k++)
            is_new &= strcmp(formats.items[k], format) != 0;
        if (is_new)
            vec_push(o->buf.arena, &formats, format);
    }
    if (formats.count == 0)
        vec_push(o->buf.arena, &formats, format_word(SOURCE_CSV));
    out_line(o, "/* files that this trainer reads */");
    out_open(o, "static const nn_format *const net_formats[] =");
    for (int i = 0; i < formats.count; i++)
        out_line(o, "&%s,", formats.items[i]);
    out_close(o, ";");
    return formats.count;
}
