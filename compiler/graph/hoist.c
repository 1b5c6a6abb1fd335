/* hoist.c: splits an inference graph into what is computed once and what is computed per call.
 *
 * Two steps. `fold` copies the graph and moves scales and shifts that depend on parameters only into
 * the contraction before them, which is how batch_norm disappears:
 *
 *     contract(x, w) * s          ->  contract(x, w * s)          s along w's last axis
 *     (y + b) * s                 ->  y * s + b * s               b of parameters only
 *     (y + b) + c                 ->  y + (b + c)                 b, c of parameters only
 *
 * `split` then cuts along the edge between nodes that depend on parameters and statistics only and
 * the others: the first kind goes to `prepare`, and each of its values that the others read becomes
 * an output there and a parameter of the same name in `call`. */
#include "graph/build.h"

typedef struct Folding {
    const Graph *from;
    Build to;        /* the copy                                               */
    NodeId *moved;   /* by old id: the new one                                 */
    int *readers;    /* by old id: nodes and results that read it              */
    NodeId *origin;  /* by new id: the old node it stands for, else NODE_NONE  */
    int origin_count;
} Folding;

/* Does it stay the same from call to call? Filled in order, as inputs come first. */
static bool is_fixed(const Graph *g, const bool *fixed, NodeId id)
{
    const Node *n = graph_node(g, id);
    if (n->shape.has_batch || n->op->family == FAMILY_ASSIGN)
        return false;
    if (n->leaf != NULL)
        return n->leaf->kind == LEAF_PARAMETER || n->leaf->kind == LEAF_STATISTIC ||
               n->leaf->kind == LEAF_CONSTANT;
    for (int i = 0; i < n->input_count; i++)
        if (!fixed[n->inputs[i]])
            return false;
    return n->input_count > 0;
}

static bool *fixed_nodes(const Graph *g)
{
    bool *fixed = arena_array(g->arena, bool, g->nodes.count);
    for (NodeId id = 0; id < g->nodes.count; id++)
        fixed[id] = is_fixed(g, fixed, id);
    return fixed;
}

/* Asked of a graph that grows, so that no table can be kept. Parameter expressions are short. */
static bool depends_on_parameters_only(const Graph *g, NodeId id)
{
    const Node *n = graph_node(g, id);
    if (n->shape.has_batch || n->op->family == FAMILY_ASSIGN)
        return false;
    if (n->leaf != NULL)
        return n->leaf->kind == LEAF_PARAMETER || n->leaf->kind == LEAF_STATISTIC ||
               n->leaf->kind == LEAF_CONSTANT;
    for (int i = 0; i < n->input_count; i++)
        if (!depends_on_parameters_only(g, n->inputs[i]))
            return false;
    return n->input_count > 0;
}

static bool same_map(const IndexMap *a, const IndexMap *b)
{
    if (a->count != b->count || a->offset != b->offset)
        return false;
    for (int i = 0; i < a->count; i++)
        if (a->term[i].axis != b->term[i].axis || a->term[i].scale != b->term[i].scale)
            return false;
    return true;
}

/* May a vector along the last axis of the result be multiplied into the right operand instead? */
static bool scales_with_right(const Graph *g, const Node *contract)
{
    const Node *right = graph_node(g, contract->inputs[1]);
    const ContractSpec *spec = contract->contract;
    return depends_on_parameters_only(g, contract->inputs[1]) && right->shape.rank > 0 &&
           contract->shape.rank > 0 &&
           same_map(&spec->right[right->shape.rank - 1], &spec->out[contract->shape.rank - 1]);
}

static bool is_read_once(const Folding *f, NodeId new_id)
{
    NodeId old = new_id < f->origin_count ? f->origin[new_id] : NODE_NONE;
    return old != NODE_NONE && f->readers[old] == 1;
}

/* x * scale with the scale moved inwards, or NODE_NONE when that cannot be done. */
static NodeId fold_scale(Folding *f, NodeId x, NodeId scale)
{
    const Graph *g = f->to.graph;
    const Node *n = graph_node(g, x);
    const Shape scale_shape = graph_node(g, scale)->shape;
    bool is_vector = scale_shape.rank <= 1 && n->shape.rank > 0 &&
                     (scale_shape.rank == 0 || scale_shape.dim[0] == n->shape.dim[n->shape.rank - 1]);
    if (!is_vector || !is_read_once(f, x))
        return NODE_NONE;
    if (n->contract != NULL && scales_with_right(g, n)) {
        NodeId left = n->inputs[0];
        const ContractSpec *spec = n->contract;
        NodeId right = build_binary(&f->to, &op_mul, n->inputs[1], scale);
        return build_contract(&f->to, left, right, spec);
    }
    if (n->op == &op_add && n->input_count == 2) {
        NodeId inner = n->inputs[0];
        NodeId added = n->inputs[1];
        if (depends_on_parameters_only(g, inner) || !depends_on_parameters_only(g, added) ||
            graph_node(g, added)->shape.rank > 1)
            return NODE_NONE;
        NodeId scaled = fold_scale(f, inner, scale);
        if (scaled == NODE_NONE)
            return NODE_NONE;
        return build_binary(&f->to, &op_add, scaled, build_binary(&f->to, &op_mul, added, scale));
    }
    return NODE_NONE;
}

