/* Processor lists and affinity; see cpus.h for the contract. */
#include "bench/cpus.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

/* A number of a processor at *text, which moves behind it. */
static int parse_number(const char **text, const char *list,
                        struct error *error)
{
    char *end;
    long number;

    if (**text < '0' || **text > '9')
        return error_set(error, EINVAL,
                         "expected processors like 0,2-3, got \"%s\"", list);
    errno = 0;
    number = strtol(*text, &end, 10);
    if (errno != 0 || number >= CPU_SETSIZE)
        return error_set(error, EDOM,
                         "expected processors below %d, got \"%s\"",
                         CPU_SETSIZE, list);
    *text = end;
    return (int)number;
}

static int parse_range(const char **text, const char *list, cpu_set_t *set,
                       struct error *error)
{
    int first = parse_number(text, list, error), last = first;

    if (first >= 0 && **text == '-') {
        ++*text;
        last = parse_number(text, list, error);
    }
    if (first < 0 || last < 0)
        return first < 0 ? first : last;
    if (last < first)
        return error_set(error, EINVAL, "%d-%d is no range: in \"%s\"", first,
                         last, list);
    for (int i = first; i <= last; i++)
        CPU_SET(i, set);
    return 0;
}

static int check_allowed(const cpu_set_t *set, struct error *error)
{
    cpu_set_t allowed;

    if (sched_getaffinity(0, sizeof(allowed), &allowed) < 0)
        return error_errno(error, errno, "sched_getaffinity");
    for (int i = 0; i < CPU_SETSIZE; i++)
        if (CPU_ISSET(i, set) && !CPU_ISSET(i, &allowed))
            return error_set(error, EINVAL,
                             "processor %d is not there, or not for this "
                             "process",
                             i);
    return 0;
}

int cpus_parse(const char *text, cpu_set_t *set, struct error *error)
{
    const char *rest = text;

    CPU_ZERO(set);
    while (true) {
        int result = parse_range(&rest, text, set, error);

        if (result < 0)
            return result;
        if (*rest == '\0')
            return check_allowed(set, error);
        if (*rest++ != ',')
            return error_set(error, EINVAL,
                             "expected processors like 0,2-3, got \"%s\"",
                             text);
    }
}

int cpus_set(const cpu_set_t *set, struct error *error)
{
    return sched_setaffinity(0, sizeof(*set), set) < 0
               ? error_errno(error, errno, "sched_setaffinity")
               : 0;
}

int cpus_confine(const cpu_set_t *set, cpu_set_t *before, struct error *error)
{
    if (sched_getaffinity(0, sizeof(*before), before) < 0)
        return error_errno(error, errno, "sched_getaffinity");
    return cpus_set(set, error);
}
