/* mat.c: reads MATLAB files with matio. The only file that touches it. */
#include "interop/picture.h"

#ifdef NNDC_MAT
#include <matio.h>

static const char *kind_name(enum matio_classes kind)
{
    switch ((int)kind) {
    case MAT_C_CELL:
        return "cell";
    case MAT_C_STRUCT:
        return "struct";
    case MAT_C_OBJECT:
        return "object";
    case MAT_C_CHAR:
        return "char";
    case MAT_C_SPARSE:
        return "sparse";
    case MAT_C_DOUBLE:
        return "double";
    case MAT_C_SINGLE:
        return "single";
    case MAT_C_INT8:
        return "int8";
    case MAT_C_UINT8:
        return "uint8";
    case MAT_C_INT16:
        return "int16";
    case MAT_C_UINT16:
        return "uint16";
    case MAT_C_INT32:
        return "int32";
    case MAT_C_UINT32:
        return "uint32";
    case MAT_C_INT64:
        return "int64";
    case MAT_C_UINT64:
        return "uint64";
    default:
        return "unknown";
    }
}

static bool is_numeric(enum matio_classes kind)
{
    return kind >= MAT_C_DOUBLE && kind <= MAT_C_UINT64;
}

/* NULL, or what is wrong: only real numbers and cells of them can be read. */
static const char *describe(matvar_t *v, MatValue *value)
{
    int64_t count = 1;
    *value = (MatValue){
        .handle = v, .is_cell = v->class_type == MAT_C_CELL, .kind = kind_name(v->class_type)};
    if (v->rank < 1 || v->rank > MAT_MAX_RANK)
        return "has too many axes";
    value->rank = v->rank;
    for (int axis = 0; axis < v->rank; axis++) {
        value->dim[axis] = (int64_t)v->dims[axis];
        if (!size_multiply(count, value->dim[axis], &count))
            return "is too large";
    }
    value->count = count;
    if (!value->is_cell && !is_numeric(v->class_type))
        return "holds no numbers";
    if (v->isComplex)
        return "holds complex numbers";
    if (count > 0 && v->data == NULL)
        return "has no data";
    int64_t size = value->is_cell ? (int64_t)sizeof(matvar_t *) : (int64_t)v->data_size;
    return size < 1 || count > (int64_t)(v->nbytes / (size_t)size) ? "is damaged" : NULL;
}

static mat_t *open_file(Arena *arena, const char *path, Str *error)
{
    Str text;
    /* Its own message for what cannot be opened is no help. */
    ArenaMark mark = arena_mark(arena);
    if (!file_read(arena, path, &text, error))
        return NULL;
    arena_release(arena, mark);
    mat_t *file = Mat_Open(path, MAT_ACC_RDONLY);
    if (file == NULL)
        *error = str_format(arena, "cannot read '%s': it is not a MATLAB file", path);
    return file;
}

bool mat_list(Arena *arena, const char *path, MatVariables *variables, Str *error)
{
    mat_t *file = open_file(arena, path, error);
    if (file == NULL)
        return false;
    for (matvar_t *v; (v = Mat_VarReadNextInfo(file)) != NULL; Mat_VarFree(v)) {
        MatVariable item = {.kind = kind_name(v->class_type)};
        item.name = str_format(arena, "%s", v->name != NULL ? v->name : "");
        item.rank = v->rank < 0 ? 0 : v->rank > MAT_MAX_RANK ? MAT_MAX_RANK : v->rank;
        for (int axis = 0; axis < item.rank; axis++)
            item.dim[axis] = (int64_t)v->dims[axis];
        vec_push(arena, variables, item);
    }
    Mat_Close(file);
    return true;
}

/* "; it holds 'Data', 'labels'", for a message. */
static Str names_in(Arena *arena, const char *path)
{
    enum { most = 8 };
    MatVariables found = {0};
    Str text = {0}, ignored;
    if (!mat_list(arena, path, &found, &ignored))
        return text;
    for (int i = 0; i < found.count && i < most; i++)
        text = str_format(arena, "%.*s%s'%.*s'", STR_ARGS(text), i == 0 ? "; it holds " : ", ",
                          STR_ARGS(found.items[i].name));
    return text;
}

bool mat_read(Arena *arena, const char *path, Str name, MatValue *value, Str *error)
{
    mat_t *file = open_file(arena, path, error);
    if (file == NULL)
        return false;
    matvar_t *v = Mat_VarRead(file, str_c(arena, name));
    Mat_Close(file);
    if (v == NULL) {
        *error = str_format(arena, "'%s' has no variable '%.*s', or it cannot be read%.*s", path,
                            STR_ARGS(name), STR_ARGS(names_in(arena, path)));
        return false;
    }
    const char *problem = describe(v, value);
    if (problem != NULL) {
        *error =
            str_format(arena, "'%s': '%.*s' (%s) %s", path, STR_ARGS(name), value->kind, problem);
        Mat_VarFree(v);
    }
    return problem == NULL;
}

void mat_free(MatValue *value)
{
    Mat_VarFree(value->handle);
    value->handle = NULL;
}

const char *mat_cell(const MatValue *value, int64_t index, MatValue *cell)
{
    const matvar_t *v = value->handle;
    matvar_t *item = ((matvar_t **)v->data)[index];
    return item != NULL ? describe(item, cell) : "is empty";
}

double mat_number(const MatValue *value, int64_t index)
{
    const matvar_t *v = value->handle;
    switch ((int)v->class_type) {
    case MAT_C_SINGLE:
        return (double)((const float *)v->data)[index];
    case MAT_C_INT8:
        return ((const int8_t *)v->data)[index];
    case MAT_C_UINT8:
        return ((const uint8_t *)v->data)[index];
    case MAT_C_INT16:
        return ((const int16_t *)v->data)[index];
    case MAT_C_UINT16:
        return ((const uint16_t *)v->data)[index];
    case MAT_C_INT32:
        return ((const int32_t *)v->data)[index];
    case MAT_C_UINT32:
        return ((const uint32_t *)v->data)[index];
    case MAT_C_INT64:
        return (double)((const int64_t *)v->data)[index];
    case MAT_C_UINT64:
        return (double)((const uint64_t *)v->data)[index];
    default:
        return ((const double *)v->data)[index];
    }
}

#else

static bool missing(Arena *arena, const char *path, Str *error)
{
    *error = str_format(arena, "cannot read '%s': nndc was built without matio", path);
    return false;
}

bool mat_read(Arena *arena, const char *path, Str name, MatValue *value, Str *error)
{
    (void)name;
    (void)value;
    return missing(arena, path, error);
}

void mat_free(MatValue *value)
{
    (void)value;
}

const char *mat_cell(const MatValue *value, int64_t index, MatValue *cell)
{
    (void)value;
    (void)index;
    (void)cell;
    return "cannot be read";
}

double mat_number(const MatValue *value, int64_t index)
{
    (void)value;
    (void)index;
    return 0;
}

bool mat_list(Arena *arena, const char *path, MatVariables *variables, Str *error)
{
    (void)variables;
    return missing(arena, path, error);
}

#endif
