/* What a bundle's mounts mean for a unikernel. */
#ifndef RINGSIDE_VMM_UNIKERNEL_MOUNTS_H
#define RINGSIDE_VMM_UNIKERNEL_MOUNTS_H

#include "oci/bundle.h"
#include "oci/error.h"

/*
 * Refuses, with -ENOTSUP and a line that says which, what a bundle wants
 * mounted and a unikernel cannot have: disks, network file systems. What shows
 * a kernel (proc, sysfs, cgroup, devices) is the library OS's own, as far as
 * it has it; a tmpfs is a directory of the root file system, which is in
 * memory as a whole. Of bind mounts see host_files.h.
 */
int unikernel_check_mounts(const struct bundle *bundle, struct error *error);

#endif
