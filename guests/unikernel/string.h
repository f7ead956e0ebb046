/* The memory and string functions that freestanding code needs. */
#ifndef RINGSIDE_UNIKERNEL_STRING_H
#define RINGSIDE_UNIKERNEL_STRING_H

#include <stddef.h>

/* As in the C standard; the compiler may also call them by itself. */
void *memcpy(void *restrict to, const void *restrict from, size_t length);
void *memset(void *to, int byte, size_t length);
void *memmove(void *to, const void *from, size_t length);
int memcmp(const void *left, const void *right, size_t length);
void *memchr(const void *memory, int byte, size_t length);
size_t strlen(const char *text);

#endif
