/* Generated C against the reference evaluation, for every case of every operator in both modes, and for
 * whole training steps of small networks. */
#include "program_cases.h"

/* Fusion takes the update into gradients, and must not overwrite what is still read. */
static const Step steps[] = {
    {&op_sgd, NULL, 0,
     "input x: f32[5]  target t: class[4]  y = x -> dense(7) -> relu -> dense(4) -> softmax  output y "
     "loss cross_entropy(y, t)  metric accuracy(y, t)"},
    {&op_sgd, "momentum", 0.9,
     "input x: f32[6, 5, 2]  target t: class[3]  y = x -> conv2d(3, kernel = 3, padding = same) -> batch_norm "
     "-> relu -> max_pool2d(2) -> flatten -> dense(3) -> softmax  output y  loss cross_entropy(y, t)"},
    {&op_adam, NULL, 0,
     "input x: f32[4, 4, 4]  target t: f32[2]  a = x -> conv2d(4, kernel = 3, padding = same) -> batch_norm -> relu "
     "-> conv2d(4, kernel = 3, padding = same) -> batch_norm  b = add(a, x) -> relu "
     "y = b -> global_average_pool2d -> dense(2)  output y  loss mean_squared_error(y, t)"},
    {&op_adam, NULL, 0,
     "input x: u8[9, 9, 1]  target t: class[2]  h = x / 255 -> conv2d(18, kernel = 3, l2 = 0.01) -> leaky_relu(0.1) "
     "-> max_pool2d(2, padding = same) -> dropout(0.3) -> conv2d(33, kernel = 3, stride = 2, padding = same) -> tanh "
     "y = h -> flatten -> dense(40, l1 = 0.01) -> dropout(0.5) -> dense(2) -> softmax  output y "
     "loss cross_entropy(y, t)  metric accuracy(y, t)"},
    {&op_adam, NULL, 0,
     "input x: f32[3]  target t: f32[1]  target u: f32[2]  h = x -> dense(8) -> tanh "
     "y = h -> dense(1) -> sigmoid  z = h -> dense(2)  output y  output z "
     "loss binary_cross_entropy(y, t)  loss mean_squared_error(z, u)"},
    {&op_sgd, "momentum", 0.5,
     "input x: f32[8, 3]  target t: f32[1]  y = x -> conv1d(6, kernel = 3, groups = 3) -> batch_norm -> sigmoid "
     "-> average_pool1d(2) -> conv1d(4, kernel = 2, dilation = 2) -> flatten -> dense(1)  output y "
     "loss mean_squared_error(y, t)"},
    {&op_adam, NULL, 0, /* bounded norms of tiled, grouped and plain kernels; penalties of results */
     "input x: f32[5, 6, 3]  target t: class[3]  a = x -> conv2d(17, kernel = 3, max_norm = 0.5, activity_l1 = 0.01) "
     "-> relu -> conv2d_transpose(6, kernel = 3, stride = 2, padding = same, max_norm = 0.3) "
     "-> depthwise_conv2d(3, max_norm = 0.4, bias_l2 = 0.1) -> separable_conv2d(5, kernel = 2, max_norm = 0.2) "
     "y = a -> global_max_pool2d -> dense(20, max_norm = 0.7, activation = tanh, activity_l2 = 0.1, bias_l1 = 0.01) "
     "-> dense(3, max_norm = 1) -> softmax  output y  loss cross_entropy(y, t)"},
    {&op_sgd, "momentum", 0.9,
     "input x: f32[4, 4, 2]  target t: f32[1]  y = x -> zero_padding2d([[0, 1], [1, 0]]) "
     "-> conv2d(4, kernel = 2, max_norm = 0.3) -> upsampling2d(2, interpolation = bilinear) -> cropping2d([1, 0]) "
     "-> upsampling2d([1, 2]) -> flatten -> dense(1, max_norm = 0.1)  output y  loss mean_squared_error(y, t)"},
    {&op_adam, NULL, 0, /* constraints of tiled and plain kernels, of biases and of states */
     "input x: f32[5, 6, 3]  target t: class[3]  a = x -> conv2d(17, kernel = 3, kernel_constraint = min_max_norm(0.5, "
     "0.7, rate = 0.5), bias_constraint = non_negative) -> relu -> reshape([12, 17]) "
     "b = a -> lstm(5, kernel_constraint = non_negative, recurrent_constraint = unit_norm, bias_constraint = max_norm(1)) "
     "y = b -> dense(20, kernel_constraint = unit_norm, activation = tanh, bias_constraint = unit_norm) "
     "-> dense(3, kernel_constraint = max_norm(1)) -> softmax  output y  loss cross_entropy(y, t)"},
    {&op_sgd, NULL, 0, /* a maximum and a mean over the same windows */
     "input x: f32[4, 3, 2]  target t: class[2]  a = x -> max_pool2d(2, padding = same) "
     "b = x -> average_pool2d(2, padding = same)  y = add(a, b) -> flatten -> dense(2) -> softmax  output y "
     "loss cross_entropy(y, t)"},
};

static void generated_code_agrees_with_eval(void)
{
    bool has_gcc = run_all("run_cases", "gcc"), has_clang = run_all("run_cases", "clang");
    EXPECT(has_gcc || has_clang);
}

/* With an argument, only the cases of operators with it in their names; "steps": only those. */
int main(int argc, char **argv)
{
    const char *only = argc > 1 ? argv[1] : NULL;
    bool has_steps = !only || strcmp(only, "steps") == 0;
    for (int i = 0; i < op_count(); i++)
        for (const OpCase *c = op_at(i)->cases;
             c && c->text && (!only || strstr(op_at(i)->name, only)); c++)
            for (int mode = MODE_TRAINING; mode <= MODE_INFERENCE; mode++)
                add_case(op_at(i), c->text, (Mode)mode);
    for (int i = 0; i < COUNT_OF(steps) && has_steps; i++)
        add_step(&steps[i]);
    EXPECT(only || case_total > COUNT_OF(steps));
    RUN(generated_code_agrees_with_eval);
    return test_end();
}
