/* info.c: `nndc data info`: says what a file or a folder of pictures holds, for people or as JSON.
 *
 * The format follows from the first bytes, for CSV and CIFAR from the name. Headers are read by the
 * same functions as in the trainer, so what is shown here can be read there. */
#include "../runtime/posix.h"

#include "../runtime/read_cifar.h"
#include "../runtime/read_idx.h"
#include "../runtime/read_npy.h"
#include "../runtime/read_safetensors.h"
#include "base/report.h"
#include "cmd/cmd.h"
#include "data/data.h"
#include "interop/picture.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

typedef struct Report {
    Arena *arena;
    bool is_json;
    Json json;
    const char *path; /* as the user wrote it */
} Report;

/* ---- saying things both ways ----------------------------------------------------------------- */

static void begin(Report *r, const char *format)
{
    if (r->is_json) {
        r->json = json_begin(r->arena);
        json_text(&r->json, "file", str_from(r->path));
        json_text(&r->json, "format", str_from(format));
    } else {
        printf("%s: %s\n", r->path, format);
    }
}

static void say(Report *r, const char *key, Str value)
{
    if (r->is_json)
        json_text(&r->json, key, value);
    else
        printf("  %-12s %.*s\n", key, STR_ARGS(value));
}

static void say_count(Report *r, const char *key, int64_t value)
{
    if (r->is_json)
        json_int(&r->json, key, value);
    else
        printf("  %-12s %lld\n", key, (long long)value);
}

/* A named thing with a type and a shape: a tensor, a variable. */
static void say_array(Report *r, Str name, const char *type, int rank, const int64_t *dims)
{
    if (r->is_json) {
        json_open(&r->json, NULL, '{');
        if (name.len > 0)
            json_text(&r->json, "name", name);
        json_text(&r->json, "type", str_from(type));
        json_open(&r->json, "shape", '[');
        for (int i = 0; i < rank; i++)
            json_int(&r->json, NULL, dims[i]);
        json_close(&r->json, ']');
        json_close(&r->json, '}');
        return;
    }
    printf("  %-24.*s %-8s [", STR_ARGS(name), type);
    for (int i = 0; i < rank; i++)
        printf("%s%lld", i > 0 ? ", " : "", (long long)dims[i]);
    printf("]\n");
}

static void open_list(Report *r, const char *key)
{
    if (r->is_json)
        json_open(&r->json, key, '[');
}

static void close_list(Report *r)
{
    if (r->is_json)
        json_close(&r->json, ']');
}

static void end(Report *r)
{
    if (r->is_json)
        json_end(&r->json, stdout);
}

static bool refuse(Report *r, const nn_error *error, Str *message)
{
    *message = str_format(r->arena, "%s", error->text);
    return false;
}

/* ---- arrays ---------------------------------------------------------------------------------- */

static void say_values(Report *r, const char *format, const char *type, long long count, int rank,
                       const long long *dims)
{
    int64_t shape[NN_VALUE_AXES + 1] = {count};
    for (int i = 0; i < rank; i++)
        shape[i + 1] = dims[i];
    begin(r, format);
    say_count(r, "samples", count);
    open_list(r, "tensors");
    say_array(r, STR(""), type, rank + 1, shape);
    close_list(r);
    end(r);
}

static bool idx_info(Report *r, const char *path, Str *message)
{
    nn_idx idx = {.path = path};
    nn_error error;
    bool ok = nn_file_read(path, &idx.bytes, &idx.size, &error) && nn_idx_header(&idx, &error);
    if (ok)
        say_values(r, "IDX",
                   idx.type == 8    ? "U8"
                   : idx.type == 12 ? "I32"
                                    : "F32",
                   idx.count, idx.rank, idx.dims);
    nn_free(idx.bytes);
    return ok || refuse(r, &error, message);
}

