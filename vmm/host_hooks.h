/* Programs that a bundle has the host run before a guest starts. */
#ifndef RINGSIDE_VMM_HOST_HOOKS_H
#define RINGSIDE_VMM_HOST_HOOKS_H

#include "oci/runtime.h"

#include <stdbool.h>

/*
 * Refuses hooks that run inside of a container: -ENOTSUP with which. Those of
 * `start` and `delete` are the same for all runtimes (lifecycle.h).
 */
int host_hooks_check(const struct bundle *bundle, struct error *error);

/* Whether the bundle has hooks that host_hooks_run runs. */
bool host_hooks_wanted(const struct bundle *bundle);

/*
 * Runs the hooks prestart and createRuntime, which see this process as the
 * container. So that those that set up its network have one to work on and
 * leave the host's alone, it first enters the network namespace that the
 * bundle asks for; `stay` is for a guest whose network is said elsewhere.
 * Without such hooks nothing is done. Errors: those of hooks_run, unshare(2)
 * and setns(2).
 */
int host_hooks_run(const struct run_request *request, bool stay,
                   struct error *error);

#endif
