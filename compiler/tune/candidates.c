/* candidates.c: which contractions of a step are worth measuring, and with which schedules. */
#include "tune/tune.h"

#include "graph/build.h"
#include "ops/op.h"
#include "print/out.h"

#include <stdlib.h>
#include <string.h>

enum {
    MOST_CASES = 40,          /* in one C file, which has to be compiled             */
    LEAST_FLOPS = 200 * 1000, /* with fewer, a kernel takes less time than a barrier */
    COVERED_PERCENT = 97,     /* of the operations of all contractions               */
};

/* ---- cases ----------------------------------------------------------------------------------------- */
static int64_t flops_of(const ContractForm *form, int64_t batch)
{
    const ContractAxis *h = &form->axis[0], *w = &form->axis[1];
    return 2 * batch * h->out * w->out * h->kernel * w->kernel * form->c * form->o * form->groups;
}

static int larger_first(const void *a, const void *b)
{
    const TuneCase *x = a, *y = b;
    if (x->flops != y->flops)
        return x->flops < y->flops ? 1 : -1;
    int64_t both = x->sizes.len < y->sizes.len ? x->sizes.len : y->sizes.len;
    int order = memcmp(x->sizes.ptr, y->sizes.ptr, (size_t)both);
    return order != 0 ? order : x->sizes.len < y->sizes.len ? -1 : 1;
}

typedef struct Tuner {
    Arena *arena;
    const Graph *step;
    int64_t batch;
    bool is_exact;
} Tuner;

/* ---- a contraction of its own ---------------------------------------------------------------------- */
typedef struct Single {
    Graph *graph;
    Build build;
    Diag diag;
    Sources sources;
} Single;

/* Values with a batch are computed from inputs by one multiplication, so that they get the layout that the
 * contraction wishes; the others are parameters. */
static NodeId operand(Single *s, const char *name, Shape shape)
{
    s->build.name = str_from(name);
    if (!shape.has_batch)
        return build_parameter(&s->build, "kernel", shape, (Init){0}, 1, 1);
    NodeId input = build_leaf(&s->build, str_from(name), shape, TYPE_F32, (Leaf){.kind = LEAF_INPUT});
    return build_binary(&s->build, &op_mul, input, build_number(&s->build, 0.999));
}

static int64_t floats_of(Shape shape, int64_t batch)
{
    return shape.has_batch ? batch * shape_elements(shape) : 0;
}

/* What nn_candidate_function of runtime/measure.h takes. */
static Str text_of(Arena *arena, const Program *program)
{
    Out o;
    out_init(&o, arena);
    program_text(&o, program, NULL,
                 RUN_STATE | RUN_ARENA | RUN_INPUTS | RUN_OUTPUTS | RUN_BATCH | RUN_THREADS, NULL);
    return out_text(&o);
}

static Candidate make_candidate(const Tuner *t, const Node *n, const Schedule *schedule, Str name)
{
    Arena *arena = t->arena;
    int64_t batch = t->batch;
    Single *s = arena_new(arena, Single);
    s->sources.arena = arena;
    diag_init(&s->diag, arena, &s->sources, NULL);
    s->graph = graph_new(arena);
    s->build = (Build){.graph = s->graph, .diag = &s->diag, .mode = MODE_TRAINING, .layer = -1, .origin = NODE_NONE};
    const Node *left = graph_node(t->step, n->inputs[0]), *right = graph_node(t->step, n->inputs[1]);
    Candidate c = {.schedule = *schedule};
    NodeId x = operand(s, "left", left->shape), y = operand(s, "right", right->shape);
    ContractSpec spec = *n->contract;
    spec.schedule = *schedule;
    s->build.name = STR("result");
    NodeId result = build_contract(&s->build, x, y, &spec);
    if (n->shape.has_batch) {
        vec_push(arena, &s->graph->outputs, ((Result){.name = STR("result"), .node = result}));
        c.out_floats = floats_of(n->shape, batch);
    } else { /* a gradient, with an update */
        NodeId kernel = operand(s, "updated", n->shape);
        NodeId change = build_binary(&s->build, &op_mul, result, build_number(&s->build, 1e-6));
        build_assign(&s->build, kernel, build_binary(&s->build, &op_sub, kernel, change));
    }
    CHECK(s->diag.error_count == 0);
    c.in_floats[0] = floats_of(left->shape, batch);
    c.in_floats[1] = floats_of(right->shape, batch);
    Graph *g = t->is_exact ? s->graph : graph_winograd(arena, s->graph, batch, true, 0);
    ProgramOptions options = {.name = str_c(arena, name), .batch = batch, .parameters = SPACE_STATE,
                              .outputs = SPACE_OUTPUT};
    c.program = program_make(arena, g, &options);
    c.text = text_of(arena, c.program);
    return c;
}

