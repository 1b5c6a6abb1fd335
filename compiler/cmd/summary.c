/* summary.c: `nndc summary`: the table of layers with shapes, parameters and cost, the totals, and
 * the memory of the training step and of inference beside its lower bound.
 *
 * Rows come from the training graph, where every layer is still as it was written; the cost is that
 * of one sample on the forward way. */
#include "cmd/cmd.h"

#include "base/report.h"

#include <stdio.h>
#include <string.h>

enum { NAME_WIDTH = 26, NAME_LIMIT = 60, SHAPE_WIDTH = 20, COUNT_WIDTH = 14, COST_WIDTH = 12 };

typedef struct Row {
    Str name;
    const char *op; /* "input", or the layer's operator */
    Shape shape;
    int64_t parameter_count;
    int64_t trainable_count;
    int64_t flops;
    bool is_input;
} Row;
typedef VEC(Row) Rows;

/* One of the programs of a model. */
typedef struct Footprint {
    const char *name;
    const Program *program;
} Footprint;

/* 130890 -> "130,890" */
static Str grouped(Arena *arena, int64_t value)
{
    Str digits = str_format(arena, "%lld", (long long)value);
    StrBuf buf = {.arena = arena};
    for (int64_t i = 0; i < digits.len; i++) {
        if (i > 0 && (digits.len - i) % 3 == 0 && digits.ptr[i - 1] != '-')
            buf_add_char(&buf, ',');
        buf_add_char(&buf, digits.ptr[i]);
    }
    return buf_str(&buf);
}

/* Cost of a layer: its forward nodes. */
static int64_t layer_flops(const Graph *graph, int layer)
{
    int64_t total = 0;
    for (int i = 0; i < graph->nodes.count; i++) {
        const Node *node = &graph->nodes.items[i];
        if (node->layer == layer && node->role == ROLE_FORWARD)
            total += node_flops(graph, node);
    }
    return total;
}

static Rows collect_rows(Arena *arena, const Graph *graph)
{
    Rows rows = {0};
    for (int i = 0; i < graph->inputs.count; i++) {
        const Node *node = graph_node(graph, graph->inputs.items[i]);
        vec_push(arena, &rows,
                 (Row){.name = node->name, .op = "input", .shape = node->shape, .is_input = true});
    }
    for (int i = 0; i < graph->layers.count; i++) {
        const Layer *layer = &graph->layers.items[i];
        if (layer->op->family == FAMILY_LOSS || layer->op->family == FAMILY_METRIC)
            continue;
        Row row = {.name = layer->name, .op = layer->op->name, .flops = layer_flops(graph, i)};
        row.shape = graph_node(graph, layer->output)->shape;
        row.parameter_count = layer->parameter_count;
        row.trainable_count = layer->trainable_count;
        vec_push(arena, &rows, row);
    }
    return rows;
}

static Row sum_rows(const Rows *rows)
{
    Row total = {.name = STR("total")};
    for (int i = 0; i < rows->count; i++) {
        total.parameter_count += rows->items[i].parameter_count;
        total.trainable_count += rows->items[i].trainable_count;
        total.flops += rows->items[i].flops;
    }
    return total;
}

static int collect_footprints(const Compilation *c, Footprint list[4])
{
    int count = 0;
    if (c->prefix != NULL)
        list[count++] = (Footprint){"frozen part", c->prefix};
    if (c->train != NULL)
        list[count++] = (Footprint){"training step", c->train};
    if (c->evaluate != NULL)
        list[count++] = (Footprint){"evaluation", c->evaluate};
    if (c->infer != NULL)
        list[count++] = (Footprint){"inference", c->infer};
    return count;
}

static double peak_ratio(const Program *p)
{
    return p->lower_bound_bytes > 0 ? (double)p->arena_bytes / (double)p->lower_bound_bytes : 1;
}

/* ---- as a table ------------------------------------------------------------------------------ */

static void print_rule(int width)
{
    for (int i = 0; i < width + SHAPE_WIDTH + COUNT_WIDTH + COST_WIDTH; i++)
        putchar('-');
    putchar('\n');
}

/* A layer that the user named also says what it is: "left (batch_norm)". One in a block that the user
 * named has a name with a point: "base.conv2d_1". */
