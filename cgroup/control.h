/*
 * What one can do to the cgroup of a container that is there already: find it
 * again, enter it, change its limits; list, signal and freeze its processes.
 * Source: Documentation/admin-guide/cgroup-v1/freezer-subsystem.rst,
 * cgroup-v2.rst.
 */
#ifndef RINGSIDE_CGROUP_CONTROL_H
#define RINGSIDE_CGROUP_CONTROL_H

#include "cgroup/cgroup.h"
#include "oci/record.h"

#include <jansson.h>

/* Where the cgroup is and what of it is ours, for the container's record. The
 * caller owns the document; NULL when memory is short. */
json_t *cgroup_save(const struct cgroup *cgroup);

/* The cgroup that was saved, none of its files open; none without details.
 * Its texts are those of details. */
void cgroup_restore(const json_t *details, struct cgroup *cgroup);

/*
 * Removes the cgroup of a container that has ended, with what still runs in it.
 * Where its making was cut short, so that the record has no details, that is
 * the one that it would have had.
 */
void cgroup_destroy(const char *id, const struct record *record);

/* Closes what is open and leaves the cgroup where it is. */
void cgroup_leave(struct cgroup *cgroup);

/*
 * Has cgroup_enter move its caller into a restored cgroup, or the one named
 * below it. On v2 a container may have divided its cgroup, and no process is
 * allowed in the inner nodes: without below, it is where the first process
 * init stands. Errors: negative errno.
 */
int cgroup_open_for_exec(struct cgroup *cgroup, const char *below, pid_t init,
                         struct error *error);

/* Process ids in the cgroup and below, as an array that the caller owns.
 * NULL with error set, for one when the container has no cgroup. */
json_t *cgroup_processes(const struct cgroup *cgroup, struct error *error);

/* Signals every process in the cgroup and below. Errors: negative errno. */
int cgroup_signal(const struct cgroup *cgroup, int number, struct error *error);

/*
 * Stops or resumes every process, and returns when it is done. On v1 a
 * container enters the freezer hierarchy when it is first needed; details
 * learn of it. Errors: -ETIMEDOUT, -ENOENT without a cgroup.
 */
int cgroup_freeze(struct cgroup *cgroup, json_t *details, bool freeze,
                  struct error *error);
bool cgroup_is_frozen(const struct cgroup *cgroup);

/* Writes the values that resources has. On v1 a container enters a hierarchy
 * when it is first limited there; details learn of it. */
int cgroup_update(struct cgroup *cgroup, json_t *details,
                  const struct bundle_resources *resources,
                  struct error *error);

#endif
