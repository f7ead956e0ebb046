/*
 * Text that grows in a buffer of fixed size, for the files of /proc. What does
 * not fit is counted all the same, so that a second try can have the room.
 */
#ifndef RINGSIDE_UNIKERNEL_TEXT_H
#define RINGSIDE_UNIKERNEL_TEXT_H

#include <stdint.h>

struct text {
    char *buffer;
    uint64_t size;
    uint64_t length; /* of all that was added, also of what did not fit */
};

void text_add(struct text *text, const char *bytes, uint64_t length);

/*
 * As printf(3) with %s, %c, %d, %u, %x, %o, %ld, %lu, %lx, %lo and %%; a
 * width, "0" and "-" before it, nothing else. No NUL is put behind.
 */
__attribute__((format(printf, 2, 3))) void text_format(struct text *text,
                                                       const char *format, ...);

#endif
