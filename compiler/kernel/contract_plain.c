/* contract_plain.c: any contraction as nested loops: the fallback, and the oracle of the fast ways.
 *
 * Loops run over the elements of the result and over the axes that they leave open. When an index of
 * the result is a sum of two axes (the gradient of a convolution's input), the second axis is looped
 * over and the first follows from the index, if the division has no rest. A point outside a tensor
 * adds nothing; tests are written only where an index can leave its tensor. */
#include "kernel/lower.h"

#include "graph/graph.h"
#include "ops/op.h"

typedef struct Plain {
    const ContractSpec *spec;
    const Node *node, *left, *right;
    bool has_batch;
    Expr *axis[MAX_AXES]; /* value of each axis, NULL while unknown */
    Position left_at, right_at, out_at;
} Plain;

static Expr *axis_extent(Lowering *l, const Plain *p, int axis)
{
    int64_t extent = p->spec->axis[axis].extent;
    return extent < 0 ? lower_batch(l) : expr_int(l->arena, extent);
}

static Block *axis_loop(Lowering *l, Plain *p, Block *block, int axis)
{
    Arena *arena = l->arena;
    if (p->spec->axis[axis].extent == 1) {
        p->axis[axis] = expr_int(arena, 0);
        return block;
    }
    char letter[2] = {p->spec->axis[axis].name, 0};
    Str name = lower_name(l, str_from(str_c(arena, str_copy(arena, str_from(letter)))));
    Stmt *loop = stmt_for(arena, name, expr_int(arena, 0), axis_extent(l, p, axis), 1);
    block_add(arena, block, loop);
    p->axis[axis] = expr_name(arena, name);
    return &loop->body;
}

static Block *guard(Lowering *l, Block *block, Expr *condition)
{
    Stmt *test = stmt_if(l->arena, condition);
    block_add(l->arena, block, test);
    return &test->body;
}

/* 0 <= e and e < size, leaving out what holds anyway. */
static Block *guard_range(Lowering *l, Block *block, Expr *e, int64_t least, int64_t most, int64_t size)
{
    Arena *arena = l->arena;
    Expr *low = least < 0 ? expr_binary(arena, ">=", e, expr_int(arena, 0)) : NULL;
    Expr *high = most >= size ? expr_binary(arena, "<", e, expr_int(arena, size)) : NULL;
    if (low == NULL && high == NULL)
        return block;
    return guard(l, block, low && high ? expr_binary(arena, "&&", low, high) : low ? low : high);
}

/* From the index of a result's dimension to the axes in it. */
static Block *solve_dimension(Lowering *l, Plain *p, Block *block, int dim)
{
    Arena *arena = l->arena;
    const IndexMap *map = &p->spec->out[dim];
    Expr *rest = expr_add(arena, p->out_at.index[dim], expr_int(arena, -map->offset));
    int open = -1;
    for (int t = map->count - 1; t >= 0; t--) {
        int axis = map->term[t].axis;
        if (p->axis[axis] == NULL && (t > 0 || open >= 0))
            block = axis_loop(l, p, block, axis);
        if (p->axis[axis] == NULL) {
            open = t;
            continue;
        }
        Expr *part = expr_mul(arena, p->axis[axis], expr_int(arena, map->term[t].scale));
        rest = expr_is_int(part, 0) ? rest : expr_binary(arena, "-", rest, part);
    }
    if (open < 0)
        return guard(l, block, expr_binary(arena, "==", rest, expr_int(arena, 0)));
    int axis = map->term[open].axis;
    int64_t scale = map->term[open].scale, extent = p->spec->axis[axis].extent;
    char letter[2] = {p->spec->axis[axis].name, 0};
    Str name = lower_name(l, str_copy(arena, str_from(letter)));
    if (map->count == 1 && scale == 1 && map->offset == 0 && p->node->shape.dim[dim] <= extent) {
        p->axis[axis] = p->out_at.index[dim];
        return block;
    }
    if (scale != 1) {
        Expr *rest_name = expr_name(arena, lower_name(l, str_format(arena, "%.*s_scaled", STR_ARGS(name))));
        block_add(arena, block, stmt_declare(arena, "const int", rest_name->name, rest));
        Expr *whole = expr_binary(arena, "==", expr_binary(arena, "%", rest_name, expr_int(arena, scale)),
                                  expr_int(arena, 0));
        block = guard(l, block, whole);
        rest = expr_binary(arena, "/", rest_name, expr_int(arena, scale));
    }
    block_add(arena, block, stmt_declare(arena, "const int", name, rest));
    p->axis[axis] = expr_name(arena, name);
    return guard_range(l, block, p->axis[axis], -1, extent, extent);
}

