/* winograd.h: convolutions with fewer multiplications, F(2x2, 3x3), F(4x4, 3x3), F(2x2, 5x5)
 * and F(4x4, 5x5).
 *
 * The result is cut into squares of m x m points. For one square, d the patch of n x n points of the
 * image that it depends on, n = m + r - 1, and g the r x r taps,
 *
 *     y   =  A' [ (G g G') .* (B' d B) ] A            PATCH  makes B' d B    KERNEL makes G g G'
 *     d_g =  G' [ (B' d B) .* (A d_y A') ] G          RESULT makes A' . A    SPREAD makes A d_y A'
 *                                                     TAPS   makes G' . G
 * for every channel. The product in the middle is summed over channels (for d_g: over squares), so it
 * is one small matrix product for each of the n x n places of a patch. In a convolution with a dilation,
 * the points of squares and patches are as far apart as its taps.
 *
 * Transformations work on vectors of channels. Results lie place by place; within a place, channels in
 * blocks of 16, so that the rows of a product are a constant distance apart. Buffers have room for an
 * even number of squares and for whole blocks of channels. */
#ifndef NN_WINOGRAD_H
#define NN_WINOGRAD_H

#include "rt.h"

/* Named by m and r. B' follows from n alone. */
enum { NN_PATCH_OF_4, NN_KERNEL_2_3, NN_RESULT_2_3, NN_SPREAD_2_3, NN_TAPS_2_3,
       NN_PATCH_OF_6, NN_KERNEL_4_3, NN_RESULT_4_3, NN_SPREAD_4_3, NN_TAPS_4_3,
       NN_KERNEL_2_5, NN_RESULT_2_5, NN_SPREAD_2_5, NN_TAPS_2_5,
       NN_PATCH_OF_8, NN_KERNEL_4_5, NN_RESULT_4_5, NN_SPREAD_4_5, NN_TAPS_4_5 };

enum { NN_SQUARE_BLOCK = 16, NN_SQUARE_SIDE = 8 }; /* channels of a block; most points of a line */

/* ---- one line --------------------------------------------------------------------------------
 * With n = 4, polynomials are interpolated at 0, 1, -1 and infinity; with n = 6, at 2 and -2 as
 * well; with n = 8, at 1/2 and -1/2 as well. */
