/* The working directory and the file mode creation mask of the process. */
#ifndef RINGSIDE_UNIKERNEL_WORKING_DIRECTORY_H
#define RINGSIDE_UNIKERNEL_WORKING_DIRECTORY_H

#include "guests/unikernel/node.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * The node, without a reference. At the first call it is found by the
 * bundle's path, and made where it is missing, as a container runtime does.
 */
int64_t working_directory(struct node **directory);

/* Takes over a reference. */
void working_directory_set(struct node *directory);

/* Whether the program has not changed it and nobody looked it up. */
bool working_directory_is_initial(void);

/* umask(2): permissions that new files do not get. */
uint32_t creation_mask(void);
void creation_mask_set(uint32_t mask);

#endif
