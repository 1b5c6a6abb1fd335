/* map.h: what elementwise operators share. Their inputs are broadcast: aligned at the last dimension, a
 * missing dimension or one of size 1 is repeated, and so is an operand without batch. */
#ifndef NNDC_MAP_H
#define NNDC_MAP_H

#include "graph/build.h"
#include "kernel/kernel.h"
#include "kernel/lower.h"
#include "ops/op.h"

/* Shape rule of all maps whose result is f32: the shape that all inputs broadcast to. */
bool map_infer(Build *b, const Call *call, Inferred *inferred);

/* The shape that values broadcast to; false when they do not fit together. */
bool map_shape(const Graph *g, const NodeId *x, int count, Shape *shape);

/* Reference evaluation: calls `of` for each element with the inputs' elements. */
typedef double (*MapFunction)(const double *x, const AttrValue *attrs);
void map_evaluate(const EvalCall *call, MapFunction of);

/* static void NAME_eval(const EvalCall *): each element is `formula` of x[0], x[1] ... and attrs. */
#define MAP_EVAL(name, formula)                                                  \
    static double name##_of(const double *x, const AttrValue *attrs)            \
    {                                                                            \
        (void)x, (void)attrs;                                                    \
        return (formula);                                                        \
    }                                                                            \
    static void name##_eval(const EvalCall *call)                                \
    {                                                                            \
        map_evaluate(call, name##_of);                                           \
    }

/* static Expr *NAME_element(...): `expression`, in which x(i) is the element of input i. */
#define MAP_ELEMENT(name, expression)                                            \
    static Expr *name##_element(MapContext *context, const Node *node, Expr *const *args) \
    {                                                                            \
        Arena *arena = context->arena;                                           \
        (void)arena, (void)node, (void)args;                                     \
        return (expression);                                                     \
    }

/* Short forms for rules: gradients ... */
NodeId map_add(Build *b, NodeId x, NodeId y);
NodeId map_sub(Build *b, NodeId x, NodeId y);
NodeId map_mul(Build *b, NodeId x, NodeId y);
NodeId map_div(Build *b, NodeId x, NodeId y);
NodeId map_scale(Build *b, NodeId x, double factor);
NodeId map_select(Build *b, NodeId condition, NodeId yes, NodeId no);
NodeId map_greater(Build *b, NodeId x, double than); /* 1 where x > than, else 0 */

/* ... and elements. */
Expr *map_call(Arena *arena, const char *function, Expr *x);
Expr *map_call2(Arena *arena, const char *function, Expr *x, Expr *y);
Expr *map_condition(Arena *arena, Expr *x);           /* x != 0, or the test that made x */
Expr *map_truth(Arena *arena, Expr *condition);       /* 1 or 0 */

#endif
