/* program_cases.h: models as programs of one C file, compiled as a shared object, run with one thread and
 * with two, with fewer samples than there is room for, with plain contractions, and once with dead memory
 * filled with NaN; everything is compared with the reference evaluation. After a training step, all that it
 * assigned is compared too. */
#ifndef NNDC_PROGRAM_CASES_H
#define NNDC_PROGRAM_CASES_H

#include "front/ast.h"
#include "front/model.h"
#include "kernel/program.h"
#include "print/out.h"
#include "print/print.h"
#include "graph_fixture.h"

#include "../runtime/net.h"
#include "../runtime/panel.h"

#include <dlfcn.h>

enum { BATCH = 3, MOST_CASES = 2048 };

typedef void Run(float *state, char *arena, const nn_step *step, const void *const *inputs,
                 const void *const *targets, void *const *outputs, float *results, int threads);

typedef enum Variant { FAST, PLAIN, FILLED, VARIANTS } Variant;
static const char *const variant_names[] = {"fast", "plain", "filled"};

/* Networks whose whole step is made: fusion takes the update into gradients, and must not overwrite
 * what is still read. */
typedef struct Step {
    const OpDef *optimizer;
    const char *attr; /* set to value, or NULL */
    double value;
    const char *text;
} Step;

typedef struct Case {
    const Step *step; /* or NULL: the case of an operator */
    const OpDef *op;
    const char *text;
    Mode mode;
    Fixture fixture;
    Program *program[VARIANTS];
} Case;

static Case cases[MOST_CASES];
static int case_total;

/* ---- programs -------------------------------------------------------------------------------- */
static bool elaborate_case(Case *c)
{
    Fixture *f = &c->fixture;
    fixture_start(f, c->mode);
    Str text = str_format(&f->arena, "model m {\n%s\n}\n", c->text);
    int file = source_add(&f->sources, STR("case.nnd"), text);
    const Syntax *syntax = parse_source(&f->arena, &f->sources, file, &f->diag);
    Model *model = syntax ? elaborate(&f->arena, &f->diag, syntax, c->mode, NULL, 0) : NULL;
    if (!EXPECT(model != NULL))
        return false;
    f->graph = model->graph;
    f->b.graph = f->graph;
    f->b.role = ROLE_BACKWARD;
    return true;
}

/* Gradients of the first output, or of the loss, become outputs too. */
static void add_gradients(Case *c)
{
    Fixture *f = &c->fixture;
    Graph *g = f->graph;
    NodeIds with = fixture_differentiable(f);
    NodeId of = g->losses.count > 0 ? g->losses.items[0].node : g->outputs.items[0].node;
    if (with.count == 0 || c->op->cases == NULL)
        return;
    Shape shape = graph_node(g, of)->shape;
    NodeId seed = build_leaf(&f->b, STR("seed"), shape, TYPE_F32, (Leaf){.kind = LEAF_INPUT});
    NodeId *gradients = arena_array(&f->arena, NodeId, with.count + 1);
    if (!EXPECT(graph_gradients(g, &f->diag, of, seed, with.items, with.count, gradients)))
        return;
    for (int i = 0; i < with.count; i++)
        if (gradients[i] != NODE_NONE) {
            Str name = str_format(&f->arena, "d_%.*s", STR_ARGS(graph_node(g, with.items[i])->name));
            vec_push(&f->arena, &g->outputs, ((Result){.name = name, .node = gradients[i]}));
        }
}

static void make_programs(Case *c, int number)
{
    Fixture *f = &c->fixture;
    for (int v = 0; v < VARIANTS; v++) {
        Str name = str_format(&f->arena, "case%d_%s", number, variant_names[v]);
        ProgramOptions options = {.name = str_c(&f->arena, name), .batch = BATCH, .parameters = SPACE_STATE,
                                  .outputs = SPACE_OUTPUT, .is_plain = v == PLAIN, .fill_dead = v == FILLED};
        c->program[v] = program_make(&f->arena, f->graph, &options);
    }
}

static void add_case(const OpDef *op, const char *text, Mode mode)
{
    CHECK(case_total < MOST_CASES);
    Case *c = &cases[case_total];
    *c = (Case){.op = op, .text = text, .mode = mode};
    if (!elaborate_case(c)) {
        printf("    %s: %s\n", op->name, text);
        return;
    }
    if (mode == MODE_TRAINING)
        add_gradients(c);
    make_programs(c, case_total++);
}

