/* format.c: `nndc fmt`, the one canonical layout.
 *
 * Four spaces, 100 columns, one statement a line. A pipe that does not fit has one stage a line; a stage
 * without arguments stays with the one before it. Calls that do not fit have one argument a line. Up to
 * one blank line between statements is kept, and there is one between sections.
 *
 * Comments are kept in order. A comment behind code stays behind it, one on its own line stands before
 * what follows. A comment inside a pipe breaks the pipe there; inside any other statement it moves before
 * the statement. Formatting twice changes nothing. */
#include "front/ast.h"

#include <string.h>

enum { INDENT = 4, WIDTH = 100 };

typedef struct Format {
    Arena *arena;
    const Sources *sources;
    const Syntax *syntax;
    StrBuf out;
    int64_t line_start;  /* offset in out of the current line       */
    int indent;          /* columns                                 */
    int next_comment;    /* first comment that is not printed yet   */
    bool is_section_start; /* nothing printed yet since '{' or the beginning */
} Format;

/* ---- expressions on one line ----------------------------------------------------------------- */

static void add_expr(Format *f, StrBuf *buf, const AstExpr *expr);

static void add_list(Format *f, StrBuf *buf, const AstExprList *list)
{
    for (int i = 0; i < list->count; i++) {
        buf_add(buf, "%s", i > 0 ? ", " : "");
        add_expr(f, buf, list->items[i]);
    }
}

static void add_arg(Format *f, StrBuf *buf, const Arg *arg)
{
    if (arg->name.text.len > 0)
        buf_add(buf, "%.*s = ", STR_ARGS(arg->name.text));
    add_expr(f, buf, arg->value);
}

static void add_args(Format *f, StrBuf *buf, const ArgList *args)
{
    for (int i = 0; i < args->count; i++) {
        buf_add(buf, "%s", i > 0 ? ", " : "");
        add_arg(f, buf, &args->items[i]);
    }
}

static void add_binary(Format *f, StrBuf *buf, const AstExpr *expr)
{
    add_expr(f, buf, expr->binary.left);
    buf_add(buf, " %s ", operator_text(expr->binary.op));
    add_expr(f, buf, expr->binary.right);
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
        add_list(f, buf, &expr->list);
        buf_add_char(buf, ']');
        return;
    case AST_UNARY:
        buf_add(buf, "%s%s", operator_text(expr->binary.op),
                expr->binary.op == OPERATOR_NOT ? " " : "");
        add_expr(f, buf, expr->binary.right);
        return;
    case AST_BINARY:
        add_binary(f, buf, expr);
        return;
    case AST_RANGE:
        add_expr(f, buf, expr->range.first);
        buf_add(buf, "..");
        add_expr(f, buf, expr->range.last);
        return;
    case AST_CALL:
        buf_add_str(buf, expr->call.callee.text);
        if (!expr->call.has_parens)
            return;
        buf_add_char(buf, '(');
        add_args(f, buf, &expr->call.args);
        buf_add_char(buf, ')');
        return;
    case AST_PIPE:
        add_expr(f, buf, expr->pipe.first);
        for (int i = 0; i < expr->pipe.stages.count; i++) {
            buf_add(buf, " -> ");
            add_expr(f, buf, expr->pipe.stages.items[i]);
        }
        return;
    case AST_FIELD:
        add_expr(f, buf, expr->field.object);
        buf_add(buf, ".%.*s", STR_ARGS(expr->field.name.text));
        return;
    case AST_INDEX:
        add_expr(f, buf, expr->index.object);
        buf_add_char(buf, '[');
        add_list(f, buf, &expr->index.indexes);
        buf_add_char(buf, ']');
        return;
    case AST_TABLE: /* only as the whole value of a data set: see print_table */
        return;
    }
}

static void add_expr(Format *f, StrBuf *buf, const AstExpr *expr)
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
    add_expr(f, &buf, expr);
    return buf_str(&buf);
}

