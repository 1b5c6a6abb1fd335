/* parse.c: runs the scanner and the generated parser, words syntax errors, recovers from them.
 *
 * The whole file is scanned first. After a syntax error the parser drops tokens until it gets
 * TOKEN_RESYNC, and nnd_lex decides where that is: at the next line that begins a statement at the
 * same brace depth, at the '}' that ends the section, or at the next item ('model', 'data' ...). An
 * item inside open braces means that braces are missing, and TOKEN_RESYNC_CLOSE stands for each. */
#include "front/parse.h"

#include "nnd_parser.h"
#include "nnd_scanner.h"

#include <string.h>

int nnd_scan_token(NND_STYPE *value, Span *span, yyscan_t scanner); /* grammar/nnd.l */

struct Token {
    int kind; /* TOKEN_... or a character */
    NND_STYPE value;
    Span span;
    int depth;        /* braces open before it                        */
    bool starts_line; /* nothing but blanks and comments before it    */
};

/* ---- scanning -------------------------------------------------------------------------------- */

void parse_too_deep(Parse *parse, Span span)
{
    if (!parse->is_stopped)
        diag_error(parse->diag, span, "nested more than %d deep", AST_MAX_DEPTH);
    parse->is_stopped = true;
    parse->syntax->has_errors = true;
}

static bool is_open(int kind)
{
    return kind == '(' || kind == '[' || kind == '{';
}

static bool is_close(int kind)
{
    return kind == ')' || kind == ']' || kind == '}';
}

static void scan_all(Parse *parse, Scan *scan)
{
    VEC(Token) tokens = {0};
    const Source *source = source_get(parse->sources, scan->file);
    Str text = source->text;
    yyscan_t scanner;
    nnd_scan_lex_init_extra(scan, &scanner);
    YY_BUFFER_STATE buffer = nnd_scan__scan_bytes(text.ptr, (int)text.len, scanner);
    uint32_t end = 0;
    int brackets = 0, braces = 0, line = 0, last_line = -1;
    for (;;) {
        Token token = {.depth = braces};
        token.kind = nnd_scan_token(&token.value, &token.span, scanner);
        if (token.kind == TOKEN_END) /* right after the last token, where something is missing */
            token.span = (Span){end, 0, scan->file};
        end = token.span.pos + token.span.len;
        while (line + 1 < source->line_count && source->line_start[line + 1] <= token.span.pos)
            line++;
        token.starts_line = line != last_line;
        last_line = line;
        brackets += is_open(token.kind) - (is_close(token.kind) && brackets > 0);
        braces += (token.kind == '{') - (token.kind == '}' && braces > 0);
        if (brackets > AST_MAX_DEPTH) {
            parse_too_deep(parse, token.span);
            token.kind = TOKEN_END;
        }
        vec_push(parse->arena, &tokens, token);
        if (token.kind == TOKEN_END)
            break;
    }
    nnd_scan__delete_buffer(buffer, scanner);
    nnd_scan_lex_destroy(scanner);
    parse->tokens = tokens.items;
    parse->token_count = tokens.count;
}

/* ---- recovery -------------------------------------------------------------------------------- */

static int depth_of(const Parse *parse, const Token *token)
{
    return token->depth > parse->depth_base ? token->depth - parse->depth_base : 0;
}

static bool begins_item(const Token *token)
{
    int next = token->kind == TOKEN_END ? TOKEN_END : token[1].kind;
    switch (token->kind) {
    case TOKEN_IMPORT:
    case TOKEN_PARAM:
    case TOKEN_LET:
    case TOKEN_BLOCK:
        return token->starts_line;
    case TOKEN_MODEL:
        return token->starts_line && next == TOKEN_NAME;
    case TOKEN_DATA:
    case TOKEN_TRAIN:
        return token->starts_line && next == '{';
    default:
        return false;
    }
}

/* An expression cannot end with this token, so the next line belongs to it. */
static bool wants_more(int kind)
{
    static const int kinds[] = {
        '+',
        '-',
        '*',
        '/',
        '%',
        '=',
        '<',
        '>',
        '(',
        '[',
        ',',
        ':',
        '.',
        TOKEN_ARROW,
        TOKEN_RANGE,
        TOKEN_POWER,
        TOKEN_EQUAL,
        TOKEN_NOT_EQUAL,
        TOKEN_LESS_EQUAL,
        TOKEN_GREATER_EQUAL,
        TOKEN_AND,
        TOKEN_OR,
        TOKEN_NOT,
        TOKEN_IN,
    };
    for (int i = 0; i < COUNT_OF(kinds); i++)
        if (kinds[i] == kind)
            return true;
    return false;
}