/* ---- schedules -------------------------------------------------------------------------------------- */
typedef VEC(Schedule) Schedules;

static Schedules schedules_of(const Tuner *t, const ContractForm *form)
{
    Arena *arena = t->arena;
    Schedules all = {0};
    vec_push(arena, &all, (Schedule){0}); /* as nndc does by itself */
    if (form->kind == CONTRACT_KERNEL) {
        for (Way way = WAY_WHOLE; way <= WAY_PARTS; way++)
            if ((way != WAY_SWEEPS || form->spatial > 0) && (way != WAY_PARTS || t->batch >= CONTRACT_PARTS))
                vec_push(arena, &all, ((Schedule){.winograd = 1, .way = way}));
    } else {
        for (int rows = 14; rows >= 8; rows -= 2)
            vec_push(arena, &all, ((Schedule){.winograd = 1, .rows = rows}));
    }
    for (int points = 2; points <= 4 && !t->is_exact; points += 2)
        vec_push(arena, &all, ((Schedule){.winograd = points}));
    return all;
}

/* Programs are alike when their texts are, but for the names. Names of one case are equally long, so
 * lines are broken at the same places. */
static Str without_name(Arena *arena, const Candidate *c)
{
    StrBuf buf = {.arena = arena};
    Str name = c->program->name;
    const char *at = c->text.ptr;
    for (const char *found; (found = strstr(at, name.ptr)) != NULL; at = found + name.len)
        buf_add_str(&buf, (Str){at, found - at});
    buf_add_str(&buf, str_from(at));
    return buf_str(&buf);
}

static void add_candidates(const Tuner *t, TuneCase *c, const Node *n, const ContractForm *form, int number)
{
    Arena *arena = t->arena;
    Schedules all = schedules_of(t, form);
    Strs texts = {0};
    for (int i = 0; i < all.count; i++) {
        Str name = str_format(arena, "case%d_%d", number, c->candidates.count);
        Candidate candidate = make_candidate(t, n, &all.items[i], name);
        Str text = without_name(arena, &candidate);
        if (str_find(texts.items, texts.count, text) >= 0)
            continue;
        vec_push(arena, &texts, text);
        vec_push(arena, &c->candidates, candidate);
    }
}

/* ---- all of them ------------------------------------------------------------------------------------- */
typedef struct Found {
    TuneCase tuned; /* first, for larger_first */
    const Node *node;
    ContractForm form;
} Found;

TuneCases tune_cases(Arena *arena, const Graph *step, int64_t batch, bool is_exact, const Tuning *known)
{
    VEC(Found) found = {0};
    int64_t sum = 0, covered = 0;
    for (NodeId id = 0; id < step->nodes.count; id++) {
        const Node *n = graph_node(step, id);
        if (n->op->family != FAMILY_CONTRACT)
            continue;
        ContractForm form = contract_form(step, id);
        int64_t flops = flops_of(&form, batch);
        if (form.kind == CONTRACT_OTHER || form.groups != 1 || flops < LEAST_FLOPS)
            continue;
        sum += flops;
        Str sizes = tuning_sizes(arena, &form, batch);
        int i = 0;
        while (i < found.count && !str_equal(found.items[i].tuned.sizes, sizes))
            i++;
        if (i == found.count)
            vec_push(arena, &found, ((Found){.tuned = {.sizes = sizes}, .node = n, .form = form}));
        found.items[i].tuned.flops += flops;
    }
    if (found.count > 0)
        qsort(found.items, (size_t)found.count, sizeof *found.items, larger_first);
    Tuner tuner = {arena, step, batch, is_exact};
    TuneCases cases = {0};
    for (int i = 0; i < found.count && cases.count < MOST_CASES && 100 * covered < COVERED_PERCENT * sum; i++) {
        TuneCase c = found.items[i].tuned;
        covered += c.flops;
        if (tuning_find(known, c.sizes) != NULL)
            continue;
        add_candidates(&tuner, &c, found.items[i].node, &found.items[i].form, cases.count);
        if (c.candidates.count > 1)
            vec_push(arena, &cases, c);
    }
    return cases;
}
