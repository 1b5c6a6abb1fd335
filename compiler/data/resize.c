/* resize.c: brings pictures to another size. One axis after the other: each new place along an axis
 * is a weighted sum of neighbours, and the two ways differ in these weights only. */
#include "data/data.h"

#include <math.h>

/* The weights of one new place along an axis. */
typedef struct Taps {
    int64_t first;
    int count;
    float *weights;
} Taps;

/* The centre of new place i is at (i + 1/2) size / new size - 1/2; outside is the edge. */
static Taps bilinear_taps(Arena *arena, int64_t size, int64_t new_size, int64_t i)
{
    double at = ((double)i + 0.5) * (double)size / (double)new_size - 0.5;
    at = at < 0 ? 0 : at > (double)(size - 1) ? (double)(size - 1) : at;
    Taps taps = {.first = (int64_t)floor(at), .weights = arena_array(arena, float, 2)};
    taps.count = taps.first + 1 < size ? 2 : 1;
    taps.weights[1] = (float)(at - (double)taps.first);
    taps.weights[0] = 1 - taps.weights[1];
    return taps;
}

/* New place i covers i size / new size up to (i + 1) size / new size. Whole numbers throughout, so
 * that shares are exact. */
static Taps area_taps(Arena *arena, int64_t size, int64_t new_size, int64_t i)
{
    int64_t begin = i * size, end = (i + 1) * size; /* in shares of 1 / new_size */
    Taps taps = {.first = begin / new_size};
    int64_t last = (end - 1) / new_size;
    taps.count = (int)(last - taps.first + 1);
    taps.weights = arena_array(arena, float, taps.count);
    for (int64_t k = taps.first; k <= last; k++) {
        int64_t from = k * new_size > begin ? k * new_size : begin;
        int64_t to = (k + 1) * new_size < end ? (k + 1) * new_size : end;
        taps.weights[k - taps.first] = (float)((double)(to - from) / (double)size);
    }
    return taps;
}

static Taps *axis_taps(Arena *arena, ResizeKind kind, int64_t size, int64_t new_size)
{
    Taps *taps = arena_array(arena, Taps, new_size);
    for (int64_t i = 0; i < new_size; i++)
        taps[i] = kind == RESIZE_AREA ? area_taps(arena, size, new_size, i)
                                      : bilinear_taps(arena, size, new_size, i);
    return taps;
}

void resize(Arena *arena, const Plane *from, ResizeKind kind, const Plane *to)
{
    int64_t channels = from->channels, row = to->width * channels;
    const Taps *down = axis_taps(arena, kind, from->height, to->height);
    const Taps *across = axis_taps(arena, kind, from->width, to->width);
    float *narrow = arena_array(arena, float, from->height *row);
    for (int64_t y = 0; y < from->height; y++)
        for (int64_t x = 0; x < to->width; x++)
            for (int64_t c = 0; c < channels; c++) {
                float sum = 0;
                for (int k = 0; k < across[x].count; k++)
                    sum += across[x].weights[k] *
                           from->values[(y * from->width + across[x].first + k) * channels + c];
                narrow[y * row + x * channels + c] = sum;
            }
    for (int64_t y = 0; y < to->height; y++)
        for (int64_t x = 0; x < row; x++) {
            float sum = 0;
            for (int k = 0; k < down[y].count; k++)
                sum += down[y].weights[k] * narrow[(down[y].first + k) * row + x];
            to->values[y * row + x] = sum;
        }
}
