/* lower_window.c: pooling windows and their gradients.
 *
 * Loops run over output rows and columns; the channels are innermost, so that they are vector code.
 * The bounds of a window are plain numbers where no window leaves the data, and minima and maxima
 * where some do. Maximum and its position come from the same loops when both are wanted.
 *
 * Gradients: without overlap each input element belongs to one window at most, and the gradient is
 * gathered; with overlap it is gathered too, over the windows that hold the element, in a fixed order. */
#include "kernel/lower.h"

#include "graph/graph.h"
#include "ops/op.h"
#include "ops/window.h"

static bool may_leave(const WindowForm *f, int axis)
{
    int64_t last = (f->out[axis] - 1) * f->stride[axis] - f->before[axis] + f->kernel[axis];
    return f->before[axis] > 0 || last > f->in[axis];
}

/* [first, last) of a window's real elements along an axis, as offsets from its start. */
typedef struct Bounds {
    Expr *start; /* of the window in the data */
    Expr *first, *last;
} Bounds;

static Bounds window_bounds(Lowering *l, Block *block, const WindowForm *f, int axis, Expr *out_index)
{
    Arena *arena = l->arena;
    Bounds b = {.first = expr_int(arena, 0), .last = expr_int(arena, f->kernel[axis])};
    b.start = expr_add(arena, expr_mul(arena, out_index, expr_int(arena, f->stride[axis])),
                       expr_int(arena, -f->before[axis]));
    if (!may_leave(f, axis))
        return b;
    Expr *top = expr_name(arena, lower_name(l, axis == 0 ? STR("top") : STR("left")));
    block_add(arena, block, stmt_declare(arena, "const int", top->name, b.start));
    b.start = top;
    if (f->before[axis] > 0) {
        Expr *low = expr_name(arena, lower_name(l, axis == 0 ? STR("p_first") : STR("q_first")));
        block_add(arena, block,
                  stmt_declare(arena, "const int", low->name,
                               expr_select(arena, expr_binary(arena, "<", top, expr_int(arena, 0)),
                                           expr_unary(arena, "-", top), expr_int(arena, 0))));
        b.first = low;
    }
    Expr *room = expr_binary(arena, "-", expr_int(arena, f->in[axis]), top);
    Expr *high = expr_name(arena, lower_name(l, axis == 0 ? STR("p_last") : STR("q_last")));
    Expr *size = expr_int(arena, f->kernel[axis]);
    block_add(arena, block,
              stmt_declare(arena, "const int", high->name,
                           expr_select(arena, expr_binary(arena, "<", room, size), room, size)));
    b.last = high;
    return b;
}

/* Loops over sample, row and column of an image; the unit is a sample, or a row of one where samples are few. */
typedef struct Scan {
    Block *block;
    Expr *batch, *i, *j;
} Scan;

static Scan scan_image(Lowering *l, bool has_batch, const int64_t size[2])
{
    Arena *arena = l->arena;
    Kernel *k = l->kernel;
    Scan scan = {.block = &k->body, .i = expr_int(arena, 0), .j = expr_int(arena, 0)};
    bool has_rows = has_batch && l->program->batch < FEW_SAMPLES && size[0] > 1;
    if (has_batch) {
        Str n = lower_name(l, STR("n"));
        scan.batch = expr_name(arena, n);
        k->division = DIVIDE_UNITS;
        k->units = lower_batch(l);
        k->unit_name = n;
    }
    if (has_rows) {
        Str i = lower_name(l, STR("i"));
        scan.i = expr_name(arena, i);
        lower_split_unit(l, k->unit_name, i, expr_int(arena, size[0]));
    }
    for (int axis = has_rows ? 1 : 0; axis < 2; axis++) {
        if (size[axis] == 1)
            continue;
        Str name = lower_name(l, axis == 0 ? STR("i") : STR("j"));
        *(axis == 0 ? &scan.i : &scan.j) = expr_name(arena, name);
        scan.block = block_loop(arena, scan.block, name, expr_int(arena, size[axis]));
    }
    return scan;
}

static Position image_position(const WindowForm *f, Expr *batch, Expr *row, Expr *column, Expr *channel)
{
    Position at = {.batch = batch};
    if (!f->is_sequence)
        at.index[at.rank++] = row;
    at.index[at.rank++] = column;
    at.index[at.rank++] = channel;
    return at;
}

static Stmt *channel_loop(Lowering *l, const WindowForm *f, Block *block, Expr *channel)
{
    Stmt *loop = stmt_for(l->arena, channel->name, expr_int(l->arena, 0),
                          expr_int(l->arena, f->channels), 1);
    block_add(l->arena, block, loop);
    return loop;
}

