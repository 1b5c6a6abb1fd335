/* tables.c: the constants that tell the training loop, and the library's load, about a network.
 *
 * Their types are documented in runtime/net.h. Every field is written, because C++ compilers warn
 * about those that are not. */
#include "print/print.h"

#include "front/diag.h"

/* ---- words of runtime/net.h, in the order of our enumerators --------------------------------- */
/* The function that makes first values, with its two numbers; those of an Init count where "". */
typedef struct InitWord {
    const char *function;
    const char *a, *b;
} InitWord;
static const InitWord init_words[] = {
    [INIT_ZEROS] = {"NULL", "0.0f", "0.0f"},
    [INIT_ONES] = {"nn_fill_constant", "1.0f", "0.0f"},
    [INIT_ONES_BETWEEN] = {"nn_fill_ones_between", "", ""},
    [INIT_CONSTANT] = {"nn_fill_constant", "", ""},
    [INIT_UNIFORM] = {"nn_fill_uniform", "", ""},
    [INIT_NORMAL] = {"nn_fill_normal", "", ""},
    [INIT_TRUNCATED_NORMAL] = {"nn_fill_truncated_normal", "", ""},
    [INIT_ORTHOGONAL] = {"nn_fill_orthogonal", "", ""},
    [INIT_GLOROT_UNIFORM] = {"nn_fill_fan_uniform", "6.0f", "1.0f"}, /* a / (fan in + b * fan out) */
    [INIT_GLOROT_NORMAL] = {"nn_fill_fan_normal", "2.0f", "1.0f"},
    [INIT_HE_UNIFORM] = {"nn_fill_fan_uniform", "6.0f", "0.0f"},
    [INIT_HE_NORMAL] = {"nn_fill_fan_normal", "2.0f", "0.0f"},
    [INIT_LECUN_UNIFORM] = {"nn_fill_fan_uniform", "3.0f", "0.0f"},
    [INIT_LECUN_NORMAL] = {"nn_fill_fan_normal", "1.0f", "0.0f"},
};

static const char *leaf_word(LeafKind kind)
{
    return kind == LEAF_PARAMETER ? "NN_PARAMETER" : kind == LEAF_STATISTIC ? "NN_STATISTIC" : "NN_OPTIMIZER";
}

static const char *port_word(Type type, int classes)
{
    if (classes > 0)
        return "NN_CLASS";
    return type == TYPE_U8 ? "NN_U8" : type == TYPE_I32 ? "NN_I32" : "NN_F32";
}

static Str dims_text(Arena *arena, Shape shape)
{
    StrBuf buf = {.arena = arena};
    for (int i = 0; i < shape.rank; i++)
        buf_add(&buf, "%s%lld", i > 0 ? ", " : "", (long long)shape.dim[i]);
    if (shape.rank == 0)
        buf_add(&buf, "0");
    return buf_str(&buf);
}

Str shape_text(Arena *arena, Shape shape, Type type, int classes)
{
    StrBuf buf = {.arena = arena};
    if (classes > 0)
        buf_add(&buf, "class[%d]", classes);
    else
        buf_add(&buf, "%s", type_name(type));
    if (classes > 0 && shape.rank == 0)
        return buf_str(&buf);
    buf_add(&buf, "[");
    for (int i = 0; i < shape.rank; i++)
        buf_add(&buf, "%s%lld", i > 0 ? ", " : "", (long long)shape.dim[i]);
    buf_add(&buf, "]");
    return buf_str(&buf);
}

/* ---- tensors --------------------------------------------------------------------------------- */

