/* norms.h: norms of gradients. The training step adds those of each parameter up in a tensor of the
 * state; here their means over an epoch become columns of the history. */
#ifndef NN_NORMS_H
#define NN_NORMS_H

#include "checkpoint.h"

/* The parameter whose gradient's norm is added up in this tensor: the length of its name, or 0. */
static int nn_norm_name(const nn_tensor *tensor)
{
    static const char suffix[] = ".gradient_norm";
    size_t length = strlen(tensor->name), end = sizeof suffix - 1;
    if (tensor->kind != NN_OPTIMIZER || length <= end ||
        strcmp(tensor->name + length - end, suffix) != 0)
        return 0;
    return (int)(length - end);
}

/* The next tensor of this sort from number i on; tensor_count when there is none. */
static int nn_next_norm(const nn_net *net, int i)
{
    while (i < net->tensor_count && nn_norm_name(&net->tensors[i]) == 0)
        i++;
    return i;
}

static int nn_norms_count(const nn_net *net)
{
    int count = 0;
    for (int i = nn_next_norm(net, 0); i < net->tensor_count; i = nn_next_norm(net, i + 1))
        count++;
    return count;
}

/* Sums begin anew. */
static void nn_norms_clear(nn_run *run)
{
    const nn_net *net = run->net;
    for (int i = nn_next_norm(net, 0); i < net->tensor_count; i = nn_next_norm(net, i + 1))
        run->state[net->tensors[i].offset] = 0.0f;
}

static void nn_norms_take(const nn_run *run, long long steps, float *columns)
{
    const nn_net *net = run->net;
    for (int i = nn_next_norm(net, 0); i < net->tensor_count; i = nn_next_norm(net, i + 1))
        *columns++ = run->state[net->tensors[i].offset] / (float)steps;
}

static void nn_norms_names(nn_text *text, const nn_net *net)
{
    for (int i = nn_next_norm(net, 0); i < net->tensor_count; i = nn_next_norm(net, i + 1))
        nn_text_add(text, ",gradient.%.*s", nn_norm_name(&net->tensors[i]), net->tensors[i].name);
}

/* , "gradients": {"dense_1.kernel": 0.1} */
static void nn_norms_json(nn_text *text, const nn_net *net, const float *columns)
{
    const char *comma = "";
    nn_text_add(text, ", \"gradients\": {");
    for (int i = nn_next_norm(net, 0); i < net->tensor_count; i = nn_next_norm(net, i + 1)) {
        nn_text_add(text, "%s\"%.*s\": ", comma, nn_norm_name(&net->tensors[i]),
                    net->tensors[i].name);
        nn_text_number(text, (double)*columns++);
        comma = ", ";
    }
    nn_text_add(text, "}");
}

static void nn_norms_print(const nn_net *net, const float *columns)
{
    for (int i = nn_next_norm(net, 0); i < net->tensor_count; i = nn_next_norm(net, i + 1))
        printf("  |d_%.*s| %.3g", nn_norm_name(&net->tensors[i]), net->tensors[i].name,
               (double)*columns++);
}

static const nn_norms nn_gradient_norms = {nn_norms_count, nn_norms_clear, nn_norms_take,
                                           nn_norms_names, nn_norms_json,  nn_norms_print};

#endif
