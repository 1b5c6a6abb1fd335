/* attr.c: attribute values: reading defaults, printing, comparing.
 *
 * The text of a default is written in a descriptor, so it is short and correct; a small reader with
 * one position is enough. Elaboration converts what users write and does not come here. */
#include "ops/op.h"

#include <stdlib.h>
#include <string.h>

/* ---- padding --------------------------------------------------------------------------------- */
static const char *const padding_words[] = {
    [PADDING_VALID] = "valid", [PADDING_SAME] = "same", [PADDING_CAUSAL] = "causal"};

const char *padding_word(PaddingKind kind)
{
    return padding_words[kind];
}

bool padding_find(Str word, PaddingKind *kind)
{
    for (int i = 0; i < COUNT_OF(padding_words); i++)
        if (padding_words[i] != NULL && str_is(word, padding_words[i])) {
            *kind = (PaddingKind)i;
            return true;
        }
    return false;
}

/* ---- reading --------------------------------------------------------------------------------- */
typedef struct Reader {
    const char *at; /* in zero-terminated text */
} Reader;

static void skip_blanks(Reader *r)
{
    while (*r->at == ' ')
        r->at++;
}

static bool accept(Reader *r, char c)
{
    skip_blanks(r);
    if (*r->at != c)
        return false;
    r->at++;
    return true;
}

static bool at_end(Reader *r)
{
    skip_blanks(r);
    return *r->at == 0;
}

static bool read_real(Reader *r, double *value)
{
    skip_blanks(r);
    char *end;
    *value = strtod(r->at, &end);
    if (end == r->at)
        return false;
    r->at = end;
    return true;
}

static bool read_int(Reader *r, int64_t *value)
{
    skip_blanks(r);
    char *end;
    *value = strtoll(r->at, &end, 10);
    if (end == r->at)
        return false;
    r->at = end;
    return true;
}

static Str read_word(Reader *r)
{
    skip_blanks(r);
    Str word = {r->at, 0};
    while (word.ptr[word.len] == '_' || (word.ptr[word.len] >= 'a' && word.ptr[word.len] <= 'z') ||
           (word.ptr[word.len] >= '0' && word.ptr[word.len] <= '9'))
        word.len++;
    r->at += word.len;
    return word;
}

/* 3 or [3, 4]; [] is a default that a user cannot write */
static bool read_ints(Reader *r, int *count, int64_t *item)
{
    *count = 0;
    if (!accept(r, '[')) {
        *count = 1;
        return read_int(r, &item[0]);
    }
    if (accept(r, ']'))
        return true;
    do {
        if (*count == MAX_RANK || !read_int(r, &item[(*count)++]))
            return false;
    } while (accept(r, ','));
    return accept(r, ']');
}

/* 1, [1, 2] or [[1, 2], [0, 1]] */
static bool read_explicit_padding(Reader *r, AttrValue *value)
{
    value->padding.kind = PADDING_EXPLICIT;
    Reader ahead = *r;
    if (!accept(&ahead, '[') || !accept(&ahead, '[')) {
        if (!read_ints(r, &value->padding.count, value->padding.before))
            return false;
        memcpy(value->padding.after, value->padding.before, sizeof value->padding.after);
        return true;
    }
    accept(r, '[');
    do {
        int axis = value->padding.count++;
        if (axis == MAX_RANK || !accept(r, '[') || !read_int(r, &value->padding.before[axis]) ||
            !accept(r, ',') || !read_int(r, &value->padding.after[axis]) || !accept(r, ']'))
            return false;
    } while (accept(r, ','));
    return accept(r, ']');
}

static bool read_padding(Reader *r, AttrValue *value)
{
    skip_blanks(r);
    if (*r->at < 'a' || *r->at > 'z')
        return read_explicit_padding(r, value);
    Str word = read_word(r);
    return padding_find(word, &value->padding.kind);
}

