/* pieces.c: prints the fixed part of the output: files of runtime/, embedded at build time.
 *
 * A piece is printed when it is asked for by name, when the generated text uses a name that it
 * defines, or when another printed piece needs it. What a piece defines is read from its text:
 * functions and types stand at the start of a line. */
#include "print/print.h"

#include "pieces.inc"

#include <string.h>

typedef struct Piece {
    const char *name;
    const char *file;
    const char *needs; /* names, separated by blanks */
    const char *const *lines;
} Piece;

static const Piece pieces_table[] = {
#define PIECE(name, file, needs, where, purpose) {#name, file, needs, piece_##name},
#include "../runtime/pieces.def"
#undef PIECE
};

static int piece_index(const char *name, size_t length)
{
    for (int i = 0; i < COUNT_OF(pieces_table); i++)
        if (strlen(pieces_table[i].name) == length && memcmp(pieces_table[i].name, name, length) == 0)
            return i;
    BUG("there is no runtime piece '%.*s'", (int)length, name);
}

static void add_piece(Pieces *pieces, int index)
{
    CHECK(COUNT_OF(pieces_table) <= MAX_PIECES);
    if (pieces->is_needed[index])
        return;
    pieces->is_needed[index] = true;
    const char *at = pieces_table[index].needs;
    while (*(at += strspn(at, " ")) != '\0') {
        size_t length = strcspn(at, " ");
        add_piece(pieces, piece_index(at, length));
        at += length;
    }
}

void pieces_add(Pieces *pieces, const char *name)
{
    add_piece(pieces, piece_index(name, strlen(name)));
}

static bool is_word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static bool is_word_at(const char *word, size_t length, Str name)
{
    return (int64_t)length == name.len && memcmp(word, name.ptr, length) == 0;
}

/* Does this line define name? A definition starts in column 0: "static float nn_f(float x)",
 * "} nn_type;", "typedef float nn_vec;", "#define NN_X". */
static bool line_defines(const char *line, Str name)
{
    bool is_macro = strncmp(line, "#define ", 8) == 0;
    if (!is_macro && !is_word_char(line[0]) && line[0] != '}')
        return false;
    for (const char *at = is_macro ? line + 8 : line; *at != '\0';) {
        size_t length = 0;
        while (is_word_char(at[length]))
            length++;
        if (length > 0 && is_word_at(at, length, name)) {
            char next = at[length];
            return is_macro || next == '(' || next == ';' || next == ' ' || next == '[';
        }
        if (is_macro || at[length] == '(')
            return false; /* past the name that this line defines */
        at += length + (at[length] != '\0');
    }
    return false;
}

static void add_definer(Pieces *pieces, Str name)
{
    for (int i = 0; i < COUNT_OF(pieces_table); i++)
        for (const char *const *line = pieces_table[i].lines; *line != NULL; line++)
            if (line_defines(*line, name)) {
                add_piece(pieces, i);
                return;
            }
}

void pieces_add_used(Pieces *pieces, Str text)
{
    Names seen = {0};
    Arena scratch = {0};
    seen.arena = &scratch;
    for (int64_t i = 0; i < text.len;) {
        int64_t length = 0;
        while (i + length < text.len && is_word_char(text.ptr[i + length]))
            length++;
        Str word = {text.ptr + i, length};
        i += length > 0 ? length : 1;
        if (!str_starts(word, "nn_") && !str_starts(word, "NN_"))
            continue;
        bool is_new = true;
        for (int k = 0; k < seen.taken.count && is_new; k++)
            is_new = !str_equal(seen.taken.items[k], word);
        if (is_new) {
            vec_push(&scratch, &seen.taken, word);
            add_definer(pieces, word);
        }
    }
    arena_free(&scratch);
}

void pieces_print(Out *o, const Pieces *pieces)
{
    for (int i = 0; i < COUNT_OF(pieces_table); i++) {
        if (!pieces->is_needed[i])
            continue;
        out_line(o, "/* ---- runtime/%s ---- */", pieces_table[i].file);
        for (const char *const *line = pieces_table[i].lines; *line != NULL; line++)
            if (strncmp(*line, "#include \"", 10) != 0)
                out_text_lines(o, str_from(*line));
        out_line(o, "/* ---- end of runtime/%s ---- */", pieces_table[i].file);
        out_blank(o);
    }
}