static bool npy_info(Report *r, const char *path, Str *message)
{
    nn_values values = {.path = path};
    nn_reader reader;
    nn_error error;
    if (!nn_reader_open(&reader, path, &error))
        return refuse(r, &error, message);
    bool ok = nn_npy_header(&values, &reader, &error);
    fclose(reader.file);
    if (ok)
        say_values(r, "NPY", nn_value_names[values.type], values.count, values.rank, values.dims);
    return ok || refuse(r, &error, message);
}

/* Text of a header between quotes, its escapes resolved as far as "\n". */
static Str header_text(Arena *arena, const nn_scan *scan, size_t begin_at, size_t length)
{
    StrBuf text = {.arena = arena};
    for (size_t i = begin_at; i < begin_at + length; i++) {
        char c = (char)scan->bytes[i];
        if (c == '\\' && i + 1 < begin_at + length) {
            c = (char)scan->bytes[++i];
            c = c == 'n' ? '\n' : c == 't' ? '\t' : c;
        }
        buf_add_char(&text, c);
    }
    return buf_str(&text);
}

static void tensors_metadata(Report *r, nn_scan *scan)
{
    size_t key, key_length, value, value_length;
    nn_scan_take(scan, '{');
    if (!scan->bad && nn_scan_peek(scan) == '}') {
        scan->at++;
        return;
    }
    do {
        nn_scan_string(scan, &key, &key_length);
        nn_scan_take(scan, ':');
        nn_scan_string(scan, &value, &value_length);
        if (scan->bad)
            return;
        Str name = header_text(r->arena, scan, key, key_length);
        Str text = header_text(r->arena, scan, value, value_length);
        if (r->is_json) {
            json_open(&r->json, NULL, '{');
            json_text(&r->json, "key", name);
            json_text(&r->json, "value", text);
            json_close(&r->json, '}');
        } else {
            StrBuf line = {.arena = r->arena};
            for (int64_t i = 0; i < text.len && i < 200; i++) {
                if (text.ptr[i] == '\n')
                    buf_add(&line, ", ");
                else
                    buf_add_char(&line, text.ptr[i]);
            }
            printf("  %-24.*s %s%s\n", STR_ARGS(name), buf_str(&line).ptr,
                   text.len > 200 ? " ..." : "");
        }
    } while (nn_scan_more(scan, '}'));
}

/* Says which tensors there are, or nothing; the scan then knows where the metadata stand. */
static void walk_tensors(Report *r, nn_scan *scan, bool is_silent)
{
    nn_entry entry;
    for (int is_first = 1; nn_scan_next(scan, &entry, is_first); is_first = 0) {
        int64_t dims[6] = {0};
        int rank = entry.rank < 6 ? entry.rank : 6;
        for (int i = 0; i < rank; i++)
            dims[i] = (int64_t)entry.dims[i];
        Str type = header_text(r->arena, scan, entry.type, entry.type_length);
        if (!is_silent)
            say_array(r, header_text(r->arena, scan, entry.name, entry.name_length),
                      str_c(r->arena, type), rank, dims);
    }
}

static bool tensors_info(Report *r, const char *path, Str *message)
{
    nn_reader reader;
    nn_error error;
    nn_scan scan = {0};
    unsigned char *header = NULL;
    if (!nn_reader_open(&reader, path, &error))
        return refuse(r, &error, message);
    bool ok = nn_safetensors_header(&reader, path, &scan, &header, &error);
    fclose(reader.file);
    if (ok) {
        begin(r, "safetensors");
        say_count(r, "bytes", reader.size);
        nn_scan metadata = scan;
        walk_tensors(r, &metadata, true);
        open_list(r, "metadata");
        if (metadata.metadata != 0) {
            metadata.at = metadata.metadata;
            metadata.bad = 0;
            tensors_metadata(r, &metadata);
        }
        close_list(r);
        open_list(r, "tensors");
        walk_tensors(r, &scan, false);
        close_list(r);
        end(r);
    }
    nn_free(header);
    if (ok && scan.bad)
        *message = str_format(r->arena, "'%s': the header is damaged", path);
    return ok ? !scan.bad : refuse(r, &error, message);
}

