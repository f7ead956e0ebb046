/*
 * Sorting of values. With a million runs it was a fifth of the time of a
 * report, most of it in branches that no processor can foresee; a radix sort
 * has none.
 */
#include "bench/statistics.h"

#include <gsl/gsl_sort.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
    SORT_FEW = 24,       /* values are sorted by insertion */
    SORT_MIDDLING = 256, /* fewer do not pay for the counting */
    DIGIT_BITS = 11,
    DIGITS = 6, /* of 11 bits each in 64 */
    DIGIT_VALUES = 1 << DIGIT_BITS,
};

static void sort_few(double *values, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        double value = values[i];
        size_t j = i;

        for (; j > 0 && values[j - 1] > value; j--)
            values[j] = values[j - 1];
        values[j] = value;
    }
}

/*
 * Numbers of binary64 as integers of the same order: without the sign bit they
 * have it already, negative ones backwards (IEEE 754-2019, 3.4).
 */
static uint64_t key_of(double value)
{
    uint64_t bits;

    memcpy(&bits, &value, sizeof(bits));
    return bits >> 63 != 0 ? ~bits : bits | UINT64_C(1) << 63;
}

static double value_of(uint64_t key)
{
    const uint64_t bits = key >> 63 != 0 ? key & ~(UINT64_C(1) << 63) : ~key;
    double value;

    memcpy(&value, &bits, sizeof(value));
    return value;
}

static size_t digit_of(uint64_t key, int digit)
{
    return key >> (digit * DIGIT_BITS) & (DIGIT_VALUES - 1);
}

/*
 * Distributes n keys by one digit, keeping the order of equal ones (Knuth,
 * volume 3, 5.2.5). False: all have the same, and nothing was moved.
 */
static bool distribute(const uint64_t *from, uint64_t *to, size_t n, int digit)
{
    size_t places[DIGIT_VALUES] = {0};
    size_t next = 0;

    for (size_t i = 0; i < n; i++)
        places[digit_of(from[i], digit)]++;
    if (places[digit_of(from[0], digit)] == n)
        return false;
    for (size_t i = 0; i < DIGIT_VALUES; i++) {
        const size_t count = places[i];

        places[i] = next;
        next += count;
    }
    for (size_t i = 0; i < n; i++)
        to[places[digit_of(from[i], digit)]++] = from[i];
    return true;
}

void statistics_sort(double *values, size_t n)
{
    uint64_t *keys = n < SORT_MIDDLING ? NULL : calloc(2 * n, sizeof(*keys));
    uint64_t *from = keys, *to;

    if (n <= SORT_FEW) {
        sort_few(values, n);
        return;
    }
    if (keys == NULL) {
        gsl_sort(values, 1, n);
        return;
    }
    to = keys + n;
    for (size_t i = 0; i < n; i++)
        from[i] = key_of(values[i]);
    for (int digit = 0; digit < DIGITS; digit++)
        if (distribute(from, to, n, digit)) {
            uint64_t *sorted = to;

            to = from;
            from = sorted;
        }
    for (size_t i = 0; i < n; i++)
        values[i] = value_of(from[i]);
    free(keys);
}
