/*
 * Programs that a bundle has run at fixed points of a container's life.
 * Source: runtime-spec 1.0.2, config.md, "POSIX-platform Hooks".
 */
#ifndef RINGSIDE_OCI_HOOKS_H
#define RINGSIDE_OCI_HOOKS_H

#include "oci/error.h"

#include <jansson.h>
#include <stdbool.h>

/* Does config.json have hooks of that kind ("createRuntime")? */
bool hooks_present(const json_t *document, const char *kind);

/* Checks every hook of config.json. -EINVAL with its JSON path. */
int hooks_check(json_t *document, struct error *error);

/*
 * Runs the hooks of that kind in order, each with the text of state on its
 * standard input, the environment that it names and no other, and an empty
 * signal mask. It is the caller's process that says in which namespaces.
 * Errors: -ENOEXEC with "hooks.KIND[N] PATH: why" for the first that cannot
 * be run, fails, or takes longer than its timeout, upon which it is killed.
 */
int hooks_run(json_t *document, const char *kind, json_t *state,
              struct error *error);

#endif
