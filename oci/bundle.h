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

/* uidMappings and gidMappings, of linux or of a mount. */
struct bundle_id_mapping {
    uint32_t container_id, host_id, size;
};

struct bundle_id_mappings {
    struct bundle_id_mapping *uids, *gids;
    size_t uid_count, gid_count;
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
    struct bundle_id_mappings mappings;
};

struct bundle_rlimit {
    int resource; /* RLIMIT_... */
    struct rlimit limit;
};

/* process.scheduler, as sched_setattr(2) wants it. */
struct bundle_scheduler {
    bool present;
    uint32_t policy;                    /* SCHED_... */
    uint64_t flags;                     /* SCHED_FLAG_... */
    int32_t nice;                       /* -20 to 19 */
    uint32_t priority;                  /* of SCHED_FIFO and SCHED_RR */
    uint64_t runtime, deadline, period; /* ns, of SCHED_DEADLINE */
};

struct bundle_process {
    char **arguments;   /* NULL-terminated, at least one */
    char **environment; /* NULL-terminated, each NAME=value */
    char *cwd;          /* absolute */
    bool terminal;
    uint16_t console_height, console_width; /* characters; 0 when absent */
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
    struct bundle_scheduler scheduler;
    int io_priority; /* as ioprio_set(2) wants it; 0 when absent */
    char *affinity;  /* CPU list of execCPUAffinity.final, or else initial */
    char *apparmor_profile; /* NULL when absent, as selinux_label */
    char *selinux_label;
};

/* linux.devices: a device node (or FIFO) to be made. */
struct bundle_device {
    char *path;  /* absolute, normalised, inside the rootfs */
    mode_t mode; /* type and permissions */
    uint32_t major, minor;
    uid_t uid; /* of the container, as gid */
    gid_t gid;
};

/* linux.resources.devices: one rule; a later one goes before an earlier. */
enum { DEVICE_MAKE = 1, DEVICE_READ = 2, DEVICE_WRITE = 4 };
struct bundle_device_rule {
    bool allow;
    char type;            /* 'a' (any), 'b' or 'c' */
    int64_t major, minor; /* -1: any */
    unsigned int access;  /* DEVICE_... */
};

/* One weight or rate of linux.resources.blockIO, for a block device. */
struct bundle_block_limit {
    uint32_t major, minor;
    int64_t value; /* bytes or operations per second, or a weight */
};

/* The lists of linux.resources.blockIO, in the order of their names. */
enum block_limit_kind {
    BLOCK_WEIGHT,
    BLOCK_LEAF_WEIGHT,
    BLOCK_READ_BYTES,
    BLOCK_WRITE_BYTES,
    BLOCK_READ_OPERATIONS,
    BLOCK_WRITE_OPERATIONS,
    BLOCK_LIMIT_KINDS,
};

struct bundle_block_limits {
    struct bundle_block_limit *limits;
    size_t count;
};

/* A name with a value: of hugepageLimits ("2MB"), of network priorities
 * ("eth0"), of unified ("memory.high"), of sysctl ("net.core.somaxconn"). */
struct bundle_setting {
    char *name;
    char *value;
};

struct bundle_settings {
    struct bundle_setting *items;
    size_t count;
};

/* linux.resources.rdma: -1 where no limit is given. */
struct bundle_rdma_limit {
    char *device;
    int64_t handles, objects;
};

/* linux.resources; an absent value is BUNDLE_UNSET. -1 means unlimited. */
#define BUNDLE_UNSET INT64_MIN
struct bundle_resources {
    int64_t memory_limit;       /* bytes */
    int64_t memory_reservation; /* bytes */
    int64_t memory_swap;        /* bytes, memory plus swap */
    int64_t memory_kernel;      /* bytes */
    int64_t memory_kernel_tcp;  /* bytes */
    int64_t memory_swappiness;  /* 0 to 100 */
    bool memory_no_oom_killer;
    int64_t cpu_shares;
    int64_t cpu_quota;            /* us per period */
    int64_t cpu_burst;            /* us */
    int64_t cpu_period;           /* us */
    int64_t cpu_realtime_runtime; /* us per realtime period */
    int64_t cpu_realtime_period;  /* us */
    int64_t cpu_idle;             /* 0 or 1 */
    char *cpuset_cpus;            /* NULL when absent, as cpuset_mems */
    char *cpuset_mems;
    int64_t pids_limit;
    int64_t block_weight; /* 10 to 1000, as block_leaf_weight */
    int64_t block_leaf_weight;
    struct bundle_block_limits block[BLOCK_LIMIT_KINDS];
    int64_t network_class; /* of traffic control */
    struct bundle_settings network_priorities, huge_pages, unified;
    struct bundle_rdma_limit *rdma;
    size_t rdma_count;
    struct bundle_device_rule *devices;
    size_t device_count;
};

/* linux.timeOffsets, of a new time namespace. */
struct bundle_time_offset {
    bool present;
    int64_t seconds;
    uint32_t nanoseconds;
};

/* No limits at all: the value to begin with. */
extern const struct bundle_resources bundle_no_resources;

struct bundle {
    char *directory; /* absolute, canonical */
    char *rootfs;    /* absolute, canonical */
    bool rootfs_readonly;
    char *hostname;   /* NULL when absent, as domainname */
    char *domainname; /* of NIS */
    struct bundle_process process;
    struct bundle_mount *mounts;
    size_t mount_count;
    struct bundle_namespace namespaces[NAMESPACE_KINDS];
    struct bundle_id_mappings mappings;
    struct bundle_resources resources;
    struct bundle_device *devices;
    size_t device_count;
    struct bundle_settings sysctls;   /* "net.core.somaxconn" */
    unsigned long rootfs_propagation; /* MS_...; 0 when absent */
    bool has_personality;
    unsigned long personality; /* PER_LINUX or PER_LINUX32 */
    struct bundle_time_offset monotonic, boottime;
    char *mount_label;  /* of SELinux; NULL when absent */
    char *cgroups_path; /* NULL when absent */
    /* Where what is written over the rootfs goes, a directory that is made;
     * NULL: into the rootfs. Not of config.json: set by who loads it. */
    char *layer;
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

/*
 * As bundle_load for a container that exists: config is the file that was
 * kept, directory and rootfs are where they were at its creation; they need
 * not be there any more.
 */
int bundle_load_saved(const char *config, const char *directory,
                      const char *rootfs, struct bundle *bundle,
                      struct error *error);

/* Adds NAME=VALUE to the end of a process' environment. Errors: -ENOMEM. */
int bundle_add_environment(struct bundle_process *process, struct error *error,
                           const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Adds a bind mount, the last of all. Errors: -ENOMEM. */
int bundle_add_bind(struct bundle *bundle, const char *source,
                    const char *destination, struct error *error);

/* Frees what bundle_load allocated; a zeroed bundle is fine. */
void bundle_release(struct bundle *bundle);

/*
 * Reads an object as linux.resources is (the file of the verb update, too).
 * Release with bundle_release_resources in any case. Errors: as bundle_load,
 * without a file's name.
 */
int bundle_parse_resources(json_t *document, struct bundle_resources *result,
                           struct error *error);
void bundle_release_resources(struct bundle_resources *resources);

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
    json_t *changes;          /* members of config.json put over the default's,
                                 objects merged, borrowed; NULL: none */
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
