/* pictures.c: which pictures a source has, and what their labels are.
 *
 * Without a file of labels every sub-folder is a class, sorted by name, and so are the pictures in
 * it. With one, its rows are the samples, in their order. Words become classes: the target's names
 * when it has some, else the words that occur, sorted. */
#define _POSIX_C_SOURCE 200809L
#include "data/data.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

static int compare_names(const void *a, const void *b)
{
    return strcmp(((const Str *)a)->ptr, ((const Str *)b)->ptr);
}

bool is_picture_name(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot != NULL && (strcasecmp(dot, ".png") == 0 || strcasecmp(dot, ".jpg") == 0 ||
                           strcasecmp(dot, ".jpeg") == 0);
}

bool folder_names(Arena *arena, const char *path, bool folders, NameList *names, Str *error)
{
    DIR *folder = opendir(path);
    struct dirent *entry;
    if (folder == NULL) {
        *error = str_format(arena, "cannot read '%s': %s", path, strerror(errno));
        return false;
    }
    while ((entry = readdir(folder)) != NULL) {
        struct stat info;
        if (entry->d_name[0] == '.' ||
            stat(str_format(arena, "%s/%s", path, entry->d_name).ptr, &info) != 0)
            continue;
        if (folders ? S_ISDIR(info.st_mode)
                    : !S_ISDIR(info.st_mode) && is_picture_name(entry->d_name))
            vec_push(arena, names, str_format(arena, "%s", entry->d_name));
    }
    closedir(folder);
    if (names->count > 0)
        qsort(names->items, (size_t)names->count, sizeof(Str), compare_names);
    return true;
}

/* ---- classes --------------------------------------------------------------------------------- */

static const Node *target_of(const Model *model)
{
    return graph_node(model->graph, model->graph->targets.items[0]);
}

static Str list_names(Arena *arena, const Str *names, int count)
{
    StrBuf list = {.arena = arena};
    for (int i = 0; i < count && i < 20; i++)
        buf_add(&list, "%s'%.*s'", i > 0 ? ", " : "", STR_ARGS(names[i]));
    if (count > 20)
        buf_add(&list, ", ...");
    return buf_str(&list);
}

/* Sets the classes of the list: those of the target, or the sorted words found in `what`. */
static bool set_classes(Arena *arena, const Model *model, const char *what, const NameList *found,
                        PictureList *list, Str *error)
{
    const Node *target = target_of(model);
    list->class_count = target->classes;
    list->class_names = target->class_names != NULL ? target->class_names : found->items;
    if (target->classes == 0 || target->class_names != NULL || found->count == target->classes)
        return true;
    *error = str_format(arena, "'%s' has %d classes (%.*s), the target '%.*s' is class[%d]", what,
                        found->count, STR_ARGS(list_names(arena, found->items, found->count)),
                        STR_ARGS(target->name), target->classes);
    return false;
}

static int class_number(const PictureList *list, Str word)
{
    return str_find(list->class_names, list->class_count, word);
}

/* ---- a folder for each class ----------------------------------------------------------------- */

static bool list_folders(Arena *arena, const Model *model, const char *root, PictureList *list,
                         Str *error)
{
    NameList folders = {0};
    if (!folder_names(arena, root, true, &folders, error))
        return false;
    if (folders.count == 0) {
        *error = str_format(arena,
                            "'%s' has no sub-folders; each class needs one, or 'labels' names a "
                            "CSV file",
                            root);
        return false;
    }
    if (!set_classes(arena, model, root, &folders, list, error))
        return false;
    for (int i = 0; i < folders.count; i++) {
        NameList names = {0};
        int label = class_number(list, folders.items[i]);
        const char *folder = str_format(arena, "%s/%.*s", root, STR_ARGS(folders.items[i])).ptr;
        if (label < 0) {
            *error = str_format(arena, "'%s' is none of the classes %.*s", folder,
                                STR_ARGS(list_names(arena, list->class_names, list->class_count)));
            return false;
        }
        if (!folder_names(arena, folder, false, &names, error))
            return false;
        for (int k = 0; k < names.count; k++) {
            PictureFile file = {str_format(arena, "%s/%.*s", folder, STR_ARGS(names.items[k])).ptr,
                                label};
            vec_push(arena, &list->files, file);
        }
    }
    return true;
}

/* ---- a file of labels ------------------------------------------------------------------------ */

static bool is_whole_number(Str text)
{
    for (int64_t i = 0; i < text.len; i++)
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
    return text.len > 0 && text.len < 9;
}

