/* tensor_file.c: writes a safetensors file piece by piece: the header first, then the values of its
 * tensors in order.
 *
 * The file appears whole or not at all. What SIGINT, SIGTERM or SIGHUP interrupts is removed, so a
 * cache does not fill with halves. */
#define _POSIX_C_SOURCE 200809L
#include "base/report.h"
#include "data/data.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

struct TensorFile {
    Arena *arena;
    FILE *file;
    const char *path, *fresh;
    int reason; /* errno of the first failure, or 0 */
};

static const char *volatile open_file; /* what a signal removes */
static const int signals[] = {SIGINT, SIGTERM, SIGHUP};

static void remove_and_end(int number)
{
    if (open_file != NULL)
        unlink(open_file);
    signal(number, SIG_DFL);
    raise(number);
}

static void watch_signals(const char *path)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = path != NULL ? remove_and_end : SIG_DFL;
    open_file = path;
    for (int i = 0; i < COUNT_OF(signals); i++)
        sigaction(signals[i], &action, NULL);
}

static void put_shape(StrBuf *header, const TensorEntry *entry, int64_t *offset)
{
    int64_t bytes = strcmp(entry->type, "U8") == 0 ? 1 : 4;
    buf_add(header, ":{\"dtype\":\"%s\",\"shape\":[", entry->type);
    for (int axis = 0; axis < entry->shape.rank; axis++) {
        buf_add(header, "%s%lld", axis > 0 ? "," : "", (long long)entry->shape.dim[axis]);
        bytes *= entry->shape.dim[axis];
    }
    buf_add(header, "],\"data_offsets\":[%lld,%lld]}", (long long)*offset,
            (long long)(*offset + bytes));
    *offset += bytes;
}

static Str header_text(Arena *arena, const TensorEntry *entries, int count, Str network,
                       const PictureList *classes)
{
    StrBuf header = {.arena = arena}, names = {.arena = arena};
    int64_t offset = 0;
    buf_add(&header, "{\"__metadata__\":{\"network\":");
    json_escape(&header, network);
    if (classes != NULL && classes->class_names != NULL) {
        for (int i = 0; i < classes->class_count; i++)
            buf_add(&names, "%s%.*s", i > 0 ? "\n" : "", STR_ARGS(classes->class_names[i]));
        buf_add(&header, ",\"classes\":");
        json_escape(&header, buf_str(&names));
    }
    buf_add(&header, "}");
    for (int i = 0; i < count; i++) {
        buf_add(&header, ",");
        json_escape(&header, entries[i].name);
        put_shape(&header, &entries[i], &offset);
    }
    buf_add(&header, "}");
    while (header.len % 8 != 0)
        buf_add_char(&header, ' ');
    return buf_str(&header);
}

TensorFile *tensor_file_open(Arena *arena, const char *path, const TensorEntry *entries, int count,
                             Str network, const PictureList *classes, Str *error)
{
    TensorFile *f = arena_new(arena, TensorFile);
    Str header = header_text(arena, entries, count, network, classes);
    unsigned char length[8];
    f->arena = arena;
    f->path = path;
    f->fresh = file_fresh_name(arena, path);
    f->file = fopen(f->fresh, "wb");
    if (f->file == NULL) {
        *error = str_format(arena, "cannot write '%s': %s", path, strerror(errno));
        return NULL;
    }
    watch_signals(f->fresh);
    for (int i = 0; i < 8; i++)
        length[i] = (unsigned char)((uint64_t)header.len >> (8 * i));
    tensor_file_write(f, length, 8);
    tensor_file_write(f, header.ptr, header.len);
    return f;
}

void tensor_file_write(TensorFile *f, const void *bytes, int64_t count)
{
    if (f->reason == 0 && count > 0 && fwrite(bytes, 1, (size_t)count, f->file) != (size_t)count)
        f->reason = errno != 0 ? errno : EIO;
}

bool tensor_file_close(TensorFile *f, bool is_complete, Str *error)
{
    if (is_complete && f->reason == 0 && (fflush(f->file) != 0 || fsync(fileno(f->file)) != 0))
        f->reason = errno;
    if (fclose(f->file) != 0 && f->reason == 0)
        f->reason = errno;
    if (is_complete && f->reason == 0 && rename(f->fresh, f->path) != 0)
        f->reason = errno;
    if (!is_complete || f->reason != 0)
        unlink(f->fresh);
    watch_signals(NULL);
    if (is_complete && f->reason != 0)
        *error = str_format(f->arena, "cannot write '%s': %s", f->path, strerror(f->reason));
    return is_complete && f->reason == 0;
}
