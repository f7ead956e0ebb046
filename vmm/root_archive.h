/*
 * The root file system that a unikernel sees: the bundle's rootfs as one
 * archive with an index, attached to the VM as a memory slot of its own that
 * the guest can read and not write.
 */
#ifndef RINGSIDE_VMM_ROOT_ARCHIVE_H
#define RINGSIDE_VMM_ROOT_ARCHIVE_H

#include "oci/bundle.h"
#include "oci/error.h"
#include "vmm/buffer.h"
#include "vmm/kvm.h"
#include "vmm/memory.h"

#include <stdint.h>

/* All zeros is none. */
struct root_archive {
    struct buffer bytes;
};

/* Where the archive goes in a guest with this memory: behind it. */
struct guest_addr root_archive_address(const struct guest_memory *memory);

/*
 * Makes the archive of the bundle's rootfs. Errors: those of rootfs_walk,
 * -EFBIG where it exceeds ROOT_ARCHIVE_MAX, -ENOMEM. The caller releases it.
 */
int root_archive_make(struct root_archive *archive, const struct bundle *bundle,
                      struct error *error);

/*
 * Puts it read-only into the VM at address. Errors: -ENOTSUP where this KVM
 * has no read-only memory, the errno of the failed call. It must stay until
 * the VM is gone.
 */
int root_archive_attach(const struct root_archive *archive, const struct vm *vm,
                        struct guest_addr address, struct error *error);

void root_archive_release(struct root_archive *archive);

#endif
