/* manual.c: what users read about operators, printed from their descriptors: the text of `nndc
 * help` and docs/operators.md.
 *
 * Descriptors hold plain text whose lines may be long; it is filled to a width here. Formulas are
 * full of '*' and '|', which Markdown would take for its own, so the manual escapes them. */
#include "ops/op.h"

#include <ctype.h>
#include <string.h>

enum { TEXT_WIDTH = 88 };

/* ---- text ------------------------------------------------------------------------------------ */

/* Length of what must not be broken: a word, what '=' joins to it, and a '+' or '-' after it, which
 * would begin a list in Markdown if it began a line. */
static int word_length(const char *text)
{
    int length = (int)strcspn(text, " \n");
    while (text[length] == ' ' &&
           ((text[length + 1] != '\0' && strchr("=+-", text[length + 1]) != NULL) ||
            (length > 0 && text[length - 1] == '=')))
        length += 1 + (int)strcspn(text + length + 1, " \n");
    return length;
}

/* Adds text in lines of at most TEXT_WIDTH, each but the first after `indent`; its own line ends
 * stay. `line_end` is put before each of those. */
static void add_filled(StrBuf *buf, const char *text, const char *indent, const char *line_end)
{
    int column = (int)strlen(indent);
    while (*text != '\0') {
        int length = word_length(text);
        if (column + length > TEXT_WIDTH && column > (int)strlen(indent)) {
            buf_add(buf, "\n%s", indent);
            column = (int)strlen(indent);
        }
        buf_add(buf, "%.*s", length, text);
        column += length;
        text += length;
        int blanks = (int)strspn(text, " ");
        text += blanks;
        if (*text == '\n') {
            buf_add(buf, "%s\n%s", text[1] == '\0' ? "" : line_end, indent);
            column = (int)strlen(indent);
            text++;
        } else if (*text != '\0' && column + blanks + word_length(text) <= TEXT_WIDTH) {
            buf_add(buf, "%*s", blanks, "");
            column += blanks;
        } else if (*text != '\0') {
            buf_add(buf, "\n%s", indent);
            column = (int)strlen(indent);
        }
    }
}

/* For Markdown: no emphasis, no table cells, no tags by accident. */
static const char *escaped(Arena *arena, const char *text)
{
    StrBuf buf = {.arena = arena};
    for (; *text != '\0'; text++)
        buf_add(&buf, strchr("*|<", *text) != NULL ? "\\%c" : "%c", *text);
    return buf_str(&buf).ptr;
}

static bool has_attrs(const OpDef *op)
{
    for (int i = 0; i < op_attr_count(op); i++)
        if (!op->attrs[i].is_private)
            return true;
    return false;
}

/* ---- usage and values ------------------------------------------------------------------------ */

/* "x -> conv2d(filters, kernel, stride = 1)", "concat(x, y, ..., axis = -1)" */
static const char *usage(Arena *arena, const OpDef *op)
{
    StrBuf buf = {.arena = arena};
    int count = op_least_inputs(op), names = op_input_names(op);
    bool is_piped = count == 1 && !op->is_variadic;
    if (is_piped)
        buf_add(&buf, "%s -> ", op->inputs[0]);
    buf_add(&buf, "%s", op->name);
    const char *between = "(";
    for (int i = 0; i < count && !is_piped; i++, between = ", ")
        buf_add(&buf, "%s%s", between, op->inputs[i]);
    if (op->is_variadic)
        buf_add(&buf, ", ...");
    for (int i = count; i < names; i++, between = ", ")
        buf_add(&buf, "%s[%s]", between, op->inputs[i]);
    for (int i = 0; i < op_attr_count(op); i++) {
        const AttrDef *a = &op->attrs[i];
        if (a->is_private)
            continue;
        buf_add(&buf, "%s%s", between, a->name);
        if (a->def != NULL)
            buf_add(&buf, " = %s", a->def);
        between = ", ";
    }
    if (*between == ',')
        buf_add(&buf, ")");
    return buf_str(&buf).ptr;
}

/* Bounds that only keep arithmetic safe are not shown; the message of an error shows them. */
#define BEYOND_USE 1e6

/* "integer, 1 or more", "number above 0 and below 1", "word: none, relu"; NULL ends choices */
static const char *domain(Arena *arena, const AttrDef *a)
{
    StrBuf buf = {.arena = arena};
    buf_add(&buf, "%s", attr_kind_name(a->kind));
    for (int i = 0; a->kind == ATTR_CHOICE && a->choices[i] != NULL; i++)
        buf_add(&buf, "%s%s", i > 0 ? ", " : ": ", a->choices[i]);
    bool has_least = a->least < a->most && a->least > -BEYOND_USE;
    bool has_most = a->least < a->most && a->most < BEYOND_USE;
    if (a->is_open && has_least)
        buf_add(&buf, " above %g", a->least);
    if (a->is_open && has_most)
        buf_add(&buf, "%s below %g", has_least ? " and" : "", a->most);
    if (!a->is_open && has_least && has_most)
        buf_add(&buf, " from %g to %g", a->least, a->most);
    else if (!a->is_open && has_least)
        buf_add(&buf, ", %g or more", a->least);
    if (a->is_positional)
        buf_add(&buf, "; needs no name");
    return buf_str(&buf).ptr;
}