static void print_tensor(Out *o, const Node *node, const Buffer *buffer)
{
    Arena *arena = o->buf.arena;
    const Leaf *leaf = node->leaf;
    int panel = 0, groups = 1;
    long long offset = 0;
    if (buffer != NULL) {
        offset = buffer->offset;
        if (buffer->layout.kind == LAYOUT_PANEL) {
            panel = buffer->layout.panel;
            groups = buffer->layout.groups;
        }
    }
    Str name = c_string(arena, node->name), dims = dims_text(arena, node->shape);
    const InitWord *word = &init_words[buffer != NULL ? leaf->init.kind : INIT_ZEROS];
    Str a = word->a[0] != '\0' ? str_from(word->a) : real_text(arena, leaf->init.a);
    Str b = word->b[0] != '\0' ? str_from(word->b) : real_text(arena, leaf->init.b);
    out_line(o, "{%.*s, %s, %d, {%.*s}, %d, %d, %lldLL, %s, %.*s, %.*s, %lldLL, %lldLL},", STR_ARGS(name),
             leaf_word(leaf->kind), node->shape.rank, STR_ARGS(dims), panel, groups, offset,
             word->function, STR_ARGS(a), STR_ARGS(b), (long long)leaf->fan_in,
             (long long)leaf->fan_out);
}

static int print_state_tensors(Out *o, const Program *train)
{
    int count = 0;
    out_line(o, "/* name, kind, rank, dims, panel, groups, offset, first values, their a and b, fan in, fan out */");
    out_open(o, "static const nn_tensor net_tensors[] =");
    for (int i = 0; i < train->buffers.count; i++) {
        const Buffer *buffer = &train->buffers.items[i];
        if (buffer->space != SPACE_STATE || buffer->alias >= 0)
            continue;
        const Node *node = graph_node(train->graph, buffer->node);
        CHECK(node->leaf != NULL);
        print_tensor(o, node, buffer);
        count++;
    }
    out_close(o, ";");
    return count;
}

static int port_index(const Graph *graph, Str name)
{
    for (int i = 0; i < graph->inputs.count; i++)
        if (str_equal(graph_node(graph, graph->inputs.items[i])->name, name))
            return i;
    for (int i = 0; i < graph->targets.count; i++)
        if (str_equal(graph_node(graph, graph->targets.items[i])->name, name))
            return graph->inputs.count + i;
    BUG("no input or target '%.*s'", STR_ARGS(name));
}

/* The statistics that are fitted to inputs or targets, by their place in net_tensors. */
static int print_fits(Out *o, const Program *train, const Graph *graph)
{
    static const char *const words[] = {
        [FIT_NONE] = "",
        [FIT_MEAN] = "NN_FIT_MEAN",
        [FIT_DEVIATION] = "NN_FIT_DEVIATION",
        [FIT_LEAST] = "NN_FIT_LEAST",
        [FIT_RANGE] = "NN_FIT_RANGE",
    };
    int tensor = 0, count = 0;
    for (int i = 0; i < train->buffers.count; i++) {
        const Buffer *buffer = &train->buffers.items[i];
        if (buffer->space != SPACE_STATE || buffer->alias >= 0)
            continue;
        const Leaf *leaf = graph_node(train->graph, buffer->node)->leaf;
        if (leaf->fit != FIT_NONE && count++ == 0) {
            out_line(o, "/* tensor, port, what is taken from its values in the training set */");
            out_open(o, "static const nn_fit net_fits[] =");
        }
        if (leaf->fit != FIT_NONE)
            out_line(o, "{%d, %d, %s},", tensor, port_index(graph, leaf->fitted_to), words[leaf->fit]);
        tensor++;
    }
    if (count > 0)
        out_close(o, ";");
    return count;
}

NodeIds file_tensors(Arena *arena, const Graph *graph)
{
    NodeIds nodes = {0};
    for (int i = 0; i < graph->nodes.count; i++) {
        const Leaf *leaf = graph->nodes.items[i].leaf;
        if (leaf != NULL && (leaf->kind == LEAF_PARAMETER || leaf->kind == LEAF_STATISTIC))
            vec_push(arena, &nodes, i);
    }
    return nodes;
}

NodeIds print_file_tensors(Out *o, const Compilation *c, Str prefix)
{
    const Graph *graph = c->inference->graph;
    NodeIds nodes = file_tensors(c->arena, graph);
    out_line(o, "/* What a weights file holds; layouts and initial values play no part here. */");
    out_open(o, "static const nn_tensor %.*s_tensors[] =", STR_ARGS(prefix));
    for (int i = 0; i < nodes.count; i++)
        print_tensor(o, graph_node(graph, nodes.items[i]), NULL);
    out_close(o, ";");
    return nodes;
}

