/* layout.c: the physical form of every value that lives in memory.
 *
 * Values are row-major, channels last, with what contractions wish for around them: a halo of zeros
 * where a convolution reads past the edge, lanes up to a whole panel where rows are read as vectors.
 * Parameters that contractions stream are kept in panels for life, and so is the optimizer's state.
 * A reshape shares the memory of its operand when that has no gaps. What cannot be in place where it is
 * wanted (an output that is also something else, an input without halo) is copied by a group of its own. */
#include "graph/graph.h"
#include "kernel/lower.h"
#include "kernel/program.h"
#include "ops/op.h"
#include "ops/scan.h"

#include <string.h>

enum { ALIGN_FLOATS = 16 }; /* 64 bytes: a cache line, and the widest vector */

typedef struct Wish {
    LayoutWish wish;
    bool is_contracted; /* some contraction reads it */
} Wish;

typedef struct LayoutPass {
    Arena *arena;
    Program *p;
    const Graph *g;
    const ProgramOptions *options;
    Wish *wishes; /* by node */
    int parameter_index;
} LayoutPass;

Results program_results(Arena *arena, const Graph *graph)
{
    Results all = {0};
    for (int i = 0; i < graph->losses.count; i++)
        vec_push(arena, &all, graph->losses.items[i]);
    for (int i = 0; i < graph->metrics.count; i++)
        vec_push(arena, &all, graph->metrics.items[i]);
    return all;
}

/* ---- wishes ---------------------------------------------------------------------------------- */
static void merge_wish(Wish *into, const LayoutWish *wish)
{
    for (int d = 0; d < MAX_RANK; d++) {
        if (wish->halo_before[d] > into->wish.halo_before[d])
            into->wish.halo_before[d] = wish->halo_before[d];
        if (wish->halo_after[d] > into->wish.halo_after[d])
            into->wish.halo_after[d] = wish->halo_after[d];
    }
    into->wish.wants_panel = into->wish.wants_panel || wish->wants_panel;
    if (wish->groups > into->wish.groups)
        into->wish.groups = wish->groups;
    into->wish.wants_padded_rows = into->wish.wants_padded_rows || wish->wants_padded_rows;
}

static void collect_wishes(LayoutPass *y)
{
    for (NodeId id = 0; id < y->g->nodes.count; id++) {
        const Node *n = graph_node(y->g, id);
        if (!y->p->is_live[id])
            continue;
        if (n->op->family == FAMILY_SCAN && !y->p->is_plain)
            y->wishes[n->inputs[SCAN_KERNEL]].wish.wants_panel = true;
        if (n->op->family != FAMILY_CONTRACT)
            continue;
        y->wishes[n->inputs[0]].is_contracted = true;
        y->wishes[n->inputs[1]].is_contracted = true;
        if (y->p->is_plain)
            continue;
        LayoutWish left = {0}, right = {0}, out = {0};
        contract_wishes(y->g, n, y->p->batch, &left, &right, &out);
        merge_wish(&y->wishes[n->inputs[0]], &left);
        merge_wish(&y->wishes[n->inputs[1]], &right);
        const Group *group = &y->p->groups.items[n->group];
        for (int i = 0; i < group->stored.count; i++)
            if (shape_equal(graph_node(y->g, group->stored.items[i])->shape, n->shape))
                merge_wish(&y->wishes[group->stored.items[i]], &out);
    }
}

/* ---- layouts --------------------------------------------------------------------------------- */
static void set_room(Shape shape, Layout *layout, int64_t elements)
{
    layout->sample_elements = shape.has_batch ? elements : 0;
    layout->fixed_elements = shape.has_batch ? 0 : elements;
    layout->batch_stride = shape.has_batch ? elements : 0;
}

static Layout dense_layout(Shape shape)
{
    Layout layout = {.kind = LAYOUT_STRIDED, .groups = 1};
    int64_t stride = 1;
    for (int d = shape.rank - 1; d >= 0; d--) {
        layout.stride[d] = stride;
        stride *= shape.dim[d];
    }
    set_room(shape, &layout, stride);
    return layout;
}

