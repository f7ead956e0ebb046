/*
 * A process that joins a running container; see exec.h.
 *
 *   parent                 joiner                     joined
 *   ------                 ------                     ------
 *   fork ---------------->  enters the cgroup,
 *                           takes on the labels,
 *                           joins all namespaces,
 *                           terminal, directory,
 *                           identity,
 *                           clone, as a sibling ---->  session
 *   reads its id <--------  tells its id, exits        (waits for it)
 *   notes it, tells it ----------------------------->  exec
 *   reads an error, or the end <---------------------  closed by exec
 *
 * The joiner is there because nobody moves to another PID namespace himself,
 * and the parent has to stay on the host. What is inside is hostile: from
 * joining on, nothing is opened by a path that the container decides on but
 * its terminal. Who may look into any process there finds one that has
 * no more rights than the program is to have, and nothing of the host's.
 * Source: namespaces(7), setns(2); credentials(7), PR_SET_DUMPABLE.
 */
#include "container/exec.h"

#include "cgroup/control.h"
#include "container/channel.h"
#include "container/console.h"
#include "container/devices.h"
#include "container/identity.h"
#include "container/kernel.h"
#include "container/namespaces.h"
#include "container/signals.h"
#include "container/workload.h"
#include "oci/cleanup.h"
#include "oci/descriptors.h"
#include "oci/lifecycle.h"
#include "oci/socket.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

struct joining {
    const struct exec_request *request;
    const struct seccomp_program *seccomp;
    struct cgroup *cgroup;
    struct bundle_process process; /* the request's, with no more rights than
                                      the container's */
    int init;                      /* pidfd of the container's first process */
    int parent_end, join_end;      /* of the pair of sockets */
    int console, receiver;         /* where the terminal goes; -1: none */
    sigset_t original_mask;
};

static void close_descriptors(const struct joining *joining)
{
    const int kept[] = {joining->join_end, joining->console,
                        joining->seccomp->listener};

    descriptors_close_except(
        3 + joining->request->preserve_fds,
        &(const struct descriptor_list){kept, sizeof(kept) / sizeof(kept[0])},
        1);
}

static int take_terminal(const struct joining *joining, struct error *error)
{
    _cleanup_close_ int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    _cleanup_close_ int slave = -1;

    if (root < 0)
        return error_errno(error, errno, "process.terminal");
    slave = console_open(root, &joining->process, joining->console, error);
    return slave < 0 ? slave : console_attach(take_fd(&slave), error);
}

/* Waits until the parent has taken note of us; it says who we are out there,
 * which a listener for the seccomp filter is to know. */
static int await_ready(const struct joining *joining, struct error *error)
{
    pid_t pid = 0;
    int status = channel_await(joining->join_end, &pid, sizeof(pid), error);

    seccomp_set_pids(joining->seccomp, pid, joining->request->record->init.pid);
    return status;
}

/* Everything of the host is done with before the first namespace is joined;
 * they are joined in one system call, the PID namespace for children only. */
