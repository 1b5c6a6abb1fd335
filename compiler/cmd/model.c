/* model.c: from a parsed file to a compiled model, for the commands that need more than its text.
 */
#include "cmd/cmd.h"

#include <string.h>

ParamChoice *param_choices(Options *options)
{
    ParamChoice *choices = arena_array(options->arena, ParamChoice, options->params.count);
    for (int i = 0; i < options->params.count; i++) {
        const char *text = options->params.items[i];
        const char *value = strchr(text, '=') + 1; /* options.c has seen to it */
        choices[i] = (ParamChoice){{text, value - text - 1}, str_from(value)};
    }
    return choices;
}

int load_elaborate(Load *load, Options *options)
{
    load->compile.choices = param_choices(options);
    load->compile.choice_count = options->params.count;
    load->compile.train_batch = options->batch;
    if (options->numerics != NULL)
        load->compile.numerics = strcmp(options->numerics, "exact") == 0 ? NUMERICS_EXACT : NUMERICS_FAST;
    return load_compile(load, 0);
}

int load_model(Load *load, Options *options, const char *path)
{
    int status = load_syntax(load, options, path);
    return status == EXIT_OK ? load_elaborate(load, options) : status;
}

int load_compile(Load *load, unsigned goals)
{
    load->compile.goals = goals;
    bool is_fine = compile_model(&load->result, &load->compile) && load->diag.error_count == 0;
    if (!is_fine)
        diag_finish(&load->diag);
    return is_fine ? EXIT_OK : EXIT_MODEL;
}

unsigned load_goals(const Load *load)
{
    const Model *model = load->result.training;
    unsigned goals = 0;
    if (model->has_train || model->has_data)
        goals |= COMPILE_TRAINER;
    if (model->graph->outputs.count > 0)
        goals |= COMPILE_LIBRARY;
    return goals;
}
