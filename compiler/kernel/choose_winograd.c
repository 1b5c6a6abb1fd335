/* choose_winograd.c: which 3x3 and 5x5 convolutions are computed by Winograd's transformation, and with which
 * squares: the pass graph_winograd.
 *
 * A convolution keeps its form and gets a transformed kernel on its right. The gradient of an image
 * becomes such a convolution over the gradient of Y. The gradient of a kernel keeps its operands.
 *
 * The choice is a sum of times for the whole batch, in nanoseconds of a core that does 100 operations in
 * one: products, transformations, and what the transformed kernel costs to read (for a gradient, the sums to
 * write; in a training step, the kernel to transform), against the direct products. Only ratios matter, and
 * they are alike on processors whose caches go with their speed. */
#include "graph/rewrite.h"
#include "kernel/contract_winograd.h"
#include "ops/op.h"

typedef struct Options {
    int64_t batch;
    bool remakes; /* kernels change with every call */
    int forced; /* 0: the model decides */
} Options;

enum { LEAST_CHANNELS = 16 }; /* a whole block: fewer are mostly padding */

static bool has_form(const ContractForm *form)
{
    if (form->kind == CONTRACT_OTHER || form->spatial != 2 || !form->has_kernel_axes || form->groups != 1 ||
        form->points > 0 || form->c < LEAST_CHANNELS || form->o < LEAST_CHANNELS)
        return false;
    int64_t taps = form->axis[0].kernel;
    return (taps == 3 || taps == 5) && form->axis[1].kernel == taps && form->axis[0].stride == 1 &&
           form->axis[1].stride == 1;
}

/* ---- the model ------------------------------------------------------------------------------------- */
static const double direct_rate = 75, product_rate = 75; /* operations a nanosecond */
static const double cache_rate = 12; /* bytes a nanosecond from the third level cache */
static const double memory_rate = 5; /* and from memory, or of a kernel that is fetched ahead */
static const double remake_rate = 3; /* of a kernel that is written in another form */
enum { CACHE_BYTES = 1024 * 1024, SHARED_BYTES = 16 * 1024 * 1024 };

/* A channel of a patch to its places, of the places to results: additions and moves, at the speed of the
 * second level cache. */
static double transformation(int side)
{
    return side == 8 ? 14 : side == 6 ? 8 : 3;
}

/* Products, while the kernel that does not stay in the cache comes from behind it. */
static double products_time(double operations, double rate, double kernel, int64_t reads)
{
    double time = operations / rate, fetch = kernel > CACHE_BYTES ? kernel * (double)reads / memory_rate : 0;
    return time > fetch ? time : fetch;
}

static double direct_time(const ContractForm *form, int64_t batch)
{
    bool is_image = form->kind == CONTRACT_IMAGE;
    int64_t high = is_image ? form->axis[0].in : form->axis[0].out;
    int64_t wide = is_image ? form->axis[1].in : form->axis[1].out;
    double products = (double)(form->axis[0].kernel * form->axis[1].kernel * form->c * form->o);
    return products_time(2 * products * (double)(high * wide * batch), direct_rate, 4 * products, 1);
}

static double winograd_time(const ContractForm *form, int points, int64_t batch)
{
    Squares s = winograd_squares(form, points, batch, form->c, form->o);
    double squares = (double)(s.each * batch), kernel = 4.0 * (double)(s.places * form->c * form->o);
    double operations = 2.0 * squares * (double)(s.places * form->c * form->o);
    double time = squares * (double)(form->c + form->o) * transformation(s.side);
    double block = 4.0 * (double)(s.places * s.room * (form->c + form->o));
    bool is_at_once = form->kind == CONTRACT_KERNEL && winograd_sums_at_once(&s, form->c, form->o);
    if (block > 2 * CACHE_BYTES || is_at_once) /* patches and products go out and come back */
        time += 8 * squares * (double)(s.places * (form->c + form->o)) / cache_rate;
    if (form->kind != CONTRACT_KERNEL)
        return time + products_time(operations, product_rate, kernel, s.blocks < WINOGRAD_FEW_BLOCKS ? 1 : s.blocks);
    time += operations / product_rate;
    double rate = kernel > SHARED_BYTES ? memory_rate : cache_rate;
    double reads = kernel > CACHE_BYTES ? (double)s.blocks : 1;
    if (is_at_once)
        return time + 2 * kernel / rate;
    /* Sums are read and written for each block, and once more by part. */
    return time + kernel * (2 * reads + 2 * WINOGRAD_PARTS) / rate;
}

