/* train.h: the training loop and its run directory.
 *
 * An epoch is: shuffle by seed and epoch, all batches (the last one may be smaller), then the
 * validation set with the weights as they are, history, best weights, checkpoint. A stop by Ctrl-C
 * finishes the step and writes a checkpoint in the middle of the epoch; since order and random numbers
 * follow from seed, epoch and step, going on from there gives the same bits.
 *
 * Files of a run: config.json, history.csv, last.checkpoint, best.safetensors, metrics.json and, with
 * a test set and classes, confusion.csv (of each output that has them). Each is replaced whole or not at all. */
#ifndef NN_TRAIN_H
#define NN_TRAIN_H

#include "checkpoint.h"
#include "evaluate.h"
#include "progress.h"
#include "rng.h"

/* Streams of random numbers, apart from those of the initial values. */
enum { NN_STREAM_ORDER = 0x5001, NN_STREAM_STEP = 0x5002 };

/* How a part of the loop ended. */
enum { NN_GO_ON, NN_STOP, NN_FAILED };

typedef struct nn_trainer {
    nn_run run;
    nn_worker worker;
    nn_sets sets;
    const nn_options *options;
    const char *directory; /* of the run */
    uint32_t *order;       /* rows of the training set in the order of this epoch */
    nn_scores scores;      /* of the validation set */
    double started;        /* when this epoch began, less what it took before a stop */
    double synced;         /* when files were last brought to the disk */
    int is_unsynced;       /* those of the last epoch were not */
    char ending_text[200];
    const char *ending;    /* why the run is over before its last epoch, or NULL */
} nn_trainer;

/* The first Ctrl-C asks for a stop; the handler is gone then, and the second one ends the program. */
static void nn_on_signal(int number)
{
    (void)number;
    nn_is_stopping = 1;
}

static void nn_watch_signals(void)
{
#if NN_POSIX
    struct sigaction action, hangup;
    memset(&action, 0, sizeof action);
    action.sa_handler = nn_on_signal;
    action.sa_flags = (int)SA_RESETHAND;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    /* The terminal is gone: but nohup asks to go on then. It may be said twice, by the system and by a
     * program like `timeout` that passes it on; that is no second Ctrl-C. */
    action.sa_flags = (int)SA_RESTART;
    if (sigaction(SIGHUP, NULL, &hangup) == 0 && hangup.sa_handler != SIG_IGN)
        sigaction(SIGHUP, &action, NULL);
#ifdef SIGXFSZ
    signal(SIGXFSZ, SIG_IGN); /* a file over the limit is a write error like any other */
#endif
#else
    signal(SIGINT, nn_on_signal);
#endif
}

static long long nn_steps_of_epoch(const nn_run *run)
{
    return (run->samples + run->batch - 1) / run->batch;
}

/* A file of the run directory; nn_free it. */
static char *nn_run_path(const nn_trainer *trainer, const char *name)
{
    return nn_path(trainer->directory, name);
}

/* ---- files ---- */

static int nn_save_checkpoint(const nn_trainer *trainer, nn_error *error)
{
    char *path = nn_run_path(trainer, "last.checkpoint");
    int ok = nn_checkpoint_save(&trainer->run, path, error);
    nn_free(path);
    return ok;
}

static int nn_save_best(const nn_trainer *trainer, nn_error *error)
{
    const nn_run *run = &trainer->run;
    char *path = nn_run_path(trainer, "best.safetensors");
    int ok = nn_weights_save(run->best, run->net, path, error);
    nn_free(path);
    return ok;
}

static int nn_save_text(const nn_trainer *trainer, const char *name, nn_text *text, nn_error *error)
{
    char *path = nn_run_path(trainer, name);
    int ok = nn_file_write(path, text, error);
    nn_free(path);
    nn_free(text->at);
    return ok;
}

static int nn_has_validation(const nn_trainer *trainer)
{
    return trainer->sets.set[NN_VALIDATION].data != NULL;
}

