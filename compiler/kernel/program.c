/* program.c: a graph becomes a program, pass by pass; and the dumps of programs. */
#include "kernel/program.h"

#include "graph/graph.h"
#include "kernel/lower.h"
#include "ops/op.h"

static void verify(Program *p, const char *pass)
{
    Str wrong = program_verify(p->arena, p);
    if (wrong.len > 0)
        BUG("after %s: %.*s", pass, STR_ARGS(wrong));
}

Program *program_make(Arena *arena, const Graph *graph, const ProgramOptions *options)
{
    Program *p = arena_new(arena, Program);
    p->arena = arena;
    p->name = options->name ? str_from(options->name) : (Str){"", 0};
    p->graph = graph;
    p->batch = options->batch > 0 ? options->batch : 1;
    p->is_plain = options->is_plain;
    p->fill_dead = options->fill_dead;
    p->targets_optional = options->targets_optional;
    p->buffer_of = arena_array(arena, int, graph->nodes.count + 1);
    for (int i = 0; i < graph->nodes.count; i++)
        p->buffer_of[i] = -1;
    if (options->outputs != SPACE_NONE)
        p->outputs = graph->outputs;
    if (options->outputs != SPACE_WEIGHTS)
        p->results = program_results(arena, graph);
    program_fuse(p);
    program_layout(p, options);
    program_lower(p);
    program_plan(p);
    verify(p, "plan");
    program_schedule(p);
    return p;
}

int program_memory(const Program *p, int buffer)
{
    while (buffer >= 0 && p->buffers.items[buffer].alias >= 0)
        buffer = p->buffers.items[buffer].alias;
    return buffer;
}

bool program_has_view(const Program *p, int buffer)
{
    for (int i = 0; i < p->buffers.count; i++)
        if (p->buffers.items[i].alias == buffer)
            return true;
    return false;
}

/* ---- dumps ----------------------------------------------------------------------------------- */
static void add_names(StrBuf *buf, const Program *p, const char *title, const NodeIds *ids)
{
    if (ids->count == 0)
        return;
    buf_add(buf, "    %-8s", title);
    for (int i = 0; i < ids->count; i++)
        buf_add(buf, " %.*s", STR_ARGS(graph_node(p->graph, ids->items[i])->name));
    buf_add(buf, "\n");
}

Str program_print_groups(Arena *arena, const Program *p)
{
    StrBuf buf = {.arena = arena};
    for (int i = 0; i < p->groups.count; i++) {
        const Group *g = &p->groups.items[i];
        Str domain = shape_str(arena, g->domain);
        if (g->is_copy) {
            buf_add(&buf, "group %d: copy of %.*s  %.*s\n", i,
                    STR_ARGS(graph_node(p->graph, g->copied)->name), STR_ARGS(domain));
            continue;
        }
        const char *root = g->root == NODE_NONE ? "maps" : graph_node(p->graph, g->root)->op->name;
        buf_add(&buf, "group %d: %s  %.*s\n", i, root, STR_ARGS(domain));
        if (g->root != NODE_NONE)
            buf_add(&buf, "    root     %.*s\n", STR_ARGS(graph_node(p->graph, g->root)->name));
        add_names(&buf, p, "beside", &g->siblings);
        add_names(&buf, p, "before", &g->before);
        add_names(&buf, p, "after", &g->after);
        add_names(&buf, p, "stored", &g->stored);
    }
    return buf_str(&buf);
}