static Block *offset_loop(Lowering *l, Block *block, Str name, Expr *from, Expr *to, Expr **variable)
{
    if (expr_is_int(from, 0) && expr_is_int(to, 1)) {
        *variable = from;
        return block;
    }
    Stmt *loop = stmt_for(l->arena, name, from, to, 1);
    block_add(l->arena, block, loop);
    *variable = expr_name(l->arena, name);
    return &loop->body;
}

/* ---- forward --------------------------------------------------------------------------------- */
typedef enum Wanted { WANT_MAX = 1, WANT_POSITION = 2, WANT_SUM = 4 } Wanted;

static Wanted wanted_by(const OpDef *op)
{
    return op->lower == lower_window_max ? WANT_MAX : op->lower == lower_window_argmax ? WANT_POSITION : WANT_SUM;
}

bool lower_windows_share(const OpDef *a, const OpDef *b)
{
    return wanted_by(a) != WANT_SUM && wanted_by(b) != WANT_SUM;
}

static void set_all(Lowering *l, const WindowForm *f, Block *block, Str array, Expr *channel, Expr *value)
{
    Stmt *loop = channel_loop(l, f, block, channel);
    block_add(l->arena, &loop->body,
              stmt_set(l->arena, expr_load(l->arena, array, channel), "=", value));
}

/* Small windows that never leave the data: their elements are written out, one loop over channels. */
enum { MOST_SMALL = 9 };
static bool is_small(const WindowForm *f)
{
    return !may_leave(f, 0) && !may_leave(f, 1) && f->kernel[0] * f->kernel[1] <= MOST_SMALL;
}

void lower_windows_known(Lowering *l, Expr *best, Expr *where)
{
    for (int i = 0; i < l->group->siblings.count; i++) {
        NodeId sibling = l->group->siblings.items[i];
        bool is_position = wanted_by(graph_node(l->graph, sibling)->op) == WANT_POSITION;
        lower_known(l, sibling, is_position ? where : best);
    }
}

Best lower_best_of(Lowering *l, Block *block, Expr *const *elements, int64_t count, bool has_where)
{
    Arena *arena = l->arena;
    Best b = {expr_name(arena, lower_name(l, STR("best"))), expr_name(arena, lower_name(l, STR("where")))};
    Expr *value = expr_name(arena, lower_name(l, STR("value")));
    block_add(arena, block, stmt_declare(arena, "float", b.best->name, elements[0]));
    if (has_where)
        block_add(arena, block, stmt_declare(arena, "int", b.where->name, expr_int(arena, 0)));
    if (count > 1)
        block_add(arena, block, stmt_declare(arena, "float", value->name, NULL));
    for (int64_t e = 1; e < count; e++) {
        block_add(arena, block, stmt_set(arena, value, "=", elements[e]));
        Expr *is_more = expr_binary(arena, ">", value, b.best);
        if (has_where)
            block_add(arena, block,
                      stmt_set(arena, b.where, "=", expr_select(arena, is_more, expr_int(arena, e), b.where)));
        Expr *args[2] = {b.best, value};
        block_add(arena, block, stmt_set(arena, b.best, "=", expr_call(arena, "nn_maximum", 2, args)));
    }
    return b;
}

static Expr *sum_of(Lowering *l, Block *block, Expr *const *elements, int64_t count)
{
    Arena *arena = l->arena;
    Expr *sum = expr_name(arena, lower_name(l, STR("sum")));
    block_add(arena, block, stmt_declare(arena, "float", sum->name, elements[0]));
    for (int64_t e = 1; e < count; e++)
        block_add(arena, block, stmt_set(arena, sum, "+=", elements[e]));
    return sum;
}

static void small_window(Lowering *l, NodeId node, const WindowForm *f, const Scan *scan, unsigned wanted)
{
    Arena *arena = l->arena;
    const Node *n = graph_node(l->graph, node);
    Expr *c = expr_name(arena, lower_name(l, STR("c")));
    Block *block = &channel_loop(l, f, scan->block, c)->body;
    Expr *elements[MOST_SMALL];
    int64_t count = f->kernel[0] * f->kernel[1];
    for (int64_t e = 0; e < count; e++) {
        int64_t p = e / f->kernel[1], q = e % f->kernel[1];
        Expr *row = expr_add(arena, expr_mul(arena, scan->i, expr_int(arena, f->stride[0])), expr_int(arena, p));
        Expr *column = expr_add(arena, expr_mul(arena, scan->j, expr_int(arena, f->stride[1])), expr_int(arena, q));
        Position at = image_position(f, scan->batch, row, column, c);
        elements[e] = lower_value(l, n->inputs[0], &at);
    }
    Position out = image_position(f, scan->batch, scan->i, scan->j, c);
    if (wanted == WANT_SUM) {
        lower_after(l, block, &out, sum_of(l, block, elements, count));
    } else {
        Best b = lower_best_of(l, block, elements, count, (wanted & WANT_POSITION) != 0);
        lower_windows_known(l, b.best, b.where);
        lower_after(l, block, &out, wanted_by(n->op) == WANT_POSITION ? b.where : b.best);
    }
    lower_halos(l);
}

