/* recurrent.c: layers that carry a state over the steps of [steps, features]: lstm, gru,
 * simple_rnn.
 *
 * The inputs of all steps are multiplied with `kernel` at once; what is left for each step is the
 * operator `scan` (ops/scan.c). A layer that goes backwards reverses its input; a bidirectional one
 * is two layers with weights of their own, `kernel` and `backward_kernel` and so on. */
#include "front/diag.h"
#include "layers/layers.h"
#include "ops/scan.h"

static const char *const merge_names[] = {"none", "concat", "sum", "average", "multiply", NULL};
enum { MERGE_NONE, MERGE_CONCAT, MERGE_SUM, MERGE_AVERAGE, MERGE_MULTIPLY };

// clang-format off
#define RECURRENT_FIRST_ATTRS                                                                       \
    {"units", ATTR_INT, .doc = "size of the state", .least = 1, .most = LAYER_MOST_CHANNELS,        \
     .is_positional = true},                                                                        \
    {"return_sequence", ATTR_BOOL, .def = "false",                                                  \
     .doc = "the states after all steps, not only the last one"},                                   \
    {"return_state", ATTR_BOOL, .def = "false",                                                     \
     .doc = "more results: the states after the walk, of each direction"},                         \
    {"activation", ATTR_CHOICE, .def = "tanh", .choices = cell_function_names,                      \
     .doc = "of the new state"}
#define RECURRENT_GATE_ATTRS                                                                        \
    {"recurrent_activation", ATTR_CHOICE, .def = "sigmoid", .choices = cell_function_names,         \
     .doc = "of the gates"}
#define RECURRENT_LAST_ATTRS                                                                        \
    {"bias", ATTR_BOOL, .def = "true", .doc = "add a trained number to each column"},               \
    {"kernel_init", ATTR_INIT, .def = "glorot_uniform", .doc = "start values of the kernel"},       \
    {"recurrent_init", ATTR_INIT, .def = "orthogonal",                                              \
     .doc = "start values of the recurrent kernel"},                                                \
    {"kernel_constraint", ATTR_CONSTRAINT, .def = "none",                                           \
     .doc = "what each step leaves of the kernel; norms are of its columns"},                       \
    {"recurrent_constraint", ATTR_CONSTRAINT, .def = "none",                                        \
     .doc = "the same of the recurrent kernel"},                                                    \
    {"bias_constraint", ATTR_CONSTRAINT, .def = "none",                                             \
     .doc = "the same of each bias; its norm is that of all of it"},                                \
    {"backwards", ATTR_BOOL, .def = "false",                                                        \
     .doc = "begin with the last step; a sequence comes out in the order of the walk"},             \
    {"bidirectional", ATTR_CHOICE, .def = "none", .choices = merge_names,                           \
     .doc = "a second layer goes the other way; how its result joins"},                             \
    {"dropout", ATTR_REAL, .def = "0", .least = 0, .most = 1,                                       \
     .doc = "share of the input's features that become zero in training, the same at all steps"},   \
    {"recurrent_dropout", ATTR_REAL, .def = "0", .least = 0, .most = 1,                             \
     .doc = "the same for the hidden state, where it meets the recurrent kernel"},                  \
    {"l1", ATTR_REAL, .def = "0", .least = 0, .most = 1e6,                                          \
     .doc = "adds l1 * sum of |kernel| to the loss"},                                               \
    {"l2", ATTR_REAL, .def = "0", .least = 0, .most = 1e6,                                          \
     .doc = "adds l2 * sum of kernel^2 to the loss"},                                               \
    {"recurrent_l1", ATTR_REAL, .def = "0", .least = 0, .most = 1e6,                                \
     .doc = "adds recurrent_l1 * sum of |recurrent kernel| to the loss"},                           \
    {"recurrent_l2", ATTR_REAL, .def = "0", .least = 0, .most = 1e6,                                \
     .doc = "adds recurrent_l2 * sum of recurrent kernel^2 to the loss"}
// clang-format on

