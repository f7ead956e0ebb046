/* From a snapshot to the end of its guest; see snapshot.h. */
#include "vmm/snapshot.h"

#include "vmm/interrupt.h"
#include "vmm/phases.h"
#include "vmm/recorder.h"
#include "vmm/supervisor.h"
#include "vmm/terminal.h"
#include "vmm/unikernel_jail.h"
#include "vmm/upcall.h"

#include <errno.h>

enum { SIGNAL_BASE = 128 };

/* Where the guest had its root file system it gets the same again. */
static int attach_root(struct unikernel *unikernel, uint64_t made,
                       const char *path, struct error *error)
{
    if (made == 0)
        return 0;
    if (unikernel_attach_root(unikernel) < 0) {
        *error = unikernel->failure;
        return -error->code;
    }
    if (snapshot_root(&unikernel->root) != made)
        return error_set(error, EINVAL,
                         "%s: the root file system has changed since: make "
                         "the snapshot again",
                         path);
    return 0;
}

static int enter_jail(const struct unikernel *unikernel, struct jail *jail,
                      bool statistics, struct error *error)
{
    const struct unikernel_duties duties = {.statistics = statistics};
    int status = jail->process == 0 ? supervisor_await(jail, error) : 0;

    if (status == 0)
        status = jail_confine(jail, error);
    return status < 0 ? status
                      : unikernel_seal(unikernel, jail, &duties, error);
}

static int prepare(const struct snapshot_request *request,
                   struct unikernel *unikernel, struct jail *jail,
                   struct error *error)
{
    const struct snapshot_header *header = request->snapshot->header;
    int status = snapshot_restore(request->snapshot, unikernel, error);

    if (status < 0)
        error_prefix(error, "%s", request->path);
    /* The supervisor's answer comes behind what it sends first. */
    if (status == 0 && jail != NULL && header->origin.root != 0)
        status = supervisor_await(jail, error);
    if (status == 0)
        status =
            attach_root(unikernel, header->origin.root, request->path, error);
    if (status == 0)
        status =
            recorder_replay(request->snapshot->output, header->output_size);
    return status < 0 ? status : upcall_watch(unikernel->vcpu.run, error);
}

/* From the snapshot to the guest's end; jail is NULL without one. */
static int run_guest(const struct snapshot_request *request,
                     struct unikernel *unikernel, struct jail *jail,
                     struct error *error)
{
    int status = prepare(request, unikernel, jail, error);

    if (status == 0 && jail != NULL)
        status = enter_jail(unikernel, jail, request->tell != NULL, error);
    if (status == 0) {
        phases_mark(PHASE_ENTRY);
        status = unikernel_resume(unikernel, error);
        phases_mark(PHASE_END);
    }
    interrupt_unwatch();
    if (status == 0 && request->tell != NULL)
        status = request->tell(&unikernel->vcpu, error);
    return status;
}

/* In the process that ends with the guest: it gives nothing back but its
 * terminal. */
static int run(struct jail *jail, void *context, int *exit_status,
               struct error *error)
{
    const struct snapshot_request *request = context;
    struct unikernel unikernel = UNIKERNEL_NONE;
    int status;

    unikernel.bundle = request->bundle;
    unikernel.options.root = request->root;
    unikernel.jail = jail;
    status = run_guest(request, &unikernel, jail, error);
    if (status == 0 && unikernel.end.diagnostic.code != 0)
        fprintf(stderr, "%s: %s\n", "ringside-vmm",
                unikernel.end.diagnostic.text);
    *exit_status = unikernel.end.exit_status;
    terminal_restore();
    if (status != -EINTR)
        return status;
    *exit_status = SIGNAL_BASE + interrupt_pending();
    return 0;
}

static int open_root(void *context, uint64_t *size, struct error *error)
{
    const struct snapshot_request *request = context;

    return request->open_root(request->bundle, &request->root, size, error);
}

int snapshot_run(const struct snapshot_request *request, int *exit_status,
                 struct error *error)
{
    const struct ward ward = {
        .run = run,
        .open_root = request->open_root != NULL ? open_root : NULL,
        .context = (void *)request,
        .handed_over = -1,
    };
    int status = request->no_jail
                     ? run(NULL, (void *)request, exit_status, error)
                     : supervisor_run(&ward, exit_status, error);

    phases_mark(PHASE_TEARDOWN);
    return status;
}
