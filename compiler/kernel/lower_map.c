/* lower_map.c: groups of maps, copies, and the zeroing of halos.
 *
 * Loops run over the domain in memory order. Neighbouring dimensions become one loop when they are
 * contiguous in every operand and no map asks for a single index; with everything contiguous, one
 * loop over all elements remains and the work is divided into blocks of it. Operands in panels are
 * walked in memory order too when all of them are in the same panels. */
#include "kernel/lower.h"

#include "graph/graph.h"
#include "ops/op.h"

#include <string.h>

enum { BLOCK_ELEMENTS = 4096 }; /* a unit of a flat loop: 16 KiB an operand, and several units a core */

/* One loop: a run of merged dimensions. Dimension -1 is the batch. */
typedef struct Run {
    int first, last;     /* dimensions */
    int64_t extent;      /* product, without the batch */
    bool has_batch;      /* the batch is one of them   */
} Run;

typedef VEC(int) Operands; /* buffers */

static void add_operand(Lowering *l, Operands *operands, int buffer)
{
    for (int i = 0; i < operands->count; i++)
        if (operands->items[i] == buffer)
            return;
    vec_push(l->arena, operands, buffer);
}

static bool in_group(const Group *group, NodeId id)
{
    for (int i = 0; i < group->after.count; i++)
        if (group->after.items[i] == id)
            return true;
    return false;
}

/* Everything in memory that computing a value reads. */
static void collect_reads(Lowering *l, NodeId id, Operands *operands)
{
    if (in_group(l->group, id))
        return;
    const Node *n = graph_node(l->graph, id);
    if (l->program->buffer_of[id] >= 0) {
        add_operand(l, operands, l->program->buffer_of[id]);
        return;
    }
    for (int i = 0; i < n->input_count; i++)
        collect_reads(l, n->inputs[i], operands);
}

static void collect_operands(Lowering *l, Operands *operands)
{
    const Group *group = l->group;
    for (int i = 0; i < group->after.count; i++) {
        const Node *n = graph_node(l->graph, group->after.items[i]);
        bool is_assign = n->op->family == FAMILY_ASSIGN;
        if (is_assign)
            add_operand(l, operands, l->program->buffer_of[n->inputs[0]]);
        for (int k = is_assign ? 1 : 0; k < n->input_count; k++)
            collect_reads(l, n->inputs[k], operands);
    }
    for (int i = 0; i < group->stored.count; i++)
        add_operand(l, operands, l->program->buffer_of[group->stored.items[i]]);
}

/* Does computing a value look at one index of its position? Asks the rules with made-up operands. */
static bool needs_indices(Lowering *l, NodeId id)
{
    const Node *n = graph_node(l->graph, id);
    if (n->op->element == NULL)
        return false;
    Position at = {.rank = n->shape.rank};
    Expr *any = expr_name(l->arena, STR("any"));
    at.batch = n->shape.has_batch ? any : NULL;
    for (int d = 0; d < n->shape.rank; d++)
        at.index[d] = any;
    Expr **args = arena_array(l->arena, Expr *, n->input_count + 1);
    for (int i = 0; i < n->input_count; i++)
        args[i] = any;
    Lowering probe = *l;
    probe.kernel = NULL;
    MapContext context = {
        .arena = l->arena, .lowering = &probe, .position = &at, .shape = &n->shape};
    n->op->element(&context, n, args);
    if (context.needs_indices)
        return true;
    for (int i = 0; i < n->input_count; i++)
        if (!in_group(l->group, n->inputs[i]) && l->program->buffer_of[n->inputs[i]] < 0 &&
            needs_indices(l, n->inputs[i]))
            return true;
    return false;
}

static bool group_needs_indices(Lowering *l)
{
    for (int i = 0; i < l->group->after.count; i++)
        if (needs_indices(l, l->group->after.items[i]))
            return true;
    return false;
}

/* Does making an element depend on where it stands (random numbers)? Then the place in memory says
 * too little about it. */
