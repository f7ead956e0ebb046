/* The jail of a microVM: what its threads need while it runs, and no more. */
#ifndef RINGSIDE_VMM_MICROVM_JAIL_H
#define RINGSIDE_VMM_MICROVM_JAIL_H

#include "oci/error.h"
#include "vmm/jail.h"
#include "vmm/microvm.h"

#include <stdbool.h>

/*
 * Seals the process for what microvm_run does, and for statistics_print where
 * `statistics` says so; call it after microvm_start, when all threads are
 * there: none can be made after. Errors: of jail_seal.
 */
int microvm_seal(const struct microvm *microvm, const struct jail *jail,
                 bool statistics, struct error *error);

#endif
