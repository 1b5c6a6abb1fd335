/* gzip.c: unpacks .gz data files with zlib.
 *
 * Uses inflate rather than gzopen, because gzopen passes a file that is not gzip through unchanged
 * and reports a cut one late. Files of several members (cat a.gz b.gz) are one after the other. */
#define _POSIX_C_SOURCE 200809L
#include "interop/gzip.h"

#include "base/report.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { BLOCK_BYTES = 256 * 1024 };
enum { GZIP_WINDOW = 15 + 16 }; /* largest window; 16 asks for the gzip header and checksum */

typedef struct Unpacker {
    FILE *in;
    FILE *out;
    z_stream stream;
    Progress progress;
    int64_t read_bytes;
    unsigned char *input;
    unsigned char *output;
} Unpacker;

/* Fills the input block. Returns false at the end of the file. */
static bool refill(Unpacker *u)
{
    size_t got = fread(u->input, 1, BLOCK_BYTES, u->in);
    u->read_bytes += (int64_t)got;
    u->stream.next_in = u->input;
    u->stream.avail_in = (uInt)got;
    progress_update(&u->progress, u->read_bytes);
    return got > 0;
}

/* Runs the whole file through inflate. Returns NULL, or what is wrong. */
static const char *unpack_stream(Unpacker *u)
{
    int status = Z_OK;
    bool is_between_members = false;
    for (;;) {
        if (u->stream.avail_in == 0 && !refill(u)) {
            if (ferror(u->in))
                return strerror(errno);
            return is_between_members ? NULL : "the file is cut short";
        }
        if (is_between_members)
            inflateReset(&u->stream);
        is_between_members = false;
        u->stream.next_out = u->output;
        u->stream.avail_out = BLOCK_BYTES;
        status = inflate(&u->stream, Z_NO_FLUSH);
        if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
            return u->stream.total_out == 0 ? "it is not a gzip file" : "the file is damaged";
        size_t made = BLOCK_BYTES - u->stream.avail_out;
        if (fwrite(u->output, 1, made, u->out) != made)
            return strerror(errno);
        is_between_members = status == Z_STREAM_END;
    }
}

static const char *unpack_open_files(Arena *arena, Unpacker *u, const char *label)
{
    struct stat info;
    int64_t total = fstat(fileno(u->in), &info) == 0 ? (int64_t)info.st_size : 0;
    u->input = arena_alloc(arena, BLOCK_BYTES);
    u->output = arena_alloc(arena, BLOCK_BYTES);
    if (inflateInit2(&u->stream, GZIP_WINDOW) != Z_OK)
        return "out of memory";
    u->progress = progress_begin(label, total);
    const char *problem = unpack_stream(u);
    progress_end(&u->progress);
    inflateEnd(&u->stream);
    if (problem == NULL && (fflush(u->out) != 0 || fsync(fileno(u->out)) != 0))
        problem = strerror(errno);
    return problem;
}

bool gzip_unpack(Arena *arena, const char *path, const char *target, Str *error)
{
    Unpacker u = {0};
    const char *fresh = file_fresh_name(arena, target);
    u.in = fopen(path, "rb");
    if (u.in == NULL) {
        *error = str_format(arena, "cannot read '%s': %s", path, strerror(errno));
        return false;
    }
    u.out = fopen(fresh, "wb");
    if (u.out == NULL) {
        *error = str_format(arena, "cannot write '%s': %s", fresh, strerror(errno));
        fclose(u.in);
        return false;
    }
    const char *problem = unpack_open_files(arena, &u, str_format(arena, "unpacking %s", path).ptr);
    fclose(u.in);
    if (fclose(u.out) != 0 && problem == NULL)
        problem = strerror(errno);
    if (problem == NULL && rename(fresh, target) != 0)
        problem = strerror(errno);
    if (problem != NULL) {
        remove(fresh);
        *error = str_format(arena, "cannot unpack '%s': %s", path, problem);
    }
    return problem == NULL;
}
