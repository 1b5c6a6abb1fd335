/* Windows of pooling: values and positions by hand, ties, padding, gradients by differences. */
#include "graph_fixture.h"
#include "ops/window.h"

typedef struct WindowCase {
    int axis_count;
    int64_t in[3]; /* spatial sizes, then channels */
    int64_t kernel[2], stride[2], before[2], after[2];
} WindowCase;

static const WindowCase cases[] = {
    {2, {4, 4, 2}, {2, 2}, {2, 2}, {0, 0}, {0, 0}},
    {2, {7, 5, 1}, {3, 2}, {2, 1}, {1, 0}, {1, 1}}, /* overlap and padding */
    {2, {5, 6, 3}, {1, 2}, {3, 4}, {0, 0}, {0, 0}}, /* gaps                */
    {2, {1, 1, 1}, {3, 3}, {1, 1}, {1, 1}, {1, 1}},
    {1, {9, 2}, {3}, {2}, {1}, {1}},
    {1, {6, 1}, {4}, {1}, {3}, {0}},
};

static void fill_attrs(const WindowCase *c, AttrValue attrs[3])
{
    attrs[0] = (AttrValue){.list = {.count = c->axis_count}};
    attrs[1] = (AttrValue){.list = {.count = c->axis_count}};
    attrs[2] = (AttrValue){.padding = {.kind = PADDING_EXPLICIT, .count = c->axis_count}};
    for (int a = 0; a < c->axis_count; a++) {
        attrs[0].list.item[a] = c->kernel[a];
        attrs[1].list.item[a] = c->stride[a];
        attrs[2].padding.before[a] = c->before[a];
        attrs[2].padding.after[a] = c->after[a];
    }
}

static NodeId make(Fixture *f, const WindowCase *c, const OpDef *op, NodeId x)
{
    AttrValue attrs[3];
    fill_attrs(c, attrs);
    return build_node(&f->b, op, &x, 1, attrs);
}

static void values_and_positions_by_hand(void)
{
    static const WindowCase c = {1, {5, 1}, {3}, {2}, {1}, {1}};
    Fixture f;
    fixture_start(&f, MODE_TRAINING);
    NodeId x = fixture_input(&f, "x", 2, c.in);
    NodeId max = make(&f, &c, &op_window_max, x), sum = make(&f, &c, &op_window_sum, x);
    NodeId position = make(&f, &c, &op_window_argmax, x);
    double **leaves = fixture_values(&f, 1);
    leaves[x] = (double[]){-3, -5, -2, -2, -9};
    double **values = fixture_eval(&f, 1, leaves);
    const double maxima[] = {-3, -2, -2}, sums[] = {-8, -9, -11}, positions[] = {1, 1, 0};
    for (int i = 0; i < 3; i++) {
        EXPECT_NEAR(values[max][i], maxima[i], 0); /* padding does not win, though 0 is larger */
        EXPECT_NEAR(values[sum][i], sums[i], 0);
        EXPECT_NEAR(values[position][i], positions[i], 0); /* of equal ones the first */
    }
    EXPECT_INT(graph_node(f.graph, position)->type, TYPE_U8);
    fixture_end(&f);
}

static void a_tie_gives_the_gradient_to_the_first(void)
{
    static const WindowCase c = {2, {2, 2, 1}, {2, 2}, {2, 2}, {0, 0}, {0, 0}};
    Fixture f;
    fixture_start(&f, MODE_TRAINING);
    NodeId x = fixture_input(&f, "x", 3, c.in);
    NodeId y = make(&f, &c, &op_window_max, x), gradient;
    NodeId seed = fixture_input(&f, "seed", 3, (int64_t[]){1, 1, 1});
    EXPECT(graph_gradients(f.graph, &f.diag, y, seed, &x, 1, &gradient));
    double **leaves = fixture_values(&f, 1);
    leaves[x] = (double[]){1, 4, 4, 4};
    leaves[seed] = (double[]){7};
    double **values = fixture_eval(&f, 1, leaves);
    EXPECT_NEAR(values[gradient][0], 0, 0);
    EXPECT_NEAR(values[gradient][1], 7, 0);
    EXPECT_NEAR(values[gradient][2], 0, 0);
    EXPECT_NEAR(values[gradient][3], 0, 0);
    fixture_end(&f);
}

static void large_windows_have_wide_positions(void)
{
    static const WindowCase c = {2, {17, 16, 1}, {17, 16}, {1, 1}, {0, 0}, {0, 0}};
    Fixture f;
    fixture_start(&f, MODE_TRAINING);
    NodeId x = fixture_input(&f, "x", 3, c.in);
    NodeId position = make(&f, &c, &op_window_argmax, x);
    EXPECT_INT(graph_node(f.graph, position)->type, TYPE_I32);
    double **leaves = fixture_values(&f, 1);
    for (int i = 0; i < 17 * 16; i++)
        leaves[x][i] = i == 270 ? 1 : 0;
    EXPECT_NEAR(fixture_eval(&f, 1, leaves)[position][0], 270, 0);
    fixture_end(&f);
}

static void gradients(const OpDef *op)
{
    for (int i = 0; i < COUNT_OF(cases); i++) {
        Fixture f;
        fixture_start(&f, MODE_TRAINING);
        NodeId x = fixture_input(&f, "x", cases[i].axis_count + 1, cases[i].in);
        fixture_check_gradients(&f, make(&f, &cases[i], op, x), 2);
        fixture_end(&f);
    }
}

static void gradients_of_max(void)
{
    gradients(&op_window_max);
}

static void gradients_of_sum(void)
{
    gradients(&op_window_sum);
}

static void gradient_of_the_gradient_of_sum(void)
{
    Fixture f;
    fixture_start(&f, MODE_TRAINING);
    NodeId d_out = fixture_input(&f, "d_out", 3, (int64_t[]){4, 5, 1});
    AttrValue attrs[4] = {{0}};
    fill_attrs(&cases[1], attrs);
    attrs[3].list.count = 3;
    for (int i = 0; i < 3; i++)
        attrs[3].list.item[i] = cases[1].in[i];
    NodeId y = build_node(&f.b, &op_window_sum_grad, &d_out, 1, attrs);
    fixture_check_gradients(&f, y, 2);
    fixture_end(&f);
}

int main(void)
{
    RUN(values_and_positions_by_hand);
    RUN(a_tie_gives_the_gradient_to_the_first);
    RUN(large_windows_have_wide_positions);
    RUN(gradients_of_max);
    RUN(gradients_of_sum);
    RUN(gradient_of_the_gradient_of_sum);
    return test_end();
}
