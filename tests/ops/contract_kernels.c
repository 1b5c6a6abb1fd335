/* contract_kernels.c: generated products against the reference evaluation, over many odd shapes.
 *
 * Each case is a layer, its gradients and an update of its weights with the gradient:
 *
 *     y = layer(x)     d_x = d y / d x * d_y     kernel := kernel - 0.5 * d y / d kernel * d_y
 *
 * All cases become programs of one C file, which is compiled for several targets; the numbers go
 * through two files. Where Winograd's transformation is used, the reference is the direct sum in double
 * all the same, and errors stay below what docs/language.md states. */
#include "kernel/program.h"
#include "kernel/tuning.h"
#include "print/out.h"
#include "print/print.h"

#include "graph_fixture.h"

#include <unistd.h>

typedef struct Case {
    const char *layer;             /* dense, relu dense (which meets zeros), conv1d, conv2d; "max HW" after
                                      these: the maxima of windows of H x W (W steps),
                                      "apart max HW": in a kernel of their own */
    int64_t shape[3];              /* of x; zeros at the end are left out                    */
    int64_t units;                 /* or filters                                             */
    int64_t kernel[2], stride, dilation, groups;
    int padding;                   /* PADDING_VALID, PADDING_SAME; 2: 2 before, 1 after      */
    int64_t compiled, batch;       /* samples: room for, used                                */
    int points;                    /* of Winograd's squares; 0: direct                       */
    int rows, way;                 /* Schedule of all three contractions; 0: as usual        */
} Case;

