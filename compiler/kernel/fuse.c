/* fuse.c: which nodes become one kernel.
 *
 * Every root (contraction, reduction, window, row operator, copying view) starts a group. A map joins
 * the group that makes one of its operands when the shapes are equal; so the epilogue of a contraction
 * takes in bias, activation and, for a weight gradient, the whole update of the optimizer. Windows that
 * alone read a convolution join it, if they do not overlap (contract_pool.c). A map that
 * finds no group starts one. Maps that cost little and read nothing but samples and constants (random
 * masks, one_hot, scaling), and maps that only reductions read, belong to no group: their expressions
 * are computed where they are read.
 *
 * Groups form a graph too: a group runs after those that make what it reads, and one that assigns to a
 * leaf runs after all others that read the leaf's old value. A join that would close a cycle is not
 * made. Where targets are optional, what reads them stays apart from what outputs need, since its
 * kernels are left out without targets. In the end groups are put in an order, the one that stood first
 * in the tensor graph first. */
#include "kernel/fuse.h"

#include "kernel/contract.h"

#include <string.h>

/* ---- which nodes matter ---------------------------------------------------------------------- */
static void mark_live(Fuser *f, NodeId id)
{
    if (id == NODE_NONE || f->is_live[id])
        return;
    f->is_live[id] = true;
    const Node *n = node_at(f, id);
    for (int i = 0; i < n->input_count; i++)
        mark_live(f, n->inputs[i]);
}

static void mark_asked(Fuser *f, NodeId id)
{
    const Node *n = node_at(f, id);
    for (int i = 0; i < n->input_count && !f->is_asked[id]; i++)
        mark_asked(f, n->inputs[i]);
    f->is_asked[id] = true;
}

static void find_uses(Fuser *f)
{
    for (int i = 0; i < f->p->outputs.count; i++)
        mark_asked(f, f->p->outputs.items[i].node);
    for (int i = 0; i < f->g->effects.count; i++)
        mark_asked(f, f->g->effects.items[i]);
    for (NodeId id = 0; id < f->node_count; id++) {
        const Node *n = node_at(f, id);
        f->reads_target[id] = n->leaf != NULL && n->leaf->kind == LEAF_TARGET;
        for (int i = 0; i < n->input_count; i++)
            f->reads_target[id] = f->reads_target[id] || f->reads_target[n->inputs[i]];
    }
}

static void find_live(Fuser *f)
{
    for (int i = 0; i < f->p->results.count; i++) {
        f->is_result[f->p->results.items[i].node] = true;
        mark_live(f, f->p->results.items[i].node);
    }
    for (int i = 0; i < f->p->outputs.count; i++) {
        f->is_output[f->p->outputs.items[i].node] = true;
        mark_live(f, f->p->outputs.items[i].node);
    }
    for (int i = 0; i < f->g->effects.count; i++)
        mark_live(f, f->g->effects.items[i]);
    for (int i = 0; i < f->g->held.count; i++)
        mark_live(f, f->g->held.items[i]);
    for (NodeId id = 0; id < f->node_count; id++)
        for (int k = 0; f->is_live[id] && k < node_at(f, id)->input_count; k++)
            if (!(is_assign(node_at(f, id)) && k == 0)) /* the leaf is written, not read */
                vec_push(f->arena, &f->readers[node_at(f, id)->inputs[k]], id);
}

/* ---- dependencies ---------------------------------------------------------------------------- */
static bool reaches(Fuser *f, int from, int target)
{
    if (from == target)
        return true;
    if (f->seen[from] == f->mark)
        return false;
    f->seen[from] = f->mark;
    const Draft *d = &f->drafts.items[from];
    for (int i = 0; i < d->after.count; i++)
        if (reaches(f, d->after.items[i], target))
            return true;
    return false;
}

/* Must `from` run after `target`, directly or not? */
static bool depends(Fuser *f, int from, int target)
{
    f->mark++;
    return reaches(f, from, target);
}

