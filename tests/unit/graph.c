/* Graphs and their builders: names, shapes, broadcasting, layers, errors, dumps, and a verifier
 * that finds what was broken on purpose. */
#include "graph_case.h"

static const char *name_of(Fixture *f, NodeId id)
{
    return str_c(&f->arena, graph_node(f->graph, id)->name);
}

static const char *shape_text(Fixture *f, NodeId id)
{
    return str_c(&f->arena, shape_str(&f->arena, graph_node(f->graph, id)->shape));
}

static const char *messages(Fixture *f)
{
    return buf_str(&f->diag.output).ptr;
}

/* ---- names and shapes
 * ----------------------------------------------------------------------------- */
static void names_are_made_unique(void)
{
    Fixture f;
    fixture_start(&f, MODE_TRAINING);
    Graph *g = f.graph;
    EXPECT(str_is(graph_unique_name(g, STR("h")), "h"));
    EXPECT(str_is(graph_unique_name(g, STR("h")), "h_2"));
    EXPECT(str_is(graph_unique_name(g, STR("h_3")), "h_3"));
    EXPECT(str_is(graph_unique_name(g, STR("h")), "h_4"));
    for (int i = 0; i < 1000; i++) /* the table grows */
        graph_unique_name(g, STR("mul"));
    EXPECT(str_is(graph_unique_name(g, STR("mul")), "mul_1001"));
    fixture_end(&f);
}

static void shapes_are_checked_and_printed(void)
{
    Arena arena = {0};
    Shape s = shape_of(true, 3, (int64_t[]){28, 28, 1});
    EXPECT(str_is(shape_str(&arena, s), "[28, 28, 1]"));
    EXPECT_INT(shape_elements(s), 784);
    EXPECT(!shape_equal(s, shape_of(false, 3, s.dim)));
    EXPECT(!shape_equal(s, shape_of(true, 2, s.dim)));
    int64_t count;
    EXPECT(!shape_count(shape_of(true, 2, (int64_t[]){1 << 21, 1 << 20}), &count));
    EXPECT(!shape_count(shape_of(true, 3, (int64_t[]){INT64_MAX, INT64_MAX, 2}), &count));
    EXPECT(shape_count(shape_of(true, 2, (int64_t[]){1 << 20, 1 << 20}), &count));
    EXPECT_INT(type_bytes(TYPE_U8) + type_bytes(TYPE_F32) + type_bytes(TYPE_I32), 9);
    arena_free(&arena);
}

/* ---- broadcasting
 * ----------------------------------------------------------------------------------- */
static void shapes_broadcast_from_the_right(void)
{
    Fixture f;
    fixture_start(&f, MODE_TRAINING);
    NodeId x = fixture_input(&f, "x", 3, (int64_t[]){2, 1, 5});
    NodeId y = fixture_input(&f, "y", 2, (int64_t[]){4, 1});
    NodeId w = build_parameter(&f.b, "w", shape_of(false, 1, (int64_t[]){5}), (Init){0}, 1, 1);
    EXPECT_TEXT(shape_text(&f, build_binary(&f.b, &op_add, x, y)), "[2, 4, 5]");
    NodeId scaled = build_binary(&f.b, &op_mul, w, y);
    EXPECT_TEXT(shape_text(&f, scaled), "[4, 5]");
    EXPECT(graph_node(f.graph, scaled)->shape.has_batch);
    EXPECT(!graph_node(f.graph, build_unary(&f.b, &op_exp, w))->shape.has_batch);
    NodeId number = build_number(&f.b, 2);
    EXPECT_TEXT(shape_text(&f, build_binary(&f.b, &op_add, number, x)), "[2, 1, 5]");
    fixture_end(&f);
}

static void shapes_that_do_not_fit_are_reported_once(void)
{
    Fixture f;
    fixture_start(&f, MODE_TRAINING);
    NodeId x = fixture_input(&f, "x", 1, (int64_t[]){3}),
           y = fixture_input(&f, "y", 1, (int64_t[]){4});
    NodeId wrong = build_binary(&f.b, &op_add, x, y);
    EXPECT_INT(wrong, NODE_NONE);
    EXPECT_INT(build_unary(&f.b, &op_relu, wrong), NODE_NONE);
    EXPECT_INT(build_binary(&f.b, &op_mul, x, wrong), NODE_NONE);
    EXPECT_INT(f.diag.error_count, 1);
    EXPECT(strstr(messages(&f), "shapes do not fit in 'add': 'x' is [3], 'y' is [4]") != NULL);
    arena_free(&f.arena);
}

