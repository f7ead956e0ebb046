/* Checksums; see checksum.h. */
#include "vmm/checksum.h"

#include <string.h>

uint64_t checksum_add(uint64_t sum, const void *data, size_t size)
{
    const char *at = data;

    while (size > 0) {
        const size_t part = size < sizeof(uint64_t) ? size : sizeof(uint64_t);
        uint64_t word = 0;

        memcpy(&word, at, part);
        sum = (sum ^ word) * 0x100000001b3;
        sum ^= sum >> 32;
        at += part;
        size -= part;
    }
    return sum;
}
