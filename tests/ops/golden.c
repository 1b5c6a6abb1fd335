/* Reference vectors: every case of NNDC_SHARED/golden whose layer, loss, optimizer or network nndc
 * has is built through the descriptors, differentiated, simplified and run; results must agree
 * within 1e-5 of the largest element (runs: losses 1e-4). Cases of layers that nndc does not have
 * yet are listed; the number of covered ones may only grow. */
#define _POSIX_C_SOURCE 200809L /* mkdtemp */
#include "golden_file.h"
#include "golden_run.h"
#include "graph_fixture.h"

#include <dirent.h>

enum { LEAST_COVERED = 117 };
#define TOLERANCE     1e-5
#define RUN_TOLERANCE 1e-4

static int covered_count, missing_count;
static const char *only; /* a part of the names to run, from the command line; NULL: all */

static Shape tensor_shape(const GoldenTensor *t, bool has_batch)
{
    return has_batch ? shape_of(true, t->rank - 1, t->dim + 1) : shape_of(false, t->rank, t->dim);
}

static void compare(const Golden *golden, const char *what, const double *found,
                    const double *expected, int64_t count, double tolerance)
{
    double largest = 0, worst = 0;
    for (int64_t i = 0; i < count; i++) {
        double error = fabs(found[i] - expected[i]);
        largest = fabs(expected[i]) > largest ? fabs(expected[i]) : largest;
        worst = error > worst || error != error ? error : worst;
    }
    /* Values that cancel to nothing, as the gradient through a batch of one, have no largest. */
    double scale = largest > 1e-2 ? largest : 1e-2;
    if (!EXPECT(worst <= tolerance * scale))
        printf("    %s: %s is off by %g of %g\n", golden->path, what, worst, largest);
}

/* ---- attributes from the description -----------------------------------------------------------
 */

static AttrValue padding_from(const char *text)
{
    AttrValue value = {.i = 0};
    value.padding.kind = strncmp(text, "\"same", 5) == 0 ? PADDING_SAME : PADDING_VALID;
    if (*text == '[') {
        double numbers[4];
        value.padding.kind = PADDING_EXPLICIT;
        value.padding.count = json_numbers(text, numbers, 4) / 2;
        for (int i = 0; i < value.padding.count; i++) {
            value.padding.before[i] = (int64_t)numbers[2 * i];
            value.padding.after[i] = (int64_t)numbers[2 * i + 1];
        }
    }
    return value;
}

static AttrValue *attrs_from(Fixture *f, const OpDef *op, const char *description)
{
    AttrValue *attrs = fixture_attrs(f, op, NULL);
    for (int i = 0; i < op_attr_count(op); i++) {
        const char *text = json_find(description, op->attrs[i].name);
        double numbers[MAX_RANK];
        if (!text)
            continue;
        if (op->attrs[i].kind == ATTR_INT || op->attrs[i].kind == ATTR_BOOL) {
            attrs[i].i =
                *text == 't' || (*text != 'f' && json_numbers(text, numbers, 1) && numbers[0] != 0);
            if (op->attrs[i].kind == ATTR_INT)
                attrs[i].i = (int64_t)numbers[0];
        } else if (op->attrs[i].kind == ATTR_REAL) {
            json_numbers(text, &attrs[i].r, 1);
        } else if (op->attrs[i].kind == ATTR_INTS) {
            attrs[i].list.count = json_numbers(text, numbers, MAX_RANK);
            for (int k = 0; k < attrs[i].list.count; k++)
                attrs[i].list.item[k] = (int64_t)numbers[k];
        } else if (op->attrs[i].kind == ATTR_PADDING) {
            attrs[i] = padding_from(text);
        }
    }
    return attrs;
}

static NodeId call(Fixture *f, const OpDef *op, const NodeId *inputs, int count,
                   const AttrValue *attrs)
{
    Call c = {.op = op, .inputs = inputs, .input_count = count, .attrs = attrs};
    return build_call(&f->b, &c);
}

