/* contract.c: the contraction, one operator for matrix products, convolutions and their gradients.
 *
 * Its form, ContractSpec, is explained in graph/graph.h. Specs are made by layers and by the
 * gradient rule here, never by the user, so a spec that does not fit its tensors is a fault of
 * ours; only sizes are the user's. Gradients stay in the form: the roles of the tensors are
 * exchanged. */
#include "ops/contract.h"

#include "graph/build.h"
#include "kernel/lower.h"
#include "ops/op.h"

/* ---- checks ---------------------------------------------------------------------------------- */

static void check_maps(const ContractSpec *spec, const IndexMap *maps, Shape shape, bool has_batch)
{
    for (int d = 0; d < shape.rank; d++) {
        CHECK(maps[d].count >= 0 && maps[d].count <= 2);
        for (int t = 0; t < maps[d].count; t++) {
            CHECK(maps[d].term[t].axis >= (has_batch ? 1 : 0));
            CHECK(maps[d].term[t].axis < spec->axis_count);
        }
    }
}

static bool contract_infer(Build *b, const Call *call, Inferred *inferred)
{
    const ContractSpec *spec = call->contract;
    CHECK(spec != NULL && call->input_count == 2);
    const Node *left = graph_node(b->graph, call->inputs[0]);
    const Node *right = graph_node(b->graph, call->inputs[1]);
    CHECK(left->type == TYPE_F32 && right->type == TYPE_F32);
    bool has_batch = left->shape.has_batch || right->shape.has_batch || spec->out_shape.has_batch;
    CHECK(spec->axis_count >= 1 && spec->axis_count <= MAX_AXES);
    for (int a = 0; a < spec->axis_count; a++) {
        if (has_batch && a == 0)
            CHECK(spec->axis[a].extent == -1);
        else
            CHECK(spec->axis[a].extent >= 1);
    }
    check_maps(spec, spec->left, left->shape, has_batch);
    check_maps(spec, spec->right, right->shape, has_batch);
    check_maps(spec, spec->out, spec->out_shape, has_batch);
    inferred->shape = spec->out_shape;
    inferred->type = TYPE_F32;
    return true;
}

/* ---- reference evaluation -------------------------------------------------------------------- */

/* Row-major place of the element that a point of the axes refers to; -1 when it lies outside. */
static int64_t place(const IndexMap *maps, Shape shape, const int64_t *point)
{
    int64_t at = shape.has_batch ? point[0] : 0;
    for (int d = 0; d < shape.rank; d++) {
        int64_t index = maps[d].offset;
        for (int t = 0; t < maps[d].count; t++)
            index += maps[d].term[t].scale * point[maps[d].term[t].axis];
        if (index < 0 || index >= shape.dim[d])
            return -1;
        at = at * shape.dim[d] + index;
    }
    return at;
}

/* Counts the point up, last axis fastest; false after the last one. */
static bool next_point(const int64_t *extent, int axis_count, int64_t *point)
{
    for (int a = axis_count - 1; a >= 0; a--) {
        if (++point[a] < extent[a])
            return true;
        point[a] = 0;
    }
    return false;
}

/* Elements of the three tensors at a point of the axes; -1: outside. */
typedef struct Places {
    int64_t out, left, right;
} Places;

static Places places(const ContractSpec *spec, Shape left, Shape right, Shape out, const int64_t *point)
{
    return (Places){place(spec->out, out, point), place(spec->left, left, point),
                    place(spec->right, right, point)};
}

static bool are_inside(const Places *p)
{
    return p->out >= 0 && p->left >= 0 && p->right >= 0;
}

static void contract_eval(const EvalCall *call)
{
    const ContractSpec *spec = call->node->contract;
    const double *right_values = call->in[1];
    Shape left = graph_node(call->graph, call->node->inputs[0])->shape;
    Shape right = graph_node(call->graph, call->node->inputs[1])->shape;
    Shape out = call->node->shape;
    if (spec->points > 0 && right.rank == 4 && !right.has_batch) {
        right_values = winograd_taps(call->context->arena, spec->points, right, right_values);
        right.dim[0] = right.dim[1] = right.dim[0] - spec->points + 1;
    }
    int64_t extent[MAX_AXES], point[MAX_AXES] = {0};
    for (int a = 0; a < spec->axis_count; a++)
        extent[a] = spec->axis[a].extent < 0 ? call->context->batch : spec->axis[a].extent;
    int64_t elements = shape_elements(out) * (out.has_batch ? call->context->batch : 1);
    for (int64_t i = 0; i < elements; i++)
        call->out[i] = 0;
    int inner = spec->axis_count - 1;
    do {
        Places first = places(spec, left, right, out, point);
        point[inner] = extent[inner] - 1;
        Places last = places(spec, left, right, out, point);
        if (are_inside(&first) && are_inside(&last)) {
            /* Indices are sums of the axes: what lies between is inside too, at equal distances. */
            int64_t count = extent[inner], apart = count > 1 ? count - 1 : 1;
            int64_t to = (last.out - first.out) / apart, l = (last.left - first.left) / apart;
            int64_t r = (last.right - first.right) / apart;
            for (int64_t i = 0; i < count; i++)
                call->out[first.out + i * to] +=
                    call->in[0][first.left + i * l] * right_values[first.right + i * r];
        } else {
            for (point[inner] = 0; point[inner] < extent[inner]; point[inner]++) {
                Places at = places(spec, left, right, out, point);
                if (are_inside(&at))
                    call->out[at.out] += call->in[0][at.left] * right_values[at.right];
            }
        }
        point[inner] = 0;
    } while (next_point(extent, inner, point));
}

