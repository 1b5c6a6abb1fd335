/* digits.h: a generator of pictures of handwritten-like digits, 28 x 28 bytes, ink bright.
 *
 * A digit is a few strokes on a 100 x 100 sheet, smooth (a spline through the points) or straight;
 * every digit has several ways of writing. Each sample wobbles the points, bends the sheet, turns,
 * stretches, slants and shifts it, draws with a pen of its own width, softness and pressure, and adds
 * noise. Sample i depends on the seed and i alone. */
#ifndef NN_DIGITS_H
#define NN_DIGITS_H

#include "data.h"
#include "initialise.h"
#include "rng.h"

enum { NN_DIGIT_SIDE = 28, NN_STROKE_POINTS = 14, NN_MAX_LINES = 320 };

typedef struct nn_stroke {
    unsigned char digit, way, smooth, count;
    unsigned char points[2 * NN_STROKE_POINTS]; /* x, y from the top left corner */
} nn_stroke;

/* Strokes of one way of writing stand together; ways of a digit count from 0. */
static const nn_stroke nn_strokes[] = {
    {0, 0, 1, 9, {50, 5, 27, 16, 17, 50, 27, 84, 50, 95, 73, 84, 83, 50, 73, 16, 50, 5}},
    {0, 1, 1, 9, {58, 5, 36, 18, 26, 50, 28, 82, 45, 95, 64, 84, 74, 50, 74, 20, 52, 6}},
    {0, 2, 1, 10, {66, 14, 46, 5, 24, 22, 14, 55, 26, 86, 52, 95, 78, 78, 86, 44, 72, 14, 50, 8}},
    {1, 0, 0, 2, {50, 4, 50, 96}},
    {1, 1, 0, 3, {32, 26, 54, 5, 54, 96}},
    {1, 2, 0, 3, {34, 22, 52, 5, 52, 94}},
    {1, 2, 0, 2, {30, 95, 76, 95}},
    {1, 3, 1, 3, {56, 4, 51, 50, 44, 96}},
    {2, 0, 1, 7, {20, 26, 34, 8, 60, 6, 77, 23, 70, 45, 44, 70, 18, 94}},
    {2, 0, 0, 2, {18, 94, 84, 94}},
    {2, 1, 1, 13, {20, 24, 40, 6, 66, 10, 74, 32, 60, 58, 36, 82, 20, 92, 14, 82, 26, 76, 44, 86, 62, 94,
                   76, 92, 86, 84}},
    {2, 2, 1, 6, {18, 16, 46, 5, 74, 14, 74, 38, 48, 64, 20, 90}},
    {2, 2, 1, 3, {20, 90, 50, 88, 84, 94}},
    {3, 0, 1, 5, {22, 16, 46, 5, 70, 14, 72, 34, 46, 46}},
    {3, 0, 1, 5, {46, 46, 74, 58, 77, 80, 52, 95, 20, 85}},
    {3, 1, 0, 3, {20, 7, 76, 7, 46, 43}},
    {3, 1, 1, 5, {46, 43, 74, 54, 77, 78, 52, 95, 20, 86}},
    {3, 2, 1, 9, {26, 10, 56, 5, 72, 22, 60, 42, 36, 50, 66, 56, 76, 76, 58, 94, 24, 90}},
    {4, 0, 0, 3, {30, 7, 18, 60, 84, 60}},
    {4, 0, 0, 2, {66, 30, 62, 96}},
    {4, 1, 0, 4, {66, 96, 66, 5, 14, 67, 88, 67}},
    {4, 2, 1, 5, {24, 8, 20, 40, 36, 56, 62, 50, 74, 36}},
    {4, 2, 0, 2, {76, 6, 68, 96}},
    {5, 0, 0, 3, {76, 6, 30, 6, 26, 44}},
    {5, 0, 1, 6, {26, 44, 52, 37, 77, 54, 76, 80, 50, 95, 20, 86}},
    {5, 1, 1, 9, {76, 8, 40, 10, 28, 40, 44, 44, 68, 48, 78, 68, 66, 90, 42, 95, 18, 84}},
    {5, 2, 0, 2, {32, 8, 28, 42}},
    {5, 2, 1, 6, {28, 42, 54, 38, 76, 56, 72, 82, 48, 95, 22, 88}},
    {5, 2, 0, 2, {32, 8, 80, 5}},
    {6, 0, 1, 10, {68, 7, 40, 24, 22, 58, 28, 87, 52, 95, 75, 83, 75, 62, 54, 51, 32, 60, 23, 74}},
    {6, 1, 1, 9, {50, 4, 30, 36, 22, 68, 34, 92, 58, 94, 72, 78, 62, 60, 42, 60, 26, 76}},
    {6, 2, 1, 10, {74, 14, 56, 5, 34, 20, 20, 56, 30, 90, 56, 95, 74, 76, 62, 56, 38, 56, 22, 72}},
    {7, 0, 0, 3, {16, 8, 82, 8, 42, 96}},
    {7, 1, 0, 3, {16, 8, 80, 8, 44, 96}},
    {7, 1, 0, 2, {36, 50, 76, 48}},
    {7, 2, 0, 2, {18, 20, 20, 8}},
    {7, 2, 1, 5, {20, 8, 50, 12, 80, 8, 58, 46, 50, 96}},
    {8, 0, 1, 13, {52, 47, 28, 34, 28, 13, 50, 5, 72, 13, 72, 33, 50, 48, 24, 66, 23, 86, 50, 95, 77, 86,
                   76, 66, 52, 47}},
    {8, 1, 1, 13, {74, 14, 50, 5, 28, 16, 32, 36, 56, 50, 74, 70, 66, 90, 42, 95, 24, 80, 34, 60, 58, 44,
                   74, 26, 72, 12}},
    {8, 2, 1, 9, {50, 5, 32, 12, 28, 28, 38, 44, 52, 47, 66, 42, 72, 26, 66, 10, 50, 5}},
    {8, 2, 1, 9, {50, 47, 28, 56, 22, 74, 32, 91, 52, 95, 70, 90, 78, 72, 70, 54, 50, 47}},
    {9, 0, 1, 8, {76, 26, 62, 8, 36, 8, 22, 28, 34, 50, 60, 50, 74, 34, 77, 20}},
    {9, 0, 0, 3, {77, 20, 74, 58, 66, 96}},
    {9, 1, 1, 12, {74, 30, 64, 8, 38, 6, 22, 26, 32, 48, 58, 50, 74, 32, 78, 20, 77, 58, 66, 88, 44, 95, 26,
                   88}},
    {9, 2, 1, 9, {72, 12, 48, 5, 26, 20, 28, 44, 50, 52, 68, 40, 72, 14, 64, 60, 40, 96}},
};

