/* Kernels that are equal up to names are one function; any other difference keeps them apart. */
#include "kernel/share.h"
#include "front/ast.h"
#include "front/model.h"
#include "graph_fixture.h"
#include "print/out.h"

static Arena arena;

/* What a kernel of these tests is made of: out[n] = in[n * stride + offset] * factor, for n < batch. */
typedef struct Recipe {
    const char *name, *in, *out, *loop;
    int64_t stride;
    double factor;
    Type type;
    bool is_in_place;  /* in and out are one operand          */
    bool out_is_first; /* order of the parameters             */
    int64_t tile;      /* a constant that the printer chooses */
    Division division;
} Recipe;

static const Recipe plain = {.name = "p_h1_forward", .in = "x", .out = "h1", .loop = "n", .stride = 4, .factor = 0.5,
                             .tile = 14, .division = DIVIDE_UNITS};

static void add_param(Program *p, Kernel *k, const char *name, Type type, bool is_written)
{
    Buffer buffer = {.name = str_from(name), .type = type, .space = SPACE_ARENA, .alias = -1, .node = NODE_NONE};
    vec_push(&arena, &p->buffers, buffer);
    KernelParam param = {.buffer = p->buffers.count - 1, .name = str_from(name), .is_written = is_written};
    vec_push(&arena, &k->params, param);
}

static void add_kernel(Program *p, Recipe r)
{
    Kernel k = {.name = str_from(r.name), .needs_batch = true, .division = r.division,
                .units = expr_name(&arena, STR("batch")), .unit_name = str_from(r.loop)};
    vec_push(&arena, &k.comment, str_format(&arena, "%s = scale(%s)", r.out, r.in));
    KernelConstant constant = {STR("ROWS"), r.tile, 6};
    vec_push(&arena, &k.constants, constant);
    if (r.out_is_first && !r.is_in_place)
        add_param(p, &k, r.out, TYPE_F32, true);
    add_param(p, &k, r.in, r.type, r.is_in_place);
    if (!r.out_is_first && !r.is_in_place)
        add_param(p, &k, r.out, TYPE_F32, true);
    Expr *n = expr_name(&arena, k.unit_name);
    Expr *load = expr_load(&arena, str_from(r.in), expr_mul(&arena, n, expr_int(&arena, r.stride)));
    Expr *store = expr_load(&arena, str_from(r.is_in_place ? r.in : r.out), n);
    Expr *value = expr_binary(&arena, "*", load, expr_real(&arena, r.factor));
    block_add(&arena, &k.body, stmt_set(&arena, store, "=", value));
    vec_push(&arena, &p->kernels, k);
    vec_push(&arena, &p->kernel_group, 0);
    vec_push(&arena, &p->barrier_before, false);
}

static Program *program_called(const char *name)
{
    Program *p = arena_new(&arena, Program);
    p->arena = &arena;
    p->name = str_from(name);
    p->batch = 8;
    p->cost_ns = 1000000; /* of a very short program kernels are inlined */
    return p;
}

/* How many functions become of plain and of other. */
static int functions_with(Recipe other)
{
    Program *p = program_called("p");
    add_kernel(p, plain);
    add_kernel(p, other);
    const Program *programs[] = {p};
    return programs_share(&arena, programs, 1)->functions.count;
}

static void only_names_may_differ(void)
{
    Recipe r = plain;
    r.name = "p_h2_forward", r.in = "h1", r.out = "h2", r.loop = "i";
    EXPECT_INT(functions_with(r), 1);
    Recipe changed = r;
    changed.stride = 8;
    EXPECT_INT(functions_with(changed), 2);
    changed = r;
    changed.factor = 0.25;
    EXPECT_INT(functions_with(changed), 2);
    changed = r;
    changed.type = TYPE_U8;
    EXPECT_INT(functions_with(changed), 2);
    changed = r;
    changed.tile = 12;
    EXPECT_INT(functions_with(changed), 2);
}

/* Operands are NN_RESTRICT: one that is also the result must not be passed twice. */
static void result_in_place_of_operand_stays_apart(void)
{
    Recipe r = plain;
    r.name = "p_h2_forward", r.in = "h1", r.is_in_place = true;
    EXPECT_INT(functions_with(r), 2);
}

static void zero_and_minus_zero_are_different(void)
{
    Program *p = program_called("p");
    Recipe r = plain;
    r.factor = 0.0;
    add_kernel(p, r);
    r.factor = -0.0;
    add_kernel(p, r);
    const Program *programs[] = {p};
    EXPECT_INT(programs_share(&arena, programs, 1)->functions.count, 2);
}

