/* trainer.c: prints NAME_trainer.c, one file that trains the network and needs nothing else.
 *
 * It reads top down: a banner that says how to build and run it, the runtime pieces, the kernels of
 * the three programs, the tables, main. The loop itself is a runtime piece. */
#include "print/print.h"

static int64_t weight_count(const Graph *graph)
{
    int64_t count = 0;
    for (int i = 0; i < graph->nodes.count; i++) {
        const Leaf *leaf = graph->nodes.items[i].leaf;
        if (leaf != NULL && (leaf->kind == LEAF_PARAMETER || leaf->kind == LEAF_STATISTIC))
            count += shape_elements(graph->nodes.items[i].shape);
    }
    return count;
}

static void print_banner(Out *o, const Compilation *c)
{
    Arena *a = c->arena;
    Str name = library_name(a, c);
    Str parameters = c_count(a, weight_count(c->inference->graph));
    Str state = c_count(a, c->train->state_floats * 4);
    Str train = c_count(a, c->train->arena_bytes);
    Str evaluate = c_count(a, c->evaluate->arena_bytes);
    out_line(o, "/* %.*s_trainer.c: trains the network of %.*s. Made by nndc %s; do not edit it, change",
             STR_ARGS(name), STR_ARGS(c->training->file_name), NNDC_VERSION);
    out_line(o, " * the .nnd file and run nndc again.");
    out_line(o, " *");
    out_line(o, " * build       cc -O3 -march=native -fopenmp %.*s_trainer.c -lm -o %.*s", STR_ARGS(name),
             STR_ARGS(name));
    out_line(o, " *             (-march=native for speed here, -fopenmp for threads: both may be left out)");
    out_line(o, " * run         ./%.*s train --data DIR      ./%.*s --help", STR_ARGS(name), STR_ARGS(name));
    out_line(o, " * parameters  %.*s", STR_ARGS(parameters));
    out_line(o, " * memory      %.*s bytes of state, %.*s to train and %.*s to evaluate batches of %lld",
             STR_ARGS(state), STR_ARGS(train), STR_ARGS(evaluate), (long long)c->train->batch);
    out_line(o, " */");
}

/* A program that makes the weights of another has the type that the loop expects; its arena, if it needs
 * one, stands after the weights. */
static void print_prepare(Out *o, const Compilation *c, const Program *p, int64_t weight_floats)
{
    bool has_arena = p->arena_bytes > 0;
    program_text(o, p, c->trainer_sharing, RUN_AS_PREPARE | (has_arena ? RUN_ARENA : 0u), c->diag->sources);
    if (!has_arena)
        return;
    out_open(o, "static void %.*s_weights(const float *state, float *weights)", STR_ARGS(p->name));
    out_line(o, "%.*s_run(state, weights, (char *)(weights + %lld));", STR_ARGS(p->name),
             (long long)weight_floats);
    out_close(o, "");
    out_blank(o);
}

/* A frozen front part, and the weights that it reads. */
static void print_prefix(Out *o, const Compilation *c)
{
    if (!c->has_prefix)
        return;
    out_line(o, "/* ---- frozen front part: values that are kept of each sample ---- */");
    program_text(o, c->prefix, c->trainer_sharing, RUN_AS_PREFIX, c->diag->sources);
    out_line(o, "/* ---- weights of the front part, from the state ---- */");
    print_prepare(o, c, c->prepare_prefix, c->prefix->weight_floats);
}

Str print_trainer(const Compilation *c)
{
    Arena *arena = c->arena;
    const Sources *places = c->diag->sources;
    Out network;
    out_init(&network, arena);
    print_prefix(&network, c);
    out_line(&network, "/* ---- training step ---- */");
    program_text(&network, c->train, c->trainer_sharing, RUN_AS_TRAIN | RUN_MARKS, places);
    out_line(&network, "/* ---- weights for inference, from the state ---- */");
    print_prepare(&network, c, c->prepare, c->evaluate->weight_floats);
    out_line(&network, "/* ---- inference with losses and metrics ---- */");
    program_text(&network, c->evaluate, c->trainer_sharing, RUN_AS_EVALUATE, places);
    out_line(&network, "/* ---- what the loop knows of the network: see nn_net ---- */");
    print_net(&network, c);
    out_blank(&network);
    out_function(&network, STR("int main(int argc, char **argv)"));
    out_line(&network, "return nn_main(&net, argc, argv);");
    out_close(&network, "");

    Pieces *pieces = pieces_new(arena);
    pieces_add_used(pieces, out_text(&network));
    Out o;
    out_init(&o, arena);
    print_banner(&o, c);
    out_blank(&o);
    pieces_print(&o, pieces);
    out_text_lines(&o, out_text(&network));
    return out_text(&o);
}
