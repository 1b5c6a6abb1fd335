/* pipeline.c: the pass table, and the loop that runs it.
 *
 * A pass takes what earlier ones left in the Compilation and adds its own product. keep_graph and
 * keep_program verify every product and print what --dump asks for. A pass returns false when it
 * reported errors; a fault found by a verifier is ours and ends in BUG. */
#include "pipeline.h"

#include "front/diag.h"
#include "ops/op.h"
#include "print/print.h"

#include <string.h>

/* ---- verifying and dumping ------------------------------------------------------------------- */

static const char *const dump_names[] = {"graph", "fused", "memory", "kernels"};

bool compile_has_dump(Str name)
{
    for (int i = 0; i < COUNT_OF(dump_names); i++)
        if (str_is(name, dump_names[i]))
            return true;
    return false;
}

/* Does the list "a,b,c" of the dump option hold name? */
static bool is_dumped(const Compilation *c, const char *name)
{
    const char *at = c->options->dump;
    size_t length = strlen(name);
    while (at != NULL && *at != '\0') {
        size_t word = strcspn(at, ",");
        if (word == length && memcmp(at, name, word) == 0)
            return true;
        at += word + (at[word] == ',');
    }
    return false;
}

static void dump(const Compilation *c, const char *what, const char *of, Str text)
{
    fprintf(c->options->dump_stream, "---- %s of %s ----\n%.*s\n", what, of, STR_ARGS(text));
}

static void keep_graph(Compilation *c, const char *name, Graph *graph)
{
    Str fault = graph_verify(c->arena, graph);
    if (fault.len > 0)
        BUG("graph '%s': %.*s", name, STR_ARGS(fault));
    if (is_dumped(c, "graph"))
        dump(c, "graph", name, graph_print(c->arena, graph));
}

static Program *keep_program(Compilation *c, const Graph *graph, const ProgramOptions *options)
{
    Program *program = program_make(c->arena, graph, options);
    Str fault = program_verify(c->arena, program);
    if (fault.len > 0)
        BUG("program '%s': %.*s", options->name, STR_ARGS(fault));
    if (is_dumped(c, "fused"))
        dump(c, "fused", options->name, program_print_groups(c->arena, program));
    if (is_dumped(c, "memory"))
        dump(c, "memory", options->name, program_print_memory(c->arena, program));
    return program;
}

/* Programs of one file, in the order in which they stand in it. */
static const Sharing *keep_sharing(Compilation *c, const Program *const *programs, int count)
{
    const Program **kept = arena_array(c->arena, const Program *, count);
    for (int i = 0; i < count; i++)
        kept[i] = programs[i];
    const Sharing *sharing = programs_share(c->arena, kept, count);
    for (int i = 0; i < count && is_dumped(c, "kernels"); i++)
        dump(c, "kernels", str_c(c->arena, programs[i]->name), sharing_print(c->arena, sharing, programs[i]));
    return sharing;
}

/* ---- results --------------------------------------------------------------------------------- */

Results compile_results(Arena *arena, const Graph *graph)
{
    Results results = {0};
    for (int i = 0; i < graph->losses.count; i++)
        vec_push(arena, &results, graph->losses.items[i]);
    for (int i = 0; i < graph->metrics.count; i++)
        vec_push(arena, &results, graph->metrics.items[i]);
    return results;
}

/* Puts the total loss in front of the losses. A single loss is not repeated beside its total. */
static bool put_total_first(Compilation *c, Graph *graph)
{
    if (graph->losses.count == 0)
        return true;
    NodeId total = graph_total_loss(graph, c->diag);
    if (total == NODE_NONE)
        return false;
    Results losses = {0};
    Span span = graph->losses.items[0].span;
    vec_push(c->arena, &losses, (Result){.name = STR("loss"), .node = total, .span = span});
    if (graph->losses.count > 1)
        for (int i = 0; i < graph->losses.count; i++)
            vec_push(c->arena, &losses, graph->losses.items[i]);
    graph->losses = losses;
    return true;
}

static bool is_leaf(const Graph *graph, NodeId id)
{
    return graph_node(graph, id)->leaf != NULL;
}