/* ---- ports ----------------------------------------------------------------------------------- */

/* Are the values of this output scores for the classes of the target, or guesses of its values? */
static bool fits_target(const Node *output, const Node *target)
{
    int64_t elements = shape_elements(output->shape);
    if (target->classes > 0 && shape_elements(target->shape) > 1)
        return false; /* many answers for a sample: no class to show */
    if (target->classes > 0) /* two classes may share one score */
        return elements == target->classes || (target->classes == 2 && elements == 1);
    return shape_equal(output->shape, target->shape);
}

int output_target(Arena *arena, const Graph *graph, NodeId output)
{
    for (int kind = 0; kind < 2; kind++) {
        const Results *results = kind == 0 ? &graph->losses : &graph->metrics;
        for (int r = 0; r < results->count; r++) {
            const bool *is_read = graph_reach(arena, graph, results->items[r].node);
            for (int t = 0; t < graph->targets.count && is_read[output]; t++) {
                NodeId id = graph->targets.items[t];
                const Node *target = graph_node(graph, id);
                if (is_read[id] && !target->leaf->is_weight &&
                    fits_target(graph_node(graph, output), target))
                    return t;
            }
        }
    }
    return -1;
}

/* Does an operator read the value as this, itself or kept in bounds? */
static bool is_read_as(const Graph *graph, NodeId id, Reads reads)
{
    for (NodeId n = id + 1; n < graph->nodes.count; n++) {
        const Node *node = graph_node(graph, n);
        if (node->input_count > 0 && node->inputs[0] == id &&
            (node->op->reads == reads || (node->op->keeps_probability && is_read_as(graph, n, reads))))
            return true;
    }
    return false;
}

static void print_port(Out *o, Str name, const Node *node, int classes, int target, Str class_names,
                       const char *meaning)
{
    Arena *arena = o->buf.arena;
    Str text = c_string(arena, name), dims = dims_text(arena, node->shape);
    out_line(o, "{%.*s, %s, %d, {%.*s}, %lldLL, %d, %d, %.*s, %s},", STR_ARGS(text),
             port_word(node->type, node->classes), node->shape.rank, STR_ARGS(dims),
             (long long)shape_elements(node->shape), classes, target, STR_ARGS(class_names), meaning);
}

/* What an output's values are to those of its target, in the words of runtime/net.h. Labels are few enough to
 * be counted one by one; nobody counts pixels. */
typedef enum Meaning { MEANS_NOTHING, MEANS_VALUES, MEANS_CHANCES, MEANS_SCORES, MEANS_CLASSES } Meaning;
static const char *const meaning_words[] = {
    [MEANS_NOTHING] = "NN_NO_GUESS", [MEANS_VALUES] = "NN_GUESS", [MEANS_CHANCES] = "NN_CHANCES",
    [MEANS_SCORES] = "NN_SCORES",    [MEANS_CLASSES] = "NN_CLASSES",
};

static Meaning meaning_of(Arena *arena, const Graph *graph, NodeId output)
{
    int target = output_target(arena, graph, output);
    const Node *found = graph_node(graph, output);
    if (target < 0)
        return MEANS_NOTHING;
    const Node *truth = graph_node(graph, graph->targets.items[target]);
    int64_t scores = shape_elements(found->shape);
    if (truth->classes > 0)
        return found->type == TYPE_F32 && shape_elements(truth->shape) == 1 &&
                       (scores == truth->classes || (scores == 1 && truth->classes == 2))
                   ? MEANS_CLASSES
                   : MEANS_NOTHING;
    if (is_read_as(graph, output, READS_CHANCE))
        return found->shape.rank <= 1 ? MEANS_CHANCES : MEANS_NOTHING;
    if (is_read_as(graph, output, READS_CHANCE_SCORE))
        return found->shape.rank <= 1 ? MEANS_SCORES : MEANS_NOTHING;
    return is_read_as(graph, output, READS_PROBABILITY) ? MEANS_NOTHING : MEANS_VALUES;
}

static bool has_meaning(Arena *arena, const Graph *graph, Meaning meaning)
{
    for (int i = 0; i < graph->outputs.count; i++)
        if (meaning_of(arena, graph, graph->outputs.items[i].node) == meaning)
            return true;
    return false;
}

