/* pack.c: a set of pictures, a MATLAB or a CDB file, as one safetensors file that a trainer reads.
 *
 * The target comes first in the file, so that 32-bit values stand at a multiple of four. Values of
 * a u8 input are rounded to the nearest. One sample is in memory at a time, but for a MATLAB
 * variable, which its library reads whole. */
#define _POSIX_C_SOURCE 200809L
#include "data/data.h"

#include "base/report.h"
#include "interop/picture.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

bool pack_needed(const DataSource *source)
{
    return source->kind == SOURCE_IMAGES || source->kind == SOURCE_MAT || source->kind == SOURCE_CDB;
}

/* A set on its way. */
typedef struct Pack {
    Arena *arena; /* of the whole run */
    Arena sample; /* emptied after each sample */
    const Model *model;
    const DataSource *source;
    const Node *input, *target;
    int64_t height, width, channels; /* of the input */
    int64_t count;                   /* samples */
    float *values;                   /* of one input */
    unsigned char *bytes;            /* the same as they are written */
    Str *error;
} Pack;

static bool fail(Pack *p, Str message)
{
    *p->error = message;
    return false;
}

static Pack begin(Arena *arena, const Model *model, const DataSource *source, Str *error)
{
    const Graph *g = model->graph;
    Pack p = {.arena = arena, .model = model, .source = source, .error = error};
    p.input = graph_node(g, g->inputs.items[0]);
    p.target = graph_node(g, g->targets.items[0]);
    const Shape *s = &p.input->shape;
    p.height = s->rank > 0 ? s->dim[0] : 1;
    p.width = s->rank > 1 ? s->dim[1] : 1;
    p.channels = s->rank > 2 ? s->dim[2] : 1;
    p.values = arena_array(arena, float, shape_elements(*s));
    p.bytes = arena_alloc(arena, 4 * shape_elements(*s));
    return p;
}

static Shape with_samples(int64_t count, Shape shape)
{
    Shape whole = {.rank = shape.rank + 1};
    whole.dim[0] = count;
    for (int i = 0; i < shape.rank; i++)
        whole.dim[i + 1] = shape.dim[i];
    return whole;
}

static TensorFile *open_target(Pack *p, const char *path, const PictureList *classes, bool has_targets)
{
    static const char *const types[] = {[TYPE_F32] = "F32", [TYPE_U8] = "U8", [TYPE_I32] = "I32"};
    TensorEntry entries[2] = {
        {p->target->name, p->target->type == TYPE_F32 ? "F32" : "I32",
         with_samples(p->count, p->target->shape)},
        {p->input->name, types[p->input->type], with_samples(p->count, p->input->shape)},
    };
    int first = has_targets ? 0 : 1;
    return tensor_file_open(p->arena, path, entries + first, 2 - first, p->model->name, classes, p->error);
}

static void put_bits(unsigned char *to, uint32_t bits)
{
    for (int i = 0; i < 4; i++)
        to[i] = (unsigned char)(bits >> (8 * i));
}

static void put_number(unsigned char *to, Type type, double value)
{
    float real = (float)value;
    uint32_t bits = (uint32_t)(int32_t)(type == TYPE_F32 ? 0 : value);
    if (type == TYPE_F32)
        memcpy(&bits, &real, sizeof bits);
    put_bits(to, bits);
}

static void write_label(Pack *p, TensorFile *file, double label)
{
    unsigned char bytes[4];
    put_number(bytes, p->target->type == TYPE_F32 ? TYPE_F32 : TYPE_I32, label);
    tensor_file_write(file, bytes, 4);
}

/* The values of the input; the index of the first that its type cannot hold, or -1. */
static int64_t write_input(Pack *p, TensorFile *file)
{
    int64_t count = shape_elements(p->input->shape);
    bool is_byte = p->input->type == TYPE_U8;
    for (int64_t i = 0; i < count; i++) {
        float value = p->values[i];
        float rounded = floorf(value + 0.5f);
        if (is_byte && !(rounded >= 0 && rounded <= 255))
            return i;
        if (is_byte)
            p->bytes[i] = (unsigned char)rounded;
        else if (p->input->type == TYPE_I32 && !(fabsf(rounded) < 2e9f))
            return i;
        else
            put_number(p->bytes + 4 * i, p->input->type,
                       p->input->type == TYPE_F32 ? value : rounded);
    }
    tensor_file_write(file, p->bytes, is_byte ? count : 4 * count);
    return -1;
}

/* ---- pictures -------------------------------------------------------------------------------- */

