/*
 * The plan for cgroup v2: one hierarchy for all controllers.
 * Source: Documentation/admin-guide/cgroup-v2.rst; the conversions from the
 * v1 values that config.json has are those of runc and crun.
 */
#include "cgroup/plan.h"

#include "oci/cleanup.h"
#include "oci/file.h"

#include <fcntl.h>
#include <string.h>

enum {
    /* cpu.shares of v1, 2 to 262144, become cpu.weight, 1 to 10000. */
    SHARES_MIN = 2,
    SHARES_MAX = 262144,
    WEIGHT_MAX = 10000,
    /* blkio.weight of v1, 10 to 1000, becomes io.weight, 1 to 10000. */
    BLOCK_WEIGHT_MIN = 10,
    BLOCK_WEIGHT_MAX = 1000,
    DEFAULT_PERIOD = 100000, /* us */
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define FIELD(name)  offsetof(struct bundle_resources, name)

static bool is_set(int64_t value)
{
    return value != BUNDLE_UNSET;
}

/*
 * A controller works in a cgroup only where all above it hand it down. One
 * that cannot be (absent, or not ours to) matters only if its file is needed,
 * and that is noticed when the value is written.
 */
static void hand_down_controllers(const struct cgroup_hierarchy *hierarchy,
                                  int parent, int child)
{
    _cleanup_close_ int fd =
        openat(parent, "cgroup.subtree_control", O_WRONLY | O_CLOEXEC);
    const char *word = hierarchy->controllers;

    (void)child;
    /* All at once, as a rule; where one is refused, those that are not. */
    if (fd < 0 || file_write_all(fd, word, strlen(word)) == 0)
        return;
    while (*word != '\0') {
        size_t length = strcspn(word, " ");

        (void)file_write_all(fd, word, length);
        word += length + (word[length] == ' ');
    }
}

/* Has the controller handed down; a limit needs it. */
static void need_controller(struct cgroup *cgroup, int hierarchy,
                            const char *controller)
{
    struct cgroup_hierarchy *unified = &cgroup->hierarchies[hierarchy];
    char word[32];

    unified->required = true;
    snprintf(word, sizeof(word), "+%s", controller);
    if (strstr(unified->controllers, word) != NULL ||
        strlen(unified->controllers) + strlen(word) + 2 >
            sizeof(unified->controllers))
        return;
    if (unified->controllers[0] != '\0')
        strcat(unified->controllers, " ");
    strcat(unified->controllers, word);
}

int cgroup_plan_unified(struct cgroup *cgroup, const char *mount,
                        const char *controller)
{
    const struct cgroup_hierarchy unified = {
        .mount = mount,
        .controller = "unified",
        .unified = true,
        .prepare = hand_down_controllers,
    };
    int hierarchy = cgroup_plan_hierarchy(cgroup, &unified);

    if (controller != NULL)
        need_controller(cgroup, hierarchy, controller);
    return hierarchy;
}

/* -1 is how config.json spells "max". */
static void plan_number(struct cgroup *cgroup, const char *json_path,
                        const char *controller, const char *file, int64_t value)
{
    if (!is_set(value))
        return;
    need_controller(cgroup, 0, controller);
    if (value == -1)
        cgroup_plan_setting(cgroup, 0, json_path, file, "max");
    else
        cgroup_plan_setting(cgroup, 0, json_path, file, "%lld",
                            (long long)value);
}

/* config.json counts memory and swap together, v2 swap alone. */
static int plan_swap(const struct bundle_resources *resources,
                     struct cgroup *cgroup, struct error *error)
{
    int64_t both = resources->memory_swap, memory = resources->memory_limit;

    if (!is_set(both) || both == -1) {
        plan_number(cgroup, "linux.resources.memory.swap", "memory",
                    "memory.swap.max", both);
        return 0;
    }
    if (memory <= 0 || both < memory)
        return error_set(error, EINVAL,
                         "config.json: linux.resources.memory.swap: expected "
                         "no less than linux.resources.memory.limit");
    plan_number(cgroup, "linux.resources.memory.swap", "memory",
                "memory.swap.max", both - memory);
    return 0;
}

static void plan_cpu(const struct bundle_resources *resources,
                     struct cgroup *cgroup)
{
    int64_t period =
        is_set(resources->cpu_period) ? resources->cpu_period : DEFAULT_PERIOD;

