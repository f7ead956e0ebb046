/*
 * The mounts of a bundle. Every one is made detached (fsopen, open_tree),
 * given its attributes, and attached by descriptor (move_mount): a path inside
 * the hostile rootfs is resolved once, by root_path.c.
 * Source: fsopen(2), open_tree(2), mount_setattr(2), move_mount(2).
 */
#include "container/mounts.h"

#include "container/cgroup_mount.h"
#include "container/mount_options.h"
#include "container/root_path.h"
#include "oci/cleanup.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

int mount_clone(int fd, bool with_submounts)
{
    unsigned int flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH;
    int tree = open_tree(fd, "", flags | (with_submounts ? AT_RECURSIVE : 0));

    return tree < 0 ? -errno : tree;
}

int mount_attach(int mount, int target)
{
    const unsigned int flags =
        MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH;

    return move_mount(mount, "", target, "", flags) < 0 ? -errno : 0;
}

int mount_change(int mount, uint64_t set, uint64_t clear, uint64_t propagation,
                 bool recursive)
{
    struct mount_attr attributes = {
        .attr_set = set,
        .attr_clr = clear,
        .propagation = propagation,
    };
    unsigned int flags = AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0);

    if (set == 0 && clear == 0 && propagation == 0)
        return 0;
    if (mount_setattr(mount, "", flags, &attributes, sizeof(attributes)) < 0)
        return -errno;
    return 0;
}

/* The kernel leaves a line such as "e tmpfs: Bad value for 'size'". */
static int filesystem_error(int filesystem, int code, const char *type,
                            struct error *error)
{
    char message[256];
    ssize_t n = read(filesystem, message, sizeof(message) - 1);

    if (n <= 2)
        return error_errno(error, code, "cannot mount %s", type);
    message[n - (message[n - 1] == '\n')] = '\0';
    return error_set(error, code, "cannot mount %s: %s", type, message + 2);
}

/* One word of data, NAME or NAME=VALUE. */
static int configure(int filesystem, const char *word)
{
    const char *equals = strchr(word, '=');
    _cleanup_free_ char *name = NULL;
    int status;

    if (equals == NULL)
        status = fsconfig(filesystem, FSCONFIG_SET_FLAG, word, NULL, 0);
    else if ((name = strndup(word, (size_t)(equals - word))) == NULL)
        return -ENOMEM;
    else
        status = fsconfig(filesystem, FSCONFIG_SET_STRING, name, equals + 1, 0);
    return status < 0 ? -errno : 0;
}

int mount_new(const char *type, const char *source, const char *const *data,
              uint64_t attributes, struct error *error)
{
    _cleanup_close_ int filesystem = fsopen(type, FSOPEN_CLOEXEC);
    int mount;

    if (filesystem < 0)
        return error_errno(error, errno, "cannot mount %s", type);
    if (source != NULL &&
        fsconfig(filesystem, FSCONFIG_SET_STRING, "source", source, 0) < 0)
        return filesystem_error(filesystem, errno, type, error);
    for (; *data != NULL; data++) {
        int status = configure(filesystem, *data);

        if (status < 0) {
            filesystem_error(filesystem, -status, type, error);
            return error_prefix(error, "option \"%s\"", *data);
        }
    }
    if (fsconfig(filesystem, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
        return filesystem_error(filesystem, errno, type, error);
    mount = fsmount(filesystem, FSMOUNT_CLOEXEC, (unsigned int)attributes);
    if (mount < 0)
        return filesystem_error(filesystem, errno, type, error);
    return mount;
}

/* Splits the words of a mount; *data (borrowed words) is freed by the caller.
 */
static int split_options(const struct bundle_mount *mount,
                         struct mount_options *options, const char ***data,
                         struct error *error)
{
    size_t count = 0, kept = 0;

    while (mount->options[count] != NULL)
        count++;
    *data = calloc(count + 1, sizeof(**data));
    if (*data == NULL)
        return error_errno(error, ENOMEM, "mount options");
    if (mount->type != NULL && strcmp(mount->type, "bind") == 0)
        options->bind = true;
    for (size_t i = 0; i < count; i++) {
        if (!mount_option_apply(options, mount->options[i]))
            (*data)[kept++] = mount->options[i];
    }
    if (options->bind && kept > 0)
        return error_set(error, EINVAL, "unknown option \"%s\"", (*data)[0]);
    return 0;
}

/* Opens what is bound, and says whether it is a directory. */
static int open_source(const char *source, bool recursive, bool *is_directory,
                       struct error *error)
{
    unsigned int flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC;
    int tree =
        open_tree(AT_FDCWD, source, flags | (recursive ? AT_RECURSIVE : 0));
    struct stat status;

    if (tree < 0)
        return error_errno(error, errno, "cannot bind %s", source);
    if (fstat(tree, &status) < 0) {
        close(tree);
        return error_errno(error, errno, "cannot examine %s", source);
    }
    *is_directory = S_ISDIR(status.st_mode);
    return tree;
}

static int make_detached(const struct bundle_mount *mount,
                         const struct mount_options *options,
                         const char *const *data, enum root_entry *kind,
                         struct error *error)
{
    bool is_directory = true;
    int fd;

    if (options->bind)
        fd = open_source(mount->source, options->recursive, &is_directory,
                         error);
    else if (mount->type == NULL)
        return error_set(error, EINVAL, "neither a type nor bind is given");
    else
        fd = mount_new(mount->type, mount->source, data,
                       options->attributes_set, error);
    *kind = is_directory ? ROOT_DIRECTORY : ROOT_FILE;
    return fd;
}

static int change_attributes(int fd, const struct mount_options *options,
                             struct error *error)
{
    int status = 0;

    /* fsmount has given a new file system its attributes already. */
    if (options->bind)
        status = mount_change(fd, options->attributes_set,
                              options->attributes_clear, 0, false);
    if (status == 0)
        status = mount_change(fd, options->attributes_set_all,
                              options->attributes_clear_all, 0, true);
    if (status < 0)
        return error_errno(error, -status, "cannot set its options");
    return 0;
}

static int make_mount(const struct bundle_mount *mount, int root,
                      struct error *error)
{
    struct mount_options options = {0};
    _cleanup_free_ const char **data = NULL;
    _cleanup_close_ int fd = -1, target = -1;
    enum root_entry kind = ROOT_DIRECTORY;
    int status = split_options(mount, &options, &data, error);

    if (status < 0)
        return status;
    fd = make_detached(mount, &options, data, &kind, error);
    if (fd < 0)
        return fd;
    status = change_attributes(fd, &options, error);
    if (status < 0)
        return status;
    target = root_open_or_make(root, mount->destination, kind, error);
    if (target < 0)
        return target;
    status = mount_attach(fd, target);
    if (status == 0)
        status = mount_change(fd, 0, 0, options.propagation,
                              options.propagation_recursive);
    return status == 0 ? 0 : error_errno(error, -status, "cannot attach");
}

int mounts_make(const struct bundle *bundle, int root, struct error *error)
{
    for (size_t i = 0; i < bundle->mount_count; i++) {
        const struct bundle_mount *mount = &bundle->mounts[i];
        int status;

        if (mount->type != NULL && strcmp(mount->type, "cgroup") == 0)
            status = cgroup_mount(mount, root, error);
        else
            status = make_mount(mount, root, error);
        if (status < 0)
            return error_prefix(error, "mounts[%zu] %s", i, mount->destination);
    }
    return 0;
}