typedef struct nn_line {
    float x0, y0, x1, y1;
} nn_line;

/* What is random about a sample: an affine map, two waves that bend the sheet, and the pen. */
typedef struct nn_hand {
    float xx, xy, yx, yy, dx, dy;      /* sheet -1..1 to pixels */
    float wave_x, wave_y, phase_x, phase_y;
    float wobble;                      /* of the points */
    float half_width, softness, ink, noise, specks;
} nn_hand;

static float nn_between(uint32_t key, uint32_t index, float low, float high)
{
    return low + (high - low) * nn_uniform(key, index);
}

static nn_hand nn_hand_of(uint32_t key)
{
    nn_hand hand;
    float turn = nn_between(key, 1, -0.3f, 0.3f);
    float slant = nn_between(key, 2, -0.35f, 0.35f);
    float wide = nn_between(key, 3, 6.0f, 9.6f), high = nn_between(key, 4, 8.0f, 10.6f);
    float c = cosf(turn), s = sinf(turn);
    hand.xx = c * wide;
    hand.xy = -s * high - slant * high;
    hand.yx = s * wide;
    hand.yy = c * high;
    hand.dx = 13.5f + nn_between(key, 5, -2.2f, 2.2f);
    hand.dy = 13.5f + nn_between(key, 6, -2.0f, 2.0f);
    hand.wave_x = nn_between(key, 7, -0.16f, 0.16f);
    hand.wave_y = nn_between(key, 8, -0.16f, 0.16f);
    hand.phase_x = nn_between(key, 9, 0.0f, 6.2831853f);
    hand.phase_y = nn_between(key, 10, 0.0f, 6.2831853f);
    hand.wobble = nn_between(key, 11, 0.0f, 0.11f);
    hand.half_width = nn_between(key, 12, 0.6f, 1.9f);
    hand.softness = nn_between(key, 13, 0.4f, 1.3f);
    hand.ink = nn_between(key, 14, 150.0f, 255.0f);
    hand.noise = nn_between(key, 15, 0.0f, 26.0f);
    hand.specks = nn_between(key, 16, 0.0f, 0.02f);
    return hand;
}

