/* digits.h: the network of digits.nnd as a C library. Made by nndc 0.1.0; do not edit it, change
 * the .nnd file and run nndc again. A complete program:
 *
 *     #include "digits.h"
 *     #include <stdio.h>
 *
 *     static digits_weights weights;
 *     static unsigned char workspace[DIGITS_WORKSPACE_BYTES];
 *     static unsigned char file[DIGITS_FILE_BYTES];
 *     static unsigned char image[DIGITS_IMAGE_SIZE];
 *     static float scores[DIGITS_SCORES_SIZE];
 *
 *     int main(void)
 *     {
 *         FILE *stream = fopen("best.safetensors", "rb");
 *         size_t size = stream ? fread(file, 1, sizeof file, stream) : 0;
 *         int status = digits_load(&weights, file, size);
 *         if (status != DIGITS_OK) {
 *             fprintf(stderr, "%s\n", digits_error_text(status));
 *             return 1;
 *         }
 *         for (int i = 0; i < DIGITS_IMAGE_SIZE; i++)
 *             image[i] = (unsigned char)(i % 256); // your data
 *         digits_infer(&weights, workspace, 1, image, scores);
 *         for (int i = 0; i < DIGITS_SCORES_SIZE; i++)
 *             printf("scores[%d] = %g\n", i, (double)scores[i]);
 *         return 0;
 *     }
 *
 *     cc -O3 program.c digits.c -lm
 *
 * The library has no heap, no files and no variables: all memory is the caller's. Many
 * threads may call digits_infer at once, each with its own workspace. */
#ifndef DIGITS_H
#define DIGITS_H

#include <stddef.h>
#include <stdint.h>

/* Memory that digits_infer works in. It may start at any address; one that is a multiple of
 * the alignment is fastest. Nothing is kept in it between calls. */
#define DIGITS_WORKSPACE_BYTES 137664
#define DIGITS_WORKSPACE_ALIGNMENT 64

/* Room for a weights file as a trainer writes it. */
#define DIGITS_FILE_BYTES 429716

/* Values of one sample; dimensions in row-major order, channels last. */
#define DIGITS_IMAGE_SIZE 784 /* image: u8[28, 28, 1] */
#define DIGITS_SCORES_SIZE 10 /* scores: f32[10] */

#ifdef __cplusplus
extern "C" {
#endif

/* The weights as infer reads them: filled by digits_load, or a constant of digits_weights.h. */
typedef struct digits_weights {
    float conv2d_1_kernel[144]; /* f32[3, 3, 1, 16] in panels of 16 columns */
    float conv2d_1_bias[16]; /* f32[16] */
    float conv2d_2_kernel_winograd_kernel[18432]; /* f32[6, 6, 16, 32] in panels of 32 columns */
    float conv2d_2_bias[32]; /* f32[32] */
    float dense_1_kernel[100352]; /* f32[1568, 64] in panels of 32 columns */
    float dense_1_bias[64]; /* f32[64] */
    float dense_2_kernel[1024]; /* f32[64, 10] in panels of 16 columns */
    float dense_2_bias[16]; /* f32[10] */
} digits_weights;

/* What digits_load returns. */
enum {
    DIGITS_OK,
    DIGITS_ERROR_SHORT, /* the bytes end before the file is complete */
    DIGITS_ERROR_HEADER, /* this is not a safetensors file */
    DIGITS_ERROR_RANGE, /* a tensor's bytes do not fit its shape, or overlap another's */
    DIGITS_ERROR_DUPLICATE, /* a tensor is in the file twice */
    DIGITS_ERROR_TYPE, /* a tensor is not of 32-bit floats */
    DIGITS_ERROR_SHAPE, /* a tensor has another shape than in this network */
    DIGITS_ERROR_MISSING, /* a tensor of this network is not in the file */
    DIGITS_ERROR_UNKNOWN /* the file has a tensor that this network does not have */
};

/* Reads the bytes of a safetensors file. Every tensor of the network must be there with its
 * name, type and shape, and no other. The bytes may start at any address and are not needed
 * afterwards. Unless the result is DIGITS_OK, the weights are not to be used. */
int digits_load(digits_weights *weights, const void *bytes, size_t size);

/* A sentence for what digits_load returned. */
const char *digits_error_text(int status);

/* n samples, one after the other in each array. The result for a sample does not depend on
 * the others, nor on n. Cannot fail. */
void digits_infer(const digits_weights *weights, void *workspace, int n,
        const unsigned char *image, float *scores);

#ifdef __cplusplus
}
#endif
#endif