static void a_result_that_is_too_large_is_reported(void)
{
    Fixture f;
    fixture_start(&f, MODE_TRAINING);
    NodeId x = fixture_input(&f, "x", 2, (int64_t[]){1 << 30, 1});
    NodeId y = fixture_input(&f, "y", 2, (int64_t[]){1, 1 << 30});
    EXPECT_INT(build_binary(&f.b, &op_mul, x, y), NODE_NONE);
    EXPECT_INT(f.diag.error_count, 1);
    EXPECT(strstr(messages(&f), "more than 1099511627776 elements") != NULL);
    arena_free(&f.arena);
}

static void repeated_gradients_are_summed(void)
{
    Fixture f;
    fixture_start(&f, MODE_TRAINING);
    NodeId x = fixture_input(&f, "x", 3, (int64_t[]){2, 4, 5});
    EXPECT_TEXT(shape_text(&f, build_unbroadcast(&f.b, x, shape_of(true, 2, (int64_t[]){4, 1}))),
                "[4, 1]");
    NodeId once = build_unbroadcast(&f.b, x, shape_of(false, 1, (int64_t[]){5}));
    EXPECT_TEXT(shape_text(&f, once), "[5]");
    EXPECT(!graph_node(f.graph, once)->shape.has_batch);
    EXPECT_INT(build_unbroadcast(&f.b, x, graph_node(f.graph, x)->shape), x);
    double **leaves = fixture_values(&f, 3);
    double **values = fixture_eval(&f, 3, leaves);
    for (int c = 0; c < 5; c++) {
        double sum = 0;
        for (int i = 0; i < 3 * 2 * 4; i++)
            sum += values[x][i * 5 + c];
        EXPECT_NEAR(values[once][c], sum, 1e-12);
    }
    fixture_end(&f);
}

/* ---- types
 * -------------------------------------------------------------------------------------------- */
static void bytes_are_converted_and_classes_refused(void)
{
    Fixture f;
    fixture_start(&f, MODE_TRAINING);
    NodeId bytes = build_leaf(&f.b, STR("bytes"), shape_of(true, 1, (int64_t[]){3}), TYPE_U8,
                              (Leaf){.kind = LEAF_INPUT});
    NodeId y = build_unary(&f.b, &op_tanh, bytes);
    EXPECT(graph_node(f.graph, graph_node(f.graph, y)->inputs[0])->op == &op_cast);
    NodeId flat = build_reshape(&f.b, bytes, 2, (int64_t[]){3, 1});
    EXPECT(graph_node(f.graph, flat)->type == TYPE_U8);
    NodeId label = fixture_target(&f, "label", 4, 0, NULL);
    EXPECT_INT(build_unary(&f.b, &op_relu, label), NODE_NONE);
    EXPECT(strstr(messages(&f), "'relu' needs numbers, but 'label' is a class number") != NULL);
    f.diag.error_count = 0;
    fixture_end(&f);
}

/* ---- calls and layers
 * ------------------------------------------------------------------------------------ */
static void calls_become_layers_with_parameters(void)
{
    Fixture f;
    if (!case_start(&f,
                    "input x: f32[4]  h = x -> dense(3) -> relu  y = h -> dense(2) -> batch_norm "
                    "-> dense(2, bias = false) output y",
                    MODE_TRAINING))
        return;
    const char *const names[] = {"dense_1", "h", "dense_2", "batch_norm_1", "y"};
    const int64_t counts[] = {15, 0, 8, 8, 4}, trainable[] = {15, 0, 8, 4, 4};
    if (!EXPECT(f.graph->layers.count == COUNT_OF(names)))
        return;
    for (int i = 0; i < COUNT_OF(names); i++) {
        const Layer *layer = &f.graph->layers.items[i];
        EXPECT_TEXT(str_c(&f.arena, layer->name), names[i]);
        EXPECT_TEXT(name_of(&f, layer->output), names[i]);
        EXPECT_INT(layer->parameter_count, counts[i]);
        EXPECT_INT(layer->trainable_count, trainable[i]);
    }
    fixture_end(&f);
}

