/* report.h: errors, memory, time and text for the pieces of a trainer.
 *
 * A function that can fail on what a user gave it returns 1 for success, or 0 after nn_fail has
 * written the message. Messages are lower case, name the file, and say what was found and needed. */
#ifndef NN_REPORT_H
#define NN_REPORT_H

#include "posix.h"
#include "rt.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#ifdef _OPENMP
#include <omp.h>
#endif

/* Exit codes, the same as those of nndc. */
enum { NN_EXIT_OK, NN_EXIT_FAILED, NN_EXIT_USAGE, NN_EXIT_IO, NN_EXIT_INTERRUPTED = 130 };

typedef struct nn_error {
    int code; /* NN_EXIT_... that the program should end with */
    char text[2000];
} nn_error;

static NN_PRINTF(3, 4) int nn_fail(nn_error *error, int code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->text, sizeof error->text, format, arguments);
    va_end(arguments);
    error->code = code;
    return 0;
}

/* Memory aligned to 64 bytes and zeroed. There is nothing to save when it runs out before training,
 * and nothing is allocated while training, so the program ends here. Free with nn_free. */
static void *nn_allocate(long long count, long long item_bytes)
{
    const unsigned long long limit = (SIZE_MAX >> 1) - 128;
    unsigned long long bytes = (unsigned long long)(count < 1 ? 1 : count);
    char *raw = NULL;
    if (bytes <= limit / (unsigned long long)item_bytes) {
        bytes *= (unsigned long long)item_bytes;
        raw = (char *)calloc((size_t)bytes + 128, 1);
    }
    if (raw == NULL) {
        fprintf(stderr, "error: out of memory: %lld times %lld bytes\n", count, item_bytes);
        exit(NN_EXIT_IO);
    }
    char *aligned = raw + 128 - (size_t)((uintptr_t)raw % 64);
    memcpy(aligned - sizeof raw, &raw, sizeof raw); /* where it really starts */
    return aligned;
}

static void nn_free(void *memory)
{
    if (memory != NULL) {
        char *raw;
        memcpy(&raw, (char *)memory - sizeof raw, sizeof raw);
        free(raw);
    }
}

#define NN_ALLOCATE(T, count) ((T *)nn_allocate((count), (long long)sizeof(T)))

/* Text that grows. */
typedef struct nn_text {
    char *at; /* zero-terminated once something was added; free with nn_free */
    long long length, capacity;
} nn_text;

static void nn_text_reserve(nn_text *text, long long more)
{
    if (text->length + more + 1 > text->capacity) {
        long long capacity = 2 * (text->length + more + 1) + 256;
        char *moved = NN_ALLOCATE(char, capacity);
        if (text->length > 0)
            memcpy(moved, text->at, (size_t)text->length);
        nn_free(text->at);
        text->at = moved;
        text->capacity = capacity;
    }
}

static NN_PRINTF(2, 3) void nn_text_add(nn_text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length >= 0) {
        nn_text_reserve(text, length);
        va_start(arguments, format);
        vsnprintf(text->at + text->length, (size_t)length + 1, format, arguments);
        va_end(arguments);
        text->length += length;
    }
}

/* A string in JSON, with its quotes. Bytes that are not ASCII stay as they are (UTF-8). */
static void nn_text_json(nn_text *text, const char *string)
{
    nn_text_add(text, "\"");
    for (const char *c = string; *c != '\0'; c++) {
        if (*c == '"' || *c == '\\')
            nn_text_add(text, "\\%c", *c);
        else if ((unsigned char)*c < 0x20)
            nn_text_add(text, "\\u%04x", (unsigned)(unsigned char)*c);
        else
            nn_text_add(text, "%c", *c);
    }
    nn_text_add(text, "\"");
}

/* A word of a command as a shell takes it: in quotes where it needs them. */
static void nn_text_word(nn_text *text, const char *word)
{
    int is_plain = word[0] != '\0' && word[strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRST"
                                                        "UVWXYZ0123456789_./,=:+-@%")] == '\0';
    if (is_plain) {
        nn_text_add(text, "%s", word);
        return;
    }
    nn_text_add(text, "'");
    for (; *word != '\0'; word++)
        if (*word == '\'')
            nn_text_add(text, "'\\''");
        else
            nn_text_add(text, "%c", *word);
    nn_text_add(text, "'");
}

/* A number in JSON, which has no word for infinity and NaN. */
static void nn_text_number(nn_text *text, double value)
{
    if (value - value == 0.0)
        nn_text_add(text, "%.7g", value);
    else
        nn_text_add(text, "null");
}

/* A value of the network: nine digits read back as the same float. */
static void nn_text_float(nn_text *text, float value)
{
    if (value - value == 0.0f)
        nn_text_add(text, "%.9g", (double)value);
    else
        nn_text_add(text, "null");
}

/* Edits (insert, delete, replace, swap of neighbours) from one word to another; 99 for long words. */
static int nn_distance(const char *a, const char *b)
{
    enum { longest = 40 };
    int table[longest + 1][longest + 1];
    int rows = (int)strlen(a), columns = (int)strlen(b);
    if (rows > longest || columns > longest)
        return 99;
    for (int i = 0; i <= rows; i++)
        for (int j = 0; j <= columns; j++) {
            if (i == 0 || j == 0) {
                table[i][j] = i + j;
                continue;
            }
            int best = table[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
            best = table[i - 1][j] + 1 < best ? table[i - 1][j] + 1 : best;
            best = table[i][j - 1] + 1 < best ? table[i][j - 1] + 1 : best;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                table[i - 2][j - 2] + 1 < best)
                best = table[i - 2][j - 2] + 1;
            table[i][j] = best;
        }
    return table[rows][columns];
}

/* Keeps the nearer of `best` and `word`; words further than 2 edits or a third of the length are no
 * suggestion. Start with best = NULL. */
static const char *nn_nearer(const char *found, const char *best, const char *word)
{
    int limit = (int)strlen(found) / 3;
    limit = limit > 2 ? 2 : limit < 1 ? 1 : limit;
    int distance = nn_distance(found, word);
    if (distance > limit || distance >= (int)strlen(found) ||
        (best != NULL && nn_distance(found, best) <= distance))
        return best;
    return word;
}

/* Seconds from some fixed moment. */
static double nn_seconds(void)
{
#if NN_POSIX
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
#elif defined(_OPENMP)
    return omp_get_wtime();
#else
    return (double)time(NULL);
#endif
}

#endif
