/* share_names.c: what a shared function, its operands and its variables are called, and what stands
 * above it.
 *
 * A name that all users agree on stays. Else it is what the names have in common: conv2d_1_kernel and
 * conv2d_3_kernel are conv2d_kernel. A function of one program begins with the name of that program; one
 * whose users have other names ends with the shape of its result. */
#include "kernel/lower.h"
#include "kernel/share.h"

#include <string.h>

/* ---- what names have in common --------------------------------------------------------------- */
/* Length of the word that starts at `at`, up to the next '_' or the end. */
static int64_t word_length(Str name, int64_t at)
{
    int64_t length = 0;
    while (at + length < name.len && name.ptr[at + length] != '_')
        length++;
    return length;
}

static bool is_number(Str word)
{
    for (int64_t i = 0; i < word.len; i++)
        if (word.ptr[i] < '0' || word.ptr[i] > '9')
            return false;
    return word.len > 0;
}

/* Bytes at the front, whole words with the '_' behind them, that both have. */
static int64_t common_front(Str a, Str b)
{
    int64_t front = 0;
    while (front < a.len && front < b.len) {
        int64_t length = word_length(a, front);
        if (length != word_length(b, front) || memcmp(a.ptr + front, b.ptr + front, (size_t)length) != 0)
            break;
        front += length + (front + length < a.len || front + length < b.len);
    }
    return front > a.len ? a.len : front > b.len ? b.len : front;
}

/* Bytes at the end, whole words with the '_' before them, that both have. */
static int64_t common_back(Str a, Str b)
{
    int64_t back = 0;
    for (int64_t i = 1; i <= a.len && i <= b.len && a.ptr[a.len - i] == b.ptr[b.len - i]; i++) {
        bool ends_a = i == a.len || a.ptr[a.len - i - 1] == '_', ends_b = i == b.len || b.ptr[b.len - i - 1] == '_';
        if (ends_a && ends_b)
            back = i;
    }
    return back;
}

/* Words joined again, without numbers at the front. */
static void add_words(StrBuf *buf, Str words)
{
    for (int64_t at = 0; at < words.len;) {
        int64_t length = word_length(words, at);
        Str word = {words.ptr + at, length};
        at += length + 1;
        if (length == 0 || (buf->len == 0 && is_number(word)))
            continue;
        if (buf->len > 0)
            buf_add_char(buf, '_');
        buf_add_str(buf, word);
    }
}

Str common_name(Arena *arena, const Str *names, int count)
{
    int64_t front = names[0].len, back = names[0].len;
    int64_t shortest = names[0].len;
    for (int i = 1; i < count; i++) {
        int64_t f = common_front(names[0], names[i]), b = common_back(names[0], names[i]);
        front = f < front ? f : front;
        back = b < back ? b : back;
        shortest = names[i].len < shortest ? names[i].len : shortest;
    }
    if (front + back > shortest)
        back = shortest - front;
    StrBuf buf = {.arena = arena};
    add_words(&buf, (Str){names[0].ptr, front});
    add_words(&buf, (Str){names[0].ptr + names[0].len - back, back});
    Str common = buf_str(&buf);
    return common.len > 1 && !(common.ptr[0] >= '0' && common.ptr[0] <= '9') ? common : (Str){"", 0};
}

/* ---- operands and variables ------------------------------------------------------------------ */
static Str word_for(const SharedFunction *f, Str name)
{
    const KernelParam *param = kernel_param_called(&f->kernel, name);
    if (param == NULL)
        return STR("value");
    bool is_gradient = str_starts(name, "d_");
    if (param->is_written)
        return is_gradient ? STR("d_output") : STR("output");
    return is_gradient ? STR("d_input") : STR("input");
}

/* Not a word of C, nor one that printed kernels have: see print/kernel_text.c and tile_text.c. */
static Str safe_name(Arena *arena, Str name)
{
    static const char *const words[] = {"rows", "r", "acc", "column", "scalar", "a", "left", "right",
                                        "b", "b0", "b1", "workers"};
    for (int i = 0; i < COUNT_OF(words); i++)
        if (str_is(name, words[i]))
            return str_format(arena, "t_%.*s", STR_ARGS(name));
    return lower_safe_name(arena, name);
}

