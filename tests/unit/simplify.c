/* Simplification and hoisting: numbers stay, nodes go, the stable forms appear, and batch
 * normalization disappears from inference. */
#include "graph_case.h"

/* ---- helpers
 * -------------------------------------------------------------------------------------- */
static NodeId find_node(const Graph *g, Str name)
{
    for (NodeId id = 0; id < g->nodes.count; id++)
        if (str_equal(graph_node(g, id)->name, name))
            return id;
    return NODE_NONE;
}

/* Values for g's leaves: those of the same name in another graph. */
static double **values_by_name(Fixture *f, const Graph *g, const Graph *from, double **values)
{
    double **copy = arena_array(&f->arena, double *, g->nodes.count + 1);
    for (NodeId id = 0; id < g->nodes.count; id++)
        if (fixture_is_fed(graph_node(g, id))) {
            NodeId source = find_node(from, graph_node(g, id)->name);
            copy[id] = source == NODE_NONE ? NULL : values[source];
        }
    return copy;
}

static void evaluate(Fixture *f, const Graph *g, int64_t batch, double **values)
{
    EvalContext context = {.arena = &f->arena, .batch = batch, .rate = 0.1, .step = 3, .seed = 11};
    graph_eval(g, &context, values);
}

static void expect_same_values(Fixture *f, const Node *n, int64_t batch, const double *a,
                               const double *b)
{
    int64_t count = shape_elements(n->shape) * (n->shape.has_batch ? batch : 1);
    double worst = 0;
    for (int64_t i = 0; i < count; i++) {
        double error = fabs(a[i] - b[i]) / (1 + fabs(a[i]));
        worst = error > worst || error != error ? error : worst;
    }
    EXPECT_NEAR(worst, 0, 1e-12);
    (void)f;
}

static void expect_same_results(Fixture *f, const Graph *g, const Results *a, double **a_values,
                                const Results *b, double **b_values, int64_t batch)
{
    EXPECT_INT(a->count, b->count);
    for (int i = 0; i < a->count && i < b->count; i++)
        expect_same_values(f, graph_node(g, a->items[i].node), batch, a_values[a->items[i].node],
                           b_values[b->items[i].node]);
}

/* Results of both graphs must be equal for random leaves. */
static void expect_same_graphs(Fixture *f, Graph *g, const Graph *h)
{
    enum { BATCH = 3 };
    Str wrong = graph_verify(&f->arena, h);
    if (!EXPECT(wrong.len == 0))
        printf("    %.*s\n%.*s", STR_ARGS(wrong), STR_ARGS(graph_print(&f->arena, h)));
    f->graph = g;
    double **before = fixture_values(f, BATCH);
    for (NodeId id = 0; id < g->nodes.count; id++) { /* adam remembers squares */
        const Node *n = graph_node(g, id);
        int64_t count =
            n->leaf && n->leaf->kind == LEAF_OPTIMIZER ? fixture_count(f, id, BATCH) : 0;
        for (int64_t i = 0; i < count; i++)
            before[id][i] *= before[id][i];
    }
    double **after = values_by_name(f, h, g, before);
    evaluate(f, g, BATCH, before);
    evaluate(f, h, BATCH, after);
    expect_same_results(f, g, &g->outputs, before, &h->outputs, after, BATCH);
    expect_same_results(f, g, &g->losses, before, &h->losses, after, BATCH);
    expect_same_results(f, g, &g->metrics, before, &h->metrics, after, BATCH);
    EXPECT_INT(g->effects.count, h->effects.count);
    for (int i = 0; i < g->effects.count && i < h->effects.count; i++)
        expect_same_values(f, graph_node(g, g->effects.items[i]), BATCH,
                           before[g->effects.items[i]], after[h->effects.items[i]]);
}

/* Replaces the fixture's graph by its simplified form. */
static bool start_simplified(Fixture *f, const char *text, Mode mode)
{
    if (!case_start(f, text, mode))
        return false;
    Graph *simple = graph_simplify(&f->arena, f->graph);
    expect_same_graphs(f, f->graph, simple);
    f->graph = simple;
    f->b.graph = simple;
    return true;
}

static void expect_text(const char *text, const char *expected)
{
    Fixture f;
    if (!start_simplified(&f, text, MODE_INFERENCE))
        return;
    Str found = graph_print(&f.arena, f.graph);
    EXPECT_TEXT(str_c(&f.arena, found), expected);
    fixture_end(&f);
}

