/* format.c: `nndc fmt`, the one canonical layout.
 *
 * Four spaces, 100 columns, one statement a line. A pipe that does not fit has one stage a line; a
 * stage without arguments stays with the one before it. Calls that do not fit have one argument a
 * line. Up to one blank line between statements is kept, and there is one between sections.
 *
 * Comments are kept in order. A comment behind code stays behind it, one on its own line stands
 * before what follows. A comment inside a pipe breaks the pipe there; inside any other statement it
 * moves before the statement. Formatting twice changes nothing. */
#include "front/format.h"

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
        format_value(f, values->items[i]);
    }
}

static void print_indexed(Format *f, Name name, const AstExprList *indexes)
{
    buf_add_str(&f->out, name.text);
    if (indexes->count == 0)
        return;
    buf_add_char(&f->out, '[');
    format_list(f, &f->out, indexes);
    buf_add_char(&f->out, ']');
}

static void print_type(Format *f, const TypeExpr *type)
{
    if (!type->has_classes) {
        print_indexed(f, type->name, &type->dims);
        return;
    }
    print_indexed(f, type->name, &type->classes);
    print_indexed(f, (Name){STR(""), type->span}, &type->dims);
}

static void print_body(Format *f, const AstStmtList *body, uint32_t open_end, Span close);

static void print_arms(Format *f, const IfArmList *arms)
{
    for (int i = 0; i < arms->count; i++) {
        const IfArm *arm = &arms->items[i];
        buf_add(&f->out, "%s", i > 0 ? " else " : "");
        if (arm->condition != NULL) {
            buf_add(&f->out, "if ");
            format_value(f, arm->condition);
            buf_add_char(&f->out, ' ');
        }
        buf_add_char(&f->out, '{');
        print_body(f, &arm->body, format_span_end(arm->span), arm->end_span);
    }
}

static void print_table(Format *f, const AstExpr *table)
{
    buf_add(&f->out, "table {");
    uint32_t end = table->span.pos;
    f->indent += INDENT;
    for (int i = 0; i < table->table.rows.count; i++) {
        const TableRow *row = &table->table.rows.items[i];
        format_end_line(f, end, row->span.pos);
        format_comments(f, row->span.pos);
        format_begin_line(f);
        format_list(f, &f->out, &row->inputs);
        buf_add(&f->out, " -> ");
        format_list(f, &f->out, &row->targets);
        end = format_span_end(row->span);
    }
    uint32_t close = format_span_end(table->span) - 1;
    format_end_line(f, end, close);
    format_comments(f, close);
    f->indent -= INDENT;
    format_begin_line(f);
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
        format_value(f, stmt->assign.value);
}

static void print_measure(Format *f, const char *word, const AstStmt *stmt)
{
    buf_add(&f->out, "%s ", word);
    if (stmt->measure.name.text.len > 0)
        buf_add(&f->out, "%.*s = ", STR_ARGS(stmt->measure.name.text));
    format_value(f, stmt->measure.value);
}

static void print_stmt(Format *f, const AstStmt *stmt)
{
    switch (stmt->kind) {
    case AST_INPUT:
    case AST_TARGET:
        buf_add(&f->out, "%s %.*s: ", stmt->kind == AST_INPUT ? "input" : "target",
                STR_ARGS(stmt->declare.name.text));
        print_type(f, &stmt->declare.type);
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
        format_value(f, stmt->loop.range);
        buf_add(&f->out, " {");
        print_body(f, &stmt->loop.body, format_span_end(stmt->loop.range->span),
                   stmt->loop.end_span);
        return;
    case AST_IF:
        print_arms(f, &stmt->arms);
        return;
    case AST_RETURN:
        buf_add(&f->out, "return ");
        print_values(f, &stmt->results);
        return;
    case AST_SHARE:
        print_measure(f, "share", stmt);
        return;
    case AST_FREEZE:
        buf_add(&f->out, "freeze(");
        print_values(f, &stmt->results);
        buf_add_char(&f->out, ')');
        return;
    }
}

