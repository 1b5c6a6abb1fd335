/* net.h: what the training loop knows of a network.
 *
 * The compiler prints one network: tables of tensors and ports, a training plan, where the data come
 * from, and four functions. All of it hangs on one constant `nn_net`, and the trainer's main is
 *     int main(int argc, char **argv) { return nn_main(&net, argc, argv); }
 * so that no piece of the loop depends on a generated name.
 *
 * Memory. The state is one block of floats with all tensors (parameters, moving averages, optimizer
 * moments) at fixed offsets. The weights are a second block, made from the state by `prepare` (batch
 * norms folded in), that inference reads. The arenas hold everything that lives during one call.
 * All blocks are aligned to 64 bytes; the loop allocates them and keeps them for the whole run.
 *
 * Samples. A batch of a port is batch * elements values, one sample after the other: NN_U8 as
 * unsigned char, NN_I32 and NN_CLASS as int32_t, NN_F32 as float. */
#ifndef NN_NET_H
#define NN_NET_H

#include "rt.h"
#include "tensor.h"

/* What the tables below point to or hand on; only some trainers have all of it. */
struct nn_data;
struct nn_error;
struct nn_kept;
struct nn_net;
struct nn_override;
struct nn_run;
struct nn_schedule;
struct nn_scores;
struct nn_sets;
struct nn_source;
struct nn_tensors_out;
struct nn_text;
struct nn_trainer;
struct nn_worker;

/* Type of a port's values. A class is the number of one of `classes` classes, in an int32_t. */
enum { NN_U8, NN_I32, NN_F32, NN_CLASS };

/* What the values of an output are to those of its target. */
enum {
    NN_NO_GUESS,
    NN_GUESS,      /* they are meant to be the same                        */
    NN_CHANCES,    /* how likely each is 1: above 0.5 it is                */
    NN_SCORES,     /* the same before a sigmoid: above 0                   */
    NN_CLASSES     /* scores of its classes, or the probability of class 1 */
};

typedef struct nn_port {
    const char *name;
    int type;
    int rank;
    int dims[6];
    long long elements; /* of one sample; 1 for a class */
    int classes;        /* NN_CLASS: how many; an output with target scores: its width; an input that takes
                         * rows of a table: how many rows; else 0 */
    int target;         /* outputs: index of the target the scores are for, or -1 */
    const char *const *class_names; /* NN_CLASS: a word for each class, or NULL */
    int meaning;        /* outputs: NN_GUESS ... */
} nn_port;

typedef struct nn_step {
    int batch;     /* samples in this call, 1 .. nn_net.batch */
    float rate;    /* learning rate */
    float number;  /* steps done so far, this one included */
    uint32_t seed; /* of this step: key of all its random numbers */
} nn_step;

/* A parameter of the model and the value that it has in this network: set by -P, or its default. */
typedef struct nn_param {
    const char *name, *value;
} nn_param;

/* All of them, and what is done with them: params.h. */
typedef struct nn_params {
    int count;
    const nn_param *items;
    void (*save)(struct nn_tensors_out *file, const struct nn_net *net); /* as metadata  */
    void (*json)(struct nn_text *text, const struct nn_net *net);        /* for config.json */
    int (*differ)(struct nn_text *text, const struct nn_net *net, const unsigned char *bytes, size_t size);
} nn_params;

/* fit.h */
typedef int nn_fit_function(float *state, const struct nn_net *net, const struct nn_sets *sets,
                            const struct nn_override *others, struct nn_error *error);

/* The sets a network may have data for. */
enum { NN_TRAIN, NN_VALIDATION, NN_TEST, NN_SETS };

/* schedule.h: only in trainers that have one. */
typedef double nn_factor_function(const struct nn_schedule *schedule, const double *memory,
                                  long long steps, long long steps_of_epoch, int epochs);
typedef void nn_watch_function(const struct nn_schedule *schedule, double *memory, const float *row,
                               int results);

/* Numbers that a run remembers besides its tensors: the schedule's, then those of others. */
enum {
    NN_MEMORY_SCHEDULE = 0,
    NN_MEMORY_DRIVER = 8,
    NN_MEMORY_PASSES = 14,   /* over the training set, of a driver */
    NN_MEMORY_FINISHED = 15, /* 1: a driver has said that the run is over */
    NN_MEMORY_STOPS = 16,    /* two numbers for each rule of nn_stop */
    NN_MEMORY = 32
};

