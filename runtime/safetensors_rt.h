/* safetensors_rt.h: reads and writes the tensors of a state as a safetensors file.
 *
 * The order of tensors in the file is that of the network's table; values are row-major F32. Names
 * may carry a prefix, so that a checkpoint holds both the last and the best values. */
#ifndef NN_SAFETENSORS_RT_H
#define NN_SAFETENSORS_RT_H

#include "file.h"
#include "net.h"
#include "panel.h"
#include "safetensors_parse.h"

/* "[3, 3, 1, 16]" */
static void nn_shape_text(nn_text *text, int rank, const uint64_t *dims)
{
    nn_text_add(text, "[");
    for (int axis = 0; axis < rank && axis < NN_MAX_RANK; axis++)
        nn_text_add(text, "%s%llu", axis > 0 ? ", " : "", (unsigned long long)dims[axis]);
    nn_text_add(text, rank > NN_MAX_RANK ? ", ...]" : "]");
}

/* For each NN_FILE_...: what stands before and after the name of a tensor. */
static const char *const nn_file_faults[][2] = {
    {"", ""},
    {" is not a complete safetensors file: it ends early", NULL},
    {" is not a safetensors file (header, byte ", NULL},
    {": the data of '", "' do not fit its shape or the size of the file"},
    {" holds '", "' twice"},
    {": '", "' is not of type F32"},
    {": '", "' has the shape "},
    {" has no tensor '", "'; are these weights of another network?"},
    {" has a tensor '", "' that the network does not have; are these weights of another network?"},
};

/* The message for what nn_safetensors_find found. Always returns 0. */
static int nn_safetensors_fail(const char *path, const unsigned char *bytes,
                               const nn_tensor *tensors, const nn_culprit *culprit, nn_error *error)
{
    const nn_tensor *tensor = culprit->tensor < 0 ? NULL : &tensors[culprit->tensor];
    const char *const *fault = nn_file_faults[culprit->status];
    const char *after = fault[1];
    nn_text text = {NULL, 0, 0};
    nn_text_add(&text, "'%s'%s", path, fault[0]);
    if (culprit->status == NN_FILE_HEADER)
        nn_text_add(&text, "%llu)", (unsigned long long)culprit->position);
    if (after != NULL && culprit->name_length > 0)
        nn_text_add(&text, "%.*s", culprit->name_length > 200 ? 200 : (int)culprit->name_length,
                    (const char *)bytes + culprit->name);
    else if (after != NULL && tensor != NULL)
        nn_text_add(&text, "%s", tensor->name);
    if (culprit->status == NN_FILE_RANGE && culprit->name_length == 0)
        after = "' overlap those of another tensor";
    nn_text_add(&text, "%s", after != NULL ? after : "");
    if (culprit->status == NN_FILE_SHAPE && tensor != NULL) {
        uint64_t dims[NN_MAX_RANK];
        for (int axis = 0; axis < tensor->rank; axis++)
            dims[axis] = (uint64_t)tensor->dims[axis];
        nn_shape_text(&text, culprit->rank, culprit->dims);
        nn_text_add(&text, ", the network needs ");
        nn_shape_text(&text, tensor->rank, dims);
    }
    nn_fail(error, NN_EXIT_IO, "%s", text.at);
    nn_free(text.at);
    return 0;
}

/* ---- metadata ---- */

/* The text of a metadata entry, escapes resolved as far as nn_text_json makes them. Returns 0 when there is
 * none, or the header is damaged; free text->at. */
static int nn_metadata(const unsigned char *bytes, size_t size, const char *key, nn_text *text)
{
    nn_scan scan;
    nn_entry entry;
    size_t data, name, length, value;
    int more = nn_safetensors_open(bytes, size, &scan, &data) == NN_FILE_OK;
    for (int is_first = 1; more && nn_scan_next(&scan, &entry, is_first);)
        is_first = 0; /* to the end: scan.metadata is the last that was passed over */
    if (!more || scan.bad || scan.metadata == 0)
        return 0;
    scan.at = scan.metadata;
    nn_scan_take(&scan, '{');
    do {
        nn_scan_string(&scan, &name, &length);
        int is_wanted = nn_scan_same(&scan, name, length, key);
        nn_scan_take(&scan, ':');
        nn_scan_string(&scan, &value, &length);
        for (size_t i = value; is_wanted && i < value + length; i++) {
            i += bytes[i] == '\\' && i + 1 < value + length;
            nn_text_add(text, "%c", bytes[i]);
        }
        if (is_wanted) {
            nn_text_reserve(text, 0);
            return 1;
        }
    } while (nn_scan_more(&scan, '}'));
    return 0;
}

