/* contract_form.c: which technique fits a contraction, what it wants from layouts, and the choice.
 *
 *                       computes        rows of a tile        vectors       file
 *   forward             Y  matrix       samples               o             contract_rows.c
 *                       Y  convolution  points of Y           o             contract_rows.c
 *   image gradient      X  matrix       c                     samples       contract_transposed.c
 *                       X  convolution  points of X           c             contract_rows.c
 *   kernel gradient     W  any          (p, q, c)             o             contract_weights.c
 *   3x3, 5x5 as Wino-   Y  (and X)      squares of Y          o             contract_winograd.c
 *     grad says         W               c                     o             contract_winograd_weights.c
 *   depthwise           any             -                     channels      contract_depthwise.c
 *   none of these, or   any             -                     -             contract_plain.c
 *   a few products
 */
#include "kernel/contract_winograd.h"

/* ---- recognition ----------------------------------------------------------------------------- */
static const IndexTerm *find_term(const IndexMap *map, int axis)
{
    for (int t = 0; t < map->count; t++)
        if (map->term[t].axis == axis)
            return &map->term[t];
    return NULL;
}

static bool is_one_axis(const IndexMap *map)
{
    return map->count == 1 && map->term[0].scale == 1 && map->offset == 0;
}

/* A channel dimension: {c} or {g * size + c}. */
static bool parse_channels(const ContractSpec *spec, const IndexMap *map, int64_t extent,
                           int *group_axis, int *channel_axis)
{
    *group_axis = -1;
    if (is_one_axis(map)) {
        *channel_axis = map->term[0].axis;
        return spec->axis[*channel_axis].extent == extent;
    }
    if (map->count != 2 || map->offset != 0 || map->term[1].scale != 1)
        return false;
    *group_axis = map->term[0].axis;
    *channel_axis = map->term[1].axis;
    int64_t size = spec->axis[*channel_axis].extent;
    return map->term[0].scale == size && spec->axis[*group_axis].extent * size == extent;
}

typedef struct Tensor {
    const IndexMap *map;
    Shape shape;
} Tensor;

static bool parse_axis(const ContractSpec *spec, const Tensor *x, const Tensor *w, const Tensor *y,
                       int d, bool has_kernel, ContractAxis *axis)
{
    const IndexMap *at = &x->map[d];
    if (!is_one_axis(&y->map[d]))
        return false;
    int point = y->map[d].term[0].axis;
    const IndexTerm *place = find_term(at, point);
    if (place == NULL || place->scale < 1 || spec->axis[point].extent != y->shape.dim[d])
        return false;
    *axis = (ContractAxis){x->shape.dim[d], y->shape.dim[d], 1, place->scale, 1, -at->offset};
    if (!has_kernel)
        return at->count == 1;
    if (!is_one_axis(&w->map[d]))
        return false;
    int tap = w->map[d].term[0].axis;
    const IndexTerm *reach = find_term(at, tap);
    if (reach == NULL || reach->scale < 1 || at->count != 2 || spec->axis[tap].extent != w->shape.dim[d])
        return false;
    axis->kernel = w->shape.dim[d];
    axis->dilation = reach->scale;
    return true;
}

static bool parse(const ContractSpec *spec, const Tensor *x, const Tensor *w, const Tensor *y,
                  ContractForm *form)
{
    if (!x->shape.has_batch || !y->shape.has_batch || w->shape.has_batch)
        return false;
    int spatial = y->shape.rank - 1;
    int taps = w->shape.rank - 2;
    if (spatial < 0 || spatial > 2 || x->shape.rank != y->shape.rank || (taps != 0 && taps != spatial))
        return false;
    int x_group, w_group, y_group, x_c, w_c, w_o, y_o, none;
    int64_t c = taps < 0 ? 0 : w->shape.dim[taps];
    if (!parse_channels(spec, &x->map[spatial], x->shape.dim[spatial], &x_group, &x_c) ||
        !parse_channels(spec, &w->map[taps], c, &none, &w_c) ||
        !parse_channels(spec, &w->map[taps + 1], w->shape.dim[taps + 1], &w_group, &w_o) ||
        !parse_channels(spec, &y->map[spatial], y->shape.dim[spatial], &y_group, &y_o))
        return false;
    if (x_c != w_c || w_o != y_o || w_c == w_o || none != -1 || x_group != w_group || w_group != y_group)
        return false;
    form->spatial = spatial;
    form->has_kernel_axes = taps > 0;
    form->groups = x_group < 0 ? 1 : spec->axis[x_group].extent;
    form->c = c;
    form->o = spec->axis[w_o].extent;
    form->axis[0] = form->axis[1] = (ContractAxis){1, 1, 1, 1, 1, 0};
    for (int d = 0; d < spatial; d++)
        if (!parse_axis(spec, x, w, y, d, taps > 0, &form->axis[2 - spatial + d]))
            return false;
    return form->spatial > 0 || form->groups == 1;
}

