/* Parsing the options of a workload; see options.h. */
#include "options.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * A decimal number and nothing else: strtoull alone would take "-1", " 5"
 * and "5x".
 */
static int parse_number(const char *text, uint64_t *number)
{
    char *end;

    if (*text < '0' || *text > '9')
        return -1;
    errno = 0;
    *number = strtoull(text, &end, 10);
    return errno == 0 && *end == '\0' ? 0 : -1;
}

static const struct option *find(const struct option *options,
                                 const char *argument)
{
    if (strncmp(argument, "--", 2) != 0)
        return NULL;
    for (; options->name != NULL; options++) {
        if (strcmp(options->name, argument + 2) == 0)
            return options;
    }
    return NULL;
}

static int parse_value(const struct option *option, const char *text,
                       uint64_t *value, char *message)
{
    if (text == NULL) {
        snprintf(message, OPTIONS_MESSAGE_SIZE, "--%s needs a number (%s)",
                 option->name, option->argument);
        return -1;
    }
    if (parse_number(text, value) < 0 || *value < option->minimum ||
        *value > option->maximum) {
        snprintf(message, OPTIONS_MESSAGE_SIZE,
                 "--%s: expected a number from %" PRIu64 " to %" PRIu64
                 ", got \"%.40s\"",
                 option->name, option->minimum, option->maximum, text);
        return -1;
    }
    return 0;
}

int options_parse(const struct option *options, int argc, char *const *argv,
                  uint64_t values[OPTIONS_MAXIMUM],
                  char message[OPTIONS_MESSAGE_SIZE])
{
    for (size_t i = 0; options[i].name != NULL; i++)
        values[i] = options[i].initial;

    for (int i = 0; i < argc; i++) {
        const struct option *option = find(options, argv[i]);

        if (option == NULL) {
            snprintf(message, OPTIONS_MESSAGE_SIZE, "unknown option \"%.40s\"",
                     argv[i]);
            return -1;
        }
        if (option->argument == NULL) {
            values[option - options] = 1;
            continue;
        }
        if (parse_value(option, i + 1 < argc ? argv[i + 1] : NULL,
                        &values[option - options], message) < 0)
            return -1;
        i++;
    }
    return 0;
}
