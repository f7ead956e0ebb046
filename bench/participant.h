/*
 * A platform that takes part in a session: its commands with their programs
 * found, the mount namespace that it has entered, a directory for its state.
 */
#ifndef RINGSIDE_BENCH_PARTICIPANT_H
#define RINGSIDE_BENCH_PARTICIPANT_H

#include "bench/probe.h"
#include "bench/session.h"

struct participant {
    const struct platform *platform;  /* borrowed */
    char version[PROBE_VERSION_SIZE]; /* "" when there is none */
    char **run;                       /* with placeholders */
    char **cleanup;                   /* likewise; NULL: none */
    char **prepare, **finish;         /* likewise */
    size_t prepared;                  /* workloads that are prepared */
    char *state;                      /* {state} */
    int mount_namespace;              /* descriptor or -1 */
};

/*
 * Prepares an available candidate: finds its programs, makes its state
 * directory and runs its enter command, if it has one for this host, in a
 * private mount namespace. Errors: of each of these, with the platform's
 * name. The caller releases *participant.
 */
int participant_open(const struct candidate *candidate,
                     const struct paths *paths, const struct session *session,
                     struct participant *participant, struct error *error);

void participant_release(struct participant *participant);

#endif
