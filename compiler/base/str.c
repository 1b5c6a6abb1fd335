/* str.c: counted strings, growing strings and spans. */
#include "base/base.h"

#include <stdio.h>
#include <string.h>

Str str_from(const char *text)
{
    return (Str){text, text ? (int64_t)strlen(text) : 0};
}

Str str_copy(Arena *arena, Str s)
{
    char *copy = arena_alloc(arena, s.len + 1);
    if (s.len > 0)
        memcpy(copy, s.ptr, (size_t)s.len);
    return (Str){copy, s.len};
}

int str_find(const Str *list, int count, Str s)
{
    for (int i = 0; i < count; i++)
        if (str_equal(list[i], s))
            return i;
    return -1;
}

/* FNV-1a. */
uint32_t str_hash(Str s)
{
    uint32_t hash = 2166136261u;
    for (int64_t i = 0; i < s.len; i++)
        hash = (hash ^ (uint8_t)s.ptr[i]) * 16777619u;
    return hash;
}

bool str_is(Str a, const char *b)
{
    return str_equal(a, str_from(b));
}

bool str_starts(Str a, const char *prefix)
{
    int64_t len = (int64_t)strlen(prefix);
    return a.len >= len && memcmp(a.ptr, prefix, (size_t)len) == 0;
}

bool str_ends(Str a, const char *suffix)
{
    int64_t len = (int64_t)strlen(suffix);
    return a.len >= len && memcmp(a.ptr + a.len - len, suffix, (size_t)len) == 0;
}

Str str_vformat(Arena *arena, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, again);
    va_end(again);
    CHECK(len >= 0);
    char *text = arena_alloc(arena, (int64_t)len + 1);
    vsnprintf(text, (size_t)len + 1, format, args);
    return (Str){text, len};
}

Str str_format(Arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    Str s = str_vformat(arena, format, args);
    va_end(args);
    return s;
}

const char *str_c(Arena *arena, Str s)
{
    return str_copy(arena, s).ptr;
}

int str_distance(Str a, Str b)
{
    enum { LONGEST = 63 };
    if (a.len > LONGEST || b.len > LONGEST)
        return LONGEST;
    int row[LONGEST + 1];
    for (int j = 0; j <= b.len; j++)
        row[j] = j;
    for (int i = 1; i <= a.len; i++) {
        int diagonal = row[0];
        row[0] = i;
        for (int j = 1; j <= b.len; j++) {
            int replace = diagonal + (a.ptr[i - 1] != b.ptr[j - 1]);
            int insert = row[j - 1] + 1;
            int erase = row[j] + 1;
            diagonal = row[j];
            row[j] = replace < insert ? replace : insert;
            row[j] = row[j] < erase ? row[j] : erase;
        }
    }
    return row[b.len];
}

static void reserve(StrBuf *buf, int64_t more)
{
    if (buf->len + more + 1 <= buf->capacity)
        return;
    int64_t grown = buf->capacity == 0 ? 256 : buf->capacity * 2;
    while (grown < buf->len + more + 1)
        grown *= 2;
    char *moved = arena_alloc(buf->arena, grown);
    if (buf->len > 0)
        memcpy(moved, buf->ptr, (size_t)buf->len);
    buf->ptr = moved;
    buf->capacity = grown;
}

void buf_add_str(StrBuf *buf, Str s)
{
    reserve(buf, s.len);
    if (s.len > 0)
        memcpy(buf->ptr + buf->len, s.ptr, (size_t)s.len);
    buf->len += s.len;
    buf->ptr[buf->len] = 0;
}

void buf_add_char(StrBuf *buf, char c)
{
    buf_add_str(buf, (Str){&c, 1});
}

void buf_add(StrBuf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, again);
    va_end(again);
    CHECK(len >= 0);
    reserve(buf, len);
    vsnprintf(buf->ptr + buf->len, (size_t)len + 1, format, args);
    buf->len += len;
    va_end(args);
}

Str buf_str(StrBuf *buf)
{
    reserve(buf, 0);
    return (Str){buf->ptr, buf->len};
}

Span span_join(Span a, Span b)
{
    if (a.file == 0)
        return b;
    if (b.file == 0 || b.file != a.file)
        return a;
    uint32_t start = a.pos < b.pos ? a.pos : b.pos;
    uint32_t a_end = a.pos + a.len;
    uint32_t b_end = b.pos + b.len;
    return (Span){start, (a_end > b_end ? a_end : b_end) - start, a.file};
}
