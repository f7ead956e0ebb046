/* The namespaces of a container; see namespaces.h. */
#include "container/namespaces.h"

#include "container/host_proc.h"
#include "container/id_mapping.h"
#include "oci/cleanup.h"
#include "oci/file.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080 /* include/uapi/linux/sched.h */
#endif

/* In the order of joining: the user namespace gives the right to the rest, and
 * the mount namespace changes what a path means. */
static const struct {
    enum namespace_kind kind;
    int flag;
    const char *name;
} kinds[] = {
    {NAMESPACE_USER, CLONE_NEWUSER, "user"},
    {NAMESPACE_IPC, CLONE_NEWIPC, "ipc"},
    {NAMESPACE_UTS, CLONE_NEWUTS, "uts"},
    {NAMESPACE_NETWORK, CLONE_NEWNET, "network"},
    {NAMESPACE_PID, CLONE_NEWPID, "pid"},
    {NAMESPACE_CGROUP, CLONE_NEWCGROUP, "cgroup"},
    {NAMESPACE_TIME, CLONE_NEWTIME, "time"},
    {NAMESPACE_MOUNT, CLONE_NEWNS, "mount"},
};

enum { KIND_COUNT = sizeof(kinds) / sizeof(kinds[0]) };

bool namespace_is_new(const struct bundle *bundle, enum namespace_kind kind)
{
    return bundle->namespaces[kind].present &&
           bundle->namespaces[kind].path == NULL;
}

static bool has_offsets(const struct bundle *bundle)
{
    return bundle->monotonic.present || bundle->boottime.present;
}

/* Of the namespaces that are made with init: all new ones but the cgroup
 * namespace, whose root is where the process stands when it is made. */
static uint64_t new_flags(const struct bundle *bundle)
{
    uint64_t flags = 0;

    for (int i = 0; i < KIND_COUNT; i++) {
        if (kinds[i].kind == NAMESPACE_CGROUP ||
            (kinds[i].kind == NAMESPACE_TIME && has_offsets(bundle)))
            continue;
        if (namespace_is_new(bundle, kinds[i].kind))
            flags |= (uint64_t)kinds[i].flag;
    }
    return flags;
}

static int join(const struct bundle *bundle, int index, struct error *error)
{
    const char *path = bundle->namespaces[kinds[index].kind].path;
    _cleanup_close_ int fd = -1;

    if (path == NULL)
        return 0;
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return error_errno(error, errno, "linux.namespaces: cannot open %s",
                           path);
    if (setns(fd, kinds[index].flag) < 0)
        return error_errno(error, errno,
                           "linux.namespaces: cannot join the %s namespace %s",
                           kinds[index].name, path);
    return 0;
}

static int join_kind(const struct bundle *bundle, enum namespace_kind kind,
                     struct error *error)
{
    int status = 0;

    for (int i = 0; status == 0 && i < KIND_COUNT; i++) {
        if (kinds[i].kind == kind)
            status = join(bundle, i, error);
    }
    return status;
}

bool namespaces_pid_is_joined(const struct bundle *bundle)
{
    return bundle->namespaces[NAMESPACE_PID].path != NULL;
}

int namespaces_join_pid(const struct bundle *bundle, struct error *error)
{
    return join_kind(bundle, NAMESPACE_PID, error);
}

int namespaces_make(const struct bundle *bundle, struct error *error)
{
    int status = join_kind(bundle, NAMESPACE_PID, error);

    if (status == 0)
        status = join_kind(bundle, NAMESPACE_USER, error);
    if (status == 0 && unshare((int)new_flags(bundle)) < 0)
        return error_errno(error, errno, "cannot make the namespaces");
    return status;
}

int namespaces_enter_pid(int socket, struct error *error)
{
    pid_t pid = (pid_t)syscall(SYS_clone, CLONE_PARENT | SIGCHLD, NULL, NULL,
                               NULL, NULL);

    if (pid < 0)
        return error_errno(error, errno, "cannot make a process");
    if (pid == 0)
        return 0;
    (void)send(socket, &pid, sizeof(pid), MSG_NOSIGNAL);
    _exit(0);
}

int namespaces_follow_pid(pid_t next, pid_t *pid, struct error *error)
{
    siginfo_t information;

    if (next == *pid || waitid(P_PID, (id_t)next, &information,
                               WEXITED | WNOHANG | WNOWAIT) < 0)
        return error_set(error, ECHILD,
                         "the process in the PID namespace was lost");
    waitpid(*pid, NULL, 0);
    *pid = next;
    return 0;
}

/*
 * In a process in between: joins the user namespace and makes init there, as a
 * child of our parent. Returns in init alone.
 */
static void clone_inside(const struct bundle *bundle,
                         struct clone_args *arguments, int report)
{
    struct error error = {0};
    long pid = join_kind(bundle, NAMESPACE_USER, &error);

