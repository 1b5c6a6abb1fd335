/* Learning rate schedules against values worked out by hand: 10 steps an epoch, 20 epochs. */
#include "schedule.h"
#include "test.h"

static double memory[NN_MEMORY];

static void factor_is(const struct nn_schedule *s, long long steps, double expected)
{
    double found = nn_schedule_factor(s, memory, steps, 10, 20);
    if (!EXPECT(fabs(found - expected) < 1e-12))
        printf("    step %lld: %.15g, not %.15g\n", steps, found, expected);
}

static void test_warm_up(void)
{
    struct nn_schedule s = {.kind = NN_SCHEDULE_CONSTANT, .warm_up_steps = 4};
    factor_is(&s, 0, 0.25);
    factor_is(&s, 2, 0.75);
    factor_is(&s, 3, 1);
    factor_is(&s, 100, 1);
    struct nn_schedule epochs = {.kind = NN_SCHEDULE_EXPONENTIAL, .warm_up = 2, .factor = 0.5};
    factor_is(&epochs, 0, 0.05);
    factor_is(&epochs, 19, 1);
    factor_is(&epochs, 20, 1);
    factor_is(&epochs, 30, 0.5); /* the decay begins after the warm-up */
    factor_is(&epochs, 45, 0.176776695296636881);
}

static void test_step(void)
{
    struct nn_schedule s = {.kind = NN_SCHEDULE_STEP, .every = 3, .factor = 0.1};
    factor_is(&s, 29, 1);
    factor_is(&s, 30, 0.1);
    factor_is(&s, 65, 0.01);
    static const double milestones[] = {2, 5};
    struct nn_schedule m = {
        .kind = NN_SCHEDULE_STEP, .factor = 0.5, .milestone_count = 2, .milestones = milestones};
    factor_is(&m, 19, 1);
    factor_is(&m, 20, 0.5);
    factor_is(&m, 50, 0.25);
    factor_is(&m, 199, 0.25);
}

static void test_decays(void)
{
    struct nn_schedule e = {.kind = NN_SCHEDULE_EXPONENTIAL, .factor = 0.5, .floor = 0.2};
    factor_is(&e, 10, 0.5);
    factor_is(&e, 30, 0.2);
    struct nn_schedule p = {.kind = NN_SCHEDULE_POLYNOMIAL, .power = 2, .floor = 0.1};
    factor_is(&p, 0, 1);
    factor_is(&p, 100, 0.1 + 0.9 * 0.25);
    factor_is(&p, 200, 0.1);
    p.epochs = 10;
    factor_is(&p, 50, 0.1 + 0.9 * 0.25);
    factor_is(&p, 150, 0.1);
}

static void test_cosine(void)
{
    struct nn_schedule s = {.kind = NN_SCHEDULE_COSINE, .floor = 0.2};
    factor_is(&s, 0, 1);
    factor_is(&s, 100, 0.6);
    factor_is(&s, 50, 0.2 + 0.8 * 0.853553390593273762);
    factor_is(&s, 200, 0.2);
    struct nn_schedule r = {.kind = NN_SCHEDULE_COSINE, .restart = 2, .growth = 2, .decay = 0.5};
    factor_is(&r, 10, 0.5);
    factor_is(&r, 20, 0.5); /* the second cycle begins at half */
    factor_is(&r, 40, 0.25);
    factor_is(&r, 60, 0.25); /* the third */
}

static void test_one_cycle(void)
{
    struct nn_schedule s = {
        .kind = NN_SCHEDULE_ONE_CYCLE, .most = 1, .warm = 0.25, .division = 25, .ending = 100};
    factor_is(&s, 0, 0.04);
    factor_is(&s, 49, 1); /* 0.25 * 200 - 1 */
    factor_is(&s, 124, 0.0004 + 0.9996 * 0.5);
    factor_is(&s, 199, 0.0004);
    factor_is(&s, 500, 0.0004);
    s.warm = 0.5; /* the first of two steps is the top already */
    EXPECT(fabs(nn_schedule_factor(&s, memory, 0, 1, 2) - 1) < 1e-12);
    EXPECT(fabs(nn_schedule_factor(&s, memory, 1, 1, 2) - 0.0004) < 1e-12);
}

static void test_plateau(void)
{
    struct nn_schedule s = {.kind = NN_SCHEDULE_PLATEAU,
                            .factor = 0.5,
                            .patience = 2,
                            .cooldown = 1,
                            .floor = 0.3,
                            .least = 0.1};
    static const float losses[] = {1, 0.95f, 0.95f, 0.95f, 0.95f, 0.95f, 0.5f, 0.5f};
    static const double factors[] = {1, 1, 0.5, 0.5, 0.3, 0.3, 0.3, 0.3};
    memset(memory, 0, sizeof memory);
    factor_is(&s, 0, 1);
    for (int i = 0; i < 8; i++) {
        nn_schedule_watch(&s, memory, &losses[i], 1);
        factor_is(&s, 10 * (i + 1), factors[i]);
    }
    memset(memory, 0, sizeof memory);
    struct nn_schedule up = {.kind = NN_SCHEDULE_PLATEAU,
                             .factor = 0.1,
                             .patience = 1,
                             .set = NN_VALIDATION,
                             .result = 1,
                             .maximize = 1};
    const float rows[3][4] = {{0, 0, 0, 0.5f}, {0, 0, 0, 0.6f}, {0, 0, 0, 0.6f}};
    for (int i = 0; i < 3; i++)
        nn_schedule_watch(&up, memory, rows[i], 2);
    factor_is(&up, 30, 0.1);
    /* What is no number is worse than any number, and waits. */
    const float numbers[4][4] = {{0, 0, 0, NAN}, {0, 0, 0, 0.5f}, {0, 0, 0, 0.6f}, {0, 0, 0, NAN}};
    memset(memory, 0, sizeof memory);
    for (int i = 0; i < 3; i++)
        nn_schedule_watch(&up, memory, numbers[i], 2);
    factor_is(&up, 30, 1);
    nn_schedule_watch(&up, memory, numbers[3], 2);
    factor_is(&up, 40, 0.1);
}

int main(void)
{
    test_warm_up();
    test_step();
    test_decays();
    test_cosine();
    test_one_cycle();
    test_plateau();
    return test_end();
}
