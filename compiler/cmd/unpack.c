/* unpack.c: the data files of a model, ready for a trainer that reads plain files only.
 *
 * When a model names no .gz file the trainer reads the data directory itself. Otherwise it is given
 * a directory in the cache in which every .gz file stands unpacked, without its ending, and every
 * other file as a link. The directory's name covers path, size and time of each packed file, so a
 * changed file is unpacked again. */
#define _XOPEN_SOURCE 700
#include "cmd/cmd.h"

#include "interop/gzip.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct DataFile {
    Str name;  /* as the model writes it */
    Str path;  /* below the data directory; of the plain file when only that exists */
    Str plain; /* name without .gz */
    bool is_packed;
    struct stat info;
} DataFile;

static Str without_gz(Str name)
{
    return str_ends(name, ".gz") ? (Str){name.ptr, name.len - 3} : name;
}

/* Finds a file; a plain file stands in for a packed one that is not there. */
static bool find_file(Arena *arena, Str directory, Str name, DataFile *file, Str *error)
{
    *file = (DataFile){.name = name, .plain = without_gz(name)};
    file->is_packed = str_ends(name, ".gz");
    file->path = path_join(arena, directory, name);
    if (stat(file->path.ptr, &file->info) == 0)
        return true;
    int reason = errno;
    Str plain = path_join(arena, directory, file->plain);
    if (file->is_packed && stat(plain.ptr, &file->info) == 0) {
        file->path = plain;
        file->is_packed = false;
        return true;
    }
    *error = str_format(arena, "cannot read '%s': %s", file->path.ptr, strerror(reason));
    return false;
}

/* Puts one file into the cache directory, unless it is there already. */
static bool place_file(Arena *arena, Str cache, const DataFile *file, Str *error)
{
    Str target = path_join(arena, cache, file->plain);
    if (access(target.ptr, R_OK) == 0)
        return true;
    Str parent = path_directory(target);
    if (!file_make_directory(arena, str_c(arena, parent), error))
        return false;
    if (file->is_packed)
        return gzip_unpack(arena, file->path.ptr, target.ptr, error);
    char absolute[PATH_MAX];
    if (realpath(file->path.ptr, absolute) == NULL) {
        *error = str_format(arena, "cannot read '%s': %s", file->path.ptr, strerror(errno));
        return false;
    }
    unlink(target.ptr); /* a link whose file is gone */
    if (symlink(absolute, target.ptr) != 0 && errno != EEXIST) {
        *error = str_format(arena, "cannot write '%s': %s", target.ptr, strerror(errno));
        return false;
    }
    return true;
}

bool unpack_data(Arena *arena, const char *data, const Str *names, int count, Str *directory,
                 Str *error)
{
    DataFile *files = arena_array(arena, DataFile, count);
    bool has_packed = false;
    StrBuf identity = {.arena = arena};
    char absolute[PATH_MAX];
    *directory = str_from(data);
    for (int i = 0; i < count; i++)
        has_packed |= str_ends(names[i], ".gz");
    if (!has_packed)
        return true;
    if (realpath(data, absolute) == NULL) {
        *error = str_format(arena, "cannot read '%s': %s", data, strerror(errno));
        return false;
    }
    buf_add(&identity, "%s\n", absolute);
    for (int i = 0; i < count; i++) {
        bool is_outside = str_starts(names[i], "../") || strstr(str_c(arena, names[i]), "/../");
        if (is_outside || (str_starts(names[i], "/") && str_ends(names[i], ".gz"))) {
            *error = str_format(arena,
                                "'%.*s' is not below the data directory; packed files "
                                "must be, and so must files used with them",
                                STR_ARGS(names[i]));
            return false;
        }
        if (!find_file(arena, str_from(data), names[i], &files[i], error))
            return false;
        if (files[i].is_packed)
            buf_add(&identity, "%.*s %lld %lld.%09ld\n", STR_ARGS(names[i]),
                    (long long)files[i].info.st_size, (long long)files[i].info.st_mtim.tv_sec,
                    files[i].info.st_mtim.tv_nsec);
    }
    if (!cache_directory(arena, "data", cache_key(arena, buf_str(&identity)), directory, error))
        return false;
    for (int i = 0; i < count; i++)
        if (!str_starts(names[i], "/") && !place_file(arena, *directory, &files[i], error))
            return false;
    return true;
}
