/* Which descriptors a process keeps. */
#ifndef RINGSIDE_OCI_DESCRIPTORS_H
#define RINGSIDE_OCI_DESCRIPTORS_H

#include <stddef.h>

struct descriptor_list {
    const int *fds; /* -1 among them: none */
    size_t count;
};

/* Closes all descriptors from first on, but not those in the kept lists. */
void descriptors_close_except(int first, const struct descriptor_list *kept,
                              size_t count);

#endif
