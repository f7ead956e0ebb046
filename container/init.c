/*
 * The first process of a container; see init.h, and container.h for how it
 * goes hand in hand with the parent.
 *
 * Until the last step it is trusted and has all rights in its namespaces. By
 * exec it has the workload's rights, and no descriptor of the host's.
 */
#include "container/init.h"

#include "container/cgroup.h"
#include "container/devices.h"
#include "container/identity.h"
#include "container/kernel.h"
#include "container/masks.h"
#include "container/mounts.h"
#include "container/namespaces.h"
#include "container/network.h"
#include "container/rootfs.h"
#include "container/seccomp.h"
#include "oci/cleanup.h"
#include "oci/file.h"

#include <linux/close_range.h>
#include <poll.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

/* Waits for the parent to have done a step. */
static int await_step(const struct container *container,
                      enum container_step step, struct error *error)
{
    char byte = 0;
    ssize_t n;

    do {
        n = read(container->sync_read, &byte, 1);
    } while (n < 0 && errno == EINTR);
    if (n != 1 || byte != (char)step)
        return error_set(error, EPIPE,
                         "the runtime ended before its container");
    return 0;
}

/*
 * Asks to be killed when the parent dies. The kernel forgets it on a change
 * of identity, so it is asked for again after one; a parent that died in
 * between is noticed by the hang-up of its pipe.
 */
static int die_with_parent(const struct container *container,
                           struct error *error)
{
    struct pollfd sync = {.fd = container->sync_read};

    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
        return error_errno(error, errno, "cannot set the parent-death signal");
    if (poll(&sync, 1, 0) > 0 && (sync.revents & POLLHUP) != 0)
        return error_set(error, EPIPE,
                         "the runtime ended before its container");
    return 0;
}

/*
 * Closes what was inherited or left open, all but the two pipes: a directory
 * of the host behind /proc/self/fd would be a way out, for the working
 * directory or the program named in a bundle as much as for the workload.
 */
static void close_descriptors(const struct container *container)
{
    unsigned int first = 3 + (unsigned int)container->preserve_fds;
    unsigned int low = (unsigned int)container->sync_read;
    unsigned int high = (unsigned int)container->error_write;

    if (low > high) {
        low = (unsigned int)container->error_write;
        high = (unsigned int)container->sync_read;
    }
    if (first < low)
        close_range(first, low - 1, 0);
    if (low + 1 < high)
        close_range(first > low + 1 ? first : low + 1, high - 1, 0);
    close_range(first > high + 1 ? first : high + 1, ~0U, 0);
}

static int enter_namespaces(const struct container *container,
                            struct error *error)
{
    const struct bundle *bundle = container->bundle;
    int status = cgroup_enter(container->cgroup, error);

    /* Now, because among them is the lock that says the runtime lives. */
    close_descriptors(container);
    if (status == 0 && namespace_is_new(bundle, NAMESPACE_USER))
        status = await_step(container, CONTAINER_MAPPED, error);
    if (status == 0)
        status = namespaces_join(bundle, error);
    if (status == 0)
        status = namespaces_enter_cgroup(bundle, error);
    if (status == 0 && bundle->namespaces[NAMESPACE_USER].present)
        status = identity_become_root(error);
    if (status == 0 && namespace_is_new(bundle, NAMESPACE_NETWORK))
        status = network_raise_loopback(error);
    if (status == 0)
        status = kernel_apply(bundle, error);
    if (status == 0)
        status = seccomp_note_pid(container->seccomp, error);
    return status;
}

/* All that is below the container's "/", then "/" itself. */
static int build_root(const struct container *container, struct error *error)
{
    const struct bundle *bundle = container->bundle;
    _cleanup_close_ int root = rootfs_open(bundle, error);
    int status;

    if (root < 0)
        return root;
    status = mounts_make(bundle, root, error);
    if (status == 0)
        status = devices_make(bundle, root, error);
    if (status == 0)
        status = masks_apply(bundle, root, error);
    if (status == 0)
        status = rootfs_pivot(bundle, root, error);
    return status;
}

static int enter_directory(const char *path, struct error *error)
{
    char where[PATH_MAX];

    if (chdir(path) < 0)
        return error_errno(error, errno, "process.cwd: cannot enter %s", path);
    /* A magic link could have led out; the kernel calls that unreachable. */
    if (syscall(SYS_getcwd, where, sizeof(where)) < 0 || where[0] != '/')
        return error_set(error, EPERM, "process.cwd: %s is outside the rootfs",
                         path);
    return 0;
}

static const char *search_path(char *const *environment)
{
    static const char prefix[] = "PATH=";

    for (; *environment != NULL; environment++) {
        if (strncmp(*environment, prefix, strlen(prefix)) == 0)
            return *environment + strlen(prefix);
    }
    return "";
}

/* Looks for program in PATH's directories; found is of PATH_MAX bytes. */
static int find_program(const char *program, const char *path, char *found)
{
    int status = -ENOENT;

    while (*path != '\0') {
        int length = (int)strcspn(path, ":");
        struct stat file;

        snprintf(found, PATH_MAX, "%.*s/%s", length, path, program);
        if (stat(found, &file) == 0 && S_ISREG(file.st_mode)) {
            if (access(found, X_OK) == 0)
                return 0;
            status = -EACCES;
        }
        path += length + (path[length] == ':');
    }
    return status;
}

/* From the filter's installation on, exec alone should be left to do. */
static int install_filter(const struct container *container,
                          struct error *error)
{
    if (seccomp_needs_rights(container->seccomp, &container->bundle->process))
        return 0; /* it is in force already */
    return seccomp_install(container->seccomp, error);
}

static int execute(const struct container *container, struct error *error)
{
    const struct bundle_process *process = &container->bundle->process;
    const char *program = process->arguments[0];
    char found[PATH_MAX];

    if (strchr(program, '/') == NULL) {
        int status =
            find_program(program, search_path(process->environment), found);

        if (status < 0)
            return error_set(error, -status,
                             "exec: \"%s\": executable file not found in $PATH",
                             program);
        program = found;
    }
    if (install_filter(container, error) < 0)
        return -error->code;
    execve(program, process->arguments, process->environment);
    return error_errno(error, errno, "exec: \"%s\"", program);
}

static int start(const struct container *container, struct error *error)
{
    const struct bundle_process *process = &container->bundle->process;
    int status = die_with_parent(container, error);

    /* Unblocked from the start: see signals.h on the first process. */
    sigprocmask(SIG_SETMASK, &container->original_mask, NULL);
    umask(022);
    if (status == 0)
        status = enter_namespaces(container, error);
    if (status == 0)
        status = build_root(container, error);
    if (status < 0)
        return status;
    close_descriptors(container);
    setsid();
    status = enter_directory(process->cwd, error);
    if (status == 0)
        status = identity_assume(process, container->seccomp, error);
    if (status == 0)
        status = die_with_parent(container, error);
    if (status == 0)
        status = await_step(container, CONTAINER_READY, error);
    return status == 0 ? execute(container, error) : status;
}

_Noreturn void init_main(const struct container *container)
{
    struct error error = {0};

    close(container->sync_write);
    close(container->error_read);
    (void)start(container, &error);
    (void)file_write_all(container->error_write, &error, sizeof(error));
    _exit(1);
}
