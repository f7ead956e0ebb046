/*
 * Kinds of platforms as the claims speak of them, and who stands for a kind:
 * the one that starts quickest from nothing, so that a kind is judged by the
 * best that this machine has of it.
 */
#ifndef RINGSIDE_REPORT_KINDS_H
#define RINGSIDE_REPORT_KINDS_H

#include "report/record.h"

enum platform_kind {
    KIND_CONTAINER,
    KIND_EMULATION, /* full emulation, no KVM */
    KIND_UNIKERNEL, /* on KVM, as the two below */
    KIND_MICROVM,
    KIND_CONVENTIONAL, /* firmware and devices, through libvirt */
    KINDS,
    KIND_NONE = KINDS, /* native, controls, floors, user-space kernels */
};

enum platform_kind kind_of(const struct platform_entry *platform);

/* "unikernel": its text is kind.NAME. */
const char *kind_name(enum platform_kind kind);

/* Does a kind run on KVM? */
bool kind_needs_kvm(enum platform_kind kind);

/*
 * Who stands for the kind: the quickest cold starter by the record's start-up
 * workload; without one the first cold one. NULL when none took part.
 */
const struct platform_entry *kind_champion(const struct record *record,
                                           enum platform_kind kind);

/* The quickest champion of the kinds on KVM; NULL when none took part. */
const struct platform_entry *kind_virtual_champion(const struct record *record);

#endif
