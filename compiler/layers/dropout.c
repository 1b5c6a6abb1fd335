/* dropout.c: random zeros in training. */
#include "layers/layers.h"

static const AttrDef dropout_attrs[] = {
    {"rate", ATTR_REAL, .doc = "share of the values that become zero", .least = 0, .most = 1,
     .is_positional = true},
    {0},
};

static NodeId dropout_expand(Build *b, const Call *call)
{
    NodeId x = layer_numbers(b, call, 0);
    double rate = call_attr(call, "rate")->r;
    if (x == NODE_NONE || b->mode == MODE_INFERENCE || rate <= 0)
        return x;
    NodeId random = build_random(b, graph_node(b->graph, x)->shape);
    NodeId is_dropped = build_binary(b, &op_greater, build_number(b, rate), random);
    NodeId scaled = build_binary(b, &op_mul, x, build_number(b, rate < 1 ? 1 / (1 - rate) : 0));
    return build_node(b, &op_select, (NodeId[]){is_dropped, build_number(b, 0), scaled}, 3, NULL);
}

static const OpCase dropout_cases[] = {
    {"input x: f32[50]  y = x -> dropout(0.5)  output y", NULL},
    {"input x: f32[3, 5, 2]  y = x -> dropout(0.25)  output y", NULL},
    {"input x: f32[7]  y = x -> dropout(0)  output y", NULL},
    {"input x: f32[9]  h = x -> dropout(0.3)  y = add(h, h -> tanh)  output y", NULL},
    {0},
};

const OpDef op_dropout = {
    .name = "dropout",
    .family = FAMILY_LAYER,
    .category = "regularization",
    .summary = "sets random values to zero in training",
    .doc = "Training: y = 0 with probability rate, else x / (1 - rate), new at each step. "
           "Inference: y = x.",
    .inputs = {"x"},
    .attrs = dropout_attrs,
    .expand = dropout_expand,
    .cases = dropout_cases,
};
