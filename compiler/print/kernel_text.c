/* kernel_text.c: a kernel as C functions.
 *
 * A kernel is one static function. When it has a helper (a register tile with its epilogue), that is an
 * inlined function, and each size of the tile a function of its own that calls it with a literal number
 * of rows. A divided kernel takes `thread` and `threads` and runs over its share of the units. */
#include "print/out.h"
#include "print/tile_text.h"

#include <string.h>

static void block_text(Out *o, const Program *p, const Kernel *k, const Block *block);

/* ---- arguments ------------------------------------------------------------------------------- */
static const char *type_text(Type type)
{
    switch (type) {
    case TYPE_F32:
        return "float";
    case TYPE_U8:
        return "unsigned char";
    case TYPE_I32:
        return "int32_t";
    }
    BUG("type %d", (int)type);
}

static void add_separator(StrBuf *buf)
{
    if (buf->len > 0 && buf->ptr[buf->len - 1] != '(')
        buf_add(buf, ", ");
}

static void add_pointer(StrBuf *buf, const Program *p, const KernelParam *param)
{
    add_separator(buf);
    if (param->buffer < 0) {
        const char *type = param->type ? param->type : "int";
        bool is_pointer = type[strlen(type) - 1] == '*';
        buf_add(buf, "%s%s%.*s", type, is_pointer ? "" : " ", STR_ARGS(param->name));
        return;
    }
    const Buffer *b = &p->buffers.items[param->buffer];
    buf_add(buf, "%s%s *NN_RESTRICT %.*s", param->is_written ? "" : "const ", type_text(b->type),
            STR_ARGS(param->name));
}

/* Declarations: what the setup has found, without "const", since they are parameters of the helper. */
static Str bare_type(Str type)
{
    return str_starts(type, "const ") ? (Str){type.ptr + 6, type.len - 6} : type;
}

static bool is_in_helper(const Kernel *k, Str name)
{
    return block_uses(&k->helper, name);
}

/* The helper's parameters: those of the kernel that it uses, the setup's scalars and arrays, its own. */
static Str helper_list(Arena *arena, const Program *p, const Kernel *k, bool with_types)
{
    StrBuf buf = {.arena = arena};
    if (k->needs_batch && is_in_helper(k, STR("batch")))
        buf_add(&buf, with_types ? "int batch" : "batch");
    if (k->needs_step && is_in_helper(k, STR("step"))) {
        add_separator(&buf);
        buf_add(&buf, with_types ? "const nn_step *step" : "step");
    }
    for (int i = 0; i < k->params.count; i++) {
        const KernelParam *param = &k->params.items[i];
        if (!is_in_helper(k, param->name))
            continue;
        if (with_types) {
            add_pointer(&buf, p, param);
        } else {
            add_separator(&buf);
            buf_add_str(&buf, param->name);
        }
    }
    for (int i = 0; i < k->setup.count; i++) {
        const Stmt *s = k->setup.items[i];
        if (s->kind != STMT_DECLARE || !is_in_helper(k, s->name))
            continue;
        add_separator(&buf);
        bool is_array = s->to != NULL;
        if (with_types)
            buf_add(&buf, is_array ? "const %.*s *NN_RESTRICT " : "%.*s ", STR_ARGS(bare_type(s->type)));
        buf_add_str(&buf, s->name);
    }
    for (int i = 0; i < k->helper_params.count; i++) {
        const KernelParam *param = &k->helper_params.items[i];
        if (!is_in_helper(k, param->name))
            continue;
        add_separator(&buf);
        if (with_types)
            buf_add(&buf, "%s ", param->type ? param->type : "int");
        buf_add_str(&buf, param->name);
    }
    return buf_str(&buf);
}

static Str kernel_list(Arena *arena, const Program *p, const Kernel *k)
{
    StrBuf buf = {.arena = arena};
    if (k->division == DIVIDE_UNITS)
        buf_add(&buf, "int thread, int threads");
    if (k->needs_batch) {
        add_separator(&buf);
        buf_add(&buf, "int batch");
    }
    if (k->needs_step) {
        add_separator(&buf);
        buf_add(&buf, "const nn_step *step");
    }
    for (int i = 0; i < k->params.count; i++)
        add_pointer(&buf, p, &k->params.items[i]);
    if (buf.len == 0)
        buf_add(&buf, "void");
    return buf_str(&buf);
}