static void want(Fixture *f, const char *name, NodeId node)
{
    vec_push(&f->arena, &f->graph->outputs, (Result){.name = str_from(name), .node = node});
}

/* ---- layers ------------------------------------------------------------------------------------
 */

/* "t.gamma" -> "gamma" */
static const char *suffix_of(Fixture *f, NodeId leaf)
{
    Str name = graph_node(f->graph, leaf)->name;
    int64_t at = name.len;
    while (at > 0 && name.ptr[at - 1] != '.')
        at--;
    return str_c(&f->arena, (Str){name.ptr + at, name.len - at});
}

static void add_leaf_feeds(Fixture *f, const Golden *golden, GoldenRun *run)
{
    for (NodeId id = 0; id < f->graph->nodes.count; id++) {
        const Node *n = graph_node(f->graph, id);
        if (!n->leaf || (n->leaf->kind != LEAF_PARAMETER && n->leaf->kind != LEAF_STATISTIC))
            continue;
        const GoldenTensor *t = golden_find(golden, suffix_of(f, id));
        if (EXPECT(t != NULL && t->count == shape_elements(n->shape)))
            golden_feed(run, n->name, t->values);
    }
}

static void want_gradients(Fixture *f, NodeId y, NodeId seed, const Golden *golden)
{
    NodeIds with = {0};
    for (NodeId id = 0; id < seed; id++) {
        const Node *n = graph_node(f->graph, id);
        if (n->leaf && (n->leaf->kind == LEAF_INPUT || n->leaf->kind == LEAF_PARAMETER))
            vec_push(&f->arena, &with, id);
    }
    NodeId *gradients = arena_array(&f->arena, NodeId, with.count + 1);
    EXPECT(graph_gradients(f->graph, &f->diag, y, seed, with.items, with.count, gradients));
    for (int i = 0; i < with.count; i++) {
        bool is_input = graph_node(f->graph, with.items[i])->leaf->kind == LEAF_INPUT;
        const char *name = is_input ? "input" : suffix_of(f, with.items[i]);
        const char *d_name = str_format(&f->arena, "d_%s", name).ptr;
        EXPECT(golden_find(golden, d_name) != NULL && gradients[i] != NODE_NONE);
        want(f, d_name, gradients[i]);
    }
}

/* The new moving averages are the values of the assigns. */
static void want_statistics(Fixture *f)
{
    for (int i = 0; i < f->graph->effects.count; i++) {
        const Node *assign = graph_node(f->graph, f->graph->effects.items[i]);
        const char *name = suffix_of(f, assign->inputs[0]);
        want(f, str_format(&f->arena, "new_%s", name).ptr, assign->inputs[1]);
    }
    f->graph->effects.count = 0;
}

static const OpDef *layer_named(const char *name)
{
    if (strncmp(name, "avg_pool", 8) == 0)
        return op_find(str_is(str_from(name), "avg_pool1d") ? STR("average_pool1d")
                                                            : STR("average_pool2d"));
    if (strcmp(name, "gelu_tanh") == 0)
        return &op_gelu;
    return op_find(str_from(name));
}

static void compare_outputs(Fixture *f, const Golden *golden, GoldenRun *run, double tolerance)
{
    for (int i = 0; i < f->graph->outputs.count; i++) {
        const char *name = str_c(&f->arena, f->graph->outputs.items[i].name);
        const GoldenTensor *t = golden_find(golden, name);
        if (EXPECT(t != NULL))
            compare(golden, name, golden_output(run, i), t->values, t->count, tolerance);
    }
}