static void add_step(const Step *step)
{
    Case *c = &cases[case_total];
    *c = (Case){.step = step, .op = step->optimizer, .text = step->text, .mode = MODE_TRAINING};
    if (!elaborate_case(c)) {
        printf("%s\n", buf_str(&c->fixture.diag.output).ptr);
        return;
    }
    Fixture *f = &c->fixture;
    AttrValue *attrs = fixture_attrs(f, step->optimizer, (AttrSetting[]){{step->attr, {.r = step->value}}, {0}});
    f->graph = graph_simplify(&f->arena, f->graph);
    f->graph->outputs.count = 0;
    if (!EXPECT(graph_training_step(f->graph, &f->diag, step->optimizer, attrs, NULL, SPAN_NONE)))
        return;
    f->graph = graph_simplify(&f->arena, f->graph);
    make_programs(c, case_total++);
}

/* ---- the C file ------------------------------------------------------------------------------ */
static Str print_all(Arena *arena)
{
    Out body, all;
    out_init(&body, arena);
    unsigned arguments = RUN_STATE | RUN_ARENA | RUN_STEP | RUN_INPUTS | RUN_TARGETS | RUN_OUTPUTS | RUN_RESULTS |
                         RUN_THREADS;
    for (int i = 0; i < case_total; i++)
        for (int v = 0; v < VARIANTS; v++)
            program_text(&body, cases[i].program[v], NULL, arguments, NULL);
    out_line(&body, "typedef void run_function(float *, char *, const nn_step *, const void *const *, "
                    "const void *const *, void *const *, float *, int);");
    out_line(&body, "extern run_function *const runs[];");
    out_line(&body, "run_function *const runs[] = {");
    for (int i = 0; i < case_total; i++)
        for (int v = 0; v < VARIANTS; v++)
            out_line(&body, "    case%d_%s_run,", i, variant_names[v]);
    out_line(&body, "};");
    Str text = out_text(&body);
    out_init(&all, arena);
    Pieces *pieces = pieces_new(arena);
    pieces_add_used(pieces, STR("nn_step"));
    pieces_add_used(pieces, text);
    out_directive(&all, "#ifdef _OPENMP");
    out_directive(&all, "#include <omp.h>");
    out_directive(&all, "#endif");
    pieces_print(&all, pieces);
    out_text_lines(&all, text);
    return out_text(&all);
}

/* ---- running --------------------------------------------------------------------------------- */
static void *block(Fixture *f, int64_t bytes)
{
    char *p = arena_alloc(&f->arena, bytes + 128);
    return p + (64 - (uintptr_t)p % 64);
}

static void *port_values(Fixture *f, NodeId id, int64_t batch, const double *from)
{
    const Node *n = graph_node(f->graph, id);
    int64_t count = fixture_count(f, id, batch);
    void *to = block(f, count * 4);
    for (int64_t i = 0; i < count; i++) {
        if (n->type == TYPE_F32)
            ((float *)to)[i] = (float)from[i];
        else if (n->type == TYPE_U8)
            ((unsigned char *)to)[i] = (unsigned char)from[i];
        else
            ((int32_t *)to)[i] = (int32_t)from[i];
    }
    return to;
}

static void fill_state(Fixture *f, const Program *p, double **leaves, float *state)
{
    for (NodeId id = 0; id < f->graph->nodes.count; id++) {
        const Node *n = graph_node(f->graph, id);
        int index = p->buffer_of[id];
        if (n->leaf == NULL || index < 0 || p->buffers.items[index].space != SPACE_STATE)
            continue;
        const Buffer *b = &p->buffers.items[index];
        int64_t count = shape_elements(n->shape), columns = n->shape.rank ? n->shape.dim[n->shape.rank - 1] : 1;
        float *row_major = block(f, count * 4);
        for (int64_t i = 0; i < count; i++)
            row_major[i] = (float)leaves[id][i];
        if (b->layout.kind == LAYOUT_PANEL)
            nn_pack(state + b->offset, row_major, count / columns, columns, b->layout.groups, b->layout.panel);
        else
            memcpy(state + b->offset, row_major, (size_t)count * 4);
    }
}

/* Values that are exact as floats; bytes for u8. */
static void round_leaves(Fixture *f, int64_t batch, double **leaves)
{
    for (NodeId id = 0; id < f->graph->nodes.count; id++) {
        const Node *n = graph_node(f->graph, id);
        if (!fixture_is_fed(n) || leaves[id] == NULL)
            continue;
        int64_t count = fixture_count(f, id, batch);
        for (int64_t i = 0; i < count; i++)
            leaves[id][i] = n->leaf->kind == LEAF_OPTIMIZER ? fabs((double)(float)leaves[id][i]) : leaves[id][i];
        for (int64_t i = 0; i < count; i++)
            leaves[id][i] = n->type == TYPE_U8 ? floor(fabs(leaves[id][i])) : (double)(float)leaves[id][i];
    }
}

