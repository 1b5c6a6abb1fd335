/* golden_file.h: reads reference vectors: safetensors files whose metadata has a member `case`, a
 * JSON object that says what the file holds. Trusts its files: they are ours. */
#ifndef NNDC_GOLDEN_FILE_H
#define NNDC_GOLDEN_FILE_H

#include "base/base.h"

#include <stdlib.h>
#include <string.h>

/* ---- just enough JSON: functions return a pointer into the text, or NULL -----------------------
 */

static const char *json_blank(const char *p)
{
    while (*p == ' ' || *p == '\n' || *p == ',' || *p == ':')
        p++;
    return p;
}

static const char *json_after_string(const char *p)
{
    for (p++; *p != '"'; p++)
        if (*p == '\\')
            p++;
    return p + 1;
}

static const char *json_after(const char *p)
{
    int depth = 0;
    do {
        p = json_blank(p);
        if (*p == '"') {
            p = json_after_string(p);
        } else if (*p == '{' || *p == '[') {
            depth++;
            p++;
        } else if (*p == '}' || *p == ']') {
            depth--;
            p++;
        } else {
            while (*p && !strchr(",:]} \n", *p))
                p++;
        }
    } while (depth > 0);
    return p;
}

/* The value of a member of an object. */
static const char *json_find(const char *object, const char *key)
{
    size_t length = strlen(key);
    const char *p = json_blank(object + 1);
    while (*p == '"') {
        const char *value = json_blank(json_after_string(p));
        if (strncmp(p + 1, key, length) == 0 && p[1 + length] == '"')
            return value;
        p = json_blank(json_after(value));
    }
    return NULL;
}

/* A string value without quotes and escapes. */
static const char *json_string(Arena *arena, const char *value)
{
    StrBuf text = {.arena = arena};
    for (const char *p = value + 1; *p != '"'; p++) {
        if (*p == '\\')
            p++;
        buf_add_char(&text, *p);
    }
    return str_c(arena, buf_str(&text));
}

/* All numbers of a (nested) list, or the one number, in order; returns how many. */
static int json_numbers(const char *value, double *numbers, int most)
{
    const char *end = json_after(value);
    int count = 0;
    while (value < end && count < most) {
        char *after;
        double number = strtod(value, &after);
        if (after == value) {
            value++;
            continue;
        }
        numbers[count++] = number;
        value = after;
    }
    return count;
}

/* ---- files ----------------------------------------------------------------------------------- */

typedef struct GoldenTensor {
    const char *name;
    int rank;
    int64_t dim[6];
    int64_t count;
    double *values;
} GoldenTensor;

typedef struct Golden {
    const char *path;
    const char *description; /* the JSON object `case` */
    int tensor_count;
    GoldenTensor tensors[128];
} Golden;

static void golden_tensor(Arena *arena, GoldenTensor *t, const char *entry, const char *data)
{
    double numbers[6];
    t->rank = json_numbers(json_find(entry, "shape"), numbers, 6);
    t->count = 1;
    for (int d = 0; d < t->rank; d++) {
        t->dim[d] = (int64_t)numbers[d];
        t->count *= t->dim[d];
    }
    json_numbers(json_find(entry, "data_offsets"), numbers, 2);
    bool is_float = strncmp(json_find(entry, "dtype"), "\"F32", 4) == 0;
    t->values = arena_array(arena, double, t->count);
    for (int64_t i = 0; i < t->count; i++) {
        const char *from = data + (int64_t)numbers[0] + 4 * i;
        float real;
        int32_t integer;
        memcpy(&real, from, sizeof real);
        memcpy(&integer, from, sizeof integer);
        t->values[i] = is_float ? (double)real : (double)integer;
    }
}

static bool golden_read(Arena *arena, const char *path, Golden *golden)
{
    Str text, error;
    if (!file_read(arena, path, &text, &error) || text.len < 8)
        return false;
    uint64_t header_bytes;
    memcpy(&header_bytes, text.ptr, sizeof header_bytes);
    const char *header = str_c(arena, (Str){text.ptr + 8, (int64_t)header_bytes});
    const char *data = text.ptr + 8 + header_bytes;
    *golden = (Golden){.path = path};
    for (const char *p = json_blank(header + 1); *p == '"';) {
        const char *name = json_string(arena, p);
        const char *entry = json_blank(json_after_string(p));
        if (strcmp(name, "__metadata__") == 0) {
            golden->description = json_string(arena, json_find(entry, "case"));
        } else {
            CHECK(golden->tensor_count < COUNT_OF(golden->tensors));
            GoldenTensor *t = &golden->tensors[golden->tensor_count++];
            t->name = name;
            golden_tensor(arena, t, entry, data);
        }
        p = json_blank(json_after(entry));
    }
    return golden->description != NULL;
}

static const GoldenTensor *golden_find(const Golden *golden, const char *name)
{
    for (int i = 0; i < golden->tensor_count; i++)
        if (strcmp(golden->tensors[i].name, name) == 0)
            return &golden->tensors[i];
    return NULL;
}

#endif
