/* min_cut.c: see min_cut.h. A node becomes two points with an arc of the node's weight between them;
 * edges and sources have arcs without limit. By the theorem of Ford and Fulkerson the largest flow from
 * start to end is as large as the lightest cut. It is found with shortest augmenting paths (Edmonds and
 * Karp); what still reaches the end when no path is left tells where the cut is. */
#include "graph/min_cut.h"

static const int64_t no_limit = INT64_MAX / 4;

/* Arcs come in pairs, forth and back: arc i ^ 1 goes the other way. */
typedef struct Arc {
    int to;
    int next; /* arc of the same point, or -1 */
    int64_t room;
} Arc;

typedef struct Flow {
    Arena *arena;
    VEC(Arc) arcs;
    int *first; /* by point: an arc, or -1 */
    int *by;    /* by point: the arc that a search came by, -1 when it has not */
    int *queue;
    int points, start, end;
} Flow;

static int entrance(int node)
{
    return 2 * node;
}

static int exit_of(int node)
{
    return 2 * node + 1;
}

static void add_arc(Flow *f, int from, int to, int64_t room)
{
    Arc forth = {.to = to, .next = f->first[from], .room = room};
    vec_push(f->arena, &f->arcs, forth);
    f->first[from] = f->arcs.count - 1;
    Arc back = {.to = from, .next = f->first[to], .room = 0};
    vec_push(f->arena, &f->arcs, back);
    f->first[to] = f->arcs.count - 1;
}

/* Breadth first, along arcs with room: forth from the start, or back from the end. */
static void search(Flow *f, int origin, bool is_back)
{
    int head = 0, tail = 0;
    for (int i = 0; i < f->points; i++)
        f->by[i] = -1;
    f->queue[tail++] = origin;
    f->by[origin] = -2;
    while (head < tail) {
        int point = f->queue[head++];
        for (int arc = f->first[point]; arc >= 0; arc = f->arcs.items[arc].next) {
            int to = f->arcs.items[arc].to;
            if (f->by[to] != -1 || f->arcs.items[is_back ? arc ^ 1 : arc].room == 0)
                continue;
            f->by[to] = arc;
            f->queue[tail++] = to;
        }
    }
}

/* Fills one more path; false when there is none, or when it has no limit. */
static bool augment(Flow *f, bool *is_unlimited)
{
    search(f, f->start, false);
    if (f->by[f->end] == -1)
        return false;
    int64_t room = no_limit;
    for (int point = f->end; point != f->start; point = f->arcs.items[f->by[point] ^ 1].to)
        if (f->arcs.items[f->by[point]].room < room)
            room = f->arcs.items[f->by[point]].room;
    *is_unlimited = room == no_limit;
    for (int point = f->end; point != f->start; point = f->arcs.items[f->by[point] ^ 1].to) {
        Arc *forth = &f->arcs.items[f->by[point]];
        if (forth->room < no_limit)
            forth->room -= room;
        if (f->arcs.items[f->by[point] ^ 1].room < no_limit)
            f->arcs.items[f->by[point] ^ 1].room += room;
    }
    return !*is_unlimited;
}

bool min_cut(Arena *arena, const CutProblem *problem, bool *is_cut)
{
    int points = 2 * problem->count + 2;
    Flow f = {.arena = arena, .points = points, .start = points - 2, .end = points - 1};
    f.first = arena_array(arena, int, points);
    f.by = arena_array(arena, int, points);
    f.queue = arena_array(arena, int, points);
    for (int i = 0; i < points; i++)
        f.first[i] = -1;
    for (int i = 0; i < problem->count; i++) {
        bool is_free = problem->weight[i] >= 0 && !problem->is_sink[i];
        add_arc(&f, entrance(i), exit_of(i), is_free ? problem->weight[i] : no_limit);
        if (problem->is_source[i])
            add_arc(&f, f.start, entrance(i), no_limit);
        if (problem->is_sink[i])
            add_arc(&f, exit_of(i), f.end, no_limit);
    }
    for (int i = 0; i < problem->edge_count; i++)
        add_arc(&f, exit_of(problem->edges[i].from), entrance(problem->edges[i].to), no_limit);
    bool is_unlimited = false;
    while (augment(&f, &is_unlimited))
        ;
    if (is_unlimited)
        return false;
    search(&f, f.end, true);
    for (int i = 0; i < problem->count; i++)
        is_cut[i] = f.by[exit_of(i)] != -1 && f.by[entrance(i)] == -1;
    return true;
}