static bool run_layer(const Golden *golden)
{
    Fixture f;
    const char *mode = json_find(golden->description, "mode");
    fixture_start(&f, mode && strncmp(mode, "\"infer", 6) == 0 ? MODE_INFERENCE : MODE_TRAINING);
    const char *name = json_string(&f.arena, json_find(golden->description, "layer"));
    const OpDef *op = layer_named(name);
    if (!op) {
        fixture_end(&f);
        return false;
    }
    const GoldenTensor *input = golden_find(golden, "input"),
                       *output = golden_find(golden, "output");
    NodeId x = fixture_input(&f, "input", input->rank - 1, input->dim + 1);
    AttrValue *attrs = attrs_from(&f, op, golden->description);
    if (strcmp(name, "gelu_tanh") == 0)
        attrs[op_attr_index(op, "approximate")].i = 1;
    NodeId y = call(&f, op, &x, 1, attrs);
    if (EXPECT(y != NODE_NONE) &&
        EXPECT(shape_equal(graph_node(f.graph, y)->shape, tensor_shape(output, true)))) {
        NodeId seed = fixture_input(&f, "d_output", output->rank - 1, output->dim + 1);
        want(&f, "output", y);
        want_gradients(&f, y, seed, golden);
        want_statistics(&f);
        GoldenRun run = golden_start(&f, input->dim[0]);
        golden_feed(&run, graph_node(f.graph, x)->name, input->values);
        golden_feed(&run, graph_node(f.graph, seed)->name, golden_find(golden, "d_output")->values);
        add_leaf_feeds(&f, golden, &run);
        golden_step(&run, 1, 1);
        bool is_recurrent = str_is(str_from(op->category), "recurrent");
        compare_outputs(&f, golden, &run, is_recurrent ? RUN_TOLERANCE : TOLERANCE);
        golden_finish(&run);
    }
    fixture_end(&f);
    return true;
}

/* Losses get their stable form before they are differentiated, as in the compiler. x is a leaf; the
 * loss is the first output. */
static void simplify_first(Fixture *f, NodeId *x, NodeId *loss)
{
    Str name = graph_node(f->graph, *x)->name;
    f->graph = f->b.graph = graph_simplify(&f->arena, f->graph);
    *loss = f->graph->outputs.items[0].node;
    for (NodeId id = 0; id < f->graph->nodes.count; id++)
        if (str_equal(graph_node(f->graph, id)->name, name))
            *x = id;
}

/* ---- losses ------------------------------------------------------------------------------------
 */

static bool run_loss(const Golden *golden)
{
    static const struct {
        const char *name;
        const OpDef *loss, *before;
    } losses[] = {
        {"cross_entropy_logits", &op_cross_entropy, &op_softmax},
        {"cross_entropy_logits_large", &op_cross_entropy, &op_softmax},
        {"binary_cross_entropy_logits", &op_binary_cross_entropy_loss, &op_sigmoid},
        {"binary_cross_entropy_logits_large", &op_binary_cross_entropy_loss, &op_sigmoid},
        {"cross_entropy_label_smoothing_0.1", &op_cross_entropy, &op_softmax},
        {"cross_entropy_soft_targets", &op_cross_entropy, &op_softmax},
        {"kl_divergence", &op_kl_divergence, &op_softmax},
        {"mean_squared_error", &op_mean_squared_error, NULL},
        {"mean_absolute_error", &op_mean_absolute_error, NULL},
        {"huber_1", &op_huber, NULL},
        {"hinge", &op_hinge, NULL},
    };
    Fixture f;
    fixture_start(&f, MODE_TRAINING);
    const char *name = json_string(&f.arena, json_find(golden->description, "loss"));
    int l = 0;
    while (l < COUNT_OF(losses) && strcmp(losses[l].name, name) != 0)
        l++;
    if (l == COUNT_OF(losses)) {
        fixture_end(&f);
        return false;
    }
    const char *input_name = losses[l].before ? "logits" : "prediction";
    const GoldenTensor *input = golden_find(golden, input_name),
                       *target = golden_find(golden, "target");
    NodeId x = fixture_input(&f, input_name, input->rank - 1, input->dim + 1);
    int classes = target->rank == 1 ? (int)input->dim[1] : 0;
    NodeId t = fixture_target(&f, "target", classes, target->rank - 1, target->dim + 1);
    NodeId p = losses[l].before ? build_unary(&f.b, losses[l].before, x) : x;
    const AttrValue *attrs = attrs_from(&f, losses[l].loss, golden->description);
    NodeId loss = call(&f, losses[l].loss, (NodeId[]){p, t}, 2, attrs), d_x;
    want(&f, "output", loss);
    simplify_first(&f, &x, &loss);
    EXPECT(graph_gradients(f.graph, &f.diag, loss, NODE_NONE, &x, 1, &d_x));
    NodeId seed = build_number(&f.b, golden_find(golden, "d_output")->values[0]);
    want(&f, str_format(&f.arena, "d_%s", input_name).ptr, build_binary(&f.b, &op_mul, d_x, seed));
    GoldenRun run = golden_start(&f, input->dim[0]);
    golden_feed(&run, STR("target"), target->values);
    golden_feed(&run, graph_node(f.graph, x)->name, input->values);
    golden_step(&run, 1, 1);
    compare_outputs(&f, golden, &run, TOLERANCE);
    golden_finish(&run);
    fixture_end(&f);
    return true;
}

