/* fuse_verify.c: do the groups stand in an order in which each finds what it reads, and does no group
 * overwrite a leaf that a later one still reads? */
#include "kernel/fuse.h"

/* Is `in` made before a node of group `group` needs it? Roots need what they read complete. */
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

static bool reads_value(const Program *p, NodeId id, NodeId value)
{
    const Node *n = graph_node(p->graph, id);
    for (int i = is_assign(n) ? 1 : 0; i < n->input_count; i++) {
        const Node *in = graph_node(p->graph, n->inputs[i]);
        if (n->inputs[i] == value)
            return true;
        if (in->leaf == NULL && in->group < 0 && reads_value(p, n->inputs[i], value))
            return true;
    }
    return false;
}

Str groups_verify(Arena *arena, const Program *p)
{
    for (NodeId id = 0; id < p->graph->nodes.count; id++) {
        const Node *n = graph_node(p->graph, id);
        if (!p->is_live[id] || n->group < 0)
            continue;
        const Group *group = &p->groups.items[n->group];
        bool by_root = group->root == id;
        for (int i = 0; i < group->siblings.count; i++)
            by_root = by_root || group->siblings.items[i] == id;
        for (int i = is_assign(n) ? 1 : 0; i < n->input_count; i++)
            if (!is_made_in_time(p, n->inputs[i], n->group, by_root))
                return str_format(arena, "group %d needs %.*s before it is made", n->group,
                                  STR_ARGS(graph_node(p->graph, n->inputs[i])->name));
        for (NodeId r = 0; is_assign(n) && r < p->graph->nodes.count; r++)
            if (p->is_live[r] && graph_node(p->graph, r)->group > n->group && reads_value(p, r, n->inputs[0]))
                return str_format(arena, "%.*s is overwritten before %.*s reads it",
                                  STR_ARGS(graph_node(p->graph, n->inputs[0])->name),
                                  STR_ARGS(graph_node(p->graph, r)->name));
    }
    return (Str){0};
}
