/* elab_data.c: the data section.
 *
 * A set is train, validation or test. Each source is a row of the table below, with attributes that
 * are checked like those of layers. What can be known without opening a file is checked here: the
 * number of files, the shape of tables, whether a built-in set fits the model's inputs and targets.
 */
#include "front/elab.h"

#include <math.h>

typedef struct SourceDef {
    const char *name;
    SourceKind kind;
    bool takes_files; /* positional strings */
    const AttrDef *attrs;
} SourceDef;

enum { MAX_SOURCE_ATTRS = 16 };
#define MAX_SEED 4294967295.0

// clang-format off
static const AttrDef no_attrs[] = {{0}};
static const AttrDef toy_attrs[] = {
    {"count", ATTR_INT,  .doc = "samples", .least = 1, .most = 1e8, .is_positional = true},
    {"noise", ATTR_REAL, .def = "0", .doc = "0: none, 0.5: a lot", .least = 0, .most = 0.5},
    {"seed",  ATTR_INT,  .def = "0", .doc = "seed of the generator", .least = 0, .most = MAX_SEED},
    {0}};
static const AttrDef digits_attrs[] = {
    {"count", ATTR_INT, .doc = "samples", .least = 1, .most = 1e8, .is_positional = true},
    {"seed",  ATTR_INT, .def = "0", .doc = "seed of the generator", .least = 0, .most = MAX_SEED},
    {0}};
static const char *const split_orders[] = {"random", "chronological", NULL};
static const AttrDef split_attrs[] = {
    {"of",       ATTR_NAME, .doc = "the set to take samples from", .is_positional = true},
    {"fraction", ATTR_REAL, .doc = "share taken away", .least = 0, .most = 1, .is_open = true,
     .is_positional = true},
    {"seed",     ATTR_INT,  .def = "0", .doc = "which samples", .least = 0, .most = MAX_SEED},
    {"stratify", ATTR_BOOL, .def = "false", .doc = "the same share of every class"},
    {"order",    ATTR_CHOICE, .def = "random", .choices = split_orders,
     .doc = "random, or chronological: the last samples"},
    {0}};
static const char *const missing_words[] = {"error", "skip", NULL};
static const AttrDef csv_attrs[] = {
    {"header",    ATTR_BOOL, .def = "false", .doc = "the first line names the columns"},
    {"separator", ATTR_NAME, .def = ",", .doc = "one character between fields"},
    {"missing",   ATTR_NAME, .def = "?", .doc = "a field without a value"},
    {"on_missing", ATTR_CHOICE, .def = "error", .choices = missing_words,
     .doc = "skip leaves rows without a value out"},
    {"day_first", ATTR_BOOL, .def = "false", .doc = "2/1/2011 is the second of January"},
    {"every",     ATTR_INT,  .def = "1", .doc = "6 takes every sixth row", .least = 1, .most = 1e9},
    {"window",    ATTR_INT,  .def = "0", .doc = "rows of a sample", .least = 1, .most = 1e6},
    {"step",      ATTR_INT,  .def = "1", .doc = "rows from one window to the next", .least = 1,
     .most = 1e9},
    {0}};
static const char *const resize_words[] = {"bilinear", "area", NULL};
static const AttrDef images_attrs[] = {
    {"labels",    ATTR_NAME, .def = "", .doc = "a CSV file in the folder, with a row for each picture"},
    {"file",      ATTR_NAME, .def = "file", .doc = "its column with the names of the files"},
    {"label",     ATTR_NAME, .def = "label", .doc = "its column with the labels"},
    {"extension", ATTR_NAME, .def = "", .doc = "what is added to the names of the files"},
    {"resize",    ATTR_CHOICE, .def = "bilinear", .choices = resize_words,
     .doc = "between the nearest pixels, or the mean of an area"},
    {0}};
static const AttrDef mat_attrs[] = {
    {"inputs",    ATTR_NAME, .doc = "the variable of the inputs"},
    {"targets",   ATTR_NAME, .doc = "the variable of the targets"},
    {"resize",    ATTR_CHOICE, .def = "area", .choices = resize_words,
     .doc = "of matrices in a cell: the mean of an area, or between the nearest values"},
    {0}};
static const AttrDef cdb_attrs[] = {
    {"resize",    ATTR_CHOICE, .def = "area", .choices = resize_words,
     .doc = "the mean of an area, or between the nearest values"},
    {0}};
// clang-format on

