/*
 * The mounts of a bundle. Every one is made detached (fsopen, open_tree),
 * given its attributes, and attached by descriptor (move_mount): a path inside
 * the hostile rootfs is resolved once, by root_path.c.
 */
#include "container/mounts.h"

#include "container/cgroup_mount.h"
#include "container/copy_up.h"
#include "container/id_mapping.h"
#include "container/joined_proc.h"
#include "container/mount_options.h"
#include "oci/cleanup.h"
#include "oci/root_path.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

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
    if (mount->mappings.uid_count > 0 || mount->mappings.gid_count > 0)
        options->id_mapped = true;
    if (options->copy_up &&
        (mount->type == NULL || strcmp(mount->type, "tmpfs") != 0))
        return error_set(error, EINVAL, "tmpcopyup is for a tmpfs");
    for (size_t i = 0; options->bind && i < kept; i++) {
        if (!mount_option_is_superblock((*data)[i]))
            return error_set(error, EINVAL, "unknown option \"%s\"",
                             (*data)[i]);
    }
    return 0;
}

static int open_source(const char *source, bool recursive, struct error *error)
{
    unsigned int flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC;
    int tree =
        open_tree(AT_FDCWD, source, flags | (recursive ? AT_RECURSIVE : 0));

    return tree < 0 ? error_errno(error, errno, "cannot bind %s", source)
                    : tree;
}

/* SELinux labels a file system when it is made. Those that the kernel labels
 * by itself take none. */
static bool takes_label(const char *type)
{
    static const char *const types[] = {"tmpfs", "devpts", "mqueue", "ramfs",
                                        "overlay"};

    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        if (strcmp(types[i], type) == 0)
            return true;
    }
    return false;
}

/* A new file system with the words of data, and the label if there is one. */
static int make_labelled(const struct bundle_mount *mount, const char *label,
                         const char **data, uint64_t attributes,
                         struct error *error)
{
    _cleanup_free_ const char **more = NULL;
    _cleanup_free_ char *word = NULL;
    size_t count = 0;

    if (label == NULL || label[0] == '\0' || !takes_label(mount->type))
        return mount_new(mount->type, mount->source, data, attributes, error);
    while (data[count] != NULL)
        count++;
    more = calloc(count + 2, sizeof(*more));
    if (more == NULL || asprintf(&word, "context=%s", label) < 0)
        return error_errno(error, ENOMEM, "mount options");
    memcpy(more, data, count * sizeof(*more));
    more[count] = word;
    return mount_new(mount->type, mount->source, more, attributes, error);
}

/* What a mount is put together from. */
struct plan {
    const struct bundle_mount *mount;
    const char *label;
    struct mount_options options;
    const char **data;
    int prepared; /* by mounts_prepare; -1: not */
};

static int make_detached(const struct plan *plan, struct error *error)
{
    const struct mount_options *options = &plan->options;
    uint64_t attributes = options->attributes_set;

    if (plan->prepared >= 0) {
        int fd = fcntl(plan->prepared, F_DUPFD_CLOEXEC, 0);

        return fd < 0 ? error_errno(error, errno, "cannot bind") : fd;
    }
    if (options->bind)
        return open_source(plan->mount->source, options->recursive, error);
    if (plan->mount->type == NULL)
        return error_set(error, EINVAL, "neither a type nor bind is given");
    if (options->copy_up) /* it has to be written first */
        attributes &= ~(uint64_t)MOUNT_ATTR_RDONLY;
    return make_labelled(plan->mount, plan->label, plan->data, attributes,
                         error);
}

static int change_attributes(int fd, const struct mount_options *options,
                             struct error *error)
{
    int status = 0;

    /* fsmount has given a new file system its attributes already. */
    if (options->bind || options->copy_up || options->remount)
        status = mount_change(fd, options->attributes_set,
                              options->attributes_clear, 0, false);
    if (status == 0)
        status = mount_change(fd, options->attributes_set_all,
                              options->attributes_clear_all, 0, true);
    if (status < 0)
        return error_errno(error, -status, "cannot set its options");
    return 0;
}