static bool begins_statement(const Parse *parse, int index)
{
    const Token *token = &parse->tokens[index];
    if (!token->starts_line || (index > 0 && wants_more(token[-1].kind)))
        return false;
    switch (token->kind) {
    case TOKEN_NAME:
    case TOKEN_INPUT:
    case TOKEN_TARGET:
    case TOKEN_OUTPUT:
    case TOKEN_LOSS:
    case TOKEN_METRIC:
    case TOKEN_FOR:
    case TOKEN_IF:
    case TOKEN_RETURN:
    case TOKEN_FREEZE:
    case TOKEN_SHARE:
        return true;
    case TOKEN_DATA:
    case TOKEN_TRAIN:
        return token[1].kind == '=';
    default:
        return false;
    }
}

/* Chooses where to go on and which synthetic tokens to send first. */
static void resynchronize(Parse *parse)
{
    int depth = depth_of(parse, &parse->tokens[parse->error_token]);
    int i = parse->error_token;
    i += i == parse->resumed_at; /* always move on */
    parse->resync_kind = TOKEN_RESYNC;
    parse->resync_count = 1;
    for (; i < parse->token_count - 1; i++) {
        const Token *token = &parse->tokens[i];
        if (begins_item(token)) {
            if (depth > 0) {
                parse->resync_kind = TOKEN_RESYNC_CLOSE;
                parse->resync_count = depth;
                parse->depth_base = token->depth;
            }
            break;
        }
        if (depth > 0 && depth_of(parse, token) == depth &&
            (token->kind == '}' || begins_statement(parse, i)))
            break;
    }
    if (i >= parse->token_count - 1) {
        i = parse->token_count - 1;
        parse->resync_count = 0; /* at the end of the file the parser gives up by itself */
    }
    parse->next = i;
    parse->resumed_at = i;
    parse->is_recovering = false;
}

int nnd_lex(NND_STYPE *value, Span *span, Parse *parse)
{
    if (parse->is_stopped)
        return TOKEN_END;
    if (parse->is_recovering)
        resynchronize(parse);
    const Token *token =
        &parse->tokens[parse->next < parse->token_count ? parse->next : parse->token_count - 1];
    *span = token->span;
    if (parse->resync_count > 0) {
        parse->resync_count--;
        span->len = 0;
        return parse->resync_kind;
    }
    parse->next++;
    *value = token->value;
    return token->kind;
}

/* ---- wording --------------------------------------------------------------------------------- */

typedef VEC(const char *) Words;

static bool has_word(const Words *words, const char *word)
{
    for (int i = 0; i < words->count; i++)
        if (strcmp(words->items[i], word) == 0)
            return true;
    return false;
}

/* Removes the words of a list that ends with NULL. */
static void remove_words(Words *words, const char *const *unwanted)
{
    int kept = 0;
    for (int i = 0; i < words->count; i++) {
        bool is_unwanted = false;
        for (int k = 0; unwanted[k] != NULL; k++)
            is_unwanted = is_unwanted || strcmp(words->items[i], unwanted[k]) == 0;
        if (!is_unwanted)
            words->items[kept++] = words->items[i];
    }
    words->count = kept;
}

static const char *const recovery_words[] = {"next statement", "next section", NULL};
static const char *const operator_words[] = {
    "'+'",  "'-'",   "'*'",  "'/'",  "'%'",  "'**'", "'=='", "'!='", "'<'",    "'<='", "'>'",
    "'>='", "'and'", "'or'", "'->'", "'..'", "'['",  "'('",  "'.'",  "'step'", NULL,
};
static const char *const statement_words[] = {
    "'input'", "'target'", "'output'", "'loss'",  "'metric'", "'for'", "'if'",
    "'else'",  "'return'", "'freeze'", "'share'", "a name",  "'train'",  "'data'", NULL,
};
static const char *const item_words[] = {
    "'import'", "'param'", "'let'", "'block'", "'model'", "'data'", "'train'", "a name", NULL,
};
/* Values begin with these, and argument names may be reserved words. */
static const char *const value_words[] = {
    "a name",  "a string", "a number", "a real number", "'true'",   "'false'",
    "'not'",   "'-'",      "'('",      "'['",           "'train'",  "'data'",
    "'input'", "'target'", "'output'", "'loss'",        "'metric'", "'in'",
    "'step'",  "'table'",  "'model'",  "'block'",       "'search'", "'freeze'", "'share'", NULL,
};
static const char *const name_words[] = {
    "'train'", "'data'", "'input'", "'target'", "'output'", "'loss'",   "'metric'",
    "'in'",    "'step'", "'table'", "'model'",  "'block'",  "'search'", "'freeze'", "'share'", NULL,
};

