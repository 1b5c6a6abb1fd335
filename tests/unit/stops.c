/* Which epoch is the best and when a run is over, for results worked out by hand. */
#include "posix.h"
#include "stops.h"
#include "test.h"

enum { EPOCHS = 6 };

static nn_plan plan;
static nn_net net;
static const nn_tensor weight = {"w", NN_PARAMETER, 1, {1}, 0, 1, 0, NULL, 0, 0, 0, 0};

/* What a rule says after each epoch whose one result is that of `losses`; the best epoch. */
static int watch(const nn_stop *stop, const float *losses, int *says)
{
    nn_trainer trainer;
    float state[1] = {0}, best[1] = {0}, history[EPOCHS];
    double memory[2] = {0, 0};
    memset(&trainer, 0, sizeof trainer);
    net.result_count = net.result_floats = 1;
    net.state_floats = net.tensor_count = 1;
    net.tensors = &weight;
    net.plan = &plan;
    trainer.run.net = &net;
    trainer.run.state = state;
    trainer.run.best = best;
    trainer.run.history = history;
    trainer.run.history_columns = 1;
    for (int i = 0; i < EPOCHS; i++) {
        history[i] = losses[i];
        trainer.run.epoch = i + 1;
        state[0] = (float)i;
        EXPECT_INT(nn_judge(&trainer), trainer.run.best_epoch == i + 1);
        says[i] = nn_stop_says(&trainer.run, stop, memory);
    }
    EXPECT(trainer.run.best_epoch == (int)best[0] + 1); /* the weights of that epoch were kept */
    return trainer.run.best_epoch;
}

static void says_are(const nn_stop *stop, const float *losses, int best, const char *expected)
{
    int says[EPOCHS];
    char text[EPOCHS + 1];
    EXPECT_INT(watch(stop, losses, says), best);
    for (int i = 0; i < EPOCHS; i++)
        text[i] = says[i] ? 'S' : '-';
    text[EPOCHS] = '\0';
    EXPECT_TEXT(text, expected);
}

static void the_lowest_loss_is_the_best(void)
{
    static const float losses[EPOCHS] = {3, 2, 2, 1.5f, 1.6f, 1.5f};
    const nn_stop stop = {NN_STOP_NO_IMPROVEMENT, NN_TRAIN, 0, 0, 2, 0};
    says_are(&stop, losses, 4, "-----S");
}

static void small_changes_add_up_except_for_a_tolerance(void)
{
    static const float losses[EPOCHS] = {3, 2.9f, 2.8f, 2.7f, 2.6f, 2.5f};
    const nn_stop stop = {NN_STOP_NO_IMPROVEMENT, NN_TRAIN, 0, 0, 3, 0.25};
    says_are(&stop, losses, 6, "------");
    const nn_stop tolerance = {NN_STOP_TOLERANCE, NN_TRAIN, 0, 0, 3, 0.25};
    says_are(&tolerance, losses, 6, "---SSS");
}

/* A metric may be no number in the first epochs: those are never better than a number. */
static void any_number_is_better_than_none(void)
{
    static const float late[EPOCHS] = {NAN, NAN, 5, 6, 6, NAN};
    static const float never[EPOCHS] = {NAN, NAN, NAN, NAN, NAN, NAN};
    const nn_stop stop = {NN_STOP_NO_IMPROVEMENT, NN_TRAIN, 0, 0, 3, 0};
    says_are(&stop, late, 3, "-----S");
    says_are(&stop, never, 1, "---SSS");
}

static void metrics_shall_rise(void)
{
    static const float shares[EPOCHS] = {NAN, 0.5f, 0.4f, 0.6f, 0.6f, 0.9f};
    const nn_stop stop = {NN_STOP_NO_IMPROVEMENT, NN_TRAIN, 0, 1, 1, 0};
    const nn_stop reached = {NN_STOP_REACHED, NN_TRAIN, 0, 1, 0, 0.6};
    plan.maximize = 1;
    says_are(&stop, shares, 6, "--S-S-");
    says_are(&reached, shares, 6, "---SSS");
    plan.maximize = 0;
}

int main(void)
{
    the_lowest_loss_is_the_best();
    small_changes_add_up_except_for_a_tolerance();
    any_number_is_better_than_none();
    metrics_shall_rise();
    return test_end();
}
