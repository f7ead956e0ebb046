/*
 * What this runtime can do; see features.h. Wherever a table decides what is
 * accepted in a bundle, it is asked here, so that the two cannot differ.
 */
#include "container/features.h"

#include "container/mount_options.h"
#include "container/seccomp.h"
#include "oci/capability.h"

#include <ctype.h>
#include <seccomp.h>
#include <stddef.h>
#include <string.h>

static json_t *list(const char *const *words)
{
    json_t *array = json_array();

    for (; *words != NULL; words++)
        json_array_append_new(array, json_string(*words));
    return array;
}

/* Of the words of the specification and of crun, those that are taken. */
static json_t *list_mount_options(void)
{
    static const char *const words[] = {
        "async",         "atime",        "bind",
        "defaults",      "dev",          "diratime",
        "dirsync",       "exec",         "idmap",
        "iversion",      "lazytime",     "loud",
        "mand",          "noatime",      "nodev",
        "nodiratime",    "noexec",       "noiversion",
        "nolazytime",    "nomand",       "norelatime",
        "nostrictatime", "nosuid",       "nosymfollow",
        "private",       "ratime",       "rbind",
        "rdev",          "rdiratime",    "relatime",
        "remount",       "rexec",        "ridmap",
        "rnoatime",      "rnodev",       "rnodiratime",
        "rnoexec",       "rnorelatime",  "rnostrictatime",
        "rnosuid",       "rnosymfollow", "ro",
        "rprivate",      "rrelatime",    "rro",
        "rrw",           "rshared",      "rslave",
        "rstrictatime",  "rsuid",        "rsymfollow",
        "runbindable",   "rw",           "shared",
        "silent",        "slave",        "strictatime",
        "suid",          "symfollow",    "sync",
        "tmpcopyup",     "unbindable"};
    json_t *array = json_array();

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        struct mount_options options = {0};

        if (mount_option_apply(&options, words[i]) ||
            mount_option_is_superblock(words[i]))
            json_array_append_new(array, json_string(words[i]));
    }
    return array;
}

static json_t *list_capabilities(void)
{
    json_t *array = json_array();

    for (int i = 0; capability_name(i) != NULL; i++)
        json_array_append_new(array, json_string(capability_name(i)));
    return array;
}

/* Those that the libseccomp we are built with knows. */
static json_t *list_architectures(void)
{
    static const char *const names[] = {
        "x86",         "x86_64",  "x32",       "arm",    "aarch64",
        "mips",        "mips64",  "mips64n32", "mipsel", "mipsel64",
        "mipsel64n32", "parisc",  "parisc64",  "ppc",    "ppc64",
        "ppc64le",     "riscv64", "s390",      "s390x"};
    json_t *array = json_array();

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        char name[32] = "SCMP_ARCH_";
        size_t length = strlen(name);

        if (seccomp_arch_resolve_name(names[i]) == 0)
            continue;
        for (const char *c = names[i]; *c != '\0'; c++)
            name[length++] = (char)toupper(*c);
        json_array_append_new(array, json_string(name));
    }
    return array;
}

static json_t *describe_seccomp(void)
{
    return json_pack("{sb so so so so so}", "enabled", 1, "actions",
                     seccomp_action_names(), "operators",
                     seccomp_operator_names(), "archs", list_architectures(),
                     "knownFlags", seccomp_flag_names(), "supportedFlags",
                     seccomp_flag_names());
}

static json_t *describe_linux(void)
{
    static const char *const namespaces[] = {"cgroup",  "ipc", "mount",
                                             "network", "pid", "time",
                                             "user",    "uts", NULL};

    return json_pack(
        "{so so s{sb sb sb sb sb} so s{sb} s{sb} s{sb} s{s{sb}}}", "namespaces",
        list(namespaces), "capabilities", list_capabilities(), "cgroup", "v1",
        1, "v2", 1, "systemd", 1, "systemdUser", 1, "rdma", 1, "seccomp",
        describe_seccomp(), "apparmor", "enabled", 1, "selinux", "enabled", 1,
        "intelRdt", "enabled", 1, "mountExtensions", "idmap", "enabled", 1);
}

json_t *container_features(void)
{
    static const char *const hooks[] = {"prestart",
                                        "createRuntime",
                                        "createContainer",
                                        "startContainer",
                                        "poststart",
                                        "poststop",
                                        NULL};

    return json_pack("{so so so}", "hooks", list(hooks), "mountOptions",
                     list_mount_options(), "linux", describe_linux());
}