/* Indices of an operand at the current point, with tests where they can lie outside. */
static Block *operand_position(Lowering *l, Plain *p, Block *block, const IndexMap *maps, Shape shape,
                               const char *word, Position *at)
{
    Arena *arena = l->arena;
    *at = (Position){.rank = shape.rank, .batch = shape.has_batch ? p->axis[0] : NULL};
    for (int d = 0; d < shape.rank; d++) {
        Expr *index = expr_int(arena, 0);
        int64_t least = maps[d].offset, most = maps[d].offset;
        for (int t = 0; t < maps[d].count; t++) {
            int64_t scale = maps[d].term[t].scale;
            int64_t reach = scale * (p->spec->axis[maps[d].term[t].axis].extent - 1);
            *(reach < 0 ? &least : &most) += reach;
            index = expr_add(arena, index,
                             expr_mul(arena, p->axis[maps[d].term[t].axis], expr_int(arena, scale)));
        }
        index = expr_add(arena, index, expr_int(arena, maps[d].offset));
        bool is_tested = least < 0 || most >= shape.dim[d];
        if (is_tested && index->kind != EXPR_NAME && index->kind != EXPR_INT) {
            Str name = lower_name(l, str_format(arena, "%s_%s", word, lower_axis_letter(shape.rank, d)));
            block_add(arena, block, stmt_declare(arena, "const int", name, index));
            index = expr_name(arena, name);
        }
        at->index[d] = index;
        block = guard_range(l, block, index, least, most, shape.dim[d]);
    }
    return block;
}

void contract_lower_plain(Lowering *l, NodeId id)
{
    Arena *arena = l->arena;
    const Node *n = graph_node(l->graph, id);
    CHECK(l->group->siblings.count == 0); /* it takes no maxima of windows */
    Plain p = {.spec = n->contract, .node = n};
    p.left = graph_node(l->graph, n->inputs[0]);
    p.right = graph_node(l->graph, n->inputs[1]);
    p.has_batch = p.left->shape.has_batch || p.right->shape.has_batch || n->shape.has_batch;
    Kernel *k = lower_begin(l, id, "");
    int64_t points = 2;
    for (int a = 0; a < p.spec->axis_count; a++)
        points *= p.spec->axis[a].extent > 0 ? p.spec->axis[a].extent : 1;
    *(p.has_batch ? &k->flops : &k->fixed_flops) += points;

    Block *block = lower_loops(l, n->shape, &p.out_at);
    Str sum = lower_name(l, STR("sum"));
    block_add(arena, block, stmt_declare(arena, "float", sum, expr_real(arena, 0)));
    Block *inner = block;
    if (p.has_batch && n->shape.has_batch)
        p.axis[0] = p.out_at.batch;
    for (int d = 0; d < n->shape.rank; d++)
        inner = solve_dimension(l, &p, inner, d);
    for (int a = 0; a < p.spec->axis_count; a++)
        if (p.axis[a] == NULL)
            inner = axis_loop(l, &p, inner, a);
    inner = operand_position(l, &p, inner, p.spec->left, p.left->shape, "left", &p.left_at);
    inner = operand_position(l, &p, inner, p.spec->right, p.right->shape, "right", &p.right_at);
    const Buffer *left = lower_buffer(l, n->inputs[0]), *right = lower_buffer(l, n->inputs[1]);
    Expr *a = expr_load(arena, lower_pointer(l, n->inputs[0], false), lower_index(l, left, &p.left_at));
    Expr *b = expr_load(arena, lower_pointer(l, n->inputs[1], false), lower_index(l, right, &p.right_at));
    block_add(arena, inner, stmt_set(arena, expr_name(arena, sum), "+=", expr_binary(arena, "*", a, b)));
    Expr *value = expr_name(arena, sum);
    if (points * l->program->batch <= 2 * CONTRACT_FEW_PRODUCTS && !l->program->is_plain)
        value = expr_call(arena, "nn_alone", 1, &value);
    lower_after(l, block, &p.out_at, value);
    lower_halos(l);
}
