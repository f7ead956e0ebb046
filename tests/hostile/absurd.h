/* Numbers that hostile guests attack with; the same ones in each run. */
#ifndef RINGSIDE_HOSTILE_ABSURD_H
#define RINGSIDE_HOSTILE_ABSURD_H

#include <stddef.h>
#include <stdint.h>

/* The next state of a generator that starts from anything but 0. */
static inline uint64_t random_after(uint64_t state)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

/*
 * A number out of those that are most likely to be forgotten, or now and then
 * any other; memory is the size of the guest's.
 */
static inline uint64_t absurd_number(uint64_t random, uint64_t memory)
{
    const uint64_t values[] = {
        0,          1,
        2,          7,
        0xfff,      0x1000,
        0x4000,     0x100000,
        1u << 31,   UINT32_MAX,
        1ull << 32, 1ull << 63,
        UINT64_MAX, UINT64_MAX - 7,
        memory,     memory - 1,
        memory - 8, memory + 1,
        -memory,
    };
    const uint64_t which = random >> 32;

    if (which % 8 == 0)
        return random;
    return values[which % (sizeof(values) / sizeof(values[0]))];
}

/*
 * Writes "TEXT NUMBER" and a newline into line, which has room for what of text
 * fits beside 22 bytes. Returns the length.
 */
static inline size_t absurd_line(char *line, size_t size, const char *text,
                                 uint64_t number)
{
    size_t length = 0, digits = 1;

    for (; *text != '\0' && length < size - 22; text++)
        line[length++] = *text;
    line[length++] = ' ';
    for (uint64_t rest = number; rest >= 10; rest /= 10)
        digits++;
    for (size_t i = digits; i > 0; i--, number /= 10)
        line[length + i - 1] = (char)('0' + number % 10);
    length += digits;
    line[length++] = '\n';
    return length;
}

#endif
