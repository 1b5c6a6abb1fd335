/* window.h: the numbers of a pooling window, for rules and lowering. */
#ifndef NNDC_WINDOW_H
#define NNDC_WINDOW_H

#include "graph/graph.h"

/* Windows over rows and columns of an image [height, width, channels]. Windows over a sequence
 * [steps, channels] take the same form with one row: axis 0 then has size, kernel and stride 1. */
typedef struct WindowForm {
    bool is_sequence; /* the tensors have no dimension for axis 0 */
    int64_t channels;
    int64_t in[2], out[2], kernel[2], stride[2];
    int64_t before[2]; /* padding before the data; what lies after follows from `out` */
} WindowForm;

/* Of a node of FAMILY_WINDOW, forward or gradient: in is the size of the pooled tensor. */
WindowForm window_form(const Graph *g, const Node *n);

/* Real elements of the window that belongs to one output position: from first to last - 1. */
typedef struct WindowRange {
    int64_t start; /* of the window, negative when it begins in the padding */
    int64_t first, last;
} WindowRange;
WindowRange window_range(const WindowForm *form, int axis, int64_t out_index);

#endif
