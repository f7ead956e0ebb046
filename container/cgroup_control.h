/*
 * What one can do to the cgroup of a container that is there already: find it
 * again, enter it, list, signal and freeze the processes in it.
 * Source: Documentation/admin-guide/cgroup-v1/freezer-subsystem.rst,
 * cgroup-v2.rst.
 */
#ifndef RINGSIDE_CONTAINER_CGROUP_CONTROL_H
#define RINGSIDE_CONTAINER_CGROUP_CONTROL_H

#include "container/cgroup.h"

#include <jansson.h>

/* Where the cgroup is and what of it is ours, for the container's record. The
 * caller owns the document; NULL when memory is short. */
json_t *cgroup_save(const struct cgroup *cgroup);

/*
 * The cgroup that was saved, none of its files open; without details that of
 * a container which names none, on which nobody got further.
 */
void cgroup_restore(const char *id, const json_t *details,
                    struct cgroup *cgroup);

/* Closes what is open and leaves the cgroup where it is. */
void cgroup_leave(struct cgroup *cgroup);

#endif
