/* Every descriptor keeps the rules of op.h, and every case of every operator: the text compiles in
 * both modes, nodes agree with their shape rules, and gradients agree with central differences in
 * double. A case that says why differences are meaningless is evaluated all the same. Generated C
 * is compared in run_cases.c. */
#include "front/ast.h"
#include "front/model.h"
#include "graph_fixture.h"

/* ---- descriptors -------------------------------------------------------------------------------
 */

static bool is_described(const char *text)
{
    return text != NULL && text[0] != 0;
}

static int case_count(const OpDef *op)
{
    int count = 0;
    while (op->cases && op->cases[count].text)
        count++;
    return count;
}

static void check_attributes(const OpDef *op)
{
    for (int i = 0; i < op_attr_count(op); i++) {
        const AttrDef *a = &op->attrs[i];
        bool has_words = a->kind == ATTR_CHOICE;
        if (!EXPECT(is_described(a->doc)) || !EXPECT(has_words == (a->choices != NULL)))
            printf("    '%s' of '%s'\n", a->name, op->name);
        for (int k = 0; k < i; k++)
            EXPECT(strcmp(a->name, op->attrs[k].name) != 0);
    }
}

/* What a descriptor of each family must have. */
static bool has_its_rules(const OpDef *op)
{
    switch (op->family) {
    case FAMILY_LEAF:
        return !op_is_layer(op);
    case FAMILY_MAP:
        return op->infer && op->eval && op->element;
    case FAMILY_REDUCE:
    case FAMILY_CONTRACT:
    case FAMILY_WINDOW:
    case FAMILY_ROW:
    case FAMILY_SCAN:
        return op->infer && op->eval && op->lower;
    case FAMILY_VIEW:
    case FAMILY_ASSIGN:
        return op->infer && op->eval;
    case FAMILY_LAYER:
    case FAMILY_LOSS:
    case FAMILY_METRIC:
        return op_is_layer(op) && !op->infer && !op->eval;
    case FAMILY_OPTIMIZER:
        return op->update && !op->expand;
    }
    return false;
}

static void descriptors_are_complete(void)
{
    for (int i = 0; i < op_count(); i++) {
        const OpDef *op = op_at(i);
        bool is_public = op->category != NULL;
        bool needs_cases = is_public && op->family != FAMILY_OPTIMIZER && op->family != FAMILY_LEAF;
        bool is_fine = EXPECT(is_described(op->name)) && EXPECT(is_described(op->summary)) &&
                       EXPECT(is_described(op->doc)) && EXPECT(has_its_rules(op)) &&
                       EXPECT(!needs_cases || case_count(op) >= 2);
        if (!is_fine)
            printf("    %s\n", op->name);
        check_attributes(op);
        for (int k = 0; k < i; k++)
            if (!EXPECT(strcmp(op->name, op_at(k)->name) != 0))
                printf("    %s\n", op->name);
    }
}

/* ---- cases -------------------------------------------------------------------------------------
 */

/* Elaborates the body of a model into a fixture whose graph is that of the model. */
static bool start_case(Fixture *f, const char *body, Mode mode)
{
    fixture_start(f, mode);
    Str text = str_format(&f->arena, "model m {\n%s\n}\n", body);
    int file = source_add(&f->sources, STR("case.nnd"), text);
    const Syntax *syntax = parse_source(&f->arena, &f->sources, file, &f->diag);
    Model *model = syntax ? elaborate(&f->arena, &f->diag, syntax, mode, NULL, 0) : NULL;
    if (!EXPECT(model != NULL && f->diag.error_count == 0)) {
        printf("%s\n", buf_str(&f->diag.output).ptr);
        return false;
    }
    /* Losses get their stable form before they are differentiated, as in the compiler. */
    f->graph = f->b.graph = graph_simplify(&f->arena, model->graph);
    return true;
}

/* The value whose gradient is checked: the loss when there is one, else the output. */
static NodeId case_result(const Graph *g)
{
    if (g->losses.count > 0)
        return g->losses.items[0].node;
    return g->outputs.items[0].node;
}

static bool has_floats(const Graph *g)
{
    for (NodeId id = 0; id < g->nodes.count; id++) {
        const Node *n = graph_node(g, id);
        if (n->leaf && n->type == TYPE_F32 &&
            (n->leaf->kind == LEAF_INPUT || n->leaf->kind == LEAF_PARAMETER))
            return true;
    }
    return false;
}

/* ---- all ---------------------------------------------------------------------------------------
 */

static void run_case(const OpCase *c, Mode mode)
{
    static const int64_t batches[] = {1, 3};
    for (int i = 0; i < COUNT_OF(batches); i++) {
        Fixture f;
        if (start_case(&f, c->text, mode)) {
            EXPECT(f.graph->outputs.count > 0 || f.graph->losses.count > 0);
            if (c->no_gradient == NULL && has_floats(f.graph))
                fixture_check_gradients(&f, case_result(f.graph), batches[i]);
            else
                fixture_eval(&f, batches[i], fixture_values(&f, batches[i]));
        }
        fixture_end(&f);
    }
}

static void run_cases(Mode mode)
{
    for (int i = 0; i < op_count(); i++)
        for (const OpCase *c = op_at(i)->cases; c && c->text; c++) {
            int failed = test_failed_count;
            run_case(c, mode);
            if (test_failed_count != failed)
                printf("    %s: %s\n", op_at(i)->name, c->text);
        }
}

static void cases_in_training(void)
{
    run_cases(MODE_TRAINING);
}

static void cases_in_inference(void)
{
    run_cases(MODE_INFERENCE);
}

int main(void)
{
    RUN(descriptors_are_complete);
    RUN(cases_in_training);
    RUN(cases_in_inference);
    return test_end();
}
