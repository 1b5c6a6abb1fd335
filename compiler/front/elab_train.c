/* elab_train.c: the train section: one setting a line, each checked against the table below. */
#include "front/elab.h"

typedef struct SettingDef {
    const char *name;
    void (*read)(Elab *e, const Setting *setting);
} SettingDef;

/* ---- single values --------------------------------------------------------------------------- */

/* The one value of a setting, checked like an attribute. */
static bool read_one(Elab *e, const Setting *setting, const AttrDef *attr, AttrValue *out)
{
    if (setting->args.count != 1 || setting->args.items[0].name.text.len > 0) {
        diag_error(e->diag, setting->span, "'%.*s' takes one value", STR_ARGS(setting->word.text));
        return false;
    }
    Value value = elab_expr(e, setting->args.items[0].value, (Str){0});
    return elab_attribute(e, STR("train"), attr, &value, out);
}

static void read_batch(Elab *e, const Setting *setting)
{
    static const AttrDef attr = {"batch", ATTR_INT, .least = 1, .most = 1 << 20};
    AttrValue value = {0};
    if (read_one(e, setting, &attr, &value))
        e->model->train.batch = value.i;
}

static void read_epochs(Elab *e, const Setting *setting)
{
    static const AttrDef attr = {"epochs", ATTR_INT, .least = 1, .most = 1e9};
    AttrValue value = {0};
    if (read_one(e, setting, &attr, &value))
        e->model->train.epochs = value.i;
}

static void read_seed(Elab *e, const Setting *setting)
{
    static const AttrDef attr = {"seed", ATTR_INT, .least = 0, .most = 4294967295.0};
    AttrValue value = {0};
    if (read_one(e, setting, &attr, &value))
        e->model->train.seed = value.i;
}

static void read_shuffle(Elab *e, const Setting *setting)
{
    static const AttrDef attr = {.name = "shuffle", .kind = ATTR_BOOL};
    AttrValue value = {0};
    if (read_one(e, setting, &attr, &value))
        e->model->train.shuffle = value.i != 0;
}

static void read_numerics(Elab *e, const Setting *setting)
{
    static const char *const words[] = {"fast", "exact", NULL};
    static const AttrDef attr = {.name = "numerics", .kind = ATTR_CHOICE, .choices = words};
    AttrValue value = {0};
    if (read_one(e, setting, &attr, &value))
        e->model->train.numerics = value.i == 1 ? NUMERICS_EXACT : NUMERICS_FAST;
}

static void read_limit(Elab *e, const Setting *setting, const char *name, double *limit)
{
    const AttrDef attr = {name, ATTR_REAL, .least = 0, .most = 1e30, .is_open = true};
    AttrValue value = {0};
    if (read_one(e, setting, &attr, &value))
        *limit = value.r;
}

static void read_clip_value(Elab *e, const Setting *setting)
{
    read_limit(e, setting, "clip_value", &e->model->train.gradients.clip_value);
}

static void read_clip_norm(Elab *e, const Setting *setting)
{
    read_limit(e, setting, "clip_norm", &e->model->train.gradients.clip_norm);
}

static void read_clip_global_norm(Elab *e, const Setting *setting)
{
    read_limit(e, setting, "clip_global_norm", &e->model->train.gradients.clip_global_norm);
}

static void read_gradient_norms(Elab *e, const Setting *setting)
{
    static const AttrDef attr = {.name = "gradient_norms", .kind = ATTR_BOOL};
    AttrValue value = {0};
    if (read_one(e, setting, &attr, &value))
        e->model->train.gradients.is_measured = value.i != 0;
}

/* ---- optimizer ------------------------------------------------------------------------------- */

const AstExpr *elab_setting_call(Elab *e, const Setting *setting, const char *example, AstExpr *bare)
{
    const AstExpr *value = setting->args.count == 1 ? setting->args.items[0].value : NULL;
    if (bare != NULL && value != NULL && value->kind == AST_NAME) {
        /* 'optimizer adam' is 'optimizer adam()' */
        *bare = (AstExpr){.kind = AST_CALL, .span = value->span};
        bare->call.callee = (Name){value->name, value->span};
        Global *global = global_find(e, value->name);
        if (global != NULL) { /* a parameter that holds the word 'adam' */
            Value word = global_value(e, global);
            if (word.kind == VALUE_WORD)
                bare->call.callee.text = word.text;
        }
        return bare;
    }
    if (value != NULL && value->kind == AST_CALL && setting->args.items[0].name.text.len == 0)
        return value;
    diag_error(e->diag, setting->span, "'%.*s' needs a call such as %s",
               STR_ARGS(setting->word.text), example);
    return NULL;
}