/* ---- statements ------------------------------------------------------------------------------ */
/* Braces are left out around a single line, as a person would. */
static bool is_one_line(const Block *block)
{
    if (block->count != 1)
        return false;
    const Stmt *s = block->items[0];
    return s->kind == STMT_SET || s->kind == STMT_CALL || s->kind == STMT_HELPER;
}

static void body_text(Out *o, const Program *p, const Kernel *k, const Block *block, const char *tail)
{
    block_text(o, p, k, block);
    out_close(o, tail);
}

static void headed_text(Out *o, const Program *p, const Kernel *k, Str head, const Block *block)
{
    bool is_loop_only = block->count == 1 && block->items[0]->kind == STMT_FOR && block->items[0]->unroll == 0;
    if (is_one_line(block) || is_loop_only) {
        out_line(o, "%.*s", STR_ARGS(head));
        o->depth++;
        block_text(o, p, k, block);
        o->depth--;
        return;
    }
    out_open(o, "%.*s", STR_ARGS(head));
    body_text(o, p, k, block, "");
}

static void for_text(Out *o, const Program *p, const Kernel *k, const Stmt *s)
{
    Arena *arena = o->buf.arena;
    Str from = expr_text(arena, s->from);
    Str test = expr_text(arena, expr_binary(arena, "<", expr_name(arena, s->name), s->to));
    Str count = s->step == 1 ? str_format(arena, "%.*s++", STR_ARGS(s->name))
                             : str_format(arena, "%.*s += %lld", STR_ARGS(s->name), (long long)s->step);
    if (s->unroll > 0)
        out_line(o, "NN_UNROLL");
    headed_text(o, p, k,
                str_format(arena, "for (int %.*s = %.*s; %.*s; %.*s)", STR_ARGS(s->name), STR_ARGS(from),
                           STR_ARGS(test), STR_ARGS(count)),
                &s->body);
}

static void if_text(Out *o, const Program *p, const Kernel *k, const Stmt *s)
{
    Arena *arena = o->buf.arena;
    Str test = expr_text(arena, s->value);
    Str head = str_format(arena, "if (%.*s)", STR_ARGS(test));
    if (s->other.count == 0) {
        out_open(o, "%.*s", STR_ARGS(head));
        body_text(o, p, k, &s->body, "");
        return;
    }
    out_open(o, "%.*s", STR_ARGS(head));
    body_text(o, p, k, &s->body, " else {");
    body_text(o, p, k, &s->other, "");
}

static void declare_text(Out *o, const Stmt *s)
{
    Arena *arena = o->buf.arena;
    if (s->to != NULL) {
        Str count = expr_text(arena, s->to);
        out_line(o, "%.*s %.*s[%.*s];", STR_ARGS(s->type), STR_ARGS(s->name), STR_ARGS(count));
    } else if (s->value != NULL) {
        Str value = expr_text(arena, s->value);
        out_line(o, "%.*s %.*s = %.*s;", STR_ARGS(s->type), STR_ARGS(s->name), STR_ARGS(value));
    } else {
        out_line(o, "%.*s %.*s;", STR_ARGS(s->type), STR_ARGS(s->name));
    }
}

static void stmt_text(Out *o, const Program *p, const Kernel *k, const Stmt *s)
{
    Arena *arena = o->buf.arena;
    switch (s->kind) {
    case STMT_FOR:
        for_text(o, p, k, s);
        return;
    case STMT_DECLARE:
        declare_text(o, s);
        return;
    case STMT_SET: {
        Str target = expr_text(arena, s->target), value = expr_text(arena, s->value);
        out_line(o, "%.*s %s %.*s;", STR_ARGS(target), s->op, STR_ARGS(value));
        return;
    }
    case STMT_IF:
        if_text(o, p, k, s);
        return;
    case STMT_CALL: {
        Str call = expr_text(arena, s->value);
        out_line(o, "%.*s;", STR_ARGS(call));
        return;
    }
    case STMT_COMMENT:
        out_comment(o, 1, &s->name);
        return;
    case STMT_DIRECTIVE:
        out_directive(o, "%.*s", STR_ARGS(s->name));
        return;
    case STMT_TILE:
        tile_text(o, s->tile);
        return;
    case STMT_HELPER: {
        Str list = helper_list(arena, p, k, false);
        out_line(o, "%.*s_%.*s(%.*s);", STR_ARGS(k->name), STR_ARGS(s->name), STR_ARGS(list));
        return;
    }
    }
}

