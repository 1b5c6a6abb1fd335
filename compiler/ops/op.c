/* op.c: the table of descriptors, and what can be asked about one. */
#include "ops/op.h"

#include <string.h>

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
        if (table[i]->category != NULL &&
            (str_is(name, table[i]->name) ||
             (table[i]->alias != NULL && str_is(name, table[i]->alias))))
            return table[i];
    return NULL;
}

bool op_is_layer(const OpDef *op)
{
    return op->expand != NULL || op->expand_list != NULL;
}

bool op_is_activation(const OpDef *op)
{
    if (op->category == NULL || strcmp(op->category, "activation") != 0)
        return false;
    for (int i = 0; i < op_attr_count(op); i++)
        if (op->attrs[i].def == NULL)
            return false;
    return op_least_inputs(op) == 1;
}

const OpDef *op_find_activation(Str name)
{
    const OpDef *op = op_find(name);
    return op != NULL && op_is_activation(op) ? op : NULL;
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

int op_input_names(const OpDef *op)
{
    int count = 0;
    while (count < COUNT_OF(op->inputs) && op->inputs[count] != NULL)
        count++;
    return count;
}

int op_least_inputs(const OpDef *op)
{
    return op_input_names(op) - op->optional_inputs;
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
