/*
 * Paths inside the container's root, resolved as the container would.
 *
 * The rootfs is hostile: it may hold symbolic links to "/", "..", or host
 * paths. openat2(2) with RESOLVE_IN_ROOT makes them all end inside, and
 * RESOLVE_NO_MAGICLINKS keeps /proc/self/fd and its kind from leading out.
 * What was found is used by descriptor, so no path is ever resolved twice.
 */
#ifndef RINGSIDE_OCI_ROOT_PATH_H
#define RINGSIDE_OCI_ROOT_PATH_H

#include "oci/error.h"

enum root_entry { ROOT_FILE, ROOT_DIRECTORY };

/*
 * Opens path (absolute, normalised) below the directory root with O_PATH,
 * and with flags beside that. Returns a descriptor or a negative errno.
 */
int root_open(int root, const char *path, int flags);

/*
 * As root_open, but makes the file or directory where it is missing, and
 * directories above it (mode 0755). Errors: negative errno with error set.
 */
int root_open_or_make(int root, const char *path, enum root_entry kind,
                      struct error *error);

/* As root_open_or_make for a directory, but with a symbolic link nowhere in
 * path: who could exchange what it leads to would have it found elsewhere the
 * next time. */
int root_open_or_make_plain(int root, const char *path, struct error *error);

/* The directory that holds path, itself made where missing. Returns a
 * descriptor or a negative errno with error set. */
int root_open_parent(int root, const char *path, struct error *error);

#endif