static int change_propagation(int fd, const struct mount_options *options,
                              struct error *error)
{
    int status = mount_change(fd, 0, 0, options->propagation,
                              options->propagation_recursive);

    return error_status(error, status, "cannot set its propagation");
}

/*
 * The kernel's own file systems are masked and sealed by path later on: behind
 * a link into a volume they could be moved aside until then, and be there
 * unmasked under another name (CVE-2019-19921, CVE-2023-27561).
 */
static bool is_masked_by_path(const struct bundle_mount *mount)
{
    return mount->type != NULL && (strcmp(mount->type, "proc") == 0 ||
                                   strcmp(mount->type, "sysfs") == 0);
}

static int attach(const struct plan *plan, int fd, int root,
                  struct error *error)
{
    _cleanup_close_ int target = -1;
    enum root_entry kind;
    struct stat status;
    int result;

    if (fstat(fd, &status) < 0)
        return error_errno(error, errno, "cannot examine it");
    kind = S_ISDIR(status.st_mode) ? ROOT_DIRECTORY : ROOT_FILE;
    target =
        is_masked_by_path(plan->mount)
            ? root_open_or_make_plain(root, plan->mount->destination, error)
            : root_open_or_make(root, plan->mount->destination, kind, error);
    if (target < 0)
        return target;
    if (plan->options.copy_up) {
        result = copy_up(target, fd, error);
        if (result < 0)
            return result;
    }
    result = change_attributes(fd, &plan->options, error);
    if (result < 0)
        return result;
    result = mount_attach(fd, target);
    return result == 0 ? change_propagation(fd, &plan->options, error)
                       : error_errno(error, -result, "cannot attach");
}

/* New data for the file system of a mount that is there. */
static int reconfigure(int target, const char *const *data, struct error *error)
{
    _cleanup_close_ int filesystem = -1;

    if (data[0] == NULL)
        return 0;
    filesystem = fspick(target, "", FSPICK_EMPTY_PATH | FSPICK_CLOEXEC);
    if (filesystem < 0)
        return error_errno(error, errno, "cannot remount");
    for (; *data != NULL; data++) {
        int status = mount_configure(filesystem, *data);

        if (status < 0)
            return error_errno(error, -status, "option \"%s\"", *data);
    }
    if (fsconfig(filesystem, FSCONFIG_CMD_RECONFIGURE, NULL, NULL, 0) < 0)
        return error_errno(error, errno, "cannot remount");
    return 0;
}

static int remount(const struct plan *plan, int root, struct error *error)
{
    static const char *const none[] = {NULL};
    _cleanup_close_ int target = root_open(root, plan->mount->destination, 0);
    struct statx status;
    int result;

    if (target < 0)
        return error_errno(error, -target, "cannot remount");
    if (statx(target, "", AT_EMPTY_PATH, 0, &status) < 0 ||
        (status.stx_attributes & STATX_ATTR_MOUNT_ROOT) == 0)
        return error_set(error, EINVAL, "cannot remount what is no mount");
    result = reconfigure(target, plan->options.bind ? none : plan->data, error);
    if (result == 0)
        result = change_attributes(target, &plan->options, error);
    return result == 0 ? change_propagation(target, &plan->options, error)
                       : result;
}

static int make_mount(const struct bundle *bundle, size_t index, int prepared,
                      int root, struct error *error)
{
    struct plan plan = {
        .mount = &bundle->mounts[index],
        .label = bundle->mount_label,
        .prepared = prepared,
    };
    _cleanup_free_ const char **data = NULL;
    _cleanup_close_ int fd = -1;
    int status = split_options(plan.mount, &plan.options, &data, error);

    if (status < 0)
        return status;
    plan.data = data;
    if (plan.options.remount)
        return remount(&plan, root, error);
    fd = make_detached(&plan, error);
    return fd < 0 ? fd : attach(&plan, fd, root, error);
}

int mounts_make(const struct bundle *bundle, const int *prepared, int root,
                struct error *error)
{
    for (size_t i = 0; i < bundle->mount_count; i++) {
        const struct bundle_mount *mount = &bundle->mounts[i];
        int status;

        if (mount->type != NULL && strcmp(mount->type, "cgroup") == 0)
            status = cgroup_mount(bundle, mount, root, error);
        else
            status = make_mount(bundle, i, prepared != NULL ? prepared[i] : -1,
                                root, error);
        if (status < 0)
            return error_prefix(error, "mounts[%zu] %s", i, mount->destination);
    }
    return 0;
}

