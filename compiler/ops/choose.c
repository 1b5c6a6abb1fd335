/* choose.c: elementwise operators that the compiler uses itself: comparisons, selection,
 * conversion, repetition, random numbers, one-hot vectors. Comparisons give 1 or 0 as f32.
 *
 * Steps have the gradient zero everywhere that anyone looks, so their rules say "no influence". */
#include "ops/map.h"

#include "../runtime/rng.h"

#include <math.h>

#define PI 3.14159265358979323846

static void no_influence(Build *b, NodeId node, NodeId d_out, const bool *needed, NodeId *d_inputs)
{
    (void)b, (void)node, (void)d_out, (void)needed, (void)d_inputs;
}

/* ---- comparisons ----------------------------------------------------------------------------- */
MAP_EVAL(sign, (x[0] > 0) - (x[0] < 0))
static Expr *sign_element(MapContext *context, const Node *node, Expr *const *args)
{
    (void)node;
    Arena *arena = context->arena;
    Expr *zero = expr_real(arena, 0);
    Expr *negative =
        expr_select(arena, expr_binary(arena, "<", args[0], zero), expr_real(arena, -1), zero);
    return expr_select(arena, expr_binary(arena, ">", args[0], zero), expr_real(arena, 1),
                       negative);
}
const OpDef op_sign = {
    .name = "sign",
    .family = FAMILY_MAP,
    .summary = "1, 0 or -1",
    .doc = "1 where x > 0, -1 where x < 0, else 0",
    .inputs = {"x"},
    .infer = map_infer,
    .eval = sign_eval,
    .grad = no_influence,
    .element = sign_element,
};

MAP_EVAL(greater, x[0] > x[1])
MAP_ELEMENT(greater, map_truth(arena, expr_binary(arena, ">", args[0], args[1])))
const OpDef op_greater = {
    .name = "greater",
    .family = FAMILY_MAP,
    .summary = "is x above y?",
    .doc = "1 where x > y, else 0",
    .inputs = {"x", "y"},
    .infer = map_infer,
    .eval = greater_eval,
    .grad = no_influence,
    .element = greater_element,
};

/* Class numbers are compared with class numbers, and numbers with numbers. */
MAP_EVAL(equal, x[0] == x[1])
MAP_ELEMENT(equal, map_truth(arena, expr_binary(arena, "==", args[0], args[1])))
const OpDef op_equal = {
    .name = "equal",
    .family = FAMILY_MAP,
    .summary = "is x the same as y?",
    .doc = "1 where x == y, else 0",
    .inputs = {"x", "y"},
    .typed_inputs = 3,
    .infer = map_infer,
    .eval = equal_eval,
    .grad = no_influence,
    .element = equal_element,
};

/* ---- selection ------------------------------------------------------------------------------- */
MAP_EVAL(select, x[0] != 0 ? x[1] : x[2])
MAP_ELEMENT(select, expr_select(arena, map_condition(arena, args[0]), args[1], args[2]))
static void select_grad(Build *b, NodeId node, NodeId d_out, const bool *needed, NodeId *d_inputs)
{
    NodeId condition = graph_node(b->graph, node)->inputs[0];
    if (needed[1])
        d_inputs[1] = map_select(b, condition, d_out, build_number(b, 0));
    if (needed[2])
        d_inputs[2] = map_select(b, condition, build_number(b, 0), d_out);
}
const OpDef op_select = {
    .name = "select",
    .family = FAMILY_MAP,
    .summary = "one of two values",
    .doc = "yes where condition is not 0, else no; what is not selected does not matter, even "
           "when it is not a number",
    .inputs = {"condition", "yes", "no"},
    .infer = map_infer,
    .eval = select_eval,
    .grad = select_grad,
    .element = select_element,
};

/* ---- conversion and repetition --------------------------------------------------------------- */
static void pass_gradient(Build *b, NodeId node, NodeId d_out, const bool *needed, NodeId *d_inputs)
{
    (void)needed;
    NodeId x = graph_node(b->graph, node)->inputs[0];
    if (graph_node(b->graph, x)->type == TYPE_F32)
        d_inputs[0] = d_out;
}

MAP_EVAL(cast, x[0])
static Expr *cast_element(MapContext *context, const Node *node, Expr *const *args)
{
    (void)node;
    return args[0]->kind == EXPR_CAST ? args[0] : expr_cast(context->arena, "float", args[0]);
}
const OpDef op_cast = {
    .name = "cast",
    .family = FAMILY_MAP,
    .summary = "the same numbers as f32",
    .doc = "bytes and class numbers become f32; put in by the compiler where numbers are needed",
    .inputs = {"x"},
    .typed_inputs = 1,
    .infer = map_infer,
    .eval = cast_eval,
    .grad = pass_gradient,
    .element = cast_element,
};

static const AttrDef broadcast_attrs[] = {
    {"shape", ATTR_SHAPE, .doc = "shape of the result", .is_private = true},
    {"batch", ATTR_BOOL, .doc = "repeated for each sample?", .is_private = true},
    {0},
};
static bool broadcast_infer(Build *b, const Call *call, Inferred *inferred)
{
    Shape from = graph_node(b->graph, call->inputs[0])->shape;
    const AttrValue *to = call->attrs;
    Shape shape = shape_of(to[1].i != 0, to[0].list.count, to[0].list.item);
    CHECK(from.rank <= shape.rank && (shape.has_batch || !from.has_batch));
    for (int i = 1; i <= from.rank; i++)
        CHECK(from.dim[from.rank - i] == 1 || from.dim[from.rank - i] == shape.dim[shape.rank - i]);
    inferred->shape = shape;
    return true;
}
MAP_EVAL(broadcast, x[0])
MAP_ELEMENT(broadcast, args[0])
const OpDef op_broadcast = {
    .name = "broadcast",
    .family = FAMILY_MAP,
    .summary = "repeats a tensor to a larger shape",
    .doc = "as elementwise operators do by themselves",
    .inputs = {"x"},
    .attrs = broadcast_attrs,
    .infer = broadcast_infer,
    .eval = broadcast_eval,
    .grad = pass_gradient,
    .element = broadcast_element,
};

