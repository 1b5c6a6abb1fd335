/* scan.c: recurrent cells over time.
 *
 * The network is not unrolled: one operator walks over all steps. `scan` gives the hidden state
 * after each step. What its gradient needs of the way there (gates, cell) is the result of a second
 * operator, `scan_trace`, which the gradient rule builds; both come from the same kernel, and
 * inference, where nobody asks for a trace, does not make one. In the same way `scan_grad` gives
 * the gradient of h U + b of each step, `scan_input_grad` that of x where it differs (the candidate
 * of a GRU), and `scan_state_grad` that of the states before the first step.
 *
 * The gradient of the recurrent kernel is an ordinary contraction of the hidden states, one step
 * late, with scan_grad. */
#include "ops/scan.h"

#include "graph/build.h"
#include "kernel/lower.h"
#include "ops/map.h"

#include <math.h>
#include <string.h>

const char *const cell_function_names[] = {"none", "relu", "sigmoid", "tanh", NULL};

static const char *const cell_names[] = {"rnn", "gru", "lstm", NULL};

static const AttrDef scan_attrs[] = {
    {"cell", ATTR_CHOICE, .choices = cell_names, .doc = "kind of cell", .is_private = true},
    {"units", ATTR_INT, .doc = "size of a state", .is_private = true},
    {"activation", ATTR_CHOICE, .choices = cell_function_names, .is_private = true,
     .doc = "of the candidate and, in an LSTM, of the cell"},
    {"recurrent_activation", ATTR_CHOICE, .choices = cell_function_names, .is_private = true,
     .doc = "of the gates"},
    {"with_cell", ATTR_BOOL, .is_private = true,
     .doc = "an LSTM: the cell after the last step is one more row"},
    {0},
};

/* ---- form ------------------------------------------------------------------------------------ */

static CellForm form_of(const AttrValue *attrs, int64_t steps)
{
    CellForm f = {.kind = (CellKind)attrs[SCAN_ATTR_CELL].i, .steps = steps};
    f.gates = f.kind == CELL_RNN ? 1 : f.kind == CELL_GRU ? 3 : 4;
    f.states = f.kind == CELL_LSTM ? 2 : 1;
    f.parts = f.kind == CELL_RNN ? 1 : 5;
    f.units = attrs[SCAN_ATTR_UNITS].i;
    f.has_cell = attrs[SCAN_ATTR_WITH_CELL].i != 0;
    f.rows = steps + f.has_cell;
    f.lanes = (f.units + CELL_LANES - 1) / CELL_LANES * CELL_LANES;
    f.activation = (CellFunction)attrs[SCAN_ATTR_ACTIVATION].i;
    f.recurrent = (CellFunction)attrs[SCAN_ATTR_RECURRENT].i;
    return f;
}

CellForm cell_form(const Graph *g, const Node *n)
{
    return form_of(n->attrs, graph_node(g, n->inputs[0])->shape.dim[0]);
}

bool scan_is_absent(const Graph *g, NodeId operand)
{
    const Node *n = graph_node(g, operand);
    return n->leaf && n->leaf->kind == LEAF_CONSTANT && n->shape.rank == 0;
}

int64_t scan_flops(const Graph *g, const Node *n)
{
    CellForm f = cell_form(g, n);
    return f.steps * f.units * f.gates * (2 * f.units + 4);
}

static Shape input_shape(Build *b, const Call *call, int input)
{
    return graph_node(b->graph, call->inputs[input])->shape;
}

static bool scan_infer(Build *b, const Call *call, Inferred *inferred)
{
    Shape x = input_shape(b, call, SCAN_X), kernel = input_shape(b, call, SCAN_KERNEL);
    CHECK(x.rank == 2 && x.has_batch && kernel.rank == 2 && !kernel.has_batch);
    CellForm f = form_of(call->attrs, x.dim[0]);
    CHECK(x.dim[1] == f.gates * f.units && kernel.dim[0] == f.units && kernel.dim[1] == x.dim[1]);
    inferred->shape = shape_of(true, 2, (int64_t[]){f.rows, f.units});
    return true;
}

static bool trace_infer(Build *b, const Call *call, Inferred *inferred)
{
    CellForm f = form_of(call->attrs, input_shape(b, call, SCAN_X).dim[0]);
    inferred->shape = shape_of(true, 3, (int64_t[]){f.steps, f.parts, f.lanes});
    return true;
}

