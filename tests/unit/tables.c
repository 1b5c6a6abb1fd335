/* Columns that hold words and dates, series, ranges of rows and splits: what becomes a sample. */
#include "posix.h"
#include "fit.h"
#include "initialise.h"
#include "read_csv.h"
#include "split.h"
#include "table.h"
#include "test.h"

static const char *const kinds[] = {"no", "yes", "maybe"};
static const char *const seasons[] = {"1", "2", "winter"};

static const nn_port row2 = {"x", NN_F32, 1, {2}, 2, 0, -1, NULL, 0};
static const nn_port row4 = {"x", NN_F32, 1, {4}, 4, 0, -1, NULL, 0};
static const nn_port windows = {"x", NN_F32, 2, {3, 2}, 6, 0, -1, NULL, 0};
static const nn_port kind = {"kind", NN_CLASS, 0, {0}, 1, 3, -1, kinds, 0};
static const nn_port next = {"next", NN_F32, 1, {1}, 1, 0, -1, NULL, 0};
static const nn_port next2 = {"next", NN_F32, 1, {2}, 2, 0, -1, NULL, 0};

static const char *const csv_files[] = {"tables.csv"};

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

static void put_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "wb");
    if (!EXPECT(file != NULL))
        exit(1);
    fwrite(text, 1, strlen(text), file);
    fclose(file);
}

/* All values of all samples: "1 2>0;3 4>1;", or the message. */
static const char *samples(const nn_net *net, const nn_source *source, int with_targets,
                           const char *text)
{
    static char result[1000];
    static nn_error error;
    size_t used = 0;
    put_text("tables.csv", text);
    nn_data *data = nn_read_csv(net, source, csv_files, 1, with_targets, &error);
    if (data == NULL)
        return error.text;
    nn_batch batch = nn_batch_new(net, 1);
    result[0] = '\0';
    for (long long s = 0; s < data->count; s++) {
        uint32_t sample = (uint32_t)s;
        nn_gather(&batch, net, data, &sample, 1);
        for (int i = 0; i < data->ports; i++) {
            const nn_port *port = nn_data_port(net, i);
            const void *from = i == 0 ? batch.inputs[0] : batch.targets[0];
            used += (size_t)snprintf(result + used, sizeof result - used, "%s", i > 0 ? ">" : "");
            for (int e = 0; e < port->elements; e++)
                used += (size_t)snprintf(result + used, sizeof result - used, "%s%g", e > 0 ? " " : "",
                                         port->type == NN_CLASS ? ((const int32_t *)from)[e]
                                                                : (double)((const float *)from)[e]);
        }
        used += (size_t)snprintf(result + used, sizeof result - used, ";");
    }
    nn_batch_free(&batch, net);
    nn_data_free(data);
    return result;
}

static nn_source csv_of(const nn_column *columns, int count, const nn_reading *reading)
{
    nn_source source;
    memset(&source, 0, sizeof source);
    source.format = &nn_csv_files;
    source.columns = columns;
    source.column_count = count;
    source.has_header = 1;
    source.reading = reading;
    return source;
}

/* ---- fields ---- */

static double date(const char *text, int day_first, int part)
{
    nn_date found;
    return nn_field_date(text, day_first, &found) ? nn_date_value(&found, part) : -1;
}