/* (y + b) + c as y + (b + c), or NODE_NONE. */
static NodeId fold_shift(Folding *f, NodeId x, NodeId shift)
{
    const Graph *g = f->to.graph;
    const Node *n = graph_node(g, x);
    if (n->op != &op_add || n->input_count != 2)
        return NODE_NONE;
    NodeId inner = n->inputs[0];
    NodeId added = n->inputs[1];
    if (depends_on_parameters_only(g, inner) || !depends_on_parameters_only(g, added) ||
        graph_node(g, added)->shape.rank > 1 || graph_node(g, shift)->shape.rank > 1)
        return NODE_NONE;
    return build_binary(&f->to, &op_add, inner, build_binary(&f->to, &op_add, added, shift));
}

static NodeId fold_node(Folding *f, const Node *old, const NodeId *inputs)
{
    bool is_mul = old->op == &op_mul && old->input_count == 2;
    bool is_add = old->op == &op_add && old->input_count == 2;
    if (!is_mul && !is_add)
        return NODE_NONE;
    for (int side = 0; side < 2; side++) {
        NodeId x = inputs[side];
        NodeId vector = inputs[1 - side];
        if (depends_on_parameters_only(f->to.graph, x) ||
            !depends_on_parameters_only(f->to.graph, vector))
            continue;
        NodeId folded = is_mul ? fold_scale(f, x, vector) : fold_shift(f, x, vector);
        if (folded != NODE_NONE)
            return folded;
    }
    return NODE_NONE;
}

static void remember_origin(Folding *f, NodeId new_id, NodeId old_id, int capacity)
{
    CHECK(new_id < capacity);
    for (; f->origin_count <= new_id; f->origin_count++)
        f->origin[f->origin_count] = NODE_NONE;
    f->origin[new_id] = old_id;
}

static Node copy_with_inputs(Graph *to, const Node *old, const NodeId *moved)
{
    Node copy = *old;
    NodeId *inputs = arena_array(to->arena, NodeId, old->input_count);
    for (int i = 0; i < old->input_count; i++)
        inputs[i] = moved[old->inputs[i]];
    copy.inputs = inputs;
    copy.origin = NODE_NONE;
    return copy;
}

/* Results, inputs and targets of `from` under their new ids; those that did not move are left out. */
static void copy_results(Arena *arena, const Results *from, const NodeId *moved, Results *to)
{
    for (int i = 0; i < from->count; i++)
        if (moved[from->items[i].node] != NODE_NONE)
            vec_push(arena, to, (Result){from->items[i].name, moved[from->items[i].node],
                                         from->items[i].span});
}

static void copy_ids(Arena *arena, const NodeIds *from, const NodeId *moved, NodeIds *to)
{
    for (int i = 0; i < from->count; i++)
        if (moved[from->items[i]] != NODE_NONE)
            vec_push(arena, to, moved[from->items[i]]);
}

static void copy_interface(const Graph *from, const NodeId *moved, Graph *to)
{
    copy_results(to->arena, &from->outputs, moved, &to->outputs);
    copy_results(to->arena, &from->losses, moved, &to->losses);
    copy_results(to->arena, &from->metrics, moved, &to->metrics);
    copy_ids(to->arena, &from->inputs, moved, &to->inputs);
    copy_ids(to->arena, &from->targets, moved, &to->targets);
    to->total_loss = from->total_loss == NODE_NONE ? NODE_NONE : moved[from->total_loss];
    to->random_streams = from->random_streams;
    for (int i = 0; i < from->layers.count; i++) {
        Layer layer = from->layers.items[i];
        layer.output = layer.output == NODE_NONE ? NODE_NONE : moved[layer.output];
        vec_push(to->arena, &to->layers, layer);
    }
}

static int *count_readers(const Graph *g)
{
    int *readers = arena_array(g->arena, int, g->nodes.count);
    for (NodeId id = 0; id < g->nodes.count; id++)
        for (int i = 0; i < g->nodes.items[id].input_count; i++)
            readers[g->nodes.items[id].inputs[i]]++;
    const Results *results[] = {&g->outputs, &g->losses, &g->metrics};
    for (int r = 0; r < COUNT_OF(results); r++)
        for (int i = 0; i < results[r]->count; i++)
            readers[results[r]->items[i].node]++;
    return readers;
}

