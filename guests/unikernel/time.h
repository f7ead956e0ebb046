/* Times as programs give and get them, in ns inside the library OS. */
#ifndef RINGSIDE_UNIKERNEL_TIME_H
#define RINGSIDE_UNIKERNEL_TIME_H

#include <linux/time_types.h>
#include <stdint.h>

enum { NS_PER_SECOND = 1000000000 };

/*
 * Reads a struct timespec; what overflows means for ever (UINT64_MAX).
 * Errors: -EFAULT, -EINVAL.
 */
int64_t time_copy_in(uint64_t address, uint64_t *ns);
int64_t time_copy_out(uint64_t address, uint64_t ns);

/* The same without the copying. */
int64_t time_from(const struct __kernel_timespec *time, uint64_t *ns);
struct __kernel_timespec time_to(uint64_t ns);

/* The moment of clock_monotonic_ns at which that clock will show ns. */
uint64_t clock_realtime_moment(uint64_t ns);

/*
 * The clock's time now in ns; its number as in clock_gettime(2). Errors:
 * -EINVAL.
 */
int64_t clock_read(uint64_t clock, uint64_t *ns);

#endif
