/* pieces.c: prints the fixed part of the output: definitions of the files in runtime/, which are
 * embedded at build time.
 *
 * Of a piece only those definitions are printed, word for word, that the output needs: what the
 * generated text mentions, what that mentions, and so on. A definition is what stands between two
 * blank lines outside of braces and of #if, with the comment above it: a function, a type, a table, a
 * macro, or a whole #if ... #endif. Names begin with nn_ or NN_. What a definition defines and mentions
 * is read from its text, so there are no lists to keep. To mention `struct nn_x` asks for no more than
 * its declaration: that is how a table points to something that most networks do not have. */
#include "print/print.h"

#include "pieces.inc"

#include <string.h>

typedef struct Piece {
    const char *file;
    const char *const *lines;
} Piece;

static const Piece pieces_table[] = {
#define PIECE(name, file, where, purpose) {file, piece_##name},
#include "../runtime/pieces.def"
#undef PIECE
};

typedef enum DefinitionKind {
    IS_NEEDED_BY_NAME,
    IS_NEEDED_BY_PIECE, /* has no name: #include <...>, #pragma; comes with any other of its piece
                         * or of one that includes it */
    IS_COMMENT          /* stands alone: printed before the next that is */
} DefinitionKind;

typedef struct Definition {
    DefinitionKind kind;
    int piece;
    Str text;
    bool is_used;
} Definition;

typedef struct Entry {
    Str name; /* nn_x, NN_X, or "struct nn_x" for a declaration */
    int definition;
} Entry;

enum { TABLE_SIZE = 4096 }; /* a power of two, more than twice the names of runtime/ */

struct Pieces {
    Arena *arena;
    VEC(Definition) definitions;
    bool is_used[COUNT_OF(pieces_table)]; /* pieces */
    Entry table[TABLE_SIZE];              /* open addressing */
    int entry_count;
};

/* ---- words of C -------------------------------------------------------------------------------- */

static bool is_word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static bool is_ours(Str word)
{
    return str_starts(word, "nn_") || str_starts(word, "NN_");
}

/* Takes the next token off a text: a word, or one character. Comments, texts in quotes and blanks are
 * passed over. Empty at the end. */
static Str next_token(Str *text)
{
    const char *at = text->ptr, *end = at + text->len;
    while (at < end) {
        char quote = *at;
        if (at + 1 < end && at[0] == '/' && at[1] == '*') {
            for (at += 2; at + 1 < end && !(at[0] == '*' && at[1] == '/');)
                at++;
            at += 2;
        } else if (quote == '"' || quote == '\'') {
            for (at++; at < end && *at != quote;)
                at += *at == '\\' ? 2 : 1;
            at++;
        } else if (quote == ' ' || quote == '\n') {
            at++;
        } else {
            break;
        }
    }
    Str token = {at, at < end};
    while (at < end && at + token.len < end && is_word_char(*at) && is_word_char(at[token.len]))
        token.len++;
    text->ptr = at < end ? at + token.len : end;
    text->len = end - text->ptr;
    return token;
}

/* ---- who defines what -------------------------------------------------------------------------- */

/* Where an entry of this name is, or belongs. */
static Entry *find_entry(Pieces *pieces, Str name)
{
    Entry *entry = &pieces->table[str_hash(name) % TABLE_SIZE];
    while (entry->name.len > 0 && !str_equal(entry->name, name))
        entry = entry + 1 < pieces->table + TABLE_SIZE ? entry + 1 : pieces->table;
    return entry;
}

/* The last definition of `pieces` defines this name, unless one before it does. */
static void add_name(Pieces *pieces, Str name)
{
    Entry *entry = find_entry(pieces, name);
    if (entry->name.len > 0)
        return;
    entry->name = name;
    entry->definition = pieces->definitions.count - 1;
    pieces->definitions.items[entry->definition].kind = IS_NEEDED_BY_NAME;
    CHECK(++pieces->entry_count < TABLE_SIZE / 2);
}

