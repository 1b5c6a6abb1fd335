/* Samples from NPY, safetensors and CIFAR files: what is read, and what is said about broken files.
 */
#include "posix.h"
#include "read_cifar.h"
#include "read_npy.h"
#include "read_safetensors.h"
#include "test.h"

static const nn_port image = {"image", NN_U8, 3, {2, 3, 1}, 6, 0, -1, NULL, 0};
static const nn_port point = {"x", NN_F32, 1, {2}, 2, 0, -1, NULL, 0};
static const nn_port label = {"label", NN_CLASS, 0, {0}, 1, 3, -1, NULL, 0};
static nn_error error;

static nn_net net_of(const nn_port *input, const nn_port *target)
{
    nn_net net;
    memset(&net, 0, sizeof net);
    net.name = "test";
    net.source = "test.nnd";
    net.input_count = net.target_count = 1;
    net.inputs = input;
    net.targets = target;
    return net;
}

static void put(const char *path, const void *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");
    if (!EXPECT(file != NULL))
        exit(1);
    fwrite(bytes, 1, size, file);
    fclose(file);
}

/* What a reader said, or "read". */
static const char *verdict(nn_data *data)
{
    if (data == NULL) {
        EXPECT_INT(error.code, NN_EXIT_IO);
        return error.text;
    }
    nn_data_free(data);
    return "read";
}

/* ---- NPY ---- */

static const char *const safetensors_files[] = {"files.safetensors"};
static const char *const npy_files[] = {"files_x.npy", "files_y.npy"};

static void put_npy(int which, const char *words, const void *values, size_t size)
{
    unsigned char bytes[400] = "\x93NUMPY\x01";
    size_t length = strlen(words);
    bytes[8] = (unsigned char)length;
    memcpy(bytes + 10, words, length);
    memcpy(bytes + 10 + length, values, size);
    put(npy_files[which], bytes, 10 + length + size);
}

static nn_data *read_npy(const nn_port *input, const nn_port *target)
{
    nn_net net = net_of(input, target);
    return nn_read_npy(&net, NULL, npy_files, 2, 1, &error);
}

#define TWO_POINTS "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }\n"
#define TWO_LABELS "{'descr': '<i8', 'fortran_order': True, 'shape': (2,), }\n"
static const unsigned char points[] = {0, 0, 0x80, 0x3F, 0, 0, 0x20, 0xC0,
                                       0, 0, 0,    0,    0, 0, 0,    0x40};
static const unsigned char labels[] = {2, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0};

static void put_both(void)
{
    put_npy(0, TWO_POINTS, points, sizeof points);
    put_npy(1, TWO_LABELS, labels, sizeof labels);
}

static void npy_is_read(void)
{
    put_both();
    nn_data *data = read_npy(&point, &label);
    if (!EXPECT(data != NULL))
        return;
    EXPECT_INT(data->count, 2);
    EXPECT(((float *)data->values[0])[0] == 1.0f);
    EXPECT(((float *)data->values[0])[1] == -2.5f);
    EXPECT(((float *)data->values[0])[3] == 2.0f);
    EXPECT_INT(((int32_t *)data->values[1])[0], 2);
    EXPECT_INT(((int32_t *)data->values[1])[1], 1);
    nn_data_free(data);
    unsigned char pixels[6] = {1, 2, 3, 4, 5, 255};
    put_npy(0, "{'shape': (1, 2, 3), 'descr': '|u1', 'fortran_order': False}", pixels, 6);
    put_npy(1, "{'descr': '<i8', 'fortran_order': False, 'shape': (1, 1)}", labels, 8);
    data = read_npy(&image, &label);
    EXPECT(data != NULL && memcmp(data->values[0], pixels, 6) == 0);
    nn_data_free(data);
}

