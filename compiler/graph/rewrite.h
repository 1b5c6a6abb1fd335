/* rewrite.h: making a new graph from an old one by rules, for simplify and hoist.
 *
 * A round copies what is needed for the results, in order. Before a node is copied its inputs have
 * been, so a rule sees them in the new graph, already rewritten. Numbers that are known are computed,
 * equal nodes become one. Rounds are repeated until nothing changes. */
#ifndef NNDC_REWRITE_H
#define NNDC_REWRITE_H

#include "graph/build.h"
#include "graph/graph.h"

typedef struct Rewrite Rewrite;

/* Where a rule is tried. */
typedef struct Site {
    Rewrite *rewrite;
    Build *build;        /* adds to the new graph, with the role, layer, span and name of the node */
    const Graph *graph;  /* the new one */
    const Node *node;    /* of the old graph */
    const NodeId *in;    /* its inputs in the new graph */
    Shape shape;
    const void *options; /* of rewrite_graph_with */
} Site;

/* The node that replaces this one, of the same shape and type; NODE_NONE: the rule does not apply. A
 * rule that builds nodes must apply. The new node gets the old one's name, unless the rule gave it
 * one of its own. */
typedef NodeId RewriteFunction(const Site *s);
typedef struct RewriteRule {
    const OpDef *op; /* NULL: all elementwise operators */
    RewriteFunction *apply;
} RewriteRule;

Graph *rewrite_graph(Arena *arena, const Graph *g, const RewriteRule *rules, int rule_count);
/* The same; rules find the options in their Site. */
Graph *rewrite_graph_with(Arena *arena, const Graph *g, const RewriteRule *rules, int rule_count,
                          const void *options);

/* A copy of g, node by node. Before node `old` is copied, `edit` may append others and change its inputs;
 * map is by node of g, as far as these were copied. */
typedef void EditFunction(void *context, Graph *copy, const NodeId *map, NodeId old, NodeId *inputs);
Graph *graph_copy(Arena *arena, const Graph *g, EditFunction *edit, void *context);

/* For rules. */
const Node *site_input(const Site *s, int input);          /* in the new graph */
const OpDef *site_input_op(const Site *s, int input);
bool site_has_one_reader(const Site *s, int input);        /* this node alone reads it */
/* op(x), if it was copied before; attrs NULL when the operator has none */
NodeId site_existing(const Site *s, const OpDef *op, NodeId x, const AttrValue *attrs, Shape shape);
bool node_is_constant(const Graph *g, NodeId id, double value); /* all elements are value */
bool node_number(const Graph *g, NodeId id, double *value); /* a constant of rank 0 */

bool index_map_same(const IndexMap *a, const IndexMap *b); /* graph/same.c */
/* graph/same.c: equal operators, attributes, shapes and types; inputs and what leaves stand for may differ. */
bool node_same_operation(const Node *a, const Node *b);
bool node_same(const Node *a, const Node *b); /* the same inputs and values, too */
uint32_t node_hash(const Node *n);            /* the same for nodes that are so */

/* simplify_sum.c: sums that follow from others (&op_reduce_sum). */
NodeId sum_from_others(const Site *s);

/* By node: does it depend on parameters, statistics and constants only? */
bool *graph_fixed_nodes(Arena *arena, const Graph *g);

#endif
