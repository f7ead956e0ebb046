/*
 * What is done to a virtual machine from outside. All of it is one process, so
 * stopping that stops guest and devices alike; the guest's clocks go on, as
 * they do for a frozen container.
 */
#ifndef RINGSIDE_VMM_MACHINE_H
#define RINGSIDE_VMM_MACHINE_H

#include "oci/error.h"
#include "oci/record.h"

#include <stdbool.h>

/*
 * Stops the machine or lets it go on, and returns when it is so. One that has
 * ended meanwhile is fine. Errors: -ETIMEDOUT, -EPERM.
 */
int machine_pause(const struct record *record, bool pause, struct error *error);

bool machine_is_paused(const struct record *record);

/* The ids of its processes: one. NULL with error set. */
json_t *machine_processes(const struct record *record, struct error *error);

#endif
