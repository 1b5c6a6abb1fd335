/* conv.c: convolutions over [height, width, channels] and [steps, channels]. Both are one
 * contraction. */
#include "layers/conv.h"

#include "front/diag.h"

// clang-format off
#define CONV_ATTRS(axes)                                                                           \
    CONV_FILTERS_ATTR,                                                                             \
    CONV_WINDOW_ATTRS(axes),                                                                       \
    {"groups", ATTR_INT, .def = "1", .least = 1, .most = LAYER_MOST_CHANNELS,                      \
     .doc = "channels are split into this many groups; a filter sees one of them"}
// clang-format on

static const AttrDef conv2d_attrs[] = {CONV_ATTRS("height, width"), LAYER_FINISH_ATTRS, {0}};
static const AttrDef conv1d_attrs[] = {CONV_ATTRS("steps"), LAYER_FINISH_ATTRS, {0}};

static IndexMap one_axis(int axis)
{
    return (IndexMap){1, {{axis, 1}}, 0};
}

/* Channel dimension: g * size + axis, or just the axis when there is one group. */
static IndexMap channel_map(int group_axis, int64_t size, int axis)
{
    if (group_axis < 0)
        return one_axis(axis);
    return (IndexMap){2, {{group_axis, size}, {axis, 1}}, 0};
}

ContractSpec conv_spec(const Conv *conv, Shape in)
{
    static const char position_letters[] = {'i', 'j'}, kernel_letters[] = {'p', 'q'};
    ContractSpec spec = {.out_shape = in};
    int spatial = conv->axis_count, position[2], place[2], group = -1;
    if (in.has_batch)
        spec.axis[spec.axis_count++] = (Axis){'n', -1};
    for (int a = 0; a < spatial; a++) {
        position[a] = spec.axis_count;
        spec.axis[spec.axis_count++] = (Axis){position_letters[a], conv->window[a].out};
    }
    if (conv->groups > 1) {
        group = spec.axis_count;
        spec.axis[spec.axis_count++] = (Axis){'g', conv->groups};
    }
    int o = spec.axis_count++;
    spec.axis[o] = (Axis){'o', conv->out_size};
    for (int a = 0; a < spatial; a++) {
        place[a] = spec.axis_count;
        spec.axis[spec.axis_count++] = (Axis){kernel_letters[a], conv->window[a].kernel};
    }
    int c = spec.axis_count++;
    spec.axis[c] = (Axis){'c', conv->in_size};
    for (int a = 0; a < spatial; a++) {
        const Window *w = &conv->window[a];
        spec.left[a] =
            (IndexMap){2, {{position[a], w->stride}, {place[a], w->dilation}}, -w->before};
        spec.right[a] = one_axis(place[a]);
        spec.out[a] = one_axis(position[a]);
        spec.out_shape.dim[a] = w->out;
    }
    spec.left[spatial] = channel_map(group, conv->in_size, c);
    spec.right[spatial] = one_axis(c);
    spec.right[spatial + 1] = channel_map(group, conv->out_size, o);
    spec.out[spatial] = channel_map(group, conv->out_size, o);
    spec.out_shape.dim[spatial] = conv->groups * conv->out_size;
    return spec;
}

static bool check_groups(Build *b, const Call *call, int64_t channels, int64_t filters,
                         int64_t groups)
{
    const char *what = channels % groups != 0 ? "channels of the input" : "filters";
    int64_t count = channels % groups != 0 ? channels : filters;
    if (count % groups == 0)
        return true;
    diag_error(b->diag, call_attr_span(call, "groups"),
               "'groups' of '%s' must divide the %s: %lld is no multiple of %lld", call->op->name,
               what, (long long)count, (long long)groups);
    return false;
}

Shape conv_kernel_shape(const Conv *conv, int64_t before_last, int64_t last)
{
    Shape shape = {.rank = conv->axis_count + 2};
    for (int a = 0; a < conv->axis_count; a++)
        shape.dim[a] = conv->window[a].kernel;
    shape.dim[conv->axis_count] = before_last;
    shape.dim[conv->axis_count + 1] = last;
    return shape;
}

NodeId conv_input(Build *b, const Call *call, int axis_count)
{
    static const char *const wanted[] = {"[steps, channels]", "[height, width, channels]"};
    NodeId x = layer_numbers(b, call, 0);
    if (x == NODE_NONE || !layer_check_rank(b, call, x, axis_count + 1, wanted[axis_count - 1]))
        return NODE_NONE;
    return x;
}

