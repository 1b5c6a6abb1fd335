/* xnor.h: the network of xnor.nnd as a C library. Made by nndc 0.1.0; do not edit it, change
 * the .nnd file and run nndc again. A complete program:
 *
 *     #include "xnor.h"
 *     #include <stdio.h>
 *
 *     static xnor_weights weights;
 *     static unsigned char workspace[XNOR_WORKSPACE_BYTES];
 *     static unsigned char file[XNOR_FILE_BYTES];
 *     static float bits[XNOR_BITS_SIZE];
 *     static float answer[XNOR_ANSWER_SIZE];
 *
 *     int main(void)
 *     {
 *         FILE *stream = fopen("best.safetensors", "rb");
 *         size_t size = stream ? fread(file, 1, sizeof file, stream) : 0;
 *         int status = xnor_load(&weights, file, size);
 *         if (status != XNOR_OK) {
 *             fprintf(stderr, "%s\n", xnor_error_text(status));
 *             return 1;
 *         }
 *         for (int i = 0; i < XNOR_BITS_SIZE; i++)
 *             bits[i] = 0; // your data
 *         xnor_infer(&weights, workspace, 1, bits, answer);
 *         for (int i = 0; i < XNOR_ANSWER_SIZE; i++)
 *             printf("answer[%d] = %g\n", i, (double)answer[i]);
 *         return 0;
 *     }
 *
 *     cc -O3 program.c xnor.c -lm
 *
 * The library has no heap, no files and no variables: all memory is the caller's. Many
 * threads may call xnor_infer at once, each with its own workspace. */
#ifndef XNOR_H
#define XNOR_H

#include <stddef.h>
#include <stdint.h>

/* Memory that xnor_infer works in. It may start at any address; one that is a multiple of
 * the alignment is fastest. Nothing is kept in it between calls. */
#define XNOR_WORKSPACE_BYTES 128
#define XNOR_WORKSPACE_ALIGNMENT 64

/* Room for a weights file as a trainer writes it. */
#define XNOR_FILE_BYTES 5224

/* Values of one sample; dimensions in row-major order, channels last. */
#define XNOR_BITS_SIZE 2 /* bits: f32[2] */
#define XNOR_ANSWER_SIZE 1 /* answer: f32[1] */

#ifdef __cplusplus
extern "C" {
#endif

/* The weights as infer reads them: filled by xnor_load, or a constant of xnor_weights.h. */
typedef struct xnor_weights {
    float dense_1_kernel[32]; /* f32[2, 3] in panels of 16 columns */
    float dense_1_bias[16]; /* f32[3] */
    float dense_2_kernel[48]; /* f32[3, 1] in panels of 16 columns */
    float dense_2_bias[16]; /* f32[1] */
} xnor_weights;

/* What xnor_load returns. */
enum {
    XNOR_OK,
    XNOR_ERROR_SHORT, /* the bytes end before the file is complete */
    XNOR_ERROR_HEADER, /* this is not a safetensors file */
    XNOR_ERROR_RANGE, /* a tensor's bytes do not fit its shape, or overlap another's */
    XNOR_ERROR_DUPLICATE, /* a tensor is in the file twice */
    XNOR_ERROR_TYPE, /* a tensor is not of 32-bit floats */
    XNOR_ERROR_SHAPE, /* a tensor has another shape than in this network */
    XNOR_ERROR_MISSING, /* a tensor of this network is not in the file */
    XNOR_ERROR_UNKNOWN /* the file has a tensor that this network does not have */
};

/* Reads the bytes of a safetensors file. Every tensor of the network must be there with its
 * name, type and shape, and no other. The bytes may start at any address and are not needed
 * afterwards. Unless the result is XNOR_OK, the weights are not to be used. */
int xnor_load(xnor_weights *weights, const void *bytes, size_t size);

/* A sentence for what xnor_load returned. */
const char *xnor_error_text(int status);

/* n samples, one after the other in each array. The result for a sample does not depend on
 * the others, nor on n. Cannot fail. */
void xnor_infer(const xnor_weights *weights, void *workspace, int n, const float *bits,
        float *answer);

#ifdef __cplusplus
}
#endif
#endif
