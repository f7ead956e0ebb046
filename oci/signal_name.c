/* Signal names; see signal_name.h. */
#include "oci/signal_name.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

/* Names that have another number's as their abbreviation in the C library. */
static const struct {
    const char *name;
    int number;
} synonyms[] = {
    {"IOT", SIGABRT},
    {"CLD", SIGCHLD},
    {"POLL", SIGIO},
};

/* A decimal number from 1 to limit, and nothing after it; else 0. */
static int parse_number(const char *text, int limit)
{
    char *end;
    long number = strtol(text, &end, 10);

    return end != text && *end == '\0' && number >= 1 && number <= limit
               ? (int)number
               : 0;
}

/* "RTMIN", "RTMIN+N", "RTMAX", "RTMAX-N". */
static int parse_real_time(const char *name)
{
    int span = SIGRTMAX - SIGRTMIN, offset;

    if (strcasecmp(name, "RTMIN") == 0)
        return SIGRTMIN;
    if (strcasecmp(name, "RTMAX") == 0)
        return SIGRTMAX;
    if (strncasecmp(name, "RTMIN+", 6) == 0) {
        offset = parse_number(name + 6, span);
        return offset > 0 ? SIGRTMIN + offset : 0;
    }
    if (strncasecmp(name, "RTMAX-", 6) == 0) {
        offset = parse_number(name + 6, span);
        return offset > 0 ? SIGRTMAX - offset : 0;
    }
    return 0;
}

int signal_number(const char *name)
{
    int number = parse_number(name, NSIG - 1);

    if (number > 0)
        return number;
    if (strncasecmp(name, "SIG", 3) == 0)
        name += 3;
    for (int i = 1; i < NSIG; i++) {
        const char *abbreviation = sigabbrev_np(i);

        if (abbreviation != NULL && strcasecmp(abbreviation, name) == 0)
            return i;
    }
    for (size_t i = 0; i < sizeof(synonyms) / sizeof(synonyms[0]); i++) {
        if (strcasecmp(synonyms[i].name, name) == 0)
            return synonyms[i].number;
    }
    return parse_real_time(name);
}
