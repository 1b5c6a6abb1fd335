/* axis.c: axes as users count them; see axis.h. */
#include "ops/axis.h"

#include "front/diag.h"
#include "graph/build.h"

bool axis_resolve(Build *b, const Call *call, const char *attr, NodeId x, int64_t axis,
                  int *resolved)
{
    Shape shape = graph_node(b->graph, x)->shape;
    int64_t from_start = axis < 0 ? axis + shape.rank : axis;
    if (from_start >= 0 && from_start < shape.rank) {
        *resolved = (int)from_start;
        return true;
    }
    Str text = shape_str(b->graph->arena, shape);
    diag_error(b->diag, call_attr_span(call, attr),
               "'%s' of %.*s along axis %lld: there is no such axis", call->op->name,
               STR_ARGS(text), (long long)axis);
    return false;
}

bool axis_resolve_list(Build *b, const Call *call, const char *attr, NodeId x, uint32_t *axes)
{
    const AttrValue *list = call_attr(call, attr);
    *axes = 0;
    for (int i = 0; i < list->list.count; i++) {
        int axis;
        if (!axis_resolve(b, call, attr, x, list->list.item[i], &axis))
            return false;
        if (*axes >> axis & 1u) {
            diag_error(b->diag, call_attr_span(call, attr), "'%s' of '%s' names axis %d twice",
                       attr, call->op->name, axis);
            return false;
        }
        *axes |= 1u << axis;
    }
    return true;
}
