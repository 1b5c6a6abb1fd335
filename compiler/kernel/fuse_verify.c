/* fuse_verify.c: do the groups stand in an order in which each finds what it reads, and does no group
 * overwrite a leaf that a later one still reads? */
#include "kernel/fuse.h"

/* Is `in` made before a node of group `group` needs it? Roots and siblings need what they read complete, unless
 * that is the root. */
static bool is_made_in_time(const Program *p, NodeId in, int group, bool by_root)
{
    const Node *n = graph_node(p->graph, in);
    if (n->leaf != NULL)
        return true;
    if (n->group >= 0)
        return by_root ? n->group < group : n->group <= group;
    for (int i = 0; i < n->input_count; i++)
        if (!is_made_in_time(p, n->inputs[i], group, by_root))
            return false;
    return true;
}

/* A leaf that the node reads, itself or through maps computed on the fly, after its new value was
 * written; or NODE_NONE. overwritten[leaf] is the first group that writes it, or the number of groups. */
static NodeId reads_overwritten(const Program *p, NodeId id, int group, const int *overwritten)
{
    const Node *n = graph_node(p->graph, id);
    for (int i = is_assign(n) ? 1 : 0; i < n->input_count; i++) {
        NodeId in = n->inputs[i];
        const Node *read = graph_node(p->graph, in);
        NodeId leaf = NODE_NONE;
        if (overwritten[in] < group)
            return in;
        if (read->leaf == NULL && read->group < 0)
            leaf = reads_overwritten(p, in, group, overwritten);
        if (leaf != NODE_NONE)
            return leaf;
    }
    return NODE_NONE;
}

static int *find_overwritten(Arena *arena, const Program *p)
{
    int *overwritten = arena_array(arena, int, p->graph->nodes.count + 1);
    for (NodeId id = 0; id < p->graph->nodes.count; id++)
        overwritten[id] = p->groups.count;
    for (NodeId id = 0; id < p->graph->nodes.count; id++) {
        const Node *n = graph_node(p->graph, id);
        if (p->is_live[id] && n->group >= 0 && is_assign(n) && n->group < overwritten[n->inputs[0]])
            overwritten[n->inputs[0]] = n->group;
    }
    return overwritten;
}

Str groups_verify(Arena *arena, const Program *p)
{
    const int *overwritten = find_overwritten(arena, p);
    for (NodeId id = 0; id < p->graph->nodes.count; id++) {
        const Node *n = graph_node(p->graph, id);
        if (!p->is_live[id] || n->group < 0)
            continue;
        const Group *group = &p->groups.items[n->group];
        bool by_root = group->root == id;
        for (int i = 0; i < group->siblings.count; i++)
            by_root = by_root || group->siblings.items[i] == id;
        for (int i = is_assign(n) ? 1 : 0; i < n->input_count; i++)
            if (!is_made_in_time(p, n->inputs[i], n->group, by_root && n->inputs[i] != group->root))
                return str_format(arena, "group %d needs %.*s before it is made", n->group,
                                  STR_ARGS(graph_node(p->graph, n->inputs[i])->name));
        NodeId leaf = reads_overwritten(p, id, n->group, overwritten);
        if (leaf != NODE_NONE)
            return str_format(arena, "%.*s is overwritten before %.*s reads it",
                              STR_ARGS(graph_node(p->graph, leaf)->name), STR_ARGS(n->name));
    }
    return (Str){0};
}
