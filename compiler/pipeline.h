/* pipeline.h: everything between the syntax tree and the printed files.
 *
 * A model is elaborated twice, for training and for inference, and becomes up to seven programs. The
 * trainer is made of train, prepare and evaluate, with a frozen front part also of prefix and
 * prepare_prefix, the inference library of load and infer. The pass table in pipeline.c says in which
 * order; verifiers run after every pass. */
#ifndef NNDC_PIPELINE_H
#define NNDC_PIPELINE_H

#include "base/base.h"
#include "front/model.h"
#include "kernel/program.h"
#include "kernel/share.h"
#include "kernel/tuning.h"

#include <stdio.h>

/* What the caller wants; bits. Elaboration is always done. */
enum {
    COMPILE_TRAINER = 1 << 0, /* needs a loss and a train section */
    COMPILE_LIBRARY = 1 << 1, /* needs an output                  */
};

typedef struct CompileOptions {
    unsigned goals;            /* COMPILE_ bits                                               */
    const ParamChoice *choices;
    int choice_count;
    int64_t train_batch;       /* largest batch of the trainer; 0: as the train section says  */
    int64_t library_batch;     /* samples that the library works on at once; 0: 1             */
    Numerics numerics;         /* in place of what the model says                             */
    const Tuning *tuning;      /* how the training step's contractions are computed, or NULL  */
    const char *dump;          /* "graph,fused,memory,kernels", any of them; NULL: nothing    */
    FILE *dump_stream;
} CompileOptions;

/* Everything known about one model. */
typedef struct Compilation {
    Arena *arena;
    Diag *diag;
    const Syntax *syntax;
    const CompileOptions *options;
    Model *training, *inference; /* forward graphs, elaborated for each mode */

    bool has_prefix;             /* train and evaluate take what prefix gives as further inputs */
    Prefix cut;                  /* what is kept of a sample, in the graphs of both models */
    SplitGraph front;            /* of the prefix: prepare and call */
    Graph *step_as_written;      /* the whole training step, simplified */
    Graph *step;                 /* the same, with the ways chosen in which it is computed */
    SplitGraph evaluation;       /* of inference with losses and metrics: prepare and call */
    SplitGraph call;             /* of inference with outputs only */

    Program *train;              /* parameters in the state; inputs, targets -> results */
    Program *prepare;            /* state -> weights of evaluate */
    Program *evaluate;           /* weights, inputs, targets -> outputs, results; the trainer's batch */
    Program *prefix;             /* weights, inputs -> kept values; the trainer's batch */
    Program *prepare_prefix;     /* state -> weights of prefix */
    Program *load;               /* row-major parameters -> weights of infer */
    Program *infer;              /* weights, inputs -> outputs; the library's batch */
    const Sharing *trainer_sharing; /* of all programs of a trainer */
    const Sharing *library_sharing; /* of load and infer             */
} Compilation;

/* Runs the passes that the goals need. False when errors were reported to diag: mistakes in the
 * model, or goals that it does not say enough for. Fills c->training and c->inference even without
 * goals. The caller sets arena, diag and syntax before; a second call, with more goals and the same
 * parameters, goes on with the models of the first. */
bool compile_model(Compilation *c, const CompileOptions *options);

/* Must sums keep their order, as the options or the model say? */
bool compile_is_exact(const Compilation *c);

/* Results of a network in the order of its results[]: the total loss, called "loss"; each loss, when
 * there are several; the metrics. The program's element `index` is the same number. */
Results compile_results(Arena *arena, const Graph *graph);

/* Is NAME one of the things that --dump can show? */
bool compile_has_dump(Str name);

#endif
