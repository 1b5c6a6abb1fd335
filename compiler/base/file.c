/* file.c: reading and writing whole files, directories and paths. */
#define _XOPEN_SOURCE 700
#include "base/base.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool file_read(Arena *arena, const char *path, Str *text, Str *error)
{
    struct stat info;
    FILE *file = fopen(path, "rb");
    if (file == NULL || fstat(fileno(file), &info) != 0) {
        *error = str_format(arena, "cannot read '%s': %s", path, strerror(errno));
        if (file != NULL)
            fclose(file);
        return false;
    }
    if (S_ISDIR(info.st_mode)) {
        *error = str_format(arena, "cannot read '%s': it is a directory", path);
        fclose(file);
        return false;
    }
    int64_t capacity = info.st_size > 0 ? (int64_t)info.st_size : 4096;
    char *bytes = arena_alloc(arena, capacity + 1);
    int64_t len = 0;
    for (;;) {
        if (len == capacity) { /* pipes and growing files have no honest size */
            char *moved = arena_alloc(arena, 2 * capacity + 1);
            memcpy(moved, bytes, (size_t)len);
            bytes = moved;
            capacity *= 2;
        }
        size_t got = fread(bytes + len, 1, (size_t)(capacity - len), file);
        len += (int64_t)got;
        if (got == 0)
            break;
    }
    bool failed = ferror(file) != 0;
    if (failed)
        *error = str_format(arena, "cannot read '%s': %s", path, strerror(errno));
    fclose(file);
    *text = (Str){bytes, len};
    return !failed;
}

/* Writes the new file and puts it into the place of the old one. Returns errno of what failed, or 0. */
static int replace_file(const char *path, const char *fresh, Str text)
{
    struct stat old;
    FILE *file = fopen(fresh, "wb");
    if (file == NULL)
        return errno;
    /* who may read the old file may read the new one, and nobody else */
    bool ok = stat(path, &old) != 0 || !S_ISREG(old.st_mode) || fchmod(fileno(file), old.st_mode & 0777) == 0;
    ok = ok && fwrite(text.ptr, 1, (size_t)text.len, file) == (size_t)text.len && fflush(file) == 0 &&
         fsync(fileno(file)) == 0;
    int reason = ok ? 0 : errno;
    if (fclose(file) != 0 && reason == 0)
        reason = errno;
    if (reason == 0 && rename(fresh, path) != 0)
        reason = errno;
    if (reason != 0)
        remove(fresh);
    return reason;
}

const char *file_fresh_name(Arena *arena, const char *path)
{
    return str_format(arena, "%s.%ld.new", path, (long)getpid()).ptr;
}

bool file_write(Arena *arena, const char *path, Str text, Str *error)
{
    char *target = realpath(path, NULL); /* what a link leads to is replaced, not the link */
    const char *place = target != NULL ? target : path;
    int reason = replace_file(place, file_fresh_name(arena, place), text);
    free(target);
    if (reason != 0)
        *error = str_format(arena, "cannot write '%s': %s", path, strerror(reason));
    return reason == 0;
}

bool file_make_directory(Arena *arena, const char *path, Str *error)
{
    char *copy = (char *)(void *)str_format(arena, "%s", path).ptr;
    for (char *p = copy + 1; *copy != 0; p++) {
        if (*p != '/' && *p != 0)
            continue;
        char end = *p;
        *p = 0;
        if (mkdir(copy, 0777) != 0 && errno != EEXIST) {
            *error = str_format(arena, "cannot make the directory '%s': %s", copy, strerror(errno));
            return false;
        }
        *p = end;
        if (end == 0)
            break;
    }
    struct stat info;
    if (stat(path, &info) != 0 || !S_ISDIR(info.st_mode)) {
        *error = str_format(arena, "cannot make the directory '%s': it is a file", path);
        return false;
    }
    return true;
}

Str path_join(Arena *arena, Str directory, Str name)
{
    if (str_starts(name, "/") || directory.len == 0 || str_is(directory, "."))
        return str_copy(arena, name);
    return str_format(arena, "%.*s%s%.*s", STR_ARGS(directory), str_ends(directory, "/") ? "" : "/",
                      STR_ARGS(name));
}

Str path_directory(Str path)
{
    for (int64_t i = path.len - 1; i >= 0; i--)
        if (path.ptr[i] == '/')
            return (Str){path.ptr, i == 0 ? 1 : i};
    return STR(".");
}

Str path_stem(Str path)
{
    int64_t start = path.len;
    while (start > 0 && path.ptr[start - 1] != '/')
        start--;
    int64_t end = path.len;
    for (int64_t i = start + 1; i < path.len; i++)
        if (path.ptr[i] == '.')
            end = i;
    return (Str){path.ptr + start, end - start};
}
