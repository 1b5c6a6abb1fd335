/* conv_transpose.c: transposed convolutions: the gradient of a convolution's input as a layer. Each
 * value of the input is spread over a window of the result. One contraction, in which the index of
 * the result, not of the input, has two terms. */
#include "front/diag.h"
#include "layers/conv.h"

// clang-format off
#define TRANSPOSE_ATTRS(axes)                                                                      \
    CONV_FILTERS_ATTR,                                                                             \
    CONV_KERNEL_ATTR(axes),                                                                        \
    {"stride", ATTR_INTS, .def = "1", .least = 1, .most = LAYER_MOST_SIZE,                         \
     .doc = "distance in the result between windows of neighbours"},                               \
    {"dilation", ATTR_INTS, .def = "1", .least = 1, .most = LAYER_MOST_SIZE,                       \
     .doc = "distance between the kernel's elements"},                                             \
    {"padding", ATTR_PADDING, .def = "valid",                                                      \
     .doc = "what is cut off the result: valid (nothing), same, or numbers per axis, before and after"}, \
    {"output_padding", ATTR_INTS, .def = "-1", .least = -1, .most = LAYER_MOST_SIZE,               \
     .doc = "places added after, less than the stride; -1: as many as padding needs"}
// clang-format on

static const AttrDef conv2d_transpose_attrs[] = {
    TRANSPOSE_ATTRS("height, width"), LAYER_FINISH_ATTRS, {0}};
static const AttrDef conv1d_transpose_attrs[] = {
    TRANSPOSE_ATTRS("steps"), LAYER_FINISH_ATTRS, {0}};

/* One axis: in is spread to out; before and after are cut off. */
static int64_t spread(const Window *w)
{
    return (w->in - 1) * w->stride + w->extent;
}

/* Sizes as in Keras, which computes them from padding and, where it is given, output_padding. */
static void resolve(Window *w, PaddingKind kind, int64_t added)
{
    int64_t longer = w->extent > w->stride ? w->extent - w->stride : 0;
    if (kind == PADDING_EXPLICIT) {
        w->out = spread(w) - w->before - w->after + (added > 0 ? added : 0);
        return;
    }
    int64_t half = kind == PADDING_SAME ? w->extent / 2 : 0;
    if (added >= 0)
        w->out = spread(w) - 2 * half + added;
    else
        w->out = w->in * w->stride + (kind == PADDING_SAME ? 0 : longer);
    int64_t cut = spread(w) - w->out;
    w->before = kind == PADDING_SAME && cut > 0 ? cut / 2 : 0;
}

static bool resolve_axis(Build *b, const Call *call, int axis, Window *w)
{
    const AttrValue *padding = call_attr(call, "padding");
    int64_t added = layer_item_for(call_attr(call, "output_padding"), axis);
    w->kernel = layer_item_for(call_attr(call, "kernel"), axis);
    w->stride = layer_item_for(call_attr(call, "stride"), axis);
    w->dilation = layer_item_for(call_attr(call, "dilation"), axis);
    w->extent = w->dilation * (w->kernel - 1) + 1;
    if (padding->padding.kind == PADDING_EXPLICIT) {
        int item = padding->padding.count == 1 ? 0 : axis;
        w->before = padding->padding.before[item];
        w->after = padding->padding.after[item];
        int64_t largest = w->before > w->after ? w->before : w->after;
        if (largest > LAYER_MOST_SIZE) {
            diag_error(b->diag, call_attr_span(call, "padding"),
                       "padding of '%s' must be 0 to %d, found %lld", call->op->name, LAYER_MOST_SIZE,
                       (long long)largest);
            return false;
        }
    }
    if (added >= w->stride) {
        diag_error(b->diag, call_attr_span(call, "output_padding"),
                   "'output_padding' of '%s' must be less than the stride %lld, found %lld",
                   call->op->name, (long long)w->stride, (long long)added);
        return false;
    }
    resolve(w, padding->padding.kind, added);
    if (w->out >= 1)
        return true;
    diag_error(b->diag, call_attr_span(call, "padding"),
               "'%s' spreads %lld places to %lld, padding leaves nothing of them", call->op->name,
               (long long)w->in, (long long)spread(w));
    return false;
}

