/* What holds parameters and results back: penalties in the total loss, and bounded norms of
 * kernels, by hand. */
#include "graph_case.h"

static NodeId node_named(const Fixture *f, const char *name)
{
    for (NodeId id = 0; id < f->graph->nodes.count; id++)
        if (str_is(graph_node(f->graph, id)->name, name))
            return id;
    printf("    there is no node '%s'\n", name);
    EXPECT(false);
    return 0;
}

static void set(double **leaves, NodeId id, const double *from, int count)
{
    for (int i = 0; i < count; i++)
        leaves[id][i] = from[i];
}

/* y = tanh(x * [2, -1] + [0.5, -3]) for x = 1 and 3; squared error to 0 beside the penalties. */
static void penalties_of_bias_and_result(Mode mode)
{
    Fixture f;
    if (!case_start(
            &f,
            "input x: f32[1] target t: f32[2]\n"
            "y = x -> dense(2, bias_l1 = 0.5, bias_l2 = 0.25, activity_l1 = 2, activity_l2 = "
            "4, activation = tanh)\n"
            "output y loss mean_squared_error(y, t)",
            mode))
        return;
    NodeId loss = f.graph->losses.items[0].node;
    f.graph = f.b.graph = graph_simplify(&f.arena, f.graph);
    EXPECT_INT(f.graph->penalties.count, 2);
    NodeId total = graph_total_loss(f.graph, &f.diag);
    EXPECT(total != loss);
    EXPECT_INT(f.graph->penalties.count, 0);
    double **leaves = fixture_values(&f, 2);
    NodeId y = f.graph->outputs.items[0].node;
    set(leaves, node_named(&f, "x"), (double[]){1, 3}, 2);
    set(leaves, node_named(&f, "t"), (double[]){0, 0, 0, 0}, 4);
    Str stem = graph_node(f.graph, y)->name;
    set(leaves, node_named(&f, str_format(&f.arena, "%.*s.kernel", STR_ARGS(stem)).ptr),
        (double[]){2, -1}, 2);
    set(leaves, node_named(&f, str_format(&f.arena, "%.*s.bias", STR_ARGS(stem)).ptr),
        (double[]){0.5, -3}, 2);
    double **values = fixture_eval(&f, 2, leaves);
    double squares = 0, sizes = 0;
    const double before[] = {2.5, -4, 6.5, -6};
    for (int i = 0; i < 4; i++) {
        squares += tanh(before[i]) * tanh(before[i]);
        sizes += fabs(tanh(before[i]));
    }
    double expected = squares / 4;                   /* the mean squared error */
    expected += 0.5 * (0.5 + 3) + 0.25 * (0.25 + 9); /* of the bias            */
    expected += 2 * sizes / 2 + 4 * squares / 2;     /* of two samples         */
    EXPECT_NEAR(values[total][0], expected, 1e-12);
    fixture_end(&f);
}

static void penalties_count_in_training_and_evaluation(void)
{
    penalties_of_bias_and_result(MODE_TRAINING);
    penalties_of_bias_and_result(MODE_INFERENCE);
}

/* The value a step of sgd assigns, and the same step without the bound. */
static void step(const char *text, const char *kernel, double *values, double *free_values,
                 int count)
{
    for (int bounded = 0; bounded < 2; bounded++) {
        Fixture f;
        if (!case_start(&f, text, MODE_TRAINING))
            return;
        NodeId w = node_named(&f, kernel);
        EXPECT(is_constrained(graph_node(f.graph, w)->leaf));
        if (!bounded)
            graph_node(f.graph, w)->leaf->constraint = (Init){0};
        AttrValue *attrs = fixture_attrs(&f, &op_sgd, NULL);
        EXPECT(graph_training_step(f.graph, &f.diag, &op_sgd, attrs, NULL, SPAN_NONE));
        double **all = fixture_eval(&f, 2, fixture_values(&f, 2));
        EXPECT_INT(fixture_count(&f, w, 2), count);
        for (int i = 0; i < f.graph->effects.count; i++) {
            NodeId assign = f.graph->effects.items[i];
            if (graph_node(f.graph, assign)->inputs[0] == w)
                memcpy(bounded ? values : free_values, all[assign], (size_t)count * sizeof *values);
        }
        fixture_end(&f);
    }
}

/* Weight i belongs to output output_of(i); the norm of each output's weights is at most `most`. */
static void check_bound(const char *text, const char *kernel, int count, double most,
                        int (*output_of)(int i))
{
    enum { MOST = 64 };
    double bounded[MOST] = {0}, free_values[MOST] = {0}, square[MOST] = {0};
    bool is_scaled = false, is_kept = false;
    step(text, kernel, bounded, free_values, count);
    for (int i = 0; i < count; i++)
        square[output_of(i)] += free_values[i] * free_values[i];
    for (int i = 0; i < count; i++) {
        double norm = sqrt(square[output_of(i)]);
        is_scaled = is_scaled || norm > most;
        is_kept = is_kept || norm <= most;
        EXPECT_NEAR(bounded[i], norm > most ? free_values[i] * most / norm : free_values[i], 1e-12);
    }
    EXPECT(is_scaled && is_kept); /* else the case shows nothing */
}

static int last_of_three(int i)
{
    return i % 3;
}

static int third_axis(int i) /* [2, 1, 3, 2] */
{
    return i / 2 % 3;
}

static int last_two_axes(int i) /* [2, 1, 2, 2] */
{
    return i % 4;
}

