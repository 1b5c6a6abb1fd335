/* lower_names.c: names in printed kernels. A name is taken once in a kernel; names of tensors give way to
 * loop letters and words of C. */
#include "kernel/lower.h"

#include <string.h>

static const char *const reserved_words[] = {
    /* loop letters of the axes and words of the printed functions */
    "n", "i", "j", "k", "c", "o", "p", "q", "g", "r", "s", "l", "m", "h", "w", "unit", "units", "batch", "step",
    "thread", "threads", "sum", "first", "last", "arena", "state", "weights", "inputs", "targets",
    "outputs", "results", "lane", "block", "mode", "team", "sweep", "unit_first", "unit_last", "end", "total", "gap",
    "int32_t", "int64_t", "uint32_t", "uint64_t", "memset", "memcpy",
    /* macros that compilers or headers define */
    "linux", "unix", "errno", "stdin", "stdout", "stderr", "assert",
    /* words of C and C++ */
    "auto", "bool", "break", "case", "catch", "char", "class", "const", "constexpr", "continue",
    "default", "delete", "do", "double", "else", "enum", "explicit", "export", "extern", "false",
    "final", "float", "for", "friend", "goto", "if", "inline", "int", "long", "mutable", "namespace",
    "new", "noexcept", "not", "operator", "or", "and", "xor", "private", "protected", "public",
    "register", "restrict", "return", "short", "signed", "sizeof", "static", "struct", "switch",
    "template", "this", "throw", "true", "try", "typedef", "typeid", "typename", "union", "unsigned",
    "using", "virtual", "void", "volatile", "while", "asm", "typeof", "nullptr", "decltype", "alignas",
    "alignof", "char8_t", "char16_t", "char32_t", "wchar_t", "concept", "requires", "co_await", "co_return",
    "co_yield", "thread_local", "static_assert", "static_cast", "dynamic_cast", "reinterpret_cast", "const_cast",
    "bitand", "bitor", "compl", "and_eq", "or_eq", "xor_eq", "not_eq", "main",
};

/* INT_MAX, EOF, NAME_OK: words in capitals may be macros or constants. */
static bool is_capitals(Str name)
{
    int capitals = 0;
    for (int64_t i = 0; i < name.len; i++) {
        if (name.ptr[i] >= 'a' && name.ptr[i] <= 'z')
            return false;
        capitals += name.ptr[i] >= 'A' && name.ptr[i] <= 'Z';
    }
    return capitals > 1;
}

static bool ends_with(Str name, Str end)
{
    return name.len >= end.len && memcmp(name.ptr + name.len - end.len, end.ptr, (size_t)end.len) == 0;
}

/* Types: size_t, and the NAME_weights of the library. */
static bool is_type(Str name)
{
    return ends_with(name, STR("_t")) || ends_with(name, STR("_weights"));
}

static bool is_reserved(Str name)
{
    for (int i = 0; i < COUNT_OF(reserved_words); i++)
        if (str_is(name, reserved_words[i]))
            return true;
    return str_starts(name, "nn_") || str_starts(name, "NN_") || str_starts(name, "_");
}

Str lower_identifier(Arena *arena, Str name)
{
    StrBuf buf = {.arena = arena};
    if (name.len == 0 || (name.ptr[0] >= '0' && name.ptr[0] <= '9'))
        buf_add(&buf, "t");
    for (int64_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        buf_add_char(&buf, is_plain ? c : '_');
    }
    return buf_str(&buf);
}

Str lower_safe_name(Arena *arena, Str wanted)
{
    Str name = wanted;
    if (is_reserved(name))
        name = str_format(arena, "t_%.*s", STR_ARGS(wanted));
    if (is_capitals(wanted) || is_type(name))
        name = str_format(arena, "%.*s_", STR_ARGS(name));
    return name;
}

static Str take_name(Lowering *l, Str name)
{
    Str stem = name;
    for (int number = 2; str_find(l->names.items, l->names.count, name) >= 0; number++)
        name = str_format(l->arena, "%.*s_%d", STR_ARGS(stem), number);
    vec_push(l->arena, &l->names, name);
    return name;
}

Str lower_name(Lowering *l, Str wanted)
{
    return take_name(l, lower_identifier(l->arena, wanted));
}

Str lower_tensor_name(Lowering *l, Str wanted)
{
    return take_name(l, lower_safe_name(l->arena, wanted));
}