static const OpDef *find_optimizer(Elab *e, Name callee)
{
    const OpDef *op = op_find(callee.text);
    if (op != NULL && op->family == FAMILY_OPTIMIZER)
        return op;
    VEC(Str) names = {0};
    for (int i = 0; i < op_count(); i++)
        if (op_at(i)->family == FAMILY_OPTIMIZER)
            vec_push(e->arena, &names, str_from(op_at(i)->name));
    diag_error(e->diag, callee.span, "there is no optimizer '%.*s'", STR_ARGS(callee.text));
    if (diag_help_suggest(e->diag, callee.text, names.items, names.count) || names.count == 0)
        return NULL;
    StrBuf list = {.arena = e->arena};
    for (int i = 0; i < names.count; i++)
        buf_add(&list, "%s%.*s",
                i == 0                ? ""
                : i + 1 < names.count ? ", "
                                      : " and ",
                STR_ARGS(names.items[i]));
    diag_help(e->diag, "the optimizers are %s", buf_str(&list).ptr);
    return NULL;
}

static void read_optimizer(Elab *e, const Setting *setting)
{
    TrainSpec *train = &e->model->train;
    AstExpr bare;
    const AstExpr *call = elab_setting_call(e, setting, "adam(1e-3)", &bare);
    if (call == NULL)
        return;
    Name callee = call->call.callee;
    const OpDef *op = find_optimizer(e, callee);
    if (op == NULL)
        return;
    int count = op_attr_count(op);
    AttrValue *values = arena_array(e->arena, AttrValue, count);
    Span *spans = arena_array(e->arena, Span, count);
    bool *given = arena_array(e->arena, bool, count);
    bool *has_default = arena_array(e->arena, bool, count);
    op_default_attrs(e->arena, op, values, has_default);
    if (!elab_attributes(e, callee, op->attrs, &call->call.args, values, spans, given))
        return;
    for (int i = 0; i < count; i++)
        if (!given[i] && !has_default[i] && !op->attrs[i].is_private) {
            elab_missing_attribute(e, callee, op->attrs, i);
            return;
        }
    train->optimizer = op;
    train->optimizer_attrs = values;
    train->optimizer_span = callee.span;
    train->rate = values[op_attr_index(op, "rate")].r;
}

/* ---- stopping -------------------------------------------------------------------------------- */

static bool has_set(const Elab *e, const char *name)
{
    for (int i = 0; i < e->model->data.count; i++)
        if (str_is(e->model->data.items[i].name, name))
            return true;
    return false;
}

/* Whether 'result' is measured; sets which direction is better. */
static bool find_result(Elab *e, Name result, bool *is_larger_better)
{
    const Graph *g = e->build.graph;
    VEC(Str) names = {0};
    *is_larger_better = false;
    vec_push(e->arena, &names, STR("loss"));
    for (int i = 0; i < g->losses.count && g->losses.count > 1; i++)
        vec_push(e->arena, &names, g->losses.items[i].name);
    if (str_find(names.items, names.count, result.text) >= 0)
        return true;
    for (int i = 0; i < g->metrics.count; i++) {
        vec_push(e->arena, &names, g->metrics.items[i].name);
        if (str_equal(g->metrics.items[i].name, result.text)) {
            *is_larger_better = e->metric_is_larger_better.items[i];
            return true;
        }
    }
    StrBuf list = {.arena = e->arena};
    for (int i = 0; i < names.count; i++)
        buf_add(&list, "%s%.*s", i > 0 ? ", " : "", STR_ARGS(names.items[i]));
    diag_error(e->diag, result.span, "the model has no result '%.*s'", STR_ARGS(result.text));
    if (!diag_help_suggest(e->diag, result.text, names.items, names.count))
        diag_help(e->diag, "it has %s", buf_str(&list).ptr);
    return false;
}

