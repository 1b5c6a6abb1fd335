/* What a syntax tree means: parameters, blocks, loops, branches, names, data and training. */
#include "front/ast.h"
#include "front/model.h"
#include "test.h"

static Arena arena;
static Sources sources;
static Diag diag;

/* The model of a text with parameters chosen; NULL when it has errors. */
static Model *model_with(const char *text, const ParamChoice *choices, int count)
{
    sources = (Sources){.arena = &arena};
    int file = source_add(&sources, STR("net.nnd"), str_from(text));
    diag_init(&diag, &arena, &sources, NULL);
    Syntax *syntax = parse_source(&arena, &sources, file, &diag);
    Model *model =
        syntax->has_errors ? NULL : elaborate(&arena, &diag, syntax, MODE_TRAINING, choices, count);
    diag_finish(&diag);
    return model;
}

static Model *model_of(const char *text)
{
    Model *model = model_with(text, NULL, 0);
    if (model == NULL)
        printf("%s", buf_str(&diag.output).ptr);
    return model;
}

static const char *messages(void)
{
    return buf_str(&diag.output).ptr;
}

/* The shape of an output by its number, as text. */
static const char *output_shape(const Model *model, int index)
{
    if (model == NULL || index >= model->graph->outputs.count)
        return "no such output";
    NodeId node = model->graph->outputs.items[index].node;
    return shape_str(&arena, graph_node(model->graph, node)->shape).ptr;
}

static const char *layer_name(const Model *model, int index)
{
    if (model == NULL || index >= model->graph->layers.count)
        return "no such layer";
    return str_c(&arena, model->graph->layers.items[index].name);
}

/* ---- parameters and constants ---------------------------------------------------------------- */

static const char *const sized = "param n: int in 1..9 = 2\n"
                                 "let wide = 3 * n + half(4)\n"
                                 "let half_of = 10 / 5\n"
                                 "model net { input x: f32[4]  y = x -> dense(n + 1)  output y }";

static void parameters_have_defaults_and_choices(void)
{
    const char *text = "param n: int in 1..9 = 2\nparam act: choice(relu, tanh) = relu\n"
                       "model net { input x: f32[4]  y = x -> dense(n + 1) -> act  output y }";
    EXPECT_TEXT(output_shape(model_of(text), 0), "[3]");
    ParamChoice choices[] = {{STR("n"), STR("7")}, {STR("act"), STR("tanh")}};
    Model *model = model_with(text, choices, 2);
    EXPECT_TEXT(output_shape(model, 0), "[8]");
    EXPECT(model != NULL && str_is(str_from(model->graph->layers.items[1].op->name), "tanh"));
}

static void choices_outside_the_domain_are_refused(void)
{
    const char *text = "param n: int in 1..9 step 2 = 3\n"
                       "model net { input x: f32[4]  y = x -> dense(n)  output y }";
    EXPECT(model_with(text, &(ParamChoice){STR("n"), STR("10")}, 1) == NULL);
    EXPECT(strstr(messages(), "error: 'n' is set to 10, outside 'int in 1..9 step 2'") != NULL);
    EXPECT(model_with(text, &(ParamChoice){STR("n"), STR("4")}, 1) == NULL);
    EXPECT(model_with(text, &(ParamChoice){STR("n"), STR("many")}, 1) == NULL);
    EXPECT(model_with(text, &(ParamChoice){STR("m"), STR("5")}, 1) == NULL);
    EXPECT(strstr(messages(), "error: there is no parameter 'm' to set to '5'") != NULL);
    EXPECT(model_with(text, &(ParamChoice){STR("n"), STR("5")}, 1) != NULL);
}

