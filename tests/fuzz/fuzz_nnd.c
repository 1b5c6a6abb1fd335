/* Mutated .nnd texts must be read, or refused with a message, never crash. What is read must survive
 * its own layout: formatting it gives a text that is read again and formats to itself.
 *
 *     fuzz_nnd [COUNT [SEED]]        2000 mutations by default, of the files in models/
 *
 * A mutation depends on the seed and its number alone. */
#include "posix.h"
#include "base/base.h"
#include "front/ast.h"
#include "front/diag.h"
#include "front/model.h"
#include "rng.h"
#include "test.h"

#include <glob.h>

enum { LARGEST = 1 << 16 };

static uint32_t random_key, random_index;
static long model_count;

static uint32_t pick(uint32_t below)
{
    return (uint32_t)(((uint64_t)nn_random_bits(random_key, random_index++) * below) >> 32);
}

/* Words that mean something to the scanner, the grammar or the checks behind them. */
static const char *const words[] = {
    "->",     "{",      "}",       "(",        ")",         "[",        "]",       ",",     ":",
    "=",      "..",     "step",    "in",       "param",     "block",    "model",   "data",  "train",
    "import", "for",    "if",      "else",     "return",    "input",    "target",  "output","loss",
    "metric", "u8",     "f32",     "class",    "int",       "real",     "choice",  "true",  "false",
    "same",   "valid",  "dense",   "conv2d",   "max_pool2d","flatten",  "dropout", "add",   "relu",
    "0",      "1",      "-1",      "2",        "1e308",     "1e-400",   "0.5",     "2147483648",
    "9223372036854775807", "99999999999999999999", "\"",    "\"a\"",    "\\",      "#",     "\n",
    "\t",     "'",      "*",       "/",        "+",         "-",        "==",      "<",     "not",
    "and",    "\xC3\xA9", "\xFF",  ";",        "%",         "^",        "=="};

typedef struct Text {
    char bytes[LARGEST + 64];
    size_t size;
} Text;

static void insert(Text *text, size_t at, const char *bytes, size_t size)
{
    if (text->size + size > LARGEST)
        return;
    memmove(text->bytes + at + size, text->bytes + at, text->size - at);
    memcpy(text->bytes + at, bytes, size);
    text->size += size;
}

static void cut(Text *text, size_t at, size_t size)
{
    size = size < text->size - at ? size : text->size - at;
    memmove(text->bytes + at, text->bytes + at + size, text->size - at - size);
    text->size -= size;
}

static bool is_word_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
}

/* The word or single byte around a place. */
static void word_around(const Text *text, size_t at, size_t *begin, size_t *size)
{
    size_t end = at + 1;
    *begin = at;
    if (is_word_byte(text->bytes[at])) {
        while (*begin > 0 && is_word_byte(text->bytes[*begin - 1]))
            (*begin)--;
        while (end < text->size && is_word_byte(text->bytes[end]))
            end++;
    }
    *size = end - *begin;
}

/* One to four edits of words, lines or bytes. */
static void mutate(Text *text)
{
    char copy[256];
    for (uint32_t edits = 1 + pick(4); edits > 0 && text->size > 0; edits--) {
        const char *word = words[pick(COUNT_OF(words))];
        size_t at = pick((uint32_t)text->size), begin, size;
        word_around(text, at, &begin, &size);
        switch (pick(8)) {
        case 0: /* another word */
            cut(text, begin, size);
            insert(text, begin, word, strlen(word));
            break;
        case 1:
            cut(text, begin, size);
            break;
        case 2: /* one more word */
            insert(text, begin, " ", 1);
            insert(text, begin, word, strlen(word));
            break;
        case 3: /* a piece of the text elsewhere */
            size = 1 + pick(200);
            size = size < text->size - at ? size : text->size - at;
            memcpy(copy, text->bytes + at, size);
            insert(text, pick((uint32_t)text->size), copy, size);
            break;
        case 4:
            cut(text, at, 1 + pick(60));
            break;
        case 5:
            text->bytes[at] = (char)(text->bytes[at] ^ 1 << pick(8));
            break;
        case 6: /* one word many times: deep nesting, long lists */
            for (uint32_t times = pick(300); times > 0; times--)
                insert(text, begin, word, strlen(word));
            break;
        default:
            if (pick(4) == 0)
                text->size = at;
        }
    }
}

/* Reads a text; NULL when it was refused, which needs a message. */
static const Syntax *read_text(Arena *arena, Sources *sources, Diag *diag, Str text)
{
    *sources = (Sources){.arena = arena};
    diag_init(diag, arena, sources, NULL);
    int file = source_add(sources, STR("fuzz.nnd"), text);
    const Syntax *syntax = parse_source(arena, sources, file, diag);
    EXPECT(syntax != NULL);
    EXPECT((diag->error_count > 0) == (buf_str(&diag->output).len > 0) || diag->warning_count > 0);
    return diag->error_count > 0 ? NULL : syntax;
}

/* A model, or a message that says why not. */
static void make_model(Arena *arena, Diag *diag, const Syntax *syntax)
{
    const Model *model = elaborate(arena, diag, syntax, MODE_TRAINING, NULL, 0);
    EXPECT((model == NULL) == (diag->error_count > 0));
    if (model != NULL) {
        model_count++;
        EXPECT(elaborate(arena, diag, syntax, MODE_INFERENCE, NULL, 0) != NULL);
    }
}

static bool is_readable(Arena *arena, Str text)
{
    Sources sources, again;
    Diag diag;
    const Syntax *syntax = read_text(arena, &sources, &diag, text);
    if (syntax == NULL)
        return false;
    make_model(arena, &diag, syntax);
    Str once = format_syntax(arena, &sources, syntax);
    syntax = read_text(arena, &again, &diag, once);
    bool is_stable = syntax != NULL && str_equal(once, format_syntax(arena, &again, syntax));
    if (!EXPECT(is_stable))
        printf("---- text ----\n%.*s\n---- layout ----\n%.*s\n", STR_ARGS(text), STR_ARGS(once));
    return true;
}

int main(int argc, char **argv)
{
    static Text valid, text;
    long count = argc > 1 ? strtol(argv[1], NULL, 10) : 2000, readable = 0;
    uint32_t seed = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 1;
    const char *root = getenv("NNDC_SOURCE");
    Arena arena = {0};
    glob_t files;
    Str pattern = str_format(&arena, "%s/models/*.nnd", root != NULL ? root : ".");
    if (glob(pattern.ptr, 0, NULL, &files) != 0)
        test_skip("there are no models to mutate");
    for (size_t f = 0; f < files.gl_pathc; f++) {
        Str whole, error;
        EXPECT(file_read(&arena, files.gl_pathv[f], &whole, &error) && whole.len < LARGEST);
        valid.size = (size_t)whole.len;
        memcpy(valid.bytes, whole.ptr, valid.size);
        EXPECT(is_readable(&arena, whole));
        ArenaMark mark = arena_mark(&arena);
        for (long i = (long)f; i < count; i += (long)files.gl_pathc) {
            random_key = nn_key(seed, (uint32_t)i, 6);
            random_index = 0;
            memcpy(text.bytes, valid.bytes, valid.size);
            text.size = valid.size;
            mutate(&text);
            readable += is_readable(&arena, str_copy(&arena, (Str){text.bytes, (int64_t)text.size}));
            arena_release(&arena, mark);
        }
    }
    printf("%ld mutations, %ld readable, %ld models\n", count, readable, model_count);
    globfree(&files);
    arena_free(&arena);
    return test_end();
}
