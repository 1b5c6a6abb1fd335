/* Mutated IDX, NPY, CIFAR, CDB, CSV, safetensors and checkpoint files must be read or refused with a message, never
 * crash. Run with sanitizers it also finds reads past the end.
 *
 *     fuzz_readers [COUNT [SEED]]        2000 mutations of each kind by default
 *
 * Every failure can be had again: the mutation depends on the seed and its number alone. */
#include "posix.h"
#include "checkpoint.h"
#include "read_cifar.h"
#include "read_csv.h"
#include "read_idx.h"
#include "read_npy.h"
#include "read_safetensors.h"
#include "data/data.h"
#include "support/fake_net.h"
#include "support/mutate.h"
#include "test.h"

/* ---- what is fuzzed: each writes the mutated bytes, reads them, and tells whether they were read ---- */

static const nn_port image = {"image", NN_U8, 2, {4, 3}, 12, 0, -1, NULL, 0};
static const nn_port label = {"label", NN_CLASS, 0, {0}, 1, 3, -1, NULL, 0};
static const nn_port row = {"row", NN_F32, 1, {3}, 3, 0, -1, NULL, 0};
static const char *const csv_files[] = {"fuzz.csv"};
static const char *const safetensors_files[] = {"fuzz_data.safetensors"};
static const char *const idx_files[] = {"fuzz_images.idx", "fuzz_labels.idx"};

static nn_net data_net(const nn_port *input)
{
    nn_net net;
    memset(&net, 0, sizeof net);
    net.input_count = net.target_count = 1;
    net.inputs = input;
    net.targets = &label;
    return net;
}

/* A reader gives data, or a message. */
static int judge(nn_data *data, const nn_error *error)
{
    int was_read = data != NULL;
    EXPECT(was_read || error->text[0] != '\0'); /* refused with a message */
    nn_data_free(data);
    return was_read;
}

static int read_images(const unsigned char *bytes, size_t size)
{
    nn_net net = data_net(&image);
    nn_error error;
    error.text[0] = '\0';
    put(idx_files[0], bytes, size);
    return judge(nn_read_idx(&net, NULL, idx_files, 2, 1, &error), &error);
}

static int read_labels(const unsigned char *bytes, size_t size)
{
    nn_net net = data_net(&image);
    nn_error error;
    error.text[0] = '\0';
    put(idx_files[1], bytes, size);
    return judge(nn_read_idx(&net, NULL, idx_files, 2, 1, &error), &error);
}

static int read_npy(const unsigned char *bytes, size_t size)
{
    static const char *const files[] = {"fuzz.npy", "fuzz_labels.npy"};
    nn_net net = data_net(&row);
    nn_error error;
    error.text[0] = '\0';
    put(files[0], bytes, size);
    return judge(nn_read_npy(&net, NULL, files, 1, 0, &error), &error);
}

static int read_tensors(const unsigned char *bytes, size_t size)
{
    nn_net net = data_net(&row);
    nn_error error;
    error.text[0] = '\0';
    put("fuzz_data.safetensors", bytes, size);
    return judge(nn_read_safetensors(&net, NULL, safetensors_files, 1, 1, &error), &error);
}

static int read_cifar(const unsigned char *bytes, size_t size)
{
    static const nn_port photo = {"photo", NN_U8, 3, {32, 32, 3}, 3072, 0, -1, NULL, 0};
    static const char *const file = "fuzz.bin";
    nn_net net = data_net(&photo);
    nn_error error;
    error.text[0] = '\0';
    put(file, bytes, size);
    return judge(nn_read_cifar(&net, &file, 1, 1, 1, &error), &error);
}

static int read_csv(const unsigned char *bytes, size_t size)
{
    static const nn_column columns[] = {
        {"a", 0, NN_NUMBER, 0, NULL}, {NULL, 1, NN_NUMBER, 0, NULL}, {"c d", 0, NN_NUMBER, 0, NULL},
        {"label", 0, NN_NUMBER, 0, NULL}};
    nn_net net = data_net(&row);
    nn_source source;
    nn_error error;
    memset(&source, 0, sizeof source);
    source.has_header = 1;
    source.column_count = 4;
    source.columns = columns;
    error.text[0] = '\0';
    put("fuzz.csv", bytes, size);
    return judge(nn_read_csv(&net, &source, csv_files, 1, 1, &error), &error);
}

