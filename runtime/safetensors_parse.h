/* safetensors_parse.h: finds a network's tensors in the bytes of a safetensors file.
 *
 * No heap, no stdio; the bytes may be hostile. A file is 8 bytes with the length of a JSON header,
 * the header, and the data. The header maps a name to {"dtype", "shape", "data_offsets"}; the name
 * "__metadata__" maps to texts. Sizes are checked against the bytes that are there, products against
 * overflow, and no two tensors that are used may share a byte. */
#ifndef NN_SAFETENSORS_PARSE_H
#define NN_SAFETENSORS_PARSE_H

#include "tensor.h"
#include <stddef.h>

enum {
    NN_FILE_OK,
    NN_FILE_SHORT,     /* fewer bytes than the header's length or the header promises */
    NN_FILE_HEADER,    /* the header is not what the format asks for */
    NN_FILE_RANGE,     /* a tensor's bytes do not fit its shape, or overlap another's */
    NN_FILE_DUPLICATE, /* a name stands there twice */
    NN_FILE_TYPE,      /* a tensor is not F32 */
    NN_FILE_SHAPE,     /* a tensor has another shape than the network's */
    NN_FILE_MISSING,   /* a tensor of the network is not there */
    NN_FILE_UNKNOWN    /* a tensor that the network does not have */
};

/* Where a tensor's bytes lie in the file; end is 0 while it was not found. */
typedef struct nn_found {
    uint64_t begin, end;
} nn_found;

/* What is wrong, for the message. Not every field says something for every status. */
typedef struct nn_culprit {
    int status;
    int tensor;               /* index in the network's table, or -1 */
    size_t position;          /* in the file */
    size_t name, name_length; /* of the entry, as written in the file */
    int rank;                 /* shape found, the first 6 axes of it */
    uint64_t dims[6];
} nn_culprit;

/* ---- a reader of the little JSON that headers are made of ---- */
typedef struct nn_scan {
    const unsigned char *bytes;
    size_t at, end;
    int bad;
    size_t metadata; /* where they begin, once they were passed over */
} nn_scan;

static int nn_scan_peek(nn_scan *scan)
{
    while (scan->at < scan->end) {
        unsigned char c = scan->bytes[scan->at];
        if (c != ' ' && c != '\t' && c != '\n' && c != '\r')
            return c;
        scan->at++;
    }
    return -1;
}

static int nn_scan_take(nn_scan *scan, int wanted)
{
    if (scan->bad || nn_scan_peek(scan) != wanted) {
        scan->bad = 1;
        return 0;
    }
    scan->at++;
    return 1;
}

/* After an item of a list: 1 when another follows, 0 when `close` ended the list (or at an error). */
static int nn_scan_more(nn_scan *scan, int close)
{
    if (!scan->bad && nn_scan_peek(scan) == ',') {
        scan->at++;
        return 1;
    }
    nn_scan_take(scan, close);
    return 0;
}

/* A string; begin and length are its text without the quotes, escapes as they are. */
static void nn_scan_string(nn_scan *scan, size_t *begin, size_t *length)
{
    *begin = scan->at;
    *length = 0;
    if (!nn_scan_take(scan, '"'))
        return;
    *begin = scan->at;
    while (scan->at < scan->end && scan->bytes[scan->at] != '"') {
        if (scan->bytes[scan->at] < 0x20)
            break;
        scan->at += scan->bytes[scan->at] == '\\' ? 2u : 1u;
    }
    if (scan->at >= scan->end || scan->bytes[scan->at] != '"') {
        scan->bad = 1;
        return;
    }
    *length = scan->at - *begin;
    scan->at++;
}

