/* format.h: what the two files of the formatter share: format.c prints statements and items,
 * format_value.c lines, comments and values. */
#ifndef NNDC_FRONT_FORMAT_H
#define NNDC_FRONT_FORMAT_H

#include "front/ast.h"

enum { INDENT = 4, WIDTH = 100 };

typedef struct Format {
    Arena *arena;
    const Sources *sources;
    const Syntax *syntax;
    StrBuf out;
    int64_t line_start;    /* offset in out of the current line       */
    int indent;            /* columns                                 */
    int next_comment;      /* first comment that is not printed yet   */
    bool is_section_start; /* nothing printed yet since '{' or the beginning */
} Format;

/* ---- format_value.c -------------------------------------------------------------------------- */
void format_expr(Format *f, StrBuf *buf, const AstExpr *expr); /* on one line     */
void format_list(Format *f, StrBuf *buf, const AstExprList *list);
void format_args(Format *f, StrBuf *buf, const ArgList *args);
void format_value(Format *f, const AstExpr *expr); /* on many, if needed */
void format_begin_line(Format *f);
void format_keep_blank(Format *f, uint32_t pos); /* the blank line before pos, if there is one */
bool format_has_blank_before(const Format *f, uint32_t pos);
void format_comments(Format *f, uint32_t pos); /* those before pos, on their own lines */
const Comment *format_next_comment(const Format *f, uint32_t pos); /* if it stands before pos   */
/* Ends the line, first with the comment that stands behind the same code in the source. */
void format_end_line(Format *f, uint32_t code_end, uint32_t next_code);
uint32_t format_span_end(Span span);

#endif
