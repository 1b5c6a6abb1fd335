/* The data readers of the trainer: what they read and what they say about broken files. */
#include "posix.h"
#include "digits.h"
#include "read_csv.h"
#include "read_idx.h"
#include "split.h"
#include "table.h"
#include "toys.h"
#include "test.h"

static const nn_port image = {"image", NN_U8, 3, {2, 3, 1}, 6, 0, -1, NULL, 0};
static const nn_port label = {"label", NN_CLASS, 0, {0}, 1, 3, -1, NULL, 0};
static const nn_port point = {"x", NN_F32, 1, {2}, 2, 0, -1, NULL, 0};
static const nn_port side = {"side", NN_CLASS, 0, {0}, 1, 2, -1, NULL, 0};

static nn_net net_of(const nn_port *input, const nn_port *target, const nn_source *sources, int count)
{
    nn_net net;
    memset(&net, 0, sizeof net);
    net.name = "test";
    net.source = "test.nnd";
    net.input_count = net.target_count = 1;
    net.inputs = input;
    net.targets = target;
    net.sources = sources;
    net.source_count = count;
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

static void put_text(const char *path, const char *text)
{
    put(path, text, strlen(text));
}

/* ---- IDX ---- */

static const unsigned char images[] = {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3,
                                       1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 255};
static const unsigned char labels[] = {0, 0, 8, 1, 0, 0, 0, 2, 2, 0};
static const char *const idx_files[] = {"readers_images.idx", "readers_labels.idx"};

/* Writes both files, changed at one byte of one of them and cut to a size, and reads them. */
static const char *idx_message(int which, size_t at, unsigned char value, size_t size)
{
    static nn_error error;
    unsigned char copy[2][64];
    nn_net net = net_of(&image, &label, NULL, 0);
    memcpy(copy[0], images, sizeof images);
    memcpy(copy[1], labels, sizeof labels);
    copy[which][at] = value;
    put(idx_files[0], copy[0], which == 0 ? size : sizeof images);
    put(idx_files[1], copy[1], which == 1 ? size : sizeof labels);
    memset(&error, 0, sizeof error);
    nn_data *data = nn_read_idx(&net, NULL, idx_files, 2, 1, &error);
    if (data != NULL) {
        nn_data_free(data);
        return "read";
    }
    EXPECT_INT(error.code, NN_EXIT_IO);
    return error.text;
}

static void idx_is_read(void)
{
    nn_net net = net_of(&image, &label, NULL, 0);
    nn_error error;
    put(idx_files[0], images, sizeof images);
    put(idx_files[1], labels, sizeof labels);
    nn_data *data = nn_read_idx(&net, NULL, idx_files, 2, 1, &error);
    if (!EXPECT(data != NULL))
        return;
    EXPECT_INT(data->count, 2);
    EXPECT(memcmp(data->values[0], images + 16, 12) == 0);
    EXPECT_INT(((int32_t *)data->values[1])[0], 2);
    EXPECT_INT(((int32_t *)data->values[1])[1], 0);
    nn_data_free(data);
}

static void idx_floats_and_flat_ports_are_read(void)
{
    static const unsigned char floats[] = {0, 0, 13, 2, 0, 0, 0, 1, 0, 0, 0, 2,
                                           0x3F, 0x80, 0, 0, 0xC0, 0x20, 0, 0};
    static const nn_port flat = {"image", NN_U8, 1, {6}, 6, 0, -1, NULL, 0};
    nn_net net = net_of(&point, &label, NULL, 0), flat_net = net_of(&flat, &label, NULL, 0);
    nn_error error;
    put(idx_files[0], floats, sizeof floats);
    nn_data *data = nn_read_idx(&net, NULL, idx_files, 2, 0, &error);
    if (EXPECT(data != NULL)) {
        EXPECT(((float *)data->values[0])[0] == 1.0f);
        EXPECT(((float *)data->values[0])[1] == -2.5f);
    }
    nn_data_free(data);
    put(idx_files[0], images, sizeof images);
    data = nn_read_idx(&flat_net, NULL, idx_files, 2, 0, &error);
    EXPECT(data != NULL);
    nn_data_free(data);
}

static void idx_errors_name_file_and_numbers(void)
{
    EXPECT_TEXT(idx_message(0, 0, 0, sizeof images), "read");
    EXPECT_TEXT(idx_message(0, 0, 0, sizeof images - 1),
                "'readers_images.idx' is truncated: 2 samples of 2x3 take 12 bytes after the header, "
                "found 11");
    EXPECT_TEXT(idx_message(0, 7, 1, sizeof images),
                "'readers_images.idx' is too long: 1 samples of 2x3 take 6 bytes after the header, "
                "found 12");
    EXPECT_TEXT(idx_message(0, 0, 0, 10),
                "'readers_images.idx' is truncated: its header takes 16 bytes, found 10");
    EXPECT_TEXT(idx_message(0, 0, 0, 3),
                "'readers_images.idx' is not an IDX file: it has only 3 bytes");
    EXPECT_TEXT(idx_message(0, 2, 9, sizeof images),
                "'readers_images.idx' is not an IDX file: magic number 0x00000903, needed 0x000008nn "
                "for bytes");
    EXPECT_TEXT(idx_message(0, 11, 6, sizeof images),
                "'readers_images.idx' is truncated: 2 samples of 6x3 take 36 bytes after the header, "
                "found 12");
    EXPECT_TEXT(idx_message(1, 8, 3, sizeof labels),
                "'readers_labels.idx': sample 0 is 3, 'label' needs a class from 0 to 2");
    EXPECT_TEXT(idx_message(1, 7, 1, sizeof labels - 1),
                "'readers_images.idx' has 2 samples but 'readers_labels.idx' has 1");
    EXPECT(strstr(idx_message(0, 4, 255, sizeof images), "truncated") != NULL);
}

static void idx_shape_must_be_the_ports(void)
{
    static const unsigned char turned[] = {0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 3, 0, 0, 0, 2,
                                           1, 2, 3, 4, 5, 6};
    nn_net net = net_of(&image, &label, NULL, 0);
    nn_error error;
    put(idx_files[0], turned, sizeof turned);
    EXPECT(nn_read_idx(&net, NULL, idx_files, 2, 0, &error) == NULL);
    EXPECT_TEXT(error.text, "'readers_images.idx' holds samples of 3x2, 'image' needs 2x3x1");
}

static void gzip_and_missing_files_are_told(void)
{
    static const unsigned char packed[] = {0x1F, 0x8B, 8, 0, 0, 0, 0, 0};
    nn_net net = net_of(&image, &label, NULL, 0);
    nn_error error;
    put(idx_files[0], packed, sizeof packed);
    EXPECT(nn_read_idx(&net, NULL, idx_files, 2, 0, &error) == NULL);
    EXPECT_TEXT(error.text, "'readers_images.idx' is compressed with gzip; unpack it first, for example "
                            "with 'gzip -dk'");
    const char *const nowhere[] = {"no/such.idx", "no/such.idx"};
    EXPECT(nn_read_idx(&net, NULL, nowhere, 2, 1, &error) == NULL);
    EXPECT_TEXT(error.text, "cannot read 'no/such.idx': No such file or directory");
    EXPECT_INT(error.code, NN_EXIT_IO);
    const char *const folder[] = {".", "."};
    EXPECT(nn_read_idx(&net, NULL, folder, 2, 1, &error) == NULL);
    EXPECT_TEXT(error.text, "cannot read '.': Is a directory");
}

static void gz_name_stands_for_the_unpacked_file(void)
{
    put_text("readers_a.idx", "x");
    char *path = nn_data_path(".", "readers_a.idx.gz");
    EXPECT_TEXT(path, "./readers_a.idx");
    nn_free(path);
    path = nn_data_path("/data", "b.gz");
    EXPECT_TEXT(path, "/data/b.gz");
    nn_free(path);
}

/* ---- CSV ---- */

static const char *const csv_files[] = {"readers.csv"};
static const nn_column by_name[] = {
    {"a", 0, NN_NUMBER, 0, NULL}, {"b", 0, NN_NUMBER, 0, NULL}, {"class", 0, NN_NUMBER, 0, NULL}};
static const nn_column by_quotes[] = {{"a\"a\"", 0, NN_NUMBER, 0, NULL},
                                      {"b", 0, NN_NUMBER, 0, NULL},
                                      {"class", 0, NN_NUMBER, 0, NULL}};
static const nn_column by_number[] = {
    {NULL, 2, NN_NUMBER, 0, NULL}, {NULL, 0, NN_NUMBER, 0, NULL}, {NULL, 1, NN_NUMBER, 0, NULL}};

static nn_source csv_source(const nn_column *columns, int has_header, char separator)
{
    nn_source source;
    memset(&source, 0, sizeof source);
    source.format = &nn_csv_files;
    source.column_count = columns != NULL ? 3 : 0;
    source.columns = columns;
    source.has_header = has_header;
    source.separator = separator;
    return source;
}

static const char *csv_bytes(const void *bytes, size_t size, const nn_column *columns,
                             int has_header, char separator)
{
    static char result[1000];
    nn_net net = net_of(&point, &side, NULL, 0);
    nn_source source = csv_source(columns, has_header, separator);
    nn_error error;
    size_t used = 0;
    put("readers.csv", bytes, size);
    nn_data *data = nn_read_csv(&net, &source, csv_files, 1, 1, &error);
    if (data == NULL) {
        EXPECT_INT(error.code, NN_EXIT_IO);
        snprintf(result, sizeof result, "%s", error.text);
        return result;
    }
    result[0] = '\0';
    for (long long i = 0; i < data->count; i++)
        used += (size_t)snprintf(result + used, sizeof result - used, "%g %g %d;",
                                 (double)((float *)data->values[0])[2 * i],
                                 (double)((float *)data->values[0])[2 * i + 1],
                                 (int)((int32_t *)data->values[1])[i]);
    nn_data_free(data);
    return result;
}

static const char *csv_result(const char *text, const nn_column *columns, int has_header,
                              char separator)
{
    return csv_bytes(text, strlen(text), columns, has_header, separator);
}

static void csv_is_read_in_all_its_forms(void)
{
    EXPECT_TEXT(csv_result("1,2,0\n-3.5,4e1,1\n", NULL, 0, ','), "1 2 0;-3.5 40 1;");
    EXPECT_TEXT(csv_result("1,2,0\r\n3,4,1\r\n", NULL, 0, ','), "1 2 0;3 4 1;");
    EXPECT_TEXT(csv_result("1,2,0\n3,4,1", NULL, 0, ','), "1 2 0;3 4 1;");
    EXPECT_TEXT(csv_result("1 ; 2;\t0\n\n3;4;1\n\n", NULL, 0, ';'), "1 2 0;3 4 1;");
    EXPECT_TEXT(csv_result("\"1\",\"2\" , \"0\"\n", NULL, 0, ','), "1 2 0;");
    EXPECT_TEXT(csv_result("class,\"b\",note,a\n1,2,text,3\n0,5,\"a, \"\"b\"\"\",6\n", by_name, 1, ','),
                "3 2 1;6 5 0;");
    EXPECT_TEXT(csv_result("1,0,2\n", by_number, 0, ','), "2 1 0;");
    EXPECT_TEXT(csv_result("class,\"b\",\"a\"\"a\"\"\"\n1,2,3\n", by_quotes, 1, ','), "3 2 1;");
    EXPECT_TEXT(csv_result("1\t2\t0\n", NULL, 0, '\t'), "1 2 0;");
    EXPECT_TEXT(csv_result("\xEF\xBB\xBF" "1,2,0\n", NULL, 0, ','), "1 2 0;");
}

static void csv_errors_name_file_and_line(void)
{
    EXPECT_TEXT(csv_result("a,b,c\n1,2,0\n", NULL, 0, ','),
                "readers.csv:1: column 0 is 'a', 'x' needs a finite 32-bit number; names in the "
                "first line need 'header = true'");
    EXPECT_TEXT(csv_result("1,1e300,1\n", NULL, 0, ','),
                "readers.csv:1: column 1 is '1e300', 'x' needs a finite 32-bit number");
    EXPECT_TEXT(csv_bytes("1\0,\0002\0", 6, NULL, 0, ','),
                "'readers.csv' is not a text file: byte 1 is zero, as in UTF-16; CSV files are read as UTF-8");
    EXPECT_TEXT(csv_result("1,2,0\n3,4\n", NULL, 0, ','),
                "readers.csv:2: 2 columns, the rows before have 3");
    EXPECT_TEXT(csv_result("1,2\n", NULL, 0, ','), "readers.csv:1: 2 columns, the network needs 3");
    EXPECT_TEXT(csv_result("1;2;0\n", NULL, 0, ','),
                "readers.csv:1: 1 column, the network needs 3; 'separator = \";\"' divides it");
    EXPECT_TEXT(csv_result("1\t2\t0\n", NULL, 0, ','),
                "readers.csv:1: 1 column, the network needs 3; 'separator = \"\\t\"' divides it");
    EXPECT_TEXT(csv_result("1,2,0\n", NULL, 0, ';'),
                "readers.csv:1: 1 column, the network needs 3; 'separator = \",\"' divides it");
    EXPECT_TEXT(csv_result("1\n", NULL, 0, ','), "readers.csv:1: 1 column, the network needs 3");
    EXPECT_TEXT(csv_result("\"1,2\"\n", NULL, 0, ','), "readers.csv:1: 1 column, the network needs 3");
    EXPECT_TEXT(csv_result("1,2,0\n3,,1\n", NULL, 0, ','), "readers.csv:2: column 1 has no value ('')");
    EXPECT_TEXT(csv_result("1,2,0\n3,?,1\n", NULL, 0, ','), "readers.csv:2: column 1 has no value ('?')");
    EXPECT_TEXT(csv_result("1,2,0\n3,x,1\n", NULL, 0, ','),
                "readers.csv:2: column 1 is 'x', 'x' needs a finite 32-bit number");
    EXPECT_TEXT(csv_result("1,0x10,1\n", NULL, 0, ','),
                "readers.csv:1: column 1 is '0x10', 'x' needs a finite 32-bit number");
    EXPECT_TEXT(csv_result("1,1e999,1\n", NULL, 0, ','),
                "readers.csv:1: column 1 is '1e999', 'x' needs a finite 32-bit number");
    EXPECT_TEXT(csv_result("1,2,2\n", NULL, 0, ','),
                "readers.csv:1: column 2 is '2', 'side' needs a class from 0 to 1");
    EXPECT_TEXT(csv_result("1,2,0.5\n", NULL, 0, ','),
                "readers.csv:1: column 2 is '0.5', 'side' needs a class from 0 to 1");
    EXPECT_TEXT(csv_result("1,\"2,0\n", NULL, 0, ','),
                "readers.csv:1: a quote that opens here never closes");
    EXPECT_TEXT(csv_result("1,\"2\"x,0\n", NULL, 0, ','), "readers.csv:1: text after a closing quote");
    EXPECT_TEXT(csv_result("", NULL, 0, ','), "'readers.csv' is empty");
    EXPECT_TEXT(csv_result("a,c,class\n1,2,0\n", by_name, 1, ','), "'readers.csv' has no column 'b'");
    EXPECT_TEXT(csv_result("a,b,clas\n1,2,0\n", by_name, 1, ','),
                "'readers.csv' has no column 'class'; did you mean 'clas'?");
    EXPECT_TEXT(csv_result("1,2\n", by_number, 0, ','),
                "'readers.csv' has columns 0 to 1, column 2 was asked for");
    EXPECT_TEXT(csv_result("1,2,0\n", by_name, 0, ','),
                "'readers.csv' has no header, column 'a' cannot be found by name");
}

/* ---- sets ---- */

static int load(nn_sets *sets, const nn_source *sources, int count, nn_error *error)
{
    static nn_override others[NN_SETS];
    nn_net net = net_of(&point, &side, sources, count);
    return nn_sets_load(sets, &net, NULL, others, 7, error);
}

static void tables_and_splits_make_sets(void)
{
    static const float values[] = {0, 0, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 2, 2, 1};
    nn_source sources[2];
    nn_sets sets;
    nn_error error;
    memset(sources, 0, sizeof sources);
    sources[0].format = &nn_table;
    sources[0].rows = 5;
    sources[0].values = values;
    sources[1].split = nn_split;
    sources[1].set = NN_VALIDATION;
    sources[1].amount = 0.4;
    sources[1].seed = 1;
    if (!EXPECT(load(&sets, sources, 2, &error)))
        return;
    EXPECT_INT(sets.set[NN_TRAIN].count, 3);
    EXPECT_INT(sets.set[NN_VALIDATION].count, 2);
    int seen[5] = {0};
    for (int i = 0; i < 3; i++)
        seen[sets.set[NN_TRAIN].rows[i]]++;
    for (int i = 0; i < 2; i++)
        seen[sets.set[NN_VALIDATION].rows[i]]++;
    for (int i = 0; i < 5; i++)
        EXPECT_INT(seen[i], 1);
    nn_sets_free(&sets);
    sources[1].amount = 0.01;
    EXPECT(!load(&sets, sources, 2, &error));
    EXPECT_TEXT(error.text, "splitting 0.01 of the 5 samples of the train set off as the "
                            "validation set leaves one of them empty");
    sources[0].values = values + 1;
    sources[0].rows = 4;
    EXPECT(!load(&sets, sources, 1, &error));
    EXPECT_TEXT(error.text, "row 3 of the train table holds 2, 'side' needs a class from 0 to 1");
}

static void other_files_replace_those_of_a_set(void)
{
    static const char *const names[] = {"readers_first.csv"};
    nn_source source = csv_source(NULL, 0, ',');
    nn_override others[NN_SETS];
    nn_sets sets;
    nn_error error;
    source.file_count = 1;
    source.files = names;
    nn_net net = net_of(&point, &side, &source, 1);
    memset(others, 0, sizeof others);
    put_text("readers_first.csv", "1,2,0\n");
    put_text("readers_second.csv", "1,2,0\n3,4,1\n");
    if (!EXPECT(nn_sets_load(&sets, &net, ".", others, 1u << NN_TRAIN, &error)))
        return;
    EXPECT_INT(sets.set[NN_TRAIN].count, 1);
    EXPECT(sets.set[NN_TEST].data == NULL);
    nn_sets_free(&sets);
    others[NN_TRAIN].count = 1;
    others[NN_TRAIN].files[0] = "readers_second.csv";
    EXPECT(nn_sets_load(&sets, &net, "elsewhere", others, 1u << NN_TRAIN, &error));
    EXPECT_INT(sets.set[NN_TRAIN].count, 2);
    nn_sets_free(&sets);
    others[NN_TRAIN].count = 2;
    EXPECT(!nn_sets_load(&sets, &net, NULL, others, 1u << NN_TRAIN, &error));
    EXPECT_TEXT(error.text, "the train set is read from 1 file, 2 given");
}

/* Without noise a rule of the plane gives each toy point its class. */
static void toys_follow_their_rules(void)
{
    for (int toy = NN_TOY_CIRCLE; toy <= NN_TOY_SPIRAL; toy++) {
        int ones = 0, right = 0;
        double widest = 0;
        for (int i = 0; i < 1000; i++) {
            nn_toy_point p = nn_toy(toy, 0, 1000, i, 77);
            double angle = atan2(p.x, p.y), radius = hypot(p.x, p.y);
            double along = fmod(radius / 5 * 1.75 * 2 * 3.14159265358979 - angle, 6.283185307179586);
            ones += p.class_number;
            widest = fmax(widest, fmax(fabs(p.x), fabs(p.y)));
            right += p.class_number == (toy == NN_TOY_CIRCLE     ? radius < 3
                                        : toy == NN_TOY_XOR      ? p.x * p.y > 0
                                        : toy == NN_TOY_GAUSSIAN ? p.x + p.y > 0
                                                                 : fabs(fabs(along) - 3.14159265) < 1);
        }
        EXPECT_NEAR(ones, 500, 25);
        EXPECT(right >= 998);
        EXPECT(widest < 6);
    }
}

static void digits_depend_on_seed_and_index_alone(void)
{
    unsigned char a[784], b[784];
    int counts[10] = {0};
    int first = nn_digit(5, 17, a);
    EXPECT_INT(nn_digit(5, 17, b), first);
    EXPECT(memcmp(a, b, sizeof a) == 0);
    nn_digit(6, 17, b);
    EXPECT(memcmp(a, b, sizeof a) != 0);
    for (uint32_t i = 0; i < 2000; i++) {
        int ink = 0, digit = nn_digit(9, i, a);
        counts[digit]++;
        for (int p = 0; p < 784; p++)
            ink += a[p] > 100;
        EXPECT(ink > 15 && ink < 400);
    }
    for (int d = 0; d < 10; d++)
        EXPECT_NEAR(counts[d], 200, 70);
}

int main(void)
{
    RUN(idx_is_read);
    RUN(idx_floats_and_flat_ports_are_read);
    RUN(idx_errors_name_file_and_numbers);
    RUN(idx_shape_must_be_the_ports);
    RUN(gzip_and_missing_files_are_told);
    RUN(gz_name_stands_for_the_unpacked_file);
    RUN(csv_is_read_in_all_its_forms);
    RUN(csv_errors_name_file_and_line);
    RUN(tables_and_splits_make_sets);
    RUN(other_files_replace_those_of_a_set);
    RUN(toys_follow_their_rules);
    RUN(digits_depend_on_seed_and_index_alone);
    return test_end();
}