enum { VALID = PADDING_VALID, SAME = PADDING_SAME, UNEVEN = PADDING_EXPLICIT };
static const Case cases[] = {
    {"conv2d", {14, 14, 32}, 64, {3, 3}, 1, 1, 1, SAME, 16, 16, 2, 0, 0},
    {"conv2d", {14, 14, 32}, 64, {3, 3}, 1, 1, 1, SAME, 16, 16, 4, 0, 0},
    {"conv2d", {14, 14, 32}, 64, {3, 3}, 1, 1, 1, SAME, 16, 1, 4, 0, 0},
    {"conv2d", {7, 7, 64}, 64, {3, 3}, 1, 1, 1, SAME, 16, 11, 2, 0, 0},
    {"conv2d", {7, 7, 64}, 64, {3, 3}, 1, 1, 1, SAME, 16, 11, 4, 0, 0},
    {"conv2d", {7, 7, 64}, 64, {3, 3}, 1, 1, 1, SAME, 1, 1, 4, 0, 0},
    {"conv2d", {13, 9, 18}, 20, {3, 3}, 1, 1, 1, SAME, 17, 17, 2, 0, 0},
    {"conv2d", {13, 9, 18}, 20, {3, 3}, 1, 1, 1, SAME, 17, 17, 4, 0, 0},
    {"conv2d", {9, 12, 17}, 35, {3, 3}, 1, 1, 1, UNEVEN, 16, 5, 2, 0, 0},
    {"conv2d", {9, 12, 17}, 35, {3, 3}, 1, 1, 1, UNEVEN, 16, 5, 4, 0, 0},
    {"conv2d", {8, 11, 16}, 16, {3, 3}, 1, 1, 1, VALID, 3, 3, 2, 0, 0},
    {"conv2d", {8, 11, 16}, 16, {3, 3}, 1, 1, 1, VALID, 3, 3, 4, 0, 0},
    {"conv2d", {3, 3, 33}, 50, {3, 3}, 1, 1, 1, VALID, 2, 2, 2, 0, 0},
    {"conv2d", {3, 3, 33}, 50, {3, 3}, 1, 1, 1, VALID, 2, 2, 4, 0, 0},
    {"conv2d", {1, 5, 40}, 100, {3, 3}, 1, 1, 1, SAME, 5, 4, 4, 0, 0},
    {"conv2d", {30, 26, 48}, 96, {3, 3}, 1, 1, 1, SAME, 6, 6, 4, 0, 0},
    {"conv2d", {14, 14, 32}, 64, {5, 5}, 1, 1, 1, SAME, 16, 16, 2, 0, 0},
    {"conv2d", {14, 14, 32}, 64, {5, 5}, 1, 1, 1, SAME, 16, 16, 4, 0, 0},
    {"conv2d", {13, 9, 18}, 20, {5, 5}, 1, 1, 1, SAME, 17, 17, 2, 0, 0},
    {"conv2d", {13, 9, 18}, 20, {5, 5}, 1, 1, 1, SAME, 17, 17, 4, 0, 0},
    {"conv2d", {9, 12, 17}, 35, {5, 5}, 1, 1, 1, UNEVEN, 16, 5, 2, 0, 0},
    {"conv2d", {9, 12, 17}, 35, {5, 5}, 1, 1, 1, UNEVEN, 16, 5, 4, 0, 0},
    {"conv2d", {5, 5, 33}, 50, {5, 5}, 1, 1, 1, VALID, 2, 2, 2, 0, 0},
    {"conv2d", {5, 5, 33}, 50, {5, 5}, 1, 1, 1, VALID, 2, 2, 4, 0, 0},
    {"conv2d", {30, 26, 48}, 96, {5, 5}, 1, 2, 1, VALID, 6, 6, 2, 0, 0},
    {"conv2d", {30, 26, 48}, 96, {5, 5}, 1, 2, 1, VALID, 6, 6, 4, 0, 0},
    {"conv2d", {13, 19, 18}, 20, {5, 5}, 1, 2, 1, SAME, 17, 3, 2, 0, 0},
    {"conv2d", {13, 19, 18}, 20, {5, 5}, 1, 2, 1, SAME, 17, 3, 4, 0, 0},
    {"conv2d", {17, 21, 16}, 40, {5, 5}, 1, 3, 1, VALID, 4, 4, 2, 0, 0},
    {"conv2d", {17, 21, 16}, 40, {5, 5}, 1, 3, 1, VALID, 4, 4, 4, 0, 0},
    {"conv2d", {19, 16, 17}, 35, {5, 5}, 1, 3, 1, UNEVEN, 3, 2, 2, 0, 0},
    {"conv2d", {19, 16, 17}, 35, {5, 5}, 1, 3, 1, UNEVEN, 3, 2, 4, 0, 0},
    {"conv2d", {27, 22, 64}, 32, {5, 5}, 1, 4, 1, VALID, 2, 2, 2, 0, 0},
    {"conv2d", {27, 22, 64}, 32, {5, 5}, 1, 4, 1, VALID, 2, 2, 4, 0, 0},
    {"conv2d", {7, 1, 20}, 16, {5, 5}, 1, 4, 1, SAME, 5, 5, 2, 0, 0},
    {"conv2d", {7, 1, 20}, 16, {5, 5}, 1, 4, 1, SAME, 5, 5, 4, 0, 0},
    {"conv2d", {13, 19, 18}, 20, {3, 3}, 1, 2, 1, SAME, 17, 3, 2, 0, 0},
    {"conv2d", {13, 19, 18}, 20, {3, 3}, 1, 2, 1, SAME, 17, 3, 4, 0, 0},
    {"conv2d", {20, 15, 33}, 48, {3, 3}, 1, 3, 1, VALID, 4, 4, 2, 0, 0},
    {"conv2d", {20, 15, 33}, 48, {3, 3}, 1, 3, 1, VALID, 4, 4, 4, 0, 0},
    {"conv2d", {29, 31, 48}, 96, {3, 3}, 1, 4, 1, UNEVEN, 6, 6, 4, 0, 0},
    {"dense", {1}, 1, {0}, 0, 0, 0, 0, 1, 1, 0, 0, 0},
    {"dense", {7}, 5, {0}, 0, 0, 0, 0, 3, 3, 0, 0, 0},
    {"dense", {33}, 17, {0}, 0, 0, 0, 0, 33, 33, 0, 0, 0},
    {"dense", {33}, 17, {0}, 0, 0, 0, 0, 33, 14, 0, 0, 0},
    {"dense", {100}, 64, {0}, 0, 0, 0, 0, 64, 64, 0, 0, 0},
    {"dense", {64}, 100, {0}, 0, 0, 0, 0, 64, 29, 0, 0, 0},
    {"dense", {29}, 130, {0}, 0, 0, 0, 0, 16, 1, 0, 0, 0},
    {"dense", {8192}, 37, {0}, 0, 0, 0, 0, 17, 17, 0, 0, 0}, /* in chunks */
    /* windows that are taken from the tiles of a convolution, or from squares */
    {"conv2d max 22", {13, 11, 3}, 20, {3, 3}, 1, 1, 1, SAME, 5, 5, 0, 0, 0},
    {"conv2d max 22", {9, 16, 17}, 35, {3, 5}, 1, 1, 1, VALID, 17, 3, 0, 0, 0},
    {"conv2d max 23", {15, 14, 8}, 16, {3, 3}, 2, 1, 1, SAME, 4, 4, 0, 0, 0},
    {"conv2d max 31", {12, 9, 6}, 36, {3, 3}, 1, 2, 3, SAME, 1, 1, 0, 0, 0},
    {"conv2d apart max 11", {8, 8, 3}, 16, {3, 3}, 1, 1, 1, VALID, 2, 2, 0, 0, 0},
    {"conv2d apart max 55", {12, 9, 6}, 18, {3, 3}, 1, 1, 1, SAME, 2, 2, 0, 0, 0}, /* too large for a tile */
    {"conv1d max 03", {23, 7, 0}, 18, {4}, 1, 1, 1, SAME, 6, 5, 0, 0, 0},
    {"conv2d max 22", {14, 14, 32}, 64, {3, 3}, 1, 1, 1, SAME, 16, 16, 4, 0, 0},
    {"conv2d max 22", {13, 9, 18}, 20, {3, 3}, 1, 1, 1, SAME, 17, 17, 2, 0, 0},
    {"conv2d max 22", {13, 9, 18}, 20, {3, 3}, 1, 1, 1, SAME, 17, 16, 4, 0, 0},
    {"conv2d max 21", {9, 12, 17}, 35, {3, 3}, 1, 1, 1, UNEVEN, 16, 5, 4, 0, 0},
    {"conv2d max 22", {7, 7, 64}, 64, {3, 3}, 1, 1, 1, SAME, 1, 1, 4, 0, 0},
    {"conv2d max 22", {14, 17, 40}, 100, {5, 5}, 1, 1, 1, SAME, 3, 3, 4, 0, 0},
    {"conv2d max 22", {3, 3, 33}, 50, {3, 3}, 1, 1, 1, SAME, 2, 2, 2, 0, 0},
    {"conv2d apart max 32", {13, 9, 18}, 20, {3, 3}, 1, 1, 1, SAME, 17, 17, 4, 0, 0}, /* windows cross squares */
    {"relu dense", {8200}, 37, {0}, 0, 0, 0, 0, 1, 1, 0, 0, 0}, /* zeros are left out of one sample */
    {"relu dense", {8200}, 37, {0}, 0, 0, 0, 0, 2, 1, 0, 0, 0}, /* not when there may be two */
    {"relu dense", {701}, 203, {0}, 0, 0, 0, 0, 1, 1, 0, 0, 0},
    {"relu dense", {4501}, 33, {0}, 0, 0, 0, 0, 1, 1, 0, 0, 0},
    {"dense", {9001}, 80, {0}, 0, 0, 0, 0, 16, 3, 0, 0, 0},
    {"dense", {3, 700}, 600, {0}, 0, 0, 0, 0, 30, 29, 0, 0, 0}, /* fetches ahead */
    {"dense", {2, 3, 5}, 4, {0}, 0, 0, 0, 0, 5, 5, 0, 0, 0},
    {"dense", {17, 5}, 33, {0}, 0, 0, 0, 0, 4, 3, 0, 0, 0},
    {"conv1d", {10, 1}, 2, {3}, 1, 1, 1, VALID, 3, 3, 0, 0, 0},
    {"conv1d", {31, 3}, 5, {5}, 2, 1, 1, SAME, 4, 4, 0, 0, 0},
    {"conv1d", {29, 17}, 33, {3}, 1, 4, 1, SAME, 17, 13, 0, 0, 0},
    {"conv1d", {12, 8}, 8, {2}, 1, 1, 4, UNEVEN, 3, 2, 0, 0, 0},
    {"conv2d", {28, 28, 1}, 32, {3, 3}, 1, 1, 1, SAME, 9, 9, 0, 0, 0},
    {"conv2d", {14, 14, 32}, 64, {3, 3}, 1, 1, 1, SAME, 16, 16, 0, 0, 0},
    {"conv2d", {13, 9, 18}, 20, {3, 3}, 1, 1, 1, SAME, 17, 17, 0, 0, 0},
    {"conv2d", {9, 12, 17}, 35, {3, 3}, 1, 1, 1, UNEVEN, 16, 5, 0, 0, 0},
    {"conv2d", {7, 6, 3}, 4, {3, 3}, 1, 1, 1, VALID, 2, 2, 0, 0, 0},
    {"conv2d", {1, 1, 5}, 3, {1, 1}, 1, 1, 1, VALID, 5, 5, 0, 0, 0},
    {"conv2d", {3, 3, 1}, 1, {7, 7}, 1, 1, 1, SAME, 2, 2, 0, 0, 0},
    {"conv2d", {5, 31, 5}, 17, {3, 5}, 1, 1, 1, SAME, 3, 3, 0, 0, 0},
    {"conv2d", {9, 11, 2}, 5, {3, 3}, 2, 1, 1, SAME, 3, 3, 0, 0, 0},
    {"conv2d", {13, 10, 3}, 20, {3, 3}, 3, 1, 1, UNEVEN, 17, 5, 0, 0, 0},
    {"conv2d", {10, 9, 2}, 3, {3, 3}, 2, 2, 1, VALID, 2, 2, 0, 0, 0},
    {"conv2d", {12, 12, 4}, 6, {2, 3}, 3, 2, 1, UNEVEN, 2, 2, 0, 0, 0},
    {"conv2d", {8, 8, 4}, 4, {1, 1}, 2, 1, 1, VALID, 2, 2, 0, 0, 0},
    {"conv2d", {15, 13, 33}, 17, {3, 3}, 1, 2, 1, SAME, 3, 3, 0, 0, 0},
    {"conv2d", {11, 11, 1}, 16, {5, 5}, 1, 1, 1, VALID, 40, 40, 0, 0, 0},
    {"conv2d", {8, 8, 2}, 2, {3, 3}, 1, 1, 1, UNEVEN, 2, 2, 0, 0, 0},
    {"conv2d", {6, 6, 4}, 6, {3, 3}, 1, 1, 2, SAME, 3, 3, 0, 0, 0},
    {"conv2d", {9, 7, 66}, 40, {3, 3}, 2, 1, 2, SAME, 3, 3, 0, 0, 0},
    {"conv2d", {5, 5, 3}, 3, {2, 2}, 1, 1, 3, SAME, 2, 2, 0, 0, 0},
    {"conv2d", {9, 9, 35}, 35, {3, 3}, 2, 1, 35, SAME, 3, 2, 0, 0, 0},
    {"conv2d", {41, 43, 80}, 17, {3, 5}, 1, 2, 1, VALID, 2, 2, 0, 0, 0}, /* in sweeps of lines */
    {"conv2d", {5, 6, 64}, 240, {3, 3}, 1, 1, 1, SAME, 1, 1, 0, 0, 0}, /* a panel passes all lines of the sample */
    {"conv2d", {9, 7, 300}, 460, {1, 1}, 2, 1, 1, VALID, 5, 4, 0, 0, 0}, /* and of the batch */
    {"dense", {300}, 260, {0}, 0, 0, 0, 0, 50, 49, 0, 0, 0}, /* a thread copies the tile's rows side by side */
    {"conv2d", {30, 29, 260}, 250, {1, 1}, 1, 1, 1, VALID, 2, 1, 0, 0, 0},
    {"conv2d", {9, 9, 130}, 256, {3, 3}, 2, 1, 1, SAME, 5, 4, 0, 0, 0}, /* tiles in several lines */
    {"conv2d", {9, 8, 260}, 512, {1, 1}, 2, 1, 2, SAME, 5, 5, 0, 0, 0}, /* rows of each group */
    {"conv2d", {9, 8, 130}, 256, {2, 3}, 2, 2, 1, SAME, 5, 3, 0, 0, 0}, /* a line for each tap */
    {"dense", {130}, 290, {0}, 0, 0, 0, 0, 49, 48, 0, 0, 0}, /* the panel's columns */
    {"conv2d", {7, 9, 24}, 260, {3, 3}, 2, 1, 1, SAME, 6, 5, 0, 0, 0},
    {"conv2d", {50, 26, 112}, 256, {1, 1}, 1, 1, 1, VALID, 2, 1, 0, 0, 0},
    {"dense", {100}, 64, {0}, 0, 0, 0, 0, 33, 29, 0, 8, 3},        /* measured schedules */
    {"conv1d", {29, 17}, 33, {3}, 1, 4, 1, SAME, 17, 13, 0, 10, 2},
    {"conv2d", {13, 9, 18}, 20, {3, 3}, 1, 1, 1, SAME, 17, 17, 0, 12, 1},
    {"conv2d", {13, 9, 18}, 20, {3, 3}, 1, 1, 1, SAME, 17, 11, 0, 8, 3},
    {"conv2d", {13, 10, 3}, 20, {3, 3}, 3, 1, 1, UNEVEN, 17, 5, 0, 10, 2},
};

