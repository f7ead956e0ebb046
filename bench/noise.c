/* What else the host was doing; see noise.h for the contract. */
#include "bench/noise.h"

#include "bench/clock.h"
#include "bench/files.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int64_t read_steal(void)
{
    char text[512];
    unsigned long long steal;

    /* cpu user nice system idle iowait irq softirq steal, in clock ticks. */
    if (file_read("/proc/stat", text, sizeof(text)) < 0 ||
        sscanf(text, "cpu %*u %*u %*u %*u %*u %*u %*u %llu", &steal) != 1)
        return RESULT_ABSENT;
    return (int64_t)steal * (NS_PER_SECOND / sysconf(_SC_CLK_TCK));
}

static int64_t read_pressure(void)
{
    char text[512];
    const char *total;
    long long value;

    /* some avg10=0.00 avg60=0.00 avg300=0.00 total=0 */
    if (file_read("/proc/pressure/cpu", text, sizeof(text)) < 0)
        return RESULT_ABSENT;
    total = strstr(text, "total=");
    if (strncmp(text, "some ", 5) != 0 || total == NULL ||
        sscanf(total, "total=%lld", &value) != 1)
        return RESULT_ABSENT;
    return value;
}

static double read_load(void)
{
    char text[128];
    double load;

    if (file_read("/proc/loadavg", text, sizeof(text)) < 0 ||
        sscanf(text, "%lf", &load) != 1)
        return RESULT_ABSENT;
    return load;
}

/*
 * Package counters count for each of their processors, which only makes the
 * sum larger. Absent in most guests. arch/x86/kernel/cpu/mce/therm_throt.c
 */
static int64_t read_throttles(void)
{
    static const char *const names[] = {"core_throttle_count",
                                        "package_throttle_count"};
    int64_t sum = RESULT_ABSENT;

    for (int cpu = 0;; cpu++)
        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
            char path[96];
            int64_t count;

            snprintf(path, sizeof(path),
                     "/sys/devices/system/cpu/cpu%d/thermal_throttle/%s", cpu,
                     names[i]);
            if (file_read_number(path, &count) < 0)
                return sum;
            sum = (sum < 0 ? 0 : sum) + count;
        }
}

void noise_read(struct noise_counters *counters)
{
    counters->at_ns = clock_now();
    counters->steal_ns = read_steal();
    counters->pressure_us = read_pressure();
    counters->throttles = read_throttles();
}

static int64_t difference(int64_t before, int64_t after)
{
    return before < 0 || after < before ? RESULT_ABSENT : after - before;
}

void noise_since(const struct noise_counters *before,
                 struct result_noise *noise)
{
    struct noise_counters now;

    noise_read(&now);
    noise->steal_ns = difference(before->steal_ns, now.steal_ns);
    noise->pressure_us = difference(before->pressure_us, now.pressure_us);
    noise->throttles = difference(before->throttles, now.throttles);
    noise->window_ns = difference(before->at_ns, now.at_ns);
    noise->load = read_load();
}