bool elab_monitor(Elab *e, const AstExpr *expr, Str *monitor, bool *is_larger_better)
{
    const AstExpr *set = expr->kind == AST_FIELD ? expr->field.object : NULL;
    if (set == NULL || set->kind != AST_NAME ||
        (!str_is(set->name, "train") && !str_is(set->name, "validation"))) {
        diag_error(e->diag, expr->span,
                   "what is watched must be a result of 'train' or 'validation'");
        diag_help(e->diag, "for example validation.loss");
        return false;
    }
    if (e->model->has_data && str_is(set->name, "validation") && !has_set(e, "validation")) {
        diag_error(e->diag, set->span, "there is no set 'validation' in the data section");
        return false;
    }
    if (!find_result(e, expr->field.name, is_larger_better))
        return false;
    *monitor =
        str_format(e->arena, "%.*s.%.*s", STR_ARGS(set->name), STR_ARGS(expr->field.name.text));
    return true;
}

static const AttrDef no_improvement_attrs[] = {
    {"patience", ATTR_INT, .doc = "epochs to wait", .least = 1, .most = 1e6, .is_positional = true},
    {"least", ATTR_REAL, .doc = "smaller changes do not count", .least = 0, .most = 1e6},
    {0},
};
static const AttrDef tolerance_attrs[] = {
    {"tolerance", ATTR_REAL, .doc = "smaller changes do not count", .least = 0, .most = 1e6,
     .is_positional = true},
    {"patience", ATTR_INT, .doc = "epochs to wait", .least = 1, .most = 1e6, .is_positional = true},
    {0},
};
static const AttrDef reached_attrs[] = {
    {"value", ATTR_REAL, .doc = "what must be reached", .is_positional = true},
    {0},
};

typedef struct StopDef {
    const char *name;
    StopKind kind;
    bool is_watching; /* its first argument is what to watch, else it is train.loss */
    const AttrDef *attrs;
    const char *example;
} StopDef;

static const StopDef stop_rules[] = {
    {"no_improvement", STOP_NO_IMPROVEMENT, true, no_improvement_attrs,
     "no_improvement(validation.loss, patience = 2)"},
    {"tolerance", STOP_TOLERANCE, false, tolerance_attrs, "tolerance(1e-4, patience = 10)"},
    {"reached", STOP_REACHED, true, reached_attrs, "reached(train.loss, 0.01)"},
};

static const StopDef *find_stop_rule(Elab *e, Name callee)
{
    Str names[COUNT_OF(stop_rules)];
    for (int i = 0; i < COUNT_OF(stop_rules); i++) {
        names[i] = str_from(stop_rules[i].name);
        if (str_equal(callee.text, names[i]))
            return &stop_rules[i];
    }
    diag_error(e->diag, callee.span, "there is no rule '%.*s'", STR_ARGS(callee.text));
    if (!diag_help_suggest(e->diag, callee.text, names, COUNT_OF(stop_rules)))
        diag_help(e->diag, "the rules are no_improvement, tolerance and reached");
    return NULL;
}

static bool read_stop_attributes(Elab *e, const StopDef *rule, Name callee, const ArgList *args,
                                 StopSpec *stop)
{
    AttrValue values[2] = {{0}};
    Span spans[2];
    bool given[2] = {false, false};
    int patience = rule->kind == STOP_TOLERANCE, value = rule->kind == STOP_NO_IMPROVEMENT;
    if (!elab_attributes(e, callee, rule->attrs, args, values, spans, given))
        return false;
    if (rule->kind == STOP_REACHED && !given[0]) {
        elab_missing_attribute(e, callee, rule->attrs, 0);
        return false;
    }
    /* As in scikit-learn for a tolerance, as in Keras otherwise. */
    stop->patience = 1;
    stop->value = 0;
    if (rule->kind == STOP_TOLERANCE)
        stop->patience = 10, stop->value = 1e-4;
    if (rule->kind != STOP_REACHED && given[patience])
        stop->patience = values[patience].i;
    if (given[value])
        stop->value = values[value].r;
    return true;
}

