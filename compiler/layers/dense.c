/* dense.c: the fully connected layer, and what it shares with convolutions: kernels with penalties,
 * bias and activation. */
#include "layers/layers.h"

/* ---- kernel, bias, activation ---------------------------------------------------------------- */

NodeId layer_kernel(Build *b, const Call *call, Shape shape, int64_t fan_in, int64_t fan_out)
{
    if (!layer_check_size(b, call, shape, "kernel"))
        return NODE_NONE;
    Init init = call_attr(call, "kernel_init")->init;
    NodeId kernel = build_parameter(b, "kernel", shape, init, fan_in, fan_out);
    if (kernel == NODE_NONE)
        return NODE_NONE;
    Leaf *leaf = graph_node(b->graph, kernel)->leaf;
    leaf->l1 = call_attr(call, "l1")->r;
    leaf->l2 = call_attr(call, "l2")->r;
    return kernel;
}

NodeId layer_activate(Build *b, const OpDef *activation, NodeId y)
{
    return activation != NULL ? build_unary(b, activation, y) : y;
}

NodeId layer_finish(Build *b, const Call *call, NodeId y)
{
    if (y == NODE_NONE)
        return NODE_NONE;
    if (call_attr(call, "bias")->i) {
        Shape shape = graph_node(b->graph, y)->shape;
        int64_t channels = shape.dim[shape.rank - 1];
        Init init = call_attr(call, "bias_init")->init;
        NodeId bias =
            build_parameter(b, "bias", shape_of(false, 1, &channels), init, channels, channels);
        y = build_binary(b, &op_add, y, bias);
    }
    return layer_activate(b, call_attr(call, "activation")->op, y);
}

/* ---- dense ----------------------------------------------------------------------------------- */

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
    NodeId x = layer_numbers(b, call, 0);
    if (x == NODE_NONE)
        return NODE_NONE;
    Shape in = graph_node(b->graph, x)->shape;
    if (in.rank == 0) {
        layer_check_rank(b, call, x, 1, "[features]");
        return NODE_NONE;
    }
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
