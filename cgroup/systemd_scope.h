/*
 * A cgroup that systemd makes for a container: a scope, which is a unit for
 * processes that systemd has not started itself.
 *
 * The runtime has systemd-run(1) start the scope, with a process that keeps it
 * until the container's first one is in it. From there on it is a cgroup like
 * any other, delegated to us. The limits that systemd knows are told to it as
 * well, or it would undo them when it next looks at the unit.
 * Source: systemd.scope(5), systemd.resource-control(5);
 * systemd.io/CGROUP_DELEGATION; runc, docs/systemd.md.
 */
#ifndef RINGSIDE_CGROUP_SYSTEMD_SCOPE_H
#define RINGSIDE_CGROUP_SYSTEMD_SCOPE_H

#include "oci/error.h"

#include <stdbool.h>
#include <sys/types.h>

struct cgroup;

struct systemd_scope {
    char slice[128]; /* "system.slice" */
    char unit[256];  /* "ringside-ID.scope"; "": systemd has no part in it */
    pid_t keeper;    /* the process in it; 0: none */
    int hold;        /* it ends when this is closed */
};

/*
 * Reads linux.cgroupsPath as engines write it for systemd, SLICE:PREFIX:NAME,
 * NULL for the default. Errors: -EINVAL.
 */
int systemd_scope_parse(const char *path, const char *id,
                        struct systemd_scope *scope, struct error *error);

/*
 * Starts the scope of a planned cgroup, and fills in its path. Errors:
 * -ENOTSUP where systemd does not run, or cgroup v2 is not alone; what
 * systemd-run says. End with systemd_scope_release in any case.
 */
int systemd_scope_start(struct cgroup *cgroup, struct error *error);

/* Ends the process that keeps the scope. */
void systemd_scope_release(struct systemd_scope *scope);

/* Tells systemd the limits of a planned cgroup whose scope is there. */
int systemd_scope_update(const struct cgroup *cgroup, struct error *error);

/* Has systemd end the scope, and whatever runs in it. One that is gone is fine.
 */
void systemd_scope_stop(const struct systemd_scope *scope);

#endif
