/* train_command.h: the command `train`: sets up a run, lets it go on, and ends it. */
#ifndef NN_TRAIN_COMMAND_H
#define NN_TRAIN_COMMAND_H

#include "options.h"
#include "train.h"

/* Epochs, batch, rate and seed: from the command line, the checkpoint, or the plan. */
static int nn_run_plan(nn_run *run, const nn_net *net, const nn_options *options, nn_error *error)
{
    const nn_plan *plan = net->plan;
    if (options->batch > net->batch)
        return nn_fail(error, NN_EXIT_USAGE,
                       "this trainer was made for batches up to %d; for %d write 'batch %d' in %s and "
                       "run 'nndc build %s'", net->batch, options->batch, options->batch, net->source,
                       net->source);
    run->epochs = options->epochs > 0 ? options->epochs : plan->epochs;
    run->batch = options->batch > 0 ? options->batch : net->batch;
    run->rate = options->has_rate ? options->rate : plan->rate;
    run->seed = options->has_seed ? options->seed : plan->seed;
    return 1;
}

/* Options that decide the bits of a run cannot change when it goes on; the number of epochs can. */
static int nn_resume(nn_trainer *trainer, nn_error *error)
{
    nn_run *run = &trainer->run;
    const nn_options *options = trainer->options;
    char *path = nn_run_path(trainer, "last.checkpoint");
    long long samples = run->samples;
    int epochs = options->epochs, ok = nn_checkpoint_load(run, path, error);
    if (ok && run->samples != samples)
        ok = nn_fail(error, NN_EXIT_IO, "the run '%s' was started with %lld training samples, now there "
                     "are %lld", trainer->directory, run->samples, samples);
    if (ok && (run->batch > run->net->batch || (options->batch > 0 && options->batch != run->batch)))
        ok = nn_fail(error, NN_EXIT_USAGE, "the run '%s' was started with batch %d", trainer->directory,
                     run->batch);
    if (ok && options->has_seed && options->seed != run->seed)
        ok = nn_fail(error, NN_EXIT_USAGE, "the run '%s' was started with seed %lu", trainer->directory,
                     (unsigned long)run->seed);
    if (ok && options->has_rate && options->rate != run->rate)
        ok = nn_fail(error, NN_EXIT_USAGE, "the run '%s' was started with rate %g", trainer->directory,
                     (double)run->rate);
    if (ok && run->step > nn_steps_of_epoch(run))
        ok = nn_fail(error, NN_EXIT_IO, "'%s' is not a checkpoint of this kind of trainer", path);
    if (ok && epochs > 0)
        run->epochs = epochs;
    nn_free(path);
    return ok;
}

/* A fresh run must not inherit the files of the one that was in its directory. Weights and checkpoint
 * of that one are kept as NAME.old, in case --resume was meant. */
static void nn_clear_run(const nn_trainer *trainer)
{
    static const char names[6][20] = {"last.checkpoint", "best.safetensors", "history.csv",
                                      "metrics.json", "confusion.csv", "kept.values"};
    for (int i = 0; i < 6; i++) {
        char *path = nn_run_path(trainer, names[i]);
        nn_text old = {NULL, 0, 0};
        nn_text_add(&old, "%s.old", path);
        if (i >= 2 || rename(path, old.at) != 0)
            remove(path);
        nn_free(old.at);
        nn_free(path);
    }
    for (int i = 0; i < trainer->run.net->output_count; i++) {
        nn_text name = {NULL, 0, 0};
        nn_text_add(&name, "confusion_%s.csv", trainer->run.net->outputs[i].name);
        char *path = nn_run_path(trainer, name.at);
        remove(path);
        nn_free(path);
        nn_free(name.at);
    }
}

/* What the state starts with beside the initial values: all of --weights, or scaling taken from the
 * training set and the parts that the train section loads. A checkpoint has its own. */
static int nn_first_values(nn_trainer *trainer, const nn_net *net, nn_error *error)
{
    const nn_options *options = trainer->options;
    if (options->weights != NULL)
        return nn_weights_load(trainer->run.state, net, options->weights, 0, error);
    return options->resume ||
           ((net->fit == NULL ||
             net->fit(trainer->run.state, net, &trainer->sets, options->others, error)) &&
            (net->load == NULL ||
             net->load(trainer->run.state, net, options->data, options->json, error)));
}

