/* program_text.c: a program as C: constants, kernels, and the function that runs them.
 *
 * The function opens one parallel region. Every thread runs through all kernels; a divided kernel is
 * called by all of them with their number, a small one by thread 0 alone. Pointers to buffers are
 * declared first, so that the calls read like formulas. */
#include "print/out.h"

#include <string.h>

typedef struct RunText {
    Out *o;
    const Program *p;
    const Sharing *sharing;
    const SharedCall *calls; /* by kernel */
    unsigned arguments;
    Str *names;       /* variable of each buffer, empty when it is not used */
    bool *is_written; /* by buffer: a kernel writes it */
} RunText;

static Str constant_name(Arena *arena, const Program *p, const Buffer *b)
{
    StrBuf buf = {.arena = arena};
    if (p->name.len > 0)
        buf_add(&buf, "%.*s_", STR_ARGS(p->name));
    for (int64_t i = 0; i < b->name.len; i++) {
        char c = b->name.ptr[i];
        bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        buf_add_char(&buf, is_plain ? c : '_');
    }
    buf_add(&buf, "_data");
    return buf_str(&buf);
}

static void constants(RunText *t)
{
    enum { A_LINE = 8 };
    Arena *arena = t->o->buf.arena;
    for (int i = 0; i < t->p->buffers.count; i++) {
        const Buffer *b = &t->p->buffers.items[i];
        if (b->space != SPACE_CONSTANT || t->names[i].len == 0)
            continue;
        int64_t count = shape_elements(b->shape);
        Str name = constant_name(arena, t->p, b);
        out_line(t->o, "static const %s %.*s[%lld] = {", b->type == TYPE_F32 ? "float" : "int32_t",
                 STR_ARGS(name), (long long)count);
        for (int64_t k = 0; k < count; k += A_LINE) {
            StrBuf buf = {.arena = arena};
            for (int64_t e = k; e < count && e < k + A_LINE; e++) {
                if (b->type == TYPE_F32)
                    buf_add_str(&buf, real_text(arena, b->values[e]));
                else
                    buf_add(&buf, "%lld", (long long)b->values[e]);
                buf_add(&buf, e + 1 < count ? ", " : "");
            }
            Str line = buf_str(&buf);
            out_line(t->o, "    %.*s", STR_ARGS(line));
        }
        out_line(t->o, "};");
        out_blank(t->o);
    }
}

/* ---- pointers -------------------------------------------------------------------------------- */
/* The names that kernels use for a buffer are good ones; of several the first. */
static void choose_names(RunText *t)
{
    const Program *p = t->p;
    Arena *arena = t->o->buf.arena;
    t->names = arena_array(arena, Str, p->buffers.count + 1);
    for (int k = 0; k < p->kernels.count; k++)
        for (int i = 0; i < p->kernels.items[k].params.count; i++) {
            const KernelParam *param = &p->kernels.items[k].params.items[i];
            if (param->buffer < 0 || t->names[param->buffer].len > 0)
                continue;
            Str name = param->name;
            for (int number = 2; str_find(t->names, p->buffers.count, name) >= 0; number++)
                name = str_format(arena, "%.*s_%d", STR_ARGS(param->name), number);
            t->names[param->buffer] = name;
        }
}

static void find_written(RunText *t)
{
    t->is_written = arena_array(t->o->buf.arena, bool, t->p->buffers.count + 1);
    for (int k = 0; k < t->p->kernels.count; k++)
        for (int i = 0; i < t->p->kernels.items[k].params.count; i++) {
            const KernelParam *param = &t->p->kernels.items[k].params.items[i];
            if (param->buffer >= 0 && param->is_written)
                t->is_written[param->buffer] = true;
        }
}

static const char *element_type(Type type)
{
    return type == TYPE_F32 ? "float" : type == TYPE_U8 ? "unsigned char" : "int32_t";
}