/* ---- optimizers --------------------------------------------------------------------------------
 */

/* The optimizer of a case and the option that its name stands for: "rmsprop_centered". */
static const OpDef *golden_optimizer(const char *name, const char **option)
{
    static const struct {
        const char *name;
        const OpDef *op;
        const char *option;
    } forms[] = {
        {"amsgrad", &op_adam, "amsgrad"},
        {"rmsprop_centered", &op_rmsprop, "centered"},
        {"rmsprop_momentum", &op_rmsprop, NULL},
        {"sgd_momentum", &op_sgd, NULL},
        {"sgd_nesterov", &op_sgd, "nesterov"},
        {"sgd_weight_decay", &op_sgd, NULL},
    };
    *option = NULL;
    for (int i = 0; i < COUNT_OF(forms); i++)
        if (strcmp(name, forms[i].name) == 0) {
            *option = forms[i].option;
            return forms[i].op;
        }
    const OpDef *op = op_find(str_from(name));
    return op != NULL && op->family == FAMILY_OPTIMIZER ? op : NULL;
}

static bool run_optimizer(const Golden *golden)
{
    Fixture f;
    fixture_start(&f, MODE_TRAINING);
    const char *name = json_string(&f.arena, json_find(golden->description, "optimizer"));
    const char *option;
    const OpDef *op = golden_optimizer(name, &option);
    if (op == NULL) {
        fixture_end(&f);
        return false;
    }
    const GoldenTensor *start = golden_find(golden, "w0"),
                       *gradients = golden_find(golden, "gradients");
    const GoldenTensor *trajectory = golden_find(golden, "trajectory");
    AttrValue *attrs = attrs_from(&f, op, golden->description);
    if (option != NULL)
        attrs[op_attr_index(op, option)].i = 1;
    /* The gradient comes in as a batch of one, so that it is an input like any other. */
    NodeId w =
        build_parameter(&f.b, "w", tensor_shape(start, false), (Init){.kind = INIT_ZEROS}, 1, 1);
    NodeId sample = fixture_input(&f, "gradient", 1, start->dim);
    NodeId gradient = build_reduce(&f.b, &op_reduce_sum, sample, 0, true, false);
    op->update(&f.b, attrs, w, gradient, build_scalar(&f.b, SCALAR_RATE));
    double rate;
    json_numbers(json_find(golden->description, "rate"), &rate, 1);
    GoldenRun run = golden_start(&f, 1);
    golden_feed(&run, graph_node(f.graph, w)->name, start->values);
    for (int64_t i = 0; i < gradients->dim[0]; i++) {
        golden_feed(&run, graph_node(f.graph, sample)->name, gradients->values + i * start->count);
        golden_step(&run, rate, (double)(i + 1));
        compare(golden, "trajectory", golden_state(&run, graph_node(f.graph, w)->name),
                trajectory->values + i * start->count, start->count, TOLERANCE);
    }
    golden_finish(&run);
    fixture_end(&f);
    return true;
}

