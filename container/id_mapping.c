/* The ids of a user namespace; see id_mapping.h. */
#include "container/id_mapping.h"

#include "oci/cleanup.h"
#include "oci/file.h"
#include "oci/json.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>

/* One of the two maps, and how it is written. */
struct map {
    const char *file, *helper;
    const struct bundle_id_mapping *mappings;
    size_t count;
    uint32_t own_id;
};

static int write_file(pid_t pid, const char *name, const char *text)
{
    _cleanup_close_ int fd = -1;
    char path[64];

    snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
    fd = open(path, O_WRONLY | O_CLOEXEC);
    /* The kernel takes a map in one write or not at all. */
    return fd < 0 ? -errno : file_write_all(fd, text, strlen(text));
}

static int write_map(pid_t pid, const struct map *map, struct error *error)
{
    _cleanup_free_ char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    int status;

    if (stream == NULL)
        return error_errno(error, ENOMEM, "%s", map->file);
    for (size_t i = 0; i < map->count; i++)
        fprintf(stream, "%u %u %u\n", map->mappings[i].container_id,
                map->mappings[i].host_id, map->mappings[i].size);
    fclose(stream);
    status = write_file(pid, map->file, text);
    return error_status(error, status, "%s: cannot write the mapping",
                        map->file);
}

/* "newuidmap PID INSIDE OUTSIDE COUNT...", as a vector. */
static char **helper_arguments(pid_t pid, const struct map *map)
{
    size_t count = 2 + 3 * map->count;
    char **arguments = calloc(count + 1, sizeof(*arguments));
    bool complete = arguments != NULL;

    for (size_t i = 0; complete && i < count; i++) {
        const struct bundle_id_mapping *mapping =
            &map->mappings[i < 2 ? 0 : (i - 2) / 3];
        const uint32_t numbers[] = {mapping->container_id, mapping->host_id,
                                    mapping->size};
        int n;

        if (i == 0)
            n = asprintf(&arguments[i], "%s", map->helper);
        else if (i == 1)
            n = asprintf(&arguments[i], "%d", (int)pid);
        else
            n = asprintf(&arguments[i], "%u", numbers[(i - 2) % 3]);
        if (n < 0)
            arguments[i] = NULL;
        complete = n >= 0;
    }
    return arguments;
}

static int run_helper(pid_t pid, const struct map *map, struct error *error)
{
    char **arguments = helper_arguments(pid, map);
    int status = ENOMEM, result = -1;
    pid_t child = -1;

    if (arguments != NULL && arguments[1 + 3 * map->count] != NULL)
        status =
            posix_spawnp(&child, map->helper, NULL, NULL, arguments, environ);
    string_vector_free(arguments);
    if (status == ENOENT)
        return error_set(error, EPERM,
                         "%s: without root only your own id can be mapped, and "
                         "only one; for more, install %s (package uidmap)",
                         map->file, map->helper);
    if (status != 0)
        return error_errno(error, status, "cannot run %s", map->helper);
    while (waitpid(child, &result, 0) < 0 && errno == EINTR)
        continue;
    if (result != 0)
        return error_set(error, EPERM,
                         "%s: %s refused the mapping; it grants what "
                         "/etc/sub%.3s lists",
                         map->file, map->helper, map->file);
    return 0;
}

static bool is_own_id(const struct map *map)
{
    return map->count == 1 && map->mappings[0].size == 1 &&
           map->mappings[0].host_id == map->own_id;
}

int id_mapping_write(pid_t pid, const struct bundle_id_mappings *mappings,
                     struct error *error)
{
    const struct map maps[] = {
        {"gid_map", "newgidmap", mappings->gids, mappings->gid_count,
         getegid()},
        {"uid_map", "newuidmap", mappings->uids, mappings->uid_count,
         geteuid()},
    };
    int status = 0;

    for (size_t i = 0; status == 0 && i < sizeof(maps) / sizeof(maps[0]); i++) {
        if (geteuid() != 0 && !is_own_id(&maps[i])) {
            status = run_helper(pid, &maps[i], error);
            continue;
        }
        /* user_namespaces(7): a gid map without rights takes this first. */
        if (geteuid() != 0 && i == 0)
            (void)write_file(pid, "setgroups", "deny");
        status = write_map(pid, &maps[i], error);
    }
    return status;
}

/* A child in a user namespace of its own, which does nothing. */
static pid_t clone_holder(void)
{
    struct clone_args arguments = {
        .flags = CLONE_NEWUSER,
        .exit_signal = SIGCHLD,
    };
    pid_t pid = (pid_t)syscall(SYS_clone3, &arguments, sizeof(arguments));

    if (pid == 0) {
        for (;;)
            pause();
    }
    return pid < 0 ? -errno : pid;
}

/* A user namespace with these mappings, as a descriptor. */
static int open_namespace(const struct bundle_id_mappings *mappings,
                          struct error *error)
{
    pid_t pid = clone_holder();
    char path[64];
    int status, fd = -1;

    if (pid < 0)
        return error_errno(error, -pid, "cannot make a user namespace");
    status = id_mapping_write(pid, mappings, error);
    snprintf(path, sizeof(path), "/proc/%d/ns/user", (int)pid);
    if (status == 0)
        fd = open(path, O_RDONLY | O_CLOEXEC);
    if (status == 0 && fd < 0)
        status = error_errno(error, errno, "%s", path);
    kill(pid, SIGKILL);
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        continue;
    return status < 0 ? status : fd;
}

int id_mapping_apply(int mount, const struct bundle_id_mappings *mappings,
                     bool recursive, struct error *error)
{
    _cleanup_close_ int namespace = -1;
    struct mount_attr attributes = {.attr_set = MOUNT_ATTR_IDMAP};
    unsigned int flags = AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0);

    if (mappings->uid_count == 0 || mappings->gid_count == 0)
        return error_set(error, EINVAL,
                         "its id mapping needs uidMappings and gidMappings");
    namespace = open_namespace(mappings, error);
    if (namespace < 0)
        return namespace;
    attributes.userns_fd = (uint64_t) namespace;
    if (mount_setattr(mount, "", flags, &attributes, sizeof(attributes)) == 0)
        return 0;
    if (errno == EINVAL || errno == EOPNOTSUPP)
        return error_set(error, ENOTSUP,
                         "its file system cannot be mounted with other ids on "
                         "this kernel");
    return error_errno(error, errno, "cannot map its ids");
}
