/* upsample.c: layers that make images and sequences larger by whole factors. */
#include "front/diag.h"
#include "layers/conv.h"

#include <math.h>

static const char *const interpolations[] = {"nearest", "bilinear", NULL};
enum { NEAREST, BILINEAR };

// clang-format off
#define FACTOR_ATTR(axes)                                                                          \
    {"factor", ATTR_INTS, .def = "2", .least = 1, .most = LAYER_MOST_SIZE, .is_positional = true,  \
     .doc = "how many times larger, one number or one per axis: " axes}
// clang-format on

static const AttrDef upsampling2d_attrs[] = {
    FACTOR_ATTR("height, width"),
    {"interpolation", ATTR_CHOICE, .def = "nearest", .choices = interpolations,
     .doc = "nearest repeats values, bilinear goes straight from one to the next"},
    {0},
};
static const AttrDef upsampling1d_attrs[] = {FACTOR_ATTR("steps"), {0}};

/* [h, w, c] -> [h, factor, w, factor, c] -> [h * factor, w * factor, c] */
static NodeId repeat(Build *b, NodeId x, Shape out, int axis_count, const int64_t *factor)
{
    Shape in = graph_node(b->graph, x)->shape, apart = {.has_batch = in.has_batch};
    Shape repeated = apart;
    for (int d = 0; d < in.rank; d++) {
        apart.dim[apart.rank++] = repeated.dim[repeated.rank++] = in.dim[d];
        if (d < axis_count) {
            apart.dim[apart.rank++] = 1;
            repeated.dim[repeated.rank++] = factor[d];
        }
    }
    NodeId y = build_broadcast(b, build_reshape(b, x, apart.rank, apart.dim), repeated);
    return build_reshape(b, y, out.rank, out.dim);
}

/* weights[r, t]: what x[i + t - 1] has in place i * factor + r of the result. The middle of that
 * place lies at i + (r + 0.5) / factor - 0.5 among the middles of x. */
static NodeId blend_weights(Build *b, int64_t factor, int axis)
{
    double *values = arena_array(b->graph->arena, double, factor * 3);
    for (int64_t r = 0; r < factor; r++) {
        double at = ((double)r + 0.5) / (double)factor - 0.5;
        for (int t = 0; t < 3; t++) {
            double weight = 1 - fabs(at - (t - 1));
            values[r * 3 + t] = weight > 0 ? weight : 0;
        }
    }
    Str name = str_format(b->graph->arena, "%.*s.weights_%d", STR_ARGS(b->name), axis);
    return build_leaf(b, name, shape_of(false, 2, (int64_t[]){factor, 3}), TYPE_F32,
                      (Leaf){.kind = LEAF_CONSTANT, .values = values});
}

/* x with its first and last place along the axis repeated once: what lies outside is as the border. */
static NodeId repeat_ends(Build *b, NodeId x, int axis)
{
    int64_t size = graph_node(b->graph, x)->shape.dim[axis];
    AttrValue first[3] = {{.i = axis}, {.i = 0}, {.i = 1}};
    AttrValue last[3] = {{.i = axis}, {.i = size - 1}, {.i = 1}};
    NodeId parts[3] = {size > 1 ? build_node(b, &op_slice, &x, 1, first) : x, x,
                       size > 1 ? build_node(b, &op_slice, &x, 1, last) : x};
    AttrValue attrs[1] = {{.i = axis}};
    return build_node(b, &op_concat, parts, 3, attrs);
}

/* One axis: out[..., i, r, ...] = sum over t of x[..., i + t, ...] * weights[r, t], with the ends of x
 * repeated; then i and r are joined. */