/* enum { NN_A, NN_B = 3 }; */
static void add_enumerators(Pieces *pieces, Str text)
{
    Str word = next_token(&text), previous = {0};
    for (; word.len > 0 && !str_is(word, "}"); previous = word, word = next_token(&text))
        if (is_ours(word) && (str_is(previous, "{") || str_is(previous, ",")))
            add_name(pieces, word);
}

/* static NN_PRINTF(1, 2) int nn_f(...    typedef float nn_vec;    static const int nn_table[] = {
 * The name is the last of ours before the sign that follows it. */
static void add_declared(Pieces *pieces, Str text)
{
    Str name = {0};
    for (Str word; (word = next_token(&text)).len > 0;) {
        if (str_is(word, "=") || str_is(word, "[") || str_is(word, ";") ||
            (str_is(word, "(") && name.len > 0))
            break;
        bool is_attribute = str_is(word, "("); /* the list of NN_PRINTF */
        while (is_attribute && word.len > 0 && !str_is(word, ")"))
            word = next_token(&text);
        if (str_starts(word, "nn_"))
            name = word;
    }
    if (name.len > 0)
        add_name(pieces, name);
}

/* The names that a definition defines; each stands on a line without indentation. */
static void add_names(Pieces *pieces, Str text)
{
    while (text.len > 0) {
        const char *newline = memchr(text.ptr, '\n', (size_t)text.len);
        int64_t length = newline != NULL ? newline - text.ptr + 1 : text.len;
        Str line = {text.ptr, length}, rest = line;
        Str first = next_token(&rest), second = next_token(&rest);
        bool opens_type = str_is(second, "struct") && length >= 2 && line.ptr[length - 2] == '{';
        if (str_is(first, "#") && str_is(second, "define"))
            add_name(pieces, next_token(&rest));
        else if (line.ptr[0] == '}' && is_ours(second))
            add_name(pieces, second);
        else if (str_starts(line, "enum "))
            add_enumerators(pieces, text);
        else if (str_starts(line, "struct ") && is_ours(second) && str_is(next_token(&rest), ";"))
            add_name(pieces, str_format(pieces->arena, "struct %.*s", STR_ARGS(second)));
        else if (is_word_char(line.ptr[0]) && !opens_type)
            add_declared(pieces, text);
        text.ptr += length;
        text.len -= length;
    }
}

/* ---- a file as definitions --------------------------------------------------------------------- */

static void add_definition(Pieces *pieces, int piece, Str text)
{
    Str rest = text;
    bool is_comment = next_token(&rest).len == 0;
    vec_push(pieces->arena, &pieces->definitions,
             (Definition){is_comment ? IS_COMMENT : IS_NEEDED_BY_PIECE, piece, text, false});
    add_names(pieces, text);
}

/* The guard against including a file twice has no use in one file, and neither has #include "...". */
static bool is_left_out(const char *line, const char *const *next, int conditions)
{
    return strncmp(line, "#include \"", 10) == 0 ||
           (conditions == 0 && strncmp(line, "#ifndef NN_", 11) == 0 && strstr(line, "_H\n") != NULL) ||
           (conditions == 0 && strncmp(line, "#define NN_", 11) == 0 && strstr(line, "_H\n") != NULL) ||
           (conditions == 0 && strncmp(line, "#endif", 6) == 0 && *next == NULL);
}