/* Of the weights of each of three outputs: dense(3), or a layer with three columns. */
static void check_columns(const char *layer, const char *weights, int count, double (*wanted)(double norm))
{
    enum { MOST = 64 };
    double held[MOST] = {0}, free_values[MOST] = {0}, square[3] = {0};
    char text[300];
    snprintf(text, sizeof text,
             "input x: f32[2, 4] target t: f32[2, 3] y = x -> %s output y loss mean_squared_error(y, t)",
             layer);
    step(text, weights, held, free_values, count);
    for (int i = 0; i < count; i++)
        square[i % 3] += free_values[i] * free_values[i];
    bool is_changed = false;
    for (int i = 0; i < count; i++) {
        double norm = sqrt(square[i % 3]);
        EXPECT_NEAR(held[i], free_values[i] * wanted(norm) / norm, 1e-12);
        is_changed = is_changed || fabs(held[i] - free_values[i]) > 1e-3;
    }
    EXPECT(is_changed);
}

static double one(double norm)
{
    return norm > 0;
}

static double between(double norm)
{
    return norm < 0.9 ? 0.9 : norm > 1.1 ? 1.1 : norm;
}

static double quarter_of_the_way(double norm)
{
    return 0.25 * between(norm) + 0.75 * norm;
}

static double at_most(double norm)
{
    return norm > 1 ? 1 : norm;
}

/* As the constraints of Keras, but for its 1e-7 below each norm. */
static void norms_are_kept(void)
{
    check_columns("dense(3, kernel_constraint = unit_norm)", "y.kernel", 12, one);
    check_columns("dense(3, kernel_constraint = min_max_norm(0.9, 1.1))", "y.kernel", 12, between);
    check_columns("dense(3, kernel_constraint = min_max_norm(0.9, 1.1, rate = 0.25))", "y.kernel", 12,
                  quarter_of_the_way);
    check_columns("dense(3, kernel_constraint = max_norm(1))", "y.kernel", 12, at_most);
    check_columns("simple_rnn(3, return_sequence = true, kernel_constraint = unit_norm)", "y.kernel", 12,
                  one);
    check_columns("simple_rnn(3, return_sequence = true, recurrent_constraint = unit_norm)",
                  "y.recurrent_kernel", 9, one);
}

static void nothing_is_left_below_zero(void)
{
    static const char *const weights[] = {"y.kernel", "y.bias"};
    for (int w = 0; w < 2; w++) {
        double held[12] = {0}, free_values[12] = {0};
        int count = w == 0 ? 12 : 3, below = 0;
        step("input x: f32[2, 4] target t: f32[2, 3] y = x -> dense(3, kernel_constraint = non_negative, "
             "bias_constraint = non_negative) output y loss mean_squared_error(y, t)",
             weights[w], held, free_values, count);
        for (int i = 0; i < count; i++) {
            below += free_values[i] < 0;
            EXPECT_NEAR(held[i], free_values[i] < 0 ? 0 : free_values[i], 0);
        }
        EXPECT(below > 0 && below < count);
    }
}

/* A kernel of zeros has no direction and stays; nothing is divided by 0. */
static void zero_stays_zero(void)
{
    Fixture f;
    if (case_start(&f,
                   "input x: f32[2] target t: f32[1] y = x -> dense(1, kernel_init = zeros, "
                   "kernel_constraint = unit_norm) output y loss mean_squared_error(y, y) metric "
                   "mean_squared_error(y, t)",
                   MODE_TRAINING)) {
        AttrValue *attrs = fixture_attrs(&f, &op_sgd, NULL);
        EXPECT(graph_training_step(f.graph, &f.diag, &op_sgd, attrs, NULL, SPAN_NONE));
        double **leaves = fixture_values(&f, 2);
        NodeId w = node_named(&f, "y.kernel");
        leaves[w][0] = leaves[w][1] = 0;
        double **all = fixture_eval(&f, 2, leaves);
        for (int i = 0; i < f.graph->effects.count; i++)
            if (graph_node(f.graph, f.graph->effects.items[i])->inputs[0] == w)
                EXPECT_NEAR(all[f.graph->effects.items[i]][0], 0, 0);
    }
    fixture_end(&f);
}

static void max_norm_bounds_the_inputs_of_each_output(void)
{
    check_bound("input x: f32[4] target t: f32[3] y = x -> dense(3, max_norm = 1.1) output y "
                "loss mean_squared_error(y, t)",
                "y.kernel", 12, 1.1, last_of_three);
    check_bound(
        "input x: f32[3, 2, 2] target t: f32[3] h = x -> conv2d(3, kernel = [2, 1], max_norm = "
        "1.15) y = h -> global_average_pool2d output y loss mean_squared_error(y, t)",
        "h.kernel", 12, 1.15, last_of_three);
    check_bound(
        "input x: f32[3, 2, 2] target t: f32[3] h = x -> conv2d_transpose(3, kernel = [2, 1], "
        "max_norm = 1.05) y = h -> global_average_pool2d output y "
        "loss mean_squared_error(y, t)",
        "h.kernel", 12, 1.05, third_axis);
    check_bound(
        "input x: f32[3, 2, 2] target t: f32[4] h = x -> depthwise_conv2d([2, 1], multiplier = "
        "2, max_norm = 0.8) y = h -> global_average_pool2d output y "
        "loss mean_squared_error(y, t)",
        "h.kernel", 8, 0.8, last_two_axes);
}

int main(void)
{
    RUN(penalties_count_in_training_and_evaluation);
    RUN(max_norm_bounds_the_inputs_of_each_output);
    RUN(norms_are_kept);
    RUN(nothing_is_left_below_zero);
    RUN(zero_stays_zero);
    return test_end();
}
