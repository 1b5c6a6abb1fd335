/* window.c: pooling windows over the spatial axes of [height, width, channels] or [steps,
 * channels].
 *
 * window_max and window_sum reduce each window; window_argmax tells where in the window the maximum
 * is, which is all that the gradient of window_max needs. Windows have no dilation. Padding is
 * never an element: it cannot be the maximum and adds nothing to a sum; the layers make sure that
 * every window holds a real element. Kernel, stride and padding are resolved numbers, one per axis.
 *
 * The gradients are operators of their own. They know the size of the pooled tensor by attribute.
 */
#include "ops/window.h"

#include "graph/build.h"
#include "kernel/lower.h"
#include "ops/op.h"

enum { MAX_WINDOW_POSITION_U8 = 256 };

// clang-format off
#define WINDOW_ATTRS                                                                                \
    {"kernel",  ATTR_INTS,    .doc = "size of the window, per axis", .is_private = true},           \
    {"stride",  ATTR_INTS,    .doc = "step from window to window, per axis", .is_private = true},   \
    {"padding", ATTR_PADDING, .doc = "room before and after, per axis", .is_private = true}
// clang-format on

static const AttrDef window_attrs[] = {WINDOW_ATTRS, {0}};
static const AttrDef window_grad_attrs[] = {
    WINDOW_ATTRS,
    {"shape", ATTR_SHAPE, .doc = "shape of the tensor that was pooled", .is_private = true},
    {0},
};
enum { ATTR_KERNEL, ATTR_STRIDE, ATTR_PAD, ATTR_IN_SHAPE };

/* ---- the numbers ----------------------------------------------------------------------------- */

static int64_t out_size(int64_t in, const AttrValue *attrs, int axis)
{
    int64_t padded =
        in + attrs[ATTR_PAD].padding.before[axis] + attrs[ATTR_PAD].padding.after[axis];
    return (padded - attrs[ATTR_KERNEL].list.item[axis]) / attrs[ATTR_STRIDE].list.item[axis] + 1;
}

static WindowForm form_of(const AttrValue *attrs, int rank, const int64_t *in)
{
    int axis_count = attrs[ATTR_KERNEL].list.count;
    CHECK(axis_count >= 1 && axis_count <= 2 && rank == axis_count + 1);
    CHECK(attrs[ATTR_STRIDE].list.count == axis_count);
    CHECK(attrs[ATTR_PAD].padding.count == axis_count);
    WindowForm form = {
        .is_sequence = axis_count == 1,
        .channels = in[rank - 1],
        .in = {1, 1},
        .out = {1, 1},
        .kernel = {1, 1},
        .stride = {1, 1},
    };
    for (int a = 0; a < axis_count; a++) {
        int to = a + 2 - axis_count;
        form.in[to] = in[a];
        form.kernel[to] = attrs[ATTR_KERNEL].list.item[a];
        form.stride[to] = attrs[ATTR_STRIDE].list.item[a];
        form.before[to] = attrs[ATTR_PAD].padding.before[a];
        form.out[to] = out_size(in[a], attrs, a);
        CHECK(form.kernel[to] >= 1 && form.stride[to] >= 1 && form.out[to] >= 1);
        CHECK(form.before[to] < form.kernel[to]);
    }
    return form;
}

static bool is_gradient(const OpDef *op)
{
    return op->attrs == window_grad_attrs;
}

WindowForm window_form(const Graph *g, const Node *n)
{
    if (is_gradient(n->op))
        return form_of(n->attrs, n->attrs[ATTR_IN_SHAPE].list.count,
                       n->attrs[ATTR_IN_SHAPE].list.item);
    Shape in = graph_node(g, n->inputs[0])->shape;
    return form_of(n->attrs, in.rank, in.dim);
}

WindowRange window_range(const WindowForm *form, int axis, int64_t out_index)
{
    int64_t start = out_index * form->stride[axis] - form->before[axis];
    int64_t last = start + form->kernel[axis];
    return (WindowRange){
        .start = start,
        .first = start < 0 ? 0 : start,
        .last = last > form->in[axis] ? form->in[axis] : last,
    };
}

/* ---- shapes ---------------------------------------------------------------------------------- */

static bool infer_forward(Build *b, const Call *call, Inferred *inferred)
{
    const Node *x = graph_node(b->graph, call->inputs[0]);
    CHECK(x->type == TYPE_F32);
    WindowForm form = form_of(call->attrs, x->shape.rank, x->shape.dim);
    inferred->shape = x->shape;
    for (int a = 0; a + 1 < x->shape.rank; a++)
        inferred->shape.dim[a] = form.out[form.is_sequence ? 1 : a];
    inferred->type = TYPE_F32;
    return true;
}