/* ---- runs --------------------------------------------------------------------------------------
 */

static NodeId layer(Fixture *f, const OpDef *op, NodeId x, const AttrSetting *settings)
{
    return fixture_call(f, op, x, settings);
}

static NodeId dense(Fixture *f, NodeId x, int64_t units)
{
    return layer(f, &op_dense, x, (AttrSetting[]){{"units", {.i = units}}, {0}});
}

static NodeId conv(Fixture *f, NodeId x, int64_t filters, int64_t dilation)
{
    return layer(f, &op_conv2d, x,
                 (AttrSetting[]){{"filters", {.i = filters}},
                                 {"kernel", {.list = {.count = 1, .item = {3}}}},
                                 {"dilation", {.list = {.count = 1, .item = {dilation}}}},
                                 {"padding", {.padding = {.kind = PADDING_SAME}}},
                                 {0}});
}

static NodeId relu(Fixture *f, NodeId x)
{
    return build_unary(&f->b, &op_relu, x);
}

static NodeId mlp_relu(Fixture *f, NodeId x)
{
    const int64_t units[] = {50, 30, 15};
    for (int i = 0; i < 3; i++)
        x = relu(f, dense(f, x, units[i]));
    return build_unary(&f->b, &op_softmax, dense(f, x, 10));
}

static NodeId mlp_tanh(Fixture *f, NodeId x)
{
    AttrSetting first[] = {{"units", {.i = 8}}, {"l2", {.r = 0.01}}, {0}};
    x = build_unary(&f->b, &op_tanh, layer(f, &op_dense, x, first));
    return build_unary(&f->b, &op_sigmoid, dense(f, x, 1));
}

static NodeId mlp_batch_norm(Fixture *f, NodeId x)
{
    x = layer(f, &op_dense, x, (AttrSetting[]){{"units", {.i = 20}}, {"bias", {.i = 0}}, {0}});
    x = relu(f, layer(f, &op_batch_norm, x, NULL));
    return build_unary(&f->b, &op_softmax, dense(f, x, 5));
}

static NodeId pool(Fixture *f, NodeId x, PaddingKind padding)
{
    return layer(f, &op_max_pool2d, x,
                 (AttrSetting[]){{"padding", {.padding = {.kind = padding}}}, {0}});
}

static NodeId cnn(Fixture *f, NodeId x)
{
    x = pool(f, relu(f, conv(f, x, 8, 1)), PADDING_VALID);
    x = conv(f, x, 16, 1);
    x = layer(f, &op_leaky_relu, x, (AttrSetting[]){{"slope", {.r = 0.1}}, {0}});
    x = pool(f, x, PADDING_SAME);
    x = layer(f, &op_flatten, x, NULL);
    return build_unary(&f->b, &op_softmax, dense(f, x, 10));
}

static NodeId residual(Fixture *f, NodeId x)
{
    NodeId a = relu(f, conv(f, x, 6, 1));
    NodeId b = conv(f, relu(f, conv(f, a, 6, 2)), 6, 1);
    NodeId c = relu(f, build_binary(&f->b, &op_add, a, b));
    c = layer(f, &op_global_average_pool2d, c, NULL);
    return build_unary(&f->b, &op_softmax, dense(f, c, 4));
}

static NodeId lstm_mse(Fixture *f, NodeId x)
{
    AttrSetting settings[] = {{"units", {.i = 6}}, {"return_sequence", {.i = 1}}, {0}};
    x = layer(f, &op_lstm, layer(f, &op_lstm, x, settings), settings);
    return dense(f, layer(f, &op_flatten, x, NULL), 1);
}

