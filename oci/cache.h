/*
 * The directory of the user's own where things are kept that cost much to
 * make: archives of root file systems, unpacked images.
 */
#ifndef RINGSIDE_OCI_CACHE_H
#define RINGSIDE_OCI_CACHE_H

#include "oci/error.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * The usual place into path: $XDG_CACHE_HOME/ringside, else
 * /var/cache/ringside for root and $HOME/.cache/ringside for others. False
 * where there is none, or it is longer than size.
 */
bool cache_usual_path(char *path, size_t size);

/*
 * Opens the directory at path, made if absent (mode 0700). Errors: of mkdir(2)
 * and open(2).
 */
int cache_open(const char *path, struct error *error);

/*
 * -EPERM where the open directory belongs to someone else or others may write
 * to it: what lies there must not become anyone's root file system. path is
 * for the message.
 */
int cache_check_owner(int directory, const char *path, struct error *error);

#endif
