/* commands.h: the commands that use trained weights, eval and predict, and bench. */
#ifndef NN_COMMANDS_H
#define NN_COMMANDS_H

#include "checkpoint.h"
#include "evaluate.h"
#include "options.h"
#include "profile.h"
#include "progress.h"
#include "rng.h"

/* ---- weights ---- */

/* Weights for inference: --weights FILE, else those of the default run directory. */
static int nn_load_for_use(nn_worker *worker, const nn_options *options, nn_error *error)
{
    const nn_net *net = worker->net;
    nn_text path = {NULL, 0, 0};
    float *state = NN_ALLOCATE(float, net->state_floats);
    if (options->weights != NULL)
        nn_text_add(&path, "%s", options->weights);
    else
        nn_text_add(&path, "runs/%s/best.safetensors", net->name);
    int ok = nn_weights_load(state, net, path.at, 1, error);
    if (ok)
        net->prepare(state, worker->weights);
    if (ok && worker->kept != NULL)
        net->prefix->keeper->prepare(worker->kept, state);
    nn_free(state);
    nn_free(path.at);
    return ok;
}

/* ---- eval ---- */

/* The set that was asked for, else the test set, else the validation set, else the training set. */
static int nn_eval_set(const nn_net *net, const nn_options *options, nn_error *error)
{
    int has[NN_SETS] = {0, 0, 0};
    for (int i = 0; i < net->source_count; i++)
        has[net->sources[i].set] = 1;
    for (int set = 0; options->set != NULL && set < NN_SETS; set++)
        if (strcmp(options->set, nn_set_names[set]) == 0)
            return has[set] ? set
                            : nn_fail(error, NN_EXIT_USAGE, "'%s' has no %s set", net->source,
                                      options->set) - 1;
    if (options->set != NULL)
        return nn_fail(error, NN_EXIT_USAGE, "'--set' needs train, validation or test, found '%s'",
                       options->set) - 1;
    return has[NN_TEST] ? NN_TEST : has[NN_VALIDATION] ? NN_VALIDATION : NN_TRAIN;
}

static int nn_eval_command(const nn_net *net, const nn_options *options, int threads,
                           nn_error *error)
{
    nn_worker worker;
    nn_sets sets;
    int set = nn_eval_set(net, options, error);
    if (set < 0 || !nn_sets_load(&sets, net, options->data, options->others, 1u << set, error))
        return error->code;
    nn_worker_begin(&worker, net, threads);
    int ok = sets.set[set].data != NULL ||
             nn_fail(error, NN_EXIT_IO, "'%s' has no %s set", net->source, nn_set_names[set]);
    ok = ok && nn_load_for_use(&worker, options, error);
    if (ok) {
        nn_scores scores = nn_scores_new(net, 1);
        nn_evaluate_set(&worker, &sets.set[set], &scores);
        if (options->json) {
            nn_text text = {NULL, 0, 0};
            nn_scores_json(&text, net, nn_set_names[set], &scores);
            puts(text.at);
            nn_free(text.at);
        } else {
            nn_scores_print(net, nn_set_names[set], &scores);
        }
        nn_scores_free(&scores);
    }
    nn_worker_end(&worker);
    nn_sets_free(&sets);
    return ok ? NN_EXIT_OK : error->code;
}

/* ---- predict ---- */

/* Inputs to predict: one file, or one for each input where the format has it so. A CSV file has the
 * columns of the network's own CSV source when there is one, else a column for each input value. */
static nn_data *nn_predict_data(const nn_net *net, const nn_options *options, nn_error *error)
{
    nn_source source;
    memset(&source, 0, sizeof source);
    if (options->file_count == 0) {
        nn_fail(error, NN_EXIT_USAGE, "'predict' needs a file to read samples from");
        return NULL;
    }
    const nn_format *format = nn_file_format(net, NULL, options->files[0], error);
    if (format == NULL)
        return NULL;
    for (int i = net->source_count - 1; i >= 0; i--)
        if (net->sources[i].format == format)
            source = net->sources[i];
    source.first = source.end = 0; /* all rows of this file */
    int needed = nn_format_files(format, net->input_count);
    if (needed > 0 && options->file_count != needed) {
        nn_fail(error, NN_EXIT_USAGE, "'predict' needs %d file%s here, %d given", needed,
                needed == 1 ? "" : "s", options->file_count);
        return NULL;
    }
    return format->read(net, &source, options->files, options->file_count, 0, error);
}