static int nn_save_history(const nn_trainer *trainer, nn_error *error)
{
    const nn_run *run = &trainer->run;
    nn_text text = {NULL, 0, 0};
    nn_text_add(&text, "epoch");
    for (int set = 0; set <= nn_has_validation(trainer); set++)
        for (int r = 0; r < run->net->result_count; r++)
            nn_text_add(&text, ",%s%s", set ? "validation." : "", run->net->results[r].name);
    nn_text_add(&text, ",rate%s", run->net->plan->driver != NULL ? ",passes" : "");
    if (run->net->plan->norms != NULL)
        run->net->plan->norms->names(&text, run->net);
    nn_text_add(&text, ",seconds\n");
    for (int e = 0; e < run->epoch; e++) {
        nn_text_add(&text, "%d", e + 1);
        for (int c = 0; c < run->history_columns; c++)
            nn_text_add(&text, ",%.9g", (double)run->history[e * run->history_columns + c]);
        nn_text_add(&text, "\n");
    }
    return nn_save_text(trainer, "history.csv", &text, error);
}

static int nn_save_config(const nn_trainer *trainer, nn_error *error)
{
    const nn_run *run = &trainer->run;
    nn_text text = {NULL, 0, 0};
    nn_text_add(&text, "{\n  \"network\": ");
    nn_text_json(&text, run->net->name);
    nn_text_add(&text, ",\n  \"source\": ");
    nn_text_json(&text, run->net->source);
    nn_text_add(&text, ",\n  \"data\": ");
    nn_text_json(&text, trainer->options->data != NULL ? trainer->options->data : "");
    nn_text_add(&text, ",\n  \"epochs\": %d,\n  \"batch\": %d,\n  \"rate\": %.7g,\n  \"seed\": %lu,\n",
                run->epochs, run->batch, (double)run->rate, (unsigned long)run->seed);
    nn_text_add(&text, "  \"threads\": %d,\n", trainer->worker.threads);
    if (run->net->params != NULL)
        run->net->params->json(&text, run->net);
    for (int set = 0; set < NN_SETS; set++)
        nn_text_add(&text, "  \"%s_samples\": %lld%s\n", nn_set_names[set], trainer->sets.set[set].count,
                    set < NN_SETS - 1 ? "," : "");
    nn_text_add(&text, "}\n");
    return nn_save_text(trainer, "config.json", &text, error);
}

/* Is the rate worth showing? */
static int nn_rate_varies(const nn_run *run)
{
    return run->net->plan->schedule != NULL || run->net->plan->driver != NULL;
}

/* Where the norms are in a row of history. */
static int nn_norm_column(const nn_run *run)
{
    return run->rate_column + 1 + (run->net->plan->driver != NULL);
}

/* {"train": {...}, "validation": {...}, "rate": 0.1} of one epoch, without the braces; the rate only
 * when it is not constant, passes of a driver, and norms when they are measured. */
static void nn_history_json(nn_text *text, const nn_trainer *trainer, int epoch)
{
    const nn_run *run = &trainer->run;
    int results = run->net->result_count;
    double *means = NN_ALLOCATE(double, results);
    for (int set = 0; set <= nn_has_validation(trainer); set++) {
        for (int r = 0; r < results; r++)
            means[r] =
                (double)run->history[(epoch - 1) * run->history_columns + set * results + r];
        nn_text_add(text, "%s\"%s\": ", set ? ", " : "", nn_set_names[set]);
        nn_means_json(text, run->net, means);
    }
    const float *row = run->history + (epoch - 1) * run->history_columns;
    if (nn_rate_varies(run))
        nn_text_add(text, ", \"rate\": %.9g", (double)row[run->rate_column]);
    if (run->net->plan->driver != NULL)
        nn_text_add(text, ", \"passes\": %.0f", (double)row[run->rate_column + 1]);
    if (run->net->plan->norms != NULL)
        run->net->plan->norms->json(text, run->net, row + nn_norm_column(run));
    nn_free(means);
}

/* "validation.loss" */
static void nn_monitor_name(const nn_net *net, char *text, size_t size)
{
    snprintf(text, size, "%s.%s", nn_set_names[net->plan->monitor_set],
             net->results[net->plan->monitor].name);
}

