/* elab_schedule.c: the setting 'schedule': how the learning rate goes. Each schedule is a row of
 * the table below; its attributes fill the fields of ScheduleSpec that have their names. */
#include "front/elab.h"

#include <math.h>

typedef struct ScheduleDef {
    const char *name;
    ScheduleKind kind;
    const AttrDef *attrs;
} ScheduleDef;

// clang-format off
#define WARM_UP_ATTRS                                                                               \
    {"warm_up", ATTR_REAL, .def = "0", .doc = "epochs in which the rate rises", .least = 0, .most = 1e6},                                     \
    {"warm_up_steps", ATTR_INT, .def = "0", .doc = "steps in which the rate rises", .least = 0, .most = 1e9}
#define EPOCHS_ATTR {"epochs", ATTR_REAL, .def = "0", .doc = "length of the decay", .least = 0, .most = 1e9}
#define FLOOR_ATTR {"floor", ATTR_REAL, .def = "0", .doc = "least share of the rate", .least = 0, .most = 1}

static const AttrDef constant_attrs[] = {WARM_UP_ATTRS, {0}};
static const AttrDef step_attrs[] = {
    {"every", ATTR_INT, .def = "0", .doc = "epochs between steps", .least = 1, .most = 1e9, .is_positional = true},
    {"factor", ATTR_REAL, .def = "0.1", .doc = "what the rate is multiplied by", .least = 0, .most = 1e3, .is_positional = true},
    {"milestones", ATTR_REALS, .def = "0", .doc = "epochs at which the rate changes"},
    WARM_UP_ATTRS,
    {0},
};
static const AttrDef exponential_attrs[] = {
    {"factor", ATTR_REAL, .doc = "what the rate is multiplied by", .least = 0, .most = 1e3, .is_open = true, .is_positional = true},
    FLOOR_ATTR,
    WARM_UP_ATTRS,
    {0},
};
static const AttrDef polynomial_attrs[] = {
    {"power", ATTR_REAL, .def = "1", .doc = "power of the part that is left", .least = 0, .most = 100, .is_open = true, .is_positional = true},
    FLOOR_ATTR,
    EPOCHS_ATTR,
    WARM_UP_ATTRS,
    {0},
};
static const AttrDef cosine_attrs[] = {
    {"floor", ATTR_REAL, .def = "0", .doc = "least share of the rate", .least = 0, .most = 1, .is_positional = true},
    {"restart", ATTR_REAL, .def = "0", .doc = "epochs of the first cycle", .least = 1e-3, .most = 1e9},
    {"growth", ATTR_REAL, .def = "2", .doc = "factor of the length of a cycle", .least = 1, .most = 1e3},
    {"decay", ATTR_REAL, .def = "1", .doc = "factor of the top of a cycle", .least = 0, .most = 1},
    EPOCHS_ATTR,
    WARM_UP_ATTRS,
    {0},
};
static const AttrDef one_cycle_attrs[] = {
    {"max", ATTR_REAL, .def = "0", .doc = "rate at the top", .least = 0, .most = 1e6, .is_open = true, .is_positional = true},
    {"warm", ATTR_REAL, .def = "0.3", .doc = "share of the steps that rise", .least = 0, .most = 1},
    {"division", ATTR_REAL, .def = "25", .doc = "top divided by first rate", .least = 1, .most = 1e9},
    {"ending", ATTR_REAL, .def = "1e4", .doc = "first divided by last rate", .least = 1, .most = 1e12},
    EPOCHS_ATTR,
    {0},
};
static const AttrDef plateau_attrs[] = {
    {"factor", ATTR_REAL, .def = "0.1", .doc = "what the rate is multiplied by", .least = 0, .most = 1, .is_open = true, .is_positional = true},
    {"patience", ATTR_INT, .def = "10", .doc = "epochs to wait", .least = 1, .most = 1e6, .is_positional = true},
    {"least", ATTR_REAL, .def = "1e-4", .doc = "smaller changes do not count", .least = 0, .most = 1e6},
    {"cooldown", ATTR_INT, .def = "0", .doc = "epochs without waiting after a change", .least = 0, .most = 1e6},
    FLOOR_ATTR,
    WARM_UP_ATTRS,
    {0},
};
static const ScheduleDef schedules[] = {
    {"constant", SCHEDULE_CONSTANT, constant_attrs},
    {"steps", SCHEDULE_STEP, step_attrs},
    {"exponential", SCHEDULE_EXPONENTIAL, exponential_attrs},
    {"polynomial", SCHEDULE_POLYNOMIAL, polynomial_attrs},
    {"cosine", SCHEDULE_COSINE, cosine_attrs},
    {"one_cycle", SCHEDULE_ONE_CYCLE, one_cycle_attrs},
    {"reduce_on_plateau", SCHEDULE_PLATEAU, plateau_attrs},
};
// clang-format on

enum { MAX_ATTRS = 10 };

typedef struct Given {
    Name callee;
    const AttrDef *attrs;
    AttrValue values[MAX_ATTRS];
    Span spans[MAX_ATTRS];
    bool is_given[MAX_ATTRS];
} Given;

static const ScheduleDef *find_schedule(Elab *e, Name callee)
{
    Str names[COUNT_OF(schedules)];
    for (int i = 0; i < COUNT_OF(schedules); i++) {
        names[i] = str_from(schedules[i].name);
        if (str_equal(callee.text, names[i]))
            return &schedules[i];
    }
    diag_error(e->diag, callee.span, "there is no schedule '%.*s'", STR_ARGS(callee.text));
    if (!diag_help_suggest(e->diag, callee.text, names, COUNT_OF(schedules)))
        diag_help(e->diag, "the schedules are constant, steps, exponential, polynomial, cosine, "
                           "one_cycle and reduce_on_plateau");
    return NULL;
}

