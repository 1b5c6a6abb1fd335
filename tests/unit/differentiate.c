/* Gradients: central differences in double for every simplified case of every descriptor; kinks,
 * where differences are wrong, by hand; operators the language does not have. */
#include "graph_case.h"

/* ---- all cases of the table -------------------------------------------------------------------
 */
static bool has_gradient(Fixture *f)
{
    return fixture_differentiable(f).count > 0;
}

static void check_result(const char *text, bool is_loss, int index)
{
    Fixture f;
    if (!case_start(&f, text, MODE_TRAINING))
        return;
    f.graph = graph_simplify(&f.arena, f.graph);
    f.b.graph = f.graph;
    const Results *results = is_loss ? &f.graph->losses : &f.graph->outputs;
    int failed = test_failed_count;
    if (has_gradient(&f))
        fixture_check_gradients(&f, results->items[index].node, 2);
    if (test_failed_count != failed)
        printf("    in: %s\n", text);
    fixture_end(&f);
}

static void check_case(const OpCase *c)
{
    Fixture f;
    if (c->no_gradient != NULL || !case_start(&f, c->text, MODE_TRAINING))
        return;
    int losses = f.graph->losses.count;
    int outputs = losses > 0 ? 0 : f.graph->outputs.count;
    fixture_end(&f);
    for (int i = 0; i < outputs; i++)
        check_result(c->text, false, i);
    for (int i = 0; i < losses; i++)
        check_result(c->text, true, i);
}

/* tests/ops/cases.c does the same before simplification. */
static void simplified_cases_agree_with_differences(void)
{
    for (int i = 0; i < op_count(); i++)
        for (const OpCase *c = op_at(i)->cases; c != NULL && c->text != NULL; c++)
            check_case(c);
}

/* ---- operators that only the compiler uses -----------------------------------------------------
 */
static NodeId input(Fixture *f, const char *name, int rank, const int64_t *dim)
{
    return fixture_input(f, name, rank, dim);
}

static void finish(Fixture *f, NodeId of)
{
    fixture_check_gradients(f, of, 2);
    fixture_end(f);
}

static void reductions_agree_with_differences(void)
{
    for (uint32_t axes = 0; axes < 8; axes++)
        for (int over_batch = 0; over_batch < 2; over_batch++)
            for (int keep = 0; keep < 2; keep++) {
                if (axes == 0 && !over_batch)
                    continue;
                Fixture f;
                fixture_start(&f, MODE_TRAINING);
                NodeId x = input(&f, "x", 3, (int64_t[]){2, 1, 3});
                finish(&f, build_reduce(&f.b, &op_reduce_sum, x, axes, over_batch, keep));
                if (over_batch)
                    continue;
                fixture_start(&f, MODE_TRAINING);
                x = input(&f, "x", 3, (int64_t[]){2, 1, 3});
                finish(&f, build_reduce(&f.b, &op_reduce_max, x, axes, false, keep));
            }
    Fixture f;
    fixture_start(&f, MODE_TRAINING);
    NodeId x = input(&f, "x", 2, (int64_t[]){3, 4});
    finish(&f, build_mean(&f.b, x, 3, true, false));
}

static void views_agree_with_differences(void)
{
    Fixture f;
    fixture_start(&f, MODE_TRAINING);
    NodeId x = input(&f, "x", 3, (int64_t[]){3, 4, 2});
    AttrValue cut[3] = {{.i = 1}, {.i = 1}, {.i = 2}};
    finish(&f, build_node(&f.b, &op_slice, &x, 1, cut));

    fixture_start(&f, MODE_TRAINING);
    x = input(&f, "x", 3, (int64_t[]){3, 1, 2});
    AttrValue room[3] = {{.i = 1}, {.i = 2}, {.i = 1}};
    finish(&f, build_node(&f.b, &op_pad, &x, 1, room));

    fixture_start(&f, MODE_TRAINING);
    x = input(&f, "x", 3, (int64_t[]){3, 4, 2});
    AttrValue order = {.list = {.count = 3, .item = {2, 0, 1}}};
    finish(&f, build_node(&f.b, &op_transpose, &x, 1, &order));

    fixture_start(&f, MODE_TRAINING);
    x = input(&f, "x", 2, (int64_t[]){3, 1});
    finish(&f, build_broadcast(&f.b, x, shape_of(true, 3, (int64_t[]){2, 3, 4})));
}

