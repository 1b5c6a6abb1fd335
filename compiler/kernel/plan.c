/* plan.c: where in the arena each buffer lies.
 *
 * A buffer lives from the first kernel that writes it to the last one that touches it. A result of
 * which every element is made from the element of an operand that dies there takes the operand's
 * place. Such chains are placed together: each at the lowest offset that is free during its life,
 * in several orders (large ones first, long ones first ...), and the order with the smallest arena
 * wins. The lower bound is the largest sum of what is alive at once. */
#include "graph/graph.h"
#include "kernel/lower.h"
#include "kernel/program.h"

#include <string.h>

enum { ALIGN_BYTES = 64 };

/* Buffers that share one place, one after the other. */
typedef struct Chain {
    int first, last; /* kernels */
    int64_t bytes, offset;
    int order;
} Chain;

typedef struct Planner {
    Arena *arena;
    Program *p;
    int *chain_of; /* by buffer, -1: not in the arena or never used */
    VEC(Chain) chains;
} Planner;

static void find_lifetimes(Program *p)
{
    for (int i = 0; i < p->buffers.count; i++)
        p->buffers.items[i].first = p->buffers.items[i].last = -1;
    for (int k = 0; k < p->kernels.count; k++)
        for (int i = 0; i < p->kernels.items[k].params.count; i++) {
            int buffer = p->kernels.items[k].params.items[i].buffer;
            if (buffer < 0)
                continue;
            Buffer *b = &p->buffers.items[program_memory(p, buffer)];
            b->first = b->first < 0 ? k : b->first;
            b->last = k;
        }
}

/* ---- one place for operand and result -------------------------------------------------------- */
static bool can_take_place(const Program *p, int kernel, const KernelParam *result, const KernelParam *operand)
{
    if (result->buffer < 0 || operand->buffer < 0 || !result->is_written || result->is_read ||
        operand->is_written || !operand->is_pointwise || !result->is_pointwise)
        return false;
    const Buffer *to = &p->buffers.items[result->buffer], *from = &p->buffers.items[operand->buffer];
    return to->space == SPACE_ARENA && from->space == SPACE_ARENA && to->first == kernel &&
           from->last == kernel && to->type == from->type && to->bytes == from->bytes &&
           shape_equal(to->shape, from->shape) && !program_has_view(p, result->buffer) &&
           !program_has_view(p, operand->buffer) &&
           memcmp(&to->layout, &from->layout, sizeof to->layout) == 0;
}

/* From here on the kernel knows the result by the operand's name. */
static void merge_params(Planner *pl, Kernel *k, int result, int operand)
{
    KernelParam *to = &k->params.items[result], *from = &k->params.items[operand];
    kernel_rename(k, to->name, from->name);
    from->is_written = true;
    from->is_pointwise = false;
    for (int i = result; i + 1 < k->params.count; i++)
        k->params.items[i] = k->params.items[i + 1];
    k->params.count--;
    (void)pl;
}

static int new_chain(Planner *pl, const Buffer *b)
{
    Chain chain = {.first = b->first, .last = b->last,
                   .bytes = (b->bytes + ALIGN_BYTES - 1) / ALIGN_BYTES * ALIGN_BYTES};
    vec_push(pl->arena, &pl->chains, chain);
    return pl->chains.count - 1;
}

/* Results in order of kernels, so that chains grow at their end. */
static void build_chains(Planner *pl)
{
    Program *p = pl->p;
    for (int k = 0; k < p->kernels.count; k++) {
        Kernel *kernel = &p->kernels.items[k];
        bool overlaps = p->groups.items[p->kernel_group.items[k]].overlaps || p->fill_dead;
        for (int r = 0; r < kernel->params.count; r++) {
            int buffer = kernel->params.items[r].buffer;
            if (buffer < 0 || p->buffers.items[buffer].space != SPACE_ARENA ||
                p->buffers.items[buffer].first != k || pl->chain_of[buffer] >= 0)
                continue;
            int operand = -1;
            for (int o = 0; o < kernel->params.count && !overlaps && operand < 0; o++)
                if (o != r && can_take_place(p, k, &kernel->params.items[r], &kernel->params.items[o]))
                    operand = o;
            if (operand < 0) {
                pl->chain_of[buffer] = new_chain(pl, &p->buffers.items[buffer]);
                continue;
            }
            int chain = pl->chain_of[kernel->params.items[operand].buffer];
            CHECK(chain >= 0);
            pl->chain_of[buffer] = chain;
            if (p->buffers.items[buffer].last > pl->chains.items[chain].last)
                pl->chains.items[chain].last = p->buffers.items[buffer].last;
            merge_params(pl, kernel, r, operand);
            r--;
        }
    }
}