static const AttrDef lstm_attrs[] = {
    RECURRENT_FIRST_ATTRS,
    RECURRENT_GATE_ATTRS,
    {"unit_forget_bias", ATTR_BOOL, .def = "true", .doc = "the forget gate's bias starts at 1"},
    RECURRENT_LAST_ATTRS,
    {0},
};
static const AttrDef gru_attrs[] = {
    RECURRENT_FIRST_ATTRS, RECURRENT_GATE_ATTRS, RECURRENT_LAST_ATTRS, {0}};
static const AttrDef simple_rnn_attrs[] = {RECURRENT_FIRST_ATTRS, RECURRENT_LAST_ATTRS, {0}};

typedef struct Recurrent {
    CellKind cell;
    int gates;
    int64_t units;
    AttrValue scan[SCAN_ATTRS];
} Recurrent;

/* ---- weights --------------------------------------------------------------------------------- */

static NodeId weight(Build *b, const char *prefix, const char *name, Shape shape, Init init,
                     int64_t fan_in, int64_t fan_out)
{
    const char *suffix = str_format(b->graph->arena, "%s%s", prefix, name).ptr;
    return build_parameter(b, suffix, shape, init, fan_in, fan_out);
}

/* A kernel with the initialiser, the penalties and the constraint that these attributes name. */
static NodeId penalised_kernel(Build *b, const Call *call, const char *prefix, const char *name,
                               int64_t rows, int64_t columns, const char *const attrs[4])
{
    Shape shape = shape_of(false, 2, (int64_t[]){rows, columns});
    if (!layer_check_size(b, call, shape, "kernel"))
        return NODE_NONE;
    Init init = call_attr(call, attrs[0])->init;
    NodeId kernel = weight(b, prefix, name, shape, init, rows, columns);
    if (kernel == NODE_NONE)
        return NODE_NONE;
    Leaf *leaf = graph_node(b->graph, kernel)->leaf;
    leaf->l1 = call_attr(call, attrs[1])->r;
    leaf->l2 = call_attr(call, attrs[2])->r;
    leaf->constraint = call_attr(call, attrs[3])->init;
    leaf->norm_axes = 1;
    return kernel;
}

static NodeId bias_of(Build *b, const Call *call, const Recurrent *layer, const char *prefix,
                   const char *name)
{
    int64_t columns = layer->gates * layer->units;
    Init init = {.kind = INIT_ZEROS};
    if (layer->cell == CELL_LSTM && call_attr(call, "unit_forget_bias")->i)
        init = (Init){
            .kind = INIT_ONES_BETWEEN, .a = (double)layer->units, .b = 2 * (double)layer->units};
    NodeId bias = weight(b, prefix, name, shape_of(false, 1, &columns), init, columns, columns);
    if (bias == NODE_NONE)
        return NODE_NONE;
    Leaf *leaf = graph_node(b->graph, bias)->leaf;
    leaf->constraint = call_attr(call, "bias_constraint")->init;
    leaf->norm_axes = 1;
    return bias;
}

/* ---- one direction --------------------------------------------------------------------------- */

static NodeId reversed(Build *b, NodeId x)
{
    AttrValue axis = {.i = 0};
    return build_node(b, &op_reverse, &x, 1, &axis);
}

/* Factors of `size` features for a whole sequence: 0 with the probability `rate`. */
static NodeId dropout_mask(Build *b, int64_t size, double rate)
{
    NodeId random = build_random(b, shape_of(true, 1, &size));
    NodeId is_dropped = build_binary(b, &op_greater, build_number(b, rate), random);
    NodeId kept = build_number(b, rate < 1 ? 1 / (1 - rate) : 0);
    return build_node(b, &op_select, (NodeId[]){is_dropped, build_number(b, 0), kept}, 3, NULL);
}

static NodeId dropped(Build *b, const Call *call, NodeId x)
{
    double rate = call_attr(call, "dropout")->r;
    if (b->mode == MODE_INFERENCE || rate <= 0)
        return x;
    int64_t features = graph_node(b->graph, x)->shape.dim[1];
    return build_binary(b, &op_mul, x, dropout_mask(b, features, rate));
}

