/* params.h: the parameters of a model in the files of its runs, so that weights are not used in a network
 * with others by mistake. */
#ifndef NN_PARAMS_H
#define NN_PARAMS_H

#include "safetensors_rt.h"

/* "0.01" and "1e-2" are the same. */
static int nn_same_value(const char *a, const char *b)
{
    char *end_of_a, *end_of_b;
    double of_a = strtod(a, &end_of_a), of_b = strtod(b, &end_of_b);
    return strcmp(a, b) == 0 ||
           (end_of_a != a && *end_of_a == '\0' && end_of_b != b && *end_of_b == '\0' && of_a == of_b);
}

/* "-P units=3 -P act=tanh" */
static void nn_text_param(nn_text *text, const char *name, const char *value)
{
    nn_text word = {NULL, 0, 0};
    nn_text_add(&word, "%s=%s", name, value);
    nn_text_add(text, text->length > 0 ? " -P " : "-P ");
    nn_text_word(text, word.at);
    nn_free(word.at);
}

/* "trained with -P units=3, this trainer was made with -P units=4": the parameters whose value in the
 * metadata of a file is not the one of this network. 0 when there are none. */
static int nn_params_differ(nn_text *text, const nn_net *net, const unsigned char *bytes, size_t size)
{
    nn_text there = {NULL, 0, 0}, here = {NULL, 0, 0};
    for (int i = 0; i < net->params->count; i++) {
        const nn_param *param = &net->params->items[i];
        nn_text key = {NULL, 0, 0}, value = {NULL, 0, 0};
        nn_text_add(&key, "param.%s", param->name);
        if (nn_metadata(bytes, size, key.at, &value) && !nn_same_value(value.at, param->value)) {
            nn_text_param(&there, param->name, value.at);
            nn_text_param(&here, param->name, param->value);
        }
        nn_free(key.at);
        nn_free(value.at);
    }
    int differ = there.length > 0;
    if (differ)
        nn_text_add(text, "trained with %s, this trainer was made with %s", there.at, here.at);
    nn_free(there.at);
    nn_free(here.at);
    return differ;
}

static void nn_params_save(nn_tensors_out *file, const nn_net *net)
{
    for (int i = 0; i < net->params->count; i++) {
        nn_text key = {NULL, 0, 0};
        nn_text_add(&key, "param.%s", net->params->items[i].name);
        nn_tensors_metadata(file, key.at, net->params->items[i].value);
        nn_free(key.at);
    }
}

/* The value of a parameter in JSON: a number, true, false, or else a string. */
static void nn_text_value(nn_text *text, const char *value)
{
    char *end;
    int is_number = strspn(value, "0123456789.e+-") == strlen(value) && value[0] != '.' && value[0] != '+';
    double number = strtod(value, &end);
    if ((is_number && *end == '\0' && number - number == 0.0) || strcmp(value, "true") == 0 ||
        strcmp(value, "false") == 0)
        nn_text_add(text, "%s", value);
    else
        nn_text_json(text, value);
}

static void nn_params_json(nn_text *text, const nn_net *net)
{
    nn_text_add(text, "  \"params\": {");
    for (int i = 0; i < net->params->count; i++) {
        nn_text_add(text, i > 0 ? ", " : "");
        nn_text_json(text, net->params->items[i].name);
        nn_text_add(text, ": ");
        nn_text_value(text, net->params->items[i].value);
    }
    nn_text_add(text, "},\n");
}

#endif