/* As rootfs.c does to what init clones: the mount ties to the host's are cut,
 * unless linux.rootfsPropagation wants them. */
static int cut_ties(int fd, const struct bundle *bundle, struct error *error)
{
    unsigned long kind = bundle->rootfs_propagation & ~(unsigned long)MS_REC;
    int status = 0;

    if (kind != MS_SHARED)
        status = mount_change(fd, 0, 0,
                              kind == MS_SLAVE ? MS_SLAVE : MS_PRIVATE, true);
    return error_status(error, status, "cannot make it private");
}

static bool is_joined_proc(const struct bundle *bundle,
                           const struct bundle_mount *mount)
{
    return bundle->namespaces[NAMESPACE_PID].path != NULL &&
           mount->type != NULL && strcmp(mount->type, "proc") == 0;
}

static int prepare_proc(const struct bundle *bundle,
                        const struct bundle_mount *mount, const char **data,
                        const struct mount_options *options,
                        struct error *error)
{
    _cleanup_close_ int filesystem = joined_proc_open(bundle, error);

    return filesystem < 0 ? filesystem
                          : mount_opened(filesystem, mount->type, mount->source,
                                         data, options->attributes_set, error);
}

/* Clones the source of one bind mount, and maps its ids if asked for. */
static int prepare_mount(const struct bundle *bundle,
                         const struct bundle_mount *mount,
                         const struct mount_options *options,
                         struct error *error)
{
    const struct bundle_id_mappings *mappings = &mount->mappings;
    _cleanup_close_ int fd = -1;
    int status;

    if (!options->bind)
        return error_set(error, ENOTSUP,
                         "only a bind mount can have its own "
                         "id mappings");
    if (mappings->uid_count == 0 && mappings->gid_count == 0)
        mappings = &bundle->mappings;
    fd = open_source(mount->source, options->recursive, error);
    if (fd < 0)
        return fd;
    status = cut_ties(fd, bundle, error);
    if (status == 0 && options->id_mapped)
        status = id_mapping_apply(fd, mappings, options->id_mapped_all, error);
    return status < 0 ? status : take_fd(&fd);
}

/* The root of a user namespace may lack the rights to walk to what root wants
 * to be bound. */
static bool needs_preparation(const struct bundle *bundle,
                              const struct bundle_mount *mount,
                              const struct mount_options *options)
{
    if (options->remount)
        return false;
    return is_joined_proc(bundle, mount) || options->id_mapped ||
           (options->bind && geteuid() == 0 &&
            bundle->namespaces[NAMESPACE_USER].present);
}

static int make_room(const struct bundle *bundle, int **prepared,
                     struct error *error)
{
    if (*prepared != NULL)
        return 0;
    *prepared = malloc(bundle->mount_count * sizeof(**prepared));
    if (*prepared == NULL)
        return error_errno(error, ENOMEM, "mounts");
    for (size_t i = 0; i < bundle->mount_count; i++)
        (*prepared)[i] = -1;
    return 0;
}

int mounts_prepare(const struct bundle *bundle, int **prepared,
                   struct error *error)
{
    for (size_t i = 0; i < bundle->mount_count; i++) {
        const struct bundle_mount *mount = &bundle->mounts[i];
        struct mount_options options = {0};
        _cleanup_free_ const char **data = NULL;
        int status = split_options(mount, &options, &data, error);

        if (status == 0 && needs_preparation(bundle, mount, &options)) {
            status = make_room(bundle, prepared, error);
            if (status == 0)
                status = (*prepared)[i] =
                    is_joined_proc(bundle, mount)
                        ? prepare_proc(bundle, mount, data, &options, error)
                        : prepare_mount(bundle, mount, &options, error);
        }
        if (status < 0)
            return error_prefix(error, "mounts[%zu] %s", i, mount->destination);
    }
    return 0;
}
