/* loss.h: what losses and metrics share: their kinds of targets, and means. Functions that check
 * report to b->diag and return false or NODE_NONE.
 *
 * A target is one of three kinds, and most losses take two of them:
 *   classes    class[N] for scores [..., N]
 *   numbers    of the shape of the prediction: values, probabilities, one-hot vectors
 *   yes or no  class[2] for one score, which is the number 1 or 0 */
#ifndef NNDC_LOSS_H
#define NNDC_LOSS_H

#include "layers/layers.h"

#define LEAST_PROBABILITY 1e-7 /* that of Keras; the smallest whose 1 - p differs from 1 in f32 */

bool loss_inputs_are_known(const Call *call);

/* Is the target a class number? Of two classes for a single score? */
bool loss_has_classes(const Build *b, const Call *call);
bool loss_is_yes_or_no(const Build *b, const Call *call);

/* A class target for scores [..., classes]. */
bool loss_check_classes(Build *b, const Call *call);

/* A numeric target of the prediction's shape; *target receives it as f32. */
bool loss_check_numbers(Build *b, const Call *call, NodeId *target);

/* The same, or yes or no, which becomes 1 or 0 in the prediction's shape. */
bool loss_check_numbers_or_yes(Build *b, const Call *call, NodeId *target);

/* A class target, or numbers of the shape of the scores [..., classes]; *target receives numbers,
 * and NODE_NONE for a class target. */
bool loss_check_distribution(Build *b, const Call *call, NodeId *target);

/* A class number [...] as a vector of zeros and a one [..., classes]. */
NodeId loss_one_hot(Build *b, NodeId label);

/* Sum over the last axis; the mean over batch and elements. */
NodeId loss_sum_of_last(Build *b, NodeId x);
NodeId loss_mean(Build *b, NodeId x);

/* The inputs of a loss of y and target, and the mean of what it gives for each sample and element,
 * multiplied with 'sample_weight'. The weights of a batch need not add up to anything: a sample of
 * weight 2 counts as if it stood there twice, and the sum is divided by the samples there are. */
#define LOSS_INPUTS(y) .inputs = {y, "target", "sample_weight"}, .optional_inputs = 1
#define LOSS_WEIGHT_DOC "\nsample_weight multiplies the loss of each sample."
enum { LOSS_SAMPLE_WEIGHT = 2 };
NodeId loss_weighted_mean(Build *b, const Call *call, NodeId x);

/* Scores straight from a layer, as PyTorch's losses take them, are no probabilities; with
 * from_logits it is the other way round. */
void loss_warn_of_scores(Build *b, const Call *call, const OpDef *activation);

#endif