    if (is_set(resources->cpu_shares)) {
        int64_t shares = resources->cpu_shares;

        shares = shares < SHARES_MIN ? SHARES_MIN : shares;
        shares = shares > SHARES_MAX ? SHARES_MAX : shares;
        plan_number(cgroup, "linux.resources.cpu.shares", "cpu", "cpu.weight",
                    1 + (shares - SHARES_MIN) * (WEIGHT_MAX - 1) /
                            (SHARES_MAX - SHARES_MIN));
    }
    if (is_set(resources->cpu_quota) || is_set(resources->cpu_period))
        need_controller(cgroup, 0, "cpu");
    if (resources->cpu_quota > 0)
        cgroup_plan_setting(cgroup, 0, "linux.resources.cpu.quota", "cpu.max",
                            "%lld %lld", (long long)resources->cpu_quota,
                            (long long)period);
    else if (is_set(resources->cpu_quota) || is_set(resources->cpu_period))
        cgroup_plan_setting(cgroup, 0, "linux.resources.cpu.period", "cpu.max",
                            "max %lld", (long long)period);
    plan_number(cgroup, "linux.resources.cpu.burst", "cpu", "cpu.max.burst",
                resources->cpu_burst);
    plan_number(cgroup, "linux.resources.cpu.idle", "cpu", "cpu.idle",
                resources->cpu_idle);
}

static void plan_cpuset(struct cgroup *cgroup, const char *json_path,
                        const char *file, const char *value)
{
    if (value == NULL || value[0] == '\0')
        return;
    need_controller(cgroup, 0, "cpuset");
    cgroup_plan_setting(cgroup, 0, json_path, file, "%s", value);
}

/* The BFQ scheduler has a file of its own, with weights as in v1. */
static void plan_block(const struct bundle_resources *resources,
                       struct cgroup *cgroup)
{
    static const struct {
        const char *json_path, *file, *key;
    } lists[BLOCK_LIMIT_KINDS] = {
        [BLOCK_WEIGHT] = {"linux.resources.blockIO.weightDevice",
                          "io.bfq.weight", ""},
        [BLOCK_READ_BYTES] = {"linux.resources.blockIO.throttleReadBpsDevice",
                              "io.max", "rbps="},
        [BLOCK_WRITE_BYTES] = {"linux.resources.blockIO.throttleWriteBpsDevice",
                               "io.max", "wbps="},
        [BLOCK_READ_OPERATIONS] =
            {"linux.resources.blockIO.throttleReadIOPSDevice", "io.max",
             "riops="},
        [BLOCK_WRITE_OPERATIONS] =
            {"linux.resources.blockIO.throttleWriteIOPSDevice", "io.max",
             "wiops="},
    };

    if (is_set(resources->block_weight)) {
        int64_t weight = resources->block_weight;
        struct cgroup_setting *setting;

        need_controller(cgroup, 0, "io");
        setting =
            cgroup_plan_setting(cgroup, 0, "linux.resources.blockIO.weight",
                                "io.bfq.weight", "%lld", (long long)weight);
        setting->second_file = "io.weight";
        weight = weight < BLOCK_WEIGHT_MIN ? BLOCK_WEIGHT_MIN : weight;
        if (asprintf(
                &setting->second_value, "%lld",
                (long long)(1 + (weight - BLOCK_WEIGHT_MIN) * (WEIGHT_MAX - 1) /
                                    (BLOCK_WEIGHT_MAX - BLOCK_WEIGHT_MIN))) <
            0) {
            setting->second_value = NULL;
            cgroup->memory_short = true;
        }
    }
    for (int kind = 0; kind < BLOCK_LIMIT_KINDS; kind++) {
        const struct bundle_block_limits *list = &resources->block[kind];

        for (size_t i = 0; lists[kind].file != NULL && i < list->count; i++) {
            need_controller(cgroup, 0, "io");
            cgroup_plan_setting(
                cgroup, 0, lists[kind].json_path, lists[kind].file,
                "%u:%u %s%lld", list->limits[i].major, list->limits[i].minor,
                lists[kind].key, (long long)list->limits[i].value);
        }
    }
}

void cgroup_plan_huge_pages(const struct bundle_resources *resources,
                            struct cgroup *cgroup, int hierarchy)
{
    bool unified = cgroup->hierarchies[hierarchy].unified;
    const struct bundle_settings *list = &resources->huge_pages;

