/* The jail of a unikernel: what its run loop needs, and no more. */
#ifndef RINGSIDE_VMM_UNIKERNEL_JAIL_H
#define RINGSIDE_VMM_UNIKERNEL_JAIL_H

#include "oci/error.h"
#include "vmm/jail.h"
#include "vmm/unikernel.h"

#include <stdbool.h>
#include <stddef.h>

enum { UNIKERNEL_KEPT = 2 };

/* What the process does beside running the guest, which takes more system
 * calls. */
struct unikernel_duties {
    bool statistics;          /* statistics_print */
    bool saves;               /* snapshot_save */
    bool is_engaged;          /* supervisor_await_go, for other streams */
    int kept[UNIKERNEL_KEPT]; /* descriptors */
    size_t kept_count;
};

/*
 * Seals the process for what unikernel_run and unikernel_resume do, and for the
 * duties; call it after upcall_watch, when all that the guest needs is open.
 * Errors: of jail_seal.
 */
int unikernel_seal(const struct unikernel *unikernel, const struct jail *jail,
                   const struct unikernel_duties *duties, struct error *error);

#endif
