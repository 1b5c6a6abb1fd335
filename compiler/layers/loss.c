/* loss.c: what losses and metrics check, and the pieces they are built of.
 *
 * Losses are written as textbooks do, on probabilities. Logarithms of probabilities that come
 * straight from softmax or sigmoid are taken as they stand: simplification then goes back to the
 * scores, where nothing overflows. Other probabilities are kept away from 0 and 1 first. */
#include "layers/loss.h"

#include "front/diag.h"

static const Node *input_node(const Build *b, const Call *call, int input)
{
    return graph_node(b->graph, call->inputs[input]);
}

bool loss_inputs_are_known(const Call *call)
{
    return call->inputs[0] != NODE_NONE && call->inputs[1] != NODE_NONE;
}

/* ---- kinds of targets ------------------------------------------------------------------------ */

static void report_shapes(Build *b, const Call *call)
{
    const Node *p = input_node(b, call, 0), *target = input_node(b, call, 1);
    Str p_shape = shape_str(b->graph->arena, p->shape);
    Str target_shape = shape_str(b->graph->arena, target->shape);
    diag_mark(b->diag, call_input_span(call, 0));
    diag_mark(b->diag, call_input_span(call, 1));
    diag_error(b->diag, call->span, "'%s' needs equal shapes: '%.*s' is %.*s, '%.*s' is %.*s",
               call->op->name, STR_ARGS(p->name), STR_ARGS(p_shape), STR_ARGS(target->name),
               STR_ARGS(target_shape));
    if (target->leaf != NULL && target->leaf->kind == LEAF_TARGET && target->classes == 0 &&
        shape_elements(p->shape) == shape_elements(target->shape))
        diag_help(b->diag, "declare it as '%.*s: %s%.*s'", STR_ARGS(target->name), type_name(target->type),
                  STR_ARGS(p_shape));
}

bool loss_has_classes(const Build *b, const Call *call)
{
    return input_node(b, call, 1)->classes > 0;
}

static Shape with_last_axis(Shape shape, int64_t size)
{
    if (shape.rank < MAX_RANK)
        shape.dim[shape.rank++] = size;
    return shape;
}

bool loss_is_yes_or_no(const Build *b, const Call *call)
{
    const Node *p = input_node(b, call, 0), *target = input_node(b, call, 1);
    return target->classes == 2 && (shape_equal(p->shape, target->shape) ||
                                    shape_equal(p->shape, with_last_axis(target->shape, 1)));
}

