/* foreign.c: what Keras, PyTorch and scikit-learn call what is called otherwise here.
 *
 * Used for "did you mean" after spelling has found nothing. Words are compared in small letters and
 * without '_', so that 'BatchNorm2d', 'batch_norm_2d' and 'batchnorm2d' are one word. A word may
 * stand for several things; the first one that is possible at that place is meant. */
#include "front/diag.h"

#include <ctype.h>
#include <string.h>

static const struct {
    const char *theirs, *ours;
} words[] = {
    /* layers */
    {"linear", "dense"},
    {"fc", "dense"},
    {"fullyconnected", "dense"},
    {"convolution1d", "conv1d"},
    {"convolution2d", "conv2d"},
    {"maxpooling1d", "max_pool1d"},
    {"maxpooling2d", "max_pool2d"},
    {"avgpool1d", "average_pool1d"},
    {"avgpool2d", "average_pool2d"},
    {"averagepooling1d", "average_pool1d"},
    {"averagepooling2d", "average_pool2d"},
    {"globalaveragepooling1d", "global_average_pool1d"},
    {"globalaveragepooling2d", "global_average_pool2d"},
    {"globalavgpool1d", "global_average_pool1d"},
    {"globalavgpool2d", "global_average_pool2d"},
    {"adaptiveavgpool1d", "global_average_pool1d"},
    {"adaptiveavgpool2d", "global_average_pool2d"},
    {"batchnormalization", "batch_norm"},
    {"batchnorm1d", "batch_norm"},
    {"batchnorm2d", "batch_norm"},
    {"layernormalization", "layer_norm"},
    {"rescaling", "normalize"},
    {"bmm", "matmul"},
    {"dot", "matmul"},
    {"einsum", "matmul"},
    {"dropout2d", "spatial_dropout"},
    {"spatialdropout1d", "spatial_dropout"},
    {"spatialdropout2d", "spatial_dropout"},
    {"swish", "silu"},
    {"hardswish", "hard_silu"},
    {"parametricrelu", "prelu"},
    {"gelunew", "gelu"},
    {"gelutanh", "gelu"},
    {"concatenate", "concat"},
    {"cat", "concat"},
    {"view", "reshape"},
    {"permute", "transpose"},
    {"unsqueeze", "expand_dims"},
    {"chunk", "split"},
    {"narrow", "slice"},
    {"zeropadding1d", "pad"},
    {"zeropadding2d", "pad"},
    {"pow", "power"},
    {"clamp", "clip"},
    {"reducesum", "sum"},
    {"reducemean", "mean"},
    {"reducemax", "max"},
    {"reducemin", "min"},
    {"amax", "max"},
    {"amin", "min"},
    /* losses and metrics */
    {"mse", "mean_squared_error"},
    {"mseloss", "mean_squared_error"},
    {"mae", "mean_absolute_error"},
    {"mape", "mean_absolute_percentage_error"},
    {"l1loss", "mean_absolute_error"},
    {"smoothl1loss", "huber"},
    {"huberloss", "huber"},
    {"logcosh", "log_cosh"},
    {"kldivloss", "kl_divergence"},
    {"kldivergence", "kl_divergence"},
    {"poissonnllloss", "poisson"},
    {"bce", "binary_cross_entropy"},
    {"bcewithlogitsloss", "binary_cross_entropy"},
    {"binarycrossentropy", "binary_cross_entropy"},
    {"bceloss", "binary_cross_entropy"},
    {"logloss", "cross_entropy"},
    {"nllloss", "cross_entropy"},
    {"crossentropyloss", "cross_entropy"},
    {"categoricalcrossentropy", "cross_entropy"},
    {"sparsecategoricalcrossentropy", "cross_entropy"},
    {"acc", "accuracy"},
    {"categoricalaccuracy", "accuracy"},
    {"topkcategoricalaccuracy", "top_k"},
    {"topkaccuracy", "top_k"},
    {"f1score", "f1"},
    {"fscore", "f1"},
    {"rmse", "root_mean_squared_error"},
    {"rocauc", "auc"},
    {"rocaucscore", "auc"},
    {"auroc", "auc"},
    {"r2score", "r2"},
    {"precisionscore", "precision"},
    {"recallscore", "recall"},
    /* attributes */
    {"outfeatures", "units"},
    {"embeddingdim", "units"},
    {"outputdim", "units"},
    {"inputdim", "vocabulary"},
    {"numembeddings", "vocabulary"},
    {"embeddingsinitializer", "embeddings_init"},
    {"stddev", "std"},
    {"outchannels", "filters"},
    {"kernelsize", "kernel"},
    {"poolsize", "kernel"},
    {"dilationrate", "dilation"},
    {"dims", "order"},
    {"perm", "order"},
    {"start", "from"},
    {"length", "count"},
    {"sections", "parts"},
    {"splitsize", "sizes"},
    {"pad", "padding"},
    {"usebias", "bias"},
    {"kernelinitializer", "kernel_init"},
    {"biasinitializer", "bias_init"},
    {"alpha", "slope"},
    {"negativeslope", "slope"},
    {"alphainitializer", "slope_init"},
    {"p", "rate"},
    {"prob", "rate"},
    {"lr", "rate"},
    {"learningrate", "rate"},
    {"learningrateinit", "rate"},
    {"eps", "epsilon"},
    {"logits", "from_logits"},
    {"classweight", "class_weights"},
    {"weight", "class_weights"},
    {"dim", "axis"},
    {"dim", "axes"},
    {"keepdim", "keep"},
    {"keepdims", "keep"},
    {"minvalue", "low"},
    {"xmin", "low"},
    {"xmax", "high"},
    {"delimiter", "separator"},
    {"sep", "separator"},
    {"mindelta", "least"},
    /* values */
    {"linear", "none"},
    {"identity", "none"},
    {"xavieruniform", "glorot_uniform"},
    {"xaviernormal", "glorot_normal"},
    {"kaiminguniform", "he_uniform"},
    {"kaimingnormal", "he_normal"},
    {"randomuniform", "uniform"},
    {"randomnormal", "normal"},
    {"float", "f32"},
    {"float32", "f32"},
    {"uint8", "u8"},
    {"byte", "u8"},
    {"int", "i32"},
    {"int32", "i32"},
    /* sections */
    {"batchsize", "batch"},
    {"maxiter", "epochs"},
    {"randomstate", "seed"},
    {"solver", "optimizer"},
    {"earlystopping", "stop_when"},
    {"earlystopping", "no_improvement"},
    {"lrschedule", "schedule"},
    {"lrscheduler", "schedule"},
    {"scheduler", "schedule"},
    {"clipvalue", "clip_value"},
    {"gradientclip", "clip_norm"},
    {"gradclip", "clip_norm"},
    {"maxgradnorm", "clip_global_norm"},
    {"cosinedecay", "cosine"},
    {"cosineannealing", "cosine"},
    {"cosineannealinglr", "cosine"},
    {"exponentialdecay", "exponential"},
    {"exponentiallr", "exponential"},
    {"polynomialdecay", "polynomial"},
    {"piecewiseconstantdecay", "steps"},
    {"steplr", "steps"},
    {"multisteplr", "steps"},
    {"onecyclelr", "one_cycle"},
    {"reducelronplateau", "reduce_on_plateau"},
    {"imagefolder", "images"},
    {"imagedatasetfromdirectory", "images"},
    {"flowfromdirectory", "images"},
    {"readcsv", "csv"},
    {"loadmat", "mat"},
    {"usecols", "inputs"},
    {"navalues", "missing"},
    {"val", "validation"},
    {"dev", "validation"},
};

