/* Hooks on the host; see host_hooks.h. */
#include "vmm/host_hooks.h"

#include "oci/cleanup.h"
#include "oci/hooks.h"
#include "oci/lifecycle.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

static const char *const before_start[] = {"prestart", "createRuntime"};
static const char *const inside[] = {"createContainer", "startContainer"};

enum {
    BEFORE_START = sizeof(before_start) / sizeof(before_start[0]),
    INSIDE = sizeof(inside) / sizeof(inside[0]),
};

int host_hooks_check(const struct bundle *bundle, struct error *error)
{
    for (size_t i = 0; i < INSIDE; i++) {
        if (hooks_present(bundle->document, inside[i]))
            return error_set(error, ENOTSUP,
                             "config.json: hooks.%s: runs inside of a "
                             "container: not for a virtual machine",
                             inside[i]);
    }
    return 0;
}

static int enter_network(const struct bundle_namespace *network,
                         struct error *error)
{
    _cleanup_close_ int fd = -1;

    if (!network->present)
        return 0;
    if (network->path == NULL)
        return unshare(CLONE_NEWNET) == 0
                   ? 0
                   : error_errno(error, errno,
                                 "cannot make a network namespace");
    fd = open(network->path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || setns(fd, CLONE_NEWNET) < 0)
        return error_errno(error, errno,
                           "config.json: linux.namespaces: network: %s",
                           network->path);
    return 0;
}

bool host_hooks_wanted(const struct bundle *bundle)
{
    for (size_t i = 0; i < BEFORE_START; i++) {
        if (hooks_present(bundle->document, before_start[i]))
            return true;
    }
    return false;
}

int host_hooks_run(const struct run_request *request, bool stay,
                   struct error *error)
{
    const struct bundle *bundle = request->bundle;
    const bool wanted = host_hooks_wanted(bundle);
    int status = 0;

    if (wanted && !stay)
        status = enter_network(&bundle->namespaces[NAMESPACE_NETWORK], error);
    for (size_t i = 0; status == 0 && wanted && i < BEFORE_START; i++)
        status = lifecycle_run_hooks(request, before_start[i], STATUS_CREATING,
                                     getpid(), error);
    return status;
}
