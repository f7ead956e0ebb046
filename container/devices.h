/*
 * The devices and links that every container has, and those of the bundle.
 * Source: runtime-spec 1.0.2, config-linux.md, "Default Devices" and
 * runtime-linux.md, "Dev symbolic links".
 */
#ifndef RINGSIDE_CONTAINER_DEVICES_H
#define RINGSIDE_CONTAINER_DEVICES_H

#include "oci/bundle.h"
#include "oci/error.h"

/*
 * Makes them in /dev below the directory root, unless /dev is bound from the
 * host and so has its own; before them, those that linux.devices lists.
 * Errors: negative errno.
 */
int devices_make(const struct bundle *bundle, int root, struct error *error);

/*
 * For a container without a cgroup, where rules of devices are in force
 * nowhere: if the bundle denies any, takes from the process, which is to run
 * there, the right to make nodes. Returns whether it did; the nodes of the
 * rootfs are to be of no use then either.
 */
bool devices_withhold(const struct bundle *bundle,
                      struct bundle_process *process);

#endif
