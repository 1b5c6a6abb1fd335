/* winograd.c: a 3x3 kernel as Winograd's products read it.
 *
 * F(m x m, 3x3) multiplies patches of (m+2) x (m+2) points by transformed kernels U = G g G', which a
 * contraction with ContractSpec.points = m then has on its right. The gradient of an image is a
 * convolution with the kernel turned around and its channels exchanged; `turned` does both. Only the pass
 * winograd makes such nodes, after differentiation. */
#include "graph/build.h"
#include "kernel/lower.h"
#include "ops/contract.h"
#include "ops/op.h"

static const AttrDef winograd_attrs[] = {
    {"points", ATTR_INT, .least = 2, .most = 4, .is_private = true, .doc = "m: 2 or 4 results a line"},
    {"turned", ATTR_BOOL, .is_private = true, .doc = "taps turned around, channels exchanged"},
    {0},
};

static bool winograd_infer(Build *b, const Call *call, Inferred *inferred)
{
    Shape w = graph_node(b->graph, call->inputs[0])->shape;
    CHECK(w.rank == 4 && !w.has_batch && w.dim[0] == 3 && w.dim[1] == 3);
    int64_t side = call->attrs[0].i + 2;
    bool is_turned = call->attrs[1].i != 0;
    inferred->shape = shape_of(false, 4, (int64_t[]){side, side, w.dim[is_turned ? 3 : 2], w.dim[is_turned ? 2 : 3]});
    return true;
}

static const double of_two[4][3] = {{1, 0, 0}, {0.5, 0.5, 0.5}, {0.5, -0.5, 0.5}, {0, 0, 1}};
static const double of_four[6][3] = {
    {1.0 / 4, 0, 0},
    {-1.0 / 6, -1.0 / 6, -1.0 / 6},
    {-1.0 / 6, 1.0 / 6, -1.0 / 6},
    {1.0 / 24, 1.0 / 12, 1.0 / 6},
    {1.0 / 24, -1.0 / 12, 1.0 / 6},
    {0, 0, 1},
};

static void winograd_eval(const EvalCall *call)
{
    Shape w = graph_node(call->graph, call->node->inputs[0])->shape, u = call->node->shape;
    bool is_turned = call->node->attrs[1].i != 0;
    const double(*g)[3] = call->node->attrs[0].i == 4 ? of_four : of_two;
    int64_t side = u.dim[0], rows = u.dim[2], columns = u.dim[3];
    for (int64_t e = 0; e < side * side * rows * columns; e++) {
        int64_t place = e / (rows * columns), row = e / columns % rows, column = e % columns;
        int64_t c = is_turned ? column : row, o = is_turned ? row : column;
        call->out[e] = 0;
        for (int p = 0; p < 3; p++)
            for (int q = 0; q < 3; q++) {
                int tap = is_turned ? 8 - (3 * p + q) : 3 * p + q;
                call->out[e] += g[place / side][p] * g[place % side][q] * call->in[0][(tap * w.dim[2] + c) * w.dim[3] + o];
            }
    }
}

/* The lines of G that give the taps back: x0 = scale0 * u[line0] and so on; the middle tap is the difference of
 * two lines. */
const double *winograd_taps(Arena *arena, int points, Shape shape, const double *values)
{
    int64_t side = shape.dim[0], size = shape.dim[2] * shape.dim[3];
    double inverse[3][6] = {{0}};
    inverse[0][0] = points == 4 ? 4 : 1;
    inverse[1][1] = points == 4 ? -3 : 1;
    inverse[1][2] = points == 4 ? 3 : -1;
    inverse[2][side - 1] = 1;
    double *taps = arena_array(arena, double, 9 * size);
    for (int64_t t = 0; t < 9; t++)
        for (int64_t place = 0; place < side * side; place++) {
            double factor = inverse[t / 3][place / side] * inverse[t % 3][place % side];
            for (int64_t i = 0; factor != 0 && i < size; i++)
                taps[t * size + i] += factor * values[place * size + i];
        }
    return taps;
}

const OpDef op_winograd_kernel = {
    .name = "winograd_kernel",
    .family = FAMILY_ROW,
    .summary = "a 3x3 kernel transformed for Winograd's products",
    .doc = "u[i, j, c, o] = sum_{p,q} G[i, p] w[p, q, c, o] G[j, q], G the matrix of F(2x2, 3x3) or F(4x4, 3x3)",
    .inputs = {"w"},
    .attrs = winograd_attrs,
    .infer = winograd_infer,
    .eval = winograd_eval,
    .lower = lower_winograd_kernel,
};
