/*
 * linux.resources: the limits of a container's cgroup.
 * Source: runtime-spec 1.0.2 and 1.1, config-linux.md, "Control groups".
 */
#include "oci/bundle_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define FIELD(name)  offsetof(struct bundle_resources, name)

/*
 * A number of an object. For most, 0 is how engines written in Go say "not
 * set", and leaves BUNDLE_UNSET as it does in runc and crun.
 */
struct number {
    const char *object, *name;
    size_t field;
    int64_t minimum, maximum;
    bool zero_counts;
};

static const struct number numbers[] = {
    {"memory", "limit", FIELD(memory_limit), -1, INT64_MAX, false},
    {"memory", "reservation", FIELD(memory_reservation), -1, INT64_MAX, false},
    {"memory", "swap", FIELD(memory_swap), -1, INT64_MAX, false},
    {"memory", "kernel", FIELD(memory_kernel), -1, INT64_MAX, false},
    {"memory", "kernelTCP", FIELD(memory_kernel_tcp), -1, INT64_MAX, false},
    {"memory", "swappiness", FIELD(memory_swappiness), 0, 100, true},
    {"cpu", "shares", FIELD(cpu_shares), 0, INT64_MAX, false},
    {"cpu", "quota", FIELD(cpu_quota), -1, INT64_MAX, false},
    {"cpu", "burst", FIELD(cpu_burst), 0, INT64_MAX, true},
    {"cpu", "period", FIELD(cpu_period), 0, INT64_MAX, false},
    {"cpu", "realtimeRuntime", FIELD(cpu_realtime_runtime), -1, INT64_MAX,
     false},
    {"cpu", "realtimePeriod", FIELD(cpu_realtime_period), 0, INT64_MAX, false},
    {"cpu", "idle", FIELD(cpu_idle), 0, 1, true},
    {"pids", "limit", FIELD(pids_limit), -1, INT64_MAX, false},
    {"blockIO", "weight", FIELD(block_weight), 0, 1000, false},
    {"blockIO", "leafWeight", FIELD(block_leaf_weight), 0, 1000, false},
    {"network", "classID", FIELD(network_class), 0, UINT32_MAX, false},
};

const struct bundle_resources bundle_no_resources = {
    .memory_limit = BUNDLE_UNSET,
    .memory_reservation = BUNDLE_UNSET,
    .memory_swap = BUNDLE_UNSET,
    .memory_kernel = BUNDLE_UNSET,
    .memory_kernel_tcp = BUNDLE_UNSET,
    .memory_swappiness = BUNDLE_UNSET,
    .cpu_shares = BUNDLE_UNSET,
    .cpu_quota = BUNDLE_UNSET,
    .cpu_burst = BUNDLE_UNSET,
    .cpu_period = BUNDLE_UNSET,
    .cpu_realtime_runtime = BUNDLE_UNSET,
    .cpu_realtime_period = BUNDLE_UNSET,
    .cpu_idle = BUNDLE_UNSET,
    .pids_limit = BUNDLE_UNSET,
    .block_weight = BUNDLE_UNSET,
    .block_leaf_weight = BUNDLE_UNSET,
    .network_class = BUNDLE_UNSET,
};

static int parse_number(const struct json_node *resources,
                        const struct number *number,
                        struct bundle_resources *result, struct error *error)
{
    struct json_node object = json_node_member(resources, number->object);
    struct json_node node = json_node_member(&object, number->name);
    int64_t value = 0;
    int status = json_node_object(&object, error);

    if (status == 0)
        status = json_node_integer(&node, number->minimum, number->maximum,
                                   &value, error);
    if (status == 0 && json_node_present(&node) &&
        (value != 0 || number->zero_counts))
        *(int64_t *)((char *)result + number->field) = value;
    return status;
}

static int parse_cpuset_and_oom(const struct json_node *resources,
                                struct bundle_resources *result,
                                struct error *error)
{
    struct json_node cpu = json_node_member(resources, "cpu");
    struct json_node cpus = json_node_member(&cpu, "cpus");
    struct json_node mems = json_node_member(&cpu, "mems");
    struct json_node memory = json_node_member(resources, "memory");
    struct json_node killer = json_node_member(&memory, "disableOOMKiller");
    int status = json_node_string(&cpus, &result->cpuset_cpus, error);

