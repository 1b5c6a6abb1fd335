/* elab_csv.c: arguments of sources with a syntax of their own.
 *
 *     rows = 0..999                            of all sources of files
 *     inputs = ["temp", hour("date"), one_hot("season", 1..4)], targets = "cnt"
 *     horizon = 3, horizon = 1..24             of csv
 *     where = ["split", "train"]              of images
 *
 * A column is a name or a number from 0, alone or given to a function that says what its fields
 * mean. Such a function exists only here, so its call is read from the syntax tree. */
#include "front/elab.h"

enum { MAX_WORDS = 10000 };

typedef struct ColumnFunction {
    const char *name;
    ColumnKind kind;
} ColumnFunction;

static const ColumnFunction functions[] = {
    {"category", COLUMN_CATEGORY}, {"one_hot", COLUMN_ONE_HOT}, {"year", COLUMN_YEAR},
    {"month", COLUMN_MONTH},       {"day", COLUMN_DAY},         {"hour", COLUMN_HOUR},
    {"minute", COLUMN_MINUTE},     {"weekday", COLUMN_WEEKDAY}, {"day_of_year", COLUMN_DAY_OF_YEAR},
    {"days", COLUMN_DAYS},         {"seconds", COLUMN_SECONDS},
};

/* ---- columns --------------------------------------------------------------------------------- */

static bool read_column_name(Elab *e, const Value *value, DataColumn *column)
{
    bool is_number = value->kind == VALUE_INT && value->integer >= 0;
    if (is_number || value->kind == VALUE_STRING) {
        column->name = is_number ? value_describe(e->arena, value) : value->text;
        return true;
    }
    if (value->kind != VALUE_POISON)
        diag_error(e->diag, value->span,
                   "a column is a name in double quotes or a number from 0, found %.*s",
                   STR_ARGS(value_describe(e->arena, value)));
    return false;
}

static bool add_word(Elab *e, const Value *value, DataColumn *column)
{
    if (value->kind == VALUE_POISON)
        return false;
    if (value->kind != VALUE_INT && value->kind != VALUE_STRING) {
        diag_error(e->diag, value->span,
                   "a value of a column is a text in double quotes or an integer, found %.*s",
                   STR_ARGS(value_describe(e->arena, value)));
        return false;
    }
    Str word = value->kind == VALUE_INT ? value_describe(e->arena, value) : value->text;
    if (str_find(column->words.items, column->words.count, word) >= 0) {
        diag_error(e->diag, value->span, "'%.*s' stands twice in this list", STR_ARGS(word));
        return false;
    }
    vec_push(e->arena, &column->words, word);
    return true;
}

/* The words of category and one_hot: a list, 1..4, or 4 for 0..3. */
static bool read_words(Elab *e, const AstExpr *expr, DataColumn *column)
{
    int64_t first = 0, last = -1;
    if (expr->kind == AST_RANGE) {
        if (!elab_integer(e, expr->range.first, "the first value", &first) ||
            !elab_integer(e, expr->range.last, "the last value", &last))
            return false;
    } else {
        Value value = elab_expr(e, expr, (Str){0});
        if (value.kind == VALUE_POISON)
            return false;
        if (value.kind == VALUE_LIST) {
            for (int i = 0; i < value.list.count; i++)
                if (!add_word(e, &value.list.items[i], column))
                    return false;
            if (value.list.count == 0)
                diag_error(e->diag, expr->span, "this list is empty");
            return value.list.count > 0;
        }
        if (value.kind != VALUE_INT) {
            diag_error(e->diag, expr->span,
                       "the values of a column are a list, a range or a number of them, found %.*s",
                       STR_ARGS(value_describe(e->arena, &value)));
            return false;
        }
        last = value.integer < 1 ? -1 : value.integer - 1;
    }
    if (last < first || last - first >= MAX_WORDS || first < INT32_MIN || last > INT32_MAX) {
        diag_error(e->diag, expr->span, "a column takes 1 to %d values here", MAX_WORDS);
        return false;
    }
    for (int64_t i = first; i <= last; i++)
        vec_push(e->arena, &column->words, str_format(e->arena, "%lld", (long long)i));
    return true;
}

static bool report_function(Elab *e, Name callee)
{
    Str names[COUNT_OF(functions)];
    StrBuf list = {.arena = e->arena};
    for (int i = 0; i < COUNT_OF(functions); i++) {
        names[i] = str_from(functions[i].name);
        buf_add(&list, "%s%s", i > 0 ? ", " : "", functions[i].name);
    }
    diag_error(e->diag, callee.span, "a column has no function '%.*s'", STR_ARGS(callee.text));
    if (!diag_help_suggest(e->diag, callee.text, names, COUNT_OF(names)))
        diag_help(e->diag, "it has %s", buf_str(&list).ptr);
    return false;
}