NN_INLINE void nn_winograd_line(const int what, nn_vec *y, const nn_vec *x)
{
    switch (what) {
    case NN_PATCH_OF_4:
        y[0] = x[0] - x[2];
        y[1] = x[1] + x[2];
        y[2] = x[2] - x[1];
        y[3] = x[1] - x[3];
        return;
    case NN_KERNEL_2_3:
        y[0] = x[0];
        y[1] = nn_splat(0.5f) * (x[0] + x[1] + x[2]);
        y[2] = nn_splat(0.5f) * (x[0] - x[1] + x[2]);
        y[3] = x[2];
        return;
    case NN_RESULT_2_3:
        y[0] = x[0] + x[1] + x[2];
        y[1] = x[1] - x[2] - x[3];
        return;
    case NN_SPREAD_2_3:
        y[0] = x[0];
        y[1] = x[0] + x[1];
        y[2] = x[0] - x[1];
        y[3] = nn_splat(0.0f) - x[1];
        return;
    case NN_TAPS_2_3:
        y[0] = x[0] + nn_splat(0.5f) * (x[1] + x[2]);
        y[1] = nn_splat(0.5f) * (x[1] - x[2]);
        y[2] = x[3] + nn_splat(0.5f) * (x[1] + x[2]);
        return;
    case NN_PATCH_OF_6: {
        const nn_vec even = x[4] - nn_splat(4.0f) * x[2], odd = x[3] - nn_splat(4.0f) * x[1];
        const nn_vec near = x[4] - x[2], apart = nn_splat(2.0f) * (x[3] - x[1]);
        y[0] = nn_splat(4.0f) * x[0] - nn_splat(5.0f) * x[2] + x[4];
        y[1] = even + odd;
        y[2] = even - odd;
        y[3] = near + apart;
        y[4] = near - apart;
        y[5] = nn_splat(4.0f) * x[1] - nn_splat(5.0f) * x[3] + x[5];
        return;
    }
    case NN_KERNEL_4_3: {
        const nn_vec ends = nn_splat(-1.0f / 6.0f) * (x[0] + x[2]), middle = nn_splat(-1.0f / 6.0f) * x[1];
        const nn_vec wide = nn_splat(1.0f / 24.0f) * x[0] + nn_splat(1.0f / 6.0f) * x[2];
        const nn_vec half = nn_splat(1.0f / 12.0f) * x[1];
        y[0] = nn_splat(0.25f) * x[0];
        y[1] = ends + middle;
        y[2] = ends - middle;
        y[3] = wide + half;
        y[4] = wide - half;
        y[5] = x[2];
        return;
    }
    case NN_RESULT_4_3: {
        const nn_vec sum = x[1] + x[2], difference = x[1] - x[2];
        const nn_vec sum_2 = x[3] + x[4], difference_2 = x[3] - x[4];
        y[0] = x[0] + sum + sum_2;
        y[1] = difference + nn_splat(2.0f) * difference_2;
        y[2] = sum + nn_splat(4.0f) * sum_2;
        y[3] = difference + nn_splat(8.0f) * difference_2 + x[5];
        return;
    }
    case NN_SPREAD_4_3: {
        const nn_vec even = x[0] + x[2], odd = x[1] + x[3];
        const nn_vec even_2 = x[0] + nn_splat(4.0f) * x[2];
        const nn_vec odd_2 = nn_splat(2.0f) * x[1] + nn_splat(8.0f) * x[3];
        y[0] = x[0];
        y[1] = even + odd;
        y[2] = even - odd;
        y[3] = even_2 + odd_2;
        y[4] = even_2 - odd_2;
        y[5] = x[3];
        return;
    }
    case NN_TAPS_4_3: {
        const nn_vec sum = nn_splat(-1.0f / 6.0f) * (x[1] + x[2]), sum_2 = x[3] + x[4];
        y[0] = nn_splat(0.25f) * x[0] + sum + nn_splat(1.0f / 24.0f) * sum_2;
        y[1] = nn_splat(-1.0f / 6.0f) * (x[1] - x[2]) + nn_splat(1.0f / 12.0f) * (x[3] - x[4]);
        y[2] = sum + nn_splat(1.0f / 6.0f) * sum_2 + x[5];
        return;
    }
    case NN_KERNEL_2_5: {
        const nn_vec even = nn_splat(-1.0f / 6.0f) * (x[0] + x[2] + x[4]), odd = nn_splat(-1.0f / 6.0f) * (x[1] + x[3]);
        const nn_vec even_2 = nn_splat(1.0f / 24.0f) * x[0] + nn_splat(1.0f / 6.0f) * x[2] + nn_splat(2.0f / 3.0f) * x[4];
        const nn_vec odd_2 = nn_splat(1.0f / 12.0f) * x[1] + nn_splat(1.0f / 3.0f) * x[3];
        y[0] = nn_splat(0.25f) * x[0];
        y[1] = even + odd;
        y[2] = even - odd;
        y[3] = even_2 + odd_2;
        y[4] = even_2 - odd_2;
        y[5] = x[4];
        return;
    }
    case NN_RESULT_2_5:
        y[0] = x[0] + (x[1] + x[2]) + (x[3] + x[4]);
        y[1] = x[1] - x[2] + nn_splat(2.0f) * (x[3] - x[4]) + x[5];
        return;
    case NN_SPREAD_2_5: {
        const nn_vec twice = nn_splat(2.0f) * x[1];
        y[0] = x[0];
        y[1] = x[0] + x[1];
        y[2] = x[0] - x[1];
        y[3] = x[0] + twice;
        y[4] = x[0] - twice;
        y[5] = x[1];
        return;
    }
    case NN_TAPS_2_5: {
        const nn_vec sum = nn_splat(-1.0f / 6.0f) * (x[1] + x[2]), difference = nn_splat(-1.0f / 6.0f) * (x[1] - x[2]);
        const nn_vec sum_2 = x[3] + x[4], difference_2 = x[3] - x[4];
        y[0] = nn_splat(0.25f) * x[0] + sum + nn_splat(1.0f / 24.0f) * sum_2;
        y[1] = difference + nn_splat(1.0f / 12.0f) * difference_2;
        y[2] = sum + nn_splat(1.0f / 6.0f) * sum_2;
        y[3] = difference + nn_splat(1.0f / 3.0f) * difference_2;
        y[4] = sum + nn_splat(2.0f / 3.0f) * sum_2 + x[5];
        return;
    }
    case NN_PATCH_OF_8: {
        const nn_vec even = x[2] + x[6] - nn_splat(4.25f) * x[4], odd = x[1] + x[5] - nn_splat(4.25f) * x[3];
        const nn_vec even_2 = x[6] + nn_splat(0.25f) * x[2] - nn_splat(1.25f) * x[4];
        const nn_vec odd_2 = nn_splat(0.5f) * x[1] - nn_splat(2.5f) * x[3] + nn_splat(2.0f) * x[5];
        const nn_vec even_half = x[6] + nn_splat(4.0f) * x[2] - nn_splat(5.0f) * x[4];
        const nn_vec odd_half = nn_splat(2.0f) * x[1] - nn_splat(2.5f) * x[3] + nn_splat(0.5f) * x[5];
        y[0] = x[0] - x[6] + nn_splat(5.25f) * (x[4] - x[2]);
        y[1] = even + odd;
        y[2] = even - odd;
        y[3] = even_2 + odd_2;
        y[4] = even_2 - odd_2;
        y[5] = even_half + odd_half;
        y[6] = even_half - odd_half;
        y[7] = x[7] - x[1] + nn_splat(5.25f) * (x[3] - x[5]);
        return;
    }
    case NN_KERNEL_4_5: {
        const nn_vec even = nn_splat(-2.0f / 9.0f) * (x[0] + x[2] + x[4]), odd = nn_splat(-2.0f / 9.0f) * (x[1] + x[3]);
        const nn_vec even_2 = nn_splat(1.0f / 90.0f) * x[0] + nn_splat(2.0f / 45.0f) * x[2] + nn_splat(8.0f / 45.0f) * x[4];
        const nn_vec odd_2 = nn_splat(1.0f / 45.0f) * x[1] + nn_splat(4.0f / 45.0f) * x[3];
        const nn_vec even_half = nn_splat(32.0f / 45.0f) * x[0] + nn_splat(8.0f / 45.0f) * x[2] + nn_splat(2.0f / 45.0f) * x[4];
        const nn_vec odd_half = nn_splat(16.0f / 45.0f) * x[1] + nn_splat(4.0f / 45.0f) * x[3];
        y[0] = x[0];
        y[1] = even + odd;
        y[2] = even - odd;
        y[3] = even_2 + odd_2;
        y[4] = even_2 - odd_2;
        y[5] = even_half + odd_half;
        y[6] = even_half - odd_half;
        y[7] = x[4];
        return;
    }
    case NN_RESULT_4_5: {
        const nn_vec sum = x[1] + x[2], difference = x[1] - x[2];
        const nn_vec sum_2 = x[3] + x[4], difference_2 = x[3] - x[4];
        const nn_vec sum_half = x[5] + x[6], difference_half = x[5] - x[6];
        y[0] = x[0] + sum + sum_2 + sum_half;
        y[1] = difference + nn_splat(2.0f) * difference_2 + nn_splat(0.5f) * difference_half;
        y[2] = sum + nn_splat(4.0f) * sum_2 + nn_splat(0.25f) * sum_half;
        y[3] = difference + nn_splat(8.0f) * difference_2 + nn_splat(0.125f) * difference_half + x[7];
        return;
    }
    case NN_SPREAD_4_5: {
        const nn_vec even = x[0] + x[2], odd = x[1] + x[3];
        const nn_vec even_2 = x[0] + nn_splat(4.0f) * x[2];
        const nn_vec odd_2 = nn_splat(2.0f) * x[1] + nn_splat(8.0f) * x[3];
        const nn_vec even_half = x[0] + nn_splat(0.25f) * x[2];
        const nn_vec odd_half = nn_splat(0.5f) * x[1] + nn_splat(0.125f) * x[3];
        y[0] = x[0];
        y[1] = even + odd;
        y[2] = even - odd;
        y[3] = even_2 + odd_2;
        y[4] = even_2 - odd_2;
        y[5] = even_half + odd_half;
        y[6] = even_half - odd_half;
        y[7] = x[3];
        return;
    }
    case NN_TAPS_4_5: {
        const nn_vec sum = nn_splat(-2.0f / 9.0f) * (x[1] + x[2]), difference = nn_splat(-2.0f / 9.0f) * (x[1] - x[2]);
        const nn_vec sum_2 = x[3] + x[4], difference_2 = x[3] - x[4];
        const nn_vec sum_half = x[5] + x[6], difference_half = x[5] - x[6];
        y[0] = x[0] + sum + nn_splat(1.0f / 90.0f) * sum_2 + nn_splat(32.0f / 45.0f) * sum_half;
        y[1] = difference + nn_splat(1.0f / 45.0f) * difference_2 + nn_splat(16.0f / 45.0f) * difference_half;
        y[2] = sum + nn_splat(2.0f / 45.0f) * sum_2 + nn_splat(8.0f / 45.0f) * sum_half;
        y[3] = difference + nn_splat(4.0f / 45.0f) * difference_2 + nn_splat(4.0f / 45.0f) * difference_half;
        y[4] = sum + nn_splat(8.0f / 45.0f) * sum_2 + nn_splat(2.0f / 45.0f) * sum_half + x[7];
        return;
    }
    default:
        return;
    }
}

