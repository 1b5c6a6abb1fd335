/* share_form.c: a kernel as a row of numbers, the same for kernels that differ in names only.
 *
 * The names that the kernel declares (operands, variables, constants of tiles) are numbered by first
 * use; all others (batch, functions of the runtime, types, operators) are spelled out. Every number of
 * children stands in front of them, so that different kernels cannot have the same words. Operands come
 * last, in the order of their numbers: the order of parameters does not matter. */
#include "kernel/share.h"

#include <string.h>

typedef struct Entry {
    Str name;
    int number; /* -1: not used yet */
} Entry;

typedef struct Form {
    Arena *arena;
    VEC(int64_t) words;
    VEC(Str) names;
    Entry *entries; /* hashed: the names that the kernel declares */
    uint64_t mask;
} Form;

/* ---- declared names -------------------------------------------------------------------------- */
static uint64_t hash_bytes(const char *bytes, int64_t count)
{
    uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a */
    for (int64_t i = 0; i < count; i++)
        hash = (hash ^ (unsigned char)bytes[i]) * 0x100000001b3u;
    return hash;
}

/* The entry of the name, or the free place where it belongs. */
static Entry *find(const Form *f, Str name)
{
    uint64_t at = hash_bytes(name.ptr, name.len) & f->mask;
    while (f->entries[at].name.ptr != NULL && !str_equal(f->entries[at].name, name))
        at = (at + 1) & f->mask;
    return &f->entries[at];
}

static void declare(Form *f, Str name)
{
    if (name.len > 0)
        *find(f, name) = (Entry){name, -1};
}

static void declare_block(Form *f, const Block *block)
{
    for (int i = 0; i < block->count; i++) {
        const Stmt *s = block->items[i];
        if (s->kind == STMT_FOR || s->kind == STMT_DECLARE)
            declare(f, s->name);
        if (s->kind == STMT_TILE)
            for (int k = 0; k < s->tile->loop_count; k++)
                declare(f, s->tile->loop[k].name);
        declare_block(f, &s->body);
        declare_block(f, &s->other);
    }
}

static int count_names(const Block *block)
{
    int count = 0;
    for (int i = 0; i < block->count; i++) {
        const Stmt *s = block->items[i];
        count += 1 + count_names(&s->body) + count_names(&s->other);
        if (s->kind == STMT_TILE)
            count += s->tile->loop_count;
    }
    return count;
}

static void declare_all(Form *f, const Kernel *k)
{
    int count = 8 + k->params.count + k->helper_params.count + k->constants.count + count_names(&k->setup) +
                count_names(&k->body) + count_names(&k->helper);
    uint64_t room = 16;
    while (room < 2 * (uint64_t)count)
        room *= 2;
    f->mask = room - 1;
    f->entries = arena_array(f->arena, Entry, (int64_t)room);
    for (int i = 0; i < k->params.count; i++)
        declare(f, k->params.items[i].name);
    for (int i = 0; i < k->helper_params.count; i++)
        declare(f, k->helper_params.items[i].name);
    for (int i = 0; i < k->constants.count; i++)
        declare(f, k->constants.items[i].name);
    declare(f, k->unit_name);
    declare_block(f, &k->setup);
    declare_block(f, &k->body);
    declare_block(f, &k->helper);
}

/* ---- words ----------------------------------------------------------------------------------- */
static void put(Form *f, int64_t word)
{
    vec_push(f->arena, &f->words, word);
}

static void put_str(Form *f, Str s)
{
    put(f, s.len);
    for (int64_t i = 0; i < s.len; i += 8) {
        int64_t word = 0;
        memcpy(&word, s.ptr + i, (size_t)(s.len - i < 8 ? s.len - i : 8));
        put(f, word);
    }
}

static void put_real(Form *f, double real)
{
    int64_t word;
    memcpy(&word, &real, sizeof word);
    put(f, word);
}

/* Numbers are negative here, lengths of other names are not. */
static void put_name(Form *f, Str name)
{
    Entry *entry = find(f, name);
    if (entry->name.ptr == NULL || name.len == 0) {
        put_str(f, name);
        return;
    }
    if (entry->number < 0) {
        entry->number = f->names.count;
        vec_push(f->arena, &f->names, name);
    }
    put(f, -1 - entry->number);
}

static void put_expr(Form *f, const Expr *e)
{
    if (e == NULL) {
        put(f, -1);
        return;
    }
    put(f, e->kind);
    switch (e->kind) {
    case EXPR_INT:
        put(f, e->integer);
        return;
    case EXPR_REAL:
        put_real(f, e->real);
        return;
    case EXPR_NAME:
    case EXPR_LOAD:
        put_name(f, e->name);
        break;
    case EXPR_CALL:
    case EXPR_CAST:
        put_str(f, e->name);
        break;
    case EXPR_UNARY:
    case EXPR_BINARY:
        put_str(f, str_from(e->op));
        break;
    case EXPR_SELECT:
        break;
    }
    put(f, e->count);
    for (int i = 0; i < e->count; i++)
        put_expr(f, e->args[i]);
}

