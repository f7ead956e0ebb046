/*
 * The cgroup of a container or a machine: one interface for cgroup v1, v2, and
 * hosts that have both mounted.
 *
 * What differs between the versions is a plan: which hierarchies to enter and
 * which values to write where (v1.c, v2.c). Carrying a plan out is the same
 * for both (cgroup.c), and so is what can be done to a cgroup that is there
 * (control.h).
 * Source: Documentation/admin-guide/cgroup-v1/, cgroup-v2.rst; runtime-spec
 * 1.0.2, config-linux.md, "Control groups".
 */
#ifndef RINGSIDE_CGROUP_CGROUP_H
#define RINGSIDE_CGROUP_CGROUP_H

#include "cgroup/systemd_scope.h"
#include "oci/bundle.h"
#include "oci/error.h"

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

enum { CGROUP_MAX_HIERARCHIES = 16 };

struct cgroup_hierarchy {
    const char *mount;      /* "/sys/fs/cgroup/memory" */
    const char *controller; /* "memory"; "unified" for cgroup v2 */
    bool required;          /* the bundle sets a limit here */
    bool unified;           /* cgroup v2 */
    /* Called for each directory of the path that has been made: what a
     * child needs from its parent before it is of use. NULL: nothing. */
    void (*prepare)(const struct cgroup_hierarchy *hierarchy, int parent,
                    int child);
    char controllers[96]; /* of v2, to be handed down: "+memory +pids" */
    int directory;        /* of the container's cgroup; -1: not made */
    int entrance;         /* its file to enter by; -1: not made, or clone3 */
    int made;             /* how many directories of its path are ours */
};

/* A value for a file of the container's cgroup in hierarchies[hierarchy]. */
struct cgroup_setting {
    int hierarchy;
    const char *limit;       /* for messages: "pids.limit" */
    char *file;              /* "pids.max" */
    const char *second_file; /* what some kernels have instead; NULL: none */
    char *value;
    char *second_value; /* for second_file; NULL: the same */
};

struct cgroup {
    char path[PATH_MAX]; /* below each mount, "/ringside/ID" */
    struct systemd_scope scope;
    bool default_path;  /* it is /ringside/ID, the bundle names none */
    bool unified;       /* cgroup v2 alone */
    bool memory_short;  /* while planning */
    bool guard_devices; /* rules of devices hold, if only the default ones */
    int hierarchy_count;
    struct cgroup_hierarchy hierarchies[CGROUP_MAX_HIERARCHIES];
    int setting_count;
    struct cgroup_setting *settings; /* until they are written */
};

/* Does the host have cgroup v2 alone? */
bool cgroup_is_unified(void);

/* Decides where the cgroup of the bundle is to be and what to write there;
 * makes nothing. Errors: -EINVAL, -ENOTSUP, -ENAMETOOLONG. */
int cgroup_plan(const struct bundle *bundle, const char *id, bool systemd,
                struct cgroup *cgroup, struct error *error);

/* Plans the limits alone, for a cgroup whose path is known. The caller frees
 * the plan with cgroup_plan_release. Errors: as above. */
int cgroup_plan_limits(const struct bundle_resources *resources,
                       struct cgroup *cgroup, struct error *error);

/* Makes what is planned and is not there yet, writes the values, and guards
 * the devices if that is planned. Frees the plan. */
int cgroup_carry_out(struct cgroup *cgroup,
                     const struct bundle_resources *resources,
                     struct error *error);

/*
 * Makes the cgroup that the bundle names, /ringside/ID by default, or has
 * systemd make a scope for it (until a process is in it, scope.keeper is), and
 * writes its limits. Without the permission to (a user without root) a bundle
 * that sets no limits goes on without. Release with cgroup_remove in any case.
 * Errors: negative errno with the JSON path of the limit that failed.
 */
int cgroup_make(const struct bundle *bundle, const char *id, bool systemd,
                struct cgroup *cgroup, struct error *error);

/* Descriptor for CLONE_INTO_CGROUP; -1 on v1, where cgroup_enter does it. */
int cgroup_clone_target(const struct cgroup *cgroup);

/* The file of a hierarchy by which a process enters a cgroup. */
const char *cgroup_entrance(const struct cgroup_hierarchy *hierarchy);

/* Has cgroup_enter move its caller there on v2 too. Errors: negative errno. */
int cgroup_open_entrances(struct cgroup *cgroup, struct error *error);

/*
 * Moves the calling process, which must have one thread, into the cgroup.
 *
 * It is the process itself that calls this, and it writes "0" to the old file
 * "tasks": the kernel moves a lone thread that asks for itself without a lock
 * that would wait for an RCU grace period, milliseconds of a container's start.
 * Errors: negative errno.
 */
int cgroup_enter(const struct cgroup *cgroup, struct error *error);

/*
 * Kills what is left inside and removes the cgroup, and those directories
 * above it that were made for it and that nobody else uses.
 */
void cgroup_remove(struct cgroup *cgroup);

/*
 * As cgroup_plan, for a container that stays in its caller's cgroup. Rules of
 * devices, which engines always have, are left for the caller to hold by other
 * means. Errors: -ENOTSUP if the bundle sets limits.
 */
int cgroup_plan_none(const struct bundle *bundle, struct cgroup *cgroup,
                     struct error *error);

/* One line of /proc/PID/cgroup, "3:cpu,cpuacct:/path". */
struct cgroup_membership {
    char *controllers; /* "name=systemd": none; "": cgroup v2 */
    char *path;
};

/* Takes the line apart, which has to stay. False when it is none. */
bool cgroup_membership_split(char *line, struct cgroup_membership *membership);

/* Where a process stands in cgroup v2, as we see it: the rest of the line
 * "0::PATH". False when it cannot be told. */
bool cgroup_path_of(pid_t pid, char *path, size_t size);

/* Fills the path of the cgroup; see path.c. */
int cgroup_choose_path(const struct bundle *bundle, const char *id,
                       struct cgroup *cgroup, struct error *error);

/* Frees what is planned and not carried out. */
void cgroup_plan_release(struct cgroup *cgroup);

#endif