/* ---- all cases
 * -------------------------------------------------------------------------------------- */
static bool build_step(Fixture *f)
{
    if (f->graph->losses.count == 0)
        return false;
    f->graph = graph_simplify(&f->arena, f->graph);
    AttrValue *attrs = fixture_attrs(f, &op_adam, NULL);
    int errors = f->diag.error_count;
    bool is_built = graph_training_step(f->graph, &f->diag, &op_adam, attrs, NULL, SPAN_NONE);
    f->diag.error_count = errors; /* cases without parameters cannot be trained */
    return is_built;
}

static void results_stay_the_same(void)
{
    for (int i = 0; i < op_count(); i++)
        for (const OpCase *c = op_at(i)->cases; c != NULL && c->text != NULL; c++) {
            Fixture f;
            if (start_simplified(&f, c->text, MODE_TRAINING))
                fixture_end(&f);
            if (!case_start(&f, c->text, MODE_TRAINING))
                continue;
            if (build_step(&f))
                expect_same_graphs(&f, f.graph, graph_simplify(&f.arena, f.graph));
            arena_free(&f.arena);
        }
}

static void twice_is_like_once(void)
{
    for (int i = 0; i < op_count(); i++)
        for (const OpCase *c = op_at(i)->cases; c != NULL && c->text != NULL; c++) {
            Fixture f;
            if (!start_simplified(&f, c->text, MODE_TRAINING))
                continue;
            Str once = graph_print(&f.arena, f.graph);
            Str twice = graph_print(&f.arena, graph_simplify(&f.arena, f.graph));
            EXPECT_TEXT(str_c(&f.arena, twice), str_c(&f.arena, once));
            fixture_end(&f);
        }
}

/* ---- single rules
 * ------------------------------------------------------------------------------------- */
static void known_numbers_are_computed(void)
{
    expect_text("input x: u8[4]  y = x / 250 * 2  output y", "input x: u8[4]\n"
                                                             "div_1.cast: f32[4] = cast(x)\n"
                                                             "y: f32[4] = mul(div_1.cast, 0.008)\n"
                                                             "output y = y\n");
    expect_text("input x: f32[4]  y = x * 1 + 0 - 0  output y", "input x: f32[4]\noutput y = x\n");
    expect_text("input x: f32[4]  y = 3 - (-x)  output y",
                "input x: f32[4]\ny: f32[4] = add(3, x)\noutput y = y\n");
}

static void equal_nodes_become_one(void)
{
    expect_text("input x: f32[4]  a = x -> tanh  b = x -> tanh  y = a * b  output y",
                "input x: f32[4]\n"
                "a: f32[4] = tanh(x)\n"
                "y: f32[4] = mul(a, a)\n"
                "output y = y\n");
}

static void reshapes_are_joined(void)
{
    expect_text(
        "input x: f32[2, 6]  y = x -> flatten -> reshape([4, 3]) -> reshape([2, 6])  output y",
        "input x: f32[2, 6]\noutput y = x\n");
}

static void maxima_are_taken_first(void)
{
    expect_text(
        "input x: f32[4, 4, 2]  y = x -> relu -> leaky_relu(0.5) -> max_pool2d(2)  output y",
        "input x: f32[4, 4, 2]\n"
        "x.window_max: f32[2, 2, 2] = window_max(x, kernel = [2, 2], stride = [2, 2], "
        "padding = [[0, 0], [0, 0]])\n"
        "relu_1.window_max: f32[2, 2, 2] = relu(x.window_max)\n"
        "y: f32[2, 2, 2] = leaky_relu(relu_1.window_max, slope = 0.5)\n"
        "output y = y\n");
    Fixture f; /* the rectifier is read elsewhere too */
    if (!start_simplified(&f,
                          "input x: f32[4, 4, 2] h = x -> relu a = h -> max_pool2d(2) -> flatten "
                          "y = concat(a, h -> flatten) output y",
                          MODE_INFERENCE))
        return;
    EXPECT(graph_node(f.graph, f.graph->outputs.items[0].node)->op == &op_concat);
    EXPECT_INT(case_count_op(&f, &op_relu), 1);
    fixture_end(&f);
}

