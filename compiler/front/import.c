/* import.c: reads a file and everything that it imports.
 *
 * An imported file is read once, whoever imports it; its path is relative to the file that imports
 * it. A file that imports itself, directly or not, is an error. */
#include "front/ast.h"

typedef struct Loader {
    Arena *arena;
    Sources *sources;
    Diag *diag;
    Syntax *program;
    VEC(int) open; /* files whose imports are being read */
} Loader;

/* "a/./b/../c.nnd" -> "a/c.nnd", so that one file has one name. */
static Str tidy_path(Arena *arena, Str path)
{
    VEC(Str) parts = {0};
    bool is_absolute = path.len > 0 && path.ptr[0] == '/';
    for (int64_t i = 0; i < path.len;) {
        int64_t start = i;
        while (i < path.len && path.ptr[i] != '/')
            i++;
        Str part = {path.ptr + start, i - start};
        i++;
        if (part.len == 0 || str_is(part, "."))
            continue;
        bool goes_up = str_is(part, "..");
        if (goes_up && parts.count > 0 && !str_is(parts.items[parts.count - 1], ".."))
            parts.count--;
        else
            vec_push(arena, &parts, part);
    }
    StrBuf tidy = {.arena = arena};
    for (int i = 0; i < parts.count; i++)
        buf_add(&tidy, "%s%.*s", i > 0 || is_absolute ? "/" : "", STR_ARGS(parts.items[i]));
    if (parts.count == 0 && path.len > 0)
        buf_add(&tidy, "%s", is_absolute ? "/" : ".");
    return buf_str(&tidy);
}

static void load_imports(Loader *loader, Syntax *syntax);

static void load_import(Loader *loader, const Syntax *from, const Item *import)
{
    Str directory = path_directory(source_get(loader->sources, from->file)->path);
    Str path = tidy_path(loader->arena, path_join(loader->arena, directory, import->path));
    int file = source_find(loader->sources, path);
    for (int i = 0; i < loader->open.count; i++)
        if (loader->open.items[i] == file) {
            loader->program->has_errors = true;
            diag_error(loader->diag, import->end_span, "'%.*s' imports itself%s", STR_ARGS(path),
                       i + 1 < loader->open.count ? " through other files" : "");
            return;
        }
    if (file != 0)
        return; /* read before */
    Str error;
    file = source_read(loader->sources, path, &error);
    if (file == 0) {
        loader->program->has_errors = true;
        diag_error(loader->diag, import->end_span, "%.*s", STR_ARGS(error));
        return;
    }
    Syntax *imported = parse_source(loader->arena, loader->sources, file, loader->diag);
    load_imports(loader, imported);
    vec_push(loader->arena, &loader->program->imports, imported);
}

static void load_imports(Loader *loader, Syntax *syntax)
{
    enum { DEEPEST = 100 };
    vec_push(loader->arena, &loader->open, syntax->file);
    for (int i = 0; i < syntax->items.count; i++) {
        const Item *item = syntax->items.items[i];
        if (item->kind != ITEM_IMPORT)
            continue;
        if (loader->open.count >= DEEPEST)
            diag_error(loader->diag, item->span, "imports are nested more than %d deep", DEEPEST);
        else
            load_import(loader, syntax, item);
    }
    loader->open.count--;
}

Syntax *parse_program(Arena *arena, Sources *sources, Str path, Diag *diag, Str *error)
{
    int file = source_read(sources, tidy_path(arena, path), error);
    if (file == 0)
        return NULL;
    Syntax *program = parse_source(arena, sources, file, diag);
    Loader loader = {.arena = arena, .sources = sources, .diag = diag, .program = program};
    load_imports(&loader, program);
    for (int i = 0; i < program->imports.count; i++)
        program->has_errors = program->has_errors || program->imports.items[i]->has_errors;
    return program;
}
