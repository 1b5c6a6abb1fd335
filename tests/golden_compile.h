/* golden_compile.h: a graph as generated C: made into a program, printed, compiled into a shared
 * object and called. Parameters, statistics and optimizer state live in the state block in the
 * layout that the program chose; here they are packed and unpacked. */
#ifndef NNDC_GOLDEN_COMPILE_H
#define NNDC_GOLDEN_COMPILE_H

#include "graph_fixture.h"
#include "kernel/program.h"
#include "net.h"
#include "print/out.h"
#include "print/print.h"

#include <dlfcn.h>
#include <unistd.h>

typedef void CompiledFunction(float *state, char *arena, const nn_step *step,
                              const void *const *inputs, const void *const *targets,
                              void *const *outputs, float *results);

typedef struct Compiled {
    Program *program;
    void *library; /* NULL: it did not compile, and the test failed */
    CompiledFunction *run;
    float *state;
    char *arena;
} Compiled;

static void *compiled_memory(int64_t bytes)
{
    size_t rounded = ((size_t)bytes + 127) / 64 * 64;
    void *memory = aligned_alloc(64, rounded);
    CHECK(memory != NULL);
    memset(memory, 0, rounded);
    return memory;
}

static Str compiled_text(Arena *arena, const Program *program)
{
    const unsigned arguments =
        RUN_STATE | RUN_ARENA | RUN_STEP | RUN_INPUTS | RUN_TARGETS | RUN_OUTPUTS | RUN_RESULTS;
    Out body;
    out_init(&body, arena);
    program_text(&body, program, NULL, arguments, NULL);
    Pieces *pieces = pieces_new(arena);
    pieces_add_used(pieces, STR("nn_step"));
    pieces_add_used(pieces, out_text(&body));
    Out out;
    out_init(&out, arena);
    pieces_print(&out, pieces);
    out_text_lines(&out, out_text(&body));
    out_open(&out, "void compiled_run(float *state, char *arena, const nn_step *step, "
                   "const void *const *inputs, const void *const *targets, void *const *outputs, "
                   "float *results)");
    out_line(&out, "test_run(state, arena, step, inputs, targets, outputs, results);");
    out_close(&out, "");
    return out_text(&out);
}

/* Instruction sets take different tiles and vectors: one after the other has its turn. */
static const char *compiled_flags(void)
{
    static const char *const flags[] = {
        "-O1 -march=native",
        "-O1 -DNN_PLAIN",
#if defined(__x86_64__)
        "-O1 -msse4.2",
        "-O1 -mavx2 -mfma",
#endif
    };
    static int next;
#if defined(__x86_64__)
    int count = __builtin_cpu_supports("avx2") ? 4 : 3;
#else
    int count = 2;
#endif
    return flags[next++ % count];
}

/* The shared object made of the text, or NULL. Files are gone when this returns, unless they are
 * to be looked at: NNDC_KEEP=1. */
static void *compiled_library(Arena *arena, Str text)
{
    char folder[] = "/tmp/nndc_compiled_XXXXXX";
    CHECK(mkdtemp(folder) != NULL);
    const char *cc = getenv("NNDC_CC") ? getenv("NNDC_CC") : "cc";
    const char *source = str_format(arena, "%s/test.c", folder).ptr;
    const char *object = str_format(arena, "%s/test.so", folder).ptr;
    Str error;
    CHECK(file_write(arena, source, text, &error));
    Str command = str_format(arena, "'%s' %s -fPIC -shared -o %s %s -lm", cc, compiled_flags(),
                             object, source);
    bool is_compiled = system(command.ptr) == 0;
    void *library = is_compiled ? dlopen(object, RTLD_NOW | RTLD_LOCAL) : NULL;
    if (!EXPECT(library != NULL) || getenv("NNDC_KEEP")) {
        printf("    see %s\n", command.ptr);
        return library;
    }
    unlink(source);
    unlink(object);
    rmdir(folder);
    return library;
}

static Compiled compiled_start(Arena *arena, const Graph *graph, int64_t batch)
{
    ProgramOptions options = {.name = "test",
                              .batch = batch,
                              .parameters = SPACE_STATE,
                              .outputs = SPACE_OUTPUT,
                              .fill_dead = true};
    Compiled c = {.program = program_make(arena, graph, &options)};
    Str wrong = program_verify(arena, c.program);
    if (!EXPECT(wrong.len == 0))
        printf("    %.*s\n", STR_ARGS(wrong));
    c.library = compiled_library(arena, compiled_text(arena, c.program));
    if (c.library) {
        void *symbol = dlsym(c.library, "compiled_run");
        memcpy(&c.run, &symbol, sizeof symbol); /* ISO C has no cast from object to function */
    }
    c.state = compiled_memory(c.program->state_floats * 4);
    c.arena = compiled_memory(c.program->arena_bytes);
    return c;
}

static void compiled_end(Compiled *c)
{
    if (c->library)
        dlclose(c->library);
    free(c->state);
    free(c->arena);
}

