/* print.h: the files that come out.
 *
 * Each function takes a compilation and gives the text of one file. The text depends on the model
 * and the options only: no dates, no paths, no order of pointers. */
#ifndef NNDC_PRINT_H
#define NNDC_PRINT_H

#include "base/base.h"
#include "front/diag.h"
#include "pipeline.h"
#include "print/out.h"

/* ---- print/trainer.c: one C file with everything; needs COMPILE_TRAINER. */
Str print_trainer(const Compilation *c);

/* ---- print/infer_header.c, print/infer_lib.c: NAME.h and NAME.c; need COMPILE_LIBRARY. */
Str print_library_header(const Compilation *c);
Str print_library_source(const Compilation *c);

/* ---- print/weights.c: NAME_weights.h: the tensors of a safetensors file in the layout of the
 * library's weights; needs COMPILE_LIBRARY. False with a reason when the file is not one for this
 * network. */
bool print_weights(const Compilation *c, Str safetensors, Str *text, Str *error);

/* ---- print/names.c: C identifiers from names of the model. */
/* Letters, digits and '_' only, no digit in front, no word that C, C++ or the runtime has taken. */
Str c_identifier(Arena *arena, Str name);
Str c_macro(Arena *arena, Str identifier);    /* in upper case */
Str c_string(Arena *arena, Str text);         /* a literal, with its quotes */
Str c_count(Arena *arena, int64_t count);     /* "235,146", for people */
/* The model's name as prefix of public symbols, and as stem of file names. */
Str library_name(Arena *arena, const Compilation *c);

/* A set of names that are taken. */
typedef struct Names {
    Arena *arena;
    VEC(Str) taken;
} Names;
/* c_identifier(name), with a number at its end when that is taken; takes the result. */
Str names_make(Names *names, Str name);

/* ---- print/pieces.c: the embedded files of runtime/. */
typedef struct Pieces Pieces;
Pieces *pieces_new(Arena *arena); /* none of them is used so far */
/* Adds the definitions whose names a text mentions, and what these mention. */
void pieces_add_used(Pieces *pieces, Str text);
/* What is used, in the order of pieces.def. */
void pieces_print(Out *o, const Pieces *pieces);

/* ---- print/plan.c: parts of the plan that not every trainer has. */
typedef struct Monitor {
    const char *set; /* NN_TRAIN or NN_VALIDATION */
    int result;
} Monitor;
Monitor find_monitor(Arena *arena, const Results *results, Str name); /* of "validation.loss" */
/* Prints the schedule; returns what nn_plan says of it: the fields schedule, factor and watch. */
const char *print_schedule(Out *o, const Compilation *c, const Results *results);
/* The same for the driver of an optimizer, and for the rules that stop the training. */
const char *print_driver(Out *o, const Compilation *c);
const char *print_stops(Out *o, const Compilation *c, const Results *results);

/* ---- print/data_tables.c: where samples come from. */
int print_formats(Out *o, const Model *model);
int print_sources(Out *o, const Model *model); /* net_sources[]; returns how many there are */
void print_words(Out *o, Str array, const Str *words, int count); /* static const char *const ARRAY[] */

/* ---- print/tables.c: the constants of runtime/net.h. */
/* tensors, ports, sources and the plan, then `static const nn_net net` (trainer) */
void print_net(Out *o, const Compilation *c);
/* static const nn_tensor PREFIX_tensors[]: what a weights file of the network holds (library).
 * Returns the nodes in the same order: parameters and statistics of the inference graph. */
NodeIds print_file_tensors(Out *o, const Compilation *c, Str prefix);
NodeIds file_tensors(Arena *arena, const Graph *graph);
/* Which target an output is compared with: a loss or metric reads both. -1 when there is none. */
int output_target(Arena *arena, const Graph *graph, NodeId output);
Str shape_text(Arena *arena, Shape shape, Type type, int classes); /* "u8[28, 28, 1]", "class[10]" */

/* ---- print/from_bytes.c: lets the load program read its parameters from the bytes of a file at any
 * address: every load from them becomes nn_float_at(bytes, index). */
void program_read_bytes(Program *program);

#endif