static void dates_are_read_in_their_forms(void)
{
    EXPECT_NEAR(date("2016-07-01 00:00:00", 0, NN_DAYS), 16983, 0);
    EXPECT_NEAR(date("1970-01-01", 0, NN_DAYS), 0, 0);
    EXPECT_NEAR(date("1969-12-31T12:00", 0, NN_DAYS), -0.5, 0);
    EXPECT_NEAR(date("2000/03/01 06:00", 0, NN_DAYS), 11017.25, 0);
    EXPECT_NEAR(date("2001-09-09T01:46:40Z", 0, NN_SECONDS), 1e9, 0);
    EXPECT_NEAR(date("2011-01-01", 0, NN_WEEKDAY), 5, 0); /* a Saturday */
    EXPECT_NEAR(date("1969-12-28", 0, NN_WEEKDAY), 6, 0);
    EXPECT_NEAR(date("2016-12-31", 0, NN_DAY_OF_YEAR), 366, 0);
    EXPECT_NEAR(date("1/31/17 0:10", 0, NN_DAY), 31, 0);
    EXPECT_NEAR(date("1/31/17 0:10", 0, NN_MINUTE), 10, 0);
    EXPECT_NEAR(date("12/1/69", 0, NN_YEAR), 1969, 0);
    EXPECT_NEAR(date("2/1/2011 23:59", 1, NN_MONTH), 1, 0);
    EXPECT_NEAR(date("2/1/2011 23:59", 0, NN_MONTH), 2, 0);
    EXPECT_NEAR(date("31.1.2017", 0, NN_MONTH), 1, 0);
    EXPECT_NEAR(date("31.1.2017 7:05", 0, NN_HOUR), 7, 0);
    EXPECT_NEAR(date("2012-02-29", 0, NN_MONTH), 2, 0);
}

static void what_is_no_date_is_refused(void)
{
    static const char *const wrong[] = {
        "",           "2016",         "2016-07",          "2016-13-01",       "2016-00-01",
        "2011-02-29", "1900-02-29",   "2016-07-32",       "2016-07/01",       "31/1/2017",
        "1/1/1",      "1/1/017",      "2016-07-01 24:00", "2016-07-01 1:60",  "2016-07-01 1:2",
        "2016-7-1x",  "0000-01-01",   "2016-07-01 01",    "2016-07-01 01:00x", "1/1/12345",
        "20160701",   "-1-01-01",     "2016-07-01T",      "2016-07-01 01:00:61", "5",
    };
    for (int i = 0; i < (int)(sizeof wrong / sizeof wrong[0]); i++)
        if (!EXPECT(date(wrong[i], 0, NN_YEAR) < 0))
            printf("  '%s' was read\n", wrong[i]);
}

static void words_give_numbers_or_ones(void)
{
    static const nn_column columns[] = {{"t", -1, NN_NUMBER, 0, NULL},
                                        {"season", -1, NN_ONE_HOT, 3, seasons},
                                        {"kind", -1, NN_NUMBER, 0, NULL}};
    static const nn_column number[] = {{"t", -1, NN_NUMBER, 0, NULL},
                                       {"season", -1, NN_CATEGORY, 3, seasons},
                                       {"kind", -1, NN_NUMBER, 0, NULL}};
    nn_net net = net_of(&row4, &kind, NULL, 0), net2 = net_of(&row2, &kind, NULL, 0);
    nn_source source = csv_of(columns, 3, NULL), source2 = csv_of(number, 3, NULL);
    const char *text = "id,season,t,kind\na,1.0,5,yes\nb,winter,6,\"no\"\n";
    EXPECT_TEXT(samples(&net, &source, 1, text), "5 1 0 0>1;6 0 0 1>0;");
    EXPECT_TEXT(samples(&net2, &source2, 1, text), "5 0>1;6 2>0;");
    EXPECT_TEXT(samples(&net2, &source2, 0, "season,t\n2,7\n"), "7 1;");
    EXPECT_TEXT(samples(&net2, &source2, 1, "kind,t,season\n2,7,1\n"), "7 0>2;");
    EXPECT_TEXT(samples(&net, &source, 1, "t,kind,season\n7,no,1\n7,no,fall\n"),
                "tables.csv:3: column 'season' is 'fall', which is none of '1', '2', 'winter'; the column "
                "holds '1', 'fall'");
    EXPECT_TEXT(samples(&net, &source, 1, "t,kind,season\n7,never,1\n"),
                "tables.csv:2: column 'kind' is 'never', 'kind' needs one of 'no', 'yes', 'maybe'; the "
                "column holds 'never'");
    EXPECT_TEXT(samples(&net, &source, 1, "t,kind,season\n7,3,1\n"),
                "tables.csv:2: column 'kind' is '3', 'kind' needs a class from 0 to 2");
}

