/* Layers: shapes and parameter counts of known networks, batch normalization by hand, gradients by
 * differences, and the messages about what does not fit. */
#include "graph_fixture.h"

#include "layers/layers.h"

static AttrValue integer(int64_t value)
{
    return (AttrValue){.i = value};
}

static AttrValue real(double value)
{
    return (AttrValue){.r = value};
}

static AttrValue one(int64_t value)
{
    return (AttrValue){.list = {.count = 1, .item = {value}}};
}

static AttrValue two(int64_t a, int64_t b)
{
    return (AttrValue){.list = {.count = 2, .item = {a, b}}};
}

static const AttrValue same = {.padding = {.kind = PADDING_SAME}};

static NodeId conv2d(Fixture *f, NodeId x, int64_t filters, int64_t kernel, int64_t stride,
                     int64_t dilation, AttrValue padding)
{
    return fixture_call(f, &op_conv2d, x,
                        (AttrSetting[]){{"filters", integer(filters)},
                                    {"kernel", one(kernel)},
                                    {"stride", one(stride)},
                                    {"dilation", one(dilation)},
                                    {"padding", padding},
                                    {0}});
}

static NodeId dense(Fixture *f, NodeId x, int64_t units)
{
    return fixture_call(f, &op_dense, x, (AttrSetting[]){{"units", integer(units)}, {0}});
}

static NodeId max_pool2d(Fixture *f, NodeId x, int64_t kernel)
{
    return fixture_call(f, &op_max_pool2d, x, (AttrSetting[]){{"kernel", one(kernel)}, {0}});
}

static int64_t parameter_count(const Fixture *f)
{
    int64_t count = 0;
    for (int i = 0; i < f->graph->layers.count; i++)
        count += f->graph->layers.items[i].parameter_count;
    return count;
}

static const char *message(Fixture *f)
{
    return buf_str(&f->diag.output).ptr;
}

/* Ends a fixture in which exactly one error was wanted. */
static void end_with_one_error(Fixture *f)
{
    EXPECT_INT(f->diag.error_count, 1);
    f->diag.error_count = 0;
    fixture_end(f);
}

/* ---- known networks -------------------------------------------------------------------------- */

static void mnist_cnn_has_130890_parameters(void)
{
    Fixture f;
    fixture_start(&f, MODE_TRAINING);
    NodeId x = fixture_input(&f, "image", 3, (int64_t[]){28, 28, 1});
    const int64_t filters[] = {32, 64, 64}, sizes[] = {14, 7, 3};
    for (int i = 0; i < 3; i++) {
        x = build_unary(&f.b, &op_relu, conv2d(&f, x, filters[i], 3, 1, 1, same));
        x = max_pool2d(&f, x, 2);
        EXPECT_INT(graph_node(f.graph, x)->shape.dim[0], sizes[i]);
        EXPECT_INT(graph_node(f.graph, x)->shape.dim[2], filters[i]);
    }
    x = build_reshape(&f.b, x, 1, (int64_t[]){576});
    x = dense(&f, dense(&f, x, 128), 10);
    EXPECT_INT(graph_node(f.graph, x)->shape.dim[0], 10);
    EXPECT_INT(parameter_count(&f), 130890);
    fixture_end(&f);
}

static void dilated_sizes_with_stride_1(void)
{
    Fixture f;
    fixture_start(&f, MODE_TRAINING);
    NodeId x = fixture_input(&f, "image", 3, (int64_t[]){256, 256, 3});
    static const struct {
        int64_t same_filters, filters, dilation, sizes[3];
    } stages[] = {
        {64, 32, 2, {256, 248, 124}}, {128, 64, 4, {124, 108, 54}}, {256, 128, 8, {54, 22, 11}}};
    for (int i = 0; i < 3; i++) {
        NodeId y[3];
        y[0] = conv2d(&f, x, stages[i].same_filters, 3, 1, 1, same);
        y[1] = conv2d(&f, y[0], stages[i].filters, 5, 1, stages[i].dilation, (AttrValue){.i = 0});
        y[2] = x = max_pool2d(&f, y[1], 2);
        for (int k = 0; k < 3; k++) {
            EXPECT_INT(graph_node(f.graph, y[k])->shape.dim[0], stages[i].sizes[k]);
            EXPECT_INT(graph_node(f.graph, y[k])->shape.dim[1], stages[i].sizes[k]);
        }
    }
    fixture_end(&f);
}

