/* program.h: a graph on its way to C: groups, layouts, memory and kernels.
 *
 * program_make runs fuse, lay out, lower, plan and schedule over a simplified graph. One model needs
 * several programs (training step, inference prepare and call); tests make programs of single
 * operators. A program is printed as one C function that runs its kernels in order inside one
 * parallel region, with a barrier where a kernel reads what another thread wrote. */
#ifndef NNDC_PROGRAM_H
#define NNDC_PROGRAM_H

#include "graph/graph.h"
#include "kernel/kernel.h"

/* ---- where values live ----------------------------------------------------------------------- */
typedef enum Space {
    SPACE_NONE,
    SPACE_ARENA,   /* offset bytes from the arena's start; lifetimes may share        */
    SPACE_STATE,   /* offset floats from the block of parameters, statistics and optimizer state */
    SPACE_WEIGHTS, /* offset floats from the block of weights used for inference      */
    SPACE_INPUT,   /* pointer number `index` that the caller passes: row-major, no padding */
    SPACE_TARGET,
    SPACE_OUTPUT,
    SPACE_RESULT,  /* from element `index` of results[]: Graph.losses in order, then Graph.metrics */
    SPACE_CONSTANT,/* a static const array in the text                               */
} Space;

/* The physical form of a tensor. STRIDED: element (n, i0, i1, ...) is at
 * offset + n*batch_stride + sum of i_k*stride[k]; a halo is room around the data in the spatial
 * dimensions that the producer fills with zeros, so that convolutions need no test at the edges.
 * PANEL, for what contractions stream as vectors: the tensor is a matrix [rows, columns] (columns =
 * last dimension, divided into groups first), stored as [group][columns/panel][rows][panel]; the
 * lanes past the last column stay zero. */
typedef enum LayoutKind { LAYOUT_STRIDED, LAYOUT_PANEL } LayoutKind;
typedef struct Layout {
    LayoutKind kind;
    int64_t batch_stride;
    int64_t stride[MAX_RANK];
    int64_t offset;
    int64_t halo_before[MAX_RANK], halo_after[MAX_RANK];
    int panel;
    int groups;
    int64_t sample_elements; /* room for one sample                                            */
    int64_t fixed_elements;  /* room that does not grow with the batch (all, when there is none) */
} Layout;

typedef struct Buffer {
    Str name;
    Type type;
    Shape shape;          /* logical                                           */
    Layout layout;        /* set by layout                                     */
    Space space;
    int64_t offset;       /* set by plan: bytes (arena) or floats (state, weights) */
    int64_t bytes;        /* at the compiled batch                             */
    int index;            /* of inputs, targets, outputs, results              */
    int first, last;      /* lifetime in the order of kernels, set by plan     */
    NodeId node;          /* whose value it first holds; NODE_NONE: scratch    */
    int alias;            /* buffer whose memory this one is (a view), or -1   */
    const double *values; /* of SPACE_CONSTANT: row-major                      */
} Buffer;

/* ---- groups: what becomes one kernel (or a few) ------------------------------------------------
 * The root does the work that is not elementwise; `before` are maps computed on the fly for its
 * inputs; `after` are maps (and assigns) applied to its result while it is in registers or cache. A
 * group of maps only has no root. Every value that another group reads, and every result, is
 * `stored`; the others exist only as expressions. */
typedef struct Group {
    NodeId root;          /* NODE_NONE for a group of maps  */
    NodeIds before;
    NodeIds after;
    NodeIds stored;
    NodeIds siblings;     /* reductions over the same domain, done in the loops of the root; or windows
                             of the root, which then is a contraction that is not stored */
    Shape domain;         /* of after: the loops' extents   */
    bool is_copy;         /* no root and no maps: brings `copied` to buffer `copy_buffer` (an output
                             that is also something else, an input that needs a halo) */
    NodeId copied;
    int copy_source, copy_buffer;
    bool only_results;    /* needed for losses and metrics only: see ProgramOptions.targets_optional */
    bool overlaps;        /* set by lower's choice of tiles: elements may be computed twice, so no
                             operand may share memory with a result */
} Group;

