/*
 * Files of the host in a guest. A guest sees a copy of its root file system;
 * what the bundle binds from the host is bound on the rootfs for the copying,
 * in a mount namespace of the VMM's own. So the guest has them as they were
 * when it first asked for a file, and the host never sees what it writes.
 */
#ifndef RINGSIDE_VMM_HOST_FILES_H
#define RINGSIDE_VMM_HOST_FILES_H

#include "oci/bundle.h"
#include "oci/error.h"

enum host_files {
    HOST_FILES_NONE,    /* no bind mount */
    HOST_FILES_KERNEL,  /* the host's /proc, /sys, /dev: a guest has its own */
    HOST_FILES_GUEST,   /* /dev/shm: a guest has its own */
    HOST_FILES_COPY,    /* the guest gets a copy */
    HOST_FILES_REFUSED, /* what the guest writes would be lost */
};

/* What becomes of a bind mount of the bundle. */
enum host_files host_files_kind(const struct bundle_mount *mount);

/* Refuses, with -ENOTSUP and what to do, a bundle that binds what is
 * HOST_FILES_REFUSED. */
int host_files_check(const struct bundle *bundle, struct error *error);

/*
 * Binds what is HOST_FILES_COPY on the rootfs, for the calling process alone,
 * which must have one thread; what is missing below the rootfs is made, as
 * every container runtime does. Without such a mount nothing is done.
 * Errors: -EPERM without the right to mount, -EINVAL for what is neither file
 * nor directory, those of open(2) and open_tree(2).
 */
int host_files_bind(const struct bundle *bundle, struct error *error);

#endif
