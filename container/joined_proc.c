/*
 * The proc file system of a PID namespace that is joined.
 *
 * It shows the namespace of whoever opens it, so one of us has to be there,
 * and whoever has CAP_SYS_PTRACE in there can take that process over before it
 * is done. There is nothing to be had of it: its root is an empty file system,
 * it has no descriptor but a socket to us, and by a filter that was there
 * before it, it can open a file system, send it, and end.
 */
#include "container/joined_proc.h"

#include "container/mounts.h"
#include "container/namespaces.h"
#include "oci/cleanup.h"
#include "oci/descriptors.h"
#include "oci/socket.h"

#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

/* A root that is in no tree, and so has no way up either. */
static int leave_root(struct error *error)
{
    static const char *const none[] = {NULL};
    _cleanup_close_ int empty =
        mount_new("tmpfs", NULL, none, MOUNT_ATTR_RDONLY, error);

    if (empty < 0)
        return empty;
    if (fchdir(empty) < 0 || chroot(".") < 0)
        return error_errno(error, errno, "cannot leave the root");
    return 0;
}

static int confine(struct error *error)
{
    static const int allowed[] = {SCMP_SYS(clone), SCMP_SYS(fsopen),
                                  SCMP_SYS(sendmsg), SCMP_SYS(wait4),
                                  SCMP_SYS(exit_group)};
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    int status = filter == NULL ? -ENOMEM : 0;

    for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++) {
        if (status == 0)
            status = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0);
    }
    if (status == 0)
        status = seccomp_load(filter);
    seccomp_release(filter);
    return error_status(error, status, "cannot install a filter");
}

/* In a process of its own: everything but the opening is done out here. */
static _Noreturn void open_inside(const struct bundle *bundle, int socket)
{
    const struct descriptor_list kept = {&socket, 1};
    struct error error = {0};
    int status = namespaces_join_pid(bundle, &error);

    if (status == 0)
        status = leave_root(&error);
    descriptors_close_except(0, &kept, 1);
    if (status == 0)
        status = confine(&error);
    if (status < 0) {
        (void)send(socket, &error, sizeof(error), MSG_NOSIGNAL);
        _exit(1);
    }
    /* Without the library's, which makes further system calls. */
    if (syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL) == 0)
        (void)socket_send_descriptor(socket, "", 1,
                                     fsopen("proc", FSOPEN_CLOEXEC));
    else
        (void)wait4(-1, NULL, 0, NULL);
    _exit(0);
}

/* What came over the socket: an error, or a descriptor. */
static int receive(int socket, struct error *error)
{
    int fd;

    if (recv(socket, error, sizeof(*error), MSG_PEEK) ==
        (ssize_t)sizeof(*error))
        return -error->code;
    fd = socket_receive_descriptor(socket, 0);
    return fd >= 0 ? fd
                   : error_set(error, EPERM,
                               "cannot open the proc file system of the PID "
                               "namespace");
}

int joined_proc_open(const struct bundle *bundle, struct error *error)
{
    _cleanup_close_ int ours = -1, theirs = -1;
    int fd = socket_pair(&ours, &theirs, error);
    pid_t pid;

    if (fd < 0)
        return fd;
    pid = fork();
    if (pid < 0)
        return error_errno(error, errno, "cannot make a process");
    if (pid == 0)
        open_inside(bundle, theirs);
    close(take_fd(&theirs));
    fd = receive(ours, error);
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        continue;
    return fd;
}