static void an_extent_of_33_does_not_fit_11(void)
{
    Fixture f;
    fixture_start(&f, MODE_TRAINING);
    NodeId x = fixture_input(&f, "image", 3, (int64_t[]){11, 11, 256});
    NodeId y = conv2d(&f, x, 128, 5, 2, 8, (AttrValue){.i = 0});
    EXPECT(y == NODE_NONE);
    EXPECT_TEXT(message(&f),
                "error: the kernel of 'conv2d' has extent 33, but its input has height 11\n"
                "note: the input is [11, 11, 256], from 'image'\n"
                "note: extent = dilation * (kernel - 1) + 1 = 8 * (5 - 1) + 1 = 33\n"
                "note: size = floor((n + before + after - extent) / stride) + 1 = "
                "floor((11 + 0 + 0 - 33) / 2) + 1 is less than 1\n"
                "help: a dilation of at most 2 fits, or padding = same\n");
    EXPECT(max_pool2d(&f, y, 2) == NODE_NONE); /* and nothing more is said */
    end_with_one_error(&f);
}

/* ---- windows --------------------------------------------------------------------------------- */

static void same_keeps_sizes_and_puts_the_odd_element_after(void)
{
    for (int64_t n = 1; n <= 12; n++)
        for (int64_t k = 1; k <= 5; k++)
            for (int64_t s = 1; s <= 4; s++) {
                Fixture f;
                fixture_start(&f, MODE_TRAINING);
                NodeId x = fixture_input(&f, "x", 2, (int64_t[]){n, 1});
                Call call = {.op = &op_conv1d};
                call.attrs = fixture_attrs(&f, &op_conv1d,
                                           (AttrSetting[]){{"filters", integer(1)},
                                                       {"kernel", one(k)},
                                                       {"stride", one(s)},
                                                       {"dilation", one(2)},
                                                       {"padding", same},
                                                       {0}});
                Window w;
                EXPECT(layer_windows(&f.b, &call, x, 1, false, &w));
                EXPECT_INT(w.out, (n + s - 1) / s);
                int64_t total = (w.out - 1) * s + 2 * (k - 1) + 1 - n;
                EXPECT_INT(w.before + w.after, total > 0 ? total : 0);
                EXPECT(w.after == w.before || w.after == w.before + 1);
                fixture_end(&f);
            }
}

static void pooling_refuses_windows_of_padding_only(void)
{
    Fixture f;
    fixture_start(&f, MODE_TRAINING);
    NodeId x = fixture_input(&f, "x", 3, (int64_t[]){8, 8, 1});
    AttrValue padding = {
        .padding = {.kind = PADDING_EXPLICIT, .count = 1, .before = {2}, .after = {0}}};
    NodeId y = fixture_call(&f, &op_max_pool2d, x,
                            (AttrSetting[]){{"kernel", one(2)}, {"padding", padding}, {0}});
    EXPECT(y == NODE_NONE);
    EXPECT(strstr(message(&f), "must be smaller than its kernel") != NULL);
    end_with_one_error(&f);
}

