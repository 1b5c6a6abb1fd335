/* class_names.c: what the inference library calls the classes of its outputs, when the model names them:
 * NAME_OUTPUT_class_name(number). */
#include "print/print.h"

#include "print/library.h"

/* The words are constants inside the function: the library has no variables, and no public ones at all. */
void print_class_name(Out *o, Str library, Str output, const Node *target)
{
    out_function(o, str_format(o->buf.arena, "const char *%.*s_%.*s_class_name(int number)",
                               STR_ARGS(library), STR_ARGS(output)));
    print_words(o, STR("names"), target->class_names, target->classes);
    out_line(o, "return number >= 0 && number < %d ? names[number] : \"no such class\";", target->classes);
    out_close(o, "");
}

void print_class_name_head(Out *o, Str library, Str macro, Str output, const Node *target, bool has_one_score)
{
    out_line(o, "#define %.*s %d", STR_ARGS(macro), target->classes);
    if (has_one_score)
        out_line(o, "/* The words of '%.*s' for 0 and 1; %.*s is how likely 1 is. Never NULL. */",
                 STR_ARGS(target->name), STR_ARGS(output));
    else
        out_line(o, "/* The word of '%.*s' for class 0 to %d, whose score is %.*s[number]. Never NULL. */",
                 STR_ARGS(target->name), target->classes - 1, STR_ARGS(output));
    out_line(o, "const char *%.*s_%.*s_class_name(int number);", STR_ARGS(library), STR_ARGS(output));
    out_blank(o);
}

/* In the program of the header's comment. */
void print_class_name_example(Out *o, Str library, Str macro, Str output, bool has_one_score)
{
    if (has_one_score) {
        out_line(o, " *         printf(\"%%s\\n\", %.*s_%.*s_class_name(%.*s[0] > 0.5f));", STR_ARGS(library),
                 STR_ARGS(output), STR_ARGS(output));
        return;
    }
    out_line(o, " *         int best_%.*s = 0;", STR_ARGS(output));
    out_line(o, " *         for (int i = 1; i < %.*s; i++)", STR_ARGS(macro));
    out_line(o, " *             best_%.*s = %.*s[i] > %.*s[best_%.*s] ? i : best_%.*s;", STR_ARGS(output),
             STR_ARGS(output), STR_ARGS(output), STR_ARGS(output), STR_ARGS(output));
    out_line(o, " *         printf(\"%%s\\n\", %.*s_%.*s_class_name(best_%.*s));", STR_ARGS(library), STR_ARGS(output),
             STR_ARGS(output));
}
