/* print.c: a graph as text, one line a node, for dumps and tests:
 *
 *     input image: u8[28, 28, 1]
 *     parameter dense_1.kernel: f32[784, 10] = glorot_uniform
 *     h: f32[10] = relu(dense_1.add)
 *
 * Numbers are written where they are used. A result without batch is marked "once". */
#include "graph/graph.h"
#include "ops/contract.h"
#include "ops/op.h"

static bool is_number(const Node *n)
{
    return n->leaf != NULL && n->leaf->kind == LEAF_CONSTANT && n->shape.rank == 0;
}

static void add_values(StrBuf *buf, const Node *n)
{
    enum { MOST = 8 };
    int64_t count = shape_elements(n->shape);
    for (int64_t i = 0; i < count && i < MOST; i++)
        buf_add(buf, "%s%.9g", i > 0 ? ", " : "[", n->leaf->values[i]);
    buf_add(buf, count > MOST ? ", ...]" : "]");
}

static void add_type(StrBuf *buf, const Node *n)
{
    Str shape = shape_str(buf->arena, n->shape);
    if (n->classes > 0)
        buf_add(buf, ": class[%d]", n->classes);
    else
        buf_add(buf, ": %s", type_name(n->type));
    if (n->shape.rank > 0)
        buf_add_str(buf, shape);
}

static void add_leaf(StrBuf *buf, const Node *n)
{
    buf_add(buf, "%s %.*s", n->op->name, STR_ARGS(n->name));
    add_type(buf, n);
    if (n->leaf->kind == LEAF_CONSTANT) {
        buf_add(buf, " = ");
        add_values(buf, n);
    }
    if (n->leaf->kind == LEAF_PARAMETER || n->leaf->kind == LEAF_STATISTIC ||
        n->leaf->kind == LEAF_OPTIMIZER) {
        AttrDef def = {.kind = ATTR_INIT};
        AttrValue value = {.init = n->leaf->init};
        Str init = attr_str(buf->arena, &def, &value);
        buf_add(buf, " = %.*s", STR_ARGS(init));
    }
    if (n->leaf->l1 > 0)
        buf_add(buf, " l1 %.9g", n->leaf->l1);
    if (n->leaf->l2 > 0)
        buf_add(buf, " l2 %.9g", n->leaf->l2);
    if (is_constrained(n->leaf)) {
        AttrDef def = {.kind = ATTR_INIT};
        AttrValue value = {.init = n->leaf->constraint};
        buf_add(buf, " %.*s", STR_ARGS(attr_str(buf->arena, &def, &value)));
    }
}

static void add_operands(StrBuf *buf, const Graph *g, const Node *n)
{
    const char *between = "(";
    for (int i = 0; i < n->input_count; i++, between = ", ") {
        const Node *x = graph_node(g, n->inputs[i]);
        if (is_number(x))
            buf_add(buf, "%s%.9g", between, x->leaf->values[0]);
        else
            buf_add(buf, "%s%.*s", between, STR_ARGS(x->name));
    }
    for (int i = 0; i < op_attr_count(n->op); i++, between = ", ") {
        Str value = attr_str(buf->arena, &n->op->attrs[i], &n->attrs[i]);
        buf_add(buf, "%s%s = %.*s", between, n->op->attrs[i].name, STR_ARGS(value));
    }
    buf_add(buf, "%s", *between == '(' ? "()" : ")");
}

static void add_operation(StrBuf *buf, const Graph *g, const Node *n)
{
    if (n->op->family == FAMILY_ASSIGN) {
        buf_add(buf, "%.*s := %.*s", STR_ARGS(graph_node(g, n->inputs[0])->name),
                STR_ARGS(graph_node(g, n->inputs[1])->name));
        return;
    }
    buf_add_str(buf, n->name);
    add_type(buf, n);
    buf_add(buf, " = %s", n->op->name);
    add_operands(buf, g, n);
    if (n->contract != NULL) {
        Str text = contract_str(buf->arena, n->contract, graph_node(g, n->inputs[0])->shape,
                                graph_node(g, n->inputs[1])->shape);
        buf_add(buf, "  %.*s", STR_ARGS(text));
    }
    if (!n->shape.has_batch)
        buf_add(buf, "  once");
}

static void add_results(StrBuf *buf, const Graph *g, const char *what, const Results *results)
{
    for (int i = 0; i < results->count; i++) {
        const Result *r = &results->items[i];
        Str node = graph_node(g, r->node)->name;
        buf_add(buf, "%s %.*s = %.*s\n", what, STR_ARGS(r->name), STR_ARGS(node));
    }
}

Str graph_print(Arena *arena, const Graph *g)
{
    StrBuf buf = {.arena = arena};
    for (NodeId id = 0; id < g->nodes.count; id++) {
        const Node *n = graph_node(g, id);
        if (is_number(n))
            continue;
        if (n->leaf != NULL)
            add_leaf(&buf, n);
        else
            add_operation(&buf, g, n);
        buf_add(&buf, "\n");
    }
    add_results(&buf, g, "output", &g->outputs);
    add_results(&buf, g, "loss", &g->losses);
    add_results(&buf, g, "metric", &g->metrics);
    return buf_str(&buf);
}
