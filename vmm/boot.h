/*
 * What a unikernel is told at its start: the boot information page and the
 * strings on its stack.
 */
#ifndef RINGSIDE_VMM_BOOT_H
#define RINGSIDE_VMM_BOOT_H

#include "guests/unikernel/boot_info.h"
#include "guests/unikernel/page_tables.h"
#include "oci/bundle.h"
#include "oci/error.h"
#include "vmm/kvm.h"
#include "vmm/memory.h"
#include "vmm/program.h"

#include <stdbool.h>

/* What is to be run, with what. */
struct boot_program {
    const struct program *program;
    const char *executable; /* path as the program will see it */
    const struct bundle *bundle;
    struct guest_addr root; /* where its root file system would be attached */
    bool trace;             /* print system calls */
};

/*
 * Maps the stack, copies the strings and writes the boot information page;
 * call it last, as it takes the clock's base. Errors: -E2BIG where arguments
 * and environment exceed a quarter of the stack, those of boot_identity,
 * -ENOMEM where the program
 * leaves no room for a stack, those of getrandom(2) and KVM_GET_MSRS.
 */
int boot_prepare(const struct vcpu *vcpu, const struct guest_memory *memory,
                 struct page_tables *tables, const struct boot_program *what,
                 struct error *error);

/*
 * How long the guest has run by its own monotonic clock, in ns. Errors: of
 * KVM_GET_MSRS; -EINVAL where its boot information makes no sense.
 */
int boot_elapsed(const struct vcpu *vcpu, const struct guest_memory *memory,
                 uint64_t *monotonic_ns, struct error *error);

/* What is random in a guest that goes on from where another one was. */
struct boot_random {
    uint8_t seed[BOOT_INFO_SEED], id[BOOT_INFO_ID];
};

/* Draws it. Errors: of getrandom(2). */
int boot_draw(struct boot_random *random, struct error *error);

/*
 * Gives such a guest this seed and id, and clocks of its own; its monotonic
 * clock stands at monotonic_ns. It takes them over when it goes on
 * (guests/unikernel/renew.h). Errors: of KVM_GET_MSRS; -EINVAL where its boot
 * information makes no sense.
 */
int boot_renew(const struct vcpu *vcpu, const struct guest_memory *memory,
               const struct boot_random *random, uint64_t monotonic_ns,
               struct error *error);

/*
 * Who the program is and what it may do, as the bundle says: ids, groups,
 * umask, capabilities, limits, hostname. Errors: -E2BIG for more groups than
 * the page holds, -ENAMETOOLONG for the hostname.
 */
int boot_identity(const struct bundle *bundle, struct boot_info *boot,
                  struct error *error);

#endif
