/* metric_set.c: metrics that are no means of batches. Each expands to totals of a batch, from which
 * runtime/metrics.h makes the totals of a set and, at its end, the value. */
#include "front/diag.h"
#include "layers/loss.h"

static const char no_slope[] = "totals of steps, or no loss";

static NodeId join(Build *b, const NodeId *parts, int count)
{
    for (int i = 0; i < count; i++)
        if (parts[i] == NODE_NONE)
            return NODE_NONE;
    return build_node(b, &op_concat, parts, count, NULL);
}

/* Sum over the batch and the first axes; the last ones, as many as kept, stay. */
static NodeId sum_to_last(Build *b, NodeId x, int kept)
{
    if (x == NODE_NONE)
        return NODE_NONE;
    Shape shape = graph_node(b->graph, x)->shape;
    return build_reduce(b, &op_reduce_sum, x, (1U << (shape.rank - kept)) - 1, shape.has_batch,
                        false);
}

/* ---- precision, recall, f1 ------------------------------------------------------------------- */

enum { AVERAGE_AUTOMATIC, AVERAGE_BINARY, AVERAGE_MACRO, AVERAGE_MICRO, AVERAGE_WEIGHTED };
static const char *const average_names[] = {"automatic", "binary",   "macro",
                                            "micro",     "weighted", NULL};

static const AttrDef average_attrs[] = {
    {"average", ATTR_CHOICE, .def = "automatic", .choices = average_names,
     .doc =
         "binary: of class 1; macro: mean over classes; weighted: by their samples; micro: of all "
         "answers; automatic: binary for two classes, else macro"},
    {"multi_label", ATTR_BOOL, .def = "false",
     .doc = "every element is a yes or no of its own, not a score of one class of several"},
    {"threshold", ATTR_REAL, .def = "0.5", .least = -1e6, .most = 1e6,
     .doc = "a score above it is a yes; for single scores and with multi_label"},
    {0},
};

/* 1 in column 0 where x is not above the threshold, in column 1 where it is. x [] or [..., 1]. */
static NodeId columns_of_sides(Build *b, NodeId x, double threshold)
{
    static const double numbers[] = {0, 1};
    int64_t two = 2;
    Leaf leaf = {.kind = LEAF_CONSTANT, .values = numbers};
    Str name = str_format(b->graph->arena, "%.*s.sides", STR_ARGS(b->name));
    NodeId sides = build_leaf(b, name, shape_of(false, 1, &two), TYPE_F32, leaf);
    NodeId is_above = build_binary(b, &op_greater, x, build_number(b, threshold));
    return build_binary(b, &op_equal, is_above, sides);
}

/* 1 where x is above the threshold; a number is a vector of one. */
static NodeId above(Build *b, NodeId x, double threshold)
{
    int64_t one = 1;
    if (graph_node(b->graph, x)->shape.rank == 0)
        x = build_reshape(b, x, 1, &one);
    return build_binary(b, &op_greater, x, build_number(b, threshold));
}

/* The labels that were found and those that are true, 1 or 0. */
static bool label_vectors(Build *b, const Call *call, NodeId *found, NodeId *truth)
{
    NodeId target;
    if (!loss_check_numbers(b, call, &target))
        return false;
    *found = above(b, layer_numbers(b, call, 0), call_attr(call, "threshold")->r);
    *truth = above(b, target, 0.5);
    return true;
}

/* The largest score of several is the answer, and no threshold has a say. A sigmoid before it hints at
 * labels that do not exclude each other. */
static bool check_largest_is_meant(Build *b, const Call *call)
{
    const Node *p = graph_node(b->graph, call->inputs[0]);
    if (call_attr(call, "threshold")->r != 0.5) {
        diag_error(b->diag, call_attr_span(call, "threshold"),
                   "'threshold' of '%s' is for single scores, but the largest of '%.*s' is the answer",
                   call->op->name, STR_ARGS(p->name));
        diag_help(b->diag, "with 'multi_label = true' every element is a yes or no of its own");
        return false;
    }
    if (p->op == &op_sigmoid && !loss_has_classes(b, call) && b->mode == MODE_TRAINING) {
        diag_warning(b->diag, call->span,
                     "'%s' takes the largest score as the answer, but '%.*s' comes from 'sigmoid'",
                     call->op->name, STR_ARGS(p->name));
        diag_help(b->diag, "with 'multi_label = true' every element is a yes or no of its own");
    }
    return true;
}