static NodeId blend(Build *b, NodeId x, int axis, int64_t factor)
{
    static const char letters[MAX_RANK] = {'i', 'j', 'k', 'l', 'm', 'q'};
    if (factor == 1 || x == NODE_NONE)
        return x;
    Shape in = graph_node(b->graph, x)->shape, joined = in;
    joined.dim[axis] *= factor;
    ContractSpec spec = {.out_shape = {.has_batch = in.has_batch}};
    int axis_of[MAX_RANK];
    if (in.has_batch)
        spec.axis[spec.axis_count++] = (Axis){'n', -1};
    for (int d = 0; d < in.rank; d++) {
        axis_of[d] = spec.axis_count;
        spec.axis[spec.axis_count++] = (Axis){letters[d], in.dim[d]};
    }
    int r = spec.axis_count++, t = spec.axis_count++;
    spec.axis[r] = (Axis){'r', factor};
    spec.axis[t] = (Axis){'t', 3};
    for (int d = 0; d < in.rank; d++) {
        int to = spec.out_shape.rank++;
        spec.left[d] = spec.out[to] = (IndexMap){1, {{axis_of[d], 1}}, 0};
        spec.out_shape.dim[to] = in.dim[d];
        if (d == axis) {
            spec.left[d] = (IndexMap){2, {{axis_of[d], 1}, {t, 1}}, 0};
            spec.out[spec.out_shape.rank] = (IndexMap){1, {{r, 1}}, 0};
            spec.out_shape.dim[spec.out_shape.rank++] = factor;
        }
    }
    spec.right[0] = (IndexMap){1, {{r, 1}}, 0};
    spec.right[1] = (IndexMap){1, {{t, 1}}, 0};
    NodeId y = build_contract(b, repeat_ends(b, x, axis), blend_weights(b, factor, axis), &spec);
    return build_reshape(b, y, joined.rank, joined.dim);
}

static NodeId upsample(Build *b, const Call *call, int axis_count, int interpolation)
{
    NodeId x = conv_input(b, call, axis_count);
    const AttrValue *factors = call_attr(call, "factor");
    if (x == NODE_NONE || !layer_check_count(b, call, "factor", factors->list.count, axis_count))
        return NODE_NONE;
    Shape out = graph_node(b->graph, x)->shape;
    int64_t factor[2];
    bool is_larger = false;
    for (int a = 0; a < axis_count; a++) {
        factor[a] = layer_item_for(factors, a);
        out.dim[a] *= factor[a];
        is_larger = is_larger || factor[a] > 1;
    }
    if (!layer_check_size(b, call, out, "result"))
        return NODE_NONE;
    if (!is_larger)
        return x;
    if (interpolation == NEAREST)
        return repeat(b, x, out, axis_count, factor);
    for (int a = 0; a < axis_count; a++)
        x = blend(b, x, a, factor[a]);
    return x;
}

static NodeId upsampling2d_expand(Build *b, const Call *call)
{
    return upsample(b, call, 2, (int)call_attr(call, "interpolation")->i);
}

static NodeId upsampling1d_expand(Build *b, const Call *call)
{
    return upsample(b, call, 1, NEAREST);
}

/* ---- descriptors ----------------------------------------------------------------------------- */

static const OpCase upsampling2d_cases[] = {
    {"input x: f32[3, 2, 3]  y = x -> upsampling2d  output y", NULL},
    {"input x: f32[2, 3, 1]  y = x -> tanh -> upsampling2d([1, 3]) -> conv2d(2, kernel = 2)  output y",
     NULL},
    {"input x: f32[3, 4, 2]  y = x -> upsampling2d(2, interpolation = bilinear)  output y", NULL},
    {"input x: f32[1, 3, 1]  h = x -> tanh  y = add(h -> upsampling2d([5, 3], interpolation = "
     "bilinear), h -> upsampling2d([5, 3]))  output y",
     NULL},
    {"input x: f32[2, 2, 1]  y = x -> tanh -> upsampling2d(1)  output y", NULL},
    {0},
};

const OpDef op_upsampling2d = {
    .name = "upsampling2d",
    .family = FAMILY_LAYER,
    .category = "shape",
    .summary = "an image that is a whole number of times larger",
    .doc = "nearest: y[i, j, c] = x[floor(i / factor), floor(j / factor), c].\n"
           "bilinear: place i of the result lies at (i + 0.5) / factor - 0.5 of x, and its value is "
           "weighed from the two nearest along each axis; beyond the border x stays as it is there. "
           "This is UpSampling2D of Keras, and of PyTorch with align_corners=False.",
    .inputs = {"x"},
    .attrs = upsampling2d_attrs,
    .expand = upsampling2d_expand,
    .cases = upsampling2d_cases,
};

static const OpCase upsampling1d_cases[] = {
    {"input x: f32[3, 2]  y = x -> upsampling1d(3)  output y", NULL},
    {"input x: f32[1, 1]  y = x -> tanh -> upsampling1d  output y", NULL},
    {0},
};

const OpDef op_upsampling1d = {
    .name = "upsampling1d",
    .family = FAMILY_LAYER,
    .category = "shape",
    .summary = "a sequence with every step repeated",
    .doc = "y[i, c] = x[floor(i / factor), c]",
    .inputs = {"x"},
    .attrs = upsampling1d_attrs,
    .expand = upsampling1d_expand,
    .cases = upsampling1d_cases,
};