bool loss_check_classes(Build *b, const Call *call)
{
    const Node *p = input_node(b, call, 0), *target = input_node(b, call, 1);
    Shape expected = with_last_axis(target->shape, target->classes);
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

bool loss_check_numbers(Build *b, const Call *call, NodeId *target)
{
    const Node *p = input_node(b, call, 0), *t = input_node(b, call, 1);
    if (t->classes > 0) {
        Str shape = shape_str(b->graph->arena, p->shape);
        diag_error(b->diag, call_input_span(call, 1),
                   "'%s' needs a target of numbers, but '%.*s' is class[%d]", call->op->name,
                   STR_ARGS(t->name), t->classes);
        diag_note(b->diag, t->span, "declared here");
        diag_help(b->diag, "declare it as f32%.*s, or use %s", STR_ARGS(shape),
                  call->op->family == FAMILY_METRIC ? "accuracy" : "cross_entropy");
        return false;
    }
    if (!shape_equal(p->shape, t->shape)) {
        report_shapes(b, call);
        return false;
    }
    *target = layer_numbers(b, call, 1);
    return *target != NODE_NONE;
}

bool loss_check_numbers_or_yes(Build *b, const Call *call, NodeId *target)
{
    const Node *p = input_node(b, call, 0), *t = input_node(b, call, 1);
    if (t->classes == 0)
        return loss_check_numbers(b, call, target);
    if (loss_is_yes_or_no(b, call)) {
        Shape shape = p->shape;
        *target =
            build_reshape(b, build_unary(b, &op_cast, call->inputs[1]), shape.rank, shape.dim);
        return true;
    }
    Str shape = shape_str(b->graph->arena, p->shape);
    diag_error(b->diag, call_input_span(call, 1),
               "'%s' needs a target of numbers %.*s, or class[2] for a single score, but '%.*s' is "
               "class[%d]",
               call->op->name, STR_ARGS(shape), STR_ARGS(t->name), t->classes);
    diag_note(b->diag, t->span, "declared here");
    diag_help(b->diag, "declare it as f32%.*s, or use cross_entropy", STR_ARGS(shape));
    return false;
}

bool loss_check_distribution(Build *b, const Call *call, NodeId *target)
{
    const Node *p = input_node(b, call, 0), *t = input_node(b, call, 1);
    Str found = shape_str(b->graph->arena, p->shape);
    int64_t classes = p->shape.rank > 0 ? p->shape.dim[p->shape.rank - 1] : 1;
    *target = NODE_NONE;
    if (t->classes > 0)
        return loss_check_classes(b, call);
    if (classes < 2) {
        diag_error(b->diag, call_input_span(call, 0),
                   "'%s' needs a score for each of two or more classes, but '%.*s' is %.*s",
                   call->op->name, STR_ARGS(p->name), STR_ARGS(found));
        diag_help(b->diag, "for yes or no use binary_cross_entropy, for a value "
                           "mean_squared_error");
        return false;
    }
    if (!shape_equal(p->shape, t->shape)) {
        Str shape = shape_str(b->graph->arena, t->shape);
        diag_error(b->diag, call_input_span(call, 1),
                   "'%s' needs a class target, or numbers of the scores' shape %.*s, but '%.*s' is "
                   "%s%.*s",
                   call->op->name, STR_ARGS(found), STR_ARGS(t->name), type_name(t->type),
                   STR_ARGS(shape));
        diag_note(b->diag, t->span, "declared here");
        if (p->shape.rank == 1)
            diag_help(b->diag, "declare it as class[%lld] or f32[%lld]", (long long)classes,
                      (long long)classes);
        else
            diag_help(b->diag, "declare it as f32%.*s", STR_ARGS(found));
        return false;
    }
    *target = layer_numbers(b, call, 1);
    return *target != NODE_NONE;
}

void loss_warn_of_scores(Build *b, const Call *call, const OpDef *activation)
{
    const Node *p = input_node(b, call, 0);
    bool wants_scores = call_attr(call, "from_logits")->i != 0;
    bool is_score = p->op == &op_contract || p->op == &op_add || p->op == &op_relu ||
                    p->op == &op_leaky_relu || p->op == &op_tanh || p->op == &op_log ||
                    p->op == &op_log_softmax;
    if (b->mode != MODE_TRAINING)
        return;
    if (wants_scores && p->op == activation) {
        diag_warning(b->diag, call_attr_span(call, "from_logits"),
                     "'%s' applies '%s' itself with 'from_logits', but '%.*s' comes from one",
                     call->op->name, activation->name, STR_ARGS(p->name));
        diag_help(b->diag, "leave out 'from_logits = true'");
    } else if (!wants_scores && is_score) {
        diag_warning(b->diag, call_input_span(call, 0),
                     "'%s' takes probabilities, but '%.*s' does not come from '%s'", call->op->name,
                     STR_ARGS(p->name), activation->name);
        diag_help(b->diag, "end the network with '-> %s'", activation->name);
    }
}

/* ---- building -------------------------------------------------------------------------------- */

NodeId loss_one_hot(Build *b, NodeId label)
{
    const Node *n = graph_node(b->graph, label);
    AttrValue classes = {.i = n->classes};
    Shape column = with_last_axis(n->shape, 1);
    NodeId index = build_reshape(b, label, column.rank, column.dim);
    return build_node(b, &op_one_hot, &index, 1, &classes);
}

NodeId loss_sum_of_last(Build *b, NodeId x)
{
    if (x == NODE_NONE)
        return NODE_NONE;
    int rank = graph_node(b->graph, x)->shape.rank;
    return build_reduce(b, &op_reduce_sum, x, 1U << (rank - 1), false, false);
}

NodeId loss_mean(Build *b, NodeId x)
{
    if (x == NODE_NONE)
        return NODE_NONE;
    Shape shape = graph_node(b->graph, x)->shape;
    return build_mean(b, x, (1U << shape.rank) - 1, shape.has_batch, false);
}

/* ---- weights of samples ---------------------------------------------------------------------- */

/* Inputs and targets that only say what a sample weighs are no answers: nothing is compared with them. */
static void mark_weights(Build *b, const Call *call)
{
    Graph *g = b->graph;
    const bool *is_weight = graph_reach(g->arena, g, call->inputs[LOSS_SAMPLE_WEIGHT]);
    const bool *is_answer = graph_reach(g->arena, g, call->inputs[1]);
    const bool *is_guess = graph_reach(g->arena, g, call->inputs[0]);
    for (int kind = 0; kind < 2; kind++) {
        const NodeIds *leaves = kind == 0 ? &g->inputs : &g->targets;
        for (int i = 0; i < leaves->count; i++) {
            NodeId id = leaves->items[i];
            if (is_weight[id] && !is_answer[id] && !is_guess[id])
                graph_node(g, id)->leaf->is_weight = true;
        }
    }
}

/* Whether weight is one number, or has the first axes of x. */
static bool fits_first_axes(Shape weight, Shape x)
{
    if (weight.rank == 1 && weight.dim[0] == 1)
        return true;
    for (int i = 0; i < weight.rank; i++)
        if (i >= x.rank || weight.dim[i] != x.dim[i])
            return false;
    return true;
}

/* x times the weights, which stand for its first axes. */
static NodeId weighted(Build *b, const Call *call, NodeId x)
{
    NodeId weight = layer_numbers(b, call, LOSS_SAMPLE_WEIGHT);
    if (weight == NODE_NONE)
        return NODE_NONE;
    Shape shape = graph_node(b->graph, x)->shape, given = graph_node(b->graph, weight)->shape;
    if (!fits_first_axes(given, shape)) {
        Str found = shape_str(b->graph->arena, given), whole = shape_str(b->graph->arena, shape);
        diag_error(b->diag, call_input_span(call, LOSS_SAMPLE_WEIGHT),
                   "'sample_weight' of '%s' must be one number for each sample, found %.*s",
                   call->op->name, STR_ARGS(found));
        if (shape.rank > 0)
            diag_note(b->diag, SPAN_NONE,
                      "the loss of a sample has the shape %.*s; its first axes may be weighed, too",
                      STR_ARGS(whole));
        return NODE_NONE;
    }
    mark_weights(b, call);
    int64_t dim[MAX_RANK];
    for (int i = 0; i < shape.rank; i++)
        dim[i] = i < given.rank ? given.dim[i] : 1;
    return build_binary(b, &op_mul, x, build_reshape(b, weight, shape.rank, dim));
}

NodeId loss_weighted_mean(Build *b, const Call *call, NodeId x)
{
    if (x != NODE_NONE && call->input_count > LOSS_SAMPLE_WEIGHT)
        x = weighted(b, call, x);
    return loss_mean(b, x);
}
