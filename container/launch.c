/*
 * The parent's side of a container; see launch.h, and container.h for how it
 * goes hand in hand with init.
 */
#include "container/launch.h"

#include "cgroup/control.h"
#include "container/channel.h"
#include "container/console.h"
#include "container/devices.h"
#include "container/init.h"
#include "container/mounts.h"
#include "container/namespaces.h"
#include "container/phases.h"
#include "container/resctrl.h"
#include "container/seccomp.h"
#include "container/unsupported.h"
#include "oci/cleanup.h"
#include "oci/file.h"
#include "oci/hooks.h"
#include "oci/lifecycle.h"
#include "oci/socket.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <string.h>
#include <sys/socket.h>
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

bool launch_has_host_hooks(const struct bundle *bundle)
{
    return hooks_present(bundle->document, "prestart") ||
           hooks_present(bundle->document, "createRuntime");
}

static pid_t clone_here(const struct container *container, struct error *error)
{
    int cgroup = cgroup_clone_target(container->cgroup);
    struct clone_args arguments = {
        .exit_signal = SIGCHLD,
    };
    pid_t pid;

    if (cgroup >= 0) {
        arguments.flags |= CLONE_INTO_CGROUP;
        arguments.cgroup = (uint64_t)cgroup;
    }
    pid = namespaces_clone(container->bundle, &arguments, error);
    if (pid == 0)
        init_main(container);
    return pid;
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

static void tell_init(const struct container *container,
                      enum container_message message)
{
    char byte = (char)message;

    /* It may have died of an error, which it has told; else it is not to wait
       for ever. */
    if (send(container->parent_end, &byte, 1, MSG_NOSIGNAL) < 0)
        shutdown(container->parent_end, SHUT_WR);
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
    return error_status(error, status, "process.oomScoreAdj: cannot set it");
}

/* The next message of init's. After CONTAINER_INSIDE, *pid is who is init from
 * now on. */
static int receive(const struct container *container, pid_t *pid,
                   struct error *error)
{
    pid_t next = 0;
    int message = channel_receive(container->parent_end, &next, error);
    int status = message == CONTAINER_INSIDE
                     ? namespaces_follow_pid(next, pid, error)
                     : 0;

    return status < 0 ? status : message;
}

static int await_namespaces(const struct container *container,
                            struct error *error)
{
    pid_t none;
    int message = channel_receive(container->parent_end, &none, error);

    if (message == CONTAINER_UNSHARED || message < 0)
        return message < 0 ? message : 0;
    return error_set(error, ECHILD, "the container's first process was killed");
}

/* What only the parent has the rights for. */
static int equip_init(const struct container *container, pid_t pid,
                      struct error *error)
{
    const struct bundle *bundle = container->bundle;
    int status = 0;

    if (namespaces_pid_is_joined(bundle))
        status = await_namespaces(container, error);
    if (status == 0 && namespace_is_new(bundle, NAMESPACE_USER)) {
        status = namespaces_write_mappings(bundle, pid, error);
        if (status == 0)
            tell_init(container, CONTAINER_MAPPED);
    }
    if (status == 0)
        status = set_oom_score(&bundle->process, pid, error);
    if (status == 0 && container->resctrl != NULL)
        status =
            resctrl_join(container->resctrl, bundle, container->request->id,
                         pid, container->made, error);
    return status;
}

static int announce(const struct container *container, pid_t pid, bool creating,
                    struct error *error)
{
    json_t *details = cgroup_save(container->cgroup);
    int status;

    if (*container->made != NULL)
        json_object_set(details, "resctrl", *container->made);
    status =
        lifecycle_announce(container->request, pid, details, creating, error);

    json_decref(details);
    if (status == 0 && !creating)
        tell_init(container, CONTAINER_READY);
    return status;
}

/* Is init to say once more when it is to be announced? */
static bool asks_again(const struct container *container)
{
    return container->request->gate >= 0 ||
           namespaces_pid_is_joined(container->bundle);
}

/* The hooks see the container as `state` shows it, so it is announced. */
static int run_host_hooks(const struct container *container, pid_t pid,
                          struct error *error)
{
    static const char *const kinds[] = {"prestart", "createRuntime"};
    int status = announce(container, pid, true, error);

    for (size_t i = 0; status == 0 && i < sizeof(kinds) / sizeof(kinds[0]); i++)
        status = lifecycle_run_hooks(container->request, kinds[i],
                                     STATUS_CREATING, pid, error);
    if (status < 0)
        return status;
    tell_init(container, CONTAINER_HOOKED);
    /* Who is not asked again is told now. */
    return asks_again(container) ? 0 : announce(container, pid, false, error);
}

/* Goes along until the program runs, or init waits to be started. *pid is that
 * of init, which may be another process in the end. */
static int guide_init(const struct container *container, pid_t *pid,
                      struct error *error)
{
    bool waits = container->request->gate >= 0;
    bool hooks = launch_has_host_hooks(container->bundle);
    int status = equip_init(container, *pid, error);

    /* Nothing is left to be asked: said early, it is there when needed. */
    if (status == 0 && !asks_again(container) && !hooks)
        status = announce(container, *pid, false, error);
    while (status == 0) {
        int message = receive(container, pid, error);

        if (message == CONTAINER_MOUNTED)
            status = run_host_hooks(container, *pid, error);
        else if (message == CONTAINER_PREPARED ||
                 (message == CONTAINER_INSIDE && !waits))
            status = announce(container, *pid, false, error);
        if (message == CONTAINER_PREPARED)
            return status;
        if (message == CONTAINER_MOUNTED || message == CONTAINER_INSIDE)
            continue;
        if (message == 0 && waits)
            return error_set(error, ECHILD,
                             "the container's first process was killed");
        return message;
    }
    return status;
}

static int launch(struct container *container, pid_t *pid, struct error *error)
{
    int status;

    *pid = clone_init(container, error);
    if (*pid < 0)
        return *pid;
    close(take_fd(&container->init_end));
    status = guide_init(container, pid, error);
    if (status < 0) {
        kill(*pid, SIGKILL);
        waitpid(*pid, NULL, 0);
    }
    return status;
}

/* What can be refused before anything is made. */
static int check(const struct run_request *request,
                 struct seccomp_program *seccomp, struct error *error)
{
    int status = unsupported_check(request->bundle, error);

    if (status == 0)
        status = check_namespaces(request->bundle, error);
    if (status < 0)
        return status;
    status = seccomp_prepare(request->bundle, request->id, seccomp, error);
    return status < 0 ? error_prefix(error, "config.json") : 0;
}

/* view is of the bundle, for init. */
static int make_cgroup(const struct run_request *request, struct bundle *view,
                       struct cgroup *cgroup, struct error *error)
{
    if (request->cgroup_manager == CGROUP_MANAGER_NONE) {
        if (devices_withhold(request->bundle, &view->process))
            view->resources.device_count = 0;
        return cgroup_plan_none(request->bundle, cgroup, error);
    }
    return cgroup_make(request->bundle, request->id,
                       request->cgroup_manager == CGROUP_MANAGER_SYSTEMD,
                       cgroup, error);
}

static void release(struct container *container,
                    struct seccomp_program *seccomp, int *prepared)
{
    int *const ends[] = {&container->parent_end, &container->init_end,
                         &container->console};

    for (size_t i = 0; prepared != NULL && i < container->bundle->mount_count;
         i++)
        cleanup_close(&prepared[i]);
    free(prepared);
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        if (*ends[i] >= 0)
            close(take_fd(ends[i]));
    }
    seccomp_program_release(seccomp);
}

