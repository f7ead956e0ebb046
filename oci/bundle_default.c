/*
 * The config.json of a default bundle: what `runc spec` writes, with the
 * program of the template in it, as data. Every runtime-spec 1.0.2 runtime
 * runs it.
 */
#include "oci/bundle_parts.h"
#include "oci/capability.h"
#include "oci/path.h"

#include <linux/capability.h>
#include <string.h>
#include <unistd.h>

static const char default_path[] =
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

static const int default_capabilities[] = {
    CAP_AUDIT_WRITE,
    CAP_KILL,
    CAP_NET_BIND_SERVICE,
};

/* The sets that hold them; an empty ambient set is what runc gives root. */
static const char *const default_capability_sets[] = {
    "bounding",
    "effective",
    "permitted",
};

static const char *const default_namespaces[] = {
    "mount", "pid", "network", "ipc", "uts", "cgroup",
};

/* Which kind of caller a mount is for. */
enum mount_audience { EVERYBODY, ROOT_ONLY, ROOTLESS_ONLY };

static const struct default_mount {
    enum mount_audience audience;
    const char *destination, *type, *source;
    const char *options[8];
} default_mounts[] = {
    {EVERYBODY, "/proc", "proc", "proc", {NULL}},
    {EVERYBODY,
     "/dev",
     "tmpfs",
     "tmpfs",
     {"nosuid", "strictatime", "mode=755", "size=65536k"}},
    {ROOT_ONLY,
     "/dev/pts",
     "devpts",
     "devpts",
     {"nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620",
      "gid=5"}},
    /* Group 5 is not mapped in a namespace that holds a single id. */
    {ROOTLESS_ONLY,
     "/dev/pts",
     "devpts",
     "devpts",
     {"nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"}},
    {EVERYBODY,
     "/dev/shm",
     "tmpfs",
     "shm",
     {"nosuid", "noexec", "nodev", "mode=1777", "size=65536k"}},
    {EVERYBODY,
     "/dev/mqueue",
     "mqueue",
     "mqueue",
     {"nosuid", "noexec", "nodev"}},
    {ROOT_ONLY, "/sys", "sysfs", "sysfs", {"nosuid", "noexec", "nodev", "ro"}},
    /* The kernel lets only root of the first user namespace see a new one
     * on many hosts. */
    {ROOTLESS_ONLY,
     "/sys",
     "none",
     "/sys",
     {"rbind", "nosuid", "noexec", "nodev", "ro"}},
};

static const char *const masked_paths[] = {
    "/proc/acpi",        "/proc/asound",        "/proc/kcore",
    "/proc/keys",        "/proc/latency_stats", "/proc/timer_list",
    "/proc/timer_stats", "/proc/sched_debug",   "/sys/firmware",
    "/proc/scsi",
};

