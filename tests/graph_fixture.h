/* graph_fixture.h: small graphs for tests: made call by call, evaluated in double, and their
 * gradients compared with central differences.
 *
 *   Fixture f;  fixture_start(&f, MODE_TRAINING);
 *   NodeId x = fixture_input(&f, "x", 2, (int64_t[]){10, 3});
 *   NodeId y = fixture_call(&f, &op_conv1d, x, (AttrSetting[]){{"filters", {.i = 4}}, ..., {0}});
 *   fixture_check_gradients(&f, y, 2);  fixture_end(&f); */
#ifndef NNDC_GRAPH_FIXTURE_H
#define NNDC_GRAPH_FIXTURE_H

#include "front/diag.h"
#include "graph/build.h"
#include "graph/graph.h"
#include "ops/op.h"
#include "test.h"

typedef struct Fixture {
    Arena arena;
    Sources sources;
    Diag diag;
    Graph *graph;
    Build b;
    uint64_t random; /* state of fixture_random */
} Fixture;

static void fixture_start(Fixture *f, Mode mode)
{
    *f = (Fixture){.random = 1};
    f->sources.arena = &f->arena;
    diag_init(&f->diag, &f->arena, &f->sources, NULL);
    f->graph = graph_new(&f->arena);
    f->b = (Build){
        .graph = f->graph, .diag = &f->diag, .mode = mode, .layer = -1, .origin = NODE_NONE};
    f->b.name = STR("t");
}

/* Fails the test when something was reported or an invariant does not hold. */
static void fixture_end(Fixture *f)
{
    if (!EXPECT(f->diag.error_count == 0))
        printf("%s\n", buf_str(&f->diag.output).ptr);
    Str wrong = graph_verify(&f->arena, f->graph);
    if (!EXPECT(wrong.len == 0))
        printf("    %.*s\n", STR_ARGS(wrong));
    arena_free(&f->arena);
}

/* In [-1, 1): the upper bits of a linear congruential generator. */
static double fixture_random(Fixture *f)
{
    f->random = f->random * 6364136223846793005u + 1442695040888963407u;
    return (double)(f->random >> 33) / 1073741824.0 - 1.0;
}

static NodeId fixture_input(Fixture *f, const char *name, int rank, const int64_t *dim)
{
    return build_leaf(&f->b, str_from(name), shape_of(true, rank, dim), TYPE_F32,
                      (Leaf){.kind = LEAF_INPUT});
}

/* classes > 0: a class target; else numbers of the given shape. */
static NodeId fixture_target(Fixture *f, const char *name, int classes, int rank,
                             const int64_t *dim)
{
    NodeId id = build_leaf(&f->b, str_from(name), shape_of(true, rank, dim),
                           classes > 0 ? TYPE_I32 : TYPE_F32, (Leaf){.kind = LEAF_TARGET});
    graph_node(f->graph, id)->classes = classes;
    return id;
}

/* One attribute of a call; a list of them ends with {0}. */
typedef struct AttrSetting {
    const char *name;
    AttrValue value;
} AttrSetting;

static AttrValue *fixture_attrs(Fixture *f, const OpDef *op, const AttrSetting *settings)
{
    int count = op_attr_count(op);
    AttrValue *attrs = arena_array(&f->arena, AttrValue, count + 1);
    bool *has_default = arena_array(&f->arena, bool, count + 1);
    op_default_attrs(&f->arena, op, attrs, has_default);
    for (const AttrSetting *s = settings; s && s->name; s++)
        attrs[op_attr_index(op, s->name)] = s->value;
    return attrs;
}

static NodeId fixture_call_many(Fixture *f, const OpDef *op, const NodeId *inputs, int count,
                                const AttrSetting *settings)
{
    Call call = {.op = op, .inputs = inputs, .input_count = count};
    call.attrs = fixture_attrs(f, op, settings);
    return build_call(&f->b, &call);
}

static NodeId fixture_call(Fixture *f, const OpDef *op, NodeId x, const AttrSetting *settings)
{
    return fixture_call_many(f, op, &x, 1, settings);
}

/* ---- values ---------------------------------------------------------------------------------- */

static int64_t fixture_count(const Fixture *f, NodeId id, int64_t batch)
{
    Shape s = graph_node(f->graph, id)->shape;
    return shape_elements(s) * (s.has_batch ? batch : 1);
}

static bool fixture_is_fed(const Node *n)
{
    return n->leaf && n->leaf->kind != LEAF_NONE && n->leaf->kind != LEAF_CONSTANT &&
           n->leaf->kind != LEAF_SCALAR;
}

