/* The table of descriptors: everything that manual, help, checks and tests rely on is there. */
#include "graph_case.h"

static const char *label(const OpDef *op)
{
    return op->name;
}

#define EXPECT_OF(op, condition)                                                                   \
    do {                                                                                           \
        if (!EXPECT(condition))                                                                    \
            printf("    of '%s'\n", label(op));                                                    \
    } while (0)

static void names_are_unique(void)
{
    for (int i = 0; i < op_count(); i++)
        for (int k = 0; k < i; k++)
            EXPECT_OF(op_at(i), strcmp(op_at(i)->name, op_at(k)->name) != 0);
    for (int i = 0; i < op_count(); i++) /* an alias leads to its own operator */
        if (op_at(i)->alias != NULL)
            EXPECT_OF(op_at(i), op_find(str_from(op_at(i)->alias)) == op_at(i));
}

static void every_entry_is_documented(void)
{
    for (int i = 0; i < op_count(); i++) {
        const OpDef *op = op_at(i);
        EXPECT_OF(op, op->summary != NULL && op->summary[0] != 0);
        EXPECT_OF(op, op->doc != NULL && op->doc[0] != 0);
        EXPECT_OF(op, op->summary[strlen(op->summary) - 1] != '.');
        for (int a = 0; a < op_attr_count(op); a++) {
            EXPECT_OF(op, op->attrs[a].doc != NULL && op->attrs[a].doc[0] != 0);
            EXPECT_OF(op, op->attrs[a].kind != ATTR_CHOICE || op->attrs[a].choices != NULL);
            EXPECT_OF(op, op->category != NULL || op->attrs[a].is_private);
        }
    }
}

static bool is_in_range(const AttrDef *a, const AttrValue *v)
{
    if (!(a->least < a->most))
        return true;
    if (a->kind == ATTR_INT)
        return (double)v->i >= a->least && (double)v->i <= a->most;
    if (a->kind == ATTR_REAL)
        return v->r >= a->least && v->r <= a->most;
    return true;
}

static void defaults_can_be_read_and_are_in_range(void)
{
    Arena arena = {0};
    for (int i = 0; i < op_count(); i++) {
        const OpDef *op = op_at(i);
        int count = op_attr_count(op);
        AttrValue *values = arena_array(&arena, AttrValue, count + 1);
        bool *has_default = arena_array(&arena, bool, count + 1);
        op_default_attrs(&arena, op, values, has_default);
        for (int a = 0; a < count; a++) {
            if (!has_default[a])
                continue;
            EXPECT_OF(op, is_in_range(&op->attrs[a], &values[a]));
            AttrValue again;
            Str text = attr_str(&arena, &op->attrs[a], &values[a]);
            EXPECT_OF(op, attr_parse(&arena, &op->attrs[a], text, &again));
            EXPECT_OF(op, attr_equal(&op->attrs[a], &values[a], &again));
        }
    }
    arena_free(&arena);
}

static void language_entries_have_cases(void)
{
    for (int i = 0; i < op_count(); i++) {
        const OpDef *op = op_at(i);
        if (op->category == NULL || op->family == FAMILY_OPTIMIZER)
            continue;
        int count = 0;
        while (op->cases != NULL && op->cases[count].text != NULL)
            count++;
        EXPECT_OF(op, count >= 2);
    }
}

static void every_entry_can_be_carried_out(void)
{
    for (int i = 0; i < op_count(); i++) {
        const OpDef *op = op_at(i);
        switch (op->family) {
        case FAMILY_LEAF:
            EXPECT_OF(op, op->infer == NULL && op->eval == NULL);
            break;
        case FAMILY_MAP:
            EXPECT_OF(op, op->infer != NULL && op->eval != NULL && op->element != NULL);
            break;
        case FAMILY_REDUCE:
        case FAMILY_CONTRACT:
        case FAMILY_WINDOW:
        case FAMILY_ROW:
        case FAMILY_SCAN:
            EXPECT_OF(op, op->infer != NULL && op->eval != NULL && op->lower != NULL);
            break;
        case FAMILY_VIEW:
        case FAMILY_ASSIGN:
            EXPECT_OF(op, op->infer != NULL && op->eval != NULL);
            break;
        case FAMILY_LAYER:
        case FAMILY_LOSS:
        case FAMILY_METRIC:
            EXPECT_OF(op, op_is_layer(op));
            break;
        case FAMILY_OPTIMIZER:
            EXPECT_OF(op, op->update != NULL);
            break;
        }
    }
}