/* The distinct words of a column, sorted; none when all are numbers. */
static NameList distinct_words(Arena *arena, const CsvTable *table, int column)
{
    NameList words = {0};
    bool has_word = false;
    for (int64_t row = 0; row < table->rows; row++) {
        Str field = table->fields[row * table->columns + column];
        has_word |= !is_whole_number(field);
        if (str_find(words.items, words.count, field) < 0)
            vec_push(arena, &words, str_format(arena, "%.*s", STR_ARGS(field)));
    }
    if (!has_word)
        words.count = 0;
    if (words.count > 0)
        qsort(words.items, (size_t)words.count, sizeof(Str), compare_names);
    return words;
}

static bool label_of(Arena *arena, const Node *target, const PictureList *list, Str field,
                     double *label)
{
    const char *text = str_c(arena, field);
    char *end;
    if (target->classes == 0) {
        *label = strtod(text, &end);
        return end != text && *end == 0;
    }
    int number = list->class_names != NULL ? class_number(list, field) : -1;
    if (number < 0 && is_whole_number(field))
        number = atoi(text) < target->classes ? atoi(text) : -1;
    *label = number;
    return number >= 0;
}

static bool is_chosen(const DataSource *source, Str field)
{
    return str_find(source->where.items + 1, source->where.count - 1, field) >= 0;
}

static bool list_table(Arena *arena, const Model *model, const DataSource *source, const char *root,
                       PictureList *list, Str *error)
{
    const Node *target = target_of(model);
    CsvTable table;
    if (!csv_table_read(arena, path_join(arena, str_from(root), source->labels).ptr, ',', true,
                        &table, error))
        return false;
    int file = csv_table_column(arena, &table, source->file_column, error);
    int label = file >= 0 ? csv_table_column(arena, &table, source->label_column, error) : -1;
    int where = label >= 0 && source->where.count > 0
                    ? csv_table_column(arena, &table, source->where.items[0], error)
                    : 0;
    if (file < 0 || label < 0 || where < 0)
        return false;
    NameList words = distinct_words(arena, &table, label);
    list->class_count = target->classes;
    list->class_names = target->class_names;
    if (words.count > 0 && target->classes > 0 &&
        !set_classes(arena, model, table.path, &words, list, error))
        return false;
    for (int64_t row = 0; row < table.rows; row++) {
        const Str *fields = table.fields + row * table.columns;
        PictureFile picture;
        if (source->where.count > 0 && !is_chosen(source, fields[where]))
            continue;
        if (!label_of(arena, target, list, fields[label], &picture.label)) {
            Str needed = list->class_names == NULL || target->classes == 0
                             ? target->classes == 0
                                   ? STR("a number")
                                   : str_format(arena, "a class from 0 to %d", target->classes - 1)
                             : list_names(arena, list->class_names, list->class_count);
            *error = str_format(arena, "%s:%lld: label '%.*s' is not known; '%.*s' needs %.*s",
                                table.path, (long long)table.lines[row], STR_ARGS(fields[label]),
                                STR_ARGS(target->name), STR_ARGS(needed));
            return false;
        }
        Str name =
            str_format(arena, "%.*s%.*s", STR_ARGS(fields[file]), STR_ARGS(source->extension));
        picture.path = path_join(arena, str_from(root), name).ptr;
        vec_push(arena, &list->files, picture);
    }
    return true;
}

bool picture_list(Arena *arena, const Model *model, const DataSource *source, const char *directory,
                  PictureList *list, Str *error)
{
    const char *root = path_join(arena, str_from(directory), source->files.items[0]).ptr;
    *list = (PictureList){0};
    bool ok = source->labels.len > 0 ? list_table(arena, model, source, root, list, error)
                                     : list_folders(arena, model, root, list, error);
    if (!ok)
        return false;
    if (source->end_row > list->files.count) {
        *error = str_format(
            arena, "'%s' has %d pictures, 'rows' asks for %lld to %lld, counted from 0", root,
            list->files.count, (long long)source->first_row, (long long)source->end_row - 1);
        return false;
    }
    if (source->end_row > 0) {
        list->files.items += source->first_row;
        list->files.count = (int)(source->end_row - source->first_row);
    }
    if (list->files.count == 0)
        *error = str_format(arena, "'%s' has no pictures%s", root,
                            source->where.count > 0 ? " that 'where' chooses" : "");
    return list->files.count > 0;
}
