/* scan.h: one recurrent cell carried over the steps of a sequence, as the operators in scan.c and
 * their lowering in kernel/lower_scan.c see it.
 *
 * A cell has gates and states. x holds the share of all steps' inputs in the gates, so that one
 * product makes it for the whole sequence; what is left for each step is the product of the hidden
 * state with the recurrent kernel, and arithmetic. Columns of gate g are g * units + j. */
#ifndef NNDC_SCAN_H
#define NNDC_SCAN_H

#include "graph/graph.h"
#include "ops/op.h"

typedef enum CellKind {
    CELL_RNN,  /* h = f(x + h U + b) */
    CELL_GRU,  /* gates z r h; the reset gate works on the product, after the recurrent bias */
    CELL_LSTM, /* gates i f c o; states h c */
} CellKind;

typedef enum CellFunction {
    CELL_NONE,
    CELL_RELU,
    CELL_SIGMOID,
    CELL_TANH,
} CellFunction;
extern const char *const cell_function_names[];

/* Operands of `scan` and `scan_trace`, and of the three gradients, whose kernel is transposed and
 * stands at the same place, as does the mask: factors of the hidden state before the product. A
 * bias or a state that is the number 0, or a mask that is the number 1, is not there. */
enum { SCAN_X, SCAN_KERNEL, SCAN_BIAS, SCAN_STATE, SCAN_MASK, SCAN_INPUTS };
enum { SCAN_GRAD_TRACE, SCAN_GRAD_KERNEL, SCAN_GRAD_STATE, SCAN_GRAD_OUT, SCAN_GRAD_MASK };

enum { CELL_LANES = 16, CELL_MOST_PARTS = 5 };

typedef struct CellForm {
    CellKind kind;
    int gates;
    int states; /* 1: hidden; 2: hidden and cell                                             */
    int parts;  /* of the trace: rnn h; gru z r candidate, product of the candidate, h; lstm i f c o
                   cell                                                                      */
    int64_t steps, units;
    bool has_cell; /* an LSTM's cell after the last step follows the hidden states in `scan` */
    int64_t rows;  /* of what scan gives: steps, and one for the cell                        */
    int64_t lanes; /* units, up to whole vectors: rows of the trace, and of what a step works on */
    CellFunction activation, recurrent;
} CellForm;

/* Attributes of all operators in scan.c. */
enum {
    SCAN_ATTR_CELL,
    SCAN_ATTR_UNITS,
    SCAN_ATTR_ACTIVATION,
    SCAN_ATTR_RECURRENT,
    SCAN_ATTR_WITH_CELL,
    SCAN_ATTRS
};

CellForm cell_form(const Graph *g, const Node *n);
bool scan_is_absent(const Graph *g, NodeId operand); /* a bias, state or mask */
int64_t scan_flops(const Graph *g, const Node *n);   /* per sample */

#endif
