/* Where a frozen front part is cut off, and that both parts together compute what the whole did. */
#include "graph_case.h"

enum { BATCH = 3 };

static NodeId find(const Graph *g, Str name)
{
    for (NodeId id = 0; id < g->nodes.count; id++)
        if (str_equal(graph_node(g, id)->name, name))
            return id;
    return NODE_NONE;
}

static void evaluate(Fixture *f, const Graph *g, double **values)
{
    EvalContext context = {.arena = &f->arena, .batch = BATCH, .rate = 0.1, .step = 1, .seed = 5};
    graph_eval(g, &context, values);
}

/* Values of g's leaves from nodes of the same name in another graph. */
static double **leaves_of(Fixture *f, const Graph *g, const Graph *from, double **values)
{
    double **leaves = arena_array(&f->arena, double *, g->nodes.count + 1);
    for (NodeId id = 0; id < g->nodes.count; id++) {
        const Node *n = graph_node(g, id);
        if (n->leaf == NULL || !fixture_is_fed(n))
            continue;
        NodeId source = find(from, n->name);
        if (EXPECT(source != NODE_NONE))
            leaves[id] = values[source];
    }
    return leaves;
}

/* The losses of the whole and of the parts, for the same leaves and random numbers. */
static void expect_same_losses(Fixture *f, const Graph *inference, const Prefix *prefix)
{
    double **whole = fixture_values(f, BATCH);
    evaluate(f, f->graph, whole);
    Graph *front =
        graph_simplify(&f->arena, graph_prefix(&f->arena, inference, &prefix->inference));
    Graph *rest =
        graph_simplify(&f->arena, graph_without_prefix(&f->arena, f->graph, &prefix->training));
    EXPECT_TEXT(str_c(&f->arena, graph_verify(&f->arena, front)), "");
    EXPECT_TEXT(str_c(&f->arena, graph_verify(&f->arena, rest)), "");
    double **front_values = leaves_of(f, front, f->graph, whole);
    evaluate(f, front, front_values);
    double **rest_values = leaves_of(f, rest, f->graph, whole);
    EXPECT_INT(front->outputs.count, prefix->training.count);
    EXPECT_INT(rest->inputs.count, f->graph->inputs.count + front->outputs.count);
    for (int i = 0; i < front->outputs.count; i++) {
        const Node *input = graph_node(rest, rest->inputs.items[f->graph->inputs.count + i]);
        Str shape = shape_str(&f->arena, graph_node(front, front->outputs.items[i].node)->shape);
        EXPECT_TEXT(shape_str(&f->arena, input->shape).ptr, shape.ptr);
        rest_values[rest->inputs.items[f->graph->inputs.count + i]] =
            front_values[front->outputs.items[i].node];
    }
    evaluate(f, rest, rest_values);
    for (int i = 0; i < rest->losses.count; i++)
        EXPECT_NEAR(rest_values[rest->losses.items[i].node][0],
                    whole[f->graph->losses.items[i].node][0], 1e-9);
}

/* What is kept of the model, as "name name". */
static void expect_cut(const char *body, const char *expected)
{
    Fixture f, g;
    Prefix prefix;
    if (!case_start(&f, body, MODE_TRAINING) || !case_start(&g, body, MODE_INFERENCE))
        return;
    bool is_found = graph_find_prefix(&f.arena, f.graph, g.graph, &prefix);
    StrBuf names = {.arena = &f.arena};
    for (int i = 0; is_found && i < prefix.training.count; i++) {
        Str name = graph_node(f.graph, prefix.training.items[i])->name;
        buf_add(&names, "%s%.*s", i > 0 ? " " : "", STR_ARGS(name));
    }
    EXPECT_TEXT(buf_str(&names).ptr != NULL ? buf_str(&names).ptr : "", expected);
    if (is_found)
        expect_same_losses(&f, g.graph, &prefix);
    fixture_end(&g);
    fixture_end(&f);
}

#define HEAD " output y loss mean_squared_error(y, t)"

static void the_smallest_value_is_kept_and_the_latest_of_equal_ones(void)
{
    expect_cut("input x: f32[8, 8, 2] target t: f32[3]\n"
               "base = x / 2 -> conv2d(8, kernel = 3) -> relu -> max_pool2d(2) -> flatten\n"
               "freeze(base) y = base -> dropout(0.5) -> dense(3)" HEAD,
               "base");
}

static void what_is_random_or_trained_is_not_kept(void)
{
    expect_cut("input x: f32[8, 8, 2] target t: f32[3]\n"
               "a = x -> conv2d(8, kernel = 3) -> batch_norm -> relu\n"
               "base = a -> dropout(0.2) -> conv2d(4, kernel = 3)\n"
               "freeze(base) y = base -> flatten -> dense(3)" HEAD,
               "a");
    expect_cut("input x: f32[40] target t: f32[3]\n"
               "base = x -> dense(30) y = base -> dense(3)" HEAD,
               "");
    expect_cut("input x: f32[40] target t: f32[3]\n"
               "base = x -> gaussian_noise(0.1) -> dense(30) freeze(base) y = base -> dense(3)" HEAD,
               "");
}

static void a_frozen_bottleneck_is_not_computed_again(void)
{
    expect_cut("input x: f32[60] target t: f32[3]\n"
               "code = x -> dense(4) -> tanh base = code -> dense(30) -> dense(25) -> tanh\n"
               "freeze(base) y = base -> dense(3)" HEAD,
               "base");
}

static void branches_are_kept_together_or_where_they_join(void)
{
    expect_cut("input x: f32[60] target t: f32[3]\n"
               "a = x -> dense(20) b = a -> dense(20) joined = add(a, b)\n"
               "freeze(joined) y = joined -> dense(3)" HEAD,
               "joined");
    expect_cut("input x: f32[60] target t: f32[3]\n"
               "a = x -> dense(20) -> relu b = a -> dense(30) -> relu\n"
               "freeze(a, b) y = concat(a -> dense(2), b -> dense(4)) -> dense(3)" HEAD,
               "a b");
}

static void other_inputs_stay_inputs(void)
{
    expect_cut("input x: f32[60] input z: f32[4] target t: f32[3]\n"
               "base = x -> dense(20) freeze(base)\n"
               "y = concat(base, z / 2) -> dense(3)" HEAD,
               "base");
}

static void outputs_read_what_is_frozen_too(void)
{
    expect_cut("input x: f32[60] target t: f32[3]\n"
               "features = x -> dense(20) freeze(features)\n"
               "y = features -> layer_norm -> dense(3) output features" HEAD,
               "features");
}

static void what_costs_less_than_keeping_it_is_not_kept(void)
{
    expect_cut("input x: f32[2] target t: f32[3]\n"
               "base = x -> dense(300) freeze(base) y = base -> dense(3)" HEAD,
               "");
}

static void a_shared_layer_stays_with_the_rest_as_well(void)
{
    expect_cut("input x: f32[40] target t: f32[40] share f = dense(40)\n"
               "base = x -> f -> dense(40) freeze(base)\n"
               "y = base -> dense(40) -> f" HEAD,
               "base");
}

int main(void)
{
    RUN(the_smallest_value_is_kept_and_the_latest_of_equal_ones);
    RUN(what_is_random_or_trained_is_not_kept);
    RUN(a_frozen_bottleneck_is_not_computed_again);
    RUN(branches_are_kept_together_or_where_they_join);
    RUN(other_inputs_stay_inputs);
    RUN(outputs_read_what_is_frozen_too);
    RUN(what_costs_less_than_keeping_it_is_not_kept);
    RUN(a_shared_layer_stays_with_the_rest_as_well);
    return test_end();
}
