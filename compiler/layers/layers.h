/* layers.h: what the layers share: checks of their inputs, the arithmetic of windows, parameters
 * with penalties. Functions that check report to b->diag and return false or NODE_NONE. */
#ifndef NNDC_LAYERS_H
#define NNDC_LAYERS_H

#include "graph/build.h"
#include "ops/op.h"

/* ---- inputs (layers/shape.c) ----------------------------------------------------------------- */

/* x as f32: bytes are converted, f32 is left alone. A class number is an error. */
NodeId layer_numbers(Build *b, const Call *call, int input);

/* The first input so, if it has a last axis: [features], or [..., channels]. */
NodeId layer_vectors(Build *b, const Call *call, const char *wanted);

/* "the input of 'conv2d' is [784], it must be [height, width, channels]" unless x has that rank. */
bool layer_check_rank(Build *b, const Call *call, NodeId x, int rank, const char *wanted);

/* An error at the call when shape has more than MAX_ELEMENTS elements; what: "result", "kernel". */
bool layer_check_size(Build *b, const Call *call, Shape shape, const char *what);

/* ---- windows (layers/shape.c) ----------------------------------------------------------------
 * One spatial axis of a convolution or pooling:
 *     extent = dilation * (kernel - 1) + 1
 *     out    = floor((in + before + after - extent) / stride) + 1
 * `same`: out = ceil(in / stride), padding max((out - 1) * stride + extent - in, 0), the odd
 * element after. out is never less than 1. */
typedef struct Window {
    int64_t in, kernel, stride, dilation, before, after, extent, out;
} Window;

/* "'stride' of 'conv2d' takes one number or one per axis (2), found 3" unless count is 1 or fits. */
bool layer_check_count(Build *b, const Call *call, const char *attr, int count, int axis_count);

/* The item of a list attribute for one axis: a single item stands for all axes. */
int64_t layer_item_for(const AttrValue *value, int axis);

/* Resolves the attributes 'kernel', 'stride', 'padding' and, if there is one, 'dilation' of a call
 * whose input is x = [spatial..., channels], into windows[axis_count]. A stride of 0 means the
 * kernel. needs_data: every window must hold a real element, so padding must be smaller than the
 * kernel. Reports what does not fit with its numbers. */
bool layer_windows(Build *b, const Call *call, NodeId x, int axis_count, bool needs_data,
                   Window *windows);

/* The product of x with a kernel [features, units] over its last axis (layers/dense.c):
 * out[n, i.., o] = left[n, i.., c] * right[c, o] */
ContractSpec layer_dense_spec(Shape in, int64_t units);

/* ---- parameters and activations (layers/weights.c) ------------------------------------------- */

/* The parameter "kernel", initialised by 'kernel_init', with the last axis for the outputs and
 * restrained as the attributes say. */
NodeId layer_kernel(Build *b, const Call *call, Shape shape, int64_t fan_in, int64_t fan_out);

/* The penalties 'l1' and 'l2', 'max_norm' and 'kernel_constraint' for a kernel made otherwise. input_axes, a
 * bit each: the axes over which the inputs of one output lie. False after an error. */
bool layer_restrain(Build *b, const Call *call, NodeId kernel, uint32_t input_axes);

/* y + bias over the last axis when 'bias' is true, then the activation that 'activation' names, and
 * the penalties of the result. */
NodeId layer_finish(Build *b, const Call *call, NodeId y);

/* y, or the activation of an attribute of kind ATTR_ACTIVATION applied to it. */
NodeId layer_activate(Build *b, const OpDef *activation, NodeId y);

// clang-format off
#define LAYER_PENALTY(name, what)                                                                   \
    {name, ATTR_REAL, .def = "0", .least = 0, .most = 1e6, .doc = "adds " name " * " what " to the loss"}

/* What layer_restrain reads. */
#define LAYER_RESTRAINT_ATTRS(kernel)                                                               \
    LAYER_PENALTY("l1", "sum of |" kernel "|"),                                                     \
    LAYER_PENALTY("l2", "sum of " kernel "^2"),                                                     \
    {"max_norm", ATTR_REAL, .def = "0", .least = 0, .most = 1e6,                                    \
     .doc = "after each step the weights of one output are scaled down to this norm; 0: never"},    \
    {"kernel_constraint", ATTR_CONSTRAINT, .def = "none",                                           \
     .doc = "what each step leaves of the " kernel "; norms are of the weights of one output"}

/* What layer_kernel reads. */
#define LAYER_KERNEL_ATTRS                                                                          \
    {"kernel_init", ATTR_INIT, .def = "glorot_uniform", .doc = "start values of the kernel"},       \
    LAYER_RESTRAINT_ATTRS("kernel")

/* What layer_finish reads. */
#define LAYER_RESULT_ATTRS                                                                          \
    {"bias", ATTR_BOOL, .def = "true", .doc = "add a trained number to each channel of the result"}, \
    {"activation", ATTR_ACTIVATION, .def = "none",                                                  \
     .doc = "applied to the result, as with an arrow to it"},                                       \
    {"bias_init", ATTR_INIT, .def = "zeros", .doc = "start values of the bias"},                    \
    {"bias_constraint", ATTR_CONSTRAINT, .def = "none",                                             \
     .doc = "what each step leaves of the bias; its norm is that of all of it"},                    \
    LAYER_PENALTY("bias_l1", "sum of |bias|"),                                                      \
    LAYER_PENALTY("bias_l2", "sum of bias^2"),                                                      \
    LAYER_PENALTY("activity_l1", "sum of |y| / batch"),                                             \
    LAYER_PENALTY("activity_l2", "sum of y^2 / batch")

/* Attributes that dense and convolutions end with. */
#define LAYER_FINISH_ATTRS LAYER_RESULT_ATTRS, LAYER_KERNEL_ATTRS
// clang-format on

enum {
    LAYER_MOST_SIZE = 1000000, /* of a kernel, stride, dilation or padding: extents fit easily */
    LAYER_MOST_CHANNELS = 1000000000, /* of units and filters */
};

#endif
