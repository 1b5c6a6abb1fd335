/* cdb.c: CDB, the format of the Hoda digits: pictures of letters, each of a size of its own, with their
 * labels.
 *
 *     1024 bytes of header    2 year, 1 month, 1 day, 1 height, 1 width, 4 records, 128 * 4 how often each
 *                             letter occurs, 1 kind of picture (0: two colours), comments
 *     each record             0xFF, label, 1 width, 1 height (unless the header has them), 2 bytes of data,
 *                             data: of each row the lengths of its runs, paper first; or 1 byte a pixel
 *
 * Numbers are little-endian. All records are checked when the file is opened, so decoding cannot fail. */
#include "data/data.h"

#include <string.h>

enum { HEADER = 1024, HEIGHT_AT = 4, WIDTH_AT = 5, COUNT_AT = 6, KIND_AT = 522 };

static const unsigned char *bytes_at(const Cdb *cdb, int64_t at)
{
    return (const unsigned char *)cdb->bytes.ptr + at;
}

/* Whether the runs of a picture fill its rows and nothing is left over. */
static bool runs_fit(const unsigned char *data, int64_t size, int width, int height)
{
    int64_t at = 0;
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x += data[at++])
            if (at == size || x + data[at] > width)
                return false;
    return at == size;
}

/* Fills one record and gives the place of the next; 0 when something is wrong with it. */
static int64_t read_record(const Cdb *cdb, int64_t at, CdbRecord *record)
{
    int64_t size = cdb->bytes.len, head = cdb->width > 0 ? 4 : 6;
    const unsigned char *b = bytes_at(cdb, at);
    if (at + head > size || b[0] != 0xFF)
        return 0;
    record->label = b[1];
    record->width = cdb->width > 0 ? cdb->width : b[2];
    record->height = cdb->width > 0 ? cdb->height : b[3];
    record->at = at + head;
    int64_t data = b[head - 2] + 256 * b[head - 1], pixels = (int64_t)record->width * record->height;
    if (pixels == 0 || record->at + data > size)
        return 0;
    bool fits = cdb->is_grey ? data == pixels
                             : runs_fit(bytes_at(cdb, record->at), data, record->width, record->height);
    return fits ? record->at + data : 0;
}

bool cdb_open(Arena *arena, const char *path, Cdb *cdb, Str *error)
{
    *cdb = (Cdb){0};
    if (!file_read(arena, path, &cdb->bytes, error))
        return false;
    const unsigned char *b = bytes_at(cdb, 0);
    if (cdb->bytes.len < HEADER) {
        *error = str_format(arena, "'%s' is not a CDB file: it has %lld bytes, its header needs %d", path,
                            (long long)cdb->bytes.len, HEADER);
        return false;
    }
    uint32_t count = b[COUNT_AT] | (uint32_t)b[COUNT_AT + 1] << 8 | (uint32_t)b[COUNT_AT + 2] << 16 |
                     (uint32_t)b[COUNT_AT + 3] << 24;
    bool has_size = b[HEIGHT_AT] > 0 && b[WIDTH_AT] > 0;
    cdb->height = has_size ? b[HEIGHT_AT] : 0;
    cdb->width = has_size ? b[WIDTH_AT] : 0;
    cdb->is_grey = b[KIND_AT] != 0;
    if ((int64_t)count > cdb->bytes.len / 4) { /* a record has 4 bytes at least */
        *error = str_format(arena, "'%s' is not a CDB file: %lld bytes cannot hold %lld pictures", path,
                            (long long)cdb->bytes.len, (long long)count);
        return false;
    }
    cdb->count = count;
    cdb->records = arena_array(arena, CdbRecord, cdb->count + 1);
    int64_t at = HEADER;
    for (int64_t i = 0; i < cdb->count; i++) {
        at = read_record(cdb, at, &cdb->records[i]);
        if (at == 0) {
            *error = str_format(arena, "'%s': picture %lld of %lld is damaged", path, (long long)i,
                                (long long)cdb->count);
            return false;
        }
    }
    return true;
}

void cdb_decode(const Cdb *cdb, int64_t index, float *values)
{
    const CdbRecord *record = &cdb->records[index];
    const unsigned char *data = bytes_at(cdb, record->at);
    for (int y = 0; y < record->height; y++) {
        float color = 0;
        for (int x = 0; x < record->width;) {
            int run = cdb->is_grey ? 1 : *data;
            for (int i = 0; i < run; i++)
                values[y * record->width + x + i] = cdb->is_grey ? (float)*data : color;
            data++;
            x += run;
            color = 255 - color;
        }
    }
}
