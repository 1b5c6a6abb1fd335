/* infer_header.c: prints NAME.h of the inference library. It is the manual: it opens with a complete
 * program. */
#include "print/library.h"

/* Room for a weights file: its data, and a header with an entry a tensor. */
static int64_t file_bytes(const Compilation *c)
{
    enum { FIXED = 4096, PER_TENSOR = 256 };
    const Graph *graph = c->inference->graph;
    NodeIds nodes = file_tensors(c->arena, graph);
    int64_t bytes = FIXED;
    for (int i = 0; i < nodes.count; i++) {
        const Node *node = graph_node(graph, nodes.items[i]);
        bytes += PER_TENSOR + node->name.len + 4 * shape_elements(node->shape);
    }
    return bytes;
}

static void print_example(Out *o, const Interface *face)
{
    const Arguments *in = &face->inputs, *out = &face->outputs;
    out_line(o, " *     #include \"%.*s.h\"", STR_ARGS(face->name));
    out_line(o, " *     #include <stdio.h>");
    out_line(o, " *");
    out_line(o, " *     static %.*s_weights weights;", STR_ARGS(face->name));
    out_line(o, " *     static unsigned char workspace[%.*s_WORKSPACE_BYTES];", STR_ARGS(face->upper));
    out_line(o, " *     static unsigned char file[%.*s_FILE_BYTES];", STR_ARGS(face->upper));
    for (int i = 0; i < in->count; i++)
        out_line(o, " *     static %s %.*s[%.*s];", in->items[i].type, STR_ARGS(in->items[i].name),
                 STR_ARGS(in->items[i].macro));
    for (int i = 0; i < out->count; i++)
        out_line(o, " *     static %s %.*s[%.*s];", out->items[i].type, STR_ARGS(out->items[i].name),
                 STR_ARGS(out->items[i].macro));
    out_line(o, " *");
    out_line(o, " *     int main(void)");
    out_line(o, " *     {");
    out_line(o, " *         FILE *stream = fopen(\"best.safetensors\", \"rb\");");
    out_line(o, " *         size_t size = stream ? fread(file, 1, sizeof file, stream) : 0;");
    out_line(o, " *         int status = %.*s_load(&weights, file, size);", STR_ARGS(face->name));
    out_line(o, " *         if (status != %.*s_OK) {", STR_ARGS(face->upper));
    out_line(o, " *             fprintf(stderr, \"%%s\\n\", %.*s_error_text(status));", STR_ARGS(face->name));
    out_line(o, " *             return 1;");
    out_line(o, " *         }");
    for (int i = 0; i < in->count; i++) {
        const Argument *a = &in->items[i];
        bool is_bytes = str_starts(a->shape, "u8");
        out_line(o, " *         for (int i = 0; i < %.*s; i++)", STR_ARGS(a->macro));
        out_line(o, " *             %.*s[i] = %s; // your data", STR_ARGS(a->name),
                 is_bytes ? "(unsigned char)(i % 256)" : "0");
    }
    StrBuf call = {.arena = o->buf.arena};
    for (int i = 0; i < in->count; i++)
        buf_add(&call, ", %.*s", STR_ARGS(in->items[i].name));
    for (int i = 0; i < out->count; i++)
        buf_add(&call, ", %.*s", STR_ARGS(out->items[i].name));
    out_line(o, " *         %.*s_infer(&weights, workspace, 1%.*s);", STR_ARGS(face->name),
             STR_ARGS(buf_str(&call)));
    for (int i = 0; i < out->count; i++) {
        const Argument *a = &out->items[i];
        out_line(o, " *         for (int i = 0; i < %.*s; i++)", STR_ARGS(a->macro));
        out_line(o, " *             printf(\"%.*s[%%d] = %%g\\n\", i, (double)%.*s[i]);",
                 STR_ARGS(a->name), STR_ARGS(a->name));
        if (a->classes != NULL)
            print_class_name_example(o, face->name, a->class_macro, a->name, a->elements == 1);
    }
    out_line(o, " *         return 0;");
    out_line(o, " *     }");
}

static void print_header_comment(Out *o, const Compilation *c, const Interface *face)
{
    out_line(o, "/* %.*s.h: the network of %.*s as a C library. Made by nndc %s; do not edit it, change",
             STR_ARGS(face->name), STR_ARGS(c->inference->file_name), NNDC_VERSION);
    out_line(o, " * the .nnd file and run nndc again. A complete program:");
    out_line(o, " *");
    print_example(o, face);
    out_line(o, " *");
    out_line(o, " *     cc -O3 program.c %.*s.c -lm", STR_ARGS(face->name));
    out_line(o, " *");
    out_line(o, " * The library has no heap, no files and no variables: all memory is the caller's. Many");
    out_line(o, " * threads may call %.*s_infer at once, each with its own workspace. */", STR_ARGS(face->name));
}