static bool pack_picture(Pack *p, TensorFile *file, const char *path)
{
    Picture picture;
    if (!picture_read(&p->sample, path, (int)p->channels, &picture, p->error)) {
        *p->error = str_copy(p->arena, *p->error);
        return false;
    }
    int64_t count = (int64_t)picture.width * picture.height * picture.channels;
    Plane from = {picture.height, picture.width, p->channels,
                  arena_array(&p->sample, float, count)};
    Plane to = {p->height, p->width, p->channels, p->values};
    for (int64_t i = 0; i < count; i++)
        from.values[i] = picture.pixels[i];
    resize(&p->sample, &from, p->source->resize, &to);
    write_input(p, file);
    return true;
}

static bool write_pictures(Pack *p, TensorFile *file, const PictureList *list)
{
    bool ok = true;
    Str label = str_format(p->arena, "packing %.*s", STR_ARGS(p->source->files.items[0]));
    Progress progress = progress_begin(label.ptr, p->count);
    for (int64_t i = 0; ok && i < p->count; i++) {
        ok = pack_picture(p, file, list->files.items[i].path);
        arena_free(&p->sample);
        p->sample = (Arena){0};
        progress_update(&progress, i + 1);
    }
    progress_end(&progress);
    return ok;
}

static bool pack_pictures(Pack *p, const char *directory, const char *target)
{
    PictureList list;
    if (!picture_list(p->arena, p->model, p->source, directory, &list, p->error))
        return false;
    p->count = list.files.count;
    TensorFile *file = open_target(p, target, &list, true);
    if (file == NULL)
        return false;
    for (int64_t i = 0; i < p->count; i++)
        write_label(p, file, list.files.items[i].label);
    return tensor_file_close(file, write_pictures(p, file, &list), p->error);
}

/* ---- MATLAB files ---------------------------------------------------------------------------- */

/* Numbers of a cell, whose rows follow each other afterwards, in the size of the input. */
static const char *take_cell(Pack *p, const MatValue *cells, int64_t index)
{
    MatValue cell;
    const char *problem = mat_cell(cells, index, &cell);
    if (problem != NULL)
        return problem;
    if (cell.is_cell || cell.rank != 2 || cell.count == 0)
        return "is not a matrix";
    Plane from = {cell.dim[0], cell.dim[1], 1, arena_array(&p->sample, float, cell.count)};
    Plane to = {p->height, p->width, 1, p->values};
    for (int64_t y = 0; y < from.height; y++)
        for (int64_t x = 0; x < from.width; x++)
            from.values[y * from.width + x] = (float)mat_number(&cell, x * from.height + y);
    resize(&p->sample, &from, p->source->resize, &to);
    return NULL;
}

/* Sample `index` of an array: its first axis varies fastest, those of the input vary slowest first.
 */
static void take_row(Pack *p, const MatValue *array, int64_t index)
{
    int64_t count = shape_elements(p->input->shape);
    for (int64_t i = 0; i < count; i++) {
        int64_t rest = i, at = 0;
        for (int axis = array->rank - 1; axis > 0; axis--) {
            int64_t stride = 1;
            for (int k = 0; k < axis; k++)
                stride *= array->dim[k];
            at += rest % array->dim[axis] * stride;
            rest /= array->dim[axis];
        }
        p->values[i] = (float)mat_number(array, at + index);
    }
}

static Str mat_dims(Arena *arena, const MatValue *value)
{
    StrBuf text = {.arena = arena};
    for (int i = 0; i < value->rank; i++)
        buf_add(&text, "%s%lld", i > 0 ? " x " : "", (long long)value->dim[i]);
    return buf_str(&text);
}

/* How many samples there are, and whether the variables have the form that is needed. */
static bool check_mat(Pack *p, const char *path, const MatValue *inputs, const MatValue *targets)
{
    const DataSource *s = p->source;
    int64_t found = inputs->is_cell ? inputs->count : inputs->dim[0];
    int64_t width = inputs->is_cell || found == 0 ? 0 : inputs->count / found;
    Str dims = mat_dims(p->arena, inputs);
    if (inputs->is_cell && p->input->shape.rank > 2 && p->channels != 1)
        return fail(
            p,
            str_format(
                p->arena,
                "'%s': '%.*s' is a cell of matrices, which have one channel; '%.*s' has %lld", path,
                STR_ARGS(s->input_variable), STR_ARGS(p->input->name), (long long)p->channels));
    if (!inputs->is_cell && width != shape_elements(p->input->shape))
        return fail(
            p, str_format(p->arena,
                          "'%s': '%.*s' is %.*s, so a sample has %lld values; '%.*s' needs %lld",
                          path, STR_ARGS(s->input_variable), STR_ARGS(dims), (long long)width,
                          STR_ARGS(p->input->name), (long long)shape_elements(p->input->shape)));
    if (targets->is_cell)
        return fail(p, str_format(p->arena, "'%s': '%.*s' is a cell; numbers are needed", path,
                                  STR_ARGS(s->target_variable)));
    if (targets->count != found)
        return fail(p, str_format(p->arena,
                                  "'%s': '%.*s' has %lld samples but '%.*s' has %lld numbers", path,
                                  STR_ARGS(s->input_variable), (long long)found,
                                  STR_ARGS(s->target_variable), (long long)targets->count));
    if (s->end_row > found)
        return fail(
            p, str_format(
                   p->arena, "'%s' has %lld samples, 'rows' asks for %lld to %lld, counted from 0",
                   path, (long long)found, (long long)s->first_row, (long long)s->end_row - 1));
    p->count = s->end_row > 0 ? s->end_row - s->first_row : found;
    return p->count > 0 || fail(p, str_format(p->arena, "'%s' has no samples", path));
}