/* ---- offsets --------------------------------------------------------------------------------- */
static bool live_together(const Chain *a, const Chain *b)
{
    return a->first <= b->last && b->first <= a->last;
}

/* The lowest gap, or the tightest one, between the chains placed so far that live at the same time. */
static int64_t find_offset(const Chain *chains, const int *placed, int count, const Chain *c, bool tightest)
{
    int64_t at = 0, best = -1, best_room = INT64_MAX;
    for (int i = 0; i < count; i++) { /* placed is kept sorted by offset */
        const Chain *other = &chains[placed[i]];
        if (!live_together(other, c))
            continue;
        int64_t room = other->offset - at;
        if (room >= c->bytes && room < best_room) {
            best = at;
            best_room = room;
            if (!tightest)
                return best;
        }
        if (other->offset + other->bytes > at)
            at = other->offset + other->bytes;
    }
    return best >= 0 ? best : at;
}

static int64_t place_all(Arena *arena, Chain *chains, const int *order, int count, bool tightest)
{
    int *placed = arena_array(arena, int, count + 1);
    int64_t top = 0;
    for (int i = 0; i < count; i++) {
        Chain *c = &chains[order[i]];
        c->offset = find_offset(chains, placed, i, c, tightest);
        top = c->offset + c->bytes > top ? c->offset + c->bytes : top;
        int at = i;
        while (at > 0 && chains[placed[at - 1]].offset > c->offset) {
            placed[at] = placed[at - 1];
            at--;
        }
        placed[at] = order[i];
    }
    return top;
}

typedef enum Ordering { BY_SIZE, BY_AREA, BY_LENGTH, BY_FIRST, BY_LAST, ORDERINGS } Ordering;

static int64_t rank_of(const Chain *c, Ordering ordering)
{
    int64_t length = c->last - c->first + 1;
    switch (ordering) {
    case BY_SIZE:
        return -c->bytes;
    case BY_AREA:
        return -c->bytes / 64 * length;
    case BY_LENGTH:
        return -length;
    case BY_FIRST:
        return c->first;
    case BY_LAST:
        return -c->last;
    case ORDERINGS:
        break;
    }
    BUG("ordering %d", (int)ordering);
}

/* Insertion sort: stable, so that equal ranks keep the order of the kernels. */
static void sort_order(const Chain *chains, int *order, int count, Ordering ordering)
{
    for (int i = 0; i < count; i++)
        order[i] = i;
    for (int i = 1; i < count; i++)
        for (int k = i; k > 0 && rank_of(&chains[order[k]], ordering) < rank_of(&chains[order[k - 1]], ordering); k--) {
            int held = order[k];
            order[k] = order[k - 1];
            order[k - 1] = held;
        }
}

static int64_t lower_bound(const Planner *pl)
{
    int64_t most = 0;
    for (int k = 0; k < pl->p->kernels.count; k++) {
        int64_t alive = 0;
        for (int i = 0; i < pl->chains.count; i++)
            if (pl->chains.items[i].first <= k && k <= pl->chains.items[i].last)
                alive += pl->chains.items[i].bytes;
        most = alive > most ? alive : most;
    }
    return most;
}

/* Swaps neighbours of the best order for a while: a fixed walk, so that a plan never changes. */
static void improve(Planner *pl, Chain *chains, int *best, int64_t *best_top, int64_t bound)
{
    enum { TRIES = 2000 };
    int count = pl->chains.count;
    int *order = arena_array(pl->arena, int, count + 1);
    uint32_t state = 1;
    for (int t = 0; t < TRIES && *best_top > bound + bound / 256 && count > 1; t++) {
        memcpy(order, best, sizeof *order * (size_t)count);
        for (int swaps = 0; swaps < 1 + t % 3; swaps++) {
            state = state * 1664525u + 1013904223u;
            int from = (int)(state >> 8) % count;
            state = state * 1664525u + 1013904223u;
            int to = (int)(state >> 8) % count, held = order[from];
            order[from] = order[to];
            order[to] = held;
        }
        ArenaMark mark = arena_mark(pl->arena);
        int64_t top = place_all(pl->arena, chains, order, count, t % 2 == 1);
        arena_release(pl->arena, mark);
        if (top <= *best_top) {
            *best_top = top;
            memcpy(best, order, sizeof *order * (size_t)count);
            for (int i = 0; i < count; i++)
                pl->chains.items[i].offset = chains[i].offset;
        }
    }
}

