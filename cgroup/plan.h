/*
 * How a plan is made: what v1.c and v2.c share, and what they are asked for.
 * Whoever only wants a cgroup needs cgroup.h alone.
 */
#ifndef RINGSIDE_CGROUP_PLAN_H
#define RINGSIDE_CGROUP_PLAN_H

#include "cgroup/cgroup.h"

/* For the plans: adds a hierarchy, or finds it by its mount; its index. */
int cgroup_plan_hierarchy(struct cgroup *cgroup,
                          const struct cgroup_hierarchy *hierarchy);

/*
 * For the plans: adds a value to write, formatted as by printf. The setting
 * is the caller's to complete until the next one is added.
 */
struct cgroup_setting *cgroup_plan_setting(struct cgroup *cgroup, int hierarchy,
                                           const char *limit, const char *file,
                                           const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* A limit that is one number. */
struct cgroup_limit {
    const char *name; /* below linux.resources */
    size_t field;     /* its offset in struct bundle_resources */
    const char *v1_file;
    const char *v2_file; /* NULL: v2 has no such limit; "": not as it is */
};

/* The limit after that one, NULL for the first, which the bundle sets; to what
 * is in *value. NULL after the last. */
const struct cgroup_limit *cgroup_next_limit(
    const struct bundle_resources *resources, const struct cgroup_limit *limit,
    int64_t *value);

/* The controller of a file is its first word: "memory" of "memory.max". */
void cgroup_controller_of(const char *file, char *controller, size_t size);

/* Fill the plan from the resources of a bundle. Errors: -EINVAL, -ENOTSUP. */
int cgroup_v1_plan(const struct bundle_resources *resources,
                   struct cgroup *cgroup, struct error *error);
int cgroup_v2_plan(const struct bundle_resources *resources,
                   struct cgroup *cgroup, struct error *error);

/* Every hierarchy that a container may be in, where it is not known in which
 * it is. */
void cgroup_v1_plan_all(struct cgroup *cgroup);

/* What v1 plans for controllers that a hybrid host has in v2 alone: the
 * index of that hierarchy, with the controller handed down. */
int cgroup_plan_unified(struct cgroup *cgroup, const char *mount,
                        const char *controller);

/* The plans of limits that both versions have under other names; hierarchy
 * is where, unified says how the files are called. */
void cgroup_plan_huge_pages(const struct bundle_resources *resources,
                            struct cgroup *cgroup, int hierarchy);
void cgroup_plan_rdma(const struct bundle_resources *resources,
                      struct cgroup *cgroup, int hierarchy);
int cgroup_plan_files(const struct bundle_resources *resources,
                      struct cgroup *cgroup, int hierarchy,
                      struct error *error);

#endif