static void cases_make_sound_graphs(void)
{
    for (int i = 0; i < op_count(); i++)
        for (const OpCase *c = op_at(i)->cases; c != NULL && c->text != NULL; c++)
            for (int mode = 0; mode < 2; mode++) {
                Fixture f;
                if (case_start(&f, c->text, mode == 0 ? MODE_TRAINING : MODE_INFERENCE))
                    fixture_end(&f); /* verifies */
            }
}

static void only_the_language_is_found(void)
{
    EXPECT(op_find(STR("relu")) == &op_relu);
    EXPECT(op_find(STR("reduce_sum")) == NULL);
    EXPECT(op_find(STR("nothing")) == NULL);
}

static void attributes_read_as_they_are_written(void)
{
    Arena arena = {0};
    AttrValue v;
    AttrDef padding = {.kind = ATTR_PADDING}, init = {.kind = ATTR_INIT},
            ints = {.kind = ATTR_INTS};
    AttrDef reals = {.kind = ATTR_REALS}, flag = {.kind = ATTR_BOOL};
    EXPECT(attr_parse(&arena, &padding, STR("[[1, 2], [0, 3]]"), &v));
    EXPECT_INT(v.padding.count, 2);
    EXPECT_INT(v.padding.before[0], 1);
    EXPECT_INT(v.padding.after[1], 3);
    EXPECT(attr_parse(&arena, &padding, STR("[4, 5]"), &v));
    EXPECT_INT(v.padding.after[1], 5);
    EXPECT(attr_parse(&arena, &init, STR("uniform(-1, 0.5)"), &v));
    EXPECT_NEAR(v.init.b, 0.5, 0);
    EXPECT(attr_parse(&arena, &ints, STR("[3, 4]"), &v));
    EXPECT_INT(v.list.item[1], 4);
    EXPECT(attr_parse(&arena, &reals, STR("[0.5, 2]"), &v));
    EXPECT_NEAR(v.reals.item[1], 2, 0);
    EXPECT(!attr_parse(&arena, &ints, STR("[3, 4"), &v));
    EXPECT(!attr_parse(&arena, &ints, STR("3 4"), &v));
    EXPECT(!attr_parse(&arena, &flag, STR("yes"), &v));
    EXPECT(!attr_parse(&arena, &init, STR("ones(2)"), &v));
    arena_free(&arena);
}

static bool holds(Str text, const char *part)
{
    Arena arena = {0};
    bool is_found = strstr(str_c(&arena, text), part) != NULL;
    arena_free(&arena);
    return is_found;
}

static void help_and_manual_say_what_matters(void)
{
    Arena arena = {0};
    Str help = op_help(&arena, &op_leaky_relu);
    EXPECT(holds(help, "x -> leaky_relu(slope = 0.01)"));
    EXPECT(holds(help, "0.01 unless given"));
    Str manual = op_manual(&arena);
    for (int i = 0; i < op_count(); i++) {
        Str heading = str_format(&arena, "### %s\n", op_at(i)->name);
        EXPECT_OF(op_at(i), holds(manual, heading.ptr) == (op_at(i)->category != NULL));
    }
    arena_free(&arena);
}

int main(void)
{
    RUN(names_are_unique);
    RUN(every_entry_is_documented);
    RUN(defaults_can_be_read_and_are_in_range);
    RUN(language_entries_have_cases);
    RUN(every_entry_can_be_carried_out);
    RUN(cases_make_sound_graphs);
    RUN(only_the_language_is_found);
    RUN(attributes_read_as_they_are_written);
    RUN(help_and_manual_say_what_matters);
    return test_end();
}
