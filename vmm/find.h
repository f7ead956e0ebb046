/* Finding the program that a bundle's process.args names. */
#ifndef RINGSIDE_VMM_FIND_H
#define RINGSIDE_VMM_FIND_H

#include "oci/bundle.h"
#include "oci/error.h"

/*
 * Opens the program inside the rootfs as execvp(3) would: a name with a slash
 * relative to process.cwd, else along PATH of process.env. *path (the
 * caller's to free) is where it was found. Returns a descriptor that the
 * caller closes; -ENOENT names the argument.
 */
int find_program(const struct bundle *bundle, char **path, struct error *error);

#endif
