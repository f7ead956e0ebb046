/*
 * The checks that VT-x makes on guest state at VM entry, as code. AMD-V and
 * software back ends let pass what VT-x refuses, so a state that was only ever
 * run there is held against these rules, in the tests and before each first
 * entry (it takes well under a microsecond).
 * Source: Intel SDM volume 3, 26.3.1 (checks on the guest state area).
 */
#ifndef RINGSIDE_VMM_ENTRY_CHECK_H
#define RINGSIDE_VMM_ENTRY_CHECK_H

#include "oci/error.h"

#include <linux/kvm.h>

/*
 * Returns 0 when VT-x would enter a guest with this state, or -EINVAL with
 * the rule that it breaks. Unrestricted guest (real mode) is not assumed:
 * CR0.PE and CR0.PG must be set, as every guest here has them.
 */
int entry_check(const struct kvm_sregs *sregs, const struct kvm_regs *regs,
                struct error *error);

#endif
