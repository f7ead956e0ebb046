/* Stamps of the one container that this process makes; see phases.h. */
#include "container/phases.h"

#include "oci/stamps.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

static uint64_t *times; /* NULL: not asked for */
static int descriptor;  /* 0: for people, on standard error */

static const char *const names[PHASE_COUNT] = {
    [PHASE_EXEC] = "exec",
    [PHASE_START] = "start",
    [PHASE_BUNDLE] = "bundle",
    [PHASE_PREPARED] = "prepared",
    [PHASE_CGROUP] = "cgroup",
    [PHASE_CLONE] = "clone",
    [PHASE_NAMESPACES] = "namespaces",
    [PHASE_MOUNTS] = "mounts",
    [PHASE_ROOT] = "root",
    [PHASE_RIGHTS] = "rights",
    [PHASE_PROGRAM] = "program",
    [PHASE_END] = "end",
    [PHASE_TEARDOWN] = "teardown",
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    char *end = "";

    if (key != 'P')
        return ARGP_ERR_UNKNOWN;
    if (argument != NULL)
        descriptor = (int)strtol(argument, &end, 10);
    if (*end != '\0' || descriptor < 0)
        argp_error(state, "--phases: expected a descriptor, got \"%s\"",
                   argument);
    times = mmap(NULL, PHASE_COUNT * sizeof(*times), PROT_READ | PROT_WRITE,
                 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (times == MAP_FAILED)
        return errno;
    times[PHASE_START] = stamps_now();
    times[PHASE_EXEC] = stamps_process_start();
    return 0;
}

static const struct argp_option options[] = {
    {"phases", 'P', "FD", OPTION_ARG_OPTIONAL,
     "Say when each phase of the start was reached: on standard error, or as "
     "records to descriptor FD",
     0},
    {0},
};

const struct argp phases_argp = {.options = options, .parser = parse};

void phases_mark(enum phase phase)
{
    if (times != NULL)
        times[phase] = stamps_now();
}

int phases_tell(const char *program, struct error *error)
{
    const struct stamps stamps = {names, times, PHASE_COUNT};
    int status = 0;

    if (times == NULL)
        return 0;
    if (descriptor != 0)
        status = stamps_record(&stamps, descriptor);
    else
        stamps_print(&stamps, stderr, program);
    return error_status(error, status,
                        "--phases: cannot write to descriptor %d", descriptor);
}
