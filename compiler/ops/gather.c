/* gather.c: rows of a table by number, and the gradient of that. Numbers outside the table stand
 * for its first or last row, here and in generated code, so that no memory outside is touched. */
#include "front/diag.h"
#include "graph/build.h"
#include "kernel/lower.h"
#include "ops/op.h"

static int64_t clamp(double number, int64_t rows)
{
    return number < 0 ? 0 : number >= (double)rows ? rows - 1 : (int64_t)number;
}

static Shape input_shape(const EvalCall *call, int input)
{
    return graph_node(call->graph, call->node->inputs[input])->shape;
}

static int64_t samples_of(const EvalCall *call, Shape shape)
{
    return shape_elements(shape) * (shape.has_batch ? call->context->batch : 1);
}

/* ---- gather ---------------------------------------------------------------------------------- */
static bool gather_infer(Build *b, const Call *call, Inferred *inferred)
{
    Shape table = graph_node(b->graph, call->inputs[0])->shape;
    CHECK(table.rank == 2 && !table.has_batch);
    inferred->shape = graph_node(b->graph, call->inputs[1])->shape;
    CHECK(inferred->shape.rank < MAX_RANK);
    inferred->shape.dim[inferred->shape.rank++] = table.dim[1];
    return true;
}

static void gather_eval(const EvalCall *call)
{
    Shape table = input_shape(call, 0);
    int64_t count = samples_of(call, input_shape(call, 1)), units = table.dim[1];
    for (int64_t i = 0; i < count; i++)
        for (int64_t u = 0; u < units; u++)
            call->out[i * units + u] = call->in[0][clamp(call->in[1][i], table.dim[0]) * units + u];
}

static void gather_grad(Build *b, NodeId node, NodeId d_out, const bool *needed, NodeId *d_inputs)
{
    if (!needed[0])
        return;
    const Node *n = graph_node(b->graph, node);
    AttrValue rows = {.i = graph_node(b->graph, n->inputs[0])->shape.dim[0]};
    d_inputs[0] = build_node(b, &op_scatter_add, (NodeId[]){d_out, n->inputs[1]}, 2, &rows);
}

const OpDef op_gather = {
    .name = "gather",
    .family = FAMILY_ROW,
    .summary = "rows of a table by number",
    .doc = "y[..., u] = table[index[...], u]; a number outside the table takes the nearest row",
    .inputs = {"table", "index"},
    .typed_inputs = 2,
    .infer = gather_infer,
    .eval = gather_eval,
    .grad = gather_grad,
    .lower = lower_gather,
};

/* ---- scatter_add ----------------------------------------------------------------------------- */
static const AttrDef scatter_attrs[] = {
    {"rows", ATTR_INT, .doc = "rows of the result", .is_private = true},
    {0},
};

static bool scatter_infer(Build *b, const Call *call, Inferred *inferred)
{
    Shape from = graph_node(b->graph, call->inputs[0])->shape;
    Shape index = graph_node(b->graph, call->inputs[1])->shape;
    CHECK(from.rank == index.rank + 1 && from.has_batch == index.has_batch);
    inferred->shape = shape_of(false, 2, (int64_t[]){call->attrs[0].i, from.dim[from.rank - 1]});
    return true;
}

static void scatter_eval(const EvalCall *call)
{
    Shape out = call->node->shape;
    int64_t count = samples_of(call, input_shape(call, 1)), units = out.dim[1];
    for (int64_t e = 0; e < shape_elements(out); e++)
        call->out[e] = 0;
    for (int64_t i = 0; i < count; i++)
        for (int64_t u = 0; u < units; u++)
            call->out[clamp(call->in[1][i], out.dim[0]) * units + u] += call->in[0][i * units + u];
}

const OpDef op_scatter_add = {
    .name = "scatter_add",
    .family = FAMILY_ROW,
    .summary = "adds vectors to the rows that numbers name",
    .doc = "y[index[...], u] += x[..., u] over all places and samples, in their order; the "
           "gradient of "
           "gather",
    .inputs = {"x", "index"},
    .typed_inputs = 2,
    .attrs = scatter_attrs,
    .infer = scatter_infer,
    .eval = scatter_eval,
    .lower = lower_scatter_add,
};
