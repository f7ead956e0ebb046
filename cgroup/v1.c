/*
 * The plan for cgroup v1: a hierarchy a controller.
 *
 * Entering a hierarchy takes time, so only these are: those that account for
 * memory, processor time and processes, and those that the bundle limits. On
 * a hybrid host a controller may be in the cgroup v2 beside them instead.
 * Source: Documentation/admin-guide/cgroup-v1/ of Linux.
 */
#include "cgroup/plan.h"

#include "cgroup/device_rules.h"
#include "oci/cleanup.h"
#include "oci/file.h"

#include <fcntl.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define FIELD(name)  offsetof(struct bundle_resources, name)

static const char unified_mount[] = "/sys/fs/cgroup/unified";

/* A new cpuset is empty and takes no process until it has both of these. */
static void inherit_cpuset(const struct cgroup_hierarchy *hierarchy, int parent,
                           int child)
{
    static const char *const files[] = {"cpuset.cpus", "cpuset.mems"};

    (void)hierarchy;
    for (size_t i = 0; i < COUNT(files); i++) {
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

enum controller {
    MEMORY,
    PIDS,
    CPUACCT,
    CPU,
    CPUSET,
    BLOCK,
    NETWORK_CLASS,
    NETWORK_PRIORITY,
    HUGE_PAGES,
    RDMA,
    DEVICES,
};

static const struct cgroup_hierarchy hierarchies[] = {
    [MEMORY] = {.mount = "/sys/fs/cgroup/memory", .controller = "memory"},
    [PIDS] = {.mount = "/sys/fs/cgroup/pids", .controller = "pids"},
    [CPUACCT] = {.mount = "/sys/fs/cgroup/cpuacct", .controller = "cpuacct"},
    [CPU] = {.mount = "/sys/fs/cgroup/cpu", .controller = "cpu"},
    [CPUSET] = {.mount = "/sys/fs/cgroup/cpuset",
                .controller = "cpuset",
                .prepare = inherit_cpuset},
    [BLOCK] = {.mount = "/sys/fs/cgroup/blkio", .controller = "blkio"},
    [NETWORK_CLASS] = {.mount = "/sys/fs/cgroup/net_cls",
                       .controller = "net_cls"},
    [NETWORK_PRIORITY] = {.mount = "/sys/fs/cgroup/net_prio",
                          .controller = "net_prio"},
    [HUGE_PAGES] = {.mount = "/sys/fs/cgroup/hugetlb", .controller = "hugetlb"},
    [RDMA] = {.mount = "/sys/fs/cgroup/rdma", .controller = "rdma"},
    [DEVICES] = {.mount = "/sys/fs/cgroup/devices", .controller = "devices"},
};

static int require(struct cgroup *cgroup, enum controller controller)
{
    struct cgroup_hierarchy hierarchy = hierarchies[controller];

    hierarchy.required = true;
    return cgroup_plan_hierarchy(cgroup, &hierarchy);
}

/* As require, for a controller that a hybrid host may have in v2. */
static int require_either(struct cgroup *cgroup, enum controller controller)
{
    if (access(hierarchies[controller].mount, F_OK) < 0 &&
        access(unified_mount, F_OK) == 0)
        return cgroup_plan_unified(cgroup, unified_mount,
                                   hierarchies[controller].controller);
    return require(cgroup, controller);
}

/* The limits that are one number. memory.memsw may never be below the limit
 * of memory: that goes first. */
static const struct {
    enum controller controller;
    const char *json_path, *file, *second_file;
    size_t field;
} numbers[] = {
    {MEMORY, "linux.resources.memory.limit", "memory.limit_in_bytes", NULL,
     FIELD(memory_limit)},
    {MEMORY, "linux.resources.memory.swap", "memory.memsw.limit_in_bytes", NULL,
     FIELD(memory_swap)},
    {MEMORY, "linux.resources.memory.reservation", "memory.soft_limit_in_bytes",
     NULL, FIELD(memory_reservation)},
    {MEMORY, "linux.resources.memory.kernel", "memory.kmem.limit_in_bytes",
     NULL, FIELD(memory_kernel)},
    {MEMORY, "linux.resources.memory.kernelTCP",
     "memory.kmem.tcp.limit_in_bytes", NULL, FIELD(memory_kernel_tcp)},
    {MEMORY, "linux.resources.memory.swappiness", "memory.swappiness", NULL,
     FIELD(memory_swappiness)},
    {CPU, "linux.resources.cpu.shares", "cpu.shares", NULL, FIELD(cpu_shares)},
    {CPU, "linux.resources.cpu.period", "cpu.cfs_period_us", NULL,
     FIELD(cpu_period)},
    {CPU, "linux.resources.cpu.quota", "cpu.cfs_quota_us", NULL,
     FIELD(cpu_quota)},
    {CPU, "linux.resources.cpu.burst", "cpu.cfs_burst_us", NULL,
     FIELD(cpu_burst)},
    {CPU, "linux.resources.cpu.realtimePeriod", "cpu.rt_period_us", NULL,
     FIELD(cpu_realtime_period)},
    {CPU, "linux.resources.cpu.realtimeRuntime", "cpu.rt_runtime_us", NULL,
     FIELD(cpu_realtime_runtime)},
    {CPU, "linux.resources.cpu.idle", "cpu.idle", NULL, FIELD(cpu_idle)},
    {BLOCK, "linux.resources.blockIO.weight", "blkio.weight",
     "blkio.bfq.weight", FIELD(block_weight)},
    {BLOCK, "linux.resources.blockIO.leafWeight", "blkio.leaf_weight", NULL,
     FIELD(block_leaf_weight)},
    {NETWORK_CLASS, "linux.resources.network.classID", "net_cls.classid", NULL,
     FIELD(network_class)},
};

static void plan_numbers(const struct bundle_resources *resources,
                         struct cgroup *cgroup)
{
    for (size_t i = 0; i < COUNT(numbers); i++) {
        int64_t value =
            *(const int64_t *)((const char *)resources + numbers[i].field);

        if (value == BUNDLE_UNSET)
            continue;
        cgroup_plan_setting(cgroup, require(cgroup, numbers[i].controller),
                            numbers[i].json_path, numbers[i].file, "%lld",
                            (long long)value)
            ->second_file = numbers[i].second_file;
    }
}

static void plan_words(const struct bundle_resources *resources,
                       struct cgroup *cgroup)
{
    const struct {
        const char *json_path, *file, *value;
    } cpusets[] = {
        {"linux.resources.cpu.cpus", "cpuset.cpus", resources->cpuset_cpus},
        {"linux.resources.cpu.mems", "cpuset.mems", resources->cpuset_mems},
    };

    for (size_t i = 0; i < COUNT(cpusets); i++) {
        if (cpusets[i].value != NULL && cpusets[i].value[0] != '\0')
            cgroup_plan_setting(cgroup, require(cgroup, CPUSET),
                                cpusets[i].json_path, cpusets[i].file, "%s",
                                cpusets[i].value);
    }
    if (resources->pids_limit == -1)
        cgroup_plan_setting(cgroup, require(cgroup, PIDS),
                            "linux.resources.pids.limit", "pids.max", "max");
    else if (resources->pids_limit != BUNDLE_UNSET)
        cgroup_plan_setting(cgroup, require(cgroup, PIDS),
                            "linux.resources.pids.limit", "pids.max", "%lld",
                            (long long)resources->pids_limit);
    if (resources->memory_no_oom_killer)
        cgroup_plan_setting(cgroup, require(cgroup, MEMORY),
                            "linux.resources.memory.disableOOMKiller",
                            "memory.oom_control", "1");
}

static void plan_block(const struct bundle_resources *resources,
                       struct cgroup *cgroup)
{
    static const struct {
        const char *json_path, *file, *second_file;
    } files[BLOCK_LIMIT_KINDS] = {
        [BLOCK_WEIGHT] = {"linux.resources.blockIO.weightDevice",
                          "blkio.weight_device", "blkio.bfq.weight_device"},
        [BLOCK_LEAF_WEIGHT] = {"linux.resources.blockIO.weightDevice",
                               "blkio.leaf_weight_device", NULL},
        [BLOCK_READ_BYTES] = {"linux.resources.blockIO.throttleReadBpsDevice",
                              "blkio.throttle.read_bps_device", NULL},
        [BLOCK_WRITE_BYTES] = {"linux.resources.blockIO.throttleWriteBpsDevice",
                               "blkio.throttle.write_bps_device", NULL},
        [BLOCK_READ_OPERATIONS] =
            {"linux.resources.blockIO.throttleReadIOPSDevice",
             "blkio.throttle.read_iops_device", NULL},
        [BLOCK_WRITE_OPERATIONS] =
            {"linux.resources.blockIO.throttleWriteIOPSDevice",
             "blkio.throttle.write_iops_device", NULL},
    };

    for (int kind = 0; kind < BLOCK_LIMIT_KINDS; kind++) {
        const struct bundle_block_limits *list = &resources->block[kind];

        for (size_t i = 0; i < list->count; i++)
            cgroup_plan_setting(
                cgroup, require(cgroup, BLOCK), files[kind].json_path,
                files[kind].file, "%u:%u %lld", list->limits[i].major,
                list->limits[i].minor, (long long)list->limits[i].value)
                ->second_file = files[kind].second_file;
    }
}

static void plan_network_priorities(const struct bundle_resources *resources,
                                    struct cgroup *cgroup)
{
    const struct bundle_settings *list = &resources->network_priorities;

    for (size_t i = 0; i < list->count; i++)
        cgroup_plan_setting(cgroup, require(cgroup, NETWORK_PRIORITY),
                            "linux.resources.network.priorities",
                            "net_prio.ifpriomap", "%s %s", list->items[i].name,
                            list->items[i].value);
}

static int plan_either(const struct bundle_resources *resources,
                       struct cgroup *cgroup, struct error *error)
{
    if (resources->huge_pages.count > 0)
        cgroup_plan_huge_pages(resources, cgroup,
                               require_either(cgroup, HUGE_PAGES));
    if (resources->rdma_count > 0)
        cgroup_plan_rdma(resources, cgroup, require_either(cgroup, RDMA));
    if (resources->unified.count == 0)
        return 0;
    if (access(unified_mount, F_OK) < 0)
        return error_set(error, ENOTSUP,
                         "config.json: linux.resources.unified: this host has "
                         "cgroup v1 alone");
    return cgroup_plan_files(resources, cgroup,
                             cgroup_plan_unified(cgroup, unified_mount, NULL),
                             error);
}

/* One line for devices.deny or devices.allow, "c 1:3 rwm". */
static void plan_device(const struct bundle_device_rule *rule,
                        struct cgroup *cgroup)
{
    char major[24] = "*", minor[24] = "*", access_letters[4] = "";
    size_t used = 0;

    if (rule->major >= 0)
        snprintf(major, sizeof(major), "%lld", (long long)rule->major);
    if (rule->minor >= 0)
        snprintf(minor, sizeof(minor), "%lld", (long long)rule->minor);
    for (int i = 0; i < 3; i++) {
        if ((rule->access >> i & 1) != 0)
            access_letters[used++] = "mrw"[i];
    }
    cgroup_plan_setting(
        cgroup, require(cgroup, DEVICES), "linux.resources.devices",
        rule->allow ? "devices.allow" : "devices.deny", "%c %s:%s %s",
        rule->type, major, minor, access_letters);
}

static int plan_devices(const struct bundle_resources *resources,
                        struct cgroup *cgroup, struct error *error)
{
    struct device_rules rules;
    int status;

    if (!cgroup->guard_devices)
        return 0;
    status = device_rules_flatten(resources, &rules, error);
    if (status == 0)
        cgroup_plan_setting(
            cgroup, require(cgroup, DEVICES), "linux.resources.devices",
            rules.allow ? "devices.allow" : "devices.deny", "a");
    for (size_t i = 0; status == 0 && i < rules.count; i++)
        plan_device(&rules.rules[i], cgroup);
    device_rules_release(&rules);
    return status;
}

void cgroup_v1_plan_all(struct cgroup *cgroup)
{
    for (size_t i = 0; i < COUNT(hierarchies); i++)
        cgroup_plan_hierarchy(cgroup, &hierarchies[i]);
    cgroup_plan_unified(cgroup, unified_mount, NULL);
}

int cgroup_v1_plan(const struct bundle_resources *resources,
                   struct cgroup *cgroup, struct error *error)
{
    int status;

    cgroup_plan_hierarchy(cgroup, &hierarchies[MEMORY]);
    cgroup_plan_hierarchy(cgroup, &hierarchies[PIDS]);
    cgroup_plan_hierarchy(cgroup, &hierarchies[CPUACCT]);
    plan_numbers(resources, cgroup);
    plan_words(resources, cgroup);
    plan_block(resources, cgroup);
    plan_network_priorities(resources, cgroup);
    status = plan_either(resources, cgroup, error);
    return status == 0 ? plan_devices(resources, cgroup, error) : status;
}
