/* evaluate.h: a network at work on a set: means of its results, predictions, what was found.
 *
 * A worker holds what one evaluation needs: weights, arena, batch buffers and outputs. Sums run over
 * the batches in order, in double precision, so they do not depend on the number of threads. */
#ifndef NN_EVALUATE_H
#define NN_EVALUATE_H

#include "data.h"
#include "net.h"
#include "report.h"
#include <math.h>
#include <signal.h>

/* Set by the signal handler of a training run; evaluation gives up when it sees it. */
static volatile sig_atomic_t nn_is_stopping = 0;

typedef struct nn_worker {
    const nn_net *net;
    int threads;
    float *weights;
    char *arena; /* large enough for training steps too */
    nn_batch batch;
    void **outputs;
    float *results;
    struct nn_kept *kept; /* of the frozen front part, or NULL */
} nn_worker;

static void nn_worker_begin(nn_worker *worker, const nn_net *net, int threads)
{
    long long bytes = net->train_arena_bytes;
    bytes = net->evaluate_arena_bytes > bytes ? net->evaluate_arena_bytes : bytes;
    if (net->prefix != NULL && net->prefix->arena_bytes > bytes)
        bytes = net->prefix->arena_bytes;
    worker->net = net;
    worker->threads = threads;
    worker->kept = net->prefix != NULL ? net->prefix->keeper->begin(net) : NULL;
    worker->weights = NN_ALLOCATE(float, net->weight_floats);
    worker->arena = NN_ALLOCATE(char, bytes);
    worker->batch = nn_batch_new(net, net->batch);
    worker->outputs = NN_ALLOCATE(void *, net->output_count);
    for (int i = 0; i < net->output_count; i++)
        worker->outputs[i] = NN_ALLOCATE(float, net->batch * net->outputs[i].elements);
    worker->results = NN_ALLOCATE(float, net->result_floats);
}

static void nn_worker_end(nn_worker *worker)
{
    for (int i = 0; i < worker->net->output_count; i++)
        nn_free(worker->outputs[i]);
    if (worker->kept != NULL)
        worker->net->prefix->keeper->end(worker->kept);
    nn_free(worker->outputs);
    nn_free(worker->results);
    nn_free(worker->weights);
    nn_free(worker->arena);
    nn_batch_free(&worker->batch, worker->net);
}

/* Fills the batch with `count` samples. */
static void nn_worker_fetch(nn_worker *worker, const nn_data *data, const uint32_t *rows, int count)
{
    if (worker->kept != NULL)
        worker->net->prefix->keeper->fetch(worker, data, rows, count);
    else
        nn_gather(&worker->batch, worker->net, data, rows, count);
}

/* Outputs, and with targets results, of `count` samples given by their rows. */
static void nn_worker_batch(nn_worker *worker, const nn_data *data, const uint32_t *rows,
                            int count, int with_targets)
{
    nn_step step = {count, 0.0f, 0.0f, 0};
    nn_worker_fetch(worker, data, rows, count);
    worker->net->evaluate(worker->weights, worker->arena, &step,
                          (const void *const *)worker->batch.inputs,
                          with_targets ? (const void *const *)worker->batch.targets : NULL,
                          worker->outputs, worker->results, worker->threads);
}

/* ---- results of a set ---- */

/* Adds the results of a batch of `count` samples to totals[result_floats] of `seen` samples. */
static void nn_add_results(const nn_net *net, double *totals, const float *results, long long seen,
                           int count)
{
    for (int r = 0; r < net->result_count; r++) {
        const nn_result *result = &net->results[r];
        if (result->merge != NULL)
            result->merge(totals + result->first, results + result->first, result->floats, seen, count);
        else
            totals[result->first] += (double)results[result->first] * count;
    }
}

/* The value of result r after `count` samples. */
static double nn_result_value(const nn_net *net, int r, const double *totals, long long count)
{
    const nn_result *result = &net->results[r];
    return result->finish != NULL
               ? result->finish(totals + result->first, result->floats, count, result->mode)
               : totals[result->first] / (double)count;
}

/* ---- classes ---- */

/* Value `at` of an output, whatever its type. */
static float nn_output_value(const nn_worker *worker, int output, long long at)
{
    const void *values = worker->outputs[output];
    switch (worker->net->outputs[output].type) {
    case NN_U8: return (float)((const unsigned char *)values)[at];
    case NN_I32:
    case NN_CLASS: return (float)((const int32_t *)values)[at];
    default: return ((const float *)values)[at];
    }
}

/* The class with the largest score; a single score is the probability of class 1. */
static int nn_best_class(const float *scores, long long count, float *score)
{
    int best = 0;
    if (count == 1) {
        *score = scores[0];
        return scores[0] > 0.5f;
    }
    for (int k = 1; k < (int)count; k++)
        if (scores[k] > scores[best])
            best = k;
    *score = scores[best];
    return best;
}

/* Of an output of classes. */
typedef struct nn_confusion {
    int output, classes;
    long long *counts; /* [classes][classes]: rows are the true classes */
} nn_confusion;

typedef struct nn_scores {
    double *totals;       /* [result_floats] of the samples so far */
    double *means;        /* [result_count]: the values of the results */
    nn_confusion *confusions;
    int confusion_count;
    double *values;       /* of nn_net.values; NULL: not asked for */
    double *labels;       /* the same of nn_net.labels */
    long long count;
} nn_scores;

