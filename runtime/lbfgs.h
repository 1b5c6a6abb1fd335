/* lbfgs.h: minimisation of the loss over the whole training set with the limited-memory BFGS
 * method.
 *
 * One iteration is one epoch of the run. It follows Nocedal and Wright, Numerical Optimization, 2nd
 * edition: the direction is that of algorithm 7.4 (two loops over the last changes s of the weights
 * and y of the gradient), the step that of algorithms 3.5 and 3.6 (strong Wolfe conditions, cubic
 * interpolation). Loss and gradient of a point take one pass over the set in batches; the training
 * step adds the gradient of each batch, times its share of the samples, to optimizer state.
 *
 * Within an iteration order and random numbers are fixed, so that the loss is a function of the
 * weights. Weights and vectors are floats, sums over them double, always in the order of the state.
 * A stop in the middle of an iteration goes back to its beginning. */
#ifndef NN_LBFGS_H
#define NN_LBFGS_H

#include "train.h"

/* Settings, in the order of the optimizer's attributes (the rate is that of the run); the last says
 * whether anything is random. */
enum {
    NN_LBFGS_RATE,
    NN_LBFGS_HISTORY,
    NN_LBFGS_TOLERANCE,
    NN_LBFGS_LOSS_TOLERANCE,
    NN_LBFGS_SEARCH,
    NN_LBFGS_IS_RANDOM
};

/* Places in the memory of the run: pairs kept, where the next one goes, loss, whether it is known.
 */
enum { NN_LBFGS_PAIRS = NN_MEMORY_DRIVER, NN_LBFGS_NEXT, NN_LBFGS_LOSS, NN_LBFGS_BEGUN };

/* A point of the line search: how far, loss, slope along the line. */
typedef struct nn_point {
    double at, loss, slope;
} nn_point;

typedef struct nn_lbfgs {
    nn_trainer *trainer;
    nn_run *run;
    const double *settings;
    int count;            /* of trained floats, lanes of panels included */
    long long *weights;   /* [count]: where they are in the state */
    long long *gradients; /* [count] */
    float *from, *slope;  /* weights and gradient where the line begins */
    double *direction;
    double longest;       /* largest element of direction */
    nn_point begin, last; /* of the line; the one evaluated last */
    int tries;            /* left in this search */
} nn_lbfgs;

/* The tensor that collects the gradient of parameter i, or NULL when it is not trained. */
static const nn_tensor *nn_gradient_tensor(const nn_net *net, int i)
{
    size_t length = strlen(net->tensors[i].name);
    if (net->tensors[i].kind != NN_PARAMETER)
        return NULL;
    for (int k = 0; k < net->tensor_count; k++)
        if (net->tensors[k].kind == NN_OPTIMIZER &&
            strncmp(net->tensors[k].name, net->tensors[i].name, length) == 0 &&
            strcmp(net->tensors[k].name + length, ".gradient") == 0)
            return &net->tensors[k];
    return NULL;
}

/* Vectors that the run keeps: s and y of each pair. */
static void nn_lbfgs_size(const nn_net *net, int *rows, int *columns)
{
    *rows = 2 * (int)net->plan->driver->settings[NN_LBFGS_HISTORY];
    *columns = 0;
    for (int i = 0; i < net->tensor_count; i++)
        if (nn_gradient_tensor(net, i) != NULL)
            *columns += (int)nn_stored_floats(&net->tensors[i]);
}

static void nn_lbfgs_begin(nn_lbfgs *l, nn_trainer *trainer)
{
    const nn_net *net = trainer->run.net;
    memset(l, 0, sizeof *l);
    l->trainer = trainer;
    l->run = &trainer->run;
    l->settings = net->plan->driver->settings;
    l->count = trainer->run.vector_columns;
    l->weights = NN_ALLOCATE(long long, l->count);
    l->gradients = NN_ALLOCATE(long long, l->count);
    l->from = NN_ALLOCATE(float, l->count);
    l->slope = NN_ALLOCATE(float, l->count);
    l->direction = NN_ALLOCATE(double, l->count);
    int at = 0;
    for (int i = 0; i < net->tensor_count; i++) {
        const nn_tensor *gradient = nn_gradient_tensor(net, i);
        for (long long k = 0; gradient != NULL && k < nn_stored_floats(gradient); k++, at++) {
            l->weights[at] = net->tensors[i].offset + k;
            l->gradients[at] = gradient->offset + k;
        }
    }
}

static void nn_lbfgs_end(nn_lbfgs *l)
{
    nn_free(l->weights);
    nn_free(l->gradients);
    nn_free(l->from);
    nn_free(l->slope);
    nn_free(l->direction);
}