typedef struct Program {
    Arena *arena;
    Str name;             /* prefix of its functions: "train", "infer" */
    const Graph *graph;
    int64_t batch;        /* largest batch; offsets are constants for it */
    Results outputs;      /* to SPACE_OUTPUT or SPACE_WEIGHTS; empty when the options have no space for them */
    Results results;      /* to SPACE_RESULT: compile_results order  */
    bool *is_live;        /* by node: needed for any of these or an effect; set by fuse */
    bool is_plain;        /* contractions as plain loops */
    bool fill_dead;
    bool targets_optional;
    VEC(Group) groups;    /* set by fuse, in execution order           */
    VEC(Buffer) buffers;
    int *buffer_of;       /* by node: its buffer or -1; views share    */
    VEC(Kernel) kernels;  /* set by lower, in execution order          */
    VEC(int) kernel_group;/* parallel to kernels: the group each belongs to */
    VEC(bool) barrier_before; /* parallel to kernels, set by schedule  */
    bool is_serial;       /* set by schedule: the whole program is too small for threads */
    int64_t cost_ns;      /* set by schedule: roughly what a run takes one thread */
    int64_t arena_bytes;  /* set by plan                               */
    int64_t lower_bound_bytes; /* largest set of arena buffers alive at once */
    int64_t state_floats; /* SPACE_STATE                               */
    int64_t weight_floats;/* SPACE_WEIGHTS                             */
} Program;

typedef struct ProgramOptions {
    const char *name;
    int64_t batch;
    /* Where parameters are found: SPACE_STATE in panels (training, and prepare in the trainer),
     * SPACE_WEIGHTS in panels (inference call), or SPACE_INPUT as row-major arrays (prepare in the
     * library, straight from the bytes of the file). */
    Space parameters;
    /* Where outputs go: SPACE_OUTPUT row-major, SPACE_WEIGHTS (prepare), or SPACE_NONE: outputs are not
     * asked for (training). */
    Space outputs;
    /* Layouts and offsets of parameters (by leaf name) are taken from this program, so that both work
     * on one block; NULL: chosen here. (prepare in the trainer: like = train) */
    const struct Program *like;
    /* For outputs in SPACE_WEIGHTS: each takes the layout and offset that this program reads its
     * parameter of the same name with. (prepare: feeds = evaluate; load: feeds = infer) */
    const struct Program *feeds;
    bool is_plain;         /* tests: contractions as plain loops, the oracle of the fast ways */
    bool fill_dead;        /* tests: print statements that fill dead memory with NaN */
    bool targets_optional; /* losses and metrics are only computed when targets are passed */
} ProgramOptions;

/* kernel/program.c: all passes below in order; the verifiers run between them. Only faults of ours
 * can go wrong here; sizes past MAX_ELEMENTS were refused before. */
Program *program_make(Arena *arena, const Graph *graph, const ProgramOptions *options);

/* kernel/program.c: the buffer whose memory a buffer is: itself, unless it is a view. -1 for -1. */
int program_memory(const Program *p, int buffer);
bool program_has_view(const Program *p, int buffer); /* is a buffer a view of this one? */

void program_fuse(Program *p);     /* kernel/fuse.c                      */
void program_number_groups(Program *p); /* kernel/fuse.c: says in every node which group has it */
void program_layout(Program *p, const ProgramOptions *options); /* kernel/layout.c */
/* kernel/layout.c: the losses, then the metrics. */
Results program_results(Arena *arena, const Graph *graph);
void program_lower(Program *p);    /* kernel/lower.c                     */
void program_plan(Program *p);     /* kernel/plan.c                      */
void program_schedule(Program *p); /* kernel/schedule.c                  */
Str groups_verify(Arena *arena, const Program *p); /* order of groups; part of program_verify */
Str program_verify(Arena *arena, const Program *p); /* no two live buffers overlap, ... ; empty: fine */

/* Dumps. */
Str program_print_groups(Arena *arena, const Program *p);
Str program_print_memory(Arena *arena, const Program *p);  /* lifetimes, peak, lower bound */

#endif