/* hour("date"), one_hot("season", 1..4) */
static bool read_function(Elab *e, const AstExpr *call, DataColumn *column)
{
    Name callee = call->call.callee;
    const ArgList *args = &call->call.args;
    const ColumnFunction *function = NULL;
    for (int i = 0; i < COUNT_OF(functions); i++)
        if (str_is(callee.text, functions[i].name))
            function = &functions[i];
    if (function == NULL)
        return report_function(e, callee);
    bool has_words = function->kind == COLUMN_CATEGORY || function->kind == COLUMN_ONE_HOT;
    for (int i = 0; i < args->count; i++)
        if (args->items[i].name.text.len > 0) {
            diag_error(e->diag, args->items[i].name.span,
                       "'%.*s' takes its arguments without names", STR_ARGS(callee.text));
            return false;
        }
    if (args->count != 1 + has_words) {
        diag_error(e->diag, callee.span, "'%.*s' takes %s, found %d argument%s",
                   STR_ARGS(callee.text), has_words ? "a column and its values" : "a column",
                   args->count, args->count == 1 ? "" : "s");
        if (has_words)
            diag_help(e->diag, "for example %s(\"kind\", [\"red\", \"white\"])", function->name);
        return false;
    }
    Value name = elab_expr(e, args->items[0].value, (Str){0});
    column->kind = function->kind;
    return read_column_name(e, &name, column) &&
           (!has_words || read_words(e, args->items[1].value, column));
}

static bool read_column(Elab *e, const AstExpr *expr, DataColumns *columns)
{
    DataColumn column = {.kind = COLUMN_NUMBER};
    if (expr->kind == AST_CALL) {
        if (!read_function(e, expr, &column))
            return false;
        vec_push(e->arena, columns, column);
        return true;
    }
    Value value = elab_expr(e, expr, (Str){0});
    const Value *items = value.kind == VALUE_LIST ? value.list.items : &value;
    int count = value.kind == VALUE_LIST ? value.list.count : 1;
    for (int i = 0; i < count; i++) {
        if (!read_column_name(e, &items[i], &column))
            return false;
        vec_push(e->arena, columns, column);
    }
    return true;
}

static bool read_columns(Elab *e, const AstExpr *expr, DataColumns *columns)
{
    if (expr->kind != AST_LIST)
        return read_column(e, expr, columns);
    for (int i = 0; i < expr->list.count; i++)
        if (!read_column(e, expr->list.items[i], columns))
            return false;
    if (expr->list.count == 0)
        diag_error(e->diag, expr->span, "this list of columns is empty");
    return expr->list.count > 0;
}

/* ---- ranges ---------------------------------------------------------------------------------- */

/* first..last of rows, both included; a single number when has_single. */
static bool read_range(Elab *e, const Arg *arg, bool has_single, int64_t *first, int64_t *last)
{
    const AstExpr *expr = arg->value;
    enum { MOST = 1000000000 };
    if (expr->kind == AST_RANGE) {
        if (!elab_integer(e, expr->range.first, "the first row", first) ||
            !elab_integer(e, expr->range.last, "the last row", last))
            return false;
    } else if (has_single) {
        if (!elab_integer(e, expr, "'horizon'", first))
            return false;
        *last = *first;
    } else {
        diag_error(e->diag, expr->span, "'%.*s' needs a range of rows, counted from 0",
                   STR_ARGS(arg->name.text));
        diag_help(e->diag, "for example rows = 0..999");
        return false;
    }
    if (*first >= 0 && *last >= *first && *last <= MOST)
        return true;
    if (*first == *last)
        diag_error(e->diag, expr->span, "'%.*s' must be from 0 to %d, found %lld",
                   STR_ARGS(arg->name.text), MOST, (long long)*first);
    else
        diag_error(
            e->diag, expr->span,
            "'%.*s' must begin at 0 or above and end at or behind its begin, found %lld..%lld",
            STR_ARGS(arg->name.text), (long long)*first, (long long)*last);
    return false;
}

/* ["split", "train"]: a column of the labels, then the values that are taken. */
static bool read_where(Elab *e, const Arg *arg, DataSource *source)
{
    Value value = elab_expr(e, arg->value, (Str){0});
    if (value.kind == VALUE_POISON)
        return false;
    bool is_right = value.kind == VALUE_LIST && value.list.count >= 2;
    for (int i = 0; is_right && i < value.list.count; i++) {
        const Value *item = &value.list.items[i];
        is_right = item->kind == VALUE_STRING || (item->kind == VALUE_INT && i > 0);
        if (is_right)
            vec_push(e->arena, &source->where,
                     item->kind == VALUE_STRING ? item->text : value_describe(e->arena, item));
    }
    if (is_right)
        return true;
    diag_error(e->diag, arg->value->span, "'where' needs a column and the values to take, found %.*s",
               STR_ARGS(value_describe(e->arena, &value)));
    diag_help(e->diag, "for example where = [\"split\", \"train\"]");
    return false;
}

