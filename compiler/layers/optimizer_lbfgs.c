/* optimizer_lbfgs.c: L-BFGS. Its graph only adds up the gradient over the training set; direction
 * and line search are those of runtime/lbfgs.h, which reads the attributes in this order. */
#include "layers/optimizer.h"

static const AttrDef lbfgs_attrs[] = {
    {"rate", ATTR_REAL, .def = "1", .doc = "length of the first step that a line search tries",
     .least = 0, .most = 1e6, .is_open = true},
    {"history", ATTR_INT, .def = "10", .doc = "past changes that shape the direction", .least = 1,
     .most = 1000, .is_positional = true},
    {"tolerance", ATTR_REAL, .def = "1e-5", .doc = "ends when no element of the gradient is larger",
     .least = 0, .most = 1e6},
    {"loss_tolerance", ATTR_REAL, .def = "1e-9",
     .doc = "ends when the loss falls by less than this times max(1, loss)", .least = 0, .most = 1},
    {"max_line_search", ATTR_INT, .def = "20", .doc = "passes that one line search may take",
     .least = 1, .most = 1000},
    {0},
};

/* sum += gradient * samples of the batch / samples; the rate of a step is 1 / samples. */
static void lbfgs_update(Build *b, const AttrValue *attrs, NodeId parameter, NodeId gradient,
                         NodeId rate)
{
    (void)attrs;
    NodeId sum = build_optimizer_state(b, "gradient", parameter, 0);
    NodeId share = optimizer_multiply(b, build_scalar(b, SCALAR_BATCH), rate);
    build_assign(b, sum, optimizer_add(b, sum, optimizer_multiply(b, gradient, share)));
}

const OpDef op_lbfgs = {
    .name = "lbfgs",
    .family = FAMILY_OPTIMIZER,
    .category = "optimizer",
    .summary = "quasi-Newton steps over the whole training set, with line search",
    .doc =
        "Limited-memory BFGS with a line search for the strong Wolfe conditions (c1 = 1e-4, c2 = "
        "0.9), after Nocedal and Wright, Numerical Optimization, algorithms 7.4, 3.5 and 3.6.\n"
        "An epoch is one iteration: a line search of one or more passes over the training set, in "
        "batches that only bound the memory. PyTorch has history 100 and no line search by "
        "default; scikit-learn has history 10 and tolerance 1e-4.",
    .attrs = lbfgs_attrs,
    .update = lbfgs_update,
    .driver = "nn_lbfgs",
};
