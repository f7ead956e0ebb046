/*
 * --phases and --stats, of all verbs that run a guest to its end, and what they
 * ask for.
 */
#ifndef RINGSIDE_VMM_REPORT_OPTIONS_H
#define RINGSIDE_VMM_REPORT_OPTIONS_H

#include "oci/error.h"
#include "vmm/kvm.h"

#include <argp.h>
#include <stdbool.h>

struct report_options {
    bool phases;     /* say when each phase was reached */
    int phases_fd;   /* where, as records; 0: on stderr, for people */
    bool statistics; /* say what KVM counted */
};

/* As an argp child; its input is a struct report_options. */
extern const struct argp report_options_argp;

/* What --phases asks for, at the very end. Errors: of phases_record. */
int report_phases(const struct report_options *options, struct error *error);

/* What --stats asks for of one vCPU, once the guest has ended. Errors: of
 * statistics_print. */
int report_statistics(const struct report_options *options,
                      const struct vcpu *vcpu, unsigned int index,
                      struct error *error);

/* In an argp parser: a number from 1 to maximum, for the option `what`. */
unsigned int options_parse_number(struct argp_state *state, const char *what,
                                  const char *text, unsigned long maximum);

#endif
