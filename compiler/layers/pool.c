/* pool.c: pooling layers: windows from ops/window.c, and means over all positions. */
#include "front/diag.h"
#include "layers/conv.h"

// clang-format off
#define POOL_ATTRS(axes)                                                                           \
    {"kernel", ATTR_INTS, .def = "2", .least = 1, .most = LAYER_MOST_SIZE, .is_positional = true,  \
     .doc = "size of the window, one number or one per axis: " axes},                              \
    {"stride", ATTR_INTS, .def = "0", .least = 0, .most = LAYER_MOST_SIZE,                         \
     .doc = "step of the window; 0: as the kernel"},                                               \
    {"padding", ATTR_PADDING, .def = "valid",                                                      \
     .doc = "places around the input that do not count: valid (none), same, or numbers"}
// clang-format on

static const AttrDef pool2d_attrs[] = {POOL_ATTRS("height, width"), {0}};
static const AttrDef pool1d_attrs[] = {POOL_ATTRS("steps"), {0}};

/* The resolved attributes of a window operator. */
static void window_attrs(const Window *windows, int axis_count, AttrValue attrs[3])
{
    attrs[0] = (AttrValue){.list = {.count = axis_count}};
    attrs[1] = (AttrValue){.list = {.count = axis_count}};
    attrs[2] = (AttrValue){.padding = {.kind = PADDING_EXPLICIT, .count = axis_count}};
    for (int a = 0; a < axis_count; a++) {
        attrs[0].list.item[a] = windows[a].kernel;
        attrs[1].list.item[a] = windows[a].stride;
        attrs[2].padding.before[a] = windows[a].before;
        attrs[2].padding.after[a] = windows[a].after;
    }
}

/* Positions inside a window are numbered; see window_argmax. */
static bool check_kernel(Build *b, const Call *call, const Window *windows, int axis_count)
{
    int64_t places = 1;
    for (int a = 0; a < axis_count; a++)
        places *= windows[a].kernel;
    if (places <= INT32_MAX)
        return true;
    diag_error(b->diag, call_attr_span(call, "kernel"),
               "the kernel of '%s' has %lld elements, at most %d are allowed", call->op->name,
               (long long)places, INT32_MAX);
    return false;
}

static int64_t real_elements(const Window *w, int64_t out_index)
{
    int64_t first = out_index * w->stride - w->before;
    int64_t last = first + w->kernel;
    return (last < w->in ? last : w->in) - (first > 0 ? first : 0);
}

static bool is_uniform(const Window *w)
{
    for (int64_t i = 1; i < w->out; i++)
        if (real_elements(w, i) != real_elements(w, 0))
            return false;
    return true;
}

/* 1 / (real elements along one axis), as a constant that broadcasts over the other dimensions. */
static NodeId inverse_counts(Build *b, const Window *w, int axis, int axis_count)
{
    Shape shape = {.rank = axis_count + 1};
    for (int d = 0; d < shape.rank; d++)
        shape.dim[d] = d == axis ? w->out : 1;
    double *values = arena_array(b->graph->arena, double, w->out);
    for (int64_t i = 0; i < w->out; i++)
        values[i] = 1.0 / (double)real_elements(w, i);
    Str name = str_format(b->graph->arena, "%.*s.inverse_count_%d", STR_ARGS(b->name), axis);
    return build_leaf(b, name, shape, TYPE_F32, (Leaf){.kind = LEAF_CONSTANT, .values = values});
}

/* Sums of windows -> means. Axes whose windows are all full share one factor. */
static NodeId divide_by_count(Build *b, NodeId sum, const Window *windows, int axis_count)
{
    double factor = 1;
    for (int a = 0; a < axis_count; a++) {
        if (is_uniform(&windows[a]))
            factor /= (double)real_elements(&windows[a], 0);
        else
            sum = build_binary(b, &op_mul, sum, inverse_counts(b, &windows[a], a, axis_count));
    }
    return factor < 1 ? build_binary(b, &op_mul, sum, build_number(b, factor)) : sum;
}

