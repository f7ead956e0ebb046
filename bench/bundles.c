/* The bundles of a session; see bundles.h for the contract. */
#include "bench/bundles.h"

#include "bench/words.h"
#include "oci/bundle.h"
#include "oci/path.h"

#include <sys/stat.h>

enum { PIDS_LIMIT = 256 };

static int make_bundle(const struct bundle_template *shared,
                       const char *directory, const struct workload *workload,
                       struct error *error)
{
    struct bundle_template template = *shared;

    template.arguments = workload->arguments;
    return bundle_create(&template, directory, error);
}

/* The first bundle makes the root file system that the others then use. */
static int make_all(const struct session *session,
                    const struct workload_list *workloads,
                    struct bundle_template *shared, struct bundles *bundles,
                    struct error *error)
{
    for (size_t i = 0; i < workloads->count; i++) {
        _cleanup_free_ char *directory =
            text_format("%s/bundle-%zu", session->directory, i);
        int result;

        if (directory == NULL ||
            words_append(&bundles->directories, directory) < 0)
            return error_set(error, ENOMEM, "out of memory");
        result = make_bundle(shared, directory, &workloads->items[i], error);
        if (result < 0)
            return result;
        shared->rootfs = bundles->rootfs;
    }
    return 0;
}

int bundles_make(const struct session *session, const char *program,
                 const struct workload_list *workloads, int64_t memory_limit,
                 json_t *changes, struct bundles *bundles, struct error *error)
{
    const char *name = path_basename(program);
    _cleanup_free_ char *cgroup =
        text_format("/" CGROUP_SESSION_PREFIX "%s/run/container", session->id);
    unsigned limits = cgroup_session_controllers(&session->host, session->id);
    struct bundle_template shared = {
        .program = program,
        /* A limit that the host cannot keep, runtimes refuse. */
        .memory_limit = limits & CGROUP_MEMORY ? memory_limit : BUNDLE_UNSET,
        .pids_limit = limits & CGROUP_PIDS ? PIDS_LIMIT : BUNDLE_UNSET,
        .cgroups_path = session->has_cgroups ? cgroup : NULL,
        .rootless = geteuid() != 0,
        .changes = changes,
    };
    int result;

    *bundles = (struct bundles){0};
    bundles->rootfs = text_format("%s/bundle-0/rootfs", session->directory);
    bundles->program =
        text_format("%s/bundle-0/rootfs/%s", session->directory, name);
    bundles->inner = text_format("/%s", name);
    if (cgroup == NULL || bundles->rootfs == NULL || bundles->program == NULL ||
        bundles->inner == NULL)
        result = error_set(error, ENOMEM, "out of memory");
    else
        result = make_all(session, workloads, &shared, bundles, error);
    if (result < 0)
        bundles_release(bundles);
    return result;
}

void bundles_release(struct bundles *bundles)
{
    free(bundles->rootfs);
    free(bundles->program);
    free(bundles->inner);
    words_free(bundles->directories);
    *bundles = (struct bundles){0};
}
