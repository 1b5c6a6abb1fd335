/* train.c: `nndc train`, `nndc eval` and `nndc predict`: builds the trainer, makes the data that it will
 * read ready, and becomes the trainer. */
#define _POSIX_C_SOURCE 200809L
#include "cmd/cmd.h"

#include "data/data.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef VEC(char *) Words;

static void add_word(Options *options, Words *words, const char *word)
{
    vec_push(options->arena, words, (char *)(uintptr_t)word);
}

/* The value of an option of the trainer, as "--set test" or "--set=test", or NULL. The last one counts,
 * as in the trainer. */
static const char *trainer_option(const Options *options, const char *name)
{
    const char *value = NULL;
    size_t length = strlen(name);
    for (int i = 0; i < options->rest.count; i++) {
        const char *word = options->rest.items[i];
        if (strncmp(word, name, length) == 0 && word[length] == '=')
            value = word + length + 1;
        else if (strcmp(word, name) == 0 && i + 1 < options->rest.count)
            value = options->rest.items[++i];
    }
    return value;
}

/* ---- sets ------------------------------------------------------------------------------------- */

/* Does the user give the files of a set? */
static bool is_replaced(const Options *options, Str set)
{
    for (int i = 0; i < options->rest.count; i++) {
        const char *word = options->rest.items[i];
        if (strncmp(word, "--source=", 9) == 0)
            word += 9;
        else if (i == 0 || strcmp(options->rest.items[i - 1], "--source") != 0)
            continue;
        if (strncmp(word, set.ptr, (size_t)set.len) == 0 && word[set.len] == '=')
            return true;
    }
    return false;
}

static const DataSource *find_set(const Model *model, const char *name)
{
    for (int i = 0; i < model->data.count; i++)
        if (str_is(model->data.items[i].name, name))
            return &model->data.items[i];
    return NULL;
}

/* The set that the trainer's eval takes, by the same rule; NULL when there is none of that name. */
static const DataSource *eval_set(const Options *options, const Model *model)
{
    const char *name = trainer_option(options, "--set");
    if (name != NULL)
        return find_set(model, name);
    const DataSource *set = find_set(model, "test");
    if (set == NULL)
        set = find_set(model, "validation");
    return set != NULL ? set : find_set(model, "train");
}

/* Marks the sets that are read together with one: splits join them. */
static void mark_joined(const Model *model, const DataSource *set, bool *wanted)
{
    for (int i = 0; i < model->data.count; i++)
        wanted[i] = set == &model->data.items[i];
    for (int i = 0; i < model->data.count; i++) {
        const DataSource *split = &model->data.items[i];
        if (split->kind != SOURCE_SPLIT)
            continue;
        for (int k = 0; k < model->data.count; k++)
            if (str_equal(model->data.items[k].name, split->of) && (wanted[i] || wanted[k]))
                wanted[i] = wanted[k] = true;
    }
}

/* The files of a set as --source gives them to a trainer, when it cannot read them where they are: SET=FILE,...
 * Otherwise the text stays empty. */
static bool readable_source(Options *options, const Model *model, const DataSource *source, Str *text, Str *error)
{
    Arena *arena = options->arena;
    Strs paths = {0};
    if (pack_needed(source)) {
        Str path;
        if (!pack_cached(options, model, source, &path, error))
            return false;
        *text = str_format(arena, "%.*s=%.*s", STR_ARGS(source->name), STR_ARGS(path));
        return true;
    }
    for (int i = 0; i < source->files.count; i++)
        vec_push(arena, &paths, path_join(arena, str_from(data_directory(options)), source->files.items[i]));
    return plain_source(arena, source->name, paths.items, paths.count, text, error);
}

/* Makes the files of the wanted sets readable for a trainer, and tells it where they are. */
static bool add_sets(Options *options, const Model *model, const bool *wanted, Words *words, Str *error)
{
    add_word(options, words, "--data");
    add_word(options, words, data_directory(options));
    for (int i = 0; i < model->data.count; i++) {
        const DataSource *source = &model->data.items[i];
        Str text = {0};
        if (!wanted[i] || is_replaced(options, source->name))
            continue;
        if (!readable_source(options, model, source, &text, error))
            return false;
        if (text.len > 0) {
            add_word(options, words, "--source");
            add_word(options, words, str_c(options->arena, text));
        }
    }
    return true;
}

