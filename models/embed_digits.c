/* Links the library that nndc makes of digits.nnd and recognizes a digit; see scripts/demo. */
#include "digits.h"
#include <stdio.h>
#include <stdlib.h>

static unsigned char bytes[1 << 20], image[28 * 28];
static _Alignas(DIGITS_WORKSPACE_ALIGNMENT) unsigned char workspace[DIGITS_WORKSPACE_BYTES];
static digits_weights weights;

int main(int argc, char **argv)
{
    FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
    if (file == NULL || digits_load(&weights, bytes, fread(bytes, 1, sizeof bytes, file)) != DIGITS_OK)
        return 1;
    for (int i = 5; i < 24; i++) /* a seven: a bar, and a stroke that leans to the left */
        for (int j = 7; j < 21; j++)
            image[28 * i + j] = i < 8 || abs(j - (20 - (i - 7) / 2)) < 2 ? 255 : 0;
    float scores[10];
    digits_infer(&weights, workspace, 1, image, scores);
    int best = 0;
    for (int k = 1; k < 10; k++)
        best = scores[k] > scores[best] ? k : best;
    printf("it is a %d (%.1f %%)\n", best, 100 * (double)scores[best]);
    return best != 7;
}
