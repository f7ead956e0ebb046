/*
 * The plan for cgroup v2: one hierarchy for all controllers.
 * Source: Documentation/admin-guide/cgroup-v2.rst; the conversions from the
 * v1 values that config.json has are those of runc and crun.
 */
#include "container/cgroup.h"

#include "oci/cleanup.h"
#include "oci/file.h"

#include <fcntl.h>
#include <string.h>

enum {
    /* cpu.shares of v1, 2 to 262144, become cpu.weight, 1 to 10000. */
    SHARES_MIN = 2,
    SHARES_MAX = 262144,
    WEIGHT_MAX = 10000,
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
static void hand_down_controllers(int parent, int child)
{
    static const char *const words[] = {"+memory", "+pids", "+cpu", "+cpuset"};
    _cleanup_close_ int fd =
        openat(parent, "cgroup.subtree_control", O_WRONLY | O_CLOEXEC);

    (void)child;
    for (size_t i = 0; fd >= 0 && i < sizeof(words) / sizeof(words[0]); i++)
        (void)file_write_all(fd, words[i], strlen(words[i]));
}

/* -1 is how config.json spells "max". */
static void plan_number(struct cgroup *cgroup, const char *json_path,
                        const char *file, int64_t value)
{
    if (value == -1)
        cgroup_plan_setting(cgroup, 0, json_path, file, "max");
    else if (is_set(value))
        cgroup_plan_setting(cgroup, 0, json_path, file, "%lld",
                            (long long)value);
}

/* config.json counts memory and swap together, v2 swap alone. */
static int plan_swap(const struct bundle_resources *resources,
                     struct cgroup *cgroup, struct error *error)
{
    int64_t both = resources->memory_swap, memory = resources->memory_limit;

    if (!is_set(both) || both == -1) {
        plan_number(cgroup, "linux.resources.memory.swap", "memory.swap.max",
                    both);
        return 0;
    }
    if (memory <= 0 || both < memory)
        return error_set(error, EINVAL,
                         "config.json: linux.resources.memory.swap: expected "
                         "no less than linux.resources.memory.limit");
    plan_number(cgroup, "linux.resources.memory.swap", "memory.swap.max",
                both - memory);
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
        cgroup_plan_setting(
            cgroup, 0, "linux.resources.cpu.shares", "cpu.weight", "%lld",
            (long long)(1 + (shares - SHARES_MIN) * (WEIGHT_MAX - 1) /
                                (SHARES_MAX - SHARES_MIN)));
    }
    if (resources->cpu_quota > 0)
        cgroup_plan_setting(cgroup, 0, "linux.resources.cpu.quota", "cpu.max",
                            "%lld %lld", (long long)resources->cpu_quota,
                            (long long)period);
    else if (is_set(resources->cpu_quota) || is_set(resources->cpu_period))
        cgroup_plan_setting(cgroup, 0, "linux.resources.cpu.period", "cpu.max",
                            "max %lld", (long long)period);
}

static int plan_cpuset(struct cgroup *cgroup, const char *json_path,
                       const char *file, const char *value, struct error *error)
{
    if (value == NULL || value[0] == '\0')
        return 0;
    if (strlen(value) >= CGROUP_VALUE_SIZE)
        return error_set(error, EINVAL, "config.json: %s: too long", json_path);
    cgroup_plan_setting(cgroup, 0, json_path, file, "%s", value);
    return 0;
}

int cgroup_v2_plan(const struct bundle_resources *resources,
                   struct cgroup *cgroup, struct error *error)
{
    struct cgroup_hierarchy unified = {
        .mount = "/sys/fs/cgroup",
        .controller = "unified",
        .prepare = hand_down_controllers,
    };
    int status;

    cgroup_plan_hierarchy(cgroup, &unified);
    plan_number(cgroup, "linux.resources.memory.limit", "memory.max",
                resources->memory_limit);
    plan_number(cgroup, "linux.resources.memory.reservation", "memory.low",
                resources->memory_reservation);
    plan_number(cgroup, "linux.resources.pids.limit", "pids.max",
                resources->pids_limit);
    plan_cpu(resources, cgroup);
    status = plan_swap(resources, cgroup, error);
    if (status == 0)
        status = plan_cpuset(cgroup, "linux.resources.cpu.cpus", "cpuset.cpus",
                             resources->cpuset_cpus, error);
    if (status == 0)
        status = plan_cpuset(cgroup, "linux.resources.cpu.mems", "cpuset.mems",
                             resources->cpuset_mems, error);
    /* Without any limit a caller without rights to it goes on without. */
    cgroup->hierarchies[0].required = cgroup->setting_count > 0;
    return status;
}
