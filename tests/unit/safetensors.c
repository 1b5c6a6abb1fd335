/* Weights and checkpoint files: they come back as they were, and broken ones are refused. */
#include "posix.h"
#include "checkpoint.h"
#include "evaluate.h"
#include "support/fake_net.h"
#include "test.h"

static float state[FAKE_STATE], back[FAKE_STATE], scratch[FAKE_STATE];

static void fill(float *values, float first)
{
    memset(values, 0, sizeof(float) * FAKE_STATE);
    for (int i = 0; i < fake_net.tensor_count; i++) {
        const nn_tensor *tensor = &fake_tensors[i];
        for (long long e = 0; e < nn_tensor_elements(tensor); e++)
            scratch[e] = first + (float)(100 * i) + (float)e;
        if (tensor->panel)
            nn_pack(values + tensor->offset, scratch, tensor->dims[0], tensor->dims[1], 1, FAKE_PANEL);
        else
            memcpy(values + tensor->offset, scratch, sizeof(float) * (size_t)nn_tensor_elements(tensor));
    }
}

static void weights_come_back(void)
{
    nn_error error;
    fill(state, 0.5f);
    fill(back, 9.0f);
    EXPECT(nn_weights_save(state, &fake_net, "weights.safetensors", &error));
    EXPECT(nn_weights_load(back, &fake_net, "weights.safetensors", 1, &error));
    EXPECT(memcmp(state, back, sizeof(float) * FAKE_V1) == 0);
    EXPECT(back[FAKE_VB1] == 609.0f); /* optimizer values are not part of it */
    EXPECT(!nn_file_exists("weights.safetensors.new"));
}

static void checkpoints_come_back(void)
{
    nn_run run, again;
    nn_error error;
    memset(&run, 0, sizeof run);
    memset(&again, 0, sizeof again);
    run.seed = 12345;
    nn_run_begin(&run, &fake_net, 1);
    nn_run_begin(&again, &fake_net, 1);
    fill(run.state, 1.0f);
    fill(run.best, 2.0f);
    run.epochs = 20;
    run.batch = 16;
    run.rate = 0.1f;
    run.samples = 400;
    run.epoch = 3;
    run.step = 7;
    run.steps = 82;
    run.seen = 112;
    run.best_epoch = 2;
    run.best_value = 0.1f;
    run.sums[0] = 1.0 / 3;
    run.sums[1] = 55;
    run.seconds = 0.7;
    nn_history_reserve(&run, 3);
    for (int i = 0; i < 15; i++)
        run.history[i] = (float)i / 7;
    EXPECT(nn_checkpoint_save(&run, "test.checkpoint", &error));
    if (!EXPECT(nn_checkpoint_load(&again, "test.checkpoint", &error))) {
        printf("%s\n", error.text);
        return;
    }
    EXPECT(memcmp(run.state, again.state, sizeof(float) * FAKE_STATE) == 0);
    EXPECT(memcmp(run.best, again.best, sizeof(float) * FAKE_V1) == 0);
    EXPECT(memcmp(run.history, again.history, sizeof(float) * 15) == 0);
    EXPECT(memcmp(run.sums, again.sums, sizeof(double) * 2) == 0);
    EXPECT(again.seed == 12345 && again.epochs == 20 && again.batch == 16 && again.samples == 400);
    EXPECT(again.epoch == 3 && again.step == 7 && again.steps == 82 && again.seen == 112);
    EXPECT(again.best_epoch == 2 && again.seconds == run.seconds);
    EXPECT(again.rate == 0.1f && again.best_value == 0.1f);
    EXPECT(nn_weights_load(back, &fake_net, "test.checkpoint", 1, &error)); /* serves as weights too */
    EXPECT(memcmp(back, run.state, sizeof(float) * FAKE_V1) == 0);
    nn_run_end(&run);
    nn_run_end(&again);
}

/* A file with this header and so many zero bytes of data; the message it gives. */
static const char *message(const char *header, size_t data)
{
    static unsigned char bytes[4096];
    static nn_error error;
    static const nn_tensor tensors[2] = {
        {"w", NN_PARAMETER, 2, {2, 3}, 0, 1, 0, NULL, 0, 0, 0, 0},
        {"b", NN_PARAMETER, 1, {3}, 0, 1, 6, NULL, 0, 0, 0, 0}};
    nn_net net;
    float values[9];
    size_t length = strlen(header);
    memset(&net, 0, sizeof net);
    net.tensor_count = 2;
    net.tensors = tensors;
    memset(bytes, 0, sizeof bytes);
    bytes[0] = (unsigned char)length;
    bytes[1] = (unsigned char)(length >> 8);
    memcpy(bytes + 8, header, length);
    snprintf(error.text, sizeof error.text, "ok");
    nn_state_from_bytes(values, &net, "f", bytes, 8 + length + data, "", NN_STATISTIC, 1, &error);
    return error.text;
}

#define W "\"w\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]}"
#define B "\"b\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[24,36]}"

static void good_headers_are_accepted(void)
{
    EXPECT_TEXT(message("{" W "," B "}", 36), "ok");
    EXPECT_TEXT(message(" { " B " ,\n" W " }  ", 36), "ok");
    EXPECT_TEXT(message("{\"__metadata__\":{\"a\":\"\\\"x\\\\\",\"b\":\"\"}," W "," B "}", 36), "ok");
    EXPECT_TEXT(message("{\"__metadata__\":{}," W "," B "}", 36), "ok");
    EXPECT_TEXT(message("{\"b\":{\"data_offsets\":[24,36],\"shape\":[3],\"dtype\":\"F32\"}," W "}", 36),
                "ok");
}

