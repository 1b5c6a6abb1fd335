/* leaf.c: values that come from outside. They have no rules: graph/build_leaf.c makes them with their shape,
 * and what they hold is said by Node.leaf. */
#include "ops/op.h"

// clang-format off
#define LEAF_OP(id, text, meaning)      \
    const OpDef op_##id = {             \
        .name = text,                   \
        .family = FAMILY_LEAF,          \
        .summary = meaning,             \
        .doc = "see Leaf in graph.h",   \
    }

LEAF_OP(input,     "input",           "an input of the model");
LEAF_OP(target,    "target",          "a target of the model");
LEAF_OP(parameter, "parameter",       "trained numbers");
LEAF_OP(statistic, "statistic",       "numbers that are kept between steps, but not trained");
LEAF_OP(optimizer, "optimizer_state", "what the optimizer remembers of a parameter");
LEAF_OP(constant,  "constant",        "numbers known to the compiler");
LEAF_OP(scalar,    "scalar",          "a number given at each step");
// clang-format on