ContractForm contract_form_of(const ContractSpec *spec, Shape left_shape, Shape right_shape, Shape out_shape)
{
    if (spec->points > 0 && right_shape.rank == 4 && !right_shape.has_batch)
        right_shape.dim[0] = right_shape.dim[1] = right_shape.dim[0] - spec->points + 1;
    Tensor left = {spec->left, left_shape}, right = {spec->right, right_shape}, out = {spec->out, out_shape};
    ContractForm form = {.kind = CONTRACT_OTHER, .points = spec->points, .schedule = spec->schedule, .x = NODE_NONE, .w = NODE_NONE, .y = NODE_NONE};
    if (right_shape.rank >= 2 && parse(spec, &left, &right, &out, &form))
        form.kind = CONTRACT_FORWARD;
    else if (right_shape.rank >= 2 && parse(spec, &out, &right, &left, &form))
        form.kind = CONTRACT_IMAGE;
    else if (out_shape.rank >= 2 && parse(spec, &left, &out, &right, &form))
        form.kind = CONTRACT_KERNEL;
    return form;
}

ContractForm contract_form(const Graph *g, NodeId node)
{
    const Node *n = graph_node(g, node);
    NodeId left = n->inputs[0], right = n->inputs[1];
    ContractForm form = contract_form_of(n->contract, graph_node(g, left)->shape, graph_node(g, right)->shape, n->shape);
    switch (form.kind) {
    case CONTRACT_OTHER:
        break;
    case CONTRACT_FORWARD:
        form.x = left, form.w = right, form.y = node;
        break;
    case CONTRACT_IMAGE:
        form.x = node, form.w = right, form.y = left;
        break;
    case CONTRACT_KERNEL:
        form.x = left, form.w = node, form.y = right;
        break;
    }
    return form;
}

/* ---- reach ----------------------------------------------------------------------------------- */
int64_t contract_halo_before(const ContractAxis *axis)
{
    return axis->before > 0 ? axis->before : 0;
}

int64_t contract_halo_after(const ContractAxis *axis)
{
    int64_t last = (axis->out - 1) * axis->stride + (axis->kernel - 1) * axis->dilation - axis->before;
    return last > axis->in - 1 ? last - (axis->in - 1) : 0;
}

