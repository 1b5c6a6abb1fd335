/* format_value.c: the layout of values, lines and comments. See format.c for the rules. */
#include "front/format.h"

/* ---- expressions on one line ----------------------------------------------------------------- */

void format_list(Format *f, StrBuf *buf, const AstExprList *list)
{
    for (int i = 0; i < list->count; i++) {
        buf_add(buf, "%s", i > 0 ? ", " : "");
        format_expr(f, buf, list->items[i]);
    }
}

static void add_arg(Format *f, StrBuf *buf, const Arg *arg)
{
    if (arg->name.text.len > 0)
        buf_add(buf, "%.*s = ", STR_ARGS(arg->name.text));
    format_expr(f, buf, arg->value);
}

void format_args(Format *f, StrBuf *buf, const ArgList *args)
{
    for (int i = 0; i < args->count; i++) {
        buf_add(buf, "%s", i > 0 ? ", " : "");
        add_arg(f, buf, &args->items[i]);
    }
}

static void add_binary(Format *f, StrBuf *buf, const AstExpr *expr)
{
    format_expr(f, buf, expr->binary.left);
    buf_add(buf, " %s ", operator_text(expr->binary.op));
    format_expr(f, buf, expr->binary.right);
}

static void add_plain(Format *f, StrBuf *buf, const AstExpr *expr)
{
    switch (expr->kind) {
    case AST_INT:
    case AST_REAL:
    case AST_BOOL:
    case AST_STRING:
    case AST_NAME:
        buf_add_str(buf, source_text(f->sources, expr->span));
        return;
    case AST_LIST:
        buf_add_char(buf, '[');
        format_list(f, buf, &expr->list);
        buf_add_char(buf, ']');
        return;
    case AST_UNARY:
        buf_add(buf, "%s%s", operator_text(expr->binary.op),
                expr->binary.op == OPERATOR_NOT ? " " : "");
        format_expr(f, buf, expr->binary.right);
        return;
    case AST_BINARY:
        add_binary(f, buf, expr);
        return;
    case AST_RANGE:
        format_expr(f, buf, expr->range.first);
        buf_add(buf, "..");
        format_expr(f, buf, expr->range.last);
        return;
    case AST_CALL:
        buf_add_str(buf, expr->call.callee.text);
        if (!expr->call.has_parens)
            return;
        buf_add_char(buf, '(');
        format_args(f, buf, &expr->call.args);
        buf_add_char(buf, ')');
        return;
    case AST_PIPE:
        format_expr(f, buf, expr->pipe.first);
        for (int i = 0; i < expr->pipe.stages.count; i++) {
            buf_add(buf, " -> ");
            format_expr(f, buf, expr->pipe.stages.items[i]);
        }
        return;
    case AST_FIELD:
        format_expr(f, buf, expr->field.object);
        buf_add(buf, ".%.*s", STR_ARGS(expr->field.name.text));
        return;
    case AST_INDEX:
        format_expr(f, buf, expr->index.object);
        buf_add_char(buf, '[');
        format_list(f, buf, &expr->index.indexes);
        buf_add_char(buf, ']');
        return;
    case AST_TABLE: /* only as the whole value of a data set: see print_table */
        return;
    }
}

void format_expr(Format *f, StrBuf *buf, const AstExpr *expr)
{
    if (expr->has_parens)
        buf_add_char(buf, '(');
    add_plain(f, buf, expr);
    if (expr->has_parens)
        buf_add_char(buf, ')');
}

static Str one_line(Format *f, const AstExpr *expr)
{
    StrBuf buf = {.arena = f->arena};
    format_expr(f, &buf, expr);
    return buf_str(&buf);
}

/* ---- lines ----------------------------------------------------------------------------------- */

void format_begin_line(Format *f)
{
    f->line_start = f->out.len;
    for (int i = 0; i < f->indent; i++)
        buf_add_char(&f->out, ' ');
    f->is_section_start = false;
}

static void end_line(Format *f)
{
    buf_add_char(&f->out, '\n');
    f->line_start = f->out.len;
}

/* Columns left on the current line. */
static int64_t room(const Format *f)
{
    return WIDTH - (f->out.len - f->line_start);
}

static Str text_of(const Format *f)
{
    return source_get(f->sources, f->syntax->file)->text;
}

/* Whether the line before the one that holds pos is empty in the source. */
bool format_has_blank_before(const Format *f, uint32_t pos)
{
    Str text = text_of(f);
    int line_ends = 0;
    for (int64_t i = (int64_t)pos - 1; i >= 0; i--) {
        char c = text.ptr[i];
        if (c == '\n' || (c == '\r' && text.ptr[i + 1] != '\n'))
            line_ends++;
        else if (c != ' ' && c != '\t' && c != '\r')
            break;
    }
    return line_ends > 1;
}

void format_keep_blank(Format *f, uint32_t pos)
{
    if (!f->is_section_start && format_has_blank_before(f, pos))
        end_line(f);
}

/* ---- comments -------------------------------------------------------------------------------- */

const Comment *format_next_comment(const Format *f, uint32_t pos)
{
    if (f->next_comment >= f->syntax->comments.count)
        return NULL;
    const Comment *comment = &f->syntax->comments.items[f->next_comment];
    return comment->span.pos < pos ? comment : NULL;
}

