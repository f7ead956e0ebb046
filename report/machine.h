/*
 * The facts of the fingerprint that the first line of the page names, and
 * what they mean for the figures.
 */
#ifndef RINGSIDE_REPORT_MACHINE_H
#define RINGSIDE_REPORT_MACHINE_H

#include "report/record.h"

struct machine {
    const char *processor; /* NULL when unknown, as below */
    const char *kernel;
    const char *distribution;
    const char *kvm;   /* name of the KVM back end: "kvm_intel", ... */
    bool virtual;      /* the host is itself a virtual machine */
    bool kvm_emulates; /* the back end has no hardware help */
};

/* Facts that the fingerprint lacks stay NULL or false. */
struct machine machine_describe(const struct record *record);

/*
 * What the reader has to know before believing the figures of virtual
 * machines: one sentence, or NULL when KVM runs on the bare hardware, or when
 * nothing ran on it.
 */
const char *machine_caution(const struct record *record,
                            const struct machine *machine);

/* What KVM is here in a few words: "software, no VT-x or AMD-V". */
const char *machine_back_end(const struct machine *machine);

#endif
