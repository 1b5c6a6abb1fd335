/* Weights of samples: their mean is that of Keras, by numbers computed by hand; they stand for the
 * first axes of a loss; what they are read from is no answer that an output is compared with. */
#include "graph_case.h"

#include <math.h>
#include <string.h>

static NodeId node(const Fixture *f, const char *name)
{
    for (NodeId id = 0; id < f->graph->nodes.count; id++)
        if (str_is(graph_node(f->graph, id)->name, name))
            return id;
    return NODE_NONE;
}

/* p = [0.2, 0.8], [0.5, 0.5], [0.9, 0.1] for classes 1, 0, 0 with weights 2, 0, 0.5:
 * (2 * 0.223143551 + 0 * 0.693147181 + 0.5 * 0.105360516) / 3 = 0.166322453 */
static void cross_entropy_by_hand(void)
{
    Fixture f;
    if (case_start(&f,
                   "input p: f32[2]  target label: class[2]  target w: f32[1]  output p"
                   "  loss weighted = cross_entropy(p, label, sample_weight = w)"
                   "  metric plain = cross_entropy(p, label)",
                   MODE_TRAINING)) {
        double **leaves = fixture_values(&f, 3);
        leaves[node(&f, "p")] = (double[]){0.2, 0.8, 0.5, 0.5, 0.9, 0.1};
        leaves[node(&f, "label")] = (double[]){1, 0, 0};
        leaves[node(&f, "w")] = (double[]){2, 0, 0.5};
        double **values = fixture_eval(&f, 3, leaves);
        EXPECT_NEAR(values[f.graph->losses.items[0].node][0], 0.166322453, 1e-9);
        EXPECT_NEAR(values[f.graph->metrics.items[0].node][0], 0.340550416, 1e-9);
        EXPECT(graph_node(f.graph, node(&f, "w"))->leaf->is_weight);
        EXPECT(!graph_node(f.graph, node(&f, "label"))->leaf->is_weight);
    }
    fixture_end(&f);
}

/* Squared differences [[1, 4], [9, 0]] and [[4, 16], [1, 1]]: for each step its weight, 1 and 0, then 0.5
 * and 3: (1 + 4) + 0.5 * (4 + 16) + 3 * (1 + 1) = 21, over 2 samples of 4 elements: 2.625.
 * For each sample, 2 and 0.25: (2 * 14 + 0.25 * 22) / 8 = 4.1875. */
static void weights_of_steps(void)
{
    Fixture f;
    if (case_start(&f,
                   "input y: f32[2, 2]  target t: f32[2, 2]  target steps: f32[2]  target w: f32"
                   "  output y  loss mean_squared_error(y, t, steps)"
                   "  loss mean_squared_error(y, t, sample_weight = w)",
                   MODE_TRAINING)) {
        double **leaves = fixture_values(&f, 2);
        leaves[node(&f, "y")] = (double[]){1, 2, 3, 0, 2, 4, 1, -1};
        leaves[node(&f, "t")] = (double[]){0, 0, 0, 0, 0, 0, 0, 0};
        leaves[node(&f, "steps")] = (double[]){1, 0, 0.5, 3};
        leaves[node(&f, "w")] = (double[]){2, 0.25};
        double **values = fixture_eval(&f, 2, leaves);
        EXPECT_NEAR(values[f.graph->losses.items[0].node][0], 2.625, 1e-12);
        EXPECT_NEAR(values[f.graph->losses.items[1].node][0], 4.1875, 1e-12);
    }
    fixture_end(&f);
}

/* Weights [2, 0, 1] give the loss of the first sample twice and the third once, for every loss. */
static void a_weight_of_two_is_a_sample_twice(void)
{
    static const char *const losses[] = {
        "mean_squared_error", "mean_absolute_error", "huber",   "log_cosh",          "poisson",
        "cosine_similarity",  "hinge",               "squared_hinge", "categorical_hinge",
        "kl_divergence",      "cross_entropy",       "binary_cross_entropy",
        "mean_absolute_percentage_error"};
    for (int i = 0; i < COUNT_OF(losses); i++) {
        Fixture f;
        char text[400];
        snprintf(text, sizeof text,
                 "input a: f32[3]  target b: f32[3]  target w: f32  p = a -> softmax  q = b -> softmax"
                 "  output p  loss weighted = %s(p, q, sample_weight = w)  metric plain = %s(p, q)",
                 losses[i], losses[i]);
        if (case_start(&f, text, MODE_TRAINING)) {
            double a[] = {0.1, 0.7, -0.4, 1.5, 0.2, 0.3, -1, 2, 0.5};
            double b[] = {1, -0.3, 0.2, 0.4, 0.9, -2, 0.6, 0.1, 1.1};
            double **leaves = fixture_values(&f, 3);
            leaves[node(&f, "a")] = a;
            leaves[node(&f, "b")] = b;
            leaves[node(&f, "w")] = (double[]){2, 0, 1};
            double weighted = fixture_eval(&f, 3, leaves)[f.graph->losses.items[0].node][0];
            memcpy(a + 3, a, 3 * sizeof *a);
            memcpy(b + 3, b, 3 * sizeof *b);
            double twice = fixture_eval(&f, 3, leaves)[f.graph->metrics.items[0].node][0];
            if (!EXPECT(fabs(weighted - twice) < 1e-12))
                printf("%s\n", losses[i]);
        }
        fixture_end(&f);
    }
}

/* A target that weighs the loss of one output and is the answer of another is an answer. */
static void a_weight_may_be_computed(void)
{
    Fixture f;
    if (case_start(&f,
                   "input x: f32[1]  target t: f32[1]  target raw: f32[1]  y = x -> dense(1)  output y"
                   "  loss mean_squared_error(y, t, sample_weight = raw / 10)"
                   "  loss mean_squared_error(y, t, sample_weight = 1 + 9 * t)",
                   MODE_TRAINING)) {
        EXPECT(graph_node(f.graph, node(&f, "raw"))->leaf->is_weight);
        EXPECT(!graph_node(f.graph, node(&f, "t"))->leaf->is_weight);
    }
    fixture_end(&f);
}

/* Who gives a network an input would have to give it the weights, too. */
static void an_input_that_only_weighs_gets_a_warning(void)
{
    static const char *const bodies[] = {
        "input x: f32[1]  input w: f32  target t: f32[1]  y = x -> dense(1)  output y"
        "  loss mean_squared_error(y, t, sample_weight = w)",
        "input x: f32[1]  input w: f32  target t: f32[1]  y = concat(x, w -> reshape([1])) -> dense(1)"
        "  output y  loss mean_squared_error(y, t, sample_weight = w)"};
    for (int i = 0; i < COUNT_OF(bodies); i++) {
        Fixture f;
        if (case_start(&f, bodies[i], MODE_TRAINING)) {
            const char *said = buf_str(&f.diag.output).ptr;
            EXPECT_INT(f.diag.warning_count, i == 0);
            EXPECT(i > 0 || strstr(said, "input 'w' only weighs samples of a loss") != NULL);
        }
        fixture_end(&f);
    }
}

int main(void)
{
    RUN(cross_entropy_by_hand);
    RUN(weights_of_steps);
    RUN(a_weight_of_two_is_a_sample_twice);
    RUN(a_weight_may_be_computed);
    RUN(an_input_that_only_weighs_gets_a_warning);
    return test_end();
}
