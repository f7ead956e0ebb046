/*
 * The limits that are one number, as config.json, cgroup v1 and v2 name them.
 * Source: runtime-spec 1.1, config-linux.md; Documentation/admin-guide/
 * cgroup-v1/ and cgroup-v2.rst.
 */
#include "cgroup/plan.h"

#include <stddef.h>
#include <string.h>

#define FIELD(name) offsetof(struct bundle_resources, name)

/* memory.memsw may never be below the limit of memory: that goes first. */
static const struct cgroup_limit limits[] = {
    {"memory.limit", FIELD(memory_limit), "memory.limit_in_bytes",
     "memory.max"},
    {"memory.swap", FIELD(memory_swap), "memory.memsw.limit_in_bytes", ""},
    {"memory.reservation", FIELD(memory_reservation),
     "memory.soft_limit_in_bytes", "memory.low"},
    {"memory.kernel", FIELD(memory_kernel), "memory.kmem.limit_in_bytes", NULL},
    {"memory.kernelTCP", FIELD(memory_kernel_tcp),
     "memory.kmem.tcp.limit_in_bytes", NULL},
    {"memory.swappiness", FIELD(memory_swappiness), "memory.swappiness", NULL},
    {"pids.limit", FIELD(pids_limit), "pids.max", "pids.max"},
    {"cpu.shares", FIELD(cpu_shares), "cpu.shares", ""},
    {"cpu.period", FIELD(cpu_period), "cpu.cfs_period_us", ""},
    {"cpu.quota", FIELD(cpu_quota), "cpu.cfs_quota_us", ""},
    {"cpu.burst", FIELD(cpu_burst), "cpu.cfs_burst_us", "cpu.max.burst"},
    {"cpu.realtimePeriod", FIELD(cpu_realtime_period), "cpu.rt_period_us",
     NULL},
    {"cpu.realtimeRuntime", FIELD(cpu_realtime_runtime), "cpu.rt_runtime_us",
     NULL},
    {"cpu.idle", FIELD(cpu_idle), "cpu.idle", "cpu.idle"},
    {"blockIO.weight", FIELD(block_weight), "blkio.weight", ""},
    {"blockIO.leafWeight", FIELD(block_leaf_weight), "blkio.leaf_weight", NULL},
    {"network.classID", FIELD(network_class), "net_cls.classid", NULL},
};

const struct cgroup_limit *cgroup_next_limit(
    const struct bundle_resources *resources, const struct cgroup_limit *limit,
    int64_t *value)
{
    const struct cgroup_limit *end =
        limits + sizeof(limits) / sizeof(limits[0]);

    for (limit = limit == NULL ? limits : limit + 1; limit < end; limit++) {
        memcpy(value, (const char *)resources + limit->field, sizeof(*value));
        if (*value != BUNDLE_UNSET)
            return limit;
    }
    return NULL;
}

void cgroup_controller_of(const char *file, char *controller, size_t size)
{
    snprintf(controller, size, "%.*s", (int)strcspn(file, "."), file);
}