static int nn_train_begin(nn_trainer *trainer, const nn_net *net, const nn_options *options,
                          int threads, nn_error *error)
{
    trainer->options = options;
    if (!nn_run_plan(&trainer->run, net, options, error) ||
        !nn_sets_load(&trainer->sets, net, options->data, options->others, 7, error))
        return 0;
    if (trainer->sets.set[NN_TRAIN].data == NULL)
        return nn_fail(error, NN_EXIT_IO, "'%s' has no training set", net->source);
    if (net->plan->monitor_set == NN_VALIDATION && !nn_has_validation(trainer))
        return nn_fail(error, NN_EXIT_IO, "'%s' watches validation results but has no validation set",
                       net->source);
    trainer->run.samples = trainer->sets.set[NN_TRAIN].count;
    nn_worker_begin(&trainer->worker, net, threads);
    trainer->scores = nn_scores_new(net, 0);
    trainer->order = NN_ALLOCATE(uint32_t, trainer->run.samples);
    nn_run_begin(&trainer->run, net, nn_has_validation(trainer));
    if (!nn_first_values(trainer, net, error))
        return 0;
    if ((!options->resume && !nn_make_directory(trainer->directory, error)) ||
        !nn_lock_directory(trainer->directory, error))
        return 0;
    if (options->resume)
        return nn_resume(trainer, error) && nn_save_config(trainer, error);
    /* The first file tells whether the directory can be written, before anything is removed. */
    if (!nn_save_config(trainer, error))
        return 0;
    nn_clear_run(trainer);
    return 1;
}

static void nn_train_end(nn_trainer *trainer)
{
    if (trainer->run.net != NULL) {
        nn_worker_end(&trainer->worker);
        nn_scores_free(&trainer->scores);
        nn_run_end(&trainer->run);
    }
    nn_free(trainer->order);
    nn_sets_free(&trainer->sets);
}

static void nn_print_begin(const nn_trainer *trainer)
{
    const nn_run *run = &trainer->run;
    const nn_set *sets = trainer->sets.set;
    if (trainer->options->json)
        printf("{\"event\": \"start\", \"network\": \"%s\", \"train_samples\": %lld, "
               "\"validation_samples\": %lld, \"test_samples\": %lld, \"batch\": %d, \"epochs\": %d, "
               "\"epoch\": %d, \"threads\": %d}\n", run->net->name, sets[NN_TRAIN].count,
               sets[NN_VALIDATION].count, sets[NN_TEST].count, run->batch, run->epochs, run->epoch,
               trainer->worker.threads);
    else
        printf("%s: %lld training samples, %lld validation, %lld test; batch %d, %d thread%s\n",
               run->net->name, sets[NN_TRAIN].count, sets[NN_VALIDATION].count, sets[NN_TEST].count,
               run->batch, trainer->worker.threads, trainer->worker.threads == 1 ? "" : "s");
    if (run->epoch + run->step > 0 && !trainer->options->json)
        printf("going on after epoch %d, step %lld\n", run->epoch, run->step);
    fflush(stdout);
}

/* The command that goes on: the options that say where things are. The checkpoint knows the others. */
static void nn_add_resume(nn_text *text, const nn_trainer *trainer)
{
    const nn_options *options = trainer->options;
    nn_text_word(text, options->program);
    nn_text_add(text, " train --resume --out ");
    nn_text_word(text, trainer->directory);
    if (options->data != NULL) {
        nn_text_add(text, " --data ");
        nn_text_word(text, options->data);
    }
    for (int set = 0; set < NN_SETS; set++) {
        const nn_override *other = &options->others[set];
        nn_text source = {NULL, 0, 0};
        for (int i = 0; i < other->count; i++)
            nn_text_add(&source, "%s%s%s", i == 0 ? nn_set_names[set] : "", i == 0 ? "=" : ",",
                        other->files[i]);
        if (other->count > 0) {
            nn_text_add(text, " --source ");
            nn_text_word(text, source.at);
        }
        nn_free(source.at);
    }
}

/* What to type to go on. */
static void nn_print_stop(const nn_trainer *trainer)
{
    const nn_run *run = &trainer->run;
    if (trainer->options->json) {
        printf("{\"event\": \"stopped\", \"epoch\": %d, \"step\": %lld, \"steps\": %lld}\n",
               run->epoch + 1, run->step, nn_steps_of_epoch(run));
        return;
    }
    nn_text command = {NULL, 0, 0};
    nn_add_resume(&command, trainer);
    printf("stopped at epoch %d, step %lld of %lld; all is saved. To continue:\n    %s\n",
           run->epoch + 1, run->step, nn_steps_of_epoch(run), command.at);
    nn_free(command.at);
}