static void add_after(Fuser *f, int draft, int before)
{
    if (draft == before)
        return;
    Ints *after = &f->drafts.items[draft].after;
    for (int i = 0; i < after->count; i++)
        if (after->items[i] == before)
            return;
    vec_push(f->arena, after, before);
}

/* The drafts that make what a node reads, looking through maps computed on the fly. */
static void sources(const Fuser *f, NodeId id, Ints *out)
{
    const Node *n = node_at(f, id);
    for (int i = is_assign(n) ? 1 : 0; i < n->input_count; i++) {
        NodeId in = n->inputs[i];
        if (f->is_inline[in])
            sources(f, in, out);
        else if (f->draft_of[in] >= 0)
            vec_push(f->arena, out, f->draft_of[in]);
    }
}

/* Can a node with these sources join the draft? Not when one of them runs after it. */
static bool can_join(Fuser *f, int draft, const Ints *from)
{
    for (int i = 0; i < from->count; i++)
        if (from->items[i] != draft && depends(f, from->items[i], draft))
            return false;
    return true;
}

/* Can they be one kernel? It would have to run without targets, and could not. */
static bool may_share(const Fuser *f, bool is_asked, bool reads_target, const Draft *draft)
{
    return !f->p->targets_optional ||
           !((is_asked || draft->is_asked) && (reads_target || draft->reads_target));
}

static void join(Fuser *f, int draft, NodeId id, const Ints *from)
{
    Draft *d = &f->drafts.items[draft];
    d->is_asked = d->is_asked || f->is_asked[id];
    d->reads_target = d->reads_target || f->reads_target[id];
    f->draft_of[id] = draft;
    for (int i = 0; i < from->count; i++)
        add_after(f, draft, from->items[i]);
}

static int new_draft(Fuser *f, NodeId root, Shape domain, bool is_map_group)
{
    Draft draft = {.group = {.root = root, .domain = domain}, .is_map = is_map_group};
    vec_push(f->arena, &f->drafts, draft);
    return f->drafts.count - 1;
}

/* ---- joining --------------------------------------------------------------------------------- */
static bool same_inputs(const Node *a, const Node *b)
{
    if (a->input_count != b->input_count)
        return false;
    for (int i = 0; i < a->input_count; i++)
        if (a->inputs[i] != b->inputs[i])
            return false;
    return true;
}

static bool same_attrs(const Node *a, const Node *b)
{
    int count = op_attr_count(a->op);
    return op_attr_count(b->op) == count &&
           (count == 0 || memcmp(a->attrs, b->attrs, sizeof(AttrValue) * (size_t)count) == 0);
}

/* Reductions of one kind over the same axes of equal shapes share their loops, and so do the windows
 * of one tensor, softmax and its logarithm, and what comes of one walk over the steps of a sequence. */
static bool are_siblings(const Fuser *f, const Node *a, const Node *b)
{
    enum { MOST_SIBLINGS = 8 };
    if (a->op->family == FAMILY_SCAN)
        return a->op != b->op && a->op->lower == b->op->lower && same_inputs(a, b) && same_attrs(a, b);
    if (!same_attrs(a, b) || !shape_equal(a->shape, b->shape))
        return false;
    if (a->op->family == FAMILY_ROW)
        return a->op != b->op && lower_rows_share(a->op, b->op) && same_inputs(a, b);
    if (a->op->family == FAMILY_REDUCE)
        return a->op == b->op && shape_equal(node_at(f, a->inputs[0])->shape, node_at(f, b->inputs[0])->shape);
    return a->op->family == FAMILY_WINDOW && b->op->family == FAMILY_WINDOW && a->op != b->op &&
           lower_windows_share(a->op, b->op) && a->input_count == 1 && same_inputs(a, b);
}

