/* tables.c: the constants that tell the training loop, and the library's load, about a network.
 *
 * Their types are documented in runtime/net.h. Every field is written, because C++ compilers warn
 * about those that are not. */
#include "print/print.h"

#include "front/diag.h"

/* ---- words of runtime/net.h, in the order of our enumerators --------------------------------- */
static const char *const init_words[] = {
    [INIT_ZEROS] = "NN_ZEROS",
    [INIT_ONES] = "NN_ONES",
    [INIT_ONES_BETWEEN] = "NN_ONES_BETWEEN",
    [INIT_CONSTANT] = "NN_CONSTANT",
    [INIT_UNIFORM] = "NN_UNIFORM",
    [INIT_NORMAL] = "NN_NORMAL",
    [INIT_TRUNCATED_NORMAL] = "NN_TRUNCATED_NORMAL",
    [INIT_ORTHOGONAL] = "NN_ORTHOGONAL",
    [INIT_GLOROT_UNIFORM] = "NN_GLOROT_UNIFORM",
    [INIT_GLOROT_NORMAL] = "NN_GLOROT_NORMAL",
    [INIT_HE_UNIFORM] = "NN_HE_UNIFORM",
    [INIT_HE_NORMAL] = "NN_HE_NORMAL",
    [INIT_LECUN_UNIFORM] = "NN_LECUN_UNIFORM",
    [INIT_LECUN_NORMAL] = "NN_LECUN_NORMAL",
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
    Str a = real_text(arena, leaf->init.a), b = real_text(arena, leaf->init.b);
    out_line(o, "{%.*s, %s, %d, {%.*s}, %d, %d, %lldLL, %s, %.*s, %.*s, %lldLL, %lldLL},", STR_ARGS(name),
             leaf_word(leaf->kind), node->shape.rank, STR_ARGS(dims), panel, groups, offset,
             init_words[leaf->init.kind], STR_ARGS(a), STR_ARGS(b), (long long)leaf->fan_in,
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

static void mark_ancestors(const Graph *graph, NodeId id, bool *marked)
{
    marked[id] = true;
    for (NodeId n = id; n >= 0; n--) {
        if (!marked[n])
            continue;
        const Node *node = graph_node(graph, n);
        for (int i = 0; i < node->input_count; i++)
            marked[node->inputs[i]] = true;
    }
}

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

/* The target that an output is compared with: a loss or metric reads both. -1 when there is none. */
static int output_target(Arena *arena, const Graph *graph, NodeId output)
{
    for (int kind = 0; kind < 2; kind++) {
        const Results *results = kind == 0 ? &graph->losses : &graph->metrics;
        for (int r = 0; r < results->count; r++) {
            bool *marked = arena_array(arena, bool, graph->nodes.count);
            mark_ancestors(graph, results->items[r].node, marked);
            for (int t = 0; t < graph->targets.count && marked[output]; t++) {
                NodeId target = graph->targets.items[t];
                if (marked[target] && fits_target(graph_node(graph, output), graph_node(graph, target)))
                    return t;
            }
        }
    }
    return -1;
}

/* Does a cross entropy read this value? Then it is a probability, or the score of one. */
static bool is_probability(const Graph *graph, NodeId id)
{
    bool is_found = false;
    for (NodeId n = id + 1; n < graph->nodes.count && !is_found; n++) {
        const Node *node = graph_node(graph, n);
        if (node->op == &op_maximum || node->op == &op_minimum) /* keeps it from 0 and 1 */
            is_found = node->inputs[0] == id && is_probability(graph, n);
        else
            is_found = (node->op == &op_binary_cross_entropy || node->op == &op_log ||
                        node->op == &op_binary_cross_entropy_logits ||
                        node->op == &op_log_softmax) &&
                       node->inputs[0] == id;
    }
    return is_found;
}

/* Is an output meant to have the values of its target? */
static bool is_guess(Arena *arena, const Graph *graph, NodeId output)
{
    int target = output_target(arena, graph, output);
    return target >= 0 && graph_node(graph, graph->targets.items[target])->classes == 0 &&
           !is_probability(graph, output);
}

static void print_port(Out *o, Str name, const Node *node, int classes, int target, Str class_names,
                       bool is_a_guess)
{
    Arena *arena = o->buf.arena;
    Str text = c_string(arena, name), dims = dims_text(arena, node->shape);
    out_line(o, "{%.*s, %s, %d, {%.*s}, %lldLL, %d, %d, %.*s, %d},", STR_ARGS(text),
             port_word(node->type, node->classes), node->shape.rank, STR_ARGS(dims),
             (long long)shape_elements(node->shape), classes, target, STR_ARGS(class_names), is_a_guess);
}

static void print_words(Out *o, Str array, const Str *words, int count)
{
    out_open(o, "static const char *const %.*s[] =", STR_ARGS(array));
    for (int i = 0; i < count; i++) {
        Str word = c_string(o->buf.arena, words[i]);
        out_line(o, "%.*s,", STR_ARGS(word));
    }
    out_close(o, ";");
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
        print_port(o, node->name, node, node->classes, -1, names, false);
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
                   STR("NULL"), is_guess(o->buf.arena, graph, output->node));
    }
    out_close(o, ";");
}

