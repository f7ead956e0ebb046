/* The line-up; see lineup.h for the contract. */
#include "bench/lineup.h"

#include "bench/words.h"

#include <string.h>

static int load_platforms(const struct paths *paths, char *const *directories,
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

static int probe_named(const struct paths *paths, char *const *names,
                       struct lineup *lineup, struct error *error)
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
        int result;

        if (names != NULL && !words_contain(names, platform->name))
            continue;
        result = probe(platform, paths,
                       &lineup->candidates[lineup->candidate_count++], error);
        if (result < 0)
            return result;
    }
    return 0;
}

int lineup_load(const struct paths *paths, char *const *directories,
                char *const *names, struct lineup *lineup, struct error *error)
{
    int result;

    *lineup = (struct lineup){0};
    result = load_platforms(paths, directories, &lineup->platforms, error);
    if (result == 0)
        result = check_names(&lineup->platforms, names, error);
    if (result == 0)
        result = probe_named(paths, names, lineup, error);
    if (result < 0)
        lineup_release(lineup);
    return result;
}

static void leave_out(struct lineup *lineup, const struct candidate *candidate,
                      const char *reason)
{
    struct left_out *left_out = &lineup->left_out[lineup->left_out_count++];

    left_out->platform = candidate->platform;
    left_out->remedy = candidate->remedy;
    memcpy(left_out->reason, reason, sizeof(left_out->reason));
}

int lineup_enter(struct lineup *lineup, const struct paths *paths,
                 const struct session *session, struct error *error)
{
    for (size_t i = 0; i < lineup->candidate_count; i++) {
        const struct candidate *candidate = &lineup->candidates[i];
        struct error reason = {0};
        int result;

        if (!candidate->available) {
            leave_out(lineup, candidate, candidate->reason);
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
            leave_out(lineup, candidate, reason.text);
        else
            lineup->participant_count++;
    }
    if (lineup->participant_count == 0)
        return error_set(error, ENODEV,
                         "none of the platforms asked for can run here; see "
                         "ringside platforms");
    return 0;
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