/* The place of the maximum is found when its input is at hand, not when the gradient comes. */
static void early_operators_move_forward(void)
{
    Fixture f;
    if (!case_start(&f,
                    "input x: f32[4, 4, 1] target t: class[2]\n"
                    "p = x -> conv2d(2, kernel = 3) -> max_pool2d(2) -> flatten -> dense(2) -> "
                    "softmax output p loss cross_entropy(p, t)",
                    MODE_TRAINING))
        return;
    EXPECT(build_step(&f));
    Graph *step = graph_simplify(&f.arena, f.graph);
    NodeId place = NODE_NONE;
    for (NodeId id = 0; id < step->nodes.count; id++)
        if (graph_node(step, id)->op == &op_window_argmax)
            place = id;
    if (EXPECT(place > 0))
        EXPECT(graph_node(step, place - 1)->op == &op_window_max);
    expect_same_graphs(&f, f.graph, step);
    arena_free(&f.arena);
}

static void random_streams_stay_apart(void)
{
    Fixture f;
    if (!start_simplified(&f,
                          "input x: f32[9]  y = add(x -> dropout(0.5), x -> dropout(0.5)) output y",
                          MODE_TRAINING))
        return;
    EXPECT_INT(case_count_op(&f, &op_random_uniform), 2);
    fixture_end(&f);
}

static void unused_values_go(void)
{
    Fixture f;
    if (!start_simplified(&f, "input x: f32[4] input z: f32[4] a = z -> exp y = x -> tanh output y",
                          MODE_TRAINING))
        return;
    EXPECT_INT(f.graph->nodes.count, 3); /* both inputs stay: callers pass them */
    EXPECT_INT(f.graph->inputs.count, 2);
    fixture_end(&f);
}

/* ---- stable forms
 * ---------------------------------------------------------------------------------------- */
static void cross_entropy_of_softmax_is_stable(void)
{
    Fixture f;
    if (!start_simplified(&f,
                          "input x: f32[3] target t: class[3] p = x -> softmax output p "
                          "loss cross_entropy(p, t)",
                          MODE_TRAINING))
        return;
    EXPECT_INT(case_count_op(&f, &op_log_softmax), 1);
    EXPECT_INT(case_count_op(&f, &op_log), 0);
    NodeId x = f.graph->inputs.items[0], gradient;
    EXPECT(graph_gradients(f.graph, &f.diag, f.graph->losses.items[0].node, NODE_NONE, &x, 1,
                           &gradient));
    double **leaves = arena_array(&f.arena, double *, f.graph->nodes.count);
    leaves[x] = (double[]){1000, -1000, 0};
    leaves[f.graph->targets.items[0]] = (double[]){1};
    evaluate(&f, f.graph, 1, leaves);
    EXPECT_NEAR(leaves[f.graph->losses.items[0].node][0], 2000, 1e-9);
    EXPECT_NEAR(leaves[gradient][0], 1, 1e-12);
    EXPECT_NEAR(leaves[gradient][1], -1, 1e-12);
    fixture_end(&f);
}

static void binary_cross_entropy_of_sigmoid_is_stable(void)
{
    Fixture f;
    if (!start_simplified(&f,
                          "input x: f32[2] target t: f32[2] p = x -> sigmoid output p "
                          "loss binary_cross_entropy(p, t)",
                          MODE_TRAINING))
        return;
    EXPECT_INT(case_count_op(&f, &op_binary_cross_entropy), 0);
    double **leaves = arena_array(&f.arena, double *, f.graph->nodes.count);
    leaves[f.graph->inputs.items[0]] = (double[]){800, -800};
    leaves[f.graph->targets.items[0]] = (double[]){0, 1};
    evaluate(&f, f.graph, 1, leaves);
    EXPECT_NEAR(leaves[f.graph->losses.items[0].node][0], 800, 1e-9);
    fixture_end(&f);
}

/* d_scores = (softmax - one_hot) / batch: nothing is summed over the classes again. */
static void gradient_of_cross_entropy_needs_no_sum(void)
{
    Fixture f;
    if (!case_start(&f,
                    "input x: f32[4] target t: class[3] p = x -> dense(3) -> softmax output p "
                    "loss cross_entropy(p, t)",
                    MODE_TRAINING))
        return;
    EXPECT(build_step(&f));
    f.graph->outputs.count = 0;
    Graph *step = graph_simplify(&f.arena, f.graph);
    for (NodeId id = 0; id < step->nodes.count; id++) {
        const Node *n = graph_node(step, id);
        bool is_row_sum = n->op == &op_reduce_sum && n->role == ROLE_BACKWARD && n->attrs[1].i == 0;
        EXPECT(!is_row_sum);
    }
    arena_free(&f.arena);
}

