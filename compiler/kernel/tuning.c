/* tuning.c: the table of measured schedules, and the pass that applies it. */
#include "kernel/tuning.h"

#include "graph/rewrite.h"
#include "ops/op.h"

#include <stdio.h>
#include <string.h>

/* ---- the names of lines -------------------------------------------------------------------------- */
static const char *kind_name(ContractKind kind)
{
    switch (kind) {
    case CONTRACT_OTHER:
        return "other";
    case CONTRACT_FORWARD:
        return "forward";
    case CONTRACT_IMAGE:
        return "image";
    case CONTRACT_KERNEL:
        return "kernel";
    }
    BUG("kind %d of a contraction", (int)kind);
}

static void add_pair(StrBuf *buf, const char *name, int spatial, int64_t high, int64_t wide)
{
    if (spatial == 2)
        buf_add(buf, " %s %lldx%lld", name, (long long)high, (long long)wide);
    else
        buf_add(buf, " %s %lld", name, (long long)wide);
}

Str tuning_sizes(Arena *arena, const ContractForm *form, int64_t batch)
{
    StrBuf buf = {.arena = arena};
    const ContractAxis *h = &form->axis[0], *w = &form->axis[1];
    buf_add(&buf, "%s ", kind_name(form->kind));
    for (int d = 2 - form->spatial; d < 2; d++)
        buf_add(&buf, "%lldx", (long long)form->axis[d].in);
    buf_add(&buf, "%lld -> ", (long long)(form->groups * form->c));
    for (int d = 2 - form->spatial; d < 2; d++)
        buf_add(&buf, "%lldx", (long long)form->axis[d].out);
    buf_add(&buf, "%lld", (long long)(form->groups * form->o));
    if (form->has_kernel_axes)
        add_pair(&buf, "kernel", form->spatial, h->kernel, w->kernel);
    if (h->stride != 1 || w->stride != 1)
        add_pair(&buf, "stride", form->spatial, h->stride, w->stride);
    if (h->dilation != 1 || w->dilation != 1)
        add_pair(&buf, "dilation", form->spatial, h->dilation, w->dilation);
    if (h->before != 0 || w->before != 0)
        add_pair(&buf, "padding", form->spatial, h->before, w->before);
    if (form->groups != 1)
        buf_add(&buf, " groups %lld", (long long)form->groups);
    buf_add(&buf, " batch %lld", (long long)batch);
    return buf_str(&buf);
}

/* ---- the table -------------------------------------------------------------------------------------- */
const TuningLine *tuning_find(const Tuning *tuning, Str sizes)
{
    for (int i = 0; i < tuning->lines.count; i++)
        if (str_equal(tuning->lines.items[i].sizes, sizes))
            return &tuning->lines.items[i];
    return NULL;
}

Str tuning_text(Arena *arena, const Tuning *tuning)
{
    StrBuf buf = {.arena = arena};
    for (int i = 0; i < tuning->lines.count; i++) {
        const TuningLine *line = &tuning->lines.items[i];
        const Schedule *s = &line->schedule;
        buf_add(&buf, "%.*s: winograd %d rows %d way %d, %.9f s\n", STR_ARGS(line->sizes), s->winograd, s->rows,
                s->way, line->seconds);
    }
    return buf_str(&buf);
}

static bool is_usual(const Schedule *s)
{
    return s->winograd == 0 && s->rows == 0 && s->way == WAY_USUAL;
}

/* Schedules that compiler/tune/ makes; others would not be understood further on. */
static bool is_schedule(const Schedule *s)
{
    bool is_square = s->winograd == 0 || s->winograd == 1 || s->winograd == 2 || s->winograd == 4;
    return is_square && s->rows >= 0 && s->rows <= 14;
}

int tuning_read(Tuning *tuning, Str text)
{
    int number = 0;
    for (int64_t start = 0; start < text.len;) {
        number++;
        const char *from = text.ptr + start;
        const char *stop = memchr(from, '\n', (size_t)(text.len - start));
        if (stop == NULL)
            return number;
        Str line = str_format(tuning->arena, "%.*s", (int)(stop - from), from);
        start += line.len + 1;
        const char *colon = strchr(line.ptr, ':');
        TuningLine read = {0};
        int used = 0, way = 0;
        if (colon == NULL ||
            sscanf(colon, ": winograd %d rows %d way %d, %lf s%n", &read.schedule.winograd, &read.schedule.rows,
                   &way, &read.seconds, &used) != 4 ||
            used == 0 || colon[used] != 0 || way < WAY_USUAL || way > WAY_PARTS)
            return number;
        read.schedule.way = (Way)way;
        if (!is_schedule(&read.schedule))
            return number;
        read.sizes = (Str){line.ptr, colon - line.ptr};
        vec_push(tuning->arena, &tuning->lines, read);
    }
    return 0;
}

/* ---- the pass ------------------------------------------------------------------------------------------ */
typedef struct TuneOptions {
    const Tuning *tuning;
    int64_t batch;
} TuneOptions;

static NodeId by_table(const Site *s)
{
    const TuneOptions *options = s->options;
    const Schedule *now = &s->node->contract->schedule;
    if (!is_usual(now))
        return NODE_NONE;
    ContractForm form =
        contract_form_of(s->node->contract, site_input(s, 0)->shape, site_input(s, 1)->shape, s->shape);
    if (form.kind == CONTRACT_OTHER)
        return NODE_NONE;
    const TuningLine *line = tuning_find(options->tuning, tuning_sizes(s->build->graph->arena, &form, options->batch));
    if (line == NULL || is_usual(&line->schedule))
        return NODE_NONE;
    ContractSpec spec = *s->node->contract;
    spec.schedule = line->schedule;
    return build_contract(s->build, s->in[0], s->in[1], &spec);
}

Graph *graph_tune(Arena *arena, const Graph *g, int64_t batch, const Tuning *tuning)
{
    TuneOptions options = {tuning, batch};
    RewriteRule rule = {&op_contract, by_table};
    return rewrite_graph_with(arena, g, &rule, 1, &options);
}