/* The class that an output gives sample n, and its score. */
static int nn_found_class(const nn_worker *worker, int output, int n, float *score)
{
    long long width = worker->net->outputs[output].elements;
    return nn_best_class((const float *)worker->outputs[output] + n * width, width, score);
}

/* The lines of a text in place: ends become zeros. *count is how many there are; free the result. */
static const char **nn_text_lines(char *text, long long *count)
{
    *count = 0;
    for (const char *c = text; *c != '\0'; c++)
        *count += *c == '\n' || c[1] == '\0';
    const char **lines = NN_ALLOCATE(const char *, *count);
    for (long long i = 0; i < *count; i++) {
        lines[i] = text;
        text += strcspn(text, "\n");
        *text++ = '\0';
    }
    return lines;
}

/* "INDEX", then for each output "CLASS SCORE" when it is a classification, else all of its values; then the
 * name of the sample, if there is one. */
static void nn_print_sample(const nn_worker *worker, long long index, int n, const char *name)
{
    const nn_net *net = worker->net;
    printf("%lld", index);
    for (int o = 0; o < net->output_count; o++) {
        const nn_port *port = &net->outputs[o];
        if (port->meaning == NN_CLASSES) {
            float score;
            char number[16];
            int found = nn_found_class(worker, o, n, &score);
            printf(" %s %.6g", nn_class_name(&net->targets[port->target], found, number), (double)score);
        }
        for (long long i = 0; i < port->elements && port->meaning != NN_CLASSES; i++)
            printf(" %.9g", (double)nn_output_value(worker, o, n * port->elements + i));
    }
    printf("%s%s\n", name != NULL ? " " : "", name != NULL ? name : "");
}

/* "class": 2, "name": "dog" */
static void nn_found_class_json(nn_text *text, const nn_worker *worker, int output, int n)
{
    float score;
    int found = nn_found_class(worker, output, n, &score);
    const nn_port *target = &worker->net->targets[worker->net->outputs[output].target];
    nn_text_add(text, "\"class\": %d", found);
    if (target->class_names != NULL) {
        nn_text_add(text, ", \"name\": ");
        nn_text_json(text, target->class_names[found]);
    }
}

/* What nn_found_class_json says of the one classification, or "classes": {"kind": {...}, ...}. */
static void nn_found_classes_json(nn_text *text, const nn_worker *worker, int n)
{
    const nn_net *net = worker->net;
    int count = 0, seen = 0;
    for (int o = 0; o < net->output_count; o++)
        count += net->outputs[o].meaning == NN_CLASSES;
    for (int o = 0; o < net->output_count; o++) {
        if (net->outputs[o].meaning != NN_CLASSES)
            continue;
        nn_text_add(text, seen++ == 0 && count > 1 ? ", \"classes\": {" : ", ");
        if (count > 1) {
            nn_text_json(text, net->outputs[o].name);
            nn_text_add(text, ": {");
        }
        nn_found_class_json(text, worker, o, n);
        nn_text_add(text, count > 1 ? "}" : "");
    }
    nn_text_add(text, count > 1 ? "}" : "");
}

static void nn_print_sample_json(const nn_worker *worker, long long index, int n, const char *name)
{
    const nn_net *net = worker->net;
    nn_text text = {NULL, 0, 0};
    nn_text_add(&text, "{\"index\": %lld", index);
    if (name != NULL) {
        nn_text_add(&text, ", \"file\": ");
        nn_text_json(&text, name);
    }
    nn_found_classes_json(&text, worker, n);
    for (int o = 0; o < net->output_count; o++) {
        long long first = n * net->outputs[o].elements;
        nn_text_add(&text, ", ");
        nn_text_json(&text, net->outputs[o].name);
        nn_text_add(&text, ": [");
        for (long long i = 0; i < net->outputs[o].elements; i++) {
            nn_text_add(&text, i > 0 ? ", " : "");
            nn_text_float(&text, nn_output_value(worker, o, first + i));
        }
        nn_text_add(&text, "]");
    }
    nn_text_add(&text, "}");
    puts(text.at);
    nn_free(text.at);
}

