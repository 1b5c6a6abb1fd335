/* Random networks: simplified or not, differentiated before or after, whole or split for inference,
 * they must compute the same numbers. Every network is made of a seed, so a failure can be
 * repeated:
 *
 *   fuzz_graphs [COUNT [FIRST_SEED]]
 *
 * The values are those of the reference evaluation in double; what is compared is the algebra. */
#include "graph_case.h"
#include "random_network.h"

enum { BATCH = 2, DEFAULT_COUNT = 400 };

/* ---- comparing
 * ------------------------------------------------------------------------------------- */
static NodeId find_node(const Graph *g, Str name)
{
    for (NodeId id = 0; id < g->nodes.count; id++)
        if (str_equal(graph_node(g, id)->name, name))
            return id;
    return NODE_NONE;
}

static double **evaluate(Fixture *f, const Graph *g, const Graph *from, double **leaves)
{
    double **values = arena_array(&f->arena, double *, g->nodes.count + 1);
    for (NodeId id = 0; id < g->nodes.count; id++)
        if (fixture_is_fed(graph_node(g, id))) {
            NodeId source = find_node(from, graph_node(g, id)->name);
            values[id] = source == NODE_NONE ? NULL : leaves[source];
        }
    EvalContext context = {.arena = &f->arena, .batch = BATCH, .rate = 0.1, .step = 1, .seed = 1};
    graph_eval(g, &context, values);
    return values;
}

/* Sums of many terms cancel, so errors are measured by the largest element. */
static bool agree(const double *a, const double *b, int64_t count)
{
    double scale = 1e-3;
    for (int64_t i = 0; i < count; i++) {
        if (!isfinite(a[i]))
            return true; /* a network that overflows says nothing */
        scale = fmax(scale, fabs(a[i]));
    }
    for (int64_t i = 0; i < count; i++)
        if (!(fabs(a[i] - b[i]) <= 1e-8 * scale))
            return false;
    return true;
}

static void compare(Fixture *f, const char *what, const Graph *g, NodeId a_node, const double *a,
                    const double *b)
{
    f->graph = (Graph *)(uintptr_t)g;
    if (!EXPECT(agree(a, b, fixture_count(f, a_node, BATCH))))
        printf("    %s: '%.*s' differs\n", what, STR_ARGS(graph_node(g, a_node)->name));
}

static void compare_results(Fixture *f, const char *what, const Graph *g, const Results *a,
                            double **x, const Results *b, double **y)
{
    for (int i = 0; i < a->count; i++)
        compare(f, what, g, a->items[i].node, x[a->items[i].node], y[b->items[i].node]);
}

/* ---- one network
 * ----------------------------------------------------------------------------------- */
static Graph *step_of(Fixture *f, Graph *g)
{
    AttrValue *attrs = fixture_attrs(f, &op_sgd, NULL);
    EXPECT(graph_training_step(g, &f->diag, &op_sgd, attrs, NULL, SPAN_NONE));
    return g;
}

/* The new value of each parameter, matched by name. */
static void compare_updates(Fixture *f, const Graph *g, double **x, const Graph *h, double **y)
{
    for (int i = 0; i < g->effects.count; i++) {
        NodeId id = g->effects.items[i];
        Str leaf = graph_node(g, graph_node(g, id)->inputs[0])->name;
        for (int k = 0; k < h->effects.count; k++) {
            NodeId other = h->effects.items[k];
            if (str_equal(graph_node(h, graph_node(h, other)->inputs[0])->name, leaf))
                compare(f, "update", g, id, x[id], y[other]);
        }
    }
}

static void verify(Fixture *f, const Graph *g)
{
    Str fault = graph_verify(&f->arena, g);
    if (!EXPECT(fault.len == 0))
        printf("    %.*s\n", STR_ARGS(fault));
}

static void check_training(const char *text)
{
    Fixture plain, clever;
    if (!case_start(&plain, text, MODE_TRAINING) || !case_start(&clever, text, MODE_TRAINING))
        return;
    const Graph *g = step_of(&plain, plain.graph);
    const Graph *h = step_of(&clever, graph_simplify(&clever.arena, clever.graph));
    h = graph_simplify(&clever.arena, h);
    verify(&plain, g);
    verify(&clever, h);
    double **leaves = fixture_values(&plain, BATCH);
    double **x = evaluate(&plain, g, g, leaves);
    double **y = evaluate(&clever, h, g, leaves);
    compare_results(&plain, "output", g, &g->outputs, x, &h->outputs, y);
    compare_results(&plain, "loss", g, &g->losses, x, &h->losses, y);
    compare_updates(&plain, g, x, h, y);
    arena_free(&plain.arena);
    arena_free(&clever.arena);
}

static void check_inference(const char *text)
{
    Fixture f;
    if (!case_start(&f, text, MODE_INFERENCE))
        return;
    const Graph *g = f.graph;
    Graph *folded = graph_fold(&f.arena, graph_simplify(&f.arena, g));
    SplitGraph split = graph_hoist(&f.arena, folded);
    verify(&f, split.prepare);
    verify(&f, split.call);
    double **leaves = fixture_values(&f, BATCH);
    double **prepared = evaluate(&f, split.prepare, g, leaves);
    /* what prepare gives is found by name, like the leaves */
    Graph joined = *g;
    joined.nodes.items = arena_array(&f.arena, Node, g->nodes.count + split.prepare->outputs.count);
    joined.nodes.count = 0;
    double **values =
        arena_array(&f.arena, double *, g->nodes.count + split.prepare->outputs.count);
    for (int i = 0; i < split.prepare->outputs.count; i++) {
        const Result *r = &split.prepare->outputs.items[i];
        values[joined.nodes.count] = prepared[r->node];
        joined.nodes.items[joined.nodes.count] = *graph_node(split.prepare, r->node);
        joined.nodes.items[joined.nodes.count++].name = r->name;
    }
    for (NodeId id = 0; id < g->nodes.count; id++) {
        values[joined.nodes.count] = leaves[id];
        joined.nodes.items[joined.nodes.count++] = *graph_node(g, id);
    }
    double **x = evaluate(&f, g, g, leaves);
    double **y = evaluate(&f, split.call, &joined, values);
    compare_results(&f, "split output", g, &g->outputs, x, &split.call->outputs, y);
    compare_results(&f, "split loss", g, &g->losses, x, &split.call->losses, y);
    arena_free(&f.arena);
}

int main(int argc, char **argv)
{
    int count = argc > 1 ? atoi(argv[1]) : DEFAULT_COUNT;
    int first = argc > 2 ? atoi(argv[2]) : 1;
    for (int i = 0; i < count; i++) {
        Arena arena = {0};
        Str text = random_network(&arena, (uint32_t)(first + i));
        int failed = test_failed_count;
        check_training(text.ptr);
        check_inference(text.ptr);
        if (test_failed_count != failed)
            printf("seed %d:\n%s\n", first + i, text.ptr);
        arena_free(&arena);
    }
    return test_end();
}