static Str row_label(Arena *arena, const Row *row)
{
    Str last = row->name;
    for (int64_t i = 0; i < row->name.len; i++)
        if (row->name.ptr[i] == '.')
            last = (Str){row->name.ptr + i + 1, row->name.len - i - 1};
    if (row->is_input || str_starts(last, row->op))
        return row->name;
    return str_format(arena, "%.*s (%s)", STR_ARGS(row->name), row->op);
}

/* Wide enough for the longest name. */
static int name_width(Arena *arena, const Rows *rows)
{
    int64_t width = NAME_WIDTH;
    for (int i = 0; i < rows->count; i++)
        if (row_label(arena, &rows->items[i]).len + 2 > width)
            width = row_label(arena, &rows->items[i]).len + 2;
    return width < NAME_LIMIT ? (int)width : NAME_LIMIT;
}

static void print_row(Arena *arena, const Row *row, int width)
{
    Str shape = shape_str(arena, row->shape);
    Str name = row_label(arena, row);
    printf("%-*.*s %-*.*s", width - 1, STR_ARGS(name), SHAPE_WIDTH - 1, STR_ARGS(shape));
    if (row->is_input)
        printf("\n");
    else
        printf("%*s%*.3f\n", COUNT_WIDTH, grouped(arena, row->parameter_count).ptr, COST_WIDTH,
               1e-6 * (double)row->flops);
}

static void print_table(Arena *arena, const Compilation *c, const Rows *rows)
{
    Row total = sum_rows(rows);
    int width = name_width(arena, rows);
    printf("%.*s (%.*s)\n\n", STR_ARGS(c->training->name), STR_ARGS(c->training->file_name));
    printf("%-*s%-*s%*s%*s\n", width, "layer", SHAPE_WIDTH, "output shape", COUNT_WIDTH,
           "parameters", COST_WIDTH, "MFLOP");
    print_rule(width);
    for (int i = 0; i < rows->count; i++)
        print_row(arena, &rows->items[i], width);
    print_rule(width);
    printf("%-*s%*s%*.3f\n", width + SHAPE_WIDTH, "total", COUNT_WIDTH,
           grouped(arena, total.parameter_count).ptr, COST_WIDTH, 1e-6 * (double)total.flops);
    if (total.trainable_count != total.parameter_count)
        printf("%-*s%*s\n%-*s%*s\n", width + SHAPE_WIDTH, "trained", COUNT_WIDTH,
               grouped(arena, total.trainable_count).ptr, width + SHAPE_WIDTH, "not trained",
               COUNT_WIDTH, grouped(arena, total.parameter_count - total.trainable_count).ptr);
}

/* Bytes that the trainer keeps of a sample. */
static int64_t kept_bytes(const Compilation *c)
{
    int64_t bytes = 0;
    for (int i = 0; i < c->cut.training.count; i++)
        bytes += 4 * shape_elements(graph_node(c->training->graph, c->cut.training.items[i])->shape);
    return bytes;
}

/* Where the frozen part is cut off. */
static void print_kept(Arena *arena, const Compilation *c)
{
    if (c->prefix == NULL)
        return;
    printf("\nkept of frozen layers       output shape         bytes a sample\n");
    for (int i = 0; i < c->cut.training.count; i++) {
        const Node *n = graph_node(c->training->graph, c->cut.training.items[i]);
        Str shape = shape_str(arena, n->shape);
        Str bytes = grouped(arena, 4 * shape_elements(n->shape));
        printf("%-*.*s %-*.*s%*.*s\n", NAME_WIDTH - 1, STR_ARGS(n->name), SHAPE_WIDTH - 1,
               STR_ARGS(shape), COUNT_WIDTH, STR_ARGS(bytes));
    }
}

