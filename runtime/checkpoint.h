/* checkpoint.h: everything a training run must remember, and its file.
 *
 * The file is safetensors: all tensors of the state under their names, those of the best weights as
 * "best/NAME", and the history; numbers stand in the metadata, those that decide bits as bit patterns
 * in hexadecimal. The order of samples is not stored: it follows from the seed and the epoch. */
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
    float *state, *best, *scratch;
    /* a row per epoch: train results, validation results, rate, passes when there is a driver, norms
     * of gradients when they are measured, seconds */
    float *history;
    int history_columns, history_room;
    int rate_column, norm_count;
    /* of a driver */
    float *vectors;
    int vector_rows, vector_columns;
} nn_run;

/* Memory of a run; the state gets its first values. */
static void nn_run_begin(nn_run *run, const nn_net *net, int has_validation)
{
    run->net = net;
    run->sums = NN_ALLOCATE(double, net->result_floats);
    run->state = NN_ALLOCATE(float, net->state_floats);
    run->best = NN_ALLOCATE(float, net->state_floats);
    run->scratch = NN_ALLOCATE(float, nn_largest_tensor(net));
    run->rate_column = net->result_count * (has_validation ? 2 : 1);
    run->norm_count = net->plan->norms != NULL ? net->plan->norms->count(net) : 0;
    run->history_columns = run->rate_column + (net->plan->driver != NULL) + run->norm_count + 2;
    if (net->plan->driver != NULL) {
        net->plan->driver->size(net, &run->vector_rows, &run->vector_columns);
        run->vectors = NN_ALLOCATE(float, (long long)run->vector_rows * run->vector_columns);
    }
    for (int i = 0; i < net->tensor_count; i++)
        nn_initialise(run->state, &net->tensors[i], i, run->seed, run->scratch);
}