typedef struct Network {
    const char *name;
    NodeId (*make)(Fixture *f, NodeId x);
    const OpDef *loss, *optimizer;
    double rate, momentum;
} Network;

static const Network networks[] = {
    {"mlp_relu_adam", mlp_relu, &op_cross_entropy, &op_adam, 1e-2, 0},
    {"mlp_tanh_bce_momentum", mlp_tanh, &op_binary_cross_entropy_loss, &op_sgd, 0.1, 0.9},
    {"mlp_batch_norm", mlp_batch_norm, &op_cross_entropy, &op_sgd, 0.05, 0.9},
    {"cnn_adam", cnn, &op_cross_entropy, &op_adam, 1e-3, 0},
    {"lstm_mse_adam", lstm_mse, &op_mean_squared_error, &op_adam, 5e-3, 0},
    {"residual_dilated", residual, &op_cross_entropy, &op_adam, 2e-3, 0},
};

/* The reference's name of a parameter: "conv2.kernel" is the kernel of the second convolution. */
static const char *reference_name(Fixture *f, NodeId parameter)
{
    int layer_index = graph_node(f->graph, parameter)->layer, number = 0;
    const OpDef *op = f->graph->layers.items[layer_index].op;
    for (int i = 0; i <= layer_index; i++)
        number += f->graph->layers.items[i].op == op;
    const char *stem = op == &op_conv2d ? "conv" : op->name;
    return str_format(&f->arena, "%s%d.%s", stem, number, suffix_of(f, parameter)).ptr;
}

static void each_parameter(Fixture *f, const Golden *golden, GoldenRun *run, bool is_end)
{
    for (NodeId id = 0; id < f->graph->nodes.count; id++) {
        const Node *n = graph_node(f->graph, id);
        if (!n->leaf)
            continue;
        if (n->leaf->kind == LEAF_STATISTIC && !is_end) {
            double *start = arena_array(&f->arena, double, shape_elements(n->shape));
            for (int64_t i = 0; i < shape_elements(n->shape); i++)
                start[i] = n->leaf->init.kind == INIT_CONSTANT ? n->leaf->init.a
                                                               : n->leaf->init.kind == INIT_ONES;
            golden_feed(run, n->name, start);
        }
        if (n->leaf->kind != LEAF_PARAMETER)
            continue;
        const char *prefix = is_end ? "final" : "init", *name = reference_name(f, id);
        const GoldenTensor *t =
            golden_find(golden, str_format(&f->arena, "%s.%s", prefix, name).ptr);
        if (!EXPECT(t != NULL && t->count == shape_elements(n->shape)))
            continue;
        if (is_end)
            compare(golden, name, golden_state(run, n->name), t->values, t->count, RUN_TOLERANCE);
        else
            golden_feed(run, n->name, t->values);
    }
}

static const Network *network_named(const char *name)
{
    for (int i = 0; i < COUNT_OF(networks); i++)
        if (strcmp(networks[i].name, name) == 0)
            return &networks[i];
    return NULL;
}

