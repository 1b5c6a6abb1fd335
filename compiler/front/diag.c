/* diag.c: prints messages with the source line and what is underlined.
 *
 * A source line is first laid out into cells: one per code point, with its width on a terminal
 * (tabs go to the next stop, wide characters take two columns, control characters show as '?').
 * Carets are placed by cell, and a line that is too long shows a window round the caret. */
#define _POSIX_C_SOURCE 200809L
#include "front/diag.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    TAB_STOP = 4,
    LINE_WIDTH = 100,  /* columns of source text shown */
    GUTTER_WIDTH = 5,  /* room for a line number       */
    CLIP_BYTES = 1000, /* kept on each side of the caret of an endless line */
};

typedef struct Cell {
    int64_t offset; /* first byte, within the line        */
    int bytes;
    int width; /* columns on the screen              */
    char mark; /* ' ', '^' or '~' beneath it         */
} Cell;

typedef VEC(Cell) Cells;

void diag_init(Diag *diag, Arena *arena, const Sources *sources, FILE *stream)
{
    *diag = (Diag){.arena = arena, .sources = sources, .stream = stream};
    diag->output.arena = arena;
    const char *no_color = getenv("NO_COLOR");
    diag->has_color =
        stream != NULL && isatty(fileno(stream)) && (no_color == NULL || *no_color == 0);
}

/* ---- characters ------------------------------------------------------------------------------ */

/* Bytes of the code point at text (1 for an invalid byte), and its value (U+FFFD when invalid). */
static int decode(const char *text, int64_t len, uint32_t *code)
{
    const unsigned char *s = (const unsigned char *)text;
    int count = s[0] < 0x80             ? 1
                : (s[0] & 0xE0) == 0xC0 ? 2
                : (s[0] & 0xF0) == 0xE0 ? 3
                : (s[0] & 0xF8) == 0xF0 ? 4
                                        : 0;
    *code = 0xFFFD;
    if (count == 0 || count > len)
        return 1;
    uint32_t value = count == 1 ? s[0] : s[0] & (0x7Fu >> count);
    for (int i = 1; i < count; i++) {
        if ((s[i] & 0xC0) != 0x80)
            return 1;
        value = value << 6 | (s[i] & 0x3Fu);
    }
    *code = value;
    return count;
}

/* Columns a code point takes: combining marks none, East Asian characters and emoji two. */
static int code_width(uint32_t code)
{
    static const struct {
        uint32_t first, last;
        int width;
    } ranges[] = {
        {0x0300, 0x036F, 0}, {0x1100, 0x115F, 2},   {0x200B, 0x200F, 0},   {0x2E80, 0xA4CF, 2},
        {0xAC00, 0xD7A3, 2}, {0xF900, 0xFAFF, 2},   {0xFE00, 0xFE0F, 0},   {0xFE30, 0xFE6F, 2},
        {0xFF00, 0xFF60, 2}, {0x1F300, 0x1F64F, 2}, {0x1F900, 0x1F9FF, 2}, {0x20000, 0x3FFFD, 2},
    };
    for (int i = 0; i < COUNT_OF(ranges); i++)
        if (code >= ranges[i].first && code <= ranges[i].last)
            return ranges[i].width;
    return 1;
}

static Cells lay_out(Arena *arena, Str line)
{
    Cells cells = {0};
    int column = 0;
    for (int64_t i = 0; i < line.len;) {
        uint32_t code;
        int bytes = decode(line.ptr + i, line.len - i, &code);
        int width = code == '\t' ? TAB_STOP - column % TAB_STOP : code_width(code);
        vec_push(arena, &cells, (Cell){i, bytes, width, ' '});
        column += width;
        i += bytes;
    }
    vec_push(arena, &cells, (Cell){line.len, 0, 1, ' '}); /* a place for "end of line" */
    return cells;
}

static void add_cell_text(StrBuf *out, Str line, Cell cell)
{
    unsigned char first = cell.bytes > 0 ? (unsigned char)line.ptr[cell.offset] : ' ';
    if (first == '\t')
        for (int i = 0; i < cell.width; i++)
            buf_add_char(out, ' ');
    else if (first < 0x20 || first == 0x7F || (first >= 0x80 && cell.bytes == 1))
        buf_add_char(out, '?');
    else
        buf_add_str(out, (Str){line.ptr + cell.offset, cell.bytes});
}

/* ---- the source line and its marks ----------------------------------------------------------- */

/* Marks the cells under a span that starts on this line; a span over several lines is marked up to
 * the last character of its first. caret is what stands under the first cell. */
static void mark_span(Cells *cells, int64_t start, int64_t end, char caret)
{
    bool is_first = true;
    for (int i = 0; i < cells->count; i++) {
        Cell *cell = &cells->items[i];
        bool is_inside = cell->offset >= start && cell->offset < end && cell->bytes > 0;
        bool is_point = is_first && cell->offset + (cell->bytes ? cell->bytes : 1) > start;
        if (!is_inside && !is_point)
            continue;
        if (cell->mark != '^')
            cell->mark = is_first ? caret : '~';
        is_first = false;
    }
}