static void put_tile(Form *f, const Tile *t)
{
    put_name(f, t->sum);
    put_expr(f, t->sum_index);
    put(f, t->sum_row);
    put_expr(f, t->resumes);
    put_name(f, t->most);
    put(f, t->columns);
    put(f, t->loop_count);
    for (int i = 0; i < t->loop_count; i++) {
        put_name(f, t->loop[i].name);
        put_expr(f, t->loop[i].from);
        put_expr(f, t->loop[i].to);
    }
    put_name(f, t->a);
    put_expr(f, t->a_index);
    put_expr(f, t->a_row);
    put_name(f, t->b);
    put_expr(f, t->b_index);
    put(f, t->a_ahead);
    put(f, t->b_ahead);
    put(f, t->ahead_count);
    for (int i = 0; i < t->ahead_count; i++) {
        put_name(f, t->ahead[i].pointer);
        put_expr(f, t->ahead[i].index);
    }
}

static void put_block(Form *f, const Block *block)
{
    put(f, block->count);
    for (int i = 0; i < block->count; i++) {
        const Stmt *s = block->items[i];
        put(f, s->kind);
        switch (s->kind) {
        case STMT_FOR:
            put_name(f, s->name);
            put(f, s->step);
            put(f, s->unroll);
            break;
        case STMT_DECLARE:
            put_str(f, s->type);
            put_name(f, s->name);
            break;
        case STMT_SET:
            put_str(f, str_from(s->op));
            break;
        case STMT_COMMENT:
        case STMT_DIRECTIVE:
        case STMT_HELPER:
            put_str(f, s->name);
            break;
        case STMT_TILE:
            put_tile(f, s->tile);
            break;
        case STMT_IF:
        case STMT_CALL:
            break;
        }
        put_expr(f, s->from);
        put_expr(f, s->to);
        put_expr(f, s->target);
        put_expr(f, s->value);
        put_block(f, &s->body);
        put_block(f, &s->other);
    }
}

/* ---- operands -------------------------------------------------------------------------------- */
static int number_of(const Form *f, Str name)
{
    return find(f, name)->number;
}

/* Parameters by the number of their names. */
static int *order_params(const Form *f, const Kernel *k)
{
    int *order = arena_array(f->arena, int, k->params.count + 1);
    for (int i = 0; i < k->params.count; i++) {
        int at = i;
        while (at > 0 && number_of(f, k->params.items[order[at - 1]].name) > number_of(f, k->params.items[i].name)) {
            order[at] = order[at - 1];
            at--;
        }
        order[at] = i;
    }
    return order;
}

static void put_params(Form *f, const Program *p, const Kernel *k, const int *order)
{
    put(f, k->params.count);
    for (int i = 0; i < k->params.count; i++) {
        const KernelParam *param = &k->params.items[order[i]];
        put_name(f, param->name);
        if (param->buffer >= 0)
            put(f, p->buffers.items[param->buffer].type);
        else
            put_str(f, str_from(param->type));
        put(f, param->is_written);
    }
    put(f, k->helper_params.count);
    for (int i = 0; i < k->helper_params.count; i++) {
        put_name(f, k->helper_params.items[i].name);
        put_str(f, str_from(k->helper_params.items[i].type ? k->helper_params.items[i].type : ""));
    }
}

/* What is kept of a form, without the room that its lists grew by. */
static KernelForm keep_form(Arena *arena, const Form *f, const int *order, int order_count)
{
    int64_t *words = arena_array(arena, int64_t, f->words.count);
    KernelForm form = {.words = words,
                       .word_count = f->words.count,
                       .names = arena_array(arena, Str, f->names.count),
                       .name_count = f->names.count,
                       .params = arena_array(arena, int, order_count)};
    for (int i = 0; i < f->words.count; i++) {
        words[i] = f->words.items[i];
        form.hash = ((form.hash << 5 | form.hash >> 59) ^ (uint64_t)words[i]) * 0x9e3779b97f4a7c15u;
    }
    for (int i = 0; i < f->names.count; i++)
        form.names[i] = f->names.items[i];
    for (int i = 0; i < order_count; i++)
        form.params[i] = order[i];
    return form;
}

KernelForm kernel_form(Arena *arena, const Program *p, const Kernel *k)
{
    Arena scratch = {0};
    Form f = {.arena = &scratch};
    declare_all(&f, k);
    put(&f, k->needs_batch);
    put(&f, k->needs_step);
    put(&f, k->workers);
    put(&f, k->takes_range);
    put(&f, k->units == NULL && k->division == DIVIDE_UNITS);
    put_expr(&f, k->units);
    put_name(&f, k->unit_name);
    put_expr(&f, k->sweeps);
    put_block(&f, &k->setup);
    put_block(&f, &k->body);
    put_block(&f, &k->helper);
    put(&f, k->helper_sizes.count);
    for (int i = 0; i < k->helper_sizes.count; i++) {
        put_str(&f, k->helper_sizes.items[i].name);
        put_expr(&f, k->helper_sizes.items[i].rows);
    }
    put(&f, k->constants.count);
    for (int i = 0; i < k->constants.count; i++) {
        put_name(&f, k->constants.items[i].name);
        put(&f, k->constants.items[i].many);
        put(&f, k->constants.items[i].few);
    }
    for (int i = 0; i < k->params.count; i++) /* one that nothing uses gets its number here */
        if (number_of(&f, k->params.items[i].name) < 0)
            put_name(&f, k->params.items[i].name);
    int *order = order_params(&f, k);
    put_params(&f, p, k, order);
    KernelForm form = keep_form(arena, &f, order, k->params.count);
    arena_free(&scratch);
    return form;
}

bool kernel_forms_equal(const KernelForm *a, const KernelForm *b)
{
    return a->hash == b->hash && a->word_count == b->word_count &&
           memcmp(a->words, b->words, (size_t)a->word_count * sizeof *a->words) == 0;
}