static int nn_save_metrics(const nn_trainer *trainer, const nn_scores *test, nn_error *error)
{
    const nn_run *run = &trainer->run;
    char monitor[200];
    double seconds = 0;
    nn_text text = {NULL, 0, 0};
    nn_monitor_name(run->net, monitor, sizeof monitor);
    for (int e = 0; e < run->epoch; e++)
        seconds += (double)run->history[(e + 1) * run->history_columns - 1];
    nn_text_add(&text, "{\n  \"network\": ");
    nn_text_json(&text, run->net->name);
    nn_text_add(&text, ",\n  \"epochs\": %d,\n  \"best_epoch\": %d,\n  \"monitor\": ", run->epoch,
                run->best_epoch);
    nn_text_json(&text, monitor);
    nn_text_add(&text, ",\n  \"best\": ");
    nn_text_number(&text, (double)run->best_value);
    nn_text_add(&text, ",\n  \"seconds\": %.6g,\n  ", seconds);
    nn_history_json(&text, trainer, run->best_epoch);
    if (test != NULL) {
        nn_text_add(&text, ",\n  \"test\": ");
        nn_means_json(&text, run->net, test->means);
        if (run->net->classes != NULL) {
            nn_text_add(&text, ",\n  \"test_%s\": {", test->confusion_count > 1 ? "outputs" : "classes");
            run->net->classes->json(&text, run->net, test);
            nn_text_add(&text, "}");
        }
        if (test->values != NULL) {
            nn_text_add(&text, ",\n  \"test_values\": ");
            run->net->values->json(&text, run->net, test->values);
        }
        if (test->labels != NULL) {
            nn_text_add(&text, ",\n  \"test_labels\": ");
            run->net->labels->json(&text, run->net, test->labels);
        }
    }
    nn_text_add(&text, "\n}\n");
    return nn_save_text(trainer, "metrics.json", &text, error);
}

/* ---- steps ---- */

/* The order of the epoch that is about to run. */
static void nn_epoch_order(nn_trainer *trainer)
{
    const nn_set *set = &trainer->sets.set[NN_TRAIN];
    memcpy(trainer->order, set->rows, sizeof *set->rows * (size_t)set->count);
    if (trainer->run.net->plan->shuffle)
        nn_shuffle(trainer->order, (uint32_t)set->count,
                   nn_key(trainer->run.seed, (uint32_t)trainer->run.epoch, NN_STREAM_ORDER));
}

/* The learning rate of the next step. */
static float nn_rate_of_step(const nn_run *run)
{
    const nn_plan *plan = run->net->plan;
    if (plan->schedule == NULL)
        return run->rate;
    return (float)((double)run->rate * plan->factor(plan->schedule, run->memory + NN_MEMORY_SCHEDULE,
                                                    run->steps, nn_steps_of_epoch(run), run->epochs));
}

static void nn_train_one(nn_trainer *trainer)
{
    nn_run *run = &trainer->run;
    nn_worker *worker = &trainer->worker;
    long long first = run->step * run->batch, left = run->samples - first;
    nn_step step = {0, 0.0f, 0.0f, 0};
    step.batch = left < run->batch ? (int)left : run->batch;
    run->rate_now = step.rate = nn_rate_of_step(run);
    step.number = (float)(run->steps + 1);
    step.seed = nn_key(run->seed, (uint32_t)run->steps, NN_STREAM_STEP);
    nn_worker_fetch(worker, trainer->sets.set[NN_TRAIN].data, trainer->order + first, step.batch);
    run->net->train(run->state, worker->arena, &step, (const void *const *)worker->batch.inputs,
                    (const void *const *)worker->batch.targets, worker->results, worker->threads);
    nn_add_results(run->net, run->sums, worker->results, run->seen, step.batch);
    run->seen += step.batch;
    run->step++;
    run->steps++;
}

static void nn_show_step(const nn_trainer *trainer, nn_progress *progress)
{
    const nn_run *run = &trainer->run;
    char label[60], note[200];
    size_t used = 0;
    if (!progress->is_shown || nn_seconds() - progress->drawn < 0.1) /* before the text is made */
        return;
    snprintf(label, sizeof label, "epoch %d/%d", run->epoch + 1, run->epochs);
    note[0] = '\0';
    for (int r = 0; r < run->net->result_count && used < sizeof note; r++) {
        int length = snprintf(note + used, sizeof note - used, "%s%s %.4g", r > 0 ? "  " : "",
                              run->net->results[r].name, nn_result_value(run->net, r, run->sums, run->seen));
        used += (size_t)(length > 0 ? length : 0);
    }
    long long steps = nn_steps_of_epoch(run);
    nn_progress_draw(progress, label, run->step, steps, (run->epochs - run->epoch - 1) * steps, note);
}

