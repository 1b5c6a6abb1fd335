/* tile_text.h: the parts of a kernel's text that belong to register tiles. */
#ifndef NNDC_TILE_TEXT_H
#define NNDC_TILE_TEXT_H

#include "print/out.h"

void tile_text(Out *o, const Tile *t); /* STMT_TILE: loops that leave the sums in memory */
Str size_text(Arena *arena, const KernelConstant *c); /* "NN_SIZE(14, 6)" */

#endif