/* What was found and what is true, as one-hot vectors along the last axis. */
static bool hot_vectors(Build *b, const Call *call, NodeId *found, NodeId *truth)
{
    Shape p = graph_node(b->graph, call->inputs[0])->shape;
    bool has_classes = loss_has_classes(b, call);
    double threshold = call_attr(call, "threshold")->r;
    NodeId target;
    if (has_classes ? loss_is_yes_or_no(b, call) : p.rank == 0 || p.dim[p.rank - 1] == 1) {
        if (!loss_check_numbers_or_yes(b, call, &target))
            return false;
        *found = columns_of_sides(b, layer_numbers(b, call, 0), threshold);
        *truth = columns_of_sides(b, target, 0.5);
        return true;
    }
    if (!loss_check_distribution(b, call, &target) || !check_largest_is_meant(b, call))
        return false;
    NodeId label = has_classes ? call->inputs[1] : build_unary(b, &op_argmax, target);
    *found = loss_one_hot(b, build_unary(b, &op_argmax, layer_numbers(b, call, 0)));
    *truth = loss_one_hot(b, label);
    return true;
}

/* How the means over classes are made: a word of runtime/metrics.h. NULL after an error. */
static const char *average_mode(Build *b, const Call *call, int64_t classes, bool is_multi_label)
{
    static const char *const modes[] = {[AVERAGE_BINARY] = "NN_BINARY",
                                        [AVERAGE_MACRO] = "NN_MACRO",
                                        [AVERAGE_MICRO] = "NN_MICRO",
                                        [AVERAGE_WEIGHTED] = "NN_WEIGHTED"};
    int64_t average = call_attr(call, "average")->i;
    if (average == AVERAGE_BINARY && (classes != 2 || is_multi_label)) {
        if (is_multi_label)
            diag_error(b->diag, call_attr_span(call, "average"),
                       "'average = binary' of '%s' does not go with 'multi_label'", call->op->name);
        else
            diag_error(b->diag, call_attr_span(call, "average"),
                       "'average = binary' of '%s' needs two classes, found %lld", call->op->name,
                       (long long)classes);
        diag_help(b->diag, "the others are macro, micro and weighted");
        return NULL;
    }
    if (average == AVERAGE_AUTOMATIC)
        average = classes == 2 && !is_multi_label ? AVERAGE_BINARY : AVERAGE_MACRO;
    return average == AVERAGE_MACRO && is_multi_label ? "NN_EVERY" : modes[average];
}

/* [3 classes]: how often each class was found rightly, was found, was there. */
static NodeId class_counts(Build *b, const Call *call, const char *finish)
{
    NodeId found, truth;
    bool is_multi_label = call_attr(call, "multi_label")->i != 0;
    if (!loss_inputs_are_known(call) || !(is_multi_label ? label_vectors(b, call, &found, &truth)
                                                         : hot_vectors(b, call, &found, &truth)))
        return NODE_NONE;
    Shape shape = graph_node(b->graph, found)->shape;
    const char *mode = average_mode(b, call, shape.dim[shape.rank - 1], is_multi_label);
    if (mode == NULL)
        return NODE_NONE;
    b->finish = (Finish){"nn_merge_counts", finish, mode};
    NodeId parts[3] = {sum_to_last(b, build_binary(b, &op_mul, found, truth), 1),
                       sum_to_last(b, found, 1), sum_to_last(b, truth, 1)};
    return join(b, parts, 3);
}

static NodeId precision_expand(Build *b, const Call *call)
{
    return class_counts(b, call, "nn_precision");
}

static NodeId recall_expand(Build *b, const Call *call)
{
    return class_counts(b, call, "nn_recall");
}

