/* progress.c: the line that is redrawn while something long runs. */
#define _POSIX_C_SOURCE 200809L
#include "base/report.h"

#include <time.h>
#include <unistd.h>

enum { BAR_CELLS = 24 };
static const double REDRAW_SECONDS = 0.1;

double clock_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

Progress progress_begin(const char *label, int64_t total)
{
    Progress progress = {.label = label, .total = total, .started = clock_seconds()};
    progress.is_shown = isatty(STDERR_FILENO) == 1;
    return progress;
}

void progress_update(Progress *progress, int64_t done)
{
    double now = clock_seconds();
    if (!progress->is_shown || now - progress->drawn < REDRAW_SECONDS)
        return;
    progress->drawn = now;
    double spent = now - progress->started;
    if (progress->total <= 0) {
        fprintf(stderr, "\r%s  %.0f s\033[K", progress->label, spent);
    } else {
        double share = (double)done / (double)progress->total;
        share = share > 1 ? 1 : share;
        char bar[BAR_CELLS + 1];
        for (int i = 0; i < BAR_CELLS; i++)
            bar[i] = (double)i < share * BAR_CELLS ? '#' : '.';
        bar[BAR_CELLS] = 0;
        fprintf(stderr, "\r%s  %s %3.0f %%", progress->label, bar, 100 * share);
        if (share > 0)
            fprintf(stderr, "  %.0f s left", spent * (1 - share) / share);
        fprintf(stderr, "\033[K");
    }
    fflush(stderr);
}

void progress_end(Progress *progress)
{
    if (progress->is_shown && progress->drawn > 0)
        fprintf(stderr, "\r\033[K");
    progress->is_shown = false;
}