/* A series with words, dates and rows that lack a value. */
static int read_series(const unsigned char *bytes, size_t size)
{
    static const char *const words[] = {"mild", "2", "cold"};
    static const char *const names[] = {"a", "b", "c"};
    static const nn_column columns[] = {
        {"when", -1, NN_DAYS, 0, NULL},         {"when", -1, NN_WEEKDAY, 0, NULL},
        {"season", -1, NN_ONE_HOT, 3, words},   {"season", -1, NN_CATEGORY, 3, words},
        {"label", -1, NN_NUMBER, 0, NULL}};
    static const nn_port window = {"window", NN_F32, 2, {2, 6}, 12, 0, -1, NULL, 0};
    static const nn_port named = {"label", NN_CLASS, 0, {0}, 1, 3, -1, names, 0};
    static const nn_reading reading = {"-", 1, 0, 1, 2, 1, 1, 1};
    nn_net net = data_net(&window);
    nn_source source;
    nn_error error;
    net.targets = &named;
    memset(&source, 0, sizeof source);
    source.has_header = 1;
    source.column_count = 5;
    source.columns = columns;
    source.end = 5;
    source.reading = &reading;
    error.text[0] = '\0';
    put("fuzz.csv", bytes, size);
    return judge(nn_read_csv(&net, &source, csv_files, 1, 1, &error), &error);
}

/* The parser itself, on a buffer of exactly the file's size, as the inference library uses it. */
static int parse_weights(const unsigned char *bytes, size_t size)
{
    static float state[FAKE_STATE];
    unsigned char *exact = (unsigned char *)malloc(size > 0 ? size : 1);
    nn_error error;
    if (exact == NULL)
        exit(1);
    memcpy(exact, bytes, size);
    error.text[0] = '\0';
    int ok = nn_state_from_bytes(state, &fake_net, "f", exact, size, "", NN_STATISTIC, 1, &error);
    EXPECT(ok || error.text[0] != '\0');
    free(exact);
    return ok;
}

static int read_checkpoint(const unsigned char *bytes, size_t size)
{
    nn_run run;
    nn_error error;
    memset(&run, 0, sizeof run);
    nn_run_begin(&run, &fake_net, 1);
    error.text[0] = '\0';
    put("fuzz.checkpoint", bytes, size);
    int ok = nn_checkpoint_load(&run, "fuzz.checkpoint", &error);
    EXPECT(ok || error.text[0] != '\0');
    nn_run_end(&run);
    return ok;
}

/* ---- valid files to start from ---- */

static unsigned char valid[LARGEST];

static size_t valid_images(void)
{
    static const unsigned char header[] = {0, 0, 8, 3, 0, 0, 0, 5, 0, 0, 0, 4, 0, 0, 0, 3};
    memcpy(valid, header, sizeof header);
    memset(valid + sizeof header, 77, 60);
    return sizeof header + 60;
}

static size_t valid_labels(void)
{
    static const unsigned char bytes[] = {0, 0, 8, 1, 0, 0, 0, 5, 0, 1, 2, 1, 0};
    memcpy(valid, bytes, sizeof bytes);
    return sizeof bytes;
}

static size_t valid_npy(void)
{
    const char *words = "{'descr': '<i2', 'fortran_order': False, 'shape': (4, 3), }\n";
    unsigned char start[10] = "\x93NUMPY\x01";
    start[8] = (unsigned char)strlen(words);
    memcpy(valid, start, 10);
    memcpy(valid + 10, words, strlen(words));
    memset(valid + 10 + strlen(words), 3, 24);
    return 10 + strlen(words) + 24;
}

static size_t valid_tensors(void)
{
    const char *words = "{\"__metadata__\":{\"a\":\"b\"},\"row\":{\"dtype\":\"F16\",\"shape\":[2,3],"
                        "\"data_offsets\":[0,12]},\"label\":{\"dtype\":\"I64\",\"shape\":[2],"
                        "\"data_offsets\":[12,28]}}";
    memset(valid, 0, 400);
    valid[0] = (unsigned char)strlen(words);
    memcpy(valid + 8, words, strlen(words));
    return 8 + strlen(words) + 28;
}

static size_t valid_cifar(void)
{
    memset(valid, 2, 3 * 3073);
    return 3 * 3073;
}

