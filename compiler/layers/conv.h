/* conv.h: what the layers over images and sequences share. */
#ifndef NNDC_CONV_H
#define NNDC_CONV_H

#include "layers/layers.h"

/* Axes of a convolution: n batch, i j position, g group, o channel out, p q place in the kernel,
 * c channel in. */
typedef struct Conv {
    int axis_count; /* spatial: 1 or 2 */
    Window window[2];
    int64_t groups;
    int64_t in_size, out_size; /* channels of one group */
} Conv;

/* x [spatial..., channels] with kernel [spatial..., channels / groups, filters]. */
ContractSpec conv_spec(const Conv *conv, Shape in);

/* [spatial..., before_last, last], with the windows' sizes. */
Shape conv_kernel_shape(const Conv *conv, int64_t before_last, int64_t last);

/* x with that many spatial axes as f32, or NODE_NONE after an error. */
NodeId conv_input(Build *b, const Call *call, int axis_count);

// clang-format off
#define CONV_KERNEL_ATTR(axes)                                                                     \
    {"kernel", ATTR_INTS, .least = 1, .most = LAYER_MOST_SIZE, .is_positional = true,              \
     .doc = "size of the window, one number or one per axis: " axes}
#define CONV_WINDOW_ATTRS(axes)                                                                    \
    CONV_KERNEL_ATTR(axes),                                                                        \
    {"stride", ATTR_INTS, .def = "1", .least = 1, .most = LAYER_MOST_SIZE,                         \
     .doc = "step of the window"},                                                                 \
    {"dilation", ATTR_INTS, .def = "1", .least = 1, .most = LAYER_MOST_SIZE,                       \
     .doc = "distance between the kernel's elements"},                                             \
    {"padding", ATTR_PADDING, .def = "valid",                                                      \
     .doc = "zeros around the input: valid (none), same, or numbers per axis, before and after"}
#define CONV_FILTERS_ATTR                                                                          \
    {"filters", ATTR_INT, .least = 1, .most = LAYER_MOST_CHANNELS, .is_positional = true,          \
     .doc = "channels of the result"}
// clang-format on

#endif
