/* kernel.h: loop programs, the last form of a model before it is text.
 *
 * A Kernel is one C function: statements over loops and element expressions, already tiled, with
 * every stride a literal number. Kernels are made by lowering (kernel/lower.h) and printed by
 * print/kernel_text.c. They are small, dumb and printable; no pass looks for meaning in them. */
#ifndef NNDC_KERNEL_H
#define NNDC_KERNEL_H

#include "base/base.h"
#include "graph/graph.h"

/* ---- expressions ----------------------------------------------------------------------------- */
typedef struct Expr Expr;
typedef enum ExprKind {
    EXPR_INT,
    EXPR_REAL,   /* printed so that it reads back as the same float, with the suffix f */
    EXPR_NAME,   /* a variable, or a macro of the runtime */
    EXPR_LOAD,   /* name[args[0]] */
    EXPR_UNARY,  /* op args[0]: "-" "!" */
    EXPR_BINARY, /* args[0] op args[1]: + - * / % < <= > >= == != && || */
    EXPR_SELECT, /* args[0] ? args[1] : args[2] */
    EXPR_CALL,   /* name(args...): a function of a runtime piece; printing it pulls the piece in */
    EXPR_CAST,   /* (name)args[0], name a C type */
} ExprKind;
struct Expr {
    ExprKind kind;
    int64_t integer;
    double real;
    Str name;
    const char *op;
    int count;
    Expr **args; /* count of them */
};
/* Builders fold what is constant (x*1, x+0, 2*3), so that printed indices are short. */
Expr *expr_int(Arena *arena, int64_t value);
Expr *expr_real(Arena *arena, double value);
Expr *expr_name(Arena *arena, Str name);
Expr *expr_load(Arena *arena, Str name, Expr *index);
Expr *expr_address(Arena *arena, Str name, Expr *index); /* name + index: of an element */
Expr *expr_unary(Arena *arena, const char *op, Expr *x);
Expr *expr_binary(Arena *arena, const char *op, Expr *x, Expr *y);
Expr *expr_select(Arena *arena, Expr *condition, Expr *yes, Expr *no);
Expr *expr_call(Arena *arena, const char *function, int count, Expr *const *args);
Expr *expr_cast(Arena *arena, const char *type, Expr *x);
Expr *expr_add(Arena *arena, Expr *x, Expr *y);
Expr *expr_mul(Arena *arena, Expr *x, Expr *y);
bool expr_is_int(const Expr *e, int64_t value);

/* ---- statements ------------------------------------------------------------------------------ */
typedef struct Stmt Stmt;
typedef VEC(Stmt *) Block;
typedef enum StmtKind {
    STMT_FOR,     /* for (int name = from; name < to; name += step) body */
    STMT_DECLARE, /* type name = value;     type name[count];  (value NULL: not initialised) */
    STMT_SET,     /* target op value;       op: "=" "+=" ... ; target a NAME or LOAD */
    STMT_IF,      /* if (value) body else other */
    STMT_CALL,    /* value; */
    STMT_COMMENT,
    STMT_DIRECTIVE, /* name as a line of its own at column 0: "#if NN_REGISTERS >= 32" */
    STMT_TILE,    /* the register tile of a contraction: see Tile */
    STMT_HELPER,  /* <kernel>_<name>(...): calls the size `name` of the helper (HelperSize) with all its
                     parameters, by their names */
} StmtKind;

/* The product inside a helper function: sum[r][column] += a(r) * b(column) for all steps of the loops,
 * for r < `rows` (the helper's first parameter, a literal wherever it is called). Printed in
 * print/tile_text.c with the accumulators in registers, two vectors of columns at a time. Steps are
 * added in the order of the loops, one accumulator per element, whatever the rows. */
typedef struct Tile {
    Str sum;         /* floats that receive the sums: [r][column] at sum_index + r*columns + column */
    Expr *sum_index;
    int64_t sum_row; /* distance of rows in `sum`; 0: columns */
    Expr *resumes;   /* NULL: sums start at zero; else, where it is true (1: always), at what `sum` holds */
    Str most;        /* name of the constant (Kernel.constants) that rows never exceeds */
    int columns;     /* width of a panel: 16 or 32 */
    int loop_count;  /* loops over the summed axes, outermost first */
    struct {
        Str name;
        Expr *from, *to;
    } loop[6];
    Str a;           /* pointer to scalars */
    Expr *a_index;   /* of row 0, in the names of the loops */
    Expr *a_row;     /* offset of row `r` from row 0: a literal stride times r, or constant after unrolling */
    Str b;           /* pointer to vectors: columns lie side by side */
    Expr *b_index;
    int ahead_count; /* what the next tiles read, fetched a little with every step: see tile_fetch_ahead */
    struct {
        Str pointer;
        Expr *index; /* in the names of the loops */
    } ahead[6];
    int64_t a_ahead, b_ahead; /* the same for what lies so many elements after a and b; 0: nothing */
} Tile;

struct Stmt {
    StmtKind kind;
    Str name;        /* loop variable, declared name, comment text */
    Str type;        /* of a declaration: "float", "const int", "const float *NN_RESTRICT" */
    Expr *from, *to; /* for; declare: to = element count of an array */
    int64_t step;
    int unroll;      /* for: > 0 prints "#pragma GCC unroll" */
    Expr *target, *value;
    const char *op;
    Block body, other;
    Tile *tile;
};

