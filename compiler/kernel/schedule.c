/* schedule.c: who runs a kernel, and where threads must wait for each other.
 *
 * A kernel of less than three microseconds is not worth dividing: a barrier costs 0.3 to 0.5, and the
 * data are in one core's cache. When they are not, because the kernels that wrote them were divided, it
 * would first have to fetch them from other cores, which counts as its time. Neighbours on thread 0 need
 * no barrier between them. Otherwise a barrier stands before a kernel that touches memory which another
 * kernel wrote since the last barrier, or writes what another one touched. Memory counts, not names:
 * buffers share the arena. */
#include "graph/graph.h"
#include "kernel/contract.h"
#include "kernel/program.h"

/* About what one core reaches. The products of Winograd's transformation count as those of the sums that they
 * stand for. */
enum {
    CONTRACTION_FLOPS_PER_NS = 100,
    WINOGRAD_FLOPS_PER_NS = 250,
    OTHER_FLOPS_PER_NS = 8,
    READ_BYTES_PER_NS = 25, /* weights, from behind the second level cache */
    SMALL_NS = 3000,
    MOVED_BYTES_PER_NS = 10, /* from one core's cache to another's */
};

static bool is_contraction(const Program *p, int kernel)
{
    const Group *group = &p->groups.items[p->kernel_group.items[kernel]];
    return !p->is_plain && group->root != NODE_NONE &&
           graph_node(p->graph, group->root)->op->family == FAMILY_CONTRACT;
}

/* Weights that do not stay in a core's second level cache. */
static int64_t bytes_read(const Program *p, const Kernel *k)
{
    int64_t bytes = 0;
    for (int i = 0; i < k->params.count; i++) {
        const Buffer *b = k->params.items[i].buffer >= 0 ? &p->buffers.items[k->params.items[i].buffer] : NULL;
        if (b != NULL && (b->space == SPACE_STATE || b->space == SPACE_WEIGHTS) && b->bytes > FETCH_AHEAD_BYTES)
            bytes += b->bytes;
    }
    return bytes;
}

/* As long as computing takes, or reading the weights, whichever is longer. */
static int64_t cost_ns(const Program *p, int kernel)
{
    const Kernel *k = &p->kernels.items[kernel];
    int64_t flops = k->fixed_flops + k->flops * p->batch;
    if (!is_contraction(p, kernel))
        return flops / OTHER_FLOPS_PER_NS;
    bool is_winograd = kernel_calls(k, "nn_winograd_products") || kernel_calls(k, "nn_winograd_sums");
    int64_t computing = flops / (is_winograd ? WINOGRAD_FLOPS_PER_NS : CONTRACTION_FLOPS_PER_NS);
    int64_t reading = bytes_read(p, k) / READ_BYTES_PER_NS;
    return computing > reading ? computing : reading;
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

/* Time to bring what other cores wrote, at half of each operand whose last writer was divided. */
static int64_t moving_ns(const Program *p, const Kernel *kernel, const bool *is_spread)
{
    int64_t bytes = 0;
    for (int i = 0; i < kernel->params.count; i++) {
        int buffer = kernel->params.items[i].buffer;
        if (buffer >= 0 && is_spread[buffer])
            bytes += p->buffers.items[buffer].bytes / 2;
    }
    return bytes / MOVED_BYTES_PER_NS;
}

static bool is_worth_dividing(const Program *p, int k, const bool *is_spread)
{
    const Kernel *kernel = &p->kernels.items[k];
    if (kernel->division == DIVIDE_NONE || p->fill_dead || expr_is_int(kernel->units, 1))
        return false;
    return cost_ns(p, k) + moving_ns(p, kernel, is_spread) >= SMALL_NS;
}

static void mark_written(const Kernel *kernel, bool *is_spread)
{
    for (int i = 0; i < kernel->params.count; i++) {
        const KernelParam *param = &kernel->params.items[i];
        if (param->buffer >= 0 && param->is_written)
            is_spread[param->buffer] = kernel->division != DIVIDE_NONE;
    }
}

static void choose_divisions(Program *p)
{
    bool *is_spread = arena_array(p->arena, bool, p->buffers.count); /* by buffer */
    p->is_serial = true;
    for (int k = 0; k < p->kernels.count; k++) {
        Kernel *kernel = &p->kernels.items[k];
        if (!is_worth_dividing(p, k, is_spread))
            kernel->division = DIVIDE_NONE;
        if (!kernel->is_halo)
            mark_written(kernel, is_spread);
        p->is_serial = p->is_serial && kernel->division == DIVIDE_NONE;
        p->cost_ns += cost_ns(p, k);
    }
}

void program_schedule(Program *p)
{
    choose_divisions(p);
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
