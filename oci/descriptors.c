/* Closes what must not reach the workload; see descriptors.h. */
#include "oci/descriptors.h"

#include <unistd.h>

/* The smallest of kept that is not below first; -1: none. */
static int next_kept(int first, const struct descriptor_list *kept,
                     size_t count)
{
    int next = -1;

    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < kept[i].count; j++) {
            int fd = kept[i].fds[j];

            if (fd >= first && (next < 0 || fd < next))
                next = fd;
        }
    }
    return next;
}

void descriptors_close_except(int first, const struct descriptor_list *kept,
                              size_t count)
{
    for (int next; (next = next_kept(first, kept, count)) >= 0;
         first = next + 1) {
        if (next > first)
            close_range((unsigned int)first, (unsigned int)next - 1, 0);
    }
    close_range((unsigned int)first, ~0U, 0);
}
