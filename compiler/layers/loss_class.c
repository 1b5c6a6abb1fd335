/* loss_class.c: losses of probabilities: cross entropies and the divergence of Kullback and
 * Leibler. */
#include "front/diag.h"
#include "layers/loss.h"

#include <math.h>

#define CLASS_ATTRS(smoothed)                                                                      \
    {"from_logits", ATTR_BOOL, .def = "false",                                                     \
     .doc = "p holds scores, and the loss applies the " smoothed " itself"},                       \
        {"label_smoothing", ATTR_REAL,                                                             \
         .def = "0",        .least = 0,                                                            \
         .most = 1,         .doc = "share of the target that is spread evenly over all classes"},  \
    {                                                                                              \
        "class_weights", ATTR_REALS,                                                               \
            .def = "1",                                                                            \
            .doc = "factor of the loss of samples of each class: a list with one per class"        \
    }

/* ---- weights of classes ---------------------------------------------------------------------- */

/* Checks the attribute; *has_weights is false when all classes count the same. */
static bool check_weights(Build *b, const Call *call, int64_t classes, bool *has_weights)
{
    const AttrValue *weights = call_attr(call, "class_weights");
    *has_weights = weights->reals.count > 1 || weights->reals.item[0] != 1;
    for (int i = 0; i < weights->reals.count; i++)
        if (!(weights->reals.item[i] >= 0) || isinf(weights->reals.item[i])) {
            diag_error(b->diag, call_attr_span(call, "class_weights"),
                       "'class_weights' of '%s' must not be below 0, found %g", call->op->name,
                       weights->reals.item[i]);
            return false;
        }
    if (weights->reals.count == 1 || weights->reals.count == classes)
        return true;
    diag_error(b->diag, call_attr_span(call, "class_weights"),
               "'class_weights' of '%s' needs %lld numbers, one per class, found %d",
               call->op->name, (long long)classes, weights->reals.count);
    return false;
}

static NodeId weights_constant(Build *b, const Call *call, int64_t classes)
{
    const AttrValue *weights = call_attr(call, "class_weights");
    if (weights->reals.count == 1)
        return build_number(b, weights->reals.item[0]);
    Str name = str_format(b->graph->arena, "%.*s.class_weights", STR_ARGS(b->name));
    Leaf leaf = {.kind = LEAF_CONSTANT, .values = weights->reals.item};
    return build_leaf(b, name, shape_of(false, 1, &classes), TYPE_F32, leaf);
}

/* t (1 - s) + s / classes */
static NodeId smoothed(Build *b, NodeId target, double smoothing, int64_t classes)
{
    if (smoothing <= 0)
        return target;
    NodeId rest = build_binary(b, &op_mul, target, build_number(b, 1 - smoothing));
    return build_binary(b, &op_add, rest, build_number(b, smoothing / (double)classes));
}

/* ---- cross_entropy --------------------------------------------------------------------------- */

static const AttrDef cross_entropy_attrs[] = {CLASS_ATTRS("softmax"), {0}};

static NodeId log_probability(Build *b, const Call *call, NodeId p)
{
    if (call_attr(call, "from_logits")->i)
        return build_unary(b, &op_log_softmax, p);
    if (graph_node(b->graph, p)->op != &op_softmax)
        p = build_binary(b, &op_maximum, p, build_number(b, LEAST_PROBABILITY));
    return build_unary(b, &op_log, p);
}

/* (1 - s) * -log p[target] + s * mean of -log p */
static NodeId entropy_of_class(Build *b, NodeId log_p, NodeId label, double smoothing)
{
    NodeId picked = build_binary(b, &op_pick, log_p, label);
    if (smoothing <= 0)
        return build_unary(b, &op_negate, picked);
    int rank = graph_node(b->graph, log_p)->shape.rank;
    NodeId even = build_mean(b, log_p, 1U << (rank - 1), false, false);
    picked = build_binary(b, &op_mul, picked, build_number(b, smoothing - 1));
    return build_binary(b, &op_sub, picked,
                        build_binary(b, &op_mul, even, build_number(b, smoothing)));
}

static NodeId cross_entropy_expand(Build *b, const Call *call)
{
    NodeId target, loss;
    bool has_weights;
    if (!loss_inputs_are_known(call) || !loss_check_distribution(b, call, &target))
        return NODE_NONE;
    NodeId p = layer_numbers(b, call, 0);
    if (p == NODE_NONE)
        return NODE_NONE;
    Shape shape = graph_node(b->graph, p)->shape;
    int64_t classes = shape.dim[shape.rank - 1];
    double smoothing = call_attr(call, "label_smoothing")->r;
    if (!check_weights(b, call, classes, &has_weights))
        return NODE_NONE;
    loss_warn_of_scores(b, call, &op_softmax);
    NodeId log_p = log_probability(b, call, p);
    if (target == NODE_NONE) {
        loss = entropy_of_class(b, log_p, call->inputs[1], smoothing);
    } else {
        NodeId terms = build_binary(b, &op_mul, smoothed(b, target, smoothing, classes), log_p);
        loss = build_unary(b, &op_negate, loss_sum_of_last(b, terms));
    }
    if (has_weights) {
        NodeId share = target == NODE_NONE ? loss_one_hot(b, call->inputs[1]) : target;
        NodeId weight = loss_sum_of_last(
            b, build_binary(b, &op_mul, share, weights_constant(b, call, classes)));
        loss = build_binary(b, &op_mul, loss, weight);
    }
    return loss_weighted_mean(b, call, loss);
}

