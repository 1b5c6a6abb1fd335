/* conv_depthwise.c: convolutions that see every channel alone, and the pair of such a one and a
 * product over the channels. In memory a depthwise kernel [places..., channels, multiplier] is the
 * kernel of a convolution with a group for each channel, [places..., 1, channels * multiplier]. */
#include "layers/conv.h"

#include "front/diag.h"

// clang-format off
#define MULTIPLIER_ATTR                                                                            \
    {"multiplier", ATTR_INT, .def = "1", .least = 1, .most = LAYER_MOST_CHANNELS,                  \
     .doc = "results of each channel (Keras: depth_multiplier)"}
#define SEPARABLE_ATTRS(axes)                                                                      \
    CONV_FILTERS_ATTR,                                                                             \
    CONV_WINDOW_ATTRS(axes),                                                                       \
    MULTIPLIER_ATTR,                                                                               \
    {"depthwise_init", ATTR_INIT, .def = "glorot_uniform",                                         \
     .doc = "start values of the depthwise kernel"},                                               \
    {"pointwise_init", ATTR_INIT, .def = "glorot_uniform",                                         \
     .doc = "start values of the pointwise kernel"},                                               \
    LAYER_RESULT_ATTRS,                                                                            \
    LAYER_RESTRAINT_ATTRS("both kernels")
// clang-format on

static const AttrDef depthwise_conv2d_attrs[] = {
    CONV_WINDOW_ATTRS("height, width"), MULTIPLIER_ATTR, LAYER_FINISH_ATTRS, {0}};
static const AttrDef depthwise_conv1d_attrs[] = {
    CONV_WINDOW_ATTRS("steps"), MULTIPLIER_ATTR, LAYER_FINISH_ATTRS, {0}};
static const AttrDef separable_conv2d_attrs[] = {SEPARABLE_ATTRS("height, width"), {0}};
static const AttrDef separable_conv1d_attrs[] = {SEPARABLE_ATTRS("steps"), {0}};

/* The convolution of every channel alone with a parameter of the given name. */
static NodeId convolve_channels(Build *b, const Call *call, NodeId x, int axis_count,
                                const char *suffix, const char *init)
{
    Shape in = graph_node(b->graph, x)->shape;
    int64_t channels = in.dim[axis_count], multiplier = call_attr(call, "multiplier")->i;
    Conv conv = {.axis_count = axis_count, .groups = channels, .in_size = 1, .out_size = multiplier};
    if (!layer_windows(b, call, x, axis_count, false, conv.window))
        return NODE_NONE;
    if (multiplier > LAYER_MOST_CHANNELS / channels) {
        diag_error(b->diag, call_attr_span(call, "multiplier"),
                   "the result of '%s' would have %lld * %lld channels, at most %d are allowed",
                   call->op->name, (long long)channels, (long long)multiplier, LAYER_MOST_CHANNELS);
        return NODE_NONE;
    }
    Shape shape = conv_kernel_shape(&conv, channels, multiplier);
    Shape grouped = conv_kernel_shape(&conv, 1, channels * multiplier);
    Shape out = in;
    for (int a = 0; a < axis_count; a++)
        out.dim[a] = conv.window[a].out;
    out.dim[axis_count] = channels * multiplier;
    if (!layer_check_size(b, call, out, "result") || !layer_check_size(b, call, shape, "kernel"))
        return NODE_NONE;
    if (channels == 1) { /* one group is none */
        conv.groups = 1;
        conv.out_size = multiplier;
    }
    ContractSpec spec = conv_spec(&conv, in);
    /* Fans as Keras counts them: by the place of the axes. */
    int64_t places = shape_elements(shape) / (channels * multiplier);
    NodeId kernel = build_parameter(b, suffix, shape, call_attr(call, init)->init, places * channels,
                                    places * multiplier);
    if (kernel == NODE_NONE)
        return NODE_NONE;
    if (!layer_restrain(b, call, kernel, (1u << axis_count) - 1))
        return NODE_NONE;
    return build_contract(b, x, build_reshape(b, kernel, grouped.rank, grouped.dim), &spec);
}

static NodeId depthwise(Build *b, const Call *call, int axis_count)
{
    NodeId x = conv_input(b, call, axis_count);
    if (x == NODE_NONE)
        return NODE_NONE;
    return layer_finish(b, call, convolve_channels(b, call, x, axis_count, "kernel", "kernel_init"));
}

/* y[..., o] = sum over c of x[..., c] * kernel[1..., c, o] */
static NodeId mix_channels(Build *b, const Call *call, NodeId x, int axis_count)
{
    Shape in = graph_node(b->graph, x)->shape;
    int64_t channels = in.dim[axis_count], filters = call_attr(call, "filters")->i;
    Conv conv = {.axis_count = axis_count, .groups = 1, .in_size = channels, .out_size = filters};
    for (int a = 0; a < axis_count; a++)
        conv.window[a] = (Window){.in = in.dim[a], .kernel = 1, .stride = 1, .dilation = 1,
                                  .extent = 1, .out = in.dim[a]};
    Shape shape = conv_kernel_shape(&conv, channels, filters), out = in;
    out.dim[axis_count] = filters;
    if (!layer_check_size(b, call, out, "result") || !layer_check_size(b, call, shape, "kernel"))
        return NODE_NONE;
    Init init = call_attr(call, "pointwise_init")->init;
    NodeId kernel = build_parameter(b, "pointwise_kernel", shape, init, channels, filters);
    if (kernel == NODE_NONE)
        return NODE_NONE;
    if (!layer_restrain(b, call, kernel, (1u << (axis_count + 1)) - 1))
        return NODE_NONE;
    ContractSpec spec = conv_spec(&conv, in);
    return build_contract(b, x, kernel, &spec);
}