static void print_macros(Out *o, const Compilation *c, const Interface *face)
{
    out_line(o, "/* Memory that %.*s_infer works in. It may start at any address; one that is a multiple of",
             STR_ARGS(face->name));
    out_line(o, " * the alignment is fastest. Nothing is kept in it between calls. */");
    out_line(o, "#define %.*s_WORKSPACE_BYTES %lld", STR_ARGS(face->upper), (long long)library_workspace_bytes(c));
    out_line(o, "#define %.*s_WORKSPACE_ALIGNMENT %d", STR_ARGS(face->upper), WORKSPACE_ALIGNMENT);
    out_blank(o);
    out_line(o, "/* Room for a weights file as a trainer writes it. */");
    out_line(o, "#define %.*s_FILE_BYTES %lld", STR_ARGS(face->upper), (long long)file_bytes(c));
    out_blank(o);
    out_line(o, "/* Values of one sample; dimensions in row-major order, channels last. */");
    for (int kind = 0; kind < 2; kind++) {
        const Arguments *list = kind == 0 ? &face->inputs : &face->outputs;
        for (int i = 0; i < list->count; i++) {
            const Argument *a = &list->items[i];
            out_line(o, "#define %.*s %lld /* %.*s: %.*s */", STR_ARGS(a->macro), (long long)a->elements,
                     STR_ARGS(a->name), STR_ARGS(a->shape));
        }
    }
}

static Str layout_text(Arena *arena, const Buffer *buffer)
{
    Str shape = shape_text(arena, buffer->shape, buffer->type, 0);
    if (buffer->layout.kind == LAYOUT_PANEL)
        return str_format(arena, "%.*s in panels of %d columns", STR_ARGS(shape), buffer->layout.panel);
    return shape;
}

static void print_weights_type(Out *o, const Compilation *c, const Interface *face)
{
    WeightFields fields = weight_fields(c);
    out_line(o, "/* The weights as infer reads them: filled by %.*s_load, or a constant of %.*s_weights.h. */",
             STR_ARGS(face->name), STR_ARGS(face->name));
    out_open(o, "typedef struct %.*s_weights", STR_ARGS(face->name));
    for (int i = 0; i < fields.count; i++) {
        const WeightField *field = &fields.items[i];
        Str layout = layout_text(c->arena, field->buffer);
        out_line(o, "float %.*s[%lld]; /* %.*s */", STR_ARGS(field->name), (long long)field->floats,
                 STR_ARGS(layout));
    }
    if (fields.count == 0)
        out_line(o, "float unused[1]; /* the network has no weights */");
    out_close(o, str_c(c->arena, str_format(c->arena, " %.*s_weights;", STR_ARGS(face->name))));
}

static void print_errors(Out *o, const Interface *face)
{
    out_line(o, "/* What %.*s_load returns. */", STR_ARGS(face->name));
    out_open(o, "enum");
    out_line(o, "%.*s_OK,", STR_ARGS(face->upper));
    for (int i = 0; i < LIBRARY_ERRORS; i++)
        out_line(o, "%.*s_ERROR_%s%s /* %s */", STR_ARGS(face->upper), library_errors[i].word,
                 i + 1 < LIBRARY_ERRORS ? "," : "", library_errors[i].text);
    out_close(o, ";");
}

Str print_library_header(const Compilation *c)
{
    Interface face = library_interface(c);
    Out o;
    out_init(&o, c->arena);
    print_header_comment(&o, c, &face);
    out_line(&o, "#ifndef %.*s_H", STR_ARGS(face.upper));
    out_line(&o, "#define %.*s_H", STR_ARGS(face.upper));
    out_blank(&o);
    out_line(&o, "#include <stddef.h>");
    out_line(&o, "#include <stdint.h>");
    out_blank(&o);
    print_macros(&o, c, &face);
    out_blank(&o);
    out_line(&o, "#ifdef __cplusplus");
    out_line(&o, "extern \"C\" {");
    out_line(&o, "#endif");
    out_blank(&o);
    print_weights_type(&o, c, &face);
    out_blank(&o);
    print_errors(&o, &face);
    out_blank(&o);
    out_line(&o, "/* Reads the bytes of a safetensors file. Every tensor of the network must be there with its");
    out_line(&o, " * name, type and shape, and no other. The bytes may start at any address and are not needed");
    out_line(&o, " * afterwards. Unless the result is %.*s_OK, the weights are not to be used. */",
             STR_ARGS(face.upper));
    out_line(&o, "int %.*s_load(%.*s_weights *weights, const void *bytes, size_t size);", STR_ARGS(face.name),
             STR_ARGS(face.name));
    out_blank(&o);
    out_line(&o, "/* A sentence for what %.*s_load returned. */", STR_ARGS(face.name));
    out_line(&o, "const char *%.*s_error_text(int status);", STR_ARGS(face.name));
    out_blank(&o);
    for (int i = 0; i < face.outputs.count; i++) {
        const Argument *a = &face.outputs.items[i];
        if (a->classes != NULL)
            print_class_name_head(&o, face.name, a->class_macro, a->name, a->classes, a->elements == 1);
    }
    out_line(&o, "/* n samples, one after the other in each array. The result for a sample does not depend on");
    out_line(&o, " * the others, nor on n. Cannot fail. */");
    Str head = library_infer_head(c, &face);
    out_line(&o, "%.*s;", STR_ARGS(head));
    out_blank(&o);
    out_line(&o, "#ifdef __cplusplus");
    out_line(&o, "}");
    out_line(&o, "#endif");
    out_line(&o, "#endif");
    return out_text(&o);
}