static bool join_sibling(Fuser *f, NodeId id, const Ints *from)
{
    const Node *n = node_at(f, id);
    Family family = n->op->family;
    if (family != FAMILY_REDUCE && family != FAMILY_WINDOW && family != FAMILY_ROW && family != FAMILY_SCAN)
        return false;
    for (int d = f->drafts.count - 1; d >= 0; d--) {
        Draft *draft = &f->drafts.items[d];
        if (draft->is_map || !are_siblings(f, node_at(f, draft->group.root), n) ||
            draft->group.siblings.count >= 7 ||
            !may_share(f, f->is_asked[id], f->reads_target[id], draft))
            continue;
        bool reads_root = false;
        for (int i = 0; i < from->count; i++)
            reads_root = reads_root || from->items[i] == d;
        if (reads_root || !can_join(f, d, from))
            continue;
        join(f, d, id, from);
        vec_push(f->arena, &draft->group.siblings, id);
        return true;
    }
    return false;
}

/* Do all readers of a product want the same windows of it? Then they are pooled in the loops that make it. */
static bool only_windows_read(const Fuser *f, NodeId product, const Node *window)
{
    for (int i = 0; i < f->readers[product].count; i++) {
        NodeId id = f->readers[product].items[i];
        const Node *reader = node_at(f, id);
        if (!same_attrs(reader, window) || !contract_can_pool(f->g, product, id))
            return false;
    }
    return !f->is_result[product] && !f->is_output[product];
}

static bool join_product(Fuser *f, NodeId id, const Ints *from)
{
    const Node *n = node_at(f, id);
    if (n->op->family != FAMILY_WINDOW || n->input_count != 1 || f->p->is_plain)
        return false;
    NodeId product = n->inputs[0];
    int d = f->draft_of[product];
    if (d < 0 || f->drafts.items[d].group.root != product || !only_windows_read(f, product, n) ||
        !may_share(f, f->is_asked[id], f->reads_target[id], &f->drafts.items[d]) || !can_join(f, d, from))
        return false;
    join(f, d, id, from);
    f->drafts.items[d].group.domain = n->shape;
    vec_push(f->arena, &f->drafts.items[d].group.siblings, id);
    return true;
}

static bool reads_draft(const Ints *from, int draft)
{
    for (int i = 0; i < from->count; i++)
        if (from->items[i] == draft)
            return true;
    return false;
}

/* Are all operands of m that are made in the draft of the draft's own domain? A map may not read a
 * smaller value of its own group (a mean over the row it belongs to): it is not complete yet. */
static bool reads_own_domain(const Fuser *f, NodeId m, int draft)
{
    const Node *n = node_at(f, m);
    for (int i = is_assign(n) ? 1 : 0; i < n->input_count; i++) {
        NodeId in = n->inputs[i];
        if (f->is_inline[in] && !reads_own_domain(f, in, draft))
            return false;
        if (f->draft_of[in] == draft && !shape_equal(node_at(f, in)->shape, f->drafts.items[draft].group.domain))
            return false;
    }
    return true;
}

static bool join_maker(Fuser *f, NodeId id, const Ints *from)
{
    const Node *n = node_at(f, id);
    bool is_number = is_single(n->shape);
    for (int d = f->drafts.count - 1; d >= 0; d--) {
        Draft *draft = &f->drafts.items[d];
        bool fits = shape_equal(draft->group.domain, n->shape) &&
                    (reads_draft(from, d) || (is_number && draft->is_map));
        if (!fits || !can_join(f, d, from) || !reads_own_domain(f, id, d) ||
            !may_share(f, f->is_asked[id], f->reads_target[id], draft))
            continue;
        join(f, d, id, from);
        vec_push(f->arena, &draft->group.after, id);
        return true;
    }
    return false;
}

static void place_node(Fuser *f, NodeId id)
{
    const Node *n = node_at(f, id);
    Ints from = {0};
    sources(f, id, &from);
    if (is_map(n)) {
        if (join_maker(f, id, &from))
            return;
        int d = new_draft(f, NODE_NONE, n->shape, true);
        join(f, d, id, &from);
        vec_push(f->arena, &f->drafts.items[d].group.after, id);
        return;
    }
    if (join_product(f, id, &from) || join_sibling(f, id, &from))
        return;
    join(f, new_draft(f, id, n->shape, false), id, &from);
}