/* A whole number up to 2^53. */
static uint64_t nn_scan_number(nn_scan *scan)
{
    uint64_t value = 0;
    int digits = 0;
    nn_scan_peek(scan);
    while (!scan->bad && scan->at < scan->end && scan->bytes[scan->at] >= '0' &&
           scan->bytes[scan->at] <= '9') {
        value = value * 10 + (uint64_t)(scan->bytes[scan->at] - '0');
        if (value > UINT64_C(1) << 53)
            scan->bad = 1;
        scan->at++;
        digits++;
    }
    if (digits == 0)
        scan->bad = 1;
    return value;
}

static int nn_scan_same(const nn_scan *scan, size_t begin, size_t length, const char *word)
{
    return strlen(word) == length && memcmp(scan->bytes + begin, word, length) == 0;
}

/* One entry of the header. */
typedef struct nn_entry {
    size_t name, name_length;
    size_t type, type_length; /* its dtype, as written */
    int is_f32;
    uint64_t bytes; /* that the shape takes */
    int rank;
    uint64_t dims[6];
    uint64_t begin, end; /* from the start of the data */
} nn_entry;

/* Bytes of a value of a type, 0 when there is no such type. */
static uint64_t nn_scan_type(const nn_scan *scan, size_t begin, size_t length)
{
    static const char names[16][8] = {"BOOL", "U8",   "I8",  "F8_E5M2", "F8_E4M3", "I16",
                                      "U16",  "F16",  "BF16", "I32",    "U32",     "F32",
                                      "F64",  "I64",  "U64",  ""};
    static const unsigned char sizes[16] = {1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 8, 8, 8, 0};
    for (int i = 0; i < 15; i++)
        if (nn_scan_same(scan, begin, length, names[i]))
            return sizes[i];
    return 0;
}

/* [a, b, ...]; the product of the dims must stay below 2^53. */
static void nn_scan_shape(nn_scan *scan, nn_entry *entry, uint64_t *product)
{
    *product = 1;
    entry->rank = 0;
    nn_scan_take(scan, '[');
    if (!scan->bad && nn_scan_peek(scan) == ']') {
        scan->at++;
        return;
    }
    do {
        uint64_t dim = nn_scan_number(scan);
        if (dim != 0 && *product > (UINT64_C(1) << 53) / dim)
            scan->bad = 1;
        *product = scan->bad ? 0 : *product * dim;
        if (entry->rank < 6)
            entry->dims[entry->rank] = dim;
        entry->rank++;
        if (entry->rank > 32)
            scan->bad = 1;
    } while (nn_scan_more(scan, ']'));
}

/* {"dtype": "F32", "shape": [...], "data_offsets": [begin, end]}, keys in any order, each once. */
static void nn_scan_entry(nn_scan *scan, nn_entry *entry)
{
    uint64_t product = 0, item = 0;
    int seen = 0;
    nn_scan_take(scan, '{');
    do {
        size_t key, length, value = 0, value_length = 0;
        int bit = 0;
        nn_scan_string(scan, &key, &length);
        nn_scan_take(scan, ':');
        if (scan->bad)
            return;
        if (nn_scan_same(scan, key, length, "dtype")) {
            bit = 1;
            nn_scan_string(scan, &value, &value_length);
            item = scan->bad ? 0 : nn_scan_type(scan, value, value_length);
            entry->type = value;
            entry->type_length = value_length;
            entry->is_f32 = !scan->bad && nn_scan_same(scan, value, value_length, "F32");
        } else if (nn_scan_same(scan, key, length, "shape")) {
            bit = 2;
            nn_scan_shape(scan, entry, &product);
        } else if (nn_scan_same(scan, key, length, "data_offsets")) {
            bit = 4;
            nn_scan_take(scan, '[');
            entry->begin = nn_scan_number(scan);
            nn_scan_take(scan, ',');
            entry->end = nn_scan_number(scan);
            nn_scan_take(scan, ']');
        }
        if (bit == 0 || (seen & bit) != 0)
            scan->bad = 1;
        seen |= bit;
    } while (nn_scan_more(scan, '}'));
    if (seen != 7 || item == 0)
        scan->bad = 1;
    entry->bytes = product * item; /* below 2^56 */
}