static bool grad_infer(Build *b, const Call *call, Inferred *inferred)
{
    CellForm f = form_of(call->attrs, input_shape(b, call, SCAN_GRAD_TRACE).dim[0]);
    inferred->shape = shape_of(true, 2, (int64_t[]){f.steps, f.gates * f.units});
    return true;
}

static bool state_grad_infer(Build *b, const Call *call, Inferred *inferred)
{
    CellForm f = form_of(call->attrs, input_shape(b, call, SCAN_GRAD_TRACE).dim[0]);
    int64_t size = f.states * f.units;
    inferred->shape = shape_of(true, 1, &size);
    return true;
}

/* ---- reference ------------------------------------------------------------------------------- */

static double apply(CellFunction function, double x)
{
    switch (function) {
    case CELL_NONE:
        return x;
    case CELL_RELU:
        return x < 0 ? 0 : x;
    case CELL_SIGMOID:
        return 1 / (1 + exp(-x));
    case CELL_TANH:
        return tanh(x);
    }
    BUG("function %d", (int)function);
}

/* The slope where the function has the value y. */
static double slope(CellFunction function, double y)
{
    switch (function) {
    case CELL_NONE:
        return 1;
    case CELL_RELU:
        return y > 0 ? 1 : 0;
    case CELL_SIGMOID:
        return y * (1 - y);
    case CELL_TANH:
        return 1 - y * y;
    }
    BUG("function %d", (int)function);
}

/* Element `column` of a bias or state, which may be a number or lack the batch. */
static double operand_at(const EvalCall *call, int input, int64_t sample, int64_t column)
{
    Shape shape = graph_node(call->graph, call->node->inputs[input])->shape;
    if (shape.rank == 0)
        return call->in[input][shape.has_batch ? sample : 0];
    return call->in[input][(shape.has_batch ? sample * shape.dim[0] : 0) + column];
}

/* One step of one sample: x and product are [gates][units], trace [parts][lanes]; the states h and
 * cell get their new values. */
static void forward_step(const CellForm *f, const double *x, const double *product, double *h,
                         double *cell, double *trace)
{
    int64_t u = f->units, lanes = f->lanes;
    for (int64_t j = 0; j < u; j++) {
        switch (f->kind) {
        case CELL_RNN:
            trace[j] = h[j] = apply(f->activation, x[j] + product[j]);
            break;
        case CELL_GRU: {
            double z = apply(f->recurrent, x[j] + product[j]);
            double r = apply(f->recurrent, x[u + j] + product[u + j]);
            double candidate = apply(f->activation, x[2 * u + j] + r * product[2 * u + j]);
            h[j] = z * h[j] + (1 - z) * candidate;
            double parts[] = {z, r, candidate, product[2 * u + j], h[j]};
            for (int p = 0; p < 5; p++)
                trace[p * lanes + j] = parts[p];
            break;
        }
        case CELL_LSTM: {
            double i = apply(f->recurrent, x[j] + product[j]);
            double forget = apply(f->recurrent, x[u + j] + product[u + j]);
            double candidate = apply(f->activation, x[2 * u + j] + product[2 * u + j]);
            double o = apply(f->recurrent, x[3 * u + j] + product[3 * u + j]);
            cell[j] = forget * cell[j] + i * candidate;
            h[j] = o * apply(f->activation, cell[j]);
            double parts[] = {i, forget, candidate, o, cell[j]};
            for (int p = 0; p < 5; p++)
                trace[p * lanes + j] = parts[p];
            break;
        }
        }
    }
}

/* Fills hidden [rows][units] and trace [steps][parts][lanes] of one sample. */
static void forward_sample(const EvalCall *call, const CellForm *f, int64_t n, double *hidden,
                           double *trace)
{
    Arena *arena = call->context->arena;
    int64_t u = f->units, columns = f->gates * u;
    double *h = arena_array(arena, double, u), *cell = arena_array(arena, double, u);
    double *product = arena_array(arena, double, columns);
    for (int64_t j = 0; j < u; j++) {
        h[j] = operand_at(call, SCAN_STATE, n, j);
        cell[j] = f->states > 1 ? operand_at(call, SCAN_STATE, n, u + j) : 0;
    }
    for (int64_t t = 0; t < f->steps; t++) {
        for (int64_t c = 0; c < columns; c++) {
            product[c] = operand_at(call, SCAN_BIAS, n, c);
            for (int64_t k = 0; k < u; k++)
                product[c] += h[k] * operand_at(call, SCAN_MASK, n, k) *
                              call->in[SCAN_KERNEL][k * columns + c];
        }
        forward_step(f, call->in[SCAN_X] + (n * f->steps + t) * columns, product, h, cell,
                     trace + t * f->parts * f->lanes);
        memcpy(hidden + t * u, h, (size_t)u * sizeof *h);
    }
    if (f->has_cell)
        memcpy(hidden + f->steps * u, cell, (size_t)u * sizeof *cell);
}

