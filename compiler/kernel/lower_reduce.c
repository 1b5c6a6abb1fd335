/* lower_reduce.c: sums and maxima over axes, with the maps before and after them.
 *
 * Columns: when the last axis is kept, a local array holds one accumulator per column and the loops
 * stream rows. Rows: when the last axis is reduced, sixteen accumulators take turns, so that the loop
 * is vector code although float addition has an order. Either way the order is written in the program
 * and never depends on threads: a long reduction is cut into a fixed number of chunks, whose results
 * are combined in order by a second kernel. Sibling reductions share the loops. */
#include "kernel/lower.h"

#include "graph/graph.h"
#include "ops/op.h"

enum {
    CHUNKS = 8,              /* of a long reduction: enough for eight threads          */
    LANES = LANE_RUN,        /* accumulators of a row                                  */
    LONG_REDUCTION = 32768,  /* elements; below, one thread is done in a few us        */
    COLUMN_BLOCK = 64,       /* columns of a unit when there are many                  */
    MANY_COLUMNS = 256,
};

typedef struct Reduce {
    ReduceKind kind;
    Shape in, out;
    bool keeps_rank;
    bool is_reduced[MAX_RANK]; /* dimensions */
    bool sums_batch;
    bool keeps_last;           /* columns */
    bool is_chunked;
    int chunk_dim;             /* -1: the batch */
    int roots;
    NodeId root[16];
    Str sum[16];
    int partial[16];           /* scratch of each root, when chunked */
} Reduce;

static int64_t extent_of(const Lowering *l, const Reduce *r, int dim)
{
    return dim < 0 ? l->program->batch : r->in.dim[dim];
}

static bool is_reduced(const Reduce *r, int dim)
{
    return dim < 0 ? r->sums_batch : r->is_reduced[dim];
}

static Expr *first_value(Lowering *l, const Reduce *r)
{
    if (r->kind == REDUCE_SUM)
        return expr_real(l->arena, 0);
    return expr_unary(l->arena, "-", expr_name(l->arena, STR("INFINITY")));
}

static void accumulate(Lowering *l, const Reduce *r, Block *block, Expr *into, Expr *value)
{
    if (r->kind == REDUCE_SUM) {
        block_add(l->arena, block, stmt_set(l->arena, into, "+=", value));
        return;
    }
    Expr *args[2] = {into, value};
    block_add(l->arena, block,
              stmt_set(l->arena, into, "=", expr_call(l->arena, "nn_maximum", 2, args)));
}

static Reduce describe(Lowering *l, NodeId node, ReduceKind kind)
{
    const Node *n = graph_node(l->graph, node);
    Reduce r = {.kind = kind, .out = n->shape};
    r.in = graph_node(l->graph, n->inputs[0])->shape;
    uint32_t axes = (uint32_t)node_attr(n, "axes")->i;
    for (int d = 0; d < r.in.rank; d++)
        r.is_reduced[d] = (axes >> d & 1) != 0;
    r.keeps_rank = r.in.rank == r.out.rank;
    r.sums_batch = r.in.has_batch && !r.out.has_batch;
    r.keeps_last = r.in.rank > 0 && !r.is_reduced[r.in.rank - 1];
    r.root[r.roots++] = node;
    for (int i = 0; i < l->group->siblings.count && r.roots < COUNT_OF(r.root); i++)
        r.root[r.roots++] = l->group->siblings.items[i];
    CHECK(r.roots == 1 + l->group->siblings.count);
    return r;
}

/* Units of work without chunks: kept positions, whole rows or blocks of columns. */
static int64_t kept_outer(const Lowering *l, const Reduce *r)
{
    int64_t count = 1;
    for (int d = r->in.has_batch ? -1 : 0; d < r->in.rank; d++)
        if (!is_reduced(r, d) && d != r->in.rank - 1)
            count *= extent_of(l, r, d);
    return count;
}