    if (status == 0)
        status = json_node_string(&mems, &result->cpuset_mems, error);
    if (status == 0)
        status =
            json_node_boolean(&killer, &result->memory_no_oom_killer, error);
    return status;
}

static const struct {
    const char *name;
    const char *value; /* the member that has it */
} block_lists[BLOCK_LIMIT_KINDS] = {
    [BLOCK_WEIGHT] = {"weightDevice", "weight"},
    [BLOCK_LEAF_WEIGHT] = {"weightDevice", "leafWeight"},
    [BLOCK_READ_BYTES] = {"throttleReadBpsDevice", "rate"},
    [BLOCK_WRITE_BYTES] = {"throttleWriteBpsDevice", "rate"},
    [BLOCK_READ_OPERATIONS] = {"throttleReadIOPSDevice", "rate"},
    [BLOCK_WRITE_OPERATIONS] = {"throttleWriteIOPSDevice", "rate"},
};

/* weightDevice may have one of its two values: *present says if this one. */
static int parse_block_limit(const struct json_node *node, const char *name,
                             struct bundle_block_limit *limit, bool *present,
                             struct error *error)
{
    struct json_node major = json_node_member(node, "major");
    struct json_node minor = json_node_member(node, "minor");
    struct json_node value = json_node_member(node, name);
    int64_t numbers_of_device[2] = {0};
    int status = json_node_require(node, "an object", error);

    if (status == 0)
        status = json_node_object(node, error);
    if (status == 0)
        status = json_node_require(&major, "a device number", error);
    if (status == 0)
        status = json_node_integer(&major, 0, UINT32_MAX, &numbers_of_device[0],
                                   error);
    if (status == 0)
        status = json_node_require(&minor, "a device number", error);
    if (status == 0)
        status = json_node_integer(&minor, 0, UINT32_MAX, &numbers_of_device[1],
                                   error);
    if (status == 0)
        status = json_node_integer(&value, 0, INT64_MAX, &limit->value, error);
    limit->major = (uint32_t)numbers_of_device[0];
    limit->minor = (uint32_t)numbers_of_device[1];
    *present = json_node_present(&value);
    return status;
}

static int parse_block_list(const struct json_node *block,
                            enum block_limit_kind kind,
                            struct bundle_block_limits *result,
                            struct error *error)
{
    struct json_node list = json_node_member(block, block_lists[kind].name);
    size_t count = json_node_count(&list);
    int status = json_node_array(&list, error);

    if (status < 0 || count == 0)
        return status;
    result->limits = calloc(count, sizeof(*result->limits));
    if (result->limits == NULL)
        return error_errno(error, ENOMEM, "linux.resources.blockIO");
    for (size_t i = 0; status == 0 && i < count; i++) {
        struct json_node element = json_node_element(&list, i);
        bool present = false;

        status =
            parse_block_limit(&element, block_lists[kind].value,
                              &result->limits[result->count], &present, error);
        result->count += present;
    }
    return status;
}

static int parse_block(const struct json_node *resources,
                       struct bundle_resources *result, struct error *error)
{
    struct json_node block = json_node_member(resources, "blockIO");
    int status = 0;

    for (int kind = 0; status == 0 && kind < BLOCK_LIMIT_KINDS; kind++)
        status = parse_block_list(&block, kind, &result->block[kind], error);
    return status;
}

/* A list of {NAME: string, VALUE: number}, each as text. */
static int parse_pairs(const struct json_node *list, const char *name,
                       const char *value, int64_t maximum,
                       struct bundle_settings *settings, struct error *error)
{
    int status = json_node_array(list, error);