static Layout panel_layout(Shape shape, int groups)
{
    Layout layout = {.kind = LAYOUT_PANEL, .groups = groups};
    int64_t own = shape.dim[shape.rank - 1] / groups, rows = 1;
    for (int d = 0; d + 1 < shape.rank; d++)
        rows *= shape.dim[d];
    layout.panel = panel_width(own);
    int64_t panels = (own + layout.panel - 1) / layout.panel;
    set_room(shape, &layout, groups * panels * rows * layout.panel);
    return layout;
}

/* Rows a power of two apart fall into the same few sets of a cache. */
static int64_t spread_stride(int64_t elements)
{
    enum { WIDE = 512, COLLIDING = 256 };
    return elements >= WIDE && elements % COLLIDING == 0 ? elements + ALIGN_FLOATS : elements;
}

static Layout wished_layout(Shape shape, const LayoutWish *wish)
{
    Layout layout = dense_layout(shape);
    if (shape.rank == 0)
        return layout;
    int64_t stride = 1, offset = 0;
    for (int d = shape.rank - 1; d >= 0; d--) {
        bool is_last = d == shape.rank - 1;
        int64_t size = shape.dim[d];
        layout.stride[d] = stride;
        layout.halo_before[d] = is_last ? 0 : wish->halo_before[d];
        layout.halo_after[d] = is_last ? 0 : wish->halo_after[d];
        if (is_last && wish->wants_padded_rows) {
            int64_t width = panel_width(size);
            size = (size + width - 1) / width * width;
        }
        offset += layout.halo_before[d] * stride;
        stride *= size + layout.halo_before[d] + layout.halo_after[d];
    }
    layout.offset = offset;
    set_room(shape, &layout, stride);
    if (shape.has_batch && shape.rank == 1)
        layout.batch_stride = spread_stride(stride);
    return layout;
}

static bool is_compact(const Buffer *b)
{
    return b->layout.kind == LAYOUT_STRIDED && b->layout.offset == 0 &&
           b->layout.sample_elements + b->layout.fixed_elements == shape_elements(b->shape);
}

