/* jpeg.c: decodes JPEG pictures with libjpeg (or libjpeg-turbo). The only file that touches it. */
#include "interop/picture.h"

#ifdef NNDC_JPEG
#include <stdio.h> /* jpeglib.h needs it */

#include <jerror.h>
#include <jpeglib.h>
#include <setjmp.h>

/* libjpeg leaves by longjmp, so nothing lives in local variables. */
typedef struct Decoder {
    struct jpeg_error_mgr errors; /* first: libjpeg knows only this */
    struct jpeg_decompress_struct info;
    jmp_buf out;
    Arena *arena;
    Picture *picture;
    const char *problem;
} Decoder;

static void keep_error(j_common_ptr info)
{
    Decoder *d = (Decoder *)(void *)info->err;
    char text[JMSG_LENGTH_MAX];
    info->err->format_message(info, text);
    d->problem = str_format(d->arena, "%s", text).ptr;
    longjmp(d->out, 1);
}

/* Warnings are for data that libjpeg makes up. Most are harmless; a file that ends early is not. */
static void judge_warning(j_common_ptr info, int level)
{
    int code = info->err->msg_code;
    if (level < 0 && (code == JWRN_JPEG_EOF || code == JWRN_HIT_MARKER)) {
        Decoder *d = (Decoder *)(void *)info->err;
        d->problem = "the file is cut short or damaged";
        longjmp(d->out, 1);
    }
}

static void fail(Decoder *d, const char *problem)
{
    d->problem = problem;
    longjmp(d->out, 1);
}

static void decode(Decoder *d, Str bytes, bool is_grey)
{
    jpeg_create_decompress(&d->info);
    jpeg_mem_src(&d->info, (const unsigned char *)bytes.ptr, (unsigned long)bytes.len);
    jpeg_read_header(&d->info, TRUE);
    if (d->info.image_width > MAX_PICTURE_SIDE || d->info.image_height > MAX_PICTURE_SIDE ||
        (int64_t)d->info.image_width * d->info.image_height > MAX_PICTURE_PIXELS)
        fail(d, "the picture is too large");
    if (d->info.jpeg_color_space == JCS_CMYK || d->info.jpeg_color_space == JCS_YCCK)
        fail(d, "it is in CMYK colours, not in grey or red, green, blue");
    /* The luminance of an RGB file is not stored; picture.c computes it. */
    bool has_luminance = d->info.jpeg_color_space != JCS_RGB;
    d->info.out_color_space = is_grey && has_luminance ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_start_decompress(&d->info);
    d->picture->width = (int)d->info.output_width;
    d->picture->height = (int)d->info.output_height;
    d->picture->channels = d->info.output_components;
    int64_t stride = (int64_t)d->picture->width * d->picture->channels;
    d->picture->pixels = arena_alloc_array(d->arena, d->picture->height, stride);
    while (d->info.output_scanline < d->info.output_height) {
        JSAMPROW row = d->picture->pixels + d->info.output_scanline * stride;
        jpeg_read_scanlines(&d->info, &row, 1);
    }
    jpeg_finish_decompress(&d->info);
}

const char *jpeg_decode(Arena *arena, Str bytes, bool is_grey, Picture *picture)
{
    Decoder *d = arena_new(arena, Decoder);
    d->arena = arena;
    d->picture = picture;
    d->info.err = jpeg_std_error(&d->errors);
    d->errors.error_exit = keep_error;
    d->errors.emit_message = judge_warning;
    if (setjmp(d->out) == 0)
        decode(d, bytes, is_grey);
    jpeg_destroy_decompress(&d->info);
    return d->problem;
}

#else

const char *jpeg_decode(Arena *arena, Str bytes, bool is_grey, Picture *picture)
{
    (void)arena;
    (void)bytes;
    (void)is_grey;
    (void)picture;
    return "nndc was built without libjpeg";
}

#endif
