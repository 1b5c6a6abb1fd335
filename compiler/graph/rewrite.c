/* rewrite.c: see rewrite.h. */
#include "graph/rewrite.h"

#include "front/diag.h"

enum {
    MOST_ROUNDS = 64, /* a chain that moves one step a round may need many; most graphs need five */
    MOST_FOLDED = 1 << 16, /* elements of a result that is computed here */
};

struct Rewrite {
    Arena *arena; /* of one round */
    const Graph *old;
    Graph *graph;
    NodeId *map;    /* by old node: what stands for it, NODE_NONE when it is not needed */
    bool *is_live;  /* by old node */
    int *readers;   /* by old node: how many live nodes and results read it */
    int *slots;     /* hash table of new nodes: id plus one */
    int slot_count; /* a power of two */
    int hashed;     /* new nodes that are in the table or shall not be */
    const RewriteRule *rules;
    int rule_count;
    const void *options; /* for the rules */
    Diag diag;     /* full: rules do not report */
    NodeIds early; /* old nodes of early operators */
    int changes;
};

/* ---- what is needed -------------------------------------------------------------------------- */
static void need(Rewrite *r, NodeId id)
{
    if (id == NODE_NONE)
        return;
    r->is_live[id] = true;
    r->readers[id]++;
}

static void need_results(Rewrite *r, const Results *results)
{
    for (int i = 0; i < results->count; i++)
        need(r, results->items[i].node);
}

static void need_all(Rewrite *r, const NodeIds *ids)
{
    for (int i = 0; i < ids->count; i++)
        need(r, ids->items[i]);
}

static void mark_live(Rewrite *r)
{
    const Graph *g = r->old;
    need_results(r, &g->outputs);
    need_results(r, &g->losses);
    need_results(r, &g->metrics);
    need_all(r, &g->inputs);
    need_all(r, &g->targets);
    need_all(r, &g->effects);
    need_all(r, &g->penalties);
    need_all(r, &g->held);
    need(r, g->total_loss);
    for (NodeId id = g->nodes.count - 1; id >= 0; id--) {
        const Node *n = graph_node(g, id);
        if (!r->is_live[id])
            continue;
        for (int i = 0; i < n->input_count; i++)
            need(r, n->inputs[i]);
        if (n->leaf != NULL && n->leaf->kind == LEAF_OPTIMIZER)
            need(r, n->leaf->owner);
    }
}

/* ---- equal nodes ----------------------------------------------------------------------------- */
/* Leaves that hold what the user sees, and assignments, are never merged. */
static bool can_merge(const Node *n)
{
    if (n->leaf != NULL)
        return n->leaf->kind == LEAF_CONSTANT || n->leaf->kind == LEAF_SCALAR;
    return n->op->family != FAMILY_ASSIGN;
}

static int slot_of(const Rewrite *r, const Node *n)
{
    uint32_t mask = (uint32_t)r->slot_count - 1;
    uint32_t at = node_hash(n) & mask;
    while (r->slots[at] != 0 && !node_same(graph_node(r->graph, r->slots[at] - 1), n))
        at = (at + 1) & mask;
    return (int)at;
}

static void rehash(Rewrite *r)
{
    r->slot_count = r->slot_count ? r->slot_count * 2 : 256;
    r->slots = arena_array(r->arena, int, r->slot_count);
    r->hashed = 0;
}

/* Puts all new nodes into the table; of equal ones the first stays there. */
static void hash_new_nodes(Rewrite *r)
{
    if (2 * r->graph->nodes.count >= r->slot_count)
        rehash(r);
    for (; r->hashed < r->graph->nodes.count; r->hashed++) {
        const Node *n = graph_node(r->graph, r->hashed);
        int slot = can_merge(n) ? slot_of(r, n) : -1;
        if (slot >= 0 && r->slots[slot] == 0)
            r->slots[slot] = r->hashed + 1;
    }
}

static NodeId find_equal(Rewrite *r, const Node *n)
{
    hash_new_nodes(r);
    return can_merge(n) ? r->slots[slot_of(r, n)] - 1 : NODE_NONE;
}

