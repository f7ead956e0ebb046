/*
 * ringside-vmm: an OCI runtime whose container is a KVM virtual machine. The
 * bundle's process runs in it as a unikernel, or under a Linux kernel.
 */
#include "oci/hooks.h"
#include "oci/keeper.h"
#include "oci/lifecycle.h"
#include "oci/runtime.h"
#include "vmm/console.h"
#include "vmm/guest_options.h"
#include "vmm/host_files.h"
#include "vmm/host_hooks.h"
#include "vmm/interrupt.h"
#include "vmm/machine.h"
#include "vmm/machine_cgroup.h"
#include "vmm/microvm_jail.h"
#include "vmm/options.h"
#include "vmm/phases.h"
#include "vmm/protected_paths.h"
#include "vmm/supervisor.h"
#include "vmm/terminal.h"
#include "vmm/unikernel.h"
#include "vmm/unikernel_jail.h"
#include "vmm/unikernel_mounts.h"
#include "vmm/upcall.h"
#include "vmm/verbs.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

static const char program_name[] = VMM_NAME;
static struct options options;

enum { SIGNAL_BASE = 128 };

/* What a bundle may ask of a container and a virtual machine cannot give. */
static int refuse_unsupported(const struct bundle *bundle, struct error *error)
{
    int status = host_hooks_check(bundle, error);

    if (status == 0)
        status = protected_paths_check(bundle, error);
    if (status == 0)
        status = host_files_check(bundle, error);
    if (status == 0 && options.guest == GUEST_UNIKERNEL)
        status = unikernel_check_mounts(bundle, error);
    if (status == 0 && options.guest == GUEST_LINUX && bundle->process.terminal)
        status = error_set(error, ENOTSUP,
                           "config.json: process.terminal: not supported in a "
                           "Linux guest");
    return status;
}

/* Of a tap that a Linux guest has; by all of our processes, so that whoever is
 * asked where the guest's network is says the same. */
static int enter_network(const struct bundle *bundle, struct error *error)
{
    if (options.microvm.network_namespace == NULL)
        options.microvm.network_namespace =
            bundle->namespaces[NAMESPACE_NETWORK].path;
    /* That there can be no guest is said first. */
    return microvm_unsupported() != NULL
               ? 0
               : microvm_enter_network(&options.microvm, error);
}

/* Makes what of the host's the machine is to have; hooks come last, when they
 * can rely on the rest, but in the caller's network. */
static int prepare_host(const struct run_request *request, struct error *error)
{
    int status = console_take(request, error);

    if (status == 0)
        status = host_files_bind(request->bundle, error);
    if (status == 0)
        status = host_hooks_run(request, options.microvm.tap != NULL, error);
    if (status == 0 && options.guest == GUEST_LINUX)
        status = enter_network(request->bundle, error);
    return status;
}

static uint64_t choose_memory(const struct bundle *bundle)
{
    if (options.memory_size != 0)
        return (uint64_t)options.memory_size;
    if (bundle->resources.memory_limit > 0)
        return (uint64_t)bundle->resources.memory_limit;
    return options.guest == GUEST_LINUX ? MICROVM_DEFAULT_MEMORY
                                        : UNIKERNEL_DEFAULT_MEMORY;
}

/* One machine, for the processes that have to do with it. */
struct machine_run {
    const struct run_request *request;
    struct machine_cgroup *cgroup;
};

/* Hooks see the host, and processes are waited for by who made them. */
static bool needs_supervisor_at_start(const struct machine_run *machine)
{
    return machine->cgroup->cgroup.scope.keeper > 0 ||
           (machine->request->gate < 0 &&
            hooks_present(machine->request->bundle->document, "poststart"));
}

/*
 * Announces the guest and waits for its start. Who waits for a start does so
 * in its namespaces; who is announced by us needs the host's files for that.
 */
static int await_jailed_start(const struct machine_run *machine,
                              struct jail *jail, struct error *error)
{
    const struct run_request *request = machine->request;
    json_t *details = machine->cgroup->details;
    int status;

