/* compile.c: turns the text of a trainer into a program with the machine's C compiler.
 *
 * Programs are kept in the cache under a hash of everything that decides what comes out: the C
 * text, the compiler and its flags, and the processor (-march=native). A program appears there by
 * rename, so two builds of the same text do not disturb each other and a broken one is never found.
 */
#define _POSIX_C_SOURCE 200809L
#include "cmd/cmd.h"

#include "base/report.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

typedef VEC(char *) Words;

/* What the generated kernels are written for: vectors of the machine, multiply-adds in one
 * instruction, and no rule about errno or traps in the way. Not -ffast-math: sums keep their order.
 *
 * -std=gnu11 asks for contracted multiply-adds without a flag: gcc then contracts as 'fast' does,
 * clang as 'on'. -ffp-contract=fast must not be given: clang then contracts across statements after
 * inlining, so that a trainer with OpenMP and one without would not give the same bits. */
// clang-format off
static const char *const compile_flags[] = {
    "-std=gnu11",
    "-O3",
#if defined(__aarch64__)
    "-mcpu=native",
#else
    "-march=native",
#endif
    "-fopenmp",
    "-fno-math-errno",
    "-fno-trapping-math",
};
// clang-format on

/* Whether an executable of that name is on the PATH. */
static bool is_installed(Arena *arena, const char *name)
{
    const char *path = getenv("PATH");
    while (path != NULL && *path != 0) {
        size_t length = strcspn(path, ":");
        const char *file = str_format(arena, "%.*s/%s", (int)length, path, name).ptr;
        if (access(file, X_OK) == 0)
            return true;
        path += length + (path[length] == ':');
    }
    return false;
}

/* $CC, which may hold words such as "ccache clang", else clang, else cc. */
static void add_compiler(Arena *arena, Words *words)
{
    const char *wanted = getenv("CC");
    if (wanted == NULL || wanted[strspn(wanted, " ")] == 0)
        wanted = is_installed(arena, "clang") ? "clang" : "cc";
    while (*(wanted += strspn(wanted, " ")) != 0) {
        size_t length = strcspn(wanted, " ");
        char *word = arena_alloc(arena, (int64_t)length + 1);
        memcpy(word, wanted, length);
        vec_push(arena, words, word);
        wanted += length;
    }
}

static void add_words(Arena *arena, Words *words, const char *const *list, int count)
{
    for (int i = 0; i < count; i++)
        vec_push(arena, words, (char *)(uintptr_t)list[i]);
}

static Str join_words(Arena *arena, const Words *words)
{
    StrBuf buf = {.arena = arena};
    for (int i = 0; i < words->count; i++)
        buf_add(&buf, "%s%s", i > 0 ? " " : "", words->items[i]);
    return buf_str(&buf);
}

/* The first line of /proc/cpuinfo that begins so; empty when there is none. */
static Str processor_line(Arena *arena, const char *start)
{
    Str text, error;
    if (!file_read(arena, "/proc/cpuinfo", &text, &error))
        return STR("");
    const char *line = strstr(text.ptr, str_format(arena, "\n%s", start).ptr);
    if (line == NULL)
        return STR("");
    return (Str){line + 1, (int64_t)strcspn(line + 1, "\n")};
}

/* The processor's abilities: a cache may be shared by machines that differ in them. */
static Str processor_text(Arena *arena)
{
    Str flags = processor_line(arena, "flags");
    return flags.len > 0 ? flags : processor_line(arena, "Features");
}

int run_program(Arena *arena, char *const *words, const char *label, Str *error)
{
    fflush(stdout);
    fflush(stderr);
    pid_t child = fork();
    if (child == 0) {
        execvp(words[0], words);
        fprintf(stderr, "nndc: cannot run '%s': %s\n", words[0], strerror(errno));
        _exit(127);
    }
    if (child < 0) {
        *error = str_format(arena, "cannot start '%s': %s", words[0], strerror(errno));
        return -1;
    }
    Progress progress = progress_begin(label, 0);
    int status = 0;
    pid_t done;
    while ((done = waitpid(child, &status, WNOHANG)) == 0 || (done < 0 && errno == EINTR)) {
        nanosleep(&(struct timespec){0, 10 * 1000 * 1000}, NULL);
        progress_update(&progress, 0);
    }
    progress_end(&progress);
    if (done > 0 && WIFEXITED(status))
        return WEXITSTATUS(status);
    *error = done < 0
                 ? str_format(arena, "'%s' was lost: %s", words[0], strerror(errno))
                 : str_format(arena, "'%s' was stopped by signal %d", words[0], WTERMSIG(status));
    return -1;
}

/* The C compiler and its flags, as it is called. */
static Words compiler_words(Arena *arena)
{
    Words words = {0};
    add_compiler(arena, &words);
    add_words(arena, &words, compile_flags, COUNT_OF(compile_flags));
    return words;
}

Str compile_key(Arena *arena)
{
    Words words = compiler_words(arena);
    Str how = join_words(arena, &words);
    Str model = processor_line(arena, "model name"), abilities = processor_text(arena);
    return cache_key(arena, str_format(arena, "%.*s\n%.*s\n%.*s\n%ld\n%s", STR_ARGS(how), STR_ARGS(model),
                                       STR_ARGS(abilities), sysconf(_SC_NPROCESSORS_ONLN), NNDC_VERSION));
}

bool compile_cached(Arena *arena, Str name, Str text, Str *program, Str *error)
{
    Words words = compiler_words(arena);
    Str how = join_words(arena, &words);
    Str key = cache_key(arena, str_format(arena, "%.*s\n%.*s\n%.*s", STR_ARGS(how),
                                          STR_ARGS(processor_text(arena)), STR_ARGS(text)));
    Str directory;
    if (!cache_directory(arena, "build", key, &directory, error))
        return false;
    *program = str_format(arena, "%.*s/%.*s", STR_ARGS(directory), STR_ARGS(name));
    if (access(program->ptr, X_OK) == 0)
        return true;

    const char *source =
        str_format(arena, "%.*s/%.*s_trainer.c", STR_ARGS(directory), STR_ARGS(name)).ptr;
    const char *fresh = file_fresh_name(arena, program->ptr);
    if (!file_write(arena, source, text, error))
        return false;
    add_words(arena, &words, (const char *const[]){source, "-o", fresh, "-lm"}, 4);
    Str command = join_words(arena, &words);
    vec_push(arena, &words, NULL);
    Str label = str_format(arena, "compiling %.*s_trainer.c", STR_ARGS(name));
    int status = run_program(arena, words.items, label.ptr, error);
    if (status == 127)
        *error =
            str_format(arena, "there is no C compiler '%s': install one, or set CC to its name",
                       words.items[0]);
    else if (status > 0)
        *error = str_format(arena, "the C compiler failed (exit code %d)", status);
    if (status == 0 && rename(fresh, program->ptr) != 0) {
        *error = str_format(arena, "cannot write '%s': %s", program->ptr, strerror(errno));
        status = -1;
    }
    if (status != 0) {
        remove(fresh);
        *error = str_format(arena, "%.*s; the command was\n    %.*s", STR_ARGS(*error),
                            STR_ARGS(command));
    }
    return status == 0;
}