static Str buffer_address(RunText *t, const Buffer *b, const char *constness)
{
    Arena *arena = t->o->buf.arena;
    const char *type = element_type(b->type);
    switch (b->space) {
    case SPACE_ARENA:
        return str_format(arena, "(%s *)(void *)(arena + %lld)", type, (long long)b->offset);
    case SPACE_STATE:
        return str_format(arena, "state + %lld", (long long)b->offset);
    case SPACE_WEIGHTS:
        return str_format(arena, "weights + %lld", (long long)b->offset);
    case SPACE_INPUT:
        return str_format(arena, "(const %s *)inputs[%d]", type, b->index);
    case SPACE_TARGET:
        return t->p->targets_optional
                   ? str_format(arena, "targets != NULL ? (const %s *)targets[%d] : NULL", type, b->index)
                   : str_format(arena, "(const %s *)targets[%d]", type, b->index);
    case SPACE_OUTPUT:
        return str_format(arena, "(%s *)outputs[%d]", type, b->index);
    case SPACE_RESULT:
        return t->p->targets_optional
                   ? str_format(arena, "targets != NULL ? results + %d : NULL", b->index)
                   : str_format(arena, "results + %d", b->index);
    case SPACE_CONSTANT:
        return constant_name(arena, t->p, b);
    case SPACE_NONE:
        break;
    }
    (void)constness;
    BUG("buffer %.*s has no space", STR_ARGS(b->name));
}

static void pointers(RunText *t)
{
    Arena *arena = t->o->buf.arena;
    for (int i = 0; i < t->p->buffers.count; i++) {
        if (t->names[i].len == 0)
            continue;
        const Buffer *b = &t->p->buffers.items[i];
        const char *constness = t->is_written[i] ? "" : "const ";
        Str address = buffer_address(t, b, constness);
        Str shape = shape_str(arena, b->shape);
        bool has_shape = b->node != NODE_NONE;
        out_line(t->o, "%s%s *const %.*s = %.*s;%s%.*s%s", constness, element_type(b->type),
                 STR_ARGS(t->names[i]), STR_ARGS(address), has_shape ? " /* " : "",
                 has_shape ? (int)shape.len : 0, shape.ptr, has_shape ? " */" : "");
    }
}

/* ---- calls ----------------------------------------------------------------------------------- */
static void call_line(RunText *t, int kernel)
{
    const Kernel *k = &t->p->kernels.items[kernel];
    const SharedCall *call = &t->calls[kernel];
    const Kernel *function = &t->sharing->functions.items[call->function].kernel;
    StrBuf buf = {.arena = t->o->buf.arena};
    buf_add(&buf, "%.*s(", STR_ARGS(function->name));
    const char *separator = "";
    if (function->division == DIVIDE_UNITS) {
        buf_add(&buf, k->division == DIVIDE_UNITS ? "thread, team" : "0, 1");
        separator = ", ";
    }
    if (k->needs_batch) {
        buf_add(&buf, "%sbatch", separator);
        separator = ", ";
    }
    if (k->needs_step) {
        buf_add(&buf, "%sstep", separator);
        separator = ", ";
    }
    for (int i = 0; i < k->params.count; i++) {
        const KernelParam *param = &k->params.items[call->arguments[i]];
        if (param->buffer >= 0)
            buf_add(&buf, "%s%.*s", separator, STR_ARGS(t->names[param->buffer]));
        else
            buf_add(&buf, "%s%lld", separator, (long long)param->value);
        separator = ", ";
    }
    Str text = buf_str(&buf);
    out_line(t->o, "%.*s);", STR_ARGS(text));
}

static void fill_dead(RunText *t, int kernel)
{
    for (int i = 0; i < t->p->buffers.count; i++) {
        const Buffer *b = &t->p->buffers.items[i];
        if (b->space == SPACE_ARENA && b->alias < 0 && b->last == kernel && b->bytes > 0 && t->names[i].len > 0)
            out_line(t->o, "memset(arena + %lld, 0xFF, %lld); /* %.*s */", (long long)b->offset, (long long)b->bytes,
                     STR_ARGS(t->names[i]));
    }
}

static void barrier(Out *o)
{
    out_directive(o, "#ifdef _OPENMP");
    out_directive(o, "#pragma omp barrier");
    out_directive(o, "#endif");
}

/* What a run of calls stands in. */
typedef struct Guards {
    bool targets; /* if (targets != NULL) */
    bool alone;   /* if (thread == 0)     */
} Guards;

static void change_guards(Out *o, Guards *now, Guards wanted)
{
    if (now->alone && (!wanted.alone || now->targets != wanted.targets)) {
        out_close(o, "");
        now->alone = false;
    }
    if (now->targets && !wanted.targets) {
        out_close(o, "");
        now->targets = false;
    }
    if (!now->targets && wanted.targets) {
        out_open(o, "if (targets != NULL)");
        now->targets = true;
    }
    if (!now->alone && wanted.alone) {
        out_open(o, "if (thread == 0)");
        now->alone = true;
    }
}

