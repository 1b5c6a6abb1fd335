/* progress.h: what a long run shows while it works.
 *
 * On a terminal a bar with the time left, redrawn at most ten times a second; otherwise nothing until
 * a line is complete. With --json only whole objects are printed. */
#ifndef NN_PROGRESS_H
#define NN_PROGRESS_H

#include "report.h"
#if NN_POSIX
#include <unistd.h>
#endif

typedef struct nn_progress {
    int is_shown;
    double start, drawn;         /* when the bar began, when it was drawn last */
    long long first;             /* steps that were done before it began */
} nn_progress;

static void nn_progress_begin(nn_progress *progress, int json, long long first)
{
    progress->is_shown = 0;
#if NN_POSIX
    progress->is_shown = !json && isatty(1);
#else
    (void)json;
#endif
    progress->start = nn_seconds();
    progress->drawn = 0;
    progress->first = first;
}

/* "1:02:03" or "2:03" */
static void nn_duration(char *text, size_t size, double seconds)
{
    long long s = seconds < 0 ? 0 : seconds > 1e9 ? 1000000000LL : (long long)(seconds + 0.5);
    if (s >= 3600)
        snprintf(text, size, "%lld:%02lld:%02lld", s / 3600, s / 60 % 60, s % 60);
    else
        snprintf(text, size, "%lld:%02lld", s / 60, s % 60);
}

/* Draws `label [===>   ] done/all  note  0:12 left, 4:10 in all`. `after` is how much of the same work
 * follows when the bar is full; when there is none, "in all" is left out. */
static void nn_progress_draw(nn_progress *progress, const char *label, long long done,
                             long long all, long long after, const char *note)
{
    enum { width = 20 };
    const long long cells = width;
    double now = nn_seconds();
    if (!progress->is_shown || (now - progress->drawn < 0.1 && done < all))
        return;
    progress->drawn = now;
    char bar[width + 1], left[40] = "-:--", total[40] = "-:--";
    long long filled = all > 0 ? done * cells / all : cells;
    for (int i = 0; i < width; i++)
        bar[i] = i < filled ? '=' : i == filled ? '>' : ' ';
    bar[width] = '\0';
    if (done > progress->first) {
        double each = (now - progress->start) / (double)(done - progress->first);
        nn_duration(left, sizeof left, each * (double)(all - done));
        nn_duration(total, sizeof total, each * (double)(all - done + after));
    }
    printf("\r%s [%s] %lld/%lld  %s  %s left%s%s%s\033[K", label, bar, done, all, note, left,
           after > 0 ? ", " : "", after > 0 ? total : "", after > 0 ? " in all" : "");
    fflush(stdout);
}

/* Removes the bar, so that a line can take its place. */
static void nn_progress_clear(const nn_progress *progress)
{
    if (progress->is_shown && progress->drawn > 0) {
        printf("\r\033[K");
        fflush(stdout);
    }
}

#endif
