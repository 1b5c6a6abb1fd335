/* model.h: what elaboration makes of a syntax tree: the graph of the network, and what the data and
 * train sections say. */
#ifndef NNDC_MODEL_H
#define NNDC_MODEL_H

#include "graph/build.h"
#include "graph/graph.h"

typedef enum SourceKind {
    SOURCE_IDX, /* one file per input, then per target */
    SOURCE_NPY, /* the same */
    SOURCE_CSV,
    SOURCE_SAFETENSORS, /* one file with a tensor for each input and target */
    SOURCE_CIFAR10,     /* one file or several */
    SOURCE_CIFAR100,
    SOURCE_IMAGES, /* a folder of picture files; nndc packs it */
    SOURCE_MAT,    /* a MATLAB file; nndc packs it */
    SOURCE_CDB,    /* pictures of letters; nndc packs it */
    SOURCE_TABLE, /* written in the .nnd file */
    SOURCE_CIRCLE, /* toy sets: two inputs; the target is a class of two, or 0 and 1 */
    SOURCE_XOR,
    SOURCE_GAUSSIAN,
    SOURCE_SPIRAL,
    SOURCE_DIGITS, /* built-in 28x28 digits */
    SOURCE_SPLIT,  /* a part of another set */
} SourceKind;

/* What becomes of a column of a CSV file. */
typedef enum ColumnKind {
    COLUMN_NUMBER,
    COLUMN_CATEGORY, /* position among words */
    COLUMN_ONE_HOT,  /* one value for each word */
    COLUMN_YEAR,     /* these and the others: parts of a date */
    COLUMN_MONTH,
    COLUMN_DAY,
    COLUMN_HOUR,
    COLUMN_MINUTE,
    COLUMN_WEEKDAY,
    COLUMN_DAY_OF_YEAR,
    COLUMN_DAYS,
    COLUMN_SECONDS,
} ColumnKind;

typedef struct DataColumn {
    Str name; /* or its number from 0 */
    ColumnKind kind;
    VEC(Str) words; /* category, one hot */
} DataColumn;
typedef VEC(DataColumn) DataColumns;

/* Which samples a split takes. */
typedef enum SplitOrder { SPLIT_RANDOM, SPLIT_STRATIFIED, SPLIT_CHRONOLOGICAL } SplitOrder;

/* How pictures are brought to the size of the input. */
typedef enum ResizeKind { RESIZE_BILINEAR, RESIZE_AREA } ResizeKind;

/* One named data set. Fields go to the model's inputs, then its targets, in order. */
typedef struct DataSource {
    SourceKind kind;
    Str name; /* "train", "validation", "test" */
    Span span;
    VEC(Str) files;           /* as written */
    int64_t count;            /* of generated sets: samples */
    int64_t seed;
    double noise;
    double fraction;          /* split: share that is taken away from `of` */
    Str of;                   /* split: the set it takes from */
    bool has_header;          /* csv */
    char separator;           /* csv: ',' unless given */
    DataColumns input_columns; /* csv: empty: in order */
    DataColumns target_columns;
    Str missing;              /* csv: a field without a value, beside the usual ones; or empty */
    bool skip_missing;        /* csv: rows with such fields are left out */
    bool day_first;           /* csv: in dates with slashes */
    int64_t every;            /* csv: each row, each second ... */
    int64_t window, step;     /* csv: rows of a sample, and from one to the next; window 0: none */
    int64_t horizon;          /* csv: from the last row of a window to the first of the targets */
    int64_t horizon_rows;
    int64_t first_row, end_row; /* files: rows to take; end_row 0: all */
    SplitOrder order;         /* split */
    ResizeKind resize;        /* images, mat */
    Str labels;               /* images: a CSV file in the folder, or empty: a sub-folder for each class */
    Str file_column, label_column; /* images with labels */
    Str extension;            /* images with labels: added to the name of a file */
    VEC(Str) where;           /* images with labels: a column, then the values that are taken */
    Str input_variable, target_variable; /* mat */
    int64_t row_count;        /* table: rows of value_count numbers, inputs then targets */
    int64_t value_count;
    const double *values;
} DataSource;