/* has_values: also reports on outputs that guess numbers or say what is likely. */
static nn_scores nn_scores_new(const nn_net *net, int has_values)
{
    nn_scores scores;
    scores.totals = NN_ALLOCATE(double, net->result_floats);
    scores.means = NN_ALLOCATE(double, net->result_count);
    scores.confusions = NN_ALLOCATE(nn_confusion, net->output_count);
    scores.confusion_count = 0;
    for (int i = 0; i < net->output_count; i++)
        if (net->outputs[i].meaning == NN_CLASSES) {
            nn_confusion *confusion = &scores.confusions[scores.confusion_count++];
            confusion->output = i;
            confusion->classes = net->targets[net->outputs[i].target].classes;
            confusion->counts = NN_ALLOCATE(long long, (long long)confusion->classes * confusion->classes);
        }
    scores.values = has_values && net->values != NULL ? net->values->begin(net) : NULL;
    scores.labels = has_values && net->labels != NULL ? net->labels->begin(net) : NULL;
    scores.count = 0;
    return scores;
}

static void nn_scores_free(nn_scores *scores)
{
    nn_free(scores->totals);
    nn_free(scores->means);
    for (int i = 0; i < scores->confusion_count; i++)
        nn_free(scores->confusions[i].counts);
    nn_free(scores->confusions);
    nn_free(scores->values);
    nn_free(scores->labels);
}

/* Adds what the network found in a batch of `count` samples. */
static void nn_confusion_add(nn_confusion *confusion, const nn_worker *worker, int count)
{
    const nn_port *port = &worker->net->outputs[confusion->output];
    const float *scores = (const float *)worker->outputs[confusion->output];
    const int32_t *truth = (const int32_t *)worker->batch.targets[port->target];
    for (int n = 0; n < count; n++) {
        float score;
        int found = nn_best_class(scores + n * port->elements, port->elements, &score);
        confusion->counts[truth[n] * confusion->classes + found]++;
    }
}

/* Evaluates a whole set with the weights of the worker. Returns 0 when a stop was asked for. */
static int nn_evaluate_set(nn_worker *worker, const nn_set *set, nn_scores *scores)
{
    const nn_net *net = worker->net;
    memset(scores->totals, 0, sizeof(double) * (size_t)net->result_floats);
    for (int i = 0; i < scores->confusion_count; i++) {
        size_t classes = (size_t)scores->confusions[i].classes;
        memset(scores->confusions[i].counts, 0, sizeof(long long) * classes * classes);
    }
    for (long long first = 0; first < set->count; first += net->batch) {
        long long left = set->count - first;
        int count = left < net->batch ? (int)left : net->batch;
        nn_worker_batch(worker, set->data, set->rows + first, count, 1);
        nn_add_results(net, scores->totals, worker->results, first, count);
        for (int i = 0; i < scores->confusion_count; i++)
            nn_confusion_add(&scores->confusions[i], worker, count);
        if (scores->values != NULL)
            net->values->add(scores->values, net, worker->outputs, worker->batch.targets, count);
        if (scores->labels != NULL)
            net->labels->add(scores->labels, net, worker->outputs, worker->batch.targets, count);
        if (nn_is_stopping)
            return 0;
    }
    scores->count = set->count;
    for (int r = 0; r < net->result_count; r++)
        scores->means[r] = nn_result_value(net, r, scores->totals, set->count);
    return 1;
}

/* {"loss": 0.1, "accuracy": 0.9} */
static void nn_means_json(nn_text *text, const nn_net *net, const double *means)
{
    nn_text_add(text, "{");
    for (int r = 0; r < net->result_count; r++) {
        nn_text_add(text, r > 0 ? ", " : "");
        nn_text_json(text, net->results[r].name);
        nn_text_add(text, ": ");
        nn_text_number(text, means[r]);
    }
    nn_text_add(text, "}");
}

/* The whole report of an evaluation as one JSON object. */
static void nn_scores_json(nn_text *text, const nn_net *net, const char *set,
                           const nn_scores *scores)
{
    nn_text_add(text, "{\"set\": \"%s\", \"samples\": %lld, \"results\": ", set, scores->count);
    nn_means_json(text, net, scores->means);
    if (net->classes != NULL) {
        nn_text_add(text, scores->confusion_count > 1 ? ", \"outputs\": {" : ", ");
        net->classes->json(text, net, scores);
        nn_text_add(text, scores->confusion_count > 1 ? "}" : "");
    }
    if (scores->values != NULL) {
        nn_text_add(text, ", \"values\": ");
        net->values->json(text, net, scores->values);
    }
    if (scores->labels != NULL) {
        nn_text_add(text, ", \"labels\": ");
        net->labels->json(text, net, scores->labels);
    }
    nn_text_add(text, "}");
}

/* The same for people. */
static void nn_scores_print(const nn_net *net, const char *set, const nn_scores *scores)
{
    int wide = 12;
    printf("%s: %lld samples\n", set, scores->count);
    for (int r = 0; r < net->result_count; r++)
        wide = (int)strlen(net->results[r].name) > wide ? (int)strlen(net->results[r].name) : wide;
    for (int r = 0; r < net->result_count; r++)
        printf("  %-*s %.6g\n", wide, net->results[r].name, scores->means[r]);
    if (net->classes != NULL)
        net->classes->print(net, scores);
    if (scores->values != NULL)
        net->values->print(net, scores->values);
    if (scores->labels != NULL)
        net->labels->print(net, scores->labels);
}

#endif
