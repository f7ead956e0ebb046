/*
 * Placeholders in a platform's commands: {bundle}, {id}, {rootfs}, {program},
 * {inner}, {state}, {bin}, {phases}, {prepared} inside an argument, and {args}
 * as a whole one. Meanings: docs/platforms.md.
 */
#ifndef RINGSIDE_BENCH_PLACEHOLDER_H
#define RINGSIDE_BENCH_PLACEHOLDER_H

#include "oci/error.h"

/* What they stand for; none may be NULL but arguments. */
struct placeholders {
    const char *bundle, *id, *rootfs, *program, *inner, *state, *bin;
    const char *phases;     /* {phases}: the number of a descriptor */
    const char *prepared;   /* {prepared}: see prepared.h */
    char *const *arguments; /* {args} */
};

/*
 * -EINVAL, with what is wrong, when an argument holds anything in braces that
 * is no placeholder, or {args} as a part of a longer one.
 */
int placeholders_check(char *const *command, struct error *error);

/*
 * The command with everything filled in; the command must have passed
 * placeholders_check. NULL when memory is out.
 */
char **placeholders_expand(char *const *command,
                           const struct placeholders *values);

#endif