static void forward_eval(const EvalCall *call, bool wants_trace)
{
    CellForm f = cell_form(call->graph, call->node);
    int64_t hidden_size = f.rows * f.units, trace_size = f.steps * f.parts * f.lanes;
    double *hidden = arena_array(call->context->arena, double, hidden_size);
    double *trace = arena_array(call->context->arena, double, trace_size);
    for (int64_t n = 0; n < call->context->batch; n++) {
        forward_sample(call, &f, n, hidden, trace);
        if (wants_trace)
            memcpy(call->out + n * trace_size, trace, (size_t)trace_size * sizeof *trace);
        else
            memcpy(call->out + n * hidden_size, hidden, (size_t)hidden_size * sizeof *hidden);
    }
}

static void scan_eval(const EvalCall *call)
{
    forward_eval(call, false);
}

static void trace_eval(const EvalCall *call)
{
    forward_eval(call, true);
}

/* Gradients of one step: d_h and d_cell are the gradients of the states after it, and become those
 * of the states before it, but for the product. */
static void backward_step(const CellForm *f, const double *trace, const double *before, double *d_h,
                          double *d_cell, double *d_product, double *d_x)
{
    int64_t u = f->units, lanes = f->lanes;
    for (int64_t j = 0; j < u; j++) {
        const double *part = trace + j;
        double d = d_h[j];
        switch (f->kind) {
        case CELL_RNN:
            d_product[j] = d_x[j] = d * slope(f->activation, part[0]);
            d_h[j] = 0;
            break;
        case CELL_GRU: {
            double z = part[0], r = part[lanes], candidate = part[2 * lanes];
            double d_candidate = d * (1 - z) * slope(f->activation, candidate);
            d_product[j] = d_x[j] = d * (before[j] - candidate) * slope(f->recurrent, z);
            d_product[u + j] = d_x[u + j] = d_candidate * part[3 * lanes] * slope(f->recurrent, r);
            d_product[2 * u + j] = d_candidate * r;
            d_x[2 * u + j] = d_candidate;
            d_h[j] = d * z;
            break;
        }
        case CELL_LSTM: {
            double i = part[0], forget = part[lanes], candidate = part[2 * lanes];
            double o = part[3 * lanes], shown = apply(f->activation, part[4 * lanes]);
            double d_c = d_cell[j] + d * o * slope(f->activation, shown);
            d_product[j] = d_c * candidate * slope(f->recurrent, i);
            d_product[u + j] = d_c * before[j] * slope(f->recurrent, forget);
            d_product[2 * u + j] = d_c * i * slope(f->activation, candidate);
            d_product[3 * u + j] = d * shown * slope(f->recurrent, o);
            for (int g = 0; g < 4; g++)
                d_x[g * u + j] = d_product[g * u + j];
            d_cell[j] = d_c * forget;
            d_h[j] = 0;
            break;
        }
        }
    }
}

typedef enum Wanted { WANT_PRODUCT, WANT_X, WANT_STATE } Wanted;