/* A result that is a leaf, or the same value as an earlier one, becomes a copy, so that every result
 * has a value of its own (program_make does that for outputs). Runs after simplify, which would remove
 * the copy. */
static void separate(Build *build, Results *results, const Results *before)
{
    for (int i = 0; i < results->count; i++) {
        Result *result = &results->items[i];
        bool is_shared = is_leaf(build->graph, result->node);
        for (int j = 0; j < i; j++)
            is_shared |= results->items[j].node == result->node;
        for (int j = 0; before != NULL && j < before->count; j++)
            is_shared |= before->items[j].node == result->node;
        if (!is_shared)
            continue;
        build->span = result->span;
        build->name = result->name;
        result->node = build_unary(build, &op_identity, result->node);
    }
}

static void separate_results(Compilation *c, Graph *graph)
{
    Build build = {.graph = graph, .diag = c->diag, .mode = MODE_INFERENCE, .layer = -1,
                   .origin = NODE_NONE};
    separate(&build, &graph->losses, NULL);
    separate(&build, &graph->metrics, &graph->losses);
}

/* ---- passes ---------------------------------------------------------------------------------- */

static bool elaborate_modes(Compilation *c)
{
    const CompileOptions *o = c->options;
    if (c->training == NULL)
        c->training = elaborate(c->arena, c->diag, c->syntax, MODE_TRAINING, o->choices, o->choice_count);
    if (c->training == NULL)
        return false;
    if (c->inference == NULL)
        c->inference = elaborate(c->arena, c->diag, c->syntax, MODE_INFERENCE, o->choices, o->choice_count);
    if (c->inference == NULL)
        return false;
    keep_graph(c, "training", c->training->graph);
    keep_graph(c, "inference", c->inference->graph);
    return true;
}

/* What the goals need and the language does not demand of every model. */
static bool check_goals(Compilation *c)
{
    const Model *m = c->training;
    int errors = c->diag->error_count;
    if ((c->options->goals & COMPILE_TRAINER) != 0) {
        if (m->graph->losses.count == 0) {
            diag_error(c->diag, SPAN_NONE, "model '%.*s' has no loss to train for", STR_ARGS(m->name));
            diag_help(c->diag, "add a line such as 'loss cross_entropy(scores, label)'");
        }
        if (!m->has_train) {
            diag_error(c->diag, SPAN_NONE, "model '%.*s' has no 'train' section", STR_ARGS(m->name));
            diag_help(c->diag, "add 'train { optimizer adam(1e-3) batch 32 epochs 10 }'");
        }
    }
    if ((c->options->goals & COMPILE_LIBRARY) != 0 && m->graph->outputs.count == 0) {
        diag_error(c->diag, SPAN_NONE, "model '%.*s' has no output", STR_ARGS(m->name));
        diag_help(c->diag, "add a line such as 'output scores'");
    }
    return c->diag->error_count == errors;
}

static bool is_weight(const Node *node)
{
    return node->leaf != NULL &&
           (node->leaf->kind == LEAF_PARAMETER || node->leaf->kind == LEAF_STATISTIC);
}

static int64_t train_batch(const Compilation *c)
{
    return c->options->train_batch > 0 ? c->options->train_batch : c->training->train.batch;
}

/* Printed kernels count in int, and tables of a trainer hold dimensions as int. */
static bool check_sizes(Compilation *c)
{
    const Graph *graph = c->training->graph;
    int64_t batch = (c->options->goals & COMPILE_TRAINER) != 0 ? train_batch(c) : 1;
    int64_t own = c->options->library_batch;
    batch = own > batch ? own : batch;
    bool is_fine = true;
    for (int i = 0; i < graph->nodes.count && is_fine; i++) {
        const Node *node = &graph->nodes.items[i];
        int64_t count = 0;
        bool fits = shape_count(node->shape, &count) &&
                    size_multiply(count, node->shape.has_batch ? batch : 1, &count) && count <= INT32_MAX;
        if (fits)
            continue;
        Str shape = shape_str(c->arena, node->shape);
        Str what = node->shape.has_batch ? str_format(c->arena, "a batch of %lld has", (long long)batch)
                                         : STR("it has");
        diag_error(c->diag, node->span, "'%.*s' is %.*s: %.*s more than %d values", STR_ARGS(node->name),
                   STR_ARGS(shape), STR_ARGS(what), INT32_MAX);
        is_fine = false;
    }
    return is_fine;
}