/* What takes the place of a step for each batch: lbfgs.h. */
typedef struct nn_driver {
    int (*steps)(struct nn_trainer *trainer, struct nn_error *error); /* of one epoch */
    void (*size)(const struct nn_net *net, int *rows, int *columns);  /* vectors the run keeps */
    const double *settings;
} nn_driver;

typedef void nn_stop_function(struct nn_trainer *trainer);

/* Norms of gradients as columns of the history: norms.h. */
typedef struct nn_norms {
    int (*count)(const struct nn_net *net);
    void (*clear)(struct nn_run *run);
    void (*take)(const struct nn_run *run, long long steps, float *columns); /* of an epoch */
    void (*names)(struct nn_text *text, const struct nn_net *net);
    void (*json)(struct nn_text *text, const struct nn_net *net, const float *columns);
    void (*print)(const struct nn_net *net, const float *columns);
} nn_norms;

typedef struct nn_plan {
    int epochs;
    uint32_t seed;
    float rate;           /* initial learning rate */
    int monitor_set;      /* NN_TRAIN or NN_VALIDATION: whose result decides which weights are best */
    int monitor;          /* index of that result */
    int maximize;         /* 1: more is better */
    int stop_count;
    const struct nn_stop *stops; /* the run ends when one of them says so */
    nn_stop_function *ask_stops; /* after each epoch, or NULL */
    int shuffle;          /* 0: every epoch in the order of the data */
    const struct nn_schedule *schedule; /* NULL: the rate is constant */
    nn_factor_function *factor;         /* of the rate at a step */
    nn_watch_function *watch;           /* after each epoch, or NULL */
    const nn_driver *driver;            /* NULL: a step for each batch */
    const nn_norms *norms; /* or NULL */
} nn_plan;

/* How samples are read from files, or made: see read_idx.h and others. */
typedef struct nn_data *nn_read_function(const struct nn_net *net, const struct nn_source *source,
                                         const char *const *files, int count, int with_targets,
                                         struct nn_error *error);

enum { NN_NO_FILES, NN_ONE_FILE, NN_FILE_PER_PORT, NN_ANY_FILES };

typedef struct nn_format {
    const char *name; /* for messages */
    int files;        /* NN_NO_FILES ... */
    int takes_rows;   /* 1: the reader looks at first and end of the source */
    int has_columns;  /* 1: with names, or numbers */
    int (*fits)(const unsigned char *start, size_t length); /* to a file's first bytes; or NULL */
    nn_read_function *read;
} nn_format;

/* Takes a part of another set's samples: split.h. */
typedef int nn_split_function(struct nn_sets *sets, const struct nn_net *net,
                              const struct nn_source *source, struct nn_error *error);

/* Where the samples of a set come from; fields that do not matter are zero. Values of a row of a table
 * or CSV file are those of all inputs, then of all targets, in order. */
typedef struct nn_source {
    int set;                        /* NN_TRAIN ... */
    const nn_format *format;        /* NULL: a split */
    int file_count;                 /* of a file per port: inputs first, then targets */
    const char *const *files;       /* relative names start at --data DIR */
    long long first, end;           /* files: rows to take, from 0, without end; end is 0 for all */
    int column_count;               /* csv: 0 for the columns of the file as they stand */
    const struct nn_column *columns;
    int has_header;                 /* csv */
    char separator;                 /* csv */
    const struct nn_reading *reading; /* csv, or NULL */
    const float *values;            /* table */
    long long rows;                 /* table, toy, digits */
    int toy;                        /* NN_TOY_CIRCLE ... */
    double amount;                  /* toy: noise; split: the fraction taken */
    uint32_t seed;                  /* toy, digits, split */
    nn_split_function *split;       /* or NULL */
    int from;                       /* split: the set that gives samples away */
    int order;                      /* split: NN_SPLIT_RANDOM ... */
} nn_source;

/* A loss or metric, in `floats` floats of the results of a batch from `first` on. Most are means: one
 * float, whose mean over a set is that of its batches, weighted with their samples. Others give
 * totals of a batch. `merge` adds totals of `count` samples to those of the `seen` samples before them,
 * and `finish` makes the value of them all. */
typedef void nn_merge_function(double *into, const float *from, int floats, long long seen, int count);
typedef double nn_finish_function(const double *totals, int floats, long long count, int mode);
typedef struct nn_result {
    const char *name;
    int first, floats;
    nn_merge_function *merge;   /* NULL: a mean */
    nn_finish_function *finish; /* NULL: the mean is the value */
    int mode;                   /* for finish: NN_MACRO ... or 0 */
} nn_result;