static bool mat_info(Report *r, const char *path, Str *message)
{
    MatVariables variables = {0};
    if (!mat_list(r->arena, path, &variables, message))
        return false;
    begin(r, "MATLAB");
    open_list(r, "variables");
    for (int i = 0; i < variables.count; i++)
        say_array(r, variables.items[i].name, variables.items[i].kind, variables.items[i].rank,
                  variables.items[i].dim);
    close_list(r);
    end(r);
    return true;
}

static bool cdb_info(Report *r, const char *path, Str *message)
{
    Cdb cdb;
    int64_t labels[256] = {0};
    int least[2] = {256, 256}, most[2] = {0, 0};
    if (!cdb_open(r->arena, path, &cdb, message))
        return false;
    for (int64_t i = 0; i < cdb.count; i++) {
        const int size[2] = {cdb.records[i].height, cdb.records[i].width};
        labels[cdb.records[i].label]++;
        for (int k = 0; k < 2; k++) {
            least[k] = size[k] < least[k] ? size[k] : least[k];
            most[k] = size[k] > most[k] ? size[k] : most[k];
        }
    }
    begin(r, "CDB");
    say_count(r, "pictures", cdb.count);
    if (cdb.count > 0) {
        say(r, "height", str_format(r->arena, "%d to %d", least[0], most[0]));
        say(r, "width", str_format(r->arena, "%d to %d", least[1], most[1]));
    }
    for (int k = 0; k < 256; k++)
        if (labels[k] > 0)
            say_count(r, str_format(r->arena, "label %d", k).ptr, labels[k]);
    end(r);
    return true;
}

/* ---- pictures -------------------------------------------------------------------------------- */

static bool picture_info(Report *r, const char *path, const char *format, Str *message)
{
    Picture picture;
    Str bytes;
    if (!file_read(r->arena, path, &bytes, message))
        return false;
    const char *problem = format[0] == 'P' ? png_decode(r->arena, bytes, &picture)
                                           : jpeg_decode(r->arena, bytes, false, &picture);
    if (problem != NULL) {
        *message = str_format(r->arena, "cannot decode '%s': %s", path, problem);
        return false;
    }
    begin(r, format);
    say_count(r, "width", picture.width);
    say_count(r, "height", picture.height);
    say_count(r, "channels", picture.channels);
    end(r);
    return true;
}

/* The sizes of all pictures of a folder; those that cannot be decoded are counted. */
typedef struct Sizes {
    int64_t pictures, broken;
    int least_width, most_width, least_height, most_height;
} Sizes;

static bool measure(Report *r, const char *folder, Sizes *all, int64_t *count, Str *message)
{
    NameList names = {0};
    if (!folder_names(r->arena, folder, false, &names, message))
        return false;
    *count = names.count;
    for (int i = 0; i < names.count; i++) {
        ArenaMark mark = arena_mark(r->arena);
        Picture p;
        Str ignored;
        bool ok = picture_read(
            r->arena, str_format(r->arena, "%s/%.*s", folder, STR_ARGS(names.items[i])).ptr, 3, &p,
            &ignored);
        arena_release(r->arena, mark);
        all->broken += !ok;
        if (!ok)
            continue;
        bool is_first = all->pictures++ == 0;
        all->least_width = is_first || p.width < all->least_width ? p.width : all->least_width;
        all->most_width = is_first || p.width > all->most_width ? p.width : all->most_width;
        all->least_height = is_first || p.height < all->least_height ? p.height : all->least_height;
        all->most_height = is_first || p.height > all->most_height ? p.height : all->most_height;
    }
    return true;
}

