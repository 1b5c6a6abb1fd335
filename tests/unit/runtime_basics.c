/* The pieces below the training loop: shares, vectors, random numbers, panels, initial values. */
#include "initialise.h"
#include "rows.h"
#include "test.h"

static void shares_cover_every_unit_once(void)
{
    for (int threads = 1; threads <= 7; threads++)
        for (int count = 0; count < 40; count++) {
            int previous = 0;
            for (int t = 0; t < threads; t++) {
                int first = nn_first(t, threads, count), end = nn_first(t + 1, threads, count);
                EXPECT(first == previous && end - first <= count / threads + 1);
                previous = end;
            }
            EXPECT_INT(previous, count);
        }
    EXPECT_INT(nn_first(3, 4, 2000000000), 1500000000);
}

static void vectors_load_and_store_unaligned(void)
{
    float from[NN_LANES + 1], to[NN_LANES + 1] = {0};
    for (int i = 0; i <= NN_LANES; i++)
        from[i] = (float)i;
    nn_store(to + 1, nn_load(from + 1) * nn_splat(2.0f));
    EXPECT(to[0] == 0.0f);
    for (int i = 1; i <= NN_LANES; i++)
        EXPECT(to[i] == (float)(2 * i));
    nn_store(to, nn_splat(-0.0f));
    EXPECT(signbit(to[0]));
}

static void denormals_flush_and_come_back(void)
{
    volatile float tiny = 1e-38f;
    uint64_t mode = nn_flush_denormals();
    volatile float flushed = tiny * 0.01f;
    nn_restore_denormals(mode);
    volatile float kept = tiny * 0.01f;
#if defined(__SSE__) || defined(__aarch64__)
    EXPECT(flushed == 0.0f);
#endif
    (void)flushed;
    EXPECT(kept > 0.0f);
}

/* Chi-squared of 256 buckets of each byte, over indices and over keys, must look random. */
static void bits_are_evenly_spread(void)
{
    enum { samples = 1 << 18 };
    for (int across = 0; across < 2; across++)
        for (int shift = 0; shift < 32; shift += 8) {
            int buckets[256] = {0};
            for (uint32_t i = 0; i < samples; i++)
                buckets[(across ? nn_random_bits(i, 5) : nn_random_bits(5, i)) >> shift & 255]++;
            double expected = samples / 256.0, chi = 0;
            for (int b = 0; b < 256; b++)
                chi += (buckets[b] - expected) * (buckets[b] - expected) / expected;
            EXPECT(chi > 170 && chi < 350); /* 255 degrees of freedom, deviation 22.6 */
        }
}

/* A change of any one bit of key or index flips each output bit about half of the time. */
static void every_bit_matters(void)
{
    for (int bit = 0; bit < 64; bit++)
        for (int out = 0; out < 32; out++) {
            int flips = 0;
            for (uint32_t i = 0; i < 1024; i++) {
                uint32_t key = i * 2654435761u, index = i;
                uint32_t a = nn_random_bits(key, index);
                uint32_t b = bit < 32 ? nn_random_bits(key, index ^ 1u << bit)
                                      : nn_random_bits(key ^ 1u << (bit - 32), index);
                flips += (int)((a ^ b) >> out & 1);
            }
            EXPECT(flips > 400 && flips < 624); /* 7 deviations */
        }
}

static void neighbouring_streams_do_not_correlate(void)
{
    double sum = 0, mean = 0;
    enum { samples = 100000 };
    for (uint32_t i = 0; i < samples; i++) {
        double a = (double)nn_uniform(nn_key(7, 1, 0), i), b = (double)nn_uniform(nn_key(7, 2, 0), i);
        EXPECT(a >= 0.0 && a < 1.0);
        mean += a;
        sum += (a - 0.5) * (b - 0.5);
    }
    EXPECT_NEAR(mean / samples, 0.5, 0.005);
    EXPECT_NEAR(sum / samples * 12, 0.0, 0.02);
}

