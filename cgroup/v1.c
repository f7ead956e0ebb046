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

/* Those that account come first. */
enum { ACCOUNTING = 3 };

static const struct cgroup_hierarchy hierarchies[] = {
    {.mount = "/sys/fs/cgroup/memory", .controller = "memory"},
    {.mount = "/sys/fs/cgroup/pids", .controller = "pids"},
    {.mount = "/sys/fs/cgroup/cpuacct", .controller = "cpuacct"},
    {.mount = "/sys/fs/cgroup/cpu", .controller = "cpu"},
    {.mount = "/sys/fs/cgroup/cpuset",
     .controller = "cpuset",
     .prepare = inherit_cpuset},
    {.mount = "/sys/fs/cgroup/blkio", .controller = "blkio"},
    {.mount = "/sys/fs/cgroup/net_cls", .controller = "net_cls"},
    {.mount = "/sys/fs/cgroup/net_prio", .controller = "net_prio"},
    {.mount = "/sys/fs/cgroup/hugetlb", .controller = "hugetlb"},
    {.mount = "/sys/fs/cgroup/rdma", .controller = "rdma"},
    {.mount = "/sys/fs/cgroup/devices", .controller = "devices"},
};

/* Our tables have no file of another controller. */
static const struct cgroup_hierarchy *find(const char *controller)
{
    size_t i = 0;

    while (strcmp(hierarchies[i].controller, controller) != 0)
        i++;
    return &hierarchies[i];
}

/* The hierarchy of a file, which a limit needs. */
static int require(struct cgroup *cgroup, const char *file)
{
    struct cgroup_hierarchy hierarchy;
    char controller[16];

    cgroup_controller_of(file, controller, sizeof(controller));
    hierarchy = *find(controller);
    hierarchy.required = true;
    return cgroup_plan_hierarchy(cgroup, &hierarchy);
}

/* As require, for a controller that a hybrid host may have in v2. */
static int require_either(struct cgroup *cgroup, const char *controller)
{
    if (access(find(controller)->mount, F_OK) < 0 &&
        access(unified_mount, F_OK) == 0)
        return cgroup_plan_unified(cgroup, unified_mount, controller);
    return require(cgroup, controller);
}

static void plan_numbers(const struct bundle_resources *resources,
                         struct cgroup *cgroup)
{
    const struct cgroup_limit *limit = NULL;
    int64_t value;

    while ((limit = cgroup_next_limit(resources, limit, &value)) != NULL) {
        const char *file = limit->v1_file;
        int hierarchy = require(cgroup, file);
        struct cgroup_setting *setting;

        if (value == -1 && strcmp(file, "pids.max") == 0)
            setting = cgroup_plan_setting(cgroup, hierarchy, limit->name, file,
                                          "max");
        else
            setting = cgroup_plan_setting(cgroup, hierarchy, limit->name, file,
                                          "%lld", (long long)value);
        if (strcmp(file, "blkio.weight") == 0)
            setting->second_file = "blkio.bfq.weight";
    }
}

static void plan_words(const struct bundle_resources *resources,
                       struct cgroup *cgroup)
{
    const struct {
        const char *limit, *file, *value;
    } cpusets[] = {
        {"cpu.cpus", "cpuset.cpus", resources->cpuset_cpus},
        {"cpu.mems", "cpuset.mems", resources->cpuset_mems},
    };

    for (size_t i = 0; i < COUNT(cpusets); i++) {
        if (cpusets[i].value != NULL && cpusets[i].value[0] != '\0')
            cgroup_plan_setting(cgroup, require(cgroup, "cpuset"),
                                cpusets[i].limit, cpusets[i].file, "%s",
                                cpusets[i].value);
    }
    if (resources->memory_no_oom_killer)
        cgroup_plan_setting(cgroup, require(cgroup, "memory"),
                            "memory.disableOOMKiller", "memory.oom_control",
                            "1");
}

static void plan_block(const struct bundle_resources *resources,
                       struct cgroup *cgroup)
{
    static const struct {
        const char *limit, *file, *second_file;
    } files[BLOCK_LIMIT_KINDS] = {
        [BLOCK_WEIGHT] = {"blockIO.weightDevice", "blkio.weight_device",
                          "blkio.bfq.weight_device"},
        [BLOCK_LEAF_WEIGHT] = {"blockIO.weightDevice",
                               "blkio.leaf_weight_device", NULL},
        [BLOCK_READ_BYTES] = {"blockIO.throttleReadBpsDevice",
                              "blkio.throttle.read_bps_device", NULL},
        [BLOCK_WRITE_BYTES] = {"blockIO.throttleWriteBpsDevice",
                               "blkio.throttle.write_bps_device", NULL},
        [BLOCK_READ_OPERATIONS] = {"blockIO.throttleReadIOPSDevice",
                                   "blkio.throttle.read_iops_device", NULL},
        [BLOCK_WRITE_OPERATIONS] = {"blockIO.throttleWriteIOPSDevice",
                                    "blkio.throttle.write_iops_device", NULL},
    };

    for (int kind = 0; kind < BLOCK_LIMIT_KINDS; kind++) {
        const struct bundle_block_limits *list = &resources->block[kind];

        for (size_t i = 0; i < list->count; i++)
            cgroup_plan_setting(
                cgroup, require(cgroup, "blkio"), files[kind].limit,
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
        cgroup_plan_setting(cgroup, require(cgroup, "net_prio"),
                            "network.priorities", "net_prio.ifpriomap", "%s %s",
                            list->items[i].name, list->items[i].value);
}

static int plan_either(const struct bundle_resources *resources,
                       struct cgroup *cgroup, struct error *error)
{
    if (resources->huge_pages.count > 0)
        cgroup_plan_huge_pages(resources, cgroup,
                               require_either(cgroup, "hugetlb"));
    if (resources->rdma_count > 0)
        cgroup_plan_rdma(resources, cgroup, require_either(cgroup, "rdma"));
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
    cgroup_plan_setting(cgroup, require(cgroup, "devices"), "devices",
                        rule->allow ? "devices.allow" : "devices.deny",
                        "%c %s:%s %s", rule->type, major, minor,
                        access_letters);
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
        cgroup_plan_setting(cgroup, require(cgroup, "devices"), "devices",
                            rules.allow ? "devices.allow" : "devices.deny",
                            "a");
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

    for (size_t i = 0; i < ACCOUNTING; i++)
        cgroup_plan_hierarchy(cgroup, &hierarchies[i]);
    plan_numbers(resources, cgroup);
    plan_words(resources, cgroup);
    plan_block(resources, cgroup);
    plan_network_priorities(resources, cgroup);
    status = plan_either(resources, cgroup, error);
    return status == 0 ? plan_devices(resources, cgroup, error) : status;
}