static bool is_placed(Lowering *l, NodeId id)
{
    const Node *n = graph_node(l->graph, id);
    if (n->op->element == NULL)
        return false;
    if (n->input_count == 0)
        return true;
    for (int i = 0; i < n->input_count; i++)
        if (!in_group(l->group, n->inputs[i]) && l->program->buffer_of[n->inputs[i]] < 0 &&
            is_placed(l, n->inputs[i]))
            return true;
    return false;
}

static bool group_is_placed(Lowering *l)
{
    for (int i = 0; i < l->group->after.count; i++)
        if (is_placed(l, l->group->after.items[i]))
            return true;
    return false;
}

/* Steps in memory when a dimension of the domain counts up; 0 where the operand is repeated. */
static int64_t step_of(const Buffer *b, Shape domain, int dim)
{
    if (dim < 0)
        return b->shape.has_batch ? b->layout.batch_stride : 0;
    int own = dim + b->shape.rank - domain.rank;
    return own < 0 || b->shape.dim[own] == 1 ? 0 : b->layout.stride[own];
}

static bool can_merge(Lowering *l, const Operands *operands, int outer, int inner)
{
    Shape domain = l->group->domain;
    for (int i = 0; i < operands->count; i++) {
        const Buffer *b = &l->program->buffers.items[operands->items[i]];
        if (b->layout.kind == LAYOUT_PANEL)
            return false;
        if (step_of(b, domain, outer) != step_of(b, domain, inner) * domain.dim[inner])
            return false;
    }
    return true;
}

static int find_runs(Lowering *l, const Operands *operands, bool keep_apart, Run *runs)
{
    Shape domain = l->group->domain;
    int count = 0;
    int first_dim = domain.has_batch ? -1 : 0;
    int outer = first_dim;
    for (int d = first_dim; d < domain.rank; d++) {
        int64_t extent = d < 0 ? 1 : domain.dim[d];
        if (d >= 0 && extent == 1 && d > first_dim)
            continue; /* index 0 */
        bool merges = count > 0 && !keep_apart && can_merge(l, operands, outer, d);
        if (!merges)
            runs[count++] = (Run){.first = d, .last = d, .extent = 1};
        Run *run = &runs[count - 1];
        run->last = d;
        run->extent *= extent;
        run->has_batch = run->has_batch || d < 0;
        outer = d;
    }
    return count;
}

static Expr *run_extent(Lowering *l, const Run *run)
{
    Expr *extent = expr_int(l->arena, run->extent);
    return run->has_batch ? expr_mul(l->arena, lower_batch(l), extent) : extent;
}

static Str run_name(Lowering *l, const Run *run)
{
    if (run->last < 0)
        return lower_name(l, STR("n"));
    if (run->first != run->last)
        return lower_name(l, STR("k"));
    return lower_name(l, str_from(lower_axis_letter(l->group->domain.rank, run->last)));
}

static void set_index(Lowering *l, Position *at, const Run *run, Str name)
{
    Expr *variable = expr_name(l->arena, name);
    if (run->last < 0)
        at->batch = variable;
    else
        at->index[run->last] = variable;
}

/* A loop over [0, extent) in blocks that are units; small ones are not divided. */
static Block *flat_loop(Lowering *l, Str name, Expr *extent)
{
    Arena *arena = l->arena;
    Kernel *k = l->kernel;
    if (extent->kind == EXPR_INT && extent->integer <= BLOCK_ELEMENTS) {
        if (extent->integer == 1) {
            block_add(arena, &k->body, stmt_declare(arena, "const int", name, expr_int(arena, 0)));
            return &k->body;
        }
        Stmt *loop = stmt_for(arena, name, expr_int(arena, 0), extent, 1);
        block_add(arena, &k->body, loop);
        return &loop->body;
    }
    Expr *size = expr_int(arena, BLOCK_ELEMENTS);
    Expr *total = expr_name(arena, lower_name(l, STR("total")));
    block_add(arena, &k->setup, stmt_declare(arena, "const int", total->name, extent));
    k->division = DIVIDE_UNITS;
    k->units = expr_binary(arena, "/", expr_add(arena, total, expr_int(arena, BLOCK_ELEMENTS - 1)), size);
    k->unit_name = lower_name(l, STR("block"));
    Expr *first = expr_mul(arena, expr_name(arena, k->unit_name), size);
    Expr *end = expr_name(arena, lower_name(l, STR("end")));
    Expr *full = expr_add(arena, first, size);
    block_add(arena, &k->body,
              stmt_declare(arena, "const int", end->name,
                           expr_select(arena, expr_binary(arena, "<", full, total), full, total)));
    Stmt *loop = stmt_for(arena, name, first, end, 1);
    block_add(arena, &k->body, loop);
    return &loop->body;
}

