/* trainer_main.h: the main of a trainer.
 *
 * Exit codes: 0 done, 1 training failed, 2 wrong usage, 3 cannot read or write, 130 stopped. */
#ifndef NN_TRAINER_MAIN_H
#define NN_TRAINER_MAIN_H

#include "commands.h"
#include "train_command.h"

/* Number of threads, and every one of them told to flush denormals. */
static int nn_threads_begin(const nn_options *options)
{
    int threads = options->threads > 0 ? options->threads : 1;
#ifdef _OPENMP
    if (options->threads == 0)
        threads = omp_get_max_threads();
    threads = threads > 256 ? 256 : threads;
    omp_set_dynamic(0);
    omp_set_num_threads(threads);
#pragma omp parallel num_threads(threads)
    nn_flush_denormals();
#else
    if (threads > 1)
        fprintf(stderr, "note: built without OpenMP, so one thread is used\n");
    threads = 1;
    nn_flush_denormals();
#endif
    return threads;
}

static int nn_main(const nn_net *net, int argc, char **argv)
{
    nn_options options;
    nn_error error;
    int code = NN_EXIT_OK;
    memset(&error, 0, sizeof error);
    if (!nn_parse_options(&options, net, argc, argv, &error)) {
        code = error.code;
    } else if (options.help) {
        nn_print_help(net, &options);
    } else {
        int threads = nn_threads_begin(&options);
        code = options.command == NN_COMMAND_TRAIN     ? nn_train_command(net, &options, threads, &error)
               : options.command == NN_COMMAND_EVAL    ? nn_eval_command(net, &options, threads, &error)
               : options.command == NN_COMMAND_PREDICT ? nn_predict_command(net, &options, threads, &error)
                                                       : nn_bench_command(net, &options, threads, &error);
    }
    if (code == NN_EXIT_OK && (fflush(stdout) != 0 || ferror(stdout) != 0)) {
        nn_fail(&error, NN_EXIT_IO, "cannot write the output: %s", strerror(errno));
        code = error.code;
    }
    if (error.text[0] != '\0') {
        fflush(stdout);
        fprintf(stderr, "error: %s\n", error.text);
    }
    return code;
}

#endif
