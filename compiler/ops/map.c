/* map.c: what elementwise operators share: broadcasting, evaluation, short forms. */
#include "ops/map.h"

#include "front/diag.h"

#include <string.h>

/* ---- shapes ---------------------------------------------------------------------------------- */
/* Widens *shape so that `with` broadcasts to it; false when it cannot. */
static bool widen(Shape *shape, Shape with)
{
    Shape result = {.has_batch = shape->has_batch || with.has_batch,
                    .rank = shape->rank > with.rank ? shape->rank : with.rank};
    for (int i = 1; i <= result.rank; i++) {
        int64_t a = i <= shape->rank ? shape->dim[shape->rank - i] : 1;
        int64_t c = i <= with.rank ? with.dim[with.rank - i] : 1;
        if (a != c && a != 1 && c != 1)
            return false;
        result.dim[result.rank - i] = a == 1 ? c : a;
    }
    *shape = result;
    return true;
}

bool map_shape(const Graph *g, const NodeId *x, int count, Shape *shape)
{
    *shape = graph_node(g, x[0])->shape;
    for (int i = 1; i < count; i++)
        if (!widen(shape, graph_node(g, x[i])->shape))
            return false;
    return true;
}

static void report_shapes(Build *b, const Call *call, int other)
{
    const Node *x = graph_node(b->graph, call->inputs[0]);
    const Node *y = graph_node(b->graph, call->inputs[other]);
    Str x_shape = shape_str(b->graph->arena, x->shape);
    Str y_shape = shape_str(b->graph->arena, y->shape);
    if (call->input_spans != NULL) {
        diag_mark(b->diag, call_input_span(call, 0));
        diag_mark(b->diag, call_input_span(call, other));
    }
    diag_error(b->diag, call->span, "shapes do not fit in '%s': '%.*s' is %.*s, '%.*s' is %.*s",
               call->op->name, STR_ARGS(x->name), STR_ARGS(x_shape), STR_ARGS(y->name),
               STR_ARGS(y_shape));
    if (x->span.file != 0 && x->span.pos != call->span.pos)
        diag_note(b->diag, x->span, "'%.*s' is made here", STR_ARGS(x->name));
    if (y->span.file != 0 && y->span.pos != call->span.pos)
        diag_note(b->diag, y->span, "'%.*s' is made here", STR_ARGS(y->name));
}

bool map_infer(Build *b, const Call *call, Inferred *inferred)
{
    CHECK(call->input_count > 0);
    inferred->shape = graph_node(b->graph, call->inputs[0])->shape;
    for (int i = 1; i < call->input_count; i++)
        if (!widen(&inferred->shape, graph_node(b->graph, call->inputs[i])->shape)) {
            report_shapes(b, call, i);
            return false;
        }
    inferred->type = TYPE_F32;
    return true;
}

/* ---- evaluation ------------------------------------------------------------------------------ */
/* How the place in one input moves with each index of the result; 0 where it is repeated. */
typedef struct Strides {
    int64_t batch;
    int64_t dim[MAX_RANK];
} Strides;

static Strides strides_in(Shape from, Shape result)
{
    Strides s = {0};
    int64_t stride = 1;
    for (int i = 1; i <= from.rank; i++) {
        int64_t size = from.dim[from.rank - i];
        s.dim[result.rank - i] = size == 1 ? 0 : stride;
        stride *= size;
    }
    s.batch = from.has_batch ? stride : 0;
    return s;
}

static int64_t place(const Strides *s, Shape result, int64_t element)
{
    int64_t at = 0;
    for (int d = result.rank - 1; d >= 0; d--) {
        at += element % result.dim[d] * s->dim[d];
        element /= result.dim[d];
    }
    return at + element * s->batch;
}

void map_evaluate(const EvalCall *call, MapFunction of)
{
    enum { MOST_INPUTS = 4 };
    const Node *n = call->node;
    Strides strides[MOST_INPUTS];
    double x[MOST_INPUTS];
    CHECK(n->input_count <= MOST_INPUTS);
    for (int i = 0; i < n->input_count; i++)
        strides[i] = strides_in(graph_node(call->graph, n->inputs[i])->shape, n->shape);
    int64_t count = shape_elements(n->shape) * (n->shape.has_batch ? call->context->batch : 1);
    for (int64_t e = 0; e < count; e++) {
        for (int i = 0; i < n->input_count; i++)
            x[i] = call->in[i][place(&strides[i], n->shape, e)];
        call->out[e] = of(x, n->attrs);
    }
}

/* ---- short forms ----------------------------------------------------------------------------- */
NodeId map_add(Build *b, NodeId x, NodeId y)
{
    return build_binary(b, &op_add, x, y);
}

NodeId map_sub(Build *b, NodeId x, NodeId y)
{
    return build_binary(b, &op_sub, x, y);
}

NodeId map_mul(Build *b, NodeId x, NodeId y)
{
    return build_binary(b, &op_mul, x, y);
}

NodeId map_div(Build *b, NodeId x, NodeId y)
{
    return build_binary(b, &op_div, x, y);
}

NodeId map_scale(Build *b, NodeId x, double factor)
{
    return map_mul(b, x, build_number(b, factor));
}

NodeId map_select(Build *b, NodeId condition, NodeId yes, NodeId no)
{
    return build_node(b, &op_select, (NodeId[]){condition, yes, no}, 3, NULL);
}

NodeId map_greater(Build *b, NodeId x, double than)
{
    return build_binary(b, &op_greater, x, build_number(b, than));
}

Expr *map_call(Arena *arena, const char *function, Expr *x)
{
    return expr_call(arena, function, 1, &x);
}

Expr *map_call2(Arena *arena, const char *function, Expr *x, Expr *y)
{
    Expr *args[2] = {x, y};
    return expr_call(arena, function, 2, args);
}

static bool is_real(const Expr *e, double value)
{
    return e->kind == EXPR_REAL && e->real == value;
}

/* A comparison gives 1 or 0 as a value, but a test that is only tested again needs no value. */
Expr *map_condition(Arena *arena, Expr *x)
{
    if (x->kind == EXPR_SELECT && is_real(x->args[1], 1) && is_real(x->args[2], 0))
        return x->args[0];
    return expr_binary(arena, "!=", x, expr_real(arena, 0));
}

Expr *map_truth(Arena *arena, Expr *condition)
{
    return expr_select(arena, condition, expr_real(arena, 1), expr_real(arena, 0));
}