static bool resolve_axes(Build *b, const Call *call, Shape in, Conv *conv)
{
    if (call_attr(call, "padding")->padding.kind == PADDING_CAUSAL) {
        diag_error(b->diag, call_attr_span(call, "padding"),
                   "'causal' is padding of convolutions over steps, not of '%s'", call->op->name);
        return false;
    }
    static const char *const lists[] = {"kernel", "stride", "dilation", "output_padding"};
    for (int i = 0; i < COUNT_OF(lists); i++)
        if (!layer_check_count(b, call, lists[i], call_attr(call, lists[i])->list.count,
                               conv->axis_count))
            return false;
    const AttrValue *padding = call_attr(call, "padding");
    if (padding->padding.kind == PADDING_EXPLICIT &&
        !layer_check_count(b, call, "padding", padding->padding.count, conv->axis_count))
        return false;
    for (int a = 0; a < conv->axis_count; a++) {
        conv->window[a] = (Window){.in = in.dim[a]};
        if (!resolve_axis(b, call, a, &conv->window[a]))
            return false;
    }
    return true;
}

/* out[i*s + p*d - a, j*s + q*d - b, o] += x[i, j, c] * kernel[p, q, o, c] */
static ContractSpec transpose_spec(const Conv *conv, Shape in)
{
    static const char position_letters[] = {'i', 'j'}, kernel_letters[] = {'p', 'q'};
    ContractSpec spec = {.out_shape = in};
    int spatial = conv->axis_count, position[2], place[2];
    if (in.has_batch)
        spec.axis[spec.axis_count++] = (Axis){'n', -1};
    for (int a = 0; a < spatial; a++) {
        position[a] = spec.axis_count;
        spec.axis[spec.axis_count++] = (Axis){position_letters[a], conv->window[a].in};
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
        spec.left[a] = (IndexMap){1, {{position[a], 1}}, 0};
        spec.right[a] = (IndexMap){1, {{place[a], 1}}, 0};
        spec.out[a] = (IndexMap){2, {{position[a], w->stride}, {place[a], w->dilation}}, -w->before};
        spec.out_shape.dim[a] = w->out;
    }
    spec.left[spatial] = spec.right[spatial + 1] = (IndexMap){1, {{c, 1}}, 0};
    spec.out[spatial] = spec.right[spatial] = (IndexMap){1, {{o, 1}}, 0};
    spec.out_shape.dim[spatial] = conv->out_size;
    return spec;
}

static NodeId expand(Build *b, const Call *call, int axis_count)
{
    NodeId x = conv_input(b, call, axis_count);
    if (x == NODE_NONE)
        return NODE_NONE;
    Shape in = graph_node(b->graph, x)->shape;
    Conv conv = {.axis_count = axis_count, .groups = 1, .in_size = in.dim[axis_count],
                 .out_size = call_attr(call, "filters")->i};
    if (!resolve_axes(b, call, in, &conv))
        return NODE_NONE;
    ContractSpec spec = transpose_spec(&conv, in);
    Shape shape = conv_kernel_shape(&conv, conv.out_size, conv.in_size);
    if (!layer_check_size(b, call, spec.out_shape, "result") ||
        !layer_check_size(b, call, shape, "kernel"))
        return NODE_NONE;
    /* Fans as Keras counts them: by the place of the axes. */
    int64_t places = shape_elements(shape) / (conv.in_size * conv.out_size);
    NodeId kernel = layer_kernel(b, call, shape, places * conv.out_size, places * conv.in_size);
    if (kernel == NODE_NONE)
        return NODE_NONE;
    uint32_t places_and_inputs = ((1u << axis_count) - 1) | 1u << (axis_count + 1);
    if (!layer_restrain(b, call, kernel, places_and_inputs))
        return NODE_NONE;
    return layer_finish(b, call, build_contract(b, x, kernel, &spec));
}

