/* ringside-container: an OCI runtime of Linux namespaces. */
#include "container/run.h"

int main(int argc, char **argv)
{
    const struct runtime runtime = {
        .name = "ringside-container",
        .summary = "Runs OCI bundles and static programs in namespaces",
        .run = container_run,
        .create = container_create,
        .destroy = container_destroy,
    };

    return runtime_main(&runtime, argc, argv);
}
