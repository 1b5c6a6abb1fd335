/* Recurrent layers: that they are loops and not unrolled, what goes into which state, directions,
 * starting states. Values and gradients are checked in tests/ops. */
#include "graph_case.h"

#include "ops/scan.h"

#include <string.h>

static int node_count(const char *body)
{
    Fixture f;
    int count = 0;
    if (case_start(&f, body, MODE_TRAINING))
        count = f.graph->nodes.count;
    fixture_end(&f);
    return count;
}

static void steps_are_not_unrolled(void)
{
    int few = node_count("input x: f32[2, 3]  y = x -> lstm(4) -> dense(1)  output y");
    int many = node_count("input x: f32[1000, 3]  y = x -> lstm(4) -> dense(1)  output y");
    EXPECT(few > 0);
    EXPECT_INT(many, few);
}

static void inference_makes_no_trace(void)
{
    Fixture f;
    if (case_start(&f, "input x: f32[4, 3]  y = x -> gru(2)  output y", MODE_INFERENCE)) {
        EXPECT_INT(case_count_op(&f, &op_scan), 1);
        EXPECT_INT(case_count_op(&f, &op_scan_trace), 0);
    }
    fixture_end(&f);
}

static void parameters_are_as_in_keras(void)
{
    static const struct {
        const char *body;
        int64_t count;
    } cases[] = {
        {"input x: f32[7, 6]  y = x -> lstm(50)  output y", 4 * 50 * (6 + 50 + 1)},
        {"input x: f32[7, 6]  y = x -> gru(50)  output y", 3 * 50 * (6 + 50 + 2)},
        {"input x: f32[7, 6]  y = x -> simple_rnn(50)  output y", 50 * (6 + 50 + 1)},
        {"input x: f32[7, 6]  y = x -> gru(5, bias = false)  output y", 3 * 5 * (6 + 5)},
        {"input x: f32[7, 6]  y = x -> lstm(5, bidirectional = concat)  output y",
         2 * 4 * 5 * (6 + 5 + 1)},
    };
    for (int i = 0; i < COUNT_OF(cases); i++) {
        Fixture f;
        if (case_start(&f, cases[i].body, MODE_TRAINING))
            EXPECT_INT(f.graph->layers.items[0].parameter_count, cases[i].count);
        fixture_end(&f);
    }
}

static const Node *parameter(const Fixture *f, const char *name)
{
    for (NodeId id = 0; id < f->graph->nodes.count; id++)
        if (str_is(graph_node(f->graph, id)->name, name))
            return graph_node(f->graph, id);
    return NULL;
}

static void forget_gate_starts_open(void)
{
    Fixture f;
    if (case_start(&f,
                   "input x: f32[2, 3]  y = x -> lstm(5)  z = x -> lstm(5, unit_forget_bias = "
                   "false)  output y  output z",
                   MODE_TRAINING)) {
        const Node *bias = parameter(&f, "y.bias"), *plain = parameter(&f, "z.bias");
        EXPECT(bias && bias->leaf->init.kind == INIT_ONES_BETWEEN && bias->leaf->init.a == 5 &&
               bias->leaf->init.b == 10);
        EXPECT(plain && plain->leaf->init.kind == INIT_ZEROS);
    }
    fixture_end(&f);
}

/* ---- values ---------------------------------------------------------------------------------- */

static Str after_layer(const Node *n)
{
    int dot = 0;
    while (dot < n->name.len && n->name.ptr[dot] != '.')
        dot++;
    return (Str){n->name.ptr + dot, n->name.len - dot};
}

/* Two calls with the same weights: parameters get the values of their names after the layer's. */
static void share_weights(Fixture *f, double **values)
{
    for (NodeId id = 0; id < f->graph->nodes.count; id++)
        for (NodeId other = 0; other < id; other++) {
            const Node *n = graph_node(f->graph, id), *o = graph_node(f->graph, other);
            if (!n->leaf || !o->leaf || n->leaf->kind != LEAF_PARAMETER ||
                o->leaf->kind != LEAF_PARAMETER)
                continue;
            if (str_equal(after_layer(n), after_layer(o)))
                values[id] = values[other];
        }
}