static void pick_and_entropies_agree_with_differences(void)
{
    Fixture f;
    fixture_start(&f, MODE_TRAINING);
    NodeId x = input(&f, "x", 2, (int64_t[]){2, 5});
    NodeId label = fixture_target(&f, "label", 5, 1, (int64_t[]){2});
    finish(&f, build_binary(&f.b, &op_pick, x, label));

    fixture_start(&f, MODE_TRAINING);
    NodeId z = input(&f, "z", 1, (int64_t[]){6});
    NodeId t = build_unary(&f.b, &op_sigmoid, input(&f, "t", 1, (int64_t[]){6}));
    finish(&f, build_binary(&f.b, &op_binary_cross_entropy_logits, z, t));

    fixture_start(&f, MODE_TRAINING);
    NodeId p = build_unary(&f.b, &op_sigmoid, input(&f, "z", 1, (int64_t[]){6}));
    t = build_unary(&f.b, &op_sigmoid, input(&f, "t", 1, (int64_t[]){6}));
    finish(&f, build_binary(&f.b, &op_binary_cross_entropy, p, t));

    fixture_start(&f, MODE_TRAINING);
    x = input(&f, "x", 1, (int64_t[]){6});
    NodeId y = build_unary(&f.b, &op_square, input(&f, "y", 1, (int64_t[]){1}));
    NodeId above = build_binary(&f.b, &op_greater, x, build_number(&f.b, 0));
    finish(&f, build_node(&f.b, &op_select, (NodeId[]){above, build_unary(&f.b, &op_square, x), y},
                          3, NULL));
}

/* ---- kinks --------------------------------------------------------------------------------------
 */
/* The gradients of sum(of) by the inputs, in order, at the given values (batch 1). */
static void expect_gradients(Fixture *f, NodeId of, int count, const NodeId *x,
                             const double *const *at, const double *const *expected)
{
    NodeId sum = build_reduce(&f->b, &op_reduce_sum, of,
                              (1u << graph_node(f->graph, of)->shape.rank) - 1, true, false);
    NodeId gradients[2];
    EXPECT(graph_gradients(f->graph, &f->diag, sum, NODE_NONE, x, count, gradients));
    double **leaves = fixture_values(f, 1);
    for (int i = 0; i < count; i++)
        memcpy(leaves[x[i]], at[i], (size_t)fixture_count(f, x[i], 1) * sizeof(double));
    double **values = fixture_eval(f, 1, leaves);
    for (int i = 0; i < count; i++)
        for (int64_t e = 0; e < fixture_count(f, x[i], 1); e++)
            EXPECT_NEAR(values[gradients[i]][e], expected[i][e], 0);
    fixture_end(f);
}

static void expect_gradient(const OpDef *op, const double *at, const double *expected)
{
    Fixture f;
    fixture_start(&f, MODE_TRAINING);
    NodeId x = input(&f, "x", 1, (int64_t[]){3});
    expect_gradients(&f, build_unary(&f.b, op, x), 1, &x, &at, &expected);
}

static void kinks_have_their_documented_gradient(void)
{
    const double at[] = {-1, 0, 1};
    expect_gradient(&op_relu, at, (double[]){0, 0, 1});
    expect_gradient(&op_leaky_relu, at, (double[]){0.01, 0.01, 1});
    expect_gradient(&op_abs, at, (double[]){-1, 0, 1});
    expect_gradient(&op_elu, (double[]){0, 1, 2}, (double[]){1, 1, 1});
    expect_gradient(&op_relu6, (double[]){0, 3, 6}, (double[]){0, 1, 0});
    expect_gradient(&op_hard_sigmoid, (double[]){-3, 3, 4}, (double[]){0, 0, 0});
}

static void clip_lets_its_bounds_through(void)
{
    Fixture f;
    fixture_start(&f, MODE_TRAINING);
    NodeId x = input(&f, "x", 1, (int64_t[]){5});
    AttrSetting bounds[] = {{"low", {.r = -1}}, {"high", {.r = 2}}, {0}};
    NodeId y = fixture_call(&f, &op_clip, x, bounds);
    const double at[] = {-2, -1, 0, 2, 3}, expected[] = {0, 1, 1, 1, 0};
    expect_gradients(&f, y, 1, &x, (const double *const[]){at}, (const double *const[]){expected});
}

static void smallest_of_equals_takes_the_gradient_once(void)
{
    const double at[] = {1, -2, -2}, expected[] = {0, 1, 0};
    expect_gradient(&op_min, at, expected);
}

