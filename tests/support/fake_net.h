/* fake_net.h: a network written by hand, to test the training loop without the compiler.
 *
 * FAKE_INPUTS -> FAKE_HIDDEN (tanh, dropout 0.1) -> FAKE_CLASSES (softmax), cross entropy, SGD with
 * momentum. The first weights lie in panels with unused lanes, and a statistic follows the mean of the
 * inputs, so that every kind of tensor takes part. Plain loops on one thread. */
#ifndef FAKE_NET_H
#define FAKE_NET_H

#include "classes.h"
#include "initialise.h"
#include "net.h"
#include "panel.h"
#include "read_csv.h"
#include "rng.h"
#include "split.h"
#include "toys.h"
#include "vecmath.h"

#ifndef FAKE_INPUTS
#define FAKE_INPUTS 2
#define FAKE_INPUT_TYPE NN_F32
#define FAKE_INPUT_C float
#define FAKE_SCALE 1.0f
#define FAKE_HIDDEN 9
#define FAKE_CLASSES 2
#define FAKE_BATCH 16
#define FAKE_RATE 0.1f
#define FAKE_EPOCHS 6
#ifdef FAKE_MANY
#define FAKE_SAMPLES 1000000
#else
#define FAKE_SAMPLES 500
#endif
#define FAKE_SOURCES \
    {NN_TRAIN, &nn_toys, 0, NULL, 0, 0, 0, NULL, 0, 0, NULL, NULL, FAKE_SAMPLES, NN_TOY_CIRCLE, 0.1, 3, NULL, 0, 0}, \
    {NN_VALIDATION, NULL, 0, NULL, 0, 0, 0, NULL, 0, 0, NULL, NULL, 0, 0, 0.2, 5, nn_split, NN_TRAIN, 0}, \
    {NN_TEST, &nn_toys, 0, NULL, 0, 0, 0, NULL, 0, 0, NULL, NULL, 200, NN_TOY_CIRCLE, 0.1, 4, NULL, 0, 0}
#endif

enum {
    FAKE_PANEL = 4,
    FAKE_LANES = (FAKE_HIDDEN + FAKE_PANEL - 1) / FAKE_PANEL * FAKE_PANEL,
    FAKE_W1 = 0,
    FAKE_B1 = FAKE_W1 + FAKE_LANES * FAKE_INPUTS,
    FAKE_W2 = FAKE_B1 + FAKE_HIDDEN,
    FAKE_B2 = FAKE_W2 + FAKE_HIDDEN * FAKE_CLASSES,
    FAKE_MEAN = FAKE_B2 + FAKE_CLASSES,
    FAKE_V1 = FAKE_MEAN + 1,
    FAKE_VB1 = FAKE_V1 + FAKE_LANES * FAKE_INPUTS,
    FAKE_V2 = FAKE_VB1 + FAKE_HIDDEN,
    FAKE_VB2 = FAKE_V2 + FAKE_HIDDEN * FAKE_CLASSES,
    FAKE_STATE = FAKE_VB2 + FAKE_CLASSES
};

static const nn_tensor fake_tensors[] = {
    {"hidden.weight", NN_PARAMETER, 2, {FAKE_INPUTS, FAKE_HIDDEN}, FAKE_PANEL, 1, FAKE_W1,
     nn_fill_fan_uniform, 6, 1, FAKE_INPUTS, FAKE_HIDDEN},
    {"hidden.bias", NN_PARAMETER, 1, {FAKE_HIDDEN}, 0, 1, FAKE_B1, NULL, 0, 0, 0, 0},
    {"scores.weight", NN_PARAMETER, 2, {FAKE_HIDDEN, FAKE_CLASSES}, 0, 1, FAKE_W2,
     nn_fill_fan_uniform, 6, 1, FAKE_HIDDEN, FAKE_CLASSES},
    {"scores.bias", NN_PARAMETER, 1, {FAKE_CLASSES}, 0, 1, FAKE_B2, NULL, 0, 0, 0, 0},
    {"input.mean", NN_STATISTIC, 0, {0}, 0, 1, FAKE_MEAN, nn_fill_constant, 1, 0, 0, 0},
    {"hidden.weight.momentum", NN_OPTIMIZER, 2, {FAKE_INPUTS, FAKE_HIDDEN}, FAKE_PANEL, 1, FAKE_V1,
     NULL, 0, 0, 0, 0},
    {"hidden.bias.momentum", NN_OPTIMIZER, 1, {FAKE_HIDDEN}, 0, 1, FAKE_VB1, NULL, 0, 0, 0, 0},
    {"scores.weight.momentum", NN_OPTIMIZER, 2, {FAKE_HIDDEN, FAKE_CLASSES}, 0, 1, FAKE_V2,
     NULL, 0, 0, 0, 0},
    {"scores.bias.momentum", NN_OPTIMIZER, 1, {FAKE_CLASSES}, 0, 1, FAKE_VB2, NULL, 0, 0, 0, 0},
};

