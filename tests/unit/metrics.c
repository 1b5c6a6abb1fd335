/* The formulas of runtime/metrics.h and runtime/regression.h against values computed by hand; sets
 * cut into batches in every way give what they give in one piece. */
#include "posix.h"

#include "regression.h"
#include "test.h"

/* Three classes; class 2 was there but never found, class 0 was found too often. */
static const double three[] = {4, 1, 0 /* hits */, 7, 2, 0 /* found */, 5, 2, 2 /* samples */};

static void scores_of_three_classes(void)
{
    double p0 = 4.0 / 7, p1 = 0.5, r0 = 0.8, r1 = 0.5, f0 = 8.0 / 12, f1 = 0.5;
    EXPECT_NEAR(nn_precision(three, 9, 9, NN_MACRO), (p0 + p1) / 3, 1e-15);
    EXPECT_NEAR(nn_recall(three, 9, 9, NN_MACRO), (r0 + r1) / 3, 1e-15);
    EXPECT_NEAR(nn_f1(three, 9, 9, NN_MACRO), (f0 + f1) / 3, 1e-15);
    EXPECT_NEAR(nn_precision(three, 9, 9, NN_WEIGHTED), (5 * p0 + 2 * p1) / 9, 1e-15);
    EXPECT_NEAR(nn_recall(three, 9, 9, NN_WEIGHTED), 5.0 / 9, 1e-15);
    EXPECT_NEAR(nn_f1(three, 9, 9, NN_WEIGHTED), (5 * f0 + 2 * f1) / 9, 1e-15);
    EXPECT_NEAR(nn_precision(three, 9, 9, NN_MICRO), 5.0 / 9, 1e-15);
    EXPECT_NEAR(nn_recall(three, 9, 9, NN_MICRO), 5.0 / 9, 1e-15);
    EXPECT_NEAR(nn_f1(three, 9, 9, NN_MICRO), 5.0 / 9, 1e-15);
}

static void the_positive_class_is_1(void)
{
    static const double two[] = {6, 2, 9, 3, 7, 5};
    EXPECT_NEAR(nn_precision(two, 6, 12, NN_BINARY), 2.0 / 3, 1e-15);
    EXPECT_NEAR(nn_recall(two, 6, 12, NN_BINARY), 0.4, 1e-15);
    EXPECT_NEAR(nn_f1(two, 6, 12, NN_BINARY), 0.5, 1e-15);
}

/* A class without samples and answers does not count; one with wrong answers only counts as 0. */
static void empty_classes(void)
{
    static const double empty[] = {3, 0, 0, 3, 0, 1, 4, 0, 0};
    static const double nothing[] = {0, 0, 0, 4, 4, 0};
    EXPECT_NEAR(nn_recall(empty, 9, 4, NN_MACRO), 0.75 / 2, 1e-15);
    EXPECT_NEAR(nn_precision(empty, 9, 4, NN_MACRO), 0.5, 1e-15);
    EXPECT_NEAR(nn_precision(nothing, 6, 4, NN_BINARY), 0, 0);
    EXPECT_NEAR(nn_recall(nothing, 6, 4, NN_BINARY), 0, 0);
    EXPECT_NEAR(nn_f1(nothing, 6, 4, NN_BINARY), 0, 0);
    EXPECT_NEAR(nn_f1(nothing, 6, 4, NN_WEIGHTED), 0, 0);
}

/* Labels that never occur and are never found count as 0. */
static void macro_of_labels(void)
{
    static const double three_labels[] = {4, 1, 0, 5, 2, 0, 8, 1, 0};
    EXPECT_NEAR(nn_precision(three_labels, 9, 10, NN_EVERY), (0.8 + 0.5) / 3, 1e-15);
    EXPECT_NEAR(nn_recall(three_labels, 9, 10, NN_EVERY), 1.5 / 3, 1e-15);
    EXPECT_NEAR(nn_recall(three_labels, 9, 10, NN_MACRO), 1.5 / 2, 1e-15);
    EXPECT_NEAR(nn_recall(three_labels, 9, 10, NN_MICRO), 5.0 / 9, 1e-15);
    EXPECT_NEAR(nn_f1(three_labels, 9, 10, NN_WEIGHTED), (8 * 8.0 / 13 + 2.0 / 3) / 9, 1e-15);
}

