/*
 * What KVM counts for a vCPU: exits and much else.
 * Source: Linux Documentation/virt/kvm/api.rst, KVM_GET_STATS_FD.
 */
#ifndef RINGSIDE_VMM_STATISTICS_H
#define RINGSIDE_VMM_STATISTICS_H

#include "oci/error.h"
#include "vmm/kvm.h"

#include <stdio.h>

/*
 * One line for each counter that is not 0: "PROGRAM: vcpu INDEX NAME VALUE".
 * Histograms are left out. Errors: -ENOTSUP where this kernel has no such
 * statistics (before Linux 5.14), -EIO for a description that makes no sense.
 */
int statistics_print(const struct vcpu *vcpu, unsigned int index, FILE *out,
                     const char *program, struct error *error);

#endif