/* How many rows every table has that an input of whole numbers chooses rows of; 0: it does not. The library
 * takes the nearest row for numbers outside, but in data they are a mistake. */
static int table_rows(const Graph *graph, NodeId input)
{
    int64_t least = 0;
    for (int i = 0; i < graph->nodes.count; i++) {
        const Node *node = &graph->nodes.items[i];
        if (node->op != &op_gather)
            continue;
        NodeId index = node->inputs[1];
        while (graph_node(graph, index)->op == &op_reshape)
            index = graph_node(graph, index)->inputs[0];
        int64_t rows = graph_node(graph, node->inputs[0])->shape.dim[0];
        if (index == input && (least == 0 || rows < least))
            least = rows;
    }
    return least <= INT32_MAX ? (int)least : 0;
}

static void print_leaf_ports(Out *o, const char *what, const Graph *graph, const NodeIds *ids)
{
    Arena *arena = o->buf.arena;
    if (ids->count == 0)
        return;
    for (int i = 0; i < ids->count; i++) {
        const Node *node = graph_node(graph, ids->items[i]);
        if (node->class_names != NULL)
            print_words(o, str_format(arena, "net_%s_%d_names", what, i), node->class_names,
                        node->classes);
    }
    out_open(o, "static const nn_port net_%s[] =", what);
    for (int i = 0; i < ids->count; i++) {
        const Node *node = graph_node(graph, ids->items[i]);
        Str none = STR("NULL");
        Str names = node->class_names != NULL ? str_format(arena, "net_%s_%d_names", what, i) : none;
        int classes = node->classes > 0 ? node->classes : table_rows(graph, ids->items[i]);
        print_port(o, node->name, node, classes, -1, names, meaning_words[MEANS_NOTHING]);
    }
    out_close(o, ";");
}

static void print_output_ports(Out *o, const Graph *graph)
{
    if (graph->outputs.count == 0)
        return;
    out_open(o, "static const nn_port net_outputs[] =");
    for (int i = 0; i < graph->outputs.count; i++) {
        const Result *output = &graph->outputs.items[i];
        const Node *node = graph_node(graph, output->node);
        int target = output_target(o->buf.arena, graph, output->node);
        bool is_scores = target >= 0 && graph_node(graph, graph->targets.items[target])->classes > 0;
        print_port(o, output->name, node, is_scores ? (int)shape_elements(node->shape) : 0, target,
                   STR("NULL"), meaning_words[meaning_of(o->buf.arena, graph, output->node)]);
    }
    out_close(o, ";");
}

/* ---- the plan -------------------------------------------------------------------------------- */

static void print_plan(Out *o, const Compilation *c, const Results *results)
{
    const TrainSpec *train = &c->training->train;
    Monitor monitor = find_monitor(c->arena, results, train->monitor);
    const char *schedule = print_schedule(o, c, results), *driver = print_driver(o, c);
    const char *stops = print_stops(o, c, results);
    Str rate = real_text(c->arena, train->rate);
    out_line(o, "/* epochs, seed, rate; monitored set and result, is more better; rules to stop, who asks them;");
    out_line(o, " * shuffle; schedule, its two functions; driver; norms of gradients */");
    out_line(o, "static const nn_plan net_plan = {%lld, %uu, %.*s, %s, %d, %d, %d, %s, %s, %d, %s, %s, %s};",
             (long long)train->epochs, (unsigned)train->seed, STR_ARGS(rate), monitor.set,
             monitor.result, train->monitor_is_larger_better, train->stops.count, stops,
             train->stops.count > 0 ? "nn_ask_stops" : "NULL", train->shuffle, schedule,
             driver, train->gradients.is_measured ? "&nn_gradient_norms" : "NULL");
}

/* ---- all of it ------------------------------------------------------------------------------- */

static double program_flops(const Program *program)
{
    double flops = 0, fixed = 0;
    for (int i = 0; i < program->kernels.count; i++) {
        flops += (double)program->kernels.items[i].flops;
        fixed += (double)program->kernels.items[i].fixed_flops;
    }
    return flops + fixed / (double)program->batch;
}