/* ---- data sources ---------------------------------------------------------------------------- */

static const char *const set_names[] = {"train", "validation", "test"};
static const char *const set_words[] = {"NN_TRAIN", "NN_VALIDATION", "NN_TEST"};

static int set_index(Str name)
{
    for (int i = 0; i < COUNT_OF(set_names); i++)
        if (str_is(name, set_names[i]))
            return i;
    return -1;
}

static const char *source_word(SourceKind kind)
{
    switch (kind) {
    case SOURCE_IDX: return "NN_FROM_IDX";
    case SOURCE_NPY: return "NN_FROM_NPY";
    case SOURCE_CSV: return "NN_FROM_CSV";
    case SOURCE_SAFETENSORS: return "NN_FROM_SAFETENSORS";
    case SOURCE_CIFAR10: return "NN_FROM_CIFAR10";
    case SOURCE_CIFAR100: return "NN_FROM_CIFAR100";
    case SOURCE_IMAGES:
    case SOURCE_MAT: return "NN_FROM_PACKED";
    case SOURCE_TABLE: return "NN_FROM_TABLE";
    case SOURCE_CIRCLE:
    case SOURCE_XOR:
    case SOURCE_GAUSSIAN:
    case SOURCE_SPIRAL: return "NN_FROM_TOY";
    case SOURCE_DIGITS: return "NN_FROM_DIGITS";
    case SOURCE_SPLIT: return "NN_FROM_SPLIT";
    }
    BUG("data source of kind %d", (int)kind);
}

static const char *toy_word(SourceKind kind)
{
    return kind == SOURCE_XOR        ? "NN_TOY_XOR"
           : kind == SOURCE_GAUSSIAN ? "NN_TOY_GAUSSIAN"
           : kind == SOURCE_SPIRAL   ? "NN_TOY_SPIRAL"
                                     : "NN_TOY_CIRCLE";
}

static bool is_number(Str text)
{
    for (int64_t i = 0; i < text.len; i++)
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
    return text.len > 0 && text.len < 9;
}

static const char *const column_words[] = {
    [COLUMN_NUMBER] = "NN_NUMBER",           [COLUMN_CATEGORY] = "NN_CATEGORY",
    [COLUMN_ONE_HOT] = "NN_ONE_HOT",         [COLUMN_YEAR] = "NN_YEAR",
    [COLUMN_MONTH] = "NN_MONTH",             [COLUMN_DAY] = "NN_DAY",
    [COLUMN_HOUR] = "NN_HOUR",               [COLUMN_MINUTE] = "NN_MINUTE",
    [COLUMN_WEEKDAY] = "NN_WEEKDAY",         [COLUMN_DAY_OF_YEAR] = "NN_DAY_OF_YEAR",
    [COLUMN_DAYS] = "NN_DAYS",               [COLUMN_SECONDS] = "NN_SECONDS",
};

static const char *const order_words[] = {
    [SPLIT_RANDOM] = "NN_SPLIT_RANDOM",
    [SPLIT_STRATIFIED] = "NN_SPLIT_STRATIFIED",
    [SPLIT_CHRONOLOGICAL] = "NN_SPLIT_CHRONOLOGICAL",
};

/* words: the array of its words, or empty. */
static void print_column(Out *o, const DataColumn *column, Str words)
{
    Str text = is_number(column->name) ? STR("NULL") : c_string(o->buf.arena, column->name);
    Str number = is_number(column->name) ? column->name : STR("-1");
    out_line(o, "{%.*s, %.*s, %s, %d, %.*s},", STR_ARGS(text), STR_ARGS(number),
             column_words[column->kind], column->words.count, STR_ARGS(words));
}

static int column_count(const DataSource *source)
{
    return source->input_columns.count + source->target_columns.count;
}

/* Inputs first, then targets. */
static const DataColumn *column_at(const DataSource *source, int i)
{
    int inputs = source->input_columns.count;
    return i < inputs ? &source->input_columns.items[i] : &source->target_columns.items[i - inputs];
}

