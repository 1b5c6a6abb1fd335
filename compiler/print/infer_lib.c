/* infer_lib.c: prints NAME.c of the inference library.
 *
 * It has the kernels of two programs: load (parameters from the bytes of a file -> NAME_weights) and
 * infer. Nothing in it can fail but load. Public names start with the model's name; everything else is
 * static. */
#include "print/library.h"

static int tensor_index(const Graph *graph, const NodeIds *nodes, Str name)
{
    for (int i = 0; i < nodes->count; i++)
        if (str_equal(graph_node(graph, nodes->items[i])->name, name))
            return i;
    BUG("weight '%.*s' is not in the weights file", STR_ARGS(name));
}

/* inputs[] of the load program: the bytes of each parameter that it reads. */
static void print_load_inputs(Out *o, const Compilation *c, const NodeIds *nodes)
{
    for (int i = 0; i < c->load->buffers.count; i++) {
        const Buffer *buffer = &c->load->buffers.items[i];
        if (buffer->space != SPACE_INPUT || buffer->alias >= 0)
            continue;
        Str name = graph_node(c->load->graph, buffer->node)->name;
        out_line(o, "inputs[%d] = file + found[%d].begin; /* %.*s */", buffer->index,
                 tensor_index(c->inference->graph, nodes, name), STR_ARGS(name));
    }
}

static int load_input_count(const Compilation *c)
{
    int count = 0;
    for (int i = 0; i < c->load->buffers.count; i++) {
        const Buffer *buffer = &c->load->buffers.items[i];
        if (buffer->space == SPACE_INPUT && buffer->index >= count)
            count = buffer->index + 1;
    }
    return count;
}

static unsigned load_arguments(const Compilation *c)
{
    return RUN_WEIGHTS | (c->load->arena_bytes > 0 ? RUN_ARENA : 0u) |
           (load_input_count(c) > 0 ? RUN_INPUTS : 0u);
}

static void print_load(Out *o, const Compilation *c, const Interface *face)
{
    NodeIds nodes = {0};
    int inputs = load_input_count(c);
    bool has_tensors = file_tensors(c->arena, c->inference->graph).count > 0;
    if (has_tensors) {
        nodes = print_file_tensors(o, c, face->name);
        out_blank(o);
    }
    out_function(o, str_format(c->arena, "int %.*s_load(%.*s_weights *weights, const void *bytes, size_t size)",
                               STR_ARGS(face->name), STR_ARGS(face->name)));
    out_line(o, "const unsigned char *file = (const unsigned char *)bytes;");
    out_line(o, "nn_found found[%d];", nodes.count > 0 ? nodes.count : 1);
    out_line(o, "nn_culprit culprit;");
    if (inputs > 0)
        out_line(o, "const void *inputs[%d];", inputs);
    if (c->load->arena_bytes > 0)
        out_line(o, "float arena[%lld]; /* scales of batch-norms, before they are folded */",
                 (long long)(c->load->arena_bytes + 3) / 4);
    Str tensors = has_tensors ? str_format(c->arena, "%.*s_tensors", STR_ARGS(face->name)) : STR("NULL");
    out_line(o, "if (nn_safetensors_find(file, size, \"\", %.*s, %d, NN_STATISTIC, 1, found, &culprit) != NN_FILE_OK)",
             STR_ARGS(tensors), nodes.count);
    out_line(o, "    return culprit.status;");
    print_load_inputs(o, c, &nodes);
    out_line(o, "memset(weights, 0, sizeof *weights); /* the gaps between tensors too */");
    const char *arena = c->load->arena_bytes > 0 ? ", (char *)arena" : "";
    if (c->load->kernels.count > 0)
        out_line(o, "load_run((float *)weights%s%s);", arena, inputs > 0 ? ", inputs" : "");
    out_line(o, "return %.*s_OK;", STR_ARGS(face->upper));
    out_close(o, "");
}

