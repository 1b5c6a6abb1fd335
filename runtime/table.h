/* table.h: samples that stand as rows of numbers in the program itself. */
#ifndef NN_TABLE_H
#define NN_TABLE_H

#include "data.h"

static nn_data *nn_make_table(const nn_net *net, const nn_source *source, const char *const *files,
                              int count, int with_targets, nn_error *error)
{
    (void)files, (void)count, (void)with_targets;
    nn_data *data = nn_data_new(net, source->rows, 1);
    const float *from = source->values;
    for (long long row = 0; row < source->rows; row++)
        for (int index = 0; index < data->ports; index++)
            for (long long i = 0; i < nn_data_port(net, index)->elements; i++, from++)
                if (!nn_data_put(data, net, index, row, i, (double)*from)) {
                    char need[80];
                    nn_port_need(nn_data_port(net, index), need, sizeof need);
                    nn_fail(error, NN_EXIT_IO, "row %lld of the %s table holds %g, '%s' needs %s",
                            row, nn_set_names[source->set], (double)*from,
                            nn_data_port(net, index)->name, need);
                    nn_data_free(data);
                    return NULL;
                }
    return data;
}

static const nn_format nn_table = {"a table", NN_NO_FILES, 0, 0, NULL, nn_make_table};

#endif
