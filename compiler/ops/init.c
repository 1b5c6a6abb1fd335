/* init.c: the initialisers and constraints by name, and those that become simpler ones once a tensor's
 * fans are known. */
#include "ops/op.h"

#include <math.h>

static const char *const mode_words[] = {
    [FAN_IN] = "fan_in", [FAN_OUT] = "fan_out", [FAN_AVG] = "fan_avg", NULL};
static const char *const distribution_words[] = {
    [SPREAD_TRUNCATED_NORMAL] = "truncated_normal",
    [SPREAD_UNTRUNCATED_NORMAL] = "untruncated_normal",
    [SPREAD_UNIFORM] = "uniform",
    NULL,
};

// clang-format off
const InitDef init_table[] = {
    {"zeros",            INIT_ZEROS,            0, {{0}}},
    {"ones",             INIT_ONES,             0, {{0}}},
    {"constant",         INIT_CONSTANT,         1, {{"value", NULL, 0}}},
    {"uniform",          INIT_UNIFORM,          2, {{"lowest", NULL, -0.05}, {"highest", NULL, 0.05}}},
    {"normal",           INIT_NORMAL,           2, {{"mean", NULL, 0}, {"deviation", NULL, 0.05}}},
    {"truncated_normal", INIT_TRUNCATED_NORMAL, 2, {{"mean", NULL, 0}, {"deviation", NULL, 0.05}}},
    {"orthogonal",       INIT_ORTHOGONAL,       1, {{"gain", NULL, 1}}},
    {"variance_scaling", INIT_VARIANCE_SCALING, 3,
     {{"scale", NULL, 1}, {"mode", mode_words, FAN_IN},
      {"distribution", distribution_words, SPREAD_TRUNCATED_NORMAL}}},
    {"glorot_uniform",   INIT_GLOROT_UNIFORM,   0, {{0}}},
    {"glorot_normal",    INIT_GLOROT_NORMAL,    0, {{0}}},
    {"he_uniform",       INIT_HE_UNIFORM,       0, {{0}}},
    {"he_normal",        INIT_HE_NORMAL,        0, {{0}}},
    {"lecun_uniform",    INIT_LECUN_UNIFORM,    0, {{0}}},
    {"lecun_normal",     INIT_LECUN_NORMAL,     0, {{0}}},
    {"none",             CONSTRAINT_NONE,         0, {{0}}},
    {"max_norm",         CONSTRAINT_MAX_NORM,     1, {{"most", NULL, 2}}},
    {"min_max_norm",     CONSTRAINT_MIN_MAX_NORM, 3,
     {{"least", NULL, 0}, {"most", NULL, 1}, {"rate", NULL, 1}}},
    {"non_negative",     CONSTRAINT_NON_NEGATIVE, 0, {{0}}},
    {"unit_norm",        CONSTRAINT_UNIT_NORM,    0, {{0}}},
    {0},
};
// clang-format on

const InitDef *init_find(Str name)
{
    for (const InitDef *d = init_table; d->name != NULL; d++)
        if (str_is(name, d->name))
            return d;
    return NULL;
}

const InitDef *init_of(InitKind kind)
{
    static const InitDef between = {
        "ones_between", INIT_ONES_BETWEEN, 2, {{"first", NULL, 0}, {"end", NULL, 0}}}; /* of layers only */
    if (kind == INIT_ONES_BETWEEN)
        return &between;
    for (const InitDef *d = init_table; d->name != NULL; d++)
        if (d->kind == kind)
            return d;
    BUG("initialiser %d", (int)kind);
}

bool init_is_constraint(const InitDef *def)
{
    return def->kind >= CONSTRAINT_NONE;
}

Init init_default(const InitDef *def)
{
    return (Init){.kind = def->kind, .a = def->arg[0].def, .b = def->arg[1].def, .c = def->arg[2].def};
}

double *init_arg(Init *init, int index)
{
    CHECK(index >= 0 && index < INIT_MOST_ARGS);
    return index == 0 ? &init->a : index == 1 ? &init->b : &init->c;
}

/* Cutting a normal distribution at two deviations leaves this share of its deviation. */
static const double truncated_share = 0.87962566103423978;

Init init_resolve(Init init, int64_t fan_in, int64_t fan_out)
{
    if (init.kind != INIT_VARIANCE_SCALING)
        return init;
    double in = (double)fan_in, out = (double)fan_out;
    double fan = init.b == FAN_IN ? in : init.b == FAN_OUT ? out : (in + out) / 2;
    double deviation = sqrt(init.a / (fan > 1 ? fan : 1));
    if (init.c == SPREAD_UNIFORM) {
        double widest = sqrt(3) * deviation;
        return (Init){.kind = INIT_UNIFORM, .a = -widest, .b = widest};
    }
    if (init.c == SPREAD_UNTRUNCATED_NORMAL)
        return (Init){.kind = INIT_NORMAL, .b = deviation};
    return (Init){.kind = INIT_TRUNCATED_NORMAL, .b = deviation / truncated_share};
}
