/* Sizes as people write them on a command line. */
#ifndef RINGSIDE_OCI_SIZE_H
#define RINGSIDE_OCI_SIZE_H

#include <stdint.h>

/*
 * Parses a positive whole number of bytes with an optional suffix K, M, G or T
 * (powers of 1024), at most INT64_MAX. Returns 0, -EINVAL or -ERANGE.
 */
int size_parse(const char *text, int64_t *bytes);

#endif