static void choose_chunks(const Lowering *l, Reduce *r)
{
    int64_t elements = shape_elements(r->in) * (r->in.has_batch ? l->program->batch : 1);
    bool has_units = kept_outer(l, r) > 1 ||
                     (r->keeps_last && r->in.dim[r->in.rank - 1] >= MANY_COLUMNS);
    if (has_units || elements < LONG_REDUCTION)
        return;
    for (int d = r->in.has_batch ? -1 : 0; d < r->in.rank; d++)
        if (is_reduced(r, d) && extent_of(l, r, d) >= CHUNKS && !(r->keeps_last && d == r->in.rank - 1)) {
            r->is_chunked = true;
            r->chunk_dim = d;
            return;
        }
}

static Str dim_name(Lowering *l, const Reduce *r, int dim)
{
    return lower_name(l, dim < 0 ? STR("n") : str_from(lower_axis_letter(r->in.rank, dim)));
}

static void set_index(Lowering *l, Position *at, int dim, Str name)
{
    *(dim < 0 ? &at->batch : &at->index[dim]) = expr_name(l->arena, name);
}

static Expr *dim_extent(Lowering *l, const Reduce *r, int dim)
{
    return dim < 0 ? lower_batch(l) : expr_int(l->arena, r->in.dim[dim]);
}

/* Loops over the kept dimensions but the last: the first is the unit. */
static Block *kept_loops(Lowering *l, const Reduce *r, Position *at)
{
    Arena *arena = l->arena;
    Kernel *k = l->kernel;
    Block *block = &k->body;
    for (int d = r->in.has_batch ? -1 : 0; d < r->in.rank; d++) {
        if (is_reduced(r, d) || (d == r->in.rank - 1 && d >= 0))
            continue;
        if (d >= 0 && r->in.dim[d] == 1)
            continue;
        Str name = dim_name(l, r, d);
        set_index(l, at, d, name);
        if (k->units == NULL) {
            k->division = DIVIDE_UNITS;
            k->units = dim_extent(l, r, d);
            k->unit_name = name;
            continue;
        }
        block = block_loop(arena, block, name, dim_extent(l, r, d));
    }
    return block;
}

/* Loops over the reduced dimensions but the last; that of the chunks covers the chunk's part. */
static Block *reduced_loops(Lowering *l, const Reduce *r, Block *block, Position *at)
{
    Arena *arena = l->arena;
    for (int d = r->in.has_batch ? -1 : 0; d < r->in.rank; d++) {
        bool is_chunk = r->is_chunked && d == r->chunk_dim;
        if (!is_reduced(r, d) || (d == r->in.rank - 1 && d >= 0 && !is_chunk))
            continue;
        if (d >= 0 && r->in.dim[d] == 1)
            continue;
        Expr *from = expr_int(arena, 0), *to = dim_extent(l, r, d);
        if (is_chunk) {
            Expr *unit = expr_name(arena, l->kernel->unit_name);
            Expr *chunks = expr_int(arena, CHUNKS);
            Expr *args[3] = {unit, chunks, to};
            Expr *next[3] = {expr_add(arena, unit, expr_int(arena, 1)), chunks, to};
            from = expr_call(arena, "nn_first", 3, args);
            Expr *end = expr_name(arena, lower_name(l, STR("end")));
            block_add(arena, block, stmt_declare(arena, "const int", end->name,
                                                 expr_call(arena, "nn_first", 3, next)));
            to = end;
        }
        Str name = dim_name(l, r, d);
        set_index(l, at, d, name);
        Stmt *loop = stmt_for(arena, name, from, to, 1);
        block_add(arena, block, loop);
        block = &loop->body;
    }
    return block;
}

static Expr *input_value(Lowering *l, NodeId root, const Position *at)
{
    return lower_value(l, graph_node(l->graph, root)->inputs[0], at);
}

static Position out_position(Lowering *l, const Reduce *r, const Position *in)
{
    Position at = {.rank = r->out.rank, .batch = r->out.has_batch ? in->batch : NULL};
    int to = 0;
    for (int d = 0; d < r->in.rank; d++)
        if (r->keeps_rank)
            at.index[to++] = r->is_reduced[d] ? expr_int(l->arena, 0) : in->index[d];
        else if (!r->is_reduced[d])
            at.index[to++] = in->index[d];
    return at;
}