static const char *const readonly_paths[] = {
    "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger",
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/*
 * A string that JSON cannot hold (one that is not UTF-8) makes the array
 * NULL, and with it the whole document: nothing is dropped silently.
 * jansson's *_new functions and "o" formats pass such a NULL on.
 */
static json_t *append_string(json_t *array, const char *string)
{
    if (json_array_append_new(array, json_string(string)) == 0)
        return array;
    json_decref(array);
    return NULL;
}

static json_t *string_array(const char *const *strings, size_t count)
{
    json_t *array = json_array();

    for (size_t i = 0; i < count && strings[i] != NULL; i++)
        array = append_string(array, strings[i]);
    return array;
}

static json_t *arguments(const struct bundle_template *template)
{
    const char *name = path_basename(template->program);
    json_t *array = json_pack("[s+]", "/", name);

    for (char *const *argument = template->arguments;
         argument != NULL && *argument != NULL; argument++)
        array = append_string(array, *argument);
    return array;
}

/* Entries that are no NAME=value are nothing a bundle could carry. */
static json_t *environment(const struct bundle_template *template)
{
    json_t *array = json_array();

    if (template->environment == NULL)
        return append_string(array, default_path);
    for (char *const *entry = template->environment; *entry != NULL; entry++) {
        const char *equals = strchr(*entry, '=');

        if (equals != NULL && equals != *entry)
            array = append_string(array, *entry);
    }
    return array;
}

static json_t *capabilities(void)
{
    json_t *sets = json_object();

    for (size_t i = 0; i < COUNT(default_capability_sets); i++) {
        json_t *set = json_array();

        for (size_t j = 0; j < COUNT(default_capabilities); j++)
            set = append_string(set, capability_name(default_capabilities[j]));
        json_object_set_new(sets, default_capability_sets[i], set);
    }
    return sets;
}

static json_t *process(const struct bundle_template *template)
{
    return json_pack("{s:b, s:{s:i, s:i}, s:o, s:o, s:s, s:o, s:b}", "terminal",
                     0, "user", "uid", 0, "gid", 0, "args", arguments(template),
                     "env", environment(template), "cwd", "/", "capabilities",
                     capabilities(), "noNewPrivileges", 1);
}

static json_t *mounts(bool rootless)
{
    enum mount_audience other = rootless ? ROOT_ONLY : ROOTLESS_ONLY;
    json_t *array = json_array();

    for (size_t i = 0; i < COUNT(default_mounts); i++) {
        const struct default_mount *mount = &default_mounts[i];
        json_t *object;

        if (mount->audience == other)
            continue;
        object = json_pack("{s:s, s:s, s:s}", "destination", mount->destination,
                           "type", mount->type, "source", mount->source);
        if (mount->options[0] != NULL)
            json_object_set_new(
                object, "options",
                string_array(mount->options, COUNT(mount->options)));
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *namespaces(bool rootless)
{
    json_t *array = json_array();

    for (size_t i = 0; i < COUNT(default_namespaces); i++)
        json_array_append_new(
            array, json_pack("{s:s}", "type", default_namespaces[i]));
    if (rootless)
        json_array_append_new(array, json_pack("{s:s}", "type", "user"));
    return array;
}

/* One id of the host becomes 0 inside. */
static json_t *mapping(unsigned int host_id)
{
    return json_pack("[{s:i, s:I, s:i}]", "containerID", 0, "hostID",
                     (json_int_t)host_id, "size", 1);
}

static json_t *resources(const struct bundle_template *template)
{
    json_t *object = json_object();

    if (template->memory_limit != BUNDLE_UNSET)
        json_object_set_new(
            object, "memory",
            json_pack("{s:I}", "limit", (json_int_t) template->memory_limit));
    if (template->pids_limit != BUNDLE_UNSET)
        json_object_set_new(
            object, "pids",
            json_pack("{s:I}", "limit", (json_int_t) template->pids_limit));
    return object;
}

static json_t *linux_part(const struct bundle_template *template)
{
    json_t *object = json_pack(
        "{s:o, s:o, s:o, s:o}", "namespaces", namespaces(template->rootless),
        "resources", resources(template), "maskedPaths",
        string_array(masked_paths, COUNT(masked_paths)), "readonlyPaths",
        string_array(readonly_paths, COUNT(readonly_paths)));

    if (template->cgroups_path != NULL)
        json_object_set_new(object, "cgroupsPath",
                            json_string(template->cgroups_path));
    if (template->rootless) {
        json_object_set_new(object, "uidMappings", mapping(geteuid()));
        json_object_set_new(object, "gidMappings", mapping(getegid()));
    }
    return object;
}

json_t *bundle_default_config(const struct bundle_template *template,
                              const char *rootfs)
{
    return json_pack("{s:s, s:o, s:{s:s, s:b}, s:s, s:o, s:o}", "ociVersion",
                     "1.0.2", "process", process(template), "root", "path",
                     rootfs, "readonly", 1, "hostname", "ringside", "mounts",
                     mounts(template->rootless), "linux", linux_part(template));
}
