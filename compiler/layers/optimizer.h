/* optimizer.h: what the files of optimizers share. An optimizer builds the new value of one parameter
 * from its gradient, with what it remembers in leaves of its own. `rate` is the learning rate of the
 * step, a number without batch. */
#ifndef NNDC_LAYERS_OPTIMIZER_H
#define NNDC_LAYERS_OPTIMIZER_H

#include "layers/layers.h"

// clang-format off
#define RATE_ATTR(default_rate)                                                                     \
    {"rate", ATTR_REAL, .def = default_rate, .doc = "learning rate", .least = 0, .most = 1e6,        \
     .is_positional = true}
#define EPSILON_ATTR(default_epsilon, what)                                                          \
    {"epsilon", ATTR_REAL, .def = default_epsilon, .doc = what, .least = 0, .most = 10,              \
     .is_open = true,                                                                               \
     .why = "it keeps weights that never get a gradient from being changed by 0 / 0"}
// clang-format on

NodeId optimizer_add(Build *b, NodeId x, NodeId y);
NodeId optimizer_multiply(Build *b, NodeId x, NodeId y);
NodeId optimizer_scale(Build *b, NodeId x, double factor);

/* state := kept * state + (1 - kept) * value; gives the new value */
NodeId optimizer_move(Build *b, NodeId state, NodeId value, double kept);

/* parameter := parameter - change */
void optimizer_step_down(Build *b, NodeId parameter, NodeId change);

#endif