static Position start_position(Lowering *l, const Reduce *r)
{
    Position at = {.rank = r->in.rank};
    at.batch = r->in.has_batch ? expr_int(l->arena, 0) : NULL;
    for (int d = 0; d < r->in.rank; d++)
        at.index[d] = expr_int(l->arena, 0);
    return at;
}

/* Result of root i for this unit: to the partial results, or on to the maps after it. */
static void finish(Lowering *l, const Reduce *r, Block *block, const Position *in, Expr *const *values,
                   int64_t columns, Expr *column)
{
    Arena *arena = l->arena;
    if (!r->is_chunked) {
        for (int i = 1; i < r->roots; i++)
            lower_known(l, r->root[i], values[i]);
        Position at = out_position(l, r, in);
        lower_after(l, block, &at, values[0]);
        return;
    }
    Expr *index = expr_add(
        arena, expr_mul(arena, expr_name(arena, l->kernel->unit_name), expr_int(arena, columns)), column);
    for (int i = 0; i < r->roots; i++) {
        Str pointer = lower_buffer_pointer(l, r->partial[i], true);
        block_add(arena, block, stmt_set(arena, expr_load(arena, pointer, index), "=", values[i]));
    }
}

/* "sum", "sum2", ...: a name for root i. */
static Str root_name(Lowering *l, const char *stem, int i)
{
    return lower_name(l, i == 0 ? str_from(stem) : str_format(l->arena, "%s%d", stem, i + 1));
}

typedef struct ColumnBlock {
    Expr *first, *count;
    int64_t width; /* the largest count */
} ColumnBlock;

/* Many columns are summed block by block, which may be the kernel's units. Goes on in *block. */
static ColumnBlock column_block(Lowering *l, int64_t columns, Block **block)
{
    Arena *arena = l->arena;
    Kernel *k = l->kernel;
    if (columns < MANY_COLUMNS)
        return (ColumnBlock){expr_int(arena, 0), expr_int(arena, columns), columns};
    Expr *width = expr_int(arena, COLUMN_BLOCK);
    Str name = lower_name(l, STR("c0"));
    if (k->units == NULL) {
        k->division = DIVIDE_UNITS;
        k->units = expr_int(arena, (columns + COLUMN_BLOCK - 1) / COLUMN_BLOCK);
        k->unit_name = lower_name(l, STR("block"));
        lower_declare(l, *block, name, expr_mul(arena, expr_name(arena, k->unit_name), width));
    } else {
        Stmt *loop = stmt_for(arena, name, expr_int(arena, 0), expr_int(arena, columns), COLUMN_BLOCK);
        block_add(arena, *block, loop);
        *block = &loop->body;
    }
    ColumnBlock part = {expr_name(arena, name), width, COLUMN_BLOCK};
    if (columns % COLUMN_BLOCK != 0) {
        Expr *left = expr_binary(arena, "-", expr_int(arena, columns), part.first);
        part.count = lower_declare(l, *block, lower_name(l, STR("width")),
                                   expr_select(arena, expr_binary(arena, "<", width, left), width, left));
    }
    return part;
}

