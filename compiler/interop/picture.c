/* picture.c: PNG or JPEG, by the first bytes of the file, in the number of channels asked for. */
#include "interop/picture.h"

static Picture to_grey(Arena *arena, const Picture *colours)
{
    Picture grey = {colours->width, colours->height, 1, NULL};
    int64_t count = (int64_t)grey.width * grey.height;
    grey.pixels = arena_alloc(arena, count);
    for (int64_t i = 0; i < count; i++) {
        const unsigned char *c = colours->pixels + 3 * i;
        /* 0.299, 0.587 and 0.114 in 65536ths, rounded */
        grey.pixels[i] =
            (unsigned char)((19595u * c[0] + 38470u * c[1] + 7471u * c[2] + 32768u) >> 16);
    }
    return grey;
}

static Picture to_colours(Arena *arena, const Picture *grey)
{
    Picture colours = {grey->width, grey->height, 3, NULL};
    int64_t count = (int64_t)grey->width * grey->height;
    colours.pixels = arena_alloc(arena, 3 * count);
    for (int64_t i = 0; i < 3 * count; i++)
        colours.pixels[i] = grey->pixels[i / 3];
    return colours;
}

bool picture_read(Arena *arena, const char *path, int channels, Picture *picture, Str *error)
{
    Str bytes;
    const char *problem = "it is neither a PNG nor a JPEG file";
    *picture = (Picture){0};
    if (!file_read(arena, path, &bytes, error))
        return false;
    if (str_starts(bytes, "\x89PNG\r\n\x1a\n"))
        problem = png_decode(arena, bytes, picture);
    else if (str_starts(bytes, "\xff\xd8\xff"))
        problem = jpeg_decode(arena, bytes, channels == 1, picture);
    if (problem != NULL) {
        *error = str_format(arena, "cannot decode '%s': %s", path, problem);
        return false;
    }
    if (picture->channels != channels)
        *picture = channels == 1 ? to_grey(arena, picture) : to_colours(arena, picture);
    return true;
}