static void wrong_ranks_groups_and_counts_are_errors(void)
{
    static const struct {
        int rank;
        AttrSetting setting[3];
        const char *message;
    } wrong[] = {
        {1, {{"filters", {.i = 4}}, {0}}, "must be [height, width, channels], found [6]"},
        {2, {{"filters", {.i = 4}}, {0}}, "help: one channel: reshape([6, 6, 1])"},
        {3, {{"filters", {.i = 4}}, {"groups", {.i = 4}}, {0}}, "6 is no multiple of 4"},
        {3, {{"filters", {.i = 4}}, {"groups", {.i = 3}}, {0}}, "4 is no multiple of 3"},
        {3,
         {{"filters", {.i = 4}}, {"stride", {.list = {.count = 3, .item = {1, 1, 1}}}}, {0}},
         "takes one number or one per axis (2), found 3"},
        {3,
         {{"filters", {.i = 4}}, {"padding", {.padding = {PADDING_EXPLICIT, 1, {-1}, {0}}}}, {0}},
         "must be 0 to 1000000, found -1"},
    };
    for (int i = 0; i < COUNT_OF(wrong); i++) {
        Fixture f;
        fixture_start(&f, MODE_TRAINING);
        NodeId x = fixture_input(&f, "x", wrong[i].rank, (int64_t[]){6, 6, 6});
        AttrValue *attrs = fixture_attrs(&f, &op_conv2d, wrong[i].setting);
        attrs[op_attr_index(&op_conv2d, "kernel")] = one(3);
        Call call = {.op = &op_conv2d, .inputs = &x, .input_count = 1, .attrs = attrs};
        EXPECT(build_call(&f.b, &call) == NODE_NONE);
        if (!EXPECT(strstr(message(&f), wrong[i].message) != NULL))
            printf("%s\n", message(&f));
        end_with_one_error(&f);
    }
}

static void sizes_that_overflow_are_errors(void)
{
    Fixture f;
    fixture_start(&f, MODE_TRAINING);
    NodeId x = fixture_input(&f, "x", 2, (int64_t[]){1 << 20, 4});
    EXPECT(dense(&f, x, 1000000000) == NODE_NONE);
    EXPECT(strstr(message(&f), "the result of 'dense' would be [1048576, 1000000000]") != NULL);
    end_with_one_error(&f);
}

/* ---- batch normalization --------------------------------------------------------------------- */

static NodeId batch_norm(Fixture *f, NodeId x, double momentum, double epsilon)
{
    return fixture_call(f, &op_batch_norm, x,
                        (AttrSetting[]){{"momentum", real(momentum)}, {"epsilon", real(epsilon)}, {0}});
}

static NodeId find_leaf(const Fixture *f, const char *suffix)
{
    for (NodeId id = 0; id < f->graph->nodes.count; id++)
        if (graph_node(f->graph, id)->leaf && str_ends(graph_node(f->graph, id)->name, suffix))
            return id;
    return NODE_NONE;
}

/* The published example: 5x4 values around 200, momentum 0.7, epsilon 1e-4. */
static void batch_norm_by_hand(void)
{
    Fixture f;
    fixture_start(&f, MODE_TRAINING);
    NodeId x = fixture_input(&f, "x", 1, (int64_t[]){4});
    NodeId y = batch_norm(&f, x, 0.7, 1e-4);
    NodeId mean = find_leaf(&f, ".moving_mean"), variance = find_leaf(&f, ".moving_variance");
    EXPECT_INT(f.graph->effects.count, 2);
    double **leaves = fixture_values(&f, 5);
    for (int c = 0; c < 4; c++) {
        leaves[find_leaf(&f, ".gamma")][c] = 1;
        leaves[find_leaf(&f, ".beta")][c] = 0;
        leaves[mean][c] = 0;
        leaves[variance][c] = 1;
        for (int n = 0; n < 5; n++)
            leaves[x][n * 4 + c] = 200 + (n - 2) * (c + 1);
    }
    double **values = fixture_eval(&f, 5, leaves);
    for (int c = 0; c < 4; c++) {
        double v = 2.0 * (c + 1) * (c + 1); /* mean of 4 1 0 1 4 */
        for (int n = 0; n < 5; n++)
            EXPECT_NEAR(values[y][n * 4 + c], (n - 2) * (c + 1) / sqrt(v + 1e-4), 1e-12);
        for (int i = 0; i < 2; i++) {
            NodeId assign = f.graph->effects.items[i];
            bool is_mean = graph_node(f.graph, assign)->inputs[0] == mean;
            EXPECT_NEAR(values[assign][c], is_mean ? 0.3 * 200 : 0.7 + 0.3 * v, 1e-10);
        }
    }
    fixture_end(&f);
}