/* best[c] and where[c], or sum[c], over one window. */
static void window_forward(Lowering *l, NodeId node)
{
    Arena *arena = l->arena;
    const Node *n = graph_node(l->graph, node);
    WindowForm f = window_form(l->graph, n);
    unsigned wanted = wanted_by(n->op);
    for (int i = 0; i < l->group->siblings.count; i++)
        wanted |= wanted_by(graph_node(l->graph, l->group->siblings.items[i])->op);
    Kernel *k = lower_begin(l, node, "");
    *(n->shape.has_batch ? &k->flops : &k->fixed_flops) +=
        shape_elements(n->shape) * f.kernel[0] * f.kernel[1] * (wanted == WANT_SUM ? 1 : 2);
    Scan scan = scan_image(l, n->shape.has_batch, f.out);
    if (is_small(&f)) {
        small_window(l, node, &f, &scan, wanted);
        return;
    }
    Expr *c = expr_name(arena, lower_name(l, STR("c")));
    bool is_sum = wanted == WANT_SUM, has_where = (wanted & WANT_POSITION) != 0;
    Expr *best = expr_load(arena, lower_name(l, is_sum ? STR("sum") : STR("best")), c);
    Expr *where = expr_load(arena, lower_name(l, STR("where")), c);
    block_add(arena, scan.block, stmt_array(arena, "float", best->name, f.channels));
    if (has_where)
        block_add(arena, scan.block, stmt_array(arena, "int", where->name, f.channels));
    Bounds rows = window_bounds(l, scan.block, &f, 0, scan.i);
    Bounds columns = window_bounds(l, scan.block, &f, 1, scan.j);
    Expr *low = is_sum ? expr_real(arena, 0) : expr_unary(arena, "-", expr_name(arena, STR("INFINITY")));
    set_all(l, &f, scan.block, best->name, c, low);
    if (has_where)
        set_all(l, &f, scan.block, where->name, c, /* where a window of NaN points: its first element */
                expr_add(arena, expr_mul(arena, rows.first, expr_int(arena, f.kernel[1])), columns.first));
    Expr *p, *q;
    Block *inner = offset_loop(l, scan.block, lower_name(l, STR("p")), rows.first, rows.last, &p);
    inner = offset_loop(l, inner, lower_name(l, STR("q")), columns.first, columns.last, &q);
    Position at = image_position(&f, scan.batch, expr_add(arena, rows.start, p),
                                 expr_add(arena, columns.start, q), c);
    Stmt *loop = channel_loop(l, &f, inner, c);
    Expr *x = lower_value(l, n->inputs[0], &at);
    if (is_sum) {
        block_add(arena, &loop->body, stmt_set(arena, best, "+=", x));
    } else {
        Expr *value = expr_name(arena, lower_name(l, STR("value")));
        Expr *is_more = expr_binary(arena, ">", value, best);
        Expr *place = expr_add(arena, expr_mul(arena, p, expr_int(arena, f.kernel[1])), q);
        block_add(arena, &loop->body, stmt_declare(arena, "const float", value->name, x));
        if (has_where)
            block_add(arena, &loop->body,
                      stmt_set(arena, where, "=", expr_select(arena, is_more, place, where)));
        Expr *args[2] = {best, value};
        block_add(arena, &loop->body, stmt_set(arena, best, "=", expr_call(arena, "nn_maximum", 2, args)));
    }
    Stmt *done = channel_loop(l, &f, scan.block, c);
    Position out = image_position(&f, scan.batch, scan.i, scan.j, c);
    lower_windows_known(l, best, where);
    lower_after(l, &done->body, &out, wanted_by(n->op) == WANT_POSITION ? where : best);
    lower_halos(l);
}

void lower_window_max(Lowering *l, NodeId node)
{
    window_forward(l, node);
}

void lower_window_argmax(Lowering *l, NodeId node)
{
    window_forward(l, node);
}

