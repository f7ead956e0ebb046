/*
 * snapshot [--bundle DIR] [OPTION...] FILE: a bundle's program is run as a
 * unikernel until it says that it is ready, and written to FILE instead of
 * going on. What it wrote until then is in FILE too; each restored guest begins
 * with it.
 */
#include "vmm/verbs.h"

#include "oci/size.h"
#include "vmm/guest_options.h"
#include "vmm/interrupt.h"
#include "vmm/recorder.h"
#include "vmm/snapshot.h"
#include "vmm/supervisor.h"
#include "vmm/unikernel_jail.h"
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
    struct root_options root;
    bool no_jail;
};

static const struct argp_child children[] = {
    {&jail_option_argp, 0, NULL, 0},
    {&root_options_argp, 0, NULL, 0},
    {0},
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct snapshot_arguments *arguments = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &arguments->no_jail;
        state->child_inputs[1] = &arguments->root;
        return 0;
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

/* What one process begins and another goes on with. */
struct taking {
    const struct snapshot_arguments *arguments;
    const struct bundle *bundle;
    struct snapshot_origin origin;
    struct snapshot_file file;
};

/* Runs the guest up to its ready line. */
static int run_until_ready(struct unikernel *unikernel, struct error *error)
{
    int status = unikernel_run(unikernel, error);

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

static int enter_jail(const struct unikernel *unikernel, struct jail *jail,
                      const struct taking *taking,
                      const struct snapshot_preparation *preparation,
                      struct error *error)
{
    const struct unikernel_duties duties = {
        .saves = true,
        .kept = {taking->file.fd, preparation->pagemap},
        .kept_count = 2,
    };
    int status = supervisor_await(jail, error);

    if (status == 0)
        status = jail_confine(jail, error);
    return status < 0 ? status
                      : unikernel_seal(unikernel, jail, &duties, error);
}

/* Makes the guest, and the process ready for its first instruction. */
static int prepare(struct taking *taking, struct unikernel *unikernel,
                   struct snapshot_preparation *preparation, struct jail *jail,
                   struct error *error)
{
    const struct unikernel_options guest = {
        .memory_size = choose_memory(taking->arguments, taking->bundle),
        .root = taking->arguments->root,
    };
    int status = recorder_reserve(unikernel->recorder);

    if (status < 0)
        return error_errno(error, -status, "the program's output");
    status = unikernel_create(unikernel, taking->bundle, &guest, error);
    unikernel->jail = jail;
    if (status == 0)
        status = snapshot_prepare(unikernel, preparation, error);
    if (status == 0)
        status = upcall_watch(unikernel->vcpu.run, error);
    if (status == 0 && jail != NULL)
        status = enter_jail(unikernel, jail, taking, preparation, error);
    return status;
}

/* Up to a file that has all but its name; jail is NULL without one. */
static int take(struct jail *jail, void *context, int *exit_status,
                struct error *error)
{
    struct taking *taking = context;
    struct recorder recorder = {0};
    struct snapshot_preparation preparation = SNAPSHOT_UNPREPARED;
    struct unikernel unikernel = UNIKERNEL_NONE;
    int status;

    *exit_status = 0;
    unikernel.recorder = &recorder;
    status = prepare(taking, &unikernel, &preparation, jail, error);
    if (status == 0)
        status = run_until_ready(&unikernel, error);
    if (status == 0) {
        taking->origin.root = snapshot_root(&unikernel.root);
        status = snapshot_save(&unikernel, &recorder, &taking->origin,
                               &preparation, &taking->file, error);
    }
    /* A jailed process gives nothing back: it ends. */
    if (jail == NULL) {
        unikernel_release(&unikernel);
        recorder_release(&recorder);
        snapshot_preparation_release(&preparation);
    }
    return status;
}

static int open_root(void *context, uint64_t *size, struct error *error)
{
    const struct taking *taking = context;

    return root_archive_open(taking->bundle, &taking->arguments->root, size,
                             error);
}

/* The file has its name once whoever wrote it has ended well. */
static int take_and_publish(const struct snapshot_arguments *arguments,
                            const struct bundle *bundle, int *exit_status,
                            struct error *error)
{
    struct taking taking = {
        .arguments = arguments, .bundle = bundle, .file = SNAPSHOT_FILE_NONE};
    const struct ward ward = {
        .run = take,
        .open_root = open_root,
        .context = &taking,
        .handed_over = -1,
    };
    int status = snapshot_origin(bundle, &taking.origin, error);

    if (status == 0)
        status = snapshot_file_create(&taking.file, arguments->file, error);
    if (status == 0)
        status = arguments->no_jail ? take(NULL, &taking, exit_status, error)
                                    : supervisor_run(&ward, exit_status, error);
    if (status == 0 && *exit_status == 0)
        status = snapshot_file_publish(&taking.file, error);
    snapshot_file_release(&taking.file);
    return status;
}

int verb_snapshot(const struct invocation *invocation, int argc, char **argv,
                  int *exit_status, struct error *error)
{
    const struct argp argp = {.options = options,
                              .parser = parse,
                              .args_doc = "FILE",
                              .children = children};
    struct snapshot_arguments arguments = {.bundle = "."};
    struct bundle bundle;
    int status = argp_parse(&argp, argc, argv, 0, NULL, &arguments);

    (void)invocation;
    if (status != 0)
        return error_errno(error, status, "command line");
    status = bundle_load(arguments.bundle, &bundle, error);
    if (status < 0)
        return status;
    jail_option_warn(arguments.no_jail);
    status = take_and_publish(&arguments, &bundle, exit_status, error);
    bundle_release(&bundle);
    return status;
}