static const SourceDef sources[] = {
    {"idx", SOURCE_IDX, true, no_attrs},
    {"npy", SOURCE_NPY, true, no_attrs},
    {"csv", SOURCE_CSV, true, csv_attrs},
    {"safetensors", SOURCE_SAFETENSORS, true, no_attrs},
    {"cifar10", SOURCE_CIFAR10, true, no_attrs},
    {"cifar100", SOURCE_CIFAR100, true, no_attrs},
    {"images", SOURCE_IMAGES, true, images_attrs},
    {"mat", SOURCE_MAT, true, mat_attrs},
    {"cdb", SOURCE_CDB, true, cdb_attrs},
    {"circle", SOURCE_CIRCLE, false, toy_attrs},
    {"xor", SOURCE_XOR, false, toy_attrs},
    {"gaussian", SOURCE_GAUSSIAN, false, toy_attrs},
    {"spiral", SOURCE_SPIRAL, false, toy_attrs},
    {"digits", SOURCE_DIGITS, false, digits_attrs},
    {"split", SOURCE_SPLIT, false, split_attrs},
};

static const SourceDef *source_find_def(Str name)
{
    for (int i = 0; i < COUNT_OF(sources); i++)
        if (str_is(name, sources[i].name))
            return &sources[i];
    return NULL;
}

static bool is_toy(SourceKind kind)
{
    return kind == SOURCE_CIRCLE || kind == SOURCE_XOR || kind == SOURCE_GAUSSIAN ||
           kind == SOURCE_SPIRAL;
}

/* ---- what the model takes -------------------------------------------------------------------- */

static int port_count(const Elab *e)
{
    return e->build.graph->inputs.count + e->build.graph->targets.count;
}

/* Inputs first, then targets. */
static const Node *port(const Elab *e, int index)
{
    const Graph *g = e->build.graph;
    return graph_node(g, index < g->inputs.count ? g->inputs.items[index]
                                                 : g->targets.items[index - g->inputs.count]);
}

static Str port_type(Elab *e, const Node *n)
{
    if (n->classes > 0 && n->shape.rank == 0)
        return str_format(e->arena, "class[%d]", n->classes);
    if (n->classes > 0)
        return str_format(e->arena, "class[%d]%.*s", n->classes,
                          STR_ARGS(shape_str(e->arena, n->shape)));
    Str shape = n->shape.rank > 0 ? shape_str(e->arena, n->shape) : STR("");
    return str_format(e->arena, "%s%.*s", type_name(n->type), STR_ARGS(shape));
}

static bool fits_toy(const Elab *e)
{
    const Graph *g = e->build.graph;
    if (g->inputs.count != 1 || g->targets.count != 1)
        return false;
    const Node *in = port(e, 0), *out = port(e, 1);
    return in->type == TYPE_F32 && shape_elements(in->shape) == 2 &&
           shape_elements(out->shape) == 1 && (out->classes == 2 || out->type == TYPE_F32);
}

static bool fits_digits(const Elab *e)
{
    const Graph *g = e->build.graph;
    if (g->inputs.count != 1 || g->targets.count != 1)
        return false;
    return shape_elements(port(e, 0)->shape) == 28 * 28 && port(e, 1)->classes == 10 &&
           shape_elements(port(e, 1)->shape) == 1;
}

/* Pictures of 32 x 32 in three colours; CIFAR-100 has 20 groups of its 100 classes. */
static bool fits_cifar(const Elab *e, SourceKind kind)
{
    const Graph *g = e->build.graph;
    if (g->inputs.count != 1 || g->targets.count != 1)
        return false;
    const Node *in = port(e, 0);
    const Shape *s = &in->shape;
    int classes = shape_elements(port(e, 1)->shape) == 1 ? port(e, 1)->classes : 0;
    bool is_picture = s->rank == 3 && s->dim[0] == 32 && s->dim[1] == 32 && s->dim[2] == 3;
    bool is_flat = s->rank == 1 && s->dim[0] == 32 * 32 * 3;
    return (is_picture || is_flat) &&
           (kind == SOURCE_CIFAR10 ? classes == 10 : classes == 20 || classes == 100);
}

/* One picture, grey or in colours, and one label. */
static bool fits_images(const Elab *e)
{
    const Graph *g = e->build.graph;
    if (g->inputs.count != 1 || g->targets.count != 1)
        return false;
    const Node *in = port(e, 0), *out = port(e, 1);
    const Shape *s = &in->shape;
    bool is_picture = s->rank == 2 || (s->rank == 3 && (s->dim[2] == 1 || s->dim[2] == 3));
    return is_picture && in->type != TYPE_I32 && shape_elements(out->shape) == 1 &&
           (out->classes > 0 || out->type == TYPE_F32);
}

