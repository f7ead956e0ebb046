/*
 * What can run here: checks a platform's needs, finds its programs and asks
 * for its version. Nothing is assumed from a name; everything is tried.
 */
#ifndef RINGSIDE_BENCH_PROBE_H
#define RINGSIDE_BENCH_PROBE_H

#include "bench/paths.h"
#include "bench/platform.h"

#include <limits.h>

enum { PROBE_VERSION_SIZE = 128 };

/* A platform on this host. */
struct candidate {
    const struct platform *platform; /* borrowed */
    bool available;
    char reason[ERROR_TEXT_SIZE]; /* why not, when it is not available */
    const char *remedy;           /* borrowed from the platform; may be NULL */
    char version[PROBE_VERSION_SIZE]; /* "" when there is none */
};

/*
 * Fills *candidate. Errors: of memory and of starting processes only, or
 * -EINTR when the harness was interrupted; a need that is missing is told in
 * *candidate.
 */
int probe(const struct platform *platform, const struct paths *paths,
          struct candidate *candidate, struct error *error);

/* The command that this caller runs: with or without root. */
char *const *probe_run_command(const struct platform *platform);

/*
 * A copy of a command whose program is an absolute path; NULL with error set
 * when it was not found.
 */
char **probe_resolve(char *const *command, const struct paths *paths,
                     struct error *error);

#endif