/* ---- kernels --------------------------------------------------------------------------------- */
typedef struct KernelParam {
    int buffer;        /* index into Program.buffers, or -1 for a plain argument */
    int64_t value;     /* what a kernel is called with for a plain argument */
    Str name;          /* h1, d_h1 ...                                                         */
    const char *type;  /* of a plain argument: "uint32_t"; NULL: "int" */
    bool is_written;
    bool is_read;
    bool is_pointwise; /* element i is read only to make element i of the results, before anything
                          is written there: plan may put a result in its place */
} KernelParam;

/* How a kernel's work is divided. Units are independent of each other and of the thread that takes
 * them, so the result is the same to the bit for any number of threads. */
typedef enum Division {
    DIVIDE_NONE,  /* too small (schedule may decide so), or cannot be divided: thread 0 does it all */
    DIVIDE_UNITS, /* the loop over units runs over this thread's share */
} Division;

/* A constant of one kernel, `enum { ROWS = NN_SIZE(14, 6) };`, that depends on how many vector
 * registers the target of the C compiler has: 32 and more, or fewer. */
typedef struct KernelConstant {
    Str name;
    int64_t many, few;
} KernelConstant;

/* One of the functions that call the helper with a literal number of rows. They are functions of their
 * own, never inlined, because compilers merge two inlined calls into one with a variable number. */
typedef struct HelperSize {
    Str name;   /* large, small, single: the function is <kernel>_<name> */
    Expr *rows; /* of constants */
} HelperSize;

/* A field that the printed text depends on must be in the form of share_form.c too. */
typedef struct Kernel {
    Str name;            /* h1_forward */
    VEC(Str) comment;    /* formula, shapes, legend; the source line is added in print */
    Shape shape;         /* of the value it is named after */
    Span span;
    VEC(KernelParam) params;
    bool needs_batch;    /* takes int batch                              */
    bool needs_step;     /* takes const nn_step *step (random, scalars)  */
    Division division;
    Expr *units;         /* number of units: may name batch; NULL: body is not in a loop over units */
    Str unit_name;       /* variable of that loop; empty: "unit"         */
    bool takes_range;    /* no such loop: the body does units unit_first to unit_last - 1 at once */
    VEC(KernelConstant) constants;
    /* Body of an inlined function <name>_tile(const int rows, PARAMS), empty when there is none. PARAMS:
     * those of the kernel, then the scalars that `setup` declares, then helper_params (plain ints); only
     * those that the body names. */
    Block helper;
    VEC(KernelParam) helper_params;
    VEC(HelperSize) helper_sizes;
    int workers;         /* > 0: at most so many threads take part, and `thread` < workers is a variable of
                            the body: each has room of its own in a scratch buffer */
    Expr *sweeps;        /* not NULL: the loop over units runs that many times, inside a loop over
                            `sweep`; a thread has the same units each time */
    Block setup;         /* before the loop over units: hoisted scalars, keys of random streams */
    Block body;          /* with units: the body of the loop over units  */
    int tail_lines;      /* last lines of the comment: the maps after the root, done by the kernel that */
    bool has_tail;       /* has them                                     */
    Str tail_name;       /* the function that does them, set by share; or empty */
    bool is_inlined;     /* such a function                              */
    bool is_halo;        /* writes only where no other kernel of its group does  */
    int64_t flops;       /* per sample, for --profile and scheduling     */
    int64_t fixed_flops; /* per step, not growing with the batch         */
} Kernel;

/* kernel/kernel.c: builders of statements; kernel_print: a readable dump; kernel_verify: names
 * declared before use, params used. */
Stmt *stmt_for(Arena *arena, Str name, Expr *from, Expr *to, int64_t step);
Stmt *stmt_declare(Arena *arena, const char *type, Str name, Expr *value);
Stmt *stmt_array(Arena *arena, const char *type, Str name, int64_t count);
Stmt *stmt_set(Arena *arena, Expr *target, const char *op, Expr *value);
Stmt *stmt_if(Arena *arena, Expr *condition);
Stmt *stmt_call(Arena *arena, Expr *call);
Stmt *stmt_comment(Arena *arena, Str text);
Stmt *stmt_directive(Arena *arena, const char *text);
Stmt *stmt_tile(Arena *arena, Tile tile);
/* Lets each step of the innermost loop ask for `floats` floats of `pointer`, step 0 from `first` on: the
 * steps of a tile together ask for what a later tile needs, while they compute. Nothing depends on it. */
void tile_fetch_ahead(Arena *arena, Tile *t, Str pointer, Expr *first, int64_t floats);
Stmt *stmt_helper(Arena *arena, Str size);
void block_add(Arena *arena, Block *block, Stmt *stmt);
/* Adds for (int name = 0; name < extent; name++) and gives its body. */
Block *block_loop(Arena *arena, Block *block, Str name, Expr *extent);
void kernel_rename(Kernel *k, Str from, Str to); /* a pointer is known by another name from now on */
const KernelParam *kernel_param_called(const Kernel *k, Str name); /* NULL: there is none */
bool block_uses(const Block *block, Str name);
bool expr_uses(Expr *e, Str name);
/* Does any call in the kernel go to this function, or to one that starts so? */
bool kernel_calls(const Kernel *k, const char *prefix);
Str kernel_verify(Arena *arena, const Kernel *k); /* empty: fine */

#endif
