/* ringside-container: an OCI runtime of Linux namespaces. */
#include "container/control.h"
#include "container/exec.h"
#include "container/features.h"
#include "container/phases.h"
#include "container/run.h"

int main(int argc, char **argv)
{
    const struct runtime runtime = {
        .name = "ringside-container",
        .summary = "Runs OCI bundles and static programs in namespaces",
        .has_notify = true,
        .options = &phases_argp,
        .run = container_run,
        .create = container_create,
        .destroy = container_destroy,
        .exec = container_exec,
        .signal_all = container_signal_all,
        .is_paused = container_is_paused,
        .pause = container_pause,
        .update = container_update,
        .processes = container_processes,
        .features = container_features,
    };

    return runtime_main(&runtime, argc, argv);
}