/* What the example's first step leaves as moving averages, used by inference. */
static void batch_norm_by_hand_in_inference(void)
{
    Fixture f;
    fixture_start(&f, MODE_INFERENCE);
    NodeId x = fixture_input(&f, "x", 1, (int64_t[]){4});
    NodeId y = batch_norm(&f, x, 0.7, 1e-4);
    EXPECT_INT(f.graph->effects.count, 0);
    double **leaves = fixture_values(&f, 5);
    for (int c = 0; c < 4; c++) {
        leaves[find_leaf(&f, ".gamma")][c] = 2;
        leaves[find_leaf(&f, ".beta")][c] = -1;
        leaves[find_leaf(&f, ".moving_mean")][c] = 60;
        leaves[find_leaf(&f, ".moving_variance")][c] = 0.7 + 0.6 * (c + 1) * (c + 1);
        for (int n = 0; n < 5; n++)
            leaves[x][n * 4 + c] = 200 + (n - 2) * (c + 1);
    }
    double **values = fixture_eval(&f, 5, leaves);
    for (int c = 0; c < 4; c++)
        for (int n = 0; n < 5; n++)
            EXPECT_NEAR(values[y][n * 4 + c],
                        2 * (140 + (n - 2) * (c + 1)) / sqrt(0.7001 + 0.6 * (c + 1) * (c + 1)) - 1,
                        1e-10);
    fixture_end(&f);
}

static void batch_norm_after_dense_has_240_parameters(void)
{
    Fixture f;
    fixture_start(&f, MODE_TRAINING);
    NodeId x = fixture_input(&f, "x", 1, (int64_t[]){10});
    x = fixture_call(&f, &op_dense, x,
                     (AttrSetting[]){{"units", integer(20)}, {"bias", integer(0)}, {0}});
    batch_norm(&f, x, 0.99, 1e-3);
    EXPECT_INT(f.graph->layers.items[0].trainable_count, 200);
    EXPECT_INT(f.graph->layers.items[1].trainable_count, 40);
    EXPECT_INT(f.graph->layers.items[1].parameter_count, 80);
    fixture_end(&f);
}

static void a_batch_of_one_gives_beta_and_finite_gradients(void)
{
    Fixture f;
    fixture_start(&f, MODE_TRAINING);
    NodeId x = fixture_input(&f, "x", 1, (int64_t[]){3});
    NodeId y = batch_norm(&f, x, 0.99, 1e-3), d_x;
    NodeId seed = fixture_input(&f, "seed", 1, (int64_t[]){3});
    EXPECT(graph_gradients(f.graph, &f.diag, y, seed, &x, 1, &d_x));
    double **leaves = fixture_values(&f, 1), **values = fixture_eval(&f, 1, leaves);
    for (int c = 0; c < 3; c++) {
        EXPECT_NEAR(values[y][c], leaves[find_leaf(&f, ".beta")][c], 1e-12);
        EXPECT_NEAR(values[d_x][c], 0, 1e-12);
    }
    fixture_end(&f);
}

/* ---- dropout, losses, metrics ---------------------------------------------------------------- */

static void dropout_drops_its_share_and_keeps_the_mean(void)
{
    Fixture f;
    fixture_start(&f, MODE_TRAINING);
    NodeId x = fixture_input(&f, "x", 1, (int64_t[]){10000});
    NodeId y = fixture_call(&f, &op_dropout, x, (AttrSetting[]){{"rate", real(0.25)}, {0}});
    double **leaves = fixture_values(&f, 1);
    for (int i = 0; i < 10000; i++)
        leaves[x][i] = 1;
    double **values = fixture_eval(&f, 1, leaves);
    int zeros = 0;
    for (int i = 0; i < 10000; i++) {
        zeros += values[y][i] == 0;
        EXPECT(values[y][i] == 0 || fabs(values[y][i] - 4.0 / 3) < 1e-6);
    }
    EXPECT_NEAR(zeros, 2500, 200); /* standard deviation 43 */
    fixture_end(&f);
}

