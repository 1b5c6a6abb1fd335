/* Whole training steps: for every model of models/ that can be trained, one step of generated C
 * against the reference evaluation: the loss, the moving averages, and what the optimizer remembers
 * of every gradient. Parameters themselves are compared when the optimizer is plain descent; adam's
 * first step has the size of the rate whatever the gradient, so that rounding of a zero gradient
 * would show. */
#define _POSIX_C_SOURCE 200809L /* mkdtemp */
#include "front/ast.h"
#include "front/model.h"
#include "golden_run.h"

#include <dirent.h>

enum { BATCH = 2 };
static const char *only; /* a part of the names to run, from the command line; NULL: all */

static Model *read_model(Fixture *f, const char *path)
{
    fixture_start(f, MODE_TRAINING);
    Str error;
    Syntax *syntax = parse_program(&f->arena, &f->sources, str_from(path), &f->diag, &error);
    Model *model = syntax ? elaborate(&f->arena, &f->diag, syntax, MODE_TRAINING, NULL, 0) : NULL;
    if (!model || !model->has_train || model->graph->losses.count == 0)
        return NULL;
    f->graph = f->b.graph = graph_simplify(&f->arena, model->graph);
    return model;
}

/* The training step, with the loss as its only output. */
static bool make_step(Fixture *f, const Model *model)
{
    Graph *g = f->graph;
    g->outputs.count = g->metrics.count = 0;
    if (!EXPECT(graph_training_step(g, &f->diag, model->train.optimizer,
                                    model->train.optimizer_attrs, NULL, SPAN_NONE)))
        return false;
    vec_push(&f->arena, &g->outputs, (Result){.name = STR("loss"), .node = g->total_loss});
    return true;
}

/* Values of the size that training starts with, so that nothing saturates. */
static double start_value(Fixture *f, const Node *n)
{
    double random = fixture_random(f);
    if (n->type == TYPE_U8)
        return floor(128 + 127 * random);
    if (n->classes > 0)
        return floor((random + 1) / 2 * n->classes);
    if (n->leaf->kind == LEAF_STATISTIC)
        return 1 + 0.5 * random;
    if (n->leaf->kind == LEAF_OPTIMIZER)
        return 0;
    if (n->leaf->kind == LEAF_PARAMETER && n->shape.rank > 1) {
        double fan_in = (double)shape_elements(n->shape) / (double)n->shape.dim[n->shape.rank - 1];
        return random * sqrt(3 / fan_in);
    }
    if (n->leaf->kind == LEAF_TARGET)
        return random > 0;
    return random;
}

static void feed_all(Fixture *f, GoldenRun *run)
{
    f->random = 5;
    for (NodeId id = 0; id < run->graph->nodes.count; id++) {
        const Node *n = graph_node(run->graph, id);
        if (!fixture_is_fed(n))
            continue;
        int64_t count = golden_count(run, id);
        double *values = arena_array(&f->arena, double, count);
        for (int64_t i = 0; i < count; i++)
            values[i] = (double)(float)start_value(f, n);
        golden_feed(run, n->name, values);
    }
}

static void compare(const char *path, Str what, const double *found, const double *expected,
                    int64_t count)
{
    /* Gradients that cancel, as that of a bias before a batch norm, have no size of their own. */
    double largest = str_ends(what, "square") ? 1e-8 : 1e-3, worst = 0;
    for (int64_t i = 0; i < count; i++) {
        double error = fabs(found[i] - expected[i]);
        largest = fabs(expected[i]) > largest ? fabs(expected[i]) : largest;
        worst = error > worst || error != error ? error : worst;
    }
    if (!EXPECT(worst <= 1e-4 * largest))
        printf("    %s: %.*s is off by %g of %g\n", path, STR_ARGS(what), worst, largest);
}

static void compare_step(Fixture *f, const char *path, bool is_plain_descent)
{
    GoldenRun run[2];
    for (int k = 0; k < 2; k++) {
        golden_compiled = k == 1;
        run[k] = golden_start(f, BATCH);
        feed_all(f, &run[k]);
        golden_step(&run[k], 0.01, 1);
    }
    compare(path, STR("loss"), golden_output(&run[1], 0), golden_output(&run[0], 0), 1);
    int compared = 0;
    for (NodeId id = 0; id < run[0].graph->nodes.count; id++) {
        const Node *n = graph_node(run[0].graph, id);
        if (!n->leaf || !golden_is_state(&run[0], id) ||
            (n->leaf->kind == LEAF_PARAMETER && !is_plain_descent))
            continue;
        const double *expected = golden_state(&run[0], n->name),
                     *found = golden_state(&run[1], n->name);
        compare(path, n->name, found, expected, shape_elements(n->shape));
        compared++;
    }
    EXPECT(compared > 0);
    golden_finish(&run[1]);
}

static void run_model(const char *path)
{
    Fixture f;
    const Model *model = read_model(&f, path);
    if (!model) {
        printf("not trained: %s\n", path);
        arena_free(&f.arena);
        return;
    }
    if (make_step(&f, model))
        compare_step(&f, path, model->train.optimizer == &op_sgd);
    fixture_end(&f);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int main(int argc, char **argv)
{
    only = argc > 1 ? argv[1] : NULL;
    Arena arena = {0};
    const char *root = getenv("NNDC_SOURCE") ? getenv("NNDC_SOURCE") : ".";
    const char *folder = str_format(&arena, "%s/models", root).ptr;
    DIR *directory = opendir(folder);
    if (!directory)
        test_skip("models/ is not there: set NNDC_SOURCE");
    VEC(const char *) files = {0};
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;)
        if (str_ends(str_from(entry->d_name), ".nnd") && (!only || strstr(entry->d_name, only)))
            vec_push(&arena, &files, str_format(&arena, "%s/%s", folder, entry->d_name).ptr);
    closedir(directory);
    qsort(files.items, (size_t)files.count, sizeof *files.items, by_name);
    for (int i = 0; i < files.count; i++)
        run_model(files.items[i]);
    arena_free(&arena);
    return test_end();
}
