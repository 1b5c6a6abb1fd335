/* dense.c: the fully connected layer. */
#include "layers/layers.h"

static const AttrDef dense_attrs[] = {
    {"units", ATTR_INT, .doc = "size of the result's last axis", .least = 1,
     .most = LAYER_MOST_CHANNELS, .is_positional = true},
    LAYER_FINISH_ATTRS,
    {0},
};

ContractSpec layer_dense_spec(Shape in, int64_t units)
{
    static const char letters[MAX_RANK] = {'i', 'j', 'k', 'l', 'm', 'q'};
    ContractSpec spec = {.out_shape = in};
    int last = in.rank - 1;
    if (in.has_batch)
        spec.axis[spec.axis_count++] = (Axis){'n', -1};
    for (int d = 0; d < last; d++) {
        spec.left[d] = spec.out[d] = (IndexMap){1, {{spec.axis_count, 1}}, 0};
        spec.axis[spec.axis_count++] = (Axis){letters[d], in.dim[d]};
    }
    int o = spec.axis_count++, c = spec.axis_count++;
    spec.axis[o] = (Axis){'o', units};
    spec.axis[c] = (Axis){'c', in.dim[last]};
    spec.left[last] = spec.right[0] = (IndexMap){1, {{c, 1}}, 0};
    spec.out[last] = spec.right[1] = (IndexMap){1, {{o, 1}}, 0};
    spec.out_shape.dim[last] = units;
    return spec;
}

static NodeId dense_expand(Build *b, const Call *call)
{
    NodeId x = layer_vectors(b, call, "[features]");
    if (x == NODE_NONE)
        return NODE_NONE;
    Shape in = graph_node(b->graph, x)->shape;
    int64_t units = call_attr(call, "units")->i;
    int64_t inputs = in.dim[in.rank - 1];
    ContractSpec spec = layer_dense_spec(in, units);
    if (!layer_check_size(b, call, spec.out_shape, "result"))
        return NODE_NONE;
    Shape kernel_shape = shape_of(false, 2, (int64_t[]){inputs, units});
    NodeId kernel = layer_kernel(b, call, kernel_shape, inputs, units);
    if (kernel == NODE_NONE)
        return NODE_NONE;
    return layer_finish(b, call, build_contract(b, x, kernel, &spec));
}

static const OpCase dense_cases[] = {
    {"input x: f32[7]  y = x -> dense(5)  output y", NULL},
    {"input x: f32[1]  y = x -> dense(1, bias = false)  output y", NULL},
    {"input x: f32[3, 2, 5]  y = x -> dense(4, activation = tanh, bias_init = uniform(-1, 1))  "
     "output y",
     NULL},
    {"input x: f32[33]  y = x -> dense(17, kernel_init = he_normal, l1 = 0.01, l2 = 0.1)  output y",
     NULL},
    {"input x: f32[6]  y = add(x, x -> dense(6) -> dense(6, activation = sigmoid))  output y",
     NULL},
    {"input x: f32[5]  y = x -> dense(4, activation = gelu) -> dense(3, activation = prelu)  "
     "output y",
     NULL},
    {"input x: f32[3]  input z: f32[3]  share f = dense(4) -> tanh -> dense(2, l2 = 0.1)  "
     "y = (x -> f) * f(z) + f(x * z)  output y",
     NULL},
    {0},
};

const OpDef op_dense = {
    .name = "dense",
    .family = FAMILY_LAYER,
    .category = "dense",
    .summary = "fully connected layer over the last axis",
    .doc =
        "y[..., o] = bias[o] + sum over c of x[..., c] * kernel[c, o]\n"
        "The kernel is [features, units]. Axes before the last are kept, as in Keras and PyTorch; "
        "use flatten before it to join them.",
    .inputs = {"x"},
    .attrs = dense_attrs,
    .expand = dense_expand,
    .cases = dense_cases,
};
