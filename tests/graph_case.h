/* graph_case.h: fixtures from `.nnd` text: a case of a descriptor, or a model written in a test. */
#ifndef NNDC_GRAPH_CASE_H
#define NNDC_GRAPH_CASE_H

#include "front/ast.h"
#include "front/model.h"
#include "graph_fixture.h"

/* Makes the graph of "model case { body }". False, and a failed check, when there are errors. */
static bool case_start(Fixture *f, const char *body, Mode mode)
{
    fixture_start(f, mode);
    Str text = str_format(&f->arena, "model one_case {\n%s\n}\n", body);
    int file = source_add(&f->sources, STR("case.nnd"), text);
    Syntax *syntax = parse_source(&f->arena, &f->sources, file, &f->diag);
    Model *model =
        f->diag.error_count ? NULL : elaborate(&f->arena, &f->diag, syntax, mode, NULL, 0);
    if (!EXPECT(model != NULL)) {
        printf("    %s\n%.*s\n", body, STR_ARGS(f->diag.output));
        return false;
    }
    f->graph = model->graph;
    f->b.graph = model->graph;
    return true;
}

static const Node *case_output(const Fixture *f)
{
    return graph_node(f->graph, f->graph->outputs.items[0].node);
}

static int case_count_op(const Fixture *f, const OpDef *op)
{
    int count = 0;
    for (NodeId id = 0; id < f->graph->nodes.count; id++)
        count += graph_node(f->graph, id)->op == op;
    return count;
}

#endif
