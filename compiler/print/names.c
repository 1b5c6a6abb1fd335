/* names.c: C identifiers and literals.
 *
 * Names of a model are words of the user's; here they become names that no C or C++ compiler and no
 * runtime piece has taken. */
#include "print/print.h"

/* Words of C, C++ and of the headers of C that would surprise as a variable. */
static const char *const reserved[] = {
    "alignas", "alignof", "and", "and_eq", "asm", "auto", "bitand", "bitor", "bool", "break", "case",
    "catch", "char", "char16_t", "char32_t", "class", "compl", "const", "const_cast", "constexpr",
    "continue", "decltype", "default", "delete", "do", "double", "dynamic_cast", "else", "enum",
    "errno", "explicit", "export", "extern", "false", "float", "for", "friend", "goto", "if", "inline",
    "int", "long", "main", "mutable", "namespace", "new", "noexcept", "not", "not_eq", "nullptr",
    "operator", "or", "or_eq", "private", "protected", "public", "register", "reinterpret_cast",
    "restrict", "return", "short", "signed", "sizeof", "static", "static_assert", "static_cast",
    "struct", "switch", "template", "this", "thread_local", "throw", "true", "try", "typedef",
    "typeid", "typename", "typeof", "union", "unsigned", "using", "virtual", "void", "volatile",
    "wchar_t", "while", "xor", "xor_eq", "linux", "unix", "i386", "stdin", "stdout", "stderr", "NULL",
    "EOF", "BUFSIZ", "RAND_MAX", "HUGE_VAL", "INFINITY", "NAN", "SIZE_MAX", "CHAR_BIT", "CHAR_MAX",
    "CHAR_MIN", "SHRT_MAX", "SHRT_MIN", "INT_MAX", "INT_MIN", "UINT_MAX", "LONG_MAX", "LONG_MIN",
    "ULONG_MAX", "FLT_MAX", "FLT_MIN", "DBL_MAX", "DBL_MIN", "FILE", "size_t", "assert",
};

static bool is_word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* Without a look at the words of C: for the front part of a name. */
static Str plain_identifier(Arena *arena, Str name)
{
    StrBuf buf = {.arena = arena};
    bool is_number = name.len == 0 || (name.ptr[0] >= '0' && name.ptr[0] <= '9');
    bool is_runtime = str_is(name, "nn") || str_starts(name, "nn_") || str_starts(name, "NN_");
    if (is_number || is_runtime || name.ptr[0] == '_')
        buf_add(&buf, "net_");
    for (int64_t i = 0; i < name.len; i++)
        buf_add_char(&buf, is_word_char(name.ptr[i]) ? name.ptr[i] : '_');
    return buf_str(&buf);
}

Str c_identifier(Arena *arena, Str name)
{
    Str plain = plain_identifier(arena, name);
    for (int i = 0; i < COUNT_OF(reserved); i++)
        if (str_is(plain, reserved[i]))
            return str_format(arena, "%.*s_", STR_ARGS(plain));
    return plain;
}

Str c_macro(Arena *arena, Str identifier)
{
    StrBuf buf = {.arena = arena};
    for (int64_t i = 0; i < identifier.len; i++) {
        char c = identifier.ptr[i];
        buf_add_char(&buf, c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c);
    }
    return buf_str(&buf);
}

Str c_string(Arena *arena, Str text)
{
    StrBuf buf = {.arena = arena};
    buf_add_char(&buf, '"');
    for (int64_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c == '"' || c == '\\')
            buf_add(&buf, "\\%c", c);
        else if (c < 0x20 || c >= 0x7f || c == '?') /* '?': no trigraphs */
            buf_add(&buf, "\\%03o", c);
        else
            buf_add_char(&buf, (char)c);
    }
    buf_add_char(&buf, '"');
    return buf_str(&buf);
}

Str c_count(Arena *arena, int64_t count)
{
    if (count < 1000)
        return str_format(arena, "%lld", (long long)count);
    Str head = c_count(arena, count / 1000);
    return str_format(arena, "%.*s,%03lld", STR_ARGS(head), (long long)(count % 1000));
}

Str library_name(Arena *arena, const Compilation *c)
{
    return plain_identifier(arena, c->inference->name);
}

Str names_make(Names *names, Str name)
{
    Str base = c_identifier(names->arena, name);
    Str unique = base;
    for (int number = 2; str_find(names->taken.items, names->taken.count, unique) >= 0; number++)
        unique = str_format(names->arena, "%.*s_%d", STR_ARGS(base), number);
    vec_push(names->arena, &names->taken, unique);
    return unique;
}