/* Says after a message about tensors that do not fit why that may be so. */
static void nn_explain_params(const nn_net *net, const unsigned char *bytes, size_t size, nn_error *error)
{
    nn_text text = {NULL, 0, 0};
    size_t length = strlen(error->text);
    if (net->params != NULL && net->params->differ(&text, net, bytes, size))
        snprintf(error->text + length, sizeof error->text - length, "; these weights were %s", text.at);
    nn_free(text.at);
}

/* ---- reading ---- */

/* Loads tensors up to last_kind whose names start with prefix from the bytes of `path`. The state is
 * changed only when all is well. */
static int nn_state_from_bytes(float *state, const nn_net *net, const char *path,
                               const unsigned char *bytes, size_t size, const char *prefix,
                               int last_kind, int strict, nn_error *error)
{
    nn_culprit culprit;
    nn_found *found = NN_ALLOCATE(nn_found, net->tensor_count);
    int ok = nn_safetensors_find(bytes, size, prefix, net->tensors, net->tensor_count, last_kind,
                                 strict, found, &culprit) == NN_FILE_OK;
    for (int i = 0; ok && i < net->tensor_count; i++)
        if (net->tensors[i].kind <= last_kind)
            nn_tensor_load(state, &net->tensors[i], bytes + found[i].begin);
    nn_free(found);
    if (ok)
        return 1;
    nn_safetensors_fail(path, bytes, net->tensors, &culprit, error);
    nn_explain_params(net, bytes, size, error);
    return 0;
}

/* A weights file: parameters and statistics. A checkpoint will do as well. With `is_final` a message
 * tells of other parameters, because the results may be other ones, too; who trains on may mean it. */
static int nn_weights_load(float *state, const nn_net *net, const char *path, int is_final, nn_error *error)
{
    nn_text text = {NULL, 0, 0};
    unsigned char *bytes;
    size_t size;
    if (!nn_file_read(path, &bytes, &size, error))
        return 0;
    int ok = nn_state_from_bytes(state, net, path, bytes, size, "", NN_STATISTIC, 0, error);
    if (ok && is_final && net->params != NULL && net->params->differ(&text, net, bytes, size))
        fprintf(stderr, "note: '%s' was %s\n", path, text.at);
    nn_free(text.at);
    nn_free(bytes);
    return ok;
}

/* ---- writing ---- */

/* A file being written: first every entry of the header, then the data in the same order. */
typedef struct nn_tensors_out {
    nn_output out;
    nn_text header;
    unsigned long long data_bytes; /* promised so far */
} nn_tensors_out;

static int nn_tensors_open(nn_tensors_out *file, const char *path, nn_error *error)
{
    memset(file, 0, sizeof *file);
    nn_text_add(&file->header, "{\"__metadata__\":{\"format\":\"pt\"");
    return nn_output_open(&file->out, path, error);
}

/* Metadata come before the tensors. */
static void nn_tensors_metadata(nn_tensors_out *file, const char *key, const char *value)
{
    nn_text_add(&file->header, ",");
    nn_text_json(&file->header, key);
    nn_text_add(&file->header, ":");
    nn_text_json(&file->header, value);
}

/* What every file of a network says of it. */
static void nn_tensors_network(nn_tensors_out *file, const nn_net *net)
{
    nn_tensors_metadata(file, "network", net->name);
    if (net->params != NULL)
        net->params->save(file, net);
}

static void nn_tensors_end_metadata(nn_tensors_out *file)
{
    nn_text_add(&file->header, "}");
}