static void constants_are_computed(void)
{
    static const struct {
        const char *expression, *shape;
    } cases[] = {
        {"2 + 3 * 4", "[14]"},       {"(2 + 3) * 4", "[20]"}, {"10 / 5", "[2]"},
        {"2 ** 3 ** 2 / 64", "[8]"}, {"-7 % 4", "[1]"},       {"7 % 4", "[3]"},
        {"floor(7 / 2)", "[3]"},     {"ceil(7 / 2)", "[4]"},  {"max(2, 5) - min(2, 5)", "[3]"},
        {"[4, 5, 6][1]", NULL},      {"5 - -2 ** 2", "[9]"},  {"round(2.6)", "[3]"},
    };
    for (int i = 0; i < COUNT_OF(cases); i++) {
        Str text = str_format(
            &arena, "let n = %s\nmodel net { input x: f32[4]  y = x -> dense(n)  output y }",
            cases[i].expression);
        Model *model = model_with(text.ptr, NULL, 0);
        if (cases[i].shape == NULL) {
            EXPECT(model == NULL); /* a list has no index where it is written */
            continue;
        }
        EXPECT_TEXT(output_shape(model, 0), cases[i].shape);
    }
    EXPECT(model_with(sized, NULL, 0) == NULL);
    EXPECT(strstr(messages(), "there is no layer or block 'half'") != NULL);
}

static void lets_may_stand_in_any_order(void)
{
    Model *model = model_of("let a = b * 2\nlet sizes = [b, a]\nparam b = 3\n"
                            "model net { input x: f32[4]  y = x -> dense(sizes[1])  output y }");
    EXPECT_TEXT(output_shape(model, 0), "[6]");
}

/* ---- blocks, loops, branches ----------------------------------------------------------------- */

static void blocks_have_defaults_and_names(void)
{
    const char *block = "block stage(x, n, act = relu, wide = 2 * n) {\n"
                        "    return x -> dense(wide) -> act -> dense(n)\n}\n";
    Str text = str_format(&arena,
                          "%smodel net { input x: f32[4]\n"
                          "a = x -> stage(3)  b = stage(x, wide = 9, n = 5)\n"
                          "c = x -> stage(2, tanh, 7) -> stage(1)  output a, b, c }",
                          block);
    Model *model = model_of(text.ptr);
    EXPECT_TEXT(output_shape(model, 0), "[3]");
    EXPECT_TEXT(output_shape(model, 1), "[5]");
    EXPECT_TEXT(output_shape(model, 2), "[1]");
    EXPECT_TEXT(layer_name(model, 0), "a.dense_1");
    EXPECT_TEXT(layer_name(model, 2), "a");
}

static void blocks_return_several_results(void)
{
    Model *model = model_of("block two(x) { return x -> dense(2), x -> dense(3) }\n"
                            "model net { input x: f32[4]  a, b[1] = x -> two  c = b[1] -> relu\n"
                            "output a, c }");
    EXPECT_TEXT(output_shape(model, 0), "[2]");
    EXPECT_TEXT(output_shape(model, 1), "[3]");
}

static void loops_unroll(void)
{
    Model *model = model_of("model net { input x: f32[4]  h[0] = x\n"
                            "for i in 1..3 { h[i] = h[i - 1] -> dense(4 + i) }\n"
                            "y = h[3]\n"
                            "for n in [9, 8] { y = y -> dense(n) -> relu }\n"
                            "for i in 3..1 { y = y -> dense(100) }\n"
                            "z = h[2] -> relu\n"
                            "output y, z }");
    EXPECT_TEXT(output_shape(model, 0), "[8]");
    EXPECT_TEXT(output_shape(model, 1), "[6]");
    EXPECT_TEXT(layer_name(model, 0), "h_1");
    EXPECT_TEXT(layer_name(model, 4), "y");
    EXPECT_TEXT(layer_name(model, 6), "y_2");
}

static void branches_follow_parameters(void)
{
    const char *text = "param pool: choice(max, mean, none) = max\nparam deep = false\n"
                       "model net { input x: f32[8, 8, 1]\n"
                       "if pool == max { y = x -> max_pool2d(2) }\n"
                       "else if pool == mean and not deep { y = x -> average_pool2d(4) }\n"
                       "else { y = x }\n"
                       "output y }";
    EXPECT_TEXT(output_shape(model_of(text), 0), "[4, 4, 1]");
    ParamChoice mean = {STR("pool"), STR("mean")}, none = {STR("pool"), STR("none")};
    EXPECT_TEXT(output_shape(model_with(text, &mean, 1), 0), "[2, 2, 1]");
    EXPECT_TEXT(output_shape(model_with(text, &none, 1), 0), "[8, 8, 1]");
    ParamChoice both[] = {mean, {STR("deep"), STR("true")}};
    EXPECT_TEXT(output_shape(model_with(text, both, 2), 0), "[8, 8, 1]");
}