static NodeId expand(Build *b, const Call *call, int axis_count)
{
    NodeId x = conv_input(b, call, axis_count);
    if (x == NODE_NONE)
        return NODE_NONE;
    Shape in = graph_node(b->graph, x)->shape;
    int64_t channels = in.dim[axis_count];
    int64_t filters = call_attr(call, "filters")->i;
    Conv conv = {.axis_count = axis_count, .groups = call_attr(call, "groups")->i};
    if (!check_groups(b, call, channels, filters, conv.groups) ||
        !layer_windows(b, call, x, axis_count, false, conv.window))
        return NODE_NONE;
    conv.in_size = channels / conv.groups;
    conv.out_size = filters / conv.groups;
    ContractSpec spec = conv_spec(&conv, in);
    Shape kernel_shape = conv_kernel_shape(&conv, conv.in_size, filters);
    if (!layer_check_size(b, call, spec.out_shape, "result") ||
        !layer_check_size(b, call, kernel_shape, "kernel"))
        return NODE_NONE;
    int64_t places = shape_elements(kernel_shape) / (conv.in_size * filters);
    NodeId kernel = layer_kernel(b, call, kernel_shape, places * conv.in_size, places * filters);
    if (kernel == NODE_NONE)
        return NODE_NONE;
    graph_node(b->graph, kernel)->leaf->groups = (int)conv.groups;
    return layer_finish(b, call, build_contract(b, x, kernel, &spec));
}

static NodeId conv2d_expand(Build *b, const Call *call)
{
    return expand(b, call, 2);
}

static NodeId conv1d_expand(Build *b, const Call *call)
{
    return expand(b, call, 1);
}

static const OpCase conv2d_cases[] = {
    {"input x: f32[7, 6, 3]  y = x -> conv2d(4, kernel = 3)  output y", NULL},
    {"input x: f32[7, 6, 3]  y = x -> conv2d(4, kernel = 3, padding = same)  output y", NULL},
    {"input x: f32[9, 11, 2]  y = x -> conv2d(5, kernel = 3, stride = 2, padding = same, bias = "
     "false)"
     "  output y",
     NULL},
    {"input x: f32[10, 9, 2]  y = x -> conv2d(3, kernel = 3, stride = 2, dilation = 2)  output y",
     NULL},
    {"input x: f32[6, 6, 4]  y = x -> conv2d(6, kernel = 3, groups = 2, padding = same)  output y",
     NULL},
    {"input x: f32[5, 5, 3]  y = x -> conv2d(3, kernel = 2, groups = 3, padding = same)  output y",
     NULL},
    {"input x: f32[7, 9, 3]  y = x -> conv2d(2, kernel = [3, 1], stride = [2, 1])  output y", NULL},
    {"input x: f32[8, 8, 2]  y = x -> conv2d(2, kernel = 3, padding = [[2, 0], [1, 3]])  output y",
     NULL},
    {"input x: f32[3, 3, 1]  y = x -> conv2d(1, kernel = 7, padding = same)  output y", NULL},
    {"input x: f32[4, 4, 2]  h = x -> conv2d(2, kernel = 1)  y = add(h, h -> conv2d(2, kernel = 3, "
     "padding = same, activation = tanh))  output y",
     NULL},
    {0},
};

const OpDef op_conv2d = {
    .name = "conv2d",
    .family = FAMILY_LAYER,
    .category = "convolution",
    .summary = "convolution over [height, width, channels]",
    .doc = "y[i, j, o] = bias[o] + sum over p, q, c of x[i*s + p*d - a, j*s + q*d - b, c] * "
           "kernel[p, q, c, o]\n"
           "with stride s, dilation d and padding a, b (zeros). Along each axis\n"
           "extent = d * (k - 1) + 1 and size = floor((n + before + after - extent) / s) + 1.\n"
           "padding = same gives ceil(n / s) and puts an odd element after, as Keras does. The "
           "kernel is "
           "[height, width, channels / groups, filters]. groups = channels is a depthwise "
           "convolution.",
    .inputs = {"x"},
    .attrs = conv2d_attrs,
    .expand = conv2d_expand,
    .cases = conv2d_cases,
};

static const OpCase conv1d_cases[] = {
    {"input x: f32[10, 1]  y = x -> conv1d(2, kernel = 3)  output y", NULL},
    {"input x: f32[10, 3]  y = x -> conv1d(4, kernel = 3, dilation = 2, padding = same)  output y",
     NULL},
    {"input x: f32[9, 2]  y = x -> conv1d(3, kernel = 3, stride = 2, dilation = 2, padding = causal)  "
     "output y",
     NULL},
    {"input x: f32[31, 2]  y = x -> conv1d(3, kernel = 5, stride = 2, padding = same)  output y",
     NULL},
    {"input x: f32[12, 4]  y = x -> conv1d(8, kernel = 2, groups = 4, padding = [[3, 0]])  output "
     "y",
     NULL},
    {0},
};

const OpDef op_conv1d = {
    .name = "conv1d",
    .family = FAMILY_LAYER,
    .category = "convolution",
    .summary = "convolution over [steps, channels]",
    .doc = "y[i, o] = bias[o] + sum over p, c of x[i*s + p*d - a, c] * kernel[p, c, o]\n"
           "Sizes and padding as in conv2d. padding = causal puts all of it before: size ceil(n / s), and no "
           "result sees later steps. The kernel is [steps, channels / groups, filters].",
    .inputs = {"x"},
    .attrs = conv1d_attrs,
    .expand = conv1d_expand,
    .cases = conv1d_cases,
};
