/* share.c: finds equal kernels, in one program or in several that are printed into one file. */
#include "kernel/share.h"

#include "print/out.h"

typedef struct Bucket {
    uint64_t hash;
    int function; /* -1: free */
} Bucket;

typedef struct Pool {
    Bucket *buckets;
    uint64_t mask;
} Pool;

static Pool make_pool(Arena *arena, int64_t count)
{
    uint64_t room = 64;
    while (room < 2 * (uint64_t)count)
        room *= 2;
    Pool pool = {arena_array(arena, Bucket, (int64_t)room), room - 1};
    for (uint64_t i = 0; i < room; i++)
        pool.buckets[i].function = -1;
    return pool;
}

/* The function whose first user has this form, or the free bucket for it. */
static Bucket *find(const Pool *pool, const Sharing *sharing, const KernelForm *form)
{
    uint64_t at = form->hash & pool->mask;
    while (pool->buckets[at].function >= 0) {
        const SharedFunction *f = &sharing->functions.items[pool->buckets[at].function];
        if (pool->buckets[at].hash == form->hash && kernel_forms_equal(&f->users.items[0].form, form))
            break;
        at = (at + 1) & pool->mask;
    }
    return &pool->buckets[at];
}

/* Parameter i of the function is the one in the same place of the normal order. */
static int *match_arguments(Arena *arena, const KernelForm *function, const KernelForm *user, int count)
{
    int *arguments = arena_array(arena, int, count + 1);
    for (int i = 0; i < count; i++)
        arguments[function->params[i]] = user->params[i];
    return arguments;
}

static SharedCall add_kernel(Arena *arena, Sharing *sharing, const Pool *pool, int program, int kernel)
{
    const Program *p = sharing->programs[program];
    const Kernel *k = &sharing->kernels[program][kernel];
    KernelUser user = {p, kernel, kernel_form(arena, p, k)};
    Bucket *bucket = find(pool, sharing, &user.form);
    if (bucket->function < 0) {
        *bucket = (Bucket){user.form.hash, sharing->functions.count};
        SharedFunction fresh = {.kernel = *k, .program = p};
        vec_push(arena, &sharing->functions, fresh);
    }
    SharedFunction *f = &sharing->functions.items[bucket->function];
    vec_push(arena, &f->users, user);
    /* The function of a kernel that is divided somewhere does all of it as thread 0 of 1. */
    if (k->division == DIVIDE_UNITS)
        f->kernel.division = DIVIDE_UNITS;
    return (SharedCall){bucket->function,
                        match_arguments(arena, &f->users.items[0].form, &user.form, k->params.count)};
}

Sharing *programs_share(Arena *arena, const Program *const *programs, int count)
{
    Sharing *sharing = arena_new(arena, Sharing);
    sharing->programs = programs;
    sharing->program_count = count;
    sharing->calls = arena_array(arena, SharedCall *, count + 1);
    sharing->kernels = arena_array(arena, Kernel *, count + 1);
    int64_t kernels = 0;
    for (int i = 0; i < count; i++) {
        kernels += programs[i]->kernels.count;
        sharing->kernels[i] = arena_array(arena, Kernel, programs[i]->kernels.count + 1);
        for (int k = 0; k < programs[i]->kernels.count; k++)
            sharing->kernels[i][k] = programs[i]->kernels.items[k];
    }
    sharing_find_tails(arena, sharing);
    Pool pool = make_pool(arena, kernels);
    for (int i = 0; i < count; i++) {
        sharing->calls[i] = arena_array(arena, SharedCall, programs[i]->kernels.count + 1);
        for (int k = 0; k < programs[i]->kernels.count; k++)
            sharing->calls[i][k] = add_kernel(arena, sharing, &pool, i, k);
    }
    sharing_choose_names(arena, sharing);
    return sharing;
}

const SharedCall *sharing_calls(const Sharing *sharing, const Program *p)
{
    for (int i = 0; i < sharing->program_count; i++)
        if (sharing->programs[i] == p)
            return sharing->calls[i];
    BUG("program %.*s is not one of those that share", STR_ARGS(p->name));
}

const SharedFunction *sharing_first_use(const Sharing *sharing, const Program *p, int kernel)
{
    const SharedFunction *f = &sharing->functions.items[sharing_calls(sharing, p)[kernel].function];
    return f->users.items[0].program == p && f->users.items[0].kernel == kernel ? f : NULL;
}

const SharedFunction *sharing_next_tail(const Sharing *sharing, const Program *p, int kernel,
                                        const SharedFunction *after)
{
    for (int i = after ? (int)(after - sharing->tails.items) + 1 : 0; i < sharing->tails.count; i++) {
        const KernelUser *first = &sharing->tails.items[i].users.items[0];
        if (first->program == p && first->kernel == kernel)
            return &sharing->tails.items[i];
    }
    return NULL;
}

Str sharing_print(Arena *arena, const Sharing *sharing, const Program *p)
{
    Out o;
    out_init(&o, arena);
    for (int i = 0; i < p->kernels.count; i++) {
        if (p->barrier_before.count > i && p->barrier_before.items[i])
            out_line(&o, "/* barrier */");
        const SharedFunction *first = sharing_first_use(sharing, p, i);
        if (first != NULL) {
            const SharedFunction *tail = NULL;
            while ((tail = sharing_next_tail(sharing, p, i, tail)) != NULL)
                kernel_text(&o, p, &tail->kernel, NULL);
            kernel_text(&o, p, &first->kernel, NULL);
            continue;
        }
        Str name = sharing->functions.items[sharing_calls(sharing, p)[i].function].kernel.name;
        out_line(&o, "/* %.*s again */", STR_ARGS(name));
        out_blank(&o);
    }
    return out_text(&o);
}