typedef struct Outcome {
    float **outputs;
    float *results;
    float *state;
} Outcome;

static int64_t result_floats(const Program *p)
{
    int64_t count = 0;
    for (int i = 0; i < p->results.count; i++)
        count += shape_elements(graph_node(p->graph, p->results.items[i].node)->shape);
    return count;
}

static Outcome run_case(Case *c, Variant v, Run *run, int64_t batch, double **leaves, int threads)
{
    Fixture *f = &c->fixture;
    const Program *p = c->program[v];
    const Graph *g = f->graph;
    float *state = block(f, p->state_floats * 4);
    char *arena = block(f, p->arena_bytes);
    memset(arena, 0xFF, (size_t)p->arena_bytes);
    fill_state(f, p, leaves, state);
    const void **inputs = arena_array(&f->arena, const void *, g->inputs.count + 1);
    const void **targets = arena_array(&f->arena, const void *, g->targets.count + 1);
    for (int i = 0; i < g->inputs.count; i++)
        inputs[i] = port_values(f, g->inputs.items[i], batch, leaves[g->inputs.items[i]]);
    for (int i = 0; i < g->targets.count; i++)
        targets[i] = port_values(f, g->targets.items[i], batch, leaves[g->targets.items[i]]);
    Outcome out = {arena_array(&f->arena, float *, g->outputs.count + 1),
                   block(f, 4 * (result_floats(p) + 1)), state};
    for (int i = 0; i < g->outputs.count; i++)
        out.outputs[i] = block(f, 4 * fixture_count(f, g->outputs.items[i].node, BATCH));
    nn_step step = {.batch = (int)batch, .rate = 0.1f, .number = 1, .seed = 1};
    run(state, arena, &step, inputs, targets, (void *const *)out.outputs, out.results, threads);
    return out;
}

static double worst_error(const float *found, const double *expected, int64_t count)
{
    double worst = 0, scale = 1;
    for (int64_t i = 0; i < count; i++)
        scale = fmax(scale, fabs(expected[i]));
    for (int64_t i = 0; i < count; i++) {
        double error = fabs((double)found[i] - expected[i]) / scale;
        if (!(error <= worst))
            worst = error == error ? error : INFINITY;
    }
    return worst;
}

static void check_outcome(Case *c, const char *how, const Outcome *out, int64_t batch, double **expected)
{
    Fixture *f = &c->fixture;
    Results results = program_results(&f->arena, f->graph);
    for (int i = 0; i < f->graph->outputs.count; i++) {
        NodeId id = f->graph->outputs.items[i].node;
        double error = worst_error(out->outputs[i], expected[id], fixture_count(f, id, batch));
        if (!EXPECT(error <= 2e-5))
            printf("    %s, %s, output %.*s is off by %g: %s\n", c->op->name, how,
                   STR_ARGS(f->graph->outputs.items[i].name), error, c->text);
    }
    int64_t first = 0;
    for (int i = 0; i < results.count; i++) {
        NodeId id = results.items[i].node;
        int64_t count = shape_elements(graph_node(f->graph, id)->shape);
        double error = worst_error(&out->results[first], expected[id], count);
        first += count;
        if (!EXPECT(error <= 5e-5))
            printf("    %s, %s, result %.*s is off by %g: %s\n", c->op->name, how,
                   STR_ARGS(results.items[i].name), error, c->text);
    }
}

/* The largest number that a step assigns, at least 1. */
static double largest_of_step(Case *c, double **expected)
{
    Fixture *f = &c->fixture;
    double largest = 1;
    for (int i = 0; i < f->graph->effects.count; i++) {
        NodeId id = f->graph->effects.items[i];
        int64_t count = shape_elements(graph_node(f->graph, id)->shape);
        for (int64_t k = 0; k < count; k++)
            largest = fmax(largest, fabs(expected[id][k]));
    }
    return largest;
}

/* What a step assigned, leaf by leaf. Gradients through products of batch-norms lose digits in single precision
 * whatever the order of the sums: plain loops are off by up to 1.2e-4 there. Where gradients are large, so are the
 * errors of those that are small, and of those that would be zero: a bias in front of a batch-norm. */
