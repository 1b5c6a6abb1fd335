/* posix.h: asks the C library for POSIX; stands before the first #include of a trainer.
 *
 * Strict language modes (-std=c99) hide fsync, mkdir, sigaction and clock_gettime otherwise. */
#ifndef NN_POSIX_H
#define NN_POSIX_H

#if !defined(_POSIX_C_SOURCE) && !defined(_GNU_SOURCE) && !defined(__APPLE__)
#define _POSIX_C_SOURCE 200809L
#endif
#if defined(__unix__) || defined(__APPLE__)
#define NN_POSIX 1
#else
#define NN_POSIX 0
#endif

#endif