static void print_error_text(Out *o, const Compilation *c, const Interface *face)
{
    out_function(o, str_format(c->arena, "const char *%.*s_error_text(int status)", STR_ARGS(face->name)));
    out_open(o, "switch (status)");
    out_line(o, "case %.*s_OK: return \"no error\";", STR_ARGS(face->upper));
    for (int i = 0; i < LIBRARY_ERRORS; i++) {
        Str text = c_string(c->arena, str_from(library_errors[i].text));
        out_line(o, "case %.*s_ERROR_%s: return %.*s;", STR_ARGS(face->upper), library_errors[i].word, STR_ARGS(text));
    }
    out_line(o, "default: return \"unknown status\";");
    out_close(o, "");
    out_close(o, "");
}

static bool needs_step(const Program *program)
{
    for (int i = 0; i < program->kernels.count; i++)
        if (program->kernels.items[i].needs_step)
            return true;
    return false;
}

static unsigned infer_arguments(const Compilation *c)
{
    return (c->infer->weight_floats > 0 ? RUN_WEIGHTS : 0u) | (c->infer->arena_bytes > 0 ? RUN_ARENA : 0u) |
           RUN_INPUTS | RUN_OUTPUTS | (needs_step(c->infer) ? RUN_STEP : RUN_BATCH) |
           (c->infer->is_serial ? 0u : RUN_THREADS);
}

static void print_infer_call(Out *o, const Compilation *c)
{
    unsigned arguments = infer_arguments(c);
    StrBuf call = {.arena = c->arena};
    buf_add(&call, "infer_run(");
    if ((arguments & RUN_WEIGHTS) != 0)
        buf_add(&call, "(const float *)weights, ");
    if ((arguments & RUN_ARENA) != 0)
        buf_add(&call, "base, ");
    if ((arguments & RUN_STEP) != 0)
        buf_add(&call, "&step, ");
    buf_add(&call, "inputs, outputs");
    if ((arguments & RUN_BATCH) != 0)
        buf_add(&call, c->infer->batch > 1 ? ", batch" : ", 1");
    if ((arguments & RUN_THREADS) != 0)
        buf_add(&call, ", threads");
    out_line(o, "%.*s);", STR_ARGS(buf_str(&call)));
}

static void print_pointers(Out *o, const Arguments *list, const char *array)
{
    for (int i = 0; i < list->count; i++) {
        const Argument *a = &list->items[i];
        out_line(o, "%s[%d] = %.*s + (size_t)first * %.*s;", array, i, STR_ARGS(a->name), STR_ARGS(a->macro));
    }
}

static void print_infer(Out *o, const Compilation *c, const Interface *face)
{
    unsigned arguments = infer_arguments(c);
    out_function(o, library_infer_head(c, face));
    if ((arguments & RUN_ARENA) != 0)
        out_line(o, "char *base = (char *)workspace + (%d - (uintptr_t)workspace %% %d) %% %d;",
                 WORKSPACE_ALIGNMENT, WORKSPACE_ALIGNMENT, WORKSPACE_ALIGNMENT);
    if ((arguments & RUN_THREADS) != 0) {
        out_directive(o, "#ifdef _OPENMP");
        out_line(o, "int threads = omp_get_max_threads();");
        out_directive(o, "#else");
        out_line(o, "int threads = 1;");
        out_directive(o, "#endif");
    }
    if ((arguments & RUN_WEIGHTS) == 0)
        out_line(o, "(void)weights; /* the network has none */");
    if ((arguments & RUN_ARENA) == 0)
        out_line(o, "(void)workspace; /* nothing is kept between the kernels */");
    long long batch = (long long)c->infer->batch;
    if (batch == 1)
        out_open(o, "for (int first = 0; first < n; first++)");
    else
        out_open(o, "for (int first = 0; first < n; first += %lld)", batch);
    out_line(o, "const void *inputs[%d];", face->inputs.count);
    out_line(o, "void *outputs[%d];", face->outputs.count);
    if (batch > 1)
        out_line(o, "const int batch = n - first < %lld ? n - first : %lld;", batch, batch);
    if ((arguments & RUN_STEP) != 0)
        out_line(o, "const nn_step step = {%s, 0.0f, 0.0f, 0};", batch > 1 ? "batch" : "1");
    print_pointers(o, &face->inputs, "inputs");
    print_pointers(o, &face->outputs, "outputs");
    print_infer_call(o, c);
    if (batch > 1) {
        out_line(o, "if (n - first <= %lld)", batch);
        out_line(o, "    break; /* first must not pass the largest int */");
    }
    out_close(o, "");
    out_close(o, "");
}