/* A point of the sheet, -1..1, to pixels. */
static void nn_hand_map(const nn_hand *hand, float x, float y, float *px, float *py)
{
    float bent_x = x + hand->wave_x * sinf(3.0f * y + hand->phase_x);
    float bent_y = y + hand->wave_y * sinf(3.0f * x + hand->phase_y);
    *px = hand->xx * bent_x + hand->xy * bent_y + hand->dx;
    *py = hand->yx * bent_x + hand->yy * bent_y + hand->dy;
}

/* Adds the pieces of one stroke to lines[]. Splines are Catmull-Rom, eight pieces between points. */
static int nn_stroke_lines(const nn_stroke *stroke, int number, const nn_hand *hand, uint32_t key,
                           nn_line *lines, int count)
{
    float x[NN_STROKE_POINTS + 2], y[NN_STROKE_POINTS + 2];
    int n = stroke->count;
    for (int i = 0; i < n; i++) {
        uint32_t at = 1000 + 64 * (uint32_t)number + 2 * (uint32_t)i;
        x[i + 1] = (float)stroke->points[2 * i] / 50.0f - 1.0f +
                   nn_between(key, at, -hand->wobble, hand->wobble);
        y[i + 1] = (float)stroke->points[2 * i + 1] / 50.0f - 1.0f +
                   nn_between(key, at + 1, -hand->wobble, hand->wobble);
    }
    x[0] = 2 * x[1] - x[2];
    y[0] = 2 * y[1] - y[2];
    x[n + 1] = 2 * x[n] - x[n - 1];
    y[n + 1] = 2 * y[n] - y[n - 1];
    float from_x, from_y;
    nn_hand_map(hand, x[1], y[1], &from_x, &from_y);
    for (int i = 1; i < n; i++)
        for (int piece = 1; piece <= 8 && count < NN_MAX_LINES; piece++) {
            float t = (float)piece / 8.0f, to_x, to_y;
            float a = stroke->smooth ? 0.5f * t * ((2.0f - t) * t - 1.0f) : 0.0f;
            float b = stroke->smooth ? 0.5f * (t * t * (3.0f * t - 5.0f) + 2.0f) : 1.0f - t;
            float c = stroke->smooth ? 0.5f * t * ((4.0f - 3.0f * t) * t + 1.0f) : t;
            float d = stroke->smooth ? 0.5f * t * t * (t - 1.0f) : 0.0f;
            nn_hand_map(hand, a * x[i - 1] + b * x[i] + c * x[i + 1] + d * x[i + 2],
                        a * y[i - 1] + b * y[i] + c * y[i + 1] + d * y[i + 2], &to_x, &to_y);
            lines[count].x0 = from_x;
            lines[count].y0 = from_y;
            lines[count].x1 = from_x = to_x;
            lines[count].y1 = from_y = to_y;
            count++;
        }
    return count;
}

