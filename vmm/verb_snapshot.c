/*
 * snapshot [--bundle DIR] [--memory SIZE] FILE: a bundle's program is run as a
 * unikernel until it says that it is ready, and written to FILE instead of
 * going on. What it wrote until then is in FILE too; each restored guest begins
 * with it.
 */
#include "vmm/verbs.h"

#include "oci/size.h"
#include "vmm/interrupt.h"
#include "vmm/recorder.h"
#include "vmm/snapshot.h"
#include "vmm/upcall.h"

#include <errno.h>

static const struct argp_option options[] = {
    {"bundle", 'b', "DIR", 0, "The bundle (default: the current directory)", 0},
    {"memory", 'm', "SIZE", 0,
     "Guest memory, e.g. 64M (default: the bundle's limit, else 512M)", 0},
    {0},
};

struct snapshot_arguments {
    const char *bundle, *file;
    int64_t memory_size; /* 0: as the bundle says */
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct snapshot_arguments *arguments = state->input;

    switch (key) {
    case 'b':
        arguments->bundle = argument;
        return 0;
    case 'm':
        if (size_parse(argument, &arguments->memory_size) < 0)
            argp_error(state, "--memory: expected a size, got \"%s\"",
                       argument);
        return 0;
    case ARGP_KEY_ARG:
        if (arguments->file != NULL)
            argp_error(state, "one file expected, got \"%s\" too", argument);
        arguments->file = argument;
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "the file to write is missing");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static uint64_t choose_memory(const struct snapshot_arguments *arguments,
                              const struct bundle *bundle)
{
    if (arguments->memory_size != 0)
        return (uint64_t)arguments->memory_size;
    if (bundle->resources.memory_limit > 0)
        return (uint64_t)bundle->resources.memory_limit;
    return UNIKERNEL_DEFAULT_MEMORY;
}

/* Runs the guest up to its ready line. */
static int run_until_ready(struct unikernel *unikernel, struct error *error)
{
    int status = upcall_watch(unikernel->vcpu.run, error);

    if (status == 0)
        status = unikernel_run(unikernel, error);
    interrupt_unwatch();
    if (status == -EINTR)
        return error_set(error, EINTR, "interrupted");
    if (status < 0 || unikernel->paused)
        return status;
    if (unikernel->end.diagnostic.code != 0) {
        *error = unikernel->end.diagnostic;
        return -error->code;
    }
    return error_set(error, ECHILD,
                     "the program ended with status %d and never wrote the "
                     "line \"ringside ready\", where snapshots are taken",
                     unikernel->end.exit_status);
}

static int take(const struct snapshot_arguments *arguments,
                const struct bundle *bundle, struct error *error)
{
    struct recorder recorder = {0};
    const struct unikernel_options guest = {
        .memory_size = choose_memory(arguments, bundle)};
    struct unikernel unikernel = UNIKERNEL_NONE;
    struct snapshot_origin origin = {0};
    int status = snapshot_origin(bundle, &origin, error);

    unikernel.recorder = &recorder;
    if (status == 0)
        status = unikernel_create(&unikernel, bundle, &guest, error);
    if (status == 0)
        status = run_until_ready(&unikernel, error);
    if (status == 0) {
        origin.root = snapshot_root(&unikernel.root);
        status = snapshot_save(&unikernel, &recorder, &origin, arguments->file,
                               error);
    }
    unikernel_release(&unikernel);
    recorder_release(&recorder);
    return status;
}

int verb_snapshot(const struct invocation *invocation, int argc, char **argv,
                  int *exit_status, struct error *error)
{
    const struct argp argp = {
        .options = options, .parser = parse, .args_doc = "FILE"};
    struct snapshot_arguments arguments = {.bundle = "."};
    struct bundle bundle;
    int status = argp_parse(&argp, argc, argv, 0, NULL, &arguments);

    (void)invocation;
    if (status != 0)
        return error_errno(error, status, "command line");
    status = bundle_load(arguments.bundle, &bundle, error);
    if (status < 0)
        return status;
    status = take(&arguments, &bundle, error);
    bundle_release(&bundle);
    *exit_status = 0;
    return status;
}
