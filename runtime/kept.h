/* kept.h: values of the frozen front part of a network, computed once for a sample.
 *
 * The front part, the prefix, gives the same values for a sample in every epoch. They are computed for
 * the training and the validation set before the first epoch, and kept: in memory, or, when they are
 * more than the limit, in the file kept.values of the run, which is gone when the command ends. A batch
 * then takes its rows from there. What is not kept (--no-keep, a test set, a file that cannot be
 * written) is computed batch by batch with the same program; a sample's values do not depend on the
 * batch that it is in, so the bits of a run are the same either way. */
#ifndef NN_KEPT_H
#define NN_KEPT_H

#include "train.h"
#include <limits.h>
#if NN_POSIX
#include <unistd.h>
#endif

/* Samples of data, each with the number of its place plus one; 0: not kept. */
typedef struct nn_kept_places {
    const nn_data *data;
    uint32_t *of; /* [data->count] */
} nn_kept_places;

typedef struct nn_kept {
    const nn_net *net;
    float *weights;           /* of the prefix                                        */
    void **ports;             /* inputs of the prefix, then its values, for a call    */
    long long floats;         /* of one sample                                        */
    nn_kept_places places[NN_SETS];
    int data_count;           /* of places; 0: nothing is kept                        */
    uint32_t count;           /* places                                               */
    unsigned char *is_known;  /* [count]: its values were computed                    */
    float *values;            /* [count][floats], or NULL: they are in the file       */
    FILE *file;
    char *path;
    float *row;               /* a sample of the file                                 */
} nn_kept;

static nn_kept *nn_kept_begin(const nn_net *net)
{
    nn_kept *kept = NN_ALLOCATE(nn_kept, 1);
    kept->net = net;
    kept->weights = NN_ALLOCATE(float, net->prefix->weight_floats);
    kept->ports = NN_ALLOCATE(void *, net->input_count + net->prefix->value_count);
    for (int i = 0; i < net->prefix->value_count; i++)
        kept->floats += net->prefix->values[i].elements;
    return kept;
}

/* Forgets all values. */
static void nn_kept_drop(nn_kept *kept)
{
    for (int i = 0; i < kept->data_count; i++)
        nn_free(kept->places[i].of);
    kept->data_count = 0;
    kept->count = 0;
    if (kept->file != NULL) {
        fclose(kept->file);
        remove(kept->path);
    }
    nn_free(kept->is_known);
    nn_free(kept->values);
    nn_free(kept->path);
    nn_free(kept->row);
    kept->is_known = NULL;
    kept->values = kept->row = NULL;
    kept->path = NULL;
    kept->file = NULL;
}

static void nn_kept_end(nn_kept *kept)
{
    nn_kept_drop(kept);
    nn_free(kept->weights);
    nn_free(kept->ports);
    nn_free(kept);
}

static void nn_kept_prepare(nn_kept *kept, const float *state)
{
    kept->net->prefix->prepare(state, kept->weights);
}

/* The prefix at work on the inputs of the worker's batch; its values go behind them. It takes fewer samples
 * at a time where more would not make it faster. */
static void nn_kept_compute(nn_worker *worker, int count)
{
    const nn_net *net = worker->net;
    const nn_prefix *prefix = net->prefix;
    void **ports = worker->kept->ports;
    for (int first = 0; first < count; first += prefix->batch) {
        nn_step step = {count - first < prefix->batch ? count - first : prefix->batch, 0.0f, 0.0f, 0};
        for (int i = 0; i < net->input_count + prefix->value_count; i++) {
            const nn_port *port = i < net->input_count ? &net->inputs[i] : &prefix->values[i - net->input_count];
            ports[i] = (char *)worker->batch.inputs[i] + first * port->elements * nn_type_bytes(port->type);
        }
        prefix->run(worker->kept->weights, worker->arena, &step, (const void *const *)ports,
                    ports + net->input_count, worker->threads);
    }
}

/* ---- the file ---- */

static int nn_kept_seek(const nn_kept *kept, uint32_t place)
{
    long long at = (long long)place * kept->floats * (long long)sizeof(float);
#if NN_POSIX
    return (long long)(off_t)at == at && fseeko(kept->file, (off_t)at, SEEK_SET) == 0;
#else
    return at <= LONG_MAX && fseek(kept->file, (long)at, SEEK_SET) == 0;
#endif
}

static int nn_kept_write(nn_kept *kept, uint32_t place)
{
    size_t count = (size_t)kept->floats;
    return nn_kept_seek(kept, place) && fwrite(kept->row, sizeof(float), count, kept->file) == count;
}

