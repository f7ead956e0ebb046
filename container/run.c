/* Makes containers, and stays with one to its end; see run.h. */
#include "container/run.h"

#include "cgroup/cgroup.h"
#include "cgroup/control.h"
#include "container/launch.h"
#include "container/namespaces.h"
#include "container/phases.h"
#include "container/resctrl.h"
#include "container/signals.h"
#include "container/terminal.h"
#include "oci/lifecycle.h"

/* Stays with the container while it runs, its terminal in our foreground. */
static int attend(const struct run_request *request, struct launched *launched,
                  int *exit_status, struct error *error)
{
    bool first = namespace_is_new(request->bundle, NAMESPACE_PID);
    struct terminal *terminal = NULL;
    int status = 0;

    if (launched->terminal >= 0)
        status = terminal_open(launched->terminal, &terminal, error);
    if (status == 0)
        lifecycle_run_late_hooks(request, "poststart", STATUS_RUNNING,
                                 launched->pid);
    if (status == 0)
        status =
            signals_wait(launched->pid, first, terminal, exit_status, error);
    phases_mark(PHASE_END);
    terminal_close(terminal);
    return status;
}

static void release(struct launched *launched, bool remove)
{
    if (remove) {
        cgroup_remove(&launched->cgroup);
        resctrl_remove(launched->resctrl);
    } else {
        cgroup_leave(&launched->cgroup);
    }
    json_decref(launched->resctrl);
}

int container_run(const struct run_request *request, int *exit_status,
                  struct error *error)
{
    struct launched launched = {.pid = -1};
    sigset_t original;
    int status;

    phases_mark(PHASE_BUNDLE);
    signals_block(request->forward_signals, &original);
    status = launch_container(request, &original, &launched, error);
    if (status == 0)
        status = attend(request, &launched, exit_status, error);
    release(&launched, lifecycle_reclaim(request));
    sigprocmask(SIG_SETMASK, &original, NULL);
    phases_mark(PHASE_TEARDOWN);
    return status == 0 ? phases_tell("ringside-container", error) : status;
}

int container_create(const struct run_request *request, struct error *error)
{
    struct launched launched = {.pid = -1};
    sigset_t mask;
    int status;

    sigprocmask(SIG_BLOCK, NULL, &mask);
    status = launch_container(request, &mask, &launched, error);
    release(&launched, status < 0);
    return status;
}