/* ---- squares ---------------------------------------------------------------------------------- */
/* Where the points of a square are: point (i, j) of channel c at i * line + j * point +
 * c / 16 * block + c % 16. */
typedef struct nn_square {
    int64_t line, point, block;
} nn_square;

/* First down the columns, then along the lines. The loops have constant ends and a test, since
 * compilers unroll no others. */
NN_INLINE void nn_winograd_vector(const int what, const int from_side, const int to_side, float *to, nn_square t,
                                  const float *from, nn_square f)
{
    nn_vec half[NN_SQUARE_SIDE][NN_SQUARE_SIDE];
    NN_UNROLL
    for (int j = 0; j < NN_SQUARE_SIDE; j++)
        if (j < from_side) {
            nn_vec x[NN_SQUARE_SIDE];
            NN_UNROLL
            for (int i = 0; i < NN_SQUARE_SIDE; i++)
                if (i < from_side)
                    x[i] = nn_load(from + i * f.line + j * f.point);
            nn_winograd_line(what, half[j], x);
        }
    NN_UNROLL
    for (int i = 0; i < NN_SQUARE_SIDE; i++)
        if (i < to_side) {
            nn_vec x[NN_SQUARE_SIDE], y[NN_SQUARE_SIDE];
            NN_UNROLL
            for (int j = 0; j < NN_SQUARE_SIDE; j++)
                if (j < from_side)
                    x[j] = half[j][i];
            nn_winograd_line(what, y, x);
            NN_UNROLL
            for (int j = 0; j < NN_SQUARE_SIDE; j++)
                if (j < to_side)
                    nn_store(to + i * t.line + j * t.point, y[j]);
        }
}

