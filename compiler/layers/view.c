/* view.c: layers that give the same elements in another shape: split, squeeze, expand_dims,
 * repeat_vector. */
#include "front/diag.h"
#include "layers/layers.h"
#include "ops/axis.h"
#include "ops/map.h"

/* ---- split ----------------------------------------------------------------------------------- */
static const AttrDef split_attrs[] = {
    {"parts", ATTR_INT, .def = "0", .least = 0, .most = 1e4, .is_positional = true,
     .doc = "number of equal parts; 0 when 'sizes' tells them"},
    {"sizes", ATTR_INTS, .def = "[]", .least = 1, .most = 1e9,
     .doc = "size of each part; together they are the size of the axis"},
    {"axis", ATTR_INT, .def = "-1", AXIS_RANGE,
     .doc = "axis that is divided, from 0 without the batch; -1 is the last"},
    {0},
};

/* The sizes of the parts, of which there are *count; NULL after an error. */
static const int64_t *part_sizes(Build *b, const Call *call, int64_t size, int *count)
{
    int64_t parts = call_attr(call, "parts")->i;
    const AttrValue *sizes = call_attr(call, "sizes");
    if ((parts > 0) == (sizes->list.count > 0)) {
        diag_error(b->diag, call->span, "'split' needs %s 'parts' or 'sizes'",
                   parts > 0 ? "only one of" : "one of");
        return NULL;
    }
    if (parts > 0) {
        if (size % parts != 0) {
            diag_error(b->diag, call_attr_span(call, "parts"),
                       "an axis of size %lld cannot be split into %lld equal parts",
                       (long long)size, (long long)parts);
            return NULL;
        }
        int64_t *equal = arena_array(b->graph->arena, int64_t, parts);
        for (int64_t i = 0; i < parts; i++)
            equal[i] = size / parts;
        *count = (int)parts;
        return equal;
    }
    int64_t sum = 0;
    for (int i = 0; i < sizes->list.count; i++)
        sum += sizes->list.item[i];
    if (sum != size) {
        diag_error(b->diag, call_attr_span(call, "sizes"),
                   "the sizes of 'split' add up to %lld, but the axis has %lld", (long long)sum,
                   (long long)size);
        return NULL;
    }
    *count = sizes->list.count;
    return sizes->list.item;
}

static void split_expand(Build *b, const Call *call, NodeIds *results)
{
    NodeId x = call->inputs[0];
    int axis, count;
    if (!axis_resolve(b, call, "axis", x, call_attr(call, "axis")->i, &axis))
        return;
    const int64_t *sizes = part_sizes(b, call, graph_node(b->graph, x)->shape.dim[axis], &count);
    int64_t from = 0;
    for (int i = 0; sizes != NULL && i < count; i++) {
        AttrValue attrs[3] = {{.i = axis}, {.i = from}, {.i = sizes[i]}};
        vec_push(b->graph->arena, results, build_node(b, &op_slice, &x, 1, attrs));
        from += sizes[i];
    }
}

static const OpCase split_cases[] = {
    {"input x: f32[6]  a, b = split(x, 2)  y = a * b + a  output y", NULL},
    {"input x: f32[3, 5]  a, b, c = x -> split(sizes = [1, 3, 1])  y = a * b - c  output y", NULL},
    {"input x: f32[4, 3]  a, b = split(x -> tanh, parts = 2, axis = 0)  output a, b", NULL},
    {"input x: f32[2, 3]  y = split(x, 1, axis = -2)  output y", NULL},
    {0},
};

const OpDef op_split = {
    .name = "split",
    .family = FAMILY_LAYER,
    .category = "shape",
    .summary = "parts of a tensor along an axis",
    .doc = "Gives as many results as there are parts, in order: a, b = split(x, 2).",
    .inputs = {"x"},
    .attrs = split_attrs,
    .expand_list = split_expand,
    .cases = split_cases,
};

/* ---- squeeze and expand_dims ----------------------------------------------------------------- */
static const AttrDef squeeze_attrs[] = {
    {"axes", ATTR_INTS, .def = "[]", AXIS_RANGE, .is_positional = true,
     .doc = "an axis or a list of axes, from 0 without the batch; all of size 1 unless given"},
    {0},
};

static NodeId squeeze_expand(Build *b, const Call *call)
{
    NodeId x = call->inputs[0];
    Shape from = graph_node(b->graph, x)->shape;
    uint32_t axes;
    if (!axis_resolve_list(b, call, "axes", x, &axes))
        return NODE_NONE;
    int64_t to[MAX_RANK];
    int rank = 0;
    for (int d = 0; d < from.rank; d++) {
        bool is_named = (axes >> d & 1u) != 0;
        if (is_named && from.dim[d] != 1) {
            Str text = shape_str(b->graph->arena, from);
            diag_error(b->diag, call_attr_span(call, "axes"),
                       "'squeeze' of %.*s: axis %d has size %lld, not 1", STR_ARGS(text), d,
                       (long long)from.dim[d]);
            return NODE_NONE;
        }
        if (axes != 0 ? !is_named : from.dim[d] != 1)
            to[rank++] = from.dim[d];
    }
    return build_reshape(b, x, rank, to);
}

