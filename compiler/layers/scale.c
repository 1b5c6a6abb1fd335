/* scale.c: scaling by numbers that the trainer takes from the training set, and back.
 *
 * A scaling layer stands directly on an input or target and has two statistics for each feature.
 * They name the input or target that they are fitted to (Leaf.fitted_to); the trainer computes them
 * before the first step and never again, and they are kept with the weights. Written as y = (x -
 * origin) * (1 / unit) * spread + low the one division does not depend on x and is done once for
 * inference. */
#include "front/diag.h"
#include "layers/layers.h"

/* ---- standard_scale, min_max_scale ----------------------------------------------------------- */

/* A statistic [features] (one number when x is one) that is fitted to the leaf x. */
static NodeId fitted(Build *b, const char *suffix, const Node *x, Fit fit, double initial)
{
    int64_t features = x->shape.rank > 0 ? x->shape.dim[x->shape.rank - 1] : 1;
    Shape shape = shape_of(false, x->shape.rank > 0, &features);
    Str name = x->name;
    NodeId id = build_statistic(b, suffix, shape, initial);
    if (id != NODE_NONE) {
        Leaf *leaf = graph_node(b->graph, id)->leaf;
        leaf->fit = fit;
        leaf->fitted_to = name;
    }
    return id;
}

/* (x - origin) / unit. NODE_NONE after an error. */
static NodeId scale_leaf(Build *b, const Call *call, Fit origin_fit, const char *origin_name,
                         Fit unit_fit, const char *unit_name)
{
    const Node *leaf = graph_node(b->graph, call->inputs[0]);
    if (leaf->leaf == NULL || (leaf->leaf->kind != LEAF_INPUT && leaf->leaf->kind != LEAF_TARGET)) {
        diag_error(b->diag, call->span, "'%s' is for inputs and targets, '%.*s' is computed",
                   call->op->name, STR_ARGS(leaf->name));
        diag_help(b->diag, "batch_norm keeps statistics of what is computed");
        return NODE_NONE;
    }
    NodeId x = layer_numbers(b, call, 0);
    if (x == NODE_NONE)
        return NODE_NONE;
    Node copy = *graph_node(b->graph, call->inputs[0]); /* the array of nodes may move */
    NodeId origin = fitted(b, origin_name, &copy, origin_fit, 0);
    NodeId unit = fitted(b, unit_name, &copy, unit_fit, 1);
    return build_binary(b, &op_mul, build_binary(b, &op_sub, x, origin),
                        build_unary(b, &op_reciprocal, unit));
}

static NodeId standard_scale_expand(Build *b, const Call *call)
{
    return scale_leaf(b, call, FIT_MEAN, "mean", FIT_DEVIATION, "deviation");
}

static NodeId min_max_scale_expand(Build *b, const Call *call)
{
    double low = call_attr(call, "low")->r, high = call_attr(call, "high")->r;
    if (!(low < high)) {
        diag_error(b->diag, call_attr_span(call, "high"),
                   "'high' of 'min_max_scale' must be above 'low', found %g and %g", high, low);
        return NODE_NONE;
    }
    NodeId y = scale_leaf(b, call, FIT_LEAST, "least", FIT_RANGE, "range");
    y = build_binary(b, &op_mul, y, build_number(b, high - low));
    return build_binary(b, &op_add, y, build_number(b, low));
}

static const OpCase standard_scale_cases[] = {
    {"input x: f32[4]  y = x -> standard_scale  output y", NULL},
    {"input x: f32[3, 5]  y = x -> standard_scale  z = add(y, y -> tanh)  output z", NULL},
    {"input x: u8[2, 3, 1]  y = x -> standard_scale -> flatten -> dense(2)  output y", NULL},
    {"input x: f32[1]  y = x -> standard_scale  output y", NULL},
    {0},
};

const OpDef op_standard_scale = {
    .name = "standard_scale",
    .family = FAMILY_LAYER,
    .category = "normalization",
    .summary = "gives each feature of an input or target mean 0 and deviation 1",
    .doc = "y = (x - mean) / deviation, for each feature (the last axis).\n"
           "The trainer takes mean and deviation (divided by n, as scikit-learn's StandardScaler) "
           "from the training set before the first step. They are stored with the weights. A "
           "feature that never changes is an error. unscale gives results back in the units of a "
           "target.",
    .inputs = {"x"},
    .expand = standard_scale_expand,
    .cases = standard_scale_cases,
};

static const AttrDef min_max_scale_attrs[] = {
    {"low", ATTR_REAL, .def = "0", .doc = "what the least value becomes"},
    {"high", ATTR_REAL, .def = "1", .doc = "what the greatest value becomes"},
    {0},
};

static const OpCase min_max_scale_cases[] = {
    {"input x: f32[5]  y = x -> min_max_scale  output y", NULL},
    {"input x: f32[2, 3]  y = x -> min_max_scale(low = -1, high = 2)  output y", NULL},
    {0},
};

