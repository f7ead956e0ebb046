/*
 * For programs that are run natively and in a guest, and whose output must be
 * the same: SHOW(call) prints the call as it is written, and what it returned
 * or the error that it set.
 */
#ifndef RINGSIDE_TESTS_SHOW_H
#define RINGSIDE_TESTS_SHOW_H

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define SHOW(call) (errno = 0, show(#call, (long)(call)))

/* Never a program's address, nor a length; no compiler may know so. */
__attribute__((unused)) static void *volatile const bad_pointer = (void *)8;
__attribute__((unused)) static const volatile int minus_one = -1;

#define BAD bad_pointer

/* Returns what the call returned. */
static inline long show(const char *what, long result)
{
    if (result == -1 && errno != 0)
        printf("%s: %s\n", what, strerror(errno));
    else
        printf("%s = %ld\n", what, result);
    return result;
}

#endif
