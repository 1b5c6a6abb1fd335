/* lower_row.c: operators on whole rows of the last axis: softmax, log_softmax, argmax.
 *
 * Three passes over a row: its largest element, the sum of exponentials, the result. The sum uses
 * sixteen accumulators when the row is long, so that the loop is vector code. The exponentials of a
 * short row are computed once and kept. A softmax and its logarithm share the passes. */
#include "kernel/lower.h"

#include "graph/graph.h"
#include "ops/op.h"

enum { LANES = 16 };

typedef struct Row {
    NodeId input;
    int64_t length;
    Str c;        /* variable of the loops over a row, one after the other */
    Str kept;     /* array of the exponentials of a short row              */
    Block *block; /* body of the loop over rows */
    Position at;
} Row;

static Row begin_rows(Lowering *l, NodeId node)
{
    const Node *n = graph_node(l->graph, node);
    Row row = {.input = n->inputs[0]};
    Shape in = graph_node(l->graph, row.input)->shape;
    CHECK(in.rank > 0);
    row.length = in.dim[in.rank - 1];
    lower_begin(l, node, "");
    Shape rows = in;
    rows.dim[in.rank - 1] = 1;
    row.block = lower_loops(l, rows, &row.at);
    row.c = lower_name(l, STR("c"));
    *(in.has_batch ? &l->kernel->flops : &l->kernel->fixed_flops) += 30 * shape_elements(in);
    return row;
}

/* A loop over the row; at is moved to its variable. */
static Stmt *row_loop(Lowering *l, Row *row)
{
    Arena *arena = l->arena;
    Stmt *loop = stmt_for(arena, row->c, expr_int(arena, 0), expr_int(arena, row->length), 1);
    row->at.index[row->at.rank - 1] = expr_name(arena, row->c);
    block_add(arena, row->block, loop);
    return loop;
}

static Expr *row_maximum(Lowering *l, Row *row)
{
    Arena *arena = l->arena;
    Expr *most = expr_name(arena, lower_name(l, STR("most")));
    Expr *low = expr_unary(arena, "-", expr_name(arena, STR("INFINITY")));
    block_add(arena, row->block, stmt_declare(arena, "float", most->name, low));
    Stmt *loop = row_loop(l, row);
    Expr *args[2] = {most, lower_value(l, row->input, &row->at)};
    block_add(arena, &loop->body, stmt_set(arena, most, "=", expr_call(arena, "nn_maximum", 2, args)));
    return most;
}

static Expr *shifted_exp(Lowering *l, Row *row, Expr *most)
{
    if (row->kept.len > 0)
        return expr_load(l->arena, row->kept, row->at.index[row->at.rank - 1]);
    Expr *x = expr_binary(l->arena, "-", lower_value(l, row->input, &row->at), most);
    return expr_call(l->arena, "nn_exp", 1, &x);
}

/* The loop that stores them has no sum in it, which would keep it from being vector code. */
static void keep_exps(Lowering *l, Row *row, Expr *most)
{
    Arena *arena = l->arena;
    Str kept = lower_name(l, STR("powers"));
    block_add(arena, row->block, stmt_array(arena, "float", kept, row->length));
    Stmt *loop = row_loop(l, row);
    Expr *place = expr_load(arena, kept, expr_name(arena, row->c));
    block_add(arena, &loop->body, stmt_set(arena, place, "=", shifted_exp(l, row, most)));
    row->kept = kept;
}

static Expr *row_exp_sum(Lowering *l, Row *row, Expr *most)
{
    Arena *arena = l->arena;
    Expr *total = expr_name(arena, lower_name(l, STR("total")));
    block_add(arena, row->block, stmt_declare(arena, "float", total->name, expr_real(arena, 0)));
    int64_t whole = row->length >= 2 * LANES ? row->length / LANES * LANES : 0;
    int last = row->at.rank - 1;
    if (whole == 0 && row->length > 1)
        keep_exps(l, row, most);
    if (whole > 0) {
        Str lanes = lower_name(l, STR("lanes")), lane = lower_name(l, STR("lane"));
        Expr *at_lane = expr_load(arena, lanes, expr_name(arena, lane));
        block_add(arena, row->block, stmt_array(arena, "float", lanes, LANES));
        Stmt *clear = stmt_for(arena, lane, expr_int(arena, 0), expr_int(arena, LANES), 1);
        block_add(arena, &clear->body, stmt_set(arena, at_lane, "=", expr_real(arena, 0)));
        block_add(arena, row->block, clear);
        Str c = row->c;
        Stmt *loop = stmt_for(arena, c, expr_int(arena, 0), expr_int(arena, whole), LANES);
        Stmt *side = stmt_for(arena, lane, expr_int(arena, 0), expr_int(arena, LANES), 1);
        row->at.index[last] = expr_add(arena, expr_name(arena, c), expr_name(arena, lane));
        block_add(arena, &side->body, stmt_set(arena, at_lane, "+=", shifted_exp(l, row, most)));
        block_add(arena, &loop->body, side);
        block_add(arena, row->block, loop);
        Stmt *join = stmt_for(arena, lane, expr_int(arena, 0), expr_int(arena, LANES), 1);
        block_add(arena, &join->body, stmt_set(arena, total, "+=", at_lane));
        block_add(arena, row->block, join);
    }
    if (whole < row->length) {
        Stmt *loop = row_loop(l, row);
        loop->from = expr_int(arena, whole);
        block_add(arena, &loop->body, stmt_set(arena, total, "+=", shifted_exp(l, row, most)));
    }
    return total;
}