/* ---- numbers that are known ------------------------------------------------------------------ */
static bool is_constant_leaf(const Graph *g, NodeId id)
{
    const Node *n = graph_node(g, id);
    return n->leaf != NULL && n->leaf->kind == LEAF_CONSTANT;
}

/* Repeating a number is left to those who read it. */
static bool can_fold(const Rewrite *r, const Node *n)
{
    if (n->leaf != NULL || n->input_count == 0 || n->op == &op_broadcast ||
        n->op->family == FAMILY_ASSIGN || shape_elements(n->shape) > MOST_FOLDED)
        return false;
    for (int i = 0; i < n->input_count; i++)
        if (!is_constant_leaf(r->graph, n->inputs[i]))
            return false;
    return true;
}

static NodeId fold(Rewrite *r, const Node *n)
{
    Arena *arena = r->graph->arena;
    const double **in = arena_array(arena, const double *, n->input_count);
    for (int i = 0; i < n->input_count; i++)
        in[i] = graph_node(r->graph, n->inputs[i])->leaf->values;
    double *values = arena_array(arena, double, shape_elements(n->shape));
    EvalContext context = {.arena = arena, .batch = 1};
    EvalCall call = {.graph = r->graph, .node = n, .in = in, .out = values, .context = &context};
    n->op->eval(&call);
    Node constant = *n;
    constant.op = &op_constant;
    constant.inputs = NULL;
    constant.input_count = 0;
    constant.attrs = NULL;
    constant.contract = NULL;
    constant.leaf = arena_new(arena, Leaf);
    *constant.leaf = (Leaf){.kind = LEAF_CONSTANT, .values = values, .groups = 1};
    return graph_append(r->graph, constant);
}

/* ---- from the old graph to the new one ------------------------------------------------------- */
static NodeId mapped(const Rewrite *r, NodeId id)
{
    return id == NODE_NONE ? NODE_NONE : r->map[id];
}

static NodeId *mapped_inputs(const Rewrite *r, const Node *n)
{
    NodeId *in = arena_array(r->graph->arena, NodeId, n->input_count + 1);
    for (int i = 0; i < n->input_count; i++)
        in[i] = r->map[n->inputs[i]];
    return in;
}

static Leaf *mapped_leaf(const Rewrite *r, const Leaf *old)
{
    Leaf *leaf = arena_new(r->graph->arena, Leaf);
    *leaf = *old;
    if (leaf->kind == LEAF_OPTIMIZER)
        leaf->owner = r->map[leaf->owner];
    return leaf;
}

/* ---- one node -------------------------------------------------------------------------------- */
static NodeId apply_rules(Rewrite *r, const Node *old, const NodeId *in)
{
    Build build = {.graph = r->graph,
                   .diag = &r->diag,
                   .mode = MODE_TRAINING,
                   .role = old->role,
                   .layer = old->layer,
                   .name = old->name,
                   .span = old->span,
                   .origin = mapped(r, old->origin)};
    Site site = {.rewrite = r,
                 .build = &build,
                 .graph = r->graph,
                 .node = old,
                 .in = in,
                 .shape = old->shape,
                 .options = r->options};
    for (int i = 0; i < r->rule_count; i++) {
        const OpDef *op = r->rules[i].op;
        if (op == old->op || (op == NULL && old->op->family == FAMILY_MAP)) {
            NodeId first = r->graph->nodes.count;
            NodeId result = r->rules[i].apply(&site);
            if (result == NODE_NONE)
                continue;
            CHECK(shape_equal(graph_node(r->graph, result)->shape, old->shape));
            if (result >= first &&
                str_starts(graph_node(r->graph, result)->name, str_c(r->arena, old->name)))
                graph_rename(r->graph, result, old->name);
            r->changes++;
            return result;
        }
    }
    return NODE_NONE;
}

static NodeId copy_leaf(Rewrite *r, Node n)
{
    NodeId same = find_equal(r, &n);
    if (same != NODE_NONE) {
        r->changes++;
        return same;
    }
    n.leaf = mapped_leaf(r, n.leaf);
    return graph_append(r->graph, n);
}

