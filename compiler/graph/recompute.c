/* recompute.c: values of the forward part that are cheaper to compute again than to keep.
 *
 * What a convolution reads after a normalization,
 *
 *     y = relu((x - mean) * scale + shift),
 *
 * is read once more by the gradients, long after. x is kept as well, for the gradients of the
 * normalization. So the gradients may read a copy of y that is made from x when the first of them
 * needs it, and the memory of y is free in between. In a residual network the result of a block is
 * made from that of the block before. Of two in a row one is kept, except of the largest: there the
 * copy of the last one needs copies of all before it, which their own gradients, that come later,
 * read as well, so none is made twice; but every one more is a pass over memory.
 *
 * Nothing is gained where x lives only because y is made from it: everything that a copy starts
 * from must be a leaf, a value without a batch, or have a later reader among the gradients. */
#include "graph/graph.h"
#include "graph/rewrite.h"

typedef struct Recompute {
    const Graph *g;
    int64_t batch;
    NodeId end;          /* of the forward part: the loss */
    bool *is_recomputed; /* by node of g */
    NodeId *first_late;  /* by node: the first gradient that reads it, or NODE_NONE      */
    NodeId *last_late;   /* the last that does, itself or through maps that are not stored */
    bool *is_stored;     /* in the forward part something other than a map reads it        */
    NodeId *copy;        /* by node of g: its second copy in the new graph, or NODE_NONE   */
} Recompute;

static bool is_map(const Node *n)
{
    return n->op->family == FAMILY_MAP;
}

/* Where a copy starts: leaves, numbers of the whole batch, results of other operators, and what is
 * added to these while they are made. */
static bool is_start(const Graph *g, NodeId id)
{
    const Node *n = graph_node(g, id);
    if (!n->shape.has_batch || !is_map(n))
        return true;
    for (int i = 0; i < n->input_count; i++) {
        const Node *in = graph_node(g, n->inputs[i]);
        if (in->shape.has_batch && in->leaf == NULL && !is_map(in))
            return true;
    }
    return false;
}

static int64_t bytes_of(const Recompute *r, NodeId id)
{
    return 4 * shape_elements(graph_node(r->g, id)->shape) * r->batch;
}

/* Can all that `id` is made from be read at `when`? What is recomputed itself is made from such
 * values too. */
static bool is_there(const Recompute *r, NodeId id, NodeId when)
{
    enum { LARGE_BYTES = 8 * 1024 * 1024 }; /* worth a copy that starts from copies */
    const Node *n = graph_node(r->g, id);
    if (r->is_recomputed[id])
        return bytes_of(r, id) >= LARGE_BYTES;
    if (is_start(r->g, id) || r->is_stored[id])
        return n->leaf != NULL || !n->shape.has_batch || r->last_late[id] >= when;
    for (int i = 0; i < n->input_count; i++)
        if (!is_there(r, n->inputs[i], when))
            return false;
    return true;
}

static void find_readers(Recompute *r)
{
    const Graph *g = r->g;
    for (NodeId id = g->nodes.count - 1; id >= 0; id--) {
        const Node *n = graph_node(g, id);
        for (int i = 0; i < n->input_count; i++) {
            NodeId in = n->inputs[i];
            if (in >= r->end)
                continue;
            if (id > r->end)
                r->first_late[in] = id;
            else
                r->is_stored[in] = r->is_stored[in] || !is_map(n);
            bool is_inner = is_map(n) && !r->is_stored[id]; /* computed where it is read */
            NodeId late = id > r->end ? id : is_inner ? r->last_late[id] : NODE_NONE;
            if (late > r->last_late[in])
                r->last_late[in] = late;
        }
    }
}

/* In the order of the forward part, so that is_there knows which of the starts are recomputed.
 * Returns the bytes that are free in between. */
static int64_t choose(Recompute *r)
{
    enum { LEAST_BYTES = 256 * 1024 }; /* smaller ones stay in the cache */
    int64_t freed = 0;
    for (NodeId id = 0; id < r->end; id++) {
        const Node *n = graph_node(r->g, id);
        int64_t bytes = bytes_of(r, id);
        if (!n->shape.has_batch || !is_map(n) || is_start(r->g, id) || !r->is_stored[id] ||
            r->first_late[id] == NODE_NONE || bytes < LEAST_BYTES)
            continue;
        bool can_start = true;
        for (int i = 0; i < n->input_count && can_start; i++)
            can_start = is_there(r, n->inputs[i], r->first_late[id]);
        r->is_recomputed[id] = can_start;
        freed += can_start ? bytes : 0;
    }
    return freed;
}

/* ---- the new graph --------------------------------------------------------------------------- */
static NodeId copy_of(Recompute *r, Graph *to, const NodeId *map, NodeId id)
{
    if (!r->is_recomputed[id] && (is_start(r->g, id) || r->is_stored[id]))
        return map[id];
    if (r->copy[id] != NODE_NONE)
        return r->copy[id];
    Node n = *graph_node(r->g, id);
    NodeId *in = arena_array(to->arena, NodeId, n.input_count + 1);
    for (int i = 0; i < n.input_count; i++)
        in[i] = copy_of(r, to, map, n.inputs[i]);
    n.inputs = in;
    n.origin = n.origin == NODE_NONE ? NODE_NONE : map[n.origin];
    r->copy[id] = graph_append(to, n);
    return r->copy[id];
}

static void read_copies(void *context, Graph *to, const NodeId *map, NodeId id, NodeId *inputs)
{
    Recompute *r = context;
    const Node *n = graph_node(r->g, id);
    for (int i = 0; id > r->end && i < n->input_count; i++)
        if (r->is_recomputed[n->inputs[i]])
            inputs[i] = copy_of(r, to, map, n->inputs[i]);
}

Graph *graph_recompute(Arena *arena, Graph *g, int64_t batch, int64_t least_bytes)
{
    int count = g->nodes.count;
    if (g->total_loss == NODE_NONE)
        return g;
    Recompute r = {.g = g,
                   .batch = batch,
                   .end = g->total_loss,
                   .is_recomputed = arena_array(arena, bool, count),
                   .first_late = arena_array(arena, NodeId, count),
                   .last_late = arena_array(arena, NodeId, count),
                   .is_stored = arena_array(arena, bool, count),
                   .copy = arena_array(arena, NodeId, count)};
    for (NodeId id = 0; id < count; id++)
        r.first_late[id] = r.last_late[id] = r.copy[id] = NODE_NONE;
    find_readers(&r);
    return choose(&r) >= least_bytes ? graph_copy(arena, g, read_copies, &r) : g;
}