static bool read_init(Reader *r, AttrValue *value)
{
    const InitDef *def = init_find(read_word(r));
    if (def == NULL)
        return false;
    value->init = init_default(def);
    if (!accept(r, '('))
        return true;
    for (int i = 0; i < def->arg_count; i++)
        if ((i > 0 && !accept(r, ',')) || def->arg[i].words != NULL ||
            !read_real(r, init_arg(&value->init, i)))
            return false;
    return def->arg_count > 0 && accept(r, ')');
}

static bool read_reals(Arena *arena, Reader *r, AttrValue *value)
{
    VEC(double) items = {0};
    double item;
    bool is_list = accept(r, '[');
    do {
        if (!read_real(r, &item))
            return false;
        vec_push(arena, &items, item);
    } while (is_list && accept(r, ','));
    value->reals.count = items.count;
    value->reals.item = items.items;
    return !is_list || accept(r, ']');
}

static bool read_choice(Reader *r, const AttrDef *def, AttrValue *value)
{
    Str word = read_word(r);
    for (int i = 0; def->choices[i] != NULL; i++)
        if (str_is(word, def->choices[i])) {
            value->i = i;
            return true;
        }
    return false;
}

static bool read_activation(Reader *r, AttrValue *value)
{
    Str word = read_word(r);
    value->op = op_find_activation(word);
    return value->op != NULL || str_is(word, "none");
}

static bool read_value(Arena *arena, Reader *r, const AttrDef *def, AttrValue *value)
{
    switch (def->kind) {
    case ATTR_END:
        return false;
    case ATTR_INT:
        return read_int(r, &value->i);
    case ATTR_REAL:
        return read_real(r, &value->r);
    case ATTR_BOOL: {
        Str word = read_word(r);
        value->i = str_is(word, "true");
        return value->i || str_is(word, "false");
    }
    case ATTR_CHOICE:
        return read_choice(r, def, value);
    case ATTR_INTS:
    case ATTR_SHAPE:
        return read_ints(r, &value->list.count, value->list.item);
    case ATTR_PADDING:
        return read_padding(r, value);
    case ATTR_INIT:
    case ATTR_CONSTRAINT:
        return read_init(r, value);
    case ATTR_NAME:
        value->name = read_word(r);
        return true;
    case ATTR_REALS:
        return read_reals(arena, r, value);
    case ATTR_ACTIVATION:
        return read_activation(r, value);
    }
    BUG("attribute kind %d", (int)def->kind);
}

bool attr_parse(Arena *arena, const AttrDef *def, Str text, AttrValue *value)
{
    Reader r = {.at = str_c(arena, text)};
    memset(value, 0, sizeof *value);
    return read_value(arena, &r, def, value) && at_end(&r);
}

/* ---- printing -------------------------------------------------------------------------------- */
static void add_ints(StrBuf *buf, int count, const int64_t *item)
{
    if (count == 1) {
        buf_add(buf, "%lld", (long long)item[0]);
        return;
    }
    for (int i = 0; i < count; i++)
        buf_add(buf, "%s%lld", i > 0 ? ", " : "[", (long long)item[i]);
    buf_add(buf, "%s", count == 0 ? "[]" : "]");
}

static void add_padding(StrBuf *buf, const AttrValue *value)
{
    if (value->padding.kind != PADDING_EXPLICIT) {
        buf_add(buf, "%s", padding_word(value->padding.kind));
        return;
    }
    for (int i = 0; i < value->padding.count; i++)
        buf_add(buf, "%s[%lld, %lld]", i > 0 ? ", " : "[", (long long)value->padding.before[i],
                (long long)value->padding.after[i]);
    buf_add(buf, "]");
}

static void add_init(StrBuf *buf, Init init)
{
    const InitDef *def = init_of(init.kind);
    buf_add(buf, "%s", def->name);
    for (int i = 0; i < def->arg_count; i++) {
        double number = *init_arg(&init, i);
        buf_add(buf, "%s", i == 0 ? "(" : ", ");
        if (def->arg[i].words != NULL)
            buf_add(buf, "%s", def->arg[i].words[(int)number]);
        else
            buf_add(buf, "%.9g", number);
    }
    if (def->arg_count > 0)
        buf_add(buf, ")");
}