/* A look at the clock takes 25 ns, and a mark keeps the compiler from looking past it. */
static bool has_marks(const RunText *t)
{
    enum { TOO_SHORT_NS = 1000 };
    return (t->arguments & RUN_MARKS) != 0 && t->p->cost_ns >= TOO_SHORT_NS;
}

/* Says that a kernel has ended: after the barrier behind it, so that waiting counts as its time. */
static void mark(RunText *t, int kernel, bool has_thread)
{
    const Kernel *k = &t->p->kernels.items[kernel];
    int64_t prefix = t->p->name.len > 0 ? t->p->name.len + 1 : 0;
    double flops = (double)k->flops + (double)k->fixed_flops / (double)t->p->batch;
    if (has_marks(t))
        out_line(t->o, "nn_mark(%s, \"%.*s\", %.9g);", has_thread ? "thread" : "0", (int)(k->name.len - prefix),
                 k->name.ptr + prefix, flops);
}

static void calls(RunText *t, bool is_parallel, bool has_thread)
{
    const Program *p = t->p;
    Guards now = {false, false};
    for (int k = 0; k < p->kernels.count; k++) {
        bool only_results = p->targets_optional && p->groups.items[p->kernel_group.items[k]].only_results;
        Guards wanted = {only_results, is_parallel && p->kernels.items[k].division == DIVIDE_NONE};
        if (is_parallel && p->barrier_before.items[k]) {
            Guards outside = {false, false};
            change_guards(t->o, &now, outside);
            barrier(t->o);
        }
        change_guards(t->o, &now, wanted);
        if (k > 0)
            mark(t, k - 1, has_thread);
        call_line(t, k);
        if (p->fill_dead)
            fill_dead(t, k);
    }
    change_guards(t->o, &now, (Guards){false, false});
    mark(t, p->kernels.count - 1, has_thread);
}

/* ---- the function ---------------------------------------------------------------------------- */
static bool writes_space(const RunText *t, Space space)
{
    for (int i = 0; i < t->p->buffers.count; i++)
        if (t->p->buffers.items[i].space == space && t->names[i].len > 0 && t->is_written[i])
            return true;
    return false;
}

static bool uses_space(const RunText *t, Space space)
{
    for (int i = 0; i < t->p->buffers.count; i++)
        if (t->p->buffers.items[i].space == space && t->names[i].len > 0)
            return true;
    return false;
}

static bool kernels_need(const Program *p, bool batch)
{
    for (int k = 0; k < p->kernels.count; k++)
        if (batch ? p->kernels.items[k].needs_batch : p->kernels.items[k].needs_step)
            return true;
    return false;
}

static Str head(RunText *t)
{
    Arena *arena = t->o->buf.arena;
    StrBuf buf = {.arena = arena};
    unsigned a = t->arguments;
    buf_add(&buf, "static void %.*s_run(", STR_ARGS(t->p->name));
    const struct {
        unsigned bit;
        const char *text;
    } list[] = {
        {RUN_STATE, (a & RUN_WEIGHTS) ? "const float *state" : "float *state"},
        {RUN_WEIGHTS, writes_space(t, SPACE_WEIGHTS) ? "float *weights" : "const float *weights"},
        {RUN_ARENA, "char *arena"},
        {RUN_STEP, "const nn_step *step"},
        {RUN_INPUTS, "const void *const *inputs"},
        {RUN_TARGETS, "const void *const *targets"},
        {RUN_OUTPUTS, "void *const *outputs"},
        {RUN_RESULTS, "float *results"},
        {RUN_BATCH, "int batch"},
        {RUN_THREADS, "int threads"},
    };
    const char *separator = "";
    for (int i = 0; i < COUNT_OF(list); i++)
        if (a & list[i].bit) {
            buf_add(&buf, "%s%s", separator, list[i].text);
            separator = ", ";
        }
    buf_add(&buf, "%s)", separator[0] ? "" : "void");
    return buf_str(&buf);
}