/* ---- loss and gradient ---- */

/* One pass over the training set with the weights of the state: its results, and the gradient in
 * the state. 0 when a stop was asked for. */
static int nn_lbfgs_pass(nn_lbfgs *l, double *loss)
{
    nn_run *run = l->run;
    nn_worker *worker = &l->trainer->worker;
    uint32_t key = nn_key(run->seed, (uint32_t)run->epoch, NN_STREAM_STEP);
    for (int i = 0; i < l->count; i++)
        run->state[l->gradients[i]] = 0.0f;
    if (run->net->plan->norms != NULL)
        run->net->plan->norms->clear(run);
    memset(run->sums, 0, sizeof(double) * (size_t)run->net->result_floats);
    run->seen = 0;
    for (long long step = 0; step < nn_steps_of_epoch(run); step++) {
        long long first = step * run->batch, left = run->samples - first;
        nn_step call = {left < run->batch ? (int)left : run->batch, 1.0f / (float)run->samples,
                        (float)(run->steps + 1), nn_key(key, (uint32_t)step, NN_STREAM_STEP)};
        nn_worker_fetch(worker, l->trainer->sets.set[NN_TRAIN].data, l->trainer->order + first,
                        call.batch);
        run->net->train(run->state, worker->arena, &call, (const void *const *)worker->batch.inputs,
                        (const void *const *)worker->batch.targets, worker->results,
                        worker->threads);
        nn_add_results(run->net, run->sums, worker->results, run->seen, call.batch);
        run->seen += call.batch;
        if (nn_is_stopping)
            return 0;
    }
    run->memory[NN_MEMORY_PASSES] += 1;
    *loss = nn_result_value(run->net, 0, run->sums, run->seen);
    return 1;
}

/* Loss and slope at a distance along the direction. */
static int nn_lbfgs_try(nn_lbfgs *l, double at, nn_point *point)
{
    for (int i = 0; i < l->count; i++)
        l->run->state[l->weights[i]] = (float)((double)l->from[i] + at * l->direction[i]);
    point->at = at;
    point->slope = 0;
    l->tries--;
    if (!nn_lbfgs_pass(l, &point->loss))
        return 0;
    for (int i = 0; i < l->count; i++)
        point->slope += (double)l->run->state[l->gradients[i]] * l->direction[i];
    l->last = *point;
    return 1;
}

/* ---- line search ---- */

/* Where the cubic through two points with their slopes is least; the middle when it is not between
 * them, or closer to an end than a tenth. */
static double nn_cubic_least(const nn_point *a, const nn_point *b)
{
    double middle = 0.5 * (a->at + b->at), width = b->at - a->at;
    double d1 = a->slope + b->slope - 3.0 * (a->loss - b->loss) / (a->at - b->at);
    double square = d1 * d1 - a->slope * b->slope;
    if (!(square >= 0))
        return middle;
    double d2 = width > 0 ? sqrt(square) : -sqrt(square);
    double below = b->slope - a->slope + 2.0 * d2;
    double at = b->at - width * (b->slope + d2 - d1) / below;
    double part = (at - a->at) / width;
    return part > 0.1 && part < 0.9 ? at : middle;
}

/* Is the loss low enough for the distance (the first Wolfe condition, c1 = 1e-4)? */
static int nn_is_lower(const nn_lbfgs *l, const nn_point *p)
{
    return p->loss <= l->begin.loss + 1e-4 * p->at * l->begin.slope;
}

/* Is it flat enough (the second, c2 = 0.9)? */
static int nn_is_flat(const nn_lbfgs *l, const nn_point *p)
{
    return fabs(p->slope) <= -0.9 * l->begin.slope;
}

/* Algorithm 3.6: a good point lies between low, the best so far, and high. 0: stopped. */
static int nn_zoom(nn_lbfgs *l, nn_point low, nn_point high, nn_point *found)
{
    while (l->tries > 0 && fabs(high.at - low.at) * l->longest > 1e-9) {
        nn_point p;
        if (!nn_lbfgs_try(l, nn_cubic_least(&low, &high), &p))
            return 0;
        if (!nn_is_lower(l, &p) || p.loss >= low.loss) {
            high = p;
            continue;
        }
        if (p.slope * (high.at - low.at) >= 0)
            high = low;
        low = p;
        if (nn_is_flat(l, &p))
            break;
    }
    *found = low;
    return 1;
}

