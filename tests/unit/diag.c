/* The layout of messages: carets, tabs, code points, long lines, limits. */
#include "front/diag.h"
#include "test.h"

static Arena arena;
static Sources sources;
static Diag diag;

static void start(const char *text)
{
    sources = (Sources){.arena = &arena};
    source_add(&sources, STR("net.nnd"), str_from(text));
    diag_init(&diag, &arena, &sources, NULL);
}

static Span at(const char *what)
{
    const char *text = source_get(&sources, 1)->text.ptr;
    return (Span){(uint32_t)(strstr(text, what) - text), (uint32_t)strlen(what), 1};
}

static const char *printed(void)
{
    return buf_str(&diag.output).ptr;
}

static void caret_stands_under_the_span(void)
{
    start("model a {\n    h = x -> conv2d(6, kernal = 5)\n}\n");
    diag_error(&diag, at("kernal"), "'%s' has no attribute '%s'", "conv2d", "kernal");
    Str names[] = {STR("filters"), STR("kernel")};
    diag_help_suggest(&diag, STR("kernal"), names, 2);
    EXPECT_TEXT(printed(), "net.nnd:2:24: error: 'conv2d' has no attribute 'kernal'\n"
                           "    2 |     h = x -> conv2d(6, kernal = 5)\n"
                           "      |                        ^~~~~~\n"
                           "help: did you mean 'kernel'?\n");
}

static void marks_underline_related_spans(void)
{
    start("    y = add(left, right) -> relu");
    diag_mark(&diag, at("left"));
    diag_mark(&diag, at("right"));
    diag_error(&diag, at("add"), "'add' needs equal shapes");
    EXPECT_TEXT(printed(), "net.nnd:1:9: error: 'add' needs equal shapes\n"
                           "    1 |     y = add(left, right) -> relu\n"
                           "      |         ^~~ ~~~~  ~~~~~\n");
}

static void tabs_and_code_points_keep_columns(void)
{
    start("\t# \xc3\xa4 \xe4\xb8\xad\n\ty = \xc3\xa4 foo\n");
    diag_error(&diag, at("foo"), "x");
    EXPECT_TEXT(printed(), "net.nnd:2:8: error: x\n"
                           "    2 |     y = \xc3\xa4 foo\n"
                           "      |           ^~~\n");
    start("# \xe4\xb8\xad here\n");
    diag_error(&diag, at("here"), "x");
    EXPECT_TEXT(printed(), "net.nnd:1:5: error: x\n"
                           "    1 | # \xe4\xb8\xad here\n"
                           "      |      ^~~~\n");
}

static void end_of_file_has_a_caret(void)
{
    start("model {");
    diag_error(&diag, (Span){7, 0, 1}, "unexpected end");
    EXPECT_TEXT(printed(), "net.nnd:1:8: error: unexpected end\n"
                           "    1 | model {\n"
                           "      |        ^\n");
}

static void long_lines_show_a_window(void)
{
    StrBuf text = {.arena = &arena};
    for (int i = 0; i < 60; i++)
        buf_add(&text, "abcd ");
    buf_add(&text, "HERE");
    for (int i = 0; i < 60; i++)
        buf_add(&text, " wxyz");
    start(buf_str(&text).ptr);
    diag_error(&diag, at("HERE"), "x");
    EXPECT(strstr(printed(), "| ...") != NULL);
    EXPECT(strstr(printed(), "HERE wxyz") != NULL);
    const char *line = strchr(printed(), '\n') + 1;
    const char *marks = strchr(line, '\n') + 1;
    EXPECT_INT(strchr(marks, '^') - marks, strstr(line, "HERE") - line);
    EXPECT(marks - line < 120);
}

static void spans_over_lines_stop_at_the_first(void)
{
    start("a = f(1,\n   2)");
    diag_error(&diag, (Span){4, 10, 1}, "x");
    EXPECT_TEXT(printed(), "net.nnd:1:5: error: x\n"
                           "    1 | a = f(1,\n"
                           "      |     ^~~~\n");
}

static void the_same_mistake_is_reported_once(void)
{
    start("a b");
    for (int i = 0; i < 2; i++) {
        diag_error(&diag, at("a"), "wrong");
        diag_note(&diag, at("b"), "because");
    }
    EXPECT_INT(diag.error_count, 1);
    EXPECT_INT(diag.messages.count, 2);
    diag_error(&diag, at("b"), "wrong");
    EXPECT_INT(diag.error_count, 2);
}

static void it_stops_after_the_limit(void)
{
    start("a");
    for (int i = 0; i < 30; i++)
        diag_error(&diag, at("a"), "wrong %d", i);
    diag_finish(&diag);
    EXPECT_INT(diag.error_count, DIAG_MAX_ERRORS);
    EXPECT(strstr(printed(), "wrong 19") != NULL);
    EXPECT(strstr(printed(), "wrong 20") == NULL);
    EXPECT(strstr(printed(), "stopped after 20 errors\n") != NULL);
}

static void control_characters_do_not_reach_the_terminal(void)
{
    start("a \033[31m \xff b");
    diag_error(&diag, at("b"), "found '%s'", "\033[2J");
    EXPECT(strchr(printed(), '\033') == NULL);
    EXPECT(strchr(printed(), '\xff') == NULL);
}

static void suggestions_are_near(void)
{
    Str names[] = {STR("dense"), STR("dropout"), STR("add")};
    EXPECT(str_is(diag_suggest(STR("dens"), names, 3), "dense"));
    EXPECT(str_is(diag_suggest(STR("dropuot"), names, 3), "dropout"));
    EXPECT_INT(diag_suggest(STR("xy"), names, 3).len, 0);
    EXPECT_INT(diag_suggest(STR("conv2d"), names, 3).len, 0);
}

int main(void)
{
    RUN(caret_stands_under_the_span);
    RUN(marks_underline_related_spans);
    RUN(tabs_and_code_points_keep_columns);
    RUN(end_of_file_has_a_caret);
    RUN(long_lines_show_a_window);
    RUN(spans_over_lines_stop_at_the_first);
    RUN(the_same_mistake_is_reported_once);
    RUN(it_stops_after_the_limit);
    RUN(control_characters_do_not_reach_the_terminal);
    RUN(suggestions_are_near);
    arena_free(&arena);
    return test_end();
}