static void read_stop_when(Elab *e, const Setting *setting)
{
    TrainSpec *train = &e->model->train;
    AstExpr bare;
    const AstExpr *call = elab_setting_call(e, setting, stop_rules[0].example, &bare);
    const StopDef *rule = call != NULL ? find_stop_rule(e, call->call.callee) : NULL;
    if (rule == NULL)
        return;
    Name callee = call->call.callee;
    ArgList args = call->call.args, rest = {0};
    StopSpec stop = {.kind = rule->kind, .monitor = STR("train.loss")};
    bool is_right = true;
    if (rule->is_watching) {
        if (args.count == 0 || args.items[0].name.text.len > 0) {
            diag_error(e->diag, callee.span, "'%s' needs what to watch first", rule->name);
            diag_help(e->diag, "for example %s", rule->example);
            return;
        }
        is_right = elab_monitor(e, args.items[0].value, &stop.monitor, &stop.is_larger_better);
    }
    for (int i = rule->is_watching; i < args.count; i++)
        vec_push(e->arena, &rest, args.items[i]);
    if (!read_stop_attributes(e, rule, callee, &rest, &stop) || !is_right)
        return;
    if (train->stops.count == MAX_STOPS) {
        diag_error(e->diag, setting->span, "there are more than %d rules that stop the training",
                   MAX_STOPS);
        return;
    }
    /* The first rule that watches for improvement also says which weights are the best. */
    bool is_first = stop.kind == STOP_NO_IMPROVEMENT;
    for (int i = 0; i < train->stops.count; i++)
        is_first = is_first && train->stops.items[i].kind != STOP_NO_IMPROVEMENT;
    if (is_first) {
        train->monitor = stop.monitor;
        train->monitor_is_larger_better = stop.is_larger_better;
    }
    vec_push(e->arena, &train->stops, stop);
}

/* What cannot go together with an optimizer that has steps of its own. */
static void check_driver(Elab *e, const Item *item)
{
    static const char *const others[] = {"schedule", "clip_value", "clip_norm", "clip_global_norm"};
    const TrainSpec *train = &e->model->train;
    for (int i = 0; i < item->settings.count; i++)
        for (int k = 0; k < COUNT_OF(others); k++)
            if (str_is(item->settings.items[i].word.text, others[k])) {
                diag_error(e->diag, item->settings.items[i].word.span, "'%s' does not go with '%s'", others[k],
                           train->optimizer->name);
                diag_note(e->diag, train->optimizer_span, "'%s' chooses its steps itself",
                          train->optimizer->name);
            }
}

/* ---- weights to start with --------------------------------------------------------------------- */

/* All beginnings of names of parameters that end at a point: "base", "base.conv2d_1". */
static Strs part_names(Elab *e)
{
    const Graph *g = e->build.graph;
    Strs names = {0};
    for (int i = 0; i < g->nodes.count; i++) {
        const Node *n = graph_node(g, i);
        bool is_weight = n->leaf != NULL && (n->leaf->kind == LEAF_PARAMETER ||
                                             n->leaf->kind == LEAF_STATISTIC);
        for (int64_t k = 0; is_weight && k < n->name.len; k++) {
            Str part = {n->name.ptr, k};
            if (n->name.ptr[k] == '.' && str_find(names.items, names.count, part) < 0)
                vec_push(e->arena, &names, part);
        }
    }
    return names;
}

static bool check_part(Elab *e, Str part, Span span)
{
    Strs names = part_names(e);
    if (str_find(names.items, names.count, part) >= 0)
        return true;
    diag_error(e->diag, span, "no parameter is part of '%.*s'", STR_ARGS(part));
    if (!diag_help_suggest(e->diag, part, names.items, names.count))
        diag_help(e->diag, "a part is a layer, or a use of a block, that has a name: "
                           "'nndc summary' shows them");
    return false;
}

static Str with_point(Elab *e, Str name)
{
    bool has_point = name.len == 0 || name.ptr[name.len - 1] == '.';
    return has_point ? name : str_format(e->arena, "%.*s.", STR_ARGS(name));
}

