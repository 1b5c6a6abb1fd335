/* Programs of small networks: what becomes one kernel, where values lie, when threads wait; and that
 * the verifier sees what it must see. */
#include "kernel/program.h"
#include "front/ast.h"
#include "front/model.h"
#include "graph_fixture.h"

static Graph *graph_of(Fixture *f, const char *body, Mode mode)
{
    fixture_start(f, mode);
    Str text = str_format(&f->arena, "model m {\n%s\n}\n", body);
    int file = source_add(&f->sources, STR("model.nnd"), text);
    const Syntax *syntax = parse_source(&f->arena, &f->sources, file, &f->diag);
    Model *model = syntax ? elaborate(&f->arena, &f->diag, syntax, mode, NULL, 0) : NULL;
    CHECK(model != NULL);
    f->graph = graph_simplify(&f->arena, model->graph);
    f->b.graph = f->graph;
    return f->graph;
}

static Program *inference(Fixture *f, const char *body, int64_t batch)
{
    graph_of(f, body, MODE_INFERENCE);
    ProgramOptions options = {.name = "t", .batch = batch, .parameters = SPACE_STATE, .outputs = SPACE_OUTPUT};
    return program_make(&f->arena, f->graph, &options);
}

static Program *training(Fixture *f, const char *body, const OpDef *optimizer, int64_t batch)
{
    graph_of(f, body, MODE_TRAINING);
    f->graph->outputs.count = 0;
    CHECK(graph_training_step(f->graph, &f->diag, optimizer, fixture_attrs(f, optimizer, NULL), NULL, SPAN_NONE));
    f->graph = graph_simplify(&f->arena, f->graph);
    ProgramOptions options = {.name = "t", .batch = batch, .parameters = SPACE_STATE};
    return program_make(&f->arena, f->graph, &options);
}

static int group_of(const Fixture *f, const char *name)
{
    for (NodeId id = 0; id < f->graph->nodes.count; id++)
        if (str_is(graph_node(f->graph, id)->name, name))
            return graph_node(f->graph, id)->group;
    return -2;
}

static void epilogue_is_fused(void)
{
    Fixture f;
    Program *p = inference(&f, "input x: f32[20]  y = x -> dense(30) -> relu -> dense(4) -> tanh  output y", 8);
    EXPECT_INT(p->groups.count, 2);
    for (int i = 0; i < p->groups.count; i++)
        EXPECT(p->groups.items[i].root != NODE_NONE && p->groups.items[i].after.count >= 2);
    fixture_end(&f);
}

static void update_joins_the_gradient(void)
{
    Fixture f;
    Program *p = training(&f, "input x: f32[20]  target t: f32[3]  y = x -> dense(3)  output y "
                              "loss mean_squared_error(y, t)", &op_adam, 8);
    for (int i = 0; i < f.graph->effects.count; i++) {
        const Node *assign = graph_node(f.graph, f.graph->effects.items[i]);
        const Group *group = &p->groups.items[assign->group];
        EXPECT(group->root != NODE_NONE);
        EXPECT(group->stored.count == 0);
    }
    EXPECT(f.graph->effects.count == 6);
    fixture_end(&f);
}

static void weights_are_read_before_they_change(void)
{
    Fixture f;
    Program *p = training(&f, "input x: f32[20]  target t: f32[3]  h = x -> dense(9) -> tanh  y = h -> dense(3) "
                              "output y  loss mean_squared_error(y, t)", &op_sgd, 8);
    EXPECT_TEXT(groups_verify(&f.arena, p).len == 0 ? "" : groups_verify(&f.arena, p).ptr, "");
    /* what the first group makes is said to come from the last: it is needed before it is made */
    int moved = 0;
    for (NodeId id = 0; id < f.graph->nodes.count; id++) {
        Node *n = graph_node(f.graph, id);
        if (n->group == 0) {
            n->group = p->groups.count - 1;
            moved++;
        }
    }
    EXPECT(moved > 0);
    EXPECT(groups_verify(&f.arena, p).len > 0);
    fixture_end(&f);
}

static void normalization_stays_out_of_the_next_contraction(void)
{
    Fixture f;
    training(&f, "input x: f32[6, 6, 4]  target t: f32[1] "
                 "h = x -> conv2d(4, kernel = 3, padding = same) -> batch_norm -> relu "
                 "y = h -> conv2d(4, kernel = 3, padding = same) -> flatten -> dense(1)  output y "
                 "loss mean_squared_error(y, t)", &op_sgd, 4);
    int relu = group_of(&f, "h"), second = group_of(&f, "conv2d_2.contract");
    EXPECT(relu >= 0 && second >= 0 && relu < second);
    fixture_end(&f);
}

static void result_takes_the_place_of_a_dying_operand(void)
{
    Fixture f;
    /* three values of the same size; softmax can work in place, and add reads two of them */
    Program *p = inference(&f, "input x: f32[64]  a = x -> dense(64)  b = a -> softmax  c = b -> softmax "
                               "y = c -> dense(2)  output y", 16);
    int64_t one = 16 * 64 * 4;
    EXPECT(p->arena_bytes < 2 * one);
    EXPECT_INT(p->arena_bytes, p->lower_bound_bytes);
    fixture_end(&f);
}