static void arguments_follow_the_function(void)
{
    Program *p = program_called("p");
    Recipe r = plain;
    add_kernel(p, r);
    r.name = "p_h2_forward", r.in = "h1", r.out = "h2", r.out_is_first = true;
    add_kernel(p, r);
    const Program *programs[] = {p};
    const Sharing *s = programs_share(&arena, programs, 1);
    EXPECT_INT(s->functions.count, 1);
    const SharedCall *calls = sharing_calls(s, p);
    EXPECT(calls[0].arguments[0] == 0 && calls[0].arguments[1] == 1);
    EXPECT(calls[1].arguments[0] == 1 && calls[1].arguments[1] == 0);
    EXPECT(sharing_first_use(s, p, 0) != NULL && sharing_first_use(s, p, 1) == NULL);
}

/* A kernel that is too small to be divided here, and divided there, is one function. */
static void divided_and_undivided_share(void)
{
    Program *small = program_called("small"), *large = program_called("large");
    Recipe r = plain;
    r.division = DIVIDE_NONE, r.name = "small_h1_forward";
    add_kernel(small, r);
    r.division = DIVIDE_UNITS, r.name = "large_h1_forward";
    add_kernel(large, r);
    small->is_serial = true;
    for (int i = 0; i < 2; i++)
        for (int b = 0; b < small->buffers.count; b++)
            (i == 0 ? small : large)->buffers.items[b].offset = 64 * b;
    Group group = {.root = NODE_NONE};
    vec_push(&arena, &small->groups, group);
    vec_push(&arena, &large->groups, group);
    const Program *programs[] = {small, large};
    const Sharing *s = programs_share(&arena, programs, 2);
    EXPECT_INT(s->functions.count, 1);
    EXPECT_TEXT(str_c(&arena, s->functions.items[0].kernel.name), "h1_forward");
    Out o;
    out_init(&o, &arena);
    program_text(&o, small, s, RUN_ARENA | RUN_BATCH, NULL);
    program_text(&o, large, s, RUN_ARENA | RUN_BATCH, NULL);
    const char *text = str_c(&arena, out_text(&o));
    EXPECT(strstr(text, "h1_forward(0, 1, batch, x, h1);") != NULL);
    EXPECT(strstr(text, "h1_forward(thread, team, batch, x, h1);") != NULL);
    EXPECT(strstr(text, "static NN_APART void h1_forward(int thread, int threads, int batch") != NULL);
    EXPECT(strstr(text, "used by small: h1; by large: h1") != NULL);
}

static const char *common_of(const char *a, const char *b, const char *c)
{
    Str names[] = {str_from(a), str_from(b), str_from(c)};
    return str_c(&arena, common_name(&arena, names, 3));
}

static void names_in_common(void)
{
    EXPECT_TEXT(common_of("conv2d_1_kernel", "conv2d_3_kernel", "conv2d_2_kernel"), "conv2d_kernel");
    EXPECT_TEXT(common_of("relu_4", "relu_2", "relu_14"), "relu");
    EXPECT_TEXT(common_of("relu", "relu_2", "relu"), "relu");
    EXPECT_TEXT(common_of("dense_1_mul_2_value", "conv_1_mul_2_value", "x_mul_2_value"), "mul_2_value");
    EXPECT_TEXT(common_of("d_conv2d_1_contract", "d_dense_contract", "d_contract"), "d_contract");
    EXPECT_TEXT(common_of("a_b_a", "a_a", "a_b_a"), "a_a");
    EXPECT_TEXT(common_of("scores", "relu_1", "x"), "");
    EXPECT_TEXT(common_of("a_1", "b_1", "c_1"), "");
}

/* Names of users with nothing in common, that would hide a word of the printed tile. */
static void new_names_are_free(void)
{
    Program *p = program_called("p");
    Recipe r = plain;
    r.in = "scalar_1", r.out = "n_1";
    add_kernel(p, r);
    r.name = "p_h2_forward", r.in = "scalar_2", r.out = "n_2";
    add_kernel(p, r);
    const Program *programs[] = {p};
    const Kernel *k = &programs_share(&arena, programs, 1)->functions.items[0].kernel;
    EXPECT_TEXT(str_c(&arena, k->params.items[0].name), "t_scalar");
    EXPECT_TEXT(str_c(&arena, k->params.items[1].name), "output");
    EXPECT_TEXT(str_c(&arena, k->name), "p_forward");
    EXPECT_TEXT(kernel_verify(&arena, k).len == 0 ? "" : "not verified", "");
}

