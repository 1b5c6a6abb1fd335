/* fuse.h: what the files of the pass `fuse` share: fuse.c makes the groups, fuse_inline.c says which
 * maps belong to none, fuse_verify.c checks the result. Nobody else includes this. */
#ifndef NNDC_FUSE_H
#define NNDC_FUSE_H

#include "graph/graph.h"
#include "kernel/program.h"
#include "ops/op.h"

typedef VEC(int) Ints;

typedef struct Draft {
    Group group;
    Ints after;      /* drafts that must run before this one */
    bool is_map;     /* no root */
    bool is_gone;    /* joined another draft */
    bool is_asked, reads_target; /* of any of its nodes: see Fuser */
} Draft;

typedef struct Fuser {
    Arena *arena;
    Program *p;
    const Graph *g;
    int node_count;
    bool *is_live, *is_inline, *is_result, *is_output;
    bool *is_asked;        /* an output or an effect follows from it */
    bool *reads_target;    /* itself or through others               */
    int *draft_of;         /* by node, -1: none */
    VEC(Draft) drafts;
    VEC(NodeId) *readers;  /* by node; live ones */
    int *seen;             /* marks of the search for cycles, by draft */
    int mark;
} Fuser;

static inline const Node *node_at(const Fuser *f, NodeId id)
{
    return graph_node(f->g, id);
}

static inline bool is_map(const Node *n)
{
    return n->op->family == FAMILY_MAP;
}

static inline bool is_assign(const Node *n)
{
    return n->op->family == FAMILY_ASSIGN;
}

/* A view that is nothing but another shape; it has no rule for lowering. */
static inline bool is_reshape(const Node *n)
{
    return n->op->family == FAMILY_VIEW && n->op->lower == NULL;
}

static inline bool is_single(Shape s)
{
    return !s.has_batch && shape_elements(s) == 1;
}

/* fuse_inline.c: fills is_inline. Needs is_live, is_result, is_output and readers. */
void fuse_choose_inline(Fuser *f);

#endif
