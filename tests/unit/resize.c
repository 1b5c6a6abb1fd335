/* Pictures of other sizes: exact values of both ways. */
#include "data/data.h"
#include "test.h"

#include <math.h>

static Arena arena;

static void check(const Plane *from, ResizeKind kind, int64_t height, int64_t width,
                  const float *expected)
{
    int64_t count = height * width * from->channels;
    Plane to = {height, width, from->channels, arena_array(&arena, float, count)};
    resize(&arena, from, kind, &to);
    for (int64_t i = 0; i < count; i++)
        EXPECT_NEAR(to.values[i], expected[i], 1e-4);
}

static float row[] = {0, 10, 20, 30};
static float square[] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
static float colours[] = {0, 100, 10, 200};

static void same_size_changes_nothing(void)
{
    Plane p = {3, 3, 1, square};
    check(&p, RESIZE_BILINEAR, 3, 3, square);
    check(&p, RESIZE_AREA, 3, 3, square);
}

static void bilinear_has_centres_at_halves(void)
{
    Plane p = {1, 4, 1, row}, c = {1, 2, 2, colours};
    check(&p, RESIZE_BILINEAR, 1, 2, (float[]){5, 25});
    check(&p, RESIZE_BILINEAR, 1, 1, (float[]){15});
    check(&p, RESIZE_BILINEAR, 1, 8, (float[]){0, 2.5f, 7.5f, 12.5f, 17.5f, 22.5f, 27.5f, 30});
    check(&p, RESIZE_BILINEAR, 2, 2, (float[]){5, 25, 5, 25});
    check(&c, RESIZE_BILINEAR, 1, 4, (float[]){0, 100, 2.5f, 125, 7.5f, 175, 10, 200});
}

/* Without anti-aliasing a large step skips values. */
static void bilinear_does_not_smooth(void)
{
    float spike[9] = {0, 90, 0, 0, 0, 0, 0, 90, 0};
    Plane p = {1, 9, 1, spike};
    check(&p, RESIZE_BILINEAR, 1, 3, (float[]){90, 0, 90});
    check(&p, RESIZE_AREA, 1, 3, (float[]){30, 0, 30});
}

static void area_takes_shares_of_pixels(void)
{
    Plane p = {1, 4, 1, row}, s = {3, 3, 1, square};
    check(&p, RESIZE_AREA, 1, 3, (float[]){2.5f, 15, 27.5f});
    check(&p, RESIZE_AREA, 1, 8, (float[]){0, 0, 10, 10, 20, 20, 30, 30});
    check(&s, RESIZE_AREA, 1, 1, (float[]){5});
    check(&s, RESIZE_AREA, 2, 2, (float[]){21.0f / 9, 33.0f / 9, 57.0f / 9, 69.0f / 9});
}

int main(void)
{
    RUN(same_size_changes_nothing);
    RUN(bilinear_has_centres_at_halves);
    RUN(bilinear_does_not_smooth);
    RUN(area_takes_shares_of_pixels);
    arena_free(&arena);
    return test_end();
}