static void lower_columns(Lowering *l, Reduce *r, Block *block, Position *at)
{
    Arena *arena = l->arena;
    int last = r->in.rank - 1;
    int64_t columns = r->in.dim[last];
    ColumnBlock part = column_block(l, columns, &block);
    Str c = lower_name(l, str_from(lower_axis_letter(r->in.rank, last)));
    Expr *column = expr_name(arena, c);
    Stmt *clear = stmt_for(arena, c, expr_int(arena, 0), part.count, 1);
    for (int i = 0; i < r->roots; i++) {
        r->sum[i] = root_name(l, "sum", i);
        block_add(arena, block, stmt_array(arena, "float", r->sum[i], part.width));
        block_add(arena, &clear->body,
                  stmt_set(arena, expr_load(arena, r->sum[i], column), "=", first_value(l, r)));
    }
    block_add(arena, block, clear);
    Block *inner = reduced_loops(l, r, block, at);
    at->index[last] = expr_add(arena, part.first, column);
    Stmt *add = stmt_for(arena, c, expr_int(arena, 0), part.count, 1);
    bool is_tiny = l->program->batch * shape_elements(r->in) <= CONTRACT_FEW_PRODUCTS && !l->program->is_plain;
    for (int i = 0; i < r->roots; i++) {
        Expr *value = input_value(l, r->root[i], at);
        if (is_tiny) /* stored as scalars by a contraction: a vector of them would wait for the stores */
            value = expr_call(arena, "nn_alone", 1, &value);
        accumulate(l, r, &add->body, expr_load(arena, r->sum[i], column), value);
    }
    block_add(arena, inner, add);
    Stmt *done = stmt_for(arena, c, expr_int(arena, 0), part.count, 1);
    Expr *values[16];
    for (int i = 0; i < r->roots; i++)
        values[i] = expr_load(arena, r->sum[i], column);
    finish(l, r, &done->body, at, values, columns, at->index[last]);
    block_add(arena, block, done);
}

/* Accumulators of a long last axis: LANES for each root, in arrays. No name: there are none. */
typedef struct Lanes {
    Str lane; /* the variable of loops over them */
    Str of[16];
} Lanes;

static Expr *lane_of(Arena *arena, const Lanes *lanes, int root)
{
    return expr_load(arena, lanes->of[root], expr_name(arena, lanes->lane));
}

static Stmt *lane_loop(Arena *arena, const Lanes *lanes)
{
    return stmt_for(arena, lanes->lane, expr_int(arena, 0), expr_int(arena, LANES), 1);
}

static Lanes declare_lanes(Lowering *l, const Reduce *r, Block *block)
{
    Arena *arena = l->arena;
    Lanes lanes = {.lane = lower_name(l, STR("lane"))};
    Stmt *clear = lane_loop(arena, &lanes);
    for (int i = 0; i < r->roots; i++) {
        lanes.of[i] = root_name(l, "lanes", i);
        block_add(arena, block, stmt_array(arena, "float", lanes.of[i], LANES));
        block_add(arena, &clear->body, stmt_set(arena, lane_of(arena, &lanes, i), "=", first_value(l, r)));
    }
    block_add(arena, block, clear);
    return lanes;
}

/* Adds one run of the last axis: what fits the lanes to them, the rest to the values. */
static void add_run(Lowering *l, Reduce *r, Block *block, Position *at, int64_t length, const Lanes *lanes,
                    Expr *const *values)
{
    Arena *arena = l->arena;
    int last = r->in.rank - 1;
    Str c = dim_name(l, r, last);
    int64_t whole = lanes->lane.len > 0 ? length / LANES * LANES : 0;
    if (whole > 0) {
        Stmt *loop = stmt_for(arena, c, expr_int(arena, 0), expr_int(arena, whole), LANES);
        Stmt *side = lane_loop(arena, lanes);
        at->side = expr_name(arena, lanes->lane);
        at->index[last] = expr_add(arena, expr_name(arena, c), at->side);
        for (int i = 0; i < r->roots; i++)
            accumulate(l, r, &side->body, lane_of(arena, lanes, i), input_value(l, r->root[i], at));
        block_add(arena, &loop->body, side);
        block_add(arena, block, loop);
    }
    if (whole < length) {
        Stmt *loop = stmt_for(arena, c, expr_int(arena, whole), expr_int(arena, length), 1);
        at->index[last] = expr_name(arena, c);
        at->side = NULL;
        for (int i = 0; i < r->roots; i++)
            accumulate(l, r, &loop->body, values[i], input_value(l, r->root[i], at));
        block_add(arena, block, loop);
    }
}