/* {"key": "text", ...} */
static void nn_scan_texts(nn_scan *scan)
{
    size_t begin, length;
    nn_scan_take(scan, '{');
    if (!scan->bad && nn_scan_peek(scan) == '}') {
        scan->at++;
        return;
    }
    do {
        nn_scan_string(scan, &begin, &length);
        nn_scan_take(scan, ':');
        nn_scan_string(scan, &begin, &length);
    } while (nn_scan_more(scan, '}'));
}

/* Starts a scan of the header and gives the place of the data. */
static int nn_safetensors_open(const unsigned char *bytes, size_t size, nn_scan *scan, size_t *data)
{
    uint64_t length = 0;
    if (size < 8)
        return NN_FILE_SHORT;
    for (int i = 7; i >= 0; i--)
        length = length << 8 | bytes[i];
    if (length > (uint64_t)100 << 20)
        return NN_FILE_HEADER; /* the limit of the format's own library */
    if (length > size - 8)
        return NN_FILE_SHORT;
    scan->bytes = bytes;
    scan->at = 8;
    scan->end = 8 + (size_t)length;
    scan->bad = 0;
    scan->metadata = 0;
    *data = scan->end;
    return NN_FILE_OK;
}

/* ---- tensors of a network ---- */

/* The next tensor of a header, from the first on; metadata are passed over. 0 at the end of the header,
 * and where it is damaged: then scan->bad is set. */
static int nn_scan_next(nn_scan *scan, nn_entry *entry, int is_first)
{
    int more = is_first ? nn_scan_take(scan, '{') : nn_scan_more(scan, '}');
    if (is_first && more && nn_scan_peek(scan) == '}') {
        scan->at++;
        return 0;
    }
    while (more && !scan->bad) {
        memset(entry, 0, sizeof *entry);
        nn_scan_string(scan, &entry->name, &entry->name_length);
        nn_scan_take(scan, ':');
        if (!scan->bad && !nn_scan_same(scan, entry->name, entry->name_length, "__metadata__")) {
            nn_scan_entry(scan, entry);
            return !scan->bad;
        }
        scan->metadata = scan->at;
        if (!scan->bad)
            nn_scan_texts(scan);
        more = nn_scan_more(scan, '}');
    }
    return 0;
}

/* Index of the tensor that an entry is for, or -1. Names in the file start with `prefix`. */
static int nn_entry_tensor(const nn_scan *scan, const nn_entry *entry, const char *prefix,
                           const nn_tensor *tensors, int count, int last_kind)
{
    size_t skip = strlen(prefix);
    if (entry->name_length < skip || memcmp(scan->bytes + entry->name, prefix, skip) != 0)
        return -1;
    for (int i = 0; i < count; i++)
        if (tensors[i].kind <= last_kind &&
            nn_scan_same(scan, entry->name + skip, entry->name_length - skip, tensors[i].name))
            return i;
    return -1;
}

/* Checks one entry against the file and, when it is a tensor of the network, against that. */
static int nn_entry_check(const nn_entry *entry, uint64_t data_bytes, const nn_tensor *tensor,
                          const nn_found *found)
{
    if (entry->begin > entry->end || entry->end > data_bytes ||
        entry->end - entry->begin != entry->bytes)
        return NN_FILE_RANGE;
    if (tensor == NULL)
        return NN_FILE_OK;
    if (found->end != 0)
        return NN_FILE_DUPLICATE;
    if (!entry->is_f32)
        return NN_FILE_TYPE;
    if (entry->rank != tensor->rank)
        return NN_FILE_SHAPE;
    for (int axis = 0; axis < tensor->rank; axis++)
        if (entry->dims[axis] != (uint64_t)tensor->dims[axis])
            return NN_FILE_SHAPE;
    return NN_FILE_OK;
}