/* Parts of the network that start with the weights of a file. */
static void print_loads(Out *o, const TrainSpec *train)
{
    if (train->loads.count == 0)
        return;
    out_line(o, "/* file, names in the network, names in the file */");
    out_open(o, "static const nn_start net_loads[] =");
    for (int i = 0; i < train->loads.count; i++) {
        const WeightsLoad *load = &train->loads.items[i];
        Str file = c_string(o->buf.arena, load->file), part = c_string(o->buf.arena, load->part);
        Str prefix = c_string(o->buf.arena, load->prefix);
        out_line(o, "{%.*s, %.*s, %.*s},", STR_ARGS(file), STR_ARGS(part), STR_ARGS(prefix));
    }
    out_close(o, ";");
}

/* Does the program read this input of the network? */
static bool reads_input(const Program *program, int index)
{
    for (int i = 0; i < program->buffers.count; i++)
        if (program->buffers.items[i].space == SPACE_INPUT && program->buffers.items[i].index == index)
            return true;
    return false;
}

/* "prepare_run", or the function that brings its arena along. */
static Str prepare_name(Arena *arena, const Program *p)
{
    return str_format(arena, "%.*s_%s", STR_ARGS(p->name), p->arena_bytes > 0 ? "weights" : "run");
}

/* Room for the weights that p makes for `reader`, and for its own arena. */
static int64_t prepared_floats(const Program *p, const Program *reader)
{
    return reader->weight_floats + (p->arena_bytes + 3) / 4;
}

static void print_prefix_table(Out *o, const Compilation *c)
{
    const Graph *graph = c->front.call;
    if (!c->has_prefix)
        return;
    out_open(o, "static const nn_port net_values[] =");
    for (int i = 0; i < graph->outputs.count; i++) {
        const Result *value = &graph->outputs.items[i];
        print_port(o, value->name, graph_node(graph, value->node), 0, -1, STR("NULL"),
                   meaning_words[MEANS_NOTHING]);
    }
    out_close(o, ";");
    StrBuf reads = {.arena = o->buf.arena};
    for (int i = 0; i < c->inference->graph->inputs.count; i++)
        buf_add(&reads, "%s%d", i > 0 ? ", " : "",
                reads_input(c->train, i) || reads_input(c->evaluate, i));
    Str text = buf_str(&reads), prepare = prepare_name(o->buf.arena, c->prepare_prefix);
    out_line(o, "static const unsigned char net_reads[] = {%.*s};", STR_ARGS(text));
    out_line(o, "/* values, inputs that others read too, floats of the weights, bytes of the arena, operations");
    out_line(o, " * for a sample, functions */");
    out_line(o, "static const nn_prefix net_prefix = {%lld, %d, net_values, net_reads, %lldLL, %lldLL, %.1f, %.*s, "
                "prefix_run, &nn_keep_values};", (long long)c->prefix->batch, graph->outputs.count,
             (long long)prepared_floats(c->prepare_prefix, c->prefix), (long long)c->prefix->arena_bytes,
             program_flops(c->prefix), STR_ARGS(prepare));
    out_blank(o);
}

/* The parameters of the model, for the files of a run. */
static void print_params(Out *o, const ParamChoices *params)
{
    if (params->count == 0)
        return;
    out_line(o, "/* parameter of the model, its value */");
    out_open(o, "static const nn_param net_param_values[] =");
    for (int i = 0; i < params->count; i++) {
        Str name = c_string(o->buf.arena, params->items[i].name);
        Str value = c_string(o->buf.arena, params->items[i].value);
        out_line(o, "{%.*s, %.*s},", STR_ARGS(name), STR_ARGS(value));
    }
    out_close(o, ";");
    out_line(o, "static const nn_params net_params = {%d, net_param_values, nn_params_save, nn_params_json, "
                "nn_params_differ};", params->count);
}

static const char *or_null(int count, const char *name)
{
    return count > 0 ? name : "NULL";
}

