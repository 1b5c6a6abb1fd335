/* json.c: writes JSON objects, one a line, for --json. Only writing: nothing here reads JSON. */
#include "base/report.h"

#include <math.h>

/* Length of the UTF-8 sequence at text, or 0 when it is not one (overlong forms and surrogates
 * included). */
static int64_t sequence_length(const unsigned char *text, int64_t available)
{
    unsigned char first = text[0];
    int64_t length = first < 0x80   ? 1
                     : first < 0xc2 ? 0
                     : first < 0xe0 ? 2
                     : first < 0xf0 ? 3
                     : first < 0xf5 ? 4
                                    : 0;
    if (length > available)
        return 0;
    for (int64_t i = 1; i < length; i++)
        if ((text[i] & 0xc0) != 0x80)
            return 0;
    bool is_overlong = (first == 0xe0 && text[1] < 0xa0) || (first == 0xf0 && text[1] < 0x90);
    bool is_outside = (first == 0xed && text[1] > 0x9f) || (first == 0xf4 && text[1] > 0x8f);
    return is_overlong || is_outside ? 0 : length;
}

void json_escape(StrBuf *buf, Str text)
{
    buf_add_char(buf, '"');
    for (int64_t i = 0; i < text.len;) {
        unsigned char c = (unsigned char)text.ptr[i];
        int64_t length = sequence_length((const unsigned char *)text.ptr + i, text.len - i);
        if (length == 0)
            buf_add(buf, "\\ufffd");
        else if (c == '"' || c == '\\')
            buf_add(buf, "\\%c", c);
        else if (c == '\n')
            buf_add(buf, "\\n");
        else if (c == '\t')
            buf_add(buf, "\\t");
        else if (c < 0x20 || c == 0x7f)
            buf_add(buf, "\\u%04x", c);
        else
            buf_add_str(buf, (Str){text.ptr + i, length});
        i += length == 0 ? 1 : length;
    }
    buf_add_char(buf, '"');
}

Json json_begin(Arena *arena)
{
    Json json = {.text = {.arena = arena}};
    buf_add_char(&json.text, '{');
    return json;
}

/* Everything before a value: the comma and the key. */
static void start_member(Json *json, const char *key)
{
    if (json->needs_comma)
        buf_add(&json->text, ", ");
    if (key != NULL) {
        json_escape(&json->text, str_from(key));
        buf_add(&json->text, ": ");
    }
    json->needs_comma = true;
}

void json_text(Json *json, const char *key, Str value)
{
    start_member(json, key);
    json_escape(&json->text, value);
}

void json_int(Json *json, const char *key, int64_t value)
{
    start_member(json, key);
    buf_add(&json->text, "%lld", (long long)value);
}

void json_real(Json *json, const char *key, double value)
{
    start_member(json, key);
    if (isfinite(value))
        buf_add(&json->text, "%.9g", value);
    else
        buf_add(&json->text, "null");
}

void json_bool(Json *json, const char *key, bool value)
{
    start_member(json, key);
    buf_add(&json->text, value ? "true" : "false");
}

void json_open(Json *json, const char *key, char bracket)
{
    start_member(json, key);
    buf_add_char(&json->text, bracket);
    json->needs_comma = false;
}

void json_close(Json *json, char bracket)
{
    buf_add_char(&json->text, bracket);
    json->needs_comma = true;
}

void json_end(Json *json, FILE *file)
{
    buf_add(&json->text, "}\n");
    Str line = buf_str(&json->text);
    fwrite(line.ptr, 1, (size_t)line.len, file);
    fflush(file);
}