/* One grey picture and one label. */
static bool fits_cdb(const Elab *e)
{
    if (!fits_images(e))
        return false;
    Shape s = port(e, 0)->shape;
    return s.rank == 2 || s.dim[2] == 1;
}

static bool fits_mat(const Elab *e)
{
    const Graph *g = e->build.graph;
    return g->inputs.count == 1 && g->targets.count == 1 && shape_elements(port(e, 1)->shape) == 1;
}

/* The model is not made for a built-in set: shows its inputs and targets. */
static void report_unfit(Elab *e, Name source, const char *needs)
{
    diag_error(e->diag, source.span, "'%.*s' needs a model with %s", STR_ARGS(source.text), needs);
    for (int i = 0; i < port_count(e); i++) {
        const Node *n = port(e, i);
        diag_note(e->diag, n->span, "%s '%.*s' is %.*s",
                  i < e->build.graph->inputs.count ? "input" : "target", STR_ARGS(n->name),
                  STR_ARGS(port_type(e, n)));
    }
}

/* ---- tables ---------------------------------------------------------------------------------- */

static double table_number(const AstExpr *expr)
{
    if (expr->kind == AST_UNARY)
        return -table_number(expr->binary.right);
    return expr->kind == AST_INT ? (double)expr->integer : expr->real;
}

static int64_t count_numbers(const AstExpr *expr)
{
    if (expr->kind != AST_LIST)
        return 1;
    int64_t count = 0;
    for (int i = 0; i < expr->list.count; i++)
        count += count_numbers(expr->list.items[i]);
    return count;
}

static bool check_table_number(Elab *e, const AstExpr *expr, const Node *n)
{
    double number = table_number(expr);
    double most = n->classes > 0 ? n->classes - 1 : 255;
    bool is_whole = fabs(number - floor(number)) == 0;
    if (n->type == TYPE_F32)
        return true;
    if (n->classes > 0 || n->type == TYPE_U8) {
        if (is_whole && number >= 0 && number <= most)
            return true;
        diag_error(e->diag, expr->span, "'%.*s' is %.*s and takes integers from 0 to %g, found %g",
                   STR_ARGS(n->name), STR_ARGS(port_type(e, n)), most, number);
        return false;
    }
    if (is_whole && fabs(number) <= 2147483647.0)
        return true;
    diag_error(e->diag, expr->span, "'%.*s' is i32 and takes 32-bit integers, found %g",
               STR_ARGS(n->name), number);
    return false;
}

static bool take_numbers(Elab *e, const AstExpr *expr, const Node *n, double **to)
{
    if (expr->kind != AST_LIST) {
        *(*to)++ = table_number(expr);
        return check_table_number(e, expr, n);
    }
    for (int i = 0; i < expr->list.count; i++)
        if (!take_numbers(e, expr->list.items[i], n, to))
            return false;
    return true;
}

/* One side of a row: as many values as there are ports, each with the port's size. */
static bool take_side(Elab *e, const AstExprList *values, int first_port, int ports,
                      const char *what, double **to)
{
    if (values->count != ports) {
        diag_error(e->diag, values->items[0]->span, "this row has %d %s%s, the model has %d",
                   values->count, what, values->count == 1 ? "" : "s", ports);
        return false;
    }
    for (int i = 0; i < ports; i++) {
        const AstExpr *value = values->items[i];
        const Node *n = port(e, first_port + i);
        int64_t count = count_numbers(value), wanted = shape_elements(n->shape);
        if (count != wanted) {
            diag_error(e->diag, value->span, "%s '%.*s' takes %lld number%s, found %lld", what,
                       STR_ARGS(n->name), (long long)wanted, wanted == 1 ? "" : "s",
                       (long long)count);
            diag_note(e->diag, n->span, "'%.*s' is %.*s", STR_ARGS(n->name),
                      STR_ARGS(port_type(e, n)));
            return false;
        }
        if (!take_numbers(e, value, n, to))
            return false;
    }
    return true;
}

