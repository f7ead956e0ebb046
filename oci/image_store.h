/*
 * Unpacked images, kept in the directory images of the cache, for both
 * runtimes and the harness:
 *
 *   image-DIGEST   an image, named by the SHA-256 of its manifest:
 *     rootfs/        its root file system, which nobody writes to any more
 *     config.json    its configuration
 *     uses/          a link for each container on it, to its state directory
 *   of-...         a link to it: a reference as it was seen (see
 *                  image_reference_stamp)
 *   new-...        an image in the making, which its maker has locked
 *   lock           shared while a use is noted, exclusive while images are
 *                  removed
 *
 * An image is complete when it has its name. It is in use as long as one of its
 * links leads somewhere, so that a container that was killed, or a reboot,
 * needs no clearing up.
 */
#ifndef RINGSIDE_OCI_IMAGE_STORE_H
#define RINGSIDE_OCI_IMAGE_STORE_H

#include "oci/error.h"
#include "oci/image_reference.h"

#include <limits.h>

#define IMAGE_STORE_ENTRY "image-"
#define IMAGE_STORE_STAMP "of-"
#define IMAGE_STORE_NEW   "new-"

enum {
    IMAGE_DIGEST_DIGITS = 64, /* of SHA-256, in hexadecimal */
    IMAGE_ENTRY_SIZE = sizeof(IMAGE_STORE_ENTRY) + IMAGE_DIGEST_DIGITS,
};

struct image_store {
    int directory, lock;
    char path[PATH_MAX];
};

#define IMAGE_STORE_NONE ((struct image_store){.directory = -1, .lock = -1})

/*
 * Opens it in the usual cache, made if absent, with mode 0700: images hold
 * programs that others must not run, set-user-ID ones above all. Errors:
 * -ENOENT where there is no usual cache, -EPERM as cache_check_owner, and of
 * the file system. The caller releases it.
 */
int image_store_open(struct image_store *store, struct error *error);
void image_store_release(struct image_store *store);

/* Is it the name of an image? */
bool image_store_is_entry(const char *name);

/* The image that a stamp leads to. -ENOENT: none. */
int image_store_find(const struct image_store *store, const char *stamp,
                     char entry[IMAGE_ENTRY_SIZE]);

/*
 * Notes that the image is in use as long as the directory `user` exists.
 * -ENOENT: the image is not there (any more). Errors: of the file system.
 */
int image_store_use(const struct image_store *store, const char *entry,
                    const char *user, struct error *error);

/* Whether a container is on it; forgets those that are gone. */
bool image_store_in_use(const struct image_store *store, const char *entry);

#endif
