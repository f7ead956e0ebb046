/*
 * Power and reset: the sleep control and reset registers that the FADT names.
 * Source: ACPI specification 6.3, 4.8.3.7 (sleep control), 4.8.3.6 (reset).
 */
#ifndef RINGSIDE_VMM_POWER_H
#define RINGSIDE_VMM_POWER_H

#include "vmm/device.h"
#include "vmm/guest_end.h"

struct power {
    struct device device;
    struct guest_end_signal *end;
};

/* The registers at MICROVM_POWER_PORT; end is told and borrowed. */
void power_create(struct power *power, struct guest_end_signal *end);

#endif