/* The end of a span within its line, without trailing blanks when it goes on in the next. */
static int64_t span_end_in_line(Str line, int64_t start, int64_t len)
{
    int64_t end = start + len < line.len ? start + len : line.len;
    if (start + len > line.len)
        while (end > start + 1 && (line.ptr[end - 1] == ' ' || line.ptr[end - 1] == '\t'))
            end--;
    return end;
}

/* Moves *first and *last so that the cells between them fit LINE_WIDTH and the caret is inside. */
static void choose_window(const Cells *cells, int caret, int *first, int *last)
{
    int total = 0;
    for (int i = 0; i < cells->count; i++)
        total += cells->items[i].width;
    *first = 0;
    *last = cells->count;
    if (total <= LINE_WIDTH)
        return;
    int width = 0;
    *first = caret;
    while (*first > 0 && width < LINE_WIDTH / 3)
        width += cells->items[--*first].width;
    *last = *first;
    width = 0;
    while (*last < cells->count && width < LINE_WIDTH)
        width += cells->items[(*last)++].width;
}

static void add_blanks(StrBuf *out, int count)
{
    for (int i = 0; i < count; i++)
        buf_add_char(out, ' ');
}

static const char *color(const Diag *diag, const char *code)
{
    return diag->has_color ? code : "";
}

static void add_source_line(Diag *diag, StrBuf *out, Span span)
{
    SourcePlace place = source_place(diag->sources, span);
    const Source *source = source_get(diag->sources, span.file);
    Str line = source_line(source, place.line);
    int64_t line_start = source->line_start[place.line - 1];
    int64_t start = span.pos - line_start;
    start = start < line.len ? start : line.len;
    if (line.len > 2 * CLIP_BYTES) {
        int64_t skip = start > CLIP_BYTES ? start - CLIP_BYTES : 0;
        line = (Str){line.ptr + skip, line.len - skip};
        line.len = line.len < 2 * CLIP_BYTES ? line.len : 2 * CLIP_BYTES;
        line_start += skip;
        start -= skip;
    }
    Cells cells = lay_out(diag->arena, line);

    mark_span(&cells, start, span_end_in_line(line, start, span.len), '^');
    for (int i = 0; i < diag->marks.count; i++) {
        Span mark = diag->marks.items[i];
        int64_t from = (int64_t)mark.pos - line_start;
        if (mark.file == span.file && from >= 0 && from < line.len)
            mark_span(&cells, from, span_end_in_line(line, from, mark.len), '~');
    }

    int caret = 0;
    while (cells.items[caret].mark != '^')
        caret++;
    int first, last;
    choose_window(&cells, caret, &first, &last);
    int last_mark = last - 1;
    while (last_mark > first && cells.items[last_mark].mark == ' ')
        last_mark--;

    buf_add(out, "%*d | %s", GUTTER_WIDTH, place.line, first > 0 ? "..." : "");
    for (int i = first; i < last; i++)
        if (cells.items[i].bytes > 0)
            add_cell_text(out, line, cells.items[i]);
    buf_add(out, "%s\n%*s | %s", last < cells.count ? "..." : "", GUTTER_WIDTH, "",
            color(diag, "\033[1;32m"));
    add_blanks(out, first > 0 ? 3 : 0);
    for (int i = first; i <= last_mark; i++)
        for (int k = 0; k < cells.items[i].width; k++)
            buf_add_char(out, cells.items[i].mark == '^' && k > 0 ? '~' : cells.items[i].mark);
    buf_add(out, "%s\n", color(diag, "\033[0m"));
}

/* ---- reporting ------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    const char *color;
} kinds[] = {
    [DIAG_ERROR] = {"error", "\033[1;31m"},
    [DIAG_WARNING] = {"warning", "\033[1;35m"},
    [DIAG_NOTE] = {"note", "\033[1;36m"},
    [DIAG_HELP] = {"help", "\033[1;36m"},
};

static void print(Diag *diag, Str text)
{
    if (diag->stream == NULL) {
        buf_add_str(&diag->output, text);
        return;
    }
    fwrite(text.ptr, 1, (size_t)text.len, diag->stream);
    fflush(diag->stream);
}

static void print_message(Diag *diag, DiagMessage message)
{
    StrBuf out = {.arena = diag->arena};
    if (message.span.file != 0) {
        SourcePlace place = source_place(diag->sources, message.span);
        buf_add(&out, "%s%.*s:%d:%d:%s ", color(diag, "\033[1m"), STR_ARGS(place.path), place.line,
                place.column, color(diag, "\033[0m"));
    }
    buf_add(&out, "%s%s:%s %.*s\n", color(diag, kinds[message.kind].color),
            kinds[message.kind].name, color(diag, "\033[0m"), STR_ARGS(message.text));
    if (message.span.file != 0)
        add_source_line(diag, &out, message.span);
    print(diag, buf_str(&out));
}

/* Text of the user may hold anything: control characters never reach the terminal. */
static Str clean(Arena *arena, Str text)
{
    Str copy = str_copy(arena, text);
    char *bytes = (char *)copy.ptr;
    for (int64_t i = 0; i < copy.len; i++)
        if ((unsigned char)bytes[i] < 0x20 || bytes[i] == 0x7F)
            bytes[i] = '?';
    return copy;
}