static bool write_mat_labels(Pack *p, TensorFile *file, const char *path, const MatValue *targets)
{
    for (int64_t i = 0; i < p->count; i++) {
        double label = mat_number(targets, p->source->first_row + i);
        bool fits = p->target->type == TYPE_F32 ||
                    (p->target->classes > 0
                         ? label >= 0 && label < p->target->classes && !(floor(label) < label)
                         : fabs(label) < 2e9);
        if (!fits)
            return fail(
                p, str_format(
                       p->arena,
                       "'%s': '%.*s' of sample %lld is %g, '%.*s' needs a class from 0 to %d", path,
                       STR_ARGS(p->source->target_variable), (long long)(p->source->first_row + i),
                       label, STR_ARGS(p->target->name), p->target->classes - 1));
        write_label(p, file, label);
    }
    return true;
}

static bool write_mat_inputs(Pack *p, TensorFile *file, const char *path, const MatValue *inputs)
{
    Progress progress = progress_begin(str_format(p->arena, "packing %s", path).ptr, p->count);
    const char *problem = NULL;
    for (int64_t i = 0; i < p->count && problem == NULL; i++) {
        int64_t sample = p->source->first_row + i;
        if (inputs->is_cell)
            problem = take_cell(p, inputs, sample);
        else
            take_row(p, inputs, sample);
        if (problem == NULL && write_input(p, file) >= 0)
            problem = p->input->type == TYPE_U8 ? "has a value that is not from 0 to 255"
                                                : "has a value that a 32-bit integer cannot hold";
        if (problem != NULL)
            fail(p, str_format(p->arena, "'%s': sample %lld of '%.*s' %s", path, (long long)sample,
                               STR_ARGS(p->source->input_variable), problem));
        arena_free(&p->sample);
        p->sample = (Arena){0};
        progress_update(&progress, i + 1);
    }
    progress_end(&progress);
    return problem == NULL;
}

static bool pack_mat(Pack *p, const char *directory, const char *target)
{
    const char *path = path_join(p->arena, str_from(directory), p->source->files.items[0]).ptr;
    MatValue inputs = {0}, targets = {0};
    if (!mat_read(p->arena, path, p->source->input_variable, &inputs, p->error))
        return false;
    bool ok = mat_read(p->arena, path, p->source->target_variable, &targets, p->error);
    if (ok && check_mat(p, path, &inputs, &targets)) {
        TensorFile *file = open_target(p, target, NULL, true);
        ok = file != NULL;
        if (ok)
            ok = write_mat_labels(p, file, path, &targets) &&
                 write_mat_inputs(p, file, path, &inputs);
        if (file != NULL)
            ok = tensor_file_close(file, ok, p->error);
    } else {
        ok = false;
    }
    mat_free(&inputs);
    if (targets.handle != NULL)
        mat_free(&targets);
    return ok;
}

/* ---- CDB files ------------------------------------------------------------------------------- */

static bool check_cdb(Pack *p, const char *path, const Cdb *cdb)
{
    const DataSource *s = p->source;
    if (s->end_row > cdb->count)
        return fail(p, str_format(p->arena,
                                  "'%s' has %lld samples, 'rows' asks for %lld to %lld, counted from 0", path,
                                  (long long)cdb->count, (long long)s->first_row, (long long)s->end_row - 1));
    p->count = s->end_row > 0 ? s->end_row - s->first_row : cdb->count;
    for (int64_t i = 0; i < p->count && p->target->classes > 0; i++)
        if (cdb->records[s->first_row + i].label >= p->target->classes)
            return fail(p, str_format(p->arena, "'%s': picture %lld has label %d, '%.*s' needs a class from 0 to %d",
                                      path, (long long)(s->first_row + i), cdb->records[s->first_row + i].label,
                                      STR_ARGS(p->target->name), p->target->classes - 1));
    return p->count > 0 || fail(p, str_format(p->arena, "'%s' has no samples", path));
}