    for (size_t i = 0; i < list->count; i++) {
        bool no_limit = strcmp(list->items[i].value, "-1") == 0;
        char file[64];

        snprintf(file, sizeof(file), "hugetlb.%.32s.%s", list->items[i].name,
                 unified ? "max" : "limit_in_bytes");
        cgroup_plan_setting(cgroup, hierarchy, "linux.resources.hugepageLimits",
                            file, "%s",
                            no_limit && unified ? "max" : list->items[i].value);
    }
}

void cgroup_plan_rdma(const struct bundle_resources *resources,
                      struct cgroup *cgroup, int hierarchy)
{
    for (size_t i = 0; i < resources->rdma_count; i++) {
        const struct bundle_rdma_limit *limit = &resources->rdma[i];
        char handles[24] = "max", objects[24] = "max";

        if (limit->handles >= 0)
            snprintf(handles, sizeof(handles), "%lld",
                     (long long)limit->handles);
        if (limit->objects >= 0)
            snprintf(objects, sizeof(objects), "%lld",
                     (long long)limit->objects);
        cgroup_plan_setting(cgroup, hierarchy, "linux.resources.rdma",
                            "rdma.max", "%s hca_handle=%s hca_object=%s",
                            limit->device, handles, objects);
    }
}

/* A file of v2 by name, "memory.high"; its first word is the controller. */
int cgroup_plan_files(const struct bundle_resources *resources,
                      struct cgroup *cgroup, int hierarchy, struct error *error)
{
    const struct bundle_settings *list = &resources->unified;

    for (size_t i = 0; i < list->count; i++) {
        const char *file = list->items[i].name;
        const char *dot = strchr(file, '.');
        char controller[16];

        if (dot == NULL || dot == file || strchr(file, '/') != NULL ||
            dot - file >= (ptrdiff_t)sizeof(controller))
            return error_set(error, EINVAL,
                             "config.json: linux.resources.unified: expected "
                             "the name of a cgroup's file, got \"%s\"",
                             file);
        snprintf(controller, sizeof(controller), "%.*s", (int)(dot - file),
                 file);
        /* Files of the core are there without a controller. */
        if (strcmp(controller, "cgroup") != 0)
            need_controller(cgroup, hierarchy, controller);
        cgroup_plan_setting(cgroup, hierarchy, "linux.resources.unified", file,
                            "%s", list->items[i].value);
    }
    return 0;
}

/* What v1 had and v2 has not. */
static int refuse_v1_limits(const struct bundle_resources *resources,
                            struct error *error)
{
    const struct {
        const char *json_path;
        bool wanted;
    } limits[] = {
        {"memory.kernel", is_set(resources->memory_kernel)},
        {"memory.kernelTCP", is_set(resources->memory_kernel_tcp)},
        {"memory.swappiness", is_set(resources->memory_swappiness)},
        {"memory.disableOOMKiller", resources->memory_no_oom_killer},
        {"cpu.realtimeRuntime", is_set(resources->cpu_realtime_runtime)},
        {"cpu.realtimePeriod", is_set(resources->cpu_realtime_period)},
        {"blockIO.leafWeight", is_set(resources->block_leaf_weight)},
        {"blockIO.weightDevice", resources->block[BLOCK_LEAF_WEIGHT].count > 0},
        {"network.classID", is_set(resources->network_class)},
        {"network.priorities", resources->network_priorities.count > 0},
    };

    for (size_t i = 0; i < COUNT(limits); i++) {
        if (limits[i].wanted)
            return error_set(error, ENOTSUP,
                             "config.json: linux.resources.%s: cgroup v2 has "
                             "no such limit",
                             limits[i].json_path);
    }
    return 0;
}

int cgroup_v2_plan(const struct bundle_resources *resources,
                   struct cgroup *cgroup, struct error *error)
{
    int status = refuse_v1_limits(resources, error);

    if (status < 0)
        return status;
    cgroup_plan_unified(cgroup, "/sys/fs/cgroup", NULL);
    /* What accounts is wanted in any case. */
    strcpy(cgroup->hierarchies[0].controllers, "+memory +pids +cpu");
    plan_number(cgroup, "linux.resources.memory.limit", "memory", "memory.max",
                resources->memory_limit);
    plan_number(cgroup, "linux.resources.memory.reservation", "memory",
                "memory.low", resources->memory_reservation);
    plan_number(cgroup, "linux.resources.pids.limit", "pids", "pids.max",
                resources->pids_limit);
    plan_cpu(resources, cgroup);
    plan_block(resources, cgroup);
    plan_cpuset(cgroup, "linux.resources.cpu.cpus", "cpuset.cpus",
                resources->cpuset_cpus);
    plan_cpuset(cgroup, "linux.resources.cpu.mems", "cpuset.mems",
                resources->cpuset_mems);
    if (resources->huge_pages.count > 0)
        need_controller(cgroup, 0, "hugetlb");
    cgroup_plan_huge_pages(resources, cgroup, 0);
    if (resources->rdma_count > 0)
        need_controller(cgroup, 0, "rdma");
    cgroup_plan_rdma(resources, cgroup, 0);
    status = plan_swap(resources, cgroup, error);
    return status == 0 ? cgroup_plan_files(resources, cgroup, 0, error)
                       : status;
}