static void check_state(Case *c, Variant v, const Outcome *out, double **expected)
{
    Fixture *f = &c->fixture;
    const Program *p = c->program[v];
    double largest = largest_of_step(c, expected);
    for (int i = 0; i < f->graph->effects.count; i++) {
        NodeId id = f->graph->effects.items[i], leaf = graph_node(f->graph, id)->inputs[0];
        const Node *n = graph_node(f->graph, leaf);
        const Buffer *b = &p->buffers.items[p->buffer_of[leaf]];
        int64_t count = shape_elements(n->shape), columns = n->shape.rank ? n->shape.dim[n->shape.rank - 1] : 1;
        float *found = block(f, count * 4);
        if (b->layout.kind == LAYOUT_PANEL)
            nn_unpack(found, out->state + b->offset, count / columns, columns, b->layout.groups, b->layout.panel);
        else
            memcpy(found, out->state + b->offset, (size_t)count * 4);
        double error = worst_error(found, expected[id], count);
        if (!EXPECT(error <= 2e-4 * largest))
            printf("    %s, %s, %.*s is off by %g: %s\n", c->op->name, variant_names[v], STR_ARGS(n->name), error,
                   c->text);
    }
}

static void check_same_bits(Case *c, const Outcome *a, const Outcome *b, int64_t batch)
{
    Fixture *f = &c->fixture;
    for (int i = 0; i < f->graph->outputs.count; i++) {
        int64_t count = fixture_count(f, f->graph->outputs.items[i].node, batch);
        if (!EXPECT(memcmp(a->outputs[i], b->outputs[i], 4 * (size_t)count) == 0))
            printf("    %s, output %.*s depends on threads: %s\n", c->op->name,
                   STR_ARGS(f->graph->outputs.items[i].name), c->text);
    }
}

static void check_case(Case *c, Run *const *runs)
{
    static const int64_t batches[] = {BATCH, 1};
    Fixture *f = &c->fixture;
    for (int i = 0; i < COUNT_OF(batches); i++) {
        ArenaMark mark = arena_mark(&f->arena);
        double **leaves = fixture_values(f, batches[i]);
        round_leaves(f, batches[i], leaves);
        double **expected = fixture_eval(f, batches[i], leaves);
        Outcome outcomes[VARIANTS];
        for (int v = 0; v < VARIANTS; v++) {
            outcomes[v] = run_case(c, (Variant)v, runs[v], batches[i], leaves, 1);
            check_outcome(c, variant_names[v], &outcomes[v], batches[i], expected);
            check_state(c, (Variant)v, &outcomes[v], expected);
        }
        Outcome two = run_case(c, FAST, runs[FAST], batches[i], leaves, 2);
        check_same_bits(c, &outcomes[FAST], &two, batches[i]);
        EXPECT(memcmp(outcomes[FAST].state, two.state, 4 * (size_t)c->program[FAST]->state_floats) == 0);
        arena_release(&f->arena, mark);
    }
}

static bool has_compiler(const char *compiler)
{
    char command[512];
    snprintf(command, sizeof command, "command -v '%s' >/dev/null", compiler);
    return system(command) == 0;
}

static bool compile_all(const char *compiler, const char *text_path, const char *object_path)
{
    char command[512];
    snprintf(command, sizeof command,
             "%s -std=c11 -O1 -march=native -shared -fPIC -Wall -Wextra -Wpedantic -Wshadow -Wconversion "
             "-Wno-unused-function -Werror %s -o %s -lm",
             compiler, text_path, object_path);
    return EXPECT(system(command) == 0);
}

/* Files STEM.c and STEM_COMPILER.so are left in the working directory. False, and a note, without the compiler. */
static bool run_all(const char *stem, const char *compiler)
{
    Str error;
    if (!has_compiler(compiler)) {
        printf("note: there is no %s here, so nothing is compiled with it\n", compiler);
        return false;
    }
    const char *slash = strrchr(compiler, '/');
    Arena arena = {0};
    Str text_path = str_format(&arena, "%s.c", stem);
    Str object = str_format(&arena, "./%s_%s.so", stem, slash ? slash + 1 : compiler);
    if (EXPECT(file_write(&arena, text_path.ptr, print_all(&arena), &error)) &&
        compile_all(compiler, text_path.ptr, object.ptr)) {
        void *library = dlopen(object.ptr, RTLD_NOW);
        Run *const *runs = library ? (Run *const *)dlsym(library, "runs") : NULL;
        EXPECT(runs != NULL);
        for (int i = 0; i < case_total && runs; i++)
            check_case(&cases[i], &runs[i * VARIANTS]);
        if (library)
            dlclose(library);
    }
    arena_free(&arena);
    return true;
}


#endif