static void shuffle_is_a_permutation_by_seed(void)
{
    enum { count = 1000 };
    static uint32_t first[count], second[count], seen[count];
    for (uint32_t i = 0; i < count; i++)
        first[i] = second[i] = i;
    nn_shuffle(first, count, 1);
    nn_shuffle(second, count, 2);
    int same = 0, fixed = 0;
    for (uint32_t i = 0; i < count; i++) {
        seen[first[i]]++;
        same += first[i] == second[i];
        fixed += first[i] == i;
    }
    for (int i = 0; i < count; i++)
        EXPECT_INT(seen[i], 1);
    EXPECT(same < 10 && fixed < 10);
}

static void panels_come_back_as_rows(void)
{
    enum { rows = 5, columns = 14, groups = 2, width = 4 };
    float matrix[rows * columns], back[rows * columns];
    float panels[2 * 2 * rows * width];
    EXPECT_INT(nn_panel_floats(rows, columns, groups, width), sizeof panels / sizeof panels[0]);
    for (int i = 0; i < rows * columns; i++)
        matrix[i] = (float)(i + 1);
    nn_pack(panels, matrix, rows, columns, groups, width);
    EXPECT(panels[0] == 1.0f && panels[width] == 15.0f);
    EXPECT(panels[rows * width + 3] == 0.0f);  /* eighth lane of a group of seven */
    EXPECT(panels[2 * rows * width] == 8.0f);  /* second group starts at column 7 */
    nn_unpack(back, panels, rows, columns, groups, width);
    EXPECT(memcmp(matrix, back, sizeof back) == 0);
}

static nn_tensor tensor_of(nn_init_function *init, float a, float b)
{
    nn_tensor tensor = {"w", NN_PARAMETER, 2, {300, 200}, 0, 1, 0, init, a, b, 300, 200};
    return tensor;
}

static float values[300 * 208], scratch[300 * 200], packed[300 * 208];

static void moments(const nn_tensor *tensor, double *mean, double *deviation, double *widest)
{
    nn_initialise(values, tensor, 3, 7, scratch);
    double sum = 0, squares = 0, count = 300 * 200;
    *widest = 0;
    for (int i = 0; i < 300 * 200; i++) {
        sum += (double)values[i];
        squares += (double)values[i] * (double)values[i];
        *widest = fmax(*widest, fabs((double)values[i]));
    }
    *mean = sum / count;
    *deviation = sqrt(squares / count - *mean * *mean);
}

static void initialisers_have_their_moments(void)
{
    static const struct {
        nn_init_function *init;
        float a, b;
        double mean, deviation, widest;
    } cases[] = {
        {NULL, 0, 0, 0, 0, 0},
        {nn_fill_constant, 1, 0, 1, 0, 1},
        {nn_fill_constant, 2.5f, 0, 2.5, 0, 2.5},
        {nn_fill_uniform, -1, 3, 1, 4 / 3.4641016, 3},
        {nn_fill_normal, 1, 0.5f, 1, 0.5, 4},
        {nn_fill_truncated_normal, 1, 0.5f, 1, 0.5 * 0.87962566, 2},
        {nn_fill_fan_uniform, 6, 1, 0, 0.063245553, 0.10954451},
        {nn_fill_fan_normal, 2, 1, 0, 0.063245553, 0.4},
        {nn_fill_fan_uniform, 6, 0, 0, 0.081649658, 0.14142136},
        {nn_fill_fan_normal, 2, 0, 0, 0.081649658, 0.5},
        {nn_fill_fan_uniform, 3, 0, 0, 0.057735027, 0.1},
        {nn_fill_fan_normal, 1, 0, 0, 0.057735027, 0.4},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        nn_tensor tensor = tensor_of(cases[i].init, cases[i].a, cases[i].b);
        double mean, deviation, widest;
        moments(&tensor, &mean, &deviation, &widest);
        EXPECT_NEAR(mean, cases[i].mean, 0.02 * cases[i].deviation + 1e-12);
        EXPECT_NEAR(deviation, cases[i].deviation, 0.02 * cases[i].deviation + 1e-6);
        EXPECT(widest <= cases[i].widest * 1.00001);
    }
}

