/*
 * The parent's side of a container; see run.h, and container.h for how it
 * goes hand in hand with init.
 */
#include "container/run.h"

#include "container/cgroup.h"
#include "container/container.h"
#include "container/init.h"
#include "container/namespaces.h"
#include "container/seccomp.h"
#include "container/signals.h"
#include "container/unsupported.h"
#include "oci/cleanup.h"
#include "oci/file.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static int check_namespaces(const struct bundle *bundle, struct error *error)
{
    if (!namespace_is_new(bundle, NAMESPACE_MOUNT))
        return error_set(error, EINVAL,
                         "config.json: linux.namespaces: a new mount namespace "
                         "is needed");
    if ((bundle->hostname != NULL || bundle->domainname != NULL) &&
        !bundle->namespaces[NAMESPACE_UTS].present)
        return error_set(error, EINVAL,
                         "config.json: %s: needs a uts namespace",
                         bundle->hostname != NULL ? "hostname" : "domainname");
    if (geteuid() != 0 && !bundle->namespaces[NAMESPACE_USER].present)
        return error_set(error, EPERM,
                         "config.json: linux.namespaces: without root a user "
                         "namespace is needed (see spec --rootless)");
    return 0;
}

static int make_pipes(struct container *container, struct error *error)
{
    int sync[2], errors[2];

    if (pipe2(sync, O_CLOEXEC) < 0)
        return error_errno(error, errno, "cannot make a pipe");
    container->sync_read = sync[0];
    container->sync_write = sync[1];
    if (pipe2(errors, O_CLOEXEC) < 0)
        return error_errno(error, errno, "cannot make a pipe");
    container->error_read = errors[0];
    container->error_write = errors[1];
    return 0;
}

static void close_pipes(struct container *container)
{
    int *pipes[] = {&container->sync_read, &container->sync_write,
                    &container->error_read, &container->error_write};

    for (size_t i = 0; i < sizeof(pipes) / sizeof(pipes[0]); i++) {
        if (*pipes[i] >= 0)
            close(take_fd(pipes[i]));
    }
}

static pid_t clone_here(const struct container *container, struct error *error)
{
    int cgroup = cgroup_clone_target(container->cgroup);
    struct clone_args arguments = {
        .flags = namespaces_clone_flags(container->bundle),
        .exit_signal = SIGCHLD,
    };
    long pid;

    if (cgroup >= 0) {
        arguments.flags |= CLONE_INTO_CGROUP;
        arguments.cgroup = (uint64_t)cgroup;
    }
    pid = syscall(SYS_clone3, &arguments, sizeof(arguments));
    if (pid == 0)
        init_main(container);
    if (pid < 0)
        return error_errno(error, errno, "cannot make the namespaces");
    return (pid_t)pid;
}

/*
 * A copy of this process in the bundle's namespaces; it becomes init. It
 * starts in the rootfs: the root of a user namespace may lack the rights to
 * walk there, and a descriptor would be of our mount namespace, not of its.
 */
static pid_t clone_init(const struct container *container, struct error *error)
{
    _cleanup_close_ int home = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    pid_t pid;

    if (home < 0)
        return error_errno(error, errno, "cannot open the directory");
    if (chdir(container->bundle->rootfs) < 0)
        return error_errno(error, errno, "%s: cannot enter the rootfs",
                           container->bundle->rootfs);
    pid = clone_here(container, error);
    if (fchdir(home) < 0 && pid >= 0)
        return error_errno(error, errno, "cannot return to the directory");
    return pid;
}

static int tell_init(const struct container *container,
                     enum container_step step)
{
    char byte = (char)step;

    /* It may have died of an error, which the other pipe will tell. */
    return write(container->sync_write, &byte, 1) == 1 ? 0 : -errno;
}

static int set_oom_score(const struct bundle_process *process, pid_t pid,
                         struct error *error)
{
    _cleanup_close_ int fd = -1;
    char text[48];
    int status;

