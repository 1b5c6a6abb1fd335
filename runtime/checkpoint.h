/* checkpoint.h: everything a training run must remember, and its file.
 *
 * The file is safetensors: all tensors of the state under their names, those of the best weights as
 * "best/NAME", and the history; numbers stand in the metadata. The order of samples is not stored: it
 * follows from the seed and the epoch. */
#ifndef NN_CHECKPOINT_H
#define NN_CHECKPOINT_H

#include "initialise.h"
#include "options.h"
#include "safetensors_rt.h"

typedef struct nn_run {
    const nn_net *net;
    /* what was asked for */
    int epochs, batch;
    uint32_t seed;
    float rate;
    long long samples; /* in the training set */
    /* how far it is */
    int epoch;         /* complete epochs */
    long long step;    /* steps done in the epoch that is under way */
    long long steps;   /* steps done in all */
    double *sums;      /* [result_floats]: totals of the samples of this epoch */
    long long seen;    /* samples of this epoch */
    double seconds;    /* spent in this epoch so far */
    float rate_now;    /* of the last step */
    double memory[NN_MEMORY]; /* of the schedule and others: see net.h */
    /* the best so far */
    int best_epoch; /* 0: none yet */
    float best_value;
    /* values */
    float *state, *best;
    /* a row per epoch: train results, validation results, rate, passes when there is a driver, norms
     * of gradients when they are measured, seconds */
    float *history;
    int history_columns, history_room;
    int rate_column, norm_count;
    /* of a driver */
    float *vectors;
    int vector_rows, vector_columns;
} nn_run;

/* First values. Tensors in panels are drawn row-major beside the state. */
static void nn_run_initialise(nn_run *run)
{
    const nn_net *net = run->net;
    long long largest = 1;
    for (int i = 0; i < net->tensor_count; i++)
        if (net->tensors[i].panel && nn_tensor_elements(&net->tensors[i]) > largest)
            largest = nn_tensor_elements(&net->tensors[i]);
    float *scratch = NN_ALLOCATE(float, largest);
    for (int i = 0; i < net->tensor_count; i++)
        nn_initialise(run->state, &net->tensors[i], i, run->seed, scratch);
    nn_free(scratch);
}

/* Floats of a tensor in the state. */
static long long nn_stored_floats(const nn_tensor *tensor)
{
    long long elements = nn_tensor_elements(tensor);
    if (tensor->panel == 0)
        return elements;
    long long columns = tensor->dims[tensor->rank - 1];
    return nn_panel_floats(elements / columns, columns, tensor->groups, tensor->panel);
}

/* Keeps the parameters and statistics of the state as the best. */
static void nn_run_keep_best(nn_run *run)
{
    for (int i = 0; i < run->net->tensor_count; i++) {
        const nn_tensor *tensor = &run->net->tensors[i];
        if (tensor->kind <= NN_STATISTIC)
            memcpy(run->best + tensor->offset, run->state + tensor->offset,
                   sizeof *run->best * (size_t)nn_stored_floats(tensor));
    }
}

/* Memory of a run; the state gets its first values. */
static void nn_run_begin(nn_run *run, const nn_net *net, int has_validation)
{
    run->net = net;
    run->sums = NN_ALLOCATE(double, net->result_floats);
    run->state = NN_ALLOCATE(float, net->state_floats);
    run->best = NN_ALLOCATE(float, net->state_floats);
    run->rate_column = net->result_count * (has_validation ? 2 : 1);
    run->norm_count = net->plan->norms != NULL ? net->plan->norms->count(net) : 0;
    run->history_columns = run->rate_column + (net->plan->driver != NULL) + run->norm_count + 2;
    if (net->plan->driver != NULL) {
        net->plan->driver->size(net, &run->vector_rows, &run->vector_columns);
        run->vectors = NN_ALLOCATE(float, (long long)run->vector_rows * run->vector_columns);
    }
    nn_run_initialise(run);
}

static void nn_run_end(nn_run *run)
{
    nn_free(run->sums);
    nn_free(run->state);
    nn_free(run->best);
    nn_free(run->history);
    nn_free(run->vectors);
}

