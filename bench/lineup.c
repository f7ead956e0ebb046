/* The line-up; see lineup.h for the contract. */
#include "bench/lineup.h"

#include "bench/platform_cannot.h"
#include "bench/results.h"
#include "bench/words.h"

#include <string.h>

int lineup_list(const struct paths *paths, char *const *directories,
                struct platform_list *platforms, struct error *error)
{
    _cleanup_words_ char **all = words_copy(NULL);

    if (all == NULL ||
        (paths->platforms != NULL && words_append(&all, paths->platforms)) ||
        words_append_all(&all, directories) < 0)
        return error_set(error, ENOMEM, "out of memory");
    if (all[0] == NULL)
        return error_set(error, ENOENT,
                         "no platform files found; set RINGSIDE_DATA or use "
                         "--platform-dir");
    return platform_list_load(all, platforms, error);
}

static int check_names(const struct platform_list *platforms,
                       char *const *names, struct error *error)
{
    for (size_t i = 0; names != NULL && names[i] != NULL; i++) {
        if (platform_find(platforms, names[i]) == NULL)
            return error_set(error, EINVAL,
                             "%s: no such platform; see ringside platforms",
                             names[i]);
    }
    return 0;
}

/* One that is not even probed: it is not wanted here. */
static void pass_over(const struct platform *platform,
                      struct candidate *candidate)
{
    *candidate = (struct candidate){
        .platform = platform,
        .remedy = platform->slow
                      ? "name it with --platforms, or use --profile peers"
                      : "name it with --platforms, or use --profile full",
    };
    strcpy(candidate->reason, platform->slow
                                  ? "slow: a run takes seconds"
                                  : "heavy: a run takes a tenth of a second");
}

static bool is_within(const struct platform *platform, enum lineup_scope scope)
{
    if (platform->slow)
        return scope == LINEUP_WITH_SLOW;
    return !platform->heavy || scope != LINEUP_LIGHT;
}

static int probe_named(const struct paths *paths, char *const *names,
                       enum lineup_scope scope, struct lineup *lineup,
                       struct error *error)
{
    size_t count = lineup->platforms.count;

    lineup->candidates = calloc(count + 1, sizeof(*lineup->candidates));
    lineup->participants = calloc(count + 1, sizeof(*lineup->participants));
    lineup->left_out = calloc(count + 1, sizeof(*lineup->left_out));
    if (lineup->candidates == NULL || lineup->participants == NULL ||
        lineup->left_out == NULL)
        return error_set(error, ENOMEM, "out of memory");
    for (size_t i = 0; i < count; i++) {
        const struct platform *platform = &lineup->platforms.items[i];
        struct candidate *candidate =
            &lineup->candidates[lineup->candidate_count];
        int result = 0;

        if (names != NULL && !words_contain(names, platform->name))
            continue;
        lineup->candidate_count++;
        if (names == NULL && !is_within(platform, scope))
            pass_over(platform, candidate);
        else
            result = probe(platform, paths, candidate, error);
        if (result < 0)
            return result;
    }
    return 0;
}

int lineup_load(const struct paths *paths, char *const *directories,
                char *const *names, enum lineup_scope scope,
                struct lineup *lineup, struct error *error)
{
    int result;

    *lineup = (struct lineup){0};
    result = lineup_list(paths, directories, &lineup->platforms, error);
    if (result == 0)
        result = check_names(&lineup->platforms, names, error);
    if (result == 0)
        result = platform_cannot_check(&lineup->platforms, paths, error);
    if (result == 0)
        result = probe_named(paths, names, scope, lineup, error);
    if (result < 0)
        lineup_release(lineup);
    return result;
}

static void leave_out(struct lineup *lineup, const struct platform *platform,
                      const char *remedy, const char *reason)
{
    struct left_out *left_out = &lineup->left_out[lineup->left_out_count++];

    left_out->platform = platform;
    left_out->remedy = remedy;
    memcpy(left_out->reason, reason, sizeof(left_out->reason));
}

static int none_left(const struct lineup *lineup, struct error *error)
{
    if (lineup->participant_count > 0)
        return 0;
    return error_set(error, ENODEV,
                     "none of the platforms asked for can run here; see "
                     "ringside platforms");
}

int lineup_enter(struct lineup *lineup, const struct paths *paths,
                 const struct session *session, struct error *error)
{
    for (size_t i = 0; i < lineup->candidate_count; i++) {
        const struct candidate *candidate = &lineup->candidates[i];
        struct error reason = {0};
        int result;

        if (!candidate->available) {
            leave_out(lineup, candidate->platform, candidate->remedy,
                      candidate->reason);
            continue;
        }
        result = participant_open(
            candidate, paths, session,
            &lineup->participants[lineup->participant_count], &reason);
        if (result == -EINTR || result == -ENOMEM) {
            *error = reason;
            return result;
        }
        if (result < 0)
            leave_out(lineup, candidate->platform, candidate->remedy,
                      reason.text);
        else
            lineup->participant_count++;
    }
    return none_left(lineup, error);
}

static int check_able(const struct participant *participant,
                      const struct workload_list *workloads,
                      struct error *error)
{
    const char *reason = platform_cannot_any(participant->platform, workloads);

    return reason == NULL
               ? 0
               : error_set(error, ENOTSUP, RESULT_CANNOT "%s", reason);
}

int lineup_prepare(struct lineup *lineup,
                   const struct prepared_context *context, struct error *error)
{
    size_t kept = 0, count = lineup->participant_count;
    int result = 0;

    for (size_t i = 0; i < count; i++) {
        struct participant *participant = &lineup->participants[i];
        struct error reason = {0};

        if (result == 0)
            result = check_able(participant, context->workloads, &reason);
        if (result == 0)
            result = prepared_make(participant, context, &reason);
        if (result == -EINTR || result == -ENOMEM)
            *error = reason;
        if (result == 0 || result == -EINTR || result == -ENOMEM) {
            lineup->participants[kept++] = *participant;
            continue;
        }
        result = 0;
        leave_out(lineup, participant->platform, NULL, reason.text);
        prepared_finish(participant, context);
        participant_release(participant);
    }
    lineup->participant_count = kept;
    return result < 0 ? result : none_left(lineup, error);
}

void lineup_finish(struct lineup *lineup,
                   const struct prepared_context *context)
{
    for (size_t i = 0; i < lineup->participant_count; i++)
        prepared_finish(&lineup->participants[i], context);
}

void lineup_release(struct lineup *lineup)
{
    for (size_t i = 0; i < lineup->participant_count; i++)
        participant_release(&lineup->participants[i]);
    free(lineup->participants);
    free(lineup->candidates);
    free(lineup->left_out);
    platform_list_release(&lineup->platforms);
    *lineup = (struct lineup){0};
}