enum { LONGEST = 63, LEAST_BEGINNING = 4 };

/* Small letters only; false when the word is too long to be one of ours. */
static bool squash(Str word, char squashed[LONGEST + 1])
{
    int count = 0;
    if (word.len > LONGEST)
        return false;
    for (int64_t i = 0; i < word.len; i++)
        if (word.ptr[i] != '_')
            squashed[count++] = (char)tolower((unsigned char)word.ptr[i]);
    squashed[count] = 0;
    return count > 0;
}

static Str find_exactly(const char *word, const Str *candidates, int count)
{
    char candidate[LONGEST + 1];
    for (int i = 0; i < count; i++)
        if (squash(candidates[i], candidate) && strcmp(word, candidate) == 0)
            return candidates[i];
    return (Str){0};
}

Str diag_foreign_word(Str name, const Str *candidates, int count)
{
    char word[LONGEST + 1], candidate[LONGEST + 1];
    if (!squash(name, word))
        return (Str){0};
    Str found = find_exactly(word, candidates, count);
    for (int i = 0; i < COUNT_OF(words) && found.len == 0; i++)
        if (strcmp(word, words[i].theirs) == 0 && squash(str_from(words[i].ours), candidate))
            found = find_exactly(candidate, candidates, count);
    for (int i = 0; i < count && found.len == 0; i++) /* 'glorot' for 'glorot_uniform' */
        if (strlen(word) >= LEAST_BEGINNING && squash(candidates[i], candidate) &&
            strncmp(word, candidate, strlen(word)) == 0)
            found = candidates[i];
    return found;
}