static NodeId pool(Build *b, const Call *call, const OpDef *window_op, int axis_count)
{
    NodeId x = conv_input(b, call, axis_count);
    if (x == NODE_NONE)
        return NODE_NONE;
    Window windows[2];
    if (!layer_windows(b, call, x, axis_count, true, windows) ||
        !check_kernel(b, call, windows, axis_count))
        return NODE_NONE;
    Shape out = graph_node(b->graph, x)->shape;
    for (int a = 0; a < axis_count; a++)
        out.dim[a] = windows[a].out;
    if (!layer_check_size(b, call, out, "result"))
        return NODE_NONE;
    AttrValue attrs[3];
    window_attrs(windows, axis_count, attrs);
    NodeId y = build_node(b, window_op, &x, 1, attrs);
    if (window_op == &op_window_max)
        return y;
    return divide_by_count(b, y, windows, axis_count);
}

static NodeId max_pool2d_expand(Build *b, const Call *call)
{
    return pool(b, call, &op_window_max, 2);
}

static NodeId max_pool1d_expand(Build *b, const Call *call)
{
    return pool(b, call, &op_window_max, 1);
}

static NodeId average_pool2d_expand(Build *b, const Call *call)
{
    return pool(b, call, &op_window_sum, 2);
}

static NodeId average_pool1d_expand(Build *b, const Call *call)
{
    return pool(b, call, &op_window_sum, 1);
}

static NodeId global_average(Build *b, const Call *call, int axis_count)
{
    return build_mean(b, conv_input(b, call, axis_count), (1U << axis_count) - 1, false, false);
}

static NodeId global_average_pool2d_expand(Build *b, const Call *call)
{
    return global_average(b, call, 2);
}

static NodeId global_average_pool1d_expand(Build *b, const Call *call)
{
    return global_average(b, call, 1);
}

static NodeId global_max(Build *b, const Call *call, int axis_count)
{
    NodeId x = conv_input(b, call, axis_count);
    return build_reduce(b, &op_reduce_max, x, (1U << axis_count) - 1, false, false);
}

static NodeId global_max_pool2d_expand(Build *b, const Call *call)
{
    return global_max(b, call, 2);
}

static NodeId global_max_pool1d_expand(Build *b, const Call *call)
{
    return global_max(b, call, 1);
}

/* ---- descriptors ----------------------------------------------------------------------------- */

static const OpCase max_pool2d_cases[] = {
    {"input x: f32[6, 6, 3]  y = x -> max_pool2d(2)  output y", NULL},
    {"input x: f32[7, 5, 2]  y = x -> max_pool2d(2, padding = same)  output y", NULL},
    {"input x: f32[9, 8, 2]  y = x -> max_pool2d(3, stride = 2, padding = same)  output y", NULL},
    {"input x: f32[5, 5, 1]  y = x -> max_pool2d([3, 2], stride = 1, padding = [[1, 0], [1, 1]])  "
     "output y",
     NULL},
    {"input x: f32[4, 4, 2]  y = add(x, x -> max_pool2d(3, stride = 1, padding = same))  output y",
     NULL},
    {0},
};

const OpDef op_max_pool2d = {
    .name = "max_pool2d",
    .family = FAMILY_LAYER,
    .category = "pooling",
    .summary = "largest value of each window of an image",
    .doc =
        "y[i, j, c] = max over p, q of x[i*s + p - a, j*s + q - b, c]\n"
        "Padding never wins. Of equal values the first one takes the gradient. Sizes as in conv2d.",
    .inputs = {"x"},
    .attrs = pool2d_attrs,
    .expand = max_pool2d_expand,
    .cases = max_pool2d_cases,
};

static const OpCase max_pool1d_cases[] = {
    {"input x: f32[12, 3]  y = x -> max_pool1d(2)  output y", NULL},
    {"input x: f32[11, 2]  y = x -> max_pool1d(3, stride = 2, padding = same)  output y", NULL},
    {"input x: f32[1, 1]  y = x -> max_pool1d(1)  output y", NULL},
    {0},
};

const OpDef op_max_pool1d = {
    .name = "max_pool1d",
    .family = FAMILY_LAYER,
    .category = "pooling",
    .summary = "largest value of each window of a sequence",
    .doc = "y[i, c] = max over p of x[i*s + p - a, c]\nPadding never wins. Sizes as in conv2d.",
    .inputs = {"x"},
    .attrs = pool1d_attrs,
    .expand = max_pool1d_expand,
    .cases = max_pool1d_cases,
};

static const OpCase average_pool2d_cases[] = {
    {"input x: f32[6, 6, 3]  y = x -> average_pool2d(2)  output y", NULL},
    {"input x: f32[7, 7, 3]  y = x -> average_pool2d(2, padding = same)  output y", NULL},
    {"input x: f32[9, 8, 2]  y = x -> average_pool2d(3, stride = 2, padding = same)  output y",
     NULL},
    {"input x: f32[5, 4, 1]  y = x -> average_pool2d([2, 3], stride = 1, padding = [1, 2])  output "
     "y",
     NULL},
    {0},
};

