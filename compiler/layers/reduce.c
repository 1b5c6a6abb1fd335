/* reduce.c: sums, means and extremes over named axes, and what else is made of them. */
#include "front/diag.h"
#include "layers/layers.h"
#include "ops/axis.h"
#include "ops/map.h"

#define AXES                                                                                       \
    {                                                                                              \
        "axes", ATTR_INTS, .def = "[]", AXIS_RANGE,                                                \
                           .doc = "an axis or a list of axes, from 0 without the batch; -1 is "    \
                                  "the last; all unless given"                                     \
    }
#define KEEP                                                                                       \
    {                                                                                              \
        "keep", ATTR_BOOL, .def = "false", .doc = "keep reduced axes, with size 1"                 \
    }
static const AttrDef sum_attrs[] = {
    AXES,
    KEEP,
    {"over_batch", ATTR_BOOL, .def = "false",
     .doc = "reduce the samples of a batch, too: for losses and metrics"},
    {0},
};
static const AttrDef extreme_attrs[] = {AXES, KEEP, {0}};

/* The first input as numbers and the bits of its axes; NODE_NONE after an error. */
static NodeId reduced(Build *b, const Call *call, uint32_t *axes)
{
    NodeId x = layer_numbers(b, call, 0);
    if (x == NODE_NONE || !axis_resolve_list(b, call, "axes", x, axes))
        return NODE_NONE;
    if (call_attr(call, "axes")->list.count == 0)
        *axes = (1u << graph_node(b->graph, x)->shape.rank) - 1;
    return x;
}

static NodeId sum_expand(Build *b, const Call *call)
{
    uint32_t axes;
    NodeId x = reduced(b, call, &axes);
    return build_reduce(b, &op_reduce_sum, x, axes, call_attr(call, "over_batch")->i != 0,
                        call_attr(call, "keep")->i != 0);
}

static NodeId mean_expand(Build *b, const Call *call)
{
    uint32_t axes;
    NodeId x = reduced(b, call, &axes);
    return build_mean(b, x, axes, call_attr(call, "over_batch")->i != 0,
                      call_attr(call, "keep")->i != 0);
}

static NodeId max_expand(Build *b, const Call *call)
{
    uint32_t axes;
    NodeId x = reduced(b, call, &axes);
    return build_reduce(b, &op_reduce_max, x, axes, false, call_attr(call, "keep")->i != 0);
}

static NodeId min_expand(Build *b, const Call *call)
{
    uint32_t axes;
    NodeId x = reduced(b, call, &axes);
    NodeId negative = build_unary(b, &op_negate, x);
    NodeId most =
        build_reduce(b, &op_reduce_max, negative, axes, false, call_attr(call, "keep")->i != 0);
    return build_unary(b, &op_negate, most);
}

static const OpCase sum_cases[] = {
    {"input x: f32[3, 5]  y = x -> sum(axes = 0)  output y", NULL},
    {"input x: f32[2, 3, 5]  y = x * sum(x, axes = [0, -1], keep = true)  output y", NULL},
    {"input x: f32[7]  y = x -> sum  output y", NULL},
    {"input x: f32[1, 4]  input z: f32[4]  y = x -> sum(axes = 0)  output y  "
     "loss mean(square(y - z), over_batch = true)",
     NULL},
    {0},
};
static const OpCase mean_cases[] = {
    {"input x: f32[3, 5]  y = x - mean(x, axes = -1, keep = true)  output y", NULL},
    {"input x: f32[4, 3, 2]  y = x -> mean(axes = [1, 0])  output y", NULL},
    {"input x: f32[1]  y = x -> mean  output y", NULL},
    {0},
};
static const OpCase max_cases[] = {
    {"input x: f32[3, 5]  y = x -> max(axes = 1)  output y", NULL},
    {"input x: f32[3, 2, 5]  y = x - max(x, axes = [0, 2], keep = true)  output y", NULL},
    {"input x: f32[9]  y = x -> max  output y", NULL},
    {0},
};
static const OpCase min_cases[] = {
    {"input x: f32[3, 5]  y = x -> min(axes = 0)  output y", NULL},
    {"input x: f32[3, 5]  y = x - min(x, axes = -2, keep = true)  output y", NULL},
    {"input x: f32[1, 1]  y = x -> min  output y", NULL},
    {0},
};

// clang-format off
#define REDUCTION(id, what, formula_text, attributes)  \
    const OpDef op_##id = {                            \
        .name = #id,                                   \
        .family = FAMILY_LAYER,                        \
        .category = "reduction",                       \
        .summary = what,                               \
        .doc = formula_text,                           \
        .inputs = {"x"},                               \
        .attrs = attributes,                           \
        .expand = id##_expand,                         \
        .cases = id##_cases,                           \
    }
// clang-format on

REDUCTION(
    sum, "sum over axes",
    "The sum of the elements along the axes; the batch stays unless over_batch says otherwise.",
    sum_attrs);
REDUCTION(
    mean, "mean over axes",
    "The mean of the elements along the axes. The batch stays unless over_batch says otherwise: "
    "loss mean(abs(y - t), over_batch = true) is a loss of one's own.",
    sum_attrs);
REDUCTION(
    max, "largest element along axes",
    "The gradient goes to the first of equal ones. Of two constants, max(a, b) is the larger; "
    "maximum compares tensors element by element.",
    extreme_attrs);
REDUCTION(
    min, "smallest element along axes",
    "The gradient goes to the first of equal ones. Of two constants, min(a, b) is the smaller; "
    "minimum compares tensors element by element.",
    extreme_attrs);