static void backward_eval(const EvalCall *call, Wanted wanted)
{
    Arena *arena = call->context->arena;
    CellForm f = cell_form(call->graph, call->node);
    int64_t u = f.units, columns = f.gates * u, row = f.parts * f.lanes;
    double *d_h = arena_array(arena, double, u), *d_cell = arena_array(arena, double, u);
    double *d_product = arena_array(arena, double, columns);
    double *d_x = arena_array(arena, double, columns), *before = arena_array(arena, double, u);
    for (int64_t n = 0; n < call->context->batch; n++) {
        memset(d_h, 0, (size_t)u * sizeof *d_h);
        memset(d_cell, 0, (size_t)u * sizeof *d_cell);
        const double *d_out = call->in[SCAN_GRAD_OUT] + n * f.rows * u;
        if (f.has_cell)
            memcpy(d_cell, d_out + f.steps * u, (size_t)u * sizeof *d_cell);
        for (int64_t t = f.steps - 1; t >= 0; t--) {
            const double *trace = call->in[SCAN_GRAD_TRACE] + (n * f.steps + t) * row;
            for (int64_t j = 0; j < u; j++) {
                d_h[j] += d_out[t * u + j];
                before[j] = t > 0 ? trace[(f.parts - 1) * f.lanes + j - row]
                                  : operand_at(call, SCAN_GRAD_STATE, n, (f.states - 1) * u + j);
            }
            backward_step(&f, trace, before, d_h, d_cell, d_product, d_x);
            for (int64_t k = 0; k < u; k++)
                for (int64_t c = 0; c < columns; c++)
                    d_h[k] += d_product[c] * call->in[SCAN_GRAD_KERNEL][c * u + k] *
                              operand_at(call, SCAN_GRAD_MASK, n, k);
            if (wanted != WANT_STATE)
                memcpy(call->out + (n * f.steps + t) * columns, wanted == WANT_X ? d_x : d_product,
                       (size_t)columns * sizeof *d_x);
        }
        if (wanted == WANT_STATE) {
            memcpy(call->out + n * f.states * u, d_h, (size_t)u * sizeof *d_h);
            if (f.states > 1)
                memcpy(call->out + n * f.states * u + u, d_cell, (size_t)u * sizeof *d_cell);
        }
    }
}

static void scan_grad_eval(const EvalCall *call)
{
    backward_eval(call, WANT_PRODUCT);
}

static void input_grad_eval(const EvalCall *call)
{
    backward_eval(call, WANT_X);
}

static void state_grad_eval(const EvalCall *call)
{
    backward_eval(call, WANT_STATE);
}

/* ---- gradient -------------------------------------------------------------------------------- */

static IndexMap one_axis(int axis, int64_t offset)
{
    return (IndexMap){1, {{axis, 1}}, offset};
}

static NodeId slice(Build *b, NodeId x, int axis, int64_t from, int64_t count)
{
    AttrValue attrs[3] = {{.i = axis}, {.i = from}, {.i = count}};
    return build_node(b, &op_slice, &x, 1, attrs);
}

static NodeId masked(Build *b, NodeId hidden, NodeId mask)
{
    return scan_is_absent(b->graph, mask) ? hidden : map_mul(b, hidden, mask);
}

/* out[c, o] = sum over samples and steps of hidden[n, i - 1, c] * d_product[n, i, o] */
static NodeId kernel_grad(Build *b, NodeId hidden, NodeId d_product, Shape kernel)
{
    ContractSpec spec = {.axis_count = 4, .out_shape = kernel};
    spec.axis[0] = (Axis){'n', -1};
    spec.axis[1] = (Axis){'i', graph_node(b->graph, d_product)->shape.dim[0]};
    spec.axis[2] = (Axis){'o', kernel.dim[1]};
    spec.axis[3] = (Axis){'c', kernel.dim[0]};
    spec.left[0] = one_axis(1, -1);
    spec.right[0] = one_axis(1, 0);
    spec.left[1] = spec.out[0] = one_axis(3, 0);
    spec.right[1] = spec.out[1] = one_axis(2, 0);
    return build_contract(b, hidden, d_product, &spec);
}

/* What the first step adds to it when there is a state before it. */
static NodeId first_kernel_grad(Build *b, NodeId hidden, NodeId d_product, Shape kernel)
{
    NodeId first = slice(b, d_product, 0, 0, 1);
    first = build_reshape(b, first, 1, &kernel.dim[1]);
    ContractSpec spec = {.axis_count = 3, .out_shape = kernel};
    spec.axis[0] = (Axis){'n', -1};
    spec.axis[1] = (Axis){'o', kernel.dim[1]};
    spec.axis[2] = (Axis){'c', kernel.dim[0]};
    spec.left[0] = spec.out[0] = one_axis(2, 0);
    spec.right[0] = spec.out[1] = one_axis(1, 0);
    return build_contract(b, hidden, first, &spec);
}