static NodeId separable(Build *b, const Call *call, int axis_count)
{
    NodeId x = conv_input(b, call, axis_count);
    if (x == NODE_NONE)
        return NODE_NONE;
    NodeId h = convolve_channels(b, call, x, axis_count, "depthwise_kernel", "depthwise_init");
    return h == NODE_NONE ? h : layer_finish(b, call, mix_channels(b, call, h, axis_count));
}

static NodeId depthwise_conv2d_expand(Build *b, const Call *call)
{
    return depthwise(b, call, 2);
}

static NodeId depthwise_conv1d_expand(Build *b, const Call *call)
{
    return depthwise(b, call, 1);
}

static NodeId separable_conv2d_expand(Build *b, const Call *call)
{
    return separable(b, call, 2);
}

static NodeId separable_conv1d_expand(Build *b, const Call *call)
{
    return separable(b, call, 1);
}

/* ---- descriptors ----------------------------------------------------------------------------- */

static const OpCase depthwise_conv2d_cases[] = {
    {"input x: f32[5, 4, 3]  y = x -> depthwise_conv2d(3)  output y", NULL},
    {"input x: f32[6, 5, 3]  y = x -> depthwise_conv2d([3, 2], multiplier = 2, stride = 2, padding "
     "= same)  output y",
     NULL},
    {"input x: f32[5, 5, 1]  y = x -> depthwise_conv2d(2, multiplier = 3, bias = false)  output y",
     NULL},
    {"input x: f32[7, 6, 2]  y = x -> depthwise_conv2d(3, dilation = 2, padding = [[1, 2], [2, 0]], "
     "activation = tanh)  output y",
     NULL},
    {"input x: f32[4, 4, 17]  y = add(x, x -> depthwise_conv2d(3, padding = same))  output y", NULL},
    {0},
};

const OpDef op_depthwise_conv2d = {
    .name = "depthwise_conv2d",
    .family = FAMILY_LAYER,
    .category = "convolution",
    .summary = "convolution of each channel of an image alone",
    .doc = "y[i, j, c * multiplier + m] = bias[...] + sum over p, q of x[i*s + p*d - a, j*s + q*d - "
           "b, c] * kernel[p, q, c, m]\n"
           "Sizes and padding as in conv2d. The kernel is [height, width, channels, multiplier]. "
           "max_norm bounds each kernel[:, :, c, m].",
    .inputs = {"x"},
    .attrs = depthwise_conv2d_attrs,
    .expand = depthwise_conv2d_expand,
    .cases = depthwise_conv2d_cases,
};

static const OpCase depthwise_conv1d_cases[] = {
    {"input x: f32[9, 3]  y = x -> depthwise_conv1d(3, padding = same)  output y", NULL},
    {"input x: f32[8, 2]  y = x -> depthwise_conv1d(2, stride = 3, multiplier = 2)  output y", NULL},
    {0},
};

const OpDef op_depthwise_conv1d = {
    .name = "depthwise_conv1d",
    .family = FAMILY_LAYER,
    .category = "convolution",
    .summary = "convolution of each channel of a sequence alone",
    .doc = "y[i, c * multiplier + m] = bias[...] + sum over p of x[i*s + p*d - a, c] * kernel[p, c, "
           "m]\n"
           "Sizes and padding as in conv2d. The kernel is [steps, channels, multiplier].",
    .inputs = {"x"},
    .attrs = depthwise_conv1d_attrs,
    .expand = depthwise_conv1d_expand,
    .cases = depthwise_conv1d_cases,
};

static const OpCase separable_conv2d_cases[] = {
    {"input x: f32[5, 6, 3]  y = x -> separable_conv2d(4, kernel = 3, padding = same)  output y",
     NULL},
    {"input x: f32[6, 5, 2]  y = x -> separable_conv2d(3, kernel = 2, multiplier = 2, stride = 2, "
     "activation = tanh, bias = false)  output y",
     NULL},
    {"input x: f32[1, 1, 1]  y = x -> separable_conv2d(1, kernel = 1)  output y", NULL},
    {0},
};

const OpDef op_separable_conv2d = {
    .name = "separable_conv2d",
    .family = FAMILY_LAYER,
    .category = "convolution",
    .summary = "convolution of each channel of an image, then a mix of the channels",
    .doc = "A depthwise_conv2d without bias, then y[i, j, o] = bias[o] + sum over c of h[i, j, c] * "
           "pointwise_kernel[0, 0, c, o]. The parameters are depthwise_kernel [height, width, "
           "channels, multiplier] and pointwise_kernel [1, 1, channels * multiplier, filters]; l1, "
           "l2 and max_norm apply to each of them.",
    .inputs = {"x"},
    .attrs = separable_conv2d_attrs,
    .expand = separable_conv2d_expand,
    .cases = separable_conv2d_cases,
};

static const OpCase separable_conv1d_cases[] = {
    {"input x: f32[9, 3]  y = x -> separable_conv1d(4, kernel = 3, padding = same)  output y", NULL},
    {"input x: f32[8, 2]  y = x -> separable_conv1d(3, kernel = 3, multiplier = 3, dilation = 2)  "
     "output y",
     NULL},
    {0},
};

const OpDef op_separable_conv1d = {
    .name = "separable_conv1d",
    .family = FAMILY_LAYER,
    .category = "convolution",
    .summary = "convolution of each channel of a sequence, then a mix of the channels",
    .doc = "As separable_conv2d. The parameters are depthwise_kernel [steps, channels, multiplier] "
           "and pointwise_kernel [1, channels * multiplier, filters].",
    .inputs = {"x"},
    .attrs = separable_conv1d_attrs,
    .expand = separable_conv1d_expand,
    .cases = separable_conv1d_cases,
};