/* A loss that is no number any more: says where; what was saved before stays. */
static int nn_diverged(const nn_trainer *trainer, const char *what, double value, nn_error *error)
{
    const nn_run *run = &trainer->run;
    char kept[300];
    if (run->best_epoch > 0)
        snprintf(kept, sizeof kept, "the weights of epoch %d are in '%s/best.safetensors'",
                 run->best_epoch, trainer->directory);
    else
        snprintf(kept, sizeof kept, "no epoch was complete, so no weights were saved");
    return nn_fail(error, NN_EXIT_FAILED, "the %s became %s at epoch %d, step %lld of %lld; %s "
                   "(a smaller --rate than %g may help)", what, value != value ? "NaN" : "infinite",
                   run->epoch + 1, run->step, nn_steps_of_epoch(run), kept, (double)run->rate);
}

/* The rest of an epoch's steps. */
static int nn_train_steps(nn_trainer *trainer, nn_error *error)
{
    nn_run *run = &trainer->run;
    nn_progress progress;
    if (run->net->plan->driver != NULL)
        return run->net->plan->driver->steps(trainer, error);
    nn_progress_begin(&progress, trainer->options->json, run->step);
    nn_epoch_order(trainer);
    while (run->step < nn_steps_of_epoch(run)) {
        nn_train_one(trainer);
        double loss = (double)trainer->worker.results[0];
        if (loss - loss != 0.0) {
            nn_progress_clear(&progress);
            nn_diverged(trainer, "loss", loss, error);
            return NN_FAILED;
        }
        nn_show_step(trainer, &progress);
        if (nn_is_stopping)
            break;
    }
    nn_progress_clear(&progress);
    return nn_is_stopping ? NN_STOP : NN_GO_ON;
}

/* ---- epochs ---- */

/* Four places after the point, or four digits of what would show as zeros or as a very long number. */
static void nn_print_value(double value)
{
    double size = value < 0 ? -value : value;
    printf(size == 0 || (size >= 1e-3 && size < 1e6) ? " %.4f" : " %.4g", value);
}

static void nn_print_epoch(const nn_trainer *trainer, int is_best)
{
    const nn_run *run = &trainer->run;
    int results = run->net->result_count;
    const float *row = run->history + (run->epoch - 1) * run->history_columns;
    if (trainer->options->json) {
        nn_text text = {NULL, 0, 0};
        nn_text_add(&text, "{\"event\": \"epoch\", \"epoch\": %d, \"epochs\": %d, ", run->epoch,
                    run->epochs);
        nn_history_json(&text, trainer, run->epoch);
        nn_text_add(&text, ", \"seconds\": %.6g, \"is_best\": %s}",
                    (double)row[run->history_columns - 1], is_best ? "true" : "false");
        puts(text.at);
        nn_free(text.at);
    } else {
        printf("epoch %*d/%d", run->epochs > 99 ? 3 : 2, run->epoch, run->epochs);
        for (int c = 0; c < results * (1 + nn_has_validation(trainer)); c++) {
            printf("  %s%s", c < results ? "" : "validation ", run->net->results[c % results].name);
            nn_print_value((double)row[c]);
        }
        if (nn_rate_varies(run))
            printf("  rate %.4g", (double)row[run->rate_column]);
        if (run->net->plan->driver != NULL)
            printf("  passes %.0f", (double)row[run->rate_column + 1]);
        if (run->net->plan->norms != NULL)
            run->net->plan->norms->print(run->net, row + nn_norm_column(run));
        printf("  %.1f s%s\n", (double)row[run->history_columns - 1], is_best ? "  best" : "");
    }
    fflush(stdout);
}

