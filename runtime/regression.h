/* regression.h: errors of predicted numbers on a whole set, for each output and each of its elements,
 * whether or not the model lists metrics for them. Reached through nn_net.values.
 *
 * Totals: the samples so far, then for each output that guesses [elements][4]: mean target, squared
 * distances from it, squared errors, absolute errors. Samples are added one by one, in double. */
#ifndef NN_REGRESSION_H
#define NN_REGRESSION_H

#include "data.h"
#include "metrics.h"
#include "report.h"

enum { NN_MOST_ROWS = 16 }; /* elements of an output that are printed one by one */

static double *nn_regression_begin(const nn_net *net)
{
    long long count = 1;
    for (int i = 0; i < net->output_count; i++)
        count += net->outputs[i].meaning == NN_GUESS ? 4 * net->outputs[i].elements : 0;
    return NN_ALLOCATE(double, count);
}

static void nn_regression_add(double *totals, const nn_net *net, void *const *outputs,
                              void *const *targets, int count)
{
    double *at = totals + 1;
    for (int o = 0; o < net->output_count; o++) {
        const nn_port *port = &net->outputs[o];
        if (port->meaning != NN_GUESS)
            continue;
        for (int n = 0; n < count; n++)
            for (long long e = 0; e < port->elements; e++) {
                long long i = n * port->elements + e;
                double *sums = at + 4 * e;
                double target = nn_port_value(targets[port->target], net->targets[port->target].type, i);
                double error = (double)((const float *)outputs[o])[i] - target;
                double step = target - sums[0];
                sums[0] += step / (totals[0] + n + 1);
                sums[1] += step * (target - sums[0]);
                sums[2] += error * error;
                sums[3] += fabs(error);
            }
        at += 4 * port->elements;
    }
    totals[0] += count;
}

/* Mean squared error, mean absolute error and R2 of elements first .. last - 1, averaged. */
static void nn_regression_of(const double *at, double count, long long first, long long last,
                             double *values)
{
    values[0] = values[1] = values[2] = 0;
    for (long long e = first; e < last; e++) {
        const double *sums = at + 4 * e;
        values[0] += sums[2] / count / (double)(last - first);
        values[1] += sums[3] / count / (double)(last - first);
        values[2] += nn_explained(sums[0], sums[1], sums[2], (long long)count) / (double)(last - first);
    }
}

static void nn_regression_object(nn_text *text, const double *values)
{
    static const char names[3][20] = {"mean_squared_error", "mean_absolute_error", "r2"};
    for (int i = 0; i < 3; i++) {
        nn_text_add(text, "%s\"%s\": ", i > 0 ? ", " : "", names[i]);
        nn_text_number(text, values[i]);
    }
}

/* {"guess": {"mean_squared_error": ..., "r2": ..., "elements": [{...}, ...]}} */
static void nn_regression_json(nn_text *text, const nn_net *net, const double *totals)
{
    const double *at = totals + 1;
    double values[3];
    nn_text_add(text, "{");
    for (int o = 0; o < net->output_count; o++) {
        const nn_port *port = &net->outputs[o];
        if (port->meaning != NN_GUESS)
            continue;
        nn_text_add(text, at > totals + 1 ? ", " : "");
        nn_text_json(text, port->name);
        nn_text_add(text, ": {");
        nn_regression_of(at, totals[0], 0, port->elements, values);
        nn_regression_object(text, values);
        for (long long e = 0; e < port->elements && port->elements > 1; e++) {
            nn_text_add(text, e == 0 ? ", \"elements\": [{" : "}, {");
            nn_regression_of(at, totals[0], e, e + 1, values);
            nn_regression_object(text, values);
        }
        nn_text_add(text, port->elements > 1 ? "}]}" : "}");
        at += 4 * port->elements;
    }
    nn_text_add(text, "}");
}

static void nn_regression_print(const nn_net *net, const double *totals)
{
    const double *at = totals + 1;
    double values[3];
    int wide = 6;
    for (int o = 0; o < net->output_count; o++)
        if (net->outputs[o].meaning == NN_GUESS && (int)strlen(net->outputs[o].name) + 4 > wide)
            wide = (int)strlen(net->outputs[o].name) + 4;
    printf("\n  %-*s  mean squared error  mean absolute error          R2\n", wide, "output");
    for (int o = 0; o < net->output_count; o++) {
        const nn_port *port = &net->outputs[o];
        if (port->meaning != NN_GUESS)
            continue;
        for (long long e = 0; e < port->elements && port->elements > 1 && port->elements <= NN_MOST_ROWS; e++) {
            int length = printf("  %s[%lld]", port->name, e);
            nn_regression_of(at, totals[0], e, e + 1, values);
            printf("%*s  %18.6g  %19.6g  %10.6g\n", wide + 2 - length, "", values[0], values[1], values[2]);
        }
        nn_regression_of(at, totals[0], 0, port->elements, values);
        printf("  %-*s  %18.6g  %19.6g  %10.6g\n", wide, port->name, values[0], values[1], values[2]);
        at += 4 * port->elements;
    }
}

static const nn_value_report nn_regression = {
    nn_regression_begin, nn_regression_add, nn_regression_json, nn_regression_print};

#endif
