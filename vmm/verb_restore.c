/*
 * restore [--bundle DIR] [--phases] FILE: goes on from a snapshot, as a guest
 * of its own, to its end. The bundle it was made from, or the one given, must
 * still say what is in the snapshot: the same program and process.
 */
#include "vmm/verbs.h"

#include "vmm/phases.h"
#include "vmm/snapshot.h"

#include <errno.h>

enum { OPTION_PHASES = 256 };

static const struct argp_option options[] = {
    {"bundle", 'b', "DIR", 0,
     "The bundle that the snapshot must be of (default: where it was made)", 0},
    {"phases", OPTION_PHASES, NULL, 0,
     "At the end, say on stderr when each phase was reached", 0},
    {0},
};

struct restore_arguments {
    const char *bundle, *file;
    bool phases;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct restore_arguments *arguments = state->input;

    switch (key) {
    case 'b':
        arguments->bundle = argument;
        return 0;
    case OPTION_PHASES:
        arguments->phases = true;
        return 0;
    case ARGP_KEY_ARG:
        if (arguments->file != NULL)
            argp_error(state, "one snapshot expected, got \"%s\" too",
                       argument);
        arguments->file = argument;
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "the snapshot is missing");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static int check_origin(const struct bundle *bundle,
                        const struct restore_arguments *arguments,
                        const struct snapshot_origin *made, struct error *error)
{
    struct snapshot_origin now = {0};
    int status = snapshot_origin(bundle, &now, error);

    if (status < 0)
        return status;
    if (now.program != made->program)
        return error_set(error, EINVAL,
                         "%s: is a snapshot of another program than that of %s",
                         arguments->file, bundle->directory);
    if (now.process != made->process)
        return error_set(error, EINVAL,
                         "%s: is a snapshot of another process than that of "
                         "%s: arguments, environment, directory or ids differ",
                         arguments->file, bundle->directory);
    return 0;
}

/* As the guest that the snapshot was made of had it: by the usual options. */
static int open_root(const struct bundle *bundle, uint64_t *size,
                     struct error *error)
{
    const struct root_options usual = {0};

    return root_archive_open(bundle, &usual, size, error);
}

static int load_bundle_and_restore(const struct restore_arguments *arguments,
                                   const struct snapshot *snapshot,
                                   int *exit_status, struct error *error)
{
    const struct snapshot_origin *made = &snapshot->header->origin;
    struct bundle bundle;
    int status = bundle_load(arguments->bundle != NULL ? arguments->bundle
                                                       : made->bundle,
                             &bundle, error);

    if (status < 0)
        return status;
    status = check_origin(&bundle, arguments, made, error);
    phases_mark(PHASE_BUNDLE);
    if (status == 0 && arguments->phases)
        status = phases_share(error);
    if (status == 0)
        status = snapshot_run(snapshot, &bundle, arguments->file, open_root,
                              exit_status, error);
    bundle_release(&bundle);
    return status;
}

int verb_restore(const struct invocation *invocation, int argc, char **argv,
                 int *exit_status, struct error *error)
{
    const struct argp argp = {
        .options = options, .parser = parse, .args_doc = "FILE"};
    struct restore_arguments arguments = {0};
    struct snapshot snapshot;
    int status = argp_parse(&argp, argc, argv, 0, NULL, &arguments);

    (void)invocation;
    if (status != 0)
        return error_errno(error, status, "command line");
    status = snapshot_open(arguments.file, &snapshot, error);
    if (status == 0)
        status =
            load_bundle_and_restore(&arguments, &snapshot, exit_status, error);
    snapshot_release(&snapshot);
    if (status == 0 && arguments.phases)
        phases_print(stderr, VMM_NAME);
    return status;
}