static void read_table(Elab *e, const AstExpr *table, DataSource *source)
{
    const Graph *g = e->build.graph;
    const TableRowList *rows = &table->table.rows;
    int64_t width = 0, total;
    if (rows->count == 0) {
        diag_error(e->diag, table->span, "this table has no rows");
        return;
    }
    for (int i = 0; i < port_count(e); i++)
        width += shape_elements(port(e, i)->shape);
    /* A row that fits has its numbers in the text, so what fits is small. */
    if (width > SOURCE_MAX_BYTES || !size_multiply(width, rows->count, &total) ||
        total > SOURCE_MAX_BYTES) {
        diag_error(e->diag, table->span,
                   "the model takes %lld numbers a sample, too many for a table", (long long)width);
        return;
    }
    double *values = arena_array(e->arena, double, total);
    for (int i = 0; i < rows->count; i++) {
        const TableRow *row = &rows->items[i];
        double *to = values + i * width;
        if (take_side(e, &row->inputs, 0, g->inputs.count, "input", &to))
            take_side(e, &row->targets, g->inputs.count, g->targets.count, "target", &to);
    }
    source->kind = SOURCE_TABLE;
    source->row_count = rows->count;
    source->value_count = width;
    source->count = rows->count;
    source->values = values;
}

/* ---- sources --------------------------------------------------------------------------------- */

/* Takes the strings without a name away from the arguments. */
static ArgList take_files(Elab *e, const ArgList *args, DataSource *source, bool *is_right)
{
    ArgList rest = {0};
    *is_right = true;
    for (int i = 0; i < args->count; i++) {
        const Arg *arg = &args->items[i];
        if (arg->name.text.len > 0) {
            vec_push(e->arena, &rest, *arg);
            continue;
        }
        if (arg->value->kind == AST_FIELD && arg->value->field.object->kind == AST_NAME) {
            *is_right = false;
            diag_error(e->diag, arg->value->span, "a file name is written in double quotes");
            diag_help(e->diag, "\"%.*s.%.*s\"", STR_ARGS(arg->value->field.object->name),
                      STR_ARGS(arg->value->field.name.text));
            continue;
        }
        Value value = elab_expr(e, arg->value, (Str){0});
        if (value.kind == VALUE_STRING) {
            vec_push(e->arena, &source->files, value.text);
            continue;
        }
        *is_right = false;
        if (value.kind == VALUE_WORD && !value.is_resolved) {
            diag_error(e->diag, value.span, "a file name is written in double quotes");
            diag_help(e->diag, "\"%.*s\"", STR_ARGS(value.text));
        } else if (value.kind != VALUE_POISON) {
            diag_error(e->diag, value.span, "a file name is needed here, found %.*s",
                       STR_ARGS(value_describe(e->arena, &value)));
        }
    }
    return rest;
}

static bool check_file_count(Elab *e, Name callee, const DataSource *source)
{
    int count = source->files.count, ports = port_count(e);
    switch (source->kind) {
    case SOURCE_IDX:
    case SOURCE_NPY:
        if (count != ports)
            diag_error(e->diag, callee.span,
                       "'%.*s' needs a file for each input and target of the model: %d, found %d",
                       STR_ARGS(callee.text), ports, count);
        return count == ports;
    case SOURCE_CIFAR10:
    case SOURCE_CIFAR100:
        if (count == 0)
            diag_error(e->diag, callee.span, "'%.*s' needs a file, or several", STR_ARGS(callee.text));
        return count > 0;
    default:
        if (count != 1)
            diag_error(e->diag, callee.span, "'%.*s' needs one file, found %d", STR_ARGS(callee.text),
                       count);
        return count == 1;
    }
}

static bool check_split(Elab *e, Span of_span, const DataSource *source)
{
    VEC(Str) names = {0};
    for (int i = 0; i < e->model->data.count; i++) {
        if (str_equal(e->model->data.items[i].name, source->of))
            return true;
        vec_push(e->arena, &names, e->model->data.items[i].name);
    }
    diag_error(e->diag, of_span, "there is no set '%.*s' above to split", STR_ARGS(source->of));
    diag_help_suggest(e->diag, source->of, names.items, names.count);
    return false;
}

/* Shares of classes need a target that has some, and samples that may be chosen. */
static bool set_stratified(Elab *e, Span span, DataSource *source)
{
    const Graph *g = e->build.graph;
    if (source->order == SPLIT_CHRONOLOGICAL) {
        diag_error(e->diag, span, "the last samples cannot be chosen by classes");
        diag_help(e->diag, "leave out 'stratify' or 'order'");
        return false;
    }
    for (int i = g->inputs.count; i < port_count(e); i++)
        if (port(e, i)->classes > 0 && shape_elements(port(e, i)->shape) == 1) {
            source->order = SPLIT_STRATIFIED;
            return true;
        }
    diag_error(e->diag, span, "'stratify' needs a target with classes");
    return false;
}