static void wrong_tensors_are_named(void)
{
    EXPECT_TEXT(message("{" W "}", 36),
                "'f' has no tensor 'b'; are these weights of another network?");
    EXPECT_TEXT(message("{" W "," B ",\"c\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[36,37]}}", 37),
                "'f' has a tensor 'c' that the network does not have; are these weights of another "
                "network?");
    EXPECT_TEXT(message("{\"w\":{\"dtype\":\"F32\",\"shape\":[3,2],\"data_offsets\":[0,24]}," B "}", 36),
                "'f': 'w' has the shape [3, 2], the network needs [2, 3]");
    EXPECT_TEXT(message("{\"w\":{\"dtype\":\"F32\",\"shape\":[6],\"data_offsets\":[0,24]}," B "}", 36),
                "'f': 'w' has the shape [6], the network needs [2, 3]");
    EXPECT_TEXT(message("{\"w\":{\"dtype\":\"I32\",\"shape\":[2,3],\"data_offsets\":[0,24]}," B "}", 36),
                "'f': 'w' is not of type F32");
    EXPECT_TEXT(message("{" W "," W "," B "}", 36), "'f' holds 'w' twice");
}

static void ranges_are_checked(void)
{
    const char *outside = "'f': the data of 'b' do not fit its shape or the size of the file";
    EXPECT_TEXT(message("{" W "," B "}", 35), outside);
    EXPECT_TEXT(message("{" W ",\"b\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[24,37]}}", 37),
                outside);
    EXPECT_TEXT(message("{" W ",\"b\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[36,24]}}", 36),
                outside);
    EXPECT_TEXT(message("{" W ",\"b\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[9007199254740990,"
                        "9007199254740992]}}", 36), outside);
    EXPECT_TEXT(message("{" W ",\"b\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[20,32]}}", 36),
                "'f': the data of 'b' overlap those of another tensor");
}

static void garbage_is_refused(void)
{
    static const char *const headers[] = {
        "", "{", "[]", "{}x", "null", "{" W "," B, "{" W " " B "}", "{" W "," B ",}", "{" W ",," B "}",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[2,3]}," B "}",
        "{\"w\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]}," B "}",
        "{\"w\":{\"dtype\":\"F31\",\"shape\":[2,3],\"data_offsets\":[0,24]}," B "}",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[2,-3],\"data_offsets\":[0,24]}," B "}",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[2,3.0],\"data_offsets\":[0,24]}," B "}",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[2,3,],\"data_offsets\":[0,24]}," B "}",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[9007199254740993],\"data_offsets\":[0,24]}," B "}",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,0]}," B "}",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[18446744073709551617],\"data_offsets\":[0,4]}," B "}",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24],\"more\":1}," B "}",
        "{\"w\\", "{\"w\":\"x\"}", "{\"__metadata__\":{\"a\":1}," W "," B "}",
        "{\"\n\":{}," W "," B "}", "{\"w\":{}," B "}"};
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        const char *found = message(headers[i], 36);
        if (!EXPECT(strncmp(found, "'f' is not a safetensors file (header, byte ", 44) == 0))
            printf("    header %s: %s\n", headers[i], found);
    }
}

static void lengths_are_checked(void)
{
    unsigned char bytes[64] = {0};
    nn_found found[1];
    nn_culprit culprit;
    for (size_t size = 0; size < 8; size++)
        EXPECT_INT(nn_safetensors_find(bytes, size, "", fake_tensors, 1, NN_STATISTIC, 1, found, &culprit),
                   NN_FILE_SHORT);
    bytes[0] = 57;
    EXPECT_INT(nn_safetensors_find(bytes, 64, "", fake_tensors, 1, NN_STATISTIC, 1, found, &culprit),
               NN_FILE_SHORT);
    memset(bytes, 0xFF, 8);
    EXPECT_INT(nn_safetensors_find(bytes, 64, "", fake_tensors, 1, NN_STATISTIC, 1, found, &culprit),
               NN_FILE_HEADER);
}

static void failed_write_leaves_the_old_file(void)
{
    nn_text text = {NULL, 0, 0};
    nn_error error;
    nn_text_add(&text, "new");
    EXPECT(!nn_file_write("no/such/directory/file", &text, &error));
    EXPECT_TEXT(error.text, "cannot write 'no/such/directory/file': No such file or directory");
    EXPECT(!nn_make_directory("weights.safetensors", &error));
    EXPECT_TEXT(error.text, "cannot make the directory 'weights.safetensors': a file has its name");
    EXPECT(nn_make_directory("made/with/parents", &error));
    EXPECT(nn_make_directory("made/with/parents/", &error));
    nn_free(text.at);
}

int main(void)
{
    RUN(weights_come_back);
    RUN(checkpoints_come_back);
    RUN(good_headers_are_accepted);
    RUN(wrong_tensors_are_named);
    RUN(ranges_are_checked);
    RUN(garbage_is_refused);
    RUN(lengths_are_checked);
    RUN(failed_write_leaves_the_old_file);
    return test_end();
}
