/*
 * The line-up of a session: which platforms there are, which of those asked
 * for can run here, and why the others cannot.
 */
#ifndef RINGSIDE_BENCH_LINEUP_H
#define RINGSIDE_BENCH_LINEUP_H

#include "bench/participant.h"
#include "bench/prepared.h"

struct left_out {
    const struct platform *platform;
    char reason[ERROR_TEXT_SIZE];
    const char *remedy; /* NULL: none */
};

struct lineup {
    struct platform_list platforms; /* all that were found */
    struct candidate *candidates;   /* those asked for, probed */
    size_t candidate_count;
    struct participant *participants; /* those that take part */
    size_t participant_count;
    struct left_out *left_out;
    size_t left_out_count;
};

/* Whether platforms that are slow take part without having been named. */
enum lineup_scope {
    LINEUP_LIGHT,        /* neither heavy nor slow platforms */
    LINEUP_WITHOUT_SLOW, /* heavy ones, too */
    LINEUP_WITH_SLOW,    /* all */
};

/*
 * Loads the platform files that lineup_load goes by, and tries none of them.
 * Errors: of platform_list_load, -ENOENT when there are none.
 */
int lineup_list(const struct paths *paths, char *const *directories,
                struct platform_list *platforms, struct error *error);

/*
 * Loads the platform files (the installed ones, then each directory of the
 * vector) and probes those named; NULL names mean all. Errors: of
 * platform_list_load, -EINVAL for a name that there is none of. The caller
 * releases *lineup.
 */
int lineup_load(const struct paths *paths, char *const *directories,
                char *const *names, enum lineup_scope scope,
                struct lineup *lineup, struct error *error);

/*
 * Opens every available candidate for the session; one that cannot be opened
 * is left out with its reason. Errors: of memory, -EINTR, -ENODEV when none
 * is left.
 */
int lineup_enter(struct lineup *lineup, const struct paths *paths,
                 const struct session *session, struct error *error);

/*
 * Has every participant prepare its workloads; one that cannot is left out with
 * its reason. Errors: -EINTR, -ENOMEM, -ENODEV when none is left. Call
 * lineup_finish in any case.
 */
int lineup_prepare(struct lineup *lineup,
                   const struct prepared_context *context, struct error *error);
void lineup_finish(struct lineup *lineup,
                   const struct prepared_context *context);

void lineup_release(struct lineup *lineup);

#endif