static const char *documentation(Arena *arena, const OpDef *op)
{
    if (op->alias == NULL)
        return op->doc;
    return str_format(arena, "%s\nIt may also be called %s.", op->doc, op->alias).ptr;
}

/* ---- nndc help NAME -------------------------------------------------------------------------- */

Str op_help(Arena *arena, const OpDef *op)
{
    StrBuf buf = {.arena = arena};
    buf_add(&buf, "%s: %s\n\n    ", op->name, op->summary);
    add_filled(&buf, usage(arena, op), "        ", "");
    buf_add(&buf, "\n\n");
    add_filled(&buf, documentation(arena, op), "", "");
    buf_add(&buf, "\n%s", has_attrs(op) ? "\nattributes:\n" : "");
    for (int i = 0; i < op_attr_count(op); i++) {
        const AttrDef *a = &op->attrs[i];
        if (a->is_private)
            continue;
        buf_add(&buf, "  %-14s %s\n  %-14s %s; ", a->name, a->doc, "", domain(arena, a));
        if (a->def != NULL)
            buf_add(&buf, "%s unless given\n", a->def);
        else
            buf_add(&buf, "must be given\n");
    }
    if (op->cases != NULL && op->cases[0].text != NULL)
        buf_add(&buf, "\nexample, the body of a model:\n    %s\n", op->cases[0].text);
    return buf_str(&buf);
}

/* ---- docs/operators.md ----------------------------------------------------------------------- */

static void add_attributes(StrBuf *buf, const OpDef *op)
{
    Arena *arena = buf->arena;
    buf_add(buf, "| attribute | value | default | meaning |\n| --- | --- | --- | --- |\n");
    for (int i = 0; i < op_attr_count(op); i++) {
        const AttrDef *a = &op->attrs[i];
        if (a->is_private)
            continue;
        buf_add(buf, "| `%s` | %s | ", a->name, domain(arena, a));
        if (a->def != NULL)
            buf_add(buf, "`%s`", a->def);
        else
            buf_add(buf, "must be given");
        buf_add(buf, " | %s |\n", escaped(arena, a->doc));
    }
    buf_add(buf, "\n");
}

static void add_section(StrBuf *buf, const OpDef *op)
{
    Arena *arena = buf->arena;
    buf_add(buf, "### %s\n\n%c%s.\n\n    ", op->name, toupper((unsigned char)op->summary[0]),
            escaped(arena, op->summary + 1));
    add_filled(buf, usage(arena, op), "        ", "");
    buf_add(buf, "\n\n");
    add_filled(buf, escaped(arena, documentation(arena, op)), "", "  "); /* two blanks: the line ends here */
    buf_add(buf, "\n\n");
    if (has_attrs(op))
        add_attributes(buf, op);
}

static bool is_in(int index, const char *category)
{
    const OpDef *op = op_at(index);
    return op->category != NULL && strcmp(op->category, category) == 0;
}

/* The category that begins at this operator, or NULL. */
static const char *category_at(int index)
{
    const char *category = op_at(index)->category;
    for (int i = 0; i < index && category != NULL; i++)
        if (is_in(i, category))
            return NULL;
    return category;
}

static void add_contents(StrBuf *buf)
{
    for (int i = 0; i < op_count(); i++) {
        const char *category = category_at(i), *between = "";
        if (category == NULL)
            continue;
        buf_add(buf, "- %s: ", category);
        for (int k = i; k < op_count(); k++)
            if (is_in(k, category)) {
                buf_add(buf, "%s[%s](#%s)", between, op_at(k)->name, op_at(k)->name);
                between = ", ";
            }
        buf_add(buf, "\n");
    }
    buf_add(buf, "\n");
}

Str op_manual(Arena *arena)
{
    StrBuf buf = {.arena = arena};
    buf_add(&buf,
            "# Operators and layers\n\n"
            "Printed by `nndc help --manual` from the descriptors in `compiler/ops` and\n"
            "`compiler/layers`; do not edit it by hand. `nndc help conv2d` prints one section.\n\n"
            "Shapes are those of one sample; the batch is never written. What values of each\n"
            "kind look like stands in [language.md](language.md#attribute-values).\n\n");
    add_contents(&buf);
    for (int i = 0; i < op_count(); i++) {
        const char *category = category_at(i);
        if (category == NULL)
            continue;
        buf_add(&buf, "## %s\n\n", category);
        for (int k = i; k < op_count(); k++)
            if (is_in(k, category))
                add_section(&buf, op_at(k));
    }
    while (buf.len > 1 && buf.ptr[buf.len - 2] == '\n')
        buf.len--;
    return buf_str(&buf);
}