int launch_container(const struct run_request *request,
                     const sigset_t *original_mask, struct launched *launched,
                     struct error *error)
{
    struct seccomp_program seccomp = {.listener = -1};
    struct bundle view = *request->bundle;
    _cleanup_close_ int receiver = -1;
    struct container container = {
        .request = request,
        .bundle = &view,
        .cgroup = &launched->cgroup,
        .made = &launched->resctrl,
        .seccomp = &seccomp,
        .parent_end = -1,
        .init_end = -1,
        .console = -1,
        .original_mask = *original_mask,
    };
    int *prepared = NULL;
    int status = check(request, &seccomp, error);

    launched->terminal = -1;
    if (status == 0)
        status = resctrl_find(request->bundle, &container.resctrl, error);
    if (status == 0)
        status = mounts_prepare(request->bundle, &prepared, error);
    container.prepared = prepared;
    phases_mark(PHASE_PREPARED);
    if (status == 0)
        status = make_cgroup(request, &view, &launched->cgroup, error);
    phases_mark(PHASE_CGROUP);
    if (status == 0)
        status = socket_pair(&container.parent_end, &container.init_end, error);
    if (status == 0)
        status =
            console_prepare(&request->bundle->process, request->console_socket,
                            &container.console, &receiver, error);
    if (status == 0)
        status = launch(&container, &launched->pid, error);
    phases_mark(PHASE_PROGRAM);
    if (status == 0 && receiver >= 0)
        launched->terminal = console_receive(receiver);
    systemd_scope_release(&launched->cgroup.scope);
    release(&container, &seccomp, prepared);
    return status;
}
