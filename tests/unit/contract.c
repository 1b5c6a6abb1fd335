/* Contractions: values by hand, gradients by differences, their printed form, their limits. */
#include "graph_fixture.h"
#include "ops/contract.h"

static IndexMap axis(int a)
{
    return (IndexMap){1, {{a, 1}}, 0};
}

/* out[n, o] = left[n, c] * right[c, o] */
static ContractSpec matrix_product(int64_t c, int64_t o)
{
    return (ContractSpec){
        .axis_count = 3,
        .axis = {{'n', -1}, {'o', o}, {'c', c}},
        .left = {axis(2)},
        .right = {axis(2), axis(1)},
        .out = {axis(1)},
        .out_shape = shape_of(true, 1, &o),
    };
}

/* out[n, i] = left[n, stride*i + dilation*p - before] * right[p] */
static ContractSpec convolution(int64_t out, int64_t k, int64_t stride, int64_t dilation,
                                int64_t before)
{
    return (ContractSpec){
        .axis_count = 3,
        .axis = {{'n', -1}, {'i', out}, {'p', k}},
        .left = {{2, {{1, stride}, {2, dilation}}, -before}},
        .right = {axis(2)},
        .out = {axis(1)},
        .out_shape = shape_of(true, 1, &out),
    };
}

static NodeId parameter(Fixture *f, int rank, const int64_t *dim)
{
    return build_parameter(&f->b, "w", shape_of(false, rank, dim), (Init){.kind = INIT_ZEROS}, 1, 1);
}

static void matrix_product_by_hand(void)
{
    Fixture f;
    fixture_start(&f, MODE_TRAINING);
    NodeId x = fixture_input(&f, "x", 1, (int64_t[]){2});
    NodeId w = parameter(&f, 2, (int64_t[]){2, 3});
    ContractSpec spec = matrix_product(2, 3);
    NodeId y = build_contract(&f.b, x, w, &spec);
    double **leaves = fixture_values(&f, 2);
    leaves[x] = (double[]){1, 2, 3, 4};
    leaves[w] = (double[]){1, 10, 100, 2, 20, 200};
    double **values = fixture_eval(&f, 2, leaves);
    const double expected[] = {5, 50, 500, 11, 110, 1100};
    for (int i = 0; i < 6; i++)
        EXPECT_NEAR(values[y][i], expected[i], 0);
    fixture_end(&f);
}

static void points_outside_add_nothing(void)
{
    Fixture f;
    fixture_start(&f, MODE_TRAINING);
    NodeId x = fixture_input(&f, "x", 1, (int64_t[]){5});
    NodeId w = parameter(&f, 1, (int64_t[]){3});
    ContractSpec spec = convolution(3, 3, 2, 2, 2);
    NodeId y = build_contract(&f.b, x, w, &spec);
    double **leaves = fixture_values(&f, 1);
    leaves[x] = (double[]){1, 2, 3, 4, 5};
    leaves[w] = (double[]){1, 10, 100};
    double **values = fixture_eval(&f, 1, leaves);
    EXPECT_NEAR(values[y][0], 310, 0); /* elements -2, 0, 2 */
    EXPECT_NEAR(values[y][1], 531, 0); /* 0, 2, 4           */
    EXPECT_NEAR(values[y][2], 53, 0);  /* 2, 4, 6           */
    fixture_end(&f);
}

static void gradients_of_products_and_convolutions(void)
{
    for (int64_t stride = 1; stride <= 3; stride++)
        for (int64_t dilation = 1; dilation <= 2; dilation++) {
            Fixture f;
            fixture_start(&f, MODE_TRAINING);
            NodeId x = fixture_input(&f, "x", 1, (int64_t[]){7});
            NodeId w = parameter(&f, 1, (int64_t[]){3});
            ContractSpec spec = convolution(3, 3, stride, dilation, 1);
            fixture_check_gradients(&f, build_contract(&f.b, x, w, &spec), 2);
            fixture_end(&f);
        }
    Fixture f;
    fixture_start(&f, MODE_TRAINING);
    NodeId x = fixture_input(&f, "x", 1, (int64_t[]){4});
    NodeId w = parameter(&f, 2, (int64_t[]){4, 3});
    ContractSpec spec = matrix_product(4, 3);
    fixture_check_gradients(&f, build_contract(&f.b, x, w, &spec), 3);
    fixture_end(&f);
}