/* "dense_1" of "dense_1.kernel". */
static Str layer_of(Str weight)
{
    int64_t end = weight.len;
    while (end > 0 && weight.ptr[end - 1] != '.')
        end--;
    return end > 0 ? (Str){weight.ptr, end - 1} : weight;
}

static bool has_weight(const Graph *graph, Str name)
{
    for (int i = 0; i < graph->nodes.count; i++)
        if (is_weight(&graph->nodes.items[i]) && str_equal(graph->nodes.items[i].name, name))
            return true;
    return false;
}

/* Weights that are not trained may serve an output alone. The step does not read them, but the state and
 * the weights file have them. */
static void hold_untrained(Compilation *c, Graph *g)
{
    const Graph *read = graph_simplify(c->arena, g);
    for (int i = 0; i < g->nodes.count; i++) {
        const Node *node = &g->nodes.items[i];
        if (is_weight(node) && (node->leaf->is_frozen || node->leaf->kind == LEAF_STATISTIC) &&
            !has_weight(read, node->name))
            vec_push(c->arena, &g->held, i);
    }
}

/* A trained weight that the step never reads could not be trained: the user meant something else. One
 * message for all weights of a layer. */
static bool check_influence(Compilation *c, const Graph *all, const Graph *step)
{
    bool is_fine = true;
    Str layer = {0};
    for (int i = 0; i < all->nodes.count; i++) {
        const Node *node = &all->nodes.items[i];
        bool is_found = !is_weight(node) || has_weight(step, node->name);
        if (!is_found && (is_fine || !str_equal(layer, layer_of(node->name)))) {
            layer = layer_of(node->name);
            diag_error(c->diag, node->span, "'%.*s' has no influence on any loss", STR_ARGS(layer));
            is_fine = false;
        }
    }
    return is_fine;
}

bool compile_is_exact(const Compilation *c)
{
    Numerics wanted = c->options->numerics;
    if (wanted == NUMERICS_DEFAULT)
        wanted = c->training->train.numerics;
    return wanted == NUMERICS_EXACT;
}

/* Winograd's transformation, unless numbers are to be exact. Evaluation and inference must choose alike, so
 * both do as is best for one sample. */
static Graph *rearrange(Compilation *c, Graph *graph, int64_t batch, bool is_step)
{
    return compile_is_exact(c) ? graph : graph_winograd(c->arena, graph, batch, is_step, 0);
}

static bool find_prefix(Compilation *c)
{
    c->has_prefix =
        graph_find_prefix(c->arena, c->training->graph, c->inference->graph, &c->cut);
    return true;
}

static bool make_front(Compilation *c)
{
    const Graph *inference = c->inference->graph;
    if (!c->has_prefix)
        return true;
    Graph *g = graph_prefix(c->arena, inference, &c->cut.inference);
    g = graph_simplify(c->arena, graph_fold(c->arena, graph_simplify(c->arena, g)));
    c->front = graph_hoist_small(c->arena, rearrange(c, g, 1, false));
    keep_graph(c, "prefix", c->front.call);
    keep_graph(c, "prepare_prefix", c->front.prepare);
    return true;
}

/* What the training step and the evaluation start from. */
static const Graph *behind_prefix(const Compilation *c, const Model *model, const NodeIds *values)
{
    return c->has_prefix ? graph_without_prefix(c->arena, model->graph, values) : model->graph;
}

static bool make_step(Compilation *c)
{
    const Model *m = c->training;
    Graph *g = graph_simplify(c->arena, behind_prefix(c, m, &c->cut.training));
    g->outputs.count = 0; /* a training step gives numbers, not scores */
    hold_untrained(c, g);
    if (!graph_training_step(g, c->diag, m->train.optimizer, m->train.optimizer_attrs,
                             &m->train.gradients, m->train.optimizer_span))
        return false;
    if (!put_total_first(c, g))
        return false;
    enum { WORTH_A_PASS = 64 << 20 }; /* bytes: below, memory is no concern, and time is */
    g = c->step_as_written = graph_simplify(c->arena, g);
    if (c->options->tuning != NULL)
        g = graph_tune(c->arena, g, train_batch(c), c->options->tuning);
    c->step = rearrange(c, g, train_batch(c), true);
    c->step = graph_recompute(c->arena, c->step, train_batch(c), WORTH_A_PASS);
    separate_results(c, c->step);
    keep_graph(c, "step", c->step);
    return check_influence(c, m->graph, c->step);
}