/* Each compiler with the widest vectors; one of them with narrow ones and with none. */
typedef struct CompilerRun {
    const char *compiler, *flags;
} CompilerRun;
static const CompilerRun builds[] = {
    {"clang", "-march=native"}, {"gcc", "-march=native"}, {"gcc", "-msse2"}, {"gcc", "-march=native -DNN_PLAIN"},
};

/* ---- graphs ---------------------------------------------------------------------------------- */
typedef struct Made {
    Fixture fixture;
    Program *program;
    NodeId x, d_y, kernel, bias, y, d_x, new_kernel;
    const Graph *graph;  /* of the program: after the pass winograd, where it is asked for */
    NodeId stored_kernel, stored_bias; /* in it */
} Made;

static NodeId make_layer(Made *m, const Case *c)
{
    Fixture *f = &m->fixture;
    NodeId x = strcmp(c->layer, "relu dense") == 0 ? build_unary(&f->b, &op_relu, m->x) : m->x;
    if (strstr(c->layer, "dense") != NULL)
        return fixture_call(f, &op_dense, x, (AttrSetting[]){{"units", {.i = c->units}},
                                                           {"activation", {.op = &op_tanh}}, {0}});
    int axes = strncmp(c->layer, "conv2d", 6) == 0 ? 2 : 1;
    const char *window = strstr(c->layer, "max ");
    AttrValue padding = {.padding = {.kind = (PaddingKind)c->padding, .count = axes,
                                     .before = {2, 2}, .after = {1, 1}}};
    AttrSetting settings[] = {
        {"filters", {.i = c->units}},
        {"kernel", {.list = {axes, {c->kernel[0], c->kernel[1]}}}},
        {"stride", {.list = {axes, {c->stride, c->stride}}}},
        {"dilation", {.list = {axes, {c->dilation, c->dilation}}}},
        {"groups", {.i = c->groups}},
        {"padding", padding},
        {"activation", {.op = c->points > 0 || window ? NULL : &op_tanh}}, /* it would hide errors of large sums */
        {"bias", {.i = window == NULL}},
        {0},
    };
    NodeId y = fixture_call(f, axes == 2 ? &op_conv2d : &op_conv1d, m->x, settings);
    if (window == NULL)
        return y;
    int64_t high = window[4] - '0', wide = window[5] - '0';
    AttrSetting size[] = {{"kernel", {.list = {axes, {axes == 2 ? high : wide, wide}}}}, {0}};
    y = fixture_call(f, axes == 2 ? &op_max_pool2d : &op_max_pool1d, y, size);
    Shape shape = shape_of(false, 1, &c->units);
    return build_binary(&f->b, &op_add, y, build_parameter(&f->b, "bias", shape, (Init){.kind = INIT_ZEROS}, 1, 1));
}