static NodeId f1_expand(Build *b, const Call *call)
{
    return class_counts(b, call, "nn_f1");
}

#define OF_CLASSES                                                                                 \
    "For a class target, or one-hot vectors of the scores' shape, the answer is the largest "      \
    "score; for a single score with a target of numbers or class[2] it is class 1 above "          \
    "threshold.\nWith multi_label each element of the last axis is a label, found where p is "     \
    "above threshold, and there where the target, numbers of p's shape, is above 0.5.\n"           \
    "It is computed from counts over the whole set, not averaged over batches. As in "             \
    "scikit-learn: 0 where a divisor is 0, and classes that neither occur nor are found do not "   \
    "count in the macro mean; labels always do."

static const OpCase precision_cases[] = {
    {"input x: f32[4]  target t: f32[4]  p = x -> sigmoid  output p  metric precision(p, t, "
     "multi_label = true, threshold = 0.4)",
     no_slope},
    {"input x: f32[5]  target t: class[5]  output x  metric precision(x, t)", no_slope},
    {"input x: f32  target t: class[2]  output x  metric precision(x, t)", no_slope},
    {0},
};

const OpDef op_precision = {
    .name = "precision",
    .family = FAMILY_METRIC,
    .category = "metric",
    .summary = "share of right answers among those of a class",
    .doc = "hits / found, for each class. " OF_CLASSES,
    .inputs = {"p", "target"},
    .attrs = average_attrs,
    .expand = precision_expand,
    .is_of_set = true,
    .cases = precision_cases,
};

static const OpCase recall_cases[] = {
    {"input x: f32  target t: class[2]  p = x -> sigmoid  output p  metric recall(p, t, threshold = "
     "0.2)",
     no_slope},
    {"input x: f32[2]  target t: class[2]  output x  metric recall(x, t, average = weighted)",
     no_slope},
    {"input x: f32[1]  target t: f32[1]  p = x -> sigmoid  output p  metric recall(p, t)",
     no_slope},
    {0},
};

const OpDef op_recall = {
    .name = "recall",
    .family = FAMILY_METRIC,
    .category = "metric",
    .summary = "share of the samples of a class that were found",
    .doc = "hits / samples of the class, for each class. " OF_CLASSES,
    .inputs = {"p", "target"},
    .attrs = average_attrs,
    .expand = recall_expand,
    .is_of_set = true,
    .cases = recall_cases,
};

static const OpCase f1_cases[] = {
    {"input x: f32[5, 3]  target t: u8[5, 3]  output x  metric f1(x, t, multi_label = true, "
     "threshold = 0)  metric f1(x, t, multi_label = true, average = micro)",
     no_slope},
    {"input x: f32  target t: f32  output x  metric f1(x, t, multi_label = true)", no_slope},
    {"input x: f32[17]  target t: class[17]  output x  metric f1(x, t)", no_slope},
    {"input x: f32[3, 5]  target t: class[5][3]  output x  metric f1(x, t)  metric accuracy(x, t)",
     no_slope},
    {"input x: f32[2, 3]  target t: f32[2, 3]  output x  metric f1(x, t, average = micro)",
     no_slope},
    {"input x: f32[4]  target t: class[2]  p = x -> dense(1) -> sigmoid  output p  metric f1(p, t) "
     " "
     "metric f1(p, t, average = macro)  metric accuracy(p, t)",
     no_slope},
    {0},
};

const OpDef op_f1 = {
    .name = "f1",
    .family = FAMILY_METRIC,
    .category = "metric",
    .summary = "harmonic mean of precision and recall",
    .doc = "2 * hits / (found + samples of the class), for each class. " OF_CLASSES,
    .inputs = {"p", "target"},
    .attrs = average_attrs,
    .expand = f1_expand,
    .is_of_set = true,
    .cases = f1_cases,
};

/* ---- auc ------------------------------------------------------------------------------------- */

enum { AUC_THRESHOLDS = 200 }; /* as in Keras; NN_THRESHOLDS of runtime/metrics.h */