/* Every wanted tensor is there and shares no byte with another one. */
static int nn_found_check(const nn_tensor *tensors, int count, int last_kind,
                          const nn_found *found, int *tensor)
{
    for (int i = 0; i < count; i++) {
        *tensor = i;
        if (tensors[i].kind > last_kind)
            continue;
        if (found[i].end == 0)
            return NN_FILE_MISSING;
        for (int j = 0; j < i; j++)
            if (tensors[j].kind <= last_kind && found[i].begin < found[j].end &&
                found[j].begin < found[i].end)
                return NN_FILE_RANGE;
    }
    return NN_FILE_OK;
}

/* Finds tensors[0 .. count-1] of a kind up to last_kind (NN_STATISTIC: all that a weights file
 * holds) and fills found[count]. With `strict` any further tensor is an error. Returns NN_FILE_OK
 * or the status that culprit also has; culprit may not be NULL. */
static int nn_safetensors_find(const unsigned char *bytes, size_t size, const char *prefix,
                               const nn_tensor *tensors, int count, int last_kind, int strict,
                               nn_found *found, nn_culprit *culprit)
{
    nn_scan scan;
    size_t data = 0;
    memset(culprit, 0, sizeof *culprit);
    memset(found, 0, sizeof *found * (size_t)count);
    culprit->tensor = -1;
    culprit->status = nn_safetensors_open(bytes, size, &scan, &data);
    if (culprit->status != NN_FILE_OK)
        return culprit->status;
    nn_entry entry;
    for (int is_first = 1; nn_scan_next(&scan, &entry, is_first); is_first = 0) {
        int i = nn_entry_tensor(&scan, &entry, prefix, tensors, count, last_kind);
        culprit->tensor = i;
        culprit->name = entry.name;
        culprit->name_length = entry.name_length;
        culprit->rank = entry.rank;
        memcpy(culprit->dims, entry.dims, sizeof culprit->dims);
        culprit->status = nn_entry_check(&entry, (uint64_t)(size - data), i < 0 ? NULL : &tensors[i],
                                         i < 0 ? NULL : &found[i]);
        if (culprit->status == NN_FILE_OK && i < 0 && strict)
            culprit->status = NN_FILE_UNKNOWN;
        if (culprit->status != NN_FILE_OK)
            return culprit->status;
        if (i >= 0) {
            found[i].begin = entry.begin + data;
            found[i].end = entry.end + data;
        }
    }
    if (scan.bad || nn_scan_peek(&scan) != -1) {
        culprit->position = scan.at;
        return culprit->status = NN_FILE_HEADER;
    }
    culprit->name_length = 0;
    return culprit->status = nn_found_check(tensors, count, last_kind, found, &culprit->tensor);
}

/* Element i of little-endian bytes. */
NN_INLINE float nn_float_at(const unsigned char *bytes, long long i)
{
    const unsigned char *b = bytes + 4 * i;
    uint32_t bits = (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 |
                    (uint32_t)b[3] << 24;
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* Copies a tensor's bytes to its place in the state, in its layout. */
static void nn_tensor_load(float *state, const nn_tensor *tensor, const unsigned char *bytes)
{
    long long count = nn_tensor_elements(tensor);
    float *to = state + tensor->offset;
    if (!tensor->panel) {
        for (long long i = 0; i < count; i++)
            to[i] = nn_float_at(bytes, i);
        return;
    }
    long long columns = tensor->dims[tensor->rank - 1], rows = count / columns;
    long long own = columns / tensor->groups;
    for (long long g = 0; g < tensor->groups; g++)
        for (long long first = 0; first < own; first += tensor->panel)
            for (long long row = 0; row < rows; row++)
                for (long long lane = first; lane < first + tensor->panel; lane++)
                    *to++ = lane < own ? nn_float_at(bytes, row * columns + g * own + lane) : 0.0f;
}

#endif