static bool folder_info(Report *r, const char *path, Str *message)
{
    NameList folders = {0};
    Sizes sizes = {0};
    int64_t own = 0;
    if (!folder_names(r->arena, path, true, &folders, message) ||
        !measure(r, path, &sizes, &own, message))
        return false;
    begin(r, "folder");
    open_list(r, "classes");
    for (int i = 0; i < folders.count; i++) {
        int64_t count = 0;
        const char *folder = str_format(r->arena, "%s/%.*s", path, STR_ARGS(folders.items[i])).ptr;
        if (!measure(r, folder, &sizes, &count, message))
            return false;
        if (r->is_json) {
            json_open(&r->json, NULL, '{');
            json_text(&r->json, "name", folders.items[i]);
            json_int(&r->json, "pictures", count);
            json_close(&r->json, '}');
        } else {
            printf("  class %-3d %-20.*s %lld pictures\n", i, STR_ARGS(folders.items[i]),
                   (long long)count);
        }
    }
    close_list(r);
    say_count(r, "pictures", sizes.pictures);
    if (sizes.broken > 0)
        say_count(r, "undecodable", sizes.broken);
    if (sizes.pictures > 0)
        say(r, "sizes",
            str_format(r->arena, "%d x %d to %d x %d (width x height)", sizes.least_width,
                       sizes.least_height, sizes.most_width, sizes.most_height));
    end(r);
    return true;
}

/* ---- CSV ------------------------------------------------------------------------------------- */

static char guess_separator(Str text)
{
    int64_t counts[3] = {0};
    for (int64_t i = 0; i < text.len && text.ptr[i] != '\n'; i++)
        for (int k = 0; k < 3; k++)
            counts[k] += text.ptr[i] == ",;\t"[k];
    return counts[0] >= counts[1] && counts[0] >= counts[2] ? ','
           : counts[1] >= counts[2]                         ? ';'
                                                            : '\t';
}

static bool to_number(Arena *arena, Str field, double *value)
{
    char *stop;
    const char *text = str_c(arena, field);
    *value = strtod(text, &stop);
    return field.len > 0 && *stop == 0 && isfinite(*value);
}

static bool is_missing(Str field)
{
    static const char *const words[] = {"", "?", "NA", "N/A", "NaN", "nan", "null"};
    for (int i = 0; i < COUNT_OF(words); i++)
        if (str_is(field, words[i]))
            return true;
    return false;
}

static void column_info(Report *r, const CsvTable *t, int column, bool has_header)
{
    int64_t missing = 0, numbers = 0, words = 0;
    double low = 0, high = 0, value;
    NameList seen = {0};
    for (int64_t row = 0; row < t->rows; row++) {
        Str field = t->fields[row * t->columns + column];
        if (is_missing(field)) {
            missing++;
        } else if (to_number(r->arena, field, &value)) {
            low = numbers == 0 || value < low ? value : low;
            high = numbers == 0 || value > high ? value : high;
            numbers++;
        } else {
            words++;
        }
        if (seen.count < 12 && str_find(seen.items, seen.count, field) < 0)
            vec_push(r->arena, &seen, field);
    }
    Str name = has_header ? t->header[column] : str_format(r->arena, "%d", column);
    const char *type = words > 0 ? "words" : numbers > 0 ? "numbers" : "empty";
    if (r->is_json) {
        json_open(&r->json, NULL, '{');
        json_text(&r->json, "name", name);
        json_text(&r->json, "type", str_from(type));
        json_int(&r->json, "missing", missing);
        if (words == 0 && numbers > 0) {
            json_real(&r->json, "least", low);
            json_real(&r->json, "most", high);
        }
        json_close(&r->json, '}');
        return;
    }
    StrBuf range = {.arena = r->arena};
    if (words == 0 && numbers > 0)
        buf_add(&range, "%.9g to %.9g", low, high);
    for (int i = 0; words > 0 && i < seen.count && i < 6; i++)
        buf_add(&range, "%s%.*s", i > 0 ? ", " : "", STR_ARGS(seen.items[i]));
    if (words > 0 && seen.count > 6)
        buf_add(&range, ", ...");
    if (missing > 0)
        buf_add(&range, "; %lld missing", (long long)missing);
    printf("  %-24.*s %-8s %s\n", STR_ARGS(name), type, buf_str(&range).ptr);
}

