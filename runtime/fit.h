/* fit.h: statistics that scale inputs and targets, taken from the training set before the first step.
 *
 * Every value of the training samples counts once, also where windows of a series share rows. Sums are
 * in double precision, in the order of the data, so they do not depend on threads. The deviation is
 * that of the values themselves, divided by their number. A feature that never changes has no scale,
 * which is an error that names it. */
#ifndef NN_FIT_H
#define NN_FIT_H

#include "columns.h"
#include "sources.h"
#include <math.h>

/* One port's values in the training set. */
/* A statistic that is taken from a port's values in the training set, before the first step. Its
 * elements are the features: the last axis of the port. */
enum { NN_FIT_MEAN, NN_FIT_DEVIATION, NN_FIT_LEAST, NN_FIT_RANGE };

typedef struct nn_fit {
    int tensor; /* number of the statistic */
    int port;   /* inputs first, then targets */
    int what;   /* NN_FIT_MEAN ... */
} nn_fit;

typedef struct nn_fit_values {
    const nn_data *data;
    const nn_port *port;
    const nn_part *part;
    const void *values;
    /* Values are visited in pieces: rows, or whole samples when the features are the steps of a
     * window ([24] and not [24, 1]). */
    const nn_set *samples;     /* NULL: pieces are rows */
    unsigned char *is_used;    /* [pieces] */
    long long pieces, width;   /* width: values of a piece */
    long long features, count; /* count: values of one feature */
    double *least, *greatest, *mean, *deviation; /* [features] */
} nn_fit_values;

static double nn_fit_value(const nn_fit_values *f, long long at)
{
    if (f->port->type == NN_U8)
        return ((const unsigned char *)f->values)[at];
    return f->port->type == NN_F32 ? (double)((const float *)f->values)[at]
                                   : (double)((const int32_t *)f->values)[at];
}

/* Marks the pieces that a sample of the set uses for this port. */
static void nn_fit_mark(const nn_fit_values *f, const nn_set *set)
{
    if (f->samples != NULL)
        memset(f->is_used, 1, (size_t)f->pieces);
    for (long long i = 0; f->samples == NULL && i < set->count; i++) {
        long long row = set->rows[i] * f->data->step + f->part->first;
        memset(f->is_used + row, 1, (size_t)f->part->rows);
    }
}

/* Where a piece begins, in values. */
static long long nn_fit_start(const nn_fit_values *f, int port, long long piece)
{
    return f->samples != NULL ? nn_data_start(f->data, port, f->samples->rows[piece]) : piece * f->width;
}

/* Least, greatest and mean, then the deviation from that mean. */
static void nn_fit_passes(nn_fit_values *f, int port)
{
    long long repeats = f->width / f->features; /* values of a feature in a piece */
    f->count = 0;
    for (long long piece = 0; piece < f->pieces; piece++) {
        long long start = nn_fit_start(f, port, piece);
        for (long long e = 0; f->is_used[piece] && e < f->width; e++) {
            double value = nn_fit_value(f, start + e);
            long long feature = e % f->features;
            int is_first = f->count == 0 && e < f->features;
            f->least[feature] = is_first || value < f->least[feature] ? value : f->least[feature];
            f->greatest[feature] = is_first || value > f->greatest[feature] ? value : f->greatest[feature];
            f->mean[feature] += value;
        }
        f->count += f->is_used[piece] ? repeats : 0;
    }
    for (long long i = 0; i < f->features; i++)
        f->mean[i] /= (double)f->count;
    for (long long piece = 0; piece < f->pieces; piece++) {
        long long start = nn_fit_start(f, port, piece);
        for (long long e = 0; f->is_used[piece] && e < f->width; e++) {
            double away = nn_fit_value(f, start + e) - f->mean[e % f->features];
            f->deviation[e % f->features] += away * away;
        }
    }
    for (long long i = 0; i < f->features; i++)
        f->deviation[i] = sqrt(f->deviation[i] / (double)f->count);
}

/* Where the samples of the training set come from, before splits. */
static const nn_source *nn_fit_source(const nn_net *net)
{
    int set = NN_TRAIN;
    for (int steps = 0; steps < NN_SETS; steps++) {
        const nn_source *found = NULL;
        for (int i = 0; i < net->source_count; i++)
            if (net->sources[i].set == set)
                found = &net->sources[i];
        if (found == NULL || found->split == NULL)
            return found;
        set = found->from;
    }
    return NULL;
}