static NodeId recurrent_mask(Build *b, const Call *call, int64_t units)
{
    double rate = call_attr(call, "recurrent_dropout")->r;
    if (b->mode == MODE_INFERENCE || rate <= 0)
        return build_number(b, 1);
    return dropout_mask(b, units, rate);
}

/* The hidden states after each step, in the order of the walk. */
static NodeId walk(Build *b, const Call *call, const Recurrent *layer, NodeId x, NodeId state,
                   const char *prefix)
{
    static const char *const kernel_attrs[] = {"kernel_init", "l1", "l2", "kernel_constraint"};
    static const char *const recurrent_attrs[] = {"recurrent_init", "recurrent_l1", "recurrent_l2",
                                                  "recurrent_constraint"};
    Shape in = graph_node(b->graph, x)->shape;
    int64_t columns = layer->gates * layer->units;
    ContractSpec spec = layer_dense_spec(in, columns);
    if (!layer_check_size(b, call, spec.out_shape, "gates"))
        return NODE_NONE;
    NodeId kernel = penalised_kernel(b, call, prefix, "kernel", in.dim[1], columns, kernel_attrs);
    NodeId recurrent = penalised_kernel(b, call, prefix, "recurrent_kernel", layer->units, columns,
                                        recurrent_attrs);
    if (kernel == NODE_NONE || recurrent == NODE_NONE)
        return NODE_NONE;
    NodeId inputs = build_contract(b, dropped(b, call, x), kernel, &spec);
    NodeId recurrent_bias = build_number(b, 0);
    if (call_attr(call, "bias")->i) {
        inputs = build_binary(b, &op_add, inputs, bias_of(b, call, layer, prefix, "bias"));
        if (layer->cell == CELL_GRU)
            recurrent_bias = bias_of(b, call, layer, prefix, "recurrent_bias");
    }
    NodeId mask = recurrent_mask(b, call, layer->units);
    NodeId operands[SCAN_INPUTS] = {inputs, recurrent, recurrent_bias, state, mask};
    return build_node(b, &op_scan, operands, SCAN_INPUTS, layer->scan);
}

/* Row `row` of what a walk gives. */
static NodeId row_of(Build *b, NodeId rows, int64_t row)
{
    Shape shape = graph_node(b->graph, rows)->shape;
    AttrValue attrs[3] = {{.i = 0}, {.i = row}, {.i = 1}};
    NodeId one = build_node(b, &op_slice, &rows, 1, attrs);
    return build_reshape(b, one, 1, &shape.dim[1]);
}

/* The hidden states of all steps, or that of the last one. */
static NodeId shown(Build *b, NodeId rows, int64_t steps, bool returns_all)
{
    if (!returns_all)
        return row_of(b, rows, steps - 1);
    AttrValue attrs[3] = {{.i = 0}, {.i = 0}, {.i = steps}};
    bool has_more = graph_node(b->graph, rows)->shape.dim[0] > steps;
    return has_more ? build_node(b, &op_slice, &rows, 1, attrs) : rows;
}

/* The states after a walk: hidden and, in an LSTM, cell. They are nodes of their own, since each
 * result of a layer has a name. */
static void add_states(Build *b, const Recurrent *layer, NodeId rows, int64_t steps,
                       NodeIds *results)
{
    int states = layer->cell == CELL_LSTM ? 2 : 1;
    for (int i = 0; i < states; i++)
        vec_push(b->graph->arena, results,
                 build_unary(b, &op_identity, row_of(b, rows, steps - 1 + i)));
}

static NodeId merged(Build *b, int64_t merge, NodeId x, NodeId y)
{
    switch (merge) {
    case MERGE_CONCAT:
        return build_binary(b, &op_concat, x, y);
    case MERGE_MULTIPLY:
        return build_binary(b, &op_mul, x, y);
    case MERGE_AVERAGE:
        return build_binary(b, &op_mul, build_binary(b, &op_add, x, y), build_number(b, 0.5));
    default:
        return build_binary(b, &op_add, x, y);
    }
}

/* ---- states before the first step ------------------------------------------------------------ */

