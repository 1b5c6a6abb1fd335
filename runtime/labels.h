/* labels.h: precision, recall and F1 of outputs whose values say, one by one, how likely the same value of
 * the target is 1: labels that do not exclude each other. Reached through nn_net.labels.
 *
 * Totals: for each such output 1 where a target was neither 0 nor 1, so that there is nothing to report, then
 * [3][labels]: how often each label was found rightly, was found, was there. The last is the samples. */
#ifndef NN_LABELS_H
#define NN_LABELS_H

#include "data.h"
#include "metrics.h"

enum { NN_MOST_LABELS = 100 }; /* labels that are printed one by one */

static int nn_has_labels(const nn_port *port)
{
    return port->meaning == NN_CHANCES || port->meaning == NN_SCORES;
}

static long long nn_label_floats(const nn_port *port)
{
    return nn_has_labels(port) ? 1 + 3 * port->elements : 0;
}

static double *nn_labels_begin(const nn_net *net)
{
    long long count = 1;
    for (int i = 0; i < net->output_count; i++)
        count += nn_label_floats(&net->outputs[i]);
    return NN_ALLOCATE(double, count);
}

static void nn_labels_add(double *totals, const nn_net *net, void *const *outputs, void *const *targets,
                          int count)
{
    double *at = totals;
    for (int o = 0; o < net->output_count; o++) {
        const nn_port *port = &net->outputs[o];
        float least = port->meaning == NN_SCORES ? 0.0f : 0.5f;
        long long labels = port->elements;
        for (long long i = 0; nn_has_labels(port) && i < count * labels; i++) {
            double truth = nn_port_value(targets[port->target], net->targets[port->target].type, i);
            int is_found = ((const float *)outputs[o])[i] > least, is_there = truth > 0.5;
            at[1 + i % labels] += is_found && is_there;
            at[1 + labels + i % labels] += is_found;
            at[1 + 2 * labels + i % labels] += is_there;
            if (truth < 0.0 || truth > 1.0 || (truth > 0.0 && truth < 1.0))
                at[0] = 1.0;
        }
        at += nn_label_floats(port);
    }
    at[0] += count;
}

/* Precision, recall and F1 of label k, or means over all when k is -1. */
static void nn_label_scores(const double *counts, int labels, int k, int mode, double *three)
{
    for (int i = 0; i < 3; i++)
        three[i] = k < 0 ? nn_average(counts, 3 * labels, mode, i)
                         : nn_score(counts[k], counts[labels + k], counts[2 * labels + k], i);
}

static const char *nn_label_mean(int i, int *mode)
{
    static const char names[3][10] = {"macro", "micro", "weighted"};
    static const int modes[3] = {NN_EVERY, NN_MICRO, NN_WEIGHTED};
    *mode = modes[i];
    return names[i];
}

static void nn_label_scores_json(nn_text *text, const double *counts, int labels, int k, int mode)
{
    double three[3];
    nn_label_scores(counts, labels, k, mode, three);
    nn_text_add(text, "\"precision\": %.9g, \"recall\": %.9g, \"f1\": %.9g", three[0], three[1], three[2]);
}

/* {"tags": {"macro": {...}, "micro": {...}, "weighted": {...}, "labels": [{"label": 0, ...}, ...]}} */
static void nn_labels_json(nn_text *text, const nn_net *net, const double *totals)
{
    const double *at = totals;
    int is_first = 1;
    nn_text_add(text, "{");
    for (int o = 0; o < net->output_count; at += nn_label_floats(&net->outputs[o++])) {
        int labels = (int)net->outputs[o].elements;
        if (!nn_has_labels(&net->outputs[o]) || at[0] > 0)
            continue;
        nn_text_add(text, is_first ? "" : ", ");
        nn_text_json(text, net->outputs[o].name);
        is_first = 0;
        for (int i = 0; i < 3; i++) {
            int mode;
            nn_text_add(text, "%s\"%s\": {", i == 0 ? ": {" : ", ", nn_label_mean(i, &mode));
            nn_label_scores_json(text, at + 1, labels, -1, mode);
            nn_text_add(text, "}");
        }
        for (int k = 0; k < labels; k++) {
            nn_text_add(text, "%s{\"label\": %d, ", k == 0 ? ", \"labels\": [" : ", ", k);
            nn_label_scores_json(text, at + 1, labels, k, 0);
            nn_text_add(text, ", \"samples\": %.0f}", at[1 + 2 * labels + k]);
        }
        nn_text_add(text, "]}");
    }
    nn_text_add(text, "}");
}

static void nn_labels_print(const nn_net *net, const double *totals)
{
    const double *at = totals, *end = totals;
    for (int o = 0; o < net->output_count; o++)
        end += nn_label_floats(&net->outputs[o]);
    for (int o = 0; o < net->output_count; at += nn_label_floats(&net->outputs[o++])) {
        int labels = (int)net->outputs[o].elements, rows = labels <= NN_MOST_LABELS ? labels : 0;
        double three[3];
        if (!nn_has_labels(&net->outputs[o]) || at[0] > 0)
            continue;
        printf("\n%s\n     label  precision  recall      F1  samples\n", net->outputs[o].name);
        for (int k = 0; k < rows; k++) {
            nn_label_scores(at + 1, labels, k, 0, three);
            printf("  %8d  %9.4f  %6.4f  %6.4f  %7.0f\n", k, three[0], three[1], three[2],
                   at[1 + 2 * labels + k]);
        }
        for (int i = 0; i < 3 && labels > 1; i++) {
            int mode;
            const char *name = nn_label_mean(i, &mode);
            nn_label_scores(at + 1, labels, -1, mode, three);
            printf("%s  %8s  %9.4f  %6.4f  %6.4f  %7.0f\n", i == 0 && rows > 0 ? "\n" : "", name, three[0],
                   three[1], three[2], end[0]);
        }
    }
}

static const nn_value_report nn_labels = {nn_labels_begin, nn_labels_add, nn_labels_json, nn_labels_print};

#endif
