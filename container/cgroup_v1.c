/*
 * The plan for cgroup v1: a hierarchy a controller.
 *
 * Entering a hierarchy takes time, so only these are: those that account for
 * memory, processor time and processes, and those that the bundle limits.
 * Source: Documentation/admin-guide/cgroup-v1/{memory,cpusets,pids}.rst,
 * Documentation/scheduler/sched-bwc.rst.
 */
#include "container/cgroup.h"

#include "oci/cleanup.h"
#include "oci/file.h"

#include <fcntl.h>
#include <string.h>

static bool is_set(int64_t value)
{
    return value != BUNDLE_UNSET;
}

/* A new cpuset is empty and takes no process until it has both of these. */
static void inherit_cpuset(int parent, int child)
{
    static const char *const files[] = {"cpuset.cpus", "cpuset.mems"};

    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        _cleanup_close_ int from =
            openat(parent, files[i], O_RDONLY | O_CLOEXEC);
        _cleanup_close_ int to = openat(child, files[i], O_RDWR | O_CLOEXEC);
        char value[4096];
        ssize_t n;

        /* More than a line end: somebody has set it already. */
        if (from < 0 || to < 0 || read(to, value, sizeof(value)) > 1)
            continue;
        n = read(from, value, sizeof(value));
        if (n > 0)
            (void)file_write_all(to, value, (size_t)n);
    }
}

static void plan_memory(const struct bundle_resources *resources,
                        struct cgroup *cgroup)
{
    const struct cgroup_hierarchy memory = {
        .mount = "/sys/fs/cgroup/memory",
        .controller = "memory",
        .required = is_set(resources->memory_limit) ||
                    is_set(resources->memory_reservation) ||
                    is_set(resources->memory_swap),
    };
    const struct {
        const char *json_path, *file;
        int64_t value;
    } limits[] = {
        /* memsw may never be below the limit: the limit goes first. */
        {"linux.resources.memory.limit", "memory.limit_in_bytes",
         resources->memory_limit},
        {"linux.resources.memory.swap", "memory.memsw.limit_in_bytes",
         resources->memory_swap},
        {"linux.resources.memory.reservation", "memory.soft_limit_in_bytes",
         resources->memory_reservation},
    };
    int hierarchy = cgroup_plan_hierarchy(cgroup, &memory);

    for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
        if (is_set(limits[i].value))
            cgroup_plan_setting(cgroup, hierarchy, limits[i].json_path,
                                limits[i].file, "%lld",
                                (long long)limits[i].value);
    }
}

static void plan_pids(const struct bundle_resources *resources,
                      struct cgroup *cgroup)
{
    const struct cgroup_hierarchy pids = {
        .mount = "/sys/fs/cgroup/pids",
        .controller = "pids",
        .required = is_set(resources->pids_limit),
    };
    int hierarchy = cgroup_plan_hierarchy(cgroup, &pids);

    if (resources->pids_limit > 0)
        cgroup_plan_setting(cgroup, hierarchy, "linux.resources.pids.limit",
                            "pids.max", "%lld",
                            (long long)resources->pids_limit);
}

static void plan_cpu(const struct bundle_resources *resources,
                     struct cgroup *cgroup)
{
    const struct cgroup_hierarchy cpu = {
        .mount = "/sys/fs/cgroup/cpu",
        .controller = "cpu",
        .required = true,
    };
    const struct {
        const char *json_path, *file;
        int64_t value;
    } limits[] = {
        {"linux.resources.cpu.shares", "cpu.shares", resources->cpu_shares},
        {"linux.resources.cpu.period", "cpu.cfs_period_us",
         resources->cpu_period},
        {"linux.resources.cpu.quota", "cpu.cfs_quota_us", resources->cpu_quota},
    };
    int hierarchy = -1;

    for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
        if (!is_set(limits[i].value))
            continue;
        if (hierarchy < 0)
            hierarchy = cgroup_plan_hierarchy(cgroup, &cpu);
        cgroup_plan_setting(cgroup, hierarchy, limits[i].json_path,
                            limits[i].file, "%lld", (long long)limits[i].value);
    }
}

static int plan_cpuset(const struct bundle_resources *resources,
                       struct cgroup *cgroup, struct error *error)
{
    const struct cgroup_hierarchy cpuset = {
        .mount = "/sys/fs/cgroup/cpuset",
        .controller = "cpuset",
        .required = true,
        .prepare = inherit_cpuset,
    };
    const struct {
        const char *json_path, *file, *value;
    } limits[] = {
        {"linux.resources.cpu.cpus", "cpuset.cpus", resources->cpuset_cpus},
        {"linux.resources.cpu.mems", "cpuset.mems", resources->cpuset_mems},
    };
    int hierarchy = -1;

    for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
        if (limits[i].value == NULL || limits[i].value[0] == '\0')
            continue;
        if (strlen(limits[i].value) >= CGROUP_VALUE_SIZE)
            return error_set(error, EINVAL, "config.json: %s: too long",
                             limits[i].json_path);
        if (hierarchy < 0)
            hierarchy = cgroup_plan_hierarchy(cgroup, &cpuset);
        cgroup_plan_setting(cgroup, hierarchy, limits[i].json_path,
                            limits[i].file, "%s", limits[i].value);
    }
    return 0;
}

int cgroup_v1_plan(const struct bundle_resources *resources,
                   struct cgroup *cgroup, struct error *error)
{
    const struct cgroup_hierarchy cpuacct = {
        .mount = "/sys/fs/cgroup/cpuacct",
        .controller = "cpuacct",
    };

    plan_memory(resources, cgroup);
    plan_pids(resources, cgroup);
    cgroup_plan_hierarchy(cgroup, &cpuacct);
    plan_cpu(resources, cgroup);
    return plan_cpuset(resources, cgroup, error);
}