/* Algorithm 3.5. found->at is 0 when no lower loss was found. 0: stopped. */
static int nn_line_search(nn_lbfgs *l, double first, nn_point *found)
{
    nn_point before = l->begin, p;
    double at = first;
    l->tries = (int)l->settings[NN_LBFGS_SEARCH];
    *found = l->begin;
    while (l->tries > 0) {
        if (!nn_lbfgs_try(l, at, &p))
            return 0;
        if (!nn_is_lower(l, &p) || (before.at > 0 && p.loss >= before.loss))
            return nn_zoom(l, before, p, found);
        *found = p;
        if (nn_is_flat(l, &p))
            return 1;
        if (p.slope >= 0)
            return nn_zoom(l, p, before, found);
        before = p;
        at = 3.0 * p.at;
    }
    return 1;
}

/* ---- direction ---- */

static double nn_dot_row(const float *row, const double *v, int count)
{
    double sum = 0;
    for (int i = 0; i < count; i++)
        sum += (double)row[i] * v[i];
    return sum;
}

static double nn_dot_rows(const float *a, const float *b, int count)
{
    double sum = 0;
    for (int i = 0; i < count; i++)
        sum += (double)a[i] * (double)b[i];
    return sum;
}

/* Row of s of the pair that is `back` pairs old; that of y is `history` rows further. */
static float *nn_pair(const nn_lbfgs *l, int back)
{
    int history = (int)l->settings[NN_LBFGS_HISTORY];
    int row = ((int)l->run->memory[NN_LBFGS_NEXT] + 2 * history - 1 - back) % history;
    return l->run->vectors + (long long)row * l->count;
}

/* Algorithm 7.4: minus the inverse Hessian, as far as the pairs know it, times the gradient. */
static void nn_lbfgs_direction(nn_lbfgs *l)
{
    int pairs = (int)l->run->memory[NN_LBFGS_PAIRS], history = (int)l->settings[NN_LBFGS_HISTORY];
    double *shares = NN_ALLOCATE(double, history);
    long long to_y = (long long)history * l->count;
    for (int i = 0; i < l->count; i++)
        l->direction[i] = -(double)l->slope[i];
    for (int p = 0; p < pairs; p++) {
        const float *s = nn_pair(l, p), *y = s + to_y;
        shares[p] = nn_dot_row(s, l->direction, l->count) / nn_dot_rows(s, y, l->count);
        for (int i = 0; i < l->count; i++)
            l->direction[i] -= shares[p] * (double)y[i];
    }
    if (pairs > 0) {
        const float *s = nn_pair(l, 0), *y = s + to_y;
        double scale = nn_dot_rows(s, y, l->count) / nn_dot_rows(y, y, l->count);
        for (int i = 0; i < l->count; i++)
            l->direction[i] *= scale;
    }
    for (int p = pairs - 1; p >= 0; p--) {
        const float *s = nn_pair(l, p), *y = s + to_y;
        double share =
            shares[p] - nn_dot_row(y, l->direction, l->count) / nn_dot_rows(s, y, l->count);
        for (int i = 0; i < l->count; i++)
            l->direction[i] += share * (double)s[i];
    }
    nn_free(shares);
}

/* Keeps the change of the last step as the newest pair, if it says that the loss curves upwards. */
static void nn_lbfgs_remember(nn_lbfgs *l)
{
    double *memory = l->run->memory;
    int history = (int)l->settings[NN_LBFGS_HISTORY], row = (int)memory[NN_LBFGS_NEXT];
    float *s = l->run->vectors + (long long)row * l->count, *y = s + (long long)history * l->count;
    for (int i = 0; i < l->count; i++) {
        s[i] = l->run->state[l->weights[i]] - l->from[i];
        y[i] = l->run->state[l->gradients[i]] - l->slope[i];
    }
    if (!(nn_dot_rows(s, y, l->count) > 1e-10 * nn_dot_rows(y, y, l->count))) {
        /* The row may have held the oldest pair, which is gone now. */
        if (memory[NN_LBFGS_PAIRS] == (double)history)
            memory[NN_LBFGS_PAIRS] -= 1;
        return;
    }
    memory[NN_LBFGS_NEXT] = (double)((row + 1) % history);
    if (memory[NN_LBFGS_PAIRS] < (double)history)
        memory[NN_LBFGS_PAIRS] += 1;
}

/* ---- an iteration ---- */

static double nn_largest_gradient(const nn_lbfgs *l)
{
    double largest = 0;
    for (int i = 0; i < l->count; i++)
        largest = fmax(largest, fabs((double)l->run->state[l->gradients[i]]));
    return largest;
}

static void nn_lbfgs_finish(nn_lbfgs *l, const char *why)
{
    l->run->memory[NN_MEMORY_FINISHED] = 1;
    l->trainer->ending = why;
}

