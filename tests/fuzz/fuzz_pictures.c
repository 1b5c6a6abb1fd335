/* Mutated PNG, JPEG and MATLAB files must be read or refused with a message, never crash.
 *
 *     fuzz_pictures [COUNT [SEED]]        150 mutations of each kind by default
 *
 * The checksums of a PNG are put right after an edit, or nearly all of them would be refused for those. */
#include "interop/picture.h"
#include "support/mutate.h"

/* 10 x 9 pixels, three channels, quality 20. */
static const unsigned char valid_jpeg[] = {
    0xff, 0xd8, 0xff, 0xdb, 0x00, 0x43, 0x00, 0x28, 0x1c, 0x1e, 0x23, 0x1e, 0x19, 0x28, 0x23, 0x21, 0x23, 0x2d,
    0x2b, 0x28, 0x30, 0x3c, 0x64, 0x41, 0x3c, 0x37, 0x37, 0x3c, 0x7b, 0x58, 0x5d, 0x49, 0x64, 0x91, 0x80, 0x99,
    0x96, 0x8f, 0x80, 0x8c, 0x8a, 0xa0, 0xb4, 0xe6, 0xc3, 0xa0, 0xaa, 0xda, 0xad, 0x8a, 0x8c, 0xc8, 0xff, 0xcb,
    0xda, 0xee, 0xf5, 0xff, 0xff, 0xff, 0x9b, 0xc1, 0xff, 0xff, 0xff, 0xfa, 0xff, 0xe6, 0xfd, 0xff, 0xf8, 0xff,
    0xdb, 0x00, 0x43, 0x01, 0x2b, 0x2d, 0x2d, 0x3c, 0x35, 0x3c, 0x76, 0x41, 0x41, 0x76, 0xf8, 0xa5, 0x8c, 0xa5,
    0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8,
    0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8,
    0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xff, 0xc0, 0x00, 0x11,
    0x08, 0x00, 0x09, 0x00, 0x0a, 0x03, 0x01, 0x22, 0x00, 0x02, 0x11, 0x01, 0x03, 0x11, 0x01, 0xff, 0xc4, 0x00,
    0x15, 0x00, 0x01, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x02, 0x03, 0xff, 0xc4, 0x00, 0x1f, 0x10, 0x00, 0x02, 0x02, 0x02, 0x01, 0x05, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x11, 0x02, 0x03, 0x00, 0x12, 0x21, 0x41, 0x43, 0x71, 0xa1, 0xd1, 0xff,
    0xc4, 0x00, 0x15, 0x01, 0x01, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x01, 0x04, 0xff, 0xc4, 0x00, 0x19, 0x11, 0x00, 0x03, 0x00, 0x03, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x02, 0x03, 0x11, 0x21, 0xff, 0xda, 0x00, 0x0c, 0x03,
    0x01, 0x00, 0x02, 0x11, 0x03, 0x11, 0x00, 0x3f, 0x00, 0x35, 0xa3, 0x11, 0x18, 0x06, 0x09, 0xea, 0x13, 0x08,
    0x7d, 0xf7, 0x95, 0x8d, 0x75, 0xea, 0x36, 0xb2, 0xb6, 0xb9, 0x72, 0x0f, 0x23, 0xdb, 0x8f, 0x81, 0x83, 0x17,
    0x25, 0x11, 0x8d, 0xae, 0xec, 0xff, 0xd9,
};

static unsigned char valid[LARGEST];

/* ---- PNG ------------------------------------------------------------------------------------- */
static uint32_t crc_of(const unsigned char *bytes, size_t size)
{
    uint32_t crc = 0xFFFFFFFFu;
    for (size_t i = 0; i < size; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320u : 0);
    }
    return ~crc;
}

static void put_32(unsigned char *to, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        to[i] = (unsigned char)(value >> (24 - 8 * i));
}

static uint32_t get_32(const unsigned char *from)
{
    return (uint32_t)from[0] << 24 | (uint32_t)from[1] << 16 | (uint32_t)from[2] << 8 | from[3];
}

static size_t put_chunk(size_t at, const char *name, const unsigned char *data, size_t size)
{
    put_32(valid + at, (uint32_t)size);
    memcpy(valid + at + 4, name, 4);
    memcpy(valid + at + 8, data, size);
    put_32(valid + at + 8 + size, crc_of(valid + at + 4, size + 4));
    return at + 12 + size;
}

/* 5 x 3 pixels with a palette, rows stored as they are. */
static size_t valid_png(void)
{
    static const unsigned char header[] = {0, 0, 0, 5, 0, 0, 0, 3, 8, 3, 0, 0, 0};
    static const unsigned char palette[] = {0, 0, 0, 255, 255, 255, 10, 200, 30};
    unsigned char data[2 + 5 + 18 + 4] = {0x78, 0x01, 1, 18, 0, 0xED, 0xFF};
    uint32_t a = 1, b = 0;
    for (int i = 0; i < 18; i++) {
        unsigned char byte = (unsigned char)(i % 6 == 0 ? 0 : i % 3);
        data[7 + i] = byte;
        a = (a + byte) % 65521;
        b = (b + a) % 65521;
    }
    put_32(data + 25, b << 16 | a);
    memcpy(valid, "\x89PNG\r\n\x1a\n", 8);
    size_t at = put_chunk(8, "IHDR", header, sizeof header);
    at = put_chunk(at, "PLTE", palette, sizeof palette);
    at = put_chunk(at, "IDAT", data, sizeof data);
    return put_chunk(at, "IEND", data, 0);
}

