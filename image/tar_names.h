/* The names in a layer: which of them could lead out of the root. */
#ifndef RINGSIDE_IMAGE_TAR_NAMES_H
#define RINGSIDE_IMAGE_TAR_NAMES_H

#include "oci/error.h"

/*
 * Checks the name of an entry or the target of a hard link: relative, without
 * "..", each part of at most TAR_NAME_MAX bytes; a whiteout (".wh.NAME") names
 * a file. "." and "/" are the root itself. what is for the message. Errors:
 * -EINVAL.
 */
int tar_names_check(const char *what, const char *name, struct error *error);

#endif