/* The line along the direction of the pairs; without a lower loss, that of the gradient. 0:
 * stopped. */
static int nn_lbfgs_move(nn_lbfgs *l, nn_point *found)
{
    double *memory = l->run->memory;
    for (int is_again = 0;; is_again = 1) {
        double norm = 0, first = (double)l->run->rate;
        if (is_again)
            memory[NN_LBFGS_PAIRS] = 0;
        nn_lbfgs_direction(l);
        l->begin.at = l->begin.slope = l->longest = 0;
        for (int i = 0; i < l->count; i++) {
            l->begin.slope += (double)l->slope[i] * l->direction[i];
            l->longest = fmax(l->longest, fabs(l->direction[i]));
            norm += (double)l->slope[i] * (double)l->slope[i];
        }
        if (memory[NN_LBFGS_PAIRS] == 0 && norm > 1)
            first /= sqrt(norm); /* nothing is known of the scale yet */
        *found = l->begin;
        if (l->begin.slope < 0 && !nn_line_search(l, first, found))
            return 0;
        if (found->at > 0 || memory[NN_LBFGS_PAIRS] == 0)
            break;
    }
    /* The state must hold the point that was found, which need not be the last one tried. */
    nn_point again;
    return l->last.at == found->at || nn_lbfgs_try(l, found->at, &again);
}

static int nn_lbfgs_iterate(nn_lbfgs *l)
{
    double *memory = l->run->memory, tolerance = l->settings[NN_LBFGS_TOLERANCE];
    nn_point found;
    double loss = memory[NN_LBFGS_LOSS];
    l->run->rate_now = 0.0f;
    if (!(memory[NN_LBFGS_BEGUN] > 0) || l->settings[NN_LBFGS_IS_RANDOM] > 0) {
        if (!nn_lbfgs_pass(l, &loss))
            return NN_STOP;
        memory[NN_LBFGS_BEGUN] = 1;
        memory[NN_LBFGS_LOSS] = loss;
        if (loss - loss != 0.0)
            return NN_FAILED;
    }
    l->begin.loss = loss;
    l->last.at = -1;
    for (int i = 0; i < l->count; i++) {
        l->from[i] = l->run->state[l->weights[i]];
        l->slope[i] = l->run->state[l->gradients[i]];
    }
    if (nn_largest_gradient(l) <= tolerance) {
        nn_lbfgs_finish(l, "the gradient is within the tolerance");
        return NN_GO_ON;
    }
    if (!nn_lbfgs_move(l, &found))
        return NN_STOP;
    memory[NN_LBFGS_LOSS] = found.loss;
    l->run->rate_now = (float)found.at;
    if (!(found.at > 0)) {
        nn_lbfgs_finish(l, "the line search found no lower loss");
        return NN_GO_ON;
    }
    nn_lbfgs_remember(l);
    double size = fmax(1.0, fmax(fabs(loss), fabs(found.loss)));
    if (nn_largest_gradient(l) <= tolerance)
        nn_lbfgs_finish(l, "the gradient is within the tolerance");
    else if (loss - found.loss <= l->settings[NN_LBFGS_LOSS_TOLERANCE] * size)
        nn_lbfgs_finish(l, "the loss has stopped falling");
    return NN_GO_ON;
}

/* The steps of an epoch: one iteration. */
static int nn_lbfgs_steps(nn_trainer *trainer, nn_error *error)
{
    nn_run *run = &trainer->run;
    nn_lbfgs l;
    double memory[NN_MEMORY];
    float *state = NN_ALLOCATE(float, run->net->state_floats);
    int epoch = run->epoch;
    nn_lbfgs_begin(&l, trainer);
    memcpy(state, run->state, sizeof *state * (size_t)run->net->state_floats);
    memcpy(memory, run->memory, sizeof memory);
    run->epoch = 0; /* one order for the whole run */
    nn_epoch_order(trainer);
    run->epoch = epoch;
    int end = nn_lbfgs_iterate(&l);
    if (end == NN_FAILED)
        nn_diverged(trainer, "loss", run->memory[NN_LBFGS_LOSS], error);
    if (end == NN_STOP) {
        memcpy(run->state, state, sizeof *state * (size_t)run->net->state_floats);
        memcpy(run->memory, memory, sizeof memory);
        memset(run->sums, 0, sizeof(double) * (size_t)run->net->result_floats);
        run->seen = 0;
    } else {
        run->steps++;
    }
    nn_lbfgs_end(&l);
    nn_free(state);
    return end;
}

#endif
