/*
 * The first process of a container; see init.h, and container.h for how it
 * goes hand in hand with the parent.
 *
 * Until the last step it is trusted and has all rights in its namespaces. By
 * exec it has the workload's rights, and no descriptor of the host's.
 */
#include "container/init.h"

#include "cgroup/cgroup.h"
#include "container/channel.h"
#include "container/console.h"
#include "container/devices.h"
#include "container/identity.h"
#include "container/kernel.h"
#include "container/launch.h"
#include "container/masks.h"
#include "container/mounts.h"
#include "container/namespaces.h"
#include "container/network.h"
#include "container/phases.h"
#include "container/rootfs.h"
#include "container/seccomp.h"
#include "container/workload.h"
#include "oci/cleanup.h"
#include "oci/descriptors.h"
#include "oci/lifecycle.h"
#include "oci/start_gate.h"

#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

/* Waits for the parent's word that something is done. */
static int await_message(const struct container *container,
                         enum container_message message, struct error *error)
{
    char byte = 0;
    int status = channel_await(container->init_end, &byte, 1, error);

    return status < 0 || byte == (char)message
               ? status
               : error_set(error, EPROTO, "the runtime is out of step");
}

static void send_message(const struct container *container,
                         enum container_message message)
{
    char byte = (char)message;

    /* A parent that has died is noticed by who waits for its answer. */
    (void)send(container->init_end, &byte, 1, MSG_NOSIGNAL);
}

static int die_with_parent(const struct container *container,
                           struct error *error)
{
    return container->request->attached
               ? channel_die_with_parent(container->init_end, error)
               : 0;
}

/*
 * Closes what was inherited or left open, all but what init itself needs: a
 * directory of the host behind /proc/self/fd would be a way out, for the
 * working directory or the program named in a bundle as much as for the
 * workload.
 */
static void close_descriptors(const struct container *container,
                              bool mounts_are_made)
{
    size_t mounts = container->prepared != NULL && !mounts_are_made
                        ? container->bundle->mount_count
                        : 0;
    int first = 3 + container->request->preserve_fds;
    const int needed[] = {container->init_end, container->request->gate,
                          container->console, container->seccomp->listener};
    const struct descriptor_list kept[] = {
        {needed, sizeof(needed) / sizeof(needed[0])},
        {container->prepared, mounts},
    };

    descriptors_close_except(first, kept, sizeof(kept) / sizeof(kept[0]));
}

/*
 * Those who are in the container's namespaces already must not look into a
 * process that still is of the runtime: what a namespace brings that is
 * joined, and what `exec` brings while we wait to be started.
 * (In a user namespace it would cost us our own files of /proc.)
 */
static int hide_from_others(const struct container *container,
                            struct error *error)
{
    bool joins = container->request->gate >= 0 &&
                 !namespace_is_new(container->bundle, NAMESPACE_USER);

    for (int kind = 0; kind < NAMESPACE_KINDS; kind++)
        joins = joins || container->bundle->namespaces[kind].path != NULL;
    if (joins && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
        return error_errno(error, errno, "cannot become undumpable");
    return 0;
}

static int enter_namespaces(const struct container *container,
                            struct error *error)
{
    const struct bundle *bundle = container->bundle;
    int status = cgroup_enter(container->cgroup, error);

    /* Now, because among them is the lock that says the runtime lives. */
    close_descriptors(container, false);
    if (status == 0 && namespaces_pid_is_joined(bundle)) {
        status = namespaces_make(bundle, error);
        if (status == 0)
            send_message(container, CONTAINER_UNSHARED);
    }
    if (status == 0 && namespace_is_new(bundle, NAMESPACE_USER))
        status = await_message(container, CONTAINER_MAPPED, error);
    if (status == 0)
        status = hide_from_others(container, error);
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
    if (status == 0 && !container->request->keep_keyring)
        status = kernel_join_keyring(container->request->id, error);
    if (status == 0)
        status = seccomp_note_pid(container->seccomp, error);
    return status;
}

/*
 * The hooks between the mounts and the change of root: the host's own, by the
 * parent, and those of the container's namespaces that still see the host's
 * files.
 */
static int run_create_hooks(const struct container *container,
                            struct error *error)
{
    int status = 0;