/* Random values for each leaf that is fed: statistics in 0.5..1.5, classes 0, 1, 2 ..., bytes
 * 0..255, else -1..1. The table has room for all nodes of the graph as it is now. */
static double **fixture_values(Fixture *f, int64_t batch)
{
    double **values = arena_array(&f->arena, double *, f->graph->nodes.count);
    for (NodeId id = 0; id < f->graph->nodes.count; id++) {
        const Node *n = graph_node(f->graph, id);
        if (!fixture_is_fed(n))
            continue;
        int64_t count = fixture_count(f, id, batch);
        values[id] = arena_array(&f->arena, double, count);
        for (int64_t i = 0; i < count; i++) {
            if (n->classes > 0)
                values[id][i] = (double)(i % n->classes);
            else if (n->leaf->kind == LEAF_STATISTIC)
                values[id][i] = 1 + 0.5 * fixture_random(f);
            else if (n->type == TYPE_U8)
                values[id][i] = floor(128 + 128 * fixture_random(f));
            else
                values[id][i] = fixture_random(f);
        }
    }
    return values;
}

/* Evaluates all nodes; leaves keep their values. Returns a table that lives until the arena goes.
 */
static double **fixture_eval(Fixture *f, int64_t batch, double **leaves)
{
    double **values = arena_array(&f->arena, double *, f->graph->nodes.count);
    for (NodeId id = 0; id < f->graph->nodes.count; id++)
        values[id] = leaves[id];
    EvalContext context = {.arena = &f->arena, .batch = batch, .rate = 0.1, .step = 1, .seed = 1};
    graph_eval(f->graph, &context, values);
    return values;
}

/* ---- gradients ------------------------------------------------------------------------------- */

static double fixture_weighted_sum(Fixture *f, int64_t batch, double **leaves, NodeId of,
                                   NodeId seed)
{
    ArenaMark mark = arena_mark(&f->arena);
    double **values = fixture_eval(f, batch, leaves);
    double sum = 0;
    for (int64_t i = 0; i < fixture_count(f, of, batch); i++)
        sum += values[of][i] * values[seed][i];
    arena_release(&f->arena, mark);
    return sum;
}

/* The inputs and parameters that a gradient may be asked for. */
static NodeIds fixture_differentiable(Fixture *f)
{
    NodeIds with = {0};
    for (NodeId id = 0; id < f->graph->nodes.count; id++) {
        const Node *n = graph_node(f->graph, id);
        if (n->leaf && n->type == TYPE_F32 &&
            (n->leaf->kind == LEAF_INPUT || n->leaf->kind == LEAF_PARAMETER))
            vec_push(&f->arena, &with, id);
    }
    return with;
}

/* Compares the gradient of sum(seed * of) by every element of every f32 input and parameter with
 * central differences. Call once per fixture: it appends the gradient nodes. */
static void fixture_check_gradients(Fixture *f, NodeId of, int64_t batch)
{
    if (!EXPECT(of != NODE_NONE))
        return;
    NodeIds with = fixture_differentiable(f);
    NodeId seed = build_leaf(&f->b, STR("seed"), graph_node(f->graph, of)->shape, TYPE_F32,
                             (Leaf){.kind = LEAF_INPUT});
    NodeId *gradients = arena_array(&f->arena, NodeId, with.count + 1);
    EXPECT(graph_gradients(f->graph, &f->diag, of, seed, with.items, with.count, gradients));
    double **leaves = fixture_values(f, batch);
    double **values = fixture_eval(f, batch, leaves);
    const double h = 1e-5;
    double worst = 0;
    for (int w = 0; w < with.count; w++) {
        if (!EXPECT(gradients[w] != NODE_NONE))
            continue;
        EXPECT(shape_equal(graph_node(f->graph, gradients[w])->shape,
                           graph_node(f->graph, with.items[w])->shape));
        double *x = leaves[with.items[w]];
        for (int64_t i = 0; i < fixture_count(f, with.items[w], batch); i++) {
            double start = x[i];
            x[i] = start + h;
            double above = fixture_weighted_sum(f, batch, leaves, of, seed);
            x[i] = start - h;
            double below = fixture_weighted_sum(f, batch, leaves, of, seed);
            x[i] = start;
            double expected = (above - below) / (2 * h), found = values[gradients[w]][i];
            double error = fabs(found - expected) / (1 + fabs(expected));
            worst = error > worst || error != error ? error : worst;
        }
    }
    EXPECT(with.count > 0);
    EXPECT_NEAR(worst, 0, 1e-7);
}

#endif
