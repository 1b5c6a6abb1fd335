/* random_network.h: small random networks as `.nnd` text, for tests that compare two ways to
 * compute the same. A network is made of a seed, so that a failure can be repeated. */
#ifndef NNDC_RANDOM_NETWORK_H
#define NNDC_RANDOM_NETWORK_H

#include "base/base.h"

#include <stdio.h>

enum { MOST_VALUES = 40 };

typedef struct Value {
    char name[16];
    int rank;
    int dim[3];
} Value;

typedef struct Maker {
    uint32_t state;
    StrBuf text;
    Value values[MOST_VALUES];
    int count;
} Maker;

static int below(Maker *m, int limit)
{
    m->state = m->state * 1664525u + 1013904223u;
    return (int)((m->state >> 8) % (uint32_t)limit);
}

static const Value *any_value(Maker *m)
{
    return &m->values[below(m, m->count)];
}

static Value *new_value(Maker *m, Value like)
{
    Value *v = &m->values[m->count];
    *v = like;
    snprintf(v->name, sizeof v->name, "v%d", m->count++);
    buf_add(&m->text, "%s = ", v->name);
    return v;
}

static void add_unary(Maker *m)
{
    static const char *const stages[] = {"relu",
                                         "tanh",
                                         "sigmoid",
                                         "leaky_relu(0.2)",
                                         "identity",
                                         "negate",
                                         "square",
                                         "abs",
                                         "softmax",
                                         "log_softmax",
                                         "batch_norm",
                                         "softmax -> log",
                                         "tanh -> exp",
                                         "sigmoid -> sqrt",
                                         "square -> log1p",
                                         "dropout(0.4)",
                                         "power(2)",
                                         "normalize(0.5, 2)",
                                         "exp -> reciprocal"};
    Value from = *any_value(m);
    new_value(m, from);
    buf_add(&m->text, "%s -> %s\n", from.name, stages[below(m, COUNT_OF(stages))]);
}

static bool fits(const Value *a, const Value *b)
{
    if (b->rank > a->rank)
        return false;
    for (int i = 1; i <= b->rank; i++)
        if (b->dim[b->rank - i] != a->dim[a->rank - i] && b->dim[b->rank - i] != 1)
            return false;
    return true;
}

static void add_binary(Maker *m)
{
    const Value *a = any_value(m), *b = any_value(m);
    if (!fits(a, b))
        return;
    Value x = *a, y = *b;
    new_value(m, x);
    switch (below(m, 6)) {
    case 0:
        buf_add(&m->text, "%s + %s\n", x.name, y.name);
        break;
    case 1:
        buf_add(&m->text, "%s - %s\n", x.name, y.name);
        break;
    case 2:
        buf_add(&m->text, "%s * %s\n", x.name, y.name);
        break;
    case 3:
        buf_add(&m->text, "maximum(%s, %s)\n", x.name, y.name);
        break;
    case 4:
        buf_add(&m->text, "minimum(%s, %s)\n", x.name, y.name);
        break;
    default:
        buf_add(&m->text, "%s / (%s * %s + 1)\n", x.name, y.name, y.name);
    }
}

static void add_number(Maker *m)
{
    static const char *const forms[] = {" * 2",  " + 0",     " * 1",       " / 4", " - 0.5",
                                        " * -1", " + 1 - 1", " * 3 * 0.5", " ** 2"};
    Value x = *any_value(m);
    new_value(m, x);
    buf_add(&m->text, "%s%s\n", x.name, forms[below(m, COUNT_OF(forms))]);
}

