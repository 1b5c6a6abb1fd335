/* matmul.c: products of matrices that are both computed, one for each sample and each place of the
 * leading axes. */
#include "front/diag.h"
#include "layers/layers.h"

static const AttrDef matmul_attrs[] = {
    {"transpose_a", ATTR_BOOL, .def = "false", .doc = "exchange the last two axes of a first"},
    {"transpose_b", ATTR_BOOL, .def = "false", .doc = "exchange the last two axes of b first"},
    {0},
};

/* Axes from the end: 0 and 1 are those of the matrix, the others are leading. */
static int64_t size_from_end(Shape shape, int place)
{
    return place < shape.rank ? shape.dim[shape.rank - 1 - place] : 1;
}

static bool report_shapes(Build *b, const Call *call, const char *what)
{
    const Node *x = graph_node(b->graph, call->inputs[0]);
    const Node *y = graph_node(b->graph, call->inputs[1]);
    Str x_shape = shape_str(b->graph->arena, x->shape);
    Str y_shape = shape_str(b->graph->arena, y->shape);
    if (call->input_spans != NULL) {
        diag_mark(b->diag, call_input_span(call, 0));
        diag_mark(b->diag, call_input_span(call, 1));
    }
    diag_error(b->diag, call->span, "%s of 'matmul' do not fit: '%.*s' is %.*s, '%.*s' is %.*s",
               what, STR_ARGS(x->name), STR_ARGS(x_shape), STR_ARGS(y->name), STR_ARGS(y_shape));
    return false;
}

/* The operand without leading axes of size 1: they are repeated, so no index depends on them. */
static NodeId without_ones(Build *b, NodeId x)
{
    Shape from = graph_node(b->graph, x)->shape;
    int64_t to[MAX_RANK];
    int rank = 0;
    for (int d = 0; d < from.rank; d++)
        if (from.dim[d] != 1 || d >= from.rank - 2)
            to[rank++] = from.dim[d];
    return build_reshape(b, x, rank, to);
}

/* Index maps of an operand: the axes of those leading places that it has, then row and column. */
static void map_operand(IndexMap *maps, Shape shape, const int *leading, int rank, int row,
                        int column)
{
    int d = 0;
    for (int place = rank - 1; place >= 2; place--)
        if (size_from_end(shape, place) != 1)
            maps[d++] = (IndexMap){1, {{leading[place], 1}}, 0};
    maps[d++] = (IndexMap){1, {{row, 1}}, 0};
    maps[d] = (IndexMap){1, {{column, 1}}, 0};
}

/* Both operands as f32; each has at least two axes. */
static bool take_matrices(Build *b, const Call *call, NodeId *inputs, Shape *shape)
{
    for (int i = 0; i < 2; i++)
        inputs[i] = layer_numbers(b, call, i);
    if (inputs[0] == NODE_NONE || inputs[1] == NODE_NONE)
        return false;
    for (int i = 0; i < 2; i++) {
        shape[i] = graph_node(b->graph, inputs[i])->shape;
        if (shape[i].rank < 2) {
            diag_error(b->diag, call_input_span(call, i),
                       "'matmul' needs matrices, but '%.*s' is %.*s",
                       STR_ARGS(graph_node(b->graph, inputs[i])->name),
                       STR_ARGS(shape_str(b->graph->arena, shape[i])));
            return false;
        }
    }
    return true;
}

/* An axis of the result, and of the contraction. */
static int add_result_axis(ContractSpec *spec, char letter, int64_t size)
{
    int axis = spec->axis_count++;
    spec->axis[axis] = (Axis){letter, size};
    spec->out[spec->out_shape.rank] = (IndexMap){1, {{axis, 1}}, 0};
    spec->out_shape.dim[spec->out_shape.rank++] = size;
    return axis;
}

