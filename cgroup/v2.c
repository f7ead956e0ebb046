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

/* The hierarchy of a file, whose controller is handed down. */
static int require(struct cgroup *cgroup, const char *file)
{
    char controller[16];

    cgroup_controller_of(file, controller, sizeof(controller));
    need_controller(cgroup, 0, controller);
    return 0;
}

/* -1 is how config.json spells "max". */
static void plan_number(struct cgroup *cgroup, const char *limit,
                        const char *file, int64_t value)
{
    int hierarchy = require(cgroup, file);

    if (value == -1)
        cgroup_plan_setting(cgroup, hierarchy, limit, file, "max");
    else
        cgroup_plan_setting(cgroup, hierarchy, limit, file, "%lld",
                            (long long)value);
}

/* config.json counts memory and swap together, v2 swap alone. */
static int plan_swap(const struct bundle_resources *resources,
                     struct cgroup *cgroup, struct error *error)
{
    int64_t both = resources->memory_swap, memory = resources->memory_limit;

    if (!is_set(both))
        return 0;
    if (both != -1 && (memory <= 0 || both < memory))
        return error_set(error, EINVAL,
                         "config.json: linux.resources.memory.swap: expected "
                         "no less than linux.resources.memory.limit");
    plan_number(cgroup, "memory.swap", "memory.swap.max",
                both == -1 ? both : both - memory);
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
        plan_number(cgroup, "cpu.shares", "cpu.weight",
                    1 + (shares - SHARES_MIN) * (WEIGHT_MAX - 1) /
                            (SHARES_MAX - SHARES_MIN));
    }
    if (resources->cpu_quota > 0)
        cgroup_plan_setting(cgroup, require(cgroup, "cpu"), "cpu.quota",
                            "cpu.max", "%lld %lld",
                            (long long)resources->cpu_quota, (long long)period);
    else if (is_set(resources->cpu_quota) || is_set(resources->cpu_period))
        cgroup_plan_setting(cgroup, require(cgroup, "cpu"), "cpu.period",
                            "cpu.max", "max %lld", (long long)period);
}

static void plan_cpuset(struct cgroup *cgroup, const char *limit,
                        const char *file, const char *value)
{
    if (value != NULL && value[0] != '\0')
        cgroup_plan_setting(cgroup, require(cgroup, file), limit, file, "%s",
                            value);
}

/* The BFQ scheduler has a file of its own, with weights as in v1. */
static void plan_block(const struct bundle_resources *resources,
                       struct cgroup *cgroup)
{
    static const struct {
        const char *limit, *file, *key;
    } lists[BLOCK_LIMIT_KINDS] = {
        [BLOCK_WEIGHT] = {"blockIO.weightDevice", "io.bfq.weight", ""},
        [BLOCK_READ_BYTES] = {"blockIO.throttleReadBpsDevice", "io.max",
                              "rbps="},
        [BLOCK_WRITE_BYTES] = {"blockIO.throttleWriteBpsDevice", "io.max",
                               "wbps="},
        [BLOCK_READ_OPERATIONS] = {"blockIO.throttleReadIOPSDevice", "io.max",
                                   "riops="},
        [BLOCK_WRITE_OPERATIONS] = {"blockIO.throttleWriteIOPSDevice", "io.max",
                                    "wiops="},
    };

    if (is_set(resources->block_weight)) {
        int64_t weight = resources->block_weight;
        struct cgroup_setting *setting;

        setting =
            cgroup_plan_setting(cgroup, require(cgroup, "io"), "blockIO.weight",
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
            cgroup_plan_setting(cgroup, require(cgroup, "io"),
                                lists[kind].limit, lists[kind].file,
                                "%u:%u %s%lld", list->limits[i].major,
                                list->limits[i].minor, lists[kind].key,
                                (long long)list->limits[i].value);
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
        cgroup_plan_setting(cgroup, hierarchy, "hugepageLimits", file, "%s",
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
        cgroup_plan_setting(cgroup, hierarchy, "rdma", "rdma.max",
                            "%s hca_handle=%s hca_object=%s", limit->device,
                            handles, objects);
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
        cgroup_plan_setting(cgroup, hierarchy, "unified", file, "%s",
                            list->items[i].value);
    }
    return 0;
}

static int refuse(const char *limit, struct error *error)
{
    return error_set(error, ENOTSUP,
                     "config.json: linux.resources.%s: cgroup v2 has no such "
                     "limit",
                     limit);
}

static int plan_numbers(const struct bundle_resources *resources,
                        struct cgroup *cgroup, struct error *error)
{
    const struct cgroup_limit *limit = NULL;
    int64_t value;

    while ((limit = cgroup_next_limit(resources, limit, &value)) != NULL) {
        if (limit->v2_file == NULL)
            return refuse(limit->name, error);
        if (limit->v2_file[0] != '\0')
            plan_number(cgroup, limit->name, limit->v2_file, value);
    }
    return 0;
}

/* What v1 had and v2 has not, of the limits that are not one number. */
static int refuse_v1_limits(const struct bundle_resources *resources,
                            struct error *error)
{
    if (resources->memory_no_oom_killer)
        return refuse("memory.disableOOMKiller", error);
    if (resources->block[BLOCK_LEAF_WEIGHT].count > 0)
        return refuse("blockIO.weightDevice", error);
    if (resources->network_priorities.count > 0)
        return refuse("network.priorities", error);
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
    status = plan_numbers(resources, cgroup, error);
    if (status < 0)
        return status;
    plan_cpu(resources, cgroup);
    plan_block(resources, cgroup);
    plan_cpuset(cgroup, "cpu.cpus", "cpuset.cpus", resources->cpuset_cpus);
    plan_cpuset(cgroup, "cpu.mems", "cpuset.mems", resources->cpuset_mems);
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