static void overlap_is_found(void)
{
    Fixture f;
    Program *p = inference(&f, "input x: f32[40]  a = x -> dense(50) -> tanh  b = a -> dense(50) "
                               "y = add(a, b) -> dense(3)  output y", 16);
    EXPECT(program_verify(&f.arena, p).len == 0);
    int moved = 0;
    for (int i = 0; i < p->buffers.count; i++)
        if (p->buffers.items[i].space == SPACE_ARENA && p->buffers.items[i].offset > 0) {
            p->buffers.items[i].offset -= 64;
            moved++;
        }
    EXPECT(moved > 0);
    EXPECT(program_verify(&f.arena, p).len > 0);
    fixture_end(&f);
}

static void small_programs_are_serial(void)
{
    Fixture f;
    Program *p = inference(&f, "input x: f32[2]  y = x -> dense(8) -> tanh -> dense(2) -> softmax  output y", 4);
    EXPECT(p->is_serial);
    fixture_end(&f);
    p = inference(&f, "input x: f32[1000]  y = x -> dense(1000) -> relu -> dense(1000)  output y", 256);
    EXPECT(!p->is_serial);
    int barriers = 0;
    for (int i = 0; i < p->kernels.count; i++)
        barriers += p->barrier_before.items[i];
    EXPECT_INT(barriers, 1); /* the second layer reads what all threads wrote */
    fixture_end(&f);
}

static void output_that_is_an_input_is_copied(void)
{
    Fixture f;
    Program *p = inference(&f, "input x: f32[5]  y = x -> tanh  output x  output y", 2);
    int copies = 0;
    for (int i = 0; i < p->groups.count; i++)
        copies += p->groups.items[i].is_copy;
    EXPECT(copies >= 1);
    for (int i = 0; i < p->buffers.count; i++)
        EXPECT(p->buffers.items[i].space != SPACE_ARENA || p->buffers.items[i].bytes > 0);
    fixture_end(&f);
}

/* Of two results of blocks in a row the first is made again, for x and the sums of its normalization are
 * there; the second starts from the first and is kept, unless both are large. */
static void gradients_read_copies_of_large_values(int batch, int copied)
{
    Fixture f;
    Program *kept = training(&f, "input x: f32[16, 16, 32]  target t: f32[1] "
                                 "a = x -> conv2d(32, kernel = 1) -> batch_norm -> relu "
                                 "b = a -> conv2d(32, kernel = 1) -> batch_norm "
                                 "c = relu(a + b) "
                                 "d = c -> conv2d(32, kernel = 1) -> batch_norm -> relu "
                                 "y = d -> conv2d(4, kernel = 1) -> flatten -> dense(1)  output y "
                                 "loss mean_squared_error(y, t)", &op_sgd, batch);
    Graph *g = f.graph;
    EXPECT(graph_recompute(&f.arena, g, batch, INT64_MAX) == g); /* not worth it */
    Graph *made_again = graph_recompute(&f.arena, g, batch, 1);
    EXPECT_INT(made_again->nodes.count - g->nodes.count, copied);
    EXPECT(graph_verify(&f.arena, made_again).len == 0);
    ProgramOptions options = {.name = "t", .batch = batch, .parameters = SPACE_STATE};
    Program *p = program_make(&f.arena, made_again, &options);
    EXPECT(program_verify(&f.arena, p).len == 0);
    EXPECT(p->arena_bytes < kept->arena_bytes);

    double **leaves = fixture_values(&f, 2), **values = fixture_eval(&f, 2, leaves);
    double **same = arena_array(&f.arena, double *, made_again->nodes.count);
    for (NodeId id = 0; id < made_again->nodes.count; id++)
        for (NodeId old = 0; old < g->nodes.count; old++)
            if (str_equal(graph_node(g, old)->name, graph_node(made_again, id)->name))
                same[id] = leaves[old];
    f.graph = made_again;
    double **again = fixture_eval(&f, 2, same);
    for (int i = 0; i < g->effects.count; i++) {
        NodeId before = g->effects.items[i], after = made_again->effects.items[i];
        int64_t bytes = shape_elements(graph_node(g, before)->shape) * (int64_t)sizeof(double);
        EXPECT(memcmp(values[before], again[after], (size_t)bytes) == 0);
    }
    fixture_end(&f);
}

static void small_values_start_from_kept_ones(void)
{
    gradients_read_copies_of_large_values(8, 2 * 4); /* a and d: relu, add, mul, sub */
}

static void large_values_start_from_copies(void)
{
    /* 16 * 16 * 32 floats of 256 samples are 8 MiB; c: relu, add, and the add, mul, sub of b */
    gradients_read_copies_of_large_values(256, 2 * 4 + 5);
}

int main(void)
{
    RUN(epilogue_is_fused);
    RUN(update_joins_the_gradient);
    RUN(weights_are_read_before_they_change);
    RUN(normalization_stays_out_of_the_next_contraction);
    RUN(result_takes_the_place_of_a_dying_operand);
    RUN(overlap_is_found);
    RUN(small_programs_are_serial);
    RUN(output_that_is_an_input_is_copied);
    RUN(small_values_start_from_kept_ones);
    RUN(large_values_start_from_copies);
    return test_end();
}
