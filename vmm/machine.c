/* A machine's process, stopped and continued; see machine.h. */
#include "vmm/machine.h"

#include <errno.h>
#include <signal.h>
#include <time.h>

enum { PATIENCE = 5000 /* ms */ };

/* A signal is sent before it has its effect. */
static bool await(const struct record *record, bool paused)
{
    const struct timespec moment = {.tv_nsec = 1000000};

    for (int i = 0; i < PATIENCE; i++) {
        if (machine_is_paused(record) == paused ||
            !process_alive(&record->init))
            return true;
        nanosleep(&moment, NULL);
    }
    return false;
}

int machine_pause(const struct record *record, bool pause, struct error *error)
{
    int status = process_signal(&record->init, pause ? SIGSTOP : SIGCONT);

    if (status < 0 && status != -ESRCH)
        return error_errno(error, -status, "container \"%s\": cannot signal it",
                           record->id);
    if (!await(record, pause))
        return error_set(error, ETIMEDOUT,
                         "container \"%s\": signalled, but not %s after %d s",
                         record->id, pause ? "stopped" : "continued",
                         PATIENCE / 1000);
    return 0;
}

bool machine_is_paused(const struct record *record)
{
    return process_stopped(&record->init);
}

json_t *machine_processes(const struct record *record, struct error *error)
{
    json_t *processes = json_array();

    if (process_alive(&record->init))
        json_array_append_new(processes, json_integer(record->init.pid));
    if (processes == NULL)
        error_errno(error, ENOMEM, "ps");
    return processes;
}