/* ---- joining whole drafts ------------------------------------------------------------------- */
/* Maps are placed as they come, so a chain can begin in a draft of its own (momentum * 0.9) and only
 * later meet the root that it belongs to. Such drafts are moved into that of what they read or of what
 * reads them. */

/* Drafts that other nodes of this one read, itself left out. */
static bool goes_around(Fuser *f, int from, int to)
{
    const Draft *d = &f->drafts.items[from];
    for (int i = 0; i < d->after.count; i++)
        if (d->after.items[i] != to && depends(f, d->after.items[i], to))
            return true;
    return false;
}

static void replace_draft(Fuser *f, int old, int new)
{
    for (int d = 0; d < f->drafts.count; d++) {
        Ints after = f->drafts.items[d].after;
        f->drafts.items[d].after = (Ints){0};
        for (int i = 0; i < after.count; i++)
            add_after(f, d, after.items[i] == old ? new : after.items[i]);
    }
}

static void sort_ids(NodeIds *ids)
{
    for (int i = 1; i < ids->count; i++)
        for (int k = i; k > 0 && ids->items[k] < ids->items[k - 1]; k--) {
            NodeId held = ids->items[k];
            ids->items[k] = ids->items[k - 1];
            ids->items[k - 1] = held;
        }
}

static bool all_read_own_domain(Fuser *f, const NodeIds *ids, int draft)
{
    for (int i = 0; i < ids->count; i++)
        if (!reads_own_domain(f, ids->items[i], draft))
            return false;
    return true;
}

/* Does the root (or a sibling) of draft `to` read what draft `from` makes? Then it must be complete
 * before the loops begin. */
static bool root_reads(Fuser *f, int to, int from)
{
    const Group *group = &f->drafts.items[to].group;
    Ints made = {0};
    if (group->root != NODE_NONE)
        sources(f, group->root, &made);
    for (int i = 0; i < group->siblings.count; i++)
        sources(f, group->siblings.items[i], &made);
    return reads_draft(&made, from);
}

/* Moves the maps of draft `from` to draft `to`, when their loops are the same and no cycle comes. */
static bool merge_drafts(Fuser *f, int from, int to)
{
    Draft *a = &f->drafts.items[from], *b = &f->drafts.items[to];
    if (from == to || a->is_gone || b->is_gone || !a->is_map ||
        !shape_equal(a->group.domain, b->group.domain) ||
        !may_share(f, a->is_asked, a->reads_target, b) || goes_around(f, from, to) ||
        goes_around(f, to, from) || root_reads(f, to, from) ||
        !all_read_own_domain(f, &a->group.after, to))
        return false;
    for (int i = 0; i < a->group.after.count; i++) {
        f->draft_of[a->group.after.items[i]] = to;
        vec_push(f->arena, &b->group.after, a->group.after.items[i]);
    }
    b->is_asked = b->is_asked || a->is_asked;
    b->reads_target = b->reads_target || a->reads_target;
    sort_ids(&b->group.after);
    for (int i = 0; i < a->after.count; i++)
        add_after(f, to, a->after.items[i]);
    a->is_gone = true;
    a->after.count = 0;
    replace_draft(f, from, to);
    return true;
}

/* First upwards, into what makes the operands; then into what reads the results. */
static void merge_all(Fuser *f)
{
    bool has_changed = true;
    while (has_changed) {
        has_changed = false;
        for (int d = 0; d < f->drafts.count; d++)
            for (int i = 0; i < f->drafts.items[d].after.count; i++) {
                int source = f->drafts.items[d].after.items[i];
                if (merge_drafts(f, d, source) || merge_drafts(f, source, d)) {
                    has_changed = true;
                    break;
                }
            }
    }
}

