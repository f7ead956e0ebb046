/* Prepare and finish commands; see prepared.h for the contract. */
#include "bench/prepared.h"

#include "bench/command.h"
#include "bench/phases.h"
#include "bench/placeholder.h"
#include "bench/platform_cannot.h"
#include "bench/tsc.h"
#include "bench/words.h"

enum { PREPARE_SECONDS = 60, FINISH_SECONDS = 30 };

char *prepared_path(const struct participant *participant, size_t workload)
{
    return text_format("%s/prepared-%zu", participant->state, workload);
}

/* Runs it in the cgroup of what is kept, so that it ends with the session. */
static int run_kept(char *const *command, const struct participant *participant,
                    int seconds, const struct session *session,
                    struct command_result *result, struct error *error)
{
    int files[CGROUP_MAX_HIERARCHIES];
    struct command_place place = {
        .mount_namespace = participant->mount_namespace,
        .cgroups = files,
    };
    int failed = 0;

    if (session->has_cgroups)
        failed = cgroup_kept_open(&session->host, session->id,
                                  participant->platform->name, files,
                                  &place.cgroup_count, error);
    if (failed == 0)
        failed = command_run_at(command, &place, seconds, result, error);
    while (place.cgroup_count > 0)
        close(files[--place.cgroup_count]);
    return failed;
}

static int run_for(char *const *template, int seconds,
                   const struct participant *participant,
                   const struct prepared_context *context, size_t workload,
                   struct error *error)
{
    _cleanup_free_ char *path = prepared_path(participant, workload);
    const struct bundle_place *place = &context->bundles->items[workload];
    const struct placeholders values = {
        .bundle = place->directory,
        .id = "prepare",
        .rootfs = place->rootfs,
        .program = place->program,
        .inner = place->inner,
        .state = participant->state,
        .bin = context->paths->bin,
        .here = participant->platform->directory,
        .cgroup = context->bundles->cgroup,
        .memory = context->bundles->memory,
        .tsc_khz = tsc_khz(),
        .phases = PHASES_DESCRIPTOR,
        .prepared = path,
        .arguments = context->workloads->items[workload].arguments,
    };
    _cleanup_free_ struct command_result *result = malloc(sizeof(*result));
    _cleanup_words_ char **command = NULL;
    int failed;

    if (path == NULL || result == NULL)
        return error_set(error, ENOMEM, "out of memory");
    command = placeholders_expand(template, &values);
    if (command == NULL)
        return error_set(error, ENOMEM, "out of memory");
    failed = run_kept(command, participant, seconds, context->session, result,
                      error);
    if (failed < 0)
        return failed;
    if (result->interrupted)
        return error_set(error, EINTR, "interrupted");
    if (result->status == 0 && !result->timed_out)
        return 0;
    command_reason(result, seconds, command[0], error);
    return -error->code;
}

int prepared_make(struct participant *participant,
                  const struct prepared_context *context, struct error *error)
{
    if (participant->prepare == NULL)
        return 0;
    for (size_t i = 0; i < context->workloads->count; i++) {
        int result;

        if (platform_cannot(participant->platform,
                            &context->workloads->items[i]) != NULL)
            continue;
        result = run_for(participant->prepare, PREPARE_SECONDS, participant,
                         context, i, error);
        if (result < 0)
            return result == -EINTR
                       ? result
                       : error_prefix(error, "prepare %s",
                                      context->workloads->items[i].name);
        participant->prepared = i + 1;
    }
    return 0;
}

void prepared_finish(struct participant *participant,
                     const struct prepared_context *context)
{
    struct error ignored = {0};

    for (size_t i = 0; i < participant->prepared; i++) {
        if (participant->finish != NULL &&
            platform_cannot(participant->platform,
                            &context->workloads->items[i]) == NULL)
            run_for(participant->finish, FINISH_SECONDS, participant, context,
                    i, &ignored);
    }
    participant->prepared = 0;
}