/* SET=FILE[,FILE] as the user gave it, with files that the trainer can read. What is wrong with it is left
 * for the trainer to say. */
static bool given_source(Options *options, const char *given, const char **text, Str *error)
{
    Str set = {given, (int64_t)strcspn(given, "=")}, result;
    Strs paths = {0};
    *text = given;
    for (const char *at = given + set.len; *at != 0; at += strcspn(at, ",")) {
        at++; /* the = or comma before a name */
        Str path = {at, (int64_t)strcspn(at, ",")};
        vec_push(options->arena, &paths, str_copy(options->arena, path));
    }
    if (!plain_source(options->arena, set, paths.items, paths.count, &result, error))
        return false;
    if (result.len > 0)
        *text = str_c(options->arena, result);
    return true;
}

/* The arguments of the user, with sources that the trainer can read. */
static bool add_given_words(Options *options, Words *words, Str *error)
{
    for (int i = 0; i < options->rest.count; i++) {
        const char *word = options->rest.items[i];
        bool is_source = i > 0 && strcmp(options->rest.items[i - 1], "--source") == 0;
        if (strncmp(word, "--source=", 9) == 0) {
            add_word(options, words, "--source");
            word += 9;
            is_source = true;
        }
        if (is_source && !given_source(options, word, &word, error))
            return false;
        add_word(options, words, word);
    }
    return true;
}

/* ---- files of predict ------------------------------------------------------------------------- */

/* The set of pictures whose rules for their size hold for other pictures, too. */
static const DataSource *picture_set(const Model *model)
{
    for (int i = 0; i < model->data.count; i++)
        if (model->data.items[i].kind == SOURCE_IMAGES)
            return &model->data.items[i];
    return NULL;
}

static bool is_option_value(const Options *options, int i)
{
    const char *before = i > 0 ? options->rest.items[i - 1] : "";
    return strcmp(before, "--weights") == 0 || strcmp(before, "--threads") == 0 ||
           strcmp(before, "--names") == 0;
}

typedef VEC(const char *) Files;

/* The pictures in a folder, by name. */
static bool add_folder(Options *options, const char *folder, Files *pictures, Str *error)
{
    NameList names = {0};
    if (!folder_names(options->arena, folder, false, &names, error))
        return false;
    for (int i = 0; i < names.count; i++)
        vec_push(options->arena, pictures, path_join(options->arena, str_from(folder), names.items[i]).ptr);
    if (names.count == 0)
        *error = str_format(options->arena, "'%s' has no PNG or JPEG files; its sub-folders are not searched", folder);
    return names.count > 0;
}

/* The names of the pictures in a file beside the packed ones, for the lines that predict prints. */
static bool add_names(Options *options, const Files *pictures, Str packed, Words *words, Str *error)
{
    Arena *arena = options->arena;
    StrBuf text = {.arena = arena};
    Str path = path_join(arena, path_directory(packed), STR("names.txt"));
    for (int i = 0; i < pictures->count; i++) {
        for (const char *c = pictures->items[i]; *c != 0; c++)
            buf_add_char(&text, *c == '\n' ? '?' : *c); /* a line each */
        buf_add_char(&text, '\n');
    }
    if (!file_write(arena, path.ptr, buf_str(&text), error))
        return false;
    add_word(options, words, "--names");
    add_word(options, words, path.ptr);
    return true;
}

