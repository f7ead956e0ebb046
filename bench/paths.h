/*
 * Where things are: programs beside ringside or on PATH, platform files,
 * the workload ELF; the same in a build tree and in an installed one.
 */
#ifndef RINGSIDE_BENCH_PATHS_H
#define RINGSIDE_BENCH_PATHS_H

#include "oci/error.h"

struct paths {
    char *bin;            /* directory of the running ringside */
    char *platforms;      /* directory of platform files; NULL: none found */
    char *workload;       /* the workload ELF; NULL: none found */
    char *workload_large; /* the one with larger workloads, likewise */
};

/*
 * Finds them. $RINGSIDE_DATA, when set, is the only place looked in for
 * platforms/ and has the first word on guests/workload*. Errors: of memory and
 * of /proc/self/exe; the caller releases *paths with paths_release.
 */
int paths_find(struct paths *paths, struct error *error);
void paths_release(struct paths *paths);

/*
 * The absolute path of an executable: NAME itself when it has a slash, else
 * beside ringside, else on PATH. NULL when there is none.
 */
char *paths_program(const struct paths *paths, const char *name);

#endif
