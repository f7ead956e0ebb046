/* The extended headers of pax. */
#ifndef RINGSIDE_IMAGE_TAR_PAX_H
#define RINGSIDE_IMAGE_TAR_PAX_H

#include "image/tar_check.h"

/*
 * Reads the records "LENGTH KEY=VALUE\n" of check->extension and takes over
 * path, linkpath and size. Errors: -EINVAL for malformed ones, a key that comes
 * twice, sparse files (whose size is not in the archive) and attributes that
 * overlayfs would act upon.
 */
int tar_pax_read(struct tar_check *check, struct error *error);

#endif