static void ties_of_maximum_go_to_the_first(void)
{
    const OpDef *const ops[] = {&op_maximum, &op_minimum};
    for (int i = 0; i < 2; i++) {
        Fixture f;
        fixture_start(&f, MODE_TRAINING);
        NodeId x[] = {input(&f, "x", 1, (int64_t[]){3}), input(&f, "y", 1, (int64_t[]){3})};
        const double a[] = {1, 2, 3}, b[] = {2, 2, 2};
        const double low[] = {0, 1, 1}, high[] = {1, 0, 0};
        const double lower[] = {1, 1, 0}, higher[] = {0, 0, 1};
        expect_gradients(
            &f, build_binary(&f.b, ops[i], x[0], x[1]), 2, x, (const double *const[]){a, b},
            i == 0 ? (const double *const[]){low, high} : (const double *const[]){lower, higher});
    }
    Fixture f;
    fixture_start(&f, MODE_TRAINING);
    NodeId x = input(&f, "x", 2, (int64_t[]){2, 3});
    const double at[] = {1, 5, 5, 2, 2, 2}, expected[] = {0, 1, 0, 1, 0, 0};
    NodeId most = build_reduce(&f.b, &op_reduce_max, x, 2, false, false);
    expect_gradients(&f, most, 1, &x, (const double *const[]){at},
                     (const double *const[]){expected});
}

/* ---- the pass itself
 * ----------------------------------------------------------------------------- */
static void only_needed_gradients_are_built(void)
{
    Fixture f;
    fixture_start(&f, MODE_TRAINING);
    NodeId x = input(&f, "x", 1, (int64_t[]){4}), y = input(&f, "y", 1, (int64_t[]){4});
    NodeId side = build_unary(&f.b, &op_exp, y);
    NodeId sum =
        build_reduce(&f.b, &op_reduce_sum, build_binary(&f.b, &op_mul, x, side), 1, true, false);
    NodeId unused = input(&f, "z", 1, (int64_t[]){4});
    NodeId with[] = {x, unused}, gradients[2];
    EXPECT(graph_gradients(f.graph, &f.diag, sum, NODE_NONE, with, 2, gradients));
    EXPECT(gradients[0] != NODE_NONE);
    EXPECT_INT(gradients[1], NODE_NONE);
    EXPECT(str_is(graph_node(f.graph, gradients[0])->name, "d_x"));
    for (NodeId id = 0; id < f.graph->nodes.count; id++)
        EXPECT(graph_node(f.graph, id)->origin != side); /* nobody asked for d_y */
    fixture_end(&f);
}

static void values_used_twice_add_their_gradients(void)
{
    Fixture f;
    fixture_start(&f, MODE_TRAINING);
    NodeId x = input(&f, "x", 2, (int64_t[]){3, 2});
    NodeId h = build_unary(&f.b, &op_tanh, x);
    NodeId a = build_binary(&f.b, &op_mul, h, h);
    NodeId b = build_binary(&f.b, &op_add, a, build_unary(&f.b, &op_exp, h));
    finish(&f, build_binary(&f.b, &op_mul, b, x));
}

static void penalties_join_the_loss(void)
{
    Fixture f;
    if (!case_start(&f,
                    "input x: f32[2] target t: f32[1]\n"
                    "y = x -> dense(1, bias = false, l1 = 0.5, l2 = 0.25)\n"
                    "output y loss mean_squared_error(y, t)",
                    MODE_TRAINING))
        return;
    NodeId total = graph_total_loss(f.graph, &f.diag);
    double **leaves = fixture_values(&f, 2);
    double **values = fixture_eval(&f, 2, leaves);
    double expected = values[f.graph->losses.items[0].node][0];
    for (NodeId id = 0; id < f.graph->nodes.count; id++) {
        const Node *n = graph_node(f.graph, id);
        if (n->leaf != NULL && n->leaf->kind == LEAF_PARAMETER)
            for (int i = 0; i < 2; i++)
                expected += 0.5 * fabs(values[id][i]) + 0.25 * values[id][i] * values[id][i];
    }
    EXPECT_NEAR(values[total][0], expected, 1e-12);
    EXPECT_INT(graph_total_loss(f.graph, &f.diag), total);
    fixture_end(&f);
}

static void a_step_of_sgd_goes_against_the_gradient(void)
{
    Fixture f;
    if (!case_start(&f,
                    "input x: f32[3] target t: f32[1] y = x -> dense(1) output y "
                    "loss mean_squared_error(y, t)",
                    MODE_TRAINING))
        return;
    AttrValue *attrs = fixture_attrs(&f, &op_sgd, NULL);
    EXPECT(graph_training_step(f.graph, &f.diag, &op_sgd, attrs, NULL, SPAN_NONE));
    EXPECT_INT(f.graph->effects.count, 2);
    double **leaves = fixture_values(&f, 4);
    double **values = fixture_eval(&f, 4, leaves);
    for (int i = 0; i < f.graph->effects.count; i++) {
        NodeId assign = f.graph->effects.items[i];
        NodeId w = graph_node(f.graph, assign)->inputs[0];
        double h = 1e-6, start = leaves[w][0], loss[2];
        for (int k = 0; k < 2; k++) {
            leaves[w][0] = start + (k == 0 ? h : -h);
            loss[k] = fixture_eval(&f, 4, leaves)[f.graph->total_loss][0];
        }
        leaves[w][0] = start;
        EXPECT_NEAR(values[assign][0], start - 0.1 * (loss[0] - loss[1]) / (2 * h), 1e-7);
    }
    fixture_end(&f);
}

