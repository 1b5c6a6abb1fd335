/* Every descriptor keeps the rules of op.h, and every case of every operator: the text compiles in
 * both modes, nodes agree with their shape rules, gradients agree with central differences in
 * double, and generated C agrees with the reference evaluation in results and gradients, for the
 * batch it was made for and a smaller one. A case that says why differences are meaningless is run
 * all the same. */
#define _POSIX_C_SOURCE 200809L /* mkdtemp */
#include "front/ast.h"
#include "front/model.h"
#include "golden_compile.h"
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
        return op->expand == NULL;
    case FAMILY_MAP:
        return op->infer && op->eval && op->element;
    case FAMILY_REDUCE:
    case FAMILY_CONTRACT:
    case FAMILY_WINDOW:
    case FAMILY_ROW:
        return op->infer && op->eval && op->lower;
    case FAMILY_VIEW:
    case FAMILY_ASSIGN:
        return op->infer && op->eval;
    case FAMILY_LAYER:
    case FAMILY_LOSS:
    case FAMILY_METRIC:
        return op->expand && !op->infer && !op->eval;
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

/* ---- generated C -------------------------------------------------------------------------------
 */

enum { COMPILED_BATCH = 3 };

/* What is compared: the model's outputs, losses and metrics, and the gradients. */
static void add_outputs(Fixture *f, const NodeIds *gradients)
{
    for (int i = 0; i < f->graph->losses.count; i++)
        vec_push(&f->arena, &f->graph->outputs, f->graph->losses.items[i]);
    for (int i = 0; i < f->graph->metrics.count; i++)
        vec_push(&f->arena, &f->graph->outputs, f->graph->metrics.items[i]);
    for (int i = 0; i < gradients->count; i++)
        vec_push(&f->arena, &f->graph->outputs, (Result){.node = gradients->items[i]});
    f->graph->losses.count = f->graph->metrics.count = 0;
}

static NodeIds case_gradients(Fixture *f, NodeId of)
{
    NodeIds with = fixture_differentiable(f), gradients = {0};
    NodeId seed = build_leaf(
        &f->b, STR("seed"), graph_node(f->graph, of)->shape, TYPE_F32,
        (Leaf){.kind = graph_node(f->graph, of)->shape.has_batch ? LEAF_INPUT : LEAF_PARAMETER});
    NodeId *found = arena_array(&f->arena, NodeId, with.count + 1);
    EXPECT(graph_gradients(f->graph, &f->diag, of, seed, with.items, with.count, found));
    for (int i = 0; i < with.count; i++)
        if (found[i] != NODE_NONE)
            vec_push(&f->arena, &gradients, found[i]);
    return gradients;
}

/* Within 1e-5 of the largest element, which is what f32 sums of this length keep. */
static void expect_close(const double *found, const double *expected, int64_t count)
{
    double largest = 1e-2, worst = 0;
    for (int64_t i = 0; i < count; i++) {
        double error = fabs(found[i] - expected[i]);
        largest = fabs(expected[i]) > largest ? fabs(expected[i]) : largest;
        worst = error > worst || error != error ? error : worst;
    }
    EXPECT_NEAR(worst / largest, 0, 1e-5);
}

static void compare_compiled(Fixture *f)
{
    Graph *graph = graph_simplify(&f->arena, f->graph);
    Compiled compiled = compiled_start(&f->arena, graph, COMPILED_BATCH);
    f->graph = graph;
    for (int64_t batch = COMPILED_BATCH; batch >= 1; batch -= 2) {
        double **leaves = fixture_values(f, batch), **expected = fixture_eval(f, batch, leaves);
        for (NodeId id = 0; id < graph->nodes.count; id++)
            if (compiled_is_state(&compiled, id))
                compiled_set_state(&compiled, id, leaves[id]);
        double **found = arena_array(&f->arena, double *, graph->outputs.count + 1);
        compiled_step(&compiled, &f->arena, batch, 0.1, 1, leaves, found);
        for (int i = 0; i < graph->outputs.count; i++) {
            NodeId node = graph->outputs.items[i].node;
            expect_close(found[i], expected[node], fixture_count(f, node, batch));
        }
    }
    compiled_end(&compiled);
}

/* ---- all ---------------------------------------------------------------------------------------
 */

static void run_case(const OpCase *c, Mode mode, bool is_compiled)
{
    static const int64_t batches[] = {1, COMPILED_BATCH};
    for (int i = 0; i < (is_compiled ? 1 : COUNT_OF(batches)); i++) {
        Fixture f;
        if (start_case(&f, c->text, mode)) {
            EXPECT(f.graph->outputs.count > 0 || f.graph->losses.count > 0);
            bool has_gradient = c->no_gradient == NULL && has_floats(f.graph);
            if (is_compiled) {
                NodeIds none = {0};
                NodeIds gradients = has_gradient ? case_gradients(&f, case_result(f.graph)) : none;
                add_outputs(&f, &gradients);
                compare_compiled(&f);
            } else if (has_gradient) {
                fixture_check_gradients(&f, case_result(f.graph), batches[i]);
            } else {
                fixture_eval(&f, batches[i], fixture_values(&f, batches[i]));
            }
        }
        fixture_end(&f);
    }
}

/* Most models are the same in both modes, and their C need not be made twice. */
static bool is_the_same_in_both_modes(const OpCase *c)
{
    int count[2];
    for (int mode = 0; mode < 2; mode++) {
        Fixture f;
        bool is_made = start_case(&f, c->text, mode == 0 ? MODE_TRAINING : MODE_INFERENCE);
        count[mode] = is_made ? f.graph->nodes.count : -1;
        fixture_end(&f);
    }
    return count[0] == count[1];
}

static void run_cases(Mode mode, bool is_compiled)
{
    for (int i = 0; i < op_count(); i++)
        for (const OpCase *c = op_at(i)->cases; c && c->text; c++) {
            int failed = test_failed_count;
            if (!is_compiled || mode == MODE_TRAINING || !is_the_same_in_both_modes(c))
                run_case(c, mode, is_compiled);
            if (test_failed_count != failed)
                printf("    %s: %s\n", op_at(i)->name, c->text);
        }
}

static void cases_in_training(void)
{
    run_cases(MODE_TRAINING, false);
}

static void cases_in_inference(void)
{
    run_cases(MODE_INFERENCE, false);
}

static void generated_c_in_training(void)
{
    run_cases(MODE_TRAINING, true);
}

static void generated_c_in_inference(void)
{
    run_cases(MODE_INFERENCE, true);
}

int main(void)
{
    RUN(descriptors_are_complete);
    RUN(cases_in_training);
    RUN(cases_in_inference);
    RUN(generated_c_in_training);
    RUN(generated_c_in_inference);
    return test_end();
}