static void scan_grad_rule(Build *b, NodeId node, NodeId d_out, const bool *needed,
                           NodeId *d_inputs)
{
    const Node n = *graph_node(b->graph, node);
    Shape kernel = graph_node(b->graph, n.inputs[SCAN_KERNEL])->shape;
    AttrValue order = {.list = {.count = 2, .item = {1, 0}}};
    NodeId trace = build_node(b, &op_scan_trace, n.inputs, n.input_count, n.attrs);
    NodeId turned = build_node(b, &op_transpose, &n.inputs[SCAN_KERNEL], 1, &order);
    NodeId state = n.inputs[SCAN_STATE], mask = n.inputs[SCAN_MASK];
    NodeId operands[SCAN_INPUTS] = {trace, turned, state, d_out, mask};
    NodeId d_product = build_node(b, &op_scan_grad, operands, SCAN_INPUTS, n.attrs);
    d_inputs[SCAN_X] = d_inputs[SCAN_BIAS] = d_product;
    if (needed[SCAN_X] && n.attrs[SCAN_ATTR_CELL].i == CELL_GRU)
        d_inputs[SCAN_X] = build_node(b, &op_scan_input_grad, operands, SCAN_INPUTS, n.attrs);
    if (needed[SCAN_KERNEL]) {
        NodeId d = kernel_grad(b, masked(b, node, mask), d_product, kernel);
        if (!scan_is_absent(b->graph, state)) {
            NodeId hidden = masked(b, slice(b, state, 0, 0, kernel.dim[0]), mask);
            d = map_add(b, d, first_kernel_grad(b, hidden, d_product, kernel));
        }
        d_inputs[SCAN_KERNEL] = d;
    }
    if (needed[SCAN_STATE])
        d_inputs[SCAN_STATE] = build_node(b, &op_scan_state_grad, operands, SCAN_INPUTS, n.attrs);
}

/* ---- descriptors ----------------------------------------------------------------------------- */

const OpDef op_scan = {
    .name = "scan",
    .family = FAMILY_SCAN,
    .summary = "hidden states of a recurrent cell over all steps",
    .doc = "rnn: h = f(x + s) with s = (mask * h) U + b of the step before\n"
           "gru: z, r = g(x + s), candidate = f(x + r * s), h = z * h + (1 - z) * candidate\n"
           "lstm: i, f, o = g(x + s), c = f * c + i * f(x + s), h = o * f(c); with_cell: the last c "
           "is one more row",
    .inputs = {"x", "kernel", "bias", "state", "mask"},
    .attrs = scan_attrs,
    .infer = scan_infer,
    .eval = scan_eval,
    .grad = scan_grad_rule,
    .lower = lower_scan,
};

const OpDef op_scan_trace = {
    .name = "scan_trace",
    .family = FAMILY_SCAN,
    .summary = "gates and states of a recurrent cell over all steps",
    .doc = "[steps, parts, lanes]; lanes past the units hold nothing. For the gradient of scan.",
    .inputs = {"x", "kernel", "bias", "state", "mask"},
    .attrs = scan_attrs,
    .infer = trace_infer,
    .eval = trace_eval,
    .lower = lower_scan,
};

const OpDef op_scan_grad = {
    .name = "scan_grad",
    .family = FAMILY_SCAN,
    .summary = "gradient of what the hidden state adds to the gates, for all steps",
    .doc = "Walks from the last step to the first; kernel is the recurrent kernel, transposed.",
    .inputs = {"trace", "kernel", "state", "d_out", "mask"},
    .attrs = scan_attrs,
    .infer = grad_infer,
    .eval = scan_grad_eval,
    .lower = lower_scan_grad,
};

const OpDef op_scan_input_grad = {
    .name = "scan_input_grad",
    .family = FAMILY_SCAN,
    .summary = "gradient of what the input adds to the gates of a GRU, for all steps",
    .doc = "As scan_grad, but the candidate's share does not go through the reset gate.",
    .inputs = {"trace", "kernel", "state", "d_out", "mask"},
    .attrs = scan_attrs,
    .infer = grad_infer,
    .eval = input_grad_eval,
    .lower = lower_scan_grad,
};

const OpDef op_scan_state_grad = {
    .name = "scan_state_grad",
    .family = FAMILY_SCAN,
    .summary = "gradient of the states before the first step",
    .doc = "[hidden, cell] side by side.",
    .inputs = {"trace", "kernel", "state", "d_out", "mask"},
    .attrs = scan_attrs,
    .infer = state_grad_infer,
    .eval = state_grad_eval,
    .lower = lower_scan_grad,
};