/* Room for `rows` rows of history. */
static void nn_history_reserve(nn_run *run, int rows)
{
    if (rows > run->history_room) {
        int room = rows * 2;
        float *moved = NN_ALLOCATE(float, (long long)room * run->history_columns);
        if (run->history_room > 0)
            memcpy(moved, run->history,
                   sizeof(float) * (size_t)run->history_room * (size_t)run->history_columns);
        nn_free(run->history);
        run->history = moved;
        run->history_room = room;
    }
}

/* Those of the metadata are in a row these, nn_run.memory and nn_run.sums. */
enum { NN_RUN_NUMBERS = 14, NN_RUN_VERSION = 3 };

/* Seventeen digits give the same bits again. */
static void nn_add_numbers(nn_text *text, const double *numbers, int count)
{
    for (int i = 0; i < count; i++)
        nn_text_add(text, "%.17g ", numbers[i]);
}

static int nn_checkpoint_save(const nn_run *run, const char *path, nn_error *error)
{
    const nn_net *net = run->net;
    const int dims[2] = {run->epoch, run->history_columns};
    const int vectors[2] = {run->vector_rows, run->vector_columns};
    const double numbers[NN_RUN_NUMBERS] = {
        NN_RUN_VERSION,          (double)run->epochs,     (double)run->batch,
        (double)run->seed,       (double)run->rate,       (double)run->samples,
        (double)run->epoch,      (double)run->step,       (double)run->steps,
        (double)run->seen,       (double)run->best_epoch, (double)run->best_value,
        (double)run->rate_now,   run->seconds};
    nn_tensors_out file;
    nn_text text = {NULL, 0, 0};
    if (!nn_tensors_open(&file, path, error))
        return 0;
    nn_add_numbers(&text, numbers, NN_RUN_NUMBERS);
    nn_add_numbers(&text, run->memory, NN_MEMORY);
    nn_add_numbers(&text, run->sums, net->result_floats);
    nn_tensors_network(&file, net);
    nn_tensors_metadata(&file, "run", text.at);
    nn_free(text.at);
    nn_tensors_end_metadata(&file);
    nn_state_entries(&file, net, "", NN_OPTIMIZER);
    if (run->best_epoch > 0)
        nn_state_entries(&file, net, "best/", NN_STATISTIC);
    if (run->vector_rows > 0)
        nn_tensors_entry(&file, "", "driver/vectors", 2, vectors);
    nn_tensors_entry(&file, "", "history/epochs", 2, dims);
    nn_tensors_begin_data(&file);
    nn_state_data(&file, net, run->state, NN_OPTIMIZER);
    if (run->best_epoch > 0)
        nn_state_data(&file, net, run->best, NN_STATISTIC);
    if (run->vector_rows > 0)
        nn_tensors_data(&file, run->vectors, (long long)run->vector_rows * run->vector_columns);
    nn_tensors_data(&file, run->history, (long long)run->epoch * run->history_columns);
    return nn_tensors_close(&file, error);
}

/* A tensor of rows that is not in the state. */
static int nn_checkpoint_rows(const char *name, int rows, int columns, float *to, const char *path,
                              const unsigned char *bytes, size_t size, nn_error *error)
{
    nn_tensor tensor = {name, NN_PARAMETER, 2, {0}, 0, 1, 0, NULL, 0, 0, 0, 0};
    nn_found found;
    nn_culprit culprit;
    tensor.dims[0] = rows;
    tensor.dims[1] = columns;
    if (nn_safetensors_find(bytes, size, "", &tensor, 1, NN_PARAMETER, 0, &found, &culprit) !=
        NN_FILE_OK)
        return nn_safetensors_fail(path, bytes, &tensor, &culprit, error);
    nn_tensor_load(to, &tensor, bytes + found.begin);
    return 1;
}

/* History, whose number of rows the file decides together with the number of epochs, and vectors. */
static int nn_checkpoint_tables(nn_run *run, const char *path, const unsigned char *bytes,
                                size_t size, nn_error *error)
{
    nn_history_reserve(run, run->epoch + 1);
    return nn_checkpoint_rows("history/epochs", run->epoch, run->history_columns, run->history, path,
                              bytes, size, error) &&
           (run->vector_rows == 0 ||
            nn_checkpoint_rows("driver/vectors", run->vector_rows, run->vector_columns, run->vectors,
                               path, bytes, size, error));
}

