/*
 * The system calls of mounting, with their errors; see mounts.h.
 * Source: fsopen(2), open_tree(2), mount_setattr(2), move_mount(2).
 */
#include "container/mounts.h"

#include "oci/cleanup.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>

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

int mount_configure(int filesystem, const char *word)
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

    if (filesystem < 0)
        return error_errno(error, errno, "cannot mount %s", type);
    return mount_opened(filesystem, type, source, data, attributes, error);
}

int mount_opened(int filesystem, const char *type, const char *source,
                 const char *const *data, uint64_t attributes,
                 struct error *error)
{
    int mount;

    if (source != NULL &&
        fsconfig(filesystem, FSCONFIG_SET_STRING, "source", source, 0) < 0)
        return filesystem_error(filesystem, errno, type, error);
    for (; *data != NULL; data++) {
        int status = mount_configure(filesystem, *data);

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
