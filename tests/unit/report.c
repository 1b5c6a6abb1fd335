/* JSON lines, gzip, the cache's names, suggestions. */
#include "base/report.h"
#include "cmd/cmd.h"
#include "interop/gzip.h"
#include "test.h"

#include <stdint.h>

static Arena arena;

static void json_escapes_what_json_cannot_hold(void)
{
    StrBuf buf = {.arena = &arena};
    json_escape(&buf, STR("a\"b\\c\n\x01\xc3\xa4\xff\xed\xa0\x80z"));
    EXPECT_TEXT(buf_str(&buf).ptr,
                "\"a\\\"b\\\\c\\n\\u0001\xc3\xa4\\ufffd\\ufffd\\ufffd\\ufffdz\"");
}

static void json_nests_and_separates(void)
{
    Json json = json_begin(&arena);
    json_int(&json, "a", -3);
    json_open(&json, "b", '[');
    json_int(&json, NULL, 1);
    json_real(&json, NULL, 0.5);
    json_real(&json, NULL, (double)NAN);
    json_close(&json, ']');
    json_bool(&json, "c", true);
    FILE *file = tmpfile();
    char line[200] = {0};
    if (!EXPECT(file != NULL))
        return;
    json_end(&json, file);
    rewind(file);
    EXPECT(fread(line, 1, sizeof line - 1, file) > 0);
    fclose(file);
    EXPECT_TEXT(line, "{\"a\": -3, \"b\": [1, 0.5, null], \"c\": true}\n");
}

static void write_bytes(const char *path, const void *bytes, size_t count)
{
    FILE *file = fopen(path, "wb");
    if (EXPECT(file != NULL)) {
        fwrite(bytes, 1, count, file);
        fclose(file);
    }
}

/* "hello\n", gzipped. */
static const unsigned char hello_gz[] = {0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
                                         0x03, 0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0xe7, 0x02, 0x00,
                                         0x20, 0x30, 0x3a, 0x36, 0x06, 0x00, 0x00, 0x00};

static void gzip_unpacks_members_in_a_row(void)
{
    unsigned char twice[2 * sizeof hello_gz];
    memcpy(twice, hello_gz, sizeof hello_gz);
    memcpy(twice + sizeof hello_gz, hello_gz, sizeof hello_gz);
    write_bytes("report_twice.gz", twice, sizeof twice);
    Str error, text;
    if (!EXPECT(gzip_unpack(&arena, "report_twice.gz", "report_twice", &error)))
        return;
    EXPECT(file_read(&arena, "report_twice", &text, &error));
    EXPECT_TEXT(text.ptr, "hello\nhello\n");
    remove("report_twice.gz");
    remove("report_twice");
}

static void gzip_leaves_nothing_behind_after_a_damaged_file(void)
{
    Str error = {0};
    unsigned char damaged[sizeof hello_gz];
    for (size_t length = 0; length < sizeof hello_gz; length++) {
        write_bytes("report_cut.gz", hello_gz, length);
        EXPECT(!gzip_unpack(&arena, "report_cut.gz", "report_cut", &error));
    }
    EXPECT_TEXT(error.ptr, "cannot unpack 'report_cut.gz': the file is cut short");
    memcpy(damaged, hello_gz, sizeof damaged);
    damaged[sizeof damaged - 5] ^= 1; /* the checksum */
    write_bytes("report_cut.gz", damaged, sizeof damaged);
    EXPECT(!gzip_unpack(&arena, "report_cut.gz", "report_cut", &error));
    EXPECT_TEXT(error.ptr, "cannot unpack 'report_cut.gz': the file is damaged");
    write_bytes("report_cut.gz", "no gzip", 7);
    EXPECT(!gzip_unpack(&arena, "report_cut.gz", "report_cut", &error));
    EXPECT_TEXT(error.ptr, "cannot unpack 'report_cut.gz': it is not a gzip file");
    FILE *left = fopen("report_cut", "rb");
    EXPECT(left == NULL);
    remove("report_cut.gz");
}

static void keys_differ_when_texts_do(void)
{
    Str a = cache_key(&arena, STR("net -O3")), b = cache_key(&arena, STR("net -O2"));
    EXPECT_INT(a.len, 32);
    EXPECT(!str_equal(a, b));
    EXPECT(str_equal(a, cache_key(&arena, STR("net -O3"))));
}

static void suggestions_stay_near(void)
{
    const char *const names[] = {"train", "check", "summary"};
    EXPECT_TEXT(suggest(STR("trian"), names, 3), "train");
    EXPECT_TEXT(suggest(STR("chek"), names, 3), "check");
    EXPECT_TEXT(suggest(STR("sumary"), names, 3), "summary");
    EXPECT(suggest(STR("frobnicate"), names, 3) == NULL);
}

int main(void)
{
    RUN(json_escapes_what_json_cannot_hold);
    RUN(json_nests_and_separates);
    RUN(gzip_unpacks_members_in_a_row);
    RUN(gzip_leaves_nothing_behind_after_a_damaged_file);
    RUN(keys_differ_when_texts_do);
    RUN(suggestions_stay_near);
    arena_free(&arena);
    return test_end();
}
