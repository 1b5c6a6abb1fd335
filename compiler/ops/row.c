/* row.c: operators over the last axis: softmax, its logarithm, the place of the maximum, and the
 * element that a class number picks. */
#include "front/diag.h"
#include "graph/build.h"
#include "ops/map.h"
#include "ops/op.h"

#include <math.h>

static bool has_rows(Build *b, const Call *call)
{
    const Node *x = graph_node(b->graph, call->inputs[0]);
    if (x->shape.rank > 0)
        return true;
    diag_error(b->diag, call_input_span(call, 0),
               "'%s' works along the last axis, but '%.*s' is a single number", call->op->name,
               STR_ARGS(x->name));
    return false;
}

static bool softmax_infer(Build *b, const Call *call, Inferred *inferred)
{
    inferred->shape = graph_node(b->graph, call->inputs[0])->shape;
    return has_rows(b, call);
}

/* Number and length of the rows of an input. */
static int64_t rows_of(const EvalCall *call, int64_t *length)
{
    Shape shape = graph_node(call->graph, call->node->inputs[0])->shape;
    *length = shape.dim[shape.rank - 1];
    return shape_elements(shape) / *length * (shape.has_batch ? call->context->batch : 1);
}

static NodeId sum_of_row(Build *b, NodeId x)
{
    uint32_t last = 1u << (graph_node(b->graph, x)->shape.rank - 1);
    return build_reduce(b, &op_reduce_sum, x, last, false, true);
}

/* ---- softmax --------------------------------------------------------------------------------- */
static void softmax_eval(const EvalCall *call)
{
    int64_t length, rows = rows_of(call, &length);
    for (int64_t r = 0; r < rows; r++) {
        const double *x = call->in[0] + r * length;
        double *y = call->out + r * length;
        double largest = x[0], sum = 0;
        for (int64_t i = 1; i < length; i++)
            largest = x[i] > largest ? x[i] : largest;
        for (int64_t i = 0; i < length; i++)
            sum += y[i] = exp(x[i] - largest);
        for (int64_t i = 0; i < length; i++)
            y[i] /= sum;
    }
}

/* d_x = y * (d_y - sum(d_y * y)) */
static void softmax_grad(Build *b, NodeId node, NodeId d_out, const bool *needed, NodeId *d_inputs)
{
    (void)needed;
    NodeId sum = sum_of_row(b, map_mul(b, d_out, node));
    d_inputs[0] = map_mul(b, node, map_sub(b, d_out, sum));
}

static const OpCase softmax_cases[] = {
    {"input x: f32[10]  y = x -> softmax  output y", NULL},
    {"input x: f32[1]  y = x -> softmax  output y", NULL},
    {"input x: f32[3, 2, 33]  h = x -> softmax  y = h * x  output y", NULL},
    {0},
};

const OpDef op_softmax = {
    .name = "softmax",
    .family = FAMILY_ROW,
    .category = "activation",
    .summary = "positive numbers that add up to 1, along the last axis",
    .doc = "e^x[i] / sum over k of e^x[k], computed so that it cannot overflow.",
    .inputs = {"x"},
    .infer = softmax_infer,
    .eval = softmax_eval,
    .grad = softmax_grad,
    .lower = lower_softmax,
    .cases = softmax_cases,
};

/* ---- log_softmax ----------------------------------------------------------------------------- */
static void log_softmax_eval(const EvalCall *call)
{
    int64_t length, rows = rows_of(call, &length);
    for (int64_t r = 0; r < rows; r++) {
        const double *x = call->in[0] + r * length;
        double largest = x[0], sum = 0;
        for (int64_t i = 1; i < length; i++)
            largest = x[i] > largest ? x[i] : largest;
        for (int64_t i = 0; i < length; i++)
            sum += exp(x[i] - largest);
        for (int64_t i = 0; i < length; i++)
            call->out[r * length + i] = x[i] - largest - log(sum);
    }
}

/* d_x = d_y - e^y * sum(d_y) */
static void log_softmax_grad(Build *b, NodeId node, NodeId d_out, const bool *needed,
                             NodeId *d_inputs)
{
    (void)needed;
    NodeId share = map_mul(b, build_unary(b, &op_exp, node), sum_of_row(b, d_out));
    d_inputs[0] = map_sub(b, d_out, share);
}

static const OpCase log_softmax_cases[] = {
    {"input x: f32[10]  y = x -> log_softmax  output y", NULL},
    {"input x: f32[1]  y = x -> log_softmax  output y", NULL},
    {"input x: f32[2, 17]  h = x -> log_softmax  y = h * x  output y", NULL},
    {0},
};