static const OpCase cross_entropy_cases[] = {
    {"input x: f32[10]  target t: class[10]  p = x -> softmax  output p  loss cross_entropy(p, t)",
     NULL},
    {"input x: f32[37]  target t: class[37]  p = x -> softmax  output p  loss cross_entropy(p, t)",
     NULL},
    {"input x: f32[3, 2]  target t: class[2]  p = x -> flatten -> dense(2) -> softmax  output p  "
     "loss cross_entropy(p, t)",
     NULL},
    {"input x: f32[6]  target t: class[4]  p = x -> dense(4) -> sigmoid  output p  loss "
     "cross_entropy(p, t)",
     NULL},
    {"input x: f32[7]  target t: f32[7]  p = x -> softmax  output p  loss cross_entropy(p, t)",
     NULL},
    {"input x: f32[3, 2]  target t: f32[3, 2]  output x  loss cross_entropy(x, t, from_logits = "
     "true, label_smoothing = 0.1)",
     NULL},
    {"input x: f32[2, 3, 4]  target t: class[4][2, 3]  p = x -> softmax  output p  loss "
     "cross_entropy(p, t, label_smoothing = 0.1, class_weights = [1, 2, 3, 4])",
     NULL},
    {"input x: f32[5]  target t: class[5]  output x  loss cross_entropy(x, t, from_logits = true, "
     "label_smoothing = 0.2, class_weights = [1, 2, 0, 0.5, 3])",
     NULL},
    {"input x: f32[3]  target t: f32[3]  p = x -> softmax  output p  loss cross_entropy(p, t, "
     "class_weights = [0.5, 1, 2])",
     NULL},
    {"input x: f32[4]  target t: class[4]  target w: f32  p = x -> softmax  output p  loss "
     "cross_entropy(p, t, sample_weight = w)",
     NULL},
    {"input x: f32[5, 3]  target t: class[3][5]  target w: f32[5]  target v: f32[1]  p = x -> "
     "softmax  output p  loss cross_entropy(p, t, w, label_smoothing = 0.1)  loss 0.5 * "
     "cross_entropy(p, t, class_weights = [1, 2, 3], sample_weight = v)",
     NULL},
    {0},
};

const OpDef op_cross_entropy = {
    .name = "cross_entropy",
    .family = FAMILY_LOSS,
    .category = "loss",
    .summary = "minus the logarithm of the right class's probability",
    .doc =
        "For a target class[classes], or one with a shape such as class[classes][h, w]: mean of "
        "-log(p[..., target]), for each place. For a target of numbers of p's "
        "shape, "
        "one-hot or any distribution: mean of -sum over k of target[k] * log(p[k]).\n"
        "Write it after a softmax: the compiler then works on the scores before the softmax, where "
        "large ones do no harm. Probabilities from elsewhere are kept above 1e-7. With from_logits "
        "p "
        "holds the scores themselves.\n"
        "label_smoothing s trains for target * (1 - s) + s / classes. class_weights multiply the "
        "loss of each sample, and the sum is divided by the number of samples, as Keras' "
        "class_weight (PyTorch divides by the sum of the weights); for a distribution the factor "
        "is sum over k of target[k] * weight[k]." LOSS_WEIGHT_DOC,
    LOSS_INPUTS("p"),
    .attrs = cross_entropy_attrs,
    .expand = cross_entropy_expand,
    .cases = cross_entropy_cases,
};

/* ---- binary_cross_entropy -------------------------------------------------------------------- */

static const AttrDef binary_cross_entropy_attrs[] = {CLASS_ATTRS("sigmoid"), {0}};

static NodeId binary_cross_entropy_expand(Build *b, const Call *call)
{
    NodeId target = NODE_NONE;
    bool has_weights;
    if (!loss_inputs_are_known(call) || !loss_check_numbers_or_yes(b, call, &target))
        return NODE_NONE;
    NodeId p = layer_numbers(b, call, 0);
    if (p == NODE_NONE || !check_weights(b, call, 2, &has_weights))
        return NODE_NONE;
    loss_warn_of_scores(b, call, &op_sigmoid);
    bool is_score = call_attr(call, "from_logits")->i != 0;
    if (!is_score && graph_node(b->graph, p)->op != &op_sigmoid) {
        p = build_binary(b, &op_maximum, p, build_number(b, LEAST_PROBABILITY));
        p = build_binary(b, &op_minimum, p, build_number(b, 1 - LEAST_PROBABILITY));
    }
    const OpDef *entropy = is_score ? &op_binary_cross_entropy_logits : &op_binary_cross_entropy;
    NodeId loss =
        build_binary(b, entropy, p, smoothed(b, target, call_attr(call, "label_smoothing")->r, 2));
    if (has_weights) { /* no + t * (yes - no) */
        const AttrValue *weights = call_attr(call, "class_weights");
        double no = weights->reals.item[0], yes = weights->reals.item[weights->reals.count - 1];
        NodeId weight = build_binary(b, &op_mul, target, build_number(b, yes - no));
        weight = build_binary(b, &op_add, weight, build_number(b, no));
        loss = build_binary(b, &op_mul, loss, weight);
    }
    return loss_weighted_mean(b, call, loss);
}

