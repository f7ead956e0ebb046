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
    enum cgroup_manager cgroup_manager;
};

/*
 * Carries a verb out. argv[0] is "NAME VERB", for usage messages; the rest is
 * what followed the verb. Returns 0 with the status to exit with, or a
 * negative errno with error set.
 */
typedef int verb_function(const struct invocation *invocation, int argc,
                          char **argv, int *exit_status, struct error *error);

verb_function verb_create;
verb_function verb_delete;
verb_function verb_exec;
verb_function verb_exec_static;
verb_function verb_features;
verb_function verb_kill;
verb_function verb_list;
verb_function verb_pause;
verb_function verb_ps;
verb_function verb_resume;
verb_function verb_run;
verb_function verb_spec;
verb_function verb_start;
verb_function verb_state;
verb_function verb_update;

/* As an argp child: takes one argument, an id; its input is a const char **,
 * NULL before. */
extern const struct argp verb_id_argp;

/* The command line of a verb that has an id and no flags. */
int verb_parse_id(int argc, char **argv, const char **id, struct error *error);

/* What a verb says that does not fit the runtime. */
int verb_refuse(const struct invocation *invocation, const char *verb,
                struct error *error);

/* In an argp parser: the value of --format, "table" or "json"; is it json? */
bool verb_parse_format(const char *text, struct argp_state *state);

/* In an argp parser: the value of --preserve-fds, all of them open. */
int verb_parse_preserve_fds(const char *text, struct argp_state *state);

#endif
