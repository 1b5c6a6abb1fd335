/* base.h: what every file of the compiler may use.
 *
 * Owns the small vocabulary: counted strings, source spans, arenas, growable arrays, checked
 * sizes, and BUG for faults of our own. Depends only on the C library. Memory comes from an Arena
 * and is zeroed; nothing is freed one by one. */
#ifndef NNDC_BASE_H
#define NNDC_BASE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__GNUC__) || defined(__clang__)
#define PRINTF_LIKE(position, first) __attribute__((format(printf, position, first)))
#define NO_RETURN __attribute__((noreturn))
#else
#define PRINTF_LIKE(position, first)
#define NO_RETURN
#endif

#define COUNT_OF(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* Exit codes of the command. */
enum {
    EXIT_OK = 0,
    EXIT_MODEL = 1,    /* mistakes in the model                   */
    EXIT_USAGE = 2,    /* the command line is not understood      */
    EXIT_IO = 3,       /* something cannot be read or written     */
    EXIT_INTERNAL = 70 /* a fault of nndc itself                  */
};

/* ---- faults of ours (base/bug.c) -------------------------------------------------------------
 * Never reached by user input. Prints file, line and "this is a bug in nndc"; exits with
 * EXIT_INTERNAL, or aborts when NDEBUG is not defined. */
NO_RETURN void bug_report(const char *file, int line, const char *format, ...) PRINTF_LIKE(3, 4);
#define BUG(...) bug_report(__FILE__, __LINE__, __VA_ARGS__)
#define CHECK(condition) \
    ((condition) ? (void)0 : bug_report(__FILE__, __LINE__, "expected %s", #condition))

/* ---- arenas (base/arena.c) ------------------------------------------------------------------- */
typedef struct ArenaChunk ArenaChunk;
typedef struct Arena {
    ArenaChunk *chunk; /* newest chunk, linked to the older ones */
    ArenaChunk *spare; /* a large one that was released, or NULL  */
} Arena;
typedef struct ArenaMark {
    ArenaChunk *chunk;
    size_t used;
} ArenaMark;

void *arena_alloc(Arena *arena, int64_t bytes); /* zeroed, aligned for any type; exits when memory is out */
void *arena_alloc_array(Arena *arena, int64_t count, int64_t item_bytes); /* checks the product */
ArenaMark arena_mark(Arena *arena);
void arena_release(Arena *arena, ArenaMark mark); /* drops everything allocated since the mark */
void arena_free(Arena *arena);                    /* drops everything */
#define arena_new(arena, T) ((T *)arena_alloc((arena), (int64_t)sizeof(T)))
#define arena_array(arena, T, count) ((T *)arena_alloc_array((arena), (count), (int64_t)sizeof(T)))

/* ---- growable arrays (base/arena.c) ----------------------------------------------------------
 * VEC(int) numbers = {0};  vec_push(arena, &numbers, 7);  numbers.items[0]
 * Items move when the array grows: keep indices, not pointers. */
#define VEC(T)        \
    struct {          \
        T *items;     \
        int count;    \
        int capacity; \
    }
#define vec_push(arena, vec, ...)                                                           \
    (vec_reserve_one((arena), (void **)&(vec)->items, (vec)->count, &(vec)->capacity,       \
                     sizeof *(vec)->items),                                                 \
     (vec)->items[(vec)->count++] = (__VA_ARGS__))
void vec_reserve_one(Arena *arena, void **items, int count, int *capacity, size_t item_bytes);

/* ---- counted strings (base/str.c) ------------------------------------------------------------
 * Text from a source file is referred to, not copied. Strings made by these functions also end in
 * a zero byte. Print with printf("%.*s", STR_ARGS(s)). */
typedef struct Str {
    const char *ptr;
    int64_t len;
} Str;
#define STR(literal) ((Str){(literal), (int64_t)sizeof(literal) - 1})
#define STR_ARGS(s) (int)(s).len, (s).ptr

/* Inline, because most strings that are compared differ in their length. */
static inline bool str_equal(Str a, Str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, (size_t)a.len) == 0);
}

Str str_from(const char *text);                  /* refers to text */
Str str_copy(Arena *arena, Str s);
int str_find(const Str *list, int count, Str s); /* the first place where it stands, or -1 */
uint32_t str_hash(Str s);
bool str_is(Str a, const char *b);
bool str_starts(Str a, const char *prefix);
bool str_ends(Str a, const char *suffix);
Str str_format(Arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);
Str str_vformat(Arena *arena, const char *format, va_list args);
const char *str_c(Arena *arena, Str s);          /* as a C string */
int str_distance(Str a, Str b);                  /* edit distance, for "did you mean" */

/* A string that grows. */
typedef struct StrBuf {
    Arena *arena;
    char *ptr;
    int64_t len;
    int64_t capacity;
} StrBuf;
void buf_add(StrBuf *buf, const char *format, ...) PRINTF_LIKE(2, 3);
void buf_add_str(StrBuf *buf, Str s);
void buf_add_char(StrBuf *buf, char c);
Str buf_str(StrBuf *buf); /* zero-terminated view of what was added so far */

/* ---- places in the source --------------------------------------------------------------------
 * Byte offsets only; front/diag.c turns them into lines and columns. file counts from 1; a span
 * with file 0 is "no place". */
typedef struct Span {
    uint32_t pos;
    uint32_t len;
    uint16_t file;
} Span;
#define SPAN_NONE ((Span){0, 0, 0})
Span span_join(Span a, Span b); /* smallest span that holds both (of one file) */

/* ---- checked sizes (base/arena.c) ------------------------------------------------------------
 * Return false, and leave *out alone, when the result does not fit. */
bool size_multiply(int64_t a, int64_t b, int64_t *out);
bool size_add(int64_t a, int64_t b, int64_t *out);
#define MAX_ELEMENTS ((int64_t)1 << 40) /* largest tensor the language accepts */

/* ---- files (base/file.c) ---------------------------------------------------------------------
 * On failure the functions return false and write a reason such as "cannot read 'x.nnd': No such
 * file or directory" to *error. */
bool file_read(Arena *arena, const char *path, Str *text, Str *error);
/* Writes path.new, syncs it and renames it over path: the old file stays whole until then. */
bool file_write(Arena *arena, const char *path, Str text, Str *error);
/* Where the new form of a file is written before it takes the place of the old one. The process id keeps two
 * runs that write the same file apart; the last rename wins. */
const char *file_fresh_name(Arena *arena, const char *path);
bool file_make_directory(Arena *arena, const char *path, Str *error); /* with parents */
Str path_join(Arena *arena, Str directory, Str name); /* name alone when it is absolute */
Str path_directory(Str path);                         /* "a/b.nnd" -> "a", "b.nnd" -> "." */
Str path_stem(Str path);                              /* "a/b.nnd" -> "b" */

#endif