/* All channels. What is left after whole blocks is filled up with zeros. */
NN_INLINE void nn_winograd_square(const int what, const int from_side, const int to_side, float *to, nn_square t,
                                  const float *from, nn_square f, int channels)
{
    for (; channels >= NN_SQUARE_BLOCK; channels -= NN_SQUARE_BLOCK) {
        for (int lane = 0; lane < NN_SQUARE_BLOCK; lane += NN_LANES)
            nn_winograd_vector(what, from_side, to_side, to + lane, t, from + lane, f);
        to += t.block;
        from += f.block;
    }
    if (channels > 0) {
        NN_ALIGN float filled[NN_SQUARE_SIDE * NN_SQUARE_SIDE * NN_SQUARE_BLOCK];
        const nn_square own = {NN_SQUARE_SIDE * NN_SQUARE_BLOCK, NN_SQUARE_BLOCK, 0};
        memset(filled, 0, sizeof filled);
        for (int i = 0; i < from_side; i++)
            for (int j = 0; j < from_side; j++)
                memcpy(filled + i * own.line + j * own.point, from + i * f.line + j * f.point,
                       (size_t)channels * sizeof(float));
        for (int lane = 0; lane < NN_SQUARE_BLOCK; lane += NN_LANES)
            nn_winograd_vector(what, from_side, to_side, to + lane, t, filled + lane, own);
    }
}

