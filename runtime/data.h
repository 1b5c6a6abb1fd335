/* data.h: samples in memory, sets of them, and batches.
 *
 * nn_data owns the values of all ports, inputs first, then targets, each as rows of values of the
 * port's type (bytes stay bytes). Mostly a row is a sample. In a series a sample is some rows that
 * follow each other, and samples share rows; they are copied together in a batch only. A set (train,
 * validation, test) is a list of samples of such data, so a split copies nothing. */
#ifndef NN_DATA_H
#define NN_DATA_H

#include "net.h"
#include "report.h"
#include <float.h>

enum { NN_MAX_SAMPLES = 2000000000 };

/* Which rows make up a sample of a port. */
typedef struct nn_part {
    long long first; /* of sample 0; sample s begins s * step rows later */
    long long rows;
    long long width; /* values in a row: rows * width are the port's elements */
} nn_part;

typedef struct nn_data {
    long long count; /* samples */
    long long rows;  /* stored: count, but for a series */
    long long step;  /* rows from one sample to the next */
    int ports;
    nn_part *parts; /* [ports] */
    void **values;  /* [ports] */
} nn_data;

typedef struct nn_set {
    const nn_data *data; /* NULL when there is no such set */
    uint32_t *rows;
    long long count;
} nn_set;

static const char *const nn_set_names[NN_SETS] = {"train", "validation", "test"};

static long long nn_type_bytes(int type)
{
    return type == NN_U8 ? 1 : 4;
}

/* Port number `index` of the data: an input, or a target. */
static const nn_port *nn_data_port(const nn_net *net, int index)
{
    return index < net->input_count ? &net->inputs[index]
                                    : &net->targets[index - net->input_count];
}

/* Room for `rows` rows, of all ports or of the inputs only. A sample of an input is the rows that
 * `input` says, one of a target those of `target`; elements of ports are multiples of their rows. */
static nn_data *nn_data_rows(const nn_net *net, long long rows, int with_targets, nn_part input,
                             nn_part target)
{
    nn_data *data = NN_ALLOCATE(nn_data, 1);
    data->count = data->rows = rows;
    data->step = 1;
    data->ports = net->input_count + (with_targets ? net->target_count : 0);
    data->parts = NN_ALLOCATE(nn_part, data->ports);
    data->values = NN_ALLOCATE(void *, data->ports);
    for (int i = 0; i < data->ports; i++) {
        const nn_port *port = nn_data_port(net, i);
        data->parts[i] = i < net->input_count ? input : target;
        data->parts[i].width = port->elements / data->parts[i].rows;
        data->values[i] = nn_allocate(rows * data->parts[i].width, nn_type_bytes(port->type));
    }
    return data;
}

/* Room for `count` samples of one row each. */
static nn_data *nn_data_new(const nn_net *net, long long count, int with_targets)
{
    const nn_part row = {0, 1, 0};
    return nn_data_rows(net, count, with_targets, row, row);
}

static void nn_data_free(nn_data *data)
{
    if (data != NULL) {
        for (int i = 0; i < data->ports; i++)
            nn_free(data->values[i]);
        nn_free(data->values);
        nn_free(data->parts);
        nn_free(data);
    }
}

/* Where a sample of a port begins, in values. */
static long long nn_data_start(const nn_data *data, int index, long long sample)
{
    const nn_part *part = &data->parts[index];
    return (sample * data->step + part->first) * part->width;
}

/* The largest whole number that a port takes. */
static double nn_port_high(const nn_port *port)
{
    double most = port->type == NN_U8 ? 255.0 : 2147483647.0;
    return port->classes > 0 && port->classes - 1 < most ? port->classes - 1 : most;
}

/* Stores one value of a row; returns 0 when the port's type cannot hold it. */
static int nn_data_put(nn_data *data, const nn_net *net, int index, long long row,
                       long long element, double value)
{
    const nn_port *port = nn_data_port(net, index);
    long long at = row * data->parts[index].width + element;
    if (port->type == NN_F32) {
        if (!(value >= -(double)FLT_MAX && value <= (double)FLT_MAX))
            return 0; /* NaN would be found in the loss only, where nobody knows its row */
        ((float *)data->values[index])[at] = (float)value;
        return 1;
    }
    double low = port->type == NN_I32 && port->classes == 0 ? -2147483648.0 : 0.0;
    double high = nn_port_high(port);
    if (!(value >= low && value <= high) || value != (double)(int32_t)value)
        return 0;
    if (port->type == NN_U8)
        ((unsigned char *)data->values[index])[at] = (unsigned char)(int)value;
    else
        ((int32_t *)data->values[index])[at] = (int32_t)value;
    return 1;
}