/* Those of Keras: from just below 0 to just above 1, evenly apart. */
static NodeId thresholds(Build *b)
{
    int64_t count = AUC_THRESHOLDS;
    double *values = arena_array(b->graph->arena, double, AUC_THRESHOLDS);
    for (int i = 0; i < AUC_THRESHOLDS; i++)
        values[i] = i / (double)(AUC_THRESHOLDS - 1);
    values[0] = -1e-7;
    values[AUC_THRESHOLDS - 1] = 1 + 1e-7;
    Leaf leaf = {.kind = LEAF_CONSTANT, .values = values};
    Str name = str_format(b->graph->arena, "%.*s.thresholds", STR_ARGS(b->name));
    return build_leaf(b, name, shape_of(false, 1, &count), TYPE_F32, leaf);
}

/* Scores and what is true of them, 0 or 1: one of a yes or no, else one for each class or label. */
static bool scores_and_truth(Build *b, const Call *call, NodeId *p, NodeId *truth)
{
    NodeId target;
    if (loss_has_classes(b, call) && !loss_is_yes_or_no(b, call)) {
        if (!loss_check_distribution(b, call, &target))
            return false;
        *truth = loss_one_hot(b, call->inputs[1]);
    } else {
        if (!loss_check_numbers_or_yes(b, call, &target))
            return false;
        *truth = above(b, target, 0.5);
    }
    *p = layer_numbers(b, call, 0);
    return *p != NODE_NONE && *truth != NODE_NONE;
}

/* The same with one more axis, of size 1; a number is a vector of one. */
static NodeId with_axis(Build *b, NodeId x, bool *fits)
{
    Shape shape = graph_node(b->graph, x)->shape;
    if (shape.rank == 0)
        shape.dim[shape.rank++] = 1;
    *fits = shape.rank < MAX_RANK;
    if (!*fits)
        return NODE_NONE;
    shape.dim[shape.rank++] = 1;
    return build_reshape(b, x, shape.rank, shape.dim);
}

/* [2 labels thresholds]: of each label, how many scores of true samples are above each threshold, and
 * how many of all samples. */
static NodeId auc_expand(Build *b, const Call *call)
{
    NodeId p, truth;
    bool fits;
    if (!loss_inputs_are_known(call) || !scores_and_truth(b, call, &p, &truth))
        return NODE_NONE;
    p = with_axis(b, p, &fits);
    if (!fits) {
        diag_error(b->diag, call->span, "'auc' needs scores of at most %d axes", MAX_RANK - 1);
        return NODE_NONE;
    }
    NodeId is_above = build_binary(b, &op_greater, p, thresholds(b));
    NodeId hits = build_binary(b, &op_mul, is_above, with_axis(b, truth, &fits));
    NodeId parts[2] = {sum_to_last(b, hits, 2), sum_to_last(b, is_above, 2)};
    for (int i = 0; i < 2; i++) {
        if (parts[i] == NODE_NONE)
            return NODE_NONE;
        int64_t count = shape_elements(graph_node(b->graph, parts[i])->shape);
        parts[i] = build_reshape(b, parts[i], 1, &count);
    }
    b->finish = (Finish){"nn_merge_counts", "nn_auc", "0"};
    return join(b, parts, 2);
}

static const OpCase auc_cases[] = {
    {"input x: f32  target t: class[2]  p = x -> sigmoid  output p  metric auc(p, t)", no_slope},
    {"input x: f32[4]  target t: class[3]  p = x -> dense(3) -> softmax  output p  metric auc(p, t)  "
     "metric f1(p, t)",
     no_slope},
    {"input x: f32[3]  target t: f32[3]  p = x -> sigmoid  output p  metric auc(p, t)", no_slope},
    {"input x: f32[2, 3, 1]  target t: u8[2, 3, 1]  p = x -> sigmoid  output p  metric auc(p, t)", no_slope},
    {0},
};

