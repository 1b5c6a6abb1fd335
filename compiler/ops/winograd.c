/* winograd.c: a 3x3 or 5x5 kernel as Winograd's products read it.
 *
 * F(m x m, r x r) multiplies patches of n x n points, n = m + r - 1, by transformed kernels U = G g G', which a
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
    CHECK(w.rank == 4 && !w.has_batch && w.dim[0] == w.dim[1]);
    int64_t side = call->attrs[0].i + w.dim[0] - 1;
    bool is_turned = call->attrs[1].i != 0;
    inferred->shape = shape_of(false, 4, (int64_t[]){side, side, w.dim[is_turned ? 3 : 2], w.dim[is_turned ? 2 : 3]});
    return true;
}

/* G and a left inverse of it, which gives the taps back. A line of G has the powers 0 .. r-1 of a point of
 * interpolation, over the product of its distances to the others. */
enum { MOST_TAPS = 5, MOST_SIDE = 8 };
typedef struct Matrices {
    int points, taps;
    double g[MOST_SIDE][MOST_TAPS], inverse[MOST_TAPS][MOST_SIDE];
} Matrices;

static const Matrices all_matrices[] = {
    {2, 3,
     {{1, 0, 0}, {0.5, 0.5, 0.5}, {0.5, -0.5, 0.5}, {0, 0, 1}},
     {{1}, {0, 1, -1}, {0, 0, 0, 1}}},
    {4, 3,
     {{1.0 / 4, 0, 0},
      {-1.0 / 6, -1.0 / 6, -1.0 / 6},
      {-1.0 / 6, 1.0 / 6, -1.0 / 6},
      {1.0 / 24, 1.0 / 12, 1.0 / 6},
      {1.0 / 24, -1.0 / 12, 1.0 / 6},
      {0, 0, 1}},
     {{4}, {0, -3, 3}, {0, 0, 0, 0, 0, 1}}},
    {2, 5,
     {{1.0 / 4, 0, 0, 0, 0},
      {-1.0 / 6, -1.0 / 6, -1.0 / 6, -1.0 / 6, -1.0 / 6},
      {-1.0 / 6, 1.0 / 6, -1.0 / 6, 1.0 / 6, -1.0 / 6},
      {1.0 / 24, 1.0 / 12, 1.0 / 6, 1.0 / 3, 2.0 / 3},
      {1.0 / 24, -1.0 / 12, 1.0 / 6, -1.0 / 3, 2.0 / 3},
      {0, 0, 0, 0, 1}},
     {{4}, {0, -4, 4, -2, 2}, {-4, -3, -3, 0, 0, -1}, {0, 1, -1, 2, -2}, {0, 0, 0, 0, 0, 1}}},
    {4, 5,
     {{1, 0, 0, 0, 0},
      {-2.0 / 9, -2.0 / 9, -2.0 / 9, -2.0 / 9, -2.0 / 9},
      {-2.0 / 9, 2.0 / 9, -2.0 / 9, 2.0 / 9, -2.0 / 9},
      {1.0 / 90, 1.0 / 45, 2.0 / 45, 4.0 / 45, 8.0 / 45},
      {1.0 / 90, -1.0 / 45, 2.0 / 45, -4.0 / 45, 8.0 / 45},
      {32.0 / 45, 16.0 / 45, 8.0 / 45, 4.0 / 45, 2.0 / 45},
      {32.0 / 45, -16.0 / 45, 8.0 / 45, -4.0 / 45, 2.0 / 45},
      {0, 0, 0, 0, 1}},
     {{1},
      {0, -3, 3, -7.5, 7.5},
      {-1, -2.25, -2.25, 0, 0, 0, 0, -1},
      {0, 0.75, -0.75, 7.5, -7.5},
      {0, 0, 0, 0, 0, 0, 0, 1}}},
};

static const Matrices *matrices_of(int64_t points, int64_t taps)
{
    for (int i = 0; i < COUNT_OF(all_matrices); i++)
        if (all_matrices[i].points == points && all_matrices[i].taps == taps)
            return &all_matrices[i];
    BUG("no Winograd transformation F(%d, %d)", (int)points, (int)taps);
}

static void winograd_eval(const EvalCall *call)
{
    Shape w = graph_node(call->graph, call->node->inputs[0])->shape, u = call->node->shape;
    bool is_turned = call->node->attrs[1].i != 0;
    const int taps = (int)w.dim[0];
    const double(*g)[MOST_TAPS] = matrices_of(call->node->attrs[0].i, taps)->g;
    int64_t side = u.dim[0], rows = u.dim[2], columns = u.dim[3];
    for (int64_t e = 0; e < side * side * rows * columns; e++) {
        int64_t place = e / (rows * columns), row = e / columns % rows, column = e % columns;
        int64_t c = is_turned ? column : row, o = is_turned ? row : column;
        call->out[e] = 0;
        for (int p = 0; p < taps; p++)
            for (int q = 0; q < taps; q++) {
                int tap = is_turned ? taps * taps - 1 - (taps * p + q) : taps * p + q;
                call->out[e] += g[place / side][p] * g[place % side][q] * call->in[0][(tap * w.dim[2] + c) * w.dim[3] + o];
            }
    }
}

const double *winograd_taps(Arena *arena, int points, Shape shape, const double *values)
{
    int64_t side = shape.dim[0], size = shape.dim[2] * shape.dim[3];
    int64_t count = side - points + 1;
    const double(*inverse)[MOST_SIDE] = matrices_of(points, count)->inverse;
    double *taps = arena_array(arena, double, count * count * size);
    for (int64_t t = 0; t < count * count; t++)
        for (int64_t place = 0; place < side * side; place++) {
            double factor = inverse[t / count][place / side] * inverse[t % count][place % side];
            for (int64_t i = 0; factor != 0 && i < size; i++)
                taps[t * size + i] += factor * values[place * size + i];
        }
    return taps;
}

const OpDef op_winograd_kernel = {
    .name = "winograd_kernel",
    .family = FAMILY_ROW,
    .summary = "a kernel transformed for Winograd's products",
    .doc = "u[i, j, c, o] = sum_{p,q} G[i, p] w[p, q, c, o] G[j, q], G the matrix of F(2, 3), F(4, 3), F(2, 5) or F(4, 5)",
    .inputs = {"w"},
    .attrs = winograd_attrs,
    .infer = winograd_infer,
    .eval = winograd_eval,
    .lower = lower_winograd_kernel,
};
