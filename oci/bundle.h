/*
 * The OCI runtime bundle: a directory with config.json and a root file
 * system. Parsed once into plain C; every value here has been checked, so
 * what follows may trust it.
 * Source: OCI runtime-spec 1.0.2, config.md and config-linux.md.
 */
#ifndef RINGSIDE_OCI_BUNDLE_H
#define RINGSIDE_OCI_BUNDLE_H

#include "oci/error.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

enum namespace_kind {
    NAMESPACE_MOUNT,
    NAMESPACE_PID,
    NAMESPACE_NETWORK,
    NAMESPACE_IPC,
    NAMESPACE_UTS,
    NAMESPACE_CGROUP,
    NAMESPACE_USER,
    NAMESPACE_TIME,
    NAMESPACE_KINDS,
};

enum capability_set {
    CAPABILITY_BOUNDING,
    CAPABILITY_EFFECTIVE,
    CAPABILITY_PERMITTED,
    CAPABILITY_INHERITABLE,
    CAPABILITY_AMBIENT,
    CAPABILITY_SETS,
};

/* linux.namespaces: wanted, and joined by path instead of new if path. */
struct bundle_namespace {
    bool present;
    char *path;
};

/* mounts[]: options are the words of the spec, NULL-terminated. */
struct bundle_mount {
    char *destination; /* absolute, inside the rootfs */
    char *type;        /* may be NULL (bind) */
    char *source;      /* may be NULL; a relative bind source was resolved
                          against the bundle directory */
    char **options;    /* never NULL */
};

struct bundle_rlimit {
    int resource; /* RLIMIT_... */
    struct rlimit limit;
};

/* linux.uidMappings and linux.gidMappings. */
struct bundle_id_mapping {
    uint32_t container_id, host_id, size;
};

struct bundle_process {
    char **arguments;   /* NULL-terminated, at least one */
    char **environment; /* NULL-terminated, each NAME=value */
    char *cwd;          /* absolute */
    bool terminal;
    bool no_new_privileges;
    uid_t uid;
    gid_t gid;
    gid_t *additional_gids;
    size_t additional_gid_count;
    bool has_umask;
    mode_t umask;
    bool has_capabilities; /* absent: the runtime drops all of them */
    uint64_t capabilities[CAPABILITY_SETS]; /* bit n = capability n */
    struct bundle_rlimit *rlimits;
    size_t rlimit_count;
    bool has_oom_score_adj;
    int oom_score_adj;
};

/* linux.resources; an absent value is BUNDLE_UNSET. -1 means unlimited. */
#define BUNDLE_UNSET INT64_MIN
struct bundle_resources {
    int64_t memory_limit;       /* bytes */
    int64_t memory_reservation; /* bytes */
    int64_t memory_swap;        /* bytes, memory plus swap */
    int64_t cpu_shares;
    int64_t cpu_quota;  /* us per period */
    int64_t cpu_period; /* us */
    char *cpuset_cpus;  /* NULL when absent, as cpuset_mems */
    char *cpuset_mems;
    int64_t pids_limit;
};

struct bundle {
    char *directory; /* absolute, canonical */
    char *rootfs;    /* absolute, canonical */
    bool rootfs_readonly;
    char *hostname; /* NULL when absent */
    struct bundle_process process;
    struct bundle_mount *mounts;
    size_t mount_count;
    struct bundle_namespace namespaces[NAMESPACE_KINDS];
    struct bundle_id_mapping *uid_mappings, *gid_mappings;
    size_t uid_mapping_count, gid_mapping_count;
    struct bundle_resources resources;
    char *cgroups_path;    /* NULL when absent */
    char **masked_paths;   /* NULL-terminated, never NULL */
    char **readonly_paths; /* NULL-terminated, never NULL */
    json_t *document;      /* all of config.json, for what is not above */
};

/*
 * Reads DIRECTORY/config.json (at most 8 MiB) and resolves the rootfs.
 * Errors: -EINVAL with "DIRECTORY/config.json: <json path>: expected <what>,
 * got <value>", or line and column where the JSON itself is malformed;
 * -ENOENT and other errnos for files. On failure *bundle holds nothing.
 * The caller releases it with bundle_release.
 */
int bundle_load(const char *directory, struct bundle *bundle,
                struct error *error);

/* Frees what bundle_load allocated; a zeroed bundle is fine. */
void bundle_release(struct bundle *bundle);

/* What a default bundle is made from; see bundle_create. */
struct bundle_template {
    const char *program;      /* host path of a static ELF */
    char *const *arguments;   /* argv[1] and on, NULL-terminated; NULL: none */
    char *const *environment; /* NULL: PATH alone */
    int64_t memory_limit;     /* bytes, BUNDLE_UNSET for none */
    int64_t pids_limit;       /* BUNDLE_UNSET for none */
    const char *cgroups_path; /* NULL: none written */
    const char *rootfs;       /* existing rootfs (absolute) that already holds
                                 /<basename of program>; NULL: DIRECTORY/rootfs
                                 is made with a copy of it */
    bool rootless;            /* add a user namespace that maps the caller's
                                 ids to 0, and leave out what needs root */
};

/*
 * Writes DIRECTORY (made if absent) as a bundle that runs the program as
 * /<its basename>: namespaces mount, pid, network, ipc, uts, cgroup (and user
 * if rootless), the customary mounts (/proc, /dev, /dev/pts, /dev/shm,
 * /dev/mqueue, /sys read-only), the customary capability set, masked and
 * read-only paths, no_new_privileges. Valid for every runtime-spec 1.0.2
 * runtime. Errors: negative errno; a half-written directory is left for the
 * caller to remove.
 */
int bundle_create(const struct bundle_template *template, const char *directory,
                  struct error *error);

#endif
