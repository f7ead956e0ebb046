/* Clocks: the TSC, scaled by a 32.32 fixed-point factor computed once. */
#include "guests/unikernel/clock.h"

static struct {
    uint64_t tsc_base;
    uint64_t wall_ns;
    uint64_t monotonic_ns;
    uint64_t waited_ns;
    uint64_t ns_per_tick; /* 32.32 fixed point */
} clock;

void clock_init(const struct boot_info *boot)
{
    clock.tsc_base = boot->tsc_base;
    clock.wall_ns = boot->wall_ns;
    clock.monotonic_ns = boot->monotonic_ns;
    clock.ns_per_tick = (1000000ull << 32) / boot->tsc_khz;
}

static uint64_t since_base_ns(void)
{
    uint64_t ticks = __builtin_ia32_rdtsc() - clock.tsc_base;

    return (uint64_t)(((unsigned __int128)ticks * clock.ns_per_tick) >> 32);
}

uint64_t clock_monotonic_ns(void)
{
    return clock.monotonic_ns + since_base_ns();
}

uint64_t clock_realtime_ns(void)
{
    return clock.wall_ns + since_base_ns();
}

uint64_t clock_processor_ns(void)
{
    return clock_monotonic_ns() - clock.waited_ns;
}

void clock_waited(uint64_t ns)
{
    clock.waited_ns += ns;
}
