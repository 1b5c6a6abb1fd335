/* min_cut.h: the lightest set of nodes that separates some nodes of a directed graph from others. */
#ifndef NNDC_MIN_CUT_H
#define NNDC_MIN_CUT_H

#include "base/base.h"

typedef struct CutEdge {
    int from, to;
} CutEdge;

typedef struct CutProblem {
    int count;             /* of nodes                                                    */
    const int64_t *weight; /* by node; negative: the node cannot be in the cut            */
    const bool *is_source, *is_sink; /* by node; a source may be in the cut, a sink may not */
    const CutEdge *edges;
    int edge_count;
} CutProblem;

/* Marks in is_cut the nodes without which no path leads from a source to a sink: of all such sets of
 * least weight the one closest to the sinks. False when there is none. */
bool min_cut(Arena *arena, const CutProblem *problem, bool *is_cut);

#endif
