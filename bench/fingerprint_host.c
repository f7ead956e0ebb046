/* Facts about the kernel's services and about this program. */
#include "bench/fingerprint_facts.h"

#include "bench/files.h"
#include "oci/capability.h"
#include "oci/cleanup.h"

#include <fcntl.h>
#include <gnu/libc-version.h>
#include <linux/kvm.h>
#include <mntent.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/utsname.h>

json_t *fact_uname(const char *member)
{
    struct utsname names;

    if (uname(&names) < 0)
        return NULL;
    if (strcmp(member, "release") == 0)
        return json_string(names.release);
    return json_string(strcmp(member, "version") == 0 ? names.version
                                                      : names.machine);
}

/* Modules that are loaded, or built in with a parameter, have a directory in
 * /sys/module; kvm_pvm is the page-table back end that needs no VT-x. */
static const char *const kvm_backends[] = {
    "kvm_intel",
    "kvm_amd",
    "kvm_pvm",
    NULL,
};

json_t *fact_kvm_backends(const char *unused)
{
    json_t *names = json_array();

    (void)unused;
    for (const char *const *name = kvm_backends; *name != NULL; name++) {
        char path[64];

        snprintf(path, sizeof(path), "/sys/module/%s", *name);
        if (access(path, F_OK) == 0)
            json_array_append_new(names, json_string(*name));
    }
    if (json_array_size(names) > 0)
        return names;
    json_decref(names);
    return NULL;
}

json_t *fact_kvm_parameter(const char *parameter)
{
    json_t *values = json_object();

    for (const char *const *name = kvm_backends; *name != NULL; name++) {
        char path[128];
        json_t *value;

        snprintf(path, sizeof(path), "/sys/module/%s/parameters/%s", *name,
                 parameter);
        value = fact_line(path);
        if (value != NULL)
            json_object_set_new(values, *name, value);
    }
    if (json_object_size(values) > 0)
        return values;
    json_decref(values);
    return NULL;
}

json_t *fact_kvm_opens(const char *unused)
{
    _cleanup_close_ int fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);

    (void)unused;
    if (fd < 0 && errno == ENOENT)
        return NULL;
    return json_boolean(fd >= 0);
}

json_t *fact_kvm_api(const char *unused)
{
    _cleanup_close_ int fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);
    int version = fd >= 0 ? ioctl(fd, KVM_GET_API_VERSION, 0) : -1;

    (void)unused;
    return version >= 0 ? json_integer(version) : NULL;
}

/* Calls found for every mount of cgroup or cgroup2. */
static void each_cgroup_mount(void (*found)(const struct mntent *mount,
                                            json_t *result),
                              json_t *result)
{
    FILE *mounts = setmntent("/proc/self/mounts", "re");
    const struct mntent *mount;

    if (mounts == NULL)
        return;
    while ((mount = getmntent(mounts)) != NULL)
        if (strcmp(mount->mnt_type, "cgroup") == 0 ||
            strcmp(mount->mnt_type, "cgroup2") == 0)
            found(mount, result);
    endmntent(mounts);
}

static void note_type(const struct mntent *mount, json_t *types)
{
    json_object_set_new(types, mount->mnt_type, json_true());
}

json_t *fact_cgroup_version(const char *unused)
{
    json_t *types = json_object();
    bool v1, v2;

    (void)unused;
    each_cgroup_mount(note_type, types);
    v1 = json_object_get(types, "cgroup") != NULL;
    v2 = json_object_get(types, "cgroup2") != NULL;
    json_decref(types);
    if (!v1 && !v2)
        return NULL;
    return json_string(v1 && v2 ? "hybrid" : v1 ? "v1" : "v2");
}

/* Version 1 names its controllers among the mount's options. */
static void note_v1(const struct mntent *mount, json_t *names)
{
    static const char *const known[] = {
        "cpu",     "cpuacct", "cpuset",     "memory", "devices",
        "freezer", "blkio",   "net_cls",    "pids",   "net_prio",
        "hugetlb", "rdma",    "perf_event", "misc",   NULL,
    };

    if (strcmp(mount->mnt_type, "cgroup") != 0)
        return;
    for (const char *const *name = known; *name != NULL; name++)
        if (hasmntopt(mount, *name) != NULL)
            json_array_append_new(names, json_string(*name));
}

/* Version 2 lists them in a file at its root. */
static void note_v2(const struct mntent *mount, json_t *names)
{
    char text[1024], path[512];
    char *rest = NULL;

    if (strcmp(mount->mnt_type, "cgroup2") != 0 || json_array_size(names) > 0)
        return;
    snprintf(path, sizeof(path), "%s/cgroup.controllers", mount->mnt_dir);
    if (file_read(path, text, sizeof(text)) < 0)
        return;
    for (char *word = strtok_r(text, " \n", &rest); word != NULL;
         word = strtok_r(NULL, " \n", &rest))
        json_array_append_new(names, json_string(word));
}

json_t *fact_cgroup_controllers(const char *version)
{
    json_t *names = json_array();

    each_cgroup_mount(strcmp(version, "v1") == 0 ? note_v1 : note_v2, names);
    if (json_array_size(names) > 0)
        return names;
    json_decref(names);
    return NULL;
}

json_t *fact_libc(const char *unused)
{
    (void)unused;
    return json_sprintf("glibc %s", gnu_get_libc_version());
}

json_t *fact_compiler(const char *unused)
{
    (void)unused;
#if defined(__clang__)
    return json_string(__VERSION__);
#else
    return json_string("gcc " __VERSION__);
#endif
}

json_t *fact_user_id(const char *unused)
{
    (void)unused;
    return json_integer(geteuid());
}

/* CapEff of proc(5) is a mask in hexadecimal; the kernel's last capability is
 * a file of its own. */
json_t *fact_capabilities_missing(const char *unused)
{
    char text[8192];
    const char *line;
    int64_t last;
    uint64_t effective;
    json_t *names;

    (void)unused;
    if (file_read("/proc/self/status", text, sizeof(text)) < 0 ||
        (line = strstr(text, "\nCapEff:")) == NULL ||
        file_read_number("/proc/sys/kernel/cap_last_cap", &last) < 0)
        return NULL;
    effective = strtoull(line + strlen("\nCapEff:"), NULL, 16);
    names = json_array();
    for (int i = 0; i <= last && i < 64; i++) {
        const char *name = capability_name(i);

        if ((effective >> i & 1) == 0)
            json_array_append_new(names, name != NULL ? json_string(name)
                                                      : json_sprintf("%d", i));
    }
    return names;
}
