/* png.c: decodes PNG pictures with libpng. The only file that touches it. */
#include "interop/picture.h"

#ifdef NNDC_PNG
#include <png.h>

#include <setjmp.h>
#include <string.h>

/* What a decoding needs; libpng leaves by longjmp, so nothing lives in local variables. */
typedef struct Decoder {
    Arena *arena;
    Str bytes;
    int64_t at;
    png_structp png;
    png_infop info;
    Picture *picture;
    const char *problem;
} Decoder;

static void take_bytes(png_structp png, png_bytep to, size_t size)
{
    Decoder *d = png_get_io_ptr(png);
    if ((int64_t)size > d->bytes.len - d->at)
        png_error(png, "the file is cut short");
    memcpy(to, d->bytes.ptr + d->at, size);
    d->at += (int64_t)size;
}

static void keep_error(png_structp png, png_const_charp text)
{
    Decoder *d = png_get_error_ptr(png);
    d->problem = str_format(d->arena, "%s", text).ptr;
    longjmp(png_jmpbuf(png), 1);
}

static void ignore_warning(png_structp png, png_const_charp text)
{
    (void)png;
    (void)text;
}

static void read_header(Decoder *d)
{
    png_set_user_limits(d->png, MAX_PICTURE_SIDE, MAX_PICTURE_SIDE);
    png_set_read_fn(d->png, d, take_bytes);
    png_read_info(d->png, d->info);
    png_uint_32 width = png_get_image_width(d->png, d->info);
    png_uint_32 height = png_get_image_height(d->png, d->info);
    if ((int64_t)width * height > MAX_PICTURE_PIXELS)
        png_error(d->png, "the picture is too large");
    png_set_expand(d->png); /* palettes to colours, 1, 2 and 4 bits to 8 */
    png_set_strip_16(d->png);
    png_set_strip_alpha(d->png);
    png_set_interlace_handling(d->png);
    png_read_update_info(d->png, d->info);
    d->picture->width = (int)width;
    d->picture->height = (int)height;
    d->picture->channels = png_get_channels(d->png, d->info);
}

static void read_rows(Decoder *d)
{
    int64_t stride = (int64_t)png_get_rowbytes(d->png, d->info);
    int height = d->picture->height;
    if (d->picture->channels != 1 && d->picture->channels != 3)
        png_error(d->png, "it has neither one channel nor three");
    d->picture->pixels = arena_alloc_array(d->arena, height, stride);
    png_bytep *rows = arena_array(d->arena, png_bytep, height);
    for (int y = 0; y < height; y++)
        rows[y] = d->picture->pixels + y * stride;
    png_read_image(d->png, rows);
}

const char *png_decode(Arena *arena, Str bytes, Picture *picture)
{
    Decoder *d = arena_new(arena, Decoder);
    *d = (Decoder){.arena = arena, .bytes = bytes, .picture = picture};
    d->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, d, keep_error, ignore_warning);
    d->info = d->png != NULL ? png_create_info_struct(d->png) : NULL;
    if (d->info == NULL) {
        d->problem = "out of memory";
    } else if (setjmp(png_jmpbuf(d->png)) == 0) {
        read_header(d);
        read_rows(d);
    }
    png_destroy_read_struct(&d->png, &d->info, NULL);
    return d->problem;
}

#else

const char *png_decode(Arena *arena, Str bytes, Picture *picture)
{
    (void)arena;
    (void)bytes;
    (void)picture;
    return "nndc was built without libpng";
}

#endif