static void attributes_come_in_any_order(void)
{
    Model *model =
        model_of("model net { input x: f32[9, 9, 2]\n"
                 "a = x -> conv2d(padding = same, kernel = 3, filters = 5, stride = 2)\n"
                 "b = conv2d(x, 5, stride = [2, 1], kernel = [3, 1], padding = [[0, 1], 2])\n"
                 "c = a -> add(a) -> relu()\n"
                 "output a, b, c }");
    EXPECT_TEXT(output_shape(model, 0), "[5, 5, 5]");
    EXPECT_TEXT(output_shape(model, 1), "[4, 13, 5]");
    EXPECT_TEXT(output_shape(model, 2), "[5, 5, 5]");
}

static void imports_bring_blocks(void)
{
    Str error = {0};
    EXPECT(file_make_directory(&arena, "elab_parts", &error));
    EXPECT(file_write(&arena, "elab_parts/a.nnd",
                      STR("import \"b.nnd\"\nblock a(x) { return x -> b }\n"), &error));
    EXPECT(file_write(&arena, "elab_parts/b.nnd",
                      STR("param n = 3\nblock b(x) { return x -> dense(n) }\n"), &error));
    EXPECT(file_write(&arena, "elab_main.nnd",
                      STR("import \"elab_parts/a.nnd\"\nimport \"elab_parts/../elab_parts/b.nnd\"\n"
                          "model net { input x: f32[4]  y = x -> a -> b  output y }\n"),
                      &error));
    sources = (Sources){.arena = &arena};
    diag_init(&diag, &arena, &sources, NULL);
    Syntax *syntax = parse_program(&arena, &sources, STR("elab_main.nnd"), &diag, &error);
    EXPECT(syntax != NULL && !syntax->has_errors);
    EXPECT_INT(syntax->imports.count, 2);
    ParamChoice choice = {STR("n"), STR("6")};
    EXPECT_TEXT(output_shape(elaborate(&arena, &diag, syntax, MODE_INFERENCE, &choice, 1), 0),
                "[6]");
    EXPECT_TEXT(messages() ? messages() : "", "");
}

/* ---- results --------------------------------------------------------------------------------- */

static void models_have_several_of_each(void)
{
    Model *model = model_of(
        "model net {\n"
        "input a: f32[4]  input b: u8[2, 2]  target t: class[3]  target v: f32[1]\n"
        "h = concat(a, b / 255 -> flatten) -> dense(8) -> relu\n"
        "p = h -> dense(3) -> softmax  q = h -> dense(1)\n"
        "output p, q\n"
        "loss cross_entropy(p, t)  loss 0.5 * mean_squared_error(q, v)\n"
        "metric accuracy(p, t)  metric far = mean_squared_error(q, v)\n"
        "}\n"
        "data { train = csv(\"a.csv\", header = true, separator = \";\")\n"
        "validation = split(train, 0.25, seed = 3) }\n"
        "train { optimizer sgd(0.1, momentum = 0.9)  batch 16  epochs 3  seed 5\n"
        "shuffle false  stop_when no_improvement(validation.far, patience = 4, least = 0.1) }");
    if (!EXPECT(model != NULL))
        return;
    const Graph *g = model->graph;
    EXPECT_INT(g->inputs.count, 2);
    EXPECT_INT(g->targets.count, 2);
    EXPECT_INT(g->outputs.count, 2);
    EXPECT_INT(g->losses.count, 2);
    EXPECT_INT(g->metrics.count, 2);
    EXPECT(str_is(g->losses.items[1].name, "mean_squared_error"));
    EXPECT(str_is(g->metrics.items[1].name, "far"));
    EXPECT_INT(model->data.count, 2);
    EXPECT_INT(model->data.items[0].separator, ';');
    EXPECT(model->data.items[0].has_header);
    EXPECT(str_is(model->data.items[1].of, "train"));
    EXPECT_NEAR(model->data.items[1].fraction, 0.25, 0);
    EXPECT_INT(model->data.items[1].seed, 3);
    EXPECT_NEAR(model->train.rate, 0.1, 0);
    EXPECT_INT(model->train.batch, 16);
    EXPECT_INT(model->train.epochs, 3);
    EXPECT_INT(model->train.seed, 5);
    EXPECT(!model->train.shuffle);
    EXPECT_INT(model->train.stops.count, 1);
    EXPECT(str_is(model->train.monitor, "validation.far"));
    EXPECT(!model->train.monitor_is_larger_better);
    EXPECT_INT(model->train.stops.items[0].patience, 4);
    EXPECT_NEAR(model->train.stops.items[0].value, 0.1, 0);
}