void lower_window_sum(Lowering *l, NodeId node)
{
    window_forward(l, node);
}

/* ---- gradients ------------------------------------------------------------------------------- */
/* Windows along an axis that hold index x: outputs from first to last - 1, and the place of x in
 * window o is x + before - o*stride. */
static void holding_windows(Lowering *l, Block *block, const WindowForm *f, int axis, Expr *x, Expr **first,
                            Expr **last)
{
    Arena *arena = l->arena;
    if (f->out[axis] == 1 && !may_leave(f, axis) && f->in[axis] == f->kernel[axis]) {
        *first = expr_int(arena, 0);
        *last = expr_int(arena, 1);
        return;
    }
    Expr *stride = expr_int(arena, f->stride[axis]), *count = expr_int(arena, f->out[axis]);
    Expr *shifted = expr_add(arena, x, expr_int(arena, f->before[axis]));
    /* first o with o*stride > shifted - kernel: (shifted - kernel + stride) / stride when positive */
    int64_t lag = f->kernel[axis] - f->stride[axis];
    Expr *low = expr_name(arena, lower_name(l, axis == 0 ? STR("i_first") : STR("j_first")));
    Expr *lagged = expr_add(arena, shifted, expr_int(arena, -lag));
    Expr *value = expr_binary(arena, "/", lagged, stride);
    if (lag > f->before[axis])
        value = expr_select(arena, expr_binary(arena, "<", lagged, expr_int(arena, 0)), expr_int(arena, 0), value);
    block_add(arena, block, stmt_declare(arena, "const int", low->name, value));
    Expr *end = expr_add(arena, expr_binary(arena, "/", shifted, stride), expr_int(arena, 1));
    Expr *high = expr_name(arena, lower_name(l, axis == 0 ? STR("i_last") : STR("j_last")));
    block_add(arena, block,
              stmt_declare(arena, "const int", high->name,
                           expr_select(arena, expr_binary(arena, "<", end, count), end, count)));
    *first = low;
    *last = high;
}

/* Along one axis: the only window that can hold index x, and the place of x in it; *holds is NULL when
 * it always does. Outside, the window is the last one, so that it may be read. */
static Expr *only_window(Lowering *l, Block *block, const WindowForm *f, int axis, Expr *x, Expr **place,
                         Expr **holds)
{
    Arena *arena = l->arena;
    Expr *stride = expr_int(arena, f->stride[axis]);
    Expr *shifted = expr_add(arena, x, expr_int(arena, f->before[axis]));
    *holds = NULL;
    if (f->stride[axis] == 1 && f->kernel[axis] == 1) {
        *place = expr_int(arena, 0);
        return shifted;
    }
    *place = expr_binary(arena, "%", shifted, stride);
    Expr *window = expr_binary(arena, "/", shifted, stride);
    int64_t last = (f->in[axis] - 1 + f->before[axis]) / f->stride[axis];
    Expr *is_inside = last >= f->out[axis] ? expr_binary(arena, "<", window, expr_int(arena, f->out[axis])) : NULL;
    Expr *is_covered = f->kernel[axis] < f->stride[axis]
                           ? expr_binary(arena, "<", *place, expr_int(arena, f->kernel[axis])) : NULL;
    *holds = is_inside && is_covered ? expr_binary(arena, "&&", is_inside, is_covered)
                                     : is_inside ? is_inside : is_covered;
    if (is_inside)
        window = expr_select(arena, is_inside, window, expr_int(arena, f->out[axis] - 1));
    Expr *name = expr_name(arena, lower_name(l, axis == 0 ? STR("p") : STR("q")));
    block_add(arena, block, stmt_declare(arena, "const int", name->name, window));
    return name;
}