/* From an image, its points `line` and `point` apart, to places `to_point` apart, line by line. */
NN_INLINE void nn_winograd_image(const int what, const int from_side, const int to_side, float *to, int64_t to_point,
                                 int64_t to_block, const float *from, int64_t line, int64_t point, int channels)
{
    const nn_square t = {to_side * to_point, to_point, to_block}, f = {line, point, NN_SQUARE_BLOCK};
    nn_winograd_square(what, from_side, to_side, to, t, from, f, channels);
}

/* From places `place` apart to a dense square, [line][point][width]; width is a multiple of 16. */
NN_INLINE void nn_winograd_dense(const int what, const int from_side, const int to_side, float *to, const float *from,
                                 int64_t place, int width)
{
    const nn_square t = {to_side * width, width, NN_SQUARE_BLOCK}, f = {from_side * place, place, NN_SQUARE_BLOCK};
    nn_winograd_square(what, from_side, to_side, to, t, from, f, width);
}

static NN_APART void nn_winograd_patch_of_4(float *to, int64_t to_point, int64_t to_block, const float *from,
                                            int64_t line, int64_t point, int channels)
{
    nn_winograd_image(NN_PATCH_OF_4, 4, 4, to, to_point, to_block, from, line, point, channels);
}

static NN_APART void nn_winograd_patch_of_6(float *to, int64_t to_point, int64_t to_block, const float *from,
                                            int64_t line, int64_t point, int channels)
{
    nn_winograd_image(NN_PATCH_OF_6, 6, 6, to, to_point, to_block, from, line, point, channels);
}

static NN_APART void nn_winograd_patch_of_8(float *to, int64_t to_point, int64_t to_block, const float *from,
                                            int64_t line, int64_t point, int channels)
{
    nn_winograd_image(NN_PATCH_OF_8, 8, 8, to, to_point, to_block, from, line, point, channels);
}

static NN_APART void nn_winograd_spread_2_3(float *to, int64_t to_point, int64_t to_block, const float *from,
                                            int64_t line, int64_t point, int channels)
{
    nn_winograd_image(NN_SPREAD_2_3, 2, 4, to, to_point, to_block, from, line, point, channels);
}

static NN_APART void nn_winograd_spread_4_3(float *to, int64_t to_point, int64_t to_block, const float *from,
                                            int64_t line, int64_t point, int channels)
{
    nn_winograd_image(NN_SPREAD_4_3, 4, 6, to, to_point, to_block, from, line, point, channels);
}

static NN_APART void nn_winograd_spread_2_5(float *to, int64_t to_point, int64_t to_block, const float *from,
                                            int64_t line, int64_t point, int channels)
{
    nn_winograd_image(NN_SPREAD_2_5, 2, 6, to, to_point, to_block, from, line, point, channels);
}

static NN_APART void nn_winograd_spread_4_5(float *to, int64_t to_point, int64_t to_block, const float *from,
                                            int64_t line, int64_t point, int channels)
{
    nn_winograd_image(NN_SPREAD_4_5, 4, 8, to, to_point, to_block, from, line, point, channels);
}

static NN_APART void nn_winograd_result_2_3(float *to, const float *from, int64_t place, int width)
{
    nn_winograd_dense(NN_RESULT_2_3, 4, 2, to, from, place, width);
}

static NN_APART void nn_winograd_result_4_3(float *to, const float *from, int64_t place, int width)
{
    nn_winograd_dense(NN_RESULT_4_3, 6, 4, to, from, place, width);
}

static NN_APART void nn_winograd_result_2_5(float *to, const float *from, int64_t place, int width)
{
    nn_winograd_dense(NN_RESULT_2_5, 6, 2, to, from, place, width);
}

static NN_APART void nn_winograd_result_4_5(float *to, const float *from, int64_t place, int width)
{
    nn_winograd_dense(NN_RESULT_4_5, 8, 4, to, from, place, width);
}

static NN_APART void nn_winograd_kernel_2_3(float *to, const float *taps, int width)
{
    nn_winograd_dense(NN_KERNEL_2_3, 3, 4, to, taps, width, width);
}

