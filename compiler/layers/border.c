/* border.c: layers that put zeros around the positions of an image or sequence, or cut some off. */
#include "front/diag.h"
#include "layers/conv.h"

// clang-format off
#define BORDER_ATTR(the_name, default_text, what)                                                  \
    {the_name, ATTR_PADDING, .def = default_text, .is_positional = true,                           \
     .doc = what ": one number, one per axis, or [before, after] per axis"}
// clang-format on

static const AttrDef zero_padding_attrs[] = {BORDER_ATTR("padding", "1", "zeros around the input"),
                                             {0}};
static const AttrDef cropping_attrs[] = {BORDER_ATTR("cropping", NULL, "places that are cut off"),
                                         {0}};

typedef struct Border {
    int64_t before, after;
} Border;

static bool take_border(Build *b, const Call *call, int axis_count, Border border[2])
{
    const char *name = call->op->attrs[0].name;
    const AttrValue *value = &call->attrs[0];
    if (value->padding.kind != PADDING_EXPLICIT) {
        diag_error(b->diag, call_attr_span(call, name),
                   "'%s' of '%s' must be sizes such as 1, [1, 2] or [[0, 1], [0, 1]]", name,
                   call->op->name);
        return false;
    }
    if (!layer_check_count(b, call, name, value->padding.count, axis_count))
        return false;
    for (int a = 0; a < axis_count; a++) {
        int item = value->padding.count == 1 ? 0 : a;
        border[a] = (Border){value->padding.before[item], value->padding.after[item]};
        int64_t largest = border[a].before > border[a].after ? border[a].before : border[a].after;
        if (largest > LAYER_MOST_SIZE) {
            diag_error(b->diag, call_attr_span(call, name), "%s of '%s' must be 0 to %d, found %lld",
                       name, call->op->name, LAYER_MOST_SIZE, (long long)largest);
            return false;
        }
    }
    return true;
}

static NodeId zero_padding(Build *b, const Call *call, int axis_count)
{
    NodeId x = conv_input(b, call, axis_count);
    Border border[2];
    if (x == NODE_NONE || !take_border(b, call, axis_count, border))
        return NODE_NONE;
    for (int a = 0; a < axis_count; a++) {
        AttrValue attrs[3] = {{.i = a}, {.i = border[a].before}, {.i = border[a].after}};
        if (border[a].before > 0 || border[a].after > 0)
            x = build_node(b, &op_pad, &x, 1, attrs);
    }
    return x;
}

static NodeId cropping(Build *b, const Call *call, int axis_count)
{
    NodeId x = conv_input(b, call, axis_count);
    Border border[2];
    if (x == NODE_NONE || !take_border(b, call, axis_count, border))
        return NODE_NONE;
    for (int a = 0; a < axis_count; a++) {
        int64_t size = graph_node(b->graph, x)->shape.dim[a];
        int64_t left = size - border[a].before - border[a].after;
        if (left < 1) {
            diag_error(b->diag, call_attr_span(call, "cropping"),
                       "'%s' cuts %lld + %lld places off an axis of %lld, at least 1 must be left",
                       call->op->name, (long long)border[a].before, (long long)border[a].after,
                       (long long)size);
            return NODE_NONE;
        }
        AttrValue attrs[3] = {{.i = a}, {.i = border[a].before}, {.i = left}};
        if (left < size)
            x = build_node(b, &op_slice, &x, 1, attrs);
    }
    return x;
}

static NodeId zero_padding2d_expand(Build *b, const Call *call)
{
    return zero_padding(b, call, 2);
}

static NodeId zero_padding1d_expand(Build *b, const Call *call)
{
    return zero_padding(b, call, 1);
}

static NodeId cropping2d_expand(Build *b, const Call *call)
{
    return cropping(b, call, 2);
}

static NodeId cropping1d_expand(Build *b, const Call *call)
{
    return cropping(b, call, 1);
}

/* ---- descriptors ----------------------------------------------------------------------------- */

static const OpCase zero_padding2d_cases[] = {
    {"input x: f32[3, 4, 2]  y = x -> zero_padding2d  output y", NULL},
    {"input x: f32[3, 2, 1]  y = x -> zero_padding2d([[0, 2], [1, 0]]) -> tanh  output y", NULL},
    {"input x: f32[1, 1, 3]  y = x -> zero_padding2d([2, 0]) -> conv2d(2, kernel = [3, 1])  output y",
     NULL},
    {"input x: f32[2, 2, 1]  y = x -> tanh -> zero_padding2d(0)  output y", NULL},
    {0},
};

const OpDef op_zero_padding2d = {
    .name = "zero_padding2d",
    .family = FAMILY_LAYER,
    .category = "shape",
    .summary = "zeros around an image",
    .doc = "[height, width, channels] becomes [before + height + after, before + width + after, "
           "channels].",
    .inputs = {"x"},
    .attrs = zero_padding_attrs,
    .expand = zero_padding2d_expand,
    .cases = zero_padding2d_cases,
};

static const OpCase zero_padding1d_cases[] = {
    {"input x: f32[3, 2]  y = x -> zero_padding1d(2) -> tanh  output y", NULL},
    {"input x: f32[1, 1]  y = x -> zero_padding1d([[3, 0]])  output y", NULL},
    {0},
};

const OpDef op_zero_padding1d = {
    .name = "zero_padding1d",
    .family = FAMILY_LAYER,
    .category = "shape",
    .summary = "zeros before and after a sequence",
    .doc = "[steps, channels] becomes [before + steps + after, channels]. Pairs are written [[before, "
           "after]].",
    .inputs = {"x"},
    .attrs = zero_padding_attrs,
    .expand = zero_padding1d_expand,
    .cases = zero_padding1d_cases,
};

static const OpCase cropping2d_cases[] = {
    {"input x: f32[4, 5, 2]  y = x -> cropping2d(1) -> tanh  output y", NULL},
    {"input x: f32[3, 4, 1]  y = x -> cropping2d([[0, 2], [1, 0]])  output y", NULL},
    {"input x: f32[3, 4, 2]  h = x -> tanh  y = add(h -> cropping2d([0, 1]), h -> cropping2d([[0, "
     "0], [2, 0]]))  output y",
     NULL},
    {0},
};

const OpDef op_cropping2d = {
    .name = "cropping2d",
    .family = FAMILY_LAYER,
    .category = "shape",
    .summary = "an image without its border",
    .doc = "[height, width, channels] becomes [height - before - after, width - before - after, "
           "channels].",
    .inputs = {"x"},
    .attrs = cropping_attrs,
    .expand = cropping2d_expand,
    .cases = cropping2d_cases,
};

static const OpCase cropping1d_cases[] = {
    {"input x: f32[5, 2]  y = x -> cropping1d(2)  output y", NULL},
    {"input x: f32[4, 1]  y = x -> tanh -> cropping1d([[0, 3]])  output y", NULL},
    {0},
};

const OpDef op_cropping1d = {
    .name = "cropping1d",
    .family = FAMILY_LAYER,
    .category = "shape",
    .summary = "a sequence without its ends",
    .doc = "[steps, channels] becomes [steps - before - after, channels]. Pairs are written [[before, "
           "after]].",
    .inputs = {"x"},
    .attrs = cropping_attrs,
    .expand = cropping1d_expand,
    .cases = cropping1d_cases,
};