/* Two sums forward, two backward: those of the gradient of the mean, and of a bias that the
 * normalization makes useless, follow from them. */
static void expect_sums(const char *text, int count)
{
    Fixture f;
    if (!case_start(&f, text, MODE_TRAINING))
        return;
    f.graph = graph_simplify(&f.arena, f.graph);
    AttrValue *attrs = fixture_attrs(&f, &op_sgd, NULL);
    EXPECT(graph_training_step(f.graph, &f.diag, &op_sgd, attrs, NULL, SPAN_NONE));
    Graph *whole = f.graph, *step = graph_simplify(&f.arena, whole);
    expect_same_graphs(&f, whole, step);
    f.graph = step;
    EXPECT_INT(case_count_op(&f, &op_reduce_sum), count);
    fixture_end(&f);
}

static void batch_norm_needs_no_further_sums(void)
{
    enum { FORWARD = 2, BACKWARD = 2, LOSS = 1 };
    expect_sums("input x: f32[3, 3, 2] target t: f32[3, 3, 4]\n"
                "y = x -> conv2d(4, kernel = 1) -> batch_norm -> relu output y\n"
                "loss mean_squared_error(y, t)",
                FORWARD + BACKWARD + LOSS);
    expect_sums("input x: f32[4, 4, 2] target t: f32[2, 2, 4]\n"
                "y = x -> conv2d(4, kernel = 1) -> batch_norm -> relu -> max_pool2d(2) output y\n"
                "loss mean_squared_error(y, t)",
                FORWARD + BACKWARD + LOSS);
}

/* ---- hoisting
 * -------------------------------------------------------------------------------------------- */
static double **run_prepare(Fixture *f, const SplitGraph *split, double **leaves)
{
    double **values = values_by_name(f, split->prepare, f->graph, leaves);
    evaluate(f, split->prepare, 1, values);
    return values;
}

/* The call with what prepare gives computes what the whole graph does; returns the call's graph. */
static SplitGraph expect_split(Fixture *f)
{
    enum { BATCH = 2 };
    SplitGraph split = graph_hoist(&f->arena, graph_fold(&f->arena, f->graph));
    Str wrong[] = {graph_verify(&f->arena, split.prepare), graph_verify(&f->arena, split.call)};
    for (int i = 0; i < 2; i++)
        if (!EXPECT(wrong[i].len == 0))
            printf("    %.*s\n", STR_ARGS(wrong[i]));
    double **leaves = fixture_values(f, BATCH);
    double **prepared = run_prepare(f, &split, leaves);
    double **values = values_by_name(f, split.call, f->graph, leaves);
    for (NodeId id = 0; id < split.call->nodes.count; id++) {
        const Node *n = graph_node(split.call, id);
        if (n->leaf == NULL || n->leaf->kind != LEAF_PARAMETER)
            continue;
        values[id] = NULL;
        for (int i = 0; i < split.prepare->outputs.count; i++)
            if (str_equal(split.prepare->outputs.items[i].name, n->name))
                values[id] = prepared[split.prepare->outputs.items[i].node];
        EXPECT(values[id] != NULL);
    }
    evaluate(f, split.call, BATCH, values);
    evaluate(f, f->graph, BATCH, leaves);
    for (int i = 0; i < f->graph->outputs.count; i++) {
        NodeId a = f->graph->outputs.items[i].node, b = split.call->outputs.items[i].node;
        expect_same_values(f, graph_node(f->graph, a), BATCH, leaves[a], values[b]);
    }
    return split;
}

static int count_family(const Graph *g, Family family)
{
    int count = 0;
    for (NodeId id = 0; id < g->nodes.count; id++)
        count += graph_node(g, id)->op->family == family;
    return count;
}

static void fold(const char *text, int maps, int contractions)
{
    Fixture f;
    if (!start_simplified(&f, text, MODE_INFERENCE))
        return;
    SplitGraph split = expect_split(&f);
    int failed = test_failed_count;
    EXPECT_INT(count_family(split.call, FAMILY_MAP), maps);
    EXPECT_INT(count_family(split.call, FAMILY_CONTRACT), contractions);
    if (failed != test_failed_count)
        printf("%.*s", STR_ARGS(graph_print(&f.arena, split.call)));
    fixture_end(&f);
}