static int nn_kept_read(nn_kept *kept, uint32_t place)
{
    size_t count = (size_t)kept->floats;
    return nn_kept_seek(kept, place) && fread(kept->row, sizeof(float), count, kept->file) == count;
}

/* The run goes on without; it only takes longer. */
static void nn_kept_give_up(nn_kept *kept, const char *what)
{
    fprintf(stderr, "note: cannot %s '%s': %s; the frozen layers are computed in every epoch\n", what,
            kept->path, errno != 0 ? strerror(errno) : "it is too short");
    nn_kept_drop(kept);
}

/* ---- rows of batches ---- */

/* The places of these data, or NULL. */
static const uint32_t *nn_kept_of(const nn_kept *kept, const nn_data *data)
{
    for (int i = 0; i < kept->data_count; i++)
        if (kept->places[i].data == data)
            return kept->places[i].of;
    return NULL;
}

/* Copies the values of sample n of the batch to its row, or the other way. */
static void nn_kept_copy(const nn_worker *worker, int n, float *row, int is_back)
{
    const nn_prefix *prefix = worker->net->prefix;
    for (int i = 0; i < prefix->value_count; i++) {
        long long elements = prefix->values[i].elements;
        float *of = (float *)worker->batch.inputs[worker->net->input_count + i] + n * elements;
        memcpy(is_back ? of : row, is_back ? row : of, sizeof(float) * (size_t)elements);
        row += elements;
    }
}

/* Stores what was computed for the samples that have places. */
static void nn_kept_store(nn_worker *worker, const uint32_t *of, const uint32_t *rows, int count)
{
    nn_kept *kept = worker->kept;
    for (int n = 0; n < count; n++) {
        if (of[rows[n]] == 0 || kept->is_known[of[rows[n]] - 1])
            continue;
        uint32_t place = of[rows[n]] - 1;
        nn_kept_copy(worker, n, kept->file != NULL ? kept->row : kept->values + place * kept->floats, 0);
        errno = 0;
        if (kept->file != NULL && !nn_kept_write(kept, place)) {
            nn_kept_give_up(kept, "write");
            return;
        }
        kept->is_known[place] = 1;
    }
}

/* Brings kept values to the batch. 0: they are not all there. */
static int nn_kept_load(nn_worker *worker, const uint32_t *of, const uint32_t *rows, int count)
{
    nn_kept *kept = worker->kept;
    for (int n = 0; n < count; n++)
        if (of[rows[n]] == 0 || !kept->is_known[of[rows[n]] - 1])
            return 0;
    for (int n = 0; n < count; n++) {
        uint32_t place = of[rows[n]] - 1;
        errno = 0;
        if (kept->file != NULL && !nn_kept_read(kept, place)) {
            nn_kept_give_up(kept, "read");
            return 0;
        }
        nn_kept_copy(worker, n, kept->file != NULL ? kept->row : kept->values + place * kept->floats, 1);
    }
    return 1;
}

/* Fills the batch: kept values with what else the rest of the network reads, or all inputs with values
 * that are computed now. */
static void nn_kept_fetch(nn_worker *worker, const nn_data *data, const uint32_t *rows, int count)
{
    const nn_net *net = worker->net;
    const uint32_t *of = nn_kept_of(worker->kept, data);
    if (of != NULL && nn_kept_load(worker, of, rows, count)) {
        for (int i = 0; i < data->ports; i++)
            if (i >= net->input_count || net->prefix->reads[i])
                nn_gather_port(&worker->batch, net, data, i, rows, count);
        return;
    }
    nn_gather(&worker->batch, net, data, rows, count);
    nn_kept_compute(worker, count);
    of = nn_kept_of(worker->kept, data); /* unless the file was lost just now */
    if (of != NULL)
        nn_kept_store(worker, of, rows, count);
}

/* ---- before the first epoch ---- */

/* Half of the machine's memory, or what the user says. */
static long long nn_kept_limit(const nn_options *options)
{
    long long bytes = 4LL << 30;
#if NN_POSIX && defined(_SC_PHYS_PAGES)
    long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    if (pages > 0 && page > 0)
        bytes = (long long)pages * page;
#endif
    return options->keep_limit > 0 ? options->keep_limit * 1000000LL : bytes / 2;
}

/* Gives every sample of the set a place. */
static void nn_kept_plan(nn_kept *kept, const nn_set *set)
{
    if (set->data == NULL)
        return;
    if (nn_kept_of(kept, set->data) == NULL) {
        nn_kept_places *places = &kept->places[kept->data_count++];
        places->data = set->data;
        places->of = NN_ALLOCATE(uint32_t, set->data->count);
    }
    for (int i = 0; i < kept->data_count; i++)
        for (long long n = 0; kept->places[i].data == set->data && n < set->count; n++)
            if (kept->places[i].of[set->rows[n]] == 0)
                kept->places[i].of[set->rows[n]] = ++kept->count;
}

