/* stops.h: rules that end a run before its last epoch. */
#ifndef NN_STOPS_H
#define NN_STOPS_H

#include "train.h"

/* A rule that ends the run. */
enum { NN_STOP_NO_IMPROVEMENT, NN_STOP_TOLERANCE, NN_STOP_REACHED };
enum { NN_MAX_STOPS = 8 };
typedef struct nn_stop {
    int kind;        /* NN_STOP_NO_IMPROVEMENT ... */
    int set, result; /* what is watched */
    int maximize;    /* 1: more is better */
    int patience;    /* epochs without improvement */
    double value;    /* least change, or what must be reached */
} nn_stop;

/* Looks at the last row of history for a rule; its memory is the best value and the epochs since. */
static int nn_stop_says(const nn_run *run, const nn_stop *stop, double *memory)
{
    const float *row = run->history + (run->epoch - 1) * run->history_columns;
    int column = (stop->set == NN_VALIDATION ? run->net->result_count : 0) + stop->result;
    double value = stop->maximize ? -(double)row[column] : (double)row[column]; /* less is better */
    if (stop->kind == NN_STOP_REACHED)
        return value <= (stop->maximize ? -stop->value : stop->value);
    int is_first = run->epoch == 1 || (memory[0] != memory[0] && value == value); /* the first number */
    int is_lower = value < memory[0];
    memory[1] = is_first || value < memory[0] - stop->value ? 0 : memory[1] + 1;
    /* Many small improvements count together, except for a tolerance, as in scikit-learn. */
    if (is_first || memory[1] <= 0 || (is_lower && stop->kind == NN_STOP_TOLERANCE))
        memory[0] = value;
    return memory[1] >= (double)stop->patience;
}

/* Asks the rules after an epoch. */
static void nn_ask_stops(nn_trainer *trainer)
{
    nn_run *run = &trainer->run;
    const nn_plan *plan = run->net->plan;
    for (int i = 0; i < plan->stop_count; i++)
        if (nn_stop_says(run, &plan->stops[i], run->memory + NN_MEMORY_STOPS + 2 * i)) {
            const nn_stop *stop = &plan->stops[i];
            run->memory[NN_MEMORY_FINISHED] = 1;
            if (trainer->ending != NULL)
                continue;
            if (stop->kind == NN_STOP_REACHED)
                snprintf(trainer->ending_text, sizeof trainer->ending_text, "%s.%s has reached %g",
                         nn_set_names[stop->set], run->net->results[stop->result].name, stop->value);
            else
                snprintf(trainer->ending_text, sizeof trainer->ending_text,
                         "no improvement for %d epoch%s", stop->patience, stop->patience == 1 ? "" : "s");
            trainer->ending = trainer->ending_text;
        }
}

#endif
