/* report.h: output for machines (JSON lines, base/json.c) and for people who wait (progress line,
 * base/progress.c). */
#ifndef NNDC_REPORT_H
#define NNDC_REPORT_H

#include "base/base.h"

#include <stdio.h>

/* ---- JSON lines (base/json.c) ----------------------------------------------------------------
 * One object a line:
 *   Json line = json_begin(&arena);
 *   json_text(&line, "name", STR("h1"));  json_int(&line, "parameters", 320);
 *   json_end(&line, stdout);
 * A nested object or array is closed with json_close. Numbers that JSON cannot hold (NaN, infinity)
 * become null. Bytes that are not UTF-8 become U+FFFD. */
typedef struct Json {
    StrBuf text;
    bool needs_comma; /* something stands before the next member */
} Json;
Json json_begin(Arena *arena);
void json_text(Json *json, const char *key, Str value); /* key may be NULL inside an array */
void json_int(Json *json, const char *key, int64_t value);
void json_real(Json *json, const char *key, double value);
void json_bool(Json *json, const char *key, bool value);
void json_open(Json *json, const char *key, char bracket); /* '{' or '[' */
void json_close(Json *json, char bracket);                 /* '}' or ']' */
void json_end(Json *json, FILE *file);                     /* closes the object, writes the line */
void json_escape(StrBuf *buf, Str text);                   /* with the quotes */

/* ---- progress (base/progress.c) --------------------------------------------------------------
 * A line on stderr that is redrawn at most ten times a second and shows share, time left and
 * what is being done; nothing at all when stderr is not a terminal. */
typedef struct Progress {
    const char *label;
    int64_t total; /* 0: unknown, only the time spent is shown */
    double started;
    double drawn; /* when the line was last drawn; 0 = never */
    bool is_shown;
} Progress;
Progress progress_begin(const char *label, int64_t total);
void progress_update(Progress *progress, int64_t done);
void progress_end(Progress *progress); /* clears the line */
double clock_seconds(void);            /* monotonic */

#endif
