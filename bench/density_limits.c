/* Stopping in time; see density_limits.h for the contract. */
#include "bench/density_limits.h"

#include "bench/clock.h"
#include "bench/files.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define KIB INT64_C(1024)
#define MIB INT64_C(1048576)

enum {
    RESERVE_SHARE = 10, /* a tenth */
    RESERVE_MINIMUM_MIB = 256,
    /* An instance may cost more than those before it did. */
    COST_MARGIN = 2,
    /* Tasks that one more instance may bring, and the share of all that may
     * be in use: four fifths. */
    TASKS_OF_INSTANCE = 32,
    TASKS_USED = 4,
    TASKS_OF = 5,
};

static int64_t kib_field(const char *text, const char *key)
{
    int64_t kib;

    return field_number(text, key, &kib) < 0 ? -1 : kib * KIB;
}

/* The fourth field of /proc/loadavg: RUNNING/ALL. */
static int64_t count_tasks(void)
{
    char text[256];
    long long all;

    if (file_read("/proc/loadavg", text, sizeof(text)) < 0 ||
        sscanf(text, "%*s %*s %*s %*[0-9]/%lld", &all) != 1)
        return -1;
    return all;
}

static int64_t least_of(int64_t left, int64_t right)
{
    if (left < 0 || right < 0)
        return left < 0 ? right : left;
    return left < right ? left : right;
}

static int64_t number_in(const char *path)
{
    int64_t number;

    return file_read_number(path, &number) < 0 ? -1 : number;
}

void density_machine_read(struct density_machine *machine)
{
    char text[8192];

    *machine = (struct density_machine){-1, -1, -1, -1};
    if (file_read("/proc/meminfo", text, sizeof(text)) > 0) {
        machine->memory_available = kib_field(text, "MemAvailable");
        machine->memory_total = kib_field(text, "MemTotal");
    }
    machine->tasks = count_tasks();
    machine->tasks_maximum =
        least_of(number_in("/proc/sys/kernel/pid_max"),
                 number_in("/proc/sys/kernel/threads-max"));
    /* Where the cgroup file system is mounted as it is seen from inside. */
    machine->tasks_maximum =
        least_of(machine->tasks_maximum, number_in("/sys/fs/cgroup/pids.max"));
    machine->tasks_maximum = least_of(
        machine->tasks_maximum, number_in("/sys/fs/cgroup/pids/pids.max"));
}

int64_t density_default_reserve(const struct density_machine *machine)
{
    int64_t share = machine->memory_total / RESERVE_SHARE;

    return share > RESERVE_MINIMUM_MIB * MIB ? share
                                             : RESERVE_MINIMUM_MIB * MIB;
}

/* What one more would take, by what those that run took. */
static int64_t next_cost(const struct density_machine *now, int64_t before,
                         int64_t instances)
{
    int64_t taken = before - now->memory_available;

    return instances == 0 || taken <= 0 ? 0 : COST_MARGIN * taken / instances;
}

int density_must_stop(const struct density_limits *limits,
                      const struct density_machine *now,
                      int64_t before_available, int64_t instances,
                      char reason[DENSITY_REASON_SIZE])
{
    int64_t left =
        now->memory_available - next_cost(now, before_available, instances);

    if (instances >= limits->maximum)
        snprintf(reason, DENSITY_REASON_SIZE, "as many as asked for");
    else if (now->memory_available < 0)
        snprintf(reason, DENSITY_REASON_SIZE,
                 "the host does not tell how much memory is available");
    else if (left < limits->memory_reserve)
        snprintf(reason, DENSITY_REASON_SIZE,
                 "memory: %" PRId64 " MiB available, %" PRId64
                 " MiB are to stay so",
                 now->memory_available / MIB, limits->memory_reserve / MIB);
    else if (now->tasks_maximum >= 0 &&
             now->tasks + TASKS_OF_INSTANCE >
                 now->tasks_maximum / TASKS_OF * TASKS_USED)
        snprintf(reason, DENSITY_REASON_SIZE,
                 "tasks: %" PRId64 " of at most %" PRId64, now->tasks,
                 now->tasks_maximum);
    else if (instances > 0 && clock_now() > limits->deadline)
        snprintf(reason, DENSITY_REASON_SIZE, "time was up");
    else
        return 0;
    return 1;
}
