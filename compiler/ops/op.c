/* op.c: the table of descriptors, what can be asked about one, and the manual printed from them. */
#include "ops/op.h"

static const OpDef *const table[] = {
#define OP(name) &op_##name,
#include "ops/ops.def"
#undef OP
};

int op_count(void)
{
    return COUNT_OF(table);
}

const OpDef *op_at(int index)
{
    CHECK(index >= 0 && index < COUNT_OF(table));
    return table[index];
}

const OpDef *op_find(Str name)
{
    for (int i = 0; i < COUNT_OF(table); i++)
        if (table[i]->category != NULL && str_is(name, table[i]->name))
            return table[i];
    return NULL;
}

int op_attr_count(const OpDef *op)
{
    int count = 0;
    while (op->attrs != NULL && op->attrs[count].kind != ATTR_END)
        count++;
    return count;
}

int op_attr_index(const OpDef *op, const char *name)
{
    int count = op_attr_count(op);
    for (int i = 0; i < count; i++)
        if (str_is(str_from(op->attrs[i].name), name))
            return i;
    BUG("'%s' has no attribute '%s'", op->name, name);
}

void op_default_attrs(Arena *arena, const OpDef *op, AttrValue *values, bool *has_default)
{
    int count = op_attr_count(op);
    for (int i = 0; i < count; i++) {
        const AttrDef *def = &op->attrs[i];
        values[i] = (AttrValue){0};
        has_default[i] = def->def != NULL;
        if (def->def != NULL && !attr_parse(arena, def, str_from(def->def), &values[i]))
            BUG("default '%s' of '%s' of '%s'", def->def, def->name, op->name);
    }
}

int op_least_inputs(const OpDef *op)
{
    int count = 0;
    while (count < COUNT_OF(op->inputs) && op->inputs[count] != NULL)
        count++;
    return count;
}

const AttrValue *node_attr(const Node *n, const char *name)
{
    return &n->attrs[op_attr_index(n->op, name)];
}

const AttrValue *call_attr(const Call *call, const char *name)
{
    return &call->attrs[op_attr_index(call->op, name)];
}

Span call_attr_span(const Call *call, const char *attr)
{
    if (call->attr_spans == NULL)
        return call->span;
    Span span = call->attr_spans[op_attr_index(call->op, attr)];
    return span.file != 0 ? span : call->span;
}

Span call_input_span(const Call *call, int input)
{
    if (call->input_spans == NULL || call->input_spans[input].file == 0)
        return call->span;
    return call->input_spans[input];
}

/* ---- help and manual ------------------------------------------------------------------------- */
static void add_usage(StrBuf *buf, const OpDef *op)
{
    int count = op_least_inputs(op);
    bool is_piped = count == 1 && !op->is_variadic;
    if (is_piped)
        buf_add(buf, "%s -> ", op->inputs[0]);
    buf_add(buf, "%s", op->name);
    const char *between = "(";
    for (int i = 0; i < count && !is_piped; i++, between = ", ")
        buf_add(buf, "%s%s", between, op->inputs[i]);
    if (op->is_variadic)
        buf_add(buf, ", ...");
    for (int i = 0; i < op_attr_count(op); i++) {
        const AttrDef *a = &op->attrs[i];
        if (a->is_private)
            continue;
        buf_add(buf, "%s%s", between, a->name);
        if (a->def != NULL)
            buf_add(buf, " = %s", a->def);
        between = ", ";
    }
    if (*between == ',')
        buf_add(buf, ")");
}

/* "integer, 1 or more", "number, above 0 and at most 1", "word: none, relu" */
static void add_domain(StrBuf *buf, const AttrDef *a)
{
    buf_add(buf, "%s", attr_kind_name(a->kind));
    if (a->kind == ATTR_CHOICE)
        for (int i = 0; a->choices[i] != NULL; i++)
            buf_add(buf, "%s%s", i > 0 ? ", " : ": ", a->choices[i]);
    if (a->least < a->most)
        buf_add(buf, a->is_open ? " between %g and %g" : " from %g to %g", a->least, a->most);
}

static bool has_attrs(const OpDef *op)
{
    for (int i = 0; i < op_attr_count(op); i++)
        if (!op->attrs[i].is_private)
            return true;
    return false;
}

Str op_help(Arena *arena, const OpDef *op)
{
    StrBuf buf = {.arena = arena};
    buf_add(&buf, "%s: %s\n\n    ", op->name, op->summary);
    add_usage(&buf, op);
    buf_add(&buf, "\n\n%s\n", op->doc);
    if (has_attrs(op))
        buf_add(&buf, "\nattributes:\n");
    for (int i = 0; i < op_attr_count(op); i++) {
        const AttrDef *a = &op->attrs[i];
        if (a->is_private)
            continue;
        buf_add(&buf, "  %-14s %s\n  %-14s ", a->name, a->doc, "");
        add_domain(&buf, a);
        if (a->def != NULL)
            buf_add(&buf, "; %s unless given\n", a->def);
        else
            buf_add(&buf, "; must be given\n");
    }
    if (op->cases != NULL && op->cases[0].text != NULL)
        buf_add(&buf, "\nexample:\n    %s\n", op->cases[0].text);
    return buf_str(&buf);
}

static void add_section(StrBuf *buf, const OpDef *op)
{
    buf_add(buf, "### %s\n\n%s.\n\n    ", op->name, op->summary);
    add_usage(buf, op);
    buf_add(buf, "\n\n%s\n\n", op->doc);
    if (!has_attrs(op))
        return;
    buf_add(buf, "| attribute | value | default | meaning |\n| --- | --- | --- | --- |\n");
    for (int i = 0; i < op_attr_count(op); i++) {
        const AttrDef *a = &op->attrs[i];
        if (a->is_private)
            continue;
        buf_add(buf, "| `%s` | ", a->name);
        add_domain(buf, a);
        if (a->def != NULL)
            buf_add(buf, " | `%s` | %s |\n", a->def, a->doc);
        else
            buf_add(buf, " | must be given | %s |\n", a->doc);
    }
    buf_add(buf, "\n");
}

static bool is_first_of_category(int index)
{
    for (int i = 0; i < index; i++)
        if (table[i]->category != NULL &&
            str_is(str_from(table[i]->category), table[index]->category))
            return false;
    return true;
}

Str op_manual(Arena *arena)
{
    StrBuf buf = {.arena = arena};
    buf_add(&buf, "# Operators and layers\n\n"
                  "Printed from the descriptors in `compiler/ops` and `compiler/layers` by "
                  "`nndc help --manual`.\nShapes are those of one sample; the batch is never "
                  "written.\n\n");
    for (int i = 0; i < COUNT_OF(table); i++) {
        if (table[i]->category == NULL || !is_first_of_category(i))
            continue;
        buf_add(&buf, "## %s\n\n", table[i]->category);
        for (int k = i; k < COUNT_OF(table); k++)
            if (table[k]->category != NULL &&
                str_is(str_from(table[k]->category), table[i]->category))
                add_section(&buf, table[k]);
    }
    return buf_str(&buf);
}
