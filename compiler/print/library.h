/* library.h: what the parts of the inference library share (infer_lib.c, weights.c). */
#ifndef NNDC_PRINT_LIBRARY_H
#define NNDC_PRINT_LIBRARY_H

#include "print/print.h"

/* A member of NAME_weights: one tensor that infer reads, in its layout, with the gap after it. */
typedef struct WeightField {
    Str name;
    int64_t offset; /* floats from the start of the struct */
    int64_t floats;
    const Buffer *buffer;
} WeightField;
typedef VEC(WeightField) WeightFields;
WeightFields weight_fields(const Compilation *c); /* in the order of offsets, without gaps */

/* print/class_names.c. output: the name that the library gives it; macro: how many classes it has;
 * has_one_score: for two classes. */
void print_class_name(Out *o, Str library, Str output, const Node *target);
void print_class_name_head(Out *o, Str library, Str macro, Str output, const Node *target, bool has_one_score);
void print_class_name_example(Out *o, Str library, Str macro, Str output, bool has_one_score);

#endif
