/* Which descriptors a process keeps. */
#ifndef RINGSIDE_CONTAINER_DESCRIPTORS_H
#define RINGSIDE_CONTAINER_DESCRIPTORS_H

#include <stddef.h>

/* Closes all descriptors from first on, but not those in kept (-1: none). */
void descriptors_close_except(int first, const int *kept, size_t count);

#endif