static NN_APART void nn_winograd_kernel_4_3(float *to, const float *taps, int width)
{
    nn_winograd_dense(NN_KERNEL_4_3, 3, 6, to, taps, width, width);
}

static NN_APART void nn_winograd_kernel_2_5(float *to, const float *taps, int width)
{
    nn_winograd_dense(NN_KERNEL_2_5, 5, 6, to, taps, width, width);
}

static NN_APART void nn_winograd_kernel_4_5(float *to, const float *taps, int width)
{
    nn_winograd_dense(NN_KERNEL_4_5, 5, 8, to, taps, width, width);
}

static NN_APART void nn_winograd_taps_2_3(float *taps, const float *from, int64_t place, int width)
{
    nn_winograd_dense(NN_TAPS_2_3, 4, 3, taps, from, place, width);
}

static NN_APART void nn_winograd_taps_4_3(float *taps, const float *from, int64_t place, int width)
{
    nn_winograd_dense(NN_TAPS_4_3, 6, 3, taps, from, place, width);
}

static NN_APART void nn_winograd_taps_2_5(float *taps, const float *from, int64_t place, int width)
{
    nn_winograd_dense(NN_TAPS_2_5, 6, 5, taps, from, place, width);
}

static NN_APART void nn_winograd_taps_4_5(float *taps, const float *from, int64_t place, int width)
{
    nn_winograd_dense(NN_TAPS_4_5, 8, 5, taps, from, place, width);
}

/* ---- products --------------------------------------------------------------------------------- */
enum { NN_SQUARE_ROWS = NN_REGISTERS >= 32 ? 14 : 6 }; /* most rows of a tile that is two vectors wide */

/* Operands of sum[r][column] (+)= a(r, k) * b(k, column): row r of a is r * a_row further, step k is
 * k * a_step + k / 16 * a_block further. */
typedef struct nn_tile {
    float *sum;
    const float *a, *b;
    int64_t a_step, a_block, b_step;
    int steps, width; /* width: columns, 16 or 32, and the distance of rows in sum */
    int resumes;      /* sums go on from what is there */
    const float *ahead; /* needed soon: step k fetches the line of element ahead_first + k * ahead_step */
    int64_t ahead_first, ahead_step;
} nn_tile;

NN_INLINE void nn_tile_rows(const int rows, const int width, const int64_t a_row, const nn_tile *t)
{
    const int vectors = width >= 2 * NN_LANES ? 2 : 1, steps = t->steps, resumes = t->resumes;
    const int64_t a_step = t->a_step, a_block = t->a_block, b_step = t->b_step;
    for (int column = 0; column < width; column += vectors * NN_LANES) {
        nn_vec acc[NN_SQUARE_ROWS][2];
        const float *a = t->a, *b = t->b + column;
        int64_t ahead = t->ahead_first;
        float *sum = t->sum + column;
        NN_UNROLL
        for (int r = 0; r < NN_SQUARE_ROWS; r++)
            if (r < rows) {
                acc[r][0] = resumes ? nn_load(sum + r * width) : nn_splat(0.0f);
                if (vectors == 2)
                    acc[r][1] = resumes ? nn_load(sum + r * width + NN_LANES) : nn_splat(0.0f);
            }
        for (int left = steps; left > 0; left -= NN_SQUARE_BLOCK) {
            const int count = left < NN_SQUARE_BLOCK ? left : NN_SQUARE_BLOCK;
            for (int k = 0; k < count; k++) {
                const nn_vec b0 = nn_load(b), b1 = vectors == 2 ? nn_load(b + NN_LANES) : b0;
                NN_UNROLL
                for (int r = 0; r < NN_SQUARE_ROWS; r++)
                    if (r < rows) {
                        const nn_vec scalar = nn_splat(a[r * a_row]);
                        acc[r][0] += scalar * b0;
                        if (vectors == 2)
                            acc[r][1] += scalar * b1;
                    }
                nn_prefetch(t->ahead, ahead);
                a += a_step;
                b += b_step;
                ahead += t->ahead_step;
            }
            a += a_block;
        }
        NN_UNROLL
        for (int r = 0; r < NN_SQUARE_ROWS; r++)
            if (r < rows) {
                nn_store(sum + r * width, acc[r][0]);
                if (vectors == 2)
                    nn_store(sum + r * width + NN_LANES, acc[r][1]);
            }
    }
}

