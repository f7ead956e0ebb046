/*
 * The first root file system of a Linux guest: our init, what it reads, the
 * kernel modules it loads, and the bundle's rootfs.
 *
 *   /init      the static program of guests/linux
 *   /process   the OCI process (guests/linux/process_spec.h)
 *   /modules/  virtio drivers, and the order to load them in
 *   /rootfs/   the bundle's
 *   /whole     empty, the last file: it is missing where memory was too small
 */
#ifndef RINGSIDE_VMM_INITRAMFS_H
#define RINGSIDE_VMM_INITRAMFS_H

#include "oci/bundle.h"
#include "oci/error.h"
#include "vmm/buffer.h"
#include "vmm/process_spec.h"

#include <stdint.h>

struct initramfs_options {
    const char *init;    /* host path of build/guests/linux/init */
    const char *modules; /* /lib/modules/VERSION; NULL: no modules at all */
    const char *const *wanted_modules;   /* NULL-terminated */
    const struct guest_network *network; /* NULL: no address */
    uint64_t limit; /* bytes of guest memory that it may take */
};

/*
 * Adds the initramfs, an uncompressed cpio archive, to the buffer: an empty
 * one that the caller releases, or one over guest memory (buffer_borrow),
 * which spares a copy. Errors: -ENOSPC with "the initramfs of N MiB does not
 * fit guest memory of M MiB", M being the limit; those of rootfs_archive_add,
 * modules_add and process_spec_write.
 */
int initramfs_build(const struct bundle *bundle,
                    const struct initramfs_options *options,
                    struct buffer *buffer, struct error *error);

#endif
