/*
 * The two ports by which the init of a Linux guest speaks before and after any
 * driver: phases of its start, each stamped here with the host's clock, and
 * the exit status (guests/linux/process_spec.h).
 */
#ifndef RINGSIDE_VMM_GUEST_PORTS_H
#define RINGSIDE_VMM_GUEST_PORTS_H

#include "guests/linux/process_spec.h"
#include "vmm/device.h"
#include "vmm/guest_end.h"

enum { GUEST_PHASES = RINGSIDE_PHASE_END + 1 };

struct guest_ports {
    struct device device;
    struct guest_end_signal *end;
    uint64_t stamps[GUEST_PHASES]; /* CLOCK_MONOTONIC ns, 0: not yet */
    int phase_event;               /* eventfd, written at each new phase */
};

/* Errors: of eventfd(2). end is told and borrowed. */
int guest_ports_create(struct guest_ports *ports, struct guest_end_signal *end,
                       struct error *error);
void guest_ports_release(struct guest_ports *ports);

#endif