/* Loops over several runs: the outermost is the unit, two of them when it is short. */
static Block *nested_loops(Lowering *l, const Run *runs, int count, Position *at)
{
    enum { FEW_UNITS = 8 };
    Arena *arena = l->arena;
    Kernel *k = l->kernel;
    Block *block = &k->body;
    int done = 1;
    k->division = DIVIDE_UNITS;
    k->units = run_extent(l, &runs[0]);
    Str outer = run_name(l, &runs[0]);
    bool is_short = k->units->kind == EXPR_INT && k->units->integer < FEW_UNITS && count > 2;
    if (is_short) {
        Str inner = run_name(l, &runs[1]);
        lower_split_unit(l, outer, inner, run_extent(l, &runs[1]));
        set_index(l, at, &runs[1], inner);
        done = 2;
    } else {
        k->unit_name = outer;
    }
    set_index(l, at, &runs[0], outer);
    for (int i = done; i < count; i++) {
        Str name = run_name(l, &runs[i]);
        set_index(l, at, &runs[i], name);
        block = block_loop(arena, block, name, run_extent(l, &runs[i]));
    }
    return block;
}

static bool same_layout(const Layout *a, const Layout *b)
{
    return a->kind == b->kind && a->panel == b->panel && a->groups == b->groups &&
           a->fixed_elements == b->fixed_elements;
}

/* All operands lie in the same panels (or are single numbers): one loop over the memory. */
static const Buffer *common_panels(Lowering *l, const Operands *operands)
{
    const Buffer *panels = NULL;
    for (int i = 0; i < operands->count; i++) {
        const Buffer *b = &l->program->buffers.items[operands->items[i]];
        if (b->shape.rank == 0 && !b->shape.has_batch)
            continue;
        if (b->layout.kind != LAYOUT_PANEL || (panels && !same_layout(&panels->layout, &b->layout)) ||
            !shape_equal(b->shape, l->group->domain))
            return NULL;
        panels = b;
    }
    return panels;
}

static Block *map_loops(Lowering *l, const Operands *operands, bool keep_apart, bool is_placed_map,
                        Position *at)
{
    Arena *arena = l->arena;
    Shape domain = l->group->domain;
    *at = (Position){.rank = domain.rank};
    at->batch = domain.has_batch ? expr_int(arena, 0) : NULL;
    for (int d = 0; d < domain.rank; d++)
        at->index[d] = expr_int(arena, 0);
    const Buffer *panels = keep_apart || is_placed_map ? NULL : common_panels(l, operands);
    if (panels != NULL) {
        Str name = lower_name(l, STR("k"));
        at->flat = expr_name(arena, name);
        return flat_loop(l, name, expr_int(arena, panels->layout.fixed_elements));
    }
    Run runs[MAX_RANK + 1];
    int count = find_runs(l, operands, keep_apart, runs);
    if (count == 0)
        return &l->kernel->body;
    if (count == 1) {
        if (runs[0].extent == 1 && !runs[0].has_batch)
            return &l->kernel->body;
        Str name = run_name(l, &runs[0]);
        set_index(l, at, &runs[0], name);
        return flat_loop(l, name, run_extent(l, &runs[0]));
    }
    return nested_loops(l, runs, count, at);
}