static void add_image_layer(Maker *m)
{
    Value x = *any_value(m);
    if (x.rank != 3)
        return;
    switch (below(m, 4)) {
    case 0: {
        Value *y = new_value(m, x);
        y->dim[2] = 2;
        buf_add(&m->text, "%s -> conv2d(2, kernel = 3, padding = same, bias = %s)\n", x.name,
                below(m, 2) ? "true" : "false");
        break;
    }
    case 1: {
        Value *y = new_value(m, x);
        y->dim[0] = (x.dim[0] + 1) / 2;
        y->dim[1] = (x.dim[1] + 1) / 2;
        buf_add(&m->text, "%s -> max_pool2d(2, padding = same)\n", x.name);
        break;
    }
    case 2: {
        Value *y = new_value(m, x);
        y->dim[0] = (x.dim[0] + 1) / 2;
        y->dim[1] = (x.dim[1] + 1) / 2;
        buf_add(&m->text, "%s -> average_pool2d(2, padding = same)\n", x.name);
        break;
    }
    default: {
        Value *y = new_value(m, x);
        *y = (Value){.rank = 1, .dim = {x.dim[2]}};
        snprintf(y->name, sizeof y->name, "v%d", m->count - 1);
        buf_add(&m->text, "%s -> global_average_pool2d\n", x.name);
    }
    }
}

static void add_dense(Maker *m)
{
    Value x = *any_value(m);
    Value *y = new_value(m, x);
    y->dim[x.rank - 1] = 2;
    buf_add(&m->text, "%s -> dense(2, l2 = %s)\n", x.name, below(m, 2) ? "0.1" : "0");
}

static void add_view(Maker *m)
{
    Value x = *any_value(m), z = *any_value(m);
    if (x.rank == z.rank && x.dim[0] == z.dim[0] && (x.rank == 1 || x.dim[1] == z.dim[1]) &&
        x.dim[x.rank - 1] + z.dim[z.rank - 1] <= 6) {
        Value *y = new_value(m, x);
        y->dim[x.rank - 1] = x.dim[x.rank - 1] + z.dim[z.rank - 1];
        buf_add(&m->text, "concat(%s, %s)\n", x.name, z.name);
        if (x.rank == 1)
            y->dim[0] = x.dim[0] + z.dim[0];
        return;
    }
    Value *y = new_value(m, x);
    int size = 1;
    for (int i = 0; i < x.rank; i++)
        size *= x.dim[i];
    y->rank = 1;
    y->dim[0] = size;
    buf_add(&m->text, "%s -> flatten\n", x.name);
}

/* A body of a model: two images, a vector, steps, and a loss on everything that was made last. */
static Str random_network(Arena *arena, uint32_t seed)
{
    Maker m = {.state = seed * 2654435761u + 1, .text = {.arena = arena}};
    buf_add(&m.text, "input v0: f32[4, 3, 2]\ninput v1: f32[4, 3, 2]\ninput v2: f32[2]\n"
                     "target t: f32[2]\ntarget label: class[2]\n");
    m.values[0] = (Value){"v0", 3, {4, 3, 2}};
    m.values[1] = (Value){"v1", 3, {4, 3, 2}};
    m.values[2] = (Value){"v2", 1, {2}};
    m.count = 3;
    static void (*const steps[])(Maker *) = {
        add_unary,       add_unary,       add_unary,       add_binary, add_binary, add_number,
        add_image_layer, add_image_layer, add_image_layer, add_dense,  add_view};
    for (int tries = 6 + below(&m, 20); tries > 0 && m.count < MOST_VALUES - 4; tries--)
        steps[below(&m, COUNT_OF(steps))](&m);
    const char *last = m.values[m.count - 1].name, *other = any_value(&m)->name;
    buf_add(&m.text, "y = add(%s -> flatten -> dense(2), %s -> flatten -> dense(2))\noutput y\n",
            last, other);
    if (below(&m, 2))
        buf_add(&m.text, "p = y -> softmax\noutput p\nloss cross_entropy(p, label)\n"
                         "metric accuracy(p, label)\n");
    else
        /* tanh: far scores lose their digits in the sigmoid, which only the stable form gets back
         */
        buf_add(&m.text, "p = y -> tanh -> sigmoid\noutput p\nloss binary_cross_entropy(p, t)\n"
                         "loss mean_squared_error(y, t)\n");
    return buf_str(&m.text);
}

#endif