    /* With CLONE_PARENT the signal is that of this process, SIGCHLD. */
    arguments->flags |= CLONE_PARENT;
    arguments->exit_signal = 0;
    if (pid == 0) {
        pid = syscall(SYS_clone3, arguments, sizeof(*arguments));
        if (pid == 0)
            return;
        if (pid < 0)
            error_errno(&error, errno, "cannot make the namespaces");
    }
    (void)file_write_all(report, &pid, sizeof(pid));
    if (pid < 0)
        (void)file_write_all(report, &error, sizeof(error));
    _exit(0);
}

/*
 * A user namespace that is joined has to be before the others are made, which
 * are to be its; and the parent must not be in it, or it would lose its
 * rights outside.
 */
static pid_t clone_in_joined(const struct bundle *bundle,
                             struct clone_args *arguments, struct error *error)
{
    _cleanup_close_ int reader = -1, writer = -1;
    long pid = -ECHILD;
    int ends[2], between;

    if (pipe2(ends, O_CLOEXEC) < 0)
        return error_errno(error, errno, "cannot make a pipe");
    reader = ends[0];
    writer = ends[1];
    between = fork();
    if (between < 0)
        return error_errno(error, errno, "cannot make a process");
    if (between == 0) {
        clone_inside(bundle, arguments, writer);
        return 0;
    }
    close(take_fd(&writer));
    error->code = ECHILD;
    if (read(reader, &pid, sizeof(pid)) == (ssize_t)sizeof(pid) && pid < 0)
        (void)!read(reader, error, sizeof(*error));
    while (waitpid(between, NULL, 0) < 0 && errno == EINTR)
        continue;
    return (pid_t)pid;
}

pid_t namespaces_clone(const struct bundle *bundle,
                       struct clone_args *arguments, struct error *error)
{
    long pid;

    if (!namespaces_pid_is_joined(bundle)) {
        arguments->flags |= new_flags(bundle);
        if (bundle->namespaces[NAMESPACE_USER].path != NULL)
            return clone_in_joined(bundle, arguments, error);
    }
    pid = syscall(SYS_clone3, arguments, sizeof(*arguments));
    return pid < 0 ? error_errno(error, errno, "cannot make the namespaces")
                   : (pid_t)pid;
}

int namespaces_enter_cgroup(const struct bundle *bundle, struct error *error)
{
    if (namespace_is_new(bundle, NAMESPACE_CGROUP) &&
        unshare(CLONE_NEWCGROUP) < 0)
        return error_errno(error, errno, "cannot make a cgroup namespace");
    return 0;
}

/*
 * The clocks of a time namespace can be set only until a process is in it, so
 * it is made for children first, set, and then entered (time_namespaces(7)).
 */
static int make_time_namespace(const struct bundle *bundle, struct error *error)
{
    const struct bundle_time_offset *monotonic = &bundle->monotonic;
    const struct bundle_time_offset *boottime = &bundle->boottime;
    _cleanup_close_ int fd = -1;
    char text[128];
    int status;

    if (!has_offsets(bundle))
        return 0;
    if (unshare(CLONE_NEWTIME) < 0)
        return error_errno(error, errno, "cannot make a time namespace");
    snprintf(text, sizeof(text), "monotonic %lld %u\nboottime %lld %u\n",
             (long long)monotonic->seconds, monotonic->nanoseconds,
             (long long)boottime->seconds, boottime->nanoseconds);
    status = host_proc_write("self/timens_offsets", text);
    if (status < 0)
        return error_errno(error, -status,
                           "linux.timeOffsets: cannot set them");
    fd = open("/proc/self/ns/time_for_children", O_RDONLY | O_CLOEXEC);
    if (fd < 0 || setns(fd, CLONE_NEWTIME) < 0)
        return error_errno(error, errno, "cannot enter the time namespace");
    return 0;
}

int namespaces_join(const struct bundle *bundle, struct error *error)
{
    int status = 0;

    for (int i = 0; status == 0 && i < KIND_COUNT; i++) {
        if (kinds[i].kind != NAMESPACE_PID && kinds[i].kind != NAMESPACE_USER)
            status = join(bundle, i, error);
    }
    return status == 0 ? make_time_namespace(bundle, error) : status;
}

int namespaces_join_all(const struct bundle *bundle, int process,
                        struct error *error)
{
    int flags = 0;

    for (int i = 0; i < KIND_COUNT; i++) {
        if (bundle->namespaces[kinds[i].kind].present)
            flags |= kinds[i].flag;
    }
    if (setns(process, flags) < 0)
        return error_errno(error, errno,
                           "cannot join the container's namespaces");
    return 0;
}

int namespaces_write_mappings(const struct bundle *bundle, pid_t pid,
                              struct error *error)
{
    if (bundle->mappings.uid_count == 0 || bundle->mappings.gid_count == 0)
        return error_set(error, EINVAL,
                         "config.json: linux.uidMappings and gidMappings: "
                         "a new user namespace needs both");
    return id_mapping_write(pid, &bundle->mappings, error);
}