static bool make_evaluation(Compilation *c)
{
    const Graph *from = behind_prefix(c, c->inference, &c->cut.inference);
    Graph *g = graph_fold(c->arena, graph_simplify(c->arena, from));
    if (!put_total_first(c, g))
        return false;
    g = rearrange(c, graph_simplify(c->arena, g), 1, false);
    c->evaluation = graph_hoist(c->arena, g);
    separate_results(c, c->evaluation.call);
    keep_graph(c, "evaluate", c->evaluation.call);
    keep_graph(c, "prepare", c->evaluation.prepare);
    return true;
}

/* Nothing is folded across the cut, where the trainer has two programs: while rules are applied, what is kept
 * counts as a result. */
static Graph *fold_whole(const Compilation *c)
{
    Graph g = *c->inference->graph;
    g.outputs = (Results){0};
    for (int i = 0; i < c->inference->graph->outputs.count; i++)
        vec_push(c->arena, &g.outputs, c->inference->graph->outputs.items[i]);
    int count = g.outputs.count;
    for (int i = 0; i < c->cut.inference.count; i++)
        vec_push(c->arena, &g.outputs, (Result){.name = STR("kept"), .node = c->cut.inference.items[i]});
    Graph *folded = graph_fold(c->arena, graph_simplify(c->arena, &g));
    folded->outputs.count = count;
    return folded;
}

/* Starts from the same simplified and folded graph as make_evaluation, so that both compute the outputs with
 * the same operations and give the same bits. */
static bool make_call(Compilation *c)
{
    Graph *g = fold_whole(c);
    g->losses.count = 0;
    g->metrics.count = 0;
    g->targets.count = 0;
    g->penalties.count = 0;
    g->total_loss = NODE_NONE;
    g = rearrange(c, graph_simplify(c->arena, g), 1, false);
    c->call = graph_hoist(c->arena, g);
    keep_graph(c, "infer", c->call.call);
    keep_graph(c, "load", c->call.prepare);
    return true;
}

static bool plan_train(Compilation *c)
{
    ProgramOptions o = {.name = "train", .batch = train_batch(c), .parameters = SPACE_STATE,
                        .outputs = SPACE_OUTPUT};
    c->train = keep_program(c, c->step, &o);
    return true;
}

static bool plan_evaluate(Compilation *c)
{
    ProgramOptions o = {.name = "evaluate", .batch = train_batch(c), .parameters = SPACE_WEIGHTS,
                        .outputs = SPACE_OUTPUT, .targets_optional = true};
    c->evaluate = keep_program(c, c->evaluation.call, &o);
    ProgramOptions p = {.name = "prepare", .batch = 1, .parameters = SPACE_STATE,
                        .outputs = SPACE_WEIGHTS, .like = c->train, .feeds = c->evaluate};
    c->prepare = keep_program(c, c->evaluation.prepare, &p);
    return true;
}

/* Samples of a call of the prefix, whose values do not depend on that: as few as keep the cores busy and
 * use each weight often once it is in the cache. The arena grows with them. */
static int64_t prefix_batch(const Compilation *c)
{
    const double least_flops = 1e8, least_uses = 1000; /* of a call; of a weight, two operations each */
    const Graph *g = c->front.call;
    double flops = 0, weights = 0;
    for (int i = 0; i < g->nodes.count; i++) {
        flops += (double)node_flops(g, &g->nodes.items[i]);
        if (is_weight(&g->nodes.items[i]))
            weights += (double)shape_elements(g->nodes.items[i].shape);
    }
    double samples = flops > 0 ? least_flops / flops : 1;
    if (flops > 0 && 2 * weights * least_uses / flops > samples)
        samples = 2 * weights * least_uses / flops;
    return samples < (double)train_batch(c) ? (int64_t)samples + 1 : train_batch(c);
}