static bool run_training(const Golden *golden)
{
    Fixture f;
    fixture_start(&f, MODE_TRAINING);
    const Network *network =
        network_named(json_string(&f.arena, json_find(golden->description, "run")));
    if (!network) {
        fixture_end(&f);
        return false;
    }
    const GoldenTensor *input = golden_find(golden, "input.0"),
                       *target = golden_find(golden, "target.0");
    NodeId x = fixture_input(&f, "input", input->rank - 1, input->dim + 1);
    NodeId y = network->make(&f, x);
    Shape scores = graph_node(f.graph, y)->shape;
    int classes = network->loss == &op_cross_entropy ? (int)scores.dim[0] : 0;
    NodeId t = fixture_target(&f, "target", classes, target->rank - 1, target->dim + 1);
    NodeId loss = call(&f, network->loss, (NodeId[]){y, t}, 2, fixture_attrs(&f, network->loss, NULL));
    vec_push(&f.arena, &f.graph->losses, (Result){.name = STR("loss"), .node = loss});
    f.graph = f.b.graph = graph_simplify(&f.arena, f.graph);
    AttrValue *attrs = fixture_attrs(&f, network->optimizer, NULL);
    if (network->momentum > 0)
        attrs[op_attr_index(network->optimizer, "momentum")].r = network->momentum;
    EXPECT(graph_training_step(f.graph, &f.diag, network->optimizer, attrs, NULL, SPAN_NONE));
    want(&f, "loss", f.graph->total_loss);
    GoldenRun run = golden_start(&f, input->dim[0]);
    each_parameter(&f, golden, &run, false);
    double losses[10];
    for (int i = 0; i < 10; i++) {
        const char *x_name = str_format(&f.arena, "input.%d", i).ptr;
        const char *t_name = str_format(&f.arena, "target.%d", i).ptr;
        golden_feed(&run, STR("input"), golden_find(golden, x_name)->values);
        golden_feed(&run, STR("target"), golden_find(golden, t_name)->values);
        golden_step(&run, network->rate, i + 1);
        losses[i] = golden_output(&run, 0)[0];
    }
    compare(golden, "losses", losses, golden_find(golden, "losses")->values, 10, RUN_TOLERANCE);
    each_parameter(&f, golden, &run, true);
    golden_finish(&run);
    fixture_end(&f);
    return true;
}

/* ---- folders -----------------------------------------------------------------------------------
 */

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void run_folder(const char *root, const char *folder, bool (*run)(const Golden *golden))
{
    Arena names = {0};
    VEC(const char *) files = {0};
    const char *path = str_format(&names, "%s/golden/%s", root, folder).ptr;
    DIR *directory = opendir(path);
    if (!EXPECT(directory != NULL))
        return;
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;)
        if (str_ends(str_from(entry->d_name), ".safetensors") &&
            (!only || strstr(entry->d_name, only)))
            vec_push(&names, &files, str_format(&names, "%s/%s", path, entry->d_name).ptr);
    closedir(directory);
    qsort(files.items, (size_t)files.count, sizeof *files.items, by_name);
    for (int i = 0; i < files.count; i++) {
        Arena arena = {0};
        Golden *golden = arena_new(&arena, Golden);
        if (!EXPECT(golden_read(&arena, files.items[i], golden)))
            printf("    cannot read %s\n", files.items[i]);
        else if (run(golden))
            covered_count++;
        else {
            missing_count++;
            if (!golden_compiled)
                printf("not covered: %s\n", files.items[i]);
        }
        arena_free(&arena);
    }
    arena_free(&names);
}

static void run_all(const char *root, bool is_compiled)
{
    golden_compiled = is_compiled;
    covered_count = missing_count = 0;
    run_folder(root, "layers", run_layer);
    run_folder(root, "losses", run_loss);
    run_folder(root, "optimizers", run_optimizer);
    run_folder(root, "runs", run_training);
    printf("%s: %d cases covered, %d not covered\n", is_compiled ? "generated C" : "reference",
           covered_count, missing_count);
    EXPECT(only || covered_count >= LEAST_COVERED);
}

int main(int argc, char **argv)
{
    only = argc > 1 ? argv[1] : NULL;
    const char *shared = getenv("NNDC_SHARED");
    Arena arena = {0};
    const char *root = shared ? shared : "../shared";
    DIR *directory = opendir(str_format(&arena, "%s/golden", root).ptr);
    if (!directory)
        test_skip("no reference vectors: NNDC_SHARED/golden is not there");
    closedir(directory);
    run_all(root, false);
    run_all(root, true);
    arena_free(&arena);
    return test_end();
}
