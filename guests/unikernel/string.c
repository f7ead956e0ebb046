/* Memory and string functions, by the processor's own string instructions. */
#include "guests/unikernel/string.h"

void *memcpy(void *restrict to, const void *restrict from, size_t length)
{
    void *destination = to;

    __asm__ volatile("rep movsb"
                     : "+D"(destination), "+S"(from), "+c"(length)
                     :
                     : "memory");
    return to;
}

void *memset(void *to, int byte, size_t length)
{
    void *destination = to;

    __asm__ volatile("rep stosb"
                     : "+D"(destination), "+c"(length)
                     : "a"(byte)
                     : "memory");
    return to;
}

void *memmove(void *to, const void *from, size_t length)
{
    char *target = to;
    const char *source = from;

    if (target <= source || target >= source + length)
        return memcpy(to, from, length);
    while (length-- > 0)
        target[length] = source[length];
    return to;
}

int memcmp(const void *left, const void *right, size_t length)
{
    const unsigned char *a = left, *b = right;

    for (size_t i = 0; i < length; i++) {
        if (a[i] != b[i])
            return a[i] < b[i] ? -1 : 1;
    }
    return 0;
}

void *memchr(const void *memory, int byte, size_t length)
{
    const unsigned char *at = memory;

    for (; length > 0; at++, length--) {
        if (*at == (unsigned char)byte)
            return (void *)at;
    }
    return NULL;
}

size_t strlen(const char *text)
{
    size_t length = 0;

    while (text[length] != '\0')
        length++;
    return length;
}
