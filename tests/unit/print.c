/* The parts of the printer that need no model: names, literals, runtime pieces. */
#include "print/print.h"
#include "test.h"

static Arena arena;

static const char *identifier(const char *name)
{
    return c_identifier(&arena, str_from(name)).ptr;
}

static void names_become_identifiers(void)
{
    EXPECT_TEXT(identifier("h1"), "h1");
    EXPECT_TEXT(identifier("dense_1.kernel"), "dense_1_kernel");
    EXPECT_TEXT(identifier("class"), "class_");
    EXPECT_TEXT(identifier("template"), "template_");
    EXPECT_TEXT(identifier("2d"), "net_2d");
    EXPECT_TEXT(identifier("_x"), "net__x");
    EXPECT_TEXT(identifier("nn_load"), "net_nn_load");
    EXPECT_TEXT(identifier("nn"), "net_nn");
    EXPECT_TEXT(identifier(""), "net_");
    EXPECT_TEXT(c_macro(&arena, STR("mnist_cnn2")).ptr, "MNIST_CNN2");
}

static void taken_names_get_numbers(void)
{
    Names names = {.arena = &arena};
    EXPECT_TEXT(names_make(&names, STR("a")).ptr, "a");
    EXPECT_TEXT(names_make(&names, STR("a")).ptr, "a_2");
    EXPECT_TEXT(names_make(&names, STR("a")).ptr, "a_3");
    EXPECT_TEXT(names_make(&names, STR("a_2")).ptr, "a_2_2");
}

static void literals_survive_every_byte(void)
{
    EXPECT_TEXT(c_string(&arena, STR("a \"b\" \\ c")).ptr, "\"a \\\"b\\\" \\\\ c\"");
    EXPECT_TEXT(c_string(&arena, STR("\n\x7f?")).ptr, "\"\\012\\177\\077\"");
    EXPECT_TEXT(c_count(&arena, 0).ptr, "0");
    EXPECT_TEXT(c_count(&arena, 999).ptr, "999");
    EXPECT_TEXT(c_count(&arena, 1000).ptr, "1,000");
    EXPECT_TEXT(c_count(&arena, 12034056).ptr, "12,034,056");
}

static int count_of(Str text, const char *part)
{
    int count = 0;
    for (const char *at = text.ptr; (at = strstr(at, part)) != NULL; at++)
        count++;
    return count;
}

static Str pieces_for(const char *text)
{
    Pieces *pieces = pieces_new(&arena);
    Out o;
    out_init(&o, &arena);
    pieces_add_used(pieces, str_from(text));
    pieces_print(&o, pieces);
    return out_text(&o);
}

static void pieces_follow_from_names_used(void)
{
    EXPECT_INT(pieces_for("x = y;").len, 0);
    Str load = pieces_for("a = nn_load(b);");
    EXPECT_INT(count_of(load, "/* ---- runtime/"), 1);
    EXPECT_INT(count_of(load, "/* ---- runtime/rt.h ---- */"), 1);
    Str parse = pieces_for("nn_found found[3];");
    EXPECT_INT(count_of(parse, "/* ---- runtime/safetensors_parse.h ---- */"), 1);
    EXPECT_INT(count_of(parse, "/* ---- runtime/net.h ---- */"), 0);
    EXPECT_INT(count_of(parse, "/* ---- runtime/rt.h ---- */"), 1);
    EXPECT_INT(count_of(parse, "/* ---- runtime/vecmath.h"), 0);
    Str loop = pieces_for("return nn_main(&net, argc, argv);");
    EXPECT_INT(count_of(loop, "/* ---- runtime/posix.h ---- */"), 1);
    EXPECT_INT(count_of(loop, "/* ---- runtime/trainer_main.h ---- */"), 1);
    EXPECT(count_of(loop, "#include \"") == 0);
    EXPECT(strstr(loop.ptr, "runtime/posix.h") < strstr(loop.ptr, "#include <"));
}

/* Of a piece only what is mentioned comes along, and what that mentions. */
static void definitions_come_alone(void)
{
    Str load = pieces_for("a = nn_load(b);");
    EXPECT(count_of(load, "NN_INLINE nn_vec nn_load(") > 0);
    EXPECT_INT(count_of(load, "#define NN_LANES     16"), 1); /* a type depends on it */
    EXPECT_INT(count_of(load, "nn_flush_denormals"), 0);
    EXPECT_INT(count_of(load, "#include <stdint.h>"), 1);
    EXPECT_INT(count_of(load, "NN_RT_H"), 0);
    Str key = pieces_for("nn_file_faults[0]; nn_allocate(1, 2);");
    EXPECT_INT(count_of(key, "static const char *const nn_file_faults[][2] = {"), 1);
    EXPECT_INT(count_of(key, "static void *nn_allocate("), 1);
    EXPECT_INT(count_of(key, "NN_EXIT_IO, NN_EXIT_INTERRUPTED"), 1); /* an enumerator is used */
    EXPECT_INT(count_of(key, "nn_free("), 0);
    EXPECT_INT(count_of(key, "nn_fail("), 0);
    EXPECT_INT(pieces_for("/* nn_main */ x = \"nn_main\" + 'n';").len, 0);
    Str pointer = pieces_for("const struct nn_schedule *schedule;");
    EXPECT_INT(count_of(pointer, "struct nn_schedule;"), 1);
    EXPECT_INT(count_of(pointer, "runtime/schedule.h"), 0);
    EXPECT_INT(count_of(pieces_for("nn_schedule *s;"), "typedef struct nn_schedule {"), 1);
    /* A comment that stands alone comes before the next definition of its part. */
    Str write = pieces_for("nn_tensors_close(file, error);");
    EXPECT_INT(count_of(write, "/* ---- writing ---- */"), 1);
    EXPECT_INT(count_of(pieces_for("nn_file_faults;"), "/* ---- writing ---- */"), 0);
}

int main(void)
{
    RUN(names_become_identifiers);
    RUN(taken_names_get_numbers);
    RUN(literals_survive_every_byte);
    RUN(pieces_follow_from_names_used);
    RUN(definitions_come_alone);
    arena_free(&arena);
    return test_end();
}
