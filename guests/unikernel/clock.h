/* Time from the TSC, without leaving the guest. */
#ifndef RINGSIDE_UNIKERNEL_CLOCK_H
#define RINGSIDE_UNIKERNEL_CLOCK_H

#include "guests/unikernel/boot_info.h"

#include <stdint.h>

/* Takes the clocks' bases; again after a restore. */
void clock_init(const struct boot_info *boot);

/* Nanoseconds since the guest was made; never goes back. */
uint64_t clock_monotonic_ns(void);

/* Nanoseconds since 1970. */
uint64_t clock_realtime_ns(void);

/*
 * Nanoseconds that the program had the processor: time less what it waited.
 * The waiting is told by clock_waited, in nanoseconds.
 */
uint64_t clock_processor_ns(void);
void clock_waited(uint64_t ns);

#endif