/* weights "vgg16.safetensors", part = base, prefix = "vgg16" */
typedef struct WeightsLoad {
    Str file;   /* as written                                           */
    Str part;   /* "base.", or empty for the whole network              */
    Str prefix; /* what stands in the file in place of part: "vgg16."   */
} WeightsLoad;

typedef enum ScheduleKind {
    SCHEDULE_CONSTANT,
    SCHEDULE_STEP,
    SCHEDULE_EXPONENTIAL,
    SCHEDULE_POLYNOMIAL,
    SCHEDULE_COSINE,
    SCHEDULE_ONE_CYCLE,
    SCHEDULE_PLATEAU,
} ScheduleKind;

/* How the learning rate goes: a factor of the optimizer's rate at each step. Numbers that a kind does
 * not have are zero. */
typedef struct ScheduleSpec {
    ScheduleKind kind;
    double warm_up;        /* epochs */
    int64_t warm_up_steps; /* the same in steps */
    double epochs;         /* what the decay lasts; 0: to the end of the run */
    double factor, power, floor;
    double restart, growth, decay;       /* cosine */
    double most, warm, division, ending; /* one_cycle; most: factor at the top */
    int64_t every;                       /* step */
    int milestone_count;
    const double *milestones;
    Str monitor; /* reduce_on_plateau */
    bool is_larger_better;
    int64_t patience, cooldown;
    double least;
} ScheduleSpec;

typedef enum StopKind {
    STOP_NO_IMPROVEMENT, /* of the monitor by more than value, for patience epochs */
    STOP_TOLERANCE,      /* the same, compared with the best loss of all           */
    STOP_REACHED,        /* the monitor has reached value                          */
} StopKind;

enum { MAX_STOPS = 8 }; /* as NN_MAX_STOPS */

typedef struct StopSpec {
    StopKind kind;
    Str monitor; /* "validation.loss" */
    bool is_larger_better;
    int64_t patience;
    double value;
} StopSpec;

/* May sums be computed otherwise than as they are written? */
typedef enum Numerics {
    NUMERICS_DEFAULT, /* not said: fast */
    NUMERICS_FAST,
    NUMERICS_EXACT, /* no: products one by one */
} Numerics;

typedef struct TrainSpec {
    const OpDef *optimizer;
    const AttrValue *optimizer_attrs;
    Span optimizer_span;
    double rate; /* learning rate */
    ScheduleSpec schedule;
    GradientRule gradients;
    int64_t batch;
    int64_t epochs;
    int64_t seed;
    bool shuffle;
    Numerics numerics;
    VEC(StopSpec) stops;
    Str monitor;                   /* "validation.loss"; also decides which weights are the best */
    bool monitor_is_larger_better;
    VEC(WeightsLoad) loads; /* before the first step, in this order */
} TrainSpec;

/* A parameter and its value, as -P name=value gives it. */
typedef struct ParamChoice {
    Str name;
    Str value;
} ParamChoice;
typedef VEC(ParamChoice) ParamChoices;

typedef struct Model {
    Str name;      /* of the model section */
    Str file_name; /* without folders, for comments in the output */
    Graph *graph;  /* forward nodes, losses and metrics, for the mode asked for */
    VEC(DataSource) data;
    TrainSpec train;
    ParamChoices params; /* all of them, with the values that they have here */
    bool has_data;
    bool has_train;
} Model;

typedef struct Syntax Syntax; /* front/ast.h: a parsed file with its imports */

/* front/elab.c: builds the model for one mode; NULL when errors were reported. The same tree may be
 * elaborated several times. */
Model *elaborate(Arena *arena, Diag *diag, const Syntax *syntax, Mode mode, const ParamChoice *choices,
                 int choice_count);
/* The same, but only the name and the parameters, whatever the network is. */
Model *elaborate_params(Arena *arena, Diag *diag, const Syntax *syntax, const ParamChoice *choices,
                        int choice_count);

#endif
