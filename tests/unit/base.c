/* The vocabulary of base.h: arenas, strings, sizes, paths. */
#include "base/base.h"
#include "test.h"

static Arena arena;

static void arena_memory_is_zeroed_after_release(void)
{
    ArenaMark mark = arena_mark(&arena);
    unsigned char *bytes = arena_alloc(&arena, 100);
    memset(bytes, 0xff, 100);
    arena_release(&arena, mark);
    unsigned char *again = arena_alloc(&arena, 100);
    int sum = 0;
    for (int i = 0; i < 100; i++)
        sum += again[i];
    EXPECT_INT(sum, 0);
}

/* Of chunks of all sizes: one that is kept for the next allocation, and one that is larger than it. */
static void large_arena_memory_is_zeroed_after_release(void)
{
    enum { LARGE = 5 * 1024 * 1024 };
    Arena own = {0};
    arena_alloc(&own, 10);
    ArenaMark mark = arena_mark(&own);
    for (int turn = 1; turn <= 3; turn++) {
        int64_t count = (int64_t)turn * LARGE;
        unsigned char *bytes = arena_alloc(&own, count), *more = arena_alloc(&own, 100000);
        int64_t sum = 0;
        for (int64_t i = 0; i < count; i++)
            sum += bytes[i];
        for (int i = 0; i < 100000; i++)
            sum += more[i];
        EXPECT_INT(sum, 0);
        memset(bytes, 0xff, (size_t)count);
        memset(more, 0xff, 100000);
        arena_release(&own, mark);
    }
    arena_free(&own);
    EXPECT(own.chunk == NULL && own.spare == NULL);
}

static void vec_keeps_items_when_it_moves(void)
{
    VEC(int) numbers = {0};
    for (int i = 0; i < 1000; i++)
        vec_push(&arena, &numbers, i * i);
    EXPECT_INT(numbers.count, 1000);
    EXPECT_INT(numbers.items[0], 0);
    EXPECT_INT(numbers.items[999], 999 * 999);
}

static void sizes_do_not_overflow(void)
{
    int64_t out = 7;
    EXPECT(!size_multiply(INT64_C(1) << 40, INT64_C(1) << 40, &out));
    EXPECT_INT(out, 7);
    EXPECT(!size_add(INT64_MAX, 1, &out));
    EXPECT(size_multiply(1 << 20, 1 << 20, &out));
    EXPECT_INT(out, INT64_C(1) << 40);
}

static void find_gives_the_first_place(void)
{
    const Str list[] = {STR("add"), STR(""), STR("mul"), STR("add")};
    EXPECT_INT(str_find(list, 4, STR("add")), 0);
    EXPECT_INT(str_find(list, 4, STR("mul")), 2);
    EXPECT_INT(str_find(list, 4, (Str){NULL, 0}), 1);
    EXPECT_INT(str_find(list, 4, STR("ad")), -1);
    EXPECT_INT(str_find(NULL, 0, STR("add")), -1);
}

static void distance_counts_edits(void)
{
    EXPECT_INT(str_distance(STR("kernal"), STR("kernel")), 1);
    EXPECT_INT(str_distance(STR("dense"), STR("dense")), 0);
    EXPECT_INT(str_distance(STR("relu"), STR("")), 4);
}

static void paths_split(void)
{
    EXPECT(str_is(path_stem(str_from("a/b.nnd")), "b"));
    EXPECT(str_is(path_directory(str_from("a/b.nnd")), "a"));
    EXPECT(str_is(path_directory(str_from("b.nnd")), "."));
    EXPECT(str_is(path_join(&arena, STR("a"), STR("/b")), "/b"));
    EXPECT(str_is(path_join(&arena, STR("a"), STR("b")), "a/b"));
}

int main(void)
{
    RUN(arena_memory_is_zeroed_after_release);
    RUN(large_arena_memory_is_zeroed_after_release);
    RUN(vec_keeps_items_when_it_moves);
    RUN(sizes_do_not_overflow);
    RUN(find_gives_the_first_place);
    RUN(distance_counts_edits);
    RUN(paths_split);
    arena_free(&arena);
    return test_end();
}
