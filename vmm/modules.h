/*
 * Kernel modules for a Linux guest: those that are wanted and what they need,
 * into the initramfs, with a list in the order of loading.
 * Source: modules.dep(5), modules.builtin in Linux Documentation/kbuild.
 */
#ifndef RINGSIDE_VMM_MODULES_H
#define RINGSIDE_VMM_MODULES_H

#include "oci/error.h"
#include "vmm/cpio.h"

/*
 * Adds modules/ to the archive: NAME.ko for each of names (NULL-terminated;
 * '-' and '_' are the same) and its dependencies, decompressed, and "order",
 * a file name a line. directory is the kernel's /lib/modules/VERSION. A module
 * that is built into the kernel is left out. Errors: -ENOENT for one that is
 * neither there nor built in, or for a directory without modules.dep;
 * -ENOTSUP for a compression whose tool is not installed; those of cpio_add.
 */
int modules_add(struct cpio *cpio, const char *directory,
                const char *const *names, struct error *error);

#endif
