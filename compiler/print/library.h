/* library.h: what the parts of the inference library share (infer_header.c, infer_lib.c, weights.c). */
#ifndef NNDC_PRINT_LIBRARY_H
#define NNDC_PRINT_LIBRARY_H

#include "print/print.h"

/* ---- print/infer_names.c ----------------------------------------------------------------------
 * A member of NAME_weights: one tensor that infer reads, in its layout, with the gap after it. */
typedef struct WeightField {
    Str name;
    int64_t offset; /* floats from the start of the struct */
    int64_t floats;
    const Buffer *buffer;
} WeightField;
typedef VEC(WeightField) WeightFields;
WeightFields weight_fields(const Compilation *c); /* in the order of offsets, without gaps */

/* The arguments of NAME_infer after n. */
typedef struct Argument {
    Str name;
    const char *type; /* of what it points to */
    int64_t elements; /* of one sample        */
    Str macro;        /* that holds elements  */
    Str class_macro;  /* that holds how many classes there are */
    Str shape;
    const Node *classes; /* of an output: the target whose classes its scores are for, when they have names */
} Argument;
typedef VEC(Argument) Arguments;

typedef struct Interface {
    Str name;  /* prefix of public names */
    Str upper; /* prefix of macros       */
    Arguments inputs, outputs;
} Interface;
Interface library_interface(const Compilation *c);
Str library_infer_head(const Compilation *c, const Interface *face); /* "void NAME_infer(...)" */

/* What NAME_load returns, in the order of runtime/safetensors_parse.h. */
enum { LIBRARY_ERRORS = 8 };
typedef struct LibraryError {
    const char *word;       /* after NAME_ERROR_ */
    const char *piece_word;
    const char *text;
} LibraryError;
extern const LibraryError library_errors[LIBRARY_ERRORS];

enum { WORKSPACE_ALIGNMENT = 64 }; /* a cache line, and the widest vector */
int64_t library_workspace_bytes(const Compilation *c);

/* print/class_names.c. output: the name that the library gives it; macro: how many classes it has;
 * has_one_score: for two classes. */
void print_class_name(Out *o, Str library, Str output, const Node *target);
void print_class_name_head(Out *o, Str library, Str macro, Str output, const Node *target, bool has_one_score);
void print_class_name_example(Out *o, Str library, Str macro, Str output, bool has_one_score);

#endif