/* All contractions get the schedule of the case. */
static Graph *with_schedule(Fixture *f, const Case *c)
{
    Tuning tuning = {.arena = &f->arena};
    for (NodeId id = 0; id < f->graph->nodes.count; id++) {
        if (graph_node(f->graph, id)->op->family != FAMILY_CONTRACT)
            continue;
        ContractForm form = contract_form(f->graph, id);
        TuningLine line = {.sizes = tuning_sizes(&f->arena, &form, c->compiled),
                           .schedule = {.winograd = 1, .rows = c->rows, .way = (Way)c->way}};
        vec_push(&f->arena, &tuning.lines, line);
    }
    EXPECT(tuning.lines.count == 3);
    return graph_tune(&f->arena, f->graph, c->compiled, &tuning);
}

static NodeId find_parameter(const Graph *g, int least_rank, int most_rank)
{
    for (NodeId id = 0; id < g->nodes.count; id++) {
        const Node *n = graph_node(g, id);
        if (n->leaf && n->leaf->kind == LEAF_PARAMETER && n->shape.rank >= least_rank &&
            n->shape.rank <= most_rank)
            return id;
    }
    return NODE_NONE;
}

/* Does a contraction take the maxima of windows of its result? */
static bool has_pooled_product(const Program *p)
{
    for (int i = 0; i < p->groups.count; i++) {
        const Group *group = &p->groups.items[i];
        if (group->root != NODE_NONE && graph_node(p->graph, group->root)->op->family == FAMILY_CONTRACT &&
            group->siblings.count > 0)
            return true;
    }
    return false;
}