const OpDef op_log_softmax = {
    .name = "log_softmax",
    .family = FAMILY_ROW,
    .category = "activation",
    .summary = "logarithm of softmax",
    .doc = "x[i] - log(sum over k of e^x[k]). log after softmax becomes this by itself.",
    .inputs = {"x"},
    .reads = READS_PROBABILITY,
    .infer = softmax_infer,
    .eval = log_softmax_eval,
    .grad = log_softmax_grad,
    .lower = lower_log_softmax,
    .cases = log_softmax_cases,
};

/* ---- argmax ---------------------------------------------------------------------------------- */
static bool argmax_infer(Build *b, const Call *call, Inferred *inferred)
{
    if (!has_rows(b, call))
        return false;
    Shape from = graph_node(b->graph, call->inputs[0])->shape;
    int64_t length = from.dim[from.rank - 1];
    if (length > INT32_MAX) {
        diag_error(b->diag, call->span, "'%s' of %lld elements, at most %d are allowed",
                   call->op->name, (long long)length, INT32_MAX);
        return false;
    }
    inferred->shape = from;
    inferred->shape.rank--;
    inferred->shape.dim[from.rank - 1] = 0;
    inferred->type = TYPE_I32;
    inferred->classes = (int)length;
    return true;
}

static void argmax_eval(const EvalCall *call)
{
    int64_t length, rows = rows_of(call, &length);
    for (int64_t r = 0; r < rows; r++) {
        const double *x = call->in[0] + r * length;
        int64_t best = 0;
        for (int64_t i = 1; i < length; i++)
            best = x[i] > x[best] ? i : best;
        call->out[r] = (double)best;
    }
}

/* The place does not move when x does by a little. */
static void no_influence(Build *b, NodeId node, NodeId d_out, const bool *needed, NodeId *d_inputs)
{
    (void)b, (void)node, (void)d_out, (void)needed, (void)d_inputs;
}

static const OpCase argmax_cases[] = {
    {"input x: f32[7]  y = x -> argmax  output y", "a place does not move by a little"},
    {"input x: f32[3, 1, 5]  h = x -> tanh  y = h -> argmax  output h, y",
     "a place does not move by a little"},
    {0},
};

const OpDef op_argmax = {
    .name = "argmax",
    .family = FAMILY_ROW,
    .category = "reduction",
    .summary = "place of the largest element along the last axis",
    .doc = "A class number, counted from 0; the first of equal ones counts. It has no gradient.",
    .inputs = {"x"},
    .infer = argmax_infer,
    .eval = argmax_eval,
    .grad = no_influence,
    .lower = lower_argmax,
    .cases = argmax_cases,
};

/* ---- pick ------------------------------------------------------------------------------------ */
static bool pick_infer(Build *b, const Call *call, Inferred *inferred)
{
    const Node *x = graph_node(b->graph, call->inputs[0]);
    const Node *label = graph_node(b->graph, call->inputs[1]);
    CHECK(x->shape.rank == label->shape.rank + 1 && label->classes > 0);
    CHECK(x->shape.dim[label->shape.rank] == label->classes);
    CHECK(x->shape.has_batch == label->shape.has_batch);
    inferred->shape = label->shape;
    return true;
}

static void pick_eval(const EvalCall *call)
{
    int64_t length, rows = rows_of(call, &length);
    for (int64_t r = 0; r < rows; r++) {
        int64_t label = (int64_t)call->in[1][r];
        CHECK(label >= 0 && label < length);
        call->out[r] = call->in[0][r * length + label];
    }
}

static void pick_grad(Build *b, NodeId node, NodeId d_out, const bool *needed, NodeId *d_inputs)
{
    if (!needed[0])
        return;
    NodeId label = graph_node(b->graph, node)->inputs[1];
    int classes = graph_node(b->graph, label)->classes;
    Shape column = graph_node(b->graph, label)->shape;
    column.dim[column.rank++] = 1;
    AttrValue attrs = {.i = classes};
    NodeId index = build_reshape(b, label, column.rank, column.dim);
    NodeId hot = build_node(b, &op_one_hot, &index, 1, &attrs);
    d_inputs[0] = map_mul(b, hot, build_reshape(b, d_out, column.rank, column.dim));
}

static void pick_source(Lowering *l, const Node *node, const Position *at, Position *source)
{
    *source = *at;
    source->index[source->rank++] = lower_value(l, node->inputs[1], at);
}

static void pick_lower(Lowering *l, NodeId node)
{
    lower_view(l, node, pick_source);
}

const OpDef op_pick = {
    .name = "pick",
    .family = FAMILY_ROW,
    .summary = "the element that a class number names, along the last axis",
    .doc = "y[...] = x[..., label[...]]",
    .inputs = {"x", "label"},
    .typed_inputs = 2,
    .infer = pick_infer,
    .eval = pick_eval,
    .grad = pick_grad,
    .lower = pick_lower,
};
