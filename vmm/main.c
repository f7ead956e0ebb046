/*
 * ringside-vmm: an OCI runtime whose container is a KVM virtual machine. The
 * bundle's process runs in it as a unikernel.
 */
#include "oci/runtime.h"
#include "oci/size.h"
#include "vmm/interrupt.h"
#include "vmm/unikernel.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

static const char program_name[] = "ringside-vmm";

static struct {
    int64_t memory_size; /* bytes, 0: as the bundle says */
} options;

enum { OPTION_MEMORY = 'm', SIGNAL_BASE = 128 };

static const struct argp_option option_table[] = {
    {"memory", OPTION_MEMORY, "SIZE", 0,
     "Guest memory, e.g. 64M or 2G (default: the bundle's memory limit, else "
     "512M)",
     0},
    {0},
};

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
    if (key != OPTION_MEMORY)
        return ARGP_ERR_UNKNOWN;
    if (size_parse(argument, &options.memory_size) < 0)
        argp_error(state,
                   "--memory: expected a number of bytes with K, M or G, got "
                   "\"%s\"",
                   argument);
    return 0;
}

static const struct argp option_parser = {
    .options = option_table,
    .parser = parse_option,
};

/* What a bundle may ask of a container and a unikernel cannot give. */
static int refuse_unsupported(const struct bundle *bundle, struct error *error)
{
    if (json_object_size(json_object_get(bundle->document, "hooks")) > 0)
        return error_set(error, ENOTSUP, "%s/config.json: hooks: not supported",
                         bundle->directory);
    if (bundle->process.terminal)
        return error_set(error, ENOTSUP,
                         "%s/config.json: process.terminal: not supported",
                         bundle->directory);
    return 0;
}

static uint64_t choose_memory(const struct bundle *bundle)
{
    if (options.memory_size != 0)
        return (uint64_t)options.memory_size;
    if (bundle->resources.memory_limit > 0)
        return (uint64_t)bundle->resources.memory_limit;
    return UNIKERNEL_DEFAULT_MEMORY;
}

static int write_pid_file(const char *path, struct error *error)
{
    FILE *file = fopen(path, "we");

    if (file == NULL)
        return error_errno(error, errno, "cannot write %s", path);
    fprintf(file, "%d", (int)getpid());
    if (fclose(file) != 0)
        return error_errno(error, errno, "cannot write %s", path);
    return 0;
}

static int run_to_end(const struct run_request *request,
                      struct unikernel *unikernel, int *exit_status,
                      struct error *error)
{
    int status = 0;

    if (request->forward_signals)
        status = interrupt_watch(unikernel->vcpu.run, error);
    if (status == 0 && request->pid_file != NULL)
        status = write_pid_file(request->pid_file, error);
    if (status == 0)
        status = unikernel_run(unikernel, error);
    interrupt_unwatch();
    if (status == -EINTR) {
        *exit_status = SIGNAL_BASE + interrupt_pending();
        return 0;
    }
    if (status < 0)
        return status;
    if (unikernel->end.diagnostic.code != 0)
        fprintf(stderr, "%s: %s\n", program_name,
                unikernel->end.diagnostic.text);
    *exit_status = unikernel->end.exit_status;
    return 0;
}

static int run(const struct run_request *request, int *exit_status,
               struct error *error)
{
    struct unikernel unikernel = UNIKERNEL_NONE;
    int status = refuse_unsupported(request->bundle, error);

    if (status == 0)
        status = unikernel_create(&unikernel, request->bundle,
                                  choose_memory(request->bundle), error);
    if (status == 0)
        status = run_to_end(request, &unikernel, exit_status, error);
    unikernel_release(&unikernel);
    return status;
}

int main(int argc, char **argv)
{
    static const struct runtime runtime = {
        .name = program_name,
        .summary = "run an OCI bundle in a KVM virtual machine",
        .options = &option_parser,
        .run = run,
    };

    return runtime_main(&runtime, argc, argv);
}
