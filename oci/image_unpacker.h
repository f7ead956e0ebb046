/* Starting ringside-image, which unpacks images and removes them. */
#ifndef RINGSIDE_OCI_IMAGE_UNPACKER_H
#define RINGSIDE_OCI_IMAGE_UNPACKER_H

#include "oci/error.h"
#include "oci/image_store.h"

/*
 * Has it get the image of that reference into the store; entry becomes its
 * name there. Interrupts are its, too: it is in our process group. It ends when
 * we do. Errors: -ENOENT becomes -ENOPKG where the program is not found; the
 * last line of its standard error.
 */
int image_unpacker_run(const char *reference, char entry[IMAGE_ENTRY_SIZE],
                       struct error *error);

/* Has it remove every image that no container is on. Errors: as above. */
int image_unpacker_remove_all(struct error *error);

#endif
