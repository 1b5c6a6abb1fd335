/* file.h: whole files in, and files out that are either complete or not there.
 *
 * An output is written beside its place as PATH.new, synced and renamed, so that a full disk or a
 * kill leaves the old file as it was. Every write is checked, the last one included. */
#ifndef NN_FILE_H
#define NN_FILE_H

#include "report.h"
#include <errno.h>
#if NN_POSIX
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#endif

/* Reads a file. *bytes is freed with nn_free; one zero byte follows the last, not counted in size. */
static int nn_file_read(const char *path, unsigned char **bytes, size_t *size, nn_error *error)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return nn_fail(error, NN_EXIT_IO, "cannot read '%s': %s", path, strerror(errno));
    size_t capacity = 1 << 16, length = 0;
    unsigned char *buffer = NN_ALLOCATE(unsigned char, (long long)capacity);
    for (;;) {
        length += fread(buffer + length, 1, capacity - length - 1, file);
        if (ferror(file) != 0 || feof(file) != 0)
            break;
        unsigned char *larger = NN_ALLOCATE(unsigned char, (long long)(2 * capacity));
        memcpy(larger, buffer, length);
        nn_free(buffer);
        buffer = larger;
        capacity *= 2;
    }
    int failed = ferror(file), reason = errno;
    fclose(file);
    if (failed != 0) {
        nn_free(buffer);
        return nn_fail(error, NN_EXIT_IO, "cannot read '%s': %s", path, strerror(reason));
    }
    buffer[length] = 0;
    *bytes = buffer;
    *size = length;
    return 1;
}

static int nn_file_exists(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file != NULL)
        fclose(file);
    return file != NULL;
}

/* directory/name, or name alone when it is absolute or there is no directory; nn_free it. */
static char *nn_path(const char *directory, const char *name)
{
    nn_text path = {NULL, 0, 0};
    if (directory == NULL || directory[0] == '\0' || name[0] == '/')
        nn_text_add(&path, "%s", name);
    else if (directory[strlen(directory) - 1] == '/')
        nn_text_add(&path, "%s%s", directory, name);
    else
        nn_text_add(&path, "%s/%s", directory, name);
    return path.at;
}

/* Makes a directory and its parents; one that is there already is fine. */
static int nn_make_directory(const char *path, nn_error *error)
{
#if NN_POSIX
    char *copy = nn_path(NULL, path);
    struct stat status;
    for (char *c = copy + 1; *copy != '\0'; c++) {
        if (*c != '/' && *c != '\0')
            continue;
        char held = *c;
        *c = '\0';
        if (mkdir(copy, 0777) != 0 && errno != EEXIST) {
            int reason = errno;
            nn_fail(error, NN_EXIT_IO, "cannot make the directory '%s': %s", copy,
                    strerror(reason));
            nn_free(copy);
            return 0;
        }
        *c = held;
        if (held == '\0')
            break;
    }
    nn_free(copy);
    if (stat(path, &status) != 0 || !S_ISDIR(status.st_mode))
        return nn_fail(error, NN_EXIT_IO, "cannot make the directory '%s': a file has its name",
                       path);
#else
    (void)path;
    (void)error;
#endif
    return 1;
}

/* Keeps other trainers out of a directory as long as this program runs. What cannot be locked, as on some
 * file systems of networks, is not. The descriptor stays open: the system closes it at the end. */
static int nn_lock_directory(const char *path, nn_error *error)
{
#if NN_POSIX
    int directory = open(path, O_RDONLY);
    if (directory >= 0 && flock(directory, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
        close(directory);
        return nn_fail(error, NN_EXIT_IO, "another trainer is at work in '%s'; '--out' gives this one a "
                       "directory of its own", path);
    }
#else
    (void)path;
    (void)error;
#endif
    return 1;
}

typedef struct nn_output {
    FILE *file;
    char *path, *fresh; /* fresh is path.new */
    int reason;         /* errno of the first failure, or 0 */
} nn_output;

/* Whether a file is on the disk when it is closed, so that even a fall of the machine loses nothing. The
 * training loop turns it off now and then; files are still replaced whole or not at all. */
static int nn_sync_files = 1;

static int nn_output_open(nn_output *out, const char *path, nn_error *error)
{
    nn_text fresh = {NULL, 0, 0};
    nn_text_add(&fresh, "%s.new", path);
    out->path = nn_path(NULL, path);
    out->fresh = fresh.at;
    out->reason = 0;
    out->file = fopen(out->fresh, "wb");
    if (out->file == NULL) {
        nn_fail(error, NN_EXIT_IO, "cannot write '%s': %s", path, strerror(errno));
        nn_free(out->path);
        nn_free(out->fresh);
        return 0;
    }
    return 1;
}

/* Failures are remembered and reported by nn_output_close. */
static void nn_output_write(nn_output *out, const void *bytes, size_t size)
{
    if (out->reason == 0 && size > 0 && fwrite(bytes, 1, size, out->file) != size)
        out->reason = errno != 0 ? errno : EIO;
}

static int nn_output_close(nn_output *out, nn_error *error)
{
    int ok = 1;
    if (out->reason == 0 && fflush(out->file) != 0)
        out->reason = errno;
#if NN_POSIX
    if (out->reason == 0 && nn_sync_files && fsync(fileno(out->file)) != 0 && errno != EINVAL)
        out->reason = errno;
#endif
    if (fclose(out->file) != 0 && out->reason == 0)
        out->reason = errno;
    if (out->reason == 0 && rename(out->fresh, out->path) != 0)
        out->reason = errno;
    if (out->reason != 0) {
        remove(out->fresh);
        ok = nn_fail(error, NN_EXIT_IO, "cannot write '%s': %s", out->path, strerror(out->reason));
    }
    nn_free(out->path);
    nn_free(out->fresh);
    return ok;
}

/* A whole text file at once. */
static int nn_file_write(const char *path, const nn_text *text, nn_error *error)
{
    nn_output out;
    if (!nn_output_open(&out, path, error))
        return 0;
    nn_output_write(&out, text->at, (size_t)text->length);
    return nn_output_close(&out, error);
}

#endif