static bool is_folder(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

/* Is it a picture of predict, or a folder of them? */
static bool is_pictures(const Options *options, int i)
{
    const char *word = options->rest.items[i];
    return word[0] != '-' && !is_option_value(options, i) && (is_picture_name(word) || is_folder(word));
}

/* All pictures become one packed file, in the place of the first. */
static bool add_pictures(Options *options, const Model *model, Words *words, Str *error)
{
    Files pictures = {0};
    const DataSource *set = picture_set(model);
    Str path;
    for (int i = 0; i < options->rest.count; i++) {
        if (!is_pictures(options, i))
            continue;
        if (set == NULL) {
            *error = str_format(options->arena, "'%s' is a %s; for pictures write a set of them in the data "
                                "section, such as 'test = images(\"FOLDER\")'", options->rest.items[i],
                                is_folder(options->rest.items[i]) ? "folder" : "picture");
            return false;
        }
        if (!is_folder(options->rest.items[i]))
            vec_push(options->arena, &pictures, options->rest.items[i]);
        else if (!add_folder(options, options->rest.items[i], &pictures, error))
            return false;
    }
    if (!pack_pictures_cached(options, model, set, pictures.items, pictures.count, &path, error))
        return false;
    add_word(options, words, str_c(options->arena, path));
    return trainer_option(options, "--names") != NULL || add_names(options, &pictures, path, words, error);
}

/* The arguments of predict, with files that the trainer can read. */
static bool add_predict_words(Options *options, const Model *model, Words *words, Str *error)
{
    bool has_pictures = false;
    for (int i = 0; i < options->rest.count; i++) {
        Str word = str_from(options->rest.items[i]);
        if (is_pictures(options, i)) {
            if (!has_pictures && !add_pictures(options, model, words, error))
                return false;
            has_pictures = true;
            continue;
        }
        bool is_file = word.ptr[0] != '-' && !is_option_value(options, i);
        if (is_file && !plain_file(options->arena, word, &word, error))
            return false;
        add_word(options, words, str_c(options->arena, word));
    }
    return true;
}

/* ---- commands --------------------------------------------------------------------------------- */

/* A batch above that of the model needs a trainer that is made for it. */
static void raise_batch(Load *load, const Options *options)
{
    const char *text = trainer_option(options, "--batch");
    long long batch = text != NULL ? strtoll(text, NULL, 10) : 0; /* the trainer checks the text */
    if (batch > load->result.training->train.batch && batch <= 1 << 20)
        load->compile.train_batch = batch;
}

static bool add_words(Options *options, const Model *model, const char *command, Words *words, Str *error)
{
    if (strcmp(command, "predict") == 0)
        return add_predict_words(options, model, words, error);
    bool *wanted = arena_array(options->arena, bool, model->data.count);
    const DataSource *set = eval_set(options, model);
    for (int i = 0; i < model->data.count; i++)
        wanted[i] = true;
    if (strcmp(command, "eval") == 0)
        mark_joined(model, set, wanted);
    return add_sets(options, model, wanted, words, error) && add_given_words(options, words, error);
}

/* What works on a run has its parameters. A new run has those of the model, whatever weights it starts from. */
static int take_run_params(Load *load, Options *options, const char *command)
{
    bool resumes = false;
    for (int i = 0; i < options->rest.count; i++)
        resumes |= strcmp(options->rest.items[i], "--resume") == 0;
    if (strcmp(command, "train") != 0)
        return take_params(load, options, trainer_option(options, "--weights"), NULL, "best.safetensors");
    return resumes ? take_params(load, options, NULL, trainer_option(options, "--out"), "last.checkpoint")
                   : EXIT_OK;
}

/* Builds the trainer and becomes it, with one of its commands. */
static int run_trainer(Options *options, const char *command)
{
    Load load;
    Str program, error = {0};
    /* A question about options needs no data. */
    bool is_help = false;
    for (int i = 0; i < options->rest.count; i++)
        is_help |= strcmp(options->rest.items[i], "--help") == 0 || strcmp(options->rest.items[i], "-h") == 0;
    int status = need_one_file(options, command);
    if (status == EXIT_OK)
        status = load_syntax(&load, options, options->files.items[0]);
    if (status == EXIT_OK && !is_help)
        status = take_run_params(&load, options, command);
    if (status == EXIT_OK)
        status = load_elaborate(&load, options);
    if (status == EXIT_OK) {
        raise_batch(&load, options);
        status = build_trainer(&load, options, &program);
    }
    if (status != EXIT_OK)
        return status;

    Words words = {0};
    add_word(options, &words, program.ptr);
    add_word(options, &words, command);
    if (is_help)
        add_word(options, &words, "--help");
    else if (!add_words(options, load.result.training, command, &words, &error))
        return report_io(error);
    vec_push(options->arena, &words, NULL);
    fflush(stdout);
    fflush(stderr);
    execv(words.items[0], words.items);
    return report_io(
        str_format(options->arena, "cannot run '%s': %s", words.items[0], strerror(errno)));
}

int cmd_train(Options *options)
{
    return run_trainer(options, "train");
}

int cmd_eval(Options *options)
{
    return run_trainer(options, "eval");
}

int cmd_predict(Options *options)
{
    return run_trainer(options, "predict");
}
