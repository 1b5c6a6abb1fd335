/* fuse_inline.c: which maps belong to no group, because computing them again wherever they are read
 * costs less than keeping them: those that read samples and numbers only, those that only reductions
 * read, and those that follow by arithmetic from one value that is in memory in any case. */
#include "kernel/fuse.h"

#include "kernel/lower.h"

/* Reads samples and numbers only, through maps. */
static bool is_light_leaf(const Fuser *f, const Node *n)
{
    if (n->op->family == FAMILY_VIEW && n->op->lower == NULL && !f->is_result[n->inputs[0]])
        return is_light_leaf(f, node_at(f, n->inputs[0]));
    if (n->leaf == NULL)
        return false;
    LeafKind kind = n->leaf->kind;
    return kind == LEAF_INPUT || kind == LEAF_TARGET || kind == LEAF_SCALAR ||
           (kind == LEAF_CONSTANT && n->shape.rank <= 1);
}

/* In an update, what is kept between steps is read where it is written: beta * m belongs to the
 * kernel that has the gradient in its registers, not to one of its own. */
static bool is_updated_leaf(const Node *reader, const Node *n)
{
    return reader->role == ROLE_UPDATE && n->leaf != NULL &&
           (n->leaf->kind == LEAF_OPTIMIZER || n->leaf->kind == LEAF_PARAMETER ||
            n->leaf->kind == LEAF_STATISTIC);
}

static bool reads_light(const Fuser *f, const Node *n)
{
    for (int i = 0; i < n->input_count; i++) {
        const Node *in = node_at(f, n->inputs[i]);
        if (!is_light_leaf(f, in) && !is_updated_leaf(n, in) && !f->is_inline[n->inputs[i]])
            return false;
    }
    return true;
}

/* May every reader compute it on the fly? Maps and reductions can, when each element is read once. */
static bool readers_can_inline(const Fuser *f, NodeId id, bool only_reductions)
{
    const Node *n = node_at(f, id);
    if (f->is_result[id] || f->is_output[id] || f->readers[id].count == 0)
        return false;
    for (int i = 0; i < f->readers[id].count; i++) {
        const Node *reader = node_at(f, f->readers[id].items[i]);
        bool reads_each_once = reader->op->family == FAMILY_REDUCE;
        if (is_map(reader) && !only_reductions)
            reads_each_once = shape_equal(reader->shape, n->shape);
        if (is_map(reader) && only_reductions)
            reads_each_once = f->is_inline[f->readers[id].items[i]] && shape_equal(reader->shape, n->shape);
        if (!reads_each_once)
            return false;
    }
    return true;
}

enum { MOST_INLINE_OPERANDS = 6 };

/* Values in memory that computing it on the fly would read. */
static int inline_operands(const Fuser *f, NodeId id)
{
    const Node *n = node_at(f, id);
    int count = 0;
    for (int i = 0; i < n->input_count; i++)
        count += f->is_inline[n->inputs[i]] ? inline_operands(f, n->inputs[i]) : 1;
    return count;
}

/* Is it in memory whatever fusion does? Yes when something reads it that is no map; a reduction may
 * take a map in, when it is the only reader. */
static bool is_stored_anyway(const Fuser *f, NodeId id)
{
    if (node_at(f, id)->leaf != NULL || f->is_result[id] || f->is_output[id])
        return true;
    for (int i = 0; i < f->readers[id].count; i++) {
        Family family = node_at(f, f->readers[id].items[i])->op->family;
        bool takes_in = family == FAMILY_REDUCE && is_map(node_at(f, id)) && f->readers[id].count == 1;
        if (family != FAMILY_MAP && family != FAMILY_ASSIGN && !takes_in)
            return true;
    }
    return false;
}

/* Repeated over the map's elements: a mean per channel, a number. */
static bool is_small_beside(const Node *operand, const Node *map)
{
    enum { REPEATED = 8 };
    return is_single(operand->shape) || shape_elements(operand->shape) * REPEATED <= shape_elements(map->shape);
}

/* The one large value in memory that a map depends on, looking through maps computed on the fly;
 * *count counts them all. Small and light operands do not count. */
static NodeId stored_source(const Fuser *f, NodeId id, int *count)
{
    const Node *n = node_at(f, id);
    NodeId source = NODE_NONE;
    for (int i = 0; i < n->input_count; i++) {
        NodeId in = n->inputs[i], found = NODE_NONE;
        if (is_small_beside(node_at(f, in), n) || is_light_leaf(f, node_at(f, in)))
            continue;
        if (f->is_inline[in]) {
            found = stored_source(f, in, count);
        } else {
            found = in;
            *count += in != source;
        }
        source = found != NODE_NONE ? found : source;
    }
    return source;
}

static int count_calls(const Expr *e)
{
    int calls = e->kind == EXPR_CALL;
    for (int i = 0; i < e->count; i++)
        calls += count_calls(e->args[i]);
    return calls;
}

/* Arithmetic only: asks the rule with made-up operands. */
static bool is_cheap(const Fuser *f, NodeId id)
{
    const Node *n = node_at(f, id);
    Expr *any = expr_name(f->arena, STR("any"));
    Position at = {.rank = n->shape.rank, .batch = n->shape.has_batch ? any : NULL};
    for (int d = 0; d < n->shape.rank; d++)
        at.index[d] = any;
    Expr **args = arena_array(f->arena, Expr *, n->input_count + 1);
    for (int i = 0; i < n->input_count; i++)
        args[i] = any;
    Lowering probe = {.arena = f->arena, .program = f->p, .graph = f->g};
    MapContext context = {.arena = f->arena, .lowering = &probe, .position = &at, .shape = &n->shape};
    return count_calls(n->op->element(&context, n, args)) == 0;
}

/* What follows by arithmetic from one value that is in memory anyway, as the mask of a relu does from
 * its output and the centred input of a normalization from the input: computing it again where it is
 * used costs less than keeping it. */
static bool is_cheaper_again(const Fuser *f, NodeId id)
{
    const Node *n = node_at(f, id);
    bool is_reused = n->role == ROLE_BACKWARD || f->readers[id].count > 1;
    if (!is_reused || inline_operands(f, id) > MOST_INLINE_OPERANDS || !readers_can_inline(f, id, false))
        return false;
    int count = 0;
    NodeId source = stored_source(f, id, &count);
    return count == 1 && shape_equal(node_at(f, source)->shape, n->shape) && is_stored_anyway(f, source) &&
           is_cheap(f, id);
}

void fuse_choose_inline(Fuser *f)
{
    for (NodeId id = 0; id < f->node_count; id++) {
        const Node *n = node_at(f, id);
        f->is_inline[id] = f->is_live[id] && is_map(n) && !is_single(n->shape) && reads_light(f, n) &&
                           inline_operands(f, id) <= MOST_INLINE_OPERANDS &&
                           readers_can_inline(f, id, false);
        f->is_inline[id] = f->is_inline[id] || (f->is_live[id] && is_map(n) && !is_single(n->shape) &&
                                                is_cheaper_again(f, id));
    }
    /* Backwards, so that chains of maps before a reduction are found whole. Each has one reader. */
    for (NodeId id = f->node_count - 1; id >= 0; id--) {
        const Node *n = node_at(f, id);
        if (f->is_live[id] && is_map(n) && !is_single(n->shape) && f->readers[id].count == 1 &&
            readers_can_inline(f, id, true))
            f->is_inline[id] = true;
    }
}