/* ---- state ----------------------------------------------------------------------------------- */

/* Where element `index` (row-major) of a tensor without batch stands in its buffer. */
static int64_t compiled_place(const Buffer *buffer, int64_t index)
{
    const Layout *layout = &buffer->layout;
    Shape s = buffer->shape;
    if (layout->kind == LAYOUT_STRIDED) {
        int64_t at = layout->offset;
        for (int d = s.rank - 1; d >= 0; d--) {
            at += index % s.dim[d] * layout->stride[d];
            index /= s.dim[d];
        }
        return at;
    }
    int64_t columns = s.dim[s.rank - 1], rows = shape_elements(s) / columns;
    int64_t row = index / columns, column = index % columns;
    int64_t group_columns = columns / layout->groups, panel = layout->panel;
    int64_t panels = (group_columns + panel - 1) / panel;
    int64_t group = column / group_columns;
    column %= group_columns;
    return ((group * panels + column / panel) * rows + row) * panel + column % panel;
}

static bool compiled_is_state(const Compiled *c, NodeId id)
{
    int buffer = c->program->buffer_of[id];
    return graph_node(c->program->graph, id)->leaf && buffer >= 0 &&
           c->program->buffers.items[buffer].space == SPACE_STATE;
}

static const Buffer *compiled_buffer(const Compiled *c, NodeId leaf)
{
    int buffer = c->program->buffer_of[leaf];
    CHECK(buffer >= 0 && c->program->buffers.items[buffer].space == SPACE_STATE);
    return &c->program->buffers.items[buffer];
}

static void compiled_set_state(Compiled *c, NodeId leaf, const double *values)
{
    const Buffer *buffer = compiled_buffer(c, leaf);
    for (int64_t i = 0; i < shape_elements(buffer->shape); i++)
        c->state[buffer->offset + compiled_place(buffer, i)] = (float)values[i];
}

static void compiled_get_state(const Compiled *c, NodeId leaf, double *values)
{
    const Buffer *buffer = compiled_buffer(c, leaf);
    for (int64_t i = 0; i < shape_elements(buffer->shape); i++)
        values[i] = (double)c->state[buffer->offset + compiled_place(buffer, i)];
}

/* ---- ports ----------------------------------------------------------------------------------- */

/* The values of a port in its type, from the arena. */
static const void *compiled_port(Arena *arena, Type type, int64_t count, const double *values)
{
    float *reals = arena_array(arena, float, count);
    int32_t *integers = arena_array(arena, int32_t, count);
    unsigned char *bytes = arena_array(arena, unsigned char, count);
    for (int64_t i = 0; i < count; i++) {
        reals[i] = (float)values[i];
        integers[i] = type == TYPE_I32 ? (int32_t)values[i] : 0;
        bytes[i] = (unsigned char)(type == TYPE_U8 ? values[i] : 0);
    }
    return type == TYPE_F32   ? (const void *)reals
           : type == TYPE_I32 ? (const void *)integers
                              : bytes;
}

/* One call. leaves: values of inputs and targets by node; outputs receive those of graph->outputs.
 */
static void compiled_step(Compiled *c, Arena *arena, int64_t batch, double rate, double number,
                          double *const *leaves, double **outputs)
{
    const Graph *g = c->program->graph;
    const void **inputs = arena_array(arena, const void *, g->inputs.count + 1);
    const void **targets = arena_array(arena, const void *, g->targets.count + 1);
    for (int k = 0; k < 2; k++) {
        const NodeIds *ports = k == 0 ? &g->inputs : &g->targets;
        for (int i = 0; i < ports->count; i++) {
            const Node *n = graph_node(g, ports->items[i]);
            int64_t count = shape_elements(n->shape) * batch;
            (k == 0 ? inputs : targets)[i] =
                compiled_port(arena, n->type, count, leaves[ports->items[i]]);
        }
    }
    void **out = arena_array(arena, void *, g->outputs.count + 1);
    for (int i = 0; i < g->outputs.count; i++) {
        Shape s = graph_node(g, g->outputs.items[i].node)->shape;
        out[i] = arena_array(arena, float, shape_elements(s) * (s.has_batch ? batch : 1));
    }
    float *results = arena_array(arena, float, g->losses.count + g->metrics.count + 1);
    nn_step step = {.batch = (int)batch, .rate = (float)rate, .number = (float)number, .seed = 1};
    if (c->run)
        c->run(c->state, c->arena, &step, inputs, targets, out, results);
    for (int i = 0; i < g->outputs.count; i++) {
        Shape s = graph_node(g, g->outputs.items[i].node)->shape;
        int64_t count = shape_elements(s) * (s.has_batch ? batch : 1);
        outputs[i] = arena_array(arena, double, count);
        for (int64_t e = 0; e < count; e++)
            outputs[i][e] = (double)((float *)out[i])[e];
    }
}

#endif