/* The codes of the header are those of the piece. */
static void print_code_check(Out *o, const Compilation *c, const Interface *face)
{
    int last = LIBRARY_ERRORS - 1;
    long long floats = (long long)(c->infer->weight_floats > 0 ? c->infer->weight_floats : 1);
    out_line(o, "/* The codes of the header are those of the reader, and weights have no gaps: else this does not");
    out_line(o, " * compile. */");
    out_line(o, "typedef char %.*s_codes_agree[(int)%.*s_ERROR_%s == (int)%s ? 1 : -1];", STR_ARGS(face->name),
             STR_ARGS(face->upper), library_errors[last].word, library_errors[last].piece_word);
    out_line(o, "typedef char %.*s_weights_are_packed[sizeof(%.*s_weights) == %lldu * sizeof(float) ? 1 : -1];",
             STR_ARGS(face->name), STR_ARGS(face->name), floats);
}

Str print_library_source(const Compilation *c)
{
    Interface face = library_interface(c);
    const Sources *places = c->diag->sources;
    Out network;
    out_init(&network, c->arena);
    print_code_check(&network, c, &face);
    out_blank(&network);
    if (c->load->kernels.count > 0) {
        out_line(&network, "/* ---- weights from the bytes of a file ---- */");
        program_text(&network, c->load, c->library_sharing, load_arguments(c), places);
        out_blank(&network);
    }
    print_load(&network, c, &face);
    out_blank(&network);
    print_error_text(&network, c, &face);
    out_blank(&network);
    for (int i = 0; i < face.outputs.count; i++)
        if (face.outputs.items[i].classes != NULL) {
            print_class_name(&network, face.name, face.outputs.items[i].name, face.outputs.items[i].classes);
            out_blank(&network);
        }
    out_line(&network, "/* ---- inference ---- */");
    program_text(&network, c->infer, c->library_sharing, infer_arguments(c), places);
    out_blank(&network);
    print_infer(&network, c, &face);

    Pieces *pieces = pieces_new(c->arena);
    pieces_add_used(pieces, out_text(&network));
    Out o;
    out_init(&o, c->arena);
    out_line(&o, "/* %.*s.c: the network of %.*s. Made by nndc %s; do not edit it, change the .nnd file and",
             STR_ARGS(face.name), STR_ARGS(c->inference->file_name), NNDC_VERSION);
    out_line(&o, " * run nndc again. What it does and how it is used: see %.*s.h.", STR_ARGS(face.name));
    out_line(&o, " *");
    out_line(&o, " * build      cc -O3 -c %.*s.c      (-march=native for speed, -fopenmp for threads)",
             STR_ARGS(face.name));
    Str workspace = c_count(c->arena, library_workspace_bytes(c));
    Str weights = c_count(c->arena, 4 * c->infer->weight_floats);
    out_line(&o, " * memory     %.*s bytes of workspace, %.*s of weights; %lld samples at once",
             STR_ARGS(workspace), STR_ARGS(weights), (long long)c->infer->batch);
    out_line(&o, " */");
    out_line(&o, "#include \"%.*s.h\"", STR_ARGS(face.name));
    if ((infer_arguments(c) & RUN_THREADS) != 0) {
        out_line(&o, "#ifdef _OPENMP");
        out_line(&o, "#include <omp.h>");
        out_line(&o, "#endif");
    }
    out_blank(&o);
    pieces_print(&o, pieces);
    out_text_lines(&o, out_text(&network));
    return out_text(&o);
}