static void read_weights(Elab *e, const Setting *setting)
{
    enum { FILE_NAME, PART, PREFIX, COUNT };
    static const AttrDef attrs[] = {
        {"file", ATTR_NAME, .doc = "a safetensors file", .is_positional = true},
        {"part", ATTR_NAME, .def = "", .doc = "of the network"},
        {"prefix", ATTR_NAME, .def = "", .doc = "of the names in the file"},
        {0},
    };
    AttrValue values[COUNT] = {{0}};
    Span spans[COUNT];
    bool given[COUNT] = {false};
    if (!elab_attributes(e, setting->word, attrs, &setting->args, values, spans, given))
        return;
    if (!given[FILE_NAME]) {
        diag_error(e->diag, setting->span, "'weights' needs a file");
        diag_help(e->diag, "for example weights \"vgg16.safetensors\", part = base");
        return;
    }
    if (given[PART] && !check_part(e, values[PART].name, spans[PART]))
        return;
    WeightsLoad load = {.file = values[FILE_NAME].name, .part = with_point(e, values[PART].name)};
    load.prefix = given[PREFIX] ? with_point(e, values[PREFIX].name) : load.part;
    vec_push(e->arena, &e->model->train.loads, load);
}

/* ---- the section ----------------------------------------------------------------------------- */

static const SettingDef settings[] = {
    {"optimizer", read_optimizer},
    {"batch", read_batch},
    {"epochs", read_epochs},
    {"seed", read_seed},
    {"shuffle", read_shuffle},
    {"numerics", read_numerics},
    {"stop_when", read_stop_when},
    {"schedule", elab_schedule},
    {"clip_value", read_clip_value},
    {"clip_norm", read_clip_norm},
    {"clip_global_norm", read_clip_global_norm},
    {"gradient_norms", read_gradient_norms},
    {"weights", read_weights},
};

/* Settings that may stand there several times. */
static const char *const repeated[] = {"stop_when", "weights"};

static bool is_repeated(Str word)
{
    for (int i = 0; i < COUNT_OF(repeated); i++)
        if (str_is(word, repeated[i]))
            return true;
    return false;
}

static void read_setting(Elab *e, const Setting *setting)
{
    Str names[COUNT_OF(settings)];
    for (int i = 0; i < COUNT_OF(settings); i++) {
        names[i] = str_from(settings[i].name);
        if (str_equal(setting->word.text, names[i])) {
            settings[i].read(e, setting);
            return;
        }
    }
    diag_error(e->diag, setting->word.span, "there is no setting '%.*s'",
               STR_ARGS(setting->word.text));
    if (!diag_help_suggest(e->diag, setting->word.text, names, COUNT_OF(settings)))
        diag_help(e->diag, "the settings are optimizer, schedule, batch, epochs, seed, shuffle, "
                           "stop_when, clip_value, clip_norm, clip_global_norm, "
                           "gradient_norms and weights");
}

void elab_train(Elab *e, const Item *item)
{
    TrainSpec *train = &e->model->train;
    int errors = e->diag->raised_count;
    /* As in Keras where it has a default: batches of 32. */
    *train = (TrainSpec){.batch = 32, .epochs = 10, .shuffle = true};
    train->monitor = has_set(e, "validation") ? STR("validation.loss") : STR("train.loss");
    for (int i = 0; i < item->settings.count; i++) {
        const Setting *setting = &item->settings.items[i];
        const Setting *first = setting;
        for (int k = i - 1; k >= 0; k--)
            if (str_equal(item->settings.items[k].word.text, setting->word.text))
                first = &item->settings.items[k];
        if (first != setting && !is_repeated(setting->word.text)) {
            diag_error(e->diag, setting->word.span, "'%.*s' is set twice",
                       STR_ARGS(setting->word.text));
            diag_note(e->diag, first->word.span, "it is set here first");
            continue;
        }
        read_setting(e, setting);
    }
    if (train->optimizer != NULL && train->optimizer->driver != NULL)
        check_driver(e, item);
    if (e->build.graph->losses.count == 0)
        diag_error(e->diag, item->name.span, "the model has no loss to train for");
    if (train->optimizer == NULL && e->diag->raised_count == errors) {
        diag_error(e->diag, item->name.span, "the train section needs an optimizer");
        diag_help(e->diag, "for example 'optimizer adam(1e-3)'");
    }
    e->model->has_train = true;
}