/* ---- gradient --------------------------------------------------------------------------------
 * Each point adds left * right to out, so it gives d_out * right to left and left * d_out to right:
 * the same points and index maps, other roles. */

static void contract_grad(Build *b, NodeId node, NodeId d_out, const bool *needed, NodeId *d_inputs)
{
    const Node *n = graph_node(b->graph, node);
    const ContractSpec *spec = n->contract;
    NodeId left = n->inputs[0], right = n->inputs[1];
    if (needed[0]) {
        ContractSpec *d = arena_new(b->graph->arena, ContractSpec);
        *d = *spec;
        for (int i = 0; i < MAX_RANK; i++) {
            d->left[i] = spec->out[i];
            d->out[i] = spec->left[i];
        }
        d->out_shape = graph_node(b->graph, left)->shape;
        d_inputs[0] = build_contract(b, d_out, right, d);
    }
    if (needed[1]) {
        ContractSpec *d = arena_new(b->graph->arena, ContractSpec);
        *d = *spec;
        for (int i = 0; i < MAX_RANK; i++) {
            d->right[i] = spec->out[i];
            d->out[i] = spec->right[i];
        }
        d->out_shape = graph_node(b->graph, right)->shape;
        d_inputs[1] = build_contract(b, left, d_out, d);
    }
}

/* ---- text and cost --------------------------------------------------------------------------- */

static void add_index(StrBuf *buf, const ContractSpec *spec, const IndexMap *map)
{
    bool is_first = true;
    for (int t = 0; t < map->count; t++) {
        int64_t scale = map->term[t].scale;
        if (!is_first || scale < 0)
            buf_add_char(buf, scale < 0 ? '-' : '+');
        if (scale != 1 && scale != -1)
            buf_add(buf, "%lld*", (long long)(scale < 0 ? -scale : scale));
        buf_add_char(buf, spec->axis[map->term[t].axis].name);
        is_first = false;
    }
    if (is_first)
        buf_add(buf, "%lld", (long long)map->offset);
    else if (map->offset != 0)
        buf_add(buf, "%+lld", (long long)map->offset);
}

static void add_tensor(StrBuf *buf, const char *name, const ContractSpec *spec,
                       const IndexMap *maps, Shape shape)
{
    buf_add(buf, "%s[", name);
    if (shape.has_batch)
        buf_add(buf, "%c%s", spec->axis[0].name, shape.rank > 0 ? "," : "");
    for (int d = 0; d < shape.rank; d++) {
        add_index(buf, spec, &maps[d]);
        if (d + 1 < shape.rank)
            buf_add_char(buf, ',');
    }
    buf_add_char(buf, ']');
}

Str contract_str(Arena *arena, const ContractSpec *spec, Shape left, Shape right)
{
    StrBuf buf = {.arena = arena};
    add_tensor(&buf, "out", spec, spec->out, spec->out_shape);
    buf_add(&buf, " += ");
    add_tensor(&buf, "left", spec, spec->left, left);
    buf_add(&buf, " * ");
    add_tensor(&buf, "right", spec, spec->right, right);
    if (spec->points > 0) {
        int taps = (int)(right.has_batch ? spec->out_shape.dim[0] : right.dim[0] - spec->points + 1);
        buf_add(&buf, "  by F(%dx%d, %dx%d)", spec->points, spec->points, taps, taps);
    }
    return buf_str(&buf);
}

int64_t contract_flops(const ContractSpec *spec)
{
    int64_t flops = 2;
    for (int a = 0; a < spec->axis_count; a++)
        if (spec->axis[a].extent > 0 && !size_multiply(flops, spec->axis[a].extent, &flops))
            return INT64_MAX;
    return flops;
}

const OpDef op_contract = {
    .name = "contract",
    .family = FAMILY_CONTRACT,
    .summary = "sum of products over index axes",
    .doc =
        "out[O(axes)] += left[L(axes)] * right[R(axes)] over all points of the axes, where every "
        "index is a sum of scaled axes and an offset; points outside a tensor add nothing. "
        "Matrix products, convolutions and the gradients of both have this form.",
    .inputs = {"left", "right"},
    .infer = contract_infer,
    .eval = contract_eval,
    .grad = contract_grad,
    .lower = contract_lower,
};
