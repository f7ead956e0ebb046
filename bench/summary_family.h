/*
 * The verdicts of a summary together: where many are given, some are wrong by
 * chance, and what counts them must allow for it (family_adjust).
 */
#ifndef RINGSIDE_BENCH_SUMMARY_FAMILY_H
#define RINGSIDE_BENCH_SUMMARY_FAMILY_H

#include "bench/results.h"

/*
 * Gives the judged (primary) cells of `cells` that have a ratio, the control's
 * aside, their p_adjusted and verdict_corrected, and makes "family" of
 * summary.json in *family. The same is done for what the cells say without
 * flagged runs, a family of its own. Errors: -ENOMEM.
 */
int family_judge(const struct result_header *header, json_t *cells,
                 json_t **family);

/*
 * The judged cells whose corrected verdict is another without flagged runs:
 * the "verdicts_changed" of summary.json, after family_judge. NULL: no memory.
 */
json_t *family_changes(const json_t *cells);

#endif