static void collect_weights(Fixture *f, StrBuf *names)
{
    for (NodeId id = 0; id < f->graph->nodes.count; id++) {
        const Node *n = graph_node(f->graph, id);
        if (n->leaf != NULL && (n->leaf->kind == LEAF_PARAMETER || n->leaf->kind == LEAF_STATISTIC))
            buf_add(names, "%.*s ", STR_ARGS(n->name));
    }
}

/* A weights file written in training is read for inference: by name. */
static void weights_have_the_same_names_in_both_modes(void)
{
    const char *text =
        "input x: f32[4, 4, 1] h = x h = h -> conv2d(2, kernel = 3) -> batch_norm "
        "-> dropout(0.5) -> flatten -> dense(3) y = h -> dropout(0.1) -> dense(3) output y";
    Fixture f[2];
    StrBuf names[2] = {0};
    for (int mode = 0; mode < 2; mode++) {
        if (!case_start(&f[mode], text, mode == 0 ? MODE_TRAINING : MODE_INFERENCE))
            return;
        names[mode].arena = &f[mode].arena;
        collect_weights(&f[mode], &names[mode]);
    }
    EXPECT_TEXT(buf_str(&names[0]).ptr, buf_str(&names[1]).ptr);
    EXPECT(names[0].len > 20);
    fixture_end(&f[0]);
    fixture_end(&f[1]);
}

static void more_than_two_operands_are_folded(void)
{
    Fixture f;
    if (!case_start(&f, "input x: f32[2] y = add(x, x, x, x) output y", MODE_TRAINING))
        return;
    EXPECT_INT(case_count_op(&f, &op_add), 3);
    EXPECT_TEXT(name_of(&f, f.graph->outputs.items[0].node), "y");
    EXPECT_INT(f.graph->layers.count, 1);
    fixture_end(&f);
}

static void a_wrong_number_of_inputs_is_reported(void)
{
    Fixture f;
    fixture_start(&f, MODE_TRAINING);
    NodeId x = fixture_input(&f, "x", 1, (int64_t[]){3});
    Call call = {.op = &op_add, .inputs = &x, .input_count = 1};
    EXPECT_INT(build_call(&f.b, &call), NODE_NONE);
    EXPECT(strstr(messages(&f), "'add' takes at least 2 inputs, found 1") != NULL);
    arena_free(&f.arena);
}

static void random_numbers_are_new_in_each_stream(void)
{
    Fixture f;
    fixture_start(&f, MODE_TRAINING);
    Shape shape = shape_of(true, 1, (int64_t[]){500});
    NodeId a = build_random(&f.b, shape), b = build_random(&f.b, shape);
    fixture_input(&f, "x", 1, (int64_t[]){1}); /* a batch to be random for */
    double **values = fixture_eval(&f, 4, fixture_values(&f, 4));
    double mean = 0, correlation = 0;
    for (int i = 0; i < 2000; i++) {
        EXPECT(values[a][i] >= 0 && values[a][i] < 1);
        mean += values[a][i] / 2000;
        correlation += (values[a][i] - 0.5) * (values[b][i] - 0.5) / 2000;
    }
    EXPECT_NEAR(mean, 0.5, 0.03);
    EXPECT_NEAR(correlation, 0, 0.01);
    fixture_end(&f);
}

/* ---- dumps and checks
 * -------------------------------------------------------------------------------------- */