static bool take_values(Elab *e, Name callee, const SourceDef *def, const AttrValue *values,
                        const Span *spans, const bool *given, DataSource *source)
{
    bool is_right = true, is_stratified = false;
    Span stratify_span = SPAN_NONE;
    for (int i = 0; def->attrs[i].kind != ATTR_END; i++) {
        const AttrDef *attr = &def->attrs[i];
        if (!given[i]) {
            if (attr->def == NULL) {
                elab_missing_attribute(e, callee, def->attrs, i);
                is_right = false;
            }
            continue;
        }
        if (str_is(str_from(attr->name), "count"))
            source->count = values[i].i;
        else if (str_is(str_from(attr->name), "noise"))
            source->noise = values[i].r;
        else if (str_is(str_from(attr->name), "seed"))
            source->seed = values[i].i;
        else if (str_is(str_from(attr->name), "fraction"))
            source->fraction = values[i].r;
        else if (str_is(str_from(attr->name), "header"))
            source->has_header = values[i].i != 0;
        else if (str_is(str_from(attr->name), "stratify"))
            is_stratified = values[i].i != 0, stratify_span = spans[i];
        else if (str_is(str_from(attr->name), "order"))
            source->order = values[i].i != 0 ? SPLIT_CHRONOLOGICAL : SPLIT_RANDOM;
        else if (str_is(str_from(attr->name), "missing"))
            source->missing = values[i].name;
        else if (str_is(str_from(attr->name), "on_missing"))
            source->skip_missing = values[i].i != 0;
        else if (str_is(str_from(attr->name), "day_first"))
            source->day_first = values[i].i != 0;
        else if (str_is(str_from(attr->name), "every"))
            source->every = values[i].i;
        else if (str_is(str_from(attr->name), "window"))
            source->window = values[i].i;
        else if (str_is(str_from(attr->name), "step"))
            source->step = values[i].i;
        else if (str_is(str_from(attr->name), "labels"))
            source->labels = values[i].name;
        else if (str_is(str_from(attr->name), "file"))
            source->file_column = values[i].name;
        else if (str_is(str_from(attr->name), "label"))
            source->label_column = values[i].name;
        else if (str_is(str_from(attr->name), "extension"))
            source->extension = values[i].name;
        else if (str_is(str_from(attr->name), "inputs"))
            source->input_variable = values[i].name;
        else if (str_is(str_from(attr->name), "targets"))
            source->target_variable = values[i].name;
        else if (str_is(str_from(attr->name), "resize"))
            source->resize = values[i].i != 0 ? RESIZE_AREA : RESIZE_BILINEAR;
        else if (str_is(str_from(attr->name), "of")) {
            source->of = values[i].name;
            is_right = check_split(e, spans[i], source) && is_right;
        } else if (str_is(str_from(attr->name), "separator")) {
            if (values[i].name.len != 1) {
                diag_error(e->diag, spans[i], "'separator' must be one character");
                is_right = false;
            } else {
                source->separator = values[i].name.ptr[0];
            }
        }
    }
    return is_right && (!is_stratified || set_stratified(e, stratify_span, source));
}

static void report_unknown_source(Elab *e, Name callee)
{
    Str names[COUNT_OF(sources) + 1];
    for (int i = 0; i < COUNT_OF(sources); i++)
        names[i] = str_from(sources[i].name);
    names[COUNT_OF(sources)] = STR("table");
    diag_error(e->diag, callee.span, "there is no source of data '%.*s'", STR_ARGS(callee.text));
    StrBuf list = {.arena = e->arena};
    for (int i = 0; i < COUNT_OF(names); i++)
        buf_add(&list, "%s%.*s", i == 0 ? "" : i + 1 < COUNT_OF(names) ? ", " : " or ",
                STR_ARGS(names[i]));
    if (!diag_help_suggest(e->diag, callee.text, names, COUNT_OF(names)))
        diag_help(e->diag, "data come from %s", buf_str(&list).ptr);
}