/* Evaluates outputs a and b; the caller says where they must agree. */
static double **two_outputs(Fixture *f, const char *body, void (*change)(Fixture *, double **),
                            int64_t batch, NodeId *a, NodeId *b)
{
    if (!case_start(f, body, MODE_TRAINING))
        return NULL;
    double **values = fixture_values(f, batch);
    share_weights(f, values);
    if (change)
        change(f, values);
    *a = f->graph->outputs.items[0].node;
    *b = f->graph->outputs.items[1].node;
    return fixture_eval(f, batch, values);
}

enum { STEPS = 4, UNITS = 3, BATCH = 2 };

/* The second input is the first one with its steps in the other order. */
static void turn_input(Fixture *f, double **values)
{
    NodeId x = f->graph->inputs.items[0], turned = f->graph->inputs.items[1];
    int64_t features = graph_node(f->graph, x)->shape.dim[1];
    for (int n = 0; n < BATCH; n++)
        for (int t = 0; t < STEPS; t++)
            memcpy(values[turned] + (n * STEPS + t) * features,
                   values[x] + (n * STEPS + STEPS - 1 - t) * features,
                   (size_t)features * sizeof(double));
}

static void backwards_is_forwards_over_the_reversed_input(void)
{
    Fixture f;
    NodeId a, b;
    double **values = two_outputs(&f,
                                  "input x: f32[4, 2]  input u: f32[4, 2]"
                                  "  y = x -> lstm(3, backwards = true, return_sequence = true)"
                                  "  z = u -> lstm(3, return_sequence = true)  output y, z",
                                  turn_input, BATCH, &a, &b);
    for (int i = 0; values && i < BATCH * STEPS * UNITS; i++)
        EXPECT_NEAR(values[a][i], values[b][i], 1e-15);
    fixture_end(&f);
}

/* Feature j of the first half walks forwards; of the second half backwards, at the same step. */
static void bidirectional_sequence_is_in_order_of_the_steps(void)
{
    Fixture f;
    NodeId a, b;
    double **values = two_outputs(
        &f,
        "input x: f32[4, 2]  input u: f32[4, 2]"
        "  y = x -> gru(3, bidirectional = concat, return_sequence = true)"
        "  z = u -> gru(3, bidirectional = concat, return_sequence = true)  output y, z",
        turn_input, BATCH, &a, &b);
    double largest = 0;
    /* With equal weights for both directions the halves of y and z exchange places. */
    if (values) {
        double **leaves = fixture_values(&f, BATCH);
        share_weights(&f, leaves);
        turn_input(&f, leaves);
        static const char *const names[] = {"kernel", "recurrent_kernel", "bias", "recurrent_bias"};
        for (int i = 0; i < COUNT_OF(names); i++)
            for (int k = 0; k < 2; k++) {
                const char *layer = k == 0 ? "y" : "z";
                const Node *one = parameter(&f, str_format(&f.arena, "%s.%s", layer, names[i]).ptr);
                const Node *two =
                    parameter(&f, str_format(&f.arena, "%s.backward_%s", layer, names[i]).ptr);
                if (EXPECT(one && two))
                    leaves[two - f.graph->nodes.items] = leaves[one - f.graph->nodes.items];
            }
        values = fixture_eval(&f, BATCH, leaves);
        for (int n = 0; n < BATCH; n++)
            for (int t = 0; t < STEPS; t++)
                for (int j = 0; j < UNITS; j++) {
                    double forward = values[a][(n * STEPS + t) * 2 * UNITS + j];
                    double backward =
                        values[b][(n * STEPS + STEPS - 1 - t) * 2 * UNITS + UNITS + j];
                    largest = fabs(forward) > largest ? fabs(forward) : largest;
                    EXPECT_NEAR(forward, backward, 1e-15);
                }
    }
    EXPECT(largest > 1e-3);
    fixture_end(&f);
}

/* The second input is the end of the first one. */
static void cut_input(Fixture *f, double **values)
{
    NodeId whole = f->graph->inputs.items[0], start = f->graph->inputs.items[1];
    NodeId end = f->graph->inputs.items[2];
    for (int n = 0; n < BATCH; n++) {
        memcpy(values[start] + n * 2, values[whole] + n * 2 * STEPS, 2 * sizeof(double));
        memcpy(values[end] + n * 6, values[whole] + n * 2 * STEPS + 2, 6 * sizeof(double));
    }
}