static void a_graph_prints_line_by_line(void)
{
    Fixture f;
    if (!case_start(&f,
                    "input x: u8[3] target t: class[2] p = x / 2 -> dense(2, l2 = 0.5) -> softmax "
                    "output p metric accuracy(p, t)",
                    MODE_TRAINING))
        return;
    EXPECT_TEXT(
        graph_print(&f.arena, f.graph).ptr,
        "input x: u8[3]\n"
        "target t: class[2]\n"
        "div_1.cast: f32[3] = cast(x)\n"
        "div_1: f32[3] = div(div_1.cast, 2)\n"
        "parameter dense_1.kernel: f32[3, 2] = glorot_uniform l2 0.5\n"
        "dense_1.contract: f32[2] = contract(div_1, dense_1.kernel)  "
        "out[n,o] += left[n,c] * right[c,o]\n"
        "parameter dense_1.bias: f32[2] = zeros\n"
        "dense_1: f32[2] = add(dense_1.contract, dense_1.bias)\n"
        "p: f32[2] = softmax(dense_1)\n"
        "accuracy.argmax: class[2] = argmax(p)\n"
        "accuracy.equal: f32 = equal(accuracy.argmax, t)\n"
        "accuracy.reduce_sum: f32 = reduce_sum(accuracy.equal, axes = 0, over_batch = true)  once\n"
        "scalar batch: f32\n"
        "accuracy: f32 = div(accuracy.reduce_sum, batch)  once\n"
        "output p = p\n"
        "metric accuracy = accuracy\n");
    fixture_end(&f);
}

static void costs_are_counted(void)
{
    Fixture f;
    if (!case_start(
            &f, "input x: f32[6, 5] y = x -> dense(4, bias = false) -> relu -> flatten output y",
            MODE_TRAINING))
        return;
    int64_t total = 0;
    for (NodeId id = 0; id < f.graph->nodes.count; id++)
        total += node_flops(f.graph, graph_node(f.graph, id));
    EXPECT_INT(total, 2 * 6 * 5 * 4 + 6 * 4);
    fixture_end(&f);
}

/* Breaks node `id` of a good graph and expects the verifier to say so. */
static void expect_fault(void (*damage)(Graph *g, NodeId id), const char *what)
{
    Fixture f;
    if (!case_start(&f, "input x: f32[3] h = x -> tanh y = h -> exp output y", MODE_TRAINING))
        return;
    EXPECT_INT(graph_verify(&f.arena, f.graph).len, 0);
    damage(f.graph, f.graph->outputs.items[0].node);
    Str fault = graph_verify(&f.arena, f.graph);
    if (!EXPECT(strstr(str_c(&f.arena, fault), what) != NULL))
        printf("    found '%.*s'\n", STR_ARGS(fault));
    arena_free(&f.arena);
}

static void break_order(Graph *g, NodeId id)
{
    NodeId *inputs = arena_array(g->arena, NodeId, 1);
    inputs[0] = id;
    graph_node(g, id)->inputs = inputs;
}

static void break_shape(Graph *g, NodeId id)
{
    graph_node(g, id)->shape.dim[0] = 4;
}

static void break_type(Graph *g, NodeId id)
{
    graph_node(g, id)->type = TYPE_I32;
}

static void break_name(Graph *g, NodeId id)
{
    graph_node(g, id)->name = STR("x");
}

static void break_effects(Graph *g, NodeId id)
{
    vec_push(g->arena, &g->effects, id);
}

static void break_loss(Graph *g, NodeId id)
{
    vec_push(g->arena, &g->losses, ((Result){.name = STR("loss"), .node = id}));
}

static void break_layer(Graph *g, NodeId id)
{
    graph_node(g, id)->layer = 99;
}

static void the_verifier_finds_what_is_broken(void)
{
    expect_fault(break_order, "an input does not come before it");
    expect_fault(break_shape, "the shape is not what the operator's rule says");
    expect_fault(break_type, "the type is not what the operator's rule says");
    expect_fault(break_name, "the name is taken");
    expect_fault(break_effects, "is listed as an effect, but is none");
    expect_fault(break_loss, "a loss or metric must be one number");
    expect_fault(break_layer, "there is no such layer");
}

int main(void)
{
    RUN(names_are_made_unique);
    RUN(shapes_are_checked_and_printed);
    RUN(shapes_broadcast_from_the_right);
    RUN(shapes_that_do_not_fit_are_reported_once);
    RUN(a_result_that_is_too_large_is_reported);
    RUN(repeated_gradients_are_summed);
    RUN(bytes_are_converted_and_classes_refused);
    RUN(calls_become_layers_with_parameters);
    RUN(weights_have_the_same_names_in_both_modes);
    RUN(more_than_two_operands_are_folded);
    RUN(a_wrong_number_of_inputs_is_reported);
    RUN(random_numbers_are_new_in_each_stream);
    RUN(a_graph_prints_line_by_line);
    RUN(costs_are_counted);
    RUN(the_verifier_finds_what_is_broken);
    return test_end();
}
