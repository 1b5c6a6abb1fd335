/* loss.c: losses. Each is one number, the mean over the batch (and over what else a sample has).
 *
 * They are written as textbooks do, on probabilities. Logarithms of probabilities that come
 * straight from softmax or sigmoid are taken as they stand: simplification then goes back to the
 * scores, where nothing overflows. Other probabilities are kept away from 0 and 1 first. */
#include "front/diag.h"
#include "layers/layers.h"

#define LEAST_PROBABILITY 1e-7 /* that of Keras; the smallest whose 1 - p differs from 1 in f32 */

/* ---- what losses and metrics check ------------------------------------------------------------
 */

static NodeId mean_of_all(Build *b, NodeId x)
{
    if (x == NODE_NONE)
        return NODE_NONE;
    Shape shape = graph_node(b->graph, x)->shape;
    return build_mean(b, x, (1U << shape.rank) - 1, shape.has_batch, false);
}

static void report_shapes(Build *b, const Call *call)
{
    const Node *p = graph_node(b->graph, call->inputs[0]);
    const Node *target = graph_node(b->graph, call->inputs[1]);
    Str p_shape = shape_str(b->graph->arena, p->shape);
    Str target_shape = shape_str(b->graph->arena, target->shape);
    diag_mark(b->diag, call_input_span(call, 0));
    diag_mark(b->diag, call_input_span(call, 1));
    diag_error(b->diag, call->span, "'%s' needs equal shapes: '%.*s' is %.*s, '%.*s' is %.*s",
               call->op->name, STR_ARGS(p->name), STR_ARGS(p_shape), STR_ARGS(target->name),
               STR_ARGS(target_shape));
}

/* A class target for scores [..., classes]. */
static bool check_class_target(Build *b, const Call *call)
{
    const Node *p = graph_node(b->graph, call->inputs[0]);
    const Node *target = graph_node(b->graph, call->inputs[1]);
    Shape expected = target->shape;
    if (target->classes <= 0) {
        Str shape = shape_str(b->graph->arena, target->shape);
        diag_error(b->diag, call_input_span(call, 1),
                   "'%s' needs a class target, but '%.*s' is %s%.*s", call->op->name,
                   STR_ARGS(target->name), type_name(target->type), STR_ARGS(shape));
        diag_note(b->diag, target->span, "declared here");
        diag_help(b->diag,
                  "declare it as class[N], or use binary_cross_entropy or mean_squared_error");
        return false;
    }
    if (expected.rank < MAX_RANK)
        expected.dim[expected.rank++] = target->classes;
    if (shape_equal(p->shape, expected))
        return true;
    Str found = shape_str(b->graph->arena, p->shape);
    Str needed = shape_str(b->graph->arena, expected);
    diag_error(b->diag, call_input_span(call, 0),
               "'%s' needs one score per class %.*s for '%.*s', but '%.*s' is %.*s", call->op->name,
               STR_ARGS(needed), STR_ARGS(target->name), STR_ARGS(p->name), STR_ARGS(found));
    diag_note(b->diag, target->span, "declared here as class[%d]", target->classes);
    return false;
}

/* A numeric target of the prediction's shape; *target receives it as f32. */
static bool check_number_target(Build *b, const Call *call, NodeId *target)
{
    const Node *p = graph_node(b->graph, call->inputs[0]);
    const Node *t = graph_node(b->graph, call->inputs[1]);
    if (t->classes > 0) {
        Str shape = shape_str(b->graph->arena, p->shape);
        diag_error(b->diag, call_input_span(call, 1),
                   "'%s' needs a target of numbers, but '%.*s' is class[%d]", call->op->name,
                   STR_ARGS(t->name), t->classes);
        diag_note(b->diag, t->span, "declared here");
        diag_help(b->diag, "declare it as f32%.*s, or use cross_entropy", STR_ARGS(shape));
        return false;
    }
    if (!shape_equal(p->shape, t->shape)) {
        report_shapes(b, call);
        return false;
    }
    *target = layer_numbers(b, call, 1);
    return true;
}