    if (request->gate >= 0) {
        status = jail_confine(jail, error);
        if (status == 0)
            status = keeper_await_start(request, jail->process, details, error);
        return status;
    }
    status = lifecycle_announce(request, jail->process, details, false, error);
    return status < 0 ? status : jail_confine(jail, error);
}

/* The machine is made: its last step before the guest runs. */
static int await_start(const struct machine_run *machine, struct jail *jail,
                       struct error *error)
{
    const struct run_request *request = machine->request;
    const bool late = needs_supervisor_at_start(machine);
    int status = machine_cgroup_enter(machine->cgroup, error);

    if (status == 0 && jail == NULL)
        return keeper_await_start(request, getpid(), machine->cgroup->details,
                                  error);
    if (status == 0)
        status = supervisor_await(jail, error);
    if (status == 0)
        status = await_jailed_start(machine, jail, error);
    return status == 0 && late ? supervisor_tell_started(jail, error) : status;
}

static int start_unikernel(struct unikernel *unikernel,
                           const struct machine_run *machine, struct jail *jail,
                           struct error *error)
{
    const struct unikernel_duties duties = {.statistics =
                                                options.report.statistics};
    int status = unikernel_create(unikernel, machine->request->bundle,
                                  &options.unikernel, error);

    unikernel->jail = jail;
    if (status == 0)
        status = await_start(machine, jail, error);
    if (status == 0)
        status = upcall_watch(unikernel->vcpu.run, error);
    if (status == 0 && jail != NULL)
        status = unikernel_seal(unikernel, jail, &duties, error);
    return status;
}

/* A jailed process gives nothing back but the terminal: it ends. */
static void leave_unikernel(struct unikernel *unikernel)
{
    if (unikernel->jail != NULL)
        terminal_restore();
    else
        unikernel_release(unikernel);
}

static int run_unikernel(const struct machine_run *machine, struct jail *jail,
                         int *exit_status, struct error *error)
{
    struct unikernel unikernel = UNIKERNEL_NONE;
    int status;

    options.unikernel.memory_size = choose_memory(machine->request->bundle);
    status = start_unikernel(&unikernel, machine, jail, error);
    if (status == 0) {
        phases_mark(PHASE_ENTRY);
        status = unikernel_run(&unikernel, error);
        phases_mark(PHASE_END);
    }
    interrupt_unwatch();
    if (unikernel.trace != NULL && unikernel.end.ended)
        trace_end(unikernel.trace, unikernel.end.exit_status, program_name,
                  stderr);
    if (status == 0 && options.report.phases)
        unikernel_mark_phases(&unikernel);
    if (status == 0)
        status = report_statistics(&options.report, &unikernel.vcpu, 0, error);
    if (status == 0 && unikernel.end.diagnostic.code != 0)
        fprintf(stderr, "%s: %s\n", program_name,
                unikernel.end.diagnostic.text);
    *exit_status = unikernel.end.exit_status;
    leave_unikernel(&unikernel);
    return status;
}

/* That the host's KVM cannot do it has a status of its own. */
static int run_linux(const struct machine_run *machine, struct jail *jail,
                     int *exit_status, struct error *error)
{
    const struct run_request *request = machine->request;
    struct microvm microvm;
    int status;

    if (microvm_unsupported() != NULL) {
        fprintf(stderr, "%s: %s\n", program_name, microvm_unsupported());
        *exit_status = RUNTIME_EXIT_UNSUPPORTED;
        return 0;
    }
    options.microvm.memory_size = choose_memory(request->bundle);
    status = microvm_create(&microvm, &options.microvm, request->bundle, error);
    if (status == 0)
        status = await_start(machine, jail, error);
    if (status == 0)
        status = microvm_start(&microvm, error);
    if (status == 0 && jail != NULL)
        status = microvm_seal(&microvm, jail, options.report.statistics, error);
    if (status == 0)
        status = microvm_run(&microvm, exit_status, error);
    for (unsigned int i = 0; status == 0 && i < microvm.processor_count; i++)
        status = report_statistics(&options.report, &microvm.processors[i].vcpu,
                                   i, error);
    /* A jailed process ends, and all of it with it. */
    if (jail == NULL)
        microvm_release(&microvm);
    return status;
}