/* Room for the values. */
static void nn_kept_reserve(nn_kept *kept, const nn_trainer *trainer)
{
    long long bytes = kept->count * kept->floats * (long long)sizeof(float);
    kept->is_known = NN_ALLOCATE(unsigned char, kept->count);
    if (bytes <= nn_kept_limit(trainer->options)) {
        kept->values = NN_ALLOCATE(float, kept->count * kept->floats);
        return;
    }
    kept->row = NN_ALLOCATE(float, kept->floats);
    kept->path = nn_run_path(trainer, "kept.values");
    errno = 0;
    kept->file = fopen(kept->path, "wb+");
    if (kept->file != NULL)
        setvbuf(kept->file, NULL, _IONBF, 0); /* rows are large, and taken in any order */
    else
        nn_kept_give_up(kept, "write");
}

/* What is kept of how many samples, how much that is, and where. */
static void nn_kept_print(const nn_kept *kept, int json)
{
    const nn_prefix *prefix = kept->net->prefix;
    double bytes = (double)kept->count * (double)kept->floats * (double)sizeof(float);
    nn_text text = {NULL, 0, 0};
    nn_text_add(&text, json ? "{\"event\": \"keep\", \"values\": [" : "keeping ");
    for (int i = 0; i < prefix->value_count; i++) {
        nn_text_add(&text, i > 0 ? ", " : "");
        if (json)
            nn_text_json(&text, prefix->values[i].name);
        else
            nn_text_add(&text, "'%s'", prefix->values[i].name);
    }
    if (json)
        nn_text_add(&text, "], \"samples\": %lu, \"bytes\": %.0f, \"where\": \"%s\"}",
                    (unsigned long)kept->count, bytes, kept->file != NULL ? "file" : "memory");
    else
        nn_text_add(&text, " of %lu samples: %.4g MB in %s%s%s", (unsigned long)kept->count, bytes * 1e-6,
                    kept->file != NULL ? "'" : "memory", kept->file != NULL ? kept->path : "",
                    kept->file != NULL ? "'" : "");
    puts(text.at);
    nn_free(text.at);
    fflush(stdout);
}

/* Computes the values of a set; 0: a stop was asked for. */
static int nn_kept_compute_set(nn_trainer *trainer, const nn_set *set, nn_progress *progress,
                               long long *done)
{
    nn_worker *worker = &trainer->worker;
    int batch = worker->net->batch;
    for (long long first = 0; first < set->count && worker->kept->data_count > 0; first += batch) {
        long long left = set->count - first;
        int count = left < batch ? (int)left : batch;
        nn_kept_fetch(worker, set->data, set->rows + first, count);
        *done += count;
        nn_progress_draw(progress, "frozen layers", *done, worker->kept->count, 0, "samples");
        if (nn_is_stopping)
            return 0;
    }
    return 1;
}

/* Computes and keeps the values of training and validation set, if they will be used again. The time
 * counts as part of the epoch. */
static int nn_kept_fill(nn_trainer *trainer)
{
    nn_run *run = &trainer->run;
    nn_kept *kept = trainer->worker.kept;
    const nn_set *sets = trainer->sets.set;
    int passes = run->net->plan->driver != NULL ? 2 : run->epochs - run->epoch;
    nn_progress progress;
    long long done = 0;
    if (trainer->options->no_keep || passes < 2 || run->memory[NN_MEMORY_FINISHED] > 0)
        return 1;
    double start = nn_seconds();
    nn_kept_plan(kept, &sets[NN_TRAIN]);
    nn_kept_plan(kept, &sets[NN_VALIDATION]);
    nn_kept_reserve(kept, trainer);
    if (kept->data_count == 0)
        return 1;
    nn_kept_print(kept, trainer->options->json);
    nn_progress_begin(&progress, trainer->options->json, 0);
    int goes_on = nn_kept_compute_set(trainer, &sets[NN_TRAIN], &progress, &done) &&
                  nn_kept_compute_set(trainer, &sets[NN_VALIDATION], &progress, &done);
    nn_progress_clear(&progress);
    double seconds = nn_seconds() - start;
    run->seconds += seconds;
    if (goes_on && kept->data_count > 0 && !trainer->options->json)
        printf("computed in %.1f s\n", seconds);
    fflush(stdout);
    return goes_on;
}

static const nn_keeper nn_keep_values = {nn_kept_begin,   nn_kept_end,   nn_kept_prepare,
                                         nn_kept_compute, nn_kept_fetch, nn_kept_fill};

#endif