static NodeId check_state(Build *b, const Call *call, int input, int64_t units)
{
    NodeId state = layer_numbers(b, call, input);
    if (state == NODE_NONE)
        return NODE_NONE;
    Shape shape = graph_node(b->graph, state)->shape, wanted = shape_of(true, 1, &units);
    if (shape.rank == 1 && shape.dim[0] == units)
        return shape.has_batch ? state : build_broadcast(b, state, wanted);
    Str found = shape_str(b->graph->arena, shape);
    diag_error(b->diag, call_input_span(call, input),
               "'%s' of '%s' must be [%lld], as many as 'units', found %.*s",
               call->op->inputs[input], call->op->name, (long long)units, STR_ARGS(found));
    return NODE_NONE;
}

/* All states side by side; the number 0 when none is given. */
static NodeId first_state(Build *b, const Call *call, const Recurrent *layer)
{
    int states = layer->cell == CELL_LSTM ? 2 : 1;
    if (call->input_count == 1)
        return build_number(b, 0);
    if (call_attr(call, "bidirectional")->i != MERGE_NONE) {
        diag_error(b->diag, call_attr_span(call, "bidirectional"),
                   "'%s' cannot be bidirectional and begin with a given state", call->op->name);
        return NODE_NONE;
    }
    if (call->input_count != 1 + states) {
        diag_error(b->diag, call->span, "'%s' needs 'state' and 'cell' or neither, found only one",
                   call->op->name);
        return NODE_NONE;
    }
    NodeId state = check_state(b, call, 1, layer->units);
    if (states == 1 || state == NODE_NONE)
        return state;
    NodeId cell = check_state(b, call, 2, layer->units);
    return cell == NODE_NONE ? NODE_NONE : build_binary(b, &op_concat, state, cell);
}

/* ---- layers ---------------------------------------------------------------------------------- */

static void expand(Build *b, const Call *call, CellKind cell, NodeIds *results)
{
    NodeId x = layer_numbers(b, call, 0);
    if (x == NODE_NONE || !layer_check_rank(b, call, x, 2, "[steps, features]"))
        return;
    Shape in = graph_node(b->graph, x)->shape;
    if (!in.has_batch) {
        in.has_batch = true;
        x = build_broadcast(b, x, in);
    }
    Recurrent layer = {.cell = cell, .units = call_attr(call, "units")->i};
    layer.gates = cell == CELL_RNN ? 1 : cell == CELL_GRU ? 3 : 4;
    layer.scan[SCAN_ATTR_CELL].i = cell;
    layer.scan[SCAN_ATTR_UNITS].i = layer.units;
    layer.scan[SCAN_ATTR_ACTIVATION] = *call_attr(call, "activation");
    if (cell != CELL_RNN)
        layer.scan[SCAN_ATTR_RECURRENT] = *call_attr(call, "recurrent_activation");
    NodeId state = first_state(b, call, &layer);
    if (state == NODE_NONE)
        return;
    bool is_backwards = call_attr(call, "backwards")->i != 0;
    bool returns_all = call_attr(call, "return_sequence")->i != 0;
    bool returns_state = call_attr(call, "return_state")->i != 0;
    int64_t merge = call_attr(call, "bidirectional")->i;
    layer.scan[SCAN_ATTR_WITH_CELL].i = returns_state && cell == CELL_LSTM;
    NodeId turned = is_backwards || merge != MERGE_NONE ? reversed(b, x) : NODE_NONE;
    NodeId first = walk(b, call, &layer, is_backwards ? turned : x, state, "");
    if (first == NODE_NONE)
        return;
    NodeId y = shown(b, first, in.dim[0], returns_all), second = NODE_NONE;
    if (merge != MERGE_NONE) {
        second = walk(b, call, &layer, is_backwards ? x : turned, state, "backward_");
        if (second == NODE_NONE)
            return;
        NodeId other = shown(b, second, in.dim[0], returns_all);
        y = merged(b, merge, y, returns_all ? reversed(b, other) : other);
    }
    vec_push(b->graph->arena, results, y);
    if (returns_state)
        add_states(b, &layer, first, in.dim[0], results);
    if (returns_state && second != NODE_NONE)
        add_states(b, &layer, second, in.dim[0], results);
}

