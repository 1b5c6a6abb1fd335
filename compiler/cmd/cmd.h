/* cmd.h: what the commands share: the command table's row, the options, the cache directory.
 *
 * A command is a function in cmd/NAME.c and a row of the table in main.c. It gets its options
 * parsed and returns an exit code of base.h. It prints results on stdout and everything else on
 * stderr. */
#ifndef NNDC_CMD_H
#define NNDC_CMD_H

#include "base/base.h"
#include "front/diag.h"
#include "pipeline.h"

/* Options a command may accept; the row of the command table names them. */
enum {
    OPTION_PARAM = 1 << 0,   /* -P NAME=VALUE      sets a parameter of the model              */
    OPTION_JSON = 1 << 1,    /* --json             one JSON object a line                     */
    OPTION_OUTPUT = 1 << 2,  /* -o, --output PATH  where results go                           */
    OPTION_DATA = 1 << 3,    /* --data DIR         where the data files are                   */
    OPTION_DUMP = 1 << 4,    /* --dump PASS,...    prints the state after passes              */
    OPTION_MEMORY = 1 << 5,  /* --memory           every tensor's place and lifetime          */
    OPTION_WEIGHTS = 1 << 6, /* --weights FILE     embeds these weights as constant arrays    */
    OPTION_WRITE = 1 << 7,   /* -w, --write        replaces the file                          */
    OPTION_CHECK = 1 << 8,   /* --check            only says whether something would change   */
    OPTION_BATCH = 1 << 9,   /* --batch N          the batch to compile for                   */
    OPTION_MANUAL = 1 << 10, /* --manual           the whole operator manual as Markdown      */
    OPTION_REST = 1 << 11,   /* what is not known goes to the trainer, from there to the end  */
    OPTION_NO_FILE = 1 << 12, /* works without a .nnd file                                    */
    OPTION_SET = 1 << 16,    /* --set SET          one of the data sets                       */
    OPTION_NUMERICS = 1 << 17, /* --numerics WORD   fast or exact, whatever the model says    */
    OPTION_AUTOTUNE = 1 << 18 /* --autotune         measures which schedules are the fastest  */
};

/* The command line after the name of the command. */
typedef struct Options {
    Arena *arena;
    VEC(const char *) files;  /* what is not an option                            */
    VEC(const char *) params; /* NAME=VALUE, in the order given                   */
    VEC(const char *) rest;   /* for the trainer                                  */
    const char *output;       /* NULL when not given, as the others               */
    const char *data;
    const char *dump;
    const char *weights;
    const char *set;
    const char *numerics; /* fast or exact */
    int64_t batch; /* 0 when not given */
    bool json;
    bool memory;
    bool write;
    bool check;
    bool manual;
    bool autotune;
} Options;

typedef struct Command {
    const char *name;
    int (*run)(Options *options);
    const char *usage; /* after the name: "FILE.nnd [options]" */
    const char *help;  /* one line                             */
    unsigned options;  /* OPTION_ bits                         */
} Command;
extern const Command command_table[]; /* main.c; ends with a row without name */

/* ---- cmd/options.c */
/* Reads argv into options. On a mistake prints it (with a suggestion) and returns EXIT_USAGE. */
int options_parse(Options *options, const Command *command, int argc, char **argv);
/* Prints the options that a command accepts, one a line. */
void options_describe(unsigned accepted);
/* The candidate nearest to word, or NULL when none is near: at most 2 edits, 1 in short words. */
const char *suggest(Str word, const char *const *candidates, int count);
/* "nndc: MESSAGE" on stderr. Returns EXIT_IO, so that a command can return what it reports. */
int report_io(Str message);

/* ---- cmd/load.c */
/* A model file on its way: what every command that takes one begins with. */
typedef struct Load {
    Sources sources;
    Diag diag;
    CompileOptions compile;
    Compilation result;
} Load;
/* Reads and parses the file alone. EXIT_OK, or what was reported: EXIT_IO or EXIT_MODEL. */
int load_file(Load *load, Options *options, const char *path);
/* The same with everything that it imports. */
int load_syntax(Load *load, Options *options, const char *path);
/* Prints "needs one file" and returns EXIT_USAGE unless exactly one was given. */
int need_one_file(const Options *options, const char *command);

