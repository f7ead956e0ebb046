/*
 * tmpcopyup: a tmpfs begins with what was in the directory that it covers.
 * Source: crun(1), "tmpcopyup mount options".
 */
#ifndef RINGSIDE_CONTAINER_COPY_UP_H
#define RINGSIDE_CONTAINER_COPY_UP_H

#include "oci/error.h"

/*
 * Copies all that is in the directory from (a descriptor, O_PATH is fine) to
 * the directory to, with modes and owners, and gives to those of from itself.
 * Symbolic links are copied, not followed. Errors: the failed call's errno;
 * -ELOOP for a tree that is deeper than 128 directories.
 */
int copy_up(int from, int to, struct error *error);

#endif
