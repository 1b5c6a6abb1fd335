/* out.c: lines, indentation and braces of printed C. See out.h. */
#include "print/out.h"

#include <string.h>

enum { LINE_LIMIT = 100, INDENT = 4 };

void out_init(Out *o, Arena *arena)
{
    *o = (Out){.buf = {.arena = arena}};
}

Str out_text(Out *o)
{
    return buf_str(&o->buf);
}

static void indent(Out *o, int columns)
{
    for (int i = 0; i < columns; i++)
        buf_add_char(&o->buf, ' ');
}

/* Where to break a line that is too long: after the last ", " or before the last operator between
 * blanks that fits. 0 when there is no such place. */
static int64_t break_point(Str line, int64_t room)
{
    int64_t best = 0;
    bool in_string = false;
    for (int64_t i = 0; i + 1 < line.len && i < room; i++) {
        if (line.ptr[i] == '"' && (i == 0 || line.ptr[i - 1] != '\\'))
            in_string = !in_string;
        if (!in_string && line.ptr[i] == ' ' && i > 0 && strchr(",+-*/&|?:=<>", line.ptr[i - 1]))
            best = i;
    }
    return best;
}

static void put_wrapped(Out *o, Str line)
{
    int margin = o->depth * INDENT;
    indent(o, margin);
    int64_t room = LINE_LIMIT - margin;
    while (line.len > room) {
        int64_t at = break_point(line, room);
        if (at < 24)
            break;
        buf_add_str(&o->buf, (Str){line.ptr, at});
        buf_add_char(&o->buf, '\n');
        indent(o, margin + 2 * INDENT);
        room = LINE_LIMIT - margin - 2 * INDENT;
        line = (Str){line.ptr + at + 1, line.len - at - 1};
    }
    buf_add_str(&o->buf, line);
}

void out_line(Out *o, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    put_wrapped(o, str_vformat(o->buf.arena, format, args));
    va_end(args);
    buf_add_char(&o->buf, '\n');
}

void out_open(Out *o, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    put_wrapped(o, str_vformat(o->buf.arena, format, args));
    va_end(args);
    buf_add(&o->buf, " {\n");
    o->depth++;
}

void out_close(Out *o, const char *tail)
{
    CHECK(o->depth > 0);
    o->depth--;
    indent(o, o->depth * INDENT);
    buf_add(&o->buf, "}%s\n", tail);
    if (tail[0] && tail[strlen(tail) - 1] == '{')
        o->depth++;
}

void out_directive(Out *o, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    buf_add_str(&o->buf, str_vformat(o->buf.arena, format, args));
    va_end(args);
    buf_add_char(&o->buf, '\n');
}

void out_blank(Out *o)
{
    buf_add_char(&o->buf, '\n');
}

/* Arguments that do not fit stand under the first one. */
void out_function(Out *o, Str head)
{
    int64_t bracket = 0;
    while (bracket < head.len && head.ptr[bracket] != '(')
        bracket++;
    int column = (int)bracket + 1 < LINE_LIMIT / 2 ? (int)bracket + 1 : 2 * INDENT;
    int64_t room = LINE_LIMIT;
    while (head.len > room) {
        int64_t at = 0;
        for (int64_t i = 1; i < room; i++)
            if (head.ptr[i] == ' ' && head.ptr[i - 1] == ',')
                at = i;
        bool at_bracket = at == 0 && room == LINE_LIMIT && bracket < head.len; /* a long name: all below it */
        if (at == 0 && !at_bracket)
            break;
        if (at_bracket)
            column = 2 * INDENT;
        int64_t used = at_bracket ? bracket + 1 : at;
        buf_add_str(&o->buf, (Str){head.ptr, used});
        buf_add_char(&o->buf, '\n');
        indent(o, column);
        used += !at_bracket; /* the blank after a comma */
        head = (Str){head.ptr + used, head.len - used};
        room = LINE_LIMIT - column;
    }
    buf_add_str(&o->buf, head);
    buf_add(&o->buf, "\n{\n");
    o->depth++;
}

/* "* /" inside a name of the user would end the comment; it is parted. */
static void put_comment_text(Out *o, Str text)
{
    for (int64_t i = 0; i < text.len; i++) {
        bool is_mark = i > 0 && ((text.ptr[i - 1] == '*' && text.ptr[i] == '/') ||
                                 (text.ptr[i - 1] == '/' && text.ptr[i] == '*'));
        if (is_mark)
            buf_add_char(&o->buf, ' ');
        buf_add_char(&o->buf, text.ptr[i] == '\n' ? ' ' : text.ptr[i]);
    }
}

void out_comment(Out *o, int count, const Str *lines)
{
    for (int i = 0; i < count; i++) {
        indent(o, o->depth * INDENT);
        buf_add(&o->buf, i == 0 ? "/* " : " * ");
        put_comment_text(o, lines[i]);
        buf_add(&o->buf, i + 1 == count ? " */\n" : "\n");
    }
}

void out_text_lines(Out *o, Str text)
{
    buf_add_str(&o->buf, text);
    if (text.len > 0 && text.ptr[text.len - 1] != '\n')
        buf_add_char(&o->buf, '\n');
}