/* Scores straight from a layer, as PyTorch's losses take them, are no probabilities. */
static void warn_of_scores(Build *b, const Call *call, const char *activation)
{
    const Node *p = graph_node(b->graph, call->inputs[0]);
    bool is_score = p->op == &op_contract || p->op == &op_add || p->op == &op_relu ||
                    p->op == &op_leaky_relu || p->op == &op_tanh;
    if (!is_score || b->mode != MODE_TRAINING)
        return;
    diag_warning(b->diag, call_input_span(call, 0),
                 "'%s' takes probabilities, but '%.*s' does not come from '%s'", call->op->name,
                 STR_ARGS(p->name), activation);
    diag_help(b->diag, "end the network with '-> %s'", activation);
}

static bool inputs_are_known(const Call *call)
{
    return call->inputs[0] != NODE_NONE && call->inputs[1] != NODE_NONE;
}

/* ---- cross_entropy --------------------------------------------------------------------------- */

static NodeId cross_entropy_expand(Build *b, const Call *call)
{
    if (!inputs_are_known(call) || !check_class_target(b, call))
        return NODE_NONE;
    NodeId p = layer_numbers(b, call, 0);
    if (p == NODE_NONE)
        return NODE_NONE;
    warn_of_scores(b, call, "softmax");
    if (graph_node(b->graph, p)->op != &op_softmax)
        p = build_binary(b, &op_maximum, p, build_number(b, LEAST_PROBABILITY));
    NodeId picked = build_binary(b, &op_pick, build_unary(b, &op_log, p), call->inputs[1]);
    return mean_of_all(b, build_unary(b, &op_negate, picked));
}

static const OpCase cross_entropy_cases[] = {
    {"input x: f32[10]  target t: class[10]  p = x -> softmax  output p  loss cross_entropy(p, t)",
     NULL},
    {"input x: f32[3, 2]  target t: class[2]  p = x -> flatten -> dense(2) -> softmax  output p  "
     "loss cross_entropy(p, t)",
     NULL},
    {"input x: f32[6]  target t: class[4]  p = x -> dense(4) -> sigmoid  output p  loss "
     "cross_entropy(p, t)",
     NULL},
    {0},
};

const OpDef op_cross_entropy = {
    .name = "cross_entropy",
    .family = FAMILY_LOSS,
    .category = "loss",
    .summary = "minus the logarithm of the right class's probability",
    .doc =
        "mean of -log(p[target]), for probabilities p [classes] and a target class[classes].\n"
        "Write it after a softmax: the compiler then works on the scores before the softmax, where large "
        "ones do no harm. Probabilities from elsewhere are kept above 1e-7.",
    .inputs = {"p", "target"},
    .expand = cross_entropy_expand,
    .cases = cross_entropy_cases,
};

/* ---- binary_cross_entropy -------------------------------------------------------------------- */

static NodeId binary_cross_entropy_expand(Build *b, const Call *call)
{
    NodeId target = NODE_NONE;
    if (!inputs_are_known(call) || !check_number_target(b, call, &target))
        return NODE_NONE;
    NodeId p = layer_numbers(b, call, 0);
    if (p == NODE_NONE || target == NODE_NONE)
        return NODE_NONE;
    warn_of_scores(b, call, "sigmoid");
    if (graph_node(b->graph, p)->op != &op_sigmoid) {
        p = build_binary(b, &op_maximum, p, build_number(b, LEAST_PROBABILITY));
        p = build_binary(b, &op_minimum, p, build_number(b, 1 - LEAST_PROBABILITY));
    }
    return mean_of_all(b, build_binary(b, &op_binary_cross_entropy, p, target));
}

static const OpCase binary_cross_entropy_cases[] = {
    {"input x: f32[3]  target t: f32[3]  p = x -> sigmoid  output p  loss binary_cross_entropy(p, "
     "t)",
     NULL},
    {"input x: f32[5]  target t: f32[1]  p = x -> dense(1) -> sigmoid  output p"
     "  loss binary_cross_entropy(p, t)",
     NULL},
    {"input x: f32[2]  target t: f32[2]  p = x -> softmax  output p  loss binary_cross_entropy(p, "
     "t)",
     NULL},
    {0},
};

