/* csv_table.c: CSV files, such as the labels of pictures, as a table of texts. */
#include "data/data.h"

#include <string.h>

typedef struct Scan {
    Arena *arena;
    const char *at, *end;
    char separator;
    int64_t line;
} Scan;

/* The field at scan->at; stops at the comma or line end after it. NULL, or what is wrong. */
static const char *take_field(Scan *s, Str *field)
{
    StrBuf text = {.arena = s->arena};
    if (s->at < s->end && *s->at == '"') {
        for (s->at++;; s->at++) {
            if (s->at == s->end)
                return "a field in quotes does not end";
            if (*s->at == '"' && s->at + 1 < s->end && s->at[1] == '"')
                s->at++;
            else if (*s->at == '"')
                break;
            s->line += *s->at == '\n';
            buf_add_char(&text, *s->at);
        }
        s->at++;
        *field = buf_str(&text);
        if (s->at < s->end && *s->at != s->separator && *s->at != '\r' && *s->at != '\n')
            return "text stands behind a field in quotes";
        return NULL;
    }
    const char *begin = s->at;
    while (s->at < s->end && *s->at != s->separator && *s->at != '\n' && *s->at != '\r')
        s->at++;
    *field = (Str){begin, s->at - begin};
    while (field->len > 0 && field->ptr[0] == ' ')
        field->ptr++, field->len--;
    while (field->len > 0 && field->ptr[field->len - 1] == ' ')
        field->len--;
    return NULL;
}

/* The fields of a line; behind its end afterwards. */
static const char *take_line(Scan *s, NameList *fields)
{
    fields->count = 0;
    for (;;) {
        Str field = {0};
        const char *problem = take_field(s, &field);
        if (problem != NULL)
            return problem;
        vec_push(s->arena, fields, field);
        if (s->at == s->end || *s->at != s->separator)
            break;
        s->at++;
    }
    while (s->at < s->end && (*s->at == '\r' || *s->at == '\n')) {
        s->line += *s->at == '\n';
        s->at++;
    }
    return NULL;
}

static bool fail(Arena *arena, const char *path, int64_t line, const char *problem, Str *error)
{
    *error = str_format(arena, "%s:%lld: %s", path, (long long)line, problem);
    return false;
}

bool csv_table_read(Arena *arena, const char *path, char separator, bool has_header,
                    CsvTable *table, Str *error)
{
    Str text;
    NameList fields = {0}, all = {0};
    VEC(int64_t) lines = {0};
    *table = (CsvTable){.path = path};
    if (!file_read(arena, path, &text, error))
        return false;
    if (str_starts(text, "\xef\xbb\xbf"))
        text = (Str){text.ptr + 3, text.len - 3};
    Scan s = {arena, text.ptr, text.ptr + text.len, separator, 1};
    const char *problem = text.len > 0 ? take_line(&s, &fields) : "the file is empty";
    if (problem != NULL)
        return fail(arena, path, 1, problem, error);
    table->columns = fields.count;
    table->header = arena_array(arena, Str, fields.count);
    memcpy(table->header, fields.items, sizeof(Str) * (size_t)fields.count);
    if (!has_header)
        s.at = text.ptr, s.line = 1;
    while (s.at < s.end) {
        int64_t line = s.line;
        problem = take_line(&s, &fields);
        if (problem == NULL && fields.count != table->columns)
            problem =
                str_format(arena, "%d fields, the first line has %d", fields.count, table->columns)
                    .ptr;
        if (problem != NULL)
            return fail(arena, path, line, problem, error);
        vec_push(arena, &lines, line);
        for (int i = 0; i < fields.count; i++)
            vec_push(arena, &all, fields.items[i]);
    }
    table->rows = lines.count;
    table->fields = all.items;
    table->lines = lines.items;
    return true;
}

int csv_table_column(Arena *arena, const CsvTable *table, Str name, Str *error)
{
    StrBuf list = {.arena = arena};
    for (int i = 0; i < table->columns; i++) {
        if (str_equal(table->header[i], name))
            return i;
        buf_add(&list, "%s'%.*s'", i > 0 ? ", " : "", STR_ARGS(table->header[i]));
    }
    *error = str_format(arena, "'%s' has no column '%.*s'; it has %s", table->path, STR_ARGS(name),
                        buf_str(&list).ptr);
    return -1;
}