static void noise_is_normal_with_its_deviation(void)
{
    enum { COUNT = 20000 };
    Fixture f;
    fixture_start(&f, MODE_TRAINING);
    NodeId x = fixture_input(&f, "x", 1, (int64_t[]){COUNT});
    NodeId y = fixture_call(&f, &op_gaussian_noise, x, (AttrSetting[]){{"std", real(0.5)}, {0}});
    double **leaves = fixture_values(&f, 1);
    memset(leaves[x], 0, COUNT * sizeof(double));
    const double *noise = fixture_eval(&f, 1, leaves)[y];
    double sum = 0, squares = 0, fourth = 0;
    for (int i = 0; i < COUNT; i++) {
        double z = noise[i] / 0.5;
        sum += z;
        squares += z * z;
        fourth += z * z * z * z;
    }
    EXPECT_NEAR(sum / COUNT, 0, 0.03);
    EXPECT_NEAR(squares / COUNT, 1, 0.04);
    EXPECT_NEAR(fourth / COUNT, 3, 0.3);
    fixture_end(&f);
}

static void an_embedding_stays_inside_its_table(void)
{
    Fixture f;
    fixture_start(&f, MODE_TRAINING);
    NodeId x = build_leaf(&f.b, STR("x"), shape_of(true, 1, (int64_t[]){4}), TYPE_I32,
                          (Leaf){.kind = LEAF_INPUT});
    NodeId y = fixture_call(&f, &op_embedding, x,
                            (AttrSetting[]){{"vocabulary", {.i = 3}}, {"units", {.i = 1}}, {0}});
    NodeId table = graph_node(f.graph, y)->inputs[0];
    double **leaves = fixture_values(&f, 1);
    memcpy(leaves[x], (double[]){-5, 1, 2, 1000}, 4 * sizeof(double));
    memcpy(leaves[table], (double[]){10, 20, 30}, 3 * sizeof(double));
    const double *rows = fixture_eval(&f, 1, leaves)[y];
    EXPECT_NEAR(rows[0], 10, 0);
    EXPECT_NEAR(rows[1], 20, 0);
    EXPECT_NEAR(rows[2], 30, 0);
    EXPECT_NEAR(rows[3], 30, 0);
    fixture_end(&f);
}

static void dropout_does_nothing_in_inference(void)
{
    Fixture f;
    fixture_start(&f, MODE_INFERENCE);
    NodeId x = fixture_input(&f, "x", 1, (int64_t[]){5});
    EXPECT_INT(fixture_call(&f, &op_dropout, x, (AttrSetting[]){{"rate", real(0.5)}, {0}}), x);
    fixture_end(&f);
}

static void losses_by_hand(void)
{
    Fixture f;
    fixture_start(&f, MODE_TRAINING);
    NodeId p = fixture_input(&f, "p", 1, (int64_t[]){2});
    NodeId label = fixture_target(&f, "label", 2, 0, NULL);
    NodeId truth = fixture_target(&f, "truth", 0, 1, (int64_t[]){2});
    NodeId cross = fixture_call_many(&f, &op_cross_entropy, (NodeId[]){p, label}, 2, NULL);
    NodeId binary =
        fixture_call_many(&f, &op_binary_cross_entropy_loss, (NodeId[]){p, truth}, 2, NULL);
    NodeId squared = fixture_call_many(&f, &op_mean_squared_error, (NodeId[]){p, truth}, 2, NULL);
    NodeId right = fixture_call_many(&f, &op_accuracy, (NodeId[]){p, label}, 2, NULL);
    NodeId sides = fixture_call_many(&f, &op_binary_accuracy, (NodeId[]){p, truth}, 2, NULL);
    NodeId places = fixture_call_many(&f, &op_accuracy, (NodeId[]){p, truth}, 2, NULL);
    double **leaves = fixture_values(&f, 2);
    leaves[p] = (double[]){0.2, 0.8, 0.5, 0};
    leaves[label] = (double[]){1, 1};
    leaves[truth] = (double[]){0, 1, 1, 1};
    double **values = fixture_eval(&f, 2, leaves);
    EXPECT_NEAR(values[cross][0], -(log(0.8) + log(1e-7)) / 2, 1e-12);
    EXPECT_NEAR(values[binary][0], -(2 * log(0.8) + log(0.5) + log(1e-7)) / 4, 1e-9);
    EXPECT_NEAR(values[squared][0], (0.04 + 0.04 + 0.25 + 1) / 4, 1e-12);
    EXPECT_NEAR(values[right][0], 0.5, 0);
    EXPECT_NEAR(values[sides][0], 0.5, 0);
    EXPECT_NEAR(values[places][0], 1, 0);
    EXPECT_INT(graph_node(f.graph, cross)->shape.rank, 0);
    EXPECT(!graph_node(f.graph, cross)->shape.has_batch);
    fixture_end(&f);
}