static void parts_of_dates_are_values(void)
{
    static const nn_column columns[] = {{"when", -1, NN_HOUR, 0, NULL}, {"when", -1, NN_DAY, 0, NULL},
                                        {"y", -1, NN_NUMBER, 0, NULL}};
    static const nn_reading day_first = {NULL, 0, 1, 1, 0, 1, 1, 1};
    nn_net net = net_of(&row2, &next, NULL, 0);
    nn_source source = csv_of(columns, 3, NULL);
    EXPECT_TEXT(samples(&net, &source, 1, "when,y\n2016-07-01 05:00:00,2\n12/31/17 0:10,3\n"),
                "5 1>2;0 31>3;");
    EXPECT_TEXT(samples(&net, &source, 1, "when,y\n31/12/17,2\n"),
                "tables.csv:2: column 'when' is '31/12/17', a date such as 2016-07-01 00:00:00 or "
                "1/31/2017 0:00 is needed");
    source.reading = &day_first;
    EXPECT_TEXT(samples(&net, &source, 1, "when,y\n31/12/17,2\n"), "0 31>2;");
}

/* ---- rows ---- */

static void rows_without_a_value_are_left_out_on_request(void)
{
    static const nn_column columns[] = {{NULL, 1, NN_NUMBER, 0, NULL}, {NULL, 2, NN_NUMBER, 0, NULL},
                                        {NULL, 3, NN_NUMBER, 0, NULL}};
    static const nn_reading skip = {"-9", 1, 0, 1, 0, 1, 1, 1}, refuse = {"-9", 0, 0, 1, 0, 1, 1, 1};
    nn_net net = net_of(&row2, &next, NULL, 0);
    nn_source source = csv_of(columns, 3, &skip);
    const char *text = "?,1,2,3\n,4,?,5\n?,6,-9,7\n?,8,9,10\n";
    source.has_header = 0;
    EXPECT_TEXT(samples(&net, &source, 1, text), "1 2>3;8 9>10;");
    source.reading = &refuse;
    EXPECT_TEXT(samples(&net, &source, 1, text), "tables.csv:2: column 2 has no value ('?')");
    EXPECT_TEXT(samples(&net, &source, 1, "0,1,2,3\n0,1,2,-9\n"),
                "tables.csv:2: column 3 has no value ('-9')");
}

static const char series[] = "0,10,0\n1,11,100\n2,12,200\n3,13,300\n4,14,400\n5,15,500\n6,16,600\n";

static void windows_share_the_rows_of_a_series(void)
{
    nn_reading reading = {NULL, 0, 0, 1, 3, 1, 1, 1};
    nn_net net = net_of(&windows, &next, NULL, 0), net2 = net_of(&windows, &next2, NULL, 0);
    nn_source source = csv_of(NULL, 0, &reading);
    source.has_header = 0;
    EXPECT_TEXT(samples(&net, &source, 1, series),
                "0 10 1 11 2 12>300;1 11 2 12 3 13>400;2 12 3 13 4 14>500;3 13 4 14 5 15>600;");
    EXPECT_TEXT(samples(&net, &source, 0, "0,1\n2,3\n4,5\n"), "0 1 2 3 4 5;");
    reading.step = 3;
    EXPECT_TEXT(samples(&net, &source, 1, series), "0 10 1 11 2 12>300;3 13 4 14 5 15>600;");
    reading.horizon = 2;
    EXPECT_TEXT(samples(&net, &source, 1, series), "0 10 1 11 2 12>400;");
    reading.horizon = 0;
    EXPECT_TEXT(samples(&net, &source, 1, series), "0 10 1 11 2 12>200;3 13 4 14 5 15>500;");
    reading.step = 1;
    reading.horizon = 2;
    reading.horizon_rows = 2;
    EXPECT_TEXT(samples(&net2, &source, 1, series), "0 10 1 11 2 12>400 500;1 11 2 12 3 13>500 600;");
    reading.every = 2;
    EXPECT_TEXT(samples(&net2, &source, 1, series),
                "'tables.csv' gives 4 rows, a window of 3 with its targets needs at least 6");
    reading.horizon = reading.horizon_rows = 1;
    EXPECT_TEXT(samples(&net, &source, 1, series), "0 10 2 12 4 14>600;");
    EXPECT_TEXT(samples(&net, &source, 0, "1,2\n3,4\n"), "'tables.csv' gives 1 row, a window of 3 needs at "
                                                          "least 3");
}

