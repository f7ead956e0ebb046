/* Reading the control port: messages to init (process_spec.h). */
#ifndef RINGSIDE_GUESTS_LINUX_INIT_CONTROL_H
#define RINGSIDE_GUESTS_LINUX_INIT_CONTROL_H

#include "guests/linux/process_spec.h"

#include <stdbool.h>
#include <stddef.h>

struct control_message {
    enum { CONTROL_SIGNAL, CONTROL_CLOSED } kind;
    int number; /* of the signal, 1..64, or of the stream, 0..2 */
};

/* A line that is on its way; all zeros to begin with. */
struct control_reader {
    char line[RINGSIDE_CONTROL_LINE];
    size_t length; /* past the line's size: it is too long, and dropped */
};

/*
 * Takes one byte. True when it ended a message; lines that are none, or too
 * long, are dropped.
 */
bool control_reader_take(struct control_reader *reader, char byte,
                         struct control_message *message);

#endif