static NodeId conv2d_transpose_expand(Build *b, const Call *call)
{
    return expand(b, call, 2);
}

static NodeId conv1d_transpose_expand(Build *b, const Call *call)
{
    return expand(b, call, 1);
}

static const OpCase conv2d_transpose_cases[] = {
    {"input x: f32[3, 4, 2]  y = x -> conv2d_transpose(3, kernel = 3)  output y", NULL},
    {"input x: f32[3, 5, 2]  y = x -> conv2d_transpose(4, kernel = 3, stride = 2, padding = same)  "
     "output y",
     NULL},
    {"input x: f32[4, 3, 3]  y = x -> conv2d_transpose(5, kernel = [2, 4], stride = [3, 2], bias = "
     "false)  output y",
     NULL},
    {"input x: f32[3, 3, 2]  y = x -> conv2d_transpose(2, kernel = 3, stride = 2, dilation = 2, "
     "padding = [[1, 0], [0, 2]], output_padding = 1)  output y",
     NULL},
    {"input x: f32[3, 4, 2]  y = x -> conv2d_transpose(2, kernel = 3, stride = 2, padding = same, "
     "output_padding = [0, 1])  output y",
     NULL},
    {"input x: f32[1, 1, 1]  y = x -> conv2d_transpose(1, kernel = 1, stride = 3)  output y", NULL},
    {"input x: f32[4, 4, 2]  h = x -> conv2d(2, kernel = 3, padding = same)  y = add(h, h -> "
     "conv2d_transpose(2, kernel = 3, padding = same, activation = tanh))  output y",
     NULL},
    {0},
};

const OpDef op_conv2d_transpose = {
    .name = "conv2d_transpose",
    .family = FAMILY_LAYER,
    .category = "convolution",
    .summary = "transposed convolution over [height, width, channels]",
    .doc = "y[i*s + p*d - a, j*s + q*d - b, o] sums x[i, j, c] * kernel[p, q, o, c], then bias[o] is "
           "added.\n"
           "Along each axis the windows reach over spread = (n - 1) * s + extent places. Sizes are "
           "those of Keras: valid gives n * s + max(extent - s, 0), same gives n * s and cuts the "
           "smaller half before; numbers give spread - before - after, plus output_padding, as in "
           "PyTorch. With output_padding, valid gives spread + output_padding and same spread - 2 * "
           "floor(extent / 2) + output_padding. The kernel is [height, width, filters, channels].",
    .inputs = {"x"},
    .attrs = conv2d_transpose_attrs,
    .expand = conv2d_transpose_expand,
    .cases = conv2d_transpose_cases,
};

static const OpCase conv1d_transpose_cases[] = {
    {"input x: f32[5, 3]  y = x -> conv1d_transpose(4, kernel = 4, stride = 2, padding = same)  "
     "output y",
     NULL},
    {"input x: f32[1, 1]  y = x -> conv1d_transpose(2, kernel = 3, stride = 5)  output y", NULL},
    {"input x: f32[6, 2]  y = x -> conv1d_transpose(3, kernel = 3, padding = [[2, 0]])  output y",
     NULL},
    {0},
};

const OpDef op_conv1d_transpose = {
    .name = "conv1d_transpose",
    .family = FAMILY_LAYER,
    .category = "convolution",
    .summary = "transposed convolution over [steps, channels]",
    .doc = "y[i*s + p*d - a, o] sums x[i, c] * kernel[p, o, c], then bias[o] is added.\n"
           "Sizes as in conv2d_transpose. The kernel is [steps, filters, channels].",
    .inputs = {"x"},
    .attrs = conv1d_transpose_attrs,
    .expand = conv1d_transpose_expand,
    .cases = conv1d_transpose_cases,
};