static void lstm_expand(Build *b, const Call *call, NodeIds *results)
{
    expand(b, call, CELL_LSTM, results);
}

static void gru_expand(Build *b, const Call *call, NodeIds *results)
{
    expand(b, call, CELL_GRU, results);
}

static void simple_rnn_expand(Build *b, const Call *call, NodeIds *results)
{
    expand(b, call, CELL_RNN, results);
}

static const OpCase lstm_cases[] = {
    {"input x: f32[4, 3]  y = x -> lstm(5)  output y", NULL},
    {"input x: f32[1, 1]  y = x -> lstm(1, return_sequence = true)  output y", NULL},
    {"input x: f32[5, 2]  y = x -> lstm(17, return_sequence = true) -> lstm(3)  output y", NULL},
    {"input x: f32[3, 3]  h = x -> lstm(3, return_sequence = true)  y = add(h, x, h * h)  output y",
     NULL},
    {"input x: f32[4, 2]  y = x -> lstm(3, backwards = true, return_sequence = true, bias = false) "
     " output y",
     NULL},
    {"input x: f32[4, 2]  y = x -> lstm(3, bidirectional = concat, return_sequence = true)  output "
     "y",
     NULL},
    {"input x: f32[3, 2]  y = x -> lstm(2, bidirectional = multiply, unit_forget_bias = false)  "
     "output y",
     NULL},
    {"input x: f32[3, 2]  input h: f32[4]  input c: f32[4]  y = lstm(x, h, c, 4, return_sequence = "
     "true)  output y",
     NULL},
    {"input x: f32[2, 3]  y = x -> lstm(4, activation = sigmoid, recurrent_activation = tanh, l1 = "
     "0.01, l2 = 0.02, recurrent_l1 = 0.03, recurrent_l2 = 0.04)  output y",
     NULL},
    {"input x: f32[3, 4]  y = x -> lstm(2, dropout = 0.4)  output y", NULL},
    {"input x: f32[4, 2]  input h: f32[9]  input c: f32[9]  y = lstm(x, h, c, 9, recurrent_dropout "
     "= 0.4, return_sequence = true)  output y",
     NULL},
    {"input x: f32[4, 3]  y, h, c = lstm(x, 5, return_state = true)  z = y * h + c  output z", NULL},
    {"input x: f32[3, 2]  y, h, c = lstm(x, 17, return_sequence = true, return_state = true)  "
     "d = x -> lstm(h, c, 17)  z = y * d  output z",
     NULL},
    {"input x: f32[1, 2]  input a: f32[3]  input b: f32[3]  y, h, c = lstm(x, a, b, 3, return_state "
     "= true, backwards = true)  z = c -> tanh  output z",
     NULL},
    {"input x: f32[3, 2]  y, h, c, k, d = lstm(x, 4, bidirectional = sum, return_sequence = true, "
     "return_state = true, recurrent_dropout = 0.3)  z = add(y * h, c * k, d)  output z",
     NULL},
    {0},
};

const OpDef op_lstm = {
    .name = "lstm",
    .family = FAMILY_LAYER,
    .category = "recurrent",
    .summary = "long short-term memory over [steps, features]",
    .doc =
        "With s = h U of the step before and a = x W + b, both of gates i f c o side by side:\n"
        "i, f, o = g(a + s), cell = f * cell + i * act(a + s), h = o * act(cell)\n"
        "where g is recurrent_activation and act is activation. W is `kernel` [features, 4 units], "
        "U is `recurrent_kernel` [units, 4 units], as in Keras. The states begin at zero, or at "
        "the "
        "tensors `state` and `cell` [units]. bidirectional adds a layer with weights of its own "
        "that "
        "walks the other way; its sequence is turned to the order of the steps before both are "
        "joined.",
    .inputs = {"x", "state", "cell"},
    .optional_inputs = 2,
    .attrs = lstm_attrs,
    .expand_list = lstm_expand,
    .cases = lstm_cases,
};

