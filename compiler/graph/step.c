/* step.c: the training step: gradients of all parameters, what is done with them before the update,
 * and the optimizer's update of each parameter. */
#include "front/diag.h"
#include "graph/build.h"
#include "graph/graph.h"

static Build build_for(Graph *g, Diag *diag, NodeId parameter)
{
    const Node *n = graph_node(g, parameter);
    return (Build){.graph = g,
                   .diag = diag,
                   .mode = MODE_TRAINING,
                   .role = ROLE_UPDATE,
                   .layer = n->layer,
                   .span = n->span,
                   .name = n->name,
                   .origin = NODE_NONE};
}

/* ---- norms ----------------------------------------------------------------------------------- */

static NodeId sum_square(Build *b, NodeId gradient)
{
    int rank = graph_node(b->graph, gradient)->shape.rank;
    return build_reduce(b, &op_reduce_sum, build_unary(b, &op_square, gradient), (1u << rank) - 1,
                        false, false);
}

/* A number of state that the norm of every step is added to. The training loop shows its mean and
 * sets it back to zero. */
static void keep_norm(Build *b, NodeId parameter, NodeId gradient)
{
    NodeId sum = build_optimizer_number(b, "gradient_norm", parameter, 0);
    NodeId norm = build_unary(b, &op_sqrt, sum_square(b, gradient));
    build_assign(b, sum, build_binary(b, &op_add, sum, norm));
}

/* ---- clipping -------------------------------------------------------------------------------- */

/* gradient * limit / max(norm, limit), which never divides by zero */
static NodeId shorten(Build *b, NodeId gradient, NodeId norm, double limit)
{
    NodeId number = build_number(b, limit);
    NodeId below = build_binary(b, &op_maximum, norm, number);
    return build_binary(b, &op_mul, gradient, build_binary(b, &op_div, number, below));
}

static NodeId clip_alone(Build *b, NodeId gradient, const GradientRule *rule)
{
    if (rule->clip_value > 0) {
        gradient = build_binary(b, &op_minimum, gradient, build_number(b, rule->clip_value));
        gradient = build_binary(b, &op_maximum, gradient, build_number(b, -rule->clip_value));
    }
    if (rule->clip_norm > 0) {
        NodeId norm = build_unary(b, &op_sqrt, sum_square(b, gradient));
        gradient = shorten(b, gradient, norm, rule->clip_norm);
    }
    return gradient;
}

static void clip_together(Graph *g, Diag *diag, const NodeIds *parameters, NodeId *gradients,
                          double limit)
{
    NodeId total = NODE_NONE, norm = NODE_NONE;
    for (int i = 0; i < parameters->count; i++) {
        if (gradients[i] == NODE_NONE)
            continue;
        Build b = build_for(g, diag, parameters->items[i]);
        NodeId sum = sum_square(&b, gradients[i]);
        total = total == NODE_NONE ? sum : build_binary(&b, &op_add, total, sum);
    }
    for (int i = 0; i < parameters->count; i++) {
        if (gradients[i] == NODE_NONE)
            continue;
        Build b = build_for(g, diag, parameters->items[i]);
        if (norm == NODE_NONE)
            norm = build_unary(&b, &op_sqrt, total);
        gradients[i] = shorten(&b, gradients[i], norm, limit);
    }
}

/* Norms are those before clipping. The limits apply one after the other, the tightest view first:
 * each element, each parameter, all of them. */
static void apply_rule(Graph *g, Diag *diag, const NodeIds *parameters, NodeId *gradients,
                       const GradientRule *rule)
{
    for (int i = 0; i < parameters->count; i++) {
        if (gradients[i] == NODE_NONE)
            continue;
        Build b = build_for(g, diag, parameters->items[i]);
        if (rule->is_measured)
            keep_norm(&b, parameters->items[i], gradients[i]);
        gradients[i] = clip_alone(&b, gradients[i], rule);
    }
    if (rule->clip_global_norm > 0)
        clip_together(g, diag, parameters, gradients, rule->clip_global_norm);
}

/* ---- the training step ----------------------------------------------------------------------- */

bool graph_training_step(Graph *g, Diag *diag, const OpDef *optimizer, const AttrValue *attrs,
                         const GradientRule *rule, Span span)
{
    NodeId loss = graph_total_loss(g, diag);
    if (loss == NODE_NONE) {
        diag_error(diag, span, "the model has no loss to train with");
        return false;
    }
    NodeIds parameters = {0};
    for (NodeId id = 0; id < g->nodes.count; id++) {
        const Leaf *leaf = graph_node(g, id)->leaf;
        if (leaf != NULL && leaf->kind == LEAF_PARAMETER && !leaf->is_frozen)
            vec_push(g->arena, &parameters, id);
    }
    NodeId *gradients = arena_array(g->arena, NodeId, parameters.count + 1);
    if (!graph_gradients(g, diag, loss, NODE_NONE, parameters.items, parameters.count, gradients))
        return false;
    if (rule != NULL)
        apply_rule(g, diag, &parameters, gradients, rule);
    int updated = 0;
    for (int i = 0; i < parameters.count; i++)
        if (gradients[i] != NODE_NONE) {
            Build b = build_for(g, diag, parameters.items[i]);
            NodeId rate = build_scalar(&b, SCALAR_RATE);
            optimizer->update(&b, attrs, parameters.items[i], gradients[i], rate);
            updated++;
        }
    if (updated == 0)
        diag_error(diag, span, "nothing can be trained: the loss depends on no parameter");
    return updated > 0;
}