static void a_given_state_continues_a_sequence(void)
{
    static const char *const layers[] = {
        "y = x -> gru(3)  h = s -> gru(3)  z = gru(e, h, 3)",
        "y = x -> simple_rnn(3)  h = s -> simple_rnn(3)  z = simple_rnn(e, h, 3)",
        "y = x -> gru(3)  h, g = s -> gru(3, return_state = true)  z = gru(e, g, 3)",
        "y = x -> lstm(3)  h, g, c = s -> lstm(3, return_state = true)  z = lstm(e, g, c, 3)",
        /* all states of the walk; the cell does not stand among them */
        "y = x -> lstm(3)  h, g, c = s -> lstm(3, return_state = true, return_sequence = true)"
        "  z = lstm(e, h -> flatten, c, 3)",
        /* state and cell after the walk are those that a further lstm ends with */
        "u, v, y = lstm(x, 3, return_state = true)"
        "  h, g, c = s -> lstm(3, return_state = true)  k, l, z = lstm(e, g, c, 3, return_state = true)",
    };
    for (int i = 0; i < COUNT_OF(layers); i++) {
        Fixture f;
        NodeId a, b;
        char body[400];
        snprintf(body, sizeof body,
                 "input x: f32[4, 2]  input s: f32[1, 2]  input e: f32[3, 2]  %s  output y, z",
                 layers[i]);
        double **values = two_outputs(&f, body, cut_input, BATCH, &a, &b);
        for (int k = 0; values && k < BATCH * UNITS; k++)
            EXPECT_NEAR(values[a][k], values[b][k], 1e-15);
        EXPECT(values == NULL || fabs(values[a][0]) > 1e-3);
        fixture_end(&f);
    }
}

/* Of both directions: forwards ends with the last step, backwards with the first. */
static void states_of_both_directions(void)
{
    Fixture f;
    NodeId a, b;
    double **values = two_outputs(&f,
                                  "input x: f32[4, 2]  input u: f32[4, 2]"
                                  "  y, h, k = x -> gru(3, bidirectional = concat, return_state = true)"
                                  "  z = concat(h, k)  output y, z",
                                  turn_input, BATCH, &a, &b);
    for (int i = 0; values && i < BATCH * 2 * UNITS; i++)
        EXPECT_NEAR(values[a][i], values[b][i], 0);
    fixture_end(&f);
}

/* A feature that is dropped is dropped at all steps: equal inputs at all steps of a layer without
 * recurrence give equal results, some of them zero. */
static void dropout_lasts_for_the_whole_sequence(void)
{
    Fixture f;
    fixture_start(&f, MODE_TRAINING);
    NodeId x = fixture_input(&f, "x", 2, (int64_t[]){3, 40});
    NodeId y = fixture_call(&f, &op_simple_rnn, x,
                            (AttrSetting[]){{"units", {.i = 40}},
                                            {"dropout", {.r = 0.5}},
                                            {"activation", {.i = CELL_NONE}},
                                            {"return_sequence", {.i = 1}},
                                            {0}});
    double **leaves = fixture_values(&f, 1);
    for (NodeId id = 0; id < f.graph->nodes.count; id++) {
        const Node *n = graph_node(f.graph, id);
        if (!n->leaf || n->leaf->kind == LEAF_CONSTANT)
            continue;
        bool is_kernel = str_ends(n->name, ".kernel");
        for (int64_t i = 0; i < fixture_count(&f, id, 1); i++)
            leaves[id][i] = is_kernel ? i % 41 == 0 : id == x;
    }
    double **values = fixture_eval(&f, 1, leaves);
    int dropped = 0;
    for (int j = 0; j < 40; j++) {
        dropped += values[y][j] == 0;
        EXPECT(values[y][j] == 0 || values[y][j] == 2);
        EXPECT(values[y][j] == values[y][40 + j] && values[y][j] == values[y][80 + j]);
    }
    EXPECT(dropped > 5 && dropped < 35);
    fixture_end(&f);
}

int main(void)
{
    RUN(steps_are_not_unrolled);
    RUN(inference_makes_no_trace);
    RUN(parameters_are_as_in_keras);
    RUN(forget_gate_starts_open);
    RUN(backwards_is_forwards_over_the_reversed_input);
    RUN(bidirectional_sequence_is_in_order_of_the_steps);
    RUN(a_given_state_continues_a_sequence);
    RUN(states_of_both_directions);
    RUN(dropout_lasts_for_the_whole_sequence);
    return test_end();
}