static bool was_reported(const Diag *diag, DiagMessage message)
{
    for (int i = 0; i < diag->messages.count; i++) {
        DiagMessage old = diag->messages.items[i];
        if (old.kind == message.kind && old.span.file == message.span.file &&
            old.span.pos == message.span.pos && old.span.len == message.span.len &&
            str_equal(old.text, message.text))
            return true;
    }
    return false;
}

/* Prints the context of the last error; deep nesting shows its innermost and outermost places. */
static void flush_pending(Diag *diag)
{
    enum { SHOWN_INSIDE = 4, SHOWN_OUTSIDE = 1 };
    int count = diag->pending.count;
    diag->pending.count = 0;
    uint32_t last_pos = UINT32_MAX; /* a block that uses itself is shown once */
    for (int i = count - 1; i >= 0; i--) {
        DiagMessage message = diag->pending.items[i];
        if ((i >= count - SHOWN_INSIDE || i < SHOWN_OUTSIDE) && message.span.pos != last_pos)
            print_message(diag, message);
        last_pos = message.span.pos;
    }
}

static void report(Diag *diag, DiagKind kind, Span span, const char *format, va_list args)
{
    DiagMessage message = {kind, span, clean(diag->arena, str_vformat(diag->arena, format, args))};
    bool is_attached = kind == DIAG_NOTE || kind == DIAG_HELP;
    diag->raised_count += kind == DIAG_ERROR;
    if (!is_attached)
        flush_pending(diag);
    if (!is_attached)
        diag->is_muted = diag->error_count >= DIAG_MAX_ERRORS || was_reported(diag, message);
    if (!diag->is_muted) {
        vec_push(diag->arena, &diag->messages, message);
        diag->error_count += kind == DIAG_ERROR;
        diag->warning_count += kind == DIAG_WARNING;
        print_message(diag, message);
        for (int i = 0; !is_attached && i < diag->context.count; i++)
            vec_push(diag->arena, &diag->pending, diag->context.items[i]);
    }
    diag->marks.count = 0;
}

void diag_error(Diag *diag, Span span, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    report(diag, DIAG_ERROR, span, format, args);
    va_end(args);
}

void diag_warning(Diag *diag, Span span, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    report(diag, DIAG_WARNING, span, format, args);
    va_end(args);
}

void diag_note(Diag *diag, Span span, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    report(diag, DIAG_NOTE, span, format, args);
    va_end(args);
}

void diag_help(Diag *diag, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    report(diag, DIAG_HELP, SPAN_NONE, format, args);
    va_end(args);
}

void diag_mark(Diag *diag, Span span)
{
    vec_push(diag->arena, &diag->marks, span);
}

void diag_push_context(Diag *diag, Span span, const char *format, ...)
{
    flush_pending(diag);
    va_list args;
    va_start(args, format);
    Str text = clean(diag->arena, str_vformat(diag->arena, format, args));
    va_end(args);
    vec_push(diag->arena, &diag->context, (DiagMessage){DIAG_NOTE, span, text});
}

void diag_pop_context(Diag *diag)
{
    flush_pending(diag);
    CHECK(diag->context.count > 0);
    diag->context.count--;
}

bool diag_is_full(const Diag *diag)
{
    return diag->error_count >= DIAG_MAX_ERRORS;
}

void diag_finish(Diag *diag)
{
    flush_pending(diag);
    if (diag_is_full(diag))
        print(diag, str_format(diag->arena, "stopped after %d errors\n", diag->error_count));
    else if (diag->error_count > 1)
        print(diag, str_format(diag->arena, "%d errors\n", diag->error_count));
}

/* ---- suggestions ----------------------------------------------------------------------------- */

Str diag_suggest(Str name, const Str *candidates, int count)
{
    Str best = {"", 0};
    int best_distance = 3; /* at most 2 edits */
    for (int i = 0; i < count; i++) {
        int distance = str_distance(name, candidates[i]);
        int64_t longer = name.len > candidates[i].len ? name.len : candidates[i].len;
        if (distance < best_distance && distance * 3 <= longer) {
            best = candidates[i];
            best_distance = distance;
        }
    }
    return best;
}

bool diag_help_suggest(Diag *diag, Str name, const Str *candidates, int count)
{
    Str best = diag_suggest(name, candidates, count);
    if (best.len == 0)
        best = diag_foreign_word(name, candidates, count);
    if (best.len == 0)
        return false;
    diag_help(diag, "did you mean '%.*s'?", STR_ARGS(best));
    return true;
}