/* The test set with the best weights, metrics.json, and the last words. */
static int nn_train_finish(nn_trainer *trainer, nn_error *error)
{
    const nn_run *run = &trainer->run;
    const nn_set *test = &trainer->sets.set[NN_TEST];
    nn_text text = {NULL, 0, 0};
    char monitor[200];
    nn_monitor_name(run->net, monitor, sizeof monitor);
    if (test->data != NULL) {
        run->net->prepare(run->best, trainer->worker.weights);
        nn_scores_free(&trainer->scores);
        trainer->scores = nn_scores_new(run->net, 1);
        if (!nn_evaluate_set(&trainer->worker, test, &trainer->scores))
            return nn_fail(error, NN_EXIT_INTERRUPTED, "stopped during the evaluation of the test set; "
                           "--resume does it again");
        if (run->net->classes != NULL && !run->net->classes->save(trainer, &trainer->scores, error))
            return 0;
    }
    if (!nn_save_metrics(trainer, test->data != NULL ? &trainer->scores : NULL, error))
        return 0;
    if (trainer->options->json) {
        nn_text_add(&text, "{\"event\": \"end\", \"epochs\": %d, \"best_epoch\": %d, \"%s\": ",
                    run->epoch, run->best_epoch, monitor);
        nn_text_float(&text, run->best_value);
        nn_text_add(&text, ", ");
        nn_history_json(&text, trainer, run->best_epoch);
        if (test->data != NULL) {
            nn_text_add(&text, ", \"test\": ");
            nn_means_json(&text, run->net, trainer->scores.means);
        }
        nn_text_add(&text, "}\n");
    } else {
        nn_text_add(&text, "best epoch %d: %s %.6g\n", run->best_epoch, monitor,
                    (double)run->best_value);
        for (int r = 0; test->data != NULL && r < run->net->result_count; r++)
            nn_text_add(&text, "%s%s %.6g%s", r == 0 ? "test: " : "  ", run->net->results[r].name,
                        trainer->scores.means[r], r == run->net->result_count - 1 ? "\n" : "");
        nn_text_add(&text, "weights: %s/best.safetensors\n", trainer->directory);
    }
    fputs(text.at, stdout);
    nn_free(text.at);
    return 1;
}

/* Takes the frozen weights, as they stay from now on, and computes what is kept. 0: a stop was asked
 * for. */
static int nn_prepare_prefix(nn_trainer *trainer)
{
    const nn_prefix *prefix = trainer->run.net->prefix;
    if (prefix == NULL)
        return 1;
    prefix->keeper->prepare(trainer->worker.kept, trainer->run.state);
    return prefix->keeper->fill(trainer);
}

/* The run from wherever it stands to its end. Returns an exit code; messages of failures in error. */
static int nn_train_run(nn_trainer *trainer, nn_error *error)
{
    nn_run *run = &trainer->run;
    nn_watch_signals();
    nn_print_begin(trainer);
    int is_ready = nn_prepare_prefix(trainer);
    while (run->epoch < run->epochs && !(run->memory[NN_MEMORY_FINISHED] > 0)) {
        int end = is_ready                             ? nn_train_epoch(trainer, error)
                  : nn_save_checkpoint(trainer, error) ? NN_STOP
                                                       : NN_FAILED;
        if (end == NN_FAILED)
            return error->code;
        if (end == NN_STOP || (nn_is_stopping && run->epoch < run->epochs)) {
            if (!nn_settle(trainer, error))
                return error->code;
            nn_print_stop(trainer);
            return NN_EXIT_INTERRUPTED;
        }
    }
    if (!nn_settle(trainer, error))
        return error->code;
    if (trainer->ending != NULL && !trainer->options->json)
        printf("%s\n", trainer->ending);
    return nn_train_finish(trainer, error) ? NN_EXIT_OK : error->code;
}

static int nn_train_command(const nn_net *net, const nn_options *options, int threads,
                            nn_error *error)
{
    nn_trainer trainer;
    nn_text directory = {NULL, 0, 0};
    memset(&trainer, 0, sizeof trainer);
    nn_text_add(&directory, options->out != NULL ? "%s" : "runs/%s",
                options->out != NULL ? options->out : net->name);
    trainer.directory = directory.at;
    int code = nn_train_begin(&trainer, net, options, threads, error)
                   ? nn_train_run(&trainer, error)
                   : error->code;
    nn_train_end(&trainer);
    nn_free(directory.at);
    return code;
}

#endif