static bool plan_prefix(Compilation *c)
{
    if (!c->has_prefix)
        return true;
    ProgramOptions o = {.name = "prefix", .batch = prefix_batch(c), .parameters = SPACE_WEIGHTS,
                        .outputs = SPACE_OUTPUT};
    c->prefix = keep_program(c, c->front.call, &o);
    ProgramOptions p = {.name = "prepare_prefix", .batch = 1, .parameters = SPACE_STATE,
                        .outputs = SPACE_WEIGHTS, .like = c->train, .feeds = c->prefix};
    c->prepare_prefix = keep_program(c, c->front.prepare, &p);
    return true;
}

static bool plan_infer(Compilation *c)
{
    int64_t batch = c->options->library_batch > 0 ? c->options->library_batch : 1;
    ProgramOptions o = {.name = "infer", .batch = batch, .parameters = SPACE_WEIGHTS,
                        .outputs = SPACE_OUTPUT};
    c->infer = keep_program(c, c->call.call, &o);
    ProgramOptions p = {.name = "load", .batch = 1, .parameters = SPACE_INPUT,
                        .outputs = SPACE_WEIGHTS, .feeds = c->infer};
    c->load = keep_program(c, c->call.prepare, &p);
    program_read_bytes(c->load);
    return true;
}

static bool share_trainer(Compilation *c)
{
    /* in the order in which they are printed */
    const Program *programs[] = {c->prefix, c->prepare_prefix, c->train, c->prepare, c->evaluate};
    int first = c->has_prefix ? 0 : 2;
    c->trainer_sharing = keep_sharing(c, programs + first, COUNT_OF(programs) - first);
    return true;
}

static bool share_library(Compilation *c)
{
    const Program *programs[] = {c->load, c->infer};
    c->library_sharing = keep_sharing(c, programs, COUNT_OF(programs));
    return true;
}

/* ---- the table ------------------------------------------------------------------------------- */

typedef struct Pass {
    const char *name;
    bool (*run)(Compilation *c);
    unsigned goals; /* runs for any of these; 0: always */
    const char *text;
} Pass;

static const Pass passes[] = {
    {"elaborate", elaborate_modes, 0, "syntax -> one graph each for training and inference"},
    {"goals", check_goals, 0, "is there a loss, an output, a train section, as far as needed"},
    {"sizes", check_sizes, COMPILE_TRAINER | COMPILE_LIBRARY, "every index fits an int"},
    {"prefix", find_prefix, COMPILE_TRAINER | COMPILE_LIBRARY, "where a frozen front part ends"},
    {"front", make_front, COMPILE_TRAINER, "that part alone; weights work hoisted"},
    {"step", make_step, COMPILE_TRAINER, "simplify, differentiate, add the optimizer, simplify"},
    {"evaluation", make_evaluation, COMPILE_TRAINER, "inference with losses; weights work hoisted"},
    {"call", make_call, COMPILE_LIBRARY, "inference alone; weights work hoisted"},
    {"train", plan_train, COMPILE_TRAINER, "step -> fused, laid out, planned, lowered, scheduled"},
    {"evaluate", plan_evaluate, COMPILE_TRAINER, "the same for evaluate and for its prepare"},
    {"plan front", plan_prefix, COMPILE_TRAINER, "the same for prefix and for its prepare"},
    {"share", share_trainer, COMPILE_TRAINER, "equal kernels of these programs -> one function"},
    {"infer", plan_infer, COMPILE_LIBRARY, "the same for the library's call and its load"},
    {"share", share_library, COMPILE_LIBRARY, "equal kernels of these programs -> one function"},
};

bool compile_model(Compilation *c, const CompileOptions *options)
{
    c->options = options;
    for (int i = 0; i < COUNT_OF(passes); i++) {
        const Pass *pass = &passes[i];
        if (pass->goals != 0 && (pass->goals & options->goals) == 0)
            continue;
        if (!pass->run(c))
            return false;
    }
    return c->diag->error_count == 0;
}