static void add_comment(Format *f, const Comment *comment)
{
    Str text = source_text(f->sources, comment->span);
    while (text.len > 0 && (text.ptr[text.len - 1] == ' ' || text.ptr[text.len - 1] == '\t'))
        text.len--;
    buf_add_str(&f->out, text);
    f->next_comment++;
}

/* Prints the comments before pos on lines of their own. */
void format_comments(Format *f, uint32_t pos)
{
    const Comment *comment;
    while ((comment = format_next_comment(f, pos)) != NULL) {
        format_keep_blank(f, comment->span.pos);
        format_begin_line(f);
        add_comment(f, comment);
        end_line(f);
    }
}

/* Ends the current line, first with the comment that stands behind the same code in the source. */
void format_end_line(Format *f, uint32_t code_end, uint32_t next_code)
{
    const Comment *comment = format_next_comment(f, next_code);
    if (comment != NULL && !comment->has_own_line) {
        Str text = text_of(f);
        bool is_same_line = true;
        for (uint32_t i = code_end; i < comment->span.pos; i++)
            is_same_line = is_same_line && text.ptr[i] != '\n' && text.ptr[i] != '\r';
        if (is_same_line) {
            buf_add(&f->out, "  ");
            add_comment(f, comment);
        }
    }
    end_line(f);
}

uint32_t format_span_end(Span span)
{
    return span.pos + span.len;
}

/* ---- values that may need several lines ------------------------------------------------------ */

static void print_call(Format *f, const AstExpr *expr)
{
    const ArgList *args = &expr->call.args;
    buf_add(&f->out, "%.*s(", STR_ARGS(expr->call.callee.text));
    end_line(f);
    f->indent += INDENT;
    for (int i = 0; i < args->count; i++) {
        format_begin_line(f);
        if (args->items[i].name.text.len > 0)
            buf_add(&f->out, "%.*s = ", STR_ARGS(args->items[i].name.text));
        format_value(f, args->items[i].value);
        buf_add(&f->out, "%s", i + 1 < args->count ? "," : ")");
        if (i + 1 < args->count)
            end_line(f);
    }
    f->indent -= INDENT;
}

/* Prints what fits before each line end; the items are short. */
static void print_list(Format *f, const AstExprList *list)
{
    buf_add_char(&f->out, '[');
    f->indent += INDENT;
    for (int i = 0; i < list->count; i++) {
        Str text = one_line(f, list->items[i]);
        if (i > 0)
            buf_add_char(&f->out, ',');
        if (i > 0 && text.len + 2 < room(f)) {
            buf_add_char(&f->out, ' ');
        } else if (text.len + 1 > room(f)) {
            end_line(f);
            format_begin_line(f);
        }
        buf_add_str(&f->out, text);
    }
    f->indent -= INDENT;
    buf_add_char(&f->out, ']');
}

static bool is_bare_stage(const AstExpr *stage)
{
    return stage->call.args.count == 0;
}

/* One stage a line; comments between stages stay between them. */
static void print_pipe(Format *f, const AstExpr *expr)
{
    const AstExprList *stages = &expr->pipe.stages;
    uint32_t end = format_span_end(expr->pipe.first->span);
    format_value(f, expr->pipe.first);
    f->indent += INDENT;
    for (int i = 0; i < stages->count; i++) {
        const AstExpr *stage = stages->items[i];
        Str text = one_line(f, stage);
        bool has_comment = format_next_comment(f, stage->span.pos) != NULL;
        bool joins = i > 0 && is_bare_stage(stage) && !has_comment && text.len + 4 <= room(f);
        if (joins) {
            buf_add(&f->out, " -> ");
        } else {
            format_end_line(f, end, stage->span.pos);
            format_comments(f, stage->span.pos);
            format_begin_line(f);
            buf_add(&f->out, "-> ");
        }
        format_value(f, stage);
        end = format_span_end(stage->span);
    }
    f->indent -= INDENT;
}

/* Breaks after the operator of the outermost operation. */
static void print_binary(Format *f, const AstExpr *expr)
{
    format_value(f, expr->binary.left);
    buf_add(&f->out, " %s", operator_text(expr->binary.op));
    f->indent += INDENT;
    Str right = one_line(f, expr->binary.right);
    if (right.len + 1 <= room(f)) {
        buf_add_char(&f->out, ' ');
    } else {
        end_line(f);
        format_begin_line(f);
    }
    format_value(f, expr->binary.right);
    f->indent -= INDENT;
}

void format_value(Format *f, const AstExpr *expr)
{
    Str text = one_line(f, expr);
    bool has_comment =
        expr->kind == AST_PIPE && format_next_comment(f, format_span_end(expr->span)) != NULL;
    bool can_break = (expr->kind == AST_CALL && expr->call.args.count > 0) ||
                     (expr->kind == AST_LIST && expr->list.count > 0) || expr->kind == AST_PIPE ||
                     expr->kind == AST_BINARY;
    if (!can_break || (text.len <= room(f) && !has_comment)) {
        buf_add_str(&f->out, text);
        return;
    }
    if (expr->has_parens)
        buf_add_char(&f->out, '(');
    if (expr->kind == AST_CALL)
        print_call(f, expr);
    else if (expr->kind == AST_LIST)
        print_list(f, &expr->list);
    else if (expr->kind == AST_PIPE)
        print_pipe(f, expr);
    else
        print_binary(f, expr);
    if (expr->has_parens)
        buf_add_char(&f->out, ')');
}