const OpDef op_binary_cross_entropy_loss = {
    .name = "binary_cross_entropy",
    .family = FAMILY_LOSS,
    .category = "loss",
    .summary = "cross entropy of yes and no",
    .doc = "mean over batch and elements of -(t * log(p) + (1 - t) * log(1 - p)), for targets t in "
           "0..1 of "
           "p's shape.\n"
           "Write it after a sigmoid: the compiler then works on the scores before the sigmoid. "
           "Probabilities "
           "from elsewhere are kept 1e-7 away from 0 and 1.",
    .inputs = {"p", "target"},
    .expand = binary_cross_entropy_expand,
    .cases = binary_cross_entropy_cases,
};

/* ---- mean_squared_error ---------------------------------------------------------------------- */

static NodeId mean_squared_error_expand(Build *b, const Call *call)
{
    NodeId target = NODE_NONE;
    if (!inputs_are_known(call) || !check_number_target(b, call, &target))
        return NODE_NONE;
    NodeId p = layer_numbers(b, call, 0);
    if (p == NODE_NONE || target == NODE_NONE)
        return NODE_NONE;
    return mean_of_all(b, build_unary(b, &op_square, build_binary(b, &op_sub, p, target)));
}

static const OpCase mean_squared_error_cases[] = {
    {"input x: f32[3]  target t: f32[3]  y = x -> tanh  output y  loss mean_squared_error(y, t)",
     NULL},
    {"input x: f32[2, 3]  target t: f32[2, 1]  y = x -> dense(1)  output y  loss "
     "mean_squared_error(y, t)",
     NULL},
    {0},
};

const OpDef op_mean_squared_error = {
    .name = "mean_squared_error",
    .family = FAMILY_LOSS,
    .category = "loss",
    .summary = "mean of squared differences",
    .doc = "mean over batch and elements of (y - target)^2, for a target of y's shape.",
    .inputs = {"y", "target"},
    .expand = mean_squared_error_expand,
    .cases = mean_squared_error_cases,
};

/* ---- accuracy -------------------------------------------------------------------------------- */

static NodeId count_right(Build *b, const Call *call)
{
    if (graph_node(b->graph, call->inputs[1])->classes > 0) {
        if (!check_class_target(b, call))
            return NODE_NONE;
        NodeId found = build_unary(b, &op_argmax, layer_numbers(b, call, 0));
        return build_binary(b, &op_equal, found, call->inputs[1]);
    }
    NodeId target = NODE_NONE;
    if (!check_number_target(b, call, &target))
        return NODE_NONE;
    NodeId half = build_number(b, 0.5);
    NodeId is_below = build_binary(b, &op_greater, half, layer_numbers(b, call, 0));
    return build_binary(b, &op_equal, is_below, build_binary(b, &op_greater, half, target));
}

static NodeId accuracy_expand(Build *b, const Call *call)
{
    if (!inputs_are_known(call))
        return NODE_NONE;
    Role role = b->role;
    b->role = ROLE_METRIC;
    NodeId accuracy = mean_of_all(b, count_right(b, call));
    b->role = role;
    return accuracy;
}

static const char no_slope[] = "an accuracy is a step function";
static const OpCase accuracy_cases[] = {
    {"input x: f32[10]  target t: class[10]  p = x -> softmax  output p  metric accuracy(p, t)",
     no_slope},
    {"input x: f32[1]  target t: f32[1]  p = x -> sigmoid  output p  metric accuracy(p, t)",
     no_slope},
    {0},
};

const OpDef op_accuracy = {
    .name = "accuracy",
    .family = FAMILY_METRIC,
    .category = "metric",
    .summary = "share of right answers",
    .doc = "For a class target: how often the largest score is that of the right class (the first "
           "of equal "
           "ones counts). For a target of numbers: how often p and the target lie on the same side "
           "of 0.5, "
           "which itself counts as yes.",
    .inputs = {"p", "target"},
    .expand = accuracy_expand,
    .cases = accuracy_cases,
};
