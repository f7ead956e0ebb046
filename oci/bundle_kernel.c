/*
 * How the kernel looks from inside: sysctl, personality, clocks, propagation
 * of mounts. Source: runtime-spec 1.1, config-linux.md.
 */
#include "oci/bundle_parts.h"

#include <string.h>
#include <sys/mount.h>
#include <sys/personality.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct word {
    const char *text;
    unsigned long value;
};

/* Finds the word of a node in a table. */
static int parse_word(const struct json_node *node, const struct word *words,
                      size_t count, const char *what, unsigned long *value,
                      struct error *error)
{
    const char *text = NULL;
    int status = json_node_text(node, &text, error);

    if (status < 0 || text == NULL || text[0] == '\0')
        return status;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(words[i].text, text) == 0) {
            *value = words[i].value;
            return 0;
        }
    }
    return json_node_expected(node, error, "%s", what);
}

static int parse_propagation(const struct json_node *linux_node,
                             struct bundle *bundle, struct error *error)
{
    static const struct word words[] = {
        {"private", MS_PRIVATE},       {"rprivate", MS_PRIVATE | MS_REC},
        {"slave", MS_SLAVE},           {"rslave", MS_SLAVE | MS_REC},
        {"shared", MS_SHARED},         {"rshared", MS_SHARED | MS_REC},
        {"unbindable", MS_UNBINDABLE}, {"runbindable", MS_UNBINDABLE | MS_REC},
    };
    struct json_node node = json_node_member(linux_node, "rootfsPropagation");

    return parse_word(&node, words, COUNT(words),
                      "private, slave, shared or unbindable",
                      &bundle->rootfs_propagation, error);
}

static int parse_personality(const struct json_node *linux_node,
                             struct bundle *bundle, struct error *error)
{
    static const struct word words[] = {
        {"LINUX", PER_LINUX},
        {"LINUX32", PER_LINUX32},
    };
    struct json_node node = json_node_member(linux_node, "personality");
    struct json_node domain = json_node_member(&node, "domain");
    struct json_node flags = json_node_member(&node, "flags");
    int status = json_node_object(&node, error);

    bundle->has_personality = json_node_present(&node);
    if (status == 0 && bundle->has_personality)
        status = json_node_require(&domain, "LINUX or LINUX32", error);
    if (status == 0)
        status = parse_word(&domain, words, COUNT(words), "LINUX or LINUX32",
                            &bundle->personality, error);
    if (status == 0)
        status = json_node_array(&flags, error);
    /* "no flag values are supported currently". */
    if (status == 0 && json_node_count(&flags) > 0)
        return json_node_expected(&flags, error, "no flags");
    return status;
}

static int parse_offset(const struct json_node *offsets, const char *clock,
                        struct bundle_time_offset *offset, struct error *error)
{
    enum { NANOSECONDS = 1000000000 };
    struct json_node node = json_node_member(offsets, clock);
    struct json_node secs = json_node_member(&node, "secs");
    struct json_node nanosecs = json_node_member(&node, "nanosecs");
    int64_t nanoseconds = 0;
    int status = json_node_object(&node, error);

    offset->present = json_node_present(&node);
    if (status == 0)
        status = json_node_integer(&secs, INT64_MIN, INT64_MAX,
                                   &offset->seconds, error);
    if (status == 0)
        status = json_node_integer(&nanosecs, 0, NANOSECONDS - 1, &nanoseconds,
                                   error);
    offset->nanoseconds = (uint32_t)nanoseconds;
    return status;
}

static int parse_offsets(const struct json_node *linux_node,
                         struct bundle *bundle, struct error *error)
{
    struct json_node node = json_node_member(linux_node, "timeOffsets");
    int status = json_node_object(&node, error);

    if (status == 0)
        status = parse_offset(&node, "monotonic", &bundle->monotonic, error);
    if (status == 0)
        status = parse_offset(&node, "boottime", &bundle->boottime, error);
    if (status == 0 &&
        (bundle->monotonic.present || bundle->boottime.present) &&
        (!bundle->namespaces[NAMESPACE_TIME].present ||
         bundle->namespaces[NAMESPACE_TIME].path != NULL))
        return json_node_expected(&node, error,
                                  "a new time namespace in linux.namespaces");
    return status;
}

/* The name of a sysctl: no way out of /proc/sys, and no empty component. */
static bool is_sysctl_name(const char *name)
{
    return name[0] != '\0' && name[0] != '.' && name[0] != '/' &&
           strstr(name, "..") == NULL && strstr(name, "//") == NULL;
}

/*
 * Which namespace has a sysctl of its own; the others are the host's.
 * Source: config-linux.md, "Sysctl"; ipc/ipc_sysctl.c, ipc/mq_sysctl.c and
 * kernel/utsname_sysctl.c of Linux.
 */
static const struct {
    const char *name; /* with a '.' at its end: all that begin so */
    enum namespace_kind kind;
} sysctl_namespaces[] = {
    {"net.", NAMESPACE_NETWORK},
    {"fs.mqueue.", NAMESPACE_IPC},
    {"kernel.msgmax", NAMESPACE_IPC},
    {"kernel.msgmnb", NAMESPACE_IPC},
    {"kernel.msgmni", NAMESPACE_IPC},
    {"kernel.sem", NAMESPACE_IPC},
    {"kernel.shmall", NAMESPACE_IPC},
    {"kernel.shmmax", NAMESPACE_IPC},
    {"kernel.shmmni", NAMESPACE_IPC},
    {"kernel.shm_rmid_forced", NAMESPACE_IPC},
    {"kernel.domainname", NAMESPACE_UTS},
};

/* Both "net.core.somaxconn" and "net/core/somaxconn" are in use. */
static bool sysctl_matches(const char *name, const char *pattern)
{
    for (; *pattern != '\0'; name++, pattern++) {
        if (*name != *pattern && !(*name == '/' && *pattern == '.'))
            return false;
    }
    return *name == '\0' || pattern[-1] == '.';
}

static int check_sysctl(const struct json_node *node, const char *name,
                        const struct bundle *bundle, struct error *error)
{
    struct json_node member = json_node_member(node, name);

    if (!is_sysctl_name(name))
        return json_node_expected(&member, error, "the name of a sysctl");
    for (size_t i = 0; i < COUNT(sysctl_namespaces); i++) {
        if (!sysctl_matches(name, sysctl_namespaces[i].name))
            continue;
        if (bundle->namespaces[sysctl_namespaces[i].kind].present)
            return 0;
        return json_node_expected(&member, error,
                                  "its namespace in linux.namespaces");
    }
    return json_node_expected(&member, error,
                              "a sysctl that a namespace has of its own");
}

static int parse_sysctls(const struct json_node *linux_node,
                         struct bundle *bundle, struct error *error)
{
    struct json_node node = json_node_member(linux_node, "sysctl");
    int status = bundle_parse_settings(&node, &bundle->sysctls, error);

    for (size_t i = 0; status == 0 && i < bundle->sysctls.count; i++)
        status =
            check_sysctl(&node, bundle->sysctls.items[i].name, bundle, error);
    return status;
}

int bundle_parse_kernel(const struct json_node *linux_node,
                        struct bundle *bundle, struct error *error)
{
    int status = parse_propagation(linux_node, bundle, error);

    if (status == 0)
        status = parse_personality(linux_node, bundle, error);
    if (status == 0)
        status = parse_offsets(linux_node, bundle, error);
    if (status == 0)
        status = parse_sysctls(linux_node, bundle, error);
    return status;
}