/* The leading axes of the result, which go to `full`, and those that are not 1 to the contraction. */
static bool add_leading_axes(Build *b, const Call *call, const Shape *shape, ContractSpec *spec,
                             Shape *full, int *leading)
{
    static const char letters[MAX_RANK] = {'o', 'i', 'p', 'q', 'g', 'h'};
    for (int place = full->rank - 1; place >= 2; place--) {
        int64_t left = size_from_end(shape[0], place), right = size_from_end(shape[1], place);
        if (left != right && left != 1 && right != 1)
            return report_shapes(b, call, "the leading axes");
        int64_t size = left == 1 ? right : left;
        full->dim[full->rank - 1 - place] = size;
        if (size != 1)
            leading[place] = add_result_axis(spec, letters[place], size);
    }
    return true;
}

static NodeId matmul_expand(Build *b, const Call *call)
{
    NodeId inputs[2];
    Shape shape[2];
    if (!take_matrices(b, call, inputs, shape))
        return NODE_NONE;
    bool is_turned[2] = {call_attr(call, "transpose_a")->i != 0,
                         call_attr(call, "transpose_b")->i != 0};
    int64_t rows = size_from_end(shape[0], is_turned[0] ? 0 : 1);
    int64_t summed = size_from_end(shape[0], is_turned[0] ? 1 : 0);
    int64_t columns = size_from_end(shape[1], is_turned[1] ? 1 : 0);
    if (summed != size_from_end(shape[1], is_turned[1] ? 0 : 1)) {
        report_shapes(b, call, "the inner axes");
        return NODE_NONE;
    }
    Shape full = {.has_batch = shape[0].has_batch || shape[1].has_batch,
                  .rank = shape[0].rank > shape[1].rank ? shape[0].rank : shape[1].rank};
    ContractSpec spec = {.out_shape = {.has_batch = full.has_batch}};
    if (full.has_batch)
        spec.axis[spec.axis_count++] = (Axis){'n', -1};
    int leading[MAX_RANK] = {0};
    if (!add_leading_axes(b, call, shape, &spec, &full, leading))
        return NODE_NONE;
    full.dim[full.rank - 2] = rows;
    full.dim[full.rank - 1] = columns;
    int i = add_result_axis(&spec, 'i', rows), o = add_result_axis(&spec, 'o', columns);
    int k = spec.axis_count++;
    spec.axis[k] = (Axis){'k', summed};
    map_operand(spec.left, shape[0], leading, full.rank, is_turned[0] ? k : i,
                is_turned[0] ? i : k);
    map_operand(spec.right, shape[1], leading, full.rank, is_turned[1] ? o : k,
                is_turned[1] ? k : o);
    if (!layer_check_size(b, call, full, "result"))
        return NODE_NONE;
    NodeId product =
        build_contract(b, without_ones(b, inputs[0]), without_ones(b, inputs[1]), &spec);
    return build_reshape(b, product, full.rank, full.dim);
}

static const OpCase matmul_cases[] = {
    {"input x: f32[3, 5]  input z: f32[5, 4]  y = matmul(x, z)  output y", NULL},
    {"input x: f32[2, 3, 5]  y = matmul(x, x, transpose_b = true) -> softmax -> matmul(x)  output "
     "y",
     NULL},
    {"input x: f32[4, 1, 2, 3]  input z: f32[5, 2, 7]  y = matmul(x, z, transpose_a = true)  "
     "output y",
     NULL},
    {"input x: f32[1, 6]  input z: f32[2, 1, 6, 1]  y = matmul(x, z)  output y", NULL},
    {"input x: f32[3, 4]  a, b = x -> dense(6) -> split(2)  "
     "y = matmul(a, b, transpose_a = true, transpose_b = false)  output y",
     NULL},
    {"input x: f32[17, 33]  input z: f32[18, 33]  y = matmul(x, z, transpose_b = true)  output y",
     NULL},
    {0},
};

const OpDef op_matmul = {
    .name = "matmul",
    .family = FAMILY_LAYER,
    .category = "dense",
    .summary = "product of two matrices",
    .doc =
        "y[..., i, o] = sum over k of a[..., i, k] * b[..., k, o]\n"
        "The leading axes are aligned at the last one; a missing one or one of size 1 is repeated, "
        "as in NumPy. Each sample has its own product; for a product with weights use dense.",
    .inputs = {"a", "b"},
    .attrs = matmul_attrs,
    .expand = matmul_expand,
    .cases = matmul_cases,
};
