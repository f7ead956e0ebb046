/* Bind mounts of a bundle, for a guest that gets copies; see host_files.h. */
#include "vmm/host_files.h"

#include "oci/cleanup.h"
#include "oci/root_path.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

/* Host directories that show the host's kernel: the guest has its own. */
static const char *const kernel_views[] = {
    "/proc", "/sys", "/dev", "/sys/fs/cgroup", NULL,
};

/* What engines bind in every container, often writable, so that programs may
 * read it: no loss if nobody sees what one writes there. */
static const char *const engine_files[] = {
    "/dev/termination-log", "/etc/hostname",      "/etc/hosts",
    "/etc/resolv.conf",     "/run/.containerenv", NULL,
};

/* Shared by the containers of a pod; a guest is alone in its. */
static const char shared_memory[] = "/dev/shm";

static bool is_listed(const char *const *list, const char *word)
{
    for (; word != NULL && *list != NULL; list++) {
        if (strcmp(*list, word) == 0)
            return true;
    }
    return false;
}

static bool is_bind(const struct bundle_mount *mount)
{
    if (mount->type != NULL && strcmp(mount->type, "bind") == 0)
        return true;
    for (char *const *option = mount->options; *option != NULL; option++) {
        if (strcmp(*option, "bind") == 0 || strcmp(*option, "rbind") == 0)
            return true;
    }
    return mount->type == NULL;
}

/* The last word counts. */
static bool is_read_only(const struct bundle_mount *mount)
{
    bool read_only = false;

    for (char *const *option = mount->options; *option != NULL; option++) {
        if (strcmp(*option, "ro") == 0 || strcmp(*option, "rro") == 0)
            read_only = true;
        else if (strcmp(*option, "rw") == 0)
            read_only = false;
    }
    return read_only;
}

enum host_files host_files_kind(const struct bundle_mount *mount)
{
    if (!is_bind(mount))
        return HOST_FILES_NONE;
    if (is_listed(kernel_views, mount->source))
        return HOST_FILES_KERNEL;
    if (strcmp(mount->destination, shared_memory) == 0)
        return HOST_FILES_GUEST;
    if (mount->source != NULL &&
        (is_read_only(mount) || is_listed(engine_files, mount->destination)))
        return HOST_FILES_COPY;
    return HOST_FILES_REFUSED;
}

int host_files_check(const struct bundle *bundle, struct error *error)
{
    for (size_t i = 0; i < bundle->mount_count; i++) {
        const struct bundle_mount *mount = &bundle->mounts[i];

        if (host_files_kind(mount) == HOST_FILES_REFUSED)
            return error_set(
                error, ENOTSUP,
                "config.json: mounts: %s: \"%s\" of the host: a virtual "
                "machine works on a copy, and what it writes would be lost: "
                "mount it read-only (ro), or copy it into the rootfs",
                mount->destination, mount->source != NULL ? mount->source : "");
    }
    return 0;
}

/* Nobody else sees the mounts, and they end with the process. */
static int enter_namespace(struct error *error)
{
    if (unshare(CLONE_NEWNS) < 0 ||
        mount("none", "/", NULL, MS_REC | MS_SLAVE, NULL) < 0)
        return error_errno(error, errno,
                           "config.json: mounts: files of the host need a "
                           "mount namespace, and the right to mount");
    return 0;
}

static int cannot_bind(const struct bundle_mount *mount, int code,
                       struct error *error)
{
    return error_errno(error, code, "config.json: mounts: %s: \"%s\"",
                       mount->destination, mount->source);
}

static int bind_on(int root, const struct bundle_mount *mount,
                   struct error *error)
{
    _cleanup_close_ int source = open(mount->source, O_PATH | O_CLOEXEC);
    _cleanup_close_ int target = -1, tree = -1;
    struct stat status;

    if (source < 0 || fstat(source, &status) < 0)
        return cannot_bind(mount, errno, error);
    if (!S_ISDIR(status.st_mode) && !S_ISREG(status.st_mode))
        return error_set(error, EINVAL,
                         "config.json: mounts: %s: \"%s\" is neither a file "
                         "nor a directory: a guest cannot have a copy",
                         mount->destination, mount->source);
    target = root_open_or_make(
        root, mount->destination,
        S_ISDIR(status.st_mode) ? ROOT_DIRECTORY : ROOT_FILE, error);
    if (target < 0)
        return target;
    tree = open_tree(source, "",
                     OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH |
                         AT_RECURSIVE);
    if (tree < 0 ||
        move_mount(tree, "", target, "",
                   MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0)
        return cannot_bind(mount, errno, error);
    return 0;
}

int host_files_bind(const struct bundle *bundle, struct error *error)
{
    _cleanup_close_ int root = -1;

    for (size_t i = 0; i < bundle->mount_count; i++) {
        const struct bundle_mount *mount = &bundle->mounts[i];
        int status = 0;

        if (host_files_kind(mount) != HOST_FILES_COPY)
            continue;
        if (root < 0)
            status = enter_namespace(error);
        /* Of this namespace, or nothing could be mounted below it. */
        if (status == 0 && root < 0)
            root = open(bundle->rootfs, O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (status == 0 && root < 0)
            return error_errno(error, errno, "%s", bundle->rootfs);
        if (status == 0)
            status = bind_on(root, mount, error);
        if (status < 0)
            return status;
    }
    return 0;
}
