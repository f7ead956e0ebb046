/*
 * From a reference to an image in the store: copied to a place of our own,
 * checked there, where nobody changes it any more, and unpacked; then named,
 * when it is complete.
 */
#ifndef RINGSIDE_IMAGE_MAKE_H
#define RINGSIDE_IMAGE_MAKE_H

#include "oci/image_store.h"

/*
 * Makes the image of that reference, unless it is there; entry becomes its name
 * in the store. Errors: of each part. What was begun is removed.
 */
int image_make(const struct image_store *store, const char *reference,
               char entry[IMAGE_ENTRY_SIZE], struct error *error);

#endif
