/* toys.h: the classic two-dimensional toy sets, made from a seed.
 *
 * The points lie in a square of side 12 around the origin, the two classes alternate, and `noise`
 * (0: none, 0.5: a lot) moves points: for circle and xor it blurs the border, for gaussian it widens
 * the blobs, for spiral it shakes every point. The network has one input of two values and one
 * target: a class of two, or one number that is 0 or 1. */
#ifndef NN_TOYS_H
#define NN_TOYS_H

#include "data.h"
#include "initialise.h"
#include "rng.h"

enum { NN_TOY_CIRCLE, NN_TOY_XOR, NN_TOY_GAUSSIAN, NN_TOY_SPIRAL };

typedef struct nn_toy_point {
    double x, y;
    int class_number;
} nn_toy_point;

/* Point number i of a set of `count`. Each point has 16 random numbers of its own. */
static nn_toy_point nn_toy(int toy, double noise, long long count, long long i, uint32_t key)
{
    const double pi = 3.141592653589793;
    uint32_t at = (uint32_t)i * 16;
    double u = (double)nn_uniform(key, at), v = (double)nn_uniform(key, at + 1);
    double shake_x = (2 * (double)nn_uniform(key, at + 2) - 1) * noise;
    double shake_y = (2 * (double)nn_uniform(key, at + 3) - 1) * noise;
    nn_toy_point point = {0, 0, (int)(i % 2)};
    if (toy == NN_TOY_CIRCLE) {
        /* Class 1 inside of radius 2.5, class 0 in a ring from 3.5 to 5. */
        double radius = point.class_number ? 2.5 * u : 3.5 + 1.5 * u;
        point.x = radius * sin(2 * pi * v);
        point.y = radius * cos(2 * pi * v);
        double dx = point.x + 5 * shake_x, dy = point.y + 5 * shake_y;
        point.class_number = dx * dx + dy * dy < 9.0;
    } else if (toy == NN_TOY_XOR) {
        /* Class 1 where the signs agree; a margin of 0.3 around the axes. */
        point.x = 10 * u - 5;
        point.y = (point.class_number ? point.x >= 0 : point.x < 0) ? 5 * v : -5 * v;
        point.x += point.x >= 0 ? 0.3 : -0.3;
        point.y += point.y > 0 ? 0.3 : -0.3;
        point.class_number = (point.x + 5 * shake_x) * (point.y + 5 * shake_y) >= 0;
    } else if (toy == NN_TOY_GAUSSIAN) {
        /* Blobs at (2, 2) and (-2, -2). */
        double centre = point.class_number ? 2 : -2;
        double deviation = sqrt(0.5 + 7 * noise);
        point.x = centre + deviation * (double)nn_normal(key, (uint32_t)i * 8 + 2);
        point.y = centre + deviation * (double)nn_normal(key, (uint32_t)i * 8 + 3);
    } else {
        /* Two arms of 1.75 turns, half a turn apart. */
        double half = (double)((count + 1) / 2), along = (double)(i / 2) / (half > 0 ? half : 1);
        double turn = 1.75 * along * 2 * pi + (point.class_number ? pi : 0);
        point.x = 5 * along * sin(turn) + shake_x;
        point.y = 5 * along * cos(turn) + shake_y;
    }
    return point;
}

/* NULL, with a message, when the network's ports are not those of a toy set. */
static nn_data *nn_make_toys(const nn_net *net, const nn_source *source, const char *const *files,
                             int count, int with_targets, nn_error *error)
{
    const nn_port *in = &net->inputs[0], *out = net->target_count == 1 ? &net->targets[0] : NULL;
    if (net->input_count != 1 || in->type != NN_F32 || in->elements != 2 || out == NULL ||
        !((out->type == NN_CLASS && out->classes == 2) ||
          (out->type == NN_F32 && out->elements == 1))) {
        nn_fail(error, NN_EXIT_IO,
                "a toy set has one input of f32[2] and one target of class[2] or f32[1]");
        return NULL;
    }
    (void)files, (void)count, (void)with_targets;
    nn_data *data = nn_data_new(net, source->rows, 1);
    uint32_t key = nn_key(source->seed, (uint32_t)source->toy, 0x2001);
    for (long long i = 0; i < source->rows; i++) {
        nn_toy_point point = nn_toy(source->toy, source->amount, source->rows, i, key);
        nn_data_put(data, net, 0, i, 0, point.x);
        nn_data_put(data, net, 0, i, 1, point.y);
        nn_data_put(data, net, 1, i, 0, point.class_number);
    }
    return data;
}

static const nn_format nn_toys = {"a toy set", NN_NO_FILES, 0, 0, NULL, nn_make_toys};

#endif