/* Element i of values of a port's type. */
static double nn_port_value(const void *values, int type, long long i)
{
    return type == NN_U8    ? (double)((const unsigned char *)values)[i]
           : type == NN_F32 ? (double)((const float *)values)[i]
                            : (double)((const int32_t *)values)[i];
}

/* What a class is called; `number` has room for those without a word. */
static const char *nn_class_name(const nn_port *port, int k, char number[16])
{
    if (port->class_names != NULL)
        return port->class_names[k];
    snprintf(number, 16, "%d", k);
    return number;
}

/* "a class from 0 to 9": what a port can hold, for messages. */
static void nn_port_need(const nn_port *port, char *text, size_t size)
{
    if (port->type == NN_CLASS)
        snprintf(text, size, "a class from 0 to %d", port->classes - 1);
    else if (port->type == NN_U8 || (port->type == NN_I32 && port->classes > 0))
        snprintf(text, size, "a whole number from 0 to %.0f", nn_port_high(port));
    else
        snprintf(text, size, "%s", port->type == NN_I32 ? "a whole number" : "a finite 32-bit number");
}

/* A set of all samples in the order of the data. */
static nn_set nn_set_all(const nn_data *data)
{
    nn_set set;
    set.data = data;
    set.count = data->count;
    set.rows = NN_ALLOCATE(uint32_t, data->count);
    for (long long i = 0; i < data->count; i++)
        set.rows[i] = (uint32_t)i;
    return set;
}

/* Buffers for one batch, a pointer per port; behind the inputs one for each value of a prefix. */
typedef struct nn_batch {
    void **inputs, **targets;
} nn_batch;

static nn_batch nn_batch_new(const nn_net *net, int batch)
{
    nn_batch buffers;
    int values = net->prefix != NULL ? net->prefix->value_count : 0;
    buffers.inputs = NN_ALLOCATE(void *, net->input_count + values);
    buffers.targets = NN_ALLOCATE(void *, net->target_count);
    for (int i = 0; i < net->input_count; i++)
        buffers.inputs[i] =
            nn_allocate(batch * net->inputs[i].elements, nn_type_bytes(net->inputs[i].type));
    for (int i = 0; i < values; i++)
        buffers.inputs[net->input_count + i] =
            NN_ALLOCATE(float, batch * net->prefix->values[i].elements);
    for (int i = 0; i < net->target_count; i++)
        buffers.targets[i] =
            nn_allocate(batch * net->targets[i].elements, nn_type_bytes(net->targets[i].type));
    return buffers;
}

static void nn_batch_free(nn_batch *buffers, const nn_net *net)
{
    for (int i = 0; i < net->input_count; i++)
        nn_free(buffers->inputs[i]);
    for (int i = 0; net->prefix != NULL && i < net->prefix->value_count; i++)
        nn_free(buffers->inputs[net->input_count + i]);
    for (int i = 0; i < net->target_count; i++)
        nn_free(buffers->targets[i]);
    nn_free(buffers->inputs);
    nn_free(buffers->targets);
}

/* Copies samples rows[0 .. batch-1] of port number i. */
static void nn_gather_port(nn_batch *buffers, const nn_net *net, const nn_data *data, int i,
                           const uint32_t *rows, int batch)
{
    const nn_port *port = nn_data_port(net, i);
    size_t value = (size_t)nn_type_bytes(port->type), bytes = (size_t)port->elements * value;
    char *to = (char *)(i < net->input_count ? buffers->inputs[i]
                                             : buffers->targets[i - net->input_count]);
    const char *from = (const char *)data->values[i];
    for (int n = 0; n < batch; n++)
        memcpy(to + (size_t)n * bytes, from + (size_t)nn_data_start(data, i, rows[n]) * value, bytes);
}

/* The same of all ports that the data have. */
static void nn_gather(nn_batch *buffers, const nn_net *net, const nn_data *data, const uint32_t *rows,
                      int batch)
{
    for (int i = 0; i < data->ports; i++)
        nn_gather_port(buffers, net, data, i, rows, batch);
}

#endif
