/* arena.c: bump allocation, growable arrays and checked sizes.
 *
 * An arena is a list of chunks; an allocation takes the next aligned bytes of the newest chunk, or
 * starts a new one. Chunks are zeroed when they are made, and a release clears what it gives back,
 * so every allocation is zeroed.
 *
 * A large network takes a hundred megabytes. To get them from the system in pages of 4 KB takes
 * longer than all passes, so large chunks ask for large pages; one of them is kept by a release,
 * because what comes next may need it again. */
#define _DEFAULT_SOURCE /* madvise */
#include "base/base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* Chunks double, so that an arena of a few names costs little. */
enum {
    FIRST_CHUNK_BYTES = 4 * 1024,
    PAGE_BYTES = 2 * 1024 * 1024, /* a large page */
    CHUNK_BYTES = 2 * PAGE_BYTES,
    ALIGNMENT = 16,
};

struct ArenaChunk {
    ArenaChunk *older;
    size_t used;
    size_t capacity;
    _Alignas(ALIGNMENT) unsigned char bytes[];
};

static NO_RETURN void out_of_memory(int64_t bytes)
{
    fprintf(stderr, "nndc: out of memory (asked for %lld bytes)\n", (long long)bytes);
    exit(EXIT_IO);
}

/* Room for `capacity` bytes and more, zeroed, or NULL. */
static ArenaChunk *chunk_new(size_t capacity)
{
    size_t bytes = sizeof(ArenaChunk) + capacity;
    bool is_large = bytes >= PAGE_BYTES;
    if (is_large)
        bytes = (bytes + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
    ArenaChunk *chunk = is_large ? aligned_alloc(PAGE_BYTES, bytes) : calloc(1, bytes);
    if (chunk == NULL)
        return NULL;
    if (is_large) {
#ifdef MADV_HUGEPAGE
        madvise(chunk, bytes, MADV_HUGEPAGE); /* a wish: without it everything works as well */
#endif
        memset(chunk, 0, bytes);
    }
    chunk->capacity = bytes - sizeof(ArenaChunk);
    return chunk;
}

static ArenaChunk *take_spare(Arena *arena, size_t need)
{
    ArenaChunk *chunk = arena->spare;
    if (chunk == NULL || chunk->capacity < need)
        return NULL;
    arena->spare = NULL;
    return chunk;
}

static void drop_chunk(Arena *arena, ArenaChunk *chunk)
{
    if (chunk->capacity < PAGE_BYTES / 2 || arena->spare != NULL) {
        free(chunk);
        return;
    }
    memset(chunk->bytes, 0, chunk->used);
    chunk->used = 0;
    arena->spare = chunk;
}

void *arena_alloc(Arena *arena, int64_t bytes)
{
    if (bytes < 0 || bytes > INT64_MAX / 4)
        out_of_memory(bytes);
    size_t need = ((size_t)bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (arena->chunk == NULL || arena->chunk->capacity - arena->chunk->used < need) {
        size_t capacity = arena->chunk ? 2 * arena->chunk->capacity : FIRST_CHUNK_BYTES;
        if (capacity > CHUNK_BYTES - sizeof(ArenaChunk))
            capacity = CHUNK_BYTES - sizeof(ArenaChunk);
        capacity = need > capacity ? need : capacity;
        ArenaChunk *chunk = take_spare(arena, need);
        if (chunk == NULL)
            chunk = chunk_new(capacity);
        if (chunk == NULL)
            out_of_memory(bytes);
        chunk->older = arena->chunk;
        arena->chunk = chunk;
    }
    void *result = arena->chunk->bytes + arena->chunk->used;
    arena->chunk->used += need;
    return result;
}

void *arena_alloc_array(Arena *arena, int64_t count, int64_t item_bytes)
{
    int64_t bytes;
    if (count < 0 || !size_multiply(count, item_bytes, &bytes))
        out_of_memory(INT64_MAX);
    return arena_alloc(arena, bytes);
}

ArenaMark arena_mark(Arena *arena)
{
    return (ArenaMark){arena->chunk, arena->chunk ? arena->chunk->used : 0};
}

void arena_release(Arena *arena, ArenaMark mark)
{
    while (arena->chunk != mark.chunk) {
        ArenaChunk *older = arena->chunk->older;
        drop_chunk(arena, arena->chunk);
        arena->chunk = older;
    }
    if (arena->chunk != NULL) {
        memset(arena->chunk->bytes + mark.used, 0, arena->chunk->used - mark.used);
        arena->chunk->used = mark.used;
    }
}

void arena_free(Arena *arena)
{
    arena_release(arena, (ArenaMark){NULL, 0});
    free(arena->spare);
    arena->spare = NULL;
}

/* Makes an array longer where it stands, when it is the last thing in its chunk and there is room. */
static bool grow_last(Arena *arena, const void *items, int capacity, int grown, size_t item_bytes)
{
    ArenaChunk *chunk = arena->chunk;
    size_t now = ((size_t)capacity * item_bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    size_t then = ((size_t)grown * item_bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (capacity == 0 || chunk == NULL || chunk->capacity - chunk->used < then - now ||
        (const unsigned char *)items + now != chunk->bytes + chunk->used)
        return false;
    chunk->used += then - now;
    return true;
}

void vec_reserve_one(Arena *arena, void **items, int count, int *capacity, size_t item_bytes)
{
    if (count < *capacity)
        return;
    int grown = *capacity == 0 ? 8 : *capacity * 2;
    if (grow_last(arena, *items, *capacity, grown, item_bytes)) {
        *capacity = grown;
        return;
    }
    void *moved = arena_alloc_array(arena, grown, (int64_t)item_bytes);
    if (count > 0)
        memcpy(moved, *items, (size_t)count * item_bytes);
    *items = moved;
    *capacity = grown;
}

bool size_multiply(int64_t a, int64_t b, int64_t *out)
{
    int64_t product;
    if (__builtin_mul_overflow(a, b, &product))
        return false;
    *out = product;
    return true;
}

bool size_add(int64_t a, int64_t b, int64_t *out)
{
    int64_t sum;
    if (__builtin_add_overflow(a, b, &sum))
        return false;
    *out = sum;
    return true;
}
