/* data.h: making data ready for a trainer, which reads plain numbers only.
 *
 * Pictures and MATLAB files are packed: decoded, brought to the shape of the model's input and
 * written as one safetensors file with a tensor for the input and one for the target. */
#ifndef NNDC_DATA_H
#define NNDC_DATA_H

#include "base/base.h"
#include "front/model.h"

/* ---- data/resize.c */
/* Resizes values [height, width, channels] to [to_height, to_width, channels].
 * RESIZE_BILINEAR: between the four nearest, pixels have their centres at halves; without
 * anti-aliasing. RESIZE_AREA: the mean of the area that a new pixel covers. */
typedef struct Plane {
    int64_t height, width, channels;
    float *values;
} Plane;
void resize(Arena *arena, const Plane *from, ResizeKind kind, const Plane *to);

/* ---- data/csv_table.c */
/* A CSV file, fields in quotes or not. Without a header its first line is both header and row. */
typedef struct CsvTable {
    const char *path;
    int columns;
    int64_t rows;
    Str *header;    /* [columns] */
    Str *fields;    /* [rows][columns] */
    int64_t *lines; /* [rows]: where a row begins */
} CsvTable;
bool csv_table_read(Arena *arena, const char *path, char separator, bool has_header,
                    CsvTable *table, Str *error);
/* The number of a column, or -1 and a message with the names that there are. */
int csv_table_column(Arena *arena, const CsvTable *table, Str name, Str *error);

/* ---- data/pictures.c */
typedef struct PictureFile {
    const char *path;
    double label;
} PictureFile;
typedef struct PictureList {
    VEC(PictureFile) files;
    const Str *class_names; /* in the order of their numbers, or NULL */
    int class_count;
} PictureList;
/* The pictures of a source, with their labels. */
bool picture_list(Arena *arena, const Model *model, const DataSource *source, const char *directory,
                  PictureList *list, Str *error);
/* Does the name end as that of a picture does? */
bool is_picture_name(const char *name);
/* The names in a folder, sorted: its folders, or its picture files. */
typedef VEC(Str) NameList;
bool folder_names(Arena *arena, const char *path, bool folders, NameList *names, Str *error);

/* ---- data/cdb.c */
typedef struct CdbRecord {
    int64_t at; /* of its data in the file */
    int label, width, height;
} CdbRecord;
typedef struct Cdb {
    Str bytes;
    int64_t count;
    CdbRecord *records;
    int width, height; /* of all pictures, or 0: each has its own */
    bool is_grey;      /* a byte a pixel, else runs of two colours */
} Cdb;
/* Reads and checks the whole file. */
bool cdb_open(Arena *arena, const char *path, Cdb *cdb, Str *error);
/* values [height][width]: 0 is paper, 255 ink. */
void cdb_decode(const Cdb *cdb, int64_t index, float *values);

/* ---- data/tensor_file.c */
typedef struct TensorEntry {
    Str name;
    const char *type; /* "U8", "I32", "F32" */
    Shape shape;      /* the first axis counts samples */
} TensorEntry;
typedef struct TensorFile TensorFile;
/* Opens PATH.PID.new; tensor_file_close syncs it and renames it. An interrupted process leaves
 * nothing behind. */
TensorFile *tensor_file_open(Arena *arena, const char *path, const TensorEntry *entries, int count,
                             Str network, const PictureList *classes, Str *error);
void tensor_file_write(TensorFile *file, const void *bytes, int64_t count);
/* Removes the new file instead when is_complete is false. */
bool tensor_file_close(TensorFile *file, bool is_complete, Str *error);

/* ---- data/pack.c */
/* Whether a source must be packed before a trainer can read it. */
bool pack_needed(const DataSource *source);
/* Writes the set to target. samples is how many there are. */
bool pack_source(Arena *arena, const Model *model, const DataSource *source, const char *directory,
                 const char *target, int64_t *samples, Str *error);
/* A text that changes when the packed file would: paths, sizes and times of what is read, shapes.
 */
bool pack_identity(Arena *arena, const Model *model, const DataSource *source,
                   const char *directory, Str *identity, Str *error);
/* The same of picture files, for a model with a set of pictures. The file has no targets. */
bool pack_files(Arena *arena, const Model *model, const DataSource *source, const char *const *files,
                int count, const char *target, Str *error);
bool pack_files_identity(Arena *arena, const Model *model, const DataSource *source,
                         const char *const *files, int count, Str *identity, Str *error);

#endif
