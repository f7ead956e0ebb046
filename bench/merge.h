/*
 * Sessions of one machine put together: the runs of each further one become
 * more blocks of one record. Only what is the same may be put together: the
 * host in the same state (by its fingerprint), the program, the platforms'
 * versions, the workloads, the rest. A session is taken once.
 */
#ifndef RINGSIDE_BENCH_MERGE_H
#define RINGSIDE_BENCH_MERGE_H

#include "bench/results.h"

/* A session that is to be merged; opened with merge_open. */
struct merge_session {
    const char *directory; /* borrowed */
    struct result_reader reader;
};

/*
 * Opens `count` directories in sessions[], which has room for them. Errors:
 * those of results_open, -EEXIST when one session is there twice (by when it
 * was made and its seed, also inside of what was merged before). On failure
 * nothing is open.
 */
int merge_open(char *const *directories, size_t count,
               struct merge_session *sessions, struct error *error);

void merge_close(struct merge_session *sessions, size_t count);

/*
 * Writes sessions[0] and those after it that have its fingerprint, as one
 * record, into a directory; *merged says which they are (bools, `count` of
 * them). The record has an end line if each of them has one. Errors: -EINVAL
 * when one of them measured something else, of results_create, results_next
 * and results_append.
 */
int merge_append(struct merge_session *sessions, size_t count,
                 const char *directory, char *const *command, bool *merged,
                 struct error *error);

#endif