static void read_piece(Pieces *pieces, int piece)
{
    StrBuf text = {.arena = pieces->arena};
    int conditions = 0; /* #if that are open */
    bool is_open = false; /* is a brace? */
    for (const char *const *line = pieces_table[piece].lines; *line != NULL; line++) {
        if (is_left_out(*line, line + 1, conditions))
            continue;
        if (**line == '\n' && conditions == 0 && !is_open) {
            if (text.len > 0)
                add_definition(pieces, piece, buf_str(&text));
            text = (StrBuf){.arena = pieces->arena};
            continue;
        }
        size_t length = strlen(*line);
        bool is_flush = **line != ' ' && **line != '/';
        conditions += (strncmp(*line, "#if", 3) == 0) - (strncmp(*line, "#endif", 6) == 0);
        if (is_flush && length >= 2 && (*line)[length - 2] == '{')
            is_open = true;
        if (**line == '}')
            is_open = false;
        buf_add_str(&text, str_from(*line));
    }
    if (text.len > 0)
        add_definition(pieces, piece, buf_str(&text));
}

Pieces *pieces_new(Arena *arena)
{
    Pieces *pieces = arena_new(arena, Pieces);
    pieces->arena = arena;
    for (int i = 0; i < COUNT_OF(pieces_table); i++)
        read_piece(pieces, i);
    return pieces;
}

/* ---- what is needed ---------------------------------------------------------------------------- */

static int included_piece(const char *line)
{
    for (int i = 0; i < COUNT_OF(pieces_table); i++) {
        size_t length = strlen(pieces_table[i].file);
        if (strncmp(line, "#include \"", 10) == 0 && strncmp(line + 10, pieces_table[i].file, length) == 0 &&
            line[10 + length] == '"')
            return i;
    }
    return -1;
}

/* What has no name, of a piece and of those that it includes. */
static void use_piece(Pieces *pieces, int piece)
{
    if (pieces->is_used[piece])
        return;
    pieces->is_used[piece] = true;
    for (const char *const *line = pieces_table[piece].lines; *line != NULL; line++)
        if (included_piece(*line) >= 0)
            use_piece(pieces, included_piece(*line));
    for (int i = 0; i < pieces->definitions.count; i++) {
        Definition *definition = &pieces->definitions.items[i];
        if (definition->kind == IS_NEEDED_BY_PIECE && definition->piece == piece) {
            definition->is_used = true;
            pieces_add_used(pieces, definition->text);
        }
    }
}

static void use(Pieces *pieces, Definition *definition)
{
    if (definition->is_used)
        return;
    definition->is_used = true;
    use_piece(pieces, definition->piece);
    pieces_add_used(pieces, definition->text);
}

void pieces_add_used(Pieces *pieces, Str text)
{
    bool is_tag = false;
    for (Str word; (word = next_token(&text)).len > 0; is_tag = str_is(word, "struct")) {
        if (!is_ours(word))
            continue;
        Str name = is_tag ? str_format(pieces->arena, "struct %.*s", STR_ARGS(word)) : word;
        const Entry *entry = find_entry(pieces, name);
        if (entry->name.len > 0)
            use(pieces, &pieces->definitions.items[entry->definition]);
    }
}

/* The definitions first .. end - 1 of a piece: its comment, then those that are used. */
static void print_piece(Out *o, const Pieces *pieces, int first, int end)
{
    const Definition *comment = NULL, *all = pieces->definitions.items;
    out_line(o, "/* ---- runtime/%s ---- */", pieces_table[all[first].piece].file);
    for (int i = first; i < end; i++) {
        if (all[i].kind == IS_COMMENT)
            comment = &all[i];
        if (!all[i].is_used && i > first)
            continue;
        if (comment != NULL) {
            out_text_lines(o, comment->text);
            out_blank(o);
        }
        if (comment != &all[i]) {
            out_text_lines(o, all[i].text);
            out_blank(o);
        }
        comment = NULL;
    }
}

void pieces_print(Out *o, const Pieces *pieces)
{
    for (int i = 0, next; i < pieces->definitions.count; i = next) {
        const Definition *all = pieces->definitions.items;
        bool is_used = false;
        for (next = i; next < pieces->definitions.count && all[next].piece == all[i].piece; next++)
            is_used |= all[next].is_used;
        if (is_used)
            print_piece(o, pieces, i, next);
    }
}
