/* metrics.h: metrics of a whole set that are no means of batches: how totals of batches become totals
 * of the set, and what the value is at its end. See nn_result in net.h.
 *
 * Counts [3][classes]: answers of a class that were right, all of them, samples of the class.
 * Spreads [3][elements]: mean target, squared distances from it, squared errors. */
#ifndef NN_METRICS_H
#define NN_METRICS_H

#include "net.h"
#include <math.h>

/* Means over classes, as in scikit-learn. NN_MACRO leaves out classes that neither occur nor are found,
 * NN_EVERY, for labels, does not. */
enum { NN_BINARY, NN_MACRO, NN_MICRO, NN_WEIGHTED, NN_EVERY };

/* ---- counts of classes ---- */

static void nn_merge_counts(double *into, const float *from, int floats, long long seen, int count)
{
    (void)seen;
    (void)count;
    for (int i = 0; i < floats; i++)
        into[i] += (double)from[i];
}

/* 0 where nothing was there. */
static double nn_share(double part, double whole)
{
    return whole > 0 ? part / whole : 0;
}

/* For what is 0: hits / found, 1: hits / samples, 2: 2 hits / (found + samples). */
static double nn_score(double hits, double found, double samples, int what)
{
    return what == 0   ? nn_share(hits, found)
           : what == 1 ? nn_share(hits, samples)
                       : nn_share(2 * hits, found + samples);
}

static double nn_average(const double *counts, int floats, int mode, int what)
{
    int classes = floats / 3;
    const double *hits = counts, *found = counts + classes, *samples = found + classes;
    double sum = 0, weight = 0, all_hits = 0, all_found = 0, all_samples = 0;
    if (mode == NN_BINARY)
        return nn_score(hits[1], found[1], samples[1], what);
    for (int k = 0; k < classes; k++) {
        double share = mode == NN_WEIGHTED                                   ? samples[k]
                       : mode == NN_EVERY || found[k] + samples[k] > 0 ? 1
                                                                       : 0;
        sum += share * nn_score(hits[k], found[k], samples[k], what);
        weight += share;
        all_hits += hits[k];
        all_found += found[k];
        all_samples += samples[k];
    }
    return mode == NN_MICRO ? nn_score(all_hits, all_found, all_samples, what)
                            : nn_share(sum, weight);
}

static double nn_precision(const double *totals, int floats, long long count, int mode)
{
    (void)count;
    return nn_average(totals, floats, mode, 0);
}

static double nn_recall(const double *totals, int floats, long long count, int mode)
{
    (void)count;
    return nn_average(totals, floats, mode, 1);
}

static double nn_f1(const double *totals, int floats, long long count, int mode)
{
    (void)count;
    return nn_average(totals, floats, mode, 2);
}

/* ---- the curve of hits against false alarms ---- */

enum { NN_THRESHOLDS = 200 };

/* Totals [2][labels][NN_THRESHOLDS]: scores above each threshold, of true samples and of all. All scores
 * are above the first threshold and none above the last. The mean over the labels with true and others. */
static double nn_auc(const double *totals, int floats, long long count, int mode)
{
    int labels = floats / (2 * NN_THRESHOLDS), counted = 0;
    double sum = 0;
    (void)count;
    (void)mode;
    for (int k = 0; k < labels; k++) {
        const double *hits = totals + k * NN_THRESHOLDS, *all = hits + labels * NN_THRESHOLDS;
        double area = 0, others = all[0] - hits[0];
        for (int i = 0; i + 1 < NN_THRESHOLDS; i++)
            area += ((all[i] - hits[i]) - (all[i + 1] - hits[i + 1])) * (hits[i] + hits[i + 1]) / 2;
        if (hits[0] > 0 && others > 0) {
            sum += area / (hits[0] * others);
            counted++;
        }
    }
    return nn_share(sum, counted);
}

/* ---- numbers ---- */

static double nn_root(const double *totals, int floats, long long count, int mode)
{
    (void)floats;
    (void)mode;
    return sqrt(totals[0] / (double)count);
}

/* Means and squared distances of two groups become those of both (Chan, Golub and LeVeque). */
static void nn_merge_spread(double *into, const float *from, int floats, long long seen, int count)
{
    int elements = floats / 3;
    double share = (double)count / (double)(seen + count);
    for (int i = 0; i < elements; i++) {
        double step = (double)from[i] - into[i];
        into[i] += step * share;
        into[elements + i] += (double)from[elements + i] + step * step * (double)seen * share;
        into[2 * elements + i] += (double)from[2 * elements + i];
    }
}

/* Of one element: totals are its mean, squared distances, squared errors. */
static double nn_explained(double mean, double distances, double errors, long long count)
{
    double least = 1e-6 * mean; /* what rounding in float makes of equal targets */
    if (distances <= least * least * (double)count)
        return errors > 0 ? 0 : 1;
    return 1 - errors / distances;
}

static double nn_r2(const double *totals, int floats, long long count, int mode)
{
    int elements = floats / 3;
    double sum = 0;
    (void)mode;
    for (int i = 0; i < elements; i++)
        sum += nn_explained(totals[i], totals[elements + i], totals[2 * elements + i], count);
    return sum / elements;
}

#endif
