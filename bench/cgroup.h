/*
 * Control groups as the harness uses them, version 1, 2 and the hybrid of
 * both alike: a directory of the same name in several hierarchies.
 *
 *   <hierarchy>/ringside-bench-SESSION/kept-PLATFORM  what its `prepare` starts
 *   <hierarchy>/ringside-bench-SESSION/run            the accounts
 *   <hierarchy>/ringside-bench-SESSION/run/platform   the platform's processes
 *   <hierarchy>/ringside-bench-SESSION/run/container  what a runtime makes
 *
 * `run` is made anew for each run, so that its figures start at nothing; it
 * holds no process itself because cgroup v2 allows none in an inner node that
 * has controllers. Source: Documentation/admin-guide/cgroup-v1 and
 * cgroup-v2.rst.
 */
#ifndef RINGSIDE_BENCH_CGROUP_H
#define RINGSIDE_BENCH_CGROUP_H

#include "oci/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define CGROUP_SESSION_PREFIX "ringside-bench-"
#define CGROUP_RUN            "run"
#define CGROUP_KEPT_PREFIX    "kept-"

enum {
    CGROUP_MEMORY = 1 << 0,
    CGROUP_CPUACCT = 1 << 1,
    CGROUP_PIDS = 1 << 2,
};

/* A mounted hierarchy. */
struct cgroup_hierarchy {
    char *mount;
    bool unified;         /* version 2 */
    unsigned controllers; /* CGROUP_...; of version 2: those on offer */
    bool used;            /* the session has its directory here */
};

enum { CGROUP_MAX_HIERARCHIES = 24 };

struct cgroup_host {
    struct cgroup_hierarchy hierarchies[CGROUP_MAX_HIERARCHIES];
    size_t count;
    bool hybrid; /* a version 2 mount stands beside version 1 */
};

/*
 * Reads which hierarchies are mounted, from a file like /proc/self/mountinfo.
 * A host without any is no error. Released with cgroup_host_release.
 */
int cgroup_host_read(const char *mountinfo, struct cgroup_host *host,
                     struct error *error);
void cgroup_host_release(struct cgroup_host *host);

/* The bits of the names in a list separated by commas or blanks; cuts it. */
unsigned cgroup_controller_bits(char *list);

/*
 * Makes the session's directory where accounts are kept (memory, cpuacct and
 * pids of version 1, or else version 2) and turns its controllers on. Returns
 * whether there is any: without permission there is none, and that is no error.
 */
bool cgroup_session_create(struct cgroup_host *host, const char *session);

/*
 * The CGROUP_... controllers that a runtime finds below the session's
 * directory: what it can set limits with.
 */
unsigned cgroup_session_controllers(const struct cgroup_host *host,
                                    const char *session);

/*
 * Makes run/ and run/platform and opens the files that a child must write
 * "0" to in order to join, at most CGROUP_MAX_HIERARCHIES; the caller
 * closes them. Errors: the errno of what failed.
 */
int cgroup_run_create(const struct cgroup_host *host, const char *session,
                      int files[CGROUP_MAX_HIERARCHIES], size_t *count,
                      struct error *error);

/*
 * Opens the files that a child writes "0" to in order to join a platform's
 * kept-PLATFORM/, which is made. As cgroup_run_create.
 */
int cgroup_kept_open(const struct cgroup_host *host, const char *session,
                     const char *platform, int files[CGROUP_MAX_HIERARCHIES],
                     size_t *count, struct error *error);

/*
 * Process ids in a session's group (CGROUP_RUN, or CGROUP_KEPT_PREFIX with a
 * platform's name) and below, in all hierarchies, without repetition. Returns
 * how many there are; at most `room` are stored.
 */
size_t cgroup_pids(const struct cgroup_host *host, const char *session,
                   const char *group, pid_t *pids, size_t room);

/*
 * Kills everything in a session's run/ and below until nothing is left or
 * `milliseconds` have passed; 0 is one attempt that waits for nothing.
 * Returns whether it is empty.
 */
bool cgroup_kill(const struct cgroup_host *host, const char *session,
                 int milliseconds);

/* The same of the whole session: what is kept too. */
bool cgroup_kill_session(const struct cgroup_host *host, const char *session,
                         int milliseconds);

/*
 * Removes run/ (below a session), or the whole session directory, in every
 * hierarchy, whoever made it there. Errors: the first that could not be
 * removed, -EBUSY with processes in it.
 */
int cgroup_run_remove(const struct cgroup_host *host, const char *session,
                      struct error *error);
int cgroup_session_remove(const struct cgroup_host *host, const char *session,
                          struct error *error);

/* What a group has used so far; RESULT_ABSENT (-1) where that cannot be had. */
struct cgroup_usage {
    int64_t user_ns, system_ns;
    int64_t kernel, peak; /* bytes */
};

void cgroup_read_usage(const struct cgroup_host *host, const char *session,
                       const char *group, struct cgroup_usage *usage);

/*
 * What a group holds now, bytes; RESULT_ABSENT where that cannot be had. All
 * but `current` are told by version 2 alone, and the secondary page tables
 * (those of KVM's guests) from Linux 6.1.
 */
struct cgroup_memory {
    int64_t current, stack, page_tables, secondary_page_tables, slab;
    bool unified; /* told by version 2 */
};

void cgroup_read_memory(const struct cgroup_host *host, const char *session,
                        const char *group, struct cgroup_memory *memory);

#endif