static void mark_unused(RunText *t, bool is_parallel)
{
    unsigned a = t->arguments;
    bool needs_batch = kernels_need(t->p, true), needs_step = kernels_need(t->p, false);
    bool guards = false;
    for (int i = 0; i < t->p->groups.count; i++)
        guards = guards || (t->p->targets_optional && t->p->groups.items[i].only_results);
    bool batch_from_step = needs_batch && !(a & RUN_BATCH);
    const struct {
        unsigned bit;
        const char *name;
        bool is_used;
    } list[] = {
        {RUN_STATE, "state", uses_space(t, SPACE_STATE)},
        {RUN_WEIGHTS, "weights", uses_space(t, SPACE_WEIGHTS)},
        {RUN_ARENA, "arena", uses_space(t, SPACE_ARENA) || (t->p->fill_dead && t->p->arena_bytes > 0)},
        {RUN_STEP, "step", needs_step || (batch_from_step && t->p->batch > 1)},
        {RUN_INPUTS, "inputs", uses_space(t, SPACE_INPUT)},
        {RUN_TARGETS, "targets", uses_space(t, SPACE_TARGET) || guards},
        {RUN_OUTPUTS, "outputs", uses_space(t, SPACE_OUTPUT)},
        {RUN_RESULTS, "results", uses_space(t, SPACE_RESULT)},
        {RUN_BATCH, "batch", needs_batch},
        {RUN_THREADS, "threads", false},
    };
    for (int i = 0; i < COUNT_OF(list); i++)
        if ((a & list[i].bit) && !list[i].is_used)
            out_line(t->o, "(void)%s;", list[i].name);
    (void)is_parallel;
}

void program_text(Out *o, const Program *p, const Sharing *sharing, unsigned arguments,
                  const Sources *places)
{
    if (sharing == NULL)
        sharing = programs_share(o->buf.arena, &p, 1);
    RunText t = {.o = o, .p = p, .sharing = sharing, .calls = sharing_calls(sharing, p), .arguments = arguments};
    choose_names(&t);
    find_written(&t);
    bool is_parallel = (arguments & RUN_THREADS) != 0 && !p->is_serial;
    constants(&t);
    for (int k = 0; k < p->kernels.count; k++) {
        const SharedFunction *function = sharing_first_use(sharing, p, k);
        if (function == NULL)
            continue;
        const SharedFunction *tail = NULL;
        while ((tail = sharing_next_tail(sharing, p, k, tail)) != NULL)
            kernel_text(o, p, &tail->kernel, places);
        kernel_text(o, p, &function->kernel, places);
    }
    out_function(o, head(&t));
    mark_unused(&t, is_parallel);
    if (kernels_need(p, true) && !(arguments & RUN_BATCH))
        out_line(o, (arguments & RUN_STEP) && p->batch > 1 ? "const int batch = step->batch;" : "const int batch = 1;");
    pointers(&t);
    if (p->fill_dead && p->arena_bytes > 0)
        out_line(o, "memset(arena, 0xFF, %lld);", (long long)p->arena_bytes);
    if (p->kernels.count == 0) {
        out_close(o, "");
        out_blank(o);
        return;
    }
    if (!is_parallel) {
        bool is_divided = false;
        for (int k = 0; k < p->kernels.count; k++)
            is_divided = is_divided || p->kernels.items[k].division == DIVIDE_UNITS;
        if (is_divided)
            out_line(o, "const int thread = 0, team = 1;");
        out_line(o, "const uint64_t mode = nn_flush_denormals();");
        calls(&t, false, is_divided);
        out_line(o, "nn_restore_denormals(mode);");
    } else {
        out_directive(o, "#ifdef _OPENMP");
        out_directive(o, "#pragma omp parallel num_threads(threads)");
        out_directive(o, "#endif");
        out_line(o, "{");
        o->depth++;
        out_directive(o, "#ifdef _OPENMP");
        out_line(o, "const int thread = omp_get_thread_num(), team = omp_get_num_threads();");
        out_directive(o, "#else");
        out_line(o, "const int thread = 0, team = 1;");
        out_directive(o, "#endif");
        out_line(o, "const uint64_t mode = nn_flush_denormals();");
        calls(&t, true, true);
        out_line(o, "nn_restore_denormals(mode);");
        out_close(o, "");
    }
    out_close(o, "");
    out_blank(o);
}

bool program_calls(const Program *p, const char *prefix)
{
    for (int k = 0; k < p->kernels.count; k++)
        if (kernel_calls(&p->kernels.items[k], prefix))
            return true;
    return str_starts(STR("nn_first"), prefix) && p->kernels.count > 0;
}
