/*
 * What a platform that runs here still cannot run, as its file says under
 * `cannot` (docs/platforms.md): pairs with such a workload are no part of a
 * session and stand in its tables with the reason.
 */
#ifndef RINGSIDE_BENCH_PLATFORM_CANNOT_H
#define RINGSIDE_BENCH_PLATFORM_CANNOT_H

#include "bench/paths.h"
#include "bench/platform.h"
#include "bench/workload.h"

#include <stdio.h>

/*
 * Why it cannot run the workload; NULL: it can, or the program is the user's
 * own, of which the file knows nothing. The text is the platform's.
 */
const char *platform_cannot(const struct platform *platform,
                            const struct workload *workload);

/* Why it can run none of them; NULL: it can run one. */
const char *platform_cannot_any(const struct platform *platform,
                                const struct workload_list *workloads);

/*
 * Prints what of the session it cannot run, a line for each reason:
 * "NAME: cannot run WORKLOAD, WORKLOAD: REASON"; nothing where it can run all.
 */
void platform_cannot_print(const struct platform *platform,
                           const struct workload_list *workloads, FILE *stream);

/*
 * Checks the names under `cannot` against all workloads that there are; where
 * the programs that have them are not all there, nothing is checked. Errors:
 * -EINVAL with "PATH: cannot[N].workloads: NAME: no such workload ...", of
 * workload_list_load.
 */
int platform_cannot_check(const struct platform_list *platforms,
                          const struct paths *paths, struct error *error);

#endif