/* One guest, from its making to its end; jail is NULL without one. */
static int run_guest(const struct machine_run *machine, struct jail *jail,
                     int *exit_status, struct error *error)
{
    int status = options.guest == GUEST_LINUX
                     ? run_linux(machine, jail, exit_status, error)
                     : run_unikernel(machine, jail, exit_status, error);

    if (status != -EINTR)
        return status;
    *exit_status = SIGNAL_BASE + interrupt_pending();
    return 0;
}

static int run_ward(struct jail *jail, void *context, int *exit_status,
                    struct error *error)
{
    return run_guest(context, jail, exit_status, error);
}

static int open_root(void *context, uint64_t *size, struct error *error)
{
    const struct machine_run *machine = context;

    return root_archive_open(machine->request->bundle, &options.unikernel.root,
                             size, error);
}

static void tell_started(void *context, pid_t process)
{
    const struct machine_run *machine = context;

    systemd_scope_release(&machine->cgroup->cgroup.scope);
    if (machine->request->gate < 0)
        lifecycle_run_late_hooks(machine->request, "poststart", STATUS_RUNNING,
                                 process);
}

static int run_jailed(const struct machine_run *machine, int *exit_status,
                      struct error *error)
{
    const struct run_request *request = machine->request;
    const struct ward ward = {
        .run = run_ward,
        .open_root = open_root,
        .started = tell_started,
        .context = (void *)machine,
        /* A tap is where others look for it: in this process's namespace. */
        .keeps_network =
            host_hooks_wanted(request->bundle) || options.microvm.tap != NULL,
        .handed_over = request->gate,
        .is_sibling = request->gate >= 0,
    };
    int status = options.report.phases ? phases_share(error) : 0;

    return status < 0 ? status : supervisor_run(&ward, exit_status, error);
}

/* Makes the machine and runs it, in its cgroup. */
static int run_machine(const struct run_request *request, int *exit_status,
                       struct error *error)
{
    struct machine_cgroup cgroup;
    const struct machine_run machine = {request, &cgroup};
    int status = machine_cgroup_make(request, &cgroup, error);

    jail_option_warn(options.no_jail);
    if (status == 0)
        status = options.no_jail ? run_guest(&machine, NULL, exit_status, error)
                                 : run_jailed(&machine, exit_status, error);
    machine_cgroup_release(&cgroup, (request->attached || status < 0) &&
                                        lifecycle_reclaim(request));
    return status;
}

static int run(const struct run_request *request, int *exit_status,
               struct error *error)
{
    int status = refuse_unsupported(request->bundle, error);

    phases_mark(PHASE_BUNDLE);
    if (status == 0)
        status = prepare_host(request, error);
    if (status < 0)
        return status;
    status = run_machine(request, exit_status, error);
    phases_mark(PHASE_TEARDOWN);
    return status == 0 ? report_phases(&options.report, error) : status;
}

int main(int argc, char **argv)
{
    static const struct verb verbs[] = {
        {"snapshot", "run a unikernel until it is ready, and keep it in a file",
         verb_snapshot},
        {"restore", "go on from a snapshot", verb_restore},
        {"pool", "keep unikernels ready, and run them", verb_pool},
        {"initramfs", "write what a Linux guest boots, for other machines",
         verb_initramfs},
        {0},
    };
    static const struct runtime runtime = {
        .name = program_name,
        .summary = "run an OCI bundle in a KVM virtual machine",
        .options = &options_argp,
        .options_input = &options,
        .verbs = verbs,
        .run = run,
        .pause = machine_pause,
        .is_paused = machine_is_paused,
        .processes = machine_processes,
        .update = machine_update,
        .destroy = machine_destroy,
    };

    phases_start();
    options = OPTIONS_DEFAULT;
    return runtime_main(&runtime, argc, argv);
}