/* ---- lines ----------------------------------------------------------------------------------- */

static void begin_line(Format *f)
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
static bool has_blank_before(const Format *f, uint32_t pos)
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

static void keep_blank(Format *f, uint32_t pos)
{
    if (!f->is_section_start && has_blank_before(f, pos))
        end_line(f);
}

/* ---- comments -------------------------------------------------------------------------------- */

static const Comment *comment_before(const Format *f, uint32_t pos)
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
static void flush_comments(Format *f, uint32_t pos)
{
    const Comment *comment;
    while ((comment = comment_before(f, pos)) != NULL) {
        keep_blank(f, comment->span.pos);
        begin_line(f);
        add_comment(f, comment);
        end_line(f);
    }
}

/* Ends the current line, first with the comment that stands behind the same code in the source. */
static void end_line_at(Format *f, uint32_t code_end, uint32_t next_code)
{
    const Comment *comment = comment_before(f, next_code);
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

static uint32_t span_end(Span span)
{
    return span.pos + span.len;
}

/* ---- values that may need several lines ------------------------------------------------------ */

static void print_value(Format *f, const AstExpr *expr);

static void print_call(Format *f, const AstExpr *expr)
{
    const ArgList *args = &expr->call.args;
    buf_add(&f->out, "%.*s(", STR_ARGS(expr->call.callee.text));
    end_line(f);
    f->indent += INDENT;
    for (int i = 0; i < args->count; i++) {
        begin_line(f);
        if (args->items[i].name.text.len > 0)
            buf_add(&f->out, "%.*s = ", STR_ARGS(args->items[i].name.text));
        print_value(f, args->items[i].value);
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
            begin_line(f);
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
    uint32_t end = span_end(expr->pipe.first->span);
    print_value(f, expr->pipe.first);
    f->indent += INDENT;
    for (int i = 0; i < stages->count; i++) {
        const AstExpr *stage = stages->items[i];
        Str text = one_line(f, stage);
        bool has_comment = comment_before(f, stage->span.pos) != NULL;
        bool joins = i > 0 && is_bare_stage(stage) && !has_comment && text.len + 4 <= room(f);
        if (joins) {
            buf_add(&f->out, " -> ");
        } else {
            end_line_at(f, end, stage->span.pos);
            flush_comments(f, stage->span.pos);
            begin_line(f);
            buf_add(&f->out, "-> ");
        }
        print_value(f, stage);
        end = span_end(stage->span);
    }
    f->indent -= INDENT;
}

/* Breaks after the operator of the outermost operation. */
static void print_binary(Format *f, const AstExpr *expr)
{
    print_value(f, expr->binary.left);
    buf_add(&f->out, " %s", operator_text(expr->binary.op));
    f->indent += INDENT;
    Str right = one_line(f, expr->binary.right);
    if (right.len + 1 <= room(f)) {
        buf_add_char(&f->out, ' ');
    } else {
        end_line(f);
        begin_line(f);
    }
    print_value(f, expr->binary.right);
    f->indent -= INDENT;
}

static void print_value(Format *f, const AstExpr *expr)
{
    Str text = one_line(f, expr);
    bool has_comment = expr->kind == AST_PIPE && comment_before(f, span_end(expr->span)) != NULL;
    bool can_break = (expr->kind == AST_CALL && expr->call.args.count > 0) ||
                     (expr->kind == AST_LIST && expr->list.count > 0) ||
                     expr->kind == AST_PIPE || expr->kind == AST_BINARY;
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

/* ---- statements ------------------------------------------------------------------------------ */

static void print_names(Format *f, const NameList *names)
{
    for (int i = 0; i < names->count; i++)
        buf_add(&f->out, "%s%.*s", i > 0 ? ", " : "", STR_ARGS(names->items[i].text));
}

static void print_values(Format *f, const AstExprList *values)
{
    for (int i = 0; i < values->count; i++) {
        buf_add(&f->out, "%s", i > 0 ? ", " : "");
        print_value(f, values->items[i]);
    }
}

static void print_indexed(Format *f, Name name, const AstExprList *indexes)
{
    buf_add_str(&f->out, name.text);
    if (indexes->count == 0)
        return;
    buf_add_char(&f->out, '[');
    add_list(f, &f->out, indexes);
    buf_add_char(&f->out, ']');
}

static void print_body(Format *f, const AstStmtList *body, uint32_t open_end, Span close);

static void print_arms(Format *f, const IfArmList *arms)
{
    for (int i = 0; i < arms->count; i++) {
        const IfArm *arm = &arms->items[i];
        buf_add(&f->out, "%s", i > 0 ? " else " : "");
        if (arm->condition != NULL) {
            buf_add(&f->out, "if ");
            print_value(f, arm->condition);
            buf_add_char(&f->out, ' ');
        }
        buf_add_char(&f->out, '{');
        print_body(f, &arm->body, span_end(arm->span), arm->end_span);
    }
}

static void print_table(Format *f, const AstExpr *table)
{
    buf_add(&f->out, "table {");
    uint32_t end = table->span.pos;
    f->indent += INDENT;
    for (int i = 0; i < table->table.rows.count; i++) {
        const TableRow *row = &table->table.rows.items[i];
        end_line_at(f, end, row->span.pos);
        flush_comments(f, row->span.pos);
        begin_line(f);
        add_list(f, &f->out, &row->inputs);
        buf_add(&f->out, " -> ");
        add_list(f, &f->out, &row->targets);
        end = span_end(row->span);
    }
    uint32_t close = span_end(table->span) - 1;
    end_line_at(f, end, close);
    flush_comments(f, close);
    f->indent -= INDENT;
    begin_line(f);
    buf_add_char(&f->out, '}');
}

static void print_assign(Format *f, const AstStmt *stmt)
{
    const PlaceList *places = &stmt->assign.places;
    for (int i = 0; i < places->count; i++) {
        buf_add(&f->out, "%s", i > 0 ? ", " : "");
        print_indexed(f, places->items[i].name, &places->items[i].indexes);
    }
    buf_add(&f->out, " = ");
    if (stmt->assign.value->kind == AST_TABLE)
        print_table(f, stmt->assign.value);
    else
        print_value(f, stmt->assign.value);
}

static void print_measure(Format *f, const char *word, const AstStmt *stmt)
{
    buf_add(&f->out, "%s ", word);
    if (stmt->measure.name.text.len > 0)
        buf_add(&f->out, "%.*s = ", STR_ARGS(stmt->measure.name.text));
    print_value(f, stmt->measure.value);
}

static void print_stmt(Format *f, const AstStmt *stmt)
{
    switch (stmt->kind) {
    case AST_INPUT:
    case AST_TARGET:
        buf_add(&f->out, "%s %.*s: ", stmt->kind == AST_INPUT ? "input" : "target",
                STR_ARGS(stmt->declare.name.text));
        print_indexed(f, stmt->declare.type.name, &stmt->declare.type.dims);
        return;
    case AST_OUTPUT:
        buf_add(&f->out, "output ");
        print_names(f, &stmt->output);
        return;
    case AST_LOSS:
        print_measure(f, "loss", stmt);
        return;
    case AST_METRIC:
        print_measure(f, "metric", stmt);
        return;
    case AST_ASSIGN:
        print_assign(f, stmt);
        return;
    case AST_FOR:
        buf_add(&f->out, "for %.*s in ", STR_ARGS(stmt->loop.variable.text));
        print_value(f, stmt->loop.range);
        buf_add(&f->out, " {");
        print_body(f, &stmt->loop.body, span_end(stmt->loop.range->span), stmt->loop.end_span);
        return;
    case AST_IF:
        print_arms(f, &stmt->arms);
        return;
    case AST_RETURN:
        buf_add(&f->out, "return ");
        print_values(f, &stmt->results);
        return;
    }
}

/* Where comments inside a statement may stay: in bodies, tables and pipes, from here on. */
static uint32_t first_comment_place(const AstStmt *stmt)
{
    const AstExpr *value = NULL;
    switch (stmt->kind) {
    case AST_FOR:
        return span_end(stmt->loop.range->span);
    case AST_IF:
        return span_end(stmt->arms.items[0].span);
    case AST_ASSIGN:
        value = stmt->assign.value;
        break;
    case AST_LOSS:
    case AST_METRIC:
        value = stmt->measure.value;
        break;
    case AST_RETURN:
        value = stmt->results.count == 1 ? stmt->results.items[0] : NULL;
        break;
    case AST_INPUT:
    case AST_TARGET:
    case AST_OUTPUT:
        break;
    }
    if (value != NULL && value->kind == AST_PIPE && !value->has_parens)
        return span_end(value->pipe.first->span);
    if (value != NULL && value->kind == AST_TABLE)
        return value->span.pos;
    return span_end(stmt->span);
}

/* After a '{' that is already printed: the statements and the closing brace, without a line end. */
static void print_body(Format *f, const AstStmtList *body, uint32_t open_end, Span close)
{
    uint32_t first = body->count > 0 ? body->items[0]->span.pos : close.pos;
    end_line_at(f, open_end, first);
    f->indent += INDENT;
    f->is_section_start = true;
    for (int i = 0; i < body->count; i++) {
        const AstStmt *stmt = body->items[i];
        uint32_t next = i + 1 < body->count ? body->items[i + 1]->span.pos : close.pos;
        flush_comments(f, stmt->span.pos);
        keep_blank(f, stmt->span.pos);
        flush_comments(f, first_comment_place(stmt));
        begin_line(f);
        print_stmt(f, stmt);
        end_line_at(f, span_end(stmt->span), next);
    }
    flush_comments(f, close.pos);
    f->indent -= INDENT;
    begin_line(f);
    buf_add_char(&f->out, '}');
}

/* ---- items ----------------------------------------------------------------------------------- */

static void print_domain(Format *f, const Domain *domain)
{
    if (domain->kind.text.len == 0)
        return;
    buf_add(&f->out, ": %.*s", STR_ARGS(domain->kind.text));
    if (domain->range != NULL) {
        buf_add(&f->out, " in ");
        add_expr(f, &f->out, domain->range);
    }
    if (domain->step != NULL) {
        buf_add(&f->out, " step ");
        add_expr(f, &f->out, domain->step);
    }
    if (domain->scale.text.len > 0)
        buf_add(&f->out, " %.*s", STR_ARGS(domain->scale.text));
    if (domain->choices.count > 0) {
        buf_add_char(&f->out, '(');
        add_args(f, &f->out, &domain->choices);
        buf_add_char(&f->out, ')');
    }
}

static void print_block_head(Format *f, const Item *item)
{
    buf_add(&f->out, "block %.*s(", STR_ARGS(item->name.text));
    for (int i = 0; i < item->block.params.count; i++) {
        const BlockParam *param = &item->block.params.items[i];
        buf_add(&f->out, "%s%.*s", i > 0 ? ", " : "", STR_ARGS(param->name.text));
        if (param->default_value != NULL) {
            buf_add(&f->out, " = ");
            add_expr(f, &f->out, param->default_value);
        }
    }
    buf_add(&f->out, ") {");
}

static void print_settings(Format *f, const Item *item)
{
    const SettingList *settings = &item->settings;
    uint32_t close = item->end_span.pos;
    end_line_at(f, span_end(item->name.span), settings->count > 0 ? settings->items[0].span.pos : close);
    f->indent += INDENT;
    f->is_section_start = true;
    for (int i = 0; i < settings->count; i++) {
        const Setting *setting = &settings->items[i];
        uint32_t next = i + 1 < settings->count ? settings->items[i + 1].span.pos : close;
        flush_comments(f, setting->span.pos);
        keep_blank(f, setting->span.pos);
        flush_comments(f, span_end(setting->span));
        begin_line(f);
        buf_add(&f->out, "%.*s ", STR_ARGS(setting->word.text));
        add_args(f, &f->out, &setting->args);
        end_line_at(f, span_end(setting->span), next);
    }
    flush_comments(f, close);
    f->indent -= INDENT;
    begin_line(f);
    buf_add_char(&f->out, '}');
}

static uint32_t block_head_end(const Item *item)
{
    if (item->kind != ITEM_BLOCK || item->block.params.count == 0)
        return span_end(item->name.span);
    const BlockParam *last = &item->block.params.items[item->block.params.count - 1];
    return last->default_value ? span_end(last->default_value->span) : span_end(last->name.span);
}

static void print_item(Format *f, const Item *item)
{
    switch (item->kind) {
    case ITEM_IMPORT:
        buf_add(&f->out, "import ");
        buf_add_str(&f->out, source_text(f->sources, item->end_span));
        return;
    case ITEM_PARAM:
        buf_add(&f->out, "param %.*s", STR_ARGS(item->name.text));
        print_domain(f, &item->param.domain);
        buf_add(&f->out, " = ");
        print_value(f, item->param.value);
        return;
    case ITEM_LET:
        buf_add(&f->out, "let %.*s = ", STR_ARGS(item->name.text));
        print_value(f, item->param.value);
        return;
    case ITEM_BLOCK:
        print_block_head(f, item);
        print_body(f, &item->block.body, block_head_end(item), item->end_span);
        return;
    case ITEM_MODEL:
        buf_add(&f->out, "model %.*s {", STR_ARGS(item->name.text));
        print_body(f, &item->block.body, block_head_end(item), item->end_span);
        return;
    case ITEM_DATA:
        buf_add(&f->out, "data {");
        print_body(f, &item->block.body, block_head_end(item), item->end_span);
        return;
    case ITEM_TRAIN:
        buf_add(&f->out, "train {");
        print_settings(f, item);
        return;
    }
}

static bool is_section(const Item *item)
{
    return item->kind == ITEM_BLOCK || item->kind == ITEM_MODEL || item->kind == ITEM_DATA ||
           item->kind == ITEM_TRAIN;
}

/* Comments inside the head of a section, or inside a one-line item, move before the item. */
static uint32_t item_comment_place(const Item *item)
{
    return is_section(item) ? block_head_end(item) : span_end(item->span);
}

Str format_syntax(Arena *arena, const Sources *sources, const Syntax *syntax)
{
    Format format = {.arena = arena, .sources = sources, .syntax = syntax};
    Format *f = &format;
    f->out.arena = arena;
    f->is_section_start = true;
    for (int i = 0; i < syntax->items.count; i++) {
        const Item *item = syntax->items.items[i];
        bool is_last = i + 1 == syntax->items.count;
        uint32_t next = is_last ? UINT32_MAX : syntax->items.items[i + 1]->span.pos;
        bool needs_blank = i > 0 && (is_section(item) || is_section(syntax->items.items[i - 1]));
        const Comment *comment = comment_before(f, item->span.pos);
        uint32_t start = comment != NULL ? comment->span.pos : item->span.pos;
        if (needs_blank && !has_blank_before(f, start))
            end_line(f);
        flush_comments(f, item->span.pos);
        keep_blank(f, item->span.pos);
        flush_comments(f, item_comment_place(item));
        begin_line(f);
        print_item(f, item);
        end_line_at(f, span_end(item->span), next);
    }
    flush_comments(f, UINT32_MAX);
    return buf_str(&f->out);
}