static NodeId copy_node(Rewrite *r, NodeId id)
{
    const Node *old = graph_node(r->old, id);
    Node n = *old;
    n.origin = mapped(r, n.origin);
    if (n.leaf != NULL)
        return copy_leaf(r, n);
    NodeId *in = mapped_inputs(r, &n);
    n.inputs = in;
    if (can_fold(r, &n)) {
        r->changes++;
        return fold(r, &n);
    }
    NodeId result = apply_rules(r, old, in);
    if (result != NODE_NONE)
        return result;
    result = find_equal(r, &n);
    if (result != NODE_NONE) {
        r->changes++;
        return result;
    }
    return graph_append(r->graph, n);
}

/* ---- a round --------------------------------------------------------------------------------- */
static void copy_results(const Rewrite *r, Results *to, const Results *from)
{
    for (int i = 0; i < from->count; i++) {
        Result result = from->items[i];
        result.node = r->map[result.node];
        vec_push(r->graph->arena, to, result);
    }
}

static void copy_ids(const Rewrite *r, NodeIds *to, const NodeIds *from)
{
    for (int i = 0; i < from->count; i++)
        vec_push(r->graph->arena, to, r->map[from->items[i]]);
}

static void copy_lists(Rewrite *r)
{
    const Graph *old = r->old;
    Graph *g = r->graph;
    copy_results(r, &g->outputs, &old->outputs);
    copy_results(r, &g->losses, &old->losses);
    copy_results(r, &g->metrics, &old->metrics);
    copy_ids(r, &g->inputs, &old->inputs);
    copy_ids(r, &g->targets, &old->targets);
    copy_ids(r, &g->effects, &old->effects);
    copy_ids(r, &g->penalties, &old->penalties);
    copy_ids(r, &g->held, &old->held);
    for (int i = 0; i < old->layers.count; i++) {
        Layer layer = old->layers.items[i];
        layer.output = mapped(r, layer.output);
        vec_push(g->arena, &g->layers, layer);
    }
    g->total_loss = mapped(r, old->total_loss);
    g->random_streams = old->random_streams;
}

/* Numbers made of numbers (the optimizer's corrections) also come as soon as they can, so that they
 * do not stand between the large nodes of one update. */
static bool is_early(const Node *n)
{
    bool is_number = n->shape.rank == 0 && !n->shape.has_batch;
    bool is_known =
        n->leaf != NULL && (n->leaf->kind == LEAF_SCALAR || n->leaf->kind == LEAF_CONSTANT);
    return n->op->is_early || (is_number && (is_known || n->op->family == FAMILY_MAP));
}

static bool is_ready(const Rewrite *r, const Node *n)
{
    for (int i = 0; i < n->input_count; i++)
        if (r->map[n->inputs[i]] == NODE_NONE)
            return false;
    return n->origin == NODE_NONE || !r->is_live[n->origin] || r->map[n->origin] != NODE_NONE;
}

/* Copies early nodes that only waited for the node before; those that still wait stay in the list.
 */
static void copy_early(Rewrite *r)
{
    int waiting = 0;
    for (int i = 0; i < r->early.count; i++) {
        NodeId id = r->early.items[i];
        if (r->map[id] != NODE_NONE)
            continue;
        if (is_ready(r, graph_node(r->old, id)))
            r->map[id] = copy_node(r, id);
        else
            r->early.items[waiting++] = id;
    }
    r->early.count = waiting;
}

static void copy_nodes(Rewrite *r)
{
    int count = r->old->nodes.count;
    for (NodeId id = 0; id < count; id++) {
        r->map[id] = NODE_NONE;
        if (r->is_live[id] && is_early(graph_node(r->old, id)))
            vec_push(r->arena, &r->early, id);
    }
    for (NodeId id = 0; id < count; id++) {
        if (!r->is_live[id] || r->map[id] != NODE_NONE)
            continue;
        r->map[id] = copy_node(r, id);
        copy_early(r);
    }
}