static const nn_port fake_inputs[] = {
    {"point", FAKE_INPUT_TYPE, 1, {FAKE_INPUTS}, FAKE_INPUTS, 0, -1, NULL, 0}};
static const nn_port fake_targets[] = {{"side", NN_CLASS, 0, {0}, 1, FAKE_CLASSES, -1, NULL, 0}};
static const nn_port fake_outputs[] = {
    {"scores", NN_F32, 1, {FAKE_CLASSES}, FAKE_CLASSES, FAKE_CLASSES, 0, NULL, NN_CLASSES}};
static const nn_result fake_results[] = {{"loss", 0, 1, NULL, NULL, 0},
                                         {"accuracy", 1, 1, NULL, NULL, 0}};

static size_t fake_w1(int i, int j)
{
    return (size_t)((j / FAKE_PANEL * FAKE_INPUTS + i) * FAKE_PANEL + j % FAKE_PANEL);
}

/* Hidden values and class probabilities of one sample. */
static void fake_forward(const float *state, const FAKE_INPUT_C *x, float *hidden, float *scores)
{
    float largest = -INFINITY, sum = 0;
    for (int j = 0; j < FAKE_HIDDEN; j++)
        hidden[j] = state[FAKE_B1 + j];
    for (int i = 0; i < FAKE_INPUTS; i++)
        for (int j = 0; j < FAKE_HIDDEN; j++)
            hidden[j] += (float)x[i] * FAKE_SCALE * state[FAKE_W1 + fake_w1(i, j)];
    for (int j = 0; j < FAKE_HIDDEN; j++)
        hidden[j] = nn_tanh(hidden[j]);
    for (int k = 0; k < FAKE_CLASSES; k++) {
        scores[k] = state[FAKE_B2 + k];
        for (int j = 0; j < FAKE_HIDDEN; j++)
            scores[k] += hidden[j] * state[FAKE_W2 + j * FAKE_CLASSES + k];
        largest = nn_maximum(largest, scores[k]);
    }
    for (int k = 0; k < FAKE_CLASSES; k++)
        sum += scores[k] = nn_exp(scores[k] - largest);
    for (int k = 0; k < FAKE_CLASSES; k++)
        scores[k] /= sum;
}

static int fake_is_right(const float *scores, int truth)
{
    int best = 0;
    for (int k = 1; k < FAKE_CLASSES; k++)
        best = scores[k] > scores[best] ? k : best;
    return best == truth;
}

/* Gradient of one sample, added to the arena, which is laid out like the parameters. */
static void fake_backward(const float *state, float *gradient, const FAKE_INPUT_C *x,
                          const float *hidden, const float *scores, int truth, float share)
{
    float d_hidden[FAKE_HIDDEN] = {0};
    for (int k = 0; k < FAKE_CLASSES; k++) {
        float d = share * (scores[k] - (k == truth ? 1.0f : 0.0f));
        gradient[FAKE_B2 + k] += d;
        for (int j = 0; j < FAKE_HIDDEN; j++) {
            gradient[FAKE_W2 + j * FAKE_CLASSES + k] += d * hidden[j];
            d_hidden[j] += d * state[FAKE_W2 + j * FAKE_CLASSES + k];
        }
    }
    for (int j = 0; j < FAKE_HIDDEN; j++) {
        d_hidden[j] *= 1.0f - hidden[j] * hidden[j];
        gradient[FAKE_B1 + j] += d_hidden[j];
    }
    for (int i = 0; i < FAKE_INPUTS; i++)
        for (int j = 0; j < FAKE_HIDDEN; j++)
            gradient[FAKE_W1 + fake_w1(i, j)] += (float)x[i] * FAKE_SCALE * d_hidden[j];
}

