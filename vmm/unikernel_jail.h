/* The jail of a unikernel: what its run loop needs, and no more. */
#ifndef RINGSIDE_VMM_UNIKERNEL_JAIL_H
#define RINGSIDE_VMM_UNIKERNEL_JAIL_H

#include "oci/error.h"
#include "vmm/jail.h"
#include "vmm/unikernel.h"

#include <stdbool.h>

/*
 * Seals the process for what unikernel_run and unikernel_resume do, and for
 * statistics_print where `statistics` says so; call it after upcall_watch, when
 * all that the guest needs is open. kept is one more descriptor to keep, -1:
 * none. Errors: of jail_seal.
 */
int unikernel_seal(const struct unikernel *unikernel, const struct jail *jail,
                   bool statistics, int kept, struct error *error);

#endif