static void mend_checksums(unsigned char *bytes, size_t size)
{
    for (size_t at = 8; at + 12 <= size;) {
        size_t length = get_32(bytes + at);
        if (length > size - at - 12)
            return;
        put_32(bytes + at + 8 + length, crc_of(bytes + at + 4, length + 4));
        at += 12 + length;
    }
}

/* ---- MATLAB ---------------------------------------------------------------------------------- */
static size_t put_element(size_t at, int type, const void *data, size_t size)
{
    uint32_t head[2] = {(uint32_t)type, (uint32_t)size};
    memcpy(valid + at, head, 8);
    memset(valid + at + 8, 0, (size + 7) / 8 * 8);
    memcpy(valid + at + 8, data, size);
    return at + 8 + (size + 7) / 8 * 8;
}

enum { MAT_INT8 = 1, MAT_INT32 = 5, MAT_UINT32 = 6, MAT_DOUBLE = 9, MAT_MATRIX = 14, CLASS_CELL = 1, CLASS_DOUBLE = 6 };

static size_t put_matrix_head(size_t at, uint32_t kind, int rows, int columns, const char *name)
{
    uint32_t flags[2] = {kind, 0};
    int32_t size[2] = {rows, columns};
    at = put_element(at, MAT_UINT32, flags, 8);
    at = put_element(at, MAT_INT32, size, 8);
    return put_element(at, MAT_INT8, name, strlen(name));
}

static size_t put_numbers(size_t at, const char *name)
{
    static const double numbers[] = {1, 2, 3, 4, 5, 6};
    size_t end = put_matrix_head(at + 8, CLASS_DOUBLE, 2, 3, name);
    end = put_element(end, MAT_DOUBLE, numbers, sizeof numbers);
    uint32_t head[2] = {MAT_MATRIX, (uint32_t)(end - at - 8)};
    memcpy(valid + at, head, 8);
    return end;
}

/* A cell of two matrices, named x. */
static size_t valid_mat(void)
{
    memset(valid, ' ', 124);
    memset(valid + 116, 0, 8);
    memcpy(valid, "MATLAB 5.0 MAT-file", 19);
    memcpy(valid + 124, "\x00\x01IM", 4);
    size_t end = put_matrix_head(128 + 8, CLASS_CELL, 1, 2, "x");
    end = put_numbers(end, "");
    end = put_numbers(end, "");
    uint32_t head[2] = {MAT_MATRIX, (uint32_t)(end - 136)};
    memcpy(valid + 128, head, 8);
    return end;
}

/* ---- what is fuzzed -------------------------------------------------------------------------- */
static int read_one_picture(const char *path, int channels)
{
    Arena arena = {0};
    Picture picture;
    Str error = {0};
    bool ok = picture_read(&arena, path, channels, &picture, &error);
    EXPECT(ok || error.len > 0);
    if (ok)
        EXPECT(picture.width > 0 && picture.height > 0 && picture.channels == channels && picture.pixels != NULL);
    arena_free(&arena);
    return ok;
}

static int read_picture(const unsigned char *bytes, size_t size)
{
    put("fuzz.picture", bytes, size);
    int is_grey = read_one_picture("fuzz.picture", 1), is_colour = read_one_picture("fuzz.picture", 3);
    EXPECT(is_grey == is_colour);
    return is_colour;
}

static int read_png(const unsigned char *bytes, size_t size)
{
    static unsigned char mended[LARGEST + 32];
    memcpy(mended, bytes, size);
    mend_checksums(mended, size);
    return read_picture(mended, size);
}

static double sum_of(const MatValue *value)
{
    double sum = 0;
    if (value->is_cell) {
        for (int64_t i = 0; i < value->count; i++) {
            MatValue cell;
            if (mat_cell(value, i, &cell) == NULL)
                sum += sum_of(&cell);
        }
        return sum;
    }
    for (int64_t i = 0; i < value->count; i++)
        sum += mat_number(value, i);
    return sum;
}

static double last_sum;

static int read_mat(const unsigned char *bytes, size_t size)
{
    Arena arena = {0};
    MatVariables variables = {0};
    MatValue value;
    Str error = {0};
    put("fuzz.mat", bytes, size);
    bool is_listed = mat_list(&arena, "fuzz.mat", &variables, &error);
    EXPECT(is_listed || error.len > 0);
    error = (Str){0};
    bool ok = mat_read(&arena, "fuzz.mat", STR("x"), &value, &error);
    EXPECT(ok || error.len > 0);
    if (ok) {
        last_sum = sum_of(&value);
        mat_free(&value);
    }
    arena_free(&arena);
    return ok;
}

static void fuzz(const char *name, int (*target)(const unsigned char *, size_t), size_t size, long count,
                 uint32_t seed, uint32_t stream)
{
    static unsigned char bytes[LARGEST + 32];
    long read = 0;
    EXPECT(target(valid, size));
    for (long i = 0; i < count; i++) {
        random_key = nn_key(seed, (uint32_t)i, stream);
        random_index = 0;
        memcpy(bytes, valid, size);
        read += target(bytes, mutate(bytes, size));
    }
    EXPECT(count < 100 || read < count); /* some must be refused */
    printf("%-12s %ld mutations, %ld still valid\n", name, count, read);
}

int main(int argc, char **argv)
{
    long count = argc > 1 ? strtol(argv[1], NULL, 10) : 150;
    uint32_t seed = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 1;
    fuzz("png", read_png, valid_png(), count, seed, 1);
    memcpy(valid, valid_jpeg, sizeof valid_jpeg);
    fuzz("jpeg", read_picture, sizeof valid_jpeg, count, seed, 2);
    size_t size = valid_mat();
    EXPECT(read_mat(valid, size) && last_sum == 42);
    fuzz("mat", read_mat, size, count, seed, 3);
    return test_end();
}
