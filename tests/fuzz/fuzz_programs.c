/* Random networks: generated C agrees with the reference evaluation after a whole training step.
 *
 *     fuzz_programs [FIRST SEED] [COUNT]
 *
 * A network is a chain of random layers with branches that are added, multiplied or joined again, so that
 * fusion, layouts and memory plans meet what nobody thought of. The text of a network that fails is
 * printed; its seed makes it again. */
#include "program_cases.h"

static uint64_t state;

static int pick(int count)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (int)((state >> 33) % (uint64_t)count);
}

typedef struct Net {
    StrBuf text;
    int names;
    int high, wide; /* of the image that has been reached */
} Net;

static const char *activation(void)
{
    static const char *const all[] = {"relu", "tanh", "sigmoid", "leaky_relu(0.1)", "identity",
                                      "gelu", "elu",  "softplus", "hard_silu",       "prelu"};
    return all[pick(COUNT_OF(all))];
}

/* Layers that keep the shape of an image. */
static void same_layer(Net *net, int channels)
{
    switch (pick(7)) {
    case 0:
        buf_add(&net->text, " -> conv2d(%d, kernel = 3, padding = same)", channels);
        return;
    case 1:
        buf_add(&net->text, " -> conv2d(%d, kernel = [1, 3], dilation = 2, padding = same)", channels);
        return;
    case 2:
        buf_add(&net->text, " -> batch_norm");
        return;
    case 3:
        buf_add(&net->text, " -> dropout(0.25)");
        return;
    case 4:
        buf_add(&net->text, " -> max_pool2d(3, stride = 1, padding = same)");
        return;
    default:
        buf_add(&net->text, " -> %s", activation());
        return;
    }
}

static int chain(Net *net, int from, int channels)
{
    int name = ++net->names;
    buf_add(&net->text, "  h%d = h%d", name, from);
    for (int i = 1 + pick(4); i > 0; i--)
        same_layer(net, channels);
    buf_add(&net->text, "\n");
    return name;
}

static int join(Net *net, int a, int b, int *channels)
{
    int name = ++net->names;
    int how = pick(5);
    const char *format = how == 0 ? "  h%d = concat(h%d, h%d)" : how == 1 ? "  h%d = mul(h%d, h%d)" : "  h%d = add(h%d, h%d)";
    buf_add(&net->text, format, name, a, b);
    *channels *= how == 0 ? 2 : 1;
    buf_add(&net->text, pick(2) ? " -> %s\n" : "\n", activation());
    return name;
}

static int shrink(Net *net, int from, int *channels)
{
    int name = ++net->names, how = pick(4), stride = 2;
    buf_add(&net->text, "  h%d = h%d", name, from);
    if (how == 1 && net->high >= 2 && net->wide >= 2) {
        buf_add(&net->text, " -> average_pool2d(2)\n");
        net->high /= 2;
        net->wide /= 2;
        return name;
    }
    if (how < 2) {
        buf_add(&net->text, " -> max_pool2d(2, padding = same)");
    } else {
        *channels = 1 + pick(36);
        stride = 1 + pick(2);
        buf_add(&net->text, " -> conv2d(%d, kernel = 3, stride = %d, padding = same, l2 = 0.01)", *channels, stride);
    }
    net->high = (net->high + stride - 1) / stride;
    net->wide = (net->wide + stride - 1) / stride;
    buf_add(&net->text, "\n");
    return name;
}

/* A convolution and windows of its result, which mostly do not overlap, with or without something between and
 * other readers. Some take more than there is and are left out by giving the operand back. */
static int pooled(Net *net, int from, int *channels)
{
    int kernel = 1 + pick(3), high = 1 + pick(3), wide = 1 + pick(3), filters = 1 + pick(40);
    if (net->high < high || net->wide < wide)
        return from;
    int conv = ++net->names, name = ++net->names;
    int other = 1 + pick(3);
    const char *bias = pick(2) ? "true" : "false";
    const char *between = pick(4) == 0 ? " -> batch_norm" : pick(2) ? " -> relu" : "";
    buf_add(&net->text, "  h%d = h%d -> conv2d(%d, kernel = [%d, %d], padding = same, bias = %s)%s\n", conv, from, filters,
            kernel, other, bias, between);
    buf_add(&net->text, "  h%d = h%d -> max_pool2d([%d, %d]) -> %s\n", name, conv, high, wide, activation());
    *channels = filters;
    net->high /= high;
    net->wide /= wide;
    int how = pick(5);
    if (how > 2)
        return name;
    int second = ++net->names, both = ++net->names;
    if (how == 0)
        buf_add(&net->text, "  h%d = h%d -> max_pool2d([%d, %d]) -> tanh\n", second, conv, high, wide);
    else if (how == 1)
        buf_add(&net->text, "  h%d = h%d -> average_pool2d([%d, %d])\n", second, conv, high, wide);
    else
        buf_add(&net->text, "  h%d = h%d -> global_average_pool2d -> tanh\n", second, conv);
    buf_add(&net->text, "  h%d = mul(h%d, h%d)\n", both, name, second);
    return both;
}

static Str random_net(Arena *arena)
{
    static const char *const losses[] = {
        "  y = z -> dense(3) -> softmax  output y  loss cross_entropy(y, t)  metric accuracy(y, t)\n",
        "  y = z -> dense(2)  output y  loss mean_squared_error(y, t)\n",
        "  y = z -> dense(1) -> sigmoid  output y  loss binary_cross_entropy(y, t)\n",
    };
    static const char *const targets[] = {"class[3]", "f32[2]", "f32[1]"};
    Net net = {.text = {.arena = arena}, .high = 4 + pick(6), .wide = 4 + pick(6)};
    int loss = pick(3), channels = 1 + pick(5);
    buf_add(&net.text, "  input h0: f32[%d, %d, %d]  target t: %s\n", net.high, net.wide, channels, targets[loss]);
    int at = 0;
    for (int i = 1 + pick(4); i > 0; i--) {
        int what = pick(4);
        if (what < 2) {
            at = what == 0 ? shrink(&net, at, &channels) : pooled(&net, at, &channels);
            continue;
        }
        int left = chain(&net, at, channels), right = pick(2) ? chain(&net, at, channels) : at;
        at = pick(3) ? join(&net, left, right, &channels) : left;
    }
    buf_add(&net.text, "  z = h%d -> %s%s\n", at, pick(3) ? "flatten" : "global_average_pool2d",
            pick(2) ? " -> dense(17) -> tanh" : "");
    buf_add(&net.text, "%s", losses[loss]);
    return buf_str(&net.text);
}

int main(int argc, char **argv)
{
    int first = argc > 1 ? atoi(argv[1]) : 1, count = argc > 2 ? atoi(argv[2]) : 12;
    Arena arena = {0};
    const char *compiler = getenv("NNDC_CC") ? getenv("NNDC_CC") : "cc";
    for (int i = 0; i < count && case_total < MOST_CASES; i++) {
        state = (uint64_t)(first + i) * 0x9E3779B97F4A7C15u;
        pick(2);
        Step *step = arena_new(&arena, Step);
        *step = (Step){.optimizer = pick(2) ? &op_adam : &op_sgd, .text = random_net(&arena).ptr};
        add_step(step);
    }
    EXPECT(case_total == count);
    EXPECT(run_all("fuzz_programs", compiler));
    arena_free(&arena);
    return test_end();
}