/* Windows that do not overlap: every element of d_x has one at most. */
static void apart_gradient(Lowering *l, NodeId node, const WindowForm *f, const Scan *scan, bool is_max)
{
    Arena *arena = l->arena;
    const Node *n = graph_node(l->graph, node);
    NodeId d_out = n->inputs[is_max ? 1 : 0];
    Expr *place[2], *holds[2];
    Expr *p = only_window(l, scan->block, f, 0, scan->i, &place[0], &holds[0]);
    Expr *q = only_window(l, scan->block, f, 1, scan->j, &place[1], &holds[1]);
    Expr *inside = holds[0] && holds[1] ? expr_binary(arena, "&&", holds[0], holds[1])
                                        : holds[0] ? holds[0] : holds[1];
    Expr *c = expr_name(arena, lower_name(l, STR("c")));
    Expr *here = expr_add(arena, expr_mul(arena, place[0], expr_int(arena, f->kernel[1])), place[1]);
    if (is_max) {
        Expr *name = expr_name(arena, lower_name(l, STR("here")));
        if (inside) /* no window has its maximum at place -1 */
            here = expr_select(arena, inside, here, expr_int(arena, -1));
        block_add(arena, scan->block, stmt_declare(arena, "const int", name->name, here));
        here = name;
    }
    Stmt *loop = channel_loop(l, f, scan->block, c);
    Position at = image_position(f, scan->batch, p, q, c);
    Expr *value = expr_name(arena, lower_name(l, STR("value")));
    block_add(arena, &loop->body,
              stmt_declare(arena, "const float", value->name, lower_value(l, d_out, &at)));
    Expr *result = value;
    if (is_max)
        result = expr_select(arena, expr_binary(arena, "==", lower_value(l, n->inputs[0], &at), here), value,
                             expr_real(arena, 0));
    else if (inside)
        result = expr_select(arena, inside, value, expr_real(arena, 0));
    Position out = image_position(f, scan->batch, scan->i, scan->j, c);
    lower_after(l, &loop->body, &out, result);
    lower_halos(l);
}

/* d_x[y, x, c] = sum over the windows that hold it of d_out, where the maximum is here. */
static void window_gradient(Lowering *l, NodeId node, bool is_max)
{
    Arena *arena = l->arena;
    const Node *n = graph_node(l->graph, node);
    WindowForm f = window_form(l->graph, n);
    NodeId d_out = n->inputs[is_max ? 1 : 0];
    Kernel *k = lower_begin(l, node, "");
    *(n->shape.has_batch ? &k->flops : &k->fixed_flops) += 3 * shape_elements(n->shape);
    Scan scan = scan_image(l, n->shape.has_batch, f.in);
    if (f.kernel[0] <= f.stride[0] && f.kernel[1] <= f.stride[1]) {
        apart_gradient(l, node, &f, &scan, is_max);
        return;
    }
    Expr *c = expr_name(arena, lower_name(l, STR("c")));
    Expr *sum = expr_load(arena, lower_name(l, STR("sum")), c);
    block_add(arena, scan.block, stmt_array(arena, "float", sum->name, f.channels));
    set_all(l, &f, scan.block, sum->name, c, expr_real(arena, 0));
    Expr *first[2], *last[2];
    holding_windows(l, scan.block, &f, 0, scan.i, &first[0], &last[0]);
    holding_windows(l, scan.block, &f, 1, scan.j, &first[1], &last[1]);
    Expr *p, *q;
    Block *inner = offset_loop(l, scan.block, lower_name(l, STR("p")), first[0], last[0], &p);
    inner = offset_loop(l, inner, lower_name(l, STR("q")), first[1], last[1], &q);
    Position at = image_position(&f, scan.batch, p, q, c);
    Expr *value = NULL;
    if (is_max) {
        Expr *row = expr_binary(arena, "-", expr_add(arena, scan.i, expr_int(arena, f.before[0])),
                                expr_mul(arena, p, expr_int(arena, f.stride[0])));
        Expr *column = expr_binary(arena, "-", expr_add(arena, scan.j, expr_int(arena, f.before[1])),
                                   expr_mul(arena, q, expr_int(arena, f.stride[1])));
        Expr *here = expr_name(arena, lower_name(l, STR("here")));
        if (f.in[0] == 1 && f.kernel[0] == 1)
            row = expr_int(arena, 0);
        block_add(arena, inner,
                  stmt_declare(arena, "const int", here->name,
                               expr_add(arena, expr_mul(arena, row, expr_int(arena, f.kernel[1])), column)));
        Expr *position = lower_value(l, n->inputs[0], &at);
        value = expr_select(arena, expr_binary(arena, "==", position, here), lower_value(l, d_out, &at),
                            expr_real(arena, 0));
    } else {
        value = lower_value(l, d_out, &at);
    }
    Stmt *loop = channel_loop(l, &f, inner, c);
    block_add(arena, &loop->body, stmt_set(arena, sum, "+=", value));
    Stmt *done = channel_loop(l, &f, scan.block, c);
    Position out = image_position(&f, scan.batch, scan.i, scan.j, c);
    lower_after(l, &done->body, &out, sum);
    lower_halos(l);
}

void lower_window_max_grad(Lowering *l, NodeId node)
{
    window_gradient(l, node, true);
}

void lower_window_sum_grad(Lowering *l, NodeId node)
{
    window_gradient(l, node, false);
}