/* The update of sgd with rate 0.1 says which gradient arrived. */
static void check_clipping(GradientRule rule, double expected(double gradient, const double *norms))
{
    Fixture f;
    if (!case_start(&f,
                    "input x: f32[3] target t: f32[2] y = x -> dense(2) output y "
                    "loss mean_squared_error(y, t)",
                    MODE_TRAINING))
        return;
    AttrValue *attrs = fixture_attrs(&f, &op_sgd, NULL);
    rule.is_measured = true;
    EXPECT(graph_training_step(f.graph, &f.diag, &op_sgd, attrs, &rule, SPAN_NONE));
    EXPECT_INT(f.graph->effects.count, 4);
    double **leaves = fixture_values(&f, 4);
    for (int i = 0; i < 2; i++) /* the norms are added to what is there */
        leaves[graph_node(f.graph, f.graph->effects.items[i])->inputs[0]][0] = 0;
    double **values = fixture_eval(&f, 4, leaves);
    double norms[3] = {0};
    for (int i = 0; i < 2; i++) {
        norms[1 + i] = values[f.graph->effects.items[i]][0];
        norms[0] += norms[1 + i] * norms[1 + i];
    }
    norms[0] = sqrt(norms[0]);
    for (int i = 0; i < 2; i++) {
        NodeId assign = f.graph->effects.items[2 + i];
        NodeId w = graph_node(f.graph, assign)->inputs[0];
        double h = 1e-5, start = leaves[w][0], loss[2];
        for (int k = 0; k < 2; k++) {
            leaves[w][0] = start + (k == 0 ? h : -h);
            loss[k] = fixture_eval(&f, 4, leaves)[f.graph->total_loss][0];
        }
        leaves[w][0] = start;
        double gradient = (loss[0] - loss[1]) / (2 * h), own[2] = {norms[0], norms[1 + i]};
        EXPECT_NEAR(values[assign][0], start - 0.1 * expected(gradient, own), 1e-7);
    }
    fixture_end(&f);
}

static double clipped_value(double gradient, const double *norms)
{
    (void)norms;
    return fmax(-0.02, fmin(0.02, gradient));
}

static double clipped_norm(double gradient, const double *norms)
{
    return gradient * 0.05 / fmax(norms[1], 0.05);
}

static double clipped_global_norm(double gradient, const double *norms)
{
    return gradient * 0.05 / fmax(norms[0], 0.05);
}

static double not_clipped(double gradient, const double *norms)
{
    (void)norms;
    return gradient;
}

static void clipped_gradients_keep_their_limits(void)
{
    check_clipping((GradientRule){.clip_value = 0.02}, clipped_value);
    check_clipping((GradientRule){.clip_norm = 0.05}, clipped_norm);
    check_clipping((GradientRule){.clip_global_norm = 0.05}, clipped_global_norm);
    check_clipping((GradientRule){.clip_norm = 1e3, .clip_global_norm = 1e3}, not_clipped);
}

static void a_loss_without_parameters_is_reported(void)
{
    Fixture f;
    if (!case_start(&f,
                    "input x: f32[3] target t: f32[3] y = x -> tanh output y "
                    "loss mean_squared_error(y, t)",
                    MODE_TRAINING))
        return;
    AttrValue *attrs = fixture_attrs(&f, &op_sgd, NULL);
    EXPECT(!graph_training_step(f.graph, &f.diag, &op_sgd, attrs, NULL, SPAN_NONE));
    EXPECT_INT(f.diag.error_count, 1);
    arena_free(&f.arena);
}

int main(void)
{
    RUN(simplified_cases_agree_with_differences);
    RUN(reductions_agree_with_differences);
    RUN(views_agree_with_differences);
    RUN(pick_and_entropies_agree_with_differences);
    RUN(kinks_have_their_documented_gradient);
    RUN(clip_lets_its_bounds_through);
    RUN(smallest_of_equals_takes_the_gradient_once);
    RUN(ties_of_maximum_go_to_the_first);
    RUN(only_needed_gradients_are_built);
    RUN(values_used_twice_add_their_gradients);
    RUN(penalties_join_the_loss);
    RUN(a_step_of_sgd_goes_against_the_gradient);
    RUN(clipped_gradients_keep_their_limits);
    RUN(a_loss_without_parameters_is_reported);
    return test_end();
}