static void print_columns(Out *o, const DataSource *source, const char *set)
{
    Arena *arena = o->buf.arena;
    for (int i = 0; i < column_count(source); i++) {
        const DataColumn *column = column_at(source, i);
        if (column->words.count > 0)
            print_words(o, str_format(arena, "net_%s_%d_words", set, i), column->words.items,
                        column->words.count);
    }
    out_line(o, "/* name or NULL, number, what it gives, its words */");
    out_open(o, "static const nn_column net_%s_columns[] =", set);
    for (int i = 0; i < column_count(source); i++) {
        const DataColumn *column = column_at(source, i);
        Str none = STR("NULL");
        print_column(o, column, column->words.count > 0
                                    ? str_format(arena, "net_%s_%d_words", set, i) : none);
    }
    out_close(o, ";");
}

/* How rows become samples, when that is not the usual way. */
static bool has_reading(const DataSource *source)
{
    return source->kind == SOURCE_CSV && (source->missing.len > 0 || source->skip_missing ||
                                          source->day_first || source->every > 1 || source->window > 0);
}

static void print_reading(Out *o, const DataSource *source, const char *set)
{
    Str none = STR("NULL");
    Str missing = source->missing.len > 0 ? c_string(o->buf.arena, source->missing) : none;
    out_line(o, "/* field without a value, skip those, day first, every, window, step, horizon, its rows */");
    out_line(o, "static const nn_reading net_%s_reading = {%.*s, %d, %d, %lld, %lld, %lld, %lld, %lld};", set,
             STR_ARGS(missing), source->skip_missing, source->day_first, (long long)source->every,
             (long long)source->window, (long long)source->step, (long long)source->horizon,
             (long long)source->horizon_rows);
}

/* The arrays that a source's row points to. */
static void print_source_arrays(Out *o, const DataSource *source, const char *set)
{
    Arena *arena = o->buf.arena;
    if (source->files.count > 0) {
        out_open(o, "static const char *const net_%s_files[] =", set);
        for (int i = 0; i < source->files.count; i++) {
            Str file = c_string(arena, source->files.items[i]);
            out_line(o, "%.*s,", STR_ARGS(file));
        }
        out_close(o, ";");
    }
    if (column_count(source) > 0)
        print_columns(o, source, set);
    if (has_reading(source))
        print_reading(o, source, set);
    if (source->kind == SOURCE_TABLE) {
        out_open(o, "static const float net_%s_values[] =", set);
        for (int64_t row = 0; row < source->row_count; row++) {
            StrBuf line = {.arena = arena};
            for (int64_t i = 0; i < source->value_count; i++) {
                Str value = real_text(arena, source->values[row * source->value_count + i]);
                buf_add(&line, "%s%.*s,", i > 0 ? " " : "", STR_ARGS(value));
            }
            Str text = buf_str(&line);
            out_line(o, "%.*s", STR_ARGS(text));
        }
        out_close(o, ";");
    }
}

static void print_source(Out *o, const DataSource *source, int set)
{
    Arena *arena = o->buf.arena;
    int columns = column_count(source);
    int from = source->kind == SOURCE_SPLIT ? set_index(source->of) : 0;
    CHECK(from >= 0);
    const char *name = set_names[set];
    Str none = STR("NULL");
    Str files = source->files.count > 0 ? str_format(arena, "net_%s_files", name) : none;
    Str column = columns > 0 ? str_format(arena, "net_%s_columns", name) : none;
    bool is_table = source->kind == SOURCE_TABLE;
    Str values = is_table ? str_format(arena, "net_%s_values", name) : none;
    char separator = source->separator;
    Str character = separator == '\t' ? STR("'\\t'")
                    : separator > ' ' && separator != '\'' && separator != '\\'
                        ? str_format(arena, "'%c'", separator)
                        : str_format(arena, "%d", separator);
    double amount = source->kind == SOURCE_SPLIT ? source->fraction : source->noise;
    Str reading = has_reading(source) ? str_format(arena, "&net_%s_reading", name) : none;
    out_line(o, "{%s, %s, %d, %.*s, %d, %.*s, %d, %.*s, %.*s, %lldLL, %s, %s, %.17g, %uu, %lldLL, %lldLL, %s, %.*s},", set_words[set],
             source_word(source->kind), source->files.count, STR_ARGS(files), columns,
             STR_ARGS(column), source->has_header, STR_ARGS(character), STR_ARGS(values),
             (long long)(is_table ? source->row_count : source->count), toy_word(source->kind),
             set_words[from], amount, (unsigned)source->seed, (long long)source->first_row,
             (long long)source->end_row, order_words[source->order], STR_ARGS(reading));
}

static int print_sources(Out *o, const Model *model)
{
    int count = 0;
    for (int i = 0; i < model->data.count; i++)
        if (set_index(model->data.items[i].name) >= 0)
            print_source_arrays(o, &model->data.items[i],
                                set_names[set_index(model->data.items[i].name)]);
    for (int i = 0; i < model->data.count; i++) {
        int set = set_index(model->data.items[i].name);
        if (set < 0)
            continue;
        if (count++ == 0) {
            out_line(o, "/* set, kind, files, columns, header, separator, values, rows, toy, split from,"
                        " noise or fraction, seed, first and end row, order of a split, reading */");
            out_open(o, "static const nn_source net_sources[] =");
        }
        print_source(o, &model->data.items[i], set);
    }
    if (count > 0)
        out_close(o, ";");
    return count;
}