    if (status == 0)
        status =
            bundle_allocate_settings(settings, json_node_count(list), error);
    for (size_t i = 0; status == 0 && i < settings->count; i++) {
        struct json_node element = json_node_element(list, i);
        struct json_node name_node = json_node_member(&element, name);
        struct json_node value_node = json_node_member(&element, value);
        char text[24];
        int64_t number = 0;

        status = json_node_require(&name_node, "a name", error);
        if (status == 0)
            status =
                json_node_string(&name_node, &settings->items[i].name, error);
        if (status == 0)
            status = json_node_require(&value_node, "an integer", error);
        if (status == 0)
            status =
                json_node_integer(&value_node, -1, maximum, &number, error);
        snprintf(text, sizeof(text), "%lld", (long long)number);
        settings->items[i].value = strdup(text);
        if (status == 0 && settings->items[i].value == NULL)
            return error_errno(error, ENOMEM, "linux.resources");
    }
    return status;
}

static int parse_rdma(const struct json_node *resources,
                      struct bundle_resources *result, struct error *error)
{
    struct json_node node = json_node_member(resources, "rdma");
    int status = json_node_object(&node, error);
    const char *device;
    json_t *value;

    if (status < 0 || json_object_size(node.value) == 0)
        return status;
    result->rdma = calloc(json_object_size(node.value), sizeof(*result->rdma));
    if (result->rdma == NULL)
        return error_errno(error, ENOMEM, "linux.resources.rdma");
    json_object_foreach(node.value, device, value)
    {
        struct bundle_rdma_limit *limit = &result->rdma[result->rdma_count++];
        struct json_node member = json_node_member(&node, device);
        struct json_node handles = json_node_member(&member, "hcaHandles");
        struct json_node objects = json_node_member(&member, "hcaObjects");

        *limit = (struct bundle_rdma_limit){strdup(device), -1, -1};
        if (limit->device == NULL)
            return error_errno(error, ENOMEM, "linux.resources.rdma");
        status = json_node_object(&member, error);
        if (status == 0)
            status = json_node_integer(&handles, 0, UINT32_MAX, &limit->handles,
                                       error);
        if (status == 0)
            status = json_node_integer(&objects, 0, UINT32_MAX, &limit->objects,
                                       error);
        if (status < 0)
            return status;
    }
    return 0;
}

static int parse_lists(const struct json_node *resources,
                       struct bundle_resources *result, struct error *error)
{
    struct json_node pages = json_node_member(resources, "hugepageLimits");
    struct json_node network = json_node_member(resources, "network");
    struct json_node priorities = json_node_member(&network, "priorities");
    struct json_node unified = json_node_member(resources, "unified");
    int status = parse_pairs(&pages, "pageSize", "limit", INT64_MAX,
                             &result->huge_pages, error);

    if (status == 0)
        status = parse_pairs(&priorities, "name", "priority", UINT32_MAX,
                             &result->network_priorities, error);
    if (status == 0)
        status = bundle_parse_settings(&unified, &result->unified, error);
    if (status == 0)
        status = parse_rdma(resources, result, error);
    if (status == 0)
        status = bundle_parse_device_rules(resources, result, error);
    return status;
}

int bundle_parse_resources_node(const struct json_node *node,
                                struct bundle_resources *result,
                                struct error *error)
{
    int status = json_node_object(node, error);

    *result = bundle_no_resources;
    for (size_t i = 0; status == 0 && i < COUNT(numbers); i++)
        status = parse_number(node, &numbers[i], result, error);
    if (status == 0)
        status = parse_cpuset_and_oom(node, result, error);
    if (status == 0)
        status = parse_block(node, result, error);
    if (status == 0)
        status = parse_lists(node, result, error);
    return status;
}

int bundle_parse_resources(json_t *document, struct bundle_resources *result,
                           struct error *error)
{
    struct json_node root = json_root(document);

    return bundle_parse_resources_node(&root, result, error);
}

void bundle_release_resources(struct bundle_resources *resources)
{
    free(resources->cpuset_cpus);
    free(resources->cpuset_mems);
    for (int kind = 0; kind < BLOCK_LIMIT_KINDS; kind++)
        free(resources->block[kind].limits);
    bundle_release_settings(&resources->network_priorities);
    bundle_release_settings(&resources->huge_pages);
    bundle_release_settings(&resources->unified);
    for (size_t i = 0; i < resources->rdma_count; i++)
        free(resources->rdma[i].device);
    free(resources->rdma);
    free(resources->devices);
}
