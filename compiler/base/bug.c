/* bug.c: the end of the road for a fault of nndc itself. */
#include "base/base.h"

#include <stdio.h>
#include <stdlib.h>

void bug_report(const char *file, int line, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fprintf(stderr, "nndc: internal error at %s:%d: ", file, line);
    vfprintf(stderr, format, args);
    fprintf(stderr, "\nthis is a bug in nndc; please report it together with the model\n");
    va_end(args);
#ifndef NDEBUG
    abort();
#else
    exit(EXIT_INTERNAL);
#endif
}