/* The names of all users for number i, and the one that suits them all. */
static Str suiting_name(Arena *arena, const SharedFunction *f, int number, bool *agree)
{
    Str *names = arena_array(arena, Str, f->users.count);
    *agree = true;
    for (int i = 0; i < f->users.count; i++) {
        names[i] = f->users.items[i].form.names[number];
        *agree = *agree && str_equal(names[i], names[0]);
    }
    if (*agree)
        return names[0];
    Str common = common_name(arena, names, f->users.count);
    return safe_name(arena, common.len > 0 ? common : word_for(f, names[0]));
}

static void choose_inner_names(Arena *arena, SharedFunction *f)
{
    const KernelForm *form = &f->users.items[0].form;
    Str *renamed = arena_array(arena, Str, form->name_count + 1);
    bool *agree = arena_array(arena, bool, form->name_count + 1), all_agree = true;
    for (int i = 0; i < form->name_count; i++) {
        renamed[i] = suiting_name(arena, f, i, &agree[i]);
        all_agree = all_agree && agree[i];
    }
    if (all_agree)
        return;
    /* New names give way to those that stay, and to each other. */
    for (int i = 0; i < form->name_count; i++) {
        if (agree[i])
            continue;
        Str stem = renamed[i];
        renamed[i] = (Str){"", 0};
        Str name = stem;
        for (int number = 2; str_find(renamed, form->name_count, name) >= 0; number++)
            name = str_format(arena, "%.*s_%d", STR_ARGS(stem), number);
        renamed[i] = name;
    }
    Kernel before = f->kernel;
    f->kernel = kernel_renamed(arena, &before, form, renamed);
}

/* ---- functions ------------------------------------------------------------------------------- */
static Str kernel_stem(const KernelUser *user)
{
    Str name = user->program->kernels.items[user->kernel].name, program = user->program->name;
    int64_t skip = program.len > 0 ? program.len + 1 : 0;
    return (Str){name.ptr + skip, name.len - skip};
}

/* Pointers of the function that runs a program would hide a function of their name. */
static bool is_operand(const Sharing *sharing, Str name)
{
    for (int i = 0; i < sharing->program_count; i++)
        for (int k = 0; k < sharing->programs[i]->kernels.count; k++)
            if (kernel_param_called(&sharing->kernels[i][k], name) != NULL)
                return true;
    return false;
}

static bool is_function(const Sharing *sharing, int before, Str name)
{
    for (int i = 0; i < sharing->tails.count; i++)
        if (str_equal(sharing->tails.items[i].kernel.name, name))
            return true;
    for (int i = 0; i < before; i++)
        if (str_equal(sharing->functions.items[i].kernel.name, name))
            return true;
    return false;
}

static Str function_name(Arena *arena, const SharedFunction *f)
{
    Str *stems = arena_array(arena, Str, f->users.count);
    bool is_one_program = true, agree = true;
    for (int i = 0; i < f->users.count; i++) {
        stems[i] = kernel_stem(&f->users.items[i]);
        is_one_program = is_one_program && f->users.items[i].program == f->program;
        agree = agree && str_equal(stems[i], stems[0]);
    }
    StrBuf name = {.arena = arena};
    if (is_one_program && f->program->name.len > 0)
        buf_add(&name, "%.*s_", STR_ARGS(f->program->name));
    Str common = agree ? stems[0] : common_name(arena, stems, f->users.count);
    buf_add_str(&name, common.len > 0 ? common : STR("kernel"));
    if (!agree)
        for (int d = 0; d < f->kernel.shape.rank; d++)
            buf_add(&name, "%s%lld", d == 0 ? "_" : "x", (long long)f->kernel.shape.dim[d]);
    return lower_safe_name(arena, buf_str(&name));
}