static const OpCase squeeze_cases[] = {
    {"input x: f32[1, 5, 1]  y = x -> squeeze -> tanh  output y", NULL},
    {"input x: f32[3, 1, 1]  y = x -> squeeze(-1)  output y", NULL},
    {"input x: f32[1, 4, 1]  y = x -> squeeze(axes = [0, -1])  output y", NULL},
    {"input x: f32[1]  y = x -> squeeze  output y", NULL},
    {0},
};

const OpDef op_squeeze = {
    .name = "squeeze",
    .family = FAMILY_LAYER,
    .category = "shape",
    .summary = "the tensor without axes of size 1",
    .doc = "[1, 5, 1] becomes [5], or [1, 5] with axes = -1. It costs nothing.",
    .inputs = {"x"},
    .attrs = squeeze_attrs,
    .expand = squeeze_expand,
    .cases = squeeze_cases,
};

static const AttrDef expand_dims_attrs[] = {
    {"axis", ATTR_INT, .def = "-1", AXIS_RANGE, .is_positional = true,
     .doc = "place of the new axis in the result, from 0 without the batch; -1 is the last"},
    {0},
};

static NodeId expand_dims_expand(Build *b, const Call *call)
{
    NodeId x = call->inputs[0];
    Shape from = graph_node(b->graph, x)->shape;
    int64_t axis = call_attr(call, "axis")->i, to[MAX_RANK];
    if (axis < 0)
        axis += from.rank + 1;
    Str text = shape_str(b->graph->arena, from);
    if (from.rank == MAX_RANK) {
        diag_error(b->diag, call->span, "'expand_dims' of %.*s: a tensor has at most %d axes",
                   STR_ARGS(text), MAX_RANK);
        return NODE_NONE;
    }
    if (axis < 0 || axis > from.rank) {
        diag_error(b->diag, call_attr_span(call, "axis"),
                   "'expand_dims' of %.*s at axis %lld: the result has only %d axes",
                   STR_ARGS(text), (long long)call_attr(call, "axis")->i, from.rank + 1);
        return NODE_NONE;
    }
    for (int d = 0; d <= from.rank; d++)
        to[d] = d == axis ? 1 : from.dim[d < axis ? d : d - 1];
    return build_reshape(b, x, from.rank + 1, to);
}

static const OpCase expand_dims_cases[] = {
    {"input x: f32[3, 5]  y = x -> expand_dims -> tanh  output y", NULL},
    {"input x: f32[4]  y = x * expand_dims(x, axis = 0) + expand_dims(x)  output y", NULL},
    {"input x: f32  y = x -> expand_dims(0)  output y", NULL},
    {0},
};

const OpDef op_expand_dims = {
    .name = "expand_dims",
    .family = FAMILY_LAYER,
    .category = "shape",
    .summary = "the tensor with one more axis of size 1",
    .doc = "[3, 5] becomes [3, 5, 1], or [1, 3, 5] with axis = 0. It costs nothing.",
    .inputs = {"x"},
    .attrs = expand_dims_attrs,
    .expand = expand_dims_expand,
    .cases = expand_dims_cases,
};

/* ---- repeat_vector --------------------------------------------------------------------------- */
static const AttrDef repeat_vector_attrs[] = {
    {"count", ATTR_INT, .doc = "how often the tensor is repeated", .least = 1,
     .most = LAYER_MOST_CHANNELS, .is_positional = true},
    {0},
};

static NodeId repeat_vector_expand(Build *b, const Call *call)
{
    NodeId x = layer_numbers(b, call, 0);
    if (x == NODE_NONE)
        return NODE_NONE;
    Shape to = graph_node(b->graph, x)->shape;
    if (to.rank == MAX_RANK) {
        diag_error(b->diag, call->span, "'repeat_vector' of %.*s: a tensor has at most %d axes",
                   STR_ARGS(shape_str(b->graph->arena, to)), MAX_RANK);
        return NODE_NONE;
    }
    for (int d = to.rank++; d > 0; d--)
        to.dim[d] = to.dim[d - 1];
    to.dim[0] = call_attr(call, "count")->i;
    return layer_check_size(b, call, to, "result") ? build_broadcast(b, x, to) : NODE_NONE;
}

static const OpCase repeat_vector_cases[] = {
    {"input x: f32[5]  y = x -> repeat_vector(3) -> tanh  output y", NULL},
    {"input x: f32[2, 1]  input z: f32[4, 2, 1]  y = repeat_vector(x, 4) * z  output y", NULL},
    {"input x: f32[7]  y = x -> dense(2) -> repeat_vector(1) -> dense(3)  output y", NULL},
    {0},
};

const OpDef op_repeat_vector = {
    .name = "repeat_vector",
    .family = FAMILY_LAYER,
    .category = "shape",
    .summary = "the tensor several times, along a new first axis",
    .doc = "[features] becomes [count, features]: the same vector at each step of a sequence.",
    .inputs = {"x"},
    .attrs = repeat_vector_attrs,
    .expand = repeat_vector_expand,
    .cases = repeat_vector_cases,
};