static Graph *run_round(Arena *arena, const Graph *old, const RewriteRule *rules, int rule_count,
                        const void *options, int *changes)
{
    Arena scratch = {0};
    Rewrite r = {
        .arena = &scratch,
        .old = old,
        .graph = graph_new(arena),
        .map = arena_array(&scratch, NodeId, old->nodes.count + 1),
        .is_live = arena_array(&scratch, bool, old->nodes.count + 1),
        .readers = arena_array(&scratch, int, old->nodes.count + 1),
        .rules = rules,
        .rule_count = rule_count,
        .options = options,
        .diag = {.arena = &scratch, .error_count = DIAG_MAX_ERRORS},
    };
    graph_reserve(r.graph, old->nodes.count);
    mark_live(&r);
    copy_nodes(&r);
    copy_lists(&r);
    *changes = r.changes;
    arena_free(&scratch);
    return r.graph;
}

Graph *rewrite_graph_with(Arena *arena, const Graph *g, const RewriteRule *rules, int rule_count,
                          const void *options)
{
    const Graph *old = g;
    int changes = 0;
    for (int round = 0; round < MOST_ROUNDS; round++) {
        Graph *next = run_round(arena, old, rules, rule_count, options, &changes);
        if (changes == 0)
            return next;
        old = next;
    }
    return run_round(arena, old, rules, 0, options,
                     &changes); /* only drops what the last round left unused */
}

Graph *rewrite_graph(Arena *arena, const Graph *g, const RewriteRule *rules, int rule_count)
{
    return rewrite_graph_with(arena, g, rules, rule_count, NULL);
}

Graph *graph_copy(Arena *arena, const Graph *g, EditFunction *edit, void *context)
{
    Rewrite r = {.arena = arena, .old = g, .graph = graph_new(arena),
                 .map = arena_array(arena, NodeId, g->nodes.count + 1)};
    for (NodeId id = 0; id < g->nodes.count; id++) {
        Node n = *graph_node(g, id);
        NodeId *in = mapped_inputs(&r, &n);
        edit(context, r.graph, r.map, id, in);
        n.inputs = in;
        n.origin = mapped(&r, n.origin);
        if (n.leaf != NULL)
            n.leaf = mapped_leaf(&r, n.leaf);
        r.map[id] = graph_append(r.graph, n);
    }
    copy_lists(&r);
    return r.graph;
}

/* ---- for rules ------------------------------------------------------------------------------- */
const Node *site_input(const Site *s, int input)
{
    return graph_node(s->graph, s->in[input]);
}

const OpDef *site_input_op(const Site *s, int input)
{
    return site_input(s, input)->op;
}

bool site_has_one_reader(const Site *s, int input)
{
    return s->rewrite->readers[s->node->inputs[input]] == 1;
}

NodeId site_existing(const Site *s, const OpDef *op, NodeId x, const AttrValue *attrs, Shape shape)
{
    CHECK(attrs != NULL || op_attr_count(op) == 0);
    Node wanted = {.op = op, .inputs = &x, .input_count = 1, .attrs = attrs, .shape = shape};
    return find_equal(s->rewrite, &wanted);
}

bool node_is_constant(const Graph *g, NodeId id, double value)
{
    const Node *n = graph_node(g, id);
    return node_is_uniform(n) && n->leaf->values[0] == value;
}

bool node_number(const Graph *g, NodeId id, double *value)
{
    if (!is_constant_leaf(g, id) || graph_node(g, id)->shape.rank > 0)
        return false;
    *value = graph_node(g, id)->leaf->values[0];
    return true;
}

bool *graph_fixed_nodes(Arena *arena, const Graph *g)
{
    bool *is_fixed = arena_array(arena, bool, g->nodes.count + 1);
    for (NodeId id = 0; id < g->nodes.count; id++) {
        const Node *n = graph_node(g, id);
        if (n->leaf != NULL) {
            is_fixed[id] = n->leaf->kind == LEAF_PARAMETER || n->leaf->kind == LEAF_STATISTIC ||
                           n->leaf->kind == LEAF_CONSTANT;
            continue;
        }
        is_fixed[id] =
            n->input_count > 0 && !n->shape.has_batch; /* random numbers have no inputs */
        for (int i = 0; i < n->input_count; i++)
            is_fixed[id] = is_fixed[id] && is_fixed[n->inputs[i]];
    }
    return is_fixed;
}