static int nn_predict_command(const nn_net *net, const nn_options *options, int threads,
                              nn_error *error)
{
    nn_worker worker;
    unsigned char *bytes = NULL;
    size_t size;
    const char **names = NULL;
    long long name_count = 0;
    nn_data *data = nn_predict_data(net, options, error);
    if (data == NULL)
        return error->code;
    nn_worker_begin(&worker, net, threads);
    nn_set set = nn_set_all(data);
    int ok = nn_load_for_use(&worker, options, error);
    if (ok && options->names != NULL) {
        ok = nn_file_read(options->names, &bytes, &size, error);
        names = ok ? nn_text_lines((char *)bytes, &name_count) : NULL;
        if (ok && name_count != set.count)
            ok = nn_fail(error, NN_EXIT_IO, "'%s' has %lld lines, but there are %lld samples", options->names,
                         name_count, set.count);
    }
    for (long long first = 0; ok && first < set.count; first += net->batch) {
        int count = set.count - first < net->batch ? (int)(set.count - first) : net->batch;
        nn_worker_batch(&worker, data, set.rows + first, count, 0);
        for (int n = 0; n < count; n++) {
            const char *name = names != NULL ? names[first + n] : NULL;
            if (options->json)
                nn_print_sample_json(&worker, first + n, n, name);
            else
                nn_print_sample(&worker, first + n, n, name);
        }
    }
    nn_free(names);
    nn_free(bytes);
    nn_free(set.rows);
    nn_worker_end(&worker);
    nn_data_free(data);
    return ok ? NN_EXIT_OK : error->code;
}

/* ---- bench ---- */

/* Random values in the range of a port's type. */
static void nn_random_port(void *values, const nn_port *port, long long count, uint32_t key)
{
    for (long long i = 0; i < count; i++) {
        uint32_t bits = nn_random_bits(key, (uint32_t)i);
        if (port->type == NN_U8)
            ((unsigned char *)values)[i] = (unsigned char)(bits >> 24);
        else if (port->type == NN_F32)
            ((float *)values)[i] = nn_uniform(key, (uint32_t)i);
        else
            ((int32_t *)values)[i] =
                (int32_t)(bits % (uint32_t)(port->type == NN_CLASS ? port->classes : 2));
    }
}

/* Seconds of `count` steps, the first of them number `first`. A frozen front part is computed in each,
 * unless its values are kept. */
static double nn_bench_steps(nn_run *run, nn_worker *worker, int is_kept, uint32_t first, int count)
{
    double start = nn_seconds();
    for (uint32_t i = first; i != first + (uint32_t)count; i++) {
        nn_step step = {run->batch, run->rate, (float)(i + 1u), nn_key(run->seed, i, 1)};
        if (worker->kept != NULL && !is_kept)
            run->net->prefix->keeper->compute(worker, run->batch);
        run->net->train(run->state, worker->arena, &step, (const void *const *)worker->batch.inputs,
                        (const void *const *)worker->batch.targets, worker->results,
                        worker->threads);
    }
    return nn_seconds() - start;
}

/* times[i] is what a step takes, sorted. Steps shorter than 20 us are timed several at once, because
 * the clock itself takes a part of a microsecond. */
static void nn_bench_times(nn_run *run, nn_worker *worker, int is_kept, int count, double *times)
{
    enum { warm = 3, most = 1000 };
    uint32_t next = 0;
    double spent = 0;
    while (next < warm && spent < 0.5)
        spent += nn_bench_steps(run, worker, is_kept, next++, 1);
    spent /= next;
    int group = spent >= 20e-6 ? 1 : spent > 20e-6 / (double)most ? (int)(20e-6 / spent) + 1 : most;
    for (int i = 0; i < count; i++, next += (uint32_t)group)
        times[i] = nn_bench_steps(run, worker, is_kept, next, group) / group;
    qsort(times, (size_t)count, sizeof *times, nn_compare_doubles);
}

