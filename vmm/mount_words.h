/*
 * A bundle's mount as mount(2) inside a guest wants it: option words sorted
 * into flags and data.
 * Source: runtime-spec 1.0.2, config.md, "Mounts"; mount(8).
 */
#ifndef RINGSIDE_VMM_MOUNT_WORDS_H
#define RINGSIDE_VMM_MOUNT_WORDS_H

#include "oci/bundle.h"
#include "oci/error.h"

#include <stdint.h>

struct guest_mount {
    const char *type, *source; /* the bundle's, or literals */
    uint64_t flags;            /* MS_... */
    char *data;                /* the file system's own words; to be freed */
};

/*
 * Translates the mount; a bind mount must be one that a guest has itself
 * (HOST_FILES_KERNEL, HOST_FILES_GUEST). Errors: -ENOMEM.
 */
int guest_mount_translate(const struct bundle_mount *mount,
                          struct guest_mount *result, struct error *error);

#endif