static void read_source(Elab *e, const AstExpr *call, DataSource *source)
{
    Name callee = call->call.callee;
    const SourceDef *def = source_find_def(callee.text);
    AttrValue values[MAX_SOURCE_ATTRS] = {0};
    Span spans[MAX_SOURCE_ATTRS] = {0};
    bool given[MAX_SOURCE_ATTRS] = {0};
    bool is_right = true;
    if (def == NULL) {
        report_unknown_source(e, callee);
        return;
    }
    source->kind = def->kind;
    source->separator = ',';
    source->file_column = STR("file");
    source->label_column = STR("label");
    source->resize =
        def->kind == SOURCE_MAT || def->kind == SOURCE_CDB ? RESIZE_AREA : RESIZE_BILINEAR;
    source->every = source->step = source->horizon = source->horizon_rows = 1;
    ArgList args = call->call.args;
    if (def->takes_files) {
        args = take_files(e, &args, source, &is_right);
        args = elab_source_arguments(e, &args, source, &is_right);
    }
    is_right = elab_attributes(e, callee, def->attrs, &args, values, spans, given) && is_right;
    if (!is_right || !take_values(e, callee, def, values, spans, given, source))
        return;
    if (def->takes_files && !check_file_count(e, callee, source))
        return;
    if (def->kind == SOURCE_CSV)
        elab_check_csv(e, callee, source);
    bool is_cifar = def->kind == SOURCE_CIFAR10 || def->kind == SOURCE_CIFAR100;
    if (is_cifar && !fits_cifar(e, def->kind))
        report_unfit(e, callee, def->kind == SOURCE_CIFAR10
                                    ? "one input of [32, 32, 3] and one target of class[10]"
                                    : "one input of [32, 32, 3] and one target of class[20] or class[100]");
    if (def->kind == SOURCE_IMAGES && !fits_images(e))
        report_unfit(e, callee, "one input of u8 or f32 [height, width, 1 or 3] and one target of a class "
                                "or a number");
    if (def->kind == SOURCE_IMAGES && source->labels.len == 0 &&
        (source->where.count > 0 || source->extension.len > 0))
        diag_error(e->diag, callee.span, "'where' and 'extension' need 'labels'");
    if (def->kind == SOURCE_MAT && !fits_mat(e))
        report_unfit(e, callee, "one input and one target of a class or a number");
    if (def->kind == SOURCE_CDB && !fits_cdb(e))
        report_unfit(e, callee, "one input of u8 or f32 [height, width] or [height, width, 1] and one "
                                "target of a class or a number");
    if (is_toy(def->kind) && !fits_toy(e))
        report_unfit(e, callee, "one input of f32[2] and one target of class[2] or f32[1]");
    if (def->kind == SOURCE_DIGITS && !fits_digits(e))
        report_unfit(e, callee, "one input of 28 x 28 and one target of class[10]");
}

/* ---- the section ----------------------------------------------------------------------------- */

static bool check_set_name(Elab *e, Name name)
{
    static const Str names[] = {{"train", 5}, {"validation", 10}, {"test", 4}};
    for (int i = 0; i < e->model->data.count; i++)
        if (str_equal(e->model->data.items[i].name, name.text)) {
            diag_error(e->diag, name.span, "set '%.*s' is defined twice", STR_ARGS(name.text));
            diag_note(e->diag, e->model->data.items[i].span, "it is defined here first");
            return false;
        }
    if (str_find(names, COUNT_OF(names), name.text) >= 0)
        return true;
    diag_error(e->diag, name.span, "a set is 'train', 'validation' or 'test', found '%.*s'",
               STR_ARGS(name.text));
    diag_help_suggest(e->diag, name.text, names, COUNT_OF(names));
    return false;
}

static void add_set(Elab *e, const AstStmt *stmt)
{
    Name name = stmt->assign.places.items[0].name;
    const AstExpr *value = stmt->assign.value;
    DataSource source = {.name = name.text, .span = name.span};
    if (!check_set_name(e, name))
        return;
    if (value->kind == AST_TABLE)
        read_table(e, value, &source);
    else if (value->kind == AST_CALL)
        read_source(e, value, &source);
    else
        diag_error(e->diag, value->span,
                   "a set needs a source such as idx(...), csv(...) or table");
    /* A wrong set is kept, so that others may refer to it. */
    vec_push(e->arena, &e->model->data, source);
}

void elab_data(Elab *e, const Item *item)
{
    if (e->build.graph->targets.count == 0) {
        diag_error(e->diag, item->name.span, "the model has no target to learn from data");
        return;
    }
    for (int i = 0; i < item->block.body.count; i++)
        add_set(e, item->block.body.items[i]);
    e->model->has_data = true;
    bool has_train = false;
    for (int i = 0; i < e->model->data.count; i++)
        has_train = has_train || str_is(e->model->data.items[i].name, "train");
    if (!has_train && item->block.body.count > 0 && e->model->data.count == item->block.body.count)
        diag_error(e->diag, item->name.span, "there is no 'train' set");
}
