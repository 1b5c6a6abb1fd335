/* schedule.c: who runs a kernel, and where threads must wait for each other.
 *
 * A kernel of less than five microseconds is not worth dividing: a barrier costs 0.3 to 0.5, and the
 * data are in one core's cache. Neighbours on thread 0 need no barrier between them. Otherwise a
 * barrier stands before a kernel that touches memory which another kernel wrote since the last
 * barrier, or writes what another one touched. Memory counts, not names: buffers share the arena. */
#include "graph/graph.h"
#include "kernel/lower.h"
#include "kernel/program.h"

/* A bit below what one core reaches, so that the choice errs to the side of dividing. */
enum {
    CONTRACTION_FLOPS_PER_NS = 50,
    OTHER_FLOPS_PER_NS = 8,
    SMALL_NS = 5000,
};

static bool is_contraction(const Program *p, int kernel)
{
    const Group *group = &p->groups.items[p->kernel_group.items[kernel]];
    return group->root != NODE_NONE && graph_node(p->graph, group->root)->op->family == FAMILY_CONTRACT;
}

static int64_t cost_ns(const Program *p, int kernel)
{
    const Kernel *k = &p->kernels.items[kernel];
    int64_t flops = k->fixed_flops + k->flops * p->batch;
    return flops / (is_contraction(p, kernel) && !p->is_plain ? CONTRACTION_FLOPS_PER_NS : OTHER_FLOPS_PER_NS);
}

typedef struct Range {
    Space space;
    int64_t from, to;
} Range;

static Range range_of(const Program *p, const KernelParam *param)
{
    const Buffer *b = &p->buffers.items[param->buffer];
    switch (b->space) {
    case SPACE_ARENA:
        return (Range){b->space, b->offset, b->offset + b->bytes};
    case SPACE_STATE:
    case SPACE_WEIGHTS:
        return (Range){b->space, b->offset * 4, b->offset * 4 + b->bytes};
    case SPACE_INPUT:
    case SPACE_TARGET:
    case SPACE_OUTPUT:
    case SPACE_RESULT:
    case SPACE_CONSTANT:
    case SPACE_NONE:
        break;
    }
    return (Range){b->space, b->index, b->index + 1};
}

/* are_apart: what both write of one buffer are different parts of it. */
static bool touch(const Program *p, const Kernel *a, const Kernel *b, bool are_apart)
{
    for (int i = 0; i < a->params.count; i++)
        for (int k = 0; k < b->params.count; k++) {
            const KernelParam *x = &a->params.items[i], *y = &b->params.items[k];
            if (x->buffer < 0 || y->buffer < 0 || (!x->is_written && !y->is_written) ||
                (are_apart && x->buffer == y->buffer))
                continue;
            Range r = range_of(p, x), s = range_of(p, y);
            if (r.space == s.space && r.from < s.to && s.from < r.to)
                return true;
        }
    return false;
}

static bool must_wait(const Program *p, int earlier, int later)
{
    const Kernel *a = &p->kernels.items[earlier], *b = &p->kernels.items[later];
    if (a->division == DIVIDE_NONE && b->division == DIVIDE_NONE)
        return false; /* thread 0 takes them in order */
    bool is_room = (a->is_halo || b->is_halo) && p->kernel_group.items[earlier] == p->kernel_group.items[later];
    return touch(p, a, b, is_room);
}

void program_schedule(Program *p)
{
    p->is_serial = true;
    for (int k = 0; k < p->kernels.count; k++) {
        Kernel *kernel = &p->kernels.items[k];
        if (kernel->division == DIVIDE_UNITS && (cost_ns(p, k) < SMALL_NS || expr_is_int(kernel->units, 1) || p->fill_dead))
            kernel->division = DIVIDE_NONE;
        p->is_serial = p->is_serial && kernel->division == DIVIDE_NONE;
        p->cost_ns += cost_ns(p, k);
    }
    int since = 0; /* first kernel after the last barrier */
    for (int k = 0; k < p->kernels.count; k++) {
        bool waits = false;
        for (int e = since; e < k && !waits; e++)
            waits = must_wait(p, e, k);
        if (waits)
            since = k;
        vec_push(p->arena, &p->barrier_before, waits);
    }
}