static void ranges_take_rows_of_a_file(void)
{
    nn_reading reading = {NULL, 0, 0, 2, 0, 1, 1, 1};
    nn_net net = net_of(&row2, &next, NULL, 0);
    nn_source source = csv_of(NULL, 0, NULL);
    source.has_header = 0;
    source.first = 2;
    source.end = 4;
    EXPECT_TEXT(samples(&net, &source, 1, series), "2 12>200;3 13>300;");
    source.end = 7;
    source.reading = &reading;
    EXPECT_TEXT(samples(&net, &source, 1, series), "2 12>200;4 14>400;6 16>600;");
    source.end = 8;
    EXPECT_TEXT(samples(&net, &source, 1, series),
                "'tables.csv' has 7 rows, 'rows' asks for 2 to 7, counted from 0");
}

/* ---- splits ---- */

static void put_rows(char *text, size_t size, const nn_set *set)
{
    size_t used = 0;
    text[0] = '\0';
    for (long long i = 0; i < set->count; i++)
        used += (size_t)snprintf(text + used, size - used, "%u ", (unsigned)set->rows[i]);
}

static void splits_take_the_last_samples(void)
{
    static const char *const files[] = {"tables.csv"};
    static const nn_override others[NN_SETS];
    nn_reading reading = {NULL, 0, 0, 1, 3, 1, 1, 1};
    nn_source sources[3];
    nn_sets sets;
    nn_error error;
    char text[200];
    sources[0] = csv_of(NULL, 0, NULL);
    sources[0].has_header = 0;
    sources[0].file_count = 1;
    sources[0].files = files;
    memset(&sources[1], 0, 2 * sizeof sources[0]);
    sources[1].split = sources[2].split = nn_split;
    sources[1].set = NN_TEST;
    sources[2].set = NN_VALIDATION;
    sources[1].order = sources[2].order = NN_SPLIT_CHRONOLOGICAL;
    sources[1].amount = sources[2].amount = 0.3;
    nn_net net = net_of(&row2, &next, sources, 3);
    put_text("tables.csv", "0,0,0\n1,1,1\n2,2,2\n3,3,3\n4,4,4\n5,5,5\n6,6,6\n7,7,7\n8,8,8\n9,9,9\n");
    if (!EXPECT(nn_sets_load(&sets, &net, ".", others, 7, &error)))
        return;
    put_rows(text, sizeof text, &sets.set[NN_TEST]);
    EXPECT_TEXT(text, "7 8 9 ");
    put_rows(text, sizeof text, &sets.set[NN_VALIDATION]);
    EXPECT_TEXT(text, "5 6 ");
    put_rows(text, sizeof text, &sets.set[NN_TRAIN]);
    EXPECT_TEXT(text, "0 1 2 3 4 ");
    nn_sets_free(&sets);
    /* Samples of 4 rows: 6 of them; the test set has those that begin at rows 4 and 5. */
    static const nn_port short_window = {"x", NN_F32, 2, {3, 2}, 6, 0, -1, NULL, 0};
    nn_net series_net = net_of(&short_window, &next, sources, 2);
    sources[0].reading = &reading;
    put_text("tables.csv", "0,0,0\n1,1,1\n2,2,2\n3,3,3\n4,4,4\n5,5,5\n6,6,6\n7,7,7\n8,8,8\n");
    if (!EXPECT(nn_sets_load(&sets, &series_net, ".", others, 7, &error)))
        return;
    put_rows(text, sizeof text, &sets.set[NN_TEST]);
    EXPECT_TEXT(text, "4 5 ");
    put_rows(text, sizeof text, &sets.set[NN_TRAIN]);
    EXPECT_TEXT(text, "0 ");
    nn_sets_free(&sets);
    sources[1].amount = 0.5;
    EXPECT(!nn_sets_load(&sets, &series_net, ".", others, 7, &error));
    EXPECT_TEXT(error.text,
                "the last 0.5 of 6 samples share rows with all others, so the train set is empty");
}