static void nn_tensors_entry(nn_tensors_out *file, const char *prefix, const char *name, int rank,
                             const int *dims)
{
    nn_text whole = {NULL, 0, 0};
    unsigned long long bytes = 4;
    nn_text_add(&whole, "%s%s", prefix, name);
    nn_text_add(&file->header, ",");
    nn_text_json(&file->header, whole.at);
    nn_text_add(&file->header, ":{\"dtype\":\"F32\",\"shape\":[");
    for (int axis = 0; axis < rank; axis++) {
        nn_text_add(&file->header, "%s%d", axis > 0 ? "," : "", dims[axis]);
        bytes *= (unsigned long long)dims[axis];
    }
    nn_text_add(&file->header, "],\"data_offsets\":[%llu,%llu]}", file->data_bytes,
                file->data_bytes + bytes);
    file->data_bytes += bytes;
    nn_free(whole.at);
}

/* The header, padded with spaces so that the data start at a multiple of 8. */
static void nn_tensors_begin_data(nn_tensors_out *file)
{
    nn_text_add(&file->header, "}");
    while (file->header.length % 8 != 0)
        nn_text_add(&file->header, " ");
    unsigned char length[8];
    for (int i = 0; i < 8; i++)
        length[i] = (unsigned char)((unsigned long long)file->header.length >> (8 * i));
    nn_output_write(&file->out, length, sizeof length);
    nn_output_write(&file->out, file->header.at, (size_t)file->header.length);
    nn_free(file->header.at);
    file->header.at = NULL;
}

static void nn_tensors_data(nn_tensors_out *file, const float *values, long long count)
{
    unsigned char bytes[4096];
    for (long long i = 0; i < count;) {
        int length = 0;
        for (; i < count && length < (int)sizeof bytes; i++, length += 4) {
            uint32_t bits;
            memcpy(&bits, &values[i], sizeof bits);
            bytes[length] = (unsigned char)bits;
            bytes[length + 1] = (unsigned char)(bits >> 8);
            bytes[length + 2] = (unsigned char)(bits >> 16);
            bytes[length + 3] = (unsigned char)(bits >> 24);
        }
        nn_output_write(&file->out, bytes, (size_t)length);
    }
}

static int nn_tensors_close(nn_tensors_out *file, nn_error *error)
{
    nn_free(file->header.at);
    return nn_output_close(&file->out, error);
}

/* Entries, and later data, of all tensors up to last_kind. */
static void nn_state_entries(nn_tensors_out *file, const nn_net *net, const char *prefix,
                             int last_kind)
{
    for (int i = 0; i < net->tensor_count; i++)
        if (net->tensors[i].kind <= last_kind)
            nn_tensors_entry(file, prefix, net->tensors[i].name, net->tensors[i].rank,
                             net->tensors[i].dims);
}

/* The panels of panel.h in row-major order. */
static void nn_panels_data(nn_tensors_out *file, const nn_tensor *tensor, const float *panels)
{
    long long columns = tensor->dims[tensor->rank - 1], rows = nn_tensor_elements(tensor) / columns;
    long long own = columns / tensor->groups, width = tensor->panel;
    for (long long row = 0; row < rows; row++) {
        const float *from = panels + row * width;
        for (int g = 0; g < tensor->groups; g++)
            for (long long first = 0; first < own; first += width, from += rows * width)
                nn_tensors_data(file, from, own - first < width ? own - first : width);
    }
}

static void nn_state_data(nn_tensors_out *file, const nn_net *net, const float *state, int last_kind)
{
    for (int i = 0; i < net->tensor_count; i++) {
        const nn_tensor *tensor = &net->tensors[i];
        if (tensor->kind <= last_kind && tensor->panel)
            nn_panels_data(file, tensor, state + tensor->offset);
        else if (tensor->kind <= last_kind)
            nn_tensors_data(file, state + tensor->offset, nn_tensor_elements(tensor));
    }
}

static int nn_weights_save(const float *state, const nn_net *net, const char *path, nn_error *error)
{
    nn_tensors_out file;
    if (!nn_tensors_open(&file, path, error))
        return 0;
    nn_tensors_network(&file, net);
    nn_tensors_end_metadata(&file);
    nn_state_entries(&file, net, "", NN_STATISTIC);
    nn_tensors_begin_data(&file);
    nn_state_data(&file, net, state, NN_STATISTIC);
    return nn_tensors_close(&file, error);
}

#endif
