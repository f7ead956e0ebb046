/* Closes what must not reach the workload; see descriptors.h. */
#include "oci/descriptors.h"

#include <sys/syscall.h>
#include <unistd.h>

/* Not every C library has close_range(2). */
static void close_from_to(unsigned int first, unsigned int last)
{
    (void)syscall(SYS_close_range, first, last, 0);
}

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
            close_from_to((unsigned int)first, (unsigned int)next - 1);
    }
    close_from_to((unsigned int)first, ~0U);
}