/* ---- assigns --------------------------------------------------------------------------------- */
/* Does the node read this leaf, itself or through maps computed on the fly? */
static bool reads_leaf(const Fuser *f, NodeId id, NodeId leaf)
{
    const Node *n = node_at(f, id);
    for (int i = is_assign(n) ? 1 : 0; i < n->input_count; i++)
        if (n->inputs[i] == leaf || (f->is_inline[n->inputs[i]] && reads_leaf(f, n->inputs[i], leaf)))
            return true;
    return false;
}

/* Drafts that read the leaf's old value, themselves or through maps computed on the fly. A reshape that
 * shares the leaf's memory passes reading on. */
static void reading_drafts(const Fuser *f, NodeId leaf, Ints *out)
{
    for (int i = 0; i < f->readers[leaf].count; i++) {
        NodeId id = f->readers[leaf].items[i];
        if (f->draft_of[id] >= 0)
            vec_push(f->arena, out, f->draft_of[id]);
        if (f->is_inline[id] || (f->draft_of[id] >= 0 && is_reshape(node_at(f, id))))
            reading_drafts(f, id, out);
    }
}

static bool waits_are_free(Fuser *f, int draft, const Ints *readers)
{
    for (int i = 0; i < readers->count; i++)
        if (readers->items[i] != draft && depends(f, readers->items[i], draft))
            return false;
    return true;
}

/* Is the leaf read in this draft at places other than the one being written? */
static bool reads_elsewhere(const Fuser *f, int draft, NodeId leaf)
{
    const Group *group = &f->drafts.items[draft].group;
    if (group->root == NODE_NONE)
        return false;
    if (reads_leaf(f, group->root, leaf))
        return true;
    for (int i = 0; i < group->siblings.count; i++)
        if (reads_leaf(f, group->siblings.items[i], leaf))
            return true;
    return false;
}

static void place_assign(Fuser *f, NodeId id)
{
    const Node *n = node_at(f, id);
    NodeId leaf = n->inputs[0], value = n->inputs[1];
    Ints from = {0}, readers = {0};
    sources(f, id, &from);
    reading_drafts(f, leaf, &readers);
    int d = f->draft_of[value];
    bool joins = d >= 0 && shape_equal(f->drafts.items[d].group.domain, n->shape) &&
                 shape_equal(node_at(f, value)->shape, n->shape) && can_join(f, d, &from) &&
                 waits_are_free(f, d, &readers) && !reads_elsewhere(f, d, leaf);
    if (!joins)
        d = new_draft(f, NODE_NONE, n->shape, true);
    join(f, d, id, &from);
    vec_push(f->arena, &f->drafts.items[d].group.after, id);
    for (int i = 0; i < readers.count; i++)
        add_after(f, d, readers.items[i]);
}

/* ---- what is stored -------------------------------------------------------------------------- */
static bool read_outside(const Fuser *f, NodeId id, int draft)
{
    for (int i = 0; i < f->readers[id].count; i++) {
        NodeId reader = f->readers[id].items[i];
        if (f->is_inline[reader]) {
            if (read_outside(f, reader, draft))
                return true;
        } else if (f->draft_of[reader] != draft) {
            return true;
        }
    }
    return false;
}

static void choose_stored(Fuser *f, int draft)
{
    Group *group = &f->drafts.items[draft].group;
    NodeIds made = {0};
    if (group->root != NODE_NONE)
        vec_push(f->arena, &made, group->root);
    for (int i = 0; i < group->siblings.count; i++)
        vec_push(f->arena, &made, group->siblings.items[i]);
    for (int i = 0; i < group->after.count; i++)
        vec_push(f->arena, &made, group->after.items[i]);
    for (int i = 0; i < made.count; i++) {
        NodeId id = made.items[i];
        bool shares = is_reshape(node_at(f, id)); /* has memory in any case */
        if (!is_assign(node_at(f, id)) &&
            (f->is_result[id] || f->is_output[id] || read_outside(f, id, draft) || shares))
            vec_push(f->arena, &group->stored, id);
    }
}