/* ---- cmd/model.c */
/* Elaborates the model that load_syntax read, with the parameters of the options. */
int load_elaborate(Load *load, Options *options);
/* load_syntax, then load_elaborate. */
int load_model(Load *load, Options *options, const char *path);
/* The parameters of the options. */
ParamChoice *param_choices(Options *options);
/* Runs the passes for these goals on a model that load_model read. */
int load_compile(Load *load, unsigned goals);
/* The goals that the model says enough for: it has a train section, it has outputs. */
unsigned load_goals(const Load *load);

/* ---- cmd/cache.c */
/* A directory below $XDG_CACHE_HOME/nndc or ~/.cache/nndc, made when it is not there. */
bool cache_directory(Arena *arena, const char *kind, Str name, Str *path, Str *error);
/* 128 bits of the text as 32 hexadecimal digits: names what is kept in the cache. */
Str cache_key(Arena *arena, Str text);

/* ---- cmd/compile.c */
/* Compiles the text of NAME_trainer.c, or finds the program in the cache. The C compiler's own
 * messages go to stderr; *error then holds the command. */
bool compile_cached(Arena *arena, Str name, Str text, Str *program, Str *error);
/* Names the processor, how many there are, and the C compiler with its flags. */
Str compile_key(Arena *arena);
/* Runs a program (words ends with NULL) and waits, with a progress line of that label. Returns its
 * exit code, or -1 and the reason. */
int run_program(Arena *arena, char *const *words, const char *label, Str *error);

/* ---- cmd/build.c */
/* Makes the trainer of a loaded model, or finds it in the cache. EXIT_OK, or what was reported. */
int build_trainer(Load *load, const Options *options, Str *program);

/* ---- cmd/autotune.c */
/* Measures the contractions of the training step that this machine's table does not have, and sets
 * load->compile.tuning. EXIT_OK, or what was reported. */
int autotune(Load *load);

/* ---- cmd/run_params.c */
/* Of a model that load_syntax read: parameters that the options do not give become those that a weights
 * file was trained with, and a note says so. The file is `weights`, or FILE of the directory `run`, or of
 * the model's own run. EXIT_OK, also without such a file, or what was reported. */
int take_params(Load *load, Options *options, const char *weights, const char *run, const char *file);

/* ---- cmd/unpack.c */
/* Unpacks a gzip file into the cache, unless it is there already. */
bool unpack_file(Arena *arena, Str path, Str *plain, Str *error);
/* The same for names that end in .gz; a plain file beside it stands in for a packed one that is not there.
 * Other files stay where they are. */
bool plain_file(Arena *arena, Str path, Str *plain, Str *error);
/* SET=FILE[,FILE] for the trainer's --source, when some of the files are packed; else the text is empty. */
bool plain_source(Arena *arena, Str set, const Str *paths, int count, Str *text, Str *error);

/* ---- cmd/pack.c, cmd/info.c */
int data_pack(Options *options);
int data_info(Options *options);
/* Where data files are: --data, else beside the model, which is the last file given. */
const char *data_directory(Options *options);
/* The packed form of a set, made when the cache does not have it. */
bool pack_cached(Options *options, const Model *model, const DataSource *source, Str *path, Str *error);
/* The packed form of picture files, without targets and by the rules of a set of pictures. */
bool pack_pictures_cached(Options *options, const Model *model, const DataSource *source,
                          const char *const *files, int count, Str *path, Str *error);

/* ---- cmd/<command>.c */
int cmd_check(Options *options);
int cmd_summary(Options *options);
int cmd_emit(Options *options);
int cmd_build(Options *options);
int cmd_train(Options *options);
int cmd_eval(Options *options);
int cmd_predict(Options *options);
int cmd_data(Options *options);
int cmd_fmt(Options *options);
int cmd_help(Options *options);

#endif