static void npy_errors_name_file_and_reason(void)
{
    put_both();
    put_npy(0, TWO_POINTS, points, 15);
    EXPECT_TEXT(verdict(read_npy(&point, &label)),
                "'files_x.npy' is truncated: 2 samples of 2 do not take 15 bytes after the header");
    put_npy(0, "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }", points,
            sizeof points);
    EXPECT_TEXT(verdict(read_npy(&point, &label)),
                "'files_x.npy' is too long: 1 samples of 2 do not take 16 bytes after the header");
    put_npy(0, "{'descr': '<f4', 'fortran_order': True, 'shape': (2, 2), }", points, sizeof points);
    EXPECT_TEXT(
        verdict(read_npy(&point, &label)),
        "'files_x.npy' is in Fortran order; numpy.ascontiguousarray makes an array that is not");
    put_npy(0, "{'descr': '<c8', 'fortran_order': False, 'shape': (2,), }", points, sizeof points);
    EXPECT_TEXT(verdict(read_npy(&point, &label)),
                "'files_x.npy' holds values of type '<c8'; numbers are needed, such as '<f4'");
    put_npy(0, "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), }", points, 16);
    EXPECT(strstr(verdict(read_npy(&point, &label)), "numbers are needed") != NULL);
    put_npy(0, "{'descr': '<f4', 'fortran_order': False, 'shape': (), }", points, 4);
    EXPECT_TEXT(verdict(read_npy(&point, &label)),
                "'files_x.npy' holds a single number; its first axis must count samples");
    put_npy(0, "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 99999999999999999999), }",
            points, 16);
    EXPECT(strstr(verdict(read_npy(&point, &label)), "has a shape that cannot be read: (2, 99") !=
           NULL);
    put_npy(0, "{'descr': '<f4', 'shape': (2, 2), }", points, 16);
    EXPECT_TEXT(verdict(read_npy(&point, &label)),
                "'files_x.npy' is not an NPY file: its header lacks 'fortran_order'");
    put_npy(0, "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 4), }", points, 16);
    EXPECT_TEXT(verdict(read_npy(&point, &label)), "'files_x.npy' holds samples of 4, 'x' needs 2");
    put(npy_files[0], "\x93NUMPY\x01\x00\xFF\x0F{", 11);
    EXPECT_TEXT(verdict(read_npy(&point, &label)),
                "'files_x.npy' is truncated: its header takes 4105 bytes, found 11");
    put(npy_files[0], "0,1\n2,3\n4,5\n", 12);
    EXPECT_TEXT(verdict(read_npy(&point, &label)),
                "'files_x.npy' is not an NPY file: it does not begin with \\x93NUMPY");
    put_both();
    put_npy(1, "{'descr': '<i8', 'fortran_order': False, 'shape': (1,), }", labels, 8);
    EXPECT_TEXT(verdict(read_npy(&point, &label)),
                "'files_x.npy' has 2 samples but 'files_y.npy' has 1");
    unsigned char wrong[16] = {2,    0,    0,    0,    0,    0,    0,    0,
                               0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
    put_npy(1, TWO_LABELS, wrong, 16);
    EXPECT_TEXT(verdict(read_npy(&point, &label)),
                "'files_y.npy': sample 1 is -1, 'label' needs a class from 0 to 2");
    unsigned char none[16] = {0, 0, 0x80, 0x3F, 0, 0, 0xC0, 0x7F}; /* 1, NaN, 0, 0 */
    put_both();
    put_npy(0, TWO_POINTS, none, 16);
    EXPECT(strstr(verdict(read_npy(&point, &label)), "'files_x.npy': sample 0 is ") != NULL);
    EXPECT(strstr(error.text, "nan, 'x' needs a finite 32-bit number") != NULL);
    unsigned char large[32] = {0, 0, 0, 0, 0, 0, 0, 0x48}; /* 2^129 */
    put_npy(0, "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2), }", large, 32);
    EXPECT_TEXT(verdict(read_npy(&point, &label)),
                "'files_x.npy': sample 0 is 6.8056473384187693e+38, 'x' needs a finite 32-bit number");
    nn_net net = net_of(&point, &label);
    const char *const folder[] = {".", "."};
    EXPECT_TEXT(verdict(nn_read_npy(&net, NULL, folder, 2, 1, &error)),
                "cannot read '.': it is not a plain file");
}

/* Every type gives its values; halves include the smallest, infinity and a negative number. */
static void values_of_all_types_are_read(void)
{
    static const unsigned char b[] = {0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
    static const unsigned char one[] = {0, 0, 0, 0, 0, 0, 0xF0, 0x3F};
    EXPECT(nn_value_at(b, NN_VALUE_U8, 0) == 254);
    EXPECT(nn_value_at(b, NN_VALUE_I8, 0) == -2);
    EXPECT(nn_value_at(b, NN_VALUE_U16, 0) == 65534);
    EXPECT(nn_value_at(b, NN_VALUE_I16, 0) == -2);
    EXPECT(nn_value_at(b, NN_VALUE_I16, 1) == -257);
    EXPECT(nn_value_at(b, NN_VALUE_U32, 0) == 4294967294.0);
    EXPECT(nn_value_at(b, NN_VALUE_I32, 0) == -2);
    EXPECT(nn_value_at(b, NN_VALUE_I64, 0) == -2);
    EXPECT(nn_value_at(one, NN_VALUE_F64, 0) == 1);
    EXPECT(nn_value_at(one + 6, NN_VALUE_BF16, 0) == 1.875);
    EXPECT(nn_half(0x3C00) == 1);
    EXPECT(nn_half(0xC500) == -5);
    EXPECT(nn_half(1) == 1.0 / 16777216);
    EXPECT(nn_half(0x7BFF) == 65504);
    EXPECT(nn_half(0x7C00) > 1e300);
    EXPECT(nn_half(0x7E00) != nn_half(0x7E00));
}

/* ---- safetensors ---- */

static const char *tensors_verdict(const char *header, size_t bytes)
{
    unsigned char file[600] = {0};
    nn_net net = net_of(&point, &label);
    size_t length = strlen(header);
    file[0] = (unsigned char)length;
    file[1] = (unsigned char)(length >> 8);
    memcpy(file + 8, header, length);
    memcpy(file + 8 + length, points, sizeof points);
    file[8 + length + 16] = 1;
    put("files.safetensors", file, 8 + length + bytes);
    return verdict(nn_read_safetensors(&net, NULL, safetensors_files, 1, 1, &error));
}

#define X     "\"x\":{\"dtype\":\"F32\",\"shape\":[2,2],\"data_offsets\":[0,16]}"
#define LABEL "\"label\":{\"dtype\":\"U8\",\"shape\":[2,1],\"data_offsets\":[16,18]}"

static void safetensors_are_read(void)
{
    nn_net net = net_of(&point, &label);
    EXPECT_TEXT(tensors_verdict("{\"__metadata__\":{\"a\":\"b\"}," X "," LABEL "}", 18), "read");
    nn_data *data = nn_read_safetensors(&net, NULL, safetensors_files, 1, 1, &error);
    if (EXPECT(data != NULL)) {
        EXPECT(((float *)data->values[0])[1] == -2.5f);
        EXPECT_INT(((int32_t *)data->values[1])[0], 1);
        EXPECT_INT(((int32_t *)data->values[1])[1], 0);
    }
    nn_data_free(data);
}

static void safetensors_errors_name_tensor_and_reason(void)
{
    EXPECT_TEXT(
        tensors_verdict("{" X "}", 18),
        "'files.safetensors' has no tensor 'label'; each input and target needs one of its name");
    EXPECT_TEXT(
        tensors_verdict("{" X "," LABEL "}", 17),
        "'files.safetensors': the data of 'label' do not fit its shape or the size of the file");
    EXPECT_TEXT(tensors_verdict("{" X "," X "," LABEL "}", 18),
                "'files.safetensors' holds 'x' twice");
    EXPECT_TEXT(
        tensors_verdict(
            "{" X ",\"label\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[16,17]}}", 18),
        "'files.safetensors': 'x' has 2 samples but 'label' has 1");
    EXPECT_TEXT(
        tensors_verdict(
            "{" X ",\"label\":{\"dtype\":\"U8\",\"shape\":[],\"data_offsets\":[16,17]}}", 18),
        "'files.safetensors': 'label' has 0 axes; 1 to 6 are needed, the first of which counts "
        "samples");
    EXPECT_TEXT(
        tensors_verdict(
            "{" X ",\"label\":{\"dtype\":\"F8_E5M2\",\"shape\":[2],\"data_offsets\":[16,18]}}", 18),
        "'files.safetensors': 'label' has the type F8_E5M2, which cannot be read");
    EXPECT_TEXT(
        tensors_verdict(
            "{" LABEL ",\"x\":{\"dtype\":\"F16\",\"shape\":[2,4],\"data_offsets\":[0,16]}}", 18),
        "'files.safetensors': 'x' holds samples of 4, 'x' needs 2");
    EXPECT_TEXT(tensors_verdict("{" X "," LABEL, 18),
                "'files.safetensors' is not a safetensors file (header, byte 124)");
    put("files.safetensors", "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F{}", 10);
    nn_net net = net_of(&point, &label);
    EXPECT_TEXT(verdict(nn_read_safetensors(&net, NULL, safetensors_files, 1, 1, &error)),
                "'files.safetensors' is not a safetensors file: its header would have "
                "9223372036854775807 bytes");
    put("files.safetensors", "\x40\0\0\0\0\0\0\0{}", 10);
    EXPECT_TEXT(verdict(nn_read_safetensors(&net, NULL, safetensors_files, 1, 1, &error)),
                "'files.safetensors' is truncated: its header takes 72 bytes, found 10");
    put("files.safetensors", "abc", 3);
    EXPECT_TEXT(verdict(nn_read_safetensors(&net, NULL, safetensors_files, 1, 1, &error)),
                "'files.safetensors' is not a safetensors file: it has only 3 bytes");
}

/* ---- CIFAR ---- */

static const nn_port photo = {"photo", NN_U8, 3, {32, 32, 3}, 3072, 0, -1, NULL, 0};

/* Two records; planes of the second hold 1, 2 and 3, but for one pixel. */
static void cifar_is_read(void)
{
    static unsigned char file[2 * 3074];
    static const nn_port ten = {"label", NN_CLASS, 0, {0}, 1, 10, -1, NULL, 0};
    static const nn_port hundred = {"label", NN_CLASS, 0, {0}, 1, 100, -1, NULL, 0};
    const char *const files[] = {"files_a.bin", "files_a.bin"};
    nn_net net = net_of(&photo, &ten);
    file[0] = 9;
    file[3073] = 4;
    for (int plane = 0; plane < 3; plane++)
        memset(file + 3074 + 1024 * plane, plane + 1, 1024);
    file[3074 + 33] = 200; /* red of row 1, column 1 */
    put(files[0], file, 2 * 3073);
    nn_data *data = nn_read_cifar(&net, files, 2, 1, 1, &error);
    if (EXPECT(data != NULL)) {
        const unsigned char *second = (const unsigned char *)data->values[0] + 3072;
        EXPECT_INT(data->count, 4);
        EXPECT_INT(((int32_t *)data->values[1])[2], 9);
        EXPECT_INT(((int32_t *)data->values[1])[3], 4);
        EXPECT_INT(second[0] * 100 + second[1] * 10 + second[2], 123);
        EXPECT_INT(second[33 * 3], 200);
        EXPECT_INT(second[33 * 3 + 1], 2);
    }
    nn_data_free(data);
    file[3073] = 10;
    put(files[0], file, 2 * 3073);
    EXPECT_TEXT(verdict(nn_read_cifar(&net, files, 1, 1, 1, &error)),
                "'files_a.bin': the label of record 1 is 10, 'label' needs a class from 0 to 9");
    put(files[0], file, 3072);
    EXPECT_TEXT(verdict(nn_read_cifar(&net, files, 1, 1, 1, &error)),
                "'files_a.bin' is not a file of CIFAR records: it has 3072 bytes, which is not a "
                "multiple of 3073");
    file[0] = 19;
    file[1] = 99;
    put(files[0], file, 3074);
    nn_net other = net_of(&photo, &hundred);
    data = nn_read_cifar(&other, files, 1, 2, 1, &error);
    EXPECT(data != NULL && ((int32_t *)data->values[1])[0] == 99);
    nn_data_free(data);
}

int main(void)
{
    RUN(npy_is_read);
    RUN(npy_errors_name_file_and_reason);
    RUN(values_of_all_types_are_read);
    RUN(safetensors_are_read);
    RUN(safetensors_errors_name_tensor_and_reason);
    RUN(cifar_is_read);
    return test_end();
}