static int read_cdb(const unsigned char *bytes, size_t size)
{
    Arena arena = {0};
    Cdb cdb;
    Str error = {0};
    put("fuzz.cdb", bytes, size);
    bool ok = cdb_open(&arena, "fuzz.cdb", &cdb, &error);
    EXPECT(ok || error.len > 0);
    for (int64_t i = 0; ok && i < cdb.count; i++) {
        int64_t pixels = (int64_t)cdb.records[i].width * cdb.records[i].height;
        cdb_decode(&cdb, i, arena_array(&arena, float, pixels));
    }
    arena_free(&arena);
    return ok;
}

/* Three pictures: 3 x 2, 1 x 1 and 2 x 3, of runs that begin with paper. */
static size_t valid_cdb(void)
{
    static const unsigned char records[] = {
        0xFF, 1, 3, 2, 5, 0, 1, 2, 0, 2, 1,  0xFF, 0, 1, 1, 2, 0, 0, 1,  0xFF, 2, 2, 3, 4, 0, 2, 0, 2, 2};
    memset(valid, 0, 1024);
    valid[6] = 3;
    memcpy(valid + 1024, records, sizeof records);
    return 1024 + sizeof records;
}

static size_t valid_csv(void)
{
    const char *text = "a,\"b\",c d,note,label\r\n1,-2.5e3,0.5,\"x, \"\"y\"\"\",0\r\n\n4, 5 ,6,,2\n7,8,9,z,1";
    memcpy(valid, text, strlen(text));
    return strlen(text);
}

static size_t valid_series(void)
{
    const char *text = "when,season,label\n2016-07-01 00:00:00,mild,a\n1/31/17 0:10,2.0,1\n31.1.2017,\"cold\",c\n"
                       "2011-01-01,cold,b\n2012-02-29T23:59:59.5Z,cold,b";
    memcpy(valid, text, strlen(text));
    return strlen(text);
}

static size_t valid_file(const char *path)
{
    unsigned char *bytes;
    size_t size;
    nn_error error;
    if (!nn_file_read(path, &bytes, &size, &error) || size > LARGEST / 2) {
        printf("%s\n", error.text);
        exit(1);
    }
    memcpy(valid, bytes, size);
    nn_free(bytes);
    return size;
}

static void write_valid_tensors(void)
{
    nn_run run;
    nn_error error;
    memset(&run, 0, sizeof run);
    nn_run_begin(&run, &fake_net, 1);
    run.epochs = run.epoch = 2;
    run.batch = 16;
    run.samples = 100;
    run.best_epoch = 1;
    nn_history_reserve(&run, 2);
    if (!nn_checkpoint_save(&run, "fuzz.checkpoint", &error) ||
        !nn_weights_save(run.state, &fake_net, "fuzz.safetensors", &error)) {
        printf("%s\n", error.text);
        exit(1);
    }
    nn_run_end(&run);
}

static void fuzz(const char *name, int (*target)(const unsigned char *, size_t), size_t size,
                 long count, uint32_t seed, uint32_t stream)
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
    EXPECT(count < 1000 || read < count); /* some must be refused */
    printf("%-12s %ld mutations, %ld still valid\n", name, count, read);
}

int main(int argc, char **argv)
{
    long count = argc > 1 ? strtol(argv[1], NULL, 10) : 2000;
    uint32_t seed = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 1;
    put(idx_files[1], valid, valid_labels());
    fuzz("idx images", read_images, valid_images(), count, seed, 1);
    put(idx_files[0], valid, valid_images());
    fuzz("idx labels", read_labels, valid_labels(), count, seed, 2);
    fuzz("csv", read_csv, valid_csv(), count, seed, 3);
    fuzz("series", read_series, valid_series(), count, seed, 6);
    fuzz("npy", read_npy, valid_npy(), count, seed, 7);
    fuzz("tensors", read_tensors, valid_tensors(), count, seed, 8);
    fuzz("cifar", read_cifar, valid_cifar(), count, seed, 9);
    fuzz("cdb", read_cdb, valid_cdb(), count, seed, 10);
    write_valid_tensors();
    fuzz("safetensors", parse_weights, valid_file("fuzz.safetensors"), count, seed, 4);
    fuzz("checkpoint", read_checkpoint, valid_file("fuzz.checkpoint"), count, seed, 5);
    return test_end();
}
