/* load_parts.h: loads the tensors of a part of a network from a weights file of another network.
 *
 * Tensors are found by name; what else the file holds does not matter. Values of type F64, F16 and
 * BF16 become F32. All that does not fit is told at once, and then nothing is loaded. */
#ifndef NN_LOAD_PARTS_H
#define NN_LOAD_PARTS_H

#include "safetensors_rt.h"
#include "sources.h"

/* Parameters and statistics that a run starts with. */
typedef struct nn_start {
    const char *file;   /* relative names start at --data DIR */
    const char *part;   /* of the tensors whose names begin so: "base.", or "" for all */
    const char *prefix; /* what stands in the file in place of `part` */
} nn_start;

enum { NN_MAX_PROBLEMS = 10 }; /* told in full */

/* Types that can be loaded. */
enum { NN_FLOAT_NONE, NN_FLOAT_F32, NN_FLOAT_F64, NN_FLOAT_F16, NN_FLOAT_BF16 };

/* One tensor of the part and what the file has for it. */
typedef struct nn_wanted {
    int tensor; /* index in the network's table */
    char *name; /* in the file */
    int times;  /* that the file holds it */
    int type;   /* NN_FLOAT_... */
    nn_entry entry;
} nn_wanted;

typedef struct nn_problems {
    nn_text text;
    int count;
} nn_problems;

/* The text of the next problem goes here; NULL when there were enough. */
static nn_text *nn_next_problem(nn_problems *problems)
{
    if (problems->count++ >= NN_MAX_PROBLEMS)
        return NULL;
    nn_text_add(&problems->text, "\n    ");
    return &problems->text;
}

static int nn_float_type(const nn_scan *scan, const nn_entry *entry)
{
    static const char *const names[] = {"F32", "F64", "F16", "BF16"};
    for (int i = 0; i < 4; i++)
        if (nn_scan_same(scan, entry->type, entry->type_length, names[i]))
            return NN_FLOAT_F32 + i;
    return NN_FLOAT_NONE;
}

/* Notes an entry of the file beside the tensor it is for. */
static void nn_note_entry(const nn_scan *scan, const nn_entry *entry, nn_wanted *wanted, int count)
{
    for (int i = 0; i < count; i++)
        if (nn_scan_same(scan, entry->name, entry->name_length, wanted[i].name)) {
            wanted[i].entry = *entry;
            wanted[i].type = nn_float_type(scan, entry);
            wanted[i].times++;
        }
}

/* Goes through the header of a file that nn_safetensors_find found valid. */
static void nn_note_entries(const unsigned char *bytes, size_t size, size_t *data,
                            nn_wanted *wanted, int count)
{
    nn_scan scan;
    nn_entry entry;
    if (nn_safetensors_open(bytes, size, &scan, data) != NN_FILE_OK)
        return;
    for (int is_first = 1; nn_scan_next(&scan, &entry, is_first); is_first = 0)
        nn_note_entry(&scan, &entry, wanted, count);
}

/* ---- conversion ---- */

static uint32_t nn_half_bits(uint32_t half)
{
    uint32_t sign = (half & 0x8000u) << 16, exponent = half >> 10 & 31u, mantissa = half & 0x3FFu;
    if (exponent == 31)
        return sign | 0x7F800000u | mantissa << 13;
    if (exponent > 0)
        return sign | (exponent + 112) << 23 | mantissa << 13;
    if (mantissa == 0)
        return sign;
    for (exponent = 113; (mantissa & 0x400u) == 0; exponent--) /* below the normal numbers */
        mantissa <<= 1;
    return sign | exponent << 23 | (mantissa & 0x3FFu) << 13;
}

static uint64_t nn_bits_at(const unsigned char *bytes, int count)
{
    uint64_t bits = 0;
    for (int i = count - 1; i >= 0; i--)
        bits = bits << 8 | bytes[i];
    return bits;
}