static void collect_before(Fuser *f, NodeId id, Group *group)
{
    const Node *n = node_at(f, id);
    for (int i = 0; i < n->input_count; i++)
        if (f->is_inline[n->inputs[i]]) {
            vec_push(f->arena, &group->before, n->inputs[i]);
            collect_before(f, n->inputs[i], group);
        }
}

/* ---- order ----------------------------------------------------------------------------------- */
/* The place of a group in the tensor graph: of its root, or of its first map. */
static NodeId first_node(const Group *group)
{
    return group->root != NODE_NONE ? group->root : group->after.items[0];
}

static void put_in_order(Fuser *f)
{
    int count = f->drafts.count;
    bool *is_done = arena_array(f->arena, bool, count + 1);
    int left = count;
    for (int d = 0; d < count; d++) {
        is_done[d] = f->drafts.items[d].is_gone;
        left -= is_done[d];
    }
    for (; left > 0; left--) {
        int best = -1;
        for (int d = 0; d < count; d++) {
            if (is_done[d])
                continue;
            bool is_ready = true;
            const Draft *draft = &f->drafts.items[d];
            for (int i = 0; i < draft->after.count && is_ready; i++)
                is_ready = is_done[draft->after.items[i]];
            if (is_ready && (best < 0 || first_node(&draft->group) < first_node(&f->drafts.items[best].group)))
                best = d;
        }
        CHECK(best >= 0); /* no cycle was let in */
        is_done[best] = true;
        vec_push(f->arena, &f->p->groups, f->drafts.items[best].group);
    }
}

void program_number_groups(Program *p)
{
    for (int i = 0; i < p->graph->nodes.count; i++)
        graph_node(p->graph, i)->group = -1;
    for (int i = 0; i < p->groups.count; i++) {
        const Group *group = &p->groups.items[i];
        if (group->root != NODE_NONE)
            graph_node(p->graph, group->root)->group = i;
        for (int k = 0; k < group->siblings.count; k++)
            graph_node(p->graph, group->siblings.items[k])->group = i;
        for (int k = 0; k < group->after.count; k++)
            graph_node(p->graph, group->after.items[k])->group = i;
    }
}

void program_fuse(Program *p)
{
    int count = p->graph->nodes.count;
    Fuser f = {.arena = p->arena, .p = p, .g = p->graph, .node_count = count};
    f.is_live = arena_array(p->arena, bool, count + 1);
    f.is_inline = arena_array(p->arena, bool, count + 1);
    f.is_result = arena_array(p->arena, bool, count + 1);
    f.is_output = arena_array(p->arena, bool, count + 1);
    f.is_asked = arena_array(p->arena, bool, count + 1);
    f.reads_target = arena_array(p->arena, bool, count + 1);
    f.draft_of = arena_array(p->arena, int, count + 1);
    f.readers = arena_alloc_array(p->arena, count + 1, (int64_t)sizeof *f.readers);
    for (int i = 0; i < count; i++)
        f.draft_of[i] = -1;
    find_live(&f);
    find_uses(&f);
    fuse_choose_inline(&f);
    f.seen = arena_array(p->arena, int, 2 * count + 2);
    for (NodeId id = 0; id < count; id++) {
        const Node *n = graph_node(p->graph, id);
        if (f.is_live[id] && n->leaf == NULL && !f.is_inline[id] && !is_assign(n))
            place_node(&f, id);
    }
    merge_all(&f);
    for (NodeId id = 0; id < count; id++)
        if (f.is_live[id] && is_assign(graph_node(p->graph, id)))
            place_assign(&f, id);
    for (int d = 0; d < f.drafts.count; d++) {
        Group *group = &f.drafts.items[d].group;
        if (f.drafts.items[d].is_gone)
            continue;
        choose_stored(&f, d);
        if (group->root != NODE_NONE)
            collect_before(&f, group->root, group);
        for (int i = 0; i < group->siblings.count; i++)
            collect_before(&f, group->siblings.items[i], group);
    }
    put_in_order(&f);
    program_number_groups(p);
    p->is_live = f.is_live;
}