static NodeId first_named(const Group *group)
{
    if (group->stored.count > 0)
        return group->stored.items[0];
    return group->after.items[group->after.count - 1];
}

static int64_t element_cost(Lowering *l)
{
    return 2 * (int64_t)l->group->after.count + 2;
}

void lower_map(Lowering *l)
{
    Operands operands = {0};
    collect_operands(l, &operands);
    bool keep_apart = group_needs_indices(l);
    bool is_placed_group = group_is_placed(l);
    Kernel *k = lower_begin(l, first_named(l->group), "");
    Position at;
    Block *block = map_loops(l, &operands, keep_apart, is_placed_group, &at);
    lower_after(l, block, &at, NULL);
    int64_t cost = element_cost(l) * shape_elements(l->group->domain);
    *(l->group->domain.has_batch ? &k->flops : &k->fixed_flops) += cost;
    lower_halos(l);
}

/* ---- copies ---------------------------------------------------------------------------------- */
void lower_copy(Lowering *l)
{
    Arena *arena = l->arena;
    Program *p = l->program;
    NodeId value = l->group->copied;
    const Node *n = graph_node(l->graph, value);
    int to = l->group->copy_buffer, from = l->group->copy_source;
    Kernel *k = lower_begin(l, value, "copy");
    Operands operands = {0};
    add_operand(l, &operands, to);
    if (from >= 0)
        add_operand(l, &operands, from);
    Position at;
    Block *block = map_loops(l, &operands, false, false, &at);
    const Buffer *b = &p->buffers.items[to];
    Expr *value_here = NULL;
    if (from >= 0) {
        Str source = lower_buffer_pointer(l, from, false);
        value_here = expr_load(arena, source, lower_index(l, &p->buffers.items[from], &at));
    } else {
        value_here = lower_value(l, value, &at);
    }
    if (b->type == TYPE_F32 && n->type != TYPE_F32 && value_here->kind != EXPR_CAST)
        value_here = expr_cast(arena, "float", value_here);
    Str pointer = lower_buffer_pointer(l, to, true);
    block_add(arena, block,
              stmt_set(arena, expr_load(arena, pointer, lower_index(l, b, &at)), "=", value_here));
    *(n->shape.has_batch ? &k->flops : &k->fixed_flops) += 2 * shape_elements(n->shape);
    lower_buffer_halo(l, to);
}

/* ---- halos ----------------------------------------------------------------------------------- */
/* Elements from one row of the innermost dimension to the next. */
static int64_t padded_size(const Layout *layout, int dim)
{
    return layout->stride[dim - 1];
}

static void zero_range(Lowering *l, Block *block, Str pointer, Expr *first, int64_t count)
{
    Arena *arena = l->arena;
    if (count <= 0)
        return;
    if (count == 1) {
        block_add(arena, block, stmt_set(arena, expr_load(arena, pointer, first), "=", expr_real(arena, 0)));
        return;
    }
    /* A call, because clang unrolls loops of such stores into hundreds of them. */
    Expr *args[] = {expr_address(arena, pointer, first), expr_int(arena, count)};
    block_add(arena, block, stmt_call(arena, expr_call(arena, "nn_zero", 2, args)));
}

/* The memory of one sample (or of a tensor without batch) that the data does not cover: before the
 * first row, between rows (halo of columns and padded lanes), after the last row. */