static int join_namespaces(const struct joining *joining, struct error *error)
{
    const struct exec_request *request = joining->request;
    int status = cgroup_enter(joining->cgroup, error);

    if (status == 0)
        status = kernel_label(&joining->process, error);
    if (status == 0 && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
        status = error_errno(error, errno, "cannot become undumpable");
    if (status == 0)
        status = namespaces_join_all(request->bundle, joining->init, error);
    close_descriptors(joining);
    if (status == 0 && request->bundle->namespaces[NAMESPACE_USER].present)
        status = identity_become_root(error);
    return status;
}

static int take_rights(const struct joining *joining,
                       const struct workload *workload, struct error *error)
{
    const struct exec_request *request = joining->request;
    int status = kernel_join_keyring(request->record->id, error);

    umask(022);
    /* As far as it can be known yet. */
    seccomp_set_pids(joining->seccomp, getpid(), request->record->init.pid);
    if (status == 0)
        status = kernel_set_personality(request->bundle, error);
    if (status == 0 && joining->console >= 0)
        status = take_terminal(joining, error);
    return status == 0 ? workload_assume(workload, error) : status;
}

static _Noreturn void join(const struct joining *joining)
{
    struct workload workload = {.process = &joining->process,
                                .seccomp = joining->seccomp};
    struct error error = {0};
    int status;

    close(joining->parent_end);
    sigprocmask(SIG_SETMASK, &joining->original_mask, NULL);
    status = join_namespaces(joining, &error);
    if (status == 0)
        status = take_rights(joining, &workload, &error);
    if (status == 0)
        status = namespaces_enter_pid(joining->join_end, &error);
    if (status == 0)
        status = console_lead_session(workload.process, &error);
    if (status == 0)
        status = workload_find(&workload, &error);
    if (status == 0)
        status = await_ready(joining, &error);
    if (status == 0 && !joining->request->detach)
        status = channel_die_with_parent(joining->join_end, &error);
    if (status == 0)
        (void)workload_execute(&workload, &error);
    (void)send(joining->join_end, &error, sizeof(error), MSG_NOSIGNAL);
    _exit(1);
}

/* Sees the new process to its exec. Returns its id. */
static pid_t guide(struct joining *joining, pid_t joiner, struct error *error)
{
    pid_t pid = joiner, next = 0;
    int status;

    close(take_fd(&joining->join_end));
    status = channel_receive(joining->parent_end, &next, error);
    if (status == 0)
        status = error_set(error, ECHILD, "the joining process was killed");
    if (status > 0)
        status = namespaces_follow_pid(next, &pid, error);
    if (status == 0)
        status =
            lifecycle_write_pid_file(joining->request->pid_file, pid, error);
    if (status == 0) {
        (void)send(joining->parent_end, &pid, sizeof(pid), MSG_NOSIGNAL);
        status = channel_receive(joining->parent_end, &next, error);
    }
    if (status >= 0)
        return pid;
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    return status;
}

static int prepare(struct joining *joining, struct seccomp_program *seccomp,
                   struct error *error)
{
    const struct exec_request *request = joining->request;
    const struct record *record = request->record;
    int status;

    joining->init = process_open(&record->init);
    if (joining->init < 0)
        return error_set(error, ESRCH, "container not running: \"%s\"",
                         record->id);
    status = socket_pair(&joining->parent_end, &joining->join_end, error);
    if (status < 0)
        return status;
    cgroup_restore(record->details, joining->cgroup);
    if (joining->cgroup->path[0] == '\0')
        (void)devices_withhold(request->bundle, &joining->process);
    status = cgroup_open_for_exec(joining->cgroup, request->cgroup,
                                  record->init.pid, error);
    if (status == 0)
        status = seccomp_prepare(request->bundle, record->id, seccomp, error);
    if (status == 0)
        status = console_prepare(&joining->process, request->console_socket,
                                 &joining->console, &joining->receiver, error);
    return status;
}

static void release(struct joining *joining, struct seccomp_program *seccomp)
{
    int *const descriptors[] = {&joining->init, &joining->parent_end,
                                &joining->join_end, &joining->console,
                                &joining->receiver};

    for (size_t i = 0; i < sizeof(descriptors) / sizeof(descriptors[0]); i++) {
        if (*descriptors[i] >= 0)
            close(take_fd(descriptors[i]));
    }
    cgroup_leave(joining->cgroup);
    seccomp_program_release(seccomp);
}

static int attend(const struct joining *joining, pid_t pid, int *exit_status,
                  struct error *error)
{
    struct terminal *terminal = NULL;
    int status = 0, master = -1;

    if (joining->receiver >= 0)
        master = console_receive(joining->receiver);
    if (master >= 0)
        status = terminal_open(master, &terminal, error);
    if (status == 0)
        status = signals_wait(pid, false, terminal, exit_status, error);
    terminal_close(terminal);
    return status;
}

int container_exec(const struct exec_request *request, int *exit_status,
                   struct error *error)
{
    struct cgroup cgroup = {0};
    struct seccomp_program seccomp = {.listener = -1};
    struct joining joining = {
        .request = request,
        .seccomp = &seccomp,
        .cgroup = &cgroup,
        .process = *request->process,
        .init = -1,
        .parent_end = -1,
        .join_end = -1,
        .console = -1,
        .receiver = -1,
    };
    pid_t pid = -1;
    int status = prepare(&joining, &seccomp, error);

    signals_block(!request->detach, &joining.original_mask);
    if (status == 0) {
        pid = fork();
        if (pid == 0)
            join(&joining);
        status = pid < 0 ? error_errno(error, errno, "cannot make a process")
                         : guide(&joining, pid, error);
        pid = status;
    }
    *exit_status = 0;
    if (pid > 0 && !request->detach)
        status = attend(&joining, pid, exit_status, error);
    release(&joining, &seccomp);
    sigprocmask(SIG_SETMASK, &joining.original_mask, NULL);
    return status < 0 ? status : 0;
}