    if (!process->has_oom_score_adj)
        return 0;
    snprintf(text, sizeof(text), "/proc/%d/oom_score_adj", (int)pid);
    fd = open(text, O_WRONLY | O_CLOEXEC);
    snprintf(text, sizeof(text), "%d", process->oom_score_adj);
    status = fd < 0 ? -errno : file_write_all(fd, text, strlen(text));
    return status == 0 ? 0
                       : error_errno(error, -status,
                                     "process.oomScoreAdj: cannot set it");
}

static int write_pid_file(const char *path, pid_t pid, struct error *error)
{
    char text[16];

    if (path == NULL)
        return 0;
    snprintf(text, sizeof(text), "%d", (int)pid);
    return file_replace(path, text, error);
}

/* The parent's steps while init makes the root; then init's verdict. */
static int guide_init(const struct container *container,
                      const struct run_request *request, pid_t pid,
                      struct error *error)
{
    const struct bundle *bundle = container->bundle;
    struct error failure;
    ssize_t n;
    int status = 0;

    if (namespace_is_new(bundle, NAMESPACE_USER)) {
        status = namespaces_write_mappings(bundle, pid, error);
        if (status == 0)
            (void)tell_init(container, CONTAINER_MAPPED);
    }
    if (status == 0)
        status = set_oom_score(&bundle->process, pid, error);
    if (status == 0)
        status = write_pid_file(request->pid_file, pid, error);
    if (status < 0)
        return status;
    (void)tell_init(container, CONTAINER_READY);
    do {
        n = read(container->error_read, &failure, sizeof(failure));
    } while (n < 0 && errno == EINTR);
    if (n != (ssize_t)sizeof(failure)) /* exec has closed the pipe */
        return 0;
    return error_set(error, failure.code, "%.*s", ERROR_TEXT_SIZE - 1,
                     failure.text);
}

static int run_init(struct container *container,
                    const struct run_request *request, int *exit_status,
                    struct error *error)
{
    pid_t pid = clone_init(container, error);
    int status;

    if (pid < 0)
        return pid;
    /* An init that has failed reads no more. */
    signal(SIGPIPE, SIG_IGN);
    close(take_fd(&container->sync_read));
    close(take_fd(&container->error_write));
    status = guide_init(container, request, pid, error);
    if (status < 0) {
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
        return status;
    }
    return signals_wait(pid, namespace_is_new(container->bundle, NAMESPACE_PID),
                        exit_status, error);
}

int container_run(const struct run_request *request, int *exit_status,
                  struct error *error)
{
    struct cgroup cgroup = {0};
    struct seccomp_program seccomp = {.listener = -1};
    struct container container = {
        .bundle = request->bundle,
        .preserve_fds = request->preserve_fds,
        .cgroup = &cgroup,
        .seccomp = &seccomp,
        .sync_read = -1,
        .sync_write = -1,
        .error_read = -1,
        .error_write = -1,
    };
    int status = unsupported_check(request->bundle, error);

    if (status == 0)
        status = check_namespaces(request->bundle, error);
    if (status == 0) {
        status =
            seccomp_prepare(request->bundle, request->id, &seccomp, error);
        if (status < 0)
            error_prefix(error, "config.json");
    }
    if (status < 0) {
        seccomp_program_release(&seccomp);
        return status;
    }
    signals_block(request->forward_signals, &container.original_mask);
    status = cgroup_make(request->bundle, request->id, &cgroup, error);
    if (status == 0)
        status = make_pipes(&container, error);
    if (status == 0)
        status = namespaces_join_pid(request->bundle, error);
    if (status == 0)
        status = run_init(&container, request, exit_status, error);
    close_pipes(&container);
    cgroup_remove(&cgroup);
    seccomp_program_release(&seccomp);
    sigprocmask(SIG_SETMASK, &container.original_mask, NULL);
    return status;
}
