/* gzip.h: unpacking .gz files. gzip.c is the only file that touches zlib. */
#ifndef NNDC_GZIP_H
#define NNDC_GZIP_H

#include "base/base.h"

/* Unpacks the gzip file at path into a new file at target, with a progress line on a terminal. The
 * target appears whole or not at all. On failure false and a reason such as
 * "cannot unpack 'x.gz': the file is cut short". */
bool gzip_unpack(Arena *arena, const char *path, const char *target, Str *error);

#endif
