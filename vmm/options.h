/* The VMM's own options of run and exec-static. */
#ifndef RINGSIDE_VMM_OPTIONS_H
#define RINGSIDE_VMM_OPTIONS_H

#include "vmm/microvm.h"
#include "vmm/report_options.h"
#include "vmm/unikernel.h"

#include <argp.h>

enum guest_kind {
    GUEST_UNIKERNEL,
    GUEST_LINUX,
};

struct options {
    enum guest_kind guest;
    int64_t memory_size; /* bytes, 0: as the bundle says */
    bool no_jail;        /* for debugging */
    struct report_options report;
    struct unikernel_options unikernel; /* memory_size is above */
    struct microvm_config microvm; /* of a Linux guest; memory_size is above */
};

/* What holds when nothing is said. */
#define OPTIONS_DEFAULT ((struct options){.microvm = {.processors = 1}})

/* The parser; its input is a struct options. */
extern const struct argp options_argp;

#endif
