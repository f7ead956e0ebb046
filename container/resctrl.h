/*
 * linux.intelRdt: a share of the processor's cache and memory bandwidth, given
 * by a directory (a class) of the resctrl file system.
 * Source: runtime-spec 1.0.2, config-linux.md, "IntelRdt";
 * Documentation/arch/x86/resctrl.rst.
 */
#ifndef RINGSIDE_CONTAINER_RESCTRL_H
#define RINGSIDE_CONTAINER_RESCTRL_H

#include "oci/bundle.h"
#include "oci/error.h"

#include <sys/types.h>

/* Where it is mounted, if the bundle asks for it; *root is NULL if it does
 * not. Errors: -ENOTSUP where it is not mounted. */
int resctrl_find(const struct bundle *bundle, const char **root,
                 struct error *error);

/*
 * Puts process pid, and so what it starts, into the class that the bundle
 * names, below root; one that has no name gets the container's. *made is an
 * array of what was made for it, for resctrl_remove, in any case. Errors:
 * -ENOENT for a class that should be there, -EEXIST for one with other shares.
 */
int resctrl_join(const char *root, const struct bundle *bundle, const char *id,
                 pid_t pid, json_t **made, struct error *error);

/* Removes what was made; made may be NULL. */
void resctrl_remove(const json_t *made);

#endif
