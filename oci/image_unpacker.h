/* Starting ringside-image, which unpacks images. */
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

/* The path of a program that is installed beside this one, or else on PATH; the
 * caller frees it. NULL when memory is out. */
char *image_unpacker_find(void);

#endif