static void print_footprints(Arena *arena, const Compilation *c)
{
    Footprint list[4];
    int count = collect_footprints(c, list);
    if (count == 0)
        return;
    printf("\n%-*s%8s%18s%18s%8s\n", NAME_WIDTH, "memory", "batch", "peak bytes", "lower bound",
           "ratio");
    for (int i = 0; i < count; i++) {
        const Program *p = list[i].program;
        printf("%-*s%8lld%18s%18s%8.3f\n", NAME_WIDTH, list[i].name, (long long)p->batch,
               grouped(arena, p->arena_bytes).ptr, grouped(arena, p->lower_bound_bytes).ptr,
               peak_ratio(p));
    }
    if (c->train != NULL)
        printf("%-*s%8s%18s\n", NAME_WIDTH, "state of the trainer", "",
               grouped(arena, 4 * c->train->state_floats).ptr);
    if (c->infer != NULL)
        printf("%-*s%8s%18s\n", NAME_WIDTH, "weights of the library", "",
               grouped(arena, 4 * c->infer->weight_floats).ptr);
}

static void print_lifetimes(Arena *arena, const Compilation *c)
{
    Footprint list[4];
    int count = collect_footprints(c, list);
    for (int i = 0; i < count; i++)
        printf("\n%s\n%.*s", list[i].name, STR_ARGS(program_print_memory(arena, list[i].program)));
}

/* ---- as JSON lines --------------------------------------------------------------------------- */

static void json_row(Arena *arena, const Row *row)
{
    Json json = json_begin(arena);
    json_text(&json, "kind", STR("layer"));
    json_text(&json, "name", row->name);
    json_text(&json, "layer", str_from(row->op));
    json_open(&json, "shape", '[');
    for (int i = 0; i < row->shape.rank; i++)
        json_int(&json, NULL, row->shape.dim[i]);
    json_close(&json, ']');
    json_int(&json, "parameters", row->parameter_count);
    json_int(&json, "trained", row->trainable_count);
    json_int(&json, "flops", row->flops);
    json_end(&json, stdout);
}

static void json_footprint(Arena *arena, const Footprint *footprint)
{
    const Program *p = footprint->program;
    Json json = json_begin(arena);
    json_text(&json, "kind", STR("memory"));
    json_text(&json, "name", str_from(footprint->name));
    json_int(&json, "batch", p->batch);
    json_int(&json, "peak_bytes", p->arena_bytes);
    json_int(&json, "lower_bound_bytes", p->lower_bound_bytes);
    json_real(&json, "ratio", peak_ratio(p));
    json_end(&json, stdout);
}

static void print_json(Arena *arena, const Compilation *c, const Rows *rows)
{
    Row total = sum_rows(rows);
    for (int i = 0; i < rows->count; i++)
        json_row(arena, &rows->items[i]);
    Json json = json_begin(arena);
    json_text(&json, "kind", STR("total"));
    json_text(&json, "name", c->training->name);
    json_int(&json, "parameters", total.parameter_count);
    json_int(&json, "trained", total.trainable_count);
    json_int(&json, "flops", total.flops);
    json_end(&json, stdout);
    if (c->prefix != NULL) {
        json = json_begin(arena);
        json_text(&json, "kind", STR("kept"));
        json_open(&json, "values", '[');
        for (int i = 0; i < c->cut.training.count; i++)
            json_text(&json, NULL, graph_node(c->training->graph, c->cut.training.items[i])->name);
        json_close(&json, ']');
        json_int(&json, "bytes", kept_bytes(c));
        json_end(&json, stdout);
    }
    Footprint list[4];
    int count = collect_footprints(c, list);
    for (int i = 0; i < count; i++)
        json_footprint(arena, &list[i]);
}

int cmd_summary(Options *options)
{
    Load load;
    int status = need_one_file(options, "summary");
    if (status == EXIT_OK)
        status = load_model(&load, options, options->files.items[0]);
    if (status != EXIT_OK)
        return status;
    /* The layers are read before the passes: those may add gradients to the same graph. */
    Rows rows = collect_rows(options->arena, load.result.training->graph);
    status = load_compile(&load, load_goals(&load));
    if (status != EXIT_OK)
        return status;
    if (options->json) {
        print_json(options->arena, &load.result, &rows);
        return EXIT_OK;
    }
    print_table(options->arena, &load.result, &rows);
    print_kept(options->arena, &load.result);
    print_footprints(options->arena, &load.result);
    if (options->memory)
        print_lifetimes(options->arena, &load.result);
    return EXIT_OK;
}
