/* picture.h: pictures and MATLAB files. Each library is touched in one file: libpng in png.c,
 * libjpeg in jpeg.c, matio in mat.c. When nndc was built without one, its functions say so. */
#ifndef NNDC_PICTURE_H
#define NNDC_PICTURE_H

#include "base/base.h"

enum { MAX_PICTURE_SIDE = 32768, MAX_PICTURE_PIXELS = 1 << 28 };

/* Rows from the top, 8 bits a channel, channels side by side. */
typedef struct Picture {
    int width, height, channels; /* 1: grey, 3: red, green, blue */
    unsigned char *pixels;
} Picture;

/* Decode the bytes of a file. NULL, or what is wrong with it (of the arena or constant). Alpha is
 * dropped, palettes are resolved, 16 bits become their upper 8. */
const char *png_decode(Arena *arena, Str bytes, Picture *picture);
/* is_grey asks for the luminance alone. */
const char *jpeg_decode(Arena *arena, Str bytes, bool is_grey, Picture *picture);

/* interop/picture.c: either format, by its first bytes, as grey (1) or red, green, blue (3). Grey
 * of colours is 0.299 red + 0.587 green + 0.114 blue. */
bool picture_read(Arena *arena, const char *path, int channels, Picture *picture, Str *error);

/* ---- MATLAB files (interop/mat.c) ---- */

enum { MAT_MAX_RANK = 8 };

/* A variable, or a cell of one. */
typedef struct MatValue {
    void *handle;
    bool is_cell;     /* holds values, not numbers */
    const char *kind; /* "cell", "double", "uint8" ... */
    int rank;
    int64_t dim[MAT_MAX_RANK];
    int64_t count; /* numbers or cells; the first axis varies fastest */
} MatValue;

bool mat_read(Arena *arena, const char *path, Str name, MatValue *value, Str *error);
void mat_free(MatValue *value);
/* NULL, or what is wrong with that cell. It lives as long as its variable. */
const char *mat_cell(const MatValue *value, int64_t index, MatValue *cell);
double mat_number(const MatValue *value, int64_t index);

typedef struct MatVariable {
    Str name;
    const char *kind;
    int rank;
    int64_t dim[MAT_MAX_RANK];
} MatVariable;
typedef VEC(MatVariable) MatVariables;
bool mat_list(Arena *arena, const char *path, MatVariables *variables, Str *error);

#endif