static bool pack_cdb(Pack *p, const char *directory, const char *target)
{
    const char *path = path_join(p->arena, str_from(directory), p->source->files.items[0]).ptr;
    Cdb cdb;
    if (!cdb_open(p->arena, path, &cdb, p->error) || !check_cdb(p, path, &cdb))
        return false;
    TensorFile *file = open_target(p, target, NULL, true);
    if (file == NULL)
        return false;
    const CdbRecord *records = cdb.records + p->source->first_row;
    Progress progress = progress_begin(str_format(p->arena, "packing %s", path).ptr, p->count);
    for (int64_t i = 0; i < p->count; i++)
        write_label(p, file, records[i].label);
    for (int64_t i = 0; i < p->count; i++) {
        int64_t pixels = (int64_t)records[i].width * records[i].height;
        Plane from = {records[i].height, records[i].width, 1, arena_array(&p->sample, float, pixels)};
        Plane to = {p->height, p->width, 1, p->values};
        cdb_decode(&cdb, p->source->first_row + i, from.values);
        resize(&p->sample, &from, p->source->resize, &to);
        write_input(p, file);
        arena_free(&p->sample);
        p->sample = (Arena){0};
        progress_update(&progress, i + 1);
    }
    progress_end(&progress);
    return tensor_file_close(file, true, p->error);
}

/* ---- all of them ----------------------------------------------------------------------------- */

bool pack_source(Arena *arena, const Model *model, const DataSource *source, const char *directory,
                 const char *target, int64_t *samples, Str *error)
{
    Pack p = begin(arena, model, source, error);
    bool ok = source->kind == SOURCE_IMAGES ? pack_pictures(&p, directory, target)
              : source->kind == SOURCE_CDB  ? pack_cdb(&p, directory, target)
                                            : pack_mat(&p, directory, target);
    *samples = p.count;
    arena_free(&p.sample);
    return ok;
}

static bool add_file(Arena *arena, StrBuf *text, const char *path, Str *error)
{
    struct stat info;
    if (stat(path, &info) != 0) {
        *error = str_format(arena, "cannot read '%s': %s", path, strerror(errno));
        return false;
    }
    buf_add(text, "%s %lld %lld.%09ld\n", path, (long long)info.st_size,
            (long long)info.st_mtim.tv_sec, info.st_mtim.tv_nsec);
    return true;
}

/* What every packed file depends on. */
static void add_shapes(StrBuf *text, const Pack *p)
{
    buf_add(text, "1 %.*s %s %lldx%lldx%lld %.*s %s %d %d\n", STR_ARGS(p->input->name),
            type_name(p->input->type), (long long)p->height, (long long)p->width,
            (long long)p->channels, STR_ARGS(p->target->name), type_name(p->target->type),
            p->target->classes, (int)p->source->resize);
}

bool pack_identity(Arena *arena, const Model *model, const DataSource *source,
                   const char *directory, Str *identity, Str *error)
{
    StrBuf text = {.arena = arena};
    Pack p = begin(arena, model, source, error);
    add_shapes(&text, &p);
    if (source->kind == SOURCE_MAT || source->kind == SOURCE_CDB) {
        buf_add(&text, "%.*s %.*s %lld %lld\n", STR_ARGS(source->input_variable),
                STR_ARGS(source->target_variable), (long long)source->first_row,
                (long long)source->end_row);
        if (!add_file(arena, &text,
                      path_join(arena, str_from(directory), source->files.items[0]).ptr, error))
            return false;
    } else {
        PictureList list;
        if (!picture_list(arena, model, source, directory, &list, error))
            return false;
        for (int i = 0; list.class_names != NULL && i < list.class_count; i++)
            buf_add(&text, "%.*s\n", STR_ARGS(list.class_names[i]));
        for (int i = 0; i < list.files.count; i++) {
            buf_add(&text, "%g ", list.files.items[i].label);
            if (!add_file(arena, &text, list.files.items[i].path, error))
                return false;
        }
    }
    *identity = buf_str(&text);
    return true;
}

bool pack_files(Arena *arena, const Model *model, const DataSource *source, const char *const *files,
                int count, const char *target, Str *error)
{
    Pack p = begin(arena, model, source, error);
    PictureList list = {0};
    for (int i = 0; i < count; i++)
        vec_push(arena, &list.files, ((PictureFile){.path = files[i]}));
    p.count = count;
    TensorFile *file = open_target(&p, target, NULL, false);
    bool ok = file != NULL && tensor_file_close(file, write_pictures(&p, file, &list), error);
    arena_free(&p.sample);
    return ok;
}

bool pack_files_identity(Arena *arena, const Model *model, const DataSource *source,
                         const char *const *files, int count, Str *identity, Str *error)
{
    StrBuf text = {.arena = arena};
    Pack p = begin(arena, model, source, error);
    add_shapes(&text, &p);
    for (int i = 0; i < count; i++)
        if (!add_file(arena, &text, files[i], error))
            return false;
    *identity = buf_str(&text);
    return true;
}