static void make(Made *m, const Case *c, int number)
{
    Fixture *f = &m->fixture;
    fixture_start(f, MODE_TRAINING);
    int rank = c->shape[2] ? 3 : c->shape[1] ? 2 : 1;
    m->x = fixture_input(f, "x", rank, c->shape);
    m->y = make_layer(m, c);
    const Node *y = graph_node(f->graph, m->y);
    m->d_y = fixture_input(f, "d_y", y->shape.rank, y->shape.dim);
    m->kernel = find_parameter(f->graph, 2, MAX_RANK);
    m->bias = find_parameter(f->graph, 1, 1);
    NodeId gradients[2];
    EXPECT(graph_gradients(f->graph, &f->diag, m->y, m->d_y, (NodeId[]){m->x, m->kernel}, 2, gradients));
    m->d_x = gradients[0];
    NodeId step = build_binary(&f->b, &op_mul, gradients[1], build_number(&f->b, 0.5));
    m->new_kernel = build_assign(&f->b, m->kernel, build_binary(&f->b, &op_sub, m->kernel, step));
    vec_push(&f->arena, &f->graph->outputs, ((Result){.name = STR("y"), .node = m->y}));
    vec_push(&f->arena, &f->graph->outputs, ((Result){.name = STR("d_x"), .node = m->d_x}));
    m->graph = c->points > 0 ? graph_winograd(&f->arena, f->graph, c->compiled, false, c->points)
               : c->rows > 0 ? with_schedule(f, c) : f->graph;
    m->stored_kernel = find_parameter(m->graph, 2, MAX_RANK);
    m->stored_bias = find_parameter(m->graph, 1, 1);
    Str name = str_format(&f->arena, "case%d", number);
    ProgramOptions options = {.name = str_c(&f->arena, name), .batch = c->compiled,
                              .parameters = SPACE_STATE, .outputs = SPACE_OUTPUT};
    m->program = program_make(&f->arena, m->graph, &options);
    bool is_pooled = strstr(c->layer, "max ") != NULL && strstr(c->layer, "apart ") == NULL;
    if (!EXPECT(has_pooled_product(m->program) == is_pooled))
        printf("    case %d: windows of %s\n", number, c->layer);
}