/* load_parts.h; directory is that of --data. */
typedef int nn_load_function(float *state, const struct nn_net *net, const char *directory,
                             int is_quiet, struct nn_error *error);

/* One training step: results are of the batch; see nn_result. inputs and targets hold a pointer per port. */
typedef void nn_train_function(float *state, char *arena, const nn_step *step,
                               const void *const *inputs, const void *const *targets,
                               float *results, int threads);
/* Weights for inference from the state. */
typedef void nn_prepare_function(const float *state, float *weights);
/* Inference. outputs get batch * elements floats each; results are computed unless targets is NULL. */
typedef void nn_evaluate_function(const float *weights, char *arena, const nn_step *step,
                                  const void *const *inputs, const void *const *targets,
                                  void *const *outputs, float *results, int threads);

/* What is reported of classifications: classes.h. */
typedef struct nn_class_report {
    void (*json)(struct nn_text *text, const struct nn_net *net, const struct nn_scores *scores);
    void (*print)(const struct nn_net *net, const struct nn_scores *scores);
    int (*save)(const struct nn_trainer *trainer, const struct nn_scores *scores,
                struct nn_error *error); /* confusion.csv of a run */
} nn_class_report;

/* The values that the frozen front part of a network computes of the inputs of a batch. */
typedef void nn_prefix_function(const float *weights, char *arena, const nn_step *step,
                                const void *const *inputs, void *const *outputs, int threads);

/* kept.h: what the loop does with a frozen front part. */
typedef struct nn_keeper {
    struct nn_kept *(*begin)(const struct nn_net *net);
    void (*end)(struct nn_kept *kept);
    void (*prepare)(struct nn_kept *kept, const float *state); /* takes the frozen weights       */
    void (*compute)(struct nn_worker *worker, int count);      /* from the inputs in its batch   */
    void (*fetch)(struct nn_worker *worker, const struct nn_data *data, const uint32_t *rows, int count);
    int (*fill)(struct nn_trainer *trainer); /* before the first epoch; 0: a stop was asked for  */
} nn_keeper;

/* A frozen front part is a program of its own. train and evaluate take its values as further inputs,
 * after those of the network. */
typedef struct nn_prefix {
    int batch;                  /* most samples of a call                                        */
    int value_count;
    const nn_port *values;      /* names and sizes of what it computes of a sample               */
    const unsigned char *reads; /* by input: 1 when the rest of the network reads it, too        */
    long long weight_floats;
    long long arena_bytes;
    double flops;               /* of one sample                                                 */
    nn_prepare_function *prepare; /* its weights, from the state                                 */
    nn_prefix_function *run;
    const nn_keeper *keeper;
} nn_prefix;

/* What is reported of outputs that guess numbers, or say what is likely: regression.h, labels.h. */
typedef struct nn_value_report {
    double *(*begin)(const struct nn_net *net); /* totals of no samples; free them with nn_free */
    void (*add)(double *totals, const struct nn_net *net, void *const *outputs, void *const *targets,
                int count);
    void (*json)(struct nn_text *text, const struct nn_net *net, const double *totals);
    void (*print)(const struct nn_net *net, const double *totals);
} nn_value_report;

typedef struct nn_net {
    const char *name;
    const char *source; /* the .nnd file, for messages */
    int batch;          /* largest batch of a call */
    long long state_floats;
    long long weight_floats;
    long long train_arena_bytes;
    long long evaluate_arena_bytes;
    double train_flops; /* of one sample in a training step, without those of a prefix */
    int tensor_count, input_count, target_count, output_count, result_count, source_count;
    int result_floats; /* of all results of a batch */
    const nn_tensor *tensors;
    const nn_port *inputs;
    const nn_port *targets;
    const nn_port *outputs;
    const nn_result *results; /* results[0] is the total loss */
    const nn_source *sources;
    const nn_plan *plan;
    nn_train_function *train;
    nn_prepare_function *prepare;
    nn_evaluate_function *evaluate;
    const nn_class_report *classes; /* NULL when no output is of classes */
    const nn_value_report *labels;  /* NULL when none says what is likely */
    const nn_value_report *values; /* NULL when no output guesses numbers */
    int fit_count;
    const struct nn_fit *fits;
    nn_fit_function *fit; /* or NULL */
    int load_count;
    const struct nn_start *loads;
    nn_load_function *load; /* or NULL */
    int format_count;
    const nn_format *const *formats; /* of the files that this trainer reads */
    const nn_prefix *prefix; /* NULL: the front is not frozen */
    const nn_params *params; /* NULL: the model has none */
} nn_net;

#endif
