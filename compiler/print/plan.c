/* plan.c: prints the parts of a trainer's plan that not every trainer has. What is not printed here
 * brings none of its runtime along. */
#include "print/print.h"

/* ---- schedule -------------------------------------------------------------------------------- */

static const char *schedule_word(ScheduleKind kind)
{
    static const char *const words[] = {
        [SCHEDULE_CONSTANT] = "NN_SCHEDULE_CONSTANT",
        [SCHEDULE_STEP] = "NN_SCHEDULE_STEP",
        [SCHEDULE_EXPONENTIAL] = "NN_SCHEDULE_EXPONENTIAL",
        [SCHEDULE_POLYNOMIAL] = "NN_SCHEDULE_POLYNOMIAL",
        [SCHEDULE_COSINE] = "NN_SCHEDULE_COSINE",
        [SCHEDULE_ONE_CYCLE] = "NN_SCHEDULE_ONE_CYCLE",
        [SCHEDULE_PLATEAU] = "NN_SCHEDULE_PLATEAU",
    };
    return words[kind];
}

Monitor find_monitor(Arena *arena, const Results *results, Str name)
{
    Monitor found = {.set = "NN_TRAIN"};
    for (int i = 0; i < results->count; i++) {
        Str result = results->items[i].name;
        if (str_equal(name, str_format(arena, "validation.%.*s", STR_ARGS(result))))
            found = (Monitor){"NN_VALIDATION", i};
        if (str_equal(name, str_format(arena, "train.%.*s", STR_ARGS(result))))
            found = (Monitor){"NN_TRAIN", i};
    }
    return found;
}

const char *print_schedule(Out *o, const Compilation *c, const Results *results)
{
    const TrainSpec *train = &c->training->train;
    const ScheduleSpec *s = &train->schedule;
    if (s->kind == SCHEDULE_CONSTANT && s->warm_up <= 0 && s->warm_up_steps <= 0)
        return "NULL, NULL, NULL";
    Monitor monitor = find_monitor(c->arena, results, s->monitor);
    const char *milestones = "NULL";
    if (s->milestone_count > 0) {
        StrBuf line = {.arena = c->arena};
        for (int i = 0; i < s->milestone_count; i++)
            buf_add(&line, "%s%.17g", i > 0 ? ", " : "", s->milestones[i]);
        Str text = buf_str(&line);
        out_line(o, "static const double net_milestones[] = {%.*s};", STR_ARGS(text));
        milestones = "net_milestones";
    }
    /* The top of one_cycle is a rate; here it is a factor like the others. */
    double most = s->most > 0 && train->rate > 0 ? s->most / train->rate : 1;
    out_open(o, "static const nn_schedule net_schedule =");
    out_line(o, "%s,", schedule_word(s->kind));
    out_line(o, "%.17g, %lld, %.17g, /* warm-up in epochs or steps, length in epochs */",
             s->warm_up, (long long)s->warm_up_steps, s->epochs);
    out_line(o, "%.17g, %.17g, %.17g, /* factor, power, floor */", s->factor, s->power, s->floor);
    out_line(o, "%.17g, %.17g, %.17g, /* cosine: restart, growth, decay */", s->restart, s->growth,
             s->decay);
    out_line(o, "%.17g, %.17g, %.17g, %.17g, /* one_cycle: top, warm, division, ending */", most,
             s->warm, s->division, s->ending);
    out_line(o, "%lld, %d, %s, /* step: every, milestones */", (long long)s->every,
             s->milestone_count, milestones);
    out_line(o,
             "%s, %d, %d, %lld, %lld, %.17g, /* plateau: set, result, is more better, patience, "
             "cooldown, least */",
             monitor.set, monitor.result, s->is_larger_better, (long long)s->patience,
             (long long)s->cooldown, s->least);
    out_close(o, ";");
    return s->kind == SCHEDULE_PLATEAU ? "&net_schedule, nn_schedule_factor, nn_schedule_watch"
                                       : "&net_schedule, nn_schedule_factor, NULL";
}

/* ---- driver ---------------------------------------------------------------------------------- */

const char *print_driver(Out *o, const Compilation *c)
{
    const TrainSpec *train = &c->training->train;
    const OpDef *op = train->optimizer;
    if (op->driver == NULL)
        return "NULL";
    out_line(o, "/* the attributes of %s, and whether anything is random */", op->name);
    out_open(o, "static const double net_settings[] =");
    for (int i = 0; i < op_attr_count(op); i++) {
        bool is_real = op->attrs[i].kind == ATTR_REAL;
        double value = is_real ? train->optimizer_attrs[i].r : (double)train->optimizer_attrs[i].i;
        out_line(o, "%.17g, /* %s */", value, op->attrs[i].name);
    }
    out_line(o, "%d,", c->step->random_streams > 0);
    out_close(o, ";");
    out_line(o, "static const nn_driver net_driver = {%s_steps, %s_size, net_settings};",
             op->driver, op->driver);
    return "&net_driver";
}

/* ---- rules that stop ------------------------------------------------------------------------- */

const char *print_stops(Out *o, const Compilation *c, const Results *results)
{
    static const char *const words[] = {
        [STOP_NO_IMPROVEMENT] = "NN_STOP_NO_IMPROVEMENT",
        [STOP_TOLERANCE] = "NN_STOP_TOLERANCE",
        [STOP_REACHED] = "NN_STOP_REACHED",
    };
    const TrainSpec *train = &c->training->train;
    if (train->stops.count == 0)
        return "NULL";
    out_line(o, "/* kind, set, result, is more better, patience, value */");
    out_open(o, "static const nn_stop net_stops[] =");
    for (int i = 0; i < train->stops.count; i++) {
        const StopSpec *stop = &train->stops.items[i];
        Monitor monitor = find_monitor(c->arena, results, stop->monitor);
        out_line(o, "{%s, %s, %d, %d, %lld, %.17g},", words[stop->kind], monitor.set,
                 monitor.result, stop->is_larger_better, (long long)stop->patience, stop->value);
    }
    out_close(o, ";");
    return "net_stops";
}