/* Where comments inside a statement may stay: in bodies, tables and pipes, from here on. */
static uint32_t first_comment_place(const AstStmt *stmt)
{
    const AstExpr *value = NULL;
    switch (stmt->kind) {
    case AST_FOR:
        return format_span_end(stmt->loop.range->span);
    case AST_IF:
        return format_span_end(stmt->arms.items[0].span);
    case AST_ASSIGN:
        value = stmt->assign.value;
        break;
    case AST_LOSS:
    case AST_METRIC:
    case AST_SHARE:
        value = stmt->measure.value;
        break;
    case AST_RETURN:
        value = stmt->results.count == 1 ? stmt->results.items[0] : NULL;
        break;
    case AST_INPUT:
    case AST_TARGET:
    case AST_OUTPUT:
    case AST_FREEZE:
        break;
    }
    if (value != NULL && value->kind == AST_PIPE && !value->has_parens)
        return format_span_end(value->pipe.first->span);
    if (value != NULL && value->kind == AST_TABLE)
        return value->span.pos;
    return format_span_end(stmt->span);
}

/* After a '{' that is already printed: the statements and the closing brace, without a line end. */
static void print_body(Format *f, const AstStmtList *body, uint32_t open_end, Span close)
{
    uint32_t first = body->count > 0 ? body->items[0]->span.pos : close.pos;
    format_end_line(f, open_end, first);
    f->indent += INDENT;
    f->is_section_start = true;
    for (int i = 0; i < body->count; i++) {
        const AstStmt *stmt = body->items[i];
        uint32_t next = i + 1 < body->count ? body->items[i + 1]->span.pos : close.pos;
        format_comments(f, stmt->span.pos);
        format_keep_blank(f, stmt->span.pos);
        format_comments(f, first_comment_place(stmt));
        format_begin_line(f);
        print_stmt(f, stmt);
        format_end_line(f, format_span_end(stmt->span), next);
    }
    format_comments(f, close.pos);
    f->indent -= INDENT;
    format_begin_line(f);
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
        format_expr(f, &f->out, domain->range);
    }
    if (domain->step != NULL) {
        buf_add(&f->out, " step ");
        format_expr(f, &f->out, domain->step);
    }
    if (domain->scale.text.len > 0)
        buf_add(&f->out, " %.*s", STR_ARGS(domain->scale.text));
    if (domain->choices.count > 0) {
        buf_add_char(&f->out, '(');
        format_args(f, &f->out, &domain->choices);
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
            format_expr(f, &f->out, param->default_value);
        }
    }
    buf_add(&f->out, ") {");
}

static void print_settings(Format *f, const Item *item)
{
    const SettingList *settings = &item->settings;
    uint32_t close = item->end_span.pos;
    format_end_line(f, format_span_end(item->name.span),
                    settings->count > 0 ? settings->items[0].span.pos : close);
    f->indent += INDENT;
    f->is_section_start = true;
    for (int i = 0; i < settings->count; i++) {
        const Setting *setting = &settings->items[i];
        uint32_t next = i + 1 < settings->count ? settings->items[i + 1].span.pos : close;
        format_comments(f, setting->span.pos);
        format_keep_blank(f, setting->span.pos);
        format_comments(f, format_span_end(setting->span));
        format_begin_line(f);
        buf_add(&f->out, "%.*s ", STR_ARGS(setting->word.text));
        format_args(f, &f->out, &setting->args);
        format_end_line(f, format_span_end(setting->span), next);
    }
    format_comments(f, close);
    f->indent -= INDENT;
    format_begin_line(f);
    buf_add_char(&f->out, '}');
}

static uint32_t block_head_end(const Item *item)
{
    if (item->kind != ITEM_BLOCK || item->block.params.count == 0)
        return format_span_end(item->name.span);
    const BlockParam *last = &item->block.params.items[item->block.params.count - 1];
    return last->default_value ? format_span_end(last->default_value->span)
                               : format_span_end(last->name.span);
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
        format_value(f, item->param.value);
        return;
    case ITEM_LET:
        buf_add(&f->out, "let %.*s = ", STR_ARGS(item->name.text));
        format_value(f, item->param.value);
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
    return is_section(item) ? block_head_end(item) : format_span_end(item->span);
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
        const Comment *comment = format_next_comment(f, item->span.pos);
        uint32_t start = comment != NULL ? comment->span.pos : item->span.pos;
        if (needs_blank && !format_has_blank_before(f, start))
            buf_add_char(&f->out, '\n');
        format_comments(f, item->span.pos);
        format_keep_blank(f, item->span.pos);
        format_comments(f, item_comment_place(item));
        format_begin_line(f);
        print_item(f, item);
        format_end_line(f, format_span_end(item->span), next);
    }
    format_comments(f, UINT32_MAX);
    return buf_str(&f->out);
}
