/* An unpacked root file system, made fit for being kept. */
#ifndef RINGSIDE_IMAGE_TREE_H
#define RINGSIDE_IMAGE_TREE_H

#include "oci/error.h"

/*
 * Removes the device nodes below path: a container has those of its own /dev,
 * and others would reach devices of the host. Links are not followed. Errors:
 * of the file system.
 */
int image_tree_remove_devices(const char *path, struct error *error);

/*
 * Makes the directories of the open root that every runtime mounts on, so that
 * none has to write to it. A link in their place is left: it is resolved in
 * the container. Errors: of mkdirat(2).
 */
int image_tree_make_mount_points(int root, struct error *error);

/* Gives the owner back all rights to directories, so that a user without root
 * can remove them. Best effort. */
void image_tree_unprotect(const char *path);

#endif
