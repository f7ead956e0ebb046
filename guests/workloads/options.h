/*
 * Options of a workload: `--name N` with a whole number in a range, or a
 * bare `--name`. A table of them is both the parser's input and the help.
 */
#ifndef RINGSIDE_WORKLOAD_OPTIONS_H
#define RINGSIDE_WORKLOAD_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

enum {
    OPTIONS_MAXIMUM = 8, /* options of one workload */
    OPTIONS_MESSAGE_SIZE = 256,
};

struct option {
    const char *name;     /* without the dashes; NULL ends a table */
    const char *argument; /* what the number is (MS, MIB); NULL for a flag */
    const char *help;
    uint64_t initial; /* value when not given; a flag given is 1 */
    uint64_t minimum, maximum;
};

/*
 * Fills values[] from argv[0..argc-1]; values[i] belongs to options[i].
 * Returns 0, or -1 with one line about the first bad argument in message.
 */
int options_parse(const struct option *options, int argc, char *const *argv,
                  uint64_t values[OPTIONS_MAXIMUM],
                  char message[OPTIONS_MESSAGE_SIZE]);

#endif
