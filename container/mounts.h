/* The mounts of a bundle, put into the container's root. */
#ifndef RINGSIDE_CONTAINER_MOUNTS_H
#define RINGSIDE_CONTAINER_MOUNTS_H

#include "oci/bundle.h"
#include "oci/error.h"

/*
 * In the parent, which has rights that a user namespace lacks: clones what is
 * to be mounted with other ids, and what root binds into a user namespace, and
 * makes the proc file system of a PID namespace that is joined.
 * *prepared is NULL or has a descriptor for each mount of the bundle, -1 for
 * those that need none; the caller closes and frees it, in any case. Errors: as
 * mounts_make.
 */
int mounts_prepare(const struct bundle *bundle, int **prepared,
                   struct error *error);

/*
 * Makes every mount of the bundle, in order, below the open directory root.
 * Runs inside the container's namespaces, before the root is changed.
 * Errors: negative errno with "mounts[N] DESTINATION: why".
 */
int mounts_make(const struct bundle *bundle, const int *prepared, int root,
                struct error *error);

/* A detached copy of the open file or directory at fd; with_submounts takes
 * what is mounted below along. Returns a mount descriptor or -errno. */
int mount_clone(int fd, bool with_submounts);

/* Attaches a detached mount on the open file or directory at target. */
int mount_attach(int mount, int target);

/*
 * A new, detached file system of that type; flags and NAME=VALUE words in
 * data (NULL-terminated) are its own, attributes MOUNT_ATTR_... bits.
 * Returns a mount descriptor or a negative errno with error set, in the
 * file system's own words where it has any.
 */
int mount_new(const char *type, const char *source, const char *const *data,
              uint64_t attributes, struct error *error);

/* As mount_new, of a file system that fsopen(2) has opened; it stays open. */
int mount_opened(int filesystem, const char *type, const char *source,
                 const char *const *data, uint64_t attributes,
                 struct error *error);

/* Gives an open file system (fsopen, fspick) one word of data, NAME or
 * NAME=VALUE. Errors: negative errno. */
int mount_configure(int filesystem, const char *word);

/* mount_setattr(2) on a mount descriptor, its submounts too if recursive. */
int mount_change(int mount, uint64_t set, uint64_t clear, uint64_t propagation,
                 bool recursive);

#endif