/* Prints what each kernel of some more steps takes. */
static void nn_bench_kernels(nn_run *run, nn_worker *worker, int count, int json)
{
    nn_clock clock;
    memset(&clock, 0, sizeof clock);
    nn_running_clock = &clock;
    nn_bench_steps(run, worker, 1, 0, 1);
    clock.steps = count < 1000 ? count : 1000;
    clock.timings = NN_ALLOCATE(nn_timing, clock.count);
    clock.times = NN_ALLOCATE(double, (long long)clock.count * clock.steps);
    for (clock.step = 0; clock.step < clock.steps; clock.step++) {
        clock.at = 0;
        clock.last = nn_seconds();
        nn_bench_steps(run, worker, 1, (uint32_t)clock.step, 1);
    }
    nn_running_clock = NULL;
    nn_clock_stop(&clock);
    nn_profile_print(&clock, run->batch, worker->threads, json);
    nn_free(clock.timings);
    nn_free(clock.times);
}

static int nn_bench_command(const nn_net *net, const nn_options *options, int threads,
                            nn_error *error)
{
    nn_worker worker;
    nn_run run;
    int count = options->steps > 0 ? options->steps : 50;
    memset(&run, 0, sizeof run);
    run.batch = options->batch > 0 ? options->batch : net->batch;
    if (run.batch > net->batch)
        return nn_fail(error, NN_EXIT_USAGE, "this trainer was made for batches up to %d", net->batch),
               error->code;
    run.rate = net->plan->rate;
    run.seed = options->has_seed ? options->seed : net->plan->seed;
    nn_run_begin(&run, net, 0);
    nn_worker_begin(&worker, net, threads);
    for (int i = 0; i < net->input_count; i++)
        nn_random_port(worker.batch.inputs[i], &net->inputs[i], run.batch * net->inputs[i].elements,
                       nn_key(run.seed, (uint32_t)i, 0x6001));
    for (int i = 0; i < net->target_count; i++)
        nn_random_port(worker.batch.targets[i], &net->targets[i],
                       run.batch * net->targets[i].elements, nn_key(run.seed, (uint32_t)i, 0x6002));
    for (int i = 0; net->prefix != NULL && i < net->prefix->value_count; i++)
        nn_random_port(worker.batch.inputs[net->input_count + i], &net->prefix->values[i],
                       run.batch * net->prefix->values[i].elements, nn_key(run.seed, (uint32_t)i, 0x6003));
    if (worker.kept != NULL)
        net->prefix->keeper->prepare(worker.kept, run.state);
    double *times = NN_ALLOCATE(double, count);
    nn_bench_times(&run, &worker, options->kept, count, times);
    double median = times[count / 2] > 1e-12 ? times[count / 2] : 1e-12;
    double flops = net->train_flops + (net->prefix != NULL && !options->kept ? net->prefix->flops : 0);
    double rate = run.batch / median, gflops = flops * rate * 1e-9;
    if (options->json)
        printf("{\"network\": \"%s\", \"steps\": %d, \"batch\": %d, \"threads\": %d, "
               "\"step_seconds\": %.6g, \"fastest_step_seconds\": %.6g, \"samples_per_second\": %.6g, "
               "\"gflops\": %.6g", net->name, count, run.batch, threads, median, times[0], rate, gflops);
    else
        printf("%s: %.4g ms a step (median of %d; fastest %.4g), %.4g samples/s, %.4g GFLOP/s, batch %d, "
               "%d thread%s\n", net->name, median * 1e3, count, times[0] * 1e3, rate, gflops, run.batch,
               threads, threads == 1 ? "" : "s");
    if (options->profile)
        nn_bench_kernels(&run, &worker, count, options->json);
    if (options->json)
        printf("}\n");
    nn_free(times);
    nn_worker_end(&worker);
    nn_run_end(&run);
    return NN_EXIT_OK;
}

#endif
