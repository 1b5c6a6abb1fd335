/* share.h: kernels that are equal up to names become one function.
 *
 * Programs of one file are given together: the forward kernels of training and evaluation are often
 * the same, and deep networks repeat layers. Each kernel is brought into a form in which its names are
 * numbers; kernels of the same form are calls of one function, each with its own buffers. What is in
 * the form, and so cannot differ: loops, expressions, literal strides, types, which arguments are
 * written (they are NN_RESTRICT: a result in the place of an operand is one argument, not two), tile
 * sizes. What is not: names, comments, and whether the schedule divides the kernel among threads. */
#ifndef NNDC_SHARE_H
#define NNDC_SHARE_H

#include "kernel/program.h"

/* ---- kernel/share_form.c: the form -----------------------------------------------------------
 * Names are numbered in the order in which the code first uses them. */
typedef struct KernelForm {
    const int64_t *words; /* equal for equal kernels */
    int64_t word_count;
    uint64_t hash;
    Str *names;           /* by number              */
    int name_count;
    int *params;          /* by place in a normal order of the parameters: index of the kernel's */
} KernelForm;
KernelForm kernel_form(Arena *arena, const Program *p, const Kernel *k);
bool kernel_forms_equal(const KernelForm *a, const KernelForm *b);

/* ---- kernel/share_copy.c ---------------------------------------------------------------------
 * A copy in which names[i] of the form is called renamed[i]. */
Kernel kernel_renamed(Arena *arena, const Kernel *k, const KernelForm *form, const Str *renamed);

/* ---- kernel/share.c: the pass ---------------------------------------------------------------- */
typedef struct KernelUser {
    const Program *program;
    int kernel; /* of program->kernels */
    KernelForm form;
} KernelUser;

typedef struct SharedFunction {
    Kernel kernel;           /* what is printed */
    const Program *program;  /* of the first user: where buffers of the parameters are looked up */
    VEC(KernelUser) users;
} SharedFunction;

/* How a kernel is called. */
typedef struct SharedCall {
    int function;   /* of Sharing.functions */
    int *arguments; /* by parameter of the function: parameter of the kernel */
} SharedCall;

typedef struct Sharing {
    VEC(SharedFunction) functions; /* in order of their first users      */
    VEC(SharedFunction) tails;     /* inlined functions, called by these */
    const Program *const *programs;
    Kernel **kernels;              /* by program: its kernels, calling tails */
    SharedCall **calls;            /* by program, then by kernel         */
    int program_count;
} Sharing;

/* Programs in the order in which they are printed: a function is printed with its first user. */
Sharing *programs_share(Arena *arena, const Program *const *programs, int count);
const SharedCall *sharing_calls(const Sharing *sharing, const Program *p);
/* The function whose first user the kernel is, or NULL. */
const SharedFunction *sharing_first_use(const Sharing *sharing, const Program *p, int kernel);
/* The tails that are first used there; NULL after the last: starts with NULL. */
const SharedFunction *sharing_next_tail(const Sharing *sharing, const Program *p, int kernel,
                                        const SharedFunction *after);
Str sharing_print(Arena *arena, const Sharing *sharing, const Program *p); /* dump: kernels of a program */

/* ---- kernel/share_tail.c: what several kernels end with becomes a function ------------------- */
void sharing_find_tails(Arena *arena, Sharing *sharing);

/* ---- kernel/share_names.c: names that suit all users ----------------------------------------- */
void sharing_name_tail(Arena *arena, const Sharing *sharing, SharedFunction *f, const char *word);
void sharing_choose_names(Arena *arena, Sharing *sharing);
/* Of names that differ, what they have in common: "conv2d_1_kernel" and "conv2d_3_kernel" have
 * "conv2d_kernel". Empty when that is nothing. */
Str common_name(Arena *arena, const Str *names, int count);

#endif