static void place(Planner *pl)
{
    int count = pl->chains.count;
    if (count == 0)
        return;
    Chain *trial = arena_array(pl->arena, Chain, count);
    int *order = arena_array(pl->arena, int, count), *best = arena_array(pl->arena, int, count);
    int64_t best_top = INT64_MAX, bound = lower_bound(pl);
    for (int i = 0; i < 2 * ORDERINGS && best_top > bound; i++) {
        memcpy(trial, pl->chains.items, sizeof *trial * (size_t)count);
        sort_order(trial, order, count, (Ordering)(i / 2));
        int64_t top = place_all(pl->arena, trial, order, count, i % 2 == 1);
        if (top >= best_top)
            continue;
        best_top = top;
        memcpy(best, order, sizeof *best * (size_t)count);
        for (int k = 0; k < count; k++)
            pl->chains.items[k].offset = trial[k].offset;
    }
    memcpy(trial, pl->chains.items, sizeof *trial * (size_t)count);
    improve(pl, trial, best, &best_top, bound);
    pl->p->arena_bytes = best_top;
    pl->p->lower_bound_bytes = bound;
}

void program_plan(Program *p)
{
    Planner pl = {.arena = p->arena, .p = p};
    pl.chain_of = arena_array(p->arena, int, p->buffers.count + 1);
    for (int i = 0; i < p->buffers.count; i++)
        pl.chain_of[i] = -1;
    find_lifetimes(p);
    build_chains(&pl);
    place(&pl);
    for (int i = 0; i < p->buffers.count; i++)
        if (pl.chain_of[i] >= 0)
            p->buffers.items[i].offset = pl.chains.items[pl.chain_of[i]].offset;
    for (int i = 0; i < p->buffers.count; i++) /* views see what they share */
        if (p->buffers.items[i].alias >= 0) {
            const Buffer *shared = &p->buffers.items[program_memory(p, i)];
            p->buffers.items[i].offset = shared->offset;
            p->buffers.items[i].first = shared->first;
            p->buffers.items[i].last = shared->last;
        }
}

/* ---- verifier and report --------------------------------------------------------------------- */
static bool is_placed(const Buffer *b)
{
    return b->space == SPACE_ARENA && b->alias < 0 && b->first >= 0;
}

Str program_verify(Arena *arena, const Program *p)
{
    Str misplaced = groups_verify(arena, p);
    if (misplaced.len > 0)
        return misplaced;
    for (int i = 0; i < p->buffers.count; i++) {
        const Buffer *a = &p->buffers.items[i];
        if (!is_placed(a))
            continue;
        if (a->offset < 0 || a->offset % ALIGN_BYTES != 0 || a->offset + a->bytes > p->arena_bytes)
            return str_format(arena, "buffer %.*s lies outside the arena", STR_ARGS(a->name));
        for (int k = 0; k < i; k++) {
            const Buffer *b = &p->buffers.items[k];
            if (!is_placed(b) || a->first > b->last || b->first > a->last || a->offset >= b->offset + b->bytes ||
                b->offset >= a->offset + a->bytes)
                continue;
            /* in place: one ends in the kernel where the other begins, at the same offset */
            bool in_place = a->offset == b->offset && (a->first == b->last || b->first == a->last);
            if (!in_place)
                return str_format(arena, "buffers %.*s and %.*s overlap while both are alive",
                                  STR_ARGS(a->name), STR_ARGS(b->name));
        }
    }
    for (int k = 0; k < p->kernels.count; k++) {
        Str wrong = kernel_verify(arena, &p->kernels.items[k]);
        if (wrong.len > 0)
            return wrong;
    }
    return (Str){0};
}

Str program_print_memory(Arena *arena, const Program *p)
{
    StrBuf buf = {.arena = arena};
    double percent = p->lower_bound_bytes > 0 ? 100.0 * (double)p->arena_bytes / (double)p->lower_bound_bytes : 100;
    buf_add(&buf, "arena %lld bytes, lower bound %lld (%.1f %%)\n", (long long)p->arena_bytes,
            (long long)p->lower_bound_bytes, percent);
    buf_add(&buf, "%12s %12s %12s  %s\n", "offset", "bytes", "kernels", "buffer");
    for (int i = 0; i < p->buffers.count; i++) {
        const Buffer *b = &p->buffers.items[i];
        if (!is_placed(b))
            continue;
        Str life = str_format(arena, "%d..%d", b->first, b->last);
        buf_add(&buf, "%12lld %12lld %12.*s  %.*s\n", (long long)b->offset, (long long)b->bytes, STR_ARGS(life),
                STR_ARGS(b->name));
    }
    return buf_str(&buf);
}
