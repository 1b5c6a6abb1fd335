/* tuning.c: the table of measured schedules: its text, what is refused, and that sizes tell contractions apart. */
#include "kernel/tuning.h"
#include "test.h"

static const char *const good =
    "forward 14x14x32 -> 14x14x64 kernel 3x3 padding 1x1 batch 64: winograd 4 rows 0 way 0, 0.000312000 s\n"
    "kernel 784 -> 256 batch 64: winograd 1 rows 0 way 3, 0.000100000 s\n";

static void test_text(void)
{
    Arena arena = {0};
    Tuning tuning = {.arena = &arena};
    EXPECT(tuning_read(&tuning, str_from(good)) == 0);
    EXPECT(tuning.lines.count == 2);
    EXPECT(str_is(tuning_text(&arena, &tuning), good));
    const TuningLine *line = tuning_find(&tuning, STR("kernel 784 -> 256 batch 64"));
    EXPECT(line != NULL && line->schedule.way == 3 && line->schedule.winograd == 1 && line->schedule.rows == 0);
    EXPECT(tuning_find(&tuning, STR("kernel 784 -> 256 batch 32")) == NULL);
    arena_free(&arena);
}

static void test_refused(void)
{
    static const char *const texts[] = {
        "kernel 784 -> 256 batch 64: winograd 1 rows 0 way 3, 0.1 s",           /* no line end */
        "kernel 784 -> 256 batch 64: winograd 1 rows 0 way 4, 0.1 s\n",         /* no such way */
        "kernel 784 -> 256 batch 64: winograd 3 rows 0 way 0, 0.1 s\n",
        "kernel 784 -> 256 batch 64: winograd 1 rows 15 way 0, 0.1 s\n",
        "kernel 784 -> 256 batch 64: winograd 1 rows -1 way 0, 0.1 s\n",
        "kernel 784 -> 256 batch 64 winograd 1 rows 1 way 0, 0.1 s\n",
        "kernel 784 -> 256 batch 64: winograd 1 rows 1 way 0, 0.1 s and more\n",
        "\n",
    };
    for (int i = 0; i < COUNT_OF(texts); i++) {
        Arena arena = {0};
        Tuning tuning = {.arena = &arena};
        EXPECT(tuning_read(&tuning, str_format(&arena, "%s%s", good, texts[i])) == 3);
        arena_free(&arena);
    }
}

static void test_sizes(void)
{
    Arena arena = {0};
    ContractAxis axis = {.in = 14, .out = 14, .kernel = 3, .stride = 1, .dilation = 1, .before = 1};
    ContractForm form = {.kind = CONTRACT_FORWARD, .spatial = 2, .has_kernel_axes = true, .axis = {axis, axis},
                         .groups = 1, .c = 32, .o = 64};
    EXPECT(str_is(tuning_sizes(&arena, &form, 64), "forward 14x14x32 -> 14x14x64 kernel 3x3 padding 1x1 batch 64"));
    ContractForm other = form;
    other.axis[0].stride = 2;
    EXPECT(str_is(tuning_sizes(&arena, &other, 64),
                  "forward 14x14x32 -> 14x14x64 kernel 3x3 stride 2x1 padding 1x1 batch 64"));
    other = form;
    other.kind = CONTRACT_IMAGE;
    EXPECT(str_is(tuning_sizes(&arena, &other, 7), "image 14x14x32 -> 14x14x64 kernel 3x3 padding 1x1 batch 7"));
    other = form;
    other.groups = 2;
    other.axis[0].dilation = other.axis[1].dilation = 3;
    EXPECT(str_is(tuning_sizes(&arena, &other, 64),
                  "forward 14x14x64 -> 14x14x128 kernel 3x3 dilation 3x3 padding 1x1 groups 2 batch 64"));
    ContractForm dense = {.kind = CONTRACT_KERNEL, .axis = {{1, 1, 1, 1, 1, 0}, {1, 1, 1, 1, 1, 0}},
                          .groups = 1, .c = 784, .o = 256};
    EXPECT(str_is(tuning_sizes(&arena, &dense, 64), "kernel 784 -> 256 batch 64"));
    arena_free(&arena);
}

int main(void)
{
    test_text();
    test_refused();
    test_sizes();
    return test_end();
}
