/* What a bundle's masked and read-only paths mean for a virtual machine. */
#ifndef RINGSIDE_VMM_PROTECTED_PATHS_H
#define RINGSIDE_VMM_PROTECTED_PATHS_H

#include "oci/bundle.h"
#include "oci/error.h"

/*
 * Refuses, with -ENOTSUP and a line that says which, linux.maskedPaths and
 * linux.readonlyPaths outside the trees that show a kernel (/proc, /sys,
 * /dev): no guest protects parts of its root file system from its program.
 * Paths in those trees hide the host's kernel from a container; a guest has
 * one of its own, so there is nothing to hide.
 */
int protected_paths_check(const struct bundle *bundle, struct error *error);

#endif