/* Two labels of three samples; the second has no true one. Scores of the first: 0.1 no, 0.4 yes, 0.9 no. */
static void area_under_the_curve(void)
{
    static double totals[4 * NN_THRESHOLDS];
    for (int i = 0; i < NN_THRESHOLDS; i++) {
        double at = i / (double)(NN_THRESHOLDS - 1);
        totals[i] = at < 0.4;
        totals[NN_THRESHOLDS + i] = 0;
        totals[2 * NN_THRESHOLDS + i] = (at < 0.1) + (at < 0.4) + (at < 0.9);
        totals[3 * NN_THRESHOLDS + i] = 3 * (at < 0.5);
    }
    EXPECT_NEAR(nn_auc(totals, 4 * NN_THRESHOLDS, 3, 0), 0.5, 1e-15);
    for (int i = 0; i < NN_THRESHOLDS; i++) /* a yes and a no with the same score */
        totals[i] = i < 50, totals[2 * NN_THRESHOLDS + i] = 2 * (i < 50);
    EXPECT_NEAR(nn_auc(totals, 4 * NN_THRESHOLDS, 2, 0), 0.5, 1e-15);
    for (int i = 0; i < NN_THRESHOLDS; i++)
        totals[i] = i < 80, totals[2 * NN_THRESHOLDS + i] = (i < 80) + (i < 50);
    EXPECT_NEAR(nn_auc(totals, 4 * NN_THRESHOLDS, 2, 0), 1, 1e-15);
    memset(totals, 0, sizeof totals);
    EXPECT_NEAR(nn_auc(totals, 4 * NN_THRESHOLDS, 0, 0), 0, 0);
}

static void counts_add_up(void)
{
    static const float a[] = {1, 0, 2, 1, 2, 1}, b[] = {0, 3, 1, 3, 1, 3};
    double totals[6] = {0};
    nn_merge_counts(totals, a, 6, 0, 3);
    nn_merge_counts(totals, b, 6, 3, 4);
    for (int i = 0; i < 6; i++)
        EXPECT_NEAR(totals[i], (double)a[i] + (double)b[i], 0);
}

static void root_of_a_mean(void)
{
    static const double sum = 4 * 2.25;
    EXPECT_NEAR(nn_root(&sum, 1, 4, 0), 1.5, 1e-15);
}

/* The totals of a batch as the generated code makes them. */
static void spread_of(const float *target, const float *y, int count, float *totals)
{
    float mean = 0;
    for (int i = 0; i < count; i++)
        mean += target[i] / (float)count;
    totals[0] = mean;
    totals[1] = totals[2] = 0;
    for (int i = 0; i < count; i++) {
        totals[1] += (target[i] - mean) * (target[i] - mean);
        totals[2] += (target[i] - y[i]) * (target[i] - y[i]);
    }
}

/* scikit-learn's example: r2_score([3, -0.5, 2, 7], [2.5, 0, 2, 8]) is 0.9486081370449679. */
static void r2_is_the_same_for_all_batches(void)
{
    static const float target[] = {3, -0.5f, 2, 7}, y[] = {2.5f, 0, 2, 8};
    for (int batch = 1; batch <= 4; batch++) {
        double totals[3] = {0, 0, 0};
        for (int first = 0; first < 4; first += batch) {
            int count = 4 - first < batch ? 4 - first : batch;
            float part[3];
            spread_of(target + first, y + first, count, part);
            nn_merge_spread(totals, part, 3, first, count);
        }
        EXPECT_NEAR(totals[0], 2.875, 1e-7);
        EXPECT_NEAR(nn_r2(totals, 3, 4, 0), 0.9486081370449679, 1e-6);
    }
}