static void shares_of_classes_follow_their_remainders(void)
{
    static const long long counts[] = {50, 50, 50}, odd[] = {5, 3, 2}, rare[] = {97, 2, 1};
    long long shares[3];
    nn_class_shares(counts, 3, 150, 30, shares);
    EXPECT(shares[0] == 10 && shares[1] == 10 && shares[2] == 10);
    nn_class_shares(odd, 3, 10, 4, shares); /* 2, 1.2, 0.8 */
    EXPECT(shares[0] == 2 && shares[1] == 1 && shares[2] == 1);
    nn_class_shares(rare, 3, 100, 30, shares); /* 29.1, 0.6, 0.3 */
    EXPECT(shares[0] == 29 && shares[1] == 1 && shares[2] == 0);
}

static void stratified_splits_keep_every_sample_once(void)
{
    static const nn_override others[NN_SETS];
    static float values[3 * 40];
    nn_source sources[2];
    nn_sets sets;
    nn_error error;
    int seen[40] = {0}, of_class[3] = {0};
    for (int i = 0; i < 40; i++)
        values[3 * i + 2] = (float)(i % 4 == 0 ? 2 : i % 2); /* 10 zeros, 20 ones, 10 twos */
    memset(sources, 0, sizeof sources);
    sources[0].format = &nn_table;
    sources[0].rows = 40;
    sources[0].values = values;
    sources[1].split = nn_split;
    sources[1].set = NN_TEST;
    sources[1].order = NN_SPLIT_STRATIFIED;
    sources[1].amount = 0.2;
    sources[1].seed = 3;
    nn_net net = net_of(&row2, &kind, sources, 2);
    if (!EXPECT(nn_sets_load(&sets, &net, NULL, others, 7, &error)))
        return;
    EXPECT_INT(sets.set[NN_TEST].count, 8);
    for (int i = 0; i < 32; i++)
        seen[sets.set[NN_TRAIN].rows[i]]++;
    for (int i = 0; i < 8; i++) {
        seen[sets.set[NN_TEST].rows[i]]++;
        of_class[nn_sample_class(sets.set[NN_TEST].data, &net, sets.set[NN_TEST].rows[i])]++;
    }
    for (int i = 0; i < 40; i++)
        EXPECT_INT(seen[i], 1);
    EXPECT(of_class[0] == 2 && of_class[1] == 4 && of_class[2] == 2);
    nn_sets_free(&sets);
}

/* ---- scaling ---- */

static const nn_tensor statistics[] = {
    {"s.mean", NN_STATISTIC, 1, {2}, 0, 1, 0, NULL, 0, 0, 0, 0},
    {"s.deviation", NN_STATISTIC, 1, {2}, 0, 1, 2, nn_fill_constant, 1, 0, 0, 0},
    {"s.least", NN_STATISTIC, 1, {2}, 0, 1, 4, NULL, 0, 0, 0, 0},
    {"s.range", NN_STATISTIC, 1, {2}, 0, 1, 6, nn_fill_constant, 1, 0, 0, 0},
    {"t.mean", NN_STATISTIC, 1, {1}, 0, 1, 8, NULL, 0, 0, 0, 0},
};
static const nn_fit fits[] = {
    {0, 0, NN_FIT_MEAN}, {1, 0, NN_FIT_DEVIATION}, {2, 0, NN_FIT_LEAST}, {3, 0, NN_FIT_RANGE},
    {4, 1, NN_FIT_MEAN}};

/* Fits the statistics to the samples of a CSV file and shows them, or the message. */
static const char *fitted(const nn_port *input, const nn_column *columns, int count,
                          const nn_reading *reading, const char *text)
{
    static const char *const files[] = {"tables.csv"};
    static const nn_override others[NN_SETS];
    static nn_error error;
    static char result[300];
    float state[9];
    size_t used = 0;
    nn_source sources[2];
    nn_sets sets;
    sources[0] = csv_of(columns, count, reading);
    sources[0].has_header = columns != NULL;
    sources[0].file_count = 1;
    sources[0].files = files;
    memset(&sources[1], 0, sizeof sources[1]);
    sources[1].split = nn_split;
    sources[1].set = NN_TEST;
    sources[1].order = NN_SPLIT_CHRONOLOGICAL;
    sources[1].amount = 0.25;
    nn_net net = net_of(input, &next, sources, 2);
    net.tensors = statistics;
    net.tensor_count = 5;
    net.fits = fits;
    net.fit_count = 5;
    put_text("tables.csv", text);
    if (!nn_sets_load(&sets, &net, ".", others, 7, &error))
        return error.text;
    int ok = nn_fit_statistics(state, &net, &sets, others, &error);
    nn_sets_free(&sets);
    for (int i = 0; ok && i < 9; i++)
        used += (size_t)snprintf(result + used, sizeof result - used, "%.6g ", (double)state[i]);
    return ok ? result : error.text;
}