static void batch_norm_moves_into_the_layer_before(void)
{
    fold("input x: f32[5, 5, 2] y = x -> conv2d(3, kernel = 3) -> batch_norm -> relu output y", 2,
         1);
    fold(
        "input x: f32[5, 5, 2] y = x -> conv2d(3, kernel = 3, bias = false) -> batch_norm output y",
        1, 1);
    fold("input x: f32[7] y = x -> dense(4) -> batch_norm -> dense(2) output y", 2, 2);
    fold("input x: f32[6, 4] y = x -> conv1d(6, kernel = 3, groups = 2) -> batch_norm output y", 1,
         1);
}

static void batch_norm_after_relu_moves_into_the_layer_after(void)
{
    fold("input x: f32[7] y = x -> dense(4) -> relu -> batch_norm -> dense(3) output y", 3, 2);
    fold("input x: f32[7] y = x -> dense(4) -> relu -> batch_norm -> dropout(0.5) -> dense(3, bias = false) output y",
         3, 2);
    /* it is read by others, too; or nothing is gained */
    fold("input x: f32[7] h = x -> dense(4) -> relu -> batch_norm y = add(h -> dense(4), h) output y", 6, 2);
    fold("input x: f32[7] y = x -> dense(4) -> tanh -> batch_norm -> dense(3) output y", 5, 2);
    fold("input x: f32[3, 7] y = x -> dense(4) -> relu -> batch_norm -> dense(3) output y", 5, 2);
}

static void batch_norm_stays_where_others_look(void)
{
    /* the convolution has a second reader: scale and shift remain */
    fold("input x: f32[5] h = x -> dense(3, bias = false) y = add(h -> batch_norm, h) output y", 3,
         1);
    /* after an activation nothing can be moved */
    fold("input x: f32[5] y = x -> dense(3) -> relu -> batch_norm output y", 4, 1);
}

/* However long a chain is, rewriting comes to an end and leaves a sound graph. */
static void long_chains_come_to_an_end(void)
{
    Arena arena = {0};
    StrBuf pooled = {.arena = &arena}, scaled = {.arena = &arena};
    buf_add(&pooled, "input x: f32[4, 4, 1] y = x");
    buf_add(&scaled, "input x: f32[3] y = x -> dense(2)");
    for (int i = 0; i < 150; i++) {
        buf_add(&pooled, " -> relu -> leaky_relu(0.%d)", i + 1);
        buf_add(&scaled, " -> batch_norm");
    }
    buf_add(&pooled, " -> max_pool2d(2) output y");
    buf_add(&scaled, " output y");
    Fixture f;
    if (start_simplified(&f, buf_str(&pooled).ptr, MODE_INFERENCE))
        fixture_end(&f);
    if (start_simplified(&f, buf_str(&scaled).ptr, MODE_INFERENCE)) {
        expect_split(&f);
        fixture_end(&f);
    }
    arena_free(&arena);
}

static void cases_split_and_agree(void)
{
    for (int i = 0; i < op_count(); i++)
        for (const OpCase *c = op_at(i)->cases; c != NULL && c->text != NULL; c++) {
            Fixture f;
            if (!start_simplified(&f, c->text, MODE_INFERENCE))
                continue;
            expect_split(&f);
            fixture_end(&f);
        }
}

int main(void)
{
    RUN(results_stay_the_same);
    RUN(twice_is_like_once);
    RUN(known_numbers_are_computed);
    RUN(equal_nodes_become_one);
    RUN(reshapes_are_joined);
    RUN(maxima_are_taken_first);
    RUN(early_operators_move_forward);
    RUN(random_streams_stay_apart);
    RUN(unused_values_go);
    RUN(cross_entropy_of_softmax_is_stable);
    RUN(binary_cross_entropy_of_sigmoid_is_stable);
    RUN(gradient_of_cross_entropy_needs_no_sum);
    RUN(batch_norm_needs_no_further_sums);
    RUN(batch_norm_moves_into_the_layer_before);
    RUN(batch_norm_after_relu_moves_into_the_layer_after);
    RUN(batch_norm_stays_where_others_look);
    RUN(long_chains_come_to_an_end);
    RUN(cases_split_and_agree);
    return test_end();
}