/* Ink of one line: full within the pen's half width, fading over its softness. */
static void nn_line_draw(const nn_line *line, const nn_hand *hand, float *image)
{
    float reach = hand->half_width + hand->softness;
    float left = fminf(line->x0, line->x1) - reach, right = fmaxf(line->x0, line->x1) + reach;
    float top = fminf(line->y0, line->y1) - reach, bottom = fmaxf(line->y0, line->y1) + reach;
    float dx = line->x1 - line->x0, dy = line->y1 - line->y0;
    float square = dx * dx + dy * dy + 1e-12f;
    int first_row = top > 0 ? (int)top : 0, first_column = left > 0 ? (int)left : 0;
    for (int row = first_row; row < NN_DIGIT_SIDE && (float)row <= bottom; row++)
        for (int column = first_column; column < NN_DIGIT_SIDE && (float)column <= right; column++) {
            float x = (float)column - line->x0, y = (float)row - line->y0;
            float t = (x * dx + y * dy) / square;
            t = t < 0 ? 0 : t > 1 ? 1 : t;
            x -= t * dx;
            y -= t * dy;
            float ink = (reach - sqrtf(x * x + y * y)) / hand->softness;
            ink = ink < 0 ? 0 : ink > 1 ? 1 : ink;
            float *pixel = &image[row * NN_DIGIT_SIDE + column];
            *pixel = ink > *pixel ? ink : *pixel;
        }
}

/* Draws sample number `index` into 784 bytes and returns its digit. */
static int nn_digit(uint32_t seed, uint32_t index, unsigned char *pixels)
{
    enum { stroke_count = (int)(sizeof nn_strokes / sizeof nn_strokes[0]) };
    uint32_t key = nn_key(seed, index, 0x3001);
    int digit = (int)(nn_uniform(key, 0) * 10.0f), ways = 0, lines_count = 0;
    float image[NN_DIGIT_SIDE * NN_DIGIT_SIDE] = {0};
    nn_line lines[NN_MAX_LINES];
    nn_hand hand = nn_hand_of(key);
    for (int i = 0; i < stroke_count; i++)
        if (nn_strokes[i].digit == digit && nn_strokes[i].way >= ways)
            ways = nn_strokes[i].way + 1;
    int way = (int)(nn_uniform(key, 17) * (float)ways);
    for (int i = 0; i < stroke_count; i++)
        if (nn_strokes[i].digit == digit && nn_strokes[i].way == way)
            lines_count = nn_stroke_lines(&nn_strokes[i], i, &hand, key, lines, lines_count);
    for (int i = 0; i < lines_count; i++)
        nn_line_draw(&lines[i], &hand, image);
    for (int i = 0; i < NN_DIGIT_SIDE * NN_DIGIT_SIDE; i++) {
        uint32_t at = 10000 + 4 * (uint32_t)i;
        /* The sum of two even spreads is near enough to a normal one. */
        float noise = nn_uniform(key, at) + nn_uniform(key, at + 1) - 1.0f;
        float value = hand.ink * image[i] + 2.0f * hand.noise * noise;
        if (nn_uniform(key, at + 2) < hand.specks)
            value += 200.0f * nn_uniform(key, at + 3);
        value = value < 0.0f ? 0.0f : value > 255.0f ? 255.0f : value;
        pixels[i] = (unsigned char)(value + 0.5f);
    }
    return digit;
}

/* NULL, with a message, when the network's ports are not those of digits. */
static nn_data *nn_make_digits(const nn_net *net, const nn_source *source, const char *const *files,
                               int count, int with_targets, nn_error *error)
{
    enum { pixels = NN_DIGIT_SIDE * NN_DIGIT_SIDE };
    const nn_port *in = &net->inputs[0], *out = net->target_count == 1 ? &net->targets[0] : NULL;
    if (net->input_count != 1 || in->type != NN_U8 || in->elements != pixels || out == NULL ||
        out->type != NN_CLASS || out->classes != 10) {
        nn_fail(error, NN_EXIT_IO,
                "the digits have one input of u8[28, 28, 1] and one target of class[10]");
        return NULL;
    }
    (void)files, (void)count, (void)with_targets;
    nn_data *data = nn_data_new(net, source->rows, 1);
    unsigned char *images = (unsigned char *)data->values[0];
    int32_t *labels = (int32_t *)data->values[1];
#ifdef _OPENMP
#pragma omp parallel for schedule(static)
#endif
    for (long long i = 0; i < source->rows; i++)
        labels[i] = nn_digit(source->seed, (uint32_t)i, images + i * pixels);
    return data;
}

static const nn_format nn_digits = {"digits", NN_NO_FILES, 0, 0, NULL, nn_make_digits};

#endif
