/*
 * Placeholders in a platform's commands: {bundle}, {id}, {rootfs}, {program},
 * {inner}, {state}, {bin}, {here}, {cgroup}, {memory}, {tsc_khz}, {phases},
 * {prepared} inside an argument, and {args} as a whole one. Meanings:
 * docs/platforms.md.
 */
#ifndef RINGSIDE_BENCH_PLACEHOLDER_H
#define RINGSIDE_BENCH_PLACEHOLDER_H

#include "oci/error.h"

/* When a command runs, and so which placeholders there are for it. */
enum placeholder_scope {
    PLACEHOLDERS_PROBE, /* before any session: {bin}, {here} */
    PLACEHOLDERS_ENTER, /* in a session: {state} too */
    PLACEHOLDERS_RUN,   /* for a workload: all of them */
};

/* What they stand for; none of the command's scope may be NULL but arguments.
 */
struct placeholders {
    const char *bundle, *id, *rootfs, *program, *inner, *state, *bin, *here;
    const char *cgroup;     /* {cgroup}: that the bundle asks for */
    const char *memory;     /* {memory}: bytes that the bundle limits it to */
    const char *tsc_khz;    /* {tsc_khz}: see tsc.h */
    const char *phases;     /* {phases}: the number of a descriptor */
    const char *prepared;   /* {prepared}: see prepared.h */
    char *const *arguments; /* {args} */
};

/*
 * -EINVAL, with what is wrong, when an argument holds anything in braces that
 * is no placeholder of that scope, or {args} as a part of a longer one.
 */
int placeholders_check(char *const *command, enum placeholder_scope scope,
                       struct error *error);

/*
 * The command with everything filled in; the command must have passed
 * placeholders_check. NULL when memory is out.
 */
char **placeholders_expand(char *const *command,
                           const struct placeholders *values);

#endif