static bool infer_position(Build *b, const Call *call, Inferred *inferred)
{
    if (!infer_forward(b, call, inferred))
        return false;
    int64_t positions = 1;
    for (int a = 0; a < call->attrs[ATTR_KERNEL].list.count; a++)
        CHECK(size_multiply(positions, call->attrs[ATTR_KERNEL].list.item[a], &positions));
    CHECK(positions <= INT32_MAX);
    inferred->type = positions <= MAX_WINDOW_POSITION_U8 ? TYPE_U8 : TYPE_I32;
    return true;
}

static bool infer_gradient(Build *b, const Call *call, Inferred *inferred)
{
    const Node *d_out = graph_node(b->graph, call->inputs[call->input_count - 1]);
    const AttrValue *in = &call->attrs[ATTR_IN_SHAPE];
    WindowForm form = form_of(call->attrs, in->list.count, in->list.item);
    CHECK(d_out->type == TYPE_F32 && d_out->shape.rank == in->list.count);
    for (int a = 0; a + 1 < in->list.count; a++)
        CHECK(d_out->shape.dim[a] == form.out[form.is_sequence ? 1 : a]);
    inferred->shape = shape_of(d_out->shape.has_batch, in->list.count, in->list.item);
    inferred->type = TYPE_F32;
    return true;
}

/* ---- reference evaluation --------------------------------------------------------------------
 * One walk serves all: `visit` sees each output element with its window. */

typedef struct Visit {
    const EvalCall *call;
    const WindowForm *form;
    WindowRange row, column;
    int64_t image; /* offset of this sample in the pooled tensor */
    int64_t channel;
    int64_t out; /* offset of the output element */
} Visit;

static int64_t pooled_at(const Visit *v, int64_t row, int64_t column)
{
    return v->image + (row * v->form->in[1] + column) * v->form->channels + v->channel;
}

static void walk(const EvalCall *call, void (*visit)(const Visit *))
{
    WindowForm form = window_form(call->graph, call->node);
    Visit v = {.call = call, .form = &form};
    int64_t samples = call->node->shape.has_batch ? call->context->batch : 1;
    for (int64_t n = 0; n < samples; n++) {
        v.image = n * form.in[0] * form.in[1] * form.channels;
        for (int64_t i = 0; i < form.out[0]; i++)
            for (int64_t j = 0; j < form.out[1]; j++)
                for (v.channel = 0; v.channel < form.channels; v.channel++) {
                    v.row = window_range(&form, 0, i);
                    v.column = window_range(&form, 1, j);
                    visit(&v);
                    v.out++;
                }
    }
}

static int64_t position_of_max(const Visit *v)
{
    const double *x = v->call->in[0];
    int64_t best = -1, position = 0;
    for (int64_t i = v->row.first; i < v->row.last; i++)
        for (int64_t j = v->column.first; j < v->column.last; j++)
            if (best < 0 || x[pooled_at(v, i, j)] > x[best]) {
                best = pooled_at(v, i, j);
                position = (i - v->row.start) * v->form->kernel[1] + (j - v->column.start);
            }
    return position;
}

/* The element of the pooled tensor at a position inside the window. */
static int64_t element_at(const Visit *v, int64_t position)
{
    return pooled_at(v, v->row.start + position / v->form->kernel[1],
                     v->column.start + position % v->form->kernel[1]);
}

static void visit_max(const Visit *v)
{
    v->call->out[v->out] = v->call->in[0][element_at(v, position_of_max(v))];
}

static void visit_argmax(const Visit *v)
{
    v->call->out[v->out] = (double)position_of_max(v);
}

static void visit_sum(const Visit *v)
{
    double sum = 0;
    for (int64_t i = v->row.first; i < v->row.last; i++)
        for (int64_t j = v->column.first; j < v->column.last; j++)
            sum += v->call->in[0][pooled_at(v, i, j)];
    v->call->out[v->out] = sum;
}

static void visit_max_grad(const Visit *v)
{
    v->call->out[element_at(v, (int64_t)v->call->in[0][v->out])] += v->call->in[1][v->out];
}

static void visit_sum_grad(const Visit *v)
{
    for (int64_t i = v->row.first; i < v->row.last; i++)
        for (int64_t j = v->column.first; j < v->column.last; j++)
            v->call->out[pooled_at(v, i, j)] += v->call->in[0][v->out];
}

static void window_max_eval(const EvalCall *call)
{
    walk(call, visit_max);
}

static void window_argmax_eval(const EvalCall *call)
{
    walk(call, visit_argmax);
}

static void window_sum_eval(const EvalCall *call)
{
    walk(call, visit_sum);
}

static void clear(const EvalCall *call)
{
    Shape s = call->node->shape;
    int64_t elements = shape_elements(s) * (s.has_batch ? call->context->batch : 1);
    for (int64_t i = 0; i < elements; i++)
        call->out[i] = 0;
}