static void r2_of_far_away_targets_keeps_its_digits(void)
{
    float target[64], y[64], part[3];
    double totals[3] = {0, 0, 0};
    for (int i = 0; i < 64; i++) {
        target[i] = 10000.0f + (float)(i % 8);
        y[i] = target[i] + 1;
    }
    for (int i = 0; i < 64; i += 16) {
        spread_of(target + i, y + i, 16, part);
        nn_merge_spread(totals, part, 3, i, 16);
    }
    EXPECT_NEAR(nn_r2(totals, 3, 64, 0), 1 - 1 / 5.25, 1e-5);
}

/* As in scikit-learn: 1 without errors, 0 with; also when the mean of the targets is rounded. */
static void r2_of_equal_targets(void)
{
    static const float target[] = {0.1f, 0.1f, 0.1f, 0.1f, 0.1f, 0.1f, 0.1f};
    static const float y[] = {0.1f, 0.1f, 0.1f, 0.1f, 0.1f, 0.1f, 0.3f};
    float part[3];
    double right[3] = {0, 0, 0}, wrong[3] = {0, 0, 0};
    spread_of(target, target, 7, part);
    nn_merge_spread(right, part, 3, 0, 7);
    EXPECT_NEAR(nn_r2(right, 3, 7, 0), 1, 0);
    spread_of(target, y, 7, part);
    nn_merge_spread(wrong, part, 3, 0, 7);
    EXPECT_NEAR(nn_r2(wrong, 3, 7, 0), 0, 0);
}

static void r2_of_two_outputs_is_their_mean(void)
{
    static const double totals[] = {0, 0, 10, 4, 1, 3};
    EXPECT_NEAR(nn_r2(totals, 6, 5, 0), (0.9 + 0.25) / 2, 1e-15);
}

static void values_of_a_set(void)
{
    static const nn_port targets[] = {{"t", NN_U8, 1, {2}, 2, 0, -1, NULL, 0}};
    static const nn_port outputs[] = {{"p", NN_F32, 1, {3}, 3, 3, 0, NULL, 0},
                                      {"y", NN_F32, 1, {2}, 2, 0, 0, NULL, 1}};
    nn_net net;
    memset(&net, 0, sizeof net);
    net.outputs = outputs;
    net.targets = targets;
    net.output_count = 2;
    unsigned char truth[] = {3, 9, 0, 9, 2, 9, 7, 9};
    float guess[] = {2.5f, 9, 0, 9, 2, 9, 8, 10};
    double *totals = nn_regression_begin(&net), values[3];
    for (int first = 0; first < 4; first += 3) { /* three samples, then one */
        void *out[] = {NULL, guess + 2 * first}, *target[] = {truth + 2 * first};
        nn_regression_add(totals, &net, out, target, first == 0 ? 3 : 1);
    }
    nn_regression_of(totals + 1, totals[0], 0, 1, values);
    EXPECT_NEAR(values[0], 1.25 / 4, 1e-15);
    EXPECT_NEAR(values[1], 1.5 / 4, 1e-15);
    EXPECT_NEAR(values[2], 1 - 1.25 / 26, 1e-15);
    nn_regression_of(totals + 1, totals[0], 0, 2, values);
    EXPECT_NEAR(values[0], (1.25 + 1) / 8, 1e-15);
    EXPECT_NEAR(values[2], (1 - 1.25 / 26) / 2, 1e-15);
    nn_free(totals);
}

int main(void)
{
    RUN(scores_of_three_classes);
    RUN(the_positive_class_is_1);
    RUN(empty_classes);
    RUN(macro_of_labels);
    RUN(area_under_the_curve);
    RUN(counts_add_up);
    RUN(root_of_a_mean);
    RUN(r2_is_the_same_for_all_batches);
    RUN(r2_of_far_away_targets_keeps_its_digits);
    RUN(r2_of_equal_targets);
    RUN(r2_of_two_outputs_is_their_mean);
    RUN(values_of_a_set);
    return test_end();
}