const OpDef op_auc = {
    .name = "auc",
    .family = FAMILY_METRIC,
    .category = "metric",
    .summary = "area under the curve of hits against false alarms (ROC)",
    .doc = "How often a sample of a class has a higher score for it than another sample has, from scores between "
           "0 and 1 and their counts above 200 thresholds over the whole set, with lines between them, as in "
           "Keras; scikit-learn sorts the scores, which differs by less than the distance of two thresholds where "
           "scores are spread.\n"
           "For a single score with a target class[2] or numbers; else the mean over classes, each against all "
           "others, or over labels, of a target of numbers. Classes that have all samples or none do not count; "
           "when none counts it is 0.",
    .inputs = {"p", "target"},
    .expand = auc_expand,
    .is_of_set = true,
    .cases = auc_cases,
};

/* ---- root_mean_squared_error ----------------------------------------------------------------- */

static bool take_pair(Build *b, const Call *call, NodeId *y, NodeId *target)
{
    if (!loss_inputs_are_known(call) || !loss_check_numbers(b, call, target))
        return false;
    *y = layer_numbers(b, call, 0);
    return *y != NODE_NONE;
}

static NodeId root_expand(Build *b, const Call *call)
{
    NodeId y, target;
    if (!take_pair(b, call, &y, &target))
        return NODE_NONE;
    b->finish = (Finish){NULL, "nn_root", "0"};
    return loss_mean(b, build_unary(b, &op_square, build_binary(b, &op_sub, y, target)));
}

static const OpCase root_cases[] = {
    {"input x: f32[3]  target t: f32[3]  output x  metric root_mean_squared_error(x, t)", no_slope},
    {"input x: f32[2, 3]  target t: f32[2, 1]  y = x -> dense(1)  output y  metric "
     "root_mean_squared_error(y, t)",
     no_slope},
    {0},
};

const OpDef op_root_mean_squared_error = {
    .name = "root_mean_squared_error",
    .family = FAMILY_METRIC,
    .category = "metric",
    .summary = "root of the mean squared difference",
    .doc = "sqrt(mean of (y - target)^2), with the mean over all samples of the set and their "
           "elements, as in Keras.",
    .inputs = {"y", "target"},
    .expand = root_expand,
    .is_of_set = true,
    .is_smaller_better = true,
    .cases = root_cases,
};

/* ---- r2 -------------------------------------------------------------------------------------- */

/* [3 elements]: of each element of a sample the mean target of the batch, the squared distances
 * from that mean, and the squared errors. Distances from the mean keep their digits where a
 * difference of large sums would lose them. */
static NodeId r2_expand(Build *b, const Call *call)
{
    NodeId y, target;
    if (!take_pair(b, call, &y, &target))
        return NODE_NONE;
    int64_t elements = shape_elements(graph_node(b->graph, y)->shape);
    y = build_reshape(b, y, 1, &elements);
    target = build_reshape(b, target, 1, &elements);
    NodeId mean = build_mean(b, target, 0, true, false);
    NodeId distance = build_unary(b, &op_square, build_binary(b, &op_sub, target, mean));
    NodeId error = build_unary(b, &op_square, build_binary(b, &op_sub, target, y));
    b->finish = (Finish){"nn_merge_spread", "nn_r2", "0"};
    NodeId parts[3] = {mean, sum_to_last(b, distance, 1), sum_to_last(b, error, 1)};
    return join(b, parts, 3);
}

static const OpCase r2_cases[] = {
    {"input x: f32  target t: f32  output x  metric r2(x, t)", no_slope},
    {"input x: f32[2, 3]  target t: f32[2, 1]  y = x -> dense(1)  output y  metric r2(y, t)",
     no_slope},
    {0},
};

const OpDef op_r2 = {
    .name = "r2",
    .family = FAMILY_METRIC,
    .category = "metric",
    .summary = "share of the targets' variance that is explained",
    .doc =
        "1 - sum of (target - y)^2 / sum of (target - mean target)^2 over the whole set, for each "
        "element of a sample, and the mean over elements: r2_score of scikit-learn. Where the "
        "targets are all the same it is 1 without errors and 0 with; differences that f32 cannot "
        "tell from rounding, below 1e-6 of the mean, are none.",
    .inputs = {"y", "target"},
    .expand = r2_expand,
    .is_of_set = true,
    .cases = r2_cases,
};
