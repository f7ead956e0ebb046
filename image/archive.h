/* Which kind of image archive a file is. */
#ifndef RINGSIDE_IMAGE_ARCHIVE_H
#define RINGSIDE_IMAGE_ARCHIVE_H

#include "oci/error.h"
#include "oci/image_reference.h"

/*
 * Looks at the names in the tar file: IMAGE_DOCKER_ARCHIVE where manifest.json
 * is among them, else IMAGE_OCI_ARCHIVE where oci-layout is. A compressed one
 * is IMAGE_DOCKER_ARCHIVE, the only kind that is read so. Errors: -EINVAL for
 * any other file.
 */
int archive_kind(const char *path, struct error *error);

#endif
