/* schedule.h: how the learning rate goes.
 *
 * A schedule gives a factor of the base rate for the next step. It follows from the number of steps
 * done alone, so a run that goes on after a stop gets the same rates; what reduce_on_plateau remembers
 * is in the memory of the run, which the checkpoint keeps. */
#ifndef NN_SCHEDULE_H
#define NN_SCHEDULE_H

#include "net.h"
#include <math.h>

enum {
    NN_SCHEDULE_CONSTANT,
    NN_SCHEDULE_STEP,
    NN_SCHEDULE_EXPONENTIAL,
    NN_SCHEDULE_POLYNOMIAL,
    NN_SCHEDULE_COSINE,
    NN_SCHEDULE_ONE_CYCLE,
    NN_SCHEDULE_PLATEAU
};

/* Fields that a kind does not use are zero. */
typedef struct nn_schedule {
    int kind;
    double warm_up;         /* epochs in which the rate rises from 0 */
    long long warm_up_steps; /* the same in steps */
    double epochs;          /* what the decay lasts; 0: to the end of the run */
    double factor, power, floor;
    double restart, growth, decay;       /* cosine: length of the first cycle, what becomes of it */
    double most, warm, division, ending; /* one_cycle */
    long long every;        /* step */
    int milestone_count;
    const double *milestones;
    int set, result, maximize; /* plateau: what is watched */
    long long patience, cooldown;
    double least;
} nn_schedule;

/* Places in the memory of a run. */
enum { NN_PLATEAU_FACTOR, NN_PLATEAU_BEST, NN_PLATEAU_WAITED, NN_PLATEAU_COOLING, NN_PLATEAU_BEGUN };

/* Half a wave of a cosine: 1 at 0, 0 at 1. */
static double nn_half_wave(double part)
{
    return 0.5 * (1.0 + cos(3.14159265358979323846 * part));
}

static double nn_cosine_factor(const nn_schedule *s, double epochs, double length)
{
    double cycle = s->restart > 0 ? s->restart : length, top = 1.0;
    while (s->restart > 0 && epochs >= cycle) {
        epochs -= cycle;
        cycle *= s->growth;
        top *= s->decay;
    }
    double part = cycle > 0 && epochs < cycle ? epochs / cycle : 1.0;
    return top > s->floor ? s->floor + (top - s->floor) * nn_half_wave(part) : s->floor;
}

/* Up in the first `warm` of all steps, then down; both along half a wave. */
static double nn_one_cycle_factor(const nn_schedule *s, double step, double steps)
{
    double low = s->most / s->division, end = low / s->ending;
    double top = s->warm * steps - 1.0, last = steps - 1.0;
    if (step <= top && top > 0)
        return s->most + (low - s->most) * nn_half_wave(step / top);
    double from = top > 0 ? top : 0.0;
    double part = last > from && step < last ? (step - from) / (last - from) : last > from ? 1.0 : 0.0;
    return end + (s->most - end) * nn_half_wave(part);
}

/* Factor for the step after `steps` steps of a run of `epochs` epochs. */
static double nn_schedule_factor(const nn_schedule *s, const double *memory,
                                 long long steps, long long steps_of_epoch, int epochs)
{
    double per_epoch = (double)steps_of_epoch;
    double warm = s->warm_up_steps > 0 ? (double)s->warm_up_steps : s->warm_up * per_epoch;
    double ramp = (double)(steps + 1) < warm ? (double)(steps + 1) / warm : 1.0;
    double after = (double)steps > warm ? ((double)steps - warm) / per_epoch : 0.0;
    double length = s->epochs > 0 ? s->epochs : (double)epochs - warm / per_epoch;
    double part = length > 0 && after < length ? after / length : length > 0 ? 1.0 : 0.0;
    double factor = 1.0;
    long long epoch = steps / steps_of_epoch;
    switch (s->kind) {
    case NN_SCHEDULE_STEP:
        if (s->every > 0)
            factor = pow(s->factor, (double)(epoch / s->every));
        for (int i = 0; i < s->milestone_count && (double)epoch >= s->milestones[i]; i++)
            factor *= s->factor;
        break;
    case NN_SCHEDULE_EXPONENTIAL:
        factor = pow(s->factor, after);
        factor = factor < s->floor ? s->floor : factor;
        break;
    case NN_SCHEDULE_POLYNOMIAL:
        factor = s->floor + (1.0 - s->floor) * pow(1.0 - part, s->power);
        break;
    case NN_SCHEDULE_COSINE:
        factor = nn_cosine_factor(s, after, length);
        break;
    case NN_SCHEDULE_ONE_CYCLE:
        factor = nn_one_cycle_factor(s, (double)steps, floor(length * per_epoch));
        break;
    case NN_SCHEDULE_PLATEAU:
        factor = memory[NN_PLATEAU_BEGUN] > 0 ? memory[NN_PLATEAU_FACTOR] : 1.0;
        break;
    default:
        break;
    }
    return factor * ramp;
}

/* After an epoch with this row of history, whose first `results` are those of the training set. */
static void nn_schedule_watch(const nn_schedule *s, double *memory, const float *row,
                              int results)
{
    double value = (double)row[(s->set == NN_VALIDATION ? results : 0) + s->result];
    double change = s->maximize ? value - memory[NN_PLATEAU_BEST] : memory[NN_PLATEAU_BEST] - value;
    if (!(memory[NN_PLATEAU_BEGUN] > 0)) {
        memory[NN_PLATEAU_BEGUN] = 1;
        memory[NN_PLATEAU_FACTOR] = 1;
        memory[NN_PLATEAU_BEST] = value;
        return;
    }
    if (memory[NN_PLATEAU_COOLING] > 0) {
        memory[NN_PLATEAU_COOLING] -= 1;
        memory[NN_PLATEAU_WAITED] = 0;
    }
    /* A value that is no number is worse than any other, first one included. */
    if (change > s->least || (value == value && memory[NN_PLATEAU_BEST] != memory[NN_PLATEAU_BEST])) {
        memory[NN_PLATEAU_BEST] = value;
        memory[NN_PLATEAU_WAITED] = 0;
    } else if (!(memory[NN_PLATEAU_COOLING] > 0)) {
        memory[NN_PLATEAU_WAITED] += 1;
        if (memory[NN_PLATEAU_WAITED] >= (double)s->patience) {
            double lower = memory[NN_PLATEAU_FACTOR] * s->factor;
            memory[NN_PLATEAU_FACTOR] = lower < s->floor ? s->floor : lower;
            memory[NN_PLATEAU_COOLING] = (double)s->cooldown;
            memory[NN_PLATEAU_WAITED] = 0;
        }
    }
}

#endif