static void tables_are_kept_row_by_row(void)
{
    Model *model = model_of("model net { input a: f32[2]  input b: u8[1]  target t: class[3]\n"
                            "y = concat(a, b / 1) -> dense(3) -> softmax  output y\n"
                            "loss cross_entropy(y, t) metric accuracy(y, t) }\n"
                            "data { train = table { [1, -2.5], 7 -> 2  [[0], [1]], [255] -> 0 } }\n"
                            "train { optimizer adam  stop_when no_improvement(train.accuracy) }");
    if (!EXPECT(model != NULL))
        return;
    const DataSource *source = &model->data.items[0];
    EXPECT_INT(source->kind, SOURCE_TABLE);
    EXPECT_INT(source->row_count, 2);
    EXPECT_INT(source->value_count, 4);
    static const double expected[] = {1, -2.5, 7, 2, 0, 1, 255, 0};
    for (int i = 0; i < COUNT_OF(expected); i++)
        EXPECT_NEAR(source->values[i], expected[i], 0);
    EXPECT(model->train.monitor_is_larger_better);
    EXPECT_INT(model->train.batch, 32);
}

static void unused_names_are_warned_about(void)
{
    EXPECT(model_of("model net { input x: f32[4]  y = x -> relu  spare = x -> tanh  output y }") !=
           NULL);
    EXPECT_INT(diag.warning_count, 1);
    EXPECT(strstr(messages(), "warning: tensor 'spare' is not used") != NULL);
    EXPECT(model_of("model net { input x: f32[4]  y = x -> relu  output y }") != NULL);
    EXPECT_INT(diag.warning_count, 0);
}

static void a_second_elaboration_repeats_no_message(void)
{
    const char *text = "block b(x) { return x -> dense(0) }\n"
                       "model net { input x: f32[4]  y = x -> b  z = x -> b  output y, z }";
    EXPECT(model_with(text, NULL, 0) == NULL);
    EXPECT_INT(diag.error_count, 1);
    Syntax *syntax = parse_source(&arena, &sources, 1, &diag);
    EXPECT(elaborate(&arena, &diag, syntax, MODE_INFERENCE, NULL, 0) == NULL);
    EXPECT_INT(diag.error_count, 1);
}

int main(void)
{
    RUN(parameters_have_defaults_and_choices);
    RUN(choices_outside_the_domain_are_refused);
    RUN(constants_are_computed);
    RUN(lets_may_stand_in_any_order);
    RUN(blocks_have_defaults_and_names);
    RUN(blocks_return_several_results);
    RUN(loops_unroll);
    RUN(branches_follow_parameters);
    RUN(attributes_come_in_any_order);
    RUN(imports_bring_blocks);
    RUN(models_have_several_of_each);
    RUN(tables_are_kept_row_by_row);
    RUN(unused_names_are_warned_about);
    RUN(a_second_elaboration_repeats_no_message);
    arena_free(&arena);
    return test_end();
}
