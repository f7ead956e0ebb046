/*
 * The cgroup of a container: one interface for cgroup v1, v2, and hosts that
 * have both mounted.
 *
 * What differs between the versions is a plan: which hierarchies to enter and
 * which values to write where (cgroup_v1.c, cgroup_v2.c). Carrying a plan out
 * is the same for both (cgroup.c).
 * Source: Documentation/admin-guide/cgroup-v1/, cgroup-v2.rst; runtime-spec
 * 1.0.2, config-linux.md, "Control groups".
 */
#ifndef RINGSIDE_CONTAINER_CGROUP_H
#define RINGSIDE_CONTAINER_CGROUP_H

#include "oci/bundle.h"
#include "oci/error.h"

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

enum {
    CGROUP_MAX_HIERARCHIES = 8,
    CGROUP_MAX_SETTINGS = 16, /* more than the plans have values */
    CGROUP_VALUE_SIZE = 64,   /* of a value to write, with its NUL */
};

struct cgroup_hierarchy {
    const char *mount;      /* "/sys/fs/cgroup/memory" */
    const char *controller; /* "memory" */
    bool required;          /* the bundle sets a limit here */
    /* Called for each directory of the path that has been made: what a
     * child needs from its parent before it is of use. NULL: nothing. */
    void (*prepare)(int parent, int child);
    int directory; /* of the container's cgroup; -1: not made */
    int entrance;  /* v1: its file "tasks"; -1: not made, or v2 */
    int made;      /* how many directories of its path are ours */
};

/* A value for a file of the container's cgroup in hierarchies[hierarchy]. */
struct cgroup_setting {
    int hierarchy;
    const char *json_path; /* for messages: "linux.resources.pids.limit" */
    const char *file;      /* "pids.max" */
    char value[CGROUP_VALUE_SIZE];
};

struct cgroup {
    char path[PATH_MAX]; /* below each mount, "/ringside/ID" */
    bool default_path;   /* it is /ringside/ID, the bundle names none */
    bool unified;
    int hierarchy_count;
    struct cgroup_hierarchy hierarchies[CGROUP_MAX_HIERARCHIES];
    int setting_count;
    struct cgroup_setting settings[CGROUP_MAX_SETTINGS];
};

/* Does the host have cgroup v2 alone? */
bool cgroup_is_unified(void);

/* Decides where the cgroup of the bundle is to be and what to write there;
 * makes nothing. Errors: -EINVAL, -ENOTSUP, -ENAMETOOLONG. */
int cgroup_plan(const struct bundle *bundle, const char *id,
                struct cgroup *cgroup, struct error *error);

/*
 * Makes the cgroup that the bundle names, /ringside/ID by default, and writes
 * its limits. Without the permission to (a user without root) a bundle that
 * sets no limits goes on without. Release with cgroup_remove in any case.
 * Errors: negative errno with the JSON path of the limit that failed.
 */
int cgroup_make(const struct bundle *bundle, const char *id,
                struct cgroup *cgroup, struct error *error);

/* Descriptor for CLONE_INTO_CGROUP; -1 on v1, where cgroup_enter does it. */
int cgroup_clone_target(const struct cgroup *cgroup);

/*
 * Moves the calling process, which must have one thread, into the cgroup.
 *
 * It is init that calls this, and it writes "0" to the old file "tasks": the
 * kernel moves a lone thread that asks for itself without a lock that would
 * wait for an RCU grace period, milliseconds of a container's start.
 * Errors: negative errno.
 */
int cgroup_enter(const struct cgroup *cgroup, struct error *error);

/*
 * Kills what is left inside and removes the cgroup, and those directories
 * above it that were made for it and that nobody else uses.
 */
void cgroup_remove(struct cgroup *cgroup);

/* For the plans: adds a hierarchy, returns its index. */
int cgroup_plan_hierarchy(struct cgroup *cgroup,
                          const struct cgroup_hierarchy *hierarchy);

/* For the plans: adds a value to write, formatted as by printf. */
void cgroup_plan_setting(struct cgroup *cgroup, int hierarchy,
                         const char *json_path, const char *file,
                         const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* Fill the plan from the resources of a bundle. Errors: -EINVAL. */
int cgroup_v1_plan(const struct bundle_resources *resources,
                   struct cgroup *cgroup, struct error *error);
int cgroup_v2_plan(const struct bundle_resources *resources,
                   struct cgroup *cgroup, struct error *error);

#endif