static void targets_of_the_wrong_kind_are_errors(void)
{
    static const struct {
        const OpDef *op;
        int classes, rank;
        const char *message;
    } wrong[] = {
        {&op_cross_entropy, 0, 2, "needs a class target, or numbers of the scores' shape [3], but 't'"},
        {&op_cross_entropy, 4, 0, "needs one score per class [4] for 't', but 'p' is [3]"},
        {&op_binary_cross_entropy_loss, 3, 0, "needs a target of numbers [3], or class[2] for a"},
        {&op_mean_squared_error, 0, 0, "needs equal shapes: 'p' is [3], 't' is []"},
        {&op_accuracy, 2, 0, "needs one score per class [2]"},
    };
    for (int i = 0; i < COUNT_OF(wrong); i++) {
        Fixture f;
        fixture_start(&f, MODE_TRAINING);
        NodeId p = fixture_input(&f, "p", 1, (int64_t[]){3});
        NodeId t = fixture_target(&f, "t", wrong[i].classes, wrong[i].rank, (int64_t[]){3, 3});
        EXPECT(fixture_call_many(&f, wrong[i].op, (NodeId[]){p, t}, 2, NULL) == NODE_NONE);
        if (!EXPECT(strstr(message(&f), wrong[i].message) != NULL))
            printf("%s\n", message(&f));
        end_with_one_error(&f);
    }
}

/* ---- gradients ------------------------------------------------------------------------------- */

static void gradients_of_convolutions(void)
{
    static const struct {
        int64_t height, width, channels, filters, groups;
        AttrValue kernel, stride, dilation, padding;
    } c[] = {
        {5, 4, 3, 2, 1, {.list = {2, {3, 2}}}, {.list = {1, {1}}}, {.list = {1, {1}}}, {.i = 0}},
        {5,
         6,
         2,
         3,
         1,
         {.list = {1, {3}}},
         {.list = {1, {2}}},
         {.list = {1, {1}}},
         {.padding = {PADDING_SAME, 0, {0}, {0}}}},
        {7,
         6,
         4,
         6,
         2,
         {.list = {1, {2}}},
         {.list = {2, {2, 1}}},
         {.list = {2, {1, 3}}},
         {.padding = {PADDING_SAME, 0, {0}, {0}}}},
        {4,
         4,
         3,
         3,
         3,
         {.list = {1, {3}}},
         {.list = {1, {1}}},
         {.list = {1, {1}}},
         {.padding = {PADDING_EXPLICIT, 2, {2, 1}, {0, 3}}}},
        {1, 1, 1, 1, 1, {.list = {1, {1}}}, {.list = {1, {1}}}, {.list = {1, {1}}}, {.i = 0}},
    };
    for (int i = 0; i < COUNT_OF(c); i++) {
        Fixture f;
        fixture_start(&f, MODE_TRAINING);
        NodeId x = fixture_input(&f, "x", 3, (int64_t[]){c[i].height, c[i].width, c[i].channels});
        NodeId y = fixture_call(&f, &op_conv2d, x,
                                (AttrSetting[]){{"filters", integer(c[i].filters)},
                                            {"groups", integer(c[i].groups)},
                                            {"kernel", c[i].kernel},
                                            {"stride", c[i].stride},
                                            {"dilation", c[i].dilation},
                                            {"padding", c[i].padding},
                                            {0}});
        fixture_check_gradients(&f, y, 2);
        fixture_end(&f);
    }
}

