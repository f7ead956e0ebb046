/* What may have disturbed a run; see flags.h for the contract. */
#include "bench/flags.h"

#include "bench/clock.h"

#include <string.h>

const char *const run_flag_names[] = {"steal",     "pressure", "load",
                                      "frequency", "clock",    NULL};

bool run_outer_clock(const struct result_run *run, int64_t *outer_ns,
                     int64_t *bound_ns)
{
    if (run->inner_ns < 0 || run->ready_ns < 0 ||
        run->last_byte_ns <= run->ready_ns)
        return false;
    *outer_ns = run->last_byte_ns - run->ready_ns;
    *bound_ns = FLAG_CLOCK_NS + (int64_t)(FLAG_CLOCK_SHARE * (double)*outer_ns);
    return true;
}

static bool has_steal(const struct result_run *run, int processors)
{
    const struct result_noise *noise = &run->noise;

    return noise->window_ns > 0 && noise->steal_ns > 0 &&
           (double)noise->steal_ns >
               FLAG_STEAL_SHARE * (double)noise->window_ns * processors;
}

static bool has_pressure(const struct result_run *run, int processors)
{
    const struct result_noise *noise = &run->noise;
    double window = (double)noise->window_ns;

    (void)processors;
    if (noise->window_ns <= 0)
        return false;
    if (noise->pressure_us >= 0)
        return (double)noise->pressure_us * NS_PER_US >
               FLAG_PRESSURE_SHARE * window;
    return (double)noise->preemptions * NS_PER_SECOND >
           FLAG_PREEMPTIONS * window;
}

static bool has_load(const struct result_run *run, int processors)
{
    return run->noise.load > processors;
}

static bool has_throttling(const struct result_run *run, int processors)
{
    (void)processors;
    return run->noise.throttles > 0;
}

static bool has_other_clock(const struct result_run *run, int processors)
{
    int64_t outer, bound;

    (void)processors;
    if (!run_outer_clock(run, &outer, &bound))
        return false;
    return run->inner_ns > outer + bound || outer > run->inner_ns + bound;
}

static const struct {
    enum run_flag flag;
    bool (*applies)(const struct result_run *run, int processors);
} judges[] = {
    {FLAG_STEAL, has_steal},       {FLAG_PRESSURE, has_pressure},
    {FLAG_LOAD, has_load},         {FLAG_FREQUENCY, has_throttling},
    {FLAG_CLOCK, has_other_clock},
};

unsigned run_flags_judge(const struct result_run *run, int processors)
{
    unsigned flags = 0;

    for (size_t i = 0; i < sizeof(judges) / sizeof(judges[0]); i++)
        if (judges[i].applies(run, processors))
            flags |= judges[i].flag;
    return flags;
}

json_t *run_flags_encode(unsigned flags)
{
    json_t *list = json_array();

    for (size_t i = 0; list != NULL && run_flag_names[i] != NULL; i++)
        if ((flags >> i & 1) != 0)
            json_array_append_new(list, json_string(run_flag_names[i]));
    return list;
}

static bool decode_flag(const json_t *value, unsigned *flags)
{
    const char *name = json_string_value(value);

    for (size_t i = 0; name != NULL && run_flag_names[i] != NULL; i++)
        if (strcmp(name, run_flag_names[i]) == 0) {
            *flags |= 1u << i;
            return true;
        }
    return false;
}

bool run_flags_decode(const json_t *list, unsigned *flags)
{
    const json_t *value;
    size_t i;

    *flags = 0;
    if (list == NULL || json_is_null(list))
        return true;
    if (!json_is_array(list))
        return false;
    json_array_foreach(list, i, value)
    {
        if (!decode_flag(value, flags))
            return false;
    }
    return true;
}