static void statistics_are_those_of_the_training_set(void)
{
    static const nn_column columns[] = {{"b", -1, NN_NUMBER, 0, NULL}, {"a", -1, NN_NUMBER, 0, NULL},
                                        {"y", -1, NN_NUMBER, 0, NULL}};
    EXPECT_TEXT(fitted(&row2, columns, 3, NULL, "a,b,y\n2,1,5\n4,1,6\n6,4,7\n99,99,99\n"),
                "2 4 1.41421 1.63299 1 2 3 4 6 ");
    EXPECT_TEXT(fitted(&row2, columns, 3, NULL, "a,b,y\n2,1,5\n2,1,6\n2,4,7\n99,99,99\n"),
                "'tables.csv': column 'a' is 2 in all training samples, so 's.deviation' is 0 and cannot "
                "scale it");
    static const char *const words[] = {"dry", "wet"};
    static const nn_column kinds[] = {{"kind", -1, NN_ONE_HOT, 2, words}, {"y", -1, NN_NUMBER, 0, NULL}};
    EXPECT_TEXT(fitted(&row2, kinds, 2, NULL, "kind,y\ndry,5\ndry,6\ndry,7\nwet,99\n"),
                "'tables.csv': 'dry' of column 'kind' is 1 in all training samples, so 's.deviation' is 0 and "
                "cannot scale it");
    EXPECT_TEXT(fitted(&row2, NULL, 0, NULL, "1,2,5\n1,3,6\n1,4,7\n99,99,99\n"),
                "'tables.csv': column 0 is 1 in all training samples, so 's.deviation' is 0 and cannot "
                "scale it");
}

/* Rows that windows share count once: the training set is windows 0 to 2, rows 0 to 4. */
static void rows_of_windows_count_once(void)
{
    static const nn_reading reading = {NULL, 0, 0, 1, 3, 1, 1, 1};
    EXPECT_TEXT(fitted(&windows, NULL, 0, &reading,
                       "0,10,0\n1,10,1\n2,14,2\n3,14,3\n4,0,4\n9,9,9\n9,9,9\n9,9,9\n9,9,9\n9,9,9\n"
                       "9,9,9\n"),
                "2 9.6 1.41421 5.1225 0 0 4 14 5.33333 ");
}

/* Features that are steps of a window are those of samples. */
static void steps_may_be_features(void)
{
    static const nn_port flat = {"x", NN_F32, 1, {2}, 2, 0, -1, NULL, 0};
    static const nn_reading reading = {NULL, 0, 0, 1, 2, 1, 1, 1};
    EXPECT_TEXT(fitted(&flat, NULL, 0, &reading, "0,0\n1,1\n3,3\n5,5\n6,6\n7,7\n8,8\n9,9\n10,10\n"),
                "1.33333 3 1.24722 1.63299 0 1 3 4 4.66667 ");
}

int main(void)
{
    RUN(statistics_are_those_of_the_training_set);
    RUN(rows_of_windows_count_once);
    RUN(steps_may_be_features);
    RUN(dates_are_read_in_their_forms);
    RUN(what_is_no_date_is_refused);
    RUN(words_give_numbers_or_ones);
    RUN(parts_of_dates_are_values);
    RUN(rows_without_a_value_are_left_out_on_request);
    RUN(windows_share_the_rows_of_a_series);
    RUN(ranges_take_rows_of_a_file);
    RUN(splits_take_the_last_samples);
    RUN(shares_of_classes_follow_their_remainders);
    RUN(stratified_splits_keep_every_sample_once);
    return test_end();
}
