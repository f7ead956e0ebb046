/* From a snapshot to the end of its guest; see snapshot.h. */
#include "vmm/snapshot.h"

#include "vmm/interrupt.h"
#include "vmm/phases.h"
#include "vmm/recorder.h"
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

int snapshot_run(const struct snapshot *snapshot, const struct bundle *bundle,
                 const char *path, int *exit_status, struct error *error)
{
    const struct snapshot_header *header = snapshot->header;
    struct unikernel unikernel = UNIKERNEL_NONE;
    int status = snapshot_restore(snapshot, &unikernel, error);

    unikernel.bundle = bundle;
    if (status < 0)
        error_prefix(error, "%s", path);
    else
        status = attach_root(&unikernel, header->origin.root, path, error);
    if (status == 0)
        status = recorder_replay(snapshot->output, header->output_size);
    if (status == 0)
        status = upcall_watch(unikernel.vcpu.run, error);
    if (status == 0) {
        phases_mark(PHASE_ENTRY);
        status = unikernel_resume(&unikernel, error);
        phases_mark(PHASE_END);
    }
    interrupt_unwatch();
    if (status == 0 && unikernel.end.diagnostic.code != 0)
        fprintf(stderr, "%s: %s\n", "ringside-vmm",
                unikernel.end.diagnostic.text);
    *exit_status = unikernel.end.exit_status;
    unikernel_release(&unikernel);
    phases_mark(PHASE_TEARDOWN);
    if (status != -EINTR)
        return status;
    *exit_status = SIGNAL_BASE + interrupt_pending();
    return 0;
}