    if (launch_has_host_hooks(container->bundle)) {
        send_message(container, CONTAINER_MOUNTED);
        status = await_message(container, CONTAINER_HOOKED, error);
    }
    return status == 0
               ? lifecycle_run_hooks(container->request, "createContainer",
                                     STATUS_CREATING, getpid(), error)
               : status;
}

static int open_console(const struct container *container, int root, int *slave,
                        struct error *error)
{
    *slave = console_open(root, &container->bundle->process, container->console,
                          error);
    return *slave < 0 ? *slave : console_bind(root, *slave, error);
}

/* All that is below the container's "/", then "/" itself. */
static int build_root(const struct container *container, int *slave,
                      struct error *error)
{
    const struct bundle *bundle = container->bundle;
    _cleanup_close_ int root = rootfs_open(bundle, error);
    int status;

    if (root < 0)
        return root;
    status = mounts_make(bundle, container->prepared, root, error);
    if (status == 0)
        status = devices_make(bundle, root, error);
    if (status == 0)
        status = masks_apply(bundle, root, error);
    phases_mark(PHASE_MOUNTS);
    if (status == 0 && container->console >= 0)
        status = open_console(container, root, slave, error);
    if (status == 0)
        status = run_create_hooks(container, error);
    if (status == 0)
        status = rootfs_pivot(bundle, root, error);
    return status;
}

/* Everything up to the point where a created container waits. */
static int prepare(const struct container *container, struct error *error)
{
    _cleanup_close_ int slave = -1;
    int status = die_with_parent(container, error);

    /* Unblocked from the start: see signals.h on the first process. */
    sigprocmask(SIG_SETMASK, &container->original_mask, NULL);
    umask(022);
    if (status == 0)
        status = enter_namespaces(container, error);
    phases_mark(PHASE_NAMESPACES);
    if (status == 0)
        status = build_root(container, &slave, error);
    if (status < 0)
        return status;
    phases_mark(PHASE_ROOT);
    if (slave >= 0)
        status = console_attach(take_fd(&slave), error);
    close_descriptors(container, true);
    return status;
}

/*
 * Waits to be started: for the parent that stays with us, or once it has
 * announced us and gone, at the gate. *report is what to tell errors to.
 */
static int await_start(const struct container *container, int *report,
                       struct error *error)
{
    int status;

    if (container->request->gate < 0)
        return await_message(container, CONTAINER_READY, error);
    send_message(container, CONTAINER_PREPARED);
    status = await_message(container, CONTAINER_READY, error);
    if (status < 0)
        return status;
    close(container->init_end);
    *report = -1;
    status = start_gate_wait(container->request->gate, error);
    if (status < 0)
        return status;
    *report = status;
    return 0;
}

static int start(const struct container *container, int *report,
                 struct error *error)
{
    struct workload workload = {
        .process = &container->bundle->process,
        .seccomp = container->seccomp,
    };
    bool joins = namespaces_pid_is_joined(container->bundle);
    int status = prepare(container, error);

    if (status == 0 && !joins)
        status = console_lead_session(workload.process, error);
    if (status == 0)
        status = workload_assume(&workload, error);
    if (status == 0 && joins)
        status = namespaces_enter_pid(container->init_end, error);
    if (status == 0 && joins)
        status = console_lead_session(workload.process, error);
    if (status == 0)
        status = workload_find(&workload, error);
    phases_mark(PHASE_RIGHTS);
    if (status == 0)
        status = die_with_parent(container, error);
    if (status == 0)
        status = await_start(container, report, error);
    if (status == 0)
        status = lifecycle_run_hooks(container->request, "startContainer",
                                     STATUS_CREATED, getpid(), error);
    return status == 0 ? workload_execute(&workload, error) : status;
}

_Noreturn void init_main(const struct container *container)
{
    struct error error = {0};
    int report = container->init_end;

    phases_mark(PHASE_CLONE);
    close(container->parent_end);
    (void)start(container, &report, &error);
    (void)send(report, &error, sizeof(error), MSG_NOSIGNAL);
    _exit(1);
}
