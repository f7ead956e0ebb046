/* Mount options for guests; see mount_words.h. */
#include "vmm/mount_words.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>

/* Propagation is left out: there is nobody in a guest to propagate to. */
static const struct option_word {
    const char *word;
    uint64_t set, clear;
} option_words[] = {
    {"async", 0, MS_SYNCHRONOUS},
    {"atime", 0, MS_NOATIME},
    {"bind", MS_BIND, 0},
    {"defaults", 0, 0},
    {"dev", 0, MS_NODEV},
    {"diratime", 0, MS_NODIRATIME},
    {"dirsync", MS_DIRSYNC, 0},
    {"exec", 0, MS_NOEXEC},
    {"noatime", MS_NOATIME, 0},
    {"nodev", MS_NODEV, 0},
    {"nodiratime", MS_NODIRATIME, 0},
    {"noexec", MS_NOEXEC, 0},
    {"norelatime", 0, MS_RELATIME},
    {"nostrictatime", 0, MS_STRICTATIME},
    {"nosuid", MS_NOSUID, 0},
    {"private", 0, 0},
    {"rbind", MS_BIND, 0},
    {"relatime", MS_RELATIME, 0},
    {"ro", MS_RDONLY, 0},
    {"rprivate", 0, 0},
    {"rshared", 0, 0},
    {"rslave", 0, 0},
    {"runbindable", 0, 0},
    {"rw", 0, MS_RDONLY},
    {"shared", 0, 0},
    {"slave", 0, 0},
    {"strictatime", MS_STRICTATIME, 0},
    {"suid", 0, MS_NOSUID},
    {"sync", MS_SYNCHRONOUS, 0},
    {"unbindable", 0, 0},
};

/* Host directories that show a kernel, of which a guest has its own. */
static const struct {
    const char *source, *type;
} kernel_views[] = {
    {"/proc", "proc"},
    {"/sys", "sysfs"},
    {"/dev", "devtmpfs"},
    {"/sys/fs/cgroup", "cgroup2"},
};

static bool apply_word(const char *word, uint64_t *flags)
{
    for (size_t i = 0; i < sizeof(option_words) / sizeof(option_words[0]);
         i++) {
        if (strcmp(option_words[i].word, word) == 0) {
            *flags = (*flags | option_words[i].set) & ~option_words[i].clear;
            return true;
        }
    }
    return false;
}

/* Flags of the known words; the others to data, commas between them. */
static int sort_words(char *const *words, struct guest_mount *result)
{
    size_t size = 1, used = 0;

    for (char *const *word = words; *word != NULL; word++)
        size += strlen(*word) + 1;
    result->data = calloc(1, size);
    if (result->data == NULL)
        return -ENOMEM;
    for (; *words != NULL; words++) {
        size_t length = strlen(*words);

        if (apply_word(*words, &result->flags))
            continue;
        if (used > 0)
            result->data[used++] = ',';
        memcpy(result->data + used, *words, length);
        used += length;
    }
    return 0;
}

/* Of the host's directories only those come here that a guest has itself. */
static void replace_bind(const struct bundle_mount *mount,
                         struct guest_mount *result)
{
    result->flags &= ~(uint64_t)MS_BIND;
    result->type = "tmpfs"; /* /dev/shm */
    for (size_t i = 0; i < sizeof(kernel_views) / sizeof(kernel_views[0]);
         i++) {
        if (strcmp(kernel_views[i].source, mount->source) == 0)
            result->type = kernel_views[i].type;
    }
}

/*
 * A container's /dev is a small tmpfs, because few of the host's devices are
 * its business. All devices of a guest are its own, so it gets them all.
 */
static void give_devices(const struct bundle_mount *mount,
                         struct guest_mount *result)
{
    if (strcmp(mount->destination, "/dev") != 0 ||
        strcmp(result->type, "tmpfs") != 0)
        return;
    result->type = "devtmpfs";
    result->data[0] = '\0';
}

int guest_mount_translate(const struct bundle_mount *mount,
                          struct guest_mount *result, struct error *error)
{
    const char *type = mount->type != NULL ? mount->type : "bind";
    int status;

    *result = (struct guest_mount){
        .type = strcmp(type, "cgroup") == 0 ? "cgroup2" : type,
        .source = mount->source != NULL ? mount->source : type,
    };
    status = sort_words(mount->options, result);
    if (status < 0)
        return error_errno(error, -status, "config.json: mounts");
    if (strcmp(type, "bind") == 0 || (result->flags & MS_BIND) != 0)
        replace_bind(mount, result);
    else
        give_devices(mount, result);
    return 0;
}