static int64_t greatest_divisor(int64_t a, int64_t b)
{
    while (b != 0) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

ContractPhase contract_phase(const ContractAxis *axis, int64_t first)
{
    ContractPhase phase = {.first = first};
    int64_t divisor = greatest_divisor(axis->stride, axis->dilation);
    phase.count = first < axis->in ? (axis->in - first + axis->stride - 1) / axis->stride : 0;
    phase.tap_step = axis->stride / divisor;
    phase.y_step = axis->dilation / divisor;
    for (int64_t p = 0; p < axis->kernel; p++)
        if ((first + axis->before - p * axis->dilation) % axis->stride == 0) {
            phase.taps++;
            phase.tap_last = p;
        }
    phase.y_first = (first + axis->before - phase.tap_last * axis->dilation) / axis->stride;
    return phase;
}

void contract_phase_halo(const ContractAxis *axis, int64_t *before, int64_t *after)
{
    *before = *after = 0;
    for (int64_t first = 0; first < axis->stride && first < axis->in; first++) {
        ContractPhase phase = contract_phase(axis, first);
        if (phase.taps == 0)
            continue;
        int64_t last = phase.count - 1 + phase.y_first + (phase.taps - 1) * phase.y_step;
        if (-phase.y_first > *before)
            *before = -phase.y_first;
        if (last - (axis->out - 1) > *after)
            *after = last - (axis->out - 1);
    }
}

/* ---- wishes ---------------------------------------------------------------------------------- */
bool contract_is_depthwise(const ContractForm *form)
{
    return form->groups > 1 && form->c == 1 && form->o == 1;
}

static void wish_image(const ContractForm *form, LayoutWish *x)
{
    for (int d = 0; d < form->spatial; d++) {
        const ContractAxis *axis = &form->axis[2 - form->spatial + d];
        x->halo_before[d] = contract_halo_before(axis);
        x->halo_after[d] = contract_halo_after(axis);
    }
}

/* So few products that most lanes of a tile would stay empty: plain loops, which a compiler unrolls. The
 * kernel lies in panels all the same: in rows that follow each other closely a compiler stores and loads
 * vectors that overlap in part, and the processor waits for each. */
static bool is_tiny(const ContractForm *form, int64_t batch)
{
    return form->spatial == 0 && batch * form->c * form->o <= CONTRACT_FEW_PRODUCTS;
}

void contract_wishes(const Graph *g, const Node *n, int64_t batch, LayoutWish *left, LayoutWish *right,
                     LayoutWish *out)
{
    *left = *right = *out = (LayoutWish){0};
    NodeId id = (NodeId)(n - g->nodes.items);
    ContractForm form = contract_form(g, id);
    bool has_panels = !contract_is_depthwise(&form);
    switch (form.kind) {
    case CONTRACT_OTHER:
        break;
    case CONTRACT_FORWARD:
        wish_image(&form, left);
        for (int d = 0; d < form.spatial && form.points > 0; d++)
            left->halo_after[d] += winograd_overhang(&form.axis[d], form.points);
        right->wants_panel = has_panels;
        right->groups = (int)form.groups;
        break;
    case CONTRACT_IMAGE:
        for (int d = 0; d < form.spatial; d++)
            contract_phase_halo(&form.axis[2 - form.spatial + d], &left->halo_before[d],
                                &left->halo_after[d]);
        right->wants_panel = has_panels;
        right->groups = (int)form.groups;
        break;
    case CONTRACT_KERNEL:
        wish_image(&form, left);
        for (int d = 0; d < form.spatial && form.points > 0; d++) {
            left->halo_after[d] += winograd_overhang(&form.axis[d], form.points);
            right->halo_after[d] += winograd_overhang(&form.axis[d], form.points);
        }
        right->wants_padded_rows = has_panels && form.groups == 1 && !is_tiny(&form, batch);
        out->wants_panel = has_panels;
        out->groups = (int)form.groups;
        break;
    }
}

/* Two vectors of 16 floats are the best a tile can take; a panel of half the width wastes less when
 * few columns are left over. A tile that is one vector wide reaches 0.87 of the speed. */
int panel_width(int64_t columns)
{
    int64_t wide = (columns + 31) / 32 * 32;
    int64_t narrow = (columns + 15) / 16 * 16;
    return 87 * wide <= 100 * narrow ? 32 : 16;
}

/* ---- choice ---------------------------------------------------------------------------------- */
void contract_lower(Lowering *l, NodeId node)
{
    ContractForm form = contract_form(l->graph, node);
    if (form.kind == CONTRACT_OTHER || is_tiny(&form, l->program->batch)) {
        contract_lower_plain(l, node);
        return;
    }
    if (contract_is_depthwise(&form)) {
        contract_lower_depthwise(l, &form);
        return;
    }
    if (form.points > 0) {
        if (form.kind == CONTRACT_KERNEL)
            contract_lower_winograd_weights(l, &form);
        else
            contract_lower_winograd(l, &form);
        return;
    }
    if (!contract_kernel_is_packed(l, &form)) {
        contract_lower_plain(l, node);
        return;
    }
    switch (form.kind) {
    case CONTRACT_OTHER:
        break;
    case CONTRACT_FORWARD:
        if (contract_is_long(&form))
            contract_lower_long(l, &form);
        else
            contract_lower_rows(l, &form);
        break;
    case CONTRACT_IMAGE:
        if (form.spatial == 0)
            contract_lower_transposed(l, &form);
        else
            contract_lower_image(l, &form);
        break;
    case CONTRACT_KERNEL:
        contract_lower_weights(l, &form);
        break;
    }
}