/* Returns the floats of all results. */
static int print_results(Out *o, const Graph *graph, const Results *results)
{
    int first = 0;
    out_line(o, "/* name, first float, floats, merge, finish, mode */");
    out_open(o, "static const nn_result net_results[] =");
    for (int i = 0; i < results->count; i++) {
        const Result *result = &results->items[i];
        const Finish *finish = &result->finish;
        Str name = c_string(o->buf.arena, result->name);
        int floats = (int)shape_elements(graph_node(graph, result->node)->shape);
        out_line(o, "{%.*s, %d, %d, %s, %s, %s},", STR_ARGS(name), first, floats,
                 finish->merge != NULL ? finish->merge : "NULL",
                 finish->finish != NULL ? finish->finish : "NULL",
                 finish->mode != NULL ? finish->mode : "0");
        first += floats;
    }
    out_close(o, ";");
    return first;
}

void print_net(Out *o, const Compilation *c)
{
    const Graph *graph = c->inference->graph;
    Results results = compile_results(c->arena, c->step);
    CHECK(results.count == compile_results(c->arena, c->evaluation.call).count);
    bool has_labels = has_meaning(c->arena, graph, MEANS_CHANCES) || has_meaning(c->arena, graph, MEANS_SCORES);
    int tensors = print_state_tensors(o, c->train);
    int fits = print_fits(o, c->train, graph);
    out_blank(o);
    out_line(o, "/* name, type, rank, dims, elements, classes, target, names of classes, meaning */");
    print_leaf_ports(o, "inputs", graph, &graph->inputs);
    print_leaf_ports(o, "targets", graph, &graph->targets);
    print_output_ports(o, graph);
    int result_floats = print_results(o, c->step, &results);
    out_blank(o);
    int sources = print_sources(o, c->training);
    int formats = print_formats(o, c->training);
    print_plan(o, c, &results);
    print_loads(o, &c->training->train);
    print_prefix_table(o, c);
    print_params(o, &c->training->params);
    out_blank(o);
    Str name = c_string(c->arena, c->training->name), file = c_string(c->arena, c->training->file_name);
    out_open(o, "static const nn_net net =");
    out_line(o, "%.*s, %.*s,", STR_ARGS(name), STR_ARGS(file));
    out_line(o, "%lld, /* batch */", (long long)c->train->batch);
    out_line(o, "%lldLL, /* floats of the state */", (long long)c->train->state_floats);
    out_line(o, "%lldLL, /* floats of the weights */", (long long)prepared_floats(c->prepare, c->evaluate));
    out_line(o, "%lldLL, %lldLL, /* bytes of the arenas: train, evaluate */",
             (long long)c->train->arena_bytes, (long long)c->evaluate->arena_bytes);
    out_line(o, "%.1f, /* operations for a sample in a training step */", program_flops(c->train));
    out_line(o, "%d, %d, %d, %d, %d, %d, %d,", tensors, graph->inputs.count, graph->targets.count,
             graph->outputs.count, results.count, sources, result_floats);
    out_line(o, "net_tensors, net_inputs, %s, %s, net_results, %s, &net_plan,",
             or_null(graph->targets.count, "net_targets"), or_null(graph->outputs.count, "net_outputs"),
             or_null(sources, "net_sources"));
    Str prepare = prepare_name(c->arena, c->prepare);
    out_line(o, "train_run, %.*s, evaluate_run, %s, %s, %s,", STR_ARGS(prepare),
             has_meaning(c->arena, graph, MEANS_CLASSES) ? "&nn_classification" : "NULL",
             has_labels ? "&nn_labels" : "NULL",
             has_meaning(c->arena, graph, MEANS_VALUES) ? "&nn_regression" : "NULL");
    int loads = c->training->train.loads.count;
    out_line(o, "%d, %s, %s, /* scaling */", fits, or_null(fits, "net_fits"),
             or_null(fits, "nn_fit_statistics"));
    out_line(o, "%d, %s, %s, /* weights to start with */", loads, or_null(loads, "net_loads"),
             or_null(loads, "nn_load_parts"));
    out_line(o, "%d, net_formats,", formats);
    out_line(o, "%s, /* frozen front part */", c->has_prefix ? "&net_prefix" : "NULL");
    out_line(o, "%s, /* parameters of the model */", or_null(c->training->params.count, "&net_params"));
    out_close(o, ";");
}