static void truncated_normal_stays_within_two_deviations(void)
{
    nn_tensor tensor = tensor_of(nn_fill_truncated_normal, -3, 0.25f);
    nn_initialise(values, &tensor, 3, 7, scratch);
    float least = 0, most = -10;
    for (int i = 0; i < 300 * 200; i++) {
        least = fminf(least, values[i]);
        most = fmaxf(most, values[i]);
    }
    EXPECT(least >= -3.5f && most <= -2.5f);
    EXPECT(least < -3.499f && most > -2.501f);
}

/* The products of all pairs of the shorter side's vectors. */
static void orthogonal_matrices_are(void)
{
    static const struct {
        int rank, dims[6];
        float gain;
    } cases[] = {
        {2, {40, 40}, 1},   {2, {30, 70}, 1},      {2, {90, 20}, 0.5f}, {4, {3, 3, 5, 16}, 2},
        {4, {3, 1, 2, 16}, 1}, {1, {9}, 1},        {2, {1, 1}, 1},      {2, {7, 1}, 3},
    };
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        nn_tensor tensor = tensor_of(nn_fill_orthogonal, cases[c].gain, 0);
        tensor.rank = cases[c].rank;
        memcpy(tensor.dims, cases[c].dims, sizeof tensor.dims);
        nn_initialise(values, &tensor, 3, 7, scratch);
        int columns = tensor.dims[tensor.rank - 1];
        int rows = (int)nn_tensor_elements(&tensor) / columns, by_rows = rows <= columns;
        int vectors = by_rows ? rows : columns, length = by_rows ? columns : rows;
        double square = (double)cases[c].gain * (double)cases[c].gain;
        for (int a = 0; a < vectors; a++)
            for (int b = 0; b < vectors; b++) {
                double product = 0;
                for (int i = 0; i < length; i++)
                    product += by_rows ? (double)values[a * columns + i] * (double)values[b * columns + i]
                                       : (double)values[i * columns + a] * (double)values[i * columns + b];
                EXPECT_NEAR(product, a == b ? square : 0, 1e-6 * square);
            }
    }
}

static void initial_values_do_not_depend_on_layout(void)
{
    nn_tensor plain = tensor_of(nn_fill_fan_normal, 2, 0), panels = plain;
    panels.panel = 16;
    nn_initialise(values, &plain, 3, 7, NULL);
    nn_initialise(packed, &panels, 3, 7, scratch);
    nn_unpack(scratch, packed, 300, 200, 1, 16);
    EXPECT(memcmp(values, scratch, sizeof scratch) == 0);
}

static void rows_stay_inside_the_table(void)
{
    EXPECT_INT(nn_row(-1, 3), 0);
    EXPECT_INT(nn_row(0, 3), 0);
    EXPECT_INT(nn_row(2, 3), 2);
    EXPECT_INT(nn_row(3, 3), 2);
    EXPECT_INT(nn_row(INT32_MIN, 1), 0);
    EXPECT_INT(nn_row(INT32_MAX, 1), 0);
}

int main(void)
{
    RUN(shares_cover_every_unit_once);
    RUN(vectors_load_and_store_unaligned);
    RUN(denormals_flush_and_come_back);
    RUN(bits_are_evenly_spread);
    RUN(every_bit_matters);
    RUN(neighbouring_streams_do_not_correlate);
    RUN(shuffle_is_a_permutation_by_seed);
    RUN(panels_come_back_as_rows);
    RUN(initialisers_have_their_moments);
    RUN(truncated_normal_stays_within_two_deviations);
    RUN(orthogonal_matrices_are);
    RUN(initial_values_do_not_depend_on_layout);
    RUN(rows_stay_inside_the_table);
    return test_end();
}