static void zero_gaps(Lowering *l, Block *block, Str pointer, const Buffer *b, Expr *base, int dim)
{
    Arena *arena = l->arena;
    const Layout *layout = &b->layout;
    int64_t room = dim == 0 ? layout->fixed_elements + layout->sample_elements : padded_size(layout, dim);
    int64_t before = layout->halo_before[dim] * layout->stride[dim];
    int64_t used = b->shape.dim[dim] * layout->stride[dim];
    if (before + used > room)
        used = room - before; /* the innermost dimension of a dense row */
    zero_range(l, block, pointer, base, before);
    zero_range(l, block, pointer, expr_add(arena, base, expr_int(arena, before + used)),
               room - before - used);
    bool has_inner_gap = false;
    for (int d = dim + 1; d < b->shape.rank; d++)
        has_inner_gap = has_inner_gap ||
                        layout->stride[d - 1] != b->shape.dim[d] * layout->stride[d];
    if (!has_inner_gap)
        return;
    Str name = lower_name(l, str_from(lower_axis_letter(b->shape.rank, dim)));
    Stmt *loop = stmt_for(arena, name, expr_int(arena, 0), expr_int(arena, b->shape.dim[dim]), 1);
    Expr *inner = expr_add(arena, base,
                           expr_mul(arena, expr_name(arena, name), expr_int(arena, layout->stride[dim])));
    block_add(arena, block, loop);
    zero_gaps(l, &loop->body, pointer, b, expr_add(arena, inner, expr_int(arena, before)), dim + 1);
}

/* Lanes past the last column of each group's last panel. */
static void zero_lanes(Lowering *l, Block *block, Str pointer, const Buffer *b)
{
    Arena *arena = l->arena;
    int64_t rows = 1, panel = b->layout.panel, own = b->shape.dim[b->shape.rank - 1] / b->layout.groups;
    for (int d = 0; d + 1 < b->shape.rank; d++)
        rows *= b->shape.dim[d];
    int64_t panels = (own + panel - 1) / panel;
    Str r = lower_name(l, STR("r"));
    for (int64_t g = 0; g < b->layout.groups; g++) {
        Stmt *loop = stmt_for(arena, r, expr_int(arena, 0), expr_int(arena, rows), 1);
        Expr *first = expr_mul(arena, expr_name(arena, r), expr_int(arena, panel));
        first = expr_add(arena, first, expr_int(arena, ((g + 1) * panels - 1) * rows * panel + own % panel));
        zero_range(l, &loop->body, pointer, first, panel - own % panel);
        block_add(arena, block, loop);
    }
}

static bool has_gaps(const Buffer *b)
{
    if (b->layout.kind == LAYOUT_PANEL)
        return b->shape.dim[b->shape.rank - 1] / b->layout.groups % b->layout.panel != 0;
    if (b->shape.rank == 0 || b->type != TYPE_F32)
        return false;
    return b->layout.sample_elements + b->layout.fixed_elements != shape_elements(b->shape);
}

/* Zeroed within the loop over samples when that is the loop over units, else by a kernel of its own. */
void lower_buffer_halo(Lowering *l, int buffer)
{
    Arena *arena = l->arena;
    const Buffer *b = &l->program->buffers.items[buffer];
    if (!has_gaps(b))
        return;
    Expr *base = expr_int(arena, 0);
    if (!b->shape.has_batch || !str_is(l->kernel->unit_name, "n")) {
        Kernel *k = lower_begin(l, b->node, "halo");
        k->is_halo = true;
        k->comment.count = 0;
        vec_push(arena, &k->comment,
                 str_format(arena, "the room around %.*s is zero", STR_ARGS(b->name)));
        if (b->shape.has_batch) {
            k->division = DIVIDE_UNITS;
            k->units = lower_batch(l);
            k->unit_name = lower_name(l, STR("n"));
            k->flops = b->layout.sample_elements - shape_elements(b->shape);
        }
    }
    if (b->shape.has_batch)
        base = expr_mul(arena, expr_name(arena, l->kernel->unit_name),
                        expr_int(arena, b->layout.batch_stride));
    Str pointer = lower_buffer_pointer(l, buffer, true);
    block_add(arena, &l->kernel->body, stmt_comment(arena, STR("room around the data")));
    if (b->layout.kind == LAYOUT_PANEL)
        zero_lanes(l, &l->kernel->body, pointer, b);
    else
        zero_gaps(l, &l->kernel->body, pointer, b, base, 0);
}

void lower_halo(Lowering *l, NodeId value)
{
    lower_buffer_halo(l, l->program->buffer_of[value]);
}

void lower_halos(Lowering *l)
{
    for (int i = 0; i < l->group->stored.count; i++)
        lower_halo(l, l->group->stored.items[i]);
}