/* The numbers of the metadata; 0 when they make no sense. Tensors are checked by themselves. */
static int nn_checkpoint_numbers(nn_run *run, const unsigned char *bytes, size_t size)
{
    int sums = run->net->result_floats, count = NN_RUN_NUMBERS + NN_MEMORY + sums;
    double *n = NN_ALLOCATE(double, count);
    nn_text text = {NULL, 0, 0};
    int ok = nn_metadata(bytes, size, "run", &text);
    char *at = text.at, *end;
    for (int i = 0; ok && i < count; i++, at = end) {
        n[i] = strtod(at, &end);
        ok = end != at;
    }
    ok = ok && n[0] == (double)NN_RUN_VERSION && n[1] >= 1 && n[1] <= 1e9 && n[2] >= 1 && n[2] <= 1e9 &&
         n[3] >= 0 && n[3] <= 4294967295.0 && n[5] >= 1 && n[5] <= (double)NN_MAX_SAMPLES && n[6] >= 0 &&
         n[6] <= 1e9 && n[6] <= (double)(size / sizeof(float)) && /* each has a row of history */
         n[7] >= 0 && n[7] <= n[5] && n[8] >= 0 && n[8] <= 1LL << 52 && n[9] >= 0 &&
         n[9] <= n[5] && n[10] >= 0 && n[10] <= n[6];
    if (ok) {
        run->epochs = (int)n[1];
        run->batch = (int)n[2];
        run->seed = (uint32_t)n[3];
        run->rate = (float)n[4];
        run->samples = (long long)n[5];
        run->epoch = (int)n[6];
        run->step = (long long)n[7];
        run->steps = (long long)n[8];
        run->seen = (long long)n[9];
        run->best_epoch = (int)n[10];
        run->best_value = (float)n[11];
        run->rate_now = (float)n[12];
        run->seconds = n[13];
        memcpy(run->memory, n + NN_RUN_NUMBERS, sizeof run->memory);
        memcpy(run->sums, n + NN_RUN_NUMBERS + NN_MEMORY, sizeof *n * (size_t)sums);
    }
    nn_free(text.at);
    nn_free(n);
    return ok;
}

/* A run goes on with the parameters it began with. */
static int nn_checkpoint_params(const nn_net *net, const char *path, const unsigned char *bytes, size_t size,
                                nn_error *error)
{
    nn_text text = {NULL, 0, 0};
    int differ = net->params != NULL && net->params->differ(&text, net, bytes, size);
    if (differ)
        nn_fail(error, NN_EXIT_USAGE, "the run of '%s' was %s", path, text.at);
    nn_free(text.at);
    return !differ;
}

/* Makes the run what it was when the file was written. */
static int nn_checkpoint_load(nn_run *run, const char *path, nn_error *error)
{
    unsigned char *bytes;
    size_t size;
    nn_text network = {NULL, 0, 0};
    if (!nn_file_read(path, &bytes, &size, error))
        return 0;
    if (!nn_checkpoint_params(run->net, path, bytes, size, error)) {
        nn_free(bytes);
        return 0;
    }
    /* First the state: it says what is wrong with a file that is damaged or of another network. */
    int ok = nn_state_from_bytes(run->state, run->net, path, bytes, size, "", NN_OPTIMIZER, 0, error);
    if (ok && (!nn_metadata(bytes, size, "network", &network) ||
               strcmp(network.at, run->net->name) != 0))
        ok = nn_fail(error, NN_EXIT_IO, "'%s' is a checkpoint of the network '%s', not of '%s'", path,
                     network.at != NULL ? network.at : "?", run->net->name);
    if (ok && !nn_checkpoint_numbers(run, bytes, size))
        ok = nn_fail(error, NN_EXIT_IO, "'%s' is not a checkpoint of this kind of trainer", path);
    ok = ok && nn_checkpoint_tables(run, path, bytes, size, error);
    if (ok && run->best_epoch > 0)
        ok = nn_state_from_bytes(run->best, run->net, path, bytes, size, "best/", NN_STATISTIC, 0,
                                 error);
    nn_free(network.at);
    nn_free(bytes);
    return ok;
}

#endif