static void gradients_of_dense_over_the_last_axis(void)
{
    Fixture f;
    fixture_start(&f, MODE_TRAINING);
    NodeId x = fixture_input(&f, "x", 2, (int64_t[]){3, 4});
    NodeId h = dense(&f, x, 4);
    fixture_check_gradients(&f, build_binary(&f.b, &op_add, x, build_unary(&f.b, &op_tanh, h)), 2);
    fixture_end(&f);
}

static void gradients_of_pooling(void)
{
    static const OpDef *const pools[] = {&op_max_pool2d, &op_average_pool2d};
    for (int i = 0; i < 2; i++)
        for (int64_t k = 1; k <= 3; k++) {
            Fixture f;
            fixture_start(&f, MODE_TRAINING);
            NodeId x = fixture_input(&f, "x", 3, (int64_t[]){5, 7, 2});
            NodeId y = fixture_call(&f, pools[i], x,
                                    (AttrSetting[]){{"kernel", two(k, 2)}, {"padding", same}, {0}});
            fixture_check_gradients(&f, y, 2);
            fixture_end(&f);
        }
    Fixture f;
    fixture_start(&f, MODE_TRAINING);
    NodeId x = fixture_input(&f, "x", 3, (int64_t[]){3, 2, 4});
    fixture_check_gradients(&f, fixture_call(&f, &op_global_average_pool2d, x, NULL), 2);
    fixture_end(&f);
}

static void gradients_of_batch_norm(void)
{
    for (int mode = 0; mode < 2; mode++) {
        Fixture f;
        fixture_start(&f, mode == 0 ? MODE_TRAINING : MODE_INFERENCE);
        NodeId x = fixture_input(&f, "x", 2, (int64_t[]){3, 4});
        fixture_check_gradients(&f, batch_norm(&f, x, 0.9, 1e-3), 3);
        fixture_end(&f);
    }
}

static void gradients_of_losses(void)
{
    static const OpDef *const losses[] = {&op_cross_entropy, &op_binary_cross_entropy_loss,
                                          &op_mean_squared_error};
    for (int i = 0; i < COUNT_OF(losses); i++) {
        Fixture f;
        fixture_start(&f, MODE_TRAINING);
        NodeId x = fixture_input(&f, "x", 1, (int64_t[]){4});
        NodeId t = i == 0 ? fixture_target(&f, "t", 4, 0, NULL)
                          : fixture_target(&f, "t", 0, 1, (int64_t[]){4});
        NodeId p = build_unary(&f.b, i == 0 ? &op_softmax : &op_sigmoid, x);
        NodeId loss = fixture_call_many(&f, losses[i], (NodeId[]){p, t}, 2, NULL);
        fixture_check_gradients(&f, loss, 3);
        fixture_end(&f);
    }
}

int main(void)
{
    RUN(mnist_cnn_has_130890_parameters);
    RUN(dilated_sizes_with_stride_1);
    RUN(an_extent_of_33_does_not_fit_11);
    RUN(same_keeps_sizes_and_puts_the_odd_element_after);
    RUN(pooling_refuses_windows_of_padding_only);
    RUN(wrong_ranks_groups_and_counts_are_errors);
    RUN(sizes_that_overflow_are_errors);
    RUN(batch_norm_by_hand);
    RUN(batch_norm_by_hand_in_inference);
    RUN(batch_norm_after_dense_has_240_parameters);
    RUN(a_batch_of_one_gives_beta_and_finite_gradients);
    RUN(dropout_drops_its_share_and_keeps_the_mean);
    RUN(noise_is_normal_with_its_deviation);
    RUN(an_embedding_stays_inside_its_table);
    RUN(dropout_does_nothing_in_inference);
    RUN(losses_by_hand);
    RUN(targets_of_the_wrong_kind_are_errors);
    RUN(gradients_of_convolutions);
    RUN(gradients_of_dense_over_the_last_axis);
    RUN(gradients_of_pooling);
    RUN(gradients_of_batch_norm);
    RUN(gradients_of_losses);
    return test_end();
}