static void window_max_grad_eval(const EvalCall *call)
{
    clear(call);
    walk(call, visit_max_grad);
}

static void window_sum_grad_eval(const EvalCall *call)
{
    clear(call);
    walk(call, visit_sum_grad);
}

/* ---- gradients ------------------------------------------------------------------------------- */

/* The attributes of the gradient operator of a forward node. */
static void gradient_attrs(const Graph *g, const Node *n, AttrValue attrs[4])
{
    Shape in = graph_node(g, n->inputs[0])->shape;
    attrs[ATTR_KERNEL] = n->attrs[ATTR_KERNEL];
    attrs[ATTR_STRIDE] = n->attrs[ATTR_STRIDE];
    attrs[ATTR_PAD] = n->attrs[ATTR_PAD];
    attrs[ATTR_IN_SHAPE] = (AttrValue){.list = {.count = in.rank}};
    for (int d = 0; d < in.rank; d++)
        attrs[ATTR_IN_SHAPE].list.item[d] = in.dim[d];
}

static void window_max_grad(Build *b, NodeId node, NodeId d_out, const bool *needed,
                            NodeId *d_inputs)
{
    if (!needed[0])
        return;
    AttrValue attrs[4];
    gradient_attrs(b->graph, graph_node(b->graph, node), attrs);
    NodeId x = graph_node(b->graph, node)->inputs[0];
    NodeId position = build_node(b, &op_window_argmax, &x, 1, attrs);
    d_inputs[0] = build_node(b, &op_window_max_grad, (NodeId[]){position, d_out}, 2, attrs);
}

static void window_sum_grad(Build *b, NodeId node, NodeId d_out, const bool *needed,
                            NodeId *d_inputs)
{
    if (!needed[0])
        return;
    AttrValue attrs[4];
    gradient_attrs(b->graph, graph_node(b->graph, node), attrs);
    d_inputs[0] = build_node(b, &op_window_sum_grad, &d_out, 1, attrs);
}

/* The gradient of a sum is linear, and its transpose is the sum again. */
static void window_sum_grad_grad(Build *b, NodeId node, NodeId d_out, const bool *needed,
                                 NodeId *d_inputs)
{
    if (!needed[0])
        return;
    AttrValue attrs[4];
    for (int i = 0; i < 4; i++)
        attrs[i] = graph_node(b->graph, node)->attrs[i];
    d_inputs[0] = build_node(b, &op_window_sum, &d_out, 1, attrs);
}

const OpDef op_window_max = {
    .name = "window_max",
    .family = FAMILY_WINDOW,
    .summary = "largest element of each window",
    .doc = "y[i, j, c] = max over p, q of x[i*s + p - a, j*s + q - b, c]; padding never wins.",
    .inputs = {"x"},
    .attrs = window_attrs,
    .infer = infer_forward,
    .eval = window_max_eval,
    .lower = lower_window_max,
    .grad = window_max_grad,
};

const OpDef op_window_argmax = {
    .name = "window_argmax",
    .family = FAMILY_WINDOW,
    .summary = "where in each window the largest element is",
    .doc =
        "p * kernel width + q of the first maximum, counted in the whole window, padding included; "
        "u8 for windows of up to 256 elements, else i32.",
    .inputs = {"x"},
    .is_early = true,
    .attrs = window_attrs,
    .infer = infer_position,
    .eval = window_argmax_eval,
    .lower = lower_window_argmax,
};

const OpDef op_window_sum = {
    .name = "window_sum",
    .family = FAMILY_WINDOW,
    .summary = "sum of each window",
    .doc = "y[i, j, c] = sum over p, q of x[i*s + p - a, j*s + q - b, c]; padding adds nothing.",
    .inputs = {"x"},
    .attrs = window_attrs,
    .infer = infer_forward,
    .eval = window_sum_eval,
    .lower = lower_window_sum,
    .grad = window_sum_grad,
};

const OpDef op_window_max_grad = {
    .name = "window_max_grad",
    .family = FAMILY_WINDOW,
    .summary = "gradient of window_max",
    .doc = "d_x is the sum of d_out over the windows whose maximum is that element.",
    .inputs = {"position", "d_out"},
    .typed_inputs = 1,
    .attrs = window_grad_attrs,
    .infer = infer_gradient,
    .eval = window_max_grad_eval,
    .lower = lower_window_max_grad,
};

const OpDef op_window_sum_grad = {
    .name = "window_sum_grad",
    .family = FAMILY_WINDOW,
    .summary = "gradient of window_sum",
    .doc = "d_x is the sum of d_out over the windows that hold that element.",
    .inputs = {"d_out"},
    .attrs = window_grad_attrs,
    .infer = infer_gradient,
    .eval = window_sum_grad_eval,
    .lower = lower_window_sum_grad,
    .grad = window_sum_grad_grad,
};