static const OpCase gru_cases[] = {
    {"input x: f32[4, 3]  y = x -> gru(5)  output y", NULL},
    {"input x: f32[1, 2]  y = x -> gru(1, return_sequence = true)  output y", NULL},
    {"input x: f32[5, 2]  y = x -> gru(17, return_sequence = true) -> gru(3)  output y", NULL},
    {"input x: f32[3, 3]  h = x -> gru(3, return_sequence = true)  y = add(h, x, h * h)  output y",
     NULL},
    {"input x: f32[4, 2]  y = x -> gru(3, backwards = true, return_sequence = true, bias = false)  "
     "output y",
     NULL},
    {"input x: f32[4, 2]  y = x -> gru(3, bidirectional = average, return_sequence = true)  output "
     "y",
     NULL},
    {"input x: f32[3, 2]  input h: f32[4]  y = gru(x, h, 4)  output y", NULL},
    {"input x: f32[4, 2]  input h: f32[6]  y = gru(x, h, 6, recurrent_dropout = 0.5)  output y",
     NULL},
    {"input x: f32[2, 3]  y = x -> gru(4, activation = sigmoid, recurrent_activation = tanh, "
     "dropout = 0.3, l2 = 0.1)  output y",
     NULL},
    {"input x: f32[4, 3]  y, h = gru(x, 5, return_sequence = true, return_state = true)  z = gru(x, "
     "h, 5)  w = y * z  output w",
     NULL},
    {0},
};

const OpDef op_gru = {
    .name = "gru",
    .family = FAMILY_LAYER,
    .category = "recurrent",
    .summary = "gated recurrent unit over [steps, features]",
    .doc =
        "With s = h U + d of the step before and a = x W + b, both of gates z r h side by side:\n"
        "z, r = g(a + s), candidate = act(a + r * s), h = z * h + (1 - z) * candidate\n"
        "where g is recurrent_activation and act is activation: the reset gate works on the "
        "product, as with reset_after in Keras and in PyTorch. W is `kernel` [features, 3 "
        "units], U is `recurrent_kernel` [units, 3 units], b is `bias`, d is `recurrent_bias`. "
        "The state begins at zero, or at the tensor `state` [units]. bidirectional as in lstm.",
    .inputs = {"x", "state"},
    .optional_inputs = 1,
    .attrs = gru_attrs,
    .expand_list = gru_expand,
    .cases = gru_cases,
};

static const OpCase simple_rnn_cases[] = {
    {"input x: f32[4, 3]  y = x -> simple_rnn(5)  output y", NULL},
    {"input x: f32[1, 1]  y = x -> simple_rnn(1, return_sequence = true)  output y", NULL},
    {"input x: f32[6, 2]  y = x -> simple_rnn(18, return_sequence = true) -> simple_rnn(2, "
     "activation = sigmoid)  output y",
     NULL},
    {"input x: f32[3, 3]  h = x -> simple_rnn(3, return_sequence = true, backwards = true)  y = "
     "add(h, x, h * h)  output y",
     NULL},
    {"input x: f32[4, 2]  y = x -> simple_rnn(3, bidirectional = sum, bias = false, activation = "
     "none)  output y",
     NULL},
    {"input x: f32[3, 2]  y = x -> simple_rnn(7, recurrent_dropout = 0.3)  output y", NULL},
    {"input x: f32[3, 2]  input h: f32[4]  y = simple_rnn(x, h, 4, return_sequence = true)  output "
     "y",
     NULL},
    {"input x: f32[3, 2]  y, h, k = simple_rnn(x, 4, bidirectional = concat, return_state = true)  z "
     "= concat(y, h * k)  output z",
     NULL},
    {0},
};

const OpDef op_simple_rnn = {
    .name = "simple_rnn",
    .family = FAMILY_LAYER,
    .category = "recurrent",
    .summary = "recurrent layer without gates over [steps, features]",
    .doc = "h = act(x W + b + h U)\n"
           "W is `kernel` [features, units], U is `recurrent_kernel` [units, units]. The state "
           "begins at zero, or at the tensor `state` [units]. bidirectional as in lstm.",
    .inputs = {"x", "state"},
    .optional_inputs = 1,
    .attrs = simple_rnn_attrs,
    .expand_list = simple_rnn_expand,
    .cases = simple_rnn_cases,
};
