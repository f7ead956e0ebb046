/* Makes containers, and stays with one to its end; see run.h. */
#include "container/run.h"

#include "container/cgroup.h"
#include "container/cgroup_control.h"
#include "container/launch.h"
#include "container/namespaces.h"
#include "container/signals.h"
#include "oci/lifecycle.h"

int container_run(const struct run_request *request, int *exit_status,
                  struct error *error)
{
    struct cgroup cgroup = {0};
    sigset_t original;
    pid_t pid;
    int status;

    signals_block(request->forward_signals, &original);
    pid = launch_container(request, &original, &cgroup, error);
    status = pid < 0 ? pid : 0;
    if (status == 0) {
        lifecycle_run_late_hooks(request, "poststart", STATUS_RUNNING, pid);
        status =
            signals_wait(pid, namespace_is_new(request->bundle, NAMESPACE_PID),
                         exit_status, error);
    }
    if (lifecycle_reclaim(request))
        cgroup_remove(&cgroup);
    else
        cgroup_leave(&cgroup);
    sigprocmask(SIG_SETMASK, &original, NULL);
    return status;
}

int container_create(const struct run_request *request, struct error *error)
{
    struct cgroup cgroup = {0};
    sigset_t mask;
    pid_t pid;

    sigprocmask(SIG_BLOCK, NULL, &mask);
    pid = launch_container(request, &mask, &cgroup, error);
    if (pid < 0)
        cgroup_remove(&cgroup);
    else
        cgroup_leave(&cgroup);
    return pid < 0 ? pid : 0;
}

void container_destroy(const char *id, const struct record *record)
{
    struct cgroup cgroup;

    cgroup_restore(id, record->details, &cgroup);
    cgroup_remove(&cgroup);
}
