/* unpack.c: .gz files for a trainer, which reads plain files only.
 *
 * Each is unpacked once, into a directory of the cache whose name covers path, size and time of the
 * packed file, so a changed file is unpacked again. */
#define _XOPEN_SOURCE 700
#include "cmd/cmd.h"

#include "interop/gzip.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool unpack_file(Arena *arena, Str path, Str *plain, Str *error)
{
    struct stat info;
    Str folder;
    const char *packed = str_c(arena, path);
    char *absolute = realpath(packed, NULL);
    if (absolute == NULL || stat(packed, &info) != 0) {
        *error = str_format(arena, "cannot read '%s': %s", packed, strerror(errno));
        free(absolute);
        return false;
    }
    Str identity = str_format(arena, "%s %lld %lld.%09ld", absolute, (long long)info.st_size,
                              (long long)info.st_mtim.tv_sec, info.st_mtim.tv_nsec);
    free(absolute);
    if (!cache_directory(arena, "data", cache_key(arena, identity), &folder, error))
        return false;
    /* Commas stand between names in --source, so the new name has none. */
    char *name = (char *)(uintptr_t)str_c(arena, str_copy(arena, path_stem(path)));
    for (char *c = strchr(name, ','); c != NULL; c = strchr(c, ','))
        *c = '_';
    *plain = path_join(arena, folder, str_from(name));
    return access(plain->ptr, R_OK) == 0 || gzip_unpack(arena, packed, plain->ptr, error);
}

bool plain_file(Arena *arena, Str path, Str *plain, Str *error)
{
    *plain = path;
    if (!str_ends(path, ".gz"))
        return true;
    Str beside = {path.ptr, path.len - 3};
    if (access(str_c(arena, path), R_OK) != 0 && access(str_c(arena, beside), R_OK) == 0) {
        *plain = beside;
        return true;
    }
    return unpack_file(arena, path, plain, error);
}

bool plain_source(Arena *arena, Str set, const Str *paths, int count, Str *text, Str *error)
{
    StrBuf buf = {.arena = arena};
    bool has_packed = false;
    *text = (Str){0};
    for (int i = 0; i < count; i++)
        has_packed |= str_ends(paths[i], ".gz");
    if (!has_packed)
        return true;
    buf_add(&buf, "%.*s=", STR_ARGS(set));
    for (int i = 0; i < count; i++) {
        Str plain;
        if (!plain_file(arena, paths[i], &plain, error))
            return false;
        if (memchr(plain.ptr, ',', (size_t)plain.len) != NULL) {
            *error = str_format(arena, "'%.*s' has a comma in its name and cannot stand beside a .gz file; rename "
                                "it, or unpack the .gz file", STR_ARGS(plain));
            return false;
        }
        buf_add(&buf, "%s%.*s", i > 0 ? "," : "", STR_ARGS(plain));
    }
    *text = buf_str(&buf);
    return true;
}
