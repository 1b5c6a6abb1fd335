/* out.h: printing C text.
 *
 * Text is written as visible lines; out_open and out_close keep braces and indentation:
 *
 *     out_open(o, "for (int i = 0; i < %d; i++)", n);
 *     out_line(o, "y[i] = 0.0f;");
 *     out_close(o, "");
 *
 * Expressions are trees, printed by expr_text with as few parentheses as C needs (and those that
 * compilers ask for: around && inside ||). */
#ifndef NNDC_OUT_H
#define NNDC_OUT_H

#include "base/base.h"
#include "front/diag.h"
#include "kernel/kernel.h"
#include "kernel/program.h"
#include "kernel/share.h"

typedef struct Out {
    StrBuf buf;
    int depth;
} Out;

/* print/out.c. A format never contains a line end; lines longer than 100 columns are broken after a
 * comma where that is possible. */
void out_init(Out *o, Arena *arena);
Str out_text(Out *o);
void out_line(Out *o, const char *format, ...) PRINTF_LIKE(2, 3);
void out_open(Out *o, const char *format, ...) PRINTF_LIKE(2, 3);  /* the line, then " {" */
void out_close(Out *o, const char *tail);                          /* "}" and tail: ";" or " else {" */
void out_directive(Out *o, const char *format, ...) PRINTF_LIKE(2, 3); /* at column 0 */
void out_blank(Out *o);
void out_function(Out *o, Str head);        /* "static void f(int a, ...)", broken under the bracket, then "{" */
void out_comment(Out *o, int count, const Str *lines); /* one block comment */
void out_text_lines(Out *o, Str text);      /* text as it is */

/* print/expr.c */
Str expr_text(Arena *arena, const Expr *e);
Str real_text(Arena *arena, double value); /* reads back as the same float: "0.5f", "1e-05f", "INFINITY" */

/* print/kernel_text.c: one static function (two, when the kernel has a helper). places: where source
 * spans are looked up for the comment; NULL leaves them out. */
void kernel_text(Out *o, const Program *p, const Kernel *k, const Sources *places);

/* print/program_text.c. The constants of a program and the functions of its kernels, except those that
 * an earlier program of the sharing has printed; then its function
 *
 *     static void <name>_run(<arguments>)
 *
 * which runs the kernels in order, in one parallel region when `threads` is among the arguments and
 * the program is not small. Arguments, always in this order, those of the set that is given:
 *     float *state (const when has_const_state), const float *weights (not const when the program's
 *     outputs go there), char *arena, const nn_step *step, const void *const *inputs,
 *     const void *const *targets, void *const *outputs, float *results, int batch, int threads
 * The batch is step->batch when batch is not an argument but step is, else 1. With RUN_MARKS the
 * function tells runtime/profile.h when each kernel ends, unless all of them take less than that. */
enum {
    RUN_STATE = 1 << 0,
    RUN_WEIGHTS = 1 << 1,
    RUN_ARENA = 1 << 2,
    RUN_STEP = 1 << 3,
    RUN_INPUTS = 1 << 4,
    RUN_TARGETS = 1 << 5,
    RUN_OUTPUTS = 1 << 6,
    RUN_RESULTS = 1 << 7,
    RUN_BATCH = 1 << 8,
    RUN_THREADS = 1 << 9,
    RUN_MARKS = 1 << 10,
    /* exactly nn_train_function, nn_prepare_function, nn_prefix_function and nn_evaluate_function of
     * runtime/net.h */
    RUN_AS_TRAIN = RUN_STATE | RUN_ARENA | RUN_STEP | RUN_INPUTS | RUN_TARGETS | RUN_RESULTS | RUN_THREADS,
    RUN_AS_PREPARE = RUN_STATE | RUN_WEIGHTS,
    RUN_AS_PREFIX = RUN_WEIGHTS | RUN_ARENA | RUN_STEP | RUN_INPUTS | RUN_OUTPUTS | RUN_THREADS,
    RUN_AS_EVALUATE = RUN_WEIGHTS | RUN_ARENA | RUN_STEP | RUN_INPUTS | RUN_TARGETS | RUN_OUTPUTS |
                      RUN_RESULTS | RUN_THREADS,
};
void program_text(Out *o, const Program *p, const Sharing *sharing, unsigned arguments,
                  const Sources *places); /* sharing NULL: the program stands alone */

/* Does the program's text call this function of a runtime piece, or any that starts so ("nn_exp")? */
bool program_calls(const Program *p, const char *prefix);

#endif