static bool calls_helper(const Block *block, int from)
{
    for (int i = from; i < block->count; i++) {
        const Stmt *s = block->items[i];
        if (s->kind == STMT_HELPER || calls_helper(&s->body, 0) || calls_helper(&s->other, 0))
            return true;
    }
    return false;
}

/* Lowering declares what it may need; a variable that nothing reads is not printed. */
static bool is_read(const Kernel *k, const Block *block, int declaration)
{
    const Stmt *s = block->items[declaration];
    Block rest = {.items = block->items + declaration + 1, .count = block->count - declaration - 1};
    if (block_uses(&rest, s->name) || (calls_helper(&rest, 0) && is_in_helper(k, s->name)))
        return true;
    return block == &k->setup && (block_uses(&k->body, s->name) || is_in_helper(k, s->name) ||
                                  (k->units != NULL && expr_uses(k->units, s->name)));
}

static void block_text(Out *o, const Program *p, const Kernel *k, const Block *block)
{
    for (int i = 0; i < block->count; i++)
        if (block->items[i]->kind != STMT_DECLARE || is_read(k, block, i))
            stmt_text(o, p, k, block->items[i]);
}

/* ---- functions ------------------------------------------------------------------------------- */
static void comment_text(Out *o, const Kernel *k, const Sources *places)
{
    VEC(Str) lines = {0};
    for (int i = 0; i < k->comment.count; i++)
        vec_push(o->buf.arena, &lines, k->comment.items[i]);
    if (places != NULL && k->span.file != 0 && lines.count > 0) {
        SourcePlace place = source_place(places, k->span);
        int64_t slash = place.path.len;
        while (slash > 0 && place.path.ptr[slash - 1] != '/')
            slash--;
        Str file = {place.path.ptr + slash, place.path.len - slash};
        int room = 76 - (int)lines.items[0].len;
        lines.items[0] = str_format(o->buf.arena, "%.*s%*s%.*s:%d", STR_ARGS(lines.items[0]),
                                    room > 4 ? room : 4, "", STR_ARGS(file), place.line);
    }
    if (lines.count > 0)
        out_comment(o, lines.count, lines.items);
}

/* Mostly not inlined: a whole step as one function takes optimizers very long, and runs no faster. But
 * what takes no longer than some calls becomes one function. */
static const char *linkage(const Program *p)
{
    enum { FEW_KERNELS = 40, SHORT_NS = 200 };
    return p->is_serial && p->kernels.count <= FEW_KERNELS && p->cost_ns < SHORT_NS ? "NN_INLINE" : "static NN_APART";
}

/* `enum { ROWS = NN_SIZE(14, 6), ... };`: those of the kernel's constants that a function uses. */
static void constants_text(Out *o, const Kernel *k, bool in_helper)
{
    StrBuf buf = {.arena = o->buf.arena};
    for (int i = 0; i < k->constants.count; i++) {
        const KernelConstant *c = &k->constants.items[i];
        bool is_used = in_helper ? block_uses(&k->helper, c->name)
                                 : block_uses(&k->body, c->name) || block_uses(&k->setup, c->name) ||
                                       (k->units != NULL && expr_uses(k->units, c->name)) ||
                                       (k->sweeps != NULL && expr_uses(k->sweeps, c->name));
        if (!is_used)
            continue;
        Str size = size_text(buf.arena, c);
        buf_add(&buf, "%s%.*s = %.*s", buf.len > 0 ? ", " : "", STR_ARGS(c->name), STR_ARGS(size));
    }
    Str list = buf_str(&buf);
    if (list.len > 0)
        out_line(o, "enum { %.*s };", STR_ARGS(list));
}

/* A literal, or one of the constants, which the function that calls with it does not know. */
static Str rows_text(Arena *arena, const Kernel *k, const Expr *rows)
{
    for (int i = 0; i < k->constants.count; i++)
        if (rows->kind == EXPR_NAME && str_equal(rows->name, k->constants.items[i].name))
            return size_text(arena, &k->constants.items[i]);
    CHECK(rows->kind == EXPR_INT);
    return expr_text(arena, rows);
}

