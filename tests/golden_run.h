/* golden_run.h: runs the graph of a test step after step, with leaves fed by name.
 *
 *   GoldenRun run = golden_start(&f, batch);   differentiated and complete; simplified here
 *   golden_feed(&run, STR("x"), values);       stays fed until the next feed
 *   golden_step(&run, rate, 1);                parameters and state move on
 *   golden_output(&run, 0)                     of graph->outputs
 *   golden_state(&run, STR("w"))               a parameter, statistic or optimizer state
 *
 * Two ways: the reference evaluation in double, or generated C (golden_compiled). */
#ifndef NNDC_GOLDEN_RUN_H
#define NNDC_GOLDEN_RUN_H

#include "golden_compile.h"
#include "graph_fixture.h"

static bool golden_compiled; /* which way new runs take */

typedef struct GoldenRun {
    Fixture *f;
    Graph *graph; /* simplified */
    int64_t batch;
    double **leaves;    /* by node */
    double **outputs;   /* after a step: of graph->outputs */
    Compiled *compiled; /* NULL: the reference */
} GoldenRun;

static NodeId golden_leaf(const GoldenRun *run, Str name)
{
    for (NodeId id = 0; id < run->graph->nodes.count; id++)
        if (graph_node(run->graph, id)->leaf && str_equal(graph_node(run->graph, id)->name, name))
            return id;
    return NODE_NONE;
}

static int64_t golden_count(const GoldenRun *run, NodeId id)
{
    Shape s = graph_node(run->graph, id)->shape;
    return shape_elements(s) * (s.has_batch ? run->batch : 1);
}

static bool golden_is_state(const GoldenRun *run, NodeId leaf)
{
    LeafKind kind = graph_node(run->graph, leaf)->leaf->kind;
    return kind == LEAF_PARAMETER || kind == LEAF_STATISTIC || kind == LEAF_OPTIMIZER;
}

/* What an optimizer remembers starts at a constant, mostly zero. */
static void golden_start_optimizer(GoldenRun *run)
{
    for (NodeId id = 0; id < run->graph->nodes.count; id++) {
        const Leaf *leaf = graph_node(run->graph, id)->leaf;
        if (leaf == NULL || leaf->kind != LEAF_OPTIMIZER)
            continue;
        for (int64_t i = 0; i < golden_count(run, id); i++)
            run->leaves[id][i] = leaf->init.a;
        if (run->compiled)
            compiled_set_state(run->compiled, id, run->leaves[id]);
    }
}

static GoldenRun golden_start(Fixture *f, int64_t batch)
{
    GoldenRun run = {.f = f, .batch = batch};
    run.graph = graph_simplify(&f->arena, f->graph);
    Str wrong = graph_verify(&f->arena, run.graph);
    if (!EXPECT(wrong.len == 0))
        printf("    %.*s\n", STR_ARGS(wrong));
    run.leaves = arena_array(&f->arena, double *, run.graph->nodes.count);
    for (NodeId id = 0; id < run.graph->nodes.count; id++)
        if (fixture_is_fed(graph_node(run.graph, id)))
            run.leaves[id] = arena_array(&f->arena, double, golden_count(&run, id));
    run.outputs = arena_array(&f->arena, double *, run.graph->outputs.count + 1);
    if (golden_compiled) {
        run.compiled = arena_new(&f->arena, Compiled);
        *run.compiled = compiled_start(&f->arena, run.graph, batch);
    }
    golden_start_optimizer(&run);
    return run;
}

static void golden_feed(GoldenRun *run, Str name, const double *values)
{
    NodeId leaf = golden_leaf(run, name);
    if (leaf == NODE_NONE)
        return; /* simplified away: nothing depends on it */
    for (int64_t i = 0; i < golden_count(run, leaf); i++)
        run->leaves[leaf][i] = values[i];
    if (run->compiled && golden_is_state(run, leaf))
        compiled_set_state(run->compiled, leaf, values);
}

static void golden_step_reference(GoldenRun *run, double rate, double step)
{
    double **values = arena_array(&run->f->arena, double *, run->graph->nodes.count);
    for (NodeId id = 0; id < run->graph->nodes.count; id++)
        values[id] = run->leaves[id];
    EvalContext context = {
        .arena = &run->f->arena, .batch = run->batch, .rate = rate, .step = step, .seed = 1};
    graph_eval(run->graph, &context, values);
    for (int i = 0; i < run->graph->outputs.count; i++)
        run->outputs[i] = values[run->graph->outputs.items[i].node];
    for (int i = 0; i < run->graph->effects.count; i++) {
        NodeId assign = run->graph->effects.items[i];
        NodeId leaf = graph_node(run->graph, assign)->inputs[0];
        run->leaves[leaf] = values[assign];
    }
}

static void golden_step(GoldenRun *run, double rate, double step)
{
    if (run->compiled)
        compiled_step(run->compiled, &run->f->arena, run->batch, rate, step, run->leaves,
                      run->outputs);
    else
        golden_step_reference(run, rate, step);
}

static const double *golden_output(const GoldenRun *run, int index)
{
    return run->outputs[index];
}

static const double *golden_state(const GoldenRun *run, Str name)
{
    NodeId leaf = golden_leaf(run, name);
    CHECK(leaf != NODE_NONE);
    if (run->compiled)
        compiled_get_state(run->compiled, leaf, run->leaves[leaf]);
    return run->leaves[leaf];
}

static void golden_finish(GoldenRun *run)
{
    if (run->compiled)
        compiled_end(run->compiled);
}

#endif