/* (No blank line up to the end of nn_tiles, so that all of it is printed or nothing.)
 * A function for every number of rows, so that each keeps its sums in registers. Rows of a are a block
 * apart (squares of an image, over channels), or side by side (channels, over squares). */
#define NN_TILE(rows)                                                   \
    static NN_APART void nn_tile_apart_##rows(const nn_tile *t)         \
    {                                                                   \
        if (t->width == 32)                                             \
            nn_tile_rows(rows, 32, NN_SQUARE_BLOCK, t);                 \
        else                                                            \
            nn_tile_rows(rows, 16, NN_SQUARE_BLOCK, t);                 \
    }                                                                   \
    static NN_APART void nn_tile_beside_##rows(const nn_tile *t)        \
    {                                                                   \
        if (t->width == 32)                                             \
            nn_tile_rows(rows, 32, 1, t);                               \
        else                                                            \
            nn_tile_rows(rows, 16, 1, t);                               \
    }
NN_TILE(2)
NN_TILE(4)
NN_TILE(6)
#if NN_REGISTERS >= 32
NN_TILE(8)
NN_TILE(10)
NN_TILE(12)
NN_TILE(14)
#endif
#undef NN_TILE
/* Cuts `rows`, rounded up to even, into tiles that differ by two at most. They share what is fetched ahead
 * (the next kernel); sums, which may be larger than the cache, are fetched tile by tile. */
static NN_APART void nn_tiles(nn_tile t, int rows, const int is_apart)
{
    typedef void nn_tile_function(const nn_tile *);
    static nn_tile_function *const functions[2][7] = {
        {nn_tile_beside_2, nn_tile_beside_4, nn_tile_beside_6,
#if NN_REGISTERS >= 32
         nn_tile_beside_8, nn_tile_beside_10, nn_tile_beside_12, nn_tile_beside_14
#endif
        },
        {nn_tile_apart_2, nn_tile_apart_4, nn_tile_apart_6,
#if NN_REGISTERS >= 32
         nn_tile_apart_8, nn_tile_apart_10, nn_tile_apart_12, nn_tile_apart_14
#endif
        },
    };
    const int pairs = (rows + 1) / 2;
    const int tiles = (2 * pairs + NN_SQUARE_ROWS - 1) / NN_SQUARE_ROWS;
    t.ahead_step = is_apart ? (t.width + tiles - 1) / tiles : NN_SQUARE_BLOCK;
    for (int tile = 0; tile < tiles; tile++) {
        const int own = nn_first(tile + 1, tiles, pairs) - nn_first(tile, tiles, pairs);
        if (!is_apart) {
            t.ahead = t.sum;
            t.ahead_first = 2 * own * t.width;
        }
        functions[is_apart][own - 1](&t);
        t.sum += 2 * own * t.width;
        t.a += 2 * own * (is_apart ? NN_SQUARE_BLOCK : 1);
        if (is_apart)
            t.ahead_first += t.steps * t.ahead_step;
    }
}

/* products[square][width] = sum over channels of patches * kernel[channel][width], for one place;
 * patches: [channel / 16][room][16]. The kernel of the following call is fetched. */
static NN_APART void nn_winograd_products(float *products, const float *patches, const float *kernel,
                                          const float *following, int squares, int room, int channels, int width)
{
    const nn_tile t = {products, patches, kernel, 1, (int64_t)(room - 1) * NN_SQUARE_BLOCK, width, channels, width, 0,
                       following, 0, 0};
    nn_tiles(t, squares, 1);
}

/* sums[channel][width] (+)= sum over squares of patches[square][channel] * spread[square][width], for
 * one place; rows of patches are patch_row apart, those of spread spread_row. */
static NN_APART void nn_winograd_sums(float *sums, const float *patches, const float *spread, int squares,
                                      int patch_row, int spread_row, int channels, int width, int resumes)
{
    const nn_tile t = {sums, patches, spread, patch_row, 0, spread_row, squares, width, resumes, NULL, 0, 0};
    nn_tiles(t, channels, 0);
}

#endif