/* The bits of element i as F32. */
static uint32_t nn_converted(const unsigned char *bytes, long long i, int type)
{
    double wide;
    float narrow;
    uint64_t bits;
    uint32_t result;
    if (type == NN_FLOAT_F32)
        return (uint32_t)nn_bits_at(bytes + 4 * i, 4);
    if (type == NN_FLOAT_F16)
        return nn_half_bits((uint32_t)nn_bits_at(bytes + 2 * i, 2));
    if (type == NN_FLOAT_BF16)
        return (uint32_t)nn_bits_at(bytes + 2 * i, 2) << 16;
    bits = nn_bits_at(bytes + 8 * i, 8);
    memcpy(&wide, &bits, sizeof wide);
    narrow = (float)wide;
    memcpy(&result, &narrow, sizeof result);
    return result;
}

/* The first of count elements that is NaN or infinite as F32, or -1. */
static long long nn_first_wild(const unsigned char *bytes, long long count, int type)
{
    for (long long i = 0; i < count; i++)
        if ((nn_converted(bytes, i, type) >> 23 & 255u) == 255u)
            return i;
    return -1;
}

/* ---- what does not fit ---- */

static int nn_fits_shape(const nn_entry *entry, const nn_tensor *tensor)
{
    int fits = entry->rank == tensor->rank;
    for (int axis = 0; fits && axis < tensor->rank; axis++)
        fits = entry->dims[axis] == (uint64_t)tensor->dims[axis];
    return fits;
}

static int nn_shares_bytes(const nn_wanted *wanted, int i)
{
    for (int j = 0; j < i; j++)
        if (wanted[j].times > 0 && wanted[i].entry.begin < wanted[j].entry.end &&
            wanted[j].entry.begin < wanted[i].entry.end)
            return 1;
    return 0;
}

/* What keeps a tensor from being loaded, if anything. */
static void nn_check_wanted(const nn_net *net, const unsigned char *bytes, size_t data,
                            const nn_wanted *wanted, int i, nn_problems *problems)
{
    const nn_wanted *w = &wanted[i];
    const nn_tensor *tensor = &net->tensors[w->tensor];
    nn_text *text;
    long long wild = -1;
    if (w->times == 1 && w->type != NN_FLOAT_NONE && nn_fits_shape(&w->entry, tensor) &&
        !nn_shares_bytes(wanted, i)) {
        wild = nn_first_wild(bytes + data + w->entry.begin, nn_tensor_elements(tensor), w->type);
        if (wild < 0)
            return;
    }
    text = nn_next_problem(problems);
    if (text == NULL)
        return;
    nn_text_add(text, "'%s' ", w->name);
    if (wild >= 0) {
        nn_text_add(text, "is NaN, infinite or too large for F32 at value %lld", wild);
    } else if (w->times == 0) {
        nn_text_add(text, "is missing");
    } else if (w->times > 1) {
        nn_text_add(text, "stands there twice");
    } else if (w->type == NN_FLOAT_NONE) {
        nn_text_add(text, "is of type %.*s, not F32, F64, F16 or BF16", (int)w->entry.type_length,
                    (const char *)bytes + w->entry.type);
    } else if (!nn_fits_shape(&w->entry, tensor)) {
        uint64_t dims[NN_MAX_RANK] = {0};
        for (int axis = 0; axis < tensor->rank; axis++)
            dims[axis] = (uint64_t)tensor->dims[axis];
        nn_text_add(text, "has the shape ");
        nn_shape_text(text, w->entry.rank, w->entry.dims);
        nn_text_add(text, ", '%s' needs ", tensor->name);
        nn_shape_text(text, tensor->rank, dims);
    } else {
        nn_text_add(text, "shares bytes with another tensor");
    }
}

static void nn_load_wanted(float *state, const nn_tensor *tensor, const unsigned char *bytes,
                           int type)
{
    if (type == NN_FLOAT_F32) {
        nn_tensor_load(state, tensor, bytes);
        return;
    }
    long long count = nn_tensor_elements(tensor);
    unsigned char *floats = NN_ALLOCATE(unsigned char, 4 * count);
    for (long long i = 0; i < count; i++) {
        uint32_t bits = nn_converted(bytes, i, type);
        for (int k = 0; k < 4; k++)
            floats[4 * i + k] = (unsigned char)(bits >> 8 * k);
    }
    nn_tensor_load(state, tensor, floats);
    nn_free(floats);
}