static bool same_layout(const Layout *a, const Layout *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

/* ---- buffers --------------------------------------------------------------------------------- */
static int add_buffer(LayoutPass *y, NodeId node, Str name, Space space, Layout layout)
{
    const Node *n = graph_node(y->g, node);
    Buffer b = {.name = name, .type = n->type, .shape = n->shape, .layout = layout, .space = space,
                .node = node, .alias = -1};
    int64_t elements = layout.fixed_elements + layout.batch_stride * y->p->batch;
    b.bytes = elements * type_bytes(n->type);
    vec_push(y->arena, &y->p->buffers, b);
    return y->p->buffers.count - 1;
}

static const Buffer *find_buffer(const Program *p, Str name, Space space)
{
    for (int i = 0; i < p->buffers.count; i++)
        if (p->buffers.items[i].space == space && str_equal(p->buffers.items[i].name, name))
            return &p->buffers.items[i];
    return NULL;
}

static int64_t place_floats(int64_t *total, const Layout *layout)
{
    int64_t offset = *total;
    int64_t size = layout->fixed_elements;
    *total += (size + ALIGN_FLOATS - 1) / ALIGN_FLOATS * ALIGN_FLOATS;
    return offset;
}

static Layout parameter_layout(LayoutPass *y, NodeId id)
{
    const Node *n = graph_node(y->g, id);
    if (n->leaf->kind == LEAF_OPTIMIZER && n->leaf->owner != NODE_NONE &&
        shape_equal(n->shape, graph_node(y->g, n->leaf->owner)->shape))
        return parameter_layout(y, n->leaf->owner);
    int groups = n->leaf->groups > 0 ? n->leaf->groups : 1;
    if (y->wishes[id].wish.wants_panel && n->shape.rank >= 2)
        return panel_layout(n->shape, groups);
    return dense_layout(n->shape);
}

static void add_parameter(LayoutPass *y, NodeId id)
{
    Program *p = y->p;
    const Node *n = graph_node(y->g, id);
    Space space = y->options->parameters;
    if (space == SPACE_INPUT) {
        int b = add_buffer(y, id, n->name, SPACE_INPUT, dense_layout(n->shape));
        p->buffers.items[b].index = y->parameter_index++;
        p->buffer_of[id] = b;
        return;
    }
    const Buffer *known = y->options->like ? find_buffer(y->options->like, n->name, space) : NULL;
    int b = add_buffer(y, id, n->name, space, known ? known->layout : parameter_layout(y, id));
    int64_t *total = space == SPACE_STATE ? &p->state_floats : &p->weight_floats;
    if (y->options->like && !known)
        BUG("no buffer of parameter %.*s to share", STR_ARGS(n->name));
    p->buffers.items[b].offset = known ? known->offset : place_floats(total, &p->buffers.items[b].layout);
    p->buffer_of[id] = b;
}

static void add_constant(LayoutPass *y, NodeId id)
{
    const Node *n = graph_node(y->g, id);
    if (node_is_uniform(n) && !y->wishes[id].is_contracted)
        return; /* a literal */
    int b = add_buffer(y, id, n->name, SPACE_CONSTANT, dense_layout(n->shape));
    y->p->buffers.items[b].values = n->leaf->values;
    y->p->buffer_of[id] = b;
}

static void add_copy(LayoutPass *y, NodeId value, int source, int to, bool is_first)
{
    Group copy = {.root = NODE_NONE, .is_copy = true, .copied = value, .copy_source = source,
                  .copy_buffer = to, .domain = graph_node(y->g, value)->shape};
    vec_push(y->arena, &y->p->groups, copy);
    if (!is_first)
        return;
    for (int i = y->p->groups.count - 1; i > 0; i--)
        y->p->groups.items[i] = y->p->groups.items[i - 1];
    y->p->groups.items[0] = copy;
}

/* A sample that the caller passes has no room around it. */
static void add_port(LayoutPass *y, NodeId id, Space space, int index)
{
    Program *p = y->p;
    const Node *n = graph_node(y->g, id);
    int b = add_buffer(y, id, n->name, space, dense_layout(n->shape));
    p->buffers.items[b].index = index;
    p->buffer_of[id] = b;
    Layout wished = wished_layout(n->shape, &y->wishes[id].wish);
    wished.batch_stride = n->shape.has_batch ? wished.sample_elements : 0;
    if (n->type != TYPE_F32 || same_layout(&wished, &p->buffers.items[b].layout))
        return;
    int staged = add_buffer(y, id, str_format(y->arena, "%.*s_padded", STR_ARGS(n->name)), SPACE_ARENA, wished);
    p->buffer_of[id] = staged;
    add_copy(y, id, b, staged, true);
}

static int port_index(const NodeIds *ports, NodeId id)
{
    for (int i = 0; i < ports->count; i++)
        if (ports->items[i] == id)
            return i;
    BUG("node %d is not a port", (int)id);
}

static void add_leaf(LayoutPass *y, NodeId id)
{
    const Node *n = graph_node(y->g, id);
    switch (n->leaf->kind) {
    case LEAF_INPUT:
        add_port(y, id, SPACE_INPUT, port_index(&y->g->inputs, id));
        return;
    case LEAF_TARGET:
        add_port(y, id, SPACE_TARGET, port_index(&y->g->targets, id));
        return;
    case LEAF_PARAMETER:
    case LEAF_STATISTIC:
    case LEAF_OPTIMIZER:
        add_parameter(y, id);
        return;
    case LEAF_CONSTANT:
        add_constant(y, id);
        return;
    case LEAF_SCALAR:
    case LEAF_NONE:
        return;
    }
}

/* ---- values of groups ------------------------------------------------------------------------ */
static bool is_reshape(const Node *n)
{
    return n->op->family == FAMILY_VIEW && n->op->lower == NULL;
}

/* Does the layout leave no gaps, so that it may be seen in another shape? */
static bool can_share(LayoutPass *y, NodeId id)
{
    const Node *n = graph_node(y->g, id);
    int source = y->p->buffer_of[n->inputs[0]];
    if (source < 0 || !is_compact(&y->p->buffers.items[source]))
        return false;
    Layout wished = wished_layout(n->shape, &y->wishes[id].wish);
    return wished.offset == 0 &&
           wished.sample_elements + wished.fixed_elements == shape_elements(n->shape);
}

/* Samples that a product takes as its rows lie as far apart as its wish says, in all views of them. */
static void spread_samples(LayoutPass *y, int source, const Layout *wished)
{
    Program *p = y->p;
    if (p->buffers.items[source].space != SPACE_ARENA || p->buffers.items[source].alias >= 0)
        return;
    for (int i = source; i < p->buffers.count; i++) {
        Buffer *b = &p->buffers.items[i];
        if (i != source && b->alias != source)
            continue;
        b->layout.batch_stride = wished->batch_stride;
        b->bytes = (b->layout.fixed_elements + b->layout.batch_stride * p->batch) * type_bytes(b->type);
    }
}

static void add_value(LayoutPass *y, NodeId id)
{
    Program *p = y->p;
    const Node *n = graph_node(y->g, id);
    if (is_reshape(n) && can_share(y, id)) {
        int source = p->buffer_of[n->inputs[0]];
        Layout layout = dense_layout(n->shape), wished = wished_layout(n->shape, &y->wishes[id].wish);
        if (wished.batch_stride > layout.batch_stride)
            spread_samples(y, source, &wished);
        layout.batch_stride = p->buffers.items[source].layout.batch_stride;
        int b = add_buffer(y, id, n->name, p->buffers.items[source].space, layout);
        p->buffers.items[b].alias = source;
        p->buffer_of[id] = b;
        return;
    }
    const LayoutWish *wish = &y->wishes[id].wish;
    bool in_panels = wish->wants_panel && !n->shape.has_batch && n->shape.rank >= 2;
    Layout layout = in_panels ? panel_layout(n->shape, wish->groups > 0 ? wish->groups : 1)
                              : wished_layout(n->shape, wish);
    p->buffer_of[id] = add_buffer(y, id, n->name, SPACE_ARENA, layout);
}

static bool is_alias(const Program *p, NodeId id)
{
    return p->buffer_of[id] >= 0 && p->buffers.items[p->buffer_of[id]].alias >= 0;
}

/* A value may be made right where the caller wants it when it is nothing else. */
static bool can_be_direct(const LayoutPass *y, NodeId id, const Layout *wanted)
{
    const Node *n = graph_node(y->g, id);
    int b = y->p->buffer_of[id];
    if (n->leaf != NULL || b < 0 || is_alias(y->p, id) || n->type != TYPE_F32)
        return false;
    const Buffer *buffer = &y->p->buffers.items[b];
    if (buffer->space != SPACE_ARENA || program_has_view(y->p, b))
        return false;
    return !y->wishes[id].is_contracted || same_layout(&buffer->layout, wanted);
}

static void place_output(LayoutPass *y, const Result *output, int index)
{
    Program *p = y->p;
    NodeId id = output->node;
    Layout layout = dense_layout(graph_node(y->g, id)->shape);
    int64_t offset = 0;
    if (y->options->outputs == SPACE_WEIGHTS) {
        const Buffer *reader = y->options->feeds
                                   ? find_buffer(y->options->feeds, output->name, SPACE_WEIGHTS) : NULL;
        if (y->options->feeds && reader == NULL)
            return; /* nothing reads it */
        layout = reader ? reader->layout : layout;
        offset = reader ? reader->offset : place_floats(&p->weight_floats, &layout);
    }
    int b = p->buffer_of[id];
    bool is_direct = can_be_direct(y, id, &layout);
    if (!is_direct) {
        b = add_buffer(y, id, str_format(y->arena, "%.*s_out", STR_ARGS(output->name)), SPACE_ARENA, layout);
        p->buffers.items[b].type = TYPE_F32;
    }
    Buffer *buffer = &p->buffers.items[b];
    buffer->space = y->options->outputs;
    buffer->layout = layout;
    buffer->offset = offset;
    buffer->index = index;
    buffer->bytes = (layout.fixed_elements + layout.batch_stride * p->batch) * type_bytes(TYPE_F32);
    if (!is_direct)
        add_copy(y, id, p->buffer_of[id], b, false);
}

static void place_result(LayoutPass *y, const Result *result, int index)
{
    Program *p = y->p;
    NodeId id = result->node;
    Layout layout = dense_layout(graph_node(y->g, id)->shape);
    int b = p->buffer_of[id];
    bool is_direct = can_be_direct(y, id, &layout);
    if (!is_direct)
        b = add_buffer(y, id, str_format(y->arena, "%.*s_result", STR_ARGS(result->name)), SPACE_ARENA, layout);
    p->buffers.items[b].space = SPACE_RESULT;
    p->buffers.items[b].type = TYPE_F32;
    p->buffers.items[b].index = index;
    if (!is_direct)
        add_copy(y, id, p->buffer_of[id], b, false);
}

/* ---- only for results ------------------------------------------------------------------------ */
static void mark_needed(const Graph *g, NodeId id, bool *needed)
{
    if (needed[id])
        return;
    needed[id] = true;
    const Node *n = graph_node(g, id);
    for (int i = 0; i < n->input_count; i++)
        mark_needed(g, n->inputs[i], needed);
}

static void find_only_results(LayoutPass *y)
{
    Program *p = y->p;
    bool *needed = arena_array(y->arena, bool, y->g->nodes.count + 1);
    for (int i = 0; i < p->outputs.count; i++)
        mark_needed(y->g, p->outputs.items[i].node, needed);
    for (int i = 0; i < y->g->effects.count; i++)
        mark_needed(y->g, y->g->effects.items[i], needed);
    for (int i = 0; i < p->groups.count; i++) {
        Group *group = &p->groups.items[i];
        if (group->is_copy) {
            group->only_results = p->buffers.items[group->copy_buffer].space == SPACE_RESULT ||
                                  (p->buffers.items[group->copy_buffer].space == SPACE_ARENA &&
                                   !needed[group->copied]);
            continue;
        }
        bool is_needed = group->root != NODE_NONE && needed[group->root];
        for (int k = 0; k < group->after.count; k++)
            is_needed = is_needed || needed[group->after.items[k]];
        for (int k = 0; k < group->siblings.count; k++)
            is_needed = is_needed || needed[group->siblings.items[k]];
        group->only_results = !is_needed;
    }
}

void program_layout(Program *p, const ProgramOptions *options)
{
    LayoutPass y = {.arena = p->arena, .p = p, .g = p->graph, .options = options};
    int count = p->graph->nodes.count;
    y.wishes = arena_array(p->arena, Wish, count + 1);
    collect_wishes(&y);
    p->state_floats = options->like ? options->like->state_floats : 0;
    if (options->like && options->parameters == SPACE_WEIGHTS)
        p->weight_floats = options->like->weight_floats;
    if (options->feeds && options->outputs == SPACE_WEIGHTS)
        p->weight_floats = options->feeds->weight_floats;
    for (NodeId id = 0; id < count; id++)
        if (p->is_live[id] && graph_node(p->graph, id)->leaf != NULL)
            add_leaf(&y, id);
    bool *is_stored = arena_array(p->arena, bool, count + 1);
    for (int i = 0; i < p->groups.count; i++)
        for (int k = 0; k < p->groups.items[i].stored.count; k++)
            is_stored[p->groups.items[i].stored.items[k]] = true;
    for (NodeId id = 0; id < count; id++) {
        const Node *n = graph_node(p->graph, id);
        if (!p->is_live[id] || n->group < 0 || n->op->family == FAMILY_ASSIGN)
            continue;
        if (is_stored[id])
            add_value(&y, id);
    }
    for (int i = 0; i < p->outputs.count; i++)
        place_output(&y, &p->outputs.items[i], i);
    int first = 0; /* element of results[] */
    for (int i = 0; i < p->results.count; i++) {
        place_result(&y, &p->results.items[i], first);
        first += (int)shape_elements(graph_node(p->graph, p->results.items[i].node)->shape);
    }
    find_only_results(&y);
    program_number_groups(p); /* copies shifted them */
}