const OpDef op_average_pool2d = {
    .name = "average_pool2d",
    .family = FAMILY_LAYER,
    .category = "pooling",
    .summary = "mean of each window of an image",
    .doc = "y[i, j, c] = mean over p, q of x[i*s + p - a, j*s + q - b, c]\n"
           "The sum is divided by the number of real elements, so padding does not count (as in "
           "Keras; "
           "PyTorch: count_include_pad=False). Sizes as in conv2d.",
    .inputs = {"x"},
    .attrs = pool2d_attrs,
    .expand = average_pool2d_expand,
    .cases = average_pool2d_cases,
};

static const OpCase average_pool1d_cases[] = {
    {"input x: f32[12, 3]  y = x -> average_pool1d(2)  output y", NULL},
    {"input x: f32[11, 2]  y = x -> average_pool1d(3, stride = 2, padding = same)  output y", NULL},
    {0},
};

const OpDef op_average_pool1d = {
    .name = "average_pool1d",
    .family = FAMILY_LAYER,
    .category = "pooling",
    .summary = "mean of each window of a sequence",
    .doc = "y[i, c] = mean over p of x[i*s + p - a, c]\n"
           "The sum is divided by the number of real elements. Sizes as in conv2d.",
    .inputs = {"x"},
    .attrs = pool1d_attrs,
    .expand = average_pool1d_expand,
    .cases = average_pool1d_cases,
};

static const OpCase global_average_pool2d_cases[] = {
    {"input x: f32[5, 3, 4]  y = x -> global_average_pool2d  output y", NULL},
    {"input x: f32[1, 1, 1]  y = x -> global_average_pool2d  output y", NULL},
    {0},
};

const OpDef op_global_average_pool2d = {
    .name = "global_average_pool2d",
    .family = FAMILY_LAYER,
    .category = "pooling",
    .summary = "mean of each channel of an image",
    .doc = "y[c] = mean over i, j of x[i, j, c]",
    .inputs = {"x"},
    .expand = global_average_pool2d_expand,
    .cases = global_average_pool2d_cases,
};

static const OpCase global_average_pool1d_cases[] = {
    {"input x: f32[7, 3]  y = x -> global_average_pool1d  output y", NULL},
    {"input x: f32[1, 2]  y = x -> global_average_pool1d  output y", NULL},
    {0},
};

const OpDef op_global_average_pool1d = {
    .name = "global_average_pool1d",
    .family = FAMILY_LAYER,
    .category = "pooling",
    .summary = "mean of each channel of a sequence",
    .doc = "y[c] = mean over i of x[i, c]",
    .inputs = {"x"},
    .expand = global_average_pool1d_expand,
    .cases = global_average_pool1d_cases,
};

static const OpCase global_max_pool2d_cases[] = {
    {"input x: f32[5, 3, 4]  y = x -> global_max_pool2d  output y", NULL},
    {"input x: f32[1, 1, 1]  y = x -> global_max_pool2d  output y", NULL},
    {"input x: f32[4, 5, 17]  h = x -> tanh  y = add(h -> global_max_pool2d, h -> "
     "global_average_pool2d)  output y",
     NULL},
    {0},
};

const OpDef op_global_max_pool2d = {
    .name = "global_max_pool2d",
    .family = FAMILY_LAYER,
    .category = "pooling",
    .summary = "largest value of each channel of an image",
    .doc = "y[c] = max over i, j of x[i, j, c]. Of equal values the first one takes the gradient.",
    .inputs = {"x"},
    .expand = global_max_pool2d_expand,
    .cases = global_max_pool2d_cases,
};

static const OpCase global_max_pool1d_cases[] = {
    {"input x: f32[7, 3]  y = x -> global_max_pool1d  output y", NULL},
    {"input x: f32[1, 2]  y = x -> global_max_pool1d  output y", NULL},
    {0},
};

const OpDef op_global_max_pool1d = {
    .name = "global_max_pool1d",
    .family = FAMILY_LAYER,
    .category = "pooling",
    .summary = "largest value of each channel of a sequence",
    .doc = "y[c] = max over i of x[i, c]. Of equal values the first one takes the gradient.",
    .inputs = {"x"},
    .expand = global_max_pool1d_expand,
    .cases = global_max_pool1d_cases,
};