/* "'hour.csv': column 'temp'" for a value of a row of a port, or "feature 3 of 'x'". */
static void nn_fit_name(const nn_net *net, const nn_data *data, int port, long long feature,
                        const nn_override *others, char *text, size_t size)
{
    const nn_source *source = nn_fit_source(net);
    long long at = feature;
    snprintf(text, size, "feature %lld of '%s'", feature, nn_data_port(net, port)->name);
    if (source == NULL || !source->format->has_columns)
        return;
    const nn_override *other = &others[source->set];
    const char *file = other->count > 0 ? other->files[0] : source->files[0];
    for (int i = 0; i < port; i++)
        at += data->parts[i].width;
    snprintf(text, size, "'%s': column %lld", file, at);
    for (int i = 0; i < source->column_count; i++) {
        const nn_column *column = &source->columns[i];
        long long width = column->kind == NN_ONE_HOT ? column->word_count : 1;
        if (at >= width) {
            at -= width;
            continue;
        }
        int used = snprintf(text, size, "'%s': ", file);
        if (column->kind == NN_ONE_HOT && used > 0 && (size_t)used < size)
            used += snprintf(text + used, size - (size_t)used, "'%s' of ", column->words[at]);
        if (used < 0 || (size_t)used >= size)
            return;
        if (column->name != NULL)
            snprintf(text + used, size - (size_t)used, "column '%s'", column->name);
        else
            snprintf(text + used, size - (size_t)used, "column %d", column->number);
        return;
    }
}

/* The values of one statistic. */
static int nn_fit_store(float *state, const nn_net *net, const nn_fit *fit, const nn_fit_values *f,
                        const nn_override *others, nn_error *error)
{
    const nn_tensor *tensor = &net->tensors[fit->tensor];
    for (long long i = 0; i < f->features; i++) {
        double value = fit->what == NN_FIT_MEAN        ? f->mean[i]
                       : fit->what == NN_FIT_DEVIATION ? f->deviation[i]
                       : fit->what == NN_FIT_LEAST     ? f->least[i]
                                                       : f->greatest[i] - f->least[i];
        int divides = fit->what == NN_FIT_DEVIATION || fit->what == NN_FIT_RANGE;
        float stored = (float)value;
        if (divides && !(f->greatest[i] > f->least[i] && 1.0f / stored - 1.0f / stored == 0.0f)) {
            char name[300];
            nn_fit_name(net, f->data, fit->port, i, others, name, sizeof name);
            return nn_fail(error, NN_EXIT_IO, "%s is %g in all training samples, so '%s' is 0 and cannot "
                           "scale it", name, f->least[i], tensor->name);
        }
        state[tensor->offset + i] = stored;
    }
    return 1;
}

static int nn_fit_port(float *state, const nn_net *net, const nn_set *set, int port,
                       const nn_override *others, nn_error *error)
{
    nn_fit_values f;
    int ok = 1;
    memset(&f, 0, sizeof f);
    f.data = set->data;
    f.port = nn_data_port(net, port);
    f.part = &set->data->parts[port];
    f.values = set->data->values[port];
    f.features = f.port->rank > 0 ? f.port->dims[f.port->rank - 1] : 1;
    f.samples = f.part->width % f.features != 0 ? set : NULL;
    f.pieces = f.samples != NULL ? set->count : f.data->rows;
    f.width = f.samples != NULL ? f.port->elements : f.part->width;
    f.is_used = NN_ALLOCATE(unsigned char, f.pieces);
    f.least = NN_ALLOCATE(double, 4 * f.features);
    f.greatest = f.least + f.features;
    f.mean = f.greatest + f.features;
    f.deviation = f.mean + f.features;
    nn_fit_mark(&f, set);
    nn_fit_passes(&f, port);
    for (int i = 0; ok && i < net->fit_count; i++)
        if (net->fits[i].port == port)
            ok = nn_fit_store(state, net, &net->fits[i], &f, others, error);
    nn_free(f.least);
    nn_free(f.is_used);
    return ok;
}

/* Fills all statistics of the state that are taken from the training set. */
static int nn_fit_statistics(float *state, const nn_net *net, const nn_sets *sets,
                             const nn_override *others, nn_error *error)
{
    for (int port = 0; port < net->input_count + net->target_count; port++) {
        int is_fitted = 0;
        for (int i = 0; i < net->fit_count; i++)
            is_fitted |= net->fits[i].port == port;
        if (is_fitted && !nn_fit_port(state, net, &sets->set[NN_TRAIN], port, others, error))
            return 0;
    }
    return 1;
}

#endif
