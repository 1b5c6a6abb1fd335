/* arithmetic.c: elementwise arithmetic that existing operators can say. */
#include "front/diag.h"
#include "layers/layers.h"
#include "ops/map.h"

/* ---- average --------------------------------------------------------------------------------- */
static NodeId average_expand(Build *b, const Call *call)
{
    NodeId sum = layer_numbers(b, call, 0);
    for (int i = 1; i < call->input_count && sum != NODE_NONE; i++) {
        NodeId inputs[2] = {sum, layer_numbers(b, call, i)};
        Span spans[2] = {call_input_span(call, 0), call_input_span(call, i)};
        if (inputs[1] == NODE_NONE)
            return NODE_NONE;
        Call pair = {.op = &op_add, .inputs = inputs, .input_count = 2, .span = call->span};
        pair.input_spans = call->input_spans != NULL ? spans : NULL;
        sum = build_call(b, &pair);
    }
    return map_scale(b, sum, 1.0 / call->input_count);
}

static const OpCase average_cases[] = {
    {"input x: f32[5, 3]  y = average(x, x -> tanh, x * x)  output y", NULL},
    {"input x: f32[5, 3]  input z: f32[5, 1]  y = average(x, z)  output y", NULL},
    {"input x: f32[1]  input z: f32[2, 4]  y = average(x, z)  output y", NULL},
    {0},
};

const OpDef op_average = {
    .name = "average",
    .family = FAMILY_LAYER,
    .category = "arithmetic",
    .summary = "mean of tensors, elementwise",
    .doc =
        "(x + y + ...) / count\n"
        "Shapes are aligned at the last axis; a missing axis or one of size 1 is repeated, as in "
        "NumPy.",
    .inputs = {"x", "y"},
    .is_variadic = true,
    .expand = average_expand,
    .cases = average_cases,
};

/* ---- clip ------------------------------------------------------------------------------------ */
static const AttrDef clip_attrs[] = {
    {"low", ATTR_REAL, .doc = "smallest value of the result", .is_positional = true},
    {"high", ATTR_REAL, .doc = "largest value of the result", .is_positional = true},
    {0},
};

static NodeId clip_expand(Build *b, const Call *call)
{
    NodeId x = layer_numbers(b, call, 0);
    double low = call_attr(call, "low")->r, high = call_attr(call, "high")->r;
    if (x == NODE_NONE)
        return NODE_NONE;
    if (!(low <= high)) {
        diag_error(b->diag, call_attr_span(call, "high"),
                   "'high' of 'clip' must be at least 'low', found %g and %g", high, low);
        return NODE_NONE;
    }
    NodeId above = build_binary(b, &op_maximum, x, build_number(b, low));
    return build_binary(b, &op_minimum, above, build_number(b, high));
}

static const OpCase clip_cases[] = {
    {"input x: f32[17]  y = x -> clip(-0.5, 0.25)  output y", NULL},
    {"input x: f32[2, 1]  h = x -> clip(low = 0, high = 0.5)  y = h * x + h  output y", NULL},
    {0},
};

const OpDef op_clip = {
    .name = "clip",
    .family = FAMILY_LAYER,
    .category = "arithmetic",
    .summary = "elements kept between two numbers",
    .doc =
        "min(max(x, low), high). The gradient is 1 from low to high, both included, and 0 outside.",
    .inputs = {"x"},
    .attrs = clip_attrs,
    .expand = clip_expand,
    .cases = clip_cases,
};
