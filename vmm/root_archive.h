/*
 * The root file system that a unikernel sees: the bundle's rootfs as one
 * archive with an index, attached to the VM as a memory slot of its own that
 * the guest can read and not write.
 */
#ifndef RINGSIDE_VMM_ROOT_ARCHIVE_H
#define RINGSIDE_VMM_ROOT_ARCHIVE_H

#include "guests/unikernel/layout.h"
#include "oci/bundle.h"
#include "oci/error.h"
#include "vmm/kvm.h"
#include "vmm/memory.h"

#include <stdbool.h>
#include <stdint.h>

/* How an archive is come by; all zeros is as usual. */
struct root_options {
    bool no_cache;
    const char *cache; /* its directory; NULL: the usual one */
    bool verify;       /* read all files, whatever their times say */
};

/* All zeros is none. */
struct root_archive {
    void *data;    /* mapped, read-only */
    uint64_t size; /* bytes, whole pages */
};

/*
 * Where the archive goes in a guest with this memory: behind it, with a 2 MiB
 * page left out, to stop strays; and behind the local APIC's page, which lies
 * just below 4 GiB.
 */
static inline struct guest_addr root_archive_address(
    const struct guest_memory *memory)
{
    const uint64_t behind = memory->size + LARGE_PAGE_SIZE;

    return (struct guest_addr){behind > GUEST_MEMORY_HIGH ? behind
                                                          : GUEST_MEMORY_HIGH};
}

/*
 * Gets the archive of the bundle's rootfs as it is now, from the cache or by
 * making it. A tree that has changed within the last seconds is not cached: it
 * would not be believed the next time. Errors: those of rootfs_walk and
 * root_cache_open, -EFBIG where it exceeds ROOT_ARCHIVE_MAX, -ENOSPC, -ENOMEM,
 * -EINTR when interrupted. The caller releases it.
 */
int root_archive_get(struct root_archive *archive, const struct bundle *bundle,
                     const struct root_options *options, struct error *error);

/*
 * The same in two steps, for two processes: a descriptor of the archive, with
 * its size, which the caller closes; and that mapped.
 */
int root_archive_open(const struct bundle *bundle,
                      const struct root_options *options, uint64_t *size,
                      struct error *error);
int root_archive_map(struct root_archive *archive, int file, uint64_t size,
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