/* 0, 2 or 4. */
static int choose(const ContractForm *form, const Options *options)
{
    if (!has_form(form))
        return 0;
    if (options->forced > 0)
        return options->forced;
    if (form->schedule.winograd > 0)
        return form->schedule.winograd == 1 ? 0 : form->schedule.winograd;
    int64_t taps = form->axis[0].kernel;
    double weights = 4.0 * (double)(form->c * form->o), best = direct_time(form, options->batch);
    bool remakes = options->remakes && form->kind != CONTRACT_KERNEL;
    if (remakes && form->kind == CONTRACT_IMAGE) /* turned around */
        best += (double)(taps * taps) * weights / remake_rate;
    int points = 0;
    for (int m = 2; m <= 4; m += 2) {
        double time = winograd_time(form, m, options->batch), places = (double)((m + taps - 1) * (m + taps - 1));
        time += remakes ? places * weights / remake_rate : 0;
        if (time < best) {
            best = time;
            points = m;
        }
    }
    return points;
}

/* ---- the rewriting ----------------------------------------------------------------------------------- */
static NodeId transformed(const Site *s, int points, bool is_turned)
{
    Build build = *s->build;
    build.name = site_input(s, 1)->name;
    AttrValue attrs[] = {{.i = points}, {.i = is_turned}};
    return build_node(&build, &op_winograd_kernel, &s->in[1], 1, attrs);
}

/* d_x[n,i,j,c] += d_y[n, i + (p-last)*d + a, j + (q-last)*d + b, o] * kernel[p,q,o,c], the kernel turned
 * around. */
static ContractSpec image_spec(const ContractForm *form, Shape out)
{
    enum { N, I, J, P, Q, O, C };
    const ContractAxis *high = &form->axis[0], *wide = &form->axis[1];
    ContractSpec spec = {.axis_count = 7,
                         .axis = {[N] = {'n', -1},
                                  [I] = {'i', high->in},
                                  [J] = {'j', wide->in},
                                  [P] = {'p', high->kernel},
                                  [Q] = {'q', wide->kernel},
                                  [O] = {'o', form->o},
                                  [C] = {'c', form->c}},
                         .out_shape = out};
    spec.left[0] = (IndexMap){2, {{I, 1}, {P, high->dilation}}, high->before - (high->kernel - 1) * high->dilation};
    spec.left[1] = (IndexMap){2, {{J, 1}, {Q, wide->dilation}}, wide->before - (wide->kernel - 1) * wide->dilation};
    spec.left[2] = spec.right[2] = (IndexMap){1, {{O, 1}}, 0};
    spec.right[0] = (IndexMap){1, {{P, 1}}, 0};
    spec.right[1] = (IndexMap){1, {{Q, 1}}, 0};
    spec.right[3] = spec.out[2] = (IndexMap){1, {{C, 1}}, 0};
    spec.out[0] = (IndexMap){1, {{I, 1}}, 0};
    spec.out[1] = (IndexMap){1, {{J, 1}}, 0};
    return spec;
}

static NodeId by_winograd(const Site *s)
{
    ContractForm form = contract_form_of(s->node->contract, site_input(s, 0)->shape, site_input(s, 1)->shape, s->shape);
    int points = choose(&form, s->options);
    bool is_constant = site_input(s, 1)->leaf != NULL && site_input(s, 1)->leaf->kind == LEAF_CONSTANT;
    if (points == 0 || is_constant)
        return NODE_NONE;
    ContractSpec spec = form.kind == CONTRACT_IMAGE ? image_spec(&form, s->shape) : *s->node->contract;
    spec.points = points;
    NodeId right = form.kind == CONTRACT_KERNEL ? s->in[1] : transformed(s, points, form.kind == CONTRACT_IMAGE);
    return build_contract(s->build, s->in[0], right, &spec);
}

Graph *graph_winograd(Arena *arena, const Graph *g, int64_t batch, bool remakes, int forced)
{
    Options options = {batch, remakes, forced};
    RewriteRule rule = {&op_contract, by_winograd};
    return rewrite_graph_with(arena, g, &rule, 1, &options);
}
