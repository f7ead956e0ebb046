/* What a run tells of itself; see report_options.h. */
#include "vmm/report_options.h"

#include "vmm/phases.h"
#include "vmm/statistics.h"
#include "vmm/verbs.h"

#include <errno.h>
#include <stdlib.h>

enum { KEY_PHASES = 0x2000, KEY_STATISTICS, MAX_DESCRIPTOR = 1 << 20 };

static const struct argp_option table[] = {
    {"phases", KEY_PHASES, "FD", OPTION_ARG_OPTIONAL,
     "At the end, say when each phase was reached: on stderr, or as lines "
     "\"ringside phase NAME MICROSECONDS\" on this descriptor",
     0},
    {"stats", KEY_STATISTICS, NULL, 0,
     "At the end, say on stderr what KVM counted: exits and more", 0},
    {0},
};

unsigned int options_parse_number(struct argp_state *state, const char *what,
                                  const char *text, unsigned long maximum)
{
    char *end;
    unsigned long number;

    errno = 0;
    number = strtoul(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || text[0] == '-' ||
        number < 1 || number > maximum)
        argp_error(state, "%s: expected a number from 1 to %lu, got \"%s\"",
                   what, maximum, text);
    return (unsigned int)number;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct report_options *options = state->input;

    switch (key) {
    case KEY_PHASES:
        options->phases = true;
        if (argument != NULL)
            options->phases_fd = (int)options_parse_number(
                state, "--phases", argument, MAX_DESCRIPTOR);
        return 0;
    case KEY_STATISTICS:
        options->statistics = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp report_options_argp = {.options = table, .parser = parse};

int report_phases(const struct report_options *options, struct error *error)
{
    int status = 0;

    if (options->phases && options->phases_fd != 0)
        status = phases_record(options->phases_fd);
    else if (options->phases)
        phases_print(stderr, VMM_NAME);
    return status == 0 ? 0
                       : error_errno(error, -status,
                                     "cannot write phases to descriptor %d",
                                     options->phases_fd);
}

int report_statistics(const struct report_options *options,
                      const struct vcpu *vcpu, unsigned int index,
                      struct error *error)
{
    if (!options->statistics)
        return 0;
    return statistics_print(vcpu, index, stderr, VMM_NAME, error);
}
