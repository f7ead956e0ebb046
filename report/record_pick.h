/*
 * Out of a line of results.jsonl what the report draws, and nothing else: with
 * a million lines, building trees of their members is most of the work.
 */
#ifndef RINGSIDE_REPORT_RECORD_PICK_H
#define RINGSIDE_REPORT_RECORD_PICK_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* As many metrics as a run may have (docs/results.md). */
enum { PICKED_METRICS = 32 };

/* The members of a line that are drawn; strings belong to the line or tree. */
struct picked_run {
    const char *type, *platform, *workload; /* NULL: none, or no string */
    int64_t block;
    bool failed;
    size_t flags;        /* how many it has */
    double exit_ns, pss; /* NAN: none */
    struct {
        const char *name;
        double value; /* NAN: none */
    } metrics[PICKED_METRICS];
    size_t metric_count;
    json_t *tree; /* the line was in another form than the writer's; or NULL */
};

/*
 * Takes a line apart, of `length` bytes and a NUL behind them, which is written
 * to. False: no JSON object, or no memory. Release *run with
 * record_pick_release in either case.
 */
bool record_pick(char *line, size_t length, struct picked_run *run);

/* The value of a metric of the run, NAN where it has none. */
double record_pick_metric(const struct picked_run *run, const char *name);

void record_pick_release(struct picked_run *run);

#endif