static const OpCase binary_cross_entropy_cases[] = {
    {"input x: f32[3]  target t: f32[3]  target w: f32[3]  p = x -> sigmoid  output p  loss "
     "binary_cross_entropy(p, t, sample_weight = w * w)",
     NULL},
    {"input x: f32[3]  target t: f32[3]  p = x -> sigmoid  output p  loss binary_cross_entropy(p, "
     "t)",
     NULL},
    {"input x: f32[5]  target t: f32[1]  p = x -> dense(1) -> sigmoid  output p"
     "  loss binary_cross_entropy(p, t)",
     NULL},
    {"input x: f32[2]  target t: f32[2]  p = x -> softmax  output p  loss binary_cross_entropy(p, "
     "t)",
     NULL},
    {"input x: f32[4]  target t: class[2]  p = x -> dense(1) -> sigmoid  output p"
     "  loss binary_cross_entropy(p, t, class_weights = [0.5, 2])",
     NULL},
    {"input x: f32[2, 3]  target t: f32[2, 3]  output x"
     "  loss binary_cross_entropy(x, t, from_logits = true, label_smoothing = 0.1)",
     NULL},
    {"input x: f32  target t: class[2]  output x"
     "  loss binary_cross_entropy(x, t, from_logits = true, class_weights = [1, 3])",
     NULL},
    {0},
};

const OpDef op_binary_cross_entropy_loss = {
    .name = "binary_cross_entropy",
    .family = FAMILY_LOSS,
    .category = "loss",
    .summary = "cross entropy of yes and no",
    .doc = "mean over batch and elements of -(t * log(p) + (1 - t) * log(1 - p)), for targets t in "
           "0..1 of p's shape, or a target class[2] for a single p, the probability of class 1.\n"
           "Write it after a sigmoid: the compiler then works on the scores before the sigmoid. "
           "Probabilities from elsewhere are kept 1e-7 away from 0 and 1. With from_logits p holds "
           "the scores themselves.\n"
           "label_smoothing s trains for t * (1 - s) + s / 2. class_weights = [no, yes] multiply "
           "the loss of each element by no + t * (yes - no)." LOSS_WEIGHT_DOC,
    LOSS_INPUTS("p"),
    .attrs = binary_cross_entropy_attrs,
    .expand = binary_cross_entropy_expand,
    .cases = binary_cross_entropy_cases,
};

/* ---- kl_divergence --------------------------------------------------------------------------- */

static NodeId kl_divergence_expand(Build *b, const Call *call)
{
    NodeId target;
    if (!loss_inputs_are_known(call))
        return NODE_NONE;
    const Node *t = graph_node(b->graph, call->inputs[1]);
    if (t->classes > 0)
        return loss_check_numbers(b, call, &target), NODE_NONE;
    if (!loss_check_distribution(b, call, &target))
        return NODE_NONE;
    NodeId p = layer_numbers(b, call, 0);
    if (p == NODE_NONE)
        return NODE_NONE;
    NodeId least = build_number(b, LEAST_PROBABILITY);
    if (graph_node(b->graph, p)->op != &op_softmax)
        p = build_binary(b, &op_maximum, p, least);
    NodeId log_t = build_unary(b, &op_log, build_binary(b, &op_maximum, target, least));
    NodeId ratio = build_binary(b, &op_sub, log_t, build_unary(b, &op_log, p));
    return loss_weighted_mean(b, call, loss_sum_of_last(b, build_binary(b, &op_mul, target, ratio)));
}

static const OpCase kl_divergence_cases[] = {
    {"input x: f32[5]  target t: f32[5]  p = x -> softmax  q = t -> softmax  output p  loss "
     "kl_divergence(p, q)",
     NULL},
    {"input x: f32[2, 3]  target t: f32[2, 3]  p = x -> sigmoid  q = t -> softmax  output p  loss "
     "kl_divergence(p, q)",
     NULL},
    {0},
};

const OpDef op_kl_divergence = {
    .name = "kl_divergence",
    .family = FAMILY_LOSS,
    .category = "loss",
    .summary = "divergence of Kullback and Leibler between two distributions",
    .doc =
        "mean over the batch of sum over k of t[k] * log(t[k] / p[k]), for distributions p and t "
        "along the last axis. Logarithms are those of at least 1e-7, as in Keras; after a "
        "softmax that of p is taken from the scores." LOSS_WEIGHT_DOC,
    LOSS_INPUTS("p"),
    .expand = kl_divergence_expand,
    .cases = kl_divergence_cases,
};
