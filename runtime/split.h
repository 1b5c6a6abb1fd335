/* split.h: a set that takes a fraction of the samples of another: drawn by its seed, class by class, or
 * the last ones. */
#ifndef NN_SPLIT_H
#define NN_SPLIT_H

#include "rng.h"
#include "sources.h"

/* Which samples a split takes. */
enum { NN_SPLIT_RANDOM, NN_SPLIT_STRATIFIED, NN_SPLIT_CHRONOLOGICAL };

/* The class of a sample: that of the first target that has classes. */
static int nn_sample_class(const nn_data *data, const nn_net *net, uint32_t sample)
{
    for (int i = net->input_count; i < data->ports; i++)
        if (nn_data_port(net, i)->type == NN_CLASS && nn_data_port(net, i)->elements == 1)
            return ((const int32_t *)data->values[i])[nn_data_start(data, i, sample)];
    return 0;
}

/* How many samples of each class to take: its share of `taken`, rounded down; what is left over goes
 * to the largest remainders, of equal ones to the first. */
static void nn_class_shares(const long long *counts, int classes, long long count, long long taken,
                            long long *shares)
{
    long long left = taken;
    for (int k = 0; k < classes; k++) {
        shares[k] = taken * counts[k] / count;
        left -= shares[k];
    }
    for (; left > 0; left--) {
        int best = -1;
        long long most = 0;
        for (int k = 0; k < classes; k++) {
            long long remainder = taken * counts[k] - shares[k] * count;
            if (remainder > most)
                most = remainder, best = k;
        }
        shares[best]++;
    }
}

/* Brings the samples to take to the front: of every class as many as its share, the first ones. */
static void nn_stratify(const nn_set *set, const nn_net *net, long long taken)
{
    int classes = 2;
    for (int i = net->target_count - 1; i >= 0; i--)
        if (net->targets[i].type == NN_CLASS && net->targets[i].elements == 1)
            classes = net->targets[i].classes;
    long long *counts = NN_ALLOCATE(long long, classes), *shares = NN_ALLOCATE(long long, classes);
    uint32_t *moved = NN_ALLOCATE(uint32_t, set->count);
    for (long long i = 0; i < set->count; i++)
        counts[nn_sample_class(set->data, net, set->rows[i])]++;
    nn_class_shares(counts, classes, set->count, taken, shares);
    long long front = 0, back = taken;
    for (long long i = 0; i < set->count; i++) {
        int k = nn_sample_class(set->data, net, set->rows[i]);
        moved[shares[k]-- > 0 ? front++ : back++] = set->rows[i];
    }
    memcpy(set->rows, moved, sizeof *moved * (size_t)set->count);
    nn_free(moved);
    nn_free(shares);
    nn_free(counts);
}

static int nn_compare_rows(const void *a, const void *b)
{
    uint32_t x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return (x > y) - (x < y);
}

/* Orders the samples as they stand in the file, but for the last `taken`, which come first. Returns how
 * many of the others share no row with those, so that nothing of them is known in training. */
static long long nn_take_last(const nn_set *set, long long taken)
{
    long long rest = set->count - taken, span = 1;
    qsort(set->rows, (size_t)set->count, sizeof *set->rows, nn_compare_rows);
    long long border = set->rows[rest] * set->data->step;
    for (int i = 0; i < set->data->ports; i++) {
        const nn_part *part = &set->data->parts[i];
        span = part->first + part->rows > span ? part->first + part->rows : span;
    }
    uint32_t *last = NN_ALLOCATE(uint32_t, taken);
    memcpy(last, set->rows + rest, sizeof *last * (size_t)taken);
    memmove(set->rows + taken, set->rows, sizeof *last * (size_t)rest);
    memcpy(set->rows, last, sizeof *last * (size_t)taken);
    nn_free(last);
    while (rest > 0 && set->rows[taken + rest - 1] * set->data->step + span > border)
        rest--;
    return rest;
}

/* Moves a fraction of one set's samples to another. */
static int nn_split(nn_sets *sets, const nn_net *net, const nn_source *source, nn_error *error)
{
    nn_set *from = &sets->set[source->from], *to = &sets->set[source->set];
    long long count = from->count, taken = (long long)(source->amount * (double)count + 0.5);
    if (from->data == NULL)
        return nn_fail(error, NN_EXIT_IO, "the %s set is split from the %s set, which has no source",
                       nn_set_names[source->set], nn_set_names[source->from]);
    if (taken < 1 || taken >= count)
        return nn_fail(error, NN_EXIT_IO, "splitting %g of the %lld samples of the %s set off as the %s set "
                       "leaves one of them empty", source->amount, count, nn_set_names[source->from],
                       nn_set_names[source->set]);
    long long kept = count - taken;
    if (source->order == NN_SPLIT_CHRONOLOGICAL)
        kept = nn_take_last(from, taken);
    else
        nn_shuffle(from->rows, (uint32_t)count, nn_key(source->seed, 0, 0x4001));
    if (source->order == NN_SPLIT_STRATIFIED)
        nn_stratify(from, net, taken);
    if (kept == 0)
        return nn_fail(error, NN_EXIT_IO, "the last %g of %lld samples share rows with all others, so "
                       "the %s set is empty", source->amount, count, nn_set_names[source->from]);
    to->data = from->data;
    to->count = taken;
    to->rows = NN_ALLOCATE(uint32_t, taken);
    memcpy(to->rows, from->rows, sizeof *to->rows * (size_t)taken);
    from->count = kept;
    memmove(from->rows, from->rows + taken, sizeof *from->rows * (size_t)from->count);
    return 1;
}

#endif
