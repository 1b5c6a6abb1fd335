/* test.h: checks for test programs.
 *
 * A test is a function without arguments; main runs them with RUN and ends with return test_end().
 * A failed check prints its place and what it saw, and the test goes on, so that one run shows all.
 * test_skip ends the program with 77, which CTest counts as skipped, and prints the reason. */
#ifndef NNDC_TEST_H
#define NNDC_TEST_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int test_check_count, test_failed_count;

static int test_check(int ok, const char *file, int line, const char *what)
{
    test_check_count++;
    if (!ok) {
        test_failed_count++;
        printf("%s:%d: failed: %s\n", file, line, what);
    }
    return ok;
}

#define EXPECT(condition) test_check((condition) != 0, __FILE__, __LINE__, #condition)
#define EXPECT_INT(actual, expected)                                                       \
    do {                                                                                   \
        long long a_ = (long long)(actual), e_ = (long long)(expected);                    \
        if (!test_check(a_ == e_, __FILE__, __LINE__, #actual " == " #expected))           \
            printf("    found %lld, expected %lld\n", a_, e_);                             \
    } while (0)
#define EXPECT_NEAR(actual, expected, tolerance)                                           \
    do {                                                                                   \
        double a_ = (double)(actual), e_ = (double)(expected);                             \
        if (!test_check(fabs(a_ - e_) <= (tolerance), __FILE__, __LINE__, #actual))        \
            printf("    found %.9g, expected %.9g within %g\n", a_, e_, (double)(tolerance)); \
    } while (0)
#define EXPECT_TEXT(actual, expected)                                                      \
    do {                                                                                   \
        const char *a_ = (actual), *e_ = (expected);                                       \
        if (!test_check(strcmp(a_, e_) == 0, __FILE__, __LINE__, #actual))                 \
            printf("    found    '%s'\n    expected '%s'\n", a_, e_);                      \
    } while (0)
#define RUN(test)                                                                          \
    do {                                                                                   \
        int before_ = test_failed_count;                                                   \
        test();                                                                            \
        printf("%s %s\n", test_failed_count == before_ ? "ok    " : "FAILED", #test);      \
    } while (0)

static void test_skip(const char *reason)
{
    printf("skipped: %s\n", reason);
    exit(77);
}

/* The exit status: 1 when a check failed or when nothing was checked at all. */
static int test_end(void)
{
    printf("%d checks, %d failed\n", test_check_count, test_failed_count);
    return test_failed_count != 0 || test_check_count == 0;
}

#endif