static Graph *fold(Arena *arena, const Graph *g)
{
    int capacity = 8 * g->nodes.count + 64; /* a folded node makes at most a few new ones */
    Folding f = {.from = g, .readers = count_readers(g)};
    f.to = (Build){.graph = graph_new(arena), .mode = MODE_INFERENCE, .layer = -1,
                   .origin = NODE_NONE};
    f.moved = arena_array(arena, NodeId, g->nodes.count);
    f.origin = arena_array(arena, NodeId, capacity);
    for (NodeId id = 0; id < g->nodes.count; id++) {
        const Node *old = graph_node(g, id);
        Node copy = copy_with_inputs(f.to.graph, old, f.moved);
        f.to.role = old->role;
        f.to.layer = old->layer;
        f.to.name = old->name;
        f.to.span = old->span;
        NodeId folded = fold_node(&f, old, copy.inputs);
        f.moved[id] = folded != NODE_NONE ? folded : graph_append(f.to.graph, copy);
        remember_origin(&f, f.moved[id], id, capacity);
    }
    copy_interface(g, f.moved, f.to.graph);
    return graph_simplify(arena, f.to.graph);
}

/* A grouped kernel keeps its grouping through w * scale: it decides how the kernel is stored. */
static int groups_of(const Graph *g, NodeId id)
{
    const Node *n = graph_node(g, id);
    int groups = n->leaf != NULL && n->leaf->groups > 1 ? n->leaf->groups : 1;
    for (int i = 0; i < n->input_count; i++)
        if (shape_equal(graph_node(g, n->inputs[i])->shape, n->shape)) {
            int inner = groups_of(g, n->inputs[i]);
            groups = inner > groups ? inner : groups;
        }
    return groups;
}

static bool is_constant(const Node *n)
{
    return n->leaf != NULL && n->leaf->kind == LEAF_CONSTANT;
}

/* The leaf of `call` that stands for a value of `prepare`. */
static Node parameter_for(const Graph *g, NodeId id)
{
    Node leaf = *graph_node(g, id);
    leaf.op = &op_parameter;
    leaf.attrs = NULL;
    leaf.contract = NULL;
    leaf.inputs = NULL;
    leaf.input_count = 0;
    leaf.leaf = arena_new(g->arena, Leaf);
    leaf.leaf->kind = LEAF_PARAMETER;
    leaf.leaf->groups = groups_of(g, id);
    leaf.leaf->owner = NODE_NONE;
    return leaf;
}

SplitGraph graph_hoist(Arena *arena, const Graph *graph)
{
    const Graph *g = fold(arena, graph);
    const bool *fixed = fixed_nodes(g);
    SplitGraph split = {graph_new(arena), graph_new(arena)};
    NodeId *in_prepare = arena_array(arena, NodeId, g->nodes.count);
    NodeId *in_call = arena_array(arena, NodeId, g->nodes.count);
    bool *is_crossing = arena_array(arena, bool, g->nodes.count);

    for (NodeId id = 0; id < g->nodes.count; id++)
        for (int i = 0; i < g->nodes.items[id].input_count; i++)
            if (!fixed[id] && fixed[g->nodes.items[id].inputs[i]])
                is_crossing[g->nodes.items[id].inputs[i]] = true;
    const Results *results[] = {&g->outputs, &g->losses, &g->metrics};
    for (int r = 0; r < COUNT_OF(results); r++)
        for (int i = 0; i < results[r]->count; i++)
            is_crossing[results[r]->items[i].node] |= fixed[results[r]->items[i].node];
    if (g->total_loss != NODE_NONE)
        is_crossing[g->total_loss] |= fixed[g->total_loss];

    for (NodeId id = 0; id < g->nodes.count; id++) {
        const Node *n = graph_node(g, id);
        in_prepare[id] = in_call[id] = NODE_NONE;
        if (fixed[id]) {
            Node node = copy_with_inputs(split.prepare, n, in_prepare);
            node.layer = -1; /* layers stay with the call */
            in_prepare[id] = graph_append(split.prepare, node);
        }
        if (!fixed[id] || (is_crossing[id] && is_constant(n)))
            in_call[id] = graph_append(split.call, copy_with_inputs(split.call, n, in_call));
        else if (is_crossing[id]) {
            in_call[id] = graph_append(split.call, parameter_for(g, id));
            vec_push(arena, &split.prepare->outputs, (Result){n->name, in_prepare[id], n->span});
        }
    }
    copy_interface(g, in_call, split.call);
    split.prepare->total_loss = NODE_NONE;
    split.prepare = graph_simplify(arena, split.prepare);
    return split;
}
