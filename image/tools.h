/* The programs that images are copied and unpacked with. */
#ifndef RINGSIDE_IMAGE_TOOLS_H
#define RINGSIDE_IMAGE_TOOLS_H

#include "oci/error.h"

/*
 * Copies the image that skopeo knows as source into a new OCI image layout
 * DIRECTORY/layout, as its only one, named "image". A file that it writes has
 * at most IMAGE_MAX_BYTES, temporary ones are in DIRECTORY. Errors: -ENOPKG
 * where skopeo is not installed, -EINVAL with its own words.
 */
int tools_copy(int directory, const char *source, struct error *error);

/*
 * Unpacks that layout into DIRECTORY/image/rootfs with umoci, which resolves
 * every name inside of it; without root, all files are the caller's. Errors:
 * likewise.
 */
int tools_unpack(int directory, struct error *error);

#endif