/* ---- the generated test program ------------------------------------------------------------------ */
static const Buffer *buffer_of(const Made *m, NodeId id)
{
    return &m->program->buffers.items[m->program->buffer_of[id]];
}

static void print_load(Out *o, const Made *m, NodeId parameter, const char *function)
{
    const Buffer *b = buffer_of(m, parameter);
    int64_t count = shape_elements(b->shape), columns = b->shape.dim[b->shape.rank - 1];
    bool is_panel = b->layout.kind == LAYOUT_PANEL;
    bool packs = strcmp(function, "nn_pack") == 0;
    if (packs)
        out_line(o, "get(row_major, %lld);", (long long)count);
    Str place = str_format(o->buf.arena, "state + %lld", (long long)b->offset);
    Str to = packs ? place : STR("row_major"), from = packs ? STR("row_major") : place;
    if (is_panel)
        out_line(o, "%s(%.*s, %.*s, %lld, %lld, %d, %d);", function, STR_ARGS(to), STR_ARGS(from),
                 (long long)(count / columns), (long long)columns, b->layout.groups, b->layout.panel);
    else
        out_line(o, "memcpy(%.*s, %.*s, %lld * sizeof(float));", STR_ARGS(to), STR_ARGS(from), (long long)count);
}

static void print_case(Out *o, const Made *m, const Case *c, int number)
{
    const Graph *g = m->fixture.graph;
    int64_t x = c->batch * shape_elements(graph_node(g, m->x)->shape);
    int64_t y = c->batch * shape_elements(graph_node(g, m->y)->shape);
    int64_t w = shape_elements(graph_node(g, m->kernel)->shape);
    program_text(o, m->program, NULL, RUN_STATE | RUN_ARENA | RUN_INPUTS | RUN_OUTPUTS | RUN_BATCH | RUN_THREADS,
                 NULL);
    out_function(o, str_format(o->buf.arena, "static void run_case%d(void)", number));
    out_line(o, "float *state = zeroed(%lld), *row_major = zeroed(%lld);",
             (long long)m->program->state_floats + 64, (long long)w + 64);
    out_line(o, "float *x = zeroed(%lld), *d_y = zeroed(%lld), *y = zeroed(%lld), *d_x = zeroed(%lld);",
             (long long)x, (long long)y, (long long)y, (long long)x);
    out_line(o, "char *arena = filled(%lld);", (long long)m->program->arena_bytes + 64);
    out_line(o, "get(x, %lld);", (long long)x);
    out_line(o, "get(d_y, %lld);", (long long)y);
    print_load(o, m, m->stored_bias, "nn_pack");
    print_load(o, m, m->stored_kernel, "nn_pack");
    out_line(o, "const void *inputs[] = {x, d_y};");
    out_line(o, "void *outputs[] = {y, d_x};");
    out_line(o, "case%d_run(state, arena, inputs, outputs, %lld, asked_threads);", number, (long long)c->batch);
    out_line(o, "put(y, %lld);", (long long)y);
    out_line(o, "put(d_x, %lld);", (long long)x);
    print_load(o, m, m->stored_kernel, "nn_unpack");
    out_line(o, "put(row_major, %lld);", (long long)w);
    out_close(o, "");
}

