/*
 * The verbs of the command line, a file each. Adding one is a function here
 * and a row in the table of runtime.c.
 */
#ifndef RINGSIDE_OCI_VERBS_H
#define RINGSIDE_OCI_VERBS_H

#include "oci/log.h"
#include "oci/runtime.h"
#include "oci/state.h"

/* What the global flags said. */
struct invocation {
    const struct runtime *runtime;
    const char *root; /* --root; NULL: state_default_root */
    struct log log;
};

/*
 * Carries a verb out. argv[0] is "NAME VERB", for usage messages; the rest is
 * what followed the verb. Returns 0 with the status to exit with, or a
 * negative errno with error set.
 */
typedef int verb_function(const struct invocation *invocation, int argc,
                          char **argv, int *exit_status, struct error *error);

verb_function verb_run;
verb_function verb_exec_static;
verb_function verb_spec;

/* state_create below --root, or below the default root. */
int invocation_make_state(const struct invocation *invocation, const char *id,
                          struct state *state, struct error *error);

#endif