/* ---- parts ---- */

/* Fills wanted with the tensors of the part; returns how many. */
static int nn_list_wanted(const nn_net *net, const nn_start *load, nn_wanted *wanted)
{
    size_t skip = strlen(load->part);
    int count = 0;
    for (int i = 0; i < net->tensor_count; i++) {
        const nn_tensor *tensor = &net->tensors[i];
        if (tensor->kind > NN_STATISTIC || strncmp(tensor->name, load->part, skip) != 0)
            continue;
        nn_text name = {NULL, 0, 0};
        nn_text_add(&name, "%s%s", load->prefix, tensor->name + skip);
        wanted[count].tensor = i;
        wanted[count++].name = name.at;
    }
    return count;
}

/* The message that lists the problems. Always returns 0. */
static int nn_load_fail(const char *path, const nn_start *load, const nn_problems *problems,
                        nn_error *error)
{
    nn_text more = {NULL, 0, 0};
    int shown = (int)strlen(load->part) - (load->part[0] != '\0'); /* without its point */
    if (problems->count > NN_MAX_PROBLEMS)
        nn_text_add(&more, "\n    and %d more", problems->count - NN_MAX_PROBLEMS);
    nn_fail(error, NN_EXIT_IO, "'%s' does not fit %s%.*s%s:%s%s", path, shown > 0 ? "'" : "the network",
            shown, load->part, shown > 0 ? "'" : "", problems->text.at, more.at != NULL ? more.at : "");
    nn_free(more.at);
    return 0;
}

/* Loads one part from the file at path; *loaded is the number of tensors. */
static int nn_part_load(float *state, const nn_net *net, const nn_start *load, const char *path,
                        int *loaded, nn_error *error)
{
    unsigned char *bytes;
    size_t size, data = 0;
    nn_culprit culprit;
    nn_found none;
    nn_problems problems = {{NULL, 0, 0}, 0};
    if (!nn_file_read(path, &bytes, &size, error))
        return 0;
    nn_wanted *wanted = NN_ALLOCATE(nn_wanted, net->tensor_count);
    int count = nn_list_wanted(net, load, wanted);
    int ok = nn_safetensors_find(bytes, size, "", net->tensors, 0, NN_STATISTIC, 0, &none,
                                 &culprit) == NN_FILE_OK;
    if (!ok) {
        nn_safetensors_fail(path, bytes, net->tensors, &culprit, error);
    } else {
        nn_note_entries(bytes, size, &data, wanted, count);
        for (int i = 0; i < count; i++)
            nn_check_wanted(net, bytes, data, wanted, i, &problems);
        ok = problems.count == 0 || nn_load_fail(path, load, &problems, error);
    }
    for (int i = 0; ok && i < count; i++)
        nn_load_wanted(state, &net->tensors[wanted[i].tensor], bytes + data + wanted[i].entry.begin,
                       wanted[i].type);
    for (int i = 0; i < count; i++)
        nn_free(wanted[i].name);
    *loaded = count;
    nn_free(wanted);
    nn_free(problems.text.at);
    nn_free(bytes);
    return ok;
}

/* What the 'weights' of the train section ask for. */
static int nn_load_parts(float *state, const nn_net *net, const char *directory, int is_quiet,
                         nn_error *error)
{
    for (int i = 0; i < net->load_count; i++) {
        const nn_start *load = &net->loads[i];
        char *path = nn_data_path(directory, load->file);
        int count = 0;
        int ok = nn_part_load(state, net, load, path, &count, error);
        if (ok && !is_quiet)
            printf("%d tensors%s%.*s from %s\n", count, load->part[0] != '\0' ? " of " : "",
                   (int)strlen(load->part) - (load->part[0] != '\0'), load->part, path);
        nn_free(path);
        if (!ok)
            return 0;
    }
    return 1;
}

#endif