/* One accumulator, or LANES of them over a long last axis. */
static void lower_rows(Lowering *l, Reduce *r, Block *block, Position *at)
{
    Arena *arena = l->arena;
    int last = r->in.rank - 1;
    bool last_is_chunk = r->is_chunked && r->chunk_dim == last;
    int64_t length = last < 0 || last_is_chunk ? 1 : r->in.dim[last];
    Expr *values[16];
    for (int i = 0; i < r->roots; i++) {
        r->sum[i] = root_name(l, "sum", i);
        values[i] = expr_name(arena, r->sum[i]);
        block_add(arena, block, stmt_declare(arena, "float", r->sum[i], first_value(l, r)));
    }
    Lanes lanes = {0};
    if (length >= 2 * LANES)
        lanes = declare_lanes(l, r, block);
    Block *inner = reduced_loops(l, r, block, at);
    if (length > 1)
        add_run(l, r, inner, at, length, &lanes, values);
    else
        for (int i = 0; i < r->roots; i++)
            accumulate(l, r, inner, values[i], input_value(l, r->root[i], at));
    if (lanes.lane.len > 0) {
        Stmt *join = lane_loop(arena, &lanes);
        for (int i = 0; i < r->roots; i++)
            accumulate(l, r, &join->body, values[i], lane_of(arena, &lanes, i));
        block_add(arena, block, join);
    }
    finish(l, r, block, at, values, 1, expr_int(arena, 0));
}

/* The second kernel: chunks in order, then the maps. */
static void combine_chunks(Lowering *l, Reduce *r, int64_t columns)
{
    Arena *arena = l->arena;
    Kernel *k = lower_begin(l, r->root[0], "combine");
    k->fixed_flops = CHUNKS * columns * r->roots;
    Position at = start_position(l, r);
    Block *block = &k->body;
    Expr *column = expr_int(arena, 0);
    if (columns > 1) {
        Str c = lower_name(l, str_from(lower_axis_letter(r->in.rank, r->in.rank - 1)));
        block = block_loop(arena, block, c, expr_int(arena, columns));
        column = expr_name(arena, c);
        at.index[r->in.rank - 1] = column;
    }
    Expr *values[16];
    for (int i = 0; i < r->roots; i++) {
        Str sum = root_name(l, "sum", i);
        Str pointer = lower_buffer_pointer(l, r->partial[i], false);
        values[i] = expr_name(arena, sum);
        block_add(arena, block, stmt_declare(arena, "float", sum, expr_load(arena, pointer, column)));
        Str chunk = lower_name(l, STR("chunk"));
        Stmt *loop = stmt_for(arena, chunk, expr_int(arena, 1), expr_int(arena, CHUNKS), 1);
        Expr *index = expr_add(arena, expr_mul(arena, expr_name(arena, chunk), expr_int(arena, columns)), column);
        accumulate(l, r, &loop->body, values[i], expr_load(arena, pointer, index));
        block_add(arena, block, loop);
    }
    r->is_chunked = false;
    finish(l, r, block, &at, values, columns, column);
}

void lower_reduce(Lowering *l, NodeId node, ReduceKind kind)
{
    Arena *arena = l->arena;
    Reduce r = describe(l, node, kind);
    choose_chunks(l, &r);
    int64_t columns = r.keeps_last ? r.in.dim[r.in.rank - 1] : 1;
    for (int i = 0; i < r.roots && r.is_chunked; i++)
        r.partial[i] = lower_scratch(l, i == 0 ? "partial" : "partial_more", TYPE_F32, CHUNKS * columns, 0);
    Kernel *k = lower_begin(l, node, r.is_chunked ? "partial" : "");
    *(r.in.has_batch ? &k->flops : &k->fixed_flops) +=
        (2 + 2 * (int64_t)l->group->before.count) * r.roots * shape_elements(r.in);
    Position at = start_position(l, &r);
    Block *block = &k->body;
    if (r.is_chunked) {
        k->division = DIVIDE_UNITS;
        k->units = expr_int(arena, CHUNKS);
        k->unit_name = lower_name(l, STR("chunk"));
    } else {
        block = kept_loops(l, &r, &at);
    }
    if (r.keeps_last)
        lower_columns(l, &r, block, &at);
    else
        lower_rows(l, &r, block, &at);
    if (r.is_chunked)
        combine_chunks(l, &r, columns);
    lower_halos(l);
}
