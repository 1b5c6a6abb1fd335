/* main.c: the command line of nndc. */
#include "base/base.h"

#include <stdio.h>

int main(void)
{
    puts("nndc " NNDC_VERSION);
    return EXIT_OK;
}
