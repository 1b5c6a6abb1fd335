/* graph.c: the list of nodes, the names in it, and shapes.
 *
 * Every node has a name that no other node of its graph has; a second "relu" becomes "relu_2". The
 * table of names is an open hash table, because the training step of a large model has thousands of
 * nodes that would all like to be called "mul". */
#include "graph/graph.h"

/* ---- names ----------------------------------------------------------------------------------- */
typedef struct NameEntry {
    Str name;
    int next; /* number to try for the next node that wants this name */
} NameEntry;

struct NameTable {
    VEC(NameEntry) entries;
    int *slots;     /* index into entries plus one; 0: free */
    int slot_count; /* a power of two */
};

/* The slot that holds name, or the free one where it belongs. */
static int find_slot(const NameTable *table, Str name)
{
    uint32_t mask = (uint32_t)table->slot_count - 1;
    uint32_t at = str_hash(name) & mask;
    while (table->slots[at] != 0 &&
           !str_equal(table->entries.items[table->slots[at] - 1].name, name))
        at = (at + 1) & mask;
    return (int)at;
}

static void grow_table(Arena *arena, NameTable *table, int slot_count)
{
    table->slot_count = slot_count;
    table->slots = arena_array(arena, int, table->slot_count);
    for (int i = 0; i < table->entries.count; i++)
        table->slots[find_slot(table, table->entries.items[i].name)] = i + 1;
}

static Str unique_name(Arena *arena, NameTable *table, Str wanted)
{
    if (2 * (table->entries.count + 1) > table->slot_count)
        grow_table(arena, table, table->slot_count ? table->slot_count * 2 : 64);
    int slot = find_slot(table, wanted);
    int holder = table->slots[slot] - 1;
    Str name = wanted;
    while (table->slots[slot] != 0) {
        name = str_format(arena, "%.*s_%d", STR_ARGS(wanted), table->entries.items[holder].next++);
        slot = find_slot(table, name);
    }
    NameEntry entry = {.name = name, .next = 2};
    vec_push(arena, &table->entries, entry);
    table->slots[slot] = table->entries.count;
    return name;
}

Str graph_unique_name(Graph *g, Str wanted)
{
    return unique_name(g->arena, g->names, wanted);
}

Str graph_unique_layer_name(Graph *g, Str wanted)
{
    return unique_name(g->arena, g->layer_names, wanted);
}

Str graph_unique_part_name(Graph *g, Str wanted)
{
    return unique_name(g->arena, g->part_names, wanted);
}

/* ---- nodes ----------------------------------------------------------------------------------- */
Graph *graph_new(Arena *arena)
{
    Graph *g = arena_new(arena, Graph);
    g->arena = arena;
    g->names = arena_new(arena, NameTable);
    g->layer_names = arena_new(arena, NameTable);
    g->part_names = arena_new(arena, NameTable);
    g->total_loss = NODE_NONE;
    return g;
}

void graph_reserve(Graph *g, int nodes)
{
    CHECK(g->nodes.count == 0 && g->nodes.capacity == 0);
    g->nodes.items = arena_array(g->arena, Node, nodes + 1);
    g->nodes.capacity = nodes + 1;
    int slots = 64;
    while (slots < 2 * (nodes + 1))
        slots *= 2;
    g->names->entries.items = arena_array(g->arena, NameEntry, nodes + 1);
    g->names->entries.capacity = nodes + 1;
    grow_table(g->arena, g->names, slots);
}

Node *graph_node(const Graph *g, NodeId id)
{
    if (id < 0 || id >= g->nodes.count)
        BUG("node %d of %d", (int)id, g->nodes.count);
    return &g->nodes.items[id];
}

NodeId graph_append(Graph *g, Node node)
{
    CHECK(node.name.len > 0);
    node.name = graph_unique_name(g, node.name);
    node.group = -1;
    vec_push(g->arena, &g->nodes, node);
    return g->nodes.count - 1;
}

void graph_rename(Graph *g, NodeId id, Str wanted)
{
    Node *n = graph_node(g, id);
    if (!str_equal(n->name, wanted))
        n->name = graph_unique_name(g, wanted);
}

/* ---- shapes ---------------------------------------------------------------------------------- */
bool shape_count(Shape s, int64_t *elements)
{
    int64_t count = 1;
    for (int i = 0; i < s.rank; i++)
        if (!size_multiply(count, s.dim[i], &count) || count > MAX_ELEMENTS)
            return false;
    *elements = count;
    return true;
}

bool is_constrained(const Leaf *leaf)
{
    return leaf->constraint.kind > CONSTRAINT_NONE;
}

bool *graph_reach(Arena *arena, const Graph *g, NodeId id)
{
    bool *is_reached = arena_array(arena, bool, g->nodes.count);
    is_reached[id] = true;
    for (NodeId n = id; n >= 0; n--) {
        const Node *node = graph_node(g, n);
        for (int i = 0; is_reached[n] && i < node->input_count; i++)
            is_reached[node->inputs[i]] = true;
    }
    return is_reached;
}

int64_t shape_elements(Shape s)
{
    int64_t count = 0;
    if (!shape_count(s, &count))
        BUG("a tensor with too many elements is in the graph");
    return count;
}

bool node_is_uniform(const Node *n)
{
    if (n->leaf == NULL || n->leaf->kind != LEAF_CONSTANT)
        return false;
    int64_t count = shape_elements(n->shape);
    for (int64_t i = 1; i < count; i++)
        if (n->leaf->values[i] != n->leaf->values[0])
            return false;
    return true;
}

bool shape_equal(Shape a, Shape b)
{
    if (a.has_batch != b.has_batch || a.rank != b.rank)
        return false;
    for (int i = 0; i < a.rank; i++)
        if (a.dim[i] != b.dim[i])
            return false;
    return true;
}

Shape shape_of(bool has_batch, int rank, const int64_t *dim)
{
    CHECK(rank >= 0 && rank <= MAX_RANK);
    Shape s = {.has_batch = has_batch, .rank = rank};
    for (int i = 0; i < rank; i++)
        s.dim[i] = dim[i];
    return s;
}

Str shape_str(Arena *arena, Shape s)
{
    StrBuf buf = {.arena = arena};
    buf_add(&buf, "[");
    for (int i = 0; i < s.rank; i++)
        buf_add(&buf, "%s%lld", i > 0 ? ", " : "", (long long)s.dim[i]);
    buf_add(&buf, "]");
    return buf_str(&buf);
}

const char *type_name(Type t)
{
    switch (t) {
    case TYPE_F32:
        return "f32";
    case TYPE_U8:
        return "u8";
    case TYPE_I32:
        return "i32";
    }
    BUG("type %d", (int)t);
}

int64_t type_bytes(Type t)
{
    return t == TYPE_U8 ? 1 : 4;
}