/* ---- the plan -------------------------------------------------------------------------------- */

static bool has_set(const Model *model, const char *name)
{
    for (int i = 0; i < model->data.count; i++)
        if (str_is(model->data.items[i].name, name))
            return true;
    return false;
}

/* "validation.loss" is a set and a result; when nothing is said, the loss of the validation set, or
 * of the training set when there is no other. */
static void print_plan(Out *o, const Compilation *c, const Results *results)
{
    const TrainSpec *train = &c->training->train;
    const char *set = has_set(c->training, "validation") ? "NN_VALIDATION" : "NN_TRAIN";
    int monitor = 0;
    for (int i = 0; i < results->count; i++) {
        Str name = results->items[i].name;
        if (str_equal(train->monitor, str_format(c->arena, "validation.%.*s", STR_ARGS(name))))
            set = "NN_VALIDATION", monitor = i;
        if (str_equal(train->monitor, str_format(c->arena, "train.%.*s", STR_ARGS(name))))
            set = "NN_TRAIN", monitor = i;
    }
    const char *schedule = print_schedule(o, c, results), *driver = print_driver(o, c);
    const char *stops = print_stops(o, c, results);
    Str rate = real_text(c->arena, train->rate);
    out_line(o, "/* epochs, seed, rate, monitored set and result, is more better, rules to stop, shuffle,"
                " schedule, driver */");
    out_line(o, "static const nn_plan net_plan = {%lld, %uu, %.*s, %s, %d, %d, %d, %s, %d, %s, %s};",
             (long long)train->epochs, (unsigned)train->seed, STR_ARGS(rate), set, monitor,
             train->monitor_is_larger_better, train->stops.count, stops, train->shuffle, schedule,
             driver);
}

/* ---- all of it ------------------------------------------------------------------------------- */

static double train_flops(const Program *program)
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
    bool has_guess = false;
    for (int i = 0; i < graph->outputs.count; i++)
        has_guess |= is_guess(c->arena, graph, graph->outputs.items[i].node);
    int tensors = print_state_tensors(o, c->train);
    int fits = print_fits(o, c->train, graph);
    out_blank(o);
    out_line(o, "/* name, type, rank, dims, elements, classes, target, names of classes, does it guess numbers */");
    print_leaf_ports(o, "inputs", graph, &graph->inputs);
    print_leaf_ports(o, "targets", graph, &graph->targets);
    print_output_ports(o, graph);
    int result_floats = print_results(o, c->step, &results);
    out_blank(o);
    int sources = print_sources(o, c->training);
    print_plan(o, c, &results);
    print_loads(o, &c->training->train);
    out_blank(o);
    Str name = c_string(c->arena, c->training->name), file = c_string(c->arena, c->training->file_name);
    out_open(o, "static const nn_net net =");
    out_line(o, "%.*s, %.*s,", STR_ARGS(name), STR_ARGS(file));
    out_line(o, "%lld, /* batch */", (long long)c->train->batch);
    out_line(o, "%lldLL, /* floats of the state */", (long long)c->train->state_floats);
    out_line(o, "%lldLL, /* floats of the weights */", (long long)(c->evaluate->weight_floats + (c->prepare->arena_bytes + 3) / 4));
    out_line(o, "%lldLL, %lldLL, /* bytes of the arenas: train, evaluate */",
             (long long)c->train->arena_bytes, (long long)c->evaluate->arena_bytes);
    out_line(o, "%.1f, /* operations for a sample in a training step */", train_flops(c->train));
    out_line(o, "%d, %d, %d, %d, %d, %d, %d,", tensors, graph->inputs.count, graph->targets.count,
             graph->outputs.count, results.count, sources, result_floats);
    out_line(o, "net_tensors, net_inputs, %s, %s, net_results, %s, &net_plan,",
             or_null(graph->targets.count, "net_targets"), or_null(graph->outputs.count, "net_outputs"),
             or_null(sources, "net_sources"));
    out_line(o, "train_run, %s, evaluate_run, %s, %d, %s,",
             c->prepare->arena_bytes > 0 ? "prepare_weights" : "prepare_run",
             has_guess ? "&nn_regression" : "NULL", fits, or_null(fits, "net_fits"));
    out_line(o, "%d, %s, /* weights to start with */", c->training->train.loads.count,
             or_null(c->training->train.loads.count, "net_loads"));
    out_close(o, ";");
}
