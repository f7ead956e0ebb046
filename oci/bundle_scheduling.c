/*
 * How the process of a bundle shares processors and disks: scheduler,
 * ioPriority, execCPUAffinity.
 * Source: runtime-spec 1.2, config.md, "Linux Process"; sched_setattr(2),
 * ioprio_set(2).
 */
#include "oci/bundle_parts.h"

#include <linux/ioprio.h>
#include <linux/sched.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct constant {
    const char *name;
    uint32_t value;
};

static const struct constant policies[] = {
    {"SCHED_OTHER", SCHED_NORMAL}, {"SCHED_FIFO", SCHED_FIFO},
    {"SCHED_RR", SCHED_RR},        {"SCHED_BATCH", SCHED_BATCH},
    {"SCHED_IDLE", SCHED_IDLE},    {"SCHED_DEADLINE", SCHED_DEADLINE},
};

static const struct constant scheduler_flags[] = {
    {"SCHED_FLAG_RESET_ON_FORK", SCHED_FLAG_RESET_ON_FORK},
    {"SCHED_FLAG_RECLAIM", SCHED_FLAG_RECLAIM},
    {"SCHED_FLAG_DL_OVERRUN", SCHED_FLAG_DL_OVERRUN},
    {"SCHED_FLAG_KEEP_POLICY", SCHED_FLAG_KEEP_POLICY},
    {"SCHED_FLAG_KEEP_PARAMS", SCHED_FLAG_KEEP_PARAMS},
    {"SCHED_FLAG_UTIL_CLAMP_MIN", SCHED_FLAG_UTIL_CLAMP_MIN},
    {"SCHED_FLAG_UTIL_CLAMP_MAX", SCHED_FLAG_UTIL_CLAMP_MAX},
};

static const struct constant io_classes[] = {
    {"IOPRIO_CLASS_RT", IOPRIO_CLASS_RT},
    {"IOPRIO_CLASS_BE", IOPRIO_CLASS_BE},
    {"IOPRIO_CLASS_IDLE", IOPRIO_CLASS_IDLE},
};

static int parse_constant(const struct json_node *node,
                          const struct constant *constants, size_t count,
                          const char *what, uint32_t *value,
                          struct error *error)
{
    const char *name = "";
    int status = json_node_require(node, what, error);

    if (status == 0)
        status = json_node_text(node, &name, error);
    for (size_t i = 0; status == 0 && i < count; i++) {
        if (strcmp(constants[i].name, name) == 0) {
            *value = constants[i].value;
            return 0;
        }
    }
    return status < 0 ? status : json_node_expected(node, error, "%s", what);
}

static int parse_flags(const struct json_node *scheduler, uint64_t *flags,
                       struct error *error)
{
    struct json_node node = json_node_member(scheduler, "flags");
    int status = json_node_array(&node, error);

    for (size_t i = 0; status == 0 && i < json_node_count(&node); i++) {
        struct json_node element = json_node_element(&node, i);
        uint32_t flag = 0;

        status =
            parse_constant(&element, scheduler_flags, COUNT(scheduler_flags),
                           "a scheduler flag", &flag, error);
        *flags |= flag;
    }
    return status;
}

static int parse_scheduler(const struct json_node *process,
                           struct bundle_scheduler *result, struct error *error)
{
    struct json_node node = json_node_member(process, "scheduler");
    struct json_node policy = json_node_member(&node, "policy");
    const struct {
        const char *name;
        int64_t minimum, maximum;
    } numbers[] = {
        {"nice", -20, 19},         {"priority", 0, 99},
        {"runtime", 0, INT64_MAX}, {"deadline", 0, INT64_MAX},
        {"period", 0, INT64_MAX},
    };
    int64_t values[COUNT(numbers)] = {0};
    int status = json_node_object(&node, error);

    if (status < 0 || !json_node_present(&node))
        return status;
    status = parse_constant(&policy, policies, COUNT(policies),
                            "a scheduling policy", &result->policy, error);
    for (size_t i = 0; status == 0 && i < COUNT(numbers); i++) {
        struct json_node number = json_node_member(&node, numbers[i].name);

        status = json_node_integer(&number, numbers[i].minimum,
                                   numbers[i].maximum, &values[i], error);
    }
    result->present = true;
    result->nice = (int32_t)values[0];
    result->priority = (uint32_t)values[1];
    result->runtime = (uint64_t)values[2];
    result->deadline = (uint64_t)values[3];
    result->period = (uint64_t)values[4];
    return status == 0 ? parse_flags(&node, &result->flags, error) : status;
}

static int parse_io_priority(const struct json_node *process, int *result,
                             struct error *error)
{
    struct json_node node = json_node_member(process, "ioPriority");
    struct json_node class_node = json_node_member(&node, "class");
    struct json_node priority = json_node_member(&node, "priority");
    uint32_t class_number = 0;
    int64_t level = 0;
    int status = json_node_object(&node, error);

    if (status < 0 || !json_node_present(&node))
        return status;
    status = parse_constant(&class_node, io_classes, COUNT(io_classes),
                            "an I/O priority class", &class_number, error);
    if (status == 0)
        status = json_node_integer(&priority, 0, 7, &level, error);
    *result = IOPRIO_PRIO_VALUE((int)class_number, (int)level);
    return status;
}

/* The process runs on "final", which "initial" is the default of. */
static int parse_affinity(const struct json_node *process, char **result,
                          struct error *error)
{
    struct json_node node = json_node_member(process, "execCPUAffinity");
    struct json_node initial = json_node_member(&node, "initial");
    struct json_node final = json_node_member(&node, "final");
    int status = json_node_object(&node, error);

    if (status == 0)
        status = json_node_string(json_node_present(&final) ? &final : &initial,
                                  result, error);
    return status;
}

int bundle_parse_scheduling(const struct json_node *process,
                            struct bundle_process *result, struct error *error)
{
    int status = parse_scheduler(process, &result->scheduler, error);

    if (status == 0)
        status = parse_io_priority(process, &result->io_priority, error);
    if (status == 0)
        status = parse_affinity(process, &result->affinity, error);
    return status;
}