static void fake_train_step(float *state, char *arena, const nn_step *step,
                            const void *const *inputs, const void *const *targets, float *results,
                            int threads)
{
    float *gradient = (float *)(void *)arena;
    const FAKE_INPUT_C *x = (const FAKE_INPUT_C *)inputs[0];
    const int32_t *truth = (const int32_t *)targets[0];
    float share = 1.0f / (float)step->batch;
    (void)threads;
    memset(gradient, 0, sizeof(float) * FAKE_MEAN);
    results[0] = results[1] = 0;
    for (int n = 0; n < step->batch; n++, x += FAKE_INPUTS) {
        float hidden[FAKE_HIDDEN], scores[FAKE_CLASSES];
        fake_forward(state, x, hidden, scores);
        for (int j = 0; j < FAKE_HIDDEN; j++) /* noise that follows from the step's seed */
            if (nn_uniform(step->seed, (uint32_t)(n * FAKE_HIDDEN + j)) < 0.1f)
                hidden[j] = 0;
        fake_backward(state, gradient, x, hidden, scores, truth[n], share);
        results[0] -= share * nn_log(scores[truth[n]]);
        results[1] += share * (float)fake_is_right(scores, truth[n]);
        state[FAKE_MEAN] = 0.99f * state[FAKE_MEAN] + 0.01f * (float)x[0];
    }
#ifdef NN_PROFILE_H
    nn_mark(0, "gradient", 6.0 * FAKE_HIDDEN * (FAKE_INPUTS + FAKE_CLASSES));
#endif
    for (int i = 0; i < FAKE_MEAN; i++) {
        float *v = &state[FAKE_V1 + i];
        *v = 0.9f * *v + gradient[i];
        state[i] -= step->rate * *v;
    }
#ifdef NN_PROFILE_H
    nn_mark(0, "update", 4.0 * FAKE_MEAN / FAKE_BATCH);
#endif
}

static void fake_prepare(const float *state, float *weights)
{
    memcpy(weights, state, sizeof(float) * FAKE_V1);
}

static void fake_evaluate(const float *weights, char *arena, const nn_step *step,
                          const void *const *inputs, const void *const *targets,
                          void *const *outputs, float *results, int threads)
{
    const FAKE_INPUT_C *x = (const FAKE_INPUT_C *)inputs[0];
    float *scores = (float *)outputs[0];
    (void)arena;
    (void)threads;
    if (targets != NULL)
        results[0] = results[1] = 0;
    for (int n = 0; n < step->batch; n++) {
        float hidden[FAKE_HIDDEN];
        fake_forward(weights, x + n * FAKE_INPUTS, hidden, scores + n * FAKE_CLASSES);
        if (targets != NULL) {
            int32_t truth = ((const int32_t *)targets[0])[n];
            results[0] -= nn_log(scores[n * FAKE_CLASSES + truth]) / (float)step->batch;
            results[1] += (float)fake_is_right(scores + n * FAKE_CLASSES, truth) / (float)step->batch;
        }
    }
}

static const nn_format *const fake_formats[] = {&nn_csv_files};
static const nn_source fake_sources[] = {FAKE_SOURCES};
static const nn_plan fake_plan = {FAKE_EPOCHS, 7, FAKE_RATE, NN_VALIDATION, 0, 0, 0, NULL, NULL, 1,
                                  NULL, NULL, NULL, NULL, NULL};
static const nn_net fake_net = {
    "fake", "fake.nnd", FAKE_BATCH, FAKE_STATE, FAKE_V1, FAKE_MEAN * 4, 64,
    6.0 * (FAKE_INPUTS * FAKE_HIDDEN + FAKE_HIDDEN * FAKE_CLASSES),
    9, 1, 1, 1, 2, (int)(sizeof fake_sources / sizeof fake_sources[0]), 2,
    fake_tensors, fake_inputs, fake_targets, fake_outputs, fake_results, fake_sources, &fake_plan,
    fake_train_step, fake_prepare, fake_evaluate, &nn_classification, NULL, NULL, 0, NULL, NULL, 0, NULL, NULL, 1, fake_formats,
    NULL, NULL};

#endif
