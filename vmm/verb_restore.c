/*
 * restore [--bundle DIR] [OPTION...] FILE: goes on from a snapshot, as a guest
 * of its own, to its end. The bundle it was made from, or the one given, must
 * still say what is in the snapshot: the same program and process.
 */
#include "vmm/verbs.h"

#include "vmm/guest_options.h"
#include "vmm/phases.h"
#include "vmm/report_options.h"
#include "vmm/snapshot.h"

#include <errno.h>

static const struct argp_option options[] = {
    {"bundle", 'b', "DIR", 0,
     "The bundle that the snapshot must be of (default: where it was made)", 0},
    {0},
};

struct restore_arguments {
    const char *bundle, *file;
    struct report_options report;
    struct root_options root;
    bool no_jail;
};

static const struct argp_child children[] = {
    {&report_options_argp, 0, NULL, 0},
    {&jail_option_argp, 0, NULL, 0},
    {&root_options_argp, 0, NULL, 0},
    {0},
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct restore_arguments *arguments = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &arguments->report;
        state->child_inputs[1] = &arguments->no_jail;
        state->child_inputs[2] = &arguments->root;
        return 0;
    case 'b':
        arguments->bundle = argument;
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

static int tell_statistics(const struct vcpu *vcpu, struct error *error)
{
    const struct report_options wanted = {.statistics = true};

    return report_statistics(&wanted, vcpu, 0, error);
}

static int load_bundle_and_restore(const struct restore_arguments *arguments,
                                   const struct snapshot *snapshot,
                                   int *exit_status, struct error *error)
{
    const struct snapshot_origin *made = &snapshot->header->origin;
    struct bundle bundle;
    const struct snapshot_request request = {
        .snapshot = snapshot,
        .path = arguments->file,
        .bundle = &bundle,
        .root = arguments->root,
        .open_root = root_archive_open,
        .no_jail = arguments->no_jail,
        .tell = arguments->report.statistics ? tell_statistics : NULL,
    };
    int status = bundle_load(arguments->bundle != NULL ? arguments->bundle
                                                       : made->bundle,
                             &bundle, error);

    if (status < 0)
        return status;
    status = check_origin(&bundle, arguments, made, error);
    phases_mark(PHASE_BUNDLE);
    if (status == 0 && arguments->report.phases)
        status = phases_share(error);
    if (status == 0)
        status = snapshot_run(&request, exit_status, error);
    bundle_release(&bundle);
    return status;
}

int verb_restore(const struct invocation *invocation, int argc, char **argv,
                 int *exit_status, struct error *error)
{
    const struct argp argp = {.options = options,
                              .parser = parse,
                              .args_doc = "FILE",
                              .children = children};
    struct restore_arguments arguments = {0};
    struct snapshot snapshot;
    int status = argp_parse(&argp, argc, argv, 0, NULL, &arguments);

    (void)invocation;
    if (status != 0)
        return error_errno(error, status, "command line");
    jail_option_warn(arguments.no_jail);
    status = snapshot_open(arguments.file, &snapshot, error);
    if (status == 0)
        status =
            load_bundle_and_restore(&arguments, &snapshot, exit_status, error);
    snapshot_release(&snapshot);
    return status < 0 ? status : report_phases(&arguments.report, error);
}