static Str free_name(Arena *arena, const Sharing *sharing, int before, Str stem)
{
    Str name = stem;
    for (int number = 2; is_function(sharing, before, name) || is_operand(sharing, name); number++)
        name = str_format(arena, "%.*s_%d", STR_ARGS(stem), number);
    return name;
}

void sharing_name_tail(Arena *arena, const Sharing *sharing, SharedFunction *f, const char *word)
{
    choose_inner_names(arena, f);
    bool is_one_program = f->program->name.len > 0;
    for (int i = 0; i < f->users.count; i++)
        is_one_program = is_one_program && f->users.items[i].program == f->program;
    Str stem = is_one_program ? str_format(arena, "%.*s_%s", STR_ARGS(f->program->name), word)
                              : str_format(arena, "%s_element", word);
    f->kernel.name = free_name(arena, sharing, 0, stem);
}

/* ---- comments -------------------------------------------------------------------------------- */
/* "conv2d_1.contract" of "conv2d_1.contract = contract(...)". */
static Str label_of(const KernelUser *user)
{
    const Kernel *k = &user->program->kernels.items[user->kernel];
    Str line = k->comment.count > 0 ? k->comment.items[0] : (Str){"", 0};
    for (int64_t i = 0; i + 2 < line.len; i++)
        if (line.ptr[i] == ' ' && (line.ptr[i + 1] == '=' || line.ptr[i + 1] == ':'))
            return (Str){line.ptr, i};
    return kernel_stem(user);
}

/* Without the lines of maps that another function does; with "used by train: a, b; by evaluate: a", in lines. */
static void describe_users(Arena *arena, SharedFunction *f)
{
    enum { MOST_LABELS = 8, WIDTH = 92 };
    Kernel *k = &f->kernel;
    VEC(Str) lines = {0};
    bool shows_tail = k->has_tail && k->tail_name.len == 0;
    for (int i = 0; i < k->comment.count - (shows_tail ? 0 : k->tail_lines); i++)
        vec_push(arena, &lines, k->comment.items[i]);
    if (k->tail_name.len > 0)
        vec_push(arena, &lines, str_format(arena, "then %.*s", STR_ARGS(k->tail_name)));
    StrBuf line = {.arena = arena};
    int count = 0;
    for (int i = 0; i < f->users.count && f->users.count > 1; i++) {
        const KernelUser *user = &f->users.items[i];
        bool is_next_program = i > 0 && user->program != f->users.items[i - 1].program;
        count = is_next_program ? 1 : count + 1;
        if (count > MOST_LABELS)
            continue;
        int same = 0;
        while (i + same < f->users.count && f->users.items[i + same].program == user->program)
            same++;
        Str word = count == MOST_LABELS && same > 1 ? str_format(arena, "%d more", same) : label_of(user);
        Str head = i == 0 || is_next_program
                       ? str_format(arena, "%s%.*s: ", i == 0 ? "used by " : "; by ", STR_ARGS(user->program->name))
                       : STR(", ");
        if (line.len + head.len + word.len > WIDTH) {
            buf_add(&line, i == 0 ? "" : is_next_program ? ";" : ",");
            vec_push(arena, &lines, buf_str(&line));
            line = (StrBuf){.arena = arena};
            head = is_next_program ? str_format(arena, "by %.*s: ", STR_ARGS(user->program->name)) : (Str){"", 0};
        }
        buf_add(&line, "%.*s%.*s", STR_ARGS(head), STR_ARGS(word));
    }
    if (line.len > 0)
        vec_push(arena, &lines, buf_str(&line));
    k->comment.items = lines.items;
    k->comment.count = lines.count;
    k->comment.capacity = lines.capacity;
}

void sharing_choose_names(Arena *arena, Sharing *sharing)
{
    for (int i = 0; i < sharing->functions.count; i++) {
        SharedFunction *f = &sharing->functions.items[i];
        if (f->users.count > 1)
            choose_inner_names(arena, f);
        f->kernel.name = free_name(arena, sharing, i, function_name(arena, f));
        describe_users(arena, f);
    }
}