const OpDef op_min_max_scale = {
    .name = "min_max_scale",
    .family = FAMILY_LAYER,
    .category = "normalization",
    .summary = "brings each feature of an input or target between two numbers",
    .doc = "y = (x - least) / range * (high - low) + low, for each feature (the last axis).\n"
           "The trainer takes least and range (greatest - least) from the training set before the "
           "first step; values outside of it later give results outside of low and high, as "
           "scikit-learn's MinMaxScaler. They are stored with the weights. A feature that never "
           "changes is an error.",
    .inputs = {"x"},
    .attrs = min_max_scale_attrs,
    .expand = min_max_scale_expand,
    .cases = min_max_scale_cases,
};

/* ---- unscale --------------------------------------------------------------------------------- */

static const Node *input_of(const Graph *g, const Node *n, int i)
{
    return graph_node(g, n->inputs[i]);
}

/* The scaling layer that gave a node, or NULL. */
static const OpDef *scaling_of(const Graph *g, NodeId node)
{
    for (int i = 0; i < g->layers.count; i++) {
        const Layer *layer = &g->layers.items[i];
        if (layer->output == node &&
            (layer->op == &op_standard_scale || layer->op == &op_min_max_scale))
            return layer->op;
    }
    return NULL;
}

static NodeId unscale_expand(Build *b, const Call *call)
{
    const Graph *g = b->graph;
    NodeId scaled = call->inputs[1];
    const OpDef *scaling = scaling_of(g, scaled);
    if (scaling == NULL) {
        diag_error(b->diag, call_input_span(call, 1),
                   "'unscale' undoes standard_scale or min_max_scale, '%.*s' is not made by them",
                   STR_ARGS(graph_node(g, scaled)->name));
        diag_help(b->diag, "name the scaled target, as in 's = y -> standard_scale', and write "
                           "unscale(s)");
        return NODE_NONE;
    }
    NodeId x = layer_numbers(b, call, 0);
    if (x == NODE_NONE)
        return NODE_NONE;
    /* From the end of the layer back to its parts, in the form that is written above. */
    const Node *at = graph_node(g, scaled);
    NodeId low = NODE_NONE, spread = NODE_NONE;
    if (scaling == &op_min_max_scale) {
        low = at->inputs[1];
        at = input_of(g, at, 0);
        spread = at->inputs[1];
        at = input_of(g, at, 0);
    }
    NodeId origin = input_of(g, at, 0)->inputs[1], unit = input_of(g, at, 1)->inputs[0];
    Shape of = graph_node(g, unit)->shape, shape = graph_node(g, x)->shape;
    int64_t features = of.rank > 0 ? of.dim[0] : 1;
    int64_t last = shape.rank > 0 ? shape.dim[shape.rank - 1] : 1;
    if (last != features) {
        diag_error(b->diag, call_input_span(call, 0),
                   "'%.*s' has %lld feature%s, '%.*s' was scaled with %lld",
                   STR_ARGS(graph_node(g, x)->name), (long long)last, last == 1 ? "" : "s",
                   STR_ARGS(graph_node(g, scaled)->name), (long long)features);
        return NODE_NONE;
    }
    if (shape.rank == 0 && of.rank > 0) { /* one number stays one number */
        origin = build_reshape(b, origin, 0, NULL);
        unit = build_reshape(b, unit, 0, NULL);
    }
    if (low != NODE_NONE) {
        x = build_binary(b, &op_sub, x, low);
        x = build_binary(b, &op_div, x, spread);
    }
    return build_binary(b, &op_add, build_binary(b, &op_mul, x, unit), origin);
}

static const OpCase unscale_cases[] = {
    {"input x: f32[4]  input t: f32[4]  s = t -> standard_scale  y = add(x -> unscale(s), s)  "
     "output y",
     NULL},
    {"input x: f32[3, 2]  input t: f32[2]  s = t -> min_max_scale(low = -1, high = 2)  "
     "y = unscale(x, s) * s  output y",
     NULL},
    {"input x: f32[6]  input t: f32  s = t -> standard_scale  y = x -> dense(1) -> unscale(s)  "
     "z = y * s  output z",
     NULL},
    {"input x: f32  input t: f32[1]  s = t -> standard_scale  y = add(x -> unscale(s), s)  "
     "output y",
     NULL},
    {"input x: f32[5]  s = x -> min_max_scale  y = s -> tanh -> unscale(s)  output y", NULL},
    {0},
};

const OpDef op_unscale = {
    .name = "unscale",
    .family = FAMILY_LAYER,
    .category = "normalization",
    .summary = "undoes the scaling of another tensor",
    .doc = "y = x * deviation + mean, or y = (x - low) / (high - low) * range + least, with the "
           "statistics of the layer that gave 'scaled'.\n"
           "A network that learns a scaled target gives its results in the units of the target: "
           "'s = price -> standard_scale', 'loss mean_squared_error(h, s)' and 'output guess' with "
           "'guess = h -> unscale(s)'. The values of the target play no part.",
    .inputs = {"x", "scaled"},
    .expand = unscale_expand,
    .cases = unscale_cases,
};