/* ',' first, then phrases, then other tokens, closing brackets last: "',' or ')'". */
static int word_rank(const char *word)
{
    if (strcmp(word, "','") == 0)
        return 0;
    if (word[0] != '\'')
        return 1;
    return 2 + is_close(word[1]);
}

static void sort_words(Words *words)
{
    for (int i = 1; i < words->count; i++)
        for (int k = i; k > 0 && word_rank(words->items[k]) < word_rank(words->items[k - 1]); k--) {
            const char *word = words->items[k];
            words->items[k] = words->items[k - 1];
            words->items[k - 1] = word;
        }
}

/* From the tokens that the grammar allows to the few words that a person needs. */
static Words simplify_expected(Parse *parse, const char *const *expected, int count)
{
    Words words = {0};
    for (int i = 0; i < count; i++)
        vec_push(parse->arena, &words, expected[i]);
    remove_words(&words, recovery_words);
    bool after_value = has_word(&words, "'*'");
    if (has_word(&words, "'return'")) {
        remove_words(&words, statement_words);
        if (after_value)
            remove_words(&words, operator_words);
        vec_push(parse->arena, &words, "a statement");
    } else if (has_word(&words, "'import'")) {
        remove_words(&words, item_words);
        if (after_value)
            remove_words(&words, operator_words);
        remove_words(&words, (const char *const[]){"end of file", NULL});
        vec_push(parse->arena, &words, "a section such as 'param', 'block' or 'model'");
    } else if (has_word(&words, "a string") && has_word(&words, "a number")) {
        remove_words(&words, value_words);
        vec_push(parse->arena, &words, "a value");
    } else if (has_word(&words, "a number")) {
        /* rows of tables hold numbers only */
        remove_words(&words, (const char *const[]){"a real number", "'-'", NULL});
    } else {
        bool only_operators = true;
        Words rest = {0};
        for (int i = 0; i < words.count; i++)
            vec_push(parse->arena, &rest, words.items[i]);
        remove_words(&rest, operator_words);
        only_operators = rest.count == 0;
        if (after_value && !only_operators)
            words = rest;
        if (has_word(&words, "a name"))
            remove_words(&words, name_words);
    }
    sort_words(&words);
    return words;
}

static Str quoted(Parse *parse, const Token *token)
{
    enum { LONGEST = 40 };
    if (token->kind == TOKEN_END)
        return STR("the end of the file");
    Str text = source_text(parse->sources, token->span);
    return text.len > LONGEST ? str_format(parse->arena, "'%.*s...'", LONGEST, text.ptr)
                              : str_format(parse->arena, "'%.*s'", STR_ARGS(text));
}

/* The bracket that is open before a token, or -1. */
static int open_bracket(const Parse *parse, int before)
{
    int stack[AST_MAX_DEPTH + 1];
    int count = 0;
    for (int i = 0; i < before; i++) {
        if (is_open(parse->tokens[i].kind) && count <= AST_MAX_DEPTH)
            stack[count++] = i;
        else if (is_close(parse->tokens[i].kind) && count > 0)
            count--;
    }
    return count > 0 ? stack[count - 1] : -1;
}

static bool is_reserved_word(Parse *parse, const Token *token)
{
    Str text = source_text(parse->sources, token->span);
    bool is_word = text.len > 0 && text.ptr[0] >= 'a' && text.ptr[0] <= 'z';
    return is_word && token->kind != TOKEN_NAME;
}