/* Eight equal layers are one function, eight with dropout too: the number of the stream is passed. */
static void repeated_layers_are_one_function(void)
{
    static const char *const layers[] = {"dense(32) -> relu", "dense(32) -> relu -> dropout(0.5)"};
    for (int i = 0; i < COUNT_OF(layers); i++) {
        int functions[2];
        for (int long_one = 0; long_one < 2; long_one++) {
            Fixture f;
            fixture_start(&f, MODE_TRAINING);
            StrBuf text = {.arena = &f.arena};
            buf_add(&text, "model m {\ninput x: f32[32]\ny = x");
            for (int k = 0; k < (long_one ? 8 : 3); k++)
                buf_add(&text, " -> %s", layers[i]);
            buf_add(&text, "\noutput y\n}\n");
            int file = source_add(&f.sources, STR("model.nnd"), buf_str(&text));
            const Syntax *syntax = parse_source(&f.arena, &f.sources, file, &f.diag);
            Model *model = syntax ? elaborate(&f.arena, &f.diag, syntax, MODE_TRAINING, NULL, 0) : NULL;
            CHECK(model != NULL);
            ProgramOptions options = {.name = "t", .batch = 16, .parameters = SPACE_STATE, .outputs = SPACE_OUTPUT};
            const Program *p = program_make(&f.arena, graph_simplify(&f.arena, model->graph), &options);
            functions[long_one] = programs_share(&f.arena, &p, 1)->functions.count;
            EXPECT(p->kernels.count >= (long_one ? 8 : 3));
            fixture_end(&f);
        }
        EXPECT_INT(functions[1], functions[0]);
    }
}

static const Program *training_program(Fixture *f, const char *body, const OpDef *optimizer)
{
    fixture_start(f, MODE_TRAINING);
    Str text = str_format(&f->arena, "model m {\n%s\n}\n", body);
    int file = source_add(&f->sources, STR("model.nnd"), text);
    const Syntax *syntax = parse_source(&f->arena, &f->sources, file, &f->diag);
    Model *model = syntax ? elaborate(&f->arena, &f->diag, syntax, MODE_TRAINING, NULL, 0) : NULL;
    CHECK(model != NULL);
    f->graph = graph_simplify(&f->arena, model->graph);
    f->graph->outputs.count = 0;
    CHECK(graph_training_step(f->graph, &f->diag, optimizer, fixture_attrs(f, optimizer, NULL), NULL, SPAN_NONE));
    f->graph = graph_simplify(&f->arena, f->graph);
    ProgramOptions options = {.name = "t", .batch = 8, .parameters = SPACE_STATE};
    return program_make(&f->arena, f->graph, &options);
}

static int count_of(const char *text, const char *word)
{
    int count = 0;
    for (const char *at = text; (at = strstr(at, word)) != NULL; at++)
        count++;
    return count;
}

/* Kernels and biases of any shape are updated by one inlined function; a short update stays in place. */
static void updates_are_one_function(void)
{
    static const char body[] = "input x: f32[20]  target t: f32[3]  y = x -> dense(7) -> relu -> dense(3)  "
                               "output y  loss mean_squared_error(y, t)";
    Fixture f;
    const Program *p = training_program(&f, body, &op_adam);
    const Sharing *s = programs_share(&f.arena, &p, 1);
    EXPECT_INT(s->tails.count, 1);
    EXPECT_INT(s->tails.items[0].users.count, 4);
    EXPECT_TEXT(str_c(&f.arena, s->tails.items[0].kernel.name), "t_update");
    Out o;
    out_init(&o, &f.arena);
    program_text(&o, p, s, RUN_STATE | RUN_ARENA | RUN_STEP | RUN_INPUTS | RUN_TARGETS | RUN_RESULTS, NULL);
    const char *text = str_c(&f.arena, out_text(&o));
    EXPECT_INT(count_of(text, "NN_INLINE void t_update("), 1);
    EXPECT_INT(count_of(text, " t_update("), 5); /* its head, and four calls */
    EXPECT_INT(count_of(text, "nn_sqrt("), 1);
    fixture_end(&f);
    p = training_program(&f, body, &op_sgd);
    EXPECT_INT(programs_share(&f.arena, &p, 1)->tails.count, 0);
    fixture_end(&f);
}

int main(void)
{
    RUN(only_names_may_differ);
    RUN(result_in_place_of_operand_stays_apart);
    RUN(zero_and_minus_zero_are_different);
    RUN(arguments_follow_the_function);
    RUN(divided_and_undivided_share);
    RUN(names_in_common);
    RUN(new_names_are_free);
    RUN(repeated_layers_are_one_function);
    RUN(updates_are_one_function);
    arena_free(&arena);
    return test_end();
}