/* ---- all of them ----------------------------------------------------------------------------- */

ArgList elab_source_arguments(Elab *e, const ArgList *args, DataSource *source, bool *is_right)
{
    ArgList rest = {0};
    bool is_csv = source->kind == SOURCE_CSV;
    for (int i = 0; i < args->count; i++) {
        const Arg *arg = &args->items[i];
        Str name = arg->name.text;
        int64_t first, last;
        if (is_csv && str_is(name, "inputs")) {
            *is_right = read_columns(e, arg->value, &source->input_columns) && *is_right;
        } else if (is_csv && str_is(name, "targets")) {
            *is_right = read_columns(e, arg->value, &source->target_columns) && *is_right;
        } else if (is_csv && str_is(name, "horizon")) {
            bool is_range = read_range(e, arg, true, &first, &last);
            *is_right = is_range && *is_right;
            source->horizon = is_range ? first : 1;
            source->horizon_rows = is_range ? last - first + 1 : 1;
        } else if (source->kind == SOURCE_IMAGES && str_is(name, "where")) {
            *is_right = read_where(e, arg, source) && *is_right;
        } else if (str_is(name, "rows")) {
            bool is_range = read_range(e, arg, false, &first, &last);
            *is_right = is_range && *is_right;
            source->first_row = is_range ? first : 0;
            source->end_row = is_range ? last + 1 : 0;
        } else {
            vec_push(e->arena, &rest, *arg);
        }
    }
    return rest;
}

/* ---- do they fit the model? ------------------------------------------------------------------ */

static int64_t column_values(const DataColumns *columns)
{
    int64_t values = 0;
    for (int i = 0; i < columns->count; i++)
        values += columns->items[i].kind == COLUMN_ONE_HOT ? columns->items[i].words.count : 1;
    return values;
}

/* The values that a row gives to these ports: a window divides those of a sample among its rows. */
static bool row_values(Elab *e, Name callee, const NodeIds *ports, const char *what, int64_t rows,
                       int64_t *values)
{
    const Graph *g = e->build.graph;
    *values = 0;
    for (int i = 0; i < ports->count; i++) {
        const Node *n = graph_node(g, ports->items[i]);
        int64_t elements = shape_elements(n->shape);
        bool is_split = n->shape.rank == 0 || n->shape.dim[0] == rows;
        if (rows > 1 && (!is_split || elements % rows != 0)) {
            Str shape = shape_str(e->arena, n->shape);
            diag_error(e->diag, callee.span, "%s '%.*s' is %.*s, but a sample has %lld rows", what,
                       STR_ARGS(n->name), STR_ARGS(n->shape.rank > 0 ? shape : STR("one value")),
                       (long long)rows);
            diag_note(e->diag, n->span, "its first size is that of the rows: [%lld, columns]",
                      (long long)rows);
            return false;
        }
        *values += elements / rows;
    }
    return true;
}

static bool check_columns(Elab *e, Name callee, const DataColumns *columns, const char *what,
                          int64_t needed)
{
    int64_t found = column_values(columns);
    if (columns->count == 0 || found == needed)
        return true;
    diag_error(e->diag, callee.span, "the %s take %lld column%s, found %lld", what,
               (long long)needed, needed == 1 ? "" : "s", (long long)found);
    return false;
}

bool elab_check_csv(Elab *e, Name callee, const DataSource *source)
{
    const Graph *g = e->build.graph;
    int64_t rows = source->window > 0 ? source->window : 1, inputs, targets;
    if (source->window == 0 &&
        (source->step != 1 || source->horizon != 1 || source->horizon_rows != 1)) {
        diag_error(e->diag, callee.span, "'step' and 'horizon' need a 'window'");
        return false;
    }
    if ((source->input_columns.count > 0) != (source->target_columns.count > 0)) {
        diag_error(e->diag, callee.span, "'inputs' and 'targets' are given together or not at all");
        return false;
    }
    if (!row_values(e, callee, &g->inputs, "input", rows, &inputs) ||
        !row_values(e, callee, &g->targets, "target", source->horizon_rows, &targets))
        return false;
    bool inputs_fit = check_columns(e, callee, &source->input_columns, "inputs", inputs);
    return check_columns(e, callee, &source->target_columns, "targets", targets) && inputs_fit;
}
