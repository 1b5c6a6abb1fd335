/* diag.h: source texts and messages about them.
 *
 * Sources owns the text of every file read; Span.file is the id of one (1, 2, ...). Everything else
 * keeps byte spans only; lines and columns exist here.
 *
 * A message is an error or a warning, optionally followed by notes (another place that belongs to
 * it) and help (what to write instead). It is printed when it is reported:
 *
 *     net.nnd:9:24: error: 'conv2d' has no attribute 'kernal'
 *         9 |     h = x -> conv2d(6, kernal = 5)
 *           |                        ^~~~~~
 *     help: did you mean 'kernel'?
 *
 * Wording: lower case, no final period, single quotes around the user's text, the found and the
 * needed value. The error states a fact; only help gives advice. */
#ifndef NNDC_FRONT_DIAG_H
#define NNDC_FRONT_DIAG_H

#include "base/base.h"

#include <stdio.h>

/* ---- source texts (front/source.c) ----------------------------------------------------------- */
enum { SOURCE_MAX_BYTES = 16 * 1024 * 1024 }; /* spans are 32-bit; no model is near this */

typedef struct Source {
    Str path;             /* as the user wrote it                        */
    Str text;             /* the whole file                              */
    uint32_t *line_start; /* offset of each line's first byte            */
    int line_count;
} Source;

typedef struct Sources {
    Arena *arena;
    VEC(Source) files;
} Sources;

typedef struct SourcePlace {
    Str path;
    int line;   /* from 1                                  */
    int column; /* from 1, in code points; a tab is one    */
} SourcePlace;

int source_add(Sources *sources, Str path, Str text); /* returns the id; text must stay alive */
/* Reads a file; on failure returns 0 and a reason ("cannot read 'x.nnd': ...") in *error. */
int source_read(Sources *sources, Str path, Str *error);
int source_find(const Sources *sources, Str path); /* 0 when it was not read */
const Source *source_get(const Sources *sources, int id);
Str source_text(const Sources *sources, Span span); /* the bytes under a span */
SourcePlace source_place(const Sources *sources, Span span);
Str source_line(const Source *source, int line); /* without its line end */

/* ---- messages (front/diag.c) ----------------------------------------------------------------- */
enum { DIAG_MAX_ERRORS = 20 };

typedef enum DiagKind { DIAG_ERROR, DIAG_WARNING, DIAG_NOTE, DIAG_HELP } DiagKind;

typedef struct DiagMessage {
    DiagKind kind;
    Span span;
    Str text;
} DiagMessage;

typedef struct Diag {
    Arena *arena;
    const Sources *sources;
    FILE *stream; /* where messages go; NULL: only into output                   */
    bool has_color;
    StrBuf output; /* what was printed, when stream is NULL                       */
    VEC(DiagMessage) messages;
    VEC(Span) marks;  /* also underlined by the next error, warning or note          */
    int error_count;  /* errors printed                                              */
    int raised_count; /* errors reported, repeated ones included: compare before and
                         after a pass to know whether it went well                   */
    int warning_count;
    VEC(DiagMessage) context; /* notes that every error gets: "in block 'stage' used here"   */
    VEC(DiagMessage) pending; /* those of the last error, printed after its own notes        */
    bool is_muted;            /* the last error repeated one: its notes are dropped too      */
} Diag;

/* stream is usually stderr; colour is used when it is a terminal and NO_COLOR is not set. */
void diag_init(Diag *diag, Arena *arena, const Sources *sources, FILE *stream);

/* Report. The same text at the same place is reported once, whoever finds it again (a block that is
 * used twice, a model elaborated for training and for inference). After DIAG_MAX_ERRORS errors
 * nothing more is printed. A span with file 0 prints the message without a place. */
void diag_error(Diag *diag, Span span, const char *format, ...) PRINTF_LIKE(3, 4);
void diag_warning(Diag *diag, Span span, const char *format, ...) PRINTF_LIKE(3, 4);

/* Belong to the error or warning reported last. */
void diag_note(Diag *diag, Span span, const char *format, ...) PRINTF_LIKE(3, 4);
void diag_help(Diag *diag, const char *format, ...) PRINTF_LIKE(2, 3);

/* Underlines one more span of the same line with tildes in the next message:
 *     diag_mark(d, left); diag_mark(d, right); diag_error(d, name, "...");   ^~~ ~~~~ ~~~~~ */
void diag_mark(Diag *diag, Span span);

/* From here to the matching pop every error also gets this note, after its own notes and help. */
void diag_push_context(Diag *diag, Span span, const char *format, ...) PRINTF_LIKE(3, 4);
void diag_pop_context(Diag *diag);

bool diag_is_full(const Diag *diag); /* the error limit is reached: stop looking for more */
void diag_finish(Diag *diag);        /* prints how many errors there were, when more than one */

/* The candidate nearest to name (at most 2 edits and a third of its length), or an empty Str. */
Str diag_suggest(Str name, const Str *candidates, int count);
/* The candidate that other frameworks call `name`, or that begins with it; empty: none. (foreign.c) */
Str diag_foreign_word(Str name, const Str *candidates, int count);
/* Either of them, reported as help: "did you mean 'x'?". False when there is none. */
bool diag_help_suggest(Diag *diag, Str name, const Str *candidates, int count);

#endif
