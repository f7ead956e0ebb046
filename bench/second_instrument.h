/*
 * The same start timed by another program: hyperfine, by other people, with
 * another clock routine and another way to spawn. Where both agree, neither
 * has a mistake of its own. After the last block it runs noop on each platform
 * with the very command that was measured, from spawn to exit, with the same
 * rest before each start. What it writes is kept whole in DIR/hyperfine.json;
 * the summary has the ratio to our spawn_to_exit.
 */
#ifndef RINGSIDE_BENCH_SECOND_INSTRUMENT_H
#define RINGSIDE_BENCH_SECOND_INSTRUMENT_H

#include "bench/experiment.h"
#include "bench/summary_collect.h"

#define SECOND_INSTRUMENT_FILE     "hyperfine.json"
#define SECOND_INSTRUMENT_WORKLOAD "noop"

/* Makes it the session's pass where that was asked for, or the profile has it
 * and hyperfine is installed. */
void second_instrument_choose(struct experiment_options *options,
                              const struct paths *paths);

/*
 * The pass of a session (experiment_options.pass) that makes the file. That
 * hyperfine cannot run a platform is told in the file. Errors: -EINTR, -ENOENT
 * without hyperfine, of the file system, and those of run_once.
 */
int second_instrument_pass(struct experiment *experiment, struct error *error);

/*
 * The "second_instrument" of summary.json; json_null() where the directory has
 * no such file. A bad one is refused: -EINVAL. -ENOMEM.
 */
int second_instrument_to_json(const char *directory,
                              const struct collection *collection,
                              json_t **object, struct error *error);

#endif