static const char *const frame =
    "#include <stdio.h>\n#include <stdlib.h>\n#ifdef _OPENMP\n#include <omp.h>\n#endif\n"
    "static FILE *input, *output;\n"
    "static int asked_threads;\n"
    "static void get(float *to, long count) { if (fread(to, 4, (size_t)count, input) != (size_t)count) exit(3); }\n"
    "static void put(const float *from, long count) { fwrite(from, 4, (size_t)count, output); }\n"
    "static char *filled(long bytes)\n"
    "{ char *p = aligned_alloc(64, (size_t)(bytes + 63) / 64 * 64); memset(p, 0xff, (size_t)bytes); return p; }\n"
    "static float *zeroed(long count)\n"
    "{ float *p = (float *)(void *)filled(count * 4); memset(p, 0, (size_t)count * 4); return p; }\n";

static Str print_all(Arena *arena, const Made *made, int count)
{
    Out body, o;
    out_init(&body, arena);
    for (int i = 0; i < count; i++)
        print_case(&body, &made[i], &cases[i], i);
    out_function(&body, STR("int main(int argc, char **argv)"));
    out_line(&body, "asked_threads = argc > 3 ? atoi(argv[3]) : 1;");
    out_line(&body, "if (argc < 3 || !(input = fopen(argv[1], \"rb\")) || !(output = fopen(argv[2], \"wb\")))");
    out_line(&body, "    return 2;");
    for (int i = 0; i < count; i++)
        out_line(&body, "run_case%d();", i);
    out_line(&body, "return fclose(output) != 0;");
    out_close(&body, "");
    Str text = out_text(&body);
    out_init(&o, arena);
    Pieces *pieces = pieces_new(arena);
    pieces_add_used(pieces, str_from(frame));
    pieces_add_used(pieces, text);
    pieces_print(&o, pieces);
    out_text_lines(&o, str_from(frame));
    out_text_lines(&o, text);
    return out_text(&o);
}

/* ---- running it ---------------------------------------------------------------------------------- */
static void put_floats(FILE *file, const double *values, int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        float f = (float)values[i];
        fwrite(&f, 4, 1, file);
    }
}

static void round_to_float(Made *m, NodeId id, int64_t batch, double *values)
{
    int64_t count = fixture_count(&m->fixture, id, batch);
    for (int64_t i = 0; i < count; i++)
        values[i] = (double)(float)values[i];
}

