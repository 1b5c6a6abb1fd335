/* mutate.h: edits of a file's bytes that depend on a seed and a number alone, for programs that fuzz readers. */
#ifndef NNDC_MUTATE_H
#define NNDC_MUTATE_H

#include "rng.h"
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LARGEST = 1 << 16 };

static uint32_t random_key;
static uint32_t random_index;

static uint32_t pick(uint32_t below)
{
    return (uint32_t)(((uint64_t)nn_random_bits(random_key, random_index++) * below) >> 32);
}

/* Bytes that decide something in one of the formats. */
static unsigned char telling_byte(void)
{
    static const unsigned char bytes[] = {0,   1,   7,   8,    13,   0x7F, 0x80, 0xFF, '"', ',',
                                          ':', '{', '}', '[',  ']',  '\\', '\n', '\r', '-', '+',
                                          'e', '.', '9', 0x1F, 0x8B, ' ',  '0',  ';'};
    return bytes[pick(sizeof bytes)];
}

/* One to eight edits: a byte set, a bit flipped, bytes cut, doubled, inserted, the end cut off. */
static size_t mutate(unsigned char *bytes, size_t size)
{
    for (uint32_t edits = 1 + pick(8); edits > 0; edits--) {
        if (size == 0)
            return 0;
        size_t at = pick((uint32_t)size), length = 1 + pick(16);
        switch (pick(6)) {
        case 0:
            bytes[at] = telling_byte();
            break;
        case 1:
            bytes[at] = (unsigned char)(bytes[at] ^ 1u << pick(8));
            break;
        case 2:
            length = length < size - at ? length : size - at;
            memmove(bytes + at, bytes + at + length, size - at - length);
            size -= length;
            break;
        case 3:
            length = length < size - at ? length : size - at;
            if (size + length <= LARGEST) {
                memmove(bytes + at + length, bytes + at, size - at);
                size += length;
            }
            break;
        case 4:
            if (size < LARGEST) {
                memmove(bytes + at + 1, bytes + at, size - at);
                bytes[at] = telling_byte();
                size++;
            }
            break;
        default:
            if (pick(4) == 0)
                size = at;
        }
    }
    return size;
}

static void put(const char *path, const unsigned char *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(bytes, 1, size, file) != size || fclose(file) != 0) {
        printf("cannot write %s\n", path);
        exit(1);
    }
}

#endif
