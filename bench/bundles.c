/* The bundles of a session; see bundles.h for the contract. */
#include "bench/bundles.h"

#include "bench/words.h"
#include "oci/bundle.h"
#include "oci/path.h"

#include <string.h>
#include <sys/stat.h>

enum { PIDS_LIMIT = 256 };

/* The root file system that an earlier workload of this program has, or NULL.
 */
static const char *find_rootfs(const struct workload_list *workloads,
                               const struct bundles *bundles, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (strcmp(workloads->items[i].program,
                   workloads->items[index].program) == 0)
            return bundles->items[i].rootfs;
    }
    return NULL;
}

static int fill_place(const struct session *session, const char *program,
                      const char *shared_rootfs, size_t index,
                      struct bundle_place *place, struct error *error)
{
    const char *name = path_basename(program);

    place->directory = text_format("%s/bundle-%zu", session->directory, index);
    place->rootfs =
        shared_rootfs != NULL
            ? strdup(shared_rootfs)
            : text_format("%s/bundle-%zu/rootfs", session->directory, index);
    if (place->directory == NULL || place->rootfs == NULL)
        return error_set(error, ENOMEM, "out of memory");
    place->program = text_format("%s/%s", place->rootfs, name);
    place->inner = text_format("/%s", name);
    return place->program == NULL || place->inner == NULL
               ? error_set(error, ENOMEM, "out of memory")
               : 0;
}

/* For platforms that mount no /dev/shm: a place for a workload's files. */
static int make_tmp(const char *rootfs, struct error *error)
{
    _cleanup_free_ char *path = text_format("%s/tmp", rootfs);

    if (path == NULL)
        return error_set(error, ENOMEM, "out of memory");
    if ((mkdir(path, 0700) < 0 && errno != EEXIST) || chmod(path, 01777) < 0)
        return error_errno(error, errno, "%s", path);
    return 0;
}

/* The first workload of a program makes the root file system for the rest. */
static int make_bundle(const struct session *session,
                       const struct bundle_template *shared,
                       const struct workload_list *workloads, size_t index,
                       struct bundles *bundles, struct error *error)
{
    const struct workload *workload = &workloads->items[index];
    struct bundle_place *place = &bundles->items[index];
    struct bundle_template template = *shared;
    int result;

    template.program = workload->program;
    template.arguments = workload->arguments;
    template.rootfs = find_rootfs(workloads, bundles, index);
    result = fill_place(session, workload->program, template.rootfs, index,
                        place, error);
    if (result == 0)
        result = bundle_create(&template, place->directory, error);
    return result == 0 && template.rootfs == NULL
               ? make_tmp(place->rootfs, error)
               : result;
}

char *bundles_cgroup(const struct session *session)
{
    return text_format("/" CGROUP_SESSION_PREFIX "%s/run/container",
                       session->id);
}

struct bundle_template bundles_template(const struct session *session,
                                        const char *cgroup,
                                        int64_t memory_limit)
{
    unsigned limits = cgroup_session_controllers(&session->host, session->id);

    return (struct bundle_template){
        /* A limit that the host cannot keep, runtimes refuse. */
        .memory_limit = limits & CGROUP_MEMORY ? memory_limit : BUNDLE_UNSET,
        .pids_limit = limits & CGROUP_PIDS ? PIDS_LIMIT : BUNDLE_UNSET,
        .cgroups_path = session->has_cgroups ? cgroup : NULL,
        .rootless = geteuid() != 0,
    };
}

char *bundles_instance_cgroup(const struct session *session,
                              unsigned long number)
{
    return text_format(CGROUP_SESSION_PREFIX "%s/run/container-%lu",
                       session->id, number);
}

int bundles_make_instance(const struct session *session,
                          const struct workload_list *workloads,
                          const struct bundles *bundles, size_t index,
                          int64_t memory_limit, unsigned long number,
                          char **directory, struct error *error)
{
    _cleanup_free_ char *below = bundles_instance_cgroup(session, number);
    _cleanup_free_ char *cgroup =
        below == NULL ? NULL : text_format("/%s", below);
    struct bundle_template template =
        bundles_template(session, cgroup, memory_limit);

    *directory = text_format("%s/instance-%lu", session->directory, number);
    if (cgroup == NULL || *directory == NULL)
        return error_set(error, ENOMEM, "out of memory");
    template.program = workloads->items[index].program;
    template.arguments = workloads->items[index].arguments;
    template.rootfs = bundles->items[index].rootfs;
    return bundle_create(&template, *directory, error);
}

int bundles_make(const struct session *session,
                 const struct workload_list *workloads, int64_t memory_limit,
                 json_t *changes, struct bundles *bundles, struct error *error)
{
    _cleanup_free_ char *cgroup = bundles_cgroup(session);
    struct bundle_template shared =
        bundles_template(session, cgroup, memory_limit);
    int result = 0;

    shared.changes = changes;
    *bundles = (struct bundles){
        .items = calloc(workloads->count, sizeof(*bundles->items)),
        .count = workloads->count,
        .cgroup = cgroup == NULL ? NULL : strdup(cgroup + 1),
        .memory = text_format("%lld", (long long)memory_limit),
    };
    if (bundles->items == NULL || bundles->cgroup == NULL ||
        bundles->memory == NULL)
        result = error_set(error, ENOMEM, "out of memory");
    for (size_t i = 0; result == 0 && i < workloads->count; i++)
        result = make_bundle(session, &shared, workloads, i, bundles, error);
    if (result < 0)
        bundles_release(bundles);
    return result;
}

void bundles_release(struct bundles *bundles)
{
    for (size_t i = 0; bundles->items != NULL && i < bundles->count; i++) {
        free(bundles->items[i].directory);
        free(bundles->items[i].rootfs);
        free(bundles->items[i].program);
        free(bundles->items[i].inner);
    }
    free(bundles->items);
    free(bundles->cgroup);
    free(bundles->memory);
    *bundles = (struct bundles){0};
}