bool lower_rows_share(const OpDef *a, const OpDef *b)
{
    return (a->lower == lower_softmax || a->lower == lower_log_softmax) &&
           (b->lower == lower_softmax || b->lower == lower_log_softmax);
}

static Expr *declare_float(Lowering *l, Block *block, const char *wanted, Expr *value)
{
    Expr *name = expr_name(l->arena, lower_name(l, str_from(wanted)));
    block_add(l->arena, block, stmt_declare(l->arena, "const float", name->name, value));
    return name;
}

/* The third pass, for a softmax, its logarithm, or both: sum and maximum are the same for them. */
static void softmax_rows(Lowering *l, NodeId node)
{
    Arena *arena = l->arena;
    Row row = begin_rows(l, node);
    l->is_pointwise = true; /* the last pass reads an element and then writes it */
    Expr *most = row_maximum(l, &row), *total = row_exp_sum(l, &row, most);
    const NodeIds *siblings = &l->group->siblings;
    bool is_log = graph_node(l->graph, node)->op->lower == lower_log_softmax, has_both = siblings->count > 0;
    CHECK(siblings->count <= 1);
    Expr *scale = NULL, *shift = NULL;
    if (!is_log || has_both)
        scale = declare_float(l, row.block, "scale", expr_binary(arena, "/", expr_real(arena, 1), total));
    if (is_log || has_both)
        shift = declare_float(l, row.block, "shift", expr_add(arena, most, expr_call(arena, "nn_log", 1, &total)));
    Block *block = &row_loop(l, &row)->body;
    Expr *share = scale ? expr_binary(arena, "*", shifted_exp(l, &row, most), scale) : NULL;
    Expr *log = shift ? expr_binary(arena, "-", lower_value(l, row.input, &row.at), shift) : NULL;
    if (has_both) {
        Str name = lower_identifier(arena, graph_node(l->graph, siblings->items[0])->name);
        const char *wanted = str_c(arena, str_format(arena, "%.*s_value", STR_ARGS(name)));
        lower_known(l, siblings->items[0], declare_float(l, block, wanted, is_log ? share : log));
    }
    lower_after(l, block, &row.at, is_log ? log : share);
    lower_halos(l);
}

void lower_softmax(Lowering *l, NodeId node)
{
    softmax_rows(l, node);
}

void lower_log_softmax(Lowering *l, NodeId node)
{
    softmax_rows(l, node);
}

/* The first of the largest elements. */
void lower_argmax(Lowering *l, NodeId node)
{
    Arena *arena = l->arena;
    Row row = begin_rows(l, node);
    const Node *n = graph_node(l->graph, node);
    Expr *best = expr_name(arena, lower_name(l, STR("best")));
    Expr *most = expr_name(arena, lower_name(l, STR("most")));
    Expr *low = expr_unary(arena, "-", expr_name(arena, STR("INFINITY")));
    block_add(arena, row.block, stmt_declare(arena, "int", best->name, expr_int(arena, 0)));
    block_add(arena, row.block, stmt_declare(arena, "float", most->name, low));
    Stmt *loop = row_loop(l, &row);
    Expr *x = lower_value(l, row.input, &row.at);
    Stmt *test = stmt_if(arena, expr_binary(arena, ">", x, most));
    block_add(arena, &test->body, stmt_set(arena, most, "=", x));
    block_add(arena, &test->body, stmt_set(arena, best, "=", row.at.index[row.at.rank - 1]));
    block_add(arena, &loop->body, test);
    row.at.index[row.at.rank - 1] = expr_int(arena, 0);
    Position at = row.at;
    at.rank = n->shape.rank; /* with or without the reduced axis */
    lower_after(l, row.block, &at, best);
    lower_halos(l);
}
