/*
 * Paths of the container that are hidden or made read-only.
 * Source: runtime-spec 1.0.2, config-linux.md, "Masked Paths" and "Readonly
 * Paths". A path that does not exist needs neither.
 */
#ifndef RINGSIDE_CONTAINER_MASKS_H
#define RINGSIDE_CONTAINER_MASKS_H

#include "oci/bundle.h"
#include "oci/error.h"

/* Covers every masked path (a file with /dev/null, a directory with an empty
 * read-only file system) and seals the read-only ones. Errors: -errno. */
int masks_apply(const struct bundle *bundle, int root, struct error *error);

#endif