static void add_reals(StrBuf *buf, const AttrValue *value)
{
    if (value->reals.count == 1) {
        buf_add(buf, "%.9g", value->reals.item[0]);
        return;
    }
    for (int i = 0; i < value->reals.count; i++)
        buf_add(buf, "%s%.9g", i > 0 ? ", " : "[", value->reals.item[i]);
    buf_add(buf, "%s", value->reals.count == 0 ? "[]" : "]");
}

Str attr_str(Arena *arena, const AttrDef *def, const AttrValue *value)
{
    StrBuf buf = {.arena = arena};
    switch (def->kind) {
    case ATTR_END:
        BUG("the end of a list of attributes has no value");
    case ATTR_INT:
        buf_add(&buf, "%lld", (long long)value->i);
        break;
    case ATTR_REAL:
        buf_add(&buf, "%.9g", value->r);
        break;
    case ATTR_BOOL:
        buf_add(&buf, "%s", value->i ? "true" : "false");
        break;
    case ATTR_CHOICE:
        buf_add(&buf, "%s", def->choices[value->i]);
        break;
    case ATTR_INTS:
    case ATTR_SHAPE:
        add_ints(&buf, value->list.count, value->list.item);
        break;
    case ATTR_PADDING:
        add_padding(&buf, value);
        break;
    case ATTR_INIT:
    case ATTR_CONSTRAINT:
        add_init(&buf, value->init);
        break;
    case ATTR_NAME:
        buf_add_str(&buf, value->name);
        break;
    case ATTR_REALS:
        add_reals(&buf, value);
        break;
    case ATTR_ACTIVATION:
        buf_add(&buf, "%s", value->op != NULL ? value->op->name : "none");
        break;
    }
    return buf_str(&buf);
}

const char *attr_kind_name(AttrKind kind)
{
    static const char *const names[] = {
        [ATTR_END] = "",
        [ATTR_INT] = "integer",
        [ATTR_REAL] = "number",
        [ATTR_BOOL] = "true or false",
        [ATTR_CHOICE] = "word",
        [ATTR_INTS] = "integer or list",
        [ATTR_SHAPE] = "shape",
        [ATTR_PADDING] = "padding",
        [ATTR_INIT] = "initializer",
        [ATTR_CONSTRAINT] = "constraint",
        [ATTR_NAME] = "name",
        [ATTR_REALS] = "number or list",
        [ATTR_ACTIVATION] = "name of an activation",
    };
    return names[kind];
}

/* ---- comparing ------------------------------------------------------------------------------- */
static bool same_ints(int count, const int64_t *a, const int64_t *b)
{
    return count == 0 || memcmp(a, b, (size_t)count * sizeof *a) == 0;
}

bool attr_equal(const AttrDef *def, const AttrValue *a, const AttrValue *b)
{
    switch (def->kind) {
    case ATTR_END:
        return true;
    case ATTR_INT:
    case ATTR_BOOL:
    case ATTR_CHOICE:
        return a->i == b->i;
    case ATTR_REAL:
        return a->r == b->r;
    case ATTR_INTS:
    case ATTR_SHAPE:
        return a->list.count == b->list.count &&
               same_ints(a->list.count, a->list.item, b->list.item);
    case ATTR_PADDING:
        return a->padding.kind == b->padding.kind && a->padding.count == b->padding.count &&
               same_ints(a->padding.count, a->padding.before, b->padding.before) &&
               same_ints(a->padding.count, a->padding.after, b->padding.after);
    case ATTR_INIT:
    case ATTR_CONSTRAINT:
        return a->init.kind == b->init.kind && a->init.a == b->init.a &&
               a->init.b == b->init.b && a->init.c == b->init.c;
    case ATTR_NAME:
        return str_equal(a->name, b->name);
    case ATTR_REALS:
        if (a->reals.count != b->reals.count)
            return false;
        for (int i = 0; i < a->reals.count; i++)
            if (a->reals.item[i] != b->reals.item[i])
                return false;
        return true;
    case ATTR_ACTIVATION:
        return a->op == b->op;
    }
    BUG("attribute kind %d", (int)def->kind);
}
