/* cache.c: where built trainers and unpacked data are kept between runs. */
#include "cmd/cmd.h"

#include <stdlib.h>

bool cache_directory(Arena *arena, const char *kind, Str name, Str *path, Str *error)
{
    const char *base = getenv("XDG_CACHE_HOME");
    const char *home = getenv("HOME");
    /* The directory convention says that a relative XDG_CACHE_HOME is to be ignored. */
    if (base != NULL && base[0] == '/')
        *path = str_format(arena, "%s/nndc/%s/%.*s", base, kind, STR_ARGS(name));
    else if (home != NULL && home[0] != 0)
        *path = str_format(arena, "%s/.cache/nndc/%s/%.*s", home, kind, STR_ARGS(name));
    else {
        *error = STR("no place for the cache: set HOME or XDG_CACHE_HOME");
        return false;
    }
    return file_make_directory(arena, path->ptr, error);
}

/* FNV-1a, 64 bits. */
static uint64_t hash_bytes(uint64_t hash, Str text)
{
    for (int64_t i = 0; i < text.len; i++)
        hash = (hash ^ (unsigned char)text.ptr[i]) * UINT64_C(0x100000001b3);
    return hash;
}

Str cache_key(Arena *arena, Str text)
{
    /* Two hashes from different starts: one alone is within reach of an accident in a big cache. */
    uint64_t a = hash_bytes(UINT64_C(0xcbf29ce484222325), text);
    uint64_t b = hash_bytes(a ^ UINT64_C(0x9e3779b97f4a7c15), text);
    return str_format(arena, "%016llx%016llx", (unsigned long long)a, (unsigned long long)b);
}
