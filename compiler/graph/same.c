/* same.c: nodes that do the same, so that one of them is enough. */
#include "graph/rewrite.h"

#include <string.h>

static uint32_t mix(uint32_t hash, uint32_t value)
{
    hash = (hash ^ value) * 0x9E3779B1u;
    return hash ^ hash >> 15;
}

uint32_t node_hash(const Node *n)
{
    uint32_t hash = mix((uint32_t)n->shape.rank, (uint32_t)n->op->name[0]);
    for (const char *c = n->op->name; *c; c++)
        hash = mix(hash, (uint32_t)*c);
    for (int i = 0; i < n->input_count; i++)
        hash = mix(hash, (uint32_t)n->inputs[i]);
    for (int d = 0; d < n->shape.rank; d++)
        hash = mix(hash, (uint32_t)n->shape.dim[d]);
    return hash;
}

bool index_map_same(const IndexMap *a, const IndexMap *b)
{
    if (a->count != b->count || a->offset != b->offset)
        return false;
    for (int t = 0; t < a->count; t++)
        if (a->term[t].axis != b->term[t].axis || a->term[t].scale != b->term[t].scale)
            return false;
    return true;
}

static bool same_contract(const ContractSpec *a, const ContractSpec *b)
{
    if (a == b)
        return true;
    if (a == NULL || b == NULL || a->axis_count != b->axis_count || a->points != b->points)
        return false;
    const Schedule *r = &a->schedule, *s = &b->schedule;
    if (r->winograd != s->winograd || r->rows != s->rows || r->way != s->way)
        return false;
    for (int i = 0; i < a->axis_count; i++)
        if (a->axis[i].extent != b->axis[i].extent)
            return false;
    const IndexMap *a_maps[] = {a->left, a->right, a->out};
    const IndexMap *b_maps[] = {b->left, b->right, b->out};
    for (int t = 0; t < 3; t++)
        for (int d = 0; d < MAX_RANK; d++)
            if (!index_map_same(&a_maps[t][d], &b_maps[t][d]))
                return false;
    return true;
}

static bool same_leaf(const Node *a, const Node *b)
{
    if (a->leaf->kind != b->leaf->kind)
        return false;
    if (a->leaf->kind == LEAF_SCALAR)
        return a->leaf->scalar == b->leaf->scalar;
    return memcmp(a->leaf->values, b->leaf->values,
                  (size_t)shape_elements(a->shape) * sizeof *a->leaf->values) == 0;
}

bool node_same_operation(const Node *a, const Node *b)
{
    if (a->op != b->op || a->input_count != b->input_count || a->type != b->type ||
        !shape_equal(a->shape, b->shape))
        return false;
    if (a->leaf != NULL)
        return true;
    for (int i = 0; i < op_attr_count(a->op); i++)
        if (!attr_equal(&a->op->attrs[i], &a->attrs[i], &b->attrs[i]))
            return false;
    return same_contract(a->contract, b->contract);
}

bool node_same(const Node *a, const Node *b)
{
    if (!node_same_operation(a, b))
        return false;
    if (a->leaf != NULL)
        return same_leaf(a, b);
    for (int i = 0; i < a->input_count; i++)
        if (a->inputs[i] != b->inputs[i])
            return false;
    return true;
}
