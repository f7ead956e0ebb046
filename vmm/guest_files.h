/*
 * The files of a Linux guest that belong to this program: kernel, modules and
 * init. They lie beside it: build/guests/linux in a build tree,
 * libexec/ringside/linux where it is installed.
 */
#ifndef RINGSIDE_VMM_GUEST_FILES_H
#define RINGSIDE_VMM_GUEST_FILES_H

#include "oci/error.h"

#include <limits.h>

struct guest_files {
    char kernel[PATH_MAX];  /* may not exist: --kernel can name another */
    char modules[PATH_MAX]; /* .../lib/modules/VERSION, or empty */
    char init[PATH_MAX];
};

/*
 * Finds them. Errors: -ENOENT, naming what is missing and how to get it, where
 * there is no init.
 */
int guest_files_find(struct guest_files *files, struct error *error);

#endif