/* ---- random numbers -------------------------------------------------------------------------- */
static const AttrDef random_attrs[] = {
    {"shape", ATTR_SHAPE, .doc = "shape of the result", .is_private = true},
    {"batch", ATTR_BOOL, .doc = "of each sample?", .is_private = true},
    {"stream", ATTR_INT, .doc = "number of the stream, its own for each use", .is_private = true},
    {0},
};
static bool random_infer(Build *b, const Call *call, Inferred *inferred)
{
    (void)b;
    const AttrValue *attrs = call->attrs;
    inferred->shape = shape_of(attrs[1].i != 0, attrs[0].list.count, attrs[0].list.item);
    return true;
}
/* The very numbers of the generated code: see map_uniform in kernel/lower_value.c. */
static void random_eval(const EvalCall *call)
{
    const Node *n = call->node;
    uint32_t key = nn_random_bits(call->context->seed, (uint32_t)n->attrs[2].i);
    int64_t count = shape_elements(n->shape) * (n->shape.has_batch ? call->context->batch : 1);
    for (int64_t i = 0; i < count; i++)
        call->out[i] = (double)nn_uniform(key, (uint32_t)i);
}
static Expr *random_element(MapContext *context, const Node *node, Expr *const *args)
{
    (void)args;
    return map_uniform(context, (uint32_t)node->attrs[2].i);
}
const OpDef op_random_uniform = {
    .name = "random_uniform",
    .family = FAMILY_MAP,
    .summary = "random numbers in [0, 1)",
    .doc = "evenly spread; new ones at each step",
    .attrs = random_attrs,
    .infer = random_infer,
    .eval = random_eval,
    .grad = no_influence,
    .element = random_element,
};

/* Newton's method, from a form that is right to three digits. */
static double erf_inverse(double x)
{
    if (!(fabs(x) < 1))
        return x * INFINITY;
    double w = log((1 - x) * (1 + x)), a = 0.147, half = 2 / (PI * a) + w / 2;
    double y = copysign(sqrt(sqrt(half * half - w / a) - half), x);
    for (int i = 0; i < 4; i++) {
        double rest = x < 0 ? erfc(-y) - (1 + x) : (1 - x) - erfc(y);
        y -= rest / (2 / sqrt(PI) * exp(-y * y));
    }
    return y;
}
MAP_EVAL(erf_inverse, erf_inverse(x[0]))
MAP_ELEMENT(erf_inverse, map_call(arena, "nn_erf_inverse", args[0]))
static void erf_inverse_grad(Build *b, NodeId node, NodeId d_out, const bool *needed,
                             NodeId *d_inputs)
{
    (void)needed;
    NodeId slope = build_unary(b, &op_exp, build_unary(b, &op_square, node));
    d_inputs[0] = map_mul(b, d_out, map_scale(b, slope, sqrt(PI) / 2));
}
const OpDef op_erf_inverse = {
    .name = "erf_inverse",
    .family = FAMILY_MAP,
    .summary = "the inverse of erf",
    .doc = "y with erf(y) = x; of evenly spread x it is normally distributed",
    .inputs = {"x"},
    .infer = map_infer,
    .eval = erf_inverse_eval,
    .grad = erf_inverse_grad,
    .element = erf_inverse_element,
};

/* ---- one-hot vectors ------------------------------------------------------------------------- */
static const AttrDef one_hot_attrs[] = {
    {"classes", ATTR_INT, .doc = "size of the last axis, which is 1 in x", .is_private = true},
    {0},
};
static bool one_hot_infer(Build *b, const Call *call, Inferred *inferred)
{
    const Node *x = graph_node(b->graph, call->inputs[0]);
    CHECK(x->classes == call->attrs[0].i && x->shape.rank > 0);
    CHECK(x->shape.dim[x->shape.rank - 1] == 1);
    inferred->shape = x->shape;
    inferred->shape.dim[x->shape.rank - 1] = call->attrs[0].i;
    return true;
}
static void one_hot_eval(const EvalCall *call)
{
    const Node *n = call->node;
    int64_t classes = n->attrs[0].i;
    int64_t count = shape_elements(n->shape) * (n->shape.has_batch ? call->context->batch : 1);
    for (int64_t i = 0; i < count; i++)
        call->out[i] = call->in[0][i / classes] == (double)(i % classes);
}
static Expr *one_hot_element(MapContext *context, const Node *node, Expr *const *args)
{
    Expr *index = map_index(context, node->shape.rank - 1);
    return map_truth(context->arena, expr_binary(context->arena, "==", index, args[0]));
}
const OpDef op_one_hot = {
    .name = "one_hot",
    .family = FAMILY_MAP,
    .summary = "1 at the place of the class, 0 elsewhere",
    .doc = "y[..., k] = 1 where k is the class number x[..., 0], else 0",
    .inputs = {"x"},
    .typed_inputs = 1,
    .makes_zeros = true,
    .attrs = one_hot_attrs,
    .infer = one_hot_infer,
    .eval = one_hot_eval,
    .grad = no_influence,
    .element = one_hot_element,
};