static void add_advice(Parse *parse, const Words *words, const Token *found, const Token *before)
{
    int opener = open_bracket(parse, parse->error_token);
    if (opener >= 0 && (found->starts_line || found->kind == TOKEN_END)) {
        const Token *open = &parse->tokens[opener];
        bool is_wanted = (open->kind == '(' && has_word(words, "')'")) ||
                         (open->kind == '[' && has_word(words, "']'")) ||
                         (open->kind == '{' && (found->kind == TOKEN_END || begins_item(found)));
        if (is_wanted)
            diag_note(parse->diag, open->span, "this '%c' is not closed", open->kind);
    }
    if (found->kind == '=' && before != NULL && before->kind == TOKEN_NAME &&
        has_word(words, "a value"))
        diag_help(parse->diag, "settings are written without '='");
    else if (found->kind == '=' && before != NULL && (before->kind == TOKEN_LOSS || before->kind == TOKEN_METRIC))
        diag_help(parse->diag, "the name of a result stands before '=', and may be left out");
    else if (has_word(words, "'->'") && !has_word(words, "'*'") && wants_more(found->kind))
        diag_help(parse->diag,
                  "a pipe goes on with '->' only; put it in parentheses: (x -> relu) + y");
    else if (found->kind == '(' && before != NULL && before->kind == ')')
        diag_help(parse->diag, "a layer is given its input by an arrow: x -> dense(8)");
    else if (found->kind == '=' && has_word(words, "'{'"))
        diag_help(parse->diag, "equality is written '=='");
    else if (has_word(words, "a name") && is_reserved_word(parse, found))
        diag_help(parse->diag, "%.*s is a reserved word; choose another name",
                  STR_ARGS(quoted(parse, found)));
}

/* Text that could not be read shortly before explains most of what follows. */
static bool follows_bad_text(const Parse *parse, const Token *found)
{
    uint32_t since = parse->resumed_at >= 0 ? parse->tokens[parse->resumed_at].span.pos : 0;
    int line = source_place(parse->sources, found->span).line;
    for (int i = 0; i < parse->scan->bad.count; i++) {
        Span bad = parse->scan->bad.items[i];
        int bad_line = source_place(parse->sources, bad).line;
        if (bad.pos >= since && bad.pos < found->span.pos && line - bad_line <= 1)
            return true;
    }
    return false;
}

void parse_report(Parse *parse, const char *const *expected, int count)
{
    bool is_synthetic = parse->resumed_at == parse->next;
    if (parse->is_stopped)
        return;
    parse->syntax->has_errors = true;
    parse->is_recovering = true;
    parse->resync_count = 0;
    parse->error_token = is_synthetic ? parse->next : parse->next - 1;
    if (is_synthetic)
        return; /* the section was closed because of an error that is already reported */

    const Token *found = &parse->tokens[parse->error_token];
    const Token *before = parse->error_token > 0 ? found - 1 : NULL;
    if (follows_bad_text(parse, found))
        return;
    if (found->kind == TOKEN_SEARCH) {
        diag_error(parse->diag, found->span,
                   "'search' is reserved: searching for parameters is not part of this version");
        return;
    }
    Words words = simplify_expected(parse, expected, count);
    StrBuf text = {.arena = parse->arena};
    for (int i = 0; i < words.count; i++)
        buf_add(&text, "%s%s",
                i == 0                ? "expected "
                : i + 1 < words.count ? ", "
                                      : " or ",
                words.items[i]);
    if (words.count == 0)
        buf_add(&text, "nothing can stand here");
    if (has_word(&words, "','") && has_word(&words, "')'"))
        buf_add(&text, " after this argument");
    else if (before != NULL)
        buf_add(&text, " after %.*s", STR_ARGS(quoted(parse, before)));
    diag_error(parse->diag, found->span, "%.*s, found %.*s", STR_ARGS(buf_str(&text)),
               STR_ARGS(quoted(parse, found)));
    add_advice(parse, &words, found, before);
}

/* Bison calls this only when its stack is full. */
void nnd_error(const Span *span, Parse *parse, const char *message)
{
    (void)message;
    parse_too_deep(parse, *span);
}

Syntax *parse_source(Arena *arena, const Sources *sources, int file, Diag *diag)
{
    Syntax *syntax = arena_new(arena, Syntax);
    Str text = source_get(sources, file)->text;
    syntax->file = file;
    Scan scan = {.arena = arena,
                 .diag = diag,
                 .syntax = syntax,
                 .file = (uint16_t)file,
                 .is_line_empty = true};
    Parse parse = {.arena = arena,
                   .sources = sources,
                   .diag = diag,
                   .syntax = syntax,
                   .scan = &scan,
                   .resumed_at = -1};
    const char *zero = memchr(text.ptr, 0, (size_t)text.len);
    if (zero != NULL) { /* a program or an image: one message says more than one for every byte */
        diag_error(diag, (Span){(uint32_t)(zero - text.ptr), 1, (uint16_t)file},
                   "this is not a text file: it holds a byte 0x00");
        syntax->has_errors = true;
        return syntax;
    }
    scan_all(&parse, &scan);
    syntax->has_errors = syntax->has_errors || scan.bad.count > 0;
    if (nnd_parse(&parse) != 0)
        syntax->has_errors = true;
    return syntax;
}