static double bound_of(const Case *c)
{
    if (c->points > 0)
        return c->points == 4 || c->kernel[0] == 5 ? 5e-5 : 1e-5;
    /* Rounding grows with the root of how many products are added up. */
    return 2e-5 * fmax(1, sqrt((double)c->shape[0] / 1000));
}

static void expect_same(FILE *file, Made *m, const char *what, int number, NodeId id, const double *expected)
{
    int64_t batch = cases[number].batch;
    int64_t count = fixture_count(&m->fixture, id, batch), worst = -1;
    double most = 0, scale = 1;
    for (int64_t i = 0; i < count; i++)
        scale = fmax(scale, fabs(expected[i]));
    for (int64_t i = 0; i < count; i++) {
        float found = 0;
        if (fread(&found, 4, 1, file) != 1)
            found = NAN;
        double error = fabs((double)found - expected[i]) / scale;
        if (!(error <= most)) {
            most = isnan(error) ? INFINITY : error;
            worst = i;
        }
    }
    if (!EXPECT(most <= bound_of(&cases[number])))
        printf("    case %d, %s: element %lld of %lld is off by %g\n", number, what, (long long)worst,
               (long long)count, most);
}

static const char *const directory = "contract_kernels.out";

static int run(const char *format, ...)
{
    char command[600];
    va_list args;
    va_start(args, format);
    vsnprintf(command, sizeof command, format, args);
    va_end(args);
    return system(command);
}

static Made made[COUNT_OF(cases)];
static double **expected[COUNT_OF(cases)];

static void compare(const char *compiler, const char *flags)
{
    printf("%s %s\n", compiler, flags);
    bool has_openmp = run("echo 'int main(void) { return 0; }' | %s -fopenmp -x c - -o %s/openmp 2>/dev/null",
                          compiler, directory) == 0;
    if (!EXPECT(run("cd %s && %s -std=c11 -O2 -ffp-contract=fast -Wall -Wextra -Wshadow -Wconversion -Werror "
                    "-Wno-unused-function -Wno-unknown-pragmas %s %s kernels.c -o kernels -lm", directory, compiler,
                    has_openmp ? "-fopenmp" : "", flags) == 0) ||
        !EXPECT(run("cd %s && ./kernels input output 1", directory) == 0))
        return;
    for (int threads = 2; has_openmp && threads <= 3; threads++) /* the same to the bit */
        EXPECT(run("cd %s && ./kernels input again %d && cmp output again", directory, threads) == 0);
    FILE *output = fopen("contract_kernels.out/output", "rb");
    EXPECT(output != NULL);
    for (int i = 0; output && i < COUNT_OF(cases); i++) {
        expect_same(output, &made[i], "y", i, made[i].y, expected[i][made[i].y]);
        expect_same(output, &made[i], "d_x", i, made[i].d_x, expected[i][made[i].d_x]);
        expect_same(output, &made[i], "kernel", i, made[i].kernel, expected[i][made[i].new_kernel]);
    }
    if (output)
        fclose(output);
}

int main(void)
{
    if (run("mkdir -p %s", directory) != 0)
        return 1;
    FILE *input = fopen("contract_kernels.out/input", "wb");
    FILE *text = fopen("contract_kernels.out/kernels.c", "wb");
    EXPECT(input != NULL && text != NULL);
    for (int i = 0; i < COUNT_OF(cases); i++) {
        Made *m = &made[i];
        make(m, &cases[i], i);
        double **leaves = fixture_values(&m->fixture, cases[i].batch);
        NodeId fed[] = {m->x, m->d_y, m->bias, m->kernel};
        for (int k = 0; k < COUNT_OF(fed); k++) {
            round_to_float(m, fed[k], cases[i].batch, leaves[fed[k]]);
            put_floats(input, leaves[fed[k]], fixture_count(&m->fixture, fed[k], cases[i].batch));
        }
        expected[i] = fixture_eval(&m->fixture, cases[i].batch, leaves);
    }
    Arena arena = {0};
    Str all = print_all(&arena, made, COUNT_OF(cases));
    fwrite(all.ptr, 1, (size_t)all.len, text);
    EXPECT(fclose(input) == 0 && fclose(text) == 0);
    for (int i = 0; i < COUNT_OF(builds); i++)
        if (run("command -v %s > /dev/null", builds[i].compiler) == 0)
            compare(builds[i].compiler, builds[i].flags);
    arena_free(&arena);
    return test_end();
}