static bool csv_info(Report *r, const char *path, Str *message)
{
    CsvTable table;
    Str text;
    double value;
    if (!file_read(r->arena, path, &text, message))
        return false;
    if (memchr(text.ptr, 0, (size_t)text.len) != NULL || text.len == 0) {
        *message = str_format(r->arena, "'%s' is in no format that nndc knows", path);
        return false;
    }
    char separator = guess_separator(text);
    if (!csv_table_read(r->arena, path, separator, true, &table, message))
        return false;
    /* A header has no numbers. */
    bool has_header = true;
    for (int i = 0; i < table.columns; i++)
        has_header = has_header && !to_number(r->arena, table.header[i], &value);
    if (!has_header && !csv_table_read(r->arena, path, separator, false, &table, message))
        return false;
    begin(r, "CSV");
    say_count(r, "rows", table.rows);
    say(r, "separator", separator == '\t' ? STR("tab") : separator == ';' ? STR(";") : STR(","));
    say(r, "header", has_header ? STR("yes") : STR("no"));
    open_list(r, "columns");
    for (int i = 0; i < table.columns; i++)
        column_info(r, &table, i, has_header);
    close_list(r);
    end(r);
    return true;
}

/* ---- which of them --------------------------------------------------------------------------- */

static bool cifar_info(Report *r, const char *path, Str *message)
{
    nn_error error;
    long long ten = nn_cifar_count(path, 1, &error);
    long long hundred = ten < 0 ? nn_cifar_count(path, 2, &error) : -1;
    if (ten < 0 && hundred < 0) {
        *message = str_format(r->arena, "'%s' is in no format that nndc knows", path);
        return false;
    }
    long long dims[3] = {32, 32, 3};
    say_values(r, ten >= 0 ? "CIFAR-10" : "CIFAR-100", "U8", ten >= 0 ? ten : hundred, 3, dims);
    return true;
}

static bool file_info(Report *r, const char *path, Str *message)
{
    struct stat info;
    unsigned char b[128];
    memset(b, 0, sizeof b);
    FILE *file = stat(path, &info) == 0 ? fopen(path, "rb") : NULL;
    if (file == NULL) {
        *message = str_format(r->arena, "cannot read '%s': %s", path, strerror(errno));
        return false;
    }
    size_t length = S_ISDIR(info.st_mode) ? 0 : fread(b, 1, sizeof b, file);
    fclose(file);
    Str name = str_from(path), plain;
    if (S_ISDIR(info.st_mode))
        return folder_info(r, path, message);
    if (length >= 2 && b[0] == 0x1F && b[1] == 0x8B)
        return unpack_file(r->arena, name, &plain, message) && file_info(r, str_c(r->arena, plain), message);
    if (memcmp(b, "\x89PNG", 4) == 0)
        return picture_info(r, path, "PNG", message);
    if (memcmp(b, "\xff\xd8\xff", 3) == 0)
        return picture_info(r, path, "JPEG", message);
    if (memcmp(b, "\x93NUMPY", 6) == 0)
        return npy_info(r, path, message);
    if (memcmp(b, "MATLAB", 6) == 0 || str_ends(name, ".mat"))
        return mat_info(r, path, message);
    if (str_ends(name, ".safetensors") ||
        (length > 9 && (b[4] | b[5] | b[6] | b[7]) == 0 && b[8] == '{'))
        return tensors_info(r, path, message);
    if (length > 4 && b[0] == 0 && b[1] == 0 && (b[2] == 8 || b[2] == 12 || b[2] == 13) && b[3] < 9)
        return idx_info(r, path, message);
    if (str_ends(name, ".cdb"))
        return cdb_info(r, path, message);
    if (str_ends(name, ".bin"))
        return cifar_info(r, path, message);
    return csv_info(r, path, message);
}

int data_info(Options *options)
{
    int status = EXIT_OK;
    if (options->files.count < 2) {
        fprintf(stderr, "nndc data info: needs a file or a folder\n");
        return EXIT_USAGE;
    }
    for (int i = 1; i < options->files.count; i++) {
        Str message = {0};
        Report r = {
            .arena = options->arena, .is_json = options->json, .path = options->files.items[i]};
        if (!file_info(&r, r.path, &message))
            status = report_io(message);
    }
    return status;
}