/* A sum over the batch, out without batch: the gradient spreads over the batch again. */
static void gradients_of_a_sum_over_the_batch(void)
{
    Fixture f;
    fixture_start(&f, MODE_TRAINING);
    NodeId x = fixture_input(&f, "x", 1, (int64_t[]){2});
    NodeId y = fixture_input(&f, "y", 1, (int64_t[]){3});
    ContractSpec spec = {
        .axis_count = 3,
        .axis = {{'n', -1}, {'c', 2}, {'o', 3}},
        .left = {axis(1)},
        .right = {axis(2)},
        .out = {axis(1), axis(2)},
        .out_shape = shape_of(false, 2, (int64_t[]){2, 3}),
    };
    fixture_check_gradients(&f, build_contract(&f.b, x, y, &spec), 4);
    fixture_end(&f);
}

static void one_value_on_both_sides(void)
{
    Fixture f;
    fixture_start(&f, MODE_TRAINING);
    NodeId x = fixture_input(&f, "x", 1, (int64_t[]){3});
    ContractSpec spec = {
        .axis_count = 3,
        .axis = {{'n', -1}, {'c', 3}, {'o', 3}},
        .left = {axis(1)},
        .right = {axis(2)},
        .out = {axis(1), axis(2)},
        .out_shape = shape_of(true, 2, (int64_t[]){3, 3}),
    };
    fixture_check_gradients(&f, build_contract(&f.b, x, x, &spec), 2);
    fixture_end(&f);
}

static void text_and_cost(void)
{
    Arena arena = {0};
    ContractSpec spec = convolution(3, 5, 2, 1, 1);
    Shape left = shape_of(true, 1, (int64_t[]){7}), right = shape_of(false, 1, (int64_t[]){5});
    EXPECT_TEXT(contract_str(&arena, &spec, left, right).ptr,
                "out[n,i] += left[n,2*i+p-1] * right[p]");
    EXPECT_INT(contract_flops(&spec), 2 * 3 * 5);
    spec = matrix_product((int64_t)1 << 40, (int64_t)1 << 40);
    EXPECT_INT(contract_flops(&spec), INT64_MAX);
    arena_free(&arena);
}

static void too_large_a_result_is_an_error(void)
{
    Fixture f;
    fixture_start(&f, MODE_TRAINING);
    NodeId x = fixture_input(&f, "x", 1, (int64_t[]){1});
    int64_t half = (int64_t)1 << 21;
    NodeId w = parameter(&f, 2, (int64_t[]){1, half});
    ContractSpec spec = matrix_product(1, half);
    spec.axis_count = 4;
    spec.axis[3] = (Axis){'i', half};
    spec.out[1] = axis(3);
    spec.out_shape = shape_of(true, 2, (int64_t[]){half, half});
    EXPECT(build_contract(&f.b, x, w, &spec) == NODE_NONE);
    EXPECT_INT(f.diag.error_count, 1);
    EXPECT(strstr(buf_str(&f.diag.output).ptr, "would be [2097152, 2097152]") != NULL);
    f.diag.error_count = 0;
    fixture_end(&f);
}

int main(void)
{
    RUN(matrix_product_by_hand);
    RUN(points_outside_add_nothing);
    RUN(gradients_of_products_and_convolutions);
    RUN(gradients_of_a_sum_over_the_batch);
    RUN(one_value_on_both_sides);
    RUN(text_and_cost);
    RUN(too_large_a_result_is_an_error);
    return test_end();
}