/* Adds the epoch to the history; the train results are the means of its steps. */
static void nn_push_history(nn_trainer *trainer)
{
    nn_run *run = &trainer->run;
    int results = run->net->result_count;
    nn_history_reserve(run, run->epoch + 1);
    float *row = run->history + run->epoch * run->history_columns;
    for (int r = 0; r < results; r++) {
        row[r] = (float)nn_result_value(run->net, r, run->sums, run->seen);
        if (nn_has_validation(trainer))
            row[results + r] = (float)trainer->scores.means[r];
    }
    memset(run->sums, 0, sizeof(double) * (size_t)run->net->result_floats);
    row[run->rate_column] = run->rate_now;
    if (run->net->plan->driver != NULL)
        row[run->rate_column + 1] = (float)run->memory[NN_MEMORY_PASSES];
    if (run->net->plan->norms != NULL) {
        run->net->plan->norms->take(run, nn_steps_of_epoch(run), row + nn_norm_column(run));
        run->net->plan->norms->clear(run);
    }
    row[run->history_columns - 1] = (float)(nn_seconds() - trainer->started);
    if (run->net->plan->watch != NULL)
        run->net->plan->watch(run->net->plan->schedule, run->memory + NN_MEMORY_SCHEDULE, row, results);
    run->seen = 0;
    run->step = 0;
    run->seconds = 0;
    run->epoch++;
}

/* Keeps the state when it is the best so far. The first epoch is. */
static int nn_judge(nn_trainer *trainer)
{
    nn_run *run = &trainer->run;
    const nn_plan *plan = run->net->plan;
    const float *row = run->history + (run->epoch - 1) * run->history_columns;
    float value =
        row[(plan->monitor_set == NN_VALIDATION ? run->net->result_count : 0) + plan->monitor];
    int is_better = plan->maximize ? value > run->best_value : value < run->best_value;
    if (run->best_value != run->best_value)
        is_better = value == value; /* any number is better than none */
    if (run->best_epoch > 0 && !is_better)
        return 0;
    nn_run_keep_best(run);
    run->best_value = value;
    run->best_epoch = run->epoch;
    return 1;
}

/* The files of an epoch. Waiting for the disk takes longer than an epoch of a small network, so it is
 * done once a second and at the end (nn_settle). */
static int nn_save_epoch(nn_trainer *trainer, int is_best, nn_error *error)
{
    double now = nn_seconds();
    trainer->is_unsynced = now - trainer->synced < 1.0;
    if (!trainer->is_unsynced)
        trainer->synced = now;
    nn_sync_files = !trainer->is_unsynced;
    int ok = (!is_best || nn_save_best(trainer, error)) && nn_save_checkpoint(trainer, error) &&
             nn_save_history(trainer, error);
    nn_sync_files = 1;
    return ok;
}

/* Brings to the disk what nn_save_epoch has left to the system. */
static int nn_settle(nn_trainer *trainer, nn_error *error)
{
    if (!trainer->is_unsynced)
        return 1;
    trainer->is_unsynced = 0;
    return nn_save_best(trainer, error) && nn_save_checkpoint(trainer, error) &&
           nn_save_history(trainer, error);
}

/* One epoch, or the rest of one. Files are written at its end. */
static int nn_train_epoch(nn_trainer *trainer, nn_error *error)
{
    nn_run *run = &trainer->run;
    trainer->started = nn_seconds() - run->seconds;
    int end = nn_train_steps(trainer, error);
    if (end == NN_GO_ON && nn_has_validation(trainer)) {
        run->net->prepare(run->state, trainer->worker.weights);
        if (!nn_evaluate_set(&trainer->worker, &trainer->sets.set[NN_VALIDATION], &trainer->scores))
            end = NN_STOP;
        double loss = trainer->scores.means[0];
        if (end == NN_GO_ON && loss - loss != 0.0) {
            nn_diverged(trainer, "validation loss", loss, error);
            end = NN_FAILED;
        }
    }
    if (end == NN_STOP) {
        run->seconds = nn_seconds() - trainer->started;
        return nn_save_checkpoint(trainer, error) ? NN_STOP : NN_FAILED;
    }
    if (end == NN_FAILED)
        return end;
    nn_push_history(trainer);
    int is_best = nn_judge(trainer);
    if (run->net->plan->ask_stops != NULL)
        run->net->plan->ask_stops(trainer);
    if (!nn_save_epoch(trainer, is_best, error))
        return NN_FAILED;
    nn_print_epoch(trainer, is_best);
    return NN_GO_ON;
}

#endif