/* The index of an attribute, or -1 when this schedule has none of that name. */
static int index_of(const Given *given, const char *name)
{
    for (int i = 0; given->attrs[i].name != NULL; i++)
        if (str_is(str_from(given->attrs[i].name), name))
            return i;
    return -1;
}

static bool was_given(const Given *given, const char *name)
{
    int i = index_of(given, name);
    return i >= 0 && given->is_given[i];
}

static double number_of(const Given *given, const char *name)
{
    int i = index_of(given, name);
    if (i < 0)
        return 0;
    return given->attrs[i].kind == ATTR_INT ? (double)given->values[i].i : given->values[i].r;
}

static bool read_given(Elab *e, const ArgList *args, Given *given)
{
    int count = 0;
    for (; given->attrs[count].name != NULL; count++) {
        const AttrDef *attr = &given->attrs[count];
        CHECK(count < MAX_ATTRS);
        if (attr->def != NULL)
            CHECK(attr_parse(e->arena, attr, str_from(attr->def), &given->values[count]));
    }
    if (!elab_attributes(e, given->callee, given->attrs, args, given->values, given->spans,
                         given->is_given))
        return false;
    for (int i = 0; i < count; i++)
        if (given->attrs[i].def == NULL && !given->is_given[i]) {
            elab_missing_attribute(e, given->callee, given->attrs, i);
            return false;
        }
    return true;
}

/* Two attributes that say the same thing in different ways. */
static bool check_apart(Elab *e, const Given *given, const char *one, const char *other)
{
    if (!was_given(given, one) || !was_given(given, other))
        return true;
    diag_error(e->diag, given->spans[index_of(given, other)], "'%.*s' has both '%s' and '%s'",
               STR_ARGS(given->callee.text), one, other);
    return false;
}

static bool check_step(Elab *e, const Given *given, ScheduleSpec *spec)
{
    if (!was_given(given, "every") && !was_given(given, "milestones")) {
        diag_error(e->diag, given->callee.span, "'steps' needs 'every' or 'milestones'");
        diag_help(e->diag, "for example steps(every = 10) or steps(milestones = [30, 60])");
        return false;
    }
    if (!check_apart(e, given, "every", "milestones"))
        return false;
    if (!was_given(given, "milestones"))
        return true;
    int index = index_of(given, "milestones");
    spec->milestone_count = given->values[index].reals.count;
    spec->milestones = given->values[index].reals.item;
    for (int i = 0; i < spec->milestone_count; i++) {
        double epoch = spec->milestones[i], before = i > 0 ? spec->milestones[i - 1] : 0;
        if (epoch > before && epoch == floor(epoch) && epoch <= 1e9)
            continue;
        diag_error(e->diag, given->spans[index],
                   "'milestones' must be whole numbers that rise from 1, found %.10g", epoch);
        return false;
    }
    return true;
}

void elab_schedule(Elab *e, const Setting *setting)
{
    AstExpr bare;
    const AstExpr *call = elab_setting_call(e, setting, "cosine(warm_up = 2)", &bare);
    const ScheduleDef *def = call != NULL ? find_schedule(e, call->call.callee) : NULL;
    if (def == NULL)
        return;
    Given given = {.callee = call->call.callee, .attrs = def->attrs};
    ScheduleSpec spec = {.kind = def->kind};
    ArgList args = call->call.args, rest = {0};
    bool is_watching = def->kind == SCHEDULE_PLATEAU;
    if (is_watching && (args.count == 0 || args.items[0].name.text.len > 0)) {
        diag_error(e->diag, given.callee.span, "'%s' needs what to watch first", def->name);
        diag_help(e->diag, "for example %s(validation.loss, factor = 0.5)", def->name);
        return;
    }
    bool is_right =
        !is_watching || elab_monitor(e, args.items[0].value, &spec.monitor, &spec.is_larger_better);
    for (int i = is_watching; i < args.count; i++)
        vec_push(e->arena, &rest, args.items[i]);
    if (!read_given(e, &rest, &given) || !is_right)
        return;
    if (!check_apart(e, &given, "warm_up", "warm_up_steps") ||
        (def->kind == SCHEDULE_STEP && !check_step(e, &given, &spec)))
        return;
    spec.warm_up = number_of(&given, "warm_up");
    spec.warm_up_steps = (int64_t)number_of(&given, "warm_up_steps");
    spec.epochs = number_of(&given, "epochs");
    spec.factor = number_of(&given, "factor");
    spec.power = number_of(&given, "power");
    spec.floor = number_of(&given, "floor");
    spec.restart = number_of(&given, "restart");
    spec.growth = number_of(&given, "growth");
    spec.decay = number_of(&given, "decay");
    spec.most = number_of(&given, "max");
    spec.warm = number_of(&given, "warm");
    spec.division = number_of(&given, "division");
    spec.ending = number_of(&given, "ending");
    spec.every = was_given(&given, "every") ? (int64_t)number_of(&given, "every") : 0;
    spec.patience = (int64_t)number_of(&given, "patience");
    spec.cooldown = (int64_t)number_of(&given, "cooldown");
    spec.least = number_of(&given, "least");
    e->model->train.schedule = spec;
}