static void nn_run_end(nn_run *run)
{
    nn_free(run->sums);
    nn_free(run->state);
    nn_free(run->best);
    nn_free(run->scratch);
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

/* ---- numbers in the metadata ---- */

static uint64_t nn_double_bits(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static double nn_double_from(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* A list of numbers under one key, in hexadecimal. */
static void nn_put_numbers(nn_tensors_out *file, const char *key, const uint64_t *numbers,
                           int count)
{
    nn_text text = {NULL, 0, 0};
    for (int i = 0; i < count; i++)
        nn_text_add(&text, "%s%llx", i > 0 ? " " : "", (unsigned long long)numbers[i]);
    nn_tensors_metadata(file, key, text.at != NULL ? text.at : "");
    nn_free(text.at);
}

static int nn_get_numbers(const unsigned char *bytes, size_t size, const char *key,
                          uint64_t *numbers, int count)
{
    nn_text text = {NULL, 0, 0};
    int ok = nn_metadata(bytes, size, key, &text);
    char *at = text.at;
    for (int i = 0; ok && i < count; i++) {
        char *end;
        numbers[i] = strtoull(at, &end, 16);
        ok = end != at;
        at = end;
    }
    nn_free(text.at);
    return ok;
}

enum { NN_RUN_NUMBERS = 13 };

static int nn_checkpoint_save(const nn_run *run, const char *path, nn_error *error)
{
    const nn_net *net = run->net;
    const int dims[2] = {run->epoch, run->history_columns};
    const int vectors[2] = {run->vector_rows, run->vector_columns};
    uint64_t numbers[NN_RUN_NUMBERS] = {
        2, /* version of this list */
        (uint64_t)run->epochs, (uint64_t)run->batch, run->seed,
        nn_double_bits((double)run->rate), (uint64_t)run->samples,
        (uint64_t)run->epoch, (uint64_t)run->step, (uint64_t)run->steps,
        (uint64_t)run->seen, (uint64_t)run->best_epoch,
        nn_double_bits((double)run->best_value), nn_double_bits((double)run->rate_now)};
    uint64_t memory[NN_MEMORY];
    nn_tensors_out file;
    if (!nn_tensors_open(&file, path, error))
        return 0;
    uint64_t *sums = NN_ALLOCATE(uint64_t, net->result_floats + 1);
    for (int r = 0; r < net->result_floats; r++)
        sums[r] = nn_double_bits(run->sums[r]);
    sums[net->result_floats] = nn_double_bits(run->seconds);
    nn_tensors_metadata(&file, "network", net->name);
    nn_put_numbers(&file, "run", numbers, NN_RUN_NUMBERS);
    nn_put_numbers(&file, "sums", sums, net->result_floats + 1);
    nn_free(sums);
    for (int i = 0; i < NN_MEMORY; i++)
        memory[i] = nn_double_bits(run->memory[i]);
    nn_put_numbers(&file, "memory", memory, NN_MEMORY);
    nn_tensors_end_metadata(&file);
    nn_state_entries(&file, net, "", NN_OPTIMIZER);
    if (run->best_epoch > 0)
        nn_state_entries(&file, net, "best/", NN_STATISTIC);
    if (run->vector_rows > 0)
        nn_tensors_entry(&file, "", "driver/vectors", 2, vectors);
    nn_tensors_entry(&file, "", "history/epochs", 2, dims);
    nn_tensors_begin_data(&file);
    nn_state_data(&file, net, run->state, NN_OPTIMIZER, run->scratch);
    if (run->best_epoch > 0)
        nn_state_data(&file, net, run->best, NN_STATISTIC, run->scratch);
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

static int nn_checkpoint_numbers(nn_run *run, const char *path, const unsigned char *bytes,
                                 size_t size, nn_error *error)
{
    uint64_t n[NN_RUN_NUMBERS], memory[NN_MEMORY];
    int results = run->net->result_floats, ok;
    uint64_t *sums = NN_ALLOCATE(uint64_t, results + 1);
    ok = nn_get_numbers(bytes, size, "run", n, NN_RUN_NUMBERS) && n[0] == 2 &&
         nn_get_numbers(bytes, size, "sums", sums, results + 1) &&
         nn_get_numbers(bytes, size, "memory", memory, NN_MEMORY);
    /* Counts must make sense; tensors are checked by themselves. */
    ok = ok && n[1] >= 1 && n[1] <= 1000000000 && n[2] >= 1 && n[3] <= 0xFFFFFFFFu &&
         n[5] >= 1 && n[5] <= NN_MAX_SAMPLES && n[6] <= 1000000000 && n[9] <= n[5] && n[10] <= n[6] &&
         n[7] <= n[5] && n[8] <= UINT64_C(1) << 52;
    if (!ok) {
        nn_free(sums);
        return nn_fail(error, NN_EXIT_IO, "'%s' is not a checkpoint of this kind of trainer", path);
    }
    run->epochs = (int)n[1];
    run->batch = n[2] > 1000000000 ? 1000000000 : (int)n[2];
    run->seed = (uint32_t)n[3];
    run->rate = (float)nn_double_from(n[4]);
    run->samples = (long long)n[5];
    run->epoch = (int)n[6];
    run->step = (long long)n[7];
    run->steps = (long long)n[8];
    run->seen = (long long)n[9];
    run->best_epoch = (int)n[10];
    run->best_value = (float)nn_double_from(n[11]);
    run->rate_now = (float)nn_double_from(n[12]);
    for (int i = 0; i < NN_MEMORY; i++)
        run->memory[i] = nn_double_from(memory[i]);
    for (int r = 0; r < results; r++)
        run->sums[r] = nn_double_from(sums[r]);
    run->seconds = nn_double_from(sums[results]);
    nn_free(sums);
    return 1;
}

/* Makes the run what it was when the file was written. */
static int nn_checkpoint_load(nn_run *run, const char *path, nn_error *error)
{
    unsigned char *bytes;
    size_t size;
    nn_text network = {NULL, 0, 0};
    if (!nn_file_read(path, &bytes, &size, error))
        return 0;
    /* First the state: it goes through the whole header, which the metadata rely on. */
    int ok = nn_state_from_bytes(run->state, run->net, path, bytes, size, "", NN_OPTIMIZER, 0, error);
    if (ok && (!nn_metadata(bytes, size, "network", &network) ||
               strcmp(network.at, run->net->name) != 0))
        ok = nn_fail(error, NN_EXIT_IO, "'%s' is a checkpoint of the network '%s', not of '%s'", path,
                     network.at != NULL ? network.at : "?", run->net->name);
    ok = ok && nn_checkpoint_numbers(run, path, bytes, size, error) &&
         nn_checkpoint_tables(run, path, bytes, size, error);
    if (ok && run->best_epoch > 0)
        ok = nn_state_from_bytes(run->best, run->net, path, bytes, size, "best/", NN_STATISTIC, 0,
                                 error);
    nn_free(network.at);
    nn_free(bytes);
    return ok;
}

#endif