static void helper_text(Out *o, const Program *p, const Kernel *k)
{
    Arena *arena = o->buf.arena;
    Str list = helper_list(arena, p, k, true), names = helper_list(arena, p, k, false);
    out_function(o, str_format(arena, "NN_INLINE void %.*s_tile(const int rows, %.*s)", STR_ARGS(k->name),
                               STR_ARGS(list)));
    constants_text(o, k, true);
    block_text(o, p, k, &k->helper);
    out_close(o, "");
    out_blank(o);
    for (int i = 0; i < k->helper_sizes.count; i++) {
        const HelperSize *size = &k->helper_sizes.items[i];
        Str rows = rows_text(arena, k, size->rows);
        out_function(o, str_format(arena, "%s void %.*s_%.*s(%.*s)", linkage(p), STR_ARGS(k->name),
                                   STR_ARGS(size->name), STR_ARGS(list)));
        out_line(o, "%.*s_tile(%.*s, %.*s);", STR_ARGS(k->name), STR_ARGS(rows), STR_ARGS(names));
        out_close(o, "");
        out_blank(o);
    }
}

static void units_text(Out *o, const Program *p, const Kernel *k)
{
    Arena *arena = o->buf.arena;
    Str unit = k->unit_name.len > 0 ? k->unit_name : STR("unit");
    Str test = expr_text(arena, expr_binary(arena, "<", expr_name(arena, unit), k->units));
    if (k->division == DIVIDE_NONE) {
        headed_text(o, p, k,
                    str_format(arena, "for (int %.*s = 0; %.*s; %.*s++)", STR_ARGS(unit), STR_ARGS(test),
                               STR_ARGS(unit)),
                    &k->body);
        return;
    }
    headed_text(o, p, k,
                str_format(arena, "for (int %.*s = unit_first; %.*s < unit_last; %.*s++)", STR_ARGS(unit),
                           STR_ARGS(unit), STR_ARGS(unit)),
                &k->body);
}

void kernel_text(Out *o, const Program *p, const Kernel *k, const Sources *places)
{
    Arena *arena = o->buf.arena;
    comment_text(o, k, places);
    if (k->helper.count > 0)
        helper_text(o, p, k);
    Str list = kernel_list(arena, p, k);
    const char *words = k->is_inlined ? "NN_INLINE" : linkage(p);
    out_function(o, str_format(arena, "%s void %.*s(%.*s)", words, STR_ARGS(k->name), STR_ARGS(list)));
    constants_text(o, k, false);
    block_text(o, p, k, &k->setup);
    if (k->division == DIVIDE_UNITS) {
        Str units = expr_text(arena, k->units);
        if (k->workers > 0) { /* more threads than scratch buffers: the others have nothing to do */
            out_line(o, "const int workers = threads < %d ? threads : %d;", k->workers, k->workers);
            out_line(o, "if (thread >= workers)");
            out_line(o, "    return;");
        }
        const char *all = k->workers > 0 ? "workers" : "threads";
        out_line(o, "const int unit_first = nn_first(thread, %s, %.*s);", all, STR_ARGS(units));
        out_line(o, "const int unit_last = nn_first(thread + 1, %s, %.*s);", all, STR_ARGS(units));
    } else {
        if (k->workers > 0)
            out_line(o, "const int thread = 0;");
        if (k->takes_range) {
            Str units = expr_text(arena, k->units);
            out_line(o, "const int unit_first = 0, unit_last = %.*s;", STR_ARGS(units));
        } else if (block_uses(&k->body, STR("unit_first"))) {
            out_line(o, "const int unit_first = 0;");
        }
    }
    if (k->units == NULL || k->takes_range) {
        block_text(o, p, k, &k->body);
    } else if (k->sweeps != NULL) {
        Str sweeps = expr_text(arena, k->sweeps);
        out_open(o, "for (int sweep = 0; sweep < %.*s; sweep++)", STR_ARGS(sweeps));
        units_text(o, p, k);
        out_close(o, "");
    } else {
        units_text(o, p, k);
    }
    out_close(o, "");
    out_blank(o);
}
